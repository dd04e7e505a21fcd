//! The reference interpreter: simple and checked, straight over the ops.
//!
//! It is the oracle for everything that makes programs fast, and it runs what cannot be lowered: chunks with
//! extension ops of undeclared effect, whose stack nobody knows in advance. So it believes nothing that
//! verification found out about the stack, scopes and try regions, and keeps them all at run time, on
//! explicit stacks: a call of the program is no call in Rust.

mod block;
mod frame;
mod fused;
mod step;

use super::iteration::Iteration;
use super::sort::MergeSort;
use super::unit::Unit;
use crate::error::VMError;
use crate::value::{Code, Value};
use crate::vm::{Ended, Entry, Frame, VM};
use std::sync::Arc;

/// The stacks of the reference interpreter. Runs nest, when a builtin or host calls the VM: the entries of
/// the outer run are below those of the inner one.
#[derive(Default)]
pub(crate) struct State {
    frames: Vec<Activation>,
    scopes: Vec<Scope>,
    tries: Vec<TryRegion>,
    blocks: Vec<BlockRun>,
}

impl State {
    /// Number of frames, those of outer runs included.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Drops what an unfinished run left.
    pub fn clear(&mut self) {
        *self = State::default();
    }
}

/// A body that is executing.
struct Activation {
    unit: Arc<Unit>,
    /// Index of the body in its chunk: 0 for main, else the sub's number and one.
    body: usize,
    closure: Option<Code>,
    /// Index of the op that is executing, and of the one to execute next.
    current: usize,
    next: usize,
    /// Length of the operand stack without the arguments: what the body must not touch.
    base: usize,
    /// Length that the stack has when the body is left: without the callee of a CallDynamic, too.
    leave: usize,
    /// Entries of the other stacks that belong to the frames below.
    scopes: usize,
    tries: usize,
    blocks: usize,
}

/// The slots of a body, or of a PushFrame within it.
struct Scope {
    slots: Vec<Value>,
    /// Globals that were saved before it.
    saved: usize,
}

/// A TryBegin whose region is open.
struct TryRegion {
    handler: usize,
    /// Lengths to which the other stacks are cut when an error is caught.
    frames: usize,
    scopes: usize,
    blocks: usize,
    stack: usize,
}

/// An op that runs a block for the elements of an array.
struct BlockRun {
    work: BlockWork,
    start: usize,
    end: usize,
    /// The op after the one that runs the block.
    resume: usize,
    /// Length of the stack without the elements.
    floor: usize,
    scopes: usize,
    tries: usize,
}

enum BlockWork {
    Iteration(Iteration),
    Sort(MergeSort),
}

/// What becomes of the run after a step.
enum Step {
    Continue,
    End(Ended),
}

/// One run of the interpreter.
struct Run<'a> {
    vm: &'a mut VM,
    /// The unit of the innermost frame.
    unit: Arc<Unit>,
    /// Frames of the runs further out.
    outer_frames: usize,
    /// The slots of the chunk's own frame, once it is left.
    main_slots: Option<Vec<Value>>,
}

/// Executes a body. `slots` are the preset slots of the chunk's own frame; they come back as the run left
/// them.
pub(crate) fn run(
    vm: &mut VM,
    entry: &Entry,
    args: &[Value],
    slots: Vec<Value>,
) -> (Result<Ended, VMError>, Vec<Value>) {
    let stack = vm.stack.len();
    let saved = vm.saved.mark();
    let State { frames, scopes, tries, blocks } = &vm.reference;
    let (frames, scopes, tries, blocks) = (frames.len(), scopes.len(), tries.len(), blocks.len());

    let mut run = Run { unit: entry.unit().clone(), outer_frames: frames, main_slots: None, vm };
    let result = match run.enter_first(entry, args, slots) {
        Ok(()) => run.step_to_the_end(),
        Err(fault) => Err(run.vm.error_here(fault)),
    };
    let left = run.main_slots.take();

    vm.stack.truncate(stack);
    vm.saved.restore(&mut vm.globals, saved);
    let state = &mut vm.reference;
    state.blocks.truncate(blocks);
    state.tries.truncate(tries);
    state.frames.truncate(frames);
    let main = state.scopes.drain(scopes..).next();
    (result, left.or(main.map(|scope| scope.slots)).unwrap_or_default())
}

impl Run<'_> {
    /// Steps until the run ends.
    fn step_to_the_end(&mut self) -> Result<Ended, VMError> {
        loop {
            match self.step().or_else(|fault| self.catch(fault)) {
                Ok(Step::Continue) => {}
                Ok(Step::End(ended)) => return Ok(ended),
                Err(fault) => return Err(self.vm.error_here(fault)),
            }
        }
    }
}

/// The frames of the program, innermost first.
pub(crate) fn frames(vm: &VM) -> impl Iterator<Item = Frame> {
    let frame = |activation: &Activation| {
        let chunk = activation.unit.chunk();
        Frame {
            name: activation.unit.body_name(activation.body).to_string(),
            source: chunk.source.clone(),
            line: chunk.line(activation.current),
            op_index: activation.current,
        }
    };
    vm.reference.frames.iter().rev().map(frame)
}

/// A slot of the innermost frame.
pub(crate) fn get_slot(vm: &VM, slot: u16) -> Value {
    let scope = vm.reference.scopes.last();
    scope.and_then(|scope| scope.slots.get(usize::from(slot))).cloned().unwrap_or_default()
}

/// Sets a slot of the innermost frame.
pub(crate) fn set_slot(vm: &mut VM, slot: u16, value: Value) {
    *slot_place(vm, slot) = value;
}

/// The place of a slot of the innermost frame.
fn slot_place(vm: &mut VM, slot: u16) -> &mut Value {
    let slot = usize::from(slot);
    let slots = &mut vm.reference.scopes.last_mut().expect("a frame has a scope").slots;
    if slots.len() <= slot {
        slots.resize(slot + 1, Value::Undef);
    }
    &mut slots[slot]
}
