//! The variables that awk itself sets or looks at.

/// Variables with a meaning of their own: the scalars that the record and I/O machinery keeps.
macro_rules! specials {
    ($($variant:ident $name:literal $numeric:literal;)*) => {
        /// A scalar that the record and I/O machinery keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Special { $(#[doc = concat!("`", $name, "`")] $variant),* }

        const ALL: &[(Special, &str, bool)] = &[$((Special::$variant, $name, $numeric)),*];
    };
}

// Name, and whether awk itself puts only numbers into it.
specials! {
    Convfmt "CONVFMT" false;
    Filename "FILENAME" false;
    Fnr "FNR" true;
    Fs "FS" false;
    Nf "NF" true;
    Nr "NR" true;
    Ofmt "OFMT" false;
    Ofs "OFS" false;
    Ors "ORS" false;
    Rlength "RLENGTH" true;
    Rs "RS" false;
    Rstart "RSTART" true;
    Subsep "SUBSEP" false;
}

impl Special {
    /// All of them, by name.
    pub fn all() -> impl Iterator<Item = Special> {
        ALL.iter().map(|(special, ..)| *special)
    }

    /// The special variable of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().find(|(_, text, _)| *text == name).map(|(special, ..)| *special)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        ALL[self as usize].1
    }

    /// Whether awk itself puts only numbers into it.
    pub fn is_numeric(self) -> bool {
        ALL[self as usize].2
    }
}

/// Ordinary globals that awk fills before the program starts, and whether each is an array.
pub(crate) const PRESET: &[(&str, bool)] = &[("ARGC", false), ("ARGV", true), ("ENVIRON", true)];

/// Whether a name has a meaning of its own, so that no function or parameter can have it.
pub(crate) fn is_reserved(name: &str) -> bool {
    Special::from_name(name).is_some() || PRESET.iter().any(|(preset, _)| *preset == name)
}
