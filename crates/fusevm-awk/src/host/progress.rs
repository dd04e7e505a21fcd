//! `--progress`: a bar on the terminal for runs that take long.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// A run that is shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// The time between two looks of the bar.
const PAUSE: Duration = Duration::from_millis(200);

/// Characters of the bar.
const WIDTH: usize = 30;

/// How much of the input was read.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Bytes of all files together, if all have a size.
    total: Option<u64>,
    /// Bytes of the files before the present one, and of that one.
    before: u64,
    present: u64,
    started: Instant,
    drawn: Option<Instant>,
}

impl Progress {
    /// The progress through these files; None when nobody would see it.
    pub fn of<'a>(files: impl Iterator<Item = &'a [u8]>) -> Option<Progress> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let size = |file: &[u8]| {
            let metadata = fs::metadata(Path::new(std::ffi::OsStr::from_bytes(file))).ok()?;
            metadata.is_file().then_some(metadata.len())
        };
        let total = files.map(size).sum::<Option<u64>>().filter(|&total| total > 0);
        Some(Progress { total, before: 0, present: 0, started: Instant::now(), drawn: None })
    }

    /// The present file is read up to a place.
    pub fn at(&mut self, place: u64) {
        let now = Instant::now();
        let is_due = self.drawn.map_or(now - self.started >= PATIENCE, |drawn| now - drawn >= PAUSE);
        if is_due {
            self.drawn = Some(now);
            let line = line(self.before + place, self.total, now - self.started);
            // There is nowhere to report that it cannot be drawn.
            let _ = write!(io::stderr(), "\r{line}\x1b[K");
        }
    }

    /// The next file begins, of that many bytes.
    pub fn start_file(&mut self, size: u64) {
        self.before += std::mem::replace(&mut self.present, size);
    }
}

impl Drop for Progress {
    /// Clears the line for what comes after.
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// The line that shows how far a run is.
fn line(read: u64, total: Option<u64>, time: Duration) -> String {
    let mega = |bytes: u64| bytes as f64 / 1e6;
    let seconds = time.as_secs_f64();
    let speed = mega(read) / seconds.max(0.001);
    let Some(total) = total.filter(|&total| total >= read) else {
        return format!("{:.1} MB in {seconds:.0} s, {speed:.0} MB/s", mega(read));
    };
    let share = read as f64 / total as f64;
    let filled = (share * WIDTH as f64) as usize;
    let mut line = format!("{:3.0} % [{}{}]", share * 100.0, "#".repeat(filled), "-".repeat(WIDTH - filled));
    let _ = write!(line, " {:.1} of {:.1} MB, {speed:.0} MB/s", mega(read), mega(total));
    if read > 0 {
        let _ = write!(line, ", {:.0} s left", seconds * (1.0 / share - 1.0));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_how_far_the_run_is() {
        let line = |read, total| line(read, total, Duration::from_secs(2));
        assert_eq!(
            line(50_000_000, Some(200_000_000)),
            " 25 % [#######-----------------------] 50.0 of 200.0 MB, 25 MB/s, 6 s left"
        );
        assert_eq!(line(3_000_000, None), "3.0 MB in 2 s, 2 MB/s");
        assert_eq!(line(5, Some(3)), "0.0 MB in 2 s, 0 MB/s");
    }
}
