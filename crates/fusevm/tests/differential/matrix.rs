//! The boundary matrix: every op of arithmetic, comparison, bits, strings and math, on every pair of
//! boundary values, in every form of operands that lowering tells apart.

use fusevm::chunk::IntegerMode;
use fusevm::value::Ref;
use fusevm::{Chunk, ChunkBuilder, Op, VM, VMResult, Value};
use fusevm_fuzz::{ENGINES, Engine, show};

const SECTIONS: [&str; 5] = ["Arithmetic", "Strings", "Comparison", "Logic and bits", "Math"];

/// One reads the clock, and the other ends the run when the count is large.
const EXCLUDED: [&str; 2] = ["TimeInt", "StringRepeat"];

/// Where an operand is when its op comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Slot,
    Constant,
    Temporary,
}

/// What becomes of the result.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    Pushed,
    /// Stored into the first operand's slot.
    Stored,
    /// Tested by a jump forward.
    Tested,
    /// Negated, then tested by a jump back.
    TestedBack,
}

fn values() -> Vec<Value> {
    let ints = [0, 1, -1, 64, i64::MAX, i64::MIN, (1 << 53) + 1];
    let floats = [-0.0, 3.0, 0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_992.0, 1e308];
    let strings = ["", "12abc", "-0"];
    let mut values: Vec<Value> = ints.map(Value::Int).into();
    values.extend(floats.map(Value::Float));
    values.extend(strings.map(Value::str));
    values.extend([
        Value::Undef,
        Value::Bool(true),
        Value::Bool(false),
        Value::Status(3),
        Value::NativeFn(2),
    ]);
    values.push(Value::array(vec![Value::Int(1), Value::Int(2)]));
    values.push(Value::hash([("k", Value::Int(1))]));
    values.push(Value::Ref(Ref::new(Value::Int(5))));
    values
}

/// Whether a value can be in the constant pool.
fn is_constant(value: &Value) -> bool {
    !matches!(value, Value::Ref(_))
}

fn ops() -> Vec<Op> {
    Op::table()
        .iter()
        .enumerate()
        .filter(|(_, info)| SECTIONS.contains(&info.section) && !EXCLUDED.contains(&info.name))
        .filter_map(|(ordinal, _)| Op::from_ordinal(ordinal, &[]))
        .collect()
}

fn load(b: &mut ChunkBuilder, values: &[Value], operand: usize, place: Place, slot: u16) {
    let name = b.add_name(&format!("v{operand}"));
    match (place, &values[operand]) {
        (Place::Slot, _) => b.emit(Op::GetSlot(slot), 1),
        (Place::Constant, Value::Int(n)) => b.emit(Op::LoadInt(*n), 1),
        (Place::Constant, Value::Float(x)) => b.emit(Op::LoadFloat(*x), 1),
        (Place::Constant, Value::Undef) => b.emit(Op::LoadUndef, 1),
        (Place::Constant, Value::Bool(true)) => b.emit(Op::LoadTrue, 1),
        (Place::Constant, Value::Bool(false)) => b.emit(Op::LoadFalse, 1),
        (Place::Constant, value) if is_constant(value) => {
            let constant = b.add_constant(value);
            b.emit(Op::LoadConst(constant), 1)
        }
        _ => b.emit(Op::GetVar(name), 1),
    };
}

/// Adds the result on the stack, or the error, to the global array `results`.
fn collect(b: &mut ChunkBuilder, begin: usize) {
    let results = b.add_name("results");
    b.emit(Op::TryEnd, 1);
    let handler = b.current_pos();
    b.patch_jump(begin, handler);
    b.emit(Op::ArrayPush(results), 1);
}

/// Uses the result of the op that was emitted last, and leaves one value.
fn use_result(b: &mut ChunkBuilder, wanted: Use) {
    match wanted {
        Use::Pushed => {}
        Use::Stored => {
            b.emit(Op::SetSlot(0), 1);
            b.emit(Op::GetSlot(0), 1);
        }
        Use::Tested => {
            let branch = b.emit(Op::JumpIfFalse(0), 1);
            b.emit(Op::LoadInt(1), 1);
            let over = b.emit(Op::Jump(0), 1);
            let other = b.current_pos();
            b.patch_jump(branch, other);
            b.emit(Op::LoadInt(2), 1);
            let end = b.current_pos();
            b.patch_jump(over, end);
        }
        Use::TestedBack => {
            b.emit(Op::LogNot, 1);
            // The way back must lie before the op, so `begin_back` has emitted it.
        }
    }
}

/// One op on every pair of values, each pair by ops of its own.
fn unrolled(op: Op, values: &[Value], places: (Place, Place), wanted: Use, mode: IntegerMode) -> Chunk {
    let mut b = ChunkBuilder::new();
    b.set_integer_mode(mode);
    b.set_div_zero_error(wanted == Use::Stored);
    let seconds = if op.pops() == 2 { values.len() } else { 1 };
    for first in 0..values.len() {
        for second in 0..seconds {
            for (slot, operand) in [(0, first), (1, second)] {
                load(&mut b, values, operand, Place::Temporary, 0);
                b.emit(Op::SetSlot(slot), 1);
            }
            let begin = b.emit(Op::TryBegin(0), 1);
            // A landing for the jump back.
            let mut landing = None;
            if wanted == Use::TestedBack {
                let over = b.emit(Op::Jump(0), 1);
                let at = b.current_pos();
                b.emit(Op::LoadInt(1), 1);
                landing = Some((at, b.emit(Op::Jump(0), 1)));
                let here = b.current_pos();
                b.patch_jump(over, here);
            }
            load(&mut b, values, first, places.0, 0);
            if op.pops() == 2 {
                load(&mut b, values, second, places.1, 1);
            }
            b.emit(op, 1);
            use_result(&mut b, wanted);
            if let Some((at, on)) = landing {
                b.emit(Op::JumpIfTrue(at), 1);
                b.emit(Op::LoadInt(2), 1);
                let end = b.current_pos();
                b.patch_jump(on, end);
            }
            collect(&mut b, begin);
        }
    }
    b.build()
}

/// One op in a sub that is called for every pair of values, so that one instruction meets all kinds.
fn called(op: Op, values: &[Value], wanted: Use, mode: IntegerMode) -> Chunk {
    let mut b = ChunkBuilder::new();
    b.set_integer_mode(mode);
    let name = b.add_name("f");
    let pops = op.pops();
    let over = b.emit(Op::Jump(0), 1);
    b.add_sub_entry(name, 1);
    for slot in (0..pops as u16).rev() {
        b.emit(Op::SetSlot(slot), 1);
    }
    for slot in 0..pops as u16 {
        b.emit(Op::GetSlot(slot), 1);
    }
    b.emit(op, 1);
    use_result(&mut b, wanted);
    b.emit(Op::ReturnValue, 1);
    let main = b.current_pos();
    b.patch_jump(over, main);
    for first in 0..values.len() {
        for second in 0..if pops == 2 { values.len() } else { 1 } {
            let begin = b.emit(Op::TryBegin(0), 1);
            load(&mut b, values, first, Place::Temporary, 0);
            if pops == 2 {
                load(&mut b, values, second, Place::Temporary, 0);
            }
            b.emit(Op::Call(name, pops as u8), 1);
            collect(&mut b, begin);
        }
    }
    b.build()
}

fn results(chunk: &Chunk, values: &[Value], engine: &Engine) -> Vec<String> {
    let mut vm = VM::new(chunk.clone());
    (engine.configure)(&mut vm);
    for (at, value) in values.iter().enumerate() {
        vm.set_global(&format!("v{at}"), value.clone());
    }
    let end = vm.run();
    assert!(!matches!(end, VMResult::Error(_)), "{end:?}");
    match vm.get_global("results") {
        Value::Array(results) => results.as_slice().iter().map(show).collect(),
        other => vec![show(&other)],
    }
}

/// Compares the engines, those with native code only when `native`: the compilation of so long a chunk takes
/// seconds without optimisation.
fn compare(chunk: &Chunk, values: &[Value], native: bool, what: impl Fn() -> String) -> Vec<String> {
    let expected = results(chunk, values, &ENGINES[0]);
    let width = if expected.len() == values.len() { 1 } else { values.len() };
    let mut differences = Vec::new();
    let engines = ENGINES[1..].iter().filter(|engine| native || !engine.name.contains("tier"));
    for engine in engines {
        let actual = results(chunk, values, engine);
        for (at, (expected, actual)) in expected.iter().zip(&actual).enumerate() {
            if expected != actual && differences.len() < 3 {
                let operands = (show(&values[at / width]), show(&values[at % width]));
                let (name, what) = (engine.name, what());
                differences.push(format!("{what} {operands:?}: reference {expected}, {name} {actual}"));
            }
        }
    }
    differences
}

#[test]
fn boundary_values_in_every_form() {
    use Place::{Constant, Slot, Temporary};
    let values = values();
    let places = [
        (Slot, Slot),
        (Slot, Constant),
        (Constant, Slot),
        (Temporary, Temporary),
        (Temporary, Constant),
        (Constant, Temporary),
        (Constant, Constant),
    ];
    let uses = [Use::Pushed, Use::Stored, Use::Tested, Use::TestedBack];
    // The modes differ for arithmetic only; elsewhere they take turns.
    let modes = IntegerMode::ALL;
    /// Every so manyth chunk runs natively too, an odd number, so that forms and modes take turns.
    const NATIVE: usize = 23;
    let mut chunks = 0;
    let mut differences = Vec::new();
    for (turn, op) in ops().into_iter().enumerate() {
        let info = op.info();
        let is_arithmetic = info.section == "Arithmetic";
        for (form, place) in places.into_iter().enumerate() {
            // All ops of math are executed by their functions, whatever the operands are.
            if form > 2 && (op.pops() == 1 || info.section == "Math") {
                continue;
            }
            let unary = [Slot, Constant, Temporary];
            let place = if op.pops() == 1 { (unary[form], Slot) } else { place };
            for (number, wanted) in uses.into_iter().enumerate() {
                let is_test = matches!(wanted, Use::Tested | Use::TestedBack);
                if is_test && (info.section != "Comparison" || form > 5) {
                    continue;
                }
                for (at, (name, mode)) in modes.into_iter().enumerate() {
                    if !is_arithmetic && (turn + form + number) % modes.len() != at {
                        continue;
                    }
                    let chunk = unrolled(op, &values, place, wanted, mode);
                    let what = || format!("{op:?} {place:?} {wanted:?} {name}");
                    differences.extend(compare(&chunk, &values, chunks % NATIVE == 0, what));
                    chunks += 1;
                }
            }
        }
        for (at, (name, mode)) in modes.into_iter().enumerate() {
            if !is_arithmetic && turn % modes.len() != at {
                continue;
            }
            let wanted = match info.section {
                "Comparison" => Use::Tested,
                "Arithmetic" if at % 2 == 0 => Use::Stored,
                _ => Use::Pushed,
            };
            let chunk = called(op, &values, wanted, mode);
            let what = || format!("{op:?} in a sub {wanted:?} {name}");
            differences.extend(compare(&chunk, &values, chunks % NATIVE == 0, what));
            chunks += 1;
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
