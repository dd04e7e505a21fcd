//! The awk ops that are pure arithmetic: operands are awk numbers, floats.

use super::arith::division_by_zero;
use super::{binary, unary};
use crate::error::{Fault, OpResult};
use crate::op::Op;
use crate::value::Value;
use crate::vm::VM;

/// Executes an awk op.
pub(crate) fn execute(vm: &mut VM, op: Op) -> OpResult<()> {
    match op {
        Op::AwkInt => number(vm, f64::trunc),
        Op::AwkSqrt => number(vm, f64::sqrt),
        Op::AwkSin => number(vm, f64::sin),
        Op::AwkCos => number(vm, f64::cos),
        Op::AwkExp => number(vm, f64::exp),
        Op::AwkLog => number(vm, f64::ln),
        Op::AwkAtan2 => binary(vm, |y, x| Ok(Value::Float(y.to_float().atan2(x.to_float())))),
        Op::AwkDiv => divided(vm, |a, b| a / b),
        Op::AwkMod => divided(vm, |a, b| a % b),
        Op::AwkSignal(signal) => Err(Fault::signal(signal)),
        _ => Err(Fault::no_host(op.info().name)),
    }
}

fn number(vm: &mut VM, function: fn(f64) -> f64) -> OpResult<()> {
    unary(vm, |x| Ok(Value::Float(function(x.to_float()))))
}

/// An op whose zero divisor ends the run.
fn divided(vm: &mut VM, function: fn(f64, f64) -> f64) -> OpResult<()> {
    binary(vm, |a, b| match b.to_float() {
        0.0 => Err(division_by_zero()),
        divisor => Ok(Value::Float(function(a.to_float(), divisor))),
    })
}
