//! The instructions, a handler each. Hot paths are here, on Ints, Floats and Bools; everything else is in
//! `slow`, `calls` and `unwind`.

use super::calls::{call, call_dynamic, leave_boundary, return_value, tail_call};
use super::define::handlers;
use super::dispatch::{
    Handler, Next, cold, dispatch, ended, enter, faulted, jump_to, land, polled, settle, small, stop_at,
    target,
};
#[cfg(feature = "jit")]
use super::hot;
use super::register::{UNDEF, copy, may_own, put, set_words, take, take_or_clone, words};
use super::slow::{self, Step};
use super::{Record, Running, State, awk, joined};
use crate::code::{Inst, Opcode, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::error::Fault;
use crate::interp::ops::compare;
use crate::limits::out_of_fuel;
use crate::value::{Value, number, tag};
use crate::vm::{Ended, VM};
use std::ptr;
use std::sync::atomic::Ordering;

/// Remainder by a positive integer.
#[inline(always)]
fn remainder(a: i64, b: i64) -> i64 {
    // Most operands fit 32 bits, whose division is several times faster.
    if ((a | b) as u64) >> 32 == 0 { i64::from(a as u32 % b as u32) } else { a % b }
}

/// The Int of a register.
#[inline(always)]
unsafe fn int(register: *const Value) -> Option<i64> {
    // SAFETY: `register` points to a value.
    match unsafe { &*register } {
        Value::Int(n) => Some(*n),
        _ => None,
    }
}

/// The register of an index.
///
/// # Safety
/// The index is within the window.
#[inline(always)]
unsafe fn at(base: *mut Value, index: u16) -> *mut Value {
    // SAFETY: as for this function.
    unsafe { base.add(index.into()) }
}

/// The collection of an Index instruction: behind a Ref, or the register's own.
///
/// # Safety
/// `register` points to a value.
#[inline(always)]
unsafe fn collection(register: *mut Value) -> *mut Value {
    // SAFETY: as for this function; under `sync` cells are read and written under their lock only.
    match unsafe { &*register } {
        #[cfg(not(feature = "sync"))]
        Value::Ref(cell) if !cell.is_weak() => cell.as_ptr(),
        _ => register,
    }
}

handlers! {
    $ (ip, base, vm, inst)

    Exit => { cold!(|ip, base, vm, inst| {
        let result = take(base);
        ended(vm, Ok(Ended::Value(result)))
    }) }
    Fuel => {
        if let Some(left) = vm.fuel_left.checked_sub(inst.imm) {
            vm.fuel_left = left;
            next!()
        }
        cold!(|ip, base, vm, inst| faulted(ip, base, vm, out_of_fuel()))
    }
    Move => {
        if inst.c & TAKE_FIRST == 0 {
            load!(reg!(inst.b))
        }
        if !may_own(&words(reg!(inst.a))) {
            let words = words(reg!(inst.b));
            set_words(reg!(inst.b), UNDEF);
            set_words(reg!(inst.a), words);
            next!()
        }
        cold!(|ip, base, vm, inst| {
            put(at(base, inst.a), take(at(base, inst.b)));
            Next::at(ip.add(1), base)
        })
    }
    Swap => {
        let (a, b) = (words(reg!(inst.a)), words(reg!(inst.b)));
        set_words(reg!(inst.a), b);
        set_words(reg!(inst.b), a);
        next!()
    }
    Drop | LoadUndef => {
        if free!(inst.a) {
            set_words(reg!(inst.a), UNDEF);
            next!()
        }
        cold!(|ip, base, vm, inst| {
            (*at(base, inst.a)).set_undef();
            Next::at(ip.add(1), base)
        })
    }
    LoadBool => {
        if free!(inst.a) {
            set_bool!(inst.a, inst.imm as u8);
            next!()
        }
        cold!(|ip, base, vm, inst| {
            (*at(base, inst.a)).set_bool(inst.imm != 0);
            Next::at(ip.add(1), base)
        })
    }
    LoadInt => {
        if free!(inst.a) {
            set_int!(inst.a, inst.imm);
            next!()
        }
        cold!(|ip, base, vm, inst| {
            (*at(base, inst.a)).set_int(inst.imm as i64);
            Next::at(ip.add(1), base)
        })
    }
    LoadFloat => {
        if free!(inst.a) {
            set_float!(inst.a, f64::from_bits(inst.imm));
            next!()
        }
        cold!(|ip, base, vm, inst| {
            (*at(base, inst.a)).set_float(f64::from_bits(inst.imm));
            Next::at(ip.add(1), base)
        })
    }
    LoadConst => { load!(constant!()) }
    GetGlobal => { load!(vm.globals.values.as_ptr().add(inst.imm as usize)) }
    SetGlobal => {
        let place = vm.globals.values.as_mut_ptr().add(inst.imm as usize);
        let words = words(reg!(inst.b));
        if !may_own(&words) && (*place).tag() < tag::STR {
            set_words(place, words);
            next!()
        }
        cold!(|ip, base, vm, inst| {
            let place = vm.globals.values.as_mut_ptr().add(inst.imm as usize);
            put(place, take_or_clone(at(base, inst.b), inst.c & TAKE_FIRST != 0));
            Next::at(ip.add(1), base)
        })
    }

    Add => { on_ints!(checked_add) }
    AddFloat => { on_floats!(+) }
    AddAny => { on_any!(checked_add, +) }
    AddI => { with_integer!(checked_add, +) }
    AddF => { with_float!(+) }
    Sub => { on_ints!(checked_sub) }
    SubFloat => { on_floats!(-) }
    SubAny => { on_any!(checked_sub, -) }
    SubF => { with_float!(-) }
    SubKR => {
        if free!(inst.a) {
            match (&*constant!(), &*reg!(inst.c)) {
                (Value::Float(a), Value::Float(b)) => {
                    set_float!(inst.a, a - b);
                    next!()
                }
                (Value::Int(a), Value::Int(b)) => {
                    if let Some(result) = a.checked_sub(*b) {
                        set_int!(inst.a, result);
                        next!()
                    }
                }
                _ => {}
            }
        }
        slow!(slow::arithmetic)
    }
    Mul => { on_ints!(checked_mul) }
    MulFloat => { on_floats!(*) }
    MulAny => { on_any!(checked_mul, *) }
    MulI => { with_integer!(checked_mul, *) }
    MulF => { with_float!(*) }
    Div => { divide!(reg!(inst.b), reg!(inst.c)) }
    DivF => { with_float!(/) }
    DivKR => { divide!(constant!(), reg!(inst.c)) }
    Mod => {
        if let (Value::Int(a), Value::Int(b)) = (&*reg!(inst.b), &*reg!(inst.c))
            && *b > 0
            && free!(inst.a)
        {
            set_int!(inst.a, remainder(*a, *b));
            next!()
        }
        slow!(slow::binary)
    }
    ModI => {
        if let Value::Int(a) = &*reg!(inst.b)
            && free!(inst.a)
        {
            set_int!(inst.a, remainder(*a, inst.imm as i64));
            next!()
        }
        slow!(slow::with_number)
    }
    Negate => { float_function!(|x| -*x) }
    Sqrt => { float_function!(|x| x.sqrt()) }

    BitAnd => { bits!(reg!(inst.c), |x, y| x & y) }
    BitAndK => { bits!(constant!(), |x, y| x & y) }
    BitOr => { bits!(reg!(inst.c), |x, y| x | y) }
    BitXor => { bits!(reg!(inst.c), |x, y| x ^ y) }
    ShlK => { bits!(constant!(), |x, y| x << (y & 63)) }
    ShrK => { bits!(constant!(), |x, y| x >> (y & 63)) }

    Lt => { compare_value!(<) }
    Le => { compare_value!(<=) }
    Eq => { compare_value!(==) }
    Ne => { compare_value!(!=) }
    StrEq | StrNe => { slow!(slow::text_equality) }
    HashExists | IndexExists | CellElement => { slow!(slow::binary) }
    Subarray | NestedGet | NestedSet => { slow!(awk::nested) }
    Not => {
        if let Value::Bool(b) = &*reg!(inst.b)
            && free!(inst.a)
        {
            set_bool!(inst.a, !*b);
            next!()
        }
        slow!(slow::unary)
    }

    Concat | ConcatK | ConcatKR => { slow!(slow::concat) }
    StringLen | RefGet => { slow!(slow::unary) }

    Jump => { jump!(inst.imm) }
    Loop => { branch!(back, true, inst.imm) }
    JumpTrue => { truth!(forward, true) }
    JumpFalse => { truth!(forward, false) }
    LoopTrue => { truth!(back, true) }
    LoopFalse => { truth!(back, false) }
    JumpLt => { compare_registers!(forward, true, <, compare::num_lt) }
    JumpNotLt => { compare_registers!(forward, false, <, compare::num_lt) }
    JumpLe => { compare_registers!(forward, true, <=, compare::num_le) }
    JumpNotLe => { compare_registers!(forward, false, <=, compare::num_le) }
    JumpEq => { compare_registers!(forward, true, ==, compare::num_eq) }
    JumpNotEq => { compare_registers!(forward, false, ==, compare::num_eq) }
    LoopLt => { compare_registers!(back, true, <, compare::num_lt) }
    LoopNotLt => { compare_registers!(back, false, <, compare::num_lt) }
    LoopLe => { compare_registers!(back, true, <=, compare::num_le) }
    LoopNotLe => { compare_registers!(back, false, <=, compare::num_le) }
    LoopEq => { compare_registers!(back, true, ==, compare::num_eq) }
    LoopNotEq => { compare_registers!(back, false, ==, compare::num_eq) }
    JumpLtI => { compare_small!(forward, true, <, compare::num_lt) }
    JumpNotLtI => { compare_small!(forward, false, <, compare::num_lt) }
    JumpLeI => { compare_small!(forward, true, <=, compare::num_le) }
    JumpNotLeI => { compare_small!(forward, false, <=, compare::num_le) }
    JumpGtI => { compare_small!(forward, true, >, compare::num_gt) }
    JumpNotGtI => { compare_small!(forward, false, >, compare::num_gt) }
    JumpGeI => { compare_small!(forward, true, >=, compare::num_ge) }
    JumpNotGeI => { compare_small!(forward, false, >=, compare::num_ge) }
    JumpEqI => { compare_small!(forward, true, ==, compare::num_eq) }
    JumpNotEqI => { compare_small!(forward, false, ==, compare::num_eq) }
    LoopLtI => { compare_small!(back, true, <, compare::num_lt) }
    LoopNotLtI => { compare_small!(back, false, <, compare::num_lt) }
    LoopLeI => { compare_small!(back, true, <=, compare::num_le) }
    LoopNotLeI => { compare_small!(back, false, <=, compare::num_le) }
    LoopGtI => { compare_small!(back, true, >, compare::num_gt) }
    LoopNotGtI => { compare_small!(back, false, >, compare::num_gt) }
    LoopGeI => { compare_small!(back, true, >=, compare::num_ge) }
    LoopNotGeI => { compare_small!(back, false, >=, compare::num_ge) }
    LoopEqI => { compare_small!(back, true, ==, compare::num_eq) }
    LoopNotEqI => { compare_small!(back, false, ==, compare::num_eq) }
    IncLoopLt => {
        increment_and_compare!(int(reg!(inst.b)), <, slow::compare, compare::num_lt)
    }
    IncLoopLe => {
        increment_and_compare!(int(reg!(inst.b)), <=, slow::compare, compare::num_le)
    }
    IncLoopLtI => {
        increment_and_compare!(Some(small(inst)), <, slow::compare_small, compare::num_lt)
    }
    IncLoopLeI => {
        increment_and_compare!(Some(small(inst)), <=, slow::compare_small, compare::num_le)
    }
    JumpTable => { cold!(|ip, base, vm, inst| {
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let table = &code.lists.tables[inst.imm as usize];
        let entry = (*at(base, inst.a)).to_int();
        if inst.c & TAKE_FIRST != 0 {
            (*at(base, inst.a)).set_undef();
        }
        let entry = usize::try_from(entry).unwrap_or(usize::MAX).min(table.len() - 1);
        jump_to::<STEP>(ip, code.inst(table[entry]), base, vm)
    }) }

    Call => {
        let state = &mut vm.fast;
        let sub = &*state.subs.as_ptr().add(inst.imm as usize);
        let window = reg!(inst.a);
        let end = state.registers.as_mut_ptr().add(state.registers.len());
        let records = state.records.len();
        if sub.takes == u32::from(inst.b)
            && window.add(sub.registers as usize) <= end
            && records < state.record_limit
            && records < state.records.capacity()
        {
            for register in sub.takes..sub.variables {
                set_words(window.add(register as usize), UNDEF);
            }
            let record = Record {
                return_ip: ip.add(1),
                unit: state.unit.0,
                closure: ptr::read(&state.closure),
                saved: vm.saved.mark() as u32,
            };
            ptr::write(&mut state.closure, None);
            ptr::write(state.records.as_mut_ptr().add(records), record);
            state.records.set_len(records + 1);
            state.unit.0 = sub.unit;
            ip = sub.entry;
            base = window;
            poll!();
            count!(counts_call, call);
            dispatch!()
        }
        cold!(|ip, base, vm, inst| {
            stop_at(ip, base, vm);
            let result = call(vm, inst.imm as usize, None, inst.a.into(), inst.b.into());
            enter::<STEP>(result, ip, vm)
        })
    }
    TailCall => { cold!(|ip, base, vm, inst| {
        stop_at(ip, base, vm);
        enter::<STEP>(tail_call(vm, *inst), ip, vm)
    }) }
    CallDynamic => { cold!(|ip, base, vm, inst| {
        stop_at(ip, base, vm);
        let result = call_dynamic(vm, inst.a.into(), inst.b.into());
            enter::<STEP>(result, ip, vm)
    }) }
    Return => {
        let state = &mut vm.fast;
        let record = &*state.last_record();
        let back = &*record.return_ip.sub(1);
        let caller = base.sub(back.a.into());
        let dest = caller.add(back.c.into());
        let result = words(reg!(inst.a));
        set_words(reg!(inst.a), UNDEF);
        // A frame that holds nothing but numbers and short strings, and saved nothing, is left at once.
        let mut owns = (*dest).owns_heap() && dest < base;
        for register in 0..inst.imm as usize {
            owns |= (*base.add(register)).owns_heap();
        }
        if !owns && vm.saved.mark() as u32 == record.saved && state.closure.is_none() {
            ip = record.return_ip;
            base = caller;
            state.unit.0 = record.unit;
            ptr::write(&mut state.closure, ptr::read(&record.closure));
            let records = state.records.len() - 1;
            state.records.set_len(records);
            set_words(dest, result);
            dispatch!()
        }
        set_words(reg!(inst.a), result);
        cold!(|ip, base, vm, inst| {
            vm.fast.base = vm.fast.window_offset(base);
            let result = take(at(base, inst.a));
            let (ip, base) = return_value(vm, result, inst.imm as usize);
            Next::at(ip, base)
        })
    }
    ReturnUndef => { cold!(|ip, base, vm, inst| {
        vm.fast.base = vm.fast.window_offset(base);
        let (ip, base) = return_value(vm, Value::Undef, inst.imm as usize);
        Next::at(ip, base)
    }) }
    End => { cold!(|ip, base, vm, inst| {
        let result = take_or_clone(at(base, inst.a), inst.c & TAKE_FIRST != 0);
        leave_boundary(vm);
        ended(vm, Ok(Ended::Value(result)))
    }) }
    EndEmpty => { cold!(|ip, base, vm, inst| {
        leave_boundary(vm);
        ended(vm, Ok(Ended::Empty))
    }) }
    Throw => { cold!(|ip, base, vm, inst| {
        let value = take_or_clone(at(base, inst.a), inst.c & TAKE_FIRST != 0);
        faulted(ip, base, vm, Fault::thrown(value))
    }) }

    ArrayGet => {
        if let (Value::Array(array), Value::Int(index)) = (&*reg!(inst.b), &*reg!(inst.c))
            && let Some(element) = array.as_slice().get(*index as usize)
            && let element = words(element)
            && !may_own(&element)
            && free!(inst.a)
        {
            set_words(reg!(inst.a), element);
            next!()
        }
        slow!(slow::binary)
    }
    ArrayGetI => {
        if let Value::Array(array) = &*reg!(inst.b)
            && let Some(element) = array.as_slice().get(inst.imm as usize)
            && let element = words(element)
            && !may_own(&element)
            && free!(inst.a)
        {
            set_words(reg!(inst.a), element);
            next!()
        }
        slow!(slow::element)
    }
    ArraySet => {
        let value = words(reg!(inst.b));
        if let Value::Array(array) = &mut *reg!(inst.a)
            && let Value::Int(index) = &*reg!(inst.c)
            && let Some(elements) = array.get_mut_unique()
            && let Some(element) = elements.get_mut(*index as usize)
            && element.tag() < tag::STR
            && !may_own(&value)
        {
            set_words(element, value);
            next!()
        }
        slow!(slow::store)
    }
    ArrayPush => {
        let value = words(reg!(inst.b));
        if let Value::Array(array) = &mut *reg!(inst.a)
            && !may_own(&value)
            && let Some(place) = array.spare_place()
        {
            set_words(place, value);
            next!()
        }
        slow!(slow::store)
    }
    ArrayLen => {
        if let Value::Array(array) = &*reg!(inst.b)
            && free!(inst.a)
        {
            set_int!(inst.a, array.len());
            next!()
        }
        slow!(slow::unary)
    }
    HashGet => {
        cold!(|ip, base, vm, inst| {
            if let Value::Hash(hash) = &*at(base, inst.b)
                && let Value::Int(_) | Value::Str(_) = &*at(base, inst.c)
            {
                match hash.get_value_key(&*at(base, inst.c)) {
                    Some(value) if inst.a != inst.b => copy(at(base, inst.a), value),
                    found => put(at(base, inst.a), found.cloned().unwrap_or_default()),
                }
                if inst.imm as u16 & TAKE_SECOND != 0 && inst.c != inst.a {
                    (*at(base, inst.c)).set_undef();
                }
                return Next::at(ip.add(1), base);
            }
            settle::<STEP>(slow::binary(vm, inst, base), ip, base, vm)
        })
    }
    HashSet => { slow!(slow::store) }
    SlotOp => { slow!(slow::slot_op) }
    IndexGet => {
        let place: *const Value = collection(reg!(inst.b));
        if let (Value::Array(array), Value::Int(index)) = (&*place, &*reg!(inst.c))
            && inst.imm as u16 & TAKE_FIRST == 0
            && let Some(element) = array.as_slice().get(*index as usize)
            && let element = words(element)
            && !may_own(&element)
            && free!(inst.a)
        {
            set_words(reg!(inst.a), element);
            next!()
        }
        slow!(slow::binary)
    }
    IndexGetK => { cold!(|ip, base, vm, inst| settle::<STEP>(slow::field(vm, ip, base), ip, base, vm)) }
    IndexSetK => { cold!(|ip, base, vm, inst| settle::<STEP>(slow::set_field(vm, ip, base), ip, base, vm)) }
    IndexSet => {
        let value = words(reg!(inst.a));
        if let Value::Ref(_) = &*reg!(inst.c)
            && let Value::Array(array) = &mut *collection(reg!(inst.c))
            && let Value::Int(index) = &*reg!(inst.b)
            && inst.imm as u16 & TAKE_THIRD == 0
            && !may_own(&value)
            && let Some(elements) = array.get_mut_unique()
            && let Some(element) = elements.get_mut(*index as usize)
            && element.tag() < tag::STR
        {
            set_words(element, value);
            next!()
        }
        slow!(slow::index_set)
    }
    RefSet => { slow!(slow::ref_set) }
    GetCapture | SetCapture => { slow!(slow::capture) }

    Join => { slow!(awk::join) }
    JoinKeys => { slow!(awk::join_keys) }
    FieldGet => { slow!(awk::field) }
    FieldAt => { slow!(awk::field_at) }
    FieldNumberAt => { slow!(awk::field_number_at) }
    FieldNumber => {
        let number = vm.awk.record.field_number(inst.imm as usize);
        (*reg!(inst.a)).set_float(number);
        next!()
    }
    FieldLength => { slow_outside!(awk::field_length) }
    FieldLengthAt => { slow_outside!(awk::field_length_at) }
    Length => { slow_outside!(awk::length) }
    Substr => { slow!(awk::substr) }
    Sprintf => { slow!(awk::sprintf) }
    Index => { slow!(awk::index) }
    ToLower | ToUpper => { slow!(awk::map_case) }
    Matches => { slow!(awk::matches) }
    Match => { slow_outside!(awk::match_place) }
    FieldMatches | FieldIs | FieldMatchesAt | FieldIsAt => { slow!(awk::field_test) }
    FieldCount => { (*reg!(inst.a)).set_float(vm.awk.record.nf() as f64); next!() }
    SpecialGet => {
        match vm.awk.record_count(inst.imm) {
            Some(count) if free!(inst.a) => set_float!(inst.a, count),
            _ => slow!(awk::special),
        }
        next!()
    }
    ToNumber | ToComparable => {
        let words = words(reg!(inst.b));
        if words[0] as u8 == tag::FLOAT && free!(inst.a) {
            set_words(reg!(inst.a), words);
            next!()
        }
        if let Value::Bool(b) = *reg!(inst.b)
            && free!(inst.a)
        {
            set_float!(inst.a, f64::from(b));
            next!()
        }
        slow!(awk::unary)
    }
    ToText => { slow!(awk::unary) }
    Subscript => {
        if let Value::Float(x) = *reg!(inst.b)
            && number::exact_int(x).is_some()
            && free!(inst.a)
        {
            set_float!(inst.a, x);
            next!()
        }
        slow!(awk::unary)
    }
    Truth => {
        let holds = match &*reg!(inst.b) {
            Value::Bool(b) if free!(inst.a) => *b,
            Value::Float(x) if free!(inst.a) => *x != 0.0,
            _ => slow!(awk::unary),
        };
        set_bool!(inst.a, holds);
        next!()
    }
    DivAwk => { divide!(reg!(inst.b), reg!(inst.c)) }
    ModAwk => {
        if let (Value::Float(a), Value::Float(b)) = (&*reg!(inst.b), &*reg!(inst.c))
            && *b != 0.0
            && free!(inst.a)
        {
            set_float!(inst.a, number::remainder(*a, *b));
            next!()
        }
        slow!(slow::binary)
    }
    ElementGet => { slow!(awk::element) }
    ElementExists => { slow!(awk::has_element) }
    ElementSet => { slow!(awk::set_element) }
    ElementDelete => { slow!(awk::delete_element) }
    ElementAdd => { slow!(awk::add_to_element::<true>) }
    ElementIncrement => { slow!(awk::add_to_element::<false>) }
    FieldElementAdd => { slow!(awk::add_to_field_element::<true>) }
    FieldElementIncrement => { slow!(awk::add_to_field_element::<false>) }
    Addend => {
        if let Value::Float(number) = *reg!(inst.a)
            && let Some(addends) = vm.globals.addends.get_mut(inst.imm as usize)
            && addends.numbers.len() < addends.numbers.capacity()
        {
            addends.numbers.push(number);
            next!()
        }
        slow!(awk::addend)
    }
    ElementAddend => { slow!(awk::element_addend) }
    FieldElementAddend => { slow!(awk::field_element_addend) }
    ElementAppend => { slow!(awk::append_to_element) }
    JoinedGet | JoinedSet | JoinedAdd | JoinedIncrement | JoinedExists => { slow!(joined::access) }
    SubRecord | GsubRecord => { slow!(awk::substitute_in_record) }
    SubText | GsubText => { slow!(awk::substitute_in_text) }
    Output => { slow!(awk::choose_output) }
    Print => { slow_outside!(awk::print) }
    PrintJoined => { slow_outside!(awk::print_joined) }
    Printf => { slow_outside!(awk::printf) }

    SplitInto => { slow!(awk::split_into) }
    ReadRecord => { slow_outside!(awk::read_record) }
    ReadSelected => { cold!(|ip, base, vm, inst| {
        stop_at(ip, base, vm);
        // What goes step by step sees each record.
        match if STEP { Ok(None) } else { awk::select_record(vm, inst, base) } {
            Ok(Some(to)) => Next::at(to, base),
            Ok(None) => {
                let result = awk::read_record(vm, inst, base);
                settle::<STEP>(result, ip, vm.fast.base_pointer(), vm)
            }
            Err(fault) => faulted(ip, base, vm, fault),
        }
    }) }
    ReadLine => { slow_outside!(awk::read_line) }
    Exec => { slow_outside!(slow::execute) }
    ExecLeaf => { slow!(slow::execute_leaf) }
    Builtin | Extension | Declare => { slow_outside!(slow::execute) }
    OpenScope => { cold!(|ip, base, vm, inst| {
        for register in 0..inst.b {
            (*at(base, inst.a + register)).set_undef();
        }
        vm.saved.open_scope();
        Next::at(ip.add(1), base)
    }) }
    CloseScope => { cold!(|ip, base, vm, inst| {
        for register in 0..inst.b {
            (*at(base, inst.a + register)).set_undef();
        }
        vm.saved.close_scope(&mut vm.globals);
        Next::at(ip.add(1), base)
    }) }
    WholeLoop => { cold!(|ip, base, vm, inst| {
        vm.fast.ip.0 = ip;
        match slow::whole_loop(vm, inst, base) {
            Ok(true) => Next::at(ip.add(1), base),
            Ok(false) => polled(ip, base, vm),
            Err(fault) => faulted(ip, base, vm, fault),
        }
    }) }
    Iterate => { cold!(|ip, base, vm, inst| {
        let walk = slow::begin_walk(inst.b, take(at(base, inst.a)));
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let block = &code.lists.blocks[inst.imm as usize];
        let mut running = Running { walk, return_ip: ip.add(1) };
        match running.step(base.add(block.base as usize)) {
            Step::Again => {
                vm.fast.iterations.push(running);
                Next::at(code.inst(block.entry), base)
            }
            Step::Done(result) => {
                put(at(base, inst.c), result.unwrap_or_default());
                Next::at(ip.add(1), base)
            }
        }
    }) }
    BlockEnd => { cold!(|ip, base, vm, inst| {
        let result = take(at(base, inst.a));
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let Some(running) = vm.fast.iterations.last_mut() else {
            unreachable!("a block runs within an iteration");
        };
        if let Err(fault) = running.answer(result) {
            return faulted(ip, base, vm, fault);
        }
        let block = &code.lists.blocks[inst.imm as usize];
        match running.step(base.add(block.base as usize)) {
            Step::Again => jump_to::<STEP>(ip, code.inst(block.entry), base, vm),
            Step::Done(result) => {
                let to = running.return_ip;
                vm.fast.iterations.pop();
                put(at(base, block.dest), result.unwrap_or_default());
                Next::at(to, base)
            }
        }
    }) }
}
