//! Expressions that are a row of sets of bytes, of which the last may repeat: `[0-9]+`, `tier=[a-z]+`, `, *`, `"[^"]*`,
//! and texts as they stand. Once the row is there the match is; the longest one goes on as far as the repeated set does.
//! Where matches can begin is found 32 or 64 bytes at a time.

use memchr::memmem;
use regex_syntax::hir::{Hir, HirKind};

use super::Span;
use super::rewrite::{self, ByteSet};
use super::row::Row;
use crate::text::scan::{self, ByteClass, Pair};

/// The longest row. What does not match is found out after so many bytes at the most, so that searches take linear time.
const ROW_MAX: usize = 24;

/// How many bytes are looked at one by one for the first of a set, or the last that repeats; then it is likely that there are many.
const FEW: usize = 16;

pub(super) struct Run {
    row: Row,
    /// The set that repeats at the end, perhaps not at all.
    tail: Option<(ByteSet, ByteClass)>,
    /// Whether that is all there are, so that a match goes on to the end of the text.
    takes_rest: bool,
    shape: Shape,
    /// For finding one match, where the expression is a text.
    text: Option<memmem::Finder<'static>>,
}

/// How matches are found.
enum Shape {
    /// One byte of a set.
    Single(ByteClass),
    /// As many as there are of one set.
    Repeated(ByteClass),
    /// By the two sets of the row that are the rarest: they, and their places.
    Row(Box<Pair>),
}

impl Run {
    pub(super) fn new(hir: &Hir) -> Option<Run> {
        let (row, tail) = row_and_tail(rewrite::items(hir))?;
        let text = match hir.kind() {
            HirKind::Literal(literal) if literal.0.len() > 1 => {
                Some(memmem::Finder::new(&literal.0).into_owned())
            }
            _ => None,
        };
        Run::of(Row::of_sets(row), tail).map(|run| Run { text, ..run })
    }

    /// A row alone, unless it is empty or too long.
    pub(super) fn of_row(row: Row) -> Option<Run> {
        if row.len() > ROW_MAX { None } else { Run::of(row, None) }
    }

    fn of(row: Row, tail: Option<ByteSet>) -> Option<Run> {
        let shape = match (row.sets(), tail) {
            ([], _) => return None,
            ([set], None) => Shape::Single(ByteClass::new(set)),
            ([set], Some(tail)) if *set == tail => Shape::Repeated(ByteClass::new(set)),
            (sets, _) => Shape::Row(Box::new(Pair::new(rarest(sets).map(|place| (place, &sets[place]))))),
        };
        let tail = tail.map(|set| (set, ByteClass::new(&set)));
        let takes_rest = tail.as_ref().is_some_and(|(_, class)| class.is_everything());
        Some(Run { row, tail, takes_rest, shape, text: None })
    }

    /// The length of the row, if the text begins with it.
    #[inline]
    pub(super) fn at_begin(&self, hay: &[u8]) -> Option<usize> {
        self.row.begins(hay).then(|| self.row.len())
    }

    /// At how many of a thousand places of common text the row is likely to be, about.
    pub(super) fn commonness(&self) -> u32 {
        let sets = self.row.sets();
        let [first, second] = rarest(sets);
        let common = commonness(&sets[first]);
        if first == second { common } else { common * commonness(&sets[second]) / 1000 }
    }

    /// The first match from `start` on.
    pub(super) fn find(&self, hay: &[u8], start: usize) -> Option<Span> {
        if let Some(text) = &self.text {
            let at = start + text.find(&hay[start..])?;
            return Some((at, at + self.row.len()));
        }
        let mut from = start;
        if let [set] = self.row.sets() {
            // Likely there is one near.
            let near = hay[start..].iter().take(FEW);
            if let Some(before) = near.clone().position(|byte| set[usize::from(*byte)]) {
                let begin = start + before;
                return Some((begin, self.end(hay, begin + 1)));
            }
            from += near.len();
        }
        let mut found = None;
        self.each(hay, from, |start, end| {
            found = Some((start, end));
            false
        });
        found
    }

    /// Gives the matches from `from` on, one after the other, until one is the last that is wanted.
    #[inline]
    pub(super) fn each(&self, hay: &[u8], from: usize, mut each: impl FnMut(usize, usize) -> bool) {
        match &self.shape {
            Shape::Single(class) => {
                let mut base = from;
                while base < hay.len() {
                    let (mut found, length) = class.at(hay, base);
                    while found != 0 {
                        let place = base + found.trailing_zeros() as usize;
                        found &= found - 1;
                        if !each(place, place + 1) {
                            return;
                        }
                    }
                    base += length;
                }
            }
            Shape::Repeated(class) => {
                let (mut base, mut start, mut was_inside) = (from, 0, 0);
                while base < hay.len() {
                    let (inside, length) = class.at(hay, base);
                    // A bit for each place where a match begins or ends.
                    let mut edges = inside ^ (inside << 1 | was_inside);
                    was_inside = inside >> (scan::STEP - 1);
                    let mut is_end = start > 0;
                    while edges != 0 {
                        let place = base + edges.trailing_zeros() as usize;
                        edges &= edges - 1;
                        if is_end && !each(start - 1, place) {
                            return;
                        }
                        start = if is_end { 0 } else { place + 1 };
                        is_end = !is_end;
                    }
                    base += length;
                }
                if start > 0 {
                    each(start - 1, hay.len());
                }
            }
            Shape::Row(rarest) => self.each_row(rarest, hay, from, each),
        }
    }

    #[inline]
    fn each_row(
        &self,
        rarest: &Pair,
        hay: &[u8],
        mut from: usize,
        mut each: impl FnMut(usize, usize) -> bool,
    ) {
        let length = self.row.len();
        let Some(last) = hay.len().checked_sub(length) else { return };
        let mut base = from;
        while let Some((first, mut found)) = rarest.next(hay, base, last) {
            while found != 0 {
                let start = first + found.trailing_zeros() as usize;
                found &= found - 1;
                if start > last {
                    break;
                }
                if start < from || !self.row.begins(&hay[start..]) {
                    continue;
                }
                from = self.end(hay, start + length);
                if !each(start, from) {
                    return;
                }
            }
            base = (first + scan::PLACES).max(from);
        }
    }

    /// Where a match ends whose row ends at a place.
    #[inline]
    fn end(&self, hay: &[u8], row_end: usize) -> usize {
        let Some((set, class)) = &self.tail else { return row_end };
        if self.takes_rest {
            return hay.len();
        }
        let mut end = row_end;
        for byte in hay[row_end..].iter().take(FEW) {
            if !set[usize::from(*byte)] {
                return end;
            }
            end += 1;
        }
        while end < hay.len() {
            let (inside, length) = class.at(hay, end);
            let count = inside.trailing_ones() as usize;
            end += count;
            if count < length {
                break;
            }
        }
        end
    }
}

/// The row of sets of bytes that items are, and the set that repeats behind it; none where they are anything else, or the row is
/// too long.
pub(super) fn row_and_tail(items: &[Hir]) -> Option<(Vec<ByteSet>, Option<ByteSet>)> {
    let (mut row, mut tail) = (Vec::new(), None);
    for item in items {
        if tail.is_some() {
            return None;
        }
        match item.kind() {
            HirKind::Repetition(repetition) if repetition.max.is_none() => {
                let set = rewrite::single_bytes(&repetition.sub)?;
                row.extend((0..repetition.min).take(ROW_MAX + 1).map(|_| set));
                tail = Some(set);
            }
            _ => rewrite::extend_row(&mut row, item)?,
        }
        if row.len() > ROW_MAX {
            return None;
        }
    }
    Some((row, tail))
}

/// Where the two sets of a row are that are likely to be the rarest; the same twice where there is but one.
fn rarest(row: &[ByteSet]) -> [usize; 2] {
    let mut places: Vec<usize> = (0..row.len()).collect();
    places.sort_by_key(|place| commonness(&row[*place]));
    [places[0], places[places.len().min(2) - 1]]
}

/// How often a byte of a set is met in text, about, in a thousand.
fn commonness(set: &ByteSet) -> u32 {
    let of = |byte: u8| match byte {
        b' ' => 150,
        b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 50,
        b'0'..=b'9' => 35,
        b'a'..=b'z' => 20,
        b'A'..=b'Z' | b'!'..=b'~' => 8,
        _ => 1,
    };
    (0..=u8::MAX).filter(|byte| set[usize::from(*byte)]).map(of).sum()
}
