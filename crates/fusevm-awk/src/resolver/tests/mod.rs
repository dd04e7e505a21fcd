//! Tables of programs (in the form that [`crate::testing`] describes): what their names stand for, and what
//! is wrong with them.

use super::*;
use crate::ast::{Item, Pattern, Stmt, StmtKind};
use crate::parser::parse;
use crate::source::Source;
use crate::testing::check_table;

fn options() -> ResolveOptions {
    ResolveOptions { assigned: vec!["outside".into(), "NR".into()], ..ResolveOptions::default() }
}

/// The errors, or else the warnings, as `line:column message`, each followed by the places that explain it.
fn errors_of(text: &str) -> String {
    let source = Source::from_text("test", text).unwrap();
    let parsed = parse(&source).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let errors =
        resolve(&parsed.program, &options()).map_or_else(|errors| errors, |resolved| resolved.warnings);
    if errors.is_empty() {
        return "ok".into();
    }
    let place = |span: crate::source::Span| {
        let at = source.locate(span.start);
        format!("{}:{}", at.line, at.column)
    };
    let shown = errors.iter().map(|error| {
        let related: String =
            error.related.iter().map(|(span, label)| format!(" ({} {label})", place(*span))).collect();
        let help: String = error.help.iter().map(|help| format!(" [{help}]")).collect();
        format!("{} {}{related}{help}", place(error.span), error.message)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn errors() {
    check_table(include_str!("errors.txt"), errors_of);
}

fn kind_letter(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar => "$",
        Kind::Array => "@",
        Kind::Unknown => "?",
        Kind::Dynamic => "%",
    }
}

/// `$x @a ?y f($p @q)`: scalars, arrays, and what nobody knows; `%` before what may be either; `!` after globals that functions use, `*` after
/// those that are passed.
fn kinds_of(text: &str) -> String {
    let source = Source::from_text("test", text).unwrap();
    let program = parse(&source).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).program;
    let resolution = match resolve(&program, &options()) {
        Ok(resolution) => resolution,
        Err(errors) => return errors[0].message.clone(),
    };
    let globals = resolution.globals.iter().map(|global| {
        format!(
            "{}{}{}{}",
            kind_letter(global.kind),
            program.names.text(global.name),
            if global.is_used_in_function { "!" } else { "" },
            if global.is_passed { "*" } else { "" },
        )
    });
    let functions = resolution.functions.iter().map(|function| {
        let params = function.params.iter();
        let params =
            params.map(|param| format!("{}{}", kind_letter(param.kind), program.names.text(param.name)));
        format!("{}({})", program.names.text(function.name), params.collect::<Vec<_>>().join(" "))
    });
    globals.chain(functions).collect::<Vec<_>>().join(" ")
}

#[test]
fn kinds() {
    check_table(include_str!("kinds.txt"), kinds_of);
}

/// The possible kinds of the value that the last statement, `print`, prints: `u`nset, `n`umber, `s`tring, `i`nput.
fn types_of(text: &str) -> String {
    let source = Source::from_text("test", text).unwrap();
    let program = parse(&source).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).program;
    let resolution = resolve(&program, &options()).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let (scope, last) = match program.items.last() {
        Some(Item::Rule(rule)) => (None, rule.action.as_ref().and_then(|block| block.statements.last())),
        Some(Item::Function(function)) => {
            (resolution.function(function.name.name), function.body.statements.last())
        }
        None => (None, None),
    };
    let Some(Stmt { kind: StmtKind::Print { args, .. }, .. }) = last else { panic!("{text}: no print") };
    let types = resolution.types(scope, &args[0]);
    let letters = [(Types::UNSET, 'u'), (Types::NUMBER, 'n'), (Types::STRING, 's'), (Types::INPUT, 'i')];
    letters.iter().filter(|(one, _)| types | *one == types).map(|(_, letter)| letter).collect()
}

#[test]
fn types() {
    check_table(include_str!("types.txt"), types_of);
}

#[test]
fn names_mean_what_is_nearest() {
    let source = Source::from_text("test", "function f(x) { y; NR } BEGIN { x; y; f(1) }").unwrap();
    let program = parse(&source).unwrap().program;
    let resolution = resolve(&program, &ResolveOptions::default()).unwrap();
    let binding = |scope, name| resolution.binding(scope, program.names.get(name).unwrap());
    let f = resolution.function(program.names.get("f").unwrap());
    assert_eq!(binding(f, "x"), Some(Binding::Local(0)));
    assert_eq!(binding(None, "x"), Some(Binding::Global(1)));
    assert_eq!(binding(f, "y"), Some(Binding::Global(0)));
    assert_eq!(binding(f, "NR"), Some(Binding::Special(Special::Nr)));
    assert_eq!(binding(None, "f"), None);
}

#[test]
fn facts() {
    let facts = |text: &str| {
        let source = Source::from_text("test", text).unwrap();
        resolve(&parse(&source).unwrap().program, &options()).map(|resolution| resolution.facts).unwrap()
    };
    let none = Facts::default();
    let cases = [
        ("BEGIN { x }", none),
        ("x", Facts { reads_input: true, ..none }),
        ("END { }", Facts { reads_input: true, ..none }),
        ("BEGIN { exit }", Facts { exit_in_rule: true, ..none }),
        ("function f() { exit }", Facts { exit_in_function: true, ..none }),
        ("function f() { if (x) next }", Facts { next_in_function: true, ..none }),
        ("function f() { nextfile }", Facts { nextfile_in_function: true, ..none }),
        ("BEGIN { getline }", Facts { getline_main: true, ..none }),
        ("BEGIN { getline x < \"f\" }", none),
        ("function f() { while ((\"c\" | getline x) > 0); }", Facts { getline_in_function: true, ..none }),
        ("BEGIN { $1 = 2 }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { $0 = 2 }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { $x++ }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { sub(/a/, \"b\") }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { gsub(/a/, \"b\", $2) }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { sub(/a/, \"b\", x) }", none),
        ("BEGIN { \"c\" | getline $1 }", Facts { assigns_fields: true, ..none }),
        ("BEGIN { NF = 3 }", Facts { assigns_nf: true, ..none }),
        ("BEGIN { NF-- }", Facts { assigns_nf: true, ..none }),
        ("BEGIN { x = NF }", none),
        ("BEGIN { ARGV[1] = \"x=1\" }", Facts { mentions_argv: true, ..none }),
    ];
    for (text, expected) in cases {
        assert_eq!(facts(text), expected, "{text}");
    }
}

#[test]
fn deep_and_long_programs_resolve() {
    let nested = format!("BEGIN {{ x = {}y{} }}", "(".repeat(400), ")".repeat(400));
    assert_eq!(kinds_of(&nested), "$y $x");
    let blocks = format!("BEGIN {{ {}y{} }}", "if (x) { ".repeat(200), "}".repeat(200));
    assert_eq!(kinds_of(&blocks), "$x $y");
    let assignments = format!("BEGIN {{ {}y }}", "x = ".repeat(400));
    assert_eq!(kinds_of(&assignments), "$y $x");
    // Each function passes its parameter to the next; the last makes it an array.
    let chain: String = (0..2_000).map(|i| format!("function f{i}(a) {{ f{}(a) }}\n", i + 1)).collect();
    let all = kinds_of(&format!("{chain} function f2000(a) {{ a[1] }} BEGIN {{ f0(x) }}"));
    assert!(all.starts_with("@x* f0(@a) f1(@a) "));
}

#[test]
fn patterns_are_resolved_too() {
    let source = Source::from_text("test", "x == 1, y in a { z }").unwrap();
    let program = parse(&source).unwrap().program;
    assert!(matches!(program.rules().next().unwrap().pattern, Pattern::Range(..)));
    assert_eq!(kinds_of("x == 1, y in a { z }"), "$x $y @a $z");
}
