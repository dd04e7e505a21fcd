//! Hashes: maps from byte strings to values that keep the order of insertion, copied on write.
//!
//! A key is its string form to the program. Inside, a key that is the decimal form of an i64 is kept as that
//! integer, so that integers are looked up without being formatted. As long as a hash has been filled with
//! consecutive integers, the position of a key is known from the key alone; a few other keys are found by
//! looking at all of them. Only beyond that is there an index: a window over the integers, where they lie close
//! together, a grid of pairs of integers, as awk's `a[i, j]` has them, else a table of hashes.

mod grid;
mod index;
mod key;
mod table;
#[cfg(test)]
mod tests;
mod union;
mod window;

use super::bytestr::ByteStr;
#[cfg(feature = "jit")]
use super::bytestr::MAX_INLINE;
use super::counted::Counted;
use super::heap;
use super::{Value, deep};
use std::fmt;
use std::mem;
use std::ops::Deref;

pub(crate) use grid::{Pair, SEPARATOR};
pub use key::{Key, KeyRef};
pub use union::NumberMap;

use grid::{Grid, pair_of, with_text};
use index::Index;
use key::{Wanted, with_key};
use table::Table;
use window::Window;

/// One place in the order of insertion; `key` is None when the entry was removed.
#[derive(Clone)]
struct Entry {
    key: Option<Key>,
    value: Value,
}

impl Entry {
    #[inline]
    fn is(&self, key: Wanted<'_>) -> bool {
        match (&self.key, key) {
            (Some(Key::Int(a)), Wanted::Int(b)) => *a == b,
            (Some(Key::Str(a)), Wanted::Short(b)) => a.inline_words() == Some(b),
            (Some(Key::Str(a)), Wanted::Long(b)) => a.as_bytes() == b,
            _ => false,
        }
    }
}

/// Entries, removed ones included, that are scanned faster than hashed.
const FEW: usize = 8;

/// Removed entries that are left in place before the entries are compacted.
const MIN_REMOVED: usize = 16;

/// A map from keys to values in the order of insertion: what a [`struct@Hash`] shares.
pub struct OrderedMap {
    entries: Vec<Entry>,
    index: Index,
    /// What finds integers that lie close together, where the index is that.
    window: Window,
    /// What finds pairs, where the index is that.
    grid: Option<Box<Grid>>,
    /// Entries that were removed and still have their places.
    removed: usize,
    /// The first `dense` entries have the keys `first`, `first + 1` and so on, whatever the index is.
    dense: usize,
    first: i64,
    /// As long as there are fewer entries, the next integer needs no more than its entry.
    room: usize,
    /// Bytes told to the heap account.
    charged: usize,
}

/// Where native code finds entries. Offsets are from what a [`Hash`] points to.
#[cfg(feature = "jit")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryLayout {
    /// The pointer to the first entry.
    pub start: i32,
    /// The number of entries, removed ones included.
    pub len: i32,
    /// Bytes of an entry.
    pub size: i64,
    /// Of an entry: its key, which is the words of [`Hash::key_words`] for a short string, and this word and the number for
    /// an integer.
    pub key: i32,
    pub integer_key: i64,
    /// Of an entry: its value.
    pub value: i32,
    /// The integer that is the key of the first entry, and how many entries from there on have consecutive keys.
    pub first: i32,
    pub dense: i32,
    /// The number of entries up to which the next integer needs no more than its entry.
    pub room: i32,
    /// Of the window over integers: its first key, the pointer to the positions, and how many there are. Each is an u32,
    /// which is `nowhere` for a key that is not there.
    pub window_base: i32,
    pub window_positions: i32,
    pub window_len: i32,
    /// The pointer to the grid of pairs, or 0.
    pub grid: i32,
    /// Of a grid: the first row and column, the number of rows and columns, and the pointer to the positions, row by row,
    /// as in the window.
    pub grid_first: [i32; 2],
    pub grid_size: [i32; 2],
    pub grid_positions: i32,
    pub nowhere: i64,
}

/// The offset in a vector of its pointer, and of its length. A vector's layout is not specified, but the same for every
/// vector of one type.
#[cfg(feature = "jit")]
fn vector_layout<T>() -> [usize; 2] {
    let probe: Vec<T> = Vec::with_capacity(3);
    let pointer = probe.as_ptr() as usize;
    // SAFETY: a vector is three words: pointer, length and capacity, all of them initialised.
    let words = unsafe { *(&raw const probe).cast::<[usize; 3]>() };
    const { assert!(size_of::<Vec<T>>() == 3 * size_of::<usize>()) };
    [pointer, 0].map(|value| words.iter().position(|word| *word == value).unwrap_or(0) * size_of::<usize>())
}

#[cfg(feature = "jit")]
impl Hash {
    /// Where entries are.
    pub(crate) fn entry_layout() -> EntryLayout {
        let map = Counted::<OrderedMap>::VALUE;
        let entries = map + mem::offset_of!(OrderedMap, entries);
        let [start, len] = vector_layout::<Entry>();
        let [positions, count] = vector_layout::<u32>();
        let window = map + mem::offset_of!(OrderedMap, window);
        let window_positions = window + mem::offset_of!(Window, positions);
        let in_pair = |offset: usize| [offset as i32, (offset + size_of::<u64>()) as i32];
        // The pointer of a box that may be none is the word that it is.
        const { assert!(size_of::<Option<Box<Grid>>>() == size_of::<usize>()) };
        const { assert!(window::NONE == grid::NONE) };
        EntryLayout {
            start: (entries + start) as i32,
            len: (entries + len) as i32,
            size: size_of::<Entry>() as i64,
            key: mem::offset_of!(Entry, key) as i32,
            integer_key: i64::from(Key::Int(0).tag()),
            value: mem::offset_of!(Entry, value) as i32,
            first: (map + mem::offset_of!(OrderedMap, first)) as i32,
            dense: (map + mem::offset_of!(OrderedMap, dense)) as i32,
            room: (map + mem::offset_of!(OrderedMap, room)) as i32,
            window_base: (window + mem::offset_of!(Window, base)) as i32,
            window_positions: (window_positions + positions) as i32,
            window_len: (window_positions + count) as i32,
            grid: (map + mem::offset_of!(OrderedMap, grid)) as i32,
            grid_first: in_pair(mem::offset_of!(Grid, first)),
            grid_size: in_pair(mem::offset_of!(Grid, size)),
            grid_positions: (mem::offset_of!(Grid, positions) + positions) as i32,
            nowhere: i64::from(grid::NONE),
        }
    }

    /// The value at the position that `look` gives, in the hash that has this body; null when it gives none.
    ///
    /// # Safety
    /// `body` is what a hash that lives points to. The value may be changed while nobody else holds the body.
    pub(crate) unsafe fn find(body: *mut u8, look: impl FnOnce(&OrderedMap) -> Option<usize>) -> *mut Value {
        // SAFETY: a hash is the pointer to its body; this one leaves the count as it is.
        let hash = mem::ManuallyDrop::new(unsafe { mem::transmute::<*mut u8, Hash>(body) });
        look(&hash).map_or(std::ptr::null_mut(), |at| std::ptr::from_ref(&hash.entries[at].value).cast_mut())
    }

    /// As [`Hash::find`], where `look` may add an entry; null when somebody else holds the body too.
    ///
    /// # Safety
    /// That of `find`. Other values of the hash may be elsewhere afterwards.
    pub(crate) unsafe fn find_or_add(
        body: *mut u8,
        look: impl FnOnce(&mut OrderedMap) -> usize,
    ) -> *mut Value {
        // SAFETY: as for `find`.
        let mut hash = mem::ManuallyDrop::new(unsafe { mem::transmute::<*mut u8, Hash>(body) });
        if !hash.is_unique() {
            return std::ptr::null_mut();
        }
        let map = hash.make_mut();
        let at = look(map);
        &raw mut map.entries[at].value
    }

    /// The words of a key in an entry, for a string that is short and no integer's form: the first, and the second
    /// where the first does not tell all, since that has the kind of key, the length and six bytes.
    pub(crate) fn key_words(key: &ByteStr) -> Option<(u64, Option<u64>)> {
        match Key::new(ByteStr::new(key)) {
            Key::Str(text) if text.len() <= MAX_INLINE => {
                let is_all_in_first = text.len() <= 6;
                let key = Some(Key::Str(text));
                // SAFETY: both are 16 bytes; all of a key with a short string are initialised.
                let [first, second] = unsafe { *(&raw const key).cast::<[u64; 2]>() };
                Some((first, (!is_all_in_first).then_some(second)))
            }
            _ => None,
        }
    }
}

impl OrderedMap {
    /// An empty map.
    pub fn new() -> OrderedMap {
        OrderedMap {
            entries: Vec::new(),
            index: Index::Consecutive,
            window: Window::default(),
            grid: None,
            removed: 0,
            dense: 0,
            first: 0,
            room: 0,
            charged: 0,
        }
    }

    /// Makes this the map of 1 to `count`; `set` sets each value, from what was there or Undef, by its index from 0.
    pub fn renumber(&mut self, count: usize, mut set: impl FnMut(usize, &mut Value)) {
        // Room for many more is given back, rather than kept for what does not come again.
        let is_numbered =
            matches!(self.index, Index::Consecutive) && (self.first, self.dense) == (1, self.entries.len());
        if !is_numbered || self.entries.capacity() > 4 * count.max(MIN_REMOVED) {
            self.clear();
            self.first = 1;
        }
        self.entries.truncate(count);
        let is_room_needed = count > self.entries.capacity();
        if is_room_needed {
            self.entries.reserve_exact(count - self.entries.len());
        }
        for (index, entry) in self.entries.iter_mut().enumerate() {
            set(index, &mut entry.value);
        }
        for index in self.entries.len()..count {
            let entry = Entry { key: Some(Key::Int(index as i64 + 1)), value: Value::Undef };
            // SAFETY: there is room for `count` entries. Each is made where it lies: one that is written in parts elsewhere and
            // then moved is waited for.
            let entry = unsafe {
                let place = self.entries.as_mut_ptr().add(index);
                place.write(entry);
                self.entries.set_len(index + 1);
                &mut *place
            };
            set(index, &mut entry.value);
        }
        self.dense = count;
        if is_room_needed {
            self.account();
        }
    }

    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len() - self.removed
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How far an integer is from the first entry's: its position, where keys are consecutive.
    #[inline(always)]
    fn place_of(&self, n: i64) -> usize {
        n.wrapping_sub(self.first) as usize
    }

    /// The position of a key's entry. It may change once entries have been removed, so who keeps a position
    /// checks the key that [`entry_at`](OrderedMap::entry_at) has there.
    #[inline]
    pub fn index_of(&self, key: KeyRef<'_>) -> Option<usize> {
        if let KeyRef::Int(n) = key {
            let at = self.place_of(n);
            if at < self.dense {
                return Some(at);
            }
        }
        match &self.index {
            Index::Consecutive => {
                let KeyRef::Int(n) = key else { return None };
                let at = self.place_of(n);
                self.entries.get(at)?.key.as_ref()?;
                Some(at)
            }
            Index::Window => {
                let KeyRef::Int(n) = key else { return None };
                self.window.get(n)
            }
            Index::Grid => {
                let KeyRef::Bytes(text) = key else { return None };
                self.grid.as_ref()?.get(pair_of(text)?)
            }
            Index::Scan => {
                let key = Wanted::new(key);
                self.entries.iter().position(|entry| entry.is(key))
            }
            Index::Table(table) => table.find(&self.entries, Wanted::new(key)),
            Index::Later(later) => later.find(&self.entries, Wanted::new(key)),
        }
    }

    /// As [`index_of`](OrderedMap::index_of), for the key that is the text of a pair.
    #[inline]
    pub(crate) fn index_of_pair(&self, pair: Pair) -> Option<usize> {
        match &self.grid {
            Some(grid) => grid.get(pair),
            None => with_text(pair, |text| self.index_of(KeyRef::Bytes(text))),
        }
    }

    /// As [`position_of_key`](OrderedMap::position_of_key), for the key that is the text of a pair.
    #[inline]
    pub(crate) fn position_of_pair(&mut self, pair: Pair) -> usize {
        match &self.grid {
            Some(grid) if let Some(at) = grid.get(pair) => at,
            _ => with_text(pair, |text| self.position_of_key(KeyRef::Bytes(text))),
        }
    }

    /// The entry at a position of [`index_of`](OrderedMap::index_of); None when there is none any more.
    #[inline]
    pub fn entry_at(&self, position: usize) -> Option<(&Key, &Value)> {
        let entry = self.entries.get(position)?;
        Some((entry.key.as_ref()?, &entry.value))
    }

    /// Whether a value is the key of an entry, as a number, and not one of the consecutive ones that entries begin with.
    #[cfg(feature = "jit")]
    pub(crate) fn is_apart(&self, key: &Value) -> bool {
        let is_number = matches!(key, Value::Int(_) | Value::Float(_));
        is_number && with_key(key, |key| self.index_of(key)).is_some_and(|at| at >= self.dense)
    }

    /// The value at a position of [`index_of`](OrderedMap::index_of); None when there is none any more.
    #[inline]
    pub fn value_at_mut(&mut self, position: usize) -> Option<&mut Value> {
        let entry = self.entries.get_mut(position)?;
        entry.key.as_ref()?;
        Some(&mut entry.value)
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, key: KeyRef<'_>) -> Option<&Value> {
        self.index_of(key).map(|at| &self.entries[at].value)
    }

    /// The value of the key that these bytes are.
    #[inline]
    pub fn get_bytes(&self, key: &[u8]) -> Option<&Value> {
        self.get(KeyRef::new(key))
    }

    /// The value of the key that is this integer's decimal form.
    #[inline]
    pub fn get_int(&self, key: i64) -> Option<&Value> {
        self.get(KeyRef::Int(key))
    }

    /// The value of the key that is this value's string form.
    #[inline]
    pub fn get_value_key(&self, key: &Value) -> Option<&Value> {
        with_key(key, |key| self.get(key))
    }

    /// The value of a key, to write to.
    #[inline]
    pub fn get_mut(&mut self, key: KeyRef<'_>) -> Option<&mut Value> {
        let at = self.index_of(key)?;
        Some(&mut self.entries[at].value)
    }

    /// Whether there is an entry for the key.
    #[inline]
    pub fn contains(&self, key: KeyRef<'_>) -> bool {
        self.index_of(key).is_some()
    }

    /// Whether there is an entry for the key that is this value's string form.
    #[inline]
    pub fn contains_value_key(&self, key: &Value) -> bool {
        with_key(key, |key| self.contains(key))
    }

    /// Sets the value of a key; gives the old one. A new key comes last in the order.
    #[inline]
    pub fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        match self.index_of(key.as_ref()) {
            Some(at) => Some(mem::replace(&mut self.entries[at].value, value)),
            None => {
                self.append(key, value);
                None
            }
        }
    }

    /// As [`insert`](OrderedMap::insert), for the key that is `key`'s string form.
    #[inline]
    pub fn insert_value_key(&mut self, key: &Value, value: Value) -> Option<Value> {
        match with_key(key, |key| self.index_of(key)) {
            Some(at) => Some(mem::replace(&mut self.entries[at].value, value)),
            None => {
                self.append(Key::from_value(key), value);
                None
            }
        }
    }

    /// The value of the key that is `key`'s string form; a missing one is made, Undef.
    #[inline]
    pub fn get_or_insert_undef(&mut self, key: &Value) -> &mut Value {
        let at = self.position_of_value_key(key);
        &mut self.entries[at].value
    }

    /// The value of the key; a missing one is made, Undef.
    #[inline]
    pub fn get_or_insert_key(&mut self, key: KeyRef<'_>) -> &mut Value {
        let at = self.position_of_key(key);
        &mut self.entries[at].value
    }

    /// The position, as of [`index_of`](OrderedMap::index_of), of the key that is `key`'s string form; a missing one is
    /// made, with the value Undef.
    #[inline]
    pub fn position_of_value_key(&mut self, key: &Value) -> usize {
        match with_key(key, |key| self.index_of(key)) {
            Some(at) => at,
            None => self.append(Key::from_value(key), Value::Undef),
        }
    }

    /// The position, as of [`index_of`](OrderedMap::index_of), of the key; a missing one is made, with the value Undef.
    #[inline]
    pub fn position_of_key(&mut self, key: KeyRef<'_>) -> usize {
        match self.index_of(key) {
            Some(at) => at,
            None => self.append(key.to_key(), Value::Undef),
        }
    }

    /// Whether the key at a position is this text, and not kept as an integer.
    #[inline]
    pub(crate) fn has_text_key(&self, position: usize, text: &[u8]) -> bool {
        matches!(self.entries.get(position), Some(Entry { key: Some(Key::Str(key)), .. }) if key.as_bytes() == text)
    }

    /// Adds an entry for a key that has none; gives its position.
    fn append(&mut self, key: Key, value: Value) -> usize {
        if self.entries.len() == self.entries.capacity() {
            self.grow_entries();
        }
        let at = self.entries.len();
        let is_next = match key {
            Key::Int(n) if at == 0 => {
                self.first = n;
                true
            }
            Key::Int(n) => self.place_of(n) == at,
            Key::Str(_) => false,
        };
        if is_next && self.dense == at {
            self.dense += 1;
        }
        let has_room = match &mut self.index {
            Index::Consecutive => is_next,
            Index::Scan => at < FEW,
            Index::Window => matches!(key, Key::Int(n) if self.window.covers(n)),
            Index::Grid => match (&self.grid, &key) {
                (Some(grid), Key::Str(text)) => pair_of(text).is_some_and(|pair| grid.covers(pair)),
                _ => false,
            },
            Index::Table(table) => table.has_room(),
            Index::Later(_) => false,
        };
        if !has_room {
            self.rebuild_index(Some(&key));
        }
        self.index.add(&mut self.window, &mut self.grid, &key, at);
        self.entries.push(Entry { key: Some(key), value });
        at
    }

    #[cold]
    #[inline(never)]
    fn grow_entries(&mut self) {
        if self.removed >= self.len() && self.entries.len() >= MIN_REMOVED {
            self.compact();
        } else {
            self.entries.reserve(self.entries.len().max(4));
            // The table holds positions as u32.
            assert!(self.entries.len() < u32::MAX as usize, "capacity overflow");
        }
        self.account();
    }

    /// Indexes all entries, with room for one more, which may be known.
    #[cold]
    #[inline(never)]
    fn rebuild_index(&mut self, next: Option<&Key>) {
        let keys = || self.entries.iter().map(|entry| entry.key.as_ref());
        if let (Index::Window, Some(Key::Int(n))) = (&self.index, next)
            && self.window.extend(*n, self.entries.len())
        {
            return self.account();
        }
        if let (Some(grid), Some(Key::Str(text))) = (&mut self.grid, next)
            && pair_of(text).is_some_and(|pair| grid.extend(pair, self.entries.len()))
        {
            return self.account();
        }
        let grid = Grid::over(keys, next).map(Box::new);
        let is_few = grid.is_some() || self.entries.len() < FEW;
        let window = if is_few { None } else { Window::over(keys, next) };
        self.index = if grid.is_some() {
            Index::Grid
        } else if is_few {
            Index::Scan
        } else if window.is_some() {
            Index::Window
        } else {
            Index::Table(Table::of(&self.entries, (self.len() + 1).max(self.entries.capacity())))
        };
        (self.window, self.grid) = (window.unwrap_or_default(), grid);
        self.account();
    }

    /// Closes the gaps of removed entries.
    #[cold]
    #[inline(never)]
    fn compact(&mut self) {
        self.entries.retain(|entry| entry.key.is_some());
        self.removed = 0;
        self.index_anew();
    }

    /// Indexes entries without gaps.
    fn index_anew(&mut self) {
        if !self.index_consecutive() {
            self.rebuild_index(None);
        }
    }

    /// Whether entries without gaps are those of consecutive integers, which need no more.
    fn index_consecutive(&mut self) -> bool {
        if let Some(Entry { key: Some(Key::Int(n)), .. }) = self.entries.first() {
            self.first = *n;
        }
        let is_next =
            |(at, entry): &(usize, &Entry)| matches!(entry.key, Some(Key::Int(n)) if self.place_of(n) == *at);
        self.dense = self.entries.iter().enumerate().take_while(is_next).count();
        let are_all = self.dense == self.entries.len();
        if are_all {
            self.need_no_index();
            self.account();
        }
        are_all
    }

    /// The index of consecutive integers, which their places tell.
    fn need_no_index(&mut self) {
        (self.index, self.window, self.grid) = (Index::Consecutive, Window::default(), None);
    }

    /// Removes a key's entry; the order of the others stays.
    pub fn remove(&mut self, key: KeyRef<'_>) -> Option<Value> {
        let at = self.index_of(key)?;
        if let Index::Later(_) = self.index {
            self.rebuild_index(None);
        }
        self.index.remove(&mut self.window, &mut self.grid, key, at);
        self.dense = self.dense.min(at);
        let entry = &mut self.entries[at];
        entry.key = None;
        let value = mem::take(&mut entry.value);
        self.removed += 1;
        // Gaps at the end are closed at once: taking keys from the end, then adding some, stays cheap.
        while self.entries.last().is_some_and(|last| last.key.is_none()) {
            self.entries.pop();
            self.removed -= 1;
        }
        if self.removed > MIN_REMOVED && self.removed > self.len() {
            self.compact();
        }
        Some(value)
    }

    /// Removes the entry of the key that is this value's string form.
    pub fn remove_value_key(&mut self, key: &Value) -> Option<Value> {
        with_key(key, |key| self.remove(key))
    }

    /// Removes all entries and frees their memory.
    pub fn clear(&mut self) {
        let entries = mem::take(&mut self.entries);
        self.need_no_index();
        (self.removed, self.dense, self.first) = (0, 0, 0);
        self.account();
        drop(entries);
    }

    /// The entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Value)> {
        self.entries.iter().filter_map(|entry| Some((entry.key.as_ref()?, &entry.value)))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> {
        self.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// The end of the positions of [`entry_at`](OrderedMap::entry_at).
    pub fn positions(&self) -> usize {
        self.entries.len()
    }

    /// Tells the heap account, and native code, of a changed capacity.
    fn account(&mut self) {
        let capacity = self.entries.capacity();
        self.room = if let Index::Consecutive = self.index { capacity } else { 0 };
        let bytes = capacity * size_of::<Entry>()
            + self.index.bytes(self.entries.len())
            + self.window.bytes()
            + self.grid.as_ref().map_or(0, |grid| grid.bytes());
        heap::charge(bytes);
        heap::release(self.charged);
        self.charged = bytes;
    }
}

impl Clone for OrderedMap {
    fn clone(&self) -> OrderedMap {
        let mut copy = OrderedMap {
            entries: self.entries.clone(),
            index: self.index.clone(),
            window: self.window.clone(),
            grid: self.grid.clone(),
            charged: 0,
            ..*self
        };
        copy.account();
        copy
    }
}

impl Default for OrderedMap {
    fn default() -> OrderedMap {
        OrderedMap::new()
    }
}

impl Drop for OrderedMap {
    fn drop(&mut self) {
        heap::release(self.charged);
    }
}

/// A hash: a map from byte strings to values with value semantics, in the order of insertion.
///
/// A clone shares the entries; the first write through one of the sharers copies them. Reading goes through
/// the [`OrderedMap`] that it dereferences to.
pub struct Hash(Counted<OrderedMap>);

impl Hash {
    /// An empty hash.
    pub fn new() -> Hash {
        Hash(Counted::new(OrderedMap::new()))
    }

    /// Makes this the hash of 1 to `count`, as [`OrderedMap::renumber`] does; what shares it keeps its own.
    pub fn renumber(&mut self, count: usize, set: impl FnMut(usize, &mut Value)) {
        if !self.is_unique() {
            *self = Hash::new();
        }
        self.make_mut().renumber(count, set);
    }

    /// Whether nobody shares the entries, so that a write copies nothing.
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    /// Whether both share one set of entries.
    #[inline]
    pub fn shares_with(&self, other: &Hash) -> bool {
        self.0.same(&other.0)
    }

    /// How many hold the entries, and their address.
    pub(crate) fn identity(&self) -> (usize, usize) {
        (self.0.holders(), self.0.address())
    }

    /// The entries to write to, copied first when they are shared.
    #[inline]
    pub fn make_mut(&mut self) -> &mut OrderedMap {
        if !self.0.is_unique() {
            self.unshare();
        }
        // SAFETY: the holder is unique now.
        unsafe { self.0.get_mut_unchecked() }
    }

    #[cold]
    #[inline(never)]
    fn unshare(&mut self) {
        *self = Hash(Counted::new(OrderedMap::clone(&self.0)));
    }

    /// [`OrderedMap::insert`] on the unshared entries, for anything that makes a key.
    pub fn insert(&mut self, key: impl Into<Key>, value: Value) -> Option<Value> {
        self.make_mut().insert(key.into(), value)
    }

    #[cold]
    #[inline(never)]
    fn drop_last(&mut self) {
        if deep::too_deep() {
            // SAFETY: the last count was released just now; the revived holder drops the body later.
            let body = unsafe { self.0.revive() };
            deep::set_aside(Value::Hash(Hash(body)));
        } else {
            // SAFETY: the last count was released just now, and `self` is gone after this.
            deep::drop_children(|| unsafe { self.0.free() });
        }
    }
}

impl Clone for Hash {
    #[inline(always)]
    fn clone(&self) -> Hash {
        Hash(self.0.share())
    }
}

impl Drop for Hash {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0.release() {
            self.drop_last();
        }
    }
}

impl Deref for Hash {
    type Target = OrderedMap;

    #[inline(always)]
    fn deref(&self) -> &OrderedMap {
        &self.0
    }
}

impl Default for Hash {
    fn default() -> Hash {
        Hash::new()
    }
}

impl PartialEq for Hash {
    fn eq(&self, other: &Hash) -> bool {
        super::compare::equal_hashes(self, other)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::text::debug_hash(self, f)
    }
}

impl<K: Into<Key>, V: Into<Value>> FromIterator<(K, V)> for Hash {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Hash {
        let mut map = OrderedMap::new();
        for (key, value) in pairs {
            map.insert(key.into(), value.into());
        }
        Hash(Counted::new(map))
    }
}

impl From<i64> for Key {
    fn from(n: i64) -> Key {
        Key::Int(n)
    }
}

impl From<KeyRef<'_>> for Key {
    fn from(key: KeyRef<'_>) -> Key {
        key.to_key()
    }
}

impl From<Value> for Key {
    fn from(value: Value) -> Key {
        Key::from_value(&value)
    }
}

impl From<&Value> for Key {
    fn from(value: &Value) -> Key {
        Key::from_value(value)
    }
}

/// A key is made from whatever a byte string is made from.
macro_rules! key_from_bytes {
    ($($from:ty),*) => {$(
        impl From<$from> for Key {
            fn from(bytes: $from) -> Key {
                Key::new(ByteStr::from(bytes))
            }
        }
    )*};
}
key_from_bytes!(ByteStr, &[u8], &str, String, &String, Vec<u8>);
