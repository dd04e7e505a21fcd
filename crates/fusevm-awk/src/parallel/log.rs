//! What a worker's program adds to its accumulators, block by block, as the main thread repeats it in order.
//!
//! Sums are not added up where they are found: the sum of floating-point numbers depends on their order, and the
//! result must be that of one thread. So the program notes what it would add ([`fusevm::awk_host::Addends`]). Whole
//! numbers, whose sum is exact in any order, are added up by each worker in variables of its own, as the program says.

use super::{Accumulator, Plan};
use fusevm::awk_host::{Addends, to_number};
use fusevm::value::{Hash, Key, NumberMap, OrderedMap};
use fusevm::{VM, Value};
use std::mem::take;
use std::ops::Range;

/// The global for which a worker's program notes what it adds to a variable.
pub(crate) fn addends_of(accumulator: &str) -> String {
    format!("addends:{accumulator}")
}

/// What happened to the accumulators in a block of input.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// For each scalar, what was added to it, in order; if it is counted, in one.
    pub scalars: Vec<Vec<f64>>,
    /// For each array, what happened to it.
    pub arrays: Vec<ArraySteps>,
}

/// What happened to an array.
#[derive(Debug, Default)]
pub(super) struct ArraySteps {
    /// The numbers of the keys that the worker has not met before.
    pub new: Range<usize>,
    /// All keys that the worker has not told yet, if it is asked for them.
    pub untold: Option<Keys>,
    /// What was added to which keys, unless they are counted.
    pub added: Addends,
    /// The sum of the amounts of what was added, if all of it is whole; otherwise infinity.
    pub magnitude: f64,
}

/// A list of keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    pub fn push(&mut self, key: &Key) {
        match key {
            Key::Str(text) => self.bytes.extend_from_slice(text),
            Key::Int(_) => self.bytes.extend_from_slice(&key.to_bytes()),
        }
        self.ends.push(self.bytes.len());
    }

    /// Appends the keys of another list.
    pub fn append(&mut self, others: &Keys) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&others.bytes);
        self.ends.extend(others.ends.iter().map(|end| start + end));
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.some(0..self.ends.len())
    }

    /// Some of the keys.
    pub fn some(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        let mut start = range.start.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.ends[range].iter().map(move |&end| &self.bytes[std::mem::replace(&mut start, end)..end])
    }
}

/// For each array, the keys that a worker has met, with what it has counted.
pub(super) type Arrays = Vec<NumberMap>;

/// What a worker has told of its accumulators.
#[derive(Default)]
pub(super) struct Log {
    /// By array, the number of keys, and of those that the main program was told.
    known: Vec<usize>,
    told: Vec<usize>,
}

impl Log {
    /// The log of a worker that has run BEGIN, and begins with its first block.
    pub fn begin(vm: &mut VM, plan: &Plan) -> Log {
        for array in &plan.arrays {
            set_array(vm, &source(array), Hash::default());
        }
        for scalar in plan.scalars.iter().filter(|scalar| scalar.counts) {
            vm.set_global(&scalar.name, Value::Undef);
        }
        Log { known: vec![0; plan.arrays.len()], told: vec![0; plan.arrays.len()] }
    }

    /// The steps of the block that ends here, in memory that has had others; with the keys of what is noted, if they are
    /// wanted.
    pub fn take(&mut self, vm: &mut VM, plan: &Plan, memory: Steps, wants_keys: bool) -> Steps {
        let Steps { mut scalars, mut arrays } = memory;
        scalars.resize_with(plan.scalars.len(), Vec::new);
        for (scalar, numbers) in plan.scalars.iter().zip(&mut scalars) {
            numbers.clear();
            if !scalar.counts {
                let mut addends = Addends { numbers: take(numbers), ..Addends::default() };
                vm.swap_addends(&addends_of(&scalar.name), &mut addends);
                *numbers = addends.numbers;
                continue;
            }
            let count = vm.get_global(&scalar.name);
            if count != Value::Undef {
                numbers.push(count.to_float());
                vm.set_global(&scalar.name, Value::Undef);
            }
        }
        arrays.resize_with(plan.arrays.len(), ArraySteps::default);
        let keys = self.known.iter_mut().zip(&mut self.told);
        for ((array, (known, told)), steps) in plan.arrays.iter().zip(keys).zip(&mut arrays) {
            steps.added.clear();
            let source = source(array);
            steps.new = *known..with_array(vm, &source, OrderedMap::positions);
            *known = steps.new.end;
            if array.counts {
                continue;
            }
            steps.untold = wants_keys.then(|| {
                let mut keys = Keys::default();
                with_array(vm, &source, |array| {
                    let untold = (*told..*known).filter_map(|position| array.entry_at(position));
                    untold.for_each(|(key, _)| keys.push(key));
                });
                *told = *known;
                keys
            });
            vm.swap_addends(&source, &mut steps.added);
            steps.magnitude = magnitude(&steps.added.numbers);
        }
        Steps { scalars, arrays }
    }
}

/// The sum of the amounts of numbers, if all are whole; otherwise infinity.
fn magnitude(numbers: &[f64]) -> f64 {
    let is_whole = |number: &f64| (*number as i64) as f64 == *number;
    if !numbers.iter().all(is_whole) {
        return f64::INFINITY;
    }
    // Four sums at a time, of which none waits for another.
    let (fours, rest) = numbers.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        sums.iter_mut().zip(four).for_each(|(sum, number)| *sum += number.abs());
    }
    sums.into_iter().chain(rest.iter().map(|number| number.abs())).sum()
}

/// The arrays with what a worker has counted, which its VM then has no more.
pub(super) fn take_arrays(vm: &mut VM, plan: &Plan) -> Arrays {
    let numbers = |array: &mut Hash| take(array.make_mut()).into_numbers(to_number);
    plan.arrays.iter().map(|array| change_array(vm, &source(array), numbers)).collect()
}

/// The global whose keys are those that a worker has met of an array.
fn source(array: &Accumulator) -> String {
    if array.counts { array.name.clone() } else { addends_of(&array.name) }
}

/// Looks at a global array, which is in a cell when it has other names.
pub(super) fn with_array<T>(vm: &VM, name: &str, look: impl FnOnce(&OrderedMap) -> T) -> T {
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

/// Changes a global array in place.
pub(super) fn change_array<T>(vm: &mut VM, name: &str, change: impl FnOnce(&mut Hash) -> T) -> T {
    let change = |value: &mut Value| {
        if !matches!(value, Value::Hash(_)) {
            *value = Value::Hash(Hash::default());
        }
        match value {
            Value::Hash(array) => change(array),
            _ => unreachable!("it is a hash now"),
        }
    };
    match vm.get_global(name) {
        // The array has other names in functions: all of them see the change.
        Value::Ref(cell) => cell.with_mut(change),
        mut value => {
            // The VM's own copy goes first, so that there is only one and nothing is copied.
            vm.set_global(name, Value::Undef);
            let result = change(&mut value);
            vm.set_global(name, value);
            result
        }
    }
}
