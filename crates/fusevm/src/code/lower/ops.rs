//! One op at a time: which instructions it becomes.

use super::awk::Fields;
use super::branches::Comparison;
use super::{Handler, Inst, Lowerer, NO_INST, Opcode, Symbol, TAKE_FIRST, TAKE_SECOND, WayOut, flag};
use crate::chunk::analysis::NONE;
use crate::code::BlockCode;
use crate::code::layout::used_block;
use crate::op::{Effects, Op};
use crate::value::Value;

impl Lowerer<'_> {
    /// Lowers an op; returns how many of the ops after it are done as well. `None` when the window is
    /// too large.
    pub(super) fn lower_op(&mut self, index: usize) -> Option<usize> {
        let op = self.chunk.ops[index];
        let may_use_comparison = matches!(
            op,
            Op::JumpIfTrue(_)
                | Op::JumpIfFalse(_)
                | Op::JumpIfTrueKeep(_)
                | Op::JumpIfFalseKeep(_)
                | Op::LogNot
        );
        if !may_use_comparison {
            self.settle(index);
        }
        match op {
            Op::Nop | Op::TryEnd => {}
            Op::LoadInt(n) => self.push(Symbol::Int(n)),
            Op::LoadFloat(x) => self.push(Symbol::Float(x)),
            Op::LoadConst(c) => self.push(match self.unit.constants[usize::from(c)] {
                Value::Int(n) => Symbol::Int(n),
                Value::Float(x) => Symbol::Float(x),
                _ => Symbol::Constant(c),
            }),
            Op::LoadTrue => self.push(Symbol::Bool(true)),
            Op::LoadFalse => self.push(Symbol::Bool(false)),
            Op::LoadUndef => self.push(Symbol::Undef),
            Op::Pop => self.pop(index),
            Op::Dup => match self.update_element(index) {
                Some(skipped) => return Some(skipped),
                None => self.duplicate(index, 1),
            },
            Op::Dup2 => self.duplicate(index, 2),
            Op::AwkJoinKeys(n) => match self.joined_element(index, n.into()) {
                Some(skipped) => return Some(skipped),
                None => self.execute_on_parts(index, n.into(), Fields::Any, Opcode::JoinKeys),
            },
            Op::AwkSplit(_) => match self.split_into(index) {
                Some(skipped) => return Some(skipped),
                None => self.execute(index, Opcode::ExecLeaf),
            },
            Op::AwkSub(3) | Op::AwkGsub(3) => match self.substitute_in_slot(index) {
                Some(skipped) => return Some(skipped),
                None => self.execute(index, Opcode::ExecLeaf),
            },
            Op::AwkGetlineOr(source) => match self.read_line_to_slot(index, source) {
                Some(skipped) => return Some(skipped),
                None => self.execute(index, Opcode::Exec),
            },
            Op::Swap => self.swap(index, 1),
            Op::Rot => {
                // a b c: exchange a and b, then b and c.
                self.swap(index, 2);
                self.swap(index, 1);
            }
            Op::GetVar(name) => {
                let imm = self.unit.global(name) as u64;
                self.push_result(index, Inst { op: Opcode::GetGlobal, imm, ..NO_INST });
            }
            Op::SetVar(name) => self.set_global(index, name),
            // The chunk's own code, outside of any scope, is enclosed by nothing that ends.
            Op::DeclareVar(name) if self.is_main() && self.analysis.states[index].scope == 0 => {
                self.set_global(index, name);
            }
            Op::DeclareVar(_) => self.execute(index, Opcode::Declare),
            Op::GetSlot(slot) => {
                if let Some(skipped) = self.append_to_taken(index, slot) {
                    return Some(skipped);
                }
                let register = self.slot(index, slot);
                // An earlier read that still waits on the stack would find the slot empty.
                let waits = self.region.stack.iter().any(|symbol| symbol.slot() == Some(register));
                let is_last = !waits && self.last_uses.contains(&(index as u32));
                self.push(if is_last { Symbol::LastUse(register) } else { Symbol::Slot(register) });
            }
            Op::SetSlot(slot) => self.set_slot(index, slot),
            Op::SlotArrayGet(slot) => {
                let b = self.slot(index, slot);
                let top = self.region.stack[self.region.stack.len() - 1];
                if let Symbol::Int(n @ 0..=0xffff) = top {
                    self.region.stack.pop();
                    self.push_result(index, Inst { op: Opcode::ArrayGetI, a: 0, b, c: 0, imm: n as u64 });
                } else {
                    let (c, take) = self.pop_register(index);
                    let imm = flag(take, TAKE_SECOND).into();
                    self.push_result(index, Inst { op: Opcode::ArrayGet, a: 0, b, c, imm });
                }
            }
            Op::SlotHashGet(slot) | Op::SlotHashExists(slot) => {
                let b = self.slot(index, slot);
                let (c, take) = self.pop_register(index);
                let imm = flag(take, TAKE_SECOND).into();
                let is_get = matches!(op, Op::SlotHashGet(_));
                let op = if is_get { Opcode::HashGet } else { Opcode::HashExists };
                self.push_result(index, Inst { op, a: 0, b, c, imm });
            }
            Op::SlotArraySet(slot) | Op::SlotHashSet(slot) => {
                let a = self.slot(index, slot);
                // The flags are those of value and key; the slot is changed in place.
                let (c, take_key) = self.pop_register(index);
                let (b, take_value) = self.pop_register(index);
                self.release_slot(index, a);
                let imm = (flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND)).into();
                let is_array = matches!(op, Op::SlotArraySet(_));
                let op = if is_array { Opcode::ArraySet } else { Opcode::HashSet };
                self.emit(index, Inst { op, a, b, c, imm });
                self.region.last_result = None;
            }
            Op::SlotArrayPush(slot) => {
                let a = self.slot(index, slot);
                let (b, take) = self.pop_register(index);
                self.release_slot(index, a);
                let imm = flag(take, TAKE_FIRST).into();
                self.emit(index, Inst { op: Opcode::ArrayPush, a, b, c: 0, imm });
                self.region.last_result = None;
            }
            Op::SlotArrayLen(slot) => {
                let b = self.slot(index, slot);
                self.push_result(index, Inst { op: Opcode::ArrayLen, b, ..NO_INST });
            }
            Op::SlotArrayPop(slot)
            | Op::SlotArrayShift(slot)
            | Op::SlotHashDelete(slot)
            | Op::SlotHashLen(slot) => self.execute_on_slot(index, slot),
            Op::Add | Op::Sub | Op::Mul | Op::Div => self.arithmetic(index, op),
            // The instructions keep Ints, of which this mode has none.
            Op::Mod if self.float_mode => self.execute(index, Opcode::ExecLeaf),
            Op::Mod => match self.region.stack.last() {
                Some(&Symbol::Int(n)) if n > 0 => {
                    self.region.stack.pop();
                    self.with_number(index, Opcode::ModI, n as u64);
                }
                _ => self.binary(index, Opcode::Mod, None),
            },
            Op::Negate => self.unary(index, Opcode::Negate),
            Op::SqrtFloat => self.unary(index, Opcode::Sqrt),
            Op::Inc => self.add_integer(index, 1),
            Op::Dec => self.add_integer(index, -1),
            Op::BitAnd => self.binary_constant(index, Opcode::BitAnd, Opcode::BitAndK),
            Op::BitOr => self.binary(index, Opcode::BitOr, None),
            Op::BitXor => self.binary(index, Opcode::BitXor, None),
            Op::Shl | Op::Shr => {
                let top = self.region.stack[self.region.stack.len() - 1];
                if let Symbol::Int(n) = top {
                    self.region.stack.pop();
                    let (b, take) = self.pop_register(index);
                    let is_left = matches!(op, Op::Shl);
                    let op = if is_left { Opcode::ShlK } else { Opcode::ShrK };
                    let imm = self.constant(Value::Int(n));
                    self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm });
                } else {
                    self.execute(index, Opcode::ExecLeaf);
                }
            }
            Op::NumLt => self.compare(Comparison::Lt),
            Op::NumLe => self.compare(Comparison::Le),
            Op::NumGt => self.compare(Comparison::Gt),
            Op::NumGe => self.compare(Comparison::Ge),
            Op::NumEq => self.compare(Comparison::Eq),
            Op::NumNe => self.compare(Comparison::Ne),
            Op::StrEq if self.field_and_constant(index, Opcode::FieldIs, Opcode::FieldIsAt) => {}
            Op::StrEq => self.binary(index, Opcode::StrEq, None),
            Op::StrNe => self.binary(index, Opcode::StrNe, None),
            Op::LogNot => match &mut self.region.pending {
                Some(pending) => pending.negated = !pending.negated,
                None => self.unary(index, Opcode::Not),
            },
            Op::Concat => {
                if let Some(skipped) = self.append_in_place(index) {
                    return Some(skipped);
                }
                if self.join(index) {
                    return Some(0);
                }
                let top = self.region.stack.len() - 1;
                if self.constant_address(self.region.stack[top]).is_some() {
                    self.binary_constant(index, Opcode::Concat, Opcode::ConcatK);
                } else {
                    self.binary(index, Opcode::Concat, Some(Opcode::ConcatKR));
                }
            }
            Op::StringLen => self.unary(index, Opcode::StringLen),
            Op::Jump(target) => {
                self.flush(index);
                if !self.rotate(index, target) {
                    let op = if target <= index { Opcode::Loop } else { Opcode::Jump };
                    self.jump(index, Inst { op, ..NO_INST }, target);
                }
            }
            Op::JumpIfTrue(target) => self.branch(index, true, target),
            Op::JumpIfFalse(target) => self.branch(index, false, target),
            Op::JumpIfTrueKeep(target) => return Some(self.branch_keep(index, true, target)),
            Op::JumpIfFalseKeep(target) => return Some(self.branch_keep(index, false, target)),
            Op::JumpTable(constant) => {
                let (a, take) = self.pop_register(index);
                self.flush(index);
                let targets = self.chunk.constants[usize::from(constant)].jump_targets().unwrap_or_default();
                let table = self.lists.tables.len();
                self.lists.tables.push(Box::default());
                let depth = self.region.stack.len();
                for (entry, target) in targets.iter().enumerate() {
                    if self.is_end(*target) {
                        self.region.ways_out.push((depth, index, WayOut::Table(table, entry)));
                    }
                }
                self.region.table_fixups.push((table, targets));
                let c = flag(take, TAKE_FIRST);
                self.emit(index, Inst { op: Opcode::JumpTable, a, b: 0, c, imm: table as u64 });
            }
            Op::Call(name, n) => {
                self.release_fields(index);
                let imm = self.unit.subs[usize::from(name)].into();
                let a = self.gather(index, n.into());
                self.push_result(index, Inst { op: Opcode::Call, a, b: n.into(), c: 0, imm });
            }
            Op::TailCall(name, n) => {
                let imm = self.unit.subs[usize::from(name)].into();
                let a = self.gather(index, n.into());
                self.drop_temporaries(index);
                let c = self.layout.variables as u16;
                self.emit(index, Inst { op: Opcode::TailCall, a, b: n.into(), c, imm });
            }
            Op::CallDynamic(n) => {
                self.release_slots(index);
                let a = self.gather(index, usize::from(n) + 1);
                self.push_result(
                    index,
                    Inst { op: Opcode::CallDynamic, a, b: n.into(), c: 0, imm: index as u64 },
                );
            }
            Op::Return => {
                self.push(Symbol::Undef);
                self.emit_return(index);
            }
            Op::ReturnValue => self.emit_return(index),
            Op::Throw => {
                let (a, take) = self.pop_register(index);
                self.emit(index, Inst { op: Opcode::Throw, a, b: 0, c: flag(take, TAKE_FIRST), imm: 0 });
            }
            Op::PushFrame | Op::PopFrame => self.scope(index, matches!(op, Op::PushFrame)),
            Op::TryBegin(handler) => {
                self.flush(index);
                self.region.last_result = None;
                self.add_handler(index, handler);
            }
            Op::PreIncSlot(slot) | Op::PreIncSlotVoid(slot) => {
                self.increment(index, slot, 1);
                if matches!(op, Op::PreIncSlot(_)) {
                    let register = self.slot(index, slot);
                    self.push(Symbol::Slot(register));
                }
            }
            Op::PreDecSlot(slot) => {
                self.increment(index, slot, -1);
                let register = self.slot(index, slot);
                self.push(Symbol::Slot(register));
            }
            Op::PostIncSlot(slot) | Op::PostDecSlot(slot) => {
                let register = self.slot(index, slot);
                self.push(Symbol::Slot(register));
                let amount = if matches!(op, Op::PostIncSlot(_)) { 1 } else { -1 };
                self.increment(index, slot, amount);
            }
            Op::AddAssignSlotVoid(target, addend) => {
                let (first, second) = (self.slot(index, target), self.slot(index, addend));
                self.push(Symbol::Slot(first));
                self.push(Symbol::Slot(second));
                self.arithmetic(index, Op::Add);
                self.set_slot(index, target);
            }
            Op::SlotLtIntJumpIfFalse(slot, limit, target) => {
                self.compare_slot(index, slot, limit);
                self.branch(index, false, target);
            }
            Op::SlotIncLtIntJumpBack(slot, limit, target) => {
                self.increment(index, slot, 1);
                self.compare_slot(index, slot, limit);
                self.branch(index, true, target);
            }
            Op::AccumSumLoop(target, counter, _)
            | Op::ConcatConstLoop(_, target, counter, _)
            | Op::PushIntRangeLoop(target, counter, _) => {
                self.release_slots(index);
                self.region.last_result = None;
                let (a, b) = (self.slot(index, target), self.slot(index, counter));
                self.emit(index, Inst { op: Opcode::WholeLoop, a, b, c: 0, imm: index as u64 });
            }
            Op::RefGet => self.unary(index, Opcode::RefGet),
            Op::RefSet => {
                let (b, take_ref) = self.pop_register(index);
                let (a, take_value) = self.pop_register(index);
                let imm = (flag(take_value, TAKE_FIRST) | flag(take_ref, TAKE_SECOND)).into();
                self.emit(index, Inst { op: Opcode::RefSet, a, b, c: 0, imm });
            }
            Op::IndexGet => match self.region.stack.last() {
                Some(Symbol::Constant(_)) => self.binary_constant(index, Opcode::IndexGet, Opcode::IndexGetK),
                _ => self.binary(index, Opcode::IndexGet, None),
            },
            Op::IndexExists => self.binary(index, Opcode::IndexExists, None),
            Op::IndexSet => {
                let (target, take_target) = self.pop_register(index);
                if let Some(&Symbol::Constant(key)) = self.region.stack.last()
                    && let Value::Str(_) = &self.unit.constants[usize::from(key)]
                {
                    self.region.stack.pop();
                    let (a, take_value) = self.pop_register(index);
                    let c = flag(take_value, TAKE_FIRST) | flag(take_target, TAKE_SECOND);
                    let imm = self.constant_address(Symbol::Constant(key)).unwrap_or_default();
                    self.emit(index, Inst { op: Opcode::IndexSetK, a, b: target, c, imm });
                } else {
                    self.set_in_cell(index, Opcode::IndexSet, (target, take_target));
                }
            }
            Op::GetCapture(capture) => {
                self.push_result(index, Inst { op: Opcode::GetCapture, imm: capture.into(), ..NO_INST });
            }
            Op::SetCapture(capture) => {
                let (a, take) = self.pop_register(index);
                let c = flag(take, TAKE_FIRST);
                self.emit(index, Inst { op: Opcode::SetCapture, a, b: 0, c, imm: capture.into() });
            }
            Op::CallBuiltin(..) => self.execute(index, Opcode::Builtin),
            Op::Extended(..) | Op::ExtendedWide(..) => self.execute(index, Opcode::Extension),
            Op::MapBlock(_) | Op::GrepBlock(_) | Op::ForEachBlock(_) | Op::SortBlock(_) => {
                self.iterate(index)
            }
            _ if self.lower_awk(index, op) => {}
            _ if op.calls_nobody() => self.execute(index, Opcode::ExecLeaf),
            _ => self.execute(index, Opcode::Exec),
        }
        Some(0)
    }

    pub(super) fn pop(&mut self, index: usize) {
        let depth = self.region.stack.len() - 1;
        if self.region.stack.pop() == Some(Symbol::Temporary) {
            let a = self.temporary(depth);
            self.emit(index, Inst { op: Opcode::Drop, a, ..NO_INST });
        }
        self.region.last_result = None;
    }

    /// Pushes copies of the top `count` values.
    pub(super) fn duplicate(&mut self, index: usize, count: usize) {
        let first = self.region.stack.len() - count;
        for place in 0..count {
            if let Symbol::LastUse(register) = self.region.stack[first + place] {
                // Two reads of it follow now.
                self.region.stack[first + place] = Symbol::Slot(register);
            }
            let symbol = self.region.stack[first + place];
            if symbol == Symbol::Temporary {
                let b = self.temporary(first + place);
                self.push_result(index, Inst { op: Opcode::Move, a: 0, b, c: 0, imm: 0 });
                self.region.last_result = None;
            } else {
                self.push(symbol);
            }
        }
    }

    /// Exchanges the values at `below` and `below - 1` under the top (1: the two top values).
    pub(super) fn swap(&mut self, index: usize, below: usize) {
        let upper = self.region.stack.len() - below;
        let lower = upper - 1;
        let temporaries = [lower, upper].map(|depth| self.region.stack[depth] == Symbol::Temporary);
        match temporaries {
            [false, false] => {}
            [true, true] => {
                let (a, b) = (self.temporary(lower), self.temporary(upper));
                self.emit(index, Inst { op: Opcode::Swap, a, b, c: 0, imm: 0 });
            }
            [lower_is, _] => {
                let (from, to) = if lower_is { (lower, upper) } else { (upper, lower) };
                let (a, b) = (self.temporary(to), self.temporary(from));
                self.emit(index, Inst { op: Opcode::Move, a, b, c: TAKE_FIRST, imm: 0 });
            }
        }
        self.region.stack.swap(lower, upper);
        self.region.last_result = None;
    }

    /// Adds to a slot in place.
    pub(super) fn increment(&mut self, index: usize, slot: u16, amount: i64) {
        let register = self.slot(index, slot);
        self.push(Symbol::Slot(register));
        self.add_integer(index, amount);
        self.set_slot(index, slot);
    }

    pub(super) fn scope(&mut self, index: usize, open: bool) {
        let outer = self.analysis.states[index].scope as usize;
        let scope = if open { outer + 1 } else { outer };
        self.release_slots(index);
        let registers = self.layout.slots.get(scope).map_or(&[][..], |slots| slots.as_slice());
        let (a, b) = (registers.first().copied().unwrap_or(0), registers.len() as u16);
        let op = if open { Opcode::OpenScope } else { Opcode::CloseScope };
        self.emit(index, Inst { op, a, b, c: 0, imm: 0 });
        self.region.last_result = None;
    }

    pub(super) fn add_handler(&mut self, index: usize, handler: usize) {
        let depth = self.region.stack.len();
        let register = u32::from(self.temporary(depth));
        let scopes = self.analysis.states[index].scope;
        // The instruction is known when the region is done.
        let number = self.handlers.len();
        if self.is_end(handler) {
            self.region.ways_out.push((depth + 1, index, WayOut::Handler(number)));
        } else {
            self.region.handler_fixups.push((number, handler));
        }
        let region = self.starts.len() as u32 - 1;
        self.handlers.push(Handler { try_begin: index as u32, region, inst: NONE, register, scopes });
    }

    pub(super) fn iterate(&mut self, index: usize) {
        let op = self.chunk.ops[index];
        let Some(block) = used_block(&op) else { return };
        let (kind, elements) = match op {
            Op::MapBlock(_) => (0, 1),
            Op::GrepBlock(_) => (1, 1),
            Op::ForEachBlock(_) => (2, 1),
            _ => (3, 2),
        };
        self.flush(index);
        let a = self.gather(index, 1);
        let number = self.lists.blocks.len();
        let iterate = self.insts.len() as u32;
        // The rest is known when the block is lowered.
        self.lists.blocks.push(BlockCode { iterate, elements, ..BlockCode::default() });
        self.region.uses.push((block, number));
        let inst = Inst { op: Opcode::Iterate, a, b: kind, c: a, imm: number as u64 };
        if op.pushes() == 1 {
            self.push_result(index, inst);
        } else {
            self.emit(index, inst);
        }
    }

    /// Add, Sub, Mul and Div, with a number in the instruction where one operand is a constant.
    pub(super) fn arithmetic(&mut self, index: usize, op: Op) {
        use Opcode::*;
        let top = self.region.stack.len() - 1;
        if self.float_mode || matches!(op, Op::Div) {
            for symbol in &mut self.region.stack[top - 1..] {
                if let Symbol::Int(n) = *symbol {
                    *symbol = Symbol::Float(n as f64);
                }
            }
        }
        self.fields_to_operands(index, top);
        if matches!(op, Op::Add | Op::Mul)
            && matches!(self.region.stack[top - 1], Symbol::Int(_) | Symbol::Float(_))
            && self.region.stack[top].is_register()
        {
            // Both are commutative, so the constant can come second.
            let (register, take) = self.pop_register(index);
            let constant = std::mem::replace(&mut self.region.stack[top - 1], Symbol::Undef);
            let imm = match constant {
                Symbol::Int(n) => n as u64,
                Symbol::Float(x) => x.to_bits(),
                _ => 0,
            };
            let op = match (op, constant) {
                (Op::Add, Symbol::Int(_)) => AddI,
                (Op::Add, _) => AddF,
                (_, Symbol::Int(_)) => MulI,
                _ => MulF,
            };
            self.region.stack.pop();
            self.push_result(index, Inst { op, a: 0, b: register, c: flag(take, TAKE_FIRST), imm });
            return;
        }
        let (op, imm) = match (op, self.region.stack[top]) {
            (Op::Add, Symbol::Int(n)) => (AddI, n as u64),
            (Op::Add, Symbol::Float(x)) => (AddF, x.to_bits()),
            // x - 0 keeps the sign of a float zero, x + 0 does not; -i64::MIN overflows.
            (Op::Sub, Symbol::Int(n)) if n != 0 && n != i64::MIN => (AddI, -n as u64),
            (Op::Sub, Symbol::Float(x)) => (SubF, x.to_bits()),
            (Op::Mul, Symbol::Int(n)) => (MulI, n as u64),
            (Op::Mul, Symbol::Float(x)) => (MulF, x.to_bits()),
            (Op::Div, Symbol::Float(x)) if x != 0.0 => (DivF, x.to_bits()),
            (Op::Add, _) => return self.binary(index, if self.float_mode { AddFloat } else { Add }, None),
            (Op::Sub, _) => {
                return self.binary(index, if self.float_mode { SubFloat } else { Sub }, Some(SubKR));
            }
            (Op::Mul, _) => return self.binary(index, if self.float_mode { MulFloat } else { Mul }, None),
            _ => return self.binary(index, Div, Some(DivKR)),
        };
        self.region.stack.pop();
        self.with_number(index, op, imm);
    }

    /// Emits an instruction on the top value and a number that it holds itself.
    pub(super) fn with_number(&mut self, index: usize, op: Opcode, imm: u64) {
        let (b, take) = self.pop_register(index);
        self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm });
    }

    /// Adds an integer to the top value.
    pub(super) fn add_integer(&mut self, index: usize, amount: i64) {
        if self.float_mode {
            self.with_number(index, Opcode::AddF, (amount as f64).to_bits());
        } else {
            self.with_number(index, Opcode::AddI, amount as u64);
        }
    }

    /// Emits a two-operand instruction whose result is pushed; a constant second operand is in the
    /// instruction.
    pub(super) fn binary_constant(&mut self, index: usize, op: Opcode, with_constant: Opcode) {
        let top = self.region.stack.len() - 1;
        if let Some(imm) = self.constant_address(self.region.stack[top]) {
            self.region.stack.pop();
            self.with_number(index, with_constant, imm);
        } else {
            self.binary(index, op, None);
        }
    }

    /// Emits a two-operand instruction whose result is pushed; a constant first operand is in the
    /// instruction where there is an opcode for it.
    pub(super) fn binary(&mut self, index: usize, op: Opcode, constant_first: Option<Opcode>) {
        let top = self.region.stack.len() - 1;
        if let Some(op) = constant_first
            && let Some(imm) = self.constant_address(self.region.stack[top - 1])
        {
            let (c, take) = self.pop_register(index);
            self.region.stack.pop();
            self.push_result(index, Inst { op, a: 0, b: flag(take, TAKE_FIRST), c, imm });
        } else {
            let (b, c, flags) = self.pop_registers(index);
            self.push_result(index, Inst { op, a: 0, b, c, imm: flags.into() });
        }
    }

    pub(super) fn unary(&mut self, index: usize, op: Opcode) {
        let (b, take) = self.pop_register(index);
        self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm: 0 });
    }

    /// Pops the top value into a slot.
    pub(super) fn set_slot(&mut self, index: usize, slot: u16) {
        let register = self.slot(index, slot);
        let value = self.region.stack[self.region.stack.len() - 1];
        if value.slot() == Some(register) {
            self.region.stack.pop();
            return;
        }
        let below = self.region.stack.len() - 1;
        let shared = self.region.stack[..below].iter().any(|symbol| symbol.slot() == Some(register));
        if let (Symbol::Temporary, Some(inst), false) = (value, self.region.last_result, shared)
            && inst + 1 == self.insts.len()
        {
            let inst = &mut self.insts[inst];
            inst.set_dest(register);
            self.region.stack.pop();
            self.region.last_result = None;
            return;
        }
        let depth = self.region.stack.len() - 1;
        self.region.stack.pop();
        self.release_slot(index, register);
        let inst = match value {
            Symbol::Temporary => {
                Inst { op: Opcode::Move, a: register, b: self.temporary(depth), c: TAKE_FIRST, imm: 0 }
            }
            value => {
                // Materialised at its depth, then sent to the slot instead.
                self.push(value);
                self.materialise(index, depth);
                self.region.stack.pop();
                let mut inst = self.remove_last().unwrap_or(NO_INST);
                inst.a = register;
                inst
            }
        };
        self.emit(index, inst);
        self.region.last_result = None;
    }

    /// An op that is executed by its function, on values in a row of temporaries.
    pub(super) fn execute(&mut self, index: usize, op: Opcode) {
        let (pops, pushes) = self.chunk.stack_effect(index).unwrap_or_default();
        if op != Opcode::ExecLeaf {
            self.release_slots(index);
        } else if self.chunk.ops[index].info().effects.contains(Effects::WRITES) {
            self.release_fields(index);
        }
        let a = self.gather(index, pops);
        self.emit(index, Inst { op, a, b: pops as u16, c: pushes as u16, imm: index as u64 });
        for _ in 0..pushes {
            self.push(Symbol::Temporary);
        }
        // Its dest cannot be redirected: results are where the operands were.
        self.region.last_result = None;
    }

    /// An op on a collection in a slot that has no instruction of its own.
    pub(super) fn execute_on_slot(&mut self, index: usize, slot: u16) {
        let (pops, pushes) = (self.chunk.ops[index].pops(), self.chunk.ops[index].pushes());
        let c = self.slot(index, slot);
        self.release_slot(index, c);
        let a = self.gather(index, pops);
        self.emit(index, Inst { op: Opcode::SlotOp, a, b: pops as u16, c, imm: index as u64 });
        for _ in 0..pushes {
            self.push(Symbol::Temporary);
        }
        self.region.last_result = None;
    }
}
