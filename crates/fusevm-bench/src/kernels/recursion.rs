//! Calls and returns.

use super::asm::{Asm, Operand, call, int};
use fusevm::Chunk;

pub fn fib(n: i64) -> Chunk {
    let mut m = Asm::new("fib");
    m.ret(call("fib", [int(n)]));
    m.sub("fib", |m, [n]| {
        m.when(n.less(2), |m| m.ret(n));
        m.ret(call("fib", [n - 1]) + call("fib", [n - 2]));
    });
    m.build()
}

pub fn ackermann(n: i64) -> Chunk {
    let mut m = Asm::new("ackermann");
    m.ret(call("ack", [int(3), int(n)]));
    m.sub("ack", |m, [a, b]| {
        m.when(a.equals(0), |m| m.ret(b + 1));
        m.when(b.equals(0), |m| m.ret(call("ack", [a - 1, int(1)])));
        m.ret(call("ack", [a - 1, call("ack", [a.get(), b - 1])]));
    });
    m.build()
}
