//! Benchmarks of fusevm against what a user would take instead, on the same work, in one run.

mod awk;
mod cache;
mod clock;
mod core;
mod jit;
mod kernels;
mod machine;
mod peers;
mod report;
mod stats;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::report::Report;

/// Measures fusevm beside its peers and prints medians and ratios; a ratio below 1 says that fusevm is faster.
///
/// The exit status is 1 when a result differs from that of the peers.
#[derive(Parser)]
#[command(name = "fusevm-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Core kernels on fusevm, LuaJIT with and without its JIT, Lua 5.4 and native Rust
    Core {
        #[command(flatten)]
        common: Common,
        /// Rounds; each runs every engine once, in turn
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// CPU milliseconds that an engine runs a kernel for in a round
        #[arg(long, default_value_t = 50.0)]
        budget: f64,
    },
    /// Awk programs on `fusevm awk`, gawk, mawk and the original awk
    Awk {
        #[command(flatten)]
        common: Common,
        /// Rounds; each runs every engine once, in turn
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// The size of the generated log in megabytes
        #[arg(long, default_value_t = 100)]
        megabytes: u64,
        /// Compare `fusevm awk` on so many threads with itself on one, and with no other awk
        #[arg(long)]
        jobs: Option<u32>,
    },
    /// Core kernels with and without native code, compilation included, and the compile time of each piece of code
    Jit {
        #[command(flatten)]
        common: Common,
        /// Rounds; each runs every program with and without native code
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// CPU milliseconds that a program takes in the interpreter, at least
        #[arg(long, default_value_t = 50.0)]
        least: f64,
    },
    /// Compile time of core kernels whose code is in the disk cache, and of those whose code is not
    Cache {
        #[command(flatten)]
        common: Common,
        /// Rounds; each begins with an empty cache
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
    },
    /// What `cache` runs as a process
    #[command(hide = true)]
    Start { name: String },
    /// Print a core kernel as a program for `fusevm run`, `fusevm jit dump` and `fusevm jit report`
    Kernel {
        /// A name as in the report
        name: String,
        /// The size, when it is not the one that is measured
        #[arg(long)]
        size: Option<i64>,
    },
}

#[derive(Args)]
struct Common {
    /// Only what has this in its name
    #[arg(long, default_value = "")]
    filter: String,
    /// Write the report with plots as a page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write all samples
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let progress = |item: &str| eprintln!("measuring {item}");
    let (common, report) = match Cli::parse().command {
        Command::Core { common, rounds, budget } => {
            let plan = core::Plan { filter: common.filter.clone(), rounds, budget: budget / 1e3 };
            (common, Ok(core::run(&plan, progress)))
        }
        Command::Awk { common, rounds, megabytes, jobs } => {
            let plan = awk::Plan { filter: common.filter.clone(), rounds, megabytes, jobs };
            (common, awk::run(&plan, progress))
        }
        Command::Jit { common, rounds, least } => {
            let plan = jit::Plan { filter: common.filter.clone(), rounds, least: least / 1e3 };
            (common, Ok(jit::run(&plan, progress)))
        }
        Command::Cache { common, rounds } => {
            let plan = cache::Plan { filter: common.filter.clone(), rounds };
            (common, Ok(cache::run(&plan, progress)))
        }
        Command::Start { name } => {
            return match cache::start(&name) {
                Ok(()) => ExitCode::SUCCESS,
                Err(message) => {
                    eprintln!("fusevm-bench: {message}");
                    ExitCode::FAILURE
                }
            };
        }
        Command::Kernel { name, size } => return print_kernel(&name, size),
    };
    let report = report.and_then(|report| match report.is_empty() {
        true => Err(format!("nothing has {:?} in its name", common.filter)),
        false => publish(&report, &common).map(|()| report),
    });
    match report {
        Ok(report) if report.has_failures() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("fusevm-bench: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the text form of a kernel's chunk.
fn print_kernel(name: &str, size: Option<i64>) -> ExitCode {
    let Some(kernel) = kernels::KERNELS.iter().find(|kernel| kernel.name == name) else {
        let names: Vec<&str> = kernels::KERNELS.iter().map(|kernel| kernel.name).collect();
        eprintln!("fusevm-bench: no kernel is called {name:?}; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    };
    print!("{}", (kernel.chunk)(size.unwrap_or(kernel.size)).disassemble());
    ExitCode::SUCCESS
}

/// Prints the report and writes the files that were asked for.
fn publish(report: &Report, common: &Common) -> Result<(), String> {
    print!("{}", report.text());
    let write = |path: &Option<PathBuf>, content: fn(&Report) -> String| match path {
        Some(path) => {
            fs::write(path, content(report)).map_err(|error| format!("{}: {error}", path.display()))
        }
        None => Ok(()),
    };
    write(&common.html, Report::html)?;
    write(&common.json, Report::json)
}
