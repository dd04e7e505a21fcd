//! Rows of sets of bytes: a text, where each set has one byte.

use regex_syntax::hir::Hir;

use super::rewrite::{self, ByteSet};

pub(super) struct Row {
    sets: Vec<ByteSet>,
    /// The bytes of those that the row begins with and that have one each. They are compared at once: sets lie far apart in memory.
    text: Box<[u8]>,
}

impl Row {
    /// The row that items stand for; none where they are anything else.
    pub(super) fn new(items: &[Hir]) -> Option<Row> {
        let mut sets = Vec::new();
        for item in items {
            rewrite::extend_row(&mut sets, item)?;
        }
        Some(Row::of_sets(sets))
    }

    pub(super) fn of_sets(sets: Vec<ByteSet>) -> Row {
        let text = sets.iter().map_while(only_byte).collect();
        Row { sets, text }
    }

    pub(super) fn sets(&self) -> &[ByteSet] {
        &self.sets
    }

    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether the text begins with the row.
    #[inline]
    pub(super) fn begins(&self, hay: &[u8]) -> bool {
        let Some(bytes) = hay.get(..self.len()) else { return false };
        // To compare no bytes with those of an empty box takes long on some processors: it points to no memory.
        (self.text.is_empty() || bytes.starts_with(&self.text))
            && rewrite::is_row(&bytes[self.text.len()..], &self.sets[self.text.len()..])
    }
}

/// The byte of a set that has one.
fn only_byte(set: &ByteSet) -> Option<u8> {
    let mut bytes = (0..=u8::MAX).filter(|byte| set[usize::from(*byte)]);
    bytes.next().filter(|_| bytes.next().is_none())
}
