//! `fusevm jit dump`: every form of native code, from the ops to the machine code.

use super::{Observed, Subject};
use crate::args::Dump;
use crate::failure::Failure;
use crate::output;
use fusevm::error::Frame;
use fusevm::jit::Event;
use fusevm::jit::log::Compiled;
use std::fmt::Write;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

/// Runs a program and shows its code; the program's exit status.
pub fn dump(args: &Dump) -> Result<u8, Failure> {
    let subject = Subject::parse(&args.program)?;
    let silence = Silence::begin().map_err(|error| Failure::io("cannot redirect the output", &error))?;
    let (result, observed) = subject.observe(true);
    silence.end().map_err(|error| Failure::io("cannot restore the output", &error))?;
    let Some(observed) = observed else { return result };
    // Of a program that ended with an error, too, there is code to be seen.
    let status = result.unwrap_or_else(|failure| {
        failure.report();
        failure.status
    });
    let text = listing(args, &observed)?;
    output::write(args.output.as_deref(), text.as_bytes())?;
    Ok(status)
}

/// The listing of what was asked for.
fn listing(args: &Dump, observed: &Observed) -> Result<String, Failure> {
    let is_wanted = |place: &Frame| {
        args.line.is_none_or(|line| line == place.line) && args.op.is_none_or(|op| op == place.op_index)
    };
    let compiled = observed.events.iter().filter_map(|event| match event {
        Event::Compile(compiled) if is_wanted(&compiled.place) => Some(compiled),
        _ => None,
    });
    let mut out = String::new();
    for compiled in compiled {
        write_code(&mut out, compiled, observed);
    }
    if out.is_empty() { Err(Failure::at("", nothing(args, observed))) } else { Ok(out) }
}

/// One piece of code in all its forms.
fn write_code(out: &mut String, compiled: &Compiled, observed: &Observed) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "==== {compiled}");
    if let Some(line) = observed.texts.line(&compiled.place) {
        let _ = writeln!(out, "     {}", line.trim());
    }
    for listing in &compiled.listings {
        let _ = writeln!(out, "\n---- {}\n", listing.title);
        out.push_str(listing.text.trim_end_matches('\n'));
        out.push('\n');
    }
}

/// Why there is nothing to show: what was not compiled, and what was.
fn nothing(args: &Dump, observed: &Observed) -> String {
    let mut message = match (args.line, args.op) {
        (Some(line), _) => format!("no native code begins at line {line}"),
        (_, Some(op)) => format!("no native code begins at op {op}"),
        _ => "nothing was compiled to native code".to_string(),
    };
    let shown = |place: &Frame| match place.name.as_str() {
        "" => format!("{place} (op {})", place.op_index),
        name => format!("{place} in {name} (op {})", place.op_index),
    };
    for event in &observed.events {
        let _ = match event {
            Event::Compile(Compiled { place, tier, .. }) => {
                write!(message, "\n  {}: {tier} tier", shown(place))
            }
            Event::Abort { place, reason, tier, .. } => {
                write!(message, "\n  {}: not in the {tier} tier: {reason}", shown(place))
            }
            _ => Ok(()),
        };
    }
    message
}

/// Standard output leads nowhere while this lasts: the listing would be lost in what the program prints.
struct Silence {
    stdout: OwnedFd,
}

impl Silence {
    fn begin() -> io::Result<Silence> {
        let stdout = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
        Ok(Silence { stdout })
    }

    fn end(self) -> io::Result<()> {
        Ok(rustix::stdio::dup2_stdout(&self.stdout)?)
    }
}
