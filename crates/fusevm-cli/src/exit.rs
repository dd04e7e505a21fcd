//! The exit statuses of the command. Scripts rely on them, so help and man pages tell them from this table.

/// The program ended with an error.
pub const PROGRAM_ERROR: u8 = 1;
/// Wrong usage, a file that cannot be read, written or is no valid program, or output that cannot be written.
pub const USAGE: u8 = 2;
/// The program ran out of its time; the status that timeout(1) gives, too.
pub const TIMEOUT: u8 = 124;
/// The program reached another limit.
pub const LIMIT: u8 = 125;

/// Each status with its meaning, for people.
pub const MEANINGS: &[(&str, &str)] = &[
    ("0", "Success"),
    ("1", "The program that was run ended with an error"),
    ("2", "Wrong usage; a file that is unreadable, unwritable or no valid program; failed I/O"),
    ("124", "The program ran longer than --timeout allows"),
    ("125", "The program reached its limit of fuel, memory or call depth"),
    ("N", "The program's result is the status N"),
];
