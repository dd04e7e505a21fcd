//! Runs a test on every engine, and compares what comes of it with what is expected and with the others.

use crate::case::{Case, Expected, Host, Outcome, Setup};
use crate::hosts::{Log, MemoryHost, RecordingHost, register};
use fusevm::chunk::Const;
use fusevm::chunk::text::assemble;
use fusevm::{Chunk, VM, VMResult, Value};
use fusevm_fuzz::{ENGINES, Engine};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Fuel of a run that is not limited, so that what engines charge can be compared.
const PLENTY: u64 = 1 << 40;

/// Slots of the chunk's own frame that are compared.
const OBSERVED_SLOTS: u16 = 16;

/// Checks everything about a test; the error is a report.
pub fn check(case: &Case) -> Result<(), String> {
    let report = |message: String| format!("{}\n  {message}", case.title);
    let chunk = match (&case.chunk, &case.expected.outcome) {
        (Err(error), Some(Outcome::AsmError(part))) if error.to_string().contains(part) => return Ok(()),
        (Err(error), _) => return Err(error.to_string()),
        (Ok(_), Some(Outcome::AsmError(_))) => return Err(report("it assembles".into())),
        (Ok(chunk), _) => chunk,
    };
    round_trip(chunk).map_err(report)?;
    if let Some(Outcome::VerifyError(part)) = &case.expected.outcome {
        return match chunk.clone().verify() {
            Err(error) if error.to_string().contains(part) => Ok(()),
            Err(error) => Err(report(format!("expected the verification error {part:?}, got {error}"))),
            Ok(_) => Err(report("it verifies".into())),
        };
    }
    if let Err(error) = chunk.clone().verify() {
        return Err(report(error.to_string()));
    }
    let mut first: Option<Observed> = None;
    for engine in ENGINES {
        let report = |message: String| report(format!("{}: {message}", engine.name));
        let observed = run(chunk, &case.setup, engine, true);
        compare(&observed, &case.expected).map_err(report)?;
        // Code that counts fuel is other code than that which does not.
        if case.setup.fuel.is_none() {
            let unlimited = run(chunk, &case.setup, engine, false);
            agree(&unlimited, &observed).map_err(|m| report(format!("with and without fuel: {m}")))?;
        }
        if let Some(first) = &first {
            agree(&observed, first).map_err(|m| report(format!("other than {}: {m}", ENGINES[0].name)))?;
        }
        first.get_or_insert(observed);
    }
    Ok(())
}

/// Checks that a run on an engine ends as expected; fuel is only counted where that matters.
#[cfg(feature = "jit")]
pub fn check_on(case: &Case, engine: &Engine) -> Result<(), String> {
    let Ok(chunk) = &case.chunk else { return Ok(()) };
    let counts_fuel = case.setup.fuel.is_some() || case.expected.fuel_used.is_some();
    let observed = run(chunk, &case.setup, engine, counts_fuel);
    compare(&observed, &case.expected)
        .map_err(|message| format!("{}\n  {}: {message}", case.title, engine.name))
}

/// The text and binary forms give the same chunk back.
fn round_trip(chunk: &Chunk) -> Result<(), String> {
    let bytes = chunk.to_bytes();
    let text = chunk.disassemble();
    let from_text = assemble("disassembly", &text).map_err(|error| format!("{error}\n{text}"))?;
    let from_bytes = Chunk::from_bytes(&bytes).map_err(|error| error.to_string())?;
    if from_text.to_bytes() != bytes {
        return Err(format!("the disassembly is another chunk:\n{text}"));
    }
    if from_bytes.to_bytes() != bytes {
        return Err("the binary form is another chunk".into());
    }
    Ok(())
}

/// What came of a run.
struct Observed {
    result: VMResult,
    output: Vec<u8>,
    fuel_used: Option<u64>,
    /// The globals that the chunk names, and the first slots.
    globals: Vec<(String, Value)>,
    slots: Vec<(u16, Value)>,
    log: Vec<String>,
}

fn run(chunk: &Chunk, setup: &Setup, engine: &Engine, count_fuel: bool) -> Observed {
    let mut vm = VM::new(chunk.clone());
    (engine.configure)(&mut vm);
    register(&mut vm);
    vm.awk().set_utf8(!setup.bytes);
    let log = Log::default();
    match setup.host {
        Host::None => {}
        Host::Shell => vm.set_shell_host(Box::new(RecordingHost(log.clone()))),
        Host::Awk => vm.set_awk_host(Box::new(MemoryHost::new(log.clone(), &setup.input))),
    }
    let output = Shared::default();
    vm.set_output(output.clone());
    vm.set_input(std::io::Cursor::new(setup.input.clone()));
    let fuel = count_fuel.then_some(setup.fuel.unwrap_or(PLENTY));
    vm.set_fuel(fuel);
    vm.set_max_heap(setup.max_heap);
    if let Some(depth) = setup.max_depth {
        vm.set_max_depth(depth);
    }
    for (name, value) in &setup.globals {
        vm.set_global(name, value.clone());
    }
    for (slot, value) in &setup.slots {
        vm.set_slot(*slot, value.clone());
    }
    let result = vm.run();
    Observed {
        result,
        output: output.0.lock().expect("no test thread panicked").clone(),
        fuel_used: fuel.zip(vm.fuel_left()).map(|(fuel, left)| fuel - left),
        globals: chunk.names.iter().map(|name| (name.clone(), vm.get_global(name))).collect(),
        slots: (0..OBSERVED_SLOTS).map(|slot| (slot, vm.get_slot(slot))).collect(),
        log: log.lines(),
    }
}

/// A writer whose bytes can be read afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test thread panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether two values are the same in kind and content; all NaNs are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            let mut pairs = a.iter().zip(b.iter());
            a.len() == b.len() && pairs.all(|((k, a), (l, b))| k.to_bytes() == l.to_bytes() && same(a, b))
        }
        // Engines make references, closures and objects of their own.
        (Value::Ref(_), Value::Ref(_))
        | (Value::Code(_), Value::Code(_))
        | (Value::Obj(_), Value::Obj(_)) => true,
        _ => a == b,
    }
}

/// Whether the value is this number, to the last bits that libraries may compute otherwise.
fn is_number(value: &Value, number: f64) -> bool {
    let value = match value {
        Value::Int(value) => *value as f64,
        Value::Float(value) => *value,
        _ => return false,
    };
    value == number || value.is_nan() && number.is_nan() || (value - number).abs() <= number.abs() * 1e-15
}

/// The value as a constant is written, where it can be.
fn show(value: &Value) -> String {
    match Const::from(value) {
        Const::Unsupported(_) => format!("{value:?}"),
        constant => constant.to_string(),
    }
}

fn show_result(result: &VMResult) -> String {
    match result {
        VMResult::Ok(value) => show(value),
        VMResult::Error(error) => format!("error {error}"),
        VMResult::Halted => "halted".into(),
    }
}

fn unless(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}

fn differ(what: &str, expected: impl std::fmt::Debug, got: impl std::fmt::Debug) -> String {
    format!("{what}: expected {expected:?}, got {got:?}")
}

/// Compares a run with what is expected.
fn compare(observed: &Observed, expected: &Expected) -> Result<(), String> {
    let got = || show_result(&observed.result);
    match (&expected.outcome, &observed.result) {
        (Some(Outcome::Value(value)), VMResult::Ok(result)) if same(value, result) => {}
        (Some(Outcome::Value(value)), _) => return Err(format!("expected {}, got {}", show(value), got())),
        (Some(Outcome::Number(number)), VMResult::Ok(result)) if is_number(result, *number) => {}
        (Some(Outcome::Number(number)), _) => return Err(format!("expected {number}, got {}", got())),
        (Some(Outcome::Halted), VMResult::Halted) => {}
        (Some(Outcome::Error(kind, message)), VMResult::Error(error))
            if error.kind().name() == kind && error.message().contains(message) => {}
        (Some(Outcome::Error(kind, message)), _) => {
            return Err(format!("expected error {kind}: {message}, got {}", got()));
        }
        (outcome, _) => unless(outcome.is_none(), || format!("expected another end than {}", got()))?,
    }
    if let (Some(line), VMResult::Error(error)) = (expected.line, &observed.result) {
        unless(error.line() == line, || differ("line of the error", line, error.line()))?;
    }
    if let (Some(stack), VMResult::Error(error)) = (&expected.call_stack, &observed.result) {
        let frames = error.call_stack().iter();
        let got: Vec<String> = frames.map(|frame| format!("{}:{}", frame.name, frame.line)).collect();
        unless(got == *stack, || differ("call stack", stack, &got))?;
    }
    let as_text = |bytes: &[u8]| show(&Value::str(bytes));
    unless(observed.output == expected.output, || {
        format!("output: expected {}, got {}", as_text(&expected.output), as_text(&observed.output))
    })?;
    if let Some(fuel) = expected.fuel_used {
        unless(observed.fuel_used == Some(fuel), || differ("fuel used", fuel, observed.fuel_used))?;
    }
    for (name, value) in &expected.globals {
        let found = observed.globals.iter().find(|(known, _)| known == name);
        let (_, got) = found.ok_or_else(|| format!("the chunk mentions no global {name}"))?;
        unless(same(got, value), || format!("global {name}: expected {}, got {}", show(value), show(got)))?;
    }
    for (slot, value) in &expected.slots {
        let found = observed.slots.iter().find(|(known, _)| known == slot);
        let (_, got) = found.ok_or_else(|| format!("slot {slot} is not compared"))?;
        unless(same(got, value), || format!("slot {slot}: expected {}, got {}", show(value), show(got)))?;
    }
    unless(observed.log == expected.log, || differ("log of the host", &expected.log, &observed.log))
}

/// Compares a run with another engine's.
fn agree(a: &Observed, b: &Observed) -> Result<(), String> {
    let results_agree = match (&a.result, &b.result) {
        (VMResult::Ok(a), VMResult::Ok(b)) => same(a, b),
        (a, b) => a == b,
    };
    unless(results_agree, || format!("{} and {}", show_result(&a.result), show_result(&b.result)))?;
    unless(a.output == b.output, || "the outputs differ".into())?;
    if let (Some(a), Some(b)) = (a.fuel_used, b.fuel_used) {
        unless(a == b, || format!("{a} and {b} fuel used"))?;
    }
    unless(a.log == b.log, || "the logs of the host differ".into())?;
    let globals = a.globals.iter().zip(&b.globals);
    let differing = globals.filter(|((_, a), (_, b))| !same(a, b)).map(|((name, _), _)| name.clone());
    let slots = a.slots.iter().zip(&b.slots);
    let differing_slots = slots.filter(|((_, a), (_, b))| !same(a, b)).map(|((slot, _), _)| slot.to_string());
    let differing: Vec<String> = differing.chain(differing_slots).collect();
    unless(differing.is_empty(), || format!("the globals or slots {} differ", differing.join(" ")))
}
