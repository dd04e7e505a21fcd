//! Differential tests: every engine against the reference interpreter.
//!
//! Random programs of `fusevm-fuzz` are run on all of them, and everything that can be seen of the runs must be
//! the same. The environment variable `FUSEVM_FUZZ_SEED` chooses the first program's seed and `FUSEVM_FUZZ_RUNS` how
//! many programs there are (without it as many as a few seconds allow); a failure prints the seed and a shrunk program.

mod matrix;

use fusevm_fuzz::{Comparison, ENGINES, program};
use std::time::{Duration, Instant};

/// Enough for most programs; those that need more are stopped here.
const FUEL: u64 = 20_000;
/// How long programs are run when their number is not given.
const DEFAULT_TIME: Duration = Duration::from_secs(8);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn check(seed: u64) {
    let comparison = Comparison::new(ENGINES, FUEL, seed);
    if let Some(disagreement) = comparison.disagreement(&program(seed)) {
        let (small, disagreement) = comparison.shrink(&program(seed), disagreement, |_, _| {});
        panic!("FUSEVM_FUZZ_SEED={seed}: {disagreement}\n{}", small.disassemble());
    }
}

#[test]
fn random_programs_run_alike() {
    let (first, runs) = (number("FUSEVM_FUZZ_SEED", 1), number("FUSEVM_FUZZ_RUNS", 0));
    let begin = Instant::now();
    for seed in first.. {
        let is_over = if runs > 0 { seed == first + runs } else { begin.elapsed() > DEFAULT_TIME };
        if is_over {
            break;
        }
        check(seed);
    }
}
