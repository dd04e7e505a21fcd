//! The instructions, a handler each. Hot paths are here, on Ints, Floats and Bools; everything else is in
//! `slow`, `calls` and `unwind`.

use super::calls::{call, call_dynamic, leave_boundary, return_value, tail_call};
use super::dispatch::{Handler, Next, dispatch, ended, faulted, keep, polled};
use super::register::{UNDEF, copy, put, set_words, take, take_or_clone};
use super::slow::{self, Step};
use super::{Record, Running, State};
use crate::code::{Inst, Opcode, TAKE_FIRST, TAKE_SECOND};
use crate::error::Fault;
use crate::interp::ops::compare;
use crate::limits::out_of_fuel;
use crate::value::{Value, tag};
use crate::vm::{Ended, VM};
use std::ptr;
use std::sync::atomic::Ordering;

/// Remainder by a positive integer.
#[inline(always)]
fn remainder(a: i64, b: i64) -> i64 {
    // Most operands fit 32 bits, whose division is several times faster.
    if ((a | b) as u64) >> 32 == 0 { i64::from(a as u32 % b as u32) } else { a % b }
}

/// Defines the handlers and their table. `$d` is a dollar sign, for the macros that the bodies use.
macro_rules! handlers {
    ($d:tt ($ip:ident, $base:ident, $vm:ident, $inst:ident)
        $($(#[doc = $doc:literal])* $($name:ident)|+ => $body:block)*) => {
        $($(
            #[allow(non_snake_case, unused_macros, unused_variables, unused_mut, unreachable_code, unused_assignments)]
            unsafe fn $name(mut $ip: *mut Inst, mut $base: *mut Value, $vm: &mut VM) -> Next {
                // The register of an index.
                macro_rules! reg {
                    ($d index:expr) => { $base.add($d index as usize) };
                }
                // Goes on at `ip` with the window `base`.
                macro_rules! dispatch {
                    () => { return dispatch($ip, $base, $vm) };
                }
                macro_rules! next {
                    () => {{ $ip = $ip.add(1); dispatch!() }};
                }
                macro_rules! fault {
                    ($d fault:expr) => { return faulted($ip, $base, $vm, $d fault) };
                }
                macro_rules! polled {
                    () => { return polled($ip, $base, $vm) };
                }
                macro_rules! end {
                    ($d result:expr) => { return ended($vm, $d result) };
                }
                // A slow path that ends the instruction.
                macro_rules! slow {
                    ($d result:expr) => {{
                        let result = $d result;
                        if keep($vm, result) { next!() }
                        return faulted($ip, $base, $vm, None)
                    }};
                }
                macro_rules! jump {
                    ($d imm:expr) => {{ $ip = $ip.offset($d imm as u32 as i32 as isize); dispatch!() }};
                }
                macro_rules! poll {
                    () => { if $vm.limits.poll.load(Ordering::Relaxed) != 0 { polled!() } };
                }
                macro_rules! branch {
                    (forward, $d taken:expr, $d imm:expr) => {{
                        if $d taken {
                            jump!($d imm);
                        }
                        next!();
                    }};
                    (back, $d taken:expr, $d imm:expr) => {{
                        if $d taken {
                            $ip = $ip.offset($d imm as u32 as i32 as isize);
                            poll!();
                            dispatch!();
                        }
                        next!();
                    }};
                }
                macro_rules! compare_registers {
                    ($d way:ident, $d wanted:expr, $d inst:ident, $d op:tt, $d holds:path) => {{
                        let (a, b) = (reg!($d inst.a), reg!($d inst.b));
                        let holds = match (&*a, &*b) {
                            (Value::Int(a), Value::Int(b)) => a $d op b,
                            (Value::Float(a), Value::Float(b)) => a $d op b,
                            _ => slow::compare($d inst, $base, $d holds),
                        };
                        branch!($d way, holds == $d wanted, $d inst.imm)
                    }};
                }
                macro_rules! compare_small {
                    ($d way:ident, $d wanted:expr, $d inst:ident, $d op:tt, $d holds:path) => {{
                        let small = ($d inst.imm as i64 >> 32) as i32;
                        let holds = match &*reg!($d inst.a) {
                            Value::Int(a) => *a $d op i64::from(small),
                            Value::Float(a) => *a $d op f64::from(small),
                            _ => slow::compare_small($d inst, $base, $d holds),
                        };
                        branch!($d way, holds == $d wanted, $d inst.imm)
                    }};
                }
                macro_rules! compare_value {
                    ($d inst:ident, $d op:tt) => {{
                        let (a, b) = (reg!($d inst.b), reg!($d inst.c));
                        let holds = match (&*a, &*b) {
                            (Value::Int(a), Value::Int(b)) => a $d op b,
                            (Value::Float(a), Value::Float(b)) => a $d op b,
                            _ => slow!(slow::binary($vm, $d inst, $base)),
                        };
                        (*reg!($d inst.a)).set_bool(holds);
                        next!();
                    }};
                }
                macro_rules! on_ints {
                    ($d inst:ident, $d a:expr, $d b:expr, $d checked:ident) => {{
                        if let (Value::Int(a), Value::Int(b)) = (&*$d a, &*$d b)
                            && let Some(result) = a.$d checked(*b)
                        {
                            (*reg!($d inst.a)).set_int(result);
                            next!();
                        }
                        slow!(slow::arithmetic($vm, $ip, $base))
                    }};
                }
                macro_rules! on_floats {
                    ($d inst:ident, $d a:expr, $d b:expr, $d op:tt) => {{
                        if let (Value::Float(a), Value::Float(b)) = (&*$d a, &*$d b) {
                            (*reg!($d inst.a)).set_float(a $d op b);
                            next!();
                        }
                        slow!(slow::arithmetic($vm, $ip, $base))
                    }};
                }
                macro_rules! on_any {
                    ($d inst:ident, $d checked:ident, $d op:tt) => {{
                        match (&*reg!($d inst.b), &*reg!($d inst.c)) {
                            (Value::Int(a), Value::Int(b)) => {
                                if let Some(result) = a.$d checked(*b) {
                                    (*reg!($d inst.a)).set_int(result);
                                    next!();
                                }
                            }
                            (Value::Float(a), Value::Float(b)) => {
                                (*reg!($d inst.a)).set_float(a $d op b);
                                next!();
                            }
                            (Value::Float(a), Value::Int(b)) => {
                                (*reg!($d inst.a)).set_float(a $d op *b as f64);
                                next!();
                            }
                            (Value::Int(a), Value::Float(b)) => {
                                (*reg!($d inst.a)).set_float(*a as f64 $d op b);
                                next!();
                            }
                            _ => {}
                        }
                        slow!(slow::arithmetic($vm, $ip, $base))
                    }};
                }
                macro_rules! divide {
                    ($d inst:ident, $d a:expr, $d b:expr) => {{
                        let result = match (&*$d a, &*$d b) {
                            (Value::Float(a), Value::Float(b)) if *b != 0.0 => a / b,
                            (Value::Int(a), Value::Int(b)) if *b != 0 => *a as f64 / *b as f64,
                            (Value::Int(a), Value::Float(b)) if *b != 0.0 => *a as f64 / b,
                            (Value::Float(a), Value::Int(b)) if *b != 0 => a / *b as f64,
                            _ => slow!(slow::binary($vm, $d inst, $base)),
                        };
                        (*reg!($d inst.a)).set_float(result);
                        next!();
                    }};
                }
                macro_rules! with_integer {
                    ($d inst:ident, $d checked:ident, $d op:tt) => {{
                        match &*reg!($d inst.b) {
                            Value::Int(a) => {
                                if let Some(result) = a.$d checked($d inst.imm as i64) {
                                    (*reg!($d inst.a)).set_int(result);
                                    next!();
                                }
                            }
                            Value::Float(a) => {
                                let result = *a $d op $d inst.imm as i64 as f64;
                                (*reg!($d inst.a)).set_float(result);
                                next!();
                            }
                            _ => {}
                        }
                        slow!(slow::with_number($vm, $d inst, $base))
                    }};
                }
                macro_rules! with_float {
                    ($d inst:ident, $d op:tt) => {{
                        let a = match &*reg!($d inst.b) {
                            Value::Float(a) => *a,
                            Value::Int(a) => *a as f64,
                            _ => slow!(slow::with_number($vm, $d inst, $base)),
                        };
                        (*reg!($d inst.a)).set_float(a $d op f64::from_bits($d inst.imm));
                        next!();
                    }};
                }
                macro_rules! bits {
                    ($d inst:ident, $d b:expr, |$d x:ident, $d y:ident| $d result:expr) => {{
                        if let (Value::Int($d x), Value::Int($d y)) = (&*reg!($d inst.b), &*$d b) {
                            (*reg!($d inst.a)).set_int($d result);
                            next!();
                        }
                        slow!(slow::binary($vm, $d inst, $base))
                    }};
                }
                macro_rules! outside {
                    ($d result:expr) => {{
                        $vm.fast.ip.0 = $ip;
                        let result = $d result;
                        $base = $vm.fast.base_pointer();
                        slow!(result)
                    }};
                }
                macro_rules! go {
                    ($d result:expr) => {{
                        $vm.fast.ip.0 = $ip;
                        match $d result {
                            Ok((at, window)) => {
                                $ip = at;
                                $base = window;
                                poll!();
                                dispatch!();
                            }
                            Err(fault) => {
                                $base = $vm.fast.base_pointer();
                                fault!(Some(fault))
                            }
                        }
                    }};
                }
                macro_rules! truth {
                    ($d inst:ident) => {{
                        let at = reg!($d inst.a);
                        match &*at {
                            Value::Bool(b) => *b,
                            Value::Int(n) => *n != 0,
                            _ => slow::truth(at, $d inst.c & TAKE_FIRST != 0),
                        }
                    }};
                }
                macro_rules! constant {
                    ($d inst:ident) => {
                        $d inst.imm as *const Value
                    };
                }
                // SAFETY: verification has shown that all registers, targets and constants that
                // instructions name exist and hold values; `ip` and `base` stay within the running
                // unit's code and window.
                unsafe {
                    let $inst = &*$ip;
                    $body
                }
            }
        )+)*

        /// The handler of each opcode.
        pub(super) static HANDLERS: [Handler; Opcode::COUNT] = {
            let mut table: [Handler; Opcode::COUNT] = [Exit; Opcode::COUNT];
            $($(table[Opcode::$name as usize] = $name;)+)*
            table
        };

        // Every opcode has its handler: a missing one does not compile.
        const _: fn(Opcode) = |op| match op {
            $($(Opcode::$name => {})+)*
        };
    };
}

handlers! {
    $ (ip, base, vm, inst)

    Exit => {
                            let result = take(base);
                            end!(Ok(Ended::Value(result)));
                        }
    Fuel => {
                            let Some(left) = vm.fuel_left.checked_sub(inst.imm) else {
                                fault!(Some(out_of_fuel()));
                            };
                            vm.fuel_left = left;
                            next!();
                        }
    Move => {
                            if inst.c & TAKE_FIRST != 0 {
                                put(reg!(inst.a), take(reg!(inst.b)));
                            } else {
                                copy(reg!(inst.a), reg!(inst.b));
                            }
                            next!();
                        }
    Swap => {
                            ptr::swap(reg!(inst.a), reg!(inst.b));
                            next!();
                        }
    Drop | LoadUndef => {
                            (*reg!(inst.a)).set_undef();
                            next!();
                        }
    LoadBool => {
                            (*reg!(inst.a)).set_bool(inst.imm != 0);
                            next!();
                        }
    LoadInt => {
                            (*reg!(inst.a)).set_int(inst.imm as i64);
                            next!();
                        }
    LoadFloat => {
                            (*reg!(inst.a)).set_float(f64::from_bits(inst.imm));
                            next!();
                        }
    LoadConst => {
                            copy(reg!(inst.a), constant!(inst));
                            next!();
                        }
    GetGlobal => {
                            copy(reg!(inst.a), vm.globals.values.as_ptr().add(inst.imm as usize));
                            next!();
                        }
    SetGlobal => {
                            let place = vm.globals.values.as_mut_ptr().add(inst.imm as usize);
                            if inst.c & TAKE_FIRST != 0 {
                                put(place, take(reg!(inst.b)));
                            } else {
                                copy(place, reg!(inst.b));
                            }
                            next!();
                        }
    Add => { on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_add) }
    AddFloat => { on_floats!(inst, reg!(inst.b), reg!(inst.c), +) }
    AddAny => { on_any!(inst, checked_add, +) }
    AddI => { with_integer!(inst, checked_add, +) }
    AddF => { with_float!(inst, +) }
    Sub => { on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_sub) }
    SubFloat => { on_floats!(inst, reg!(inst.b), reg!(inst.c), -) }
    SubAny => { on_any!(inst, checked_sub, -) }
    SubF => { with_float!(inst, -) }
    SubKR => {
                            let (a, b) = (constant!(inst), reg!(inst.c));
                            match (&*a, &*b) {
                                (Value::Float(a), Value::Float(b)) => {
                                    (*reg!(inst.a)).set_float(a - b);
                                    next!();
                                }
                                (Value::Int(a), Value::Int(b)) => {
                                    if let Some(result) = a.checked_sub(*b) {
                                        (*reg!(inst.a)).set_int(result);
                                        next!();
                                    }
                                }
                                _ => {}
                            }
                            slow!(slow::arithmetic(vm, ip, base))
                        }
    Mul => { on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_mul) }
    MulFloat => { on_floats!(inst, reg!(inst.b), reg!(inst.c), *) }
    MulAny => { on_any!(inst, checked_mul, *) }
    MulI => { with_integer!(inst, checked_mul, *) }
    MulF => { with_float!(inst, *) }
    Div => { divide!(inst, reg!(inst.b), reg!(inst.c)) }
    DivF => { with_float!(inst, /) }
    DivKR => { divide!(inst, constant!(inst), reg!(inst.c)) }
    Mod => {
                            if let (Value::Int(a), Value::Int(b)) = (&*reg!(inst.b), &*reg!(inst.c))
                                && *b > 0
                            {
                                let result = remainder(*a, *b);
                                (*reg!(inst.a)).set_int(result);
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
    ModI => {
                            if let Value::Int(a) = &*reg!(inst.b) {
                                let result = remainder(*a, inst.imm as i64);
                                (*reg!(inst.a)).set_int(result);
                                next!();
                            }
                            slow!(slow::with_number(vm, inst, base))
                        }
    Negate => {
                            if let Value::Float(x) = &*reg!(inst.b) {
                                let result = -*x;
                                (*reg!(inst.a)).set_float(result);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
    Sqrt => {
                            if let Value::Float(x) = &*reg!(inst.b) {
                                let result = x.sqrt();
                                (*reg!(inst.a)).set_float(result);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
    BitAnd => { bits!(inst, reg!(inst.c), |x, y| x & y) }
    BitAndK => { bits!(inst, constant!(inst), |x, y| x & y) }
    BitOr => { bits!(inst, reg!(inst.c), |x, y| x | y) }
    BitXor => { bits!(inst, reg!(inst.c), |x, y| x ^ y) }
    ShlK => { bits!(inst, constant!(inst), |x, y| x << (y & 63)) }
    ShrK => { bits!(inst, constant!(inst), |x, y| x >> (y & 63)) }
    Lt => { compare_value!(inst, <) }
    Le => { compare_value!(inst, <=) }
    Eq => { compare_value!(inst, ==) }
    Ne => { compare_value!(inst, !=) }
    StrEq | StrNe => { slow!(slow::binary(vm, inst, base)) }
    Not => {
                            if let Value::Bool(b) = &*reg!(inst.b) {
                                let b = !*b;
                                (*reg!(inst.a)).set_bool(b);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
    Concat | ConcatK | ConcatKR => {
                            slow!(slow::concat(inst, base))
                        }
    StringLen => { slow!(slow::unary(vm, inst, base)) }
    Jump => { jump!(inst.imm) }
    Loop => { branch!(back, true, inst.imm) }
    JumpTrue => { branch!(forward, truth!(inst), inst.imm) }
    JumpFalse => { branch!(forward, !truth!(inst), inst.imm) }
    LoopTrue => { branch!(back, truth!(inst), inst.imm) }
    LoopFalse => { branch!(back, !truth!(inst), inst.imm) }
    JumpLt => { compare_registers!(forward, true, inst, <, compare::num_lt) }
    JumpNotLt => { compare_registers!(forward, false, inst, <, compare::num_lt) }
    JumpLe => { compare_registers!(forward, true, inst, <=, compare::num_le) }
    JumpNotLe => { compare_registers!(forward, false, inst, <=, compare::num_le) }
    JumpEq => { compare_registers!(forward, true, inst, ==, compare::num_eq) }
    JumpNotEq => { compare_registers!(forward, false, inst, ==, compare::num_eq) }
    LoopLt => { compare_registers!(back, true, inst, <, compare::num_lt) }
    LoopNotLt => { compare_registers!(back, false, inst, <, compare::num_lt) }
    LoopLe => { compare_registers!(back, true, inst, <=, compare::num_le) }
    LoopNotLe => { compare_registers!(back, false, inst, <=, compare::num_le) }
    LoopEq => { compare_registers!(back, true, inst, ==, compare::num_eq) }
    LoopNotEq => { compare_registers!(back, false, inst, ==, compare::num_eq) }
    JumpLtI => { compare_small!(forward, true, inst, <, compare::num_lt) }
    JumpNotLtI => { compare_small!(forward, false, inst, <, compare::num_lt) }
    JumpLeI => { compare_small!(forward, true, inst, <=, compare::num_le) }
    JumpNotLeI => { compare_small!(forward, false, inst, <=, compare::num_le) }
    JumpGtI => { compare_small!(forward, true, inst, >, compare::num_gt) }
    JumpNotGtI => { compare_small!(forward, false, inst, >, compare::num_gt) }
    JumpGeI => { compare_small!(forward, true, inst, >=, compare::num_ge) }
    JumpNotGeI => { compare_small!(forward, false, inst, >=, compare::num_ge) }
    JumpEqI => { compare_small!(forward, true, inst, ==, compare::num_eq) }
    JumpNotEqI => { compare_small!(forward, false, inst, ==, compare::num_eq) }
    LoopLtI => { compare_small!(back, true, inst, <, compare::num_lt) }
    LoopNotLtI => { compare_small!(back, false, inst, <, compare::num_lt) }
    LoopLeI => { compare_small!(back, true, inst, <=, compare::num_le) }
    LoopNotLeI => { compare_small!(back, false, inst, <=, compare::num_le) }
    LoopGtI => { compare_small!(back, true, inst, >, compare::num_gt) }
    LoopNotGtI => { compare_small!(back, false, inst, >, compare::num_gt) }
    LoopGeI => { compare_small!(back, true, inst, >=, compare::num_ge) }
    LoopNotGeI => { compare_small!(back, false, inst, >=, compare::num_ge) }
    LoopEqI => { compare_small!(back, true, inst, ==, compare::num_eq) }
    LoopNotEqI => { compare_small!(back, false, inst, ==, compare::num_eq) }
    IncLoopLt => {
                            let place = reg!(inst.a);
                            if let (Value::Int(a), Value::Int(b)) = (&*place, &*reg!(inst.b))
                                && let Some(a) = a.checked_add(1)
                            {
                                let taken = a < *b;
                                (*place).set_int(a);
                                branch!(back, taken, inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(Some(fault));
                            }
                            compare_registers!(back, true, inst, <, compare::num_lt)
                        }
    IncLoopLe => {
                            let place = reg!(inst.a);
                            if let (Value::Int(a), Value::Int(b)) = (&*place, &*reg!(inst.b))
                                && let Some(a) = a.checked_add(1)
                            {
                                let taken = a <= *b;
                                (*place).set_int(a);
                                branch!(back, taken, inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(Some(fault));
                            }
                            compare_registers!(back, true, inst, <=, compare::num_le)
                        }
    IncLoopLtI => {
                            let place = reg!(inst.a);
                            if let Value::Int(a) = &*place
                                && let Some(a) = a.checked_add(1)
                            {
                                (*place).set_int(a);
                                branch!(back, a < i64::from((inst.imm as i64 >> 32) as i32), inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(Some(fault));
                            }
                            compare_small!(back, true, inst, <, compare::num_lt)
                        }
    IncLoopLeI => {
                            let place = reg!(inst.a);
                            if let Value::Int(a) = &*place
                                && let Some(a) = a.checked_add(1)
                            {
                                (*place).set_int(a);
                                branch!(back, a <= i64::from((inst.imm as i64 >> 32) as i32), inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(Some(fault));
                            }
                            compare_small!(back, true, inst, <=, compare::num_le)
                        }
    JumpTable => {
                            let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
                            let table = &code.tables[inst.imm as usize];
                            let at = reg!(inst.a);
                            let entry = (*at).to_int();
                            if inst.c & TAKE_FIRST != 0 {
                                (*at).set_undef();
                            }
                            let entry = usize::try_from(entry).unwrap_or(usize::MAX).min(table.len() - 1);
                            let here = ip;
                            ip = code.inst(table[entry]);
                            if ip <= here {
                                poll!();
                            }
                            dispatch!();
                        }
    Call => {
                            let sub = &*vm.fast.subs.as_ptr().add(inst.imm as usize);
                            let window = reg!(inst.a);
                            let state = &mut vm.fast;
                            let end = state.registers.as_mut_ptr().add(state.registers.len());
                            if sub.takes != u32::from(inst.b)
                                || window.add(sub.registers as usize) > end
                                || state.records.len() >= state.record_limit
                            {
                                state.base = state.window_offset(base);
                                go!(call(vm, inst.imm as usize, None, inst.a.into(), inst.b.into()))
                            }
                            for register in sub.takes..sub.variables {
                                set_words(window.add(register as usize), UNDEF);
                            }
                            let record = Record {
                                return_ip: ip.add(1),
                                unit: state.unit.0,
                                closure: state.closure.take(),
                                saved: vm.saved.mark() as u32,
                            };
                            state.records.push(record);
                            state.unit.0 = sub.unit;
                            ip = sub.entry;
                            base = window;
                            poll!();
                            dispatch!();
                        }
    TailCall => {
                            vm.fast.base = vm.fast.window_offset(base);
                            let inst = *inst;
                            go!(tail_call(vm, inst))
                        }
    CallDynamic => {
                            vm.fast.base = vm.fast.window_offset(base);
                            go!(call_dynamic(vm, inst.a.into(), usize::from(inst.b)))
                        }
    Return => {
                            let result = take(reg!(inst.a));
                            for register in 0..inst.imm as usize {
                                let register = base.add(register);
                                if (*register).tag() >= tag::STR {
                                    (*register).set_undef();
                                }
                            }
                            let state = &mut vm.fast;
                            let record = &*state.last_record();
                            if vm.saved.mark() as u32 != record.saved || state.closure.is_some() {
                                state.base = state.window_offset(base);
                                (ip, base) = return_value(vm, result, 0);
                                dispatch!();
                            }
                            ip = record.return_ip;
                            let record = state.pop_record();
                            state.unit.0 = record.unit;
                            // The running closure is none, so nothing is dropped here.
                            ptr::write(&mut state.closure, record.closure);
                            let call = &*ip.sub(1);
                            base = base.sub(call.a.into());
                            put(reg!(call.c), result);
                            dispatch!();
                        }
    ReturnUndef => {
                            vm.fast.base = vm.fast.window_offset(base);
                            (ip, base) = return_value(vm, Value::Undef, inst.imm as usize);
                            dispatch!();
                        }
    End => {
                            let result = take_or_clone(reg!(inst.a), inst.c & TAKE_FIRST != 0);
                            leave_boundary(vm);
                            end!(Ok(Ended::Value(result)));
                        }
    EndEmpty => {
                            leave_boundary(vm);
                            end!(Ok(Ended::Empty));
                        }
    Throw => {
                            let value = take_or_clone(reg!(inst.a), inst.c & TAKE_FIRST != 0);
                            fault!(Some(Fault::thrown(value)));
                        }
    ArrayGet => {
                            if let (Value::Array(array), Value::Int(index)) = (&*reg!(inst.b), &*reg!(inst.c))
                                && let Some(element) = array.as_slice().get(*index as usize)
                            {
                                copy(reg!(inst.a), element);
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
    ArrayGetI => {
                            let element = match &*reg!(inst.b) {
                                Value::Array(array) => array.as_slice().get(inst.imm as usize),
                                _ => None,
                            };
                            match element {
                                Some(element) => copy(reg!(inst.a), element),
                                None => (*reg!(inst.a)).set_undef(),
                            }
                            next!();
                        }
    ArraySet => {
                            let (array, value) = (reg!(inst.a), reg!(inst.b));
                            if let Value::Array(array) = &mut *array
                                && let Value::Int(index) = &*reg!(inst.c)
                                && let index = *index as usize
                                && let Some(elements) = array.get_mut_unique()
                                && let Some(element) = elements.get_mut(index)
                            {
                                if (*value).tag() < tag::STR {
                                    copy(element, value);
                                } else {
                                    put(element, take_or_clone(value, inst.imm as u16 & TAKE_FIRST != 0));
                                }
                                next!();
                            }
                            slow!(slow::store(inst, base))
                        }
    ArrayPush => { slow!(slow::store(inst, base)) }
    ArrayLen => {
                            if let Value::Array(array) = &*reg!(inst.b) {
                                let len = array.len() as i64;
                                (*reg!(inst.a)).set_int(len);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
    HashGet => {
                            if let Value::Hash(hash) = &*reg!(inst.b) {
                                let key = reg!(inst.c);
                                if let Value::Int(_) | Value::Str(_) = &*key {
                                    match hash.get_value_key(&*key) {
                                        Some(value) => copy(reg!(inst.a), value),
                                        None => (*reg!(inst.a)).set_undef(),
                                    }
                                    if inst.imm as u16 & TAKE_SECOND != 0 && key != reg!(inst.a) {
                                        (*key).set_undef();
                                    }
                                    next!();
                                }
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
    HashExists => { slow!(slow::binary(vm, inst, base)) }
    HashSet => { slow!(slow::store(inst, base)) }
    SlotOp => { slow!(slow::slot_op(vm, inst, base)) }
    IndexGet => {
                            let (collection, key) = (reg!(inst.b), reg!(inst.c));
                            let place: *const Value = match &*collection {
                                #[cfg(not(feature = "sync"))]
                                Value::Ref(cell) if !cell.is_weak() => cell.as_ptr(),
                                _ => collection,
                            };
                            if let (Value::Array(array), Value::Int(index)) = (&*place, &*key)
                                && inst.imm as u16 & TAKE_FIRST == 0
                                && let Some(element) = array.as_slice().get(*index as usize)
                            {
                                copy(reg!(inst.a), element);
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
    IndexGetK => {
                            let collection = reg!(inst.b);
                            let place: *const Value = match &*collection {
                                #[cfg(not(feature = "sync"))]
                                Value::Ref(cell) if !cell.is_weak() => cell.as_ptr(),
                                _ => collection,
                            };
                            if let (Value::Hash(hash), Value::Str(key)) = (&*place, &*constant!(inst))
                                && inst.c & TAKE_FIRST == 0
                            {
                                match hash.get_bytes(key) {
                                    Some(value) => copy(reg!(inst.a), value),
                                    None => (*reg!(inst.a)).set_undef(),
                                }
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
    IndexSet => {
                            #[cfg(not(feature = "sync"))]
                            if let Value::Ref(cell) = &*reg!(inst.c)
                                && !cell.is_weak()
                                && inst.imm as u16 & !(TAKE_FIRST | TAKE_SECOND) == 0
                                && let Value::Array(array) = &mut *cell.as_ptr()
                                && let Value::Int(index) = &*reg!(inst.b)
                                && (*reg!(inst.a)).tag() < tag::STR
                                && let index = *index as usize
                                && let Some(elements) = array.get_mut_unique()
                                && let Some(element) = elements.get_mut(index)
                                && element.tag() < tag::STR
                            {
                                copy(element, reg!(inst.a));
                                next!();
                            }
                            slow!(slow::index_set(inst, base))
                        }
    RefGet => { slow!(slow::unary(vm, inst, base)) }
    RefSet => { slow!(slow::ref_set(inst, base)) }
    GetCapture | SetCapture => { slow!(slow::capture(vm, inst, base)) }
    Exec | Builtin | Extension | Declare => {
                            vm.fast.base = vm.fast.window_offset(base);
                            outside!(slow::execute(vm, inst))
                        }
    OpenScope => {
                            for register in 0..inst.b {
                                (*reg!(inst.a + register)).set_undef();
                            }
                            vm.saved.open_scope();
                            next!();
                        }
    CloseScope => {
                            for register in 0..inst.b {
                                (*reg!(inst.a + register)).set_undef();
                            }
                            vm.saved.close_scope(&mut vm.globals);
                            next!();
                        }
    WholeLoop => {
                            vm.fast.ip.0 = ip;
                            match slow::whole_loop(vm, inst, base) {
                                Ok(true) => next!(),
                                Ok(false) => polled!(),
                                Err(fault) => fault!(Some(fault)),
                            }
                        }
    Iterate => {
                            let walk = slow::begin_walk(inst.b, take(reg!(inst.a)));
                            let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
                            let block = &code.blocks[inst.imm as usize];
                            let mut running = Running { walk, return_ip: ip.add(1) };
                            match running.step(reg!(block.base)) {
                                Step::Again => {
                                    vm.fast.iterations.push(running);
                                    ip = code.inst(block.entry);
                                }
                                Step::Done(result) => {
                                    put(reg!(inst.c), result.unwrap_or_default());
                                    ip = ip.add(1);
                                }
                            }
                            dispatch!();
                        }
    BlockEnd => {
                            let result = take(reg!(inst.a));
                            let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
                            let Some(running) = vm.fast.iterations.last_mut() else {
                                unreachable!("a block runs within an iteration");
                            };
                            if let Err(fault) = running.answer(result) {
                                fault!(Some(fault));
                            }
                            let iterate = &*running.return_ip.sub(1);
                            let block = &code.blocks[iterate.imm as usize];
                            match running.step(reg!(block.base)) {
                                Step::Again => ip = code.inst(block.entry),
                                Step::Done(result) => {
                                    ip = running.return_ip;
                                    vm.fast.iterations.pop();
                                    put(reg!(iterate.c), result.unwrap_or_default());
                                }
                            }
                            poll!();
                            dispatch!();
                        }
}
