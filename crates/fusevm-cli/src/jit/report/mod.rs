//! `fusevm jit report`: a page on where a program's time went, and why.
//!
//! `summary` makes figures of the events, `page` makes a page of the figures.

mod page;
mod summary;

use super::Subject;
use crate::args::Report;
use crate::failure::Failure;
use crate::output;
use summary::Summary;

/// Runs a program and writes the page; the program's exit status.
pub fn report(args: &Report) -> Result<u8, Failure> {
    let (result, observed) = Subject::parse(&args.program)?.observe(false);
    // A program that never began left nothing to report; one that ended with an error did.
    if let Some(observed) = observed {
        let words: Vec<String> =
            args.program.iter().map(|word| shell_word(&word.to_string_lossy())).collect();
        let page = page::page(&words.join(" "), &Summary::new(&observed.events), &observed);
        output::write_file(&args.page, page.as_bytes())?;
    }
    result
}

/// A word of a command line as one types it.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests;
