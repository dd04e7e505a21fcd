//! Limits of a run: fuel, heap, depth, and interruption from another thread.

use crate::error::{ErrorKind, Fault};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Default of [`VM::set_max_depth`](crate::VM::set_max_depth).
pub const DEFAULT_MAX_DEPTH: usize = 10_000;

/// Why a loop that polls must stop, or at least look up. Bits of the poll word.
pub(crate) mod poll {
    /// Another thread asked the run to stop.
    pub const INTERRUPT: u32 = 1;
    /// The heap passed its ceiling.
    pub const HEAP: u32 = 2;
    /// The program's host asked for a halt.
    pub const HALT: u32 = 4;
    /// Somebody wants to know where the run is; it need not stop.
    #[cfg(feature = "jit")]
    pub const SAMPLE: u32 = 8;
}

/// What the embedder allows a run.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Fuel of each run, `None` for no limit.
    pub fuel: Option<u64>,
    /// Growth of live value bytes, `None` for no limit.
    pub heap: Option<u64>,
    /// Frames of the program.
    pub depth: usize,
    /// The word that back-edges and calls poll.
    pub poll: Arc<AtomicU32>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { fuel: None, heap: None, depth: DEFAULT_MAX_DEPTH, poll: Arc::new(AtomicU32::new(0)) }
    }
}

/// Stops a VM's run from any thread; see [`VM::interrupt_handle`](crate::VM::interrupt_handle).
#[derive(Clone, Debug)]
pub struct InterruptHandle(pub(crate) Arc<AtomicU32>);

impl InterruptHandle {
    /// Stops the run that is under way, or else the next one, within milliseconds: it ends with
    /// [`ErrorKind::Interrupted`].
    pub fn interrupt(&self) {
        self.0.fetch_or(poll::INTERRUPT, Ordering::Relaxed);
    }
}

/// The error of a run whose fuel is used up.
#[cold]
pub(crate) fn out_of_fuel() -> Fault {
    Fault::new(ErrorKind::Fuel, "the fuel is used up")
}

/// The error of a call that would pass the limit of frames.
#[cold]
pub(crate) fn too_deep(frames: usize) -> Fault {
    Fault::new(ErrorKind::Depth, format!("more than {frames} frames"))
}
