//! Dispatch: how one instruction's handler leads to the next.
//!
//! Each handler ends in a call of the next one, which optimised builds compile to a jump: `ip`, `base` and
//! `vm` stay in registers, and each handler has an indirect jump of its own for the processor to predict.
//! Rust does not promise that such calls become jumps. Where they might not (`build.rs` decides: without
//! optimisation, or with debug assertions), a handler returns instead, and the loop here calls the next.
//! Handlers that are not hot may always return, so nothing with a destructor needs to end in a call.
//!
//! With the JIT each handler exists a second time as one that *steps*: it always returns, and counts nothing.

use super::calls::Continue;
use super::handlers::HANDLERS;
use super::unwind::{leave, unwind};
#[cfg(feature = "jit")]
use super::{hot, profile};
use crate::code::Inst;
use crate::error::{Fault, OpResult, VMError};
use crate::value::Value;
use crate::vm::{Ended, VM};
use std::ptr;
use std::sync::atomic::Ordering;

/// Where execution goes on; a null `ip` ends it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Next {
    pub ip: *mut Inst,
    pub base: *mut Value,
}

impl Next {
    /// Goes on at an instruction, by way of the loop in [`execute`].
    #[inline(always)]
    pub fn at(ip: *mut Inst, base: *mut Value) -> Next {
        Next { ip, base }
    }
}

/// An instruction's handler: gets the instruction and the window.
pub(super) type Handler = unsafe fn(*mut Inst, *mut Value, &mut VM) -> Next;

/// Runs from an instruction until the boundary of this run is left.
///
/// # Safety
/// `start` is in the running unit (`vm.fast.unit`), with the window that is set up for it.
pub(super) unsafe fn execute(vm: &mut VM, start: Next) -> Result<Ended, VMError> {
    let mut next = start;
    #[cfg(feature = "jit")]
    if vm.fast.is_observed {
        // SAFETY: as for this function.
        next = unsafe { profile::run(next, vm) };
    }
    while !next.ip.is_null() {
        // SAFETY: the handlers lead from one valid instruction and window to the next.
        next = unsafe { HANDLERS[(*next.ip).op as usize](next.ip, next.base, vm) };
    }
    vm.fast.ended.take().expect("the handler that ends a run says how")
}

/// Goes on with the instruction at `ip`. A handler that steps never does it by itself.
///
/// # Safety
/// As for [`execute`].
#[inline(always)]
pub(super) unsafe fn dispatch<const STEP: bool>(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    if cfg!(fusevm_tail_calls) && !STEP {
        // SAFETY: as for this function; the table has an entry for every opcode.
        unsafe { HANDLERS.get_unchecked((*ip).op as usize)(ip, base, vm) }
    } else {
        let _ = vm;
        Next { ip, base }
    }
}

/// Does something out of the hot path's way. `body` captures nothing.
///
/// # Safety
/// As for [`execute`].
#[cold]
#[inline(never)]
pub(super) unsafe fn cold(
    body: impl FnOnce(*mut Inst, *mut Value, &mut VM) -> Next,
    ip: *mut Inst,
    base: *mut Value,
    vm: &mut VM,
) -> Next {
    body(ip, base, vm)
}

/// Lets other code see where execution is.
#[inline(always)]
pub(super) fn stop_at(ip: *mut Inst, base: *mut Value, vm: &mut VM) {
    vm.fast.ip.0 = ip;
    vm.fast.base = vm.fast.window_offset(base);
}

/// What leads from an instruction to another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// A jump: back, it closes a loop.
    Jump,
    /// A call, to the first instruction of a sub. When it is done already, to the next one.
    Call,
}

/// Goes on where a call leads, polling, or answers its error.
///
/// # Safety
/// As for [`execute`]; `ip` is the call.
pub(super) unsafe fn enter<const STEP: bool>(result: OpResult<Continue>, ip: *mut Inst, vm: &mut VM) -> Next {
    // SAFETY: as for this function.
    unsafe {
        match result {
            Ok((to, base)) if vm.limits.poll.load(Ordering::Relaxed) != 0 => polled(to, base, vm),
            Ok((to, base)) => count::<STEP>(Edge::Call, ip, to, base, vm),
            Err(fault) => faulted(ip, vm.fast.base_pointer(), vm, fault),
        }
    }
}

/// Goes on after a call or a jump that is not on the hot path, counting it.
///
/// # Safety
/// As for [`execute`]; `ip` is the call or jump.
#[cfg(feature = "jit")]
unsafe fn count<const STEP: bool>(
    edge: Edge,
    ip: *mut Inst,
    to: *mut Inst,
    base: *mut Value,
    vm: &mut VM,
) -> Next {
    // SAFETY: as for this function.
    unsafe {
        match edge {
            _ if STEP => {}
            Edge::Jump if to <= ip && vm.fast.counters.counts_loop(to) => {
                return hot::loop_edge(to, base, vm);
            }
            Edge::Call if to != ip.add(1) && vm.fast.counters.counts_call(to) => {
                return hot::call(to, base, vm);
            }
            _ => {}
        }
    }
    Next::at(to, base)
}

#[cfg(not(feature = "jit"))]
#[inline(always)]
unsafe fn count<const STEP: bool>(
    _: Edge,
    _: *mut Inst,
    to: *mut Inst,
    base: *mut Value,
    _: &mut VM,
) -> Next {
    Next::at(to, base)
}

/// The small integer of a JRI instruction.
#[inline(always)]
pub(super) fn small(inst: &Inst) -> i64 {
    i64::from((inst.imm as i64 >> 32) as i32)
}

/// The instruction that a jump leads to.
///
/// # Safety
/// `imm` is the operand of the jump at `ip`.
#[inline(always)]
pub(super) unsafe fn target(ip: *mut Inst, imm: u64) -> *mut Inst {
    // SAFETY: lowering has resolved the distance to an instruction of the same code.
    unsafe { ip.offset(imm as u32 as i32 as isize) }
}

/// Goes on after a jump instruction whose condition a slow path has found out; a jump back polls.
///
/// # Safety
/// As for [`execute`]; `ip` is a conditional jump.
pub(super) unsafe fn land<const STEP: bool>(
    ip: *mut Inst,
    base: *mut Value,
    vm: &mut VM,
    taken: bool,
) -> Next {
    // SAFETY: as for this function.
    unsafe {
        if !taken {
            return Next::at(ip.add(1), base);
        }
        jump_to::<STEP>(ip, target(ip, (*ip).imm), base, vm)
    }
}

/// Jumps from `ip`; a jump back polls.
///
/// # Safety
/// As for [`execute`]; `to` is in the same body.
pub(super) unsafe fn jump_to<const STEP: bool>(
    ip: *mut Inst,
    to: *mut Inst,
    base: *mut Value,
    vm: &mut VM,
) -> Next {
    // SAFETY: as for this function.
    unsafe {
        if to <= ip && vm.limits.poll.load(Ordering::Relaxed) != 0 {
            return polled(to, base, vm);
        }
        count::<STEP>(Edge::Jump, ip, to, base, vm)
    }
}

/// Goes on after an instruction that a slow path has done, or answers its error.
///
/// The slow path is a function that is not inlined: no local of its is alive here, so this call becomes a jump as well.
///
/// # Safety
/// As for [`execute`].
#[inline(always)]
pub(super) unsafe fn settle<const STEP: bool>(
    result: OpResult<()>,
    ip: *mut Inst,
    base: *mut Value,
    vm: &mut VM,
) -> Next {
    match result {
        // SAFETY: as for this function; no body ends in such an instruction.
        Ok(()) => unsafe { dispatch::<STEP>(ip.add(1), base, vm) },
        // SAFETY: as for this function.
        Err(fault) => unsafe { faulted(ip, base, vm, fault) },
    }
}

/// Ends the run.
#[cold]
#[inline(never)]
pub(super) fn ended(vm: &mut VM, result: Result<Ended, VMError>) -> Next {
    vm.fast.ended = Some(result);
    Next { ip: ptr::null_mut(), base: ptr::null_mut() }
}

/// Answers an error at an instruction.
///
/// # Safety
/// As for [`execute`].
#[cold]
#[inline(never)]
pub(super) unsafe fn faulted(ip: *mut Inst, base: *mut Value, vm: &mut VM, fault: Fault) -> Next {
    stop_at(ip, base, vm);
    // SAFETY: as for this function.
    match unsafe { unwind(vm, fault) } {
        // A handler may stand before its region, so that this is a way back.
        // SAFETY: the handler is in the code of the frame that runs now.
        Ok((ip, base)) if vm.limits.poll.load(Ordering::Relaxed) != 0 => unsafe { polled(ip, base, vm) },
        Ok((ip, base)) => Next { ip, base },
        Err(error) => ended(vm, Err(error)),
    }
}

/// Answers a set poll word, before the instruction at `ip` executes.
///
/// # Safety
/// As for [`execute`].
#[cold]
#[inline(never)]
pub(super) unsafe fn polled(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    stop_at(ip, base, vm);
    if vm.answers_sample() {
        return Next::at(ip, base);
    }
    match vm.answer_poll() {
        // SAFETY: as for this function.
        Some(fault) => unsafe { faulted(ip, base, vm, fault) },
        None => {
            leave(vm);
            ended(vm, Ok(Ended::Halt))
        }
    }
}
