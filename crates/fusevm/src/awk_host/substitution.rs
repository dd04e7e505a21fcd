//! Replacing what a regular expression matches: `sub`, `gsub` and `gensub`.

use super::AwkState;
use super::caches::compile_regex;
use crate::error::OpResult;
use crate::text::ere::Search;
use crate::text::scan;
use crate::text::utf8;
use crate::value::heap;

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
    /// left over makes the `&` itself; any other backslash is itself.
    Sub,
    /// Of `sub` and `gsub` by the letter of POSIX, where everywhere a pair of backslashes is one.
    Posix,
    /// Of `gensub`: `\0` to `\9` are groups, `&` is the match, and any other character after a backslash is itself.
    Gensub,
}

/// A piece of a replacement text.
enum Piece<'a> {
    Literal(&'a [u8]),
    /// The text of a group; 0 is the whole match.
    Group(usize),
}

/// A replacement text, taken apart.
enum Template<'a> {
    /// It stands for itself.
    Literal(&'a [u8]),
    Pieces(Vec<Piece<'a>>),
}

impl<'a> Template<'a> {
    fn new(text: &'a [u8], escapes: Escapes) -> Template<'a> {
        if !text.iter().any(|byte| matches!(byte, b'\\' | b'&')) {
            return Template::Literal(text);
        }
        Template::Pieces(match escapes {
            Escapes::Sub => sub_pieces(text),
            Escapes::Posix => posix_pieces(text),
            Escapes::Gensub => gensub_pieces(text),
        })
    }

    /// Whether it has the text of a group.
    fn has_groups(&self) -> bool {
        match self {
            Template::Literal(_) => false,
            Template::Pieces(pieces) => pieces.iter().any(|piece| matches!(piece, Piece::Group(1..))),
        }
    }

    /// Appends what takes the place of a match.
    fn append(&self, text: &[u8], groups: &[Option<(usize, usize)>], out: &mut Vec<u8>) {
        let pieces = match self {
            Template::Literal(literal) => return out.extend_from_slice(literal),
            Template::Pieces(pieces) => pieces,
        };
        for piece in pieces {
            out.extend_from_slice(match piece {
                Piece::Literal(literal) => literal,
                Piece::Group(n) => {
                    groups.get(*n).copied().flatten().map_or(b"", |(start, end)| &text[start..end])
                }
            });
        }
    }
}

fn sub_pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for ampersand in memchr::memchr_iter(b'&', text) {
        let before = &text[from..ampersand];
        let backslashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
        pieces.push(Piece::Literal(&before[..before.len() - backslashes.div_ceil(2)]));
        pieces.push(if backslashes % 2 == 0 { Piece::Group(0) } else { Piece::Literal(b"&") });
        from = ampersand + 1;
    }
    pieces.push(Piece::Literal(&text[from..]));
    pieces
}

fn posix_pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        match &text[at..] {
            [b'&', ..] => {
                pieces.extend([Piece::Literal(&text[from..at]), Piece::Group(0)]);
                at += 1;
                from = at;
            }
            // The second character stays, the backslash before it goes.
            [_, b'\\' | b'&', ..] => {
                pieces.push(Piece::Literal(&text[from..at]));
                from = at + 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Literal(&text[from..]));
    pieces
}

fn gensub_pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\\', b'&', &text[at..]) {
        at += found;
        pieces.push(Piece::Literal(&text[from..at]));
        (from, at) = match &text[at..] {
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
    pieces.push(Piece::Literal(&text[from..]));
    pieces
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
    out: &mut Vec<u8>,
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
            out.extend_from_slice(&text[copied..start]);
            template.append(text, groups, out);
            heap::check(out.len())?;
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
        out.extend_from_slice(&text[copied..]);
    }
    Ok(count)
}

/// As [`replace`], of every place of one byte by the same text.
fn replace_byte(text: &[u8], byte: u8, replacement: &[u8], out: &mut Vec<u8>) -> OpResult<u64> {
    let (mut copied, mut count) = (0, 0);
    let mut replace = |base: usize, mut found: u32| -> OpResult<()> {
        count += u64::from(found.count_ones());
        while found != 0 {
            let at = base + found.trailing_zeros() as usize;
            found &= found - 1;
            out.extend_from_slice(&text[copied..at]);
            out.extend_from_slice(replacement);
            copied = at + 1;
        }
        Ok(heap::check(out.len())?)
    };
    let (steps, rest) = text.as_chunks();
    for (index, bytes) in steps.iter().enumerate() {
        let found = scan::any(bytes, [byte]);
        if found != 0 {
            replace(index * scan::STEP, found)?;
        }
    }
    if !rest.is_empty() {
        let base = text.len() - rest.len();
        let (found, _) = scan::at(text, base, |bytes| scan::any(bytes, [byte]));
        replace(base, found)?;
    }
    if count > 0 {
        out.extend_from_slice(&text[copied..]);
    }
    Ok(count)
}

impl AwkState {
    /// Replaces what a regular expression matches in a text, or in the record: how often. The new text is in
    /// `scratch`, when there is one.
    ///
    /// # Errors
    /// The pattern does not parse, or the result is larger than the heap may be.
    pub(crate) fn substitute(
        &mut self,
        pattern: &[u8],
        text: Option<&[u8]>,
        replacement: &[u8],
        escapes: Escapes,
        which: Which,
    ) -> OpResult<u64> {
        let syntax = self.syntax;
        let regex = self.regexes.get(pattern, |pattern| compile_regex(pattern, &syntax))?;
        let text = match text {
            Some(text) => text,
            None => self.record.record_bytes(),
        };
        // To see that there is no match costs less than to find none.
        if regex.is_literal().is_none() && !regex.is_match(text) {
            return Ok(0);
        }
        self.scratch.clear();
        let template = Template::new(replacement, escapes);
        if let (Some(&[byte]), Template::Literal(replacement), Which::All) =
            (regex.is_literal(), &template, which)
        {
            return replace_byte(text, byte, replacement, &mut self.scratch);
        }
        replace(&regex.search(text), text, &template, which, syntax.utf8, &mut self.scratch)
    }
}
