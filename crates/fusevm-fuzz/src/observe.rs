//! Runs a chunk on one engine and notes everything that a program or its embedder could see of it.

use crate::engine::Engine;
use crate::hosts;
use fusevm::value::heap;
use fusevm::{Chunk, VM, VMResult, Value};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// How chunks are run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Ops that a run may take.
    pub fuel: Option<u64>,
    /// Frames.
    pub depth: usize,
    /// Bytes by which the live values may grow.
    pub heap: Option<u64>,
}

/// The heap limit of runs that have one.
pub(crate) const HEAP: u64 = 8 << 20;

/// Slots of the chunk's own frame that are compared.
const SLOTS: u16 = 14;
/// Nesting to which values are compared; Refs can make cycles.
const NESTING: usize = 5;

/// What was seen of two runs in one VM, the second one of quickened code.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Each run in turn.
    pub runs: Vec<Run>,
    /// Growth of live value bytes once the VM is gone: a leak, unless the program made a cycle.
    pub leaked: i64,
}

/// What was seen of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// How it ended, with everything that an error tells.
    pub result: String,
    /// What it printed.
    pub output: String,
    /// What was left of the fuel limit.
    pub fuel_left: Option<u64>,
    /// The first slots of the chunk's own frame.
    pub slots: Vec<String>,
    /// The globals that the chunk names.
    pub globals: Vec<String>,
    /// The shell's status.
    pub status: i32,
}

impl Observation {
    /// Whether a run reached the heap limit.
    pub fn is_out_of_memory(&self) -> bool {
        self.ended_in("out of memory")
    }

    /// Whether a run reached the fuel limit.
    pub fn is_out_of_fuel(&self) -> bool {
        self.ended_in("out of fuel")
    }

    fn ended_in(&self, kind: &str) -> bool {
        self.runs.iter().any(|run| run.result.starts_with(kind))
    }
}

impl Run {
    /// Names of what was seen, with the text of each.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = vec![
            ("result".into(), self.result.clone()),
            ("output".into(), format!("{:?}", self.output)),
            ("fuel left".into(), format!("{:?}", self.fuel_left)),
            ("status".into(), self.status.to_string()),
        ];
        let slots = self.slots.iter().enumerate();
        lines.extend(slots.map(|(slot, value)| (format!("slot {slot}"), value.clone())));
        let globals = self.globals.iter().enumerate();
        lines.extend(globals.map(|(at, value)| (format!("global {at}"), value.clone())));
        lines
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no other thread writes").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

static OBSERVATIONS: AtomicU64 = AtomicU64::new(0);

/// How often the process has run a chunk, by which another thread can see that runs end.
pub fn observations() -> u64 {
    OBSERVATIONS.load(Ordering::Relaxed)
}

/// Runs a chunk twice in a new VM.
pub fn observe(chunk: &Chunk, setting: Setting, engine: &Engine) -> Observation {
    OBSERVATIONS.fetch_add(1, Ordering::Relaxed);
    let before = heap::live();
    let runs = catch_unwind(AssertUnwindSafe(|| {
        let mut vm = VM::new(chunk.clone());
        (engine.configure)(&mut vm);
        let sink = Sink::default();
        vm.set_output(sink.clone());
        vm.set_input(&b"first line\n22\nlast"[..]);
        vm.set_fuel(setting.fuel);
        vm.set_max_depth(setting.depth);
        vm.set_max_heap(setting.heap);
        hosts::register(&mut vm);
        vm.set_slot(0, Value::int(7));
        vm.set_slot(1, Value::array(vec![Value::int(3), Value::str("preset")]));
        (0..2).map(|_| run(&mut vm, &sink, chunk)).collect::<Vec<_>>()
    }));
    let runs = runs.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| {
            panic.downcast_ref::<&str>().map_or("a panic".to_string(), ToString::to_string)
        });
        let result = format!("PANIC in the {}: {message}", engine.name);
        vec![Run { result, ..Run::default() }]
    });
    Observation { runs, leaked: heap::live() - before }
}

fn run(vm: &mut VM, sink: &Sink, chunk: &Chunk) -> Run {
    let result = match vm.run() {
        VMResult::Ok(value) => format!("ok {}", show(&value)),
        VMResult::Halted => "halted".to_string(),
        VMResult::Error(error) => {
            let frames: Vec<String> = error
                .call_stack()
                .iter()
                .map(|frame| format!("{}@{}:{}", frame.name, frame.line, frame.op_index))
                .collect();
            let place = (error.line(), error.op_index(), error.source_name());
            format!(
                "{} {:?} {} {place:?} in {frames:?}",
                error.kind().name(),
                error.message(),
                show(&error.value())
            )
        }
    };
    Run {
        result,
        output: String::from_utf8_lossy(&std::mem::take(
            &mut *sink.0.lock().expect("no other thread writes"),
        ))
        .into_owned(),
        fuel_left: vm.fuel_left(),
        slots: (0..SLOTS).map(|slot| show(&vm.get_slot(slot))).collect(),
        globals: chunk.names.iter().map(|name| format!("{name} = {}", show(&vm.get_global(name)))).collect(),
        status: vm.status(),
    }
}

/// A text that tells all values apart that a program can tell apart.
pub fn show(value: &Value) -> String {
    let mut text = String::new();
    add(&mut text, value, NESTING);
    text
}

fn add(text: &mut String, value: &Value, nesting: usize) {
    if nesting == 0 || text.len() > 20_000 {
        text.push_str("..");
        return;
    }
    let mut list = |head: &str, values: &mut dyn Iterator<Item = (String, Value)>| {
        text.push_str(head);
        for (key, value) in values {
            text.push_str(&key);
            add(text, &value, nesting - 1);
            text.push(' ');
        }
        text.push(']');
    };
    match value {
        Value::Float(x) if x.is_nan() => text.push_str("Float(nan)"),
        Value::Float(x) => *text += &format!("Float({x:?})"),
        Value::Str(s) => *text += &format!("{:?}", String::from_utf8_lossy(s.as_bytes())),
        Value::Array(array) => {
            list("[", &mut array.as_slice().iter().map(|value| (String::new(), value.clone())));
        }
        Value::Hash(hash) => list(
            "hash[",
            &mut hash.iter().map(|(key, value)| (format!("{:?}=>", key.to_value().to_str()), value.clone())),
        ),
        Value::Ref(cell) => list("ref[", &mut std::iter::once((String::new(), cell.get()))),
        Value::Code(code) => list(
            &format!("code {}[", code.name().to_str_lossy()),
            &mut (0..code.captures()).map(|capture| (String::new(), code.capture(capture))),
        ),
        other => *text += &format!("{}({})", other.kind_name(), other.to_str()),
    }
}
