//! The parts of expressions and statements, for whoever looks at all of them.

use super::{ArrayRef, Expr, ExprKind, For, Input, Place, Stmt, StmtKind};

impl Expr {
    /// Visits the expressions that this one directly consists of, in the order of their evaluation.
    pub(crate) fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Regex(_)
            | ExprKind::TypedRegex(_)
            | ExprKind::Column(_) => {}
            ExprKind::Place(place) | ExprKind::Step { place, .. } => place.each_part(visit),
            ExprKind::Group(inner) | ExprKind::Unary(_, inner) => visit(inner),
            ExprKind::Binary { first, rest } => {
                visit(first);
                rest.iter().for_each(|(_, operand)| visit(operand));
            }
            ExprKind::Concat(parts) | ExprKind::Logical(_, parts) => parts.iter().for_each(visit),
            ExprKind::Compare(_, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::Match { text, pattern, .. } => {
                visit(text);
                visit(pattern);
            }
            ExprKind::In { keys, array } => {
                keys.iter().for_each(&mut *visit);
                array.each_part(visit);
            }
            ExprKind::Conditional { condition, yes, no } => {
                visit(condition);
                visit(yes);
                visit(no);
            }
            ExprKind::Assign { place, value, .. } => {
                place.each_part(visit);
                visit(value);
            }
            ExprKind::Call { args, .. }
            | ExprKind::IndirectCall { args, .. }
            | ExprKind::Builtin { args, .. } => args.iter().for_each(visit),
            ExprKind::Getline { input, place } => {
                match input {
                    Input::Main => {}
                    Input::File(from) | Input::Command(from) | Input::Coprocess(from) => visit(from),
                }
                if let Some(place) = place {
                    place.each_part(visit);
                }
            }
        }
    }

    /// Whether another expression is written alike, parentheses aside, and both only look at things: what changes something or calls
    /// functions of the program is like nothing.
    pub(crate) fn is_like(&self, other: &Expr) -> bool {
        let (one, other) = (self.ungrouped(), other.ungrouped());
        let are_alike = match (&one.kind, &other.kind) {
            (ExprKind::Number(one), ExprKind::Number(other)) => one.to_bits() == other.to_bits(),
            (ExprKind::Str(one), ExprKind::Str(other)) => one == other,
            (ExprKind::Column(one), ExprKind::Column(other)) => one == other,
            (ExprKind::Unary(one, _), ExprKind::Unary(other, _)) => one == other,
            (ExprKind::Place(one), ExprKind::Place(other)) => one.is_like(other),
            (ExprKind::Binary { rest: one, .. }, ExprKind::Binary { rest: other, .. }) => {
                one.iter().map(|(op, _)| op).eq(other.iter().map(|(op, _)| op))
            }
            (ExprKind::Concat(_), ExprKind::Concat(_)) => true,
            (ExprKind::Builtin { function: one, .. }, ExprKind::Builtin { function: other, .. }) => {
                one == other
            }
            _ => return false,
        };
        are_alike && are_like(&parts(|visit| one.each_part(visit)), &parts(|visit| other.each_part(visit)))
    }

    /// The expression without the parentheses around it.
    pub(crate) fn ungrouped(&self) -> &Expr {
        let mut expr = self;
        while let ExprKind::Group(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }
}

/// What somebody visits.
fn parts<'a>(each: impl FnOnce(&mut dyn FnMut(&'a Expr))) -> Vec<&'a Expr> {
    let mut parts = Vec::new();
    each(&mut |part| parts.push(part));
    parts
}

fn are_like(ones: &[&Expr], others: &[&Expr]) -> bool {
    ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| one.is_like(other))
}

impl Place {
    /// Whether another place is written alike; see [`Expr::is_like`].
    pub(crate) fn is_like(&self, other: &Place) -> bool {
        let are_alike = match (self, other) {
            (Place::Var(one), Place::Var(other)) => one.name == other.name,
            (Place::Element { array: one, .. }, Place::Element { array: other, .. }) => {
                one.name.name == other.name.name && one.path.is_empty() && other.path.is_empty()
            }
            (Place::Field(_), Place::Field(_)) => true,
            _ => false,
        };
        are_alike && are_like(&parts(|visit| self.each_part(visit)), &parts(|visit| other.each_part(visit)))
    }

    /// Visits the subscripts, or the index of a field.
    pub(crate) fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Place::Var(_) => {}
            Place::Element { array, subscripts } => {
                array.each_part(visit);
                subscripts.iter().for_each(visit);
            }
            Place::Field(index) => visit(index),
        }
    }
}

impl ArrayRef {
    /// Visits the subscripts.
    pub(crate) fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.path.iter().flatten().for_each(visit);
    }
}

/// What a statement directly consists of.
pub(crate) enum Part<'a> {
    Expr(&'a Expr),
    Stmt(&'a Stmt),
}

impl Stmt {
    /// Visits the expressions and statements that this one directly consists of, in the order of the text.
    pub(crate) fn each_part<'a>(&'a self, visit: &mut dyn FnMut(Part<'a>)) {
        match &self.kind {
            StmtKind::Empty | StmtKind::Break | StmtKind::Continue | StmtKind::Next | StmtKind::NextFile => {}
            StmtKind::Block(block) => block.statements.iter().for_each(|stmt| visit(Part::Stmt(stmt))),
            StmtKind::Expr(expr) => visit(Part::Expr(expr)),
            StmtKind::Print { args, redirect, .. } => {
                args.iter().for_each(|arg| visit(Part::Expr(arg)));
                if let Some(redirect) = redirect {
                    visit(Part::Expr(&redirect.target));
                }
            }
            StmtKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    visit(Part::Expr(condition));
                    visit(Part::Stmt(body));
                }
                if let Some(body) = otherwise {
                    visit(Part::Stmt(body));
                }
            }
            StmtKind::While { condition, body } => {
                visit(Part::Expr(condition));
                visit(Part::Stmt(body));
            }
            StmtKind::DoWhile { body, condition } => {
                visit(Part::Stmt(body));
                visit(Part::Expr(condition));
            }
            StmtKind::For(r#for) => {
                let For { init, condition, step, body } = &**r#for;
                if let Some(init) = init {
                    visit(Part::Stmt(init));
                }
                if let Some(condition) = condition {
                    visit(Part::Expr(condition));
                }
                if let Some(step) = step {
                    visit(Part::Stmt(step));
                }
                visit(Part::Stmt(body));
            }
            StmtKind::ForIn { array, body, .. } => {
                array.each_part(&mut |part| visit(Part::Expr(part)));
                visit(Part::Stmt(body));
            }
            StmtKind::Switch { subject, cases } => {
                visit(Part::Expr(subject));
                for case in cases {
                    case.label.iter().for_each(|label| visit(Part::Expr(label)));
                    case.statements.iter().for_each(|stmt| visit(Part::Stmt(stmt)));
                }
            }
            StmtKind::Exit(value) | StmtKind::Return(value) => {
                if let Some(value) = value {
                    visit(Part::Expr(value));
                }
            }
            StmtKind::Delete { array, subscripts } => {
                array.each_part(&mut |part| visit(Part::Expr(part)));
                subscripts.iter().for_each(|part| visit(Part::Expr(part)));
            }
            StmtKind::DeleteAll(array) => array.each_part(&mut |part| visit(Part::Expr(part))),
        }
    }
}
