//! Commands that chores run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command that must succeed.
pub struct Checked(Command);

pub fn command(name: &str) -> Checked {
    Checked(Command::new(name))
}

impl Checked {
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: &Path) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn current_dir(mut self, directory: &Path) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// What it prints goes nowhere.
    pub fn silent(mut self) -> Self {
        self.0.stdout(Stdio::null()).stderr(Stdio::null());
        self
    }

    /// Runs it, and waits for its end.
    pub fn ok(mut self) -> Result<(), String> {
        let name = self.0.get_program().to_string_lossy().into_owned();
        match self.0.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{name} ended with {status}")),
            Err(error) => Err(format!("cannot start {name}: {error}")),
        }
    }
}

/// Builds our binary, with options; its path.
pub fn build_fusevm(options: &[&str]) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--package", "fusevm-cli", "--message-format", "json-render-diagnostics"])
        .args(options)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    // Of the messages only the path of the executable is of interest, and it is the only such string in them.
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.rsplit("\"executable\":\"").next().and_then(|rest| rest.split('"').next());
    match executable {
        Some(path) if output.status.success() && messages.contains("\"executable\":\"") => Ok(path.into()),
        _ => Err("fusevm-cli does not build".into()),
    }
}
