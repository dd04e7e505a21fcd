//! The math ops: operands are coerced once, the kind of the result is fixed.

use crate::op::Op;
use crate::value::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a math op computes, by the kinds of its operands, which are that of its result too.
#[derive(Clone, Copy)]
pub(crate) enum Function {
    Float(fn(f64) -> f64),
    Float2(fn(f64, f64) -> f64),
    Int(fn(i64) -> i64),
    Int2(fn(i64, i64) -> i64),
}

/// The function of a math op; None for any other op.
pub(crate) fn function(op: Op) -> Option<Function> {
    Some(match op {
        Op::PowFloat => Function::Float2(f64::powf),
        Op::SqrtFloat => Function::Float(f64::sqrt),
        Op::SinFloat => Function::Float(f64::sin),
        Op::CosFloat => Function::Float(f64::cos),
        Op::TanFloat => Function::Float(f64::tan),
        Op::AsinFloat => Function::Float(f64::asin),
        Op::AcosFloat => Function::Float(f64::acos),
        Op::AtanFloat => Function::Float(f64::atan),
        Op::Atan2Float => Function::Float2(f64::atan2),
        Op::SinhFloat => Function::Float(f64::sinh),
        Op::CoshFloat => Function::Float(f64::cosh),
        Op::TanhFloat => Function::Float(f64::tanh),
        Op::ExpFloat => Function::Float(f64::exp),
        Op::LogFloat => Function::Float(f64::ln),
        Op::Log2Float => Function::Float(f64::log2),
        Op::Log10Float => Function::Float(f64::log10),
        Op::AbsFloat => Function::Float(f64::abs),
        Op::CeilFloat => Function::Float(f64::ceil),
        Op::FloorFloat => Function::Float(f64::floor),
        Op::TruncFloat => Function::Float(f64::trunc),
        Op::RoundFloat => Function::Float(f64::round_ties_even),
        // Becoming an integer truncates already.
        Op::TruncInt => Function::Int(std::convert::identity),
        Op::AbsInt => Function::Int(i64::saturating_abs),
        Op::GcdInt => Function::Int2(gcd),
        Op::LcmInt => Function::Int2(lcm),
        _ => return None,
    })
}

/// Euclid's algorithm on the absolute values.
fn unsigned_gcd(a: i64, b: i64) -> u64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Only gcd(i64::MIN, 0 or i64::MIN) has a result that does not fit.
fn gcd(a: i64, b: i64) -> i64 {
    i64::try_from(unsigned_gcd(a, b)).unwrap_or(i64::MAX)
}

fn lcm(a: i64, b: i64) -> i64 {
    if a == 0 || b == 0 {
        return 0;
    }
    let product = (a.unsigned_abs() / unsigned_gcd(a, b)).saturating_mul(b.unsigned_abs());
    i64::try_from(product).unwrap_or(i64::MAX)
}

/// Seconds since the epoch.
pub(crate) fn time() -> Value {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Value::Int(since.map_or(0, |duration| duration.as_secs() as i64))
}
