//! The JIT of a thread: the states of all units, and the memory of their code.

use super::key::{Content, Key};
use super::lock::Lock;
use super::site::Gone;
use super::unit::UnitTiers;
use crate::jit::arena::{Arena, ArenaError, Installed};
use crate::jit::blob::Blob;
use crate::jit::isa::{self, Quality};
use crate::jit::log::CodeId;
use crate::jit::{policy, trace_emit};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// The JIT of a thread.
pub(crate) struct Home {
    units: Lock<HashMap<Key, Arc<UnitTiers>>>,
    arena: Arena,
    /// Pieces of code that were made.
    made: AtomicU32,
    /// Counts attachments of units.
    attachments: AtomicU64,
    /// Counts entries of native code.
    pub(super) clock: Arc<AtomicU64>,
    /// Loops that other processes have traced or given up, by the content of the chunk.
    imported: Lock<HashMap<Content, HashMap<usize, bool>>>,
    /// The way from Rust into traces.
    way_in: OnceLock<Option<Arc<Installed>>>,
}

thread_local! {
    #[allow(clippy::arc_with_non_send_sync)]
    static HOME: Arc<Home> = Arc::new(Home {
        units: Lock::default(),
        arena: Arena::new(policy::CODE_CAP),
        made: AtomicU32::new(0),
        attachments: AtomicU64::new(0),
        clock: Arc::default(),
        imported: Lock::default(),
        way_in: OnceLock::new(),
    });
}

impl Home {
    /// The JIT of this thread; `None` when the thread is about to end.
    pub fn of_thread() -> Option<Arc<Home>> {
        HOME.try_with(Arc::clone).ok()
    }

    /// The state of the units with a key, which is made if there is none.
    pub fn unit(&self, key: Key, make: impl FnOnce(Key) -> UnitTiers) -> Arc<UnitTiers> {
        let tiers = self.units.with(|units| {
            if let Some(known) = units.get(&key) {
                return known.clone();
            }
            forget_idle(units);
            // Without `sync` it never leaves this thread; with it, it may.
            #[allow(clippy::arc_with_non_send_sync)]
            let tiers = Arc::new(make(key.clone()));
            units.insert(key, tiers.clone());
            tiers
        });
        tiers.attached.store(self.attachments.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        tiers
    }

    /// The states of all units with a chunk's content.
    pub fn units_of(&self, content: &[u8]) -> Vec<Arc<UnitTiers>> {
        self.units
            .with(|units| units.values().filter(|unit| *unit.key.content == *content).cloned().collect())
    }

    /// Keeps what another process knows of a chunk's loops.
    pub fn import(&self, content: Content, loops: HashMap<usize, bool>) {
        self.imported.with(|imported| imported.entry(content).or_default().extend(loops));
    }

    /// What other processes know of a chunk's loops.
    pub fn imported(&self, content: &Content) -> HashMap<usize, bool> {
        self.imported.with(|imported| imported.get(content).cloned().unwrap_or_default())
    }

    /// Forgets all units.
    pub fn forget(&self) {
        drop(self.units.with(std::mem::take));
    }

    /// A number for new code.
    pub fn next_code(&self) -> CodeId {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The way from Rust into traces, if there can be one.
    pub fn way_in(&self) -> Option<Arc<Installed>> {
        let make = || {
            let blob = trace_emit::way_in(&*isa::host(Quality::Cheap).ok()?).ok()?;
            self.arena.install(&blob).ok().map(Arc::new)
        };
        self.way_in.get_or_init(make).clone()
    }

    /// Makes a blob executable, and tells what had to go for it.
    ///
    /// # Errors
    /// When there is no memory for it, whatever goes.
    pub fn install(&self, blob: &Blob, mut evicted: impl FnMut(Gone)) -> Result<Installed, ArenaError> {
        loop {
            match self.arena.install(blob) {
                Err(ArenaError::Full { needed, cap, .. }) if needed <= cap => match self.evict() {
                    Some(gone) => gone.into_iter().for_each(&mut evicted),
                    None => return self.arena.install(blob),
                },
                result => return result,
            }
        }
    }

    /// Drops the code that was not entered for the longest time, among that which does not run: a method's, or all traces
    /// of a unit.
    fn evict(&self) -> Option<Vec<Gone>> {
        let units: Vec<Arc<UnitTiers>> = self.units.with(|units| units.values().cloned().collect());
        let candidates = units.iter().flat_map(|unit| {
            let codes = unit.idle_codes().into_iter().map(move |(entered, id)| (entered, Some(id), unit));
            codes.chain(unit.traces.idle_since().map(|entered| (entered, None, unit)))
        });
        let (_, id, unit) = candidates.min_by_key(|(entered, ..)| *entered)?;
        match id {
            Some(id) => Some(vec![Gone::from(&*unit.take(id)?)]),
            None => Some(unit.traces.take().iter().map(|trace| Gone::from(&**trace)).collect()),
        }
    }
}

/// Runs `access` on the memory for this thread's code; `None` when the thread is about to end.
pub(crate) fn with_arena<T>(access: impl FnOnce(&Arena) -> T) -> Option<T> {
    Home::of_thread().map(|home| access(&home.arena))
}

/// Forgets units that no VM has any more, those that were attached to least recently first, when there are many.
fn forget_idle(units: &mut HashMap<Key, Arc<UnitTiers>>) {
    let is_idle = |unit: &Arc<UnitTiers>| Arc::strong_count(unit) == 1;
    let mut ages: Vec<u64> = units
        .values()
        .filter(|unit| is_idle(unit))
        .map(|unit| unit.attached.load(Ordering::Relaxed))
        .collect();
    if ages.len() < policy::IDLE_UNITS {
        return;
    }
    ages.sort_unstable();
    let last = ages[ages.len() / 2];
    units.retain(|_, unit| !is_idle(unit) || unit.attached.load(Ordering::Relaxed) > last);
}
