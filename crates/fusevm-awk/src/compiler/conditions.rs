//! Tests and the jumps that they decide.
//!
//! What the resolver knows of the operands picks the op: numbers compare as numbers and strings as strings at once;
//! only what may be text from input needs awk's comparison, which looks at both.

use super::Compiler;
use super::assembly::Label;
use crate::ast::{CompareOp, Expr, ExprKind, LogicalOp, UnaryOp};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use fusevm::Op;
use fusevm::text::ere::{Ere, Options};

impl Compiler<'_> {
    /// Goes to `label` when the truth of `expr` is `when`, else on.
    pub(super) fn branch(&mut self, expr: &Expr, when: bool, label: Label) {
        match &expr.kind {
            ExprKind::Group(inner) => self.branch(inner, when, label),
            ExprKind::Unary(UnaryOp::Not, inner) => self.branch(inner, !when, label),
            ExprKind::Logical(op, operands) => self.logical_branch(*op, operands, when, label),
            ExprKind::Number(value) => self.constant_branch(*value != 0.0, when, label),
            ExprKind::Str(text) => self.constant_branch(!text.is_empty(), when, label),
            _ => {
                self.truth(expr);
                self.code.jump(if when { Op::JumpIfTrue } else { Op::JumpIfFalse }, label);
            }
        }
    }

    fn constant_branch(&mut self, truth: bool, when: bool, label: Label) {
        if truth == when {
            self.code.jump(Op::Jump, label);
        }
    }

    fn logical_branch(&mut self, op: LogicalOp, operands: &[Expr], when: bool, label: Label) {
        // The truth of one operand that decides the whole.
        let decisive = op == LogicalOp::Or;
        let Some((last, first)) = operands.split_last() else { return };
        if when == decisive {
            for operand in operands {
                self.branch(operand, when, label);
            }
            return;
        }
        let decided = self.code.label();
        for operand in first {
            self.branch(operand, decisive, decided);
        }
        self.branch(last, when, label);
        self.code.bind(decided);
    }

    /// Pushes something that a jump finds true just when `expr` is.
    fn truth(&mut self, expr: &Expr) {
        if is_boolean(expr) {
            self.boolean(expr);
            return;
        }
        self.value(expr);
        // The engine's truth of a number is awk's; of a string ("0") it is not.
        if !self.types(expr).is_numeric() {
            self.emit(Op::AwkTruthy);
        }
    }

    /// Pushes the truth value of an expression that is nothing else ([`is_boolean`]).
    pub(super) fn boolean(&mut self, expr: &Expr) {
        self.at(expr.span);
        match &expr.kind {
            ExprKind::Group(inner) => self.boolean(inner),
            ExprKind::Unary(UnaryOp::Not, operand) => {
                self.truth(operand);
                self.emit(Op::LogNot);
            }
            ExprKind::Regex(pattern) => {
                self.emit(Op::LoadInt(0));
                self.emit(Op::AwkFieldGet);
                self.regex(pattern, expr.span);
                self.emit(Op::AwkRegexMatch);
            }
            ExprKind::Compare(op, left, right) => self.compare(*op, left, right),
            ExprKind::Match { negated, text, pattern } => {
                self.text(text);
                self.pattern(pattern);
                self.emit(Op::AwkRegexMatch);
                if *negated {
                    self.emit(Op::LogNot);
                }
            }
            ExprKind::In { keys, array } => {
                let array = self.array_ref(array);
                self.key(array, keys);
                self.element_exists(array);
            }
            _ => self.value(expr),
        }
    }

    /// Pushes a regular expression: a literal stands for itself, anything else gives its text.
    pub(super) fn pattern(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Regex(pattern) | ExprKind::TypedRegex(pattern) => self.regex(pattern, expr.span),
            _ => self.text(expr),
        }
    }

    /// Pushes the text of a regex literal, which is checked here so that a mistake is found before the run.
    pub(super) fn regex(&mut self, pattern: &[u8], span: Span) {
        if let Err(error) = Ere::new(pattern, &Options::AWK) {
            let shown = String::from_utf8_lossy(pattern);
            let message = format!("invalid regular expression: {}", error.message);
            let classic = format!("error: {}: /{shown}/", error.message);
            self.errors.push(Diagnostic::error(span, message).classic_line(classic));
        }
        self.code.string(pattern);
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr) {
        let (op, as_text) = self.comparison_of(op, left, right);
        for operand in [left, right] {
            match as_text {
                true => self.text(operand),
                false => self.value(operand),
            }
        }
        self.emit(op);
    }

    /// The op of a comparison, and whether it takes texts.
    pub(super) fn comparison_of(&self, op: CompareOp, left: &Expr, right: &Expr) -> (Op, bool) {
        let types = (self.types(left), self.types(right));
        let (of_numbers, of_strings, of_any) = comparison(op);
        if self.resolution.facts.ignores_case {
            // Strings compare as IGNORECASE has it, which only awk's comparison asks for.
            (of_any, false)
        } else if types.0.is_numeric() && types.1.is_numeric() {
            (of_numbers, false)
        } else if types.0.is_string() || types.1.is_string() {
            (of_strings, true)
        } else {
            (of_any, false)
        }
    }
}

/// The op that compares numbers, strings, and values of which only the run tells.
pub(super) fn comparison(op: CompareOp) -> (Op, Op, Op) {
    match op {
        CompareOp::Less => (Op::NumLt, Op::StrLt, Op::AwkLt),
        CompareOp::LessEqual => (Op::NumLe, Op::StrLe, Op::AwkLe),
        CompareOp::Equal => (Op::NumEq, Op::StrEq, Op::AwkEq),
        CompareOp::NotEqual => (Op::NumNe, Op::StrNe, Op::AwkNe),
        CompareOp::Greater => (Op::NumGt, Op::StrGt, Op::AwkGt),
        CompareOp::GreaterEqual => (Op::NumGe, Op::StrGe, Op::AwkGe),
    }
}

/// Whether an expression leaves a truth value and no number.
fn is_boolean(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Group(inner) => is_boolean(inner),
        ExprKind::Unary(UnaryOp::Not, _)
        | ExprKind::Regex(_)
        | ExprKind::Compare(..)
        | ExprKind::Match { .. }
        | ExprKind::In { .. } => true,
        _ => false,
    }
}
