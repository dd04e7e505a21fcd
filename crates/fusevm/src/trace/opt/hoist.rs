//! Bounds checks of a loop's counter leave the loop: what bounds the counter is compared with the length once, before.
//!
//! The counter must be bounded, by an invariant or by a constant, and must not be negative. If it grows by an invariant
//! step whose sign is not known, that is checked before the loop too; the pass then has to run again.
//! A guard made here can fail where none of the loop's would have: leaving a trace is never wrong, and a program whose
//! counter passes the end of its array on purpose is rare.

use super::Reject;
use super::ranges::{LoopFacts, MAX_LEN, Ranges};
use crate::trace::edit::Editor;
use crate::trace::ir::{Ins, Ref, Snapshot, Trace};
use crate::trace::ops::Op;

/// A side of a check.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Value(Ref),
    Int(i64),
}

/// A comparison of invariants.
type Check = (Op, Side, Side);

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let head = trace.code.last().and_then(|back| back.snapshot);
    let (Some(marker), Some(head)) = (trace.loop_start(), head) else { return Ok(trace.clone()) };
    let checks = checks(trace, marker);
    let mut edit = Editor::new(trace);
    for index in 0..trace.code.len() {
        if index == marker && !checks.is_empty() {
            // Memory is up to date there.
            let Snapshot { frames, inst, .. } = trace.snapshots[head.0 as usize].clone();
            let snapshot = edit.new.snapshot(Snapshot { frames, inst, entries: Vec::new() });
            for (op, a, b) in &checks {
                let args = [a, b].map(|side| match side {
                    Side::Value(value) => edit.value(*value),
                    Side::Int(n) => edit.new.int(*n),
                });
                let holds = edit.new.push(Ins::new(*op, &args));
                edit.new.push(Ins::new(Op::True, &[holds]).at(snapshot));
            }
        }
        edit.keep(index);
    }
    Ok(edit.finish())
}

/// Checks before a loop that would prove bounds checks in it.
fn checks(trace: &Trace, marker: usize) -> Vec<Check> {
    let facts = LoopFacts::of(trace);
    let mut ranges = Ranges::new(trace);
    let mut checks = Vec::new();
    let invariant = |value: Ref| value.as_ins().is_none_or(|def| def < marker);
    for (index, ins) in trace.code.iter().enumerate() {
        if ins.op == Op::Loop {
            ranges.enter(&facts);
        }
        let bounds = match trace.def(ins.args[0]) {
            Some(def) if index > marker && ins.op == Op::True && def.op == Op::Below => Some(def.args),
            _ => None,
        };
        if let Some([counter, len, _]) = bounds
            && invariant(len)
            && !invariant(counter)
            && ranges.compare(Op::Below, counter, len).is_none()
        {
            let check = match ranges.interval(counter).lo {
                0.. => limit_check(&ranges, counter, len, &invariant),
                _ => step_check(trace, counter, &invariant),
            };
            checks.extend(check.filter(|check| !checks.contains(check)));
        }
        ranges.pass(index);
    }
    checks
}

/// The check that what bounds a counter is within a length.
fn limit_check(
    ranges: &Ranges<'_>,
    counter: Ref,
    len: Ref,
    invariant: &impl Fn(Ref) -> bool,
) -> Option<Check> {
    let by_value = ranges.limits(counter).into_iter().find_map(|(limit, by)| {
        let op = match by {
            ..=-1 => Op::Le,
            0 => Op::Lt,
            _ => return None,
        };
        let can_hold = ranges.compare(op, limit, len) != Some(false);
        (invariant(limit) && can_hold).then_some((op, Side::Value(limit), Side::Value(len)))
    });
    let greatest = ranges.interval(counter).hi;
    let by_constant =
        || (greatest < ranges.interval(len).hi).then_some((Op::Lt, Side::Int(greatest), Side::Value(len)));
    by_value.or_else(by_constant)
}

/// The check that a counter does not fall, nor grow by so much that it could overflow.
fn step_check(trace: &Trace, counter: Ref, invariant: &impl Fn(Ref) -> bool) -> Option<Check> {
    let [_, again] = trace.phi(trace.def(counter)?)?;
    let def = trace.def(again)?;
    let step = match def.args {
        [phi, step, _] | [step, phi, _] if phi == counter => step,
        _ => return None,
    };
    let counts = matches!(def.op, Op::Add | Op::AddChecked);
    let varies = invariant(step) && trace.as_int(step).is_none();
    (counts && varies).then_some((Op::Below, Side::Value(step), Side::Int(MAX_LEN)))
}
