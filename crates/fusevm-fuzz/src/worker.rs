//! The process in which programs run. It tells its supervisor, a line each on standard output, which program it begins
//! (`at SEED`) and what it has found (`found SEED PATH`).

use crate::Session;
use crate::targets::Target;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Runs programs until the time is over; returns the number of findings.
pub fn run(session: &Session, target: &impl Target) -> Result<usize, String> {
    watch(target, Duration::from_secs(session.patience));
    let begin = Instant::now();
    let mut seed = session.first_seed();
    let mut found = 0;
    while begin.elapsed().as_secs_f64() < session.minutes * 60.0 && found < session.findings {
        tell(&format!("at {seed}"))?;
        if let Some(path) = target.run(session, seed)? {
            tell(&format!("found {seed} {}", path.display()))?;
            found += 1;
        }
        seed += session.threads;
    }
    Ok(found)
}

/// Says what is wrong with the program of a file, if anything is.
pub fn replay(session: &Session, target: &impl Target, path: &Path) -> Result<usize, String> {
    watch(target, Duration::from_secs(session.patience));
    let name = path.display().to_string();
    let text = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    match target.replay(session, &name, &text)? {
        None => Ok(0),
        Some(what) => {
            print!("{what}");
            Ok(1)
        }
    }
}

/// Where the program is that is run while a finding is made small.
pub fn candidate_path(session: &Session, seed: u64) -> PathBuf {
    session.out.join(format!("{seed}.candidate"))
}

pub fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), String> {
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
fn watch<T: Target>(_: &T, patience: Duration) {
    thread::spawn(move || {
        loop {
            let before = T::runs();
            thread::sleep(patience);
            if T::runs() == before {
                eprintln!("fusevm-fuzz: a run does not end");
                std::process::abort();
            }
        }
    });
}
