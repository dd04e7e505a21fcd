//! The output sink and the input source of a VM.

use crate::value::MaybeSend;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};

/// Bytes that are collected before they go to the sink.
const BUFFER: usize = 64 * 1024;

/// A writer that a VM can own.
pub trait Sink: Write + MaybeSend {}
impl<T: Write + MaybeSend + ?Sized> Sink for T {}

/// A reader that a VM can own.
pub trait Source: Read + MaybeSend {}
impl<T: Read + MaybeSend + ?Sized> Source for T {}

/// Buffered output: what Print writes to.
pub(crate) struct Output {
    buffer: Vec<u8>,
    sink: Box<dyn Sink>,
    /// A terminal sees each op's output at once.
    immediate: bool,
    /// Whether the end of a run leaves what is buffered to the embedder.
    is_held: bool,
}

impl Default for Output {
    fn default() -> Output {
        Output {
            buffer: Vec::new(),
            sink: Box::new(io::stdout()),
            immediate: io::stdout().is_terminal(),
            is_held: false,
        }
    }
}

impl Output {
    /// Output to a sink of the embedder's.
    pub fn to(sink: Box<dyn Sink>) -> Output {
        Output { buffer: Vec::new(), sink, immediate: false, is_held: false }
    }

    /// Chooses whether each op's output is passed on at once.
    pub fn set_immediate(&mut self, on: bool) {
        self.immediate = on;
    }

    /// Chooses whether the end of a run leaves what is buffered to the embedder.
    pub fn set_held(&mut self, on: bool) {
        self.is_held = on;
    }

    /// Passes on what a run has left, unless that is the embedder's.
    pub fn end_run(&mut self, failed: bool) -> io::Result<()> {
        if self.is_held && !failed { Ok(()) } else { self.flush() }
    }

    /// The buffer to append to; follow with [`Output::written`].
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Appends bytes, or, when there are more of them than the buffer takes, passes them on without a copy.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() < BUFFER {
            self.buffer.extend_from_slice(bytes);
            return self.written();
        }
        self.flush()?;
        self.sink.write_all(bytes).and_then(|()| self.sink.flush())
    }

    /// Passes the buffer on when it is full, or at once on a terminal.
    pub fn written(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BUFFER || self.immediate { self.flush() } else { Ok(()) }
    }

    /// Passes everything on to the sink.
    pub fn flush(&mut self) -> io::Result<()> {
        let result = self.sink.write_all(&self.buffer).and_then(|()| self.sink.flush());
        // What could not be written is reported once, not again with every later flush.
        self.buffer.clear();
        result
    }
}

/// Buffered input: what ReadLine reads from.
pub(crate) struct Input(Box<dyn BufReadSource>);

trait BufReadSource: BufRead + MaybeSend {}
impl<T: BufRead + MaybeSend + ?Sized> BufReadSource for T {}

impl Default for Input {
    fn default() -> Input {
        Input(Box::new(BufReader::new(io::stdin())))
    }
}

impl Input {
    /// Input from a source of the embedder's.
    pub fn from(source: Box<dyn Source>) -> Input {
        Input(Box::new(BufReader::new(source)))
    }

    /// The next line without its newline; `None` at the end. Of a line of more than `limit` bytes a part
    /// longer than `limit`.
    pub fn read_line(&mut self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        // The newline, and one byte to tell that the line is too long.
        let most = (limit as u64).saturating_add(2);
        if (&mut self.0).take(most).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some(line))
    }
}
