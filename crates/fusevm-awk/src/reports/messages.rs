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
        quote_in_lines(&mut out, text);
        if let Some(plural) = plural {
            out.extend_from_slice(b"\nmsgid_plural ");
            quote_in_lines(&mut out, plural);
            out.extend_from_slice(b"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n");
        } else {
            out.extend_from_slice(b"\nmsgstr \"\"\n\n");
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where gawk breaks a long text, in bytes.
const LINE_LENGTH: usize = 70;

/// Appends a text as string constants on lines of their own, which count as one.
fn quote_in_lines(out: &mut Vec<u8>, text: &[u8]) {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    quote(&mut quoted, text);
    let mut length = 0;
    let mut rest = &quoted[..];
    while !rest.is_empty() {
        let unit = unit_length(rest);
        let is_closing = unit == rest.len();
        if length + unit > LINE_LENGTH && !is_closing {
            out.extend_from_slice(b"\"\n\"");
            length = 0;
        }
        out.extend_from_slice(&rest[..unit]);
        length += unit;
        rest = &rest[unit..];
    }
}

/// The length of what stands at the start of a quoted text and cannot be broken: an escape sequence, or a character.
fn unit_length(quoted: &[u8]) -> usize {
    let length = match quoted {
        [b'\\', b'0'..=b'7', ..] => 4,
        [b'\\', ..] => 2,
        [lead, rest @ ..] if *lead >= 0xc0 => {
            1 + rest.iter().take_while(|&&byte| (0x80..0xc0).contains(&byte)).count()
        }
        _ => 1,
    };
    length.min(quoted.len())
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
