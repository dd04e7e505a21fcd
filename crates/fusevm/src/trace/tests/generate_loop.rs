//! Random loops in the form that they have after peeling: phis, arithmetic and guards, and snapshots that show
//! everything. They are for what is known of phis: ranges, narrowing, hoisting.

use super::eval::Follower;
use super::rng::Rng;
use super::state::State;
use crate::trace::ir::{Const, Ins, Place, Ref, Restored, Snapshot, SnapshotId, Trace};
use crate::trace::ops::{Op, Type};

/// Registers 0 to 3 are Ints, 4 and 5 Floats, 6 and 7 arrays, as in the other generator. Values are shown in these.
const SHOWN: std::ops::Range<i32> = 0..6;

/// A loop whose first iteration goes through in a state.
pub(super) fn trace(rng: &mut Rng, state: &State) -> Trace {
    let mut maker = Maker {
        rng,
        follower: Follower::new(state.clone()),
        trace: Trace::new(),
        values: Vec::new(),
        inst: 1,
    };
    for _ in 0..4 {
        maker.invariant();
    }
    maker.body(3);
    // Hoisted guards leave at the head, where memory must be up to date: here it never changes. A check that holds shows
    // what the interpreter would find there.
    let head = maker.trace.snapshot(Snapshot { frames: Vec::new(), inst: 0, entries: Vec::new() });
    let holds = maker.trace.constant(Const::Bool(true));
    maker.trace.push(Ins::new(Op::True, &[holds]).at(head));
    maker.trace.push(Ins::new(Op::Loop, &[]));
    let firsts: Vec<Ref> = (0..1 + maker.rng.below(4)).map(|_| maker.first()).collect();
    let phis: Vec<Ref> = firsts.iter().map(|first| maker.phi(*first)).collect();
    let len = 4 + maker.rng.below(12);
    maker.body(len);
    for (at, phi) in phis.iter().enumerate() {
        let again = maker.again(*phi);
        maker.trace.phis[at][1] = again;
    }
    let snapshot = maker.snapshot();
    maker.trace.push(Ins::new(Op::Poll, &[]).at(snapshot));
    maker.trace.push(Ins::new(Op::Back, &[]).at(head));
    maker.trace
}

struct Maker<'a> {
    rng: &'a mut Rng,
    follower: Follower,
    trace: Trace,
    values: Vec<Ref>,
    inst: u32,
}

impl Maker<'_> {
    /// A snapshot that shows the newest values.
    fn snapshot(&mut self) -> SnapshotId {
        self.inst += 1;
        let mut entries: Vec<(Place, Restored)> = Vec::new();
        let values = self
            .values
            .iter()
            .rev()
            .filter(|value| matches!(self.trace.ty(**value), Type::Int | Type::Float | Type::Bool));
        for (register, value) in SHOWN.zip(values) {
            entries.push((Place::Register(register), Restored::Value(*value)));
        }
        self.trace.snapshot(Snapshot { frames: Vec::new(), inst: self.inst, entries })
    }

    fn try_push(&mut self, ins: Ins) -> Option<Ref> {
        self.follower.try_push(&mut self.trace, &mut self.values, ins)
    }

    fn guard(&mut self, op: Op, args: &[Ref]) -> Option<Ref> {
        let snapshot = self.snapshot();
        self.try_push(Ins::new(op, args).at(snapshot))
    }

    fn invariant(&mut self) -> Option<Ref> {
        let load = |register: i32, ty| Ins::new(Op::LoadRegister, &[]).imm(register).typed(ty);
        let snapshot = self.snapshot();
        match self.rng.below(3) {
            0 => {
                let register = self.rng.below(4) as i32;
                self.try_push(load(register, Type::Int).at(snapshot))
            }
            1 => {
                let register = 4 + self.rng.below(2) as i32;
                self.try_push(load(register, Type::Float).at(snapshot))
            }
            _ => {
                let array = self.try_push(load(6, Type::Array).at(snapshot))?;
                self.try_push(Ins::new(Op::ArrayLen, &[array]))
            }
        }
    }

    fn value(&mut self, ty: Type) -> Ref {
        let fitting: Vec<Ref> =
            self.values.iter().copied().filter(|value| self.trace.ty(*value) == ty).collect();
        if fitting.is_empty() || self.rng.chance(1, 3) {
            let n = self.rng.pick(&[0, 1, 1, 2, 3, 5, 8, -1, -2, i64::MAX - 2, i64::MIN + 2, 1 << 53]);
            return match ty {
                Type::Int => self.trace.int(n),
                _ if self.rng.chance(1, 4) => self.trace.float(0.5),
                _ => self.trace.float(n as f64),
            };
        }
        // Newer values are likelier.
        let newest = fitting.len().min(4);
        if self.rng.chance(1, 2) {
            fitting[fitting.len() - 1 - self.rng.below(newest)]
        } else {
            self.rng.pick(&fitting)
        }
    }

    fn first(&mut self) -> Ref {
        let ty = if self.rng.chance(1, 3) { Type::Float } else { Type::Int };
        self.value(ty)
    }

    fn phi(&mut self, first: Ref) -> Ref {
        let phi = self.trace.push_phi(self.trace.ty(first), first);
        self.follower.assume(&self.trace, first);
        self.values.push(phi);
        phi
    }

    /// What an iteration hands on for a phi: mostly a count.
    fn again(&mut self, phi: Ref) -> Ref {
        let ty = self.trace.ty(phi);
        let by = self.value(ty);
        let counted = match (ty, self.rng.below(6)) {
            (Type::Float, 0..=3) => {
                let by = self.rng.pick(&[1.0, 1.0, -1.0, 2.0]);
                let by = self.trace.float(by);
                self.try_push(Ins::new(Op::FAdd, &[phi, by]))
            }
            (Type::Int, 0..=1) => {
                let by = self.rng.pick(&[1, 1, 2, -1, -3]);
                let by = self.trace.int(by);
                self.guard(Op::AddChecked, &[phi, by])
            }
            (Type::Int, 2) => self.try_push(Ins::new(Op::Add, &[phi, by])),
            (Type::Int, 3) => self.guard(Op::SubChecked, &[phi, by]),
            _ => None,
        };
        if let (Some(counted), true) = (counted, self.rng.chance(1, 3)) {
            self.compare(counted);
        }
        counted.unwrap_or_else(|| self.value(ty))
    }

    fn compare(&mut self, a: Ref) -> Option<Ref> {
        use Op::*;
        let ty = self.trace.ty(a);
        let b = self.value(ty);
        let op = match ty {
            Type::Int => self.rng.pick(&[Lt, Lt, Le, Gt, Ge, Eq, Ne, Below, Below]),
            _ => self.rng.pick(&[FLt, FLt, FLe, FGt, FGe, FEq, FNe]),
        };
        let holds = if self.rng.chance(1, 5) {
            self.try_push(Ins::new(op, &[b, a]))?
        } else {
            self.try_push(Ins::new(op, &[a, b]))?
        };
        self.guard(True, &[holds]).or_else(|| self.guard(False, &[holds]))
    }

    fn body(&mut self, len: usize) {
        use Op::*;
        for _ in 0..len {
            match self.rng.below(10) {
                0..=3 => {
                    let ty = if self.rng.chance(1, 3) { Type::Float } else { Type::Int };
                    let value = self.value(ty);
                    self.compare(value);
                }
                4..=6 => {
                    let (a, b) = (self.value(Type::Int), self.value(Type::Int));
                    let op = self.rng.pick(&[
                        Add, Sub, Mul, And, Or, Xor, Shl, Shr, AddChecked, AddChecked, SubChecked, MulChecked,
                    ]);
                    if matches!(op, AddChecked | SubChecked | MulChecked) {
                        self.guard(op, &[a, b]);
                    } else {
                        self.try_push(Ins::new(op, &[a, b]));
                    }
                }
                7 => {
                    let (a, b) = (self.value(Type::Int), self.value(Type::Int));
                    let zero = self.trace.int(0);
                    let positive = self.try_push(Ins::new(Gt, &[b, zero]));
                    if positive.is_some_and(|positive| self.guard(True, &[positive]).is_some()) {
                        let op = self.rng.pick(&[Rem, Quot]);
                        self.try_push(Ins::new(op, &[a, b]));
                    }
                }
                8 => {
                    let (a, b) = (self.value(Type::Float), self.value(Type::Float));
                    let op = self.rng.pick(&[FRem, FAdd, FMul]);
                    self.try_push(Ins::new(op, &[a, b]));
                }
                _ => {
                    let (a, b) = (self.value(Type::Int), self.value(Type::Float));
                    match self.rng.below(3) {
                        0 => self.try_push(Ins::new(ToFloat, &[a])),
                        1 => self.guard(ToIntExact, &[b]),
                        _ => self.try_push(Ins::new(Truncate, &[b])),
                    };
                }
            }
        }
    }
}
