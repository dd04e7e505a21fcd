//! Awk arrays in globals: hashes whose elements come into being when they are looked at.

use super::{new_string, pop, push};
use crate::awk_host::{AwkState, Operand, Operands, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::ops::refs::as_ref;
use crate::interp::ops::{collections, strings};
use crate::interp::unit::Unit;
use crate::value::{Hash, OrderedMap, Value, number};
use crate::vm::VM;

/// The subscript that a value is: integers as such, other numbers by CONVFMT.
#[inline]
pub(crate) fn subscript(awk: &mut AwkState, key: Value) -> OpResult<Value> {
    match &key {
        Value::Str(_) | Value::Int(_) => Ok(key),
        Value::Float(f) => match number::exact_int(*f) {
            Some(n) => Ok(Value::Int(n)),
            None => Ok(Value::Str(awk.string(&key)?)),
        },
        _ => Ok(Value::Str(awk.take_string(key)?)),
    }
}

/// The key that several subscripts are: joined by SUBSEP.
#[inline]
pub(crate) fn joined_key(awk: &mut AwkState, subscripts: &(impl Operands + ?Sized)) -> OpResult<Value> {
    let mut text = std::mem::take(&mut awk.scratch);
    text.clear();
    let result = awk.append_joined(subscripts, &mut text).and_then(|()| new_string(&text));
    awk.scratch = text;
    result
}

/// As [`subscript`], where integers may be floats: those are what native code looks up.
#[inline]
pub(crate) fn cell_subscript(awk: &mut AwkState, key: Value) -> OpResult<Value> {
    match &key {
        Value::Float(f) if number::exact_int(*f).is_some() => Ok(key),
        _ => subscript(awk, key),
    }
}

/// The value of an element of the hash in a cell, created when it is new.
pub(crate) fn cell_element(cell: &Value, key: &Value) -> OpResult<Value> {
    as_ref(cell)?.with_mut(|place| Ok(element(place, || "", key)?.clone()))
}

/// The element of a place, created when it is new.
#[inline]
pub(crate) fn element<'a, 'n>(
    place: &'a mut Value,
    name: impl FnOnce() -> &'n str,
    key: &Value,
) -> OpResult<&'a mut Value> {
    Ok(array(place, name)?.get_or_insert_undef(key))
}

/// The position of an element, which is created when it is new.
#[inline]
pub(crate) fn position<'n>(
    place: &mut Value,
    name: impl FnOnce() -> &'n str,
    key: &Value,
) -> OpResult<usize> {
    Ok(array(place, name)?.position_of_value_key(key))
}

/// The array in a place, made when nothing is there.
#[inline(always)]
pub(crate) fn array<'a, 'n>(
    place: &'a mut Value,
    name: impl FnOnce() -> &'n str,
) -> OpResult<&'a mut OrderedMap> {
    if matches!(place, Value::Undef) {
        *place = Value::Hash(Hash::new());
    }
    match place {
        Value::Hash(hash) => Ok(hash.make_mut()),
        _ => Err(not_an_array(name())),
    }
}

#[cold]
fn not_an_array(name: &str) -> Fault {
    Fault::new(ErrorKind::Type, format!("attempt to use scalar `{name}' as an array"))
}

pub(super) fn get(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let key = pop(vm);
    let key = subscript(&mut vm.awk, key)?;
    let place = &mut vm.globals.values[unit.global(name)];
    let value = element(place, || unit.name(name), &key)?.clone();
    push(vm, value)
}

pub(super) fn set(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let (key, value) = (pop(vm), pop(vm));
    let key = subscript(&mut vm.awk, key)?;
    let place = &mut vm.globals.values[unit.global(name)];
    *element(place, || unit.name(name), &key)? = value;
    Ok(())
}

pub(super) fn note_addend(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let (key, value) = (pop(vm), pop(vm));
    let key = subscript(&mut vm.awk, key)?;
    let global = unit.global(name);
    let position = position(&mut vm.globals.values[global], || unit.name(name), &key)?;
    vm.globals.addends[global].note(position, to_number(&value));
    Ok(())
}

pub(super) fn append_popped(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let (key, text) = (pop(vm), pop(vm));
    let place = &mut vm.globals.values[unit.global(name)];
    append(&mut vm.awk, place, || unit.name(name), Operand::Value(&text), Operand::Value(&key))
}

pub(super) fn cell_append(vm: &mut VM) -> OpResult<()> {
    let (cell, key, text) = (pop(vm), pop(vm), pop(vm));
    let awk = &mut vm.awk;
    let (text, key) = (Operand::Value(&text), Operand::Value(&key));
    as_ref(&cell)?.with_mut(|place| append(awk, place, || "", text, key))
}

/// Puts a text behind the string form of an element, which is created when it is new.
#[inline]
pub(crate) fn append<'n>(
    awk: &mut AwkState,
    place: &mut Value,
    name: impl FnOnce() -> &'n str,
    text: Operand<'_>,
    key: Operand<'_>,
) -> OpResult<()> {
    let map = array(place, name)?;
    let found = match key {
        Operand::Field(field) => awk.record.position_in(field, map),
        Operand::Value(_) => None,
    };
    let position = match found {
        Some(position) => position,
        None => {
            let key = match key {
                Operand::Field(field) => awk.record.field_value(field),
                Operand::Value(key) => key.clone(),
            };
            map.position_of_value_key(&subscript(awk, key)?)
        }
    };
    let Some(element) = map.value_at_mut(position) else { return Ok(()) };
    if !matches!(element, Value::Str(_)) {
        *element = Value::Str(awk.take_string(std::mem::take(element))?);
    }
    match text {
        Operand::Field(field) => {
            let text = awk.record.field_value(field);
            strings::append(element, &Value::Str(awk.take_string(text)?))
        }
        Operand::Value(text) if element.push_short(text) => Ok(()),
        Operand::Value(text) => strings::append(element, text),
    }
}

pub(super) fn exists(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let key = pop(vm);
    let key = subscript(&mut vm.awk, key)?;
    let exists = collections::hash_exists(&vm.globals.values[unit.global(name)], &key)?;
    push(vm, exists)
}

pub(super) fn delete(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let key = pop(vm);
    let key = subscript(&mut vm.awk, key)?;
    collections::hash_delete(&mut vm.globals.values[unit.global(name)], &key)?;
    Ok(())
}

pub(super) fn clear(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    vm.globals.values[unit.global(name)] = Value::Hash(Hash::new());
    Ok(())
}

pub(super) fn len(vm: &mut VM, unit: &Unit, name: u16) -> OpResult<()> {
    let len = collections::hash_len(&vm.globals.values[unit.global(name)]);
    push(vm, len)
}
