//! Runs a process and asks the kernel what it cost.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

/// What one process used, from start to end.
pub struct Usage {
    /// User and system CPU time.
    pub cpu_seconds: f64,
    /// Elapsed time.
    pub wall_seconds: f64,
    /// The most memory that was resident at once.
    pub peak_bytes: f64,
    /// Whether it ended with status 0.
    pub succeeded: bool,
}

/// Runs a command to its end.
pub fn run_measured(command: &mut Command) -> io::Result<Usage> {
    // SAFETY: the hook does nothing. It makes `spawn` fork instead of sharing our memory with the child until it
    // executes, which would count our resident memory as a peak of the child's.
    unsafe { command.pre_exec(|| Ok(())) };
    let start = Instant::now();
    let child = command.spawn()?;
    let pid = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: `pid` is our child, which nothing else waits for, and both pointers are to live variables.
        if unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) } == pid {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let wall_seconds = start.elapsed().as_secs_f64();
    // SAFETY: all-zero is a valid rusage, and wait4 has filled it.
    let usage = unsafe { usage.assume_init() };
    Ok(Usage {
        cpu_seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        wall_seconds,
        // Linux counts the peak in kibibytes.
        peak_bytes: usage.ru_maxrss as f64 * 1024.0,
        succeeded: libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
    })
}

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_tells_success_and_time() {
        let shell = |script: &str| {
            run_measured(Command::new("sh").args(["-c", script])).expect("every supported system has sh")
        };
        let slept = shell("sleep 0.05");
        assert!(slept.succeeded && slept.wall_seconds >= 0.05 && slept.peak_bytes > 0.0);
        assert!(!shell("exit 3").succeeded);
        let worked = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
        assert!(worked.cpu_seconds > 0.0);
        assert!(run_measured(&mut Command::new("/nonexistent/program")).is_err());
    }
}
