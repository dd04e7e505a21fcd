//! Elements at several subscripts: what joins them and what works on the element become one instruction.

use super::awk::Fields;
use super::{Inst, Lowerer, NO_INST, Opcode};
use crate::code::CELL;
use crate::op::Op;

/// Where the array is: in a global, or in the cell that an op pushes.
#[derive(Clone, Copy, PartialEq)]
enum Array {
    Global(u16),
    Cell(Op),
}

/// What ops do with an element.
#[derive(Clone, Copy, PartialEq)]
enum Access {
    Get,
    /// Reads it, without creating it.
    Peek,
    Set,
    Exists,
}

/// An access to an element whose key is the top value, and how many ops do it.
fn access(ops: &[Op]) -> Option<(Access, Array, usize)> {
    Some(match *ops {
        [Op::AwkArrayGet(name), ..] => (Access::Get, Array::Global(name), 1),
        [Op::AwkArraySet(name), ..] => (Access::Set, Array::Global(name), 1),
        [Op::AwkArrayExists(name), ..] => (Access::Exists, Array::Global(name), 1),
        [cell @ (Op::GetSlot(_) | Op::GetVar(_)), Op::IndexSet, ..] => (Access::Set, Array::Cell(cell), 2),
        [cell @ (Op::GetSlot(_) | Op::GetVar(_)), Op::Swap, op, ..] => {
            let access = match op {
                Op::AwkIndexGet => Access::Get,
                Op::IndexGet => Access::Peek,
                Op::IndexExists => Access::Exists,
                _ => return None,
            };
            (access, Array::Cell(cell), 3)
        }
        _ => return None,
    })
}

/// What ops that begin with a key do, in awk's terms, as one instruction.
struct Fused {
    op: Opcode,
    array: Array,
    /// By their distance: the op that fails if the access does, and the one that pushes the cell last.
    fails: usize,
    cell: usize,
    count: usize,
    /// Whether a value stands below the key, and whether one is left.
    has_operand: bool,
    has_result: bool,
}

impl Fused {
    fn of(ops: &[Op]) -> Option<Fused> {
        let (op, array, count) = match ops {
            [Op::Dup, rest @ ..] => return Fused::update(rest),
            _ => access(ops)?,
        };
        let op = match op {
            Access::Get => Opcode::JoinedGet,
            Access::Set => Opcode::JoinedSet,
            Access::Exists => Opcode::JoinedExists,
            Access::Peek => return None,
        };
        let has_operand = op == Opcode::JoinedSet;
        Some(Fused { op, array, fails: count - 1, cell: 0, count, has_operand, has_result: !has_operand })
    }

    /// `a[i, j] += x`, `a[i, j]++`; `ops` come after the key was duplicated.
    fn update(ops: &[Op]) -> Option<Fused> {
        let (looked, array, looks) = access(ops)?;
        // To read what is behind a cell does not fail.
        let is_read = match array {
            Array::Global(_) => looked == Access::Get,
            Array::Cell(_) => looked == Access::Peek,
        };
        if !is_read {
            return None;
        }
        let (op, between, has_result) = match ops[looks..] {
            [Op::Inc, Op::Swap, ..] => (Opcode::JoinedIncrement, 2, false),
            [Op::AwkToNum, Op::Dup, Op::Inc, Op::Rot, ..] => (Opcode::JoinedIncrement, 4, true),
            [Op::Rot, Op::Add, Op::Swap, ..] => (Opcode::JoinedAdd, 3, false),
            _ => return None,
        };
        let (Access::Set, to, sets) = access(&ops[looks + between..])? else { return None };
        let cell = 1 + looks + between;
        let count = cell + sets;
        let fails = if looked == Access::Get { looks } else { count - 1 };
        let has_operand = op == Opcode::JoinedAdd;
        (to == array).then_some(Fused { op, array, fails, cell, count, has_operand, has_result })
    }
}

impl Lowerer<'_> {
    /// Lowers an `AwkJoinKeys` of `n` subscripts when what it makes is the key of the element that the ops after it work on:
    /// the number of ops after it that are done as well.
    pub(super) fn joined_element(&mut self, index: usize, n: usize) -> Option<usize> {
        let first = index + 1;
        let fused = Fused::of(&self.chunk.ops[first..])?;
        let is_update = matches!(fused.op, Opcode::JoinedAdd | Opcode::JoinedIncrement);
        let is_entered = self.is_target[first..first + fused.count].contains(&true);
        if is_entered || is_update && !self.float_mode {
            return None;
        }
        let b = match fused.array {
            Array::Global(name) => u16::try_from(self.unit.global(name)).ok().filter(|b| *b != CELL)?,
            Array::Cell(_) => CELL,
        };
        let below = (self.region.stack.len() - n).wrapping_sub(1);
        if fused.op == Opcode::JoinedAdd {
            self.field_to_operand(index, below);
        }
        // Native code takes it from a register.
        if fused.has_operand
            && !self.region.stack[below].is_register()
            && !self.region.stack[below].is_field()
        {
            self.materialise(index, below);
        }
        if b == CELL {
            self.lower_op(first + fused.cell)?;
        }
        let parts = usize::from(fused.has_operand) + n + usize::from(b == CELL);
        let (imm, _) = self.pop_parts(index, parts, Fields::Known(parts));
        let inst = Inst { op: fused.op, b, imm, ..NO_INST };
        let place = first + fused.fails;
        if fused.has_operand {
            self.emit(place, inst);
            self.region.last_result = None;
            return Some(fused.count);
        }
        self.push_result(place, inst);
        if !fused.has_result {
            // A number needs no drop.
            self.region.stack.pop();
            self.region.last_result = None;
        }
        Some(fused.count)
    }
}
