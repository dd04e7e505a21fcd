//! The keys of hashes.

use super::grid::{Pair, with_text};
use crate::value::Value;
use crate::value::bytestr::ByteStr;
use crate::value::number::{self, NumBuf};
use std::borrow::Cow;

/// A hash key: a byte string, held as an integer when it is the decimal form of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Key {
    /// The decimal form of this integer.
    Int(i64),
    /// Any other string.
    Str(ByteStr),
}

const _: () = assert!(size_of::<Key>() == 16 && size_of::<Option<Key>>() == 16);

/// A borrowed [`Key`], to look up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRef<'a> {
    /// The decimal form of this integer.
    Int(i64),
    /// Any other string: never the decimal form of an i64.
    Bytes(&'a [u8]),
}

impl<'a> KeyRef<'a> {
    /// The key that these bytes are.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> KeyRef<'a> {
        match number::parse_canonical_int(bytes) {
            Some(n) => KeyRef::Int(n),
            None => KeyRef::Bytes(bytes),
        }
    }

    /// The owned key.
    pub fn to_key(self) -> Key {
        match self {
            KeyRef::Int(n) => Key::Int(n),
            KeyRef::Bytes(bytes) => Key::Str(ByteStr::new(bytes)),
        }
    }
}

impl Key {
    /// The byte with which a key of this kind begins; the number of an integer is its second word.
    #[cfg(feature = "jit")]
    pub(super) fn tag(&self) -> u8 {
        // SAFETY: the representation of such an enum is that of a union of structs that begin with the byte, then the fields.
        unsafe { *std::ptr::from_ref(self).cast::<u8>() }
    }

    /// The key that this string is.
    #[inline]
    pub fn new(bytes: ByteStr) -> Key {
        match number::parse_canonical_int(&bytes) {
            Some(n) => Key::Int(n),
            None => Key::Str(bytes.without_input_mark()),
        }
    }

    /// The key that the string form of this value is.
    #[inline]
    pub fn from_value(value: &Value) -> Key {
        match value {
            Value::Int(n) => Key::Int(*n),
            Value::Str(s) => Key::new(s.clone()),
            Value::Float(f) => match number::exact_int(*f) {
                Some(n) => Key::Int(n),
                None => Key::new(value.to_byte_str()),
            },
            _ => Key::new(value.to_byte_str()),
        }
    }

    /// The key that is the text of a pair.
    pub(crate) fn of_pair(pair: Pair) -> Key {
        with_text(pair, |text| Key::Str(ByteStr::new(text)))
    }

    /// The key to look up with.
    #[inline]
    pub fn as_ref(&self) -> KeyRef<'_> {
        match self {
            Key::Int(n) => KeyRef::Int(*n),
            Key::Str(s) => KeyRef::Bytes(s),
        }
    }

    /// The bytes of the key.
    pub fn to_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Key::Int(n) => Cow::Owned(number::format_int(*n, &mut NumBuf::new()).to_vec()),
            Key::Str(s) => Cow::Borrowed(s),
        }
    }

    /// The key as the string that the program sees.
    pub fn to_byte_str(&self) -> ByteStr {
        match self {
            Key::Int(n) => ByteStr::new(number::format_int(*n, &mut NumBuf::new())),
            Key::Str(s) => s.clone(),
        }
    }

    /// The key as the Str value that the program sees.
    pub fn to_value(&self) -> Value {
        Value::Str(self.to_byte_str())
    }
}

/// Runs `with` on the key that the string form of `value` is, without an allocation for scalars.
#[inline]
pub(super) fn with_key<R>(value: &Value, with: impl FnOnce(KeyRef<'_>) -> R) -> R {
    match value {
        Value::Int(n) => with(KeyRef::Int(*n)),
        Value::Str(s) => with(KeyRef::new(s)),
        Value::Float(f) => {
            let mut buf = NumBuf::new();
            match number::exact_int(*f) {
                Some(n) => with(KeyRef::Int(n)),
                None => with(KeyRef::new(number::format_float(*f, &mut buf))),
            }
        }
        _ => with(KeyRef::new(&value.as_bytes())),
    }
}

/// A key in the form in which it is hashed and compared with those of entries: a short one as two words.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    Int(i64),
    Short([u64; 2]),
    Long(&'a [u8]),
}

impl<'a> Wanted<'a> {
    #[inline]
    pub fn new(key: KeyRef<'a>) -> Wanted<'a> {
        match key {
            KeyRef::Int(n) => Wanted::Int(n),
            KeyRef::Bytes(bytes) => ByteStr::words_of(bytes).map_or(Wanted::Long(bytes), Wanted::Short),
        }
    }
}
