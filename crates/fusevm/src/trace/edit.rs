//! Rewriting a trace: a pass walks over the old instructions in order and says for each what becomes of it.

use super::ir::{Ins, Ref, Restored, Snapshot, SnapshotId, Trace, Virtual};
use super::ops::Op;

/// The new trace while it is made from an old one.
pub(crate) struct Editor<'a> {
    pub old: &'a Trace,
    pub new: Trace,
    /// What each old value has become.
    map: Vec<Ref>,
}

impl<'a> Editor<'a> {
    /// Begins with no instructions. Phis, snapshots and virtual collections of the old trace are translated at the
    /// end, when all values are known; those that the pass adds hold new values.
    pub fn new(old: &'a Trace) -> Editor<'a> {
        Editor { old, new: old.without_code(), map: vec![Ref::NONE; old.code.len()] }
    }

    /// What an old value has become.
    pub fn value(&self, old: Ref) -> Ref {
        old.as_ins().map_or(old, |ins| self.map[ins])
    }

    /// An old instruction with its operands as they are now.
    pub fn renamed(&self, ins: &Ins) -> Ins {
        let mut ins = *ins;
        for at in 0..ins.op.info().operands.len() {
            ins.args[at] = self.value(ins.args[at]);
        }
        ins
    }

    /// Emits an instruction for an old one.
    pub fn emit(&mut self, index: usize, ins: Ins) -> Ref {
        let value = self.new.push(ins);
        self.map[index] = value;
        value
    }

    /// Keeps an old instruction.
    pub fn keep(&mut self, index: usize) -> Ref {
        self.emit(index, self.renamed(&self.old.code[index]))
    }

    /// Uses another value for that of an old instruction, which goes.
    pub fn replace(&mut self, index: usize, value: Ref) {
        self.map[index] = value;
    }

    /// The new trace.
    pub fn finish(mut self) -> Trace {
        for at in 0..self.old.phis.len() {
            self.new.phis[at] = self.old.phis[at].map(|value| self.value(value));
        }
        for at in 0..self.old.snapshots.len() {
            let mut snapshot = self.old.snapshots[at].clone();
            snapshot.entries.iter_mut().for_each(|(_, restored)| self.rename(restored));
            self.new.snapshots[at] = snapshot;
        }
        for at in 0..self.old.virtuals.len() {
            let mut collection = self.old.virtuals[at].clone();
            match &mut collection {
                Virtual::Array(elements) => elements.iter_mut().for_each(|element| self.rename(element)),
                Virtual::Cell(content) => self.rename(content),
                Virtual::Hash(entries) => entries.iter_mut().for_each(|(key, value)| {
                    *key = self.value(*key);
                    self.rename(value);
                }),
            }
            self.new.virtuals[at] = collection;
        }
        self.new
    }

    /// What a snapshot restores, by the values as they are now.
    pub fn renamed_restored(&self, restored: Restored) -> Restored {
        match restored {
            Restored::Value(value) => Restored::Value(self.value(value)),
            // Its parts are translated at the end.
            Restored::Virtual(_) => restored,
        }
    }

    fn rename(&self, restored: &mut Restored) {
        *restored = self.renamed_restored(*restored);
    }
}

/// Drops what no instruction uses: snapshots, steps, phis, virtual collections; numbers the rest in the order of use.
pub(crate) fn compact(trace: &mut Trace) {
    let old = trace.clone();
    trace.snapshots.clear();
    trace.steps.clear();
    trace.phis.clear();
    trace.virtuals.clear();
    let mut numbers = vec![None; old.snapshots.len()];
    for at in 0..trace.code.len() {
        let mut ins = trace.code[at];
        if let Some(id) = ins.snapshot {
            let number = &mut numbers[id.0 as usize];
            if number.is_none() {
                let Snapshot { frames, inst, entries } = old.snapshots[id.0 as usize].clone();
                let entries =
                    entries.into_iter().map(|(place, restored)| (place, adopt(trace, &old, restored)));
                let snapshot = Snapshot { frames, inst, entries: entries.collect() };
                *number = Some(trace.snapshot(snapshot));
            }
            ins.snapshot = *number;
        }
        match ins.op {
            Op::Step => {
                trace.steps.push(old.steps[ins.imm as usize].clone());
                ins.imm = trace.steps.len() as i32 - 1;
            }
            Op::Phi => {
                trace.phis.push(old.phis[ins.imm as usize]);
                ins.imm = trace.phis.len() as i32 - 1;
            }
            _ => {}
        }
        trace.code[at] = ins;
    }
}

/// Copies what a snapshot restores from an old trace.
fn adopt(trace: &mut Trace, old: &Trace, restored: Restored) -> Restored {
    let Restored::Virtual(number) = restored else { return restored };
    let collection = match &old.virtuals[number as usize] {
        Virtual::Array(elements) => {
            Virtual::Array(elements.iter().map(|element| adopt(trace, old, *element)).collect())
        }
        Virtual::Cell(content) => Virtual::Cell(adopt(trace, old, *content)),
        Virtual::Hash(entries) => {
            Virtual::Hash(entries.iter().map(|(key, value)| (*key, adopt(trace, old, *value))).collect())
        }
    };
    let known = trace.virtuals.iter().position(|other| *other == collection);
    let number = known.unwrap_or_else(|| {
        trace.virtuals.push(collection);
        trace.virtuals.len() - 1
    });
    Restored::Virtual(number as u32)
}

/// The number of a snapshot that differs from another in its entries.
pub(crate) fn with_entries(
    trace: &mut Trace,
    id: SnapshotId,
    entries: Vec<(super::ir::Place, Restored)>,
) -> SnapshotId {
    let Snapshot { frames, inst, .. } = &trace.snapshots[id.0 as usize];
    let snapshot = Snapshot { frames: frames.clone(), inst: *inst, entries };
    trace.snapshot(snapshot)
}
