//! Letter case, over bytes: ASCII letters only, or all of Unicode's in what is valid UTF-8. ASCII runs take the fast way in both.

use std::cmp::Ordering;

/// Appends the text in lower case. With `utf8` set, letters beyond ASCII are changed too, one character for one; bytes that are not valid
/// UTF-8 stay as they are.
pub fn to_lower(out: &mut Vec<u8>, text: &[u8], utf8: bool) {
    convert(out, text, utf8, <[u8]>::make_ascii_lowercase, |c| single(c, c.to_lowercase()));
}

/// Appends the text in upper case; see [`to_lower`].
pub fn to_upper(out: &mut Vec<u8>, text: &[u8], utf8: bool) {
    convert(out, text, utf8, <[u8]>::make_ascii_uppercase, |c| single(c, c.to_uppercase()));
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

/// The counterpart of a character if it is one character; like C's `towupper`, `ß` stays `ß`.
fn single(c: char, mut converted: impl Iterator<Item = char>) -> char {
    match (converted.next(), converted.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn convert(out: &mut Vec<u8>, text: &[u8], utf8: bool, ascii: fn(&mut [u8]), unicode: impl Fn(char) -> char) {
    let start = out.len();
    if !utf8 || text.is_ascii() {
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
    fn invalid_bytes_stay() {
        let mut out = Vec::new();
        to_upper(&mut out, b"a\xff\xc3\xa9\xe2z", true);
        assert_eq!(out, b"A\xff\xc3\x89\xe2Z");
    }
}
