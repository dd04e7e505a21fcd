//! `--lint-old`: what the awk of Unix Version 7 did not have.

use super::{each_expr, each_stmt};
use crate::ast::{ExprKind, Program, StmtKind};
use crate::builtins::Builtin;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The functions that the first awk had.
const FIRST: &[Builtin] = &[
    Builtin::Length,
    Builtin::Sqrt,
    Builtin::Log,
    Builtin::Exp,
    Builtin::Int,
    Builtin::Substr,
    Builtin::Index,
    Builtin::Split,
    Builtin::Sprintf,
];

/// Warnings of what is newer, in the order of the text.
pub(crate) fn old(program: &Program) -> Vec<Diagnostic> {
    let mut found: Vec<(Span, String)> = Vec::new();
    found.extend(program.functions().map(|function| (function.name.span, "functions".to_owned())));
    each_stmt(program, &mut |stmt| match stmt.kind {
        StmtKind::DoWhile { .. } => found.push((stmt.span, "`do'".to_owned())),
        StmtKind::Delete { .. } | StmtKind::DeleteAll(_) => found.push((stmt.span, "`delete'".to_owned())),
        _ => {}
    });
    each_expr(program, &mut |expr| match &expr.kind {
        ExprKind::Conditional { .. } => found.push((expr.span, "`?:'".to_owned())),
        ExprKind::In { .. } => found.push((expr.span, "`in' outside of `for'".to_owned())),
        ExprKind::Getline { .. } => found.push((expr.span, "`getline'".to_owned())),
        ExprKind::Builtin { function, .. } if !FIRST.contains(function) => {
            found.push((expr.span, format!("`{}'", function.name())));
        }
        _ => {}
    });
    found.sort_by_key(|(span, _)| span.start);
    let warning = |(span, what)| Diagnostic::warning(span, format!("old awk does not have {what}"));
    found.into_iter().map(warning).collect()
}
