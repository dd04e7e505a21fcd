//! Native code: the three JIT tiers, on Cranelift.

mod arena;
mod blob;
#[cfg(feature = "jit-disk-cache")]
mod cache;
pub(crate) mod compiler;
mod config;
pub(crate) mod context;
mod direct;
mod emit_common;
mod extension;
mod helpers;
mod isa;
pub mod log;
mod metadata;
pub(crate) mod method;
pub(crate) mod place;
pub mod policy;
pub(crate) mod tell;
#[doc(hidden)]
pub mod testing;
pub(crate) mod tiers;
pub(crate) mod trace_code;
pub(crate) mod trace_emit;
mod trace_queries;
mod vm;
mod worker;

pub use compiler::JitCompiler;
pub use config::{BLOCK_THRESHOLD_VARIABLE, TRACE_THRESHOLD_VARIABLE, TraceJitConfig};
pub use extension::{
    BoolOp, BoolValue, Comparison, ExtensionBuilder, ExtensionOp, FloatFunction, FloatOp, FloatValue, IntOp,
    IntValue, JitExtension, MAX_OPERANDS, Operand,
};
pub(crate) use extension::{Emission, ExtensionCode, ExtensionTable, emit as emit_extension};
pub use log::Event;
pub use metadata::{
    DeoptFrame, DeoptInfo, NativeCode, SlotKind, Tier, TraceLookup, TraceMetadata, TraceParent,
    kinds_in_words,
};
pub(crate) use vm::{Switches, answer_sample, end_run};
pub use worker::{Quiesced, quiesce};
