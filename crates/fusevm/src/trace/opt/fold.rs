//! Constant folding and algebraic identities.
//!
//! Only what is exact: integers wrap, -0.0 is not 0.0, and a NaN keeps its sign, as the program could print it.

use super::Reject;
use crate::trace::edit::Editor;
use crate::trace::ir::{Const, Ins, Ref, Trace};
use crate::trace::ops::Op;
use crate::trace::semantics::{Outcome, evaluate};

/// What becomes of an instruction.
enum Folded {
    /// It stays, in this form.
    Stays(Ins),
    /// Another form, which may fold on.
    Becomes(Ins),
    /// It is this value.
    Is(Ref),
    /// Its check holds, and it has no value.
    Holds,
    /// Its check fails.
    Fails,
}

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut edit = Editor::new(trace);
    for (index, old) in trace.code.iter().enumerate() {
        if let Some([entry, again]) = trace.phi(old)
            && (again == entry || again == Ref::ins(index))
        {
            let entry = edit.value(entry);
            edit.replace(index, entry);
            continue;
        }
        let mut ins = edit.renamed(old);
        loop {
            match fold(&mut edit.new, ins) {
                Folded::Stays(ins) => {
                    edit.emit(index, ins);
                }
                Folded::Becomes(next) => {
                    ins = next;
                    continue;
                }
                Folded::Is(value) => edit.replace(index, value),
                Folded::Holds => {}
                Folded::Fails => return Err(Reject::AlwaysExits),
            }
            break;
        }
    }
    Ok(edit.finish())
}

fn fold(trace: &mut Trace, ins: Ins) -> Folded {
    if let Some(folded) = fold_constants(trace, &ins) {
        return folded;
    }
    let swapped = swap_operands(trace, ins);
    if swapped != ins {
        return Folded::Becomes(swapped);
    }
    let [a, b, _] = ins.args;
    let folded = match ins.operands().len() {
        1 => unary(trace, ins, a),
        2 => on_ints(trace, ins, a, b).or_else(|| on_floats(trace, ins, a, b)),
        _ => None,
    };
    folded.unwrap_or(Folded::Stays(ins))
}

fn fold_constants(trace: &mut Trace, ins: &Ins) -> Option<Folded> {
    let constants: Option<Vec<Const>> = ins.operands().iter().map(|v| trace.as_constant(*v)).collect();
    let constants = constants?;
    match (ins.op, &constants[..]) {
        (Op::True, [Const::Bool(b)]) => return Some(if *b { Folded::Holds } else { Folded::Fails }),
        (Op::False, [Const::Bool(b)]) => return Some(if *b { Folded::Fails } else { Folded::Holds }),
        _ => {}
    }
    match evaluate(ins.op, ins.imm, &constants) {
        Outcome::Value(constant) => Some(Folded::Is(trace.constant(constant))),
        Outcome::Fails => Some(Folded::Fails),
        Outcome::Unknown => None,
    }
}

/// Constants come second, and of two values the earlier one first, so that equal computations look equal.
fn swap_operands(trace: &Trace, ins: Ins) -> Ins {
    let [a, b, c] = ins.args;
    let op = match ins.op {
        op if op.is_commutative() => op,
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        Op::FLt => Op::FGt,
        Op::FLe => Op::FGe,
        Op::FGt => Op::FLt,
        Op::FGe => Op::FLe,
        _ => return ins,
    };
    let constants = (trace.as_constant(a).is_some(), trace.as_constant(b).is_some());
    let swaps = match constants {
        (true, false) => true,
        (false, false) => ins.op.is_commutative() && b < a,
        _ => false,
    };
    if swaps { Ins { op, args: [b, a, c], ..ins } } else { ins }
}

/// The comparison that holds when this one does not. There is none for the order of floats, as of NaNs neither holds.
fn negated(op: Op) -> Option<Op> {
    Some(match op {
        Op::Eq => Op::Ne,
        Op::Ne => Op::Eq,
        Op::Lt => Op::Ge,
        Op::Ge => Op::Lt,
        Op::Le => Op::Gt,
        Op::Gt => Op::Le,
        Op::FEq => Op::FNe,
        Op::FNe => Op::FEq,
        _ => return None,
    })
}

fn unary(trace: &mut Trace, ins: Ins, a: Ref) -> Option<Folded> {
    let def = *trace.def(a)?;
    let inner = def.args[0];
    let rounds = |op: Op| matches!(op, Op::FFloor | Op::FCeil | Op::FTrunc | Op::FRound);
    Some(match (ins.op, def.op) {
        (Op::Not, Op::Not) | (Op::FNeg, Op::FNeg) => Folded::Is(inner),
        (Op::Not, op) => Folded::Becomes(Ins { op: negated(op)?, ..def }),
        (Op::FAbs, Op::FAbs) => Folded::Is(a),
        (Op::FAbs, Op::FNeg) => Folded::Becomes(Ins { args: def.args, ..ins }),
        (op, Op::ToFloat) if rounds(op) => Folded::Is(a),
        (op, inner) if rounds(op) && rounds(inner) => Folded::Is(a),
        (Op::ToFloat, Op::ToIntExact) => Folded::Is(inner),
        (Op::True, Op::Not) => Folded::Becomes(Ins { op: Op::False, args: def.args, ..ins }),
        (Op::False, Op::Not) => Folded::Becomes(Ins { op: Op::True, args: def.args, ..ins }),
        _ => return None,
    })
}

fn on_ints(trace: &mut Trace, ins: Ins, a: Ref, b: Ref) -> Option<Folded> {
    use Op::*;
    let is = |trace: &mut Trace, n| Some(Folded::Is(trace.int(n)));
    let truth = |trace: &mut Trace, holds| Some(Folded::Is(trace.constant(Const::Bool(holds))));
    if a == b {
        match ins.op {
            Sub | SubChecked | Xor => return is(trace, 0),
            And | Or => return Some(Folded::Is(a)),
            Eq | Le | Ge | StrEq => return truth(trace, true),
            Ne | Lt | Gt | Below => return truth(trace, false),
            _ => {}
        }
    }
    let k = trace.as_int(b)?;
    match (ins.op, k) {
        (Add | AddChecked | Sub | SubChecked | Or | Xor, 0) | (And, -1) => return Some(Folded::Is(a)),
        (Mul | MulChecked | Quot, 1) => return Some(Folded::Is(a)),
        (Mul | MulChecked | And, 0) | (Rem, 1) => return is(trace, 0),
        (Or, -1) => return is(trace, -1),
        (Shl | Shr, _) if k & 63 == 0 => return Some(Folded::Is(a)),
        (Below, 0) => return truth(trace, false),
        (Sub, _) => {
            let negated = trace.int(k.wrapping_neg());
            return Some(Folded::Becomes(Ins { op: Add, args: [a, negated, Ref::NONE], ..ins }));
        }
        (SubChecked, _) if k != i64::MIN => {
            let negated = trace.int(-k);
            return Some(Folded::Becomes(Ins { op: AddChecked, args: [a, negated, Ref::NONE], ..ins }));
        }
        _ => {}
    }
    let def = *trace.def(a)?;
    match (ins.op, def.op) {
        // Wrapping sums and bitwise operations associate.
        (Add, Add) | (And, And) | (Or, Or) | (Xor, Xor) | (Mul, Mul) => {
            let inner = trace.as_int(def.args[1])?;
            let Outcome::Value(joined) = evaluate(ins.op, 0, &[Const::Int(inner), Const::Int(k)]) else {
                return None;
            };
            let joined = trace.constant(joined);
            Some(Folded::Becomes(Ins { args: [def.args[0], joined, Ref::NONE], ..ins }))
        }
        (Eq | Ne, BoolToInt) if k == 0 || k == 1 => {
            let same = (ins.op == Eq) == (k == 1);
            Some(match same {
                true => Folded::Is(def.args[0]),
                false => Folded::Becomes(Ins::new(Not, &def.args[..1])),
            })
        }
        _ => None,
    }
}

fn on_floats(trace: &mut Trace, ins: Ins, a: Ref, b: Ref) -> Option<Folded> {
    use Op::*;
    if a == b && matches!(ins.op, FLt | FGt) {
        return Some(Folded::Is(trace.constant(Const::Bool(false))));
    }
    let Const::Float(bits) = trace.as_constant(b)? else { return None };
    let k = f64::from_bits(bits);
    let is_a = match ins.op {
        // Adding 0.0 would make a -0.0 positive.
        FAdd => bits == (-0.0f64).to_bits(),
        FSub => bits == 0.0f64.to_bits(),
        FMul | FDiv => k == 1.0,
        _ => false,
    };
    if is_a {
        return Some(Folded::Is(a));
    }
    // The reciprocal of a power of two is exact unless it leaves the normal range.
    let exact = k.is_normal() && k.to_bits() << 12 == 0 && (1.0 / k).is_normal();
    if ins.op == FDiv && exact {
        let reciprocal = trace.float(1.0 / k);
        return Some(Folded::Becomes(Ins { op: FMul, args: [a, reciprocal, Ref::NONE], ..ins }));
    }
    None
}
