//! How a hash finds the position of a key.

use super::grid::{Grid, pair_of};
use super::key::{Key, KeyRef, Wanted};
use super::table::{Later, Table};
use super::window::Window;

/// How the position of a key is found.
#[derive(Clone)]
pub(super) enum Index {
    /// Entry `i` is or was that of the integer that is `i` behind the first one's.
    Consecutive,
    /// By looking at all of a few entries.
    Scan,
    /// In the map's window over integers, where all keys are.
    Window,
    /// In the map's grid of pairs, of which all keys are texts.
    Grid,
    /// In a table.
    Table(Table),
    /// In a table that is made when it is worth it; nothing was removed yet.
    Later(Box<Later>),
}

impl Index {
    /// Notes the position of a new key, for which there is room.
    #[inline]
    pub fn add(&mut self, window: &mut Window, grid: &mut Option<Box<Grid>>, key: &Key, at: usize) {
        match (self, key) {
            (Index::Table(table), key) => table.add(Wanted::new(key.as_ref()), at),
            (Index::Window, Key::Int(n)) => window.set(*n, at),
            (Index::Grid, Key::Str(text)) => {
                if let (Some(grid), Some(pair)) = (grid, pair_of(text)) {
                    grid.set(pair, at);
                }
            }
            _ => {}
        }
    }

    /// Forgets the position of a key.
    pub fn remove(&mut self, window: &mut Window, grid: &mut Option<Box<Grid>>, key: KeyRef<'_>, at: usize) {
        match (self, key) {
            (Index::Table(table), key) => table.remove(Wanted::new(key), at),
            (Index::Window, KeyRef::Int(n)) => window.remove(n),
            (Index::Grid, KeyRef::Bytes(text)) => {
                if let (Some(grid), Some(pair)) = (grid, pair_of(text)) {
                    grid.remove(pair);
                }
            }
            _ => {}
        }
    }

    /// Bytes on the heap, for so many entries.
    pub fn bytes(&self, entries: usize) -> usize {
        match self {
            // A window and a grid are told of by themselves.
            Index::Consecutive | Index::Scan | Index::Window | Index::Grid => 0,
            Index::Table(table) => table.bytes(),
            Index::Later(_) => Table::bytes_for(entries),
        }
    }
}
