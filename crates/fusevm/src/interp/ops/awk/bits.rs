//! Bits of integers that are held as floats: 53 bits are exact, so wider results lose their high bits.

use crate::awk_host::{comparable_number, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{Value, number, other_base};
use crate::vm::VM;

/// Bits that a float holds exactly.
const EXACT_BITS: u32 = f64::MANTISSA_DIGITS;

/// The integer as a float. What a float cannot hold loses high bits, so that the low ones are right.
fn to_value(n: u64) -> Value {
    let mask = ((1 << EXACT_BITS) - 1_u64).checked_shl(n.trailing_zeros()).unwrap_or(0);
    Value::Float((n & mask) as f64)
}

#[cold]
fn negative(function: &str, place: usize, number: f64) -> Fault {
    let message = format!("{function}: argument {place} negative value {number} is not allowed");
    Fault::new(ErrorKind::Range, message)
}

/// An argument as an integer.
fn operand(function: &str, place: usize, value: &Value) -> OpResult<u64> {
    let number = to_number(value);
    if number < 0.0 { Err(negative(function, place, number)) } else { Ok(number as u64) }
}

/// `and`, `or` and `xor` of the top `n` values.
pub(super) fn fold(vm: &mut VM, n: usize, function: &str, op: fn(u64, u64) -> u64) -> OpResult<()> {
    let first = vm.stack.len() - n;
    let mut operands = vm.stack[first..].iter().enumerate().map(|(i, v)| operand(function, i + 1, v));
    let start = operands.next().unwrap_or(Ok(0));
    let result = operands.try_fold(start?, |a, b| OpResult::Ok(op(a, b?)))?;
    vm.stack.truncate(first);
    vm.stack.push(to_value(result));
    Ok(())
}

/// `compl`: all bits inverted.
pub(super) fn compl(x: &Value) -> OpResult<Value> {
    Ok(to_value(!operand("compl", 1, x)?))
}

/// `lshift` and `rshift`.
pub(super) fn shift(function: &str, x: &Value, n: &Value, op: fn(u64, u32) -> u64) -> OpResult<Value> {
    let (x, n) = (operand(function, 1, x)?, operand(function, 2, n)?);
    Ok(to_value(op(x, n as u32)))
}

/// The quotient and remainder of two integers, as the elements of a hash; None for a zero divisor.
pub(super) fn intdiv(a: &Value, b: &Value) -> Option<Value> {
    let (a, b) = (to_number(a).trunc(), to_number(b).trunc());
    if b == 0.0 {
        return None;
    }
    let pairs = [("quotient", (a / b).trunc()), ("remainder", a % b)];
    Some(Value::hash(pairs.map(|(key, number)| (key, Value::Float(number)))))
}

/// The number that a string is, `0x…` being hexadecimal and `0…` octal. A number is itself, and so is input that looks like one.
pub(super) fn strtonum(value: &Value) -> f64 {
    if let Some(number) = comparable_number(value) {
        return number;
    }
    let Value::Str(text) = value else { return to_number(value) };
    other_base(text).map_or_else(|| number::parse_float_or_special(text), |(number, _)| number)
}
