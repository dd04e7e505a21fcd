//! The expressions against gawk's recorded answers, and against a naive matcher on random expressions.

use std::collections::BTreeSet;

use super::*;

/// Locale, pattern, subject, RSTART and RLENGTH as `testdata/record-matches.sh` recorded them from gawk 5.2.1.
const GAWK: &str = include_str!("testdata/matches.tsv");

fn awk(pattern: &[u8], utf8: bool) -> Result<Ere, EreError> {
    Ere::new(pattern, &Options { utf8, ..Options::AWK })
}

fn ere(pattern: &str) -> Ere {
    awk(pattern.as_bytes(), true).unwrap_or_else(|error| panic!("/{pattern}/: {error}"))
}

#[test]
fn gawk_agrees() {
    let mut rows = 0;
    let mut failures = Vec::new();
    for line in GAWK.lines() {
        let [locale, pattern, subject, start, length] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of five columns: {line}");
        };
        rows += 1;
        let utf8 = locale == "utf8";
        let subject = subject.replace("\\n", "\n");
        let ours = match awk(pattern.as_bytes(), utf8) {
            Err(error) => ("error".to_owned(), error.to_string()),
            Ok(ere) => {
                let found = ere.find_at(subject.as_bytes(), 0);
                assert_eq!(ere.is_match(subject.as_bytes()), found.is_some(), "is_match and find_at: {line}");
                let chars =
                    |from: usize, to: usize| if utf8 { subject[from..to].chars().count() } else { to - from };
                match found {
                    None => ("0".to_owned(), "-1".to_owned()),
                    Some((from, to)) => ((chars(0, from) + 1).to_string(), chars(from, to).to_string()),
                }
            }
        };
        if ours != (start.to_owned(), length.to_owned()) {
            failures.push(format!("{line} — ours: {} {}", ours.0, ours.1));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rows >= 150);
}

#[test]
fn groups_are_gnus() {
    // Pattern, subject, groups from gawk's match(s, re, array) as (start, length), one-based; None where the array has no entry.
    type Case = (&'static str, &'static str, &'static [Option<(usize, usize)>]);
    const CASES: &[Case] = &[
        ("(a|ab)(c|bcd)(d*)", "abcd", &[Some((1, 4)), Some((1, 1)), Some((2, 3)), Some((5, 0))]),
        ("(a*)(ab)*(b*)", "abb", &[Some((1, 3)), Some((1, 1)), None, Some((2, 2))]),
        ("(a*)*", "aa", &[Some((1, 2)), Some((1, 2))]),
        ("(a|b)*", "ab", &[Some((1, 2)), Some((2, 1))]),
        ("(a*)+", "b", &[Some((1, 0)), Some((1, 0))]),
        ("((a)|(b))*", "ab", &[Some((1, 2)), Some((2, 1)), Some((1, 1)), Some((2, 1))]),
        ("(ab|a)(bc|c)?", "abc", &[Some((1, 3)), Some((1, 2)), Some((3, 1))]),
        ("(a?)(ab)?", "ab", &[Some((1, 2)), Some((1, 0)), Some((1, 2))]),
        ("(x*)x", "xxx", &[Some((1, 3)), Some((1, 2))]),
        ("(.*)(b+)", "abbb", &[Some((1, 4)), Some((1, 3)), Some((4, 1))]),
        ("(foo|foobar)(bar)?", "foobar", &[Some((1, 6)), Some((1, 3)), Some((4, 3))]),
        ("(a|ab|abc)(.*)", "abcd", &[Some((1, 4)), Some((1, 1)), Some((2, 3))]),
        ("(a+|b)*c", "aabac", &[Some((1, 5)), Some((4, 1))]),
        ("(^|x)(a)", "xa", &[Some((1, 2)), Some((1, 1)), Some((2, 1))]),
        ("([0-9]+)|([a-z]+)", "abc12", &[Some((1, 3)), None, Some((1, 3))]),
        ("(a){0}b", "ab", &[Some((2, 1)), None]),
        ("(a){0}(b)", "ab", &[Some((2, 1)), None, Some((2, 1))]),
        ("(a){2}", "aa", &[Some((1, 2)), Some((2, 1))]),
        ("()(a)", "a", &[Some((1, 1)), Some((1, 0)), Some((1, 1))]),
        ("(wee|week)(knights|night)", "weeknights", &[Some((1, 10)), Some((1, 3)), Some((4, 7))]),
    ];
    for &(pattern, subject, expected) in CASES {
        let mut groups = Vec::new();
        let ere = ere(pattern);
        assert!(ere.captures_at(subject.as_bytes(), 0, &mut groups));
        let ours: Vec<_> =
            groups.iter().map(|group| group.map(|(start, end)| (start + 1, end - start))).collect();
        assert_eq!(ours, expected, "/{pattern}/ on {subject}");
        assert_eq!(ere.group_count() + 1, groups.len());
    }
}

#[test]
fn anchors_and_boundaries_see_what_lies_before_the_start() {
    assert_eq!(ere("^a").find_at(b"aa", 1), None);
    assert_eq!(ere("^a|b").find_at(b"aab", 1), Some((2, 3)));
    assert_eq!(ere(r"\<a").find_at(b"aa a", 1), Some((3, 4)));
    assert_eq!(ere("a$").find_at(b"aa", 1), Some((1, 2)));
    assert_eq!(ere("a").find_at(b"a", 2), None);
    assert_eq!(ere("x*").find_at(b"a", 1), Some((1, 1)));
}

#[test]
fn invalid_utf8_is_characters_of_one_byte() {
    let cases: &[(&[u8], &[u8], Option<Span>)] = &[
        (b".", b"\xff", Some((0, 1))),
        (b"^.$", b"\xe9", Some((0, 1))),
        (b"^..$", b"\xc3\xa9", None),
        (b"^..$", b"\xc3\xa9\xc3", Some((0, 3))),
        (b"^...$", b"\xe2\x82\xc3\xa9", Some((0, 4))),
        (b"a.*b", b"a\xff\xfeb\x80", Some((0, 4))),
        (b"[^a]b", b"a\x80b", Some((1, 3))),
        (b"\xff+", b"a\xff\xffb", Some((1, 3))),
        (b"\x80", b"\xe2\x82\x80", None),
        (b"[\x80-\xff]", b"\xc3\xa9\x91", Some((2, 3))),
        (b"[[:alpha:]]+", b"\xff\xc3\xa9\xff", Some((1, 3))),
        (b"[[:print:][:punct:]]", b"\xff", None),
        (b"x$", b"\xffx", Some((1, 2))),
        (br"\xff", b"a\xff", Some((1, 2))),
        ("é".as_bytes(), b"\xc3\xc3\xa9", Some((1, 3))),
        (br"\<b", b"\xffb", Some((1, 2))),
    ];
    for &(pattern, subject, expected) in cases {
        let ere = awk(pattern, true).unwrap();
        let shown = format!("{ere:?} on {}", subject.escape_ascii());
        assert_eq!(ere.find_at(subject, 0), expected, "{shown}");
        assert_eq!(ere.is_match(subject), expected.is_some(), "{shown}");
    }
    let ere = ere("(x*)(.)");
    let mut groups = Vec::new();
    assert!(ere.captures_at(b"\xff\xffx\xc3\xa9", 1, &mut groups));
    assert_eq!(groups, [Some((1, 2)), Some((1, 1)), Some((1, 2))]);
}

#[test]
fn options_change_the_syntax() {
    let find = |pattern: &str, subject: &str, options: &Options| {
        Ere::new(pattern.as_bytes(), options).unwrap().find_at(subject.as_bytes(), 0)
    };
    // POSIX takes a backslash in brackets literally, and knows no control escapes.
    assert_eq!(find(r"[\n]", r"a\", &Options::POSIX), Some((1, 2)));
    assert_eq!(find(r"\n", "n", &Options::POSIX), Some((0, 1)));
    assert_eq!(find(r"a{2}", "aa{2}", &Options { intervals: false, ..Options::POSIX }), Some((1, 5)));
    assert_eq!(find(r"\y", "y", &Options::POSIX), Some((0, 1)));
    for utf8 in [false, true] {
        let fold = Options { case_insensitive: true, utf8, ..Options::AWK };
        assert_eq!(find("fOo[a-c]", "xFoOB", &fold), Some((1, 5)));
        assert_eq!(find("[^a]", "Ab", &fold), Some((1, 2)));
        assert_eq!(find("[[:upper:]]", "1a", &fold), Some((1, 2)));
    }
    assert_eq!(find("é", "É", &Options { case_insensitive: true, utf8: true, ..Options::AWK }), Some((0, 2)));
}

#[test]
fn errors_say_where() {
    for (pattern, offset) in
        [("ab(c", 2), ("a[b", 1), ("a{2,1}", 1), ("a[z-a]", 2), (r"\101[[:no:]]", 5), ("(a{1000}){1000}", 0)]
    {
        assert_eq!(awk(pattern.as_bytes(), false).unwrap_err().offset, offset, "/{pattern}/");
    }
    let deep = [b"(".repeat(100_000), b")".repeat(100_000)].concat();
    assert!(awk(&deep, false).is_err());
    assert!(awk(&[b"a".to_vec(), b"{2}".repeat(100_000)].concat(), false).is_err());
    assert_eq!(ere("a{32767}").find_at(b"aaa", 0), None);
}

#[test]
fn an_expression_can_move_to_another_thread() {
    fn assert_send<T: Send>() {}
    assert_send::<Ere>();
}

#[test]
fn literals_are_known() {
    assert_eq!(ere(r"a\.(b)").is_literal(), Some(&b"a.b"[..]));
    assert_eq!(ere("a+").is_literal(), None);
    assert_eq!(ere("[x]y").is_literal(), Some(&b"xy"[..]));
    assert_eq!(awk(b"\xff", true).unwrap().is_literal(), None);
    assert_eq!(ere("ab").pattern(), b"ab");
}

#[test]
fn hostile_patterns_stay_linear() {
    let subject = b"a".repeat(20_000);
    for pattern in ["(a*)*b", "(a|aa)+$b", "(a|a)*c", "a*a*a*a*a*b", "(.*)(.*)(.*)(.*)x"] {
        assert!(!ere(pattern).is_match(&subject));
        assert_eq!(ere(pattern).find_at(&subject, 0), None);
    }
}

/// The letters of a byte in the random tests that is no UTF-8, of the texts in one byte, and of all texts.
const INVALID: char = '\u{FFFD}';
const BYTES: [char; 3] = ['a', 'b', 'c'];
const CHARS: [char; 5] = ['a', 'b', 'é', '€', INVALID];

/// An expression over those letters, for the naive matcher.
enum Node {
    Char(char),
    Any,
    Set(&'static str, fn(char) -> bool),
    Start,
    End,
    Concat(Vec<Node>),
    Alternation(Vec<Node>),
    Repeat(Box<Node>, usize, Option<usize>),
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    fn letter(&mut self, letters: &[char]) -> char {
        letters[self.below(letters.len() as u64) as usize]
    }

    fn node(&mut self, depth: u32, letters: &[char]) -> Node {
        let kind = self.below(if depth == 0 { 8 } else { 16 });
        match kind {
            0..=4 => Node::Char(self.letter(letters)),
            5 => Node::Any,
            6 => Node::Set("[ab]", |b| b == 'a' || b == 'b'),
            7 => match self.below(6) {
                0 => Node::Start,
                1 => Node::End,
                _ => Node::Set("[^a]", |b| b != 'a'),
            },
            8..=10 => Node::Concat((0..=self.below(3)).map(|_| self.node(depth - 1, letters)).collect()),
            11..=12 => {
                Node::Alternation((0..=self.below(3)).map(|_| self.node(depth - 1, letters)).collect())
            }
            _ => {
                let (min, max) =
                    [(0, None), (1, None), (0, Some(1)), (2, Some(3)), (2, None)][self.below(5) as usize];
                Node::Repeat(Box::new(self.node(depth - 1, letters)), min, max)
            }
        }
    }
}

impl Node {
    fn write(&self, out: &mut Vec<u8>) {
        let list = |nodes: &[Node], separator: &str, out: &mut Vec<u8>| {
            out.push(b'(');
            for (i, node) in nodes.iter().enumerate() {
                out.extend_from_slice(if i > 0 { separator.as_bytes() } else { b"" });
                node.write(out);
            }
            out.push(b')');
        };
        match self {
            Node::Char(c) => push(out, *c),
            Node::Any => out.push(b'.'),
            Node::Set(text, _) => out.extend_from_slice(text.as_bytes()),
            Node::Start => out.extend_from_slice(b"(^)"),
            Node::End => out.extend_from_slice(b"($)"),
            Node::Concat(nodes) => list(nodes, "", out),
            Node::Alternation(nodes) => list(nodes, "|", out),
            Node::Repeat(node, min, max) => {
                node.write(out);
                match (min, max) {
                    (0, None) => out.push(b'*'),
                    (1, None) => out.push(b'+'),
                    (0, Some(1)) => out.push(b'?'),
                    (min, Some(max)) => out.extend_from_slice(&format!("{{{min},{max}}}").into_bytes()),
                    (min, None) => out.extend_from_slice(&format!("{{{min},}}").into_bytes()),
                }
            }
        }
    }

    /// Every place where a match that begins at `at` can end.
    fn ends(&self, hay: &[char], at: usize) -> BTreeSet<usize> {
        let one = |yes: bool| if yes { BTreeSet::from([at + 1]) } else { BTreeSet::new() };
        let here = |yes: bool| if yes { BTreeSet::from([at]) } else { BTreeSet::new() };
        match self {
            Node::Char(b) => one(hay.get(at) == Some(b)),
            Node::Any => one(at < hay.len()),
            Node::Set(_, has) => one(hay.get(at).is_some_and(|&b| has(b))),
            Node::Start => here(at == 0),
            Node::End => here(at == hay.len()),
            Node::Concat(nodes) => {
                nodes.iter().fold(BTreeSet::from([at]), |from, node| step(node, hay, &from))
            }
            Node::Alternation(nodes) => nodes.iter().flat_map(|node| node.ends(hay, at)).collect(),
            Node::Repeat(node, min, max) => {
                let mut from = BTreeSet::from([at]);
                for _ in 0..*min {
                    from = step(node, hay, &from);
                }
                let mut all = from.clone();
                for _ in 0..max.map_or(hay.len() + 1, |max| max - min) {
                    from = step(node, hay, &from);
                    all.extend(&from);
                }
                all
            }
        }
    }
}

fn step(node: &Node, hay: &[char], from: &BTreeSet<usize>) -> BTreeSet<usize> {
    from.iter().flat_map(|&at| node.ends(hay, at)).collect()
}

/// Appends a letter, one that stands for an invalid byte as that byte.
fn push(out: &mut Vec<u8>, c: char) {
    match c {
        INVALID => out.push(0xFF),
        _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

#[test]
fn a_naive_matcher_agrees_on_random_expressions() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..800 {
        let utf8 = round % 2 == 0;
        let letters = if utf8 { &CHARS[..] } else { &BYTES[..] };
        let node = random.node(3, letters);
        let mut pattern = Vec::new();
        node.write(&mut pattern);
        let ere = awk(&pattern, utf8).unwrap();
        for _ in 0..8 {
            let hay: Vec<char> = (0..random.below(9)).map(|_| random.letter(letters)).collect();
            let from = random.below(3).min(hay.len() as u64) as usize;
            let mut text = Vec::new();
            let mut offsets = vec![0];
            for &c in &hay {
                push(&mut text, c);
                offsets.push(text.len());
            }
            let expected = (from..=hay.len())
                .find_map(|start| node.ends(&hay, start).last().map(|&end| (offsets[start], offsets[end])));
            let shown = format!("{ere:?} on {} from {from}", text.escape_ascii());
            assert_eq!(ere.find_at(&text, offsets[from]), expected, "{shown}");
            let anywhere = (0..=hay.len()).any(|start| !node.ends(&hay, start).is_empty());
            assert_eq!(ere.is_match(&text), anywhere, "{shown}");
            let mut groups = Vec::new();
            assert_eq!(ere.captures_at(&text, offsets[from], &mut groups), expected.is_some());
            assert_eq!(groups.first().copied().flatten(), expected, "{shown}");
        }
    }
}

#[test]
fn a_row_around_a_text_is_found_wherever_the_text_is() {
    // Pattern, text, and whether gawk finds it.
    const CASES: &[(&str, &str, bool)] = &[
        ("user[0-9]+", "users userx user7", true),
        ("user[0-9]", "users/user", false),
        ("user[0-9]", "user", false),
        ("[0-9]ms", "ms 1 ms x7ms", true),
        ("[0-9]ms", "ms", false),
        ("[ab]xx[cd]", "axxxxc bxxc", true),
        ("[ab]xx[cd]", "axxx xxd xxc", false),
        ("x[0-9]yy", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyx5yy", true),
        ("yy[0-9]", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy5", true),
        ("yy[0-9]", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", false),
        ("né[0-9]", "né né5", true),
    ];
    for (pattern, text, expected) in CASES {
        for options in [Options::AWK, Options { utf8: true, ..Options::AWK }] {
            let ere = Ere::new(pattern.as_bytes(), &options).unwrap();
            assert_eq!(ere.is_match(text.as_bytes()), *expected, "{pattern} in {text}");
        }
    }
}

#[test]
fn a_row_at_the_beginning_is_looked_for_nowhere_else() {
    // Pattern, text, and whether gawk finds it.
    const CASES: &[(&str, &str, bool)] = &[
        ("^[ \t]+", "\t x", true),
        ("^[ \t]+", "x  ", false),
        ("^[a-c]x", "bx", true),
        ("^[a-c]x", "xbx", false),
        ("^[a-c]x", "b", false),
        ("^[a-c]+x", "abbx", true),
        ("^[a-c]+x", "abb", false),
        ("^[0-9]a*", "7", true),
        ("^[0-9]", "", false),
        ("^[^0-9]", "7", false),
        ("^é[0-9]", "é5", true),
        ("^é[0-9]", "5é5", false),
        ("(^[a-c])|x", "zx", true),
        ("^[a-c]$", "b", true),
        ("^[a-c]$", "bb", false),
    ];
    for (pattern, text, expected) in CASES {
        for options in [Options::AWK, Options { utf8: true, ..Options::AWK }] {
            let ere = Ere::new(pattern.as_bytes(), &options).unwrap();
            assert_eq!(ere.is_match(text.as_bytes()), *expected, "{pattern} in {text}");
        }
    }
}

#[test]
fn what_lies_between_texts_is_matched_to_the_last_of_them() {
    // Pattern, text, and the first match from each place on, as gawk's match gives it for the rest of the text.
    type Case = (&'static str, &'static str, &'static [Option<(usize, usize)>]);
    const CASES: &[Case] = &[
        (r"\[.*\]", "a[b]c]d", &[Some((1, 6)), Some((1, 6)), None]),
        (r"\[.*\]", "]a[b", &[None, None]),
        ("<.+>", "<><>>", &[Some((0, 5)), Some((2, 5)), Some((2, 5)), None]),
        ("<.+>", "<>", &[None]),
        ("ab.*ab", "abab ab", &[Some((0, 7)), Some((2, 7)), Some((2, 7)), None]),
        ("ab.*ab", "abaab", &[Some((0, 5)), None]),
        ("aa.*aa", "aaa", &[None]),
        ("x.{2,}y", "xyxay", &[Some((0, 5)), None]),
        ("x.*é", "xé\nxéy", &[Some((0, 7))]),
        ("\\(.*\\)", "f(a\n(b))", &[Some((1, 8))]),
    ];
    for (pattern, text, expected) in CASES {
        for options in [Options::AWK, Options { utf8: true, ..Options::AWK }] {
            let ere = Ere::new(pattern.as_bytes(), &options).unwrap();
            for (start, expected) in expected.iter().enumerate() {
                assert_eq!(
                    ere.find_at(text.as_bytes(), start),
                    *expected,
                    "{pattern} in {text} from {start}"
                );
            }
        }
    }
}

#[test]
fn of_several_texts_the_longest_is_found() {
    // Pattern, text, and all matches, by what gawk's match gives one after the other.
    type Case = (&'static str, &'static str, &'static [(usize, usize)]);
    const CASES: &[Case] = &[
        ("a|ab|abc", "xxabcabx", &[(2, 5), (5, 7)]),
        ("bcd|abcde|cd", "xabcdex", &[(1, 6)]),
        ("[ab]{1,2}c", "xabcbc", &[(1, 4), (4, 6)]),
        ("x(y|yz)(z|)", "xyzxy", &[(0, 3), (3, 5)]),
        ("[Gg]et|[Pp]ost", "a_Post_get", &[(2, 6), (7, 10)]),
        ("foo|foobar", "foobarfoo", &[(0, 6), (6, 9)]),
        ("(a|aa)(b|)", "caab", &[(1, 4)]),
    ];
    for (pattern, text, expected) in CASES {
        // Behind so much that texts are looked for many bytes at a time.
        let before = "-".repeat(70);
        for begin in [0, before.len()] {
            let text = format!("{}{text}", &before[..begin]);
            let ere = ere(pattern);
            let search = ere.search(text.as_bytes());
            let mut found = Vec::new();
            search.each(0, |start, end| {
                found.push((start - begin, end - begin));
                true
            });
            assert_eq!(found, *expected, "{pattern} in {text}");
        }
    }
}

#[test]
fn pieces_are_found_one_behind_the_other() {
    // Pattern, texts, and the first match in each, as gawk's match gives it.
    type Case = (&'static str, &'static [(&'static str, Option<(usize, usize)>)]);
    const CASES: &[Case] = &[
        (
            "(GET|POST) .*[0-9]$",
            &[
                ("GET /x 5", Some((0, 8))),
                ("x POST 7", Some((2, 8))),
                ("POST", None),
                ("GET 5x", None),
                ("GET5 GET 1", Some((5, 10))),
                ("PGET x\n9", Some((1, 8))),
            ],
        ),
        (
            "^a.*b[0-9]",
            &[
                ("ab1", Some((0, 3))),
                ("axxb", None),
                ("xab1", None),
                ("a b7 ", Some((0, 4))),
                ("ab b1", Some((0, 5))),
            ],
        ),
        (
            "^ab.*ba$",
            &[
                ("abba", Some((0, 4))),
                ("aba", None),
                ("ab ba", Some((0, 5))),
                ("abxbax", None),
                ("xabba", None),
            ],
        ),
        (
            "a[0-9].*[0-9]b",
            &[
                ("a1b", None),
                ("a1 2b", Some((0, 5))),
                ("a12b", Some((0, 4))),
                ("b a1", None),
                ("a1 1 b 3bx", Some((0, 9))),
            ],
        ),
        ("x.+y", &[("xy", None), ("xay", Some((0, 3))), ("xx y", Some((0, 4))), ("yx", None)]),
        ("x..*y$", &[("xy", None), ("xay", Some((0, 3))), ("xyy", Some((0, 3))), ("xyz", None)]),
        (
            "(ab|abc).*cd",
            &[("abcd", Some((0, 4))), ("abccd", Some((0, 5))), ("abcabcd", Some((0, 7))), ("ab c d", None)],
        ),
        (
            "(ab|xaby).*z",
            &[("xabyz", Some((0, 5))), ("xab z", Some((1, 5))), ("abz", Some((0, 3))), ("xaz", None)],
        ),
        (
            "user[0-9]|GET .*3",
            &[
                ("user", None),
                ("user7", Some((0, 5))),
                ("GET 3", Some((0, 5))),
                ("GET", None),
                ("GE user GET 1 3", Some((8, 15))),
            ],
        ),
        (
            "^a|b.*c$|[xy]z",
            &[
                ("ba", None),
                ("abc", Some((0, 1))),
                ("bxc", Some((0, 3))),
                ("bxcd", None),
                ("yz", Some((0, 2))),
                ("zy", None),
            ],
        ),
        (
            "u[0-9]+|user[0-9]+",
            &[
                ("u", None),
                ("user", None),
                ("user1", Some((0, 5))),
                ("uu2", Some((1, 3))),
                ("us er u3", Some((6, 8))),
            ],
        ),
        (
            "x.y.z",
            &[("xaybz", Some((0, 5))), ("xyz", None), ("x\ny z", Some((0, 5))), ("axxyyzz", Some((1, 6)))],
        ),
        (".*[0-9].*", &[("a", None), ("1", Some((0, 1)))]),
        (
            "(one|two|three) (x|y)+z",
            &[("one z", None), ("two xyz", Some((0, 7))), ("three x", None), ("one two yyz", Some((4, 11)))],
        ),
        ("#[0-9]*x", &[("", None), ("#12", None), ("#1#2x", Some((2, 5))), ("#x#x", Some((0, 2)))]),
        (
            "port [0-9]+ ssh2$",
            &[
                ("", None),
                ("port 22 ssh2", Some((0, 12))),
                ("port  ssh2", None),
                ("port 22 ssh2 ", None),
                ("port 1 ssh2 port 22 ssh2", Some((12, 24))),
                ("port 12x port 7 ssh2", Some((9, 20))),
                ("xport 3 ssh", None),
            ],
        ),
        (
            "a[0-9]*b[xy]+-c",
            &[
                ("ab-c", None),
                ("a12bx-c", Some((0, 7))),
                ("abxyy-c", Some((0, 7))),
                ("a1a2bx-c", Some((2, 8))),
                ("abx-", None),
                ("a1bx-d abx-c", Some((7, 12))),
            ],
        ),
        (
            "^[a-z]+ [0-9]{1,2}:",
            &[
                ("jan 1:", Some((0, 6))),
                ("jan 123:", None),
                ("jan 12:", Some((0, 7))),
                ("x jan 1:", None),
                ("jan:", None),
                ("JAN 1:", None),
            ],
        ),
        (
            "^-?[0-9]+[.][0-9]*$",
            &[
                ("1.", Some((0, 2))),
                ("-12.5", Some((0, 5))),
                ("12", None),
                ("1.5x", None),
                ("--1.5", None),
                (".5", None),
            ],
        ),
        (
            "^[0-9]{2,3}$",
            &[("1", None), ("12", Some((0, 2))), ("123", Some((0, 3))), ("1234", None), ("12a", None)],
        ),
        (
            "for (invalid user )?[a-z]+ from",
            &[
                ("for root from", Some((0, 13))),
                ("for invalid user bob from", Some((0, 25))),
                ("for invalid user from", None),
                ("for  from", None),
                ("for for x from", Some((4, 14))),
            ],
        ),
        ("[0-9]$", &[("a1", Some((1, 2))), ("1a", None), ("1", Some((0, 1))), ("", None)]),
        (
            "ab?c?$",
            &[
                ("xa", Some((1, 2))),
                ("ab", Some((0, 2))),
                ("abc", Some((0, 3))),
                ("ac", Some((0, 2))),
                ("acb", None),
            ],
        ),
        (
            "x.*k=[0-9]+;",
            &[
                ("x k=1;", Some((0, 6))),
                ("k=1; x", None),
                ("x k=;k=2;", Some((0, 9))),
                ("xk=12", None),
                ("x k=1 k=22;", Some((0, 11))),
            ],
        ),
        ("^(GET|POST)", &[("GET x", Some((0, 3))), ("xGET", None), ("POST", Some((0, 4)))]),
    ];
    // Behind so much that bytes are looked for many at a time.
    let before = "-".repeat(70);
    for (pattern, texts) in CASES {
        for options in [Options::AWK, Options { utf8: true, ..Options::AWK }] {
            let ere = Ere::new(pattern.as_bytes(), &options).unwrap();
            for (text, expected) in *texts {
                assert_eq!(ere.is_match(text.as_bytes()), expected.is_some(), "{pattern} in {text:?}");
                assert_eq!(ere.find_at(text.as_bytes(), 0), *expected, "{pattern} in {text:?}");
                let is_tied = pattern.starts_with(['^', '.']);
                let longer = format!("{before}{text}");
                let behind = expected.map(|(start, end)| (start + before.len(), end + before.len()));
                if !is_tied {
                    assert_eq!(
                        ere.is_match(longer.as_bytes()),
                        expected.is_some(),
                        "{pattern} in {longer:?}"
                    );
                    assert_eq!(ere.find_at(longer.as_bytes(), 0), behind, "{pattern} in {longer:?}");
                }
            }
        }
    }
}
