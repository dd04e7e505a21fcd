//! CLIF sequences that several emitters use.

use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::FunctionBuilder;

/// Begins a function with the only way into its first block; the function's parameters.
pub(crate) fn begin(b: &mut FunctionBuilder<'_>) -> Vec<ir::Value> {
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    b.seal_block(block);
    b.block_params(block).to_vec()
}

/// Remainder of i64s by a divisor above zero.
pub(crate) fn remainder(
    b: &mut FunctionBuilder<'_>,
    x: ir::Value,
    y: ir::Value,
    is_constant: bool,
) -> ir::Value {
    if is_constant {
        return b.ins().srem(x, y);
    }
    // Most operands fit 32 bits, whose division is several times faster.
    let (narrow, wide, done) = (b.create_block(), b.create_block(), b.create_block());
    let result = b.append_block_param(done, types::I64);
    let both = b.ins().bor(x, y);
    let high = b.ins().ushr_imm_s(both, 32);
    b.ins().brif(high, wide, &[], narrow, &[]);
    b.switch_to_block(narrow);
    let (short_x, short_y) = (b.ins().ireduce(types::I32, x), b.ins().ireduce(types::I32, y));
    let rest = b.ins().urem(short_x, short_y);
    let rest = b.ins().uextend(types::I64, rest);
    b.ins().jump(done, &[rest.into()]);
    b.switch_to_block(wide);
    let rest = b.ins().srem(x, y);
    b.ins().jump(done, &[rest.into()]);
    b.switch_to_block(done);
    result
}
