//! Execution for a recording: one instruction at a time, telling the recorder what it saw.

use super::dispatch::Next;
use super::stepping::step;
use super::{State, exit_ip};
use crate::code::{Code as LoweredCode, Inst, Opcode};
use crate::trace::recorder::{Moved, Recorder, Seen};
use crate::value::{Value, tag};
use crate::vm::VM;

/// Executes from an instruction on until the recording ends.
///
/// # Safety
/// As for [`step`]; the recorder begins at `ip`.
pub(crate) unsafe fn record(ip: *mut Inst, base: *mut Value, vm: &mut VM, recorder: &mut Recorder) -> Next {
    let unit = vm.fast.unit.0;
    // SAFETY: the unit runs, and `units` keeps it alive.
    let code = unsafe { State::code_of(unit, vm.charges_fuel) };
    let generation = vm.subs.generation;
    let mut next = Next::at(ip, base);
    loop {
        let Next { ip, base } = next;
        let at = code.index_of(ip);
        if !recorder.wants(at) {
            return next;
        }
        let frame = (vm.fast.records.len(), vm.fast.window_offset(base));
        // SAFETY: as for this function.
        let mut seen = unsafe { look(code, ip, base, vm) };
        // SAFETY: as for this function; each step leads to the next instruction and its window.
        next = unsafe { step(ip, base, vm) };
        if next.ip.is_null() || next.ip == exit_ip() {
            recorder.abort("the run ends");
            return next;
        }
        if vm.fast.unit.0 != unit {
            recorder.abort("a call leaves the code of the chunk");
            return next;
        }
        if vm.subs.generation != generation {
            recorder.abort("subs are defined");
            return next;
        }
        seen.next = code.index_of(next.ip);
        seen.moved = moved(code, frame, seen.next, next.base, vm);
        // SAFETY: an instruction of this code, and the window of the frame that runs now.
        unsafe {
            if seen.moved == Moved::No
                && let Some(dest) = (*ip).dest()
            {
                seen.result = Some((*next.base.add(dest.into())).tag());
            }
        }
        recorder.add(&seen);
    }
}

/// What became of the frames.
fn moved(code: &LoweredCode, before: (usize, usize), next: u32, base: *mut Value, vm: &VM) -> Moved {
    let (records, offset) = (vm.fast.records.len(), vm.fast.window_offset(base));
    if (records, offset) == before {
        return Moved::No;
    }
    let body = code.owner(next);
    if records == before.0 + 1 && code.bodies[body].entry == next {
        return Moved::Entered { body: body as u32 };
    }
    if records + 1 == before.0 { Moved::Left } else { Moved::Elsewhere }
}

/// Notes what an instruction is about to find.
unsafe fn look(code: &LoweredCode, ip: *mut Inst, base: *mut Value, vm: &VM) -> Seen {
    use Opcode::*;
    let at = code.index_of(ip);
    let registers = code.bodies[code.owner(at)].registers as usize;
    // SAFETY: `ip` is an instruction of the code, and the window of the running frame has so many registers.
    let (inst, window) = unsafe { (*ip, std::slice::from_raw_parts(base, registers)) };
    let register = |number: u16| &window[usize::from(number)];
    let int = |value: &Value| match value {
        Value::Int(n) => Some(*n),
        _ => None,
    };
    let (array, index) = match inst.op {
        ArrayGet | IndexGet => (Some(register(inst.b)), int(register(inst.c))),
        ArrayGetI => (Some(register(inst.b)), Some(inst.imm as i64)),
        ArraySet => (Some(register(inst.a)), int(register(inst.c))),
        IndexSet => (Some(register(inst.c)), int(register(inst.b))),
        ArrayPush => (Some(register(inst.a)), None),
        _ => (None, None),
    };
    let (element, is_unique) = array.map_or((None, false), |array| element(array, index));
    let is_zero = |value: &Value| match value {
        Value::Int(n) => *n == 0,
        Value::Float(x) => *x == 0.0,
        _ => false,
    };
    let divides = match inst.op {
        Div | DivAwk | DivKR => !is_zero(register(inst.c)),
        DivF => f64::from_bits(inst.imm) != 0.0,
        Mod => !matches!(register(inst.c), Value::Int(n) if *n <= 0),
        _ => true,
    };
    let global = match inst.op {
        GetGlobal | SetGlobal => vm.globals.values[inst.imm as usize].tag(),
        _ => tag::UNDEF,
    };
    let returned_over = match (inst.op, vm.fast.records.last()) {
        (Return | ReturnUndef, Some(record)) if record.return_ip != exit_ip() => {
            // SAFETY: a call precedes every return address; the caller's window begins below this one.
            unsafe {
                let call = *record.return_ip.sub(1);
                (*base.sub(call.a.into()).add(call.c.into())).tag()
            }
        }
        _ => tag::UNDEF,
    };
    Seen {
        at,
        tags: window.iter().map(Value::tag).collect(),
        element,
        is_unique,
        global,
        divides,
        returned_over,
        next: at,
        result: None,
        moved: Moved::Elsewhere,
    }
}

/// The tag of the element of an array, or of the array behind a Ref; and whether nobody else holds the array.
fn element(array: &Value, index: Option<i64>) -> (Option<u8>, bool) {
    let of = |array: &Value| match array {
        Value::Array(array) => {
            let found = index.and_then(|index| array.as_slice().get(usize::try_from(index).ok()?));
            let is_weak = |value: &&Value| matches!(value, Value::Ref(cell) if cell.is_weak());
            (found.filter(|value| !is_weak(value)).map(Value::tag), array.is_unique())
        }
        _ => (None, false),
    };
    match array {
        Value::Ref(cell) if !cell.is_weak() => cell.with(of),
        other => of(other),
    }
}
