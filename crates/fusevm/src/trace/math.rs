//! Functions of floats that are calls in native code, by number.

use crate::op::Op;

/// What a function computes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Function {
    /// Of one float.
    Of1(fn(f64) -> f64),
    /// Of two floats.
    Of2(fn(f64, f64) -> f64),
}

/// A function with its name, and the ops that are it for floats.
pub(crate) struct Named {
    pub name: &'static str,
    pub function: Function,
    ops: &'static [Op],
}

const fn of1(name: &'static str, function: fn(f64) -> f64, ops: &'static [Op]) -> Named {
    Named { name, function: Function::Of1(function), ops }
}

const fn of2(name: &'static str, function: fn(f64, f64) -> f64, ops: &'static [Op]) -> Named {
    Named { name, function: Function::Of2(function), ops }
}

/// The functions. An instruction's immediate is the position here.
pub(crate) static FUNCTIONS: &[Named] = &[
    of1("sin", f64::sin, &[Op::SinFloat, Op::AwkSin]),
    of1("cos", f64::cos, &[Op::CosFloat, Op::AwkCos]),
    of1("tan", f64::tan, &[Op::TanFloat]),
    of1("asin", f64::asin, &[Op::AsinFloat]),
    of1("acos", f64::acos, &[Op::AcosFloat]),
    of1("atan", f64::atan, &[Op::AtanFloat]),
    of1("sinh", f64::sinh, &[Op::SinhFloat]),
    of1("cosh", f64::cosh, &[Op::CoshFloat]),
    of1("tanh", f64::tanh, &[Op::TanhFloat]),
    of1("exp", f64::exp, &[Op::ExpFloat, Op::AwkExp]),
    of1("log", f64::ln, &[Op::LogFloat, Op::AwkLog]),
    of1("log2", f64::log2, &[Op::Log2Float]),
    of1("log10", f64::log10, &[Op::Log10Float]),
    of2("pow", f64::powf, &[Op::PowFloat, Op::Pow]),
    of2("atan2", f64::atan2, &[Op::Atan2Float, Op::AwkAtan2]),
];

/// The number of a function.
#[cfg(test)]
pub(crate) fn number(name: &str) -> Option<i32> {
    FUNCTIONS.iter().position(|named| named.name == name).map(|at| at as i32)
}

/// The number of the function that an op is for floats.
pub(crate) fn number_of(op: Op) -> Option<usize> {
    FUNCTIONS.iter().position(|named| named.ops.contains(&op))
}
