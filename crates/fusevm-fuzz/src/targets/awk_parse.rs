//! The parser and the compiler of awk, which must do something sensible with any text.

use super::{Target, bound_memory};
use crate::Session;
use crate::supervisor::this_command;
use crate::worker::{candidate_path, write};
use fusevm_fuzz::awk::{check, program, runs, shrink_text};
use std::fs;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

/// Address space of a process: a program that needs more is a finding.
const MEMORY: u64 = 2 << 30;

/// Mangled programs.
pub struct AwkParse;

impl AwkParse {
    fn note(&self, path: PathBuf, text: &[u8], what: &str) -> Result<PathBuf, String> {
        write(&path, text)?;
        write(&path.with_extension("txt"), what)?;
        Ok(path)
    }
}

impl Target for AwkParse {
    fn arguments(&self) -> Vec<String> {
        vec!["awk-parse".into()]
    }

    fn runs() -> u64 {
        runs()
    }

    fn run(&self, session: &Session, seed: u64) -> Result<Option<PathBuf>, String> {
        bound_memory(MEMORY)?;
        let text = program(seed);
        let Err(what) = check(&text, seed) else { return Ok(None) };
        let small = shrink_text(&text, |text| check(text, seed).is_err());
        self.note(session.out.join(format!("{seed}.awk")), &small, &what).map(Some)
    }

    fn replay(&self, session: &Session, _: &str, text: &[u8]) -> Result<Option<String>, String> {
        bound_memory(MEMORY)?;
        Ok(check(text, session.seed.unwrap_or(1)).err().map(|what| what + "\n"))
    }

    fn note_crash(&self, session: &Session, seed: u64, status: ExitStatus) -> Result<PathBuf, String> {
        let candidate = candidate_path(session, seed);
        let ends_the_process = |text: &[u8]| -> Result<bool, String> {
            write(&candidate, text)?;
            let mut command = this_command(self)?;
            command.args(["--patience", "4", "--seed", &seed.to_string(), "--replay"]).arg(&candidate);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            Ok(command.status().map_err(|error| error.to_string())?.code().is_none())
        };
        let small = shrink_text(&program(seed), |text| ends_the_process(text).unwrap_or(false));
        fs::remove_file(&candidate).map_err(|error| error.to_string())?;
        self.note(
            session.out.join(format!("{seed}-crash.awk")),
            &small,
            &format!("the process ends: {status}"),
        )
    }
}
