//! Runs the awk oracle suite: programs whose outputs were recorded from gawk.
//!
//! The cases live in `crates/fusevm-awk/tests/oracle`; the README there describes their format. They are run from
//! here because this crate owns the binary. `FUSEVM_ORACLE_AWK=gawk` runs the cases under another awk, which tells
//! a wrong case from a wrong awk.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

mod support;
use support::{Awk, Scratch};

/// One test for each topic directory, so that a failure is located and topics run side by side.
macro_rules! topics {
    ($($topic:ident)*) => {
        const TOPICS: &[&str] = &[$(stringify!($topic)),*];
        $(#[test] fn $topic() { check_topic(stringify!($topic)) })*
    };
}

topics! {
    arrays bytes cmdline control errors fields functions gawk getline numbers operators output patterns printf
    programs records regex reports streams strings strnum syntax
}

#[test]
fn every_topic_has_a_test() {
    let found: BTreeSet<String> =
        entries(&suite()).into_iter().filter(|path| path.is_dir()).map(|path| file_stem(&path)).collect();
    let mut tested: BTreeSet<String> = TOPICS.iter().map(ToString::to_string).collect();
    tested.insert("data".into());
    assert_eq!(found, tested);
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fusevm-awk/tests/oracle")
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let listing = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = listing.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn check_topic(topic: &str) {
    let awk = Awk::under_test();
    let programs =
        entries(&suite().join(topic)).into_iter().filter(|path| path.extension().is_some_and(|e| e == "awk"));
    let mut failures = String::new();
    let (mut run, mut failed) = (0, 0);
    for program in programs {
        let case = Case::read(&program);
        if !case.applies_to(&awk) {
            continue;
        }
        run += 1;
        if let Some(problem) = case.check(&awk) {
            failed += 1;
            let _ = writeln!(failures, "--- {topic}/{}\n{problem}", file_stem(&program));
        }
    }
    assert!(failed == 0, "{failed} of {run} cases in {topic} fail under {}\n{failures}", awk.name);
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Stderr {
    #[default]
    Empty,
    Some,
    Any,
}

/// A case: the program's path and what its header lines say.
#[derive(Default)]
struct Case {
    program: PathBuf,
    options: Vec<OsString>,
    operands: Option<Vec<OsString>>,
    argv: Option<Vec<OsString>>,
    env: Vec<(String, String)>,
    /// Files copied from `data/`.
    copied: Vec<String>,
    /// Files with the text that the header gives.
    written: Vec<(String, Vec<u8>)>,
    stdin: Vec<u8>,
    exit: i32,
    stderr: Stderr,
    only: Option<String>,
    differs: Option<String>,
}

impl Case {
    fn read(program: &Path) -> Self {
        let mut case = Self { program: program.to_path_buf(), ..Self::default() };
        let text = String::from_utf8_lossy(&fs::read(program).unwrap()).into_owned();
        for line in text.lines().map_while(|line| line.strip_prefix("#: ")) {
            let (directive, rest) = line.split_once(' ').unwrap_or((line, ""));
            case.apply(directive, rest.trim())
                .unwrap_or_else(|problem| panic!("{}: {problem}", program.display()));
        }
        case
    }

    fn apply(&mut self, directive: &str, rest: &str) -> Result<(), String> {
        let os_words = || words(rest).into_iter().map(OsString::from).collect();
        match directive {
            "options" => self.options = os_words(),
            "operands" => self.operands = Some(os_words()),
            "argv" => self.argv = Some(os_words()),
            "files" => self.copied = words(rest),
            "file" => {
                let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
                self.written.push((name.into(), unescape(text)));
            }
            "stdin" => {
                self.stdin = match rest.strip_prefix("< ") {
                    Some(name) => fs::read(suite().join("data").join(name))
                        .map_err(|error| format!("{name}: {error}"))?,
                    None => unescape(rest),
                }
            }
            "env" => {
                for word in words(rest) {
                    let (name, value) = word.split_once('=').ok_or("env wants NAME=VALUE")?;
                    self.env.push((name.into(), value.into()));
                }
            }
            "exit" => self.exit = rest.parse().map_err(|_| format!("no exit status: {rest}"))?,
            "stderr" => {
                self.stderr = match rest {
                    "some" => Stderr::Some,
                    "any" => Stderr::Any,
                    _ => return Err(format!("stderr is some or any, not {rest}")),
                }
            }
            "only" => self.only = Some(rest.into()),
            "differs" => self.differs = rest.split_once(':').map(|(name, _)| name.to_string()),
            _ => return Err(format!("unknown directive {directive}")),
        }
        Ok(())
    }

    /// False for the awks that the case says are different.
    fn applies_to(&self, awk: &Awk) -> bool {
        let name = Some(&awk.name);
        awk.name == "fusevm"
            || (self.only.is_none() || self.only.as_ref() == name) && self.differs.as_ref() != name
    }

    fn arguments(&self) -> Vec<OsString> {
        if let Some(argv) = &self.argv {
            return argv.clone();
        }
        let mut arguments = self.options.clone();
        arguments.extend(["-f".into(), "prog.awk".into()]);
        match &self.operands {
            Some(operands) => arguments.extend(operands.iter().cloned()),
            None => arguments.extend(self.copied.iter().map(OsString::from)),
        }
        arguments
    }

    /// Runs the case; gives what is wrong with the result.
    fn check(&self, awk: &Awk) -> Option<String> {
        let expected = fs::read(self.program.with_extension("out")).expect("no recorded output");
        let mut command = awk.command();
        command.args(self.arguments()).envs(self.env.iter().map(|(name, value)| (name, value)));
        let observed = self.scratch_directory().run(&mut command, &self.stdin);

        let mut problem = String::new();
        if observed.status.code() != Some(self.exit) {
            let end = match observed.status.signal() {
                Some(signal) => format!("ended by signal {signal}"),
                None => format!("exit status {}", observed.status.code().unwrap_or_default()),
            };
            let _ = writeln!(problem, "{end}, expected exit status {}", self.exit);
        }
        if observed.stdout != expected {
            problem.push_str(&first_difference(&expected, &observed.stdout));
        }
        let silent = observed.stderr.is_empty();
        if silent && self.stderr == Stderr::Some {
            problem.push_str("nothing on standard error\n");
        } else if !silent && (self.stderr == Stderr::Empty || !problem.is_empty()) {
            let _ = writeln!(problem, "standard error: {}", observed.stderr_text());
        }
        (!problem.is_empty()).then_some(problem)
    }

    /// A fresh directory with the files of the case.
    fn scratch_directory(&self) -> Scratch {
        let scratch = Scratch::new();
        let dir = scratch.dir();
        fs::copy(&self.program, dir.join("prog.awk")).unwrap();
        for name in &self.copied {
            fs::copy(suite().join("data").join(name), dir.join(name)).unwrap();
        }
        for (name, text) in &self.written {
            fs::write(dir.join(name), text).unwrap();
        }
        scratch
    }
}

/// The first lines in which two outputs differ, with the bytes that are no text escaped.
fn first_difference(expected: &[u8], got: &[u8]) -> String {
    const SHOWN: usize = 4;
    let [expected, got] =
        [expected, got].map(|text| text.split_inclusive(|&b| b == b'\n').collect::<Vec<_>>());
    let same = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let mut report = format!("output differs from line {} on\n", same + 1);
    for (sign, lines) in [('-', &expected), ('+', &got)] {
        for line in lines.iter().skip(same).take(SHOWN) {
            let shown: String = line.escape_ascii().to_string().chars().take(300).collect();
            let _ = writeln!(report, "{sign} {shown}");
        }
        if lines.len() > same + SHOWN {
            let _ = writeln!(report, "{sign} … {} more lines", lines.len() - same - SHOWN);
        }
    }
    report
}

/// Splits at blanks; single quotes keep a word together and may stand inside one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The escapes of the header's texts; others stand for themselves.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let escape = if byte == b'\\' { rest.first().copied() } else { None };
        let plain = match escape {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'v') => 0x0b,
            Some(b'f') => 0x0c,
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let digits = std::str::from_utf8(&rest[1..3]).expect("two digits after \\x");
                bytes.push(u8::from_str_radix(digits, 16).expect("two digits after \\x"));
                rest = &rest[3..];
                continue;
            }
            _ => {
                bytes.push(byte);
                continue;
            }
        };
        bytes.push(plain);
        rest = &rest[1..];
    }
    bytes
}
