//! Liveness of slots: after which reads a value can be moved out of its slot instead of copied.
//!
//! A copied string or array is shared, and the next write to it copies its content; a moved one is changed
//! in place.

use super::layout::used_block;
use crate::chunk::Chunk;
use crate::chunk::analysis::{Analysis, BodyKind, NONE};
use crate::op::{Flow, Op};
use std::collections::HashSet;

/// A set of slots: most bodies have few, and those with more than the bits forgo moves.
type Slots = u64;

/// What an op reads and what it overwrites whole.
fn effect(op: &Op) -> Option<(Slots, Slots)> {
    let bit = |slot: u16| 1_u64.checked_shl(slot.into());
    Some(match *op {
        Op::GetSlot(slot)
        | Op::SlotArrayGet(slot)
        | Op::SlotArraySet(slot)
        | Op::SlotArrayPush(slot)
        | Op::SlotArrayPop(slot)
        | Op::SlotArrayShift(slot)
        | Op::SlotArrayLen(slot)
        | Op::SlotHashGet(slot)
        | Op::SlotHashSet(slot)
        | Op::SlotHashDelete(slot)
        | Op::SlotHashExists(slot)
        | Op::SlotHashLen(slot)
        | Op::PreIncSlot(slot)
        | Op::PreDecSlot(slot)
        | Op::PostIncSlot(slot)
        | Op::PostDecSlot(slot)
        | Op::PreIncSlotVoid(slot)
        | Op::SlotLtIntJumpIfFalse(slot, ..)
        | Op::SlotIncLtIntJumpBack(slot, ..) => (bit(slot)?, 0),
        Op::SetSlot(slot) => (0, bit(slot)?),
        Op::AddAssignSlotVoid(a, b) | Op::AccumSumLoop(a, b, _) | Op::PushIntRangeLoop(a, b, _) => {
            (bit(a)? | bit(b)?, 0)
        }
        Op::ConcatConstLoop(_, a, b, _) => (bit(a)? | bit(b)?, 0),
        _ => (0, 0),
    })
}

/// Whether someone besides the body's own ops may look at its slots.
fn shows_slots(op: &Op) -> bool {
    matches!(op, Op::CallBuiltin(..) | Op::Extended(..) | Op::ExtendedWide(..) | Op::CallDynamic(_))
        || matches!(op, Op::PushFrame | Op::PopFrame | Op::JumpTable(_))
        || used_block(op).is_some()
}

/// The GetSlots of a sub after which nothing reads the slot before it is set again. Empty for main, whose
/// slots can be read after the run, and for bodies whose slots others may look at.
pub(super) fn last_uses(chunk: &Chunk, analysis: &Analysis, ops: &[u32], body: usize) -> HashSet<u32> {
    let mut last = HashSet::new();
    if !matches!(analysis.bodies[body].kind, BodyKind::Sub(_)) {
        return last;
    }
    let mut effects = Vec::with_capacity(ops.len());
    for op in ops {
        let op = &chunk.ops[*op as usize];
        match effect(op) {
            Some(effect) if !shows_slots(op) => effects.push(effect),
            _ => return last,
        }
    }
    let position = |op: usize| ops.binary_search(&(op as u32)).ok();
    let mut live_in: Vec<Slots> = vec![0; ops.len()];
    let mut live_out: Vec<Slots> = vec![0; ops.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for place in (0..ops.len()).rev() {
            let index = ops[place] as usize;
            let op = &chunk.ops[index];
            let flow = op.info().flow;
            let at = |op: usize| position(op).map_or(0, |place| live_in[place]);
            let mut out = 0;
            if !matches!(flow, Flow::Jump | Flow::End | Flow::Table) {
                out |= at(index + 1);
            }
            if matches!(flow, Flow::Jump | Flow::Branch) {
                out |= op.jump_target().map_or(0, at);
            }
            // An error may continue at any of the handlers around.
            let mut region = analysis.states[index].try_begin;
            while region != NONE {
                let begin = region as usize;
                out |= chunk.ops[begin].jump_target().map_or(0, at);
                region = analysis.states[begin].try_begin;
            }
            let (reads, sets) = effects[place];
            let input = reads | out & !sets;
            changed |= input != live_in[place] || out != live_out[place];
            (live_in[place], live_out[place]) = (input, out);
        }
    }
    for (place, op) in ops.iter().enumerate() {
        if let Op::GetSlot(_) = chunk.ops[*op as usize]
            && effects[place].0 & live_out[place] == 0
        {
            last.insert(*op);
        }
    }
    last
}
