//! String forms of values, and their look in debug output.
//!
//! Arrays nest as deep as a program likes, so their string form is made with a list of its own instead of
//! by recursion.

use super::heap::{self, HeapError};
use super::number::{self, NumBuf};
use super::{Array, ByteStr, Hash, Value};
use std::borrow::Cow;
use std::fmt;

/// Levels of nesting that debug output shows.
const DEBUG_DEPTH: u32 = 8;

impl Value {
    /// The string form.
    pub fn as_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Value::Undef | Value::Bool(false) => Cow::Borrowed(b""),
            Value::Bool(true) => Cow::Borrowed(b"1"),
            Value::Int(n) => Cow::Owned(number::format_int(*n, &mut NumBuf::new()).to_vec()),
            Value::Float(f) => Cow::Owned(number::format_float(*f, &mut NumBuf::new()).to_vec()),
            Value::Status(code) => {
                Cow::Owned(number::format_int(i64::from(*code), &mut NumBuf::new()).to_vec())
            }
            Value::NativeFn(id) => Cow::Owned(format!("(builtin:{id})").into_bytes()),
            Value::Str(s) => Cow::Borrowed(s),
            Value::Array(a) => {
                let mut out = Vec::new();
                join(a, &mut out, usize::MAX).unwrap_or_else(|error| heap::exhausted(error, 0));
                Cow::Owned(out)
            }
            Value::Hash(_) => Cow::Borrowed(b"(hash)"),
            Value::Ref(_) => Cow::Borrowed(b"(ref)"),
            Value::Code(_) => Cow::Borrowed(b"(code)"),
            Value::Obj(o) => Cow::Owned(o.to_bytes()),
        }
    }

    /// The string form as text, with U+FFFD for what is not UTF-8.
    pub fn as_str_cow(&self) -> Cow<'_, str> {
        match self.as_bytes() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(text_lossy(bytes)),
        }
    }

    /// The string form as owned text, with U+FFFD for what is not UTF-8.
    pub fn to_str(&self) -> String {
        self.as_str_cow().into_owned()
    }

    /// The string form as a byte string, shared with the value when it is a Str.
    pub fn to_byte_str(&self) -> ByteStr {
        match self {
            Value::Str(s) => s.clone(),
            Value::Int(n) => ByteStr::new(number::format_int(*n, &mut NumBuf::new())),
            Value::Float(f) => ByteStr::new(number::format_float(*f, &mut NumBuf::new())),
            _ => ByteStr::new(&self.as_bytes()),
        }
    }

    /// As [`to_byte_str`](Value::to_byte_str), with an error when the string form passes the heap limit: a
    /// small array of shared arrays can have a string form of any size.
    pub fn try_to_byte_str(&self) -> Result<ByteStr, HeapError> {
        match self {
            Value::Array(a) => {
                let mut out = Vec::new();
                join(a, &mut out, heap::room())?;
                Ok(ByteStr::new(&out))
            }
            _ => Ok(self.to_byte_str()),
        }
    }

    /// Appends the string form, without an allocation for scalars.
    #[inline]
    pub fn append_to(&self, out: &mut Vec<u8>) {
        match self {
            Value::Str(s) => s.append_to(out),
            _ => self.append_other_to(out),
        }
    }

    #[inline(never)]
    fn append_other_to(&self, out: &mut Vec<u8>) {
        match self {
            Value::Int(n) => out.extend_from_slice(number::format_int(*n, &mut NumBuf::new())),
            Value::Float(f) => out.extend_from_slice(number::format_float(*f, &mut NumBuf::new())),
            _ => out.extend_from_slice(&self.as_bytes()),
        }
    }
}

fn text_lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Appends the elements' string forms, joined by one space; an error when `out` passes `limit` bytes.
fn join(array: &Array, out: &mut Vec<u8>, limit: usize) -> Result<(), HeapError> {
    let mut levels = vec![array.iter()];
    let mut first = true;
    while let Some(level) = levels.last_mut() {
        let Some(value) = level.next() else {
            levels.pop();
            // What follows an array, even an empty one, is a further element of the outer one.
            first = false;
            continue;
        };
        if !first {
            out.push(b' ');
        }
        if let Value::Array(inner) = value {
            levels.push(inner.iter());
            first = true;
        } else {
            value.append_to(out);
            first = false;
        }
        if out.len() > limit {
            return Err(HeapError::OverLimit);
        }
    }
    Ok(())
}

/// How [`debug`] shows a value that is at most `depth` levels down.
struct AtDepth<'a>(&'a Value, u32);

impl fmt::Debug for AtDepth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AtDepth(value, depth) = *self;
        let left = depth.saturating_sub(1);
        match value {
            Value::Undef => f.write_str("undef"),
            Value::Bool(b) => b.fmt(f),
            Value::Int(n) => n.fmt(f),
            Value::Float(x) => x.fmt(f),
            Value::Status(code) => write!(f, "(status {code})"),
            Value::NativeFn(id) => write!(f, "(builtin:{id})"),
            Value::Str(s) => s.fmt(f),
            Value::Array(a) if depth == 0 => write!(f, "[…{}]", a.len()),
            Value::Array(a) => f.debug_list().entries(a.iter().map(|v| AtDepth(v, left))).finish(),
            Value::Hash(h) if depth == 0 => write!(f, "{{…{}}}", h.len()),
            Value::Hash(h) => {
                let entries = h.iter().map(|(k, v)| (k.to_byte_str(), AtDepth(v, left)));
                f.debug_map().entries(entries).finish()
            }
            Value::Ref(r) => r.fmt(f),
            Value::Code(c) => c.fmt(f),
            Value::Obj(o) => o.fmt(f),
        }
    }
}

pub(super) fn debug(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&AtDepth(value, DEBUG_DEPTH), f)
}

pub(super) fn debug_array(array: &Array, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    debug(&Value::Array(array.clone()), f)
}

pub(super) fn debug_hash(hash: &Hash, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    debug(&Value::Hash(hash.clone()), f)
}
