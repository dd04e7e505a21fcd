//! Awk's truth and comparison: what looks numeric and came from input is a number.

use super::{pop, push};
use crate::awk_host::{AwkState, as_number, comparable_number};
use crate::error::OpResult;
use crate::text::case;
use crate::value::Value;
use crate::vm::VM;
use std::cmp::Ordering;

/// Whether a value is true: a number that is not zero, a string that is not empty.
#[inline]
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Str(text) => match comparable_number(value) {
            Some(number) => number != 0.0,
            None => !text.is_empty(),
        },
        Value::Undef => false,
        _ => as_number(value).is_none_or(|number| number != 0.0),
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
}

impl Relation {
    /// Whether the relation holds between two things of this order; unordered things only differ.
    #[inline]
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Relation::Eq => order == Some(Ordering::Equal),
            Relation::Ne => order != Some(Ordering::Equal),
            Relation::Lt => order == Some(Ordering::Less),
            Relation::Gt => order == Some(Ordering::Greater),
            Relation::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Relation::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// Whether a relation holds between two values.
pub(crate) fn holds(awk: &mut AwkState, a: &Value, b: &Value, relation: Relation) -> OpResult<bool> {
    let order = match (comparable_number(a), comparable_number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ if awk.ignores_case() => {
            let (a, b) = (awk.string(a)?, awk.string(b)?);
            Some(case::compare(&a, &b, awk.is_utf8()))
        }
        _ => match (a, b) {
            (Value::Str(a), Value::Str(b)) => Some(a.as_bytes().cmp(b)),
            _ => {
                let (a, b) = (awk.string(a)?, awk.string(b)?);
                Some(a.as_bytes().cmp(&b))
            }
        },
    };
    Ok(relation.holds(order))
}

/// Compares the top two values.
#[inline]
pub(super) fn compare(vm: &mut VM, relation: Relation) -> OpResult<()> {
    let (b, a) = (pop(vm), pop(vm));
    let holds = holds(&mut vm.awk, &a, &b, relation)?;
    push(vm, Value::Bool(holds))
}
