//! Frame layout: which register each argument, slot and stack depth of a body gets.

use super::BodyCode;
use crate::chunk::analysis::{Analysis, Body, BodyKind};
use crate::chunk::{Chunk, analysis::NONE};
use crate::op::Op;

/// The ops of each body, and the bodies of the blocks.
pub(super) struct Regions {
    /// Op indices of each body of the analysis, ascending.
    pub ops: Vec<Vec<u32>>,
    /// Body index of each block range, [`NONE`] when nothing uses it.
    pub block_bodies: Vec<u32>,
}

impl Regions {
    pub fn new(chunk: &Chunk, analysis: &Analysis) -> Regions {
        let mut ops = vec![Vec::new(); analysis.bodies.len()];
        for (index, state) in analysis.states.iter().enumerate() {
            if state.is_reachable() {
                ops[state.body as usize].push(index as u32);
            }
        }
        let mut block_bodies = vec![NONE; chunk.block_ranges.len()];
        for (index, body) in analysis.bodies.iter().enumerate() {
            if let BodyKind::Block(block) = body.kind {
                block_bodies[block as usize] = index as u32;
            }
        }
        Regions { ops, block_bodies }
    }

    /// Raises `slots`, the number of slots by scope, to what the blocks that a body uses need.
    fn add_block_slots(&self, chunk: &Chunk, bodies: &[Body], body: usize, slots: &mut Vec<u32>) {
        let mut seen = vec![false; bodies.len()];
        let mut pending = vec![body];
        while let Some(body) = pending.pop() {
            if std::mem::replace(&mut seen[body], true) {
                continue;
            }
            for (scope, count) in bodies[body].slots.iter().enumerate() {
                if slots.len() <= scope {
                    slots.resize(scope + 1, 0);
                }
                slots[scope] = slots[scope].max(*count);
            }
            let uses = self.ops[body].iter().filter_map(|op| used_block(&chunk.ops[*op as usize]));
            pending.extend(uses.map(|block| self.block_bodies[usize::from(block)] as usize));
        }
    }
}

/// The block that a higher-order op runs.
pub(super) fn used_block(op: &Op) -> Option<u16> {
    match *op {
        Op::MapBlock(block) | Op::GrepBlock(block) | Op::ForEachBlock(block) | Op::SortBlock(block) => {
            Some(block)
        }
        _ => None,
    }
}

/// The usual prologue of a sub, `SetSlot` of its arguments in reverse order: those slots can live where
/// the caller put the arguments. Returns the slots by argument, last argument first.
fn prologue_slots(chunk: &Chunk, body: &Body, is_target: &[bool]) -> Vec<u16> {
    let mut slots = Vec::new();
    let entry = body.entry as usize;
    if is_target[entry] {
        return slots;
    }
    for (index, op) in chunk.ops.iter().enumerate().skip(entry).take(body.takes as usize) {
        match *op {
            Op::SetSlot(slot) if !slots.contains(&slot) && (index == entry || !is_target[index]) => {
                slots.push(slot);
            }
            _ => break,
        }
    }
    slots
}

/// Lays out the window of a body that owns frames. The second result is the number of prologue ops that
/// need no code. `None` when the window is larger than an instruction can name.
pub(super) fn lay_out(
    chunk: &Chunk,
    analysis: &Analysis,
    regions: &Regions,
    body_index: usize,
    is_target: &[bool],
) -> Option<(BodyCode, usize)> {
    let body = &analysis.bodies[body_index];
    let mut counts = Vec::new();
    regions.add_block_slots(chunk, &analysis.bodies, body_index, &mut counts);
    let prologue = match body.kind {
        BodyKind::Sub(_) => prologue_slots(chunk, body, is_target),
        _ => Vec::new(),
    };
    let mut next = body.takes;
    let mut slots = Vec::new();
    for (scope, count) in counts.iter().enumerate() {
        let mut registers = Vec::with_capacity(*count as usize);
        for slot in 0..*count {
            let argument = prologue.iter().position(|s| scope == 0 && u32::from(*s) == slot);
            let register = match argument {
                Some(place) => body.takes - 1 - place as u32,
                None => {
                    next += 1;
                    next - 1
                }
            };
            registers.push(u16::try_from(register).ok()?);
        }
        slots.push(registers);
    }
    let kept = body.takes - prologue.len() as u32;
    let registers = next + body.max_depth + 1;
    u16::try_from(registers).ok()?;
    let code = BodyCode { entry: 0, takes: body.takes, kept, variables: next, registers, slots };
    Some((code, prologue.len()))
}
