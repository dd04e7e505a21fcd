//! The text form of chunks: what `disassemble` writes, `assemble` reads back exactly, and a person reads
//! and writes with ease.
//!
//! ```text
//! .source "sum.x"             ; name of the source, for messages
//!
//! .line 1                     ; source line of the ops from here on
//!     LoadInt 0
//!     SetSlot 0
//! loop:                       ; a label names the op that follows
//!     SlotLtIntJumpIfFalse 0 10 done
//!     GetSlot 0
//!     Call show 1
//!     Pop
//!     PreIncSlotVoid 0
//!     Jump loop
//! done:
//!     Return
//!
//! .sub show                   ; the sub of that name begins here
//!     LoadConst "value: "
//!     Swap
//!     PrintLn 2
//!     Return
//! ```
//!
//! A line holds labels, then one op or directive. Operands stand in the order of the op table, separated
//! by blanks or commas: numbers; labels or op indices for jumps; names bare or quoted; constants written
//! out (`undef true 1 1.5 "text\xff" status(1) native(7) [1, 2] {"key": 1}`); `[a b 7]` for a jump table;
//! mode names such as `IS_FILE` in place of their numbers. A name or constant joins its pool when it is
//! first met; `#3` is the pool's item 3 whatever it is.
//!
//! Directives:
//!
//! | directive | meaning |
//! |---|---|
//! | `.source "x"` `.line 7` | name of the source, line of the following ops |
//! | `.sub name` | a sub begins at the next op; `.sub name 7`: at op 7 |
//! | `.block 0` … `.endblock 0` | the ops of a block; `.block 0 7 9`: ops 7 to 9, exclusive |
//! | `.chunk` … `.endchunk` | a sub-chunk, with pools and labels of its own |
//! | `.name x` `.const 1` `.table [a b]` | the next item of the name or constant pool |
//! | `.extension 7 wide 1 2 reads host` | effect of an extension op: id, `wide` for ExtendedWide, pops, pushes, effects |
//! | `.integer_mode promote` `.div_zero_error` | how the chunk computes |
//! | `.lines [1 2]` `.build_error "x"` | for chunks that do not verify: any list of lines, a builder's error |

mod assemble;
mod disassemble;
mod lexer;
mod literal;
mod suggest;

#[cfg(test)]
mod tests;

pub use assemble::assemble;
pub(crate) use disassemble::op_texts;

use super::{Chunk, Const};
use lexer::Place;
use std::fmt;

/// A text that was assembled.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    /// What the text means. It is not verified.
    pub chunk: Chunk,
    /// Where in the text the chunk's ops stand.
    pub places: OpPlaces,
}

/// Where in a text the ops of a chunk and of its sub-chunks stand.
#[derive(Clone, Debug, Default)]
pub struct OpPlaces {
    ops: Vec<(u32, u32)>,
    /// The same of each sub-chunk.
    pub sub_chunks: Vec<OpPlaces>,
}

impl OpPlaces {
    /// Adds the next op. Nothing but labels and blanks stands before one, all of them ASCII, so bytes are
    /// characters here.
    fn push(&mut self, place: Place) {
        let from_1 = |index: usize| u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1));
        self.ops.push((from_1(place.line), from_1(place.offset)));
    }

    /// Line and column of an op's name, in characters, both from 1.
    pub fn place(&self, op: usize) -> Option<(usize, usize)> {
        self.ops.get(op).map(|(line, column)| (*line as usize, *column as usize))
    }

    /// Column of the op that stands in a line, in this chunk or a sub-chunk.
    pub fn column_in(&self, line: u32) -> Option<usize> {
        let here = self.ops.binary_search_by_key(&line, |(line, _)| *line);
        match here {
            Ok(op) => self.place(op).map(|(_, column)| column),
            Err(_) => self.sub_chunks.iter().find_map(|places| places.column_in(line)),
        }
    }

    /// Line of each op, from 1, as [`Chunk::lines`] holds them.
    pub fn lines(&self) -> Vec<u32> {
        self.ops.iter().map(|(line, _)| *line).collect()
    }
}

/// Why a text is no chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsmError {
    /// Name of the text.
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for AsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.source, self.line, self.column, self.message)
    }
}

impl std::error::Error for AsmError {}

/// The constant as it is written in the text form.
impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        literal::write_constant(&mut text, self, Const::MAX_DEPTH);
        f.write_str(&text)
    }
}
