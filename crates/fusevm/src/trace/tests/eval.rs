//! An evaluator of traces, on the toy VM: the oracle of the passes.
//!
//! It panics where a trace does what native code may rely on not to happen: an element beyond the end, a load without a
//! check of another kind, a store to a place that owns heap or to an array that is shared, a stale address, a
//! shadow check that fails.

use super::state::{State, Val};
use crate::trace::ir::{Const, Frame, Ins, Place, Ref, Restored, Snapshot, Trace, Virtual};
use crate::trace::ops::{Op, Type};
use crate::trace::semantics::{Outcome, evaluate};

/// A run that follows a trace while it is written.
pub(super) struct Follower {
    values: Vec<Val>,
    state: State,
}

impl Follower {
    pub fn new(state: State) -> Follower {
        Follower { values: Vec::new(), state }
    }

    /// Takes the value of another for that of the last instruction.
    pub fn assume(&mut self, trace: &Trace, other: Ref) {
        let values = std::mem::take(&mut self.values);
        let machine = Machine { trace, values, state: &mut self.state };
        let value = machine.value(other);
        self.values = machine.values;
        self.values.resize(trace.code.len() - 1, Val::Dead);
        self.values.push(value);
    }

    /// Appends an instruction to the trace if it goes through; its value is one of those to choose from.
    pub fn try_push(&mut self, trace: &mut Trace, values: &mut Vec<Ref>, ins: Ins) -> Option<Ref> {
        let value = trace.push(ins);
        if !self.goes_on(trace) {
            trace.code.pop();
            return None;
        }
        if ins.ty != Type::Nothing {
            values.push(value);
        }
        Some(value)
    }

    /// Executes the last instruction of the trace; false, with nothing changed, when it would leave.
    pub fn goes_on(&mut self, trace: &Trace) -> bool {
        let at = trace.code.len() - 1;
        self.values.resize(at + 1, Val::Dead);
        let ins = &trace.code[at];
        let before = (ins.op == Op::Step).then(|| self.state.clone());
        let values = std::mem::take(&mut self.values);
        let mut machine = Machine { trace, values, state: &mut self.state };
        let flow = machine.execute(at, ins);
        self.values = machine.values;
        let goes_on = matches!(flow, Flow::Next);
        if let (false, Some(before)) = (goes_on, before) {
            self.state = before;
        }
        goes_on
    }
}

/// Where a run has left the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exit {
    pub frames: Vec<Frame>,
    pub inst: u32,
    /// The trace where it goes on, for a link.
    pub link: Option<i32>,
}

/// A point at which the trace could be left, and the state that the interpreter would find.
pub(super) struct Seen {
    pub exit: Exit,
    pub shape: Vec<Val>,
}

/// Runs a trace until it is left. The state is then as the interpreter finds it; `seen` gets what it would have
/// found at each check on the way.
pub(super) fn run(trace: &Trace, state: &mut State, seen: &mut Vec<Seen>) -> Exit {
    let mut machine = Machine { trace, values: vec![Val::Dead; trace.code.len()], state };
    let mut at = 0;
    let mut rounds = 0;
    loop {
        let ins = &trace.code[at];
        if ins.checks() || ins.op.is_end() && ins.op != Op::Back {
            let mut found = machine.state.clone();
            let exit = machine.leave(ins, &mut found);
            seen.push(Seen { exit, shape: found.shape() });
        }
        match machine.execute(at, ins) {
            Flow::Next => at += 1,
            Flow::Back => {
                rounds += 1;
                assert!(rounds < 1000, "the trace is never left:\n{trace}");
                at = match trace.loop_start() {
                    Some(start) => machine.enter_loop(start, 1),
                    None => 0,
                };
            }
            Flow::Enter => at = machine.enter_loop(at, 0),
            Flow::Leave => {
                assert!(!ins.shadow, "a shadow check fails at v{at}:\n{trace}");
                let mut found = machine.state.clone();
                let exit = machine.leave(ins, &mut found);
                *machine.state = found;
                return exit;
            }
            Flow::Elsewhere(inst) => {
                let snapshot = machine.snapshot(ins);
                return Exit { frames: snapshot.frames.clone(), inst, link: None };
            }
        }
    }
}

enum Flow {
    Next,
    Back,
    /// Into the loop, from before it.
    Enter,
    /// A check has failed.
    Leave,
    /// A step went on with another instruction.
    Elsewhere(u32),
}

struct Machine<'a> {
    trace: &'a Trace,
    values: Vec<Val>,
    state: &'a mut State,
}

impl Machine<'_> {
    fn value(&self, value: Ref) -> Val {
        match self.trace.as_constant(value) {
            Some(Const::Undef) => Val::Undef,
            Some(Const::Bool(b)) => Val::Bool(b),
            Some(Const::Int(n)) => Val::Int(n),
            Some(Const::Float(bits)) => Val::Float(bits),
            Some(Const::Str(number)) => Val::Str(number),
            None => self.values[value.as_ins().expect("an operand")],
        }
    }

    fn snapshot(&self, ins: &Ins) -> &Snapshot {
        &self.trace.snapshots[ins.snapshot.expect("a snapshot").0 as usize]
    }

    fn restore(&self, restored: Restored, state: &mut State) -> Val {
        let number = match restored {
            Restored::Value(value) => return self.value(value),
            Restored::Virtual(number) => number,
        };
        match &self.trace.virtuals[number as usize] {
            Virtual::Array(elements) => {
                let elements = elements.iter().map(|element| self.restore(*element, state)).collect();
                state.new_array(elements)
            }
            Virtual::Cell(content) => {
                let content = self.restore(*content, state);
                state.new_cell(content)
            }
            Virtual::Hash(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (self.value(*key), self.restore(*value, state)))
                    .collect();
                state.new_hash(entries)
            }
        }
    }

    /// Puts what a snapshot says into a state.
    fn leave(&self, ins: &Ins, state: &mut State) -> Exit {
        let Snapshot { frames, inst, entries } = self.snapshot(ins);
        for (place, restored) in entries {
            let value = self.restore(*restored, state);
            let target = self.place(state, *place);
            assert!(!target.owns_heap(), "the exit overwrites {place}, which owns heap");
            *target = value;
        }
        let link = (ins.op == Op::Link).then_some(ins.imm);
        Exit { frames: frames.clone(), inst: *inst, link }
    }

    fn place<'s>(&self, state: &'s mut State, place: Place) -> &'s mut Val {
        match place {
            Place::Register(register) => state.register(register),
            Place::Global(global) => &mut state.globals[global as usize],
        }
    }

    /// Sets all phis at once; the position of the first instruction after them.
    fn enter_loop(&mut self, start: usize, operand: usize) -> usize {
        let body = start + 1;
        let phis = self.trace.code[body..].iter().take_while(|ins| ins.op == Op::Phi);
        let next: Vec<Val> = phis.map(|phi| self.value(self.trace.phis[phi.imm as usize][operand])).collect();
        self.values[body..body + next.len()].copy_from_slice(&next);
        body + next.len()
    }

    /// The content of the place that a load, store or free guard is about.
    fn content(&mut self, ins: &Ins) -> &mut Val {
        let [a, b, _] = ins.args;
        match ins.op {
            Op::LoadElement | Op::StoreElement | Op::FreeElement => {
                let Val::Elements(array, version) = self.value(a) else { panic!("no elements") };
                let Val::Int(index) = self.value(b) else { panic!("no index") };
                if ins.op == Op::StoreElement {
                    assert_eq!(self.state.holders(Val::Array(array)), 1, "a store to a shared array");
                }
                let body = &mut self.state.arrays[array];
                assert_eq!(body.version, version, "the elements have moved");
                &mut body.elements[index as usize]
            }
            Op::LoadEntry | Op::StoreEntry | Op::FreeEntry => {
                let Val::Entry(hash, entry, version) = self.value(a) else { panic!("no entry") };
                if ins.op == Op::StoreEntry {
                    assert_eq!(self.state.holders(Val::Hash(hash)), 1, "a store to a shared hash");
                }
                let body = &mut self.state.hashes[hash];
                assert_eq!(body.version, version, "the entries have moved");
                &mut body.entries[entry].1
            }
            Op::LoadCell | Op::StoreCell | Op::FreeCell => {
                let Val::Cell(cell) = self.value(a) else { panic!("no cell") };
                &mut self.state.cells[cell]
            }
            _ => match Trace::place(ins).expect("a place") {
                Place::Register(register) => self.state.register(register),
                Place::Global(global) => &mut self.state.globals[global as usize],
            },
        }
    }

    fn execute(&mut self, at: usize, ins: &Ins) -> Flow {
        let operands: Vec<Val> = ins.operands().iter().map(|value| self.value(*value)).collect();
        let check = |holds: bool| if holds { Flow::Next } else { Flow::Leave };
        match ins.op {
            Op::Loop => return Flow::Enter,
            Op::Phi => unreachable!("phis are set together"),
            Op::Back => return Flow::Back,
            Op::Exit | Op::Link => return Flow::Leave,
            Op::LoadRegister | Op::LoadGlobal | Op::LoadElement | Op::LoadCell | Op::LoadEntry => {
                let value = *self.content(ins);
                self.values[at] = value;
                return self.checked(ins, is_a(value, ins.ty));
            }
            Op::Unbox => {
                self.values[at] = operands[0];
                return self.checked(ins, is_a(operands[0], ins.ty));
            }
            Op::StoreRegister | Op::StoreGlobal | Op::StoreElement | Op::StoreCell | Op::StoreEntry => {
                let value = *operands.last().expect("what is stored");
                let content = self.content(ins);
                assert!(!content.owns_heap(), "v{at}: a store to a place that owns heap");
                *content = value;
            }
            Op::FreeRegister | Op::FreeGlobal | Op::FreeElement | Op::FreeCell | Op::FreeEntry => {
                return check(!self.content(ins).owns_heap());
            }
            Op::DropRegister => *self.content(ins) = Val::Undef,
            Op::KillRegister => {
                let content = self.content(ins);
                assert!(!content.owns_heap(), "v{at}: what is killed owns heap");
                *content = Val::Dead;
            }
            Op::True => return check(operands[0] == Val::Bool(true)),
            Op::False => return check(operands[0] == Val::Bool(false)),
            Op::Poll => {
                let polls = self.state.polls;
                self.state.polls = polls.saturating_sub(1);
                return check(polls > 0);
            }
            Op::Fuel => {
                let enough = self.state.fuel >= ins.imm;
                self.state.fuel -= if enough { ins.imm } else { 0 };
                return check(enough);
            }
            Op::Step => return self.step(ins),
            Op::FieldNumber => {
                let field = self.state.record as f64 / 4.0 + f64::from(ins.imm);
                self.values[at] = Val::Float(field.to_bits());
            }
            Op::FieldCount => self.values[at] = Val::Float((self.state.record as f64 % 7.0).to_bits()),
            Op::NewArray | Op::NewHash | Op::NewCell => {
                assert!(!self.content(ins).owns_heap(), "v{at}: a place that owns heap");
                let new = match (ins.op, operands.first()) {
                    (Op::NewArray, Some(Val::Int(n))) => self.state.new_array(vec![Val::Undef; *n as usize]),
                    (Op::NewCell, Some(content)) => self.state.new_cell(*content),
                    _ => self.state.new_hash(Vec::new()),
                };
                *self.content(ins) = new;
                self.values[at] = new;
            }
            Op::StrLen | Op::StrEq => {
                self.values[at] = match operands[..] {
                    [Val::Str(n)] => Val::Int(i64::from(n % 5)),
                    _ => Val::Bool(operands[0] == operands[1]),
                };
            }
            _ => match operands.first() {
                Some(Val::Array(array)) => return self.array(at, ins, *array, &operands),
                Some(Val::Hash(hash)) => return self.hash(at, ins, *hash, &operands),
                _ => return self.compute(at, ins, &operands),
            },
        }
        Flow::Next
    }

    fn checked(&self, ins: &Ins, holds: bool) -> Flow {
        match (holds, ins.snapshot) {
            (true, _) => Flow::Next,
            (false, Some(_)) => Flow::Leave,
            (false, None) => panic!("a load without a check has another kind:\n{}", self.trace),
        }
    }

    fn compute(&mut self, at: usize, ins: &Ins, operands: &[Val]) -> Flow {
        let constants: Vec<Const> = operands
            .iter()
            .map(|value| match *value {
                Val::Bool(b) => Const::Bool(b),
                Val::Int(n) => Const::Int(n),
                Val::Float(bits) => Const::Float(bits),
                _ => Const::Undef,
            })
            .collect();
        match evaluate(ins.op, ins.imm, &constants) {
            Outcome::Value(Const::Bool(b)) => self.values[at] = Val::Bool(b),
            Outcome::Value(Const::Int(n)) => self.values[at] = Val::Int(n),
            Outcome::Value(Const::Float(bits)) => self.values[at] = Val::Float(bits),
            Outcome::Fails => return Flow::Leave,
            other => panic!("v{at} of {operands:?} is {other:?}:\n{}", self.trace),
        }
        Flow::Next
    }

    fn array(&mut self, at: usize, ins: &Ins, array: usize, operands: &[Val]) -> Flow {
        let unique = self.state.holders(Val::Array(array)) == 1;
        let body = &mut self.state.arrays[array];
        match ins.op {
            Op::ArrayLen => self.values[at] = Val::Int(body.elements.len() as i64),
            Op::ArrayElements => self.values[at] = Val::Elements(array, body.version),
            Op::ArrayUnique if !unique => return Flow::Leave,
            Op::ArrayUnique => {}
            _ => {
                assert!(unique, "v{at}: a push to a shared array");
                body.elements.push(operands[1]);
                body.version += 1;
            }
        }
        Flow::Next
    }

    fn hash(&mut self, at: usize, ins: &Ins, hash: usize, operands: &[Val]) -> Flow {
        let unique = self.state.holders(Val::Hash(hash)) == 1;
        let body = &mut self.state.hashes[hash];
        let found = operands.get(1).and_then(|key| body.entries.iter().position(|(k, _)| k == key));
        match ins.op {
            Op::HashLen => self.values[at] = Val::Int(body.entries.len() as i64),
            Op::HashUnique if !unique => return Flow::Leave,
            Op::HashUnique => {}
            Op::HashHas => self.values[at] = Val::Bool(found.is_some()),
            Op::EntryAt if found != Some(ins.imm as usize) => return Flow::Leave,
            Op::EntryAt | Op::FindEntry => match found {
                Some(entry) => self.values[at] = Val::Entry(hash, entry, body.version),
                None => return Flow::Leave,
            },
            _ => {
                assert!(unique, "v{at}: a store to a shared hash");
                match found {
                    Some(entry) => body.entries[entry].1 = operands[2],
                    None => body.entries.push((operands[1], operands[2])),
                }
                body.version += 1;
            }
        }
        Flow::Next
    }

    /// Does some deterministic work: what a step writes depends on all that can be seen.
    fn step(&mut self, ins: &Ins) -> Flow {
        use crate::trace::memory::Memory;
        let mut state = self.state.clone();
        self.leave(ins, &mut state);
        let step = &self.trace.steps[ins.imm as usize];
        // Registers that the step has no business with are left out of what it depends on.
        let mut seed = u64::from(step.inst);
        for value in state.shape() {
            let bits = match value {
                Val::Int(n) => n as u64,
                Val::Float(bits) => bits,
                Val::Bool(b) => b.into(),
                Val::Array(n) | Val::Hash(n) | Val::Cell(n) => n as u64 + 77,
                _ => 3,
            };
            seed = (seed ^ bits).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
        let mut random = || {
            seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ 5;
            (seed >> 7) as i64 % 16
        };
        let all = step.writes.overlaps(Memory::REGISTERS);
        for register in (0..12).filter(|register| all || step.writes_register(*register)) {
            *state.register(register) = Val::Int(random());
        }
        for global in (0..state.globals.len()).filter(|global| step.writes_global(*global as i32)) {
            state.globals[global] = Val::Int(random());
        }
        let collections = state.collections();
        for collection in &collections {
            match *collection {
                Val::Cell(cell) if step.writes.overlaps(Memory::CELLS) && !state.cells[cell].owns_heap() => {
                    state.cells[cell] = Val::Int(random());
                }
                Val::Array(array) => {
                    let array = &mut state.arrays[array];
                    if step.writes.overlaps(Memory::ELEMENTS) {
                        let scalars = array.elements.iter_mut().filter(|element| !element.owns_heap());
                        scalars.for_each(|element| *element = Val::Int(random()));
                    }
                    if step.writes.overlaps(Memory::HEADERS) {
                        array.elements.push(Val::Int(random()));
                        array.version += 1;
                    }
                }
                Val::Hash(hash) => {
                    let hash = &mut state.hashes[hash];
                    if step.writes.overlaps(Memory::ENTRIES) {
                        hash.entries.iter_mut().for_each(|(_, value)| *value = Val::Int(random()));
                    }
                    if step.writes.overlaps(Memory::KEYS) {
                        hash.entries.retain(|(key, _)| *key != Val::Int(1));
                        hash.version += 1;
                    }
                }
                _ => {}
            }
        }
        if step.writes.overlaps(Memory::COUNTS) && random() > 11 {
            state.held.extend(collections.iter().filter(|value| matches!(value, Val::Array(_))));
        }
        if step.writes.overlaps(Memory::RECORD) {
            state.record += 1;
        }
        let elsewhere = random() == 0;
        *self.state = state;
        if elsewhere { Flow::Elsewhere(step.next + 1) } else { Flow::Next }
    }
}

fn is_a(value: Val, ty: Type) -> bool {
    match ty {
        Type::Undef => value == Val::Undef,
        Type::Bool => matches!(value, Val::Bool(_)),
        Type::Int => matches!(value, Val::Int(_)),
        Type::Float => matches!(value, Val::Float(_)),
        Type::Scalar => !value.owns_heap(),
        Type::Str => matches!(value, Val::Str(_)),
        Type::Array => matches!(value, Val::Array(_)),
        Type::Hash => matches!(value, Val::Hash(_)),
        Type::Cell => matches!(value, Val::Cell(_)),
        _ => false,
    }
}
