//! Intervals of integers.

use crate::trace::ops::Op;

/// The integers from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub lo: i64,
    pub hi: i64,
}

/// Floats hold all integers up to this one exactly.
pub(super) const EXACT: i64 = 1 << 53;

impl Interval {
    /// All integers.
    pub const ALL: Interval = Interval { lo: i64::MIN, hi: i64::MAX };

    pub fn new(lo: i64, hi: i64) -> Interval {
        Interval { lo, hi }
    }

    pub fn one(n: i64) -> Interval {
        Interval { lo: n, hi: n }
    }

    /// Whether all of these are among others.
    pub fn within(self, other: Interval) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }

    pub fn union(self, other: Interval) -> Interval {
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What both have; where that is nothing, which the code is then never reached with, this one.
    pub fn meet(self, other: Interval) -> Interval {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        if lo <= hi { Interval { lo, hi } } else { self }
    }

    /// One that has all of these and changes no more than a few times when it is widened again and again.
    pub fn widened(self, to: Interval) -> Interval {
        const UP: [i64; 6] = [0, i32::MAX as i64, EXACT - 1, EXACT, i64::MAX - 1, i64::MAX];
        const DOWN: [i64; 6] = [0, i32::MIN as i64, 1 - EXACT, -EXACT, i64::MIN + 1, i64::MIN];
        let hi = UP.into_iter().find(|limit| *limit >= to.hi).unwrap_or(i64::MAX);
        let lo = DOWN.into_iter().find(|limit| *limit <= to.lo).unwrap_or(i64::MIN);
        Interval {
            lo: if to.lo < self.lo { lo } else { self.lo },
            hi: if to.hi > self.hi { hi } else { self.hi },
        }
    }

    /// The results of a sum, difference or product, unless one overflows.
    pub fn exact(op: Op, a: Interval, b: Interval) -> Option<Interval> {
        let wide = |n: i64| i128::from(n);
        let (lo, hi) = match op {
            Op::Add | Op::AddChecked => (wide(a.lo) + wide(b.lo), wide(a.hi) + wide(b.hi)),
            Op::Sub | Op::SubChecked => (wide(a.lo) - wide(b.hi), wide(a.hi) - wide(b.lo)),
            Op::Mul | Op::MulChecked => {
                let corners = [a.lo, a.hi].map(|x| [b.lo, b.hi].map(|y| wide(x) * wide(y)));
                let corners = corners.as_flattened();
                (corners.iter().copied().min()?, corners.iter().copied().max()?)
            }
            _ => return None,
        };
        Some(Interval { lo: i64::try_from(lo).ok()?, hi: i64::try_from(hi).ok()? })
    }

    /// As [`Interval::exact`], where results that would overflow are excluded.
    pub fn checked(op: Op, a: Interval, b: Interval) -> Interval {
        let clamp = |n: i128| n.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        let wide = |n: i64| i128::from(n);
        match op {
            Op::AddChecked => {
                Interval { lo: clamp(wide(a.lo) + wide(b.lo)), hi: clamp(wide(a.hi) + wide(b.hi)) }
            }
            Op::SubChecked => {
                Interval { lo: clamp(wide(a.lo) - wide(b.hi)), hi: clamp(wide(a.hi) - wide(b.lo)) }
            }
            _ => Interval::exact(op, a, b).unwrap_or(Interval::ALL),
        }
    }

    /// Whether it is known how all of these compare with all of others.
    pub fn compare(op: Op, a: Interval, b: Interval) -> Option<bool> {
        let decide = |always: bool, never: bool| match (always, never) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        match op {
            Op::Lt => decide(a.hi < b.lo, a.lo >= b.hi),
            Op::Le => decide(a.hi <= b.lo, a.lo > b.hi),
            Op::Gt => Interval::compare(Op::Lt, b, a),
            Op::Ge => Interval::compare(Op::Le, b, a),
            Op::Eq => decide(a.lo == a.hi && a == b, a.hi < b.lo || b.hi < a.lo),
            Op::Ne => Interval::compare(Op::Eq, a, b).map(|equal| !equal),
            Op::Below if a.lo >= 0 && b.lo >= 0 => Interval::compare(Op::Lt, a, b),
            Op::Below if a.hi < 0 && b.lo >= 0 => Some(false),
            _ => None,
        }
    }
}
