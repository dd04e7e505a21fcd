//! Traces: linear code recorded from the interpreter, in an SSA form of our own, and its optimiser.
//!
//! Nothing here knows of Cranelift.
#![allow(dead_code, reason = "the recorder and the emitter, which use the rest, are not there yet")]

mod edit;
mod ir;
mod math;
mod memory;
mod ops;
mod opt;
mod semantics;
mod text;
mod verify;

#[cfg(test)]
mod tests;
