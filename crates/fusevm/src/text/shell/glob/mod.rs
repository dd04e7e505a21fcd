//! Shell patterns: `*`, `?`, `[...]`, and behind flags the extended forms of ksh, bash and zsh.
//!
//! A [`Pattern`] is parsed once and matched many times. Malformed pieces (an unclosed `[` or
//! `@(`) stand for themselves, as in every shell, so parsing cannot fail. Matching simulates an
//! automaton and never backtracks: one match takes at most pattern length × text length, and with
//! `!(...)` in the pattern at most that times the text length again.

mod class;
mod matcher;
mod parse;
mod path;

pub use path::{DirectoryReader, Entry, EntryKind, ExpandOptions, Recursion, expand};

use std::ops::Range;
use std::sync::OnceLock;

use super::chars::{Chars, Locale};
use matcher::{Direction, Program};
use parse::Node;

/// What a pattern may say and how it compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternOptions {
    /// Letters match in either case (bash's `nocasematch`, `nocaseglob`).
    pub case_insensitive: bool,
    /// `?(a|b)`, `*(a|b)`, `+(a|b)`, `@(a|b)` and `!(a|b)` are groups (bash's `extglob`).
    pub extended: bool,
    /// A plain `(a|b)` is a group too, as in zsh.
    pub alternation: bool,
    /// What counts as one character.
    pub locale: Locale,
}

/// A parsed shell pattern.
///
/// A backslash makes the next byte ordinary, which is how a caller passes quoted text; see
/// [`escape`].
///
/// ```
/// use fusevm::text::shell::glob::{Pattern, PatternOptions};
/// let source_file = Pattern::new(b"*.[ch]", PatternOptions::default());
/// assert!(source_file.is_match(b"main.c"));
/// assert_eq!(source_file.find(b"in a.c, b.h"), Some(0..11));
/// ```
#[derive(Debug)]
pub struct Pattern {
    nodes: Vec<Node>,
    /// No node is a group, so the cheap matcher serves for whole texts.
    is_simple: bool,
    options: PatternOptions,
    forward: OnceLock<Program>,
    backward: OnceLock<Program>,
}

impl Pattern {
    /// Parses `pattern`; what is malformed in it is taken literally.
    pub fn new(pattern: &[u8], options: PatternOptions) -> Self {
        let nodes = parse::parse(pattern, options);
        let is_simple = !nodes.iter().any(|node| matches!(node, Node::Group(..)));
        Pattern { nodes, is_simple, options, forward: OnceLock::new(), backward: OnceLock::new() }
    }

    /// Whether the pattern says more than its own text.
    pub fn has_wildcards(&self) -> bool {
        !self.nodes.iter().all(|node| matches!(node, Node::Literal(_)))
    }

    /// Whether the pattern matches the whole of `text`.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.is_match_with(text, false)
    }

    /// As [`is_match`](Self::is_match), but a leading `.` of `name` must be matched by a literal
    /// `.`: the rule for file names.
    pub fn is_name_match(&self, name: &[u8]) -> bool {
        self.is_match_with(name, name.first() == Some(&b'.'))
    }

    fn is_match_with(&self, text: &[u8], guard_dot: bool) -> bool {
        let chars = Chars::new(text, self.options.locale);
        if self.is_simple {
            let starts_with_dot =
                || matches!(self.nodes.first(), Some(Node::Literal(c)) if *c == u32::from(b'.'));
            return (!guard_dot || starts_with_dot())
                && matcher::match_simple(&self.nodes, &chars, self.options);
        }
        let mut whole = false;
        self.program(Direction::Forward).run(&chars, 0, guard_dot, |end| {
            whole = end == chars.len();
            true
        });
        whole
    }

    /// The end of the shortest prefix of `text` that matches: `${text#pattern}` removes it.
    pub fn shortest_prefix(&self, text: &[u8]) -> Option<usize> {
        self.extreme(text, Direction::Forward, false)
    }

    /// The end of the longest prefix of `text` that matches: `${text##pattern}` removes it.
    pub fn longest_prefix(&self, text: &[u8]) -> Option<usize> {
        self.extreme(text, Direction::Forward, true)
    }

    /// The start of the shortest suffix of `text` that matches: `${text%pattern}` removes it.
    pub fn shortest_suffix(&self, text: &[u8]) -> Option<usize> {
        self.extreme(text, Direction::Backward, false)
    }

    /// The start of the longest suffix of `text` that matches: `${text%%pattern}` removes it.
    pub fn longest_suffix(&self, text: &[u8]) -> Option<usize> {
        self.extreme(text, Direction::Backward, true)
    }

    /// The far end of the nearest or farthest match that begins at one end of `text`.
    fn extreme(&self, text: &[u8], direction: Direction, farthest: bool) -> Option<usize> {
        let chars = Chars::new(text, self.options.locale);
        let from = direction.first(&chars);
        let mut found = None;
        self.program(direction).run(&chars, from, false, |end| {
            found = Some(end);
            farthest
        });
        found.map(|index| chars.offset(index))
    }

    /// The leftmost match in `text`, the longest one that starts there.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        Searcher::new(self, text).next()
    }

    /// The matches that `${text//pattern/...}` replaces: leftmost, longest, one after the other.
    ///
    /// An empty match is followed by a step of one character, and no match is empty at the end
    /// of a text that is not empty.
    pub fn find_all(&self, text: &[u8]) -> Vec<Range<usize>> {
        Searcher::new(self, text).collect()
    }

    fn program(&self, direction: Direction) -> &Program {
        let cell = match direction {
            Direction::Forward => &self.forward,
            Direction::Backward => &self.backward,
        };
        cell.get_or_init(|| Program::compile(&self.nodes, direction, self.options))
    }
}

/// Successive matches in one text.
///
/// One pass of the reversed pattern over the text tells every place where some match starts; a
/// forward run from such a place then finds the longest end.
struct Searcher<'a> {
    pattern: &'a Pattern,
    chars: Chars<'a>,
    /// The places where a match starts, the last one first.
    starts: Vec<usize>,
    /// The next match starts here or later.
    position: usize,
}

impl<'a> Searcher<'a> {
    fn new(pattern: &'a Pattern, text: &'a [u8]) -> Self {
        let chars = Chars::new(text, pattern.options.locale);
        let mut starts = pattern.program(Direction::Backward).starts(&chars);
        if chars.len() > 0 && starts.first() == Some(&chars.len()) {
            starts.remove(0);
        }
        Searcher { pattern, chars, starts, position: 0 }
    }
}

impl Iterator for Searcher<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = loop {
            let start = self.starts.pop()?;
            if start >= self.position {
                break start;
            }
        };
        let mut end = start;
        self.pattern.program(Direction::Forward).run(&self.chars, start, false, |found| {
            end = found;
            true
        });
        self.position = end.max(start + 1);
        Some(self.chars.offset(start)..self.chars.offset(end))
    }
}

/// Whether `pattern` has any unescaped wildcard, so that pathname expansion would look at files.
pub fn has_wildcards(pattern: &[u8], options: PatternOptions) -> bool {
    Pattern::new(pattern, options).has_wildcards()
}

/// Escapes everything in `text` that could mean something in a pattern.
pub fn escape(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for &byte in text {
        if matches!(
            byte,
            b'*' | b'?' | b'[' | b']' | b'\\' | b'(' | b')' | b'|' | b'!' | b'+' | b'@' | b'-' | b'^'
        ) {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    escaped
}

/// Removes one level of backslash escapes; a backslash at the very end stays.
pub fn unescape(pattern: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter().copied();
    while let Some(byte) = bytes.next() {
        let escaped = if byte == b'\\' { bytes.next() } else { None };
        plain.push(escaped.unwrap_or(byte));
    }
    plain
}

#[cfg(test)]
mod tests;
