//! Pieces of an expression, one after the other with anything between them: `ERROR.*timeout`, `(GET|POST) .*(ok|[0-9])$`, `user[0-9]`.
//! Whether a text matches is found out by looking for each behind the one before, at its first place.

use aho_corasick::packed;
use memchr::memmem;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

use super::chain::{Chain, LooseChain};
use super::rewrite::{self, ByteSet};
use super::row::Row;
use super::run::Run;

pub(super) struct Pieces {
    /// What is at the beginning of the text.
    begin: Option<Begin>,
    pieces: Vec<Piece>,
    /// What is at the end of the text.
    end: Option<Rows>,
    /// What is at the beginning is all there is.
    is_whole: bool,
}

enum Begin {
    Rows(Rows),
    Chain(Chain),
}

enum Piece {
    Text(Box<memmem::Finder<'static>>),
    Row(Box<Run>),
    /// One of some rows, and a row that is wherever one of them is.
    Either(Box<Run>, Rows),
    Words(Box<packed::Searcher>),
    /// Its first place, or the one at the end of the text.
    Chain {
        chain: Box<LooseChain>,
        is_at_end: bool,
    },
}

/// The most rows that an expression is taken apart into.
const ROWS_MAX: usize = 8;

/// At how many of a thousand places there may be what one of some rows begins with, so that it is worth a look at each of these.
const COMMON_MAX: u32 = 3;

/// Alternatives, the shortest ones first: when one of them has to be there, and something else beside it, that leaves the most room.
struct Rows(Vec<Row>);

impl Rows {
    fn new(items: &[Hir]) -> Option<Rows> {
        let mut rows: Vec<Row> = expanded(items)?.into_iter().map(Row::of_sets).collect();
        rows.sort_by_key(Row::len);
        Some(Rows(rows))
    }

    /// The length of the first one with which the text begins.
    fn at_begin(&self, hay: &[u8]) -> Option<usize> {
        self.0.iter().find(|row| row.begins(hay)).map(Row::len)
    }

    /// The length of the first one with which the text ends.
    fn at_end(&self, hay: &[u8]) -> Option<usize> {
        let ends = |row: &&Row| hay.len().checked_sub(row.len()).is_some_and(|at| row.begins(&hay[at..]));
        self.0.iter().find(ends).map(Row::len)
    }

    /// What is wherever one of them is: as long as the shortest one, each set with what any of them has there.
    fn common(&self) -> Vec<ByteSet> {
        let Some(shortest) = self.0.first() else { return Vec::new() };
        let set_at =
            |place: usize| std::array::from_fn(|byte| self.0.iter().any(|row| row.sets()[place][byte]));
        (0..shortest.len()).map(set_at).collect()
    }

    fn are_of_one_length(&self) -> bool {
        self.0.first().map(Row::len) == self.0.last().map(Row::len)
    }
}

/// The rows of sets that an expression stands for, if they are few.
fn expanded(items: &[Hir]) -> Option<Vec<Vec<ByteSet>>> {
    let mut rows: Vec<Vec<ByteSet>> = vec![Vec::new()];
    for item in items {
        let mut ways = Vec::new();
        match item.kind() {
            HirKind::Alternation(branches) => {
                for branch in branches {
                    ways.extend(expanded(rewrite::items(branch))?);
                }
            }
            HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
                ways = expanded(rewrite::items(sub))?;
                ways.push(Vec::new());
            }
            _ => {
                rows.iter_mut().try_for_each(|row| rewrite::extend_row(row, item))?;
                continue;
            }
        }
        if rows.len() * ways.len() > ROWS_MAX {
            return None;
        }
        let before = std::mem::take(&mut rows);
        rows.extend(before.iter().flat_map(|row| ways.iter().map(move |way| [&row[..], way].concat())));
    }
    Some(rows)
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
        if last == 0 && at_begin && at_end {
            let begin = Some(Begin::Chain(Chain::new(&parts.pop()?)?));
            return Some(Pieces { begin, pieces: Vec::new(), end: None, is_whole: true });
        }
        let begin = if at_begin { Some(Begin::new(&parts.remove(0))?) } else { None };
        let end = if at_end { Rows::new(parts.last()?) } else { None };
        if end.is_some() {
            parts.pop();
        }
        parts.retain(|part| !part.is_empty());
        let count = parts.len();
        let pieces = parts.into_iter().enumerate().map(|(at, part)| match at + 1 < count || end.is_some() {
            false if at_end => {
                let chain = Box::new(LooseChain::new(&part)?);
                Some(Piece::Chain { chain, is_at_end: true })
            }
            is_followed => Piece::new(part, is_followed),
        });
        let pieces = pieces.collect::<Option<Vec<Piece>>>()?;
        Some(Pieces { begin, pieces, end, is_whole: false })
    }

    pub(super) fn is_match(&self, hay: &[u8]) -> bool {
        let mut rest = hay;
        if let Some(end) = &self.end {
            let Some(length) = end.at_end(rest) else { return false };
            rest = &rest[..rest.len() - length];
        }
        if let Some(begin) = &self.begin {
            let Some(length) = begin.length(rest) else { return false };
            rest = &rest[length..];
        }
        if self.is_whole {
            return rest.is_empty();
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

impl Begin {
    fn new(items: &[Hir]) -> Option<Begin> {
        Rows::new(items).map(Begin::Rows).or_else(|| Chain::new(items).map(Begin::Chain))
    }

    /// The least length of what the text begins with.
    fn length(&self, hay: &[u8]) -> Option<usize> {
        match self {
            Begin::Rows(rows) => rows.at_begin(hay),
            Begin::Chain(chain) => chain.at_begin(hay),
        }
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
            return Run::of_row(row).map(|run| Piece::Row(Box::new(run)));
        }
        if let Some(either) = Piece::either(&items, is_followed) {
            return Some(either);
        }
        if !is_followed && let Some(chain) = LooseChain::new(&items) {
            return Some(Piece::Chain { chain: Box::new(chain), is_at_end: false });
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

    /// A piece of some rows that have enough in common.
    fn either(items: &[Hir], is_followed: bool) -> Option<Piece> {
        // Of rows of different lengths, one that begins later may end first.
        let rows = Rows::new(items).filter(|rows| !is_followed || rows.are_of_one_length())?;
        let common = Run::of_row(Row::of_sets(rows.common()))?;
        (common.commonness() <= COMMON_MAX).then(|| Piece::Either(Box::new(common), rows))
    }

    /// Where the first place of the piece ends.
    fn find_end(&self, hay: &[u8]) -> Option<usize> {
        match self {
            Piece::Text(text) => text.find(hay).map(|at| at + text.needle().len()),
            // Most often the text that a match begins with was found before, and what is asked for is at the beginning.
            Piece::Row(row) => row.at_begin(hay).or_else(|| row.find(hay, 0).map(|(_, end)| end)),
            Piece::Either(common, rows) => {
                let mut from = 0;
                if let Some(length) = rows.at_begin(hay) {
                    return Some(length);
                }
                loop {
                    let (start, _) = common.find(hay, from)?;
                    if let Some(length) = rows.at_begin(&hay[start..]) {
                        return Some(start + length);
                    }
                    from = start + 1;
                }
            }
            Piece::Words(words) => words.find(hay).map(|found| found.end()),
            Piece::Chain { chain, is_at_end } => chain.find_end(hay, *is_at_end),
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
