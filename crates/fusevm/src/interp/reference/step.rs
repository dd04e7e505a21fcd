//! One step: an op, with the checks before it.

use super::{BlockWork, Run, Step};
use crate::chunk::analysis::MAX_STACK;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::iteration::{Iteration, IterationKind};
use crate::interp::ops::{self, arith, collections, pop, refs};
use crate::interp::sort::MergeSort;
use crate::interp::unit::not_callable;
use crate::op::Op;
use crate::value::{Value, heap};
use crate::vm::heap_limit;

impl Run<'_> {
    /// Executes the next op of the innermost frame, or ends a block, a sub or the run when there is none.
    pub(super) fn step(&mut self) -> OpResult<Step> {
        let index = self.frame().next;
        if self.block().is_some_and(|block| block.end == index) {
            return self.end_of_block();
        }
        let Some(op) = self.unit.chunk().ops.get(index).copied() else {
            return Ok(self.run_off_the_end());
        };
        self.frame().current = index;
        self.frame().next = index + 1;
        self.charge_basic_block(index)?;
        self.check_stack(index, op)?;
        let step = self.execute(op)?;
        if heap::tripped() {
            return Err(heap_limit());
        }
        Ok(step)
    }

    /// Charges the ops of the basic block that begins at an op, if one does.
    fn charge_basic_block(&mut self, index: usize) -> OpResult<()> {
        let leaders = &self.unit.verified().analysis().leaders;
        if !self.vm.charges_fuel || !leaders[index] {
            return Ok(());
        }
        let ops = &self.unit.chunk().ops[index..];
        let len = 1 + leaders[index + 1..].iter().take_while(|leader| !**leader).count();
        let fuel = ops[..len].iter().map(Op::fuel).sum();
        self.charge(fuel)
    }

    /// Checks that an op's operands are there.
    fn check_stack(&mut self, index: usize, op: Op) -> OpResult<()> {
        let (pops, _) = self.unit.chunk().stack_effect(index).unwrap_or_default();
        let there = self.vm.stack.len() - self.floor();
        if there < pops {
            let message = format!("{} needs {pops} stack values, has {there}", op.info().name);
            return Err(Fault::new(ErrorKind::Stack, message));
        }
        if there > MAX_STACK {
            return Err(Fault::new(ErrorKind::Stack, format!("more than {MAX_STACK} stack values")));
        }
        Ok(())
    }

    pub(super) fn push(&mut self, value: Value) -> OpResult<Step> {
        self.vm.stack.push(value);
        Ok(Step::Continue)
    }

    fn execute(&mut self, op: Op) -> OpResult<Step> {
        match op {
            // Control flow.
            Op::Jump(target) => return self.jump(target),
            Op::JumpIfTrue(target) => {
                let condition = pop(self.vm).is_truthy();
                return self.branch(condition, target);
            }
            Op::JumpIfFalse(target) => {
                let condition = pop(self.vm).is_truthy();
                return self.branch(!condition, target);
            }
            Op::JumpIfTrueKeep(target) => {
                let condition = self.vm.stack.last().is_some_and(Value::is_truthy);
                return self.branch(condition, target);
            }
            Op::JumpIfFalseKeep(target) => {
                let condition = self.vm.stack.last().is_some_and(Value::is_truthy);
                return self.branch(!condition, target);
            }
            Op::JumpTable(targets) => {
                let position = pop(self.vm).to_int();
                let targets = &self.unit.constants[usize::from(targets)];
                let entries = collections::to_array(targets);
                let entry = usize::try_from(position).ok().and_then(|position| entries.get(position));
                let target = entry.or(entries.last()).map_or(0, Value::to_int);
                return self.jump(target as usize);
            }

            // Calls.
            Op::Call(name, n) => {
                let target = self.vm.subs.target(self.unit.subs[usize::from(name)])?;
                let leave = self.vm.stack.len() - usize::from(n);
                self.enter(&target, n.into(), None, leave)?;
                return self.poll();
            }
            Op::TailCall(name, n) => {
                let target = self.vm.subs.target(self.unit.subs[usize::from(name)])?;
                return self.tail_call(&target, n.into());
            }
            Op::CallDynamic(n) => return self.call_dynamic(n.into()),
            Op::Return => return Ok(self.leave(Value::Undef)),
            Op::ReturnValue => {
                let value = pop(self.vm);
                return Ok(self.leave(value));
            }
            Op::GetCapture(index) => {
                let value = refs::get_capture(self.frame().closure.as_ref(), index)?;
                return self.push(value);
            }
            Op::SetCapture(index) => {
                let value = pop(self.vm);
                refs::set_capture(self.frame().closure.as_ref(), index, value)?;
            }

            // Scopes and try regions.
            Op::PushFrame => self.open_scope()?,
            Op::PopFrame => self.close_scope()?,
            Op::DeclareVar(name) => {
                let value = pop(self.vm);
                self.declare(self.unit.global(name), value);
            }
            Op::TryBegin(handler) => self.begin_try(handler)?,
            Op::TryEnd => self.end_try()?,
            Op::Throw => return Err(Fault::thrown(pop(self.vm))),

            // Blocks.
            Op::MapBlock(block) => return self.iterate(block, IterationKind::Map),
            Op::GrepBlock(block) => return self.iterate(block, IterationKind::Grep),
            Op::ForEachBlock(block) => return self.iterate(block, IterationKind::ForEach),
            Op::SortBlock(block) => {
                let sort = MergeSort::new(pop(self.vm));
                return self.begin_block(block, BlockWork::Sort(sort));
            }

            // Slots.
            Op::GetSlot(slot) => {
                let value = self.slot(slot).clone();
                return self.push(value);
            }
            Op::SetSlot(slot) => *self.slot(slot) = pop(self.vm),
            Op::SlotArrayGet(slot) => {
                let index = pop(self.vm);
                let value = collections::array_get(self.slot(slot), &index);
                return self.push(value);
            }
            Op::SlotArraySet(slot) => {
                let (index, value) = (pop(self.vm), pop(self.vm));
                collections::array_set(self.slot(slot), &index, value)?;
            }
            Op::SlotArrayPush(slot) => {
                let value = pop(self.vm);
                collections::array_push(self.slot(slot), value)?;
            }
            Op::SlotArrayPop(slot) => {
                let value = collections::array_pop(self.slot(slot));
                return self.push(value);
            }
            Op::SlotArrayShift(slot) => {
                let value = collections::array_shift(self.slot(slot));
                return self.push(value);
            }
            Op::SlotArrayLen(slot) => {
                let len = collections::array_len(self.slot(slot));
                return self.push(len);
            }
            Op::SlotHashGet(slot) => {
                let key = pop(self.vm);
                let value = collections::hash_get(self.slot(slot), &key)?;
                return self.push(value);
            }
            Op::SlotHashSet(slot) => {
                let (key, value) = (pop(self.vm), pop(self.vm));
                collections::hash_set(self.slot(slot), &key, value)?;
            }
            Op::SlotHashDelete(slot) => {
                let key = pop(self.vm);
                let old = collections::hash_delete(self.slot(slot), &key)?;
                return self.push(old);
            }
            Op::SlotHashExists(slot) => {
                let key = pop(self.vm);
                let exists = collections::hash_exists(self.slot(slot), &key)?;
                return self.push(exists);
            }
            Op::SlotHashLen(slot) => {
                let len = collections::hash_len(self.slot(slot));
                return self.push(len);
            }

            // Fused ops.
            Op::PreIncSlot(slot) => return self.pre_step(slot, arith::inc),
            Op::PreDecSlot(slot) => return self.pre_step(slot, arith::dec),
            Op::PostIncSlot(slot) => return self.post_step(slot, arith::inc),
            Op::PostDecSlot(slot) => return self.post_step(slot, arith::dec),
            Op::PreIncSlotVoid(slot) => {
                self.step_slot(slot, arith::inc)?;
            }
            Op::AddAssignSlotVoid(target, addend) => self.add_assign(target, addend)?,
            Op::SlotLtIntJumpIfFalse(slot, limit, target) => {
                let less = self.slot_lt(slot, limit);
                return self.branch(!less, target);
            }
            Op::SlotIncLtIntJumpBack(slot, limit, target) => {
                self.step_slot(slot, arith::inc)?;
                let less = self.slot_lt(slot, limit);
                return self.branch(less, target);
            }
            Op::AccumSumLoop(sum, counter, limit) => return self.accum_sum_loop(sum, counter, limit),
            Op::ConcatConstLoop(constant, text, counter, limit) => {
                return self.concat_const_loop(constant, text, counter, limit);
            }
            Op::PushIntRangeLoop(array, counter, limit) => {
                return self.push_int_range_loop(array, counter, limit);
            }

            Op::Extended(..) | Op::ExtendedWide(..) => {
                // What a handler of undeclared effect may pop.
                self.vm.floor = self.floor();
                ops::execute(self.vm, &self.unit, op)?;
            }
            _ => ops::execute(self.vm, &self.unit, op)?,
        }
        Ok(Step::Continue)
    }

    fn jump(&mut self, target: usize) -> OpResult<Step> {
        let frame = self.frame();
        let backward = target <= frame.current;
        frame.next = target;
        if backward { self.poll() } else { Ok(Step::Continue) }
    }

    fn branch(&mut self, taken: bool, target: usize) -> OpResult<Step> {
        if taken { self.jump(target) } else { Ok(Step::Continue) }
    }

    fn iterate(&mut self, block: u16, kind: IterationKind) -> OpResult<Step> {
        let iteration = Iteration::new(kind, pop(self.vm));
        self.begin_block(block, BlockWork::Iteration(iteration))
    }

    /// Calls what lies below `n` arguments: a closure, a builtin, or the sub of a name.
    fn call_dynamic(&mut self, n: usize) -> OpResult<Step> {
        let place = self.vm.stack.len() - n - 1;
        let callee = self.vm.stack.remove(place);
        let (target, closure) = match callee {
            Value::NativeFn(id) => {
                let result = self.vm.call_builtin(id, n)?;
                self.vm.stack.push(result);
                return self.poll();
            }
            Value::Code(code) => (self.vm.closure_target(&code)?, Some(code)),
            Value::Str(name) => (self.vm.subs.target_of(&name.to_str_lossy())?, None),
            other => return Err(not_callable(&other)),
        };
        self.enter(&target, n, closure, place)?;
        self.poll()
    }
}
