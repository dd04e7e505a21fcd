//! `--lint`: what is doubtful and no error: what gawk tells of ([`check`]),
//! and more of the classic traps ([`lint`]).

mod foreign;
mod gawk;
mod old;
mod text;
mod traps;
mod variables;

use crate::ast::{Block, Expr, Item, Part, Pattern, Program, Stmt};
use crate::diagnostic::Diagnostic;

pub(crate) use foreign::foreign;
pub(crate) use gawk::{check, check_text};
pub(crate) use old::old;

/// The traps in a program that gawk does not know, in the order of its text. `assigned` are the variables that the command line sets.
pub(crate) fn lint(program: &Program, assigned: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    each_pattern(program, &mut |pattern| traps::condition(pattern, &mut found));
    each_stmt(program, &mut |stmt| traps::stmt(stmt, &mut found));
    each_expr(program, &mut |expr| traps::expr(expr, &mut found));
    variables::check(program, assigned, &mut found);
    found.sort_by_key(|diagnostic| diagnostic.span.start);
    found
}

/// Visits the patterns that are conditions.
fn each_pattern<'a>(program: &'a Program, visit: &mut dyn FnMut(&'a Expr)) {
    for rule in program.rules() {
        match &rule.pattern {
            Pattern::Expr(pattern) => visit(pattern),
            Pattern::Range(from, to) => {
                visit(from);
                visit(to);
            }
            _ => {}
        }
    }
}

/// Visits all statements. Its stack grows with the depth of the program, not Rust's.
fn each_stmt<'a>(program: &'a Program, visit: &mut dyn FnMut(&'a Stmt)) {
    let mut pending: Vec<&Stmt> = blocks(program).flat_map(|block| &block.statements).collect();
    while let Some(stmt) = pending.pop() {
        visit(stmt);
        stmt.each_part(&mut |part| {
            if let Part::Stmt(stmt) = part {
                pending.push(stmt);
            }
        });
    }
}

/// Visits all expressions.
pub(crate) fn each_expr<'a>(program: &'a Program, visit: &mut dyn FnMut(&'a Expr)) {
    let mut pending = Vec::new();
    each_pattern(program, &mut |pattern| pending.push(pattern));
    each_stmt(program, &mut |stmt| {
        stmt.each_part(&mut |part| {
            if let Part::Expr(expr) = part {
                pending.push(expr);
            }
        });
    });
    while let Some(expr) = pending.pop() {
        visit(expr);
        expr.each_part(&mut |part| pending.push(part));
    }
}

fn blocks(program: &Program) -> impl Iterator<Item = &Block> {
    program.items.iter().filter_map(|item| match item {
        Item::Rule(rule) => rule.action.as_ref(),
        Item::Function(function) => Some(&function.body),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse;
    use crate::source::Source;

    /// The messages for a program.
    fn messages(text: &str) -> Vec<String> {
        let source = Source::from_text("test", text).unwrap();
        let program = parse(&source).unwrap().program;
        lint(&program, &["given".to_owned()]).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn traps_are_found() {
        let cases = [
            ("BEGIN { x = 1; if (x = 2) print }", "an assignment is the condition"),
            ("$1 = 5", "an assignment is the condition"),
            ("{ if ($1 > 1); print }", "nothing depends on this condition"),
            ("{ if ($1 > \"10\") print }", "a comparison with a string constant"),
            (
                "{ while ((getline line < \"file\" \".txt\") > 0) print line }",
                "the file name ends before the concatenation",
            ),
            ("{ x = /re/; print x }", "a regular expression is a value here"),
            ("function f(x) { return x } { print f(/re/) }", "a regular expression is a value here"),
            ("{ print $1 > $2 \".txt\" }", "a concatenation is the target of the output"),
            ("{ print substr($1, 0, 3) }", "`substr' counts characters from 1"),
            ("{ printf \"%s %d\\n\", $1 }", "the format has 2 conversions for 1 value"),
            ("{ printf \"%5.2f%%\\n\", $1, $2 }", "the format has 1 conversion for 2 values"),
            ("{ print total }", "`total' is never set"),
            ("{ count[$1]; n = 1; print cuont[$1] }", "`cuont' is never set"),
            ("function f() { } BEGIN { print 1 }", "`f' is never called"),
        ];
        for (text, message) in cases {
            let found = messages(text);
            assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
        }
    }

    #[test]
    fn ordinary_programs_have_no_traps() {
        let programs = [
            "{ n[$1]++; s += $2 } END { for (k in n) print k, n[k], s / NR }",
            "BEGIN { while ((getline line < ARGV[1]) > 0) if ((x = length(line)) > 3) print x }",
            "function f(a, b) { b = a; return b } /x/ { print f($1), given, ENVIRON[\"HOME\"] > (\"a\" \"b\") }",
            "$1 == \"x\" && $2 ~ /y/ { sub(/a/, \"b\"); printf(\"%s %*d\\n\", $1, 3, $2); getline; close(\"x\") }",
            "{ split($0, parts); print parts[1]; i++; f(parts) } function f(p) { p[1] = 2; delete p }",
        ];
        for text in programs {
            assert_eq!(messages(text), [""; 0], "{text}");
        }
    }
}
