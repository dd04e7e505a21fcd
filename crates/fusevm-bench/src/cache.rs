//! The command `cache`: what a second start of a program saves, whose code is in the disk cache.
//!
//! Each start is a process of its own, which is this program with the hidden command `start`.

use crate::clock::cpu_seconds;
use crate::kernels::KERNELS;
use crate::machine;
use crate::report::{Report, Row, Table};
use fusevm::jit::{Event, testing};
use fusevm::{VM, VMResult};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The variable that says where the cache is.
const VARIABLE: &str = "FUSEVM_JIT_CACHE_DIR";

/// Runs of the program in a process, so that what is hot late is compiled too.
const RUNS: u32 = 3;

/// What to measure.
pub struct Plan {
    /// Only kernels whose name contains this.
    pub filter: String,
    /// Rounds; each begins with an empty cache.
    pub rounds: u32,
}

/// What a process tells of its start.
struct Start {
    /// Time that compilation took, or to take code from the cache.
    compile: f64,
    /// CPU time of the first run and all compilation.
    cpu: f64,
}

/// Measures and reports.
pub fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> Report {
    let kernels = KERNELS.iter().filter(|kernel| kernel.name.contains(&plan.filter));
    let (compile, cpu): (Vec<Row>, Vec<Row>) = kernels
        .map(|kernel| {
            progress(kernel.name);
            measure(kernel.name, plan.rounds).unwrap_or_else(|failure| {
                (Row::failed(kernel.name, failure.clone()), Row::failed(kernel.name, failure))
            })
        })
        .unzip();
    let table = |quantity: &str, rows| Table {
        title: format!("{quantity}, milliseconds, medians of {} rounds", plan.rounds),
        item: "kernel",
        unit: "ms",
        engines: vec!["second start".to_owned(), "first start".to_owned()],
        extra: None,
        rows,
    };
    let notes = [
        "A start is a process; the first finds an empty cache, the second what the first has left there.",
        "Code that compiles in a fraction of a millisecond is not kept: to load it would save little.",
    ];
    Report {
        title: "fusevm's disk cache".to_owned(),
        environment: machine::environment(),
        tables: vec![table("Compile time", compile), table("CPU time of a start", cpu)],
        notes: notes.map(str::to_owned).into(),
    }
}

/// The rows of a kernel: compile time, CPU time.
fn measure(name: &str, rounds: u32) -> Result<(Row, Row), String> {
    let mut rows = (Row::new(name, 2), Row::new(name, 2));
    for round in 0..rounds {
        let directory = Directory::new(&format!("{name}-{round}"));
        for engine in [1, 0] {
            let start = start_process(name, &directory)?;
            rows.0.samples[engine].push(start.compile * 1e3);
            rows.1.samples[engine].push(start.cpu * 1e3);
        }
    }
    Ok(rows)
}

/// A directory for a cache, which is removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        Directory(std::env::temp_dir().join(format!("fusevm-bench-cache-{}-{name}", std::process::id())))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn start_process(name: &str, cache: &Directory) -> Result<Start, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).args(["start", name]).env(VARIABLE, &cache.0).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut figures = text.split_whitespace().map(str::parse);
    match (figures.next(), figures.next()) {
        (Some(Ok(compile)), Some(Ok(cpu))) if output.status.success() => Ok(Start { compile, cpu }),
        _ => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The command `start`: runs a kernel, and prints the seconds of compilation and of CPU time.
pub fn start(name: &str) -> Result<(), String> {
    let kernel = KERNELS.iter().find(|kernel| kernel.name == name).ok_or("no such kernel")?;
    let chunk = (kernel.chunk)(kernel.size);
    let compile = Arc::new(Mutex::new(Duration::ZERO));
    let sum = compile.clone();
    let begin = cpu_seconds();
    let mut vm = VM::new(chunk);
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Compile(code) = event {
            *sum.lock().unwrap_or_else(|panicked| panicked.into_inner()) += code.time;
        }
    })));
    let mut first = None;
    for _ in 0..RUNS {
        if let VMResult::Error(error) = vm.run() {
            return Err(error.to_string());
        }
        testing::wait_for_compiles();
        first.get_or_insert_with(|| cpu_seconds() - begin);
    }
    vm.set_jit_log(None);
    let compile = compile.lock().unwrap_or_else(|panicked| panicked.into_inner());
    println!("{:.9} {:.9}", compile.as_secs_f64(), first.unwrap_or_default());
    Ok(())
}
