//! Random awk programs: whole ones, which must do what gawk does, and mangled ones, which must compile or be refused.

mod case;
mod check;
mod gawk;
mod generate;
mod mangle;
mod shrink;
#[cfg(test)]
mod tests;

pub use case::Case;
pub use check::check;
pub use gawk::{Difference, Gawk, Outcome};
pub use generate::case;
pub use mangle::program;
pub use shrink::shrink_text;

use std::sync::atomic::{AtomicU64, Ordering};

static RUNS: AtomicU64 = AtomicU64::new(0);

/// Programs that this process has compiled or compared so far.
pub fn runs() -> u64 {
    RUNS.load(Ordering::Relaxed)
}

/// Counts one more.
fn count_run() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}
