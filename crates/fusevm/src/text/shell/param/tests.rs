//! Recorded from bash 5.2 with `extglob` under C.UTF-8.

use super::*;

const OPTIONS: PatternOptions =
    PatternOptions { extended: true, case_insensitive: false, alternation: false, locale: Locale::Utf8 };

/// Value, pattern, what `#`, `##`, `%` and `%%` leave.
const STRIP: &[(&str, &str, [&str; 4])] = &[
    ("abcabc", "a*", ["bcabc", "", "abc", ""]),
    ("abcabc", "a*c", ["abc", "", "abc", ""]),
    ("abcabc", "*b", ["cabc", "c", "abcabc", "abcabc"]),
    ("abcabc", "b*", ["abcabc", "abcabc", "abca", "a"]),
    ("abcabc", "*c", ["abc", "", "abcab", ""]),
    ("abcabc", "*", ["abcabc", "", "abcabc", ""]),
    ("abcabc", "", ["abcabc", "abcabc", "abcabc", "abcabc"]),
    ("abcabc", "abc", ["abc", "abc", "abc", "abc"]),
    ("abcabc", "?", ["bcabc", "bcabc", "abcab", "abcab"]),
    ("abcabc", "??", ["cabc", "cabc", "abca", "abca"]),
    ("abcabc", "[ab]", ["bcabc", "bcabc", "abcabc", "abcabc"]),
    ("abcabc", "[!c]*", ["bcabc", "", "abca", ""]),
    ("abcabc", "x", ["abcabc", "abcabc", "abcabc", "abcabc"]),
    ("", "*", ["", "", "", ""]),
    ("", "a", ["", "", "", ""]),
    (
        "/usr/local/lib/libm.so",
        "*/",
        ["usr/local/lib/libm.so", "libm.so", "/usr/local/lib/libm.so", "/usr/local/lib/libm.so"],
    ),
    ("/usr/local/lib/libm.so", "/*", ["usr/local/lib/libm.so", "", "/usr/local/lib", ""]),
    (
        "/usr/local/lib/libm.so",
        ".*",
        ["/usr/local/lib/libm.so", "/usr/local/lib/libm.so", "/usr/local/lib/libm", "/usr/local/lib/libm"],
    ),
    ("/usr/local/lib/libm.so", "*.", ["so", "so", "/usr/local/lib/libm.so", "/usr/local/lib/libm.so"]),
    (
        "/usr/local/lib/libm.so",
        "/",
        [
            "usr/local/lib/libm.so",
            "usr/local/lib/libm.so",
            "/usr/local/lib/libm.so",
            "/usr/local/lib/libm.so",
        ],
    ),
    ("/usr/local/lib/libm.so", "*l*", ["ocal/lib/libm.so", "", "/usr/local/lib/", ""]),
    ("archive.tar.gz", ".*", ["archive.tar.gz", "archive.tar.gz", "archive.tar", "archive"]),
    ("archive.tar.gz", "*.", ["tar.gz", "gz", "archive.tar.gz", "archive.tar.gz"]),
    ("archive.tar.gz", ".gz", ["archive.tar.gz", "archive.tar.gz", "archive.tar", "archive.tar"]),
    ("archive.tar.gz", ".tar.*", ["archive.tar.gz", "archive.tar.gz", "archive", "archive"]),
    ("a*b*c", "\\*", ["a*b*c", "a*b*c", "a*b*c", "a*b*c"]),
    ("a*b*c", "*\\*", ["b*c", "c", "a*b*c", "a*b*c"]),
    ("a*b*c", "\\**", ["a*b*c", "a*b*c", "a*b", "a"]),
    ("éàü", "?", ["àü", "àü", "éà", "éà"]),
    ("éàü", "*à", ["ü", "ü", "éàü", "éàü"]),
    ("éàü", "à*", ["éàü", "éàü", "é", "é"]),
    ("éàü", "[é-ü]", ["àü", "àü", "éà", "éà"]),
    ("  x  ", "+( )", [" x  ", "x  ", "  x ", "  x"]),
    ("  x  ", " *", [" x  ", "", "  x ", ""]),
    ("000123", "*(0)", ["000123", "123", "000123", "000123"]),
    ("000123", "+([0-2])", ["00123", "3", "000123", "000123"]),
    ("000123", "!(0)", ["000123", "", "000123", ""]),
    ("000123", "!(*3)", ["000123", "3", "000123", "000123"]),
    ("aXbXc", "!(*X*)", ["aXbXc", "XbXc", "aXbXc", "aXbX"]),
    ("aXbXc", "@(a|aX|aXb)", ["XbXc", "Xc", "aXbXc", "aXbXc"]),
    ("aXbXc", "@(c|Xc|bXc)", ["aXbXc", "aXbXc", "aXbX", "aX"]),
    ("aXbXc", "?(aX)", ["aXbXc", "bXc", "aXbXc", "aXbXc"]),
];

/// Value, pattern, replacement, what `/` and `//` make of it.
const SUBSTITUTE: &[(&str, &str, &str, &str, &str)] = &[
    ("abcabc", "b", "X", "aXcabc", "aXcaXc"),
    ("abcabc", "b", "", "acabc", "acac"),
    ("abcabc", "bc", "[&]", "a[bc]abc", "a[bc]a[bc]"),
    ("abcabc", "[ab]", "<&&>", "<aa>bcabc", "<aa><bb>c<aa><bb>c"),
    ("abcabc", "b", "\\&", "a&cabc", "a&ca&c"),
    ("abcabc", "b", "a\\\\b", "aa\\bcabc", "aa\\bcaa\\bc"),
    ("abcabc", "b", "\\n", "a\\ncabc", "a\\nca\\nc"),
    ("abcabc", "a*", "X", "X", "X"),
    ("abcabc", "b*", "X", "aX", "aX"),
    ("abcabc", "*b", "X", "Xc", "Xc"),
    ("abcabc", "*", "X", "X", "X"),
    ("abcabc", "", "X", "abcabc", "abcabc"),
    ("abcabc", "z", "X", "abcabc", "abcabc"),
    ("abcabc", "#a", "X", "Xbcabc", "abcabc"),
    ("abcabc", "#b", "X", "abcabc", "abcabc"),
    ("abcabc", "#", "X", "Xabcabc", "abcabc"),
    ("abcabc", "#a*c", "X", "X", "abcabc"),
    ("abcabc", "%c", "X", "abcabX", "abcabc"),
    ("abcabc", "%b", "X", "abcabc", "abcabc"),
    ("abcabc", "%", "X", "abcabcX", "abcabc"),
    ("abcabc", "%b*", "X", "aX", "abcabc"),
    ("abcabc", "#*", "X", "X", "abcabc"),
    ("abcabc", "\\#a", "X", "abcabc", "abcabc"),
    ("abcabc", "*(z)", "-", "-abcabc", "-a-b-c-a-b-c"),
    ("abcabc", "?(b)", "-", "-abcabc", "-a--c-a--c"),
    ("abcabc", "*(c)", "-", "-abcabc", "-a-b--a-b-"),
    ("abcabc", "c*(z)", "-", "ab-abc", "ab-ab-"),
    ("abcabc", "!(b)", "-", "-", "-"),
    ("abcabc", "+(a|b)", "-", "-cabc", "-c-c"),
    ("abcabc", "@(ab|abc)", "-", "-abc", "--"),
    ("abcabc", "#*(z)", "-", "-abcabc", "abcabc"),
    ("abcabc", "%*(z)", "-", "abcabc-", "abcabc"),
    ("abcabc", "%!(c)", "-", "-", "abcabc"),
    ("", "*", "X", "X", "X"),
    ("", "?", "X", "", ""),
    ("", "#", "X", "X", ""),
    ("", "%", "X", "X", ""),
    ("", "*(z)", "X", "X", "X"),
    ("", "", "X", "", ""),
    ("a/b/c", "/", ":", "a:b/c", "a:b:c"),
    ("a/b/c", "\\/", ":", "a:b/c", "a:b:c"),
    ("#a#a", "#a", "X", "#a#a", "XX"),
    ("#a#a", "\\#a", "X", "X#a", "XX"),
    ("a%a%", "%", "X", "a%a%X", "aXaX"),
    ("a%a%", "%%", "X", "a%aX", "a%a%"),
    ("éàüé", "?", "X", "Xàüé", "XXXX"),
    ("éàüé", "é", "e", "eàüé", "eàüe"),
    ("éàüé", "[!à]", "&&", "ééàüé", "ééàüüéé"),
    ("aaa", "aa", "b", "ba", "ba"),
    ("a.b.c", ".", "", "ab.c", "abc"),
    ("one two  three", " ", "_", "one_two  three", "one_two__three"),
    ("one two  three", "+( )", "_", "one_two  three", "one_two_three"),
    ("/home/me/x", "#/home/me", "~", "~/x", "/home/me/x"),
    ("a*b", "\\*", "x", "axb", "axb"),
    ("ABC", "b", "x", "ABC", "ABC"),
];

/// Value, pattern (if any), what `^^`, `,,`, `^` and `,` make of it.
const CASES: &[(&str, &str, [&str; 4])] = &[
    ("hello world", "", ["HELLO WORLD", "hello world", "Hello world", "hello world"]),
    ("HELLO World", "", ["HELLO WORLD", "hello world", "HELLO World", "hELLO World"]),
    ("éàü", "", ["ÉÀÜ", "éàü", "Éàü", "éàü"]),
    ("ÉÀÜ", "", ["ÉÀÜ", "éàü", "ÉÀÜ", "éÀÜ"]),
    ("straße", "", ["STRAßE", "straße", "Straße", "straße"]),
    ("ŉx", "", ["ŉX", "ŉx", "ŉx", "ŉx"]),
    ("ﬁx", "", ["ﬁX", "ﬁx", "ﬁx", "ﬁx"]),
    ("ǆx", "", ["ǄX", "ǆx", "Ǆx", "ǆx"]),
    ("1abc", "", ["1ABC", "1abc", "1abc", "1abc"]),
    ("", "", ["", "", "", ""]),
    ("hello world", "[lo]", ["heLLO wOrLd", "hello world", "hello world", "hello world"]),
    ("HELLO", "[LO]", ["HELLO", "HEllo", "HELLO", "HELLO"]),
    ("hello", "h", ["Hello", "hello", "Hello", "hello"]),
    ("hello", "?", ["HELLO", "hello", "Hello", "hello"]),
    ("hello", "l*", ["heLLo", "hello", "hello", "hello"]),
    ("hello", "[!h]", ["hELLO", "hello", "hello", "hello"]),
    ("éàü", "[éü]", ["ÉàÜ", "éàü", "Éàü", "éàü"]),
    ("x", "y", ["x", "x", "x", "x"]),
    ("ΑΒΓ", "", ["ΑΒΓ", "αβγ", "ΑΒΓ", "αΒΓ"]),
    ("жук", "", ["ЖУК", "жук", "Жук", "жук"]),
];

/// Value, offset, length, the slice, or `None` for an error.
const SLICES: &[(&str, i64, Option<i64>, Option<&str>)] = &[
    ("0123456789", 0, None, Some("0123456789")),
    ("0123456789", 0, Some(0), Some("")),
    ("0123456789", 0, Some(2), Some("01")),
    ("0123456789", 0, Some(20), Some("0123456789")),
    ("0123456789", 0, Some(-1), Some("012345678")),
    ("0123456789", 0, Some(-7), Some("012")),
    ("0123456789", 0, Some(-20), None),
    ("0123456789", 3, None, Some("3456789")),
    ("0123456789", 3, Some(0), Some("")),
    ("0123456789", 3, Some(2), Some("34")),
    ("0123456789", 3, Some(20), Some("3456789")),
    ("0123456789", 3, Some(-1), Some("345678")),
    ("0123456789", 3, Some(-7), Some("")),
    ("0123456789", 3, Some(-20), None),
    ("0123456789", 9, None, Some("9")),
    ("0123456789", 9, Some(0), Some("")),
    ("0123456789", 9, Some(2), Some("9")),
    ("0123456789", 9, Some(20), Some("9")),
    ("0123456789", 9, Some(-1), Some("")),
    ("0123456789", 9, Some(-7), None),
    ("0123456789", 9, Some(-20), None),
    ("0123456789", 10, None, Some("")),
    ("0123456789", 10, Some(0), Some("")),
    ("0123456789", 10, Some(2), Some("")),
    ("0123456789", 10, Some(20), Some("")),
    ("0123456789", 10, Some(-1), None),
    ("0123456789", 10, Some(-7), None),
    ("0123456789", 10, Some(-20), None),
    ("0123456789", 11, None, Some("")),
    ("0123456789", 11, Some(0), Some("")),
    ("0123456789", 11, Some(2), Some("")),
    ("0123456789", 11, Some(20), Some("")),
    ("0123456789", 11, Some(-1), Some("")),
    ("0123456789", 11, Some(-7), Some("")),
    ("0123456789", 11, Some(-20), Some("")),
    ("0123456789", -1, None, Some("9")),
    ("0123456789", -1, Some(0), Some("")),
    ("0123456789", -1, Some(2), Some("9")),
    ("0123456789", -1, Some(20), Some("9")),
    ("0123456789", -1, Some(-1), Some("")),
    ("0123456789", -1, Some(-7), None),
    ("0123456789", -1, Some(-20), None),
    ("0123456789", -10, None, Some("0123456789")),
    ("0123456789", -10, Some(0), Some("")),
    ("0123456789", -10, Some(2), Some("01")),
    ("0123456789", -10, Some(20), Some("0123456789")),
    ("0123456789", -10, Some(-1), Some("012345678")),
    ("0123456789", -10, Some(-7), Some("012")),
    ("0123456789", -10, Some(-20), None),
    ("0123456789", -11, None, Some("")),
    ("0123456789", -11, Some(0), Some("")),
    ("0123456789", -11, Some(2), Some("")),
    ("0123456789", -11, Some(20), Some("")),
    ("0123456789", -11, Some(-1), Some("")),
    ("0123456789", -11, Some(-7), Some("")),
    ("0123456789", -11, Some(-20), Some("")),
    ("éàü", 1, None, Some("àü")),
    ("éàü", 1, Some(1), Some("à")),
    ("éàü", -1, None, Some("ü")),
    ("éàü", 0, Some(-1), Some("éà")),
    ("", 0, None, Some("")),
    ("", 0, Some(-1), None),
    ("", 1, None, Some("")),
    ("0123456789", i64::MAX, None, Some("")),
    ("0123456789", i64::MIN, None, Some("")),
    ("0123456789", 0, Some(i64::MAX), Some("0123456789")),
    ("0123456789", 2, Some(i64::MAX), Some("23456789")),
    ("0123456789", 2, Some(i64::MIN), None),
];

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn strip_as_bash() {
    let operators =
        [Strip::ShortestPrefix, Strip::LongestPrefix, Strip::ShortestSuffix, Strip::LongestSuffix];
    for &(value, pattern, expected) in STRIP {
        let parsed = Pattern::new(pattern.as_bytes(), OPTIONS);
        let stripped = operators.map(|which| text(strip(value.as_bytes(), &parsed, which)));
        assert_eq!(stripped, expected, "{pattern:?} from {value:?}");
    }
}

#[test]
fn substitute_as_bash() {
    for &(value, pattern, replacement, first, all) in SUBSTITUTE {
        let [found_first, found_all] = [Scope::First, Scope::All].map(|scope| {
            let replacement = Replacement::WithMatch(replacement.as_bytes());
            substitute(value.as_bytes(), pattern.as_bytes(), replacement, scope, OPTIONS)
        });
        assert_eq!(text(&found_first), first, "${{v/{pattern}/{replacement}}} of {value:?}");
        assert_eq!(text(&found_all), all, "${{v//{pattern}/{replacement}}} of {value:?}");
    }
}

#[test]
fn a_literal_replacement_has_no_ampersand() {
    let result = substitute(b"abc", b"b", Replacement::Literal(b"[&\\&]"), Scope::First, OPTIONS);
    assert_eq!(text(&result), "a[&\\&]c");
}

#[test]
fn substitute_ignores_case_on_request() {
    let options = PatternOptions { case_insensitive: true, ..OPTIONS };
    // Recorded with `nocasematch`.
    assert_eq!(
        substitute("ÀbÀ".as_bytes(), "à".as_bytes(), Replacement::Literal(b"x"), Scope::All, options),
        b"xbx"
    );
}

#[test]
fn change_case_as_bash() {
    let operators = [Case::Upper, Case::Lower, Case::UpperFirst, Case::LowerFirst];
    for &(value, pattern, expected) in CASES {
        let parsed = (!pattern.is_empty()).then(|| Pattern::new(pattern.as_bytes(), OPTIONS));
        for (case, expected) in operators.into_iter().zip(expected) {
            let changed = change_case(value.as_bytes(), case, parsed.as_ref(), Locale::Utf8);
            assert_eq!(text(&changed), expected, "{case:?} {pattern:?} of {value:?}");
        }
    }
    assert_eq!(change_case(b"a\xff\xc3", Case::Upper, None, Locale::Utf8), b"A\xff\xc3");
    assert_eq!(text(&change_case("aé".as_bytes(), Case::Upper, None, Locale::C)), "Aé");
}

#[test]
fn slice_as_bash() {
    for &(value, offset, length, expected) in SLICES {
        let sliced = slice(value.as_bytes(), offset, length, Locale::Utf8).ok().map(text);
        assert_eq!(sliced, expected, "${{v:{offset}:{length:?}}} of {value:?}");
    }
    assert_eq!(slice("éà".as_bytes(), 1, Some(1), Locale::C), Ok(&b"\xa9"[..]));
    assert_eq!(NegativeSlice.to_string(), "substring expression < 0");
}

#[test]
fn length_counts_characters() {
    // Recorded, the last one with a stray byte; in the C locale every byte counts.
    for (value, utf8, c) in
        [(&b""[..], 0, 0), (b"abc", 3, 3), ("éàü".as_bytes(), 3, 6), (b"a\xff\xc3\xa9", 3, 4)]
    {
        assert_eq!((length(value, Locale::Utf8), length(value, Locale::C)), (utf8, c), "{value:?}");
    }
}
