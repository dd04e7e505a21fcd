//! Pieces of an expression, one after the other with anything between them: `ERROR.*timeout`, `(GET|POST) .*[0-9]$`, `user[0-9]`.
//! Whether a text matches is found out by looking for each behind the one before, at its first place.

use aho_corasick::packed;
use memchr::memmem;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::rewrite::{self, ByteSet};
use super::run::Run;

pub(super) struct Pieces {
    /// What is at the beginning of the text.
    begin: Option<Row>,
    pieces: Vec<Piece>,
    /// What is at the end of the text.
    end: Option<Row>,
}

enum Piece {
    Text(Box<memmem::Finder<'static>>),
    Row(Box<Run>),
    Words(Box<packed::Searcher>),
}

/// A row of sets of bytes.
pub(super) struct Row(Vec<ByteSet>);

impl Row {
    pub(super) fn new(items: &[Hir]) -> Option<Row> {
        let mut sets = Vec::new();
        for item in items {
            rewrite::extend_row(&mut sets, item)?;
        }
        Some(Row(sets))
    }

    pub(super) fn into_sets(self) -> Vec<ByteSet> {
        self.0
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the text begins with the row.
    pub(super) fn begins(&self, hay: &[u8]) -> bool {
        hay.get(..self.len()).is_some_and(|bytes| rewrite::is_row(bytes, &self.0))
    }
}

impl Pieces {
    /// The pieces of an expression that consists of such; of what is between two of them no more is left than there must be.
    pub(super) fn new(items: &[Hir]) -> Option<Pieces> {
        let is_look = |item: Option<&Hir>, look| item.is_some_and(|item| *item.kind() == HirKind::Look(look));
        let at_begin = is_look(items.first(), Look::Start);
        let items = &items[usize::from(at_begin)..];
        let at_end = is_look(items.last(), Look::End);
        let items = &items[..items.len() - usize::from(at_end)];
        let mut parts: Vec<Vec<Hir>> = vec![Vec::new()];
        for item in items {
            let Some(least) = rewrite::least_of_any(item) else {
                parts.last_mut()?.push(item.clone());
                continue;
            };
            let any = rewrite::any_byte();
            parts.last_mut()?.extend((0..least).map(|_| any.clone()));
            parts.push(Vec::new());
        }
        let last = parts.len() - 1;
        let mut parts: Vec<Vec<Hir>> = parts
            .into_iter()
            .enumerate()
            .map(|(at, part)| rewrite::shortened(part, at > 0 || !at_begin, at < last || !at_end))
            .collect();
        if last == 0 && (at_begin || at_end) {
            return None;
        }
        let end = if at_end { Some(Row::new(&parts.pop()?)?) } else { None };
        let begin = if at_begin { Some(Row::new(&parts.remove(0))?) } else { None };
        parts.retain(|part| !part.is_empty());
        let count = parts.len();
        let pieces =
            parts.into_iter().enumerate().map(|(at, part)| Piece::new(part, at + 1 < count || at_end));
        Some(Pieces { begin, pieces: pieces.collect::<Option<Vec<Piece>>>()?, end })
    }

    pub(super) fn is_match(&self, hay: &[u8]) -> bool {
        let mut rest = hay;
        if let Some(end) = &self.end {
            let Some(at) = rest.len().checked_sub(end.len()) else { return false };
            if !end.begins(&rest[at..]) {
                return false;
            }
            rest = &rest[..at];
        }
        if let Some(begin) = &self.begin {
            if !begin.begins(rest) {
                return false;
            }
            rest = &rest[begin.len()..];
        }
        self.pieces.iter().all(|piece| match piece.find_end(rest) {
            Some(end) => {
                rest = &rest[end..];
                true
            }
            None => false,
        })
    }
}

impl Piece {
    fn new(items: Vec<Hir>, is_followed: bool) -> Option<Piece> {
        if let [item] = &items[..]
            && let HirKind::Literal(text) = item.kind()
        {
            return Some(Piece::Text(Box::new(memmem::Finder::new(&text.0).into_owned())));
        }
        if let Some(row) = Row::new(&items) {
            return Run::of_row(row.into_sets()).map(|run| Piece::Row(Box::new(run)));
        }
        let texts = exact_texts(&Hir::concat(items))?;
        // The one that begins first ends first, too, unless one is within another.
        let is_within = |(at, text): (usize, &Vec<u8>)| {
            let mut others = texts.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(_, other)| memmem::find(other, text).is_some())
        };
        if is_followed && texts.iter().enumerate().any(is_within) {
            return None;
        }
        packed_searcher(&texts).map(|words| Piece::Words(Box::new(words)))
    }

    /// Where the first place of the piece ends.
    fn find_end(&self, hay: &[u8]) -> Option<usize> {
        match self {
            Piece::Text(text) => text.find(hay).map(|at| at + text.needle().len()),
            Piece::Row(row) => row.find(hay, 0).map(|(_, end)| end),
            Piece::Words(words) => words.find(hay).map(|found| found.end()),
        }
    }
}

/// The texts that an expression matches, if they are few and none is empty.
pub(super) fn exact_texts(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    if !hir.properties().look_set().is_empty() {
        return None;
    }
    let texts = Extractor::new().extract(hir);
    let is_whole = texts.is_exact() && texts.min_literal_len().is_some_and(|length| length > 0);
    let texts = texts.literals().filter(|_| is_whole)?;
    Some(texts.iter().map(|text| text.as_bytes().to_vec()).collect())
}

/// A search for the leftmost and longest of some texts, if they are few.
pub(super) fn packed_searcher(texts: &[Vec<u8>]) -> Option<packed::Searcher> {
    let config = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).clone();
    config.builder().extend(texts).build()
}
