//! The awk instructions: fields, elements of awk arrays, awk's conversions, and print.

use super::State;
use super::parts::Parts;
use super::register::{put, take, take_or_clone, use_up};
use super::slow::check_heap;
use crate::awk_host::{
    AwkState, Destination, Operand, Operands, OutputMode, Query, ReadStatus, Special, Which,
    comparable_number, is_kept, to_number,
};
use crate::code::{CELL, Inst, Opcode, Question, Selection, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::error::OpResult;
use crate::interp::ops::{awk, collections, refs};
use crate::interp::unit::Unit;
use crate::op::Op;
use crate::text::case;
use crate::value::{ByteStr, KeyRef, Value, heap, number};
use crate::vm::VM;

/// Join: behind what is in the dest already, where that is the first part and a string.
#[inline(never)]
pub(crate) unsafe fn join(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let (parts, dest) = unsafe { (Parts::of(vm, inst, base), base.add(inst.a.into())) };
    // SAFETY: as above.
    let grows = parts.is_register(0, inst.a) && matches!(unsafe { &*dest }, Value::Str(_));
    let mut text = std::mem::take(&mut vm.awk.scratch);
    text.clear();
    // SAFETY: the registers are of the window, and what is in them was read when they are used up.
    let result = parts.append_to(&mut vm.awk, grows.into(), inst.b, &mut text).and_then(|()| unsafe {
        parts.use_up_from(grows.into());
        match &mut *dest {
            Value::Str(grown) if grows => grown.try_push_bytes(&text).map_err(Into::into),
            dest => awk::assign_text(dest, &text),
        }
    });
    vm.awk.scratch = text;
    result?;
    check_heap()
}

/// JoinKeys.
#[inline(never)]
pub(crate) unsafe fn join_keys(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::checked(vm, inst, base)? };
    let key = awk::arrays::joined_key(&mut vm.awk, &parts)?;
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        put(base.add(inst.a.into()), key);
    }
    Ok(())
}

/// SubRecord and GsubRecord.
#[inline(never)]
pub(crate) unsafe fn substitute_in_record(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let (Some(Operand::Value(pattern)), Some(Operand::Value(replacement))) = (parts.get(0), parts.get(1))
    else {
        unreachable!("lowering has put both into registers or constants");
    };
    let which = if inst.op == Opcode::GsubRecord { Which::All } else { Which::Nth(1) };
    let count = awk::substitute_in_record(&mut vm.awk, pattern, replacement, which);
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        put(base.add(inst.a.into()), Value::Float(count?));
    }
    check_heap()
}

/// SubText and GsubText.
#[inline(never)]
pub(crate) unsafe fn substitute_in_text(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window; the text's is none of the list's that are changed.
    unsafe {
        let parts = Parts::of(vm, inst, base);
        let (Some(Operand::Value(pattern)), Some(Operand::Value(replacement))) = (parts.get(0), parts.get(1))
        else {
            unreachable!("lowering has put both into registers or constants");
        };
        let which = if inst.op == Opcode::GsubText { Which::All } else { Which::Nth(1) };
        let text = base.add(inst.b.into());
        let count = awk::substitute_in_value(&mut vm.awk, pattern, replacement, &mut *text, which);
        parts.use_up();
        put(base.add(inst.a.into()), Value::Float(count?));
    }
    check_heap()
}

/// A field as a value.
#[inline(never)]
pub(crate) unsafe fn field(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the dest is a register of the window.
    unsafe { put_field(vm, base.add(inst.a.into()), inst.imm as usize) };
    Ok(())
}

/// Puts a field, or for 0 the record, in the place of a value, in the memory of a text that is there if that serves.
///
/// # Safety
/// `at` points to a value.
#[inline(always)]
unsafe fn put_field(vm: &mut VM, at: *mut Value, field: usize) {
    // SAFETY: as for this function.
    unsafe {
        let record = &mut vm.awk.record;
        let text = if field == 0 { record.short_line() } else { record.input_bytes(field) };
        if let Some(text) = text {
            return (*at).assign_input(text);
        }
        put(at, vm.awk.record.field_value(field));
    }
}

/// FieldAt.
#[inline(never)]
pub(crate) unsafe fn field_at(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: both are registers of the window.
    unsafe {
        let field = taken_index(inst, base)?;
        put_field(vm, base.add(inst.a.into()), field);
    }
    Ok(())
}

/// FieldNumberAt.
#[inline(never)]
pub(crate) unsafe fn field_number_at(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: both are registers of the window.
    unsafe {
        let field = taken_index(inst, base)?;
        put(base.add(inst.a.into()), Value::Float(vm.awk.record.field_number(field)));
    }
    Ok(())
}

/// FieldLength.
#[inline(never)]
pub(crate) unsafe fn field_length(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    let length = awk::field_length(vm, inst.imm as usize)?;
    // SAFETY: the dest is a register of the window.
    unsafe { (*base.add(inst.a.into())).set_float(length) };
    Ok(())
}

/// FieldLengthAt.
#[inline(never)]
pub(crate) unsafe fn field_length_at(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: both are registers of the window.
    unsafe {
        let field = taken_index(inst, base)?;
        let length = awk::field_length(vm, field)?;
        (*base.add(inst.a.into())).set_float(length);
    }
    Ok(())
}

/// Length.
#[inline(never)]
pub(crate) unsafe fn length(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: both are registers of the window.
    unsafe {
        let operand = base.add(inst.b.into());
        let length = awk::length(vm, &*operand)?;
        if inst.c & TAKE_FIRST != 0 {
            use_up(operand);
        }
        (*base.add(inst.a.into())).set_float(length);
    }
    Ok(())
}

/// Substr.
#[inline(never)]
pub(crate) unsafe fn substr(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let number = |index| match parts.get(index) {
        Some(Operand::Value(Value::Float(number))) => *number,
        Some(Operand::Value(value)) => number_of(value),
        _ => f64::INFINITY,
    };
    let (from, count) = (number(1), number(2));
    // SAFETY: as above; the numbers were read, and one of their registers may be the dest.
    unsafe {
        parts.use_up_from(1);
        put_part(vm, inst, base, &parts, from, count)
    }
}

/// Substr by these numbers: what its other parts say is not looked at.
///
/// # Safety
/// As for `put_part`.
#[cfg(feature = "jit")]
pub(crate) unsafe fn substr_by(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
    from: f64,
    count: f64,
) -> OpResult<()> {
    // SAFETY: as for this function.
    unsafe { put_part(vm, inst, base, &Parts::of(vm, inst, base), from, count) }
}

/// Substr by these numbers of an instruction with these parts.
///
/// # Safety
/// The instruction is a Substr of the unit that runs, and `base` the window of the running frame.
#[inline(always)]
unsafe fn put_part(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
    parts: &Parts,
    from: f64,
    count: f64,
) -> OpResult<()> {
    // SAFETY: the register is of the window.
    let dest = unsafe { base.add(inst.a.into()) };
    let utf8 = vm.awk.is_utf8();
    let value = match parts.get(0) {
        // SAFETY: as above, and the text is read through nothing else.
        Some(_) if parts.is_register(0, inst.a) => return unsafe { keep_part(vm, dest, from, count) },
        Some(Operand::Value(Value::Str(text))) => {
            let part = awk::part_of(&mut vm.awk, text, from, count);
            if part.len() < text.len() {
                // SAFETY: as above; the text is in another register than the dest, and stays until its part was copied.
                return unsafe {
                    let result = awk::assign_text(&mut *dest, part);
                    parts.use_up_first();
                    result
                };
            }
            Value::Str(text.clone().without_input_mark())
        }
        Some(Operand::Field(field)) => match vm.awk.record.input_characters(field, utf8) {
            // SAFETY: as above.
            Some((text, are_bytes)) if are_bytes || !is_kept(field, text) => unsafe {
                parts.use_up_first();
                return awk::assign_text(&mut *dest, awk::part(text, from, count, !are_bytes));
            },
            _ => {
                let text = vm.awk.record.field_value(field);
                awk::substr(&mut vm.awk, &text, from, count)?
            }
        },
        Some(Operand::Value(text)) => awk::substr(&mut vm.awk, text, from, count)?,
        None => unreachable!("the text is an operand"),
    };
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up_first();
        put(dest, value);
    }
    Ok(())
}

/// Puts a part of a text in its place, where its bytes are if nobody else has them.
///
/// # Safety
/// `text` points to a value.
unsafe fn keep_part(vm: &mut VM, text: *mut Value, from: f64, count: f64) -> OpResult<()> {
    // SAFETY: as for this function.
    let value = unsafe { &mut *text };
    if let Value::Str(text) = value {
        let part = awk::part_of(&mut vm.awk, text, from, count);
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        let range = start..start + part.len();
        if text.keep(range) {
            return Ok(());
        }
    }
    let part = awk::substr(&mut vm.awk, value, from, count)?;
    *value = part;
    Ok(())
}

/// Sprintf.
#[inline(never)]
pub(crate) unsafe fn sprintf(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::checked(vm, inst, base)? };
    let mut text = std::mem::take(&mut vm.awk.scratch);
    text.clear();
    let made = vm.awk.append_formatted(&parts, &mut text);
    // SAFETY: as above.
    let result = unsafe {
        parts.use_up();
        made.and_then(|()| awk::assign_text(&mut *base.add(inst.a.into()), &text))
    };
    vm.awk.scratch = text;
    result
}

/// The number that a value is which is no Float.
#[inline(never)]
fn number_of(value: &Value) -> f64 {
    to_number(value)
}

/// Index.
#[inline(never)]
pub(crate) unsafe fn index(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let (Some(text), Some(Operand::Value(part))) = (parts.get(0), parts.get(1)) else {
        unreachable!("lowering makes no field of what is looked for");
    };
    let index = awk::index(&mut vm.awk, text, part)?;
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        put(base.add(inst.a.into()), Value::Float(index));
    }
    Ok(())
}

/// ToLower and ToUpper.
#[inline(never)]
pub(crate) unsafe fn map_case(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let Some(text) = parts.get(0) else { unreachable!("the text is an operand") };
    let map = if inst.op == Opcode::ToLower { case::to_lower } else { case::to_upper };
    let mut mapped = std::mem::take(&mut vm.awk.scratch);
    let result = awk::map_case(&mut vm.awk, text, map, &mut mapped);
    // SAFETY: the registers are of the window. What is in them was read, and one of them may be the dest.
    let result = unsafe {
        parts.use_up();
        result.and_then(|()| awk::assign_text(&mut *base.add(inst.a.into()), &mapped))
    };
    vm.awk.scratch = mapped;
    result
}

/// Matches.
#[inline(never)]
pub(crate) unsafe fn matches(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let (Some(text), Some(Operand::Value(pattern))) = (parts.get(0), parts.get(1)) else {
        unreachable!("lowering makes no field of what is matched");
    };
    let holds = match pattern {
        Value::Str(pattern) => vm.awk.matches(text, pattern)?,
        pattern => awk::matches(&mut vm.awk, text, pattern)?,
    };
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        (*base.add(inst.a.into())).set_bool(holds);
    }
    Ok(())
}

/// Match.
#[inline(never)]
pub(crate) unsafe fn match_place(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let (Some(text), Some(Operand::Value(pattern))) = (parts.get(0), parts.get(1)) else {
        unreachable!("lowering makes no field of what is matched");
    };
    let start = awk::match_place(vm, text, pattern)?;
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        put(base.add(inst.a.into()), Value::Float(start));
    }
    Ok(())
}

/// FieldMatches and FieldIs, FieldMatchesAt and FieldIsAt.
#[inline(never)]
pub(crate) unsafe fn field_test(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: lowering has put the address of a string constant there.
    let Value::Str(constant) = (unsafe { &*(inst.imm as *const Value) }) else { return Ok(()) };
    let field = match inst.op {
        Opcode::FieldMatches | Opcode::FieldIs => inst.b.into(),
        // SAFETY: the number is in a register of the window.
        _ => unsafe { taken_index(inst, base)? },
    };
    let holds = match inst.op {
        Opcode::FieldMatches | Opcode::FieldMatchesAt => vm.awk.matches(Operand::Field(field), constant)?,
        _ => vm.awk.field_is(field, constant)?,
    };
    // SAFETY: the dest is a register of the window.
    unsafe { (*base.add(inst.a.into())).set_bool(holds) }
    Ok(())
}

/// The field that the value in `b` means, which leaves its register as the flags say.
///
/// # Safety
/// `b` is a register of the window.
#[inline(always)]
unsafe fn taken_index(inst: &Inst, base: *mut Value) -> OpResult<usize> {
    // SAFETY: as for this function.
    unsafe {
        let operand = base.add(inst.b.into());
        let field = awk::fields::field_index(&*operand)?;
        if inst.c & TAKE_FIRST != 0 {
            use_up(operand);
        }
        Ok(field)
    }
}

/// A special variable.
#[inline(never)]
pub(crate) unsafe fn special(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    let special = Special::ALL[inst.imm as usize];
    // SAFETY: the dest is a register of the window.
    let dest = unsafe { &mut *base.add(inst.a.into()) };
    match vm.awk.number(special) {
        Some(number) => dest.set_float(number),
        None => *dest = vm.awk.get(special),
    }
    Ok(())
}

/// ToNumber, ToComparable, ToText, Subscript and Truth of a value that is not of the kind already.
#[inline(never)]
pub(crate) unsafe fn unary(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: both are registers of the window.
    unsafe {
        let operand = base.add(inst.b.into());
        let takes = inst.c & TAKE_FIRST != 0;
        let result = match inst.op {
            Opcode::ToNumber => Value::Float(to_number(&*operand)),
            Opcode::ToComparable => Value::Float(comparable_number(&*operand).unwrap_or(f64::NAN)),
            Opcode::Truth => Value::Bool(awk::compare::truthy(&*operand)),
            Opcode::Subscript => awk::arrays::cell_subscript(&mut vm.awk, take_or_clone(operand, takes))?,
            _ => {
                let value = take_or_clone(operand, takes);
                Value::Str(vm.awk.take_string(value)?)
            }
        };
        if takes {
            drop(take(operand));
        }
        put(base.add(inst.a.into()), result);
    }
    Ok(())
}

/// Name of the array that an element instruction means, for messages.
unsafe fn array_name(vm: &VM, inst: *const Inst) -> &str {
    // SAFETY: the instruction is of the unit that runs.
    unsafe { array_name_of(vm.fast.unit.0, vm.charges_fuel, inst) }
}

/// As [`array_name`], in a unit.
///
/// # Safety
/// The unit lives, and the instruction is of it.
pub(super) unsafe fn array_name_of<'a>(unit: *const Unit, charges_fuel: bool, inst: *const Inst) -> &'a str {
    // SAFETY: as for this function.
    let (unit, code) = unsafe { (&*unit, State::code_of(unit, charges_fuel)) };
    match unit.chunk().ops[code.op_index(code.index_of(inst))] {
        Op::AwkArrayGet(name)
        | Op::AwkArraySet(name)
        | Op::AwkElementAddend(name)
        | Op::AwkElementAppend(name) => unit.name(name),
        _ => "",
    }
}

/// ElementGet.
#[inline(never)]
pub(crate) unsafe fn element(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let place = &raw mut vm.globals.values[inst.imm as usize];
        if let Some(element) = element_at_number(&mut *place, &*base.add(inst.b.into())) {
            put(base.add(inst.a.into()), element.clone());
            return Ok(());
        }
        let key = take_or_clone(base.add(inst.b.into()), inst.c & TAKE_FIRST != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        let value = awk::arrays::element(&mut *place, || array_name(vm, inst), &key)?.clone();
        put(base.add(inst.a.into()), value);
    }
    Ok(())
}

/// ElementExists.
#[inline(never)]
pub(crate) unsafe fn has_element(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let key = take_or_clone(base.add(inst.b.into()), inst.c & TAKE_FIRST != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        let found = collections::hash_exists(&vm.globals.values[inst.imm as usize], &key)?;
        put(base.add(inst.a.into()), found);
    }
    Ok(())
}

/// ElementDelete.
#[inline(never)]
pub(crate) unsafe fn delete_element(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let place = &mut vm.globals.values[inst.imm as usize];
        let key = base.add(inst.a.into());
        if let (Value::Hash(hash), Value::Float(number)) = (place, &*key)
            && let Some(number) = number::exact_int(*number)
        {
            let key = KeyRef::Int(number);
            // What is shared is copied only where that changes something.
            if hash.is_unique() || hash.contains(key) {
                drop(hash.make_mut().remove(key));
            }
            return Ok(());
        }
        let key = take_or_clone(key, inst.c & TAKE_FIRST != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        drop(collections::hash_delete(&mut vm.globals.values[inst.imm as usize], &key)?);
    }
    Ok(())
}

/// Subarray, NestedGet and NestedSet.
#[inline(never)]
pub(crate) unsafe fn nested(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    let flags = inst.imm as u16;
    // SAFETY: the registers are of the window, and the instruction is of the unit that runs.
    unsafe {
        let name = || {
            let unit = &*vm.fast.unit.0;
            let code = State::code_of(unit, vm.charges_fuel);
            let (Op::AwkSubarray(name) | Op::AwkNestedGet(name) | Op::AwkNestedSet(name)) =
                unit.chunk().ops[code.op_index(code.index_of(inst))]
            else {
                unreachable!("the instruction is of one of these ops")
            };
            unit.constants[usize::from(name)].clone()
        };
        let register = |index: u16| base.add(index.into());
        let (cell, key) = if inst.op == Opcode::NestedSet { (inst.c, inst.b) } else { (inst.b, inst.c) };
        let key = awk::arrays::subscript(&mut vm.awk, (*register(key)).clone())?;
        let cell = &*register(cell);
        // Operands are taken only where nothing fails any more: else native code leaves it to be done again.
        let found = match inst.op {
            Opcode::Subarray => Some(awk::nested::subarray(cell, &key, name)?),
            Opcode::NestedGet => Some(awk::nested::element(cell, &key, name)?),
            _ => {
                awk::nested::set_element(&*register(inst.a), &key, cell, name)?;
                None
            }
        };
        let operands = match inst.op {
            Opcode::NestedSet => [(inst.a, TAKE_FIRST), (inst.b, TAKE_SECOND), (inst.c, TAKE_THIRD)],
            _ => [(inst.b, TAKE_FIRST), (inst.c, TAKE_SECOND), (0, 0)],
        };
        for (operand, bit) in operands {
            if flags & bit != 0 {
                use_up(register(operand));
            }
        }
        if let Some(found) = found {
            put(register(inst.a), found);
        }
    }
    Ok(())
}

/// The element of an array at a whole number, which is made when it is new; none when one of them is something else.
#[inline(always)]
fn element_at_number<'a>(place: &'a mut Value, key: &Value) -> Option<&'a mut Value> {
    let (Value::Hash(hash), Value::Float(key)) = (place, key) else { return None };
    let key = number::exact_int(*key)?;
    Some(hash.make_mut().get_or_insert_key(KeyRef::Int(key)))
}

/// ElementSet.
#[inline(never)]
pub(crate) unsafe fn set_element(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let place = &raw mut vm.globals.values[inst.imm as usize];
        if let Some(element) = element_at_number(&mut *place, &*base.add(inst.b.into())) {
            put(element, take_or_clone(base.add(inst.a.into()), inst.c & TAKE_FIRST != 0));
            return Ok(());
        }
        let key = take_or_clone(base.add(inst.b.into()), inst.c & TAKE_SECOND != 0);
        let value = take_or_clone(base.add(inst.a.into()), inst.c & TAKE_FIRST != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        put(awk::arrays::element(&mut *place, || array_name(vm, inst), &key)?, value);
    }
    Ok(())
}

/// ElementAdd and ElementIncrement.
#[inline(never)]
pub(crate) unsafe fn add_to_element<const ADDS_REGISTER: bool>(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
) -> OpResult<()> {
    let flag = if ADDS_REGISTER { TAKE_SECOND } else { TAKE_FIRST };
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let place = &raw mut vm.globals.values[inst.imm as usize];
        if let Some(element) = element_at_number(&mut *place, &*base.add(inst.b.into())) {
            add_to(element, inst, ADDS_REGISTER, base);
            return Ok(());
        }
        let key = take_or_clone(base.add(inst.b.into()), inst.c & flag != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        let element = awk::arrays::element(&mut *place, || array_name(vm, inst), &key)?;
        add_to(element, inst, ADDS_REGISTER, base);
    }
    Ok(())
}

/// FieldElementAdd and FieldElementIncrement: the key is looked up where it lies in the record.
#[inline(never)]
pub(crate) unsafe fn add_to_field_element<const ADDS_REGISTER: bool>(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
) -> OpResult<()> {
    // SAFETY: the registers are of the window, and the instruction is of the unit that runs.
    unsafe {
        let (place, found) = position_of_field(vm, inst);
        let element = match (&mut *place, found) {
            (Value::Hash(hash), Some(position)) => hash.make_mut().value_at_mut(position),
            _ => None,
        };
        let element = match element {
            Some(element) => element,
            None => {
                let (key, place) = key_of_field(vm, inst)?;
                awk::arrays::element(place, || array_name(vm, inst), &key)?
            }
        };
        add_to(element, inst, ADDS_REGISTER, base);
    }
    Ok(())
}

/// The global that an instruction on the element at a field names, and the position of the key in it; none when it is no
/// array yet, or a value was assigned to the field.
///
/// # Safety
/// The instruction is of the unit that runs.
#[inline(always)]
unsafe fn position_of_field(vm: &mut VM, inst: &Inst) -> (*mut Value, Option<usize>) {
    let (global, field) = (inst.imm as u32 as usize, (inst.imm >> 32) as usize);
    let place = &mut vm.globals.values[global];
    let position = match place {
        Value::Hash(hash) => vm.awk.record.position_in(field, hash.make_mut()),
        _ => None,
    };
    (place, position)
}

/// As [`position_of_field`], where there is none: the key, and the global.
///
/// # Safety
/// That of `position_of_field`.
#[cold]
#[inline(never)]
unsafe fn key_of_field<'a>(vm: &mut VM, inst: &Inst) -> OpResult<(Value, &'a mut Value)> {
    let (global, field) = (inst.imm as u32 as usize, (inst.imm >> 32) as usize);
    let key = vm.awk.record.field_value(field);
    let key = awk::arrays::subscript(&mut vm.awk, key)?;
    let place = &raw mut vm.globals.values[global];
    // SAFETY: the global exists.
    Ok((key, unsafe { &mut *place }))
}

/// Adds to an element: the number in `a`, or else one, and `a` gets what it was.
///
/// # Safety
/// `a` is a register of the window.
#[inline(always)]
unsafe fn add_to(element: &mut Value, inst: &Inst, adds_register: bool, base: *mut Value) {
    let old = to_number(element);
    // SAFETY: as for this function.
    unsafe {
        let register = base.add(inst.a.into());
        let added = if adds_register { to_number(&*register) } else { 1.0 };
        element.set_float(old + added);
        if !adds_register {
            (*register).set_float(old);
        } else if inst.c & TAKE_FIRST != 0 {
            use_up(register);
        }
    }
}

/// ElementAppend: the key is looked up where it lies in the record.
#[inline(never)]
pub(crate) unsafe fn append_to_element(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let (Some(text), Some(key)) = (parts.get(0), parts.get(1)) else {
        unreachable!("text and key are operands");
    };
    let place = &mut vm.globals.values[usize::from(inst.b)];
    // SAFETY: the instruction is of the unit that runs.
    let name = || unsafe { array_name_of(vm.fast.unit.0, vm.charges_fuel, inst) };
    let result = awk::arrays::append(&mut vm.awk, place, name, text, key);
    // SAFETY: the registers are of the window.
    unsafe { parts.use_up() };
    result?;
    check_heap()
}

/// Addend.
#[inline(never)]
pub(crate) unsafe fn addend(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the register is of the window.
    let number = unsafe { taken_number(inst, base) };
    vm.globals.addends[inst.imm as usize].numbers.push(number);
    Ok(())
}

/// ElementAddend.
#[inline(never)]
pub(crate) unsafe fn element_addend(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    let global = inst.imm as usize;
    // SAFETY: the registers are of the window, the global exists.
    unsafe {
        let key = take_or_clone(base.add(inst.b.into()), inst.c & TAKE_SECOND != 0);
        let key = awk::arrays::subscript(&mut vm.awk, key)?;
        let place = &raw mut vm.globals.values[global];
        let position = awk::arrays::position(&mut *place, || array_name(vm, inst), &key)?;
        vm.globals.addends[global].note(position, taken_number(inst, base));
    }
    Ok(())
}

/// FieldElementAddend: the key is looked up where it lies in the record.
#[inline(never)]
pub(crate) unsafe fn field_element_addend(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the registers are of the window, and the instruction is of the unit that runs.
    unsafe {
        let position = match position_of_field(vm, inst) {
            (_, Some(position)) => position,
            _ => {
                let (key, place) = key_of_field(vm, inst)?;
                awk::arrays::position(place, || array_name(vm, inst), &key)?
            }
        };
        vm.globals.addends[inst.imm as u32 as usize].note(position, taken_number(inst, base));
    }
    Ok(())
}

/// The number that `a` is, which leaves its register as the flags say.
///
/// # Safety
/// `a` is a register of the window.
#[inline(always)]
unsafe fn taken_number(inst: &Inst, base: *mut Value) -> f64 {
    // SAFETY: as for this function.
    unsafe {
        let register = base.add(inst.a.into());
        let number = to_number(&*register);
        if inst.c & TAKE_FIRST != 0 {
            use_up(register);
        }
        number
    }
}

/// SplitInto.
#[inline(never)]
pub(crate) unsafe fn split_into(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let operands = parts.len() - usize::from(inst.b == CELL);
    let cell = parts.get(operands);
    let separator = match parts.get(1) {
        Some(Operand::Value(separator)) if operands > 1 => Some(separator),
        _ => None,
    };
    let Some(text) = parts.get(0) else { unreachable!("the text is an operand") };
    let count = match cell {
        Some(Operand::Value(Value::Ref(cell))) if !cell.is_weak() => {
            cell.with_mut(|place| vm.awk.split_into(text, separator, place))
        }
        Some(Operand::Value(other)) => {
            let mut pieces = Value::Undef;
            let count = vm.awk.split_into(text, separator, &mut pieces);
            count.and_then(|count| refs::ref_set(pieces, other).map(|()| count))
        }
        _ => vm.awk.split_into(text, separator, &mut vm.globals.values[usize::from(inst.b)]),
    };
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        put(base.add(inst.a.into()), Value::Float(count?));
    }
    Ok(())
}

/// ReadRecord: from the lines that were read ahead, or else as the op does. The register file may move.
#[inline(never)]
pub(super) unsafe fn read_record(vm: &mut VM, inst: &Inst, _: *mut Value) -> OpResult<()> {
    let status = awk::next_record(vm, Destination::Record)?;
    // SAFETY: the dest is a register of the window, wherever that is by now.
    unsafe { (*vm.fast.base_pointer().add(inst.a.into())).set_float(f64::from(status as i8)) };
    check_heap()
}

/// ReadSelected, as far as there are lines that were read ahead: the instruction that the program does with the first record of use.
/// None, and where there are such lines the last of them is the record, when the record is to be read as by ReadRecord.
#[inline(never)]
pub(super) unsafe fn select_record(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
) -> OpResult<Option<*mut Inst>> {
    // SAFETY: the unit runs, and the registers are of the window.
    unsafe {
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let Selection { id, conditions, questions } = &code.lists.selections[(inst.imm >> 32) as usize];
        let is_so = |(register, truth): &(u16, bool)| (*base.add((*register).into())).is_truthy() == *truth;
        if !conditions.iter().all(is_so) {
            return Ok(None);
        }
        let queries = questions.iter().map(|Question { asks, awaited, .. }| {
            let Value::Str(text) = &*(asks.imm as *const Value) else {
                unreachable!("such an instruction has a string constant");
            };
            let is_match = asks.op == Opcode::FieldMatches;
            Query { field: asks.b.into(), is_match, text: text.clone(), awaited: *awaited }
        });
        let selected = vm.awk.select_ahead(*id, queries)?;
        Ok(selected.map(|number| code.inst(questions[number].target)))
    }
}

/// ReadLine. The register file may move.
#[inline(never)]
pub(super) unsafe fn read_line(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let name = match parts.get(0) {
        Some(Operand::Value(name)) => vm.awk.string(name)?,
        _ => ByteStr::default(),
    };
    // SAFETY: as above.
    unsafe { parts.use_up() };
    let status = awk::read(vm, inst.c as u8, &name, Destination::Variable)?;
    let base = vm.fast.base_pointer();
    if status == ReadStatus::Line {
        heap::check(vm.awk.line.len())?;
        // SAFETY: the slot is a register of the window, wherever that is by now.
        unsafe { (*base.add(inst.b.into())).assign_input(&vm.awk.line) };
    }
    // SAFETY: as for the slot.
    unsafe { (*base.add(inst.a.into())).set_float(f64::from(status as i8)) };
    check_heap()
}

/// Output.
#[inline(never)]
pub(crate) unsafe fn choose_output(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let Some(Operand::Value(target)) = parts.get(0) else {
        unreachable!("lowering makes no field of the name")
    };
    let target = vm.awk.string(target)?;
    vm.awk.output = Some((OutputMode::from_constant(inst.b as u8), target));
    // SAFETY: the registers are of the window.
    unsafe { parts.use_up() };
    Ok(())
}

/// Print: to the sink's buffer from where the values are, or else as the op does.
#[inline(never)]
pub(super) unsafe fn print(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for this function.
    unsafe { output(vm, inst, base, "print", |awk, parts, out| awk.append_printed(parts, out)) }
}

/// PrintJoined: as Print.
#[inline(never)]
pub(super) unsafe fn print_joined(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    let append = |awk: &mut AwkState, parts: &Parts, out: &mut Vec<u8>| awk.append_printed_joined(parts, out);
    // SAFETY: as for this function.
    unsafe { output(vm, inst, base, "print", append) }
}

/// Printf: as Print.
#[inline(never)]
pub(super) unsafe fn printf(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: as for this function.
    unsafe { output(vm, inst, base, "printf", |awk, parts, out| awk.append_formatted(parts, out)) }
}

/// Writes what `append` makes of the values of an instruction to the output that was chosen, or else the main one.
///
/// # Safety
/// The registers are of the window.
#[inline(always)]
unsafe fn output(
    vm: &mut VM,
    inst: &Inst,
    base: *mut Value,
    statement: &'static str,
    append: impl FnOnce(&mut AwkState, &Parts, &mut Vec<u8>) -> OpResult<()>,
) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::checked(vm, inst, base)? };
    if vm.awk.output.is_some() {
        return awk::print::redirected(vm, statement, |vm, text| {
            let result = append(&mut vm.awk, &parts, text);
            // SAFETY: as above; the host, which may move them, has not been called yet.
            unsafe { parts.use_up() };
            result
        });
    }
    let out = vm.output.buffer();
    let start = out.len();
    let result = append(&mut vm.awk, &parts, out);
    if result.is_err() {
        out.truncate(start);
    }
    // SAFETY: as above.
    unsafe { parts.use_up() };
    result?;
    Ok(vm.output.written()?)
}
