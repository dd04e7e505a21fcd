//! Expressions that are a text, anything, and a text: `\[.*\]`, `<.+>`, `from.*to`, or without the first one: `.*/`. The longest match goes on to the last
//! place of the second text, so that the first place of one and the last of the other are all that is looked for.

use memchr::{memmem, memrchr};
use regex_syntax::hir::{Hir, HirKind};

use super::Span;
use super::rewrite;

pub(super) struct Between {
    first: memmem::Finder<'static>,
    last: memmem::Finder<'static>,
    /// The least number of bytes between them.
    least: usize,
}

impl Between {
    pub(super) fn new(hir: &Hir) -> Option<Between> {
        let HirKind::Concat(items) = hir.kind() else { return None };
        let (first, [between, last]) = items.split_last_chunk()?;
        let first: &[u8] = match first {
            [] => b"",
            [first] => match first.kind() {
                HirKind::Literal(first) => &first.0,
                _ => return None,
            },
            _ => return None,
        };
        let HirKind::Literal(last) = last.kind() else { return None };
        let least = rewrite::least_of_any(between)? as usize;
        Some(Between {
            first: memmem::Finder::new(first).into_owned(),
            last: memmem::Finder::new(&last.0).into_owned(),
            least,
        })
    }

    /// The first match from `start` on: where the second text does not follow the first one, it follows no later one.
    pub(super) fn find(&self, hay: &[u8], start: usize) -> Option<Span> {
        let begin = start + self.first.find(&hay[start..])?;
        let from = begin + self.first.needle().len() + self.least;
        let end = from + self.last_place(hay.get(from..)?)?;
        Some((begin, end + self.last.needle().len()))
    }

    /// Where the second text is for the last time: most often it is there once or twice, and to look for it forwards is several times
    /// faster than backwards.
    fn last_place(&self, hay: &[u8]) -> Option<usize> {
        if let [byte] = *self.last.needle() {
            return memrchr(byte, hay);
        }
        let mut last = self.last.find(hay)?;
        while let Some(next) = self.last.find(&hay[last + 1..]) {
            last += 1 + next;
        }
        Some(last)
    }
}
