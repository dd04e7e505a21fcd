//! Repeating the steps of workers on the accumulators of the main program.

use super::log::{ArraySteps, Arrays, Keys, Steps, change_array, with_array};
use super::{Accumulator, Plan};
use fusevm::awk_host::{Addends, to_number};
use fusevm::value::{Hash, KeyRef, OrderedMap};
use fusevm::{VM, Value};
use std::mem::take;
use std::ops::Range;

/// The greatest number with which counting may begin: what is added to it stays exact for longer than anybody waits.
const MAX_BEGIN: f64 = (1_u64 << 52) as f64;

/// Sums of whole numbers up to this are exact; the sum of their amounts is up to twice as much, so that it is known for sure
/// to be more.
const MAX_WHOLE: f64 = (1_u64 << 52) as f64;

/// So many numbers for each element on average are added in order as they come: what they are kept for is that elements
/// are found by all threads at the end.
const MANY_EACH: usize = 16;

/// So many numbers are kept, of twelve bytes each, before it is done all the same.
const MOST_ADDITIONS: usize = 4 << 20;

/// Which worker has met which of its keys first, in the order of the blocks.
type Met = Vec<(usize, Range<usize>)>;

/// What was met so far of the main program's arrays.
pub(super) struct Merge(Vec<Merged>);

/// What was met of an array.
enum Merged {
    Counted(Met),
    Noted(Noted),
    Ordered(Ordered),
}

/// An array of which it is noted what is added: whole numbers, and no more than is exact, so that their order does not
/// matter; and what comes later, for which it does.
struct Noted {
    met: Met,
    /// By worker, the sums of the whole numbers for its keys.
    sums: Vec<Vec<f64>>,
    /// The sum of the amounts of the whole numbers.
    magnitude: f64,
    /// What the workers have added later, and how many numbers these are.
    later: Vec<(usize, Addends)>,
    additions: usize,
    /// By worker, its keys, if it tells them.
    keys: Vec<Option<Keys>>,
}

/// An array to which numbers are added in order.
struct Ordered {
    /// The numbers of the elements, by their positions in the main program's array.
    sums: Vec<f64>,
    /// By worker, the position of each of its keys.
    positions: Vec<Vec<u32>>,
}

/// Whether the order of additions to a number does not matter, as long as all are whole.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= MAX_BEGIN && !(number == 0.0 && number.is_sign_negative())
}

impl Merge {
    /// Begins with what BEGIN has left.
    ///
    /// # Errors
    /// The accumulator that does not begin with a whole number, though it is counted: the order of additions matters.
    pub fn begin(vm: &mut VM, plan: &Plan, workers: usize) -> Result<Merge, String> {
        let is_broken =
            |scalar: &&Accumulator| scalar.counts && !is_whole(to_number(&vm.get_global(&scalar.name)));
        if let Some(scalar) = plan.scalars.iter().find(is_broken) {
            return Err(scalar.name.clone());
        }
        let mut arrays = Vec::new();
        for accumulator in &plan.arrays {
            let name = &accumulator.name;
            let numbers = |array: &OrderedMap| array.values().map(to_number).collect::<Vec<_>>();
            let numbers = with_array(vm, name, numbers);
            let magnitude = match numbers.iter().all(|number| is_whole(*number)) {
                true => numbers.iter().map(|number| number.abs()).sum(),
                false => f64::INFINITY,
            };
            if with_array(vm, name, |array| array.positions() > array.len()) {
                // Without gaps no position changes.
                let whole =
                    |array: &Hash| array.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                change_array(vm, name, |array| *array = whole(array));
            }
            arrays.push(match accumulator.counts {
                true if magnitude.is_infinite() => return Err(name.clone()),
                true => Merged::Counted(Met::new()),
                false => {
                    let (mut keys, mut sums) = (Vec::new(), Vec::new());
                    keys.resize_with(workers, || None);
                    sums.resize_with(workers, Vec::new);
                    let (met, later) = (Met::new(), Vec::new());
                    Merged::Noted(Noted { met, sums, magnitude, later, additions: 0, keys })
                }
            });
        }
        Ok(Merge(arrays))
    }

    /// Repeats the steps of one block; blocks come in order. True when the workers should tell their keys.
    pub fn apply(&mut self, vm: &mut VM, plan: &Plan, worker: usize, steps: &mut Steps) -> bool {
        for (accumulator, added) in plan.scalars.iter().zip(&steps.scalars) {
            if !added.is_empty() {
                let begin = to_number(&vm.get_global(&accumulator.name));
                let sum = added.iter().fold(begin, |sum, number| sum + number);
                vm.set_global(&accumulator.name, Value::Float(sum));
            }
        }
        let mut wants_keys = false;
        let arrays = self.0.iter_mut().zip(&plan.arrays);
        for ((merged, accumulator), steps) in arrays.zip(&mut steps.arrays) {
            match merged {
                Merged::Counted(met) => met.push((worker, steps.new.clone())),
                Merged::Noted(noted) => {
                    noted.add(worker, steps);
                    wants_keys |= !noted.later.is_empty();
                    if let Some(keys) = noted.keys_to_order() {
                        *merged = Merged::Ordered(noted.in_order(vm, &accumulator.name, &keys));
                    }
                }
                Merged::Ordered(ordered) => {
                    let keys = steps.untold.iter().flat_map(Keys::iter);
                    ordered.meet(vm, &accumulator.name, worker, keys);
                    ordered.add(worker, &steps.added);
                }
            }
        }
        wants_keys
    }

    /// Adds what the workers have added up, of which they give the keys, and gives the arrays their elements.
    pub fn finish(self, vm: &mut VM, plan: &Plan, workers: Vec<Arrays>) {
        let mut workers: Vec<_> = workers.into_iter().map(Vec::into_iter).collect();
        for (merged, accumulator) in self.0.into_iter().zip(&plan.arrays) {
            let mut maps: Vec<_> =
                workers.iter_mut().map(|arrays| arrays.next().unwrap_or_default()).collect();
            let name = &accumulator.name;
            match merged {
                Merged::Counted(met) if has_keys(&met) => {
                    change_array(vm, name, |array| array.make_mut().add_all(maps, &met, to_number));
                }
                Merged::Noted(Noted { met, sums, later, .. }) if has_keys(&met) => {
                    for (map, sums) in maps.iter_mut().zip(sums) {
                        map.set_numbers(&sums);
                    }
                    if later.is_empty() {
                        change_array(vm, name, |array| array.make_mut().add_all(maps, &met, to_number));
                        continue;
                    }
                    let positions = change_array(vm, name, |array| {
                        array.make_mut().add_all_with_positions(maps, &met, to_number)
                    });
                    let mut ordered = Ordered { sums: numbers_of(vm, name), positions };
                    later.iter().for_each(|(worker, added)| ordered.add(*worker, added));
                    ordered.finish(vm, name);
                }
                Merged::Ordered(ordered) => ordered.finish(vm, name),
                // An array to which nothing was added stays as it is, even if it is none.
                Merged::Counted(_) | Merged::Noted(_) => {}
            }
        }
    }
}

fn has_keys(met: &Met) -> bool {
    met.iter().any(|(_, new)| !new.is_empty())
}

/// The numbers of the elements of an array, by their positions.
fn numbers_of(vm: &VM, name: &str) -> Vec<f64> {
    with_array(vm, name, |array| array.values().map(to_number).collect())
}

impl Noted {
    /// Adds what a worker has noted in a block.
    fn add(&mut self, worker: usize, steps: &mut ArraySteps) {
        if let Some(untold) = &steps.untold {
            self.keys[worker].get_or_insert_default().append(untold);
        }
        let sums = &mut self.sums[worker];
        if !steps.new.is_empty() {
            self.met.push((worker, steps.new.clone()));
            // To add this to any number, that of zero too, changes nothing.
            sums.resize(steps.new.end, -0.0);
        }
        if self.later.is_empty() && self.magnitude + steps.magnitude <= MAX_WHOLE {
            self.magnitude += steps.magnitude;
            for (&key, number) in steps.added.positions.iter().zip(&steps.added.numbers) {
                sums[key as usize] += number;
            }
        } else {
            self.additions += steps.added.numbers.len();
            self.later.push((worker, take(&mut steps.added)));
        }
    }

    /// The keys by worker, if it is time to give each element the number that it has by now: when there are so many more
    /// numbers than elements that it is quickly done, or too many to keep.
    fn keys_to_order(&mut self) -> Option<Vec<Keys>> {
        let elements = self.sums.iter().map(Vec::len).sum::<usize>();
        let is_time = self.additions >= MANY_EACH * elements || self.additions >= MOST_ADDITIONS;
        if self.later.is_empty() || !is_time || self.keys.iter().any(Option::is_none) {
            return None;
        }
        Some(self.keys.iter_mut().filter_map(Option::take).collect())
    }

    /// The same sums, to which numbers are added in order.
    fn in_order(&mut self, vm: &mut VM, name: &str, keys: &[Keys]) -> Ordered {
        let positions = vec![Vec::new(); self.sums.len()];
        let mut ordered = Ordered { sums: numbers_of(vm, name), positions };
        for (worker, new) in take(&mut self.met) {
            ordered.meet(vm, name, worker, keys[worker].some(new));
        }
        for (positions, sums) in ordered.positions.iter().zip(&self.sums) {
            for (&at, sum) in positions.iter().zip(sums) {
                ordered.sums[at as usize] += sum;
            }
        }
        self.later.iter().for_each(|(worker, added)| ordered.add(*worker, added));
        ordered
    }
}

impl Ordered {
    /// Gives the next keys of a worker their positions.
    fn meet<'a>(&mut self, vm: &mut VM, name: &str, worker: usize, keys: impl Iterator<Item = &'a [u8]>) {
        let mut keys = keys.peekable();
        if keys.peek().is_none() {
            return;
        }
        change_array(vm, name, |array| {
            let array = array.make_mut();
            let positions = keys.map(|key| array.position_of_key(KeyRef::new(key)) as u32);
            self.positions[worker].extend(positions);
            self.sums.resize(array.positions(), 0.0);
        });
    }

    /// Adds what a worker has noted in a block.
    fn add(&mut self, worker: usize, added: &Addends) {
        let positions = &self.positions[worker];
        for (&key, number) in added.positions.iter().zip(&added.numbers) {
            self.sums[positions[key as usize] as usize] += number;
        }
    }

    /// Gives the elements their numbers.
    fn finish(self, vm: &mut VM, name: &str) {
        change_array(vm, name, |array| {
            let array = array.make_mut();
            for at in self.positions.into_iter().flatten() {
                if let Some(value) = array.value_at_mut(at as usize) {
                    *value = Value::Float(self.sums[at as usize]);
                }
            }
        });
    }
}
