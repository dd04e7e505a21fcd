//! Does it match at all? The question `/re/` asks of every record, so it has engines of its own.

use memchr::memmem;
use regex_automata::Input;
use regex_automata::meta;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::finder::leftmost_first;
use super::parse::Program;
use super::rewrite;
use super::shift::ShiftDfa;

/// The shortest literal worth a search of its own before the automaton runs.
const REQUIRED_MIN: usize = 2;

pub(super) enum Matcher {
    /// `^text`, the empty text included: every text matches.
    Prefix(Box<[u8]>),
    /// `text$`.
    Suffix(Box<[u8]>),
    /// `^text$`.
    Whole(Box<[u8]>),
    /// Texts in this order, anything between: `ERROR.*timeout`.
    Sequence(Vec<memmem::Finder<'static>>),
    /// Anything else.
    Automaton {
        /// A text that every match has in it.
        required: Option<Box<memmem::Finder<'static>>>,
        engine: Engine,
    },
}

pub(super) enum Engine {
    Shift(Box<ShiftDfa>),
    General(Box<(meta::Regex, meta::Cache)>),
}

impl Matcher {
    pub(super) fn new(program: &Program) -> Matcher {
        let core = rewrite::boolean_core(&program.plain);
        let items = rewrite::items(&core);
        match items.iter().map(Hir::kind).collect::<Vec<_>>()[..] {
            [] | [HirKind::Look(Look::Start | Look::End)] => return Matcher::Prefix(Box::default()),
            [HirKind::Look(Look::Start), HirKind::Look(Look::End)] => return Matcher::Whole(Box::default()),
            [HirKind::Look(Look::Start), HirKind::Literal(text)] => return Matcher::Prefix(text.0.clone()),
            [HirKind::Literal(text), HirKind::Look(Look::End)] => return Matcher::Suffix(text.0.clone()),
            [HirKind::Look(Look::Start), HirKind::Literal(text), HirKind::Look(Look::End)] => {
                return Matcher::Whole(text.0.clone());
            }
            _ => {}
        }
        sequence(items).map_or_else(|| automaton(&core, items, program.utf8), Matcher::Sequence)
    }

    pub(super) fn is_match(&mut self, hay: &[u8]) -> bool {
        match self {
            Matcher::Prefix(text) => hay.starts_with(text),
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
            Matcher::Automaton { required, engine } => {
                if required.as_ref().is_some_and(|text| text.find(hay).is_none()) {
                    return false;
                }
                match engine {
                    Engine::Shift(dfa) => dfa.is_match(hay),
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

fn automaton(core: &Hir, items: &[Hir], utf8: bool) -> Matcher {
    let literals = items.iter().filter_map(|item| match item.kind() {
        HirKind::Literal(text) if text.0.len() >= REQUIRED_MIN => Some(&text.0),
        _ => None,
    });
    let required =
        literals.max_by_key(|text| text.len()).map(|text| Box::new(memmem::Finder::new(text).into_owned()));
    let engine = match ShiftDfa::new(core, utf8) {
        Some(dfa) => Engine::Shift(Box::new(dfa)),
        None => {
            let regex = leftmost_first(core, utf8);
            let cache = regex.create_cache();
            Engine::General(Box::new((regex, cache)))
        }
    };
    Matcher::Automaton { required, engine }
}
