//! What one character is: UTF-8 with a fallback for stray bytes, or plain bytes.
//!
//! Shell text is never rejected for being invalid UTF-8. A byte that does not belong to a valid
//! sequence counts as one character of its own, which equals only itself and is in no class.

use std::borrow::Cow;

/// How bytes group into characters, as `LC_CTYPE` would say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// A character is a UTF-8 sequence; an invalid byte is one character.
    #[default]
    Utf8,
    /// A character is a byte; only ASCII has letters and cases.
    C,
}

/// One character as a number: a code point, or [`STRAY`] plus the byte for a byte that is none.
pub(super) type CharCode = u32;

/// Above every code point, so that stray bytes can share the number space with characters.
pub(super) const STRAY: CharCode = 0x11_0000;

/// The code of a byte that stands alone: itself for ASCII, else a stray byte.
#[inline]
pub(super) fn byte_code(byte: u8) -> CharCode {
    if byte.is_ascii() { CharCode::from(byte) } else { STRAY + CharCode::from(byte) }
}

/// The character behind a code, unless it is a stray byte.
#[inline]
pub(super) fn to_char(code: CharCode) -> Option<char> {
    char::from_u32(code)
}

/// Lower case where that is one character for one character; shells never change the length.
pub(super) fn fold(code: CharCode) -> CharCode {
    match to_char(code) {
        Some(c) if c.is_ascii() => CharCode::from(c.to_ascii_lowercase()),
        Some(c) => single(c.to_lowercase(), c).into(),
        None => code,
    }
}

/// The only character of a case mapping, or `c` itself when the mapping is longer.
pub(super) fn single(mut mapping: impl ExactSizeIterator<Item = char>, c: char) -> char {
    if mapping.len() == 1 { mapping.next().unwrap_or(c) } else { c }
}

/// Calls `visit` with the byte offset and the code of each character of `text`, in order.
fn decode(text: &[u8], mut visit: impl FnMut(usize, CharCode)) {
    let mut offset = 0;
    for chunk in text.utf8_chunks() {
        for (i, c) in chunk.valid().char_indices() {
            visit(offset + i, c.into());
        }
        offset += chunk.valid().len();
        for &byte in chunk.invalid() {
            visit(offset, byte_code(byte));
            offset += 1;
        }
    }
}

/// A text cut into characters, with the way back to byte offsets.
///
/// ASCII text and text in the C locale are used in place: there a character is a byte.
pub(super) enum Chars<'t> {
    /// One character a byte.
    Bytes(&'t [u8]),
    /// Decoded characters; `offsets` has one entry more than `codes`, the length of the text.
    Decoded { codes: Vec<CharCode>, offsets: Vec<usize> },
}

impl<'t> Chars<'t> {
    pub(super) fn new(text: &'t [u8], locale: Locale) -> Self {
        if locale == Locale::C || text.is_ascii() {
            return Chars::Bytes(text);
        }
        let mut codes = Vec::with_capacity(text.len());
        let mut offsets = Vec::with_capacity(text.len() + 1);
        decode(text, |offset, code| {
            codes.push(code);
            offsets.push(offset);
        });
        offsets.push(text.len());
        Chars::Decoded { codes, offsets }
    }

    /// The number of characters.
    pub(super) fn len(&self) -> usize {
        match self {
            Chars::Bytes(bytes) => bytes.len(),
            Chars::Decoded { codes, .. } => codes.len(),
        }
    }

    /// The byte offset of character `index`; `len()` gives the length of the text in bytes.
    pub(super) fn offset(&self, index: usize) -> usize {
        match self {
            Chars::Bytes(_) => index,
            Chars::Decoded { offsets, .. } => offsets[index],
        }
    }

    /// The codes of all characters.
    pub(super) fn codes(&self) -> Cow<'_, [CharCode]> {
        match self {
            Chars::Bytes(bytes) => bytes.iter().map(|&byte| byte_code(byte)).collect(),
            Chars::Decoded { codes, .. } => Cow::Borrowed(codes),
        }
    }
}

/// The number of characters in `text`: `${#name}`.
pub fn count(text: &[u8], locale: Locale) -> usize {
    if locale == Locale::C || text.is_ascii() {
        return text.len();
    }
    let mut count = 0;
    decode(text, |_, _| count += 1);
    count
}

/// Appends the character `code` to `text`.
pub(super) fn push(text: &mut Vec<u8>, code: CharCode) {
    match to_char(code) {
        Some(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.push((code - STRAY) as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_bytes_are_characters_of_their_own() {
        let text = b"a\xff\xc3\xa9\xe2\x82";
        assert_eq!(count(text, Locale::Utf8), 5);
        assert_eq!(count(text, Locale::C), 6);
        let chars = Chars::new(text, Locale::Utf8);
        let offsets: Vec<_> = (0..=chars.len()).map(|i| chars.offset(i)).collect();
        assert_eq!(offsets, [0, 1, 2, 4, 5, 6]);
        let mut back = Vec::new();
        chars.codes().iter().for_each(|&code| push(&mut back, code));
        assert_eq!(back, text);
    }

    #[test]
    fn folding_keeps_the_number_of_characters() {
        for (from, to) in [('A', 'a'), ('É', 'é'), ('İ', 'İ'), ('ß', 'ß'), ('1', '1')] {
            assert_eq!(fold(from.into()), CharCode::from(to), "{from}");
        }
        assert_eq!(fold(byte_code(0xff)), byte_code(0xff));
    }
}
