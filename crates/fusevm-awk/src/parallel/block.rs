//! Blocks of whole records: what the main program hands out to workers.
//!
//! A regular file is handed out as ranges of bytes, which workers read by themselves, so that the system's copying is
//! shared as well. What cannot be read at any place, such as a pipe, the main program reads.

use super::worker::Results;
use memchr::{memchr, memrchr};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes of a block of text: enough to make its cost small, and to fit the cache.
pub(crate) const BLOCK: usize = 256 << 10;

/// Bytes of a part of a file, which is read in smaller pieces; and of one that is read at once, so that its records are
/// counted before the rules see them.
pub(super) const PART: u64 = 2 << 20;
pub(super) const COUNTED_PART: u64 = 256 << 10;

/// Parts that a smaller file has at least, so that all workers end at about the same time.
const PARTS: u64 = 64;

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Bytes that are read at once to find where the last record ends.
const STEP: usize = 4096;

/// Whole records of one file.
#[derive(Debug)]
pub(crate) struct Block {
    /// Its place in the input.
    pub number: usize,
    pub content: Content,
    /// Whether it is the first of its file.
    pub starts_file: bool,
    /// FILENAME.
    pub name: Arc<[u8]>,
    /// Memory for the results, which an earlier block has had.
    pub spare: Results,
}

/// Where the records of a block are.
#[derive(Debug)]
pub(crate) enum Content {
    Text(Vec<u8>),
    Part(Part),
}

/// A range of a regular file. Its records are those that begin there.
#[derive(Debug)]
pub(crate) struct Part {
    file: Arc<File>,
    /// Where to read on.
    next: u64,
    end: u64,
    /// Whether the end of a record that begins before is still to be passed over.
    awaits_begin: bool,
    /// What ends a record.
    byte: u8,
}

impl Part {
    /// Reads on, behind what the buffer has before `end`, which are records from their begin; gives how many bytes, 0 at the
    /// end of the part. Pieces are as large as the part if they must be `whole`.
    ///
    /// # Errors
    /// Reading fails, or a record does not fit the memory.
    pub fn read(&mut self, buffer: &mut Vec<u8>, end: usize, whole: bool) -> io::Result<usize> {
        while self.next < self.end {
            let left = (self.end - self.next) as usize;
            let count = self.read_piece(buffer, end, if whole { left } else { left.min(PIECE) })?;
            if count == 0 {
                break;
            }
            if !self.awaits_begin {
                return Ok(count);
            }
            if let Some(length) = memchr(self.byte, &buffer[end..end + count]) {
                self.awaits_begin = false;
                buffer.copy_within(end + length + 1..end + count, end);
                if length + 1 < count {
                    return Ok(count - length - 1);
                }
            }
        }
        if self.awaits_begin || buffer[..end].last().is_none_or(|last| *last == self.byte) {
            return Ok(0);
        }
        // The last record goes on behind the part.
        let count = self.read_piece(buffer, end, STEP.max(end))?;
        let ended = memchr(self.byte, &buffer[end..end + count]);
        Ok(ended.map_or(count, |length| length + 1))
    }

    /// Reads so many bytes; fewer at the end of the file, which somebody may have made shorter.
    fn read_piece(&mut self, buffer: &mut Vec<u8>, end: usize, size: usize) -> io::Result<usize> {
        if let Some(missing) = (end + size).checked_sub(buffer.len()) {
            buffer.try_reserve(missing).map_err(|_| ErrorKind::OutOfMemory)?;
            buffer.resize(end + size, 0);
        }
        loop {
            match self.file.read_at(&mut buffer[end..end + size], self.next) {
                Ok(count) => {
                    self.next += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The parts of a regular file, from a place to the end of the last whole record that it has now.
pub(crate) struct Parts {
    file: Arc<File>,
    start: u64,
    /// Where the next part begins.
    next: u64,
    end: u64,
    size: u64,
    byte: u8,
}

impl Parts {
    /// The parts, of at most so many bytes, of a range of a file whose records end with a byte; None when it is not
    /// worth it.
    pub fn of(file: File, range: Range<u64>, byte: u8, most: u64) -> Option<Parts> {
        let length = range.end.saturating_sub(range.start);
        if length < 2 * BLOCK as u64 {
            return None;
        }
        let mut tail = vec![0; BLOCK];
        let tail_start = range.end - BLOCK as u64;
        file.read_exact_at(&mut tail, tail_start).ok()?;
        let end = tail_start + memrchr(byte, &tail)? as u64 + 1;
        let size = (length / PARTS).clamp(BLOCK as u64, most);
        Some(Parts { file: Arc::new(file), start: range.start, next: range.start, end, size, byte })
    }

    /// Where the next part begins.
    pub fn place(&self) -> u64 {
        self.next
    }
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let start = self.next;
        self.next = self.end.min(start + self.size);
        let awaits_begin = start > self.start;
        // The byte before tells whether a record begins at the begin.
        let next = start - u64::from(awaits_begin);
        let (file, end, byte) = (self.file.clone(), self.next, self.byte);
        (start < end).then_some(Part { file, next, end, awaits_begin, byte })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs, process};

    /// The records of all parts of a text, of so many bytes each.
    fn records(text: &[u8], size: u64, whole: bool) -> Vec<Vec<u8>> {
        let path = env::temp_dir().join(format!("fusevm-parts-{}", process::id()));
        fs::write(&path, text).unwrap();
        let file = Arc::new(File::open(&path).unwrap());
        fs::remove_file(&path).unwrap();
        let (mut records, mut buffer) = (Vec::new(), Vec::new());
        for mut part in (Parts { file, start: 0, next: 0, end: text.len() as u64, size, byte: b'\n' }) {
            let mut filled = 0;
            loop {
                let count = part.read(&mut buffer, filled, whole).unwrap();
                filled += count;
                let whole_records = memrchr(b'\n', &buffer[..filled]).map_or(0, |last| last + 1);
                let taken = if count == 0 { filled } else { whole_records };
                let lines = buffer[..taken].split_inclusive(|&byte| byte == b'\n');
                records.extend(lines.map(<[u8]>::to_vec));
                buffer.copy_within(taken..filled, 0);
                filled -= taken;
                if count == 0 {
                    break;
                }
            }
        }
        records
    }

    #[test]
    fn parts_have_each_record_once() {
        let long = [b"short\n".as_slice(), &[b'x'; 3 * PIECE], b"\n\nlast\n"].concat();
        let texts: [&[u8]; 5] = [b"\n", b"\n\n\n\n", b"a\nbb\nccc\ndddd\n", b"no end", &long];
        for text in texts {
            let expected: Vec<_> = text.split_inclusive(|&byte| byte == b'\n').collect();
            for size in [1, 2, 3, 5, 7, STEP as u64, PART] {
                if text.len() as u64 / size < 100 {
                    for whole in [false, true] {
                        assert_eq!(records(text, size, whole), expected, "{} bytes by {size}", text.len());
                    }
                }
            }
        }
    }
}
