//! POSIX awk on the fusevm engine.
//!
//! Text becomes tokens ([`token`]), tokens a tree ([`parser`], [`ast`]), and names places ([`resolver`]).

pub mod ast;
pub mod builtins;
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
