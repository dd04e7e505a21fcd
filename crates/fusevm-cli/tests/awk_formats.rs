//! Input and output in formats: CSV, TSV and JSON lines. gawk 5.2 has none of it, so the expected outputs come from
//! the formats' definitions: RFC 4180, IANA's text/tab-separated-values, RFC 8259.

mod support;
use support::{Awk, Scratch};

/// Options and program, input, output.
type Row = (&'static [&'static str], &'static str, &'static str);

const PEOPLE: &str = "name,age\r\n\"Smith, J\",42\r\n\"say \"\"x\"\"\",7\r\n\"two\nlines\",9\r\n";

const OBJECTS: &str =
    "{\"name\":\"a\\tb\",\"n\":1.50}\n{\"n\":\"2\",\"tags\":[1,{\"x\":null}],\"none\":null}\n";

const ROWS: &[Row] = &[
    (
        &[
            "--csv",
            "-H",
            "@\"age\" > 8 { n++; @\"age\" += 1; @\"age\"++; print @\"age\" / 2 } END { print n }",
        ],
        PEOPLE,
        "22\n5.5\n2\n",
    ),
    (&["-F:", "-H", "{ print @\"b\" \"-\" @\"a\" }"], "a:b\n1:2\n", "2-1\n"),
    (&["--jsonl", "{ print @\"n\" \"|\" @\"name\" \"|\" NF }"], OBJECTS, "1.50|a\tb|2\n2||3\n"),
    (
        &["--csv", "{ print NF, $2, $1 }"],
        PEOPLE,
        "2 age name\n2 42 Smith, J\n2 7 say \"x\"\n2 9 two\nlines\n",
    ),
    (&["-k", "{ FS = \";\"; RS = \"x\" } END { print NR, $1 }"], PEOPLE, "4 two\nlines\n"),
    (&["-k", "{ $1 = \"new\"; print }"], "a,\"b c\"\n", "new b c\n"),
    (&["-k", "-H", "$2 > 8 { print NR \": \" $1 }"], PEOPLE, "1: Smith, J\n3: two\nlines\n"),
    (
        &["--csv", "--output=csv", "{ print $2, $1 }"],
        PEOPLE,
        "age,name\n42,\"Smith, J\"\n7,\"say \"\"x\"\"\"\n9,\"two\nlines\"\n",
    ),
    (&["--csv", "--output=csv", "NR > 1 { $2 += 1; print }"], "a,b\n\"x,y\",1\n", "\"x,y\",2\n"),
    (&["--csv", "--output=csv", "1"], "\"a\",b\n", "\"a\",b\n"),
    (&["--csv", "--output=tsv", "{ print $1, $2 }"], "\"a\tb\",c\\d\n", "a\\tb\tc\\\\d\n"),
    (
        &["--csv", "-H", "--output=jsonl", "$2 < 40"],
        PEOPLE,
        "{\"name\":\"say \\\"x\\\"\",\"age\":7}\n{\"name\":\"two\\nlines\",\"age\":9}\n",
    ),
    (&["--tsv", "{ print NF \"|\" $1 \"|\" $2 }"], "a\\tb\tc d\r\n\t\n", "2|a\tb|c d\n2||\n"),
    (&["--jsonl", "{ print NF; print $1; print $2 }"], OBJECTS, "2\na\tb\n1.50\n3\n2\n[1,{\"x\":null}]\n"),
    (&["--jsonl", "--output=csv", "{ print $1, $2 }"], OBJECTS, "a\tb,1.50\n2,\"[1,{\"\"x\"\":null}]\"\n"),
    (
        &["--jsonl", "--output=jsonl", "{ $1 = \"é\\\"\" } 1"],
        "{\"k\":1,\"l\":2}\n",
        "{\"k\":\"é\\\"\",\"l\":2}\n",
    ),
    (
        &["--jsonl", "--output=jsonl", "{ @\"n\"++; @\"new\" = \"x\" } 1"],
        OBJECTS,
        "{\"name\":\"a\\tb\",\"n\":2.5,\"new\":\"x\"}\n\
         {\"n\":3,\"tags\":[1,{\"x\":null}],\"none\":null,\"new\":\"x\"}\n",
    ),
    (&["--jsonl", "{ print NF, $0 }"], "[1]\n\n{}\n", "1 [1]\n0 \n0 {}\n"),
    // A byte order mark is no part of the first name.
    (&["--csv", "-H", "{ print @\"a\" }"], "\u{feff}a,b\n1,2\n", "1\n"),
    (&["--jsonl", "{ print @\"a\" }"], "\u{feff}{\"a\":1}\n", "1\n"),
    // As gawk 5.3 and the one true awk do, `split` without a separator splits as records are split.
    (
        &[
            "--csv",
            "{ print split($0, a), a[1]; print split(\"p,\\\"q\\\"\\\"r\\\"\", b), b[2]; print split(\"x y\", c, \" \") }",
        ],
        "\"a,b\"\n",
        "1 a,b\n2 q\"r\n2\n",
    ),
    (&["--jsonl", "{ print split($1, a), a[2] }"], "[\"x y\"]\n", "2 y\n"),
    (&["--output=jsonl", "{ print $1, $2, length($1) }"], "007 x\n", "[\"007\",\"x\",3]\n"),
    (
        &["--output=csv", "{ print $1 > \"/dev/stdout\"; printf \"%s,\\n\", $1 }"],
        "a,b c\n",
        "\"a,b\"\na,b,\n",
    ),
];

#[test]
fn formats_are_read_and_written() {
    let awk = Awk::under_test();
    for (arguments, input, expected) in ROWS {
        let observed = Scratch::new().run(awk.command().args(*arguments), input.as_bytes());
        let output = String::from_utf8_lossy(&observed.stdout).into_owned();
        assert_eq!(
            (output.as_str(), observed.stderr_text().as_str()),
            (*expected, ""),
            "{} {arguments:?}",
            awk.name
        );
    }
}

/// What is not in its format ends the run with the place, after what came before it.
#[test]
fn malformed_input_has_a_place() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("--csv", "a,b\nc,\"d\ne\n", "a,b\n", "row 2, byte 7: the quote that begins here has no end"),
        ("--csv", "\"a\"b\n", "", "row 1, byte 4: text after the closing quote"),
        ("--jsonl", "{}\n{\"a\" 1}\n", "{}\n", "row 2, byte 9: `:` is missing"),
        ("--jsonl", "[1,]\n", "", "row 1, byte 4: a value is missing"),
    ];
    let awk = Awk::under_test();
    for (option, input, output, message) in cases {
        let observed = Scratch::new().run(awk.command().args([option, "1"]), input.as_bytes());
        assert_eq!(observed.status.code(), Some(2), "{input:?}");
        assert_eq!(observed.stdout, output.as_bytes(), "{input:?}");
        assert!(observed.stderr_text().contains(message), "{input:?}: {}", observed.stderr_text());
    }
}

#[test]
fn unknown_columns_are_errors() {
    let awk = Awk::under_test();
    for (options, message) in
        [(&["-k", "-H"][..], "the header has no such name"), (&["-k"], "there is no header")]
    {
        let program = "{ print @\"ages\" }";
        let observed = Scratch::new().run(awk.command().args(options).arg(program), PEOPLE.as_bytes());
        assert_eq!(observed.status.code(), Some(2));
        assert!(observed.stderr_text().contains(message), "{}", observed.stderr_text());
    }
}
