//! What matches begin with: sets of bytes one after the other, by which the places are found that a match may begin at.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::rewrite::{self, ByteSet};
use super::row::Row;
use super::run::Run;

/// So many of the first bytes are looked at.
const ROW_MAX: usize = 6;

/// Of how many places in a thousand of common text the opening may be at: each has to be looked at.
const COMMON_MAX: u32 = 25;

/// A search for the places that matches may begin at, where these are rare enough.
pub(super) fn rare(hir: &Hir) -> Option<Run> {
    let opening = Run::of_row(Row::of_sets(row(hir)))?;
    (opening.commonness() <= COMMON_MAX).then_some(opening)
}

/// The sets of the first bytes of every match; no more of them than the shortest match has bytes.
fn row(hir: &Hir) -> Vec<ByteSet> {
    let mut row = Vec::new();
    extend(rewrite::items(hir), None, &mut row);
    row.truncate(ROW_MAX);
    row
}

/// Adds the sets of what a sequence begins with. `after` is what may come behind it, if something must. Whether the row is then that of
/// the whole sequence.
fn extend(items: &[Hir], after: Option<&ByteSet>, row: &mut Vec<ByteSet>) -> bool {
    for (at, item) in items.iter().enumerate() {
        if row.len() >= ROW_MAX {
            return false;
        }
        let next = first(&items[at + 1..], after);
        let is_whole = match item.kind() {
            HirKind::Empty | HirKind::Look(_) => true,
            HirKind::Literal(text) => {
                row.extend(text.0.iter().map(|byte| rewrite::single(*byte)));
                true
            }
            HirKind::Class(class) => {
                row.push(rewrite::first_bytes(class));
                class.maximum_len() == Some(1)
            }
            HirKind::Repetition(repetition) => extend_repeated(repetition, next.as_ref(), row),
            HirKind::Capture(capture) => extend(std::slice::from_ref(&capture.sub), next.as_ref(), row),
            HirKind::Concat(items) => extend(items, next.as_ref(), row),
            HirKind::Alternation(branches) => extend_one_of(branches, next.as_ref(), row),
        };
        if !is_whole {
            return false;
        }
    }
    true
}

fn extend_repeated(repetition: &Repetition, next: Option<&ByteSet>, row: &mut Vec<ByteSet>) -> bool {
    let items = rewrite::items(&repetition.sub);
    // Behind one of them comes another or what follows.
    let either = next.map(|next| union(&first_of(items).0, next));
    for _ in 0..repetition.min {
        if row.len() >= ROW_MAX || !extend(items, either.as_ref(), row) {
            return false;
        }
    }
    let is_fixed = repetition.max == Some(repetition.min);
    if !is_fixed {
        row.extend(either);
    }
    is_fixed
}

fn extend_one_of(branches: &[Hir], next: Option<&ByteSet>, row: &mut Vec<ByteSet>) -> bool {
    let mut rows = Vec::with_capacity(branches.len());
    let mut is_whole = true;
    for branch in branches {
        let mut row = Vec::new();
        is_whole &= extend(std::slice::from_ref(branch), next, &mut row);
        rows.push(row);
    }
    let shortest = rows.iter().map(Vec::len).min().unwrap_or(0);
    row.extend((0..shortest).map(|at| union_of(rows.iter().map(|row| row[at]))));
    is_whole && rows.iter().all(|row| row.len() == shortest)
}

/// What a sequence and what comes behind it begin with, if that is not the empty text.
fn first(items: &[Hir], after: Option<&ByteSet>) -> Option<ByteSet> {
    match first_of(items) {
        (set, false) => Some(set),
        (set, true) => after.map(|after| union(&set, after)),
    }
}

/// What a sequence begins with, and whether it can be empty.
fn first_of(items: &[Hir]) -> (ByteSet, bool) {
    let mut set = NOTHING;
    for item in items {
        let begins = match item.kind() {
            HirKind::Empty | HirKind::Look(_) => NOTHING,
            HirKind::Literal(text) => text.0.first().map_or(NOTHING, |byte| rewrite::single(*byte)),
            HirKind::Class(class) => rewrite::first_bytes(class),
            HirKind::Repetition(repetition) => first_of(rewrite::items(&repetition.sub)).0,
            HirKind::Capture(capture) => first_of(rewrite::items(&capture.sub)).0,
            HirKind::Concat(items) => first_of(items).0,
            HirKind::Alternation(branches) => {
                union_of(branches.iter().map(|branch| first_of(rewrite::items(branch)).0))
            }
        };
        set = union(&set, &begins);
        if item.properties().minimum_len() != Some(0) {
            return (set, false);
        }
    }
    (set, true)
}

const NOTHING: ByteSet = [false; 256];

fn union_of(sets: impl Iterator<Item = ByteSet>) -> ByteSet {
    sets.fold(NOTHING, |all, set| union(&all, &set))
}

fn union(a: &ByteSet, b: &ByteSet) -> ByteSet {
    std::array::from_fn(|byte| a[byte] || b[byte])
}
