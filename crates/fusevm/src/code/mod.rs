//! Lowered code: the private three-address form that the fast interpreter runs.
//!
//! Stack code spends most of its time moving values to and from the stack. Lowering runs the stack
//! symbolically, once per chunk: slots and constants become operands, and a value goes through a
//! temporary register only where it must. Instructions are 16 bytes and refer to registers of the
//! frame, which lie in one window of the VM's register file:
//!
//! ```text
//! arguments | slots, scope by scope | temporaries: one for each stack depth, then those of blocks
//! ```
//!
//! Invariant: a temporary that is dead owns no heap. An instruction that uses a temporary takes its
//! value (the flag bits below say which operands), so that strings and arrays stay uniquely held and
//! are changed in place.

#[cfg(feature = "jit")]
pub(crate) mod feedback;
mod layout;
mod liveness;
mod lower;
#[cfg(feature = "jit")]
pub(crate) mod operands;
mod print;
mod selection;

pub(crate) use lower::lower;
#[cfg(feature = "jit")]
pub(crate) use print::listing_of;
pub use print::{listing, listing_by_lines};

use crate::value::Value;
pub(crate) use selection::{Question, Selection};
#[cfg(feature = "jit")]
use std::cell::OnceCell;
use std::cell::UnsafeCell;
use std::ops::Range;
#[cfg(feature = "jit")]
use std::sync::Arc;

/// One instruction. What the fields mean depends on the opcode; see [`Opcode`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Inst {
    pub op: Opcode,
    pub a: u16,
    pub b: u16,
    pub c: u16,
    pub imm: u64,
}

const _: () = assert!(size_of::<Inst>() == 16);

impl Inst {
    /// Where a jump at index `at` leads, unless it is by a table.
    pub fn jump_target(&self, at: u32) -> Option<u32> {
        let is_jump =
            matches!(self.op.form(), Form::J | Form::JR | Form::JRR | Form::JRI | Form::JUR | Form::JUI);
        (is_jump && self.op != Opcode::JumpTable).then(|| at.wrapping_add(self.imm as u32))
    }
}

impl Inst {
    /// Which of so many parts are subscripts, of an instruction on an element at joined ones.
    pub fn subscripts(&self, parts: usize) -> Range<usize> {
        let first = usize::from(matches!(self.op, Opcode::JoinedSet | Opcode::JoinedAdd));
        first..parts - usize::from(self.b == CELL)
    }

    /// Sets the register that gets the result.
    fn set_dest(&mut self, register: u16) {
        match self.op.form() {
            Form::Call | Form::CallDynamic | Form::Iterate => self.c = register,
            _ => self.a = register,
        }
    }
}

/// Flag: the instruction takes the value of its first source operand.
pub(crate) const TAKE_FIRST: u16 = 1;
/// Flag: the instruction takes the value of its second source operand.
pub(crate) const TAKE_SECOND: u16 = 2;
/// Flag: the instruction takes the value of its third source operand.
pub(crate) const TAKE_THIRD: u16 = 4;

/// Flag: the comparison is awk's.
pub(crate) const AWK: u16 = 8;

/// Parts of a `Join` among which some may be awk's strings.
pub(crate) const MAX_CONVERTED: usize = u16::BITS as usize;

/// Instead of a global: the array is in a cell.
pub(crate) const CELL: u16 = u16::MAX;

/// An operand of an instruction that takes a list of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// A field of the record.
    Field(u16),
    /// The field whose number is in a register; the flag says whether that is taken.
    FieldAt(u16, bool),
    /// A register; the flag says whether its value is taken.
    Register(u16, bool),
    /// A constant, by address.
    Constant(u64),
}

/// How an opcode's fields are laid out: a letter for each operand.
#[expect(clippy::upper_case_acronyms, reason = "the letters are operands")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// No operands.
    None,
    /// `a` dest.
    D,
    /// `a` dest, `imm` raw payload.
    DImm,
    /// `a` dest, `imm` pointer to a constant.
    DK,
    /// `a` dest, `b` source; flags in `c`.
    DR,
    /// `a` dest, `b` and `c` sources; flags in `imm`.
    DRR,
    /// `a` dest, `b` source, `imm` pointer to a constant; flags in `c`.
    DRK,
    /// `a` dest, `imm` pointer to a constant, `c` source; flags in `b`.
    DKR,
    /// `a` dest, `b` source, `imm` an integer; flags in `c`.
    DRI,
    /// `a` dest, `b` source, `imm` a float; flags in `c`.
    DRF,
    /// `a` dest, `imm` the number of a list of sources.
    DList,
    /// `a` dest, `b` updated, `imm` the number of a list of sources.
    DUList,
    /// `a` source; flags in `c`.
    R,
    /// `a` and `b` sources; flags in `imm`.
    RR,
    /// `a` and `b` sources, `imm` pointer to a constant; flags in `c`.
    RRK,
    /// `a` and `b` sources, `imm` a number; flags in `c`.
    RRI,
    /// `a` dest, `b` a field, `imm` pointer to a constant.
    DFK,
    /// `a`, `b` and `c` sources; flags in `imm`.
    RRR,
    /// `a` and `b` updated.
    UU,
    /// `a` and `b` updated, `imm` op index.
    UUImm,
    /// `a` updated, `b` source; its flag in `imm`.
    UR,
    /// `a` updated, `b` and `c` sources; their flags in `imm`.
    URR,
    /// `imm` distance to the target, an i32 in its low half.
    J,
    /// `a` source, `imm` target; flags in `c`.
    JR,
    /// `a` and `b` sources, `imm` target; flags in `c`.
    JRR,
    /// `a` source, `imm` an i32 in the high and the target in the low half; flags in `c`.
    JRI,
    /// `a` updated, `b` source, `imm` target; flags in `c`.
    JUR,
    /// `a` updated, `imm` an i32 in the high and the target in the low half; flags in `c`.
    JUI,
    /// `a` first register of the operands, `b` their number, `c` that of the results, `imm` op index.
    Op,
    /// `a` first register of the operands and dest, `b` their number, `c` updated, `imm` op index.
    OpU,
    /// `a` first argument, `b` number of arguments, `c` dest, `imm` sub id.
    Call,
    /// `a` first argument, `b` number of arguments, `c` number of registers to drop, `imm` sub id.
    TailCall,
    /// `a` callee, its arguments above it, `b` number of arguments, `c` dest, `imm` op index.
    CallDynamic,
    /// `a` source that is taken, `b` kind of walk, `c` dest, `imm` block.
    Iterate,
    /// `a` source that is taken, `imm` block.
    BlockEnd,
    /// `a` first register, `b` number of registers.
    Range,
    /// `a` source, `imm` a number; flags in `c`.
    RImm,
    /// `b` source, `imm` a global; flags in `c`.
    GR,
    /// `imm` a list of values.
    List,
    /// `imm` a number.
    Imm,
}

macro_rules! opcodes {
    ($($(#[$doc:meta])* $name:ident $form:ident),* $(,)?) => {
        /// What an instruction does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Opcode { $($(#[$doc])* $name),* }

        impl Opcode {
            /// Number of opcodes.
            pub const COUNT: usize = [$(Opcode::$name),*].len();

            /// How the fields are laid out.
            pub fn form(self) -> Form {
                match self { $(Opcode::$name => Form::$form),* }
            }
        }
    };
}

opcodes! {
    /// Returns to Rust: the run's result is in register 0.
    Exit None,
    /// Charges fuel for a basic block.
    Fuel Imm,
    /// Copies a register.
    Move DR,
    /// Exchanges two temporaries.
    Swap UU,
    /// Drops a temporary.
    Drop D,
    /// Loads Undef.
    LoadUndef D,
    /// Loads a Bool.
    LoadBool DImm,
    /// Loads an Int.
    LoadInt DImm,
    /// Loads a Float.
    LoadFloat DImm,
    /// Loads a constant.
    LoadConst DK,
    /// Reads a global.
    GetGlobal DImm,
    /// Writes a global.
    SetGlobal GR,

    /// Addition that expects Ints.
    Add DRR,
    /// Addition that expects Floats.
    AddFloat DRR,
    /// Addition whose operands have changed kind before.
    AddAny DRR,
    /// Addition of an integer.
    AddI DRI,
    /// Addition of a float.
    AddF DRF,
    /// Subtraction that expects Ints.
    Sub DRR,
    /// Subtraction that expects Floats.
    SubFloat DRR,
    /// Subtraction whose operands have changed kind before.
    SubAny DRR,
    /// Subtraction of a float.
    SubF DRF,
    /// Subtraction from a constant.
    SubKR DKR,
    /// Multiplication that expects Ints.
    Mul DRR,
    /// Multiplication that expects Floats.
    MulFloat DRR,
    /// Multiplication whose operands have changed kind before.
    MulAny DRR,
    /// Multiplication by an integer.
    MulI DRI,
    /// Multiplication by a float.
    MulF DRF,
    /// Division.
    Div DRR,
    /// Division by a float.
    DivF DRF,
    /// Division of a constant.
    DivKR DKR,
    /// Remainder.
    Mod DRR,
    /// Remainder by a positive integer.
    ModI DRI,
    /// Change of sign.
    Negate DR,
    /// Square root.
    Sqrt DR,

    /// Bitwise and.
    BitAnd DRR,
    /// Bitwise and with a constant.
    BitAndK DRK,
    /// Bitwise or.
    BitOr DRR,
    /// Bitwise exclusive or.
    BitXor DRR,
    /// Shift left by a constant.
    ShlK DRK,
    /// Shift right by a constant.
    ShrK DRK,

    /// Numeric comparison.
    Lt DRR,
    /// Numeric comparison.
    Le DRR,
    /// Numeric comparison.
    Eq DRR,
    /// Numeric comparison.
    Ne DRR,
    /// String comparison.
    StrEq DRR,
    /// String comparison.
    StrNe DRR,
    /// Truth, negated.
    Not DR,

    /// Joins two strings.
    Concat DRR,
    /// Joins a string and a constant.
    ConcatK DRK,
    /// Joins a constant and a string.
    ConcatKR DKR,
    /// Length of a string.
    StringLen DR,
    /// Joins the strings of fields of the awk record, registers and constants. Where a bit of `b` is set, the part's is the string
    /// that awk makes of the value.
    Join DList,

    /// Jumps.
    Jump J,
    /// Jumps back, polling.
    Loop J,
    /// Jumps when true.
    JumpTrue JR,
    /// Jumps when false.
    JumpFalse JR,
    /// Jumps back when true, polling.
    LoopTrue JR,
    /// Jumps back when false, polling.
    LoopFalse JR,
    /// Jumps when less.
    JumpLt JRR,
    /// Jumps unless less.
    JumpNotLt JRR,
    /// Jumps when less or equal.
    JumpLe JRR,
    /// Jumps unless less or equal.
    JumpNotLe JRR,
    /// Jumps when equal.
    JumpEq JRR,
    /// Jumps unless equal.
    JumpNotEq JRR,
    /// Jumps back when less, polling.
    LoopLt JRR,
    /// Jumps back unless less, polling.
    LoopNotLt JRR,
    /// Jumps back when less or equal, polling.
    LoopLe JRR,
    /// Jumps back unless less or equal, polling.
    LoopNotLe JRR,
    /// Jumps back when equal, polling.
    LoopEq JRR,
    /// Jumps back unless equal, polling.
    LoopNotEq JRR,
    /// Jumps when less than a small integer.
    JumpLtI JRI,
    /// Jumps unless less than a small integer.
    JumpNotLtI JRI,
    /// Jumps when less than or equal to a small integer.
    JumpLeI JRI,
    /// Jumps unless less than or equal to a small integer.
    JumpNotLeI JRI,
    /// Jumps when greater than a small integer.
    JumpGtI JRI,
    /// Jumps unless greater than a small integer.
    JumpNotGtI JRI,
    /// Jumps when greater than or equal to a small integer.
    JumpGeI JRI,
    /// Jumps unless greater than or equal to a small integer.
    JumpNotGeI JRI,
    /// Jumps when equal to a small integer.
    JumpEqI JRI,
    /// Jumps unless equal to a small integer.
    JumpNotEqI JRI,
    /// Jumps back when less than a small integer, polling.
    LoopLtI JRI,
    /// Jumps back unless less than a small integer, polling.
    LoopNotLtI JRI,
    /// Jumps back when less than or equal to a small integer, polling.
    LoopLeI JRI,
    /// Jumps back unless less than or equal to a small integer, polling.
    LoopNotLeI JRI,
    /// Jumps back when greater than a small integer, polling.
    LoopGtI JRI,
    /// Jumps back unless greater than a small integer, polling.
    LoopNotGtI JRI,
    /// Jumps back when greater than or equal to a small integer, polling.
    LoopGeI JRI,
    /// Jumps back unless greater than or equal to a small integer, polling.
    LoopNotGeI JRI,
    /// Jumps back when equal to a small integer, polling.
    LoopEqI JRI,
    /// Jumps back unless equal to a small integer, polling.
    LoopNotEqI JRI,
    /// Adds one to `a`, then jumps back while it is less than `b`, polling.
    IncLoopLt JUR,
    /// Adds one to `a`, then jumps back while it is less than or equal to `b`, polling.
    IncLoopLe JUR,
    /// Adds one to `a`, then jumps back while it is less than a small integer, polling.
    IncLoopLtI JUI,
    /// Adds one to `a`, then jumps back while it is less than or equal to a small integer, polling.
    IncLoopLeI JUI,
    /// Jumps by a table: `imm` is its number.
    JumpTable JR,

    /// Calls a sub.
    Call Call,
    /// Calls a sub in place of the running one.
    TailCall TailCall,
    /// Calls a value.
    CallDynamic CallDynamic,
    /// Leaves the sub with register `a`; `imm` registers from 0 are dropped.
    Return RImm,
    /// Leaves the sub with Undef.
    ReturnUndef Imm,
    /// Ends the chunk with register `a`.
    End R,
    /// Ends the chunk with an empty stack.
    EndEmpty None,
    /// Raises register `a`.
    Throw R,

    /// Element of the array in `b` at index `c`.
    ArrayGet DRR,
    /// Element of the array in `b` at a small index.
    ArrayGetI DRI,
    /// Sets the element of the array in `a` at index `c` to `b`.
    ArraySet URR,
    /// Appends `b` to the array in `a`.
    ArrayPush UR,
    /// Length of the array in `b`.
    ArrayLen DR,
    /// Value of the hash in `b` at key `c`.
    HashGet DRR,
    /// Sets the value of the hash in `a` at key `c` to `b`.
    HashSet URR,
    /// Whether the hash in `b` has key `c`.
    HashExists DRR,
    /// Any other op on a collection in a slot.
    SlotOp OpU,
    /// Element of the collection in `b` at key `c`.
    IndexGet DRR,
    /// Element of the collection in `b` at a constant key.
    IndexGetK DRK,
    /// Sets the element of the collection behind `c` at key `b` to `a`.
    IndexSet RRR,
    /// Sets the element of the collection behind `b` at a constant key to `a`.
    IndexSetK RRK,
    /// Content of the cell in `b`.
    RefGet DR,
    /// Stores `a` into the cell in `b`.
    RefSet RR,
    /// A captured value of the running closure, by its number.
    GetCapture DImm,
    /// Sets a captured value of the running closure.
    SetCapture RImm,

    /// A field of the awk record.
    FieldGet DImm,
    /// A field of the awk record whose number is a value.
    FieldAt DR,
    /// A field as an awk number.
    FieldNumber DImm,
    /// A field whose number is a value, as an awk number.
    FieldNumberAt DR,
    /// Whether a field matches a regular expression.
    FieldMatches DFK,
    /// Whether a field is a string.
    FieldIs DFK,
    /// As `FieldMatches`, of the field whose number is a value.
    FieldMatchesAt DRK,
    /// As `FieldIs`, of the field whose number is a value.
    FieldIsAt DRK,
    /// Number of characters of a field.
    FieldLength DImm,
    /// Number of characters of a field whose number is a value.
    FieldLengthAt DR,
    /// Number of characters of a value, or of elements.
    Length DR,
    /// Part of a text, from a character on, of so many characters or, without a number, all.
    Substr DList,
    /// `a` is the text that values give by a format, the first of them.
    Sprintf DList,
    /// Where in a text another begins, or 0.
    Index DList,
    /// Text in lower case.
    ToLower DList,
    /// Text in upper case.
    ToUpper DList,
    /// Whether a text matches a regular expression.
    Matches DList,
    /// Where in a text a regular expression matches, or 0; RSTART and RLENGTH are set.
    Match DList,
    /// Number of fields.
    FieldCount D,
    /// A special variable, by its number.
    SpecialGet DImm,
    /// Value as an awk number.
    ToNumber DR,
    /// Value as awk's comparisons see it: a number, or NaN.
    ToComparable DR,
    /// Value as an awk string.
    ToText DR,
    /// Subscripts as a key of an awk array, with SUBSEP between them.
    JoinKeys DList,
    /// Value as a key of an awk array.
    Subscript DR,
    /// Element of the awk array in the cell `b` at key `c`, created when it is new.
    CellElement DRR,
    /// The cell of the array that is an element of the awk array in the cell `b`, at key `c`, created when it is new.
    Subarray DRR,
    /// Element of the awk array in the cell `b` at key `c`, which is no array, created when it is new.
    NestedGet DRR,
    /// Sets the element of the awk array in the cell `c` at key `b`, which is no array, to `a`.
    NestedSet RRR,
    /// Whether the collection in `b` has key `c`.
    IndexExists DRR,
    /// Whether the awk array in global `imm` has key `b`.
    ElementExists DRI,
    /// Awk's truth.
    Truth DR,
    /// Awk's division.
    DivAwk DRR,
    /// Awk's remainder.
    ModAwk DRR,
    /// Element of the awk array in global `imm` at key `b`, created when it is new.
    ElementGet DRI,
    /// Sets the element of the awk array in global `imm` at key `b` to `a`.
    ElementSet RRI,
    /// Removes the element of the awk array in global `imm` at key `a`.
    ElementDelete RImm,
    /// Adds the number `a` to the element of the awk array in global `imm` at key `b`.
    ElementAdd RRI,
    /// Adds one to the element of the awk array in global `imm` at key `b`; `a` is the number that it was.
    ElementIncrement DRI,
    /// As `ElementAdd`, at a field: `imm` is the global in its low half, the field in its high one.
    FieldElementAdd RImm,
    /// As `ElementIncrement`, at a field: `imm` is the global in its low half, the field in its high one.
    FieldElementIncrement DImm,
    /// Notes the number `a` for global `imm`.
    Addend RImm,
    /// Notes the number `a` for the element of the awk array in global `imm` at key `b`.
    ElementAddend RRI,
    /// As `ElementAddend`, at a field: `imm` is the global in its low half, the field in its high one.
    FieldElementAddend RImm,
    /// Element at subscripts that are joined: of the awk array in global `b`, or in the cell that is the last of the list where `b`
    /// is [`CELL`]. It is created when it is new.
    JoinedGet DList,
    /// Sets the element at joined subscripts, which stand behind the value.
    JoinedSet List,
    /// Adds a number, which is the first of the list, to the element at joined subscripts.
    JoinedAdd List,
    /// Adds one to the element at joined subscripts; `a` is the number that it was.
    JoinedIncrement DList,
    /// Whether there is an element at joined subscripts.
    JoinedExists DList,
    /// Puts a text behind the element of the awk array in global `b`, at a key.
    ElementAppend List,
    /// `a` is how often something was replaced in the record, at most once: a regular expression by a text.
    SubRecord DList,
    /// As `SubRecord`, wherever it matches.
    GsubRecord DList,
    /// As `SubRecord`, in the text in `b`.
    SubText DUList,
    /// As `SubText`, wherever it matches.
    GsubText DUList,
    /// Chooses the output of the next Print by its name, the one of the list; `b` is the mode.
    Output List,
    /// Prints values.
    Print List,
    /// Prints values as one text.
    PrintJoined List,
    /// Prints values by a format, the first of them.
    Printf List,

    /// Any op without an instruction of its own, by its function.
    Exec Op,
    /// As `Exec`, of an op that calls nobody.
    ExecLeaf Op,
    /// The number of pieces of a text, which become the elements of global `b`, or where `b` is [`CELL`] of the array in the cell
    /// that is the last of the list, in the place of those that were there.
    SplitInto DList,
    /// AwkGetline, of the main input into the record.
    ReadRecord Op,
    /// As `ReadRecord`, in a loop that asks each record something before it does anything: the interpreter may go on with the next
    /// record that is of use, where that is. The number of the selection is in the high half of `imm`.
    ReadSelected Op,
    /// AwkGetlineOr into the slot `b`: `a` is the status, `c` the source, and its name is in the list if it has one.
    ReadLine DUList,
    /// CallBuiltin.
    Builtin Op,
    /// Extended and ExtendedWide.
    Extension Op,
    /// Opens a scope: saves globals from here, and clears registers.
    OpenScope Range,
    /// Closes a scope.
    CloseScope Range,
    /// DeclareVar and its like: sets a global for the scope.
    Declare Op,
    /// A whole-loop op, executed by its plain ops: `a` is what it adds to, `b` the counter.
    WholeLoop UUImm,
    /// Begins a walk over an array, which runs a block for each element.
    Iterate Iterate,
    /// Ends a block's run for an element, with its result.
    BlockEnd BlockEnd,
}

/// A body's code.
#[derive(Clone, Debug)]
pub(crate) struct BodyCode {
    /// First instruction.
    pub entry: u32,
    /// Arguments that it takes.
    pub takes: u32,
    /// Arguments that the prologue leaves on the stack: they move to the temporaries of their depths.
    pub kept: u32,
    /// Registers of arguments and slots, which begin the window; slots start Undef and all are dropped
    /// at the end.
    pub variables: u32,
    /// Registers of the whole window.
    pub registers: u32,
    /// Register of each slot by scope.
    pub slots: Vec<Vec<u16>>,
}

impl BodyCode {
    /// Register of the stack value at a depth.
    pub fn stack_register(&self, depth: u32) -> u32 {
        self.variables + depth
    }
}

/// A block as one body uses it.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockCode {
    /// First instruction.
    pub entry: u32,
    /// Register of its first element.
    pub base: u32,
    /// Elements that it gets at a time.
    #[cfg_attr(not(feature = "jit"), expect(dead_code, reason = "only `operands` asks"))]
    pub elements: u16,
    /// The Iterate that runs it.
    pub iterate: u32,
    /// Register of the walk's result.
    pub dest: u16,
}

/// What instructions refer to by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    /// Blocks, each as one Iterate uses it.
    pub blocks: Vec<BlockCode>,
    /// What Print prints and Join joins.
    pub parts: Vec<Box<[Part]>>,
    /// Targets of jump tables, as instructions.
    pub tables: Vec<Box<[u32]>>,
    /// What ReadSelected asks of records.
    pub selections: Vec<Selection>,
}

/// A unit's lowered code.
pub(crate) struct Code {
    /// Instructions; quickening rewrites their opcodes in place.
    insts: Box<[UnsafeCell<Inst>]>,
    /// Op index of each instruction.
    ops: Box<[u32]>,
    /// Bodies that own frames, by their index in the analysis (main, then the subs).
    pub bodies: Vec<BodyCode>,
    /// What instructions refer to by number.
    pub lists: Lists,
    /// Bodies and blocks in the order of their instructions.
    starts: Vec<RegionStart>,
    handlers: Vec<Handler>,
    /// What was seen of the code so far.
    #[cfg(feature = "jit")]
    feedback: OnceCell<Arc<feedback::Feedback>>,
    /// What the tiers keep of it.
    #[cfg(feature = "jit")]
    pub tiers: crate::jit::tiers::Attachment,
    /// Constants that instructions point to.
    #[expect(clippy::vec_box, reason = "the constants stay where they are while the list grows")]
    _constants: Vec<Box<Value>>,
}

/// Where the instructions of a body, or of a block within one, begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegionStart {
    pub inst: u32,
    /// Body that owns the frame.
    pub owner: u32,
}

/// Where an error of a try region continues.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// Op index of the TryBegin.
    pub try_begin: u32,
    /// Index of the region that has it.
    pub region: u32,
    /// Instruction of the handler.
    pub inst: u32,
    /// Register that gets the error value; temporaries from here on are dropped.
    pub register: u32,
    /// Scopes open at the handler.
    pub scopes: u32,
}

// SAFETY: instructions are rewritten, and feedback is noted, only by the VM that executes them, through
// `&mut VM`; a VM is on one thread at a time, and a unit belongs to one VM.
unsafe impl Send for Code {}
// SAFETY: as above; no two threads execute the same unit.
unsafe impl Sync for Code {}

impl Code {
    /// Pointer to an instruction.
    pub fn inst(&self, index: u32) -> *mut Inst {
        self.insts[index as usize].get()
    }

    /// Index of the instruction at a pointer of this code.
    pub fn index_of(&self, inst: *const Inst) -> u32 {
        ((inst as usize - self.insts.as_ptr() as usize) / size_of::<Inst>()) as u32
    }

    /// Op index of an instruction.
    pub fn op_index(&self, inst: u32) -> usize {
        self.ops[inst as usize] as usize
    }

    /// Index of the region of an instruction.
    fn region(&self, inst: u32) -> usize {
        self.starts.partition_point(|start| start.inst <= inst) - 1
    }

    /// Body that owns the frame of an instruction.
    pub fn owner(&self, inst: u32) -> usize {
        self.starts[self.region(inst)].owner as usize
    }

    /// The handler of a try region for an error at an instruction.
    pub fn handler(&self, try_begin: u32, inst: u32) -> Option<Handler> {
        let region = self.region(inst) as u32;
        self.handlers.iter().find(|h| h.try_begin == try_begin && h.region == region).copied()
    }

    /// What was seen of the code so far.
    #[cfg(feature = "jit")]
    pub fn feedback(&self) -> &feedback::Feedback {
        self.shared_feedback()
    }

    /// As [`Code::feedback`], to be shared with the same code of other VMs.
    #[cfg(feature = "jit")]
    pub fn shared_feedback(&self) -> &Arc<feedback::Feedback> {
        self.feedback.get_or_init(|| Arc::new(feedback::Feedback::new(self.insts.len(), &self.bodies)))
    }

    /// Goes on with what was seen of the same code elsewhere, unless there are observations here already.
    #[cfg(feature = "jit")]
    pub fn share_feedback(&self, feedback: &Arc<feedback::Feedback>) {
        self.feedback.get_or_init(|| feedback.clone());
    }

    /// Number of instructions.
    pub fn len(&self) -> usize {
        self.insts.len()
    }
}
