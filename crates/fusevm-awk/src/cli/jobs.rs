//! `-j`: whether and how the records of a run are read by several threads.

use super::options::Options;
use super::placed;
use crate::compiler::Origins;
use crate::compiler::Workers;
use crate::diagnostic::Diagnostic;
use crate::host::{RealHost, assignment, warn};
use crate::parallel::{ParallelHost, Refusal};
use crate::source::Source;
use fusevm::{Chunk, VM};
use std::sync::Arc;
use std::thread::available_parallelism;

/// The number of threads that are asked for, when it is more than one.
pub(super) fn threads(options: &Options) -> Option<usize> {
    let threads = match options.data.jobs? {
        0 => available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    (threads > 1).then_some(threads)
}

/// Why a run has one thread whatever the program is.
pub(super) fn obstacle(options: &Options, inplace: bool) -> Option<&'static str> {
    let operands_assign =
        !options.no_operand_assigns && options.operands.iter().any(|operand| assignment(operand).is_some());
    let obstacles = [
        (operands_assign, "operands set variables"),
        (
            options.fuel.is_some() || options.max_memory.is_some() || options.timeout.is_some(),
            "the run has limits",
        ),
        (options.reports.profile.is_some(), "the statements are counted"),
        (options.reports.variables.is_some(), "the variables are shown as the last record leaves them"),
        (inplace, "files are edited in place"),
        (options.interactive, "output is written at once"),
    ];
    obstacles.into_iter().find(|(is_there, _)| *is_there).map(|(_, reason)| reason)
}

/// Tells why there is one thread.
pub(super) fn tell(reason: &str) {
    warn(&format!("-j: one thread, since {reason}"));
}

/// Tells what in the program is the reason that there is one thread.
pub(super) fn explain(refusal: Refusal) -> Diagnostic {
    Diagnostic::warning(refusal.span, "-j: the program has one thread").label(refusal.reason)
}

/// A host that reads with so many threads.
pub(super) fn host(
    inner: RealHost,
    workers: Workers,
    threads: usize,
    options: &Arc<Options>,
    new_vm: impl Fn(Chunk, &Options) -> Result<VM, String> + Send + Sync + 'static,
    source: &Source,
) -> ParallelHost {
    let (options, source) = (options.clone(), source.clone());
    let chunk = workers.chunk;
    ParallelHost::new(
        inner,
        workers.plan,
        threads,
        move || new_vm(chunk.clone(), &options),
        move |vm, error| placed(vm, error, &source, &Origins::default()),
    )
}
