//! The automata of `regex-automata`, made of our expressions.

use regex_automata::hybrid::dfa as lazy;
use regex_automata::meta;
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

/// The general engine of `regex-automata` for an expression without groups.
pub(super) fn leftmost_first(hir: &Hir, utf8: bool) -> meta::Regex {
    let config = meta::Config::new()
        .utf8_empty(utf8)
        .which_captures(WhichCaptures::Implicit)
        // The pattern's size was bounded when it was parsed.
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
pub(super) struct Longest {
    nfa: NFA,
    lazy: Option<(lazy::DFA, lazy::Cache)>,
    /// For what a deterministic automaton cannot do: Unicode word boundaries next to other than ASCII, and automata that grow too fast.
    pike: Option<(PikeVM, pikevm::Cache)>,
}

impl Longest {
    pub(super) fn new(hir: &Hir, utf8: bool) -> Longest {
        let nfa = compile(hir, utf8, WhichCaptures::Implicit);
        let lazy = lazy_automaton(nfa.clone(), MatchKind::All).map(|dfa| {
            let cache = dfa.create_cache();
            (dfa, cache)
        });
        Longest { nfa, lazy, pike: None }
    }

    pub(super) fn end(&mut self, hay: &[u8], start: usize) -> Option<usize> {
        self.search(&Input::new(hay).range(start..).anchored(Anchored::Yes))
    }

    /// Whether a match begins at a place.
    pub(super) fn begins(&mut self, hay: &[u8], start: usize) -> bool {
        let input = Input::new(hay).range(start..).anchored(Anchored::Yes).earliest(true);
        self.search(&input).is_some()
    }

    fn search(&mut self, input: &Input<'_>) -> Option<usize> {
        if let Some((dfa, cache)) = &mut self.lazy
            && let Ok(found) = dfa.try_search_fwd(cache, input)
        {
            return found.map(|half| half.offset());
        }
        let (vm, cache) = self.pike.get_or_insert_with(|| pike(self.nfa.clone()));
        let mut slots = [None; 2];
        vm.search_slots(cache, input, &mut slots)?;
        slots[1].map(NonMaxUsize::get)
    }
}

/// The simulation that keeps every thread, so that its last match is the longest.
pub(super) fn pike(nfa: NFA) -> (PikeVM, pikevm::Cache) {
    let config = PikeVM::config().match_kind(MatchKind::All);
    let vm =
        PikeVM::builder().configure(config).build_from_nfa(nfa).expect("a simulation takes any automaton");
    let cache = vm.create_cache();
    (vm, cache)
}
