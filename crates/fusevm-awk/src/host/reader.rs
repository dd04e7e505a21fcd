//! Reading records from a file in big blocks.
//!
//! The block buffer is reused and grows only for a record that does not fit, so that input of any length
//! takes constant memory.

use super::csv::{Scan, Scanned};
use super::source::Source;
use crate::parallel::Text;
use fusevm::awk_host::{LinesAhead, RecordSeparator, TextFormat};
use fusevm::value::heap;
use memchr::{memchr, memmem, memrchr};
use std::io::{self, ErrorKind, Read};
use std::sync::LazyLock;

/// Bytes that are asked for at once.
const BLOCK: usize = 64 * 1024;

/// Bytes that are asked for until it is seen that there are so many: to touch a block of memory for the first time takes
/// longer than to run a short program on a short file.
const FIRST_BLOCK: usize = 4 * 1024;

/// What spreadsheets put before their UTF-8, which is no part of the first field.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Finds what parts paragraphs: to prepare the search costs as much as to search a short one.
static EMPTY_LINE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"\n\n"));

/// A buffer of this size grows by less than as much again, since all of it is memory in use.
const LARGE: usize = 64 << 20;

/// Records of a file, pipe or terminal.
pub(crate) struct Reader<F = Source> {
    source: F,
    buffer: Vec<u8>,
    /// What the buffer holds at least.
    block: usize,
    /// What is read and not yet handed out lies between these.
    start: usize,
    end: usize,
    /// Where the last record ends, and what separates it from `start` begins.
    record_end: usize,
    /// Bytes after `start` that are known to hold no separator.
    searched: usize,
    at_eof: bool,
    /// Whether a record was taken.
    has_begun: bool,
    /// How far a record of CSV is searched.
    csv: Scan,
    /// Where the buffer begins, in bytes of the source.
    offset: u64,
    /// The number of records that were handed out in a format.
    rows: u64,
}

/// A mistake in input that must be in a format.
#[derive(Debug)]
pub(crate) struct MalformedRow {
    /// The record, from 1.
    pub row: u64,
    /// The byte of the source, from 1.
    pub byte: u64,
    /// What is wrong there.
    pub message: &'static str,
}

/// What is there of the next record.
#[derive(Debug)]
pub(crate) enum Taken<'a> {
    /// All of it, without its separator.
    Record(&'a [u8]),
    /// Not all of it: more must be read.
    More,
    /// Nothing, and there will be nothing.
    End,
}

/// A place of a separator after the start of what is searched.
struct Found {
    /// Length of the record.
    length: usize,
    /// Length of the record with its separator.
    consumed: usize,
}

impl<F: Read> Reader<F> {
    /// A reader from the source's position on.
    pub fn new(source: F) -> Reader<F> {
        Reader {
            source,
            buffer: Vec::new(),
            block: FIRST_BLOCK,
            start: 0,
            end: 0,
            record_end: 0,
            searched: 0,
            at_eof: false,
            has_begun: false,
            csv: Scan::default(),
            offset: 0,
            rows: 0,
        }
    }

    /// What is read from.
    pub fn source(&self) -> &F {
        &self.source
    }

    /// What is read from, to change how.
    pub fn source_mut(&mut self) -> &mut F {
        &mut self.source
    }

    /// Whether all is read from the source, though perhaps not handed out.
    pub fn is_at_end(&self) -> bool {
        self.at_eof
    }

    /// The next record, from what was read.
    #[inline]
    pub fn take(&mut self, separator: &RecordSeparator) -> Taken<'_> {
        if let RecordSeparator::Newline = separator
            && let Some(length) = memchr(b'\n', &self.buffer[self.start + self.searched..self.end])
        {
            let start = self.start;
            let end = start + self.searched + length;
            self.start = end + 1;
            self.record_end = end;
            self.searched = 0;
            return Taken::Record(&self.buffer[start..end]);
        }
        self.take_slowly(separator)
    }

    /// The next record, from what was read, in a format or as a separator parts it.
    ///
    /// # Errors
    /// It is not in the format.
    #[inline]
    pub fn take_in(
        &mut self,
        format: Option<TextFormat>,
        separator: &RecordSeparator,
    ) -> Result<Taken<'_>, MalformedRow> {
        match format {
            None => Ok(self.take(separator)),
            Some(format) => self.take_formatted(format),
        }
    }

    /// Lends the whole records of what was read that a byte ends, if there are any.
    pub fn lend(&mut self, ahead: &mut LinesAhead, separator: u8) {
        if memchr(separator, self.unread()).is_none() {
            return;
        }
        let unread = self.start..self.end;
        let (spare, lines_end) = ahead.lend(std::mem::take(&mut self.buffer), unread, separator);
        self.buffer = spare;
        self.offset += lines_end as u64;
        let rest = self.end - lines_end;
        if self.buffer.len() < rest {
            self.buffer.resize(rest, 0);
        }
        self.buffer[..rest].copy_from_slice(ahead.behind(self.end));
        (self.start, self.end, self.searched) = (0, rest, 0);
    }

    /// Takes back what was lent and not used.
    ///
    /// # Errors
    /// It does not fit the memory.
    pub fn take_back(&mut self, ahead: &mut LinesAhead) -> io::Result<()> {
        let lines = ahead.take_back();
        let unread = lines.len() + self.end - self.start;
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(unread).map_err(|_| ErrorKind::OutOfMemory)?;
        buffer.extend_from_slice(lines);
        buffer.extend_from_slice(self.unread());
        self.offset -= lines.len() as u64;
        self.buffer = buffer;
        (self.start, self.end, self.searched) = (0, unread, 0);
        Ok(())
    }

    fn take_formatted(&mut self, format: TextFormat) -> Result<Taken<'_>, MalformedRow> {
        if self.rows == 0 && self.offset == 0 && self.start == 0 && self.unread().starts_with(BYTE_ORDER_MARK)
        {
            self.start = BYTE_ORDER_MARK.len();
        }
        let begin = self.start;
        let malformed = |offset: u64, row, at: usize, message| MalformedRow {
            row,
            byte: offset + (begin + at) as u64 + 1,
            message,
        };
        let (offset, row) = (self.offset, self.rows + 1);
        if format == TextFormat::Csv {
            let (length, consumed) = match self.csv.go_on(&self.buffer[self.start..self.end], self.at_eof) {
                Scanned::Record(length, consumed) => (length, consumed),
                Scanned::More if self.at_eof => return Ok(Taken::End),
                Scanned::More => return Ok(Taken::More),
                Scanned::Malformed(at, message) => return Err(malformed(offset, row, at, message)),
            };
            self.csv = Scan::default();
            self.start += consumed;
            self.rows = row;
            self.record_end = begin + length;
            return Ok(Taken::Record(&self.buffer[begin..begin + length]));
        }
        match self.take(&RecordSeparator::Newline) {
            Taken::Record(record) => {
                let record = record.strip_suffix(b"\r").unwrap_or(record);
                let length = record.len();
                if let Err(wrong) = format.check(record) {
                    return Err(malformed(offset, row, wrong.offset, wrong.message));
                }
                self.rows = row;
                Ok(Taken::Record(&self.buffer[begin..begin + length]))
            }
            Taken::More => Ok(Taken::More),
            Taken::End => Ok(Taken::End),
        }
    }

    fn take_slowly(&mut self, separator: &RecordSeparator) -> Taken<'_> {
        if matches!(separator, RecordSeparator::Paragraph) && self.searched == 0 {
            let newlines = self.unread().iter().take_while(|&&byte| byte == b'\n').count();
            self.start += newlines;
        }
        if let Some(found) = self.find(separator) {
            let start = self.start;
            self.start += found.consumed;
            self.record_end = start + found.length;
            self.has_begun = true;
            return Taken::Record(&self.buffer[start..start + found.length]);
        }
        if !self.at_eof {
            return Taken::More;
        }
        self.searched = 0;
        self.rest(separator).map_or(Taken::End, Taken::Record)
    }

    fn unread(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// How much was read and handed out, in bytes of the source.
    pub fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// How much was read and not handed out.
    pub fn ahead(&self) -> u64 {
        self.unread().len() as u64
    }

    /// The next block of whole records that end with a byte, of about so many bytes, in memory that nobody needs; none at
    /// the end. With it, why there will be no more, if reading fails or a record does not fit the memory.
    pub fn take_block(&mut self, byte: u8, size: usize, memory: Vec<u8>) -> (Text, Option<io::Error>) {
        let offset = self.position();
        let mut block = memory;
        block.clear();
        let result = self.fill_block(&mut block, byte, size);
        if !self.at_eof || result.is_err() {
            // What follows the last record is the beginning of the next block.
            let end = memrchr(byte, &block).map_or(0, |last| last + 1);
            let rest = &block[end..];
            self.buffer.resize(self.buffer.len().max(rest.len()), 0);
            self.buffer[..rest.len()].copy_from_slice(rest);
            self.end = rest.len();
            block.truncate(end);
        }
        self.offset = offset + block.len() as u64;
        (Text { bytes: block, ends: None, offset }, result.err())
    }

    /// Reads until a block has a record's end, or all there is.
    fn fill_block(&mut self, block: &mut Vec<u8>, byte: u8, size: usize) -> io::Result<()> {
        block.try_reserve_exact(size.max(2 * self.unread().len())).map_err(|_| ErrorKind::OutOfMemory)?;
        block.extend_from_slice(self.unread());
        (self.start, self.end) = (0, 0);
        loop {
            let room = (block.capacity() - block.len()) as u64;
            let count = (&mut self.source).take(room).read_to_end(block)?;
            self.at_eof = (count as u64) < room;
            if self.at_eof || memrchr(byte, block).is_some() {
                return Ok(());
            }
            let more = block.len();
            block.try_reserve_exact(more).map_err(|_| ErrorKind::OutOfMemory)?;
        }
    }

    /// What is left at the end, as the last record.
    fn rest(&mut self, separator: &RecordSeparator) -> Option<&[u8]> {
        let start = std::mem::replace(&mut self.start, self.end);
        let mut rest = &self.buffer[start..self.end];
        if let (RecordSeparator::Newline | RecordSeparator::Paragraph, [record @ .., b'\n']) =
            (separator, rest)
        {
            rest = record;
        }
        self.record_end = start + rest.len();
        (start < self.end).then_some(rest)
    }

    /// What ended the record that was taken last; nothing at the end of the input.
    pub fn terminator(&self) -> &[u8] {
        self.buffer.get(self.record_end..self.start).unwrap_or_default()
    }

    /// The first separator in what is unread.
    fn find(&mut self, separator: &RecordSeparator) -> Option<Found> {
        let text = &self.buffer[self.start..self.end];
        let byte = |byte| {
            let length = self.searched + memchr(byte, &text[self.searched..])?;
            Some(Found { length, consumed: length + 1 })
        };
        let (found, searched) = match separator {
            RecordSeparator::Newline => (byte(b'\n'), text.len()),
            RecordSeparator::Byte(b) => (byte(*b), text.len()),
            RecordSeparator::Paragraph => {
                // The second newline may be the first byte of the next block.
                let from = self.searched.saturating_sub(1);
                let found = EMPTY_LINE.find(&text[from..]).map(|at| {
                    let length = from + at;
                    let newlines = text[length..].iter().take_while(|&&byte| byte == b'\n').count();
                    Found { length, consumed: length + newlines }
                });
                (found, text.len())
            }
            RecordSeparator::Regex(regex) => {
                // `^` matches at the start of the input only, not at that of each record. A byte before the record
                // keeps it from matching there; what byte it is does not matter.
                let before = usize::from(self.has_begun && regex.pattern().contains(&b'^'));
                let shifted;
                let text = match before {
                    0 => text,
                    _ if self.start > 0 => &self.buffer[self.start - 1..self.end],
                    _ => {
                        shifted = [b"x", text].concat();
                        &shifted
                    }
                };
                let search = regex.search(text);
                let mut from = before;
                let found = loop {
                    match search.find_at(from) {
                        Some((start, end)) if start == end => from = start + 1,
                        // A match that touches the end of the block may go on in the next one.
                        Some((_, end)) if end == text.len() && !self.at_eof => break None,
                        found => break found,
                    }
                };
                let found =
                    found.map(|(start, end)| Found { length: start - before, consumed: end - before });
                (found, 0)
            }
        };
        self.searched = if found.is_some() { 0 } else { searched };
        found
    }

    /// Reads more, behind what is unread.
    ///
    /// # Errors
    /// Reading fails, or a record does not fit the memory.
    pub fn fill(&mut self) -> io::Result<()> {
        let result = self.read_block();
        if result.is_err() {
            // The next attempt may be for another separator.
            self.searched = 0;
        }
        result
    }

    fn read_block(&mut self) -> io::Result<()> {
        if self.start == self.end {
            self.offset += self.start as u64;
            (self.start, self.end) = (0, 0);
        }
        let is_small = self.buffer.len() < self.block;
        if self.end == self.buffer.len() || is_small {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.offset += self.start as u64;
                self.end -= self.start;
                self.start = 0;
            }
            if is_small || self.buffer.len() - self.end < self.block / 2 {
                let length = self.buffer.len();
                let more = match length {
                    _ if is_small => self.block - length,
                    ..LARGE => length.max(BLOCK),
                    _ => length / 4,
                };
                if length > 0 && !heap::fits(length + more) {
                    return Err(io::Error::new(ErrorKind::OutOfMemory, "a record exceeds the memory limit"));
                }
                self.buffer.try_reserve_exact(more).map_err(|_| ErrorKind::OutOfMemory)?;
                self.buffer.resize(self.buffer.len() + more, 0);
            }
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    if self.end == self.buffer.len() {
                        self.block = BLOCK;
                    }
                    self.at_eof = count == 0;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Reader {
    /// Goes on at a place of a regular file, which is so many bytes behind where reading has begun.
    ///
    /// # Errors
    /// It has no places.
    pub fn go_to(&mut self, place: u64, offset: u64) -> io::Result<()> {
        (self.start, self.end, self.searched, self.offset) = (0, 0, 0, offset);
        self.source.go_to(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Value;
    use fusevm::awk_host::{AwkState, Special};

    /// Gives at most so many bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn records(rs: &str, text: &[u8], step: usize) -> Vec<String> {
        let mut state = AwkState::default();
        state.set(Special::Rs, Value::str(rs)).unwrap();
        let mut reader = Reader::new(Trickle(text, step));
        let mut records = Vec::new();
        loop {
            match reader.take(state.record_separator()) {
                Taken::Record(record) => records.push(String::from_utf8_lossy(record).into_owned()),
                Taken::More => reader.fill().unwrap(),
                Taken::End => return records,
            }
        }
    }

    /// The records are those of gawk 5.2.1: `printf TEXT | gawk -v RS=… '{printf "<%s>", $0}'`.
    #[test]
    fn records_are_those_of_gawk() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("\n", "", &[]),
            ("\n", "\n", &[""]),
            ("\n", "a\nb", &["a", "b"]),
            ("\n", "a\n\nb\r\n", &["a", "", "b\r"]),
            (";", "a;b\n", &["a", "b\n"]),
            (";", "a;b;", &["a", "b"]),
            ("", "\n\na\nb\n\n\n\nc\n", &["a\nb", "c"]),
            ("", "a\n\n", &["a"]),
            ("", "\n\n", &[]),
            ("", "a\n \nb", &["a\n \nb"]),
            ("[0-9]+", "a12b3\n", &["a", "b", "\n"]),
            ("[0-9]+", "a12", &["a"]),
            ("ab|abc", "xabcyabz", &["x", "y", "z"]),
            ("x*", "axxb", &["a", "b"]),
            ("\r\n", "a\r\nb\n\r\n", &["a", "b\n"]),
        ];
        for (rs, text, expected) in cases {
            for step in [1, 2, 3, 1000] {
                // Longest matches need the text after them to be there.
                if *rs == "ab|abc" && step < 1000 {
                    continue;
                }
                assert_eq!(records(rs, text.as_bytes(), step), *expected, "RS={rs:?} on {text:?} by {step}");
            }
        }
    }

    #[test]
    fn long_records_grow_the_buffer_and_short_ones_do_not() {
        let mut text = vec![b'x'; 5 * BLOCK];
        text.push(b'\n');
        let long = records("\n", &text, 10_000);
        assert_eq!((long.len(), long[0].len()), (1, 5 * BLOCK));

        let text = b"a short line\n".repeat(100_000);
        let mut reader = Reader::new(&text[..]);
        let mut count = 0;
        loop {
            match reader.take(&RecordSeparator::Newline) {
                Taken::Record(_) => count += 1,
                Taken::More => reader.fill().unwrap(),
                Taken::End => break,
            }
        }
        assert_eq!((count, reader.buffer.len()), (100_000, BLOCK));
    }
}
