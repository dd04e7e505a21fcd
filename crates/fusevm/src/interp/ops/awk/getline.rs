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
    let status = match source {
        getline_source::MAIN | getline_source::MAIN_VAR => next_record(vm, to)?,
        getline_source::FILE | getline_source::FILE_VAR => {
            let name = pop_string(vm)?;
            vm.with_awk_host(|host, vm| host.getline(vm, LineSource::File, &name, to))?
        }
        _ => {
            let is_coprocess = matches!(source, getline_source::COPROCESS | getline_source::COPROCESS_VAR);
            let source = if is_coprocess { LineSource::Coprocess } else { LineSource::Command };
            let command = pop_string(vm)?;
            vm.with_awk_host(|host, vm| host.getline(vm, source, &command, to))?
        }
    };
    if to == Destination::Variable {
        let line = match status {
            ReadStatus::Line => {
                heap::check(vm.awk.line.len())?;
                Value::Str(ByteStr::from_input(&vm.awk.line))
            }
            _ => Value::Undef,
        };
        vm.stack.push(line);
    }
    push(vm, Value::Float(f64::from(status as i8)))
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
    heap::check(vm.awk.line.len())?;
    Ok(Value::Str(ByteStr::from_input(&vm.awk.line)))
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
