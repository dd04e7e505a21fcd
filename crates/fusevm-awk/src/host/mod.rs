//! The host of an awk program on a real system: files, standard streams and commands.

mod input;
mod output;
mod process;
mod reader;
mod stdout;

pub(crate) use input::{assign, assignment};
pub(crate) use reader::Reader;
pub(crate) use stdout::Stdout;

use fusevm::VM;
use fusevm::awk_host::{AwkHost, Destination, LineSource, OutputMode, ReadStatus};
use fusevm::error::{ErrorKind, Fault, OpResult};
use fusevm::text::time::Zone;
use input::MainInput;
use output::Outputs;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a program may do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Power {
    /// It may only read its operands and write to the standard output.
    pub sandbox: bool,
    /// Operands of the form `name=value` are file names.
    pub operands_are_files: bool,
}

/// Files, standard streams and commands of the system.
pub(crate) struct RealHost {
    power: Power,
    input: MainInput,
    files: HashMap<Box<[u8]>, Reader>,
    commands: HashMap<Box<[u8]>, (Reader, Child)>,
    outputs: Outputs,
    /// Whether an operand could not be read.
    input_failed: Arc<AtomicBool>,
}

impl RealHost {
    /// A host with nothing open.
    pub fn new(power: Power) -> RealHost {
        RealHost {
            power,
            input: MainInput::new(power.operands_are_files),
            files: HashMap::new(),
            commands: HashMap::new(),
            outputs: Outputs::default(),
            input_failed: Arc::default(),
        }
    }

    /// Refuses what the sandbox does.
    fn allow(&self, what: &str) -> OpResult<()> {
        if self.power.sandbox {
            return Err(Fault::new(ErrorKind::Host, format!("{what} not allowed in sandbox mode")));
        }
        Ok(())
    }

    /// A flag that is set when an operand cannot be read: the exit status then tells.
    pub fn input_failed(&self) -> Arc<AtomicBool> {
        self.input_failed.clone()
    }

    /// Starts a command whose output is read.
    fn start(&mut self, vm: &mut VM, command: &[u8]) -> io::Result<(Reader, Child)> {
        self.outputs.flush_all(vm)?;
        let mut child = process::shell(command).stdout(Stdio::piped()).spawn()?;
        let pipe = child.stdout.take().map(OwnedFd::from).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Reader::new(File::from(pipe)), child))
    }

    /// The reader of a file or command, which is opened when it is new.
    fn source(&mut self, vm: &mut VM, source: LineSource, name: &[u8]) -> io::Result<&mut Reader> {
        match source {
            LineSource::File => {
                if !self.files.contains_key(name) {
                    self.files.insert(name.into(), Reader::new(open_to_read(name)?));
                }
                self.files.get_mut(name)
            }
            LineSource::Command => {
                if !self.commands.contains_key(name) {
                    let started = self.start(vm, name)?;
                    self.commands.insert(name.into(), started);
                }
                self.commands.get_mut(name).map(|(reader, _)| reader)
            }
        }
        .ok_or(io::ErrorKind::NotFound.into())
    }
}

/// Ends a command whose output was read; its exit status.
fn end((reader, mut child): (Reader, Child)) -> io::Result<f64> {
    // A command that still writes is told so.
    drop(reader);
    child.wait().map(process::status_number)
}

impl AwkHost for RealHost {
    #[inline]
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        let status = self.input.next_record(vm, to);
        if self.input.failed {
            self.input_failed.store(true, Ordering::Relaxed);
        }
        status
    }

    fn skip_file(&mut self, _vm: &mut VM) -> OpResult<()> {
        self.input.skip_file();
        Ok(())
    }

    fn getline(
        &mut self,
        vm: &mut VM,
        source: LineSource,
        name: &[u8],
        to: Destination,
    ) -> OpResult<ReadStatus> {
        self.allow("redirection")?;
        let Ok(reader) = self.source(vm, source, name) else { return Ok(ReadStatus::Failed) };
        let state = vm.awk();
        match reader.next(state.record_separator()) {
            Ok(Some(line)) => {
                state.accept(to, line)?;
                Ok(ReadStatus::Line)
            }
            Ok(None) => Ok(ReadStatus::End),
            Err(_) => Ok(ReadStatus::Failed),
        }
    }

    fn write(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        self.allow("redirection")?;
        self.outputs.write(vm, mode, name, bytes)
    }

    fn close(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<f64> {
        let output = self.outputs.close(vm, name)?;
        let file = self.files.remove(name).map(|_| 0.0);
        let command = self.commands.remove(name).map(end).transpose()?;
        Ok([output, file, command].into_iter().flatten().last().unwrap_or(-1.0))
    }

    fn flush(&mut self, vm: &mut VM, name: Option<&[u8]>) -> OpResult<bool> {
        match name {
            Some(name) => Ok(self.outputs.flush(vm, name).is_some_and(|flushed| flushed.is_ok())),
            None => Ok(self.outputs.flush_all(vm).is_ok()),
        }
    }

    fn system(&mut self, vm: &mut VM, command: &[u8]) -> OpResult<f64> {
        self.allow("`system' function")?;
        self.outputs.flush_all(vm)?;
        let status = process::shell(command).status()?;
        Ok(process::status_number(status))
    }

    fn time_zone(&mut self, _vm: &mut VM) -> OpResult<Zone> {
        Ok(Zone::from_tz(std::env::var_os("TZ").as_deref().map(OsStr::as_bytes)))
    }

    fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        let result = self.outputs.close_all(vm);
        self.files.clear();
        for (_, command) in self.commands.drain() {
            // Its status matters to nobody any more.
            let _ = end(command);
        }
        result
    }
}

fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// Opens a file to read; `-` and `/dev/stdin` are the standard input.
fn open_to_read(name: &[u8]) -> io::Result<File> {
    match name {
        b"-" | b"/dev/stdin" => Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?)),
        _ => File::open(path(name)),
    }
}

/// Why the system refused, without Rust's error number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Writes a warning to the standard error.
pub(crate) fn warn(message: &str) {
    // There is nowhere to report that warnings cannot be written.
    let _ = writeln!(io::stderr(), "awk: warning: {message}");
}
