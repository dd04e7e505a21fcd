//! JSON (RFC 8259): the members of an object, or the elements of an array, as fields.

use super::{FieldSpan, Found, Malformed, Names, Notation};

/// How deep values may nest. A scanner without recursion needs no limit, but a bit for each open bracket.
const MAX_DEPTH: usize = 512;

/// Appends the fields of a text, with the names that they have in an object. A string is its text; null is empty;
/// objects and arrays inside are their JSON text.
///
/// # Errors
/// Where the text is no JSON value.
pub(super) fn split(text: &[u8], found: &mut Found<'_>) -> Result<(), Malformed> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.blanks();
    match scanner.peek() {
        Some(b'{') => scanner.list(b'}', |scanner| {
            if scanner.peek() != Some(b'"') {
                return Err(scanner.wrong("a name in quotes is missing"));
            }
            let name = scanner.field(found)?;
            let name = match name.beyond(text.len()) {
                None => name.of(text),
                Some(name) => name.of(found.made),
            };
            found.names.push(name);
            scanner.blanks();
            scanner.expect(b':', "`:` is missing after a name")?;
            scanner.blanks();
            scanner.value(found)
        })?,
        Some(b'[') => scanner.list(b']', |scanner| scanner.value(found))?,
        // An empty line is a record without fields.
        None => {}
        _ => scanner.value(found)?,
    }
    scanner.blanks();
    if scanner.at < text.len() {
        return Err(scanner.wrong("there is more after the value"));
    }
    Ok(())
}

/// Checks that a text is a JSON value.
///
/// # Errors
/// Where it is none.
pub(super) fn check(text: &[u8]) -> Result<(), Malformed> {
    let (mut fields, mut names, mut made) = (Vec::new(), Names::default(), Vec::new());
    split(text, &mut Found { fields: &mut fields, names: &mut names, made: &mut made })
}

/// Whether a text is a number as JSON writes it.
pub(super) fn is_number(text: &[u8]) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.number().is_ok() && scanner.at == text.len()
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn wrong(&self, message: &'static str) -> Malformed {
        Malformed { offset: self.at, message }
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, message: &'static str) -> Result<(), Malformed> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(message));
        }
        self.at += 1;
        Ok(())
    }

    /// The items between brackets, up to `close`.
    fn list(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            item(self)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong("`,` or a closing bracket is missing")),
            }
        }
    }

    /// Adds a value as a field.
    fn value(&mut self, found: &mut Found<'_>) -> Result<(), Malformed> {
        found.names.push_notation(match self.peek() {
            Some(b'"') => Notation::Quoted,
            Some(b'n') => Notation::Null,
            _ => Notation::Verbatim,
        });
        let value = self.field(found)?;
        found.fields.push(value);
        Ok(())
    }

    /// Passes over a value; where its text is.
    fn field(&mut self, found: &mut Found<'_>) -> Result<FieldSpan, Malformed> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => return self.string(Some(found.made)),
            Some(b'{' | b'[') => self.nested()?,
            Some(b'n') => {
                self.word()?;
                return Ok(FieldSpan::default());
            }
            _ => self.scalar()?,
        }
        Ok(FieldSpan::new(start, self.at))
    }

    /// Passes over an object or array, whose brackets must match and whose scalars must be well-formed.
    fn nested(&mut self) -> Result<(), Malformed> {
        let mut open = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(byte @ (b'{' | b'[')) => {
                    if open.len() == MAX_DEPTH {
                        return Err(self.wrong("the values nest too deep"));
                    }
                    open.push(byte);
                    self.at += 1;
                }
                Some(byte @ (b'}' | b']')) => {
                    // In ASCII both kinds of brackets are two apart.
                    if open.pop() != Some(byte - 2) {
                        return Err(self.wrong("a closing bracket has no opening one"));
                    }
                    self.at += 1;
                    if open.is_empty() {
                        return Ok(());
                    }
                }
                Some(b',' | b':') => self.at += 1,
                Some(b'"') => {
                    self.string(None)?;
                }
                _ => self.scalar()?,
            }
        }
    }

    fn scalar(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b't' | b'f' | b'n') => self.word(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong("a value is missing")),
        }
    }

    fn word(&mut self) -> Result<(), Malformed> {
        let rest = &self.text[self.at..];
        let word = [&b"true"[..], b"false", b"null"].into_iter().find(|word| rest.starts_with(word));
        self.at += word.ok_or_else(|| self.wrong("a value is missing"))?.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("a digit is missing")) } else { Ok(()) }
    }

    /// Passes over a string; where its text is. One with escapes is written to `made`.
    fn string(&mut self, made: Option<&mut Vec<u8>>) -> Result<FieldSpan, Malformed> {
        let start = self.at + 1;
        let mut has_escape = false;
        self.at = start;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escape = true;
                    self.at += 1;
                    self.escape()?;
                }
                Some(0..0x20) => return Err(self.wrong("a control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.wrong("a string has no end")),
            }
        }
        let end = self.at;
        self.at += 1;
        match made {
            Some(made) if has_escape => {
                let first = made.len();
                unescape(&self.text[start..end], made);
                Ok(FieldSpan::new(self.text.len() + first, self.text.len() + made.len()))
            }
            _ => Ok(FieldSpan::new(start, end)),
        }
    }

    /// Passes over what follows a backslash.
    fn escape(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') if code_unit(&self.text[self.at + 1..]).is_some() => self.at += 5,
            _ => return Err(self.wrong("an escape that JSON does not have")),
        }
        Ok(())
    }
}

/// The number that four hexadecimal digits are.
fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Appends a well-formed string's text, its escapes replaced. Half of a surrogate pair becomes U+FFFD.
fn unescape(mut rest: &[u8], made: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'\\', rest) {
        made.extend_from_slice(&rest[..at]);
        let escape = rest.get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        let byte = match escape {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (character, length) = unicode(rest);
                made.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[length..];
                continue;
            }
            other => other,
        };
        made.push(byte);
    }
    made.extend_from_slice(rest);
}

/// The character of the digits after `\u`, with the second half of a pair, and how long they are.
fn unicode(rest: &[u8]) -> (char, usize) {
    let first = code_unit(rest).unwrap_or(0);
    if let 0xd800..0xdc00 = first
        && let Some(second) = rest.get(4..).and_then(|rest| rest.strip_prefix(b"\\u")).and_then(code_unit)
        && let 0xdc00..0xe000 = second
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

#[cfg(test)]
mod tests {
    use super::super::TextFormat;
    use super::super::tests::split;
    use super::*;

    #[test]
    fn members_are_fields_with_names() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("{}", &[], &[]),
            (r#"{"a": 1, "b" : "x"}"#, &["1", "x"], &["a", "b"]),
            (
                r#" { "a" : { "b" : [1, "]"] } , "c":null,"d":true } "#,
                &[r#"{ "b" : [1, "]"] }"#, "", "true"],
                &["a", "c", "d"],
            ),
            (r#"["a\tb", -1.5e+3, []]"#, &["a\tb", "-1.5e+3", "[]"], &[]),
            (r#""\u00e9\ud83d\ude00\ud800x\/\"""#, &["é😀\u{fffd}x/\""], &[]),
            (r#"{"a\nb": ""}"#, &[""], &["a\nb"]),
            ("17", &["17"], &[]),
            (" ", &[], &[]),
        ];
        for (text, fields, names) in cases {
            let (found_fields, found_names) = split(TextFormat::JsonLines, text);
            assert_eq!((found_fields, found_names), (own(fields), own(names)), "{text}");
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    fn own(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn mistakes_have_their_places() {
        let cases: &[(&str, usize)] = &[
            ("{", 1),
            ("{a:1}", 1),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":1,}"#, 7),
            (r#"{"a":01}"#, 6),
            (r#"{"a":1.}"#, 7),
            (r#"["a"#, 3),
            (r#"["\x"]"#, 3),
            (r#"["\u12g4"]"#, 3),
            ("[1}", 2),
            (r#"{"a":[1}}"#, 7),
            ("[1] 2", 4),
            ("nul", 0),
            ("\"a\nb\"", 2),
        ];
        for (text, offset) in cases {
            assert_eq!(check(text.as_bytes()).map_err(|wrong| wrong.offset), Err(*offset), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(check(deep.as_bytes()).is_err());
    }
}
