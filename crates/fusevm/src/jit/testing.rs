//! What tests and benchmarks of the JIT need, and programs do not.

use super::tiers;
use super::tiers::traces::{Mode, set_mode};
use super::worker::Worker;

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
    set_mode(match traced {
        Traced::None => Mode::Off,
        Traced::Chosen => Mode::Chosen,
        Traced::All => Mode::Forced,
    });
}

/// Bounds the bytes of native code that this thread keeps, from now on.
pub fn set_code_cap(bytes: usize) {
    tiers::with_arena(|arena| arena.set_cap(bytes));
}

/// Bytes of native code that this thread has, in whole pages.
pub fn code_bytes() -> usize {
    tiers::with_arena(|arena| arena.used_bytes()).unwrap_or(0)
}
