//! Arithmetic: operands become numbers first, two integers stay one as the chunk's integer mode says.

use crate::awk_host::to_number;
use crate::chunk::IntegerMode;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::number;
use crate::value::{Num, Value};

/// The value as a float operand of arithmetic.
#[inline]
fn operand(value: &Value) -> f64 {
    match value {
        Value::Float(f) => *f,
        // Not by way of an integer, so that "-0" keeps its sign.
        Value::Str(_) => value.to_float(),
        _ => value.to_numeric().to_f64(),
    }
}

/// How operands become floats: where all numbers are, as awk's.
pub(crate) fn float_of(mode: IntegerMode) -> fn(&Value) -> f64 {
    if mode == IntegerMode::Float { to_number } else { Value::to_float }
}

#[cold]
fn overflow(mode: IntegerMode, wrapped: i64, float: f64) -> OpResult<Value> {
    match mode {
        IntegerMode::Wrap => Ok(Value::Int(wrapped)),
        IntegerMode::Promote | IntegerMode::Float => Ok(Value::Float(float)),
        IntegerMode::Trap => Err(Fault::new(ErrorKind::Arithmetic, "integer overflow")),
    }
}

/// The error of a zero divisor where the program asked for one.
#[cold]
pub(crate) fn division_by_zero() -> Fault {
    Fault::new(ErrorKind::Arithmetic, "division by zero")
}

/// One op of two operands, by its meaning on integers (wrapped result, whether it overflowed) and floats.
#[inline(always)]
fn binary(
    a: &Value,
    b: &Value,
    mode: IntegerMode,
    on_ints: impl Fn(i64, i64) -> (i64, bool),
    on_floats: impl Fn(f64, f64) -> f64,
) -> OpResult<Value> {
    if mode == IntegerMode::Float {
        return Ok(Value::Float(on_floats(to_number(a), to_number(b))));
    }
    match (a.to_numeric(), b.to_numeric()) {
        (Num::Int(a), Num::Int(b)) => match on_ints(a, b) {
            (exact, false) => Ok(Value::Int(exact)),
            (wrapped, true) => overflow(mode, wrapped, on_floats(a as f64, b as f64)),
        },
        (a, b) => Ok(Value::Float(on_floats(a.to_f64(), b.to_f64()))),
    }
}

/// `a + b`
#[inline]
pub(crate) fn add(a: &Value, b: &Value, mode: IntegerMode) -> OpResult<Value> {
    binary(a, b, mode, i64::overflowing_add, |a, b| a + b)
}

/// `a - b`
#[inline]
pub(crate) fn sub(a: &Value, b: &Value, mode: IntegerMode) -> OpResult<Value> {
    binary(a, b, mode, i64::overflowing_sub, |a, b| a - b)
}

/// `a * b`
#[inline]
pub(crate) fn mul(a: &Value, b: &Value, mode: IntegerMode) -> OpResult<Value> {
    binary(a, b, mode, i64::overflowing_mul, |a, b| a * b)
}

/// `a / b` as floats. A zero divisor gives Undef, or an error when `zero_is_error`.
#[inline]
pub(crate) fn div(a: &Value, b: &Value, zero_is_error: bool) -> OpResult<Value> {
    let divisor = operand(b);
    if divisor != 0.0 {
        Ok(Value::Float(operand(a) / divisor))
    } else if zero_is_error {
        Err(division_by_zero())
    } else {
        Ok(Value::Undef)
    }
}

/// `a % b` with the dividend's sign. A zero divisor gives 0, or an error when `zero_is_error`.
#[inline]
pub(crate) fn modulo(a: &Value, b: &Value, mode: IntegerMode, zero_is_error: bool) -> OpResult<Value> {
    let numbers = match mode {
        IntegerMode::Float => (Num::Float(to_number(a)), Num::Float(to_number(b))),
        _ => (a.to_numeric(), b.to_numeric()),
    };
    if numbers.1.to_f64() == 0.0 && zero_is_error {
        return Err(division_by_zero());
    }
    Ok(match numbers {
        (Num::Int(_), Num::Int(0)) => Value::Int(0),
        // i64::MIN % -1 overflows on the way to its remainder, 0.
        (Num::Int(a), Num::Int(b)) => Value::Int(a.wrapping_rem(b)),
        (_, b) if b.to_f64() == 0.0 => Value::Float(0.0),
        (a, b) => Value::Float(number::remainder(a.to_f64(), b.to_f64())),
    })
}

/// `a` to the power of `b`, as a float.
#[inline]
pub(crate) fn pow(a: &Value, b: &Value) -> Value {
    Value::Float(operand(a).powf(operand(b)))
}

/// `-a`
#[inline]
pub(crate) fn negate(a: &Value, mode: IntegerMode) -> OpResult<Value> {
    if mode == IntegerMode::Float {
        return Ok(Value::Float(-to_number(a)));
    }
    match a.to_numeric() {
        Num::Int(n) => match n.overflowing_neg() {
            (negated, false) => Ok(Value::Int(negated)),
            (wrapped, true) => overflow(mode, wrapped, -(n as f64)),
        },
        Num::Float(f) => Ok(Value::Float(-f)),
    }
}

/// `a + 1`
#[inline]
pub(crate) fn inc(a: &Value, mode: IntegerMode) -> OpResult<Value> {
    add(a, &Value::Int(1), mode)
}

/// `a - 1`
#[inline]
pub(crate) fn dec(a: &Value, mode: IntegerMode) -> OpResult<Value> {
    sub(a, &Value::Int(1), mode)
}
