//! An index of keys that are two integers with a separator between them, which is what awk makes of `a[i, j]`: a place
//! for each pair of a range of rows and columns, so that a pair is found without its text, and without hashing.

use super::key::Key;
use crate::value::number::{self, NumBuf};

/// Two integers of which the text, with [`SEPARATOR`] between them, is a key.
pub(crate) type Pair = [i64; 2];

/// What is between the integers: awk's SUBSEP, unless a program sets it.
pub(crate) const SEPARATOR: u8 = 0x1c;

/// Positions by row and column, for the pairs of a range.
#[derive(Clone)]
#[repr(C)]
pub(super) struct Grid {
    /// The first row and the first column of the range.
    pub first: Pair,
    /// How many rows and columns it has.
    pub size: [usize; 2],
    /// The least and the greatest row and column that there are.
    low: Pair,
    high: Pair,
    /// The position of each pair, row by row, or [`NONE`].
    pub positions: Vec<u32>,
}

/// There is no entry. Positions are less, since there is no room for so many.
pub(super) const NONE: u32 = u32::MAX;

/// Pairs that a range may have for each entry, and beside: 256 rows and columns may be filled in any order.
const SPREAD: usize = 4;
const BESIDE: usize = 1 << 16;

/// Numbers beyond it are hashed; within it, the ends of a range need no care.
const FAR: i64 = 1 << 40;

/// The pair of which a key is the text.
pub(super) fn pair_of(key: &[u8]) -> Option<Pair> {
    let at = key.iter().position(|byte| *byte == SEPARATOR)?;
    let number = |text| number::parse_canonical_int(text);
    Some([number(&key[..at])?, number(&key[at + 1..])?])
}

/// Runs `with` on the text of a pair.
#[inline(never)]
pub(super) fn with_text<R>(pair: Pair, with: impl FnOnce(&[u8]) -> R) -> R {
    // Twice a sign and 19 digits, and what is between them.
    let mut text = [0; 41];
    let mut len = 0;
    let mut buffer = NumBuf::new();
    for (side, number) in pair.into_iter().enumerate() {
        if side > 0 {
            text[len] = SEPARATOR;
            len += 1;
        }
        let number = number::format_int(number, &mut buffer);
        text[len..len + number.len()].copy_from_slice(number);
        len += number.len();
    }
    with(&text[..len])
}

/// The number of pairs of a range, as far as so many entries are enough for it.
fn cells(size: [usize; 2], most: usize) -> Option<usize> {
    size[0].checked_mul(size[1]).filter(|cells| *cells <= most)
}

impl Grid {
    /// The grid over keys in the order of their positions, and over the next one; None where they are no pairs, or not
    /// close ones. A key that is None was removed.
    pub fn over<'a, I: Iterator<Item = Option<&'a Key>>>(
        keys: impl Fn() -> I,
        next: Option<&'a Key>,
    ) -> Option<Grid> {
        let pair = |key: &Key| match key {
            Key::Str(text) => pair_of(text),
            Key::Int(_) => None,
        };
        let (mut low, mut high, mut count) = ([FAR; 2], [-FAR; 2], 0);
        for key in keys().flatten().chain(next) {
            let pair = pair(key)?;
            for side in 0..2 {
                (low[side], high[side]) = (low[side].min(pair[side]), high[side].max(pair[side]));
            }
            count += 1;
        }
        if count == 0 || low.iter().any(|n| *n < -FAR) || high.iter().any(|n| *n > FAR) {
            return None;
        }
        let size = [0, 1].map(|side| (high[side] - low[side]) as usize + 1);
        // A range that is half as long again must be possible: else the next pair would be the end of it.
        let cells = cells(size, (SPREAD * count + BESIDE) / 2)?;
        let mut grid = Grid { first: low, size, low, high, positions: vec![NONE; cells] };
        for (at, key) in keys().enumerate() {
            if let Some(pair) = key.and_then(pair) {
                grid.set(pair, at);
            }
        }
        Some(grid)
    }

    /// Makes the range cover another pair, where it lies close enough for so many entries; else changes nothing.
    pub fn extend(&mut self, pair: Pair, entries: usize) -> bool {
        if pair.iter().any(|n| !(-FAR..=FAR).contains(n)) {
            return false;
        }
        let (mut first, mut size) = (self.first, self.size);
        for side in 0..2 {
            if self.place(side, pair) < self.size[side] {
                continue;
            }
            let (low, high) = (self.low[side].min(pair[side]), self.high[side].max(pair[side]));
            let length = (high - low) as usize + 1;
            let grows_down = pair[side] < self.first[side];
            first[side] = if grows_down { low - (length / 2) as i64 } else { low };
            size[side] = length + length / 2;
        }
        let Some(cells) = cells(size, SPREAD * entries + BESIDE) else { return false };
        let mut positions = vec![NONE; cells];
        // Every entry lies between the least and the greatest row and column, which both ranges cover.
        let width = (self.high[1] - self.low[1]) as usize + 1;
        for row in self.low[0]..=self.high[0] {
            let place = |first: Pair, size: [usize; 2]| {
                (row - first[0]) as usize * size[1] + (self.low[1] - first[1]) as usize
            };
            let (from, to) = (place(self.first, self.size), place(first, size));
            positions[to..to + width].copy_from_slice(&self.positions[from..from + width]);
        }
        *self = Grid { first, size, positions, ..*self };
        true
    }

    /// How far a row or a column is from the first one.
    #[inline(always)]
    fn place(&self, side: usize, pair: Pair) -> usize {
        pair[side].wrapping_sub(self.first[side]) as usize
    }

    #[inline(always)]
    fn index(&self, pair: Pair) -> Option<usize> {
        let (row, column) = (self.place(0, pair), self.place(1, pair));
        (row < self.size[0] && column < self.size[1]).then(|| row * self.size[1] + column)
    }

    /// Whether a pair lies in the range.
    #[inline]
    pub fn covers(&self, pair: Pair) -> bool {
        self.index(pair).is_some()
    }

    /// The position of a pair.
    #[inline]
    pub fn get(&self, pair: Pair) -> Option<usize> {
        let at = *self.positions.get(self.index(pair)?)?;
        (at != NONE).then_some(at as usize)
    }

    /// Sets the position of a pair in the range.
    #[inline]
    pub fn set(&mut self, pair: Pair, at: usize) {
        let Some(index) = self.index(pair) else { return };
        self.positions[index] = at as u32;
        for (side, n) in pair.into_iter().enumerate() {
            (self.low[side], self.high[side]) = (self.low[side].min(n), self.high[side].max(n));
        }
    }

    /// Forgets the position of a pair.
    pub fn remove(&mut self, pair: Pair) {
        if let Some(index) = self.index(pair) {
            self.positions[index] = NONE;
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of::<Grid>() + self.positions.capacity() * size_of::<u32>()
    }
}
