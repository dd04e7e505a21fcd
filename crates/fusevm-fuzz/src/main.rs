//! `fusevm-fuzz`: runs random programs on all engines for as long as it is told to.
//!
//! The programs run in processes of their own, so that one that crashes or does not end is a finding as well.

mod supervisor;
mod worker;

use clap::Parser;
use fusevm_fuzz::{Comparison, ENGINES, Engine};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Runs random programs on all engines and writes those that they disagree about, made small.
///
/// The exit status is 1 when something was found.
#[derive(Parser, Clone)]
#[command(name = "fusevm-fuzz")]
struct Cli {
    /// How long
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// The first program's seed; the others follow it [default: from the clock]
    #[arg(long)]
    seed: Option<u64>,
    /// Processes that run programs
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    threads: u64,
    /// Where findings are written
    #[arg(long, default_value = "fuzz-findings")]
    out: PathBuf,
    /// Ops that a run may take
    #[arg(long, default_value_t = 60_000)]
    fuel: u64,
    /// Compare the oracle with engines that have this in their name only
    #[arg(long, default_value = "")]
    engine: String,
    /// Stop after this many findings
    #[arg(long, default_value_t = 10)]
    findings: usize,
    /// Compare the engines on a program in the text form, for instance a finding, and say how they differ
    #[arg(long)]
    replay: Option<PathBuf>,
    /// Seconds after which a run is taken for one that does not end: fuel ends it some thousand times earlier
    #[arg(long, hide = true, default_value_t = 30)]
    patience: u64,
    /// Run programs and report to the process that has started this one
    #[arg(long, hide = true)]
    worker: bool,
}

impl Cli {
    fn first_seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs() % 1_000_000 * 100_000)
        })
    }

    fn comparison(&self, seed: u64) -> Comparison {
        let others = ENGINES[1..].iter().filter(|engine| engine.name.contains(&self.engine));
        let engines: Vec<Engine> = ENGINES[..1].iter().chain(others).copied().collect();
        Comparison::new(&engines, self.fuel, seed)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = if cli.replay.is_some() {
        worker::replay(&cli)
    } else if cli.worker {
        worker::run(&cli)
    } else {
        supervisor::run(&cli)
    };
    match result {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fusevm-fuzz: {error}");
            ExitCode::from(2)
        }
    }
}
