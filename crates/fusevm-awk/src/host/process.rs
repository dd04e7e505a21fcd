//! Commands: run by `sh -c`, as POSIX says, and what the program sees of their end.

use crate::compiler::Dialect;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

/// A command of the shell.
pub(super) fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(OsStr::from_bytes(command));
    shell
}

/// Runs a command to its end. As in the C library's `system`, an interrupt from the terminal is for the command.
pub(super) fn run(command: &[u8]) -> io::Result<ExitStatus> {
    let mut child = shell(command).spawn()?;
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
        let (exited, killed) = (run(b"exit 4").unwrap(), run(b"kill -9 $$").unwrap());
        let numbers = |dialect| [system_number(exited, dialect), system_number(killed, dialect)];
        assert_eq!(numbers(Dialect::Gawk), [4.0, 265.0]);
        assert_eq!(numbers(Dialect::Posix), [1024.0, 9.0]);
        assert_eq!(numbers(Dialect::Traditional), [4.0, 0.03515625]);
    }
}
