//! fusevm: a language-agnostic bytecode VM.
//!
//! A language frontend compiles to one [`Op`] enum with a [`ChunkBuilder`] and gets a verified, fast
//! interpreter, limits, host traits for shell and awk operations, and diagnostics for free.
//!
//! ```
//! use fusevm::{ChunkBuilder, Op, VM, VMResult, Value};
//!
//! // while n > 0 { total = total + n; n = n - 1 }; total         n is slot 0, total slot 1
//! let mut b = ChunkBuilder::new();
//! let top = b.emit(Op::GetSlot(0), 1);
//! b.emit(Op::LoadInt(0), 1);
//! b.emit(Op::NumGt, 1);
//! let exit = b.emit(Op::JumpIfFalse(0), 1);
//! for op in [Op::GetSlot(1), Op::GetSlot(0), Op::Add, Op::SetSlot(1), Op::PreDecSlot(0), Op::Pop, Op::Jump(top)] {
//!     b.emit(op, 1);
//! }
//! b.patch_jump(exit, b.current_pos());
//! b.emit(Op::GetSlot(1), 1);
//!
//! let mut vm = VM::new(b.build());
//! vm.set_slot(0, Value::int(100));
//! vm.set_fuel(Some(10_000)); // more than 10,000 ops are an error
//! assert_eq!(vm.run(), VMResult::Ok(Value::int(5050)));
//! ```
//!
//! `docs/embedding.md` in the repository goes on from here.

pub mod awk_builtins;
pub mod awk_host;
pub mod chunk;
pub mod code;
pub mod error;
mod fnv;
pub mod host;
mod interp;
#[cfg(feature = "jit")]
pub mod jit;
pub mod limits;
pub mod op;
mod pool;
pub mod shell_builtins;
mod short;
pub mod text;
#[cfg(feature = "jit")]
mod trace;
pub mod value;
pub mod vm;

pub use awk_host::AwkHost;
pub use chunk::{Chunk, ChunkBuilder};
pub use host::{DefaultHost, ShellHost};
#[cfg(feature = "jit")]
pub use jit::{
    DeoptFrame, DeoptInfo, JitCompiler, JitExtension, NativeCode, SlotKind, TraceJitConfig, TraceLookup,
    TraceMetadata,
};
pub use op::Op;
pub use pool::VMPool;
pub use value::Value;
pub use vm::{Frame, VM, VMResult};

/// Tests the examples of the guides.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../docs/embedding.md")]
#[cfg_attr(feature = "jit", doc = include_str!("../../../docs/jit.md"))]
struct Guides;
