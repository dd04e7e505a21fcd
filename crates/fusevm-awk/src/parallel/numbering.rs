//! What a worker must know of the blocks before its own, before it runs the rules: NR and FNR, and whether the file could
//! be read so far.
//!
//! How many records a block has is known when it has been read. So workers read their blocks, and then pass on the
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

/// How the blocks were read before the first that was not.
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
    /// Whether the rest of the file cannot be read.
    has_file_ended: bool,
    /// How many workers wait for their turn: to wake nobody costs as much as to wake somebody.
    waiting: usize,
    /// Whether a worker has ended without its turn, so that no further one comes.
    is_broken: bool,
}

impl Numbering {
    /// Numbering that begins after some records.
    pub fn after(before: Numbers) -> Numbering {
        Numbering { state: Mutex::new(State { before, ..State::default() }), moved: Condvar::new() }
    }

    /// The numbers before a block that was read; None when its file had to be given up before. `is_cut` says that it
    /// must be now.
    pub fn next(&self, block: usize, starts_file: bool, records: f64, is_cut: bool) -> Option<Numbers> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.block != block && !state.is_broken {
            state.waiting += 1;
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        state.block += 1;
        if state.waiting > 0 {
            self.moved.notify_all();
        }
        if starts_file {
            state.has_file_ended = false;
        }
        if state.has_file_ended {
            return None;
        }
        state.has_file_ended = is_cut;
        state.before.add(starts_file, 0.0);
        let before = state.before;
        state.before.add(false, records);
        Some(before)
    }

    /// Lets nobody wait any longer, since the run is over.
    pub fn give_up(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_broken = true;
        self.moved.notify_all();
    }
}
