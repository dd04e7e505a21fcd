//! Blocks of whole records: what the main program hands out to workers.
//!
//! A regular file is handed out as ranges of bytes, which workers read by themselves, so that the system's copying is
//! shared as well. What cannot be read at any place, such as a pipe, the main program reads.

use super::worker::Results;
use fusevm::awk_host::{RecordSeparator, TextFormat};
use memchr::{memchr, memrchr};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes of a block of text: enough to make its cost small, and to fit the cache.
pub(crate) const BLOCK: usize = 256 << 10;

/// Bytes of a part of a file: to hand one out and take it back costs as much as to read some hundred records. It is read
/// at once, since all before it must have been read, too, and its records are counted, before the rules see them; so it has
/// to fit the cache.
const PART: u64 = 512 << 10;

/// The last parts are smaller, so that all workers end at about the same time: so many times as much is left.
const LEFT: u64 = 8;

/// Bytes of the smallest parts.
const LAST_PART: u64 = 128 << 10;

/// Bytes that are read with a part, to have the end of its last record.
const TAIL: usize = 4096;

/// Where records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// At a byte, wherever it stands: blocks can be cut anywhere, and who runs the rules finds the records.
    At(u8),
    /// Where it depends on all before: who reads finds them.
    InOrder,
}

impl Cut {
    /// Where records of a format end, or those that a separator parts.
    pub fn of(format: Option<TextFormat>, separator: &RecordSeparator) -> Cut {
        match (format, separator) {
            (Some(TextFormat::Tsv | TextFormat::JsonLines), _) | (None, RecordSeparator::Newline) => {
                Cut::At(b'\n')
            }
            (None, RecordSeparator::Byte(byte)) => Cut::At(*byte),
            _ => Cut::InOrder,
        }
    }
}

/// What the blocks of a file have in common.
#[derive(Debug, Default)]
pub(super) struct InputFile {
    /// FILENAME.
    pub name: Vec<u8>,
    /// The names of the fields, if the file begins with them.
    pub header: Option<Vec<u8>>,
}

/// Whole records of one file.
#[derive(Debug)]
pub(crate) struct Block {
    /// Its place in the input.
    pub number: usize,
    pub lent: Lent,
    /// Whether it is the first of its file.
    pub starts_file: bool,
    pub file: Arc<InputFile>,
    /// Memory for the results, which an earlier block has had.
    pub spare: Results,
}

/// Whole records of a file, as they are lent by who reads it.
#[derive(Debug)]
pub(crate) struct Lent {
    pub content: Content,
    /// Why the file ends with them, though there is more of it.
    pub unreadable: Option<io::Error>,
}

/// Where the records of a block are.
#[derive(Debug)]
pub(crate) enum Content {
    Text(Text),
    Part(Part),
}

impl Content {
    /// The content, of which nothing is left.
    pub fn take(&mut self) -> Content {
        std::mem::replace(self, Content::Text(Text::default()))
    }
}

/// Records that were read.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The records, with the bytes that end them, or without anything between them.
    pub bytes: Vec<u8>,
    /// Where each record ends, when there is nothing between them.
    pub ends: Option<Vec<usize>>,
    /// Where it begins, in bytes of the file.
    pub offset: u64,
}

impl Text {
    /// No record, in memory that another text has had.
    pub fn of_records(mut memory: Vec<u8>) -> Text {
        memory.clear();
        Text { bytes: memory, ends: Some(Vec::new()), offset: 0 }
    }

    /// Whether it has enough records for a block.
    pub fn is_full(&self) -> bool {
        let ends = self.ends.as_ref().map_or(0, Vec::len);
        self.bytes.len() + ends * size_of::<usize>() >= BLOCK
    }

    /// Appends a record.
    pub fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.get_or_insert_default().push(self.bytes.len());
    }
}

/// A range of a regular file. Its records are those that begin there.
#[derive(Debug)]
pub(crate) struct Part<F = File> {
    file: Arc<F>,
    range: Range<u64>,
    /// What lies before the input in the file.
    base: u64,
    /// Whether no record begins before.
    is_first: bool,
    /// What ends a record.
    byte: u8,
}

impl From<Content> for Lent {
    fn from(content: Content) -> Lent {
        Lent { content, unreadable: None }
    }
}

impl<F: FileExt> Part<F> {
    /// Where reading begins. The byte before a part tells whether a record begins with it.
    fn begin(&self) -> u64 {
        self.range.start - u64::from(!self.is_first)
    }

    /// Where what is read begins, in bytes of the input.
    pub fn offset(&self) -> u64 {
        self.begin() - self.base
    }

    /// Reads the records into a buffer; gives where they are, and why those are missing that could not be read.
    pub fn read(&self, buffer: &mut Vec<u8>) -> (Range<usize>, io::Result<()>) {
        let begin = self.begin();
        let length = (self.range.end - begin) as usize;
        let (mut filled, mut size) = (0, length + TAIL);
        let mut result = read_on(&*self.file, begin, buffer, &mut filled, size);
        let start = match self.is_first {
            true => 0,
            false => memchr(self.byte, &buffer[..filled]).map_or(filled, |end| end + 1),
        };
        if start >= length {
            // What is behind the part is for others to tell.
            return (0..0, if filled < length { result } else { Ok(()) });
        }
        loop {
            // The last record may go on behind the part.
            let tail = buffer[..filled].get(length - 1..).unwrap_or_default();
            if let Some(end) = memchr(self.byte, tail) {
                return (start..length + end, Ok(()));
            }
            if result.is_err() {
                // A record is lost that was not read to its end.
                let end = memrchr(self.byte, &buffer[start..filled]).map_or(start, |end| start + end + 1);
                return (start..end, result);
            }
            if filled < size {
                return (start..filled, result);
            }
            size *= 2;
            result = read_on(&*self.file, begin, buffer, &mut filled, size);
        }
    }
}

/// Reads on behind what is filled, until so much is; less at the end of the file, which somebody may have made shorter.
fn read_on<F: FileExt>(
    file: &F,
    begin: u64,
    buffer: &mut Vec<u8>,
    filled: &mut usize,
    size: usize,
) -> io::Result<()> {
    if let Some(missing) = size.checked_sub(buffer.len()) {
        buffer.try_reserve(missing).map_err(|_| ErrorKind::OutOfMemory)?;
        buffer.resize(size, 0);
    }
    while *filled < size {
        match file.read_at(&mut buffer[*filled..size], begin + *filled as u64) {
            Ok(0) => break,
            Ok(count) => *filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The parts of a regular file, from a place to the end of the last whole record that it has now.
pub(crate) struct Parts {
    file: Arc<File>,
    start: u64,
    /// Where the next part begins.
    next: u64,
    end: u64,
    base: u64,
    byte: u8,
}

impl Parts {
    /// The parts of a range of a file whose records end with a byte, of which so many bytes were read before; None when it
    /// is not worth it.
    pub fn of(file: File, range: Range<u64>, byte: u8, read: u64) -> Option<Parts> {
        let Range { start, end } = range;
        let length = end.saturating_sub(start);
        if length < 2 * BLOCK as u64 {
            return None;
        }
        let last_end = |size: usize| {
            let mut tail = vec![0; size];
            let tail_start = end - size as u64;
            file.read_exact_at(&mut tail, tail_start).ok()?;
            Some(tail_start + memrchr(byte, &tail)? as u64 + 1)
        };
        let end = last_end(TAIL).or_else(|| last_end(BLOCK))?;
        Some(Parts { file: Arc::new(file), start, next: start, end, base: start - read, byte })
    }

    /// Where the next part begins, in bytes of the file and of the input.
    pub fn place(&self) -> (u64, u64) {
        (self.next, self.next - self.base)
    }
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let start = self.next;
        let size = ((self.end - start) / LEFT).clamp(LAST_PART, PART);
        self.next = self.end.min(start + size);
        let part = || Part {
            file: self.file.clone(),
            range: start..self.next,
            base: self.base,
            is_first: start == self.start,
            byte: self.byte,
        };
        (start < self.end).then(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that cannot be read from a place on.
    struct Damaged<'a>(&'a [u8], usize);

    impl FileExt for Damaged<'_> {
        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            let offset = offset as usize;
            let text = &self.0[offset.min(self.1)..self.1];
            if text.is_empty() && self.1 < self.0.len() {
                return Err(io::Error::from_raw_os_error(libc::EIO));
            }
            // Not all at once.
            let count = text.len().min(buffer.len()).min(10_000);
            buffer[..count].copy_from_slice(&text[..count]);
            Ok(count)
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<usize> {
            Err(ErrorKind::Unsupported.into())
        }
    }

    /// The records of all parts, of so many bytes each, up to the first that cannot be read.
    fn records(text: &[u8], size: usize, readable: usize) -> Vec<&[u8]> {
        let file = Arc::new(Damaged(text, readable));
        let (mut records, mut buffer) = (Vec::new(), Vec::new());
        for start in (0..text.len()).step_by(size) {
            let range = start as u64..text.len().min(start + size) as u64;
            let part = Part { file: file.clone(), range, base: 0, is_first: start == 0, byte: b'\n' };
            let (found, result) = part.read(&mut buffer);
            for line in buffer[found].split_inclusive(|&byte| byte == b'\n') {
                let at = records.iter().map(|line: &&[u8]| line.len()).sum::<usize>();
                assert_eq!(line, &text[at..at + line.len()]);
                records.push(&text[at..at + line.len()]);
            }
            if result.is_err() {
                break;
            }
        }
        records
    }

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        text.split_inclusive(|&byte| byte == b'\n').collect()
    }

    #[test]
    fn parts_have_each_record_once() {
        let long = [b"short\n".as_slice(), &[b'x'; 100_000], b"\n\nlast\n"].concat();
        let texts: [&[u8]; 5] = [b"\n", b"\n\n\n\n", b"a\nbb\nccc\ndddd\n", b"no end", &long];
        for text in texts {
            for size in [1, 2, 3, 5, 7, TAIL, PART as usize] {
                if text.len() / size < 100 {
                    let found = records(text, size, text.len());
                    assert_eq!(found, lines(text), "{} bytes by {size}", text.len());
                }
            }
        }
    }

    #[test]
    fn records_before_what_cannot_be_read_are_not_lost() {
        let text = b"a\nbb\n\nccc\nddddddddd\neeee";
        for readable in 0..text.len() {
            let whole = memrchr(b'\n', &text[..readable]).map_or(0, |last| last + 1);
            for size in [1, 2, 3, 5, 7, 100] {
                assert_eq!(
                    records(text, size, readable),
                    lines(&text[..whole]),
                    "{readable} bytes by {size}"
                );
            }
        }
    }
}
