//! Commands: run by `sh -c`, as POSIX says, and what the program sees of their end.

use super::procinfo::look_at;
use crate::compiler::Dialect;
use fusevm::value::{ByteStr, Key};
use fusevm::{VM, Value};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

/// The array of the environment.
const ENVIRON: &str = "ENVIRON";

/// The environment of commands: ENVIRON as the program has it.
pub(super) struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// That of commands which start now.
    pub fn of(vm: &mut VM) -> Environment {
        Environment(look_at(ENVIRON, vm, |environ| environ.iter().filter_map(pair).collect()))
    }
}

/// The value of a variable of that environment.
pub(super) fn variable(vm: &mut VM, name: &str) -> Option<ByteStr> {
    look_at(ENVIRON, vm, |environ| environ.get_bytes(name.as_bytes()).map(Value::to_byte_str))
}

/// An element of ENVIRON as the system has it, unless there can be no variable of that name or value.
fn pair((name, value): (&Key, &Value)) -> Option<(OsString, OsString)> {
    let name = name.to_value().to_byte_str();
    let value = match value {
        Value::Hash(_) | Value::Ref(_) => return None,
        value => value.to_byte_str(),
    };
    let is_name = !name.is_empty() && !name.iter().any(|byte| matches!(byte, 0 | b'='));
    let os_string = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    (is_name && !value.contains(&0)).then(|| (os_string(&name), os_string(&value)))
}

/// A command of the shell.
pub(super) fn shell(command: &[u8], environment: &Environment) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(OsStr::from_bytes(command));
    shell.env_clear().envs(environment.0.iter().map(|(name, value)| (name, value)));
    shell
}

/// Runs a command to its end. As in the C library's `system`, an interrupt from the terminal is for the command.
pub(super) fn run(command: &[u8], environment: &Environment) -> io::Result<ExitStatus> {
    let mut child = shell(command, environment).spawn()?;
    let _ignored = [libc::SIGINT, libc::SIGQUIT].map(IgnoredSignal::new);
    child.wait()
}

/// A signal that is ignored as long as this lives.
struct IgnoredSignal {
    signal: libc::c_int,
    before: libc::sighandler_t,
}

impl IgnoredSignal {
    fn new(signal: libc::c_int) -> IgnoredSignal {
        // SAFETY: ignoring a signal runs no code of ours.
        let before = unsafe { libc::signal(signal, libc::SIG_IGN) };
        IgnoredSignal { signal, before }
    }
}

impl Drop for IgnoredSignal {
    fn drop(&mut self) {
        // SAFETY: this is what the signal did before.
        unsafe {
            libc::signal(self.signal, self.before);
        }
    }
}

/// What `close` gives for a command: its exit status; 256 and the number of the signal that killed it, 512 if it
/// dumped core too.
pub(super) fn status_number(status: ExitStatus) -> f64 {
    let number = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) if status.core_dumped() => 512 + signal,
        (None, signal) => 256 + signal.unwrap_or(0),
    };
    f64::from(number)
}

/// What `system` gives for a command, which differs between the awks.
pub(super) fn system_number(status: ExitStatus, dialect: Dialect) -> f64 {
    match dialect {
        Dialect::Gawk => status_number(status),
        Dialect::Posix => f64::from(status.into_raw()),
        Dialect::Traditional => f64::from(status.into_raw()) / 256.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are those of gawk 5.2.1: `gawk 'BEGIN { print system("exit 4"), system("kill -9 $$") }'`, with
    /// `-P` and `-c`.
    #[test]
    fn numbers_of_how_commands_end() {
        let run = |command: &[u8]| run(command, &Environment(Vec::new())).unwrap();
        let (exited, killed) = (run(b"exit 4"), run(b"kill -9 $$"));
        let numbers = |dialect| [system_number(exited, dialect), system_number(killed, dialect)];
        assert_eq!(numbers(Dialect::Gawk), [4.0, 265.0]);
        assert_eq!(numbers(Dialect::Posix), [1024.0, 9.0]);
        assert_eq!(numbers(Dialect::Traditional), [4.0, 0.03515625]);
    }
}
