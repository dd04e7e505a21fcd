//! Lowering: stack ops to three-address instructions, by running the stack symbolically.
//!
//! At the begin of every basic block all stack values are in their own temporaries; in between they may
//! be slots, constants or a comparison that no instruction has made yet.

mod awk;
mod branches;
mod joined;
mod ops;

use super::layout::{Regions, lay_out};
use super::liveness::last_uses;
use super::selection::select;
use super::{BodyCode, Code, Handler, Inst, Lists, Opcode, RegionStart, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::chunk::analysis::{Analysis, BodyKind, NONE};
use crate::chunk::{Chunk, IntegerMode};
use crate::interp::unit::Unit;
use crate::op::{Flow, Op};
use crate::value::Value;
use branches::Pending;
#[cfg(feature = "jit")]
use std::cell::OnceCell;
use std::cell::UnsafeCell;
use std::collections::HashSet;

/// Lowers a unit; `fuel` asks for code that charges fuel. `None` when the unit must run in the
/// reference interpreter.
pub(crate) fn lower(unit: &Unit, fuel: bool) -> Option<Code> {
    if unit.verified().is_dynamic() {
        return None;
    }
    let chunk = unit.chunk();
    let analysis = unit.verified().analysis();
    let mut is_target = vec![false; chunk.ops.len() + 1];
    for (index, op) in chunk.ops.iter().enumerate() {
        if let Some(target) = op.jump_target() {
            is_target[target] = true;
        }
        if let Op::JumpTable(constant) = *op
            && analysis.states[index].is_reachable()
        {
            let targets = chunk.constants[usize::from(constant)].jump_targets().unwrap_or_default();
            targets.into_iter().for_each(|target| is_target[target] = true);
        }
    }
    let mut lowerer = Lowerer {
        unit,
        chunk,
        analysis,
        fuel,
        float_mode: chunk.integer_mode == IntegerMode::Float,
        regions: Regions::new(chunk, analysis),
        is_target,
        insts: Vec::with_capacity(chunk.ops.len()),
        ops: Vec::with_capacity(chunk.ops.len()),
        constants: Vec::new(),
        lists: Lists::default(),
        handlers: Vec::new(),
        starts: Vec::new(),
        labels: vec![NONE; chunk.ops.len() + 1],
        owner: 0,
        layout: BodyCode { entry: 0, takes: 0, kept: 0, variables: 0, registers: 0, slots: Vec::new() },
        last_uses: HashSet::new(),
        region: Region::default(),
    };
    let mut bodies = Vec::new();
    for (index, body) in analysis.bodies.iter().enumerate() {
        if matches!(body.kind, BodyKind::Block(_)) {
            continue;
        }
        debug_assert_eq!(bodies.len(), index, "main and subs come before blocks");
        bodies.push(lowerer.lower_body(index)?);
    }
    let Lowerer { mut insts, ops, constants, mut lists, handlers, starts, .. } = lowerer;
    select(&mut insts, &mut lists);
    Some(Code {
        insts: insts.into_iter().map(UnsafeCell::new).collect(),
        ops: ops.into(),
        bodies,
        lists,
        starts,
        handlers,
        #[cfg(feature = "jit")]
        feedback: OnceCell::new(),
        #[cfg(feature = "jit")]
        tiers: Default::default(),
        _constants: constants,
    })
}

/// A stack value that may not be in its temporary yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Symbol {
    /// In the temporary of its depth.
    Temporary,
    /// In a slot's register.
    Slot(u16),
    /// In a slot's register, which nothing reads afterwards: the value can be moved out.
    LastUse(u16),
    Int(i64),
    Float(f64),
    /// A constant of the pool.
    Constant(u16),
    Bool(bool),
    Undef,
    /// A field of the awk record.
    Field(u16),
}

impl Symbol {
    /// The register of a slot that is still to be read.
    fn slot(self) -> Option<u16> {
        match self {
            Symbol::Slot(register) | Symbol::LastUse(register) => Some(register),
            _ => None,
        }
    }

    /// Whether the value is still in the awk record.
    fn is_field(self) -> bool {
        matches!(self, Symbol::Field(_))
    }

    /// Whether the value is in a register.
    fn is_register(self) -> bool {
        self == Symbol::Temporary || self.slot().is_some()
    }
}

/// What leads to the end of a region, where no op stands that could have a label.
#[derive(Clone, Copy)]
enum WayOut {
    /// A jump instruction.
    Jump(usize),
    /// A try handler.
    Handler(usize),
    /// An entry of a jump table.
    Table(usize, usize),
}

/// A block being lowered.
struct BlockRegion {
    /// Its number in the lists.
    number: usize,
    /// Its first register.
    base: u32,
    /// Op index of its end.
    end: usize,
}

/// The run of ops being lowered: a body, or a block within it.
#[derive(Default)]
struct Region {
    block: Option<BlockRegion>,
    stack: Vec<Symbol>,
    pending: Option<Pending>,
    /// Instruction that made the top temporary and that SetSlot may redirect.
    last_result: Option<usize>,
    /// Jumps to resolve: instruction and op index.
    fixups: Vec<(usize, usize)>,
    /// Ways to the end of the region: stack depth there, and op index.
    ways_out: Vec<(usize, usize, WayOut)>,
    /// Jump tables to resolve: table and op indices.
    table_fixups: Vec<(usize, Vec<usize>)>,
    /// Instruction index of the newest label.
    label: usize,
    /// Try handlers to resolve: handler and op index.
    handler_fixups: Vec<(usize, usize)>,
    /// Blocks used here and not lowered yet: block range and number.
    uses: Vec<(u16, usize)>,
}

pub(super) struct Lowerer<'u> {
    unit: &'u Unit,
    chunk: &'u Chunk,
    analysis: &'u Analysis,
    fuel: bool,
    float_mode: bool,
    regions: Regions,
    is_target: Vec<bool>,
    pub(super) insts: Vec<Inst>,
    ops: Vec<u32>,
    #[expect(clippy::vec_box, reason = "instructions point to the constants")]
    constants: Vec<Box<Value>>,
    lists: Lists,
    handlers: Vec<Handler>,
    starts: Vec<RegionStart>,
    labels: Vec<u32>,
    owner: usize,
    layout: BodyCode,
    /// The owner's GetSlots after which nothing reads the slot.
    last_uses: HashSet<u32>,
    region: Region,
}

impl Lowerer<'_> {
    fn lower_body(&mut self, index: usize) -> Option<BodyCode> {
        let (layout, prologue) = lay_out(self.chunk, self.analysis, &self.regions, index, &self.is_target)?;
        self.owner = index;
        self.last_uses = last_uses(self.chunk, self.analysis, &self.regions.ops[index], index);
        self.layout = layout;
        self.layout.entry = self.insts.len() as u32;
        self.region = Region::default();
        self.lower_region(index, prologue)?;
        let mut uses = std::mem::take(&mut self.region.uses);
        while let Some((block, number)) = uses.pop() {
            let body = self.regions.block_bodies[usize::from(block)] as usize;
            let base = self.layout.registers;
            self.layout.registers += self.analysis.bodies[body].max_depth + 1;
            u16::try_from(self.layout.registers).ok()?;
            let code = &mut self.lists.blocks[number];
            (code.entry, code.base) = (self.insts.len() as u32, base);
            code.dest = self.insts[code.iterate as usize].c;
            let end = self.chunk.block_ranges[usize::from(block)].1;
            self.region = Region { block: Some(BlockRegion { number, base, end }), ..Region::default() };
            self.lower_region(body, 0)?;
            uses.append(&mut self.region.uses);
        }
        Some(self.layout.clone())
    }

    /// Lowers the ops of one body; `prologue` of them need no code.
    fn lower_region(&mut self, body: usize, prologue: usize) -> Option<()> {
        self.starts.push(RegionStart { inst: self.insts.len() as u32, owner: self.owner as u32 });
        let ops = std::mem::take(&mut self.regions.ops[body]);
        let entry = self.analysis.bodies[body].entry as usize;
        let mut falls_in = false;
        self.begin_region(entry, &ops);
        let mut position = 0;
        while position < ops.len() {
            let index = ops[position] as usize;
            let state = self.analysis.states[index];
            if self.analysis.leaders[index] || !falls_in {
                if falls_in {
                    self.flush(index);
                }
                self.begin_block(index, state.depth as usize, &ops[position..]);
            }
            let skipped = if (entry..entry + prologue).contains(&index) {
                self.region.stack.pop();
                0
            } else {
                self.lower_op(index)?
            };
            falls_in = !matches!(self.chunk.ops[index].info().flow, Flow::Jump | Flow::End | Flow::Table);
            position += 1 + skipped;
            let next = index + 1 + skipped;
            if falls_in && self.is_end(next) {
                self.settle(index);
                self.emit_end(index);
                falls_in = false;
            }
        }
        self.finish_region();
        self.regions.ops[body] = ops;
        Some(())
    }

    /// What comes before the first op of a region.
    fn begin_region(&mut self, entry: usize, ops: &[u32]) {
        if self.region.block.is_none() {
            for argument in 0..self.layout.kept {
                let (a, b) = (self.temporary(argument as usize), argument as u16);
                self.emit(entry, Inst { op: Opcode::Move, a, b, c: TAKE_FIRST, imm: 0 });
            }
        }
        match ops.first() {
            // Only a chunk of no ops has such a region.
            None => self.emit_end(entry),
            Some(first) if *first as usize != entry => {
                self.jump(entry, Inst { op: Opcode::Jump, ..NO_INST }, entry);
            }
            Some(_) => {}
        }
    }

    /// Whether an op index is the end of the region: that of the block, or of the chunk.
    fn is_end(&self, index: usize) -> bool {
        match &self.region.block {
            Some(block) => index == block.end,
            None => index >= self.chunk.ops.len(),
        }
    }

    /// Begins a basic block: all values are in their temporaries.
    fn begin_block(&mut self, index: usize, depth: usize, rest: &[u32]) {
        self.region.stack.clear();
        self.region.stack.resize(depth, Symbol::Temporary);
        self.region.pending = None;
        self.region.last_result = None;
        self.region.label = self.insts.len();
        self.labels[index] = self.insts.len() as u32;
        if self.fuel && self.analysis.leaders[index] {
            let mut cost = 0;
            for (place, op) in rest.iter().enumerate() {
                let op = *op as usize;
                if op != index + place || (place > 0 && self.analysis.leaders[op]) {
                    break;
                }
                cost += self.chunk.ops[op].fuel();
            }
            self.emit(index, Inst { op: Opcode::Fuel, a: 0, b: 0, c: 0, imm: cost });
        }
    }

    /// Resolves the region's jumps.
    fn finish_region(&mut self) {
        for (inst, op) in std::mem::take(&mut self.region.fixups) {
            self.set_target(inst, self.labels[op]);
        }
        for (handler, op) in std::mem::take(&mut self.region.handler_fixups) {
            self.handlers[handler].inst = self.labels[op];
        }
        for (table, targets) in std::mem::take(&mut self.region.table_fixups) {
            self.lists.tables[table] = targets.into_iter().map(|op| self.labels[op]).collect();
        }
        let mut ways_out = std::mem::take(&mut self.region.ways_out);
        ways_out.sort_by_key(|(depth, ..)| *depth);
        let mut end: Option<(usize, u32)> = None;
        for (depth, op, way) in ways_out {
            let target = match end {
                Some((d, target)) if d == depth => target,
                _ => {
                    let target = self.insts.len() as u32;
                    self.region.stack.clear();
                    self.region.stack.resize(depth, Symbol::Temporary);
                    self.emit_end(op);
                    end = Some((depth, target));
                    target
                }
            };
            match way {
                WayOut::Jump(inst) => self.set_target(inst, target),
                WayOut::Handler(handler) => self.handlers[handler].inst = target,
                WayOut::Table(table, entry) => self.lists.tables[table][entry] = target,
            }
        }
    }

    /// Sets the target of a jump: the low half of `imm` holds the distance.
    fn set_target(&mut self, at: usize, target: u32) {
        let distance = target.wrapping_sub(at as u32);
        let inst = &mut self.insts[at];
        inst.imm = inst.imm & !0xffff_ffff | u64::from(distance);
    }

    // ---- emission ------------------------------------------------------------------------------

    fn emit(&mut self, index: usize, inst: Inst) -> usize {
        self.insts.push(inst);
        self.ops.push(index as u32);
        self.insts.len() - 1
    }

    fn remove_last(&mut self) -> Option<Inst> {
        self.ops.pop();
        self.insts.pop()
    }

    /// Register of the stack value at a depth.
    fn temporary(&self, depth: usize) -> u16 {
        let register = match &self.region.block {
            Some(block) => block.base + depth as u32,
            None => self.layout.stack_register(depth as u32),
        };
        // Layout has checked that the window fits.
        register as u16
    }

    /// Register of a slot in the scope of an op.
    fn slot(&self, index: usize, slot: u16) -> u16 {
        let scope = self.analysis.states[index].scope as usize;
        self.layout.slots[scope][usize::from(slot)]
    }

    fn constant(&mut self, value: Value) -> u64 {
        let constant = Box::new(value);
        let address = std::ptr::from_ref(&*constant) as u64;
        self.constants.push(constant);
        address
    }

    /// Address of a symbol that is a constant.
    fn constant_address(&mut self, symbol: Symbol) -> Option<u64> {
        Some(match symbol {
            Symbol::Int(n) => self.constant(Value::Int(n)),
            Symbol::Float(x) => self.constant(Value::Float(x)),
            Symbol::Constant(c) => std::ptr::from_ref(&self.unit.constants[usize::from(c)]) as u64,
            Symbol::Bool(_)
            | Symbol::Undef
            | Symbol::Temporary
            | Symbol::Slot(_)
            | Symbol::LastUse(_)
            | Symbol::Field(_) => {
                return None;
            }
        })
    }

    fn push(&mut self, symbol: Symbol) {
        self.region.stack.push(symbol);
    }

    /// Pushes the temporary that `inst` fills: its dest is set here.
    fn push_result(&mut self, index: usize, mut inst: Inst) {
        let dest = self.temporary(self.region.stack.len());
        inst.set_dest(dest);
        let inst = self.emit(index, inst);
        self.push(Symbol::Temporary);
        self.region.last_result = Some(inst);
    }

    /// Puts the stack value at a depth into its temporary.
    fn materialise(&mut self, index: usize, depth: usize) {
        let a = self.temporary(depth);
        let symbol = std::mem::replace(&mut self.region.stack[depth], Symbol::Temporary);
        let inst = match symbol {
            Symbol::Temporary => return,
            Symbol::Slot(b) => Inst { op: Opcode::Move, a, b, c: 0, imm: 0 },
            Symbol::LastUse(b) => Inst { op: Opcode::Move, a, b, c: TAKE_FIRST, imm: 0 },
            Symbol::Int(n) => Inst { op: Opcode::LoadInt, a, b: 0, c: 0, imm: n as u64 },
            Symbol::Float(x) => Inst { op: Opcode::LoadFloat, a, b: 0, c: 0, imm: x.to_bits() },
            Symbol::Bool(b) => Inst { op: Opcode::LoadBool, a, b: 0, c: 0, imm: u64::from(b) },
            Symbol::Undef => Inst { op: Opcode::LoadUndef, a, b: 0, c: 0, imm: 0 },
            Symbol::Field(field) => Inst { op: Opcode::FieldGet, a, b: 0, c: 0, imm: field.into() },
            Symbol::Constant(_) => {
                let imm = self.constant_address(symbol).unwrap_or_default();
                Inst { op: Opcode::LoadConst, a, b: 0, c: 0, imm }
            }
        };
        self.emit(index, inst);
        self.region.last_result = None;
    }

    /// Puts all stack values into their temporaries.
    fn flush(&mut self, index: usize) {
        self.settle(index);
        for depth in 0..self.region.stack.len() {
            self.materialise(index, depth);
        }
    }

    /// Copies stack values that are still in a slot's register, before the slot changes.
    fn release_slot(&mut self, index: usize, register: u16) {
        for depth in 0..self.region.stack.len() {
            if self.region.stack[depth].slot() == Some(register) {
                self.materialise(index, depth);
            }
        }
    }

    /// Copies stack values that are still in slots or in the record, before foreign code may change any of
    /// them.
    fn release_slots(&mut self, index: usize) {
        for depth in 0..self.region.stack.len() {
            if self.region.stack[depth].slot().is_some() || self.region.stack[depth].is_field() {
                self.materialise(index, depth);
            }
        }
    }

    /// Pops the top value as a register; the flag says whether the instruction takes its value.
    fn pop_register(&mut self, index: usize) -> (u16, bool) {
        let depth = self.region.stack.len() - 1;
        if !self.region.stack[depth].is_register() {
            self.materialise(index, depth);
        }
        match self.region.stack.pop() {
            Some(Symbol::Slot(register)) => (register, false),
            Some(Symbol::LastUse(register)) => (register, true),
            _ => (self.temporary(depth), true),
        }
    }

    /// Pops a key and, below it, a value, which `op` stores in the collection behind a cell.
    fn set_in_cell(&mut self, index: usize, op: Opcode, (c, take_cell): (u16, bool)) {
        let (b, take_key) = self.pop_register(index);
        let (a, take_value) = self.pop_register(index);
        let flags = flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND) | flag(take_cell, TAKE_THIRD);
        self.emit(index, Inst { op, a, b, c, imm: flags.into() });
    }

    /// Pops the two top values as registers: first, second, flags.
    fn pop_registers(&mut self, index: usize) -> (u16, u16, u16) {
        let (second, take_second) = self.pop_register(index);
        let (first, take_first) = self.pop_register(index);
        (first, second, flag(take_first, TAKE_FIRST) | flag(take_second, TAKE_SECOND))
    }

    /// Ends the region with the values on the stack.
    fn emit_end(&mut self, index: usize) {
        if let Some(BlockRegion { number, base, .. }) = self.region.block {
            self.flush(index);
            let (a, imm) = (base as u16, number as u64);
            self.emit(index, Inst { op: Opcode::BlockEnd, a, imm, ..NO_INST });
            return;
        }
        let is_main = self.is_main();
        if is_main && !self.region.stack.is_empty() {
            let (a, take) = self.pop_register(index);
            self.drop_temporaries(index);
            self.emit(index, Inst { op: Opcode::End, a, b: 0, c: flag(take, TAKE_FIRST), imm: 0 });
        } else if is_main {
            self.emit(index, Inst { op: Opcode::EndEmpty, ..NO_INST });
        } else {
            self.drop_temporaries(index);
            let imm = self.layout.variables.into();
            self.emit(index, Inst { op: Opcode::ReturnUndef, a: 0, b: 0, c: 0, imm });
        }
        self.region.stack.clear();
    }

    /// Drops what is left in temporaries.
    fn drop_temporaries(&mut self, index: usize) {
        for depth in 0..self.region.stack.len() {
            if self.region.stack[depth] == Symbol::Temporary {
                let a = self.temporary(depth);
                self.emit(index, Inst { op: Opcode::Drop, a, ..NO_INST });
            }
        }
        self.region.stack.clear();
    }

    fn set_global(&mut self, index: usize, name: u16) {
        let imm = self.unit.global(name) as u64;
        let (b, take) = self.pop_register(index);
        let c = flag(take, TAKE_FIRST);
        self.emit(index, Inst { op: Opcode::SetGlobal, a: 0, b, c, imm });
    }

    fn is_main(&self) -> bool {
        matches!(self.analysis.bodies[self.owner].kind, BodyKind::Main)
    }

    fn emit_return(&mut self, index: usize) {
        let is_main = self.is_main();
        let (a, take) = self.pop_register(index);
        self.drop_temporaries(index);
        let c = flag(take, TAKE_FIRST);
        if is_main {
            self.emit(index, Inst { op: Opcode::End, a, b: 0, c, imm: 0 });
        } else {
            // The frame ends here, so a slot's value is taken as well.
            let imm = self.layout.variables.into();
            self.emit(index, Inst { op: Opcode::Return, a, b: 0, c: TAKE_FIRST, imm });
        }
    }

    /// Puts the top `pops` values into temporaries in a row and pops them; returns the first register.
    fn gather(&mut self, index: usize, pops: usize) -> u16 {
        let first = self.region.stack.len() - pops;
        for depth in first..self.region.stack.len() {
            self.materialise(index, depth);
        }
        self.region.stack.truncate(first);
        self.region.last_result = None;
        self.temporary(first)
    }
}

const NO_INST: Inst = Inst { op: Opcode::Jump, a: 0, b: 0, c: 0, imm: 0 };

fn flag(set: bool, flag: u16) -> u16 {
    if set { flag } else { 0 }
}
