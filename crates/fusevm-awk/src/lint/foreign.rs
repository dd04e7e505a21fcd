//! What gawk has and the awk of `--posix` or `--traditional` does not. Words that gawk reserves are names there, which the
//! lexer knows.

use super::{each_expr, each_stmt};
use crate::ast::{ExprKind, Input, Program, RedirectKind, StmtKind};
use crate::compiler::Dialect;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Errors for what the dialect does not have, in the order of the text.
pub(crate) fn foreign(program: &Program, dialect: Dialect) -> Vec<Diagnostic> {
    let Some(option) = dialect.option() else { return Vec::new() };
    let mut found: Vec<(Span, String)> = Vec::new();
    let mut add = |span: Span, what: &str| found.push((span, what.to_owned()));
    each_stmt(program, &mut |stmt| match &stmt.kind {
        StmtKind::Print { redirect: Some(redirect), .. } if redirect.kind == RedirectKind::Coprocess => {
            add(redirect.target.span, "`|&`");
        }
        _ => {}
    });
    each_expr(program, &mut |expr| match &expr.kind {
        ExprKind::IndirectCall { .. } => add(expr.span, "an indirect call"),
        ExprKind::Getline { input: Input::Coprocess(_), .. } => add(expr.span, "`|&`"),
        _ => {}
    });
    found.sort_by_key(|(span, _)| span.start);
    let error =
        |(span, what)| Diagnostic::error(span, format!("{what} is gawk's, and {option} leaves it out"));
    found.into_iter().map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse;
    use crate::source::Source;

    #[test]
    fn what_is_gawks_is_an_error_elsewhere() {
        let errors = |text: &str, dialect| {
            let source = Source::from_text("test", text).unwrap();
            foreign(&parse(&source).unwrap().program, dialect).len()
        };
        let programs = ["{ print |& \"cat\" }", "{ \"cat\" |& getline }", "{ f = \"g\"; @f() }"];
        for text in programs {
            assert_eq!(errors(text, Dialect::Posix), 1, "{text}");
            assert_eq!(errors(text, Dialect::Traditional), 1, "{text}");
            assert_eq!(errors(text, Dialect::Gawk), 0, "{text}");
        }
        assert_eq!(errors("{ sub(/a/, \"b\"); print length, substr($0, 1) | \"cat\" }", Dialect::Posix), 0);
    }
}
