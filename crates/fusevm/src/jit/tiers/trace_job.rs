//! Making a trace's code: plain data that goes to whatever thread does it, and what comes back.

use super::pending::Pending;
use crate::jit::SlotKind;
use crate::jit::isa::{self, Quality};
use crate::jit::log::Listing;
use crate::jit::trace_emit::{self, Emitted, Side};
use crate::trace::ir::{Snapshot, Trace};
use crate::trace::opt::{Options, optimise};
use crate::trace::recorder::Abort;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A recorded trace that is to become native code.
pub(super) struct Work {
    pub trace: Trace,
    pub options: Options,
    /// Of a side trace: the time of its entries that leads to the interpreter, if one does, at which snapshot.
    pub side: Option<Option<(u64, Snapshot)>>,
    /// For tests: the check that always fails.
    pub forced_exit: Option<u32>,
    pub wants_listings: bool,
}

/// A trace that is native code but not in place.
pub(super) struct Product {
    pub trace: Trace,
    pub emitted: Emitted,
    pub listings: Vec<Listing>,
    pub time: Duration,
}

impl Work {
    /// Optimises and emits.
    ///
    /// # Errors
    /// In words, why there is no code.
    pub fn run(self) -> Result<Product, Abort> {
        let started = Instant::now();
        let mut listings = Vec::new();
        let wants_listings = self.wants_listings;
        let mut show = |title: String, text: String| {
            if wants_listings {
                listings.push(Listing { title, text });
            }
        };
        let isa = isa::host(Quality::Best)?;
        show("trace as recorded".into(), self.trace.to_string());
        let mut report = |pass: &str, trace: &Trace| {
            show(format!("trace after {pass}"), trace.to_string());
        };
        let mut trace =
            optimise(&self.trace, self.options, &mut report).map_err(|reject| reject.reason().to_string())?;
        let side = self.side.map(|looked_at| Side {
            looked_at: looked_at.map(|(times, snapshot)| (times, trace.snapshot(snapshot))),
        });
        let emitted = trace_emit::compile(&*isa, &trace, side, self.forced_exit, wants_listings);
        let mut emitted = match emitted {
            Ok(emitted) => emitted,
            Err(error) if cfg!(debug_assertions) => panic!("{error}\n{trace}"),
            Err(error) => return Err(error.to_string()),
        };
        if let Some((clif, assembly)) = emitted.listing.take() {
            show("CLIF".into(), clif);
            show("machine code".into(), assembly);
        }
        Ok(Product { trace, emitted, listings, time: started.elapsed() })
    }

    /// Does it on the background thread.
    pub fn submit(self) -> Pending<Result<Product, Abort>> {
        Pending::submit(move |publish| {
            let product = catch_unwind(AssertUnwindSafe(|| self.run()));
            publish(product.unwrap_or_else(|_| Err("the compiler has failed".to_string())));
        })
    }
}

/// What is told of a recording.
pub(super) struct About {
    /// Op indices in the order in which they were recorded.
    pub path: Vec<u32>,
    /// Kinds of the frame's arguments and slots at the begin.
    pub entry: Vec<SlotKind>,
    /// Registers that it needs from its window on, and frames beyond the one in which it begins.
    pub registers: u32,
    pub frames: u32,
}
