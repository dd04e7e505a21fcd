//! Values: what programs compute with.
//!
//! A [`Value`] is 16 bytes: a tag byte, and a payload that is the value itself or one thin pointer. Strings
//! of up to 14 bytes need no heap. Longer strings, arrays and hashes are shared by their clones and copied
//! on write; [`Ref`] is the one kind that shares changes.
//!
//! Layout, which the interpreter and native code rely on:
//! - byte 0 is the tag; a tag below [`tag::STR`] owns no heap;
//! - the payload of Int and Float and the pointer of every heap kind are at byte 8 (Status and NativeFn, being
//!   narrow, are right after the tag as their alignment allows);
//! - what a pointer points to begins with its reference count.

mod array;
mod bytestr;
mod code;
mod compare;
mod convert;
mod counted;
mod deep;
mod hash;
pub mod heap;
mod notation;
pub mod number;
mod obj;
mod refs;
mod serde;
mod spare;

mod text;
pub(crate) mod words;

#[cfg(test)]
mod tests;

pub use array::Array;
pub use bytestr::{ByteStr, MAX_INLINE};
pub use code::Code;
#[cfg(feature = "jit")]
pub(crate) use hash::EntryLayout;
pub use hash::{Hash, Key, KeyRef, NumberMap, OrderedMap};
pub(crate) use hash::{Pair, SEPARATOR};
pub use heap::HeapError;
pub use notation::Notation;
pub(crate) use notation::other_base;
pub use number::Num;
pub use obj::{Obj, Object};
pub use refs::Ref;

use std::fmt;

/// Send when the feature `sync` is on, else no bound: what hosts and handlers must be.
#[cfg(feature = "sync")]
pub trait MaybeSend: Send {}
#[cfg(feature = "sync")]
impl<T: Send + ?Sized> MaybeSend for T {}
/// Send when the feature `sync` is on, else no bound: what hosts and handlers must be.
#[cfg(not(feature = "sync"))]
pub trait MaybeSend {}
#[cfg(not(feature = "sync"))]
impl<T: ?Sized> MaybeSend for T {}

/// Send and Sync when the feature `sync` is on, else no bound: what shared objects must be.
#[cfg(feature = "sync")]
pub trait MaybeSendSync: Send + Sync {}
#[cfg(feature = "sync")]
impl<T: Send + Sync + ?Sized> MaybeSendSync for T {}
/// Send and Sync when the feature `sync` is on, else no bound: what shared objects must be.
#[cfg(not(feature = "sync"))]
pub trait MaybeSendSync {}
#[cfg(not(feature = "sync"))]
impl<T: ?Sized> MaybeSendSync for T {}

/// A value of a program.
///
/// Equality is structural within one kind (`Int(1)` is not `Float(1.0)`, NaN is not NaN), hashes compare
/// without regard to order, and Ref, Code and Obj are equal by identity.
#[derive(Default)]
#[repr(u8)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: what unset variables read.
    #[default]
    Undef = tag::UNDEF,
    /// A truth value.
    Bool(bool) = tag::BOOL,
    /// An integer.
    Int(i64) = tag::INT,
    /// A float.
    Float(f64) = tag::FLOAT,
    /// The exit status of a command: 0 is success, and true.
    Status(i32) = tag::STATUS,
    /// A builtin, by its id.
    NativeFn(u16) = tag::NATIVE_FN,
    /// A byte string.
    Str(ByteStr) = tag::STR,
    /// A list with value semantics.
    Array(Array) = tag::ARRAY,
    /// A map with value semantics.
    Hash(Hash) = tag::HASH,
    /// A shared mutable cell.
    Ref(Ref) = tag::REF,
    /// A sub with its captures.
    Code(Code) = tag::CODE,
    /// An embedder's object.
    Obj(Obj) = tag::OBJ,
}

const _: () = assert!(size_of::<Value>() == 16 && align_of::<Value>() == 8);
const _: () = assert!(size_of::<Option<Value>>() == 16);

/// The tags of the kinds: byte 0 of a value.
pub mod tag {
    /// Tag of `Value::Undef`.
    pub const UNDEF: u8 = 0;
    /// Tag of `Value::Bool`.
    pub const BOOL: u8 = 1;
    /// Tag of `Value::Int`.
    pub const INT: u8 = 2;
    /// Tag of `Value::Float`.
    pub const FLOAT: u8 = 3;
    /// Tag of `Value::Status`.
    pub const STATUS: u8 = 4;
    /// Tag of `Value::NativeFn`.
    pub const NATIVE_FN: u8 = 5;
    /// Tag of `Value::Str`: from here on a value may own heap.
    pub const STR: u8 = 6;
    /// Tag of `Value::Array`.
    pub const ARRAY: u8 = 7;
    /// Tag of `Value::Hash`.
    pub const HASH: u8 = 8;
    /// Tag of `Value::Ref`.
    pub const REF: u8 = 9;
    /// Tag of `Value::Code`.
    pub const CODE: u8 = 10;
    /// Tag of `Value::Obj`.
    pub const OBJ: u8 = 11;
}

impl Value {
    /// An Int.
    #[inline]
    pub const fn int(n: i64) -> Value {
        Value::Int(n)
    }

    /// A Float.
    #[inline]
    pub const fn float(f: f64) -> Value {
        Value::Float(f)
    }

    /// A Bool.
    #[inline]
    pub const fn bool(b: bool) -> Value {
        Value::Bool(b)
    }

    /// A Status.
    #[inline]
    pub const fn status(code: i32) -> Value {
        Value::Status(code)
    }

    /// A Str of text or bytes.
    pub fn str(bytes: impl Into<ByteStr>) -> Value {
        Value::Str(bytes.into())
    }

    /// An Array; the vector's allocation is taken over.
    pub fn array(values: Vec<Value>) -> Value {
        Value::Array(Array::from(values))
    }

    /// A Hash of these pairs, in this order.
    pub fn hash<K: Into<Key>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Value {
        Value::Hash(pairs.into_iter().collect())
    }

    /// The tag of the value's kind.
    #[inline(always)]
    pub fn tag(&self) -> u8 {
        // SAFETY: a `repr(u8)` enum begins with its discriminant.
        unsafe { *(&raw const *self).cast::<u8>() }
    }

    /// The name of the value's kind, for messages.
    pub fn kind_name(&self) -> &'static str {
        const NAMES: [&str; 12] = [
            "Undef", "Bool", "Int", "Float", "Status", "NativeFn", "Str", "Array", "Hash", "Ref", "Code",
            "Obj",
        ];
        NAMES[self.tag() as usize]
    }

    /// Whether dropping the value does anything.
    #[inline(always)]
    pub fn owns_heap(&self) -> bool {
        match self {
            Value::Str(s) => s.on_heap(),
            _ => self.tag() > tag::STR,
        }
    }

    /// Bytes of a Str, elements of an Array, entries of a Hash; for any other kind, bytes of its string form.
    pub fn len(&self) -> usize {
        match self {
            Value::Str(s) => s.len(),
            Value::Array(a) => a.len(),
            Value::Hash(h) => h.len(),
            _ => self.as_bytes().len(),
        }
    }

    /// Whether [`len`](Value::len) is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::debug(self, f)
    }
}

impl fmt::Display for Value {
    /// The string form, with U+FFFD for what is not UTF-8.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.as_str_cow())
    }
}
