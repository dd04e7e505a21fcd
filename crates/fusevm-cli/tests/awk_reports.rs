//! What is told of awk programs: variables, profile, messages, doubtful places. The forms are gawk's.

use std::fs;

mod support;
use support::{Awk, Scratch};

fn stdout(arguments: &[&str], input: &str) -> String {
    let awk = Awk::under_test();
    let observed = Scratch::new().run(awk.command().args(arguments), input.as_bytes());
    String::from_utf8(observed.stdout).unwrap_or_else(|_| panic!("{}: {arguments:?}", awk.name))
}

#[test]
fn variables_are_dumped_with_their_values() {
    let program = "BEGIN { x = 1.5; y = \"a\\\"b\\n\"; z[1]; v = 0.1 } { u = $1 }";
    let dump = stdout(&["-d/dev/stdout", program], "10\n");
    for line in [
        "NF: 1",
        "NR: 1",
        "SUBSEP: \"\\034\"",
        "u: \"10\"",
        "v: 0.10000000000000001",
        "x: 1.5",
        "y: \"a\\\"b\\n\"",
        "z: array, 1 elements",
    ] {
        assert!(dump.lines().any(|found| found == line), "{line}: {dump}");
    }
    let scratch = Scratch::new();
    scratch.run(Awk::under_test().command().args(["-d", "BEGIN { x = 1 }"]), b"");
    let file = fs::read_to_string(scratch.dir().join("awkvars.out")).expect("the usual file");
    assert!(file.contains("\nx: 1\n"), "{file}");
}

/// The layout and the counts are what gawk 5.2.1 writes.
#[test]
fn a_profile_has_counts() {
    let program = "BEGIN { for (i = 0; i < 3; i++) n += f(i) # not in a profile\n\
        if (n > 2) n--; else if (n) n++; else { if (!n) n = 1 } }\n\
        /x/ { n++ }\nNR == 2\nfunction f(a) { return a }";
    let expected = "\t# BEGIN rule(s)\n\n\tBEGIN {\n     3  \tfor (i = 0; i < 3; i++) {\n     3  \t\tn += f(i)\n\t\t}\n\
        \x20    1  \tif (n > 2) { # 1\n     1  \t\tn--\n\t\t} else if (n) {\n\t\t\tn++\n\t\t} else if (! n) {\n\t\t\tn = 1\n\t\t}\n\t}\n\n\
        \t# Rule(s)\n\n     3  /x/ { # 2\n     2  \tn++\n\t}\n\n     3  NR == 2 { # 1\n     1  \tprint\n\t}\n\n\n\
        \t# Functions, listed alphabetically\n\n     3  function f(a)\n\t{\n     3  \treturn a\n\t}\n";
    let profile = stdout(&["-p/dev/stderr", program], "x\ny\nx\n");
    assert_eq!(profile, "y\n");
    let observed =
        Scratch::new().run(Awk::under_test().command().args(["-p/dev/stderr", program]), b"x\ny\nx\n");
    let profile = observed.stderr_text();
    let (head, rest) = profile.split_once("\n\n").expect("a head");
    assert!(head.starts_with("\t# profile, created "), "{head}");
    assert_eq!(rest, expected.trim_end());
}

#[test]
fn a_printed_program_means_the_same() {
    let program = "function f(n) { if (n < 2) return n; else return f(n - 1) + f(n - 2) }\n\
        { for (i = 1; i <= NF; i++) { s = s $i \"-\" f(i) } ; print s (s ~ /b/ ? \"!\" : \"\") }";
    let printed = stdout(&["-o/dev/stdout", program], "");
    assert_eq!(stdout(&[&printed], "a b c\n"), stdout(&[program], "a b c\n"));
    assert_eq!(stdout(&["-o/dev/stdout", &printed], ""), printed);
}

#[test]
fn texts_to_translate_are_listed() {
    let program = "BEGIN { print _\"one\"; print dcngettext(\"a \\\"file\\\"\", \"files\", 2) }";
    let expected = "#: cmd. line:1\nmsgid \"one\"\nmsgstr \"\"\n\n#: cmd. line:1\nmsgid \"a \\\"file\\\"\"\n\
        msgid_plural \"files\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n";
    assert_eq!(stdout(&["--gen-pot", program], ""), expected);
}

#[test]
fn doubtful_places_are_told_and_may_end_the_run() {
    let awk = Awk::under_test();
    let run = |arguments: &[&str]| Scratch::new().run(awk.command().args(arguments), b"");
    let program = "BEGIN { if (x = 1) print \"ran\" }";
    let told = run(&["--lint", program]);
    assert!(told.stderr_text().contains("an assignment is the condition"), "{}", told.stderr_text());
    assert_eq!((told.status.code(), &told.stdout[..]), (Some(0), &b"ran\n"[..]));
    let fatal = run(&["--lint=fatal", program]);
    assert_eq!((fatal.status.code(), &fatal.stdout[..]), (Some(2), &b""[..]));
    for quiet in [&[program][..], &["--lint=invalid", program]] {
        assert_eq!(run(quiet).stderr_text(), "");
    }
    let old = run(&["-t", "function f(a) { delete a[1] } BEGIN { print f(b) }"]);
    assert!(old.stderr_text().contains("old awk does not have `delete'"), "{}", old.stderr_text());
}
