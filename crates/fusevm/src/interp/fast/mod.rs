//! The fast interpreter: runs lowered code.

use crate::error::VMError;
use crate::value::Value;
use crate::vm::{Ended, Entry, Frame, VM};

#[derive(Default)]
pub(crate) struct State;

impl State {
    pub fn clear(&mut self) {}
}

pub(crate) fn get_slot(_vm: &VM, _slot: u16) -> Value {
    Value::Undef
}

pub(crate) fn set_slot(_vm: &mut VM, _slot: u16, _value: Value) {}

pub(crate) fn frames(_vm: &VM) -> Vec<Frame> {
    Vec::new()
}

pub(crate) fn run(
    _vm: &mut VM,
    _entry: &Entry,
    _args: &[Value],
    slots: Vec<Value>,
) -> (Result<Ended, VMError>, Vec<Value>) {
    (Ok(Ended::Halt), slots)
}
