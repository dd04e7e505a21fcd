//! The way into native code from the interpreter, and back.

use super::calls::return_value;
use super::dispatch::{Next, faulted};
use super::hot::Hot;
use super::stepping::step;
use super::{Record, State};
use crate::code::Inst;
use crate::jit::context::{ExitReason, NativeContext, status};
use crate::jit::tell::{self, Program};
use crate::jit::tiers::{self, Compiled, Look, What};
use crate::value::Value;
use crate::vm::VM;
use std::panic::resume_unwind;

/// Bytes of native stack that a native frame may take at most.
const NATIVE_FRAME: usize = 512;

/// Which frame runs: its number and where its window is.
pub(crate) fn frame(vm: &VM, base: *mut Value) -> (usize, usize) {
    (vm.fast.records.len(), vm.fast.window_offset(base))
}

/// Executes one instruction; see [`step`].
///
/// # Safety
/// As for [`step`].
pub(crate) unsafe fn step_at(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> (*mut Inst, *mut Value) {
    // SAFETY: as for this function.
    let Next { ip, base } = unsafe { step(ip, base, vm) };
    (ip, base)
}

/// Goes on at an instruction that was found to be hot: in native code if there is some, else under observation
/// or as before.
///
/// # Safety
/// `ip` is an instruction of the running unit, about to be executed in the window `base` of the running frame.
pub(super) unsafe fn answer(hot: Hot, ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    // SAFETY: the unit runs, and `units` keeps it alive.
    let (unit, code) = unsafe { (&*vm.fast.unit.0, State::code_of(vm.fast.unit.0, vm.charges_fuel)) };
    let inst = code.index_of(ip);
    let what = match hot {
        Hot::Loop => What::Loop(inst),
        Hot::Call => What::Sub(code.owner(inst) as u32),
        Hot::Run => What::Main,
    };
    let registers = code.bodies[code.owner(inst)].registers as usize;
    // SAFETY: the window of the running frame has so many registers.
    let window = unsafe { std::slice::from_raw_parts(base, registers) };
    let tag_of = |register: u16| window[usize::from(register)].tag();
    let program = Program { unit, code };
    let look = tiers::look(vm, program, what, registers, tag_of);
    match hot {
        Hot::Run => code.tiers.set_runs(look.wait()),
        Hot::Loop | Hot::Call => vm.fast.counters.set(hot, ip, look.wait()),
    }
    match look {
        // What is inlined must not pass the limit of depth, whose error is the interpreter's.
        Look::Enter(compiled) if frames_left(vm) < compiled.depth as usize => Next::at(ip, base),
        // SAFETY: as for this function; the code is for this place and these kinds.
        Look::Enter(compiled) => unsafe { enter(vm, program, &compiled, hot, base) },
        // SAFETY: as for this function.
        Look::Observe(extent, _) => unsafe { super::profile::profile(ip, base, vm, extent) },
        // SAFETY: as for this function.
        Look::Trace(rooted) => unsafe { super::traced::enter(vm, program, &rooted, ip, base) },
        // SAFETY: as for this function.
        Look::Record(recording) => unsafe { super::traced::record_trace(vm, program, &recording, ip, base) },
        Look::Wait(_) => Next::at(ip, base),
    }
}

/// The highest window that a native call may begin, so that depth, registers and native stack suffice.
fn limit(vm: &VM, compiled: &Compiled, base: *mut Value) -> *mut Value {
    let state = &vm.fast;
    let advance = usize::from(compiled.least_advance);
    if advance == 0 || advance == usize::from(u16::MAX) {
        return std::ptr::null_mut();
    }
    // Each native frame may have others inlined into it.
    let inlined = compiled.depth as usize;
    let frames = frames_left(vm).saturating_sub(inlined) / (1 + inlined);
    let frame_bytes = NATIVE_FRAME + 8 * compiled.most_registers as usize;
    let frames = frames.min(vm.native_stack_left() / frame_bytes);
    let end = state.registers.len().saturating_sub(compiled.most_registers as usize);
    let highest = (state.window_offset(base) + frames.saturating_mul(advance)).min(end);
    state.registers.as_ptr().wrapping_add(highest).cast_mut()
}

/// Calls that may still be made.
fn frames_left(vm: &VM) -> usize {
    vm.fast.record_limit.saturating_sub(vm.fast.records.len())
}

/// Notes what an instruction has given that was not expected.
///
/// # Safety
/// The instruction was the last that was done, in this window.
unsafe fn note_result(program: Program, inst: u32, base: *mut Value) {
    // SAFETY: as for this function.
    unsafe {
        if let Some(dest) = (*program.code.inst(inst)).dest() {
            program.code.feedback().add_result(inst, &*base.add(dest.into()));
        }
    }
}

/// Runs native code from here on.
///
/// # Safety
/// The code is for the place and for the kinds in the window.
unsafe fn enter(vm: &mut VM, program: Program, compiled: &Compiled, hot: Hot, base: *mut Value) -> Next {
    let code = program.code;
    tell::enter(vm, compiled);
    let insts = code.inst(0);
    // Inlined frames have their registers above the window.
    let window = vm.fast.window_offset(base);
    vm.fast.reserve(window + compiled.most_registers as usize);
    // SAFETY: the register file reaches beyond the window.
    let base = unsafe { vm.fast.registers.as_mut_ptr().add(window) };
    let mut context = NativeContext::new(vm, insts, base);
    context.limit = limit(vm, compiled, base);
    context.poll = vm.limits.poll.as_ptr();
    context.globals = vm.globals.values.as_mut_ptr();
    context.fuel = &raw mut vm.fuel_left;
    context.joins_pairs = vm.awk.joins_pairs().into();
    // SAFETY: the code was made for this signature; the context outlives the call.
    let status = unsafe { (compiled.entry())(&raw mut context, base) };
    if let Some(panic) = context.panic.take() {
        resume_unwind(panic);
    }
    // Foreign code may have moved the registers.
    let mut base = context.base;
    match status {
        status::RETURNED => {
            debug_assert!(hot == Hot::Call, "only subs return");
            tell::left(vm, program, compiled.id, None);
            vm.fast.base = vm.fast.window_offset(base);
            // SAFETY: native code has put a value there; the frame's registers own nothing any more.
            let (ip, base) = unsafe {
                let value = std::ptr::read(context.result.as_ptr().cast::<Value>());
                return_value(vm, value, 0)
            };
            Next::at(ip, base)
        }
        status::EXIT => {
            for left in context.left.iter().rev() {
                let call = code.inst(left.call);
                // SAFETY: the instruction is a call of this code, and its window lies within the registers.
                unsafe {
                    vm.fast.records.push(Record {
                        return_ip: call.add(1),
                        unit: vm.fast.unit.0,
                        closure: vm.fast.closure.take(),
                        saved: vm.saved.mark() as u32,
                    });
                    base = base.add(usize::from((*call).a));
                }
            }
            let (exit, reason) = ExitReason::decode(context.exit);
            tell::left(vm, program, compiled.id, Some((exit, reason)));
            let ip = code.inst(exit);
            if let Some(fault) = context.fault {
                // SAFETY: the instruction has failed, in the window of the frame that runs now.
                return unsafe { faulted(ip, base, vm, fault) };
            }
            if reason == ExitReason::Result {
                // SAFETY: what the instruction before has given is in its register.
                unsafe { note_result(program, exit - 1, base) };
            }
            match tiers::count_exit(program, compiled, exit, reason) {
                // SAFETY: the interpreter goes on at this instruction of the running unit.
                Some(extent) => unsafe { super::profile::profile(ip, base, vm, extent) },
                None => Next::at(ip, base),
            }
        }
        _ => {
            let (ip, base) = context.next;
            tell::left(vm, program, compiled.id, None);
            Next::at(ip, base)
        }
    }
}
