//! The command `awk`: options, the program text, the run, and the exit status.

mod options;

use crate::diagnostic::Diagnostic;
use crate::host::{RealHost, Stdout, assign, assignment, reason};
use crate::source::Source;
use crate::{CompileOptions, Program, compile};
use fusevm::awk_host::Special;
use fusevm::error::{ErrorKind, VMError};
use fusevm::value::ByteStr;
use fusevm::{VM, VMResult, Value, awk_builtins};
use options::{Command, Options, ProgramText, locale_is_utf8};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::Ordering;

/// The exit status after an error of the run or of the input.
const FAILURE: i32 = 2;

/// The exit status after a mistake in the options or in the program text.
const MISTAKE: i32 = 1;

/// Frames that calls may need: as deep as memory allows, which is what other awks do.
const MAX_DEPTH: usize = 1_000_000;

const USAGE: &str = "\
usage: awk [-F fs] [-v var=value]... 'program' [file | var=value]...
       awk [-F fs] [-v var=value]... -f progfile... [file | var=value]...
";

#[cfg(feature = "jit")]
const JIT_HELP: &str = "
to look inside:
      --jit-log              tell on the standard error what is compiled to native code
      --no-jit               interpret everything, and compile nothing to native code
";

#[cfg(not(feature = "jit"))]
const JIT_HELP: &str = "";

const HELP: &str = "
Runs an awk program over files, or over the standard input when there are none.
`-` as a file is the standard input too.

options:
  -f, --file progfile        read the program from a file; may be repeated
  -F, --field-separator fs   what parts the fields: sets FS
  -v, --assign var=value     set a variable before the program starts
  -b, --characters-as-bytes  count bytes, not characters, whatever the locale
      --                     end of the options
  -h, --help                 show this text
  -V, --version              show the version

limits:
      --fuel n               end the run after n operations
      --max-memory size      end the run when its data grow beyond that many bytes
                             (suffixes k, m, g)
      --max-depth n          nest calls at most that deep
      --timeout seconds      end the run after that time
";

const HELP_END: &str = "
exit status:
  what `exit` says, else 0; 1 after a mistake in the options or the program;
  2 after an error in the run, or when a file could not be read

examples:
  awk '{ sum += $5 } END { print sum }' access.log
  awk -F: '$3 >= 1000 { print $1, $6 }' /etc/passwd
  awk '{ count[$1]++ } END { for (k in count) print count[k], k }' access.log
";

/// Runs the command with these arguments, the name of the command not among them; the exit status.
pub fn main(arguments: Vec<OsString>) -> i32 {
    main_with(arguments, |_, _| {})
}

/// As [`main`], with a function that gets the VM right before the run, and the program text.
pub fn main_with(arguments: Vec<OsString>, prepare: impl FnOnce(&mut VM, &Source)) -> i32 {
    let options = match options::parse(arguments) {
        Ok(Command::Run(options)) => options,
        Ok(Command::Help) => return show(&[USAGE, HELP, JIT_HELP, HELP_END].concat()),
        Ok(Command::Version) => {
            return show(concat!("awk of fusevm ", env!("CARGO_PKG_VERSION"), "\n"));
        }
        Err(mistake) => {
            complain(&mistake.message);
            if !mistake.usage {
                return FAILURE;
            }
            // There is nowhere to report that this cannot be written.
            let _ = io::stderr().write_all(USAGE.as_bytes());
            return MISTAKE;
        }
    };
    match run(&options, prepare) {
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
    let _ = writeln!(io::stderr(), "awk: {message}");
}

/// Compiles and runs the program.
fn run(options: &Options, prepare: impl FnOnce(&mut VM, &Source)) -> Result<i32, String> {
    let source = read_program(&options.program)?;
    let names = |operand: &[u8]| assignment(operand).map(|(name, _)| name.to_owned());
    let compile_options = CompileOptions {
        preset: options.assignments.iter().map(|(name, _)| name.clone()).collect(),
        assigned: options.operands.iter().filter_map(|operand| names(operand)).collect(),
    };
    let program = match compile(&source, &compile_options) {
        Ok(program) => program,
        Err(errors) => {
            report(&errors, &source);
            return Ok(MISTAKE);
        }
    };
    let Program { chunk, warnings, .. } = program;
    report(&warnings, &source);

    let mut vm = VM::new(chunk);
    awk_builtins::register(&mut vm);
    set_limits(&mut vm, options);
    // On a terminal the VM's own output shows each line at once.
    if !io::stdout().is_terminal()
        && let Ok(stdout) = Stdout::new()
    {
        vm.set_output(stdout);
    }
    vm.awk().set_utf8(!options.bytes && locale_is_utf8(|name| std::env::var_os(name)));
    set_variables(&mut vm, options)?;
    let host = RealHost::default();
    let input_failed = host.input_failed();
    vm.set_awk_host(Box::new(host));
    #[cfg(feature = "jit")]
    {
        vm.set_jit(!options.no_jit);
        if options.jit_log {
            log_jit(&mut vm, &source);
        }
    }
    prepare(&mut vm, &source);

    let result = vm.run();
    let closed = vm.close_awk_files();
    let status = match result {
        VMResult::Ok(status) => status.to_int() as i32,
        VMResult::Halted => 0,
        VMResult::Error(error) => {
            complain(&placed(&error, &source));
            return Ok(FAILURE);
        }
    };
    if let Err(fault) = closed {
        return Err(written(fault.kind(), fault.message()));
    }
    Ok(if status == 0 && input_failed.load(Ordering::Relaxed) { FAILURE } else { status & 0xff })
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

/// An error of a run with its place in the program.
fn placed(error: &VMError, source: &Source) -> String {
    let message = written(error.kind(), error.message());
    match source.locate_line(error.line()) {
        Some((file, line)) => format!("{file}:{line}: {message}"),
        None => message,
    }
}

/// The message of an error; what the system says of the output does not tell that it is the output.
fn written(kind: ErrorKind, message: &str) -> String {
    match (kind, message.split_once(" (os error")) {
        (ErrorKind::Io, Some((reason, _))) => format!("cannot write to the standard output: {reason}"),
        (ErrorKind::Io, None) => format!("cannot write to the standard output: {message}"),
        // Nothing else interrupts a program.
        (ErrorKind::Interrupted, _) => "the time of --timeout is up".to_owned(),
        _ => message.to_owned(),
    }
}

fn report(diagnostics: &[Diagnostic], source: &Source) {
    let color = io::stderr().is_terminal();
    for diagnostic in diagnostics {
        // There is nowhere to report that this cannot be written.
        let _ = io::stderr().write_all(diagnostic.render(source, color).as_bytes());
    }
}

fn read_program(program: &ProgramText) -> Result<Source, String> {
    let mut source = Source::new();
    let mut add =
        |name: &str, text: &[u8]| source.add_file(name, text).map_err(|error| format!("{name}: {error}"));
    match program {
        ProgramText::Given(text) => add("cmd. line", text)?,
        ProgramText::Files(files) => {
            for file in files {
                let name = file.to_string_lossy();
                let text = match file.as_bytes() {
                    b"-" => {
                        let mut text = Vec::new();
                        io::stdin().read_to_end(&mut text).map(|_| text)
                    }
                    _ => std::fs::read(file),
                };
                let text = text.map_err(|error| {
                    format!("cannot open program file `{name}' for reading: {}", reason(&error))
                })?;
                add(&name, &text)?;
            }
        }
    }
    Ok(source)
}

fn set_limits(vm: &mut VM, options: &Options) {
    vm.set_fuel(options.fuel);
    vm.set_max_heap(options.max_memory);
    vm.set_max_depth(options.max_depth.unwrap_or(MAX_DEPTH));
    if let Some(timeout) = options.timeout {
        let handle = vm.interrupt_handle();
        std::thread::spawn(move || {
            std::thread::sleep(timeout);
            handle.interrupt();
        });
    }
}

/// Sets what the program finds in its variables: ENVIRON, ARGV, ARGC, FS, and what `-v` assigns.
fn set_variables(vm: &mut VM, options: &Options) -> Result<(), String> {
    let input = |bytes: &[u8]| Value::Str(ByteStr::from_input(bytes));
    let environment =
        std::env::vars_os().map(|(name, value)| (ByteStr::new(name.as_bytes()), input(value.as_bytes())));
    vm.set_global("ENVIRON", Value::hash(environment));
    let arguments = std::iter::once(&b"awk"[..]).chain(options.operands.iter().map(Vec::as_slice));
    let arguments: Vec<_> = arguments.enumerate().map(|(n, operand)| (n as i64, input(operand))).collect();
    vm.set_global("ARGC", Value::Float(arguments.len() as f64));
    vm.set_global("ARGV", Value::hash(arguments));
    let mut set =
        |name: &str, value: &[u8]| assign(vm, name, value).map_err(|fault| fault.message().to_owned());
    for (name, value) in &options.assignments {
        set(name, value)?;
    }
    match &options.field_separator {
        Some(separator) => set(Special::Fs.name(), separator),
        None => Ok(()),
    }
}
