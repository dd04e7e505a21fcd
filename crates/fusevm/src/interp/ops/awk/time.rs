//! Time: seconds since the epoch, to and from calendar dates.

use super::{new_string, pop, pop_string, push, truthy};
use crate::awk_host::to_number;
use crate::error::OpResult;
use crate::text::time::{self, Zone};
use crate::value::Value;
use crate::vm::VM;
use std::time::{SystemTime, UNIX_EPOCH};

/// The format of a `strftime` without arguments: that of the command `date`.
const DEFAULT_FORMAT: &[u8] = b"%a %b %e %H:%M:%S %Z %Y";

/// Seconds since the epoch.
pub(super) fn systime() -> f64 {
    // A clock that stands before the epoch is not worth an error.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs() as f64)
}

/// The program's time zone, or UTC.
fn zone(vm: &mut VM, utc: bool) -> OpResult<Zone> {
    if utc { Ok(Zone::gmt()) } else { vm.with_awk_host(|host, vm| host.time_zone(vm)) }
}

/// `strftime([format [, time [, utc]]])`.
pub(super) fn strftime(vm: &mut VM, n: usize) -> OpResult<()> {
    let utc = n > 2 && truthy(&pop(vm));
    let time = if n > 1 { to_number(&pop(vm)) } else { systime() };
    let format = if n > 0 { Some(pop_string(vm)?) } else { None };
    let mut text = Vec::new();
    let zone = zone(vm, utc)?;
    time::strftime(&mut text, format.as_deref().unwrap_or(DEFAULT_FORMAT), time as i64, &zone);
    push(vm, new_string(&text)?)
}

/// `mktime("YYYY MM DD HH MM SS [DST]" [, utc])`; -1 for what is no date.
pub(super) fn mktime(vm: &mut VM, n: usize) -> OpResult<()> {
    let utc = n > 1 && truthy(&pop(vm));
    let text = pop_string(vm)?;
    let seconds = time::mktime(&text, &zone(vm, utc)?);
    push(vm, Value::Float(seconds.map_or(-1.0, |seconds| seconds as f64)))
}
