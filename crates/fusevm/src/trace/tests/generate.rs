//! Random traces, as a recorder would write them: in the plain form, with checks that hold in the state in which the
//! trace begins. So the first iteration goes through, and later ones do for a while.

use super::eval::Follower;
use super::rng::Rng;
use super::state::{State, Val};
use crate::trace::ir::{Const, Frame, Ins, Place, Ref, Snapshot, SnapshotId, Step, Trace};
use crate::trace::memory::Memory;
use crate::trace::ops::{Op, Type};

/// Registers of each use.
const INTS: [i32; 4] = [0, 1, 2, 3];
const FLOATS: [i32; 2] = [4, 5];
const ARRAYS: [i32; 2] = [6, 7];
const CELLS: [i32; 2] = [8, 9];
const HASH: i32 = 10;
const TEMPORARY: i32 = 11;
/// Holds scalars that have no other place.
const SHOWN: i32 = 12;
const REGISTERS: usize = 13;
/// Number of kinds of action.
const KINDS: usize = 30;
const GLOBALS: usize = 5;

/// A state in which a trace begins.
pub(super) fn state(rng: &mut Rng) -> State {
    let mut state = State::new(REGISTERS, GLOBALS);
    let int = |rng: &mut Rng| match rng.below(12) {
        0 => i64::MAX - rng.below(3) as i64,
        1 => i64::MIN + rng.below(3) as i64,
        _ => rng.below(9) as i64 - 2,
    };
    for register in INTS {
        *state.register(register) = Val::Int(int(rng));
    }
    for register in FLOATS {
        *state.register(register) = Val::Float(float(rng).to_bits());
    }
    state.globals[0] = Val::Int(int(rng));
    state.globals[1] = Val::Float(float(rng).to_bits());
    for (at, register) in ARRAYS.into_iter().enumerate() {
        let elements = (0..3 + rng.below(4) + at)
            .map(|_| match rng.below(8) {
                0 => Val::Float(float(rng).to_bits()),
                1 => Val::Undef,
                _ => Val::Int(int(rng)),
            })
            .collect();
        *state.register(register) = state.new_array(elements);
    }
    state.globals[2] = state.new_array(vec![Val::Int(3), Val::Int(4)]);
    // Now and then two registers share an array, or a cell.
    if rng.chance(1, 6) {
        *state.register(ARRAYS[1]) = *state.clone().register(ARRAYS[0]);
    }
    let inner = state.new_array(vec![Val::Int(1), Val::Int(2), Val::Int(3)]);
    let cells = [state.new_cell(Val::Int(int(rng))), state.new_cell(inner)];
    *state.register(CELLS[0]) = cells[rng.below(2)];
    *state.register(CELLS[1]) = cells[rng.below(2)];
    state.globals[3] = cells[0];
    let hash = state.new_hash(vec![
        (Val::Int(1), Val::Int(5)),
        (Val::Int(4), Val::Float(0)),
        (Val::Str(2), Val::Int(0)),
    ]);
    *state.register(HASH) = hash;
    state.polls = rng.below(8) as u32;
    state
}

/// Another state for the same trace: some scalars differ, now and then in kind.
pub(super) fn changed(rng: &mut Rng, state: &State) -> State {
    let mut state = state.clone();
    let other = self::state(rng);
    for register in INTS.into_iter().chain(FLOATS) {
        if rng.chance(1, 3) {
            *state.register(register) = *other.clone().register(register);
        }
    }
    if rng.chance(1, 6) {
        *state.register(rng.pick(&INTS)) = Val::Float(float(rng).to_bits());
    }
    if rng.chance(1, 4) {
        let at = rng.below(state.arrays[0].elements.len());
        state.arrays[0].elements[at] = Val::Float(float(rng).to_bits());
    }
    state.polls = other.polls;
    state
}

fn float(rng: &mut Rng) -> f64 {
    const LIMITS: [f64; 6] = [1e300, f64::NAN, f64::INFINITY, 5e-324, 0.5, 9_007_199_254_740_992.0];
    match rng.below(3) {
        0 => rng.pick(&LIMITS),
        1 => rng.pick(&[0.0, -0.0]),
        _ => rng.below(6) as f64 - 2.0,
    }
}

/// A trace that goes through in a state.
pub(super) fn trace(rng: &mut Rng, state: &State) -> Trace {
    let kinds = (0..2 + rng.below(6)).map(|_| rng.below(KINDS)).collect();
    let mut recorder = Recorder {
        rng,
        follower: Follower::new(state.clone()),
        kinds,
        trace: Trace::new(),
        values: Vec::new(),
        inst: 10,
        snapshot: SnapshotId(0),
    };
    recorder.next_inst();
    let head = recorder.snapshot;
    let counter = if recorder.rng.chance(2, 3) { recorder.counter() } else { None };
    let len = 4 + recorder.rng.below(40);
    // Some kinds of action find nothing to do.
    for _ in 0..len {
        if recorder.trace.code.len() >= len {
            break;
        }
        if let Some(value) = recorder.action() {
            recorder.show(value);
        }
    }
    recorder.next_inst();
    if let Some(counter) = counter {
        recorder.count(counter);
    }
    if recorder.rng.chance(1, 8) {
        let op = recorder.rng.pick(&[Op::Exit, Op::Link]);
        recorder.guard(op, &[]);
    } else {
        recorder.guard(Op::Poll, &[]);
        recorder.trace.push(Ins::new(Op::Back, &[]).at(head));
    }
    recorder.trace
}

/// A counter of a loop.
struct Counter {
    register: i32,
    value: Ref,
    limit: Ref,
    test: Op,
    by: i64,
    at_top: bool,
}

struct Recorder<'a> {
    rng: &'a mut Rng,
    follower: Follower,
    /// The kinds of action in this trace: few, so that they meet.
    kinds: Vec<usize>,
    trace: Trace,
    /// Values that can be used.
    values: Vec<Ref>,
    inst: u32,
    snapshot: SnapshotId,
}

impl Recorder<'_> {
    fn next_inst(&mut self) {
        self.inst += 1;
        let mut frames = Vec::new();
        if self.rng.chance(1, 5) {
            frames.push(Frame { unit: 0, body: 1, return_inst: self.inst, window: 4 });
        }
        let snapshot = Snapshot { frames, inst: self.inst, entries: Vec::new() };
        self.snapshot = self.trace.snapshot(snapshot);
    }

    /// Appends an instruction if it goes through.
    fn try_push(&mut self, ins: Ins) -> Option<Ref> {
        self.follower.try_push(&mut self.trace, &mut self.values, ins)
    }

    fn push(&mut self, op: Op, args: &[Ref]) -> Option<Ref> {
        self.try_push(Ins::new(op, args))
    }

    fn guard(&mut self, op: Op, args: &[Ref]) -> Option<Ref> {
        let ins = Ins::new(op, args).at(self.snapshot);
        if op.is_end() || op == Op::Poll {
            return Some(self.trace.push(ins));
        }
        self.try_push(ins)
    }

    /// Begins an iteration: loads a counter, and tests it when the loop is tested at the top.
    fn counter(&mut self) -> Option<Counter> {
        let float = self.rng.chance(1, 3);
        let register = if float { self.rng.pick(&FLOATS) } else { self.rng.pick(&INTS) };
        let value = self.load(Op::LoadRegister, register, &[])?;
        let limit = match self.rng.below(3) {
            0 if float => self.trace.float(4.5),
            0 => self.trace.int(5),
            1 => {
                let register = if float { self.rng.pick(&FLOATS) } else { self.rng.pick(&INTS) };
                self.load(Op::LoadRegister, register, &[])?
            }
            _ => {
                let array = self.array()?;
                let len = self.push(Op::ArrayLen, &[array])?;
                if float { self.push(Op::ToFloat, &[len])? } else { len }
            }
        };
        let wanted = if float { Type::Float } else { Type::Int };
        if self.trace.ty(value) != wanted || self.trace.ty(limit) != wanted {
            return None;
        }
        let up = self.rng.chance(2, 3);
        let zero = if float { self.trace.float(0.0) } else { self.trace.int(0) };
        let tests = match (float, up) {
            (false, true) => [Op::Lt, Op::Le, Op::Ne],
            (false, false) => [Op::Ge, Op::Gt, Op::Ge],
            (true, true) => [Op::FLt, Op::FLe, Op::FNe],
            (true, false) => [Op::FGe, Op::FGt, Op::FGe],
        };
        let counter = Counter {
            register,
            value,
            limit: if up { limit } else { zero },
            test: self.rng.pick(&tests),
            by: if up { self.rng.below(3) as i64 } else { -1 },
            at_top: self.rng.chance(1, 2),
        };
        if counter.at_top {
            self.test(&counter, value)?;
        }
        if float && self.rng.chance(2, 3) {
            self.guard(Op::ToIntExact, &[value]);
            let two = self.trace.float(2.0);
            self.push(Op::FRem, &[value, two]);
        }
        Some(counter)
    }

    fn test(&mut self, counter: &Counter, value: Ref) -> Option<Ref> {
        let mirrored = match counter.test {
            Op::FLt => Some(Op::FGt),
            Op::FGe => Some(Op::FLe),
            _ => None,
        };
        let holds = match mirrored {
            Some(op) if self.rng.chance(1, 2) => self.push(op, &[counter.limit, value])?,
            _ => self.push(counter.test, &[value, counter.limit])?,
        };
        self.guard(Op::True, &[holds])
    }

    /// Ends an iteration: counts, and tests when the loop is tested at the bottom.
    fn count(&mut self, counter: Counter) -> Option<Ref> {
        let next = if self.trace.ty(counter.value) == Type::Float {
            let by = self.trace.float(counter.by as f64);
            self.push(Op::FAdd, &[counter.value, by])?
        } else {
            let by = self.trace.int(counter.by);
            match self.rng.chance(2, 3) {
                true => self.guard(Op::AddChecked, &[counter.value, by])?,
                false => self.push(Op::Add, &[counter.value, by])?,
            }
        };
        self.try_push(Ins::new(Op::FreeRegister, &[]).imm(counter.register).at(self.snapshot))?;
        self.try_push(Ins::new(Op::StoreRegister, &[next]).imm(counter.register))?;
        self.next_inst();
        if counter.at_top { None } else { self.test(&counter, next) }
    }

    /// A load with a check of the kind that is there.
    fn load(&mut self, op: Op, imm: i32, args: &[Ref]) -> Option<Ref> {
        let load = Ins::new(op, args).imm(imm).at(self.snapshot);
        if self.rng.chance(1, 20)
            && let Some(value) = self.try_push(load.typed(Type::Scalar))
        {
            return Some(value);
        }
        let types =
            [Type::Int, Type::Float, Type::Bool, Type::Undef, Type::Str, Type::Array, Type::Hash, Type::Cell];
        types.into_iter().find_map(|ty| self.try_push(load.typed(ty)))
    }

    fn value(&mut self, ty: Type) -> Ref {
        let fitting: Vec<Ref> =
            self.values.iter().copied().filter(|value| self.trace.ty(*value) == ty).collect();
        if fitting.is_empty() || self.rng.chance(1, 3) {
            let constant = match ty {
                Type::Int => Const::Int(self.rng.pick(&[0, 1, 2, 3, -1, 7, 64, i64::MAX, i64::MIN])),
                Type::Float => Const::float(float(self.rng)),
                Type::Bool => Const::Bool(self.rng.chance(1, 2)),
                _ => Const::Undef,
            };
            return self.trace.constant(constant);
        }
        self.rng.pick(&fitting)
    }

    fn scalar(&mut self) -> Ref {
        let ty = self.rng.pick(&[
            Type::Int,
            Type::Int,
            Type::Int,
            Type::Float,
            Type::Float,
            Type::Bool,
            Type::Undef,
        ]);
        self.value(ty)
    }

    /// Addresses and borrowed values are not used after what may end them.
    fn forget(&mut self, ends: impl Fn(Type) -> bool) {
        let trace = &self.trace;
        self.values.retain(|value| !ends(trace.ty(*value)));
    }

    fn array(&mut self) -> Option<Ref> {
        match self.rng.below(5) {
            0 => self.load(Op::LoadGlobal, 2, &[]),
            1 => {
                let register = self.rng.pick(&CELLS);
                let cell = self.load(Op::LoadRegister, register, &[])?;
                let content = self.load(Op::LoadCell, 0, &[cell])?;
                (self.trace.ty(content) == Type::Array).then_some(content)
            }
            _ => {
                let register = self.rng.pick(&ARRAYS);
                self.load(Op::LoadRegister, register, &[])
            }
        }
    }

    /// Elements and a checked index.
    fn element(&mut self) -> Option<(Ref, Ref, Ref)> {
        let array = self.array()?;
        let len = self.push(Op::ArrayLen, &[array])?;
        let index = match self.rng.below(3) {
            0 => self.value(Type::Int),
            1 => self.trace.int(self.rng.below(3) as i64),
            _ => {
                let (base, one) = (self.value(Type::Int), self.trace.int(1));
                self.push(Op::Add, &[base, one])?
            }
        };
        let fits = self.push(Op::Below, &[index, len])?;
        self.guard(Op::True, &[fits])?;
        let elements = self.push(Op::ArrayElements, &[array])?;
        Some((array, elements, index))
    }

    fn action(&mut self) -> Option<Ref> {
        if self.rng.chance(1, 2) {
            self.next_inst();
        }
        let kind = if self.rng.chance(1, 4) { self.rng.below(KINDS) } else { self.rng.pick(&self.kinds) };
        match kind {
            0..=3 => {
                let register =
                    if self.rng.chance(2, 3) { self.rng.pick(&INTS) } else { self.rng.pick(&FLOATS) };
                self.load(Op::LoadRegister, register, &[])
            }
            4..=6 => {
                let float = self.rng.chance(1, 3);
                let register = if float { self.rng.pick(&FLOATS) } else { self.rng.pick(&INTS) };
                let odd = self.rng.chance(1, 20);
                let value =
                    if odd { self.scalar() } else { self.value(if float { Type::Float } else { Type::Int }) };
                self.try_push(Ins::new(Op::FreeRegister, &[]).imm(register).at(self.snapshot))?;
                self.next_inst();
                self.try_push(Ins::new(Op::StoreRegister, &[value]).imm(register))
            }
            7 => {
                let global = self.rng.below(2) as i32;
                self.load(Op::LoadGlobal, global, &[])
            }
            8 => {
                let global = self.rng.below(2) as i32;
                let value = self.value(if global == 0 { Type::Int } else { Type::Float });
                self.try_push(Ins::new(Op::FreeGlobal, &[]).imm(global).at(self.snapshot))?;
                self.try_push(Ins::new(Op::StoreGlobal, &[value]).imm(global))
            }
            9..=11 => {
                use Op::*;
                let (a, b) = (self.value(Type::Int), self.value(Type::Int));
                let op = self.rng.pick(&[
                    Add, Add, Sub, Mul, AddChecked, AddChecked, SubChecked, MulChecked, And, Or, Xor, Shl,
                    Shr,
                ]);
                let checked = matches!(op, AddChecked | SubChecked | MulChecked);
                if checked { self.guard(op, &[a, b]) } else { self.push(op, &[a, b]) }
            }
            12 => {
                let (a, b) = (self.value(Type::Int), self.value(Type::Int));
                let zero = self.trace.int(0);
                let positive = self.push(Op::Gt, &[b, zero])?;
                self.guard(Op::True, &[positive])?;
                let op = self.rng.pick(&[Op::Rem, Op::Quot]);
                self.push(op, &[a, b])
            }
            13 => {
                use Op::*;
                let (a, b) = (self.value(Type::Float), self.value(Type::Float));
                match self.rng.below(3) {
                    0 => {
                        let op = self.rng.pick(&[FNeg, FAbs, FSqrt, FFloor, FCeil, FTrunc, FRound, Truncate]);
                        self.push(op, &[a])
                    }
                    1 => self.guard(ToIntExact, &[a]),
                    _ => {
                        let op = self.rng.pick(&[FAdd, FSub, FMul, FDiv, FRem]);
                        self.push(op, &[a, b])
                    }
                }
            }
            14 => {
                let value = self.value(Type::Int);
                self.push(Op::ToFloat, &[value])
            }
            15..=17 => self.comparison(),
            18 | 19 | 26 | 27 => {
                let (array, elements, index) = self.element()?;
                match self.rng.below(4) {
                    0 => {
                        let value = self.scalar();
                        self.guard(Op::ArrayUnique, &[array])?;
                        self.guard(Op::FreeElement, &[elements, index])?;
                        self.push(Op::StoreElement, &[elements, index, value])
                    }
                    1 => {
                        let value = self.scalar();
                        self.guard(Op::ArrayUnique, &[array])?;
                        let pushed = self.guard(Op::ArrayPush, &[array, value]);
                        self.forget(|ty| ty == Type::Elements);
                        pushed
                    }
                    _ => self.load(Op::LoadElement, 0, &[elements, index]),
                }
            }
            20 => {
                let register = self.rng.pick(&CELLS);
                let cell = self.load(Op::LoadRegister, register, &[])?;
                if self.rng.chance(1, 2) {
                    return self.load(Op::LoadCell, 0, &[cell]);
                }
                let value = self.scalar();
                self.guard(Op::FreeCell, &[cell])?;
                self.push(Op::StoreCell, &[cell, value])
            }
            21 | 28 => self.hash(),
            22 => self.collection(),
            23 => self.step(),
            24 => {
                let value = self.scalar();
                self.try_push(Ins::new(Op::FreeRegister, &[]).imm(TEMPORARY).at(self.snapshot))?;
                self.try_push(Ins::new(Op::StoreRegister, &[value]).imm(TEMPORARY))?;
                self.action();
                self.try_push(Ins::new(Op::FreeRegister, &[]).imm(TEMPORARY).at(self.snapshot))?;
                self.try_push(Ins::new(Op::KillRegister, &[]).imm(TEMPORARY))
            }
            _ => match self.rng.below(3) {
                0 => self.try_push(Ins::new(Op::Fuel, &[]).imm(3).at(self.snapshot)),
                1 => self.try_push(Ins::new(Op::FieldNumber, &[]).imm(2)),
                _ => {
                    let scalars: Vec<Ref> =
                        self.values.iter().copied().filter(|v| self.trace.ty(*v) == Type::Scalar).collect();
                    let value = *scalars.first()?;
                    let types = [Type::Int, Type::Float, Type::Undef];
                    let snapshot = self.snapshot;
                    types
                        .into_iter()
                        .find_map(|ty| self.try_push(Ins::new(Op::Unbox, &[value]).typed(ty).at(snapshot)))
                }
            },
        }
    }

    /// Puts a value where it can be seen.
    fn show(&mut self, value: Ref) {
        let register = match self.trace.ty(value) {
            Type::Int => self.rng.pick(&INTS),
            Type::Float => self.rng.pick(&FLOATS),
            Type::Bool | Type::Undef | Type::Scalar => SHOWN,
            _ => return,
        };
        if self.rng.chance(2, 3) {
            self.try_push(Ins::new(Op::FreeRegister, &[]).imm(register).at(self.snapshot));
            self.try_push(Ins::new(Op::StoreRegister, &[value]).imm(register));
        }
    }

    fn comparison(&mut self) -> Option<Ref> {
        use Op::*;
        let holds = if self.rng.chance(1, 3) {
            let (a, b) = (self.value(Type::Float), self.value(Type::Float));
            let op = self.rng.pick(&[FEq, FNe, FLt, FLe, FGt, FGe]);
            self.push(op, &[a, b])?
        } else {
            let (a, b) = (self.value(Type::Int), self.value(Type::Int));
            let op = self.rng.pick(&[Eq, Ne, Lt, Le, Gt, Ge, Below]);
            self.push(op, &[a, b])?
        };
        let holds = if self.rng.chance(1, 5) { self.push(Not, &[holds])? } else { holds };
        self.guard(True, &[holds]).or_else(|| self.guard(False, &[holds]))
    }

    fn hash(&mut self) -> Option<Ref> {
        let hash = self.load(Op::LoadRegister, HASH, &[])?;
        let key = match self.rng.below(3) {
            0 => self.trace.constant(Const::Str(2)),
            1 => self.value(Type::Int),
            _ => self.trace.int(4),
        };
        match self.rng.below(4) {
            0 => {
                let value = self.scalar();
                self.guard(Op::HashUnique, &[hash])?;
                let put = self.guard(Op::HashPut, &[hash, key, value]);
                self.forget(|ty| ty == Type::Entry);
                put
            }
            1 => self.push(Op::HashHas, &[hash, key]),
            which => {
                let position = self.rng.below(3) as i32;
                let entry = if which == 2 {
                    self.guard(Op::FindEntry, &[hash, key])?
                } else {
                    self.try_push(Ins::new(Op::EntryAt, &[hash, key]).imm(position).at(self.snapshot))?
                };
                if self.rng.chance(1, 2) {
                    return self.load(Op::LoadEntry, 0, &[entry]);
                }
                let value = self.scalar();
                self.guard(Op::HashUnique, &[hash])?;
                self.guard(Op::FreeEntry, &[entry])?;
                self.push(Op::StoreEntry, &[entry, value])
            }
        }
    }

    /// Makes a collection in the temporary, fills it, and drops it again.
    fn collection(&mut self) -> Option<Ref> {
        let snapshot = self.snapshot;
        let temporary = |op, args: &[Ref]| Ins::new(op, args).imm(TEMPORARY).at(snapshot);
        self.try_push(temporary(Op::FreeRegister, &[]))?;
        match self.rng.below(3) {
            0 => {
                let len = self.trace.int(2);
                let array = self.try_push(temporary(Op::NewArray, &[len]))?;
                let elements = self.push(Op::ArrayElements, &[array])?;
                for index in 0..2 {
                    let (index, value) = (self.trace.int(index), self.scalar());
                    self.push(Op::StoreElement, &[elements, index, value])?;
                }
                self.action();
                if self.rng.chance(1, 2) && self.values.contains(&elements) {
                    let index = self.trace.int(1);
                    self.load(Op::LoadElement, 0, &[elements, index]);
                }
            }
            1 => {
                let content = self.scalar();
                let cell = self.try_push(temporary(Op::NewCell, &[content]))?;
                self.action();
                if self.values.contains(&cell) {
                    let content = self.scalar();
                    self.push(Op::StoreCell, &[cell, content])?;
                    self.load(Op::LoadCell, 0, &[cell]);
                }
            }
            _ => {
                let hash = self.try_push(temporary(Op::NewHash, &[]))?;
                let (key, value) = (self.trace.int(1), self.scalar());
                self.guard(Op::HashPut, &[hash, key, value])?;
                self.push(Op::HashLen, &[hash]);
                self.action();
            }
        }
        self.next_inst();
        self.forget(|ty| !ty.is_scalar());
        self.try_push(Ins::new(Op::DropRegister, &[]).imm(TEMPORARY))
    }

    fn step(&mut self) -> Option<Ref> {
        let mut writes = Memory::NONE;
        for (_, class) in Memory::NAMES {
            let all_places = *class == Memory::REGISTERS || *class == Memory::GLOBALS;
            if !all_places && self.rng.chance(1, 8) {
                writes |= *class;
            }
        }
        let mut registers = Vec::new();
        if self.rng.chance(1, 2) {
            let register = self.rng.pick(&INTS);
            registers.push((register, register + 1));
        }
        let globals = if self.rng.chance(1, 5) { vec![0] } else { Vec::new() };
        let step = Step { inst: self.inst, next: self.inst + 1, registers, globals, writes };
        let place = step.registers.first().map(|(register, _)| Place::Register(*register));
        self.trace.push_step(step, self.snapshot);
        if !self.follower.goes_on(&self.trace) {
            self.trace.code.pop();
            self.trace.steps.pop();
            return None;
        }
        self.forget(|ty| !ty.is_scalar());
        self.next_inst();
        match place {
            Some(Place::Register(register)) => self.load(Op::LoadRegister, register, &[]),
            _ => None,
        }
    }
}
