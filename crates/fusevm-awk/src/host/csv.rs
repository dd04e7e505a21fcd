//! Where records of CSV end: at newlines that are not quoted.
//!
//! RFC 4180, with what is common besides: lines may end with a newline alone, and a quote inside a field without
//! quotes is an ordinary character. What is not CSV is an error, rather than a field that swallows the rest.

use memchr::{memchr, memchr2};

/// How far a record is searched, from its start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scan {
    searched: usize,
    /// Where the quote is that is open.
    open: Option<usize>,
}

/// What is found of a record.
#[derive(Debug, PartialEq)]
pub(super) enum Scanned {
    /// A record of this length, and the length with its line end.
    Record(usize, usize),
    /// More text is needed.
    More,
    /// It is no CSV at this byte.
    Malformed(usize, &'static str),
}

impl Scan {
    /// Goes on in a text that begins with the record; `is_all` says whether the text ends with the input.
    pub fn go_on(&mut self, text: &[u8], is_all: bool) -> Scanned {
        loop {
            let Some(open) = self.open else {
                let Some(at) = memchr2(b'"', b'\n', &text[self.searched..]) else {
                    return self.end(text, is_all);
                };
                let at = self.searched + at;
                if text[at] == b'\n' {
                    let length = if text[..at].ends_with(b"\r") { at - 1 } else { at };
                    return Scanned::Record(length, at + 1);
                }
                if at == 0 || text[at - 1] == b',' {
                    self.open = Some(at);
                }
                self.searched = at + 1;
                continue;
            };
            let Some(at) = memchr(b'"', &text[self.searched..]) else {
                self.searched = text.len();
                return if is_all {
                    Scanned::Malformed(open, "the quote that begins here has no end")
                } else {
                    Scanned::More
                };
            };
            let at = self.searched + at;
            // What is decided by bytes that are not read yet is looked at again.
            self.searched = at;
            let closes = match &text[at + 1..] {
                [b'"', ..] => false,
                [b',' | b'\n', ..] | [b'\r', b'\n', ..] => true,
                [] | [b'\r'] if !is_all => return Scanned::More,
                [] | [b'\r'] => true,
                _ => return Scanned::Malformed(at + 1, "text after the closing quote of a field"),
            };
            if closes {
                self.open = None;
            }
            self.searched = at + if closes { 1 } else { 2 };
        }
    }

    /// No line end is there.
    fn end(&mut self, text: &[u8], is_all: bool) -> Scanned {
        self.searched = text.len();
        match text.len() {
            length if is_all && length > 0 => {
                Scanned::Record(length - usize::from(text.ends_with(b"\r")), length)
            }
            _ => Scanned::More,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first record of a text that comes in pieces of a size, and how long it is with its end.
    fn scan(text: &str, step: usize) -> Scanned {
        let text = text.as_bytes();
        let mut scan = Scan::default();
        let mut length = step.min(text.len());
        loop {
            match scan.go_on(&text[..length], false) {
                Scanned::More if length < text.len() => length = (length + step).min(text.len()),
                Scanned::More => return scan.go_on(text, true),
                found => return found,
            }
        }
    }

    #[test]
    fn quoted_newlines_end_nothing() {
        use Scanned::*;
        let cases: &[(&str, Scanned)] = &[
            ("a,b\nc", Record(3, 4)),
            ("a,b\r\nc", Record(3, 5)),
            ("a", Record(1, 1)),
            ("\n", Record(0, 1)),
            ("\"a\nb\",c\nd", Record(7, 8)),
            ("\"a\"\"\n\"\r\nx", Record(6, 8)),
            ("x,\"\"\ny", Record(4, 5)),
            ("a\"b\nc\"", Record(3, 4)),
            ("\"a\"", Record(3, 3)),
            ("\"a\r", Malformed(0, "the quote that begins here has no end")),
            ("x,\"a\nb", Malformed(2, "the quote that begins here has no end")),
            ("\"a\"b,c\n", Malformed(3, "text after the closing quote of a field")),
            ("\"a\"\rb\n", Malformed(3, "text after the closing quote of a field")),
            ("", More),
        ];
        for (text, expected) in cases {
            for step in [1, 2, 3, 100] {
                assert_eq!(scan(text, step), *expected, "{text:?} by {step}");
            }
        }
    }
}
