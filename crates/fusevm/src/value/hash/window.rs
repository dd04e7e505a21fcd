//! An index of integers that lie close together: a place for each integer of a range, without hashing.

use super::key::Key;

/// Positions by key, for the keys of a range; an empty one, where there is no need of it.
#[derive(Clone, Default)]
pub(super) struct Window {
    /// The first key of the range.
    pub base: i64,
    /// The position of each key, or [`NONE`].
    pub positions: Vec<u32>,
}

/// There is no entry. Positions are less, since there is no room for so many.
pub(super) const NONE: u32 = u32::MAX;

/// Keys that a range may have for each entry, and beside. A hash table takes some 10 bytes for an entry, and a range no
/// more than 16 before it grows, so that little memory is lost for the speed.
const SPREAD: usize = 4;
const BESIDE: usize = 64;

/// Keys beyond it are hashed.
const FAR: i64 = 1 << 62;

/// The first key of a range from `low` to `high`, and its length with half as much again on the side that grows; None where
/// so many `entries` are too few for it.
fn range(low: i64, high: i64, grows_down: bool, entries: usize) -> Option<(i64, usize)> {
    let length = usize::try_from(high.checked_sub(low)?).ok()?.checked_add(1)?;
    // Far from the ends of what an integer can be, the ends of a range need no care.
    if length > SPREAD * entries + BESIDE || low < -FAR || high > FAR {
        return None;
    }
    let more = length / 2;
    let base = if grows_down { low - more as i64 } else { low };
    Some((base, length + more))
}

impl Window {
    /// The window over keys in the order of their positions, and over the next one; None where they are not close
    /// integers. A key that is None was removed.
    pub fn over<'a, I: Iterator<Item = Option<&'a Key>>>(
        keys: impl Fn() -> I,
        next: Option<&'a Key>,
    ) -> Option<Window> {
        let (mut low, mut high, mut count) = (i64::MAX, i64::MIN, 0);
        for key in keys().flatten().chain(next) {
            let Key::Int(n) = key else { return None };
            (low, high, count) = (low.min(*n), high.max(*n), count + 1);
        }
        let grows_down = next.is_some_and(|next| *next == Key::Int(low));
        let (base, length) = range(low, high, grows_down, count)?;
        let mut window = Window { base, positions: vec![NONE; length] };
        for (at, key) in keys().enumerate() {
            if let Some(Key::Int(n)) = key {
                window.set(*n, at);
            }
        }
        Some(window)
    }

    /// Makes the range cover another key, where it lies close enough for so many entries; else changes nothing.
    pub fn extend(&mut self, key: i64, entries: usize) -> bool {
        let last = self.base + (self.positions.len() as i64 - 1);
        let grows_down = key < self.base;
        let Some((base, length)) = range(self.base.min(key), last.max(key), grows_down, entries) else {
            return false;
        };
        let mut positions = vec![NONE; length];
        let before = self.base.wrapping_sub(base) as usize;
        positions[before..before + self.positions.len()].copy_from_slice(&self.positions);
        *self = Window { base, positions };
        true
    }

    #[inline(always)]
    fn place(&self, key: i64) -> usize {
        key.wrapping_sub(self.base) as usize
    }

    /// Whether a key lies in the range.
    #[inline]
    pub fn covers(&self, key: i64) -> bool {
        self.place(key) < self.positions.len()
    }

    /// The position of a key.
    #[inline]
    pub fn get(&self, key: i64) -> Option<usize> {
        self.positions.get(self.place(key)).filter(|at| **at != NONE).map(|at| *at as usize)
    }

    /// Sets the position of a key in the range.
    #[inline]
    pub fn set(&mut self, key: i64, at: usize) {
        let place = self.place(key);
        self.positions[place] = at as u32;
    }

    /// Forgets the position of a key in the range.
    pub fn remove(&mut self, key: i64) {
        let place = self.place(key);
        self.positions[place] = NONE;
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.positions.capacity() * size_of::<u32>()
    }
}
