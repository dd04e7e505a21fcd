//! Lowering: stack ops to three-address instructions, by running the stack symbolically.
//!
//! At the begin of every basic block all stack values are in their own temporaries; in between they may
//! be slots, constants or a comparison that no instruction has made yet.

use super::layout::{Regions, lay_out, used_block};
use super::liveness::last_uses;
use super::{
    BlockCode, BodyCode, Code, Form, Handler, Inst, Opcode, RegionStart, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD,
};
use crate::chunk::analysis::{Analysis, BodyKind, NONE};
use crate::chunk::{Chunk, IntegerMode};
use crate::interp::unit::Unit;
use crate::op::{Flow, Op};
use crate::value::Value;
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
        blocks: Vec::new(),
        handlers: Vec::new(),
        starts: Vec::new(),
        tables: Vec::new(),
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
    let Lowerer { insts, ops, constants, blocks, handlers, tables, starts, .. } = lowerer;
    Some(Code {
        insts: insts.into_iter().map(UnsafeCell::new).collect(),
        ops: ops.into(),
        bodies,
        blocks,
        starts,
        handlers,
        tables,
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
}

impl Symbol {
    /// The register of a slot that is still to be read.
    fn slot(self) -> Option<u16> {
        match self {
            Symbol::Slot(register) | Symbol::LastUse(register) => Some(register),
            _ => None,
        }
    }

    /// Whether the value is in a register.
    fn is_register(self) -> bool {
        self == Symbol::Temporary || self.slot().is_some()
    }
}

/// A numeric comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

impl Comparison {
    /// The comparison of the operands the other way round.
    fn swapped(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        }
    }
}

/// A comparison whose instruction waits for what uses it: its operands are the two top symbols.
#[derive(Clone, Copy, Debug)]
struct Pending {
    comparison: Comparison,
    negated: bool,
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

/// The run of ops being lowered: a body, or a block within it.
#[derive(Default)]
struct Region {
    /// For a block, its first register and its end.
    block: Option<(u32, usize)>,
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
    constants: Vec<Box<Value>>,
    blocks: Vec<BlockCode>,
    handlers: Vec<Handler>,
    starts: Vec<RegionStart>,
    tables: Vec<Box<[u32]>>,
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
            self.blocks[number] = BlockCode { entry: self.insts.len() as u32, base };
            let end = self.chunk.block_ranges[usize::from(block)].1;
            self.region = Region { block: Some((base, end)), ..Region::default() };
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
            if index >= entry && index < entry + prologue {
                self.region.stack.pop();
                falls_in = true;
                position += 1;
                continue;
            }
            let skipped = self.lower_op(index)?;
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
        match self.region.block {
            Some((_, end)) => index == end,
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
            self.tables[table] = targets.into_iter().map(|op| self.labels[op]).collect();
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
                WayOut::Table(table, entry) => self.tables[table][entry] = target,
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
        let register = match self.region.block {
            Some((base, _)) => base + depth as u32,
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
            Symbol::Bool(_) | Symbol::Undef | Symbol::Temporary | Symbol::Slot(_) | Symbol::LastUse(_) => {
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
        if inst.op.form() == Form::Call {
            inst.c = dest
        } else {
            inst.a = dest
        }
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

    /// Copies stack values that are still in slots, before foreign code may change any of them.
    fn release_slots(&mut self, index: usize) {
        for depth in 0..self.region.stack.len() {
            if self.region.stack[depth].slot().is_some() {
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

    /// Pops the two top values as registers: first, second, flags.
    fn pop_registers(&mut self, index: usize) -> (u16, u16, u16) {
        let (second, take_second) = self.pop_register(index);
        let (first, take_first) = self.pop_register(index);
        (first, second, flag(take_first, TAKE_FIRST) | flag(take_second, TAKE_SECOND))
    }

    /// Emits a two-operand instruction whose result is pushed; a constant second operand is in the
    /// instruction.
    fn binary_constant(&mut self, index: usize, op: Opcode, with_constant: Opcode) {
        let top = self.region.stack.len() - 1;
        if let Some(imm) = self.constant_address(self.region.stack[top]) {
            self.region.stack.pop();
            self.with_number(index, with_constant, imm);
        } else {
            self.binary(index, op, None);
        }
    }

    /// Emits a two-operand instruction whose result is pushed; a constant first operand is in the
    /// instruction where there is an opcode for it.
    fn binary(&mut self, index: usize, op: Opcode, constant_first: Option<Opcode>) {
        let top = self.region.stack.len() - 1;
        if let Some(op) = constant_first
            && let Some(imm) = self.constant_address(self.region.stack[top - 1])
        {
            let (c, take) = self.pop_register(index);
            self.region.stack.pop();
            self.push_result(index, Inst { op, a: 0, b: flag(take, TAKE_FIRST), c, imm });
        } else {
            let (b, c, flags) = self.pop_registers(index);
            self.push_result(index, Inst { op, a: 0, b, c, imm: flags.into() });
        }
    }

    fn unary(&mut self, index: usize, op: Opcode) {
        let (b, take) = self.pop_register(index);
        self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm: 0 });
    }

    /// Emits an instruction on the top value and a number that it holds itself.
    fn with_number(&mut self, index: usize, op: Opcode, imm: u64) {
        let (b, take) = self.pop_register(index);
        self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm });
    }

    /// Adds an integer to the top value.
    fn add_integer(&mut self, index: usize, amount: i64) {
        if self.float_mode {
            self.with_number(index, Opcode::AddF, (amount as f64).to_bits());
        } else {
            self.with_number(index, Opcode::AddI, amount as u64);
        }
    }

    /// Add, Sub, Mul and Div, with a number in the instruction where one operand is a constant.
    fn arithmetic(&mut self, index: usize, op: Op) {
        use Opcode::*;
        let top = self.region.stack.len() - 1;
        if self.float_mode || matches!(op, Op::Div) {
            for symbol in &mut self.region.stack[top - 1..] {
                if let Symbol::Int(n) = *symbol {
                    *symbol = Symbol::Float(n as f64);
                }
            }
        }
        if matches!(op, Op::Add | Op::Mul)
            && matches!(self.region.stack[top - 1], Symbol::Int(_) | Symbol::Float(_))
            && self.region.stack[top].is_register()
        {
            // Both are commutative, so the constant can come second.
            let (register, take) = self.pop_register(index);
            let constant = std::mem::replace(&mut self.region.stack[top - 1], Symbol::Undef);
            let imm = match constant {
                Symbol::Int(n) => n as u64,
                Symbol::Float(x) => x.to_bits(),
                _ => 0,
            };
            let op = match (op, constant) {
                (Op::Add, Symbol::Int(_)) => AddI,
                (Op::Add, _) => AddF,
                (_, Symbol::Int(_)) => MulI,
                _ => MulF,
            };
            self.region.stack.pop();
            self.push_result(index, Inst { op, a: 0, b: register, c: flag(take, TAKE_FIRST), imm });
            return;
        }
        let (op, imm) = match (op, self.region.stack[top]) {
            (Op::Add, Symbol::Int(n)) => (AddI, n as u64),
            (Op::Add, Symbol::Float(x)) => (AddF, x.to_bits()),
            // x - 0 keeps the sign of a float zero, x + 0 does not; -i64::MIN overflows.
            (Op::Sub, Symbol::Int(n)) if n != 0 && n != i64::MIN => (AddI, -n as u64),
            (Op::Sub, Symbol::Float(x)) => (SubF, x.to_bits()),
            (Op::Mul, Symbol::Int(n)) => (MulI, n as u64),
            (Op::Mul, Symbol::Float(x)) => (MulF, x.to_bits()),
            (Op::Div, Symbol::Float(x)) if x != 0.0 => (DivF, x.to_bits()),
            (Op::Add, _) => return self.binary(index, if self.float_mode { AddFloat } else { Add }, None),
            (Op::Sub, _) => {
                return self.binary(index, if self.float_mode { SubFloat } else { Sub }, Some(SubKR));
            }
            (Op::Mul, _) => return self.binary(index, if self.float_mode { MulFloat } else { Mul }, None),
            _ => return self.binary(index, Div, Some(DivKR)),
        };
        self.region.stack.pop();
        self.with_number(index, op, imm);
    }

    /// Pops the top value into a slot.
    fn set_slot(&mut self, index: usize, slot: u16) {
        let register = self.slot(index, slot);
        let value = self.region.stack[self.region.stack.len() - 1];
        if value.slot() == Some(register) {
            self.region.stack.pop();
            return;
        }
        let below = self.region.stack.len() - 1;
        let shared = self.region.stack[..below].iter().any(|symbol| symbol.slot() == Some(register));
        if let (Symbol::Temporary, Some(inst), false) = (value, self.region.last_result, shared)
            && inst + 1 == self.insts.len()
        {
            let inst = &mut self.insts[inst];
            if inst.op.form() == Form::Call {
                inst.c = register
            } else {
                inst.a = register
            }
            self.region.stack.pop();
            self.region.last_result = None;
            return;
        }
        let depth = self.region.stack.len() - 1;
        self.region.stack.pop();
        self.release_slot(index, register);
        let inst = match value {
            Symbol::Temporary => {
                Inst { op: Opcode::Move, a: register, b: self.temporary(depth), c: TAKE_FIRST, imm: 0 }
            }
            value => {
                // Materialised at its depth, then sent to the slot instead.
                self.push(value);
                self.materialise(index, depth);
                self.region.stack.pop();
                let mut inst = self.remove_last().unwrap_or(NO_INST);
                inst.a = register;
                inst
            }
        };
        self.emit(index, inst);
        self.region.last_result = None;
    }

    /// Emits the instruction of a comparison that waits.
    fn settle(&mut self, index: usize) {
        let Some(Pending { comparison, negated }) = self.region.pending.take() else { return };
        let (mut b, mut c, mut flags) = self.pop_registers(index);
        if matches!(comparison, Comparison::Gt | Comparison::Ge) {
            (b, c) = (c, b);
            flags = flag(flags & TAKE_FIRST != 0, TAKE_SECOND) | flag(flags & TAKE_SECOND != 0, TAKE_FIRST);
        }
        let op = match comparison {
            Comparison::Lt | Comparison::Gt => Opcode::Lt,
            Comparison::Le | Comparison::Ge => Opcode::Le,
            Comparison::Eq => Opcode::Eq,
            Comparison::Ne => Opcode::Ne,
        };
        self.push_result(index, Inst { op, a: 0, b, c, imm: flags.into() });
        if negated {
            self.unary(index, Opcode::Not);
        }
    }

    /// Emits a jump instruction to an op, or to the end of the region.
    fn jump(&mut self, index: usize, inst: Inst, target: usize) {
        let depth = self.region.stack.len();
        let inst = self.emit(index, inst);
        if self.is_end(target) {
            self.region.ways_out.push((depth, index, WayOut::Jump(inst)));
        } else {
            self.region.fixups.push((inst, target));
        }
    }

    /// Emits a jump that is taken when the popped value, or the comparison that waits, is `when`.
    fn branch(&mut self, index: usize, when: bool, target: usize) {
        let back = target <= index;
        if let Some(pending) = self.region.pending.take() {
            return self.branch_comparison(index, pending, when, target, back);
        }
        let top = self.region.stack[self.region.stack.len() - 1];
        if let Symbol::Bool(value) = top {
            self.region.stack.pop();
            self.flush(index);
            if value == when {
                let op = if back { Opcode::Loop } else { Opcode::Jump };
                self.jump(index, Inst { op, ..NO_INST }, target);
            }
            return;
        }
        let mut when = when;
        let (a, take) = match self.region.last_result {
            Some(inst) if inst + 1 == self.insts.len() && self.insts[inst].op == Opcode::Not => {
                when = !when;
                self.region.stack.pop();
                let not = self.remove_last().unwrap_or(NO_INST);
                (not.b, not.c & TAKE_FIRST != 0)
            }
            _ => self.pop_register(index),
        };
        self.region.last_result = None;
        self.flush(index);
        let op = match (when, back) {
            (true, false) => Opcode::JumpTrue,
            (false, false) => Opcode::JumpFalse,
            (true, true) => Opcode::LoopTrue,
            (false, true) => Opcode::LoopFalse,
        };
        self.jump(index, Inst { op, a, b: 0, c: flag(take, TAKE_FIRST), imm: 0 }, target);
    }

    fn branch_comparison(&mut self, index: usize, pending: Pending, when: bool, target: usize, back: bool) {
        use Opcode::*;
        let sense = when != pending.negated;
        let top = self.region.stack.len() - 1;
        let mut comparison = pending.comparison;
        if small_integer(self.region.stack[top]).is_none()
            && small_integer(self.region.stack[top - 1]).is_some()
        {
            // The constant comes second.
            comparison = comparison.swapped();
            let constant = self.region.stack[top - 1];
            let (register, take) = self.pop_register(index);
            self.region.stack.pop();
            return self.branch_small(index, comparison, (register, take), constant, sense, target, back);
        }
        if small_integer(self.region.stack[top]).is_some() {
            let constant = self.region.stack.pop().unwrap_or(Symbol::Undef);
            let first = self.pop_register(index);
            return self.branch_small(index, comparison, first, constant, sense, target, back);
        }
        let (mut a, mut b, mut c) = self.pop_registers(index);
        if matches!(comparison, Comparison::Gt | Comparison::Ge) {
            (a, b) = (b, a);
            c = flag(c & TAKE_FIRST != 0, TAKE_SECOND) | flag(c & TAKE_SECOND != 0, TAKE_FIRST);
        }
        let op = match (comparison, sense, back) {
            (Comparison::Lt | Comparison::Gt, true, false) => JumpLt,
            (Comparison::Lt | Comparison::Gt, false, false) => JumpNotLt,
            (Comparison::Le | Comparison::Ge, true, false) => JumpLe,
            (Comparison::Le | Comparison::Ge, false, false) => JumpNotLe,
            (Comparison::Eq, true, false) | (Comparison::Ne, false, false) => JumpEq,
            (Comparison::Eq, false, false) | (Comparison::Ne, true, false) => JumpNotEq,
            (Comparison::Lt | Comparison::Gt, true, true) => LoopLt,
            (Comparison::Lt | Comparison::Gt, false, true) => LoopNotLt,
            (Comparison::Le | Comparison::Ge, true, true) => LoopLe,
            (Comparison::Le | Comparison::Ge, false, true) => LoopNotLe,
            (Comparison::Eq, true, true) | (Comparison::Ne, false, true) => LoopEq,
            (Comparison::Eq, false, true) | (Comparison::Ne, true, true) => LoopNotEq,
        };
        self.region.last_result = None;
        self.flush(index);
        let inst = self.fuse_increment(Inst { op, a, b, c, imm: 0 });
        self.jump(index, inst, target);
    }

    #[allow(clippy::too_many_arguments)]
    fn branch_small(
        &mut self,
        index: usize,
        comparison: Comparison,
        (a, take): (u16, bool),
        constant: Symbol,
        sense: bool,
        target: usize,
        back: bool,
    ) {
        use Opcode::*;
        let op = match (comparison, sense, back) {
            (Comparison::Lt, true, false) => JumpLtI,
            (Comparison::Lt, false, false) => JumpNotLtI,
            (Comparison::Le, true, false) => JumpLeI,
            (Comparison::Le, false, false) => JumpNotLeI,
            (Comparison::Gt, true, false) => JumpGtI,
            (Comparison::Gt, false, false) => JumpNotGtI,
            (Comparison::Ge, true, false) => JumpGeI,
            (Comparison::Ge, false, false) => JumpNotGeI,
            (Comparison::Eq, true, false) | (Comparison::Ne, false, false) => JumpEqI,
            (Comparison::Eq, false, false) | (Comparison::Ne, true, false) => JumpNotEqI,
            (Comparison::Lt, true, true) => LoopLtI,
            (Comparison::Lt, false, true) => LoopNotLtI,
            (Comparison::Le, true, true) => LoopLeI,
            (Comparison::Le, false, true) => LoopNotLeI,
            (Comparison::Gt, true, true) => LoopGtI,
            (Comparison::Gt, false, true) => LoopNotGtI,
            (Comparison::Ge, true, true) => LoopGeI,
            (Comparison::Ge, false, true) => LoopNotGeI,
            (Comparison::Eq, true, true) | (Comparison::Ne, false, true) => LoopEqI,
            (Comparison::Eq, false, true) | (Comparison::Ne, true, true) => LoopNotEqI,
        };
        self.region.last_result = None;
        self.flush(index);
        let integer = small_integer(constant).unwrap_or(0);
        let imm = u64::from(integer as u32) << 32;
        let inst = self.fuse_increment(Inst { op, a, b: 0, c: flag(take, TAKE_FIRST), imm });
        self.jump(index, inst, target);
    }

    /// A loop that counts up: the increment of the compared register becomes part of the jump.
    fn fuse_increment(&mut self, inst: Inst) -> Inst {
        let op = match inst.op {
            Opcode::LoopLt => Opcode::IncLoopLt,
            Opcode::LoopLe => Opcode::IncLoopLe,
            Opcode::LoopLtI => Opcode::IncLoopLtI,
            Opcode::LoopLeI => Opcode::IncLoopLeI,
            _ => return inst,
        };
        let increments = |last: &Inst| {
            *last == Inst { op: Opcode::AddI, a: inst.a, b: inst.a, c: 0, imm: 1 }
                && inst.c & TAKE_FIRST == 0
                && (inst.op == Opcode::LoopLtI || inst.op == Opcode::LoopLeI || inst.b != inst.a)
        };
        // A label between the two would be a way in that skips the increment.
        if self.region.label < self.insts.len() && self.insts.last().is_some_and(increments) {
            self.remove_last();
            return Inst { op, ..inst };
        }
        inst
    }

    /// A jump back to a loop's test becomes the test itself, turned round: one jump an iteration instead
    /// of two. Returns whether it did.
    fn rotate(&mut self, index: usize, header: usize) -> bool {
        const LONGEST_TEST: usize = 8;
        if self.fuel
            || header > index
            || self.analysis.states[header].body != self.analysis.states[index].body
        {
            return false;
        }
        let end = (header..index.min(header + LONGEST_TEST)).find(|at| {
            *at > header && self.analysis.leaders[*at]
                || !matches!(
                    self.chunk.ops[*at],
                    Op::GetSlot(_)
                        | Op::LoadInt(_)
                        | Op::LoadFloat(_)
                        | Op::LoadConst(_)
                        | Op::GetVar(_)
                        | Op::SlotArrayLen(_)
                        | Op::SlotArrayGet(_)
                        | Op::SlotHashGet(_)
                        | Op::Add
                        | Op::Sub
                        | Op::Mul
                        | Op::BitAnd
                        | Op::IndexGet
                        | Op::IndexLen
                        | Op::RefGet
                        | Op::NumLt
                        | Op::NumLe
                        | Op::NumGt
                        | Op::NumGe
                        | Op::NumEq
                        | Op::NumNe
                        | Op::StrEq
                        | Op::StrNe
                        | Op::LogNot
                )
        });
        let Some(branch) = end else { return false };
        let (when, exit) = match self.chunk.ops[branch] {
            Op::JumpIfFalse(exit) => (true, exit),
            Op::JumpIfTrue(exit) => (false, exit),
            _ => return false,
        };
        if self.analysis.leaders[branch] && branch != header {
            return false;
        }
        for at in header..branch {
            if self.lower_op(at).is_none() {
                return false;
            }
        }
        self.branch(index, when, branch + 1);
        if exit != index + 1 || self.is_end(exit) {
            self.jump(index, Inst { op: Opcode::Jump, ..NO_INST }, exit);
        }
        true
    }

    /// Ends the region with the values on the stack.
    fn emit_end(&mut self, index: usize) {
        if let Some((base, _)) = self.region.block {
            self.flush(index);
            self.emit(index, Inst { op: Opcode::BlockEnd, a: base as u16, ..NO_INST });
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

    // ---- ops -----------------------------------------------------------------------------------

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

    /// An op that is executed by its function, on values in a row of temporaries.
    fn execute(&mut self, index: usize, op: Opcode) {
        let (pops, pushes) = self.chunk.stack_effect(index).unwrap_or_default();
        self.release_slots(index);
        let a = self.gather(index, pops);
        self.emit(index, Inst { op, a, b: pops as u16, c: pushes as u16, imm: index as u64 });
        for _ in 0..pushes {
            self.push(Symbol::Temporary);
        }
        // Its dest cannot be redirected: results are where the operands were.
        self.region.last_result = None;
    }

    /// An op on a collection in a slot that has no instruction of its own.
    fn execute_on_slot(&mut self, index: usize, slot: u16) {
        let (pops, pushes) = (self.chunk.ops[index].pops(), self.chunk.ops[index].pushes());
        let c = self.slot(index, slot);
        self.release_slot(index, c);
        let a = self.gather(index, pops);
        self.emit(index, Inst { op: Opcode::SlotOp, a, b: pops as u16, c, imm: index as u64 });
        for _ in 0..pushes {
            self.push(Symbol::Temporary);
        }
        self.region.last_result = None;
    }

    /// Lowers an op; returns how many of the ops after it are done as well. `None` when the window is
    /// too large.
    fn lower_op(&mut self, index: usize) -> Option<usize> {
        let op = self.chunk.ops[index];
        let may_use_comparison = matches!(
            op,
            Op::JumpIfTrue(_)
                | Op::JumpIfFalse(_)
                | Op::JumpIfTrueKeep(_)
                | Op::JumpIfFalseKeep(_)
                | Op::LogNot
        );
        if !may_use_comparison {
            self.settle(index);
        }
        match op {
            Op::Nop | Op::TryEnd => {}
            Op::LoadInt(n) => self.push(Symbol::Int(n)),
            Op::LoadFloat(x) => self.push(Symbol::Float(x)),
            Op::LoadConst(c) => self.push(Symbol::Constant(c)),
            Op::LoadTrue => self.push(Symbol::Bool(true)),
            Op::LoadFalse => self.push(Symbol::Bool(false)),
            Op::LoadUndef => self.push(Symbol::Undef),
            Op::Pop => self.pop(index),
            Op::Dup => self.duplicate(index, 1),
            Op::Dup2 => self.duplicate(index, 2),
            Op::Swap => self.swap(index, 1),
            Op::Rot => {
                // a b c: exchange a and b, then b and c.
                self.swap(index, 2);
                self.swap(index, 1);
            }
            Op::GetVar(name) => {
                let imm = self.unit.global(name) as u64;
                self.push_result(index, Inst { op: Opcode::GetGlobal, imm, ..NO_INST });
            }
            Op::SetVar(name) => self.set_global(index, name),
            // The chunk's own code, outside of any scope, is enclosed by nothing that ends.
            Op::DeclareVar(name) if self.is_main() && self.analysis.states[index].scope == 0 => {
                self.set_global(index, name);
            }
            Op::DeclareVar(_) => self.execute(index, Opcode::Declare),
            Op::GetSlot(slot) => {
                let register = self.slot(index, slot);
                // An earlier read that still waits on the stack would find the slot empty.
                let waits = self.region.stack.iter().any(|symbol| symbol.slot() == Some(register));
                let is_last = !waits && self.last_uses.contains(&(index as u32));
                self.push(if is_last { Symbol::LastUse(register) } else { Symbol::Slot(register) });
            }
            Op::SetSlot(slot) => self.set_slot(index, slot),
            Op::SlotArrayGet(slot) => {
                let b = self.slot(index, slot);
                let top = self.region.stack[self.region.stack.len() - 1];
                if let Symbol::Int(n @ 0..=0xffff) = top {
                    self.region.stack.pop();
                    self.push_result(index, Inst { op: Opcode::ArrayGetI, a: 0, b, c: 0, imm: n as u64 });
                } else {
                    let (c, take) = self.pop_register(index);
                    let imm = flag(take, TAKE_SECOND).into();
                    self.push_result(index, Inst { op: Opcode::ArrayGet, a: 0, b, c, imm });
                }
            }
            Op::SlotHashGet(slot) | Op::SlotHashExists(slot) => {
                let b = self.slot(index, slot);
                let (c, take) = self.pop_register(index);
                let imm = flag(take, TAKE_SECOND).into();
                let is_get = matches!(op, Op::SlotHashGet(_));
                let op = if is_get { Opcode::HashGet } else { Opcode::HashExists };
                self.push_result(index, Inst { op, a: 0, b, c, imm });
            }
            Op::SlotArraySet(slot) | Op::SlotHashSet(slot) => {
                let a = self.slot(index, slot);
                // The flags are those of value and key; the slot is changed in place.
                let (c, take_key) = self.pop_register(index);
                let (b, take_value) = self.pop_register(index);
                self.release_slot(index, a);
                let imm = (flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND)).into();
                let is_array = matches!(op, Op::SlotArraySet(_));
                let op = if is_array { Opcode::ArraySet } else { Opcode::HashSet };
                self.emit(index, Inst { op, a, b, c, imm });
                self.region.last_result = None;
            }
            Op::SlotArrayPush(slot) => {
                let a = self.slot(index, slot);
                let (b, take) = self.pop_register(index);
                self.release_slot(index, a);
                let imm = flag(take, TAKE_FIRST).into();
                self.emit(index, Inst { op: Opcode::ArrayPush, a, b, c: 0, imm });
                self.region.last_result = None;
            }
            Op::SlotArrayLen(slot) => {
                let b = self.slot(index, slot);
                self.push_result(index, Inst { op: Opcode::ArrayLen, b, ..NO_INST });
            }
            Op::SlotArrayPop(slot)
            | Op::SlotArrayShift(slot)
            | Op::SlotHashDelete(slot)
            | Op::SlotHashLen(slot) => self.execute_on_slot(index, slot),
            Op::Add | Op::Sub | Op::Mul | Op::Div => self.arithmetic(index, op),
            // The instructions keep Ints, of which this mode has none.
            Op::Mod if self.float_mode => self.execute(index, Opcode::Exec),
            Op::Mod => match self.region.stack.last() {
                Some(&Symbol::Int(n)) if n > 0 => {
                    self.region.stack.pop();
                    self.with_number(index, Opcode::ModI, n as u64);
                }
                _ => self.binary(index, Opcode::Mod, None),
            },
            Op::Negate => self.unary(index, Opcode::Negate),
            Op::SqrtFloat => self.unary(index, Opcode::Sqrt),
            Op::Inc => self.add_integer(index, 1),
            Op::Dec => self.add_integer(index, -1),
            Op::BitAnd => self.binary_constant(index, Opcode::BitAnd, Opcode::BitAndK),
            Op::BitOr => self.binary(index, Opcode::BitOr, None),
            Op::BitXor => self.binary(index, Opcode::BitXor, None),
            Op::Shl | Op::Shr => {
                let top = self.region.stack[self.region.stack.len() - 1];
                if let Symbol::Int(n) = top {
                    self.region.stack.pop();
                    let (b, take) = self.pop_register(index);
                    let is_left = matches!(op, Op::Shl);
                    let op = if is_left { Opcode::ShlK } else { Opcode::ShrK };
                    let imm = self.constant(Value::Int(n));
                    self.push_result(index, Inst { op, a: 0, b, c: flag(take, TAKE_FIRST), imm });
                } else {
                    self.execute(index, Opcode::Exec);
                }
            }
            Op::NumLt => self.compare(Comparison::Lt),
            Op::NumLe => self.compare(Comparison::Le),
            Op::NumGt => self.compare(Comparison::Gt),
            Op::NumGe => self.compare(Comparison::Ge),
            Op::NumEq => self.compare(Comparison::Eq),
            Op::NumNe => self.compare(Comparison::Ne),
            Op::StrEq => self.binary(index, Opcode::StrEq, None),
            Op::StrNe => self.binary(index, Opcode::StrNe, None),
            Op::LogNot => match &mut self.region.pending {
                Some(pending) => pending.negated = !pending.negated,
                None => self.unary(index, Opcode::Not),
            },
            Op::Concat => {
                let top = self.region.stack.len() - 1;
                if self.constant_address(self.region.stack[top]).is_some() {
                    self.binary_constant(index, Opcode::Concat, Opcode::ConcatK);
                } else {
                    self.binary(index, Opcode::Concat, Some(Opcode::ConcatKR));
                }
            }
            Op::StringLen => self.unary(index, Opcode::StringLen),
            Op::Jump(target) => {
                self.flush(index);
                if !self.rotate(index, target) {
                    let op = if target <= index { Opcode::Loop } else { Opcode::Jump };
                    self.jump(index, Inst { op, ..NO_INST }, target);
                }
            }
            Op::JumpIfTrue(target) => self.branch(index, true, target),
            Op::JumpIfFalse(target) => self.branch(index, false, target),
            Op::JumpIfTrueKeep(target) => return Some(self.branch_keep(index, true, target)),
            Op::JumpIfFalseKeep(target) => return Some(self.branch_keep(index, false, target)),
            Op::JumpTable(constant) => {
                let (a, take) = self.pop_register(index);
                self.flush(index);
                let targets = self.chunk.constants[usize::from(constant)].jump_targets().unwrap_or_default();
                let table = self.tables.len();
                self.tables.push(Box::default());
                let depth = self.region.stack.len();
                for (entry, target) in targets.iter().enumerate() {
                    if self.is_end(*target) {
                        self.region.ways_out.push((depth, index, WayOut::Table(table, entry)));
                    }
                }
                self.region.table_fixups.push((table, targets));
                let c = flag(take, TAKE_FIRST);
                self.emit(index, Inst { op: Opcode::JumpTable, a, b: 0, c, imm: table as u64 });
            }
            Op::Call(name, n) => {
                let imm = self.unit.subs[usize::from(name)].into();
                let a = self.gather(index, n.into());
                self.push_result(index, Inst { op: Opcode::Call, a, b: n.into(), c: 0, imm });
            }
            Op::TailCall(name, n) => {
                let imm = self.unit.subs[usize::from(name)].into();
                let a = self.gather(index, n.into());
                self.drop_temporaries(index);
                let c = self.layout.variables as u16;
                self.emit(index, Inst { op: Opcode::TailCall, a, b: n.into(), c, imm });
            }
            Op::CallDynamic(n) => {
                self.release_slots(index);
                let a = self.gather(index, usize::from(n) + 1);
                self.push_result(
                    index,
                    Inst { op: Opcode::CallDynamic, a, b: n.into(), c: 0, imm: index as u64 },
                );
            }
            Op::Return => {
                self.push(Symbol::Undef);
                self.emit_return(index);
            }
            Op::ReturnValue => self.emit_return(index),
            Op::Throw => {
                let (a, take) = self.pop_register(index);
                self.emit(index, Inst { op: Opcode::Throw, a, b: 0, c: flag(take, TAKE_FIRST), imm: 0 });
            }
            Op::PushFrame | Op::PopFrame => self.scope(index, matches!(op, Op::PushFrame)),
            Op::TryBegin(handler) => {
                self.flush(index);
                self.region.last_result = None;
                self.add_handler(index, handler);
            }
            Op::PreIncSlot(slot) | Op::PreIncSlotVoid(slot) => {
                self.increment(index, slot, 1);
                if matches!(op, Op::PreIncSlot(_)) {
                    let register = self.slot(index, slot);
                    self.push(Symbol::Slot(register));
                }
            }
            Op::PreDecSlot(slot) => {
                self.increment(index, slot, -1);
                let register = self.slot(index, slot);
                self.push(Symbol::Slot(register));
            }
            Op::PostIncSlot(slot) | Op::PostDecSlot(slot) => {
                let register = self.slot(index, slot);
                self.push(Symbol::Slot(register));
                let amount = if matches!(op, Op::PostIncSlot(_)) { 1 } else { -1 };
                self.increment(index, slot, amount);
            }
            Op::AddAssignSlotVoid(target, addend) => {
                let (first, second) = (self.slot(index, target), self.slot(index, addend));
                self.push(Symbol::Slot(first));
                self.push(Symbol::Slot(second));
                self.arithmetic(index, Op::Add);
                self.set_slot(index, target);
            }
            Op::SlotLtIntJumpIfFalse(slot, limit, target) => {
                self.compare_slot(index, slot, limit);
                self.branch(index, false, target);
            }
            Op::SlotIncLtIntJumpBack(slot, limit, target) => {
                self.increment(index, slot, 1);
                self.compare_slot(index, slot, limit);
                self.branch(index, true, target);
            }
            Op::AccumSumLoop(..) | Op::ConcatConstLoop(..) | Op::PushIntRangeLoop(..) => {
                self.release_slots(index);
                self.region.last_result = None;
                self.emit(index, Inst { op: Opcode::WholeLoop, imm: index as u64, ..NO_INST });
            }
            Op::RefGet => self.unary(index, Opcode::RefGet),
            Op::RefSet => {
                let (b, take_ref) = self.pop_register(index);
                let (a, take_value) = self.pop_register(index);
                let imm = (flag(take_value, TAKE_FIRST) | flag(take_ref, TAKE_SECOND)).into();
                self.emit(index, Inst { op: Opcode::RefSet, a, b, c: 0, imm });
            }
            Op::IndexGet => match self.region.stack.last() {
                Some(Symbol::Constant(_)) => self.binary_constant(index, Opcode::IndexGet, Opcode::IndexGetK),
                _ => self.binary(index, Opcode::IndexGet, None),
            },
            Op::IndexSet => {
                let (target, take_target) = self.pop_register(index);
                if let Some(&Symbol::Constant(key)) = self.region.stack.last()
                    && let Value::Str(_) = &self.unit.constants[usize::from(key)]
                {
                    self.region.stack.pop();
                    let (a, take_value) = self.pop_register(index);
                    let c = flag(take_value, TAKE_FIRST) | flag(take_target, TAKE_SECOND);
                    let imm = self.constant_address(Symbol::Constant(key)).unwrap_or_default();
                    self.emit(index, Inst { op: Opcode::IndexSetK, a, b: target, c, imm });
                } else {
                    let (b, take_key) = self.pop_register(index);
                    let (a, take_value) = self.pop_register(index);
                    let flags = flag(take_value, TAKE_FIRST)
                        | flag(take_key, TAKE_SECOND)
                        | flag(take_target, TAKE_THIRD);
                    self.emit(index, Inst { op: Opcode::IndexSet, a, b, c: target, imm: flags.into() });
                }
            }
            Op::GetCapture(capture) => {
                self.push_result(index, Inst { op: Opcode::GetCapture, b: capture.into(), ..NO_INST });
            }
            Op::SetCapture(capture) => {
                let (a, take) = self.pop_register(index);
                let imm = flag(take, TAKE_FIRST).into();
                self.emit(index, Inst { op: Opcode::SetCapture, a, b: capture.into(), c: 0, imm });
            }
            Op::CallBuiltin(..) => self.execute(index, Opcode::Builtin),
            Op::Extended(..) | Op::ExtendedWide(..) => self.execute(index, Opcode::Extension),
            Op::MapBlock(_) | Op::GrepBlock(_) | Op::ForEachBlock(_) | Op::SortBlock(_) => {
                self.iterate(index)
            }
            _ => self.execute(index, Opcode::Exec),
        }
        Some(0)
    }

    fn pop(&mut self, index: usize) {
        let depth = self.region.stack.len() - 1;
        if self.region.stack.pop() == Some(Symbol::Temporary) {
            let a = self.temporary(depth);
            self.emit(index, Inst { op: Opcode::Drop, a, ..NO_INST });
        }
        self.region.last_result = None;
    }

    /// Pushes copies of the top `count` values.
    fn duplicate(&mut self, index: usize, count: usize) {
        let first = self.region.stack.len() - count;
        for place in 0..count {
            if let Symbol::LastUse(register) = self.region.stack[first + place] {
                // Two reads of it follow now.
                self.region.stack[first + place] = Symbol::Slot(register);
            }
            let symbol = self.region.stack[first + place];
            if symbol == Symbol::Temporary {
                let b = self.temporary(first + place);
                self.push_result(index, Inst { op: Opcode::Move, a: 0, b, c: 0, imm: 0 });
                self.region.last_result = None;
            } else {
                self.push(symbol);
            }
        }
    }

    /// Exchanges the values at `below` and `below - 1` under the top (1: the two top values).
    fn swap(&mut self, index: usize, below: usize) {
        let upper = self.region.stack.len() - below;
        let lower = upper - 1;
        let temporaries = [lower, upper].map(|depth| self.region.stack[depth] == Symbol::Temporary);
        match temporaries {
            [false, false] => {}
            [true, true] => {
                let (a, b) = (self.temporary(lower), self.temporary(upper));
                self.emit(index, Inst { op: Opcode::Swap, a, b, c: 0, imm: 0 });
            }
            [lower_is, _] => {
                let (from, to) = if lower_is { (lower, upper) } else { (upper, lower) };
                let (a, b) = (self.temporary(to), self.temporary(from));
                self.emit(index, Inst { op: Opcode::Move, a, b, c: TAKE_FIRST, imm: 0 });
            }
        }
        self.region.stack.swap(lower, upper);
        self.region.last_result = None;
    }

    fn compare(&mut self, comparison: Comparison) {
        self.region.pending = Some(Pending { comparison, negated: false });
        self.region.last_result = None;
    }

    /// Adds to a slot in place.
    fn increment(&mut self, index: usize, slot: u16, amount: i64) {
        let register = self.slot(index, slot);
        self.push(Symbol::Slot(register));
        self.add_integer(index, amount);
        self.set_slot(index, slot);
    }

    fn compare_slot(&mut self, index: usize, slot: u16, limit: i32) {
        let register = self.slot(index, slot);
        self.push(Symbol::Slot(register));
        self.push(Symbol::Int(limit.into()));
        self.compare(Comparison::Lt);
    }

    /// A short-circuit jump. When it leads to a jump on the same value, and the value is popped on the
    /// other way, nothing has to be kept.
    fn branch_keep(&mut self, index: usize, when: bool, target: usize) -> usize {
        let next = index + 1;
        let pops_next = matches!(self.chunk.ops.get(next), Some(Op::Pop)) && !self.is_target[next];
        let destination = match self.chunk.ops.get(target) {
            Some(Op::JumpIfTrue(to)) if when => Some(*to),
            Some(Op::JumpIfFalse(to)) if !when => Some(*to),
            Some(Op::JumpIfTrue(_) | Op::JumpIfFalse(_)) => Some(target + 1),
            _ => None,
        };
        if let Some(destination) = destination
            && pops_next
            && !self.fuel
            && !self.is_end(target)
            && self.same_body(index, destination)
        {
            self.branch(index, when, destination);
            // The branch has ended the block; the Pop is done.
            return 1;
        }
        self.flush(index);
        let a = self.temporary(self.region.stack.len() - 1);
        let op = match (when, target <= index) {
            (true, false) => Opcode::JumpTrue,
            (false, false) => Opcode::JumpFalse,
            (true, true) => Opcode::LoopTrue,
            (false, true) => Opcode::LoopFalse,
        };
        self.jump(index, Inst { op, a, b: 0, c: 0, imm: 0 }, target);
        0
    }

    fn same_body(&self, index: usize, other: usize) -> bool {
        self.analysis.states.get(other).is_some_and(|state| state.body == self.analysis.states[index].body)
    }

    fn scope(&mut self, index: usize, open: bool) {
        let outer = self.analysis.states[index].scope as usize;
        let scope = if open { outer + 1 } else { outer };
        self.release_slots(index);
        let registers = self.layout.slots.get(scope).map_or(&[][..], |slots| slots.as_slice());
        let (a, b) = (registers.first().copied().unwrap_or(0), registers.len() as u16);
        let op = if open { Opcode::OpenScope } else { Opcode::CloseScope };
        self.emit(index, Inst { op, a, b, c: 0, imm: 0 });
        self.region.last_result = None;
    }

    fn add_handler(&mut self, index: usize, handler: usize) {
        let depth = self.region.stack.len();
        let register = u32::from(self.temporary(depth));
        let scopes = self.analysis.states[index].scope;
        // The instruction is known when the region is done.
        let number = self.handlers.len();
        if self.is_end(handler) {
            self.region.ways_out.push((depth + 1, index, WayOut::Handler(number)));
        } else {
            self.region.handler_fixups.push((number, handler));
        }
        let region = self.starts.len() as u32 - 1;
        self.handlers.push(Handler { try_begin: index as u32, region, inst: NONE, register, scopes });
    }

    fn iterate(&mut self, index: usize) {
        let op = self.chunk.ops[index];
        let Some(block) = used_block(&op) else { return };
        let kind = match op {
            Op::MapBlock(_) => 0,
            Op::GrepBlock(_) => 1,
            Op::ForEachBlock(_) => 2,
            _ => 3,
        };
        self.flush(index);
        let a = self.gather(index, 1);
        let number = self.blocks.len();
        self.blocks.push(BlockCode { entry: 0, base: 0 });
        self.region.uses.push((block, number));
        let inst = Inst { op: Opcode::Iterate, a, b: kind, c: a, imm: number as u64 };
        if op.pushes() == 1 {
            self.push_result(index, inst);
        } else {
            self.emit(index, inst);
        }
    }
}

const NO_INST: Inst = Inst { op: Opcode::Jump, a: 0, b: 0, c: 0, imm: 0 };

fn flag(set: bool, flag: u16) -> u16 {
    if set { flag } else { 0 }
}

/// The integer of a symbol that a JRI instruction can hold. A float with an integer's value compares
/// alike.
fn small_integer(symbol: Symbol) -> Option<i32> {
    match symbol {
        Symbol::Int(n) => i32::try_from(n).ok(),
        Symbol::Float(x) if x == f64::from(x as i32) => Some(x as i32),
        _ => None,
    }
}
