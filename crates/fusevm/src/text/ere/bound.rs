//! Expressions whose matches are all at the beginning of the text or all at its end, or alternatives of such ones:
//! `^[ \t]+|[ \t]+$`, `\r$`, `^#+`. Nothing but these two places is looked at.

use std::cmp::Reverse;

use regex_syntax::hir::{Hir, HirKind, Look};

use super::Span;
use super::rewrite::{self, ByteSet};
use super::run;

pub(super) struct Bound {
    begins: Vec<Side>,
    ends: Vec<Side>,
}

/// What stands at one of the places: a row of sets of bytes, of which the last may repeat. At the end it is a row alone, or
/// one set that repeats.
struct Side {
    row: Vec<ByteSet>,
    tail: Option<ByteSet>,
}

impl Bound {
    pub(super) fn new(hir: &Hir) -> Option<Bound> {
        let branches = match hir.kind() {
            HirKind::Alternation(branches) => &branches[..],
            _ => std::slice::from_ref(hir),
        };
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        for branch in branches {
            let items = rewrite::items(branch);
            match (items.first().map(Hir::kind), items.last().map(Hir::kind)) {
                (Some(HirKind::Look(Look::Start)), _) => begins.push(Side::new(&items[1..])?),
                (_, Some(HirKind::Look(Look::End))) => {
                    let side = Side::new(&items[..items.len() - 1])?;
                    let is_one_set = side.row.iter().all(|set| Some(*set) == side.tail);
                    if side.tail.is_some() && !is_one_set {
                        return None;
                    }
                    ends.push(side);
                }
                _ => return None,
            }
        }
        Some(Bound { begins, ends })
    }

    /// The leftmost match from `start` on, and of several the longest.
    pub(super) fn find(&self, hay: &[u8], start: usize) -> Option<Span> {
        let begins = self.begins.iter().filter(|_| start == 0);
        let at_begin = begins.filter_map(|side| Some((0, side.end_of_first(hay)?)));
        let at_end =
            self.ends.iter().filter_map(|side| Some((start + side.start_of_last(&hay[start..])?, hay.len())));
        at_begin.chain(at_end).min_by_key(|(start, end)| (*start, Reverse(*end)))
    }
}

impl Side {
    fn new(items: &[Hir]) -> Option<Side> {
        let (row, tail) = run::row_and_tail(items)?;
        Some(Side { row, tail })
    }

    /// Where it ends at the beginning of a text, if it is there.
    fn end_of_first(&self, hay: &[u8]) -> Option<usize> {
        let row = hay.get(..self.row.len())?;
        let repeated = |byte: &&u8| self.tail.is_some_and(|set| set[usize::from(**byte)]);
        rewrite::is_row(row, &self.row)
            .then(|| row.len() + hay[row.len()..].iter().take_while(repeated).count())
    }

    /// Where it begins at the end of a text, if it is there.
    fn start_of_last(&self, hay: &[u8]) -> Option<usize> {
        let at_least = hay.len().checked_sub(self.row.len())?;
        match &self.tail {
            None => rewrite::is_row(&hay[at_least..], &self.row).then_some(at_least),
            Some(set) => {
                let repeated = hay.iter().rev().take_while(|byte| set[usize::from(**byte)]);
                Some(hay.len() - repeated.count()).filter(|start| *start <= at_least)
            }
        }
    }
}
