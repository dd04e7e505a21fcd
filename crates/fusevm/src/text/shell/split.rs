//! Word splitting by `IFS`, as POSIX (Shell Command Language, 2.6.5) has it.
//!
//! The characters of `IFS` delimit fields. Space, tab and newline among them come in runs: a run,
//! with at most one other `IFS` character inside it, is one delimiter, and at the ends of the
//! text a run delimits nothing. Any other `IFS` character delimits by itself, so two of them in
//! a row have an empty field between them; one at the very end begins no field.

use super::chars::{CharCode, Chars, Locale, STRAY};
use std::ops::Range;

/// The `IFS` of a shell in which the variable is not set.
pub const DEFAULT_IFS: &[u8] = b" \t\n";

/// Splits the unquoted text of an expansion into fields.
///
/// `ifs` is the variable's value, `None` when it is unset. An empty value splits nothing; empty
/// text gives no field.
///
/// ```
/// use fusevm::text::shell::{chars::Locale, split::split};
/// assert_eq!(split(b" a :: b ", Some(b" :"), Locale::Utf8), [&b"a"[..], b"", b"b"]);
/// ```
pub fn split<'t>(text: &'t [u8], ifs: Option<&[u8]>, locale: Locale) -> Vec<&'t [u8]> {
    let mut fields = Vec::new();
    each_field(text, ifs, locale, |field| fields.push(field));
    fields
}

/// Calls `visit` with each field of a text in turn, as [`split`] gives them.
pub fn each_field<'t>(text: &'t [u8], ifs: Option<&[u8]>, locale: Locale, mut visit: impl FnMut(&'t [u8])) {
    let mut start = 0;
    each_delimiter(text, ifs, locale, |at, delimiter| {
        if at.start > 0 || delimiter == Delimiter::Other {
            visit(&text[start..at.start]);
        }
        start = at.end;
    });
    if start < text.len() {
        visit(&text[start..]);
    }
}

/// What lies between the delimiters of a text, for a shell that glues the ends of an expansion
/// to the quoted text around it: `a$x"b"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces<'t> {
    /// All pieces, one more than there are delimiters. The first and the last are empty when the
    /// text begins or ends with a delimiter.
    pub pieces: Vec<&'t [u8]>,
    /// The text begins with a delimiter of nothing but `IFS` white space, so that an empty first
    /// piece is no field unless other text stands before it.
    pub begins_with_white_space: bool,
}

impl<'t> Pieces<'t> {
    /// Cuts `text` at its delimiters; see [`split`] for `ifs`.
    pub fn cut(text: &'t [u8], ifs: Option<&[u8]>, locale: Locale) -> Self {
        let mut pieces = Vec::new();
        let mut begins_with_white_space = false;
        let mut start = 0;
        each_delimiter(text, ifs, locale, |at, delimiter| {
            begins_with_white_space |= at.start == 0 && delimiter == Delimiter::WhiteSpace;
            pieces.push(&text[start..at.start]);
            start = at.end;
        });
        pieces.push(&text[start..]);
        Pieces { pieces, begins_with_white_space }
    }
}

/// What a character, or a run of them, is to splitting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    None,
    WhiteSpace,
    Other,
}

/// Calls `visit` with the byte range of each delimiter, and whether it is more than white space.
fn each_delimiter(
    text: &[u8],
    ifs: Option<&[u8]>,
    locale: Locale,
    visit: impl FnMut(Range<usize>, Delimiter),
) {
    let ifs = Ifs::new(ifs.unwrap_or(DEFAULT_IFS), locale);
    match ifs.chars_of(text, locale) {
        Chars::Bytes(bytes) => find(bytes, |byte| ifs.bytes[usize::from(byte)], |at| at, visit),
        Chars::Decoded { codes, offsets } => find(&codes, |code| ifs.kind(code), |at| offsets[at], visit),
    }
}

/// As [`each_delimiter`], in characters of some form, of which `offset` tells where in the text they are.
fn find<C: Copy>(
    chars: &[C],
    kind: impl Fn(C) -> Delimiter,
    offset: impl Fn(usize) -> usize,
    mut visit: impl FnMut(Range<usize>, Delimiter),
) {
    let next = |from: usize, is_wanted: fn(Delimiter) -> bool| {
        let found = chars[from..].iter().position(|c| is_wanted(kind(*c)));
        found.map_or(chars.len(), |distance| from + distance)
    };
    let mut at = 0;
    loop {
        let start = next(at, |kind| kind != Delimiter::None);
        if start == chars.len() {
            return;
        }
        let mut delimiter = Delimiter::WhiteSpace;
        at = next(start, |kind| kind != Delimiter::WhiteSpace);
        if chars.get(at).is_some_and(|c| kind(*c) == Delimiter::Other) {
            delimiter = Delimiter::Other;
            at = next(at + 1, |kind| kind != Delimiter::WhiteSpace);
        }
        visit(offset(start)..offset(at), delimiter);
    }
}

/// The delimiters.
struct Ifs {
    /// By byte, for text in which each is a character.
    bytes: [Delimiter; 256],
    /// The characters that are not ASCII, none of which is white space.
    others: Vec<CharCode>,
}

impl Ifs {
    fn new(ifs: &[u8], locale: Locale) -> Self {
        let mut table = Ifs { bytes: [Delimiter::None; 256], others: Vec::new() };
        for &code in Chars::new(ifs, locale).codes().iter() {
            let delimiter = match char::from_u32(code) {
                Some(' ' | '\t' | '\n') => Delimiter::WhiteSpace,
                _ => Delimiter::Other,
            };
            match code {
                0..128 => table.bytes[code as usize] = delimiter,
                _ => table.others.push(code),
            }
            if code >= STRAY {
                table.bytes[(code - STRAY) as usize] = delimiter;
            }
        }
        table
    }

    /// ASCII delimiters never occur inside a longer character, so the text then needs no
    /// decoding.
    fn chars_of<'t>(&self, text: &'t [u8], locale: Locale) -> Chars<'t> {
        Chars::new(text, if self.others.is_empty() { Locale::C } else { locale })
    }

    fn kind(&self, code: CharCode) -> Delimiter {
        match code {
            0..128 => self.bytes[code as usize],
            _ if self.others.contains(&code) => Delimiter::Other,
            _ => Delimiter::None,
        }
    }
}

#[cfg(test)]
mod tests;
