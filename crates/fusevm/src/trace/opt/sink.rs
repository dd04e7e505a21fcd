//! Store sinking: stores to registers and globals that only exits need move into the snapshots.
//!
//! In the plain form memory is up to date at every check. Here a store is put off: the place is *pending* from then
//! on, each snapshot says what the exit must write, and the next store replaces the value. A step writes what its
//! snapshot says before it begins, so memory is up to date after it. A loop keeps a place pending if it is
//! so on both ways into the loop; its value there is a phi.

use super::Reject;
use crate::trace::edit::{Editor, with_entries};
use crate::trace::ir::{Ins, Place, Ref, Restored, SnapshotId, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut sink = Sink {
        edit: Editor::new(trace),
        pending: BTreeMap::new(),
        looped: BTreeSet::new(),
        handed_on: Vec::new(),
        phis: Vec::new(),
        changes: 0,
        made: HashMap::new(),
    };
    let mut before_body = false;
    for (index, ins) in trace.code.iter().enumerate() {
        if before_body && ins.op != Op::Phi {
            before_body = false;
            sink.make_phis();
        }
        if ins.op == Op::Loop {
            before_body = true;
            sink.enter_loop(index);
        }
        sink.instruction(index, ins);
    }
    let Sink { edit, phis, .. } = sink;
    // The values that the iterations hand on are known now.
    let again: Vec<(usize, Ref)> = phis.iter().map(|(number, again)| (*number, edit.value(*again))).collect();
    let mut result = edit.finish();
    for (number, again) in again {
        result.phis[number][1] = again;
    }
    Ok(result)
}

struct Sink<'a> {
    edit: Editor<'a>,
    /// Places whose memory is out of date, with their values.
    pending: BTreeMap<Place, Ref>,
    /// Places that are pending where the loop begins.
    looped: BTreeSet<Place>,
    /// Places that become phis, with the old value that an iteration hands on.
    handed_on: Vec<(Place, Ref)>,
    /// The new phis, by number, with that old value.
    phis: Vec<(usize, Ref)>,
    /// Number of changes of `pending`.
    changes: usize,
    /// Snapshots that were made, by the old one and the number of changes.
    made: HashMap<(SnapshotId, usize), SnapshotId>,
}

/// What an instruction does to a pending place.
enum Event {
    /// It is pending from here on, with this value.
    Stored(Place, Ref),
    /// Memory counts from here on.
    Settled(Place),
    /// Memory counts for all places.
    AllSettled,
}

/// What an instruction means for the places of a trace.
fn event(trace: &Trace, ins: &Ins) -> Option<Event> {
    let place = Trace::place(ins);
    match ins.op {
        Op::StoreRegister | Op::StoreGlobal if trace.ty(ins.args[0]).is_scalar() => {
            Some(Event::Stored(place?, ins.args[0]))
        }
        Op::Step => Some(Event::AllSettled),
        Op::FreeRegister | Op::FreeGlobal => None,
        _ => place.map(Event::Settled),
    }
}

impl Sink<'_> {
    fn set(&mut self, place: Place, value: Option<Ref>) {
        let old = match value {
            Some(value) => self.pending.insert(place, value),
            None => self.pending.remove(&place),
        };
        self.changes += usize::from(old != value);
    }

    /// Writes a pending place.
    fn settle(&mut self, place: Place) {
        let Some(value) = self.pending.get(&place).copied() else { return };
        let (op, number) = match place {
            Place::Register(register) => (Op::StoreRegister, register),
            Place::Global(global) => (Op::StoreGlobal, global),
        };
        self.edit.new.push(Ins::new(op, &[value]).imm(number));
        self.set(place, None);
    }

    fn settle_unless(&mut self, stays: impl Fn(Place) -> bool) {
        let places: Vec<Place> = self.pending.keys().copied().filter(|place| !stays(*place)).collect();
        places.into_iter().for_each(|place| self.settle(place));
    }

    fn instruction(&mut self, index: usize, old: &Ins) {
        let mut ins = self.edit.renamed(old);
        // Nothing leaves at a way back; only the passes before had a use for where it leads.
        ins.snapshot = match ins.snapshot {
            Some(id) if ins.op != Op::Back => Some(self.snapshot(id)),
            _ => None,
        };
        match (event(self.edit.old, old), old.op) {
            (Some(Event::Stored(place, _)), _) => return self.set(place, Some(ins.args[0])),
            (Some(Event::AllSettled), _) => {
                self.pending.clear();
                self.changes += 1;
            }
            // The memory of a pending place is free, and so is its value.
            (None, Op::FreeRegister | Op::FreeGlobal)
                if Trace::place(old).is_some_and(|place| self.pending.contains_key(&place)) =>
            {
                return;
            }
            // What is read must be there; what is overwritten needs not.
            (Some(Event::Settled(place)), Op::LoadRegister | Op::LoadGlobal | Op::DropRegister) => {
                self.settle(place);
            }
            (Some(Event::Settled(place)), _) => self.set(place, None),
            (None, Op::Back) => {
                let looped = std::mem::take(&mut self.looped);
                self.settle_unless(|place| looped.contains(&place));
            }
            _ => {}
        }
        self.edit.emit(index, ins);
    }

    /// A snapshot that restores the pending places too.
    fn snapshot(&mut self, id: SnapshotId) -> SnapshotId {
        if let Some(made) = self.made.get(&(id, self.changes)) {
            return *made;
        }
        let old = &self.edit.old.snapshots[id.0 as usize].entries;
        let mut entries: Vec<(Place, Restored)> = Vec::with_capacity(old.len() + self.pending.len());
        entries.extend(old.iter().map(|(place, restored)| (*place, self.edit.renamed_restored(*restored))));
        for (place, value) in &self.pending {
            if old.iter().all(|(other, _)| other != place) {
                entries.push((*place, Restored::Value(*value)));
            }
        }
        let made = with_entries(&mut self.edit.new, id, entries);
        self.made.insert((id, self.changes), made);
        made
    }

    /// Decides, before the loop marker, which places stay pending in the loop.
    fn enter_loop(&mut self, marker: usize) {
        let trace = self.edit.old;
        // What the end of the body leaves of each place.
        let mut last: HashMap<Place, Option<Ref>> = HashMap::new();
        let mut settles_all = false;
        for ins in &trace.code[marker..] {
            match event(trace, ins) {
                Some(Event::Stored(place, value)) => drop(last.insert(place, Some(value))),
                Some(Event::Settled(place)) => drop(last.insert(place, None)),
                Some(Event::AllSettled) => {
                    last.clear();
                    settles_all = true;
                }
                None => {}
            }
        }
        for (place, entry) in &self.pending {
            let again = match last.get(place) {
                Some(Some(again)) => *again,
                Some(None) => continue,
                None if settles_all => continue,
                None => {
                    self.looped.insert(*place);
                    continue;
                }
            };
            let ty = self.edit.new.ty(*entry);
            if ty == trace.ty(again) && matches!(ty, Type::Int | Type::Float | Type::Bool) {
                self.looped.insert(*place);
                self.handed_on.push((*place, again));
            } else if again.as_constant().is_some() && again == *entry {
                self.looped.insert(*place);
            }
        }
        let stays = self.looped.clone();
        self.settle_unless(|place| stays.contains(&place));
    }

    /// Makes the phis of pending places, after those that the loop has.
    fn make_phis(&mut self) {
        for (place, again) in std::mem::take(&mut self.handed_on) {
            let entry = self.pending[&place];
            let ty = self.edit.new.ty(entry);
            let phi = self.edit.new.push_phi(ty, entry);
            self.phis.push((self.edit.new.phis.len() - 1, again));
            self.set(place, Some(phi));
        }
    }
}
