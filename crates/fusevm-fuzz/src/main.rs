//! `fusevm-fuzz`: runs random programs for as long as it is told to, and writes those that something is wrong with.
//!
//! The programs run in processes of their own, so that one that crashes or does not end is a finding as well.

mod supervisor;
mod targets;
mod worker;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use targets::{Engines, Target};

/// Runs random programs on all engines and writes those that they disagree about, made small.
///
/// The exit status is 1 when something was found.
#[derive(Parser)]
#[command(name = "fusevm-fuzz", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    session: Session,
    #[command(flatten)]
    engines: Engines,
    #[command(subcommand)]
    target: Option<Other>,
}

/// What else is tested.
#[derive(Subcommand)]
enum Other {
    /// Compile mangled awk programs: each gives code that verifies, or errors with their places
    #[cfg(feature = "awk")]
    AwkParse(#[command(flatten)] Session),
    /// Compare awk with gawk on random programs and data
    #[cfg(feature = "awk")]
    AwkGawk(#[command(flatten)] Session),
    /// Be awk
    #[cfg(feature = "awk")]
    #[command(hide = true, disable_help_flag = true)]
    Awk {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// A session of fuzzing, whatever is tested.
#[derive(Args, Clone)]
struct Session {
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
    /// Stop after this many findings
    #[arg(long, default_value_t = 10)]
    findings: usize,
    /// Run the program of a file, for instance a finding, and say what is wrong with it
    #[arg(long)]
    replay: Option<PathBuf>,
    /// Seconds after which a run is taken for one that does not end
    #[arg(long, hide = true, default_value_t = 30)]
    patience: u64,
    /// Run programs and report to the process that has started this one
    #[arg(long, hide = true)]
    worker: bool,
}

impl Session {
    fn first_seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs() % 1_000_000 * 100_000)
        })
    }

    /// Does what is asked for; returns the number of findings.
    fn run(&self, target: &impl Target) -> Result<usize, String> {
        if let Some(path) = &self.replay {
            worker::replay(self, target, path)
        } else if self.worker {
            worker::run(self, target)
        } else {
            supervisor::run(self, target)
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.target {
        None => cli.session.run(&cli.engines),
        #[cfg(feature = "awk")]
        Some(Other::AwkParse(session)) => session.run(&targets::AwkParse),
        #[cfg(feature = "awk")]
        Some(Other::AwkGawk(session)) => targets::AwkGawk::new().and_then(|target| session.run(&target)),
        #[cfg(feature = "awk")]
        Some(Other::Awk { arguments }) => std::process::exit(fusevm_awk::main(arguments)),
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
