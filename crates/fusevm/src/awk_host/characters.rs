//! Where the characters of long texts lie, so that a program which goes through one by `substr` and `length` does not
//! count them from the beginning each time.
//!
//! A text that is asked of again and again is kept, which says that it stays as it is, with the place of each character of
//! some dozen. To keep it from the first time on would make each change of it a copy.

use crate::text::{scan, utf8};
use crate::value::ByteStr;

/// Shorter texts are quicker looked at than looked up.
const LONG: usize = 512;

/// A record that is kept is no room for the next one, so it is kept only where it is longer.
const LONG_RECORD: usize = 4096;

/// How often a text is asked of before it is kept.
const LOOKS: u32 = 4;

/// How many texts are kept: as many as a program goes through at once.
const KEPT: usize = 4;

/// Characters from one whose place is known to the next.
const STEP: usize = 32;

/// Texts that were asked of.
#[derive(Debug, Default)]
pub(crate) struct Characters {
    texts: [Kept; KEPT],
    /// Which one gives way to the next.
    next: usize,
}

/// A text that was asked of.
#[derive(Debug, Default)]
struct Kept {
    identity: [u64; 2],
    looks: u32,
    /// What is known of it, once it was asked of often enough; the text itself stays as long.
    places: Option<(ByteStr, Places)>,
}

/// The places of a text's characters.
#[derive(Debug, Default)]
struct Places {
    count: usize,
    /// Whether all of them are valid.
    are_valid: bool,
    /// Where every [`STEP`]th character begins; none where each character is a byte.
    offsets: Vec<usize>,
}

impl Places {
    fn of(text: &[u8]) -> Places {
        if scan::is_ascii(text) {
            return Places { count: text.len(), are_valid: true, offsets: Vec::new() };
        }
        let (mut count, mut offsets) = (0, Vec::new());
        let mut note = |offset| {
            if count % STEP == 0 {
                offsets.push(offset);
            }
            count += 1;
        };
        let (mut offset, mut are_valid) = (0, true);
        for chunk in text.utf8_chunks() {
            chunk.valid().char_indices().for_each(|(at, _)| note(offset + at));
            offset += chunk.valid().len();
            are_valid &= chunk.invalid().is_empty();
            (0..chunk.invalid().len()).for_each(|at| note(offset + at));
            offset += chunk.invalid().len();
        }
        Places { count, are_valid, offsets }
    }

    /// Where a character begins, or the end of the text.
    fn offset(&self, text: &[u8], index: usize) -> usize {
        if index >= self.count {
            return text.len();
        }
        match self.offsets.get(index / STEP) {
            Some(offset) => offset + utf8::byte_offset(&text[*offset..], index % STEP),
            None => index,
        }
    }
}

/// Whether the text of a field, or for 0 of the record, is one to be kept: fields are other texts each time.
pub(crate) fn is_kept(field: usize, text: &[u8]) -> bool {
    field == 0 && text.len() >= LONG_RECORD
}

impl Characters {
    /// What is known of a text that is long and was asked of before.
    #[inline]
    fn places(&mut self, text: &ByteStr) -> Option<&Places> {
        if text.len() < LONG { None } else { self.places_of_long(text) }
    }

    fn places_of_long(&mut self, text: &ByteStr) -> Option<&Places> {
        let identity = text.identity();
        let at = match self.texts.iter().position(|kept| kept.identity == identity) {
            Some(at) => at,
            None => {
                let at = self.next;
                self.next = (at + 1) % KEPT;
                self.texts[at] = Kept { identity, looks: 0, places: None };
                at
            }
        };
        let kept = &mut self.texts[at];
        kept.looks = kept.looks.saturating_add(1);
        if kept.places.is_none() && kept.looks > LOOKS {
            kept.places = Some((text.clone(), Places::of(text)));
        }
        kept.places.as_ref().map(|(_, places)| places)
    }

    /// How many characters a text has, and whether all are valid, if that is known.
    #[inline]
    pub fn count(&mut self, text: &ByteStr) -> Option<(usize, bool)> {
        self.places(text).map(|places| (places.count, places.are_valid))
    }

    /// The part of a text that begins at the character `start` (from 0) and is at most `count` characters long.
    pub fn substring<'t>(&mut self, text: &'t ByteStr, start: usize, count: usize) -> &'t [u8] {
        match self.places(text) {
            Some(places) => {
                let [start, end] =
                    [start, start.saturating_add(count)].map(|index| places.offset(text, index));
                &text[start..end]
            }
            None => utf8::substring(text, start, count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_that_are_counted_each_time() {
        let mut texts: Vec<Vec<u8>> =
            ["plain", "späße ", "…", "a\u{1F600}b"].map(|part| part.repeat(700).into_bytes()).to_vec();
        texts.push([&b"\xff\xc3("[..], "é".as_bytes(), &b"\xe2\x82"[..]].concat().repeat(300));
        let mut characters = Characters::default();
        for text in &texts {
            let kept = ByteStr::new(text);
            let count = utf8::char_count(text);
            for start in [0, 1, 255, 256, 257, 700, 1000, count - 1, count, count + 9] {
                for length in [0, 1, 3, 256, 5000, usize::MAX] {
                    let part = utf8::substring(text, start, length);
                    assert_eq!(characters.substring(&kept, start, length), part, "{start} {length}");
                    let is_valid = std::str::from_utf8(text).is_ok();
                    assert!(characters.count(&kept).is_none_or(|known| known == (count, is_valid)));
                }
            }
            assert!(characters.count(&kept).is_some());
        }
    }

    #[test]
    fn a_text_that_changes_is_another_one() {
        let mut characters = Characters::default();
        let mut text = ByteStr::new("é".repeat(1000).as_bytes());
        for length in 1000..1100 {
            for _ in 0..length % 7 {
                assert!(characters.count(&text).is_none_or(|known| known == (length, true)));
                assert_eq!(characters.substring(&text, length - 1, 5), &text[text.len() - 2..]);
            }
            text.push_bytes("ü".as_bytes());
        }
    }
}
