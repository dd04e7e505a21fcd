//! Expressions of which each match begins with one of a few texts, or with bytes that are rare: where these are, a match begins or none does.

use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Input, MatchKind, meta};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, Look};

use super::Span;
use super::automata::{self, Longest};
use super::opening;
use super::run::Run;

/// How many places that a match could begin at are tried before the automata read the rest of the text, so that searches take
/// linear time.
const PLACES: usize = 8;

/// The shortest text that matches are looked for by: a single byte is at too many places where none begins.
const TEXT_MIN: usize = 2;

pub(super) struct Begins {
    places: Places,
    longest: Longest,
    plain: Hir,
    utf8: bool,
    /// For texts with many places where no match begins: made when the first one comes.
    first: Option<(meta::Regex, meta::Cache)>,
}

/// How the places are found that a match may begin at.
enum Places {
    /// `region=[a-z]+-[0-9]`.
    Texts(Prefilter),
    /// `user[0-9]+|u[0-9]+`, of which each match begins with `us` or a `u` and a digit.
    Opening(Box<Run>),
}

impl Begins {
    pub(super) fn new(plain: &Hir, utf8: bool) -> Option<Begins> {
        // What is tied to the beginning of the text is found there, or nowhere.
        if plain.properties().look_set().contains(Look::Start) {
            return None;
        }
        let texts = Extractor::new().extract(plain);
        let texts = texts.literals().filter(|texts| texts.iter().all(|text| text.len() >= TEXT_MIN));
        let texts = texts.and_then(|texts| Prefilter::new(MatchKind::LeftmostFirst, texts));
        let places = match texts.filter(Prefilter::is_fast) {
            Some(texts) => Places::Texts(texts),
            None => Places::Opening(Box::new(opening::rare(plain)?)),
        };
        Some(Begins { places, longest: Longest::new(plain, utf8), plain: plain.clone(), utf8, first: None })
    }

    /// The leftmost-longest match from `start` on.
    pub(super) fn find(&mut self, hay: &[u8], start: usize) -> Option<Span> {
        let mut from = start;
        for _ in 0..PLACES {
            let begin = self.places.next(hay, from)?;
            if let Some(end) = self.longest.end(hay, begin) {
                return Some((begin, end));
            }
            from = begin + 1;
        }
        let (first, cache) = self.first();
        let found = first.search_with(cache, &Input::new(hay).range(from..))?;
        Some((found.start(), self.longest.end(hay, found.start()).unwrap_or(found.end())))
    }

    /// Whether there is a match.
    pub(super) fn is_match(&mut self, hay: &[u8]) -> bool {
        let mut from = 0;
        for _ in 0..PLACES {
            let Some(begin) = self.places.next(hay, from) else { return false };
            if self.longest.begins(hay, begin) {
                return true;
            }
            from = begin + 1;
        }
        let (first, cache) = self.first();
        first.search_half_with(cache, &Input::new(hay).range(from..).earliest(true)).is_some()
    }

    fn first(&mut self) -> (&meta::Regex, &mut meta::Cache) {
        let (first, cache) = self.first.get_or_insert_with(|| {
            let first = automata::leftmost_first(&self.plain, self.utf8);
            let cache = first.create_cache();
            (first, cache)
        });
        (first, cache)
    }
}

impl Places {
    /// The next place at which a match may begin.
    fn next(&self, hay: &[u8], from: usize) -> Option<usize> {
        match self {
            Places::Texts(texts) => texts.find(hay, (from..hay.len()).into()).map(|found| found.start),
            Places::Opening(row) => row.find(hay, from).map(|(start, _)| start),
        }
    }
}
