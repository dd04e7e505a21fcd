//! What a program asks of its streams through elements of PROCINFO.

use fusevm::awk_host::Special;
use fusevm::value::OrderedMap;
use fusevm::{VM, Value};
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
    let ask = |value: &Value| match value {
        Value::Hash(procinfo) => question(procinfo),
        _ => T::default(),
    };
    match vm.get_global("PROCINFO") {
        Value::Ref(cell) => cell.with(ask),
        procinfo => ask(&procinfo),
    }
}
