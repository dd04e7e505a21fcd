//! Differential fuzzing of fusevm: random programs are run by all engines, which must agree on everything
//! that a program or its embedder can see.
//!
//! ```
//! use fusevm_fuzz::{Comparison, ENGINES, program};
//!
//! let seed = 1;
//! let comparison = Comparison::new(ENGINES, 20_000, seed);
//! assert!(comparison.disagreement(&program(seed)).is_none());
//! ```
//!
//! With the feature `awk` there are programs for awk too: see `awk`.
//!
//! The binary runs for as long as it is told to and writes what it finds as programs in the text form.

#[cfg(feature = "awk")]
pub mod awk;
mod compare;
mod engine;
mod finding;
mod generate;
pub mod hosts;
mod observe;
mod rng;
mod shrink;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, Disagreement};
pub use engine::{ENGINES, Engine, REFERENCE};
pub use finding::Finding;
pub use generate::program;
pub use observe::{Observation, Run, Setting, observations, observe, show};
pub use shrink::shrink;
