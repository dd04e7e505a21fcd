//! Arithmetic, comparison of numbers, bits, math.

use super::super::{arith, bits, compare, math};
use super::{check, error_kind, float, int, text};
use crate::chunk::IntegerMode::{self, Float, Promote, Trap, Wrap};
use crate::error::{ErrorKind, OpResult};
use crate::op::Op;
use crate::value::{Ref, Value};
use std::f64::consts::{FRAC_PI_2, PI};

const MAX: i64 = i64::MAX;
const MIN: i64 = i64::MIN;
const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
/// 2^63, the first integer above those of 64 bits.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

type Binary = fn(&Value, &Value, IntegerMode) -> OpResult<Value>;

#[test]
fn integers_that_fit_stay_integers() {
    let cases: [(Binary, i64, i64, i64); 12] = [
        (arith::add, 2, 3, 5),
        (arith::add, MAX, MIN, -1),
        (arith::add, MAX - 1, 1, MAX),
        (arith::sub, 2, 3, -1),
        (arith::sub, MIN + 1, 1, MIN),
        (arith::sub, -1, MAX, MIN),
        (arith::sub, -1, MIN, MAX),
        (arith::mul, 6, -7, -42),
        (arith::mul, MIN, 1, MIN),
        (arith::mul, MAX, -1, MIN + 1),
        (arith::mul, 1 << 31, 1 << 31, 1 << 62),
        (arith::mul, 0, MIN, 0),
    ];
    for (op, a, b, expected) in cases {
        for mode in [Wrap, Promote, Trap] {
            let result = op(&int(a), &int(b), mode).expect("no overflow");
            check((a, b, mode), &result, &int(expected));
        }
    }
}

#[test]
fn overflow_follows_the_integer_mode() {
    let cases: [(Binary, i64, i64, i64, f64); 9] = [
        (arith::add, MAX, 1, MIN, TWO_63),
        (arith::add, MAX, MAX, -2, 2.0 * TWO_63),
        (arith::add, MIN, -1, MAX, -TWO_63),
        (arith::sub, MIN, 1, MAX, -TWO_63),
        (arith::sub, 0, MIN, MIN, TWO_63),
        (arith::mul, MIN, -1, MIN, TWO_63),
        (arith::mul, MAX, 2, -2, 2.0 * TWO_63),
        (arith::mul, MIN, MIN, 0, TWO_63 * TWO_63),
        (arith::mul, 1 << 32, 1 << 31, MIN, TWO_63),
    ];
    for (op, a, b, wrapped, promoted) in cases {
        let (a, b) = (int(a), int(b));
        check((&a, &b), &op(&a, &b, Wrap).expect("wraps"), &int(wrapped));
        check((&a, &b), &op(&a, &b, Promote).expect("promotes"), &float(promoted));
        assert_eq!(error_kind(op(&a, &b, Trap)), ErrorKind::Arithmetic);
        check((&a, &b), &op(&a, &b, Float).expect("floats"), &float(promoted));
    }
}

#[test]
fn unary_ops_follow_the_integer_mode() {
    type Unary = fn(&Value, IntegerMode) -> OpResult<Value>;
    let cases: [(Unary, i64, i64, f64); 3] =
        [(arith::inc, MAX, MIN, TWO_63), (arith::dec, MIN, MAX, -TWO_63), (arith::negate, MIN, MIN, TWO_63)];
    for (op, a, wrapped, promoted) in cases {
        check(a, &op(&int(a), Wrap).expect("wraps"), &int(wrapped));
        check(a, &op(&int(a), Promote).expect("promotes"), &float(promoted));
        assert_eq!(error_kind(op(&int(a), Trap)), ErrorKind::Arithmetic);
    }
    let cases: [(Unary, Value, IntegerMode, Value); 12] = [
        (arith::negate, int(0), Trap, int(0)),
        (arith::negate, int(MAX), Trap, int(-MAX)),
        (arith::negate, float(0.0), Wrap, float(-0.0)),
        (arith::negate, float(NAN), Wrap, float(NAN)),
        (arith::negate, text("2.5x"), Wrap, float(-2.5)),
        (arith::negate, Value::Undef, Wrap, int(0)),
        (arith::negate, int(0), Float, float(-0.0)),
        (arith::inc, float(-INF), Wrap, float(-INF)),
        (arith::inc, text("41"), Wrap, int(42)),
        (arith::inc, Value::Undef, Wrap, int(1)),
        (arith::dec, float(0.5), Wrap, float(-0.5)),
        (arith::dec, int(1), Float, float(0.0)),
    ];
    for (op, a, mode, expected) in cases {
        check((&a, mode), &op(&a, mode).expect("no error"), &expected);
    }
}

#[test]
fn every_kind_is_a_numeric_operand() {
    let cases = [
        (Value::Undef, int(0)),
        (Value::Bool(true), int(1)),
        (Value::Bool(false), int(0)),
        (Value::Status(-3), int(-3)),
        (text(""), int(0)),
        (text(" 12abc"), int(12)),
        (text("1.5"), float(1.5)),
        (text("1e3"), float(1000.0)),
        (text("9223372036854775807"), int(MAX)),
        (text("9223372036854775808"), float(TWO_63)),
        (text("0x10"), int(0)),
        (text("inf"), int(0)),
        (super::array([7, 8, 9]), int(3)),
        (Value::hash([("a", 1), ("b", 2)]), int(2)),
        (Value::Ref(Ref::new(int(5))), int(0)),
        (Value::NativeFn(9), int(0)),
    ];
    for (operand, number) in cases {
        let sum = arith::add(&operand, &int(0), Wrap).expect("no overflow");
        check(&operand, &sum, &number);
        let sum = arith::add(&operand, &int(0), Float).expect("no overflow");
        check(&operand, &sum, &float(number.to_float()));
    }
}

#[test]
fn any_float_makes_floats() {
    let cases: [(Binary, Value, Value, f64); 12] = [
        (arith::add, int(1), float(0.5), 1.5),
        (arith::add, float(INF), float(-INF), NAN),
        (arith::add, float(-0.0), float(-0.0), -0.0),
        (arith::add, float(-0.0), int(0), 0.0),
        (arith::add, int(MAX), float(0.0), TWO_63),
        (arith::sub, float(INF), float(INF), NAN),
        (arith::sub, float(0.0), float(0.0), 0.0),
        (arith::sub, float(-0.0), float(0.0), -0.0),
        (arith::mul, float(1e308), int(10), INF),
        (arith::mul, int(0), float(-1.0), -0.0),
        (arith::mul, float(INF), int(0), NAN),
        (arith::mul, float(5e-324), float(0.5), 0.0),
    ];
    for (op, a, b, expected) in cases {
        for mode in [Wrap, Promote, Trap, Float] {
            check((&a, &b), &op(&a, &b, mode).expect("floats do not overflow"), &float(expected));
        }
    }
}

#[test]
fn division_is_of_floats() {
    let cases = [
        (int(1), int(2), 0.5),
        (int(6), int(3), 2.0),
        (int(MIN), int(-1), TWO_63),
        (int(0), int(-5), -0.0),
        (float(-0.0), int(5), -0.0),
        (float(INF), float(INF), NAN),
        (int(1), float(INF), 0.0),
        (int(1), float(NAN), NAN),
        (text("7"), text("2"), 3.5),
    ];
    for (a, b, expected) in cases {
        for zero_is_error in [false, true] {
            check((&a, &b), &arith::div(&a, &b, zero_is_error).expect("no zero"), &float(expected));
        }
    }
    for zero in [int(0), float(0.0), float(-0.0), text("x"), Value::Undef] {
        check(&zero, &arith::div(&int(1), &zero, false).expect("Undef"), &Value::Undef);
        assert_eq!(error_kind(arith::div(&int(1), &zero, true)), ErrorKind::Arithmetic);
    }
}

#[test]
fn remainders_have_the_sign_of_the_dividend() {
    let cases = [
        (int(7), int(3), int(1)),
        (int(-7), int(3), int(-1)),
        (int(7), int(-3), int(1)),
        (int(-7), int(-3), int(-1)),
        (int(MIN), int(-1), int(0)),
        (int(MIN), int(MAX), int(-1)),
        (int(6), int(3), int(0)),
        (float(5.5), int(2), float(1.5)),
        (float(-5.5), int(2), float(-1.5)),
        (float(-4.0), int(2), float(-0.0)),
        (int(5), float(INF), float(5.0)),
        (float(INF), int(2), float(NAN)),
        (int(5), float(NAN), float(NAN)),
        (text("17"), text("5"), int(2)),
    ];
    for (a, b, expected) in cases {
        for zero_is_error in [false, true] {
            let result = arith::modulo(&a, &b, Wrap, zero_is_error).expect("no zero");
            check((&a, &b), &result, &expected);
        }
    }
    check("float mode", &arith::modulo(&int(-7), &int(7), Float, false).expect("no zero"), &float(-0.0));
    let zeros =
        [(int(5), int(0), int(0)), (float(5.5), int(0), float(0.0)), (int(5), float(-0.0), float(0.0))];
    for (a, zero, expected) in zeros {
        check((&a, &zero), &arith::modulo(&a, &zero, Wrap, false).expect("0"), &expected);
        assert_eq!(error_kind(arith::modulo(&a, &zero, Wrap, true)), ErrorKind::Arithmetic);
    }
}

#[test]
fn powers_are_floats() {
    let cases = [
        (int(2), int(10), 1024.0),
        (int(2), int(-1), 0.5),
        (int(0), int(0), 1.0),
        (float(NAN), int(0), 1.0),
        (int(1), float(NAN), 1.0),
        (int(-8), float(1.0 / 3.0), NAN),
        (int(-2), int(3), -8.0),
        (int(MIN), int(2), TWO_63 * TWO_63),
        (float(-0.0), int(-1), -INF),
        (text("3"), Value::Bool(true), 3.0),
    ];
    for (a, b, expected) in cases {
        check((&a, &b), &arith::pow(&a, &b), &float(expected));
    }
}

#[test]
fn numbers_are_ordered() {
    // From least to greatest; what stands together is equal.
    let order: [&[Value]; 10] = [
        &[float(-INF)],
        &[float(-1e300)],
        &[int(MIN), float(-TWO_63), text("-9223372036854775808")],
        &[int(-1), float(-1.0), Value::Status(-1)],
        &[int(0), float(0.0), float(-0.0), Value::Undef, Value::Bool(false), text("zero")],
        &[float(5e-324)],
        &[int(1), float(1.0), Value::Bool(true), text("1.0")],
        &[float(1.5), text("1.5e0")],
        &[float(TWO_63)],
        &[float(INF), text("1e999")],
    ];
    let ranked: Vec<(usize, &Value)> = order
        .iter()
        .enumerate()
        .flat_map(|(rank, group)| group.iter().map(move |value| (rank, value)))
        .collect();
    for (i, a) in &ranked {
        for (j, b) in &ranked {
            let results = [
                (compare::num_eq(a, b), i == j),
                (compare::num_ne(a, b), i != j),
                (compare::num_lt(a, b), i < j),
                (compare::num_gt(a, b), i > j),
                (compare::num_le(a, b), i <= j),
                (compare::num_ge(a, b), i >= j),
            ];
            for (position, (result, expected)) in results.iter().enumerate() {
                assert_eq!(result, expected, "comparison {position} of {a:?} and {b:?}");
            }
            check((a, b), &compare::spaceship(a, b), &int(i.cmp(j) as i64));
        }
    }
}

#[test]
fn two_integers_compare_exactly_and_mixed_ones_as_floats() {
    assert!(compare::num_lt(&int(MAX - 1), &int(MAX)));
    assert!(compare::num_eq(&int(MAX - 1), &float(TWO_63)));
    assert!(compare::num_lt(&text("9223372036854775806"), &text("9223372036854775807")));
}

#[test]
fn nothing_compares_with_nan_but_by_being_different() {
    for other in [int(0), float(NAN), float(INF), Value::Undef, text("nan")] {
        let nan = float(NAN);
        assert!(compare::num_ne(&nan, &other));
        for holds in [compare::num_eq, compare::num_lt, compare::num_gt, compare::num_le, compare::num_ge] {
            assert!(!holds(&nan, &other) && !holds(&other, &nan), "NaN and {other:?}");
        }
        check(&other, &compare::spaceship(&nan, &other), &Value::Undef);
    }
}

#[test]
fn bits_are_those_of_64_bit_integers() {
    type Bits = fn(&Value, &Value) -> Value;
    let cases: [(Bits, Value, Value, i64); 20] = [
        (bits::and, int(12), int(10), 8),
        (bits::or, int(12), int(10), 14),
        (bits::xor, int(12), int(10), 6),
        (bits::and, int(-1), int(MIN), MIN),
        (bits::and, float(3.9), text("7up"), 3),
        (bits::or, float(NAN), Value::Undef, 0),
        (bits::or, float(1e300), int(0), MAX),
        (bits::xor, float(-INF), int(0), MIN),
        (bits::shl, int(1), int(63), MIN),
        (bits::shl, int(1), int(64), 1),
        (bits::shl, int(1), int(65), 2),
        (bits::shl, int(1), int(-1), MIN),
        (bits::shl, int(3), int(63), MIN),
        (bits::shl, int(5), int(MIN), 5),
        (bits::shr, int(MIN), int(63), -1),
        (bits::shr, int(MIN), int(64), MIN),
        (bits::shr, int(-1), int(1), -1),
        (bits::shr, int(MAX), int(62), 1),
        (bits::shr, int(8), int(-61), 1),
        (bits::shr, float(8.9), text("2"), 2),
    ];
    for (op, a, b, expected) in cases {
        check((&a, &b), &op(&a, &b), &int(expected));
    }
    check("not", &bits::not(&int(MIN)), &int(MAX));
    check("not", &bits::not(&float(0.9)), &int(-1));
}

/// The result of a math op.
fn compute(op: Op, operands: &[Value]) -> Value {
    match (math::function(op).expect("a math op"), operands) {
        (math::Function::Float(f), [a]) => float(f(a.to_float())),
        (math::Function::Float2(f), [a, b]) => float(f(a.to_float(), b.to_float())),
        (math::Function::Int(f), [a]) => int(f(a.to_int())),
        (math::Function::Int2(f), [a, b]) => int(f(a.to_int(), b.to_int())),
        _ => panic!("{op:?} does not take {} operands", operands.len()),
    }
}

#[test]
fn float_functions() {
    let cases = [
        (Op::SqrtFloat, 9.0, 3.0),
        (Op::SqrtFloat, -1.0, NAN),
        (Op::SqrtFloat, -0.0, -0.0),
        (Op::SinFloat, 0.0, 0.0),
        (Op::CosFloat, 0.0, 1.0),
        (Op::TanFloat, -0.0, -0.0),
        (Op::AsinFloat, 1.0, FRAC_PI_2),
        (Op::AcosFloat, 2.0, NAN),
        (Op::AtanFloat, INF, FRAC_PI_2),
        (Op::SinhFloat, -INF, -INF),
        (Op::CoshFloat, 0.0, 1.0),
        (Op::TanhFloat, INF, 1.0),
        (Op::ExpFloat, -INF, 0.0),
        (Op::LogFloat, 0.0, -INF),
        (Op::LogFloat, -1.0, NAN),
        (Op::Log2Float, 8.0, 3.0),
        (Op::Log10Float, 1000.0, 3.0),
        (Op::AbsFloat, -0.0, 0.0),
        (Op::AbsFloat, -INF, INF),
        (Op::CeilFloat, -0.5, -0.0),
        (Op::CeilFloat, 1.1, 2.0),
        (Op::FloorFloat, -0.5, -1.0),
        (Op::TruncFloat, -1.9, -1.0),
        (Op::TruncFloat, 1e300, 1e300),
        (Op::RoundFloat, 0.5, 0.0),
        (Op::RoundFloat, 1.5, 2.0),
        (Op::RoundFloat, 2.5, 2.0),
        (Op::RoundFloat, -0.5, -0.0),
        (Op::RoundFloat, NAN, NAN),
    ];
    for (op, a, expected) in cases {
        check((op, a), &compute(op, &[float(a)]), &float(expected));
    }
    check("a string", &compute(Op::SqrtFloat, &[text("16 tons")]), &float(4.0));
    let cases = [
        (Op::PowFloat, 2.0, 0.5, std::f64::consts::SQRT_2),
        (Op::Atan2Float, 1.0, 0.0, FRAC_PI_2),
        (Op::Atan2Float, -0.0, -1.0, -PI),
    ];
    for (op, a, b, expected) in cases {
        check((op, a, b), &compute(op, &[float(a), float(b)]), &float(expected));
    }
}

#[test]
fn integer_functions_saturate() {
    let cases = [
        (Op::TruncInt, float(-1.9), -1),
        (Op::TruncInt, float(NAN), 0),
        (Op::TruncInt, float(1e300), MAX),
        (Op::TruncInt, float(-INF), MIN),
        (Op::AbsInt, int(-5), 5),
        (Op::AbsInt, int(MIN), MAX),
    ];
    for (op, a, expected) in cases {
        check((op, &a), &compute(op, std::slice::from_ref(&a)), &int(expected));
    }
    let cases = [
        (Op::GcdInt, 12, 18, 6),
        (Op::GcdInt, -4, 6, 2),
        (Op::GcdInt, 0, 0, 0),
        (Op::GcdInt, 0, -7, 7),
        (Op::GcdInt, MIN, 0, MAX),
        (Op::GcdInt, MIN, MIN, MAX),
        (Op::GcdInt, MIN, 6, 2),
        (Op::LcmInt, 4, 6, 12),
        (Op::LcmInt, -4, 6, 12),
        (Op::LcmInt, 0, 5, 0),
        (Op::LcmInt, MAX, 2, MAX),
        (Op::LcmInt, MIN, MIN, MAX),
        (Op::LcmInt, MAX, MAX - 1, MAX),
    ];
    for (op, a, b, expected) in cases {
        check((op, a, b), &compute(op, &[int(a), int(b)]), &int(expected));
    }
}
