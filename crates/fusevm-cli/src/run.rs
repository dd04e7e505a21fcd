//! `fusevm run`: runs a program on the engine.

use crate::args::Run;
use crate::exit;
use crate::failure::Failure;
use crate::output;
use crate::program::Program;
use fusevm::chunk::Const;
use fusevm::error::ErrorKind;
use fusevm::{VM, VMResult, Value};

/// Runs a program; its exit status. `prepare` gets the VM right before the run, and the program.
pub fn run(args: &Run, prepare: impl FnOnce(&mut VM, &Program)) -> Result<u8, Failure> {
    let program = Program::load(&args.file)?.with_lines();
    let mut vm = VM::with_verified(program.verify()?);
    vm.set_reference_interpreter(args.reference);
    let watchdog = args.limits.apply(&mut vm)?;
    #[cfg(feature = "jit")]
    {
        vm.set_jit(!args.no_jit);
        if args.jit_log {
            crate::jit::log(&mut vm);
        }
    }
    prepare(&mut vm, &program);
    let result = vm.run();
    let timed_out = watchdog.and_then(|watchdog| watchdog.failure());
    let value = match (result, timed_out) {
        (VMResult::Error(error), timed_out) => {
            let failure =
                || Failure { status: status_of(error.kind()), problems: vec![program.run_problem(&error)] };
            return Err(timed_out.unwrap_or_else(failure));
        }
        (VMResult::Ok(value), _) => value,
        (VMResult::Halted, _) => return Ok(0),
    };
    if args.print_result {
        output::write_stdout(format!("{}\n", written(&value)).as_bytes())?;
    }
    Ok(match value {
        // As everywhere, the status is the low byte.
        Value::Status(code) => code as u8,
        _ => 0,
    })
}

/// The exit status of a run that ended with an error.
fn status_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Fuel | ErrorKind::Heap | ErrorKind::Depth => exit::LIMIT,
        ErrorKind::Io => exit::USAGE,
        _ => exit::PROGRAM_ERROR,
    }
}

/// A value as the assembler reads it, or, when it is no plain data, as debuggers show it.
fn written(value: &Value) -> String {
    let constant = Const::from(value);
    match constant.unsupported() {
        None => constant.to_string(),
        Some(_) => format!("{value:?}"),
    }
}
