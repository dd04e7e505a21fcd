//! Starts the processes that run programs, notes what they find, and makes a finding of a process that ends early.

use crate::Cli;
use crate::worker::{candidate_path, write};
use fusevm_fuzz::{Finding, program, shrink};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
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
        command.args(["--threads", &cli.threads.to_string(), "--patience", &cli.patience.to_string()]);
        command.arg("--out").arg(&cli.out);
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
        println!("seed {seed}: {status}");
        println!("found {seed} {}", note_crash(cli, seed, status)?.display());
        progress.lock().map_err(|error| error.to_string())?.findings += 1;
        seed += cli.threads;
    }
}

fn this_command(cli: &Cli) -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.args(["--fuel", &cli.fuel.to_string(), "--engine", &cli.engine]);
    Ok(command)
}

/// Writes the program that has ended a process, made small by running each candidate in a process of its own. It is the
/// program of the seed, or what that had become while it was made small for another reason.
fn note_crash(cli: &Cli, seed: u64, status: ExitStatus) -> Result<PathBuf, String> {
    let candidate = candidate_path(cli, seed);
    let last = fs::read_to_string(&candidate).ok().and_then(|text| Finding::parse("candidate", &text).ok());
    let path = cli.out.join(format!("{seed}-crash.fvm"));
    let ends_the_process = |finding: &Finding| -> Result<bool, String> {
        write(&candidate, &finding.to_text(""))?;
        let mut command = this_command(cli)?;
        command.args(["--patience", "4"]).arg("--replay").arg(&candidate);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status().map_err(|error| error.to_string())?.code().is_none())
    };
    let mut finding = Finding { seed, setting: None, chunk: program(seed) };
    let mut what = format!("a process ended, which it does not do again: {status}");
    for known in last.into_iter().chain([finding.clone()]) {
        if ends_the_process(&known)? {
            let chunk = shrink(&known.chunk, |chunk| {
                ends_the_process(&Finding { chunk: chunk.clone(), ..known }).unwrap_or(false)
            });
            finding = Finding { chunk, ..known };
            what = format!("the process ends: {status}");
            break;
        }
    }
    write(&path, &finding.to_text(&what))?;
    fs::remove_file(&candidate).map_err(|error| error.to_string())?;
    Ok(path)
}
