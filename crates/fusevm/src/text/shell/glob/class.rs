//! Bracket expressions: `[a-z]`, `[!...]`, `[[:alpha:]]`.

use super::PatternOptions;
use crate::text::shell::chars::{CharCode, fold, to_char};

/// A parsed bracket expression.
#[derive(Clone, Debug)]
pub(super) struct Class {
    negated: bool,
    /// Ranges by code point, both ends included; folded when the pattern ignores case.
    ranges: Vec<(CharCode, CharCode)>,
    named: Vec<NamedClass>,
}

impl Class {
    /// Whether the character `code` is in the class; `folded` is the same character in lower
    /// case when the pattern ignores case, which named classes (as in bash) do not.
    pub(super) fn contains(&self, code: CharCode, folded: CharCode) -> bool {
        let listed = self.ranges.iter().any(|&(low, high)| (low..=high).contains(&folded))
            || to_char(code).is_some_and(|c| self.named.iter().any(|named| named.contains(c)));
        listed != self.negated
    }
}

/// The classes of POSIX, and bash's `word`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedClass {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

const NAMED_CLASSES: &[(&[u8], NamedClass)] = &[
    (b"alnum", NamedClass::Alnum),
    (b"alpha", NamedClass::Alpha),
    (b"blank", NamedClass::Blank),
    (b"cntrl", NamedClass::Cntrl),
    (b"digit", NamedClass::Digit),
    (b"graph", NamedClass::Graph),
    (b"lower", NamedClass::Lower),
    (b"print", NamedClass::Print),
    (b"punct", NamedClass::Punct),
    (b"space", NamedClass::Space),
    (b"upper", NamedClass::Upper),
    (b"word", NamedClass::Word),
    (b"xdigit", NamedClass::Xdigit),
];

impl NamedClass {
    fn contains(self, c: char) -> bool {
        match self {
            NamedClass::Alnum => c.is_alphanumeric(),
            NamedClass::Alpha => c.is_alphabetic(),
            NamedClass::Blank => c == ' ' || c == '\t',
            NamedClass::Cntrl => c.is_control(),
            NamedClass::Digit => c.is_ascii_digit(),
            NamedClass::Graph => !c.is_control() && !c.is_whitespace(),
            NamedClass::Lower => c.is_lowercase(),
            NamedClass::Print => !c.is_control(),
            NamedClass::Punct => !c.is_control() && !c.is_whitespace() && !c.is_alphanumeric(),
            // `is_whitespace` knows the vertical tab and form feed that C's isspace knows.
            NamedClass::Space => c.is_whitespace(),
            NamedClass::Upper => c.is_uppercase(),
            NamedClass::Word => c.is_alphanumeric() || c == '_',
            NamedClass::Xdigit => c.is_ascii_hexdigit(),
        }
    }
}

/// One member of a bracket expression while it is read.
enum Member {
    Char(CharCode),
    Named(Option<NamedClass>),
}

/// Parses the bracket expression whose `[` stands at `open` in `pattern`.
///
/// Gives the class and the index after its `]`, or `None` when no `]` closes it and the `[` is
/// an ordinary character. An unknown class name or collating symbol matches nothing.
pub(super) fn parse(pattern: &[CharCode], open: usize, options: PatternOptions) -> Option<(Class, usize)> {
    let mut reader = Reader { pattern, position: open + 1 };
    let negated = reader.eat('!') || reader.eat('^');
    let mut class = Class { negated, ranges: Vec::new(), named: Vec::new() };
    let add_range = |class: &mut Class, low: CharCode, high: CharCode| {
        let (low, high) = if options.case_insensitive { (fold(low), fold(high)) } else { (low, high) };
        class.ranges.push((low, high));
    };
    let first = reader.position;
    loop {
        if reader.position > first && reader.eat(']') {
            return Some((class, reader.position));
        }
        match reader.member()? {
            Member::Named(Some(named)) => class.named.push(named),
            Member::Named(None) => {}
            Member::Char(low) if reader.eat_range_dash() => match reader.member()? {
                Member::Char(high) => add_range(&mut class, low, high),
                // `[a-[:digit:]]` has no meaning; nothing lies between the two.
                Member::Named(_) => {}
            },
            Member::Char(code) => add_range(&mut class, code, code),
        }
    }
}

/// A cursor over the characters between the brackets.
struct Reader<'p> {
    pattern: &'p [CharCode],
    position: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<CharCode> {
        self.pattern.get(self.position + ahead).copied()
    }

    fn sees(&self, ahead: usize, c: char) -> bool {
        self.peek(ahead) == Some(CharCode::from(c))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.sees(0, c);
        self.position += usize::from(found);
        found
    }

    /// Reads one member; `None` at the end of the pattern.
    fn member(&mut self) -> Option<Member> {
        let code = self.peek(0)?;
        if code == CharCode::from('[') {
            for delimiter in [':', '.', '='] {
                if self.sees(1, delimiter)
                    && let Some(name) = self.delimited(delimiter)
                {
                    return Some(Self::named_member(delimiter, &name));
                }
            }
        }
        self.position += 1;
        if code == CharCode::from('\\') {
            let escaped = self.peek(0)?;
            self.position += 1;
            return Some(Member::Char(escaped));
        }
        Some(Member::Char(code))
    }

    /// Reads `[:name:]` (or with `.` or `=`) if it is complete, and gives the name.
    fn delimited(&mut self, delimiter: char) -> Option<Vec<CharCode>> {
        let name_start = self.position + 2;
        let rest = self.pattern.get(name_start..)?;
        // A collating symbol may be any one character, the delimiter included.
        let shortest = usize::from(delimiter != ':');
        let length = rest
            .windows(2)
            .enumerate()
            .position(|(i, pair)| i >= shortest && *pair == [delimiter, ']'].map(CharCode::from))?;
        if delimiter == ':' && !rest[..length].iter().all(|&code| (0x61..=0x7a).contains(&code)) {
            return None;
        }
        self.position = name_start + length + 2;
        Some(rest[..length].to_vec())
    }

    fn named_member(delimiter: char, name: &[CharCode]) -> Member {
        if delimiter == ':' {
            let bytes: Vec<u8> = name.iter().map(|&code| code as u8).collect();
            let known = NAMED_CLASSES.iter().find(|(known, _)| **known == bytes);
            return Member::Named(known.map(|&(_, class)| class));
        }
        match name {
            &[code] => Member::Char(code),
            _ => Member::Named(None),
        }
    }

    /// Takes the `-` of a range; a `-` before the closing `]` is a member of its own.
    fn eat_range_dash(&mut self) -> bool {
        !self.sees(1, ']') && self.eat('-')
    }
}
