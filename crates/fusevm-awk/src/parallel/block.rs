//! Blocks of whole records: what the main program hands out to workers.
//!
//! A regular file is handed out as ranges of bytes, which workers read by themselves, so that the system's copying is
//! shared as well. What cannot be read at any place, such as a pipe, the main program reads.

use memchr::{memchr, memrchr};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes of a block: enough to make its cost small, and to fit the cache.
pub(crate) const BLOCK: usize = 256 << 10;

/// Bytes that are read at once to find where a record ends.
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
    /// Memory for the output, which an earlier block has had.
    pub spare: Vec<u8>,
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
    range: Range<u64>,
    /// Whether a record begins at its begin for sure.
    is_first: bool,
    /// What ends a record.
    byte: u8,
}

impl Part {
    /// Reads the records; gives where in the buffer they are.
    ///
    /// # Errors
    /// Reading fails, or a record does not fit the memory.
    pub fn read(&self, buffer: &mut Vec<u8>) -> io::Result<Range<usize>> {
        // The byte before tells whether a record begins at the begin.
        let from = self.range.start - u64::from(!self.is_first);
        let mut end = self.read_at(from, buffer, 0, (self.range.end - from) as usize)?;
        let start = match memchr(self.byte, &buffer[..end]) {
            _ if self.is_first => 0,
            Some(at) => at + 1,
            None => end,
        };
        if start == end {
            return Ok(0..0);
        }
        if buffer[end - 1] == self.byte {
            return Ok(start..end);
        }
        let mut step = STEP;
        loop {
            let count = self.read_at(from + end as u64, buffer, end, step)?;
            if let Some(length) = memchr(self.byte, &buffer[end..end + count]) {
                return Ok(start..end + length + 1);
            }
            end += count;
            // Somebody may have made the file shorter.
            if count == 0 {
                return Ok(start..end);
            }
            step = step.max(end / 2);
        }
    }

    /// Reads so many bytes from a place of the file to a place of the buffer; fewer at the end of the file.
    fn read_at(&self, from: u64, buffer: &mut Vec<u8>, to: usize, count: usize) -> io::Result<usize> {
        if let Some(missing) = (to + count).checked_sub(buffer.len()) {
            buffer.try_reserve(missing).map_err(|_| ErrorKind::OutOfMemory)?;
            buffer.resize(to + count, 0);
        }
        let mut read = 0;
        while read < count {
            match self.file.read_at(&mut buffer[to + read..to + count], from + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}

/// The parts of a regular file, from a place to the end of the last whole record that it has now.
pub(crate) struct Parts {
    file: Arc<File>,
    start: u64,
    /// Where the next part begins.
    next: u64,
    end: u64,
    byte: u8,
}

impl Parts {
    /// The parts of a range of a file whose records end with a byte; None when it is not worth it.
    pub fn of(file: File, range: Range<u64>, byte: u8) -> Option<Parts> {
        if range.end.saturating_sub(range.start) < 2 * BLOCK as u64 {
            return None;
        }
        let mut tail = vec![0; BLOCK];
        let tail_start = range.end - tail.len() as u64;
        file.read_exact_at(&mut tail, tail_start).ok()?;
        let end = tail_start + memrchr(byte, &tail)? as u64 + 1;
        Some(Parts { file: Arc::new(file), start: range.start, next: range.start, end, byte })
    }

    /// Where the next part begins.
    pub fn place(&self) -> u64 {
        self.next
    }
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let range = self.next..self.end.min(self.next + BLOCK as u64);
        self.next = range.end;
        let is_first = range.start == self.start;
        (!range.is_empty()).then(|| Part { file: self.file.clone(), range, is_first, byte: self.byte })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs, process};

    /// The records of all parts of a text, of so many bytes each.
    fn records(text: &[u8], step: usize) -> Vec<Vec<u8>> {
        let path = env::temp_dir().join(format!("fusevm-parts-{}", process::id()));
        fs::write(&path, text).unwrap();
        let file = Arc::new(File::open(&path).unwrap());
        fs::remove_file(&path).unwrap();
        let (mut records, mut buffer) = (Vec::new(), Vec::new());
        for start in (0..text.len()).step_by(step) {
            let range = start as u64..text.len().min(start + step) as u64;
            let part = Part { file: file.clone(), range, is_first: start == 0, byte: b'\n' };
            let found = part.read(&mut buffer).unwrap();
            records.extend(buffer[found].split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec));
        }
        records
    }

    #[test]
    fn parts_have_each_record_once() {
        let long = [b"short\n".as_slice(), &[b'x'; 3 * STEP], b"\n\nlast\n"].concat();
        let texts: [&[u8]; 5] = [b"\n", b"\n\n\n\n", b"a\nbb\nccc\ndddd\n", b"no end", &long];
        for text in texts {
            let expected: Vec<_> = text.split_inclusive(|&byte| byte == b'\n').collect();
            for step in [1, 2, 3, 5, 7, STEP, 1 << 20] {
                if text.len() / step < 100 {
                    assert_eq!(records(text, step), expected, "{} bytes by {step}", text.len());
                }
            }
        }
    }
}
