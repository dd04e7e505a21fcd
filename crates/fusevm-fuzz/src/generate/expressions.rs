//! Expressions: pieces that leave one value on the stack.

use super::{FLOATS, Generator, INTS};
use fusevm::Op;

impl Generator {
    /// Pushes a value without computing anything.
    pub(super) fn leaf(&mut self) {
        let op = match self.rng.below(16) {
            0..=5 => Op::GetSlot(self.slot()),
            6..=7 => Op::GetVar(self.global()),
            8..=9 => Op::LoadInt(self.rng.below(5) as i64),
            10 => Op::LoadInt(self.rng.pick(&INTS)),
            11 => Op::LoadFloat(self.rng.pick(&FLOATS)),
            12 => self.rng.pick(&[Op::LoadTrue, Op::LoadFalse, Op::LoadUndef]),
            13 if self.available() > 0 => Op::Dup,
            _ => {
                let constant = self.constant(2);
                Op::LoadConst(self.b.add_constant(constant))
            }
        };
        self.emit(op);
    }

    /// Pushes one value.
    pub(super) fn expression(&mut self, size: usize) {
        if size == 0 || self.rng.chance(1, 4) {
            return self.leaf();
        }
        match self.rng.below(20) {
            0..=8 => {
                self.expression(size - 1);
                self.expression(size - 1);
                let op = self.rng.pick(&[
                    Op::Add,
                    Op::Add,
                    Op::Sub,
                    Op::Sub,
                    Op::Mul,
                    Op::Div,
                    Op::Mod,
                    Op::Concat,
                    Op::Concat,
                    Op::BitAnd,
                    Op::BitOr,
                    Op::BitXor,
                    Op::Shl,
                    Op::Shr,
                    Op::NumLt,
                    Op::NumLe,
                    Op::NumGt,
                    Op::NumGe,
                    Op::NumEq,
                    Op::NumNe,
                    Op::StrEq,
                    Op::StrNe,
                    Op::StrLt,
                    Op::Spaceship,
                    Op::IndexGet,
                    Op::IndexGet,
                    Op::Pow,
                    Op::LogAnd,
                    Op::IndexExists,
                ]);
                self.emit(op);
            }
            9..=11 => {
                self.expression(size - 1);
                let op = self.rng.pick(&[
                    Op::LogNot,
                    Op::Negate,
                    Op::Inc,
                    Op::Dec,
                    Op::StringLen,
                    Op::RefGet,
                    Op::RefNew,
                    Op::RefNew,
                    Op::SqrtFloat,
                    Op::BitNot,
                    Op::IndexLen,
                    Op::AbsFloat,
                ]);
                self.emit(op);
            }
            12..=13 => {
                self.expression(size - 1);
                let slot = self.slot();
                let op = self.rng.pick(&[
                    Op::SlotArrayGet(slot),
                    Op::SlotHashGet(slot),
                    Op::SlotHashExists(slot),
                    Op::SlotHashDelete(slot),
                ]);
                self.emit(op);
            }
            14 => {
                let slot = self.slot();
                let op = self.rng.pick(&[
                    Op::PreIncSlot(slot),
                    Op::PreDecSlot(slot),
                    Op::PostIncSlot(slot),
                    Op::PostDecSlot(slot),
                    Op::SlotArrayPop(slot),
                    Op::SlotArrayShift(slot),
                    Op::SlotArrayLen(slot),
                    Op::SlotHashLen(slot),
                ]);
                self.emit(op);
            }
            15..=16 => self.array(size - 1),
            17 => {
                let n = self.rng.below(3);
                (0..n).for_each(|_| self.expression(size - 1));
                let op = match self.rng.below(3) {
                    0 => Op::CallBuiltin(1 + self.rng.below(13) as u16, n as u8),
                    1 if n == 2 => Op::MakeHash(2),
                    _ => Op::MakeArray(n as u16),
                };
                self.emit(op);
            }
            18 => self.call(size - 1),
            _ => self.dynamic_call(size - 1),
        }
    }

    /// Pushes what is likely an array.
    pub(super) fn array(&mut self, size: usize) {
        match self.rng.below(5) {
            0 => {
                let op = Op::GetArray(self.global());
                self.emit(op);
            }
            1 => {
                let op = Op::GetSlot(1);
                self.emit(op);
            }
            2 => {
                let to = self.rng.below(5) as i64;
                self.emit(Op::LoadInt(1));
                self.emit(Op::LoadInt(to));
                self.emit(Op::Range);
            }
            _ => {
                let n = self.rng.below(5);
                (0..n).for_each(|_| self.expression(size.min(1)));
                self.emit(Op::MakeArray(n as u16));
            }
        }
    }

    /// Pushes what a jump tests.
    pub(super) fn condition(&mut self) {
        self.expression(1);
        if self.rng.chance(2, 3) {
            self.expression(1);
            let op = self.rng.pick(&[
                Op::NumLt,
                Op::NumLe,
                Op::NumGt,
                Op::NumGe,
                Op::NumEq,
                Op::NumNe,
                Op::StrEq,
                Op::StrNe,
            ]);
            self.emit(op);
        }
        if self.rng.chance(1, 4) {
            self.emit(Op::LogNot);
        }
    }
}
