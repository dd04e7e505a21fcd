//! Lines of the main input that the host has read ahead, so that the engine need not ask it for each.

use crate::text::scan;
use memchr::{memchr_iter, memrchr};
use std::ops::Range;

/// How much of the lines is searched for their ends at a time: it stays in the nearest cache until it is taken.
const SEARCHED: usize = 4096;

/// Whole records of the present file, each with the byte that ends it, that the program has not taken yet: lines, most often.
///
/// A host fills it with [`lend`](LinesAhead::lend) when what parts the records is one byte. While there are records, the
/// engine takes the next one from here; when they are used up, or RS becomes something else, it asks the
/// host again, which may then [`take_back`](LinesAhead::take_back) what is left.
#[derive(Debug, Default)]
pub struct LinesAhead {
    buffer: Vec<u8>,
    /// What ends each of them.
    separator: u8,
    start: usize,
    end: usize,
    /// How far the ends of lines are known.
    searched: usize,
    /// The ends that were found last, and how many of them are taken.
    ends: Vec<usize>,
    taken: usize,
    /// How many buffers were lent so far.
    lent: u64,
    /// Where the record's line lies; it is empty when that is not in this buffer.
    record: Range<usize>,
}

impl LinesAhead {
    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// What ends each of the records.
    #[inline(always)]
    pub(super) fn separator(&self) -> u8 {
        self.separator
    }

    /// Takes a buffer's whole records, each of which a separator ends, as far as there are any; gives the old buffer, and where in
    /// the new one they end, which is where the range begins when there are none.
    ///
    /// What was left here is forgotten.
    pub fn lend(&mut self, buffer: Vec<u8>, range: Range<usize>, separator: u8) -> (Vec<u8>, usize) {
        let lines = memrchr(separator, &buffer[range.clone()]).map_or(0, |last| last + 1);
        self.separator = separator;
        (self.start, self.end) = (range.start, range.start + lines);
        self.forget_ends(range.start);
        self.lent += 1;
        self.record = 0..0;
        (std::mem::replace(&mut self.buffer, buffer), self.end)
    }

    /// What lies behind the lines in the buffer, up to `end`.
    pub fn behind(&self, end: usize) -> &[u8] {
        &self.buffer[self.end..end]
    }

    /// The lines that were not taken, which are here no longer.
    pub fn take_back(&mut self) -> &[u8] {
        let rest = std::mem::replace(&mut self.start, self.end)..self.end;
        self.forget_ends(self.end);
        &self.buffer[rest]
    }

    /// The buffer from the next line on, and the length of the line without its newline.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<(&[u8], usize)> {
        let end = match self.ends.get(self.taken) {
            Some(end) => *end,
            None => self.find_ends()?,
        };
        self.taken += 1;
        let start = std::mem::replace(&mut self.start, end + 1);
        Some((&self.buffer[start..], end - start))
    }

    /// Takes the next line for the record, which it is from here on until another is; false when there is none.
    #[inline(always)]
    pub(super) fn take_record(&mut self) -> bool {
        let Some((_, length)) = self.next() else { return false };
        let end = self.start - 1;
        self.record = end - length..end;
        true
    }

    /// The record's line.
    #[inline(always)]
    pub(super) fn record(&self) -> &[u8] {
        &self.buffer[self.record.clone()]
    }

    /// The buffer from the record's line on.
    #[inline(always)]
    pub(super) fn lines_from_record(&self) -> &[u8] {
        &self.buffer[self.record.start..]
    }

    /// Where the record's line lies in the buffer that was lent last, whose number is given too.
    #[inline]
    pub(super) fn place_of_record(&self) -> (u64, Range<usize>) {
        (self.lent, self.record.clone())
    }

    /// The lines from a place in the buffer on.
    #[inline]
    pub(super) fn lines_from(&self, start: usize) -> &[u8] {
        &self.buffer[start..self.end]
    }

    /// Leaves out the lines before the one that has a place of the buffer in it, or the last one: how many there were.
    pub(super) fn skip_before(&mut self, place: usize) -> usize {
        // The last byte ends the last line.
        let place = place.min(self.end.saturating_sub(1));
        let known = &self.ends[self.taken..];
        if place < self.searched {
            let skipped = known.partition_point(|end| *end < place);
            self.start = skipped.checked_sub(1).map_or(self.start, |last| known[last] + 1);
            self.taken += skipped;
            return skipped;
        }
        let far = &self.buffer[self.searched..place];
        let skipped = known.len() + memchr_iter(self.separator, far).count();
        let last = memrchr(self.separator, far).map(|at| self.searched + at).or(known.last().copied());
        self.start = last.map_or(self.start, |last| last + 1);
        self.forget_ends(self.searched.max(self.start));
        skipped
    }

    /// Where the next line begins in the buffer that was lent last, whose number is given too.
    #[inline]
    pub(super) fn place(&self) -> (u64, usize) {
        (self.lent, self.start)
    }

    /// Finds the ends of the next lines; gives the first of them, if there are more lines.
    #[inline(never)]
    fn find_ends(&mut self) -> Option<usize> {
        self.forget_ends(self.searched);
        while self.ends.is_empty() && self.searched < self.end {
            let upto = self.end.min(self.searched + SEARCHED);
            scan::places(&self.buffer[..upto], self.searched, self.separator, &mut self.ends);
            self.searched = upto;
        }
        self.ends.first().copied()
    }

    /// Forgets the ends that are known; the search goes on at `from`.
    fn forget_ends(&mut self, from: usize) {
        self.searched = from;
        self.ends.clear();
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the next place of interest is, near or beyond the ends that are known, the next line is the one that has it in it.
    #[test]
    fn lines_before_a_place_are_left_out() {
        let text: Vec<u8> = (0..2000).flat_map(|n| [&b"x".repeat(n % 37)[..], b"\n"].concat()).collect();
        let line_of = |place: usize| text[..place].iter().filter(|byte| **byte == b'\n').count();
        let last = line_of(text.len()) - 1;
        for taken in [0, 1, 150, 700] {
            for place in (0..text.len() + 40).step_by(211).chain([text.len() - 1, usize::MAX]) {
                let mut ahead = LinesAhead::default();
                ahead.lend(text.clone(), 0..text.len(), b'\n');
                (0..taken).for_each(|_| assert!(ahead.next().is_some()));
                let expected = line_of(place.min(text.len())).clamp(taken, last);
                assert_eq!(ahead.skip_before(place), expected - taken, "{taken} {place}");
                let Some((rest, length)) = ahead.next() else { panic!("{taken} {place}") };
                assert_eq!(
                    (length, rest.len()),
                    (expected % 37, lines_from(&text, expected)),
                    "{taken} {place}"
                );
            }
        }
    }

    /// How many bytes there are from a line on.
    fn lines_from(text: &[u8], line: usize) -> usize {
        text.split_inclusive(|byte| *byte == b'\n').skip(line).map(<[u8]>::len).sum()
    }
}
