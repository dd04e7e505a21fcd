//! NR and FNR, which a worker must know before it runs the rules on a block.
//!
//! How many records a block has is known when it has been read. So workers count those of their blocks, and pass on the
//! numbers in the order of the blocks.

use std::sync::{Condvar, Mutex, PoisonError};

/// NR and FNR.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    pub nr: f64,
    pub fnr: f64,
}

impl Numbers {
    pub fn add(&mut self, starts_file: bool, records: f64) {
        if starts_file {
            self.fnr = 0.0;
        }
        self.nr += records;
        self.fnr += records;
    }
}

/// The numbers before the first block that has none yet.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The block whose turn it is.
    block: usize,
    before: Numbers,
    /// Whether a worker has ended without its turn, so that no further one comes.
    is_broken: bool,
}

impl Numbering {
    /// Numbering that begins after some records.
    pub fn after(before: Numbers) -> Numbering {
        Numbering { state: Mutex::new(State { before, ..State::default() }), moved: Condvar::new() }
    }

    /// The numbers before a block that has so many records.
    pub fn next(&self, block: usize, starts_file: bool, records: f64) -> Numbers {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_early = |state: &mut State| state.block != block && !state.is_broken;
        let mut state = self.moved.wait_while(state, is_early).unwrap_or_else(PoisonError::into_inner);
        state.block += 1;
        self.moved.notify_all();
        state.before.add(starts_file, 0.0);
        let before = state.before;
        state.before.add(false, records);
        before
    }

    /// Lets nobody wait any longer, since the run is over.
    pub fn give_up(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_broken = true;
        self.moved.notify_all();
    }
}
