//! The main input: the files that the operands name, one after the other, with the assignments between them.

use super::inplace::Edit;
use super::progress::Progress;
use super::reader::Taken;
use super::special::open_to_read;
use super::{Power, Reader, malformed, procinfo, reason, warn};
use crate::compiler::Dialect;
use crate::escape::unescape;
use crate::parallel::{BLOCK, Content, Cut, Lent, Part, Parts, Text};
use fusevm::awk_host::{Destination, InputEvent, ReadStatus, Special};
use fusevm::error::{ErrorKind, Fault, OpResult};
use fusevm::value::ByteStr;
use fusevm::{VM, Value};
use std::collections::HashSet;
use std::io;
use std::time::Duration;

/// How far the main input is read.
#[derive(Default)]
pub(super) struct MainInput {
    /// The file that is being read.
    reader: Option<Reader>,
    /// What of it others read.
    parts: Option<Parts>,
    /// Its name.
    name: Vec<u8>,
    /// The next operand in ARGV, less 1.
    next_operand: i64,
    /// Whether an operand was a file, so that the standard input is not the default any more.
    had_file: bool,
    power: Power,
    /// Whether the names of the fields of the present file are still to be read.
    awaits_header: bool,
    /// These names, when others read the records.
    header: Option<Vec<u8>>,
    /// Whether the file was opened since somebody has asked.
    is_new: bool,
    /// What is wrong behind the records that were handed out.
    malformed: Option<Fault>,
    /// How long a read may take, unless the program says it.
    read_timeout: Option<Duration>,
    /// The operands that may be read, if not all may.
    allowed: Option<HashSet<Vec<u8>>>,
    /// The present file, when what is printed takes its place.
    edit: Option<Edit>,
    /// The bar of `--progress`.
    progress: Option<Progress>,
    /// Whether something could not be read.
    pub failed: bool,
    /// Whether the program has rules for the beginning and the end of files.
    tells_files: bool,
    /// Whether a file has begun and its end is not told yet.
    is_in_file: bool,
    /// Why the file that has begun cannot be read, unless the program passes over it.
    unreadable: Option<String>,
}

/// How the message begins that an operand cannot be read.
pub(crate) const UNREADABLE: &str = "cannot open file";

/// An operand of the form `name=value`.
pub(crate) fn assignment(operand: &[u8]) -> Option<(&str, &[u8])> {
    let equals = memchr::memchr(b'=', operand)?;
    let (name, value) = (&operand[..equals], &operand[equals + 1..]);
    let is_simple = |name: &[u8]| {
        name.first().is_some_and(|first| !first.is_ascii_digit())
            && name.iter().all(|&b| b == b'_' || b.is_ascii_alphanumeric())
    };
    let name = std::str::from_utf8(name).ok()?;
    // A name may have its namespace before it; that of awk goes without saying.
    let is_name = match name.split_once("::") {
        Some((space, name)) => is_simple(space.as_bytes()) && is_simple(name.as_bytes()),
        None => is_simple(name.as_bytes()),
    };
    is_name.then(|| (name.strip_prefix("awk::").unwrap_or(name), value))
}

/// Assigns a variable as the command line does: escapes are processed, and what looks numeric is a number.
pub(crate) fn assign(vm: &mut VM, name: &str, value: &[u8]) -> OpResult<()> {
    let (value, warnings) = unescape(value);
    for warning in warnings {
        warn(&format!("in the value of `{name}': {}", warning.message));
    }
    let value = match &value[..] {
        // A regular expression as the program writes it.
        [b'@', b'/', pattern @ .., b'/'] => Value::Str(ByteStr::new(pattern).with_regex_mark()),
        value => Value::Str(ByteStr::from_input(value)),
    };
    match Special::from_name(name) {
        Some(special) => vm.awk().set(special, value),
        None => {
            vm.set_global(name, value);
            Ok(())
        }
    }
}

#[cold]
fn cannot_edit(name: &[u8], error: &io::Error) -> Fault {
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("cannot edit `{name}' in place: {}", reason(error)))
}

impl MainInput {
    /// The input before the first operand.
    pub fn new(power: Power, read_timeout: Option<Duration>) -> MainInput {
        MainInput { power, read_timeout, ..MainInput::default() }
    }

    /// Reads the next record of the main input.
    #[inline]
    pub fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        self.take_back(vm);
        loop {
            if let Some(reader) = &mut self.reader {
                let state = vm.awk();
                let taken = reader.take_in(self.power.format, state.record_separator());
                match taken.map_err(|wrong| malformed(&self.name, &wrong))? {
                    Taken::Record(record) if self.awaits_header => {
                        state.set_header(record)?;
                        self.awaits_header = false;
                        continue;
                    }
                    Taken::Record(record) => {
                        state.accept(to, record)?;
                        if state.tracks_terminators() {
                            state.set_terminator(reader.terminator());
                        } else if let (Some(separator), None, false) =
                            (state.record_separator().byte(), self.power.format, self.tells_files)
                        {
                            reader.lend(state.lines_ahead(), separator);
                        }
                        return Ok(ReadStatus::Line);
                    }
                    Taken::More => {
                        self.fill(vm);
                        continue;
                    }
                    Taken::End => {}
                }
                self.reader = None;
            }
            if self.tells_files || !self.open_next(vm)? {
                return Ok(ReadStatus::End);
            }
        }
    }

    /// Takes back lines that the engine has not used, since it asks for a record all the same.
    fn take_back(&mut self, vm: &mut VM) {
        let ahead = vm.awk().lines_ahead();
        if ahead.is_empty() {
            return;
        }
        let taken = self.reader.as_mut().map_or(Ok(()), |reader| reader.take_back(ahead));
        if let Err(error) = taken {
            self.give_up(vm, &error);
        }
    }

    /// Reads the next record, or tells that a file begins or ends.
    pub fn next_event(&mut self, vm: &mut VM, to: Destination) -> OpResult<InputEvent> {
        self.tells_files = true;
        self.take_back(vm);
        if let Some(reason) = self.unreadable.take() {
            return Err(self.cannot_open(&reason));
        }
        if self.reader.is_some() && self.next_record(vm, to)? == ReadStatus::Line {
            return Ok(InputEvent::Read(ReadStatus::Line));
        }
        if std::mem::take(&mut self.is_in_file) {
            return Ok(InputEvent::FileEnds);
        }
        Ok(if self.open_next(vm)? { InputEvent::FileBegins } else { InputEvent::Read(ReadStatus::End) })
    }

    #[cold]
    fn cannot_open(&self, reason: &str) -> Fault {
        let name = String::from_utf8_lossy(&self.name);
        Fault::new(ErrorKind::Host, format!("{UNREADABLE} `{name}' for reading: {reason}"))
    }

    /// The next block of whole records; None at the end of the input. `memory` is what a block of text may have.
    ///
    /// # Errors
    /// A file cannot be opened, or is not in its format. All records before were handed out.
    pub fn next_block(&mut self, vm: &mut VM, cut: Cut, mut memory: Vec<u8>) -> OpResult<Option<Lent>> {
        loop {
            if let Some(fault) = self.malformed.take() {
                return Err(fault);
            }
            if let Some(part) = self.next_part() {
                return Ok(Some(Lent { content: Content::Part(part), unreadable: None }));
            }
            let memory = std::mem::take(&mut memory);
            let lent = match cut {
                _ if self.awaits_header => self.take_header(vm, cut)?,
                Cut::At(byte) => self.take_text(vm, byte, memory),
                Cut::InOrder => self.take_records(vm, memory),
            };
            if lent.is_some() {
                return Ok(lent);
            }
            if self.reader.is_none() && self.malformed.is_none() {
                if !self.open_next(vm)? {
                    return Ok(None);
                }
                self.part(cut);
            }
        }
    }

    /// Reads the names of the fields, of which nobody gets a block; only why they cannot be read.
    fn take_header(&mut self, vm: &mut VM, cut: Cut) -> OpResult<Option<Lent>> {
        while let Some(reader) = &mut self.reader {
            let state = vm.awk();
            let taken = reader.take_in(self.power.format, state.record_separator());
            match taken.map_err(|wrong| malformed(&self.name, &wrong))? {
                Taken::Record(record) => {
                    state.set_header(record)?;
                    self.header = Some(record.to_vec());
                    self.awaits_header = false;
                    self.part(cut);
                    return Ok(None);
                }
                Taken::More => {
                    if let Err(error) = self.read_on(vm) {
                        self.reader = None;
                        self.awaits_header = false;
                        let content = Content::Text(Text::default());
                        return Ok(Some(Lent { content, unreadable: Some(error) }));
                    }
                }
                Taken::End => {
                    self.reader = None;
                    self.awaits_header = false;
                }
            }
        }
        Ok(None)
    }

    /// Lets others read the rest of the present file, if they can.
    fn part(&mut self, cut: Cut) {
        let (Some(reader), Cut::At(byte), false) = (&self.reader, cut, self.awaits_header) else { return };
        self.parts = reader.source().regular().and_then(|(file, unread)| {
            let unread = unread.start.checked_sub(reader.ahead())?..unread.end;
            Parts::of(file, unread, byte, reader.position())
        });
    }

    /// Reads text up to a byte; None at the end of the file.
    fn take_text(&mut self, vm: &mut VM, byte: u8, memory: Vec<u8>) -> Option<Lent> {
        let reader = self.reader.as_mut()?;
        let timeout = procinfo::read_timeout(vm, &self.name, self.read_timeout);
        reader.source_mut().set_timeout(timeout);
        let (text, unreadable) = reader.take_block(byte, BLOCK, memory);
        let is_over = unreadable.is_some() || reader.is_at_end();
        self.show_progress();
        if is_over {
            self.reader = None;
        }
        let is_there = unreadable.is_some() || !text.bytes.is_empty();
        is_there.then_some(Lent { content: Content::Text(text), unreadable })
    }

    /// Reads records; None at the end of the file.
    fn take_records(&mut self, vm: &mut VM, memory: Vec<u8>) -> Option<Lent> {
        let mut text = Text::of_records(memory);
        let mut unreadable = None;
        while let Some(reader) = &mut self.reader
            && !text.is_full()
        {
            match reader.take_in(self.power.format, vm.awk().record_separator()) {
                Ok(Taken::Record(record)) => text.push(record),
                Ok(Taken::More) => {
                    unreadable = self.read_on(vm).err();
                    self.show_progress();
                    if unreadable.is_some() {
                        self.reader = None;
                    }
                }
                Ok(Taken::End) => self.reader = None,
                Err(wrong) => {
                    self.malformed = Some(malformed(&self.name, &wrong));
                    self.reader = None;
                }
            }
        }
        let is_there = unreadable.is_some() || text.ends.as_ref().is_some_and(|ends| !ends.is_empty());
        is_there.then_some(Lent { content: Content::Text(text), unreadable })
    }

    /// The next part of a file that others read. What follows the last one is read here.
    fn next_part(&mut self) -> Option<Part> {
        let parts = self.parts.as_mut()?;
        let part = parts.next();
        let (place, offset) = parts.place();
        if let Some(progress) = &mut self.progress {
            progress.at(place);
        }
        if part.is_none() {
            self.parts = None;
            if let Some(reader) = &mut self.reader {
                // It is a regular file, which has places.
                let _ = reader.go_to(place, offset);
            }
        }
        part
    }

    /// The name of the present file, and its header, if it was opened since this was asked.
    pub fn new_file(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        std::mem::take(&mut self.is_new).then_some((&self.name, self.header.as_deref()))
    }

    /// Tells that some of a file could not be read.
    #[cold]
    pub fn tell_unreadable(&mut self, vm: &mut VM, name: &[u8], error: &io::Error) {
        let reason = reason(error);
        warn(&format!("error reading `{}': {reason}", String::from_utf8_lossy(name)));
        procinfo::set_error(vm, error);
        self.failed = true;
    }

    /// Reads more of the present file; one that cannot be read ends here, with a message.
    fn fill(&mut self, vm: &mut VM) {
        match self.read_on(vm) {
            Ok(()) => self.show_progress(),
            Err(error) => self.give_up(vm, &error),
        }
    }

    /// Reads more of the present file, if there is one, for as long as PROCINFO has it wait.
    fn read_on(&mut self, vm: &mut VM) -> io::Result<()> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        reader.source_mut().set_timeout(procinfo::read_timeout(vm, &self.name, self.read_timeout));
        reader.fill()
    }

    /// Brings the bar of `--progress` up to date.
    fn show_progress(&mut self) {
        if let (Some(progress), Some(reader)) = (&mut self.progress, &self.reader) {
            progress.at(reader.source().position());
        }
    }

    /// Begins the bar of `--progress`, at the first file.
    #[cold]
    fn start_progress(&mut self, vm: &mut VM) -> OpResult<()> {
        let first = self.next_operand;
        let mut files = vec![ByteStr::new(&self.name)];
        while let Some(operand) = self.operand(vm)? {
            files.extend((!operand.is_empty() && assignment(&operand).is_none()).then_some(operand));
        }
        self.next_operand = first;
        self.progress = Progress::of(files.iter().map(|file| &**file));
        Ok(())
    }

    /// Ends a file that cannot be read on, with a message.
    #[cold]
    fn give_up(&mut self, vm: &mut VM, error: &io::Error) {
        let name = self.name.clone();
        self.tell_unreadable(vm, &name, error);
        self.reader = None;
    }

    /// Gives up the file that is being read.
    pub fn skip_file(&mut self, vm: &mut VM) {
        vm.awk().lines_ahead().take_back();
        self.reader = None;
        (self.parts, self.malformed) = (None, None);
        self.unreadable = None;
    }

    /// Opens the next file, after the assignments before it; false when there is none.
    fn open_next(&mut self, vm: &mut VM) -> OpResult<bool> {
        self.finish_edit(vm)?;
        while let Some(operand) = self.operand(vm)? {
            let assigned = if self.power.operands_are_files { None } else { assignment(&operand) };
            if let Some((name, value)) = assigned {
                assign(vm, name, value)?;
            } else if !operand.is_empty() {
                self.had_file = true;
                vm.set_global("ARGIND", Value::Float(self.next_operand as f64));
                if self.open(vm, &operand)? {
                    return Ok(true);
                }
            }
        }
        let default = !self.had_file;
        self.had_file = true;
        if default && self.open(vm, b"-")? {
            return Ok(true);
        }
        // The bar goes before END prints.
        self.progress = None;
        Ok(false)
    }

    /// Puts what was printed in the place of the file that was read, if it is edited.
    pub fn finish_edit(&mut self, vm: &mut VM) -> OpResult<()> {
        match self.edit.take() {
            Some(edit) => edit.finish(vm).map_err(|error| cannot_edit(&self.name, &error)),
            None => Ok(()),
        }
    }

    /// The next operand that the program has left in ARGV; None at the end.
    fn operand(&mut self, vm: &mut VM) -> OpResult<Option<ByteStr>> {
        while self.next_operand + 1 < vm.get_global("ARGC").to_int() {
            self.next_operand += 1;
            let argument = |argv: &Value| match argv {
                Value::Hash(argv) => argv.get_int(self.next_operand).cloned(),
                _ => None,
            };
            let operand = match vm.get_global("ARGV") {
                Value::Ref(cell) => cell.with(argument),
                argv => argument(&argv),
            };
            if let Some(operand) = operand {
                return vm.awk().string(&operand).map(Some);
            }
        }
        Ok(None)
    }

    /// Lets no other operands be read, which the program could add to ARGV.
    pub fn allow_only(&mut self, operands: &[Vec<u8>]) {
        self.allowed = Some(operands.iter().cloned().chain([b"-".to_vec()]).collect());
    }

    /// Ends the run when an operand is a file that is not allowed.
    pub fn admit(&self, operand: &[u8]) -> OpResult<()> {
        let Some(allowed) = &self.allowed else { return Ok(()) };
        let is_assignment = !self.power.operands_are_files && assignment(operand).is_some();
        if !operand.is_empty() && !is_assignment && !allowed.contains(operand) {
            let name = String::from_utf8_lossy(operand);
            let message = format!("cannot add a new file ({name}) to ARGV in sandbox mode");
            return Err(Fault::new(ErrorKind::Host, message));
        }
        Ok(())
    }

    /// Ends the run when the present operand, or one to come, is not allowed: arrays are filled by functions too.
    fn check_operands(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<()> {
        if self.allowed.is_none() {
            return Ok(());
        }
        self.admit(name)?;
        let present = self.next_operand;
        while let Some(operand) = self.operand(vm)? {
            self.admit(&operand)?;
        }
        self.next_operand = present;
        Ok(())
    }

    /// Starts with a file; false, with a warning, when it is a directory.
    fn open(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<bool> {
        self.check_operands(vm, name)?;
        self.name = name.to_vec();
        let opened = open_to_read(name).and_then(|file| {
            // What cannot be asked for its kind is found out when it is read.
            match file.metadata() {
                Ok(metadata) if metadata.is_dir() => Err(io::Error::from_raw_os_error(libc::EISDIR)),
                _ => Ok(file),
            }
        });
        match opened {
            Ok(file) => {
                if self.power.inplace && name != b"-" {
                    let begun = Edit::begin(vm, name, &file);
                    self.edit = begun.map_err(|error| cannot_edit(name, &error))?;
                }
                if std::mem::take(&mut self.power.progress) {
                    self.start_progress(vm)?;
                }
                if let Some(progress) = &mut self.progress {
                    progress.start_file(file.metadata().map_or(0, |metadata| metadata.len()));
                }
                self.reader = Some(Reader::new(self.power.source(file)));
                self.awaits_header = self.power.header;
                self.is_new = true;
                self.is_in_file = true;
                if self.tells_files {
                    vm.awk().set_errno("");
                }
            }
            Err(error) => {
                let reason = self::reason(&error);
                vm.awk().set_errno(&reason);
                if self.tells_files {
                    self.unreadable = Some(reason);
                } else if error.kind() == io::ErrorKind::IsADirectory && self.power.dialect == Dialect::Gawk {
                    let shown = String::from_utf8_lossy(name);
                    warn(&format!("command line argument `{shown}' is a directory: skipped"));
                    return Ok(false);
                } else {
                    return Err(self.cannot_open(&reason));
                }
            }
        }
        vm.awk().start_file(name);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_assignments_when_they_begin_with_a_name() {
        let cases: &[(&str, Option<(&str, &str)>)] = &[
            ("x=1", Some(("x", "1"))),
            ("_a9=b=c", Some(("_a9", "b=c"))),
            ("x=", Some(("x", ""))),
            ("1x=1", None),
            ("=1", None),
            ("./x=1", None),
            ("a-b=1", None),
            ("file", None),
            ("é=1", None),
        ];
        for (operand, expected) in cases {
            let expected = expected.map(|(name, value)| (name, value.as_bytes()));
            assert_eq!(assignment(operand.as_bytes()), expected, "{operand}");
        }
    }
}
