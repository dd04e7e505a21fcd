//! The optimiser: passes over the trace IR, each one a function from a trace to a better one that does the same.

mod cse;
mod dce;
mod facts;
mod fold;
mod forward;
mod guards;
mod peel;
mod sink;

use super::ir::Trace;
use super::verify::verify;

/// A pass.
type Pass = fn(&Trace) -> Result<Trace, Reject>;

/// The passes with their names.
pub(crate) const PASSES: &[(&str, Pass)] = &[
    ("fold", fold::run),
    ("cse", cse::run),
    ("forward", forward::run),
    ("peel", peel::run),
    ("guards", guards::run),
    ("sink", sink::run),
    ("dce", dce::run),
];

/// Why a trace is not worth compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reject {
    /// A check fails every time.
    AlwaysExits,
    /// A place has another kind of value in the next iteration.
    TypeChanges,
}

/// Runs a pass. Debug builds check what it has made.
pub(crate) fn run_pass(name: &str, pass: Pass, trace: &Trace) -> Result<Trace, Reject> {
    let result = pass(trace)?;
    if cfg!(debug_assertions)
        && let Err(error) = verify(&result)
    {
        panic!("{name} has broken the trace: {error}\nbefore:\n{trace}\nafter:\n{result}");
    }
    Ok(result)
}
