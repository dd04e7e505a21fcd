//! Fields of the record and special variables.

use crate::awk_host::{AwkState, MAX_FIELDS, Special, as_number, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::unit::Unit;
use crate::value::Value;
use crate::vm::VM;

/// The field that a value means as an index.
#[inline(always)]
pub(crate) fn field_index(index: &Value) -> OpResult<usize> {
    match index {
        Value::Int(n) if (0..=MAX_FIELDS as i64).contains(n) => Ok(*n as usize),
        Value::Float(n) if (0.0..=MAX_FIELDS as f64).contains(n) => Ok(*n as i64 as usize),
        _ => field_index_of_other(to_number(index)),
    }
}

#[inline(never)]
fn field_index_of_other(index: f64) -> OpResult<usize> {
    // What is not a number is 0.
    let index = if index.is_nan() { 0.0 } else { index.trunc() };
    if index < 0.0 {
        return Err(Fault::new(ErrorKind::Range, format!("attempt to access field {index}")));
    }
    Ok(index.min(usize::MAX as f64) as usize)
}

/// `$index`.
#[inline]
pub(crate) fn get(awk: &mut AwkState, index: &Value) -> OpResult<Value> {
    Ok(awk.record.field_value(field_index(index)?))
}

/// `$index = value`.
pub(crate) fn set(awk: &mut AwkState, index: &Value, value: Value) -> OpResult<()> {
    match field_index(index)? {
        0 => set_record(awk, value),
        index => {
            let text = awk.string(&value)?;
            let value = match as_number(&value) {
                Some(number) => Value::Float(number),
                None => value,
            };
            awk.record.set_field(index, value, &text)
        }
    }
}

/// `$0 = value`.
pub(crate) fn set_record(awk: &mut AwkState, value: Value) -> OpResult<()> {
    let number = as_number(&value);
    let text = awk.take_string(value)?;
    match number {
        Some(number) => {
            awk.record.set_string(text.with_input_mark())?;
            awk.record.set_number(number);
            Ok(())
        }
        None => awk.record.set_string(text),
    }
}

/// The value of a special variable, or of the global of a name that is none.
pub(crate) fn special_get(vm: &mut VM, unit: &Unit, name: u16) -> Value {
    match Special::from_name(unit.name(name)) {
        Some(special) => vm.awk.get(special),
        None => vm.globals.values[unit.global(name)].clone(),
    }
}

/// Sets a special variable, or the global of a name that is none.
pub(crate) fn special_set(vm: &mut VM, unit: &Unit, name: u16, value: Value) -> OpResult<()> {
    match Special::from_name(unit.name(name)) {
        Some(special) => vm.awk.set(special, value),
        None => {
            vm.globals.values[unit.global(name)] = value;
            Ok(())
        }
    }
}
