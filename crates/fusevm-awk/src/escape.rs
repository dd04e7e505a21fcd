//! Backslash sequences of awk strings, as POSIX lists them and gawk (since 5.3) and the one true awk extend them.
//!
//! The same rules hold for string literals and for the values of assignments on the command line.

use std::ops::Range;

/// A sequence that means less than its author may think: what to say of it, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeWarning {
    /// The sequence's bytes in the text that was given.
    pub range: Range<usize>,
    /// What is odd about it.
    pub message: String,
    /// How gawk puts it.
    pub classic: String,
    /// The character that the backslash is in vain before; gawk tells that once for each.
    pub plain: Option<u8>,
}

/// Replaces the backslash sequences of `text` (a literal without its quotes).
///
/// `\" \\ \/ \a \b \f \n \r \t \v`, one to three octal digits (the low eight bits count), `\x` and one or two hex
/// digits, `\u` and up to eight (a character, or `?` where Unicode has none), and backslash-newline, which disappears. Any other `\c` is `c`, with a warning. A backslash at the very
/// end stays.
pub fn unescape(text: &[u8]) -> (Vec<u8>, Vec<EscapeWarning>) {
    let mut out = Vec::with_capacity(text.len());
    let mut warnings = Vec::new();
    let mut at = 0;
    while let Some(offset) = memchr::memchr(b'\\', &text[at..]) {
        let start = at + offset;
        out.extend_from_slice(&text[at..start]);
        let Some(&letter) = text.get(start + 1) else {
            out.push(b'\\');
            return (out, warnings);
        };
        at = start + 2;
        match letter {
            b'"' | b'\\' | b'/' => out.push(letter),
            b'a' => out.push(0x07),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(0x0b),
            b'\n' => {}
            b'\r' if text.get(at) == Some(&b'\n') => at += 1,
            b'0'..=b'7' => {
                let (value, end) = digits(text, start + 1, 8, 3);
                out.push(value as u8);
                at = end;
            }
            b'x' | b'u' => match digits(text, at, 16, if letter == b'x' { 2 } else { 8 }) {
                (_, end) if end == at => {
                    out.push(letter);
                    let letter = char::from(letter);
                    warnings.push(EscapeWarning {
                        range: start..at,
                        message: format!("no hex digits after `\\{letter}`"),
                        classic: format!("no hex digits in `\\{letter}' escape sequence"),
                        plain: None,
                    });
                }
                (value, end) => {
                    match letter {
                        b'x' => out.push(value as u8),
                        _ => {
                            let named = char::from_u32(value).unwrap_or('?');
                            out.extend_from_slice(named.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                    }
                    at = end;
                }
            },
            other => {
                out.push(other);
                let shown = other.escape_ascii();
                warnings.push(EscapeWarning {
                    range: start..at,
                    message: format!("escape sequence `\\{shown}` treated as plain `{shown}`"),
                    classic: format!("escape sequence `\\{shown}' treated as plain `{shown}'"),
                    plain: Some(other),
                });
            }
        }
    }
    out.extend_from_slice(&text[at..]);
    (out, warnings)
}

/// The value of up to `most` digits from `start`, and where they end.
fn digits(text: &[u8], start: usize, radix: u32, most: usize) -> (u32, usize) {
    let mut value = 0;
    let mut at = start;
    while at < text.len() && at - start < most {
        let Some(digit) = char::from(text[at]).to_digit(radix) else { break };
        value = value * radix + digit;
        at += 1;
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second column is what gawk 5.2.1 prints for the string, the third how many warnings it gives; of `\u`, what the manual
    /// of gawk 5.3 says.
    #[test]
    fn sequences_mean_what_gawk_says() {
        let cases: &[(&[u8], &[u8], usize)] = &[
            (b"", b"", 0),
            (b"plain \xff bytes", b"plain \xff bytes", 0),
            (br#"a\"b\\c"#, br#"a"b\c"#, 0),
            (br"\a\b\f\n\r\t\v", b"\x07\x08\x0c\n\r\t\x0b", 0),
            (br"\101\60\0q\1234", b"A0\0qS4", 0),
            (br"\400\777", b"\0\xff", 0),
            (br"\x41\x4g\x414", b"A\x04gA4", 0),
            (br"\xg\x", b"xgx", 2),
            (br"\q\8", b"q8", 2),
            (br"\u00e9\u20ACx\u0001F600", "é€x😀".as_bytes(), 0),
            (br"\u41\ug\u110000", b"Aug?", 1),
            (b"a\\\nb", b"ab", 0),
            (b"a\\\r\nb", b"ab", 0),
            (b"end\\", b"end\\", 0),
        ];
        for (text, expected, warnings) in cases {
            let (value, given) = unescape(text);
            assert_eq!(value.escape_ascii().to_string(), expected.escape_ascii().to_string());
            assert_eq!(given.len(), *warnings, "{given:?}");
        }
    }

    #[test]
    fn a_slash_needs_no_warning() {
        assert_eq!(unescape(br"a\/b"), (b"a/b".to_vec(), vec![]));
    }
}
