//! Random traces through the passes: what the interpreter finds at an exit must be what it finds without them.

use super::eval::{Seen, run};
use super::rng::Rng;
use super::state::{State, look_alike};
use super::{generate, generate_loop};
use crate::trace::edit::compact;
use crate::trace::ir::Trace;
use crate::trace::opt::{Options, PASSES, Reject, optimise, run_named};
use crate::trace::text::parse;
use crate::trace::verify::verify;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the optimised trace beside the plain one. Where guards are hoisted, it may be left earlier, but at no point
/// that the plain one does not reach.
fn compare(plain: &Trace, optimised: &Trace, state: &State, hoists: bool) -> Result<(), String> {
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    run(plain, &mut state.clone(), &mut expected);
    run(optimised, &mut state.clone(), &mut found);
    let fits = |expected: &Seen, found: &Seen| {
        expected.exit == found.exit && look_alike(&expected.shape, &found.shape)
    };
    let mut rest = expected.iter().peekable();
    for (number, seen) in found.iter().enumerate() {
        // Several checks may leave at one point.
        while rest.next_if(|expected| !fits(expected, seen)).is_some() {}
        if rest.peek().is_none() {
            return Err(format!("check {number}: {:?} with {:?} is never seen", seen.exit, seen.shape));
        }
    }
    match (expected.last(), found.last()) {
        (Some(expected), Some(found)) if hoists || fits(expected, found) => Ok(()),
        _ => Err("the trace is left elsewhere".to_string()),
    }
}

/// Runs passes by name.
pub(super) fn optimise_with(passes: &[&str], trace: &Trace) -> Result<Trace, Reject> {
    let mut trace = trace.clone();
    for name in passes {
        trace = run_named(name, &trace)?;
    }
    Ok(trace)
}

/// Makes a trace that goes through in a state.
type Generator = fn(&mut Rng, &State) -> Trace;

fn check(seed: u64, generate: Generator, passes: &[&str]) -> Result<bool, String> {
    let mut rng = Rng::new(seed);
    let state = generate::state(&mut rng);
    let mut plain = generate(&mut rng, &state);
    compact(&mut plain);
    verify(&plain).map_err(|error| format!("{error}\n{plain}"))?;
    let again = parse(&plain.to_string())?;
    assert_eq!(again.to_string(), plain.to_string(), "the text form");
    let optimised = match passes {
        ["all"] => optimise(&plain, Options { shadow: false }, &mut |_, _| {}),
        ["all-shadow"] => optimise(&plain, Options { shadow: true }, &mut |_, _| {}),
        _ => optimise_with(passes, &plain),
    };
    let Ok(trace) = optimised else { return Ok(false) };
    let hoists = ["hoist", "narrow", "all", "all-shadow"].iter().any(|pass| passes.contains(pass));
    for round in 0..4 {
        let state = if round == 0 { state.clone() } else { generate::changed(&mut rng, &state) };
        let compared = catch_unwind(AssertUnwindSafe(|| compare(&plain, &trace, &state, hoists)));
        let error = match compared {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error,
            Err(panic) => format!("panic: {:?}", panic.downcast_ref::<String>()),
        };
        return Err(format!("round {round}: {error}\nplain:\n{plain}\noptimised:\n{trace}"));
    }
    Ok(true)
}

/// Runs passes on many traces; `TRACE_SEEDS` says how many, `TRACE_SEED` which one.
fn check_many(generate: Generator, passes: &[&str]) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("TRACE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TRACE_SEEDS").unwrap_or(150),
    };
    let total = seeds.end - seeds.start;
    let mut accepted = 0;
    for seed in seeds {
        match check(seed, generate, passes) {
            Ok(kept) => accepted += u64::from(kept),
            Err(error) => panic!("TRACE_SEED={seed}: {passes:?}: {error}"),
        }
    }
    assert!(accepted * 2 >= total, "only {accepted} of {total} traces were accepted");
}

#[test]
fn each_pass_keeps_the_meaning() {
    for (name, _) in PASSES {
        check_many(generate::trace, &[name]);
    }
}

#[test]
fn passes_together_keep_the_meaning() {
    check_many(generate::trace, &["fold", "forward", "cse", "guards", "sink", "dce"]);
    check_many(generate::trace, &["all"]);
    check_many(generate::trace, &["all-shadow"]);
}

#[test]
fn what_is_known_of_phis_is_true() {
    let ranges: [&[&str]; 5] = [
        &["range", "fold", "dce"],
        &["hoist", "range-shadow", "cse", "dce"],
        &["hoist", "hoist", "range", "range", "guards", "fold"],
        &["narrow", "range", "fold", "range", "cse"],
        &["narrow", "cse", "unify", "sink", "dce"],
    ];
    for passes in ranges {
        check_many(generate_loop::trace, passes);
    }
}
