//! Splitting a text into fields: what FS means, and where the fields lie.

use super::formats::TextFormat;
use super::places::{self, Places};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::Ere;
use crate::text::scan;
use crate::text::utf8;
use memchr::memchr;

/// Where a field lies in its text. Texts are shorter than 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSpan {
    start: u32,
    end: u32,
}

impl FieldSpan {
    #[inline]
    pub(crate) fn new(start: usize, end: usize) -> FieldSpan {
        FieldSpan { start: start as u32, end: end as u32 }
    }

    /// The place after the first `length` bytes, when it lies there. Empty fields count as lying before.
    #[inline]
    pub(crate) fn beyond(self, length: usize) -> Option<FieldSpan> {
        let length = length as u32;
        (self.end > length).then(|| FieldSpan { start: self.start - length, end: self.end - length })
    }

    /// Offset of its first byte.
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    /// Offset just after its last byte.
    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    /// How many bytes it has.
    #[inline]
    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// The bytes of the field.
    #[inline]
    pub fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..self.end as usize]
    }
}

/// What parts the fields of a text.
#[derive(Debug, Default)]
pub enum Separator {
    /// Runs of spaces, tabs and newlines; those at the ends part nothing.
    #[default]
    Blanks,
    /// This byte.
    Byte(u8),
    /// This byte, or a newline: a single character where records are paragraphs.
    ByteOrNewline(u8),
    /// What a regular expression matches, unless that is empty.
    Regex(Box<Ere>),
    /// What a format says, for records only; FS has no say.
    Format(TextFormat),
    /// What is no field is between: a regular expression matches the fields.
    Pattern(Box<Ere>),
    /// Nothing: the fields have widths.
    Widths {
        /// The fields in order.
        widths: Box<[Width]>,
        /// Whether characters are UTF-8 sequences rather than bytes.
        utf8: bool,
    },
    /// Nothing: every character is a field.
    Characters {
        /// Whether characters are UTF-8 sequences rather than bytes.
        utf8: bool,
    },
}

/// A field of FIELDWIDTHS, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// Characters to pass over before it.
    skip: usize,
    /// Characters of it; of the last one, None for all that are left.
    length: Option<usize>,
}

/// The widths of FIELDWIDTHS: numbers, each with `skip:` before it or not, and as the last `*` for the rest.
pub(super) fn parse_widths(text: &[u8]) -> OpResult<Box<[Width]>> {
    let mut widths: Vec<Width> = Vec::new();
    let words = text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if widths.last().is_some_and(|last| last.length.is_none()) {
            return Err(Fault::new(ErrorKind::Range, "`*' must be the last designator in FIELDWIDTHS"));
        }
        let invalid = || {
            // What is wrong with `skip:width` begins behind the colon.
            let colon = memchr(b':', word).map_or(0, |colon| colon + 1);
            let at = word.as_ptr().addr() - text.as_ptr().addr() + colon;
            let rest = String::from_utf8_lossy(&text[at..]);
            let message = format!("invalid FIELDWIDTHS value, for field {}, near `{rest}'", index + 1);
            Fault::new(ErrorKind::Range, message)
        };
        let number = |digits: &[u8]| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'));
            digits.and_then(|digits| digits.parse().ok()).ok_or_else(invalid)
        };
        let (skip, length) = match memchr(b':', word) {
            Some(colon) => (number(&word[..colon])?, &word[colon + 1..]),
            None => (0, word),
        };
        let length = if length == b"*" { None } else { Some(number(length)?) };
        if length == Some(0) {
            return Err(invalid());
        }
        widths.push(Width { skip, length });
    }
    Ok(widths.into())
}

/// How far a text is split.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    pub(super) at: usize,
    pub(super) done: bool,
    /// Whether the last match of a pattern was empty or there was none, so that an empty one here is a field.
    takes_empty: bool,
    /// What is known of the places where bytes part fields.
    pub(super) places: Places,
}

impl Cursor {
    /// The start of a text. A text without bytes has no fields.
    #[inline]
    pub fn new(text: &[u8]) -> Cursor {
        Cursor { at: 0, done: text.is_empty(), takes_empty: true, places: Places::default() }
    }

    /// At the end of a text whose fields are all known.
    pub fn at_end() -> Cursor {
        Cursor { at: 0, done: true, takes_empty: true, places: Places::default() }
    }

    /// How far the text is split.
    #[inline]
    pub fn position(self) -> usize {
        self.at
    }

    /// Goes on with the field that begins at a place; beyond the end of the text there is none.
    #[inline]
    pub fn go_on(&mut self, at: usize, text: &[u8]) {
        self.at = at;
        self.done = at > text.len();
    }

    /// Whether there are no more fields.
    #[inline]
    pub fn is_done(self) -> bool {
        self.done
    }
}

/// The place that so many characters lie before, from a place on; the end when there are fewer.
fn after_characters(text: &[u8], from: usize, count: usize, utf8: bool) -> usize {
    if !utf8 {
        return from.saturating_add(count).min(text.len());
    }
    let mut at = from;
    for _ in 0..count {
        if at >= text.len() {
            break;
        }
        at += utf8::char_length(&text[at..]).max(1);
    }
    at.min(text.len())
}

/// As [`Separator::split`], into what a regular expression matches. An empty match is a field unless it is right behind
/// a match that was not empty.
fn split_by_pattern(
    regex: &Ere,
    text: &[u8],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    let search = regex.search(text);
    while !cursor.done && fields.len() < wanted {
        // At the end an empty match is a field where one would be, too: behind what parts the fields.
        let is_over = cursor.at > text.len() || (cursor.at == text.len() && !cursor.takes_empty);
        let found = if is_over { None } else { search.find_at(cursor.at) };
        let Some((start, end)) = found else {
            cursor.done = true;
            break;
        };
        if start < end {
            fields.push(FieldSpan::new(start, end));
            cursor.at = end;
            cursor.takes_empty = false;
            continue;
        }
        if start > cursor.at || cursor.takes_empty {
            fields.push(FieldSpan::new(start, start));
        }
        cursor.takes_empty = true;
        cursor.at = match text.get(start..) {
            Some(rest) if !rest.is_empty() => start + utf8::char_length(rest).max(1),
            _ => text.len() + 1,
        };
    }
}

impl Separator {
    /// Appends the fields that follow the cursor until there are `wanted` in all.
    pub(crate) fn split(&self, text: &[u8], cursor: &mut Cursor, fields: &mut Vec<FieldSpan>, wanted: usize) {
        match self {
            Separator::Blanks => places::split_blanks(text, cursor, fields, wanted),
            Separator::Byte(byte) => places::split_at_bytes(text, [*byte], cursor, fields, wanted),
            Separator::ByteOrNewline(byte) => {
                places::split_at_bytes(text, [*byte, b'\n'], cursor, fields, wanted);
            }
            Separator::Regex(regex) => split_by_regex(regex, text, cursor, fields, wanted),
            // The record does this, which has room for the texts that are made.
            Separator::Format(_) => cursor.done = true,
            Separator::Pattern(regex) => split_by_pattern(regex, text, cursor, fields, wanted),
            Separator::Widths { widths, utf8 } => {
                while !cursor.done && fields.len() < wanted {
                    let Some(width) = widths.get(fields.len()) else {
                        cursor.done = true;
                        break;
                    };
                    let start = after_characters(text, cursor.at, width.skip, *utf8);
                    cursor.at = match width.length {
                        Some(length) => after_characters(text, start, length, *utf8),
                        None => text.len(),
                    };
                    // Where the record ends in what is passed over, there is an empty field.
                    fields.push(FieldSpan::new(start, cursor.at));
                    cursor.done = cursor.at >= text.len();
                }
            }
            Separator::Characters { utf8 } => {
                // Who wants all of them may look at the text once more.
                let utf8 = *utf8 && !(wanted == usize::MAX && scan::is_ascii(text));
                while !cursor.done && fields.len() < wanted {
                    let start = cursor.at;
                    cursor.at += if utf8 { utf8::char_length(&text[start..]) } else { 1 };
                    fields.push(FieldSpan::new(start, cursor.at));
                    cursor.done = cursor.at >= text.len();
                }
            }
        }
    }
}

/// As [`Separator::split`], at the matches of a regular expression that are not empty.
pub(crate) fn split_by_regex(
    regex: &Ere,
    text: &[u8],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    if cursor.done || fields.len() >= wanted {
        return;
    }
    let mut field = cursor.at;
    regex.search(text).each(field, |start, end| {
        fields.push(FieldSpan::new(field, start));
        field = end;
        fields.len() < wanted
    });
    cursor.at = field;
    if fields.len() < wanted {
        fields.push(FieldSpan::new(field, text.len()));
        cursor.done = true;
    }
}

#[inline]
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ere::Options;

    fn fields<'a>(separator: &Separator, text: &'a str) -> Vec<&'a str> {
        let mut spans = Vec::new();
        separator.split(text.as_bytes(), &mut Cursor::new(text.as_bytes()), &mut spans, usize::MAX);
        // The fields are the same when they are asked for one by one.
        let (mut one_by_one, mut cursor) = (Vec::new(), Cursor::new(text.as_bytes()));
        for wanted in 1..=spans.len() + 1 {
            separator.split(text.as_bytes(), &mut cursor, &mut one_by_one, wanted);
        }
        assert_eq!(spans, one_by_one);
        spans.iter().map(|span| std::str::from_utf8(span.of(text.as_bytes())).unwrap()).collect()
    }

    fn regex(pattern: &str) -> Separator {
        Separator::Regex(Box::new(Ere::new(pattern.as_bytes(), &Options::AWK).unwrap()))
    }

    /// The fields are those that gawk 5.2.1 prints for the same FS and record.
    #[test]
    fn fields_are_those_of_gawk() {
        let cases: &[(Separator, &str, &[&str])] = &[
            (Separator::Blanks, "", &[]),
            (Separator::Blanks, "  \t ", &[]),
            (Separator::Blanks, "  a bb\t\nccc  ", &["a", "bb", "ccc"]),
            (
                Separator::Blanks,
                "a\x01b\x1fc d\rlongerthaneight\x0be f",
                &["a\x01b\x1fc", "d\rlongerthaneight\x0be", "f"],
            ),
            (Separator::Blanks, "ééééééé ü\u{a0}", &["ééééééé", "ü\u{a0}"]),
            (Separator::Byte(b':'), "", &[]),
            (Separator::Byte(b':'), ":", &["", ""]),
            (Separator::Byte(b':'), "a::b:", &["a", "", "b", ""]),
            (
                Separator::Byte(b':'),
                "a field of more than thirty-two bytes in all:b",
                &["a field of more than thirty-two bytes in all", "b"],
            ),
            (Separator::Byte(b'|'), "a|b", &["a", "b"]),
            (Separator::ByteOrNewline(b':'), "a:b\nc::\n", &["a", "b", "c", "", "", ""]),
            (regex(", *"), "a, b,c,  ", &["a", "b", "c", ""]),
            (regex("x*"), "axxbx", &["a", "b", ""]),
            (regex("^x"), "xaxb", &["", "axb"]),
            (regex(" +"), " a  b", &["", "a", "b"]),
            (Separator::Characters { utf8: true }, "aéb", &["a", "é", "b"]),
            (Separator::Characters { utf8: false }, "ab", &["a", "b"]),
        ];
        for (separator, text, expected) in cases {
            assert_eq!(fields(separator, text), *expected, "{separator:?} on {text:?}");
        }
    }

    #[test]
    fn fields_are_the_same_wherever_they_lie() {
        for length in 0..100 {
            // Fields and runs of blanks of many lengths, so that both lie across every border of a step.
            let text: String = (0..length).map(|n: usize| if n * n % 11 < 4 { ' ' } else { 'a' }).collect();
            let expected: Vec<&str> = text.split_ascii_whitespace().collect();
            assert_eq!(fields(&Separator::Blanks, &text), expected);
            if length > 0 {
                assert_eq!(fields(&Separator::Byte(b' '), &text), text.split(' ').collect::<Vec<_>>());
            }
        }
    }
}
