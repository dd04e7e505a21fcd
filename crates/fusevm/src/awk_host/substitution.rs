//! Replacing what a regular expression matches: `sub`, `gsub` and `gensub`.

use super::AwkState;
use super::pattern::{Foresight, Pattern};
use super::splice::{Short, Splice};
use crate::error::OpResult;
use crate::text::ere::Search;
use crate::text::utf8;
use crate::value::{ByteStr, heap};

/// Which matches are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All.
    All,
    /// That one, counted from 1.
    Nth(u64),
}

/// How the text of a replacement is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Of `sub` and `gsub`: `&` is the match. Of the backslashes right before a `&` each pair is one, and one that is
    /// left over makes the `&` itself. Elsewhere each four of them are two, as in gawk; any other backslash is itself.
    Sub,
    /// Of `sub` and `gsub` by the letter of POSIX, where everywhere a pair of backslashes is one.
    Posix,
    /// Of `gensub`: `\0` to `\9` are groups, `&` is the match, and any other character after a backslash is itself.
    Gensub,
}

/// A piece of a replacement text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    /// What lies there in it.
    Literal { start: usize, end: usize },
    /// The text of a group; 0 is the whole match.
    Group(usize),
}

/// A replacement text, taken apart.
struct Template<'a> {
    text: &'a [u8],
    /// None when it stands for itself.
    pieces: Option<&'a [Piece]>,
}

impl<'a> Template<'a> {
    /// Takes a text apart; `pieces` is room for what it consists of.
    #[inline]
    fn new(text: &'a [u8], escapes: Escapes, pieces: &'a mut Vec<Piece>) -> Template<'a> {
        if !text.iter().any(|byte| is_special(*byte)) {
            return Template { text, pieces: None };
        }
        pieces.clear();
        match escapes {
            Escapes::Sub => sub_pieces(text, pieces),
            Escapes::Posix => posix_pieces(text, pieces),
            Escapes::Gensub => gensub_pieces(text, pieces),
        }
        pieces.retain(|piece| !matches!(piece, Piece::Literal { start, end } if start == end));
        Template { text, pieces: Some(pieces) }
    }

    /// Whether it has the text of a group.
    fn has_groups(&self) -> bool {
        self.pieces.unwrap_or_default().iter().any(|piece| matches!(piece, Piece::Group(1..)))
    }

    /// Appends what takes the place of a match.
    #[inline(always)]
    fn append(&self, text: &[u8], groups: &[Option<(usize, usize)>], out: &mut Splice) -> OpResult<()> {
        let Some(pieces) = self.pieces else { return out.push(self.text) };
        for piece in pieces {
            match *piece {
                Piece::Literal { start, end } => out.push(&self.text[start..end])?,
                Piece::Group(n) => {
                    if let Some((start, end)) = groups.get(n).copied().flatten() {
                        out.push_part(text, start, end)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a byte of a replacement may stand for something else.
#[inline]
fn is_special(byte: u8) -> bool {
    matches!(byte, b'\\' | b'&')
}

fn sub_pieces(text: &[u8], pieces: &mut Vec<Piece>) {
    let (mut start, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        let first = at + found;
        let backslashes = text[first..].iter().take_while(|&&byte| byte == b'\\').count();
        at = first + backslashes;
        if text.get(at) != Some(&b'&') {
            // Of each four, two go.
            pieces.push(Piece::Literal { start, end: first + backslashes / 4 * 2 });
            start = first + backslashes / 4 * 4;
            continue;
        }
        pieces.push(Piece::Literal { start, end: first + backslashes / 2 });
        start = at + 1;
        pieces.push(match backslashes % 2 {
            0 => Piece::Group(0),
            _ => Piece::Literal { start: at, end: start },
        });
        at = start;
    }
    pieces.push(Piece::Literal { start, end: text.len() });
}

fn posix_pieces(text: &[u8], pieces: &mut Vec<Piece>) {
    let (mut start, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        match &text[at..] {
            [b'&', ..] => {
                pieces.extend([Piece::Literal { start, end: at }, Piece::Group(0)]);
                at += 1;
                start = at;
            }
            // The second character stays, the backslash before it goes.
            [_, b'\\' | b'&', ..] => {
                pieces.push(Piece::Literal { start, end: at });
                start = at + 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Literal { start, end: text.len() });
}

fn gensub_pieces(text: &[u8], pieces: &mut Vec<Piece>) {
    let (mut start, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        pieces.push(Piece::Literal { start, end: at });
        (start, at) = match &text[at..] {
            [b'&', ..] => {
                pieces.push(Piece::Group(0));
                (at + 1, at + 1)
            }
            [_, digit @ b'0'..=b'9', ..] => {
                pieces.push(Piece::Group(usize::from(digit - b'0')));
                (at + 2, at + 2)
            }
            [_, _, ..] => (at + 1, at + 2),
            _ => (at, at + 1),
        };
    }
    pieces.push(Piece::Literal { start, end: text.len() });
}

/// Appends `text` with the matches replaced; the number of replacements. Nothing is appended when there are none.
///
/// An empty match right after a replaced one is none, so that `gsub(/x*/, "-", "abxc")` gives `-a-b-c-`.
fn replace(
    search: &Search<'_>,
    text: &[u8],
    template: &Template<'_>,
    which: Which,
    utf8: bool,
    out: &mut Splice,
) -> OpResult<u64> {
    let has_groups = template.has_groups();
    let mut all_groups = Vec::new();
    let (mut copied, mut from, mut seen, mut count) = (0, 0, 0, 0);
    while from <= text.len() {
        let whole;
        let groups = if has_groups {
            search.captures_at(from, &mut all_groups);
            &all_groups[..]
        } else {
            whole = [search.find_at(from)];
            &whole[..]
        };
        let Some((start, end)) = groups.first().copied().flatten() else { break };
        let is_none = start == end && start == copied && count > 0;
        seen += u64::from(!is_none);
        if !is_none && (which == Which::All || which == Which::Nth(seen)) {
            out.push_part(text, copied, start)?;
            template.append(text, groups, out)?;
            count += 1;
            copied = end;
            if which != Which::All {
                break;
            }
        }
        from = match end {
            _ if start < end => end,
            _ if utf8 => end + utf8::char_length(&text[end..]).max(1),
            _ => end + 1,
        };
    }
    if count > 0 {
        out.push_part(text, copied, text.len())?;
    }
    Ok(count)
}

/// As [`replace`], of the first match.
fn replace_first(
    search: &Search<'_>,
    text: &[u8],
    template: &Template<'_>,
    out: &mut Splice,
) -> OpResult<u64> {
    let Some((start, end)) = search.find_at(0) else { return Ok(0) };
    out.push_part(text, 0, start)?;
    template.append(text, &[Some((start, end))], out)?;
    out.push_part(text, end, text.len())?;
    Ok(1)
}

/// As [`replace`], of all matches of an expression that never matches the empty text.
fn replace_all(search: &Search<'_>, text: &[u8], template: &Template<'_>, out: &mut Splice) -> OpResult<u64> {
    let (mut copied, mut count) = (0, 0);
    let mut result = Ok(());
    if let (None, Some(short)) = (template.pieces, Short::new(template.text)) {
        search.each(0, |start, end| {
            result = out.push_replaced(text, copied, start, &short);
            (copied, count) = (end, count + 1);
            result.is_ok()
        });
    } else {
        search.each(0, |start, end| {
            result = out
                .push_part(text, copied, start)
                .and_then(|()| template.append(text, &[Some((start, end))], out));
            (copied, count) = (end, count + 1);
            result.is_ok()
        });
    }
    result?;
    if count > 0 {
        out.push_part(text, copied, text.len())?;
    }
    Ok(count)
}

impl AwkState {
    /// Replaces what a regular expression matches in a text, or in the record: how often. The new text is in
    /// `spliced`, when there is one.
    ///
    /// # Errors
    /// The pattern does not parse, or the result is larger than the heap may be.
    pub(crate) fn substitute(
        &mut self,
        pattern: &ByteStr,
        text: Option<&[u8]>,
        replacement: &[u8],
        escapes: Escapes,
        which: Which,
    ) -> OpResult<u64> {
        let syntax = self.syntax;
        let regex = self.regexes.get(pattern, |pattern| Pattern::new(pattern, &syntax))?;
        let text = match text {
            Some(text) => text,
            None if regex.foresee(&self.record) == Foresight::Never => return Ok(0),
            None => self.record.record_bytes(),
        };
        let search = regex.search(text);
        // To see that there is no match mostly costs less than to find none.
        if !search.is_quick() && !regex.is_match(text) {
            return Ok(0);
        }
        self.spliced.clear();
        let template = Template::new(replacement, escapes, &mut self.pieces_of_replacement);
        match which {
            _ if template.has_groups() => {}
            Which::Nth(1) => return replace_first(&search, text, &template, &mut self.spliced),
            Which::All if search.needs_text() => {
                return replace_all(&search, text, &template, &mut self.spliced);
            }
            _ => {}
        }
        replace(&search, text, &template, which, syntax.utf8, &mut self.spliced)
    }

    /// Replaces the first match of a regular expression in the record: whether there is one. None, and nothing is done, when the
    /// replacement does not stand for itself.
    ///
    /// # Errors
    /// The pattern does not parse, or the result is larger than a record or the heap may be.
    pub(crate) fn substitute_first_in_record(
        &mut self,
        pattern: &ByteStr,
        replacement: &[u8],
    ) -> OpResult<Option<bool>> {
        if replacement.iter().any(|byte| is_special(*byte)) {
            return Ok(None);
        }
        let syntax = self.syntax;
        let regex = self.regexes.get(pattern, |pattern| Pattern::new(pattern, &syntax))?;
        if regex.foresee(&self.record) == Foresight::Never {
            return Ok(Some(false));
        }
        let text = self.record.record_bytes();
        let search = regex.search(text);
        if !search.is_quick() && !regex.is_match(text) {
            return Ok(Some(false));
        }
        let Some((start, end)) = search.find_at(0) else { return Ok(Some(false)) };
        if !self.record.splice(start, end, replacement) {
            let (text, new) = (self.record.record_bytes(), &mut self.spliced);
            new.clear();
            new.push_part(text, 0, start)?;
            new.push(replacement)?;
            new.push_part(text, end, text.len())?;
            heap::check(new.text().len())?;
            self.record.replace_text(new.text())?;
        }
        Ok(Some(true))
    }

    /// The byte that a substitution of all matches puts in each place of another, when it does no more than that: both.
    ///
    /// # Errors
    /// The pattern does not parse.
    #[inline]
    pub(crate) fn exchanged_bytes(
        &mut self,
        pattern: &ByteStr,
        replacement: &[u8],
    ) -> OpResult<Option<(u8, u8)>> {
        let [with] = *replacement else { return Ok(None) };
        Ok(match self.regex_of(pattern)?.is_literal() {
            Some(&[byte]) if !is_special(with) => Some((byte, with)),
            _ => None,
        })
    }
}
