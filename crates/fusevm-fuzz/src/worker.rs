//! The process in which programs run. It tells its supervisor, a line each on standard output, which program it begins
//! (`at SEED`) and what it has found (`found SEED PATH`).

use crate::Cli;
use fusevm::Chunk;
use fusevm_fuzz::{Finding, observations, program};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Runs programs until the time is over; returns the number of findings.
pub fn run(cli: &Cli) -> Result<usize, String> {
    watch(Duration::from_secs(cli.patience));
    let begin = Instant::now();
    let mut seed = cli.first_seed();
    let mut found = 0;
    while begin.elapsed().as_secs_f64() < cli.minutes * 60.0 && found < cli.findings {
        tell(&format!("at {seed}"))?;
        let chunk = program(seed);
        let comparison = cli.comparison(seed);
        if let Some(disagreement) = comparison.disagreement(&chunk) {
            let path = cli.out.join(format!("{seed}.fvm"));
            let note = |what: &str, chunk: &Chunk, setting| {
                let finding = Finding { seed, setting: Some(setting), chunk: chunk.clone() };
                write(&path, &finding.to_text(what))
            };
            note("not made small yet", &chunk, disagreement.setting)?;
            let candidate = candidate_path(cli, seed);
            let (chunk, disagreement) = comparison.shrink(&chunk, disagreement, |chunk, setting| {
                let finding = Finding { seed, setting: Some(setting), chunk: chunk.clone() };
                // Without it a crash would only not be made small.
                let _ = write(&candidate, &finding.to_text(""));
            });
            fs::remove_file(&candidate).map_err(|error| error.to_string())?;
            note(&disagreement.to_string(), &chunk, disagreement.setting)?;
            tell(&format!("found {seed} {}", path.display()))?;
            found += 1;
        }
        seed += cli.threads;
    }
    Ok(found)
}

/// Compares the engines on the program of a file.
pub fn replay(cli: &Cli) -> Result<usize, String> {
    watch(Duration::from_secs(cli.patience));
    let path = cli.replay.as_ref().ok_or("no file")?;
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let finding = Finding::parse(&name, &text)?;
    match finding.replay(&cli.comparison(cli.seed.unwrap_or(finding.seed))) {
        None => Ok(0),
        Some(disagreement) => {
            print!("{disagreement}");
            Ok(1)
        }
    }
}

/// Where the program is that is run while a finding is made small.
pub fn candidate_path(cli: &Cli, seed: u64) -> PathBuf {
    cli.out.join(format!("{seed}.candidate"))
}

pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn tell(line: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| error.to_string())
}

/// Aborts the process when a run does not end.
fn watch(patience: Duration) {
    thread::spawn(move || {
        loop {
            let before = observations();
            thread::sleep(patience);
            if observations() == before {
                eprintln!("fusevm-fuzz: a run does not end");
                std::process::abort();
            }
        }
    });
}
