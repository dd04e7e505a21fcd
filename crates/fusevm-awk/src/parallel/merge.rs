//! Repeating the steps of workers on the accumulators of the main program.

use super::log::{ArraySteps, Counts, Steps, with_array};
use super::{Accumulator, Plan};
use fusevm::awk_host::to_number;
use fusevm::value::{Hash, KeyRef};
use fusevm::{VM, Value};

/// The greatest number with which counting may begin: what is added to it stays exact for longer than anybody waits.
const MAX_BEGIN: f64 = (1_u64 << 52) as f64;

/// What was met so far of the main program's arrays.
pub(super) struct Merge(Vec<Merged>);

/// What was met of an array.
#[derive(Default)]
struct Merged {
    /// The numbers of the elements, by their positions in the main program's array.
    sums: Vec<f64>,
    /// By worker, the position of each of its keys.
    positions: Vec<Vec<u32>>,
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
            let is_used = with_array(vm, &accumulator.name, |array| !array.is_empty());
            if !is_used {
                arrays.push(Merged { sums: Vec::new(), positions: vec![Vec::new(); workers] });
                continue;
            }
            let sums = change_array(vm, accumulator, |array| {
                if array.positions() > array.len() {
                    // Without gaps no position changes.
                    *array = array.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                }
                (!accumulator.counts || array.values().all(is_whole))
                    .then(|| array.values().map(to_number).collect())
            });
            let Some(sums) = sums else { return Err(accumulator.name.clone()) };
            arrays.push(Merged { sums, positions: vec![Vec::new(); workers] });
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
        for ((merged, accumulator), ArraySteps { new_keys, added }) in arrays.zip(&steps.arrays) {
            let Merged { sums, positions } = merged;
            let Some(positions) = positions.get_mut(worker) else { continue };
            if new_keys.len() > 0 {
                change_array(vm, accumulator, |array| {
                    let array = array.make_mut();
                    positions
                        .extend(new_keys.iter().map(|key| array.position_of_key(KeyRef::new(key)) as u32));
                    sums.resize(array.positions(), 0.0);
                });
            }
            for (&key, number) in added.positions.iter().zip(&added.numbers) {
                if let Some(sum) = positions.get(key as usize).and_then(|at| sums.get_mut(*at as usize)) {
                    *sum += number;
                }
            }
        }
    }

    /// Adds what the workers have counted, and gives the arrays their elements.
    pub fn finish(self, vm: &mut VM, plan: &Plan, workers: &[Counts]) {
        for (index, (merged, accumulator)) in self.0.into_iter().zip(&plan.arrays).enumerate() {
            let Merged { mut sums, positions } = merged;
            for (positions, counts) in positions.iter().zip(workers) {
                for (&at, count) in positions.iter().zip(counts.get(index).into_iter().flatten()) {
                    sums[at as usize] += count;
                }
            }
            if sums.is_empty() {
                continue;
            }
            change_array(vm, accumulator, |array| {
                let array = array.make_mut();
                for at in positions.into_iter().flatten() {
                    if let Some(value) = array.value_at_mut(at as usize) {
                        *value = Value::Float(sums[at as usize]);
                    }
                }
            });
        }
    }
}

/// Changes a global array in place.
fn change_array<T>(vm: &mut VM, accumulator: &Accumulator, change: impl FnOnce(&mut Hash) -> T) -> T {
    let change = |value: &mut Value| {
        if !matches!(value, Value::Hash(_)) {
            *value = Value::Hash(Hash::default());
        }
        match value {
            Value::Hash(array) => change(array),
            _ => unreachable!("it is a hash now"),
        }
    };
    match vm.get_global(&accumulator.name) {
        // The array has other names in functions: all of them see the change.
        Value::Ref(cell) => cell.with_mut(change),
        mut value => {
            // The VM's own copy goes first, so that there is only one and nothing is copied.
            vm.set_global(&accumulator.name, Value::Undef);
            let result = change(&mut value);
            vm.set_global(&accumulator.name, value);
            result
        }
    }
}
