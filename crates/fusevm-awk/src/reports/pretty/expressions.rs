//! Expressions in gawk's layout.

use crate::ast::{ArrayRef, Expr, ExprKind, Ident, Input, LogicalOp, Names, Place, StepOp, UnaryOp};
use crate::builtins::Builtin;
use crate::source::Source;

/// What prints expressions: it knows the names, and the text that literals are copied from.
pub(super) trait Expressions<'a> {
    fn names(&self) -> &'a Names;
    fn source(&self) -> &'a Source;

    fn name(&self, ident: Ident) -> &'a str {
        self.names().text(ident.name)
    }

    fn list(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    /// An expression that stands for itself, or parentheses around it.
    fn parenthesized(&self, expr: &Expr) -> String {
        match expr.kind {
            ExprKind::Concat(_) | ExprKind::Binary { .. } | ExprKind::Conditional { .. } => {
                format!("({})", self.expr(expr))
            }
            _ => self.expr(expr),
        }
    }

    fn array(&self, array: &ArrayRef) -> String {
        let mut text = self.name(array.name).to_owned();
        for subscripts in &array.path {
            text += &format!("[{}]", self.list(subscripts));
        }
        text
    }

    fn place(&self, place: &Place) -> String {
        match place {
            Place::Var(ident) => self.name(*ident).to_owned(),
            Place::Element { array, subscripts } => {
                format!("{}[{}]", self.array(array), self.list(subscripts))
            }
            Place::Field(index) => match &index.kind {
                ExprKind::Column(_) => self.expr(index),
                _ => format!("${}", self.expr(index)),
            },
        }
    }

    /// The text of a literal, as it was written.
    fn literal(&self, expr: &Expr) -> String {
        String::from_utf8_lossy(self.source().slice(expr.span)).into_owned()
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Regex(_)
            | ExprKind::TypedRegex(_)
            | ExprKind::Column(_) => self.literal(expr),
            ExprKind::Place(place) => self.place(place),
            ExprKind::Group(inner) => format!("({})", self.expr(inner)),
            ExprKind::Unary(op, operand) => {
                let sign = match op {
                    UnaryOp::Minus => "-",
                    UnaryOp::Plus => "+",
                    UnaryOp::Not => "! ",
                };
                format!("{sign}{}", self.expr(operand))
            }
            ExprKind::Step { op, prefix, place } => {
                let step = if *op == StepOp::Increment { "++" } else { "--" };
                let place = self.place(place);
                if *prefix { format!("{step}{place}") } else { format!("{place}{step}") }
            }
            ExprKind::Binary { first, rest } => {
                let mut text = self.expr(first);
                for (op, operand) in rest {
                    text += &format!(" {} {}", op.text(), self.expr(operand));
                }
                text
            }
            ExprKind::Concat(parts) => parts.iter().map(|part| self.expr(part)).collect::<Vec<_>>().join(" "),
            ExprKind::Compare(op, left, right) => {
                format!("{} {} {}", self.expr(left), op.text(), self.expr(right))
            }
            ExprKind::Match { negated, text, pattern } => {
                let op = if *negated { "!~" } else { "~" };
                format!("{} {op} {}", self.expr(text), self.expr(pattern))
            }
            ExprKind::In { keys, array } => match &keys[..] {
                [key] => format!("{} in {}", self.expr(key), self.array(array)),
                keys => format!("({}) in {}", self.list(keys), self.array(array)),
            },
            ExprKind::Logical(op, operands) => {
                let op = if *op == LogicalOp::And { " && " } else { " || " };
                operands.iter().map(|operand| self.expr(operand)).collect::<Vec<_>>().join(op)
            }
            ExprKind::Conditional { condition, yes, no } => {
                format!("{} ? {} : {}", self.expr(condition), self.expr(yes), self.expr(no))
            }
            ExprKind::Assign { op, place, value } => {
                let op = op.map_or("", |op| op.text());
                format!("{} {op}= {}", self.place(place), self.expr(value))
            }
            ExprKind::Call { function, args } => format!("{}({})", self.name(*function), self.list(args)),
            ExprKind::IndirectCall { variable, args } => {
                format!("@{}({})", self.name(*variable), self.list(args))
            }
            ExprKind::Builtin { function: Builtin::Length, args } if args.is_empty() => "length".to_owned(),
            ExprKind::Builtin { function, args } => format!("{}({})", function.name(), self.list(args)),
            ExprKind::Getline { input, place } => {
                let place = place.as_ref().map_or(String::new(), |place| format!(" {}", self.place(place)));
                match input {
                    Input::Main => format!("getline{place}"),
                    Input::File(file) => format!("getline{place} < {}", self.parenthesized(file)),
                    Input::Command(command) => format!("{} | getline{place}", self.expr(command)),
                    Input::Coprocess(command) => format!("{} |& getline{place}", self.expr(command)),
                }
            }
        }
    }
}
