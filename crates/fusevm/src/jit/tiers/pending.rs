//! Work on the background thread, and what comes back of it.

use crate::jit::worker::Worker;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Work that was submitted. Dropped, its outcome goes nowhere.
pub(super) struct Pending<T>(Arc<Shared<T>>);

struct Shared<T> {
    is_done: AtomicBool,
    outcome: Mutex<Option<T>>,
}

impl<T: Send + 'static> Pending<T> {
    /// Has work done that hands its outcome over, after which it may go on. Nobody does what is dropped before its turn.
    pub fn submit(work: impl FnOnce(&dyn Fn(T)) + Send + 'static) -> Pending<T> {
        let shared = Arc::new(Shared { is_done: AtomicBool::new(false), outcome: Mutex::new(None) });
        let asked = Arc::downgrade(&shared);
        Worker::global().submit(Box::new(move || {
            if asked.strong_count() == 0 {
                return;
            }
            work(&|outcome| {
                if let Some(shared) = asked.upgrade() {
                    *shared.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                    shared.is_done.store(true, Ordering::Release);
                }
            });
        }));
        Pending(shared)
    }

    /// What came of it; `None` until it is done.
    pub fn take(&self) -> Option<T> {
        self.look(Option::take)
    }

    /// Looks at what came of it; `None` until it is done.
    pub fn look<R>(&self, look: impl FnOnce(&mut Option<T>) -> Option<R>) -> Option<R> {
        if !self.0.is_done.load(Ordering::Acquire) {
            return None;
        }
        look(&mut self.0.outcome.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
