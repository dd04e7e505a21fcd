//! POSIX awk on the fusevm engine.
//!
//! Text becomes tokens ([`token`]), tokens a tree ([`parser`], [`ast`]), names become places ([`resolver`]),
//! and all of it one chunk of ops ([`compiler`]). A host gives the program files and processes; [`main`] is the whole
//! command.

pub mod ast;
pub mod builtins;
mod classic;
mod cli;
pub mod compiler;
pub mod diagnostic;
pub mod escape;
mod host;
pub mod include;
mod lexer;
mod library;
mod lint;
mod parallel;
pub mod parser;
mod reports;
pub mod resolver;
pub mod source;
pub mod specials;
#[cfg(test)]
mod testing;
pub mod token;

pub use cli::options;
pub use cli::{main, main_with};
pub use compiler::{CompileOptions, Dialect, Program, compile};
pub use diagnostic::{Diagnostic, Severity};
pub use source::Source;
