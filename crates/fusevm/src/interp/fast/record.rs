//! Execution for a recording: one instruction at a time, telling the recorder what it saw.

use super::dispatch::Next;
use super::stepping::step;
use super::{State, exit_ip};
use crate::code::{Code as LoweredCode, Inst, Opcode};
use crate::trace::recorder::{Found, Moved, Recorder, Seen};
use crate::value::{KeyRef, Value, tag};
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
    let global = |number: u64| &vm.globals.values[number as usize];
    // SAFETY: lowering has put the address of a constant there, which lives as long as the code.
    let constant = || unsafe { &*(inst.imm as *const Value) };
    let int = Value::Int(inst.imm as i64);
    let (collection, key) = match inst.op {
        ArrayGet | IndexGet | HashGet | CellElement => (Some(register(inst.b)), Some(register(inst.c))),
        ArrayGetI => (Some(register(inst.b)), Some(&int)),
        IndexGetK => (Some(register(inst.b)), Some(constant())),
        IndexSetK => (Some(register(inst.b)), Some(constant())),
        ArraySet | HashSet => (Some(register(inst.a)), Some(register(inst.c))),
        IndexSet => (Some(register(inst.c)), Some(register(inst.b))),
        ArrayPush => (Some(register(inst.a)), None),
        ElementGet => (Some(global(inst.imm)), Some(register(inst.b))),
        ElementSet => (Some(global(inst.imm)), Some(register(inst.b))),
        _ => (None, None),
    };
    let found = collection.map_or_else(Found::default, |collection| found(collection, key));
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
    let global_tag = match inst.op {
        GetGlobal | SetGlobal => global(inst.imm).tag(),
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
        found,
        global: global_tag,
        divides,
        returned_over,
        next: at,
        result: None,
        moved: Moved::Elsewhere,
    }
}

/// Looks a key up in a collection, or in the one behind a Ref.
fn found(collection: &Value, key: Option<&Value>) -> Found {
    let of = |collection: &Value| match collection {
        Value::Array(array) => {
            let index = match key {
                Some(Value::Int(index)) => usize::try_from(*index).ok(),
                _ => None,
            };
            Found {
                collection: tag::ARRAY,
                element: index.and_then(|index| tag_of(array.as_slice().get(index)?)),
                is_unique: array.is_unique(),
                is_end: index == Some(array.as_slice().len()),
            }
        }
        Value::Hash(hash) => {
            let value = match key {
                Some(Value::Int(key)) => hash.get(KeyRef::Int(*key)),
                Some(Value::Str(key)) => hash.get(KeyRef::new(key)),
                _ => None,
            };
            let (element, is_unique) = (value.and_then(tag_of), hash.is_unique());
            Found { collection: tag::HASH, element, is_unique, is_end: false }
        }
        _ => Found::default(),
    };
    match collection {
        // SAFETY: the handle is strong, and to look runs nothing and drops nothing.
        Value::Ref(cell) if !cell.is_weak() => unsafe { cell.with_in_place(|collection| of(collection)) },
        other => of(other),
    }
}

/// The tag of a value, unless it is a weak Ref, which a load would have to look behind.
fn tag_of(value: &Value) -> Option<u8> {
    (!matches!(value, Value::Ref(cell) if cell.is_weak())).then(|| value.tag())
}
