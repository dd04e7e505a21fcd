//! Expressions: their values, and what they do when nobody wants the value.

use super::Compiler;
use super::places::operator;
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::diagnostic::Diagnostic;
use crate::resolver::Types;
use fusevm::{Op, awk_builtins};

/// The integer that a literal is, when it is one that every awk writes in full.
pub(super) fn integral(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64)
}

/// Whether an expression is a number as it is written, in parentheses or not.
fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) => true,
        ExprKind::Group(inner) => is_number(inner),
        _ => false,
    }
}

fn is_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(value) => *value == 0.0,
        ExprKind::Group(inner) => is_zero(inner),
        _ => false,
    }
}

impl Compiler<'_> {
    /// Pushes the value of an expression.
    pub(super) fn value(&mut self, expr: &Expr) {
        self.at(expr.span);
        match &expr.kind {
            ExprKind::Number(value) => self.emit(Op::LoadFloat(*value)),
            ExprKind::Str(text) => self.code.string(text),
            ExprKind::Column(name) => {
                self.code.string(name);
                self.emit(Op::CallBuiltin(awk_builtins::COLUMN, 1));
            }
            ExprKind::TypedRegex(pattern) => {
                self.regex(pattern, expr.span);
                self.call_builtin(awk_builtins::REGEX, 1);
            }
            ExprKind::Place(place) => self.read(place),
            ExprKind::Group(inner) => self.value(inner),
            ExprKind::Unary(UnaryOp::Minus, operand) => self.negated(operand),
            ExprKind::Unary(UnaryOp::Plus, operand) => self.number(operand),
            ExprKind::Binary { first, rest } => self.binary(first, rest),
            ExprKind::Concat(parts) => self.concat(parts),
            ExprKind::Step { op, prefix, place } => self.step(*op, *prefix, place, true),
            ExprKind::Assign { op: None, place, value } => self.assign(place, value, true),
            ExprKind::Assign { op: Some(op), place, value } => self.update(*op, place, value, true),
            ExprKind::Conditional { condition, yes, no } => self.conditional(condition, yes, no, Self::value),
            ExprKind::Call { function, args } => self.call(*function, args, expr.span),
            ExprKind::IndirectCall { variable, args } => self.indirect_call(*variable, args, expr.span),
            ExprKind::Builtin { function, args } => self.builtin(*function, args, expr.span),
            ExprKind::Getline { input, place } => self.getline(input, place.as_deref()),
            ExprKind::Logical(..) => self.logical_value(expr),
            ExprKind::Unary(UnaryOp::Not, _)
            | ExprKind::Regex(_)
            | ExprKind::Compare(..)
            | ExprKind::Match { .. }
            | ExprKind::In { .. } => {
                self.boolean(expr);
                // Truth values do not leave the test: as a value it is 1 or 0.
                self.emit(Op::AwkToNum);
            }
        }
    }

    /// Pushes the value of an expression as a string.
    pub(super) fn text(&mut self, expr: &Expr) {
        if let ExprKind::Number(value) = expr.kind
            && let Some(integer) = integral(value)
        {
            self.code.string(integer.to_string().as_bytes());
            return;
        }
        self.value(expr);
        if !self.types(expr).is_text() {
            self.emit(Op::AwkToStr);
        }
    }

    /// Pushes the value of an expression as a number.
    pub(super) fn number(&mut self, expr: &Expr) {
        self.value(expr);
        if self.types(expr) != Types::NUMBER {
            self.emit(Op::AwkToNum);
        }
    }

    /// Evaluates an expression for what it does.
    pub(super) fn effect(&mut self, expr: &Expr) {
        self.at(expr.span);
        if self.accumulate(expr) {
            return;
        }
        match &expr.kind {
            ExprKind::Group(inner) => self.effect(inner),
            ExprKind::Step { op, prefix, place } => self.step(*op, *prefix, place, false),
            ExprKind::Assign { op: None, place, value } => self.assign(place, value, false),
            ExprKind::Assign { op: Some(op), place, value } => self.update(*op, place, value, false),
            _ => {
                self.value(expr);
                self.emit(Op::Pop);
            }
        }
    }

    fn negated(&mut self, operand: &Expr) {
        match operand.kind {
            ExprKind::Number(value) => self.emit(Op::LoadFloat(-value)),
            _ => {
                self.value(operand);
                self.emit(Op::Negate);
            }
        }
    }

    fn binary(&mut self, first: &Expr, rest: &[(BinaryOp, Expr)]) {
        self.value(first);
        let mut is_constant = is_number(first);
        for (op, operand) in rest {
            if is_constant && matches!(op, BinaryOp::Div | BinaryOp::Mod) && is_zero(operand) {
                let error = Diagnostic::error(operand.span, "division by zero");
                self.errors.push(error.classic_line("error: division by zero attempted"));
            }
            is_constant &= is_number(operand);
            self.value(operand);
            self.emit(operator(*op));
        }
    }

    pub(super) fn concat(&mut self, parts: &[Expr]) {
        for (index, part) in parts.iter().enumerate() {
            self.text(part);
            if index > 0 {
                self.emit(Op::Concat);
            }
        }
    }

    /// `condition ? yes : no`, with a function that pushes the value of either.
    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
        value: impl Fn(&mut Self, &Expr),
    ) {
        let (otherwise, end) = (self.code.label(), self.code.label());
        self.branch(condition, false, otherwise);
        value(self, yes);
        self.code.jump(Op::Jump, end);
        self.code.bind(otherwise);
        value(self, no);
        self.code.bind(end);
    }

    /// `a && b` as a value: 1 or 0.
    fn logical_value(&mut self, expr: &Expr) {
        let (no, end) = (self.code.label(), self.code.label());
        self.branch(expr, false, no);
        self.emit(Op::LoadFloat(1.0));
        self.code.jump(Op::Jump, end);
        self.code.bind(no);
        self.emit(Op::LoadFloat(0.0));
        self.code.bind(end);
    }
}
