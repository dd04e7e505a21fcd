//! `fusevm jit` and `--jit-log`: what the compiler to native code does with a program.
//!
//! A program is given as one runs it, so every command that runs programs can be looked into in the same way.

mod dump;
mod report;

use crate::args::{self, Command, Jit, JitCommand};
use crate::failure::Failure;
use crate::run;
use fusevm::VM;
use fusevm::error::Frame;
use fusevm::jit::Event;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Shows what is asked for; the exit status.
pub fn perform(args: &Jit) -> Result<u8, Failure> {
    match &args.command {
        JitCommand::Dump(args) => dump::dump(args),
        JitCommand::Report(args) => report::report(args),
    }
}

/// Tells on standard error what the JIT does in a VM.
pub fn log(vm: &mut VM) {
    vm.set_jit_log(Some(Box::new(|event| {
        // There is nowhere to report that this cannot be written.
        let _ = writeln!(std::io::stderr(), "jit: {event}");
    })));
}

/// What was seen of a run.
#[derive(Debug, Default)]
struct Observed {
    /// What happened, in order.
    events: Vec<Event>,
    texts: Texts,
}

/// The program's text: the lines of each source.
#[derive(Debug, Default)]
struct Texts(BTreeMap<String, Vec<String>>);

impl Texts {
    fn add(&mut self, source: &str, text: &[u8]) {
        let lines = String::from_utf8_lossy(text).lines().map(str::to_string).collect();
        self.0.insert(source.to_string(), lines);
    }

    /// The text of a place's line.
    fn line(&self, place: &Frame) -> Option<&str> {
        let line = (place.line as usize).checked_sub(1)?;
        self.0.get(&place.source)?.get(line).map(String::as_str)
    }
}

/// A program with its arguments, to be run and observed.
enum Subject {
    Run(args::Run),
    Awk(Vec<OsString>),
}

impl Subject {
    /// Reads the words after the options of `fusevm jit`: a command that runs programs with its arguments. The
    /// word `run` may be left out.
    fn parse(words: &[OsString]) -> Result<Subject, Failure> {
        let run = match words {
            [command, arguments @ ..] if command == "awk" => return Ok(Subject::Awk(arguments.to_vec())),
            [command, arguments @ ..] if command == "run" => arguments,
            arguments => arguments,
        };
        let line = ["fusevm".into(), "run".into()].into_iter().chain(run.iter().cloned()).collect();
        match args::parse(line) {
            Ok(Command::Run(run)) => Ok(Subject::Run(run)),
            Ok(_) => unreachable!("the command is `run`"),
            Err(error) => Err(crate::answer(&error).map_or_else(|failure| failure, Failure::silent)),
        }
    }

    /// Runs the program and collects what the JIT does; nothing, when the program is not fit to be run. With
    /// `listings` the events carry every form of the code.
    fn observe(&self, listings: bool) -> (Result<u8, Failure>, Option<Observed>) {
        let events = Arc::new(Mutex::new(Vec::new()));
        let collect = |vm: &mut VM, relocate: Box<dyn Fn(&Event) -> Event + Send>| {
            let events = events.clone();
            vm.set_jit_listings(listings);
            vm.set_jit_log(Some(Box::new(move |event| {
                events.lock().unwrap_or_else(PoisonError::into_inner).push(relocate(event));
            })));
        };
        let mut observed = None;
        let result = match self {
            Subject::Awk(arguments) => {
                let status = fusevm_awk::main_with(arguments.clone(), |vm, source| {
                    let texts = &mut observed.insert(Observed::default()).texts;
                    for (name, text) in source.files() {
                        texts.add(name, text);
                    }
                    let source = source.clone();
                    collect(vm, Box::new(move |event| source.relocate(event)));
                });
                Ok(status as u8)
            }
            Subject::Run(args) => run::run(args, |vm, program| {
                let texts = &mut observed.insert(Observed::default()).texts;
                if let Some(text) = program.text() {
                    texts.add(&program.name, text.as_bytes());
                }
                collect(vm, Box::new(Event::clone));
            }),
        };
        if let Some(observed) = &mut observed {
            observed.events = std::mem::take(&mut *events.lock().unwrap_or_else(PoisonError::into_inner));
        }
        (result, observed)
    }
}
