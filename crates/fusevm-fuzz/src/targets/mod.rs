//! What is tested: where programs come from, what must hold of them, and how those of which it does not are noted.

#[cfg(feature = "awk")]
mod awk_gawk;
#[cfg(feature = "awk")]
mod awk_parse;
mod engines;

use crate::Session;
#[cfg(feature = "awk")]
pub use awk_gawk::AwkGawk;
#[cfg(feature = "awk")]
pub use awk_parse::AwkParse;
pub use engines::Engines;
#[cfg(feature = "awk")]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::path::PathBuf;
use std::process::ExitStatus;

/// Bounds the address space of this process and of those that it starts.
#[cfg(feature = "awk")]
fn bound_memory(bytes: u64) -> Result<(), String> {
    let limit = Rlimit { current: Some(bytes), maximum: getrlimit(Resource::As).maximum };
    setrlimit(Resource::As, limit).map_err(|error| error.to_string())
}

/// Something that random programs can be run on.
pub trait Target: Sync {
    /// What tells this program which target is meant, and the target's own options.
    fn arguments(&self) -> Vec<String>;

    /// Runs of this process so far.
    fn runs() -> u64;

    /// Runs the program of a seed; where the finding is, if there is one.
    fn run(&self, session: &Session, seed: u64) -> Result<Option<PathBuf>, String>;

    /// Runs the program of a file; what is wrong with it.
    fn replay(&self, session: &Session, name: &str, text: &[u8]) -> Result<Option<String>, String>;

    /// Notes that a process has ended while it ran the program of a seed; where the finding is.
    fn note_crash(&self, session: &Session, seed: u64, status: ExitStatus) -> Result<PathBuf, String>;
}
