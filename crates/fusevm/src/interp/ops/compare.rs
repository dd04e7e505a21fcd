//! Comparison of numbers and of string forms.

use super::strings::string_form;
use crate::error::OpResult;
use crate::value::{Num, Value};
use std::cmp::Ordering;

/// Compares numeric operands: two integers exactly, anything else as floats. None when a NaN is in it.
#[inline]
pub(crate) fn num_compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a.to_numeric(), b.to_numeric()) {
        (Num::Int(a), Num::Int(b)) => Some(a.cmp(&b)),
        (a, b) => a.to_f64().partial_cmp(&b.to_f64()),
    }
}

macro_rules! num_comparisons {
    ($($(#[$doc:meta])* $name:ident: $holds:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub(crate) fn $name(a: &Value, b: &Value) -> bool {
            num_compare(a, b).is_some_and($holds)
        }
    )*};
}
num_comparisons! {
    /// `a == b`
    num_eq: Ordering::is_eq;
    /// `a < b`
    num_lt: Ordering::is_lt;
    /// `a > b`
    num_gt: Ordering::is_gt;
    /// `a <= b`
    num_le: Ordering::is_le;
    /// `a >= b`
    num_ge: Ordering::is_ge;
}

/// `a != b`, which holds for NaN.
#[inline]
pub(crate) fn num_ne(a: &Value, b: &Value) -> bool {
    !num_eq(a, b)
}

/// -1, 0 or 1; Undef when unordered.
#[inline]
pub(crate) fn spaceship(a: &Value, b: &Value) -> Value {
    num_compare(a, b).map(|ordering| ordering as i64).into()
}

/// Compares string forms in byte order.
#[inline]
pub(crate) fn str_compare(a: &Value, b: &Value) -> OpResult<Ordering> {
    if let (Value::Str(a), Value::Str(b)) = (a, b) {
        return Ok(a.as_bytes().cmp(b.as_bytes()));
    }
    Ok(string_form(a)?.cmp(&string_form(b)?))
}

/// Whether two string forms are equal.
#[inline]
pub(crate) fn str_eq(a: &Value, b: &Value) -> OpResult<bool> {
    if let (Value::Str(a), Value::Str(b)) = (a, b) {
        return Ok(a == b);
    }
    Ok(str_compare(a, b)?.is_eq())
}
