//! Compilations: plain data that goes to whatever thread does them, and what comes back.

use crate::jit::blob::CompileError;
use crate::jit::isa::{self, Quality};
use crate::jit::method::input::Input;
use crate::jit::method::{self, Entry, Method};
use crate::jit::worker::Worker;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is to be compiled, and how.
pub(super) struct Job {
    pub input: Input,
    pub entry: Entry,
    pub quality: Quality,
    pub wants_listing: bool,
}

/// What came of a [`Job`].
pub(super) struct Outcome {
    /// The code, or in words why there is none.
    pub method: Result<Method, String>,
    pub time: Duration,
}

impl Job {
    /// Compiles on this thread.
    pub fn run(self) -> Outcome {
        let started = Instant::now();
        let compiled = catch_unwind(AssertUnwindSafe(|| {
            let isa = isa::host(self.quality)?;
            method::compile(&*isa, &self.input, &self.entry, self.wants_listing)
                .map_err(|error: CompileError| error.to_string())
        }));
        let method = compiled.unwrap_or_else(|_| Err("the compiler panicked".to_string()));
        Outcome { method, time: started.elapsed() }
    }

    /// Compiles on the background thread. Nobody waits for what is dropped before its turn.
    pub fn submit(self) -> Pending {
        let shared = Arc::new(Shared { is_done: AtomicBool::new(false), outcome: Mutex::new(None) });
        let asked = Arc::downgrade(&shared);
        Worker::global().submit(Box::new(move || {
            if asked.strong_count() == 0 {
                return;
            }
            let outcome = self.run();
            if let Some(shared) = asked.upgrade() {
                *shared.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                shared.is_done.store(true, Ordering::Release);
            }
        }));
        Pending(shared)
    }
}

/// A job that was submitted. Dropped, its outcome goes nowhere.
pub(super) struct Pending(Arc<Shared>);

struct Shared {
    is_done: AtomicBool,
    outcome: Mutex<Option<Outcome>>,
}

impl Pending {
    /// What came of it; `None` until it is done.
    pub fn take(&self) -> Option<Outcome> {
        if !self.0.is_done.load(Ordering::Acquire) {
            return None;
        }
        self.0.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
