//! The variables that awk itself sets or looks at.

pub use fusevm::awk_host::Special;

/// Whether awk itself puts only numbers into a special variable.
pub(crate) fn is_numeric(special: Special) -> bool {
    matches!(special, Special::Nr | Special::Fnr | Special::Nf | Special::Rstart | Special::Rlength)
}

/// Ordinary globals that awk fills before the program starts, and whether each is an array.
pub(crate) const PRESET: &[(&str, bool)] = &[("ARGC", false), ("ARGV", true), ("ENVIRON", true)];

/// Whether a name has a meaning of its own, so that no function or parameter can have it.
pub(crate) fn is_reserved(name: &str) -> bool {
    Special::from_name(name).is_some() || PRESET.iter().any(|(preset, _)| *preset == name)
}
