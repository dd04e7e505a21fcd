//! What the programs read: lines of words and of all that looks like a number, more or less.

use crate::rng::Rng;

const WORDS: &[&str] = &[
    "a",
    "b",
    "abc",
    "foo",
    "bar",
    "foobar",
    "the",
    "ab",
    "ba",
    "aab",
    "Foo",
    "BAR",
    "x1",
    "a.b",
    "a+b",
    "0",
    "1",
    "2",
    "3",
    "10",
    "42",
    "-1",
    "+5",
    "007",
    "1.5",
    "-2.50",
    ".5",
    "5.",
    "1e3",
    "1E-2",
    "1e",
    "0x1A",
    "0x",
    "nan",
    "inf",
    "1_000",
    "100000",
    "1234567",
    "123456789012",
    "9007199254740993",
    "1e300",
    "3abc",
    "abc3",
    "-",
    "+",
    "*",
    "$",
    "\"q\"",
    "a\"b",
    "'",
    "\\",
    "a\\b",
    "[x]",
    "(y)",
    "{1}",
    "^",
    "&",
    "%d",
    "a|b",
    "2024-01-02",
    "12:30",
    "a=b",
    "_",
];
const UTF8_WORDS: &[&str] = &["é", "naïve", "Ünï", "日本", "日", "a日b", "😀", "ß", "Ω"];
const SEPARATORS: &[&str] = &[" ", " ", " ", " ", "  ", "\t", ":", ":", ",", ",", ", ", ";", " \t ", "::"];

/// A file of some lines.
pub(super) fn file(rng: &mut Rng, is_utf8: bool) -> Vec<u8> {
    let mut content = Vec::new();
    let lines = if rng.chance(1, 20) { rng.below(2) } else { 2 + rng.below(12) };
    let favourite = rng.pick(SEPARATORS);
    for _ in 0..lines {
        let words = if rng.chance(1, 8) { 0 } else { 1 + rng.below(6) };
        if rng.chance(1, 10) {
            content.extend_from_slice(b"  ");
        }
        for at in 0..words {
            if at > 0 {
                let separator = if rng.chance(2, 3) { favourite } else { rng.pick(SEPARATORS) };
                content.extend_from_slice(separator.as_bytes());
            }
            let word = if rng.chance(1, 12) && is_utf8 { rng.pick(UTF8_WORDS) } else { rng.pick(WORDS) };
            content.extend_from_slice(word.as_bytes());
        }
        if rng.chance(1, 12) {
            content.push(rng.pick(b" \t\r\x0b"));
        }
        content.push(b'\n');
    }
    if rng.chance(1, 8) {
        content.pop();
    }
    content
}
