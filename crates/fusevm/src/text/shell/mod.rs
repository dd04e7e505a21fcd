//!
//! Everything here works on byte strings and knows neither [`Value`](crate::value) nor the file
//! system; where an expansion asks about the world (directories, home directories) it does so
//! through a trait or a closure, so that an embedder decides how much of the world there is.

pub mod chars;
pub mod glob;
