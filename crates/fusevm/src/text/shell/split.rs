//! Word splitting by `IFS`, as POSIX (Shell Command Language, 2.6.5) has it.
//!
//! The characters of `IFS` delimit fields. Space, tab and newline among them come in runs: a run,
//! with at most one other `IFS` character inside it, is one delimiter, and at the ends of the
//! text a run delimits nothing. Any other `IFS` character delimits by itself, so two of them in
//! a row have an empty field between them; one at the very end begins no field.

use super::chars::{CharCode, Chars, Locale, byte_code};

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
    Pieces::cut(text, ifs, locale).into_fields()
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
        let ifs = Ifs::new(ifs.unwrap_or(DEFAULT_IFS), locale);
        let mut cutter = Cutter { chars: ifs.chars_of(text, locale), ifs, position: 0 };
        let mut pieces = Vec::new();
        let mut begins_with_white_space = false;
        let mut start = 0;
        while cutter.position < cutter.chars.len() {
            let end = cutter.position;
            if let Some(delimiter) = cutter.delimiter() {
                begins_with_white_space |= end == 0 && delimiter == Delimiter::WhiteSpace;
                pieces.push(&text[start..cutter.chars.offset(end)]);
                start = cutter.chars.offset(cutter.position);
            } else {
                cutter.skip();
            }
        }
        pieces.push(&text[start..]);
        Pieces { pieces, begins_with_white_space }
    }

    /// The fields that the text gives when nothing is glued to it.
    pub fn into_fields(self) -> Vec<&'t [u8]> {
        let mut fields = self.pieces;
        if fields.last().is_some_and(|last| last.is_empty()) {
            fields.pop();
        }
        if self.begins_with_white_space && !fields.is_empty() {
            fields.remove(0);
        }
        fields
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    WhiteSpace,
    Other,
}

/// The delimiters, by character.
struct Ifs {
    ascii: [Option<Delimiter>; 128],
    /// The delimiters that are not ASCII, none of which is white space.
    others: Vec<CharCode>,
}

impl Ifs {
    fn new(ifs: &[u8], locale: Locale) -> Self {
        let mut table = Ifs { ascii: [None; 128], others: Vec::new() };
        for &code in Chars::new(ifs, locale).codes().iter() {
            let delimiter = match char::from_u32(code) {
                Some(' ' | '\t' | '\n') => Delimiter::WhiteSpace,
                _ => Delimiter::Other,
            };
            match table.ascii.get_mut(code as usize) {
                Some(entry) => *entry = Some(delimiter),
                None => table.others.push(code),
            }
        }
        table
    }

    /// ASCII delimiters never occur inside a longer character, so the text then needs no
    /// decoding.
    fn chars_of<'t>(&self, text: &'t [u8], locale: Locale) -> Chars<'t> {
        Chars::new(text, if self.others.is_empty() { Locale::C } else { locale })
    }

    #[inline]
    fn kind(&self, code: CharCode) -> Option<Delimiter> {
        match self.ascii.get(code as usize) {
            Some(entry) => *entry,
            None => self.others.contains(&code).then_some(Delimiter::Other),
        }
    }
}

struct Cutter<'t> {
    chars: Chars<'t>,
    ifs: Ifs,
    position: usize,
}

impl Cutter<'_> {
    fn kind(&self) -> Option<Delimiter> {
        let code = match &self.chars {
            Chars::Bytes(bytes) => byte_code(*bytes.get(self.position)?),
            Chars::Decoded { codes, .. } => *codes.get(self.position)?,
        };
        self.ifs.kind(code)
    }

    /// Takes the delimiter at the current position, if there is one, and tells whether it was
    /// white space only.
    fn delimiter(&mut self) -> Option<Delimiter> {
        self.kind()?;
        self.white_space();
        if self.kind() != Some(Delimiter::Other) {
            return Some(Delimiter::WhiteSpace);
        }
        self.position += 1;
        self.white_space();
        Some(Delimiter::Other)
    }

    /// Goes on to the next delimiter, past a character that is none.
    fn skip(&mut self) {
        self.position += 1;
        if let Chars::Bytes(bytes) = &self.chars {
            let is_delimiter = |byte: &u8| self.ifs.kind(byte_code(*byte)).is_some();
            let rest = &bytes[self.position..];
            self.position += rest.iter().position(is_delimiter).unwrap_or(rest.len());
        }
    }

    fn white_space(&mut self) {
        while self.kind() == Some(Delimiter::WhiteSpace) {
            self.position += 1;
        }
    }
}

#[cfg(test)]
mod tests;
