//! Loops of a graph: what they do altogether, and what can be looked at once before them.
//!
//! A check that holds before a loop, of something that the loop does not change, holds in each iteration. It
//! is made there on speculation: where it fails, the interpreter runs the loop.

use super::graph::{Block, Graph};
use super::infer::Kinds;
use super::input::Input;
use super::kinds::Tags;
use super::machine::{FieldKey, HashPlace};
use crate::jit::policy;
use crate::value::tag;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A collection behind a register that an instruction works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub register: u16,
    /// The entry, of a hash; an array otherwise.
    pub field: Option<FieldKey>,
    /// The register of the index, of an element.
    pub index: Option<u16>,
    /// The tag that a value of the entry is expected to have when it is read.
    pub expected: Option<u8>,
    pub stores: bool,
}

impl Use {
    /// The tag of the collection.
    pub fn tag(&self) -> u8 {
        if self.field.is_some() { tag::HASH } else { tag::ARRAY }
    }
}

/// What a part of a function does to registers and collections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    /// It runs functions of the interpreter or other code, which can do anything.
    pub calls: bool,
    /// It may give a collection another holder.
    pub shares: bool,
    /// The tags of what it stores into collections.
    pub stored: Tags,
    /// It may make arrays longer.
    pub grows: bool,
    /// It may add entries to hashes that have one holder.
    pub adds: bool,
    /// Registers that it writes, counted from the function's own window.
    pub written: BTreeSet<u16>,
    pub uses: Vec<Use>,
    /// Hashes in which it looks computed keys up.
    pub hashes: Vec<HashPlace>,
    /// Instructions that functions of the interpreter do: those that change values alone, and others.
    pub leaves: u32,
    pub steps: u32,
    /// Calls that native code is left for.
    pub exits: u32,
}

impl Effects {
    /// Whether a value in a collection that has a tag still has it afterwards.
    pub fn keeps_tag(&self, tag: u8) -> bool {
        self.stored & !(1 << tag) == 0
    }

    fn add(&mut self, other: &Effects) {
        self.calls |= other.calls;
        self.shares |= other.shares;
        self.stored |= other.stored;
        self.grows |= other.grows;
        self.adds |= other.adds;
        self.written.extend(&other.written);
        add_new(&mut self.uses, &other.uses);
        add_new(&mut self.hashes, &other.hashes);
    }
}

fn add_new<T: Copy + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !all.contains(one) {
            all.push(*one);
        }
    }
}

/// A loop.
#[derive(Debug, Default)]
pub(crate) struct Loop {
    /// What all its blocks do.
    pub effects: Effects,
    /// What is looked at before it.
    pub hoisted: Vec<Use>,
    pub hoisted_hashes: Vec<HashPlace>,
    blocks: HashSet<usize>,
    /// The blocks from which one iteration leads to the next.
    latches: HashSet<usize>,
}

/// The loops of a graph by the numbers of the blocks that they begin with, outer ones first. A function that is entered
/// in an inner loop has the outer ones begin with that, too.
pub(crate) type Loops = BTreeMap<usize, Vec<Loop>>;

impl Loop {
    /// Whether a way from a block leads to the next iteration, and not into the loop.
    pub fn goes_on_from(&self, block: usize) -> bool {
        self.latches.contains(&block)
    }

    /// The arrays that are looked at before the loop, in groups of those that it indexes by the same registers: most
    /// likely these are equally long.
    pub fn indexed_alike(&self) -> Vec<Vec<u16>> {
        let mut indexes: BTreeMap<u16, BTreeSet<u16>> = BTreeMap::new();
        for used in &self.hoisted {
            if let Some(index) = used.index {
                indexes.entry(used.register).or_default().insert(index);
            }
        }
        let mut groups: BTreeMap<BTreeSet<u16>, Vec<u16>> = BTreeMap::new();
        for (array, indexes) in indexes {
            groups.entry(indexes).or_default().push(array);
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }
}

/// The loops of a graph.
pub(crate) fn find_loops(
    input: &Input,
    graph: &Graph,
    begins: &[Option<Kinds>],
    effects: &[Effects],
) -> Loops {
    let mut loops = Loops::new();
    for (header, begin) in begins.iter().enumerate() {
        let Some(kinds) = begin else { continue };
        let sources: Vec<usize> = graph.ways_back(header).collect();
        if sources.is_empty() {
            continue;
        }
        let failed = input.failed(graph.blocks[header].start);
        let found = |latches: Vec<usize>| {
            let (blocks, is_only_way_in) = blocks_of(graph, header, latches.clone());
            let mut all = Effects::default();
            blocks.iter().for_each(|block| all.add(&effects[*block]));
            // Otherwise it can be entered past what was found before it.
            all.calls |= !is_only_way_in;
            let is_hoisting = !all.calls && !failed;
            let invariant = |used: &Use| is_hoisting && is_invariant(used, &all, kinds);
            let hoisted = all.uses.iter().copied().filter(invariant).collect();
            let invariant = |hash: &HashPlace| is_hoisting && is_invariant_hash(*hash, &all, kinds);
            let hoisted_hashes = all.hashes.iter().copied().filter(invariant).collect();
            let latches = latches.into_iter().collect();
            Loop { effects: all, hoisted, hoisted_hashes, blocks, latches }
        };
        let inner: Vec<usize> =
            sources.iter().copied().filter(|source| is_latch(graph, header, *source)).collect();
        let is_nest = !inner.is_empty() && inner.len() < sources.len();
        loops.insert(header, if is_nest { vec![found(sources), found(inner)] } else { vec![found(sources)] });
    }
    loops
}

/// Whether a way back to a loop's begin comes from the loop itself: in the order of the program, a loop is what lies
/// between its begin, or what that jumps back to, and its end.
fn is_latch(graph: &Graph, header: usize, source: usize) -> bool {
    let Block { frame, start, .. } = graph.blocks[header];
    let back = graph.ways_out(header).map(|block| &graph.blocks[block]).filter(|block| block.frame == frame);
    let first = back.map(|block| block.start).fold(start, u32::min);
    let from = &graph.blocks[source];
    from.frame != frame || from.start >= first
}

/// The blocks from which a loop's begin is reached again, and whether its begin is the only way in.
fn blocks_of(graph: &Graph, header: usize, sources: Vec<usize>) -> (HashSet<usize>, bool) {
    let mut blocks = HashSet::from([header]);
    let mut pending = sources;
    let mut is_only_way_in = true;
    while let Some(block) = pending.pop() {
        if blocks.insert(block) {
            is_only_way_in &= block != 0;
            pending.extend(graph.ways_in(block));
        }
    }
    (blocks, is_only_way_in)
}

/// What native code gains over the interpreter, whose functions it calls for what it has no code for, in about nanoseconds
/// of each time that it is entered.
pub(crate) fn gain(graph: &Graph, effects: &[Effects], loops: &Loops) -> i64 {
    let gains = graph.blocks.iter().zip(effects).enumerate().map(|(number, (block, effects))| {
        let depth = loops.values().flatten().filter(|found| found.blocks.contains(&number)).count();
        let (leaves, steps) = (i64::from(effects.leaves), i64::from(effects.steps));
        let natives = i64::from(block.end - block.start) - leaves - steps;
        let exits = i64::from(effects.exits);
        let cost = policy::LEAF_COST * leaves + policy::STEP_COST * steps + policy::LEAVE_COST * exits;
        (natives - cost) * policy::LOOP_WEIGHT.pow(depth.min(8) as u32)
    });
    gains.sum()
}

/// Whether a collection is the same in each iteration, and surely one of its kind.
fn is_invariant(used: &Use, all: &Effects, kinds: &Kinds) -> bool {
    let kind = kinds[usize::from(used.register)];
    let others = all.uses.iter().filter(|other| other.register == used.register);
    !all.written.contains(&used.register)
        && (kind.is(tag::REF) || kind.is(used.tag()))
        && others.into_iter().all(|other| other.tag() == used.tag())
}

/// The same of a hash in which computed keys are looked up. What writes to globals calls.
fn is_invariant_hash(hash: HashPlace, all: &Effects, kinds: &Kinds) -> bool {
    let HashPlace::Register(register) = hash else { return true };
    let kind = kinds[usize::from(register)];
    let mut arrays = all.uses.iter().filter(|used| used.register == register && used.tag() == tag::ARRAY);
    !all.written.contains(&register) && (kind.is(tag::REF) || kind.is(tag::HASH)) && arrays.next().is_none()
}
