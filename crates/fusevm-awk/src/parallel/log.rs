//! What a worker's program adds to its accumulators, as the steps that the main thread repeats in order.
//!
//! Sums are not added up where they are found: the sum of floating-point numbers depends on their order, and the
//! result must be that of one thread. Counts, which are exact in any order, are added up by each worker in variables of
//! its own, as the program says. Other additions are logged: of a scalar in an array of the worker's VM, which is the
//! quickest thing to add to; of an element here, with a number for its key.

use super::Plan;
use fusevm::value::{Array, Hash, Key, OrderedMap};
use fusevm::{VM, Value};
use std::cell::RefCell;

/// The id of the builtin `add_at(accumulator, key, number)`, which is in no chunk that leaves the process.
pub(crate) const ADD_AT: u16 = 900;

/// The global in which a worker's program collects what it adds to a scalar.
pub(crate) fn scalar_log(accumulator: usize) -> String {
    format!("sum:{accumulator}")
}

/// What happened to the accumulators in a block of input.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// For each scalar, what was added to it, in order.
    pub scalars: Vec<Vec<f64>>,
    /// For each array, what happened to it.
    pub arrays: Vec<ArraySteps>,
}

/// What happened to an array.
#[derive(Debug)]
pub(super) enum ArraySteps {
    /// Things were counted; the worker's array has so many elements now.
    Counted(usize),
    Added {
        /// The keys that the worker has not met before. They have the next numbers.
        new_keys: Vec<Box<[u8]>>,
        /// Numbers of keys, and what was added there.
        added: Vec<(u32, f64)>,
    },
}

/// The keys and counts of an array, in the order in which the worker met them.
pub(super) type Counts = Vec<(Box<[u8]>, f64)>;

/// What was added to an array's elements, and the keys that were met.
#[derive(Default)]
struct Log {
    /// A key's place is its number.
    keys: OrderedMap,
    new_keys: Vec<Box<[u8]>>,
    added: Vec<(u32, f64)>,
}

thread_local! {
    static LOGS: RefCell<Vec<Log>> = RefCell::default();
}

/// Prepares a worker's VM for the first block, after BEGIN.
pub(super) fn begin(vm: &mut VM, plan: &Plan) {
    for array in plan.arrays.iter().filter(|array| array.counts) {
        set_array(vm, &array.name, Hash::default());
    }
    LOGS.with_borrow_mut(|logs| logs.resize_with(plan.arrays.len(), Log::default));
    take(vm, plan);
}

/// Registers the builtin in a worker's VM.
pub(super) fn register(vm: &mut VM) {
    vm.register_builtin(ADD_AT, |vm, _| {
        let number = vm.pop().to_float();
        let key = vm.pop();
        let accumulator = vm.pop().to_int() as usize;
        // A number is a key by its string form.
        let key = match key {
            Value::Str(text) => text,
            other => match vm.awk().string(&other) {
                Ok(text) => text,
                Err(fault) => {
                    vm.raise(fault);
                    return Value::Undef;
                }
            },
        };
        LOGS.with_borrow_mut(|logs| {
            if let Some(log) = logs.get_mut(accumulator) {
                log.add(Key::new(key), number);
            }
        });
        Value::Undef
    });
}

impl Log {
    fn add(&mut self, key: Key, number: f64) {
        let place = self.keys.index_of(key.as_ref()).unwrap_or_else(|| {
            self.new_keys.push(key.to_bytes().into());
            self.keys.insert(key, Value::Undef);
            self.keys.len() - 1
        });
        self.added.push((place as u32, number));
    }

    fn take(&mut self) -> ArraySteps {
        let (new_keys, added) = (std::mem::take(&mut self.new_keys), std::mem::take(&mut self.added));
        ArraySteps::Added { new_keys, added }
    }
}

/// Takes the steps of the block that ends here.
pub(super) fn take(vm: &mut VM, plan: &Plan) -> Steps {
    let scalars = plan.scalars.iter().enumerate().map(|(number, scalar)| {
        if scalar.counts {
            let count = vm.get_global(&scalar.name).to_float();
            vm.set_global(&scalar.name, Value::Float(0.0));
            return vec![count];
        }
        let name = scalar_log(number);
        let added = vm.get_global(&name);
        vm.set_global(&name, Value::Array(Array::new()));
        match added {
            Value::Array(added) => added.as_slice().iter().map(Value::to_float).collect(),
            _ => Vec::new(),
        }
    });
    let scalars = scalars.collect();
    let arrays = plan.arrays.iter().enumerate().map(|(number, array)| {
        if array.counts {
            return ArraySteps::Counted(with_array(vm, &array.name, |array| array.len()));
        }
        LOGS.with_borrow_mut(|logs| logs.get_mut(number).map(Log::take)).unwrap_or(ArraySteps::Counted(0))
    });
    Steps { scalars, arrays: arrays.collect() }
}

/// All that was counted, for each array of the plan; nothing where additions are logged.
pub(super) fn counts(vm: &mut VM, plan: &Plan) -> Vec<Counts> {
    let counts = |vm: &mut VM, name: &str| {
        with_array(vm, name, |array| {
            array.iter().map(|(key, count)| (key.to_bytes().into(), count.to_float())).collect()
        })
    };
    plan.arrays
        .iter()
        .map(|array| if array.counts { counts(vm, &array.name) } else { Counts::new() })
        .collect()
}

/// Looks at a global array, which is in a cell when it has other names.
fn with_array<T>(vm: &mut VM, name: &str, look: impl FnOnce(&OrderedMap) -> T) -> T {
    let look = |value: &Value| match value {
        Value::Hash(array) => look(array),
        _ => look(&OrderedMap::new()),
    };
    match vm.get_global(name) {
        Value::Ref(cell) => cell.with(look),
        value => look(&value),
    }
}

fn set_array(vm: &mut VM, name: &str, array: Hash) {
    match vm.get_global(name) {
        Value::Ref(cell) => cell.set(Value::Hash(array)),
        _ => vm.set_global(name, Value::Hash(array)),
    }
}
