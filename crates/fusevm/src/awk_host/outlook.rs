//! Where something is next in the lines ahead, so that it need not be looked for in each line.

use super::ahead::LinesAhead;
use super::record::Record;
use std::cell::Cell;

/// For how many lines that have it in them, beyond one in four, a search over many lines goes on.
const PATIENCE: i32 = 64;

/// What a line that has it costs of that; one that does not saves 1.
const HIT: i32 = -3;

/// So many lines are saved at once at most, for a number that is small.
const MOST_SAVED: usize = 1 << 16;

/// What is known of one thing that is looked for. It is searched for in all the lines that were read ahead at once, and the lines
/// before the place where it is found need not be looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlook(Cell<Known>);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// The number of the buffer that the rest is of.
    buffer: u64,
    /// The place, or the end of the lines; None before the first search.
    next: Option<usize>,
    /// What was saved so far.
    balance: i32,
}

impl Outlook {
    /// Where in the record it begins first, if it does; None where that is not known. `find` gives the first place in a text.
    ///
    /// When that a line has it is `all` that is asked for, nothing is lost where many lines do, and it must not begin in one line and
    /// end in another. Otherwise what many lines have is better looked for in each of them, and no longer here.
    #[inline]
    pub fn place(
        &self,
        record: &Record,
        is_all: bool,
        find: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Option<Option<usize>> {
        let lines = record.lines()?;
        let (buffer, line) = lines.place_of_record();
        let mut known = self.known(buffer)?;
        let next = known.look_from(line.start, lines, find);
        let place = (next < line.end).then(|| next - line.start);
        if !is_all {
            known.balance += if place.is_some() { HIT } else { 1 };
        }
        self.0.set(known);
        Some(place)
    }

    /// Where in the buffer of the lines ahead it begins next, or where these end; None where that is not known.
    pub fn next_place(&self, lines: &LinesAhead, find: impl FnOnce(&[u8]) -> Option<usize>) -> Option<usize> {
        let (buffer, start) = lines.place();
        let mut known = self.known(buffer)?;
        let next = known.look_from(start, lines, find);
        self.0.set(known);
        Some(next)
    }

    /// Notes how many lines need not be looked at, since it is not in them, before one that has it.
    pub fn save(&self, lines: usize) {
        let known = self.0.get();
        let saved = if lines == 0 { HIT } else { lines.min(MOST_SAVED) as i32 };
        self.0.set(Known { balance: known.balance.saturating_add(saved), ..known });
    }

    /// What is known of a buffer, while the search goes on.
    #[inline]
    fn known(&self, buffer: u64) -> Option<Known> {
        let mut known = self.0.get();
        if known.buffer != buffer {
            known = Known { buffer, next: None, balance: PATIENCE };
        }
        (known.balance >= 0).then_some(known)
    }
}

impl Known {
    /// The first place from here on.
    #[inline]
    fn look_from(
        &mut self,
        start: usize,
        lines: &LinesAhead,
        find: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> usize {
        match self.next {
            Some(next) if next >= start => next,
            _ => {
                let rest = lines.lines_from(start);
                *self.next.insert(start + find(rest).unwrap_or(rest.len()))
            }
        }
    }
}
