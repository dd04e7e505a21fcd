//! Tables of cases: what the op reference says about each op, at the edges of its operands above all.

mod collections;
mod numbers;
mod text;

use crate::error::{ErrorKind, OpResult};
use crate::value::Value;

fn int(n: i64) -> Value {
    Value::Int(n)
}

fn float(f: f64) -> Value {
    Value::Float(f)
}

fn text(s: &str) -> Value {
    Value::str(s)
}

fn array(values: impl IntoIterator<Item = i64>) -> Value {
    values.into_iter().map(Value::Int).collect()
}

/// Equality to the bit: -0.0 is not 0.0, and NaN is NaN.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => a == b,
    }
}

#[track_caller]
fn check(what: impl std::fmt::Debug, result: &Value, expected: &Value) {
    assert!(same(result, expected), "{what:?} gave {result:?}, expected {expected:?}");
}

#[track_caller]
fn error_kind<T: std::fmt::Debug>(result: OpResult<T>) -> ErrorKind {
    result.expect_err("an error").kind()
}
