//! `|&`: commands and connections that are written to and read from.

use super::process::{self, Environment};
use super::source::Source;
use super::special::{InetName, Protocol};
use super::{Reader, socket, terminal};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

/// Bytes that are collected before they are written.
const BUFFER: usize = 16 * 1024;

/// A command or connection with its two ends.
pub(super) struct Coprocess {
    /// The end to write to, until it is closed.
    to: Option<File>,
    /// The end to read from, until it is closed.
    pub from: Option<Reader>,
    /// What is not written yet.
    buffer: Vec<u8>,
    /// What runs at the other end, if it is a command.
    child: Option<Child>,
    /// Whether a terminal is between us and the command.
    has_terminal: bool,
}

impl Coprocess {
    /// Starts a command, on a terminal of its own if it asks for one, or connects to what a name in `/inet` stands
    /// for.
    pub fn open(name: &[u8], on_terminal: bool, environment: &Environment) -> io::Result<Coprocess> {
        match InetName::from_name(name) {
            Some(name) => Coprocess::connect(&name),
            None if on_terminal => Coprocess::start_on_terminal(process::shell(name, environment)),
            None => Coprocess::start(process::shell(name, environment)),
        }
    }

    fn start_on_terminal(command: Command) -> io::Result<Coprocess> {
        let (to, child) = terminal::start(command)?;
        let from = Source::non_blocking(to.try_clone()?);
        Ok(Coprocess {
            to: Some(to),
            from: Some(Reader::new(from)),
            buffer: Vec::new(),
            child: Some(child),
            has_terminal: true,
        })
    }

    fn start(mut command: Command) -> io::Result<Coprocess> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let to = child.stdin.take().map(OwnedFd::from).ok_or(ErrorKind::BrokenPipe)?;
        let from = child.stdout.take().map(OwnedFd::from).ok_or(ErrorKind::BrokenPipe)?;
        // A write must not wait for a command that itself waits for us to read.
        fcntl_setfl(&to, fcntl_getfl(&to)? | OFlags::NONBLOCK)?;
        Ok(Coprocess {
            to: Some(to.into()),
            from: Some(Reader::new(Source::raw(from.into()))),
            buffer: Vec::new(),
            child: Some(child),
            has_terminal: false,
        })
    }

    fn connect(name: &InetName) -> io::Result<Coprocess> {
        let to = File::from(socket::connect(name)?);
        let from = to.try_clone()?;
        let from = match name.protocol {
            Protocol::Tcp => Source::raw(from),
            Protocol::Udp => Source::datagrams(from),
        };
        Ok(Coprocess {
            to: Some(to),
            from: Some(Reader::new(from)),
            buffer: Vec::new(),
            child: None,
            has_terminal: false,
        })
    }

    /// Whether it can still be written to.
    pub fn is_writable(&self) -> bool {
        self.to.is_some()
    }

    /// Writes; what goes to a command is collected until it is read from, what goes over a connection is not.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.child.is_none() || self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Writes what was collected. If the command does not take it, its output may have to be read first.
    pub fn flush(&mut self) -> io::Result<()> {
        let result = self.write_buffer();
        self.buffer.clear();
        result
    }

    fn write_buffer(&mut self) -> io::Result<()> {
        let Some(to) = &mut self.to else { return Ok(()) };
        let mut rest = &self.buffer[..];
        while !rest.is_empty() {
            match to.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let source = self.from.as_mut().filter(|reader| !reader.is_at_end());
                    let mut waited = vec![PollFd::new(to, PollFlags::OUT)];
                    waited.extend(source.as_deref().map(|reader| reader.source().poll_fd()));
                    poll(&mut waited, None)?;
                    let is_readable = waited.get(1).is_some_and(|fd| !fd.revents().is_empty());
                    drop(waited);
                    if let Some(reader) = source
                        && is_readable
                    {
                        reader.fill()?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Closes the end that is written to; the other side sees the end of its input.
    pub fn close_to(&mut self) -> io::Result<()> {
        if self.has_terminal && self.to.is_some() {
            self.buffer.extend_from_slice(terminal::END_OF_INPUT);
        }
        let flushed = self.flush();
        if let Some(to) = self.to.take()
            && self.child.is_none()
        {
            // The reading end keeps the connection open; who is there may have closed it already.
            let _ = rustix::net::shutdown(&to, rustix::net::Shutdown::Write);
        }
        flushed
    }

    /// Whether both ends are closed.
    pub fn is_closed(&self) -> bool {
        self.to.is_none() && self.from.is_none()
    }

    /// Closes what is open, and waits for the command; its exit status.
    pub fn close(mut self) -> io::Result<f64> {
        let flushed = self.close_to();
        self.from = None;
        let status = match &mut self.child {
            Some(child) => process::status_number(child.wait()?),
            None => 0.0,
        };
        flushed.map(|()| status)
    }
}
