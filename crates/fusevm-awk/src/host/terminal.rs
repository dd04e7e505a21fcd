//! Commands on a pseudo-terminal, for `PROCINFO[command, "pty"]`: what they write comes at once, and they can be those
//! that want to speak to a person.

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::process::{ioctl_tiocsctty, setsid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, tcgetattr,
    tcsetattr,
};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

/// What ends the input of a command that reads lines from a terminal: the key for it, on a line of its own.
pub(super) const END_OF_INPUT: &[u8] = b"\x04\n";

/// Starts a command on a new terminal, which is its controlling one; the other side of the terminal. Its standard error
/// stays ours.
///
/// # Errors
/// There are no more terminals, or processes.
pub(super) fn start(mut command: Command) -> io::Result<(File, Child)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    configure(theirs.as_fd())?;
    command.stdin(theirs.try_clone()?).stdout(theirs);
    // SAFETY: both are plain system calls, which a forked process may make.
    unsafe {
        command.pre_exec(|| {
            setsid()?;
            // The terminal is the standard input by now.
            ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
    let child = command.spawn()?;
    // A write must not wait for a command that itself waits for us to read.
    fcntl_setfl(&ours, fcntl_getfl(&ours)? | OFlags::NONBLOCK)?;
    Ok((File::from(ours), child))
}

/// Lines are passed on as they are, without echo; keys for signals and for the end of the input work.
fn configure(terminal: BorrowedFd<'_>) -> io::Result<()> {
    let mut modes = tcgetattr(terminal)?;
    modes.input_modes -= InputModes::ISTRIP | InputModes::IGNCR | InputModes::INLCR | InputModes::IXOFF;
    modes.input_modes |= InputModes::ICRNL | InputModes::IGNPAR | InputModes::BRKINT | InputModes::IXON;
    modes.output_modes -= OutputModes::OPOST;
    modes.control_modes -= ControlModes::CSIZE;
    modes.control_modes |= ControlModes::CREAD | ControlModes::CS8 | ControlModes::CLOCAL;
    modes.local_modes -=
        LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::NOFLSH | LocalModes::TOSTOP;
    modes.local_modes |= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VEOF] = END_OF_INPUT[0];
    tcsetattr(terminal, OptionalActions::Now, &modes)?;
    Ok(())
}
