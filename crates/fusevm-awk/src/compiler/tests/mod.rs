//! The code of small constructs, and that all code verifies. What programs do is the oracle suite's to test.

use super::*;
use crate::testing::{check_table, rows};
use fusevm::Op;

fn compiled(text: &str, options: &CompileOptions) -> Result<Chunk, String> {
    let source = Source::from_text("test", text).unwrap();
    compile(&source, options)
        .map(|program| program.chunk)
        .map_err(|errors| errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("; "))
}

/// The ops, without directives, each line's blanks squeezed, joined by `; `.
fn code_of(text: &str) -> String {
    let options = CompileOptions {
        preset: vec!["given".into()],
        assigned: vec!["later".into()],
        ..CompileOptions::default()
    };
    let chunk = match compiled(text, &options) {
        Ok(chunk) => chunk,
        Err(message) => return message,
    };
    if let Err(error) = chunk.clone().verify() {
        return error.to_string();
    }
    let listing = chunk.disassemble();
    let lines = listing.lines().filter(|line| !line.starts_with('.') || line.starts_with(".sub"));
    lines.map(str::trim).collect::<Vec<_>>().join("; ")
}

#[test]
fn statements() {
    check_table(include_str!("statements.txt"), |text| {
        let code = code_of(&format!("BEGIN {{ {text} }}"));
        code.strip_suffix("LoadInt 0; ReturnValue")
            .map_or(code.clone(), |code| code.trim_end_matches("; ").to_owned())
    });
}

#[test]
fn programs() {
    check_table(include_str!("programs.txt"), code_of);
}

#[test]
fn all_that_parses_and_resolves_verifies() {
    let functions = "function f(p, q) { return p } function g(p) { return p } function h(p) { return p }";
    let whole = rows(include_str!("../../parser/tests/programs.txt")).map(|(_, source, _)| source);
    let expressions = rows(include_str!("../../parser/tests/expressions.txt"));
    let expressions = expressions.map(|(_, source, _)| format!("{functions} {{ {source} }}"));
    let named =
        [include_str!("../../resolver/tests/kinds.txt"), include_str!("../../resolver/tests/types.txt")];
    let named = named.into_iter().flat_map(rows).map(|(_, source, _)| source);
    let mut count = 0;
    for text in whole.chain(expressions).chain(named) {
        // Some rows use a name in two ways.
        let Ok(chunk) = compiled(&text, &CompileOptions::default()) else { continue };
        count += 1;
        if let Err(error) = chunk.verify() {
            panic!("{text}: {error}");
        }
    }
    assert!(count > 400, "only {count} programs compiled");
}

#[test]
fn deep_nesting_compiles_on_a_small_stack() {
    let levels = crate::parser::MAX_DEPTH / 3;
    let nested = |open: &str, inside: &str, close: &str| {
        format!("BEGIN {{ {}{inside}{} }}", open.repeat(levels), close.repeat(levels))
    };
    let programs = [
        nested("x = (", "1", ")"),
        nested("a[", "1", "]"),
        nested("!(", "x", ")"),
        nested("x ? ", "1", " : 2"),
        nested("if (x) { ", "y", " }"),
        nested("for (;;) ", "x", ""),
        nested("for (k in b) ", "x", ""),
        nested("length(", "1", ")"),
        nested("(x && ", "1", ")"),
        nested("getline y < ", "x", ""),
        nested("substr(", "x", ", 1)"),
    ];
    for text in programs {
        compiled(&text, &CompileOptions::default()).unwrap().verify().unwrap();
    }
}

#[test]
fn too_many_values_are_an_error() {
    let list = |count: usize| vec!["1"; count].join(", ");
    let ok = compiled(&format!("BEGIN {{ print {} }}", list(255)), &CompileOptions::default());
    assert!(ok.unwrap().ops.contains(&Op::AwkPrint(255)));
    let error = compiled(&format!("BEGIN {{ print {} }}", list(256)), &CompileOptions::default());
    assert_eq!(error.unwrap_err(), "more than 255 values in one list");
}

#[test]
fn lines_count_through_all_files() {
    let mut source = Source::new();
    source.add_file("one", "function f() {\n  return 1\n}\n").unwrap();
    source.add_file("two", "BEGIN {\n  print f()\n}").unwrap();
    let chunk = compile(&source, &CompileOptions::default()).unwrap().chunk;
    assert_eq!(chunk.source, "one");
    let at = chunk.ops.iter().position(|op| matches!(op, Op::AwkPrint(_))).unwrap();
    assert_eq!(chunk.line(at), 5);
    assert_eq!(source.locate_line(5), Some(("two", 2)));
}
