//! Arrays of arrays, and variables of which only the run knows whether they are arrays.
//!
//! An array that functions share, or that is an element, is a cell with a hash in it. A cell with nothing in it is
//! what nobody has used yet: it becomes an array when someone uses it so, or a scalar ([`SCALAR`]), and whoever holds
//! the cell sees that.

use super::arrays::subscript;
use super::{fields, pop, pop_string, push};
use crate::awk_host::{looks_numeric, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{ByteStr, Hash, Key, Ref, Value};
use crate::vm::VM;

/// What is in a cell that was used as a scalar before it had a value: it can be no array any more.
const SCALAR: Value = Value::Str(ByteStr::EMPTY);

/// A cell of a scalar without a value.
fn unassigned() -> Value {
    Value::Ref(Ref::new(SCALAR))
}

#[cold]
fn not_a_scalar(name: &str) -> Fault {
    Fault::new(ErrorKind::Type, format!("attempt to use array `{name}' in a scalar context"))
}

#[cold]
fn not_an_array(what: &str) -> Fault {
    Fault::new(ErrorKind::Type, format!("attempt to use scalar {what} as an array"))
}

/// How messages name an element of the array with a name.
#[cold]
fn element_name(array: &Value, key: &Value) -> String {
    format!("{}[\"{}\"]", array.to_str(), key.to_str())
}

/// The top value as a subscript.
fn pop_key(vm: &mut VM) -> OpResult<Value> {
    let key = pop(vm);
    subscript(&mut vm.awk, key)
}

/// Gives a function the element of a cell's hash, created when it is new.
fn with_element<R>(cell: &Value, key: &Value, change: impl FnOnce(&mut Value) -> R) -> OpResult<R> {
    let Value::Ref(cell) = cell else { return Err(not_an_array("value")) };
    cell.with_mut(|content| {
        if matches!(content, Value::Undef) {
            *content = Value::Hash(Hash::new());
        }
        match content {
            Value::Hash(hash) => Ok(change(hash.make_mut().get_or_insert_undef(key))),
            _ => Err(not_an_array("value")),
        }
    })
}

/// Makes a cell that holds nothing an array; whether the value is an array.
fn is_made_array(value: &Value) -> bool {
    let Value::Ref(cell) = value else { return false };
    cell.with_mut(|content| {
        if matches!(content, Value::Undef) {
            *content = Value::Hash(Hash::new());
        }
        matches!(content, Value::Hash(_))
    })
}

/// Whether a value is a cell with an array.
fn is_array(value: &Value) -> bool {
    match value {
        Value::Ref(cell) => cell.with(|content| matches!(content, Value::Hash(_))),
        Value::Hash(_) => true,
        _ => false,
    }
}

/// Whether an element is there but has no value.
pub(super) fn is_unset(value: &Value) -> bool {
    matches!(value, Value::Undef) || matches!(value, Value::Ref(_)) && !is_array(value)
}

/// The cell of the array that is an element of the hash in a cell, created when it is new.
pub(crate) fn subarray(cell: &Value, key: &Value, name: impl FnOnce() -> Value) -> OpResult<Value> {
    let found = with_element(cell, key, |element| {
        if matches!(element, Value::Undef) {
            *element = Value::Ref(Ref::new(Value::Hash(Hash::new())));
        }
        is_made_array(element).then(|| element.clone())
    })?;
    found.ok_or_else(|| not_an_array(&format!("`{}'", element_name(&name(), key))))
}

/// An element of the hash in a cell, which is no array, created when it is new.
pub(crate) fn element(cell: &Value, key: &Value, name: impl FnOnce() -> Value) -> OpResult<Value> {
    let value = with_element(cell, key, |element| element.clone())?;
    match value {
        value if is_array(&value) => Err(not_a_scalar(&element_name(&name(), key))),
        // To be looked at makes it no scalar, unlike a variable.
        Value::Ref(_) => Ok(Value::Undef),
        value => Ok(value),
    }
}

/// Sets an element of the hash in a cell, which is no array.
pub(crate) fn set_element(
    value: &Value,
    key: &Value,
    cell: &Value,
    name: impl FnOnce() -> Value,
) -> OpResult<()> {
    let is_array = with_element(cell, key, |element| {
        let is_array = is_array(element);
        if !is_array {
            *element = if matches!(value, Value::Undef) { unassigned() } else { value.clone() };
        }
        is_array
    })?;
    if is_array { Err(not_a_scalar(&element_name(&name(), key))) } else { Ok(()) }
}

/// `AwkSubarray`, or else `AwkNestedGet`.
pub(super) fn look(vm: &mut VM, name: &Value, is_array: bool) -> OpResult<()> {
    let key = pop_key(vm)?;
    let cell = pop(vm);
    let name = || name.clone();
    let found = if is_array { subarray(&cell, &key, name)? } else { element(&cell, &key, name)? };
    push(vm, found)
}

/// `AwkNestedSet`.
pub(super) fn set(vm: &mut VM, name: &Value) -> OpResult<()> {
    let cell = pop(vm);
    let key = pop_key(vm)?;
    let value = pop(vm);
    set_element(&value, &key, &cell, || name.clone())
}

/// `cell key -> v`
pub(crate) fn element_argument(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let key = pop_key(vm)?;
    let cell = pop(vm);
    with_element(&cell, &key, |element| {
        if matches!(element, Value::Undef) {
            *element = Value::Ref(Ref::new(Value::Undef));
        }
        element.clone()
    })
}

/// `cell key -> v`
pub(crate) fn element_asked(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let key = pop_key(vm)?;
    let cell = pop(vm);
    with_element(&cell, &key, |element| element.clone())
}

/// `index -> s`: `typeof` of a field.
pub(crate) fn type_of_field(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let index = pop(vm);
    let value = fields::get(&mut vm.awk, &index)?;
    // The index is in range, or there would be no value.
    if vm.awk.record.is_unset(to_number(&index) as usize) {
        return Ok(Value::str("unassigned"));
    }
    vm.stack.extend([value, Value::Bool(false)]);
    type_of(vm, 2)
}

/// `key cell -> Undef`
pub(crate) fn delete_element(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let cell = pop(vm);
    let key = pop_key(vm)?;
    let Value::Ref(cell) = cell else { return Err(not_an_array("value")) };
    let removed = cell.with_mut(|content| match content {
        Value::Hash(hash) => hash.make_mut().remove_value_key(&key),
        _ => None,
    });
    // What the element held, however much it is, goes after the cell is free again.
    drop(removed);
    Ok(Value::Undef)
}

/// `v what -> cell`
pub(crate) fn as_array(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let (what, value) = (pop(vm), pop(vm));
    match value {
        Value::Undef => Ok(Value::Ref(Ref::new(Value::Hash(Hash::new())))),
        value if is_made_array(&value) => Ok(value),
        _ => Err(not_an_array(&what.to_str())),
    }
}

/// `v name -> v`
pub(crate) fn as_scalar(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let (name, value) = (pop(vm), pop(vm));
    match value {
        value if is_array(&value) => Err(not_a_scalar(&name.to_str())),
        Value::Ref(cell) => {
            cell.set(SCALAR);
            Ok(Value::Undef)
        }
        value => Ok(value),
    }
}

/// `v -> v`
pub(crate) fn settled(vm: &mut VM, _n: usize) -> OpResult<Value> {
    Ok(match pop(vm) {
        Value::Undef => unassigned(),
        value => value,
    })
}

/// `v -> v`
pub(crate) fn settle(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let value = pop(vm);
    if let Value::Ref(cell) = &value
        && !is_array(&value)
    {
        cell.set(SCALAR);
    }
    Ok(value)
}

/// `v -> v`
pub(crate) fn as_argument(vm: &mut VM, _n: usize) -> OpResult<Value> {
    Ok(match pop(vm) {
        Value::Undef => Value::Ref(Ref::new(Value::Undef)),
        value => value,
    })
}

/// `isarray(v)`.
pub(crate) fn isarray(vm: &mut VM, _n: usize) -> OpResult<Value> {
    Ok(Value::Float(f64::from(u8::from(is_array(&pop(vm))))))
}

/// `typeof(v)`.
pub(crate) fn type_of(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let (is_untyped, value) = (pop(vm).is_truthy(), pop(vm));
    Ok(Value::str(match &value {
        value if is_array(value) => "array",
        Value::Ref(cell) if !cell.with(|content| matches!(content, Value::Undef)) => "unassigned",
        Value::Undef | Value::Ref(_) if is_untyped => "untyped",
        Value::Undef | Value::Ref(_) => "unassigned",
        Value::Str(text) if text.is_regex() => "regexp",
        Value::Str(_) if looks_numeric(&value).is_some() => "strnum",
        Value::Str(_) => "string",
        Value::Bool(_) => "number|bool",
        _ => "number",
    }))
}

/// `v -> hash`
pub(crate) fn type_details(vm: &mut VM, _n: usize) -> OpResult<Value> {
    // The first key decides how gawk stores an array.
    let storage = |array: &Hash| match array.keys().next() {
        None => "null",
        Some(Key::Int(n)) if *n >= 0 => "cint",
        Some(Key::Int(_)) => "int",
        Some(_) => "str",
    };
    let storage = match pop(vm) {
        Value::Hash(array) => Some(storage(&array)),
        Value::Ref(cell) => cell.with(|content| match content {
            Value::Hash(array) => Some(storage(array)),
            _ => None,
        }),
        _ => None,
    };
    Ok(Value::hash(storage.map(|storage| ("array_type", Value::str(storage)))))
}

/// `text -> v`
pub(crate) fn regex(vm: &mut VM, _n: usize) -> OpResult<Value> {
    Ok(Value::Str(pop_string(vm)?.without_input_mark().with_regex_mark()))
}
