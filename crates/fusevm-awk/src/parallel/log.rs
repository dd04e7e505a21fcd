//! What a worker's program adds to its accumulators, as the steps that the main thread repeats in order.
//!
//! Sums are not added up where they are found: the sum of floating-point numbers depends on their order, and the
//! result must be that of one thread. Only counts, which are exact in any order, are.

use fusevm::value::{Key, OrderedMap};
use fusevm::{VM, Value};
use std::cell::RefCell;

/// Ids of the builtins that a worker's program calls. They are in no chunk that leaves the process.
pub(crate) mod builtins {
    /// `add(accumulator, number)`
    pub const ADD: u16 = 900;
    /// `count(accumulator, whole number)`
    pub const COUNT: u16 = 901;
    /// `add_at(accumulator, key, number)`
    pub const ADD_AT: u16 = 902;
    /// `count_at(accumulator, key, whole number)`
    pub const COUNT_AT: u16 = 903;
}

/// What happened to the accumulators in a block of input.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// For each scalar, what was added to it, in order.
    pub scalars: Vec<Vec<f64>>,
    /// For each array, what was added to its elements, in order.
    pub arrays: Vec<ArraySteps>,
}

/// What happened to an array.
#[derive(Debug, Default)]
pub(super) struct ArraySteps {
    /// The keys that the worker has not met before. They have the next numbers.
    pub new_keys: Vec<Box<[u8]>>,
    /// Numbers of keys, and what was added there.
    pub added: Vec<(u32, f64)>,
}

/// The steps since the last block, and what the worker knows of keys.
#[derive(Default)]
struct Log {
    scalars: Vec<Scalar>,
    arrays: Vec<Array>,
}

#[derive(Default)]
struct Scalar {
    added: Vec<f64>,
    counted: f64,
}

#[derive(Default)]
struct Array {
    /// The keys that were met; a key's place is its number.
    keys: OrderedMap,
    new_keys: Vec<Box<[u8]>>,
    added: Vec<(u32, f64)>,
    /// For each key, what was counted in this block.
    counted: Vec<f64>,
    /// The keys with a count in this block.
    touched: Vec<u32>,
}

thread_local! {
    static LOG: RefCell<Log> = RefCell::default();
}

/// Registers the builtins in a worker's VM.
pub(super) fn register(vm: &mut VM) {
    vm.register_builtin(builtins::ADD, |vm, _| {
        let number = pop_number(vm);
        with_scalar(vm, |scalar| scalar.added.push(number))
    });
    vm.register_builtin(builtins::COUNT, |vm, _| {
        let number = pop_number(vm);
        with_scalar(vm, |scalar| scalar.counted += number)
    });
    vm.register_builtin(builtins::ADD_AT, |vm, _| {
        let number = pop_number(vm);
        with_key(vm, |array, key| array.added.push((key, number)))
    });
    vm.register_builtin(builtins::COUNT_AT, |vm, _| {
        let number = pop_number(vm);
        with_key(vm, |array, key| {
            let counted = &mut array.counted[key as usize];
            if *counted == 0.0 {
                array.touched.push(key);
            }
            *counted += number;
        })
    });
}

fn pop_number(vm: &mut VM) -> f64 {
    vm.pop().to_float()
}

fn with_scalar(vm: &mut VM, change: impl FnOnce(&mut Scalar)) -> Value {
    let id = vm.pop().to_int() as usize;
    LOG.with_borrow_mut(|log| change(at(&mut log.scalars, id)));
    Value::Undef
}

fn with_key(vm: &mut VM, change: impl FnOnce(&mut Array, u32)) -> Value {
    let key = vm.pop();
    let id = vm.pop().to_int() as usize;
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
    LOG.with_borrow_mut(|log| {
        let array = at(&mut log.arrays, id);
        let key = Key::new(key);
        let number = match array.keys.index_of(key.as_ref()) {
            Some(number) => number,
            None => {
                let number = array.keys.len();
                array.new_keys.push(key.to_bytes().into());
                array.keys.insert(key, Value::Undef);
                array.counted.push(0.0);
                number
            }
        };
        change(array, number as u32);
    });
    Value::Undef
}

/// The element of that index, which is made if need be.
fn at<T: Default>(list: &mut Vec<T>, index: usize) -> &mut T {
    if list.len() <= index {
        list.resize_with(index + 1, T::default);
    }
    &mut list[index]
}

/// Takes the steps of the block that ends here.
pub(super) fn take() -> Steps {
    LOG.with_borrow_mut(|log| Steps {
        scalars: log.scalars.iter_mut().map(Scalar::take).collect(),
        arrays: log.arrays.iter_mut().map(Array::take).collect(),
    })
}

impl Scalar {
    fn take(&mut self) -> Vec<f64> {
        let counted = std::mem::take(&mut self.counted);
        let mut added = std::mem::take(&mut self.added);
        if counted != 0.0 {
            added.push(counted);
        }
        added
    }
}

impl Array {
    fn take(&mut self) -> ArraySteps {
        let mut added = std::mem::take(&mut self.added);
        for key in self.touched.drain(..) {
            added.push((key, std::mem::take(&mut self.counted[key as usize])));
        }
        ArraySteps { new_keys: std::mem::take(&mut self.new_keys), added }
    }
}
