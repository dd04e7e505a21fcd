//! What [`JitCompiler`] tells of traces, and what of them outlives the process.
//!
//! A loop is known by the op that its jump back targets. Code of one chunk may exist several times on a thread,
//! for VMs that number their globals or define their subs differently; a loop's figures are sums over these.

use super::compiler::JitCompiler;
use super::metadata::{TraceMetadata, TraceParent};
use super::tiers::trace_states::{self, LoopState};
use super::tiers::{Content, content};
use crate::chunk::Chunk;
use crate::fnv::Fnv1a;

impl JitCompiler {
    /// Whether the loop whose jump back targets an op has a trace. Waits for compilations.
    pub fn trace_is_compiled(&self, chunk: &Chunk, ip: usize) -> bool {
        loops(chunk, ip).iter().any(|state| state.is_compiled)
    }

    /// Whether the loop whose jump back targets an op is not recorded any more. Waits for compilations.
    pub fn trace_is_blacklisted(&self, chunk: &Chunk, ip: usize) -> bool {
        loops(chunk, ip).iter().any(|state| state.is_blacklisted)
    }

    /// How often the traces of the loop whose jump back targets an op were left by an exit, to the interpreter or to a
    /// side trace. Waits for compilations.
    pub fn trace_side_exit_count(&self, chunk: &Chunk, ip: usize) -> u64 {
        loops(chunk, ip).iter().map(|state| state.side_exits).sum()
    }

    /// Of these exits, how often the interpreter went on. Waits for compilations.
    pub fn trace_deopt_count(&self, chunk: &Chunk, ip: usize) -> u64 {
        loops(chunk, ip).iter().map(|state| state.deopts).sum()
    }

    /// What is needed to make this thread's traces of a chunk again in another process. Waits for compilations.
    ///
    /// Loops that are given up are among them, so that the next process does not try them again.
    pub fn export_trace_metadata(&self, chunk: &Chunk) -> Vec<TraceMetadata> {
        let content = content(chunk);
        let chunk_hash = hash(&content);
        let mut exported = Vec::new();
        for unit in trace_states::of_chunk(&content) {
            let first = exported.len();
            exported.extend(unit.traces.iter().map(|trace| TraceMetadata {
                chunk_hash,
                header: trace.header,
                parent: trace.parent.map(|(index, exit)| TraceParent { index: first + index, exit }),
                entry: trace.entry.clone(),
                path: trace.path.clone(),
                side_exits: trace.side_exits,
                deopts: trace.deopts,
                blacklisted: false,
            }));
            let given_up = unit.loops.iter().filter(|state| state.is_blacklisted);
            exported.extend(given_up.map(|state| TraceMetadata {
                chunk_hash,
                header: state.op,
                blacklisted: true,
                ..TraceMetadata::default()
            }));
        }
        exported
    }

    /// Makes loops that had traces in another process be recorded as soon as they are looked at on this thread, and
    /// loops that were given up there be left alone. Gives how many of the list fit the chunk.
    ///
    /// What it says is not trusted: it only decides what is recorded, and when.
    pub fn import_trace_metadata(&self, chunk: &Chunk, metadata: &[TraceMetadata]) -> usize {
        let content = content(chunk);
        let chunk_hash = hash(&content);
        let fits = |metadata: &&TraceMetadata| {
            metadata.chunk_hash == chunk_hash && is_header(chunk, metadata.header)
                || metadata.parent.is_some()
                    && metadata.chunk_hash == chunk_hash
                    && metadata.header < chunk.ops.len()
        };
        let fitting: Vec<&TraceMetadata> = metadata.iter().filter(fits).collect();
        let roots = fitting.iter().filter(|metadata| metadata.parent.is_none());
        trace_states::import(
            content,
            roots.map(|metadata| (metadata.header, metadata.blacklisted)).collect(),
        );
        fitting.len()
    }
}

/// What is known of the loop whose jump back targets an op, once for each code of the chunk.
fn loops(chunk: &Chunk, ip: usize) -> Vec<LoopState> {
    let units = trace_states::of_chunk(&content(chunk)).into_iter();
    units.flat_map(|unit| unit.loops).filter(|state| state.op == ip).collect()
}

/// Whether a backward jump targets an op.
fn is_header(chunk: &Chunk, op: usize) -> bool {
    let jumps = chunk.ops.iter().enumerate().skip(op);
    jumps.filter_map(|(_, jump)| jump.jump_target()).any(|target| target == op)
}

fn hash(content: &Content) -> u64 {
    let mut hash = Fnv1a::default();
    hash.write(content);
    hash.finish()
}
