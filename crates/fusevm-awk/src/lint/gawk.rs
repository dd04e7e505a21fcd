//! What `--lint` finds in the text of a program. What only the run can find, the compiler asks for (`compiler::lint`).

use super::{each_stmt, text};
use crate::ast::{Expr, ExprKind, Part, Program, Stmt, StmtKind, UnaryOp};
use crate::classic::Told;
use crate::diagnostic::Diagnostic;
use crate::resolver::{Resolution, Scope};
use crate::source::Source;

/// The doubtful places in the text of a program, whatever its names mean. `extensions` asks for what gawk adds to the
/// language, too.
pub(crate) fn check_text(program: &Program, source: &Source, extensions: bool) -> Vec<Diagnostic> {
    let mut found = text::check(program, source, extensions);
    for (span, name) in source.unfinished_files() {
        let message = format!("source file `{name}` does not end in a newline");
        let warning = Diagnostic::warning(span, message);
        found.push(warning.classic_line("warning: source file does not end in newline"));
    }
    each_stmt(program, &mut |stmt| {
        if let StmtKind::Expr(expr) = &stmt.kind
            && has_no_effect(expr)
        {
            let warning = Diagnostic::warning(stmt.span, "statement has no effect");
            found.push(warning.classic_told(Told::Reading(stmt.span.end)));
        }
    });
    found
}

/// The doubtful places that only what names mean can tell.
pub(crate) fn check(program: &Program, resolution: &Resolution) -> Vec<Diagnostic> {
    let mut lint = Lint { resolution, scope: None, found: Vec::new() };
    for function in program.functions() {
        lint.scope = resolution.function(function.name.name);
        function.body.statements.iter().for_each(|stmt| lint.stmt(stmt));
    }
    lint.scope = None;
    for block in program.rules().filter_map(|rule| rule.action.as_ref()) {
        block.statements.iter().for_each(|stmt| lint.stmt(stmt));
    }
    lint.shadows(program, resolution);
    lint.found
}

struct Lint<'a> {
    resolution: &'a Resolution,
    scope: Scope,
    found: Vec<Diagnostic>,
}

impl Lint<'_> {
    /// Parameters that hide a global of the same name.
    fn shadows(&mut self, program: &Program, resolution: &Resolution) {
        for function in program.functions() {
            for param in &function.params {
                if !resolution.globals.iter().any(|global| global.name == param.name) {
                    continue;
                }
                let (owner, name) = (program.names.text(function.name.name), program.names.text(param.name));
                let message = format!("parameter `{name}` of `{owner}` shadows a global variable");
                let classic =
                    format!("warning: function `{owner}': parameter `{name}' shadows global variable");
                let warning = Diagnostic::warning(function.name.span, message).classic_line(classic);
                self.found.push(warning.classic_told(Told::AtEnd));
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Print { formatted: true, args, .. } = &stmt.kind {
            self.format(args.first());
        }
        stmt.each_part(&mut |part| match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Stmt(stmt) => self.stmt(stmt),
        });
    }

    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Builtin { function: crate::builtins::Builtin::Sprintf, args } = &expr.kind {
            self.format(args.first());
        }
        if let ExprKind::Binary { first, rest } = &expr.kind
            && let [(op, second)] = &rest[..]
            && [&**first, second].iter().all(|side| self.resolution.types(self.scope, side).is_string())
        {
            let message = format!("operator `{}` used on two string values", op.text());
            let classic = format!("warning: operator `{}' used on two string values", op.text());
            let warning = Diagnostic::warning(expr.span, message).classic_line(classic);
            self.found.push(warning.classic_told(Told::Running));
        }
        expr.each_part(&mut |part| self.expr(part));
    }

    /// A format that is written out.
    fn format(&mut self, format: Option<&Expr>) {
        let Some(Expr { kind: ExprKind::Str(text), span }) = format else { return };
        if !ends_its_specifiers(text) {
            let warning = Diagnostic::warning(*span, "a format specifier has no letter at its end");
            let classic = "warning: [s]printf: format specifier does not have control letter";
            self.found.push(warning.classic_line(classic).classic_told(Told::Running));
        }
    }
}

/// Whether each `%` of a format is followed by a letter, or by another `%`.
fn ends_its_specifiers(format: &[u8]) -> bool {
    let mut rest = format;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        let specifier = &rest[percent + 1..];
        let end = specifier.iter().position(|byte| !b"0123456789+-# '.*$".contains(byte));
        match end.map(|end| (end, specifier[end])) {
            Some((end, b'%')) => rest = &specifier[end + 1..],
            Some((end, letter)) if letter.is_ascii_alphabetic() => rest = &specifier[end + 1..],
            _ => return false,
        }
    }
    true
}

/// Whether an expression as a statement changes nothing.
fn has_no_effect(expr: &Expr) -> bool {
    let mut is_idle = matches!(
        expr.kind,
        ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::TypedRegex(_)
            | ExprKind::Regex(_)
            | ExprKind::Column(_)
            | ExprKind::Group(_)
            | ExprKind::Unary(UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Not, _)
            | ExprKind::Binary { .. }
            | ExprKind::Concat(_)
            | ExprKind::Compare(..)
            | ExprKind::Match { .. }
            | ExprKind::In { .. }
            | ExprKind::Conditional { .. }
            | ExprKind::Logical(..)
            | ExprKind::Place(_)
    );
    expr.each_part(&mut |part| is_idle &= has_no_effect(part));
    is_idle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse;
    use crate::resolver::{ResolveOptions, resolve};

    /// The warnings as gawk puts them, with their lines.
    fn warnings(text: &str) -> Vec<String> {
        let source = Source::from_text("t", text).unwrap();
        let program = parse(&source).unwrap().program;
        let resolution = resolve(&program, &ResolveOptions::default()).unwrap();
        let found = [check_text(&program, &source, false), check(&program, &resolution)].concat();
        let shown = crate::classic::show(&found, &source, "awk");
        String::from_utf8(shown).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn idle_statements_are_told() {
        let idle = ["a[1]", "x", "x == 1", "x + 1", "\"a\" \"b\"", "x || y", "!x", "(x)", "/re/", "$1"];
        for text in idle {
            let expected = ["awk: t:1: warning: statement has no effect"];
            assert_eq!(warnings(&format!("BEGIN {{ {text} }}\n")), expected, "{text}");
        }
        let busy = ["x = 1", "x++", "f()", "x && y++", "getline", "x = y == 2", "sub(/a/, \"b\")"];
        for text in busy {
            let program = format!("function f() {{ }} BEGIN {{ f(); {text} }}\n");
            assert_eq!(warnings(&program), Vec::<String>::new(), "{text}");
        }
    }

    /// What gawk 5.2.1 says, in its order.
    #[test]
    fn words_and_constants_are_told() {
        let told = |text: &str| {
            let source = Source::from_text("t", text).unwrap();
            let program = parse(&source).unwrap().program;
            let shown = crate::classic::show(&check_text(&program, &source, true), &source, "");
            let shown = String::from_utf8(shown).unwrap();
            let line = |line: &str| line.rsplit("warning: ").next().unwrap_or_default().to_owned();
            shown.lines().map(line).collect::<Vec<_>>()
        };
        let cases: &[(&str, &[&str])] = &[
            ("BEGIN { print }\n", &["plain `print' in BEGIN or END rule should probably be `print \"\"'"]),
            ("{ print; x = length + length }\n", &["call of `length' without parentheses is not portable"]),
            (
                "END { while (getline > 0) x }\n",
                &["non-redirected `getline' undefined inside END action", "statement has no effect"],
            ),
            (
                "{ x = /a/; if (x == /b/) x++ }\n",
                &["regular expression on right of assignment", "regular expression on right of comparison"],
            ),
            ("{ y = /b/ ~ x }\n", &["regular expression on left of `~' or `!~' operator"]),
            ("//\n", &["regexp constant `//' looks like a C++ comment, but is not"]),
            ("/* x */ { y++ }\n", &["regexp constant `/* x */' looks like a C comment, but is not"]),
            ("{ delete(a) }\n", &["`delete(array)' is a non-portable tawk extension"]),
            ("{ print > \"a\" x }\n", &["concatenation as I/O `>' redirection target is ambiguous"]),
            ("{ print > (\"a\" x) }\n", &[]),
            (
                "BEGINFILE { x = and(1, and(2, 3)) }\n",
                &["`BEGINFILE' is a gawk extension", "`and' is a gawk extension"],
            ),
            (
                "{ a[1][2] = 3; f = \"g\"; @f() }\n",
                &[
                    "multidimensional arrays are a gawk extension",
                    "indirect function calls are a gawk extension",
                ],
            ),
            (
                "{ f(/a/) }\n",
                &[
                    "regexp constant for parameter #1 yields boolean value",
                    "function `f' called but never defined",
                ],
            ),
            ("function f() { }\n", &["function `f' defined but never called directly"]),
            (
                "BEGIN { x = 0x11 + 011 + 0 + 08; x **= 2 ** 3 ** 1 }\n",
                &[
                    "numeric constant `0x11' treated as hexadecimal",
                    "numeric constant `011' treated as octal",
                    "POSIX does not allow operator `**='",
                    "POSIX does not allow operator `**'",
                ],
            ),
            ("BEGIN { x = \"\\x41\" \"\\x42\" \"\\\\x\" }\n", &["POSIX does not allow `\\x' escapes"]),
            (
                "BEGIN { IGNORECASE = 1; RS = \"ab\"; RS = \"cd\"; RS = \"\\n\"; FS = \"\" }\n",
                &[
                    "`IGNORECASE' is a gawk extension",
                    "multicharacter value of `RS' is a gawk extension",
                    "null string for `FS' is a gawk extension",
                ],
            ),
            (
                "BEGIN { n = split(\"a\", q, \" \", s); n = split(\"b\", q, \"\"); n = match(\"c\", /c/, m) }\n",
                &[
                    "match: third argument is a gawk extension",
                    "split: fourth argument is a gawk extension",
                    "split: null string for third arg is a non-standard extension",
                ],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text), *expected, "{text}");
        }
    }

    #[test]
    fn shadows_and_formats_are_told() {
        let found = warnings("function f(x) { return x }\nBEGIN { x = f(1); printf \"%d %5\\n\", x }");
        assert_eq!(
            found,
            [
                "awk: t:2: warning: source file does not end in newline",
                "awk: t:1: warning: function `f': parameter `x' shadows global variable",
                "awk: t:2: warning: [s]printf: format specifier does not have control letter",
            ]
        );
        assert_eq!(warnings("BEGIN { printf \"%5.2f%% %'d\\n\", 1, 2 }\n"), Vec::<String>::new());
    }
}
