//! The comments of a program, which its tree does not have, and where its tokens are.

use crate::lexer::lex;
use crate::source::Source;
use crate::token::{Keyword, Punct, Token, TokenKind};

/// A comment: one behind something on its line, or a block of lines that have nothing else, with the empty lines between
/// them.
pub(super) struct Comment {
    at: u32,
    pub lines: Vec<String>,
    pub is_behind: bool,
}

/// The comments that were not printed yet.
pub(super) struct Comments {
    /// In the order of the text.
    left: Vec<Comment>,
    pub tokens: Vec<Token>,
}

impl Comments {
    /// The comments of a program. Between its tokens there are blanks, continued lines and comments.
    pub fn of(source: &Source) -> Comments {
        let text = source.text();
        let tokens = lex(source).tokens;
        let mut left: Vec<Comment> = Vec::new();
        let mut from = 0;
        let mut before = TokenKind::Newline;
        // How many line ends came since the last comment, if nothing else did.
        let mut newlines: Option<usize> = None;
        for token in &tokens {
            let gap = &text[from..(token.span.start as usize).max(from)];
            if let Some(found) = memchr::memchr(b'#', gap) {
                let line = &gap[found..];
                let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
                let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
                let is_behind = !matches!(before, TokenKind::Newline | TokenKind::Eof);
                match (newlines, left.last_mut().filter(|last| !last.is_behind && !is_behind)) {
                    (Some(newlines @ 1..), Some(block)) => {
                        block.lines.extend(std::iter::repeat_n(String::new(), newlines - 1));
                        block.lines.push(line);
                    }
                    _ => left.push(Comment { at: (from + found) as u32, lines: vec![line], is_behind }),
                }
                newlines = Some(0);
            }
            newlines = newlines.filter(|_| token.kind == TokenKind::Newline).map(|newlines| newlines + 1);
            before = token.kind;
            from = token.span.end as usize;
        }
        Comments { left, tokens }
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.left.clear();
    }

    /// Where the next token begins that is neither the end of a line nor a `;`.
    pub fn next_token(&self, place: u32) -> u32 {
        let first = self.tokens.partition_point(|token| token.span.start < place);
        let is_separator = |kind| matches!(kind, TokenKind::Newline | TokenKind::Punct(Punct::Semicolon));
        let next = self.tokens[first..].iter().find(|token| !is_separator(token.kind));
        next.map_or(u32::MAX, |token| token.span.start)
    }

    /// Takes those between two places.
    pub fn take(&mut self, start: u32, end: u32) -> Vec<Comment> {
        let first = self.left.partition_point(|comment| comment.at < start);
        let last = self.left.partition_point(|comment| comment.at < end).max(first);
        self.left.drain(first..last).collect()
    }

    /// Takes the one that follows a place on its line, before the next token.
    pub fn take_behind(&mut self, place: u32) -> Option<Comment> {
        let end = self.next_token(place);
        let next = self.left.partition_point(|comment| comment.at < place);
        let comment = self.left.get(next)?;
        (comment.is_behind && comment.at < end).then(|| self.left.remove(next))
    }

    /// Whether there is one between two places.
    pub fn is_any_between(&self, start: u32, end: u32) -> bool {
        self.left.iter().any(|comment| (start..end).contains(&comment.at))
    }

    /// Where the first `{` is behind a place.
    pub fn open_brace(&self, place: u32) -> u32 {
        self.first(place, |kind| kind == TokenKind::Punct(Punct::LeftBrace))
    }

    /// Behind the first `:` behind a place.
    pub fn colon(&self, place: u32) -> u32 {
        self.first(place, |kind| kind == TokenKind::Punct(Punct::Colon)).saturating_add(1)
    }

    /// Where the first `case` or `default` is behind a place.
    pub fn case_after(&self, place: u32) -> u32 {
        self.first(place, |kind| matches!(kind, TokenKind::Keyword(Keyword::Case | Keyword::Default)))
    }

    fn first(&self, place: u32, is_wanted: impl Fn(TokenKind) -> bool) -> u32 {
        let from = self.tokens.partition_point(|token| token.span.start < place);
        let found = self.tokens[from..].iter().find(|token| is_wanted(token.kind));
        found.map_or(u32::MAX, |token| token.span.start)
    }
}
