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
        let end = |longest: &mut Longest, begin| longest.end(hay, begin).map(|end| (begin, end));
        self.at_places(hay, start, end).unwrap_or_else(|from| {
            let (first, cache) = self.first();
            let found = first.search_with(cache, &Input::new(hay).range(from..))?;
            Some((found.start(), self.longest.end(hay, found.start()).unwrap_or(found.end())))
        })
    }

    /// Whether there is a match.
    pub(super) fn is_match(&mut self, hay: &[u8]) -> bool {
        let begins = |longest: &mut Longest, begin| longest.begins(hay, begin).then_some(());
        let found = self.at_places(hay, 0, begins).map(|found| found.is_some());
        found.unwrap_or_else(|from| {
            let (first, cache) = self.first();
            first.search_half_with(cache, &Input::new(hay).range(from..).earliest(true)).is_some()
        })
    }

    /// What `look` finds at the first place where it finds something.
    ///
    /// # Errors
    /// Where the search goes on, after so many places that the rest is to be read in another way.
    #[inline]
    fn at_places<T>(
        &mut self,
        hay: &[u8],
        mut from: usize,
        look: impl Fn(&mut Longest, usize) -> Option<T>,
    ) -> Result<Option<T>, usize> {
        for _ in 0..PLACES {
            let Some(begin) = self.places.next(hay, from) else { return Ok(None) };
            if let Some(found) = look(&mut self.longest, begin) {
                return Ok(Some(found));
            }
            from = begin + 1;
        }
        Err(from)
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
