//! The program text: one or more files, joined as awk joins its `-f` operands, and the positions inside it.
//!
//! The lexer sees one run of bytes. Positions are offsets into that run, so that a construct's place is eight
//! bytes whatever file it came from; [`Source::locate`] turns an offset back into file, line and column.

use crate::compiler::Dialect;

/// A range of bytes of the joined program text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Self {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span just after this one.
    pub fn after(self) -> Self {
        Span { start: self.end, end: self.end }
    }

    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What messages call program text that is given on the command line.
pub(crate) const COMMAND_LINE: &str = "cmd. line";

/// A place in a program file as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The name that the file was added with.
    pub file: &'a str,
    /// Line number in that file, from 1.
    pub line: u32,
    /// Column in characters, from 1. A byte that is no part of UTF-8 text counts as a character.
    pub column: u32,
}

/// A file, whose text may stand in several parts with what it includes between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u32);

/// A file, or a part of one.
#[derive(Clone, Debug)]
struct File {
    name: String,
    id: FileId,
    start: usize,
    /// Whether its last line had no newline.
    is_unfinished: bool,
    /// The number of the first line in the whole file, from 1.
    first_line: u32,
}

/// The text of a program, from any number of files.
#[derive(Clone, Debug, Default)]
pub struct Source {
    text: Vec<u8>,
    files: Vec<File>,
    /// Offset of the first byte of each line of the joined text.
    line_starts: Vec<u32>,
    next_file: u32,
    includes: Vec<Include>,
    dialect: Dialect,
}

/// An `@include`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Include {
    /// An offset on the line of the directive, which is not in the text itself.
    pub at: u32,
    /// Where the text before it ends.
    pub before: u32,
    /// Whether it names no file.
    pub is_empty: bool,
}

/// A part of a file, for showing it.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub name: &'a str,
    pub text: &'a [u8],
    /// Offset of its first byte.
    pub start: usize,
    /// The number of its first line in the whole file.
    pub first_line: u32,
    /// Whether its last line had no newline.
    pub is_unfinished: bool,
}

/// More program text than positions can address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceTooLarge;

impl std::fmt::Display for SourceTooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the program text is larger than 2 GiB")
    }
}

impl std::error::Error for SourceTooLarge {}

/// Keeps every offset, and offset arithmetic on line starts, inside `u32`.
const MAX_TEXT: usize = 1 << 31;

impl Source {
    /// A program without text; add files to it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same program text in another awk.
    pub fn in_dialect(self, dialect: Dialect) -> Self {
        Source { dialect, ..self }
    }

    /// The awk that the program is written for, which says which words and operators there are.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A program of one file.
    ///
    /// # Errors
    /// [`SourceTooLarge`] above 2 GiB.
    pub fn from_text(name: &str, text: impl AsRef<[u8]>) -> Result<Self, SourceTooLarge> {
        let mut source = Source::new();
        source.add_file(name, text)?;
        Ok(source)
    }

    /// Appends a file. A file that does not end with a newline gets one, so that files do not run into each
    /// other in the middle of a line.
    ///
    /// # Errors
    /// [`SourceTooLarge`] when the joined text would pass 2 GiB; the source is then unchanged.
    pub fn add_file(&mut self, name: &str, text: impl AsRef<[u8]>) -> Result<(), SourceTooLarge> {
        let id = self.new_file();
        self.add_part(name, id, 1, text.as_ref())
    }

    /// A file whose parts are added one by one.
    pub(crate) fn new_file(&mut self) -> FileId {
        self.next_file += 1;
        FileId(self.next_file)
    }

    /// Adds a part of a file, from the line `first_line` on.
    pub(crate) fn add_part(
        &mut self,
        name: &str,
        id: FileId,
        first_line: u32,
        text: &[u8],
    ) -> Result<(), SourceTooLarge> {
        if self.text.len() + text.len() + 1 > MAX_TEXT {
            return Err(SourceTooLarge);
        }
        let start = self.text.len();
        let is_unfinished = text.last().is_some_and(|&last| last != b'\n');
        self.files.push(File { name: name.to_owned(), id, start, is_unfinished, first_line });
        self.line_starts.push(start as u32);
        self.line_starts.extend(memchr::memchr_iter(b'\n', text).map(|at| (start + at + 1) as u32));
        self.text.extend_from_slice(text);
        if text.last() == Some(&b'\n') {
            // The next file, if any, starts the line that follows this newline.
            self.line_starts.pop();
        } else {
            self.text.push(b'\n');
        }
        Ok(())
    }

    /// Notes an `@include` between two parts of a file, of which the first ends at `before` and the second is the last.
    pub(crate) fn add_include(&mut self, before: usize, is_empty: bool) {
        let at = self.files.last().map_or(0, |file| file.start);
        self.includes.push(Include { at: at as u32, before: before as u32, is_empty });
    }

    /// Each `@include`, in the order in which they are read.
    pub(crate) fn includes(&self) -> impl Iterator<Item = &Include> {
        self.includes.iter()
    }

    /// The joined text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The bytes that a span covers.
    pub fn slice(&self, span: Span) -> &[u8] {
        &self.text[span.range()]
    }

    /// File, line and column of an offset. The end of the text is the end of its last line.
    pub fn locate(&self, offset: u32) -> Location<'_> {
        let Some(file) = self.file_at(offset) else {
            return Location { file: "", line: 1, column: 1 };
        };
        let offset = self.clamp(offset);
        let line = self.line_index(offset);
        let first_line = self.line_index(file.start as u32);
        let before = &self.text[self.line_starts[line] as usize..offset as usize];
        Location {
            file: &file.name,
            line: (line - first_line) as u32 + file.first_line,
            column: String::from_utf8_lossy(before).chars().count() as u32 + 1,
        }
    }

    /// The line of the joined text that an offset is on, from 1. With one file it is the line of that file.
    pub fn line_number(&self, offset: u32) -> u32 {
        self.line_index(self.clamp(offset)) as u32 + 1
    }

    /// The text of what [`Self::line_number`] counts as `line`, with the newline; `None` beyond the text.
    #[cfg(feature = "jit")]
    pub(crate) fn line(&self, line: u32) -> Option<&[u8]> {
        let start = *self.line_starts.get(line.checked_sub(1)? as usize)? as usize;
        let end = self.line_starts.get(line as usize).map_or(self.text.len(), |end| *end as usize);
        self.text.get(start..end)
    }

    /// The file and the line in it that [`Self::line_number`] counts as `line`; `None` beyond the text.
    pub fn locate_line(&self, line: u32) -> Option<(&str, u32)> {
        let start = *self.line_starts.get(line.checked_sub(1)? as usize)?;
        let at = self.locate(start);
        Some((at.file, at.line))
    }

    /// An event of the JIT in terms of this text: its files, lines and functions.
    #[cfg(feature = "jit")]
    pub fn relocate(&self, event: &fusevm::jit::Event) -> fusevm::jit::Event {
        use crate::compiler::program::FUNCTION_PREFIX;
        let mut event = event.clone();
        for place in event.places_mut() {
            if let Some(name) = place.name.strip_prefix(FUNCTION_PREFIX) {
                place.name = name.to_owned();
            }
            if let Some((file, line)) = self.locate_line(place.line) {
                place.source = file.to_owned();
                place.line = line;
            }
        }
        event
    }

    /// Each file with its text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let ends = self.ends();
        self.files.iter().zip(ends).map(|(file, end)| (&*file.name, &self.text[file.start..end]))
    }

    /// The name of the first file.
    pub fn name(&self) -> &str {
        self.files.first().map_or("", |file| &file.name)
    }

    /// The part of a file that an offset lies in.
    pub(crate) fn part_of(&self, offset: u32) -> Option<Part<'_>> {
        let file = self.file_at(offset)?;
        let end = self.files.iter().map(|f| f.start).find(|&s| s > file.start).unwrap_or(self.text.len());
        Some(Part {
            name: &file.name,
            text: &self.text[file.start..end],
            start: file.start,
            first_line: file.first_line,
            is_unfinished: file.is_unfinished,
        })
    }

    /// The files whose last line had no newline, and where that would be.
    pub(crate) fn unfinished_files(&self) -> impl Iterator<Item = (Span, &str)> {
        let ends = self.ends();
        let files = self.files.iter().zip(ends);
        // Text from the command line is not expected to have one.
        let files = files.filter(|(file, _)| file.is_unfinished && file.name != COMMAND_LINE);
        files.map(|(file, end)| (Span::new(end - 1, end), &*file.name))
    }

    /// Where the parts of files end, and whether their last lines had no newline. They have one now.
    pub(crate) fn part_ends(&self) -> impl Iterator<Item = (usize, bool)> {
        self.ends().zip(&self.files).map(|(end, file)| (end, file.is_unfinished))
    }

    fn ends(&self) -> impl Iterator<Item = usize> {
        self.files.iter().skip(1).map(|file| file.start).chain([self.text.len()])
    }

    /// The file that an offset lies in.
    pub(crate) fn file_id(&self, offset: u32) -> FileId {
        self.file_at(offset).map_or(FileId(0), |file| file.id)
    }

    fn file_at(&self, offset: u32) -> Option<&File> {
        let offset = self.clamp(offset) as usize;
        self.files.iter().rev().find(|file| file.start <= offset)
    }

    /// The end of the text counts as its last newline, which belongs to a file and a line.
    fn clamp(&self, offset: u32) -> u32 {
        offset.min(self.text.len().saturating_sub(1) as u32)
    }

    /// Index into `line_starts` of the line that holds `offset`.
    fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_places_in_their_own_file() {
        let mut source = Source::new();
        source.add_file("one", "a\nbc").unwrap();
        source.add_file("two", b"d\xc3\xa9e\n").unwrap();
        source.add_file("three", "").unwrap();
        source.add_file("four", b"\xffx").unwrap();
        let text = source.text();
        assert_eq!(text, b"a\nbc\nd\xc3\xa9e\n\n\xffx\n");
        let place = |offset| {
            let at = source.locate(offset);
            (at.file, at.line, at.column)
        };
        assert_eq!(place(0), ("one", 1, 1));
        assert_eq!(place(1), ("one", 1, 2));
        assert_eq!(place(3), ("one", 2, 2));
        assert_eq!(place(4), ("one", 2, 3));
        assert_eq!(place(5), ("two", 1, 1));
        assert_eq!(place(8), ("two", 1, 3));
        assert_eq!(place(10), ("three", 1, 1));
        assert_eq!(place(12), ("four", 1, 2));
        assert_eq!(place(14), ("four", 1, 3));
        assert_eq!(source.line_number(8), 3);
        assert_eq!(source.locate_line(3), Some(("two", 1)));
        assert_eq!(source.locate_line(5), Some(("four", 1)));
        assert_eq!((source.locate_line(0), source.locate_line(6)), (None, None));
        assert_eq!(source.name(), "one");
        assert_eq!(Source::new().locate(0), Location { file: "", line: 1, column: 1 });
    }
}
