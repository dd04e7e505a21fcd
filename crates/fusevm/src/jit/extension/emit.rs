//! Lowerings of extension ops as Cranelift instructions, the same for both tiers.

use super::{BoolOp, Comparison, ExtensionCode, FloatFunction, FloatOp, IntOp, Step};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::FunctionBuilder;

/// What emits native code around a lowering.
pub(crate) trait Emission<'f> {
    /// Where instructions are appended.
    fn builder(&mut self) -> &mut FunctionBuilder<'f>;

    /// Goes on when a condition (not 0) holds, else leaves for the interpreter, which does the op.
    fn exit_unless(&mut self, condition: Value);
}

/// Emits a lowering; the values of its results. Ints are `i64`, Floats `f64`, and Bools `i8` of 0 or 1, as operands
/// and as results.
pub(crate) fn emit<'f, E: Emission<'f>>(e: &mut E, code: &ExtensionCode, operands: &[Value]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(code.steps.len());
    for step in &code.steps {
        let value = emit_step(e, *step, &values, operands);
        values.push(value);
    }
    code.results.iter().map(|step| values[*step as usize]).collect()
}

/// Emits one step; an exit, which has no value, gives its condition.
fn emit_step<'f, E: Emission<'f>>(e: &mut E, step: Step, values: &[Value], operands: &[Value]) -> Value {
    let at = |value: u32| values[value as usize];
    match step {
        Step::Operand(index) => operands[usize::from(index)],
        Step::Int(value) => e.builder().ins().iconst(types::I64, value),
        Step::Float(bits) => e.builder().ins().f64const(f64::from_bits(bits)),
        Step::Bool(value) => e.builder().ins().iconst(types::I8, i64::from(value)),
        Step::IntOp(op, a, b) => int_op(e, op, at(a), at(b)),
        Step::FloatOp(op, a, b) => {
            let ins = e.builder().ins();
            match op {
                FloatOp::Add => ins.fadd(at(a), at(b)),
                FloatOp::Sub => ins.fsub(at(a), at(b)),
                FloatOp::Mul => ins.fmul(at(a), at(b)),
                FloatOp::Div => ins.fdiv(at(a), at(b)),
            }
        }
        Step::FloatFunction(function, a) => {
            let ins = e.builder().ins();
            match function {
                FloatFunction::Negate => ins.fneg(at(a)),
                FloatFunction::Abs => ins.fabs(at(a)),
                FloatFunction::Sqrt => ins.sqrt(at(a)),
            }
        }
        Step::BoolOp(op, a, b) => {
            let ins = e.builder().ins();
            match op {
                BoolOp::And => ins.band(at(a), at(b)),
                BoolOp::Or => ins.bor(at(a), at(b)),
                BoolOp::Xor => ins.bxor(at(a), at(b)),
            }
        }
        Step::Not(a) => e.builder().ins().icmp_imm_s(IntCC::Equal, at(a), 0),
        Step::CompareInts(comparison, a, b) => {
            e.builder().ins().icmp(int_condition(comparison), at(a), at(b))
        }
        Step::CompareFloats(comparison, a, b) => {
            e.builder().ins().fcmp(float_condition(comparison), at(a), at(b))
        }
        Step::IntToFloat(a) => e.builder().ins().fcvt_from_sint(types::F64, at(a)),
        Step::FloatToInt(a) => float_to_int(e, at(a)),
        Step::Select { condition, then, otherwise } => {
            e.builder().ins().select(at(condition), at(then), at(otherwise))
        }
        Step::ExitUnless(condition) => {
            e.exit_unless(at(condition));
            at(condition)
        }
    }
}

fn int_op<'f, E: Emission<'f>>(e: &mut E, op: IntOp, a: Value, b: Value) -> Value {
    let ins = e.builder().ins();
    let (value, overflow) = match op {
        IntOp::Add => return ins.iadd(a, b),
        IntOp::Sub => return ins.isub(a, b),
        IntOp::Mul => return ins.imul(a, b),
        IntOp::And => return ins.band(a, b),
        IntOp::Or => return ins.bor(a, b),
        IntOp::Xor => return ins.bxor(a, b),
        IntOp::Shl => return ins.ishl(a, b),
        IntOp::Shr => return ins.sshr(a, b),
        IntOp::ShrLogical => return ins.ushr(a, b),
        IntOp::Div => {
            check_divisor(e, a, b);
            return e.builder().ins().sdiv(a, b);
        }
        IntOp::Rem => {
            check_divisor(e, a, b);
            return e.builder().ins().srem(a, b);
        }
        IntOp::AddExact => ins.sadd_overflow(a, b),
        IntOp::SubExact => ins.ssub_overflow(a, b),
        IntOp::MulExact => ins.smul_overflow(a, b),
    };
    let fits = e.builder().ins().icmp_imm_s(IntCC::Equal, overflow, 0);
    e.exit_unless(fits);
    value
}

/// Exits where the processor would trap: the divisor is zero, or the quotient is no Int.
fn check_divisor<'f, E: Emission<'f>>(e: &mut E, a: Value, b: Value) {
    let is_something = e.builder().ins().icmp_imm_s(IntCC::NotEqual, b, 0);
    e.exit_unless(is_something);
    let is_not_minus_one = e.builder().ins().icmp_imm_s(IntCC::NotEqual, b, -1);
    let is_not_least = e.builder().ins().icmp_imm_s(IntCC::NotEqual, a, i64::MIN);
    let fits = e.builder().ins().bor(is_not_minus_one, is_not_least);
    e.exit_unless(fits);
}

/// The Int that a Float is. Conversion saturates, and 2^63, which is no Int, saturates to the greatest, which as a
/// Float is 2^63 again.
fn float_to_int<'f, E: Emission<'f>>(e: &mut E, float: Value) -> Value {
    let ins = e.builder();
    let int = ins.ins().fcvt_to_sint_sat(types::I64, float);
    let back = ins.ins().fcvt_from_sint(types::F64, int);
    let (before, after) = (
        ins.ins().bitcast(types::I64, MemFlagsData::new(), float),
        ins.ins().bitcast(types::I64, MemFlagsData::new(), back),
    );
    // By their bits, since -0.0 equals 0.0.
    let same = ins.ins().icmp(IntCC::Equal, before, after);
    let is_below = ins.ins().icmp_imm_s(IntCC::NotEqual, int, i64::MAX);
    let fits = ins.ins().band(same, is_below);
    e.exit_unless(fits);
    int
}

fn int_condition(comparison: Comparison) -> IntCC {
    match comparison {
        Comparison::Eq => IntCC::Equal,
        Comparison::Ne => IntCC::NotEqual,
        Comparison::Lt => IntCC::SignedLessThan,
        Comparison::Le => IntCC::SignedLessThanOrEqual,
        Comparison::Gt => IntCC::SignedGreaterThan,
        Comparison::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

fn float_condition(comparison: Comparison) -> FloatCC {
    match comparison {
        Comparison::Eq => FloatCC::Equal,
        Comparison::Ne => FloatCC::NotEqual,
        Comparison::Lt => FloatCC::LessThan,
        Comparison::Le => FloatCC::LessThanOrEqual,
        Comparison::Gt => FloatCC::GreaterThan,
        Comparison::Ge => FloatCC::GreaterThanOrEqual,
    }
}
