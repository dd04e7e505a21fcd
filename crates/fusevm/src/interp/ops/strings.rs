//! Strings: joining, repeating, length.

use crate::error::OpResult;
use crate::value::{ByteStr, Value};
use std::borrow::Cow;

/// The string form. Only that of an array can grow beyond the values that the program holds (the array may
/// hold one array many times), so it is the only one that can meet the heap limit here.
#[inline]
pub(crate) fn string_form(value: &Value) -> OpResult<Cow<'_, [u8]>> {
    match value {
        Value::Str(s) => Ok(Cow::Borrowed(s)),
        Value::Array(_) => Ok(Cow::Owned(value.try_to_byte_str()?.to_vec())),
        _ => Ok(value.as_bytes()),
    }
}

/// `place .= right`, in place when nobody shares the string. On an error the place is unchanged.
#[inline]
pub(crate) fn append(place: &mut Value, right: &Value) -> OpResult<()> {
    match (&mut *place, right) {
        (Value::Str(left), Value::Str(right)) if !right.is_empty() => Ok(left.try_push_bytes(right)?),
        _ => append_other(place, right),
    }
}

fn append_other(place: &mut Value, right: &Value) -> OpResult<()> {
    match place {
        Value::Str(left) => push(left, right),
        _ => {
            let mut left = place.try_to_byte_str()?;
            push(&mut left, right)?;
            *place = Value::Str(left);
            Ok(())
        }
    }
}

fn push(left: &mut ByteStr, right: &Value) -> OpResult<()> {
    let form;
    let right: &[u8] = match right {
        Value::Str(right) => right,
        // That of a number is short and takes no allocation.
        _ => {
            form = right.try_to_byte_str()?;
            &form
        }
    };
    if right.is_empty() {
        // What is joined is no longer input, whatever it was joined with.
        *left = std::mem::take(left).without_input_mark();
        return Ok(());
    }
    Ok(left.try_push_bytes(right)?)
}

/// The string forms joined. A left operand that nobody shares is appended to in place.
#[inline]
pub(crate) fn concat(mut left: Value, right: &Value) -> OpResult<Value> {
    append(&mut left, right)?;
    Ok(left)
}

/// The string form repeated; a count of 0 or less gives the empty string.
pub(crate) fn repeat(text: &Value, count: &Value) -> OpResult<Value> {
    let times = usize::try_from(count.to_int()).unwrap_or(0);
    Ok(Value::Str(ByteStr::try_repeat(&string_form(text)?, times)?))
}

/// Bytes of the string form.
#[inline]
pub(crate) fn len(text: &Value) -> OpResult<Value> {
    Ok(Value::Int(string_form(text)?.len() as i64))
}
