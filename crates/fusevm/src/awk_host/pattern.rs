//! Regular expressions of a program, with what is known for them of the lines ahead.

use super::record::Record;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::{self, Ere};
use std::cell::Cell;
use std::ops::Deref;

/// For how many lines that have the text in them, beyond one in four, a search over many lines goes on.
const PATIENCE: i32 = 64;

/// A compiled regular expression.
///
/// Most lines that an expression like `/ERROR.*timeout/` is tried on lack a text that a match must have in it. That text is
/// searched for in all the lines that were read ahead at once, and the lines before the place where it is found need not
/// be looked at.
#[derive(Debug)]
pub(crate) struct Pattern {
    ere: Ere,
    outlook: Cell<Outlook>,
}

/// Where the text comes next in the lines ahead.
#[derive(Clone, Copy, Debug, Default)]
struct Outlook {
    /// The number of the buffer that the rest is of.
    buffer: u64,
    /// The place, or the end of the lines.
    next: usize,
    /// What was saved so far: a text that many lines have in them is better looked for in each of these.
    balance: i32,
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
        Ok(Pattern { ere: compile(pattern, options)?, outlook: Cell::default() })
    }

    /// Whether the record matches, where that is known without a look at it.
    #[inline]
    pub fn foresee(&self, record: &Record) -> Option<bool> {
        let lines = record.lines()?;
        let (buffer, line) = lines.place_of_record();
        let mut outlook = self.outlook.get();
        if outlook.buffer != buffer {
            outlook = Outlook { buffer, next: 0, balance: PATIENCE };
        }
        if outlook.balance < 0 {
            return None;
        }
        let required = self.ere.required()?;
        if outlook.next < line.start {
            let rest = lines.lines_from(line.start);
            outlook.next = line.start + required.find(rest).unwrap_or(rest.len());
        }
        let is_there = outlook.next < line.end;
        if !required.is_all() {
            outlook.balance += if is_there { -3 } else { 1 };
        }
        self.outlook.set(outlook);
        if is_there && !required.is_all() { None } else { Some(is_there) }
    }
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
