//! Instructions as typed operations of a [`Machine`].

use super::input::{Constant, Input, Number};
use super::kinds::{Kind, Place};
use super::machine::{
    Arithmetic, Bits, Comparison, Fact, FieldKey, FloatFunction, HashPlace, Key, Machine, Step,
};
use crate::chunk::IntegerMode;
use crate::code::{Inst, Opcode, TAKE_FIRST, TAKE_SECOND};
use crate::jit::SlotKind;
use crate::op::Op;
use crate::trace::math;
use crate::value::tag;

/// Whether other threads may hold what values point to: then cells have locks and counts are atomic, and the
/// functions of the interpreter see to that.
const SHARED: bool = cfg!(feature = "sync");

/// An operand: a register, or a constant of the instruction.
#[derive(Clone, Copy)]
enum Operand {
    Register(u16),
    Int(i64),
    Float(f64),
}

/// One instruction on one machine.
struct Translation<'t, M: Machine> {
    m: &'t mut M,
    input: &'t Input,
    at: u32,
    inst: Inst,
}

/// Translates an instruction.
pub(crate) fn translate<M: Machine>(m: &mut M, input: &Input, at: u32) {
    let inst = input.insts[at as usize];
    Translation { m, input, at, inst }.instruction();
}

impl<M: Machine> Translation<'_, M> {
    fn instruction(&mut self) {
        use Opcode::*;
        let Inst { op, a, b, c, imm } = self.inst;
        match op {
            Exit => self.m.leave(),
            Fuel => self.m.fuel(imm),
            Move => self.copy(a, b, c & TAKE_FIRST != 0),
            Swap => self.m.swap(a, b),
            Drop | LoadUndef => self.m.set_undef(a),
            LoadBool => {
                let value = self.m.boolean(imm != 0);
                self.m.set(a, value);
            }
            LoadInt => {
                let value = self.m.int(imm as i64);
                self.m.set(a, value);
            }
            LoadFloat => {
                let value = self.m.float(f64::from_bits(imm));
                self.m.set(a, value);
            }
            LoadConst => match self.input.constants.get(&self.at) {
                Some(Constant::Short(words)) => self.m.load_text(a, *words),
                _ => self.leaf(),
            },
            GetGlobal => match self.input.expected_once_set(self.at) {
                Some(tag) if Kind::of(tag).place() != Place::Memory || tag == tag::REF && !SHARED => {
                    self.m.global(a, imm, tag);
                }
                _ => self.leaf(),
            },
            SetGlobal if self.is_unboxed(b) => self.m.set_global(imm, b),
            SetGlobal => self.m.step(Step::Whole),

            Add | AddFloat | AddAny => {
                self.arithmetic(Arithmetic::Add, Operand::Register(b), Operand::Register(c))
            }
            AddI => self.arithmetic(Arithmetic::Add, Operand::Register(b), Operand::Int(imm as i64)),
            AddF => {
                self.arithmetic(Arithmetic::Add, Operand::Register(b), Operand::Float(f64::from_bits(imm)))
            }
            Sub | SubFloat | SubAny => {
                self.arithmetic(Arithmetic::Sub, Operand::Register(b), Operand::Register(c))
            }
            SubF => {
                self.arithmetic(Arithmetic::Sub, Operand::Register(b), Operand::Float(f64::from_bits(imm)))
            }
            SubKR => match self.constant() {
                Some(constant) => self.arithmetic(Arithmetic::Sub, constant, Operand::Register(c)),
                None => self.leaf(),
            },
            Mul | MulFloat | MulAny => {
                self.arithmetic(Arithmetic::Mul, Operand::Register(b), Operand::Register(c))
            }
            MulI => self.arithmetic(Arithmetic::Mul, Operand::Register(b), Operand::Int(imm as i64)),
            MulF => {
                self.arithmetic(Arithmetic::Mul, Operand::Register(b), Operand::Float(f64::from_bits(imm)))
            }
            Div | DivAwk => self.divide(Operand::Register(b), Operand::Register(c)),
            DivF => self.divide(Operand::Register(b), Operand::Float(f64::from_bits(imm))),
            DivKR => match self.constant() {
                Some(constant) => self.divide(constant, Operand::Register(c)),
                None => self.leaf(),
            },
            Mod => self.remainder(Operand::Register(b), Operand::Register(c)),
            ModI => self.remainder(Operand::Register(b), Operand::Int(imm as i64)),
            ModAwk => self.float_remainder(Operand::Register(b), Operand::Register(c)),
            Negate => self.negate(),
            Sqrt => self.float_function(FloatFunction::Sqrt, a, b),

            BitAnd => self.bits(Bits::And, Operand::Register(c)),
            BitOr => self.bits(Bits::Or, Operand::Register(c)),
            BitXor => self.bits(Bits::Xor, Operand::Register(c)),
            BitAndK | ShlK | ShrK => {
                let bits = match op {
                    BitAndK => Bits::And,
                    ShlK => Bits::Shl,
                    _ => Bits::Shr,
                };
                match self.constant() {
                    Some(constant) => self.bits(bits, constant),
                    None => self.leaf(),
                }
            }

            Lt => self.compare_value(Comparison::Lt),
            Le => self.compare_value(Comparison::Le),
            Eq => self.compare_value(Comparison::Eq),
            Ne => self.compare_value(Comparison::Ne),
            Not | Truth => match self.truth_of(b) {
                Some(value) => {
                    let value = if op == Not { self.m.not(value) } else { value };
                    self.m.set(a, value);
                }
                None => self.leaf(),
            },

            Jump => {
                let target = self.input.target(self.at);
                self.m.jump(target);
            }
            Loop => {
                self.m.poll();
                let target = self.input.target(self.at);
                self.m.jump(target);
            }
            JumpTrue | JumpFalse | LoopTrue | LoopFalse => self.branch_on_truth(),
            JumpTable => {
                let targets = self.input.lists.tables[imm as usize].clone();
                self.m.step_branch(&targets);
            }
            IncLoopLt | IncLoopLe => self.increment_and_loop(Operand::Register(b)),
            IncLoopLtI | IncLoopLeI => self.increment_and_loop(Operand::Int(self.small())),

            Call => match self.input.callees.get(&(imm as u32)) {
                Some(body) if self.input.bodies[*body as usize].takes == u32::from(b) => {
                    self.m.call(*body, a, b, c, self.input.expected(self.at));
                }
                _ => self.m.leave(),
            },
            TailCall | CallDynamic | End | EndEmpty | Throw => self.m.leave(),
            Return => self.m.return_from(Some(a)),
            ReturnUndef => self.m.return_from(None),

            IndexGet if self.is_hash_key(b, c) => self.entry(a, HashPlace::Register(b), c),
            ArrayGet | IndexGet => self.element(a, b, Operand::Register(c)),
            ArrayGetI => self.element(a, b, Operand::Int(imm as i64)),
            ArraySet => self.set_element(a, Operand::Register(c), b),
            IndexSet if self.is_hash_key(c, b) => self.set_entry(HashPlace::Register(c), b, a),
            IndexSet => self.set_element(c, Operand::Register(b), a),
            ArrayPush if !SHARED && self.m.kind(a).is(tag::ARRAY) && self.is_unboxed(b) => self.m.push(a, b),
            ArrayLen if self.m.kind(b).is(tag::ARRAY) => self.m.length(a, b),

            IndexGetK => match self.constant() {
                Some(Operand::Int(n)) => self.element(a, b, Operand::Int(n)),
                _ => self.field(a, b),
            },
            IndexSetK => match self.constant() {
                Some(Operand::Int(n)) => self.set_element(b, Operand::Int(n), a),
                _ => self.set_field(b, a),
            },

            HashGet => self.entry(a, HashPlace::Register(b), c),
            HashSet => self.set_entry(HashPlace::Register(a), c, b),

            Concat if a == b && a != c && [a, c].iter().all(|at| self.m.kind(*at).is(tag::STR)) => {
                self.m.append(a, c);
            }
            StrEq | StrNe if [b, c].iter().all(|at| self.m.kind(*at).is(tag::STR)) => {
                let is_taken = |flag: u16| imm as u16 & flag != 0;
                self.m.same_text(a, [(b, is_taken(TAKE_FIRST)), (c, is_taken(TAKE_SECOND))], op == StrEq);
            }
            Concat | ConcatK | ConcatKR | Length | FieldLength => self.leaf(),
            StringLen | StrEq | StrNe | ArrayPush | ArrayLen | HashExists | SlotOp | RefGet | RefSet
            | GetCapture | SetCapture => self.leaf(),
            FieldGet | FieldAt | FieldNumber | FieldNumberAt | FieldMatches | FieldIs | FieldMatchesAt
            | FieldIsAt | FieldCount | SpecialGet | ToText => self.leaf(),
            Join
            | JoinKeys
            | Index
            | Sprintf
            | ToLower
            | ToUpper
            | Matches
            | Match
            | FieldLengthAt
            | ElementAppend
            | Output
            | FieldElementAdd
            | FieldElementIncrement
            | Addend
            | ElementDelete
            | ElementAddend
            | FieldElementAddend => self.leaf(),
            Substr => self.substr(),
            ElementGet => self.entry(a, HashPlace::Global(imm), b),
            ElementSet => self.set_entry(HashPlace::Global(imm), b, a),
            ElementAdd if self.adds_to_key(b) && self.m.kind(a).is(tag::FLOAT) => {
                self.m.add_to_entry(None, HashPlace::Global(imm), Key::Register(b), Some(a));
                self.consume(b);
            }
            ElementIncrement if self.adds_to_key(b) => {
                self.m.add_to_entry(Some(a), HashPlace::Global(imm), Key::Register(b), None);
                self.consume(b);
            }
            ElementAdd | ElementIncrement => self.leaf(),
            JoinedGet | JoinedSet | JoinedAdd | JoinedIncrement | JoinedExists => self.joined(),
            ToNumber | ToComparable if self.m.kind(b).is(tag::FLOAT) => {
                let value = self.m.get(b);
                self.m.set(a, value);
            }
            ToNumber | ToComparable => self.leaf(),
            CellElement | NestedGet if self.is_hash_key(b, c) => self.entry(a, HashPlace::Register(b), c),
            NestedSet if self.is_hash_key(c, b) && !self.m.kind(a).is(tag::UNDEF) => {
                self.set_entry(HashPlace::Register(c), b, a);
            }
            Subarray if self.is_hash_key(b, c) => self.nested(),
            IndexExists if self.is_hash_key(b, c) => self.has_entry(HashPlace::Register(b), c),
            ElementExists if self.is_key(b) => self.has_entry(HashPlace::Global(imm), b),
            CellElement | NestedGet | NestedSet | Subarray | IndexExists | ElementExists => self.leaf(),
            Subscript if self.m.kind(b).is(tag::FLOAT) => {
                let (value, zero) = (self.m.get(b), self.m.float(0.0));
                self.m.expect_integral(value);
                // As a key, -0 is 0.
                let key = self.m.float_arithmetic(Arithmetic::Add, value, zero);
                self.m.set(a, key);
            }
            Subscript if self.m.kind(b).is(tag::STR) && a == b => {}
            Subscript if self.m.kind(b).is(tag::STR) => self.copy(a, b, c & TAKE_FIRST != 0),
            Subscript => self.leaf(),

            Exec if self.input.never_goes_on(self.at) => self.m.leave(),
            ExecLeaf => self.exec_leaf(),
            SplitInto | SubRecord | GsubRecord | SubText | GsubText => self.leaf(),
            Print | PrintJoined | Printf if !self.input.is_redirected(self.at) => self.leaf(),
            Extension => self.extension(),
            Exec | Print | PrintJoined | Printf | ReadRecord | ReadSelected | ReadLine | Builtin
            | OpenScope | CloseScope | Declare | WholeLoop => {
                self.m.step(Step::Whole);
                self.speculate();
            }
            Iterate => {
                let entry = self.input.lists.blocks[imm as usize].entry;
                self.m.step_branch(&[self.at + 1, entry]);
            }
            BlockEnd => {
                let targets = self.input.block_end_targets(self.at);
                self.m.step_branch(&targets);
            }
            _ => self.branch_on_comparison(),
        }
    }

    /// An extension op: what its frontend has lowered it to, or a call of the handler.
    fn extension(&mut self) {
        let Inst { a: first, b: pops, c: pushes, .. } = self.inst;
        let operands = first..first + pops;
        let tags: Option<Vec<u8>> = operands.clone().map(|register| self.m.kind(register).single()).collect();
        let kinds: Vec<SlotKind> = tags.into_iter().flatten().map(SlotKind::of_tag).collect();
        let input = self.input;
        let code = input.lowered(self.at, &kinds).filter(|_| kinds.len() == usize::from(pops));
        let Some(code) = code.filter(|_| !input.failed(self.at)) else {
            self.m.step(Step::Whole);
            return self.speculate();
        };
        let values: Vec<M::Value> = operands.clone().map(|register| self.m.get(register)).collect();
        let results = self.m.extension(code, &values);
        for (register, result) in (first..first + pushes).zip(results) {
            self.m.set(register, result);
        }
        for register in operands.skip(pushes.into()) {
            self.m.set_undef(register);
        }
    }

    // ---- operands ------------------------------------------------------------------------------

    fn small(&self) -> i64 {
        i64::from((self.inst.imm as i64 >> 32) as i32)
    }

    /// The number among the instruction's operands.
    fn constant(&self) -> Option<Operand> {
        match self.input.constants.get(&self.at)? {
            Constant::Int(n) => Some(Operand::Int(*n)),
            Constant::Float(x) => Some(Operand::Float(*x)),
            Constant::Short(_) | Constant::Other(_) => None,
        }
    }

    fn kind(&self, operand: Operand) -> Kind {
        match operand {
            Operand::Register(register) => self.m.kind(register),
            Operand::Int(n) => Kind::range(n, n),
            Operand::Float(_) => Kind::FLOAT,
        }
    }

    /// Whether a register's value is a scalar out of memory.
    fn is_unboxed(&self, register: u16) -> bool {
        self.m.kind(register).place() != Place::Memory
    }

    /// The operand's value, which has the tag: guarded where that is not known.
    fn value(&mut self, operand: Operand, tag: u8) -> M::Value {
        match operand {
            Operand::Register(register) => {
                if self.number_or_undef(self.m.kind(register)) == Some(tag) {
                    return self.m.get_or_zero(register, tag);
                }
                if !self.m.kind(register).is(tag) {
                    self.m.expect(register, tag);
                }
                self.m.get(register)
            }
            Operand::Int(n) => self.m.int(n),
            Operand::Float(x) => self.m.float(x),
        }
    }

    /// The operand's value as a Float.
    fn float(&mut self, operand: Operand, tag: u8) -> M::Value {
        if let Operand::Int(n) = operand {
            return self.m.float(n as f64);
        }
        let value = self.value(operand, tag);
        if tag == tag::INT { self.m.to_float(value) } else { value }
    }

    /// Which number an operand is, or is guessed to be.
    fn number(&self, operand: Operand, guess: Option<u8>) -> Option<u8> {
        let kind = self.kind(operand);
        match kind.single() {
            Some(tag) => Input::is_number(tag).then_some(tag),
            None if let Some(tag) = self.number_or_undef(kind) => Some(tag),
            None => guess.filter(|tag| kind.can_be(*tag) && !self.input.failed(self.at)),
        }
    }

    /// Which number a value is that is one or Undef. That counts as an Int, so beside Floats only where there are no Ints.
    fn number_or_undef(&self, kind: Kind) -> Option<u8> {
        let is = |tag: u8| kind.tags == 1 << tag | 1 << tag::UNDEF;
        match self.input.mode {
            IntegerMode::Float if is(tag::FLOAT) => Some(tag::FLOAT),
            _ => is(tag::INT).then_some(tag::INT),
        }
    }

    /// What the operands' numbers are: from what is known, or from what the result has been.
    fn numbers(&self, x: Operand, y: Operand, result: Option<u8>) -> Option<(u8, u8)> {
        let guess = result.filter(|tag| Input::is_number(*tag));
        Some((self.number(x, guess)?, self.number(y, guess)?))
    }

    /// The tag that arithmetic has given so far, as feedback or quickening tells.
    fn guess(&self) -> Option<u8> {
        use Opcode::*;
        self.input.expected(self.at).or(match self.inst.op {
            AddFloat | SubFloat | MulFloat => Some(tag::FLOAT),
            _ => None,
        })
    }

    // ---- results -------------------------------------------------------------------------------

    /// Does the instruction by its function in the interpreter.
    fn leaf(&mut self) {
        self.m.step(Step::Leaf);
        self.speculate();
    }

    /// A part of a text, by numbers that are Floats.
    fn substr(&mut self) {
        let is_float = |m: &M, number: &Number| match number {
            Number::Register(register) => m.kind(*register).is(tag::FLOAT),
            Number::Constant(_) => true,
        };
        match self.input.ranges.get(&self.at) {
            Some(range) if range.iter().all(|number| is_float(self.m, number)) => {
                let numbers = range.map(|number| match number {
                    Number::Register(register) => (Some(register), self.m.get(register)),
                    Number::Constant(number) => (None, self.m.float(number)),
                });
                self.m.substr(numbers);
            }
            _ => self.leaf(),
        }
    }

    /// Guards that the destination has the tag that it has always had.
    fn speculate(&mut self) {
        if let Some(register) = self.inst.dest()
            && self.m.kind(register).single().is_none()
            && let Some(tag) = self.input.expected(self.at)
            && self.m.kind(register).can_be(tag)
        {
            self.m.expect_after(register, tag);
        }
    }

    fn copy(&mut self, to: u16, from: u16, take: bool) {
        match self.m.kind(from).place() {
            Place::Memory => self.m.copy(to, from, take),
            Place::Undef => self.m.set_undef(to),
            _ => {
                let value = self.m.get(from);
                self.m.set(to, value);
            }
        }
    }

    // ---- arithmetic ----------------------------------------------------------------------------

    fn arithmetic(&mut self, op: Arithmetic, x: Operand, y: Operand) {
        let Some((tx, ty)) = self.numbers(x, y, self.guess()) else { return self.leaf() };
        let float_mode = self.input.mode == IntegerMode::Float;
        let result = if tx == tag::INT && ty == tag::INT && !float_mode {
            if self.input.failed(self.at) {
                return self.leaf();
            }
            let (x, y) = (self.value(x, tx), self.value(y, ty));
            self.m.arithmetic(op, x, y, self.input.mode == IntegerMode::Wrap)
        } else {
            let (x, y) = (self.float(x, tx), self.float(y, ty));
            self.m.float_arithmetic(op, x, y)
        };
        self.m.set(self.inst.a, result);
    }

    fn divide(&mut self, x: Operand, y: Operand) {
        let numbers = self.numbers(x, y, Some(tag::FLOAT));
        let Some((tx, ty)) = numbers.filter(|_| !self.input.failed(self.at)) else { return self.leaf() };
        let (x, y) = (self.float(x, tx), self.float(y, ty));
        let result = self.m.divide(x, y);
        self.m.set(self.inst.a, result);
    }

    fn remainder(&mut self, x: Operand, y: Operand) {
        match self.numbers(x, y, self.guess()) {
            Some((tag::INT, tag::INT))
                if !self.input.failed(self.at) && self.input.mode != IntegerMode::Float =>
            {
                let (x, y) = (self.value(x, tag::INT), self.value(y, tag::INT));
                let result = self.m.remainder(x, y);
                self.m.set(self.inst.a, result);
            }
            _ => self.leaf(),
        }
    }

    fn float_remainder(&mut self, x: Operand, y: Operand) {
        let numbers = self.numbers(x, y, Some(tag::FLOAT)).filter(|_| !self.input.failed(self.at));
        let Some((tx, ty)) = numbers else { return self.leaf() };
        let (x, y) = (self.float(x, tx), self.float(y, ty));
        let result = self.m.float_remainder(x, y);
        self.m.set(self.inst.a, result);
    }

    fn negate(&mut self) {
        let operand = Operand::Register(self.inst.b);
        match self.number(operand, self.guess()) {
            Some(tag::FLOAT) => self.float_function(FloatFunction::Negate, self.inst.a, self.inst.b),
            Some(tag::INT) if self.input.mode != IntegerMode::Float && !self.input.failed(self.at) => {
                let value = self.value(operand, tag::INT);
                let zero = self.m.int(0);
                let wraps = self.input.mode == IntegerMode::Wrap;
                let result = self.m.arithmetic(Arithmetic::Sub, zero, value, wraps);
                self.m.set(self.inst.a, result);
            }
            _ => self.leaf(),
        }
    }

    fn float_function(&mut self, function: FloatFunction, to: u16, from: u16) {
        let operand = Operand::Register(from);
        match self.number(operand, Some(tag::FLOAT)) {
            Some(tag) => {
                let value = self.float(operand, tag);
                let result = self.m.float_function(function, value);
                self.m.set(to, result);
            }
            None => self.leaf(),
        }
    }

    fn bits(&mut self, op: Bits, y: Operand) {
        let x = Operand::Register(self.inst.b);
        match self.numbers(x, y, Some(tag::INT)) {
            Some((tag::INT, tag::INT)) => {
                let (x, y) = (self.value(x, tag::INT), self.value(y, tag::INT));
                let result = self.m.bits(op, x, y);
                self.m.set(self.inst.a, result);
            }
            _ => self.leaf(),
        }
    }

    /// An op that has no instruction of its own and calls nobody: some have native forms.
    fn exec_leaf(&mut self) {
        let Inst { a, b: pops, .. } = self.inst;
        let op = self.input.ops.get(&self.at).copied().unwrap_or(Op::Nop);
        let is_int = |m: &M, register| m.kind(register).is(tag::INT);
        match (op, pops) {
            (Op::Shl | Op::Shr, 2) if is_int(self.m, a) && is_int(self.m, a + 1) => {
                let (x, y) = (self.m.get(a), self.m.get(a + 1));
                let bits = if matches!(op, Op::Shl) { Bits::Shl } else { Bits::Shr };
                let result = self.m.bits(bits, x, y);
                self.m.set(a, result);
            }
            (Op::BitNot, 1) if is_int(self.m, a) => {
                let (x, ones) = (self.m.get(a), self.m.int(-1));
                let result = self.m.bits(Bits::Xor, x, ones);
                self.m.set(a, result);
            }
            (Op::AbsFloat | Op::FloorFloat | Op::CeilFloat | Op::TruncFloat, 1)
                if is_int(self.m, a) || self.m.kind(a).is(tag::FLOAT) =>
            {
                let function = match op {
                    Op::AbsFloat => FloatFunction::Abs,
                    Op::FloorFloat => FloatFunction::Floor,
                    Op::CeilFloat => FloatFunction::Ceil,
                    _ => FloatFunction::Trunc,
                };
                self.float_function(function, a, a);
            }
            (Op::AwkInt | Op::AwkSqrt, 1) if self.m.kind(a).is(tag::FLOAT) => {
                let is_root = matches!(op, Op::AwkSqrt);
                self.float_function(if is_root { FloatFunction::Sqrt } else { FloatFunction::Trunc }, a, a);
            }
            (op, 1 | 2) if let Some(function) = math::number_of(op) => self.math(function, a, pops),
            _ => self.leaf(),
        }
    }

    /// A function of floats, which is a call, of one or two values from a register on.
    fn math(&mut self, function: usize, first: u16, count: u16) {
        let operands: Vec<Operand> = (first..first + count).map(Operand::Register).collect();
        let tags: Vec<Option<u8>> = operands.iter().map(|operand| self.number(*operand, None)).collect();
        let values: Option<Vec<M::Value>> =
            operands.iter().zip(tags).map(|(operand, tag)| Some(self.float(*operand, tag?))).collect();
        let Some(values) = values else { return self.leaf() };
        let result = self.m.math(function, &values);
        for register in first + 1..first + count {
            self.m.set_undef(register);
        }
        self.m.set(first, result);
    }

    // ---- comparisons ---------------------------------------------------------------------------

    /// A comparison of two operands that are numbers; without one of known kinds, nothing.
    fn comparison(&mut self, comparison: Comparison, x: Operand, y: Operand) -> Option<M::Value> {
        let (tx, ty) = self.numbers(x, y, None)?;
        Some(if tx == tag::INT && ty == tag::INT {
            let (x, y) = (self.value(x, tx), self.value(y, ty));
            self.m.compare(comparison, x, y)
        } else {
            let (x, y) = (self.float(x, tx), self.float(y, ty));
            self.m.compare(comparison, x, y)
        })
    }

    fn compare_value(&mut self, comparison: Comparison) {
        let (x, y) = (Operand::Register(self.inst.b), Operand::Register(self.inst.c));
        match self.comparison(comparison, x, y) {
            Some(holds) => self.m.set(self.inst.a, holds),
            None => self.leaf(),
        }
    }

    /// What the Ints of a comparison are bound to when it holds.
    fn fact(&self, comparison: Comparison, x: Operand, y: Operand) -> Option<Fact> {
        let (Operand::Register(left), left_kind, right_kind) = (x, self.kind(x), self.kind(y)) else {
            return None;
        };
        let right = match y {
            Operand::Register(register) => Some(register),
            _ => None,
        };
        (left_kind.is(tag::INT) && right_kind.is(tag::INT)).then_some(Fact {
            comparison,
            left,
            right,
            left_kind,
            right_kind,
        })
    }

    fn branch_on_comparison(&mut self) {
        let (target, next) = (self.input.target(self.at), self.at + 1);
        let Inst { op, a, b, .. } = self.inst;
        let Some((comparison, wanted, is_loop, is_small)) = condition(op) else { return self.m.leave() };
        let y = if is_small { Operand::Int(self.small()) } else { Operand::Register(b) };
        let x = Operand::Register(a);
        match self.comparison(comparison, x, y) {
            Some(holds) => {
                if is_loop {
                    self.m.poll();
                }
                let fact = self.fact(comparison, x, y);
                let (taken, other) = if wanted { (target, next) } else { (next, target) };
                self.m.branch(holds, fact, taken, other);
            }
            None => {
                if is_loop {
                    self.m.poll();
                }
                self.m.step_branch(&[next, target]);
            }
        }
    }

    fn increment_and_loop(&mut self, limit: Operand) {
        let (target, next) = (self.input.target(self.at), self.at + 1);
        let Inst { op, a, .. } = self.inst;
        let counter = Operand::Register(a);
        let comparison = match op {
            Opcode::IncLoopLt | Opcode::IncLoopLtI => Comparison::Lt,
            _ => Comparison::Le,
        };
        let float_mode = self.input.mode == IntegerMode::Float;
        let numbers = self.numbers(counter, limit, None).filter(|_| !self.input.failed(self.at));
        self.m.poll();
        let Some((tx, ty)) = numbers else { return self.m.step_branch(&[next, target]) };
        if tx == tag::INT && !float_mode {
            let (value, one) = (self.value(counter, tag::INT), self.m.int(1));
            let sum = self.m.arithmetic(Arithmetic::Add, value, one, self.input.mode == IntegerMode::Wrap);
            self.m.set(a, sum);
        } else {
            let (value, one) = (self.float(counter, tx), self.m.float(1.0));
            let sum = self.m.float_arithmetic(Arithmetic::Add, value, one);
            self.m.set(a, sum);
        }
        let holds = if self.m.kind(a).is(tag::INT) && ty == tag::INT {
            let (x, y) = (self.m.get(a), self.value(limit, ty));
            self.m.compare(comparison, x, y)
        } else {
            let tag = self.m.kind(a).single().unwrap_or(tag::FLOAT);
            let (x, y) = (self.float(counter, tag), self.float(limit, ty));
            self.m.compare(comparison, x, y)
        };
        let fact = self.fact(comparison, counter, limit);
        self.m.branch(holds, fact, target, next);
    }

    /// The truth of a register of a scalar kind.
    fn truth_of(&mut self, register: u16) -> Option<M::Value> {
        match self.m.kind(register).single()? {
            tag::BOOL => Some(self.m.get(register)),
            tag::INT => {
                let (value, zero) = (self.m.get(register), self.m.int(0));
                Some(self.m.compare(Comparison::Ne, value, zero))
            }
            tag::FLOAT => {
                let (value, zero) = (self.m.get(register), self.m.float(0.0));
                Some(self.m.compare(Comparison::Ne, value, zero))
            }
            tag::UNDEF => Some(self.m.boolean(false)),
            _ => None,
        }
    }

    fn branch_on_truth(&mut self) {
        use Opcode::*;
        let (target, next) = (self.input.target(self.at), self.at + 1);
        let op = self.inst.op;
        if matches!(op, LoopTrue | LoopFalse) {
            self.m.poll();
        }
        match self.truth_of(self.inst.a) {
            Some(holds) => match op {
                JumpTrue | LoopTrue => self.m.branch(holds, None, target, next),
                _ => self.m.branch(holds, None, next, target),
            },
            None => self.m.step_branch(&[next, target]),
        }
    }

    // ---- collections ---------------------------------------------------------------------------

    /// Whether the instruction takes what is in a register for an array: an op on a collection in a slot takes
    /// the array itself, a store by index a Ref to one, and a load by index either.
    fn is_array(&self, register: u16) -> bool {
        use Opcode::*;
        let kind = self.m.kind(register);
        let is_array = kind.is(tag::ARRAY) && !matches!(self.inst.op, IndexSet | IndexSetK);
        let is_ref = kind.is(tag::REF) && !SHARED && !matches!(self.inst.op, ArrayGet | ArrayGetI | ArraySet);
        is_array || is_ref
    }

    fn element(&mut self, to: u16, array: u16, index: Operand) {
        match self.input.expected(self.at) {
            Some(tag) if self.is_array(array) && self.kind(index).is(tag::INT) => {
                let index = self.value(index, tag::INT);
                self.m.element(to, array, index, tag);
                self.consume(array);
            }
            _ => self.leaf(),
        }
    }

    fn field(&mut self, to: u16, hash: u16) {
        match (self.field_key(hash), self.input.expected(self.at)) {
            (Some(key), Some(tag)) => {
                self.m.field(to, hash, key, tag);
                self.consume(hash);
            }
            _ => self.leaf(),
        }
    }

    fn set_field(&mut self, hash: u16, from: u16) {
        let is_known = !SHARED && self.is_unboxed(from) && self.m.kind(hash).is(tag::REF);
        match self.field_key(hash).filter(|_| is_known) {
            Some(key) => {
                self.m.set_field(hash, key, from);
                self.consume(hash);
            }
            None => self.leaf(),
        }
    }

    /// The constant key of the instruction, for a hash or a Ref to one.
    fn field_key(&self, hash: u16) -> Option<FieldKey> {
        let kind = self.m.kind(hash);
        let is_hash = kind.is(tag::HASH) || kind.is(tag::REF) && !SHARED;
        let keys = &self.input.keys;
        let (first, second) = *keys.get(&self.at).filter(|_| is_hash && !self.input.failed(self.at))?;
        Some(FieldKey { first, second, position: u32::from(self.inst.c >> 8) })
    }

    fn set_element(&mut self, array: u16, index: Operand, from: u16) {
        let is_known = self.is_array(array) && self.kind(index).is(tag::INT);
        // What the interpreter's function may do instead has taken the array by then.
        let ends_once = !self.input.failed(self.at) || !self.takes(array);
        if !SHARED && is_known && self.is_unboxed(from) && ends_once {
            let index = self.value(index, tag::INT);
            self.m.set_element(array, index, from);
            self.consume(array);
        } else {
            self.leaf();
        }
    }

    /// Whether a register has a hash, or a Ref, which is guarded to lead to one.
    fn has_hash(&self, hash: HashPlace) -> bool {
        match hash {
            HashPlace::Register(register) => {
                let kind = self.m.kind(register);
                kind.is(tag::HASH) || kind.is(tag::REF) && !SHARED
            }
            HashPlace::Global(_) => true,
        }
    }

    /// Whether a key shows that the collection behind a Ref most likely is a hash.
    fn is_hash_key(&self, collection: u16, key: u16) -> bool {
        self.m.kind(collection).is(tag::REF)
            && matches!(self.m.kind(key).single(), Some(tag::STR | tag::FLOAT))
    }

    /// Whether a key can be looked up as it is.
    fn is_key(&self, key: u16) -> bool {
        matches!(self.m.kind(key).single(), Some(tag::INT | tag::FLOAT | tag::STR))
    }

    fn entry(&mut self, to: u16, hash: HashPlace, key: u16) {
        use Opcode::{CellElement, ElementGet, NestedGet};
        let makes_elements = matches!(self.inst.op, ElementGet | CellElement | NestedGet);
        match self.expected_entry(makes_elements) {
            Some(tag) if self.has_hash(hash) && self.is_key(key) => {
                let may_miss = Input::is_number(tag) && self.input.missed(self.at);
                if may_miss && makes_elements {
                    if SHARED {
                        return self.leaf();
                    }
                    self.m.added_entry(to, hash, Key::Register(key), tag);
                } else {
                    self.m.entry(to, hash, Key::Register(key), tag, may_miss);
                }
                self.consume(key);
                self.consume_cell(hash);
            }
            _ => self.leaf(),
        }
    }

    /// The cell of an array that is an element.
    fn nested(&mut self) {
        let Inst { a, b, c, .. } = self.inst;
        let place = HashPlace::Register(b);
        if self.input.expected(self.at) == Some(tag::REF) && self.has_hash(place) {
            self.m.nested(a, place, c);
            self.consume(c);
            self.consume(b);
        } else {
            self.leaf();
        }
    }

    /// Whether a hash has a key.
    fn has_entry(&mut self, hash: HashPlace, key: u16) {
        if SHARED || !self.has_hash(hash) || self.input.failed(self.at) {
            return self.leaf();
        }
        self.m.has_entry(self.inst.a, hash, Key::Register(key));
        self.consume(key);
        self.consume_cell(hash);
    }

    /// The tag of what is found in a hash. awk makes an element of what it does not find; where none was found yet, numbers are
    /// most likely.
    fn expected_entry(&self, makes_elements: bool) -> Option<u8> {
        let found_none = makes_elements && self.input.found_none(self.at);
        self.input.expected_found(self.at).or(found_none.then_some(tag::FLOAT))
    }

    /// An access to an element at joined subscripts.
    fn joined(&mut self) {
        let at = self.at;
        let Some(&joined) = self.input.joined.get(&at).filter(|_| !SHARED && !self.input.failed(at)) else {
            return self.leaf();
        };
        // As a subscript, Undef is no number.
        let can_be_number = |subscript: &Number| match *subscript {
            Number::Register(register) => self.m.kind(register).can_be(tag::FLOAT),
            Number::Constant(_) => true,
        };
        let are_numbers = joined.subscripts.iter().all(can_be_number);
        let op = self.inst.op;
        let expected = self.expected_entry(true);
        let can_be_done = match (op, joined.operand) {
            (Opcode::JoinedGet, _) => expected.is_some(),
            (Opcode::JoinedSet, Some(from)) => self.is_unboxed(from),
            (Opcode::JoinedAdd, Some(by)) => self.m.kind(by).is(tag::FLOAT),
            _ => true,
        };
        if !are_numbers || !can_be_done || !self.has_hash(joined.hash) {
            return self.leaf();
        }
        let pair = joined.subscripts.map(|subscript| match subscript {
            Number::Register(register) => {
                if !self.m.kind(register).is(tag::FLOAT) {
                    self.m.expect(register, tag::FLOAT);
                }
                self.m.get(register)
            }
            Number::Constant(number) => self.m.float(number),
        });
        let (to, key) = (self.inst.a, Key::Pair(pair));
        match (op, joined.operand, expected) {
            (Opcode::JoinedGet, _, Some(tag)) if Input::is_number(tag) && self.input.missed(at) => {
                self.m.added_entry(to, joined.hash, key, tag);
            }
            (Opcode::JoinedGet, _, Some(tag)) => self.m.entry(to, joined.hash, key, tag, false),
            (Opcode::JoinedSet, Some(from), _) => self.m.set_entry(joined.hash, key, from, true),
            (Opcode::JoinedAdd, by, _) => self.m.add_to_entry(None, joined.hash, key, by),
            (Opcode::JoinedExists, ..) => self.m.has_entry(to, joined.hash, key),
            _ => self.m.add_to_entry(Some(to), joined.hash, key, None),
        }
        self.consume_cell(joined.hash);
    }

    /// Whether a number can be added to the element of a key.
    fn adds_to_key(&self, key: u16) -> bool {
        !SHARED && self.is_key(key) && !self.input.failed(self.at)
    }

    /// Whether the instruction takes a value out of a register, which is not its destination.
    fn takes(&self, operand: u16) -> bool {
        let mut is_taken = false;
        self.inst.takes(&self.input.lists, |register| is_taken |= register == operand);
        is_taken
    }

    /// Ends an operand that owns heap and that the instruction takes.
    fn consume(&mut self, operand: u16) {
        if self.takes(operand) && self.m.kind(operand).may_own() {
            self.m.set_undef(operand);
        }
    }

    /// Ends the Ref through which a hash was reached.
    fn consume_cell(&mut self, hash: HashPlace) {
        if let HashPlace::Register(register) = hash {
            self.consume(register);
        }
    }

    fn set_entry(&mut self, hash: HashPlace, key: u16, from: u16) {
        let is_known = self.has_hash(hash) && self.is_key(key) && !self.input.failed(self.at);
        if !SHARED && is_known && self.is_unboxed(from) {
            // What the interpreter's function may do instead would take the Ref.
            let only_guards = self.inst.op == Opcode::NestedSet
                || matches!(hash, HashPlace::Register(register) if self.takes(register));
            self.m.set_entry(hash, Key::Register(key), from, only_guards);
            self.consume(key);
            self.consume_cell(hash);
        } else {
            self.leaf();
        }
    }
}

/// What a comparing jump tests: the comparison, whether it jumps when that holds, whether it jumps back, and
/// whether its right operand is a small integer.
fn condition(op: Opcode) -> Option<(Comparison, bool, bool, bool)> {
    use Comparison::*;
    use Opcode::*;
    Some(match op {
        JumpLt => (Comparison::Lt, true, false, false),
        JumpNotLt => (Comparison::Lt, false, false, false),
        JumpLe => (Comparison::Le, true, false, false),
        JumpNotLe => (Comparison::Le, false, false, false),
        JumpEq => (Comparison::Eq, true, false, false),
        JumpNotEq => (Comparison::Eq, false, false, false),
        LoopLt => (Comparison::Lt, true, true, false),
        LoopNotLt => (Comparison::Lt, false, true, false),
        LoopLe => (Comparison::Le, true, true, false),
        LoopNotLe => (Comparison::Le, false, true, false),
        LoopEq => (Comparison::Eq, true, true, false),
        LoopNotEq => (Comparison::Eq, false, true, false),
        JumpLtI => (Comparison::Lt, true, false, true),
        JumpNotLtI => (Comparison::Lt, false, false, true),
        JumpLeI => (Comparison::Le, true, false, true),
        JumpNotLeI => (Comparison::Le, false, false, true),
        JumpGtI => (Gt, true, false, true),
        JumpNotGtI => (Gt, false, false, true),
        JumpGeI => (Ge, true, false, true),
        JumpNotGeI => (Ge, false, false, true),
        JumpEqI => (Comparison::Eq, true, false, true),
        JumpNotEqI => (Comparison::Eq, false, false, true),
        LoopLtI => (Comparison::Lt, true, true, true),
        LoopNotLtI => (Comparison::Lt, false, true, true),
        LoopLeI => (Comparison::Le, true, true, true),
        LoopNotLeI => (Comparison::Le, false, true, true),
        LoopGtI => (Gt, true, true, true),
        LoopNotGtI => (Gt, false, true, true),
        LoopGeI => (Ge, true, true, true),
        LoopNotGeI => (Ge, false, true, true),
        LoopEqI => (Comparison::Eq, true, true, true),
        LoopNotEqI => (Comparison::Eq, false, true, true),
        _ => return None,
    })
}
