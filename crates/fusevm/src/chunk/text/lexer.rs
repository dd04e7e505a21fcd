//! Splits a line of the text form into tokens.

use std::fmt;

/// Where a token begins: the index of the line and the byte within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub offset: usize,
}

/// What is wrong at a place.
pub type Fault = (Place, String);

#[derive(Clone, Debug, PartialEq)]
pub enum Token<'a> {
    /// A name, an op, a label or, with a point in front, a directive.
    Word(&'a str),
    /// Whatever begins as a number does.
    Number(&'a str),
    /// A quoted string, its escapes resolved.
    Quoted(Vec<u8>),
    /// One of the marks `: # [ ] { } ( )`.
    Mark(char),
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Word(text) | Token::Number(text) => write!(f, "`{text}`"),
            Token::Quoted(_) => f.write_str("a string"),
            Token::Mark(mark) => write!(f, "`{mark}`"),
        }
    }
}

/// The tokens of one line, read one by one.
pub struct Line<'a> {
    /// What is left of it.
    text: &'a str,
    len: usize,
    index: usize,
}

impl<'a> Line<'a> {
    pub fn new(text: &'a str, index: usize) -> Line<'a> {
        Line { text, len: text.len(), index }
    }

    /// The place of the next token, or of the end of the line.
    pub fn place(&mut self) -> Place {
        self.skip_blanks();
        self.here()
    }

    fn here(&self) -> Place {
        Place { line: self.index, offset: self.len - self.text.len() }
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.text.split_at(bytes);
        self.text = rest;
        taken
    }

    fn skip_blanks(&mut self) {
        let blank = |c: char| c.is_ascii_whitespace() || c == ',';
        let blanks = self.text.len() - self.text.trim_start_matches(blank).len();
        self.advance(blanks);
        if self.text.starts_with(';') {
            self.advance(self.text.len());
        }
    }

    /// Takes the longest beginning of characters that `belongs` accepts, given the one before.
    fn take_while(&mut self, belongs: impl Fn(Option<char>, char) -> bool) -> &'a str {
        let mut before = None;
        let end = self.text.char_indices().find(|(_, c)| !belongs(before.replace(*c), *c));
        self.advance(end.map_or(self.text.len(), |(index, _)| index))
    }

    /// The next token; `None` at the end of the line.
    pub fn token(&mut self) -> Result<Option<Token<'a>>, Fault> {
        let place = self.place();
        let Some(first) = self.text.chars().next() else { return Ok(None) };
        Ok(Some(match first {
            '"' => Token::Quoted(self.quoted(place)?),
            '0'..='9' | '-' | '+' => Token::Number(self.take_while(|before, c| match c {
                '-' | '+' => matches!(before, None | Some('e' | 'E')),
                _ => c.is_ascii_alphanumeric() || c == '.' || c == '_',
            })),
            'a'..='z' | 'A'..='Z' | '_' | '.' => Token::Word(self.take_while(|before, c| {
                c.is_ascii_alphanumeric() || c == '_' || c == '.' && before.is_none()
            })),
            ':' | '#' | '[' | ']' | '{' | '}' | '(' | ')' => {
                self.advance(1);
                Token::Mark(first)
            }
            _ => return Err((place, format!("unexpected character {first:?}"))),
        }))
    }

    /// The next token without taking it.
    pub fn peek(&mut self) -> Result<Option<Token<'a>>, Fault> {
        let text = self.text;
        let token = self.token();
        self.text = text;
        token
    }

    /// Takes the next token if it is this mark.
    pub fn take_mark(&mut self, mark: char) -> Result<bool, Fault> {
        let found = self.peek()? == Some(Token::Mark(mark));
        if found {
            self.token()?;
        }
        Ok(found)
    }

    /// A quoted string, the text being at its opening quote.
    fn quoted(&mut self, place: Place) -> Result<Vec<u8>, Fault> {
        let open = || (place, "the string is never closed".to_string());
        self.advance(1);
        let mut bytes = Vec::new();
        loop {
            let plain = self.take_while(|_, c| c != '"' && c != '\\');
            bytes.extend_from_slice(plain.as_bytes());
            if self.text.is_empty() {
                return Err(open());
            }
            let escape_place = self.here();
            if self.advance(1) == "\"" {
                return Ok(bytes);
            }
            let Some(escape) = self.text.chars().next() else { return Err(open()) };
            self.advance(escape.len_utf8());
            bytes.push(match escape {
                'n' => b'\n',
                't' => b'\t',
                'r' => b'\r',
                '"' | '\\' => escape as u8,
                'x' => {
                    let digits = self.text.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
                    let byte =
                        digits.ok_or((escape_place, r"`\x` needs two hexadecimal digits".to_string()))?;
                    self.advance(2);
                    byte
                }
                _ => return Err((escape_place, format!(r"`\{escape}` is no escape"))),
            });
        }
    }
}
