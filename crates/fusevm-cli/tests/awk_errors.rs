//! What `fusevm awk` does with bad input: one clear message, the right exit status, and everything that was written
//! before stays written.
//!
//! The exit statuses are gawk's: 1 for a wrong command line or program text, 2 for what goes wrong later. Where we
//! differ the row says so.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

mod support;
use support::{Awk, Scratch};

/// A run that goes wrong. It runs in a directory with the files that [`scratch`] makes.
struct Row {
    arguments: &'static [&'static str],
    status: i32,
    stdout: &'static str,
    /// What the message must contain; there is always one.
    says: &'static [&'static str],
}

const fn row(
    arguments: &'static [&'static str],
    status: i32,
    stdout: &'static str,
    says: &'static [&'static str],
) -> Row {
    Row { arguments, status, stdout, says }
}

const COMMAND_LINE: &[Row] = &[
    row(&["--no-such-option", "BEGIN {}"], 1, "", &["--no-such-option"]),
    row(&["-Z", "BEGIN {}"], 1, "", &["Z"]),
    row(&[], 1, "", &["sage"]),
    row(&["-f"], 1, "", &["f"]),
    row(&["-v"], 1, "", &["v"]),
    row(&["-F"], 1, "", &["F"]),
    row(&["-v", "novalue", "BEGIN {}"], 1, "", &["novalue"]),
    row(&["-v", "1x=3", "BEGIN {}"], 2, "", &["1x"]),
    row(&["-v", "substr=3", "BEGIN {}"], 2, "", &["substr"]),
    row(&["-v", "a:b=3", "-v", "a::=3", "BEGIN {}"], 1, "", &["identifier a:b", "`a::'"]),
    row(&["-f", "no/such/program"], 2, "", &["no/such/program"]),
];

const PROGRAM_TEXT: &[Row] = &[
    row(&["-f", "syntax.awk", "three"], 1, "", &["syntax.awk:3", "^"]),
    row(&["-f", "zero.awk", "-f", "syntax.awk"], 1, "", &["syntax.awk:3", "^"]),
    row(&["{ print $1", "three"], 1, "", &["^"]),
    row(&["BEGIN { print \"never }"], 1, "", &["^", "string"]),
    row(&["BEGIN { x = /never }"], 1, "", &["^", "reg"]),
    row(&["/a(b/", "three"], 1, "", &["^"]),
    row(&["-f", "garbage"], 1, "", &["garbage:1"]),
    row(&["BEGIN { return 1 }"], 1, "", &["return"]),
    row(&["BEGIN { next }"], 1, "", &["next"]),
    row(&["{ break }", "three"], 1, "", &["break"]),
    row(&["function f(f) { }"], 1, "", &["f"]),
    row(&["function f(a, a) { }"], 1, "", &["a"]),
    row(&["function f() { } function f() { }"], 1, "", &["f"]),
    row(&["BEGIN { \"a\" = 3 }"], 1, "", &["^"]),
    row(&["BEGIN { print substr(\"x\") }"], 1, "", &["substr"]),
    row(&["BEGIN { print getline() }"], 1, "", &["^"]),
    row(&["@load \"filefuncs\""], 2, "", &["@load", "not supported"]),
    row(&["@namespace \"1x\"\nBEGIN { }"], 1, "", &["1x"]),
    row(&["@include \"no/such/file\""], 1, "", &["line:1", "no/such/file"]),
    row(&["BEGIN { switch (1) { x } }"], 1, "", &["case", "^"]),
    row(&["BEGIN { switch (1) { default: default: } }"], 1, "", &["default", "^"]),
    row(&["BEGIN { switch (1) { case 1: case \"1\": } }"], 1, "", &["duplicate label `1`", "^"]),
    row(&["BEGINFILE { getline }"], 1, "", &["BEGINFILE", "^"]),
    row(&["BEGIN { print 1 / 0 }"], 1, "", &["zero", "^"]),
    row(&["-f", "open.awk", "-f", "close.awk"], 1, "", &["open.awk:1", "the file ends here", "close.awk:1"]),
    row(&["-e", "BEGIN { x = 1;", "-e", "print x }"], 1, "", &["missing `}`", "^"]),
    row(&["-f", "nul.awk"], 2, "", &["nul.awk:2", "a NUL byte", "^"]),
    row(
        &["--posix", "function f(g) { } function g() { } BEGIN { }"],
        1,
        "",
        &["`g` has the name of a function"],
    ),
    row(&["BEGIN { x = 1; x() }"], 1, "", &["variable `x` is called", "^"]),
    // Only the run can tell what is an array.
    row(&["BEGIN { a[1]; a = 2 }"], 2, "", &["array", "line:1"]),
    row(&["function f(p) { p[1] } BEGIN { x = 1; f(x) }"], 2, "", &["array", "line:1"]),
];

const INPUT_FILES: &[Row] = &[
    row(&["{ print }", "missing", "three"], 2, "", &["missing"]),
    row(&["{ n++ } END { print n }", "three", "missing", "three"], 2, "", &["missing"]),
    row(&["{ print }", "folder", "three"], 0, "1\n2\n3\n", &["folder"]),
    row(&["END { print NR }", "folder"], 0, "0\n", &["folder"]),
];

const RUN_TIME: &[Row] = &[
    row(&["-f", "zero.awk"], 2, "before\n", &["zero.awk:3", "zero"]),
    row(&["{ print 6 % ($1 - 2) }", "three"], 2, "0\n", &["zero"]),
    // That a function may end the run changes nothing of the place.
    row(&["function f() { exit }\nBEGIN { print 1 / x }\n\nEND { f() }"], 2, "", &["line:2", "zero"]),
    row(&["BEGIN { a[1][1]; print \"before\"; print a[1] + 1 }"], 2, "before\n", &["array `a[\"1\"]'"]),
    row(&["function f(x) { return x + 1 }\nBEGIN { a[1]; f(a) }"], 2, "", &["array `x (from a)'", "line:1"]),
    row(&["BEGIN { f = \"nothing\"; @f() }"], 2, "", &["nothing"]),
    // A call that does not happen is none; that the function is unknown is told before.
    row(
        &["BEGIN { if (x) nothing(1); print \"before\"; nothing(1) }"],
        2,
        "before\n",
        &["unknown function `nothing`", "^", "function `nothing' not defined"],
    ),
    row(&["BEGIN { print \"before\"; printf }"], 2, "before\n", &["printf: no arguments"]),
    row(&["BEGIN { FIELDWIDTHS = \"3 x\" }"], 2, "", &["field 2"]),
    row(&["BEGIN { a[1]; asort(a, b, \"@no_such\") }"], 2, "", &["@no_such"]),
    row(&["BEGIN { SYMTAB[\"x\"] = 1 }"], 2, "", &["SYMTAB"]),
    row(&["BEGIN { delete FUNCTAB[\"f\"] }"], 2, "", &["FUNCTAB"]),
    row(&["BEGIN { x = 3; x /= y }"], 2, "", &["zero"]),
    row(&["{ print $1; print $(-NR) }", "three"], 2, "1\n", &["-1"]),
    row(&["{ NF = -2 }", "three"], 2, "", &["NF"]),
    row(
        &["BEGIN { printf \"before\"; print \"x\" > \"no/such/dir/file\" }"],
        2,
        "before",
        &["no/such/dir/file"],
    ),
    row(&["BEGIN { print \"x\" > \"folder\" }"], 2, "", &["folder"]),
    row(&["BEGIN { print \"x\" > \"\" }"], 2, "", &[]),
    row(&["BEGIN { print \"before\"; r = \"a(b\"; print \"ab\" ~ r }"], 2, "before\n", &["a(b"]),
    row(&["BEGIN { FS = \"[a\" } { print $1 }", "three"], 2, "", &["[a"]),
    row(&["BEGIN { printf \"%d %s\\n\", 1 }"], 2, "", &["%"]),
    row(&["BEGIN { print \"before\"; f(1) } function f(n) { return f(n + 1) }"], 2, "before\n", &["f"]),
    row(&["BEGIN { print \"x\" > \"/dev/full\"; close(\"/dev/full\") }"], 2, "", &["/dev/full"]),
];

/// `three` has three lines, `folder` is a directory, `garbage` no text, and the programs are wrong.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let dir = scratch.dir();
    fs::create_dir(dir.join("folder")).unwrap();
    fs::write(dir.join("three"), "1\n2\n3\n").unwrap();
    fs::write(dir.join("zero.awk"), "BEGIN {\n    print \"before\"\n    print 1 / x\n}\n").unwrap();
    fs::write(dir.join("open.awk"), "BEGIN {\n").unwrap();
    fs::write(dir.join("close.awk"), "}\n").unwrap();
    fs::write(dir.join("nul.awk"), "BEGIN {\n    x = \"\0\"\n}\n").unwrap();
    fs::write(dir.join("syntax.awk"), "BEGIN {\n    x = 1\n    print x + )\n}\n").unwrap();
    let garbage: Vec<u8> =
        (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
    fs::write(dir.join("garbage"), garbage).unwrap();
    scratch
}

fn check(rows: &[Row]) {
    let awk = Awk::under_test();
    let mut failures = Vec::new();
    for row in rows {
        let observed = scratch().run(awk.command().args(row.arguments), b"");
        let message = observed.stderr_text();
        let mut problems = Vec::new();
        if observed.status.code() != Some(row.status) {
            problems.push(format!("{}, expected {}", observed.status, row.status));
        }
        if observed.stdout != row.stdout.as_bytes() {
            problems.push(format!("output {:?}", String::from_utf8_lossy(&observed.stdout)));
        }
        let missing: Vec<_> = row.says.iter().filter(|part| !message.contains(**part)).collect();
        if !missing.is_empty() {
            problems.push(format!("no {missing:?} in the message"));
        }
        if message.is_empty() {
            problems.push("no message".into());
        }
        if message.contains("panicked") {
            problems.push("a panic".into());
        }
        if !problems.is_empty() {
            failures.push(format!("{:?}: {}\n{message}", row.arguments, problems.join("; ")));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} rows fail under {}\n{}",
        failures.len(),
        rows.len(),
        awk.name,
        failures.join("\n\n")
    );
}

#[test]
fn command_line() {
    check(COMMAND_LINE);
}

#[test]
fn program_text() {
    check(PROGRAM_TEXT);
}

#[test]
fn input_files() {
    check(INPUT_FILES);
}

#[test]
fn run_time() {
    check(RUN_TIME);
}

/// Files and commands get what was printed before the error.
#[test]
fn output_before_an_error_stays() {
    let scratch = scratch();
    let program = r#"BEGIN {
        print "to stdout"; print "to command" | "cat > piped"; print "to file" > "written"
        print 1 / x
    }"#;
    let observed = scratch.run(Awk::under_test().command().arg(program), b"");
    assert_eq!(observed.status.code(), Some(2), "{}", observed.stderr_text());
    assert_eq!(observed.stdout, b"to stdout\n");
    assert_eq!(fs::read(scratch.dir().join("written")).unwrap(), b"to file\n");
    assert_eq!(fs::read(scratch.dir().join("piped")).unwrap(), b"to command\n");
}

/// A full disk is told once, with exit status 2, whether the output is short or long.
#[test]
fn full_disk() {
    for program in ["BEGIN { print \"x\" }", "BEGIN { while (n++ < 100000) print \"some text\" }"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let observed = scratch().run_to(full.into(), Awk::under_test().command().arg(program), b"");
        let message = observed.stderr_text();
        assert_eq!(observed.status.code(), Some(2), "{program}: {message}");
        assert!(message.contains("No space left"), "{program}: {message}");
        assert_eq!(message.matches("No space left").count(), 1, "{message}");
    }
}

/// A reader that goes away ends the program without a word, by the signal or with a status of its own.
#[test]
fn closed_pipe() {
    let mut head = std::process::Command::new("head")
        .args(["-n", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = head.stdin.take().unwrap();
    let mut awk = Awk::under_test().command();
    let observed = scratch().run_to(pipe.into(), awk.arg("BEGIN { while (1) print \"y\" }"), b"");
    drop(awk);
    assert_eq!(head.wait_with_output().unwrap().stdout, b"y\n");
    assert_eq!(observed.stderr_text(), "");
    let (code, signal) = (observed.status.code(), observed.status.signal());
    assert!(signal == Some(libc::SIGPIPE) || matches!(code, Some(0..=2)), "{}", observed.status);
}

/// A line of 100 MB is one record.
#[test]
fn huge_line() {
    const SIZE: usize = 100 << 20;
    let scratch = scratch();
    let mut file = File::create(scratch.dir().join("huge")).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..SIZE >> 20 {
        file.write_all(&piece).unwrap();
    }
    file.write_all(b" tail\n1 2\n").unwrap();
    drop(file);
    let program = "{ print NR, NF, length($0), $NF }";
    let observed = scratch.run(Awk::under_test().command().args([program, "huge"]), b"");
    assert_eq!(observed.status.code(), Some(0), "{}", observed.stderr_text());
    assert_eq!(String::from_utf8_lossy(&observed.stdout), format!("1 2 {} tail\n2 2 3 2\n", SIZE + 5));
}

/// A record that passes the limit of memory ends the run before all of it is read.
#[test]
fn record_beyond_the_memory_limit() {
    let mut awk = Awk::under_test().command();
    awk.args(["--max-memory=1m", "{ print length($0) }"]);
    let observed = scratch().run(&mut awk, &vec![b'x'; 8 << 20]);
    assert_eq!(observed.status.code(), Some(2));
    let message = observed.stderr_text();
    assert!(observed.stdout.is_empty() && message.contains("a record exceeds the memory limit"), "{message}");
}

/// What stands in itself ten thousand times compiles, or is refused with its place.
#[test]
fn deep_nesting() {
    let scratch = scratch();
    let nests = [
        ("(", ")"),
        ("{", "}"),
        ("a[", "]"),
        ("f(", ")"),
        ("x ? ", " : 1"),
        ("x ? 1 : ", ""),
        ("! ", ""),
        ("- ", ""),
        ("1 ^ ", ""),
        ("x = ", ""),
        ("$", ""),
        ("if (x) ", ""),
        ("if (x) y; else ", ""),
        ("1 ", ""),
        ("1 + ", ""),
        ("1 && ", ""),
        ("\"a\" ~ /(", ")/"),
    ];
    for (open, close) in nests {
        let (first, inner) = open.split_at(open.find('/').map_or(0, |at| at + 1));
        let (inner_end, last) = close.split_at(close.find('/').unwrap_or(close.len()));
        let (inner, inner_end) = (inner.repeat(10_000), inner_end.repeat(10_000));
        let program = format!("function f(x) {{ return x }}\nBEGIN {{ {first}{inner}x{inner_end}{last} }}\n");
        fs::write(scratch.dir().join("deep.awk"), program).unwrap();
        let observed = scratch.run(Awk::under_test().command().args(["-f", "deep.awk"]), b"");
        let message = observed.stderr_text();
        match observed.status.code() {
            Some(0) => assert_eq!(message, "", "{open}"),
            code => assert!(code == Some(1) && message.contains("deep.awk:2"), "{open}: {code:?} {message}"),
        }
    }
}

/// A million calls in each other are no mistake; calls without end are.
#[test]
fn deep_recursion() {
    let program = "function f(n) { return n ? 1 + f(n - 1) : 0 } BEGIN { print f(DEPTH) }";
    for (depth, status, stdout) in [("10000", 0, "10000\n"), ("1000000", 0, "1000000\n"), ("-1", 2, "")] {
        let observed =
            scratch().run(Awk::under_test().command().args([&program.replace("DEPTH", depth)]), b"");
        let message = observed.stderr_text();
        assert_eq!(observed.status.code(), Some(status), "{message}");
        assert_eq!(
            (String::from_utf8_lossy(&observed.stdout).as_ref(), message.is_empty()),
            (stdout, status == 0)
        );
    }
}

/// Repetitions that would blow up are refused, and those that would backtrack elsewhere take linear time.
#[test]
fn repetitions() {
    let text = "a".repeat(20_000);
    let observed = scratch().run(
        Awk::under_test().command().arg("{ print /^(a*)*b$/, match($0, /(a|aa)+$/), /(a?){30}b/ }"),
        text.as_bytes(),
    );
    assert_eq!(String::from_utf8_lossy(&observed.stdout), "0 1 0\n", "{}", observed.stderr_text());
    for program in ["BEGIN { x ~ /a{1000}{1000}/ }", "BEGIN { r = \"((a{100}){100}){100}\"; x ~ r }"] {
        let observed = scratch().run(Awk::under_test().command().arg(program), b"");
        let message = observed.stderr_text();
        assert!(matches!(observed.status.code(), Some(1 | 2)) && message.contains("too big"), "{message}");
    }
}

/// Bytes that are no UTF-8 come out as they came in, with no message.
#[test]
fn invalid_utf8() {
    let input: Vec<u8> =
        (0..=255_u8).rev().flat_map(|byte| [byte, b'-', byte, b' ']).chain([b'\n']).collect();
    let program = "{ print } { $1 = $1; s = $0; gsub(/-/, \"-\", s) } END { printf \"%s\", substr(s, 1) }";
    let observed = scratch().run(Awk::under_test().command().arg(program), &input);
    assert_eq!(observed.status.code(), Some(0), "{}", observed.stderr_text());
    assert!(observed.stdout.starts_with(&input[..input.len() - 10]));
}

/// Twenty thousand operands are all read.
#[test]
fn many_operands() {
    let mut awk = Awk::under_test().command();
    awk.arg("END { print NR, ARGC }").args(std::iter::repeat_n("three", 20_000));
    let observed = scratch().run(&mut awk, b"");
    assert_eq!(String::from_utf8_lossy(&observed.stdout), "60000 20001\n", "{}", observed.stderr_text());
}
