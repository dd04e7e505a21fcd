//! FUNCTAB and SYMTAB: functions and variables by names that only the run knows.
//!
//! The program makes the tables of names when it starts, as globals of these names.

use super::{new_string, pop, pop_string};
use crate::awk_builtins::ADAPTER_PREFIX;
use crate::awk_host::Special;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{Hash, Key, Ref, Value};
use crate::vm::VM;

const FUNCTAB: &str = "FUNCTAB";
const SYMTAB: &str = "SYMTAB";

/// Whether a table has a name.
fn has(vm: &VM, table: &str, name: &[u8]) -> bool {
    match vm.get_global(table) {
        Value::Hash(names) => names.get_bytes(name).is_some(),
        _ => false,
    }
}

#[cold]
fn no_element(table: &str, key: &[u8]) -> Fault {
    let key = String::from_utf8_lossy(key);
    Fault::new(
        ErrorKind::Type,
        format!("reference to uninitialized element `{table}[\"{key}\"] is not allowed'"),
    )
}

/// `s -> hash`
pub(crate) fn names(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let text = pop_string(vm)?;
    let mut hash = Hash::new();
    let table = hash.make_mut();
    for name in text.split(|&byte| byte == b'\n') {
        let value = new_string(name)?;
        table.insert_value_key(&value.clone(), value);
    }
    Ok(Value::Hash(hash))
}

/// `name variable -> s`
pub(crate) fn callee(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let variable = pop_string(vm)?;
    let name = pop_string(vm)?;
    // `awk::f` is `f`, as everywhere.
    let name = name.strip_prefix(b"awk::").unwrap_or(&name);
    if name.is_empty() {
        let message =
            format!("indirect function call requires a simple scalar value in `{}'", variable.to_str_lossy());
        return Err(Fault::new(ErrorKind::Type, message));
    }
    if !has(vm, FUNCTAB, name) {
        let name = String::from_utf8_lossy(name);
        let message = format!("`{name}' is not a function, so it cannot be called indirectly");
        return Err(Fault::new(ErrorKind::Type, message));
    }
    new_string(&[ADAPTER_PREFIX.as_bytes(), name].concat())
}

/// `key table -> v`
pub(crate) fn functab_get(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let table = pop(vm);
    let key = pop_string(vm)?;
    match &table {
        Value::Hash(names) => names.get_bytes(&key).cloned().ok_or_else(|| no_element(FUNCTAB, &key)),
        _ => Err(no_element(FUNCTAB, &key)),
    }
}

/// The top value as the name of a variable that the program has.
fn pop_symbol(vm: &mut VM) -> OpResult<String> {
    let name = pop_string(vm)?;
    if !has(vm, SYMTAB, &name) {
        return Err(no_element(SYMTAB, &name));
    }
    Ok(name.to_str_lossy().into_owned())
}

/// `name -> v`
pub(crate) fn symtab_get(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let name = pop_symbol(vm)?;
    Ok(match value_of(vm, &name) {
        // A variable that may become an array, and is none so far.
        Value::Ref(cell) if !cell.with(|content| matches!(content, Value::Hash(_))) => Value::Undef,
        value => value,
    })
}

/// A variable by its name; of an array that no code shares, a copy.
fn value_of(vm: &mut VM, name: &str) -> Value {
    if let Some(special) = Special::from_name(name) {
        return vm.awk.get(special);
    }
    match vm.get_global(name) {
        hash @ Value::Hash(_) => Value::Ref(Ref::new(hash)),
        value => value,
    }
}

/// `name -> cell`
pub(crate) fn symtab_array(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let name = pop_symbol(vm)?;
    match value_of(vm, &name) {
        cell @ Value::Ref(_) => {
            // Whoever looks next finds the same array.
            vm.set_global(&name, cell.clone());
            Ok(cell)
        }
        _ => Err(Fault::new(ErrorKind::Type, format!("attempt to use scalar `{name}' as an array"))),
    }
}

/// `value name -> Undef`
pub(crate) fn symtab_set(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let name = pop_string(vm)?;
    let value = pop(vm);
    if !has(vm, SYMTAB, &name) {
        return Err(Fault::new(ErrorKind::Type, "cannot assign to arbitrary elements of SYMTAB"));
    }
    let name = name.to_str_lossy();
    if let Some(special) = Special::from_name(&name) {
        vm.awk.set(special, value)?;
        return Ok(Value::Undef);
    }
    let is_array = match vm.get_global(&name) {
        Value::Ref(cell) => cell.with(|content| matches!(content, Value::Hash(_))),
        old => matches!(old, Value::Hash(_)),
    };
    if is_array {
        return Err(Fault::new(
            ErrorKind::Type,
            format!("attempt to use array `{name}' in a scalar context"),
        ));
    }
    vm.set_global(&name, value);
    Ok(Value::Undef)
}

/// `name -> bool`
pub(crate) fn symtab_has(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let name = pop_string(vm)?;
    Ok(Value::Bool(has(vm, SYMTAB, &name)))
}

/// `-> hash`
pub(crate) fn symtab_copy(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let mut all = Hash::new();
    if let Value::Hash(names) = vm.get_global(SYMTAB) {
        for name in names.keys() {
            let value = value_of(vm, &name.to_byte_str().to_str_lossy());
            all.insert(Key::new(name.to_byte_str()), value);
        }
    }
    Ok(Value::Hash(all))
}

/// `bindtextdomain(directory [, domain])`: there are no catalogues, so it changes nothing.
pub(crate) fn bindtextdomain(vm: &mut VM, n: usize) -> OpResult<Value> {
    for _ in 1..n {
        pop(vm);
    }
    pop_string(vm).map(Value::Str)
}

/// Changes PROCINFO, whatever it is kept in.
fn change_procinfo(vm: &mut VM, key: &str, value: Value) {
    let key = Value::str(key);
    let set = |procinfo: &mut Value| {
        if let Value::Hash(procinfo) = procinfo {
            procinfo.make_mut().insert_value_key(&key, value);
        }
    };
    match vm.get_global("PROCINFO") {
        Value::Ref(cell) => cell.with_mut(set),
        mut procinfo => {
            set(&mut procinfo);
            vm.set_global("PROCINFO", procinfo);
        }
    }
}

/// `-> Undef`
pub(crate) fn update_procinfo(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let by = Value::str(vm.awk.splits_by());
    change_procinfo(vm, "FS", by);
    Ok(Value::Undef)
}

/// `names and kinds -> Undef`
pub(crate) fn identifiers(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let text = pop_string(vm)?;
    let mut kinds = Hash::new();
    for line in text.split(|&byte| byte == b'\n') {
        let Some(space) = memchr::memrchr(b' ', line) else { continue };
        kinds.make_mut().insert_value_key(&new_string(&line[..space])?, new_string(&line[space + 1..])?);
    }
    change_procinfo(vm, "identifiers", Value::Ref(Ref::new(Value::Hash(kinds))));
    Ok(Value::Undef)
}
