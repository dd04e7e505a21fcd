//! The program text: what the command line names, joined in order.

use super::options::{Options, ProgramPart};
use super::{FAILURE, MISTAKE};
use crate::host::{command_name, reason, warn};
use crate::include::{self, Included, Refusal};
use crate::library::Library;
use crate::source::{COMMAND_LINE, Source};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

/// Reads the parts of a program, which begins with a seed of random numbers if one is given.
///
/// # Errors
/// A file cannot be read, or there is too much text.
pub(super) fn read(options: &Options) -> Result<Source, Unread> {
    let lint = options.lint.is_some();
    let mut library = Library::new(std::env::var_os("AWKPATH"));
    let mut texts = Vec::new();
    if let Some(seed) = options.seed {
        // mawk's option is what the program could say first.
        texts.push(("-W random".to_owned(), format!("BEGIN {{ srand({seed}) }}\n").into_bytes()));
    }
    // What the command line names counts as read before the first text is looked at.
    for part in &options.program {
        texts.extend(part_text(part, &mut library, lint)?);
    }
    let mut source = Source::new().in_dialect(options.dialect);
    let mut find = |file: &str| included(&mut library, file);
    for (name, text) in texts {
        if let Err(error) = include::add_placed(&mut source, &name, &text, &mut find) {
            if let Some(line) = error.line.filter(|_| lint && source.includes().next().is_none()) {
                let command = command_name();
                eprintln!("{command}: {}:{line}: warning: `include' is a gawk extension", error.file);
            }
            let status = match error.refusal {
                // The text is to blame, which names the file.
                Refusal::Unreadable(_) => MISTAKE,
                Refusal::Misused(_) => FAILURE,
            };
            return Err(Unread { message: error.to_string(), status });
        }
    }
    Ok(source)
}

/// Why there is no program text.
pub(super) struct Unread {
    pub message: String,
    /// The exit status.
    pub status: i32,
}

impl From<String> for Unread {
    fn from(message: String) -> Unread {
        Unread { message, status: FAILURE }
    }
}

/// The name and the text of a part of the command line; nothing for a library that was named before.
fn part_text(
    part: &ProgramPart,
    library: &mut Library,
    lint: bool,
) -> Result<Option<(String, Vec<u8>)>, String> {
    let (found, name) = match part {
        ProgramPart::Text(text) => return Ok(Some((COMMAND_LINE.to_owned(), text.clone()))),
        ProgramPart::File(file) if matches!(file.as_bytes(), b"-" | b"/dev/stdin") => {
            let mut text = Vec::new();
            let read = io::stdin().read_to_end(&mut text);
            read.map_err(|error| fatal(cannot_open("-", &error)))?;
            return Ok(Some(("-".to_owned(), text)));
        }
        ProgramPart::File(file) => (library.program(file.as_bytes()), file),
        ProgramPart::Library(file) => (library.library(file.as_bytes()), file),
    };
    let name = name.to_string_lossy();
    let is_library = matches!(part, ProgramPart::Library(_));
    let file = found.map_err(|error| fatal(cannot_open(&name, &error)))?.in_one_role(&name)?;
    if !file.is_repeated || !is_library {
        return Ok(Some((file.name, file.text)));
    }
    if lint {
        warn(&format!("already included source file `{name}'"));
    }
    Ok(None)
}

/// What `@include` names; nothing when it was read before.
fn included(library: &mut Library, name: &str) -> Result<Option<Included>, Refusal> {
    let file = library.library(name.as_bytes());
    let file = file.map_err(|error| Refusal::Unreadable(format!("error: {}", cannot_open(name, &error))))?;
    let file = file.in_one_role(name).map_err(Refusal::Misused)?;
    if file.is_repeated {
        return Ok(None);
    }
    Ok(Some(Included { name: file.name, text: file.text }))
}

fn fatal(message: String) -> String {
    format!("fatal: {message}")
}

fn cannot_open(name: &str, error: &io::Error) -> String {
    format!("cannot open source file `{name}' for reading: {}", reason(error))
}
