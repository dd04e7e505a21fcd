//! The variables that awk itself sets or looks at while it reads, splits and prints.

/// Makes of each line a variant with its name.
macro_rules! specials {
    ($($variant:ident = $name:literal,)*) => {
        /// A variable that the record and I/O machinery keeps. ARGC, ARGV and ENVIRON are plain globals.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Special { $(#[doc = concat!("`", $name, "`")] $variant,)* }

        impl Special {
            /// All of them.
            pub const ALL: &[Special] = &[$(Special::$variant),*];

            /// The special variable of that name.
            pub fn from_name(name: &str) -> Option<Special> {
                match name {
                    $($name => Some(Special::$variant),)*
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Special::$variant => $name,)*
                }
            }
        }
    };
}

specials! {
    Nr = "NR",
    Fnr = "FNR",
    Nf = "NF",
    Fs = "FS",
    Ofs = "OFS",
    Ors = "ORS",
    Rs = "RS",
    Subsep = "SUBSEP",
    Convfmt = "CONVFMT",
    Ofmt = "OFMT",
    Rstart = "RSTART",
    Rlength = "RLENGTH",
    Filename = "FILENAME",
    Errno = "ERRNO",
    Rt = "RT",
    Fpat = "FPAT",
    Fieldwidths = "FIELDWIDTHS",
    Ignorecase = "IGNORECASE",
}
