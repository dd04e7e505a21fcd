//! Functions on strings: characters count from 1, and are UTF-8 sequences or bytes as the locale has it.

use super::{new_string, pop, pop_string, push};
use crate::awk_host::{AwkState, Operand, is_kept, to_number};
use crate::error::OpResult;
use crate::text::{case, scan, utf8};
use crate::value::{ByteStr, Value};
use crate::vm::VM;

/// Characters of a text.
pub(super) fn char_count(text: &[u8], utf8: bool) -> usize {
    if utf8 { utf8::char_count(text) } else { text.len() }
}

/// How many characters of a text lie before a place, and how many from there to another.
#[inline]
pub(super) fn char_place(text: &[u8], start: usize, end: usize, utf8: bool) -> (usize, usize) {
    if !utf8 || scan::is_ascii(&text[..end]) {
        return (start, end - start);
    }
    (utf8::char_index(text, start), utf8::char_count(&text[start..end]))
}

/// How many characters lie before a byte offset.
pub(super) fn char_index(text: &[u8], offset: usize, utf8: bool) -> usize {
    if utf8 { utf8::char_index(text, offset) } else { offset }
}

/// Whether all of a text is characters of UTF-8.
#[inline]
pub(super) fn is_valid(text: &[u8]) -> bool {
    scan::is_ascii(text) || std::str::from_utf8(text).is_ok()
}

/// Tells once that a text has bytes which are no characters of the locale.
#[cold]
pub(super) fn warn_of_encoding(vm: &mut VM) -> OpResult<()> {
    if std::mem::replace(&mut vm.awk.warned_of_encoding, true) {
        return Ok(());
    }
    super::warn(
        vm,
        "Invalid multibyte data detected. There may be a mismatch between your data and your locale",
    )
}

/// `length`, of a field.
#[inline]
pub(crate) fn field_length(vm: &mut VM, field: usize) -> OpResult<f64> {
    let utf8 = vm.awk.is_utf8();
    match vm.awk.record.input_characters(field, utf8) {
        Some((text, are_bytes)) if are_bytes || !is_kept(field, text) && scan::is_ascii(text) => {
            Ok(text.len() as f64)
        }
        _ => {
            let value = vm.awk.record.field_value(field);
            length(vm, &value)
        }
    }
}

/// `length(s)`; of an array, its number of elements.
#[inline]
pub(crate) fn length(vm: &mut VM, value: &Value) -> OpResult<f64> {
    let utf8 = vm.awk.is_utf8();
    // A string that is moved out of its value is read across the words that it was written as.
    let length = match value {
        Value::Str(text) if !utf8 => text.len(),
        Value::Str(text) if let Some((count, is_valid)) = vm.awk.characters.count(text) => {
            if !is_valid {
                warn_of_encoding(vm)?;
            }
            count
        }
        // Nothing has to be counted, or said, of what is ASCII, so it is looked at once.
        Value::Str(text) if scan::is_ascii(text) => text.len(),
        Value::Str(text) => {
            if !is_valid(text) {
                warn_of_encoding(vm)?;
            }
            char_count(text, utf8)
        }
        Value::Hash(hash) => hash.len(),
        Value::Ref(cell) => cell.with(|value| match value {
            Value::Hash(hash) => hash.len(),
            Value::Str(text) => char_count(text, utf8),
            _ => value.len(),
        }),
        _ => vm.awk.string(value)?.len(),
    };
    Ok(length as f64)
}

/// The first character, from 0, and how many there are of `substr`, whose numbers are truncated: what is not a number is taken
/// as 1 and 0.
#[inline]
fn range(from: f64, count: f64) -> (usize, usize) {
    // The casts saturate.
    let start = if from >= 1.0 { from as i64 as usize - 1 } else { 0 };
    (start, (count as i64).max(0) as usize)
}

/// As [`part`], of a text that may be asked of again.
#[inline]
pub(crate) fn part_of<'t>(awk: &mut AwkState, text: &'t ByteStr, from: f64, count: f64) -> &'t [u8] {
    if !awk.is_utf8() {
        return part(text, from, count, false);
    }
    let (start, count) = range(from, count);
    awk.characters.substring(text, start, count)
}

/// The part of a text that `substr` gives. Both numbers are truncated, and what begins before the string begins with it.
#[inline]
pub(crate) fn part(text: &[u8], from: f64, count: f64, utf8: bool) -> &[u8] {
    let (start, count) = range(from, count);
    if utf8 {
        return utf8::substring(text, start, count);
    }
    let start = start.min(text.len());
    &text[start..start.saturating_add(count).min(text.len())]
}

/// `substr(s, from [, count])`; to the end, without a count, is an infinite one.
pub(crate) fn substr(awk: &mut AwkState, text: &Value, from: f64, count: f64) -> OpResult<Value> {
    let mut room = ByteStr::EMPTY;
    let text = awk.text_of(text, &mut room)?;
    let part = part_of(awk, text, from, count);
    if part.len() == text.len() {
        Ok(Value::Str(text.clone().without_input_mark()))
    } else {
        new_string(part)
    }
}

/// `index(s, t)`: where t begins in s, or 0.
#[inline]
pub(crate) fn index(awk: &mut AwkState, text: Operand<'_>, part: &Value) -> OpResult<f64> {
    let mut room = [ByteStr::EMPTY; 2];
    let [for_part, for_text] = &mut room;
    let part = awk.text_of(part, for_part)?;
    let (utf8, ignores_case) = (awk.is_utf8(), awk.ignores_case());
    let foreseen = match text {
        Operand::Field(0) if !ignores_case => awk.needles.foresee(&awk.record, part),
        _ => None,
    };
    let text = text.text(&mut awk.record, &awk.convfmt, for_text)?;
    let found = match ignores_case {
        true => case::find(text, part, utf8),
        false => foreseen.unwrap_or_else(|| awk.needles.find(text, part)),
    };
    let index = found.map_or(0, |at| char_index(text, at, utf8) + 1);
    Ok(index as f64)
}

/// What `tolower(s)` and `toupper(s)` give, in a buffer.
pub(crate) fn map_case(
    awk: &mut AwkState,
    text: Operand<'_>,
    map: fn(&mut Vec<u8>, &[u8], bool),
    mapped: &mut Vec<u8>,
) -> OpResult<()> {
    let mut room = ByteStr::EMPTY;
    let utf8 = awk.is_utf8();
    mapped.clear();
    map(mapped, text.text(&mut awk.record, &awk.convfmt, &mut room)?, utf8);
    Ok(())
}

/// `ord(s)`: the code of the first character, 0 for an empty string.
pub(super) fn ord(vm: &mut VM) -> OpResult<()> {
    let text = pop_string(vm)?;
    let first = &text[..utf8::char_length(&text)];
    let code = match std::str::from_utf8(first).ok().and_then(|s| s.chars().next()) {
        Some(c) if vm.awk.is_utf8() => u32::from(c),
        _ => text.first().copied().map_or(0, u32::from),
    };
    push(vm, Value::Float(f64::from(code)))
}

/// `chr(n)`: the character of a code.
pub(super) fn chr(vm: &mut VM) -> OpResult<()> {
    let code = to_number(&pop(vm)) as u32;
    let text = match char::from_u32(code) {
        Some(c) if vm.awk.is_utf8() => ByteStr::new(c.encode_utf8(&mut [0; 4]).as_bytes()),
        _ => ByteStr::new(&[code as u8]),
    };
    push(vm, Value::Str(text))
}
