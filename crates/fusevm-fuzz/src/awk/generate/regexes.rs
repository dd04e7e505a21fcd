//! Regular expressions, as POSIX and gawk define them.

use super::{Characters, Generator};

const LITERALS: &[&str] = &[
    "a", "b", "c", "o", "ab", "foo", "1", "0", "x", " ", ":", ",", "-", "é", "\\.", "\\+", "\\$", "\\|",
    "\\(", "\\[", "\\/", "\\t",
];
const CLASSES: &[&str] = &[
    "[abc]",
    "[^a]",
    "[a-f]",
    "[0-9]",
    "[[:alpha:]]",
    "[[:digit:]_]",
    "[^[:space:]]",
    "[[:upper:]]",
    "[]a]",
    "[^]a]",
    "[a\\]b]",
    "[.]",
    "[a-]",
    "[[:punct:]]",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    ".",
    ".",
];
/// Where gawk finds `\B` depends on what else the expression has.
const EDGES: &[&str] = &["^", "$", "\\y", "\\<", "\\>", "\\`", "\\'"];
const REPEATS: &[&str] = &["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "{0}"];

impl Generator {
    /// A regular expression as it stands between slashes.
    pub(super) fn regex(&mut self, may_be_empty: bool) -> String {
        let mut text = self.alternatives(2);
        if self.characters == Characters::Utf8 {
            text = format!("({text}){}", self.rng.pick(&["[^~]", "[a-z ]", "[[:alnum:]]"]));
        }
        if text.is_empty() && !may_be_empty { "a".into() } else { text }
    }

    /// A regular expression as a string, in quotes.
    pub(super) fn quoted_regex(&mut self) -> String {
        let text = self.regex(true).replace("\\/", "/");
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }

    fn alternatives(&mut self, depth: usize) -> String {
        let count = if self.rng.chance(1, 4) { 2 + self.rng.below(2) } else { 1 };
        (0..count).map(|_| self.sequence(depth)).collect::<Vec<_>>().join("|")
    }

    fn sequence(&mut self, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..1 + self.rng.below(3) {
            text += &self.piece(depth);
        }
        text
    }

    fn piece(&mut self, depth: usize) -> String {
        let atom = match self.rng.below(12) {
            0..=5 => self.rng.pick(LITERALS).to_owned(),
            6..=8 => self.rng.pick(CLASSES).to_owned(),
            // What a repeated edge is, implementations do not agree on.
            9 => return self.rng.pick(EDGES).to_owned(),
            _ if depth > 0 => format!("({})", self.alternatives(depth - 1)),
            _ => ".".to_owned(),
        };
        if self.rng.chance(1, 3) {
            let is_long = !atom.starts_with(['\\', '[', '(']) && atom.chars().count() > 1;
            let atom = if is_long { format!("({atom})") } else { atom };
            return atom + self.rng.pick(REPEATS);
        }
        atom
    }
}
