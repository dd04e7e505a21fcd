//! The trace IR: linear code in SSA form, with guards and sparse snapshots.
//!
//! The recorder writes the plainest form that there is: each read of a register is a load with a check of the
//! kind, each write is a store, and a snapshot says only where the interpreter goes on, since the VM's memory is
//! up to date at every guard. That form can be executed as it is. The passes then keep values out of memory: loads
//! get their values from stores, and stores that only exits need move into the snapshots.

use super::memory::Memory;
use super::ops::{Check, Immediate, Op, Type};
use std::collections::HashMap;
use std::fmt;

/// A value: that of an instruction, or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ref(u32);

/// The bit that marks constants.
const CONSTANT: u32 = 1 << 31;

impl Ref {
    /// No operand.
    pub const NONE: Ref = Ref(u32::MAX);

    /// The value of an instruction.
    pub fn ins(index: usize) -> Ref {
        Ref(index as u32)
    }

    /// A constant of the pool.
    pub fn constant(index: usize) -> Ref {
        Ref(index as u32 | CONSTANT)
    }

    /// Index of the instruction; None for a constant.
    pub fn as_ins(self) -> Option<usize> {
        (self.0 & CONSTANT == 0).then_some(self.0 as usize)
    }

    /// Index in the pool; None for an instruction's value.
    pub fn as_constant(self) -> Option<usize> {
        (self.0 & CONSTANT != 0 && self != Ref::NONE).then_some((self.0 & !CONSTANT) as usize)
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.as_ins(), self.as_constant()) {
            (Some(ins), _) => write!(f, "v{ins}"),
            (_, Some(constant)) => write!(f, "k{constant}"),
            _ => f.write_str("none"),
        }
    }
}

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Const {
    /// Undef.
    Undef,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float, by its bits.
    Float(u64),
    /// A constant key of hashes, one of [`Trace::keys`]. Equal strings have one number; a key that is the decimal form of
    /// an integer is that Int instead.
    Str(u32),
}

impl Const {
    /// A float.
    pub fn float(x: f64) -> Const {
        Const::Float(x.to_bits())
    }

    /// The constant's type.
    pub fn ty(self) -> Type {
        match self {
            Const::Undef => Type::Undef,
            Const::Bool(_) => Type::Bool,
            Const::Int(_) => Type::Int,
            Const::Float(_) => Type::Float,
            Const::Str(_) => Type::Str,
        }
    }
}

/// Number of a snapshot in [`Trace::snapshots`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SnapshotId(pub u32);

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ins {
    pub op: Op,
    /// Type of the result.
    pub ty: Type,
    /// What it is, [`Immediate`] says; 0 where there is none.
    pub imm: i32,
    pub args: [Ref; 3],
    /// Where the interpreter goes on when the check fails.
    pub snapshot: Option<SnapshotId>,
    /// The check is known to hold and is kept only to see that it does.
    pub shadow: bool,
}

impl Ins {
    /// An instruction with a result of the operation's own type. `args` has as many as the operation takes.
    pub fn new(op: Op, args: &[Ref]) -> Ins {
        let ty = match op.info().produces {
            super::ops::Produces::Fixed(ty) => ty,
            _ => Type::Nothing,
        };
        let mut all = [Ref::NONE; 3];
        all[..args.len()].copy_from_slice(args);
        Ins { op, ty, imm: 0, args: all, snapshot: None, shadow: false }
    }

    /// With this immediate.
    pub fn imm(self, imm: i32) -> Ins {
        Ins { imm, ..self }
    }

    /// With a result of this type.
    pub fn typed(self, ty: Type) -> Ins {
        Ins { ty, ..self }
    }

    /// With this snapshot.
    pub fn at(self, snapshot: SnapshotId) -> Ins {
        Ins { snapshot: Some(snapshot), ..self }
    }

    /// The operands.
    pub fn operands(&self) -> &[Ref] {
        &self.args[..self.op.info().operands.len()]
    }

    /// Whether it can leave the trace.
    pub fn checks(&self) -> bool {
        match self.op.info().effect.check {
            Check::Never => false,
            Check::Always => true,
            Check::UnlessKnown => self.snapshot.is_some(),
        }
    }
}

/// A place outside of SSA values that snapshots restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A register, counted from the window in which the trace begins.
    Register(i32),
    /// A global.
    Global(i32),
}

/// A frame that the trace has entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Frame {
    /// Unit of the sub, by the number that the recorder gave it.
    pub unit: u32,
    /// The sub's body in that unit.
    pub body: u32,
    /// Instruction of the caller at which it goes on.
    pub return_inst: u32,
    /// Begin of the window, counted from the window in which the trace begins.
    pub window: i32,
}

/// What an exit puts into a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Restored {
    /// A value. A borrowed one gets one more holder.
    Value(Ref),
    /// What [`Trace::virtuals`] describes, made when the exit is taken.
    Virtual(u32),
}

/// A collection that is made only when an exit needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Virtual {
    /// An array of these elements.
    Array(Vec<Restored>),
    /// A cell with this content.
    Cell(Restored),
    /// A hash with these entries, in this order.
    Hash(Vec<(Ref, Restored)>),
}

/// Where the interpreter goes on, and what it must find there beyond what memory already holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Snapshot {
    /// Frames that the trace has entered, outermost first.
    pub frames: Vec<Frame>,
    /// The next instruction, of the innermost frame's unit.
    pub inst: u32,
    /// Places that the exit writes; each one owns no heap when the exit is taken.
    pub entries: Vec<(Place, Restored)>,
}

/// An instruction that is done by its handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The instruction, of the innermost frame's unit.
    pub inst: u32,
    /// The instruction that must come next; with any other one the trace is left there.
    pub next: u32,
    /// Registers that it writes, as half-open ranges.
    pub registers: Vec<(i32, i32)>,
    /// Globals that it writes.
    pub globals: Vec<i32>,
    /// All other memory that it writes; with [`Memory::REGISTERS`] or [`Memory::GLOBALS`] all of them.
    pub writes: Memory,
}

impl Step {
    /// Whether it writes a register.
    #[cfg(test)]
    pub fn writes_register(&self, register: i32) -> bool {
        self.writes.overlaps(Memory::REGISTERS)
            || self.registers.iter().any(|(start, end)| (*start..*end).contains(&register))
    }

    /// Whether it writes a global.
    #[cfg(test)]
    pub fn writes_global(&self, global: i32) -> bool {
        self.writes.overlaps(Memory::GLOBALS) || self.globals.contains(&global)
    }
}

/// A trace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    constants: Vec<Const>,
    interned: HashMap<Const, Ref>,
    /// The instructions, the last of which is an end.
    pub code: Vec<Ins>,
    pub snapshots: Vec<Snapshot>,
    pub steps: Vec<Step>,
    /// Operands of the phis: the value on entry of the loop, then that of the iteration before.
    pub phis: Vec<[Ref; 2]>,
    pub virtuals: Vec<Virtual>,
    /// Constant keys, as hashes hold them: the first word, and the second where the first is not all of the key.
    pub keys: Vec<(u64, Option<u64>)>,
}

impl Trace {
    /// Whether it reads and writes nothing of the VM but registers and globals, and no step is left to the interpreter.
    pub fn is_of_scalars(&self) -> bool {
        let variables = Memory::REGISTERS.and(Memory::GLOBALS).and(Memory::OUTSIDE);
        self.code.iter().all(|ins| {
            let effect = ins.op.info().effect;
            let is_end = matches!(ins.op, Op::Back | Op::Exit | Op::Link);
            is_end || effect.reads.and(effect.writes).and(variables) == variables
        })
    }

    /// Whether no integer comes about in it.
    pub fn is_of_floats(&self) -> bool {
        self.code.iter().all(|ins| ins.ty != Type::Int)
    }

    /// An empty trace.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// One with the same pools and no code.
    pub fn without_code(&self) -> Trace {
        Trace { code: Vec::with_capacity(self.code.len()), ..self.clone_pools() }
    }

    fn clone_pools(&self) -> Trace {
        Trace {
            constants: self.constants.clone(),
            interned: self.interned.clone(),
            code: Vec::new(),
            snapshots: self.snapshots.clone(),
            steps: self.steps.clone(),
            phis: self.phis.clone(),
            virtuals: self.virtuals.clone(),
            keys: self.keys.clone(),
        }
    }

    /// The value of a constant.
    pub fn constant(&mut self, constant: Const) -> Ref {
        *self.interned.entry(constant).or_insert_with(|| {
            self.constants.push(constant);
            Ref::constant(self.constants.len() - 1)
        })
    }

    /// An Int.
    pub fn int(&mut self, n: i64) -> Ref {
        self.constant(Const::Int(n))
    }

    /// A key of hashes.
    pub fn key(&mut self, first: u64, second: Option<u64>) -> Ref {
        let known = self.keys.iter().position(|key| *key == (first, second));
        let number = known.unwrap_or_else(|| {
            self.keys.push((first, second));
            self.keys.len() - 1
        });
        self.constant(Const::Str(number as u32))
    }

    /// A Float.
    pub fn float(&mut self, x: f64) -> Ref {
        self.constant(Const::float(x))
    }

    /// The constant that a value is.
    pub fn as_constant(&self, value: Ref) -> Option<Const> {
        self.constants.get(value.as_constant()?).copied()
    }

    /// The integer constant that a value is.
    pub fn as_int(&self, value: Ref) -> Option<i64> {
        match self.as_constant(value) {
            Some(Const::Int(n)) => Some(n),
            _ => None,
        }
    }

    /// The float constant that a value is.
    pub fn as_float(&self, value: Ref) -> Option<f64> {
        match self.as_constant(value) {
            Some(Const::Float(bits)) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// The instruction that a value comes from.
    pub fn def(&self, value: Ref) -> Option<&Ins> {
        self.code.get(value.as_ins()?)
    }

    /// Type of a value.
    pub fn ty(&self, value: Ref) -> Type {
        match self.as_constant(value) {
            Some(constant) => constant.ty(),
            None => self.def(value).map_or(Type::Nothing, |ins| ins.ty),
        }
    }

    /// Appends an instruction.
    pub fn push(&mut self, ins: Ins) -> Ref {
        self.code.push(ins);
        Ref::ins(self.code.len() - 1)
    }

    /// Adds a snapshot, unless the last one is the same.
    pub fn snapshot(&mut self, snapshot: Snapshot) -> SnapshotId {
        if self.snapshots.last() != Some(&snapshot) {
            self.snapshots.push(snapshot);
        }
        SnapshotId(self.snapshots.len() as u32 - 1)
    }

    /// A phi with its value on entry; the other operand is set when it is known.
    pub fn push_phi(&mut self, ty: Type, entry: Ref) -> Ref {
        self.phis.push([entry, Ref::NONE]);
        let number = self.phis.len() as i32 - 1;
        self.push(Ins::new(Op::Phi, &[]).typed(ty).imm(number))
    }

    /// Appends a step.
    pub fn push_step(&mut self, step: Step, snapshot: SnapshotId) -> Ref {
        self.steps.push(step);
        let number = self.steps.len() as i32 - 1;
        self.push(Ins::new(Op::Step, &[]).imm(number).at(snapshot))
    }

    /// Position of the loop marker.
    pub fn loop_start(&self) -> Option<usize> {
        self.code.iter().position(|ins| ins.op == Op::Loop)
    }

    /// The step of an instruction.
    pub fn step(&self, ins: &Ins) -> Option<&Step> {
        (ins.op == Op::Step).then(|| &self.steps[ins.imm as usize])
    }

    /// The operands of a phi.
    pub fn phi(&self, ins: &Ins) -> Option<[Ref; 2]> {
        (ins.op.info().immediate == Immediate::Phi).then(|| self.phis[ins.imm as usize])
    }

    /// The register or global that an instruction loads, stores to, or is otherwise about.
    pub fn place(ins: &Ins) -> Option<Place> {
        match ins.op.info().immediate {
            Immediate::Register => Some(Place::Register(ins.imm)),
            Immediate::Global => Some(Place::Global(ins.imm)),
            _ => None,
        }
    }

    /// Calls `visit` with the values of a snapshot's entry.
    pub fn restored_values(&self, restored: Restored, visit: &mut impl FnMut(Ref)) {
        match restored {
            Restored::Value(value) => visit(value),
            Restored::Virtual(number) => match &self.virtuals[number as usize] {
                Virtual::Array(elements) => {
                    elements.iter().for_each(|element| self.restored_values(*element, visit))
                }
                Virtual::Cell(content) => self.restored_values(*content, visit),
                Virtual::Hash(entries) => entries.iter().for_each(|(key, value)| {
                    visit(*key);
                    self.restored_values(*value, visit);
                }),
            },
        }
    }

    /// Calls `visit` with the values that a snapshot restores.
    pub fn snapshot_values(&self, snapshot: SnapshotId, mut visit: impl FnMut(Ref)) {
        for (_, restored) in &self.snapshots[snapshot.0 as usize].entries {
            self.restored_values(*restored, &mut visit);
        }
    }
}
