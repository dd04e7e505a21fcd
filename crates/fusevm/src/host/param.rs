//! Parameter expansion on the VM's globals: what `${name...}` does with each modifier.

use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::ops::collections;
use crate::interp::ops::refs;
use crate::interp::ops::strings::string_form;
use crate::op::param_mod;
use crate::text::shell::chars::Locale;
use crate::text::shell::glob::{Pattern, PatternOptions};
use crate::text::shell::param::{self, Case, NegativeSlice, Replacement, Scope, Strip};
use crate::value::Value;
use crate::vm::VM;

/// Characters are UTF-8; an embedder of another mind writes a host.
const LOCALE: Locale = Locale::Utf8;

impl From<NegativeSlice> for Fault {
    fn from(error: NegativeSlice) -> Fault {
        Fault::new(ErrorKind::Range, error.to_string())
    }
}

/// Expands the global `name`. Operators on text apply to every element of an array.
pub(super) fn expand(vm: &mut VM, name: &str, modifier: u8, args: &[Value]) -> OpResult<Value> {
    let value = vm.get_global(name);
    let word = || args.first().cloned().unwrap_or_default();
    let strip = |which| {
        let pattern = Pattern::new(&string_form(&word())?, PatternOptions::default());
        each(&value, |text| Ok(param::strip(text, &pattern, which).to_vec()))
    };
    let substitute = |scope| {
        let [pattern, replacement] = args else { return Ok(Value::Undef) };
        let (pattern, replacement) = (string_form(pattern)?, string_form(replacement)?);
        each(&value, |text| {
            let replacement = Replacement::Literal(&replacement);
            Ok(param::substitute(text, &pattern, replacement, scope, PatternOptions::default()))
        })
    };
    let change_case = |case| each(&value, |text| Ok(param::change_case(text, case, None, LOCALE)));
    match modifier {
        param_mod::DEFAULT if is_null(&value) => Ok(word()),
        param_mod::ASSIGN if is_null(&value) => {
            vm.set_global(name, word());
            Ok(word())
        }
        param_mod::ERROR if is_null(&value) => Err(Fault::from(format!("{name}: {}", word().as_str_cow()))),
        param_mod::DEFAULT | param_mod::ASSIGN | param_mod::ERROR => Ok(value),
        param_mod::ALTERNATE if is_null(&value) => Ok(Value::str("")),
        param_mod::ALTERNATE => Ok(word()),
        param_mod::LENGTH => match value {
            Value::Array(_) => Ok(collections::array_len(&value)),
            Value::Hash(_) => Ok(collections::hash_len(&value)),
            _ => Ok(Value::Int(param::length(&value.as_bytes(), LOCALE) as i64)),
        },
        param_mod::STRIP_SHORT => strip(Strip::ShortestPrefix),
        param_mod::STRIP_LONG => strip(Strip::LongestPrefix),
        param_mod::RSTRIP_SHORT => strip(Strip::ShortestSuffix),
        param_mod::RSTRIP_LONG => strip(Strip::LongestSuffix),
        param_mod::SUBST_FIRST => substitute(Scope::First),
        param_mod::SUBST_ALL => substitute(Scope::All),
        param_mod::UPPER => change_case(Case::Upper),
        param_mod::LOWER => change_case(Case::Lower),
        param_mod::UPPER_FIRST => change_case(Case::UpperFirst),
        param_mod::LOWER_FIRST => change_case(Case::LowerFirst),
        param_mod::INDIRECT => Ok(vm.get_global(&value.as_str_cow())),
        param_mod::KEYS => keys(&value),
        _ => slice(&value, args),
    }
}

/// Whether the parameter counts as unset: it is, or it holds nothing.
fn is_null(value: &Value) -> bool {
    value.is_empty()
}

/// A text operator on the string form, or on that of every element of an array.
fn each(value: &Value, operator: impl Fn(&[u8]) -> OpResult<Vec<u8>>) -> OpResult<Value> {
    let one = |value: &Value| Ok(Value::from(operator(&string_form(value)?)?));
    match value {
        Value::Array(elements) => elements.iter().map(one).collect(),
        _ => one(value),
    }
}

/// `${!name[@]}`; a value that is no collection counts as the element 0.
fn keys(value: &Value) -> OpResult<Value> {
    match value {
        Value::Array(_) | Value::Hash(_) => refs::index_keys(value),
        Value::Undef => Ok(Value::array(Vec::new())),
        _ => Ok(Value::array(vec![Value::Int(0)])),
    }
}

/// `${name:offset:length}`: characters of a text, elements of an array. An Undef length goes to the end.
fn slice(value: &Value, args: &[Value]) -> OpResult<Value> {
    let offset = args.first().map_or(0, Value::to_int);
    let length = args.get(1).filter(|length| !matches!(length, Value::Undef)).map(Value::to_int);
    match value {
        Value::Array(elements) => {
            let range = param::slice_range(elements.len(), offset, length)?;
            Ok(elements[range].iter().cloned().collect())
        }
        _ => Ok(Value::from(param::slice(&string_form(value)?, offset, length, LOCALE)?)),
    }
}
