//! What verification finds out about a chunk, kept for lowering: the static state before every op and
//! the shape of every body.

/// No try region, no body, no state: the op is unreachable.
pub const NONE: u32 = u32::MAX;

/// Most values on the stack of one body: 256 MiB of them.
pub const MAX_STACK: usize = 1 << 24;

/// The static state before an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpState {
    /// Index of the body that the op belongs to, [`NONE`] when the op is unreachable.
    pub body: u32,
    /// Stack values of the body below the op: for a sub, the arguments that it takes from below its
    /// entry count as already there.
    pub depth: u32,
    /// Scopes (PushFrame) open within the body; a block begins with those of its use.
    pub scope: u32,
    /// Op index of the innermost TryBegin that is open within the body, [`NONE`] outside of one.
    pub try_begin: u32,
}

impl OpState {
    /// The state of an op that no path reaches.
    pub const UNREACHABLE: OpState = OpState { body: NONE, depth: 0, scope: 0, try_begin: NONE };

    /// Whether some path reaches the op.
    pub fn is_reachable(&self) -> bool {
        self.body != NONE
    }
}

/// What kind of body a run of ops is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// The chunk's own code, entered at op 0.
    Main,
    /// A sub; the index into `Chunk::sub_entries`.
    Sub(u32),
    /// A block of a higher-order op; the index into `Chunk::block_ranges`.
    Block(u32),
}

/// A run of ops that is entered in one place: main, a sub or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// What it is.
    pub kind: BodyKind,
    /// Op index of its entry.
    pub entry: u32,
    /// For a sub, the number of arguments that it takes; for a block, its elements (1, or 2 for sort).
    pub takes: u32,
    /// Highest stack depth within the body, arguments or elements included.
    pub max_depth: u32,
    /// Number of slots used at each scope depth (index = scope).
    pub slots: Vec<u32>,
    /// For a block, whether its uses are SortBlocks (two elements).
    pub sorts: bool,
}

/// Everything that verification found out.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// State before each op; as long as the ops.
    pub states: Vec<OpState>,
    /// Bodies: main first, then the subs in the order of `sub_entries`, then the blocks that are used.
    pub bodies: Vec<Body>,
    /// Whether a basic block begins at the op; as long as the ops. Leaders are entries, jump targets,
    /// handlers, and the op after a jump, branch or end.
    pub leaders: Vec<bool>,
}
