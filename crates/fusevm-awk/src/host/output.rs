//! Files and commands that the program writes to, each with a buffer of its own.

use super::named::Named;
use super::process::{self, Environment};
use super::special::Special;
use super::{procinfo, reason};
use fusevm::VM;
use fusevm::awk_host::OutputMode;
use fusevm::error::{ErrorKind, Fault, OpResult};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};

/// Bytes that are collected before they are written.
const BUFFER: usize = 64 * 1024;

/// The most descriptors that the system is asked for.
const MAX_DESCRIPTORS: u64 = 65_536;

/// What a stream writes to.
enum Sink {
    /// The VM's own output, in order with what it prints.
    Standard,
    File(File),
    /// A file that gave its descriptor to another one; the next write opens it again.
    Parked,
    Command(File, Child),
}

/// An open output.
struct Stream {
    sink: Sink,
    buffer: Vec<u8>,
    /// Whether each print is written at once.
    immediate: bool,
    /// Whether it is a file that can be opened again.
    is_regular: bool,
    /// Whether it was opened to append to what is there.
    appends: bool,
    /// When it was written to, in writes to all outputs.
    used: u64,
}

impl Stream {
    fn new(sink: Sink, immediate: bool) -> Stream {
        Stream { sink, buffer: Vec::new(), immediate, is_regular: false, appends: false, used: 0 }
    }

    fn flush(&mut self, vm: &mut VM) -> io::Result<()> {
        let result = match &mut self.sink {
            Sink::Standard => vm.flush_output(),
            Sink::File(file) | Sink::Command(file, _) => file.write_all(&self.buffer),
            // Its buffer was written before.
            Sink::Parked => Ok(()),
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
            Sink::Standard | Sink::File(_) | Sink::Parked => 0.0,
        };
        flushed.map(|()| status)
    }

    /// Whether the file can be closed and opened again without a difference.
    fn can_park(&self) -> bool {
        self.is_regular && matches!(self.sink, Sink::File(_))
    }
}

/// The open outputs by name; a file and a command may have the same name.
#[derive(Default)]
pub(super) struct Outputs {
    files: Named<Stream>,
    commands: Named<Stream>,
    /// The number of writes.
    clock: u64,
    /// What a write did that lint may have a word on.
    pub notice: Option<Notice>,
}

/// What is out of the ordinary about a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// It opened the file or command.
    Opened,
    /// It truncates what was opened to append to, or the other way round.
    Mixed,
}

/// Asks for as many descriptors as the process may have; false when it has them.
#[cold]
fn raise_limit() -> bool {
    let limit = getrlimit(Resource::Nofile);
    // Commands inherit the limit, and some look at each descriptor below it.
    let most = limit.maximum.unwrap_or(MAX_DESCRIPTORS).min(MAX_DESCRIPTORS);
    let is_raised = limit.current.is_some_and(|current| current < most);
    is_raised && setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..limit }).is_ok()
}

#[cold]
fn cannot_open(_vm: &mut VM, name: &[u8], error: &io::Error) -> Fault {
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("cannot redirect to `{name}': {}", reason(error)))
}

/// The end of a run that could not write to a stream.
#[cold]
pub(super) fn cannot_write(vm: &mut VM, name: &[u8], error: &io::Error) -> Fault {
    let name = String::from_utf8_lossy(name);
    let statement = vm.awk().printing();
    Fault::new(ErrorKind::Host, format!("{statement} to \"{name}\" failed: {}", reason(error)))
}

/// Ends the run, or tells the program in ERRNO if it asked for that.
#[cold]
pub(super) fn fail(
    vm: &mut VM,
    name: &[u8],
    error: &io::Error,
    fault: fn(&mut VM, &[u8], &io::Error) -> Fault,
) -> OpResult<()> {
    if procinfo::is_nonfatal(vm, name) {
        procinfo::set_error(vm, error);
        return Ok(());
    }
    Err(fault(vm, name, error))
}

impl Outputs {
    /// Writes to the stream of a name, which is opened when it is new.
    pub fn write(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        if !self.streams(mode).find(name) {
            match self.open(vm, mode, name) {
                Ok(mut stream) => {
                    stream.appends = mode == OutputMode::Append;
                    self.streams(mode).insert(name, stream);
                    self.notice = Some(Notice::Opened);
                }
                Err(error) => return fail(vm, name, &error, cannot_open),
            }
        }
        self.clock += 1;
        let clock = self.clock;
        let stream = self.streams(mode).found();
        stream.used = clock;
        let is_mixed = stream.appends != (mode == OutputMode::Append);
        if let Sink::Standard = stream.sink {
            return Ok(vm.write_output(bytes)?);
        }
        stream.buffer.extend_from_slice(bytes);
        let is_due = stream.immediate || stream.buffer.len() >= BUFFER;
        if is_mixed {
            self.notice = Some(Notice::Mixed);
        }
        if !is_due {
            return Ok(());
        }
        match self.flush_one(vm, mode, name) {
            Ok(()) => Ok(()),
            Err(error) => fail(vm, name, &error, cannot_write),
        }
    }

    fn streams(&mut self, mode: OutputMode) -> &mut Named<Stream> {
        if mode.is_command() { &mut self.commands } else { &mut self.files }
    }

    /// Writes what a stream has collected, after opening it again if need be.
    fn flush_one(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8]) -> io::Result<()> {
        let Some(stream) = self.streams(mode).get(name) else { return Ok(()) };
        if let Sink::Parked = stream.sink
            && !stream.buffer.is_empty()
        {
            let file =
                self.with_descriptors(vm, || OpenOptions::new().append(true).open(super::path(name)))?;
            if let Some(stream) = self.streams(mode).get(name) {
                stream.sink = Sink::File(file);
            }
        }
        self.streams(mode).get(name).map_or(Ok(()), |stream| stream.flush(vm))
    }

    fn open(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8]) -> io::Result<Stream> {
        if mode.is_command() {
            // What was printed before the command starts comes before what the command prints.
            self.flush_all(vm)?;
            let environment = Environment::of(vm);
            let start = || process::shell(name, &environment).stdin(Stdio::piped()).spawn();
            let mut child = self.with_descriptors(vm, start)?;
            let pipe = child.stdin.take().map(OwnedFd::from).ok_or(io::ErrorKind::BrokenPipe)?;
            return Ok(Stream::new(Sink::Command(File::from(pipe), child), false));
        }
        let special = if name == b"-" { Some(Special::Stdout) } else { Special::from_name(name) };
        match special {
            Some(Special::Stdout) => return Ok(Stream::new(Sink::Standard, false)),
            Some(special) => return Ok(Stream::new(Sink::File(special.open()?), special == Special::Stderr)),
            None => {}
        }
        let mut options = OpenOptions::new();
        options.create(true);
        match mode {
            OutputMode::Append => options.append(true),
            _ => options.write(true).truncate(true),
        };
        let file = self.with_descriptors(vm, || options.open(super::path(name)))?;
        let immediate = file.is_terminal();
        let is_regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        Ok(Stream { is_regular, ..Stream::new(Sink::File(file), immediate) })
    }

    /// Opens something; when there are no more descriptors, the system is asked for more, and then files that were not
    /// written to for long give theirs.
    pub fn with_descriptors<T>(&mut self, vm: &mut VM, open: impl Fn() -> io::Result<T>) -> io::Result<T> {
        loop {
            match open() {
                Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                    if !raise_limit() && !self.park(vm)? {
                        return Err(error);
                    }
                }
                result => return result,
            }
        }
    }

    /// Closes the file that was not written to for the longest time, for now; false when there is none.
    fn park(&mut self, vm: &mut VM) -> io::Result<bool> {
        let files = self.files.iter_mut().map(|(_, stream)| stream);
        let Some(oldest) = files.filter(|stream| stream.can_park()).min_by_key(|stream| stream.used) else {
            return Ok(false);
        };
        oldest.flush(vm)?;
        oldest.sink = Sink::Parked;
        Ok(true)
    }

    /// Closes what is open under a name; the exit status of a command.
    pub fn close(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8]) -> OpResult<f64> {
        let flushed = self.flush_one(vm, mode, name);
        let Some(stream) = self.streams(mode).remove(name) else { return Ok(0.0) };
        match stream.close(vm).and_then(|status| flushed.map(|()| status)) {
            Err(error) => fail(vm, name, &error, cannot_write).map(|()| -1.0),
            Ok(status) => Ok(status),
        }
    }

    /// Passes on what is buffered under a name; None when nothing of that name is open.
    pub fn flush(&mut self, vm: &mut VM, name: &[u8]) -> Option<io::Result<()>> {
        [OutputMode::Write, OutputMode::Pipe]
            .into_iter()
            .filter_map(|mode| self.flush_in(vm, mode, name))
            .reduce(io::Result::and)
    }

    /// The same where a name stands for one kind of output.
    pub fn flush_in(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8]) -> Option<io::Result<()>> {
        let is_open = self.streams(mode).get(name).is_some();
        is_open.then(|| self.flush_one(vm, mode, name))
    }

    /// What has something to write.
    pub fn waiting(&mut self) -> Vec<(OutputMode, Vec<u8>)> {
        let files = self.files.iter_mut().map(|(name, stream)| (OutputMode::Write, name, stream));
        let commands = self.commands.iter_mut().map(|(name, stream)| (OutputMode::Pipe, name, stream));
        let waiting = files.chain(commands).filter(|(.., stream)| !stream.buffer.is_empty());
        waiting.map(|(mode, name, _)| (mode, name.to_vec())).collect()
    }

    /// Passes on everything that is buffered, the main output included.
    pub fn flush_all(&mut self, vm: &mut VM) -> io::Result<()> {
        let mut result = vm.flush_output();
        for name in self.parked() {
            result = result.and(self.flush_one(vm, OutputMode::Write, &name));
        }
        for (_, stream) in self.files.iter_mut().chain(self.commands.iter_mut()) {
            result = result.and(stream.flush(vm));
        }
        result
    }

    /// The names of closed files that have something to write.
    fn parked(&mut self) -> Vec<Vec<u8>> {
        let waits = |stream: &Stream| matches!(stream.sink, Sink::Parked) && !stream.buffer.is_empty();
        let waiting = self.files.iter_mut().filter(|(_, stream)| waits(stream));
        waiting.map(|(name, _)| name.to_vec()).collect()
    }

    /// Closes everything but the main output, and waits for the commands.
    pub fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        let mut result = Ok(());
        // Files that gave their descriptors away are opened again for what came later; there is room now.
        for name in self.parked() {
            result = result.and(self.close(vm, OutputMode::Write, &name).map(|_| ()));
        }
        for (name, stream) in self.files.drain().chain(self.commands.drain()) {
            if let Err(error) = stream.close(vm) {
                result = result.and(fail(vm, &name, &error, cannot_write));
            }
        }
        result
    }
}
