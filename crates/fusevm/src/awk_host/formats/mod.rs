//! Records as other programs write them: CSV, TSV, and JSON, an object a line.
//!
//! Reading, fields are found in a record's text; those with escapes are written out beside it. Writing, a row is made
//! of the values that are printed.

mod json;
mod names;
mod rows;

use super::separator::{Cursor, FieldSpan};
use memchr::{memchr, memchr2};
pub(super) use names::{Names, Notation};
pub(super) use rows::{Cell, append_row};

/// A form of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Comma-separated values: RFC 4180, as gawk's `--csv` reads it.
    Csv,
    /// Tab-separated values: IANA's text/tab-separated-values, with `\t`, `\n`, `\r` and `\\` for what cannot stand.
    Tsv,
    /// A JSON value a line; the members of an object are the fields.
    JsonLines,
}

/// What a text in a format is found to consist of.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// The fields. Places beyond the text lie in `made`.
    pub fields: &'a mut Vec<FieldSpan>,
    /// The names of the fields, where the format has them, and how they are written.
    pub names: &'a mut Names,
    /// The texts of fields that are written otherwise in the text.
    pub made: &'a mut Vec<u8>,
}

/// Why a text is not in its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The offending byte, from the start of the text.
    pub offset: usize,
    /// What is wrong there.
    pub message: &'static str,
}

impl TextFormat {
    /// Appends the fields that follow the cursor until there are `wanted` in all, or more. A text that is not in the
    /// format gives the fields that can be seen in it.
    pub(super) fn split(self, text: &[u8], cursor: &mut Cursor, found: &mut Found<'_>, wanted: usize) {
        match self {
            TextFormat::Csv => split_csv(text, cursor, found, wanted),
            TextFormat::Tsv => split_tsv(text, cursor, found, wanted),
            TextFormat::JsonLines => {
                *cursor = Cursor::at_end();
                if json::split(text, found).is_err() {
                    found.fields.clear();
                    found.names.clear();
                    found.fields.push(FieldSpan::new(0, text.len()));
                }
            }
        }
    }

    /// Splits a text that is no record; the text that the fields lie in, when it is not that one.
    pub(crate) fn split_text(self, text: &[u8], fields: &mut Vec<FieldSpan>) -> Vec<u8> {
        let (mut names, mut made) = (Names::default(), Vec::new());
        let mut found = Found { fields, names: &mut names, made: &mut made };
        self.split(text, &mut Cursor::new(text), &mut found, usize::MAX);
        if made.is_empty() { made } else { [text, &made].concat() }
    }

    /// Checks a line of input that must be in the format by itself. (A reader of CSV finds its mistakes.)
    ///
    /// # Errors
    /// Where it is not.
    pub fn check(self, text: &[u8]) -> Result<(), Malformed> {
        match self {
            TextFormat::JsonLines => json::check(text),
            TextFormat::Csv | TextFormat::Tsv => Ok(()),
        }
    }
}

fn split_csv(text: &[u8], cursor: &mut Cursor, found: &mut Found<'_>, wanted: usize) {
    while !cursor.is_done() && found.fields.len() < wanted {
        let start = cursor.position();
        let end = match quoted_end(text, start) {
            Some((end, is_plain)) => {
                push_quoted(text, start + 1, end, is_plain, found);
                end + 1
            }
            None => {
                let end = memchr(b',', &text[start..]).map_or(text.len(), |at| start + at);
                found.fields.push(FieldSpan::new(start, end));
                end
            }
        };
        cursor.go_on(end + 1, text);
    }
}

/// Where the field that begins with a quote at `start` has its last quote, and whether there are none between. None
/// when no quoted field is there.
fn quoted_end(text: &[u8], start: usize) -> Option<(usize, bool)> {
    if text.get(start) != Some(&b'"') {
        return None;
    }
    let (mut at, mut is_plain) = (start + 1, true);
    loop {
        at += memchr(b'"', text.get(at..)?)?;
        match text.get(at + 1) {
            Some(b'"') => is_plain = false,
            None | Some(b',') => return Some((at, is_plain)),
            Some(_) => return None,
        }
        at += 2;
    }
}

/// Adds what stands between the quotes of a field, of which doubled ones are one.
fn push_quoted(text: &[u8], start: usize, end: usize, is_plain: bool, found: &mut Found<'_>) {
    if is_plain {
        found.fields.push(FieldSpan::new(start, end));
        return;
    }
    let first = found.made.len();
    let mut rest = &text[start..end];
    while let Some(quote) = memchr(b'"', rest) {
        found.made.extend_from_slice(&rest[..=quote]);
        rest = &rest[quote + 2..];
    }
    found.made.extend_from_slice(rest);
    found.fields.push(FieldSpan::new(text.len() + first, text.len() + found.made.len()));
}

fn split_tsv(text: &[u8], cursor: &mut Cursor, found: &mut Found<'_>, wanted: usize) {
    while !cursor.is_done() && found.fields.len() < wanted {
        let start = cursor.position();
        let stop = memchr2(b'\t', b'\\', &text[start..]).map(|at| start + at);
        let end = match stop {
            Some(at) if text[at] == b'\\' => push_escaped(text, start, found),
            stop => {
                let end = stop.unwrap_or(text.len());
                found.fields.push(FieldSpan::new(start, end));
                end
            }
        };
        cursor.go_on(end + 1, text);
    }
}

/// Adds the field from `start` to the next tab, its escapes replaced; where it ends.
fn push_escaped(text: &[u8], start: usize, found: &mut Found<'_>) -> usize {
    let end = memchr(b'\t', &text[start..]).map_or(text.len(), |at| start + at);
    let first = found.made.len();
    let mut rest = &text[start..end];
    while let Some(at) = memchr(b'\\', rest) {
        found.made.extend_from_slice(&rest[..at]);
        let (byte, length) = match rest.get(at + 1) {
            Some(b't') => (b'\t', 2),
            Some(b'n') => (b'\n', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'\\') => (b'\\', 2),
            _ => (b'\\', 1),
        };
        found.made.push(byte);
        rest = &rest[at + length..];
    }
    found.made.extend_from_slice(rest);
    found.fields.push(FieldSpan::new(text.len() + first, text.len() + found.made.len()));
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a text, and their names.
    pub(super) fn split(format: TextFormat, text: &str) -> (Vec<String>, Vec<String>) {
        let text = text.as_bytes();
        let (mut fields, mut names, mut made) = (Vec::new(), Names::default(), Vec::new());
        let mut cursor = Cursor::new(text);
        let mut wanted = 1;
        while !cursor.is_done() {
            let mut found = Found { fields: &mut fields, names: &mut names, made: &mut made };
            format.split(text, &mut cursor, &mut found, wanted);
            wanted += 1;
        }
        let show = |span: &FieldSpan| {
            let bytes = match span.beyond(text.len()) {
                None => span.of(text),
                Some(span) => span.of(&made),
            };
            String::from_utf8_lossy(bytes).into_owned()
        };
        let names =
            (0..).map_while(|index| names.get(index).map(|name| String::from_utf8_lossy(name).into_owned()));
        (fields.iter().map(show).collect(), names.collect())
    }

    #[test]
    fn fields_of_csv() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a", &["a"]),
            ("a,b,,c", &["a", "b", "", "c"]),
            (",", &["", ""]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"say \"\"hi\"\"\",\"\"", &["say \"hi\"", ""]),
            ("\"\"\"\",x", &["\"", "x"]),
            ("\"two\nlines\",x", &["two\nlines", "x"]),
            ("a\"b,c", &["a\"b", "c"]),
            (" \"a\",b", &[" \"a\"", "b"]),
            // Not well-formed: as they stand, up to the comma.
            ("\"a\"b,c", &["\"a\"b", "c"]),
            ("\"open,c", &["\"open", "c"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(TextFormat::Csv, text).0, *expected, "{text:?}");
        }
    }

    #[test]
    fn fields_of_tsv() {
        let cases: &[(&str, &[&str])] = &[
            ("a b\tc", &["a b", "c"]),
            ("a\\tb\t\\n\\\\\\r\t\\x\t", &["a\tb", "\n\\\r", "\\x", ""]),
            ("\"a\tb\"", &["\"a", "b\""]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(TextFormat::Tsv, text).0, *expected, "{text:?}");
        }
    }
}
