//! The instruction set: the public contract between language frontends and the engine.
//!
//! `Op` is stack code with frame slots. It is pleasant to emit, serialisable and at most 16 bytes;
//! it is never executed as it stands (see `code`). Every fact about an op comes from its line in
//! `table`.

pub(crate) mod float_text;
mod modes;
mod reference;
pub(crate) mod serde;
pub(crate) mod table;

#[cfg(test)]
mod tests;

use crate::fnv::Fnv1a;
pub use modes::{Mode, awk_signal, file_test, getline_source, output_mode, param_mod, redirect_op};
pub use reference::reference_page;
use table::for_each_op;

/// What an operand of an op denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// An integer value.
    Int,
    /// A float value.
    Float,
    /// A 32-bit integer limit.
    Int32,
    /// An index into the constant pool.
    Const,
    /// An index into the name pool.
    Name,
    /// A frame slot.
    Slot,
    /// An op index, the target of a jump.
    Jump,
    /// An index into the block ranges.
    Block,
    /// An index into the sub-chunks.
    SubChunk,
    /// A number of stack values, up to 255.
    Count,
    /// A number of stack values, up to 65,535.
    Count16,
    /// An index into a closure's captured values.
    Index,
    /// A builtin or extension id.
    Id,
    /// A small mode or argument that the op itself explains.
    Byte,
    /// A word that the frontend's handler explains.
    Word,
}

/// The Rust type of each operand kind.
macro_rules! operand_type {
    (Int) => {
        i64
    };
    (Float) => {
        f64
    };
    (Int32) => {
        i32
    };
    (Const) => {
        u16
    };
    (Name) => {
        u16
    };
    (Slot) => {
        u16
    };
    (Jump) => {
        usize
    };
    (Block) => {
        u16
    };
    (SubChunk) => {
        u16
    };
    (Count) => {
        u8
    };
    (Count16) => {
        u16
    };
    (Index) => {
        u8
    };
    (Id) => {
        u16
    };
    (Byte) => {
        u8
    };
    (Word) => {
        usize
    };
}

/// How an operand travels as 64 raw bits through the codec and the text forms.
trait OperandBits: Sized {
    fn to_bits(self) -> u64;
    /// `None` when the bits are out of the type's range.
    fn from_bits(bits: u64) -> Option<Self>;
}

macro_rules! operand_bits {
    ($($unsigned:ty)*) => { $(impl OperandBits for $unsigned {
        fn to_bits(self) -> u64 { self as u64 }
        fn from_bits(bits: u64) -> Option<Self> { Self::try_from(bits).ok() }
    })* };
}
operand_bits! { u8 u16 usize }

impl OperandBits for i64 {
    fn to_bits(self) -> u64 {
        self as u64
    }
    fn from_bits(bits: u64) -> Option<Self> {
        Some(bits as i64)
    }
}

impl OperandBits for i32 {
    fn to_bits(self) -> u64 {
        i64::from(self) as u64
    }
    fn from_bits(bits: u64) -> Option<Self> {
        i32::try_from(bits as i64).ok()
    }
}

impl OperandBits for f64 {
    fn to_bits(self) -> u64 {
        f64::to_bits(self)
    }
    fn from_bits(bits: u64) -> Option<Self> {
        Some(f64::from_bits(bits))
    }
}

/// What an op may do beyond its stack effect. No bit set means pure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
pub struct Effects(u8);

impl Effects {
    /// Nothing but its stack effect.
    pub const PURE: Effects = Effects(0);
    /// Reads state outside its operands: slots, globals, heap, record.
    pub const READS: Effects = Effects(1);
    /// Writes state outside its results.
    pub const WRITES: Effects = Effects(2);
    /// Calls a host, handler, sink or source.
    pub const HOST: Effects = Effects(4);
    /// May end in a runtime error.
    pub const FAILS: Effects = Effects(8);
    /// Everything: what an op of unknown effects is taken to do.
    pub const ALL: Effects = Effects(15);

    /// Both sets of effects.
    pub const fn union(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    /// Whether all effects of `other` are in this set.
    pub const fn contains(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }

    /// The raw bits, for the binary form.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of raw bits; unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Effects {
        Effects(bits & Self::ALL.0)
    }

    /// Each effect with its name.
    pub const EACH: [(Effects, &'static str); 4] =
        [(Self::READS, "reads"), (Self::WRITES, "writes"), (Self::HOST, "host"), (Self::FAILS, "fails")];

    /// The names of the effects in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::EACH.into_iter().filter(move |(effect, _)| self.contains(*effect)).map(|(_, name)| name)
    }
}

/// How control leaves an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Continues with the next op.
    Next,
    /// Continues at its jump operand.
    Jump,
    /// Continues with the next op or at its jump operand.
    Branch,
    /// Continues with the next op; an error in the region continues at its jump operand.
    Try,
    /// Continues at an entry of a constant list.
    Table,
    /// Leaves the body.
    End,
}

/// One operand of an op's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperandInfo {
    /// The operand's name in the table.
    pub name: &'static str,
    /// What it denotes.
    pub kind: OperandKind,
}

/// Everything that the table says about an op.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Stable number of the binary form.
    pub code: u16,
    /// Name, in Rust and in the text form.
    pub name: &'static str,
    /// Section of the reference page.
    pub section: &'static str,
    /// One sentence of meaning.
    pub doc: &'static str,
    /// Operands in order.
    pub operands: &'static [OperandInfo],
    /// Stack picture, top at the right.
    pub stack: &'static str,
    /// What the op may do.
    pub effects: Effects,
    /// How control leaves it.
    pub flow: Flow,
    /// For a fused op, the plain ops it stands for.
    pub replaces: &'static [&'static str],
}

/// One operand of an op, as raw bits with its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// What it denotes.
    pub kind: OperandKind,
    /// Its value: sign-extended for integers, IEEE bits for floats.
    pub bits: u64,
}

/// The operands of one op, in order.
#[derive(Clone, Copy, Debug)]
pub struct Operands {
    list: [Operand; 4],
    len: usize,
}

impl Operands {
    fn of(operands: &[Operand]) -> Operands {
        let mut list = [Operand { kind: OperandKind::Byte, bits: 0 }; 4];
        list[..operands.len()].copy_from_slice(operands);
        Operands { list, len: operands.len() }
    }
}

impl std::ops::Deref for Operands {
    type Target = [Operand];
    fn deref(&self) -> &[Operand] {
        &self.list[..self.len]
    }
}

macro_rules! define_ops {
    ($(section $section:literal { $(
        #[doc = $doc:literal]
        $code:literal $name:ident $( ( $($operand:ident : $kind:ident),* ) )?
            {$pops:expr => $pushes:expr, $stack:literal} [$($effect:ident)*] $flow:ident $(, replaces [$($plain:ident)*])? ;
    )* })*) => {
        /// One instruction. See `docs/ops.md` for the reference page made from the same table.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)]
        pub enum Op {
            $($(
                #[doc = $doc]
                $name $( ( $(operand_type!($kind)),* ) )?,
            )*)*
        }

        /// The table, in the order of its lines.
        static INFOS: &[OpInfo] = &[$($(
            OpInfo {
                code: $code,
                name: stringify!($name),
                section: $section,
                doc: $doc.trim_ascii(),
                operands: &[$($(OperandInfo { name: stringify!($operand), kind: OperandKind::$kind }),*)?],
                stack: $stack,
                effects: Effects::PURE$(.union(Effects::$effect))*,
                flow: Flow::$flow,
                replaces: &[$($(stringify!($plain)),*)?],
            },
        )*)*];

        /// Makes each op from its raw operands, in the order of `INFOS`.
        static BUILDERS: &[fn(&[u64]) -> Option<Op>] = &[$($(
            |_bits| {
                let mut _bits = _bits.iter();
                Some(Op::$name $( ( $(<operand_type!($kind) as OperandBits>::from_bits(*_bits.next()?)?),* ) )?)
            },
        )*)*];

        /// Position of each op in `INFOS`.
        #[derive(Clone, Copy)]
        #[repr(u16)]
        enum Ordinal { $($($name),*),* }

        impl Op {
            /// Position of the op in [`Op::table`].
            pub fn ordinal(&self) -> usize {
                match self { $($(Op::$name { .. } => Ordinal::$name as usize,)*)* }
            }

            /// Number of stack values that the op takes; 0 for extension ops, whose effect is declared.
            #[allow(unused_variables)]
            pub fn pops(&self) -> usize {
                match *self { $($(Op::$name $( ( $($operand),* ) )? => $pops,)*)* }
            }

            /// Number of stack values that the op leaves; 0 for extension ops, whose effect is declared.
            #[allow(unused_variables)]
            pub fn pushes(&self) -> usize {
                match *self { $($(Op::$name $( ( $($operand),* ) )? => $pushes,)*)* }
            }

            /// The operands as kinds and raw bits.
            pub fn operands(&self) -> Operands {
                match *self { $($(Op::$name $( ( $($operand),* ) )? => Operands::of(&[
                    $($(Operand { kind: OperandKind::$kind, bits: OperandBits::to_bits($operand) }),*)?
                ]),)*)* }
            }

            /// The op at a table position with the given raw operands; `None` when the position is
            /// unknown, the number of operands is wrong or one is out of its type's range.
            pub fn from_ordinal(ordinal: usize, bits: &[u64]) -> Option<Op> {
                if bits.len() != INFOS.get(ordinal)?.operands.len() {
                    return None;
                }
                BUILDERS[ordinal](bits)
            }
        }
    };
}
for_each_op!(define_ops);

const _: () = assert!(size_of::<Op>() <= 16);

impl Op {
    /// All lines of the op table.
    pub fn table() -> &'static [OpInfo] {
        INFOS
    }

    /// The table's line for this op.
    pub fn info(&self) -> &'static OpInfo {
        &INFOS[self.ordinal()]
    }

    /// Whether the op works on its operands, variables and awk's state alone: it runs no code of the program or the host,
    /// and what scopes save is nothing to it.
    pub(crate) fn calls_nobody(&self) -> bool {
        use Op::*;
        let info = self.info();
        if info.effects.contains(Effects::HOST) {
            // Awk's state is a host to the program, and the VM's own to who executes the op.
            return matches!(
                self,
                AwkFieldGet
                    | AwkFieldSet
                    | AwkSetRecord
                    | AwkSprintf(_)
                    | AwkLength(_)
                    | AwkSubstr(_)
                    | AwkIndex
                    | AwkMatch
                    | AwkToLower
                    | AwkToUpper
                    | AwkSplit(_)
                    | AwkSub(_)
                    | AwkGsub(_)
                    | AwkGensub(_)
                    | AwkSubRecord
                    | AwkGsubRecord
                    | AwkRegexMatch
                    | AwkSystime
                    | AwkRand
                    | AwkSrand(_)
                    | AwkOrd
                    | AwkChr
            );
        }
        info.flow == Flow::Next && !matches!(self, DeclareVar(_) | DeclareArray(_) | DeclareHash(_))
    }

    /// Stable number of the binary form.
    pub fn code(&self) -> u16 {
        self.info().code
    }

    /// Table position of the op with a stable number.
    pub fn ordinal_of_code(code: u16) -> Option<usize> {
        INFOS.binary_search_by_key(&code, |info| info.code).ok()
    }

    /// Table position of the op with a name.
    pub fn ordinal_of_name(name: &str) -> Option<usize> {
        static BY_NAME: std::sync::LazyLock<std::collections::HashMap<&str, usize>> =
            std::sync::LazyLock::new(|| INFOS.iter().enumerate().map(|(i, info)| (info.name, i)).collect());
        BY_NAME.get(name).copied()
    }

    /// The jump operand, if the op has one.
    pub fn jump_target(&self) -> Option<usize> {
        self.operands().iter().find(|o| o.kind == OperandKind::Jump).map(|o| o.bits as usize)
    }

    /// The same op with another jump target; an op without one is returned as it is.
    pub fn with_jump_target(self, target: usize) -> Op {
        let operands = self.operands();
        let mut bits = [0; 4];
        for (place, operand) in bits.iter_mut().zip(operands.iter()) {
            *place = if operand.kind == OperandKind::Jump { target as u64 } else { operand.bits };
        }
        Op::from_ordinal(self.ordinal(), &bits[..operands.len()]).unwrap_or(self)
    }

    /// Fuel of one execution: the number of plain ops it stands for. The whole-loop ops charge by
    /// the iteration instead, see [`Op::loop_fuel`].
    pub fn fuel(&self) -> u64 {
        match self.loop_fuel() {
            Some((test, _)) => test,
            None => self.info().replaces.len().max(1) as u64,
        }
    }

    /// For a whole-loop op, the fuel of one test of its condition and of one run of its body.
    pub fn loop_fuel(&self) -> Option<(u64, u64)> {
        // The four ops of the test come first in `replaces`; the rest are the body.
        const TEST: u64 = 4;
        match self {
            Op::AccumSumLoop(..) | Op::ConcatConstLoop(..) | Op::PushIntRangeLoop(..) => {
                Some((TEST, self.info().replaces.len() as u64 - TEST))
            }
            _ => None,
        }
    }

    /// Hash of the whole table: names, numbers, operands and stack pictures. Binary forms carry it,
    /// so that a chunk of another table is refused.
    pub fn table_hash() -> u64 {
        let mut hash = Fnv1a::default();
        for info in INFOS {
            hash.write(&info.code.to_le_bytes());
            hash.write(info.name.as_bytes());
            hash.write(info.stack.as_bytes());
            for operand in info.operands {
                hash.write(&[operand.kind as u8]);
            }
        }
        hash.finish()
    }
}
