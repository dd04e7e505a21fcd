//! Bit operations on 64-bit integers.

use crate::value::Value;

/// Low bits of a shift count that count.
const COUNT_MASK: i64 = 63;

macro_rules! bit_operations {
    ($($(#[$doc:meta])* $name:ident: |$a:ident, $b:ident| $result:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub(crate) fn $name(a: &Value, b: &Value) -> Value {
            let ($a, $b) = (a.to_int(), b.to_int());
            Value::Int($result)
        }
    )*};
}
bit_operations! {
    /// `a & b`
    and: |a, b| a & b;
    /// `a | b`
    or: |a, b| a | b;
    /// `a ^ b`
    xor: |a, b| a ^ b;
    /// `a << b`, by the low six bits of the count.
    shl: |a, b| a << (b & COUNT_MASK);
    /// `a >> b`, arithmetic, by the low six bits of the count.
    shr: |a, b| a >> (b & COUNT_MASK);
}

/// `!a`
#[inline]
pub(crate) fn not(a: &Value) -> Value {
    Value::Int(!a.to_int())
}
