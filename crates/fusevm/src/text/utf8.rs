//! Characters of UTF-8 text that may be invalid: each byte that belongs to no valid sequence counts as one character.
//! ASCII, the usual case, is recognised first and costs next to nothing.

use super::scan;

/// How many characters the text has.
pub fn char_count(text: &[u8]) -> usize {
    if scan::is_ascii(text) {
        return text.len();
    }
    text.utf8_chunks().map(|chunk| count_valid(chunk.valid()) + chunk.invalid().len()).sum()
}

/// In valid UTF-8 every character has one byte that is no continuation byte.
fn count_valid(text: &str) -> usize {
    text.as_bytes().iter().filter(|&&byte| is_boundary(byte)).count()
}

fn is_boundary(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// The byte offset of the character with that index (from 0); the length of the text when it has no such character.
pub fn byte_offset(text: &[u8], index: usize) -> usize {
    // A character is at least a byte, so only this much can matter when it is ASCII.
    let near = &text[..index.min(text.len())];
    if scan::is_ascii(near) {
        return near.len();
    }
    // It is at most four bytes, so no more of the text is looked at: chunks are found to be valid as a whole.
    let text = &text[..index.saturating_mul(4).saturating_add(4).min(text.len())];
    let mut offset = 0;
    let mut left = index;
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid();
        for (at, _) in valid.char_indices() {
            if left == 0 {
                return offset + at;
            }
            left -= 1;
        }
        offset += valid.len();
        let invalid = chunk.invalid().len();
        if left < invalid {
            return offset + left;
        }
        left -= invalid;
        offset += invalid;
    }
    offset
}

/// The index of the character in which that byte offset lies: how many characters end at or before it.
pub fn char_index(text: &[u8], offset: usize) -> usize {
    let near = &text[..offset.min(text.len())];
    if scan::is_ascii(near) {
        return near.len();
    }
    let (mut index, mut at) = (0, 0);
    while at < text.len() {
        at += char_length(&text[at..]);
        if at > offset {
            break;
        }
        index += 1;
    }
    index
}

/// The length in bytes of the first character of a text that is not empty; 0 for an empty one.
pub fn char_length(text: &[u8]) -> usize {
    match text.first() {
        None => 0,
        Some(byte) if byte.is_ascii() => 1,
        // A sequence is at most four bytes, so its validity shows in that many.
        Some(_) => match text[..text.len().min(4)].utf8_chunks().next() {
            Some(chunk) if !chunk.valid().is_empty() => {
                chunk.valid().chars().next().map_or(1, char::len_utf8)
            }
            _ => 1,
        },
    }
}

/// The part of the text that begins at the character `start` (from 0) and is at most `count` characters long.
#[inline]
pub fn substring(text: &[u8], start: usize, count: usize) -> &[u8] {
    // A character is at least a byte, so only this much can matter when it is ASCII.
    let near = &text[..start.saturating_add(count).min(text.len())];
    if scan::is_ascii(near) {
        return &near[start.min(near.len())..];
    }
    substring_by_characters(text, start, count)
}

/// As [`substring`], where not all is ASCII.
#[cold]
fn substring_by_characters(text: &[u8], start: usize, count: usize) -> &[u8] {
    let rest = &text[byte_offset(text, start)..];
    &rest[..byte_offset(rest, count)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters, by the definition.
    fn chars(text: &[u8]) -> Vec<&[u8]> {
        let mut chars = Vec::new();
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            chars.extend(valid.char_indices().map(|(at, c)| &valid.as_bytes()[at..at + c.len_utf8()]));
            chars.extend(chunk.invalid().chunks(1));
        }
        chars
    }

    #[test]
    fn every_position_agrees_with_the_definition() {
        let texts: &[&[u8]] = &[
            b"",
            b"plain",
            "é".as_bytes(),
            "añb€c😀".as_bytes(),
            b"\xff",
            b"a\xc3",
            b"\xe2\x82z\xc3\xa9",
            b"\x80\x80abc\xf0\x9f\x98",
            b"\xf0\x9f\x98\x80\xf0",
        ];
        for text in texts {
            let chars = chars(text);
            assert_eq!(char_count(text), chars.len());
            for index in 0..=chars.len() + 1 {
                let offset = chars.iter().take(index).map(|c| c.len()).sum::<usize>();
                assert_eq!(byte_offset(text, index), offset, "{} at {index}", text.escape_ascii());
                if index < chars.len() {
                    assert_eq!(char_length(&text[offset..]), chars[index].len());
                    assert_eq!(char_index(text, offset), index);
                }
                for count in 0..=chars.len() {
                    let expected: Vec<u8> =
                        chars.iter().skip(index).take(count).copied().flatten().copied().collect();
                    assert_eq!(substring(text, index, count), expected);
                }
            }
        }
        assert_eq!(char_index("aé".as_bytes(), 2), 1);
        assert_eq!(substring(b"abc", usize::MAX, usize::MAX), b"");
    }
}
