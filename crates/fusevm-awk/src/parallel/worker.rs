//! A worker: a VM of its own on a thread of its own, whose main input are blocks of records.

use super::log::{self, Steps};
use super::{Plan, Report};
use fusevm::awk_host::{AwkHost, Destination, ReadStatus, RecordSeparator, Special};
use fusevm::error::{OpResult, VMError};
use fusevm::text::time::Zone;
use fusevm::{VM, VMResult, Value};
use memchr::memchr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};

/// Whole records of one file.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Its place in the input.
    pub number: usize,
    pub text: Vec<u8>,
    /// Whether it is the first of its file.
    pub starts_file: bool,
    /// FILENAME.
    pub name: Arc<[u8]>,
    /// NR and FNR before the first record, where the program asks for them.
    pub records_before: (f64, f64),
    /// Memory for the output, which an earlier block has had.
    pub spare: Vec<u8>,
}

/// What became of a block.
pub(super) struct Done {
    pub worker: usize,
    pub block: Block,
    pub records: u64,
    pub output: Vec<u8>,
    pub steps: Steps,
    /// Why the program ended in this block.
    pub failure: Option<String>,
}

/// Makes the VM of a worker, its program loaded and its variables set.
type NewVm = dyn Fn() -> Result<VM, String> + Send + Sync;

/// An error of the run in words.
type Describe = dyn Fn(&mut VM, &VMError) -> String + Send + Sync;

/// What workers have in common.
pub(super) struct Setup {
    pub new_vm: Box<NewVm>,
    pub describe: Box<Describe>,
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
    done: Sender<Report>,
    output: Collected,
    /// The block at hand, and how far it is read.
    block: Option<Block>,
    plan: Arc<Plan>,
    at: usize,
    records: u64,
}

impl BlockHost {
    /// Hands over what became of the block at hand.
    fn finish(&mut self, vm: &mut VM, failure: Option<String>) {
        // The sink is memory.
        let _ = vm.flush_output();
        let output = self.output.take();
        let Some(block) = self.block.take() else { return };
        let records = std::mem::take(&mut self.records);
        let done =
            Done { worker: self.worker, block, records, output, steps: log::take(vm, &self.plan), failure };
        // When nobody waits for it the run is over.
        let _ = self.done.send(Report::Done(Box::new(done)));
    }

    /// Waits for a block; false when there are no more.
    fn start(&mut self, vm: &mut VM) -> bool {
        let received = self.blocks.lock().map(|blocks| blocks.recv());
        let Ok(Ok(mut block)) = received else { return false };
        self.output.replace(std::mem::take(&mut block.spare));
        let state = vm.awk();
        state.start_file(&block.name);
        let (nr, fnr) = block.records_before;
        for (special, number) in [(Special::Nr, nr), (Special::Fnr, fnr)] {
            // A number can always be assigned to them.
            let _ = state.set(special, Value::Float(number));
        }
        self.block = Some(block);
        self.at = 0;
        true
    }
}

/// What ends a record, where one byte does.
pub(super) fn separator_byte(separator: &RecordSeparator) -> Option<u8> {
    match separator {
        RecordSeparator::Newline => Some(b'\n'),
        RecordSeparator::Byte(byte) => Some(*byte),
        _ => None,
    }
}

impl AwkHost for BlockHost {
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        loop {
            if let Some(block) = &self.block
                && let Some(rest) = block.text.get(self.at..).filter(|rest| !rest.is_empty())
            {
                let state = vm.awk();
                let byte = separator_byte(state.record_separator()).unwrap_or(b'\n');
                let length = memchr(byte, rest).unwrap_or(rest.len());
                self.at += length + 1;
                self.records += 1;
                state.accept(to, &rest[..length])?;
                return Ok(ReadStatus::Line);
            }
            if self.block.is_some() {
                self.finish(vm, None);
            } else {
                // What BEGIN prints is printed by the main program.
                let _ = vm.flush_output();
                self.output.take();
                log::begin(vm, &self.plan);
            }
            if !self.start(vm) {
                let counts = log::counts(vm, &self.plan);
                // When nobody waits for it the run is over.
                let _ = self.done.send(Report::Counted(self.worker, counts));
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
    pub done: Sender<Report>,
    pub setup: Arc<Setup>,
    pub plan: Arc<Plan>,
}

/// Runs a worker until there are no more blocks, or its program fails.
///
/// # Errors
/// The VM cannot be made.
pub(super) fn work(work: Work) -> Result<(), String> {
    let Work { worker, blocks, done, setup, plan } = work;
    let mut vm = (setup.new_vm)()?;
    log::register(&mut vm);
    let output = Collected::default();
    vm.set_output(output.clone());
    let host = BlockHost { worker, blocks, done, output, block: None, plan, at: 0, records: 0 };
    vm.set_awk_host(Box::new(host));
    if let VMResult::Error(error) = vm.run() {
        let message = (setup.describe)(&mut vm, &error);
        vm.set_global(FAILURE, Value::str(message.as_str()));
    }
    // Closing nothing but the block cannot fail.
    let _ = vm.close_awk_files();
    Ok(())
}
