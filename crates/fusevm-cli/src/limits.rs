//! The limits of a run: how they are written on the command line, and the thread that watches the time.

use crate::exit;
use crate::failure::{Failure, Problem};
use clap::Args;
use fusevm::VM;
use fusevm::limits::InterruptHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// What a run may use.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// End the program after this many ops
    ///
    /// Fuel is charged by basic block, the same on every engine.
    #[arg(long, value_name = "OPS")]
    fuel: Option<u64>,

    /// End the program when its values take more memory than this
    ///
    /// Bytes, or a number with one of the suffixes k, m and g, which count by 1024.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_memory: Option<u64>,

    /// End the program when its calls nest deeper than this [default: 10000]
    #[arg(long, value_name = "FRAMES")]
    max_depth: Option<usize>,

    /// End the program after this time
    ///
    /// Seconds, or a number with one of the suffixes ms, s, m and h: 500ms, 1.5s. A program that waits for
    /// input or output, and cannot notice that its time is over, is ended a second later.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
}

impl Limits {
    /// Sets the limits of a VM. The watchdog, if any, watches until it is dropped.
    pub fn apply(&self, vm: &mut VM) -> Result<Option<Watchdog>, Failure> {
        vm.set_fuel(self.fuel);
        vm.set_max_heap(self.max_memory);
        if let Some(frames) = self.max_depth {
            vm.set_max_depth(frames);
        }
        self.timeout.map(|time| Watchdog::start(time, vm.interrupt_handle())).transpose()
    }
}

/// Units of sizes, in bytes.
const SIZES: [(&str, f64); 4] = [("", 1.0), ("k", 1024.0), ("m", 1048576.0), ("g", 1073741824.0)];

/// Units of times, in seconds.
const TIMES: [(&str, f64); 5] = [("", 1.0), ("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

/// A number with a unit, in the unit's base.
fn quantity(text: &str, units: &[(&str, f64)]) -> Result<f64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| "a number is expected".to_string())?;
    let known = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let Some((_, factor)) = known else {
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).collect();
        return Err(format!("unknown unit `{unit}`, the units are {}", names.join(", ")));
    };
    Ok(number * factor)
}

fn size(text: &str) -> Result<u64, String> {
    let bytes = quantity(text, &SIZES)?;
    // The greatest integer below which every one has a float of its own: 8 PiB, more than there is.
    if bytes > (1_u64 << 53) as f64 { Err("more than any machine has".into()) } else { Ok(bytes as u64) }
}

fn duration(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(quantity(text, &TIMES)?).map_err(|error| error.to_string())
}

/// Time that an interrupted program is given to end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// Interrupts a VM when its time is over. Dropping it ends the watch.
pub struct Watchdog {
    time: Duration,
    fired: Arc<AtomicBool>,
    _until_dropped: Sender<()>,
}

impl Watchdog {
    fn start(time: Duration, vm: InterruptHandle) -> Result<Watchdog, Failure> {
        let fired = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = channel();
        let watch = {
            let fired = fired.clone();
            move || {
                if !is_over(&receiver, time) {
                    return;
                }
                fired.store(true, Ordering::SeqCst);
                vm.interrupt();
                if is_over(&receiver, GRACE) {
                    let failure = timed_out(time);
                    failure.report();
                    std::process::exit(failure.status.into());
                }
            }
        };
        std::thread::Builder::new()
            .name("watchdog".into())
            .spawn(watch)
            .map_err(|error| Failure::io("cannot start a thread", &error))?;
        Ok(Watchdog { time, fired, _until_dropped: sender })
    }

    /// The failure of a run whose time is over, if it is.
    pub fn failure(&self) -> Option<Failure> {
        self.fired.load(Ordering::SeqCst).then(|| timed_out(self.time))
    }
}

/// Waits for a time, or for the watchdog to be dropped; whether the time is over.
fn is_over(watchdog: &Receiver<()>, time: Duration) -> bool {
    watchdog.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
}

fn timed_out(time: Duration) -> Failure {
    let problem = Problem::new("", format!("timed out after {time:?}"));
    Failure { status: exit::TIMEOUT, problems: vec![problem] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases = [
            ("0", Ok(0)),
            ("100", Ok(100)),
            ("64k", Ok(64 << 10)),
            ("10M", Ok(10 << 20)),
            ("2g", Ok(2 << 30)),
            ("1.5k", Ok(1536)),
            ("", Err("a number is expected")),
            ("k", Err("a number is expected")),
            ("-1", Err("a number is expected")),
            ("1.2.3", Err("a number is expected")),
            ("1x", Err("unknown unit `x`, the units are k, m, g")),
            ("99999999999g", Err("more than any machine has")),
        ];
        for (text, expected) in cases {
            assert_eq!(
                size(text).as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|e| *e),
                "{text}"
            );
        }
    }

    #[test]
    fn durations() {
        let cases =
            [("2", 2_000), ("500ms", 500), ("1.5s", 1_500), ("3m", 180_000), ("1h", 3_600_000), ("0", 0)];
        for (text, milliseconds) in cases {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(duration("1d"), Err("unknown unit `d`, the units are ms, s, m, h".into()));
        assert!(duration(&"9".repeat(400)).is_err());
    }
}
