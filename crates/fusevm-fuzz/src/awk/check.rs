//! What must hold of any text that is given to the compiler: code that verifies, or errors that say what and where.

use super::count_run;
use crate::rng::Rng;
use fusevm_awk::include::{self, Included};
use fusevm_awk::{CompileOptions, Diagnostic, Dialect, Program, Severity, Source, compile};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Warnings that are looked at.
const MAX_SHOWN: usize = 20;

/// Compiles a program, with options that the seed chooses.
///
/// # Errors
/// What does not hold of it.
pub fn check(text: &[u8], seed: u64) -> Result<(), String> {
    count_run();
    catch_unwind(AssertUnwindSafe(|| compiles_or_tells(text, seed))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let message = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("of no text");
        Err(format!("a panic: {message}"))
    })
}

fn compiles_or_tells(text: &[u8], seed: u64) -> Result<(), String> {
    let mut rng = Rng::new(seed ^ 0xa3);
    let mut source = Source::new();
    let mut find = |name: &str| match name {
        "some" => {
            Ok(Some(Included { name: name.into(), text: b"function included(x) { return x }\n".into() }))
        }
        "again" => Ok(None),
        _ => Err(format!("no file {name}")),
    };
    if let Err(message) = include::add(&mut source, "program", text, &mut find) {
        return if message.starts_with("program:") {
            Ok(())
        } else {
            Err(format!("no place in {message:?}"))
        };
    }
    let options = CompileOptions {
        dialect: if rng.chance(3, 4) {
            Dialect::Gawk
        } else {
            rng.pick(&[Dialect::Posix, Dialect::Traditional])
        },
        parallel: rng.chance(1, 3),
        lint: rng.chance(1, 3),
        counts_runs: rng.chance(1, 8),
        keeps_globals: rng.chance(1, 8),
        ..CompileOptions::default()
    };
    match compile(&source, &options) {
        Ok(Program { chunk, warnings, .. }) => {
            chunk.verify().map_err(|error| format!("the code does not verify: {error}"))?;
            let shown = warnings.iter().filter(|warning| !warning.is_classic_only);
            shown.take(MAX_SHOWN).try_for_each(|warning| shows(warning, Severity::Warning, &source))
        }
        Err(errors) if errors.is_empty() => Err("refused without an error".into()),
        Err(errors) => errors.iter().try_for_each(|error| shows(error, Severity::Error, &source)),
    }
}

/// Whether a message has words, a place, and can be shown.
fn shows(diagnostic: &Diagnostic, severity: Severity, source: &Source) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}: {diagnostic:?}"));
    if diagnostic.severity != severity {
        return wrong("a message of the wrong kind");
    }
    if diagnostic.message.is_empty() || diagnostic.message.contains('\n') {
        return wrong("a message that is not one line");
    }
    let length = source.text().len() as u32;
    let spans = diagnostic.related.iter().map(|(span, _)| *span).chain([diagnostic.span]);
    for span in spans {
        if span.start > span.end || span.end > length || source.locate(span.start).line == 0 {
            return wrong("a place outside of the text");
        }
    }
    // Control characters are shown as something else.
    let letters = |text: &str| text.chars().filter(char::is_ascii_graphic).collect::<String>();
    if !letters(&diagnostic.render(source, false)).contains(&letters(&diagnostic.message)) {
        return wrong("a message that is not shown");
    }
    Ok(())
}
