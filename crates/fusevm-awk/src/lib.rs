//! POSIX awk on the fusevm engine.
//!
//! Text becomes tokens ([`token`]), tokens a tree ([`parser`], [`ast`]).

pub mod ast;
pub mod builtins;
pub mod diagnostic;
pub mod escape;
mod lexer;
pub mod parser;
pub mod source;
pub mod token;
