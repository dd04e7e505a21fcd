//! Traces: linear code recorded from the interpreter, in an SSA form of our own, and its optimiser.
//!
//! Nothing here knows of Cranelift.
#![allow(dead_code, reason = "tests use the rest, and the recorder does not write all operations yet")]

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
