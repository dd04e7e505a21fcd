//! The host of an awk program on a real system: files, standard streams and commands.

mod compressed;
mod coprocess;
mod csv;
pub(crate) mod inplace;
mod input;
mod named;
mod openings;
mod output;
mod process;
mod procinfo;
mod progress;
mod reader;
mod socket;
mod source;
mod special;
mod stdout;
mod terminal;

pub(crate) use input::{UNREADABLE, assign, assignment};
pub(crate) use reader::{MalformedRow, Reader};
pub(crate) use stdout::Stdout;

use crate::compiler::Dialect;
use crate::parallel::{Cut, Lent};
use coprocess::Coprocess;
use fusevm::VM;
use fusevm::awk_host::{
    AwkHost, CoprocessEnd, Destination, InputEvent, LineSource, OutputMode, ReadStatus, Special, TextFormat,
};
use fusevm::error::{ErrorKind, Fault, OpResult};
use fusevm::text::time::Zone;
use fusevm::value::ByteStr;
use input::MainInput;
use named::Named;
use openings::{Channel, Openings};
use output::{Notice, Outputs, cannot_write, fail};
use process::Environment;
use reader::Taken;
use socket::InvalidName;
use source::Source;
use special::open_to_read;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What a program may do, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Power {
    /// It may only read its operands and write to the standard output.
    pub sandbox: bool,
    /// Operands of the form `name=value` are file names.
    pub operands_are_files: bool,
    /// Which awk it is for.
    pub dialect: Dialect,
    /// What the input is, unless RS and FS say it.
    pub format: Option<TextFormat>,
    /// What is printed takes the place of the file that is read.
    pub inplace: bool,
    /// Whether the terminal shows how much of the main input is read.
    pub progress: bool,
    /// Whether the first record of each operand has the names of the fields.
    pub header: bool,
}

impl Power {
    /// The content of a file: only gawk's awk looks into compressed ones, the others read them as they are.
    fn source(self, file: File) -> Source {
        match self.dialect {
            Dialect::Gawk if !self.inplace => Source::file(file),
            _ => Source::raw(file),
        }
    }
}

/// Files, standard streams, commands and connections of the system.
pub(crate) struct RealHost {
    power: Power,
    input: MainInput,
    files: Named<Reader>,
    commands: Named<(Reader, Child)>,
    coprocesses: Named<Coprocess>,
    outputs: Outputs,
    openings: Openings,
    /// How long a read may take, unless the program says it.
    read_timeout: Option<Duration>,
    /// Whether an operand could not be read.
    input_failed: Arc<AtomicBool>,
    /// The time zone that was asked for last, and the value of TZ that it has.
    zone: Option<(Option<ByteStr>, Zone)>,
    /// The program's text, for the places of warnings.
    program: crate::Source,
}

impl RealHost {
    /// Gives the host the program's text, so that warnings can say where they come from.
    pub fn with_program(mut self, program: &crate::Source) -> RealHost {
        self.program = program.clone();
        self
    }

    /// In the sandbox, only these operands are read as files.
    pub fn with_operands(mut self, operands: &[Vec<u8>]) -> RealHost {
        if self.power.sandbox {
            self.input.allow_only(operands);
        }
        self
    }

    /// A host with nothing open.
    pub fn new(power: Power) -> RealHost {
        let read_timeout = procinfo::default_timeout();
        RealHost {
            power,
            input: MainInput::new(power, read_timeout),
            files: Named::default(),
            commands: Named::default(),
            coprocesses: Named::default(),
            outputs: Outputs::default(),
            openings: Openings::default(),
            read_timeout,
            input_failed: Arc::default(),
            zone: None,
            program: crate::Source::default(),
        }
    }

    /// Tells what lint finds; it ends the run when LINT is `fatal`.
    fn doubt(&mut self, vm: &mut VM, message: &str) -> OpResult<()> {
        if vm.get_global("LINT").to_byte_str().as_bytes() == b"fatal" {
            return Err(Fault::new(ErrorKind::Host, message));
        }
        self.warn(vm, message);
        Ok(())
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

    /// Where the records of the main input end.
    pub fn cut(&self, vm: &mut VM) -> Cut {
        Cut::of(self.power.format, vm.awk().record_separator())
    }

    /// The format that the main input must be in.
    pub fn format(&self) -> Option<TextFormat> {
        self.power.format
    }

    /// The next block of whole records of the main input; None at the end.
    pub fn next_block(&mut self, vm: &mut VM, cut: Cut, memory: Vec<u8>) -> OpResult<Option<Lent>> {
        let lent = self.input.next_block(vm, cut, memory);
        if self.input.failed {
            self.input_failed.store(true, Ordering::Relaxed);
        }
        lent
    }

    /// The name of the present file of the main input, and its header, if it was opened since this was asked.
    pub fn new_file(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        self.input.new_file()
    }

    /// The end of a run whose input is not in its format in a row of a file.
    pub fn malformed(&self, name: &[u8], wrong: &MalformedRow) -> Fault {
        malformed(name, wrong)
    }

    /// Tells that a block of a file could not be read.
    #[cold]
    pub fn tell_unreadable(&mut self, vm: &mut VM, name: &[u8], error: &io::Error) {
        self.input.tell_unreadable(vm, name, error);
        self.input_failed.store(true, Ordering::Relaxed);
    }

    /// Passes on everything that is buffered, so that it comes before what another process writes.
    fn flush_all(&mut self, vm: &mut VM) -> io::Result<()> {
        let mut result = self.outputs.flush_all(vm);
        for (_, coprocess) in self.coprocesses.iter_mut() {
            result = result.and(coprocess.flush());
        }
        result
    }

    /// As [`Self::flush_all`], where the program cannot go on without; whether all could be written.
    fn flush_or_fail(&mut self, vm: &mut VM) -> OpResult<bool> {
        flush_standard(vm)?;
        let mut all = true;
        for (mode, name) in self.outputs.waiting() {
            if let Some(Err(error)) = self.outputs.flush_in(vm, mode, &name) {
                all = false;
                fail(vm, &name, &error, |_, name, error| {
                    let name = String::from_utf8_lossy(name);
                    Fault::new(ErrorKind::Host, format!("file flush of `{name}' failed: {}", reason(error)))
                })?;
            }
        }
        for (_, coprocess) in self.coprocesses.iter_mut() {
            all &= coprocess.flush().is_ok();
        }
        Ok(all)
    }

    /// Opens what is read under a name, if it is new.
    fn open(&mut self, vm: &mut VM, source: LineSource, name: &[u8]) -> io::Result<()> {
        match source {
            LineSource::File if self.files.get(name).is_none() => {
                let file = self.outputs.with_descriptors(vm, || open_to_read(name))?;
                self.files.insert(name, Reader::new(self.power.source(file)));
                self.opened(vm, Channel::InputFile, name);
            }
            LineSource::Command if self.commands.get(name).is_none() => {
                self.flush_all(vm)?;
                let environment = Environment::of(vm);
                let start = || process::shell(name, &environment).stdout(Stdio::piped()).spawn();
                let mut child = self.outputs.with_descriptors(vm, start)?;
                let pipe = child.stdout.take().map(OwnedFd::from).ok_or(io::ErrorKind::BrokenPipe)?;
                let reader = Reader::new(Source::raw(File::from(pipe)));
                self.commands.insert(name, (reader, child));
                self.opened(vm, Channel::InputPipe, name);
            }
            LineSource::Coprocess => self.coprocess(vm, name)?.flush()?,
            LineSource::File | LineSource::Command => {}
        }
        Ok(())
    }

    /// Notes that something was opened; lint warns when its name is in use already.
    fn opened(&mut self, vm: &mut VM, channel: Channel, name: &[u8]) {
        if lints(vm) {
            let shown = String::from_utf8_lossy(name);
            let open = self.openings.of(name);
            for mixture in open.into_iter().filter_map(|other| other.mixture_with(channel, &shown)) {
                self.warn(vm, &mixture);
            }
        }
        self.openings.add(name, channel);
    }

    /// What lint has to say about a write to a file or command.
    #[cold]
    fn noticed(&mut self, vm: &mut VM, notice: Notice, mode: OutputMode, name: &[u8]) {
        match notice {
            Notice::Opened if mode.is_command() => self.opened(vm, Channel::OutputPipe, name),
            Notice::Opened => self.opened(vm, Channel::OutputFile, name),
            Notice::Mixed if lints(vm) => {
                let shown = String::from_utf8_lossy(name);
                self.warn(vm, &format!("unnecessary mixing of `>' and `>>' for file `{shown}'"));
            }
            Notice::Mixed => {}
        }
    }

    /// Closes what is open under a name as something; the exit status of a command.
    fn close_channel(&mut self, vm: &mut VM, channel: Channel, name: &[u8]) -> OpResult<f64> {
        if matches!(channel, Channel::OutputPipe | Channel::TwoWay) {
            // What was printed before comes before what the command prints at its end.
            flush_standard(vm)?;
        }
        self.openings.remove(name, channel);
        match channel {
            Channel::OutputFile => self.outputs.close(vm, OutputMode::Write, name),
            Channel::OutputPipe => self.outputs.close(vm, OutputMode::Pipe, name),
            Channel::InputFile => {
                self.files.remove(name);
                Ok(0.0)
            }
            Channel::InputPipe => Ok(self.commands.remove(name).map(end).transpose()?.unwrap_or(0.0)),
            Channel::TwoWay => match self.coprocesses.remove(name).map(Coprocess::close) {
                Some(Err(error)) => fail(vm, name, &error, cannot_write).map(|()| -1.0),
                Some(Ok(status)) => Ok(status),
                None => Ok(0.0),
            },
        }
    }

    /// The coprocess of a name, which is started when it is new.
    fn coprocess(&mut self, vm: &mut VM, name: &[u8]) -> io::Result<&mut Coprocess> {
        if self.coprocesses.get(name).is_none() {
            self.flush_all(vm)?;
            let on_terminal = procinfo::wants_terminal(vm, name);
            let environment = Environment::of(vm);
            let open = || Coprocess::open(name, on_terminal, &environment);
            let opened = self.outputs.with_descriptors(vm, open);
            let coprocess = opened.map_err(|error| match error.get_ref() {
                Some(wrong) if wrong.is::<InvalidName>() => {
                    self.warn(vm, &wrong.to_string());
                    io::Error::from_raw_os_error(libc::EINVAL)
                }
                _ => error,
            })?;
            self.coprocesses.insert(name, coprocess);
            self.opened(vm, Channel::TwoWay, name);
        }
        self.coprocesses.get(name).ok_or(io::ErrorKind::NotFound.into())
    }

    /// The reader of what is open under a name; None when its end to read from is closed.
    fn reader(&mut self, source: LineSource, name: &[u8]) -> Option<&mut Reader> {
        match source {
            LineSource::File => self.files.get(name),
            LineSource::Command => self.commands.get(name).map(|(reader, _)| reader),
            LineSource::Coprocess => self.coprocesses.get(name)?.from.as_mut(),
        }
    }

    /// Reads a line from what is open.
    fn read(
        &mut self,
        vm: &mut VM,
        source: LineSource,
        name: &[u8],
        to: Destination,
    ) -> OpResult<io::Result<ReadStatus>> {
        let default_timeout = self.read_timeout;
        let format = self.power.format;
        let Some(reader) = self.reader(source, name) else {
            let closed = io::Error::from_raw_os_error(libc::EBADF);
            let fault = |_: &mut VM, _: &[u8], _: &io::Error| closed_end("getline", "read from", "read");
            return fail(vm, name, &closed, fault).map(|()| Err(closed));
        };
        loop {
            let state = vm.awk();
            let taken = reader.take_in(format, state.record_separator());
            match taken.map_err(|wrong| malformed(name, &wrong))? {
                Taken::Record(line) => {
                    state.accept(to, line)?;
                    if state.tracks_terminators() {
                        state.set_terminator(reader.terminator());
                    }
                    return Ok(Ok(ReadStatus::Line));
                }
                Taken::More => {
                    reader.source_mut().set_timeout(procinfo::read_timeout(vm, name, default_timeout));
                    if let Err(error) = reader.fill() {
                        return Ok(Err(error));
                    }
                }
                Taken::End => return Ok(Ok(ReadStatus::End)),
            }
        }
    }

    fn write_to_coprocess(&mut self, vm: &mut VM, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        let written = match self.coprocess(vm, name) {
            Ok(coprocess) if !coprocess.is_writable() => {
                let closed = io::Error::from_raw_os_error(libc::EBADF);
                return fail(vm, name, &closed, |vm, _, _| {
                    closed_end(vm.awk().printing(), "write to", "write")
                });
            }
            Ok(coprocess) => coprocess.write(bytes),
            Err(error) => {
                return fail(vm, name, &error, |_, name, error| {
                    let (name, reason) = (String::from_utf8_lossy(name), reason(error));
                    let message = format!("cannot open two way pipe `{name}' for input/output: {reason}");
                    Fault::new(ErrorKind::Host, message)
                });
            }
        };
        written.or_else(|error| fail(vm, name, &error, cannot_write))
    }

    /// Why there is nothing to flush under a name.
    #[cold]
    fn cannot_flush(&mut self, name: &[u8]) -> String {
        let shown = String::from_utf8_lossy(name);
        if self.coprocesses.get(name).is_some() {
            format!("fflush: cannot flush: two-way pipe `{shown}' has closed write end")
        } else if self.commands.get(name).is_some() {
            format!("fflush: cannot flush: pipe `{shown}' opened for reading, not writing")
        } else if self.files.get(name).is_some() {
            format!("fflush: cannot flush: file `{shown}' opened for reading, not writing")
        } else {
            format!("fflush: `{shown}' is not an open file, pipe or co-process")
        }
    }

    /// Tells the program in ERRNO why something could not be read.
    fn failed_read(&mut self, vm: &mut VM, name: &[u8], error: &io::Error) -> ReadStatus {
        procinfo::set_error(vm, error);
        let is_temporary = matches!(error.raw_os_error(), Some(libc::ETIMEDOUT | libc::EAGAIN | libc::EINTR));
        if is_temporary && procinfo::may_retry(vm, name) { ReadStatus::Retry } else { ReadStatus::Failed }
    }
}

/// Passes on what was printed to the standard output.
fn flush_standard(vm: &mut VM) -> OpResult<()> {
    vm.flush_output().map_err(|error| {
        let message = format!("fflush: cannot flush standard output: {}", reason(&error));
        Fault::new(ErrorKind::Host, message)
    })
}

/// Whether lint is on.
fn lints(vm: &mut VM) -> bool {
    vm.get_global("LINT").is_truthy()
}

/// The end of a run whose input is not in the format that it must have.
#[cold]
fn malformed(name: &[u8], wrong: &MalformedRow) -> Fault {
    let MalformedRow { row, byte, message } = wrong;
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("`{name}', row {row}, byte {byte}: {message}"))
}

/// There is neither a file nor a command without a name.
#[cold]
fn nameless(operator: &str) -> Fault {
    let message = format!("expression for `{operator}' redirection has null string value");
    Fault::new(ErrorKind::Host, message)
}

#[cold]
fn closed_end(op: &str, verb: &str, end: &str) -> Fault {
    let message = format!("{op}: attempt to {verb} closed {end} end of two-way pipe");
    Fault::new(ErrorKind::Host, message)
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

    fn next_event(&mut self, vm: &mut VM, to: Destination) -> OpResult<InputEvent> {
        let event = self.input.next_event(vm, to);
        if self.input.failed {
            self.input_failed.store(true, Ordering::Relaxed);
        }
        event
    }

    fn skip_file(&mut self, vm: &mut VM) -> OpResult<()> {
        self.input.skip_file(vm);
        Ok(())
    }

    fn admit(&mut self, operand: &[u8]) -> OpResult<()> {
        self.input.admit(operand)
    }

    fn getline(
        &mut self,
        vm: &mut VM,
        source: LineSource,
        name: &[u8],
        to: Destination,
    ) -> OpResult<ReadStatus> {
        self.allow("redirection")?;
        if name.is_empty() {
            return Err(nameless(match source {
                LineSource::File => "<",
                LineSource::Command => "|",
                LineSource::Coprocess => "|&",
            }));
        }
        let result = match self.open(vm, source, name) {
            Ok(()) => self.read(vm, source, name, to)?,
            Err(error) => Err(error),
        };
        Ok(result.unwrap_or_else(|error| self.failed_read(vm, name, &error)))
    }

    fn write(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        self.allow("redirection")?;
        if name.is_empty() {
            return Err(nameless(match mode {
                OutputMode::Write => ">",
                OutputMode::Append => ">>",
                OutputMode::Pipe => "|",
                OutputMode::Coprocess => "|&",
            }));
        }
        match mode {
            OutputMode::Coprocess => self.write_to_coprocess(vm, name, bytes),
            _ => {
                let written = self.outputs.write(vm, mode, name, bytes);
                if let Some(notice) = self.outputs.notice.take() {
                    self.noticed(vm, notice, mode, name);
                }
                written
            }
        }
    }

    fn close(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<f64> {
        if self.power.inplace && name == inplace::NAME {
            return self.input.finish_edit(vm).map(|()| 0.0);
        }
        let Some(channel) = self.openings.last(name) else {
            if lints(vm) {
                let shown = String::from_utf8_lossy(name);
                self.doubt(vm, &format!("close: `{shown}' is not an open file, pipe or co-process"))?;
            }
            procinfo::set_complaint(vm, "close of redirection that was never opened");
            return Ok(-1.0);
        };
        let status = self.close_channel(vm, channel, name)?;
        // POSIX wants to know whether it worked, not how a command ended.
        Ok(if self.power.dialect == Dialect::Posix { 0.0 } else { status })
    }

    fn close_end(&mut self, vm: &mut VM, name: &[u8], end: CoprocessEnd) -> OpResult<f64> {
        let Some(coprocess) = self.coprocesses.get(name) else { return self.close(vm, name) };
        let closed = match end {
            CoprocessEnd::To => coprocess.close_to(),
            CoprocessEnd::From => {
                coprocess.from = None;
                Ok(())
            }
        };
        if coprocess.is_closed() {
            return self.close_channel(vm, Channel::TwoWay, name);
        }
        if let Err(error) = closed {
            fail(vm, name, &error, cannot_write)?;
        }
        Ok(0.0)
    }

    fn flush(&mut self, vm: &mut VM, name: Option<&[u8]>) -> OpResult<bool> {
        let Some(name) = name else { return self.flush_or_fail(vm) };
        if matches!(name, b"/dev/stdout" | b"/dev/stderr" | b"-") {
            return self.flush_or_fail(vm);
        }
        let coprocess = self.coprocesses.get(name).filter(|coprocess| coprocess.is_writable());
        let coprocess = coprocess.map(Coprocess::flush);
        let flushed = self.outputs.flush(vm, name).or(coprocess);
        match flushed {
            Some(Ok(())) => Ok(true),
            Some(Err(error)) => fail(vm, name, &error, |_, name, error| {
                let name = String::from_utf8_lossy(name);
                let message = format!("fflush: cannot flush file `{name}': {}", reason(error));
                Fault::new(ErrorKind::Host, message)
            })
            .map(|()| false),
            None => {
                let complaint = self.cannot_flush(name);
                self.warn(vm, &complaint);
                Ok(false)
            }
        }
    }

    fn system(&mut self, vm: &mut VM, command: &[u8]) -> OpResult<f64> {
        self.allow("`system' function")?;
        self.flush_or_fail(vm)?;
        let status = process::run(command, &Environment::of(vm))?;
        Ok(process::system_number(status, self.power.dialect))
    }

    fn warn(&mut self, vm: &mut VM, message: &str) {
        // What was printed before comes before.
        let _ = self.flush_all(vm);
        let line = vm.frames().iter().map(|frame| frame.line).find(|&line| line > 0).unwrap_or(0);
        let place = place(vm, line, &self.program);
        // There is nowhere to report that warnings cannot be written.
        let _ = writeln!(io::stderr(), "{}: {place}warning: {message}", command_name());
    }

    fn time_zone(&mut self, vm: &mut VM) -> OpResult<Zone> {
        let variable = process::variable(vm, "TZ");
        match &self.zone {
            Some((known, zone)) if *known == variable => Ok(zone.clone()),
            _ => {
                let zone = Zone::from_tz(variable.as_deref());
                self.zone = Some((variable, zone.clone()));
                Ok(zone)
            }
        }
    }

    fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        if lints(vm) {
            // There is nowhere to report that what was printed before cannot be written; that comes again below.
            let _ = self.flush_all(vm);
            for (name, channel) in self.openings.all() {
                let name = String::from_utf8_lossy(name);
                warn(&format!("no explicit close of {} `{name}' provided", channel.kind()));
            }
        }
        let mut result = self.outputs.close_all(vm);
        drop(self.files.drain());
        for (_, command) in self.commands.drain() {
            // Its status matters to nobody any more.
            let _ = end(command);
        }
        for (name, coprocess) in self.coprocesses.drain() {
            if let Err(error) = coprocess.close() {
                result = result.and(fail(vm, &name, &error, cannot_write));
            }
        }
        // What is buffered comes after what the commands write, as in gawk.
        result.and(vm.flush_output().map_err(Fault::from))
    }
}

fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// Why the system refused, without Rust's error number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Where a run is, for messages: in the program and, once a record was read, in the input.
pub(crate) fn place(vm: &mut VM, line: u32, program: &crate::Source) -> String {
    let place = program.locate_line(line).map(|(file, line)| format!("{file}:{line}: "));
    let (name, number) = (vm.awk().get(Special::Filename), vm.awk().get(Special::Fnr).to_float());
    let input = (number > 0.0).then(|| format!("(FILENAME={} FNR={number}) ", name.to_str()));
    format!("{}{}", place.unwrap_or_default(), input.unwrap_or_default())
}

/// The name that the command was started by, which messages begin with.
pub(crate) fn command_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let started_as = std::env::args_os().next().unwrap_or_default();
        let name = Path::new(&started_as).file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        if name.ends_with("awk") { name.into_owned() } else { "awk".to_owned() }
    })
}

/// Writes a warning to the standard error.
pub(crate) fn warn(message: &str) {
    // There is nowhere to report that warnings cannot be written.
    let _ = writeln!(io::stderr(), "{}: warning: {message}", command_name());
}
