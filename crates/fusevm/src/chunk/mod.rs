//! Chunks: what a frontend hands to the engine.
//!
//! A [`Chunk`] is plain data, made by [`ChunkBuilder`], by the assembler or from the binary form. It is
//! not trusted: verification turns it into a [`VerifiedChunk`], the only
//! form that lowering accepts.

pub mod analysis;
mod binary;
mod builder;
mod constant;
mod nesting;
#[cfg(test)]
mod samples;
pub mod text;
mod value;
mod verify;

pub use binary::DecodeError;
pub use builder::{BuildError, ChunkBuilder};
pub use constant::{Const, HashKey};
pub use verify::{VerifiedChunk, VerifyError};

use crate::op::{Effects, Op};
use serde::{Deserialize, Serialize};

/// What Add, Sub, Mul, Negate, Inc and Dec do when two integers overflow, or whether they see
/// integers at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IntegerMode {
    /// The result wraps around at 64 bits.
    #[default]
    Wrap,
    /// The result becomes a float.
    Promote,
    /// The run ends with an error.
    Trap,
    /// There are no integers: every operand becomes a float first, as in awk.
    Float,
}

impl IntegerMode {
    /// Each mode with its name in the text form, in the order of their numbers in the binary form.
    pub const ALL: [(&str, IntegerMode); 4] = [
        ("wrap", IntegerMode::Wrap),
        ("promote", IntegerMode::Promote),
        ("trap", IntegerMode::Trap),
        ("float", IntegerMode::Float),
    ];

    /// The mode's position in [`IntegerMode::ALL`].
    fn number(self) -> usize {
        IntegerMode::ALL.iter().position(|(_, mode)| *mode == self).unwrap_or_default()
    }
}

/// The declared effect of an extension op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionDecl {
    /// Extension id.
    pub id: u16,
    /// Whether it is an `ExtendedWide` op.
    pub wide: bool,
    /// Stack values that the handler pops.
    pub pops: u8,
    /// Stack values that the handler pushes.
    pub pushes: u8,
    /// What else it may do.
    pub effects: Effects,
}

/// A compiled unit: the ops of a script, its subs and its blocks, with their pools.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// The ops; execution begins at the first.
    pub ops: Vec<Op>,
    /// Constant pool.
    pub constants: Vec<Const>,
    /// Name pool: globals, subs, special variables.
    pub names: Vec<String>,
    /// Source line of each op, 0 when unknown; as long as `ops`.
    pub lines: Vec<u32>,
    /// Subs: name index and the op index where the sub begins.
    pub sub_entries: Vec<(u16, usize)>,
    /// Blocks of the higher-order ops: start and end (exclusive) op index.
    pub block_ranges: Vec<(usize, usize)>,
    /// Chunks that shell ops run.
    #[serde(deserialize_with = "nesting::deserialize")]
    pub sub_chunks: Vec<Chunk>,
    /// Name of the source, for messages.
    pub source: String,
    /// Declared extension ops.
    pub extensions: Vec<ExtensionDecl>,
    /// What integer arithmetic does on overflow.
    pub integer_mode: IntegerMode,
    /// Whether a zero divisor is an error.
    pub div_zero_error: bool,
    /// Why the builder could not make the chunk; such a chunk reports it when run.
    pub build_error: Option<BuildError>,
}

impl Chunk {
    /// Deepest nesting of sub-chunks.
    pub const MAX_NESTING: usize = 64;

    /// Whether sub-chunks are nested deeper than `limit` levels. Looks no deeper than that.
    pub fn is_nested_deeper_than(&self, limit: usize) -> bool {
        match limit.checked_sub(1) {
            None => !self.sub_chunks.is_empty(),
            Some(inner) => self.sub_chunks.iter().any(|chunk| chunk.is_nested_deeper_than(inner)),
        }
    }

    /// What a text or binary form holds in place of a sub-chunk that is nested too deep to ever run.
    fn too_deep() -> Chunk {
        Chunk { build_error: Some(BuildError::new(nesting::chunk_error())), ..Chunk::default() }
    }

    /// The declaration of an extension op, if the frontend made one.
    pub fn extension(&self, id: u16, wide: bool) -> Option<&ExtensionDecl> {
        self.extensions.iter().find(|decl| decl.id == id && decl.wide == wide)
    }

    /// Stack values that the op at an index pops and pushes, extension ops as declared; `None` for an
    /// undeclared extension op or an index out of range.
    pub fn stack_effect(&self, index: usize) -> Option<(usize, usize)> {
        let op = self.ops.get(index)?;
        match *op {
            Op::Extended(id, _) => self.extension(id, false).map(|d| (d.pops.into(), d.pushes.into())),
            Op::ExtendedWide(id, _) => self.extension(id, true).map(|d| (d.pops.into(), d.pushes.into())),
            _ => Some((op.pops(), op.pushes())),
        }
    }

    /// Whether every extension op of the chunk is declared. A chunk with an undeclared one runs in the
    /// reference interpreter.
    pub fn extensions_are_declared(&self) -> bool {
        (0..self.ops.len()).all(|index| self.stack_effect(index).is_some())
    }

    /// Source line of an op, 0 when unknown.
    pub fn line(&self, index: usize) -> u32 {
        self.lines.get(index).copied().unwrap_or(0)
    }
}
