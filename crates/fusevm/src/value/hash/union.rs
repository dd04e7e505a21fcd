//! The union of maps that several threads have filled.

use super::{Key, OrderedMap};
use crate::value::{ByteStr, Value};
use std::ops::Range;
use std::panic::resume_unwind;
use std::{iter, mem, thread};

/// A map of numbers that can go to another thread, since nobody else holds its keys.
#[derive(Default)]
pub struct NumberMap(OrderedMap);

// SAFETY: the only holder of what its keys point to goes along, as `into_numbers` has made sure, and numbers point to
// nothing.
unsafe impl Send for NumberMap {}

// SAFETY: through a shared reference keys are compared, never copied, so that no reference count changes.
unsafe impl Sync for NumberMap {}

/// An entry of a later map whose key an earlier one has too.
struct Twin {
    position: u32,
    earlier_map: u32,
    earlier_position: u32,
}

/// What a position of a map says instead of one in the union: that there is none yet, or with this bit the twin.
const NONE: u32 = u32::MAX;
const TWIN: u32 = 1 << 31;

impl NumberMap {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the numbers of the first entries.
    pub fn set_numbers(&mut self, numbers: &[f64]) {
        for (entry, number) in self.0.entries.iter_mut().zip(numbers) {
            entry.value = Value::Float(*number);
        }
    }

    /// The twins of some entries.
    fn twins(&self, range: Range<usize>, earlier: &[NumberMap]) -> Vec<Twin> {
        let mut twins = Vec::new();
        for position in range {
            let Some(key) = &self.0.entries[position].key else { continue };
            let found = earlier.iter().map(|map| map.0.index_of(key.as_ref()));
            if let Some((map, at)) = found.enumerate().find_map(|(map, at)| Some((map, at?))) {
                let [position, earlier_map, earlier_position] = [position, map, at].map(|n| n as u32);
                twins.push(Twin { position, earlier_map, earlier_position });
            }
        }
        twins
    }
}

impl OrderedMap {
    /// The map with the `number` of each value, for another thread. Its bytes stay in this thread's account of the heap.
    pub fn into_numbers(mut self, number: impl Fn(&Value) -> f64) -> NumberMap {
        self.close_gaps();
        for entry in &mut self.entries {
            if let Some(Key::Str(text)) = &mut entry.key
                && !text.is_unique()
            {
                *text = ByteStr::new(text);
            }
            entry.value = Value::Float(number(&entry.value));
        }
        NumberMap(self)
    }

    /// Adds the numbers of maps to the `number` of the entries with their keys. New keys come in the order in which `met` names
    /// them, by map and range of positions. The ranges of a map follow each other from 0 on; what lies behind them is
    /// left out.
    ///
    /// As many threads as there are maps look for keys that several of them have.
    pub fn add_all(
        &mut self,
        maps: Vec<NumberMap>,
        met: &[(usize, Range<usize>)],
        number: impl Fn(&Value) -> f64,
    ) {
        self.close_gaps();
        let own = NumberMap(mem::take(self));
        let own_range = (0, 0..own.len());
        let maps: Vec<NumberMap> = iter::once(own).chain(maps).collect();
        let total = maps.iter().map(NumberMap::len).sum::<usize>();
        assert!(total < TWIN as usize, "capacity overflow");
        let twins = all_twins(&maps);
        // Of each entry of each map, its place in the union.
        let mut places: Vec<Vec<u32>> = maps.iter().map(|map| vec![NONE; map.len()]).collect();
        for (places, twins) in places.iter_mut().zip(&twins) {
            for (index, twin) in twins.iter().enumerate() {
                places[twin.position as usize] = TWIN | index as u32;
            }
        }
        let mut maps: Vec<_> =
            maps.into_iter().map(|mut map| mem::take(&mut map.0.entries).into_iter()).collect();
        self.entries.reserve_exact(total - twins.iter().map(Vec::len).sum::<usize>());
        let met = met.iter().map(|(map, range)| (map + 1, range.clone()));
        for (map, range) in iter::once(own_range).chain(met) {
            for (position, entry) in range.zip(&mut maps[map]) {
                let (mut first, place) = ((map, position), places[map][position]);
                if place != NONE && place & TWIN != 0 {
                    let twin = &twins[map][(place & !TWIN) as usize];
                    first = (twin.earlier_map as usize, twin.earlier_position as usize);
                }
                let place = &mut places[first.0][first.1];
                if *place == NONE {
                    *place = self.entries.len() as u32;
                    self.entries.push(entry);
                } else {
                    let sum = &mut self.entries[*place as usize].value;
                    *sum = Value::Float(number(sum) + number(&entry.value));
                }
            }
        }
        self.len = self.entries.len();
        self.index_anew();
        self.account();
    }

    /// Makes positions those of the entries that there are.
    fn close_gaps(&mut self) {
        if self.len < self.entries.len() {
            self.compact();
        }
    }
}

/// For each map, its entries whose keys an earlier map has; in order.
fn all_twins(maps: &[NumberMap]) -> Vec<Vec<Twin>> {
    let parts = (maps.len() - 1).max(1);
    let part_of = |part: usize| -> Vec<Vec<Twin>> {
        let range = |map: &NumberMap| map.len() * part / parts..map.len() * (part + 1) / parts;
        maps.iter().enumerate().map(|(index, map)| map.twins(range(map), &maps[..index])).collect()
    };
    let part_of = &part_of;
    thread::scope(|scope| {
        let others: Vec<_> = (1..parts).map(|part| scope.spawn(move || part_of(part))).collect();
        let mut all = part_of(0);
        for other in others {
            let part = other.join().unwrap_or_else(|panic| resume_unwind(panic));
            for (all, part) in all.iter_mut().zip(part) {
                all.extend(part);
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Hash;

    /// The union, from maps that were filled block by block: which map gets the next keys.
    fn union(own: &[&str], blocks: &[(usize, &[&str])]) -> Vec<(String, f64)> {
        let count = blocks.iter().map(|(map, _)| map + 1).max().unwrap_or(0);
        let mut maps: Vec<OrderedMap> = (0..count).map(|_| OrderedMap::new()).collect();
        let mut met = Vec::new();
        for (map, keys) in blocks {
            let before = maps[*map].positions();
            for key in *keys {
                let value = maps[*map].get_or_insert_undef(&Value::str(*key));
                *value = Value::Float(value.to_float() + 1.0);
            }
            met.push((*map, before..maps[*map].positions()));
        }
        let threads = maps.into_iter().map(|map| map.into_numbers(Value::to_float));
        let mut all = OrderedMap::new();
        for key in own {
            all.insert(Key::from(*key), Value::str("10"));
        }
        all.add_all(threads.collect(), &met, Value::to_float);
        for (key, _) in all.iter() {
            assert!(all.index_of(key.as_ref()).is_some(), "{key:?} is found");
        }
        all.iter().map(|(key, value)| (key.to_byte_str().to_string(), value.to_float())).collect()
    }

    #[test]
    fn numbers_of_one_key_are_added_up_and_keys_come_as_they_were_met() {
        let long = "a key that does not fit a value";
        let pairs = |pairs: &[(&str, f64)]| -> Vec<(String, f64)> {
            pairs.iter().map(|(key, number)| (key.to_string(), *number)).collect()
        };
        assert_eq!(union(&[], &[]), []);
        assert_eq!(union(&["k"], &[(0, &[])]), pairs(&[("k", 10.0)]));
        let blocks: &[(usize, &[&str])] = &[
            (1, &["b", long, "b"]),
            (0, &["a", "b"]),
            (2, &["7", long]),
            (0, &["c", "7"]),
            (2, &["a", "d"]),
        ];
        let met = [("b", 3.0), (long, 2.0), ("a", 2.0), ("7", 2.0), ("c", 1.0), ("d", 1.0)];
        assert_eq!(union(&[], blocks), pairs(&met));
        let own = ["x", "a", "y"];
        let met = [
            ("x", 10.0),
            ("a", 12.0),
            ("y", 10.0),
            ("b", 3.0),
            (long, 2.0),
            ("7", 2.0),
            ("c", 1.0),
            ("d", 1.0),
        ];
        assert_eq!(union(&own, blocks), pairs(&met));
    }

    #[test]
    fn many_and_consecutive_keys() {
        let numbers: Vec<String> = (0..2000).map(|n: i32| n.to_string()).collect();
        let keys: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let halves: &[(usize, &[&str])] = &[(0, &keys[..1200]), (1, &keys[800..])];
        let all = union(&[], halves);
        assert!(all.iter().map(|(key, _)| key.as_str()).eq(keys.iter().copied()));
        assert!(
            all.iter()
                .enumerate()
                .all(|(n, (_, count))| *count == if (800..1200).contains(&n) { 2.0 } else { 1.0 })
        );
    }

    #[test]
    fn keys_that_others_hold_are_copied() {
        let key = ByteStr::new(b"a key that does not fit a value");
        let mut hash = Hash::new();
        hash.insert(Key::Str(key.clone()), Value::Float(1.0));
        let map = mem::take(hash.make_mut()).into_numbers(Value::to_float);
        assert!(key.is_unique());
        assert_eq!(map.len(), 1);
    }
}
