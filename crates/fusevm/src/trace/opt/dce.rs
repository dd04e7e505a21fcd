//! Dead code elimination: what has no effect, and whose value nothing needs, goes.
//!
//! A phi is needed when something other than itself needs it, so counters that only count themselves go too.

use super::Reject;
use crate::trace::edit::{Editor, compact};
use crate::trace::ir::{Ref, Trace};
use crate::trace::ops::Op;

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let live = live(trace);
    let mut edit = Editor::new(trace);
    for (index, live) in live.into_iter().enumerate() {
        if live {
            edit.keep(index);
        }
    }
    let mut result = edit.finish();
    compact(&mut result);
    Ok(result)
}

/// Which instructions are needed.
fn live(trace: &Trace) -> Vec<bool> {
    let mut live = vec![false; trace.code.len()];
    let mut work = Vec::new();
    for (index, ins) in trace.code.iter().enumerate() {
        let info = ins.op.info();
        if ins.checks() || !info.effect.writes.is_empty() || ins.op.is_end() || ins.op == Op::Loop {
            live[index] = true;
            work.push(index);
        }
    }
    while let Some(index) = work.pop() {
        let ins = &trace.code[index];
        let mut need = |value: Ref| {
            if let Some(def) = value.as_ins()
                && !std::mem::replace(&mut live[def], true)
            {
                work.push(def);
            }
        };
        ins.operands().iter().copied().for_each(&mut need);
        trace.phi(ins).into_iter().flatten().for_each(&mut need);
        if let Some(snapshot) = ins.snapshot {
            trace.snapshot_values(snapshot, need);
        }
    }
    live
}
