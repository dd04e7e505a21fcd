//! Arrays and hashes.
//!
//! The ops work on places: a global and a frame slot are the same to them. A place of the wrong kind reads
//! as Undef or empty; writing an element creates the collection in an Undef place and is an error in any
//! other.

use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{Array, ByteStr, Hash, HeapError, Value};
use std::borrow::Cow;

#[cold]
fn wrong_kind(needed: &str, place: &Value) -> Fault {
    Fault::new(ErrorKind::Type, format!("needs {needed}, not {}", place.kind_name()))
}

/// The position that an index means; None when it is negative.
#[inline]
fn position(index: &Value) -> Option<usize> {
    usize::try_from(index.to_int()).ok()
}

/// The key to use for a value: itself, except that the string form of an array, which may be of any size,
/// is made here under the heap limit.
fn key_of(key: &Value) -> OpResult<Cow<'_, Value>> {
    match key {
        Value::Array(_) => Ok(Cow::Owned(Value::Str(key.try_to_byte_str()?))),
        _ => Ok(Cow::Borrowed(key)),
    }
}

// ---- whole collections ---------------------------------------------------------------------------

/// The value if it is an array, else an empty one.
pub(crate) fn to_array(value: &Value) -> Array {
    match value {
        Value::Array(array) => array.clone(),
        _ => Array::new(),
    }
}

/// The value if it is a hash, else an empty one.
pub(crate) fn to_hash(value: &Value) -> Hash {
    match value {
        Value::Hash(hash) => hash.clone(),
        _ => Hash::new(),
    }
}

/// The hash of keys and values in turn; a key that comes again keeps its place and gets the later value.
pub(crate) fn make_hash(values: impl IntoIterator<Item = Value>) -> OpResult<Value> {
    let mut hash = Hash::new();
    let entries = hash.make_mut();
    let mut values = values.into_iter();
    while let (Some(key), Some(value)) = (values.next(), values.next()) {
        entries.insert_value_key(&*key_of(&key)?, value);
    }
    Ok(Value::Hash(hash))
}

/// The integers from..=to.
pub(crate) fn range(from: &Value, to: &Value) -> OpResult<Value> {
    stepped(from.to_int(), to.to_int(), 1)
}

/// The integers from..=to in steps, downwards when the step is negative.
pub(crate) fn range_step(from: &Value, to: &Value, step: &Value) -> OpResult<Value> {
    match step.to_int() {
        0 => Err(Fault::new(ErrorKind::Range, "the step of a range is 0")),
        step => stepped(from.to_int(), to.to_int(), step),
    }
}

fn stepped(from: i64, to: i64, step: i64) -> OpResult<Value> {
    let way = if step > 0 { i128::from(to) - i128::from(from) } else { i128::from(from) - i128::from(to) };
    if way < 0 {
        return Ok(Value::Array(Array::new()));
    }
    let last = way / i128::from(step.unsigned_abs());
    let count = usize::try_from(last + 1).map_err(|_| HeapError::TooLarge)?;
    let mut array = Array::try_with_capacity(count)?;
    // An array of more than 2^63 elements was refused above; what is between overflows cancels out.
    for index in 0..count as i64 {
        array.try_push(Value::Int(from.wrapping_add(index.wrapping_mul(step))))?;
    }
    Ok(Value::Array(array))
}

/// The elements in the byte order of their string forms, equal ones as they were.
pub(crate) fn sort_default(value: Value) -> OpResult<Value> {
    let Value::Array(array) = value else { return Ok(Value::Array(Array::new())) };
    let with_form = |element: Value| Ok((element.try_to_byte_str()?, element));
    let mut elements =
        array.into_vec().into_iter().map(with_form).collect::<OpResult<Vec<(ByteStr, Value)>>>()?;
    elements.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    Ok(elements.into_iter().map(|(_, element)| element).collect())
}

// ---- arrays in places ----------------------------------------------------------------------------

/// The element at an index; Undef when there is none.
#[inline]
pub(crate) fn array_get(place: &Value, index: &Value) -> Value {
    match (place, position(index)) {
        (Value::Array(array), Some(position)) => array.get(position).cloned().unwrap_or_default(),
        _ => Value::Undef,
    }
}

/// Stores an element; the array grows with Undef.
#[inline]
pub(crate) fn array_set(place: &mut Value, index: &Value, value: Value) -> OpResult<()> {
    let Some(position) = position(index) else {
        let message = format!("array index {} is negative", index.to_int());
        return Err(Fault::new(ErrorKind::Range, message));
    };
    Ok(array_place(place)?.set_growing(position, value)?)
}

/// Appends.
#[inline]
pub(crate) fn array_push(place: &mut Value, value: Value) -> OpResult<()> {
    Ok(array_place(place)?.try_push(value)?)
}

/// Takes the last element; Undef when there is none.
#[inline]
pub(crate) fn array_pop(place: &mut Value) -> Value {
    match place {
        Value::Array(array) => array.pop().unwrap_or_default(),
        _ => Value::Undef,
    }
}

/// Takes the first element; Undef when there is none.
#[inline]
pub(crate) fn array_shift(place: &mut Value) -> Value {
    match place {
        Value::Array(array) => array.shift().unwrap_or_default(),
        _ => Value::Undef,
    }
}

/// Number of elements.
#[inline]
pub(crate) fn array_len(place: &Value) -> Value {
    match place {
        Value::Array(array) => Value::Int(array.len() as i64),
        _ => Value::Int(0),
    }
}

/// The array of a place that is written to.
#[inline]
fn array_place(place: &mut Value) -> OpResult<&mut Array> {
    if matches!(place, Value::Undef) {
        *place = Value::Array(Array::new());
    }
    match place {
        Value::Array(array) => Ok(array),
        _ => Err(wrong_kind("an Array", place)),
    }
}

// ---- hashes in places ----------------------------------------------------------------------------

/// The value at a key; Undef when there is none.
#[inline]
pub(crate) fn hash_get(place: &Value, key: &Value) -> OpResult<Value> {
    match place {
        Value::Hash(hash) => Ok(hash.get_value_key(&*key_of(key)?).cloned().unwrap_or_default()),
        _ => Ok(Value::Undef),
    }
}

/// Stores the value at a key.
#[inline]
pub(crate) fn hash_set(place: &mut Value, key: &Value, value: Value) -> OpResult<()> {
    if matches!(place, Value::Undef) {
        *place = Value::Hash(Hash::new());
    }
    match place {
        Value::Hash(hash) => {
            let key = key_of(key)?;
            hash.make_mut().insert_value_key(&key, value);
            Ok(())
        }
        _ => Err(wrong_kind("a Hash", place)),
    }
}

/// Removes a key; its old value, Undef when there was none.
#[inline]
pub(crate) fn hash_delete(place: &mut Value, key: &Value) -> OpResult<Value> {
    let key = key_of(key)?;
    match place {
        Value::Hash(hash) if hash.contains_value_key(&key) => {
            Ok(hash.make_mut().remove_value_key(&key).unwrap_or_default())
        }
        _ => Ok(Value::Undef),
    }
}

/// Whether there is a key.
#[inline]
pub(crate) fn hash_exists(place: &Value, key: &Value) -> OpResult<Value> {
    match place {
        Value::Hash(hash) => Ok(Value::Bool(hash.contains_value_key(&*key_of(key)?))),
        _ => Ok(Value::Bool(false)),
    }
}

/// Number of entries.
#[inline]
pub(crate) fn hash_len(place: &Value) -> Value {
    match place {
        Value::Hash(hash) => Value::Int(hash.len() as i64),
        _ => Value::Int(0),
    }
}

/// The keys in the order of insertion.
pub(crate) fn hash_keys(place: &Value) -> OpResult<Value> {
    let Value::Hash(hash) = place else { return Ok(Value::Array(Array::new())) };
    collect(hash.len(), hash.keys().map(Value::from))
}

/// The values in the order of their keys.
pub(crate) fn hash_values(place: &Value) -> OpResult<Value> {
    let Value::Hash(hash) = place else { return Ok(Value::Array(Array::new())) };
    collect(hash.len(), hash.values().cloned())
}

/// An array of `len` values, under the heap limit.
pub(crate) fn collect(len: usize, values: impl Iterator<Item = Value>) -> OpResult<Value> {
    let mut array = Array::try_with_capacity(len)?;
    for value in values {
        array.try_push(value)?;
    }
    Ok(Value::Array(array))
}
