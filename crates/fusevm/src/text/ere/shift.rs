//! Tiny automata whose step is one shift: the current state is a shift count, and the table has for each byte a word with the next state
//! of each state, six bits apiece. The chain from byte to byte is then one shift instead of a load, several times faster than a table
//! walk. Ten states fit, which most expressions that are asked for "does it match" need, once reduced. (The idea is Per Vognsen's.)

use regex_automata::hybrid::LazyStateID;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::automata::{compile, lazy_automaton};

/// Bits of a state, and so its shift count: 0, 6, … 54.
const WIDTH: u32 = 6;
const STATES_MAX: usize = (u64::BITS / WIDTH) as usize;
/// Give up on larger automata: minimising rarely takes off more than a few states.
const EXPLORE_MAX: usize = 40;
/// Bytes between two looks at the state.
const STRIDE: usize = 16;

pub(super) struct ShiftDfa {
    rows: [u64; 256],
    start: u64,
    /// The state in which the answer is yes, whatever follows.
    matched: u64,
    /// Bit s: the answer is yes if the text ends in the state with shift count s.
    accept_at_end: u64,
}

/// A complete automaton by explicit state numbers; `0` is the state that has matched, and absorbs.
struct Table {
    /// `next[state][class]`.
    next: Vec<Vec<usize>>,
    accept_at_end: Vec<bool>,
    start: usize,
    class_of: [u8; 256],
}

impl ShiftDfa {
    /// `None` when the expression needs too many states.
    pub(super) fn new(hir: &Hir, utf8: bool) -> Option<ShiftDfa> {
        let table = Table::explore(hir, utf8)?;
        let (block_of, blocks) = table.minimise();
        if blocks > STATES_MAX {
            return None;
        }
        let code = |state: usize| u64::from(WIDTH) * block_of[state] as u64;
        let mut rows = [0; 256];
        let mut accept_at_end = 0;
        for (state, next) in table.next.iter().enumerate() {
            for (row, &class) in rows.iter_mut().zip(&table.class_of) {
                *row |= code(next[usize::from(class)]) << code(state);
            }
            accept_at_end |= u64::from(table.accept_at_end[state]) << code(state);
        }
        Some(ShiftDfa { rows, start: code(table.start), matched: code(0), accept_at_end })
    }

    pub(super) fn is_match(&self, hay: &[u8]) -> bool {
        const MASK: u64 = (1 << WIDTH) - 1;
        // Only the low six bits of `state` mean anything: a shift looks at no others.
        let step = |state: u64, byte: &u8| self.rows[usize::from(*byte)].wrapping_shr(state as u32);
        let mut state = self.start;
        let (strides, rest) = hay.as_chunks::<STRIDE>();
        for stride in strides {
            state = stride.iter().fold(state, step);
            if state & MASK == self.matched {
                return true;
            }
        }
        state = rest.iter().fold(state, step);
        self.accept_at_end >> (state & MASK) & 1 != 0
    }
}

impl Table {
    /// Walks the whole automaton; `None` when it is too large, or cannot be deterministic.
    fn explore(hir: &Hir, utf8: bool) -> Option<Table> {
        let dfa = lazy_automaton(compile(hir, utf8, WhichCaptures::None), MatchKind::LeftmostFirst)?;
        let mut cache = dfa.create_cache();
        let start = dfa.start_state_forward(&mut cache, &Input::new(b"")).ok()?;
        let classes = dfa.byte_classes();
        let representatives: Vec<u8> =
            classes.representatives(0u8..=255).filter_map(|unit| unit.as_u8()).collect();
        let mut class_of = [0; 256];
        for (byte, class) in (0u8..=255).zip(&mut class_of) {
            // Classes are numbered in the order of their representatives.
            *class = classes.get(byte);
        }

        let mut states: Vec<LazyStateID> = Vec::new();
        let mut next = vec![vec![0; representatives.len()]];
        let mut accept_at_end = vec![true];
        states.push(start);
        let mut done = 0;
        while done < states.len() {
            let state = states[done];
            done += 1;
            let mut row = Vec::with_capacity(representatives.len());
            for &byte in &representatives {
                let id = dfa.next_state(&mut cache, state, byte).ok()?;
                row.push(number(id, &mut states)?);
            }
            next.push(row);
            let end = dfa.next_eoi_state(&mut cache, state).ok()?;
            accept_at_end.push(end.is_match());
            if states.len() > EXPLORE_MAX || cache.clear_count() > 0 {
                return None;
            }
        }
        Some(Table { next, accept_at_end, start: 1, class_of })
    }

    /// The coarsest partition of the states that the text cannot tell apart (Moore's refinement): each state's block, and their number.
    /// The matched state's block is 0.
    fn minimise(&self) -> (Vec<usize>, usize) {
        let mut block_of: Vec<usize> = vec![0; self.next.len()];
        let mut blocks = 1;
        loop {
            let mut signatures: Vec<(bool, usize, Vec<usize>)> = Vec::new();
            let refined: Vec<usize> = (0..self.next.len())
                .map(|state| {
                    let targets = self.next[state].iter().map(|&target| block_of[target]).collect();
                    let signature = (self.accept_at_end[state], block_of[state], targets);
                    signatures.iter().position(|known| *known == signature).unwrap_or_else(|| {
                        signatures.push(signature);
                        signatures.len() - 1
                    })
                })
                .collect();
            block_of = refined;
            if signatures.len() == blocks {
                return (block_of, blocks);
            }
            blocks = signatures.len();
        }
    }
}

/// The table's number of a state, a new one if it is new: 0 for a match, then the order of discovery.
fn number(id: LazyStateID, states: &mut Vec<LazyStateID>) -> Option<usize> {
    if id.is_match() {
        return Some(0);
    }
    if id.is_quit() {
        return None;
    }
    // The tag of the start state is no part of its identity, but a duplicate only costs a state until they are merged.
    if let Some(at) = states.iter().position(|&known| known == id) {
        return Some(at + 1);
    }
    states.push(id);
    Some(states.len())
}
