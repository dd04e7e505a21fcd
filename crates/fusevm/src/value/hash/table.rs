//! The table by which entries are found in large maps.

use super::Entry;
use super::key::Wanted;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The positions of the entries that are not removed, by hash of the key.
#[derive(Clone)]
pub(super) struct Table {
    positions: HashTable<u32>,
    hasher: KeyHasher,
}

impl Table {
    /// The table of entries, walking them in order, with room for so many.
    pub fn of(entries: &[Entry], room: usize) -> Table {
        let mut table = Table { positions: HashTable::with_capacity(room), hasher: KeyHasher::new() };
        for (at, entry) in entries.iter().enumerate() {
            if let Some(key) = &entry.key {
                table.add(Wanted::new(key.as_ref()), at);
            }
        }
        table
    }

    /// The position of a key's entry.
    #[inline]
    pub fn find(&self, entries: &[Entry], key: Wanted<'_>) -> Option<usize> {
        let is_key = |&at: &u32| entries[at as usize].is(key);
        self.positions.find(self.hasher.hash(key), is_key).map(|&at| at as usize)
    }

    /// Whether one more can be added.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.positions.len() < self.positions.capacity()
    }

    /// Adds a key that is not there, for which there is room.
    #[inline]
    pub fn add(&mut self, key: Wanted<'_>, at: usize) {
        let no_rehash = |_: &u32| unreachable!("the table has room");
        self.positions.insert_unique(self.hasher.hash(key), at as u32, no_rehash);
    }

    /// Removes the key that has its entry at that position.
    pub fn remove(&mut self, key: Wanted<'_>, at: usize) {
        if let Ok(found) = self.positions.find_entry(self.hasher.hash(key), |&i| i as usize == at) {
            found.remove();
        }
    }

    /// Bytes of the table.
    pub fn bytes(&self) -> usize {
        self.positions.allocation_size()
    }

    /// About as many bytes as a table of so many entries has: a position and a byte of the hash for each place, of which
    /// an eighth stays empty.
    pub fn bytes_for(entries: usize) -> usize {
        (entries * 8 / 7).next_power_of_two() * (size_of::<u32>() + 1)
    }
}

/// Looks at all entries that together take about as long as to make the table: a key is only compared where one is
/// hashed and put at a place that is in no cache.
const LOOKS: usize = 4;

/// The table of entries that are many, and may never be asked for by their keys, or only in their order. It is made
/// once that many entries were looked at that it would have been worth it from the beginning.
#[derive(Default)]
pub(super) struct Later {
    /// Entries that were looked at.
    looks: AtomicUsize,
    /// Where the last one was found.
    last: AtomicUsize,
    table: OnceLock<Table>,
}

impl Later {
    /// The position of a key's entry; none was removed.
    #[inline(never)]
    pub fn find(&self, entries: &[Entry], key: Wanted<'_>) -> Option<usize> {
        if let Some(table) = self.table.get() {
            return table.find(entries, key);
        }
        // Who goes through the keys asks for the elements in order.
        let last = self.last.load(Ordering::Relaxed);
        let near = entries.iter().enumerate().skip(last).take(2).find(|(_, entry)| entry.is(key));
        let found = match near {
            Some((at, _)) => Some(at),
            None if self.looks.load(Ordering::Relaxed) >= LOOKS * entries.len() => {
                return self.table.get_or_init(|| Table::of(entries, entries.len())).find(entries, key);
            }
            None => {
                let found = entries.iter().position(|entry| entry.is(key));
                self.looks.fetch_add(found.map_or(entries.len(), |at| at + 1), Ordering::Relaxed);
                found
            }
        };
        if let Some(at) = found {
            self.last.store(at, Ordering::Relaxed);
        }
        found
    }
}

impl Clone for Later {
    fn clone(&self) -> Later {
        Later { table: self.table.clone(), ..Later::default() }
    }
}

/// Hashes keys with a seed of its own for each table.
#[derive(Clone)]
struct KeyHasher {
    strings: RandomState,
    seed: u64,
    second_seed: u64,
}

/// A folded multiplication spreads words over all bits, of which the table uses both ends.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ (product >> 64) as u64
}

impl KeyHasher {
    fn new() -> KeyHasher {
        let strings = RandomState::default();
        KeyHasher { seed: strings.hash_one(0u64), second_seed: strings.hash_one(1u64), strings }
    }

    #[inline]
    fn hash(&self, key: Wanted<'_>) -> u64 {
        match key {
            Wanted::Int(n) => fold(n as u64 ^ self.seed, 0x9e37_79b9_7f4a_7c15),
            Wanted::Short([first, second]) => fold(first ^ self.seed, second ^ self.second_seed),
            Wanted::Long(bytes) => {
                let mut hasher = self.strings.build_hasher();
                hasher.write(bytes);
                hasher.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::value::{Key, KeyRef};

    #[test]
    fn a_table_that_is_made_later_finds_what_one_does() {
        let entries: Vec<Entry> = (0..50)
            .map(|n| Entry { key: Some(Key::from(format!("key {n}"))), value: Value::Undef })
            .collect();
        let later = Later::default();
        let find = |text: &str| later.find(&entries, Wanted::new(KeyRef::new(text.as_bytes())));
        for n in (0..50).flat_map(|n| [n, n]) {
            assert_eq!(find(&format!("key {n}")), Some(n), "in order");
        }
        assert!(later.table.get().is_none());
        for n in (0..50).rev() {
            assert_eq!((find(&format!("key {n}")), find("none")), (Some(n), None));
        }
        assert!(later.table.get().is_some());
        assert_eq!(later.clone().find(&entries, Wanted::new(KeyRef::new(b"key 7"))), Some(7));
    }

    #[test]
    fn the_size_of_a_table_is_known_before() {
        for count in [10, 1000, 100_000] {
            let is = Table::of(&[], count).bytes() as f64;
            assert!((0.8..1.3).contains(&(Table::bytes_for(count) as f64 / is)), "{count}");
        }
    }
}
