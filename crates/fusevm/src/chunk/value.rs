//! Constants from values and back.

use super::{Const, HashKey, nesting};
use crate::value::{ByteStr, Key, Value};

impl Const {
    /// The value of the constant, made anew. What is no plain data becomes Undef; verified chunks hold
    /// none.
    pub fn to_value(&self) -> Value {
        match self {
            Const::Undef | Const::Unsupported(_) => Value::Undef,
            Const::Bool(b) => Value::Bool(*b),
            Const::Int(n) => Value::Int(*n),
            Const::Float(x) => Value::Float(*x),
            Const::Str(bytes) => Value::str(bytes.as_slice()),
            Const::Status(code) => Value::Status(*code),
            Const::NativeFn(id) => Value::NativeFn(*id),
            Const::Array(items) => Value::array(items.iter().map(Const::to_value).collect()),
            Const::Hash(entries) => {
                let key = |key: &HashKey| Key::new(ByteStr::from(key.0.as_slice()));
                Value::hash(entries.iter().map(|(k, value)| (key(k), value.to_value())))
            }
        }
    }

    /// The constant of a value, with at most `levels` of arrays and hashes.
    fn from_value(value: &Value, levels: usize) -> Const {
        match (value, levels.checked_sub(1)) {
            (Value::Undef, _) => Const::Undef,
            (Value::Bool(b), _) => Const::Bool(*b),
            (Value::Int(n), _) => Const::Int(*n),
            (Value::Float(x), _) => Const::Float(*x),
            (Value::Str(s), _) => Const::Str(s.to_vec()),
            (Value::Status(code), _) => Const::Status(*code),
            (Value::NativeFn(id), _) => Const::NativeFn(*id),
            (Value::Array(_) | Value::Hash(_), None) => Const::Unsupported(nesting::constant_error()),
            (Value::Array(items), Some(levels)) => {
                Const::Array(items.iter().map(|item| Const::from_value(item, levels)).collect())
            }
            (Value::Hash(entries), Some(levels)) => {
                let entry = |(key, value): (&Key, &Value)| {
                    (HashKey(key.to_bytes().into_owned()), Const::from_value(value, levels))
                };
                Const::Hash(entries.iter().map(entry).collect())
            }
            (Value::Ref(_) | Value::Code(_) | Value::Obj(_), _) => {
                Const::Unsupported(format!("a {} cannot be a constant", value.kind_name()))
            }
        }
    }
}

impl From<&Value> for Const {
    fn from(value: &Value) -> Const {
        Const::from_value(value, Const::MAX_DEPTH)
    }
}

impl From<Value> for Const {
    fn from(value: Value) -> Const {
        Const::from(&value)
    }
}

/// As the constant's value would compare; what is no plain data equals nothing.
impl PartialEq<Value> for Const {
    fn eq(&self, other: &Value) -> bool {
        self.unsupported().is_none() && self.to_value() == *other
    }
}

impl PartialEq<Const> for Value {
    fn eq(&self, other: &Const) -> bool {
        other == self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::ChunkBuilder;
    use crate::value::Ref;

    #[test]
    fn plain_values_round_trip() {
        let values = [
            Value::Undef,
            Value::bool(true),
            Value::int(i64::MIN),
            Value::float(-0.5),
            Value::str(&b"\xff\x00"[..]),
            Value::str("a string of more than fourteen bytes"),
            Value::status(-1),
            Value::NativeFn(7),
            Value::array(vec![1.into(), Value::array(vec![])]),
            Value::hash([(Key::from("k"), Value::int(1)), (Key::from(7), Value::Undef)]),
        ];
        for value in values {
            let constant = Const::from(&value);
            assert_eq!(constant, value);
            assert_eq!(value, constant);
            assert_eq!(Const::from(constant.to_value()), constant);
        }
        assert_ne!(Const::Int(1), Value::float(1.0));
    }

    #[test]
    fn other_values_poison_the_builder() {
        let deep = (0..65).fold(Value::Undef, |inner, _| Value::array(vec![inner]));
        let cases = [
            (Value::Ref(Ref::new(Value::Undef)), "a Ref cannot be a constant"),
            (Value::array(vec![Value::Ref(Ref::new(Value::Undef))]), "a Ref cannot be a constant"),
            (deep, "constants are nested deeper than 64 levels"),
        ];
        for (value, reason) in cases {
            let mut b = ChunkBuilder::new();
            b.add_constant(value);
            assert_eq!(b.try_build().map_err(|error| error.to_string()), Err(reason.to_string()));
        }
        let million = (0..1_000_000).fold(Value::Undef, |inner, _| Value::array(vec![inner]));
        assert!(Const::from(million).unsupported().is_some());
        assert_ne!(Const::Unsupported("x".into()), Value::Undef);
    }
}
