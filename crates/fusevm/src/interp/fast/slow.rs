//! What the hot loop leaves to functions: operands of unexpected kinds, quickening, and ops on the heap.

use super::Running;
use super::dispatch::stop_at;
use super::register::{copy, put, take, take_or_clone, use_up};
use crate::chunk::IntegerMode;
use crate::code::{AWK, Form, Inst, Opcode, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::error::OpResult;
use crate::interp::iteration::{Iteration, IterationKind};
use crate::interp::ops::awk::compare::Relation;
use crate::interp::ops::{self, arith, awk, bits, collections, compare, refs, strings};
use crate::interp::sort::MergeSort;
use crate::limits::out_of_fuel;
use crate::op::Op;
use crate::value::{Hash, Key, KeyRef, Ref, Value, heap, number, tag, words};
use crate::vm::{ExtensionArg, VM, heap_limit};
use std::sync::atomic::Ordering;

/// The two operands of an instruction, and which registers it takes.
struct Operands {
    first: *mut Value,
    second: *mut Value,
    flags: u16,
}

impl Operands {
    #[inline(always)]
    unsafe fn of(inst: &Inst, base: *mut Value) -> Operands {
        // SAFETY: as for this function.
        unsafe { Operands::of_form(inst, inst.op.form(), base) }
    }

    #[inline(always)]
    unsafe fn of_form(inst: &Inst, form: Form, base: *mut Value) -> Operands {
        // SAFETY: the registers are in the window; constants live as long as the code.
        unsafe {
            match form {
                Form::DRK => Operands {
                    first: base.add(inst.b.into()),
                    second: inst.imm as *mut Value,
                    flags: inst.c & TAKE_FIRST,
                },
                Form::DKR => Operands {
                    first: inst.imm as *mut Value,
                    second: base.add(inst.c.into()),
                    flags: if inst.b & TAKE_FIRST != 0 { TAKE_SECOND } else { 0 },
                },
                Form::JRR | Form::JUR => Operands {
                    first: base.add(inst.a.into()),
                    second: base.add(inst.b.into()),
                    flags: inst.c,
                },
                _ => Operands {
                    first: base.add(inst.b.into()),
                    second: base.add(inst.c.into()),
                    flags: inst.imm as u16,
                },
            }
        }
    }

    /// Drops the operands that the instruction takes.
    #[inline(always)]
    unsafe fn consume(&self) {
        // SAFETY: taken operands are temporaries of the window.
        unsafe {
            if self.flags & TAKE_FIRST != 0 {
                drop(take(self.first));
            }
            if self.flags & TAKE_SECOND != 0 {
                drop(take(self.second));
            }
        }
    }
}

/// The arithmetic that an opcode stands for.
fn arithmetic_of(op: Opcode) -> fn(&Value, &Value, IntegerMode) -> OpResult<Value> {
    use Opcode::*;
    match op {
        Add | AddFloat | AddAny | AddI | AddF => arith::add,
        Sub | SubFloat | SubAny | SubF | SubKR => arith::sub,
        _ => arith::mul,
    }
}

/// The opcode for what the operands turned out to be. One that expected something else before, and
/// operands of two kinds, make it generic.
fn quickened(op: Opcode, tags: (u8, u8)) -> Opcode {
    use Opcode::*;
    let numbers = [tag::INT, tag::FLOAT];
    if !numbers.contains(&tags.0) || !numbers.contains(&tags.1) {
        return op;
    }
    let floats = tags == (tag::FLOAT, tag::FLOAT);
    match op {
        Add if floats => AddFloat,
        Sub if floats => SubFloat,
        Mul if floats => MulFloat,
        Add | AddFloat if tags != (tag::INT, tag::INT) || op == AddFloat => AddAny,
        Sub | SubFloat if tags != (tag::INT, tag::INT) || op == SubFloat => SubAny,
        Mul | MulFloat if tags != (tag::INT, tag::INT) || op == MulFloat => MulAny,
        op => op,
    }
}

/// Add, Sub and Mul of operands that the instruction did not expect.
#[cold]
#[inline(never)]
pub(super) unsafe fn arithmetic(vm: &mut VM, inst: *const Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: `inst` is the running instruction, `base` its window.
    unsafe {
        let operands = Operands::of(&*inst, base);
        let (a, b) = (&*operands.first, &*operands.second);
        let mode = (*vm.fast.unit.0).integer_mode();
        // Without integers, only the float form is right; it has been chosen at lowering.
        let op = match mode {
            IntegerMode::Float => (*inst).op,
            _ => quickened((*inst).op, (a.tag(), b.tag())),
        };
        let result = arithmetic_of((*inst).op)(a, b, mode)?;
        (*inst.cast_mut()).op = op;
        operands.consume();
        put(base.add((*inst).a.into()), result);
    }
    Ok(())
}

/// An instruction with a number in it, on something that is no number, or overflows.
#[cold]
#[inline(never)]
pub(crate) unsafe fn with_number(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let operand = base.add(inst.b.into());
        let unit = &*vm.fast.unit.0;
        let (mode, zero_is_error) = (unit.integer_mode(), unit.chunk().div_zero_error);
        let number = match inst.op.form() {
            Form::DRF => Value::Float(f64::from_bits(inst.imm)),
            _ => Value::Int(inst.imm as i64),
        };
        let result = match inst.op {
            Opcode::DivF => arith::div(&*operand, &number, zero_is_error)?,
            Opcode::ModI => arith::modulo(&*operand, &number, mode, zero_is_error)?,
            op => arithmetic_of(op)(&*operand, &number, mode)?,
        };
        if inst.c & TAKE_FIRST != 0 {
            drop(take(operand));
        }
        put(base.add(inst.a.into()), result);
    }
    Ok(())
}

/// The increment of an IncLoop instruction, on something that is no Int, or overflows.
#[cold]
#[inline(never)]
pub(super) unsafe fn increment(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let place = base.add(inst.a.into());
        let result = arith::add(&*place, &Value::Int(1), (*vm.fast.unit.0).integer_mode())?;
        put(place, result);
    }
    Ok(())
}

/// ArrayGetI of an element that may own heap, or that is not there.
#[cold]
#[inline(never)]
pub(crate) unsafe fn element(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let element = collections::array_get(&*base.add(inst.b.into()), &Value::Int(inst.imm as i64));
        put(base.add(inst.a.into()), element);
    }
    Ok(())
}

/// Any other two-operand instruction with a value as result.
#[cold]
#[inline(never)]
pub(crate) unsafe fn binary(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    use Opcode::*;
    // SAFETY: as for `arithmetic`.
    unsafe {
        let unit = &*vm.fast.unit.0;
        let zero_is_error = unit.chunk().div_zero_error;
        let operands = Operands::of(inst, base);
        let (a, b) = (&*operands.first, &*operands.second);
        let result = match inst.op {
            Lt | Le | Eq | Ne if operands.flags & AWK != 0 => {
                Value::Bool(awk::compare::holds(&mut vm.awk, a, b, relation(inst.op))?)
            }
            DivAwk => awk::div(a, b)?,
            ModAwk => awk::modulo(a, b)?,
            Div | DivKR => arith::div(a, b, zero_is_error)?,
            Mod => arith::modulo(a, b, unit.integer_mode(), zero_is_error)?,
            BitAnd | BitAndK => bits::and(a, b),
            BitOr => bits::or(a, b),
            BitXor => bits::xor(a, b),
            ShlK => bits::shl(a, b),
            ShrK => bits::shr(a, b),
            Lt => Value::Bool(compare::num_lt(a, b)),
            Le => Value::Bool(compare::num_le(a, b)),
            Eq => Value::Bool(compare::num_eq(a, b)),
            Ne => Value::Bool(compare::num_ne(a, b)),
            HashGet => collections::hash_get(a, b)?,
            HashExists => collections::hash_exists(a, b)?,
            ArrayGet => collections::array_get(a, b),
            IndexGet | IndexGetK => refs::index_get(a, b)?,
            IndexExists => refs::index_exists(a, b)?,
            CellElement => awk::arrays::cell_element(a, b)?,
            op => unreachable!("{op:?} is no two-operand instruction"),
        };
        operands.consume();
        put(base.add(inst.a.into()), result);
    }
    Ok(())
}

/// StrEq and StrNe.
#[inline(never)]
pub(crate) unsafe fn text_equality(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let operands = Operands::of_form(inst, Form::DRR, base);
        let (a, b) = (&*operands.first, &*operands.second);
        let is_same = match a.is_same_short(b) {
            Some(is_same) => is_same,
            None => compare::str_eq(a, b)?,
        };
        operands.consume();
        (*base.add(inst.a.into())).set_bool(is_same == (inst.op == Opcode::StrEq));
    }
    Ok(())
}

/// LoadConst, GetGlobal and Move of a value that may own heap.
#[inline(never)]
pub(crate) unsafe fn load(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let value = match inst.op {
            Opcode::LoadConst => (*(inst.imm as *const Value)).clone(),
            Opcode::GetGlobal => vm.globals.values[inst.imm as usize].clone(),
            _ => (*base.add(inst.b.into())).clone(),
        };
        put(base.add(inst.a.into()), value);
    }
    Ok(())
}

/// Comparison of two registers that are not both Int or both Float.
#[cold]
#[inline(never)]
pub(super) unsafe fn compare(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
    holds: fn(&Value, &Value) -> bool,
) -> OpResult<bool> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let operands = Operands::of(inst, base);
        let (a, b) = (&*operands.first, &*operands.second);
        let result = match inst.c & AWK {
            0 => holds(a, b),
            _ => awk::compare::holds(&mut vm.awk, a, b, relation(inst.op))?,
        };
        operands.consume();
        Ok(result)
    }
}

/// The relation that a comparing instruction, or a jump, tests for awk.
fn relation(op: Opcode) -> Relation {
    use Opcode::*;
    match op {
        Lt | JumpLt | JumpNotLt | LoopLt | LoopNotLt => Relation::Lt,
        JumpLtI | JumpNotLtI | LoopLtI | LoopNotLtI => Relation::Lt,
        Le | JumpLe | JumpNotLe | LoopLe | LoopNotLe => Relation::Le,
        JumpLeI | JumpNotLeI | LoopLeI | LoopNotLeI => Relation::Le,
        JumpGtI | JumpNotGtI | LoopGtI | LoopNotGtI => Relation::Gt,
        JumpGeI | JumpNotGeI | LoopGeI | LoopNotGeI => Relation::Ge,
        Ne => Relation::Ne,
        _ => Relation::Eq,
    }
}

/// Comparison of a register that is neither Int nor Float with a small integer.
#[cold]
#[inline(never)]
pub(super) unsafe fn compare_small(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
    holds: fn(&Value, &Value) -> bool,
) -> OpResult<bool> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let operand = base.add(inst.a.into());
        let small = Value::Int(((inst.imm as i64) >> 32) as i32 as i64);
        let result = match inst.c & AWK {
            0 => holds(&*operand, &small),
            _ => awk::compare::holds(&mut vm.awk, &*operand, &small, relation(inst.op))?,
        };
        if inst.c & TAKE_FIRST != 0 {
            drop(take(operand));
        }
        Ok(result)
    }
}

/// Truth of a register that is neither Bool nor a number.
#[cold]
#[inline(never)]
pub(super) unsafe fn truth(at: *mut Value, takes: bool) -> bool {
    // SAFETY: `at` is a register.
    unsafe {
        let result = (*at).is_truthy();
        if takes {
            drop(take(at));
        }
        result
    }
}

/// Negate, Sqrt, Not, StringLen, RefGet, ArrayLen.
#[cold]
#[inline(never)]
pub(crate) unsafe fn unary(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let operand = base.add(inst.b.into());
        let a = &*operand;
        let result = match inst.op {
            Opcode::Negate => arith::negate(a, (*vm.fast.unit.0).integer_mode())?,
            Opcode::Not => Value::Bool(!a.is_truthy()),
            Opcode::StringLen => strings::len(a)?,
            Opcode::RefGet => refs::ref_get(a),
            Opcode::Sqrt => Value::Float(a.to_float().sqrt()),
            _ => collections::array_len(a),
        };
        if inst.c & TAKE_FIRST != 0 {
            drop(take(operand));
        }
        put(base.add(inst.a.into()), result);
    }
    Ok(())
}

/// Concat: in place when the left operand is the dest, or a temporary.
#[inline(never)]
pub(crate) unsafe fn concat(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let form = match inst.op {
            Opcode::ConcatK => Form::DRK,
            Opcode::ConcatKR => Form::DKR,
            _ => Form::DRR,
        };
        let operands = Operands::of_form(inst, form, base);
        let dest = base.add(inst.a.into());
        let takes_second = operands.flags & TAKE_SECOND != 0;
        if dest == operands.first && dest != operands.second {
            if !(*dest).push_short(&*operands.second) {
                strings::append(&mut *dest, &*operands.second)?;
            }
        } else if let (Value::Str(_), Value::Str(_)) = (&*operands.first, &*operands.second)
            && dest != operands.second
        {
            // Joined where the result goes. What is moved in parts is waited for.
            put(dest, take_or_clone(operands.first, operands.flags & TAKE_FIRST != 0));
            if !(*dest).push_short(&*operands.second) {
                strings::append(&mut *dest, &*operands.second)?;
            }
        } else {
            let left = take_or_clone(operands.first, operands.flags & TAKE_FIRST != 0);
            let result = strings::concat(left, &*operands.second)?;
            put(dest, result);
        }
        if takes_second && operands.second != dest {
            use_up(operands.second);
        }
    }
    check_heap()
}

pub(super) fn check_heap() -> OpResult<()> {
    if heap::tripped() { Err(heap_limit()) } else { Ok(()) }
}

/// ArraySet, HashSet, ArrayPush: the collection is a slot.
#[inline(never)]
pub(crate) unsafe fn store(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let place = base.add(inst.a.into());
        let flags = inst.imm as u16;
        let value = take_or_clone(base.add(inst.b.into()), flags & TAKE_FIRST != 0);
        if inst.op == Opcode::ArrayPush {
            return collections::array_push(&mut *place, value);
        }
        let key = base.add(inst.c.into());
        if place == key {
            // The key is the collection itself: its string form, or length, is taken before it changes.
            let key = (*key).clone();
            return match inst.op {
                Opcode::ArraySet => collections::array_set(&mut *place, &key, value),
                _ => collections::hash_set(&mut *place, &key, value),
            };
        }
        let result = match inst.op {
            Opcode::ArraySet => collections::array_set(&mut *place, &*key, value),
            _ => collections::hash_set(&mut *place, &*key, value),
        };
        if flags & TAKE_SECOND != 0 {
            drop(take(key));
        }
        result
    }
}

/// IndexSet.
#[inline(never)]
pub(crate) unsafe fn index_set(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let flags = inst.imm as u16;
        let value = take_or_clone(base.add(inst.a.into()), flags & TAKE_FIRST != 0);
        let (key, target) = (base.add(inst.b.into()), base.add(inst.c.into()));
        if let (Value::Float(number), Value::Ref(_)) = (&*key, &*target)
            && let Some(number) = number::exact_int(*number)
            && let Some(hash) = hash_behind(target)
        {
            // The usual subscript of an array that functions get. What was there goes last: its drop may run other code.
            let place = (*hash).make_mut().get_or_insert_key(KeyRef::Int(number));
            let old = std::mem::take(place);
            put(place, value);
            if flags & TAKE_THIRD != 0 {
                drop(take(target));
            }
            drop(old);
            return Ok(());
        }
        let result = refs::index_set(value, &*key, &*target);
        if flags & TAKE_SECOND != 0 {
            drop(take(key));
        }
        if flags & TAKE_THIRD != 0 {
            drop(take(target));
        }
        result
    }
}

/// The hash of a register, or behind its Ref.
#[inline(always)]
unsafe fn hash_behind(register: *mut Value) -> Option<*mut Hash> {
    // SAFETY: `register` points to a value; under `sync` cells are only reached under their lock.
    let place = match unsafe { &*register } {
        #[cfg(not(feature = "sync"))]
        Value::Ref(cell) if !cell.is_weak() => cell.as_ptr(),
        _ => register,
    };
    // SAFETY: as above; a cell's place is valid while its handle is in the register.
    match unsafe { &mut *place } {
        Value::Hash(hash) => Some(&raw mut *hash),
        _ => None,
    }
}

/// Position of a constant key in a hash: where it was the last time, which the instruction remembers above
/// its flags, or wherever it is.
#[inline(always)]
unsafe fn position(hash: &Hash, inst: *mut Inst) -> Option<usize> {
    // SAFETY: `inst` is the running instruction; its constant is a string.
    unsafe {
        let Value::Str(key) = &*((*inst).imm as *const Value) else { return None };
        let last = usize::from((*inst).c >> 8);
        if let Some((Key::Str(name), _)) = hash.entry_at(last)
            && name == key
        {
            return Some(last);
        }
        let position = hash.index_of(KeyRef::new(key))?;
        if let Ok(small) = u8::try_from(position) {
            (*inst).c = (*inst).c & 0xff | u16::from(small) << 8;
        }
        Some(position)
    }
}

/// IndexGetK.
#[inline(never)]
pub(super) unsafe fn field(vm: &mut VM, inst: *mut Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`; nothing else runs while the hash is read.
    unsafe {
        if (*inst).c & TAKE_FIRST == 0
            && let Some(hash) = hash_behind(base.add((*inst).b.into()))
            && let Some(position) = position(&*hash, inst)
            && let Some((_, value)) = (*hash).entry_at(position)
        {
            if (*inst).a == (*inst).b {
                // The dest is the hash, which must not go before its value is copied.
                put(base.add((*inst).a.into()), value.clone());
            } else {
                copy(base.add((*inst).a.into()), value);
            }
            return Ok(());
        }
        binary(vm, &*inst, base)
    }
}

/// IndexSetK.
#[inline(never)]
pub(super) unsafe fn set_field(_: &mut VM, inst: *mut Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let flags = (*inst).c;
        let value = take_or_clone(base.add((*inst).a.into()), flags & TAKE_FIRST != 0);
        let target = base.add((*inst).b.into());
        if let Value::Ref(_) = &*target
            && let Some(hash) = hash_behind(target)
            && let Some(position) = position(&*hash, inst)
            && let Some(place) = (*hash).make_mut().value_at_mut(position)
        {
            // The cell may go with the target, so the value, whose drop may run other code, goes last.
            let old = if place.tag() < tag::STR { Value::Undef } else { std::mem::take(place) };
            put(place, value);
            if flags & TAKE_SECOND != 0 {
                drop(take(target));
            }
            drop(old);
            return Ok(());
        }
        let result = refs::index_set(value, &*((*inst).imm as *const Value), &*target);
        if flags & TAKE_SECOND != 0 {
            drop(take(target));
        }
        result
    }
}

/// RefSet.
#[inline(never)]
pub(crate) unsafe fn ref_set(_: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let flags = inst.imm as u16;
        let value = take_or_clone(base.add(inst.a.into()), flags & TAKE_FIRST != 0);
        let target = base.add(inst.b.into());
        let result = refs::ref_set(value, &*target);
        if flags & TAKE_SECOND != 0 {
            drop(take(target));
        }
        result
    }
}

/// GetCapture and SetCapture.
#[inline(never)]
pub(crate) unsafe fn capture(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let register = base.add(inst.a.into());
        if inst.op == Opcode::GetCapture {
            put(register, refs::get_capture(vm.fast.closure.as_ref(), inst.imm as u8)?);
        } else {
            let value = take_or_clone(register, inst.c & TAKE_FIRST != 0);
            refs::set_capture(vm.fast.closure.as_ref(), inst.imm as u8, value)?;
        }
    }
    Ok(())
}

/// SlotOp: the ops on collections in slots that have no instruction of their own.
#[inline(never)]
pub(crate) unsafe fn slot_op(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let (place, operand) = (base.add(inst.c.into()), base.add(inst.a.into()));
        let result = match (*vm.fast.unit.0).chunk().ops[inst.imm as usize] {
            Op::SlotArrayPop(_) => collections::array_pop(&mut *place),
            Op::SlotArrayShift(_) => collections::array_shift(&mut *place),
            Op::SlotHashDelete(_) => {
                let key = take(operand);
                collections::hash_delete(&mut *place, &key)?
            }
            _ => collections::hash_len(&*place),
        };
        put(operand, result);
    }
    Ok(())
}

/// ExecLeaf: by the op's function on operands in place, or else on the operand stack.
#[inline(never)]
pub(crate) unsafe fn execute_leaf(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // What a warning says of the place, and where the operand stack's values come from, also under native code.
    stop_at(std::ptr::from_ref(inst).cast_mut(), base, vm);
    // SAFETY: a unit runs, and its `Arc` outlives the op; operands are in registers from the first on, and so are
    // the results.
    unsafe {
        let op = (&(*vm.fast.unit.0).chunk().ops)[inst.imm as usize];
        let operands = base.add(inst.a.into());
        match inst.c {
            // What arrays of functions begin as.
            1 if matches!(op, Op::MakeHash(0)) => put(operands, Value::Hash(Hash::new())),
            1 if matches!(op, Op::RefNew) => put(operands, Value::Ref(Ref::new(take(operands)))),
            1 => match awk::in_place::execute(vm, op, operands) {
                Some(result) => put(operands, result?),
                None => return execute(vm, inst, base),
            },
            2 => match awk::in_place::execute_pair(vm, op, operands) {
                Some(results) => {
                    let [first, second] = results?;
                    put(operands, first);
                    put(operands.add(1), second);
                }
                None => return execute(vm, inst, base),
            },
            0 => match awk::in_place::execute_effect(vm, op, operands) {
                Some(result) => result?,
                None => return execute(vm, inst, base),
            },
            _ => return execute(vm, inst, base),
        }
    }
    check_heap()
}

/// Exec, Builtin, Extension, Declare: ops that see the operand stack. The register file may move.
#[inline(never)]
pub(super) unsafe fn execute(vm: &mut VM, inst: &Inst, _: *mut Value) -> OpResult<()> {
    let first = vm.fast.base + usize::from(inst.a);
    let (pops, pushes) = (usize::from(inst.b), usize::from(inst.c));
    // SAFETY: a unit runs, and its `Arc` outlives the op.
    let unit = unsafe { &*vm.fast.unit.0 };
    let op = unit.chunk().ops[inst.imm as usize];
    let below = vm.stack.len();
    vm.stack.reserve(pops);
    for register in &mut vm.fast.registers[first..first + pops] {
        let top = vm.stack.len();
        // SAFETY: there is room for the value behind the top.
        unsafe {
            words::move_out(register, vm.stack.as_mut_ptr().add(top));
            vm.stack.set_len(top + 1);
        }
    }
    let result = match (inst.op, op) {
        (Opcode::Builtin, Op::CallBuiltin(id, n)) => {
            vm.call_builtin(id, n.into()).map(|value| vm.stack.push(value))
        }
        (Opcode::Extension, Op::Extended(id, arg)) => {
            vm.call_extension(id, ExtensionArg::Narrow(arg), Some((pops, pushes)))
        }
        (Opcode::Extension, Op::ExtendedWide(id, arg)) => {
            vm.call_extension(id, ExtensionArg::Wide(arg), Some((pops, pushes)))
        }
        (Opcode::Declare, Op::DeclareVar(name)) => {
            let value = vm.stack.pop().unwrap_or_default();
            vm.saved.declare(&mut vm.globals, unit.global(name) as u32, value);
            Ok(())
        }
        (_, op) => ops::execute(vm, unit, op),
    };
    if let Err(fault) = result.and_then(|()| check_heap()) {
        vm.stack.truncate(below);
        return Err(fault);
    }
    debug_assert_eq!(vm.stack.len(), below + pushes, "{op:?}");
    let registers = vm.fast.registers[first..].iter_mut();
    for (register, result) in registers.zip(&mut vm.stack[below..]) {
        register.set_undef();
        // SAFETY: what was in the register is dropped.
        unsafe { words::move_out(result, register) };
    }
    vm.stack.truncate(below);
    Ok(())
}

/// A block's run over an array, and how it goes on.
pub(super) enum Step {
    /// The block runs for the next element or pair, in its own registers.
    Again,
    /// The walk is over; its result, if the op has one.
    Done(Option<Value>),
}

/// Begins a walk: kinds 0 to 2 are map, grep and foreach, 3 is sort.
pub(super) fn begin_walk(kind: u16, collection: Value) -> Walk {
    match kind {
        0 => Walk::Each(Iteration::new(IterationKind::Map, collection)),
        1 => Walk::Each(Iteration::new(IterationKind::Grep, collection)),
        2 => Walk::Each(Iteration::new(IterationKind::ForEach, collection)),
        _ => Walk::Sort(MergeSort::new(collection)),
    }
}

/// A block's run over an array.
pub(super) enum Walk {
    Each(Iteration),
    Sort(MergeSort),
}

impl Running {
    /// Hands the block its next element or pair, in registers from `base`.
    pub(super) unsafe fn step(&mut self, base: *mut Value) -> Step {
        // SAFETY: the block's registers are in the window.
        unsafe {
            match &mut self.walk {
                Walk::Each(iteration) => match iteration.next_element() {
                    Some(element) => put(base, element),
                    None => return Step::Done(self.finish()),
                },
                Walk::Sort(sort) => match sort.next_comparison() {
                    Some((a, b)) => {
                        put(base, a);
                        put(base.add(1), b);
                    }
                    None => return Step::Done(self.finish()),
                },
            }
        }
        Step::Again
    }

    /// Takes the block's result for the last element or pair.
    pub(super) fn answer(&mut self, result: Value) -> OpResult<()> {
        match &mut self.walk {
            Walk::Each(iteration) => iteration.take_result(result),
            Walk::Sort(sort) => {
                sort.answer(result.to_int());
                Ok(())
            }
        }
    }

    fn finish(&mut self) -> Option<Value> {
        match std::mem::replace(&mut self.walk, begin_walk(2, Value::Undef)) {
            Walk::Each(iteration) => iteration.finish(),
            Walk::Sort(sort) => Some(sort.finish()),
        }
    }
}

/// The three whole-loop ops: by their plain ops, polling and charging as those would. False when the poll
/// word is set.
#[inline(never)]
pub(super) unsafe fn whole_loop(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<bool> {
    // SAFETY: as for `arithmetic`.
    unsafe {
        let unit = &*vm.fast.unit.0;
        let op = unit.chunk().ops[inst.imm as usize];
        let (target, counter) = (base.add(inst.a.into()), base.add(inst.b.into()));
        let limit = match op {
            Op::AccumSumLoop(.., limit) | Op::PushIntRangeLoop(.., limit) => limit,
            Op::ConcatConstLoop(.., limit) => limit,
            op => unreachable!("{op:?} is no whole loop"),
        };
        let limit = Value::Int(limit.into());
        let mode = unit.integer_mode();
        let (test, body) = op.loop_fuel().unwrap_or_default();
        while compare::num_lt(&*counter, &limit) {
            charge(vm, body)?;
            match op {
                Op::AccumSumLoop(..) => {
                    let result = arith::add(&*target, &*counter, mode)?;
                    put(target, result);
                }
                Op::ConcatConstLoop(constant, ..) => {
                    strings::append(&mut *target, &unit.constants[usize::from(constant)])?;
                }
                _ => collections::array_push(&mut *target, (*counter).clone())?,
            }
            let next = arith::add(&*counter, &Value::Int(1), mode)?;
            put(counter, next);
            if vm.limits.poll.load(Ordering::Relaxed) != 0 && !vm.answers_sample() {
                return Ok(false);
            }
            charge(vm, test)?;
        }
    }
    Ok(true)
}

/// Takes fuel, all of it or none.
fn charge(vm: &mut VM, fuel: u64) -> OpResult<()> {
    if vm.charges_fuel {
        vm.fuel_left = vm.fuel_left.checked_sub(fuel).ok_or_else(out_of_fuel)?;
    }
    Ok(())
}
