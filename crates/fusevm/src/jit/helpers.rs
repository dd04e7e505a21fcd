//! The functions that native code calls.
//!
//! None may unwind: a panic is caught, kept in the context, and goes on where native code was entered.

use super::context::{NativeContext, offset};
use super::trace_code::{self, Head, TraceCode};
use crate::code::{Inst, Opcode};
use crate::error::OpResult;
use crate::interp::fast::{self, Leaf, Stepped, awk, joined, leaf_functions, slow};
use crate::trace::math::{FUNCTIONS, Function};
use crate::value::{Array, Hash, KeyRef, Pair, Value, number};
use crate::vm::VM;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

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
    /// `(context, trace's head, step, window) -> outcome`: an instruction of a trace, by its handler.
    TraceStep,
    /// `(context, trace's head, exit, window)`: what an exit restores and native code cannot make.
    TraceRestore,
    /// `(context, array) -> done`: makes room for one more element; 0 when memory is short.
    ArrayGrow,
    /// `(context, function, x) -> float`: a function of [`crate::trace::math`].
    Math1,
    /// `(context, function, x, y) -> float`: a function of [`crate::trace::math`].
    Math2,
    /// `(context, x, y) -> float`: remainder of floats.
    FloatRemainder,
    /// `(context, instruction)`: what was proved of an instruction does not hold.
    Disproved,
    /// `(context, hash, key) -> value`: address of the value of a Str; 0 when there is none.
    FindStr,
    /// `(context, hash, key) -> value`: address of the value of an Int; 0 when there is none.
    FindInt,
    /// `(context, hash, key) -> value`: address of the value of a Float, by its bits; 0 when there is none, or the
    /// key is no integer.
    FindFloat,
    /// As `FindStr`, where a missing key is added; 0 when the hash is shared.
    AddStr,
    /// As `FindInt`, where a missing key is added; 0 when the hash is shared.
    AddInt,
    /// As `FindFloat`, where a missing key is added; 0 when the hash is shared, or the key is no integer.
    AddFloat,
    /// `(context, hash, first, second) -> value`: address of the value of a pair of Floats, by their bits; 0 when there is none,
    /// or they are no integers.
    FindPair,
    /// As `FindPair`, where a missing key is added; 0 when the hash is shared, too.
    AddPair,
    /// `(context, instruction, window, from, count) -> done`: a Substr with these Floats, by their bits; 0 when it failed.
    Substr,
    /// `(context, text, text) -> same`: whether two Strs have the same bytes.
    SameText,
}

impl Helper {
    /// Where in the context its address is.
    pub fn offset(self) -> i32 {
        offset::HELPERS + 8 * self as i32
    }

    /// Whether it gives anything.
    pub fn has_result(self) -> bool {
        use Helper::*;
        !matches!(self, Drop | Copy | Left | Disproved | TraceRestore)
    }
}

/// Number of helpers.
pub(crate) const COUNT: usize = 23;

/// The helpers' addresses, in the order of [`Helper`].
pub(crate) const TABLE: [*const u8; COUNT] = [
    leaf as *const u8,
    leaf_branch as *const u8,
    step as *const u8,
    drop_value as *const u8,
    copy_value as *const u8,
    left as *const u8,
    trace_step as *const u8,
    trace_restore as *const u8,
    array_grow as *const u8,
    math1 as *const u8,
    math2 as *const u8,
    float_remainder as *const u8,
    disproved as *const u8,
    find_str as *const u8,
    find_int as *const u8,
    find_float as *const u8,
    add_str as *const u8,
    add_int as *const u8,
    add_float as *const u8,
    find_pair as *const u8,
    add_pair as *const u8,
    substr as *const u8,
    same_text as *const u8,
];

/// By opcode: what does a leaf instruction as [`Helper::Leaf`] does, without looking which one it is.
pub(crate) static LEAVES: [LeafHelper; Opcode::COUNT] = {
    let mut helpers: [LeafHelper; Opcode::COUNT] = [leaf; Opcode::COUNT];
    macro_rules! by_opcode {
        ($($($op:ident)|+ => $function:path;)*) => {
            $({
                unsafe extern "C" fn does(context: *mut NativeContext, inst: u64, window: *mut Value) -> u64 {
                    // SAFETY: as for `do_leaf`.
                    unsafe { attempt(context, inst, 0, |vm, inst| $function(vm, &*inst, window).map(|()| 1)) }
                }
                $(helpers[Opcode::$op as usize] = does;)+
            })*
        };
    }
    leaf_functions!(by_opcode);
    helpers
};

type LeafHelper = unsafe extern "C" fn(*mut NativeContext, u64, *mut Value) -> u64;

/// What [`Helper::Step`] gives when the frame was left.
pub(crate) const FRAME_LEFT: u32 = u32::MAX;

/// Does an instruction by a function of the interpreter, which gets the VM, the instruction and the window; `failed` when the
/// function fails or panics.
#[inline(always)]
unsafe fn attempt<R>(
    context: *mut NativeContext,
    inst: u64,
    failed: R,
    function: impl FnOnce(&mut VM, *mut Inst) -> OpResult<R>,
) -> R {
    // SAFETY: native code passes its own context, and an instruction of the running unit.
    let done = catch_unwind(AssertUnwindSafe(|| unsafe {
        match function(&mut *(*context).vm, (*context).insts.add(inst as usize)) {
            Ok(result) => Some(result),
            // It is put away here, since a result that may be a fault comes back through memory.
            Err(fault) => {
                (*context).fault = Some(fault);
                None
            }
        }
    }));
    match done {
        Ok(result) => result.unwrap_or(failed),
        Err(panic) => {
            // SAFETY: as above.
            unsafe { (*context).panic = Some(panic) };
            failed
        }
    }
}

/// Does a leaf instruction; [`Leaf::No`] when it is left to the interpreter, or failed.
unsafe fn do_leaf(context: *mut NativeContext, inst: u64, base: *mut Value) -> Leaf {
    // SAFETY: as for `attempt`; native code passes the window.
    unsafe { attempt(context, inst, Leaf::No, |vm, inst| fast::leaf(vm, inst, base)) }
}

unsafe extern "C" fn substr(
    context: *mut NativeContext,
    inst: u64,
    window: *mut Value,
    from: u64,
    count: u64,
) -> u64 {
    let [from, count] = [from, count].map(f64::from_bits);
    // SAFETY: as for `do_leaf`.
    unsafe {
        attempt(context, inst, 0, |vm, inst| awk::substr_by(vm, &*inst, window, from, count).map(|()| 1))
    }
}

unsafe extern "C" fn same_text(_: *mut NativeContext, one: *const Value, other: *const Value) -> u64 {
    // SAFETY: native code passes the addresses of two values.
    match unsafe { (&*one, &*other) } {
        (Value::Str(one), Value::Str(other)) => u64::from(one == other),
        _ => 0,
    }
}

unsafe extern "C" fn leaf(context: *mut NativeContext, inst: u64, base: *mut Value) -> u64 {
    // SAFETY: as for `do_leaf`.
    u64::from(unsafe { do_leaf(context, inst, base) } != Leaf::No)
}

unsafe extern "C" fn leaf_branch(context: *mut NativeContext, inst: u64, base: *mut Value) -> u64 {
    // SAFETY: as for `do_leaf`.
    match unsafe { do_leaf(context, inst, base) } {
        Leaf::NotTaken => 0,
        Leaf::Taken => 1,
        _ => 2,
    }
}

unsafe extern "C" fn step(context: *mut NativeContext, inst: u64, window: *mut Value) -> u64 {
    // SAFETY: as for `leaf`; what the step may change of the VM, the context is told below.
    unsafe {
        let vm = (*context).vm;
        let insts = (*context).insts;
        let before = fast::frame(&*vm, window);
        let generation = (*vm).subs.generation;
        let stepped =
            catch_unwind(AssertUnwindSafe(|| fast::step_at(insts.add(inst as usize), window, &mut *vm)));
        (*context).globals = (*vm).globals.values.as_mut_ptr();
        (*context).joins_pairs = (*vm).awk.joins_pairs().into();
        let (ip, base) = match stepped {
            Ok(next) => next,
            Err(panic) => {
                (*context).panic = Some(panic);
                return FRAME_LEFT.into();
            }
        };
        (*context).next = (ip, base);
        // In an inlined frame the window is not the one where native code was entered, but nothing moves there.
        if base != window {
            (*context).base = base;
        }
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
        unsafe { (*context).panic_soon(panic) };
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
        unsafe { (*context).panic_soon(panic) };
    }
}

unsafe extern "C" fn left(context: *mut NativeContext, call: u64) {
    // SAFETY: as for `leaf`.
    unsafe { (*context).left.push(super::context::LeftFrame { call: call as u32 }) };
}

unsafe extern "C" fn trace_step(
    context: *mut NativeContext,
    head: *const Head,
    step: u64,
    base: *mut Value,
) -> i64 {
    // SAFETY: native code passes its own context, the head of its trace, and its window; what the step may
    // change of the VM, the context is told below.
    unsafe {
        let vm = (*context).vm;
        let trace = TraceCode::of(head);
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            trace.restore_step(step as usize, &(*context).spilled, base, (*vm).globals.values.as_mut_ptr());
            fast::trace_step(&mut *vm, &trace.steps[step as usize], base)
        }));
        (*context).globals = (*vm).globals.values.as_mut_ptr();
        match stepped {
            Ok(Stepped::Done(base)) => {
                (*context).base = base;
                trace_code::STEP_DONE
            }
            Ok(Stepped::Gone(ip, base)) => {
                (*context).next = (ip, base);
                trace_code::STEP_GONE
            }
            Err(panic) => {
                (*context).panic = Some(panic);
                trace_code::STEP_GONE
            }
        }
    }
}

unsafe extern "C" fn trace_restore(
    context: *mut NativeContext,
    head: *const Head,
    exit: u64,
    base: *mut Value,
) {
    // SAFETY: as for `trace_step`; native code has spilled the values of the exit.
    let restored = catch_unwind(AssertUnwindSafe(|| unsafe {
        let globals = (*(*context).vm).globals.values.as_mut_ptr();
        TraceCode::of(head).restore_exit(exit as usize, &(*context).spilled, base, globals);
    }));
    if let Err(panic) = restored {
        // SAFETY: as above.
        unsafe { (*context).panic = Some(panic) };
    }
}

unsafe extern "C" fn array_grow(context: *mut NativeContext, body: *mut u8) -> u64 {
    // SAFETY: native code passes what an array that nobody shares points to; the array stays its holder's.
    let grown = catch_unwind(AssertUnwindSafe(|| unsafe {
        let mut array = ManuallyDrop::new(std::mem::transmute::<*mut u8, Array>(body));
        array.try_reserve(1).is_ok()
    }));
    match grown {
        Ok(done) => done.into(),
        Err(panic) => {
            // SAFETY: as for `trace_step`.
            unsafe { (*context).panic = Some(panic) };
            0
        }
    }
}

unsafe extern "C" fn math1(_: *mut NativeContext, function: u64, x: f64) -> f64 {
    match FUNCTIONS.get(function as usize).map(|named| named.function) {
        Some(Function::Of1(function)) => function(x),
        _ => x,
    }
}

unsafe extern "C" fn math2(_: *mut NativeContext, function: u64, x: f64, y: f64) -> f64 {
    match FUNCTIONS.get(function as usize).map(|named| named.function) {
        Some(Function::Of2(function)) => function(x, y),
        _ => x,
    }
}

unsafe extern "C" fn float_remainder(_: *mut NativeContext, x: f64, y: f64) -> f64 {
    number::remainder(x, y)
}

/// Finds the value of a key, by the bits of the number that it is, or its Str, in the hash that has a body.
type Find = unsafe fn(*mut u8, KeyRef<'_>) -> *mut Value;

unsafe fn find(body: *mut u8, key: KeyRef<'_>) -> *mut Value {
    // SAFETY: native code passes what a hash points to.
    unsafe { Hash::find(body, |map| map.index_of(key)) }
}

unsafe fn find_or_add(body: *mut u8, key: KeyRef<'_>) -> *mut Value {
    // SAFETY: as for `find`.
    unsafe { Hash::find_or_add(body, |map| map.position_of_key(key)) }
}

/// Finds a Str.
unsafe fn str_key(find: Find, body: *mut u8, key: *const Value) -> *mut Value {
    // SAFETY: native code passes what a hash points to, and the address of a value.
    match unsafe { &*key } {
        // SAFETY: as above.
        Value::Str(key) => unsafe { find(body, KeyRef::new(key)) },
        _ => ptr::null_mut(),
    }
}

/// Finds a Float, by its bits.
unsafe fn float_key(find: Find, body: *mut u8, key: u64) -> *mut Value {
    match number::exact_int(f64::from_bits(key)) {
        // SAFETY: as for `find`.
        Some(key) => unsafe { find(body, KeyRef::Int(key)) },
        None => ptr::null_mut(),
    }
}

/// The integers that two Floats are, by their bits.
fn pair(first: u64, second: u64) -> Option<Pair> {
    let integer = |bits| number::exact_int(f64::from_bits(bits));
    Some([integer(first)?, integer(second)?])
}

unsafe extern "C" fn find_str(_: *mut NativeContext, body: *mut u8, key: *const Value) -> *mut Value {
    // SAFETY: as for this function.
    unsafe { str_key(find, body, key) }
}

unsafe extern "C" fn find_int(_: *mut NativeContext, body: *mut u8, key: i64) -> *mut Value {
    // SAFETY: as for `find`.
    unsafe { find(body, KeyRef::Int(key)) }
}

unsafe extern "C" fn find_float(_: *mut NativeContext, body: *mut u8, key: u64) -> *mut Value {
    // SAFETY: as for this function.
    unsafe { float_key(find, body, key) }
}

unsafe extern "C" fn find_pair(_: *mut NativeContext, body: *mut u8, first: u64, second: u64) -> *mut Value {
    let Some(pair) = pair(first, second) else { return ptr::null_mut() };
    // SAFETY: as for `find`.
    unsafe { Hash::find(body, |map| map.index_of_pair(pair)) }
}

unsafe extern "C" fn add_str(_: *mut NativeContext, body: *mut u8, key: *const Value) -> *mut Value {
    // SAFETY: as for this function.
    unsafe { str_key(find_or_add, body, key) }
}

unsafe extern "C" fn add_int(_: *mut NativeContext, body: *mut u8, key: i64) -> *mut Value {
    // SAFETY: as for `find`.
    unsafe { find_or_add(body, KeyRef::Int(key)) }
}

unsafe extern "C" fn add_float(_: *mut NativeContext, body: *mut u8, key: u64) -> *mut Value {
    // SAFETY: as for this function.
    unsafe { float_key(find_or_add, body, key) }
}

unsafe extern "C" fn add_pair(_: *mut NativeContext, body: *mut u8, first: u64, second: u64) -> *mut Value {
    let Some(pair) = pair(first, second) else { return ptr::null_mut() };
    // SAFETY: as for `find`.
    unsafe { Hash::find_or_add(body, |map| map.position_of_pair(pair)) }
}

unsafe extern "C" fn disproved(context: *mut NativeContext, inst: u64) {
    let panic = format!("what was proved of instruction {inst} does not hold");
    // SAFETY: as for `do_leaf`.
    unsafe { (*context).panic = Some(Box::new(panic)) };
}
