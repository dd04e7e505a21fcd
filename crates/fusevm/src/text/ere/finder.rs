//! Finding a match's place: the leftmost start, the longest end from there, and the groups in between.

use aho_corasick::packed;
use memchr::{memchr, memmem};
use regex_automata::hybrid::dfa as lazy;
use regex_automata::meta;
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::prefilter::Prefilter;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::Span;
use super::between::Between;
use super::parse::Program;
use super::rewrite;
use super::run::Run;
use crate::text::utf8;

/// How an expression is searched for.
pub(super) struct Finder {
    strategy: Strategy,
    groups: Option<Groups>,
}

enum Strategy {
    /// A row of sets of bytes.
    Run(Box<Run>),
    /// A text, anything, and a text.
    Between(Box<Between>),
    /// A longer text.
    Literal(Box<memmem::Finder<'static>>),
    /// One of some texts: `GET|POST`, `[Ee]rror (at|in)`.
    Words(Box<packed::Searcher>),
    /// Begins with anything, and so where the search does if it matches at all: `.*[0-9]`.
    Anything(Box<Longest>),
    /// Begins with one of a few texts: `region=[a-z]+-[0-9]`.
    Begins(Box<Begins>),
    /// Anything else.
    Automata(Box<Automata>),
}

impl Finder {
    pub(super) fn new(program: &Program) -> Finder {
        Finder { strategy: Strategy::new(program), groups: None }
    }

    /// The leftmost-longest match from `start` on.
    pub(super) fn find(&mut self, hay: &[u8], start: usize) -> Option<Span> {
        match &mut self.strategy {
            Strategy::Literal(literal) => {
                let at = start + literal.find(&hay[start..])?;
                Some((at, at + literal.needle().len()))
            }
            Strategy::Words(words) => {
                let found = words.find_in(hay, (start..hay.len()).into())?;
                Some((found.start(), found.end()))
            }
            Strategy::Run(run) => run.find(hay, start),
            Strategy::Between(between) => between.find(hay, start),
            Strategy::Anything(longest) => longest.end(hay, start).map(|end| (start, end)),
            Strategy::Begins(begins) => begins.find(hay, start),
            Strategy::Automata(automata) => automata.find(hay, start),
        }
    }

    /// Gives the matches that are not empty from `from` on, as [`Run::each`] does.
    #[inline]
    pub(super) fn each(&mut self, hay: &[u8], mut from: usize, mut each: impl FnMut(usize, usize) -> bool) {
        if let Strategy::Run(run) = &self.strategy {
            return run.each(hay, from, each);
        }
        while let Some((start, end)) = self.find(hay, from) {
            if start < end && !each(start, end) {
                return;
            }
            from = if start < end { end } else { start + utf8::char_length(&hay[start..]).max(1) };
            if from > hay.len() {
                return;
            }
        }
    }

    /// Whether a search costs no more than to find out whether there is a match.
    pub(super) fn is_quick(&self) -> bool {
        !matches!(self.strategy, Strategy::Automata(_) | Strategy::Anything(_))
    }

    /// The match and its groups; see `Ere::captures_at`.
    pub(super) fn captures(
        &mut self,
        program: &Program,
        hay: &[u8],
        start: usize,
        groups: &mut Vec<Option<Span>>,
    ) -> bool {
        let Some(span) = self.find(hay, start) else {
            return false;
        };
        if program.groups == 0 {
            groups.push(Some(span));
        } else {
            self.groups.get_or_insert_with(|| Groups::new(program)).fill(hay, span, groups);
        }
        true
    }
}

impl Strategy {
    fn new(program: &Program) -> Strategy {
        if let Some(run) = Run::new(&program.plain) {
            return Strategy::Run(Box::new(run));
        }
        if let Some(between) = Between::new(&program.plain) {
            return Strategy::Between(Box::new(between));
        }
        match program.plain.kind() {
            HirKind::Literal(literal) if !literal.0.is_empty() => {
                Strategy::Literal(Box::new(memmem::Finder::new(&literal.0).into_owned()))
            }
            _ => {
                if let Some(words) = words(&program.plain) {
                    return Strategy::Words(Box::new(words));
                }
                if rewrite::items(&program.plain).first().is_some_and(rewrite::is_any_bytes) {
                    return Strategy::Anything(Box::new(Longest::new(&program.plain, program.utf8)));
                }
                match Begins::new(program) {
                    Some(begins) => Strategy::Begins(Box::new(begins)),
                    None => Strategy::Automata(Box::new(Automata::new(program))),
                }
            }
        }
    }
}

/// A search for an expression that matches no more than a few texts, none of them empty.
fn words(hir: &Hir) -> Option<packed::Searcher> {
    if !hir.properties().look_set().is_empty() {
        return None;
    }
    let texts = Extractor::new().extract(hir);
    let is_whole = texts.is_exact() && texts.min_literal_len().is_some_and(|length| length > 0);
    let texts = texts.literals().filter(|_| is_whole)?;
    let config = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).clone();
    config.builder().extend(texts.iter().map(|text| text.as_bytes())).build()
}

/// How many places that a match could begin at are tried before the automata read the rest of the text, so that searches take
/// linear time.
const PLACES: usize = 8;

/// The shortest text that matches are looked for by: a single byte is at too many places where none begins.
const TEXT_MIN: usize = 2;

/// A search for an expression of which each match begins with one of a few texts: where one of them is, a match begins or none does.
struct Begins {
    texts: Prefilter,
    longest: Longest,
    plain: Hir,
    utf8: bool,
    /// For texts with many places where no match begins: made when the first one comes.
    first: Option<(meta::Regex, meta::Cache)>,
}

impl Begins {
    fn new(program: &Program) -> Option<Begins> {
        // What is tied to the beginning of the text is found there, or nowhere.
        if program.plain.properties().look_set().contains(Look::Start) {
            return None;
        }
        let texts = Extractor::new().extract(&program.plain);
        let texts = texts.literals().filter(|texts| texts.iter().all(|text| text.len() >= TEXT_MIN))?;
        let texts = Prefilter::new(MatchKind::LeftmostFirst, texts).filter(Prefilter::is_fast)?;
        let longest = Longest::new(&program.plain, program.utf8);
        Some(Begins { texts, longest, plain: program.plain.clone(), utf8: program.utf8, first: None })
    }

    fn find(&mut self, hay: &[u8], start: usize) -> Option<Span> {
        let mut from = start;
        for _ in 0..PLACES {
            let begin = self.texts.find(hay, (from..hay.len()).into())?.start;
            if let Some(end) = self.longest.end(hay, begin) {
                return Some((begin, end));
            }
            from = begin + 1;
        }
        let (first, cache) = self.first.get_or_insert_with(|| {
            let first = leftmost_first(&self.plain, self.utf8);
            let cache = first.create_cache();
            (first, cache)
        });
        let found = first.search_with(cache, &Input::new(hay).range(from..))?;
        Some((found.start(), self.longest.end(hay, found.start()).unwrap_or(found.end())))
    }
}

struct Automata {
    /// The byte that every match begins with, if it is always the same: most texts do not have it, which is seen sooner
    /// without the automaton.
    begin: Option<u8>,
    first: meta::Regex,
    first_cache: meta::Cache,
    /// Absent when the first match is the longest.
    longest: Option<Longest>,
}

impl Automata {
    fn new(program: &Program) -> Automata {
        let first = leftmost_first(&program.plain, program.utf8);
        let first_cache = first.create_cache();
        let longest =
            (!rewrite::first_is_longest(&program.plain)).then(|| Longest::new(&program.plain, program.utf8));
        Automata { begin: rewrite::first_byte(&program.plain), first, first_cache, longest }
    }

    fn find(&mut self, hay: &[u8], start: usize) -> Option<Span> {
        let start = match self.begin {
            Some(byte) => start + memchr(byte, &hay[start..])?,
            None => start,
        };
        let input = Input::new(hay).range(start..);
        let found = self.first.search_with(&mut self.first_cache, &input)?;
        let end = match &mut self.longest {
            Some(longest) => longest.end(hay, found.start()).unwrap_or(found.end()),
            None => found.end(),
        };
        Some((found.start(), end))
    }
}

/// The general engine of `regex-automata` for an expression without groups.
pub(super) fn leftmost_first(hir: &Hir, utf8: bool) -> meta::Regex {
    let config = meta::Config::new()
        .utf8_empty(utf8)
        .which_captures(WhichCaptures::Implicit)
        // The pattern's size was bounded when it was program.
        .nfa_size_limit(None);
    meta::Builder::new()
        .configure(config)
        .build_from_hir(hir)
        .expect("the size of a parsed pattern is bounded")
}

/// Compiles an expression to an automaton.
pub(super) fn compile(hir: &Hir, utf8: bool, captures: WhichCaptures) -> NFA {
    let config = thompson::Config::new().utf8(utf8).which_captures(captures);
    NFA::compiler().configure(config).build_from_hir(hir).expect("the size of a parsed pattern is bounded")
}

/// A deterministic automaton built while it runs, with limits under which it can always work.
pub(super) fn lazy_automaton(nfa: NFA, kind: MatchKind) -> Option<lazy::DFA> {
    let config = lazy::Config::new()
        .match_kind(kind)
        .unicode_word_boundary(true)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(8))
        .minimum_bytes_per_state(Some(4));
    lazy::Builder::new().configure(config).build_from_nfa(nfa).ok()
}

/// The longest match from a given start: an automaton that reports all matches, run until it can match no more.
struct Longest {
    nfa: NFA,
    lazy: Option<(lazy::DFA, lazy::Cache)>,
    /// For what a deterministic automaton cannot do: Unicode word boundaries next to other than ASCII, and automata that grow too fast.
    pike: Option<(PikeVM, pikevm::Cache)>,
}

impl Longest {
    fn new(hir: &Hir, utf8: bool) -> Longest {
        let nfa = compile(hir, utf8, WhichCaptures::Implicit);
        let lazy = lazy_automaton(nfa.clone(), MatchKind::All).map(|dfa| {
            let cache = dfa.create_cache();
            (dfa, cache)
        });
        Longest { nfa, lazy, pike: None }
    }

    fn end(&mut self, hay: &[u8], start: usize) -> Option<usize> {
        let input = Input::new(hay).range(start..).anchored(Anchored::Yes);
        if let Some((dfa, cache)) = &mut self.lazy
            && let Ok(found) = dfa.try_search_fwd(cache, &input)
        {
            return found.map(|half| half.offset());
        }
        let (vm, cache) = self.pike.get_or_insert_with(|| pike(self.nfa.clone()));
        let mut slots = [None; 2];
        vm.search_slots(cache, &input, &mut slots)?;
        slots[1].map(NonMaxUsize::get)
    }
}

/// The simulation that keeps every thread, so that its last match is the longest.
fn pike(nfa: NFA) -> (PikeVM, pikevm::Cache) {
    let config = PikeVM::config().match_kind(MatchKind::All);
    let vm =
        PikeVM::builder().configure(config).build_from_nfa(nfa).expect("a simulation takes any automaton");
    let cache = vm.create_cache();
    (vm, cache)
}

/// Where the groups of a match lie. Of several ways to match the same span, the one that prefers earlier alternatives and longer loops
/// is reported, as GNU's matcher does.
struct Groups {
    vm: PikeVM,
    cache: pikevm::Cache,
    slots: Vec<Option<NonMaxUsize>>,
    count: usize,
}

impl Groups {
    fn new(program: &Program) -> Groups {
        let (vm, cache) = pike(compile(&program.hir, program.utf8, WhichCaptures::All));
        let slots = vec![None; vm.get_nfa().group_info().slot_len()];
        Groups { vm, cache, slots, count: program.groups }
    }

    fn fill(&mut self, hay: &[u8], span: Span, groups: &mut Vec<Option<Span>>) {
        let input = Input::new(hay).range(span.0..span.1).anchored(Anchored::Yes);
        self.slots.fill(None);
        self.vm.search_slots(&mut self.cache, &input, &mut self.slots);
        groups.extend(self.slots.chunks_exact(2).map(|pair| Some((pair[0]?.get(), pair[1]?.get()))));
        groups[0] = Some(span);
        // The automaton drops groups under `{0}` at the end of the pattern.
        groups.resize(self.count + 1, None);
    }
}
