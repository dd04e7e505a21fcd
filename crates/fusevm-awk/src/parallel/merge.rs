//! Repeating the steps of workers on the accumulators of the main program.

use super::log::Steps;
use super::{Accumulator, Plan};
use fusevm::value::{ByteStr, Hash, Key};
use fusevm::{VM, Value};

/// Where the keys of each worker are in the main program's arrays.
#[derive(Default)]
pub(super) struct Merge {
    /// By worker and array, for each number of a key its position.
    positions: Vec<Vec<Vec<usize>>>,
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
        if self.positions.len() <= worker {
            self.positions.resize_with(worker + 1, || vec![Vec::new(); plan.arrays.len()]);
        }
        let positions = &mut self.positions[worker];
        for ((accumulator, steps), positions) in plan.arrays.iter().zip(steps.arrays).zip(positions) {
            change_array(vm, accumulator, |array| {
                let array = array.make_mut();
                for key in steps.new_keys {
                    let key = Key::new(ByteStr::new(&key));
                    let position = array.index_of(key.as_ref()).unwrap_or_else(|| {
                        array.insert(key.clone(), Value::Undef);
                        array.index_of(key.as_ref()).unwrap_or_default()
                    });
                    positions.push(position);
                }
                for (key, number) in steps.added {
                    let position = positions.get(key as usize).copied();
                    if let Some(value) = position.and_then(|position| array.value_at_mut(position)) {
                        *value = Value::Float(value.to_float() + number);
                    }
                }
            });
        }
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
