//! The table of the trace IR's operations. The text form, the verifier and the passes are driven by it.
//!
//! A line reads `Name "text" [immediate] (operands) => result, effect;`.
//! - The immediate is what the instruction's `imm` means.
//! - An operand is a [`Kind`]: which types it accepts.
//! - The result is a [`Produces`]: a fixed type, a type that the instruction names, or nothing.
//! - The effect says whether the operation is a guard, and what memory it reads and writes.
//!
//! Two rules hold for all of them. *Places own, values borrow*: registers, globals, cells, elements and entries own
//! what they hold; an SSA value of a pointer type only borrows from the place that it was loaded from, and is
//! not used after that place has changed. *A place is free before it is overwritten*: a store drops nothing, so the
//! place is known to own no heap, by a `free` guard, by a load of a scalar type or by an earlier store.

use super::memory::Memory;

/// Type of an SSA value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// No value.
    Nothing,
    /// Undef: it has no payload.
    Undef,
    /// A truth value, in a byte.
    Bool,
    /// An i64.
    Int,
    /// An f64.
    Float,
    /// Two words: any value that owns no heap.
    Scalar,
    /// A string, by the place that holds it.
    Str,
    /// An array, by its shared body.
    Array,
    /// A hash, by its shared body.
    Hash,
    /// A strong Ref, by its cell.
    Cell,
    /// Where an array's elements are.
    Elements,
    /// Where the value of a hash's entry is.
    Entry,
}

impl Type {
    /// All types that have a name in the text form.
    #[cfg(test)]
    pub const ALL: [Type; 11] = [
        Type::Undef,
        Type::Bool,
        Type::Int,
        Type::Float,
        Type::Scalar,
        Type::Str,
        Type::Array,
        Type::Hash,
        Type::Cell,
        Type::Elements,
        Type::Entry,
    ];

    /// The name in the text form.
    pub fn name(self) -> &'static str {
        match self {
            Type::Nothing => "nothing",
            Type::Undef => "undef",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Float => "float",
            Type::Scalar => "scalar",
            Type::Str => "str",
            Type::Array => "array",
            Type::Hash => "hash",
            Type::Cell => "cell",
            Type::Elements => "elements",
            Type::Entry => "entry",
        }
    }

    /// Whether it is a value of the program that owns no heap.
    pub fn is_scalar(self) -> bool {
        matches!(self, Type::Undef | Type::Bool | Type::Int | Type::Float | Type::Scalar)
    }

    /// Whether it borrows a value of the program that may own heap. A store of one counts one more holder.
    pub fn is_borrowed(self) -> bool {
        matches!(self, Type::Str | Type::Array | Type::Hash | Type::Cell)
    }
}

/// What an operand accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One type.
    Of(Type),
    /// Any value of the program.
    Any,
    /// A key of a hash: Int or Str.
    Key,
}

impl Kind {
    /// Whether a value of the type will do.
    pub fn accepts(self, ty: Type) -> bool {
        match self {
            Kind::Of(wanted) => wanted == ty,
            Kind::Any => ty.is_scalar() || ty.is_borrowed(),
            Kind::Key => matches!(ty, Type::Int | Type::Str),
        }
    }
}

/// What an instruction's immediate means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Immediate {
    /// It has none.
    None,
    /// A register, counted from the window in which the trace begins.
    Register,
    /// A global.
    Global,
    /// A number.
    Number,
    /// A function of [`math::FUNCTIONS`](super::math::FUNCTIONS).
    Function,
    /// A step of [`Trace::steps`](super::Trace::steps).
    Step,
    /// The operands of a phi: [`Trace::phis`](super::Trace::phis).
    Phi,
}

/// What an operation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Produces {
    /// A value of one type, or nothing.
    Fixed(Type),
    /// What the instruction says: any value of the program. The load's check is on its tag.
    Loaded,
    /// What the instruction says: any type.
    Named,
}

/// Whether an operation can leave the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// It cannot.
    Never,
    /// It does when its condition does not hold, with the snapshot.
    Always,
    /// As `Always`, but without a snapshot the condition is known to hold.
    UnlessKnown,
}

/// What an operation does besides giving a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub check: Check,
    pub reads: Memory,
    pub writes: Memory,
}

impl Effect {
    const fn reads(self, memory: Memory) -> Effect {
        Effect { reads: self.reads.and(memory), ..self }
    }

    const fn writes(self, memory: Memory) -> Effect {
        Effect { writes: self.writes.and(memory), ..self }
    }
}

/// The result depends on the operands alone.
const PURE: Effect = Effect { check: Check::Never, reads: Memory::NONE, writes: Memory::NONE };
/// Leaves the trace unless its condition holds.
const GUARD: Effect = Effect { check: Check::Always, ..PURE };
/// Leaves the trace unless its condition holds or is known to hold.
const CHECKED: Effect = Effect { check: Check::UnlessKnown, ..PURE };

/// An operation's line of the table.
#[derive(Debug)]
pub(crate) struct OpInfo {
    pub name: &'static str,
    pub immediate: Immediate,
    pub operands: &'static [Kind],
    pub produces: Produces,
    pub effect: Effect,
}

macro_rules! kind {
    (Any) => {
        Kind::Any
    };
    (Key) => {
        Kind::Key
    };
    ($ty:ident) => {
        Kind::Of(Type::$ty)
    };
}

macro_rules! produces {
    (Loaded) => {
        Produces::Loaded
    };
    (Named) => {
        Produces::Named
    };
    ($ty:ident) => {
        Produces::Fixed(Type::$ty)
    };
}

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident $text:literal [$immediate:ident] ($($operand:ident),*) => $result:ident, $effect:expr;)*) => {
        /// What an instruction of a trace does.
        #[allow(dead_code, reason = "the recorder does not write all of them")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Op { $($(#[$doc])* $name),* }

        /// All operations.
        #[cfg(test)]
        pub(crate) const OPS: &[Op] = &[$(Op::$name),*];

        static TABLE: &[OpInfo] = &[$(OpInfo {
            name: $text,
            immediate: Immediate::$immediate,
            operands: &[$(kind!($operand)),*],
            produces: produces!($result),
            effect: $effect,
        }),*];
    };
}

ops! {
    /// Where the loop begins; what precedes it is the first iteration.
    Loop "loop" [None] () => Nothing, PURE;
    /// A value that each iteration gives to the next.
    Phi "phi" [Phi] () => Named, PURE;
    /// Goes back to the loop, or where there is none to the begin of the trace. Its snapshot is where the interpreter
    /// would go on; guards that are hoisted out of the loop leave there.
    Back "back" [None] () => Nothing, CHECKED.reads(Memory::ALL);
    /// Leaves the trace.
    Exit "exit" [None] () => Nothing, GUARD.reads(Memory::ALL);
    /// Goes on in another trace.
    Link "link" [Number] () => Nothing, GUARD.reads(Memory::ALL);

    /// Loads a register.
    LoadRegister "rload" [Register] () => Loaded, CHECKED.reads(Memory::REGISTERS);
    /// Stores to a register.
    StoreRegister "rstore" [Register] (Any) => Nothing, PURE.writes(Memory::REGISTERS);
    /// A register owns no heap.
    FreeRegister "rfree" [Register] () => Nothing, GUARD.reads(Memory::REGISTERS);
    /// Drops what a register holds, and leaves Undef.
    DropRegister "rdrop" [Register] () => Nothing, PURE.writes(Memory::REGISTERS.and(Memory::COUNTS));
    /// Nothing reads what a register holds now, which owns no heap.
    KillRegister "rkill" [Register] () => Nothing, PURE.writes(Memory::REGISTERS);
    /// Loads a global.
    LoadGlobal "gload" [Global] () => Loaded, CHECKED.reads(Memory::GLOBALS);
    /// Stores to a global.
    StoreGlobal "gstore" [Global] (Any) => Nothing, PURE.writes(Memory::GLOBALS);
    /// A global owns no heap.
    FreeGlobal "gfree" [Global] () => Nothing, GUARD.reads(Memory::GLOBALS);

    /// Sum, wrapped.
    Add "add" [None] (Int, Int) => Int, PURE;
    /// Difference, wrapped.
    Sub "sub" [None] (Int, Int) => Int, PURE;
    /// Product, wrapped.
    Mul "mul" [None] (Int, Int) => Int, PURE;
    /// Sum that does not overflow.
    AddChecked "addov" [None] (Int, Int) => Int, GUARD;
    /// Difference that does not overflow.
    SubChecked "subov" [None] (Int, Int) => Int, GUARD;
    /// Product that does not overflow.
    MulChecked "mulov" [None] (Int, Int) => Int, GUARD;
    /// Remainder with the sign of the dividend. The divisor is positive: the recorder has guarded it.
    Rem "rem" [None] (Int, Int) => Int, PURE;
    /// Quotient, truncated. The divisor is positive: the recorder has guarded it.
    Quot "quot" [None] (Int, Int) => Int, PURE;
    /// Bitwise and.
    And "and" [None] (Int, Int) => Int, PURE;
    /// Bitwise or.
    Or "or" [None] (Int, Int) => Int, PURE;
    /// Bitwise exclusive or.
    Xor "xor" [None] (Int, Int) => Int, PURE;
    /// Shift left by the count modulo 64.
    Shl "shl" [None] (Int, Int) => Int, PURE;
    /// Arithmetic shift right by the count modulo 64.
    Shr "shr" [None] (Int, Int) => Int, PURE;
    /// Equal.
    Eq "eq" [None] (Int, Int) => Bool, PURE;
    /// Not equal.
    Ne "ne" [None] (Int, Int) => Bool, PURE;
    /// Less.
    Lt "lt" [None] (Int, Int) => Bool, PURE;
    /// Less or equal.
    Le "le" [None] (Int, Int) => Bool, PURE;
    /// Greater.
    Gt "gt" [None] (Int, Int) => Bool, PURE;
    /// Greater or equal.
    Ge "ge" [None] (Int, Int) => Bool, PURE;
    /// Less as unsigned integers: with a length, a bounds check.
    Below "below" [None] (Int, Int) => Bool, PURE;

    /// Sum of floats.
    FAdd "fadd" [None] (Float, Float) => Float, PURE;
    /// Difference of floats.
    FSub "fsub" [None] (Float, Float) => Float, PURE;
    /// Product of floats.
    FMul "fmul" [None] (Float, Float) => Float, PURE;
    /// Quotient of floats.
    FDiv "fdiv" [None] (Float, Float) => Float, PURE;
    /// Remainder of floats, as C's fmod.
    FRem "frem" [None] (Float, Float) => Float, PURE;
    /// Change of sign.
    FNeg "fneg" [None] (Float) => Float, PURE;
    /// Absolute value.
    FAbs "fabs" [None] (Float) => Float, PURE;
    /// Square root.
    FSqrt "fsqrt" [None] (Float) => Float, PURE;
    /// Rounds down.
    FFloor "ffloor" [None] (Float) => Float, PURE;
    /// Rounds up.
    FCeil "fceil" [None] (Float) => Float, PURE;
    /// Rounds toward zero.
    FTrunc "ftrunc" [None] (Float) => Float, PURE;
    /// Rounds to the nearest, ties to even.
    FRound "fround" [None] (Float) => Float, PURE;
    /// A function of one float.
    Math1 "math1" [Function] (Float) => Float, PURE;
    /// A function of two floats.
    Math2 "math2" [Function] (Float, Float) => Float, PURE;
    /// Equal; false with a NaN.
    FEq "feq" [None] (Float, Float) => Bool, PURE;
    /// Not equal; true with a NaN.
    FNe "fne" [None] (Float, Float) => Bool, PURE;
    /// Less; false with a NaN.
    FLt "flt" [None] (Float, Float) => Bool, PURE;
    /// Less or equal; false with a NaN.
    FLe "fle" [None] (Float, Float) => Bool, PURE;
    /// Greater; false with a NaN.
    FGt "fgt" [None] (Float, Float) => Bool, PURE;
    /// Greater or equal; false with a NaN.
    FGe "fge" [None] (Float, Float) => Bool, PURE;

    /// The nearest float.
    ToFloat "tofloat" [None] (Int) => Float, PURE;
    /// The integer that a float is; not for -0.0, nor beyond ±2^53.
    ToIntExact "toint" [None] (Float) => Int, GUARD;
    /// Truncated toward zero, saturating; 0 for a NaN.
    Truncate "truncate" [None] (Float) => Int, PURE;
    /// 0 or 1.
    BoolToInt "booltoint" [None] (Bool) => Int, PURE;
    /// Negation of a truth value.
    Not "not" [None] (Bool) => Bool, PURE;
    /// A scalar of known kind.
    Unbox "unbox" [None] (Scalar) => Loaded, CHECKED;

    /// It is true.
    True "true" [None] (Bool) => Nothing, GUARD;
    /// It is false.
    False "false" [None] (Bool) => Nothing, GUARD;

    /// Number of elements.
    ArrayLen "alen" [None] (Array) => Int, PURE.reads(Memory::HEADERS);
    /// Where the elements are.
    ArrayElements "adata" [None] (Array) => Elements, PURE.reads(Memory::HEADERS);
    /// Nobody else holds the array, so that it is written in place.
    ArrayUnique "auniq" [None] (Array) => Nothing, GUARD.reads(Memory::COUNTS);
    /// Loads the element at an index, which the trace has checked.
    LoadElement "aload" [None] (Elements, Int) => Loaded, CHECKED.reads(Memory::ELEMENTS);
    /// Stores to the element at an index of a unique array.
    StoreElement "astore" [None] (Elements, Int, Any) => Nothing, PURE.writes(Memory::ELEMENTS);
    /// The element at an index owns no heap.
    FreeElement "afree" [None] (Elements, Int) => Nothing, GUARD.reads(Memory::ELEMENTS);
    /// Appends to a unique array; leaves, nothing done, when memory is short.
    ArrayPush "apush" [None] (Array, Any) => Nothing,
        GUARD.reads(Memory::HEADERS).writes(Memory::HEADERS.and(Memory::ELEMENTS));

    /// Loads the content of a cell.
    LoadCell "cload" [None] (Cell) => Loaded, CHECKED.reads(Memory::CELLS);
    /// Stores to a cell.
    StoreCell "cstore" [None] (Cell, Any) => Nothing, PURE.writes(Memory::CELLS);
    /// The content of a cell owns no heap.
    FreeCell "cfree" [None] (Cell) => Nothing, GUARD.reads(Memory::CELLS);

    /// Number of entries.
    HashLen "hlen" [None] (Hash) => Int, PURE.reads(Memory::KEYS);
    /// Nobody else holds the hash.
    HashUnique "huniq" [None] (Hash) => Nothing, GUARD.reads(Memory::COUNTS);
    /// The entry at a position, where the key is.
    EntryAt "hslot" [Number] (Hash, Key) => Entry, GUARD.reads(Memory::KEYS);
    /// The entry of a key that the hash has.
    FindEntry "hfind" [None] (Hash, Key) => Entry, GUARD.reads(Memory::KEYS);
    /// Whether the hash has a key.
    HashHas "hhas" [None] (Hash, Key) => Bool, PURE.reads(Memory::KEYS);
    /// Sets the value of a key of a unique hash; leaves, nothing done, when memory is short.
    HashPut "hput" [None] (Hash, Key, Any) => Nothing,
        GUARD.reads(Memory::KEYS).writes(Memory::KEYS.and(Memory::ENTRIES).and(Memory::COUNTS));
    /// Loads the value of an entry.
    LoadEntry "eload" [None] (Entry) => Loaded, CHECKED.reads(Memory::ENTRIES);
    /// Stores to an entry of a unique hash.
    StoreEntry "estore" [None] (Entry, Any) => Nothing, PURE.writes(Memory::ENTRIES);
    /// The value of an entry owns no heap.
    FreeEntry "efree" [None] (Entry) => Nothing, GUARD.reads(Memory::ENTRIES);

    /// Bytes of a string.
    StrLen "strlen" [None] (Str) => Int, PURE;
    /// Whether two strings have the same bytes.
    StrEq "streq" [None] (Str, Str) => Bool, PURE;

    /// Makes a new array of a number of Undefs, held by a register.
    NewArray "newarray" [Register] (Int) => Array, GUARD.writes(Memory::REGISTERS);
    /// Makes a new empty hash, held by a register.
    NewHash "newhash" [Register] () => Hash, GUARD.writes(Memory::REGISTERS);
    /// Makes a new cell with this content, held by a register.
    NewCell "newcell" [Register] (Any) => Cell, GUARD.writes(Memory::REGISTERS);

    /// A field of the awk record as a number.
    FieldNumber "field" [Number] () => Float, PURE.reads(Memory::RECORD);
    /// Number of fields of the awk record.
    FieldCount "fields" [None] () => Float, PURE.reads(Memory::RECORD);

    /// Does an instruction by its handler. All registers are read; the rest of its effect is the step's.
    Step "step" [Step] () => Nothing, GUARD.reads(Memory::ALL);
    /// Nobody wants the run to stop.
    Poll "poll" [None] () => Nothing, GUARD.writes(Memory::OUTSIDE);
    /// Charges fuel; leaves, nothing done, when there is too little.
    Fuel "fuel" [Number] () => Nothing, GUARD.writes(Memory::OUTSIDE);
}

impl Op {
    /// The operation's line of the table.
    pub fn info(self) -> &'static OpInfo {
        &TABLE[self as usize]
    }

    /// The operation of a name of the text form.
    #[cfg(test)]
    pub fn named(name: &str) -> Option<Op> {
        OPS.iter().copied().find(|op| op.info().name == name)
    }

    /// Whether the result depends on nothing but the operands and the type.
    pub fn is_pure(self) -> bool {
        self.info().effect == PURE && !self.is_marker()
    }

    /// Whether it is a point of the trace rather than a computation.
    pub fn is_marker(self) -> bool {
        matches!(self, Op::Loop | Op::Phi)
    }

    /// Whether the trace ends here.
    pub fn is_end(self) -> bool {
        matches!(self, Op::Back | Op::Exit | Op::Link)
    }

    /// Whether the operands can be exchanged. A sum of floats is not among them: of two NaNs, the first one's sign
    /// is the result's.
    pub fn is_commutative(self) -> bool {
        use Op::*;
        matches!(self, Add | Mul | AddChecked | MulChecked | And | Or | Xor | Eq | Ne | FEq | FNe | StrEq)
    }
}
