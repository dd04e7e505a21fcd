//! `print`, `printf` and `sprintf`.
//!
//! What goes to the main output is made in the sink's own buffer, so that printing allocates nothing.

use super::{new_string, pop_string, push};
use crate::awk_host::{AwkState, OutputMode};
use crate::error::OpResult;
use crate::value::Value;
use crate::vm::VM;

/// Sends the next print to the file or command that the top value names.
pub(super) fn choose_output(vm: &mut VM, mode: u8) -> OpResult<()> {
    let target = pop_string(vm)?;
    vm.awk.output = Some((OutputMode::from_constant(mode), target));
    Ok(())
}

/// `print`: the top `n` values, or the record, with OFS between and ORS after them.
pub(super) fn print(vm: &mut VM, n: usize) -> OpResult<()> {
    output(vm, n, "print", |awk, values, out| awk.append_printed(values, out))
}

/// `print` of a text that the top `n` values are the parts of, with ORS after it.
pub(super) fn print_joined(vm: &mut VM, n: usize) -> OpResult<()> {
    output(vm, n, "print", |awk, values, out| awk.append_printed_joined(values, out))
}

/// `printf`: the top `n` values, of which the first is the format.
pub(super) fn printf(vm: &mut VM, n: usize) -> OpResult<()> {
    output(vm, n, "printf", |awk, values, out| awk.append_formatted(values, out))
}

/// `sprintf`: as printf, but the result is a string.
pub(super) fn sprintf(vm: &mut VM, n: usize) -> OpResult<()> {
    let first = vm.stack.len() - n;
    let mut text = std::mem::take(&mut vm.awk.scratch);
    text.clear();
    let result = vm.awk.append_formatted(&vm.stack[first..], &mut text).and_then(|()| new_string(&text));
    vm.awk.scratch = text;
    vm.stack.truncate(first);
    push(vm, result?)
}

/// Takes the top `n` values and writes what `make` makes of them to the output that was chosen.
#[inline]
fn output(
    vm: &mut VM,
    n: usize,
    statement: &'static str,
    make: impl FnOnce(&mut AwkState, &[Value], &mut Vec<u8>) -> OpResult<()>,
) -> OpResult<()> {
    let first = vm.stack.len() - n;
    if vm.awk.output.is_some() {
        return redirected(vm, statement, |vm, text| {
            let made = make(&mut vm.awk, &vm.stack[first..], text);
            vm.stack.truncate(first);
            made
        });
    }
    let out = vm.output.buffer();
    let start = out.len();
    let result = make(&mut vm.awk, &vm.stack[first..], out);
    if result.is_err() {
        out.truncate(start);
    }
    vm.stack.truncate(first);
    result?;
    Ok(vm.output.written()?)
}

/// Writes what `make` makes to the output that was chosen for this statement.
pub(crate) fn redirected(
    vm: &mut VM,
    statement: &'static str,
    make: impl FnOnce(&mut VM, &mut Vec<u8>) -> OpResult<()>,
) -> OpResult<()> {
    let Some((mode, target)) = vm.awk.output.take() else { return Ok(()) };
    vm.awk.printing = statement;
    let mut text = std::mem::take(&mut vm.awk.line);
    text.clear();
    let made = make(vm, &mut text);
    let result = made.and_then(|()| vm.with_awk_host(|host, vm| host.write(vm, mode, &target, &text)));
    vm.awk.line = text;
    result
}
