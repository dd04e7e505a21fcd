//! Errors: finding the try region that catches one, or leaving the run with it.

use super::calls::{Continue, leave_boundary};
use super::{MAIN, State, exit_ip};
use crate::chunk::analysis::{BodyKind, NONE};
use crate::code::Handler;
use crate::error::{Fault, VMError};
use crate::value::Value;
use crate::vm::VM;

/// The handler of an error, and what is left before it continues.
struct Catch {
    handler: Handler,
    frames: usize,
    iterations: usize,
}

/// Looks for the handler of an error at the running instruction, outwards to the boundary of this run.
unsafe fn find_handler(vm: &VM) -> Option<Catch> {
    let state = &vm.fast;
    let (mut ip, mut unit) = (state.ip.0, state.unit.0);
    let (mut frames, mut iterations) = (state.records.len(), state.iterations.len());
    loop {
        // SAFETY: `ip` is in the code of `unit`, which runs.
        let (analysis, code) =
            unsafe { ((*unit).verified().analysis(), State::code_of(unit, vm.charges_fuel)) };
        let inst = code.index_of(ip);
        let op_state = analysis.states[code.op_index(inst)];
        if op_state.try_begin != NONE
            && let Some(handler) = code.handler(op_state.try_begin, inst)
        {
            return Some(Catch { handler, frames, iterations });
        }
        if matches!(analysis.bodies[op_state.body as usize].kind, BodyKind::Block(_)) {
            iterations -= 1;
            // SAFETY: an Iterate precedes the address where its body continues.
            ip = unsafe { state.iterations[iterations].return_ip.sub(1) };
            continue;
        }
        let record = &state.records[frames - 1];
        if record.return_ip == exit_ip() {
            return None;
        }
        frames -= 1;
        // SAFETY: a call precedes every return address.
        ip = unsafe { record.return_ip.sub(1) };
        unit = record.unit;
    }
}

/// Answers an error at the running instruction: continues at the handler that catches it, or ends the run.
#[cold]
#[inline(never)]
pub(super) unsafe fn unwind(vm: &mut VM, fault: Fault) -> Result<Continue, VMError> {
    // SAFETY: something runs, the caller says.
    let caught = if fault.kind().is_catchable() { unsafe { find_handler(vm) } } else { None };
    let Some(Catch { handler, frames, iterations }) = caught else {
        let error = vm.error_here(fault);
        leave(vm);
        return Err(error);
    };
    vm.keep_caught(&fault);
    let end = highest_register(vm);
    if frames < vm.fast.records.len() {
        let mark = vm.fast.records[frames].saved as usize;
        vm.saved.restore(&mut vm.globals, mark);
    }
    while vm.fast.records.len() > frames {
        pop_frame(vm);
    }
    let mark = vm.fast.records[frames - 1].saved as usize;
    vm.saved.unwind_scopes(&mut vm.globals, mark, handler.scopes as usize);
    let state = &mut vm.fast;
    state.iterations.truncate(iterations);
    let register = state.base + handler.register as usize;
    state.registers[register..end].fill(Value::Undef);
    state.registers[register] = fault.to_value();
    // SAFETY: the handler is in the code of the unit that runs now.
    let code = unsafe { State::code_of(state.unit.0, vm.charges_fuel) };
    Ok((code.inst(handler.inst), vm.fast.base_pointer()))
}

/// Leaves every frame of this run, its boundary included.
pub(super) fn leave(vm: &mut VM) {
    let end = highest_register(vm);
    while vm.fast.records.last().is_some_and(|record| record.return_ip != exit_ip()) {
        pop_frame(vm);
    }
    let state = &mut vm.fast;
    let outer = state.outers.last().map_or(0, |outer| outer.iterations);
    state.iterations.truncate(outer);
    // SAFETY: the boundary's body runs.
    let code = unsafe { State::code_of(state.unit.0, vm.charges_fuel) };
    let owner = if state.ip.0.is_null() { MAIN } else { code.owner(code.index_of(state.ip.0)) };
    let kept = if owner == MAIN { code.bodies[MAIN].variables as usize } else { 0 };
    // The slots of the chunk's own frame can be read after the run.
    let first = state.base + kept;
    if first < end {
        state.registers[first..end].fill(Value::Undef);
    }
    leave_boundary(vm);
}

/// Pops a frame that is not the boundary; its registers are cleared by the caller.
fn pop_frame(vm: &mut VM) {
    let state = &mut vm.fast;
    if let Some(record) = state.records.pop() {
        // SAFETY: a call precedes every return address.
        unsafe {
            state.ip.0 = record.return_ip.sub(1);
            state.base -= usize::from((*state.ip.0).a);
        }
        state.unit.0 = record.unit;
        state.closure = record.closure;
    }
}

/// End of the running frame's window.
fn highest_register(vm: &VM) -> usize {
    let state = &vm.fast;
    // SAFETY: something runs, and `ip` is in its code.
    let code = unsafe { State::code_of(state.unit.0, vm.charges_fuel) };
    let owner = code.owner(code.index_of(state.ip.0));
    (state.base + code.bodies[owner].registers as usize).min(state.registers.len())
}
