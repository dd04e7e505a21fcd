//! Constructs that mean something else than they look like.

use crate::ast::{Expr, ExprKind, For, Input, Redirect, Stmt, StmtKind};
use crate::builtins::{Builtin, Param};
use crate::diagnostic::Diagnostic;

type Found = Vec<Diagnostic>;

/// A condition of a statement, or a pattern.
pub(super) fn condition(condition: &Expr, found: &mut Found) {
    // A second pair of parentheses says that it is meant.
    if let ExprKind::Assign { op: None, .. } = condition.kind {
        let warning = Diagnostic::warning(condition.span, "an assignment is the condition");
        found.push(warning.help("`==` compares; put an assignment that is meant in parentheses"));
    }
}

pub(super) fn stmt(stmt: &Stmt, found: &mut Found) {
    match &stmt.kind {
        StmtKind::If { arms, otherwise } => {
            for (test, body) in arms {
                condition(test, found);
                if matches!(body.kind, StmtKind::Empty) && otherwise.is_none() {
                    let warning = Diagnostic::warning(test.span, "nothing depends on this condition");
                    found.push(warning.help("a `;` after `if (…)` is all that it guards"));
                }
            }
        }
        StmtKind::While { condition: test, .. } | StmtKind::DoWhile { condition: test, .. } => {
            condition(test, found)
        }
        StmtKind::For(r#for) => {
            let For { condition: test, .. } = &**r#for;
            test.iter().for_each(|test| condition(test, found));
        }
        StmtKind::Print { formatted, args, redirect } => {
            if let Some(redirect) = redirect {
                target(redirect, found);
            }
            if *formatted {
                format(args, found);
            }
        }
        StmtKind::Return(Some(value)) => regex_value(value, found),
        _ => {}
    }
}

fn target(redirect: &Redirect, found: &mut Found) {
    if let ExprKind::Concat(_) = redirect.target.kind {
        let span = redirect.target.span;
        let warning = Diagnostic::warning(span, "a concatenation is the target of the output");
        found.push(warning.help("other awks end the target at the first blank: put it in parentheses"));
    }
}

/// Compares the conversions of a format with the values for it.
fn format(args: &[Expr], found: &mut Found) {
    let Some((format, values)) = args.split_first() else { return };
    let ExprKind::Str(text) = &format.ungrouped().kind else { return };
    let Some(conversions) = conversions(text) else { return };
    if conversions != values.len() {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let message = format!(
            "the format has {conversions} conversion{} for {} value{}",
            plural(conversions),
            values.len(),
            plural(values.len())
        );
        found.push(Diagnostic::warning(format.span, message));
    }
}

/// The values that a format asks for; None when it numbers them.
fn conversions(format: &[u8]) -> Option<usize> {
    let mut count = 0;
    let mut bytes = format.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            continue;
        }
        loop {
            match bytes.next()? {
                b'%' => break,
                b'$' => return None,
                b'*' => count += 1,
                byte if byte.is_ascii_alphabetic() => {
                    count += 1;
                    break;
                }
                _ => {}
            }
        }
    }
    Some(count)
}

pub(super) fn expr(expr: &Expr, found: &mut Found) {
    match &expr.kind {
        ExprKind::Compare(_, left, right) => {
            for side in [left, right] {
                if let ExprKind::Str(text) = &side.ungrouped().kind
                    && looks_numeric(text)
                {
                    let warning =
                        Diagnostic::warning(side.span, "a comparison with a string constant is one of texts");
                    found.push(warning.help("leave the quotes out to compare numbers"));
                }
                regex_value(side, found);
            }
        }
        ExprKind::Concat(parts) => {
            if let [first, rest, ..] = &parts[..]
                && let ExprKind::Getline { input: Input::File(_), .. } = first.kind
            {
                let warning = Diagnostic::warning(rest.span, "the file name ends before the concatenation");
                found.push(warning.help("put the whole name in parentheses"));
            }
            parts.iter().for_each(|part| regex_value(part, found));
        }
        ExprKind::Assign { value, .. } => regex_value(value, found),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| regex_value(arg, found)),
        ExprKind::Builtin { function, args } => {
            for (index, arg) in args.iter().enumerate() {
                if function.param(index) == Some(Param::Value) {
                    regex_value(arg, found);
                }
            }
            if *function == Builtin::Substr
                && let Some(start) = args.get(1)
                && let ExprKind::Number(number) = start.ungrouped().kind
                && number < 1.0
            {
                found.push(Diagnostic::warning(start.span, "`substr' counts characters from 1"));
            }
            if *function == Builtin::Sprintf {
                format(args, found);
            }
        }
        _ => {}
    }
}

fn looks_numeric(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.trim().parse::<f64>().is_ok())
}

/// A regex literal whose value is wanted, which is whether the record matches.
fn regex_value(value: &Expr, found: &mut Found) {
    if let ExprKind::Regex(_) = value.ungrouped().kind {
        let warning = Diagnostic::warning(value.span, "a regular expression is a value here");
        found.push(warning.help("its value is 1 or 0: whether it matches $0"));
    }
}
