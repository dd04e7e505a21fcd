//! Every operation on numbers with every limit: folded with none, one or both operands constant, it gives what it gives.

use super::eval::run;
use super::property::optimise_with;
use super::state::{State, Val, look_alike};
use crate::trace::ir::{Const, Ins, Ref, Snapshot, SnapshotId, Trace};
use crate::trace::ops::{Check, Kind, OPS, Op, Type};

fn ints() -> Vec<Const> {
    [0, 1, -1, 2, 3, -8, 63, 64, 1 << 53, (1 << 53) + 1, i64::MAX, i64::MIN, i64::MIN + 1]
        .map(Const::Int)
        .to_vec()
}

fn floats() -> Vec<Const> {
    let limits =
        [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -2.5, 1e300, 5e-324, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let exact = 9_007_199_254_740_992.0;
    limits
        .into_iter()
        .chain([-f64::NAN, exact, -exact, 2.0 * exact, f64::MAX, f64::MIN_POSITIVE])
        .map(Const::float)
        .collect()
}

fn limits(kind: Kind) -> Vec<Const> {
    match kind {
        Kind::Of(Type::Int) => ints(),
        Kind::Of(Type::Float) => floats(),
        Kind::Of(Type::Bool) => vec![Const::Bool(false), Const::Bool(true)],
        _ => Vec::new(),
    }
}

fn value(constant: Const) -> Val {
    match constant {
        Const::Bool(b) => Val::Bool(b),
        Const::Int(n) => Val::Int(n),
        Const::Float(bits) => Val::Float(bits),
        _ => Val::Undef,
    }
}

/// A trace under construction, whose operands are in registers.
struct Sketch {
    trace: Trace,
    snapshot: SnapshotId,
}

impl Sketch {
    fn new() -> Sketch {
        let mut trace = Trace::new();
        let snapshot = trace.snapshot(Snapshot { frames: Vec::new(), inst: 1, entries: Vec::new() });
        Sketch { trace, snapshot }
    }

    fn load(&mut self, register: i32, ty: Type) -> Ref {
        self.trace.push(Ins::new(Op::LoadRegister, &[]).imm(register).typed(ty).at(self.snapshot))
    }

    fn push(&mut self, op: Op, args: &[Ref]) -> Ref {
        let ins = Ins::new(op, args);
        self.trace.push(if op.info().effect.check == Check::Never { ins } else { ins.at(self.snapshot) })
    }

    fn store(&mut self, register: i32, value: Ref) {
        self.trace.push(Ins::new(Op::StoreRegister, &[value]).imm(register));
    }

    fn exit(mut self) -> Trace {
        self.trace.snapshot(Snapshot { frames: Vec::new(), inst: 2, entries: Vec::new() });
        self.trace.push(Ins::new(Op::Exit, &[]).at(SnapshotId(1)));
        self.trace
    }
}

/// Compares a trace and what passes make of it, for operands in registers 0 and 1.
fn compare(trace: &Trace, optimised: Option<&Trace>, operands: &[Const]) {
    let mut state = State::new(4, 0);
    for (register, operand) in operands.iter().enumerate() {
        *state.register(register as i32) = value(*operand);
    }
    let mut expected = state.clone();
    let exit = run(trace, &mut expected, &mut Vec::new());
    let Some(optimised) = optimised else {
        assert_eq!(exit.inst, 1, "{operands:?} would go through:\n{trace}");
        return;
    };
    let mut found = state;
    let found_exit = run(optimised, &mut found, &mut Vec::new());
    assert!(
        exit == found_exit && look_alike(&expected.shape(), &found.shape()),
        "{operands:?}: {exit:?} {:?}, not {found_exit:?} {:?}\n{trace}=>\n{optimised}",
        expected.shape(),
        found.shape(),
    );
}

#[test]
fn operations_fold_to_what_they_give() {
    let scalar = |kind: &Kind| !limits(*kind).is_empty();
    for op in OPS.iter().copied() {
        let info = op.info();
        let simple = info.effect.reads.is_empty() && info.effect.writes.is_empty();
        let divides = matches!(op, Op::Rem | Op::Quot);
        if !simple || info.operands.is_empty() || !info.operands.iter().all(scalar) || op.is_end() {
            continue;
        }
        let imm = if op == Op::Math2 { crate::trace::math::number("pow").unwrap() } else { 0 };
        let firsts = limits(info.operands[0]);
        let seconds = info.operands.get(1).map_or(vec![Const::Undef], |kind| limits(*kind));
        // Which operands are constants; or both are one value.
        for (constant_a, constant_b, same) in [
            (false, false, false),
            (true, false, false),
            (false, true, false),
            (true, true, false),
            (false, false, true),
        ] {
            for (a, b) in firsts.iter().flat_map(|a| seconds.iter().map(|b| (*a, *b))) {
                let b = if same { a } else { b };
                if divides && !matches!(b, Const::Int(1..)) {
                    continue;
                }
                let mut sketch = Sketch::new();
                let first = if constant_a { sketch.trace.constant(a) } else { sketch.load(0, a.ty()) };
                let second = match info.operands.len() {
                    1 => None,
                    _ if same => Some(first),
                    _ if constant_b => Some(sketch.trace.constant(b)),
                    _ => Some(sketch.load(1, b.ty())),
                };
                let args: Vec<Ref> = [first].into_iter().chain(second).collect();
                let result = sketch.push(op, &args);
                sketch.trace.code.last_mut().unwrap().imm = imm;
                if sketch.trace.ty(result) != Type::Nothing {
                    sketch.store(2, result);
                }
                let trace = sketch.exit();
                let optimised = optimise_with(&["fold", "guards", "range", "dce"], &trace).ok();
                compare(&trace, optimised.as_ref(), &[a, b]);
            }
        }
    }
}

#[test]
fn guards_say_of_others_what_is_true() {
    let comparisons = |ty| {
        let of = move |op: &Op| {
            op.info().operands == [Kind::Of(ty); 2] && op.info().produces == Op::Eq.info().produces
        };
        OPS.iter().copied().filter(of)
    };
    for (ty, values) in [(Type::Int, ints()), (Type::Float, floats())] {
        for (first, second) in comparisons(ty).flat_map(|a| comparisons(ty).map(move |b| (a, b))) {
            for (guard, swapped) in
                [(Op::True, false), (Op::True, true), (Op::False, false), (Op::False, true)]
            {
                let mut sketch = Sketch::new();
                let (a, b) = (sketch.load(0, ty), sketch.load(1, ty));
                let holds = sketch.push(first, &[a, b]);
                sketch.push(guard, &[holds]);
                let operands = if swapped { [b, a] } else { [a, b] };
                let result = sketch.push(second, &operands);
                sketch.store(2, result);
                let trace = sketch.exit();
                let optimised = optimise_with(&["fold", "guards", "range", "dce"], &trace).unwrap();
                for (a, b) in values.iter().flat_map(|a| values.iter().map(|b| (*a, *b))) {
                    compare(&trace, Some(&optimised), &[a, b]);
                }
            }
        }
    }
}
