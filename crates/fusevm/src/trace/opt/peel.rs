//! Loop peeling: the trace is followed by a copy of itself, and the copy is the loop.
//!
//! What the first iteration has loaded, checked and computed is then known when the loop begins, and the passes that
//! come next take it out of the loop: no instruction is moved, so a guard is never passed by what depends on it. The
//! textbook's motion of invariant code does not work on traces, whose guards are control dependences.

use super::Reject;
use crate::trace::edit::Editor;
use crate::trace::ir::{Ins, Ref, Restored, Snapshot, SnapshotId, Trace, Virtual};
use crate::trace::ops::Op;

/// Runs the pass. A trace that does not go back to its begin, or is peeled already, stays.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let loops = trace.code.last().is_some_and(|ins| ins.op == Op::Back) && trace.loop_start().is_none();
    if !loops {
        return Ok(trace.clone());
    }
    let end = trace.code.len() - 1;
    let mut edit = Editor::new(trace);
    for index in 0..end {
        edit.keep(index);
    }
    let mut peeled = edit.finish();
    peeled.push(Ins::new(Op::Loop, &[]));
    let offset = end + 1;
    let moved = |value: Ref| value.as_ins().map_or(value, |ins| Ref::ins(ins + offset));
    let snapshots = trace.snapshots.len() as u32;
    for snapshot in &trace.snapshots {
        let Snapshot { frames, inst, entries } = snapshot.clone();
        let entries = entries.into_iter().map(|(place, restored)| match restored {
            Restored::Value(value) => (place, Restored::Value(moved(value))),
            Restored::Virtual(number) => (place, copy_virtual(&mut peeled, number, &moved)),
        });
        let entries = entries.collect();
        peeled.snapshots.push(Snapshot { frames, inst, entries });
    }
    for ins in &trace.code {
        let mut copy = *ins;
        copy.args = copy.args.map(moved);
        copy.snapshot = copy.snapshot.map(|id| SnapshotId(id.0 + snapshots));
        if let Some(step) = trace.step(ins) {
            // Each has its own: what a step finds restored depends on where it is.
            peeled.steps.push(step.clone());
            copy.imm = peeled.steps.len() as i32 - 1;
        }
        peeled.push(copy);
    }
    Ok(peeled)
}

fn copy_virtual(trace: &mut Trace, number: u32, moved: &impl Fn(Ref) -> Ref) -> Restored {
    let part = |trace: &mut Trace, restored| match restored {
        Restored::Value(value) => Restored::Value(moved(value)),
        Restored::Virtual(number) => copy_virtual(trace, number, moved),
    };
    let copy = match trace.virtuals[number as usize].clone() {
        Virtual::Array(elements) => {
            Virtual::Array(elements.into_iter().map(|element| part(trace, element)).collect())
        }
        Virtual::Cell(content) => Virtual::Cell(part(trace, content)),
        Virtual::Hash(entries) => {
            let copied = entries.into_iter().map(|(key, value)| (moved(key), part(trace, value)));
            Virtual::Hash(copied.collect())
        }
    };
    trace.virtuals.push(copy);
    Restored::Virtual(trace.virtuals.len() as u32 - 1)
}
