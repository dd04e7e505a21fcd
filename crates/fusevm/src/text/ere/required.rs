//! Texts or rare bytes without which an expression does not match: to search for these in much text at once rules most of it out.

use regex_automata::util::prefilter::Prefilter;
use regex_automata::{MatchKind, Span};
use regex_syntax::hir::{Hir, HirKind};

use super::boolean::{self, Matcher};
use super::parse::Parsed;
use super::rewrite;
use super::row::Row;
use super::run::Run;

/// With more texts than that, each place in a line is likely to be looked at.
const TEXTS_MAX: usize = 16;

/// Of how many places in a thousand of common text a row may be at, to be looked for: the most lines are to have none.
const COMMON_MAX: u32 = 1;

/// What each match has in it.
pub(crate) struct Required {
    finder: Finder,
    /// Whether the expression matches where these are, and nowhere else.
    is_all: bool,
    /// Whether each match begins with one of these.
    begins: bool,
    /// Whether the end of the line belongs to them, so that a part of the line may match without.
    ends_line: bool,
}

enum Finder {
    /// One of some texts.
    Texts(Prefilter),
    /// A row of sets of bytes, which is the whole expression: `x.y.z`, `[0-9]`.
    Row(Box<Run>),
}

impl Required {
    pub(super) fn new(parsed: &Parsed) -> Option<Required> {
        let core = rewrite::boolean_core(&parsed.program.plain);
        let items = rewrite::items(&core);
        // What is dropped from the front does not change whether there is a match, but where it begins.
        let keeps_front = rewrite::items(&parsed.program.plain).first() == items.first();
        let required = Required::of_core(items, parsed)?;
        Some(Required { begins: required.begins && keeps_front, ..required })
    }

    fn of_core(items: &[Hir], parsed: &Parsed) -> Option<Required> {
        match Matcher::at_one_place(items) {
            Some(Matcher::Suffix(text)) => return Required::of_line_end(&text, parsed),
            Some(_) => return None,
            None => {}
        }
        if let Some(row) = Required::of_row(items, parsed) {
            return Some(row);
        }
        let texts = texts_of(items)?;
        if parsed.changes_texts() && !texts.iter().all(|text| text.is_ascii()) {
            return None;
        }
        // A text with a newline in it is in no line, but may be in several.
        let are_in_lines = texts.iter().all(|text| !text.contains(&b'\n'));
        let is_all = are_in_lines
            && match items {
                [item] => match item.kind() {
                    HirKind::Alternation(branches) => {
                        branches.iter().all(|branch| boolean::literal(branch).is_some())
                    }
                    _ => boolean::literal(item).is_some(),
                },
                _ => false,
            };
        let begins = begins_of(items).is_some_and(|begins| begins == texts);
        Some(Required { begins, ..Required::of_texts(&texts, is_all)? })
    }

    fn of_texts<T: AsRef<[u8]>>(texts: &[T], is_all: bool) -> Option<Required> {
        let finder = Prefilter::new(MatchKind::LeftmostFirst, texts).filter(Prefilter::is_fast)?;
        Some(Required { finder: Finder::Texts(finder), is_all, begins: false, ends_line: false })
    }

    /// What a text at the end of a line is, with the newline: there and nowhere else an expression like `/text$/` matches.
    fn of_line_end(text: &[u8], parsed: &Parsed) -> Option<Required> {
        if text.contains(&b'\n') || parsed.changes_texts() && !text.is_ascii() {
            return None;
        }
        let required = Required::of_texts(&[[text, b"\n"].concat()], true)?;
        Some(Required { ends_line: true, ..required })
    }

    /// A row, which is all of the expression; a text is found faster as such.
    fn of_row(items: &[Hir], parsed: &Parsed) -> Option<Required> {
        if parsed.changes_texts() || matches!(items, [item] if boolean::literal(item).is_some()) {
            return None;
        }
        let row = Row::new(items)?;
        let is_in_line = row.sets().iter().all(|set| !set[usize::from(b'\n')]);
        let row = Run::of_row(row).filter(|row| row.commonness() <= COMMON_MAX)?;
        Some(Required {
            finder: Finder::Row(Box::new(row)),
            is_all: is_in_line,
            begins: true,
            ends_line: false,
        })
    }

    /// Where the first of the texts begins, or the row.
    pub fn find(&self, hay: &[u8]) -> Option<usize> {
        match &self.finder {
            Finder::Texts(texts) => texts.find(hay, Span::from(0..hay.len())).map(|found| found.start),
            Finder::Row(row) => row.find(hay, 0).map(|(start, _)| start),
        }
    }

    /// Whether each match begins with one of these: nothing before the first of them has to be looked at.
    pub fn begins(&self) -> bool {
        self.begins
    }

    /// Whether the newline belongs to them: what ends before the line does may match all the same.
    pub fn ends_line(&self) -> bool {
        self.ends_line
    }

    /// Whether a line, with its newline, that has one of these in it matches, whatever else it has.
    pub fn is_all(&self) -> bool {
        self.is_all
    }
}

/// The texts with one of which each match of items begins.
fn begins_of(items: &[Hir]) -> Option<Vec<&[u8]>> {
    let first = items.first()?;
    let HirKind::Alternation(branches) = first.kind() else {
        return boolean::literal(first).map(|text| vec![text]);
    };
    let texts = branches.iter().map(|branch| begins_of(rewrite::items(branch)));
    Some(texts.collect::<Option<Vec<_>>>()?.concat())
}

/// The texts that are likely to be the rarest of those that items, one after the other, cannot match without.
fn texts_of(items: &[Hir]) -> Option<Vec<&[u8]>> {
    let candidates = items.iter().filter_map(|item| match item.kind() {
        HirKind::Alternation(branches) => {
            let texts = branches.iter().map(|branch| texts_of(rewrite::items(branch)));
            let texts = texts.collect::<Option<Vec<_>>>()?.concat();
            (texts.len() <= TEXTS_MAX).then_some(texts)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => texts_of(rewrite::items(&repetition.sub)),
        _ => boolean::literal(item).map(|text| vec![text]),
    });
    candidates.max_by_key(|texts| texts.iter().map(|text| text.len()).min())
}
