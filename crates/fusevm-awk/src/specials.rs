//! The variables that awk itself sets or looks at.

pub use fusevm::awk_host::Special;

/// Whether awk itself puts only numbers into a special variable.
pub(crate) fn is_numeric(special: Special) -> bool {
    matches!(special, Special::Nr | Special::Fnr | Special::Nf | Special::Rstart | Special::Rlength)
}

/// Ordinary globals that awk fills before the program starts, and whether each is an array.
pub(crate) const PRESET: &[(&str, bool)] = &[
    ("ARGC", false),
    ("ARGIND", false),
    ("ARGV", true),
    ("BINMODE", false),
    ("ENVIRON", true),
    (FUNCTAB, true),
    ("LINT", false),
    ("PREC", false),
    (PROCINFO, true),
    ("ROUNDMODE", false),
    (SYMTAB, true),
    ("TEXTDOMAIN", false),
];

/// The array of the functions' names.
pub(crate) const FUNCTAB: &str = "FUNCTAB";
/// The array of facts about the process, and of settings.
pub(crate) const PROCINFO: &str = "PROCINFO";
/// The array through which a program reaches its variables by name.
pub(crate) const SYMTAB: &str = "SYMTAB";

/// Whether a name has a meaning of its own, so that no function or parameter can have it.
pub(crate) fn is_reserved(name: &str) -> bool {
    Special::from_name(name).is_some() || PRESET.iter().any(|(preset, _)| *preset == name)
}
