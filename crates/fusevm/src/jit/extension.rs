//! How a frontend compiles its own extension ops.
//!
//! A [`JitExtension`] says what an op computes in terms of a few typed operations, and the engine keeps that as
//! plain data: both tiers compile from it, on whatever thread they run, and nothing of the compiler shows in
//! the interface. Since an op's meaning depends on what it gets, it is asked once for each combination of operand
//! kinds.

mod emit;

use crate::chunk::Chunk;
use crate::jit::SlotKind;
use crate::op::Op;
use crate::value::MaybeSend;
use serde::Serialize;
use std::collections::BTreeMap;

pub(crate) use emit::{Emission, emit};

/// Stack values that a compiled extension op may pop. One that pops more is always called.
pub const MAX_OPERANDS: usize = 4;

/// Operations of one lowering; a longer one is refused.
const MAX_STEPS: usize = 256;

/// Kinds of operands that a lowering is asked for.
const OPERAND_KINDS: [SlotKind; 3] = [SlotKind::Int, SlotKind::Float, SlotKind::Bool];

/// An extension op as it stands in the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ExtensionOp {
    /// Its id.
    pub id: u16,
    /// Whether it is an `ExtendedWide` op.
    pub wide: bool,
    /// Its inline operand.
    pub arg: usize,
}

impl ExtensionOp {
    /// The extension op that an op is.
    pub fn of(op: &Op) -> Option<ExtensionOp> {
        match *op {
            Op::Extended(id, arg) => Some(ExtensionOp { id, wide: false, arg: arg.into() }),
            Op::ExtendedWide(id, arg) => Some(ExtensionOp { id, wide: true, arg }),
            _ => None,
        }
    }
}

/// A frontend's own eligibility test and lowering for its extension ops; see
/// [`VM::set_jit_extension`](crate::VM::set_jit_extension).
///
/// What is not lowered is no obstacle: native code calls the handler then. The handler stays the op's
/// definition, it runs in the interpreter; so a lowering must compute exactly what the handler computes, for
/// all operands that do not take an exit, and an op whose handler does anything beside must not be lowered.
///
/// ```
/// use fusevm::JitExtension;
/// use fusevm::jit::{ExtensionBuilder, ExtensionOp, FloatOp, IntOp};
/// use fusevm::jit::SlotKind::{Float, Int};
///
/// /// Extension 1: multiply and add.
/// struct MultiplyAdd;
///
/// impl JitExtension for MultiplyAdd {
///     fn can_compile(&self, op: ExtensionOp) -> bool {
///         op.id == 1
///     }
///
///     fn lower(&self, _op: ExtensionOp, b: &mut ExtensionBuilder) {
///         match *b.operands() {
///             [Int, Int, Int] => {
///                 let (x, y, z) = (b.int(0), b.int(1), b.int(2));
///                 let product = b.int_op(IntOp::Mul, x, y);
///                 let sum = b.int_op(IntOp::Add, product, z);
///                 b.push(sum);
///             }
///             [Float, Float, Float] => {
///                 let (x, y, z) = (b.float(0), b.float(1), b.float(2));
///                 let product = b.float_op(FloatOp::Mul, x, y);
///                 let sum = b.float_op(FloatOp::Add, product, z);
///                 b.push(sum);
///             }
///             _ => b.call_handler(),
///         }
///     }
/// }
/// ```
pub trait JitExtension: MaybeSend {
    /// Whether an op is lowered at all, for any operands.
    fn can_compile(&self, op: ExtensionOp) -> bool;

    /// Writes down what an op computes for operands of the kinds that [`ExtensionBuilder::operands`] tells.
    fn lower(&self, op: ExtensionOp, b: &mut ExtensionBuilder);
}

/// A value in a lowering: of which kind, the type says.
pub trait Operand: Copy + sealed::Sealed {}

mod sealed {
    pub trait Sealed {
        fn new(step: u32) -> Self;
        fn step(self) -> u32;
    }
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name(u32);

        impl sealed::Sealed for $name {
            fn new(step: u32) -> Self {
                $name(step)
            }

            fn step(self) -> u32 {
                self.0
            }
        }

        impl Operand for $name {}
    )*};
}

handles! {
    /// An integer.
    IntValue,
    /// A float.
    FloatValue,
    /// A truth value.
    BoolValue
}

/// Operations on two integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum IntOp {
    /// Sum, wrapping.
    Add,
    /// Difference, wrapping.
    Sub,
    /// Product, wrapping.
    Mul,
    /// Sum; exits on overflow.
    AddExact,
    /// Difference; exits on overflow.
    SubExact,
    /// Product; exits on overflow.
    MulExact,
    /// Quotient towards zero; exits on a zero divisor and on overflow.
    Div,
    /// Remainder with the sign of the dividend; exits on a zero divisor and on overflow.
    Rem,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Shift left by the count modulo 64.
    Shl,
    /// Arithmetic shift right by the count modulo 64.
    Shr,
    /// Logical shift right by the count modulo 64.
    ShrLogical,
}

/// Operations on two floats, as IEEE 754 defines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum FloatOp {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
}

/// Operations on one float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum FloatFunction {
    /// Change of sign.
    Negate,
    /// Absolute value.
    Abs,
    /// Square root; NaN of a negative number.
    Sqrt,
}

/// Operations on two truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum BoolOp {
    /// Both.
    And,
    /// At least one.
    Or,
    /// Exactly one.
    Xor,
}

/// Comparisons. A NaN is different from everything, and neither less nor greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// One operation of a lowering. A value is the number of the step that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Step {
    /// A stack value that the op pops, counted from the deepest; its kind is that of the combination.
    Operand(u8),
    Int(i64),
    /// The bits of a float, so that a NaN equals itself.
    Float(u64),
    Bool(bool),
    IntOp(IntOp, u32, u32),
    FloatOp(FloatOp, u32, u32),
    FloatFunction(FloatFunction, u32),
    BoolOp(BoolOp, u32, u32),
    Not(u32),
    CompareInts(Comparison, u32, u32),
    CompareFloats(Comparison, u32, u32),
    IntToFloat(u32),
    /// Exits unless the float is an integer of 64 bits; -0.0 is none.
    FloatToInt(u32),
    Select {
        condition: u32,
        then: u32,
        otherwise: u32,
    },
    ExitUnless(u32),
}

/// What an extension op computes for one combination of operand kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ExtensionCode {
    /// The operations, in order; each may use the earlier ones.
    pub steps: Vec<Step>,
    /// Kind of what each step makes; [`SlotKind::Undef`] for an exit, which makes nothing.
    pub kinds: Vec<SlotKind>,
    /// Steps whose values are pushed, in order.
    pub results: Vec<u32>,
}

/// Takes down what an extension op computes.
///
/// Exits leave the op undone: the interpreter executes it from its begin, with the handler.
#[derive(Debug)]
pub struct ExtensionBuilder {
    operands: Vec<SlotKind>,
    code: ExtensionCode,
    /// Whether the handler is called instead: by wish, or because the lowering makes no sense.
    refused: bool,
}

impl ExtensionBuilder {
    fn new(operands: &[SlotKind]) -> ExtensionBuilder {
        let code = ExtensionCode { steps: Vec::new(), kinds: Vec::new(), results: Vec::new() };
        ExtensionBuilder { operands: operands.to_vec(), code, refused: false }
    }

    /// Kinds of the stack values that the op pops, the deepest first.
    pub fn operands(&self) -> &[SlotKind] {
        &self.operands
    }

    /// Leaves these operand kinds to the handler.
    pub fn call_handler(&mut self) {
        self.refused = true;
    }

    /// An operand that is an integer. With one of another kind, the op is left to the handler.
    pub fn int(&mut self, index: usize) -> IntValue {
        self.operand(index, SlotKind::Int)
    }

    /// An operand that is a float. With one of another kind, the op is left to the handler.
    pub fn float(&mut self, index: usize) -> FloatValue {
        self.operand(index, SlotKind::Float)
    }

    /// An operand that is a truth value. With one of another kind, the op is left to the handler.
    pub fn bool(&mut self, index: usize) -> BoolValue {
        self.operand(index, SlotKind::Bool)
    }

    /// An integer constant.
    pub fn int_const(&mut self, value: i64) -> IntValue {
        self.step(Step::Int(value), SlotKind::Int)
    }

    /// A float constant.
    pub fn float_const(&mut self, value: f64) -> FloatValue {
        self.step(Step::Float(value.to_bits()), SlotKind::Float)
    }

    /// A truth value that is constant.
    pub fn bool_const(&mut self, value: bool) -> BoolValue {
        self.step(Step::Bool(value), SlotKind::Bool)
    }

    /// An operation on two integers.
    pub fn int_op(&mut self, op: IntOp, left: IntValue, right: IntValue) -> IntValue {
        self.step(Step::IntOp(op, left.0, right.0), SlotKind::Int)
    }

    /// An operation on two floats.
    pub fn float_op(&mut self, op: FloatOp, left: FloatValue, right: FloatValue) -> FloatValue {
        self.step(Step::FloatOp(op, left.0, right.0), SlotKind::Float)
    }

    /// An operation on one float.
    pub fn float_function(&mut self, function: FloatFunction, value: FloatValue) -> FloatValue {
        self.step(Step::FloatFunction(function, value.0), SlotKind::Float)
    }

    /// An operation on two truth values.
    pub fn bool_op(&mut self, op: BoolOp, left: BoolValue, right: BoolValue) -> BoolValue {
        self.step(Step::BoolOp(op, left.0, right.0), SlotKind::Bool)
    }

    /// The other truth value.
    pub fn not(&mut self, value: BoolValue) -> BoolValue {
        self.step(Step::Not(value.0), SlotKind::Bool)
    }

    /// Compares two integers.
    pub fn compare_ints(&mut self, comparison: Comparison, left: IntValue, right: IntValue) -> BoolValue {
        self.step(Step::CompareInts(comparison, left.0, right.0), SlotKind::Bool)
    }

    /// Compares two floats.
    pub fn compare_floats(
        &mut self,
        comparison: Comparison,
        left: FloatValue,
        right: FloatValue,
    ) -> BoolValue {
        self.step(Step::CompareFloats(comparison, left.0, right.0), SlotKind::Bool)
    }

    /// The nearest float.
    pub fn int_to_float(&mut self, value: IntValue) -> FloatValue {
        self.step(Step::IntToFloat(value.0), SlotKind::Float)
    }

    /// The integer that a float is; exits when it is none of 64 bits, or -0.0.
    pub fn float_to_int(&mut self, value: FloatValue) -> IntValue {
        self.step(Step::FloatToInt(value.0), SlotKind::Int)
    }

    /// One of two values of the same kind, without a branch.
    pub fn select<T: Operand>(&mut self, condition: BoolValue, then: T, otherwise: T) -> T {
        let kind = self.code.kinds.get(then.step() as usize).copied().unwrap_or_default();
        let step = Step::Select { condition: condition.0, then: then.step(), otherwise: otherwise.step() };
        self.step(step, kind)
    }

    /// Leaves the op to the handler unless the condition holds.
    pub fn exit_unless(&mut self, condition: BoolValue) {
        let _: BoolValue = self.step(Step::ExitUnless(condition.0), SlotKind::Undef);
    }

    /// Pushes a result. As many as the op is declared to push must be pushed.
    pub fn push<T: Operand>(&mut self, value: T) {
        self.code.results.push(value.step());
    }

    fn operand<T: Operand>(&mut self, index: usize, kind: SlotKind) -> T {
        if self.operands.get(index) != Some(&kind) {
            self.refused = true;
        }
        self.step(Step::Operand(index as u8), kind)
    }

    fn step<T: Operand>(&mut self, step: Step, kind: SlotKind) -> T {
        self.code.steps.push(step);
        self.code.kinds.push(kind);
        T::new(self.code.steps.len() as u32 - 1)
    }

    /// The lowering, if it makes sense: values come from earlier steps of the right kinds (a value of another
    /// builder need not), and there are as many results as the op pushes.
    fn finish(self, pushes: usize) -> Option<ExtensionCode> {
        let ExtensionBuilder { operands, code, refused } = self;
        let fits = !refused
            && code.steps.len() <= MAX_STEPS
            && code.results.len() == pushes
            && (0..code.steps.len()).all(|step| code.is_sound(step, &operands))
            && code.results.iter().all(|step| code.is_value(*step, code.steps.len()));
        fits.then_some(code)
    }
}

impl ExtensionCode {
    /// Kinds of the results.
    pub fn result_kinds(&self) -> impl Iterator<Item = SlotKind> {
        self.results.iter().map(|step| self.kinds[*step as usize])
    }

    /// Whether a number is that of a value that is made before a step.
    fn is_value(&self, value: u32, step: usize) -> bool {
        (value as usize) < step && self.kinds[value as usize] != SlotKind::Undef
    }

    /// Whether a step uses what is there, and as what it is.
    fn is_sound(&self, step: usize, operands: &[SlotKind]) -> bool {
        let is =
            |value: u32, kind: SlotKind| self.is_value(value, step) && self.kinds[value as usize] == kind;
        match self.steps[step] {
            Step::Operand(index) => operands.get(usize::from(index)) == Some(&self.kinds[step]),
            Step::Int(_) | Step::Float(_) | Step::Bool(_) => true,
            Step::IntOp(_, a, b) | Step::CompareInts(_, a, b) => is(a, SlotKind::Int) && is(b, SlotKind::Int),
            Step::FloatOp(_, a, b) | Step::CompareFloats(_, a, b) => {
                is(a, SlotKind::Float) && is(b, SlotKind::Float)
            }
            Step::BoolOp(_, a, b) => is(a, SlotKind::Bool) && is(b, SlotKind::Bool),
            Step::FloatFunction(_, a) | Step::FloatToInt(a) => is(a, SlotKind::Float),
            Step::IntToFloat(a) => is(a, SlotKind::Int),
            Step::Not(a) | Step::ExitUnless(a) => is(a, SlotKind::Bool),
            Step::Select { condition, then, otherwise } => {
                let kind = self.kinds[step];
                is(condition, SlotKind::Bool) && is(then, kind) && is(otherwise, kind)
            }
        }
    }
}

/// The lowerings of a chunk's extension ops: plain data for the compilers, and part of what decides whether two
/// VMs can share native code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ExtensionTable {
    codes: BTreeMap<ExtensionOp, Vec<(Vec<SlotKind>, ExtensionCode)>>,
}

impl ExtensionTable {
    /// Asks a frontend for the lowerings of all the extension ops that a chunk declares and uses.
    pub fn new(chunk: &Chunk, extension: &dyn JitExtension) -> ExtensionTable {
        let mut table = ExtensionTable::default();
        for op in chunk.ops.iter().filter_map(ExtensionOp::of) {
            let Some(declared) = chunk.extension(op.id, op.wide) else { continue };
            let pops = usize::from(declared.pops);
            if pops > MAX_OPERANDS || table.codes.contains_key(&op) || !extension.can_compile(op) {
                continue;
            }
            let lowered = combinations(pops).filter_map(|operands| {
                let mut builder = ExtensionBuilder::new(&operands);
                extension.lower(op, &mut builder);
                let code = builder.finish(declared.pushes.into())?;
                Some((operands, code))
            });
            table.codes.insert(op, lowered.collect());
        }
        table
    }

    /// Whether no op is lowered.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// What an op computes for operands of these kinds; `None` when its handler is to be called.
    pub fn code(&self, op: ExtensionOp, operands: &[SlotKind]) -> Option<&ExtensionCode> {
        let codes = self.codes.get(&op)?;
        codes.iter().find(|(kinds, _)| kinds == operands).map(|(_, code)| code)
    }

    /// The table as bytes, for the hash that native code is kept under.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("plain data serialises into memory")
    }
}

/// Every combination of operand kinds.
fn combinations(operands: usize) -> impl Iterator<Item = Vec<SlotKind>> {
    let kinds = OPERAND_KINDS.len();
    (0..kinds.pow(operands as u32)).map(move |number| {
        (0..operands).map(|place| OPERAND_KINDS[number / kinds.pow(place as u32) % kinds]).collect()
    })
}

#[cfg(test)]
mod tests;
