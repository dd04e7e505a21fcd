//! What the operators of `${name...}` do to a value: strip, substitute, change case, slice.
//!
//! Reading and assigning the variable is the virtual machine's part; here is only text. Patterns
//! are those of [`glob`](super::glob), and characters are counted as the locale says.

use std::fmt;
use std::ops::Range;

use super::chars::{self, CharCode, Chars, Locale};
use super::glob::{Pattern, PatternOptions};

/// Which end a strip operator takes from, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// `${name#pattern}`
    ShortestPrefix,
    /// `${name##pattern}`
    LongestPrefix,
    /// `${name%pattern}`
    ShortestSuffix,
    /// `${name%%pattern}`
    LongestSuffix,
}

/// Removes the part of `value` that `pattern` matches at one end, if any.
pub fn strip<'v>(value: &'v [u8], pattern: &Pattern, which: Strip) -> &'v [u8] {
    match which {
        Strip::ShortestPrefix => &value[pattern.shortest_prefix(value).unwrap_or(0)..],
        Strip::LongestPrefix => &value[pattern.longest_prefix(value).unwrap_or(0)..],
        Strip::ShortestSuffix => &value[..pattern.shortest_suffix(value).unwrap_or(value.len())],
        Strip::LongestSuffix => &value[..pattern.longest_suffix(value).unwrap_or(value.len())],
    }
}

/// Which matches a substitution replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `${name/pattern/replacement}`: the leftmost. A pattern that begins with `#` matches only
    /// at the start of the value, with `%` only at its end.
    First,
    /// `${name//pattern/replacement}`: all.
    All,
}

/// What stands in place of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement<'r> {
    /// This text.
    Literal(&'r [u8]),
    /// This text with the match for each `&`, where `\&` is an ampersand and `\\` a backslash:
    /// bash's `patsub_replacement`.
    WithMatch(&'r [u8]),
}

impl Replacement<'_> {
    fn append(&self, matched: &[u8], result: &mut Vec<u8>) {
        match self {
            Replacement::Literal(text) => result.extend_from_slice(text),
            Replacement::WithMatch(text) => {
                let mut rest = *text;
                loop {
                    rest = match rest {
                        [] => return,
                        [b'\\', escaped @ (b'&' | b'\\'), rest @ ..] => {
                            result.push(*escaped);
                            rest
                        }
                        [b'&', rest @ ..] => {
                            result.extend_from_slice(matched);
                            rest
                        }
                        [byte, rest @ ..] => {
                            result.push(*byte);
                            rest
                        }
                    };
                }
            }
        }
    }
}

/// Replaces what `pattern` matches in `value`; each match is the longest at its place.
///
/// An empty pattern matches nothing, unless it is anchored: `${name/#/x}` puts `x` in front.
pub fn substitute(
    value: &[u8],
    pattern: &[u8],
    replacement: Replacement,
    scope: Scope,
    options: PatternOptions,
) -> Vec<u8> {
    let matches = match (scope, pattern) {
        (_, b"") => Vec::new(),
        (Scope::First, [b'#', prefix @ ..]) => {
            let end = Pattern::new(prefix, options).longest_prefix(value);
            end.map(|end| 0..end).into_iter().collect()
        }
        (Scope::First, [b'%', suffix @ ..]) => {
            let start = Pattern::new(suffix, options).longest_suffix(value);
            start.map(|start| start..value.len()).into_iter().collect()
        }
        (Scope::First, _) => Pattern::new(pattern, options).find(value).into_iter().collect(),
        (Scope::All, _) => Pattern::new(pattern, options).find_all(value),
    };
    let mut result = Vec::with_capacity(value.len());
    let mut copied = 0;
    for Range { start, end } in matches {
        result.extend_from_slice(&value[copied..start]);
        replacement.append(&value[start..end], &mut result);
        copied = end;
    }
    result.extend_from_slice(&value[copied..]);
    result
}

/// A case operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `${name^^}`
    Upper,
    /// `${name,,}`
    Lower,
    /// `${name^}`
    UpperFirst,
    /// `${name,}`
    LowerFirst,
}

/// Changes the case of all characters or of the first, of those only that `pattern` matches when
/// one is given.
///
/// A letter whose other case is not one character, such as `ß`, stays as it is.
pub fn change_case(value: &[u8], case: Case, pattern: Option<&Pattern>, locale: Locale) -> Vec<u8> {
    let chars = Chars::new(value, locale);
    let limit = match case {
        Case::Upper | Case::Lower => chars.len(),
        Case::UpperFirst | Case::LowerFirst => chars.len().min(1),
    };
    let to_upper = matches!(case, Case::Upper | Case::UpperFirst);
    let changed = chars.offset(limit);
    let mut result = Vec::with_capacity(value.len());
    for (i, &code) in chars.codes()[..limit].iter().enumerate() {
        let text = &value[chars.offset(i)..chars.offset(i + 1)];
        if pattern.is_none_or(|pattern| pattern.is_match(text)) {
            chars::push(&mut result, other_case(code, to_upper));
        } else {
            result.extend_from_slice(text);
        }
    }
    result.extend_from_slice(&value[changed..]);
    result
}

fn other_case(code: CharCode, to_upper: bool) -> CharCode {
    match chars::to_char(code) {
        Some(c) if to_upper => chars::single(c.to_uppercase(), c).into(),
        Some(c) => chars::single(c.to_lowercase(), c).into(),
        None => code,
    }
}

/// The length of a slice would be negative: its end lies before its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NegativeSlice;

impl fmt::Display for NegativeSlice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("substring expression < 0")
    }
}

impl std::error::Error for NegativeSlice {}

/// The elements that `:offset:length` selects out of `count`.
///
/// A negative offset counts from the end, and a negative length is an end that counts from the
/// end. An offset outside gives nothing.
///
/// # Errors
/// A negative length whose end lies before the offset.
pub fn slice_range(count: usize, offset: i64, length: Option<i64>) -> Result<Range<usize>, NegativeSlice> {
    let from_end =
        |distance: i64| count.checked_sub(usize::try_from(distance.unsigned_abs()).unwrap_or(usize::MAX));
    let start = if offset < 0 {
        from_end(offset)
    } else {
        usize::try_from(offset).ok().filter(|&start| start <= count)
    };
    let Some(start) = start else { return Ok(0..0) };
    let end = match length {
        None => count,
        Some(length) if length < 0 => from_end(length).filter(|&end| end >= start).ok_or(NegativeSlice)?,
        Some(length) => start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(count),
    };
    Ok(start..end)
}

/// `${name:offset:length}`, counted in characters; see [`slice_range`].
///
/// # Errors
/// A negative length whose end lies before the offset.
pub fn slice(value: &[u8], offset: i64, length: Option<i64>, locale: Locale) -> Result<&[u8], NegativeSlice> {
    let chars = Chars::new(value, locale);
    let range = slice_range(chars.len(), offset, length)?;
    Ok(&value[chars.offset(range.start)..chars.offset(range.end)])
}

/// `${#name}`: the number of characters.
pub fn length(value: &[u8], locale: Locale) -> usize {
    chars::count(value, locale)
}

#[cfg(test)]
mod tests;
