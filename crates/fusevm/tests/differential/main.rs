//! Differential tests: the fast interpreter against the reference interpreter.
//!
//! Random programs are run on both, and everything that can be seen of the runs must be the same. The
//! environment variable `FUSEVM_FUZZ_SEED` chooses the first program's seed and `FUSEVM_FUZZ_RUNS` how
//! many programs there are (without it as many as a few seconds allow); a failure prints the seed and a shrunk program.

mod generate;
mod hosts;
mod matrix;
mod observe;
mod rng;
mod shrink;

use fusevm::Chunk;
use observe::{Observation, Setting, observe};
use std::time::{Duration, Instant};

/// Enough for every program that ends by itself; those that do not are stopped here.
const FUEL: u64 = 20_000;
const DEPTH: usize = 24;
const HEAP: u64 = 8 << 20;
/// Programs that need no more fuel than this are run with every lower limit too.
const EVERY_FUEL: u64 = 150;
/// How long programs are run when their number is not given.
const DEFAULT_TIME: Duration = Duration::from_secs(8);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The observations of both engines, when they differ.
fn difference(chunk: &Chunk, setting: Setting) -> Option<(Observation, Observation)> {
    let expected = observe(chunk, setting, true);
    let mut actual = observe(chunk, setting, false);
    let out_of_memory =
        |seen: &Observation| seen.runs.iter().any(|run| run.result.starts_with("out of memory"));
    if out_of_memory(&expected) || out_of_memory(&actual) {
        // The engines hold values for longer or shorter, so they need not reach the limit together.
        return None;
    }
    if expected.leaked != 0 {
        // The program has made a cycle, which it holds with more or less spare capacity.
        actual.leaked = expected.leaked;
    }
    (expected != actual).then_some((expected, actual))
}

/// The first setting for which the engines differ.
fn failing_setting(chunk: &Chunk) -> Option<Setting> {
    let mut setting = Setting { fuel: Some(FUEL), depth: DEPTH, heap: Some(HEAP) };
    let fails = |setting: Setting| difference(chunk, setting).map(|_| setting);
    let fuelled = observe(chunk, setting, true);
    if let Some(found) = fails(setting) {
        return Some(found);
    }
    let used = fuelled.runs.iter().map(|run| FUEL - run.fuel_left.unwrap_or(0)).max().unwrap_or(FUEL);
    if fuelled.runs.iter().any(|run| run.result.starts_with("fuel")) || used > FUEL / 2 {
        return None;
    }
    setting.fuel = None;
    if let Some(found) = fails(setting) {
        return Some(found);
    }
    if used <= EVERY_FUEL {
        return (0..used).find_map(|fuel| fails(Setting { fuel: Some(fuel), ..setting }));
    }
    None
}

fn check(seed: u64) {
    let chunk = generate::program(seed);
    if failing_setting(&chunk).is_none() {
        return;
    }
    let small = shrink::shrink(&chunk, |chunk| failing_setting(chunk).is_some());
    let setting = failing_setting(&small).expect("the shrinker keeps a difference");
    let (expected, actual) = difference(&small, setting).expect("as above");
    let mut lines = String::new();
    for (run, (expected, actual)) in expected.runs.iter().zip(&actual.runs).enumerate() {
        lines += &format!("\nrun {run}:");
        for (expected, actual) in format!("{expected:#?}").lines().zip(format!("{actual:#?}").lines()) {
            if expected != actual {
                lines += &format!("\n  reference {expected}\n  fast      {actual}");
            }
        }
    }
    panic!(
        "FUSEVM_FUZZ_SEED={seed}, {setting:?}{lines}\nleaked {} and {}\n{}",
        expected.leaked,
        actual.leaked,
        small.disassemble(),
    );
}

#[test]
fn random_programs_run_alike() {
    let (first, runs) = (number("FUSEVM_FUZZ_SEED", 1), number("FUSEVM_FUZZ_RUNS", 0));
    let begin = Instant::now();
    let announce = std::env::var_os("FUSEVM_FUZZ_ANNOUNCE").is_some();
    for seed in first.. {
        let is_over = if runs > 0 { seed == first + runs } else { begin.elapsed() > DEFAULT_TIME };
        if is_over {
            break;
        }
        if announce {
            eprintln!("seed {seed}");
        }
        check(seed);
    }
}

#[test]
fn most_random_programs_verify() {
    let bad = (0..100).map(generate::program).filter(|chunk| chunk.clone().verify().is_err()).count();
    assert!(bad < 10, "{bad} of 100 programs do not verify");
}
