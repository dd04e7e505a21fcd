//! Commands: run by `sh -c`, as POSIX says.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

/// A command of the shell.
pub(super) fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(OsStr::from_bytes(command));
    shell
}

/// What a program sees of how a command ended: its exit status; 256 and the number of the signal that killed
/// it, 512 if it dumped core too.
pub(super) fn status_number(status: ExitStatus) -> f64 {
    let number = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) if status.core_dumped() => 512 + signal,
        (None, signal) => 256 + signal.unwrap_or(0),
    };
    f64::from(number)
}
