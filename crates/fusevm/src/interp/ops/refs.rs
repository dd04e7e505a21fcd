//! References, captures, and the ops that index a collection or a Ref to one.
//!
//! What a Ref holds is changed in place: a collection that only the cell holds is never copied.

use super::collections;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{ByteStr, Code, Ref, Value};

#[cold]
fn needs_ref(target: &Value) -> Fault {
    Fault::new(ErrorKind::Type, format!("needs a Ref, not {}", target.kind_name()))
}

/// The Ref that an op changes.
#[inline]
pub(crate) fn as_ref(target: &Value) -> OpResult<&Ref> {
    match target {
        Value::Ref(cell) => Ok(cell),
        _ => Err(needs_ref(target)),
    }
}

/// What a Ref holds; a value that is no Ref is its own content.
#[inline]
pub(crate) fn ref_get(value: &Value) -> Value {
    match value {
        Value::Ref(cell) => cell.get(),
        _ => value.clone(),
    }
}

/// Stores into a Ref.
#[inline]
pub(crate) fn ref_set(value: Value, target: &Value) -> OpResult<()> {
    as_ref(target)?.set(value);
    Ok(())
}

/// Reads a collection, or the one behind a Ref.
#[inline]
fn with_collection<T>(collection: &Value, read: impl FnOnce(&Value) -> T) -> T {
    match collection {
        Value::Ref(cell) => cell.with(read),
        _ => read(collection),
    }
}

/// The byte of a string at an index.
#[inline]
fn byte_at<'a>(text: &'a ByteStr, index: &Value) -> Option<&'a u8> {
    usize::try_from(index.to_int()).ok().and_then(|position| text.get(position))
}

/// The element at a key of an array or hash, or a byte of a string; Undef when there is none.
#[inline]
pub(crate) fn index_get(collection: &Value, key: &Value) -> OpResult<Value> {
    with_collection(collection, |collection| match collection {
        Value::Hash(_) => collections::hash_get(collection, key),
        Value::Str(text) => {
            Ok(byte_at(text, key).map(|byte| ByteStr::new(std::slice::from_ref(byte))).into())
        }
        _ => Ok(collections::array_get(collection, key)),
    })
}

/// Whether a collection has a key, or an array or string an index.
pub(crate) fn index_exists(collection: &Value, key: &Value) -> OpResult<Value> {
    with_collection(collection, |collection| match collection {
        Value::Hash(_) => collections::hash_exists(collection, key),
        Value::Array(array) => {
            Ok(Value::Bool(usize::try_from(key.to_int()).is_ok_and(|position| position < array.len())))
        }
        Value::Str(text) => Ok(Value::Bool(byte_at(text, key).is_some())),
        _ => Ok(Value::Bool(false)),
    })
}

/// Removes a key of the hash behind a Ref, or makes an element of the array behind it Undef. The old value.
pub(crate) fn index_delete(target: &Value, key: &Value) -> OpResult<Value> {
    as_ref(target)?.with_mut(|collection| match collection {
        Value::Array(array) => {
            let position = usize::try_from(key.to_int()).unwrap_or(usize::MAX);
            if position >= array.len() {
                return Ok(Value::Undef);
            }
            Ok(std::mem::take(&mut array.make_mut()[position]))
        }
        _ => collections::hash_delete(collection, key),
    })
}

/// Stores through a Ref. A Ref to Undef becomes an array for an Int key, a hash for any other.
#[inline]
pub(crate) fn index_set(value: Value, key: &Value, target: &Value) -> OpResult<()> {
    as_ref(target)?.with_mut(|collection| match (&*collection, key) {
        (Value::Array(_), _) | (Value::Undef, Value::Int(_)) => {
            collections::array_set(collection, key, value)
        }
        _ => collections::hash_set(collection, key, value),
    })
}

/// Number of elements, entries or bytes.
#[inline]
pub(crate) fn index_len(collection: &Value) -> Value {
    with_collection(collection, |collection| match collection {
        Value::Hash(_) => collections::hash_len(collection),
        Value::Str(text) => Value::Int(text.len() as i64),
        _ => collections::array_len(collection),
    })
}

/// The keys of a hash, or the indices of an array.
pub(crate) fn index_keys(collection: &Value) -> OpResult<Value> {
    with_collection(collection, |collection| match collection {
        Value::Array(array) => collections::collect(array.len(), (0..array.len() as i64).map(Value::Int)),
        _ => collections::hash_keys(collection),
    })
}

/// Appends to the array behind a Ref.
#[inline]
pub(crate) fn index_push(value: Value, target: &Value) -> OpResult<()> {
    as_ref(target)?.with_mut(|collection| collections::array_push(collection, value))
}

/// Takes the last element of the array behind a Ref.
#[inline]
pub(crate) fn index_pop(target: &Value) -> OpResult<Value> {
    Ok(as_ref(target)?.with_mut(collections::array_pop))
}

/// Takes the first element of the array behind a Ref.
#[inline]
pub(crate) fn index_shift(target: &Value) -> OpResult<Value> {
    Ok(as_ref(target)?.with_mut(collections::array_shift))
}

#[cold]
fn no_capture(index: u8) -> Fault {
    Fault::new(ErrorKind::Range, format!("the running sub has no captured value {index}"))
}

/// A captured value of the running closure.
#[inline]
pub(crate) fn get_capture(closure: Option<&Code>, index: u8) -> OpResult<Value> {
    match closure {
        Some(code) if usize::from(index) < code.captures() => Ok(code.capture(index.into())),
        _ => Err(no_capture(index)),
    }
}

/// Sets a captured value of the running closure.
#[inline]
pub(crate) fn set_capture(closure: Option<&Code>, index: u8, value: Value) -> OpResult<()> {
    match closure {
        Some(code) if code.set_capture(index.into(), value) => Ok(()),
        _ => Err(no_capture(index)),
    }
}
