//! Matching, with answers recorded from `case` in bash 5.2 under C.UTF-8.

use std::collections::BTreeSet;

use super::*;

/// Pattern, text, whether bash without `extglob` matches.
const PLAIN: &[(&str, &str, bool)] = &[
    ("abc", "abc", true),
    ("abc", "abd", false),
    ("*", "", true),
    ("*", "abc", true),
    ("", "", true),
    ("", "a", false),
    ("?", "", false),
    ("?", "a", true),
    ("?", "ab", false),
    ("??", "ab", true),
    ("a*", "a", true),
    ("a*", "abc", true),
    ("a*", "ba", false),
    ("*c", "abc", true),
    ("*b*", "abc", true),
    ("*bc*c", "abcbcc", true),
    ("a*b*c", "a.b.b.c", true),
    ("a*b*c", "a.c.b", false),
    ("**", "abc", true),
    ("*?*", "", false),
    ("*?*", "x", true),
    ("a?c", "abc", true),
    ("a?c", "ac", false),
    ("[abc]", "b", true),
    ("[abc]", "d", false),
    ("[a-c]", "b", true),
    ("[a-cx-z]", "y", true),
    ("[a-cx-z]", "m", false),
    ("[!a]", "b", true),
    ("[!a]", "a", false),
    ("[^a]", "b", true),
    ("[!a]", "", false),
    ("[]]", "]", true),
    ("[]a]", "a", true),
    ("[!]]", "]", false),
    ("[!]]", "x", true),
    ("[a-]", "-", true),
    ("[a-]", "b", false),
    ("[-a]", "-", true),
    ("[a!]", "!", true),
    ("[a^]", "^", true),
    ("[z-a]", "m", false),
    ("[a-c-e]", "-", true),
    ("[a-c-e]", "d", false),
    ("[a-c-e]", "e", true),
    ("[\\]a]", "]", true),
    ("[\\]a]", "\\", false),
    ("[\\\\]", "\\", true),
    ("[a\\-c]", "b", false),
    ("[a\\-c]", "-", true),
    ("[a", "[a", true),
    ("[a", "a", false),
    ("a[", "a[", true),
    ("[", "[", true),
    ("[]", " []", false),
    ("[!", "[!", true),
    ("[[]", "[", true),
    ("[[:alpha:]]", "a", true),
    ("[[:alpha:]]", "1", false),
    ("[[:alpha:]]", "é", true),
    ("[[:upper:]]", "É", true),
    ("[[:upper:]]", "é", false),
    ("[[:digit:]]", "7", true),
    ("[[:digit:][:upper:]]", "Q", true),
    ("[![:space:]]", "x", true),
    ("[[:punct:]]", "!", true),
    ("[[:xdigit:]]", "f", true),
    ("[[:word:]]", "_", true),
    ("[[:blank:]]", "x", false),
    ("[[:foo:]]", "f", false),
    ("[[:foo:]a]", "a", true),
    ("[[:alpha:]-z]", "-", true),
    ("[[:digit:]-z]", "m", false),
    ("[[:alpha:", "[[:alpha:", true),
    ("[[.-.]]", "-", true),
    ("[[=a=]]", "a", true),
    ("[[.a.]-[.c.]]", "b", true),
    ("[a]]", "a]", true),
    ("[/]", "/", true),
    ("a?b", "a/b", true),
    ("a\\*b", "a*b", true),
    ("a\\*b", "axb", false),
    ("a\\b", "ab", true),
    ("\\\\", "\\", true),
    ("a\\", "a\\", true),
    ("\\?", "?", true),
    ("\\[a]", "[a]", true),
    ("?", "é", true),
    ("??", "é", false),
    ("*?", "€", true),
    ("*??", "€", false),
    ("[é-ê]", "é", true),
    ("[é-ê]", "è", false),
    ("[!é]", "è", true),
    ("*é", "caféé", true),
];

/// Pattern, text, whether bash with `extglob` matches.
const EXTENDED: &[(&str, &str, bool)] = &[
    ("@(a|ab)", "ab", true),
    ("@(a|b)", "a|b", false),
    ("@(a|b)c", "bc", true),
    ("?(a)", "", true),
    ("?(a)", "a", true),
    ("?(a)", "aa", false),
    ("?(a)?(b)", "ab", true),
    ("*(a)", "", true),
    ("*(a|b)", "abba", true),
    ("*(a|b)", "abc", false),
    ("+(a)", "", false),
    ("+(a)", "aaa", true),
    ("+(ab|c)", "abcab", true),
    ("+(?)", "éé", true),
    ("!(foo)", "foo", false),
    ("!(foo)", "fool", true),
    ("!(foo)", "", true),
    ("!(*.c)", "foo.c", false),
    ("!(*.c)", "foo.h", true),
    ("!(*.o).c", "foo.c", true),
    ("!(a|b)c", "ac", false),
    ("!(a|b)c", "xc", true),
    ("!(a|b)c", "c", true),
    ("a!(X)b", "aXb", false),
    ("a!(X)b", "ab", true),
    ("a!(X)b", "aXXb", true),
    ("!(!(aaa))", "aaa", true),
    ("!(!(aaa))", "aa", false),
    ("!(a)!(b)", "ab", true),
    ("@()", "", true),
    ("@()", "x", false),
    ("@(|a)b", "b", true),
    ("+()a", "a", true),
    ("@(@(a)b)", "ab", true),
    ("*(a*(b))", "abbaab", true),
    ("+(+(a)b)c", "aababc", true),
    ("@(a(b)c)", "a(b)c", true),
    ("@(a\\))", "a)", true),
    ("@(\\|)", "|", true),
    ("@([)])", ")", true),
    ("@([|]|x)", "|", true),
    ("@(a", "@(a", true),
    ("@(a|b", "@(a|b", true),
    ("@(x))", "x)", true),
    ("x(a)", "x(a)", true),
    ("a+", "a+", true),
    ("a|b", "a|b", true),
    ("*(a)*(a)b", "aaab", true),
    ("@(*)", "anything", true),
    ("@(*.c|*.h)", "x.h", true),
    ("+([0-9]).+([0-9])", "12.345", true),
    ("+([0-9]).+([0-9])", "12.", false),
    ("?(-)+([[:digit:]])", "-42", true),
    ("?(-)+([[:digit:]])", "--42", false),
    ("*(?|??)", "abc", true),
    ("!(*(a))", "aa", false),
    ("!(*(a))", "ab", true),
    ("!(?)", "a", false),
    ("!(?)", "ab", true),
];

/// Pattern, text, whether bash with `extglob` and `nocasematch` matches.
const CASE_INSENSITIVE: &[(&str, &str, bool)] = &[
    ("abc", "ABC", true),
    ("A*C", "axxc", true),
    ("[a-c]", "B", true),
    ("[A-C]", "b", true),
    ("[!a]", "A", false),
    ("[[:upper:]]", "a", false),
    ("[[:lower:]]", "A", false),
    ("é", "É", true),
    ("[à-ÿ]", "É", true),
    ("[A-z]", "_", false),
    ("@(Foo|BAR)", "bar", true),
];

const EXTENDED_OPTIONS: PatternOptions =
    PatternOptions { extended: true, case_insensitive: false, alternation: false, locale: Locale::Utf8 };

fn check(cases: &[(&str, &str, bool)], options: PatternOptions) {
    for &(pattern, text, expected) in cases {
        let parsed = Pattern::new(pattern.as_bytes(), options);
        assert_eq!(parsed.is_match(text.as_bytes()), expected, "{pattern:?} on {text:?}");
    }
}

#[test]
fn plain_patterns_match_as_in_bash() {
    check(PLAIN, PatternOptions::default());
    // Without a group in them they mean the same to the automaton.
    for &(pattern, text, expected) in PLAIN {
        let grouped = Pattern::new(&[b"@(", pattern.as_bytes(), b")"].concat(), EXTENDED_OPTIONS);
        if !pattern.contains(['[', '\\']) {
            assert_eq!(grouped.is_match(text.as_bytes()), expected, "@({pattern}) on {text:?}");
        }
    }
}

#[test]
fn extended_patterns_match_as_in_bash() {
    check(EXTENDED, EXTENDED_OPTIONS);
}

#[test]
fn letters_match_in_either_case_as_in_bash() {
    check(CASE_INSENSITIVE, PatternOptions { case_insensitive: true, ..EXTENDED_OPTIONS });
}

#[test]
fn parentheses_group_only_behind_the_flag() {
    let zsh = PatternOptions { alternation: true, ..PatternOptions::default() };
    // Recorded from zsh 5.9.
    check(
        &[("(a|b)c", "bc", true), ("(a|b)c", "c", false), ("x(|y)", "x", true), ("((a|b)c|d)", "ac", true)],
        zsh,
    );
    check(&[("(a|b)c", "(a|b)c", true), ("@(a)", "@(a)", true)], PatternOptions::default());
}

#[test]
fn the_c_locale_has_one_character_a_byte() {
    let c = PatternOptions { locale: Locale::C, ..PatternOptions::default() };
    // Recorded from bash 5.2 under LC_ALL=C.
    check(&[("?", "é", false), ("??", "é", true), ("[[:alpha:]]?", "é", false), ("é", "é", true)], c);
}

#[test]
fn stray_bytes_are_kept_apart_from_characters() {
    for (pattern, text, expected) in [
        (&b"?"[..], &b"\xff"[..], true),
        (b"\xff", b"\xff", true),
        (b"[\xff]", b"\xff", true),
        (b"[!\xff]", b"\xfe", true),
        (b"a?b", b"a\xc3b", true),
        (b"\xc3*", b"\xc3\xa9", false),
        (b"[[:alpha:]]", b"\xe9", false),
    ] {
        let parsed = Pattern::new(pattern, PatternOptions::default());
        assert_eq!(parsed.is_match(text), expected, "{pattern:?} on {text:?}");
    }
}

#[test]
fn an_escaped_text_matches_itself_only() {
    let text = b"*?[a-z]\\@(x|y)!+~ \xff";
    let options = PatternOptions { alternation: true, ..EXTENDED_OPTIONS };
    let escaped = escape(text);
    assert!(!has_wildcards(&escaped, options));
    assert!(Pattern::new(&escaped, options).is_match(text));
    assert_eq!(unescape(&escaped), text);
    assert_eq!(unescape(b"a\\"), b"a\\");
}

#[test]
fn malformed_pieces_have_no_wildcards() {
    for (pattern, expected) in
        [("[a", false), ("@(a", false), ("[a]", true), ("a\\*", false), ("!(a)", true), ("~", false)]
    {
        assert_eq!(has_wildcards(pattern.as_bytes(), EXTENDED_OPTIONS), expected, "{pattern}");
    }
}

/// Patterns that take a backtracking matcher ages, on texts that they almost match.
#[test]
fn hard_patterns_take_polynomial_time() {
    let text = b"a".repeat(300);
    for pattern in [
        "*a*a*a*a*a*a*a*a*a*a*a*b",
        "*(*(*(*(a)))))b",
        "*(a|a*(a|a*(a|a*(a|a*(a|a*(a)b)b)b)b)b)b",
        "+(+(+(+(a|aa)|aaa)|aaaa)|aaaaa)b",
        "!(!(!(!(*a*a*a*a))))b",
        "*!(*!(*!(*!(*!(*b)b)b)b)b)b",
        "?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)b",
    ] {
        assert!(!Pattern::new(pattern.as_bytes(), EXTENDED_OPTIONS).is_match(&text), "{pattern}");
    }
}

#[test]
fn long_and_deep_patterns_are_harmless() {
    let deep = [b"@(".repeat(10_000), b")".repeat(10_000)].concat();
    assert!(!Pattern::new(&deep, EXTENDED_OPTIONS).is_match(b"a"));
    assert!(!Pattern::new(&b"@(".repeat(10_000), EXTENDED_OPTIONS).is_match(b"a"));
    assert!(Pattern::new(&b"?(a)".repeat(10_000), EXTENDED_OPTIONS).is_match(b"aaa"));
    let long = b"x".repeat(1 << 16);
    assert!(Pattern::new(b"*x*y*", PatternOptions::default()).find(&long).is_none());
    assert_eq!(Pattern::new(b"x", PatternOptions::default()).find_all(&long).len(), 1 << 16);
}

/// A pattern as what it means: the sets of places where it can end, by brute force.
enum Meaning {
    Char(char),
    NotChar(char),
    AnyChar,
    AnyString,
    Group(char, Vec<Vec<Meaning>>),
}

impl Meaning {
    fn ends(&self, text: &[char], start: usize) -> BTreeSet<usize> {
        let one = |matches: bool| matches.then_some(start + 1).into_iter().collect();
        match self {
            Meaning::Char(c) => one(text.get(start) == Some(c)),
            Meaning::NotChar(c) => one(text.get(start).is_some_and(|other| other != c)),
            Meaning::AnyChar => one(start < text.len()),
            Meaning::AnyString => (start..=text.len()).collect(),
            Meaning::Group(operator, alternatives) => {
                let once =
                    |start| alternatives.iter().flat_map(|part| sequence_ends(part, text, start)).collect();
                let first: BTreeSet<usize> = once(start);
                let mut repeated = first.clone();
                let mut pending: Vec<usize> = first.iter().copied().collect();
                while let Some(place) = pending.pop() {
                    pending.extend(once(place).into_iter().filter(|&end| repeated.insert(end)));
                }
                match operator {
                    '?' => &first | &BTreeSet::from([start]),
                    '*' => &repeated | &BTreeSet::from([start]),
                    '+' => repeated,
                    '!' => &(start..=text.len()).collect() - &first,
                    _ => first,
                }
            }
        }
    }

    fn write(&self, pattern: &mut String) {
        match self {
            Meaning::Char(c) => pattern.push(*c),
            Meaning::NotChar(c) => pattern.extend(['[', '!', *c, ']']),
            Meaning::AnyChar => pattern.push('?'),
            Meaning::AnyString => pattern.push('*'),
            Meaning::Group(operator, alternatives) => {
                pattern.extend([*operator, '(']);
                for (i, alternative) in alternatives.iter().enumerate() {
                    pattern.push_str(if i > 0 { "|" } else { "" });
                    alternative.iter().for_each(|part| part.write(pattern));
                }
                pattern.push(')');
            }
        }
    }
}

fn sequence_ends(sequence: &[Meaning], text: &[char], start: usize) -> BTreeSet<usize> {
    sequence.iter().fold(BTreeSet::from([start]), |starts, part| {
        starts.into_iter().flat_map(|start| part.ends(text, start)).collect()
    })
}

/// A small generator of pseudo-random numbers (the constants of Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn char(&mut self) -> char {
        ['a', 'a', 'b', 'é'][self.below(4) as usize]
    }

    fn sequence(&mut self, depth: u64) -> Vec<Meaning> {
        (0..self.below(4)).map(|_| self.part(depth)).collect()
    }

    fn part(&mut self, depth: u64) -> Meaning {
        match self.below(if depth < 2 { 8 } else { 5 }) {
            0 | 1 => Meaning::Char(self.char()),
            2 => Meaning::NotChar(self.char()),
            3 => Meaning::AnyChar,
            4 => Meaning::AnyString,
            _ => {
                let operator = ['?', '*', '+', '@', '!'][self.below(5) as usize];
                Meaning::Group(operator, (0..=self.below(3)).map(|_| self.sequence(depth + 1)).collect())
            }
        }
    }
}

#[test]
fn agrees_with_the_definition() {
    let mut random = Random(1);
    for _ in 0..3000 {
        let meaning = random.sequence(0);
        let mut pattern = String::new();
        meaning.iter().for_each(|part| part.write(&mut pattern));
        let parsed = Pattern::new(pattern.as_bytes(), EXTENDED_OPTIONS);
        let chars: Vec<char> = (0..random.below(7)).map(|_| random.char()).collect();
        let text: String = chars.iter().collect();
        let offset = |index: usize| chars[..index].iter().map(|c| c.len_utf8()).sum::<usize>();
        let context = format!("{pattern:?} on {text:?}");

        let ends: Vec<BTreeSet<usize>> =
            (0..=chars.len()).map(|i| sequence_ends(&meaning, &chars, i)).collect();
        let text = text.as_bytes();
        assert_eq!(parsed.is_match(text), ends[0].contains(&chars.len()), "{context}");
        assert_eq!(parsed.shortest_prefix(text), ends[0].first().map(|&end| offset(end)), "{context}");
        assert_eq!(parsed.longest_prefix(text), ends[0].last().map(|&end| offset(end)), "{context}");
        let mut suffixes = (0..=chars.len()).filter(|&start| ends[start].contains(&chars.len()));
        assert_eq!(parsed.longest_suffix(text), suffixes.next().map(offset), "{context}");
        if let Some(start) = suffixes.next_back() {
            assert_eq!(parsed.shortest_suffix(text), Some(offset(start)), "{context}");
        }
        // An empty match at the end of a text is none.
        let last = chars.len().max(1);
        let leftmost = (0..last).find_map(|start| Some(offset(start)..offset(*ends.get(start)?.last()?)));
        assert_eq!(parsed.find(text), leftmost, "{context}");
    }
}
