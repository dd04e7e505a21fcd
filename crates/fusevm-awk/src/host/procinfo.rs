//! What a program asks of its streams through elements of PROCINFO.

use super::reason;
use fusevm::awk_host::Special;
use fusevm::value::{Key, OrderedMap};
use fusevm::{VM, Value};
use std::io;
use std::time::Duration;

/// Whether the failures of a stream are for the program to handle: `PROCINFO[name, "NONFATAL"]`, or
/// `PROCINFO["NONFATAL"]` for all.
pub(super) fn is_nonfatal(vm: &mut VM, name: &[u8]) -> bool {
    let key = element(vm, name, "NONFATAL");
    look(vm, |procinfo| procinfo.get_bytes(&key).is_some() || procinfo.get_bytes(b"NONFATAL").is_some())
}

/// Whether a read that did not get anything may be tried again: `PROCINFO[name, "RETRY"]`.
pub(super) fn may_retry(vm: &mut VM, name: &[u8]) -> bool {
    let key = element(vm, name, "RETRY");
    look(vm, |procinfo| procinfo.get_bytes(&key).is_some())
}

/// Whether a coprocess is to be on a terminal of its own: `PROCINFO[command, "pty"]`.
pub(super) fn wants_terminal(vm: &mut VM, name: &[u8]) -> bool {
    let key = element(vm, name, "pty");
    look(vm, |procinfo| procinfo.get_bytes(&key).is_some_and(Value::is_truthy))
}

/// Tells the program why something failed, in ERRNO and in `PROCINFO["errno"]`.
pub(super) fn set_error(vm: &mut VM, error: &io::Error) {
    set_reason(vm, &reason(error), error.raw_os_error().unwrap_or(0));
}

/// Tells the program what it did wrong itself, for which the system has no number.
pub(super) fn set_complaint(vm: &mut VM, complaint: &str) {
    set_reason(vm, complaint, 0);
}

fn set_reason(vm: &mut VM, reason: &str, number: i32) {
    vm.awk().set_errno(reason);
    let set = |value: &mut Value| {
        if let Value::Hash(procinfo) = value {
            procinfo.insert(Key::new("errno".into()), Value::Float(number.into()));
        }
    };
    match vm.get_global("PROCINFO") {
        Value::Ref(cell) => cell.with_mut(set),
        mut procinfo @ Value::Hash(_) => {
            // The only owner changes it in place.
            vm.set_global("PROCINFO", Value::Undef);
            set(&mut procinfo);
            vm.set_global("PROCINFO", procinfo);
        }
        _ => {}
    }
}

/// How long a read may take: `PROCINFO[name, "READ_TIMEOUT"]` in milliseconds, else what the environment says.
pub(super) fn read_timeout(vm: &mut VM, name: &[u8], default: Option<Duration>) -> Option<Duration> {
    let key = element(vm, name, "READ_TIMEOUT");
    let set = look(vm, |procinfo| procinfo.get_bytes(&key).map(Value::to_int));
    set.map_or(default, milliseconds)
}

/// The timeout of reads by GAWK_READ_TIMEOUT.
pub(super) fn default_timeout() -> Option<Duration> {
    let text = std::env::var("GAWK_READ_TIMEOUT").ok()?;
    milliseconds(text.trim().parse().ok()?)
}

fn milliseconds(number: i64) -> Option<Duration> {
    u64::try_from(number).ok().filter(|&number| number > 0).map(Duration::from_millis)
}

fn element(vm: &mut VM, name: &[u8], what: &str) -> Vec<u8> {
    let separator = vm.awk().get(Special::Subsep);
    [name, &separator.to_byte_str(), what.as_bytes()].concat()
}

fn look<T: Default>(vm: &mut VM, question: impl FnOnce(&OrderedMap) -> T) -> T {
    look_at("PROCINFO", vm, question)
}

/// Asks something of a global array.
pub(super) fn look_at<T: Default>(name: &str, vm: &mut VM, question: impl FnOnce(&OrderedMap) -> T) -> T {
    let ask = |value: &Value| match value {
        Value::Hash(array) => question(array),
        _ => T::default(),
    };
    match vm.get_global(name) {
        Value::Ref(cell) => cell.with(ask),
        array => ask(&array),
    }
}
