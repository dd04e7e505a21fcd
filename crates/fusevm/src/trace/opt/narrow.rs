//! Narrowing: counters of languages whose numbers are all floats become integers, where they are used as such.
//!
//! A float phi that begins with an integer and grows by one is an integer as long as it is within ±2^53, where floats are
//! exact; a sum that goes one step beyond rounds to what the integer converts to. So the loop is entered with a check
//! that the first value is an integer, and each iteration ends with a check that the next one is in range (which the
//! ranges mostly prove). What wants a float gets the integer converted.

use super::Reject;
use super::interval::EXACT;
use super::range::on_ints;
use crate::trace::edit::Editor;
use crate::trace::ir::{Ins, Ref, Snapshot, SnapshotId, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::HashMap;

/// A float phi that is narrowed.
struct Counter {
    /// Index of the phi.
    phi: usize,
    /// Its value on entry.
    first: Ref,
    /// Index of the sum that it becomes.
    next: usize,
    /// What is added.
    by: i64,
}

/// The greatest step: a sum of such is far from the limits of i64.
const MAX_STEP: f64 = (1u64 << 31) as f64;

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let head = trace.code.last().and_then(|back| back.snapshot);
    let (Some(marker), Some(head)) = (trace.loop_start(), head) else { return Ok(trace.clone()) };
    let counters = counters(trace, marker);
    if counters.is_empty() {
        return Ok(trace.clone());
    }
    let mut narrow =
        Narrow { edit: Editor::new(trace), marker, ints: HashMap::new(), limits: HashMap::new() };
    let mut phis = Vec::new();
    for (index, ins) in trace.code.iter().enumerate() {
        if index == marker {
            narrow.before_loop(&counters, head);
        }
        if index > marker && ins.op != Op::Phi && trace.code[index - 1].op == Op::Phi {
            narrow.convert_phis(&counters);
        }
        if let Some(counter) = counters.iter().find(|counter| counter.phi == index) {
            let first = narrow.ints[&counter.first];
            let phi = narrow.edit.new.push_phi(Type::Int, first);
            phis.push((counter, narrow.edit.new.phis.len() - 1));
            narrow.ints.insert(Ref::ins(index), phi);
        } else if let Some(counter) = counters.iter().find(|counter| counter.next == index) {
            let args = [narrow.ints[&Ref::ins(counter.phi)], narrow.edit.new.int(counter.by)];
            let next = narrow.edit.new.push(Ins::new(Op::Add, &args));
            narrow.ints.insert(Ref::ins(index), next);
            narrow.edit.emit(index, Ins::new(Op::ToFloat, &[next]));
        } else {
            if ins.op == Op::Back {
                narrow.check_next(&counters, head);
            }
            let ins = narrow.compared(ins).unwrap_or_else(|| narrow.edit.renamed(ins));
            narrow.edit.emit(index, ins);
        }
    }
    let Narrow { edit, ints, .. } = narrow;
    let mut result = edit.finish();
    for (counter, number) in phis {
        result.phis[number][1] = ints[&Ref::ins(counter.next)];
    }
    Ok(result)
}

/// The phis that are worth narrowing: counters that are used as an integer.
fn counters(trace: &Trace, marker: usize) -> Vec<Counter> {
    let uses_int = |value: Ref| {
        let wants = |ins: &Ins| match ins.op {
            Op::ToIntExact | Op::Truncate => true,
            Op::FRem => trace.as_float(ins.args[1]).is_some_and(|divisor| divisor.fract() == 0.0),
            _ => false,
        };
        trace.code[marker..].iter().any(|ins| wants(ins) && ins.args[0] == value)
    };
    let phis = (marker + 1..trace.code.len())
        .map_while(|index| trace.phi(&trace.code[index]).map(|operands| (index, operands)));
    phis.filter_map(|(phi, [first, again])| {
        let next = again.as_ins().filter(|next| *next > marker)?;
        let def = &trace.code[next];
        let by = match def.op {
            Op::FAdd => trace.as_float(def.args[1])?,
            Op::FSub => -trace.as_float(def.args[1])?,
            _ => return None,
        };
        let begins = trace.as_float(first).is_none_or(|first| {
            first.fract() == 0.0 && first.abs() <= EXACT as f64 && (first != 0.0 || first.is_sign_positive())
        });
        let counts = def.args[0] == Ref::ins(phi) && by.fract() == 0.0 && by.abs() <= MAX_STEP;
        let used = uses_int(Ref::ins(phi)) || uses_int(again);
        (begins && counts && used).then_some(Counter { phi, first, next, by: by as i64 })
    })
    .collect()
}

struct Narrow<'a> {
    edit: Editor<'a>,
    marker: usize,
    /// The integers (new values) of floats (old values).
    ints: HashMap<Ref, Ref>,
    /// The integers with which integers compare as with an invariant float, by comparison and float.
    limits: HashMap<(Op, Ref), Ref>,
}

impl Narrow<'_> {
    fn is_invariant(&self, value: Ref) -> bool {
        value.as_ins().is_some_and(|def| def < self.marker)
    }

    fn guard(&mut self, holds: Ref, snapshot: SnapshotId) {
        self.edit.new.push(Ins::new(Op::True, &[holds]).at(snapshot));
    }

    /// Makes the integers that the loop begins with and the limits that it compares with. Memory is up to date there.
    fn before_loop(&mut self, counters: &[Counter], head: SnapshotId) {
        let trace = self.edit.old;
        let Snapshot { frames, inst, .. } = trace.snapshots[head.0 as usize].clone();
        let snapshot = self.edit.new.snapshot(Snapshot { frames, inst, entries: Vec::new() });
        for counter in counters {
            let first = self.edit.value(counter.first);
            let int = match trace.as_float(first) {
                Some(first) => self.edit.new.int(first as i64),
                None => self.edit.new.push(Ins::new(Op::ToIntExact, &[first]).at(snapshot)),
            };
            self.ints.insert(counter.first, int);
        }
        let counts = |value: &Ref| {
            counters.iter().any(|counter| [Ref::ins(counter.phi), Ref::ins(counter.next)].contains(value))
        };
        for ins in &trace.code[self.marker..] {
            let Some((_, op, limit)) = self.comparison(ins).filter(|(counter, _, _)| counts(counter)) else {
                continue;
            };
            if self.limits.contains_key(&(op, limit)) {
                continue;
            }
            let float = self.edit.value(limit);
            let is_number = self.edit.new.push(Ins::new(Op::FEq, &[float, float]));
            self.guard(is_number, snapshot);
            let rounds = if matches!(op, Op::FLt | Op::FGe) { Op::FCeil } else { Op::FFloor };
            let rounded = self.edit.new.push(Ins::new(rounds, &[float]));
            let int = self.edit.new.push(Ins::new(Op::Truncate, &[rounded]));
            self.limits.insert((op, limit), int);
        }
    }

    /// A comparison of the order of a value with an invariant: the value, how it is compared, the invariant.
    fn comparison(&self, ins: &Ins) -> Option<(Ref, Op, Ref)> {
        let [a, b, _] = ins.args;
        let mirrored = match ins.op {
            Op::FLt => Op::FGt,
            Op::FLe => Op::FGe,
            Op::FGt => Op::FLt,
            Op::FGe => Op::FLe,
            _ => return None,
        };
        if self.is_invariant(b) {
            Some((a, ins.op, b))
        } else {
            self.is_invariant(a).then_some((b, mirrored, a))
        }
    }

    /// A comparison of a counter with an invariant, on integers.
    fn compared(&self, ins: &Ins) -> Option<Ins> {
        let (counter, op, limit) = self.comparison(ins)?;
        let (int, limit) = (self.ints.get(&counter)?, self.limits.get(&(op, limit))?);
        Some(Ins { op: on_ints(op)?, args: [*int, *limit, Ref::NONE], ..*ins })
    }

    /// After the phis: the floats that they were.
    fn convert_phis(&mut self, counters: &[Counter]) {
        for counter in counters {
            let int = self.ints[&Ref::ins(counter.phi)];
            self.edit.emit(counter.phi, Ins::new(Op::ToFloat, &[int]));
        }
    }

    /// Before the next iteration: its counters are in the range where floats are exact.
    fn check_next(&mut self, counters: &[Counter], head: SnapshotId) {
        for counter in counters.iter().filter(|counter| counter.by != 0) {
            let int = self.ints[&Ref::ins(counter.next)];
            let (op, limit) = if counter.by > 0 { (Op::Le, EXACT) } else { (Op::Ge, -EXACT) };
            let limit = self.edit.new.int(limit);
            let holds = self.edit.new.push(Ins::new(op, &[int, limit]));
            self.guard(holds, head);
        }
    }
}

/// Float phis that are always an integer phi converted become that: mostly such as only exits want.
pub(super) fn unify(trace: &Trace) -> Result<Trace, Reject> {
    let phis: Vec<(usize, [Ref; 2])> = (0..trace.code.len())
        .filter_map(|index| trace.phi(&trace.code[index]).map(|operands| (index, operands)))
        .collect();
    let converts = |float: Ref, int: Ref| {
        let made = trace.def(float).is_some_and(|def| def.op == Op::ToFloat && def.args[0] == int);
        let checked = trace.def(int).is_some_and(|def| def.op == Op::ToIntExact && def.args[0] == float);
        let same = trace.as_int(int).map(|n| (n as f64).to_bits());
        made || checked || same.is_some() && same == trace.as_float(float).map(f64::to_bits)
    };
    let int_of = |[first, again]: [Ref; 2]| {
        let is_int = |(index, _): &&(usize, [Ref; 2])| trace.code[*index].ty == Type::Int;
        let fits = |(_, int): &&(usize, [Ref; 2])| converts(first, int[0]) && converts(again, int[1]);
        phis.iter().filter(is_int).find(fits).map(|(index, _)| *index)
    };
    let mut edit = Editor::new(trace);
    let mut conversions = Vec::new();
    for (index, ins) in trace.code.iter().enumerate() {
        if let Some(operands) = trace.phi(ins)
            && ins.ty == Type::Float
            && let Some(int) = int_of(operands)
        {
            conversions.push((index, int));
            continue;
        }
        if ins.op != Op::Phi {
            for (float, int) in std::mem::take(&mut conversions) {
                let int = edit.value(Ref::ins(int));
                edit.emit(float, Ins::new(Op::ToFloat, &[int]));
            }
        }
        edit.keep(index);
    }
    Ok(edit.finish())
}
