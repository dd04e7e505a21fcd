//! Checks that ranges prove: of overflow, of bounds, and comparisons whose outcome is known.
//!
//! In shadow mode a check that is proved stays, marked: it must never fail.

use super::Reject;
use super::interval::{EXACT, Interval};
use super::ranges::{LoopFacts, Ranges};
use crate::trace::edit::Editor;
use crate::trace::ir::{Const, Ins, Ref, Trace};
use crate::trace::ops::Op;

/// Runs the pass: proved checks go.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    Ok(eliminate(trace, false))
}

/// Runs the pass in shadow mode: proved checks are marked.
pub(super) fn run_shadow(trace: &Trace) -> Result<Trace, Reject> {
    Ok(eliminate(trace, true))
}

fn eliminate(trace: &Trace, shadow: bool) -> Trace {
    let facts = LoopFacts::of(trace);
    let mut ranges = Ranges::new(trace);
    let mut edit = Editor::new(trace);
    for (index, ins) in trace.code.iter().enumerate() {
        if ins.op == Op::Loop {
            ranges.enter(&facts);
        }
        match improved(&mut edit.new, &ranges, ins, shadow) {
            Improved::Same => {
                edit.keep(index);
            }
            Improved::Ins(ins) => {
                let ins = edit.renamed(&ins);
                edit.emit(index, ins);
            }
            Improved::ToFloat(ins) => {
                let ins = edit.renamed(&ins);
                let value = edit.new.push(ins);
                edit.emit(index, Ins::new(Op::ToFloat, &[value]));
            }
            Improved::Value(value) => {
                let value = edit.value(value);
                edit.replace(index, value);
            }
            Improved::Gone => {}
        }
        ranges.pass(index);
    }
    edit.finish()
}

/// What becomes of an instruction. Values are old ones.
enum Improved {
    Same,
    Ins(Ins),
    /// An instruction, and its result as a float.
    ToFloat(Ins),
    Value(Ref),
    Gone,
}

fn improved(new: &mut Trace, ranges: &Ranges<'_>, ins: &Ins, shadow: bool) -> Improved {
    let [a, b, _] = ins.args;
    let as_shadow = Improved::Ins(Ins { shadow: true, ..*ins });
    match ins.op {
        Op::AddChecked | Op::SubChecked | Op::MulChecked if ranges.fits(ins) => {
            let op = match ins.op {
                Op::AddChecked => Op::Add,
                Op::SubChecked => Op::Sub,
                _ => Op::Mul,
            };
            if shadow { as_shadow } else { Improved::Ins(Ins { op, snapshot: None, ..*ins }) }
        }
        Op::True | Op::False => {
            let trace = ranges.trace();
            let Some(def) = trace.def(a) else { return Improved::Same };
            let known = compares_ints(def).then(|| ranges.compare(def.op, def.args[0], def.args[1]));
            if known.flatten() != Some(ins.op == Op::True) {
                return Improved::Same;
            }
            if shadow { as_shadow } else { Improved::Gone }
        }
        _ if compares_ints(ins) && !shadow => match ranges.compare(ins.op, a, b) {
            Some(known) => Improved::Value(new.constant(Const::Bool(known))),
            None => Improved::Same,
        },
        // Of a dividend that is not negative, bits are the remainder and the quotient by a power of two.
        Op::Rem | Op::Quot if ranges.interval(a).lo >= 0 => match new.as_int(b) {
            Some(n) if n > 0 && n & (n - 1) == 0 => {
                let (op, operand) = match ins.op {
                    Op::Rem => (Op::And, n - 1),
                    _ => (Op::Shr, i64::from(n.trailing_zeros())),
                };
                let operand = new.int(operand);
                Improved::Ins(Ins { op, args: [a, operand, Ref::NONE], ..*ins })
            }
            _ => Improved::Same,
        },
        Op::FRem => match (exact_int(ranges, a), new.as_float(b)) {
            // A dividend below zero would make a remainder of -0.0.
            (Some(a), Some(b))
                if ranges.interval(a).lo >= 0 && b >= 1.0 && b <= EXACT as f64 && b.fract() == 0.0 =>
            {
                let divisor = new.int(b as i64);
                Improved::ToFloat(Ins::new(Op::Rem, &[a, divisor]))
            }
            _ => Improved::Same,
        },
        Op::FEq | Op::FNe | Op::FLt | Op::FLe | Op::FGt | Op::FGe => {
            let Some(left) = exact_int(ranges, a) else { return Improved::Same };
            let right = match new.as_float(b) {
                Some(limit) => int_limit(ins.op, limit).map(|limit| new.int(limit)),
                None => exact_int(ranges, b),
            };
            match (right, on_ints(ins.op)) {
                (Some(right), Some(op)) => Improved::Ins(Ins { op, args: [left, right, Ref::NONE], ..*ins }),
                _ => Improved::Same,
            }
        }
        Op::ToIntExact if shadow && exact_int(ranges, a).is_some() => as_shadow,
        Op::ToIntExact | Op::Truncate => exact_int(ranges, a).map_or(Improved::Same, Improved::Value),
        _ => Improved::Same,
    }
}

fn compares_ints(ins: &Ins) -> bool {
    matches!(ins.op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Below)
}

/// The integer that a float was made of, if the float is that integer exactly.
fn exact_int(ranges: &Ranges<'_>, float: Ref) -> Option<Ref> {
    let def = ranges.trace().def(float)?;
    let exact = Interval::new(-EXACT, EXACT);
    (def.op == Op::ToFloat && ranges.interval(def.args[0]).within(exact)).then_some(def.args[0])
}

/// The comparison of integers for one of floats.
pub(super) fn on_ints(op: Op) -> Option<Op> {
    Some(match op {
        Op::FEq => Op::Eq,
        Op::FNe => Op::Ne,
        Op::FLt => Op::Lt,
        Op::FLe => Op::Le,
        Op::FGt => Op::Gt,
        Op::FGe => Op::Ge,
        _ => return None,
    })
}

/// The integer with which an integer compares as it does with a float. Integers near the limits of i64 do not occur, so
/// that an infinity can be one of them.
fn int_limit(op: Op, limit: f64) -> Option<i64> {
    match op {
        _ if limit.is_nan() => None,
        Op::FLt | Op::FGe => Some(limit.ceil() as i64),
        Op::FLe | Op::FGt => Some(limit.floor() as i64),
        _ if limit.fract() == 0.0 && limit.abs() <= EXACT as f64 => Some(limit as i64),
        _ => None,
    }
}
