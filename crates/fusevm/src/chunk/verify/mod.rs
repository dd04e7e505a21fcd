//! Verification: the door between chunks, which anybody can make, and code that trusts what it runs.
//!
//! A [`VerifiedChunk`] exists only for a chunk that passed every rule, and carries what verification
//! found out on the way. `structure` checks the facts that need no control flow; `flow` walks every
//! body once, basic block by basic block, and fixes the static state before each op.

mod flow;
mod structure;

#[cfg(test)]
mod tests;

use super::analysis::Analysis;
use super::{BuildError, Chunk, nesting};
use std::fmt;
use std::sync::Arc;

/// Why a chunk is not fit to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    op: Option<usize>,
    message: String,
    source: String,
    line: u32,
    sub_chunk: Vec<usize>,
    from_builder: bool,
}

impl VerifyError {
    /// Whether the chunk's builder had failed, and verification only passes its error on.
    pub fn is_from_builder(&self) -> bool {
        self.from_builder
    }

    /// Index of the offending op, when one op is to blame.
    pub fn op(&self) -> Option<usize> {
        self.op
    }

    /// What is wrong, with the op's index and name, without source and line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Name of the chunk's source, empty when unknown.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Source line of the op, 0 when unknown.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Way to the chunk that holds the op, as indices into `sub_chunks`; empty for the outermost chunk.
    pub fn sub_chunk(&self) -> &[usize] {
        &self.sub_chunk
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.source.is_empty(), self.line) {
            (true, 0) => {}
            (true, line) => write!(f, "line {line}: ")?,
            (false, 0) => write!(f, "{}: ", self.source)?,
            (false, line) => write!(f, "{}:{line}: ", self.source)?,
        }
        f.write_str(&self.message)?;
        if !self.sub_chunk.is_empty() {
            let way: Vec<String> = self.sub_chunk.iter().map(usize::to_string).collect();
            write!(f, " (in sub-chunk {})", way.join("."))?;
        }
        Ok(())
    }
}

impl std::error::Error for VerifyError {}

/// A broken rule, before the chunk that broke it adds its name and line.
struct Problem {
    op: Option<usize>,
    message: String,
    from_builder: bool,
}

impl Problem {
    /// A problem of the chunk as a whole.
    fn chunk(message: impl Into<String>) -> Problem {
        Problem { op: None, message: message.into(), from_builder: false }
    }

    /// A problem of one op.
    fn at(op: usize, message: impl Into<String>) -> Problem {
        Problem { op: Some(op), message: message.into(), from_builder: false }
    }

    /// The error with which the chunk's builder failed.
    fn builder(error: &BuildError) -> Problem {
        Problem { op: None, message: error.to_string(), from_builder: true }
    }

    fn in_chunk(self, chunk: &Chunk, sub_chunk: &[usize]) -> VerifyError {
        let op = self.op.and_then(|index| Some((index, chunk.ops.get(index)?)));
        VerifyError {
            op: self.op,
            message: match op {
                Some((index, op)) => format!("op {index} ({}): {}", op.info().name, self.message),
                None => self.message,
            },
            source: chunk.source.clone(),
            line: self.op.map_or(0, |index| chunk.line(index)),
            sub_chunk: sub_chunk.to_vec(),
            from_builder: self.from_builder,
        }
    }
}

/// The broken rules that were found, up to as many as were asked for.
struct Problems {
    found: Vec<Problem>,
    most: usize,
}

impl Problems {
    fn up_to(most: usize) -> Problems {
        Problems { found: Vec::new(), most }
    }

    fn add(&mut self, problem: Problem) {
        if !self.are_enough() {
            self.found.push(problem);
        }
    }

    fn are_enough(&self) -> bool {
        self.found.len() >= self.most
    }

    /// What was checked, if no rule was broken.
    fn or<T>(self, checked: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() { Ok(checked) } else { Err(self.found) }
    }
}

/// Checks one chunk, its sub-chunks excepted.
fn check(chunk: &Chunk, most: usize) -> Result<(Analysis, bool), Vec<Problem>> {
    let structure = structure::check(chunk, most)?;
    let dynamic = structure.dynamic;
    Ok((flow::analyse(chunk, structure, most)?, dynamic))
}

/// Adds the problems of a chunk and of its sub-chunks to `errors`, up to `most` in all. The recursion is
/// as deep as chunks nest, which is limited.
fn collect(chunk: &Chunk, way: &mut Vec<usize>, most: usize, errors: &mut Vec<VerifyError>) {
    if errors.len() >= most {
        return;
    }
    if way.len() > Chunk::MAX_NESTING {
        errors.push(Problem::chunk(nesting::chunk_error()).in_chunk(chunk, way));
        return;
    }
    if let Err(problems) = check(chunk, most - errors.len()) {
        errors.extend(problems.into_iter().map(|problem| problem.in_chunk(chunk, way)));
    }
    for (index, sub_chunk) in chunk.sub_chunks.iter().enumerate() {
        way.push(index);
        collect(sub_chunk, way, most, errors);
        way.pop();
    }
}

/// A chunk that passed verification, its sub-chunks included. The only form that lowering accepts.
///
/// ```
/// use fusevm::{ChunkBuilder, Op};
/// let mut b = ChunkBuilder::new();
/// b.set_source("sum.txt");
/// b.emit(Op::LoadInt(1), 7);
/// b.emit(Op::Add, 7);
/// let error = b.build().verify().unwrap_err();
/// assert_eq!(error.to_string(), "sum.txt:7: op 1 (Add): needs 2 stack values, has 1");
/// ```
#[derive(Debug)]
pub struct VerifiedChunk {
    root: Arc<Chunk>,
    /// Way from the root to this chunk, so that sub-chunks need no copy of their own.
    way: Box<[usize]>,
    analysis: Analysis,
    dynamic: bool,
    sub_chunks: Vec<VerifiedChunk>,
}

impl VerifiedChunk {
    /// Verifies a chunk and its sub-chunks.
    ///
    /// # Errors
    /// The first broken rule, with the op's index, source name and line.
    pub fn new(chunk: Arc<Chunk>) -> Result<VerifiedChunk, VerifyError> {
        VerifiedChunk::at(&chunk, &chunk, &mut Vec::new())
    }

    /// Verifies the chunk at the end of `way`. The recursion is as deep as chunks nest, which is limited.
    fn at(root: &Arc<Chunk>, chunk: &Chunk, way: &mut Vec<usize>) -> Result<VerifiedChunk, VerifyError> {
        if way.len() > Chunk::MAX_NESTING {
            return Err(Problem::chunk(nesting::chunk_error()).in_chunk(chunk, way));
        }
        let (analysis, dynamic) =
            check(chunk, 1).map_err(|mut problems| problems.swap_remove(0).in_chunk(chunk, way))?;
        let mut sub_chunks = Vec::with_capacity(chunk.sub_chunks.len());
        for (index, sub_chunk) in chunk.sub_chunks.iter().enumerate() {
            way.push(index);
            sub_chunks.push(VerifiedChunk::at(root, sub_chunk, way)?);
            way.pop();
        }
        Ok(VerifiedChunk { root: root.clone(), way: way.as_slice().into(), analysis, dynamic, sub_chunks })
    }

    /// The chunk itself.
    pub fn chunk(&self) -> &Chunk {
        self.way.iter().fold(&self.root, |chunk, index| &chunk.sub_chunks[*index])
    }

    /// What verification found out. Of a [dynamic](VerifiedChunk::is_dynamic) chunk only the leaders
    /// are known.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The chunks that shell ops run, verified too, in the order of `Chunk::sub_chunks`.
    pub fn sub_chunks(&self) -> &[VerifiedChunk] {
        &self.sub_chunks
    }

    /// Whether the chunk has an extension op of undeclared effect. Its stack cannot be known in
    /// advance, so it runs in the reference interpreter, which checks as it goes.
    pub fn is_dynamic(&self) -> bool {
        self.dynamic
    }
}

impl Chunk {
    /// Verifies the chunk and its sub-chunks.
    ///
    /// # Errors
    /// The first broken rule, with the op's index, source name and line.
    pub fn verify(self) -> Result<VerifiedChunk, VerifyError> {
        VerifiedChunk::new(Arc::new(self))
    }

    /// What keeps the chunk and its sub-chunks from running, for people who mend it: one problem of each
    /// body and all problems of the operands, no more than `most`. Empty when the chunk verifies.
    pub fn problems(&self, most: usize) -> Vec<VerifyError> {
        let mut errors = Vec::new();
        collect(self, &mut Vec::new(), most, &mut errors);
        errors
    }
}
