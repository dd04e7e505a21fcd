//! Observed execution: one instruction at a time, noting the kinds of values that come about.
//!
//! Follows calls into other units: what is seen belongs to the code that runs.

use super::dispatch::{Next, target};
use super::stepping::step;
use super::{State, exit_ip};
use crate::code::{Inst, Opcode};
use crate::value::Value;
use crate::vm::VM;

/// How long code that is hot is observed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Instructions at most.
    pub steps: u32,
    /// Times at most that execution comes back to where it began, in the same frame.
    pub rounds: u32,
}

impl Default for Extent {
    fn default() -> Extent {
        // A path that one iteration in ten takes is missed with a probability of 4 %; the observation of a
        // loop takes some 50 µs.
        Extent { steps: 1000, rounds: 30 }
    }
}

/// Executes from an instruction on under observation, to the extent given or to the end of the run.
///
/// # Safety
/// As for [`step`].
pub(crate) unsafe fn profile(ip: *mut Inst, base: *mut Value, vm: &mut VM, extent: Extent) -> Next {
    let frame = vm.fast.window_offset(base);
    let mut next = Next::at(ip, base);
    let mut rounds = 0;
    for _ in 0..extent.steps {
        // SAFETY: as for this function; each step leads to the next instruction and its window.
        next = unsafe { observe(next, vm, step) };
        if next.ip.is_null() {
            break;
        }
        if next.ip == ip && vm.fast.window_offset(next.base) == frame {
            rounds += 1;
            if rounds == extent.rounds {
                break;
            }
        }
    }
    next
}

/// Executes to the end of the run under observation.
///
/// # Safety
/// As for [`step`].
pub(super) unsafe fn run(mut next: Next, vm: &mut VM) -> Next {
    #[cfg(debug_assertions)]
    use super::check::step;
    while !next.ip.is_null() {
        // SAFETY: as for this function.
        next = unsafe { observe(next, vm, step) };
    }
    next
}

/// Executes one instruction, by `step`, and notes what comes of it.
///
/// # Safety
/// As for [`step`].
unsafe fn observe(at: Next, vm: &mut VM, step: unsafe fn(*mut Inst, *mut Value, &mut VM) -> Next) -> Next {
    let Next { ip, base } = at;
    // SAFETY: as for this function. The instruction's unit runs, and so does that of the next one unless the
    // boundary is left; a call precedes every return address.
    unsafe {
        if ip == exit_ip() {
            return step(ip, base, vm);
        }
        let inst = *ip;
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let index = code.index_of(ip);
        code.feedback().add_execution(index);
        let next = step(ip, base, vm);
        if next.ip.is_null() || next.ip == exit_ip() {
            return next;
        }
        // The instruction that is complete now, unless an error goes on somewhere.
        let complete = match inst.op {
            Opcode::Return | Opcode::ReturnUndef => Some(next.ip.sub(1)),
            Opcode::BlockEnd => {
                let iterate = code.inst(code.lists.blocks[inst.imm as usize].iterate);
                (next.ip == iterate.add(1)).then_some(iterate)
            }
            Opcode::IncLoopLt | Opcode::IncLoopLe | Opcode::IncLoopLtI | Opcode::IncLoopLeI => {
                (next.ip == ip.add(1) || next.ip == target(ip, inst.imm)).then_some(ip)
            }
            _ => (next.ip == ip.add(1)).then_some(ip),
        };
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        if let Some(complete) = complete
            && let Some(dest) = (*complete).dest()
        {
            code.feedback().add_result(code.index_of(complete), &*next.base.add(dest.into()));
        }
        if let Opcode::Call | Opcode::CallDynamic | Opcode::TailCall = inst.op {
            let index = code.index_of(next.ip);
            let owner = code.owner(index);
            let body = &code.bodies[owner];
            if body.entry == index {
                let arguments = std::slice::from_raw_parts(next.base, body.takes as usize);
                code.feedback().add_arguments(owner, arguments);
            }
        }
        next
    }
}
