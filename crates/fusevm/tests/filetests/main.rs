//! The file tests: programs in the text form with what is expected of them, run by every engine.
//!
//! `filetests/README.md` says how a test is written. `FILETEST=part/of/a/path cargo test -p fusevm --test
//! filetests` runs a part of them.

mod case;
#[cfg(feature = "jit")]
mod forced;
mod hosts;
mod run;

use case::Case;
use fusevm::Op;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filetests")
}

/// All test files below a directory, sorted.
fn test_files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            files.extend(test_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "fvm") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A file's path below the root, with slashes.
fn relative(path: &Path) -> String {
    let relative = path.strip_prefix(root()).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn cases_of(path: &Path) -> Result<Vec<Case>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    case::parse(&relative(path), &text)
}

#[test]
fn all_file_tests_hold() {
    let filter = std::env::var("FILETEST").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for path in test_files(&root()).iter().filter(|path| relative(path).contains(&filter)) {
        match cases_of(path) {
            Err(error) => failures.push(error),
            Ok(cases) => {
                count += cases.len();
                failures.extend(cases.iter().filter_map(|case| run::check(case).err()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} file tests fail:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(count > 0, "no file test matches {filter:?}");
    #[cfg(feature = "jit-all-arch")]
    assert!(
        !filter.is_empty() || fusevm::jit::testing::foreign_code().iter().all(|bytes| *bytes > 100_000),
        "code is made for every instruction set"
    );
}

/// The directory of a section's tests.
fn slug(section: &str) -> String {
    section.to_ascii_lowercase().replace(", ", " ").replace(' ', "-")
}

#[test]
fn every_op_has_a_file_test() {
    let mut missing = Vec::new();
    for info in Op::table() {
        let path = root().join("ops").join(slug(info.section)).join(format!("{}.fvm", info.name));
        let Ok(cases) = cases_of(&path) else {
            missing.push(relative(&path));
            continue;
        };
        let used = cases.iter().any(|case| {
            case.chunk.as_ref().is_ok_and(|chunk| chunk.ops.iter().any(|op| op.info().name == info.name))
        });
        assert!(used, "{} does not use its op", relative(&path));
    }
    assert!(missing.is_empty(), "ops without a file test:\n{}", missing.join("\n"));
}
