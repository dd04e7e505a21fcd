//! `-j`: records on several threads, for programs whose state can be merged.
//!
//! [`analysis`] decides whether a program is one: rules that keep nothing from record to record but accumulators, to
//! which they only add. Then each worker runs the rules on blocks of whole records, with a VM of its own ([`worker`]). The
//! main program runs BEGIN and END; in place of its record loop it hands out blocks, writes their output in order, and
//! repeats on its own variables what the workers have added ([`log`], [`merge`]), so that the result is bit for bit that
//! of one thread.

mod analysis;
mod block;
mod extreme;
mod flow;
mod log;
mod merge;
mod notes;
mod numbering;
mod reports;
mod worker;

pub(crate) use analysis::{Accumulator, Addition, Amount, Plan, Refusal, analyse};
pub(crate) use block::{BLOCK, Content, Cut, Lent, Part, Parts, Text};
pub(crate) use extreme::{Change, Test};
pub(crate) use log::addends_of;
pub(crate) use notes::{KIND, NOTE, best_of, kind, mode_of, replay_of};

use crate::host::{RealHost, warn};
use block::{Block, InputFile};
use fusevm::awk_host::{
    AwkHost, CoprocessEnd, Destination, InputEvent, LineSource, OutputMode, ReadStatus, Special,
};
use fusevm::error::{ErrorKind, Fault, OpResult, VMError};
use fusevm::text::time::Zone;
use fusevm::{VM, Value};
use log::Arrays;
use merge::Merge;
use notes::Note;
use numbering::{Numbering, Numbers};
use reports::{Report, Reporter, Reports};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use worker::{Done, Results, Setup, Work};

/// Blocks of text that are on their way for each worker, so that none waits for the next.
const TEXTS_AHEAD: usize = 3;

/// The same of what workers read by themselves, which is no text until then.
const PARTS_AHEAD: usize = 16;

/// Why a worker's program ended, with its place in the program.
pub(crate) type Failure = Arc<Mutex<Option<String>>>;

/// The host of a program whose records are read by several threads.
pub(crate) struct ParallelHost {
    inner: RealHost,
    plan: Arc<Plan>,
    threads: usize,
    setup: Arc<Setup>,
    failure: Failure,
    /// Whether the workers had their turn, or get none.
    is_done: bool,
}

impl ParallelHost {
    /// A host that reads the main input with so many threads. `new_vm` makes the VM of a worker, and `describe` tells
    /// of an error of its run.
    pub fn new(
        inner: RealHost,
        plan: Plan,
        threads: usize,
        new_vm: impl Fn() -> Result<VM, String> + Send + Sync + 'static,
        describe: impl Fn(&mut VM, &VMError) -> String + Send + Sync + 'static,
    ) -> ParallelHost {
        let setup = Setup {
            new_vm: Box::new(new_vm),
            describe: Box::new(describe),
            notes_all: AtomicBool::new(false),
            wants_keys: AtomicBool::new(false),
        };
        let setup = Arc::new(setup);
        let plan = Arc::new(plan);
        ParallelHost { inner, plan, threads, setup, failure: Failure::default(), is_done: false }
    }

    /// Where to find out why a worker's program ended.
    pub fn failure(&self) -> Failure {
        self.failure.clone()
    }

    /// Reads the whole main input with workers; false when their results could not be merged.
    fn read_all(&mut self, vm: &mut VM) -> OpResult<bool> {
        let merge = match Merge::begin(vm, &self.plan, self.threads) {
            Ok(merge) => merge,
            Err(name) => {
                warn(&format!("-j: one thread, since `{name}' does not begin with a whole number"));
                return Ok(false);
            }
        };
        let (blocks, source) = channel();
        let source = Arc::new(Mutex::new(source));
        let numbers = Numbers { nr: vm.awk().get(Special::Nr).to_float(), fnr: 0.0 };
        let numbering = Arc::new(Numbering::after(numbers));
        let cut = self.inner.cut(vm);
        let mut crew = Crew { blocks, reports: Arc::default(), threads: 0, met: Vec::new() };
        for worker in 0..self.threads {
            let work = Work {
                worker,
                blocks: source.clone(),
                reporter: Reporter::new(crew.reports.clone(), worker),
                setup: self.setup.clone(),
                plan: self.plan.clone(),
                numbering: numbering.clone(),
                cut,
                format: self.inner.format(),
            };
            crew.start(work);
        }
        let mut run =
            Run { cut, merge, sent: 0, applied: 0, numbers, last: None, file: None, spare: Spare::default() };
        let result = run.all(self, vm, &mut crew);
        // After an error nobody asks what they have met, and the run is over.
        let arrays = if result.is_ok() { crew.end() } else { Vec::new() };
        let Run { merge, mut numbers, last, .. } = run;
        if result.is_ok() && self.inner.new_file().is_some() {
            // The last file has no records.
            numbers.add(true, 0.0);
        }
        leave(vm, numbers, last.as_deref())?;
        result?;
        merge.finish(vm, &self.plan, arrays);
        Ok(true)
    }
}

/// The workers.
struct Crew {
    blocks: Sender<Block>,
    reports: Arc<Reports>,
    threads: usize,
    /// What those have met that have ended.
    met: Vec<(usize, Arrays)>,
}

impl Crew {
    fn start(&mut self, work: Work) {
        let (reporter, numbering) = (work.reporter.clone(), work.numbering.clone());
        self.threads += 1;
        thread::spawn(move || {
            let lost = match catch_unwind(AssertUnwindSafe(|| worker::work(work))) {
                Ok(Ok(())) => return,
                Ok(Err(message)) => message,
                Err(_) => "a worker has panicked".to_owned(),
            };
            numbering.give_up();
            reporter.lose(lost);
        });
    }

    /// Lets the workers end; what each has met. What they free is no reason to wait for them.
    fn end(mut self) -> Vec<Arrays> {
        drop(self.blocks);
        while self.met.len() < self.threads {
            for report in self.reports.take(self.threads - self.met.len()) {
                if let Report::Ended(worker, arrays) = report {
                    self.met.push((worker, arrays));
                }
            }
        }
        self.met.sort_unstable_by_key(|(worker, _)| *worker);
        self.met.into_iter().map(|(_, arrays)| arrays).collect()
    }
}

/// How far a run is.
struct Run {
    cut: Cut,
    merge: Merge,
    /// Blocks that were handed out, and those whose effects were repeated.
    sent: usize,
    applied: usize,
    /// The records of the blocks that were repeated.
    numbers: Numbers,
    /// The last record.
    last: Option<Vec<u8>>,
    /// The file of which a block was handed out last.
    file: Option<Arc<InputFile>>,
    spare: Spare,
}

/// Memory of blocks that are done: the system would have to clear new memory page by page.
#[derive(Default)]
struct Spare {
    texts: Vec<Vec<u8>>,
    results: Vec<Results>,
}

impl Run {
    fn all(&mut self, host: &mut ParallelHost, vm: &mut VM, crew: &mut Crew) -> OpResult<()> {
        let mut waiting = BTreeMap::new();
        // How the input ended. What was read before it failed is not lost.
        let mut end = None;
        let mut ahead = TEXTS_AHEAD;
        loop {
            while end.is_none() && self.sent - self.applied < host.threads * ahead {
                let memory = self.spare.texts.pop().unwrap_or_default();
                let lent = match host.inner.next_block(vm, self.cut, memory) {
                    Ok(Some(lent)) => lent,
                    Ok(None) => {
                        end = Some(Ok(()));
                        break;
                    }
                    Err(fault) => {
                        end = Some(Err(fault));
                        break;
                    }
                };
                let is_text = matches!(lent.content, Content::Text(_));
                ahead = if is_text { TEXTS_AHEAD } else { PARTS_AHEAD };
                let block = self.block(host, lent);
                // If all workers have ended, they have reported why.
                let _ = crew.blocks.send(block);
                self.sent += 1;
            }
            if self.applied == self.sent
                && let Some(end) = end
            {
                return end;
            }
            if crew.met.len() == crew.threads {
                return Err(host.fail("all workers have ended".to_owned()));
            }
            let under_way = self.sent - self.applied - waiting.len();
            let enough = match ahead {
                TEXTS_AHEAD => 1,
                // While this thread repeats what is done in one half of the parts, the workers have the other; but the first
                // are looked at soon, since the reader of the output may not want more.
                _ => under_way.div_ceil(2).min(self.applied + 1),
            };
            for report in crew.reports.take(enough) {
                match report {
                    Report::Done(done) => {
                        waiting.insert(done.block.number, done);
                    }
                    Report::Ended(worker, arrays) => crew.met.push((worker, arrays)),
                    Report::Lost(message) => return Err(host.fail(message)),
                }
            }
            while let Some(done) = waiting.remove(&self.applied) {
                self.apply(host, vm, *done)?;
            }
        }
    }

    /// The block of what was lent.
    fn block(&mut self, host: &mut ParallelHost, lent: Lent) -> Block {
        let new = host
            .inner
            .new_file()
            .map(|(name, header)| InputFile { name: name.to_vec(), header: header.map(<[u8]>::to_vec) });
        let starts_file = new.is_some();
        if let Some(new) = new {
            self.file = Some(Arc::new(new));
        }
        let file = self.file.clone().unwrap_or_default();
        let spare = self.spare.results.pop().unwrap_or_default();
        Block { number: self.sent, lent, starts_file, file, spare }
    }

    /// Does what a block has come to.
    fn apply(&mut self, host: &mut ParallelHost, vm: &mut VM, mut done: Done) -> OpResult<()> {
        if let Some(error) = &done.block.lent.unreadable {
            host.inner.tell_unreadable(vm, &done.block.file.name, error);
            if self.file.as_ref().is_some_and(|file| Arc::ptr_eq(file, &done.block.file)) {
                host.inner.skip_file(vm)?;
            }
        }
        vm.write_output(&done.results.output)?;
        if let Some(message) = done.failure {
            return Err(host.fail(message));
        }
        if self.merge.apply(vm, &host.plan, done.worker, &mut done.results.steps) {
            host.setup.wants_keys.store(true, Ordering::Relaxed);
        }
        if !notes::replay(vm, &host.plan, &done.notes, done.are_all)? {
            host.setup.notes_all.store(true, Ordering::Relaxed);
            let notes = self.note_all(host, &mut done)?;
            notes::replay(vm, &host.plan, &notes, true)?;
        }
        self.numbers.add(done.block.starts_file, done.records);
        if done.records > 0.0 {
            self.last = Some(done.last);
        }
        if let Some(mut wrong) = done.malformed {
            let header = done.block.file.header.is_some();
            wrong.row = self.numbers.fnr as u64 + u64::from(header) + 1;
            // The main input may be in a later file.
            vm.awk().start_file(&done.block.file.name);
            return Err(host.inner.malformed(&done.block.file.name, &wrong));
        }
        done.results.output.clear();
        self.spare.results.push(done.results);
        if let Content::Text(text) = done.block.lent.content {
            self.spare.texts.push(text.bytes);
        }
        self.applied += 1;
        Ok(())
    }
}

impl Run {
    /// Runs the rules once more on a block of which the numbers are not counted yet, for nothing but all the notes.
    fn note_all(&self, host: &ParallelHost, done: &mut Done) -> OpResult<Vec<Note>> {
        let (sender, blocks) = channel();
        let reports = Arc::<Reports>::default();
        let Block { lent, file, starts_file, .. } = &mut done.block;
        let lent = Lent { content: lent.content.take(), unreadable: None };
        let block = Block {
            number: 0,
            lent,
            starts_file: *starts_file,
            file: file.clone(),
            spare: Results::default(),
        };
        // The receiver is here.
        let _ = sender.send(block);
        drop(sender);
        let work = Work {
            worker: 0,
            blocks: Arc::new(Mutex::new(blocks)),
            reporter: Reporter::new(reports.clone(), 0),
            setup: host.setup.clone(),
            plan: host.plan.clone(),
            numbering: Arc::new(Numbering::after(self.numbers)),
            cut: self.cut,
            format: host.inner.format(),
        };
        // It has a thread of its own, as any program has whose state is the thread's.
        let result = thread::spawn(move || worker::work(work)).join();
        match result {
            Ok(Ok(())) => {}
            Ok(Err(message)) => return Err(host.fail(message)),
            Err(_) => return Err(host.fail("a worker has panicked".to_owned())),
        }
        let mut notes = Vec::new();
        for report in reports.take(1) {
            if let Report::Done(again) = report {
                done.block.lent.content = again.block.lent.content;
                notes = again.notes;
            }
        }
        Ok(notes)
    }
}

/// Leaves the last record and its number as END finds them.
fn leave(vm: &mut VM, numbers: Numbers, last: Option<&[u8]>) -> OpResult<()> {
    let state = vm.awk();
    state.set(Special::Nr, Value::Float(numbers.nr))?;
    state.set(Special::Fnr, Value::Float(numbers.fnr))?;
    last.map_or(Ok(()), |last| state.accept(Destination::Record, last))
}

impl ParallelHost {
    /// Keeps why a worker has ended, which has a place in the program already.
    fn fail(&self, message: String) -> Fault {
        if let Ok(mut failure) = self.failure.lock() {
            *failure = Some(message.clone());
        }
        Fault::new(ErrorKind::Host, message)
    }
}

impl AwkHost for ParallelHost {
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        if !self.is_done {
            self.is_done = true;
            if self.read_all(vm)? {
                return Ok(ReadStatus::End);
            }
        }
        self.inner.next_record(vm, to)
    }

    fn admit(&mut self, operand: &[u8]) -> OpResult<()> {
        self.inner.admit(operand)
    }

    fn next_event(&mut self, vm: &mut VM, to: Destination) -> OpResult<InputEvent> {
        self.inner.next_event(vm, to)
    }

    fn skip_file(&mut self, vm: &mut VM) -> OpResult<()> {
        self.inner.skip_file(vm)
    }

    fn getline(
        &mut self,
        vm: &mut VM,
        source: LineSource,
        name: &[u8],
        to: Destination,
    ) -> OpResult<ReadStatus> {
        self.inner.getline(vm, source, name, to)
    }

    fn write(&mut self, vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        self.inner.write(vm, mode, name, bytes)
    }

    fn close(&mut self, vm: &mut VM, name: &[u8]) -> OpResult<f64> {
        self.inner.close(vm, name)
    }

    fn close_end(&mut self, vm: &mut VM, name: &[u8], end: CoprocessEnd) -> OpResult<f64> {
        self.inner.close_end(vm, name, end)
    }

    fn flush(&mut self, vm: &mut VM, name: Option<&[u8]>) -> OpResult<bool> {
        self.inner.flush(vm, name)
    }

    fn system(&mut self, vm: &mut VM, command: &[u8]) -> OpResult<f64> {
        self.inner.system(vm, command)
    }

    fn time_zone(&mut self, vm: &mut VM) -> OpResult<Zone> {
        self.inner.time_zone(vm)
    }

    fn close_all(&mut self, vm: &mut VM) -> OpResult<()> {
        self.inner.close_all(vm)
    }
}
