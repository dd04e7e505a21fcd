//! The dispatch loop. Hot paths are here, on Ints, Floats and Bools; everything else is in `slow`, `calls`
//! and `unwind`.

use super::calls::{call, call_dynamic, leave_boundary, return_value, tail_call};
use super::register::{UNDEF, copy, put, set_words, take, take_or_clone};
use super::slow::{self, Step};
use super::unwind::{leave, unwind};
use super::{Record, Running, State};
use crate::code::{Inst, Opcode, TAKE_FIRST, TAKE_SECOND};
use crate::error::{Fault, VMError};
use crate::interp::ops::compare;
use crate::limits::out_of_fuel;
use crate::value::{Value, tag};
use crate::vm::{Ended, VM};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// Remainder by a positive integer.
#[inline(always)]
fn remainder(a: i64, b: i64) -> i64 {
    // Most operands fit 32 bits, whose division is several times faster.
    if ((a | b) as u64) >> 32 == 0 { i64::from(a as u32 % b as u32) } else { a % b }
}

/// Why the loop leaves its hot path.
enum Leave {
    /// An error at the running instruction.
    Fault(Fault),
    /// The poll word is set.
    Poll,
}

/// Runs from an instruction until the boundary of this run is left.
///
/// # Safety
/// `start` begins a body of the running unit (`vm.fast.unit`), and the window at `vm.fast.base` is set up
/// for it.
pub(super) unsafe fn execute(vm: &mut VM, start: *mut Inst) -> Result<Ended, VMError> {
    let mut ip = start;
    let mut base = vm.fast.base_pointer();
    let poll: *const AtomicU32 = &raw const *vm.limits.poll;
    // SAFETY: verification has shown that all registers, targets and constants that instructions name
    // exist and hold values; `ip` and `base` stay within the running unit's code and window. The poll word
    // lives as long as the VM.
    unsafe {
        loop {
            let left = 'hot: {
                macro_rules! reg {
                    ($index:expr) => {
                        base.add($index as usize)
                    };
                }
                macro_rules! next {
                    () => {{
                        ip = ip.add(1);
                        continue;
                    }};
                }
                macro_rules! fault {
                    ($fault:expr) => {
                        break 'hot Leave::Fault($fault)
                    };
                }
                // A slow path that ends the instruction.
                macro_rules! slow {
                    ($result:expr) => {
                        match $result {
                            Ok(()) => next!(),
                            Err(fault) => fault!(fault),
                        }
                    };
                }
                macro_rules! jump {
                    ($imm:expr) => {{
                        ip = ip.offset($imm as u32 as i32 as isize);
                        continue;
                    }};
                }
                macro_rules! poll {
                    () => {
                        if (*poll).load(Ordering::Relaxed) != 0 {
                            break 'hot Leave::Poll;
                        }
                    };
                }
                // A jump back: polled before it is taken.
                macro_rules! branch {
                    (forward, $taken:expr, $imm:expr) => {{
                        if $taken {
                            jump!($imm);
                        }
                        next!();
                    }};
                    (back, $taken:expr, $imm:expr) => {{
                        if $taken {
                            ip = ip.offset($imm as u32 as i32 as isize);
                            poll!();
                            continue;
                        }
                        next!();
                    }};
                }
                macro_rules! compare_registers {
                    ($way:ident, $wanted:expr, $inst:ident, $op:tt, $holds:path) => {{
                        let (a, b) = (reg!($inst.a), reg!($inst.b));
                        let holds = match (&*a, &*b) {
                            (Value::Int(a), Value::Int(b)) => a $op b,
                            (Value::Float(a), Value::Float(b)) => a $op b,
                            _ => slow::compare($inst, base, $holds),
                        };
                        branch!($way, holds == $wanted, $inst.imm)
                    }};
                }
                macro_rules! compare_small {
                    ($way:ident, $wanted:expr, $inst:ident, $op:tt, $holds:path) => {{
                        let small = ($inst.imm as i64 >> 32) as i32;
                        let holds = match &*reg!($inst.a) {
                            Value::Int(a) => *a $op i64::from(small),
                            Value::Float(a) => *a $op f64::from(small),
                            _ => slow::compare_small($inst, base, $holds),
                        };
                        branch!($way, holds == $wanted, $inst.imm)
                    }};
                }
                macro_rules! compare_value {
                    ($inst:ident, $op:tt) => {{
                        let (a, b) = (reg!($inst.b), reg!($inst.c));
                        let holds = match (&*a, &*b) {
                            (Value::Int(a), Value::Int(b)) => a $op b,
                            (Value::Float(a), Value::Float(b)) => a $op b,
                            _ => slow!(slow::binary(vm, $inst, base)),
                        };
                        (*reg!($inst.a)).set_bool(holds);
                        next!();
                    }};
                }
                macro_rules! on_ints {
                    ($inst:ident, $a:expr, $b:expr, $checked:ident) => {{
                        if let (Value::Int(a), Value::Int(b)) = (&*$a, &*$b)
                            && let Some(result) = a.$checked(*b)
                        {
                            (*reg!($inst.a)).set_int(result);
                            next!();
                        }
                        slow!(slow::arithmetic(vm, ip, base))
                    }};
                }
                macro_rules! on_floats {
                    ($inst:ident, $a:expr, $b:expr, $op:tt) => {{
                        if let (Value::Float(a), Value::Float(b)) = (&*$a, &*$b) {
                            (*reg!($inst.a)).set_float(a $op b);
                            next!();
                        }
                        slow!(slow::arithmetic(vm, ip, base))
                    }};
                }
                macro_rules! on_any {
                    ($inst:ident, $checked:ident, $op:tt) => {{
                        match (&*reg!($inst.b), &*reg!($inst.c)) {
                            (Value::Int(a), Value::Int(b)) => {
                                if let Some(result) = a.$checked(*b) {
                                    (*reg!($inst.a)).set_int(result);
                                    next!();
                                }
                            }
                            (Value::Float(a), Value::Float(b)) => {
                                (*reg!($inst.a)).set_float(a $op b);
                                next!();
                            }
                            (Value::Float(a), Value::Int(b)) => {
                                (*reg!($inst.a)).set_float(a $op *b as f64);
                                next!();
                            }
                            (Value::Int(a), Value::Float(b)) => {
                                (*reg!($inst.a)).set_float(*a as f64 $op b);
                                next!();
                            }
                            _ => {}
                        }
                        slow!(slow::arithmetic(vm, ip, base))
                    }};
                }
                macro_rules! divide {
                    ($inst:ident, $a:expr, $b:expr) => {{
                        let result = match (&*$a, &*$b) {
                            (Value::Float(a), Value::Float(b)) if *b != 0.0 => a / b,
                            (Value::Int(a), Value::Int(b)) if *b != 0 => *a as f64 / *b as f64,
                            (Value::Int(a), Value::Float(b)) if *b != 0.0 => *a as f64 / b,
                            (Value::Float(a), Value::Int(b)) if *b != 0 => a / *b as f64,
                            _ => slow!(slow::binary(vm, $inst, base)),
                        };
                        (*reg!($inst.a)).set_float(result);
                        next!();
                    }};
                }
                macro_rules! with_integer {
                    ($inst:ident, $checked:ident, $op:tt) => {{
                        match &*reg!($inst.b) {
                            Value::Int(a) => {
                                if let Some(result) = a.$checked($inst.imm as i64) {
                                    (*reg!($inst.a)).set_int(result);
                                    next!();
                                }
                            }
                            Value::Float(a) => {
                                let result = *a $op $inst.imm as i64 as f64;
                                (*reg!($inst.a)).set_float(result);
                                next!();
                            }
                            _ => {}
                        }
                        slow!(slow::with_number(vm, $inst, base))
                    }};
                }
                macro_rules! with_float {
                    ($inst:ident, $op:tt) => {{
                        let a = match &*reg!($inst.b) {
                            Value::Float(a) => *a,
                            Value::Int(a) => *a as f64,
                            _ => slow!(slow::with_number(vm, $inst, base)),
                        };
                        (*reg!($inst.a)).set_float(a $op f64::from_bits($inst.imm));
                        next!();
                    }};
                }
                macro_rules! bits {
                    ($inst:ident, $b:expr, |$x:ident, $y:ident| $result:expr) => {{
                        if let (Value::Int($x), Value::Int($y)) = (&*reg!($inst.b), &*$b) {
                            (*reg!($inst.a)).set_int($result);
                            next!();
                        }
                        slow!(slow::binary(vm, $inst, base))
                    }};
                }
                // An instruction whose function may run other code: it sees where we are, and the
                // register file may move.
                macro_rules! outside {
                    ($result:expr) => {{
                        vm.fast.ip.0 = ip;
                        let result = $result;
                        base = vm.fast.base_pointer();
                        slow!(result)
                    }};
                }
                macro_rules! go {
                    ($result:expr) => {{
                        vm.fast.ip.0 = ip;
                        match $result {
                            Ok((at, window)) => {
                                ip = at;
                                base = window;
                                poll!();
                                continue;
                            }
                            Err(fault) => {
                                base = vm.fast.base_pointer();
                                fault!(fault)
                            }
                        }
                    }};
                }
                macro_rules! truth {
                    ($inst:ident) => {{
                        let at = reg!($inst.a);
                        match &*at {
                            Value::Bool(b) => *b,
                            Value::Int(n) => *n != 0,
                            _ => slow::truth(at, $inst.c & TAKE_FIRST != 0),
                        }
                    }};
                }
                macro_rules! constant {
                    ($inst:ident) => {
                        $inst.imm as *const Value
                    };
                }

                loop {
                    let inst = &*ip;
                    match inst.op {
                        Opcode::Exit => {
                            let result = take(base);
                            return Ok(Ended::Value(result));
                        }
                        Opcode::Fuel => {
                            let Some(left) = vm.fuel_left.checked_sub(inst.imm) else {
                                fault!(out_of_fuel());
                            };
                            vm.fuel_left = left;
                            next!();
                        }
                        Opcode::Move => {
                            if inst.c & TAKE_FIRST != 0 {
                                put(reg!(inst.a), take(reg!(inst.b)));
                            } else {
                                copy(reg!(inst.a), reg!(inst.b));
                            }
                            next!();
                        }
                        Opcode::Swap => {
                            ptr::swap(reg!(inst.a), reg!(inst.b));
                            next!();
                        }
                        Opcode::Drop | Opcode::LoadUndef => {
                            (*reg!(inst.a)).set_undef();
                            next!();
                        }
                        Opcode::LoadBool => {
                            (*reg!(inst.a)).set_bool(inst.imm != 0);
                            next!();
                        }
                        Opcode::LoadInt => {
                            (*reg!(inst.a)).set_int(inst.imm as i64);
                            next!();
                        }
                        Opcode::LoadFloat => {
                            (*reg!(inst.a)).set_float(f64::from_bits(inst.imm));
                            next!();
                        }
                        Opcode::LoadConst => {
                            copy(reg!(inst.a), constant!(inst));
                            next!();
                        }
                        Opcode::GetGlobal => {
                            copy(reg!(inst.a), vm.globals.values.as_ptr().add(inst.imm as usize));
                            next!();
                        }
                        Opcode::SetGlobal => {
                            let place = vm.globals.values.as_mut_ptr().add(inst.imm as usize);
                            if inst.c & TAKE_FIRST != 0 {
                                put(place, take(reg!(inst.b)));
                            } else {
                                copy(place, reg!(inst.b));
                            }
                            next!();
                        }

                        Opcode::Add => on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_add),
                        Opcode::AddFloat => on_floats!(inst, reg!(inst.b), reg!(inst.c), +),
                        Opcode::AddAny => on_any!(inst, checked_add, +),
                        Opcode::AddI => with_integer!(inst, checked_add, +),
                        Opcode::AddF => with_float!(inst, +),
                        Opcode::Sub => on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_sub),
                        Opcode::SubFloat => on_floats!(inst, reg!(inst.b), reg!(inst.c), -),
                        Opcode::SubAny => on_any!(inst, checked_sub, -),
                        Opcode::SubF => with_float!(inst, -),
                        Opcode::SubKR => {
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
                        Opcode::Mul => on_ints!(inst, reg!(inst.b), reg!(inst.c), checked_mul),
                        Opcode::MulFloat => on_floats!(inst, reg!(inst.b), reg!(inst.c), *),
                        Opcode::MulAny => on_any!(inst, checked_mul, *),
                        Opcode::MulI => with_integer!(inst, checked_mul, *),
                        Opcode::MulF => with_float!(inst, *),
                        Opcode::Div => divide!(inst, reg!(inst.b), reg!(inst.c)),
                        Opcode::DivF => with_float!(inst, /),
                        Opcode::DivKR => divide!(inst, constant!(inst), reg!(inst.c)),
                        Opcode::Mod => {
                            if let (Value::Int(a), Value::Int(b)) = (&*reg!(inst.b), &*reg!(inst.c))
                                && *b > 0
                            {
                                let result = remainder(*a, *b);
                                (*reg!(inst.a)).set_int(result);
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
                        Opcode::ModI => {
                            if let Value::Int(a) = &*reg!(inst.b) {
                                let result = remainder(*a, inst.imm as i64);
                                (*reg!(inst.a)).set_int(result);
                                next!();
                            }
                            slow!(slow::with_number(vm, inst, base))
                        }
                        Opcode::Negate => {
                            if let Value::Float(x) = &*reg!(inst.b) {
                                let result = -*x;
                                (*reg!(inst.a)).set_float(result);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
                        Opcode::Sqrt => {
                            if let Value::Float(x) = &*reg!(inst.b) {
                                let result = x.sqrt();
                                (*reg!(inst.a)).set_float(result);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }

                        Opcode::BitAnd => bits!(inst, reg!(inst.c), |x, y| x & y),
                        Opcode::BitAndK => bits!(inst, constant!(inst), |x, y| x & y),
                        Opcode::BitOr => bits!(inst, reg!(inst.c), |x, y| x | y),
                        Opcode::BitXor => bits!(inst, reg!(inst.c), |x, y| x ^ y),
                        Opcode::ShlK => bits!(inst, constant!(inst), |x, y| x << (y & 63)),
                        Opcode::ShrK => bits!(inst, constant!(inst), |x, y| x >> (y & 63)),

                        Opcode::Lt => compare_value!(inst, <),
                        Opcode::Le => compare_value!(inst, <=),
                        Opcode::Eq => compare_value!(inst, ==),
                        Opcode::Ne => compare_value!(inst, !=),
                        Opcode::StrEq | Opcode::StrNe => slow!(slow::binary(vm, inst, base)),
                        Opcode::Not => {
                            if let Value::Bool(b) = &*reg!(inst.b) {
                                let b = !*b;
                                (*reg!(inst.a)).set_bool(b);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }

                        Opcode::Concat | Opcode::ConcatK | Opcode::ConcatKR => {
                            slow!(slow::concat(inst, base))
                        }
                        Opcode::StringLen => slow!(slow::unary(vm, inst, base)),

                        Opcode::Jump => jump!(inst.imm),
                        Opcode::Loop => branch!(back, true, inst.imm),
                        Opcode::JumpTrue => branch!(forward, truth!(inst), inst.imm),
                        Opcode::JumpFalse => branch!(forward, !truth!(inst), inst.imm),
                        Opcode::LoopTrue => branch!(back, truth!(inst), inst.imm),
                        Opcode::LoopFalse => branch!(back, !truth!(inst), inst.imm),
                        Opcode::JumpLt => compare_registers!(forward, true, inst, <, compare::num_lt),
                        Opcode::JumpNotLt => compare_registers!(forward, false, inst, <, compare::num_lt),
                        Opcode::JumpLe => compare_registers!(forward, true, inst, <=, compare::num_le),
                        Opcode::JumpNotLe => compare_registers!(forward, false, inst, <=, compare::num_le),
                        Opcode::JumpEq => compare_registers!(forward, true, inst, ==, compare::num_eq),
                        Opcode::JumpNotEq => compare_registers!(forward, false, inst, ==, compare::num_eq),
                        Opcode::LoopLt => compare_registers!(back, true, inst, <, compare::num_lt),
                        Opcode::LoopNotLt => compare_registers!(back, false, inst, <, compare::num_lt),
                        Opcode::LoopLe => compare_registers!(back, true, inst, <=, compare::num_le),
                        Opcode::LoopNotLe => compare_registers!(back, false, inst, <=, compare::num_le),
                        Opcode::LoopEq => compare_registers!(back, true, inst, ==, compare::num_eq),
                        Opcode::LoopNotEq => compare_registers!(back, false, inst, ==, compare::num_eq),
                        Opcode::JumpLtI => compare_small!(forward, true, inst, <, compare::num_lt),
                        Opcode::JumpNotLtI => compare_small!(forward, false, inst, <, compare::num_lt),
                        Opcode::JumpLeI => compare_small!(forward, true, inst, <=, compare::num_le),
                        Opcode::JumpNotLeI => compare_small!(forward, false, inst, <=, compare::num_le),
                        Opcode::JumpGtI => compare_small!(forward, true, inst, >, compare::num_gt),
                        Opcode::JumpNotGtI => compare_small!(forward, false, inst, >, compare::num_gt),
                        Opcode::JumpGeI => compare_small!(forward, true, inst, >=, compare::num_ge),
                        Opcode::JumpNotGeI => compare_small!(forward, false, inst, >=, compare::num_ge),
                        Opcode::JumpEqI => compare_small!(forward, true, inst, ==, compare::num_eq),
                        Opcode::JumpNotEqI => compare_small!(forward, false, inst, ==, compare::num_eq),
                        Opcode::LoopLtI => compare_small!(back, true, inst, <, compare::num_lt),
                        Opcode::LoopNotLtI => compare_small!(back, false, inst, <, compare::num_lt),
                        Opcode::LoopLeI => compare_small!(back, true, inst, <=, compare::num_le),
                        Opcode::LoopNotLeI => compare_small!(back, false, inst, <=, compare::num_le),
                        Opcode::LoopGtI => compare_small!(back, true, inst, >, compare::num_gt),
                        Opcode::LoopNotGtI => compare_small!(back, false, inst, >, compare::num_gt),
                        Opcode::LoopGeI => compare_small!(back, true, inst, >=, compare::num_ge),
                        Opcode::LoopNotGeI => compare_small!(back, false, inst, >=, compare::num_ge),
                        Opcode::LoopEqI => compare_small!(back, true, inst, ==, compare::num_eq),
                        Opcode::LoopNotEqI => compare_small!(back, false, inst, ==, compare::num_eq),
                        Opcode::IncLoopLt => {
                            let place = reg!(inst.a);
                            if let (Value::Int(a), Value::Int(b)) = (&*place, &*reg!(inst.b))
                                && let Some(a) = a.checked_add(1)
                            {
                                let taken = a < *b;
                                (*place).set_int(a);
                                branch!(back, taken, inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(fault);
                            }
                            compare_registers!(back, true, inst, <, compare::num_lt)
                        }
                        Opcode::IncLoopLe => {
                            let place = reg!(inst.a);
                            if let (Value::Int(a), Value::Int(b)) = (&*place, &*reg!(inst.b))
                                && let Some(a) = a.checked_add(1)
                            {
                                let taken = a <= *b;
                                (*place).set_int(a);
                                branch!(back, taken, inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(fault);
                            }
                            compare_registers!(back, true, inst, <=, compare::num_le)
                        }
                        Opcode::IncLoopLtI => {
                            let place = reg!(inst.a);
                            if let Value::Int(a) = &*place
                                && let Some(a) = a.checked_add(1)
                            {
                                (*place).set_int(a);
                                branch!(back, a < i64::from((inst.imm as i64 >> 32) as i32), inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(fault);
                            }
                            compare_small!(back, true, inst, <, compare::num_lt)
                        }
                        Opcode::IncLoopLeI => {
                            let place = reg!(inst.a);
                            if let Value::Int(a) = &*place
                                && let Some(a) = a.checked_add(1)
                            {
                                (*place).set_int(a);
                                branch!(back, a <= i64::from((inst.imm as i64 >> 32) as i32), inst.imm)
                            }
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                fault!(fault);
                            }
                            compare_small!(back, true, inst, <=, compare::num_le)
                        }
                        Opcode::JumpTable => {
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
                            continue;
                        }

                        Opcode::Call => {
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
                            continue;
                        }
                        Opcode::TailCall => {
                            vm.fast.base = vm.fast.window_offset(base);
                            let inst = *inst;
                            go!(tail_call(vm, inst))
                        }
                        Opcode::CallDynamic => {
                            vm.fast.base = vm.fast.window_offset(base);
                            go!(call_dynamic(vm, inst.a.into(), usize::from(inst.b)))
                        }
                        Opcode::Return => {
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
                                continue;
                            }
                            ip = record.return_ip;
                            let record = state.pop_record();
                            state.unit.0 = record.unit;
                            // The running closure is none, so nothing is dropped here.
                            ptr::write(&mut state.closure, record.closure);
                            let call = &*ip.sub(1);
                            base = base.sub(call.a.into());
                            put(reg!(call.c), result);
                            continue;
                        }
                        Opcode::ReturnUndef => {
                            vm.fast.base = vm.fast.window_offset(base);
                            (ip, base) = return_value(vm, Value::Undef, inst.imm as usize);
                            continue;
                        }
                        Opcode::End => {
                            let result = take_or_clone(reg!(inst.a), inst.c & TAKE_FIRST != 0);
                            leave_boundary(vm);
                            return Ok(Ended::Value(result));
                        }
                        Opcode::EndEmpty => {
                            leave_boundary(vm);
                            return Ok(Ended::Empty);
                        }
                        Opcode::Throw => {
                            let value = take_or_clone(reg!(inst.a), inst.c & TAKE_FIRST != 0);
                            fault!(Fault::thrown(value));
                        }

                        Opcode::ArrayGet => {
                            if let (Value::Array(array), Value::Int(index)) = (&*reg!(inst.b), &*reg!(inst.c))
                                && let Some(element) = array.as_slice().get(*index as usize)
                            {
                                copy(reg!(inst.a), element);
                                next!();
                            }
                            slow!(slow::binary(vm, inst, base))
                        }
                        Opcode::ArrayGetI => {
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
                        Opcode::ArraySet => {
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
                        Opcode::ArrayPush => slow!(slow::store(inst, base)),
                        Opcode::ArrayLen => {
                            if let Value::Array(array) = &*reg!(inst.b) {
                                let len = array.len() as i64;
                                (*reg!(inst.a)).set_int(len);
                                next!();
                            }
                            slow!(slow::unary(vm, inst, base))
                        }
                        Opcode::HashGet => {
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
                        Opcode::HashExists => slow!(slow::binary(vm, inst, base)),
                        Opcode::HashSet => slow!(slow::store(inst, base)),
                        Opcode::SlotOp => slow!(slow::slot_op(vm, inst, base)),
                        Opcode::IndexGet => {
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
                        Opcode::IndexGetK => {
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
                        Opcode::IndexSet => {
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
                        Opcode::RefGet => slow!(slow::unary(vm, inst, base)),
                        Opcode::RefSet => slow!(slow::ref_set(inst, base)),
                        Opcode::GetCapture | Opcode::SetCapture => slow!(slow::capture(vm, inst, base)),

                        Opcode::Exec | Opcode::Builtin | Opcode::Extension | Opcode::Declare => {
                            vm.fast.base = vm.fast.window_offset(base);
                            outside!(slow::execute(vm, inst))
                        }
                        Opcode::OpenScope => {
                            for register in 0..inst.b {
                                (*reg!(inst.a + register)).set_undef();
                            }
                            vm.saved.open_scope();
                            next!();
                        }
                        Opcode::CloseScope => {
                            for register in 0..inst.b {
                                (*reg!(inst.a + register)).set_undef();
                            }
                            vm.saved.close_scope(&mut vm.globals);
                            next!();
                        }
                        Opcode::WholeLoop => {
                            vm.fast.ip.0 = ip;
                            match slow::whole_loop(vm, inst, base) {
                                Ok(true) => next!(),
                                Ok(false) => break 'hot Leave::Poll,
                                Err(fault) => fault!(fault),
                            }
                        }
                        Opcode::Iterate => {
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
                            continue;
                        }
                        Opcode::BlockEnd => {
                            let result = take(reg!(inst.a));
                            let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
                            let Some(running) = vm.fast.iterations.last_mut() else {
                                unreachable!("a block runs within an iteration");
                            };
                            if let Err(fault) = running.answer(result) {
                                fault!(fault);
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
                            continue;
                        }
                    }
                }
            };
            vm.fast.ip.0 = ip;
            vm.fast.base = vm.fast.window_offset(base);
            let fault = match left {
                Leave::Fault(fault) => fault,
                Leave::Poll => match vm.answer_poll() {
                    Some(fault) => fault,
                    None => {
                        leave(vm);
                        return Ok(Ended::Halt);
                    }
                },
            };
            (ip, base) = unwind(vm, fault)?;
        }
    }
}
