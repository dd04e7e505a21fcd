//! What a program finds in its variables: ENVIRON, ARGV, ARGC, PROCINFO, and what `-v` and `-F` assign.

use super::options::{Lint, Options};
use crate::compiler::Uses;
use crate::host::{assign, command_name};
use fusevm::value::{ByteStr, Ref};
use fusevm::{VM, Value};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Variables that are text, with what they are at first.
const PRESET: [(&str, &str); 2] = [("TEXTDOMAIN", "messages"), ("ROUNDMODE", "N")];

/// The version of gawk whose language this is, as PROCINFO["version"] tells it.
const GAWK_VERSION: &str = "5.2.1";

/// PROCINFO: what a process knows of itself. Its arguments are an array in it, for a program that can look at one.
fn process_facts(nested: bool) -> Value {
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
    if nested {
        facts.push(("argv".to_owned(), Value::Ref(Ref::new(command_line()))));
    }
    Value::hash(facts.into_iter().map(|(name, value)| (ByteStr::new(name.as_bytes()), value)))
}

/// The name of the command and all its arguments.
fn command_line() -> Value {
    let mut arguments = std::env::args_os().peekable();
    let is_awk =
        |name: &OsString| Path::new(name).file_name().is_some_and(|name| name.as_bytes().ends_with(b"awk"));
    if !arguments.peek().is_some_and(is_awk) {
        // The command is `fusevm awk`.
        arguments.next();
    }
    let text = |argument: OsString| Value::Str(ByteStr::from_input(argument.as_bytes()));
    Value::hash(arguments.enumerate().map(|(n, argument)| (n as i64, text(argument))))
}

/// Sets the variables before a run.
///
/// # Errors
/// A value that a special variable cannot have.
pub(super) fn set(vm: &mut VM, options: &Options, uses: Uses) -> Result<(), String> {
    for (name, value) in PRESET {
        vm.set_global(name, Value::str(value));
    }
    for (name, value) in [("BINMODE", 0.0), ("PREC", 53.0), ("ARGIND", 0.0)] {
        vm.set_global(name, Value::Float(value));
    }
    vm.set_global(
        "LINT",
        match options.lint {
            // Doubtful places that only the run sees end it.
            Some(Lint::Fatal) => Value::str("fatal"),
            lint => Value::Float(f64::from(u8::from(lint.is_some()))),
        },
    );
    if uses.procinfo {
        vm.set_global("PROCINFO", process_facts(uses.nested_procinfo));
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
