//! What an instruction reads and writes: classes of memory that cannot overlap.
//!
//! Within a class the places may be told apart further (a register by its number, an element by its index);
//! that is the business of the pass that forwards loads.

use std::ops::{BitOr, BitOrAssign};

/// A set of classes of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Memory(u16);

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $text:literal;)*) => {
        impl Memory {
            $($(#[$doc])* pub const $name: Memory = Memory(1 << $bit);)*

            /// The classes with their names.
            pub const NAMES: &[(&str, Memory)] = &[$(($text, Memory::$name)),*];

            /// All classes.
            pub const ALL: Memory = Memory($(1 << $bit)|*);
        }
    };
}

classes! {
    /// Registers of the frame and of the frames that the trace has entered.
    REGISTERS = 0, "registers";
    /// Globals.
    GLOBALS = 1, "globals";
    /// Contents of Ref cells.
    CELLS = 2, "cells";
    /// Lengths of arrays and where their elements are.
    HEADERS = 3, "headers";
    /// Elements of arrays.
    ELEMENTS = 4, "elements";
    /// Keys of hashes and where their entries are.
    KEYS = 5, "keys";
    /// Values of hashes' entries.
    ENTRIES = 6, "entries";
    /// Reference counts.
    COUNTS = 7, "counts";
    /// The awk record and the special variables.
    RECORD = 8, "record";
    /// Anything beyond the VM's values: hosts, output, the poll word, fuel. Never repeated, left out or merged.
    OUTSIDE = 9, "outside";
}

impl Memory {
    /// No class.
    pub const NONE: Memory = Memory(0);

    /// What is on the heap and can be reached from several places.
    pub const HEAP: Memory = Memory::CELLS
        .and(Memory::HEADERS)
        .and(Memory::ELEMENTS)
        .and(Memory::KEYS)
        .and(Memory::ENTRIES)
        .and(Memory::COUNTS);

    /// Both sets.
    pub const fn and(self, other: Memory) -> Memory {
        Memory(self.0 | other.0)
    }

    /// Whether the sets have a class in common.
    pub const fn overlaps(self, other: Memory) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no class.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The class of a name.
    #[cfg(test)]
    pub fn named(name: &str) -> Option<Memory> {
        Memory::NAMES.iter().find(|(text, _)| *text == name).map(|(_, class)| *class)
    }

    /// Names of the classes.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Memory::NAMES.iter().filter(move |(_, class)| self.overlaps(*class)).map(|(name, _)| *name)
    }
}

impl BitOr for Memory {
    type Output = Memory;

    fn bitor(self, other: Memory) -> Memory {
        self.and(other)
    }
}

impl BitOrAssign for Memory {
    fn bitor_assign(&mut self, other: Memory) {
        *self = self.and(other);
    }
}
