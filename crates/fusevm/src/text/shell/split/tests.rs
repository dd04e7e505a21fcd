//! Recorded from bash 5.2 under C.UTF-8; dash agrees where `IFS` is ASCII.

use super::*;

/// Text, `IFS`, fields.
type Case = (&'static str, Option<&'static str>, &'static [&'static str]);

const FIELDS: &[Case] = &[
    ("a b c", None, &["a", "b", "c"]),
    (" a  b\tc\n", None, &["a", "b", "c"]),
    ("", None, &[]),
    ("  ", None, &[]),
    ("a", None, &["a"]),
    ("a:b", None, &["a:b"]),
    ("a:b:c", Some(":"), &["a", "b", "c"]),
    (":a", Some(":"), &["", "a"]),
    ("a:", Some(":"), &["a"]),
    ("a::", Some(":"), &["a", ""]),
    ("::", Some(":"), &["", ""]),
    (":", Some(":"), &[""]),
    ("a::b", Some(":"), &["a", "", "b"]),
    ("a:b: ", Some(":"), &["a", "b", " "]),
    (" a : b ", Some(": "), &["a", "b"]),
    (" a : : b ", Some(": "), &["a", "", "b"]),
    ("a :b", Some(": "), &["a", "b"]),
    ("a: b", Some(": "), &["a", "b"]),
    (" : ", Some(": "), &[""]),
    (" :: ", Some(": "), &["", ""]),
    (": a", Some(": "), &["", "a"]),
    ("a :", Some(": "), &["a"]),
    ("a b c", Some(""), &["a b c"]),
    (" a ", Some(""), &[" a "]),
    ("", Some(""), &[]),
    ("", Some(":"), &[]),
    ("a,b;c", Some(",;"), &["a", "b", "c"]),
    ("a,;b", Some(",;"), &["a", "", "b"]),
    ("a, ;b", Some(",; "), &["a", "", "b"]),
    (" ,a", Some(", "), &["", "a"]),
    (", ,a", Some(", "), &["", "", "a"]),
    ("a\tb c\n", Some("\t"), &["a", "b c\n"]),
    ("a\n\nb", Some("\n"), &["a", "b"]),
    ("\n\na\n\n", Some("\n"), &["a"]),
    ("a b\nc", Some("\n"), &["a b", "c"]),
    ("aXbXXc", Some("X"), &["a", "b", "", "c"]),
    ("abcba", Some("b"), &["a", "c", "a"]),
    ("  leading", None, &["leading"]),
    ("trailing  ", None, &["trailing"]),
    ("/usr/bin:/bin::/sbin:", Some(":"), &["/usr/bin", "/bin", "", "/sbin"]),
    ("a\\ b", Some(" "), &["a\\", "b"]),
    ("a-b_c", Some("-_"), &["a", "b", "c"]),
    ("1  2", Some("  "), &["1", "2"]),
    ("x  y", Some(" \t\n"), &["x", "y"]),
    ("a b", Some("b"), &["a "]),
    ("\t:a:\t", Some(":\t"), &["", "a"]),
    ("a  :  b", Some(": "), &["a", "b"]),
    ("a  ::  b", Some(": "), &["a", "", "b"]),
    ("\n:\n:\n", Some(":\n"), &["", ""]),
];

/// With characters of several bytes in `IFS`.
const WIDE: &[Case] = &[
    ("éaéb", Some("é"), &["", "a", "b"]),
    ("aéb", Some("è"), &["aéb"]),
    ("a→b→→c", Some("→"), &["a", "b", "", "c"]),
];

/// What `"<"$text">"` gives.
const GLUED: &[Case] = &[
    ("a b", None, &["<a", "b>"]),
    (" a ", None, &["<", "a", ">"]),
    ("", None, &["<>"]),
    (" ", None, &["<", ">"]),
    ("a", None, &["<a>"]),
    (":", Some(":"), &["<", ">"]),
    ("::", Some(":"), &["<", "", ">"]),
    (":a:", Some(":"), &["<", "a", ">"]),
    ("a:b", Some(":"), &["<a", "b>"]),
    (" : ", Some(": "), &["<", ">"]),
    (" :a", Some(": "), &["<", "a>"]),
    ("a : ", Some(": "), &["<a", ">"]),
    ("a b", Some(""), &["<a b>"]),
];

fn as_str<'t>(fields: &[&'t [u8]]) -> Vec<&'t str> {
    fields.iter().map(|field| str::from_utf8(field).unwrap()).collect()
}

#[test]
fn fields_as_in_bash_and_dash() {
    for &(text, ifs, expected) in FIELDS.iter().chain(WIDE) {
        let fields = split(text.as_bytes(), ifs.map(str::as_bytes), Locale::Utf8);
        assert_eq!(as_str(&fields), expected, "{text:?} with IFS {ifs:?}");
    }
}

#[test]
fn the_ends_glue_to_quoted_neighbours() {
    for &(text, ifs, expected) in GLUED {
        let pieces = Pieces::cut(text.as_bytes(), ifs.map(str::as_bytes), Locale::Utf8).pieces;
        let mut glued: Vec<String> = as_str(&pieces).into_iter().map(String::from).collect();
        glued[0].insert(0, '<');
        glued.last_mut().unwrap().push('>');
        assert_eq!(glued, expected, "{text:?} with IFS {ifs:?}");
    }
}

#[test]
fn the_c_locale_splits_at_bytes() {
    // Recorded from dash, which knows no longer characters.
    assert_eq!(split("aéb".as_bytes(), Some("è".as_bytes()), Locale::C), [&b"a"[..], b"\xa9b"]);
    assert_eq!(split(b"a\xffb", Some(b"\xff"), Locale::Utf8), [b"a", b"b"]);
}
