//! Wild statements: any op of the table on any value, in constructs of any kind.

use super::{FLOATS, Generator, INTS};
use crate::hosts::{EXTENSIONS, Extension};
use fusevm::Op;
use fusevm::op::OperandKind;

impl Generator {
    pub(super) fn wild_statement(&mut self) {
        match self.rng.below(if self.may_nest() { 40 } else { 24 }) {
            0..=5 => self.any_op(),
            6..=8 => {
                self.expression(2);
                let op = Op::SetSlot(self.slot());
                self.emit(op);
            }
            9..=10 => {
                self.expression(2);
                let op = Op::SetVar(self.global());
                self.emit(op);
            }
            11 => {
                self.expression(2);
                self.emit(Op::PrintLn(1));
            }
            12..=13 => self.expression(2),
            14..=16 => self.wild_store(),
            17 => self.shuffle(),
            18 => self.fused(),
            19 => self.extension(),
            20 => {
                self.expression(1);
                let op = Op::DeclareVar(self.global());
                self.emit(op);
            }
            21 => {
                let op = Op::GetCapture(self.rng.below(3) as u8);
                self.guarded(&[op]);
            }
            22 => {
                let op = Op::SetCapture(self.rng.below(3) as u8);
                self.guarded(&[Op::LoadInt(9), op]);
            }
            23 => self.append(),
            _ => {
                self.nesting += 1;
                match self.rng.below(16) {
                    0..=2 => self.if_else(),
                    3 => self.short_circuit(),
                    4..=7 => self.counted_loop(),
                    8..=10 => self.try_region(),
                    11 => self.new_scope(),
                    12..=14 => self.iteration(),
                    _ => self.jump_table(),
                }
                self.nesting -= 1;
            }
        }
    }

    /// Ops that may fail, in a region of their own; the error is dropped.
    pub(super) fn guarded(&mut self, ops: &[Op]) {
        let begin = self.emit(Op::TryBegin(0));
        let depth = self.depth;
        ops.iter().for_each(|op| {
            self.emit(*op);
        });
        self.emit(Op::TryEnd);
        self.adjust(depth + 1);
        self.patch_to_here(&[begin]);
    }

    /// Any op of the table that does not change control flow, on what is on the stack.
    fn any_op(&mut self) {
        for _ in 0..10 {
            let ordinal = self.rng.pick(&self.candidates.clone());
            let info = &Op::table()[ordinal];
            let rare = info.section == "awk";
            if rare && self.rng.chance(9, 10) {
                continue;
            }
            let bits: Vec<u64> = info.operands.iter().map(|operand| self.operand(operand.kind)).collect();
            let Some(op) = Op::from_ordinal(ordinal, &bits) else { continue };
            if let Op::MakeHash(n) = op
                && n % 2 == 1
            {
                continue;
            }
            while self.available() < op.pops() {
                self.leaf();
            }
            self.emit(op);
            return;
        }
    }

    fn operand(&mut self, kind: OperandKind) -> u64 {
        match kind {
            OperandKind::Int => self.rng.pick(&INTS) as u64,
            OperandKind::Float => self.rng.pick(&FLOATS).to_bits(),
            OperandKind::Int32 => self.rng.below(6) as u64,
            OperandKind::Const => {
                let constant = self.constant(2);
                self.b.add_constant(constant).into()
            }
            OperandKind::Name => match self.callee() {
                Some(sub) if self.rng.chance(1, 8) => self.subs[sub].name.into(),
                _ => self.global().into(),
            },
            OperandKind::Slot => self.slot().into(),
            OperandKind::Id => self.rng.below(14) as u64,
            OperandKind::Byte => self.rng.below(2) as u64,
            _ => self.rng.below(4) as u64,
        }
    }

    /// Changes a collection in place.
    fn wild_store(&mut self) {
        let (slot, global) = (self.slot(), self.global());
        self.expression(1);
        match self.rng.below(10) {
            0 => self.emit(Op::SlotArrayPush(slot)),
            1 => self.emit(Op::ArrayPush(global)),
            2 => {
                self.leaf();
                let op =
                    self.rng.pick(&[Op::HashSet(global), Op::HashSet(global), Op::AwkElementAppend(global)]);
                self.emit(op)
            }
            3..=4 => {
                self.leaf();
                self.emit(Op::SlotHashSet(slot))
            }
            5..=6 => {
                self.leaf();
                self.emit(Op::SlotArraySet(slot))
            }
            7 => {
                self.leaf();
                self.emit(Op::RefSet)
            }
            8 => {
                self.leaf();
                self.leaf();
                let op = self.rng.pick(&[Op::IndexSet, Op::IndexSet, Op::AwkIndexAppend]);
                self.emit(op)
            }
            _ => {
                self.leaf();
                self.emit(Op::IndexPush)
            }
        };
    }

    fn shuffle(&mut self) {
        for _ in 0..1 + self.rng.below(4) {
            let op = self.rng.pick(&[Op::Dup, Op::Dup2, Op::Swap, Op::Rot, Op::Pop, Op::Swap, Op::Rot]);
            while self.available() < op.pops() {
                self.leaf();
            }
            self.emit(op);
        }
    }

    /// `s = s . x`, on a slot or a global.
    fn append(&mut self) {
        let slot = self.slot();
        self.emit(Op::GetSlot(slot));
        self.expression(1);
        self.emit(Op::Concat);
        let to = if self.rng.chance(3, 4) { slot } else { self.slot() };
        self.emit(Op::SetSlot(to));
    }

    fn fused(&mut self) {
        let (a, b) = (self.slot(), self.slot());
        let limit = self.rng.below(7) as i32;
        if self.rng.chance(1, 2) {
            self.emit(Op::PreIncSlotVoid(a));
            self.emit(Op::AddAssignSlotVoid(a, b));
            return;
        }
        if self.rng.chance(3, 4) {
            self.emit(Op::LoadInt(0));
            self.emit(Op::SetSlot(b));
        }
        match self.rng.below(3) {
            0 => self.emit(Op::AccumSumLoop(a, b, limit)),
            1 => {
                let constant = self.constant(1);
                let constant = self.b.add_constant(constant);
                self.emit(Op::ConcatConstLoop(constant, a, b, limit))
            }
            _ => self.emit(Op::PushIntRangeLoop(a, b, limit)),
        };
    }

    fn extension(&mut self) {
        let Extension { id, wide, pops, .. } = self.rng.pick(&EXTENSIONS);
        while self.available() < pops.into() {
            self.leaf();
        }
        let argument = self.rng.below(4);
        self.emit(if wide { Op::ExtendedWide(id, argument) } else { Op::Extended(id, argument as u8) });
    }
}
