//! POSIX extended regular expressions over bytes: leftmost-longest, in linear time.
//!
//! awk and the shell ask for the longest of the leftmost matches (`a|ab` on `ab` matches both letters), which no common Rust engine gives.
//! We parse the POSIX syntax ourselves, so that its corner cases and messages are the tools' own, and let the automata of
//! `regex-automata` do the search: leftmost start first, then the longest end from there.

mod automata;
mod begins;
mod between;
mod boolean;
mod bound;
mod bracket;
mod chain;
mod class;
mod finder;
mod opening;
mod parse;
mod pieces;
mod required;
mod rewrite;
mod row;
mod run;
mod shift;
#[cfg(test)]
mod tests;
mod transcode;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::fmt;

use super::{scan, utf8};
use boolean::Matcher;
use finder::Finder;
use parse::Program;
pub(crate) use required::Required;
use transcode::Transcoded;

/// A half-open byte range `(start, end)` of a match.
pub type Span = (usize, usize);

/// What a pattern's syntax and characters mean; languages differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Characters are UTF-8 sequences: `.` and brackets match whole characters. A byte that belongs to no valid sequence counts as one
    /// character of its own. Without it every byte is a character.
    pub utf8: bool,
    /// Letters match both cases.
    pub case_insensitive: bool,
    /// awk's escapes: `\n`, `\t`, `\/`, `\"`, `\ddd` (octal), `\xHH`, also inside brackets, where POSIX takes a backslash literally.
    pub awk_escapes: bool,
    /// A character written as `\ddd` or `\xHH` stands for itself. Without it, it means what it would mean as written plainly.
    pub literal_escapes: bool,
    /// The GNU operators `\y \B \< \> \s \S \w \W` and `` \` `` `\'`.
    pub gnu_operators: bool,
    /// `{n,m}` repeats; without it `{` is an ordinary character.
    pub intervals: bool,
}

impl Options {
    /// The syntax of awk as gawk understands it, over single bytes.
    pub const AWK: Options = Options {
        utf8: false,
        case_insensitive: false,
        awk_escapes: true,
        literal_escapes: false,
        gnu_operators: true,
        intervals: true,
    };
    /// The plain POSIX syntax, over single bytes.
    pub const POSIX: Options = Options {
        utf8: false,
        case_insensitive: false,
        awk_escapes: false,
        literal_escapes: false,
        gnu_operators: false,
        intervals: true,
    };
}

/// Why a pattern was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EreError {
    /// Byte offset in the pattern.
    pub offset: usize,
    /// The reason, without a final period.
    pub message: Cow<'static, str>,
}

impl EreError {
    fn new(offset: usize, message: &'static str) -> EreError {
        EreError { offset, message: Cow::Borrowed(message) }
    }
}

impl fmt::Display for EreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EreError {}

/// A compiled expression. The automata are built at their first use and keep their scratch space here, so that a search allocates nothing
/// once warm; for the same reason an `Ere` serves one thread at a time.
pub struct Ere {
    pattern: Box<[u8]>,
    parsed: parse::Parsed,
    required: OnceCell<Option<Required>>,
    engines: Engines,
    /// Those for ASCII text, where the parsed pattern has a program of its own for it.
    ascii_engines: Engines,
}

/// The engines of one program, once they are needed.
#[derive(Default)]
struct Engines {
    matcher: OnceCell<RefCell<Matcher>>,
    finder: OnceCell<RefCell<Finder>>,
}

impl fmt::Debug for Ere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ere(/{}/)", self.pattern.escape_ascii())
    }
}

impl Ere {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The pattern breaks the syntax, or would need an automaton beyond the size limit.
    pub fn new(pattern: &[u8], options: &Options) -> Result<Ere, EreError> {
        let parsed = parse::parse(pattern, options)?;
        Ok(Ere {
            pattern: pattern.into(),
            parsed,
            required: OnceCell::new(),
            engines: Engines::default(),
            ascii_engines: Engines::default(),
        })
    }

    /// The pattern as it was given.
    pub fn pattern(&self) -> &[u8] {
        &self.pattern
    }

    /// The text that is the only one this expression matches, if it is that simple. Its groups, if any, are not considered.
    pub fn is_literal(&self) -> Option<&[u8]> {
        self.parsed.literal()
    }

    /// Texts without which the expression does not match, if they are worth a search.
    #[inline(always)]
    pub(crate) fn required(&self) -> Option<&Required> {
        self.required.get_or_init(|| Required::new(&self.parsed)).as_ref()
    }

    /// How many groups the pattern has; `captures_at` gives one more entry, the whole match.
    pub fn group_count(&self) -> usize {
        self.parsed.program.groups
    }

    /// Does the expression match anywhere in the text?
    #[inline(always)]
    pub fn is_match(&self, hay: &[u8]) -> bool {
        let (program, engines, transcoded) = self.prepare(hay);
        let matcher = engines.matcher.get_or_init(|| RefCell::new(Matcher::new(program)));
        match transcoded {
            None => matcher.borrow_mut().is_match(hay),
            Some(text) => matcher.borrow_mut().is_match(text.text()),
        }
    }

    /// The leftmost-longest match that starts at `start` or after it. `^` matches at 0 only, whatever `start` is.
    /// For several searches in one text, [`Ere::search`] prepares it once.
    pub fn find_at(&self, hay: &[u8], start: usize) -> Option<Span> {
        self.search(hay).find_at(start)
    }

    /// As [`Ere::find_at`], with the groups: `groups[0]` is the whole match, `groups[i]` the i-th group's last participation.
    /// Returns whether there was a match; without one `groups` is empty.
    pub fn captures_at(&self, hay: &[u8], start: usize, groups: &mut Vec<Option<Span>>) -> bool {
        self.search(hay).captures_at(start, groups)
    }

    /// Prepares a text for any number of searches in it.
    pub fn search<'a>(&'a self, hay: &'a [u8]) -> Search<'a> {
        let (program, engines, transcoded) = self.prepare(hay);
        let finder = engines.finder.get_or_init(|| RefCell::new(Finder::new(program)));
        Search { program, finder, hay, transcoded }
    }

    /// Which program and engines serve this text, and the form of the text for them if not its own.
    #[inline(always)]
    fn prepare(&self, hay: &[u8]) -> (&Program, &Engines, Option<Box<Transcoded>>) {
        if let Some(program) = &self.parsed.ascii
            && scan::is_ascii(hay)
        {
            return (program, &self.ascii_engines, None);
        }
        let transcoded = if self.parsed.sees_invalid_bytes { Transcoded::new(hay) } else { None };
        (&self.parsed.program, &self.engines, transcoded.map(Box::new))
    }
}

/// A text in which an expression is searched repeatedly, as `gsub` and `split` do.
pub struct Search<'a> {
    program: &'a Program,
    finder: &'a RefCell<Finder>,
    hay: &'a [u8],
    /// In a box, since it is rare, and the rest is quicker passed on without it.
    transcoded: Option<Box<Transcoded>>,
}

impl Search<'_> {
    /// See [`Ere::find_at`].
    pub fn find_at(&self, start: usize) -> Option<Span> {
        if start > self.hay.len() {
            return None;
        }
        let mut finder = self.finder.borrow_mut();
        match &self.transcoded {
            None => finder.find(self.hay, start),
            Some(text) => {
                finder.find(text.text(), text.offset_of(start)).map(|span| text.span_to_original(span))
            }
        }
    }

    /// Gives the matches that are not empty from `from` on, one after the other, until one is the last that is wanted.
    #[inline]
    pub(crate) fn each(&self, mut from: usize, mut each: impl FnMut(usize, usize) -> bool) {
        if self.transcoded.is_none() {
            return self.finder.borrow_mut().each(self.hay, from, each);
        }
        while let Some((start, end)) = self.find_at(from) {
            if start < end && !each(start, end) {
                return;
            }
            from = if start < end { end } else { start + utf8::char_length(&self.hay[start..]).max(1) };
        }
    }

    /// Whether the expression never matches the empty text.
    pub(crate) fn needs_text(&self) -> bool {
        self.program.needs_text
    }

    /// Whether a search costs no more than to find out whether there is a match.
    pub(crate) fn is_quick(&self) -> bool {
        self.finder.borrow().is_quick()
    }

    /// See [`Ere::captures_at`].
    pub fn captures_at(&self, start: usize, groups: &mut Vec<Option<Span>>) -> bool {
        groups.clear();
        if start > self.hay.len() {
            return false;
        }
        let mut finder = self.finder.borrow_mut();
        let Some(text) = &self.transcoded else {
            return finder.captures(self.program, self.hay, start, groups);
        };
        let found = finder.captures(self.program, text.text(), text.offset_of(start), groups);
        for span in groups.iter_mut().flatten() {
            *span = text.span_to_original(*span);
        }
        found
    }
}
