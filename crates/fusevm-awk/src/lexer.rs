//! Text to tokens.
//!
//! The whole program is cut into tokens before the parser starts. Awk's one context-dependent token, `/`, needs
//! only what came before it: after the end of an operand it divides, anywhere else it opens a regular expression.
//! (The `)` of `if (…)`, `while (…)` and `for (…)` ends no operand, so the lexer remembers what opened each
//! parenthesis.)

use crate::builtins::Builtin;
use crate::diagnostic::Diagnostic;
use crate::escape::unescape;
use crate::source::{Source, Span};
use crate::token::{Keyword, Punct, Token, TokenKind};

/// The tokens of a program, ending with one [`TokenKind::Eof`], and what is wrong with the
/// [`TokenKind::Invalid`] ones, in their order.
pub(crate) struct Lexed {
    pub tokens: Vec<Token>,
    pub errors: Vec<Diagnostic>,
}

/// Cuts a program into tokens.
pub(crate) fn lex(source: &Source) -> Lexed {
    let text = source.text();
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 3),
        errors: Vec::new(),
        parens: Vec::new(),
        divides: false,
    };
    while lexer.token() {}
    Lexed { tokens: lexer.tokens, errors: lexer.errors }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    errors: Vec<Diagnostic>,
    /// For each open parenthesis, whether an operand ends with it.
    parens: Vec<bool>,
    /// Whether a `/` here divides.
    divides: bool,
}

impl Lexer<'_> {
    /// Adds the next token; false after the last.
    fn token(&mut self) -> bool {
        self.skip_blanks();
        let start = self.at;
        let Some(&byte) = self.text.get(start) else {
            self.push(TokenKind::Eof, start);
            return false;
        };
        let kind = match byte {
            b'\n' => {
                self.at += 1;
                TokenKind::Newline
            }
            b'"' => self.string(),
            b'/' if !self.divides => self.regex(),
            b'@' if self.peek(1) == Some(b'/') => {
                self.at += 1;
                match self.regex() {
                    TokenKind::Regex => TokenKind::TypedRegex,
                    invalid => invalid,
                }
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => self.word(),
            _ => match Punct::at_start_of(&self.text[start..]) {
                Some(punct) => {
                    self.at += punct.text().len();
                    TokenKind::Punct(punct)
                }
                None => self.stray(),
            },
        };
        self.push(kind, start);
        true
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.divides = kind.ends_operand();
        match kind {
            TokenKind::Punct(Punct::LeftParen) => {
                let before = self.tokens.last().map(|token| token.kind);
                let heads_statement =
                    matches!(before, Some(TokenKind::Keyword(Keyword::If | Keyword::While | Keyword::For)));
                self.parens.push(!heads_statement);
            }
            TokenKind::Punct(Punct::RightParen) => self.divides = self.parens.pop().unwrap_or(true),
            _ => {}
        }
        self.tokens.push(Token { kind, span: Span::new(start, self.at) });
    }

    fn error(&mut self, diagnostic: Diagnostic) -> TokenKind {
        self.errors.push(diagnostic);
        TokenKind::Invalid
    }

    /// Length of a newline at offset `at` from here, if there is one: `\n` or `\r\n`.
    fn newline_length(&self, ahead: usize) -> Option<usize> {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (Some(b'\n'), _) => Some(1),
            (Some(b'\r'), Some(b'\n')) => Some(2),
            _ => None,
        }
    }

    /// Skips blanks, comments (up to their newline) and continued line ends.
    fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c') => self.at += 1,
                Some(b'#') => {
                    let rest = &self.text[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                Some(b'\\') => match self.newline_length(1) {
                    Some(length) => self.at += 1 + length,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// A name, which may have its namespace before it (`space::name`), or a word with a meaning of its own.
    fn word(&mut self) -> TokenKind {
        let rest = &self.text[self.at..];
        let simple = |text: &[u8]| {
            text.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).unwrap_or(text.len())
        };
        let mut length = simple(rest);
        let mut word = &rest[..length];
        if let [b':', b':', second @ ..] = &rest[length..]
            && let Some(b'A'..=b'Z' | b'a'..=b'z' | b'_') = second.first()
        {
            let second = &second[..simple(second)];
            // What is built in belongs to the namespace `awk`.
            let is_awk = word == b"awk";
            length += 2 + second.len();
            word = if is_awk { second } else { &rest[..length] };
        }
        self.at += length;
        if let Some(keyword) = Keyword::from_word(word) {
            TokenKind::Keyword(keyword)
        } else if let Some(builtin) = Builtin::from_name(word) {
            TokenKind::Builtin(builtin)
        } else if self.peek(0) == Some(b'(') {
            TokenKind::FunctionName
        } else {
            TokenKind::Name
        }
    }

    fn number(&mut self) -> TokenKind {
        let (_, length) = number(&self.text[self.at..]);
        self.at += length;
        TokenKind::Number
    }

    fn string(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(b'"') => {
                    self.at += 1;
                    return TokenKind::Str;
                }
                Some(b'\\') => {
                    let step = self.newline_length(1).unwrap_or(1);
                    self.at = (self.at + 1 + step).min(self.text.len());
                }
                Some(b'\n') | None => {
                    let span = Span::new(start, self.at);
                    return self.error(
                        Diagnostic::error(span, "unterminated string")
                            .classic_caret("unterminated string")
                            .label("this string has no closing `\"` on its line"),
                    );
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// A regular expression. A `/` inside a bracket expression does not end it, as in gawk and mawk.
    fn regex(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        // Offset just behind the opening of the bracket expression that we are in.
        let mut bracket: Option<usize> = None;
        while let Some(byte) = self.peek(0) {
            match (byte, bracket) {
                (b'\n', _) => break,
                (b'\\', _) => {
                    let step = self.newline_length(1).unwrap_or(1);
                    self.at = (self.at + 1 + step).min(self.text.len());
                }
                (b'/', None) => {
                    self.at += 1;
                    return TokenKind::Regex;
                }
                (b'[', None) => {
                    self.at += 1;
                    if self.peek(0) == Some(b'^') {
                        self.at += 1;
                    }
                    bracket = Some(self.at);
                }
                // `[:alpha:]`, `[.x.]` and `[=x=]` have a `]` of their own.
                (b'[', Some(_)) if matches!(self.peek(1), Some(b':' | b'.' | b'=')) => {
                    let close = [self.text[self.at + 1], b']'];
                    let rest = &self.text[self.at + 2..];
                    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
                    let inside = memchr::memmem::find(line, &close).map_or(0, |length| length + 3);
                    self.at += 1 + inside;
                }
                // A `]` that stands first is an ordinary member.
                (b']', Some(open)) if self.at > open => {
                    self.at += 1;
                    bracket = None;
                }
                _ => self.at += 1,
            }
        }
        let span = Span::new(start, self.at);
        let error = Diagnostic::error(span, "unterminated regular expression");
        self.error(if bracket.is_some() {
            error.label("the `[` in it is never closed").help("write `\\[` to match the character itself")
        } else {
            error.label("this `/` starts a regular expression; it has no closing `/` on its line")
        })
    }

    /// Text that starts no token.
    fn stray(&mut self) -> TokenKind {
        let start = self.at;
        let rest = &self.text[start..];
        let length = match std::str::from_utf8(&rest[..rest.len().min(4)]) {
            Ok(valid) => valid.chars().next().map_or(1, char::len_utf8),
            Err(error) if error.valid_up_to() > 0 => {
                let valid = String::from_utf8_lossy(&rest[..error.valid_up_to()]);
                valid.chars().next().map_or(1, char::len_utf8)
            }
            Err(_) => 1,
        };
        self.at += length;
        let shown = match std::str::from_utf8(&rest[..length]) {
            Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
            _ => rest[..length].escape_ascii().to_string(),
        };
        let span = Span::new(start, self.at);
        let error = Diagnostic::error(span, format!("unexpected character `{shown}`"));
        self.error(match rest[0] {
            b'\'' => error.help("strings are written in double quotes: `\"…\"`"),
            b'\\' => error.help("a backslash continues a line only as its very last character"),
            b'&' => {
                error.help("`and` is written `&&`; the bits of two numbers are combined with `and(a, b)`")
            }
            _ => error,
        })
    }
}

/// The number at the start of `text` and its length, which is at least one when a digit, or a point and a digit,
/// stands there.
///
/// Decimal with fraction and exponent; as in gawk, also hexadecimal after `0x` and octal after `0` unless a digit
/// 8 or 9, a point or an exponent shows that it is decimal.
pub(crate) fn number(text: &[u8]) -> (f64, usize) {
    let digits = |from: usize, valid: fn(&u8) -> bool| {
        text[from..].iter().position(|b| !valid(b)).map_or(text.len(), |length| from + length)
    };
    if let [b'0', b'x' | b'X', digit, ..] = text
        && digit.is_ascii_hexdigit()
    {
        let end = digits(2, u8::is_ascii_hexdigit);
        return (in_radix(&text[2..end], 16), end);
    }
    let mut end = digits(0, u8::is_ascii_digit);
    let integer = end;
    if text.get(end) == Some(&b'.') {
        end = digits(end + 1, u8::is_ascii_digit);
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let first = end + 1 + sign;
        if text.get(first).is_some_and(u8::is_ascii_digit) {
            end = digits(first, u8::is_ascii_digit);
        }
    }
    let is_octal = end == integer && text[0] == b'0' && text[..end].iter().all(|b| (b'0'..=b'7').contains(b));
    if is_octal {
        return (in_radix(&text[..end], 8), end);
    }
    // Rust reads every spelling that gets here: digits, a point with digits on one side at least, an exponent.
    let value = std::str::from_utf8(&text[..end]).ok().and_then(|text| text.parse().ok());
    (value.unwrap_or(0.0), end)
}

fn in_radix(digits: &[u8], radix: u32) -> f64 {
    digits
        .iter()
        .filter_map(|&b| char::from(b).to_digit(radix))
        .fold(0.0, |value, digit| value * f64::from(radix) + f64::from(digit))
}

/// The value of a string token (with its quotes), and warnings about its escape sequences.
pub(crate) fn string_value(source: &Source, span: Span) -> (Vec<u8>, Vec<Diagnostic>) {
    let text = source.slice(span);
    let (value, odd) = unescape(&text[1..text.len() - 1]);
    let inside = span.start as usize + 1;
    let warnings = odd
        .into_iter()
        .map(|w| Diagnostic::warning(Span::new(inside + w.range.start, inside + w.range.end), w.message))
        .collect();
    (value, warnings)
}

/// The pattern of a regex token (with its slashes, and the `@` of a typed one): `\/` becomes `/`, a continued line end disappears, and every
/// other backslash stays for the regular expression itself.
pub(crate) fn regex_value(source: &Source, span: Span) -> Vec<u8> {
    let text = source.slice(span);
    let text = text.strip_prefix(b"@").unwrap_or(text);
    let text = &text[1..text.len() - 1];
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match &text[at..] {
            [b'\\', b'/', ..] => {
                out.push(b'/');
                at += 2;
            }
            [b'\\', b'\n', ..] => at += 2,
            [b'\\', b'\r', b'\n', ..] => at += 3,
            [b'\\', other, ..] => {
                out.extend([b'\\', *other]);
                at += 2;
            }
            _ => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
    out
}
