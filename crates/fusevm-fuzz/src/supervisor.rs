//! Starts the processes that run programs, notes what they find, and makes a finding of a process that ends early.

use crate::Session;
use crate::targets::Target;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
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
pub fn run(session: &Session, target: &impl Target) -> Result<usize, String> {
    let now = Instant::now();
    let progress = Mutex::new(Progress { begin: now, last: now, programs: 0, findings: 0 });
    let first = session.first_seed();
    println!("first seed {first}, {} minutes, findings go to {}", session.minutes, session.out.display());
    thread::scope(|scope| {
        let progress = &progress;
        let workers: Vec<_> = (0..session.threads)
            .map(|at| scope.spawn(move || supervise(session, target, first + at, progress)))
            .collect();
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
fn supervise(
    session: &Session,
    target: &impl Target,
    mut seed: u64,
    progress: &Mutex<Progress>,
) -> Result<(), String> {
    loop {
        let (begin, findings) = progress.lock().map(|p| (p.begin, p.findings)).map_err(|e| e.to_string())?;
        let minutes = session.minutes - begin.elapsed().as_secs_f64() / 60.0;
        if minutes <= 0.0 || findings >= session.findings {
            return Ok(());
        }
        let mut command = this_command(target)?;
        command.args(["--worker", "--seed", &seed.to_string(), "--minutes", &minutes.to_string()]);
        command.args(["--threads", &session.threads.to_string()]);
        command.args(["--patience", &session.patience.to_string()]);
        command.arg("--out").arg(&session.out);
        command.args(["--findings", &(session.findings - findings).to_string()]);
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
        println!("found {seed} {}", target.note_crash(session, seed, status)?.display());
        progress.lock().map_err(|error| error.to_string())?.findings += 1;
        seed += session.threads;
    }
}

/// The command that runs programs of a target; options of the session follow.
pub fn this_command(target: &impl Target) -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.args(target.arguments());
    Ok(command)
}
