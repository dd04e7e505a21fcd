//! Letter case, over bytes: ASCII letters only, or all of Unicode's in what is valid UTF-8. ASCII runs take the fast way in both.

use crate::short::pack;
use crate::text::{scan, utf8};
use std::cmp::Ordering;

/// Appends the text in lower case. With `utf8` set, letters beyond ASCII are changed too, one character for one; bytes that are not valid
/// UTF-8 stay as they are.
pub fn to_lower(out: &mut Vec<u8>, text: &[u8], utf8: bool) {
    convert(out, text, utf8, b'A', <[u8]>::make_ascii_lowercase, |c| single(c, c.to_lowercase()));
}

/// Appends the text in upper case; see [`to_lower`].
pub fn to_upper(out: &mut Vec<u8>, text: &[u8], utf8: bool) {
    convert(out, text, utf8, b'a', <[u8]>::make_ascii_uppercase, |c| single(c, c.to_uppercase()));
}

/// Compares two texts as if their letters were lower case.
pub fn compare(a: &[u8], b: &[u8], utf8: bool) -> Ordering {
    if !utf8 || (a.is_ascii() && b.is_ascii()) {
        return a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase));
    }
    let lower = |text| {
        let mut out = Vec::new();
        to_lower(&mut out, text, true);
        out
    };
    lower(a).cmp(&lower(b))
}

/// The first place of a part in a text when letter case does not count.
pub fn find(text: &[u8], part: &[u8], utf8: bool) -> Option<usize> {
    let step = |at: usize| if utf8 { utf8::char_length(&text[at..]).max(1) } else { 1 };
    let begins = |at: usize| {
        // The same characters in another case may take more or fewer bytes.
        let count = if utf8 { utf8::char_count(part) } else { part.len() };
        let end = (0..count).try_fold(at, |at, _| (at < text.len()).then(|| at + step(at)));
        end.is_some_and(|end| compare(&text[at..end.min(text.len())], part, utf8).is_eq())
    };
    let mut at = 0;
    loop {
        if begins(at) {
            return Some(at);
        }
        if at >= text.len() {
            return None;
        }
        at += step(at);
    }
}

/// The counterpart of a character if it is one character; like C's `towupper`, `ß` stays `ß`.
fn single(c: char, mut converted: impl Iterator<Item = char>) -> char {
    match (converted.next(), converted.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// The same byte in each of sixteen lanes.
const fn lanes(byte: u8) -> u128 {
    u128::MAX / 255 * byte as u128
}

/// Changes the case of the 26 letters from `first` on among sixteen bytes of ASCII.
#[inline]
fn change_letters(bytes: u128, first: u8) -> u128 {
    // The highest bit of a lane is where a byte is at least so much; no sum leaves its lane.
    let at_least = |least: u8| bytes + lanes(0x80 - least);
    let letters = (at_least(first) & !at_least(first + 26)) & lanes(0x80);
    bytes ^ letters >> 2
}

/// Appends a text, changed by `ascii` where all of it is ASCII, whose letters from `first` on it changes.
#[inline]
fn convert(
    out: &mut Vec<u8>,
    text: &[u8],
    utf8: bool,
    first: u8,
    ascii: fn(&mut [u8]),
    unicode: impl Fn(char) -> char,
) {
    const FEW: usize = size_of::<u128>();
    if text.len() <= FEW {
        let bytes = pack(text);
        if bytes & lanes(0x80) == 0 {
            // Sixteen bytes at once, whatever the length, take no call.
            let start = out.len();
            out.extend_from_slice(&change_letters(bytes, first).to_le_bytes());
            return out.truncate(start + text.len());
        }
    }
    let start = out.len();
    if !utf8 || scan::is_ascii(text) {
        out.extend_from_slice(text);
        ascii(&mut out[start..]);
        return;
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            out.extend_from_slice(unicode(c).encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gawk_agrees() {
        // Text, then gawk's tolower and toupper, in the UTF-8 locale and in the C locale.
        let cases: &[(&str, bool, &str, &str)] = &[
            ("Hello, World 42", false, "hello, world 42", "HELLO, WORLD 42"),
            ("Hello, World 42", true, "hello, world 42", "HELLO, WORLD 42"),
            ("", true, "", ""),
            ("ÉéÀà", true, "ééàà", "ÉÉÀÀ"),
            ("ÉéÀà", false, "ÉéÀà", "ÉéÀà"),
            ("Straße", true, "straße", "STRAßE"),
            ("ΣσςΩ", true, "σσςω", "ΣΣΣΩ"),
            ("ЖжЯ", true, "жжя", "ЖЖЯ"),
            ("aÿ", true, "aÿ", "AŸ"),
            ("漢字", true, "漢字", "漢字"),
        ];
        for &(text, utf8, lower, upper) in cases {
            let mut out = b"x".to_vec();
            to_lower(&mut out, text.as_bytes(), utf8);
            assert_eq!(String::from_utf8(out).unwrap(), format!("x{lower}"));
            let mut out = Vec::new();
            to_upper(&mut out, text.as_bytes(), utf8);
            assert_eq!(String::from_utf8(out).unwrap(), upper);
        }
    }

    #[test]
    fn texts_are_found_whatever_their_case() {
        let cases: &[(&str, &str, bool, Option<usize>)] = &[
            ("Hello", "ELL", false, Some(1)),
            ("Hello", "", false, Some(0)),
            ("", "x", true, None),
            ("aÉb", "éB", true, Some(1)),
            ("aÉb", "éB", false, None),
            ("abc", "abcd", true, None),
            ("xx", "X", true, Some(0)),
        ];
        for &(text, part, utf8, expected) in cases {
            assert_eq!(find(text.as_bytes(), part.as_bytes(), utf8), expected, "{part} in {text}");
        }
    }

    #[test]
    fn each_byte_of_ascii_is_changed_as_the_standard_library_does() {
        let all: Vec<u8> = (0..0x80).collect();
        for length in [1, 3, 7, 15, 16, 17, 64] {
            for text in all.windows(length) {
                let (mut lower, mut upper) = (Vec::new(), Vec::new());
                to_lower(&mut lower, text, true);
                to_upper(&mut upper, text, false);
                assert_eq!((lower, upper), (text.to_ascii_lowercase(), text.to_ascii_uppercase()));
            }
        }
    }

    #[test]
    fn invalid_bytes_stay() {
        let mut out = Vec::new();
        to_upper(&mut out, b"a\xff\xc3\xa9\xe2z", true);
        assert_eq!(out, b"A\xff\xc3\x89\xe2Z");
    }
}
