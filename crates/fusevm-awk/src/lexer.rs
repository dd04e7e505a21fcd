//! Text to tokens.
//!
//! The whole program is cut into tokens before the parser starts. Awk's one context-dependent token, `/`, needs
//! only what came before it: after the end of an operand it divides, anywhere else it opens a regular expression.
//! (The `)` of `if (…)`, `while (…)` and `for (…)` ends no operand, so the lexer remembers what opened each
//! parenthesis.)

use crate::builtins::Builtin;
use crate::classic::{Classic, Form};
use crate::compiler::Dialect;
use crate::diagnostic::Diagnostic;
use crate::escape::{EscapeWarning, unescape};
use crate::source::{Source, Span};
use crate::token::{Keyword, Punct, Token, TokenKind};

/// The tokens of a program, with a [`TokenKind::Eof`] at the end of each file, and what is wrong with the
/// [`TokenKind::Invalid`] ones, in their order.
pub(crate) struct Lexed {
    pub tokens: Vec<Token>,
    pub errors: Vec<Diagnostic>,
}

impl Lexed {
    /// Cuts the text anew from the token `at`, whose `/` begins a regular expression, up to where the tokens are the
    /// same again. Nothing changes when there is no regular expression.
    pub fn read_as_regex(&mut self, source: &Source, at: usize) -> bool {
        let start = self.tokens[at].span.start as usize;
        let Some((end, is_unfinished)) = source.part_ends().find(|(end, _)| *end > start) else {
            return false;
        };
        let mut lexer = Lexer { at: start, end, is_unfinished, ..Lexer::new(source) };
        if lexer.regex() != TokenKind::Regex {
            return false;
        }
        lexer.push(TokenKind::Regex, start);
        let mut same = at + 1;
        while lexer.token() {
            let Some(&token) = lexer.tokens.last() else { break };
            let ahead =
                self.tokens[same..].iter().take_while(|old| old.span.start < token.span.start).count();
            same += ahead;
            if self.tokens.get(same) == Some(&token) {
                break;
            }
        }
        let fresh = lexer.tokens.len() - 1;
        self.tokens.splice(at..same, lexer.tokens.drain(..fresh));
        self.errors.append(&mut lexer.errors);
        true
    }
}

/// Cuts a program into tokens.
pub(crate) fn lex(source: &Source) -> Lexed {
    let mut lexer = Lexer::new(source);
    lexer.tokens.reserve(source.text().len() / 3);
    for (end, is_unfinished) in source.part_ends() {
        (lexer.end, lexer.is_unfinished) = (end, is_unfinished);
        while lexer.token() {}
    }
    Lexed { tokens: lexer.tokens, errors: lexer.errors }
}

struct Lexer<'a> {
    text: &'a [u8],
    dialect: Dialect,
    at: usize,
    tokens: Vec<Token>,
    errors: Vec<Diagnostic>,
    /// For each open parenthesis, whether an operand ends with it.
    parens: Vec<bool>,
    /// Whether a `/` here divides.
    divides: bool,
    /// Where the first NUL byte is, with which no program goes on.
    nul: Option<usize>,
    /// Where the file that is being cut ends.
    end: usize,
    /// Whether the last line of that file had no newline.
    is_unfinished: bool,
}

impl<'a> Lexer<'a> {
    fn new(source: &'a Source) -> Lexer<'a> {
        let text = source.text();
        Lexer {
            text,
            dialect: source.dialect(),
            at: 0,
            tokens: Vec::new(),
            errors: Vec::new(),
            parens: Vec::new(),
            divides: false,
            nul: memchr::memchr(0, text),
            end: 0,
            is_unfinished: false,
        }
    }

    /// Adds the next token; false after the last of the file.
    fn token(&mut self) -> bool {
        self.skip_blanks();
        let start = self.at;
        if let Some(nul) = self.nul.filter(|&nul| nul <= start && nul < self.end) {
            return self.refuse_nul(nul);
        }
        let byte = match self.text.get(start) {
            Some(&byte) if start < self.end => byte,
            _ => {
                // Blanks at the start of the next file are none of this one's.
                self.at = self.end;
                self.push(TokenKind::Eof, self.end);
                return false;
            }
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
            _ => match self.punctuation() {
                Some(punct) => {
                    self.at += punct.text().len();
                    TokenKind::Punct(punct)
                }
                None => self.stray(),
            },
        };
        if let Some(nul) = self.nul.filter(|&nul| nul < self.at) {
            return self.refuse_nul(nul);
        }
        self.push(kind, start);
        true
    }

    /// The punctuation that stands here.
    fn punctuation(&self) -> Option<Punct> {
        match Punct::at_start_of(&self.text[self.at..]) {
            // POSIX has only the caret.
            Some(Punct::StarStar | Punct::StarStarAssign) if self.dialect == Dialect::Posix => {
                Some(Punct::Star)
            }
            punct => punct,
        }
    }

    /// A NUL byte, wherever it stands, ends the text.
    fn refuse_nul(&mut self, nul: usize) -> bool {
        let span = Span::new(nul, nul + 1);
        let error = Diagnostic::error(span, "a NUL byte in the program")
            .classic(Form::Fatal, "error: invalid character '\\000' in source code");
        self.errors.push(error);
        self.nul = None;
        self.at = nul + 1;
        self.push(TokenKind::Invalid, nul);
        self.at = self.text.len();
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
            TokenKind::Eof => self.parens.clear(),
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
                    // A newline that was only added continues nothing.
                    Some(length) if self.at + 1 + length < self.end || !self.is_unfinished => {
                        self.at += 1 + length;
                    }
                    _ => return,
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
        let length = simple(rest);
        let word = &rest[..length];
        let start = self.at;
        self.at += length;
        if !self.text[self.at..].starts_with(b"::") {
            return self.simple_word(word);
        }
        let mut parts = vec![word];
        while let Some([b':', b':', part @ ..]) = self.text.get(self.at..) {
            let part = &part[..simple(part)];
            self.at += 2 + part.len();
            parts.push(part);
        }
        self.qualified(start, &parts)
    }

    fn simple_word(&self, word: &[u8]) -> TokenKind {
        let is_gawk = self.dialect == Dialect::Gawk;
        if let Some(keyword) = Keyword::from_word(word)
            && (is_gawk || keyword.is_standard())
            && !(word == b"func" && self.dialect == Dialect::Posix)
        {
            TokenKind::Keyword(keyword)
        } else if let Some(builtin) = Builtin::from_name(word)
            && (is_gawk || builtin.is_standard())
        {
            TokenKind::Builtin(builtin)
        } else {
            self.name()
        }
    }

    /// A name with its namespace, or more such parts than there can be.
    fn qualified(&mut self, start: usize, parts: &[&[u8]]) -> TokenKind {
        let span = Span::new(start, self.at);
        let (space, second) = (parts[0], parts[1]);
        let whole = String::from_utf8_lossy(&self.text[span.range()]);
        let malformed = if second.first().is_none_or(u8::is_ascii_digit) {
            Some(format!("qualified identifier `{whole}' is badly formed"))
        } else if parts.len() > 2 {
            Some(format!(
                "identifier `{whole}': namespace separator can only appear once in a qualified name"
            ))
        } else {
            None
        };
        if let Some(classic) = malformed {
            let error = Diagnostic::error(span, format!("`{whole}` is no name"))
                .label("a qualified name is written `space::name`");
            return self.error(error.classic_line(format!("error: {classic}")));
        }
        if is_reserved(space) {
            return self.refuse_qualified(span, space, "a namespace");
        }
        if is_reserved(second) {
            return self.refuse_qualified(span, second, "second component of a qualified name");
        }
        // What gawk adds belongs to the namespace `awk`.
        match Builtin::from_name(second).filter(|_| space == b"awk") {
            Some(builtin) => TokenKind::Builtin(builtin),
            None => self.name(),
        }
    }

    /// The name that ends here.
    fn name(&self) -> TokenKind {
        if self.peek(0) == Some(b'(') { TokenKind::FunctionName } else { TokenKind::Name }
    }

    /// A qualified name of which a part has a meaning of its own. gawk goes on as if that part stood alone, so that the
    /// next token is an error, too.
    fn refuse_qualified(&mut self, span: Span, word: &[u8], role: &str) -> TokenKind {
        let word = String::from_utf8_lossy(word);
        let classic = format!("error: using reserved identifier `{word}' as {role} is not allowed");
        let mut error = Diagnostic::error(span, format!("`{word}` is a reserved word; it cannot be {role}"));
        error.classic.insert(0, Classic::new(Form::Line, classic));
        self.error(error)
    }

    fn number(&mut self) -> TokenKind {
        let (_, length) = number(&self.text[self.at..], self.dialect);
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
        let ends_file = self.at + 1 >= self.end && self.is_unfinished;
        let classic = if ends_file { "unterminated regexp at end of file" } else { "unterminated regexp" };
        let error = Diagnostic::error(span, "unterminated regular expression")
            .classic_caret(classic)
            .classic_at(start as u32 + 1);
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
        let invalid = [b"invalid char '", &rest[..1], b"' in expression"].concat();
        self.error(match rest[0] {
            b'\'' => error.classic_caret(invalid).help("strings are written in double quotes: `\"…\"`"),
            b'\\' => error
                .classic_caret("backslash not last character on line")
                .help("a backslash continues a line only as its very last character"),
            b'&' => {
                error.help("`and` is written `&&`; the bits of two numbers are combined with `and(a, b)`")
            }
            b'.' => error,
            control @ (1..=6 | 0x0e..=0x1f | 0x7f) => error
                .classic(Form::Fatal, format!("error: invalid character '\\{control:03o}' in source code")),
            _ => error.classic_caret(invalid),
        })
    }
}

/// The number at the start of `text` and its length, which is at least one when a digit, or a point and a digit,
/// stands there.
///
/// Decimal with fraction and exponent; in gawk's awk also hexadecimal after `0x` and octal after `0` unless a digit
/// 8 or 9, a point or an exponent shows that it is decimal.
pub(crate) fn number(text: &[u8], dialect: Dialect) -> (f64, usize) {
    let has_other_bases = dialect == Dialect::Gawk;
    let digits = |from: usize, valid: fn(&u8) -> bool| {
        text[from..].iter().position(|b| !valid(b)).map_or(text.len(), |length| from + length)
    };
    if let [b'0', b'x' | b'X', digit, ..] = text
        && has_other_bases
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
    if has_other_bases && is_octal {
        return (in_radix(&text[..end], 8), end);
    }
    // Rust reads every spelling that gets here: digits, a point with digits on one side at least, an exponent.
    let value = std::str::from_utf8(&text[..end]).ok().and_then(|text| text.parse().ok());
    (value.unwrap_or(0.0), end)
}

/// Whether a word has a meaning of its own in every namespace.
fn is_reserved(word: &[u8]) -> bool {
    Keyword::from_word(word).is_some_and(Keyword::is_standard)
        || Builtin::from_name(word).is_some_and(Builtin::is_standard)
}

fn in_radix(digits: &[u8], radix: u32) -> f64 {
    digits
        .iter()
        .filter_map(|&b| char::from(b).to_digit(radix))
        .fold(0.0, |value, digit| value * f64::from(radix) + f64::from(digit))
}

/// The value of a string token (with its quotes), and warnings about its escape sequences.
pub(crate) fn string_value(source: &Source, span: Span) -> (Vec<u8>, Vec<EscapeWarning>) {
    let text = source.slice(span);
    unescape(&text[1..text.len() - 1])
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
