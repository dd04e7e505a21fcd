//! Printing to the VM's output sink and reading lines from its input source.

use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{ByteStr, Value, heap};
use crate::vm::{VM, heap_limit};
use std::io;

/// The error of a sink that fails.
#[cold]
pub(crate) fn write_fault(error: io::Error) -> Fault {
    Fault::new(ErrorKind::Io, format!("cannot write the output: {error}"))
}

/// The error of an input source that fails.
#[cold]
fn read_fault(error: io::Error) -> Fault {
    Fault::new(ErrorKind::Io, format!("cannot read the input: {error}"))
}

/// Writes the string forms of the top `n` values, which it takes.
pub(crate) fn print(vm: &mut VM, n: u8, newline: bool) -> OpResult<()> {
    let first = vm.stack.len() - usize::from(n);
    let out = vm.output.buffer();
    for value in vm.stack.drain(first..) {
        match value {
            // The one string form that may be of any size.
            Value::Array(_) => out.extend_from_slice(&value.try_to_byte_str()?),
            _ => value.append_to(out),
        }
    }
    if newline {
        out.push(b'\n');
    }
    vm.output.written().map_err(write_fault)
}

/// A line without its newline; Undef at the end of the input. What was printed goes out first, so that a
/// prompt is seen.
pub(crate) fn read_line(vm: &mut VM) -> OpResult<Value> {
    vm.output.flush().map_err(write_fault)?;
    let limit = heap::room();
    match vm.input.read_line(limit).map_err(read_fault)? {
        Some(line) if line.len() > limit => Err(heap_limit()),
        Some(line) => Ok(Value::Str(ByteStr::from_input(&line))),
        None => Ok(Value::Undef),
    }
}
