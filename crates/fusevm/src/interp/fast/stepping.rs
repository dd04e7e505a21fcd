//! One instruction at a time: what profiling, and native code that leaves an instruction to the
//! interpreter, run.

use super::dispatch::Next;
use super::handlers::STEPPING;
use crate::code::Inst;
use crate::value::Value;
use crate::vm::VM;

/// Executes one instruction, whatever it is, and says where execution goes on.
///
/// Polls, charges fuel and answers errors as the interpreter does. It counts nothing, so that no tier is
/// entered from within.
///
/// # Safety
/// `ip` is an instruction of the running unit, and `base` the window of the running frame.
#[inline]
pub(crate) unsafe fn step(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    // SAFETY: as for this function.
    unsafe { STEPPING[(*ip).op as usize](ip, base, vm) }
}
