//! The standard output, without a second buffer behind the VM's.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

/// The standard output as the sink of a VM. When its reader has gone the process dies by `SIGPIPE`, as filters do.
#[derive(Debug)]
pub(crate) struct Stdout(File);

impl Stdout {
    /// The standard output of the process.
    ///
    /// # Errors
    /// It is closed, or there are no more descriptors.
    pub fn new() -> io::Result<Stdout> {
        Ok(Stdout(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.0.write(bytes);
        if let Err(error) = &result
            && error.kind() == ErrorKind::BrokenPipe
        {
            die_of_broken_pipe();
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ends the process as the default action of `SIGPIPE`, which Rust's runtime has turned off.
#[cold]
fn die_of_broken_pipe() {
    // SAFETY: setting a signal's default action and raising it in the own process touch no memory of ours.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::raise(libc::SIGPIPE);
    }
}
