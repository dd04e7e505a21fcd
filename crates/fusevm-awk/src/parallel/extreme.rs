//! Variables that keep the greatest or the least value so far, and statements that change them.
//!
//! `if ($1 > max) { max = $1; line = $0 }` does nothing for a record whose value an earlier one has exceeded. So a
//! worker runs it on variables of its own, which begin anew with each block, and notes what it does ([`super::notes`]);
//! the main program repeats that on the true ones. What the worker passes over the main program would pass over too, as
//! long as all these values are numbers, or all are strings: then comparisons are transitive, and what does not exceed
//! the worker's value does not exceed the true one.

use crate::ast::{
    BinaryOp, CompareOp, Expr, ExprKind, Ident, LogicalOp, NameId, Place, Stmt, StmtKind, UnaryOp,
};
use crate::builtins::Builtin;
use crate::source::Span;

/// A statement that may change variables which keep extremes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change<'a> {
    /// The condition, or the assignment if there is none: where it stands.
    pub span: Span,
    /// When it comes to the rest at all; the record decides.
    pub guards: Vec<&'a Expr>,
    /// When the variables are set whatever they hold; the record decides.
    pub forces: Vec<&'a Expr>,
    /// When the variables are set because of what they hold.
    pub states: Vec<&'a Expr>,
    /// The comparison that decides otherwise; without one the variables are set always.
    pub test: Option<Test<'a>>,
    /// What is set, in order.
    pub sets: Vec<(Ident, &'a Expr)>,
}

/// A comparison of a value with the greatest or least so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test<'a> {
    pub op: CompareOp,
    pub left: &'a Expr,
    pub right: &'a Expr,
    /// Whether the value is the left one.
    pub value_is_left: bool,
    /// The variable that it is compared with.
    pub variable: Ident,
    /// Whether the variable gets the number that the value is, or what the value is the number of.
    pub converts: bool,
    /// Whether the variable gets the value when the comparison does not hold.
    pub is_negated: bool,
}

impl<'a> Test<'a> {
    /// What is compared.
    pub fn value(&self) -> &'a Expr {
        if self.value_is_left { self.left } else { self.right }
    }
}

impl<'a> Change<'a> {
    /// The change that a guarded statement is, if it is one. `nf` is the name of NF.
    pub fn of(condition: &'a Expr, body: &'a [Stmt], nf: Option<NameId>) -> Option<Change<'a>> {
        let mut sets = Vec::new();
        body.iter().all(|stmt| assignments(stmt, &mut sets)).then_some(())?;
        let mut change = Change { span: condition.span, sets, ..Change::default() };
        let is_harmless = |expr: &Expr| is_pure(expr, Purity::Harmless(None), nf);
        let mut decides = None;
        let mut purity = Purity::Value;
        for operand in operands(LogicalOp::And, condition) {
            if change.mentions(operand) {
                decides.replace(operand).is_none().then_some(())?;
            } else if decides.is_none() {
                change.guards.push(operand);
            } else {
                // The program would look at it, and at what is compared, in another order.
                is_harmless(operand).then_some(())?;
                purity = Purity::Harmless(None);
                change.guards.push(operand);
            }
        }
        for operand in operands(LogicalOp::Or, decides?) {
            if !change.mentions(operand) {
                is_harmless(operand).then_some(())?;
                change.forces.push(operand);
            } else if let Some(test) = change.comparison(operand) {
                change.test.replace(test).is_none().then_some(())?;
            } else {
                change.states.push(operand);
            }
        }
        let test = change.test?;
        let is_alone = |(index, (set, _)): (usize, &(Ident, _))| {
            change.sets[..index].iter().all(|(other, _)| other.name != set.name)
        };
        let is_known = |value: &Expr| is_pure(value, Purity::Harmless(Some(test.value())), nf);
        let holds = is_pure(test.value(), purity, nf)
            && change.states.iter().all(|state| is_state(state, test.variable.name))
            && change.sets.iter().enumerate().all(is_alone)
            && change.sets.iter().all(|(_, value)| is_known(value) && !change.mentions(value));
        holds.then_some(change)
    }

    /// The change that an assignment of the greater or the lesser of two is: `max = $1 > max ? $1 : max`.
    pub fn choice(expr: &'a Expr, nf: Option<NameId>) -> Option<Change<'a>> {
        let ExprKind::Assign { op: None, place, value } = &expr.ungrouped().kind else { return None };
        let (Place::Var(kept), ExprKind::Conditional { condition, yes, no }) =
            (&**place, &value.ungrouped().kind)
        else {
            return None;
        };
        let is_kept = |way: &Expr| variable(way).is_some_and(|variable| variable.name == kept.name);
        let (is_negated, set) = if is_kept(yes) { (true, &**no) } else { (false, &**yes) };
        (is_kept(yes) != is_kept(no)).then_some(())?;
        let mut change = Change { span: expr.span, sets: vec![(*kept, set)], ..Change::default() };
        let test = Test { is_negated, ..change.comparison(condition)? };
        change.test = Some(test);
        let holds = is_pure(test.value(), Purity::Value, nf)
            && is_pure(set, Purity::Harmless(Some(test.value())), nf)
            && !change.mentions(set);
        holds.then_some(change)
    }

    /// The change that an assignment is to variables that keep extremes elsewhere.
    pub fn always(expr: &'a Expr, nf: Option<NameId>, keeps: impl Fn(NameId) -> bool) -> Option<Change<'a>> {
        let mut sets = Vec::new();
        let (targets, value) = targets(expr)?;
        sets.extend(targets.iter().rev().map(|target| (*target, value)));
        let change = Change { span: expr.span, sets, ..Change::default() };
        let holds = change.sets.iter().all(|(set, _)| keeps(set.name))
            && is_pure(value, Purity::Value, nf)
            && !change.mentions(value);
        holds.then_some(change)
    }

    /// What is compared, or set if nothing is.
    pub fn value(&self) -> &'a Expr {
        match (&self.test, &self.sets[..]) {
            (Some(test), _) => test.value(),
            (None, [(_, value), ..]) => value,
            (None, []) => unreachable!("a change sets something"),
        }
    }

    /// What the compared variable becomes, if that is not just what it is compared with: one is the number of the other.
    pub fn converted(&self) -> Option<&'a Expr> {
        let test = self.test.filter(|test| test.converts)?;
        self.sets.iter().find(|(set, _)| set.name == test.variable.name).map(|(_, value)| *value)
    }

    /// Whether something that is set is what is compared.
    pub fn is_value(&self, set: &Expr) -> bool {
        set.is_like(self.value())
    }

    /// Whether a variable is among those that are set.
    pub fn sets_variable(&self, name: NameId) -> bool {
        self.sets.iter().any(|(set, _)| set.name == name)
    }

    /// Whether a variable is compared with what it becomes.
    pub fn compares(&self, name: NameId) -> bool {
        self.test.is_some_and(|test| test.variable.name == name)
    }

    /// Whether greater values take the place of smaller ones.
    pub fn seeks_greater(&self) -> bool {
        let is_greater = |test: Test| {
            matches!(test.op, CompareOp::Greater | CompareOp::GreaterEqual) == test.value_is_left
        };
        self.test.is_some_and(is_greater)
    }

    fn mentions(&self, expr: &Expr) -> bool {
        mentions(expr, &|name| self.sets_variable(name))
    }

    /// The comparison that an expression is, of a value with a variable that becomes that value.
    fn comparison(&self, expr: &'a Expr) -> Option<Test<'a>> {
        use CompareOp::{Greater, GreaterEqual, Less, LessEqual};
        let ExprKind::Compare(op, left, right) = &expr.ungrouped().kind else { return None };
        matches!(op, Greater | GreaterEqual | Less | LessEqual).then_some(())?;
        let value_is_left = !self.mentions(left);
        let (value, kept) = if value_is_left { (left, right) } else { (right, left) };
        let variable = variable(kept)?;
        let (_, set) = self.sets.iter().find(|(set, _)| set.name == variable.name)?;
        let converts = !set.is_like(value);
        let is_fit = !self.mentions(value) && number_of(set).is_like(number_of(value));
        is_fit.then_some(Test { op: *op, left, right, value_is_left, variable, converts, is_negated: false })
    }
}

/// The assignments of plain variables that a statement consists of, in their order; false if it does anything else.
fn assignments<'a>(stmt: &'a Stmt, sets: &mut Vec<(Ident, &'a Expr)>) -> bool {
    match &stmt.kind {
        StmtKind::Empty => true,
        StmtKind::Block(block) => block.statements.iter().all(|stmt| assignments(stmt, sets)),
        StmtKind::Expr(expr) => match targets(expr) {
            Some((targets, value)) => {
                sets.extend(targets.iter().rev().map(|target| (*target, value)));
                true
            }
            None => false,
        },
        _ => false,
    }
}

/// The plain variables that an expression sets, and what to: `a = b = value`.
fn targets(mut expr: &Expr) -> Option<(Vec<Ident>, &Expr)> {
    let mut targets = Vec::new();
    while let ExprKind::Assign { op: None, place, value } = &expr.ungrouped().kind {
        let Place::Var(target) = **place else { return None };
        targets.push(target);
        expr = value;
    }
    (!targets.is_empty()).then_some((targets, expr))
}

/// The operands of a logical operator, or the expression itself.
fn operands(op: LogicalOp, expr: &Expr) -> impl Iterator<Item = &Expr> {
    let expr = expr.ungrouped();
    match &expr.kind {
        ExprKind::Logical(of, operands) if *of == op => operands.iter(),
        _ => std::slice::from_ref(expr).iter(),
    }
}

fn variable(expr: &Expr) -> Option<Ident> {
    match &expr.ungrouped().kind {
        ExprKind::Place(place) => match **place {
            Place::Var(ident) => Some(ident),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression has to do with one of some variables.
fn mentions(expr: &Expr, is_one: &dyn Fn(NameId) -> bool) -> bool {
    let place = match &expr.kind {
        ExprKind::Place(place) | ExprKind::Step { place, .. } | ExprKind::Assign { place, .. } => Some(place),
        _ => None,
    };
    let is_there = match place.map(|place| &**place) {
        Some(Place::Var(ident)) => is_one(ident.name),
        Some(Place::Element { array, .. }) => is_one(array.name.name),
        _ => matches!(&expr.kind, ExprKind::In { array, .. } if is_one(array.name.name)),
    };
    let mut in_parts = false;
    expr.each_part(&mut |part| in_parts |= mentions(part, is_one));
    is_there || in_parts
}

/// Whether nothing but a variable decides what an expression gives.
fn is_state(expr: &Expr, variable: NameId) -> bool {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Str(_) => true,
        ExprKind::Place(place) => matches!(**place, Place::Var(ident) if ident.name == variable),
        ExprKind::Group(inner) | ExprKind::Unary(_, inner) => is_state(inner, variable),
        ExprKind::Compare(_, left, right) => is_state(left, variable) && is_state(right, variable),
        ExprKind::Logical(_, operands) => operands.iter().all(|operand| is_state(operand, variable)),
        _ => false,
    }
}

/// What an expression may be.
#[derive(Clone, Copy)]
enum Purity<'a> {
    /// It gives a value, and does nothing else.
    Value,
    /// It cannot fail either, as far as what is evaluated before did not: whether it is evaluated when nobody wants it
    /// makes no difference.
    Harmless(Option<&'a Expr>),
}

/// Whether an expression is as pure as that. `nf` is the name of NF.
fn is_pure(expr: &Expr, purity: Purity, nf: Option<NameId>) -> bool {
    let can_fail = match purity {
        Purity::Value => true,
        Purity::Harmless(Some(before)) if evaluates(before, expr) => return true,
        Purity::Harmless(_) => false,
    };
    let is_known = match &expr.kind {
        ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Regex(_) => true,
        ExprKind::Place(place) => match &**place {
            Place::Var(_) => true,
            Place::Field(_) if can_fail => true,
            Place::Field(index) => match &index.ungrouped().kind {
                ExprKind::Number(number) => *number >= 0.0,
                _ => variable(index).is_some_and(|variable| Some(variable.name) == nf),
            },
            Place::Element { .. } => false,
        },
        ExprKind::Group(_) | ExprKind::Unary(..) | ExprKind::Concat(_) | ExprKind::Compare(..) => true,
        ExprKind::Binary { rest, .. } => {
            can_fail || rest.iter().all(|(op, _)| matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul))
        }
        ExprKind::Logical(..) | ExprKind::Conditional { .. } => true,
        ExprKind::Match { pattern, .. } => matches!(pattern.kind, ExprKind::Regex(_)),
        ExprKind::Builtin { function, .. } => {
            use Builtin::{Index, Int, Length, Substr, Tolower, Toupper};
            matches!(function, Index | Int | Length | Substr | Tolower | Toupper)
        }
        ExprKind::Column(_) => can_fail,
        _ => false,
    };
    let mut are_parts = true;
    expr.each_part(&mut |part| are_parts &= is_pure(part, purity, nf));
    is_known && are_parts
}

/// Whether to evaluate an expression is to evaluate another one, whatever the record is.
fn evaluates(whole: &Expr, wanted: &Expr) -> bool {
    if matches!(whole.kind, ExprKind::Logical(..) | ExprKind::Conditional { .. }) {
        return false;
    }
    let mut is_part = whole.is_like(wanted);
    whole.each_part(&mut |part| is_part |= evaluates(part, wanted));
    is_part
}

/// The expression whose number an expression is: `$1` of `$1 + 0`.
fn number_of(expr: &Expr) -> &Expr {
    let expr = expr.ungrouped();
    match &expr.kind {
        ExprKind::Unary(UnaryOp::Plus, inner) => number_of(inner),
        ExprKind::Binary { first, rest } => match &rest[..] {
            [(BinaryOp::Add, zero)] if is_zero(zero) => number_of(first),
            [(BinaryOp::Add, last)] if is_zero(first) => number_of(last),
            _ => expr,
        },
        _ => expr,
    }
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr.ungrouped().kind, ExprKind::Number(number) if number == 0.0)
}
