//! What queries tell of a unit's loops and traces, and what another process has told of them.

use super::home::Home;
use super::key::Content;
use super::traces::{Kept, Traces};
use crate::jit::SlotKind;
use crate::jit::trace_code::TraceCode;
use crate::jit::worker::Worker;
use std::collections::HashMap;

/// What a loop has, for queries.
pub(crate) struct LoopState {
    /// The op that its jump back targets.
    pub op: usize,
    pub is_compiled: bool,
    pub is_blacklisted: bool,
    /// Exits of all its traces.
    pub side_exits: u64,
    /// Of these, how often the interpreter went on.
    pub deopts: u64,
}

/// What a trace is, for queries.
pub(crate) struct TraceState {
    /// The op that the loop's jump back targets; of a side trace, the op at which it begins.
    pub header: usize,
    /// Position of the parent among the unit's traces, and its exit.
    pub parent: Option<(usize, u32)>,
    pub entry: Vec<SlotKind>,
    pub path: Vec<u32>,
    pub side_exits: u64,
    pub deopts: u64,
}

/// The loops and traces of one code of a chunk.
pub(crate) struct UnitState {
    pub loops: Vec<LoopState>,
    pub traces: Vec<TraceState>,
}

/// What is known of each code of a chunk's content on this thread. What is asked for is compiled, and waited for.
pub(crate) fn of_chunk(content: &[u8]) -> Vec<UnitState> {
    let units = Home::of_thread().map_or_else(Vec::new, |home| home.units_of(content));
    units.iter().for_each(|unit| unit.traces.submit_kept());
    Worker::global().wait();
    units.iter().map(|unit| unit.traces.state()).collect()
}

/// Makes this thread's loops with headers at these ops be recorded at the first look, or, where the flag is set, never.
pub(crate) fn import(content: Content, headers: Vec<(usize, bool)>) {
    let Some(home) = Home::of_thread() else { return };
    let headers: HashMap<usize, bool> = headers.into_iter().collect();
    for unit in home.units_of(&content) {
        unit.traces.imported.with(|imported| imported.extend(&headers));
    }
    home.import(content, headers);
}

impl Traces {
    fn state(&self) -> UnitState {
        let traces = self.forest().traces.with(|traces| traces.clone());
        let crossed = |number: usize| {
            let children = traces.iter().filter(|other| other.parent.is_some_and(|p| p.trace == number));
            children.map(|child| child.crossings()).sum::<u64>()
        };
        let deopts = |trace: &TraceCode| trace.exits_taken();
        let loops = self.loops.with(|loops| {
            let loops = loops.iter().map(|(header, known)| {
                let own = traces.iter().enumerate().filter(|(_, trace)| trace.header == *header);
                let own: Vec<(u64, u64)> =
                    own.map(|(number, trace)| (crossed(number), deopts(trace))).collect();
                LoopState {
                    op: known.op,
                    is_compiled: known.root.is_some() || known.kept.as_ref().is_some_and(Kept::is_compiled),
                    is_blacklisted: known.blacklisted.is_some(),
                    side_exits: own.iter().map(|(crossed, deopts)| crossed + deopts).sum(),
                    deopts: own.iter().map(|(_, deopts)| deopts).sum(),
                }
            });
            loops.collect()
        });
        let states = traces.iter().enumerate().map(|(number, trace)| TraceState {
            header: match trace.parent {
                None => trace.place.op_index,
                Some(_) => trace.path.first().map_or(0, |op| *op as usize),
            },
            parent: trace.parent.map(|parent| (parent.trace, parent.exit as u32)),
            entry: trace.entry.clone(),
            path: trace.path.clone(),
            side_exits: crossed(number) + deopts(trace),
            deopts: deopts(trace),
        });
        UnitState { loops, traces: states.collect() }
    }
}
