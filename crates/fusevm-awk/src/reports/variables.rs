//! `--dump-variables`: the global variables and their values at the end, as gawk writes them.

use super::quote;
use crate::builtins::Builtin;
use crate::specials::{FUNCTAB, PRESET, SYMTAB, Special};
use fusevm::value::Hash;
use fusevm::{VM, Value};
use std::collections::BTreeSet;

/// One line for each variable, by name. `globals` are those of the program, whose run is over.
pub(crate) fn dump(vm: &mut VM, globals: &[String]) -> Vec<u8> {
    let mut names: BTreeSet<&str> = globals.iter().map(String::as_str).collect();
    names.extend(Special::ALL.iter().map(|special| special.name()));
    // The environment is left out, as gawk does.
    names.extend(PRESET.iter().map(|(name, _)| *name).filter(|name| *name != "ENVIRON"));
    // Beside the two tables; and the environment is a variable, too.
    let variables = names.len() - 2 + 1;
    let is_array = |name: &str| PRESET.contains(&(name, true));
    let value = |name: &str| match Special::from_name(name) {
        Some(special) => {
            Some(vm.awk().get(special)).filter(|value| *value != Value::Undef).unwrap_or(Value::str(""))
        }
        None => match vm.get_global(name) {
            // Tables that the program does not use are not made; what would be in them is known.
            Value::Undef if name == FUNCTAB => {
                table(Builtin::all().iter().filter(|b| b.is_in_gawk()).count())
            }
            Value::Undef if name == SYMTAB => table(variables),
            Value::Undef if is_array(name) => Value::Hash(Hash::default()),
            value => value,
        },
    };
    let values: Vec<(&str, Value)> = names.iter().copied().zip(names.iter().copied().map(value)).collect();
    // Numbers have all their digits. The default format cannot be refused.
    let _ = vm.awk().set(Special::Convfmt, Value::str("%.17g"));
    let mut out = Vec::new();
    for (name, value) in values {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        describe(vm, &mut out, &value);
        out.push(b'\n');
    }
    out
}

/// An array of so many elements.
fn table(count: usize) -> Value {
    Value::hash((1..=count as i64).map(|key| (key, Value::Undef)))
}

fn describe(vm: &mut VM, out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Undef => out.extend_from_slice(b"untyped variable"),
        Value::Str(text) => quote(out, text),
        Value::Hash(array) => out.extend_from_slice(format!("array, {} elements", array.len()).as_bytes()),
        Value::Ref(cell) => describe(vm, out, &cell.get()),
        number => out.extend_from_slice(&vm.awk().string(number).unwrap_or_default()),
    }
}
