//! The engines of fusevm, which must agree on programs of ops.

use super::Target;
use crate::Session;
use crate::supervisor::this_command;
use crate::worker::{candidate_path, write};
use clap::Args;
use fusevm::Chunk;
use fusevm_fuzz::{Comparison, ENGINES, Engine, Finding, observations, program, shrink};
use std::fs;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

/// How engines are compared.
#[derive(Args)]
pub struct Engines {
    /// Ops that a run may take
    #[arg(long, default_value_t = 60_000)]
    fuel: u64,
    /// Compare the oracle with engines that have this in their name only
    #[arg(long, default_value = "")]
    engine: String,
}

impl Engines {
    fn comparison(&self, seed: u64) -> Comparison {
        let others = ENGINES[1..].iter().filter(|engine| engine.name.contains(&self.engine));
        let engines: Vec<Engine> = ENGINES[..1].iter().chain(others).copied().collect();
        Comparison::new(&engines, self.fuel, seed)
    }
}

impl Target for Engines {
    fn arguments(&self) -> Vec<String> {
        ["--fuel", &self.fuel.to_string(), "--engine", &self.engine].map(str::to_owned).to_vec()
    }

    fn runs() -> u64 {
        observations()
    }

    fn run(&self, session: &Session, seed: u64) -> Result<Option<PathBuf>, String> {
        let chunk = program(seed);
        let comparison = self.comparison(seed);
        let Some(disagreement) = comparison.disagreement(&chunk) else { return Ok(None) };
        let path = session.out.join(format!("{seed}.fvm"));
        let note = |what: &str, chunk: &Chunk, setting| {
            let finding = Finding { seed, setting: Some(setting), chunk: chunk.clone() };
            write(&path, finding.to_text(what))
        };
        note("not made small yet", &chunk, disagreement.setting)?;
        let candidate = candidate_path(session, seed);
        let (chunk, disagreement) = comparison.shrink(&chunk, disagreement, |chunk, setting| {
            let finding = Finding { seed, setting: Some(setting), chunk: chunk.clone() };
            // Without it a crash would only not be made small.
            let _ = write(&candidate, finding.to_text(""));
        });
        fs::remove_file(&candidate).map_err(|error| error.to_string())?;
        note(&disagreement.to_string(), &chunk, disagreement.setting)?;
        Ok(Some(path))
    }

    fn replay(&self, session: &Session, name: &str, text: &[u8]) -> Result<Option<String>, String> {
        let finding = Finding::parse(name, &String::from_utf8_lossy(text))?;
        let comparison = self.comparison(session.seed.unwrap_or(finding.seed));
        Ok(finding.replay(&comparison).map(|disagreement| disagreement.to_string()))
    }

    /// Writes the program that has ended a process, made small by running each candidate in a process of its own. It is
    /// the program of the seed, or what that had become while it was made small for another reason.
    fn note_crash(&self, session: &Session, seed: u64, status: ExitStatus) -> Result<PathBuf, String> {
        let candidate = candidate_path(session, seed);
        let last =
            fs::read_to_string(&candidate).ok().and_then(|text| Finding::parse("candidate", &text).ok());
        let path = session.out.join(format!("{seed}-crash.fvm"));
        let ends_the_process = |finding: &Finding| -> Result<bool, String> {
            write(&candidate, finding.to_text(""))?;
            let mut command = this_command(self)?;
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
        write(&path, finding.to_text(&what))?;
        fs::remove_file(&candidate).map_err(|error| error.to_string())?;
        Ok(path)
    }
}
