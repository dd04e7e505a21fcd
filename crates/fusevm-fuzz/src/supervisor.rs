//! Starts the processes that run programs, notes what they find, and makes a finding of a process that ends early.

use crate::Cli;
use crate::worker::write;
use fusevm_fuzz::{Finding, program, shrink};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Time between lines of progress.
const PROGRESS: Duration = Duration::from_secs(10);

struct Progress {
    begin: Instant,
    last: Instant,
    programs: u64,
    findings: usize,
}

/// Runs programs until the time is over; returns the number of findings.
pub fn run(cli: &Cli) -> Result<usize, String> {
    let now = Instant::now();
    let progress = Mutex::new(Progress { begin: now, last: now, programs: 0, findings: 0 });
    let first = cli.first_seed();
    println!("first seed {first}, {} minutes, findings go to {}", cli.minutes, cli.out.display());
    thread::scope(|scope| {
        let progress = &progress;
        let workers: Vec<_> =
            (0..cli.threads).map(|at| scope.spawn(move || supervise(cli, first + at, progress))).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => Err("a supervisor panicked".into()),
        })
    })?;
    let progress = progress.into_inner().map_err(|error| error.to_string())?;
    progress.print();
    Ok(progress.findings)
}

impl Progress {
    fn print(&self) {
        let seconds = self.begin.elapsed().as_secs_f64();
        let rate = self.programs as f64 / seconds;
        println!(
            "{seconds:.0} s, {} programs, {rate:.0} a second, {} findings",
            self.programs, self.findings
        );
    }
}

/// Keeps one worker running from a seed on.
fn supervise(cli: &Cli, mut seed: u64, progress: &Mutex<Progress>) -> Result<(), String> {
    loop {
        let (begin, findings) = progress.lock().map(|p| (p.begin, p.findings)).map_err(|e| e.to_string())?;
        let minutes = cli.minutes - begin.elapsed().as_secs_f64() / 60.0;
        if minutes <= 0.0 || findings >= cli.findings {
            return Ok(());
        }
        let mut command = this_command(cli)?;
        command.args(["--worker", "--seed", &seed.to_string(), "--minutes", &minutes.to_string()]);
        command.args(["--threads", &cli.threads.to_string()]).arg("--out").arg(&cli.out);
        command.args(["--findings", &(cli.findings - findings).to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("no output of a worker")?;
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|error| error.to_string())?;
            let mut progress = progress.lock().map_err(|error| error.to_string())?;
            if let Some(at) = line.strip_prefix("at ") {
                seed = at.parse().map_err(|_| format!("unexpected line {line:?} of a worker"))?;
                progress.programs += 1;
            } else {
                progress.findings += 1;
                println!("{line}");
            }
            if progress.last.elapsed() > PROGRESS {
                progress.last = Instant::now();
                progress.print();
            }
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        if matches!(status.code(), Some(0 | 1)) {
            return Ok(());
        }
        let path = cli.out.join(format!("{seed}.fvm"));
        println!("seed {seed}: {status}");
        note_crash(cli, seed, status, &path)?;
        println!("found {seed} {}", path.display());
        progress.lock().map_err(|error| error.to_string())?.findings += 1;
        seed += cli.threads;
    }
}

fn this_command(cli: &Cli) -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.args(["--fuel", &cli.fuel.to_string(), "--engine", &cli.engine]);
    Ok(command)
}

/// Makes the program small by running each candidate in a process of its own.
fn note_crash(cli: &Cli, seed: u64, status: ExitStatus, path: &Path) -> Result<(), String> {
    let finding = |chunk| Finding { seed, setting: None, chunk };
    let chunk = program(seed);
    write(path, &finding(chunk.clone()).to_text(&format!("the process ended: {status}")))?;
    let candidate = path.with_extension("candidate");
    let ends_the_process = |chunk: &fusevm::Chunk| -> Result<bool, String> {
        write(&candidate, &finding(chunk.clone()).to_text(""))?;
        let mut command = this_command(cli)?;
        command.arg("--replay").arg(&candidate).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status().map_err(|error| error.to_string())?.code().is_none())
    };
    if ends_the_process(&chunk)? {
        let small = shrink(&chunk, |chunk| ends_the_process(chunk).unwrap_or(false));
        write(path, &finding(small).to_text(&format!("the process ends: {status}")))?;
    }
    std::fs::remove_file(&candidate).map_err(|error| error.to_string())
}
