//! The abstract machine that instructions are translated to.
//!
//! The meaning of an instruction in terms of typed operations is written once, in `translate`, and runs on
//! two machines: `infer` computes with kinds only, until nothing changes any more; `emit` makes Cranelift
//! instructions. Since both see the same kinds, the guards that inference counts on are the ones emitted.

use super::kinds::Kind;
use crate::jit::ExtensionCode;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

impl Comparison {
    /// The comparison that holds when this one does not, for ordered operands.
    pub fn negated(self) -> Comparison {
        use Comparison::*;
        match self {
            Lt => Ge,
            Le => Gt,
            Gt => Le,
            Ge => Lt,
            Eq => Ne,
            Ne => Eq,
        }
    }

    /// The comparison with its operands exchanged.
    pub fn swapped(self) -> Comparison {
        use Comparison::*;
        match self {
            Lt => Gt,
            Le => Ge,
            Gt => Lt,
            Ge => Le,
            Eq => Eq,
            Ne => Ne,
        }
    }
}

/// Addition and its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Sub,
    Mul,
}

/// Operations on the bits of Ints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bits {
    And,
    Or,
    Xor,
    /// Shifts use the low six bits of the count.
    Shl,
    Shr,
}

/// Functions of a float that processors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatFunction {
    Negate,
    Sqrt,
    Abs,
    Floor,
    Ceil,
    Trunc,
}

/// What a conditional jump knows of the Ints in two registers when it is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    pub comparison: Comparison,
    /// The register of the left operand.
    pub left: u16,
    /// That of the right operand, unless it is a constant.
    pub right: Option<u16>,
    pub left_kind: Kind,
    pub right_kind: Kind,
}

/// A run of an instruction by its interpreter handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It changes registers only, fails only before it has done anything, and calls no foreign code: when it
    /// fails the interpreter does it again.
    Leaf,
    /// Anything else.
    Whole,
}

/// Where a hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashPlace {
    /// In a register, or behind the Ref there.
    Register(u16),
    Global(u64),
}

/// A key that is computed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<V> {
    /// The string form of what is in a register.
    Register(u16),
    /// That of two Floats that are integers, as awk's subscripts.
    Pair([V; 2]),
}

/// A constant key of a hash, and the position at which its entry was the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldKey {
    /// The first word of its key, and the second where the first is not all of the key.
    pub first: u64,
    pub second: Option<u64>,
    pub position: u32,
}

/// What a jump by a table or another many-way instruction leads to.
pub(crate) type Targets<'t> = &'t [u32];

/// The operations. A *place* of a value is decided by its kind (see [`Kind::place`]); an operation that takes
/// a register's value as Int, Float or Bool is only used when the register's kind is that alone.
///
/// Guards lead to the interpreter, which does the current instruction from its beginning: so an
/// instruction does all its guards before it changes anything.
pub(crate) trait Machine {
    /// A typed value.
    type Value: Copy;

    /// What is known of a register.
    fn kind(&self, register: u16) -> Kind;

    /// The Int, Float or Bool of a register.
    fn get(&mut self, register: u16) -> Self::Value;
    /// The number in a register that has one of this tag or Undef, which counts as 0.
    fn get_or_zero(&mut self, register: u16, tag: u8) -> Self::Value;
    /// Puts a value into a register; what was there is dropped.
    fn set(&mut self, register: u16, value: Self::Value);
    /// Puts Undef into a register.
    fn set_undef(&mut self, register: u16);
    /// Copies a register that is in memory; `take` leaves Undef behind.
    fn copy(&mut self, to: u16, from: u16, take: bool);
    /// Exchanges two registers.
    fn swap(&mut self, a: u16, b: u16);
    /// Guards that a register's value has a tag.
    fn expect(&mut self, register: u16, tag: u8);
    /// Guards, after the instruction has been done, that a register that it has set has a tag.
    fn expect_after(&mut self, register: u16, tag: u8);

    fn int(&mut self, n: i64) -> Self::Value;
    fn float(&mut self, x: f64) -> Self::Value;
    fn boolean(&mut self, b: bool) -> Self::Value;

    /// Arithmetic on Ints; unless it wraps, an overflow leads to the interpreter.
    fn arithmetic(&mut self, op: Arithmetic, a: Self::Value, b: Self::Value, wraps: bool) -> Self::Value;
    /// Arithmetic on Floats.
    fn float_arithmetic(&mut self, op: Arithmetic, a: Self::Value, b: Self::Value) -> Self::Value;
    /// Division of Floats whose divisor is not zero: guarded.
    fn divide(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    /// Remainder of Ints by a divisor above zero: guarded.
    fn remainder(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    /// Remainder of Floats by a divisor that is not zero: guarded; both are integers, or the interpreter does it.
    fn float_remainder(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    /// A function of a Float.
    fn float_function(&mut self, function: FloatFunction, a: Self::Value) -> Self::Value;
    /// A function of [`crate::trace::math`], by its number.
    fn math(&mut self, function: usize, operands: &[Self::Value]) -> Self::Value;
    /// Guards that a Float is an integer.
    fn expect_integral(&mut self, a: Self::Value);
    fn bits(&mut self, op: Bits, a: Self::Value, b: Self::Value) -> Self::Value;
    /// An Int as a Float.
    fn to_float(&mut self, a: Self::Value) -> Self::Value;
    /// Comparison of two Ints or two Floats, as a Bool.
    fn compare(&mut self, comparison: Comparison, a: Self::Value, b: Self::Value) -> Self::Value;
    /// A Bool's opposite.
    fn not(&mut self, a: Self::Value) -> Self::Value;

    /// Element of the array in register `array`, or behind the Ref there, at an Int index: guards that the
    /// index is within bounds and that the element has the tag, and gives it. A tag that owns heap is
    /// copied to `to`.
    fn element(&mut self, to: u16, array: u16, index: Self::Value, tag: u8);
    /// Stores the Int, Float, Bool or Undef of register `from` as an element: guards bounds, and that the
    /// array is not shared and the old element owns no heap; other cases are done by the handler.
    fn set_element(&mut self, array: u16, index: Self::Value, from: u16);
    /// Appends the Int, Float, Bool or Undef of a register; where there is no room, by the handler.
    fn push(&mut self, array: u16, from: u16);
    /// Length of the array in a register, or behind the Ref there.
    fn length(&mut self, to: u16, array: u16);
    /// Value of a constant key in the hash in register `hash`, or behind the Ref there: guards that the entry at
    /// the position has the key and a value of the tag.
    fn field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8);
    /// Stores the Int, Float, Bool or Undef of a register as the value of a constant key in the hash behind the
    /// Ref in `hash`; where the entry at the position is another's, or the hash is shared, by the handler.
    fn set_field(&mut self, hash: u16, key: FieldKey, from: u16);
    /// Value of a key in a hash: guards that it is there, unless it may be missing, which gives Undef; and that it has the
    /// tag.
    fn entry(&mut self, to: u16, hash: HashPlace, key: Key<Self::Value>, tag: u8, may_miss: bool);
    /// Value of a key in a hash, which is added with Undef where it is missing: guards that the hash is not shared, and that the
    /// value has the tag or is Undef.
    fn added_entry(&mut self, to: u16, hash: HashPlace, key: Key<Self::Value>, tag: u8);
    /// Adds the Float of a register, or one, to the value of a number in a hash, which is added where it is missing: guards that
    /// the hash is not shared, and that the value is a Float or Undef. A register may get the number that it was.
    fn add_to_entry(&mut self, old: Option<u16>, hash: HashPlace, key: Key<Self::Value>, by: Option<u16>);
    /// Stores the Int, Float, Bool or Undef of a register as the value of a key in a hash; where the key is new, the hash is
    /// shared, or the old value owns heap, by the handler, unless that `only_guards`.
    fn set_entry(&mut self, hash: HashPlace, key: Key<Self::Value>, from: u16, only_guards: bool);
    /// Whether a hash has a key.
    fn has_entry(&mut self, to: u16, hash: HashPlace, key: Key<Self::Value>);
    /// The Ref that is the value of a key in a hash: guards that it is there and leads to a hash.
    fn nested(&mut self, to: u16, hash: HashPlace, key: u16);
    /// Reads a global of the tag: guarded.
    fn global(&mut self, to: u16, global: u64, tag: u8);
    /// Writes the Int, Float, Bool or Undef of a register to a global.
    fn set_global(&mut self, global: u64, from: u16);

    /// Does what a frontend has lowered an extension op to, on operands of the kinds that it was lowered for.
    fn extension(&mut self, code: &ExtensionCode, operands: &[Self::Value]) -> Vec<Self::Value>;

    /// Does the instruction, a Substr, by its handler, which gets the numbers in these registers, or constants.
    fn substr(&mut self, _range: [(Option<u16>, Self::Value); 2]) {
        self.step(Step::Leaf);
    }
    /// Does the instruction, which appends the Str of one register to that of another.
    fn append(&mut self, _to: u16, _text: u16) {
        self.step(Step::Leaf);
    }
    /// Does the instruction, which asks whether two registers have the same Str, or, unless it `holds`, another one.
    fn same_text(&mut self, _to: u16, _operands: [(u16, bool); 2], _holds: bool) {
        self.step(Step::Leaf);
    }
    /// Does the instruction, which puts a Str that owns no heap into a register.
    fn load_text(&mut self, _to: u16, _words: [u64; 2]) {
        self.step(Step::Leaf);
    }
    /// Does the instruction by its handler; its register effects follow from its operands.
    fn step(&mut self, step: Step);
    /// Takes fuel, or leaves for the interpreter when there is not enough.
    fn fuel(&mut self, amount: u64);
    /// A backward jump looks whether something asks the run to stop.
    fn poll(&mut self);

    /// Calls the body of a sub natively, with the values in a row of registers; `result` is the tag that the
    /// result is guarded to have.
    fn call(&mut self, body: u32, first: u16, count: u16, to: u16, result: Option<u8>);

    /// Goes on at an instruction.
    fn jump(&mut self, target: u32);
    /// Goes on at one of two instructions.
    fn branch(&mut self, condition: Self::Value, fact: Option<Fact>, taken: u32, other: u32);
    /// Does the instruction by its handler, which decides where to go on.
    fn step_branch(&mut self, targets: Targets<'_>);
    /// Returns from the sub with a register, or Undef.
    fn return_from(&mut self, result: Option<u16>);
    /// Goes back to the interpreter, which does the current instruction.
    fn leave(&mut self);
}
