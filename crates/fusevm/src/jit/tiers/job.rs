//! Compilations: plain data that goes to whatever thread does them, and what comes back.

#[cfg(feature = "jit-disk-cache")]
use super::disk::{Kept, Slot};
#[cfg(feature = "jit-disk-cache")]
use super::key::Key;
use super::pending::Pending;
#[cfg(feature = "jit-disk-cache")]
use crate::jit::cache::{Miss, Refusal};
use crate::jit::isa::{self, Quality};
use crate::jit::method::input::Input;
use crate::jit::method::{self, Entry, Method};
#[cfg(feature = "jit-disk-cache")]
use crate::jit::policy;
use crate::value::tag;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What is to be compiled, and how.
pub(super) struct Job {
    pub input: Input,
    pub entry: Entry,
    pub quality: Quality,
    pub wants_listing: bool,
    /// Whether what the disk cache may have is known to be no good.
    #[cfg(feature = "jit-disk-cache")]
    pub is_repeated: bool,
    /// What the code depends on beside the entry, if it is to be in the disk cache.
    #[cfg(feature = "jit-disk-cache")]
    pub unit: Option<Key>,
}

/// What came of a [`Job`].
pub(super) struct Outcome {
    /// The code, or in words why there is none.
    pub method: Result<Method, String>,
    pub time: Duration,
    /// The feedback that code from the disk cache was made from.
    pub cached: Option<Box<[u16]>>,
    /// Why the code is not from the disk cache, in words.
    pub miss: Option<String>,
}

/// What is left to do when an outcome is where it is waited for.
type Afterwards = Option<Box<dyn FnOnce()>>;

impl Job {
    /// Compiles on this thread.
    pub fn run(self) -> Outcome {
        let (outcome, afterwards) = self.run_first();
        if let Some(afterwards) = afterwards {
            afterwards();
        }
        outcome
    }

    /// Compiles on the background thread. Nobody waits for what is dropped before its turn.
    pub fn submit(self) -> Pending<Outcome> {
        Pending::submit(move |publish| {
            let (outcome, afterwards) = self.run_first();
            publish(outcome);
            if let Some(afterwards) = afterwards {
                afterwards();
            }
        })
    }

    /// Whether native code is known to gain nothing without the code generator.
    pub fn is_soon_found_worthless(&self) -> bool {
        // What panics here does so again where the job runs, and is told there.
        catch_unwind(AssertUnwindSafe(|| method::is_soon_found_worthless(&self.input, &self.entry)))
            .unwrap_or(false)
    }

    fn run_first(mut self) -> (Outcome, Afterwards) {
        let started = Instant::now();
        self.forget_the_dead();
        let mut outcome =
            Outcome { method: Err(String::new()), time: Duration::ZERO, cached: None, miss: None };
        let mut afterwards = None;
        let done = catch_unwind(AssertUnwindSafe(|| match isa::host(self.quality) {
            Ok(isa) => afterwards = self.fill(&mut outcome, &*isa),
            Err(reason) => outcome.method = Err(reason.to_string()),
        }));
        if done.is_err() {
            outcome.method = Err("the compiler panicked".to_string());
        }
        outcome.time = started.elapsed();
        (outcome, afterwards)
    }

    /// Makes nothing of what dead registers hold, as long as it owns no heap: code does not depend on it.
    fn forget_the_dead(&mut self) {
        if let Entry::Loop { inst, tags } = &mut self.entry {
            let live = self.input.liveness(self.input.body_of(*inst)).before(*inst);
            for (register, tag) in tags.iter_mut().enumerate() {
                if *tag < tag::STR && !live.contains(register as u16) {
                    *tag = tag::UNDEF;
                }
            }
        }
    }

    /// Takes the code from the disk cache, or compiles it and puts it there.
    #[cfg(feature = "jit-disk-cache")]
    fn fill(&self, outcome: &mut Outcome, isa: &dyn cranelift_codegen::isa::TargetIsa) -> Afterwards {
        let started = Instant::now();
        let slot = self.unit.as_ref().map(|unit| Slot::new(unit, &self.entry, isa));
        // Listings come from compilation only.
        let loaded = match &slot {
            Some(Ok(slot)) if !self.is_repeated && !self.wants_listing => Some(slot.load()),
            Some(Err(miss)) => Some(Err(*miss)),
            _ => None,
        };
        match loaded {
            Some(Ok(Kept { method, feedback })) if feedback.len() == self.input.insts.len() => {
                outcome.method = Ok(method);
                outcome.cached = Some(feedback);
                return None;
            }
            // Who turned it off knows.
            Some(Err(Miss::Off(Refusal::TurnedOff))) => {}
            Some(Err(miss)) => outcome.miss = Some(miss.to_string()),
            _ => {}
        }
        outcome.method = self.compile(isa);
        let is_worth_it = started.elapsed() >= Duration::from_micros(policy::CACHE_WORTH_MICROS);
        match (slot, &outcome.method) {
            (Some(Ok(slot)), Ok(method)) if is_worth_it => {
                let packed = Slot::pack(method, &self.input.feedback);
                Some(Box::new(move || slot.save(&packed)))
            }
            _ => None,
        }
    }

    #[cfg(not(feature = "jit-disk-cache"))]
    fn fill(&self, outcome: &mut Outcome, isa: &dyn cranelift_codegen::isa::TargetIsa) -> Afterwards {
        outcome.method = self.compile(isa);
        None
    }

    fn compile(&self, isa: &dyn cranelift_codegen::isa::TargetIsa) -> Result<Method, String> {
        method::compile(isa, &self.input, &self.entry, self.wants_listing).map_err(|error| error.to_string())
    }
}
