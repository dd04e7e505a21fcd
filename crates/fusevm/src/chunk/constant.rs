//! Constants: plain data, so that a chunk can be sent between threads, compared and stored.

use super::nesting;

/// A constant of the pool.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Const {
    /// Undef
    #[default]
    Undef,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(#[serde(with = "crate::op::serde::float")] f64),
    /// A byte string.
    Str(#[serde(with = "bytes_or_text")] Vec<u8>),
    /// An exit status.
    Status(i32),
    /// A registered builtin.
    NativeFn(u16),
    /// An array; of integers, also the targets of a JumpTable.
    Array(#[serde(deserialize_with = "nesting::deserialize")] Vec<Const>),
    /// A hash, in insertion order.
    Hash(#[serde(deserialize_with = "nesting::deserialize")] Vec<(HashKey, Const)>),
    /// What the builder was given and cannot be plain data; the text says why. No built chunk that
    /// verifies has one.
    Unsupported(String),
}

/// Key of a constant hash.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HashKey(#[serde(with = "bytes_or_text")] pub Vec<u8>);

impl Const {
    /// Deepest nesting of a constant; deeper data is unsupported.
    pub const MAX_DEPTH: usize = 64;

    /// A byte string.
    pub fn str(bytes: impl Into<Vec<u8>>) -> Const {
        Const::Str(bytes.into())
    }

    /// What a text or binary form holds in place of data that is nested too deep to ever run.
    pub(super) fn too_deep() -> Const {
        Const::Unsupported(nesting::constant_error())
    }

    /// Why the constant is not plain data, if it is not.
    pub fn unsupported(&self) -> Option<&str> {
        match self {
            Const::Unsupported(reason) => Some(reason),
            Const::Array(items) => items.iter().find_map(Const::unsupported),
            Const::Hash(entries) => entries.iter().find_map(|(_, value)| value.unsupported()),
            _ => None,
        }
    }

    /// Whether arrays and hashes are nested deeper than `limit` levels. Looks no deeper than that.
    pub fn is_deeper_than(&self, limit: usize) -> bool {
        match (self, limit.checked_sub(1)) {
            (Const::Array(_) | Const::Hash(_), None) => true,
            (Const::Array(items), Some(inner)) => items.iter().any(|item| item.is_deeper_than(inner)),
            (Const::Hash(entries), Some(inner)) => {
                entries.iter().any(|(_, value)| value.is_deeper_than(inner))
            }
            _ => false,
        }
    }

    /// The targets of a JumpTable: a non-empty array of non-negative integers.
    pub fn jump_targets(&self) -> Option<Vec<usize>> {
        let Const::Array(items) = self else { return None };
        let targets: Option<Vec<usize>> = items
            .iter()
            .map(|item| match item {
                Const::Int(ip) => usize::try_from(*ip).ok(),
                _ => None,
            })
            .collect();
        targets.filter(|targets| !targets.is_empty())
    }
}

macro_rules! const_from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Const {
            fn from($value: $from) -> Const { $to }
        })*
    };
}
const_from! {
    bool => |b| Const::Bool(b);
    i64 => |n| Const::Int(n);
    i32 => |n| Const::Int(n.into());
    f64 => |x| Const::Float(x);
    &str => |s| Const::Str(s.into());
    String => |s| Const::Str(s.into());
    &[u8] => |s| Const::Str(s.into());
    Vec<u8> => |s| Const::Str(s);
    Vec<Const> => |items| Const::Array(items);
}

/// Strings stay readable in text formats when they are UTF-8, and any byte survives.
mod bytes_or_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    enum Form<T, B> {
        Text(T),
        Bytes(B),
    }

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Form::<&str, &[u8]>::Text(text),
            Err(_) => Form::<&str, &[u8]>::Bytes(bytes),
        }
        .serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Form::<String, Vec<u8>>::deserialize(deserializer)? {
            Form::Text(text) => text.into_bytes(),
            Form::Bytes(bytes) => bytes,
        })
    }
}
