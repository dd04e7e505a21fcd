//! The union of maps that several threads have filled.

use super::index::Index;
use super::table::Later;
use super::{Entry, FEW, Key, OrderedMap};
use crate::value::{ByteStr, Value};
use std::mem::{MaybeUninit, take};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Entries that one thread does at once: where there are fewer, no other thread is worth its start.
const SHARE: usize = 8192;

/// A map of numbers that can go to another thread, since nobody else holds its keys.
#[derive(Default)]
pub struct NumberMap {
    map: OrderedMap,
    /// By position. The values of the map are not used.
    numbers: Vec<Number>,
}

// SAFETY: the only holder of what its keys point to goes along, as `into_numbers` has made sure, and its values point to
// nothing.
unsafe impl Send for NumberMap {}

// SAFETY: through a shared reference keys are compared, never copied, so that no reference count changes.
unsafe impl Sync for NumberMap {}

/// A number that threads change, of which no two do so at the same time.
struct Number(AtomicU64);

impl Number {
    fn new(number: f64) -> Number {
        Number(AtomicU64::new(number.to_bits()))
    }

    fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, number: f64) {
        self.0.store(number.to_bits(), Ordering::Relaxed);
    }
}

impl NumberMap {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.map.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Sets the numbers of the first entries.
    pub fn set_numbers(&mut self, numbers: &[f64]) {
        for (place, number) in self.numbers.iter().zip(numbers) {
            place.set(*number);
        }
    }
}

/// A map of a union.
struct Part {
    numbers: NumberMap,
    /// The turns in which its keys were met: where each ends, and its number among those of all maps.
    turns: Vec<(usize, usize)>,
    /// By position, in the map that others are added to: whether something was. In another: whether the key has its place
    /// in a map that has met it first.
    is_changed: Vec<AtomicBool>,
    /// By position, where that place is, when somebody wants to know; it may be there no longer, but for the same reason.
    links: Vec<Link>,
}

/// An entry of a map: the number of the map, from 1 on, and the position; 0 is the map that others are added to.
#[derive(Default)]
struct Link(AtomicU64);

impl Link {
    fn set(&self, map: usize, position: usize) {
        self.0.store((map as u64) << 32 | position as u64, Ordering::Relaxed);
    }

    fn get(&self) -> (usize, usize) {
        let link = self.0.load(Ordering::Relaxed);
        ((link >> 32) as usize, link as u32 as usize)
    }
}

impl Part {
    fn new(numbers: NumberMap, has_links: bool) -> Part {
        let is_changed = numbers.numbers.iter().map(|_| AtomicBool::new(false)).collect();
        let mut links = Vec::new();
        links.resize_with(if has_links { numbers.len() } else { 0 }, Link::default);
        Part { numbers, turns: Vec::new(), is_changed, links }
    }

    /// The entries that are in the union.
    fn len(&self) -> usize {
        self.turns.last().map_or(0, |(end, _)| *end)
    }

    /// The turn in which a key was met.
    fn turn(&self, position: usize) -> usize {
        self.turns[self.turns.partition_point(|(end, _)| *end <= position)].1
    }

    fn number(&self, position: usize) -> &Number {
        &self.numbers.numbers[position]
    }

    fn mark(&self, position: usize) {
        self.is_changed[position].store(true, Ordering::Relaxed);
    }

    /// Marks an entry whose key has its place in another map.
    fn refer(&self, position: usize, map: usize, there: usize) {
        self.mark(position);
        if let Some(link) = self.links.get(position) {
            link.set(map, there);
        }
    }

    fn is_marked(&self, position: usize) -> bool {
        self.is_changed[position].load(Ordering::Relaxed)
    }

    /// Adds up the numbers of keys that an earlier map has too, where the key was met first.
    fn meet(&self, positions: Range<usize>, own: &Part, earlier: &[Part]) {
        for position in positions {
            let Some(key) = &self.numbers.map.entries[position].key else { continue };
            let find = |part: &Part| part.numbers.map.index_of(key.as_ref()).filter(|at| *at < part.len());
            if let Some(at) = find(own) {
                own.number(at).set(own.number(at).get() + self.number(position).get());
                own.mark(at);
                self.refer(position, 0, at);
                continue;
            }
            let mut numbered = (1..).zip(earlier);
            let find = |(map, part)| Some((map, part, find(part).filter(|at| !part.is_marked(*at))?));
            if let Some((map, other, at)) = numbered.find_map(find) {
                let sum = self.number(position).get() + other.number(at).get();
                if self.turn(position) < other.turn(at) {
                    self.number(position).set(sum);
                    other.refer(at, earlier.len() + 1, position);
                } else {
                    other.number(at).set(sum);
                    self.refer(position, map, at);
                }
            }
        }
    }
}

/// The entries of a turn, on their way to their place in the union.
struct Turn<'a> {
    entries: &'a mut [Entry],
    numbers: &'a [Number],
    is_elsewhere: &'a [AtomicBool],
    place: &'a mut [MaybeUninit<Entry>],
}

// SAFETY: as for `NumberMap`, whose entries these are: they go to another thread with all that they point to.
unsafe impl Send for Turn<'_> {}

impl Turn<'_> {
    fn go(self) {
        let mut places = self.place.iter_mut();
        for ((entry, number), is_elsewhere) in
            self.entries.iter_mut().zip(self.numbers).zip(self.is_elsewhere)
        {
            let key = entry.key.take();
            if !is_elsewhere.load(Ordering::Relaxed) {
                let place = places.next().expect("there is a place for each that is counted");
                // A sum begins with zero, to which one that nothing was added to may be negative.
                place.write(Entry { key, value: Value::Float(0.0 + number.get()) });
            }
        }
    }
}

impl OrderedMap {
    /// The map with the `number` of each value, for another thread. Its bytes stay in this thread's account of the heap.
    pub fn into_numbers(mut self, number: impl Fn(&Value) -> f64) -> NumberMap {
        self.close_gaps();
        let alone = |entry: &mut Entry| {
            if let Some(Key::Str(text)) = &mut entry.key
                && !text.is_unique()
            {
                *text = ByteStr::new(text);
            }
            Number::new(number(&take(&mut entry.value)))
        };
        let numbers = self.entries.iter_mut().map(alone).collect();
        NumberMap { map: self, numbers }
    }

    /// Adds the numbers of maps to the `number` of the entries with their keys. New keys come in the order in which `met` names
    /// them, by map and range of positions. The ranges of a map follow each other from 0 on; what lies behind them is
    /// left out. The sums must not depend on the order of additions.
    ///
    /// As many threads as there are maps do it, if there is enough to do.
    pub fn add_all(
        &mut self,
        maps: Vec<NumberMap>,
        met: &[(usize, Range<usize>)],
        number: impl Fn(&Value) -> f64,
    ) {
        self.unite(maps, met, number, false);
    }

    /// As [`add_all`](OrderedMap::add_all); gives the positions that the entries of each map have in this map.
    pub fn add_all_with_positions(
        &mut self,
        maps: Vec<NumberMap>,
        met: &[(usize, Range<usize>)],
        number: impl Fn(&Value) -> f64,
    ) -> Vec<Vec<u32>> {
        self.unite(maps, met, number, true)
    }

    fn unite(
        &mut self,
        maps: Vec<NumberMap>,
        met: &[(usize, Range<usize>)],
        number: impl Fn(&Value) -> f64,
        wants_positions: bool,
    ) -> Vec<Vec<u32>> {
        self.close_gaps();
        let threads = maps.len();
        let numbers = self.entries.iter().map(|entry| Number::new(number(&entry.value))).collect();
        let mut own = Part::new(NumberMap { map: take(self), numbers }, false);
        own.turns.push((own.numbers.len(), 0));
        let mut parts: Vec<Part> = maps.into_iter().map(|map| Part::new(map, wants_positions)).collect();
        for (turn, (map, range)) in met.iter().enumerate() {
            parts[*map].turns.push((range.end, turn));
        }

        for later in 0..parts.len() {
            let (earlier, rest) = parts.split_at(later);
            let part = &rest[0];
            if !(own.numbers.is_empty() && earlier.is_empty()) {
                let starts = (0..part.len()).step_by(SHARE);
                let shares = starts.map(|start| start..part.len().min(start + SHARE)).collect();
                share_out(threads, shares, |positions| part.meet(positions, &own, earlier));
            }
        }

        let Part { numbers: NumberMap { map, numbers }, is_changed, .. } = own;
        *self = map;
        let positions = if wants_positions { positions(self.entries.len(), &parts, met) } else { Vec::new() };
        for ((entry, number), is_changed) in self.entries.iter_mut().zip(numbers).zip(is_changed) {
            if is_changed.into_inner() {
                entry.value = Value::Float(number.get());
            }
        }
        self.take_turns(threads, &mut parts, met);
        self.index_later();
        self.account();
        share_out(threads, parts, drop);
        positions
    }

    /// Appends the entries of all turns that have no place elsewhere.
    fn take_turns(&mut self, threads: usize, parts: &mut [Part], met: &[(usize, Range<usize>)]) {
        let stay = |(map, range): &(usize, Range<usize>)| {
            let part: &Part = &parts[*map];
            range.clone().filter(|position| !part.is_marked(*position)).count()
        };
        let counts: Vec<usize> = met.iter().map(stay).collect();
        let new = counts.iter().sum::<usize>();
        let length = self.entries.len() + new;
        assert!(length < u32::MAX as usize, "capacity overflow");
        self.entries.reserve_exact(new);
        let mut places = &mut self.entries.spare_capacity_mut()[..new];
        let mut sources: Vec<_> = parts
            .iter_mut()
            .map(|part| {
                let NumberMap { map, numbers } = &mut part.numbers;
                (&mut map.entries[..], &numbers[..], &part.is_changed[..])
            })
            .collect();
        let mut turns = Vec::new();
        for ((map, range), count) in met.iter().zip(counts) {
            let (entries, numbers, is_elsewhere) = &mut sources[*map];
            let place = places.split_off_mut(..count).expect("there is a place for each");
            let what = "the ranges of a map follow each other";
            turns.push(Turn {
                entries: entries.split_off_mut(..range.len()).expect(what),
                numbers: numbers.split_off(..range.len()).expect(what),
                is_elsewhere: is_elsewhere.split_off(..range.len()).expect(what),
                place,
            });
        }
        share_out(if length < SHARE { 1 } else { threads }, turns, Turn::go);
        // SAFETY: each turn has filled its places, and these are all up to the new length.
        unsafe { self.entries.set_len(length) };
    }

    /// Makes positions those of the entries that there are.
    fn close_gaps(&mut self) {
        if self.removed > 0 {
            self.compact();
        }
    }

    /// Indexes entries without gaps; by a table only when that is worth it.
    fn index_later(&mut self) {
        if self.entries.len() < FEW {
            self.index_anew();
        } else if !self.index_consecutive() {
            self.need_no_index();
            self.index = Index::Later(Box::<Later>::default());
        }
    }
}

/// The positions that the entries of each map get behind so many others.
fn positions(others: usize, parts: &[Part], met: &[(usize, Range<usize>)]) -> Vec<Vec<u32>> {
    let mut positions: Vec<Vec<u32>> = parts.iter().map(|part| vec![0; part.len()]).collect();
    let mut next = others as u32;
    for (map, range) in met {
        for position in range.clone().filter(|position| !parts[*map].is_marked(*position)) {
            positions[*map][position] = next;
            next += 1;
        }
    }
    for (map, part) in parts.iter().enumerate() {
        for position in (0..part.len()).filter(|position| part.is_marked(*position)) {
            let mut place = part.links[position].get();
            while place.0 > 0 && parts[place.0 - 1].is_marked(place.1) {
                place = parts[place.0 - 1].links[place.1].get();
            }
            positions[map][position] = match place {
                (0, at) => at as u32,
                (other, at) => positions[other - 1][at],
            };
        }
    }
    positions
}

/// Does what there is to do with up to so many threads, of which this is one.
fn share_out<T: Send>(threads: usize, work: Vec<T>, each: impl Fn(T) + Sync) {
    let threads = threads.min(work.len());
    let rest = Mutex::new(work.into_iter());
    let help = || {
        loop {
            let next = rest.lock().unwrap_or_else(PoisonError::into_inner).next();
            match next {
                Some(next) => each(next),
                None => return,
            }
        }
    };
    if threads <= 1 {
        return help();
    }
    // A panic of one of them is one of this thread.
    thread::scope(|scope| {
        (1..threads).for_each(|_| {
            scope.spawn(help);
        });
        help();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hash, KeyRef};
    use std::mem;

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
    fn threads_share_what_is_much() {
        let mut maps = [OrderedMap::new(), OrderedMap::new(), OrderedMap::new()];
        let (mut met, mut model) = (Vec::new(), OrderedMap::new());
        let add = |map: &mut OrderedMap, key: &str, number: f64| {
            let value = map.get_or_insert_undef(&Value::str(key));
            *value = Value::Float(value.to_float() + number);
        };
        for turn in 0..90 {
            let map = turn * 5 % 7 % 3;
            let before = maps[map].positions();
            for step in 0..1000 {
                let number = (turn * 611 + step * 7) % 40_000;
                let key = match number % 3 {
                    0 => format!("{number}"),
                    1 => format!("key {number}"),
                    _ => format!("a key that does not fit a value: {number}"),
                };
                add(&mut maps[map], &key, turn as f64);
                add(&mut model, &key, turn as f64);
            }
            met.push((map, before..maps[map].positions()));
        }
        let copies = maps.iter().map(|map| map.clone().into_numbers(Value::to_float)).collect();
        let keys = maps.each_ref().map(|map| map.keys().cloned().collect::<Vec<_>>());
        let mut all = OrderedMap::new();
        all.add_all(maps.map(|map| map.into_numbers(Value::to_float)).into(), &met, Value::to_float);
        assert!(all.len() > 3 * SHARE);
        assert!(all.iter().eq(model.iter()));
        let mut placed = OrderedMap::new();
        for key in ["x", "key 7", "12"] {
            placed.insert(Key::from(key), Value::Undef);
        }
        let positions = placed.add_all_with_positions(copies, &met, Value::to_float);
        for (positions, keys) in positions.iter().zip(keys) {
            let is_there = |(at, key): (&u32, &Key)| placed.entry_at(*at as usize).unwrap().0 == key;
            assert_eq!(positions.len(), keys.len());
            assert!(positions.iter().zip(&keys).all(is_there));
        }
        assert_eq!(placed.len(), all.len() + 1);
        for map in [&mut all, &mut model] {
            map.remove(KeyRef::new(b"key 7"));
            map.insert(Key::from("one more"), Value::Undef);
        }
        assert!(all.iter().eq(model.iter()));
        let is_found = |(key, value): (&Key, &Value)| all.get(key.as_ref()) == Some(value);
        assert!(model.iter().all(is_found) && all.get_bytes(b"key 7").is_none());
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
