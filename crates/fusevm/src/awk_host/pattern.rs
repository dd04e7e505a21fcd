//! Regular expressions of a program, with what is known for them of the lines ahead.

use super::ahead::LinesAhead;
use super::outlook::Outlook;
use super::record::Record;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::{self, Ere, Required};
use std::ops::Deref;

/// A compiled regular expression.
///
/// Most lines that an expression like `/ERROR.*timeout/` is tried on lack a text that a match must have in it, and need not be
/// looked at.
#[derive(Debug)]
pub(crate) struct Pattern {
    ere: Ere,
    outlook: Outlook,
}

impl Deref for Pattern {
    type Target = Ere;

    fn deref(&self) -> &Ere {
        &self.ere
    }
}

impl Pattern {
    /// As [`compile`].
    pub fn new(pattern: &[u8], options: &ere::Options) -> OpResult<Pattern> {
        Ok(Pattern { ere: compile(pattern, options)?, outlook: Outlook::default() })
    }

    /// Whether a text matches: in one function, with what is asked of every record.
    #[inline(never)]
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.ere.is_match(text)
    }

    /// What is known of a match in the record without a look at it.
    #[inline(always)]
    pub fn foresee(&self, record: &Record) -> Foresight {
        // What the expression requires is found out only where there are lines to look for it in.
        match record.lines().and_then(|_| self.ere.required()) {
            Some(required) => self.foresee_required(record, required),
            None => Foresight::Perhaps(0),
        }
    }

    /// Where in the buffer of the lines ahead the next one is that may have a match, in the line or in a part of it, or where these
    /// end; None where that is not known.
    pub fn next_place(&self, lines: &LinesAhead, in_part: bool) -> Option<usize> {
        let required = self.ere.required().filter(|required| !(in_part && required.ends_line()))?;
        self.outlook.next_place(lines, |text| required.find(text))
    }

    /// Notes how many lines need not be looked at for what [`next_place`](Pattern::next_place) has told.
    pub fn save(&self, lines: usize) {
        self.outlook.save(lines);
    }

    #[inline]
    fn foresee_required(&self, record: &Record, required: &Required) -> Foresight {
        match self.outlook.place(record, required.is_all(), |text| required.find(text)) {
            Some(None) => Foresight::Never,
            Some(Some(place)) => {
                let from = if required.begins() { place } else { 0 };
                if required.is_all() { Foresight::Surely(from) } else { Foresight::Perhaps(from) }
            }
            None => Foresight::Perhaps(0),
        }
    }
}

/// What is known of a match before a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foresight {
    /// There is none.
    Never,
    /// There is one, which begins here at the earliest, whatever is before.
    Surely(usize),
    /// If there is one it begins here at the earliest, whatever is before.
    Perhaps(usize),
}

/// Compiles a regular expression of an awk program.
///
/// # Errors
/// It does not parse.
pub(super) fn compile(pattern: &[u8], options: &ere::Options) -> OpResult<Ere> {
    Ere::new(pattern, options).map_err(|error| {
        let pattern = String::from_utf8_lossy(pattern);
        Fault::new(ErrorKind::Syntax, format!("invalid regexp: {error}: /{pattern}/"))
    })
}
