//! Functions that take strings apart and fill several arrays: `split` with separators, `patsplit`, `match` with groups.
//!
//! Each gives an engine array of the function's result and of a hash for each awk array; the program stores the hashes.

use super::strings::char_place;
use super::{new_string, pop, pop_string};
use crate::awk_host::{Cursor, Separator};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{Array, ByteStr, Hash, HeapError, Key, Value, heap};
use crate::vm::VM;

/// An array of texts by their numbers.
fn numbered<'a>(texts: impl Iterator<Item = (usize, &'a [u8])>, is_input: bool) -> OpResult<Value> {
    let mut hash = Hash::new();
    let elements = hash.make_mut();
    for (index, text) in texts {
        let text = if is_input { ByteStr::from_input(text) } else { ByteStr::new(text) };
        elements.insert(Key::Int(index as i64), Value::Str(text));
        if heap::tripped() {
            return Err(HeapError::OverLimit.into());
        }
    }
    Ok(Value::Hash(hash))
}

fn results(values: [Value; 3]) -> Value {
    Value::Array(Array::from(values.to_vec()))
}

fn pop_text(vm: &mut VM) -> OpResult<ByteStr> {
    let text = pop_string(vm)?;
    if text.len() >= u32::MAX as usize {
        return Err(Fault::new(ErrorKind::Range, "a string of more than 4 GiB cannot be split"));
    }
    Ok(text)
}

/// `split(s, pieces, separator, separators)`.
pub(crate) fn split(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let separator = pop(vm);
    let text = pop_text(vm)?;
    let mut pieces = Vec::new();
    let mut cursor = Cursor::new(&text);
    let given;
    let separator = match separator {
        Value::Undef => match vm.awk.string_separator()? {
            Some(separator) => {
                given = separator;
                &given
            }
            None => vm.awk.record.separator(),
        },
        separator => {
            let is_regex = matches!(&separator, Value::Str(text) if text.is_regex());
            let separator = vm.awk.take_string(separator)?;
            given =
                if is_regex { vm.awk.regex_separator(&separator)? } else { vm.awk.separator(&separator)? };
            &given
        }
    };
    separator.split(&text, &mut cursor, &mut pieces, usize::MAX);
    let starts = pieces.iter().map(|piece| piece.start()).chain([text.len()]);
    let ends = std::iter::once(0).chain(pieces.iter().map(|piece| piece.end()));
    let between = ends.zip(starts).map(|(end, start)| &text[end..start.max(end)]);
    // Before the first piece and after the last stands something only where blanks part them, and where it is not empty.
    let count = pieces.len();
    let blanks = matches!(separator, Separator::Blanks);
    let is_part = |index: usize, text: &[u8]| match index {
        0 => blanks && !text.is_empty(),
        _ if index == count => blanks && !text.is_empty(),
        _ => true,
    };
    let separators = numbered(between.enumerate().filter(|(index, text)| is_part(*index, text)), false)?;
    let elements = pieces.iter().map(|piece| piece.of(&text)).enumerate();
    let elements = numbered(elements.map(|(index, text)| (index + 1, text)), true)?;
    Ok(results([Value::Float(count as f64), elements, separators]))
}

/// `patsplit(s, pieces, pattern, separators)`.
pub(crate) fn patsplit(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let pattern = pop(vm);
    let text = pop_text(vm)?;
    let mut pieces = Vec::new();
    let mut cursor = Cursor::new(&text);
    let pattern = match pattern {
        Value::Undef => vm.awk.field_pattern()?,
        pattern => vm.awk.take_string(pattern)?,
    };
    if pattern.is_empty() {
        return Err(Fault::new(ErrorKind::Range, "patsplit: third argument must be non-null"));
    }
    let pattern = vm.awk.pattern_separator(&pattern)?;
    pattern.split(&text, &mut cursor, &mut pieces, usize::MAX);
    let starts = pieces.iter().map(|piece| piece.start()).chain([text.len()]);
    let ends = std::iter::once(0).chain(pieces.iter().map(|piece| piece.end()));
    let between = ends.zip(starts).map(|(end, start)| &text[end..start]);
    let separators = numbered(between.enumerate().filter(|_| !text.is_empty()), false)?;
    let elements = pieces.iter().map(|piece| piece.of(&text)).enumerate();
    let elements = numbered(elements.map(|(index, text)| (index + 1, text)), true)?;
    Ok(results([Value::Float(pieces.len() as f64), elements, separators]))
}

/// `match(s, re, groups)`: RSTART and RLENGTH are set, and the array has the texts of the groups, and where they are.
pub(crate) fn match_groups(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let pattern = pop_string(vm)?;
    let text = pop_string(vm)?;
    let utf8 = vm.awk.is_utf8();
    let subsep = vm.awk.subsep()?;
    let mut groups = Vec::new();
    vm.awk.regex_of(&pattern)?.search(&text).captures_at(0, &mut groups);
    let mut hash = Hash::new();
    let elements = hash.make_mut();
    let places: Vec<Option<(usize, usize)>> = groups
        .iter()
        .map(|group| {
            let (start, end) = (*group)?;
            let (before, length) = char_place(&text, start, end, utf8);
            Some((before + 1, length))
        })
        .collect();
    for (number, (group, place)) in groups.iter().zip(&places).enumerate() {
        let (Some((start, end)), Some((first, length))) = (*group, *place) else { continue };
        elements.insert(Key::Int(number as i64), Value::Str(ByteStr::from_input(&text[start..end])));
        let number = number.to_string();
        for (what, value) in [("start", first), ("length", length)] {
            let key = [number.as_bytes(), &subsep, what.as_bytes()].concat();
            elements.insert_value_key(&new_string(&key)?, Value::Float(value as f64));
        }
    }
    let (start, length) = match places.first().copied().flatten() {
        Some((start, length)) => (start as f64, length as f64),
        None => (0.0, -1.0),
    };
    vm.awk.set_match(start, length);
    Ok(results([Value::Float(start), Value::Hash(hash), Value::Undef]))
}
