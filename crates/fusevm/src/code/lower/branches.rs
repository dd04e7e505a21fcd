//! Comparisons and jumps: a comparison makes no instruction of its own where a jump can hold it, and a
//! loop's test stands at its end.

use super::{Inst, Lowerer, NO_INST, Opcode, Symbol, TAKE_FIRST, TAKE_SECOND, WayOut, flag};
use crate::op::Op;

/// A numeric comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

impl Comparison {
    /// The comparison of the operands the other way round.
    fn swapped(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        }
    }
}

/// A comparison whose instruction waits for what uses it: its operands are the two top symbols.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub comparison: Comparison,
    pub negated: bool,
    /// [`AWK`](crate::code::AWK) for a comparison of awk values, else 0.
    pub kind: u16,
}

impl Lowerer<'_> {
    /// Emits the instruction of a comparison that waits.
    pub(super) fn settle(&mut self, index: usize) {
        let Some(Pending { comparison, negated, kind }) = self.region.pending.take() else { return };
        let (mut b, mut c, mut flags) = self.pop_registers(index);
        if matches!(comparison, Comparison::Gt | Comparison::Ge) {
            (b, c) = (c, b);
            flags = flag(flags & TAKE_FIRST != 0, TAKE_SECOND) | flag(flags & TAKE_SECOND != 0, TAKE_FIRST);
        }
        let op = match comparison {
            Comparison::Lt | Comparison::Gt => Opcode::Lt,
            Comparison::Le | Comparison::Ge => Opcode::Le,
            Comparison::Eq => Opcode::Eq,
            Comparison::Ne => Opcode::Ne,
        };
        self.push_result(index, Inst { op, a: 0, b, c, imm: (flags | kind).into() });
        if negated {
            self.unary(index, Opcode::Not);
        }
    }

    /// Emits a jump instruction to an op, or to the end of the region.
    pub(super) fn jump(&mut self, index: usize, inst: Inst, target: usize) {
        let depth = self.region.stack.len();
        let inst = self.emit(index, inst);
        if self.is_end(target) {
            self.region.ways_out.push((depth, index, WayOut::Jump(inst)));
        } else {
            self.region.fixups.push((inst, target));
        }
    }

    /// Emits a jump that is taken when the popped value, or the comparison that waits, is `when`.
    pub(super) fn branch(&mut self, index: usize, when: bool, target: usize) {
        let back = target <= index;
        if let Some(pending) = self.region.pending.take() {
            return self.branch_comparison(index, pending, when, target, back);
        }
        let top = self.region.stack[self.region.stack.len() - 1];
        if let Symbol::Bool(value) = top {
            self.region.stack.pop();
            self.flush(index);
            if value == when {
                let op = if back { Opcode::Loop } else { Opcode::Jump };
                self.jump(index, Inst { op, ..NO_INST }, target);
            }
            return;
        }
        let mut when = when;
        let (a, take) = match self.region.last_result {
            Some(inst)
                if top == Symbol::Temporary
                    && inst + 1 == self.insts.len()
                    && self.insts[inst].op == Opcode::Not =>
            {
                when = !when;
                self.region.stack.pop();
                let not = self.remove_last().unwrap_or(NO_INST);
                (not.b, not.c & TAKE_FIRST != 0)
            }
            _ => self.pop_register(index),
        };
        self.region.last_result = None;
        self.flush(index);
        let op = match (when, back) {
            (true, false) => Opcode::JumpTrue,
            (false, false) => Opcode::JumpFalse,
            (true, true) => Opcode::LoopTrue,
            (false, true) => Opcode::LoopFalse,
        };
        self.jump(index, Inst { op, a, b: 0, c: flag(take, TAKE_FIRST), imm: 0 }, target);
    }

    pub(super) fn branch_comparison(
        &mut self,
        index: usize,
        pending: Pending,
        when: bool,
        target: usize,
        back: bool,
    ) {
        use Opcode::*;
        let sense = when != pending.negated;
        let top = self.region.stack.len() - 1;
        let mut comparison = pending.comparison;
        if small_integer(self.region.stack[top]).is_none()
            && small_integer(self.region.stack[top - 1]).is_some()
        {
            // The constant comes second.
            comparison = comparison.swapped();
            let constant = self.region.stack[top - 1];
            let (register, take) = self.pop_register(index);
            self.region.stack.pop();
            let flags = flag(take, TAKE_FIRST) | pending.kind;
            return self.branch_small(index, comparison, (register, flags), constant, sense, target, back);
        }
        if small_integer(self.region.stack[top]).is_some() {
            let constant = self.region.stack.pop().unwrap_or(Symbol::Undef);
            let (register, take) = self.pop_register(index);
            let flags = flag(take, TAKE_FIRST) | pending.kind;
            return self.branch_small(index, comparison, (register, flags), constant, sense, target, back);
        }
        let (mut a, mut b, mut c) = self.pop_registers(index);
        if matches!(comparison, Comparison::Gt | Comparison::Ge) {
            (a, b) = (b, a);
            c = flag(c & TAKE_FIRST != 0, TAKE_SECOND) | flag(c & TAKE_SECOND != 0, TAKE_FIRST);
        }
        let op = match (comparison, sense, back) {
            (Comparison::Lt | Comparison::Gt, true, false) => JumpLt,
            (Comparison::Lt | Comparison::Gt, false, false) => JumpNotLt,
            (Comparison::Le | Comparison::Ge, true, false) => JumpLe,
            (Comparison::Le | Comparison::Ge, false, false) => JumpNotLe,
            (Comparison::Eq, true, false) | (Comparison::Ne, false, false) => JumpEq,
            (Comparison::Eq, false, false) | (Comparison::Ne, true, false) => JumpNotEq,
            (Comparison::Lt | Comparison::Gt, true, true) => LoopLt,
            (Comparison::Lt | Comparison::Gt, false, true) => LoopNotLt,
            (Comparison::Le | Comparison::Ge, true, true) => LoopLe,
            (Comparison::Le | Comparison::Ge, false, true) => LoopNotLe,
            (Comparison::Eq, true, true) | (Comparison::Ne, false, true) => LoopEq,
            (Comparison::Eq, false, true) | (Comparison::Ne, true, true) => LoopNotEq,
        };
        self.region.last_result = None;
        self.flush(index);
        let inst = self.fuse_increment(Inst { op, a, b, c: c | pending.kind, imm: 0 });
        self.jump(index, inst, target);
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn branch_small(
        &mut self,
        index: usize,
        comparison: Comparison,
        (a, c): (u16, u16),
        constant: Symbol,
        sense: bool,
        target: usize,
        back: bool,
    ) {
        use Opcode::*;
        let op = match (comparison, sense, back) {
            (Comparison::Lt, true, false) => JumpLtI,
            (Comparison::Lt, false, false) => JumpNotLtI,
            (Comparison::Le, true, false) => JumpLeI,
            (Comparison::Le, false, false) => JumpNotLeI,
            (Comparison::Gt, true, false) => JumpGtI,
            (Comparison::Gt, false, false) => JumpNotGtI,
            (Comparison::Ge, true, false) => JumpGeI,
            (Comparison::Ge, false, false) => JumpNotGeI,
            (Comparison::Eq, true, false) | (Comparison::Ne, false, false) => JumpEqI,
            (Comparison::Eq, false, false) | (Comparison::Ne, true, false) => JumpNotEqI,
            (Comparison::Lt, true, true) => LoopLtI,
            (Comparison::Lt, false, true) => LoopNotLtI,
            (Comparison::Le, true, true) => LoopLeI,
            (Comparison::Le, false, true) => LoopNotLeI,
            (Comparison::Gt, true, true) => LoopGtI,
            (Comparison::Gt, false, true) => LoopNotGtI,
            (Comparison::Ge, true, true) => LoopGeI,
            (Comparison::Ge, false, true) => LoopNotGeI,
            (Comparison::Eq, true, true) | (Comparison::Ne, false, true) => LoopEqI,
            (Comparison::Eq, false, true) | (Comparison::Ne, true, true) => LoopNotEqI,
        };
        self.region.last_result = None;
        self.flush(index);
        let integer = small_integer(constant).unwrap_or(0);
        let imm = u64::from(integer as u32) << 32;
        let inst = self.fuse_increment(Inst { op, a, b: 0, c, imm });
        self.jump(index, inst, target);
    }

    /// A loop that counts up: the increment of the compared register becomes part of the jump.
    pub(super) fn fuse_increment(&mut self, inst: Inst) -> Inst {
        let op = match inst.op {
            Opcode::LoopLt => Opcode::IncLoopLt,
            Opcode::LoopLe => Opcode::IncLoopLe,
            Opcode::LoopLtI => Opcode::IncLoopLtI,
            Opcode::LoopLeI => Opcode::IncLoopLeI,
            _ => return inst,
        };
        let increments = |last: &Inst| {
            *last == Inst { op: Opcode::AddI, a: inst.a, b: inst.a, c: 0, imm: 1 }
                && inst.c & TAKE_FIRST == 0
                && (inst.op == Opcode::LoopLtI || inst.op == Opcode::LoopLeI || inst.b != inst.a)
        };
        // A label between the two would be a way in that skips the increment.
        if self.region.label < self.insts.len() && self.insts.last().is_some_and(increments) {
            self.remove_last();
            return Inst { op, ..inst };
        }
        inst
    }

    /// A jump to a loop's test becomes the test itself, turned round: a jump back from the loop's end saves a jump an
    /// iteration, and a jump from before the loop to a test at its end leaves the loop with one way in, where its body begins.
    /// Returns whether it did.
    pub(super) fn rotate(&mut self, index: usize, test: usize) -> bool {
        const LONGEST_TEST: usize = 8;
        if self.fuel || self.is_end(test) || !self.same_body(index, test) {
            return false;
        }
        let goes_back = test <= index;
        let last = if goes_back { index } else { self.chunk.ops.len() };
        let end = (test..last.min(test + LONGEST_TEST)).find(|at| {
            *at > test && self.analysis.leaders[*at]
                || !matches!(
                    self.chunk.ops[*at],
                    Op::GetSlot(_)
                        | Op::LoadInt(_)
                        | Op::LoadFloat(_)
                        | Op::LoadConst(_)
                        | Op::GetVar(_)
                        | Op::SlotArrayLen(_)
                        | Op::SlotArrayGet(_)
                        | Op::SlotHashGet(_)
                        | Op::Add
                        | Op::Sub
                        | Op::Mul
                        | Op::BitAnd
                        | Op::IndexGet
                        | Op::IndexLen
                        | Op::RefGet
                        | Op::NumLt
                        | Op::NumLe
                        | Op::NumGt
                        | Op::NumGe
                        | Op::NumEq
                        | Op::NumNe
                        | Op::StrEq
                        | Op::StrNe
                        | Op::LogNot
                )
        });
        let Some(branch) = end else { return false };
        let (when, taken) = match self.chunk.ops[branch] {
            Op::JumpIfTrue(taken) => (true, taken),
            Op::JumpIfFalse(taken) => (false, taken),
            _ => return false,
        };
        let body_follows = taken == index + 1;
        if self.analysis.leaders[branch] && branch != test || !goes_back && !body_follows {
            return false;
        }
        for at in test..branch {
            if self.lower_op(at).is_none() {
                return false;
            }
        }
        self.branch(index, !when, branch + 1);
        if !body_follows || self.is_end(taken) {
            self.jump(index, Inst { op: Opcode::Jump, ..NO_INST }, taken);
        }
        true
    }

    /// A short-circuit jump. When it leads to a jump on the same value, and the value is popped on the
    /// other way, nothing has to be kept.
    pub(super) fn branch_keep(&mut self, index: usize, when: bool, target: usize) -> usize {
        let next = index + 1;
        let pops_next = matches!(self.chunk.ops.get(next), Some(Op::Pop)) && !self.is_target[next];
        let destination = match self.chunk.ops.get(target) {
            Some(Op::JumpIfTrue(to)) if when => Some(*to),
            Some(Op::JumpIfFalse(to)) if !when => Some(*to),
            Some(Op::JumpIfTrue(_) | Op::JumpIfFalse(_)) => Some(target + 1),
            _ => None,
        };
        if let Some(destination) = destination
            && pops_next
            && !self.fuel
            && !self.is_end(target)
            && self.same_body(index, destination)
        {
            self.branch(index, when, destination);
            // The branch has ended the block; the Pop is done.
            return 1;
        }
        self.flush(index);
        let a = self.temporary(self.region.stack.len() - 1);
        let op = match (when, target <= index) {
            (true, false) => Opcode::JumpTrue,
            (false, false) => Opcode::JumpFalse,
            (true, true) => Opcode::LoopTrue,
            (false, true) => Opcode::LoopFalse,
        };
        self.jump(index, Inst { op, a, b: 0, c: 0, imm: 0 }, target);
        0
    }

    pub(super) fn compare_slot(&mut self, index: usize, slot: u16, limit: i32) {
        let register = self.slot(index, slot);
        self.push(Symbol::Slot(register));
        self.push(Symbol::Int(limit.into()));
        self.compare(Comparison::Lt);
    }

    pub(super) fn compare(&mut self, comparison: Comparison) {
        self.region.pending = Some(Pending { comparison, negated: false, kind: 0 });
        self.region.last_result = None;
    }

    pub(super) fn same_body(&self, index: usize, other: usize) -> bool {
        self.analysis.states.get(other).is_some_and(|state| state.body == self.analysis.states[index].body)
    }
}

/// The integer of a symbol that a JRI instruction can hold. A float with an integer's value compares
/// alike.
fn small_integer(symbol: Symbol) -> Option<i32> {
    match symbol {
        Symbol::Int(n) => i32::try_from(n).ok(),
        Symbol::Float(x) if x == f64::from(x as i32) => Some(x as i32),
        _ => None,
    }
}
