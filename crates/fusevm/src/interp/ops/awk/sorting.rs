//! The order of arrays: `asort`, `asorti`, and that of `for (… in …)` when `PROCINFO["sorted_in"]` asks for one.

use super::arrays::subscript;
use super::nested::is_unset;
use super::pop;
use crate::awk_builtins::ADAPTER_PREFIX;
use crate::awk_host::{as_number, looks_numeric, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::ops::collections;
use crate::interp::sort::MergeSort;
use crate::text::case;
use crate::value::{Array, ByteStr, Hash, Key, Value};
use crate::vm::{VM, VMResult};
use std::cmp::Ordering;

/// What an order looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    IndexText,
    IndexNumber,
    ValueType,
    ValueText,
    ValueNumber,
}

/// The orders that are built in.
const ORDERS: [(&str, By); 5] = [
    ("@ind_str", By::IndexText),
    ("@ind_num", By::IndexNumber),
    ("@val_type", By::ValueType),
    ("@val_str", By::ValueText),
    ("@val_num", By::ValueNumber),
];

/// An order by name.
enum Order {
    /// As the array has it.
    Unsorted,
    BuiltIn {
        by: By,
        descending: bool,
    },
    /// By a function of the program: the name of its adapter.
    Function(String),
}

fn order(vm: &VM, name: &ByteStr) -> OpResult<Order> {
    let text = name.to_str_lossy();
    if text.is_empty() || text == "@unsorted" {
        return Ok(Order::Unsorted);
    }
    let undefined =
        || Fault::new(ErrorKind::Type, format!("sort comparison function `{text}' is not defined"));
    if !text.starts_with('@') {
        let adapter = format!("{ADAPTER_PREFIX}{text}");
        return if vm.subs.target_of(&adapter).is_ok() {
            Ok(Order::Function(adapter))
        } else {
            Err(undefined())
        };
    }
    let (stem, descending) = match text.rsplit_once('_') {
        Some((stem, "asc")) => (stem, false),
        Some((stem, "desc")) => (stem, true),
        _ => ("", false),
    };
    match ORDERS.iter().find(|(known, _)| *known == stem) {
        Some((_, by)) => Ok(Order::BuiltIn { by: *by, descending }),
        None => Err(undefined()),
    }
}

/// An element with what orders compare it by.
struct Entry {
    key: Value,
    value: Value,
    text: ByteStr,
    number: f64,
    /// Numbers come before strings, and arrays last.
    rank: u8,
}

/// The entries of a collection, with what the order needs of them.
fn entries(vm: &mut VM, collection: &Value, by: By) -> OpResult<Vec<Entry>> {
    let pairs = pairs(collection);
    let mut entries = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let rank = rank(&value);
        let (text, number) = match by {
            By::IndexText | By::IndexNumber => {
                let text = vm.awk.string(&key)?;
                let number = to_number(&Value::Str(text.clone()));
                (text, number)
            }
            _ if rank == ARRAY => (ByteStr::EMPTY, 0.0),
            _ => (vm.awk.string(&value)?, to_number(&value)),
        };
        entries.push(Entry { key, value, text, number, rank });
    }
    Ok(entries)
}

const ARRAY: u8 = 2;

fn rank(value: &Value) -> u8 {
    match value {
        Value::Ref(_) | Value::Hash(_) => ARRAY,
        Value::Str(_) if looks_numeric(value).is_none() => 1,
        _ => 0,
    }
}

fn pairs(collection: &Value) -> Vec<(Value, Value)> {
    let value = |value: &Value| if is_unset(value) { Value::Undef } else { value.clone() };
    let of_hash = |hash: &Hash| hash.iter().map(|(key, v)| (key.to_value(), value(v))).collect();
    match collection {
        Value::Hash(hash) => of_hash(hash),
        Value::Ref(cell) => cell.with(|content| match content {
            Value::Hash(hash) => of_hash(hash),
            _ => Vec::new(),
        }),
        _ => Vec::new(),
    }
}

fn numbers(a: f64, b: f64) -> Ordering {
    // What is no number comes before all that are.
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

/// The order of texts where letter case does not count, but for those of which one begins the other: as in gawk it then comes before
/// the length.
fn without_case(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.len().min(b.len());
    let beginnings = (&a[..common], &b[..common]);
    case::compare(beginnings.0, beginnings.1, false)
        .then_with(|| beginnings.0.cmp(beginnings.1))
        .then(a.len().cmp(&b.len()))
}

impl Entry {
    fn compare(&self, other: &Entry, by: By, fold: bool) -> Ordering {
        let texts = || match fold {
            true => without_case(&self.text, &other.text),
            false => self.text.as_bytes().cmp(other.text.as_bytes()),
        };
        match by {
            By::IndexText => texts(),
            By::IndexNumber => numbers(self.number, other.number).then_with(texts),
            By::ValueText => self.arrays_last(other).then_with(texts).then_with(|| self.by_key(other)),
            By::ValueNumber => self
                .arrays_last(other)
                .then_with(|| numbers(self.number, other.number))
                .then_with(texts)
                .then_with(|| self.by_key(other)),
            By::ValueType => self
                .rank
                .cmp(&other.rank)
                .then_with(|| if self.rank == 0 { numbers(self.number, other.number) } else { texts() })
                .then_with(|| self.by_key(other)),
        }
    }

    fn arrays_last(&self, other: &Entry) -> Ordering {
        (self.rank == ARRAY).cmp(&(other.rank == ARRAY))
    }

    /// Equal values are in the order of their keys, so that the order is always the same.
    fn by_key(&self, other: &Entry) -> Ordering {
        match (&self.key, &other.key) {
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Int(_), _) => Ordering::Less,
            (_, Value::Int(_)) => Ordering::Greater,
            (a, b) => a.to_str().cmp(&b.to_str()),
        }
    }
}

/// The entries of a collection in an order, as keys and values.
fn sorted(vm: &mut VM, collection: &Value, order: Order) -> OpResult<Vec<(Value, Value)>> {
    match order {
        Order::Unsorted => Ok(pairs(collection)),
        Order::BuiltIn { by, descending } => {
            let mut entries = entries(vm, collection, by)?;
            let fold = vm.awk.ignores_case();
            entries.sort_by(|a, b| {
                let order = a.compare(b, by, fold);
                if descending { order.reverse() } else { order }
            });
            Ok(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
        }
        Order::Function(adapter) => by_function(vm, collection, &adapter),
    }
}

/// Sorted by a function of the program, which gets two keys with their values.
fn by_function(vm: &mut VM, collection: &Value, adapter: &str) -> OpResult<Vec<(Value, Value)>> {
    let pairs = pairs(collection);
    let mut elements = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        // To the function a key is a string.
        let key = Value::Str(vm.awk.take_string(key)?);
        elements.push(Value::Array(Array::from(vec![key, value])));
    }
    let mut sort = MergeSort::new(Value::Array(Array::from(elements)));
    while let Some((left, right)) = sort.next_comparison() {
        let (left, right) = (pair(&left), pair(&right));
        let arguments = Value::Array(Array::from(vec![left.0, left.1, right.0, right.1]));
        let result = match vm.call(adapter, &[arguments]) {
            VMResult::Ok(result) => result,
            VMResult::Halted => return Ok(Vec::new()),
            VMResult::Error(error) => return Err(Fault::new(error.kind(), error.message().to_owned())),
        };
        let order = as_number(&result).unwrap_or_else(|| to_number(&result));
        sort.answer(if order > 0.0 { 1 } else { -1 });
    }
    let Value::Array(sorted) = sort.finish() else { return Ok(Vec::new()) };
    Ok(sorted.as_slice().iter().map(pair).collect())
}

fn pair(element: &Value) -> (Value, Value) {
    match element {
        Value::Array(pair) => match pair.as_slice() {
            [key, value] => (key.clone(), value.clone()),
            _ => (Value::Undef, Value::Undef),
        },
        _ => (Value::Undef, Value::Undef),
    }
}

/// `collection -> array`
pub(crate) fn sorted_keys(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let collection = pop(vm);
    let setting = |procinfo: &Value| match procinfo {
        Value::Hash(procinfo) => procinfo.get_bytes(b"sorted_in").cloned(),
        _ => None,
    };
    let setting = match vm.get_global("PROCINFO") {
        Value::Ref(cell) => cell.with(setting),
        procinfo => setting(&procinfo),
    };
    let order = match setting {
        Some(setting) => {
            let name = vm.awk.take_string(setting)?;
            order(vm, &name)?
        }
        None => Order::Unsorted,
    };
    if matches!(order, Order::Unsorted) {
        return match &collection {
            Value::Ref(cell) => cell.with(collections::hash_keys),
            collection => collections::hash_keys(collection),
        };
    }
    let keys = sorted(vm, &collection, order)?.into_iter().map(|(key, _)| match key {
        Value::Int(n) => Value::str(n.to_string()),
        key => key,
    });
    Ok(Value::Array(Array::from(keys.collect::<Vec<_>>())))
}

/// The hash of 1, 2, … and what a sort has put in order.
fn numbered(values: impl Iterator<Item = Value>) -> Value {
    let mut hash = Hash::new();
    let elements = hash.make_mut();
    for (index, value) in values.enumerate() {
        elements.insert(Key::Int(index as i64 + 1), value);
    }
    Value::Hash(hash)
}

/// The order that an argument asks for.
fn argument_order(vm: &mut VM, default: By) -> OpResult<Order> {
    match pop(vm) {
        Value::Undef => Ok(Order::BuiltIn { by: default, descending: false }),
        how => {
            let name = vm.awk.take_string(how)?;
            order(vm, &name)
        }
    }
}

/// `cell how -> hash`
pub(crate) fn asort(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let order = argument_order(vm, By::ValueType)?;
    let collection = pop(vm);
    Ok(numbered(sorted(vm, &collection, order)?.into_iter().map(|(_, value)| value)))
}

/// `cell how -> hash`
pub(crate) fn asorti(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let order = argument_order(vm, By::IndexText)?;
    let collection = pop(vm);
    let mut keys = Vec::new();
    for (key, _) in sorted(vm, &collection, order)? {
        let key = subscript(&mut vm.awk, key)?;
        keys.push(Value::Str(vm.awk.take_string(key)?));
    }
    Ok(numbered(keys.into_iter()))
}
