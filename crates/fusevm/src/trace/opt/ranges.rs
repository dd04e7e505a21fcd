//! What is known of integers at a point of a trace: intervals, and differences between two of them.
//!
//! A [`Ranges`] walks over a trace and learns from producers and from guards that have passed. What holds for the
//! phis of a loop is found by induction: it is assumed where the body begins, and given up or widened when it does
//! not hold where the body ends.

use super::interval::{EXACT, Interval};
use crate::trace::ir::{Ins, Ref, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::HashMap;

/// `x <= y + by`, for mathematical integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AtMost {
    x: Ref,
    y: Ref,
    by: i64,
}

/// More elements than that do not fit the address space.
pub(super) const MAX_LEN: i64 = 1 << 59;

/// How many differences are followed to prove one.
const MAX_DEPTH: usize = 5;

/// How many limits of a value are looked for.
const MAX_LIMITS: usize = 32;

/// Relations between phis and invariants that are tried.
const MAX_CANDIDATES: usize = 200;

/// Knowledge at a point.
#[derive(Clone)]
pub(super) struct Ranges<'a> {
    trace: &'a Trace,
    intervals: HashMap<Ref, Interval>,
    /// Differences by their `x`.
    upper: HashMap<Ref, Vec<AtMost>>,
    /// Differences by their `y`.
    lower: HashMap<Ref, Vec<AtMost>>,
}

impl<'a> Ranges<'a> {
    /// Nothing is known where a trace begins.
    pub fn new(trace: &'a Trace) -> Ranges<'a> {
        Ranges { trace, intervals: HashMap::new(), upper: HashMap::new(), lower: HashMap::new() }
    }

    fn stored(&self, value: Ref) -> Interval {
        match self.trace.as_int(value) {
            Some(n) => Interval::one(n),
            None => self.intervals.get(&value).copied().unwrap_or(Interval::ALL),
        }
    }

    /// The interval of an integer.
    pub fn interval(&self, value: Ref) -> Interval {
        let mut interval = self.stored(value);
        for AtMost { y, by, .. } in self.upper.get(&value).into_iter().flatten() {
            interval.hi = interval.hi.min(self.stored(*y).hi.saturating_add(*by));
        }
        for AtMost { x, by, .. } in self.lower.get(&value).into_iter().flatten() {
            interval.lo = interval.lo.max(self.stored(*x).lo.saturating_sub(*by));
        }
        if interval.lo <= interval.hi { interval } else { self.stored(value) }
    }

    /// Whether `x <= y + by` is known.
    pub fn at_most(&self, x: Ref, y: Ref, by: i64) -> bool {
        self.proves(x, y, by, MAX_DEPTH)
    }

    fn proves(&self, x: Ref, y: Ref, by: i64, depth: usize) -> bool {
        if x == y && by >= 0 {
            return true;
        }
        let (a, b) = (self.interval(x), self.interval(y));
        if i128::from(a.hi) <= i128::from(b.lo) + i128::from(by) {
            return true;
        }
        depth > 0
            && self.upper.get(&x).into_iter().flatten().any(|known| {
                by.checked_sub(known.by).is_some_and(|rest| self.proves(known.y, y, rest, depth - 1))
            })
    }

    /// Values that a value cannot exceed, each with what is to be added to it: nearest first.
    pub fn limits(&self, x: Ref) -> Vec<(Ref, i64)> {
        let mut limits = vec![(x, 0i64)];
        let mut at = 0;
        while at < limits.len() && limits.len() < MAX_LIMITS {
            let (value, by) = limits[at];
            for known in self.upper.get(&value).into_iter().flatten() {
                if limits.iter().all(|(seen, _)| *seen != known.y) {
                    limits.push((known.y, by.saturating_add(known.by)));
                }
            }
            at += 1;
        }
        limits
    }

    /// The trace.
    pub fn trace(&self) -> &'a Trace {
        self.trace
    }

    /// Whether the result of a sum, difference or product fits.
    pub fn fits(&self, ins: &Ins) -> bool {
        let [a, b, _] = ins.args;
        Interval::exact(ins.op, self.interval(a), self.interval(b)).is_some()
    }

    /// The outcome of a comparison of integers, if it is known.
    pub fn compare(&self, op: Op, a: Ref, b: Ref) -> Option<bool> {
        let (left, right) = (self.interval(a), self.interval(b));
        if let Some(known) = Interval::compare(op, left, right) {
            return Some(known);
        }
        let less = |a, b| self.at_most(a, b, -1);
        let at_most = |a, b| self.at_most(a, b, 0);
        let decide = |yes: bool, no: bool| if yes { Some(true) } else { no.then_some(false) };
        match op {
            Op::Lt => decide(less(a, b), at_most(b, a)),
            Op::Le => decide(at_most(a, b), less(b, a)),
            Op::Gt => self.compare(Op::Lt, b, a),
            Op::Ge => self.compare(Op::Le, b, a),
            Op::Eq | Op::Ne if less(a, b) || less(b, a) => Some(op == Op::Ne),
            Op::Below if left.lo >= 0 && right.lo >= 0 => self.compare(Op::Lt, a, b),
            _ => None,
        }
    }

    fn narrow(&mut self, value: Ref, to: Interval) {
        if value.as_constant().is_none() {
            let narrowed = self.interval(value).meet(to);
            self.intervals.insert(value, narrowed);
        }
    }

    fn relate(&mut self, x: Ref, y: Ref, by: i64) {
        let known = AtMost { x, y, by };
        // What a constant bounds, the interval says.
        if x.as_constant().is_none() && y.as_constant().is_none() {
            self.upper.entry(x).or_default().push(known);
            self.lower.entry(y).or_default().push(known);
        }
    }

    /// Learns that `a < b`, or with `or_equal` that `a <= b`.
    fn learn_less(&mut self, a: Ref, b: Ref, or_equal: bool) {
        let gap = i64::from(!or_equal);
        let (left, right) = (self.interval(a), self.interval(b));
        self.narrow(a, Interval::new(i64::MIN, right.hi.saturating_sub(gap)));
        self.narrow(b, Interval::new(left.lo.saturating_add(gap), i64::MAX));
        self.relate(a, b, -gap);
    }

    /// Learns that a comparison came out in one way.
    fn learn(&mut self, holds: Ref, outcome: bool) {
        let Some(def) = self.trace.def(holds) else { return };
        let [a, b, _] = def.args;
        match (def.op, outcome) {
            (Op::Lt, true) | (Op::Ge, false) => self.learn_less(a, b, false),
            (Op::Le, true) | (Op::Gt, false) => self.learn_less(a, b, true),
            (Op::Gt, true) | (Op::Le, false) => self.learn_less(b, a, false),
            (Op::Ge, true) | (Op::Lt, false) => self.learn_less(b, a, true),
            (Op::Eq, true) | (Op::Ne, false) => {
                self.learn_less(a, b, true);
                self.learn_less(b, a, true);
            }
            (Op::Ne, true) | (Op::Eq, false) => self.learn_different(a, b),
            (Op::Below, true) if self.interval(b).lo >= 0 => {
                self.narrow(a, Interval::new(0, i64::MAX));
                self.learn_less(a, b, false);
            }
            (Op::Below, false) if self.interval(a).lo >= 0 && self.interval(b).lo >= 0 => {
                self.learn_less(b, a, true);
            }
            _ => {}
        }
    }

    fn learn_different(&mut self, a: Ref, b: Ref) {
        let (Some(n), here) = (self.trace.as_int(b), self.interval(a)) else { return };
        if here.lo == n && n < here.hi {
            self.narrow(a, Interval::new(n + 1, here.hi));
        } else if here.hi == n && here.lo < n {
            self.narrow(a, Interval::new(here.lo, n - 1));
        }
    }

    /// Goes over an instruction, after which what it makes known is known.
    pub fn pass(&mut self, index: usize) {
        let ins = &self.trace.code[index];
        match ins.op {
            Op::True => return self.learn(ins.args[0], true),
            Op::False => return self.learn(ins.args[0], false),
            _ if ins.ty != Type::Int || ins.op == Op::Phi => return,
            _ => {}
        }
        let value = Ref::ins(index);
        let [a, b, _] = ins.args;
        let interval = self.result(ins);
        if interval != Interval::ALL {
            self.intervals.insert(value, interval);
        }
        let exact = matches!(ins.op, Op::AddChecked | Op::SubChecked) || self.fits(ins);
        match (ins.op, self.trace.as_int(b)) {
            (Op::Add | Op::AddChecked, Some(n)) if exact && n != i64::MIN => {
                self.relate(value, a, n);
                self.relate(a, value, -n);
            }
            (Op::Sub | Op::SubChecked, Some(n)) if exact && n != i64::MIN => {
                self.relate(value, a, -n);
                self.relate(a, value, n);
            }
            (Op::Add | Op::AddChecked, None) if exact => {
                for (x, other) in [(a, b), (b, a)] {
                    let Interval { lo, hi } = self.interval(other);
                    if hi < EXACT {
                        self.relate(value, x, hi);
                    }
                    if lo > -EXACT {
                        self.relate(x, value, -lo);
                    }
                }
            }
            (Op::Sub | Op::SubChecked, None) if exact => {
                let Interval { lo, hi } = self.interval(b);
                if lo > -EXACT {
                    self.relate(value, a, -lo);
                }
                if hi < EXACT {
                    self.relate(a, value, hi);
                }
            }
            (Op::Rem, _) if interval.lo >= 0 => {
                self.relate(value, b, -1);
                self.relate(value, a, 0);
            }
            _ => {}
        }
    }

    /// The interval of an instruction's result.
    fn result(&self, ins: &Ins) -> Interval {
        let [a, b, _] = ins.args;
        let interval = |value| self.interval(value);
        let all = Interval::ALL;
        match ins.op {
            Op::Add | Op::Sub | Op::Mul => Interval::exact(ins.op, interval(a), interval(b)).unwrap_or(all),
            Op::AddChecked | Op::SubChecked | Op::MulChecked => {
                Interval::checked(ins.op, interval(a), interval(b))
            }
            Op::Rem => {
                let (dividend, limit) = (interval(a), interval(b).hi.saturating_sub(1).max(0));
                let lo = if dividend.lo >= 0 { 0 } else { dividend.lo.max(-limit) };
                Interval::new(lo, if dividend.hi < 0 { 0 } else { dividend.hi.min(limit) })
            }
            Op::Quot => {
                let Interval { lo, hi } = interval(a);
                Interval::new(lo.min(0), hi.max(0))
            }
            Op::And => {
                let masks = [interval(a), interval(b)];
                let hi = masks.iter().filter(|mask| mask.lo >= 0).map(|mask| mask.hi).min();
                hi.map_or(all, |hi| Interval::new(0, hi))
            }
            Op::Or | Op::Xor if interval(a).lo >= 0 && interval(b).lo >= 0 => {
                let bits = (interval(a).hi | interval(b).hi).leading_zeros();
                Interval::new(0, u64::MAX.checked_shr(bits).unwrap_or(0) as i64)
            }
            Op::Shr => match self.trace.as_int(b) {
                Some(n) => Interval::new(interval(a).lo >> (n & 63), interval(a).hi >> (n & 63)),
                None => Interval::new(interval(a).lo.min(0), interval(a).hi.max(0)),
            },
            Op::Shl => match self.trace.as_int(b).map(|n| n & 63) {
                Some(n @ 0..=62) => {
                    let factor = Interval::one(1 << n);
                    Interval::exact(Op::Mul, interval(a), factor).unwrap_or(all)
                }
                _ => all,
            },
            Op::BoolToInt => Interval::new(0, 1),
            Op::ToIntExact => Interval::new(-EXACT, EXACT),
            Op::ArrayLen | Op::HashLen | Op::StrLen => Interval::new(0, MAX_LEN),
            _ => all,
        }
    }

    /// Goes over the loop marker: assumes what is known of the phis.
    pub fn enter(&mut self, facts: &LoopFacts) {
        for (phi, interval) in &facts.intervals {
            self.intervals.insert(*phi, *interval);
        }
        for AtMost { x, y, by } in &facts.relations {
            self.relate(*x, *y, *by);
        }
    }
}

/// What is known of the phis in each iteration.
#[derive(Default)]
pub(super) struct LoopFacts {
    intervals: Vec<(Ref, Interval)>,
    relations: Vec<AtMost>,
}

impl LoopFacts {
    /// Finds out about the loop of a trace.
    pub fn of(trace: &Trace) -> LoopFacts {
        let Some(marker) = trace.loop_start() else { return LoopFacts::default() };
        let mut entry = Ranges::new(trace);
        (0..marker).for_each(|index| entry.pass(index));
        let phis: Vec<(Ref, [Ref; 2])> = (marker + 1..trace.code.len())
            .map_while(|index| trace.phi(&trace.code[index]).map(|operands| (Ref::ins(index), operands)))
            .filter(|(phi, _)| trace.ty(*phi) == Type::Int)
            .collect();
        let mut facts = LoopFacts {
            intervals: phis.iter().map(|(phi, [first, _])| (*phi, entry.interval(*first))).collect(),
            relations: candidates(trace, marker, &phis, &entry),
        };
        const MAX_ROUNDS: usize = 24;
        for _ in 0..MAX_ROUNDS {
            let at_end = facts.at_end(trace, marker, &entry);
            let mut changes = false;
            for ((_, [_, again]), (_, interval)) in phis.iter().zip(&mut facts.intervals) {
                let back = at_end.interval(*again);
                if !back.within(*interval) {
                    *interval = interval.widened(back);
                    changes = true;
                }
            }
            let again = |value: Ref| {
                phis.iter().find(|(phi, _)| *phi == value).map_or(value, |(_, [_, again])| *again)
            };
            let before = facts.relations.len();
            facts.relations.retain(|known| at_end.at_most(again(known.x), again(known.y), known.by));
            if !changes && facts.relations.len() == before {
                return facts.narrowed(trace, marker, &phis, &entry);
            }
        }
        LoopFacts::default()
    }

    /// What is known where the body ends, if these facts hold where it begins.
    fn at_end<'a>(&self, trace: &'a Trace, marker: usize, entry: &Ranges<'a>) -> Ranges<'a> {
        let mut ranges = entry.clone();
        ranges.enter(self);
        (marker..trace.code.len()).for_each(|index| ranges.pass(index));
        ranges
    }

    /// Widening goes too far: the intervals that the two ways into the loop give hold too, if they still hold after
    /// an iteration that begins with them.
    fn narrowed(
        self,
        trace: &Trace,
        marker: usize,
        phis: &[(Ref, [Ref; 2])],
        entry: &Ranges<'_>,
    ) -> LoopFacts {
        let at_end = self.at_end(trace, marker, entry);
        let intervals = phis
            .iter()
            .map(|(phi, [first, again])| (*phi, entry.interval(*first).union(at_end.interval(*again))));
        let narrowed = LoopFacts { intervals: intervals.collect(), relations: self.relations.clone() };
        let at_end = narrowed.at_end(trace, marker, entry);
        let again =
            |value: Ref| phis.iter().find(|(phi, _)| *phi == value).map_or(value, |(_, [_, again])| *again);
        let holds = phis
            .iter()
            .zip(&narrowed.intervals)
            .all(|((_, [_, again]), (_, interval))| at_end.interval(*again).within(*interval))
            && narrowed
                .relations
                .iter()
                .all(|known| at_end.at_most(again(known.x), again(known.y), known.by));
        if holds { narrowed } else { self }
    }
}

/// Relations of phis to invariants that the body compares something with, as far as they hold on entry.
fn candidates(trace: &Trace, marker: usize, phis: &[(Ref, [Ref; 2])], entry: &Ranges<'_>) -> Vec<AtMost> {
    let mut invariants: Vec<Ref> = Vec::new();
    for ins in &trace.code[marker..] {
        let compares = matches!(ins.op, Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Ne | Op::Eq | Op::Below);
        for operand in ins.operands().iter().filter(|_| compares) {
            let invariant = operand.as_ins().is_some_and(|def| def < marker);
            if invariant && !invariants.contains(operand) {
                invariants.push(*operand);
            }
        }
    }
    let mut found = Vec::new();
    for (phi, [first, _]) in phis {
        for invariant in &invariants {
            for by in [-1, 0] {
                if entry.at_most(*first, *invariant, by) {
                    found.push(AtMost { x: *phi, y: *invariant, by });
                }
                if entry.at_most(*invariant, *first, by) {
                    found.push(AtMost { x: *invariant, y: *phi, by });
                }
            }
        }
    }
    found.truncate(MAX_CANDIDATES);
    found
}
