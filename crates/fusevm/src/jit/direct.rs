//! Chunks as functions of integers: what [`JitCompiler`](super::JitCompiler) runs without a VM of the embedder.
//!
//! Such a chunk gets its slots and nothing else: no globals, host, handlers, builtins. It runs in a VM of its
//! own, which is kept for the next call, and which compiles at once.

use super::Switches;
use super::tiers::{Content, content};
use crate::chunk::analysis::BodyKind;
use crate::chunk::{Chunk, VerifiedChunk};
use crate::op::{Effects, Flow, Op, OperandKind};
use crate::value::Value;
use crate::vm::{VM, VMResult};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// How far the control flow of a chunk may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// Each op follows the one before.
    Linear,
    /// Jumps, loops, calls of the chunk's own subs.
    Any,
}

/// Chunks whose VMs a thread keeps.
const KEPT: usize = 32;

thread_local! {
    static KEPT_VMS: RefCell<HashMap<(Content, Shape), VM>> = RefCell::default();
}

/// Whether a chunk needs nothing but its slots, and is of a shape.
pub(super) fn is_eligible(chunk: &Chunk, shape: Shape) -> bool {
    verified(chunk, shape).is_some()
}

fn verified(chunk: &Chunk, shape: Shape) -> Option<VerifiedChunk> {
    let is_reachable_op_eligible = |verified: &VerifiedChunk| {
        let states = &verified.analysis().states;
        let ops = chunk.ops.iter().zip(states).filter(|(_, state)| state.is_reachable());
        ops.map(|(op, _)| op).all(|op| is_own(chunk, op) && (shape == Shape::Any || is_linear(op)))
    };
    if chunk.ops.is_empty() || shape == Shape::Linear && !chunk.sub_entries.is_empty() {
        return None;
    }
    let verified = VerifiedChunk::new(Arc::new(chunk.clone())).ok()?;
    (!verified.is_dynamic() && is_reachable_op_eligible(&verified)).then_some(verified)
}

/// Whether an op does without globals, hosts and all that an embedder gives to a VM.
fn is_own(chunk: &Chunk, op: &Op) -> bool {
    match *op {
        Op::Call(name, _) | Op::TailCall(name, _) => chunk.sub_entries.iter().any(|(sub, _)| *sub == name),
        Op::MapBlock(_) | Op::GrepBlock(_) | Op::ForEachBlock(_) | Op::SortBlock(_) => true,
        Op::SetStatus | Op::GetStatus => false,
        _ => {
            let info = op.info();
            let names = info.operands.iter().any(|operand| operand.kind == OperandKind::Name);
            !names && !info.effects.contains(Effects::HOST)
        }
    }
}

/// Whether the next op follows an op, or the chunk ends with it.
fn is_linear(op: &Op) -> bool {
    let is_block = op.info().operands.iter().any(|operand| operand.kind == OperandKind::Block);
    let ends = matches!(op, Op::Return | Op::ReturnValue);
    (op.info().flow == Flow::Next && !is_block || ends) && op.loop_fuel().is_none()
}

/// Runs an eligible chunk with integers in its first slots, and gives its value and the VM that has its slots.
fn run<T>(
    chunk: &Chunk,
    shape: Shape,
    slots: &[i64],
    finish: impl FnOnce(VMResult, &mut VM) -> Option<T>,
) -> Option<T> {
    if slots.len() > usize::from(u16::MAX) + 1 {
        return None;
    }
    let key = (content(chunk), shape);
    let kept = KEPT_VMS.try_with(|kept| kept.borrow_mut().remove(&key)).ok().flatten();
    let mut vm = match kept {
        Some(vm) => vm,
        None => {
            let mut vm = VM::with_verified(verified(chunk, shape)?);
            vm.jit = Switches { at_once: true, ..Switches::default() };
            vm
        }
    };
    vm.clear_slots();
    for (slot, value) in slots.iter().enumerate() {
        vm.set_slot(slot as u16, Value::int(*value));
    }
    let result = vm.run();
    let finished = finish(result, &mut vm);
    // When the thread is about to end, nothing is kept.
    let _ = KEPT_VMS.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, vm);
    });
    finished
}

/// The value of a straight-line chunk.
pub(super) fn run_linear(chunk: &Chunk, slots: &[i64]) -> Option<Value> {
    run(chunk, Shape::Linear, slots, |result, _| match result {
        VMResult::Ok(value) => Some(value),
        VMResult::Error(_) | VMResult::Halted => None,
    })
}

/// The integer that a chunk ends with; the slots as it leaves them, if all are integers.
pub(super) fn run_block(chunk: &Chunk, slots: &mut [i64]) -> Option<i64> {
    let before: &[i64] = slots;
    let (value, after) = run(chunk, Shape::Any, before, |result, vm| {
        let VMResult::Ok(Value::Int(value)) = result else { return None };
        let after = (0..before.len()).map(|slot| match vm.get_slot(slot as u16) {
            Value::Int(n) => Some(n),
            _ => None,
        });
        Some((value, after.collect::<Option<Vec<i64>>>()?))
    })?;
    slots.copy_from_slice(&after);
    Some(value)
}

/// Whether the chunk's own code is straight-line and calls no sub.
pub(super) fn is_straight(verified: &VerifiedChunk) -> bool {
    let analysis = verified.analysis();
    let is_main =
        |body: u32| analysis.bodies.get(body as usize).is_some_and(|body| body.kind == BodyKind::Main);
    let ops = verified.chunk().ops.iter().zip(&analysis.states).filter(|(_, state)| is_main(state.body));
    ops.map(|(op, _)| op).all(|op| is_linear(op) && !matches!(op, Op::Call(..) | Op::CallDynamic(_)))
}
