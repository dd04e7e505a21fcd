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

/// Whole numbers up to this are exact.
const MAX_WHOLE: f64 = (1_u64 << 53) as f64;

/// Which worker has met which of its keys first, in the order of the blocks.
type Met = Vec<(usize, Range<usize>)>;

/// What was met so far of the main program's arrays.
pub(super) struct Merge(Vec<Merged>);

/// What was met of an array.
enum Merged {
    Counted(Met),
    Whole(Whole),
    Ordered(Ordered),
}

/// An array to which whole numbers are added, and no more than is exact: their order does not matter so far.
#[derive(Default)]
struct Whole {
    met: Met,
    /// By worker, its keys, which are needed when the order begins to matter.
    keys: Vec<Keys>,
    /// By worker, the sums for its keys.
    sums: Vec<Vec<f64>>,
    /// The sum of the amounts of all numbers.
    magnitude: f64,
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
                    keys.resize_with(workers, Keys::default);
                    sums.resize_with(workers, Vec::new);
                    Merged::Whole(Whole { met: Met::new(), keys, sums, magnitude })
                }
            });
        }
        Ok(Merge(arrays))
    }

    /// Repeats the steps of one block; blocks come in order.
    pub fn apply(&mut self, vm: &mut VM, plan: &Plan, worker: usize, steps: &Steps) {
        for (accumulator, added) in plan.scalars.iter().zip(&steps.scalars) {
            if !added.is_empty() {
                let begin = to_number(&vm.get_global(&accumulator.name));
                let sum = added.iter().fold(begin, |sum, number| sum + number);
                vm.set_global(&accumulator.name, Value::Float(sum));
            }
        }
        let arrays = self.0.iter_mut().zip(&plan.arrays);
        for ((merged, accumulator), steps) in arrays.zip(&steps.arrays) {
            if let Merged::Whole(whole) = merged
                && whole.magnitude + steps.magnitude > MAX_WHOLE
            {
                let ordered = take(whole).in_order(vm, &accumulator.name);
                *merged = Merged::Ordered(ordered);
            }
            match merged {
                Merged::Counted(met) => met.push((worker, steps.new.clone())),
                Merged::Whole(whole) => whole.add(worker, steps),
                Merged::Ordered(ordered) => {
                    ordered.meet(vm, &accumulator.name, worker, steps.new_keys.iter());
                    ordered.add(worker, &steps.added);
                }
            }
        }
    }

    /// Adds what the workers have added up, of which they give the keys, and gives the arrays their elements.
    pub fn finish(self, vm: &mut VM, plan: &Plan, workers: Vec<Arrays>) {
        let mut workers: Vec<_> = workers.into_iter().map(Vec::into_iter).collect();
        for (merged, accumulator) in self.0.into_iter().zip(&plan.arrays) {
            let mut maps: Vec<_> =
                workers.iter_mut().map(|arrays| arrays.next().unwrap_or_default()).collect();
            let met = match merged {
                Merged::Counted(met) => met,
                Merged::Whole(Whole { met, sums, .. }) => {
                    for (map, sums) in maps.iter_mut().zip(sums) {
                        map.set_numbers(&sums);
                    }
                    met
                }
                Merged::Ordered(ordered) => {
                    ordered.finish(vm, &accumulator.name);
                    continue;
                }
            };
            if met.iter().any(|(_, new)| !new.is_empty()) {
                change_array(vm, &accumulator.name, |array| array.make_mut().add_all(maps, &met, to_number));
            }
        }
    }
}

impl Whole {
    /// Adds what a worker has noted in a block.
    fn add(&mut self, worker: usize, steps: &ArraySteps) {
        self.magnitude += steps.magnitude;
        let sums = &mut self.sums[worker];
        if !steps.new.is_empty() {
            self.met.push((worker, steps.new.clone()));
            self.keys[worker].append(&steps.new_keys);
            sums.resize(steps.new.end, 0.0);
        }
        for (&key, number) in steps.added.positions.iter().zip(&steps.added.numbers) {
            sums[key as usize] += number;
        }
    }

    /// The same sums, to which numbers are added in order.
    fn in_order(self, vm: &mut VM, name: &str) -> Ordered {
        let sums = with_array(vm, name, |array| array.values().map(to_number).collect());
        let mut ordered = Ordered { sums, positions: vec![Vec::new(); self.sums.len()] };
        for (worker, new) in self.met {
            ordered.meet(vm, name, worker, self.keys[worker].some(new));
        }
        for (positions, sums) in ordered.positions.iter().zip(&self.sums) {
            for (&at, sum) in positions.iter().zip(sums) {
                ordered.sums[at as usize] += sum;
            }
        }
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
