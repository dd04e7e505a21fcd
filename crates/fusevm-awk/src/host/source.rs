//! What a [`Reader`](super::Reader) reads from: a descriptor, with a limit of the time that a read may take.

use super::compressed::{First, first_read, is_compressed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::Duration;

/// An open input.
pub(crate) struct Source {
    file: File,
    /// How long a read may take.
    timeout: Option<Duration>,
    kind: Kind,
}

enum Kind {
    /// Bytes as they are.
    Raw,
    /// An empty read is an empty datagram rather than the end.
    Datagrams,
    /// A descriptor that does not wait by itself.
    NonBlocking,
    /// The first bytes will tell whether it is compressed.
    Unknown,
    /// What the reader makes of the file.
    Compressed(Box<dyn Read + Send>),
}

impl Source {
    /// The bytes of a file, pipe or connection.
    pub fn raw(file: File) -> Source {
        Source { file, timeout: None, kind: Kind::Raw }
    }

    /// The bytes of a file, or what is compressed in it.
    pub fn file(file: File) -> Source {
        Source { kind: Kind::Unknown, ..Source::raw(file) }
    }

    /// What comes over a connection without an end.
    pub fn datagrams(file: File) -> Source {
        Source { kind: Kind::Datagrams, ..Source::raw(file) }
    }

    /// What a descriptor gives that does not wait by itself.
    pub fn non_blocking(file: File) -> Source {
        Source { kind: Kind::NonBlocking, ..Source::raw(file) }
    }

    /// Limits the time of each of the following reads.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// How far a file is read, in bytes; 0 for what has no places.
    pub fn position(&self) -> u64 {
        (&self.file).stream_position().unwrap_or(0)
    }

    /// The file itself, and what range of it is not read yet, if it is a regular file of bytes as they are.
    pub fn regular(&self) -> Option<(File, Range<u64>)> {
        let metadata = self.file.metadata().ok().filter(|metadata| metadata.is_file())?;
        let position = (&self.file).stream_position().ok()?;
        match self.kind {
            Kind::Raw => {}
            Kind::Unknown if !is_compressed(&self.file, position) => {}
            _ => return None,
        }
        Some((self.file.try_clone().ok()?, position..metadata.len()))
    }

    /// Goes to a place of a regular file.
    ///
    /// # Errors
    /// It has no places.
    pub fn go_to(&mut self, place: u64) -> io::Result<()> {
        self.kind = Kind::Raw;
        self.file.seek(SeekFrom::Start(place)).map(|_| ())
    }

    /// The descriptor, to wait for something to read.
    pub fn poll_fd(&self) -> PollFd<'_> {
        PollFd::new(&self.file, PollFlags::IN)
    }

    /// Waits as long as a read may take.
    fn wait(&self) -> io::Result<()> {
        if self.timeout.is_none() && !matches!(self.kind, Kind::NonBlocking) {
            return Ok(());
        }
        let limit = self.timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        if poll(&mut [self.poll_fd()], limit.as_ref())? == 0 {
            return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
        }
        Ok(())
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.kind {
            Kind::Compressed(reader) => reader.read(buffer),
            Kind::Raw | Kind::NonBlocking => {
                self.wait()?;
                self.file.read(buffer)
            }
            Kind::Datagrams => loop {
                self.wait()?;
                match self.file.read(buffer)? {
                    0 if !buffer.is_empty() => {}
                    count => return Ok(count),
                }
            },
            Kind::Unknown => {
                let first = first_read(&self.file, buffer, |buffer| {
                    self.wait()?;
                    (&self.file).read(buffer)
                })?;
                match first {
                    First::Plain(count) => {
                        self.kind = Kind::Raw;
                        Ok(count)
                    }
                    First::Compressed(reader) => {
                        self.kind = Kind::Compressed(reader);
                        self.read(buffer)
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::{fs, io::Write};

    /// What a tool makes of a text.
    fn compressed(tool: &str, text: &[u8]) -> Option<Vec<u8>> {
        let mut child =
            Command::new(tool).arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let mut input = child.stdin.take()?;
        let text = text.to_vec();
        std::thread::spawn(move || input.write_all(&text));
        Some(child.wait_with_output().ok()?.stdout)
    }

    fn read_file(name: &str, content: &[u8]) -> io::Result<Vec<u8>> {
        let path = std::env::temp_dir().join(format!("fusevm-awk-source-{name}-{}", std::process::id()));
        fs::write(&path, content)?;
        let mut text = Vec::new();
        let result = Source::file(File::open(&path)?).read_to_end(&mut text);
        fs::remove_file(&path)?;
        result.map(|_| text)
    }

    #[test]
    fn compressed_files_are_read_as_what_was_compressed() {
        let one: Vec<u8> = (0..200_000).flat_map(|n: u32| format!("line {n}\n").into_bytes()).collect();
        for tool in ["gzip", "zstd"] {
            // The tool may not be installed.
            let (Some(first), Some(second)) = (compressed(tool, &one), compressed(tool, b"the end\n")) else {
                continue;
            };
            let both = [&first[..], &second].concat();
            assert!(read_file(tool, &both).unwrap() == [&one[..], b"the end\n"].concat(), "{tool}");
            assert!(read_file(tool, &first[..first.len() / 2]).is_err(), "{tool}: cut short");
            let mut damaged = first.clone();
            damaged[first.len() / 2] ^= 0x55;
            assert!(read_file(tool, &damaged).map_or(true, |text| text != one), "{tool}: damaged");
        }
    }

    #[test]
    fn other_files_are_read_as_they_are() {
        for text in [&b""[..], b"\x1f", b"\x1f\x8b", b"\x28\xb5\x2f", b"abc", b"\x1f\x8b\x00\x00\x00"] {
            assert_eq!(read_file("plain", text).unwrap(), text);
        }
    }
}
