//! What tests and benchmarks of the JIT need, and programs do not.

#[cfg(feature = "jit-all-arch")]
use super::blob::Blob;
use super::tiers;
use super::tiers::traces::{self, Mode};
use super::worker::Worker;
#[cfg(feature = "jit-all-arch")]
use std::sync::atomic::{AtomicUsize, Ordering};

/// Returns when all compilations that were asked for are done. A loop that runs enters its code some iterations
/// later.
pub fn wait_for_compiles() {
    Worker::global().wait();
}

/// Which loops of this thread's programs are traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traced {
    /// None.
    None,
    /// Those for which a trace is expected to be the best code.
    Chosen,
    /// Every loop that can be.
    All,
}

/// Sets which loops are traced, over the variable `FUSEVM_JIT_TRACES` (`off`, `chosen` or `forced`).
pub fn set_traced(traced: Traced) {
    let mode = match traced {
        Traced::None => Mode::Off,
        Traced::Chosen => Mode::Chosen,
        Traced::All => Mode::Forced,
    };
    traces::set_testing(|testing| testing.mode = mode);
}

/// Makes one check fail in each trace that this thread makes from now on, for no reason: that of this number, modulo how
/// many the trace has. Exits at conditional jumps then do the jump again.
pub fn force_exit(check: Option<u32>) {
    traces::set_testing(|testing| testing.forced_exit = check);
}

/// Makes the method compiler's code leave for the interpreter, for no reason, at the guard of this number that it comes to
/// after it was entered; 0 for none. Holds for code that this thread makes from now on.
pub fn force_exit_after(guards: u64) {
    traces::set_testing(|testing| testing.guards = guards);
}

/// Makes native code keep the checks that ranges and kinds prove: one that fails is a panic.
pub fn keep_proved_checks(keep: bool) {
    traces::set_testing(|testing| testing.shadow = keep);
}

/// Forgets all that this thread's JIT has made and seen; what runs is not touched.
pub fn forget_code() {
    tiers::forget_code();
}

/// Most checks that one of this thread's traces has had since the last call.
pub fn most_checks() -> u32 {
    let checks = traces::testing().checks;
    traces::set_testing(|testing| testing.checks = 0);
    checks
}

/// Bounds the bytes of native code that this thread keeps, from now on.
pub fn set_code_cap(bytes: usize) {
    tiers::with_arena(|arena| arena.set_cap(bytes));
}

/// Bytes of native code that this thread has, in whole pages.
pub fn code_bytes() -> usize {
    tiers::with_arena(|arena| arena.used_bytes()).unwrap_or(0)
}

/// Bytes of code that was compiled for other machines than this: whole loops and subs, and traces.
#[cfg(feature = "jit-all-arch")]
static FOREIGN: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// Counts code that was compiled for another machine.
#[cfg(feature = "jit-all-arch")]
pub(crate) fn count_foreign(is_trace: bool, blob: &Blob) {
    FOREIGN[usize::from(is_trace)].fetch_add(blob.code.len(), Ordering::Relaxed);
}

/// Bytes of code that this process has compiled for other machines than this: of whole loops and subs, and of traces.
#[cfg(feature = "jit-all-arch")]
pub fn foreign_code() -> [usize; 2] {
    FOREIGN.each_ref().map(|bytes| bytes.load(Ordering::Relaxed))
}
