//! The suite on disk: its cases, and running one of them by its own makefile.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a case may take. The slowest needs some seconds of an unoptimised build.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A list of cases in the suite's makefile.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// What the results call it.
    pub title: &'static str,
    /// The makefile's variable.
    pub variable: &'static str,
}

/// All lists of cases.
pub(super) const GROUPS: &[Group] = &[
    Group { title: "basic", variable: "BASIC_TESTS" },
    Group { title: "Unix", variable: "UNIX_TESTS" },
    Group { title: "gawk extensions", variable: "GAWK_EXT_TESTS" },
    Group { title: "machine", variable: "MACHINE_TESTS" },
    Group { title: "character sets", variable: "LOCALE_CHARSET_TESTS" },
    Group { title: "extra", variable: "EXTRA_TESTS" },
    Group { title: "Internet", variable: "INET_TESTS" },
    Group { title: "array internals", variable: "ARRAYDEBUG_TESTS" },
    Group { title: "extension API", variable: "SHLIB_TESTS" },
    Group { title: "persistent memory", variable: "NEED_PMA" },
    Group { title: "MPFR", variable: "NEED_MPFR" },
];

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    TimedOut,
    /// Not run, and why.
    OutOfScope(&'static str),
}

/// A copy of the suite to run.
pub(super) struct Suite {
    /// The directory of the cases.
    directory: PathBuf,
    lists: String,
}

impl Suite {
    /// Copies the suite to `place`, which it owns, with `program` as its gawk.
    pub fn prepare(source: &Path, place: &Path, program: &Path) -> Result<Suite, String> {
        let failed = |error: io::Error| format!("{}: {error}", place.display());
        if place.exists() {
            fs::remove_dir_all(place).map_err(failed)?;
        }
        // Some cases use the library of awk programs that comes with gawk.
        for part in ["test", "awklib"] {
            copy(&source.join(part), &place.join(part)).map_err(failed)?;
        }
        let program = fs::canonicalize(program).map_err(|error| format!("{}: {error}", program.display()))?;
        // Its messages begin with the name by which it was started.
        std::os::unix::fs::symlink(program, place.join("gawk")).map_err(failed)?;
        let directory = place.join("test");
        let read = |name| fs::read_to_string(directory.join(name)).map_err(failed);
        fs::write(directory.join("Makefile"), configured(&read("Makefile.in")?)).map_err(failed)?;
        Ok(Suite { lists: read("Makefile.am")?, directory })
    }

    /// The cases by group, in the order of the suite.
    pub fn cases(&self) -> Vec<(&'static Group, String)> {
        let mut cases = Vec::new();
        for group in GROUPS {
            cases.extend(list(&self.lists, group.variable).map(|case| (group, case.to_owned())));
        }
        cases
    }

    /// Runs a case. A file with its output stays behind when that is not as expected.
    pub fn run(&self, case: &str) -> Result<Outcome, String> {
        for path in self.leftovers(case) {
            // What is not there need not be removed.
            let _ = fs::remove_file(path);
        }
        let mut make = Command::new("make");
        make.args(["--silent", case])
            .current_dir(&self.directory)
            .env_clear()
            .envs(["PATH", "HOME", "TMPDIR", "USER"].iter().filter_map(|n| Some((n, std::env::var_os(n)?))))
            .env("FUSEVM_JIT_CACHE_DIR", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut child = make.spawn().map_err(|error| format!("cannot start make: {error}"))?;
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() && self.leftovers(case).is_empty() => {
                    return Ok(Outcome::Passed);
                }
                Some(_) => return Ok(Outcome::Failed),
                None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
                None => {
                    // The case may have started programs of its own; all of them are in its group.
                    if let Some(group) = rustix::process::Pid::from_raw(child.id() as i32) {
                        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                    }
                    child.wait().map_err(|error| error.to_string())?;
                    return Ok(Outcome::TimedOut);
                }
            }
        }
    }

    /// The outputs that a failed case leaves: `_case`, and for some `_case.1` and the like.
    fn leftovers(&self, case: &str) -> Vec<PathBuf> {
        let name = format!("_{case}");
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let is_ours = |file: &str| {
            file.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        entries.filter(|e| e.file_name().to_str().is_some_and(is_ours)).map(|e| e.path()).collect()
    }

    /// How the output of a failed case differs from the expected one.
    pub fn difference(&self, case: &str) -> String {
        let diff = Command::new("diff")
            .args(["--text", "--unified=1", &format!("{case}.ok"), &format!("_{case}")])
            .current_dir(&self.directory)
            .output();
        let text = diff.map_or_else(|error| error.to_string().into_bytes(), |output| output.stdout);
        format!("==== {case}\n{}", String::from_utf8_lossy(&text))
    }
}

/// The makefile as `configure` would have it for running the cases in their own directory.
fn configured(template: &str) -> String {
    let known = |name: &str| match name {
        "srcdir" | "abs_srcdir" | "builddir" | "abs_builddir" => ".",
        "top_srcdir" | "abs_top_srcdir" | "top_builddir" | "abs_top_builddir" => "..",
        "SHELL" => "/bin/sh",
        "MKDIR_P" => "mkdir -p",
        "PATH_SEPARATOR" => ":",
        _ => "",
    };
    let mut out = String::with_capacity(template.len());
    for line in template.lines() {
        // The makefile would make itself anew from its template.
        let makes_itself = line.starts_with("Makefile:") || line.starts_with("$(srcdir)/Makefile.in:");
        out.push_str(if makes_itself { "never-" } else { "" });
        let mut rest = line;
        while let Some((before, name, after)) = placeholder(rest) {
            out.push_str(before);
            out.push_str(known(name));
            rest = after;
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

/// The first `@NAME@` of a line, with what is around it.
fn placeholder(line: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + line[from..].find('@')?;
        let rest = &line[start + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end > 0 && rest[end..].starts_with('@') {
            return Some((&line[..start], &rest[..end], &rest[end + 1..]));
        }
        from = start + 1;
    }
}

/// The words of a makefile's variable.
fn list<'a>(makefile: &'a str, variable: &str) -> impl Iterator<Item = &'a str> {
    let mut lines =
        makefile.lines().skip_while(move |line| !is_assignment(line, variable)).map(str::trim_end);
    let mut continues = true;
    std::iter::from_fn(move || {
        if !continues {
            return None;
        }
        let line = lines.next()?;
        continues = line.ends_with('\\');
        Some(line)
    })
    .flat_map(|line| line.rsplit('=').next().unwrap_or(line).split_whitespace())
    .filter(|word| *word != "\\")
}

fn is_assignment(line: &str, variable: &str) -> bool {
    line.strip_prefix(variable).is_some_and(|rest| rest.trim_start().starts_with('='))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_over_continued_lines() {
        let makefile = "A = x\nTESTS = \\\n\tone two \\\n\tthree\n\nB = y\nNEED = z w\n";
        assert_eq!(list(makefile, "TESTS").collect::<Vec<_>>(), ["one", "two", "three"]);
        assert_eq!(list(makefile, "NEED").collect::<Vec<_>>(), ["z", "w"]);
        assert_eq!(list(makefile, "NONE").count(), 0);
    }

    #[test]
    fn placeholders_are_filled_and_rules_keep_their_at_signs() {
        let template = "VPATH = @srcdir@\n\t@echo $@\n\t@-$(CMP) a@b\nX = @UNKNOWN@!\nMakefile: x\n";
        assert_eq!(configured(template), "VPATH = .\n\t@echo $@\n\t@-$(CMP) a@b\nX = !\nnever-Makefile: x\n");
    }
}
