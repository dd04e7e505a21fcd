//! Fields between blanks or single bytes: the places where they begin and end are found a step of 64 bytes at a time, and
//! then taken one by one.

use super::separator::{Cursor, FieldSpan};
use crate::text::scan::{self, Narrow, Vectors, Wide};

/// Places in a text that bytes part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// Where the step begins that was looked at last, and where the next one begins.
    base: usize,
    next: usize,
    /// Those of the step that are left.
    bits: u64,
    /// Whether the step ends inside a field.
    inside: u64,
}

impl Places {
    /// The next place; `look` gives those of the step at a place, the step's length, and whether it ends inside.
    #[inline(always)]
    fn take(&mut self, text: &[u8], look: impl Fn(usize, u64) -> (u64, usize, u64)) -> Option<usize> {
        while self.bits == 0 {
            if self.next >= text.len() {
                return None;
            }
            self.base = self.next;
            let length;
            (self.bits, length, self.inside) = look(self.base, self.inside);
            self.next += length;
        }
        let place = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(place)
    }

    /// The next place of one of the bytes.
    #[inline(always)]
    fn byte<const N: usize>(&mut self, vectors: impl Vectors, text: &[u8], bytes: [u8; N]) -> Option<usize> {
        self.take(text, |base, _| {
            let (found, length) = scan::at(vectors, text, base, bytes);
            (found, length, 0)
        })
    }

    /// The next place where a field between blanks begins or ends. One that the text ends in does not end
    /// here when that is where a step ends.
    #[inline(always)]
    fn edge(&mut self, vectors: impl Vectors, text: &[u8]) -> Option<usize> {
        self.take(text, |base, was_inside| {
            let (blanks, length) = scan::at(vectors, text, base, scan::BLANKS);
            let inside = !blanks & (u64::MAX >> (scan::STEP - length));
            (inside ^ (inside << 1 | was_inside), length, inside >> (scan::STEP - 1))
        })
    }
}

/// Splits at runs of blanks.
#[inline(always)]
pub(super) fn split_blanks(text: &[u8], cursor: &mut Cursor, fields: &mut Vec<FieldSpan>, wanted: usize) {
    match Wide::detect() {
        // SAFETY: the processor has these vectors.
        Some(wide) => unsafe { split_blanks_wide(wide, text, cursor, fields, wanted) },
        None => split_blanks_by(Narrow, text, cursor, fields, wanted),
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2"))]
unsafe fn split_blanks_wide(
    wide: Wide,
    text: &[u8],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    split_blanks_by(wide, text, cursor, fields, wanted);
}

#[inline(always)]
fn split_blanks_by(
    vectors: impl Vectors,
    text: &[u8],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    let mut places = cursor.places;
    while fields.len() < wanted {
        let Some(start) = places.edge(vectors, text) else {
            cursor.done = true;
            break;
        };
        fields.push(FieldSpan::new(start, places.edge(vectors, text).unwrap_or(text.len())));
    }
    cursor.places = places;
}

/// Splits at each of the bytes.
#[inline(always)]
pub(super) fn split_at_bytes<const N: usize>(
    text: &[u8],
    separators: [u8; N],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    match Wide::detect() {
        // SAFETY: the processor has these vectors.
        Some(wide) => unsafe { split_at_bytes_wide(wide, text, separators, cursor, fields, wanted) },
        None => split_at_bytes_by(Narrow, text, separators, cursor, fields, wanted),
    }
}

#[inline(never)]
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2"))]
unsafe fn split_at_bytes_wide<const N: usize>(
    wide: Wide,
    text: &[u8],
    separators: [u8; N],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    split_at_bytes_by(wide, text, separators, cursor, fields, wanted);
}

#[inline(always)]
fn split_at_bytes_by<const N: usize>(
    vectors: impl Vectors,
    text: &[u8],
    separators: [u8; N],
    cursor: &mut Cursor,
    fields: &mut Vec<FieldSpan>,
    wanted: usize,
) {
    let (mut places, mut start) = (cursor.places, cursor.at);
    while !cursor.done && fields.len() < wanted {
        let end = places.byte(vectors, text, separators).unwrap_or_else(|| {
            cursor.done = true;
            text.len()
        });
        fields.push(FieldSpan::new(start, end));
        start = end + 1;
    }
    (cursor.places, cursor.at) = (places, start);
}
