//! The disk cache: native code and type feedback are kept between runs, and never trusted.
//!
//! A cache is a directory of the user with one file for each content. The directory must belong to the
//! user, with no access for anyone else, and so must each file; nothing is followed that could lead out of it.
//! A file says what it is, for which build on which kind of machine, and is sealed with a secret that
//! is kept beside it. Whatever is not exactly as this build would have written it is a miss, and
//! removed. So a damaged disk, an older version or another user can slow a program down, but not make it
//! run foreign code. (A process of the same user can forge anything; it could as well change the program.)
//!
//! The cache never makes a program fail: what cannot be read is a miss, what cannot be written is left.
//!
//! - `settings`: the cache of this process: environment, defaults, what the program sets
//! - `location`: a directory as a whole: bounds, removing old files
//! - `store`: loading and saving
//! - `directory`: the system calls, and all checks of owners and modes
//! - `entry`: the form of a file; `identity`: build and machine

mod directory;
mod entry;
mod identity;
mod location;
mod settings;
mod store;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) use location::Location;
pub(crate) use settings::{
    clear_jit_cache, jit_cache_dir, jit_cache_size_bytes, process_store, prune_jit_cache, set_jit_cache_dir,
    set_jit_cache_max_bytes,
};
pub(crate) use store::Store;

/// What a content is. The same key may have one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Native code of the method compiler.
    Code = 1,
    /// Types and branches that the interpreter has seen.
    Feedback = 2,
    /// Native code of traces.
    Trace = 3,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Code, Kind::Feedback, Kind::Trace];

    /// The ending of its files.
    fn name(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Feedback => "feedback",
            Kind::Trace => "trace",
        }
    }
}

/// Why there is no cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The user or the program wants none.
    TurnedOff,
    /// There is no home directory to keep it in.
    NoHome,
    /// The process runs with rights that its user has not (setuid or setgid).
    Privileged,
    /// There is something else in its place.
    NotADirectory,
    /// The directory belongs to another user.
    Foreign,
    /// Other users have access to the directory.
    OpenToOthers,
    /// The system refuses.
    System(io::ErrorKind),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Refusal::TurnedOff => f.write_str("it is turned off"),
            Refusal::NoHome => f.write_str("there is no home directory"),
            Refusal::Privileged => f.write_str("the process runs with the rights of another user"),
            Refusal::NotADirectory => f.write_str("its path is not a directory"),
            Refusal::Foreign => f.write_str("its directory belongs to another user"),
            Refusal::OpenToOthers => f.write_str("its directory is open to other users (chmod 700 helps)"),
            Refusal::System(error) => write!(f, "its directory cannot be opened: {error}"),
        }
    }
}

/// Why a content was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// There is no cache.
    Off(Refusal),
    /// It is not stored.
    Absent,
    /// The system cannot read it.
    Unreadable(io::ErrorKind),
    /// The file was not as it must be, for this reason, and has been removed.
    Rejected(&'static str),
}

impl From<Refusal> for Miss {
    fn from(refusal: Refusal) -> Miss {
        Miss::Off(refusal)
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Miss::Off(refusal) => write!(f, "no cache: {refusal}"),
            Miss::Absent => f.write_str("not in the cache"),
            Miss::Unreadable(error) => write!(f, "the file in the cache cannot be read: {error}"),
            Miss::Rejected(reason) => write!(f, "the file in the cache {reason}; it was removed"),
        }
    }
}

/// Seconds since the epoch, by the clock that times of files are made with.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}
