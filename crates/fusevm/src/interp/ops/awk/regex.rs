//! Functions with regular expressions: matching, splitting, substituting.

use super::strings::{char_count, char_index, check_encoding};
use super::{new_string, pop, pop_string, pop_string_or_record, push};
use crate::awk_host::{Cursor, split_by_regex, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::Search;
use crate::text::utf8;
use crate::value::{ByteStr, Hash, Key, Value, heap};
use crate::vm::VM;

/// `s ~ re`.
pub(super) fn is_match(vm: &mut VM) -> OpResult<()> {
    let pattern = pop_string(vm)?;
    let text = pop_string(vm)?;
    let matches = vm.awk.regex(&pattern)?.is_match(&text);
    push(vm, Value::Bool(matches))
}

/// `match(s, re)`: where the match begins, or 0; sets RSTART and RLENGTH.
pub(super) fn match_place(vm: &mut VM) -> OpResult<()> {
    let pattern = pop_string(vm)?;
    let text = pop_string(vm)?;
    let utf8 = vm.awk.is_utf8();
    if utf8 {
        check_encoding(vm, &text)?;
    }
    let (start, length) = match vm.awk.regex(&pattern)?.find_at(&text, 0) {
        Some((start, end)) => {
            let length = char_count(&text[start..end], utf8);
            ((char_index(&text, start, utf8) + 1) as f64, length as f64)
        }
        None => (0.0, -1.0),
    };
    vm.awk.rstart = Value::Float(start);
    vm.awk.rlength = Value::Float(length);
    push(vm, Value::Float(start))
}

/// `split(s [, separator])`: the pieces as a hash of 1, 2, …, and their number.
pub(super) fn split(vm: &mut VM, n: usize) -> OpResult<()> {
    let separator = if n > 1 { Some(pop_string(vm)?) } else { None };
    let text = pop_string(vm)?;
    if text.len() >= u32::MAX as usize {
        return Err(Fault::new(ErrorKind::Range, "a string of more than 4 GiB cannot be split"));
    }
    let mut pieces = Vec::new();
    let mut cursor = Cursor::new(&text);
    match separator.as_deref() {
        None => {
            let own = vm.awk.string_separator()?;
            let separator = own.as_ref().unwrap_or(vm.awk.record.separator());
            separator.split(&text, &mut cursor, &mut pieces, usize::MAX);
        }
        Some([] | [_]) => {
            let separator = vm.awk.separator(&separator.unwrap_or_default())?;
            separator.split(&text, &mut cursor, &mut pieces, usize::MAX);
        }
        Some(pattern) => {
            let regex = vm.awk.regex(pattern)?;
            split_by_regex(regex, &text, &mut cursor, &mut pieces, usize::MAX);
        }
    }
    let mut hash = Hash::new();
    let elements = hash.make_mut();
    for (index, piece) in pieces.iter().enumerate() {
        elements.insert(Key::Int(index as i64 + 1), Value::Str(ByteStr::from_input(piece.of(&text))));
        if heap::tripped() {
            return Err(heap::HeapError::OverLimit.into());
        }
    }
    vm.stack.push(Value::Hash(hash));
    push(vm, Value::Float(pieces.len() as f64))
}

/// Which matches are substituted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All.
    All,
    /// That one, counted from 1.
    Nth(u64),
}

/// A piece of a replacement text.
enum Piece<'a> {
    Literal(&'a [u8]),
    /// The text of a group; 0 is the whole match.
    Group(usize),
}

/// The pieces of a replacement of `sub` and `gsub`: `&` is the match. Of the backslashes right before a `&` each
/// pair is one, and one that is left over makes the `&` itself; any other backslash is itself, but for POSIX, where
/// everywhere a pair is one.
fn sub_pieces(text: &[u8], is_posix: bool) -> Vec<Piece<'_>> {
    if is_posix {
        return posix_pieces(text);
    }
    let mut pieces = Vec::new();
    let mut from = 0;
    for ampersand in memchr::memchr_iter(b'&', text) {
        let before = &text[from..ampersand];
        let backslashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
        pieces.push(Piece::Literal(&before[..before.len() - backslashes.div_ceil(2)]));
        pieces.push(if backslashes % 2 == 0 { Piece::Group(0) } else { Piece::Literal(b"&") });
        from = ampersand + 1;
    }
    pieces.push(Piece::Literal(&text[from..]));
    pieces
}

/// The pieces of a replacement of `sub` and `gsub` by the letter of POSIX.
fn posix_pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        match &text[at..] {
            [b'&', ..] => {
                pieces.extend([Piece::Literal(&text[from..at]), Piece::Group(0)]);
                at += 1;
                from = at;
            }
            // The second character stays, the backslash before it goes.
            [_, b'\\' | b'&', ..] => {
                pieces.push(Piece::Literal(&text[from..at]));
                from = at + 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Literal(&text[from..]));
    pieces
}

/// The pieces of a replacement of `gensub`: `\0` to `\9` are groups, `&` is the match, and any other character
/// after a backslash is itself.
fn gensub_pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        pieces.push(Piece::Literal(&text[from..at]));
        (from, at) = match &text[at..] {
            [b'&', ..] => {
                pieces.push(Piece::Group(0));
                (at + 1, at + 1)
            }
            [_, digit @ b'0'..=b'9', ..] => {
                pieces.push(Piece::Group(usize::from(digit - b'0')));
                (at + 2, at + 2)
            }
            [_, _, ..] => (at + 1, at + 2),
            _ => (at, at + 1),
        };
    }
    pieces.push(Piece::Literal(&text[from..]));
    pieces
}

/// Appends `text` with the matches replaced; the number of replacements.
///
/// An empty match right after a replaced one is none, so that `gsub(/x*/, "-", "abxc")` gives `-a-b-c-`.
fn replace(
    search: &Search<'_>,
    text: &[u8],
    pieces: &[Piece<'_>],
    which: Which,
    utf8: bool,
    out: &mut Vec<u8>,
) -> OpResult<u64> {
    let has_groups = pieces.iter().any(|piece| matches!(piece, Piece::Group(1..)));
    let mut groups = Vec::new();
    let (mut copied, mut from, mut seen, mut count) = (0, 0, 0, 0);
    while from <= text.len() {
        if has_groups {
            search.captures_at(from, &mut groups);
        } else {
            groups.clear();
            groups.extend(search.find_at(from).map(Some));
        }
        let Some((start, end)) = groups.first().copied().flatten() else { break };
        let is_none = start == end && start == copied && count > 0;
        seen += u64::from(!is_none);
        if !is_none && (which == Which::All || which == Which::Nth(seen)) {
            out.extend_from_slice(&text[copied..start]);
            for piece in pieces {
                out.extend_from_slice(match piece {
                    Piece::Literal(literal) => literal,
                    Piece::Group(n) => {
                        groups.get(*n).copied().flatten().map_or(b"", |(start, end)| &text[start..end])
                    }
                });
            }
            heap::check(out.len())?;
            count += 1;
            copied = end;
            if which != Which::All {
                break;
            }
        }
        from = match end {
            _ if start < end => end,
            _ if utf8 => end + utf8::char_length(&text[end..]).max(1),
            _ => end + 1,
        };
    }
    out.extend_from_slice(&text[copied..]);
    Ok(count)
}

/// `sub` and `gsub`: the new text, Undef when there is no match in the record, and the number of matches.
pub(super) fn substitute(vm: &mut VM, n: usize, which: Which) -> OpResult<()> {
    let target = if n > 2 { Some(pop(vm)) } else { None };
    let replacement = pop_string(vm)?;
    let pattern = pop_string(vm)?;
    // Most records do not match, and need no copy.
    if target.is_none() && !vm.awk.field_matches(0, &pattern)? {
        vm.stack.push(Value::Undef);
        return push(vm, Value::Float(0.0));
    }
    let text = match &target {
        Some(target) => vm.awk.string(target)?,
        None => vm.awk.record.record_string(),
    };
    let is_posix = vm.awk.is_posix();
    let (new, count) = replaced(vm, &pattern, &text, which, || sub_pieces(&replacement, is_posix))?;
    vm.stack.push(match new {
        _ if count == 0 => target.unwrap_or_default(),
        // A regular expression that is changed stays one.
        Value::Str(new) if text.is_regex() => Value::Str(new.with_regex_mark()),
        new => new,
    });
    push(vm, Value::Float(count as f64))
}

/// The text with matches replaced, and the number of replacements.
fn replaced<'a>(
    vm: &mut VM,
    pattern: &[u8],
    text: &[u8],
    which: Which,
    pieces: impl FnOnce() -> Vec<Piece<'a>>,
) -> OpResult<(Value, u64)> {
    let utf8 = vm.awk.is_utf8();
    let mut out = std::mem::take(&mut vm.awk.scratch);
    out.clear();
    let result = vm.awk.regex(pattern).and_then(|regex| {
        let search = regex.search(text);
        if search.find_at(0).is_none() {
            return Ok((Value::Undef, 0));
        }
        let count = replace(&search, text, &pieces(), which, utf8, &mut out)?;
        Ok((new_string(&out)?, count))
    });
    vm.awk.scratch = out;
    result
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
    let (new, count) = replaced(vm, &pattern, &text, which, || gensub_pieces(&replacement))?;
    push(vm, if count == 0 { Value::Str(text.without_input_mark()) } else { new })
}
