//! Where the time of a run goes, found out by looking at it again and again.
//!
//! A thread looks at what the running thread says that it does. In native code that is all there is to it, so
//! native loops are not disturbed. The interpreter says nothing, to cost nothing; it is asked through the poll
//! word, and answers with its place at its next loop iteration or call. Looks that come before the answer count
//! for it too, so a slow op weighs as much as it takes.

use super::{Activity, CodeId, Sample};
use crate::error::Frame;
use crate::limits::poll;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time from one look to the next.
pub const INTERVAL: Duration = Duration::from_millis(1);

/// The running thread interprets; numbers of code begin at 1.
const INTERPRETER: u32 = 0;
/// The running thread compiles.
const COMPILING: u32 = u32::MAX;

/// What the two threads share.
struct Shared {
    /// What the running thread does.
    now: AtomicU32,
    /// Looks that the interpreter has not answered yet.
    unanswered: AtomicU64,
    /// Looks at what is not the interpreter.
    seen: Mutex<BTreeMap<u32, u64>>,
    /// The running thread's poll word.
    poll: Arc<AtomicU32>,
    stop: AtomicBool,
}

/// Watches one run.
pub(super) struct Sampler {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
    interpreted: Vec<(Frame, u64)>,
}

impl Sampler {
    /// Begins to watch; `None` when there is no thread for it.
    pub fn start(poll: Arc<AtomicU32>) -> Option<Sampler> {
        let shared = Arc::new(Shared {
            now: AtomicU32::new(INTERPRETER),
            unanswered: AtomicU64::new(0),
            seen: Mutex::default(),
            poll,
            stop: AtomicBool::new(false),
        });
        let watched = shared.clone();
        let thread =
            std::thread::Builder::new().name("jit-log".into()).spawn(move || watch(&watched)).ok()?;
        Some(Sampler { shared, thread, interpreted: Vec::new() })
    }

    /// The running thread enters native code.
    pub fn set_native(&self, code: CodeId) {
        self.shared.now.store(code, Ordering::Relaxed);
    }

    /// The running thread is in the interpreter again.
    pub fn set_interpreter(&self) {
        self.shared.now.store(INTERPRETER, Ordering::Relaxed);
    }

    /// The running thread compiles.
    pub fn set_compiling(&self) {
        self.shared.now.store(COMPILING, Ordering::Relaxed);
    }

    /// The interpreter's answer.
    pub fn interpreted(&mut self, place: Frame) {
        let looks = self.shared.unanswered.swap(0, Ordering::Relaxed);
        match self.interpreted.iter_mut().find(|(known, _)| *known == place) {
            Some((_, count)) => *count += looks,
            None => self.interpreted.push((place, looks)),
        }
    }

    /// Ends the watch. What the interpreter never answered counts for `place`.
    pub fn finish(mut self, place: impl FnOnce() -> Frame) -> Vec<Sample> {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        if self.shared.unanswered.load(Ordering::Relaxed) > 0 {
            self.interpreted(place());
        }
        // The thread does nothing that can panic; and if it did, its samples are there.
        let _ = self.thread.join();
        self.shared.poll.fetch_and(!poll::SAMPLE, Ordering::Relaxed);
        let interpreted = self.interpreted.into_iter();
        let mut samples: Vec<Sample> = interpreted
            .map(|(place, count)| Sample { activity: Activity::Interpreter(place), count })
            .collect();
        let seen = self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        samples.extend(seen.iter().map(|(now, count)| {
            let activity = if *now == COMPILING { Activity::Compiling } else { Activity::Native(*now) };
            Sample { activity, count: *count }
        }));
        samples
    }
}

/// The thread.
fn watch(shared: &Shared) {
    loop {
        std::thread::park_timeout(INTERVAL);
        if shared.stop.load(Ordering::Relaxed) {
            return;
        }
        match shared.now.load(Ordering::Relaxed) {
            INTERPRETER => {
                shared.unanswered.fetch_add(1, Ordering::Relaxed);
                shared.poll.fetch_or(poll::SAMPLE, Ordering::Relaxed);
            }
            other => {
                let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
                *seen.entry(other).or_insert(0) += 1;
            }
        }
    }
}
