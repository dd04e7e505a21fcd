//! POSIX awk on the fusevm engine.
//!
//! Text becomes tokens ([`token`]), tokens a tree ([`parser`], [`ast`]), names become places ([`resolver`]),
//! and all of it one chunk of ops ([`compiler`]).

pub mod ast;
pub mod builtins;
pub mod compiler;
pub mod diagnostic;
pub mod escape;
mod lexer;
pub mod parser;
pub mod resolver;
pub mod source;
pub mod specials;
#[cfg(test)]
mod testing;
pub mod token;

pub use compiler::{CompileOptions, Program, compile};
pub use diagnostic::{Diagnostic, Severity};
pub use source::Source;
