//! Extension ops that their frontend has lowered compute what their handlers compute.
#![cfg(feature = "jit")]

use fusevm::jit::SlotKind::{Bool, Float, Int};
use fusevm::jit::{
    BoolOp, Comparison, ExtensionBuilder, ExtensionOp, FloatFunction, FloatOp, IntOp, JitCompiler,
};
use fusevm::op::Effects;
use fusevm::{ChunkBuilder, JitExtension, Op, TraceJitConfig, VM, VMResult, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The op: its inline operand is the number of a case.
const ID: u16 = 7;

/// One meaning twice: for the interpreter, which gets Undef where there is no result, and for the compiler.
struct Case {
    name: &'static str,
    handler: fn(&Value, &Value) -> Option<Value>,
    lower: fn(&mut ExtensionBuilder),
}

macro_rules! int_op {
    ($op:ident, $handler:expr) => {
        Case {
            name: stringify!($op),
            handler: |x, y| {
                let (Value::Int(x), Value::Int(y)) = (x, y) else { return None };
                let compute: fn(i64, i64) -> Option<i64> = $handler;
                compute(*x, *y).map(Value::int)
            },
            lower: |b| {
                if b.operands() != [Int, Int] {
                    return b.call_handler();
                }
                let (x, y) = (b.int(0), b.int(1));
                let result = b.int_op(IntOp::$op, x, y);
                b.push(result);
            },
        }
    };
}

macro_rules! float_op {
    ($op:ident, $handler:expr) => {
        Case {
            name: concat!("float ", stringify!($op)),
            handler: |x, y| {
                let (Value::Float(x), Value::Float(y)) = (x, y) else { return None };
                let compute: fn(f64, f64) -> f64 = $handler;
                Some(Value::float(compute(*x, *y)))
            },
            lower: |b| {
                if b.operands() != [Float, Float] {
                    return b.call_handler();
                }
                let (x, y) = (b.float(0), b.float(1));
                let result = b.float_op(FloatOp::$op, x, y);
                b.push(result);
            },
        }
    };
}

macro_rules! comparison {
    ($op:ident, $handler:tt) => {
        Case {
            name: concat!("compare ", stringify!($op)),
            handler: |x, y| match (x, y) {
                (Value::Int(x), Value::Int(y)) => Some(Value::bool(x $handler y)),
                (Value::Float(x), Value::Float(y)) => Some(Value::bool(x $handler y)),
                _ => None,
            },
            lower: |b| match *b.operands() {
                [Int, Int] => {
                    let (x, y) = (b.int(0), b.int(1));
                    let result = b.compare_ints(Comparison::$op, x, y);
                    b.push(result);
                }
                [Float, Float] => {
                    let (x, y) = (b.float(0), b.float(1));
                    let result = b.compare_floats(Comparison::$op, x, y);
                    b.push(result);
                }
                _ => b.call_handler(),
            },
        }
    };
}

macro_rules! float_function {
    ($function:ident, $handler:expr) => {
        Case {
            name: stringify!($function),
            handler: |x, _| {
                let Value::Float(x) = x else { return None };
                let compute: fn(f64) -> f64 = $handler;
                Some(Value::float(compute(*x)))
            },
            lower: |b| {
                if b.operands()[0] != Float {
                    return b.call_handler();
                }
                let x = b.float(0);
                let result = b.float_function(FloatFunction::$function, x);
                b.push(result);
            },
        }
    };
}

/// A truth value of two comparisons with zero, put together.
macro_rules! bool_op {
    ($op:ident, $handler:tt) => {
        Case {
            name: concat!("bool ", stringify!($op)),
            handler: |x, y| {
                let (Value::Int(x), Value::Int(y)) = (x, y) else { return None };
                Some(Value::bool(!((*x > 0) $handler (*y > 0))))
            },
            lower: |b| {
                if b.operands() != [Int, Int] {
                    return b.call_handler();
                }
                let (x, y, zero) = (b.int(0), b.int(1), b.int_const(0));
                let (x, y) = (
                    b.compare_ints(Comparison::Gt, x, zero),
                    b.compare_ints(Comparison::Gt, y, zero),
                );
                let both = b.bool_op(BoolOp::$op, x, y);
                let result = b.not(both);
                b.push(result);
            },
        }
    };
}

const CASES: &[Case] = &[
    int_op!(Add, |x, y| Some(x.wrapping_add(y))),
    int_op!(Sub, |x, y| Some(x.wrapping_sub(y))),
    int_op!(Mul, |x, y| Some(x.wrapping_mul(y))),
    int_op!(AddExact, i64::checked_add),
    int_op!(SubExact, i64::checked_sub),
    int_op!(MulExact, i64::checked_mul),
    int_op!(Div, i64::checked_div),
    int_op!(Rem, i64::checked_rem),
    int_op!(And, |x, y| Some(x & y)),
    int_op!(Or, |x, y| Some(x | y)),
    int_op!(Xor, |x, y| Some(x ^ y)),
    int_op!(Shl, |x, y| Some(x.wrapping_shl(y as u32))),
    int_op!(Shr, |x, y| Some(x.wrapping_shr(y as u32))),
    int_op!(ShrLogical, |x, y| Some((x as u64).wrapping_shr(y as u32) as i64)),
    float_op!(Add, |x, y| x + y),
    float_op!(Sub, |x, y| x - y),
    float_op!(Mul, |x, y| x * y),
    float_op!(Div, |x, y| x / y),
    float_function!(Negate, |x| -x),
    float_function!(Abs, f64::abs),
    float_function!(Sqrt, f64::sqrt),
    comparison!(Eq, ==),
    comparison!(Ne, !=),
    comparison!(Lt, <),
    comparison!(Le, <=),
    comparison!(Gt, >),
    comparison!(Ge, >=),
    bool_op!(And, &),
    bool_op!(Or, |),
    bool_op!(Xor, ^),
    Case {
        name: "conversions",
        handler: |x, y| match (x, y) {
            (Value::Int(x), Value::Int(y)) => Some(Value::float(*x as f64 + *y as f64)),
            (Value::Float(x), Value::Float(_)) => {
                let fits = x.fract() == 0.0 && (i64::MIN as f64..-(i64::MIN as f64)).contains(x);
                (fits && x.to_bits() != (-0.0_f64).to_bits()).then(|| Value::int(*x as i64))
            }
            _ => None,
        },
        lower: |b| match *b.operands() {
            [Int, Int] => {
                let (x, y) = (b.int(0), b.int(1));
                let (x, y) = (b.int_to_float(x), b.int_to_float(y));
                let sum = b.float_op(FloatOp::Add, x, y);
                b.push(sum);
            }
            [Float, Float] => {
                let x = b.float(0);
                let int = b.float_to_int(x);
                b.push(int);
            }
            _ => b.call_handler(),
        },
    },
    Case {
        name: "choice and exit",
        handler: |x, y| {
            let (Value::Int(x), Value::Int(y)) = (x, y) else { return None };
            (*x != 3).then(|| Value::float(if x < y { 0.5 } else { -1.5 }))
        },
        lower: |b| {
            if b.operands() != [Int, Int] {
                return b.call_handler();
            }
            let (x, y, three) = (b.int(0), b.int(1), b.int_const(3));
            let differs = b.compare_ints(Comparison::Ne, x, three);
            b.exit_unless(differs);
            let less = b.compare_ints(Comparison::Lt, x, y);
            let (half, other) = (b.float_const(0.5), b.float_const(-1.5));
            let chosen = b.select(less, half, other);
            b.push(chosen);
        },
    },
    Case {
        name: "truth of a Bool",
        handler: |x, y| {
            let (Value::Bool(x), Value::Bool(y)) = (x, y) else { return None };
            Some(Value::bool(*x && !*y))
        },
        lower: |b| {
            if b.operands() != [Bool, Bool] {
                return b.call_handler();
            }
            let (x, y) = (b.bool(0), b.bool(1));
            let not = b.not(y);
            let result = b.bool_op(BoolOp::And, x, not);
            b.push(result);
        },
    },
];

struct Lowerings;

impl JitExtension for Lowerings {
    fn can_compile(&self, op: ExtensionOp) -> bool {
        op.id == ID
    }

    fn lower(&self, op: ExtensionOp, b: &mut ExtensionBuilder) {
        (CASES[op.arg].lower)(b);
    }
}

/// Runs the op of a case on each pair of values, and gives the results with the number of calls of the handler.
fn run(case: usize, pairs: &[(Value, Value)], lowered: bool) -> (VMResult, usize) {
    let (xs, ys, i, results) = (0, 1, 2, 3);
    let mut b = ChunkBuilder::new();
    b.declare_extension(ID, false, 2, 1, Effects::PURE);
    b.emit(Op::MakeArray(0), 1);
    b.emit(Op::SetSlot(results), 1);
    b.emit(Op::LoadInt(0), 1);
    b.emit(Op::SetSlot(i), 1);
    let top = b.emit(Op::GetSlot(i), 2);
    b.emit(Op::SlotArrayGet(xs), 2);
    b.emit(Op::GetSlot(i), 2);
    b.emit(Op::SlotArrayGet(ys), 2);
    b.emit(Op::Extended(ID, case as u8), 2);
    b.emit(Op::SlotArrayPush(results), 2);
    b.emit(Op::PreIncSlot(i), 3);
    b.emit(Op::LoadInt(pairs.len() as i64), 3);
    b.emit(Op::NumLt, 3);
    b.emit(Op::JumpIfTrue(top), 3);
    b.emit(Op::GetSlot(results), 4);
    let mut vm = VM::new(b.build());
    vm.set_slot(xs, Value::array(pairs.iter().map(|pair| pair.0.clone()).collect()));
    vm.set_slot(ys, Value::array(pairs.iter().map(|pair| pair.1.clone()).collect()));
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    vm.set_extension_handler(Box::new(move |vm, _, case| {
        counter.fetch_add(1, Ordering::Relaxed);
        let (y, x) = (vm.pop(), vm.pop());
        let result = (CASES[usize::from(case)].handler)(&x, &y);
        vm.push(result.unwrap_or_default());
    }));
    if lowered {
        vm.set_jit_extension(Box::new(Lowerings));
    }
    let result = vm.run();
    (result, calls.load(Ordering::Relaxed))
}

/// Each pair of some values, again and again.
fn pairs_of(values: &[Value], rounds: usize) -> Vec<(Value, Value)> {
    let pairs = values.iter().flat_map(|x| values.iter().map(move |y| (x.clone(), y.clone())));
    let pairs: Vec<(Value, Value)> = pairs.collect();
    pairs.iter().cycle().take(pairs.len() * rounds).cloned().collect()
}

#[test]
fn lowerings_compute_what_handlers_compute() {
    JitCompiler::new().set_config(TraceJitConfig {
        trace_threshold: 1,
        block_threshold: 1,
        ..TraceJitConfig::default()
    });
    let ints = [0, 1, -1, 2, 3, 7, -10, 63, 64, 65, 1 << 40, i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
    let floats = [
        0.0,
        -0.0,
        1.0,
        -2.5,
        0.1,
        1e18,
        9007199254740993.0,
        -9223372036854775808.0,
        9223372036854775808.0,
        1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MIN_POSITIVE,
    ];
    let ints: Vec<Value> = ints.into_iter().map(Value::int).collect();
    let floats: Vec<Value> = floats.into_iter().map(Value::float).collect();
    let bools = [Value::bool(true), Value::bool(false)];
    let mixed = [ints[3].clone(), floats[3].clone(), bools[0].clone(), Value::str("x")];
    for (number, case) in CASES.iter().enumerate() {
        for values in [&ints[..], &floats, &bools, &mixed] {
            let pairs = pairs_of(values, 2);
            let (expected, calls) = run(number, &pairs, false);
            assert_eq!(calls, pairs.len(), "{}", case.name);
            let (result, _) = run(number, &pairs, true);
            // A NaN differs from itself, so the results are compared as they are written.
            assert_eq!(format!("{result:?}"), format!("{expected:?}"), "{} {values:?}", case.name);
        }
    }
}

/// In native code the handler is not called.
#[test]
fn lowered_ops_need_no_handler() {
    JitCompiler::new().set_config(TraceJitConfig {
        trace_threshold: 1,
        block_threshold: 1,
        ..TraceJitConfig::default()
    });
    let values: Vec<Value> = (1..50).map(Value::int).collect();
    let pairs = pairs_of(&values, 2);
    let (expected, _) = run(0, &pairs, false);
    let (result, calls) = run(0, &pairs, true);
    assert_eq!(result, expected);
    assert!(calls < pairs.len() / 10, "{calls} calls for {} ops", pairs.len());
}
