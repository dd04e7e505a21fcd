//! What `--lint` finds while a program runs. The compiler asks only where lint can be on.

use super::pop;
use crate::awk_builtins;
use crate::awk_host::{looks_numeric, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::Value;
use crate::vm::VM;

/// Whether the program, or the command line, has turned lint on.
fn is_on(vm: &VM) -> bool {
    super::truthy(&vm.get_global("LINT"))
}

/// Tells what is doubtful; it ends the run when LINT is `fatal`.
fn warn(vm: &mut VM, message: &str) -> OpResult<()> {
    if vm.get_global("LINT").to_byte_str().as_bytes() == b"fatal" {
        return Err(Fault::new(ErrorKind::Type, message));
    }
    super::warn(vm, message)
}

/// `text -> Undef`
pub(crate) fn tell(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let message = pop(vm).to_str();
    warn(vm, &message)?;
    Ok(Value::Undef)
}

/// `v question name -> v`
pub(crate) fn check(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let (name, question, value) = (pop(vm), pop(vm).to_int(), pop(vm));
    let is_unset = match &value {
        Value::Ref(cell) => cell.with(|content| !matches!(content, Value::Hash(_))),
        value => matches!(value, Value::Undef),
    };
    let name = name.to_str();
    let is_number = !matches!(value, Value::Str(_)) || looks_numeric(&value).is_some();
    if question == awk_builtins::LINT_IS_FORMAT {
        if is_on(vm) {
            let arguments = name.parse().unwrap_or_default();
            for oddity in vm.awk.format_oddities(&value, arguments)? {
                warn(vm, &oddity.to_string())?;
            }
        }
        return Ok(value);
    }
    let complaint = match question {
        // The value is what LINT was before the assignment.
        awk_builtins::LINT_IS_ON => {
            let is_turned_off = super::truthy(&value) && !is_on(vm);
            is_turned_off.then(|| "turning off `--lint' due to assignment to `LINT'".to_owned())
        }
        awk_builtins::LINT_IS_OLD_SEPARATOR => {
            let is_regex = value.to_str().len() > 1;
            is_regex.then(|| "old awk does not support regexps as value of `FS'".to_owned())
        }
        _ if !is_on(vm) => None,
        awk_builtins::LINT_IS_SET => is_unset.then(|| format!("reference to uninitialized {name}")),
        awk_builtins::LINT_IS_NUMBER => {
            (!is_unset && !is_number).then(|| format!("{name}: received non-numeric argument"))
        }
        awk_builtins::LINT_HAS_FIELD => {
            let index = to_number(&value);
            let is_unset = index >= 0.0 && vm.awk.record.is_unset(index as usize);
            is_unset.then(|| format!("reference to uninitialized field `${}'", index.trunc()))
        }
        awk_builtins::LINT_HAS_ELEMENT => {
            Some(format!("delete: index `{}' not in array `{name}'", value.to_str()))
        }
        awk_builtins::LINT_READS_ELEMENT => {
            Some(format!("reference to uninitialized element `{name}[\"{}\"]'", value.to_str()))
        }
        _ => (!is_unset && !matches!(value, Value::Str(_) | Value::Ref(_))).then(|| name.to_string()),
    };
    if let Some(complaint) = complaint {
        warn(vm, &complaint)?;
    }
    Ok(value)
}
