//! Lines of the main input that the host has read ahead, so that the engine need not ask it for each.

use super::separator::Places;
use memchr::memrchr;
use std::ops::Range;

/// Whole lines of the present file, each with its newline, that the program has not taken yet.
///
/// A host fills it with [`lend`](LinesAhead::lend) when what parts the records is a newline. While there are lines, the
/// engine takes the next record from here; when they are used up, or RS becomes something else, it asks the
/// host again, which may then [`take_back`](LinesAhead::take_back) what is left.
#[derive(Debug, Default)]
pub struct LinesAhead {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The ends of lines.
    ends: Places,
}

impl LinesAhead {
    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Takes a buffer's whole lines, as far as there are any; gives the old buffer, and where in the new one the
    /// lines end, which is where the range begins when there are none.
    ///
    /// What was left here is forgotten.
    pub fn lend(&mut self, buffer: Vec<u8>, range: Range<usize>) -> (Vec<u8>, usize) {
        let lines = memrchr(b'\n', &buffer[range.clone()]).map_or(0, |last| last + 1);
        (self.start, self.end) = (range.start, range.start + lines);
        self.ends = Places::from(range.start);
        (std::mem::replace(&mut self.buffer, buffer), self.end)
    }

    /// What lies behind the lines in the buffer, up to `end`.
    pub fn behind(&self, end: usize) -> &[u8] {
        &self.buffer[self.end..end]
    }

    /// The lines that were not taken, which are here no longer.
    pub fn take_back(&mut self) -> &[u8] {
        let rest = std::mem::replace(&mut self.start, self.end)..self.end;
        &self.buffer[rest]
    }

    /// The next line, without its newline.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<&[u8]> {
        let start = self.start;
        if start == self.end {
            return None;
        }
        let end = self.ends.byte(&self.buffer[..self.end], [b'\n'])?;
        self.start = end + 1;
        Some(&self.buffer[start..end])
    }
}
