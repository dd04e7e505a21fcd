//! The fast interpreter: runs lowered code in one loop, with an explicit stack of frames.

pub(crate) mod awk;
mod calls;
#[cfg(all(feature = "jit", debug_assertions))]
mod check;
mod define;
mod dispatch;
mod handlers;
#[cfg(feature = "jit")]
pub(crate) mod hot;
pub(crate) mod joined;
#[cfg(feature = "jit")]
mod leaf;
#[cfg(feature = "jit")]
mod native;
mod parts;
#[cfg(feature = "jit")]
mod profile;
#[cfg(feature = "jit")]
mod record;
mod register;
pub(crate) mod slow;
#[cfg(feature = "jit")]
mod stepping;
#[cfg(feature = "jit")]
mod traced;
mod unwind;

#[cfg(feature = "jit")]
pub(crate) use leaf::{Leaf, leaf, leaf_functions};
#[cfg(feature = "jit")]
pub(crate) use native::{frame, step_at};
#[cfg(feature = "jit")]
pub(crate) use profile::Extent;
#[cfg(feature = "jit")]
pub(crate) use traced::{Stepped, trace_step};

use super::unit::Unit;
use crate::code::{Code as LoweredCode, Inst, Opcode};
use crate::error::VMError;
use crate::limits::too_deep;
use crate::value::{Code, Value};
use crate::vm::{Ended, Entry, Frame, VM};
use std::ptr;
use std::sync::Arc;

/// Index of the body that is a chunk's own code.
const MAIN: usize = 0;

/// A call that waits for its callee.
pub(super) struct Record {
    /// Where the caller continues; the instruction before it is the call.
    return_ip: *mut Inst,
    /// The caller's unit.
    unit: *const Unit,
    /// The caller's closure.
    closure: Option<Code>,
    /// Globals that were saved when the callee began.
    saved: u32,
}

/// A sub as calls see it.
#[derive(Clone, Copy)]
pub(super) struct SubCode {
    /// Its first instruction; null until the sub is resolved, or when it has no lowered code.
    entry: *mut Inst,
    unit: *const Unit,
    takes: u32,
    variables: u32,
    registers: u32,
}

impl SubCode {
    const UNRESOLVED: SubCode =
        // No call passes so many arguments, so none takes the hot path.
        SubCode {
            entry: ptr::null_mut(),
            unit: ptr::null(),
            takes: u32::MAX,
            variables: 0,
            registers: 0,
        };
}

/// A block's run over an array.
struct Running {
    walk: slow::Walk,
    /// Where the body continues; the instruction before it is the Iterate.
    return_ip: *mut Inst,
}

/// What was executing when a nested run began.
struct Outer {
    ip: *mut Inst,
    unit: *const Unit,
    base: usize,
    closure: Option<Code>,
    iterations: usize,
    unnamed_slots: Vec<Value>,
}

/// The fast interpreter's part of a VM.
#[derive(Default)]
pub(crate) struct State {
    /// The register file; frames are windows of it. Registers that no frame uses own no heap.
    registers: Vec<Value>,
    records: Vec<Record>,
    /// Number of records at which a call must look at the depth limit.
    record_limit: usize,
    iterations: Vec<Running>,
    subs: Vec<SubCode>,
    /// The generation of the VM's subs, and whether fuel is charged, that `subs` reflects.
    reflects: (u64, bool),
    /// Units that instructions, records and `subs` point into. They live as long as the state does, since
    /// a sub that is redefined may still be running.
    units: Vec<Arc<Unit>>,
    /// Instruction that is executing; up to date when other code can see it.
    ip: Ip,
    unit: UnitPointer,
    /// Offset of the running frame's window.
    base: usize,
    closure: Option<Code>,
    /// Slots of the chunk's own frame that its code never names, so that they have no register.
    unnamed_slots: Vec<Value>,
    outers: Vec<Outer>,
    /// When loops and subs count as hot.
    #[cfg(feature = "jit")]
    pub jit: hot::Thresholds,
    #[cfg(feature = "jit")]
    counters: hot::Counters,
    /// Whether everything is executed under observation.
    #[cfg(feature = "jit")]
    pub is_observed: bool,
    /// How the run ended.
    ended: Option<Result<Ended, VMError>>,
}

/// Pointer to an instruction, null outside of a run.
#[derive(Clone, Copy)]
struct Ip(*mut Inst);

impl Default for Ip {
    fn default() -> Ip {
        Ip(ptr::null_mut())
    }
}

/// Pointer to the running unit, null outside of a run.
#[derive(Clone, Copy)]
struct UnitPointer(*const Unit);

impl Default for UnitPointer {
    fn default() -> UnitPointer {
        UnitPointer(ptr::null())
    }
}

// SAFETY: the pointers lead to instructions and units that `units` keeps alive; a VM is on one thread at a
// time, and with the feature `sync` its values may change threads.
#[cfg(feature = "sync")]
unsafe impl Send for State {}

impl State {
    /// Number of frames, those of outer runs included.
    pub fn depth(&self) -> usize {
        self.records.len()
    }

    /// Drops what an unfinished run left.
    pub fn clear(&mut self) {
        self.records.clear();
        self.iterations.clear();
        self.outers.clear();
        self.closure = None;
        self.unnamed_slots.clear();
        self.ip = Ip::default();
        self.unit = UnitPointer::default();
        self.base = 0;
        self.registers.fill_with(|| Value::Undef);
        self.units.clear();
        self.subs.clear();
    }

    /// Makes sure that the register file reaches to an offset.
    fn reserve(&mut self, end: usize) {
        if self.registers.len() < end {
            let len = end.max(self.registers.len() * 2).max(1024);
            self.registers.resize(len, Value::Undef);
        }
    }

    /// Offset of a window in the register file.
    fn window_offset(&self, window: *mut Value) -> usize {
        (window as usize - self.registers.as_ptr() as usize) / size_of::<Value>()
    }

    /// The record of the running frame.
    ///
    /// # Safety
    /// A frame runs.
    #[inline(always)]
    unsafe fn last_record(&mut self) -> *mut Record {
        // SAFETY: a frame runs, so there is a last record.
        unsafe { self.records.as_mut_ptr().add(self.records.len() - 1) }
    }

    fn base_pointer(&mut self) -> *mut Value {
        // SAFETY: `base` is within the register file while a frame runs.
        unsafe { self.registers.as_mut_ptr().add(self.base) }
    }

    /// The running unit's code.
    ///
    /// # Safety
    /// `unit` is not null: something runs.
    unsafe fn code_of(unit: *const Unit, fuel: bool) -> &'static LoweredCode {
        // SAFETY: `units` keeps the unit alive for as long as it can run.
        unsafe { (*unit).code(fuel).expect("the unit runs, so it has code") }
    }
}

/// The instructions that a boundary frame returns to: as after a call whose callee's window begins one
/// register up, and whose result goes to register 0.
static EXIT: [Inst; 2] = [
    Inst { op: Opcode::Call, a: 1, b: 0, c: 0, imm: 0 },
    Inst { op: Opcode::Exit, a: 0, b: 0, c: 0, imm: 0 },
];

fn exit_ip() -> *mut Inst {
    ptr::from_ref(&EXIT[1]).cast_mut()
}

/// Runs a body. The slots preset for a chunk's own frame go in, and come out as the run left them.
pub(crate) fn run(
    vm: &mut VM,
    entry: &Entry,
    args: &[Value],
    slots: Vec<Value>,
) -> (Result<Ended, VMError>, Vec<Value>) {
    let unit = entry.unit().clone();
    let code = unit.code(vm.charges_fuel).expect("the caller has checked that there is code");
    let (body, closure) = match entry {
        Entry::Main(_) => (0, None),
        Entry::Sub(target, closure) => (target.body(), closure.clone()),
    };
    let body = &code.bodies[body];
    if let Entry::Sub(target, _) = entry
        && let Err(fault) = target.check_arguments(args.len())
    {
        return (Err(vm.error_here(fault)), slots);
    }
    if vm.depth() >= vm.limits.depth {
        return (Err(vm.error_here(too_deep(vm.limits.depth))), slots);
    }
    calls::refresh_subs(vm);
    vm.fast.record_limit = vm.limits.depth.saturating_sub(vm.reference.depth());
    let fuel = vm.charges_fuel;
    let state = &mut vm.fast;
    // The result's register, then the window.
    let bottom = if state.unit.0.is_null() {
        0
    } else {
        // SAFETY: a unit runs, and `ip` is in its code.
        let running = unsafe { State::code_of(state.unit.0, fuel) };
        let owner = running.owner(running.index_of(state.ip.0));
        state.base + running.bodies[owner].registers as usize
    };
    let base = bottom + 1;
    state.reserve(base + body.registers as usize);
    state.outers.push(Outer {
        ip: state.ip.0,
        unit: state.unit.0,
        base: state.base,
        closure: std::mem::replace(&mut state.closure, closure),
        iterations: state.iterations.len(),
        unnamed_slots: std::mem::take(&mut state.unnamed_slots),
    });
    state.records.push(Record {
        return_ip: exit_ip(),
        unit: ptr::null(),
        closure: None,
        saved: vm.saved.mark() as u32,
    });
    state.unit.0 = Arc::as_ptr(&unit);
    state.base = base;
    let window = &mut state.registers[base..base + body.registers as usize];
    window[..body.variables as usize].fill(Value::Undef);
    let extra = args.len() - body.takes as usize;
    window[..body.takes as usize].clone_from_slice(&args[extra..]);
    let own_slots: &[u16] = body.slots.first().map_or(&[], |slots| slots);
    let mut slots = slots;
    for (register, value) in own_slots.iter().zip(&mut slots) {
        window[usize::from(*register)] = std::mem::take(value);
    }
    state.unnamed_slots = slots;
    let base_pointer = state.base_pointer();
    let start = dispatch::Next::at(code.inst(body.entry), base_pointer);
    #[cfg(feature = "jit")]
    let start = match entry {
        // SAFETY: the window is set up as the code expects.
        Entry::Main(_) => unsafe { hot::begin(code, base_pointer, vm) },
        Entry::Sub(..) => start,
    };
    // SAFETY: the code comes from a verified chunk, and the window is set up as it expects.
    let result = unsafe { dispatch::execute(vm, start) };
    #[cfg(feature = "jit")]
    if matches!(entry, Entry::Main(_)) {
        code.tiers.run_ends();
    }
    let state = &mut vm.fast;
    let mut slots = std::mem::take(&mut state.unnamed_slots);
    if matches!(entry, Entry::Main(_)) {
        if slots.len() < own_slots.len() {
            slots.resize(own_slots.len(), Value::Undef);
        }
        for (register, value) in own_slots.iter().zip(&mut slots) {
            *value = std::mem::take(&mut state.registers[base + usize::from(*register)]);
        }
    }
    state.registers[bottom..base + body.registers as usize].fill(Value::Undef);
    if let Some(outer) = state.outers.pop() {
        state.ip.0 = outer.ip;
        state.unit.0 = outer.unit;
        state.base = outer.base;
        state.closure = outer.closure;
        state.unnamed_slots = outer.unnamed_slots;
        state.iterations.truncate(outer.iterations);
    }
    (result, slots)
}

/// A slot of the running frame.
pub(crate) fn get_slot(vm: &VM, slot: u16) -> Value {
    match place_of(vm, slot) {
        Place::Register(register) => vm.fast.registers[register].clone(),
        Place::Unnamed => vm.fast.unnamed_slots.get(usize::from(slot)).cloned().unwrap_or_default(),
        Place::Nowhere => Value::Undef,
    }
}

/// Sets a slot of the running frame. One that a sub or an inner scope never names is nobody's to read.
pub(crate) fn set_slot(vm: &mut VM, slot: u16, value: Value) {
    match place_of(vm, slot) {
        Place::Register(register) => vm.fast.registers[register] = value,
        Place::Unnamed => {
            let slots = &mut vm.fast.unnamed_slots;
            if slots.len() <= usize::from(slot) {
                slots.resize(usize::from(slot) + 1, Value::Undef);
            }
            slots[usize::from(slot)] = value;
        }
        Place::Nowhere => {}
    }
}

/// Where a slot of the running frame is.
enum Place {
    Register(usize),
    /// In `unnamed_slots`: it can be read after the run.
    Unnamed,
    Nowhere,
}

fn place_of(vm: &VM, slot: u16) -> Place {
    let state = &vm.fast;
    if state.unit.0.is_null() {
        return Place::Nowhere;
    }
    // SAFETY: a unit runs, and `units` keeps it alive.
    let (unit, code) = unsafe { (&*state.unit.0, State::code_of(state.unit.0, vm.charges_fuel)) };
    let inst = code.index_of(state.ip.0);
    let scope = unit.verified().analysis().states[code.op_index(inst)].scope as usize;
    let owner = code.owner(inst);
    let slots = code.bodies[owner].slots.get(scope);
    match slots.and_then(|slots| slots.get(usize::from(slot))) {
        Some(register) => Place::Register(state.base + usize::from(*register)),
        None if owner == MAIN && scope == 0 => Place::Unnamed,
        None => Place::Nowhere,
    }
}

/// The place of the innermost loop that runs here, or of the body that does.
#[cfg(feature = "jit")]
pub(crate) fn loop_place(vm: &VM) -> Option<Frame> {
    let state = &vm.fast;
    if state.unit.0.is_null() {
        return None;
    }
    // SAFETY: a unit runs, `units` keeps it alive, and `ip` is in its code.
    let (unit, code) = unsafe { (&*state.unit.0, State::code_of(state.unit.0, vm.charges_fuel)) };
    let inst = code.index_of(state.ip.0);
    Some(crate::jit::place::of_loop(unit, code.owner(inst), code.op_index(inst)))
}

/// The frames that run here, innermost first.
pub(crate) fn frames(vm: &VM) -> Vec<Frame> {
    let state = &vm.fast;
    let fuel = vm.charges_fuel;
    let mut frames = Vec::new();
    let mut add = |unit: *const Unit, ip: *mut Inst| {
        if unit.is_null() {
            return;
        }
        // SAFETY: `units` keeps the units of all records alive, and each ip is in its unit's code.
        let (unit, code) = unsafe { (&*unit, State::code_of(unit, fuel)) };
        let inst = code.index_of(ip);
        let op_index = code.op_index(inst);
        let chunk = unit.chunk();
        frames.push(Frame {
            name: unit.body_name(code.owner(inst)).to_string(),
            source: chunk.source.clone(),
            line: chunk.line(op_index),
            op_index,
        });
    };
    add(state.unit.0, state.ip.0);
    let mut outers = state.outers.iter().rev();
    for record in state.records.iter().rev() {
        if record.return_ip == exit_ip() {
            if let Some(outer) = outers.next() {
                add(outer.unit, outer.ip);
            }
        } else {
            // SAFETY: a call precedes every return address.
            add(record.unit, unsafe { record.return_ip.sub(1) });
        }
    }
    frames
}
