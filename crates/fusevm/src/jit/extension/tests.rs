//! Lowerings: what they compute, what is refused, and what the compilers are told.

use super::*;
use crate::chunk::ChunkBuilder;
use crate::op::Effects;

/// Runs a lowering as compilers must understand it: `None` is an exit.
fn evaluate(code: &ExtensionCode, operands: &[Constant]) -> Option<Vec<Constant>> {
    let mut values: Vec<Constant> = Vec::new();
    for step in &code.steps {
        let at = |value: u32| values[value as usize];
        let value = match *step {
            Step::Operand(index) => operands[usize::from(index)],
            Step::Int(value) => Constant::Int(value),
            Step::Float(bits) => Constant::Float(f64::from_bits(bits)),
            Step::Bool(value) => Constant::Bool(value),
            Step::IntOp(op, a, b) => {
                let (a, b) = (at(a).int(), at(b).int());
                Constant::Int(match op {
                    IntOp::Add => a.wrapping_add(b),
                    IntOp::Sub => a.wrapping_sub(b),
                    IntOp::Mul => a.wrapping_mul(b),
                    IntOp::AddExact => a.checked_add(b)?,
                    IntOp::SubExact => a.checked_sub(b)?,
                    IntOp::MulExact => a.checked_mul(b)?,
                    IntOp::Div => a.checked_div(b)?,
                    IntOp::Rem => a.checked_rem(b)?,
                    IntOp::And => a & b,
                    IntOp::Or => a | b,
                    IntOp::Xor => a ^ b,
                    IntOp::Shl => a.wrapping_shl(b as u32),
                    IntOp::Shr => a.wrapping_shr(b as u32),
                    IntOp::ShrLogical => (a as u64).wrapping_shr(b as u32) as i64,
                })
            }
            Step::FloatOp(op, a, b) => {
                let (a, b) = (at(a).float(), at(b).float());
                Constant::Float(match op {
                    FloatOp::Add => a + b,
                    FloatOp::Sub => a - b,
                    FloatOp::Mul => a * b,
                    FloatOp::Div => a / b,
                })
            }
            Step::FloatFunction(function, a) => Constant::Float(match function {
                FloatFunction::Negate => -at(a).float(),
                FloatFunction::Abs => at(a).float().abs(),
                FloatFunction::Sqrt => at(a).float().sqrt(),
            }),
            Step::BoolOp(op, a, b) => {
                let (a, b) = (at(a).bool(), at(b).bool());
                Constant::Bool(match op {
                    BoolOp::And => a && b,
                    BoolOp::Or => a || b,
                    BoolOp::Xor => a != b,
                })
            }
            Step::Not(a) => Constant::Bool(!at(a).bool()),
            Step::CompareInts(comparison, a, b) => compare(comparison, at(a).int(), at(b).int()),
            Step::CompareFloats(comparison, a, b) => compare(comparison, at(a).float(), at(b).float()),
            Step::IntToFloat(a) => Constant::Float(at(a).int() as f64),
            Step::FloatToInt(a) => {
                let float = at(a).float();
                let int = float as i64;
                let is_exact = (int as f64).to_bits() == float.to_bits() && int != i64::MAX;
                Constant::Int(is_exact.then_some(int)?)
            }
            Step::Select { condition, then, otherwise } => {
                if at(condition).bool() {
                    at(then)
                } else {
                    at(otherwise)
                }
            }
            Step::ExitUnless(condition) => {
                if !at(condition).bool() {
                    return None;
                }
                Constant::Nothing
            }
        };
        values.push(value);
    }
    Some(code.results.iter().map(|step| values[*step as usize]).collect())
}

fn compare<T: PartialOrd>(comparison: Comparison, a: T, b: T) -> Constant {
    Constant::Bool(match comparison {
        Comparison::Eq => a == b,
        Comparison::Ne => a != b,
        Comparison::Lt => a < b,
        Comparison::Le => a <= b,
        Comparison::Gt => a > b,
        Comparison::Ge => a >= b,
    })
}

/// A value of a lowering that is run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Constant {
    Int(i64),
    Float(f64),
    Bool(bool),
    Nothing,
}

impl Constant {
    fn int(self) -> i64 {
        let Constant::Int(value) = self else { panic!("{self:?} is no integer") };
        value
    }

    fn float(self) -> f64 {
        let Constant::Float(value) = self else { panic!("{self:?} is no float") };
        value
    }

    fn bool(self) -> bool {
        let Constant::Bool(value) = self else { panic!("{self:?} is no truth value") };
        value
    }
}

/// A frontend that lowers every op in the same way.
struct Lowering<F>(F);

impl<F: Fn(ExtensionOp, &mut ExtensionBuilder) + MaybeSend> JitExtension for Lowering<F> {
    fn can_compile(&self, op: ExtensionOp) -> bool {
        op.id != 99
    }

    fn lower(&self, op: ExtensionOp, b: &mut ExtensionBuilder) {
        self.0(op, b);
    }
}

/// The table of a chunk with one op of two operands and one result.
fn table_of(lower: impl Fn(ExtensionOp, &mut ExtensionBuilder) + MaybeSend) -> ExtensionTable {
    let mut b = ChunkBuilder::new();
    b.declare_extension(1, false, 2, 1, Effects::PURE);
    b.emit(Op::Extended(1, 5), 1);
    ExtensionTable::new(&b.build(), &Lowering(lower))
}

const OP: ExtensionOp = ExtensionOp { id: 1, wide: false, arg: 5 };

#[test]
fn lowerings_by_operand_kinds() {
    // Ints: the remainder with the sign of the divisor, scaled by the inline operand. Floats: only if both
    // are integers. Others: the handler.
    let table = table_of(|op, b| match *b.operands() {
        [SlotKind::Int, SlotKind::Int] => {
            let (x, y) = (b.int(0), b.int(1));
            let rest = b.int_op(IntOp::Rem, x, y);
            let zero = b.int_const(0);
            let signs = b.int_op(IntOp::Xor, rest, y);
            let (differ, some) =
                (b.compare_ints(Comparison::Lt, signs, zero), b.compare_ints(Comparison::Ne, rest, zero));
            let wrong = b.bool_op(BoolOp::And, differ, some);
            let moved = b.int_op(IntOp::Add, rest, y);
            let rest = b.select(wrong, moved, rest);
            let scale = b.int_const(op.arg as i64);
            let scaled = b.int_op(IntOp::MulExact, rest, scale);
            b.push(scaled);
        }
        [SlotKind::Float, SlotKind::Float] => {
            let (x, y) = (b.float(0), b.float(1));
            let ordered = b.compare_floats(Comparison::Le, x, y);
            b.exit_unless(ordered);
            let (x, y) = (b.float_to_int(x), b.float_to_int(y));
            let sum = b.int_op(IntOp::AddExact, x, y);
            b.push(sum);
        }
        _ => b.call_handler(),
    });
    let ints = table.code(OP, &[SlotKind::Int; 2]).expect("ints are lowered");
    for (x, y, expected) in [
        (7, 3, Some(5)),
        (-7, 3, Some(10)),
        (7, -3, Some(-10)),
        (-6, 3, Some(0)),
        (1, 0, None),
        (i64::MIN, -1, None),
        (i64::MAX - 1, i64::MAX, None),
    ] {
        let result = evaluate(ints, &[Constant::Int(x), Constant::Int(y)]);
        assert_eq!(result, expected.map(|value| vec![Constant::Int(value)]), "{x} {y}");
    }
    let floats = table.code(OP, &[SlotKind::Float; 2]).expect("floats are lowered");
    for (x, y, expected) in [
        (1.0, 2.0, Some(3)),
        (2.0, 1.0, None),
        (0.5, 1.0, None),
        (-0.0, 1.0, None),
        (f64::NAN, 1.0, None),
        (0.0, 9_223_372_036_854_775_808.0, None),
        (-9_223_372_036_854_775_808.0, 8.0, Some(i64::MIN + 8)),
    ] {
        let result = evaluate(floats, &[Constant::Float(x), Constant::Float(y)]);
        assert_eq!(result, expected.map(|value| vec![Constant::Int(value)]), "{x} {y}");
    }
    for kinds in [[SlotKind::Int, SlotKind::Float], [SlotKind::Bool; 2], [SlotKind::Str; 2]] {
        assert_eq!(table.code(OP, &kinds), None);
    }
    assert_eq!(table.code(ExtensionOp { arg: 6, ..OP }, &[SlotKind::Int; 2]), None, "not in the chunk");
}

/// A lowering that makes no sense leaves the op to its handler, whatever it is.
#[test]
fn bad_lowerings_are_refused() {
    let lowerings: [fn(&mut ExtensionBuilder); 6] = [
        |_| {},
        |b| {
            let x = b.int(0);
            b.push(x);
            b.push(x);
        },
        |b| {
            let x = b.int(2);
            b.push(x);
        },
        |b| {
            // Values of another builder: beyond the steps, and of another kind.
            let mut other = ExtensionBuilder::new(&[]);
            for _ in 0..9 {
                other.int_const(0);
            }
            let foreign = other.int_const(1);
            b.push(foreign);
        },
        |b| {
            let mut other = ExtensionBuilder::new(&[]);
            let foreign = other.float_const(1.0);
            b.int(0);
            let sum = b.float_op(FloatOp::Add, foreign, foreign);
            b.push(sum);
        },
        |b| {
            let mut value = b.int(0);
            for _ in 0..MAX_STEPS {
                value = b.int_op(IntOp::Add, value, value);
            }
            b.push(value);
        },
    ];
    for (number, lower) in lowerings.into_iter().enumerate() {
        let table = table_of(move |_, b| lower(b));
        assert_eq!(table.code(OP, &[SlotKind::Int; 2]), None, "lowering {number}");
    }
}

#[test]
fn only_declared_ops_of_few_operands_are_asked_for() {
    let mut b = ChunkBuilder::new();
    b.declare_extension(1, false, 4, 0, Effects::PURE);
    b.declare_extension(2, true, 5, 0, Effects::PURE);
    b.declare_extension(99, false, 0, 0, Effects::PURE);
    for op in [Op::Extended(1, 0), Op::ExtendedWide(2, 0), Op::Extended(3, 0), Op::Extended(99, 0)] {
        b.emit(op, 1);
    }
    let chunk = b.build();
    let table = ExtensionTable::new(
        &chunk,
        &Lowering(|_, b: &mut ExtensionBuilder| assert!(b.operands().len() == 4)),
    );
    let asked: Vec<u16> = table.codes.keys().map(|op| op.id).collect();
    assert_eq!(asked, [1]);
    assert_eq!(table.codes.values().map(Vec::len).sum::<usize>(), 81);
}

/// Code of one lowering must not be taken for that of another.
#[test]
fn tables_differ_as_bytes() {
    let constant = |value: f64| {
        table_of(move |_, b| {
            let value = b.float_const(value);
            b.push(value);
        })
        .to_bytes()
    };
    assert_eq!(constant(1.5), constant(1.5));
    assert_ne!(constant(0.0), constant(-0.0));
    assert_ne!(constant(1.5), ExtensionTable::default().to_bytes());
}
