//! What is known of memory at a point of a trace: contents of places, and checks that hold.
//!
//! A fact belongs to an operation that reads memory (a load, a length, a guard) with its operands; a write kills
//! the facts of all operations that might see it. Places are told apart by number, by index, and by their holder: a
//! write to an array needs that nobody else holds it, so arrays held by two places are two arrays.

use crate::trace::ir::{Const, Ins, Ref, Trace};
use crate::trace::memory::Memory;
use crate::trace::ops::{Op, Type};
use std::collections::HashMap;

/// An operation that reads memory, with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub op: Op,
    imm: i32,
    args: [Ref; 2],
}

impl Key {
    /// The key of an instruction.
    pub fn of(ins: &Ins) -> Key {
        Key { op: ins.op, imm: ins.imm, args: [ins.args[0], ins.args[1]] }
    }

    fn about(self, op: Op) -> Key {
        Key { op, ..self }
    }

    /// The load of the place that an instruction stores to, with the stored value.
    pub fn stored(ins: &Ins) -> Option<(Key, Ref)> {
        let [a, b, c] = ins.args;
        let (op, args, value) = match ins.op {
            Op::StoreRegister => (Op::LoadRegister, [Ref::NONE; 2], a),
            Op::StoreGlobal => (Op::LoadGlobal, [Ref::NONE; 2], a),
            Op::StoreElement => (Op::LoadElement, [a, b], c),
            Op::StoreCell => (Op::LoadCell, [a, Ref::NONE], b),
            Op::StoreEntry => (Op::LoadEntry, [a, Ref::NONE], b),
            _ => return None,
        };
        Some((Key { op, imm: ins.imm, args }, value))
    }
}

/// The guard that the place of a load owns no heap.
fn free_op(load: Op) -> Option<Op> {
    Some(match load {
        Op::LoadRegister => Op::FreeRegister,
        Op::LoadGlobal => Op::FreeGlobal,
        Op::LoadElement => Op::FreeElement,
        Op::LoadCell => Op::FreeCell,
        Op::LoadEntry => Op::FreeEntry,
        _ => return None,
    })
}

/// The place that holds a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Register(i32),
    Global(i32),
    Cell,
    Element,
    Entry,
    Unknown,
}

impl Holder {
    /// The holder of an array, a hash or a cell.
    fn of(trace: &Trace, value: Ref) -> Holder {
        let Some(def) = trace.def(value) else { return Holder::Unknown };
        match def.op {
            Op::LoadRegister | Op::NewArray | Op::NewHash | Op::NewCell => Holder::Register(def.imm),
            Op::LoadGlobal => Holder::Global(def.imm),
            Op::LoadCell => Holder::Cell,
            Op::LoadElement => Holder::Element,
            Op::LoadEntry => Holder::Entry,
            _ => Holder::Unknown,
        }
    }

    /// Whether both could be one place. Two cells, elements or entries could.
    fn may_be(self, other: Holder) -> bool {
        let unknown = self == Holder::Unknown || other == Holder::Unknown;
        unknown || self == other
    }
}

/// The collection behind the address of its elements or of an entry.
fn collection(trace: &Trace, address: Ref) -> Ref {
    trace.def(address).map_or(Ref::NONE, |def| def.args[0])
}

/// Whether two indices differ, whatever they are.
fn different_indices(trace: &Trace, a: Ref, b: Ref) -> bool {
    let split = |index: Ref| match trace.as_int(index) {
        Some(n) => (Ref::NONE, n),
        None => match trace.def(index) {
            Some(def) if matches!(def.op, Op::Add | Op::AddChecked) => match trace.as_int(def.args[1]) {
                Some(n) => (def.args[0], n),
                None => (index, 0),
            },
            _ => (index, 0),
        },
    };
    let ((base_a, offset_a), (base_b, offset_b)) = (split(a), split(b));
    base_a == base_b && offset_a != offset_b
}

/// What an instruction writes.
enum Write {
    Register {
        register: i32,
        frees: bool,
    },
    Global {
        global: i32,
        frees: bool,
    },
    /// An element, by elements and index where they are known, of an array with this holder.
    Element {
        at: Option<(Ref, Ref)>,
        holder: Holder,
        borrowed: bool,
    },
    /// Length and place of the elements.
    Header {
        array: Option<Ref>,
        holder: Holder,
    },
    Cell {
        cell: Option<Ref>,
        borrowed: bool,
    },
    Keys {
        hash: Option<Ref>,
        holder: Holder,
    },
    /// An entry where it is known, else any one of the hash.
    Entry {
        entry: Option<Ref>,
        holder: Holder,
        borrowed: bool,
    },
    /// Any memory of these classes.
    Classes(Memory),
}

/// What an instruction writes, by the facts that it could change. Without `exact`, operands are not looked at, only
/// where they come from: those of a loop's body mean other values in other iterations.
fn writes(trace: &Trace, ins: &Ins, exact: bool) -> Vec<Write> {
    let mut all = Vec::new();
    let [a, b, _] = ins.args;
    let known = |value: Ref| exact.then_some(value);
    let stored = ins.operands().last().copied().unwrap_or(Ref::NONE);
    let borrowed = trace.ty(stored).is_borrowed();
    match ins.op {
        Op::StoreRegister | Op::DropRegister | Op::KillRegister => {
            all.push(Write::Register { register: ins.imm, frees: !borrowed });
        }
        Op::NewArray | Op::NewHash | Op::NewCell => {
            all.push(Write::Register { register: ins.imm, frees: false });
        }
        Op::StoreGlobal => all.push(Write::Global { global: ins.imm, frees: !borrowed }),
        Op::StoreElement => {
            let holder = Holder::of(trace, collection(trace, a));
            all.push(Write::Element { at: exact.then_some((a, b)), holder, borrowed });
        }
        // What is there already stays as it is.
        Op::ArrayPush => all.push(Write::Header { array: known(a), holder: Holder::of(trace, a) }),
        Op::StoreCell => all.push(Write::Cell { cell: known(a), borrowed }),
        Op::HashPut => {
            let holder = Holder::of(trace, a);
            all.push(Write::Keys { hash: known(a), holder });
            all.push(Write::Entry { entry: None, holder, borrowed: true });
        }
        Op::StoreEntry => {
            let holder = Holder::of(trace, collection(trace, a));
            all.push(Write::Entry { entry: known(a), holder, borrowed });
        }
        Op::Step => {
            let step = &trace.steps[ins.imm as usize];
            let registers = step.registers.iter().flat_map(|(start, end)| *start..*end);
            all.extend(registers.map(|register| Write::Register { register, frees: false }));
            let globals = step.globals.iter();
            all.extend(globals.map(|global| Write::Global { global: *global, frees: false }));
            all.push(Write::Classes(step.writes));
        }
        _ => {}
    }
    // A collection that is stored has one holder more. One that is dropped has one less, which makes none shared.
    if borrowed && !ins.op.info().effect.writes.is_empty() {
        all.push(Write::Classes(Memory::COUNTS));
    }
    all
}

/// Whether a write could change what an operation reads.
fn kills(trace: &Trace, write: &Write, key: &Key) -> bool {
    use Op::*;
    let [a, b] = key.args;
    // Arrays and hashes in two places are two, since a written one is unique; but one value is one.
    let same_collection = |value: Option<Ref>, holder: Holder, other: Ref| {
        value == Some(other) || holder.may_be(Holder::of(trace, other))
    };
    match *write {
        // A scalar leaves a place free.
        Write::Register { register, frees } => {
            (key.op == LoadRegister || key.op == FreeRegister && !frees) && key.imm == register
        }
        Write::Global { global, frees } => {
            (key.op == LoadGlobal || key.op == FreeGlobal && !frees) && key.imm == global
        }
        Write::Element { at, holder, borrowed } => {
            let (LoadElement | FreeElement) = key.op else { return false };
            if key.op == FreeElement && !borrowed {
                return false;
            }
            match at {
                Some((elements, index)) if elements == a => !different_indices(trace, index, b),
                _ => holder.may_be(Holder::of(trace, collection(trace, a))),
            }
        }
        Write::Header { array, holder } => {
            matches!(key.op, ArrayLen | ArrayElements) && same_collection(array, holder, a)
        }
        // Handles share cells, so only a new one is known to be another.
        Write::Cell { cell, borrowed } => {
            let (LoadCell | FreeCell) = key.op else { return false };
            let is_new = |value: Ref| trace.def(value).is_some_and(|def| def.op == NewCell);
            let distinct = match cell {
                Some(cell) => cell != a && (is_new(cell) && a < cell || is_new(a) && cell < a),
                None => false,
            };
            !distinct && (key.op == LoadCell || borrowed)
        }
        Write::Keys { hash, holder } => {
            matches!(key.op, HashLen | HashHas | EntryAt | FindEntry) && same_collection(hash, holder, a)
        }
        Write::Entry { entry, holder, borrowed } => {
            let (LoadEntry | FreeEntry) = key.op else { return false };
            let same = entry == Some(a) || holder.may_be(Holder::of(trace, collection(trace, a)));
            same && (key.op == LoadEntry || borrowed)
        }
        Write::Classes(classes) => key.op.info().effect.reads.overlaps(classes),
    }
}

/// The facts.
#[derive(Clone, Default)]
pub(super) struct Facts {
    known: HashMap<Key, Ref>,
}

impl Facts {
    /// The value of an operation, if it is known. That of a guard that holds is `Ref::NONE`.
    pub fn get(&self, key: &Key) -> Option<Ref> {
        self.known.get(key).copied()
    }

    /// Whether a guard is known to hold.
    pub fn holds(&self, key: &Key) -> bool {
        self.known.contains_key(key)
    }

    /// Replaces what is known of a load.
    pub fn set(&mut self, trace: &Trace, key: Key, value: Ref) {
        self.known.insert(key, value);
        if let Some(free) = free_op(key.op)
            && trace.ty(value).is_scalar()
        {
            self.known.insert(key.about(free), Ref::NONE);
        }
    }

    /// The facts after an instruction of the trace. `undef` is the constant.
    pub fn after(&mut self, trace: &Trace, value: Ref, undef: Ref) {
        let Some(ins) = trace.def(value) else { return };
        for write in writes(trace, ins, true) {
            self.known.retain(|key, _| !kills(trace, &write, key));
        }
        self.gain(trace, ins, value, undef);
    }

    /// What an instruction makes known.
    fn gain(&mut self, trace: &Trace, ins: &Ins, value: Ref, undef: Ref) {
        let effect = ins.op.info().effect;
        let key = Key::of(ins);
        let register = |op| Key { op, imm: ins.imm, args: [Ref::NONE; 2] };
        let of_value = |op| Key { op, imm: 0, args: [value, Ref::NONE] };
        match ins.op {
            Op::StoreRegister | Op::StoreGlobal | Op::StoreElement | Op::StoreCell | Op::StoreEntry => {
                // What is borrowed from one place is not the borrowed content of another.
                if let Some((load, stored)) = Key::stored(ins)
                    && trace.ty(stored).is_scalar()
                {
                    self.set(trace, load, stored);
                }
            }
            Op::DropRegister => self.set(trace, register(Op::LoadRegister), undef),
            Op::KillRegister => {
                self.known.insert(register(Op::FreeRegister), Ref::NONE);
            }
            Op::NewArray => {
                self.known.insert(register(Op::LoadRegister), value);
                self.known.insert(of_value(Op::ArrayLen), ins.args[0]);
                self.known.insert(of_value(Op::ArrayUnique), Ref::NONE);
            }
            Op::NewHash => {
                self.known.insert(register(Op::LoadRegister), value);
                self.known.insert(of_value(Op::HashUnique), Ref::NONE);
            }
            Op::NewCell => {
                self.known.insert(register(Op::LoadRegister), value);
                if trace.ty(ins.args[0]).is_scalar() {
                    self.set(trace, of_value(Op::LoadCell), ins.args[0]);
                }
            }
            Op::Step | Op::Back | Op::Exit | Op::Link | Op::Poll | Op::Fuel | Op::ArrayPush | Op::HashPut => {
            }
            _ if !effect.reads.is_empty() => match ins.ty {
                Type::Nothing => {
                    self.known.insert(key, Ref::NONE);
                }
                _ => self.set(trace, key, value),
            },
            _ => {}
        }
    }

    /// Forgets what an instruction of a loop's body, which is not translated yet, could change.
    pub fn forget_writes_of(&mut self, new: &Trace, old: &Trace, ins: &Ins) -> Vec<(Key, Ref)> {
        let mut forgotten = Vec::new();
        for write in writes(old, ins, false) {
            self.known.retain(|key, value| {
                let stays = !kills(new, &write, key);
                if !stays {
                    forgotten.push((*key, *value));
                }
                stays
            });
        }
        forgotten
    }
}

/// The constant Undef of a trace.
pub(super) fn undef(trace: &mut Trace) -> Ref {
    trace.constant(Const::Undef)
}
