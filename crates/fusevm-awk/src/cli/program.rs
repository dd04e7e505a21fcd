//! The program text: what the command line names, joined in order.

use super::options::ProgramPart;
use crate::host::{reason, warn};
use crate::include::{self, Included};
use crate::library::Library;
use crate::source::{COMMAND_LINE, Source};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

/// Reads the parts of a program, which begins with a seed of random numbers if one is given.
///
/// # Errors
/// A file cannot be read, or there is too much text.
pub(super) fn read(parts: &[ProgramPart], lint: bool, seed: Option<f64>) -> Result<Source, String> {
    let mut source = Source::new();
    let mut library = Library::new(std::env::var_os("AWKPATH"));
    let mut add = |name: &str, text: &[u8], library: &mut Library| {
        let mut find = |file: &str| included(library, file);
        include::add(&mut source, name, text, &mut find)
    };
    if let Some(seed) = seed {
        // mawk's option is what the program could say first.
        add("-W random", format!("BEGIN {{ srand({seed}) }}\n").as_bytes(), &mut library)?;
    }
    for part in parts {
        let (found, name) = match part {
            ProgramPart::Text(text) => {
                add(COMMAND_LINE, text, &mut library)?;
                continue;
            }
            ProgramPart::File(file) if matches!(file.as_bytes(), b"-" | b"/dev/stdin") => {
                let mut text = Vec::new();
                let read = io::stdin().read_to_end(&mut text);
                read.map_err(|error| cannot_open("source", "-", &error))?;
                add("-", &text, &mut library)?;
                continue;
            }
            ProgramPart::File(file) => (library.program(file.as_bytes()), file),
            ProgramPart::Library(file) => (library.library(file.as_bytes()), file),
        };
        let name = name.to_string_lossy();
        let is_library = matches!(part, ProgramPart::Library(_));
        let kind = if is_library { "include" } else { "source" };
        let file = found.map_err(|error| cannot_open(kind, &name, &error))?.in_one_role(&name)?;
        if file.is_repeated && is_library {
            if lint {
                warn(&format!("already included source file `{name}'"));
            }
        } else {
            add(&file.name, &file.text, &mut library)?;
        }
    }
    Ok(source)
}

/// What `@include` names; nothing when it was read before.
fn included(library: &mut Library, name: &str) -> Result<Option<Included>, String> {
    let file = library.library(name.as_bytes()).map_err(|error| cannot_open("include", name, &error))?;
    let file = file.in_one_role(name)?;
    if file.is_repeated {
        return Ok(None);
    }
    Ok(Some(Included { name: file.name, text: file.text }))
}

fn cannot_open(kind: &str, name: &str, error: &io::Error) -> String {
    format!("fatal: cannot open {kind} file `{name}' for reading: {}", reason(error))
}
