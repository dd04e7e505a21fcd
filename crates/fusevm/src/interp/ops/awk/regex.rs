//! Functions with regular expressions: matching, splitting, substituting.

use super::strings::{char_place, warn_of_encoding};
use super::{assign_text, new_string, pop, pop_string, pop_string_or_record, push};
use crate::awk_host::{AwkState, Escapes, Operand, Which, to_number};
use crate::error::OpResult;
use crate::text::scan;
use crate::value::{ByteStr, Value, heap};
use crate::vm::VM;

/// `s ~ re`.
pub(crate) fn matches(awk: &mut AwkState, text: Operand<'_>, pattern: &Value) -> OpResult<bool> {
    let mut room = ByteStr::EMPTY;
    let pattern = awk.text_of(pattern, &mut room)?;
    awk.matches(text, pattern)
}

/// `match(s, re)`: where the match begins, or 0; sets RSTART and RLENGTH.
pub(crate) fn match_place(vm: &mut VM, text: Operand<'_>, pattern: &Value) -> OpResult<f64> {
    let mut room = ByteStr::EMPTY;
    let pattern = vm.awk.text_of(pattern, &mut room)?;
    let utf8 = vm.awk.is_utf8();
    let (start, length, is_valid) = vm.awk.with_match(text, pattern, |text, place| {
        let are_bytes = !utf8 || scan::is_ascii(text);
        let (start, length) = match place {
            Some((start, end)) => {
                let (before, length) = char_place(text, start, end, !are_bytes);
                ((before + 1) as f64, length as f64)
            }
            None => (0.0, -1.0),
        };
        (start, length, are_bytes || std::str::from_utf8(text).is_ok())
    })?;
    vm.awk.set_match(start, length);
    if !is_valid {
        warn_of_encoding(vm)?;
    }
    Ok(start)
}

/// `split(s [, separator])`: the pieces as a hash of 1, 2, …, and their number.
pub(super) fn split(vm: &mut VM, text: &Value, separator: Option<&Value>) -> OpResult<[Value; 2]> {
    let mut pieces = Value::Undef;
    let count = vm.awk.split_into(Operand::Value(text), separator, &mut pieces)?;
    Ok([pieces, Value::Float(count)])
}

/// `sub` and `gsub`: the new text, Undef when there is no match in the record, and the number of matches.
pub(super) fn substitute(
    awk: &mut AwkState,
    pattern: &Value,
    replacement: &Value,
    target: Option<Value>,
    which: Which,
) -> OpResult<[Value; 2]> {
    let Some(mut target) = target else {
        let mut room = [ByteStr::EMPTY; 2];
        let [for_replacement, for_pattern] = &mut room;
        let replacement = awk.text_of(replacement, for_replacement)?;
        let pattern = awk.text_of(pattern, for_pattern)?;
        let count = awk.substitute(pattern, None, replacement, escapes(awk), which)?;
        let new = if count == 0 { Value::Undef } else { new_string(awk.spliced.text())? };
        return Ok([new, Value::Float(count as f64)]);
    };
    let count = substitute_in_value(awk, pattern, replacement, &mut target, which)?;
    Ok([target, Value::Float(count)])
}

/// `sub` and `gsub` on a value, which stays what it is when there is no match: the number of matches.
pub(crate) fn substitute_in_value(
    awk: &mut AwkState,
    pattern: &Value,
    replacement: &Value,
    target: &mut Value,
    which: Which,
) -> OpResult<f64> {
    let mut room = [ByteStr::EMPTY; 3];
    let [for_replacement, for_pattern, for_text] = &mut room;
    let replacement = awk.text_of(replacement, for_replacement)?;
    let pattern = awk.text_of(pattern, for_pattern)?;
    if let (Value::Str(text), Which::All) = (&mut *target, which)
        && let Some((byte, with)) = awk.exchanged_bytes(pattern, replacement)?
        && let Some(bytes) = text.bytes_mut()
    {
        let count = scan::exchange(bytes, byte, with);
        if count > 0 {
            text.mark_made();
        }
        return Ok(count as f64);
    }
    let text = awk.text_of(target, for_text)?;
    let is_regex = text.is_regex();
    let count = awk.substitute(pattern, Some(text), replacement, escapes(awk), which)?;
    if count > 0 {
        assign_text(target, awk.spliced.text())?;
        // A regular expression that is changed stays one.
        if let (Value::Str(new), true) = (&mut *target, is_regex) {
            *new = std::mem::take(new).with_regex_mark();
        }
    }
    Ok(count as f64)
}

/// How `sub` and `gsub` read a replacement.
fn escapes(awk: &AwkState) -> Escapes {
    if awk.is_posix() { Escapes::Posix } else { Escapes::Sub }
}

/// `sub` and `gsub` on the record: the number of matches.
pub(crate) fn substitute_in_record(
    awk: &mut AwkState,
    pattern: &Value,
    replacement: &Value,
    which: Which,
) -> OpResult<f64> {
    let mut room = [ByteStr::EMPTY; 2];
    let [for_replacement, for_pattern] = &mut room;
    let replacement = awk.text_of(replacement, for_replacement)?;
    let pattern = awk.text_of(pattern, for_pattern)?;
    if which == Which::All
        && let Some((byte, with)) = awk.exchanged_bytes(pattern, replacement)?
        && let Some(count) = awk.record.exchange(byte, with)
    {
        return Ok(count as f64);
    }
    if which == Which::Nth(1)
        && let Some(is_replaced) = awk.substitute_first_in_record(pattern, replacement)?
    {
        return Ok(f64::from(is_replaced));
    }
    let count = awk.substitute(pattern, None, replacement, escapes(awk), which)?;
    if count > 0 {
        let text = awk.spliced.text();
        heap::check(text.len())?;
        awk.record.replace_text(text)?;
    }
    Ok(count as f64)
}

/// `gensub(re, replacement, how [, target])`.
pub(super) fn gensub(vm: &mut VM, n: usize) -> OpResult<()> {
    let text = pop_string_or_record(vm, n > 3)?;
    let how = pop(vm);
    let which = match &how {
        Value::Str(how) if matches!(how.first(), Some(b'g' | b'G')) => Which::All,
        // Anything that is no count means the first.
        how => Which::Nth((to_number(how) as u64).max(1)),
    };
    if which == Which::Nth(1) && to_number(&how) < 1.0 {
        let shown = vm.awk.string(&how)?;
        let message = format!("gensub: third argument `{}' treated as 1", shown.to_str_lossy());
        super::warn(vm, &message)?;
    }
    let replacement = pop_string(vm)?;
    let pattern = pop_string(vm)?;
    let count = vm.awk.substitute(&pattern, Some(&text), &replacement, Escapes::Gensub, which)?;
    let new =
        if count == 0 { Value::Str(text.without_input_mark()) } else { new_string(vm.awk.spliced.text())? };
    push(vm, new)
}
