//! A worker: a VM of its own on a thread of its own, whose main input are blocks of records.

use super::Plan;
use super::block::{Block, Content, Cut, InputFile};
use super::log::{Log, Steps, take_arrays};
use super::notes::{self, Note};
use super::numbering::Numbering;
use super::reports::Reporter;
use crate::host::MalformedRow;
use fusevm::awk_host::{AwkHost, AwkState, Destination, ReadStatus, Special, TextFormat};
use fusevm::error::{OpResult, VMError};
use fusevm::text::time::Zone;
use fusevm::{VM, VMResult, Value};
use memchr::{memchr, memchr_iter, memrchr};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

/// What became of a block.
pub(super) struct Done {
    pub worker: usize,
    pub block: Block,
    pub records: f64,
    /// The text of the last record, if there are any.
    pub last: Vec<u8>,
    pub results: Results,
    /// What is wrong with the record that comes next, if it is not in the format of the input; which row that is, others
    /// know.
    pub malformed: Option<MalformedRow>,
    /// What the rules have done to variables that keep extremes; whether all is there that they could have done.
    pub notes: Vec<Note>,
    pub are_all: bool,
    /// Why the program ended in this block.
    pub failure: Option<String>,
}

/// What the rules have done.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub output: Vec<u8>,
    pub steps: Steps,
}

/// Makes the VM of a worker, its program loaded and its variables set.
type NewVm = dyn Fn() -> Result<VM, String> + Send + Sync;

/// An error of the run in words.
type Describe = dyn Fn(&mut VM, &VMError) -> String + Send + Sync;

/// What workers have in common.
pub(super) struct Setup {
    pub new_vm: Box<NewVm>,
    pub describe: Box<Describe>,
    /// Whether workers note all that could change an extreme, since values of several kinds were met.
    pub notes_all: AtomicBool,
    /// Whether workers tell the keys of the arrays to which they note additions, since the order of these matters.
    pub wants_keys: AtomicBool,
}

/// The output of a worker's program since the last block.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl Collected {
    fn take(&self) -> Vec<u8> {
        self.replace(Vec::new())
    }

    /// As [`Self::take`], with memory for what is to come.
    fn replace(&self, memory: Vec<u8>) -> Vec<u8> {
        self.0.lock().map(|mut output| std::mem::replace(&mut *output, memory)).unwrap_or_default()
    }
}

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut output = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The host of a worker's program.
struct BlockHost {
    worker: usize,
    blocks: Arc<Mutex<Receiver<Block>>>,
    reporter: Arc<Reporter>,
    output: Collected,
    log: Log,
    setup: Arc<Setup>,
    plan: Arc<Plan>,
    numbering: Arc<Numbering>,
    /// The block at hand.
    block: Option<Block>,
    cut: Cut,
    format: Option<TextFormat>,
    /// The file whose header is known.
    file: Option<Arc<InputFile>>,
    /// Text of it, and which of that the program has neither got nor been lent.
    text: Vec<u8>,
    rest: Range<usize>,
    /// Where records end, if somebody has found that, and how many the program has got.
    ends: Option<Vec<usize>>,
    taken: usize,
    /// Whether all is noted that could change an extreme.
    notes_all: bool,
    malformed: Option<MalformedRow>,
    /// Whether the text is lent.
    is_lent: bool,
    /// The last record of the block.
    last: Vec<u8>,
    /// NR before the block.
    nr_before: f64,
}

impl BlockHost {
    /// Hands over what became of the block at hand.
    fn finish(&mut self, vm: &mut VM, failure: Option<String>) {
        // The sink is memory.
        let _ = vm.flush_output();
        let output = self.output.take();
        let Some(mut block) = self.block.take() else { return };
        let wants_keys = self.setup.wants_keys.load(Ordering::Relaxed);
        let memory = std::mem::take(&mut block.spare.steps);
        let steps = self.log.take(vm, &self.plan, memory, wants_keys);
        let state = vm.awk();
        self.take_back(state);
        if let Content::Text(text) = &mut block.lent.content {
            text.bytes = std::mem::take(&mut self.text);
            text.ends = self.ends.take();
        }
        let done = Done {
            worker: self.worker,
            block,
            records: state.get(Special::Nr).to_float() - self.nr_before,
            last: std::mem::take(&mut self.last),
            results: Results { output, steps },
            malformed: self.malformed.take(),
            notes: notes::take(),
            are_all: self.notes_all,
            failure,
        };
        self.reporter.done(done);
    }

    /// Waits for a block; None when there are no more.
    fn receive(&self) -> Option<Block> {
        self.blocks.lock().ok()?.recv().ok()
    }

    /// Starts with the next block; false when there are no more.
    fn start(&mut self, vm: &mut VM) -> bool {
        let Some(mut block) = self.receive() else { return false };
        self.notes_all = self.setup.notes_all.load(Ordering::Relaxed);
        notes::begin(vm, &self.plan, self.notes_all);
        self.output.replace(std::mem::take(&mut block.spare.output));
        let state = vm.awk();
        state.start_file(&block.file.name);
        if let Some(header) = &block.file.header
            && self.file.as_ref().is_none_or(|file| !Arc::ptr_eq(file, &block.file))
        {
            // The main program has taken it.
            let _ = state.set_header(header);
            self.file = Some(block.file.clone());
        }
        (self.ends, self.taken) = (None, 0);
        match &mut block.lent.content {
            Content::Text(text) => {
                self.text = std::mem::take(&mut text.bytes);
                self.rest = 0..self.text.len();
                self.ends = text.ends.take();
            }
            Content::Part(part) => {
                let (records, result) = part.read(&mut self.text);
                self.rest = records;
                block.lent.unreadable = result.err();
            }
        }
        let records = if self.plan.needs_record_numbers { self.count_records() } else { 0.0 };
        let is_cut = block.lent.unreadable.is_some();
        match self.numbering.next(block.number, block.starts_file, records, is_cut) {
            Some(before) => {
                for (special, number) in [(Special::Nr, before.nr), (Special::Fnr, before.fnr)] {
                    // A number can always be assigned to them.
                    let _ = state.set(special, Value::Float(number));
                }
            }
            None => {
                self.rest = 0..0;
                self.taken = self.ends.as_ref().map_or(0, Vec::len);
                block.lent.unreadable = None;
            }
        }
        self.block = Some(block);
        self.nr_before = state.get(Special::Nr).to_float();
        true
    }

    /// The number of records in the block.
    fn count_records(&self) -> f64 {
        let text = &self.text[self.rest.clone()];
        let count = match (&self.ends, self.cut) {
            (Some(ends), _) => ends.len(),
            (None, Cut::At(byte)) => {
                let is_cut = text.last().is_some_and(|last| *last != byte);
                memchr_iter(byte, text).count() + usize::from(is_cut)
            }
            (None, Cut::InOrder) => 0,
        };
        count as f64
    }

    /// Takes back the text from the program, which has used all of it that are whole records.
    fn take_back(&mut self, state: &mut AwkState) {
        if std::mem::take(&mut self.is_lent) {
            self.text = state.lines_ahead().lend(Vec::new(), 0..0, b'\n').0;
        }
    }

    /// Where the next record of the block is.
    fn next_place(&mut self) -> Option<Range<usize>> {
        let start = self.rest.start;
        if let Some(ends) = &self.ends {
            self.rest.start = *ends.get(self.taken)?;
            self.taken += 1;
            return Some(start..self.rest.start);
        }
        let Cut::At(byte) = self.cut else { return None };
        let rest = &self.text[self.rest.clone()];
        let length = match memchr(byte, rest) {
            Some(length) => length,
            None if rest.is_empty() => return None,
            None => rest.len(),
        };
        self.rest.start = self.rest.end.min(start + length + 1);
        Some(start..start + length)
    }

    /// The next record of the block as it must be in the format of the input; None at the end of the block, and where one
    /// is not in the format.
    fn next_in_format(&mut self) -> Option<Range<usize>> {
        let mut record = self.next_place()?;
        let (Some(format), None) = (self.format, &self.ends) else { return Some(record) };
        if self.text[record.clone()].ends_with(b"\r") {
            record.end -= 1;
        }
        let Err(wrong) = format.check(&self.text[record.clone()]) else { return Some(record) };
        let offset = self.block.as_ref().map_or(0, |block| match &block.lent.content {
            Content::Text(text) => text.offset,
            Content::Part(part) => part.offset(),
        });
        let byte = offset + (record.start + wrong.offset) as u64 + 1;
        self.malformed = Some(MalformedRow { row: 0, byte, message: wrong.message });
        None
    }

    /// Gives the program the next record of the block; with it, where one byte parts them, lends it all that follow. False
    /// at the end of the block.
    fn read(&mut self, state: &mut AwkState, to: Destination) -> OpResult<bool> {
        self.take_back(state);
        let Some(record) = self.next_in_format() else { return Ok(false) };
        state.accept(to, &self.text[record.clone()])?;
        let separator = match self.cut {
            Cut::At(byte) if self.format.is_none() => Some(byte),
            _ => None,
        };
        let rest = &self.text[self.rest.clone()];
        let end_of_last =
            |text: &[u8]| separator.and_then(|byte| memrchr(byte, text)).map_or(0, |last| last + 1);
        let lines = end_of_last(rest);
        let is_last = self.ends.as_ref().map_or(rest.is_empty(), |ends| ends.len() == self.taken);
        if lines > 0 || is_last {
            let last = match rest[..lines].split_last() {
                Some((_, rest)) => &rest[end_of_last(rest)..],
                None => &self.text[record],
            };
            self.last.clear();
            self.last.extend_from_slice(last);
        }
        if let Some(separator) = separator.filter(|_| lines > 0) {
            state.lines_ahead().lend(std::mem::take(&mut self.text), self.rest.clone(), separator);
            self.is_lent = true;
            self.rest.start += lines;
        }
        Ok(true)
    }
}

impl AwkHost for BlockHost {
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        loop {
            if self.block.is_some() {
                if self.read(vm.awk(), to)? {
                    return Ok(ReadStatus::Line);
                }
                self.finish(vm, None);
            } else {
                // What BEGIN prints is printed by the main program.
                let _ = vm.flush_output();
                self.output.take();
                self.log = Log::begin(vm, &self.plan);
            }
            if !self.start(vm) {
                self.reporter.end(take_arrays(vm, &self.plan));
                return Ok(ReadStatus::End);
            }
        }
    }

    fn time_zone(&mut self, _vm: &mut VM) -> OpResult<Zone> {
        Ok(Zone::from_tz(std::env::var_os("TZ").as_deref().map(|name| name.as_bytes())))
    }

    /// The end of a run, which an error may have ended in the middle of a block.
    fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        let failure = vm.get_global(FAILURE);
        self.finish(vm, (failure != Value::Undef).then(|| failure.to_str()));
        Ok(())
    }
}

/// The global in which a host finds why the run ended.
const FAILURE: &str = "worker:failure";

/// What a worker is told.
pub(super) struct Work {
    pub worker: usize,
    pub blocks: Arc<Mutex<Receiver<Block>>>,
    pub reporter: Arc<Reporter>,
    pub setup: Arc<Setup>,
    pub plan: Arc<Plan>,
    pub numbering: Arc<Numbering>,
    pub cut: Cut,
    pub format: Option<TextFormat>,
}

/// Runs a worker until there are no more blocks, or its program fails.
///
/// # Errors
/// The VM cannot be made.
pub(super) fn work(work: Work) -> Result<(), String> {
    let Work { worker, blocks, reporter, setup, plan, numbering, cut, format } = work;
    let mut vm = (setup.new_vm)()?;
    notes::register(&mut vm);
    let describe = setup.clone();
    let output = Collected::default();
    vm.set_output(output.clone());
    let host = BlockHost {
        worker,
        blocks,
        reporter,
        output,
        log: Log::default(),
        setup,
        plan,
        numbering,
        block: None,
        cut,
        format,
        file: None,
        text: Vec::new(),
        rest: 0..0,
        ends: None,
        taken: 0,
        notes_all: false,
        malformed: None,
        is_lent: false,
        last: Vec::new(),
        nr_before: 0.0,
    };
    vm.set_awk_host(Box::new(host));
    if let VMResult::Error(error) = vm.run() {
        let message = (describe.describe)(&mut vm, &error);
        vm.set_global(FAILURE, Value::str(message.as_str()));
    }
    // Closing nothing but the block cannot fail.
    let _ = vm.close_awk_files();
    Ok(())
}
