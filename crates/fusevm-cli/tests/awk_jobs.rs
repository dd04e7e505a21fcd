//! `-j`: several threads give what one gives, to the byte.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

mod support;
use support::{Awk, Scratch};

/// Programs whose records several threads may read.
const PARALLEL: &[&[&str]] = &[
    &["{ s += $5 } END { print s }"],
    // The sum of these depends on the order of the additions.
    &["{ s += $6; m -= $6 / 3 } END { printf \"%.17g %.17g\\n\", s, m }"],
    &["{ for (i = 1; i <= NF; i++) w[$i]++ } END { for (k in w) print k, w[k] }"],
    &[
        "{ a[$2] += $6; n[$2, $3]++ } END { for (k in a) printf \"%s %.17g\\n\", k, a[k]; for (k in n) print k, n[k] }",
    ],
    &["{ s += $2; t -= $2; u += $1 \"\"; v[$3] += $4 } END { print s, t, u, v[\"GET\"] }"],
    &["/9.*1/ { n++ } END { print n, NR, FNR, $0, NF }"],
    &["{ print NR, FNR, FILENAME, $1 }"],
    &[
        "BEGIN { print \"start\"; k = 3 } { split($4, p, \"/\"); n = p[3]; if (n > 100) print n, k } END { print \"end\" }",
    ],
    &["function f(x) { return x * 2 } { s += f($5) } END { print s }"],
    &["{ n = gsub(/1/, \"x\"); s += n; print }"],
    &["{ if ($5 % 2) { odd++; next } even++ } END { print odd, even }"],
    &["match($0, /p\\/[0-9]+/) { s[substr($0, RSTART, RLENGTH)]++ } END { for (k in s) print k, s[k] }"],
    &["-F/", "{ c[$3] += length($0); n = n + 1 } END { for (k in c) print k, c[k]; print n }"],
    &["-v", "RS=5", "{ n[length($0)]++ } END { for (k in n) print k, n[k]; print NR }"],
    &["END { print NR }"],
    // What nothing is added to has no value.
    &["/zz/ { n++; s += $5; a[1]++; b[1] += $5 } END { print n \"|\" s \"|\" length(a) \"|\" length(b) }"],
    // Whole numbers, and fractions after them.
    &["{ s += $1 < 15000 ? $1 : $6; a[$1 % 3] += $1 < 15000 ? $1 : $6 }
       END { printf \"%.17g %.17g %.17g %.17g\\n\", s, a[0], a[1], a[2] }"],
    // Beyond what is exact, from a value that BEGIN gives.
    &["BEGIN { s = 2^53; a[\"GET\"] = 2^53 } { s += $1 % 2; t -= 2^52 - $1 / 2; a[$3] += $1 % 3 }
       END { printf \"%.17g %.17g %.17g\\n\", s, t, a[\"GET\"] }"],
    // The signs of zero and of what is no number.
    &["BEGIN { s = -0; t = -0; a[1] = -0 } { s += -0 * $1; t -= 0 * $1; a[1] -= 0 * $1; b[1] += -0 * $1 }
       END { printf \"%g %g %g %g\\n\", s, t, a[1], b[1] }"],
    &["{ s += $1 == 99 ? \"-nan\" : $1; t -= $1 == 99 ? \"-nan\" : $1; u[1] += $1 == 9 ? \"-inf\" : $1 }
       END { print s, t, u[1] }"],
    // One array whose elements BEGIN has made, some of them no numbers, and another whose keys all workers meet.
    &["BEGIN { c[\"GET\"] = \"5\"; c[\"x\"] = 7; c[3] } { c[$3]++; c[$1 % 5] += 2; d[$2]--; d[\"a longer key than \" $2]++ }
       END { for (k in c) print k, c[k]; for (k in d) print k, d[k]; print c[\"POST\"], d[\"host7\"] }"],
    // As many keys as records, some of which BEGIN has made.
    &["BEGIN { for (i = 0; i < 100; i++) a[i] = i; for (i = 10; i < 95; i++) delete a[i] }
       { a[$1] += $6; c[$1, $2]++; d[$2] += length($4) }
       END { for (k in a) print k, a[k]; for (k in c) print k, c[k]; for (k in d) print k, d[k] }"],
    // Keys that all workers meet: fractions from the beginning or after whole numbers, and more keys than numbers for each.
    &["BEGIN { b[\"/p/7\"] = .1; b[\"x\"] = \"010\"; b[\"zero\"] = -0; c[\"/p/8\"] = 3 }
       { b[$4] += $6; b[\"zero\"] -= 0; c[$4] += $1 < 15000 ? $1 : $6; if ($1 % 9000 == 0) d[$4] -= $6 / 3 }
       END { for (k in b) printf \"%s %.17g\\n\", k, b[k]; for (k in c) printf \"%s %.17g\\n\", k, c[k]
             for (k in d) printf \"%s %.17g\\n\", k, d[k]; print b[\"x\"], c[\"/p/99\"] }"],
    &[
        "{ i = $1; a[i++ - 5] += i; n += NF > 2; m += $3 == \"GET\" && $1 % 2 } END { for (k in a) print k, a[k]; print n, m }",
    ],
    // An error ends the output where it would end otherwise.
    &["NR == 25001 { print 1 / 0 } { print $1 }"],
];

/// Programs with one thread, and a part of the message that says why.
const SERIAL: &[(&[&str], &str)] = &[
    (&["$5 > max { max = $5; print NR, max }"], "`max' goes on from record to record"),
    (&["{ if ($5 > m) m = $5; if ($6 < m) m = $6 } END { print m }"], "`m' goes on from record to record"),
    (&["{ if ($5 > m) m = $5; else n++ } END { print m, n }"], "`m' goes on from record to record"),
    (&["{ if ($5 > m) m = $6 } END { print m }"], "`m' goes on from record to record"),
    (
        &["$5 > a { a = $5; b = NR } $6 > b { b = $6 } END { print a, b }"],
        "`a' goes on from record to record",
    ),
    (&["$5 > m { m = $5; n++ } END { print m, n }"], "`m' goes on from record to record"),
    (&["{ if ($5 > m[$2]) m[$2] = $5 } END { for (k in m) print k, m[k] }"], "`m' goes on"),
    (&["!seen[$2]++"], "`seen' goes on from record to record"),
    (&["{ prev = $0 } END { print prev }"], "END reads what a record has left in `prev'"),
    (&["function f(x) { g += x; return x } { s += f($5) } END { print s, g }"], "sets `g'"),
    (&["function f(a, k) { a[k]++ } { f(c, $2) } END { for (k in c) print k, c[k] }"], "the array `c'"),
    (&["{ $2 = \"y\" } END { print }"], "the last record"),
    (&["{ print $1 > \"/dev/null\" }"], "elsewhere than to the standard output"),
    (&["NR == 5, NR == 10"], "a range"),
    (&["{ while (i < NF) i++; print i }"], "`i' goes on"),
    (&["NR == 10 { exit } { print }"], "`exit'"),
    (&["{ getline; print }"], "`getline'"),
    (&["{ n += rand() } END { print n }"], "`rand'"),
    (&["{ n++ } END { print n, RT }"], "END looks at `RT'"),
    (&["-d/dev/stdout", "{ n++ }"], "the variables are shown"),
    (&["-v", "n=.1", "{ n++ } END { printf \"%.17g\\n\", n }"], "`n' does not begin with a whole number"),
    (
        &["BEGIN { a[1] = 2^53 } { a[$1 % 3]++ } END { printf \"%.17g\\n\", a[1] }"],
        "`a' does not begin with a whole number",
    ),
    (&["--fuel=999999999", "{ n++ } END { print n }"], "the run has limits"),
];

fn log() -> String {
    let mut text = String::new();
    let mut random = 1_u32;
    let mut next = |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % below
    };
    for line in 0..20_000 {
        let (host, path, size, part) = (next(50), next(5000), next(1_000_000), next(100_000));
        let _ = writeln!(text, "{line} host{host} GET /p/{path} {size} {:.3}", f64::from(part) / 1000.0);
    }
    text
}

/// Programs that keep extremes, with what goes with them. [`SHOWN`] tells what became of `m`.
const EXTREMES: &[&str] = &[
    "{ if ($1 > m) m = $1 }",
    "{ if ($1 >= m) { m = $1; l = $0; n = NR } }",
    "$1 < m { m = $1; l = $0 }",
    "{ if (m >= $1) { m = $1; l = $0 } }",
    "NR == 1 || $1 < m { m = $1; l = $0; n = NR FILENAME FNR }",
    "FNR == 1 || m <= $1 { m = $1; n = NR }",
    "{ if (m == \"\" || $1 < m) m = $1 }",
    "{ if (!m || $1 < m) { m = $1; n = NR } }",
    "{ if (m == 0 || m > $1 || NR == 9000) { m = $1; n = NR } }",
    "length($0) > m { m = length($0); l = $0 }",
    "{ for (i = 1; i <= NF; i++) if ($i > m) { m = $i; n = i; l = $i } }",
    "{ for (i = 1; i <= NF; i++) if (length($i) > m) { m = length($i); l = $i } }",
    "NR == 1 { n = m = $1 } { if ($1 > m) m = $1; if ($1 < n) n = $1 }",
    "NR == 1 { m = $1; l = $0; next } $1 > m { m = $1; l = $0 }",
    "$2 ~ /5/ && $1 > m { m = $1 } { s += $1; c[$2]++ } END { print s, length(c) }",
    "{ if ($1 > m && $2 ~ /5/) { m = $1; l = $0 } }",
    "$1 + 0 > m { m = $1 + 0; l = $0 }",
    "$1 + 0 < m { m = $1; l = $0 }",
    "$1 > m { m = +$1; l = $0 }",
    "$1 \"\" > m { m = $1 \"\"; n = NR }",
    "BEGIN { m = \"\" } $1 > m { m = $1; n = NR }",
    "BEGIN { m = \"+nan\" + 0 } $1 > m { m = $1; n = NR }",
    "BEGIN { m = \"100\" } $1 > m { m = $1; n = NR }",
    "BEGIN { m = \"t\" } $1 > m { m = $1; n = NR }",
    "BEGIN { IGNORECASE = 1 } $1 > m { m = $1; n = NR }",
    "{ v = $1; if ($2 % 2) v = substr($0, 1, 3); if (v > m) { m = v; l = $0 } }",
    "{ if ($1 > m) { m = $1; n = \"m\" NR } if ($2 > o) { o = $2; n = \"o\" NR } } END { print o }",
    "{ if ($1 > m) m = $1; if ($2 > m) m = $2 }",
    "{ m = $1 > m ? $1 : m }",
    "{ m = m > $1 ? m : $1 }",
    "{ m = (m >= $1 + 0) ? $1 : m; n = n < $2 ? n : $2 }",
    "BEGIN { m = 1e9 } { m = $1 < m ? $1 + 0 : m }",
    "{ if ($1 / 7 * $2 > m) { m = $1 / 7 * $2; l = $0 } }",
    "{ k = 0; for (i = 1; i <= NF; i++) if ($i > k) k = $i; s += k; if (k > m) m = k } END { print s }",
    "$1 > m { m = $1; n = ($2 > 5) -$2 !$2; l = undefined }",
    "{ $1 = substr($1, 1, 3) } $1 > m { m = $1; n = NR }",
    "{ if (NR == 9000) print 1 / 0 } $1 > m { m = $1 }",
];

const SHOWN: &str =
    "END { print m \"|\" l \"|\" n \"|\", (m < 9) (m == m + 0) (m < \"5x\") (l < 5) (n == \"\"), length(l) }";

/// What begins a line, by its number and random numbers.
type Value = fn(u32, &mut dyn FnMut(u32) -> u32) -> String;

/// Records whose first fields are of one kind, or of several.
const VALUES: &[Value] = &[
    |_, random| format!("{}", random(1_000_000)),
    |line, random| if line == 0 { "size".to_owned() } else { format!("{}", random(1000)) },
    |line, _| if line == 8000 { "text".to_owned() } else { format!("{}", line % 6000) },
    |_, random| format!("word{}", random(5000)),
    |_, random| {
        let mixed =
            ["+nan", "-nan", "+inf", "-inf", "-0", "0", "0x1F", "abc", "12abc", "", "1e3", "007", "9", "~"];
        mixed[random(mixed.len() as u32) as usize].to_owned()
    },
    |line, _| if line % 3000 == 77 { "+nan".to_owned() } else { format!("-{line}.5") },
    |line, _| ["5", "5.0", "05", "+5", "0", "-0"][line as usize % 6].to_owned(),
];

#[test]
fn extremes_are_those_that_one_thread_finds() {
    let awk = Awk::under_test();
    let scratch = Scratch::new();
    let mut seed = 1_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    for (index, value) in VALUES.iter().enumerate() {
        let mut text = String::new();
        for line in 0..11_000 {
            let value = value(line, &mut random);
            let _ = writeln!(text, "{value} {} some more text that makes records longer", random(100));
        }
        fs::write(scratch.dir().join(index.to_string()), &text).expect("a file");
    }
    for (number, program) in EXTREMES.iter().enumerate() {
        let program = format!("{program} {SHOWN}");
        // All values have their turn, by themselves, and those of one kind before those of another.
        let (one, other) = (number % VALUES.len(), (3 * number + 1) % VALUES.len());
        let runs = [vec![one], vec![other, 0, 3, one]];
        for files in runs {
            let files: Vec<_> = files.iter().map(usize::to_string).collect();
            let run = |jobs: &[&str]| scratch.run(awk.command().args(jobs).arg(&program).args(&files), b"");
            let (one, several) = (run(&[]), run(&["-j", "2"]));
            assert_eq!(
                String::from_utf8_lossy(&one.stdout),
                String::from_utf8_lossy(&several.stdout),
                "{files:?}: {program}"
            );
            assert_eq!(one.stderr_text(), several.stderr_text(), "{files:?}: {program}");
            assert_eq!(one.status.code(), several.status.code(), "{files:?}: {program}");
        }
    }
}

/// Programs for records of other forms, and what these are.
const RECORDS: &[(Form, &[&str])] = &[
    (Form::Csv, &["--csv", COUNTS]),
    (
        Form::Csv,
        &[
            "--csv",
            "-H",
            "{ s += @\"size\"; n[@\"name\"]++; print @\"note\" } END { for (k in n) print k, n[k]; print s }",
        ],
    ),
    (Form::Csv, &["--csv", "-H", "--output=jsonl", "{ print }"]),
    (Form::Csv, &["--csv", "-H", "NR == 3000 { print @\"none\" } { print NR }"]),
    (Form::Csv, &["-H", "-F,", "{ s += @\"id\"; print NR, FNR } END { print s, @\"name\" }"]),
    (Form::BadCsv, &["--csv", COUNTS]),
    (Form::BadCsv, &["--csv", "-H", "{ n++ } END { print n }"]),
    (Form::Tsv, &["--tsv", COUNTS]),
    (Form::Tsv, &["--tsv", "-H", "{ s += @\"size\"; print @\"note\" } END { print s }"]),
    (Form::JsonLines, &["--jsonl", COUNTS]),
    (
        Form::JsonLines,
        &["--jsonl", "-H", "{ n[@\"name\"]++; print NR, @\"size\" } END { for (k in n) print k, n[k] }"],
    ),
    (Form::BadJsonLines, &["--jsonl", COUNTS]),
    (Form::BadJsonLines, &["--jsonl", "-H", "{ print @\"name\" }"]),
    (Form::Paragraphs, &["-v", "RS=", COUNTS]),
    (Form::Paragraphs, &["-v", "RS=", "-F:", "{ s += $4 } END { print s, NR, $1 }"]),
    (Form::Paragraphs, &["-v", "RS=\n\n+", COUNTS]),
    (Form::Paragraphs, &["-v", "RS=^name|;", COUNTS]),
    (Form::Paragraphs, &["-v", "RS=e", COUNTS]),
    (Form::Paragraphs, &["-v", "RS=E", "-v", "IGNORECASE=1", COUNTS]),
    (Form::Paragraphs, &["-v", "RS=x*", "{ n++ } END { print n }"]),
];

const COUNTS: &str = "{ n[$2]++; s += $3; print NR, FNR, NF, $4 }
    END { for (k in n) print k, n[k]; print s, NR, FNR, FILENAME, NF, $0 }";

#[derive(Clone, Copy)]
enum Form {
    Csv,
    BadCsv,
    Tsv,
    JsonLines,
    BadJsonLines,
    Paragraphs,
}

impl Form {
    fn text(self) -> String {
        let rows = |begin: &str, row: &dyn Fn(usize) -> String| {
            (0..12_000).fold(begin.to_owned(), |text, number| text + &row(number))
        };
        match self {
            Form::Csv => rows("id,name,size,note\r\n", &|n| {
                let note = match n % 3 {
                    0 => format!("\"a, \"\"quoted\"\"\nnote {n}\""),
                    1 => "\"\r\n\n,\"".to_owned(),
                    _ => format!("5\" or {n}"),
                };
                format!("{n},host{},\"{n}.25\",{note}{}", n % 50, if n % 2 == 0 { "\n" } else { "\r\n" })
            }),
            Form::BadCsv => Form::Csv.text() + "a,\"b\"c\n" + &Form::Csv.text(),
            Form::Tsv => rows("id\tname\tsize\tnote\n", &|n| {
                format!("{n}\thost{}\t{n}.5\ta\\tb \\n with some more of text: {n}\n", n % 50)
            }),
            Form::JsonLines => rows("", &|n| {
                let (name, end) = (n % 50, if n % 7 == 0 { "\r\n" } else { "\n" });
                match n % 2 {
                    0 => format!("{{\"id\": {n}, \"name\": \"host{name}\", \"size\": [{n}, {{}}]}}{end}"),
                    _ => {
                        format!("{{\"name\": \"host{name}\", \"size\": null, \"id\": {n}.5, \"x\": 1}}{end}")
                    }
                }
            }),
            Form::BadJsonLines => Form::JsonLines.text() + "{\"id\": 1,}\n" + &Form::JsonLines.text(),
            Form::Paragraphs => rows("\n\n", &|n| {
                format!("name: host{}\nsize: {n}\nxxx some more; text{}", n % 50, "\n".repeat(2 + n % 3))
            }),
        }
    }
}

#[test]
fn records_of_any_form_give_what_one_thread_gives() {
    let awk = Awk::under_test();
    for (form, arguments) in RECORDS {
        let scratch = Scratch::new();
        let text = form.text();
        fs::write(scratch.dir().join("text"), &text).expect("a file");
        fs::write(scratch.dir().join("empty"), "").expect("a file");
        let same = |files: &[&str], stdin: &[u8]| {
            let run =
                |jobs: &[&str]| scratch.run(awk.command().args(jobs).args(*arguments).args(files), stdin);
            let (one, several) = (run(&[]), run(&["-j", "3"]));
            assert!(one.stdout == several.stdout, "{files:?}: {arguments:?}");
            assert_eq!(one.stderr_text(), several.stderr_text(), "{files:?}: {arguments:?}");
            assert_eq!(one.status.code(), several.status.code(), "{files:?}: {arguments:?}");
        };
        same(&["text", "empty", "text", "empty"], b"");
        same(&[], text.as_bytes());
    }
}

/// Programs for input of other forms.
const FORMS: &[&str] = &[
    "{ print NR, FNR, length($0) }",
    "{ n++; s += $1; c[$1] += $2 } END { print n, s, NR, FNR, length($0), length(c) }",
];

#[test]
fn input_of_any_form_gives_what_one_thread_gives() {
    let awk = Awk::under_test();
    let log = log();
    let huge = format!("{log}{}\n{log}last", "x".repeat(1_500_000));
    let empty_lines = "\n".repeat(530_000);
    let texts = [&log[..600_000], &huge, &empty_lines, "", "one", "\n"];
    for (index, text) in texts.iter().enumerate() {
        let scratch = Scratch::new();
        fs::write(scratch.dir().join("text"), text).expect("a file");
        for program in FORMS {
            let run =
                |arguments: &[&str], stdin: &[u8]| scratch.run(awk.command().args(arguments), stdin).stdout;
            let one = run(&[program, "text", "text"], b"");
            assert!(one == run(&["-j", "3", program, "text", "text"], b""), "files {index}: {program}");
            let one = run(&[program], text.as_bytes());
            assert!(one == run(&["-j", "3", program], text.as_bytes()), "pipe {index}: {program}");
        }
    }
}

#[test]
fn several_threads_give_what_one_gives() {
    let awk = Awk::under_test();
    let text = log();
    let run = |arguments: &[&str], jobs: &[&str]| {
        let scratch = Scratch::new();
        fs::write(scratch.dir().join("log"), &text).expect("a file");
        scratch.run(awk.command().args(jobs).args(arguments).args(["log", "log"]), b"")
    };
    let serial = SERIAL.iter().map(|(arguments, message)| (*arguments, Some(*message)));
    for (arguments, message) in PARALLEL.iter().map(|arguments| (*arguments, None)).chain(serial) {
        let one = run(arguments, &[]);
        let several = run(arguments, &["-j", "3"]);
        assert!(one.stdout == several.stdout, "{}: {arguments:?}", awk.name);
        assert_eq!(one.status.code(), several.status.code(), "{arguments:?}");
        let told = several.stderr_text();
        match message {
            Some(message) => assert!(told.contains(message), "{arguments:?}: {told}"),
            None => assert_eq!(one.stderr_text(), told, "{arguments:?}"),
        }
    }
}

#[test]
fn a_file_ends_where_it_cannot_be_read_on() {
    let awk = Awk::under_test();
    let text = log();
    let scratch = Scratch::new();
    fs::write(scratch.dir().join("log"), text.repeat(5)).expect("a file");
    fs::write(scratch.dir().join("other"), &text).expect("a file");
    let command = awk.command();
    let traced = |failing: &str| {
        let mut strace = Command::new("strace");
        // Each thread counts by itself, so something is read before the first failure.
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pread64", "-P", "log", "-e", failing]);
        strace.arg(command.get_program()).args(command.get_args());
        strace
    };
    // The tool may not be there, or not be allowed to trace.
    let trial = traced("inject=pread64:error=EIO:when=1000").args(["BEGIN { print }"]).output();
    if !trial.is_ok_and(|trial| trial.status.success()) {
        return;
    }
    let program =
        "{ n[FILENAME]++; s += $1; print NR, FNR, FILENAME } END { print n[\"log\"], n[\"other\"], s }";
    // Before, one looks what the file is, and where its last record ends.
    let run = scratch
        .run(traced("inject=pread64:error=EIO:when=3").args(["-j", "2", program, "log", "other"]), b"");
    let printed = String::from_utf8(run.stdout).expect("numbers and names");
    let lines: Vec<_> = printed.lines().collect();
    let (end, lines) = lines.split_last().expect("END prints");
    let read = lines.len() - 20_000;
    assert!(0 < read && read < 100_000, "{read}");
    for (index, line) in lines.iter().enumerate() {
        let (fnr, name) = if index < read { (index, "log") } else { (index - read, "other") };
        assert_eq!(*line, format!("{} {} {name}", index + 1, fnr + 1));
    }
    let sum = (0..read).map(|line| line % 20_000).sum::<usize>() + 19_999 * 10_000;
    assert_eq!(*end, format!("{read} 20000 {sum}"));
    assert_eq!(String::from_utf8_lossy(&run.stderr).matches("error reading `log'").count(), 1);
    assert_eq!(run.status.code(), Some(2));
}
