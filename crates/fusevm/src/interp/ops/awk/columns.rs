//! Fields by name, and rows in a format.

use super::pop_string;
use crate::awk_host::TextFormat;
use crate::error::OpResult;
use crate::value::Value;
use crate::vm::VM;

/// `column(name)`.
pub(crate) fn column(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let name = pop_string(vm)?;
    vm.awk.column(&name).map(|column| Value::Float(column as f64))
}

/// The top `n` values as a row; of none, the record.
pub(crate) fn row(vm: &mut VM, format: TextFormat, n: usize) -> OpResult<Value> {
    let first = vm.stack.len() - n;
    let row = vm.awk.row(format, &vm.stack[first..]);
    vm.stack.truncate(first);
    row.map(Value::Str)
}
