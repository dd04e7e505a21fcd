//! A place where native code can begin, and the code that is there.

use super::job::Outcome;
use super::pending::Pending;
use crate::error::Frame;
use crate::jit::Tier;
use crate::jit::arena::Installed;
use crate::jit::context::{ExitReason, NativeContext};
use crate::jit::log::CodeId;
use crate::jit::method::kinds::Tags;
use crate::jit::trace_code::TraceCode;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place where native code can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A loop, by its first instruction.
    Loop(u32),
    /// A sub, by its body.
    Sub(u32),
    /// The chunk's own code.
    Main,
}

/// Native code of a place.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// Its number in the log.
    pub id: CodeId,
    pub what: What,
    /// Which compiler made it.
    pub tier: Tier,
    /// The loop or sub in the program's text.
    pub place: Frame,
    pub bytes: usize,
    pub least_advance: u16,
    pub most_registers: u32,
    /// Most frames that are inlined into one.
    pub depth: u32,
    pub(super) installed: Installed,
    /// What it counts on: registers of the window and the tags that each can have.
    pub required: Vec<(u16, Tags)>,
    /// When it was entered last, by its thread's clock of entries.
    pub(super) entered: AtomicU64,
}

impl Compiled {
    /// The way in.
    pub fn entry(&self) -> unsafe extern "C" fn(*mut NativeContext, *mut Value) -> i64 {
        // SAFETY: function 0 of a method has this signature.
        unsafe { std::mem::transmute(self.installed.entry(0)) }
    }

    /// Whether it is for a window with these tags.
    pub(super) fn admits(&self, tag_of: impl Fn(u16) -> u8) -> bool {
        self.required.iter().all(|(register, tags)| tags & 1 << tag_of(*register) != 0)
    }

    /// Notes that it is entered.
    pub(super) fn note_entry(&self, clock: &AtomicU64) {
        self.entered.store(tick(clock), Ordering::Relaxed);
    }
}

/// The next time of a clock of entries.
pub(super) fn tick(clock: &AtomicU64) -> u64 {
    let now = clock.load(Ordering::Relaxed) + 1;
    clock.store(now, Ordering::Relaxed);
    now
}

/// Native code that had to go.
pub(crate) struct Gone {
    /// Its number in the log.
    pub id: CodeId,
    /// The loop or sub in the program's text.
    pub place: Frame,
    pub bytes: usize,
}

impl From<&Compiled> for Gone {
    fn from(code: &Compiled) -> Gone {
        Gone { id: code.id, place: code.place.clone(), bytes: code.bytes }
    }
}

impl From<&TraceCode> for Gone {
    fn from(trace: &TraceCode) -> Gone {
        Gone { id: trace.id, place: trace.place.clone(), bytes: trace.bytes }
    }
}

/// What is known of a place.
#[derive(Default)]
pub(super) struct Site {
    /// Whether it was looked at before; only counts for a chunk's own code.
    pub has_run: bool,
    /// Whether feedback was collected there.
    pub is_observed: bool,
    /// Its code, for different kinds of values.
    pub versions: Vec<Arc<Compiled>>,
    /// Whether the versions are left too often: the next code takes their place.
    pub is_stale: bool,
    /// A compilation that is under way.
    pub pending: Option<Pending<Outcome>>,
    /// How often it was compiled again.
    pub recompiles: u32,
    /// Exits to each instruction.
    pub exits: HashMap<(u32, ExitReason), u32>,
    /// Whether native code was found to gain nothing.
    pub is_doubtful: bool,
    /// Whether it is left to the interpreter.
    pub is_given_up: bool,
}

impl Site {
    /// The code for a window with these tags.
    pub fn version(&self, tag_of: impl Fn(u16) -> u8) -> Option<&Arc<Compiled>> {
        self.versions.iter().find(|version| version.admits(&tag_of))
    }
}
