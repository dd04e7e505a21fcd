//! A toy VM for traces to run on: registers, globals, and a heap whose counts are what can be reached.

use std::collections::HashMap;

/// A value of the toy VM, or of an SSA register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Val {
    Undef,
    Bool(bool),
    Int(i64),
    /// By its bits.
    Float(u64),
    Str(u32),
    Array(usize),
    Hash(usize),
    Cell(usize),
    /// What a killed register holds.
    Dead,
    /// Where an array's elements are, at a version of the array.
    Elements(usize, u32),
    /// An entry of a hash, at a version of the hash.
    Entry(usize, usize, u32),
}

impl Val {
    pub fn owns_heap(self) -> bool {
        matches!(self, Val::Str(_) | Val::Array(_) | Val::Hash(_) | Val::Cell(_))
    }
}

/// An array; its version changes when its elements move.
#[derive(Clone, Debug, Default)]
pub(super) struct ArrayBody {
    pub elements: Vec<Val>,
    pub version: u32,
}

/// A hash; its version changes when its entries move.
#[derive(Clone, Debug, Default)]
pub(super) struct HashBody {
    pub entries: Vec<(Val, Val)>,
    pub version: u32,
}

/// Registers begin below the window of the trace, as a callee's caller does.
const FIRST_REGISTER: i32 = -4;

/// The VM.
#[derive(Clone, Debug)]
pub(super) struct State {
    registers: Vec<Val>,
    pub globals: Vec<Val>,
    pub arrays: Vec<ArrayBody>,
    pub hashes: Vec<HashBody>,
    pub cells: Vec<Val>,
    /// What a host holds.
    pub held: Vec<Val>,
    pub record: u64,
    pub fuel: i32,
    /// Polls until someone wants the run to stop.
    pub polls: u32,
}

impl State {
    pub fn new(registers: usize, globals: usize) -> State {
        State {
            registers: vec![Val::Undef; registers + FIRST_REGISTER.unsigned_abs() as usize],
            globals: vec![Val::Undef; globals],
            arrays: Vec::new(),
            hashes: Vec::new(),
            cells: Vec::new(),
            held: Vec::new(),
            record: 1,
            fuel: 1000,
            polls: 12,
        }
    }

    pub fn register(&mut self, register: i32) -> &mut Val {
        &mut self.registers[(register - FIRST_REGISTER) as usize]
    }

    pub fn new_array(&mut self, elements: Vec<Val>) -> Val {
        self.arrays.push(ArrayBody { elements, version: 0 });
        Val::Array(self.arrays.len() - 1)
    }

    pub fn new_cell(&mut self, content: Val) -> Val {
        self.cells.push(content);
        Val::Cell(self.cells.len() - 1)
    }

    pub fn new_hash(&mut self, entries: Vec<(Val, Val)>) -> Val {
        self.hashes.push(HashBody { entries, version: 0 });
        Val::Hash(self.hashes.len() - 1)
    }

    /// How many places that can be reached hold a value.
    pub fn holders(&self, wanted: Val) -> usize {
        let mut count = 0;
        Walk::default().visit(self, &mut |value| count += usize::from(value == wanted));
        count
    }

    /// The collections that can be reached, in the order of a walk.
    pub fn collections(&self) -> Vec<Val> {
        let mut walk = Walk::default();
        walk.visit(self, &mut |_| {});
        walk.seen
    }

    /// All that can be seen, with the heap numbered in the order of a walk. Dead registers are `Dead`.
    pub fn shape(&self) -> Vec<Val> {
        let mut shape = Vec::new();
        let mut numbers = HashMap::new();
        Walk::default().visit(self, &mut |value| {
            let next = numbers.len();
            let mut number = |value| *numbers.entry(value).or_insert(next);
            shape.push(match value {
                Val::Array(_) => Val::Array(number(value)),
                Val::Hash(_) => Val::Hash(number(value)),
                Val::Cell(_) => Val::Cell(number(value)),
                _ => value,
            });
        });
        shape.push(Val::Int(self.record as i64));
        shape.push(Val::Int(self.fuel.into()));
        shape.push(Val::Int(self.polls.into()));
        shape
    }
}

/// Whether one state looks like another, by their shapes. What is dead in the first may be any scalar in the second.
pub(super) fn look_alike(expected: &[Val], found: &[Val]) -> bool {
    let fits = |(a, b): (&Val, &Val)| a == b || *a == Val::Dead && !b.owns_heap();
    expected.len() == found.len() && expected.iter().zip(found).all(fits)
}

/// A walk over all that can be reached, each collection once.
#[derive(Default)]
struct Walk {
    seen: Vec<Val>,
}

impl Walk {
    fn visit(&mut self, state: &State, see: &mut impl FnMut(Val)) {
        for value in state.registers.iter().chain(&state.globals).chain(&state.held) {
            self.value(state, *value, see);
        }
    }

    fn value(&mut self, state: &State, value: Val, see: &mut impl FnMut(Val)) {
        see(value);
        if !matches!(value, Val::Array(_) | Val::Hash(_) | Val::Cell(_)) || self.seen.contains(&value) {
            return;
        }
        self.seen.push(value);
        match value {
            Val::Array(at) => {
                let elements = &state.arrays[at].elements;
                see(Val::Int(elements.len() as i64));
                elements.iter().for_each(|element| self.value(state, *element, see));
            }
            Val::Hash(at) => {
                let entries = &state.hashes[at].entries;
                see(Val::Int(entries.len() as i64));
                for (key, value) in entries {
                    see(*key);
                    self.value(state, *value, see);
                }
            }
            Val::Cell(at) => self.value(state, state.cells[at], see),
            _ => {}
        }
    }
}
