//! The parser: POSIX ERE syntax to the intermediate form that `regex-automata` compiles.
//!
//! Where POSIX leaves a meaning open, gawk's is taken: a repetition with nothing to repeat (at the start, or behind `(`, `|` or an anchor)
//! and a `{` that starts no valid interval are ordinary characters, and so is an unmatched `)`.

use std::borrow::Cow;

use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

use super::class::{self, CharSet};
use super::{EreError, Options, rewrite, transcode};

/// The largest repeat count (POSIX's RE_DUP_MAX as glibc sets it).
const REPEAT_MAX: u32 = 32767;
/// How deep groups and repeated repetitions may nest: the compiler recurses over them.
const DEPTH_MAX: usize = 250;

const TOO_BIG: &str = "Regular expression too big";

/// A parsed pattern.
pub(super) struct Parsed {
    /// The expression for any text.
    pub(super) program: Program,
    /// A simpler expression that does the same in ASCII text, where that makes a difference.
    pub(super) ascii: Option<Program>,
    /// Whether invalid UTF-8 in a text can make a difference, so that it must be transcoded first.
    pub(super) sees_invalid_bytes: bool,
    has_stand_ins: bool,
}

/// What the engines compile.
pub(super) struct Program {
    /// The expression with its groups.
    pub(super) hir: Hir,
    /// The same without groups, for searches that do not ask for them.
    pub(super) plain: Hir,
    pub(super) groups: usize,
    pub(super) utf8: bool,
    /// Whether it never matches the empty text.
    pub(super) needs_text: bool,
}

impl Program {
    fn new(hir: Hir, groups: usize, utf8: bool) -> Program {
        let plain = rewrite::without_groups(&hir);
        let needs_text = plain.properties().minimum_len().is_some_and(|length| length > 0);
        Program { hir, plain, groups, utf8, needs_text }
    }
}

impl Parsed {
    /// Whether characters other than ASCII in the expression or in texts may stand for something else.
    pub(super) fn changes_texts(&self) -> bool {
        self.has_stand_ins || self.sees_invalid_bytes
    }

    pub(super) fn literal(&self) -> Option<&[u8]> {
        match self.program.plain.kind() {
            HirKind::Literal(literal) if !self.has_stand_ins => Some(&literal.0),
            _ => None,
        }
    }
}

pub(super) fn parse(pattern: &[u8], options: &Options) -> Result<Parsed, EreError> {
    let (source, offsets) = if options.awk_escapes {
        expand_numeric(pattern, options.literal_escapes)
    } else {
        (Cow::Borrowed(pattern), None)
    };
    let mut parser =
        Parser { source: &source, pos: 0, options: *options, depth: 0, groups: 0, has_stand_ins: false };
    let hir = parser.alternation().map_err(|mut error| {
        if let Some(offsets) = offsets {
            error.offset = offsets.get(error.offset).copied().unwrap_or(pattern.len());
        }
        error
    })?;
    if !rewrite::is_affordable(&hir) {
        return Err(EreError::new(0, TOO_BIG));
    }
    let (groups, has_stand_ins) = (parser.groups, parser.has_stand_ins);
    let hir = rewrite::pruned(rewrite::widen_stars(hir));
    let ascii = rewrite::ascii_only(&hir).map(|hir| Program::new(hir, groups, false));
    let program = Program::new(hir, groups, options.utf8);
    let sees_invalid_bytes = options.utf8 && (has_stand_ins || rewrite::sees_invalid_bytes(&program.plain));
    Ok(Parsed { program, ascii, sees_invalid_bytes, has_stand_ins })
}

/// Replaces `\ddd`, `\xHH` and `\uHHHH` by the bytes they name, as gawk does before it looks at the syntax (`\56` is a `.` that matches anything,
/// `[a\135b]` an `[a]` with `b]` behind it), except that a `\` made so stays an ordinary character, and all of them do when they are `literal`. Gives the original offset of each byte when it replaced any.
fn expand_numeric(pattern: &[u8], literal: bool) -> (Cow<'_, [u8]>, Option<Vec<usize>>) {
    let mut expanded = Vec::new();
    let mut offsets = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    let copy = |expanded: &mut Vec<u8>, offsets: &mut Vec<usize>, from: usize, to: usize| {
        expanded.extend_from_slice(&pattern[from..to]);
        offsets.extend(from..to);
    };
    while at + 1 < pattern.len() {
        if pattern[at] != b'\\' {
            at += 1;
            continue;
        }
        let mut bytes = [0; 4];
        let Some((named, length)) = numeric_escape(&pattern[at + 1..], &mut bytes) else {
            at += 2;
            continue;
        };
        copy(&mut expanded, &mut offsets, copied, at);
        if named == b"\\" || (literal && named[0].is_ascii_punctuation()) {
            expanded.push(b'\\');
            offsets.push(at);
        }
        expanded.extend_from_slice(named);
        offsets.resize(expanded.len(), at);
        at += 1 + length;
        copied = at;
    }
    if copied == 0 {
        return (Cow::Borrowed(pattern), None);
    }
    copy(&mut expanded, &mut offsets, copied, pattern.len());
    (Cow::Owned(expanded), Some(offsets))
}

/// The byte that `ddd` or `xHH` at the start of `text` names, or the bytes of the character `uHHHH`, and its length in
/// the pattern.
fn numeric_escape<'b>(text: &[u8], bytes: &'b mut [u8; 4]) -> Option<(&'b [u8], usize)> {
    let (skip, base, longest) = match text.first()? {
        b'0'..=b'7' => (0, 8, 3),
        b'x' => (1, 16, 2),
        b'u' => (1, 16, 8),
        _ => return None,
    };
    let digits = text[skip..].iter().take(longest).map_while(|&b| char::from(b).to_digit(base));
    let (value, count) = digits.fold((0, 0), |(value, count), digit| (value * base + digit, count + 1));
    if count == 0 {
        return None;
    }
    let named = match text[0] {
        b'u' => char::from_u32(value).unwrap_or('?').encode_utf8(bytes).as_bytes(),
        _ => {
            // Octal goes to 511; like C, keep the low byte.
            bytes[0] = value as u8;
            &bytes[..1]
        }
    };
    Some((named, skip + count))
}

pub(super) struct Parser<'p> {
    source: &'p [u8],
    pub(super) pos: usize,
    pub(super) options: Options,
    depth: usize,
    groups: usize,
    has_stand_ins: bool,
}

impl Parser<'_> {
    pub(super) fn error(&self, offset: usize, message: &'static str) -> EreError {
        EreError::new(offset, message)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.source.get(self.pos + ahead).copied()
    }

    pub(super) fn rest_from(&self, offset: usize) -> &[u8] {
        &self.source[offset.min(self.source.len())..]
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.pos += usize::from(eaten);
        eaten
    }

    /// Takes one character; there must be one.
    pub(super) fn char(&mut self) -> char {
        let rest = self.rest_from(self.pos);
        let first = rest[0];
        if first < 0x80 || !self.options.utf8 {
            self.pos += 1;
            return char::from(first);
        }
        // A valid sequence is at most four bytes, so its validity shows in that many.
        match rest[..rest.len().min(4)].utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()) {
            Some(c) => {
                self.pos += c.len_utf8();
                c
            }
            None => {
                self.pos += 1;
                self.has_stand_ins = true;
                transcode::stand_in(first)
            }
        }
    }

    /// Takes the character behind a backslash, which means itself or one of awk's control characters.
    pub(super) fn escaped_char(&mut self) -> char {
        let c = self.char();
        if !self.options.awk_escapes {
            return c;
        }
        match c {
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0B',
            other => other,
        }
    }

    fn alternation(&mut self) -> Result<Hir, EreError> {
        let mut branches = vec![self.branch()?];
        while self.eat(b'|') {
            branches.push(self.branch()?);
        }
        Ok(Hir::alternation(branches))
    }

    fn branch(&mut self) -> Result<Hir, EreError> {
        let mut items: Vec<Hir> = Vec::new();
        let mut repeatable = false;
        let mut repeats = 0;
        loop {
            let at = self.pos;
            match self.peek() {
                None | Some(b'|') => break,
                Some(b')') if self.depth > 0 => break,
                Some(_) => {}
            }
            if repeatable && let Some((min, max)) = self.repetition()? {
                repeats += 1;
                if repeats + self.depth > DEPTH_MAX {
                    return Err(self.error(at, TOO_BIG));
                }
                let item = items.pop().expect("a repeatable item was pushed");
                items.push(repeat(item, min, max));
            } else {
                repeats = 0;
                let (item, is_repeatable) = self.atom()?;
                items.push(item);
                repeatable = is_repeatable;
            }
        }
        Ok(Hir::concat(items))
    }

    /// A repetition operator at the current place, if there is one: the least and the largest count.
    fn repetition(&mut self) -> Result<Option<(u32, Option<u32>)>, EreError> {
        let counts = match self.peek() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') if self.options.intervals => return self.interval(),
            _ => return Ok(None),
        };
        self.pos += 1;
        Ok(Some(counts))
    }

    /// `{n}`, `{n,}`, `{n,m}` or `{,m}`; anything else is no interval.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, EreError> {
        let open = self.pos;
        self.pos += 1;
        let least = self.number();
        let (min, max) = if self.eat(b',') {
            (least.unwrap_or(0), self.number())
        } else if let Some(count) = least {
            (count, Some(count))
        } else {
            self.pos = open;
            return Ok(None);
        };
        if !self.eat(b'}') {
            self.pos = open;
            return Ok(None);
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.error(open, r"Invalid content of \{\}"));
        }
        if max.unwrap_or(min) > REPEAT_MAX {
            return Err(self.error(open, TOO_BIG));
        }
        Ok(Some((min, max)))
    }

    fn number(&mut self) -> Option<u32> {
        let digits = self.rest_from(self.pos).iter().take_while(|b| b.is_ascii_digit()).count();
        let value = self.rest_from(self.pos)[..digits]
            .iter()
            .fold(0u32, |value, digit| value.saturating_mul(10).saturating_add(u32::from(digit - b'0')));
        self.pos += digits;
        (digits > 0).then_some(value)
    }

    /// One item, and whether a repetition operator may follow it: behind an anchor `*` is an ordinary character.
    fn atom(&mut self) -> Result<(Hir, bool), EreError> {
        let at = self.pos;
        let hir = match self.peek().expect("the caller saw a byte") {
            b'(' => {
                self.pos += 1;
                self.group(at)?
            }
            b'[' => {
                self.pos += 1;
                self.bracket(at)?
            }
            b'.' => {
                self.pos += 1;
                class::any(&self.options)
            }
            b'^' => {
                self.pos += 1;
                return Ok((Hir::look(Look::Start), false));
            }
            b'$' => {
                self.pos += 1;
                return Ok((Hir::look(Look::End), false));
            }
            b'\\' if self.peek_at(1).is_some() || self.options.awk_escapes => {
                self.pos += 1;
                return self.escape();
            }
            _ => {
                let c = self.char();
                self.literal(c)
            }
        };
        Ok((hir, true))
    }

    fn group(&mut self, open: usize) -> Result<Hir, EreError> {
        self.groups += 1;
        let index = self.groups as u32;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(open, TOO_BIG));
        }
        let sub = self.alternation()?;
        self.depth -= 1;
        if !self.eat(b')') {
            return Err(self.error(open, r"Unmatched ( or \("));
        }
        Ok(Hir::capture(Capture { index, name: None, sub: Box::new(sub) }))
    }

    /// Behind a backslash.
    fn escape(&mut self) -> Result<(Hir, bool), EreError> {
        if self.options.awk_escapes && self.peek().is_none() {
            return Err(self.error(self.pos - 1, "Trailing backslash"));
        }
        if self.options.gnu_operators
            && let Some(operator) = self.peek().and_then(|letter| self.gnu_operator(letter))
        {
            self.pos += 1;
            return Ok(operator);
        }
        let c = self.escaped_char();
        Ok((self.literal(c), true))
    }

    fn gnu_operator(&self, letter: u8) -> Option<(Hir, bool)> {
        let options = &self.options;
        let look = |unicode, ascii| Some((Hir::look(if options.utf8 { unicode } else { ascii }), false));
        match letter {
            b'y' => look(Look::WordUnicode, Look::WordAscii),
            // awk has `\y` because its `\b` is the backspace.
            b'b' if !options.awk_escapes => look(Look::WordUnicode, Look::WordAscii),
            b'B' => look(Look::WordUnicodeNegate, Look::WordAsciiNegate),
            b'<' => look(Look::WordStartUnicode, Look::WordStartAscii),
            b'>' => look(Look::WordEndUnicode, Look::WordEndAscii),
            b'`' => look(Look::Start, Look::Start),
            b'\'' => look(Look::End, Look::End),
            b's' | b'S' => Some((CharSet::space(options).into_hir(letter == b'S', options), true)),
            b'w' | b'W' => Some((CharSet::word(options).into_hir(letter == b'W', options), true)),
            _ => None,
        }
    }

    fn literal(&self, c: char) -> Hir {
        if self.options.case_insensitive {
            return CharSet::of(c).into_hir(false, &self.options);
        }
        if self.options.utf8 {
            Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes())
        } else {
            // Without UTF-8 a character is a byte.
            Hir::literal([u32::from(c) as u8])
        }
    }
}

fn repeat(item: Hir, min: u32, max: Option<u32>) -> Hir {
    Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(item) })
}
