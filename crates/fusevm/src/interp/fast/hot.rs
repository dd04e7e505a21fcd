//! Hot loops and subs: counters that run down, and what is done when one has.
//!
//! A table of counters, indexed by the address of a loop's first instruction, or of a sub's, costs a few
//! machine instructions an iteration and no room in the code. Two loops may share a counter: then both
//! seem hot earlier than they are.

use super::State;
use super::dispatch::Next;
use super::profile::{Extent, profile};
use crate::code::Inst;
use crate::value::Value;
use crate::vm::VM;

/// When loops and subs count as hot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thresholds {
    /// Iterations of a loop.
    pub loop_edge: u16,
    /// Calls of a sub.
    pub call: u16,
    /// Whether anything is done about what is hot.
    pub enabled: bool,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds { loop_edge: 1000, call: 500, enabled: true }
    }
}

impl Thresholds {
    /// What a counter of loops, and one of calls, begins with.
    fn starts(self) -> (u16, u16) {
        // At 0 a counter would run round.
        if self.enabled { (self.loop_edge.max(1), self.call.max(1)) } else { (u16::MAX, u16::MAX) }
    }
}

/// Counters of each kind; a power of two.
const COUNTERS: usize = 1024;

/// How often loops and subs may still run before they are hot.
pub(super) struct Counters {
    loops: [u16; COUNTERS],
    calls: [u16; COUNTERS],
}

impl Default for Counters {
    fn default() -> Counters {
        let (loops, calls) = Thresholds::default().starts();
        Counters { loops: [loops; COUNTERS], calls: [calls; COUNTERS] }
    }
}

/// The counter of an instruction.
#[inline(always)]
fn index(ip: *mut Inst) -> usize {
    ip as usize / size_of::<Inst>() % COUNTERS
}

#[inline(always)]
fn run_down(counter: &mut u16) -> bool {
    *counter = counter.wrapping_sub(1);
    *counter == 0
}

impl Counters {
    /// Counts an iteration of the loop that begins at `ip`; true when it is hot.
    #[inline(always)]
    pub fn counts_loop(&mut self, ip: *mut Inst) -> bool {
        run_down(&mut self.loops[index(ip)])
    }

    /// Counts a call of the sub that begins at `ip`; true when it is hot.
    #[inline(always)]
    pub fn counts_call(&mut self, ip: *mut Inst) -> bool {
        run_down(&mut self.calls[index(ip)])
    }
}

impl State {
    /// Sets when loops and subs count as hot; all begin anew.
    pub fn set_thresholds(&mut self, thresholds: Thresholds) {
        self.jit = thresholds;
        let (loops, calls) = thresholds.starts();
        self.counters = Counters { loops: [loops; COUNTERS], calls: [calls; COUNTERS] };
    }
}

/// What is hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hot {
    /// The loop that begins at the instruction.
    Loop,
    /// The sub that begins at the instruction; its frame is set up.
    Call,
}

/// The loop that begins at `ip` is hot.
///
/// # Safety
/// As for [`answer`].
#[cold]
#[inline(never)]
pub(super) unsafe fn loop_edge(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    vm.fast.counters.loops[index(ip)] = vm.fast.jit.starts().0;
    // SAFETY: as for this function.
    unsafe { answer(Hot::Loop, ip, base, vm) }
}

/// The sub that begins at `ip` is hot.
///
/// # Safety
/// As for [`answer`].
#[cold]
#[inline(never)]
pub(super) unsafe fn call(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    vm.fast.counters.calls[index(ip)] = vm.fast.jit.starts().1;
    // SAFETY: as for this function.
    unsafe { answer(Hot::Call, ip, base, vm) }
}

/// Goes on at an instruction that was found to be hot, in whatever tier.
///
/// # Safety
/// `ip` is an instruction of the running unit, about to be executed in the window `base` of the running
/// frame. `vm.fast.ip` and `vm.fast.base` are not up to date.
unsafe fn answer(_hot: Hot, ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    if !vm.fast.jit.enabled {
        return Next::at(ip, base);
    }
    // SAFETY: as for this function.
    unsafe {
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        if code.feedback().start(code.index_of(ip)) {
            return profile(ip, base, vm, Extent::default());
        }
    }
    Next::at(ip, base)
}
