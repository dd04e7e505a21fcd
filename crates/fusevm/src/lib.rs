//! fusevm: a language-agnostic bytecode VM.
//!
//! A language frontend compiles to one [`Op`] enum with a chunk builder and gets a verified, fast
//! interpreter, limits, host traits for shell and awk operations, and diagnostics for free.

pub mod chunk;
mod fnv;
pub mod op;
pub mod shell_builtins;
pub mod text;
pub mod value;

pub use chunk::{Chunk, ChunkBuilder};
pub use op::Op;
pub use value::Value;
