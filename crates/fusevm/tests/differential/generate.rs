//! Makes random programs that verify: every piece knows the stack depth, and the constructs of control
//! flow bring it back to what the ways that meet have in common.

mod control;
mod expressions;

use crate::hosts;
use crate::rng::Rng;
use fusevm::chunk::{Const, HashKey, IntegerMode};
use fusevm::op::{Flow, OperandKind};
use fusevm::{Chunk, ChunkBuilder, Op};

/// Slots that any op may use; those of loop counters and bounds come after them.
const SLOTS: usize = 4;
/// Begins every body and scope: handlers may set slots, but those that nothing names can be nowhere.
pub const NAMES_SLOTS: Op = Op::PreIncSlotVoid(SLOTS as u16 - 1);
const GLOBALS: [&str; 4] = ["g0", "g1", "g2", "g3"];
/// Values that a body keeps on its stack at most, beyond those that a single op pushes.
const STACK: usize = 10;

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

struct Sub {
    name: u16,
    takes: usize,
}

struct Generator {
    rng: Rng,
    b: ChunkBuilder,
    globals: Vec<u16>,
    subs: Vec<Sub>,
    /// Number of the sub that is being made; main is -1.
    current: isize,
    /// Values on the stack of the body, and those of them that the construct may not take.
    depth: usize,
    floor: usize,
    scope: usize,
    open: Vec<Open>,
    loops: Vec<Exit>,
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
    b.set_div_zero_error(rng.chance(1, 2));
    hosts::declare_extensions(&mut b);
    let globals = GLOBALS.map(|name| b.add_name(name)).to_vec();
    let count = rng.below(4);
    let names = [hosts::CALLED, "f", "g"];
    let subs =
        names[..count].iter().map(|name| Sub { name: b.add_name(name), takes: rng.below(4) }).collect();
    let candidates = (0..Op::table().len())
        .filter(|at| {
            let info = &Op::table()[*at];
            info.flow == Flow::Next
                && info.section != "Shell"
                && !UNSTEADY.contains(&info.name)
                && !matches!(info.name, "Extended" | "ExtendedWide" | "PushFrame" | "PopFrame" | "TryEnd")
                && info.operands.iter().all(|operand| operand.kind != OperandKind::Block)
        })
        .collect();
    let generator = Generator {
        rng,
        b,
        globals,
        subs,
        current: -1,
        depth: 0,
        floor: 0,
        scope: 0,
        open: Vec::new(),
        loops: Vec::new(),
        block: None,
        blocks: Vec::new(),
        next_slot: SLOTS as u16,
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

    fn body(&mut self, body: isize, is_last: bool) {
        self.current = body;
        self.depth = 0;
        self.nesting = 0;
        self.next_slot = SLOTS as u16;
        if body >= 0 {
            let Sub { name, takes } = self.subs[body as usize];
            let here = self.b.current_pos();
            self.b.add_sub_entry(name, here);
            self.depth = takes;
            let into_slots = if self.rng.chance(3, 4) { takes } else { self.rng.below(takes + 1) };
            for place in 0..into_slots {
                let slot = if self.rng.chance(7, 8) { takes - 1 - place } else { self.rng.below(SLOTS) };
                self.emit(Op::SetSlot(slot as u16));
            }
            self.emit(NAMES_SLOTS);
        } else {
            self.emit(NAMES_SLOTS);
            for slot in 2..SLOTS as u16 {
                if self.rng.chance(1, 2) {
                    self.expression(1);
                    self.emit(Op::SetSlot(slot));
                }
            }
        }
        let len = 1 + self.rng.below(if body < 0 { 12 } else { 8 });
        self.statements(len);
        if !is_last || self.rng.chance(1, 2) {
            self.leave_body();
        }
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

    // ---- expressions ---------------------------------------------------------------------------

    fn statements(&mut self, count: usize) {
        for _ in 0..count {
            self.statement();
            if self.available() > STACK {
                let depth = self.floor + self.rng.below(STACK);
                self.adjust(depth);
            }
        }
    }

    fn some_statements(&mut self) {
        let count = 1 + self.rng.below(4);
        self.statements(count);
    }

    fn statement(&mut self) {
        let structured = self.nesting < 3 && self.b.current_pos() < 400;
        match self.rng.below(if structured { 40 } else { 24 }) {
            0..=5 => self.any_op(),
            6..=8 => {
                self.expression(2);
                let op = Op::SetSlot(self.slot());
                self.emit(op);
            }
            9..=10 => {
                self.expression(2);
                let op = Op::SetVar(self.global());
                self.emit(op);
            }
            11 => {
                self.expression(2);
                self.emit(Op::PrintLn(1));
            }
            12..=13 => self.expression(2),
            14..=16 => self.store(),
            17 => self.shuffle(),
            18 => self.fused(),
            19 => self.extension(),
            20 => {
                self.expression(1);
                let op = Op::DeclareVar(self.global());
                self.emit(op);
            }
            21 => {
                let op = Op::GetCapture(self.rng.below(3) as u8);
                self.guarded(&[op]);
            }
            22 => {
                let op = Op::SetCapture(self.rng.below(3) as u8);
                self.guarded(&[Op::LoadInt(9), op]);
            }
            23 => self.append(),
            _ => {
                self.nesting += 1;
                match self.rng.below(16) {
                    0..=2 => self.if_else(),
                    3 => self.keep(),
                    4..=7 => self.counted_loop(),
                    8..=10 => self.try_region(),
                    11 => self.new_scope(),
                    12..=14 => self.iteration(),
                    _ => self.jump_table(),
                }
                self.nesting -= 1;
            }
        }
    }

    /// Ops that may fail, in a region of their own; the error is dropped.
    fn guarded(&mut self, ops: &[Op]) {
        let begin = self.emit(Op::TryBegin(0));
        let depth = self.depth;
        ops.iter().for_each(|op| {
            self.emit(*op);
        });
        self.emit(Op::TryEnd);
        self.adjust(depth + 1);
        self.patch_to_here(&[begin]);
    }

    /// Any op of the table that does not change control flow, on what is on the stack.
    fn any_op(&mut self) {
        for _ in 0..10 {
            let ordinal = self.rng.pick(&self.candidates.clone());
            let info = &Op::table()[ordinal];
            let rare = info.section == "awk";
            if rare && self.rng.chance(9, 10) {
                continue;
            }
            let bits: Vec<u64> = info.operands.iter().map(|operand| self.operand(operand.kind)).collect();
            let Some(op) = Op::from_ordinal(ordinal, &bits) else { continue };
            if let Op::MakeHash(n) = op
                && n % 2 == 1
            {
                continue;
            }
            while self.available() < op.pops() {
                self.leaf();
            }
            self.emit(op);
            return;
        }
    }

    fn operand(&mut self, kind: OperandKind) -> u64 {
        match kind {
            OperandKind::Int => self.rng.pick(&INTS) as u64,
            OperandKind::Float => self.rng.pick(&FLOATS).to_bits(),
            OperandKind::Int32 => self.rng.below(6) as u64,
            OperandKind::Const => {
                let constant = self.constant(2);
                self.b.add_constant(constant).into()
            }
            OperandKind::Name => match self.callee() {
                Some(sub) if self.rng.chance(1, 8) => self.subs[sub].name.into(),
                _ => self.global().into(),
            },
            OperandKind::Slot => self.slot().into(),
            OperandKind::Id => self.rng.below(14) as u64,
            OperandKind::Byte => self.rng.below(2) as u64,
            _ => self.rng.below(4) as u64,
        }
    }

    /// Changes a collection in place.
    fn store(&mut self) {
        let (slot, global) = (self.slot(), self.global());
        self.expression(1);
        match self.rng.below(10) {
            0 => self.emit(Op::SlotArrayPush(slot)),
            1 => self.emit(Op::ArrayPush(global)),
            2 => {
                self.leaf();
                self.emit(Op::HashSet(global))
            }
            3..=4 => {
                self.leaf();
                self.emit(Op::SlotHashSet(slot))
            }
            5..=6 => {
                self.leaf();
                self.emit(Op::SlotArraySet(slot))
            }
            7 => {
                self.leaf();
                self.emit(Op::RefSet)
            }
            8 => {
                self.leaf();
                self.leaf();
                self.emit(Op::IndexSet)
            }
            _ => {
                self.leaf();
                self.emit(Op::IndexPush)
            }
        };
    }

    fn shuffle(&mut self) {
        for _ in 0..1 + self.rng.below(4) {
            let op = self.rng.pick(&[Op::Dup, Op::Dup2, Op::Swap, Op::Rot, Op::Pop, Op::Swap, Op::Rot]);
            while self.available() < op.pops() {
                self.leaf();
            }
            self.emit(op);
        }
    }

    /// `s = s . x`, on a slot or a global.
    fn append(&mut self) {
        let slot = self.slot();
        self.emit(Op::GetSlot(slot));
        self.expression(1);
        self.emit(Op::Concat);
        let to = if self.rng.chance(3, 4) { slot } else { self.slot() };
        self.emit(Op::SetSlot(to));
    }

    fn fused(&mut self) {
        let (a, b) = (self.slot(), self.slot());
        let limit = self.rng.below(7) as i32;
        if self.rng.chance(1, 2) {
            self.emit(Op::PreIncSlotVoid(a));
            self.emit(Op::AddAssignSlotVoid(a, b));
            return;
        }
        if self.rng.chance(3, 4) {
            self.emit(Op::LoadInt(0));
            self.emit(Op::SetSlot(b));
        }
        match self.rng.below(3) {
            0 => self.emit(Op::AccumSumLoop(a, b, limit)),
            1 => {
                let constant = self.constant(1);
                let constant = self.b.add_constant(constant);
                self.emit(Op::ConcatConstLoop(constant, a, b, limit))
            }
            _ => self.emit(Op::PushIntRangeLoop(a, b, limit)),
        };
    }

    fn extension(&mut self) {
        let (id, wide, pops, _) = self.rng.pick(&hosts::EXTENSIONS);
        while self.available() < pops.into() {
            self.leaf();
        }
        let argument = self.rng.below(4);
        self.emit(if wide { Op::ExtendedWide(id, argument) } else { Op::Extended(id, argument as u8) });
    }

    // ---- control flow --------------------------------------------------------------------------

    fn branch_op(&mut self) -> Op {
        if self.rng.chance(1, 2) { Op::JumpIfFalse(0) } else { Op::JumpIfTrue(0) }
    }
}

fn extension_effect(id: u16, wide: bool) -> (usize, usize) {
    let known = hosts::EXTENSIONS.iter().find(|extension| (extension.0, extension.1) == (id, wide));
    known.map_or((0, 0), |extension| (extension.2.into(), extension.3.into()))
}
