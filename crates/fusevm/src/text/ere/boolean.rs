//! Does it match at all? The question `/re/` asks of every record, so it has engines of its own.

use memchr::{memchr, memmem};
use regex_automata::Input;
use regex_automata::meta;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::automata::leftmost_first;
use super::begins::Begins;
use super::opening;
use super::parse::Program;
use super::pieces::Pieces;
use super::rewrite;
use super::row::Row;
use super::run::Run;
use super::shift::ShiftDfa;

/// The shortest literal worth a search of its own before the automaton runs.
const REQUIRED_MIN: usize = 2;

/// The most alternatives that are looked for one after the other.
const ALTERNATIVES_MAX: usize = 4;

pub(super) enum Matcher {
    /// `^text`, the empty text included: every text matches.
    Prefix(Box<[u8]>),
    /// `^[A-Z]`, `^a[0-9]`: a row at the beginning.
    Begin(Row),
    /// `text$`.
    Suffix(Box<[u8]>),
    /// `^text$`.
    Whole(Box<[u8]>),
    /// Pieces in this order, anything between: `ERROR.*timeout`, `user[0-9]`.
    Pieces(Pieces),
    /// One of these does: `user[0-9]|GET .*3`.
    Either(Vec<Matcher>),
    /// Anything else.
    Automaton {
        /// A text that every match has in it.
        required: Option<Box<memmem::Finder<'static>>>,
        engine: Engine,
    },
}

pub(super) enum Engine {
    Shift {
        /// What every match begins with, if that is rare: the automaton need not read what is before.
        opening: Option<Box<Run>>,
        dfa: Box<ShiftDfa>,
    },
    Begins(Box<Begins>),
    General {
        /// The byte that every match begins with, if it is always the same.
        begin: Option<u8>,
        automaton: Box<(meta::Regex, meta::Cache)>,
    },
}

impl Matcher {
    pub(super) fn new(program: &Program) -> Matcher {
        let core = rewrite::boolean_core(&program.plain);
        Matcher::quick(&core).unwrap_or_else(|| Matcher::automaton(&core, program.utf8))
    }

    /// What needs no automaton.
    fn quick(core: &Hir) -> Option<Matcher> {
        let items = rewrite::items(core);
        if let Some(matcher) =
            Matcher::at_one_place(items).or_else(|| Pieces::new(items).map(Matcher::Pieces))
        {
            return Some(matcher);
        }
        let HirKind::Alternation(branches) = core.kind() else { return None };
        if branches.len() > ALTERNATIVES_MAX {
            return None;
        }
        let matchers = branches.iter().map(|branch| Matcher::quick(&rewrite::boolean_core(branch)));
        matchers.collect::<Option<Vec<Matcher>>>().map(Matcher::Either)
    }

    /// What looks at the beginning or at the end of a text only.
    pub(super) fn at_one_place(items: &[Hir]) -> Option<Matcher> {
        Some(match items.iter().map(Hir::kind).collect::<Vec<_>>()[..] {
            [] | [HirKind::Look(Look::Start | Look::End)] => Matcher::Prefix(Box::default()),
            [HirKind::Look(Look::Start), HirKind::Look(Look::End)] => Matcher::Whole(Box::default()),
            [HirKind::Look(Look::Start), HirKind::Literal(text)] => Matcher::Prefix(text.0.clone()),
            [HirKind::Literal(text), HirKind::Look(Look::End)] => Matcher::Suffix(text.0.clone()),
            [HirKind::Look(Look::Start), HirKind::Literal(text), HirKind::Look(Look::End)] => {
                Matcher::Whole(text.0.clone())
            }
            [HirKind::Look(Look::Start), ..] => Matcher::Begin(Row::new(&items[1..])?),
            _ => return None,
        })
    }

    #[inline(always)]
    pub(super) fn is_match(&mut self, hay: &[u8]) -> bool {
        match self {
            Matcher::Prefix(text) => hay.starts_with(text),
            Matcher::Begin(row) => row.begins(hay),
            Matcher::Suffix(text) => hay.ends_with(text),
            Matcher::Whole(text) => *hay == **text,
            Matcher::Pieces(pieces) => pieces.is_match(hay),
            Matcher::Either(matchers) => Matcher::any(matchers, hay),
            Matcher::Automaton { required, engine } => {
                required.as_ref().is_none_or(|text| text.find(hay).is_some()) && engine.is_match(hay)
            }
        }
    }

    #[inline(never)]
    fn any(matchers: &mut [Matcher], hay: &[u8]) -> bool {
        matchers.iter_mut().any(|matcher| matcher.is_match(hay))
    }

    fn automaton(core: &Hir, utf8: bool) -> Matcher {
        let literals = rewrite::items(core).iter().filter_map(literal);
        let required = literals.max_by_key(|text| text.len());
        let required = required.map(|text| Box::new(memmem::Finder::new(text).into_owned()));
        Matcher::Automaton { required, engine: Engine::new(core, utf8) }
    }
}

impl Engine {
    fn new(core: &Hir, utf8: bool) -> Engine {
        if let Some(dfa) = ShiftDfa::new(core, utf8) {
            // What an expression sees before a match is not there when the automaton begins behind it.
            let looks_back = core.properties().look_set().iter().any(|look| look != Look::End);
            let opening = if looks_back { None } else { opening::rare(core).map(Box::new) };
            return Engine::Shift { opening, dfa: Box::new(dfa) };
        }
        if let Some(begins) = Begins::new(core, utf8) {
            return Engine::Begins(Box::new(begins));
        }
        let regex = leftmost_first(core, utf8);
        let cache = regex.create_cache();
        Engine::General { begin: rewrite::first_byte(core), automaton: Box::new((regex, cache)) }
    }

    fn is_match(&mut self, hay: &[u8]) -> bool {
        match self {
            Engine::Shift { opening: None, dfa } => dfa.is_match(hay),
            Engine::Shift { opening: Some(opening), dfa } => {
                opening.find(hay, 0).is_some_and(|(start, _)| dfa.is_match(&hay[start..]))
            }
            Engine::Begins(begins) => begins.is_match(hay),
            Engine::General { begin: Some(byte), .. } if memchr(*byte, hay).is_none() => false,
            Engine::General { automaton, .. } => {
                let (regex, cache) = &mut **automaton;
                regex.search_half_with(cache, &Input::new(hay).earliest(true)).is_some()
            }
        }
    }
}

/// The text of an item that is one, if it is worth a search of its own.
pub(super) fn literal(item: &Hir) -> Option<&[u8]> {
    match item.kind() {
        HirKind::Literal(text) if text.0.len() >= REQUIRED_MIN => Some(&text.0),
        _ => None,
    }
}
