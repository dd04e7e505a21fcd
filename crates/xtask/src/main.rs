//! `cargo xtask`: chores of the repository that need more than a line of shell.

mod command;
mod conformance;
mod startup;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask conformance gawk [--program PATH] [--cache DIR] [--report FILE] [--diff] [CASE]...

Runs the test suite of gawk's source package, which is fetched once, with our awk.

  --program PATH  run this awk instead of the one that cargo builds
  --cache DIR     keep the package there (default: fusevm/conformance in the user's cache directory)
  --report FILE   write the results there, as docs/conformance.md has them
  --diff          show how the output of each failed case differs
  CASE            run only these cases

usage: cargo xtask startup

Finds out with valgrind which functions the release binary executes in short runs, and writes crates/fusevm-cli/startup.ld, by
which the linker puts these together.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["conformance", "gawk", options @ ..] => conformance::run(options),
        ["startup"] => startup::run(),
        ["-h" | "--help"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(format!("unknown chore\n{USAGE}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(2)
        }
    }
}
