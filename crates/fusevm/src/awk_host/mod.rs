//! The awk ops' view of the record, special variables, files and processes.
//!
//! The engine owns the record ([`Record`]) and the special variables ([`AwkState`]), so that field access is
//! code of the engine. What needs power, files and processes, is asked of an [`AwkHost`].

mod addends;
mod ahead;
mod caches;
mod characters;
mod columns;
mod formats;
mod operands;
mod outlook;
mod pattern;
mod places;
mod printing;
mod random;
mod record;
mod selecting;
mod separator;
mod special;
mod splice;
mod splitting;
mod state;
mod substitution;

pub use addends::Addends;
pub use ahead::LinesAhead;
pub(crate) use characters::is_kept;
pub use formats::{Malformed, TextFormat};
pub(crate) use operands::{Operand, Operands};
pub use record::{MAX_FIELDS, Record};
pub(crate) use selecting::Query;
pub(crate) use separator::Cursor;
pub use separator::{FieldSpan, Separator, Width};
pub use special::Special;
pub use state::{AwkDialect, AwkState, RecordSeparator, comparable_number, to_number};
pub(crate) use state::{as_number, looks_numeric};
pub(crate) use substitution::{Escapes, Which};

use crate::error::{Fault, OpResult};
use crate::text::time::Zone;
use crate::value::MaybeSend;
use crate::vm::VM;

/// Where a line that was read goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// It becomes the record.
    Record,
    /// It becomes the value of a variable.
    Variable,
}

/// Where `getline` reads from, other than the main input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSource {
    /// `getline < file`
    File,
    /// `command | getline`
    Command,
    /// `command |& getline`
    Coprocess,
}

/// One end of a coprocess, as the second argument of `close` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoprocessEnd {
    /// `"to"`: what the program writes.
    To,
    /// `"from"`: what the program reads.
    From,
}

/// Where `print` writes to, other than the main output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputMode {
    /// `> file`
    Write,
    /// `>> file`
    Append,
    /// `| command`
    Pipe,
    /// `|& command`
    Coprocess,
}

impl OutputMode {
    /// Whether the name is a command.
    pub fn is_command(self) -> bool {
        matches!(self, OutputMode::Pipe | OutputMode::Coprocess)
    }

    /// The mode that a constant of [`output_mode`](crate::op::output_mode) is.
    pub(crate) fn from_constant(mode: u8) -> OutputMode {
        match mode {
            crate::op::output_mode::APPEND => OutputMode::Append,
            crate::op::output_mode::PIPE => OutputMode::Pipe,
            crate::op::output_mode::COPROCESS => OutputMode::Coprocess,
            _ => OutputMode::Write,
        }
    }
}

/// What came of reading a line; as a number, what `getline` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStatus {
    /// A line was read and handed over with [`AwkState::accept`].
    Line = 1,
    /// There are no more lines.
    End = 0,
    /// The file cannot be read.
    Failed = -1,
    /// Nothing was there in time; it may be tried again.
    Retry = -2,
}

/// What comes next in the main input, where the program has rules for the beginning and the end of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputEvent {
    /// A record, or the end of the input.
    Read(ReadStatus),
    /// A file begins. FILENAME is set, and FNR is 0. That it cannot be read shows when a record is asked for.
    FileBegins,
    /// A file ends.
    FileEnds,
}

/// What the awk ops do to the world: files and processes. By default all of it is refused.
///
/// Lines are handed over through [`VM::awk`]; while a method runs, the host is taken out of the VM.
pub trait AwkHost: MaybeSend {
    /// Reads the next record of the main input: walks the operands in ARGV, and sets FILENAME, and FNR to 0
    /// at the start of each file. The op counts the record.
    fn next_record(&mut self, _vm: &mut VM, _to: Destination) -> OpResult<ReadStatus> {
        Err(Fault::no_host("reading the main input"))
    }

    /// As [`next_record`](AwkHost::next_record), but stops where a file begins and where one ends. A host that does
    /// not tell gives records only.
    fn next_event(&mut self, vm: &mut VM, to: Destination) -> OpResult<InputEvent> {
        self.next_record(vm, to).map(InputEvent::Read)
    }

    /// Passes over what is left of the present file of the main input.
    fn skip_file(&mut self, _vm: &mut VM) -> OpResult<()> {
        Err(Fault::no_host("reading the main input"))
    }

    /// Refuses an operand that the program adds to those of the command line, if it must not be read.
    fn admit(&mut self, _operand: &[u8]) -> OpResult<()> {
        Ok(())
    }

    /// Reads the next line of a file, or of a command's output.
    fn getline(
        &mut self,
        _vm: &mut VM,
        source: LineSource,
        name: &[u8],
        _to: Destination,
    ) -> OpResult<ReadStatus> {
        Err(no_power(if source == LineSource::File { "reading from" } else { "running" }, name))
    }

    /// Writes to a file or to a command's input, which stays open until it is closed.
    fn write(&mut self, _vm: &mut VM, mode: OutputMode, name: &[u8], _bytes: &[u8]) -> OpResult<()> {
        Err(no_power(if mode.is_command() { "running" } else { "writing to" }, name))
    }

    /// Closes the files and commands of that name: the exit status of a command, 0 for a file, -1 when nothing
    /// of that name is open.
    fn close(&mut self, _vm: &mut VM, _name: &[u8]) -> OpResult<f64> {
        Ok(-1.0)
    }

    /// Closes one end of a coprocess, with the results of [`close`](AwkHost::close).
    fn close_end(&mut self, vm: &mut VM, name: &[u8], _end: CoprocessEnd) -> OpResult<f64> {
        self.close(vm, name)
    }

    /// Passes on what is buffered for the file or command of that name, or for all of them and the main output.
    /// Whether there is something of that name, and all went well.
    fn flush(&mut self, vm: &mut VM, name: Option<&[u8]>) -> OpResult<bool> {
        Ok(name.is_none() && vm.flush_output().is_ok())
    }

    /// Runs a command to its end; its exit status.
    fn system(&mut self, _vm: &mut VM, command: &[u8]) -> OpResult<f64> {
        Err(no_power("running", command))
    }

    /// Tells people what is doubtful about what the program does. The program goes on.
    fn warn(&mut self, _vm: &mut VM, _message: &str) {}

    /// The time zone of times that are not asked for in UTC; asked for each of them.
    fn time_zone(&mut self, _vm: &mut VM) -> OpResult<Zone> {
        Ok(Zone::gmt())
    }

    /// Closes everything at the end of a program.
    fn close_all(&mut self, _vm: &mut VM) -> OpResult<()> {
        Ok(())
    }
}

#[cold]
fn no_power(what: &str, name: &[u8]) -> Fault {
    Fault::no_host(&format!("{what} `{}`", String::from_utf8_lossy(name)))
}
