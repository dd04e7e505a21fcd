//! `ChunkBuilder`: how a frontend makes a chunk, op by op.

use super::{Chunk, Const, ExtensionDecl, IntegerMode, nesting};
use crate::op::{Effects, Op};
use std::collections::HashMap;
use std::fmt;

/// Why a builder could not make a chunk.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BuildError {
    message: String,
}

impl BuildError {
    pub(crate) fn new(message: impl Into<String>) -> BuildError {
        BuildError { message: message.into() }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}

/// Makes a [`Chunk`].
///
/// A pool that overflows, or a constant that is not plain data, poisons the builder: the first such
/// error is what [`ChunkBuilder::try_build`] returns, and what the chunk of [`ChunkBuilder::build`]
/// reports when it is run.
///
/// ```
/// use fusevm::{ChunkBuilder, Op};
/// let mut b = ChunkBuilder::new();
/// b.emit(Op::LoadInt(40), 1);
/// b.emit(Op::LoadInt(2), 1);
/// b.emit(Op::Add, 1);
/// assert_eq!(b.build().ops.len(), 3);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    name_indices: HashMap<String, u16>,
}

impl ChunkBuilder {
    /// An empty builder.
    pub fn new() -> ChunkBuilder {
        ChunkBuilder::default()
    }

    fn poison(&mut self, message: impl Into<String>) {
        self.chunk.build_error.get_or_insert_with(|| BuildError::new(message));
    }

    /// Adds to a pool whose indices are `u16`; poisons the builder and returns 0 when it is full.
    fn pool_index(&mut self, len: usize, what: &str) -> u16 {
        u16::try_from(len).unwrap_or_else(|_| {
            self.poison(format!("more than 65,536 {what} in one chunk"));
            0
        })
    }

    /// Appends an op of a source line (0 when unknown) and returns its index.
    pub fn emit(&mut self, op: Op, line: u32) -> usize {
        self.chunk.ops.push(op);
        self.chunk.lines.push(line);
        self.chunk.ops.len() - 1
    }

    /// Adds a constant and returns its index. A `Value` converts; one that is no plain data (a Ref,
    /// Code, Obj) poisons the builder.
    pub fn add_constant(&mut self, constant: impl Into<Const>) -> u16 {
        let constant = constant.into();
        if let Some(reason) = constant.unsupported() {
            let reason = reason.to_string();
            self.poison(reason);
        }
        let index = self.pool_index(self.chunk.constants.len(), "constants");
        self.chunk.constants.push(constant);
        index
    }

    /// Replaces a constant that was added before, for instance a jump table whose targets are known
    /// only now.
    pub fn set_constant(&mut self, index: u16, constant: impl Into<Const>) {
        match self.chunk.constants.get_mut(usize::from(index)) {
            Some(place) => *place = constant.into(),
            None => self.poison(format!("constant {index} does not exist")),
        }
    }

    /// The index of a name, which is added when it is new.
    pub fn add_name(&mut self, name: &str) -> u16 {
        if let Some(index) = self.name_indices.get(name) {
            return *index;
        }
        let index = self.pool_index(self.chunk.names.len(), "names");
        self.chunk.names.push(name.to_string());
        self.name_indices.insert(name.to_string(), index);
        index
    }

    /// The index that the next op will have.
    pub fn current_pos(&self) -> usize {
        self.chunk.ops.len()
    }

    /// Sets the jump target of an op that was emitted before. An index without a jump poisons the
    /// builder.
    pub fn patch_jump(&mut self, op_index: usize, target: usize) {
        match self.chunk.ops.get_mut(op_index) {
            Some(op) if op.jump_target().is_some() => *op = op.with_jump_target(target),
            _ => self.poison(format!("op {op_index} has no jump to patch")),
        }
    }

    /// Declares that the sub of a name begins at an op index.
    pub fn add_sub_entry(&mut self, name_index: u16, ip: usize) {
        self.chunk.sub_entries.push((name_index, ip));
    }

    /// Declares a block of ops start..end (exclusive) and returns its index.
    pub fn add_block_range(&mut self, start: usize, end: usize) -> u16 {
        let index = self.pool_index(self.chunk.block_ranges.len(), "blocks");
        self.chunk.block_ranges.push((start, end));
        index
    }

    /// Adds a chunk that shell ops run and returns its index. The error of a poisoned builder's chunk
    /// passes on; a chunk nested deeper than [`Chunk::MAX_NESTING`] is dropped and poisons the builder.
    pub fn add_sub_chunk(&mut self, chunk: Chunk) -> u16 {
        if let Some(error) = &chunk.build_error {
            self.poison(error.to_string());
        }
        if chunk.is_nested_deeper_than(Chunk::MAX_NESTING - 1) {
            self.poison(nesting::chunk_error());
            return 0;
        }
        let index = self.pool_index(self.chunk.sub_chunks.len(), "sub-chunks");
        self.chunk.sub_chunks.push(chunk);
        index
    }

    /// Names the source, for messages.
    pub fn set_source(&mut self, source: impl Into<String>) {
        self.chunk.source = source.into();
    }

    /// Declares what an extension op does to the stack and beyond; a second declaration of the same
    /// id replaces the first.
    pub fn declare_extension(&mut self, id: u16, wide: bool, pops: u8, pushes: u8, effects: Effects) {
        self.chunk.extensions.retain(|decl| decl.id != id || decl.wide != wide);
        self.chunk.extensions.push(ExtensionDecl { id, wide, pops, pushes, effects });
    }

    /// Chooses what integer arithmetic does on overflow.
    pub fn set_integer_mode(&mut self, mode: IntegerMode) {
        self.chunk.integer_mode = mode;
    }

    /// Chooses whether a zero divisor of Div and Mod is an error.
    pub fn set_div_zero_error(&mut self, error: bool) {
        self.chunk.div_zero_error = error;
    }

    /// The chunk. A poisoned builder's chunk reports the error when it is run.
    pub fn build(self) -> Chunk {
        self.chunk
    }

    /// The chunk, or the first error of the builder.
    pub fn try_build(mut self) -> Result<Chunk, BuildError> {
        match self.chunk.build_error.take() {
            Some(error) => Err(error),
            None => Ok(self.chunk),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_deduplicated() {
        let mut b = ChunkBuilder::new();
        let (x, y, again) = (b.add_name("x"), b.add_name("y"), b.add_name("x"));
        assert_eq!((x, y, again), (0, 1, 0));
        assert_eq!(b.build().names, ["x", "y"]);
    }

    #[test]
    fn jumps_are_patched() {
        let mut b = ChunkBuilder::new();
        let jump = b.emit(Op::JumpIfFalse(0), 3);
        let end = b.current_pos();
        b.patch_jump(jump, end);
        assert_eq!(b.try_build().expect("a good chunk").ops, [Op::JumpIfFalse(1)]);
    }

    #[test]
    fn mistakes_poison_the_builder() {
        type Mistake = fn(&mut ChunkBuilder);
        let cases: [(&str, Mistake); 3] = [
            ("op 0 has no jump to patch", |b| b.patch_jump(0, 1)),
            ("constant 3 does not exist", |b| b.set_constant(3, Const::Undef)),
            ("more than 65,536 names in one chunk", |b| {
                for i in 0..=65_536 {
                    b.add_name(&i.to_string());
                }
            }),
        ];
        for (message, mistake) in cases {
            let mut b = ChunkBuilder::new();
            b.emit(Op::Nop, 1);
            mistake(&mut b);
            assert_eq!(b.clone().build().build_error.map(|e| e.to_string()).as_deref(), Some(message));
            assert_eq!(b.try_build().map_err(|e| e.to_string()), Err(message.to_string()));
        }
    }

    #[test]
    fn nesting_of_sub_chunks_is_limited() {
        let nest = |levels: usize| {
            (0..levels).fold(Chunk::default(), |inner, _| {
                let mut b = ChunkBuilder::new();
                b.add_sub_chunk(inner);
                b.build()
            })
        };
        assert_eq!(nest(Chunk::MAX_NESTING).build_error, None);
        let error = nest(Chunk::MAX_NESTING + 1).build_error.map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("sub-chunks are nested deeper than 64 levels"));
        assert!(nest(100_000).build_error.is_some(), "and dropped without deep recursion");
    }

    #[test]
    fn a_full_pool_is_no_error() {
        let mut b = ChunkBuilder::new();
        for i in 0..65_536 {
            assert_eq!(usize::from(b.add_constant(i as i64)), i);
        }
        assert!(b.try_build().is_ok());
    }
}
