//! Finding a match's place: the leftmost start, the longest end from there, and the groups in between.

use aho_corasick::packed;
use memchr::{memchr, memmem};
use regex_automata::meta;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::HirKind;

use super::Span;
use super::automata::{Longest, compile, leftmost_first, pike};
use super::begins::Begins;
use super::between::Between;
use super::bound::Bound;
use super::parse::Program;
use super::pieces;
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
    /// At the beginning or the end of the text.
    Bound(Box<Bound>),
    /// A longer text.
    Literal(Box<memmem::Finder<'static>>),
    /// One of some texts: `GET|POST`, `[Ee]rror (at|in)`.
    Words(Box<packed::Searcher>),
    /// Begins with anything, and so where the search does if it matches at all: `.*[0-9]`.
    Anything(Box<Longest>),
    /// Begins with one of a few texts, or with rare bytes: `region=[a-z]+-[0-9]`, `user[0-9]+|u[0-9]+`.
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
            Strategy::Bound(bound) => bound.find(hay, start),
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
        if let Some(bound) = Bound::new(&program.plain) {
            return Strategy::Bound(Box::new(bound));
        }
        match program.plain.kind() {
            HirKind::Literal(literal) if !literal.0.is_empty() => {
                Strategy::Literal(Box::new(memmem::Finder::new(&literal.0).into_owned()))
            }
            _ => {
                let texts = pieces::exact_texts(&program.plain);
                if let Some(words) = texts.and_then(|texts| pieces::packed_searcher(&texts)) {
                    return Strategy::Words(Box::new(words));
                }
                if rewrite::items(&program.plain).first().and_then(rewrite::least_of_any).is_some() {
                    return Strategy::Anything(Box::new(Longest::new(&program.plain, program.utf8)));
                }
                match Begins::new(&program.plain, program.utf8) {
                    Some(begins) => Strategy::Begins(Box::new(begins)),
                    None => Strategy::Automata(Box::new(Automata::new(program))),
                }
            }
        }
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
