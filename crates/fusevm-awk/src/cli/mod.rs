//! The command `awk`: options, the program text, the run, and the exit status.

mod help;
mod inspect;
mod jobs;
mod notation;
pub mod options;
mod program;
mod variables;

use crate::classic;
use crate::compiler::program::READER_PREFIX;
use crate::compiler::{Origins, Uses, doubts};
use crate::diagnostic::Diagnostic;
use crate::host::inplace;
use crate::host::{Power, RealHost, Stdout, UNREADABLE, assignment, command_name, place, reason, warn};
use crate::library::built_in_name;
use crate::parser::parse;
use crate::reports;
use crate::source::Source;
use crate::{CompileOptions, Dialect, Program, compile};
use fusevm::awk_host::AwkDialect;
use fusevm::error::{ErrorKind, VMError};
use fusevm::value::Notation;
use fusevm::{Chunk, VM, VMResult, awk_builtins};
use options::{Command, Lint, Options, locale_is_utf8};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The exit status after an error of the run or of the input.
const FAILURE: i32 = 2;

/// The exit status after a mistake in the options or in the program text.
const MISTAKE: i32 = 1;

/// Messages about a program text that are shown; nobody reads more, and to show one takes as long as its line is.
const MAX_SHOWN: usize = 200;

/// Frames that calls may need: more than any program that ends, while one that does not has not yet taken all memory.
const MAX_DEPTH: usize = 2_000_000;

/// Runs the command with these arguments, the name of the command not among them; the exit status.
pub fn main(arguments: Vec<OsString>) -> i32 {
    main_with(arguments, |_, _| {})
}

/// As [`main`], with a function that gets the VM right before the run, and the program text.
pub fn main_with(arguments: Vec<OsString>, prepare: impl FnOnce(&mut VM, &Source)) -> i32 {
    let options = match options::parse(arguments, std::env::var_os("POSIXLY_CORRECT").is_some()) {
        Ok(Command::Run(options)) => Arc::from(options),
        Ok(Command::Show(text)) => return show(&help::text(text)),
        Err(mistake) => {
            mistake.message.lines().for_each(complain);
            match mistake.kind {
                options::MistakeKind::Refusal => return FAILURE,
                options::MistakeKind::Names => {}
                // There is nowhere to report that this cannot be written.
                options::MistakeKind::Usage => drop(io::stderr().write_all(help::USAGE.as_bytes())),
            }
            return MISTAKE;
        }
    };
    let notation = notation::of(&options);
    match notation.during(|| run(&options, notation, prepare)) {
        Ok(status) => status,
        Err(message) => {
            complain(&message);
            FAILURE
        }
    }
}

/// Writes a text that was asked for to the standard output.
fn show(text: &str) -> i32 {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => {
            complain(&format!("cannot write: {}", reason(&error)));
            FAILURE
        }
    }
}

fn complain(message: &str) {
    // There is nowhere to report that this cannot be written.
    let _ = writeln!(io::stderr(), "{}: {message}", command_name());
}

/// Compiles and runs the program.
fn run(
    options: &Arc<Options>,
    notation: Notation,
    prepare: impl FnOnce(&mut VM, &Source),
) -> Result<i32, String> {
    let source = match program::read(options) {
        Ok(source) => source,
        Err(unread) => {
            complain(&unread.message);
            return Ok(unread.status);
        }
    };
    let assigned = |operand: &Vec<u8>| assignment(operand).map(|(name, _)| name.to_owned());
    let operands = if options.no_operand_assigns { &[][..] } else { &options.operands };
    let library = built_in_name("inplace");
    let inplace = source.files().any(|(name, _)| name == library);
    let mut threads = jobs::threads(options);
    if let Some(obstacle) = threads.and_then(|_| jobs::obstacle(options, inplace)) {
        jobs::tell(obstacle);
        threads = None;
    }
    let by_name = inplace.then_some(inplace::VARIABLES).into_iter().flatten().map(str::to_owned);
    let compile_options = CompileOptions {
        preset: options.assignments.iter().map(|(name, _)| name.clone()).collect(),
        assigned: operands.iter().filter_map(assigned).chain(by_name).collect(),
        dialect: options.dialect,
        output: options.data.output,
        parallel: threads.is_some(),
        lint: options.lint.is_some(),
        lint_extensions: matches!(options.lint, Some(Lint::Warn | Lint::Fatal)),
        lint_old: options.lint_old,
        sandbox: options.sandbox,
        classic: command_name() == "gawk",
        counts_runs: options.reports.profile.is_some(),
        keeps_globals: options.reports.variables.is_some(),
    };
    if let Some(status) = inspect::inspect(options, &compile_options, &source)? {
        return Ok(status);
    }
    let program = match compile(&source, &compile_options) {
        Ok(program) => program,
        Err(mut errors) => {
            let status = refused(&errors);
            errors.extend(doubts(&source, &compile_options));
            report(&errors, &source);
            return Ok(status);
        }
    };
    let Program { chunk, mut warnings, uses, globals, origins, parallel } = program;
    let workers = match parallel {
        Some(Ok(workers)) => Some(workers),
        Some(Err(refusal)) => {
            warnings.push(jobs::explain(refusal));
            None
        }
        None => None,
    };
    // The dump tells what RT is.
    let terminators = uses.terminators || options.reports.variables.is_some();
    let uses = Uses { terminators: terminators && options.dialect == Dialect::Gawk, ..uses };
    report(&warnings, &source);
    if options.lint == Some(Lint::Fatal) && !warnings.is_empty() {
        return Ok(FAILURE);
    }
    if options.reports.ops_only {
        return Ok(show(&chunk.disassemble()));
    }
    if options.reports.trace {
        // There is nowhere to report that this cannot be written.
        let _ = io::stderr().write_all(chunk.disassemble().as_bytes());
    }

    #[cfg(feature = "jit")]
    let explained = options.reports.explain.then(|| chunk.clone());
    let mut vm = new_vm(chunk, options, notation, uses)?;
    if options.reports.profile.is_some() {
        reports::profile::register(&mut vm);
    }
    set_limits(&mut vm, options);
    // On a terminal the VM's own output shows each line at once.
    if options.interactive {
        vm.set_output_immediate(true);
    } else if !io::stdout().is_terminal()
        && let Ok(stdout) = Stdout::new()
    {
        vm.set_output(stdout);
    }
    let host = RealHost::new(Power {
        sandbox: options.sandbox,
        operands_are_files: options.no_operand_assigns,
        dialect: options.dialect,
        format: options.data.input,
        header: options.data.header,
        progress: options.reports.progress,
        inplace,
    })
    .with_program(&source)
    .with_operands(&options.operands);
    let input_failed = host.input_failed();
    let mut failure = None;
    match (workers, threads) {
        (Some(workers), Some(threads)) => {
            let host = jobs::host(
                host,
                workers,
                threads,
                options,
                move |chunk, options| new_vm(chunk, options, notation, uses),
                &source,
            );
            failure = Some(host.failure());
            vm.set_awk_host(Box::new(host));
        }
        _ => vm.set_awk_host(Box::new(host)),
    }
    #[cfg(feature = "jit")]
    if options.jit_log {
        log_jit(&mut vm, &source);
    }
    #[cfg(feature = "jit")]
    let explanation = explained.map(|chunk| reports::explain::Explanation::of(&mut vm, chunk, &source));
    prepare(&mut vm, &source);

    // What is printed last comes after what the commands print that are still open.
    vm.hold_output(true);
    let result = vm.run();
    let closed = vm.close_awk_files();
    #[cfg(feature = "jit")]
    if let Some(explanation) = explanation {
        explanation.tell();
    }
    if let Some(file) = &options.reports.profile
        && let Ok(parsed) = parse(&source)
    {
        let text = reports::pretty::print(&parsed.program, &source, Some(&reports::profile::take()));
        reports::write(file.as_ref(), "awkprof.out", text.as_bytes())?;
    }
    if let Some(file) = &options.reports.variables {
        reports::write(file.as_ref(), "awkvars.out", &reports::variables::dump(&mut vm, &globals))?;
    }
    // The process ends now.
    vm.forget_globals();
    let status = match result {
        VMResult::Ok(status) => status.to_int() as i32,
        VMResult::Halted => 0,
        VMResult::Error(error) => {
            // What a worker failed of has its own place.
            let told = failure.and_then(|failure| failure.lock().ok()?.take());
            complain(&told.unwrap_or_else(|| placed(&mut vm, &error, &source, &origins)));
            return Ok(FAILURE);
        }
    };
    if let Err(fault) = closed {
        return Err(written(fault.kind(), fault.message()));
    }
    Ok(if status == 0 && input_failed.load(Ordering::Relaxed) { FAILURE } else { status & 0xff })
}

/// A VM with its program loaded and its variables set.
fn new_vm(chunk: Chunk, options: &Options, notation: Notation, uses: Uses) -> Result<VM, String> {
    let mut vm = VM::new(chunk);
    vm.awk().set_notation(notation);
    awk_builtins::register(&mut vm);
    vm.awk().set_utf8(!options.bytes && locale_is_utf8(|name| std::env::var_os(name)));
    if let Some(format) = options.data.input {
        vm.awk().set_input_format(format);
    }
    vm.set_max_depth(options.max_depth.unwrap_or(MAX_DEPTH));
    let dialect = match options.dialect {
        Dialect::Gawk => AwkDialect::Gawk,
        Dialect::Posix => AwkDialect::Posix,
        Dialect::Traditional => AwkDialect::Traditional,
    };
    vm.awk().set_dialect(dialect);
    notation.during(|| variables::set(&mut vm, options, uses))?;
    #[cfg(feature = "jit")]
    vm.set_jit(!options.no_jit);
    Ok(vm)
}

/// Tells on the standard error what the JIT does.
#[cfg(feature = "jit")]
fn log_jit(vm: &mut VM, source: &Source) {
    let source = source.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        // There is nowhere to report that this cannot be written.
        let _ = writeln!(io::stderr(), "jit: {}", source.relocate(event));
    })));
}

/// An error of a run with its places in the program and in the input.
fn placed(vm: &mut VM, error: &VMError, source: &Source, origins: &Origins) -> String {
    let message = written(error.kind(), error.message());
    let message = origins.explain(&message, error.call_stack()).unwrap_or(message);
    if error.kind() == ErrorKind::Host && message.starts_with(UNREADABLE) {
        // The command line is to blame, and no place in the program, unless that has a rule for the file.
        let frames = error.call_stack().iter();
        let rule = frames.take(1).find(|frame| frame.name.starts_with(READER_PREFIX) && frame.line > 0);
        let place = rule.and_then(|frame| source.locate_line(frame.line));
        let place = place.map_or(String::new(), |(file, line)| format!("{file}:{line}: "));
        return format!("{place}fatal: {message}");
    }
    // Code that the compiler adds has no line; who called it has.
    let line = error.call_stack().iter().map(|frame| frame.line).find(|&line| line > 0);
    format!("{}fatal: {message}", place(vm, line.unwrap_or(error.line()), source))
}

/// The message of an error; what the system says of the output does not tell that it is the output.
fn written(kind: ErrorKind, message: &str) -> String {
    let message = message.strip_prefix("cannot write the output: ").unwrap_or(message);
    match (kind, message.split_once(" (os error")) {
        (ErrorKind::Io, Some((reason, _))) => format!("cannot write to the standard output: {reason}"),
        (ErrorKind::Io, None) => format!("cannot write to the standard output: {message}"),
        // Nothing else interrupts a program.
        (ErrorKind::Interrupted, _) => "the time of --timeout is up".to_owned(),
        _ => message.to_owned(),
    }
}

/// The status of a program that is wrong.
fn refused(errors: &[Diagnostic]) -> i32 {
    if errors.iter().any(Diagnostic::is_fatal) { FAILURE } else { MISTAKE }
}

fn report(diagnostics: &[Diagnostic], source: &Source) {
    let color = io::stderr().is_terminal();
    if command_name() == "gawk" {
        // Who calls it gawk may read its messages with a program.
        let text = classic::show(diagnostics, source, command_name());
        let _ = io::stderr().write_all(&text);
        return;
    }
    let shown: Vec<_> = diagnostics.iter().filter(|diagnostic| !diagnostic.is_classic_only).collect();
    for diagnostic in shown.iter().take(MAX_SHOWN) {
        // There is nowhere to report that this cannot be written.
        let _ = io::stderr().write_all(diagnostic.render(source, color).as_bytes());
    }
    if let Some(more @ 1..) = shown.len().checked_sub(MAX_SHOWN) {
        warn(&format!("{more} more warnings are not shown"));
    }
}

fn set_limits(vm: &mut VM, options: &Options) {
    vm.set_fuel(options.fuel);
    vm.set_max_heap(options.max_memory);
    if let Some(timeout) = options.timeout {
        let handle = vm.interrupt_handle();
        std::thread::spawn(move || {
            std::thread::sleep(timeout);
            handle.interrupt();
        });
    }
}
