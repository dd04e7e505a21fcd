//! The command `awk`: whole awk programs on `fusevm awk`, mawk, gawk and the original awk; or on `fusevm awk` with
//! several threads and with one.

mod log;
mod process;
mod programs;

use std::fs::{self, File};
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use self::log::Form;
use self::process::{Usage, run_measured};
use self::programs::{PROGRAMS, Program};
use crate::machine::{self, version_line};
use crate::report::{Report, Row, Table};

/// What to measure.
pub struct Plan {
    /// Only programs whose name contains this.
    pub filter: String,
    /// Rounds; each runs every engine once.
    pub rounds: u32,
    /// The size of the log in megabytes (10^6 bytes).
    pub megabytes: u64,
    /// So many threads are compared with one, instead of other awks.
    pub jobs: Option<u32>,
}

/// The other awks: the name of program and Debian package alike, and how they tell their version.
/// The first one installed says what the right output is.
const PEERS: [(&str, &[&str]); 3] =
    [("gawk", &["--version"]), ("mawk", &["-W", "version"]), ("original-awk", &["--version"])];

struct Engine {
    label: String,
    program: PathBuf,
    /// What makes the program an awk.
    leading: Vec<String>,
}

impl Engine {
    fn fusevm(program: &Path, jobs: Option<u32>) -> Engine {
        let jobs = jobs.map(|jobs| format!("-j{jobs}"));
        let label = ["fusevm"].into_iter().chain(jobs.as_deref()).collect::<Vec<_>>().join(" ");
        let leading = iter::once("awk".to_owned()).chain(jobs).collect();
        Engine { label, program: program.to_owned(), leading }
    }
}

/// One of the quantities that a run yields.
struct Quantity {
    title: &'static str,
    unit: &'static str,
    of: fn(&Usage) -> f64,
}

const QUANTITIES: [Quantity; 3] = [
    Quantity { title: "CPU time, user and system", unit: "ms", of: |usage| usage.cpu_seconds * 1e3 },
    Quantity { title: "Wall time", unit: "ms", of: |usage| usage.wall_seconds * 1e3 },
    Quantity { title: "Peak resident memory", unit: "MB", of: |usage| usage.peak_bytes / 1e6 },
];

/// Measures and reports.
///
/// # Errors
/// When the `fusevm` binary is missing, or the log cannot be written.
pub fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> Result<Report, String> {
    let bench = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let profile_dir = bench.parent().unwrap_or(Path::new("."));
    let fusevm = profile_dir.join("fusevm");
    if !fusevm.exists() {
        return Err(format!(
            "{} is missing; build it with: cargo build --release -p fusevm-cli",
            fusevm.display()
        ));
    }
    let cache = profile_dir.parent().unwrap_or(profile_dir).join("bench-data");
    progress("log");
    let ensure = |form| {
        log::ensure(&cache, form, plan.megabytes).map_err(|error| format!("{}: {error}", cache.display()))
    };
    let (log, table) = (ensure(Form::Log)?, ensure(Form::Table)?);

    let mut engines = vec![Engine::fusevm(&fusevm, plan.jobs)];
    if plan.jobs.is_some() {
        engines.push(Engine::fusevm(&fusevm, None));
    }
    let mut environment = machine::environment();
    let mut notes =
        vec!["Whole processes under LC_ALL=C, output to /dev/null, input cached by the system.".to_owned()];
    for (name, version_args) in PEERS.into_iter().filter(|_| plan.jobs.is_none()) {
        match version_line(name, version_args) {
            Some(version) => {
                environment.push((name.to_owned(), version));
                engines.push(Engine { label: name.to_owned(), program: name.into(), leading: Vec::new() });
            }
            None => notes.push(format!("{name}: not installed (Debian package {name})")),
        }
    }

    let mut tables = QUANTITIES.map(|quantity| Table {
        title: format!("{}, {}, medians of {} rounds", quantity.title, quantity.unit, plan.rounds),
        item: "program",
        unit: quantity.unit,
        engines: engines.iter().map(|engine| engine.label.clone()).collect(),
        extra: None,
        rows: Vec::new(),
    });
    let is_measured = |program: &&Program| {
        program.name.contains(&plan.filter) && (plan.jobs.is_none() || program.input.is_some())
    };
    for program in PROGRAMS.iter().filter(is_measured) {
        progress(program.name);
        let input = program.input.map(|form| match form {
            Form::Log => &*log,
            Form::Table => &*table,
        });
        let bench = Bench { program, engines: &engines, input, cache: &cache };
        match bench.measure(plan.rounds, &mut notes) {
            Ok(usages) => {
                for (table, quantity) in tables.iter_mut().zip(&QUANTITIES) {
                    let mut row = Row::new(program.name, 0);
                    row.samples =
                        usages.iter().map(|usages| usages.iter().map(quantity.of).collect()).collect();
                    table.rows.push(row);
                }
            }
            Err(failure) => tables[0].rows.push(Row::failed(program.name, failure)),
        }
    }
    let title = format!("fusevm awk on a log of {} MB", plan.megabytes);
    Ok(Report { title, environment, tables: tables.into(), notes })
}

/// One program on all engines.
struct Bench<'a> {
    program: &'a Program,
    engines: &'a [Engine],
    input: Option<&'a Path>,
    cache: &'a Path,
}

impl Bench<'_> {
    /// The usages by engine and round; empty for a peer whose output is not that of the others.
    fn measure(&self, rounds: u32, notes: &mut Vec<String>) -> Result<Vec<Vec<Usage>>, String> {
        let takes_part = self.check_outputs(notes)?;
        let mut usages: Vec<Vec<Usage>> = self.engines.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds.max(self.program.least_rounds) {
            for (engine, usages) in self.engines.iter().zip(&mut usages) {
                if takes_part.contains(&engine.label.as_str()) {
                    usages.push(self.run(engine, Stdio::null())?);
                }
            }
        }
        Ok(usages)
    }

    /// The engines that agree with the first peer; an error when ours does not.
    fn check_outputs(&self, notes: &mut Vec<String>) -> Result<Vec<&str>, String> {
        let output_of = |engine: &Engine| self.cache.join(format!("output-{}", engine.label));
        for engine in self.engines {
            let path = output_of(engine);
            let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            self.run(engine, file.into())?;
        }
        let reference = self.engines.get(1).unwrap_or(&self.engines[0]);
        let mut agreeing = Vec::new();
        for (index, engine) in self.engines.iter().enumerate() {
            let same =
                same_content(&output_of(engine), &output_of(reference)).map_err(|error| error.to_string())?;
            let difference = format!("output differs from that of {}", reference.label);
            match (same, index) {
                (true, _) => agreeing.push(engine.label.as_str()),
                (false, 0) => return Err(difference),
                (false, _) => {
                    notes.push(format!("{}: {} left out, its {difference}", self.program.name, engine.label));
                }
            }
        }
        for engine in self.engines {
            // Leftovers are harmless; the next run overwrites them.
            let _ = fs::remove_file(output_of(engine));
        }
        Ok(agreeing)
    }

    fn run(&self, engine: &Engine, output: Stdio) -> Result<Usage, String> {
        let mut command = Command::new(&engine.program);
        command.args(&engine.leading).args(self.program.options).arg(self.program.text);
        command.args(self.input);
        command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(output);
        let usage = run_measured(&mut command).map_err(|error| format!("{}: {error}", engine.label))?;
        if usage.succeeded { Ok(usage) } else { Err(format!("{} failed", engine.label)) }
    }
}

/// Compares two files piece by piece: what this process holds in memory shows in the peaks of its children.
fn same_content(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let length = one.read(&mut left)?;
        if length == 0 {
            return Ok(true);
        }
        other.read_exact(&mut right[..length])?;
        if left[..length] != right[..length] {
            return Ok(false);
        }
    }
}
