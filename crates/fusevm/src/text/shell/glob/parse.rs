//! From the text of a pattern to its tree.

use super::PatternOptions;
use super::class::{self, Class};
use crate::text::shell::chars::{CharCode, Chars, fold};

/// One element of a pattern.
#[derive(Debug)]
pub(super) enum Node {
    /// Exactly this character (folded when the pattern ignores case).
    Literal(CharCode),
    /// `?`
    AnyChar,
    /// `[...]`
    Class(Class),
    /// `*`
    AnyString,
    /// `@(a|b)` and its relatives.
    Group(GroupKind, Vec<Vec<Node>>),
}

/// How often the alternatives of a group may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// `@(...)`, or zsh's `(...)`
    Once,
    /// `?(...)`
    Optional,
    /// `*(...)`
    ZeroOrMore,
    /// `+(...)`
    OneOrMore,
    /// `!(...)`: any string that the alternatives do not match.
    Not,
}

/// Groups nested deeper than this are ordinary text: the tree is walked by recursion.
const MAX_NESTING: usize = 128;

/// An open parenthesis that waits for its `)`.
struct Frame {
    /// `None` for a parenthesis that is ordinary text, but still pairs up inside a group.
    kind: Option<GroupKind>,
    /// The character before `(` that belongs to it.
    prefix: Option<CharCode>,
    finished: Vec<Vec<Node>>,
    current: Vec<Node>,
}

impl Frame {
    /// The frame's content as ordinary text, its parenthesis and bars included.
    fn into_literal(self, literal: impl Fn(CharCode) -> Node) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.prefix.into_iter().chain(['('.into()]).map(&literal).collect();
        for alternative in self.finished {
            nodes.extend(alternative);
            nodes.push(literal('|'.into()));
        }
        nodes.extend(self.current);
        nodes
    }
}

/// Parses `pattern` in one pass; open groups wait on an explicit stack.
pub(super) fn parse(pattern: &[u8], options: PatternOptions) -> Vec<Node> {
    let chars = Chars::new(pattern, options.locale);
    let mut parser =
        Parser { codes: &chars.codes(), options, position: 0, root: Vec::new(), open: Vec::new() };
    while let Some(&code) = parser.codes.get(parser.position) {
        if !parser.parenthesis(code) {
            parser.element(code);
        }
    }
    while let Some(frame) = parser.open.pop() {
        let nodes = frame.into_literal(|code| parser.literal(code));
        parser.target().extend(nodes);
    }
    parser.root
}

struct Parser<'p> {
    codes: &'p [CharCode],
    options: PatternOptions,
    position: usize,
    root: Vec<Node>,
    open: Vec<Frame>,
}

impl Parser<'_> {
    fn literal(&self, code: CharCode) -> Node {
        Node::Literal(if self.options.case_insensitive { fold(code) } else { code })
    }

    /// The sequence that is being read.
    fn target(&mut self) -> &mut Vec<Node> {
        self.open.last_mut().map_or(&mut self.root, |frame| &mut frame.current)
    }

    /// Takes what has to do with groups: an opening, `|` and `)`.
    fn parenthesis(&mut self, code: CharCode) -> bool {
        if let Some((kind, prefix)) = self.opening(code) {
            let kind = kind.filter(|_| self.open.len() < MAX_NESTING);
            // A parenthesis that is text needs its partner only to leave an outer group open.
            if kind.is_some() || !self.open.is_empty() {
                self.open.push(Frame { kind, prefix, finished: Vec::new(), current: Vec::new() });
                self.position += 1 + usize::from(prefix.is_some());
                return true;
            }
        }
        let Some(frame) = self.open.last_mut() else { return false };
        match char::from_u32(code) {
            Some('|') => frame.finished.push(std::mem::take(&mut frame.current)),
            Some(')') => self.close(),
            _ => return false,
        }
        self.position += 1;
        true
    }

    /// What opens at the current position: its kind, `None` for mere text, and the character
    /// before the parenthesis.
    fn opening(&self, code: CharCode) -> Option<(Option<GroupKind>, Option<CharCode>)> {
        let c = char::from_u32(code)?;
        if c == '(' {
            return Some((self.options.alternation.then_some(GroupKind::Once), None));
        }
        if !self.options.extended || self.codes.get(self.position + 1) != Some(&'('.into()) {
            return None;
        }
        let kind = match c {
            '@' => GroupKind::Once,
            '?' => GroupKind::Optional,
            '*' => GroupKind::ZeroOrMore,
            '+' => GroupKind::OneOrMore,
            '!' => GroupKind::Not,
            _ => return None,
        };
        Some((Some(kind), Some(code)))
    }

    /// Ends the innermost frame at its `)`.
    fn close(&mut self) {
        let Some(mut frame) = self.open.pop() else { return };
        if let Some(kind) = frame.kind {
            frame.finished.push(frame.current);
            self.target().push(Node::Group(kind, frame.finished));
        } else {
            let mut nodes = frame.into_literal(|code| self.literal(code));
            nodes.push(self.literal(')'.into()));
            self.target().extend(nodes);
        }
    }

    /// Takes any other element.
    fn element(&mut self, code: CharCode) {
        self.position += 1;
        let node = match char::from_u32(code) {
            Some('?') => Node::AnyChar,
            // A run of stars means one star.
            Some('*') if matches!(self.target().last(), Some(Node::AnyString)) => return,
            Some('*') => Node::AnyString,
            Some('[') => match class::parse(self.codes, self.position - 1, self.options) {
                Some((class, end)) => {
                    self.position = end;
                    Node::Class(class)
                }
                None => self.literal(code),
            },
            Some('\\') if self.position < self.codes.len() => {
                self.position += 1;
                self.literal(self.codes[self.position - 1])
            }
            _ => self.literal(code),
        };
        self.target().push(node);
    }
}
