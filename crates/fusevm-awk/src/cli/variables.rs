//! What a program finds in its variables: ENVIRON, ARGV, ARGC, PROCINFO, and what `-v` and `-F` assign.

use super::options::Options;
use crate::compiler::Uses;
use crate::host::{assign, command_name};
use fusevm::value::ByteStr;
use fusevm::{VM, Value};
use std::os::unix::ffi::OsStrExt;

/// Variables that are text, with what they are at first.
const PRESET: [(&str, &str); 2] = [("TEXTDOMAIN", "messages"), ("ROUNDMODE", "N")];

/// The version of gawk whose language this is, as PROCINFO["version"] tells it.
const GAWK_VERSION: &str = "5.2.1";

/// PROCINFO: what a process knows of itself.
fn process_facts() -> Value {
    let number = |number: u32| Value::Float(f64::from(number));
    // SAFETY: these ask the system for numbers, and cannot fail.
    let ids = unsafe {
        [
            ("pid", libc::getpid() as u32),
            ("ppid", libc::getppid() as u32),
            ("pgrpid", libc::getpgrp() as u32),
            ("uid", libc::getuid()),
            ("euid", libc::geteuid()),
            ("gid", libc::getgid()),
            ("egid", libc::getegid()),
        ]
    };
    let mut facts: Vec<(String, Value)> =
        ids.into_iter().map(|(name, id)| (name.to_owned(), number(id))).collect();
    let texts = [
        ("version", GAWK_VERSION),
        ("FS", "FS"),
        ("strftime", "%a %b %e %H:%M:%S %Z %Y"),
        ("platform", "posix"),
    ];
    facts.extend(texts.map(|(name, text)| (name.to_owned(), Value::str(text))));
    let groups = rustix::process::getgroups().unwrap_or_default();
    facts.extend(
        groups.iter().enumerate().map(|(n, group)| (format!("group{}", n + 1), number(group.as_raw()))),
    );
    Value::hash(facts.into_iter().map(|(name, value)| (ByteStr::new(name.as_bytes()), value)))
}

/// Sets the variables before a run.
///
/// # Errors
/// A value that a special variable cannot have.
pub(super) fn set(vm: &mut VM, options: &Options, uses: Uses) -> Result<(), String> {
    for (name, value) in PRESET {
        vm.set_global(name, Value::str(value));
    }
    for (name, value) in [
        ("BINMODE", 0.0),
        ("LINT", f64::from(u8::from(options.lint.is_some()))),
        ("PREC", 53.0),
        ("ARGIND", 0.0),
    ] {
        vm.set_global(name, Value::Float(value));
    }
    if uses.procinfo {
        vm.set_global("PROCINFO", process_facts());
    }
    if uses.terminators {
        vm.awk().track_terminators();
    }
    let input = |bytes: &[u8]| Value::Str(ByteStr::from_input(bytes));
    let environment =
        std::env::vars_os().map(|(name, value)| (ByteStr::new(name.as_bytes()), input(value.as_bytes())));
    vm.set_global("ENVIRON", Value::hash(environment));
    let arguments =
        std::iter::once(command_name().as_bytes()).chain(options.operands.iter().map(Vec::as_slice));
    let arguments: Vec<_> = arguments.enumerate().map(|(n, operand)| (n as i64, input(operand))).collect();
    vm.set_global("ARGC", Value::Float(arguments.len() as f64));
    vm.set_global("ARGV", Value::hash(arguments));
    for (name, value) in &options.assignments {
        assign(vm, name, value).map_err(|fault| fault.message().to_owned())?;
    }
    Ok(())
}
