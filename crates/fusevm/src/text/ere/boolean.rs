//! Does it match at all? The question `/re/` asks of every record, so it has engines of its own.

use memchr::{memchr, memmem};
use regex_automata::Input;
use regex_automata::meta;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::finder::leftmost_first;
use super::parse::Program;
use super::rewrite::{self, ByteSet};
use super::shift::ShiftDfa;

/// The shortest literal worth a search of its own before the automaton runs.
const REQUIRED_MIN: usize = 2;

/// At how many places of the literal a row is looked at; where it has more of them, the automaton reads the text.
const ROW_PLACES: usize = 8;

pub(super) enum Matcher {
    /// `^text`, the empty text included: every text matches.
    Prefix(Box<[u8]>),
    /// `^[A-Z]`, `^a[0-9]`: a row at the beginning.
    Begin(Row),
    /// `text$`.
    Suffix(Box<[u8]>),
    /// `^text$`.
    Whole(Box<[u8]>),
    /// Texts in this order, anything between: `ERROR.*timeout`.
    Sequence(Vec<memmem::Finder<'static>>),
    /// Anything else.
    Automaton {
        /// The byte that every match begins with, if it is always the same.
        begin: Option<u8>,
        /// A text that every match has in it.
        required: Option<Box<memmem::Finder<'static>>>,
        /// The whole expression, where that is a row of single bytes around the text: `user[0-9]`.
        row: Option<Row>,
        engine: Engine,
    },
}

/// A row of sets of bytes, and how many of them come before the text that is looked for.
pub(super) struct Row {
    before: usize,
    sets: Vec<ByteSet>,
}

impl Row {
    /// The row that an expression is, if it is one; `text` is the one of its items that is looked for.
    fn new(items: &[Hir], text: Option<&Hir>) -> Option<Row> {
        let (mut before, mut sets) = (0, Vec::new());
        for item in items {
            if text.is_some_and(|text| std::ptr::eq(item, text)) {
                before = sets.len();
            }
            match item.kind() {
                HirKind::Literal(literal) => sets.extend(literal.0.iter().map(|byte| rewrite::single(*byte))),
                _ => sets.push(rewrite::single_bytes(item)?),
            }
        }
        Some(Row { before, sets })
    }

    /// Whether the row is there with its text at a place.
    fn is_at(&self, hay: &[u8], place: usize) -> bool {
        let bytes = place.checked_sub(self.before).and_then(|start| hay[start..].get(..self.sets.len()));
        bytes.is_some_and(|bytes| bytes.iter().zip(&self.sets).all(|(byte, set)| set[usize::from(*byte)]))
    }

    /// Whether the row is anywhere; none when its text is at too many places.
    fn is_match(&self, text: &memmem::Finder<'_>, hay: &[u8]) -> Option<bool> {
        let mut from = 0;
        for _ in 0..ROW_PLACES {
            let Some(found) = text.find(&hay[from..]) else { return Some(false) };
            if self.is_at(hay, from + found) {
                return Some(true);
            }
            from += found + 1;
        }
        None
    }
}

pub(super) enum Engine {
    Shift(Box<ShiftDfa>),
    General(Box<(meta::Regex, meta::Cache)>),
}

impl Matcher {
    pub(super) fn new(program: &Program) -> Matcher {
        let core = rewrite::boolean_core(&program.plain);
        let items = rewrite::items(&core);
        if let Some(matcher) = Matcher::at_one_place(items) {
            return matcher;
        }
        sequence(items).map_or_else(|| automaton(&core, items, program.utf8), Matcher::Sequence)
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
            [HirKind::Look(Look::Start), ..] => Matcher::Begin(Row::new(&items[1..], None)?),
            _ => return None,
        })
    }

    pub(super) fn is_match(&mut self, hay: &[u8]) -> bool {
        match self {
            Matcher::Prefix(text) => hay.starts_with(text),
            Matcher::Begin(row) => row.is_at(hay, 0),
            Matcher::Suffix(text) => hay.ends_with(text),
            Matcher::Whole(text) => *hay == **text,
            Matcher::Sequence(texts) => {
                let mut rest = hay;
                texts.iter().all(|text| match text.find(rest) {
                    Some(at) => {
                        rest = &rest[at + text.needle().len()..];
                        true
                    }
                    None => false,
                })
            }
            Matcher::Automaton { begin, required, row, engine } => {
                match (required, row) {
                    (Some(text), Some(row)) => {
                        if let Some(is_match) = row.is_match(text, hay) {
                            return is_match;
                        }
                    }
                    (Some(text), None) if text.find(hay).is_none() => return false,
                    _ => {}
                }
                match engine {
                    Engine::Shift(dfa) => dfa.is_match(hay),
                    Engine::General(_) if begin.is_some_and(|byte| memchr(byte, hay).is_none()) => false,
                    Engine::General(general) => {
                        let (regex, cache) = &mut **general;
                        regex.search_half_with(cache, &Input::new(hay).earliest(true)).is_some()
                    }
                }
            }
        }
    }
}

/// The texts of an expression like `a.*b.*c`.
fn sequence(items: &[Hir]) -> Option<Vec<memmem::Finder<'static>>> {
    let mut texts = Vec::new();
    for item in items {
        match item.kind() {
            HirKind::Literal(text) => texts.push(memmem::Finder::new(&text.0).into_owned()),
            _ if rewrite::is_any_bytes(item) => {}
            _ => return None,
        }
    }
    Some(texts)
}

/// The text of an item that is one, if it is worth a search of its own.
pub(super) fn literal(item: &Hir) -> Option<&[u8]> {
    match item.kind() {
        HirKind::Literal(text) if text.0.len() >= REQUIRED_MIN => Some(&text.0),
        _ => None,
    }
}

fn automaton(core: &Hir, items: &[Hir], utf8: bool) -> Matcher {
    let literals = items.iter().filter_map(|item| Some((item, literal(item)?)));
    let longest = literals.max_by_key(|(_, text)| text.len());
    let required = longest.map(|(_, text)| Box::new(memmem::Finder::new(text).into_owned()));
    let row = longest.and_then(|(item, _)| Row::new(items, Some(item)));
    let engine = match ShiftDfa::new(core, utf8) {
        Some(dfa) => Engine::Shift(Box::new(dfa)),
        None => {
            let regex = leftmost_first(core, utf8);
            let cache = regex.create_cache();
            Engine::General(Box::new((regex, cache)))
        }
    };
    Matcher::Automaton { begin: rewrite::first_byte(core), required, row, engine }
}
