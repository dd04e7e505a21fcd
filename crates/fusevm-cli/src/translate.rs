//! `fusevm asm`, `dis`, `check` and `code`: programs from one form to another, and what is wrong with them.

use crate::args::{Asm, Check, Code, Dis};
use crate::failure::Failure;
use crate::output;
use crate::program::Program;
use std::io::{IsTerminal, stdout};

/// Text to binary.
pub fn asm(args: &Asm) -> Result<u8, Failure> {
    let mut program = Program::load(&args.file)?;
    if args.lines {
        program = program.with_lines();
    }
    if args.output.is_none() && stdout().is_terminal() {
        return Err(Failure::at("", "the binary form is not for terminals: name a file with -o"));
    }
    output::write(args.output.as_deref(), &program.chunk.to_bytes())?;
    Ok(0)
}

/// Binary to text.
pub fn dis(args: &Dis) -> Result<u8, Failure> {
    let program = Program::load(&args.file)?;
    output::write(args.output.as_deref(), program.chunk.disassemble().as_bytes())?;
    Ok(0)
}

/// Verifies; a bad file does not keep the next ones from being looked at.
pub fn check(args: &Check) -> Result<u8, Failure> {
    let mut status = 0;
    for file in &args.files {
        if let Err(failure) = Program::load(file).and_then(|program| program.verify()) {
            failure.report();
            status = failure.status;
        }
    }
    Ok(status)
}

/// The lowered form.
pub fn code(args: &Code) -> Result<u8, Failure> {
    let chunk = Program::load(&args.file)?.verify()?;
    output::write_stdout(fusevm::code::listing(chunk).as_bytes())?;
    Ok(0)
}
