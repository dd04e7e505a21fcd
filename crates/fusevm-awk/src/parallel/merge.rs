//! Repeating the steps of workers on the accumulators of the main program.

use super::Plan;
use super::log::{ArraySteps, Counts, Steps, change_array, with_array};
use fusevm::awk_host::to_number;
use fusevm::value::{Hash, KeyRef};
use fusevm::{VM, Value};
use std::ops::Range;

/// The greatest number with which counting may begin: what is added to it stays exact for longer than anybody waits.
const MAX_BEGIN: f64 = (1_u64 << 52) as f64;

/// What was met so far of the main program's arrays.
pub(super) struct Merge(Vec<Merged>);

/// What was met of an array.
enum Merged {
    /// Of what is counted, which workers have met which of their keys first, in the order of the blocks.
    Counted(Vec<(usize, Range<usize>)>),
    Added {
        /// The numbers of the elements, by their positions in the main program's array.
        sums: Vec<f64>,
        /// By worker, the position of each of its keys.
        positions: Vec<Vec<u32>>,
    },
}

impl Merge {
    /// Begins with what BEGIN has left.
    ///
    /// # Errors
    /// The accumulator that does not begin with a whole number, though it is counted: the order of additions matters.
    pub fn begin(vm: &mut VM, plan: &Plan, workers: usize) -> Result<Merge, String> {
        let is_whole = |value: &Value| {
            let number = to_number(value);
            number.fract() == 0.0
                && number.abs() <= MAX_BEGIN
                && !(number == 0.0 && number.is_sign_negative())
        };
        let broken =
            plan.scalars.iter().find(|scalar| scalar.counts && !is_whole(&vm.get_global(&scalar.name)));
        if let Some(scalar) = broken {
            return Err(scalar.name.clone());
        }
        let mut arrays = Vec::new();
        for accumulator in &plan.arrays {
            let name = &accumulator.name;
            if accumulator.counts && !with_array(vm, name, |array| array.values().all(is_whole)) {
                return Err(name.clone());
            }
            if with_array(vm, name, |array| array.positions() > array.len()) {
                // Without gaps no position changes.
                let whole =
                    |array: &Hash| array.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                change_array(vm, name, |array| *array = whole(array));
            }
            let sums = || with_array(vm, name, |array| array.values().map(to_number).collect());
            arrays.push(match accumulator.counts {
                true => Merged::Counted(Vec::new()),
                false => Merged::Added { sums: sums(), positions: vec![Vec::new(); workers] },
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
        for ((merged, accumulator), ArraySteps { new, new_keys, added }) in arrays.zip(&steps.arrays) {
            let (sums, positions) = match merged {
                Merged::Counted(met) => {
                    met.push((worker, new.clone()));
                    continue;
                }
                Merged::Added { sums, positions } => (sums, &mut positions[worker]),
            };
            if !new.is_empty() {
                change_array(vm, &accumulator.name, |array| {
                    let array = array.make_mut();
                    positions
                        .extend(new_keys.iter().map(|key| array.position_of_key(KeyRef::new(key)) as u32));
                    sums.resize(array.positions(), 0.0);
                });
            }
            for (&key, number) in added.positions.iter().zip(&added.numbers) {
                sums[positions[key as usize] as usize] += number;
            }
        }
    }

    /// Adds what the workers have counted, and gives the arrays their elements.
    pub fn finish(self, vm: &mut VM, plan: &Plan, mut workers: Vec<Counts>) {
        for (index, (merged, accumulator)) in self.0.into_iter().zip(&plan.arrays).enumerate() {
            match merged {
                Merged::Counted(met) if met.iter().all(|(_, new)| new.is_empty()) => {}
                Merged::Counted(met) => {
                    let counts = workers
                        .iter_mut()
                        .map(|counts| counts.get_mut(index).and_then(Option::take).unwrap_or_default());
                    let counts = counts.collect();
                    change_array(vm, &accumulator.name, |array| array.make_mut().add_all(counts, &met));
                }
                Merged::Added { positions, .. } if positions.iter().all(Vec::is_empty) => {}
                Merged::Added { sums, positions } => change_array(vm, &accumulator.name, |array| {
                    let array = array.make_mut();
                    for at in positions.into_iter().flatten() {
                        if let Some(value) = array.value_at_mut(at as usize) {
                            *value = Value::Float(sums[at as usize]);
                        }
                    }
                }),
            }
        }
    }
}
