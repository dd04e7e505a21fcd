//! What a [`Reader`](super::Reader) reads from: a descriptor, with a limit of the time that a read may take.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

/// An open input.
#[derive(Debug)]
pub(crate) struct Source {
    file: File,
    /// How long a read may take.
    timeout: Option<Duration>,
    /// Whether an empty read is an empty datagram rather than the end.
    is_datagrams: bool,
}

impl Source {
    /// The bytes of a file, pipe, terminal or connection.
    pub fn raw(file: File) -> Source {
        Source { file, timeout: None, is_datagrams: false }
    }

    /// What comes over a connection without an end.
    pub fn datagrams(file: File) -> Source {
        Source { is_datagrams: true, ..Source::raw(file) }
    }

    /// Limits the time of each of the following reads.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    /// The descriptor, to wait for something to read.
    pub fn poll_fd(&self) -> PollFd<'_> {
        PollFd::new(&self.file, PollFlags::IN)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(timeout) = self.timeout {
            let limit = Timespec::try_from(timeout).ok();
            if poll(&mut [self.poll_fd()], limit.as_ref())? == 0 {
                return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
            }
        }
        loop {
            match self.file.read(buffer) {
                Ok(0) if self.is_datagrams && !buffer.is_empty() => {}
                result => return result,
            }
        }
    }
}
