//! What a program finds in its variables: ENVIRON, ARGV, ARGC, and what `-v` and `-F` assign.

use super::options::Options;
use crate::host::assign;
use fusevm::value::ByteStr;
use fusevm::{VM, Value};
use std::os::unix::ffi::OsStrExt;

/// Sets the variables before a run.
///
/// # Errors
/// A value that a special variable cannot have.
pub(super) fn set(vm: &mut VM, options: &Options) -> Result<(), String> {
    let input = |bytes: &[u8]| Value::Str(ByteStr::from_input(bytes));
    let environment =
        std::env::vars_os().map(|(name, value)| (ByteStr::new(name.as_bytes()), input(value.as_bytes())));
    vm.set_global("ENVIRON", Value::hash(environment));
    let arguments = std::iter::once(&b"awk"[..]).chain(options.operands.iter().map(Vec::as_slice));
    let arguments: Vec<_> = arguments.enumerate().map(|(n, operand)| (n as i64, input(operand))).collect();
    vm.set_global("ARGC", Value::Float(arguments.len() as f64));
    vm.set_global("ARGV", Value::hash(arguments));
    for (name, value) in &options.assignments {
        assign(vm, name, value).map_err(|fault| fault.message().to_owned())?;
    }
    Ok(())
}
