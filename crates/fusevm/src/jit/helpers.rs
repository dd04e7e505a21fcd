//! The functions that native code calls.
//!
//! None may unwind: a panic is caught, kept in the context, and goes on where native code was entered.

use super::context::NativeContext;
use crate::interp::fast::{self, Leaf};
use crate::value::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A helper's place in the context's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Helper {
    /// `(context, instruction, window) -> done`: a leaf instruction; 0 when it failed, or is the interpreter's.
    Leaf,
    /// `(context, instruction, window) -> 0 | 1 | 2`: a leaf jump; not taken, taken, or failed.
    LeafBranch,
    /// `(context, instruction, window) -> instruction`: any instruction; all ones when it left the frame.
    Step,
    /// `(context, value)`: drops a value and leaves Undef.
    Drop,
    /// `(context, to, from)`: copies a value.
    Copy,
    /// `(context, call)`: a frame of a native call is left.
    Left,
}

/// Number of helpers.
pub(crate) const COUNT: usize = 6;

/// The helpers' addresses, in the order of [`Helper`].
pub(crate) const TABLE: [*const u8; COUNT] = [
    leaf as *const u8,
    leaf_branch as *const u8,
    step as *const u8,
    drop_value as *const u8,
    copy_value as *const u8,
    left as *const u8,
];

/// What [`Helper::Step`] gives when the frame was left.
pub(crate) const FRAME_LEFT: u32 = u32::MAX;

/// Does a leaf instruction; `None` when it is left to the interpreter, or failed.
unsafe fn do_leaf(context: *mut NativeContext, inst: u64, base: *mut Value) -> Option<Leaf> {
    // SAFETY: native code passes its own context, an instruction of the running unit, and the window.
    let done = catch_unwind(AssertUnwindSafe(|| unsafe {
        fast::leaf(&mut *(*context).vm, (*context).insts.add(inst as usize), base)
    }));
    // SAFETY: as above.
    unsafe {
        match done {
            Ok(Ok(Leaf::No)) => return None,
            Ok(Ok(leaf)) => return Some(leaf),
            Ok(Err(fault)) => (*context).fault = Some(fault),
            Err(panic) => (*context).panic = Some(panic),
        }
    }
    None
}

unsafe extern "C" fn leaf(context: *mut NativeContext, inst: u64, base: *mut Value) -> u64 {
    // SAFETY: as for `do_leaf`.
    u64::from(unsafe { do_leaf(context, inst, base) }.is_some())
}

unsafe extern "C" fn leaf_branch(context: *mut NativeContext, inst: u64, base: *mut Value) -> u64 {
    // SAFETY: as for `do_leaf`.
    match unsafe { do_leaf(context, inst, base) } {
        Some(Leaf::NotTaken) => 0,
        Some(Leaf::Taken) => 1,
        _ => 2,
    }
}

unsafe extern "C" fn step(context: *mut NativeContext, inst: u64, base: *mut Value) -> u64 {
    // SAFETY: as for `leaf`; what the step may change of the VM, the context is told below.
    unsafe {
        let vm = (*context).vm;
        let insts = (*context).insts;
        let before = fast::frame(&*vm, base);
        let generation = (*vm).subs.generation;
        let stepped =
            catch_unwind(AssertUnwindSafe(|| fast::step_at(insts.add(inst as usize), base, &mut *vm)));
        (*context).globals = (*vm).globals.values.as_mut_ptr();
        let (ip, base) = match stepped {
            Ok(next) => next,
            Err(panic) => {
                (*context).panic = Some(panic);
                return FRAME_LEFT.into();
            }
        };
        (*context).next = (ip, base);
        (*context).base = base;
        // Native calls are of the subs as they were.
        let is_redefined = (*vm).subs.generation != generation;
        if ip.is_null() || is_redefined || fast::frame(&*vm, base) != before {
            return FRAME_LEFT.into();
        }
        ip.offset_from(insts) as u64
    }
}

unsafe extern "C" fn drop_value(context: *mut NativeContext, value: *mut Value) {
    // SAFETY: native code passes the address of a value.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { drop(std::mem::take(&mut *value)) }));
    if let Err(panic) = dropped {
        // SAFETY: as for `leaf`.
        unsafe { (*context).panic = Some(panic) };
    }
}

unsafe extern "C" fn copy_value(context: *mut NativeContext, to: *mut Value, from: *const Value) {
    // SAFETY: native code passes the addresses of two values.
    let copied = catch_unwind(AssertUnwindSafe(|| unsafe {
        let copy = (*from).clone();
        *to = copy;
    }));
    if let Err(panic) = copied {
        // SAFETY: as for `leaf`.
        unsafe { (*context).panic = Some(panic) };
    }
}

unsafe extern "C" fn left(context: *mut NativeContext, call: u64) {
    // SAFETY: as for `leaf`.
    unsafe { (*context).left.push(super::context::LeftFrame { call: call as u32 }) };
}
