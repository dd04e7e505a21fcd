//! The file tests of the optimiser: `filetests/trace/*.trace`.
//!
//! ```text
//! ; test: what is shown
//! ; passes: fold cse (or `all`, for what the optimiser does)
//! <a trace>
//! =>
//! <what the passes make of it, or `rejected: Reason`>
//! ```
//!
//! Names of values and snapshots are the test's own. `FILETEST=part/of/a/path` runs a part of the files.

use crate::trace::edit::compact;
use crate::trace::ir::Trace;
use crate::trace::opt::{Options, PASSES, optimise, run_named};
use crate::trace::text::parse;
use crate::trace::verify::verify;
use std::path::{Path, PathBuf};

/// One test of a file.
struct Case<'a> {
    name: &'a str,
    passes: Vec<&'a str>,
    input: String,
    expected: String,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut file_passes = Vec::new();
    let mut expects = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("; test:") {
            let (input, expected) = Default::default();
            cases.push(Case { name: name.trim(), passes: file_passes.clone(), input, expected });
            expects = false;
        } else if let Some(passes) = line.strip_prefix("; passes:") {
            let passes: Vec<&str> = passes.split_whitespace().collect();
            match cases.last_mut() {
                Some(case) => case.passes = passes,
                None => file_passes = passes,
            }
        } else if let Some(case) = cases.last_mut() {
            match line {
                "=>" => expects = true,
                _ if expects => case.expected.extend([line, "\n"]),
                _ => case.input.extend([line, "\n"]),
            }
        }
    }
    cases
}

/// A trace's text with the numbers that a fresh trace has.
fn canonical(mut trace: Trace) -> String {
    compact(&mut trace);
    trace.to_string()
}

fn check(case: &Case<'_>) -> Result<(), String> {
    let input = parse(&case.input)?;
    verify(&input)?;
    let mut trace = input.clone();
    let mut rejected = None;
    if case.passes == ["all"] {
        match optimise(&input, Options::default(), &mut |_, _| {}) {
            Ok(result) => trace = result,
            Err(reason) => rejected = Some(reason),
        }
    }
    for name in case.passes.iter().filter(|name| **name != "all") {
        if PASSES.iter().all(|(known, _)| known != name) {
            return Err(format!("no pass {name:?}"));
        }
        match run_named(name, &trace) {
            Ok(result) => trace = result,
            Err(reason) => rejected = Some(reason),
        }
    }
    let got = match rejected {
        Some(reason) => format!("rejected: {reason:?}\n"),
        None => canonical(trace),
    };
    let expected = match case.expected.trim() {
        text if text.starts_with("rejected:") => format!("{text}\n"),
        text => {
            let expected = parse(text).map_err(|error| format!("after =>: {error}"))?;
            verify(&expected).map_err(|error| format!("after =>: {error}"))?;
            canonical(expected)
        }
    };
    if got == expected { Ok(()) } else { Err(format!("expected:\n{expected}got:\n{got}")) }
}

#[test]
fn all_file_tests_hold() {
    let directory: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filetests/trace");
    let filter = std::env::var("FILETEST").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&directory).expect("the directory of the file tests") {
        let path = entry.expect("a directory entry").path();
        if !path.to_string_lossy().contains(&filter) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for case in cases(&text) {
            count += 1;
            if let Err(error) = check(&case) {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                failures.push(format!("{file}: {}\n{error}", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} tests fail:\n\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0, "no file test matches {filter:?}");
}
