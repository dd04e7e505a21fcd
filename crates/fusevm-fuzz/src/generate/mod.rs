//! Makes random programs that verify: every piece knows the stack depth, and the constructs of control
//! flow bring it back to what the ways that meet have in common.
//!
//! Two vocabularies are mixed. *Wild* statements are any op on any value, which finds what handlers do wrong.
//! *Typed* ones keep a kind of value in each variable, most of the time, in loops that are hot: what they find is
//! what compilers get wrong that believe in what they have seen.

mod control;
mod expressions;
mod loops;
mod subs;
mod typed;
mod values;
mod wild;

use crate::hosts::{self, EXTENSIONS};
use crate::rng::Rng;
use fusevm::chunk::{Const, HashKey, IntegerMode};
use fusevm::op::{Flow, OperandKind};
use fusevm::{Chunk, ChunkBuilder, Op};
use loops::Counter;
use subs::Sub;
use values::Kind;

/// Slots that wild statements use: any op, any value.
const SLOTS: usize = 4;
/// The slot that [`NAMES_SLOTS`] names. Those between are of typed statements, those behind are loop counters and bounds.
pub(crate) const NAMING_SLOT: u16 = 9;
pub(crate) const TYPED: std::ops::Range<u16> = SLOTS as u16..NAMING_SLOT;
/// Begins every body and scope: handlers may set slots, but those that nothing names can be nowhere.
pub(crate) const NAMES_SLOTS: Op = Op::PreIncSlotVoid(NAMING_SLOT);
const GLOBALS: [&str; 4] = ["g0", "g1", "g2", "g3"];
/// Globals of typed statements.
pub(crate) const TYPED_GLOBALS: [(&str, Kind); 7] = [
    ("int", Kind::Int),
    ("float", Kind::Float),
    ("text", Kind::Str),
    ("ints", Kind::Ints),
    ("hash", Kind::Hash),
    ("cell", Kind::Cell),
    ("intcell", Kind::IntCell),
];
/// Values that a body keeps on its stack at most, beyond those that a single op pushes.
const STACK: usize = 10;
/// Constructs in each other.
const NESTING: usize = 4;

const INTS: [i64; 12] = [0, 1, -1, 2, 3, 7, 64, i64::MAX, i64::MIN, i64::MAX - 1, (1 << 53) + 1, 1 << 31];
const FLOATS: [f64; 10] =
    [0.0, -0.0, 0.5, 2.0, -3.0, 1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_993.0];
const STRINGS: [&str; 9] =
    ["", "0", "abc", "12abc", "-7", "1e3", "g0", "called", "a string that is not held inline"];

/// Ops whose results differ from run to run, or that read the clock.
const UNSTEADY: [&str; 9] = [
    "TimeInt",
    "AwkSystime",
    "AwkRand",
    "AwkSrand",
    "AwkStrftime",
    "AwkMktime",
    "TildeExpand",
    "ExpandParam",
    "ReadLine",
];
/// The ops of the shell that need no host.
const SHELL: [&str; 6] = ["StrMatch", "RegexMatch", "WordSplit", "BraceExpand", "SetStatus", "GetStatus"];

/// What a jump out of the innermost constructs has to close.
#[derive(Clone, Copy)]
enum Open {
    Try,
    Scope,
}

/// A place that `break`, `continue` or the end of a block lead to.
#[derive(Clone)]
struct Exit {
    depth: usize,
    open: usize,
    /// Jumps to it that are emitted already.
    jumps: Vec<usize>,
}

/// What the programs of a seed are like.
struct Style {
    /// How many of 16 statements are wild.
    wild: usize,
    /// Iterations that nested loops may come to, together.
    iterations: usize,
    /// Statements of a list, at most.
    list: usize,
}

struct Generator {
    rng: Rng,
    b: ChunkBuilder,
    style: Style,
    globals: Vec<u16>,
    typed_globals: Vec<u16>,
    subs: Vec<Sub>,
    /// Number of the sub that is being made; main is -1.
    current: isize,
    /// Values on the stack of the body, and those of them that the construct may not take.
    depth: usize,
    floor: usize,
    scope: usize,
    open: Vec<Open>,
    loops: Vec<Exit>,
    /// Counters of the loops that are open, and the iterations that they come to together.
    counters: Vec<Counter>,
    iterations: usize,
    /// What typed statements keep in each of their slots.
    kinds: Vec<Kind>,
    /// Slot of a recursive sub that says how much deeper it goes, and calls to itself or the like so far.
    remaining: Option<u16>,
    recursions: usize,
    block: Option<Exit>,
    /// Block range, whether it sorts, and its scope.
    blocks: Vec<(u16, bool, usize)>,
    next_slot: u16,
    nesting: usize,
    /// Ops that jump to the end of the chunk, and jump tables (constant, position) that do.
    to_end: Vec<usize>,
    tables_to_end: Vec<(u16, Vec<Const>, usize)>,
    candidates: Vec<usize>,
}

/// The program of a seed.
pub fn program(seed: u64) -> Chunk {
    let mut rng = Rng::new(seed);
    let mut b = ChunkBuilder::new();
    b.set_source("random");
    let (_, mode) = rng.pick(&IntegerMode::ALL);
    b.set_integer_mode(if rng.chance(1, 2) { IntegerMode::Wrap } else { mode });
    b.set_div_zero_error(rng.chance(1, 8));
    hosts::declare_extensions(&mut b);
    let globals = GLOBALS.map(|name| b.add_name(name)).to_vec();
    let typed_globals = TYPED_GLOBALS.map(|(name, _)| b.add_name(name)).to_vec();
    let style = match rng.below(8) {
        0 => Style { wild: 16, iterations: 16, list: 4 },
        1..=2 => Style { wild: 2, iterations: 200, list: 4 },
        3 => Style { wild: 0, iterations: 700, list: 3 },
        _ => Style { wild: 0, iterations: 150, list: 4 },
    };
    let subs = Sub::some(&mut rng, &mut b, &style);
    let candidates = (0..Op::table().len())
        .filter(|at| {
            let info = &Op::table()[*at];
            info.flow == Flow::Next
                && (info.section != "Shell" || SHELL.contains(&info.name))
                && !UNSTEADY.contains(&info.name)
                && !matches!(info.name, "Extended" | "ExtendedWide" | "PushFrame" | "PopFrame" | "TryEnd")
                && info.operands.iter().all(|operand| operand.kind != OperandKind::Block)
        })
        .collect();
    let generator = Generator {
        rng,
        b,
        style,
        globals,
        typed_globals,
        subs,
        current: -1,
        depth: 0,
        floor: 0,
        scope: 0,
        open: Vec::new(),
        loops: Vec::new(),
        counters: Vec::new(),
        iterations: 1,
        kinds: Vec::new(),
        remaining: None,
        recursions: 0,
        block: None,
        blocks: Vec::new(),
        next_slot: NAMING_SLOT + 1,
        nesting: 0,
        to_end: Vec::new(),
        tables_to_end: Vec::new(),
        candidates,
    };
    generator.program()
}

impl Generator {
    fn program(mut self) -> Chunk {
        let subs_first = !self.subs.is_empty() && self.rng.chance(1, 2);
        let jump = subs_first.then(|| self.emit(Op::Jump(0)));
        let order: Vec<isize> = if subs_first {
            (0..self.subs.len() as isize).chain([-1]).collect()
        } else {
            (-1..self.subs.len() as isize).collect()
        };
        let last = order.len() - 1;
        for (place, body) in order.into_iter().enumerate() {
            if body < 0
                && let Some(jump) = jump
            {
                let here = self.b.current_pos();
                self.b.patch_jump(jump, here);
            }
            self.body(body, place == last);
        }
        let end = self.b.current_pos();
        for op in std::mem::take(&mut self.to_end) {
            self.b.patch_jump(op, end);
        }
        for (constant, mut targets, position) in std::mem::take(&mut self.tables_to_end) {
            targets[position] = Const::Int(end as i64);
            self.b.set_constant(constant, Const::Array(targets));
        }
        self.b.build()
    }

    // ---- emission ------------------------------------------------------------------------------

    /// Emits an op and follows its effect on the depth.
    fn emit(&mut self, op: Op) -> usize {
        let line = self.b.current_pos() as u32 / 2 + 1;
        let (pops, pushes) = match op {
            Op::Extended(id, _) => extension_effect(id, false),
            Op::ExtendedWide(id, _) => extension_effect(id, true),
            _ => (op.pops(), op.pushes()),
        };
        self.depth = (self.depth + pushes).saturating_sub(pops);
        self.b.emit(op, line)
    }

    fn emit_all(&mut self, ops: &[Op]) {
        for op in ops {
            self.emit(*op);
        }
    }

    /// Emits one of the ops.
    fn emit_one(&mut self, ops: &[Op]) -> usize {
        let op = self.rng.pick(ops);
        self.emit(op)
    }

    fn patch_to_here(&mut self, jumps: &[usize]) {
        let here = self.b.current_pos();
        for jump in jumps {
            self.b.patch_jump(*jump, here);
        }
    }

    fn available(&self) -> usize {
        self.depth - self.floor
    }

    fn slot(&mut self) -> u16 {
        self.rng.below(SLOTS) as u16
    }

    fn global(&mut self) -> u16 {
        self.rng.pick(&self.globals.clone())
    }

    fn constant(&mut self, depth: usize) -> Const {
        match self.rng.below(if depth == 0 { 9 } else { 12 }) {
            0..=2 => Const::Int(if self.rng.chance(1, 2) {
                self.rng.below(6) as i64
            } else {
                self.rng.pick(&INTS)
            }),
            3 => Const::Float(self.rng.pick(&FLOATS)),
            4..=5 => Const::str(self.rng.pick(&STRINGS)),
            6 => Const::Status(self.rng.below(3) as i32),
            7 => Const::NativeFn(1 + self.rng.below(13) as u16),
            8 => self.rng.pick(&[0, 1]).eq(&0).into(),
            9..=10 => (0..self.rng.below(5)).map(|_| self.constant(depth - 1)).collect::<Vec<_>>().into(),
            _ => Const::Hash(
                (0..self.rng.below(4))
                    .map(|at| (HashKey(format!("{}", at * 2).into_bytes()), self.constant(depth - 1)))
                    .collect(),
            ),
        }
    }

    /// Brings the stack to a depth.
    fn adjust(&mut self, depth: usize) {
        while self.depth > depth {
            self.emit(Op::Pop);
        }
        while self.depth < depth {
            self.leaf();
        }
    }

    // ---- statements ----------------------------------------------------------------------------

    fn statements(&mut self, count: usize) {
        for _ in 0..count {
            if self.rng.chance(self.style.wild, 16) {
                self.wild_statement();
            } else {
                self.typed_statement();
            }
            if self.available() > STACK {
                let depth = self.floor + self.rng.below(STACK);
                self.adjust(depth);
            }
        }
    }

    fn some_statements(&mut self) {
        let count = 1 + self.rng.below(self.style.list);
        self.statements(count);
    }

    /// Whether another construct may begin here.
    fn may_nest(&self) -> bool {
        self.nesting < NESTING && self.b.current_pos() < 400
    }

    fn branch_op(&mut self) -> Op {
        if self.rng.chance(1, 2) { Op::JumpIfFalse(0) } else { Op::JumpIfTrue(0) }
    }
}

fn extension_effect(id: u16, wide: bool) -> (usize, usize) {
    let known = EXTENSIONS.iter().find(|extension| (extension.id, extension.wide) == (id, wide));
    known.map_or((0, 0), |extension| (extension.pops.into(), extension.pushes.into()))
}
