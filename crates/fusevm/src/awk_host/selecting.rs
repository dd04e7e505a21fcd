//! The next of the records ahead that a program does something with, for a loop that asks each of them something first.
//!
//! The questions of the loop are asked here, without the instructions between them, until one has the answer that is awaited. Where
//! all of them await a match of an expression that requires some text, the lines before the next such text are only counted.

use super::ahead::LinesAhead;
use super::caches::Cache;
use super::pattern::{Foresight, Pattern};
use super::record::Record;
use super::state::AwkState;
use crate::error::OpResult;
use crate::value::ByteStr;

/// A question to a record.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// The field that it is about, or 0 for the record.
    pub field: usize,
    /// Whether it is whether the field matches a regular expression; otherwise whether it is a text.
    pub is_match: bool,
    pub text: ByteStr,
    /// The answer with which the program does something.
    pub awaited: bool,
}

/// The questions that were asked last, made ready, so that a loop prepares them once.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    /// Whose they are.
    asker: u64,
    /// The generation of the expressions.
    generation: u64,
    list: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    query: Query,
    /// The number of its expression.
    pattern: Option<u16>,
}

/// Question and expression.
#[derive(Clone, Copy)]
struct Asked<'a> {
    query: &'a Query,
    pattern: Option<&'a Pattern>,
}

impl Asked<'_> {
    /// Whether a record that was just taken has the awaited answer.
    #[inline]
    fn has_awaited_answer(&self, record: &mut Record) -> bool {
        let Query { field, ref text, awaited, .. } = *self.query;
        let answer = match (self.pattern, field) {
            (Some(pattern), 0) => match pattern.foresee(record) {
                Foresight::Never => false,
                Foresight::Surely(_) => true,
                Foresight::Perhaps(from) => pattern.is_match(&record.record_bytes()[from..]),
            },
            (Some(pattern), _) => pattern.is_match(record.text_of(field)),
            (None, _) => record.text_of(field) == &**text,
        };
        answer == awaited
    }

    /// Where in the buffer of the lines ahead the next line is that may have the awaited answer; None where that is not known.
    #[inline]
    fn next_place(&self, lines: &LinesAhead) -> Option<usize> {
        self.pattern.filter(|_| self.query.awaited)?.next_place(lines, self.query.field > 0)
    }

    /// Notes how many lines were left out before one that has what all of these questions require.
    #[inline]
    fn save(&self, lines: usize) {
        if let Some(pattern) = self.pattern
            && (lines > 0 || self.query.field > 0)
        {
            pattern.save(lines);
        }
    }
}

impl Questions {
    /// Makes them those of an asker; false when an expression does not parse, or not all are known at once yet.
    #[cold]
    #[inline(never)]
    fn prepare(
        &mut self,
        asker: u64,
        queries: impl Iterator<Item = Query>,
        patterns: &mut Cache<Pattern>,
        make: impl Fn(&[u8]) -> OpResult<Pattern>,
    ) -> bool {
        *self = Questions::default();
        let generation = patterns.generation();
        for query in queries {
            let pattern = match query.is_match {
                true => match patterns.number(&query.text, &make) {
                    Ok(number) => Some(number),
                    Err(_) => return false,
                },
                false => None,
            };
            self.list.push(Question { query, pattern });
        }
        // The last ones may have driven out the first.
        if patterns.generation() != generation {
            return false;
        }
        (self.asker, self.generation) = (asker, generation);
        true
    }
}

impl AwkState {
    /// Makes the next of the records ahead the record that has the awaited answer to a question: its number. When none has, the last
    /// of them is the record. All up to it are counted. An asker has a number of its own, which is
    /// not 0, and always asks the same.
    ///
    /// # Errors
    /// A record is too long.
    #[inline(always)]
    pub(crate) fn select_ahead(
        &mut self,
        asker: u64,
        queries: impl Iterator<Item = Query>,
    ) -> OpResult<Option<usize>> {
        if self.record_separator().byte() != Some(self.record.ahead_separator()) {
            return Ok(None);
        }
        let known = &mut self.questions;
        if known.asker != asker || known.generation != self.regexes.generation() {
            let syntax = self.syntax;
            let make = |pattern: &[u8]| Pattern::new(pattern, &syntax);
            if !known.prepare(asker, queries, &mut self.regexes, make) {
                // Who asks it of a record hears of an expression that does not parse.
                return Ok(None);
            }
        }
        let AwkState { questions, regexes, record, nr, fnr, .. } = self;
        let questions = || {
            questions.list.iter().map(|Question { query, pattern }| Asked {
                query,
                pattern: pattern.map(|number| regexes.by_number(number)),
            })
        };
        loop {
            let first_place = |lines| {
                questions()
                    .try_fold(usize::MAX, |first, question| Some(first.min(question.next_place(lines)?)))
            };
            if let Some(place) = record.next_lines().and_then(first_place) {
                let skipped = record.skip_lines_before(place);
                nr.add(skipped as f64);
                fnr.add(skipped as f64);
                questions().for_each(|question| question.save(skipped));
            }
            if !record.take_line()? {
                return Ok(None);
            }
            nr.add(1.0);
            fnr.add(1.0);
            if let Some(number) = questions().position(|question| question.has_awaited_answer(record)) {
                return Ok(Some(number));
            }
        }
    }
}
