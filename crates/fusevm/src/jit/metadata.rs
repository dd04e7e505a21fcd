//! What the JIT tells about its code, and what of it outlives the process.
//!
//! Everything here is plain data in terms of the program: op indices, kinds of values, names of subs. Nothing
//! of it is trusted when it comes back: [`TraceMetadata`] that does not fit the chunk is refused, and what fits
//! only decides what is recorded early.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of the value in a slot, an argument or a stack position, as native code was compiled for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SlotKind {
    /// Of any kind: the code looks at the value where it uses it.
    #[default]
    Any,
    /// Undef.
    Undef,
    /// A truth value.
    Bool,
    /// An integer.
    Int,
    /// A float.
    Float,
    /// The status of a command.
    Status,
    /// A builtin.
    NativeFn,
    /// A byte string.
    Str,
    /// A list.
    Array,
    /// A map.
    Hash,
    /// A cell.
    Ref,
    /// A sub with its captures.
    Code,
    /// An embedder's object.
    Obj,
}

impl SlotKind {
    /// The kind's name in listings.
    pub fn name(self) -> &'static str {
        match self {
            SlotKind::Any => "any",
            SlotKind::Undef => "undef",
            SlotKind::Bool => "bool",
            SlotKind::Int => "int",
            SlotKind::Float => "float",
            SlotKind::Status => "status",
            SlotKind::NativeFn => "native",
            SlotKind::Str => "str",
            SlotKind::Array => "array",
            SlotKind::Hash => "hash",
            SlotKind::Ref => "ref",
            SlotKind::Code => "code",
            SlotKind::Obj => "obj",
        }
    }
}

/// Kinds in their order, repeated ones with their number: `float, int ×3`.
pub fn kinds_in_words(kinds: &[SlotKind]) -> String {
    let runs = kinds.chunk_by(|one, next| one == next).map(|run| match run.len() {
        1 => run[0].name().to_string(),
        times => format!("{} ×{times}", run[0].name()),
    });
    runs.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which compiler made some native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Tier {
    /// Straight-line code, compiled at the first call.
    Linear,
    /// A whole body, or a loop with everything reachable from it.
    Block,
    /// A recorded path.
    Trace,
}

impl Tier {
    /// The tier's name in logs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Linear => "linear",
            Tier::Block => "block",
            Tier::Trace => "trace",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A frame that an exit rebuilds for the interpreter, of a sub whose call was inlined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeoptFrame {
    /// The sub's name.
    pub sub: String,
    /// Op index of the call in the frame outside of it.
    pub call_ip: usize,
    /// Kinds of the frame's arguments and slots that live in native registers at the exit;
    /// [`SlotKind::Any`] for those that are in memory already.
    pub slots: Vec<SlotKind>,
}

/// One exit of native code: where the interpreter goes on, and with what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeoptInfo {
    /// The exit's number in its code.
    pub exit: u32,
    /// Op index at which the interpreter goes on.
    pub resume_ip: usize,
    /// Source line of that op, 0 when unknown.
    pub line: u32,
    /// Why the exit is there, in words: `slot 2 is no int`.
    pub reason: String,
    /// Frames of inlined calls, callers first.
    pub frames: Vec<DeoptFrame>,
    /// Kinds of the stack values of the innermost frame, bottom first.
    pub stack: Vec<SlotKind>,
    /// Times that it was taken.
    pub count: u64,
}

/// A piece of native code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeCode {
    /// Which compiler made it.
    pub tier: Tier,
    /// Op index where it begins: a loop's header, or the first op of a body.
    pub ip: usize,
    /// Kinds that the arguments and slots must have at entry, in the order of the frame.
    pub entry: Vec<SlotKind>,
    /// Size of the machine code in bytes.
    pub bytes: usize,
    /// Time that compilation took, in microseconds.
    pub compile_micros: u64,
    /// Whether it came from the disk cache.
    pub cached: bool,
    /// Its exits.
    pub exits: Vec<DeoptInfo>,
}

/// What the JIT knows about a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TraceLookup {
    /// Nothing is compiled there (yet).
    Cold {
        /// Iterations that it has run, as far as they were counted.
        count: u32,
    },
    /// Native code runs it.
    Compiled(NativeCode),
    /// It is not recorded any more.
    Blacklisted {
        /// Why, in words.
        reason: String,
    },
}

/// Where a side trace begins: at an exit of another trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceParent {
    /// Position of the parent in the list that was exported.
    pub index: usize,
    /// The exit's number.
    pub exit: u32,
}

/// What is needed to make a trace again in another process, without waiting until it is hot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceMetadata {
    /// Content hash of the chunk; import takes nothing of another chunk.
    pub chunk_hash: u64,
    /// Op index of the loop's header, which a backward jump targets; of a side trace, where its exit resumes.
    pub header: usize,
    /// Of a side trace: where it hangs.
    pub parent: Option<TraceParent>,
    /// Kinds of the frame's arguments and slots at entry.
    pub entry: Vec<SlotKind>,
    /// Op indices in the order in which they were recorded, those of inlined subs included.
    pub path: Vec<u32>,
    /// Exits taken.
    pub side_exits: u64,
    /// Of these, how often the interpreter went on rather than a side trace.
    pub deopts: u64,
    /// Whether the loop was given up.
    pub blacklisted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_survives_serialisation() {
        let metadata = TraceMetadata {
            chunk_hash: u64::MAX,
            header: 3,
            parent: Some(TraceParent { index: 0, exit: 7 }),
            entry: vec![SlotKind::Int, SlotKind::Float, SlotKind::Any, SlotKind::Str],
            path: vec![3, 4, 90, 91, 5],
            side_exits: 12,
            deopts: 10,
            blacklisted: false,
        };
        let json = serde_json::to_string(&metadata).expect("JSON");
        assert_eq!(serde_json::from_str::<TraceMetadata>(&json).expect("the same"), metadata);
        let bytes = postcard::to_stdvec(&metadata).expect("postcard");
        assert_eq!(postcard::from_bytes::<TraceMetadata>(&bytes).expect("the same"), metadata);
    }
}
