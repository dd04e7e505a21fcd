//! Calls: resolving subs, frames that the hot path does not set up, and returns from them.

use super::register::{put, take};
use super::{MAIN, Record, State, SubCode};
use crate::code::Inst;
use crate::error::OpResult;
use crate::interp::unit::{Target, not_callable};
use crate::limits::too_deep;
use crate::value::{Code, Value};
use crate::vm::{Ended, Entry, VM};
use std::ptr;
use std::sync::Arc;

/// Makes the table of subs reflect the VM's subs.
pub(super) fn refresh_subs(vm: &mut VM) {
    let now = (vm.subs.generation, vm.charges_fuel);
    let state = &mut vm.fast;
    if state.reflects != now {
        state.reflects = now;
        state.subs.fill(SubCode::UNRESOLVED);
        if state.records.is_empty() {
            state.units.clear();
        }
    }
    state.subs.resize(vm.subs.list.len(), SubCode::UNRESOLVED);
}

/// Where execution continues: the instruction and the window.
pub(super) type Continue = (*mut Inst, *mut Value);

/// Finds a sub's code, and keeps its unit alive. `None` when it has no lowered code.
fn resolve(vm: &mut VM, id: usize, target: &Target) -> Option<SubCode> {
    let known = vm.fast.subs[id];
    if !known.entry.is_null() {
        return Some(known);
    }
    let code = target.unit.code(vm.charges_fuel)?;
    let body = &code.bodies[target.body()];
    let sub = SubCode {
        entry: code.inst(body.entry),
        unit: Arc::as_ptr(&target.unit),
        takes: body.takes,
        variables: body.variables,
        registers: body.registers,
    };
    vm.fast.units.push(target.unit.clone());
    vm.fast.subs[id] = sub;
    Some(sub)
}

/// A call that the hot path leaves: of a sub that is not resolved yet, with more arguments than it takes,
/// at the depth limit, or beyond the end of the register file. The arguments are in registers from `first`
/// of the window `base`; `vm.fast.base` and `ip` are up to date.
#[cold]
#[inline(never)]
pub(super) unsafe fn call(
    vm: &mut VM,
    id: usize,
    closure: Option<Code>,
    first: usize,
    n: usize,
) -> OpResult<Continue> {
    refresh_subs(vm);
    let target = vm.subs.target(id as u32)?;
    target.check_arguments(n)?;
    if vm.depth() >= vm.limits.depth {
        return Err(too_deep(vm.limits.depth));
    }
    let Some(sub) = resolve(vm, id, &target) else {
        // SAFETY: the caller's contract.
        return unsafe { call_reference(vm, target, closure, first, n) };
    };
    let takes = sub.takes as usize;
    let state = &mut vm.fast;
    let window = state.base + first;
    // Arguments that the callee does not take are out of its reach, so they can go now.
    let arguments = &mut state.registers[window..window + n];
    arguments[..n - takes].fill(Value::Undef);
    arguments.rotate_left(n - takes);
    state.reserve(window + sub.registers as usize);
    state.registers[window + takes..window + sub.variables as usize].fill(Value::Undef);
    state.records.push(Record {
        // SAFETY: a call is never the last instruction of a body.
        return_ip: unsafe { state.ip.0.add(1) },
        unit: state.unit.0,
        closure: std::mem::replace(&mut state.closure, closure),
        saved: vm.saved.mark() as u32,
    });
    state.unit.0 = sub.unit;
    state.base = window;
    Ok((sub.entry, state.base_pointer()))
}

/// Calls a sub of a unit that runs in the reference interpreter.
unsafe fn call_reference(
    vm: &mut VM,
    target: Target,
    closure: Option<Code>,
    first: usize,
    n: usize,
) -> OpResult<Continue> {
    let start = vm.fast.base + first;
    let args: Vec<Value> = vm.fast.registers[start..start + n].iter_mut().map(std::mem::take).collect();
    let value = match vm.execute(&Entry::Sub(target, closure), &args) {
        Ok(Ended::Value(value)) => value,
        Ok(Ended::Empty) => Value::Undef,
        // The poll word still says so: the next poll ends this run too.
        Ok(Ended::Halt) => Value::Undef,
        Err(error) => return Err(error.fault().clone()),
    };
    // SAFETY: `ip` is the call; its dest is a register of the running window.
    unsafe {
        let base = vm.fast.base_pointer();
        put(base.add((*vm.fast.ip.0).c.into()), value);
        Ok((vm.fast.ip.0.add(1), base))
    }
}

/// CallDynamic: the callee is in register `first`, its `n` arguments above it. Like [`call`] otherwise.
#[cold]
#[inline(never)]
pub(super) unsafe fn call_dynamic(vm: &mut VM, first: usize, n: usize) -> OpResult<Continue> {
    let state = &mut vm.fast;
    let at = state.base + first;
    let callee = std::mem::take(&mut state.registers[at]);
    // The arguments take the callee's place, so that the window begins where the call says.
    state.registers[at..=at + n].rotate_left(1);
    let (id, closure) = match callee {
        Value::Code(code) => {
            // The id is that of the VM that made the closure, which may have been reset since.
            let name = code.name().to_str_lossy();
            let id = match vm.subs.list.get(code.id() as usize) {
                Some(sub) if *sub.name == *name => code.id(),
                _ => vm.subs.known_id(&name)?,
            };
            (id as usize, Some(code))
        }
        Value::NativeFn(builtin) => {
            vm.stack.extend(vm.fast.registers[at..at + n].iter_mut().map(std::mem::take));
            let value = vm.call_builtin(builtin, n)?;
            // SAFETY: `ip` is the call; its dest is a register of the running window.
            unsafe {
                let base = vm.fast.base_pointer();
                put(base.add((*vm.fast.ip.0).c.into()), value);
                return Ok((vm.fast.ip.0.add(1), base));
            }
        }
        Value::Str(name) => (vm.subs.known_id(&name.to_str_lossy())? as usize, None),
        other => return Err(not_callable(&other)),
    };
    // SAFETY: the caller's contract.
    unsafe { call(vm, id, closure, first, n) }
}

/// TailCall: the arguments take the running frame's place, `variables` registers of which are dropped. The
/// slots of a chunk's own frame can be read after the run, so the sub's window begins above them.
#[cold]
#[inline(never)]
pub(super) unsafe fn tail_call(vm: &mut VM, inst: Inst) -> OpResult<Continue> {
    let (first, n) = (usize::from(inst.a), usize::from(inst.b));
    refresh_subs(vm);
    let id = inst.imm as usize;
    let target = vm.subs.target(id as u32)?;
    target.check_arguments(n)?;
    // SAFETY: something runs, and `ip` is in its code.
    let code = unsafe { State::code_of(vm.fast.unit.0, vm.charges_fuel) };
    let owner = code.owner(code.index_of(vm.fast.ip.0));
    let variables = if owner == MAIN { 0 } else { usize::from(inst.c) };
    let Some(sub) = resolve(vm, id, &target) else {
        // Its result is this frame's result: the record makes it return at once.
        // SAFETY: the call's dest is register `c` of this window, which is free now.
        let (_, base) = unsafe { call_reference(vm, target, None, first, n)? };
        // SAFETY: as above; the frame that made the tail call is the running one.
        return Ok(unsafe { return_value(vm, take(base.add(inst.c.into())), variables) });
    };
    let takes = sub.takes as usize;
    let mark = vm.fast.records.last().map_or(0, |record| record.saved as usize);
    vm.saved.restore(&mut vm.globals, mark);
    let state = &mut vm.fast;
    let arguments = state.base + first;
    state.closure = None;
    state.registers[state.base..state.base + variables].fill(Value::Undef);
    if owner == MAIN {
        // One register below the window gets the result.
        state.base += code.bodies[MAIN].registers as usize + 1;
    }
    let base = state.base;
    state.reserve(base + sub.registers as usize);
    let extra = n - takes;
    for argument in 0..n {
        let value = std::mem::take(&mut state.registers[arguments + argument]);
        if argument >= extra {
            state.registers[base + argument - extra] = value;
        }
    }
    state.registers[base + takes..base + sub.variables as usize].fill(Value::Undef);
    state.unit.0 = sub.unit;
    Ok((sub.entry, state.base_pointer()))
}

/// Leaves the running frame with a value, the long way: `variables` registers are dropped, saved globals
/// put back.
#[cold]
#[inline(never)]
pub(super) unsafe fn return_value(vm: &mut VM, value: Value, variables: usize) -> Continue {
    let state = &mut vm.fast;
    let base = state.base;
    state.registers[base..base + variables].fill(Value::Undef);
    let record = state.records.pop().expect("a frame runs");
    vm.saved.restore(&mut vm.globals, record.saved as usize);
    let state = &mut vm.fast;
    state.unit.0 = record.unit;
    state.closure = record.closure;
    // SAFETY: a call precedes every return address; the callee's window begins at its first argument.
    unsafe {
        let call = *record.return_ip.sub(1);
        state.base = base - usize::from(call.a);
        let caller = state.base_pointer();
        put(caller.add(call.c.into()), value);
        (record.return_ip, caller)
    }
}

/// Ends a chunk's own body: its saved globals are put back and its boundary frame is left.
pub(super) fn leave_boundary(vm: &mut VM) {
    if let Some(record) = vm.fast.records.pop() {
        vm.saved.restore(&mut vm.globals, record.saved as usize);
    }
    vm.fast.unit.0 = ptr::null();
}
