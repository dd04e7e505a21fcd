//! `--gen-pot`: the texts to translate, as a template for gettext.

use super::quote;
use crate::ast::{Expr, ExprKind, Place, Program};
use crate::builtins::Builtin;
use crate::lint::each_expr;
use crate::source::{Source, Span};

/// A text, and what it is in the plural.
type Message<'a> = (&'a [u8], Option<&'a [u8]>);

/// The messages of a program: `_"text"`, and the texts of `dcgettext` and `dcngettext`.
pub(crate) fn template(program: &Program, source: &Source) -> String {
    let mut messages: Vec<(Span, Message<'_>)> = Vec::new();
    each_expr(program, &mut |expr| match &expr.kind {
        // The mark is a variable without a value, right before the text.
        ExprKind::Concat(parts) => {
            for pair in parts.windows(2) {
                let [mark, text] = pair else { continue };
                if is_mark(program, mark)
                    && mark.span.end == text.span.start
                    && let Some(message) = constant(text)
                {
                    messages.push((text.span, (message, None)));
                }
            }
        }
        ExprKind::Builtin { function: Builtin::Dcgettext, args } => {
            messages.extend(args.first().and_then(|text| Some((text.span, (constant(text)?, None)))));
        }
        ExprKind::Builtin { function: Builtin::Dcngettext, args } => {
            if let [one, many, ..] = &args[..]
                && let (Some(text), Some(plural)) = (constant(one), constant(many))
            {
                messages.push((one.span, (text, Some(plural))));
            }
        }
        _ => {}
    });
    messages.sort_by_key(|(span, _)| span.start);
    let mut out = Vec::new();
    for (span, (text, plural)) in messages {
        let place = source.locate(span.start);
        out.extend_from_slice(format!("#: {}:{}\nmsgid ", place.file, place.line).as_bytes());
        quote(&mut out, text);
        if let Some(plural) = plural {
            out.extend_from_slice(b"\nmsgid_plural ");
            quote(&mut out, plural);
            out.extend_from_slice(b"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n");
        } else {
            out.extend_from_slice(b"\nmsgstr \"\"\n\n");
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn is_mark(program: &Program, expr: &Expr) -> bool {
    let ExprKind::Place(place) = &expr.kind else { return false };
    matches!(&**place, Place::Var(ident) if program.names.text(ident.name) == "_")
}

fn constant(expr: &Expr) -> Option<&[u8]> {
    match &expr.ungrouped().kind {
        ExprKind::Str(text) => Some(text),
        _ => None,
    }
}
