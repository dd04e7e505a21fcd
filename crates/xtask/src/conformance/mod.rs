//! gawk's own test suite, run with our awk.
//!
//! The suite comes with gawk's source package, which is fetched when it is first needed and never becomes part of
//! the repository. Its makefile says how each case is run and compared; `make` runs it, one case at a time.

mod fetch;
mod known;
mod report;
mod suite;

use crate::command::build_fusevm;
use std::path::{Path, PathBuf};
use suite::{Group, Outcome, Suite};

/// The share of the cases in scope that must pass.
const TARGET: f64 = 0.95;

/// A case of the suite with what came of it.
struct Tested {
    group: &'static Group,
    case: String,
    outcome: Outcome,
}

struct Options<'a> {
    program: Option<PathBuf>,
    cache: PathBuf,
    report: Option<PathBuf>,
    diff: bool,
    cases: Vec<&'a str>,
}

impl<'a> Options<'a> {
    fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        let mut options =
            Options { program: None, cache: default_cache(), report: None, diff: false, cases: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(&argument) = rest.next() {
            let mut path =
                || rest.next().map(PathBuf::from).ok_or_else(|| format!("{argument} needs a value"));
            match argument {
                "--program" => options.program = Some(path()?),
                "--cache" => options.cache = path()?,
                "--report" => options.report = Some(path()?),
                "--diff" => options.diff = true,
                case if !case.starts_with('-') => options.cases.push(case),
                unknown => return Err(format!("unknown option {unknown}")),
            }
        }
        Ok(options)
    }
}

/// Runs the suite; whether enough of it passed.
///
/// # Errors
/// Why the suite cannot be fetched or run.
pub(crate) fn run(arguments: &[&str]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    let source = fetch::gawk(&options.cache)?;
    let program = match options.program {
        Some(program) => program,
        None => build_fusevm(&[])?,
    };
    let suite = Suite::prepare(&source, &options.cache.join("run"), &program)?;
    let mut tested = Vec::new();
    for (group, case) in suite.cases() {
        let is_wanted = options.cases.is_empty() || options.cases.contains(&case.as_str());
        if !is_wanted {
            continue;
        }
        let outcome = match known::out_of_scope(group, &case) {
            Some(reason) if options.cases.is_empty() => Outcome::OutOfScope(reason),
            _ => suite.run(&case)?,
        };
        if options.diff && !matches!(outcome, Outcome::Passed | Outcome::OutOfScope(_)) {
            println!("{}", suite.difference(&case));
        }
        tested.push(Tested { group, case, outcome });
    }
    let summary = report::Summary::of(&tested);
    print!("{}", summary.text());
    if let Some(path) = options.report {
        std::fs::write(&path, summary.page()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(summary.share() >= TARGET)
}

/// The user's cache directory, which outlives a `cargo clean`.
fn default_cache() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    cache.or_else(home).unwrap_or_else(std::env::temp_dir).join("fusevm/conformance")
}
