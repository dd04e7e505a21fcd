//! Exits: cold blocks that write what a snapshot says, and the way on from there.

use super::Emitter;
use crate::jit::context::{offset, status};
use crate::jit::helpers::Helper;
use crate::jit::trace_code;
use crate::trace::ir::{Place, Ref, Restored, SnapshotId, Virtual};
use crate::trace::ops::{Op, Type};
use crate::value::tag;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::FunctionBuilder;
use std::collections::HashMap;

/// Why a trace is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ExitKind {
    /// A check does not hold.
    Guard,
    /// The run is asked to stop, or is out of fuel: the interpreter's business, always.
    Stop,
    /// The trace ends.
    End,
    /// A side trace was entered so often that its root is looked at.
    Look,
    /// It goes on in a trace of this number.
    Link(i32),
    /// A check that was known to hold does not.
    Shadow,
}

/// An exit.
#[derive(Clone, Debug)]
pub(crate) struct ExitPlan {
    pub snapshot: SnapshotId,
    pub kind: ExitKind,
    /// The operations that leave by it.
    pub causes: Vec<Op>,
    /// What Rust puts into places.
    pub late: Vec<(Place, Late)>,
}

/// A value that Rust makes at an exit.
#[derive(Clone, Debug)]
pub(crate) enum Late {
    /// A copy of the value that native code has put into a place of the context.
    Spilled(usize),
    Array(Vec<Late>),
    Cell(Box<Late>),
    Hash(Vec<(Late, Late)>),
}

/// The exits of a trace under emission.
pub(super) struct Exits {
    plans: Vec<ExitPlan>,
    blocks: Vec<ir::Block>,
    numbers: HashMap<(SnapshotId, ExitKind), usize>,
    /// The block that all lead to, with the exit's number as parameter.
    common: ir::Block,
    spilled: usize,
}

impl Exits {
    pub fn new(b: &mut FunctionBuilder<'_>) -> Exits {
        let common = b.create_block();
        b.append_block_param(common, types::I64);
        b.set_cold_block(common);
        Exits { plans: Vec::new(), blocks: Vec::new(), numbers: HashMap::new(), common, spilled: 0 }
    }

    fn number(&mut self, b: &mut FunctionBuilder<'_>, snapshot: SnapshotId, kind: ExitKind) -> usize {
        if let Some(number) = self.numbers.get(&(snapshot, kind)) {
            return *number;
        }
        let block = b.create_block();
        b.set_cold_block(block);
        self.plans.push(ExitPlan { snapshot, kind, causes: Vec::new(), late: Vec::new() });
        self.blocks.push(block);
        self.numbers.insert((snapshot, kind), self.plans.len() - 1);
        self.plans.len() - 1
    }

    /// The block by which an operation leaves.
    pub fn block(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        snapshot: SnapshotId,
        kind: ExitKind,
        cause: Op,
    ) -> ir::Block {
        let number = self.number(b, snapshot, kind);
        let causes = &mut self.plans[number].causes;
        if !causes.contains(&cause) {
            causes.push(cause);
        }
        self.blocks[number]
    }
}

impl Emitter<'_, '_> {
    /// Fills the exits' blocks; the exits, and how many values one of them hands to Rust at most.
    pub(super) fn finish_exits(&mut self) -> (Vec<ExitPlan>, usize) {
        let mut number = 0;
        while number < self.exits.plans.len() {
            let (block, snapshot) = (self.exits.blocks[number], self.exits.plans[number].snapshot);
            self.b.switch_to_block(block);
            let late = self.write_snapshot(snapshot);
            let exit = self.b.ins().iconst(types::I64, number as i64);
            if !late.is_empty() {
                let (head, base) = (self.head, self.base());
                self.call_helper(Helper::TraceRestore, &[head, exit, base], None);
            }
            self.exits.plans[number].late = late;
            let common = self.exits.common;
            self.b.ins().jump(common, &[exit.into()]);
            number += 1;
        }
        self.emit_common();
        (std::mem::take(&mut self.exits.plans), self.exits.spilled)
    }

    /// Goes on where the exit is linked to, or returns to Rust.
    fn emit_common(&mut self) {
        let common = self.exits.common;
        self.b.switch_to_block(common);
        let exit = self.b.block_params(common)[0];
        let head = self.head;
        let table = self.memory.load_constant(&mut self.b, head, trace_code::EXITS);
        let distance = self.b.ins().ishl_imm_s(exit, 4);
        let place = self.b.ins().iadd(table, distance);
        let code = self.memory.load_context(&mut self.b, types::I64, place, 0);
        let (linked, out) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(linked);
        self.b.set_cold_block(out);
        self.b.ins().brif(code, linked, &[], out, &[]);
        self.b.switch_to_block(linked);
        let next = self.memory.load_context(&mut self.b, types::I64, place, 8);
        let signature = self.b.import_signature(super::signature());
        let base = self.base();
        self.b.ins().return_call_indirect(signature, code, &[base, next]);
        self.b.switch_to_block(out);
        let context = self.context();
        self.memory.store_context(&mut self.b, exit, context, offset::EXIT);
        self.memory.store_context(&mut self.b, head, context, offset::TRACE);
        self.memory.store_context(&mut self.b, base, context, offset::BASE);
        self.return_status(status::EXIT);
    }

    pub(super) fn return_status(&mut self, status: i64) {
        let status = self.b.ins().iconst(types::I64, status);
        self.b.ins().return_(&[status]);
    }

    /// Writes what a snapshot says to registers and globals; gives what is left for Rust to do.
    pub(super) fn write_snapshot(&mut self, snapshot: SnapshotId) -> Vec<(Place, Late)> {
        let trace = self.trace;
        let mut late = Vec::new();
        let mut spilled = 0;
        for (place, restored) in &trace.snapshots[snapshot.0 as usize].entries {
            match restored {
                Restored::Value(value) if trace.ty(*value).is_scalar() => self.write_place(*place, *value),
                _ => late.push((*place, self.spill(*restored, &mut spilled))),
            }
        }
        self.exits.spilled = self.exits.spilled.max(spilled);
        late
    }

    fn write_place(&mut self, place: Place, value: Ref) {
        match place {
            Place::Register(register) => self.store_register(register, value),
            Place::Global(global) => {
                let globals = self.globals();
                self.store_scalar_heap(value, globals, global * 16);
            }
        }
    }

    /// Hands a value to Rust, which makes what is virtual.
    fn spill(&mut self, restored: Restored, spilled: &mut usize) -> Late {
        let trace = self.trace;
        let number = match restored {
            Restored::Value(value) => return self.spill_value(value, spilled),
            Restored::Virtual(number) => number,
        };
        match &trace.virtuals[number as usize] {
            Virtual::Array(elements) => {
                Late::Array(elements.iter().map(|element| self.spill(*element, spilled)).collect())
            }
            Virtual::Cell(content) => Late::Cell(Box::new(self.spill(*content, spilled))),
            Virtual::Hash(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let key = self.spill_value(*key, spilled);
                    (key, self.spill(*value, spilled))
                });
                Late::Hash(entries.collect())
            }
        }
    }

    fn spill_value(&mut self, value: Ref, spilled: &mut usize) -> Late {
        let number = *spilled;
        *spilled += 1;
        let places = self.context();
        let offset = offset::SPILLED + number as i32 * 16;
        match self.trace.ty(value) {
            Type::Str => {
                // The string is where this address says.
                let address = self.one(value);
                let word = self.b.ins().iconst(types::I64, trace_code::BY_ADDRESS as i64);
                self.memory.store_context(&mut self.b, word, places, offset);
                self.memory.store_context(&mut self.b, address, places, offset + 8);
            }
            ty if ty.is_borrowed() => {
                let pointer = self.one(value);
                let word = self.b.ins().iconst(types::I64, i64::from(tag_of(ty)));
                self.memory.store_context(&mut self.b, word, places, offset);
                self.memory.store_context(&mut self.b, pointer, places, offset + 8);
            }
            _ => self.store_scalar_context(value, places, offset),
        }
        Late::Spilled(number)
    }
}

/// The tag of values of a type that has one.
pub(super) fn tag_of(ty: Type) -> u8 {
    match ty {
        Type::Bool => tag::BOOL,
        Type::Int => tag::INT,
        Type::Float => tag::FLOAT,
        Type::Str => tag::STR,
        Type::Array => tag::ARRAY,
        Type::Hash => tag::HASH,
        Type::Cell => tag::REF,
        _ => tag::UNDEF,
    }
}
