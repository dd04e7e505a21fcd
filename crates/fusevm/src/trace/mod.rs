//! Traces: linear code recorded from the interpreter, in an SSA form of our own, and its optimiser.
//!
//! Nothing here knows of Cranelift. `ops` is the table of operations, `ir` the trace, `text` its text form, `verify` what
//! holds for each trace; `recorder` writes traces, `opt` has the passes, one file each, which file tests show (`filetests/trace/`).
//!
//! The recorder writes the plain form, which can be executed as it is:
//! - a read of a register is `rload` with the kind that is there, a write is `rfree` (the old value owns no heap) and
//!   `rstore`; the same for globals, elements, cells and entries;
//! - every check gets a snapshot with the instruction at which the interpreter goes on, the frames that the trace has
//!   entered, and no entries: memory is up to date;
//! - what has no operation of its own is a `step`, which writes what its [`ir::Step`] says; pointers are loaded again after it;
//! - a temporary that an instruction takes and leaves dead is killed: `rkill`;
//! - `back`, with the snapshot of the trace's first instruction, ends a loop; `exit` or `link` ends any other trace.
//!
//! [`opt::optimise`] makes of it what an emitter compiles: snapshots then restore registers and globals, a phi stands for what
//! an iteration hands on, loads without a snapshot need no check of the kind, and what only snapshots use is best
//! computed where the trace is left.

mod edit;
pub(crate) mod ir;
pub(crate) mod math;
mod memory;
pub(crate) mod ops;
pub(crate) mod opt;
pub(crate) mod recorder;
mod semantics;
mod text;
mod verify;

#[cfg(test)]
mod tests;
