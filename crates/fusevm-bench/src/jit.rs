//! The command `jit`: what native code costs. Programs with and without it, compilation included, and the time that
//! each piece of code took to compile.

use crate::clock::cpu_seconds;
use crate::kernels::{KERNELS, Kernel};
use crate::machine;
use crate::report::{Report, Row, Table};
use fusevm::jit::{Event, testing};
use fusevm::{VM, VMResult};
use std::sync::{Arc, Mutex};
use std::thread;

/// What to measure.
pub struct Plan {
    /// Only kernels whose name contains this.
    pub filter: String,
    /// Rounds; each runs every program with and without native code.
    pub rounds: u32,
    /// CPU seconds that a program takes in the interpreter, at least.
    pub least: f64,
}

/// A program: a kernel that is run so often in one VM.
#[derive(Clone, Copy)]
struct Program {
    kernel: &'static Kernel,
    runs: u32,
}

/// A piece of native code, and the milliseconds that it took to compile.
struct Piece {
    name: String,
    time: f64,
    instructions: f64,
}

/// Measures and reports.
pub fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> Report {
    fusevm::JitCompiler::new().set_jit_cache_dir(None);
    let kernels = KERNELS.iter().filter(|kernel| kernel.name.contains(&plan.filter));
    let (mut programs, mut pieces) = (Vec::new(), Vec::new());
    for kernel in kernels {
        progress(kernel.name);
        match measure(kernel, plan) {
            Ok((row, code)) => {
                programs.push(row);
                pieces.extend(code);
            }
            Err(failure) => programs.push(Row::failed(kernel.name, failure)),
        }
    }
    let programs = Table {
        title: format!(
            "Programs of {:.0} ms and more, CPU milliseconds, medians of {} rounds",
            plan.least * 1e3,
            plan.rounds
        ),
        item: "kernel",
        unit: "ms",
        engines: vec!["fusevm".to_owned(), "interpreter".to_owned()],
        extra: Some("runs"),
        rows: programs,
    };
    let pieces = Table {
        title: "Compile time of each trace and function, milliseconds".to_owned(),
        item: "code",
        unit: "ms",
        engines: vec!["compile time".to_owned()],
        extra: Some("instructions"),
        rows: pieces.into_iter().map(row_of).collect(),
    };
    let notes = [
        "A program is a new VM that runs the kernel so often that the interpreter takes the time above; what compiles beside it counts too.",
        "Instructions are those of the trace IR before optimisation, or of lowered code, inlined subs included.",
    ];
    Report {
        title: "fusevm with and without native code".to_owned(),
        environment: machine::environment(),
        tables: vec![programs, pieces],
        notes: notes.map(str::to_owned).into(),
    }
}

/// The figures of a kernel's program, and what was compiled in it the first time.
fn measure(kernel: &'static Kernel, plan: &Plan) -> Result<(Row, Vec<Piece>), String> {
    let once = start(Program { kernel, runs: 1 }, false)?;
    let runs = (plan.least / once.seconds.max(1e-9)).ceil().clamp(1.0, f64::from(u32::MAX)) as u32;
    let program = Program { kernel, runs };
    let mut row = Row::new(kernel.name, 2);
    let mut pieces = Vec::new();
    for round in 0..plan.rounds {
        for (engine, native) in [(0, true), (1, false)] {
            let start = start(program, native)?;
            row.samples[engine].push(start.seconds * 1e3);
            if round == 0 {
                pieces.extend(start.pieces);
            }
        }
        row.extra.push(f64::from(runs));
    }
    Ok((row, pieces))
}

fn row_of(piece: Piece) -> Row {
    let mut row = Row::new(&piece.name, 1);
    row.samples[0].push(piece.time);
    row.extra.push(piece.instructions);
    row
}

/// What a program took.
struct Start {
    /// CPU time, that of compilation included.
    seconds: f64,
    pieces: Vec<Piece>,
}

/// Runs a program where nothing is compiled yet: that is known by thread.
fn start(program: Program, native: bool) -> Result<Start, String> {
    let thread = thread::spawn(move || {
        let pieces = Arc::new(Mutex::new(Vec::new()));
        let all = pieces.clone();
        let begin = cpu_seconds();
        let mut vm = VM::new((program.kernel.chunk)(program.kernel.size));
        vm.set_jit(native);
        vm.set_jit_log(Some(Box::new(move |event| {
            if let Event::Compile(code) = event {
                let kind = if code.is_loop { "loop" } else { "sub" };
                let place = &code.place;
                all.lock().unwrap_or_else(|panicked| panicked.into_inner()).push(Piece {
                    name: format!("{} line {}, {kind}, {} tier", place.source, place.line, code.tier),
                    time: code.time.as_secs_f64() * 1e3,
                    instructions: f64::from(code.instructions),
                });
            }
        })));
        for _ in 0..program.runs {
            if let VMResult::Error(error) = vm.run() {
                return Err(error.to_string());
            }
        }
        testing::wait_for_compiles();
        let seconds = cpu_seconds() - begin;
        vm.set_jit_log(None);
        let pieces = std::mem::take(&mut *pieces.lock().unwrap_or_else(|panicked| panicked.into_inner()));
        Ok(Start { seconds, pieces })
    });
    thread.join().map_err(|_| "it panicked".to_owned())?
}
