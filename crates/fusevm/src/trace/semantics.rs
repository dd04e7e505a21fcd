//! What operations on scalars compute: for folding constants, and for tests.

use super::ir::Const;
use super::math::{FUNCTIONS, Function};
use super::ops::Op;
use crate::value::number::exact_int;

/// The outcome of an operation on constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its result.
    Value(Const),
    /// Its check fails.
    Fails,
    /// It depends on more than these constants.
    Unknown,
}

/// What an operation gives for constant operands.
pub(crate) fn evaluate(op: Op, imm: i32, operands: &[Const]) -> Outcome {
    match *operands {
        [Const::Int(a), Const::Int(b)] => on_ints(op, a, b),
        [Const::Float(a), Const::Float(b)] => on_floats(op, imm, f64::from_bits(a), f64::from_bits(b)),
        [Const::Int(a)] if op == Op::ToFloat => Outcome::Value(Const::float(a as f64)),
        [Const::Float(a)] => on_float(op, imm, f64::from_bits(a)),
        [Const::Bool(a)] => match op {
            Op::Not => Outcome::Value(Const::Bool(!a)),
            Op::BoolToInt => Outcome::Value(Const::Int(a.into())),
            _ => Outcome::Unknown,
        },
        _ => Outcome::Unknown,
    }
}

fn on_ints(op: Op, a: i64, b: i64) -> Outcome {
    let checked = |result: Option<i64>| result.map_or(Outcome::Fails, |n| Outcome::Value(Const::Int(n)));
    let truth = |holds: bool| Outcome::Value(Const::Bool(holds));
    let count = (b & 63) as u32;
    let result = match op {
        Op::Add => a.wrapping_add(b),
        Op::Sub => a.wrapping_sub(b),
        Op::Mul => a.wrapping_mul(b),
        Op::AddChecked => return checked(a.checked_add(b)),
        Op::SubChecked => return checked(a.checked_sub(b)),
        Op::MulChecked => return checked(a.checked_mul(b)),
        Op::Rem if b > 0 => a % b,
        Op::Quot if b > 0 => a / b,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => a << count,
        Op::Shr => a >> count,
        Op::Eq => return truth(a == b),
        Op::Ne => return truth(a != b),
        Op::Lt => return truth(a < b),
        Op::Le => return truth(a <= b),
        Op::Gt => return truth(a > b),
        Op::Ge => return truth(a >= b),
        Op::Below => return truth((a as u64) < b as u64),
        _ => return Outcome::Unknown,
    };
    Outcome::Value(Const::Int(result))
}

fn on_floats(op: Op, imm: i32, a: f64, b: f64) -> Outcome {
    let truth = |holds: bool| Outcome::Value(Const::Bool(holds));
    let result = match op {
        Op::FAdd => a + b,
        Op::FSub => a - b,
        Op::FMul => a * b,
        Op::FDiv => a / b,
        Op::FRem => a % b,
        Op::Math2 => match FUNCTIONS[imm as usize].function {
            Function::Of2(function) => function(a, b),
            Function::Of1(_) => return Outcome::Unknown,
        },
        Op::FEq => return truth(a == b),
        Op::FNe => return truth(a != b),
        Op::FLt => return truth(a < b),
        Op::FLe => return truth(a <= b),
        Op::FGt => return truth(a > b),
        Op::FGe => return truth(a >= b),
        _ => return Outcome::Unknown,
    };
    Outcome::Value(Const::float(result))
}

fn on_float(op: Op, imm: i32, a: f64) -> Outcome {
    let result = match op {
        Op::FNeg => -a,
        Op::FAbs => a.abs(),
        Op::FSqrt => a.sqrt(),
        Op::FFloor => a.floor(),
        Op::FCeil => a.ceil(),
        Op::FTrunc => a.trunc(),
        Op::FRound => a.round_ties_even(),
        Op::Math1 => match FUNCTIONS[imm as usize].function {
            Function::Of1(function) => function(a),
            Function::Of2(_) => return Outcome::Unknown,
        },
        Op::ToIntExact => {
            return exact_int(a).map_or(Outcome::Fails, |n| Outcome::Value(Const::Int(n)));
        }
        Op::Truncate => return Outcome::Value(Const::Int(a as i64)),
        _ => return Outcome::Unknown,
    };
    Outcome::Value(Const::float(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits of i64 and of floats, by the definitions in the reference of ops.
    #[test]
    fn boundaries() {
        use Const::{Bool, Int};
        use Outcome::{Fails, Value};
        const MIN: i64 = i64::MIN;
        const MAX: i64 = i64::MAX;
        let f = Const::float;
        let cases = [
            (Op::Add, vec![Int(MAX), Int(1)], Value(Int(MIN))),
            (Op::AddChecked, vec![Int(MAX), Int(1)], Fails),
            (Op::SubChecked, vec![Int(MIN), Int(1)], Fails),
            (Op::SubChecked, vec![Int(0), Int(MIN)], Fails),
            (Op::MulChecked, vec![Int(MIN), Int(-1)], Fails),
            (Op::Mul, vec![Int(MIN), Int(-1)], Value(Int(MIN))),
            (Op::Rem, vec![Int(-7), Int(3)], Value(Int(-1))),
            (Op::Rem, vec![Int(MIN), Int(MAX)], Value(Int(-1))),
            (Op::Quot, vec![Int(-7), Int(3)], Value(Int(-2))),
            (Op::Shl, vec![Int(1), Int(64)], Value(Int(1))),
            (Op::Shl, vec![Int(1), Int(63)], Value(Int(MIN))),
            (Op::Shr, vec![Int(MIN), Int(63)], Value(Int(-1))),
            (Op::Shr, vec![Int(-8), Int(65)], Value(Int(-4))),
            (Op::Below, vec![Int(-1), Int(MAX)], Value(Bool(false))),
            (Op::Below, vec![Int(0), Int(1)], Value(Bool(true))),
            (Op::FEq, vec![f(f64::NAN), f(f64::NAN)], Value(Bool(false))),
            (Op::FNe, vec![f(f64::NAN), f(f64::NAN)], Value(Bool(true))),
            (Op::FEq, vec![f(0.0), f(-0.0)], Value(Bool(true))),
            (Op::FAdd, vec![f(-0.0), f(0.0)], Value(f(0.0))),
            (Op::FAdd, vec![f(-0.0), f(-0.0)], Value(f(-0.0))),
            (Op::FNeg, vec![f(0.0)], Value(f(-0.0))),
            (Op::FRound, vec![f(2.5)], Value(f(2.0))),
            (Op::FRound, vec![f(-0.4)], Value(f(-0.0))),
            (Op::FCeil, vec![f(-0.5)], Value(f(-0.0))),
            (Op::FRem, vec![f(-1.0), f(1.0)], Value(f(-0.0))),
            (Op::ToIntExact, vec![f(-0.0)], Fails),
            (Op::ToIntExact, vec![f(0.5)], Fails),
            (Op::ToIntExact, vec![f(f64::NAN)], Fails),
            (Op::ToIntExact, vec![f(1e300)], Fails),
            (Op::ToIntExact, vec![f(-3.0)], Value(Int(-3))),
            (Op::Truncate, vec![f(f64::NAN)], Value(Int(0))),
            (Op::Truncate, vec![f(1e300)], Value(Int(MAX))),
            (Op::Truncate, vec![f(-2.9)], Value(Int(-2))),
            (Op::ToFloat, vec![Int(MAX)], Value(f(9_223_372_036_854_775_808.0))),
        ];
        for (op, operands, expected) in cases {
            assert_eq!(evaluate(op, 0, &operands), expected, "{op:?} {operands:?}");
        }
    }
}
