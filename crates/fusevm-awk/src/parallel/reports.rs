//! What workers report to the main program, which they wake only when there is enough for it to do: with as many threads as
//! processors, each time it runs it runs in the place of one of them.

use super::log::Arrays;
use super::worker::Done;
use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long what is done may lie there before the main program looks at it: its output should not come in bursts that
/// anybody sees.
const PATIENCE: Duration = Duration::from_millis(20);

/// What a worker reports.
pub(super) enum Report {
    Done(Box<Done>),
    /// The worker has ended: what it has met. Nothing follows.
    Ended(usize, Arrays),
    /// Why a worker has ended before all was done.
    Lost(String),
}

/// Where reports wait for the main program.
#[derive(Default)]
pub(super) struct Reports {
    state: Mutex<State>,
    /// There are as many as are awaited.
    enough: Condvar,
}

#[derive(Default)]
struct State {
    reports: Vec<Report>,
    /// How many the main program waits for; none when it is at work.
    awaited: Option<usize>,
    /// Whether there is one on which it does not count.
    is_urgent: bool,
}

impl State {
    fn has(&self, enough: usize) -> bool {
        self.reports.len() >= enough || self.is_urgent
    }
}

impl Reports {
    /// The reports since the last time, once there are so many or some have waited for a while. There is one at least.
    pub fn take(&self, enough: usize) -> Vec<Report> {
        let mut state = self.lock();
        if !state.has(enough) {
            state.awaited = Some(enough);
            let is_missing = |state: &mut State| !state.has(enough);
            let waited = self.enough.wait_timeout_while(state, PATIENCE, is_missing);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.awaited = Some(1);
            let is_missing = |state: &mut State| !state.has(1);
            state = self.enough.wait_while(state, is_missing).unwrap_or_else(PoisonError::into_inner);
            state.awaited = None;
        }
        state.is_urgent = false;
        take(&mut state.reports)
    }

    fn put(&self, report: Report, is_urgent: bool) {
        let mut state = self.lock();
        state.reports.push(report);
        state.is_urgent |= is_urgent;
        if state.awaited.is_some_and(|awaited| state.has(awaited)) {
            self.enough.notify_one();
        }
    }

    /// No report is half there after a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker's way to report. It tells by itself that the worker has ended, however that comes.
pub(super) struct Reporter {
    reports: Arc<Reports>,
    worker: usize,
    has_ended: AtomicBool,
}

impl Reporter {
    pub fn new(reports: Arc<Reports>, worker: usize) -> Arc<Reporter> {
        Arc::new(Reporter { reports, worker, has_ended: AtomicBool::new(false) })
    }

    /// Tells what became of a block.
    pub fn done(&self, done: Done) {
        self.reports.put(Report::Done(Box::new(done)), false);
    }

    /// Tells that there are no more blocks, and what the worker has met.
    pub fn end(&self, arrays: Arrays) {
        self.has_ended.store(true, Ordering::Relaxed);
        self.reports.put(Report::Ended(self.worker, arrays), false);
    }

    /// Tells why the worker ends before all is done.
    pub fn lose(&self, reason: String) {
        self.reports.put(Report::Lost(reason), true);
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if !*self.has_ended.get_mut() {
            self.reports.put(Report::Ended(self.worker, Arrays::new()), true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_ends_once_and_for_everybody_to_see() {
        let reports = Arc::<Reports>::default();
        for worker in 0..3 {
            let reporter = Reporter::new(reports.clone(), worker);
            match worker {
                0 => reporter.end(Arrays::new()),
                1 => reporter.lose("no memory".to_owned()),
                _ => {}
            }
        }
        // More than there are: what was not counted on is told at once.
        let told = reports.take(9).into_iter().map(|report| match report {
            Report::Done(_) => "done".to_owned(),
            Report::Ended(worker, _) => format!("{worker} has ended"),
            Report::Lost(reason) => reason,
        });
        assert!(told.eq(["0 has ended", "no memory", "1 has ended", "2 has ended"]));
    }
}
