//! The optimiser: passes over the trace IR, each one a function from a trace to a better one that does the same.
//!
//! A trace that loops is peeled early, then the same few passes run until they have nothing left to do: loads become
//! known values and phis, what they feed is folded, repeated computations and checks go. Only then are checks
//! that need ranges looked at, and at the end stores move into snapshots, which later passes would have to look through.

mod allocations;
mod cse;
mod dce;
mod facts;
mod fold;
mod forward;
mod guards;
mod hoist;
mod interval;
mod narrow;
mod peel;
mod range;
mod ranges;
mod sink;

use super::ir::Trace;
use super::verify::verify;

/// A pass.
type Pass = fn(&Trace) -> Result<Trace, Reject>;

/// The passes with their names.
pub(crate) const PASSES: &[(&str, Pass)] = &[
    ("fold", fold::run),
    ("forward", forward::run),
    ("cse", cse::run),
    ("guards", guards::run),
    ("dce", dce::run),
    ("peel", peel::run),
    ("allocations", allocations::run),
    ("narrow", narrow::run),
    ("hoist", hoist::run),
    ("range", range::run),
    ("range-shadow", range::run_shadow),
    ("sink", sink::run),
    ("unify", narrow::unify),
];

/// What a round of cleaning does.
const ROUND: &str = "forward fold cse guards dce";

/// The passes in order; `round` is [`ROUND`].
const PIPELINE: &str = "round peel round round allocations round narrow round hoist hoist range round range round \
                        sink cse unify fold cse dce";

/// Why a trace is not worth compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reject {
    /// A check fails in every iteration, or in every one but the first.
    AlwaysExits,
    /// A place has another kind of value in the next iteration. A trace that is recorded one iteration later may not.
    TypeChanges,
}

impl Reject {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Reject::AlwaysExits => "a check would fail in every iteration",
            Reject::TypeChanges => "a variable changes its kind from one iteration to the next",
        }
    }
}

/// How to optimise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Checks that ranges prove stay, marked: they must never fail.
    pub shadow: bool,
}

/// Optimises a trace. `report` gets the trace after each pass that has changed it, with the pass's name.
///
/// # Errors
/// Why the trace is not worth compiling.
pub(crate) fn optimise(
    trace: &Trace,
    options: Options,
    report: &mut dyn FnMut(&str, &Trace),
) -> Result<Trace, Reject> {
    let mut trace = trace.clone();
    for name in pipeline(options) {
        let next = run_named(name, &trace)?;
        if next.code != trace.code {
            report(name, &next);
        }
        trace = next;
    }
    Ok(trace)
}

/// Names of the passes, in order.
fn pipeline(options: Options) -> impl Iterator<Item = &'static str> {
    let expand = |name| if name == "round" { ROUND } else { name };
    let shadow = move |name| if name == "range" && options.shadow { "range-shadow" } else { name };
    PIPELINE.split_whitespace().map(expand).flat_map(str::split_whitespace).map(shadow)
}

/// Runs a pass by its name. Debug builds check what it has made.
pub(crate) fn run_named(name: &str, trace: &Trace) -> Result<Trace, Reject> {
    let (_, pass) = PASSES.iter().find(|(known, _)| *known == name).expect("a pass of this name");
    let result = pass(trace)?;
    if cfg!(debug_assertions)
        && let Err(error) = verify(&result)
    {
        panic!("{name} has broken the trace: {error}\nbefore:\n{trace}\nafter:\n{result}");
    }
    Ok(result)
}
