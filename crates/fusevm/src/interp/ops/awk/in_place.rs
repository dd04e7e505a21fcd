//! The awk ops that take a few operands and give a result or two: operands are moved out of where they are, registers or
//! the operand stack, so that neither interpreter carries them elsewhere first. The choice among them is always inlined:
//! left to the compiler, the release build calls it, which costs a short op a fifth of its time.

use super::{bits, compare, fields, getline, new_string, regex, strings};
use crate::awk_host::{AwkState, Operand, Which, to_number};
use crate::error::OpResult;
use crate::interp::ops::compare::str_compare;
use crate::op::{Op, getline_source};
use crate::text::case;
use crate::value::{Value, words};
use crate::vm::VM;
use std::cmp::Ordering;

/// Executes an op whose operands lie in a row; none when it is not one of these. Undef is left where operands were.
///
/// # Safety
/// As many values as the op takes lie from `operands` on. They may be in memory of the VM: none is read after the
/// op has begun.
#[inline(always)]
pub(crate) unsafe fn execute(vm: &mut VM, op: Op, operands: *mut Value) -> Option<OpResult<Value>> {
    // SAFETY: the caller's: an op takes no more operands than it has.
    let take = |index: usize| unsafe { words::take(operands.add(index)) };
    Some(match op {
        Op::AwkGetline(getline_source::MAIN) => getline::read_record(vm),
        Op::AwkFieldGet => {
            let index = take(0);
            fields::get(&mut vm.awk, &index)
        }
        Op::AwkLength(0) => strings::field_length(vm, 0).map(Value::Float),
        Op::AwkLength(_) => strings::length(vm, &take(0)).map(Value::Float),
        Op::AwkSubstr(n) => {
            let (text, from) = (take(0), to_number(&take(1)));
            let count = if n > 2 { to_number(&take(2)) } else { f64::INFINITY };
            strings::substr(&mut vm.awk, &text, from, count)
        }
        Op::AwkIndex => {
            let (text, part) = (take(0), take(1));
            strings::index(&mut vm.awk, Operand::Value(&text), &part).map(Value::Float)
        }
        Op::AwkToLower => mapped(&mut vm.awk, &take(0), case::to_lower),
        Op::AwkToUpper => mapped(&mut vm.awk, &take(0), case::to_upper),
        Op::AwkRegexMatch => {
            let (text, pattern) = (take(0), take(1));
            regex::matches(&mut vm.awk, Operand::Value(&text), &pattern).map(Value::Bool)
        }
        Op::AwkMatch => {
            let (text, pattern) = (take(0), take(1));
            regex::match_place(vm, Operand::Value(&text), &pattern).map(Value::Float)
        }
        Op::StrLt => ordered(&take(0), &take(1), Ordering::is_lt),
        Op::StrGt => ordered(&take(0), &take(1), Ordering::is_gt),
        Op::StrLe => ordered(&take(0), &take(1), Ordering::is_le),
        Op::StrGe => ordered(&take(0), &take(1), Ordering::is_ge),
        Op::AwkSubRecord => {
            regex::substitute_in_record(&mut vm.awk, &take(0), &take(1), Which::Nth(1)).map(Value::Float)
        }
        Op::AwkGsubRecord => {
            regex::substitute_in_record(&mut vm.awk, &take(0), &take(1), Which::All).map(Value::Float)
        }
        Op::AwkInt => number(take(0), f64::trunc),
        Op::AwkSqrt => number(take(0), f64::sqrt),
        Op::AwkSin => number(take(0), f64::sin),
        Op::AwkCos => number(take(0), f64::cos),
        Op::AwkExp => number(take(0), f64::exp),
        Op::AwkLog => number(take(0), f64::ln),
        Op::AwkAtan2 => {
            let (y, x) = (take(0), take(1));
            Ok(Value::Float(to_number(&y).atan2(to_number(&x))))
        }
        Op::AwkStrtonum => Ok(Value::Float(bits::strtonum(&take(0)))),
        Op::AwkMkbool => Ok(Value::Bool(compare::truthy(&take(0)))),
        Op::AwkRand => Ok(Value::Float(vm.awk.random.next())),
        _ => return None,
    })
}

/// As [`execute`], of the ops that give two results.
///
/// # Safety
/// That of [`execute`].
#[inline(always)]
pub(crate) unsafe fn execute_pair(vm: &mut VM, op: Op, operands: *mut Value) -> Option<OpResult<[Value; 2]>> {
    // SAFETY: the caller's: an op takes no more operands than it has.
    let take = |index: usize| unsafe { words::take(operands.add(index)) };
    Some(match op {
        Op::AwkSplit(n) => {
            let (text, separator) = (take(0), (n > 1).then(|| take(1)));
            regex::split(vm, &text, separator.as_ref())
        }
        Op::AwkSub(n) | Op::AwkGsub(n) => {
            let which = if matches!(op, Op::AwkSub(_)) { Which::Nth(1) } else { Which::All };
            let (pattern, replacement, target) = (take(0), take(1), (n > 2).then(|| take(2)));
            regex::substitute(&mut vm.awk, &pattern, &replacement, target, which)
        }
        _ => return None,
    })
}

/// As [`execute`], of the ops that give none.
///
/// # Safety
/// That of [`execute`].
#[inline(always)]
pub(crate) unsafe fn execute_effect(vm: &mut VM, op: Op, operands: *mut Value) -> Option<OpResult<()>> {
    // SAFETY: the caller's: an op takes no more operands than it has.
    let take = |index: usize| unsafe { words::take(operands.add(index)) };
    Some(match op {
        Op::AwkSetRecord => fields::set_record(&mut vm.awk, take(0)),
        Op::AwkFieldSet => {
            let (value, index) = (take(0), take(1));
            fields::set(&mut vm.awk, &index, value)
        }
        _ => return None,
    })
}

fn ordered(a: &Value, b: &Value, holds: fn(Ordering) -> bool) -> OpResult<Value> {
    Ok(Value::Bool(holds(str_compare(a, b)?)))
}

fn mapped(awk: &mut AwkState, text: &Value, map: fn(&mut Vec<u8>, &[u8], bool)) -> OpResult<Value> {
    let mut mapped = std::mem::take(&mut awk.scratch);
    let result =
        strings::map_case(awk, Operand::Value(text), map, &mut mapped).and_then(|()| new_string(&mapped));
    awk.scratch = mapped;
    result
}

fn number(value: Value, function: fn(f64) -> f64) -> OpResult<Value> {
    Ok(Value::Float(function(to_number(&value))))
}
