//! The way into traces and back: frames that a trace has entered become real, and side traces are recorded.

use super::dispatch::{Next, faulted};
use super::leaf::{Leaf, leaf};
use super::record::record;
use super::stepping::step;
use super::{Record, State, exit_ip};
use crate::code::{Code as LoweredCode, Inst};
use crate::jit::context::{NativeContext, status};
use crate::jit::method::input::Input;
use crate::jit::policy;
use crate::jit::tell::{self, Program};
use crate::jit::tiers::traces::{self, AfterExit, Merge, Recording, Rooted};
use crate::jit::trace_code::{Head, StepCode, TraceCode};
use crate::jit::trace_emit::ExitKind;
use crate::trace::ir::Frame;
use crate::trace::recorder::Recorder;
use crate::value::Value;
use crate::vm::VM;
use std::collections::HashMap;
use std::panic::resume_unwind;
use std::ptr;

/// Native code of a way into traces.
type WayIn = unsafe extern "C" fn(*mut NativeContext, *mut Value, *mut Head, *const u8) -> i64;

/// How a step of a trace ended.
pub(crate) enum Stepped {
    /// The expected instruction is next; the window in which the trace began.
    Done(*mut Value),
    /// The interpreter goes on there; the frames are real.
    Gone(*mut Inst, *mut Value),
}

/// Executes from a hot loop on while it is recorded.
///
/// # Safety
/// `ip` is the instruction at which the recording begins, about to be executed in the window `base` of the running
/// frame.
pub(super) unsafe fn record_trace(
    vm: &mut VM,
    program: Program,
    recording: &Recording,
    ip: *mut Inst,
    base: *mut Value,
) -> Next {
    let code = program.code;
    let feedback = vec![0; code.len()].into();
    let input = Input::new(program.unit, code, feedback, HashMap::new());
    let mut recorder =
        Recorder::new(input, recording.start.clone(), recording.linked.clone(), recording.settings);
    // SAFETY: as for this function.
    let next = unsafe { record(ip, base, vm, &mut recorder) };
    let ends = next.ip.is_null() || next.ip == exit_ip();
    let wait = traces::finish_recording(vm, program, recording, recorder.finish(), ends);
    vm.fast.counters.set(super::hot::Hot::Loop, code.inst(recording.header), wait);
    next
}

/// Runs a loop's trace from here on.
///
/// # Safety
/// `ip` is the loop's first instruction, about to be executed in the window `base` of the running frame.
pub(super) unsafe fn enter(
    vm: &mut VM,
    program: Program,
    rooted: &Rooted,
    ip: *mut Inst,
    base: *mut Value,
) -> Next {
    let code = program.code;
    let (registers, frames) = rooted.forest.needs();
    let offset = vm.fast.window_offset(base);
    if vm.fast.records.len() + frames > vm.fast.record_limit || vm.native_stack_left() < STACK {
        return Next::at(ip, base);
    }
    vm.fast.reserve(offset + registers);
    // SAFETY: the register file reaches further.
    let base = unsafe { vm.fast.registers.as_mut_ptr().add(offset) };
    let root = &rooted.root;
    tell::enter_trace(vm, root);
    let mut context = NativeContext::new(vm, code.inst(0), base);
    context.poll = vm.limits.poll.as_ptr();
    context.globals = vm.globals.values.as_mut_ptr();
    context.fuel = &raw mut vm.fuel_left;
    // SAFETY: the way in has this signature, and the context outlives the call.
    let status = unsafe {
        let way_in: WayIn = std::mem::transmute(rooted.way_in.entry(0));
        way_in(&raw mut context, base, root.head(), root.entry())
    };
    if let Some(panic) = context.panic.take() {
        resume_unwind(panic);
    }
    if status != status::EXIT {
        tell::left(vm, program, root.id, None);
        let (ip, base) = context.next;
        return Next::at(ip, base);
    }
    // SAFETY: native code has said which trace it was in, one of the forest's.
    let trace = unsafe { TraceCode::of(context.trace) };
    let number = context.exit as usize;
    let exit = &trace.exits[number];
    assert!(exit.kind != ExitKind::Shadow, "a check that was removed does not hold");
    tell::left_trace(vm, program, trace, number);
    // SAFETY: the frames are those that the trace has entered, in windows above this one.
    let base = unsafe { push_frames(vm, code, &exit.frames, context.base) };
    let ip = code.inst(exit.inst);
    // SAFETY: the interpreter would go on here.
    unsafe {
        match traces::count_trace_exit(vm, program, trace, number) {
            AfterExit::Record(recording) => record_trace(vm, program, &recording, ip, base),
            AfterExit::Look(merge) => look_again(vm, program, &merge, exit.frames.len(), Next::at(ip, base)),
            AfterExit::Nothing => Next::at(ip, base),
        }
    }
}

/// Looks at the next iterations of a loop, and records its root again if they mostly go another way.
///
/// # Safety
/// The interpreter goes on at `next`, in the loop, `depth` frames within the loop's.
unsafe fn look_again(vm: &mut VM, program: Program, merge: &Merge, depth: usize, next: Next) -> Next {
    // SAFETY: as for this function; each recording ends where the interpreter goes on.
    unsafe {
        let (mut next, went) = watch(vm, program.code, merge, depth, next);
        let Some(recording) = merge.recording(program, &went) else { return next };
        let header = program.code.inst(merge.header);
        for _ in 0..policy::MERGE_TRIES {
            if next.ip != header || !merge.is_open(program) {
                break;
            }
            next = record_trace(vm, program, &recording, next.ip, next.base);
        }
        next
    }
}

/// Executes some iterations, and says of each whether it went the root's way; of none when the loop ended.
///
/// # Safety
/// As for [`look_again`].
unsafe fn watch(
    vm: &mut VM,
    code: &LoweredCode,
    merge: &Merge,
    depth: usize,
    mut next: Next,
) -> (Next, Vec<bool>) {
    let outer = vm.fast.records.len() - depth;
    let before = (vm.fast.unit.0, vm.subs.generation);
    let mut went = Vec::new();
    // The rest of the root's way, once an iteration has begun, while it goes that way.
    let mut way: Option<&[u32]> = None;
    let mut has_begun = false;
    for _ in 0..merge.rounds * merge.path().len() * 2 {
        let at = code.index_of(next.ip);
        if at == merge.header && vm.fast.records.len() == outer {
            if has_begun {
                went.push(way.is_some_and(<[u32]>::is_empty));
            }
            if went.len() == merge.rounds {
                return (next, went);
            }
            (has_begun, way) = (true, Some(merge.path()));
        }
        let op = code.op_index(at) as u32;
        way = way.and_then(|way| way.split_first()).and_then(|(first, rest)| (*first == op).then_some(rest));
        // SAFETY: as for this function; each step leads to the next instruction and its window.
        next = unsafe { step(next.ip, next.base, vm) };
        let has_left = next.ip.is_null() || next.ip == exit_ip() || vm.fast.records.len() < outer;
        if has_left || (vm.fast.unit.0, vm.subs.generation) != before {
            return (next, Vec::new());
        }
    }
    (next, Vec::new())
}

/// Native stack that traces and their helpers may take.
const STACK: usize = 64 << 10;

/// Makes frames real; gives the innermost one's window.
unsafe fn push_frames(vm: &mut VM, code: &LoweredCode, frames: &[Frame], base: *mut Value) -> *mut Value {
    for frame in frames {
        let saved = vm.saved.mark() as u32;
        let state = &mut vm.fast;
        state.records.push(Record {
            return_ip: code.inst(frame.return_inst),
            unit: state.unit.0,
            closure: state.closure.take(),
            saved,
        });
    }
    let window = frames.last().map_or(0, |frame| frame.window);
    // SAFETY: the window is within the register file.
    unsafe { base.offset(window as isize) }
}

/// Takes back what [`push_frames`] has made.
fn pop_frames(vm: &mut VM, frames: &[Frame]) {
    for _ in frames {
        if let Some(record) = vm.fast.records.pop() {
            vm.fast.closure = record.closure;
        }
    }
}

/// Does an instruction of a trace by its handler.
///
/// # Safety
/// A trace with this step runs in the window `base`.
pub(crate) unsafe fn trace_step(vm: &mut VM, planned: &StepCode, base: *mut Value) -> Stepped {
    let frames = &planned.frames;
    // SAFETY: the unit runs; its instructions and the trace's window exist.
    unsafe {
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let inst = code.inst(planned.inst);
        let window = base.offset(frames.last().map_or(0, |frame| frame.window) as isize);
        let next = match leaf(vm, inst, window) {
            Ok(Leaf::Done | Leaf::NotTaken) => planned.inst + 1,
            Ok(Leaf::Taken) => (*inst).jump_target(planned.inst).unwrap_or(planned.inst + 1),
            Ok(Leaf::No) => return whole_step(vm, code, planned, base),
            Err(fault) => {
                let window = push_frames(vm, code, frames, base);
                let Next { ip, base } = faulted(inst, window, vm, fault);
                return Stepped::Gone(ip, base);
            }
        };
        if next == planned.next {
            return Stepped::Done(base);
        }
        let window = push_frames(vm, code, frames, base);
        Stepped::Gone(code.inst(next), window)
    }
}

/// Does an instruction that may look at the frames, or call foreign code.
unsafe fn whole_step(vm: &mut VM, code: &LoweredCode, planned: &StepCode, base: *mut Value) -> Stepped {
    let frames = &planned.frames;
    let outer = vm.fast.window_offset(base);
    // SAFETY: as for `trace_step`.
    unsafe {
        let window = push_frames(vm, code, frames, base);
        let before = (vm.fast.records.len(), vm.fast.window_offset(window), vm.subs.generation);
        let Next { ip, base } = step(code.inst(planned.inst), window, vm);
        if ip.is_null() {
            return Stepped::Gone(ptr::null_mut(), ptr::null_mut());
        }
        let after = (vm.fast.records.len(), vm.fast.window_offset(base), vm.subs.generation);
        if after != before || ip != code.inst(planned.next) {
            return Stepped::Gone(ip, base);
        }
        pop_frames(vm, frames);
        Stepped::Done(vm.fast.registers.as_mut_ptr().add(outer))
    }
}
