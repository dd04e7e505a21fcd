//! Counting how often statements run, for `--profile`.

use super::pretty::Counts;
use fusevm::{VM, Value};
use std::cell::RefCell;

/// The id of the builtin that a program with counts calls: `count(place)`. It is in no chunk that leaves the process.
pub(crate) const COUNT: u16 = 910;

thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::default();
}

/// Registers the builtin.
pub(crate) fn register(vm: &mut VM) {
    vm.register_builtin(COUNT, |vm, _| {
        let place = vm.pop().to_int() as u32;
        COUNTS.with_borrow_mut(|counts| *counts.entry(place).or_default() += 1);
        Value::Undef
    });
}

/// The counts so far.
pub(crate) fn take() -> Counts {
    COUNTS.take()
}
