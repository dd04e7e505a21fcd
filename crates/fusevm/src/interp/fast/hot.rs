//! Hot loops and subs: counters that run down, and what is done when one has.
//!
//! A table of counters, indexed by the address of a loop's first instruction, or of a sub's, costs a few
//! machine instructions an iteration and no room in the code. Two loops may share a counter: then both
//! seem hot earlier than they are.

use super::dispatch::Next;
use super::{MAIN, State};
use crate::code::{Code, Inst};
use crate::jit::TraceJitConfig;
use crate::value::Value;
use crate::vm::VM;

/// The threshold of what is never hot.
const NEVER: u32 = u32::MAX;

/// When loops and subs count as hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// Iterations of a loop.
    pub loop_edge: u32,
    /// Calls of a sub.
    pub call: u32,
    /// Whether anything is done about what is hot.
    pub enabled: bool,
    /// Whether what is hot is compiled at once, rather than when it has run for longer.
    pub at_once: bool,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds::from(&TraceJitConfig::default())
    }
}

impl From<&TraceJitConfig> for Thresholds {
    fn from(config: &TraceJitConfig) -> Thresholds {
        Thresholds {
            loop_edge: config.trace_threshold,
            call: config.block_threshold,
            enabled: true,
            at_once: config.trace_threshold == 1 || config.block_threshold == 1,
        }
    }
}

impl Thresholds {
    /// What a counter of loops, and one of calls, begins with.
    fn starts(self) -> (u32, u32) {
        // At 0 a counter would run round.
        if self.enabled { (self.loop_edge.max(1), self.call.max(1)) } else { (NEVER, NEVER) }
    }
}

/// Counters of each kind; a power of two.
const COUNTERS: usize = 1024;

/// How often loops and subs may still run before they are hot. They are not in the VM itself, which is moved about when it
/// is made.
pub(super) struct Counters {
    loops: Box<[u32; COUNTERS]>,
    calls: Box<[u32; COUNTERS]>,
}

impl Default for Counters {
    fn default() -> Counters {
        let (loops, calls) = Thresholds::default().starts();
        Counters { loops: counters(loops), calls: counters(calls) }
    }
}

/// Counters that begin with a number, made where they stay.
fn counters(start: u32) -> Box<[u32; COUNTERS]> {
    vec![start; COUNTERS].try_into().expect("so many were made")
}

/// The counter of an instruction.
#[inline(always)]
fn index(ip: *mut Inst) -> usize {
    ip as usize / size_of::<Inst>() % COUNTERS
}

#[inline(always)]
fn run_down(counter: &mut u32) -> bool {
    *counter = counter.wrapping_sub(1);
    *counter == 0
}

impl Counters {
    /// Counts an iteration of the loop that begins at `ip`; true when it is hot.
    #[inline(always)]
    pub fn counts_loop(&mut self, ip: *mut Inst) -> bool {
        run_down(&mut self.loops[index(ip)])
    }

    /// Sets how often a place may still be reached before it is hot again.
    pub fn set(&mut self, hot: Hot, ip: *mut Inst, times: u32) {
        match hot {
            Hot::Loop => self.loops[index(ip)] = times.max(1),
            Hot::Call => self.calls[index(ip)] = times.max(1),
            Hot::Run => {}
        }
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
        if self.jit == thresholds {
            return;
        }
        self.jit = thresholds;
        let (loops, calls) = thresholds.starts();
        self.counters.loops.fill(loops);
        self.counters.calls.fill(calls);
    }
}

/// What is hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hot {
    /// The loop that begins at the instruction.
    Loop,
    /// The sub that begins at the instruction; its frame is set up.
    Call,
    /// The chunk's own code, which begins at the instruction.
    Run,
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

/// The chunk's own code begins: in native code, if it has run often.
///
/// # Safety
/// As for [`answer`].
pub(super) unsafe fn begin(code: &Code, base: *mut Value, vm: &mut VM) -> Next {
    let ip = code.inst(code.bodies[MAIN].entry);
    let Thresholds { enabled, call, .. } = vm.fast.jit;
    if enabled && !vm.fast.is_observed && code.tiers.counts_run(call) {
        // SAFETY: as for this function.
        return unsafe { answer(Hot::Run, ip, base, vm) };
    }
    Next::at(ip, base)
}

/// Goes on at an instruction that was found to be hot, in whatever tier.
///
/// # Safety
/// `ip` is an instruction of the running unit, about to be executed in the window `base` of the running
/// frame. `vm.fast.ip` and `vm.fast.base` are not up to date.
unsafe fn answer(hot: Hot, ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    let Thresholds { enabled, loop_edge, call, .. } = vm.fast.jit;
    if !enabled || (if hot == Hot::Loop { loop_edge } else { call }) == NEVER {
        return Next::at(ip, base);
    }
    // SAFETY: as for this function.
    unsafe { super::native::answer(hot, ip, base, vm) }
}
