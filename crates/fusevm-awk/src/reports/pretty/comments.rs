//! The comments of a program, which its tree does not have.

use crate::lexer::lex;
use crate::source::Source;

/// The comments that were not printed yet.
pub(super) struct Comments {
    /// Places and texts, in order.
    left: Vec<(u32, String)>,
}

impl Comments {
    /// The comments of a program. Between its tokens there are blanks, continued lines and comments.
    pub fn of(source: &Source) -> Comments {
        let text = source.text();
        let mut left = Vec::new();
        let mut from = 0;
        for token in lex(source).tokens {
            let mut at = from;
            let to = token.span.start as usize;
            while let Some(found) = text.get(at..to).and_then(|gap| memchr::memchr(b'#', gap)) {
                let start = at + found;
                let length = memchr::memchr(b'\n', &text[start..]).unwrap_or(text.len() - start);
                let comment = String::from_utf8_lossy(&text[start..start + length]);
                left.push((start as u32, comment.trim_end().to_owned()));
                at = start + length;
            }
            from = token.span.end as usize;
        }
        Comments { left }
    }

    /// Takes those between two places.
    pub fn take(&mut self, start: u32, end: u32) -> Vec<String> {
        let first = self.left.partition_point(|(at, _)| *at < start);
        let last = self.left.partition_point(|(at, _)| *at < end).max(first);
        self.left.drain(first..last).map(|(_, comment)| comment).collect()
    }

    /// Takes the one that follows a place on its line.
    pub fn take_behind(&mut self, text: &[u8], place: u32) -> Option<String> {
        let next = self.left.partition_point(|(at, _)| *at < place);
        let (at, _) = self.left.get(next)?;
        let between = text.get(place as usize..*at as usize)?;
        if !between.iter().all(|byte| b" \t;}".contains(byte)) {
            return None;
        }
        Some(self.left.remove(next).1)
    }
}
