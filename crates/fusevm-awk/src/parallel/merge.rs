//! Repeating the steps of workers on the accumulators of the main program.

use super::log::{ArraySteps, Counts, Steps};
use super::{Accumulator, Plan};
use fusevm::value::{ByteStr, Hash, Key, OrderedMap};
use fusevm::{VM, Value};

/// What was met of each array so far.
#[derive(Default)]
pub(super) struct Merge {
    /// By array and worker.
    arrays: Vec<Vec<Met>>,
    /// By array, the elements that a worker met first in a block, in the order of blocks: worker, from, to.
    segments: Vec<Vec<(usize, usize, usize)>>,
}

/// What a worker met of an array.
#[derive(Default)]
struct Met {
    /// For each number of a key, its position in the main program's array.
    positions: Vec<usize>,
    /// How many elements it has counted.
    counted: usize,
}

impl Merge {
    /// Repeats the steps of one block; blocks come in order.
    pub fn apply(&mut self, vm: &mut VM, plan: &Plan, worker: usize, steps: Steps) {
        for (accumulator, added) in plan.scalars.iter().zip(steps.scalars) {
            if added.is_empty() {
                continue;
            }
            let mut sum = vm.get_global(&accumulator.name).to_float();
            for number in added {
                sum += number;
            }
            vm.set_global(&accumulator.name, Value::Float(sum));
        }
        self.arrays.resize_with(plan.arrays.len(), Vec::new);
        self.segments.resize_with(plan.arrays.len(), Vec::new);
        for (index, (accumulator, steps)) in plan.arrays.iter().zip(steps.arrays).enumerate() {
            let workers = &mut self.arrays[index];
            if workers.len() <= worker {
                workers.resize_with(worker + 1, Met::default);
            }
            let met = &mut workers[worker];
            match steps {
                ArraySteps::Counted(length) => {
                    let from = std::mem::replace(&mut met.counted, length);
                    self.segments[index].push((worker, from, length));
                }
                ArraySteps::Added { new_keys, added } => change_array(vm, accumulator, |array| {
                    let array = array.make_mut();
                    met.positions.extend(new_keys.iter().map(|key| position(array, key)));
                    for (key, number) in added {
                        if let Some(&position) = met.positions.get(key as usize) {
                            add(array, position, number);
                        }
                    }
                }),
            }
        }
    }

    /// Adds what the workers have counted, elements in the order in which one thread would have met them.
    pub fn finish(&mut self, vm: &mut VM, plan: &Plan, workers: &[Vec<Counts>]) {
        for (index, accumulator) in plan.arrays.iter().enumerate().filter(|(_, array)| array.counts) {
            let segments = self.segments.get(index).map(Vec::as_slice).unwrap_or_default();
            change_array(vm, accumulator, |array| {
                let array = array.make_mut();
                for &(worker, from, to) in segments {
                    let counts = workers.get(worker).and_then(|arrays| arrays.get(index)?.get(from..to));
                    for (key, count) in counts.unwrap_or_default() {
                        let position = position(array, key);
                        add(array, position, *count);
                    }
                }
            });
        }
    }
}

/// The position of a key, which is added if need be.
fn position(array: &mut OrderedMap, key: &[u8]) -> usize {
    let key = Key::new(ByteStr::new(key));
    if let Some(position) = array.index_of(key.as_ref()) {
        return position;
    }
    array.insert(key.clone(), Value::Undef);
    array.index_of(key.as_ref()).unwrap_or_default()
}

fn add(array: &mut OrderedMap, position: usize, number: f64) {
    if let Some(value) = array.value_at_mut(position) {
        *value = Value::Float(value.to_float() + number);
    }
}

/// Changes a global array in place.
fn change_array(vm: &mut VM, accumulator: &Accumulator, change: impl FnOnce(&mut Hash)) {
    match vm.get_global(&accumulator.name) {
        // The array has other names in functions: all of them see the change.
        Value::Ref(cell) => cell.with_mut(|value| {
            if !matches!(value, Value::Hash(_)) {
                *value = Value::Hash(Hash::default());
            }
            if let Value::Hash(array) = value {
                change(array);
            }
        }),
        value => {
            // The VM's own copy goes first, so that there is only one and nothing is copied.
            vm.set_global(&accumulator.name, Value::Undef);
            let mut array = match value {
                Value::Hash(array) => array,
                _ => Hash::default(),
            };
            change(&mut array);
            vm.set_global(&accumulator.name, Value::Hash(array));
        }
    }
}
