//! The `fusevm` command: it runs programs, and turns them from one form into another.
//!
//! Here is only the choice of what to do. `args` defines the command line, and each command has a function
//! that returns the exit status or the failure to report.

mod args;
mod exit;
mod failure;
mod generate;
mod help;
#[cfg(feature = "jit")]
mod jit;
mod limits;
mod output;
mod program;
mod run;
mod translate;

use args::Command;
use failure::Failure;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // awk reads its own command line, and is chosen before anything that it does not need: it is often run
    // for a moment only.
    match arguments.as_slice() {
        [name, awks @ ..] if is_awk(name) => std::process::exit(fusevm_awk::main(awks.to_vec())),
        [_, command, awks @ ..] if command == "awk" => std::process::exit(fusevm_awk::main(awks.to_vec())),
        _ => {}
    }
    die_quietly_of_closed_pipes();
    let status = args::parse(arguments).map_or_else(|error| answer(&error), |command| perform(&command));
    ExitCode::from(status.unwrap_or_else(|failure| {
        failure.report();
        failure.status
    }))
}

/// Whether the command was started as awk, or as one of its family: by a link named `awk`, `/usr/bin/nawk`.
fn is_awk(name: &OsStr) -> bool {
    Path::new(name).file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b"awk"))
}

fn perform(command: &Command) -> Result<u8, Failure> {
    match command {
        Command::Run(args) => run::run(args, |_, _| {}),
        Command::Asm(args) => translate::asm(args),
        Command::Dis(args) => translate::dis(args),
        Command::Check(args) => translate::check(args),
        Command::Code(args) => translate::code(args),
        #[cfg(feature = "jit")]
        Command::Jit(args) => jit::perform(args),
        Command::Completions(args) => generate::completions(args),
        Command::Man(args) => generate::man(args),
    }
}

/// Shows help and the version, which are asked for, and mistakes in the command line.
fn answer(error: &clap::Error) -> Result<u8, Failure> {
    error.print().and_then(|()| io::stdout().flush()).map_err(|error| output::stdout_failure(&error))?;
    Ok(if error.use_stderr() { exit::USAGE } else { 0 })
}

/// A program whose reader goes away ends like any other in a pipeline, without a word.
fn die_quietly_of_closed_pipes() {
    // SAFETY: no other thread runs yet, and the default disposition is a valid one.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
