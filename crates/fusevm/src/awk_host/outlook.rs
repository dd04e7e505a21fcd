//! Where something is next in the lines ahead, so that it need not be looked for in each line.

use super::record::Record;
use std::cell::Cell;

/// For how many lines that have it in them, beyond one in four, a search over many lines goes on.
const PATIENCE: i32 = 64;

/// What is known of one thing that is looked for. It is searched for in all the lines that were read ahead at once, and the lines
/// before the place where it is found need not be looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlook(Cell<Known>);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// The number of the buffer that the rest is of.
    buffer: u64,
    /// The place, or the end of the lines.
    next: usize,
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
        let mut known = self.0.get();
        if known.buffer != buffer {
            known = Known { buffer, next: 0, balance: PATIENCE };
        }
        if known.balance < 0 {
            return None;
        }
        if known.next < line.start {
            let rest = lines.lines_from(line.start);
            known.next = line.start + find(rest).unwrap_or(rest.len());
        }
        let place = (known.next < line.end).then(|| known.next - line.start);
        if !is_all {
            known.balance += if place.is_some() { -3 } else { 1 };
        }
        self.0.set(known);
        Some(place)
    }
}
