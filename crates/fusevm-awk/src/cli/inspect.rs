//! What is told of a program's text before it runs, or instead: lint, layout, messages to translate.

use super::options::{Lint, Options};
use super::{FAILURE, refused, report, show};
use crate::ast::Program;
use crate::diagnostic::Diagnostic;
use crate::host::command_name;
use crate::parser::{Parsed, parse};
use crate::source::Source;
use crate::{CompileOptions, lint, reports};

/// Tells what the options ask for; the exit status, unless the program is to run then.
///
/// # Errors
/// A report cannot be written.
pub(super) fn inspect(
    options: &Options,
    compile_options: &CompileOptions,
    source: &Source,
) -> Result<Option<i32>, String> {
    let reports = &options.reports;
    if options.lint.is_none() && !options.lint_old && reports.pretty.is_none() && !reports.gen_pot {
        return Ok(None);
    }
    let Parsed { program, warnings } = match parse(source) {
        Ok(parsed) => parsed,
        // Who compiles it tells what is wrong.
        Err(_) if reports.pretty.is_none() && !reports.gen_pot => return Ok(None),
        Err(errors) => {
            report(&errors, source);
            return Ok(Some(refused(&errors)));
        }
    };
    let found = doubts(&program, source, options, compile_options);
    report(&found, source);
    if options.lint == Some(Lint::Fatal) && !found.is_empty() {
        return Ok(Some(FAILURE));
    }
    if reports.gen_pot {
        return Ok(Some(show(&reports::messages::template(&program, source))));
    }
    if let Some(file) = &reports.pretty {
        report(&warnings, source);
        let text = reports::pretty::print(&program, source, None);
        reports::write(file.as_ref(), "awkprof.out", text.as_bytes())?;
        return Ok(Some(0));
    }
    Ok(None)
}

/// What `--lint` and `--lint-old` find.
fn doubts(
    program: &Program,
    source: &Source,
    options: &Options,
    compile_options: &CompileOptions,
) -> Vec<Diagnostic> {
    let mut found = match options.lint {
        // What is plainly wrong is an error with or without it.
        None | Some(Lint::Invalid) => Vec::new(),
        // Who calls it gawk wants gawk's warnings, which the compiler finds.
        Some(_) if command_name() == "gawk" => Vec::new(),
        Some(Lint::Warn | Lint::Fatal | Lint::NoExtensions) => {
            let assigned = [&compile_options.preset[..], &compile_options.assigned].concat();
            lint::lint(program, &assigned)
        }
    };
    if options.lint_old {
        found.extend(lint::old(program, source));
    }
    found
}
