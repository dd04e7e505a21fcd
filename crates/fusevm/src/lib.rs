//! fusevm: a language-agnostic bytecode VM.
//!
//! A language frontend compiles to one [`Op`] enum with a chunk builder and gets a verified, fast
//! interpreter, limits, host traits for shell and awk operations, and diagnostics for free.

pub mod awk_builtins;
pub mod awk_host;
pub mod chunk;
pub mod code;
pub mod error;
mod fnv;
pub mod host;
mod interp;
pub mod limits;
pub mod op;
mod pool;
pub mod shell_builtins;
pub mod text;
pub mod value;
pub mod vm;

pub use awk_host::AwkHost;
pub use chunk::{Chunk, ChunkBuilder};
pub use host::{DefaultHost, ShellHost};
pub use op::Op;
pub use pool::VMPool;
pub use value::Value;
pub use vm::{Frame, VM, VMResult};
