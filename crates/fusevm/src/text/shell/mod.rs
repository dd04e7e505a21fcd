//! The pure text half of the shell: patterns, splitting, and the expansions that need no process.
//!
//! Everything here works on byte strings and knows neither [`Value`](crate::value) nor the file
//! system; where an expansion asks about the world (directories, home directories) it does so
//! through a trait or a closure, so that an embedder decides how much of the world there is.

pub mod brace;
pub mod chars;
pub mod glob;
pub mod param;
pub mod split;
pub mod tilde;
