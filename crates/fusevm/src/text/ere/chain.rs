//! Rows of sets of bytes with a repeated set between two of them that ends where the next row begins: `port [0-9]+ ssh2`,
//! `^\[[^]]*\] [a-z]`. From each place there is one way through such an expression, so that nothing is tried twice.

use regex_syntax::hir::{Hir, HirKind};

use super::rewrite::{self, ByteSet};
use super::row::Row;
use super::run::Run;

pub(super) struct Chain {
    first: Row,
    links: Vec<Link>,
}

/// A set that repeats, as often as it can, and the row behind it.
struct Link {
    set: ByteSet,
    most: usize,
    row: Row,
}

/// A chain that may begin anywhere, and what finds the places where it can.
pub(super) struct LooseChain {
    first: Run,
    chain: Chain,
}

/// The longest rows, all together, with the least numbers of what repeats.
const LENGTH_MAX: usize = 64;

/// At how many of a thousand places a chain may begin, so that it is worth a look at each of these.
const COMMON_MAX: u32 = 5;

impl Chain {
    pub(super) fn new(items: &[Hir]) -> Option<Chain> {
        let mut rows: Vec<Vec<ByteSet>> = vec![Vec::new()];
        let mut sets = Vec::new();
        for item in items {
            let row = rows.last_mut()?;
            let HirKind::Repetition(repetition) = item.kind() else {
                rewrite::extend_row(row, item)?;
                continue;
            };
            let set = rewrite::single_bytes(&repetition.sub)?;
            row.extend((0..repetition.min).take(LENGTH_MAX + 1).map(|_| set));
            if repetition.max != Some(repetition.min) {
                sets.push((set, repetition.max.map_or(usize::MAX, |max| (max - repetition.min) as usize)));
                rows.push(Vec::new());
            }
        }
        if rows.iter().map(Vec::len).sum::<usize>() > LENGTH_MAX {
            return None;
        }
        let is_last_of = |at: usize| at + 1 == sets.len();
        let ends = |(at, (set, _)): (usize, &(ByteSet, usize))| match rows[at + 1].first() {
            Some(next) => are_apart(set, next),
            None => is_last_of(at),
        };
        if !sets.iter().enumerate().all(ends) {
            return None;
        }
        let mut rows = rows.into_iter().map(Row::of_sets);
        let first = rows.next()?;
        let links = sets.into_iter().zip(rows).map(|((set, most), row)| Link { set, most, row }).collect();
        Some(Chain { first, links })
    }

    /// The length of what the text begins with.
    pub(super) fn at_begin(&self, hay: &[u8]) -> Option<usize> {
        let mut at = self.first.begins(hay).then(|| self.first.len())?;
        for Link { set, most, row } in &self.links {
            at += hay[at..].iter().take(*most).take_while(|byte| set[usize::from(**byte)]).count();
            if !row.begins(&hay[at..]) {
                return None;
            }
            at += row.len();
        }
        Some(at)
    }
}

impl LooseChain {
    /// A chain that is looked for in linear time: its first row has a byte that none of its repeated sets has, so that only so
    /// many others begin within one as its rows are long.
    pub(super) fn new(items: &[Hir]) -> Option<LooseChain> {
        let chain = Chain::new(items)?;
        let is_apart = |set: &ByteSet| chain.links.iter().all(|link| are_apart(set, &link.set));
        let first = chain.first.sets();
        if !first.iter().any(is_apart) {
            return None;
        }
        let first =
            Run::of_row(Row::of_sets(first.to_vec())).filter(|first| first.commonness() <= COMMON_MAX)?;
        Some(LooseChain { first, chain })
    }

    /// Where the first one ends, or the first one that ends with the text.
    pub(super) fn find_end(&self, hay: &[u8], is_at_end: bool) -> Option<usize> {
        let mut start = 0;
        loop {
            if let Some(length) = self.chain.at_begin(&hay[start..])
                && (!is_at_end || start + length == hay.len())
            {
                return Some(start + length);
            }
            let from = Some(start + 1).filter(|from| *from <= hay.len())?;
            (start, _) = self.first.find(hay, from)?;
        }
    }
}

/// Whether no byte is in both sets.
fn are_apart(a: &ByteSet, b: &ByteSet) -> bool {
    !a.iter().zip(b).any(|(a, b)| *a && *b)
}
