//! Whether a program's records can be read by several threads, and what must be merged.
//!
//! The rules may keep three kinds of variables: those that they only read, those that each record sets before it reads
//! them, and *accumulators*, to which they only add. Anything else lives on from record to record, and the program has one
//! thread. The same holds for what has an effect, or depends on one, beyond the standard output.

use super::extreme::Change;
use super::flow::Flow;
use crate::ast::{BinaryOp, Expr, ExprKind, Pattern, Place, Program, Rule, StepOp};
use crate::resolver::Resolution;
use crate::source::Span;

/// What workers and the main program must know of a program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Variables to which the rules add.
    pub scalars: Vec<Accumulator>,
    /// Arrays to whose elements the rules add.
    pub arrays: Vec<Accumulator>,
    /// Variables that keep extremes, and what goes with these.
    pub kept: Vec<String>,
    /// The statements that change them, by their numbers.
    pub changes: Vec<PlannedChange>,
    /// Whether the rules ask for NR or FNR.
    pub needs_record_numbers: bool,
}

/// A statement that changes what keeps extremes.
#[derive(Clone, Debug)]
pub(crate) struct PlannedChange {
    /// The variables of those that it sets that are compared with what they become.
    pub measured: Vec<String>,
}

impl Plan {
    /// The variables that are compared with what they become.
    pub fn measured(&self) -> impl Iterator<Item = &String> {
        let is_measured = |name: &&String| self.changes.iter().any(|change| change.measured.contains(name));
        self.kept.iter().filter(is_measured)
    }
}

/// A variable to which the rules only add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accumulator {
    pub name: String,
    /// Whether all that is added are whole numbers for sure, so that the order of additions does not matter.
    pub counts: bool,
}

/// Why a program has one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub span: Span,
    pub reason: String,
}

/// An addition whose value nobody looks at.
pub(crate) struct Addition<'a> {
    /// What is added to: a variable or an element.
    pub place: &'a Place,
    pub amount: Amount<'a>,
}

/// How much is added.
#[derive(Clone, Copy)]
pub(crate) enum Amount<'a> {
    /// A whole number.
    Count(f64),
    Value(&'a Expr),
    /// The value is subtracted.
    Negated(&'a Expr),
}

impl<'a> Addition<'a> {
    /// The addition that an expression is when it stands as a statement: `x += e`, `x -= e`, `x++`, `x = x + e`.
    pub fn of(expr: &'a Expr) -> Option<Addition<'a>> {
        match &expr.ungrouped().kind {
            ExprKind::Step { op, place, .. } => {
                let count = if *op == StepOp::Increment { 1.0 } else { -1.0 };
                Some(Addition { place, amount: Amount::Count(count) })
            }
            ExprKind::Assign { op: Some(BinaryOp::Add), place, value } => {
                let amount = whole(value).map_or(Amount::Value(value), Amount::Count);
                Some(Addition { place, amount })
            }
            ExprKind::Assign { op: Some(BinaryOp::Sub), place, value } => {
                let amount = whole(value).map_or(Amount::Negated(value), |count| Amount::Count(-count));
                Some(Addition { place, amount })
            }
            ExprKind::Assign { op: None, place, value } => {
                let Place::Var(target) = &**place else { return None };
                let ExprKind::Binary { first, rest } = &value.ungrouped().kind else { return None };
                let [(BinaryOp::Add, value)] = &rest[..] else { return None };
                let ExprKind::Place(old) = &first.ungrouped().kind else { return None };
                let is_same = matches!(&**old, Place::Var(old) if old.name == target.name);
                let amount = whole(value).map_or(Amount::Value(value), Amount::Count);
                is_same.then_some(Addition { place, amount })
            }
            _ => None,
        }
    }
}

/// The whole number that an expression is, small enough to be counted up exactly.
pub(super) fn whole(expr: &Expr) -> Option<f64> {
    match expr.ungrouped().kind {
        ExprKind::Number(number) if number.fract() == 0.0 && number.abs() <= 1e6 => Some(number),
        _ => None,
    }
}

/// Decides whether the records of a program can be read by several threads; with what must be known, the changes of what
/// keeps extremes, as the plan numbers them.
///
/// # Errors
/// Why they cannot.
pub(crate) fn analyse<'a>(
    program: &'a Program,
    resolution: &'a Resolution,
) -> Result<(Plan, Vec<Change<'a>>), Refusal> {
    // What needs no more than a look at each record has the first turn.
    analyse_with(program, resolution, false)
        .or_else(|refusal| analyse_with(program, resolution, true).map_err(|_| refusal))
}

fn analyse_with<'a>(
    program: &'a Program,
    resolution: &'a Resolution,
    keeps_extremes: bool,
) -> Result<(Plan, Vec<Change<'a>>), Refusal> {
    let mut flow = Flow::new(program, resolution, keeps_extremes);
    for rule in program.rules() {
        match &rule.pattern {
            Pattern::Begin => flow.begin(rule)?,
            Pattern::BeginFile | Pattern::EndFile => {
                return Err(refuse(rule.span, "BEGINFILE and ENDFILE see the files in order"));
            }
            Pattern::Range(..) => {
                return Err(refuse(rule.span, "a range goes on from record to record"));
            }
            _ => {}
        }
    }
    flow.rules(&program.rules().filter(is_for_records).collect::<Vec<_>>())?;
    let end: Vec<&Rule> = program.rules().filter(|rule| matches!(rule.pattern, Pattern::End)).collect();
    let plan = flow.plan()?;
    flow.end(&end)?;
    Ok((plan, flow.changes()))
}

fn is_for_records(rule: &&Rule) -> bool {
    matches!(rule.pattern, Pattern::Always | Pattern::Expr(_))
}

pub(super) fn refuse(span: Span, reason: impl Into<String>) -> Refusal {
    Refusal { span, reason: reason.into() }
}
