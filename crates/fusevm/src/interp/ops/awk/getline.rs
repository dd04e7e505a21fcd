//! Reading records and lines, and the functions on files and processes.

use super::{pop, pop_string, push};
use crate::awk_builtins;
use crate::awk_host::{CoprocessEnd, Destination, InputEvent, LineSource, ReadStatus};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::op::getline_source;
use crate::value::{ByteStr, Value, heap};
use crate::vm::VM;

/// `getline` in all its forms; `source` is a constant of [`getline_source`].
pub(super) fn getline(vm: &mut VM, source: u8) -> OpResult<()> {
    let to = if getline_source::is_var(source) { Destination::Variable } else { Destination::Record };
    let name = pop_name(vm, source)?;
    let status = read(vm, source, &name, to)?;
    if to == Destination::Variable {
        let line = if status == ReadStatus::Line { line(vm)? } else { Value::Undef };
        vm.stack.push(line);
    }
    push(vm, Value::Float(f64::from(status as i8)))
}

/// `AwkGetlineOr`.
pub(super) fn getline_or(vm: &mut VM, source: u8) -> OpResult<()> {
    let old = pop(vm);
    let name = pop_name(vm, source)?;
    let status = read(vm, source, &name, Destination::Variable)?;
    vm.stack.push(Value::Float(f64::from(status as i8)));
    let new = if status == ReadStatus::Line { line(vm)? } else { old };
    push(vm, new)
}

/// The file or command of a source that has one.
fn pop_name(vm: &mut VM, source: u8) -> OpResult<ByteStr> {
    if getline_source::pops(source) == 0 { Ok(ByteStr::default()) } else { pop_string(vm) }
}

/// Reads from a source, which is a constant of [`getline_source`]; `name` is its file or command.
pub(crate) fn read(vm: &mut VM, source: u8, name: &[u8], to: Destination) -> OpResult<ReadStatus> {
    use getline_source::{COMMAND, COMMAND_VAR, FILE, FILE_VAR, MAIN, MAIN_VAR};
    let source = match source {
        MAIN | MAIN_VAR => return next_record(vm, to),
        FILE | FILE_VAR => LineSource::File,
        COMMAND | COMMAND_VAR => LineSource::Command,
        _ => LineSource::Coprocess,
    };
    vm.with_awk_host(|host, vm| host.getline(vm, source, name, to))
}

/// The line that was read last for a variable, as its value.
fn line(vm: &VM) -> OpResult<Value> {
    heap::check(vm.awk.line.len())?;
    Ok(Value::Str(ByteStr::from_input(&vm.awk.line)))
}

/// Reads the next record of the main input, and counts it.
#[inline(always)]
pub(crate) fn next_record(vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
    let status = match vm.awk.accept_ahead(to)? {
        true => ReadStatus::Line,
        false => vm.with_awk_host(|host, vm| host.next_record(vm, to))?,
    };
    if status == ReadStatus::Line {
        vm.awk.count_record();
    }
    Ok(status)
}

/// `getline` from the main input into the record.
pub(super) fn read_record(vm: &mut VM) -> OpResult<Value> {
    let status = next_record(vm, Destination::Record)?;
    Ok(Value::Float(f64::from(status as i8)))
}

/// The optional arguments of a function that takes `n` values, the first as a string.
fn first_argument(vm: &mut VM, n: usize) -> OpResult<Option<ByteStr>> {
    for _ in 1..n {
        pop(vm);
    }
    if n == 0 { Ok(None) } else { pop_string(vm).map(Some) }
}

/// `close(name [, how])`.
pub(crate) fn close(vm: &mut VM, n: usize) -> OpResult<Value> {
    let how = if n > 1 { Some(pop_string(vm)?) } else { None };
    let end = match how.as_deref().map(<[u8]>::to_ascii_lowercase).as_deref() {
        None => None,
        Some(b"to") => Some(CoprocessEnd::To),
        Some(b"from") => Some(CoprocessEnd::From),
        Some(_) => {
            let message = "close: second argument must be `to' or `from'";
            return Err(Fault::new(ErrorKind::Host, message));
        }
    };
    let name = first_argument(vm, n.min(1))?.unwrap_or_default();
    let status = vm.with_awk_host(|host, vm| match end {
        Some(end) => host.close_end(vm, &name, end),
        None => host.close(vm, &name),
    });
    status.map(Value::Float)
}

/// The next thing of the main input, for programs with rules for files; `to_variable` is whether a record goes there.
pub(crate) fn read_event(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let to = if pop(vm).is_truthy() { Destination::Variable } else { Destination::Record };
    let event = vm.with_awk_host(|host, vm| host.next_event(vm, to))?;
    Ok(Value::Int(match event {
        InputEvent::Read(status) => {
            if status == ReadStatus::Line {
                vm.awk.count_record();
            }
            status as i64
        }
        InputEvent::FileBegins => awk_builtins::FILE_BEGINS,
        InputEvent::FileEnds => awk_builtins::FILE_ENDS,
    }))
}

/// The line that was read last for a variable.
pub(crate) fn last_line(vm: &mut VM, _n: usize) -> OpResult<Value> {
    line(vm)
}

/// `system(command)`.
pub(crate) fn system(vm: &mut VM, n: usize) -> OpResult<Value> {
    let command = first_argument(vm, n)?.unwrap_or_default();
    vm.with_awk_host(|host, vm| host.system(vm, &command)).map(Value::Float)
}

/// `fflush()` of everything, `fflush(name)` of one output.
pub(crate) fn fflush(vm: &mut VM, n: usize) -> OpResult<Value> {
    let name = first_argument(vm, n)?.filter(|name| !name.is_empty());
    let flushed = vm.with_awk_host(|host, vm| host.flush(vm, name.as_deref()))?;
    Ok(Value::Float(if flushed { 0.0 } else { -1.0 }))
}

/// `v -> v`
pub(crate) fn admit_operand(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let value = pop(vm);
    let operand = vm.awk.string(&value)?;
    vm.with_awk_host(|host, _| host.admit(&operand))?;
    Ok(value)
}

/// `nextfile`, but for the jump to the next record.
pub(crate) fn nextfile(vm: &mut VM, n: usize) -> OpResult<Value> {
    first_argument(vm, n)?;
    vm.with_awk_host(|host, vm| host.skip_file(vm))?;
    Ok(Value::Undef)
}
