//! Texts without which an expression does not match: to search for these in much text at once rules most of it out.

use regex_automata::util::prefilter::Prefilter;
use regex_automata::{MatchKind, Span};
use regex_syntax::hir::{Hir, HirKind};

use super::boolean::{self, Matcher};
use super::parse::Parsed;
use super::rewrite;

/// With more texts than that, each place in a line is likely to be looked at.
const TEXTS_MAX: usize = 16;

/// Texts of which each match has one in it.
#[derive(Debug)]
pub(crate) struct Required {
    finder: Prefilter,
    /// Whether the expression matches these texts and nothing else.
    is_all: bool,
}

impl Required {
    pub(super) fn new(parsed: &Parsed) -> Option<Required> {
        let core = rewrite::boolean_core(&parsed.program.plain);
        let items = rewrite::items(&core);
        if Matcher::at_one_place(items).is_some() {
            return None;
        }
        let texts = texts_of(items)?;
        if parsed.changes_texts() && !texts.iter().all(|text| text.is_ascii()) {
            return None;
        }
        let is_all = match items {
            [item] => match item.kind() {
                HirKind::Alternation(branches) => {
                    branches.iter().all(|branch| boolean::literal(branch).is_some())
                }
                _ => boolean::literal(item).is_some(),
            },
            _ => false,
        };
        let finder = Prefilter::new(MatchKind::LeftmostFirst, &texts).filter(Prefilter::is_fast)?;
        Some(Required { finder, is_all })
    }

    /// Where the first of the texts begins.
    pub fn find(&self, hay: &[u8]) -> Option<usize> {
        self.finder.find(hay, Span::from(0..hay.len())).map(|found| found.start)
    }

    /// Whether a text that has one of these in it matches, whatever else it has.
    pub fn is_all(&self) -> bool {
        self.is_all
    }
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
