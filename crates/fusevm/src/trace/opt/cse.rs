//! Common subexpression elimination: a pure instruction that was computed before is not computed again.
//!
//! A trace is linear, so whatever comes earlier dominates what comes later, over the loop marker too: that is
//! what takes invariant computations out of a loop once it is peeled.

use super::Reject;
use crate::trace::edit::Editor;
use crate::trace::ir::{Ins, Ref, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::HashMap;

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut edit = Editor::new(trace);
    let mut known = HashMap::new();
    for (index, old) in trace.code.iter().enumerate() {
        let mut ins = edit.renamed(old);
        // Phis with the same operands are one.
        if let Some([entry, again]) = trace.phi(old) {
            ins.args = [edit.value(entry), again, Ref::NONE];
        }
        let Some(key) = key(&ins) else {
            edit.emit(index, ins);
            continue;
        };
        match known.get(&key) {
            Some(value) => edit.replace(index, *value),
            None => {
                let value = edit.keep(index);
                known.insert(key, value);
            }
        }
    }
    Ok(edit.finish())
}

type Key = (Op, Type, i32, [Ref; 3]);

/// What determines the value of a pure instruction. A checked operation is determined by its operands too: an
/// earlier one with the same operands has already checked.
fn key(ins: &Ins) -> Option<Key> {
    let checked =
        matches!(ins.op, Op::AddChecked | Op::SubChecked | Op::MulChecked | Op::ToIntExact | Op::Unbox);
    let imm = if ins.op == Op::Phi { 0 } else { ins.imm };
    let determined = ins.op.is_pure() || checked || ins.op == Op::Phi;
    determined.then_some((ins.op, ins.ty, imm, ins.args))
}
