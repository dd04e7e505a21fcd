//! Traces: linear code recorded from the interpreter, in an SSA form of our own, and its optimiser.
//!
//! Nothing here knows of Cranelift.
