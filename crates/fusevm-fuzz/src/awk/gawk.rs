//! Runs a program under gawk and under our awk, in two directories alike, and compares what comes out.

use super::shrink::shrink_case;
use super::{Case, count_run};
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a run may take. The programs end within milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long, while a program is made small: what keeps it from ending is often among the first things to go.
const SHORT_PATIENCE: Duration = Duration::from_millis(600);
/// Output beyond this is not looked at.
const MAX_OUTPUT: u64 = 8 << 20;

/// Both awks and where they run.
pub struct Gawk {
    ours: Vec<String>,
    scratch: PathBuf,
}

/// What came out of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit status, or the signal that ended the process; `None` when it was still running.
    pub status: Option<Result<i32, i32>>,
    /// The standard output.
    pub output: Vec<u8>,
    /// The standard error, which need not be the same.
    pub errors: String,
}

/// What gawk did, and we did not.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What came out of gawk.
    pub expected: Outcome,
    /// What came out of our awk.
    pub actual: Outcome,
}

impl Gawk {
    /// Compares gawk with a command that is an awk once `awk`'s arguments follow.
    ///
    /// # Errors
    /// There is no gawk, or no directory to work in.
    pub fn new(ours: Vec<String>) -> Result<Gawk, String> {
        Command::new("gawk")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .map_err(|error| format!("gawk is needed to compare with, and does not start: {error}"))?;
        let scratch = std::env::temp_dir().join(format!("fusevm-fuzz-{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        Ok(Gawk { ours, scratch })
    }

    /// How the two differ on a case, if they do. Programs that gawk refuses, crashes on, or does not
    /// end say nothing.
    ///
    /// # Errors
    /// A process does not start.
    pub fn difference(&self, case: &Case) -> Result<Option<Difference>, String> {
        self.difference_within(PATIENCE, case)
    }

    /// A smaller case on which they differ in the same way, and how they differ then.
    pub fn shrink(&self, case: &Case, found: &Difference) -> (Case, Difference) {
        let mut last = found.clone();
        // No awk promises an order of elements.
        let has_order = |case: &Case| {
            !case.program.contains(" in ")
                || case.program.contains("PROCINFO[\"sorted_in\"] = \"@ind_str_asc\"")
        };
        let small = shrink_case(case, |case| {
            let again = if has_order(case) { self.difference_within(SHORT_PATIENCE, case) } else { Ok(None) };
            match again {
                Ok(Some(again)) if again.is_like(found) => {
                    last = again;
                    true
                }
                _ => false,
            }
        });
        (small, last)
    }

    fn difference_within(&self, patience: Duration, case: &Case) -> Result<Option<Difference>, String> {
        count_run();
        let gawk = Run::start(&["gawk".to_owned()], &self.scratch.join("gawk"), case)?;
        let ours = Run::start(&self.ours, &self.scratch.join("ours"), case)?;
        let (expected, actual) = (gawk.end(patience)?, ours.end(patience)?);
        let same = expected.status == actual.status && expected.output == actual.output;
        let is_refused = ["syntax error", "internal error", "not defined", "memory"]
            .iter()
            .any(|what| expected.errors.contains(what));
        let has_ended = matches!(expected.status, Some(Ok(_))) && (expected.output.len() as u64) < MAX_OUTPUT;
        Ok((!same && !is_refused && has_ended).then_some(Difference { expected, actual }))
    }
}

impl Drop for Gawk {
    fn drop(&mut self) {
        // Nobody needs it, and nothing could be done about it.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

impl Difference {
    /// Whether another difference is probably due to the same.
    fn is_like(&self, other: &Difference) -> bool {
        self.expected.status.is_some_and(|status| status.is_ok_and(|code| code < 2))
            == other.expected.status.is_some_and(|status| status.is_ok_and(|code| code < 2))
            && (self.expected.status == self.actual.status) == (other.expected.status == other.actual.status)
            && (self.expected.output == self.actual.output) == (other.expected.output == other.actual.output)
    }
}

/// The first line that differs, and how the runs ended.
impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = |outcome: &Outcome| -> Vec<String> {
            String::from_utf8_lossy(&outcome.output).lines().map(str::to_owned).collect()
        };
        let (expected, actual) = (lines(&self.expected), lines(&self.actual));
        let same = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
        for (name, outcome, lines) in [("gawk", &self.expected, &expected), ("ours", &self.actual, &actual)] {
            writeln!(f, "{name}: {}, line {}: {:?}", outcome.ending(), same + 1, lines.get(same))?;
            for line in outcome.errors.lines().take(3) {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

impl Outcome {
    fn ending(&self) -> String {
        match self.status {
            Some(Ok(code)) => format!("exit status {code}"),
            Some(Err(signal)) => format!("ended by signal {signal}"),
            None => "did not end".into(),
        }
    }
}

/// A process that is running.
struct Run {
    child: Child,
    directory: PathBuf,
    begin: Instant,
}

impl Run {
    fn start(command: &[String], directory: &Path, case: &Case) -> Result<Run, String> {
        Run::try_start(command, directory, case).map_err(|error| format!("{}: {error}", command.join(" ")))
    }

    fn try_start(command: &[String], directory: &Path, case: &Case) -> io::Result<Run> {
        match fs::remove_dir_all(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(directory)?,
        }
        for (name, content) in &case.files {
            fs::write(directory.join(name), content)?;
        }
        fs::write(directory.join("prog.awk"), &case.program)?;
        let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command.args(arguments).args(&case.options).args(["-f", "prog.awk"]).args(&case.operands);
        command.current_dir(directory).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TZ", "UTC");
        command.env("FUSEVM_JIT_CACHE_DIR", "off");
        command.envs(case.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command.stdout(File::create(directory.join(".stdout"))?);
        command.stderr(File::create(directory.join(".stderr"))?);
        Ok(Run { child: command.spawn()?, directory: directory.to_owned(), begin: Instant::now() })
    }

    fn end(mut self, patience: Duration) -> Result<Outcome, String> {
        let status = self.wait(patience).map_err(|error| error.to_string())?;
        let read = |name: &str| {
            let path = self.directory.join(name);
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            if size < MAX_OUTPUT {
                fs::read(&path).map_err(|e| e.to_string())
            } else {
                Ok(vec![0; MAX_OUTPUT as usize])
            }
        };
        Ok(Outcome {
            status: status.map(|status| status.code().ok_or(status.signal().unwrap_or(0))),
            output: read(".stdout")?,
            errors: String::from_utf8_lossy(&read(".stderr")?).into_owned(),
        })
    }

    fn wait(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let mut pause = Duration::from_micros(200);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if self.begin.elapsed() > patience {
                self.child.kill()?;
                self.child.wait()?;
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 3 / 2).min(Duration::from_millis(20));
        }
    }
}
