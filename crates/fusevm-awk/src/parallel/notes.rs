//! What workers note of changes of extremes ([`super::extreme`]), and how the main program repeats them.

use super::Plan;
use fusevm::awk_host::comparable_number;
use fusevm::error::OpResult;
use fusevm::value::ByteStr;
use fusevm::{VM, VMResult, Value};
use std::cell::RefCell;
use std::collections::HashSet;

/// The ids of the builtins of a worker's program: `kind(value)`, and `note(change, kind, values …)`. They are in
/// no chunk that leaves the process.
pub(crate) const KIND: u16 = 911;
pub(crate) const NOTE: u16 = 912;

/// The kinds of values that are compared with one another.
pub(crate) mod kind {
    /// There was no value yet.
    pub const NONE: i64 = 0;
    /// Numbers.
    pub const NUMBER: i64 = 1;
    /// Strings.
    pub const STRING: i64 = 2;
    /// What cannot be put in order with others: NaN, and values of several kinds.
    pub const MIXED: i64 = 3;
    /// Whatever is compared as text.
    pub const TEXT: i64 = 4;
}

/// The global of a worker's program that holds the kind of the values in the block that a variable was compared with.
pub(crate) fn mode_of(variable: &str) -> String {
    format!("mode:{variable}")
}

/// The global of a worker's program that holds the greatest or least number in the block, while all values are numbers.
pub(crate) fn best_of(variable: &str) -> String {
    format!("best:{variable}")
}

/// The sub of the main program that repeats a change.
pub(crate) fn replay_of(change: usize) -> String {
    format!("replay:{change}")
}

/// A change that a worker has made to its variables.
#[derive(Debug)]
pub(super) struct Note {
    change: usize,
    kind: i64,
    /// What the sub takes that repeats it.
    values: Vec<Noted>,
}

/// A value on its way to another thread.
#[derive(Debug)]
enum Noted {
    Undef,
    Bool(bool),
    Number(f64),
    Text { bytes: Box<[u8]>, is_input: bool, is_regex: bool },
}

impl Noted {
    fn of(value: &Value) -> Noted {
        match value {
            Value::Undef => Noted::Undef,
            Value::Bool(truth) => Noted::Bool(*truth),
            Value::Str(text) => Noted::Text {
                bytes: text.as_bytes().into(),
                is_input: text.is_input(),
                is_regex: text.is_regex(),
            },
            number => Noted::Number(number.to_float()),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Noted::Undef => Value::Undef,
            Noted::Bool(truth) => Value::Bool(*truth),
            Noted::Number(number) => Value::Float(*number),
            Noted::Text { bytes, is_input: true, .. } => Value::Str(ByteStr::from_input(bytes)),
            Noted::Text { bytes, is_regex: true, .. } => Value::Str(ByteStr::new(bytes).with_regex_mark()),
            Noted::Text { bytes, .. } => Value::Str(ByteStr::new(bytes)),
        }
    }
}

thread_local! {
    /// The notes of the block at hand.
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
}

/// The kind of a value among others.
fn kind_of(value: &Value) -> i64 {
    match comparable_number(value) {
        Some(number) if number.is_nan() => kind::MIXED,
        Some(_) => kind::NUMBER,
        None => kind::STRING,
    }
}

/// Registers the builtins.
pub(super) fn register(vm: &mut VM) {
    vm.register_builtin(KIND, |vm, _| Value::Int(kind_of(&vm.pop())));
    vm.register_builtin(NOTE, |vm, count| {
        let mut values: Vec<_> = (2..count).map(|_| Noted::of(&vm.pop())).collect();
        values.reverse();
        let kind = vm.pop().to_int();
        let change = vm.pop().to_int() as usize;
        NOTES.with_borrow_mut(|notes| notes.push(Note { change, kind, values }));
        Value::Undef
    });
}

/// Begins the notes of a block; with `all`, of everything that could be a change.
pub(super) fn begin(vm: &mut VM, plan: &Plan, all: bool) {
    for variable in plan.measured() {
        vm.set_global(&mode_of(variable), Value::Int(if all { kind::MIXED } else { kind::NONE }));
    }
}

/// The notes since the last time.
pub(super) fn take() -> Vec<Note> {
    NOTES.take()
}

/// Repeats what was noted in a block; false, with nothing done, when not all was noted that had to be: the values that
/// the worker has met are of another kind than what they are compared with.
pub(super) fn replay(vm: &mut VM, plan: &Plan, notes: &[Note], are_all: bool) -> OpResult<bool> {
    let before: Vec<_> = plan.kept.iter().map(|name| vm.get_global(name)).collect();
    let mut begun = HashSet::new();
    for note in notes {
        let values: Vec<_> = note.values.iter().map(Noted::to_value).collect();
        if let VMResult::Error(error) = vm.call(&replay_of(note.change), &values) {
            return Err(error.fault().clone());
        }
        for variable in &plan.changes[note.change].measured {
            let is_first = begun.insert(variable);
            let is_ordered = matches!(note.kind, kind::NUMBER | kind::STRING);
            if is_first && is_ordered && !are_all && kind_of(&vm.get_global(variable)) != note.kind {
                for (name, value) in plan.kept.iter().zip(before) {
                    vm.set_global(name, value);
                }
                return Ok(false);
            }
        }
    }
    Ok(true)
}
