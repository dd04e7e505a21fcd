//! Dispatch: how one instruction's handler leads to the next.
//!
//! Each handler ends in a call of the next one, which optimised builds compile to a jump: `ip`, `base` and
//! `vm` stay in registers, and each handler has an indirect jump of its own for the processor to predict.
//! Rust does not promise that such calls become jumps. Where they might not (`build.rs` decides: without
//! optimisation, or with debug assertions), a handler returns instead, and the loop here calls the next.
//! Handlers that are not hot may always return, so nothing with a destructor needs to end in a call.

use super::handlers::HANDLERS;
use super::unwind::{leave, unwind};
use crate::code::Inst;
use crate::error::{Fault, OpResult, VMError};
use crate::value::Value;
use crate::vm::{Ended, VM};
use std::ptr;

/// Where execution goes on; a null `ip` ends it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Next {
    ip: *mut Inst,
    base: *mut Value,
}

/// An instruction's handler: gets the instruction and the window.
pub(super) type Handler = unsafe fn(*mut Inst, *mut Value, &mut VM) -> Next;

/// Runs from an instruction until the boundary of this run is left.
///
/// # Safety
/// `start` begins a body of the running unit (`vm.fast.unit`), and the window at `vm.fast.base` is set up
/// for it.
pub(super) unsafe fn execute(vm: &mut VM, start: *mut Inst) -> Result<Ended, VMError> {
    let mut next = Next { ip: start, base: vm.fast.base_pointer() };
    while !next.ip.is_null() {
        // SAFETY: the handlers lead from one valid instruction and window to the next.
        next = unsafe { HANDLERS[(*next.ip).op as usize](next.ip, next.base, vm) };
    }
    vm.fast.ended.take().expect("the handler that ends a run says how")
}

/// Goes on with the instruction at `ip`.
///
/// # Safety
/// As for [`execute`].
#[inline(always)]
pub(super) unsafe fn dispatch(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    if cfg!(fusevm_tail_calls) {
        // SAFETY: as for this function; the table has an entry for every opcode.
        unsafe { HANDLERS.get_unchecked((*ip).op as usize)(ip, base, vm) }
    } else {
        let _ = vm;
        Next { ip, base }
    }
}

/// Puts a slow path's error aside for [`faulted`]; true when there is none.
#[inline(always)]
pub(super) fn keep(vm: &mut VM, result: OpResult<()>) -> bool {
    match result {
        Ok(()) => true,
        Err(fault) => {
            vm.fast.fault = Some(fault);
            false
        }
    }
}

/// Ends the run.
#[cold]
#[inline(never)]
pub(super) fn ended(vm: &mut VM, result: Result<Ended, VMError>) -> Next {
    vm.fast.ended = Some(result);
    Next { ip: ptr::null_mut(), base: ptr::null_mut() }
}

/// Answers an error at an instruction: the given one, or the one that was kept.
///
/// # Safety
/// As for [`execute`].
#[cold]
#[inline(never)]
pub(super) unsafe fn faulted(ip: *mut Inst, base: *mut Value, vm: &mut VM, fault: Option<Fault>) -> Next {
    vm.fast.ip.0 = ip;
    vm.fast.base = vm.fast.window_offset(base);
    let fault = fault.or_else(|| vm.fast.fault.take()).expect("an error led here");
    // SAFETY: as for this function.
    match unsafe { unwind(vm, fault) } {
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
    vm.fast.ip.0 = ip;
    vm.fast.base = vm.fast.window_offset(base);
    match vm.answer_poll() {
        // SAFETY: as for this function.
        Some(fault) => unsafe { faulted(ip, base, vm, Some(fault)) },
        None => {
            leave(vm);
            ended(vm, Ok(Ended::Halt))
        }
    }
}
