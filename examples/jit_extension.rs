//! A frontend with an op of its own, compiled to native code.
//!
//! The op is a step of a random number generator: it pops a state and pushes the next one. As a handler it works
//! everywhere; with a `JitExtension` a loop of it becomes a native loop, without calls.
//!
//!     cargo run --release -p fusevm --features jit --example jit_extension

use fusevm::jit::{ExtensionBuilder, ExtensionOp, IntOp, SlotKind};
use fusevm::op::Effects;
use fusevm::{Chunk, ChunkBuilder, JitExtension, Op, VM, VMResult, Value};
use std::time::{Duration, Instant};

/// The id of the op.
const NEXT_RANDOM: u16 = 1;

/// The factor of the generator, xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled").
const FACTOR: i64 = 2685821657736338717;

const ROUNDS: i32 = 5_000_000;

/// What the op means.
fn next_random(state: i64) -> i64 {
    let mut x = state;
    x ^= (x as u64 >> 12) as i64;
    x ^= x << 25;
    x ^= (x as u64 >> 27) as i64;
    x.wrapping_mul(FACTOR)
}

/// The handler: what the interpreter calls, for values of any kind.
fn handler(vm: &mut VM, _id: u16, _arg: u8) {
    let state = vm.pop().to_int();
    vm.push(Value::int(next_random(state)));
}

/// The same for the compiler, for integers.
struct RandomNumbers;

impl JitExtension for RandomNumbers {
    fn can_compile(&self, op: ExtensionOp) -> bool {
        op.id == NEXT_RANDOM
    }

    fn lower(&self, _op: ExtensionOp, b: &mut ExtensionBuilder) {
        if b.operands() != [SlotKind::Int] {
            return b.call_handler();
        }
        let mut x = b.int(0);
        for (shift, count) in [(IntOp::ShrLogical, 12), (IntOp::Shl, 25), (IntOp::ShrLogical, 27)] {
            let count = b.int_const(count);
            let shifted = b.int_op(shift, x, count);
            x = b.int_op(IntOp::Xor, x, shifted);
        }
        let factor = b.int_const(FACTOR);
        let product = b.int_op(IntOp::Mul, x, factor);
        b.push(product);
    }
}

/// `state = 1; for (i = 0; i < ROUNDS; i++) state = next_random(state); state`
fn program() -> Chunk {
    let mut b = ChunkBuilder::new();
    b.set_source("random");
    b.declare_extension(NEXT_RANDOM, false, 1, 1, Effects::PURE);
    let (state, i) = (0, 1);
    b.emit(Op::LoadInt(1), 1);
    b.emit(Op::SetSlot(state), 1);
    b.emit(Op::LoadInt(0), 2);
    b.emit(Op::SetSlot(i), 2);
    let top = b.emit(Op::GetSlot(state), 3);
    b.emit(Op::Extended(NEXT_RANDOM, 0), 3);
    b.emit(Op::SetSlot(state), 3);
    b.emit(Op::PreIncSlot(i), 2);
    b.emit(Op::LoadInt(ROUNDS.into()), 2);
    b.emit(Op::NumLt, 2);
    b.emit(Op::JumpIfTrue(top), 2);
    b.emit(Op::GetSlot(state), 4);
    b.build()
}

/// Runs the program; its result and its time.
fn run(extension: Option<Box<dyn JitExtension>>) -> (VMResult, Duration) {
    let mut vm = VM::new(program());
    vm.set_extension_handler(Box::new(handler));
    if let Some(extension) = extension {
        vm.set_jit_extension(extension);
    }
    let began = Instant::now();
    (vm.run(), began.elapsed())
}

fn main() {
    let expected = (0..ROUNDS).fold(1, |state, _| next_random(state));
    for (what, extension) in [
        ("calling the handler", None),
        ("compiling the op", Some(Box::new(RandomNumbers) as Box<dyn JitExtension>)),
    ] {
        let (result, time) = run(extension);
        assert_eq!(result, VMResult::Ok(Value::int(expected)));
        println!("{what}: {:.1} ns for each step", time.as_secs_f64() * 1e9 / f64::from(ROUNDS));
    }
}
