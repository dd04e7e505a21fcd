//! Tables of programs: what they parse to, or what is wrong with them and where.
//!
//! What an expression parses to was checked against the opcodes that gawk 5.2.1 makes of it (`gawk -D`, `dump`).

use super::{MAX_DEPTH, parse};
use crate::ast::to_sexpr;
use crate::source::Source;
use crate::testing::check_table;

mod robustness;

/// The tree, or the errors as `line:column message`, one a line.
fn outcome(text: &str) -> String {
    let source = Source::from_text("test", text).unwrap();
    match parse(&source) {
        Ok(parsed) => to_sexpr(&parsed.program).trim_end().to_owned(),
        Err(errors) => {
            let shown = errors.iter().map(|error| {
                let at = source.locate(error.span.start);
                format!("{}:{} {}", at.line, at.column, error.message)
            });
            shown.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn expressions() {
    check_table(include_str!("expressions.txt"), |text| {
        let program = outcome(&format!("BEGIN {{ {text} }}"));
        let inside = program.strip_prefix("(begin (block ").and_then(|rest| rest.strip_suffix("))"));
        inside.map_or(program.clone(), str::to_owned)
    });
}

#[test]
fn programs() {
    check_table(include_str!("programs.txt"), outcome);
}

#[test]
fn errors() {
    check_table(include_str!("errors.txt"), outcome);
}

#[test]
fn each_file_is_complete() {
    let places = |files: &[&str]| {
        let mut source = Source::new();
        for (file, name) in files.iter().zip(["one.awk", "two.awk"]) {
            source.add_file(name, file).unwrap();
        }
        let errors = parse(&source).err().unwrap_or_default();
        let place = |error: &crate::Diagnostic| {
            let at = source.locate(error.span.start);
            format!("{}:{}:{} {}", at.file, at.line, at.column, error.message)
        };
        errors.iter().map(place).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(places(&["function f(x) { return x * 2 }", "BEGIN {\n  print f(21) }\n"]), none);
    assert_eq!(
        places(&["function f(x)\n\n{ }\n", "  print 1 + }\n"]),
        ["two.awk:1:3 unexpected `print`; expected a pattern or `{`"]
    );
    assert_eq!(
        places(&["BEGIN {\n", "}\n"]),
        ["one.awk:1:8 missing `}` to close the action", "two.awk:1:1 unmatched `}`"]
    );
    assert_eq!(
        places(&["BEGIN { x =", " 1 }\n"])[0],
        "one.awk:1:12 unexpected newline; expected an expression after `=`"
    );
    assert_eq!(places(&["1,\n", " 2\n"]), ["one.awk:1:3 unexpected end of file; expected an expression"]);
}

#[test]
fn bytes_that_are_not_utf8_stay_as_they_are() {
    let source = Source::from_text("test", b"BEGIN { x = \"\xff\xe9\"; y = /\x80/ } # \xfe\n").unwrap();
    let parsed = parse(&source).unwrap();
    assert_eq!(to_sexpr(&parsed.program).trim_end(), r#"(begin (block (= x "\xff\xe9") (= y /�/)))"#);
}

#[test]
fn warnings_do_not_stop_the_program() {
    let source = Source::from_text("test", r#"BEGIN { x = "a\qb" "\x" }"#).unwrap();
    let warnings = parse(&source).unwrap().warnings;
    let shown: Vec<_> =
        warnings.iter().map(|w| (source.locate(w.span.start).column, w.message.as_str())).collect();
    assert_eq!(
        shown,
        [(15, r"escape sequence `\q` treated as plain `q`"), (21, r"no hex digits after `\x`")]
    );
}

#[test]
fn a_diagnostic_shows_the_place() {
    let render = |text: &[u8]| {
        let source = Source::from_text("prog.awk", text).unwrap();
        let errors = parse(&source).unwrap_err();
        errors.iter().map(|error| error.render(&source, false)).collect::<String>()
    };
    assert_eq!(
        render(b"BEGIN {\n    x = 1 +\n}\n"),
        "\
error: unexpected newline; expected an expression after `+`
 --> prog.awk:2:12
  |
2 |     x = 1 +
  |            ^
"
    );
    assert_eq!(
        render(b"BEGIN { \"\xff\xff\"; (x)++ }"),
        "\
error: `++` needs a variable, field or array element
 --> prog.awk:1:18
  |
1 | BEGIN { \"��\"; (x)++ }
  |               ---^^
  |               |
  |               this cannot be changed
"
    );
    assert_eq!(
        render(b"# one\n{ if (x) {\n  y\n"),
        "\
error: missing `}` to close the block
 --> prog.awk:3:4
  |
2 | { if (x) {
  |          - the block is opened here
3 |   y
  |    ^ the program ends here
"
    );
    assert!(!render(b"{ $ }").contains('\x1b'));
    let source = Source::from_text("prog.awk", "{ $ }").unwrap();
    assert!(parse(&source).unwrap_err()[0].render(&source, true).contains('\x1b'));
}

#[test]
fn reports_only_the_first_errors() {
    let text = "x = }\n".repeat(100);
    let source = Source::from_text("test", text).unwrap();
    assert_eq!(parse(&source).unwrap_err().len(), super::MAX_ERRORS);
}

#[test]
fn depth_is_bounded() {
    let nested = |open: &str, inside: &str, close: &str, levels: usize| {
        outcome(&format!("BEGIN {{ {}{inside}{} }}", open.repeat(levels), close.repeat(levels)))
    };
    let shapes = [
        ("x = (", "1", ")"),
        ("$", "x", ""),
        ("x = a[", "1", "]"),
        ("f(", "1", ")"),
        ("length(", "1", ")"),
        ("- ", "x", ""),
        ("!", "x", ""),
        ("x ? ", "1", " : 2"),
        ("x ? 1 : ", "2", ""),
        ("x = ", "1", ""),
        ("x ^ ", "1", ""),
        ("x ~ ", "1", ""),
        ("x ", "in a", " in a"),
        ("", "\"c\" | getline", " | getline"),
        ("getline < ", "x", ""),
        ("{", "x", "}"),
        ("if (x) ", "y", ""),
        ("while (x) ", "y", ""),
        ("do ", "x", "; while (y)"),
        ("for (;;) ", "x", ""),
        ("for (x in a) ", "y", ""),
    ];
    let too_deep = format!("the program nests deeper than {MAX_DEPTH} levels");
    for (open, inside, close) in shapes {
        let within = nested(open, inside, close, MAX_DEPTH / 4);
        assert!(within.starts_with("(begin"), "{open}: {}", &within[..80]);
        let beyond = nested(open, inside, close, MAX_DEPTH * 20);
        assert!(beyond.ends_with(&too_deep) || open == "x ", "{open}: {}", &beyond[..80]);
    }
}

#[test]
fn long_chains_are_not_deep() {
    let chains = ["1 + ", "x * ", "x ", "x && ", "x || ", "a[1] - "];
    for link in chains {
        let program = outcome(&format!("BEGIN {{ y = {}1 }}", link.repeat(20_000)));
        assert!(program.starts_with("(begin (block (= y ("), "{link}");
    }
    let program = outcome(&format!("{{ {} x }}", "if (x) y; else ".repeat(10_000)));
    assert!(program.starts_with("(rule (block (if x y (if x y (if x y "));
}
