//! Conversions of values: to numbers, strings and conditions by the table of the op reference, and from the
//! types of Rust.

use super::number::{self, Num};
use super::{Array, ByteStr, Code, Hash, Key, Obj, Ref, Value};

impl Value {
    /// The value as an integer: truncated toward zero, saturating.
    #[inline]
    pub fn to_int(&self) -> i64 {
        match self {
            Value::Int(n) => *n,
            Value::Str(s) => number::parse_int(s),
            Value::Obj(o) => o.to_int(),
            _ => self.to_numeric().to_i64(),
        }
    }

    /// The value as a float.
    #[inline]
    pub fn to_float(&self) -> f64 {
        match self {
            Value::Float(f) => *f,
            Value::Str(s) => number::parse_float(s),
            Value::Obj(o) => o.to_float(),
            _ => self.to_numeric().to_f64(),
        }
    }

    /// The value as an operand of arithmetic.
    #[inline]
    pub fn to_numeric(&self) -> Num {
        match self {
            Value::Int(n) => Num::Int(*n),
            Value::Float(f) => Num::Float(*f),
            Value::Bool(b) => Num::Int(i64::from(*b)),
            Value::Status(code) => Num::Int(i64::from(*code)),
            Value::Str(s) => number::parse_number(s),
            Value::Array(a) => Num::Int(a.len() as i64),
            Value::Hash(h) => Num::Int(h.len() as i64),
            Value::Undef | Value::NativeFn(_) | Value::Ref(_) | Value::Code(_) | Value::Obj(_) => Num::Int(0),
        }
    }

    /// The value as a condition.
    #[inline]
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Undef => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(f) => *f != 0.0,
            Value::Str(s) => !matches!(s.as_bytes(), b"" | b"0"),
            Value::Array(a) => !a.is_empty(),
            Value::Hash(h) => !h.is_empty(),
            Value::Status(code) => *code == 0,
            Value::Obj(o) => o.is_truthy(),
            Value::Ref(_) | Value::NativeFn(_) | Value::Code(_) => true,
        }
    }
}

impl From<Num> for Value {
    fn from(n: Num) -> Value {
        match n {
            Num::Int(n) => Value::Int(n),
            Num::Float(f) => Value::Float(f),
        }
    }
}

/// `From` by one expression for each type.
macro_rules! value_from {
    ($($from:ty, $x:ident => $value:expr;)*) => {$(
        impl From<$from> for Value {
            #[inline]
            fn from($x: $from) -> Value {
                $value
            }
        }
    )*};
}

value_from! {
    (), _unit => Value::Undef;
    bool, b => Value::Bool(b);
    i64, n => Value::Int(n);
    i32, n => Value::Int(i64::from(n));
    i16, n => Value::Int(i64::from(n));
    i8, n => Value::Int(i64::from(n));
    u32, n => Value::Int(i64::from(n));
    u16, n => Value::Int(i64::from(n));
    u8, n => Value::Int(i64::from(n));
    f64, f => Value::Float(f);
    f32, f => Value::Float(f64::from(f));
    char, c => Value::Str(c.into());
    &str, s => Value::Str(s.into());
    &String, s => Value::Str(s.into());
    String, s => Value::Str(s.into());
    &[u8], s => Value::Str(s.into());
    Vec<u8>, s => Value::Str(s.into());
    ByteStr, s => Value::Str(s);
    &Key, key => key.to_value();
    Array, a => Value::Array(a);
    Vec<Value>, values => Value::array(values);
    Hash, h => Value::Hash(h);
    Ref, r => Value::Ref(r);
    Code, c => Value::Code(c);
    Obj, o => Value::Obj(o);
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Value {
        Value::Str(bytes.into())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    /// None is Undef.
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Undef, Into::into)
    }
}

impl FromIterator<Value> for Value {
    /// An Array.
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Value {
        Value::Array(values.into_iter().collect())
    }
}
