//! The awk ops: fields, special variables, awk's conversions and comparisons, its functions, and its I/O.
//!
//! Numbers are floats, strings that came from input and look numeric compare as numbers, and every string
//! form of a number goes through CONVFMT, or OFMT when it is printed.

pub(crate) mod arrays;
mod bits;
mod columns;
pub(crate) mod compare;
pub(crate) mod fields;
mod getline;
pub(crate) mod in_place;
pub(crate) mod lint;
pub(crate) mod nested;
pub(crate) mod pieces;
pub(crate) mod print;
mod regex;
pub(crate) mod sorting;
mod strings;
pub(crate) mod tables;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use columns::{column, row};
pub(crate) use getline::{
    admit_operand, close, fflush, last_line, next_record, nextfile, read, read_event, system,
};

use super::{binary, pop, unary};
use crate::awk_host::{comparable_number, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::unit::Unit;
use crate::op::Op;
use crate::value::number;
use crate::value::{ByteStr, MAX_INLINE, Value, heap, words};
use crate::vm::VM;

/// Executes an awk op.
pub(crate) fn execute(vm: &mut VM, unit: &Unit, op: Op) -> OpResult<()> {
    let first = vm.stack.len() - op.pops();
    let operands = vm.stack[first..].as_mut_ptr();
    // SAFETY: the op's operands are the top of the stack.
    if let Some(result) = unsafe { in_place::execute(vm, op, operands) } {
        vm.stack.truncate(first);
        return push(vm, result?);
    }
    // SAFETY: as above.
    if let Some(results) = unsafe { in_place::execute_pair(vm, op, operands) } {
        vm.stack.truncate(first);
        vm.stack.extend(results?);
        return Ok(());
    }
    // SAFETY: as above.
    if let Some(result) = unsafe { in_place::execute_effect(vm, op, operands) } {
        vm.stack.truncate(first);
        return result;
    }
    match op {
        Op::AwkNf => {
            let count = vm.awk.record.nf();
            push(vm, Value::Float(count as f64))
        }
        Op::AwkSpecialGet(name) => {
            let value = fields::special_get(vm, unit, name);
            push(vm, value)
        }
        Op::AwkSpecialSet(name) => {
            let value = pop(vm);
            fields::special_set(vm, unit, name, value)
        }

        Op::AwkPrint(n) => print::print(vm, n.into()),
        Op::AwkPrintJoined(n) => print::print_joined(vm, n.into()),
        Op::AwkPrintf(n) => print::printf(vm, n.into()),
        Op::AwkSprintf(n) => print::sprintf(vm, n.into()),
        Op::AwkOutput(mode) => print::choose_output(vm, mode),
        Op::AwkGetline(source) => getline::getline(vm, source),
        Op::AwkGetlineOr(source) => getline::getline_or(vm, source),

        Op::AwkOrd => strings::ord(vm),
        Op::AwkChr => strings::chr(vm),

        Op::AwkGensub(n) => regex::gensub(vm, n.into()),

        Op::AwkDiv => binary(vm, div),
        Op::AwkMod => binary(vm, modulo),

        Op::AwkArrayGet(name) => arrays::get(vm, unit, name),
        Op::AwkArraySet(name) => arrays::set(vm, unit, name),
        Op::AwkAddend(name) => {
            let number = to_number(&pop(vm));
            vm.globals.addends[unit.global(name)].numbers.push(number);
            Ok(())
        }
        Op::AwkElementAddend(name) => arrays::note_addend(vm, unit, name),
        Op::AwkElementAppend(name) => arrays::append_popped(vm, unit, name),
        Op::AwkIndexAppend => arrays::cell_append(vm),
        Op::AwkArrayExists(name) => arrays::exists(vm, unit, name),
        Op::AwkArrayDelete(name) => arrays::delete(vm, unit, name),
        Op::AwkArrayClear(name) => arrays::clear(vm, unit, name),
        Op::AwkArrayLen(name) => arrays::len(vm, unit, name),

        Op::AwkAnd(n) => bits::fold(vm, n.into(), "and", |a, b| a & b),
        Op::AwkOr(n) => bits::fold(vm, n.into(), "or", |a, b| a | b),
        Op::AwkXor(n) => bits::fold(vm, n.into(), "xor", |a, b| a ^ b),
        Op::AwkCompl => unary(vm, bits::compl),
        Op::AwkLshift => binary(vm, |x, n| bits::shift("lshift", x, n, u64::wrapping_shl)),
        Op::AwkRshift => binary(vm, |x, n| bits::shift("rshift", x, n, u64::wrapping_shr)),
        Op::AwkIntdiv => binary(vm, |a, b| match bits::intdiv(a, b) {
            Some(hash) => Ok(hash),
            None => Err(division_by_zero("intdiv")),
        }),
        Op::AwkIntdiv0 => binary(vm, |a, b| Ok(bits::intdiv(a, b).unwrap_or_default())),

        Op::AwkSystime => push(vm, Value::Float(time::systime())),
        Op::AwkStrftime(n) => time::strftime(vm, n.into()),
        Op::AwkMktime(n) => time::mktime(vm, n.into()),
        Op::AwkSrand(n) => {
            let seed = if n == 0 { time::systime() } else { to_number(&pop(vm)).trunc() };
            let old = vm.awk.random.reseed(seed);
            push(vm, Value::Float(old))
        }

        Op::AwkToNum => unary(vm, |v| Ok(Value::Float(to_number(v)))),
        Op::AwkComparable => unary(vm, |v| Ok(Value::Float(comparable_number(v).unwrap_or(f64::NAN)))),
        Op::AwkToStr => {
            let value = pop(vm);
            let text = vm.awk.take_string(value)?;
            push(vm, Value::Str(text))
        }
        Op::AwkJoinKeys(n) => {
            let first = vm.stack.len() - usize::from(n);
            let key = arrays::joined_key(&mut vm.awk, &vm.stack[first..])?;
            vm.stack.truncate(first);
            push(vm, key)
        }
        Op::AwkSubscript => {
            let value = pop(vm);
            let key = arrays::cell_subscript(&mut vm.awk, value)?;
            push(vm, key)
        }
        Op::AwkIndexGet => binary(vm, arrays::cell_element),
        Op::AwkSubarray(name) => nested::look(vm, &unit.constants[usize::from(name)], true),
        Op::AwkNestedGet(name) => nested::look(vm, &unit.constants[usize::from(name)], false),
        Op::AwkNestedSet(name) => nested::set(vm, &unit.constants[usize::from(name)]),
        Op::AwkTruthy => unary(vm, |v| Ok(Value::Bool(truthy(v)))),
        Op::AwkEq => compare::compare(vm, compare::Relation::Eq),
        Op::AwkNe => compare::compare(vm, compare::Relation::Ne),
        Op::AwkLt => compare::compare(vm, compare::Relation::Lt),
        Op::AwkGt => compare::compare(vm, compare::Relation::Gt),
        Op::AwkLe => compare::compare(vm, compare::Relation::Le),
        Op::AwkGe => compare::compare(vm, compare::Relation::Ge),

        Op::AwkSignal(signal) => Err(Fault::signal(signal)),
        _ => unreachable!("{} is no awk op", op.info().name),
    }
}

pub(crate) use compare::truthy;
pub(crate) use regex::{match_place, matches, substitute_in_record, substitute_in_value};
pub(crate) use strings::{field_length, index, length, map_case, part, part_of, substr};

/// `/`: a zero divisor ends the run.
pub(crate) fn div(a: &Value, b: &Value) -> OpResult<Value> {
    match to_number(b) {
        0.0 => Err(division_by_zero("/")),
        divisor => Ok(Value::Float(to_number(a) / divisor)),
    }
}

/// `%`: a zero divisor ends the run.
pub(crate) fn modulo(a: &Value, b: &Value) -> OpResult<Value> {
    match to_number(b) {
        0.0 => Err(division_by_zero("%")),
        divisor => Ok(Value::Float(number::remainder(to_number(a), divisor))),
    }
}

#[cold]
fn division_by_zero(operator: &str) -> Fault {
    Fault::new(ErrorKind::Arithmetic, format!("division by zero attempted in `{operator}'"))
}

fn push(vm: &mut VM, value: Value) -> OpResult<()> {
    words::push(&mut vm.stack, value);
    Ok(())
}

/// Tells people what is doubtful.
#[cold]
fn warn(vm: &mut VM, message: &str) -> OpResult<()> {
    vm.with_awk_host(|host, vm| {
        host.warn(vm, message);
        Ok(())
    })
}

/// Throws what was caught again.
pub(crate) fn rethrow(vm: &mut VM, _n: usize) -> OpResult<Value> {
    let value = pop(vm);
    match vm.awk.caught.take() {
        Some(error) if error.value() == value => Err(Fault::again(&error)),
        _ => Err(Fault::thrown(value)),
    }
}

/// A new string, under the heap limit.
#[inline]
pub(crate) fn new_string(bytes: &[u8]) -> OpResult<Value> {
    if bytes.len() > MAX_INLINE {
        heap::check(bytes.len())?;
    }
    Ok(Value::of_bytes(bytes, false))
}

/// Makes a value this text, in the memory of the one that is there if that serves.
#[inline(always)]
pub(crate) fn assign_text(to: &mut Value, text: &[u8]) -> OpResult<()> {
    match to {
        Value::Str(old) if text.len() > MAX_INLINE && old.on_heap() => Ok(old.try_assign(text)?),
        _ => {
            *to = new_string(text)?;
            Ok(())
        }
    }
}

/// The top value as a string.
fn pop_string(vm: &mut VM) -> OpResult<ByteStr> {
    let value = pop(vm);
    vm.awk.take_string(value)
}

/// An optional last argument: the record when there are fewer than `n` arguments.
fn pop_string_or_record(vm: &mut VM, given: bool) -> OpResult<ByteStr> {
    if given { pop_string(vm) } else { Ok(vm.awk.record.record_string()) }
}
