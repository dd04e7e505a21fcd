//! Character sets: what a bracket expression collects, and the named POSIX classes.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::Options;

/// The POSIX classes: name, members in the C locale, members in a UTF-8 locale as glibc's C.UTF-8 has them (both in the notation of
/// `regex-syntax`). Private-use code points are left out of all of them: some of those stand for invalid bytes.
const CLASSES: &[(&[u8], &str, &str)] = &[
    (b"alnum", "[0-9A-Za-z]", r"[\p{Alphabetic}\p{Nd}]"),
    (b"alpha", "[A-Za-z]", r"[[\p{Alphabetic}\p{Nd}]--[0-9]]"),
    (b"blank", r"[\t ]", r"[\t\p{Zs}--[\xA0\u2007\u202F]]"),
    (b"cntrl", r"[\x00-\x1F\x7F]", r"[\p{Cc}\u2028\u2029]"),
    (b"digit", "[0-9]", "[0-9]"),
    (b"graph", "[!-~]", r"[[^\p{Cc}\p{Cn}\p{Co}\p{Z}]\xA0\u2007\u202F]"),
    (b"lower", "[a-z]", r"\p{Lowercase}"),
    (b"print", "[ -~]", r"[^\p{Cc}\p{Cn}\p{Co}\u2028\u2029]"),
    (b"punct", r"[!-/:-@\[-`{-~]", r"[[^\p{Cc}\p{Cn}\p{Co}\p{Z}\p{Alphabetic}\p{Nd}]\xA0\u2007\u202F]"),
    (b"space", r"[\t-\r ]", r"[\t-\r\p{Z}--[\xA0\u2007\u202F]]"),
    (b"upper", "[A-Z]", r"[\p{Uppercase}\p{Lt}]"),
    (b"xdigit", "[0-9A-Fa-f]", "[0-9A-Fa-f]"),
];

/// A set of characters under construction. Over single bytes its members are 0..=0xFF and stand for those bytes.
pub(super) struct CharSet {
    members: ClassUnicode,
}

impl CharSet {
    pub(super) fn empty() -> CharSet {
        CharSet { members: ClassUnicode::empty() }
    }

    /// The set of one character.
    pub(super) fn of(c: char) -> CharSet {
        let mut set = CharSet::empty();
        set.add_range(c, c);
        set
    }

    pub(super) fn add_range(&mut self, first: char, last: char) {
        self.members.push(ClassUnicodeRange::new(first, last));
    }

    /// Adds the POSIX class of that name; false when there is none.
    pub(super) fn add_class(&mut self, name: &[u8], options: &Options) -> bool {
        // Ignoring case, gawk takes [[:upper:]] and [[:lower:]] as any letter that has case, which folding gives by itself.
        let Some(&(_, ascii, unicode)) = CLASSES.iter().find(|class| class.0 == name) else {
            return false;
        };
        self.members.union(&parse_class(if options.utf8 { unicode } else { ascii }));
        true
    }

    /// The characters of GNU's `\w`: letters, digits and the underscore.
    pub(super) fn word(options: &Options) -> CharSet {
        let mut set = CharSet::of('_');
        set.add_class(b"alnum", options);
        set
    }

    /// The characters of GNU's `\s`.
    pub(super) fn space(options: &Options) -> CharSet {
        let mut set = CharSet::empty();
        set.add_class(b"space", options);
        set
    }

    /// The expression that matches one character of the set, or one outside it.
    pub(super) fn into_hir(mut self, negated: bool, options: &Options) -> Hir {
        if options.utf8 {
            if options.case_insensitive {
                self.members.case_fold_simple();
            }
            if negated {
                self.members.negate();
            }
            // A set within ASCII is simpler as bytes.
            return Hir::class(match self.members.to_byte_class() {
                Some(bytes) => Class::Bytes(bytes),
                None => Class::Unicode(self.members),
            });
        }
        let byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(u8::MAX);
        let ranges =
            self.members.iter().map(|range| ClassBytesRange::new(byte(range.start()), byte(range.end())));
        let mut bytes = ClassBytes::new(ranges);
        if options.case_insensitive {
            bytes.case_fold_simple();
        }
        if negated {
            bytes.negate();
        }
        Hir::class(Class::Bytes(bytes))
    }
}

/// Any one character, newline included.
pub(super) fn any(options: &Options) -> Hir {
    CharSet::empty().into_hir(true, options)
}

fn parse_class(notation: &str) -> ClassUnicode {
    let hir = regex_syntax::parse(notation).expect("the class table is well-formed");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        other => unreachable!("the class table has classes only, not {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_the_table_parses() {
        for &(name, ..) in CLASSES {
            for utf8 in [false, true] {
                assert!(CharSet::empty().add_class(name, &Options { utf8, ..Options::POSIX }));
            }
        }
    }
}
