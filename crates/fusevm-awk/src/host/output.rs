//! Files and commands that the program writes to, each with a buffer of its own.

use super::{process, reason};
use fusevm::VM;
use fusevm::awk_host::OutputMode;
use fusevm::error::{ErrorKind, Fault, OpResult};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Stdio};

/// Bytes that are collected before they are written.
const BUFFER: usize = 64 * 1024;

/// What a stream writes to.
enum Sink {
    /// The VM's own output, in order with what it prints.
    Standard,
    File(File),
    Command(File, Child),
}

/// An open output.
struct Stream {
    sink: Sink,
    buffer: Vec<u8>,
    /// Whether each print is written at once.
    immediate: bool,
}

impl Stream {
    fn new(sink: Sink, immediate: bool) -> Stream {
        Stream { sink, buffer: Vec::new(), immediate }
    }

    fn write(&mut self, vm: &mut VM, bytes: &[u8]) -> io::Result<()> {
        if let Sink::Standard = self.sink {
            return vm.write_output(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        if self.immediate || self.buffer.len() >= BUFFER { self.flush(vm) } else { Ok(()) }
    }

    fn flush(&mut self, vm: &mut VM) -> io::Result<()> {
        let result = match &mut self.sink {
            Sink::Standard => vm.flush_output(),
            Sink::File(file) | Sink::Command(file, _) => file.write_all(&self.buffer),
        };
        // What could not be written is reported once.
        self.buffer.clear();
        result
    }

    /// Ends the stream; the exit status of a command.
    fn close(mut self, vm: &mut VM) -> io::Result<f64> {
        let flushed = self.flush(vm);
        let status = match self.sink {
            Sink::Command(pipe, mut child) => {
                // A command reads to the end of its input, which comes with this.
                drop(pipe);
                process::status_number(child.wait()?)
            }
            Sink::Standard | Sink::File(_) => 0.0,
        };
        flushed.map(|()| status)
    }
}

/// The open outputs by name; a file and a command may have the same name.
#[derive(Default)]
pub(super) struct Outputs {
    files: HashMap<Box<[u8]>, Stream>,
    commands: HashMap<Box<[u8]>, Stream>,
}

#[cold]
fn cannot_open(name: &[u8], error: &io::Error) -> Fault {
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("cannot redirect to `{name}': {}", reason(error)))
}

#[cold]
fn cannot_write(name: &[u8], error: &io::Error) -> Fault {
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("print to `{name}' failed: {}", reason(error)))
}

impl Outputs {
    /// Writes to the stream of a name, which is opened when it is new.
    pub fn write(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        let is_pipe = mode == OutputMode::Pipe;
        let streams = if is_pipe { &self.commands } else { &self.files };
        if !streams.contains_key(name) {
            let stream = self.open(vm, mode, name).map_err(|error| cannot_open(name, &error))?;
            let streams = if is_pipe { &mut self.commands } else { &mut self.files };
            streams.insert(name.into(), stream);
        }
        let streams = if is_pipe { &mut self.commands } else { &mut self.files };
        match streams.get_mut(name) {
            Some(stream) => stream.write(vm, bytes).map_err(|error| cannot_write(name, &error)),
            None => Ok(()),
        }
    }

    fn open(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8]) -> io::Result<Stream> {
        if mode == OutputMode::Pipe {
            // What was printed before the command starts comes before what the command prints.
            self.flush_all(vm)?;
            let mut child = process::shell(name).stdin(Stdio::piped()).spawn()?;
            let pipe = child.stdin.take().map(OwnedFd::from).ok_or(io::ErrorKind::BrokenPipe)?;
            return Ok(Stream::new(Sink::Command(File::from(pipe), child), false));
        }
        match name {
            b"-" | b"/dev/stdout" => return Ok(Stream::new(Sink::Standard, false)),
            b"/dev/stderr" => {
                let file = File::from(io::stderr().as_fd().try_clone_to_owned()?);
                return Ok(Stream::new(Sink::File(file), true));
            }
            _ => {}
        }
        let mut options = OpenOptions::new();
        match mode {
            OutputMode::Append => options.append(true),
            _ => options.write(true).truncate(true),
        };
        let file = options.create(true).open(super::path(name))?;
        let immediate = file.is_terminal();
        Ok(Stream::new(Sink::File(file), immediate))
    }

    /// Closes what is open under a name; None when nothing is.
    pub fn close(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<Option<f64>> {
        let streams = [self.files.remove(name), self.commands.remove(name)];
        let closed = streams.into_iter().flatten().map(|stream| stream.close(vm)).last();
        closed.transpose().map_err(|error| cannot_write(name, &error))
    }

    /// Passes on what is buffered under a name; None when nothing of that name is open.
    pub fn flush(&mut self, vm: &mut VM, name: &[u8]) -> Option<io::Result<()>> {
        let streams = [self.files.get_mut(name), self.commands.get_mut(name)];
        streams.into_iter().flatten().map(|stream| stream.flush(vm)).last()
    }

    /// Passes on everything that is buffered, the main output included.
    pub fn flush_all(&mut self, vm: &mut VM) -> io::Result<()> {
        let mut result = vm.flush_output();
        for stream in self.files.values_mut().chain(self.commands.values_mut()) {
            result = result.and(stream.flush(vm));
        }
        result
    }

    /// Closes everything, and waits for the commands.
    pub fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        let mut result = self.flush_all(vm).map_err(Fault::from);
        for (name, stream) in self.files.drain().chain(self.commands.drain()) {
            let closed = stream.close(vm).map_err(|error| cannot_write(&name, &error));
            result = result.and(closed.map(|_| ()));
        }
        result
    }
}
