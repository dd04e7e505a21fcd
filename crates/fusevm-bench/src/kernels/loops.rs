//! Counting loops, in both shapes: tested at the top with a jump back, and tested at the bottom.

use super::asm::{Asm, Operand};
use fusevm::Chunk;

pub fn sum_loop(n: i64) -> Chunk {
    let mut m = Asm::new("sum_loop");
    let [sum, i] = m.locals();
    m.set(sum, 0);
    m.set(i, 0);
    m.while_top(i.less(n), |m| {
        m.set(sum, sum + i);
        m.set(i, i + 1);
    });
    m.ret(sum);
    m.build()
}

pub fn nested_loops(n: i64) -> Chunk {
    let mut m = Asm::new("nested_loops");
    let [size, sum, i, j] = m.locals();
    m.set(size, n);
    m.set(sum, 0);
    m.set(i, 0);
    m.while_bottom(i.less(size), |m| {
        m.set(j, 0);
        m.while_bottom(j.less(size), |m| {
            m.set(sum, sum + j);
            m.set(j, j + 1);
        });
        m.set(i, i + 1);
    });
    m.ret(sum);
    m.build()
}

pub fn float_loop(n: i64) -> Chunk {
    let mut m = Asm::new("float_loop");
    let [x, i] = m.locals();
    m.set(x, 1.0);
    m.set(i, 0);
    m.while_top(i.less(n), |m| {
        m.set(x, x * 0.999 + i * 0.5);
        m.set(i, i + 1);
    });
    m.ret(x);
    m.build()
}

pub fn alternating_branch(n: i64) -> Chunk {
    let mut m = Asm::new("alternating_branch");
    let [even, odd, i] = m.locals();
    m.set(even, 0);
    m.set(odd, 0);
    m.set(i, 0);
    m.while_top(i.less(n), |m| {
        m.choose((i % 2).equals(0), |m| m.set(even, even + i), |m| m.set(odd, odd + 3));
        m.set(i, i + 1);
    });
    m.ret(even - odd);
    m.build()
}
