//! What the binary executes in short runs, told to the linker: code that lies together is mapped by few page faults, and these
//! are most of what a one-line program costs.
//!
//! The list has names without their hashes, so it stays good from one compiler to the next. What is missing in it, or no
//! more there, costs some microseconds.

use crate::command::{build_fusevm, command};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const LOG: &str = "examples/access.log";

/// Short runs, as users have them all day.
const RUNS: &[&[&str]] = &[
    &["awk", "BEGIN {}"],
    &["awk", "BEGIN { printf \"%d %s %.2f\\n\", 3, \"x\", 2.5 }"],
    &["awk", "{ print $1 }", LOG],
    &["awk", "/GET/", LOG],
    &["awk", "{ s += $5 } END { print s }", LOG],
    &["awk", "-F,", "-v", "x=1", "{ print $1, x, NR }", LOG],
    &["awk", "{ count[$1]++ } END { for (k in count) print k, count[k] }", LOG],
    &["awk", "{ for (i = 1; i <= NF; i++) n += length($i) } END { print n }", LOG],
    &["awk", "{ gsub(/a/, \"b\"); sub(\"c\", \"d\"); print }", LOG],
    &[
        "awk",
        "$2 ~ /x/ || NR > 3 { n = split($0, part, \"/\"); print n, substr($1, 1, 5), toupper(part[1]) }",
        LOG,
    ],
    &["awk", "-f", "examples/status_by_hour.awk", LOG],
];

/// Writes the linker script anew.
///
/// # Errors
/// When the binary or valgrind does not run, in words.
pub fn run() -> Result<bool, String> {
    let fusevm = build_fusevm(&["--release"])?;
    let profile = fusevm.with_file_name("startup.callgrind");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let directory = directory.canonicalize().map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut runs_of = BTreeMap::new();
    for arguments in RUNS {
        let valgrind = command("valgrind").args(&["--tool=callgrind", "--demangle=no"]);
        let valgrind = valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
        valgrind.arg(&fusevm).args(arguments).current_dir(&directory).silent().ok()?;
        let text = fs::read_to_string(&profile).map_err(|error| format!("{}: {error}", profile.display()))?;
        let names: BTreeSet<String> = text.lines().filter_map(function_of).filter_map(pattern_of).collect();
        names.into_iter().for_each(|name| *runs_of.entry(name).or_insert(0) += 1);
    }
    // What all runs execute comes first.
    let mut names: Vec<(String, usize)> = runs_of.into_iter().collect();
    names.sort_by_key(|(_, runs)| Reverse(*runs));
    let script = directory.join("crates/fusevm-cli/startup.ld");
    fs::write(&script, script_of(&names)).map_err(|error| format!("{}: {error}", script.display()))?;
    println!("{} functions in {}", names.len(), script.display());
    Ok(true)
}

/// The function that a line of a profile names: `fn=(12) name`, or `cfn=` of one that is called.
fn function_of(line: &str) -> Option<&str> {
    let (key, name) = line.split_once(") ")?;
    (key.starts_with("fn=(") || key.starts_with("cfn=(")).then_some(())?;
    // A function that calls itself has a name for each level.
    name.split('\'').next()
}

/// What matches the names of a Rust function in all builds. Other functions have no sections of their own.
fn pattern_of(name: &str) -> Option<String> {
    if name.starts_with("_ZN") {
        // The hash is the last part of the path.
        let (path, _) = name.rsplit_once("17h")?;
        return Some(format!("{path}17h*").replace('$', "?"));
    }
    // Each crate's name has a hash in front of it.
    let mut parts = name.strip_prefix("_R")?.split("Cs");
    let mut pattern = format!("_R{}", parts.next()?);
    for part in parts {
        match part.split_once('_') {
            Some((_, rest)) => pattern.extend(["Cs*_", rest]),
            None => pattern.push('*'),
        }
    }
    Some(pattern)
}

fn script_of(names: &[(String, usize)]) -> String {
    let head = "/* Made by `cargo xtask startup`, which says what it is for. */\nSECTIONS\n{\n  .text.short_runs : {\n";
    let lines = names.iter().map(|(name, _)| format!("    *(.text.{name} .text.*.{name})\n"));
    format!("{head}{}  }}\n}}\nINSERT BEFORE .text;\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_hashes() {
        let of = |line| function_of(line).and_then(pattern_of);
        assert_eq!(
            of("fn=(7) _ZN6fusevm2vm2VM3run17h0123456789abcdefE'2").as_deref(),
            Some("_ZN6fusevm2vm2VM3run17h*")
        );
        assert_eq!(
            of("cfn=(9) _RNvMs3_NtCslNYArtu3iFV_5alloc7raw_vecE8grow_oneCsjrHSEGnQ3l9_3std").as_deref(),
            Some("_RNvMs3_NtCs*_5alloc7raw_vecE8grow_oneCs*_3std")
        );
        assert_eq!(of("fn=(3)"), None);
        assert_eq!(of("fn=(4) malloc"), None);
    }
}
