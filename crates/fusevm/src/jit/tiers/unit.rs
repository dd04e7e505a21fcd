//! What the tiers know of a unit's code: shared by all VMs of a thread whose code is the same.

use super::home::Home;
use super::key::{Content, Key, content};
use super::lock::Lock;
use super::site::{Compiled, Site, What};
use super::traces::Traces;
use crate::code::Code;
use crate::code::feedback::Feedback;
use crate::interp::unit::{Subs, Unit};
use crate::jit::direct;
use crate::jit::log::CodeId;
use crate::jit::{ExtensionTable, JitExtension};
use foldhash::fast::FixedState;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// The places of a unit's code.
pub(crate) struct UnitTiers {
    pub(super) key: Key,
    /// The thread's JIT that it belongs to.
    pub(super) home: Weak<Home>,
    /// What VMs have observed; those that come later begin with it.
    pub(super) feedback: Arc<Feedback>,
    pub(super) extensions: Option<Arc<ExtensionTable>>,
    /// When a VM's code was attached last, by the thread's count.
    pub(super) attached: AtomicU64,
    /// Counts the thread's entries of native code.
    pub(super) clock: Arc<AtomicU64>,
    pub(super) state: Lock<State>,
    pub(super) traces: Traces,
}

#[derive(Default)]
pub(super) struct State {
    pub sites: HashMap<What, Site, FixedState>,
    /// Instructions whose guesses failed.
    pub failed: HashSet<u32>,
    /// Instructions whose guesses about kinds were wrong, so that they were observed again.
    pub doubted: HashSet<u32>,
}

/// Under `sync` VMs on different threads may share it.
#[cfg(feature = "sync")]
const _: fn() = || {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<UnitTiers>();
};

impl UnitTiers {
    /// Runs `access`, which does not reach the state again, on what is known of a place.
    pub(super) fn with_site<R>(&self, what: What, access: impl FnOnce(&mut Site) -> R) -> R {
        self.state.with(|state| access(state.sites.entry(what).or_default()))
    }

    /// Whether a loop that begins in a range of instructions has native code.
    pub(super) fn has_loop_code(&self, range: Range<u32>) -> bool {
        let is_method = |(what, site): (&What, &Site)| {
            matches!(what, What::Loop(header) if range.contains(header)) && !site.versions.is_empty()
        };
        self.state.with(|state| state.sites.iter().any(is_method))
            || self.traces.loops.with(|loops| {
                loops.iter().any(|(header, known)| range.contains(header) && known.root.is_some())
            })
    }

    /// The code that does not run: when each was entered, and its number.
    pub(super) fn idle_codes(&self) -> Vec<(u64, CodeId)> {
        self.state.with(|state| {
            let codes = state.sites.values().flat_map(|site| &site.versions);
            let idle = codes.filter(|code| Arc::strong_count(code) == 1);
            idle.map(|code| (code.entered.load(Ordering::Relaxed), code.id)).collect()
        })
    }

    /// Takes code away from its place.
    pub(super) fn take(&self, id: CodeId) -> Option<Arc<Compiled>> {
        self.state.with(|state| {
            state.sites.values_mut().find_map(|site| {
                let index = site.versions.iter().position(|code| code.id == id)?;
                Some(site.versions.swap_remove(index))
            })
        })
    }
}

/// What a VM's code holds of the tiers' state.
#[derive(Default)]
pub(crate) struct Attachment {
    content: OnceCell<Content>,
    /// The lowerings of the chunk's extension ops, if the VM has any.
    extensions: OnceCell<Option<Arc<ExtensionTable>>>,
    attached: RefCell<Option<Attached>>,
    /// Runs of the chunk's own code before it is looked at; 0 before the first.
    runs_left: Cell<u32>,
    is_straight: OnceCell<bool>,
    timing: Cell<Timing>,
}

/// How long a run of the chunk's own code takes.
#[derive(Clone, Copy, Default)]
enum Timing {
    #[default]
    Unknown,
    /// It began then.
    Runs(Instant),
    Took(Duration),
}

struct Attached {
    /// The generation of the VM's subs that the key reflects.
    generation: u64,
    tiers: Arc<UnitTiers>,
}

impl Attachment {
    /// Counts a run of the chunk's own code; true when it is to be looked at.
    pub fn counts_run(&self, threshold: u32) -> bool {
        let left = match self.runs_left.get() {
            0 => threshold.max(1),
            left => left,
        };
        self.runs_left.set(left - 1);
        left == 1
    }

    /// Sets after how many runs the chunk's own code is looked at again.
    pub fn set_runs(&self, times: u32) {
        self.runs_left.set(times.max(1));
    }

    /// How long a run of the chunk's own code has taken; if that is not known, the one that begins is measured.
    pub(super) fn time_of_run(&self) -> Option<Duration> {
        if let Timing::Took(time) = self.timing.get() {
            return Some(time);
        }
        self.timing.set(Timing::Runs(Instant::now()));
        None
    }

    /// Notes that a run of the chunk's own code has ended.
    pub fn run_ends(&self) {
        if let Timing::Runs(begin) = self.timing.get() {
            self.timing.set(Timing::Took(begin.elapsed()));
        }
    }

    /// Whether the chunk's own code is straight-line and calls no sub.
    pub(super) fn is_straight(&self, unit: &Unit) -> bool {
        *self.is_straight.get_or_init(|| direct::is_straight(unit.verified()))
    }

    /// Whether a loop is known to be the block tier's.
    #[inline]
    pub(super) fn is_left_by_traces(&self, generation: u64, header: u32) -> bool {
        let attached = self.attached.borrow();
        let attached = attached.as_ref().filter(|attached| attached.generation == generation);
        attached.is_some_and(|attached| attached.tiers.traces.is_left(header))
    }

    /// The code for a place and a window with these tags, unless there is something to be decided.
    #[inline]
    pub(super) fn version(
        &self,
        generation: u64,
        what: What,
        tag_of: impl Fn(u16) -> u8,
    ) -> Option<Arc<Compiled>> {
        let attached = self.attached.borrow();
        let attached = attached.as_ref().filter(|attached| attached.generation == generation)?;
        let tiers = &attached.tiers;
        tiers.state.with(|state| {
            let site = state.sites.get(&what).filter(|site| !site.is_stale)?;
            let version = site.version(tag_of)?;
            version.note_entry(&tiers.clock);
            Some(version.clone())
        })
    }

    /// The state that is attached.
    pub(super) fn tiers(&self) -> Option<Arc<UnitTiers>> {
        self.attached.borrow().as_ref().map(|attached| attached.tiers.clone())
    }

    /// The state of a unit's code in a VM whose subs are as given.
    pub(super) fn attach(
        &self,
        unit: &Unit,
        code: &Code,
        subs: &Subs,
        charges_fuel: bool,
        extension: Option<&dyn JitExtension>,
    ) -> Option<Arc<UnitTiers>> {
        let mut attached = self.attached.borrow_mut();
        if let Some(attached) = &*attached
            && attached.generation == subs.generation
            && attached.tiers.home.strong_count() > 0
        {
            return Some(attached.tiers.clone());
        }
        let content = self.content.get_or_init(|| content(unit.chunk()));
        let extensions = self.extensions.get_or_init(|| {
            let table = ExtensionTable::new(unit.chunk(), extension?);
            (!table.is_empty()).then(|| Arc::new(table))
        });
        let key = Key::new(content.clone(), unit, subs, charges_fuel, extensions.as_deref());
        let home = Home::of_thread()?;
        let imported = home.imported(content);
        let tiers = home.unit(key, |key| UnitTiers {
            key,
            home: Arc::downgrade(&home),
            feedback: code.shared_feedback().clone(),
            extensions: extensions.clone(),
            attached: AtomicU64::new(0),
            clock: home.clock.clone(),
            state: Lock::default(),
            traces: Traces::new(imported),
        });
        code.share_feedback(&tiers.feedback);
        *attached = Some(Attached { generation: subs.generation, tiers: tiers.clone() });
        Some(tiers)
    }
}
