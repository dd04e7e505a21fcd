//! Makes random programs that verify: every piece knows the stack depth, and the constructs of control
//! flow bring it back to what the ways that meet have in common.

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

    /// Pushes a value without computing anything.
    fn leaf(&mut self) {
        let op = match self.rng.below(16) {
            0..=5 => Op::GetSlot(self.slot()),
            6..=7 => Op::GetVar(self.global()),
            8..=9 => Op::LoadInt(self.rng.below(5) as i64),
            10 => Op::LoadInt(self.rng.pick(&INTS)),
            11 => Op::LoadFloat(self.rng.pick(&FLOATS)),
            12 => self.rng.pick(&[Op::LoadTrue, Op::LoadFalse, Op::LoadUndef]),
            13 if self.available() > 0 => Op::Dup,
            _ => {
                let constant = self.constant(2);
                Op::LoadConst(self.b.add_constant(constant))
            }
        };
        self.emit(op);
    }

    /// Pushes one value.
    fn expression(&mut self, size: usize) {
        if size == 0 || self.rng.chance(1, 4) {
            return self.leaf();
        }
        match self.rng.below(20) {
            0..=8 => {
                self.expression(size - 1);
                self.expression(size - 1);
                let op = self.rng.pick(&[
                    Op::Add,
                    Op::Add,
                    Op::Sub,
                    Op::Sub,
                    Op::Mul,
                    Op::Div,
                    Op::Mod,
                    Op::Concat,
                    Op::Concat,
                    Op::BitAnd,
                    Op::BitOr,
                    Op::BitXor,
                    Op::Shl,
                    Op::Shr,
                    Op::NumLt,
                    Op::NumLe,
                    Op::NumGt,
                    Op::NumGe,
                    Op::NumEq,
                    Op::NumNe,
                    Op::StrEq,
                    Op::StrNe,
                    Op::StrLt,
                    Op::Spaceship,
                    Op::IndexGet,
                    Op::IndexGet,
                    Op::Pow,
                    Op::LogAnd,
                    Op::IndexExists,
                ]);
                self.emit(op);
            }
            9..=11 => {
                self.expression(size - 1);
                let op = self.rng.pick(&[
                    Op::LogNot,
                    Op::Negate,
                    Op::Inc,
                    Op::Dec,
                    Op::StringLen,
                    Op::RefGet,
                    Op::RefNew,
                    Op::RefNew,
                    Op::SqrtFloat,
                    Op::BitNot,
                    Op::IndexLen,
                    Op::AbsFloat,
                ]);
                self.emit(op);
            }
            12..=13 => {
                self.expression(size - 1);
                let slot = self.slot();
                let op = self.rng.pick(&[
                    Op::SlotArrayGet(slot),
                    Op::SlotHashGet(slot),
                    Op::SlotHashExists(slot),
                    Op::SlotHashDelete(slot),
                ]);
                self.emit(op);
            }
            14 => {
                let slot = self.slot();
                let op = self.rng.pick(&[
                    Op::PreIncSlot(slot),
                    Op::PreDecSlot(slot),
                    Op::PostIncSlot(slot),
                    Op::PostDecSlot(slot),
                    Op::SlotArrayPop(slot),
                    Op::SlotArrayShift(slot),
                    Op::SlotArrayLen(slot),
                    Op::SlotHashLen(slot),
                ]);
                self.emit(op);
            }
            15..=16 => self.array(size - 1),
            17 => {
                let n = self.rng.below(3);
                (0..n).for_each(|_| self.expression(size - 1));
                let op = match self.rng.below(3) {
                    0 => Op::CallBuiltin(1 + self.rng.below(13) as u16, n as u8),
                    1 if n == 2 => Op::MakeHash(2),
                    _ => Op::MakeArray(n as u16),
                };
                self.emit(op);
            }
            18 => self.call(size - 1),
            _ => self.dynamic_call(size - 1),
        }
    }

    /// Pushes what is likely an array.
    fn array(&mut self, size: usize) {
        match self.rng.below(5) {
            0 => {
                let op = Op::GetArray(self.global());
                self.emit(op);
            }
            1 => {
                let op = Op::GetSlot(1);
                self.emit(op);
            }
            2 => {
                let to = self.rng.below(5) as i64;
                self.emit(Op::LoadInt(1));
                self.emit(Op::LoadInt(to));
                self.emit(Op::Range);
            }
            _ => {
                let n = self.rng.below(5);
                (0..n).for_each(|_| self.expression(size.min(1)));
                self.emit(Op::MakeArray(n as u16));
            }
        }
    }

    /// The sub that the body calls: mostly a later one, so that most programs end.
    fn callee(&mut self) -> Option<usize> {
        let first = (self.current + 1) as usize;
        if self.rng.chance(1, 12) && !self.subs.is_empty() {
            return Some(self.rng.below(self.subs.len()));
        }
        (first < self.subs.len()).then(|| first + self.rng.below(self.subs.len() - first))
    }

    /// Pushes the arguments of a call and returns their number.
    fn arguments(&mut self, sub: usize, size: usize) -> u8 {
        let n = self.subs[sub].takes + if self.rng.chance(1, 4) { self.rng.below(3) } else { 0 };
        (0..n).for_each(|_| self.expression(size.min(1)));
        n as u8
    }

    fn call(&mut self, size: usize) {
        let Some(sub) = self.callee() else { return self.leaf() };
        let n = self.arguments(sub, size);
        let op = Op::Call(self.subs[sub].name, n);
        self.emit(op);
    }

    fn dynamic_call(&mut self, size: usize) {
        let Some(sub) = self.callee() else { return self.leaf() };
        match self.rng.below(5) {
            0 => {
                let name = self.rng.pick(&["called", "f", "g", "none"]);
                let constant = self.b.add_constant(name);
                self.emit(Op::LoadConst(constant));
            }
            1 => {
                let id = 1 + self.rng.below(12) as u16;
                let constant = self.b.add_constant(Const::NativeFn(id));
                self.emit(Op::LoadConst(constant));
            }
            2 if self.rng.chance(1, 2) => self.leaf(),
            _ => {
                let n = self.rng.below(3);
                (0..n).for_each(|_| self.leaf());
                let name = self.subs[sub].name;
                self.emit(Op::MakeClosure(name, n as u8));
            }
        }
        let n = self.arguments(sub, size);
        self.emit(Op::CallDynamic(n));
    }

    /// Pushes what a jump tests.
    fn condition(&mut self) {
        self.expression(1);
        if self.rng.chance(2, 3) {
            self.expression(1);
            let op = self.rng.pick(&[
                Op::NumLt,
                Op::NumLe,
                Op::NumGt,
                Op::NumGe,
                Op::NumEq,
                Op::NumNe,
                Op::StrEq,
                Op::StrNe,
            ]);
            self.emit(op);
        }
        if self.rng.chance(1, 4) {
            self.emit(Op::LogNot);
        }
    }

    // ---- statements ----------------------------------------------------------------------------

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

    fn if_else(&mut self) {
        self.condition();
        let op = self.branch_op();
        let to_else = self.emit(op);
        let begin = self.depth;
        let ends = self.rng.chance(1, 4);
        self.some_statements();
        let end = self.depth;
        if ends {
            self.leave_construct();
            self.depth = begin;
            self.patch_to_here(&[to_else]);
            if self.rng.chance(1, 2) {
                self.some_statements();
            }
            return;
        }
        if self.rng.chance(1, 3) {
            self.adjust(begin);
            self.patch_to_here(&[to_else]);
            return;
        }
        let to_end = self.emit(Op::Jump(0));
        self.patch_to_here(&[to_else]);
        self.depth = begin;
        self.some_statements();
        self.adjust(end);
        self.patch_to_here(&[to_end]);
    }

    /// Short circuits, with and without the usual Pop, one or more in a row, tested or stored.
    fn keep(&mut self) {
        self.condition();
        let mut jumps = Vec::new();
        let depth = self.depth;
        for _ in 0..1 + self.rng.below(2) {
            let op = if self.rng.chance(1, 2) { Op::JumpIfTrueKeep(0) } else { Op::JumpIfFalseKeep(0) };
            jumps.push(self.emit(op));
            if self.rng.chance(4, 5) {
                self.emit(Op::Pop);
                self.condition();
            } else {
                self.some_statements();
                self.adjust(depth);
            }
        }
        self.patch_to_here(&jumps);
        if self.rng.chance(1, 2) {
            let op = self.branch_op();
            let over = self.emit(op);
            let begin = self.depth;
            self.some_statements();
            self.adjust(begin);
            self.patch_to_here(&[over]);
        }
    }

    fn new_slot(&mut self) -> u16 {
        self.next_slot += 1;
        self.next_slot - 1
    }

    fn counted_loop(&mut self) {
        let (counter, bound) = (self.new_slot(), self.new_slot());
        let times = 1 + self.rng.below(4) as i64;
        let from = if self.rng.chance(1, 12) { self.rng.below(6) as i64 } else { 0 };
        self.emit(Op::LoadInt(from));
        self.emit(Op::SetSlot(counter));
        if self.rng.chance(1, 6) {
            self.emit(Op::LoadFloat(times as f64));
        } else {
            self.emit(Op::LoadInt(times));
        }
        self.emit(Op::SetSlot(bound));
        let depth = self.depth;
        let header = self.b.current_pos();
        let outer = std::mem::take(&mut self.loops);
        self.loops = vec![Exit { depth, open: self.open.len(), jumps: Vec::new() }];
        let kind = self.rng.below(6);
        let exit = match kind {
            0 => Some(self.emit(Op::SlotLtIntJumpIfFalse(counter, times as i32, 0))),
            1..=3 => {
                self.emit(Op::GetSlot(counter));
                if kind == 1 {
                    self.emit(Op::LoadInt(times));
                } else {
                    self.emit(Op::GetSlot(bound));
                }
                let (op, exit) = self.rng.pick(&[
                    (Op::NumLt, Op::JumpIfFalse(0)),
                    (Op::NumGe, Op::JumpIfTrue(0)),
                    (Op::NumGt, Op::JumpIfTrue(0)),
                    (Op::NumLe, Op::JumpIfFalse(0)),
                    (Op::NumNe, Op::JumpIfFalse(0)),
                ]);
                self.emit(op);
                Some(self.emit(exit))
            }
            _ => None,
        };
        self.some_statements();
        self.adjust(depth);
        match kind {
            4 => self.emit(Op::SlotIncLtIntJumpBack(counter, times as i32, header)),
            _ => {
                if self.rng.chance(1, 2) {
                    self.emit(Op::PreIncSlotVoid(counter));
                } else {
                    self.emit(Op::GetSlot(counter));
                    if self.rng.chance(1, 2) {
                        self.emit(Op::LoadInt(1));
                        self.emit(Op::Add);
                    } else {
                        self.emit(Op::Inc);
                    }
                    self.emit(Op::SetSlot(counter));
                }
                if kind == 5 {
                    self.emit(Op::GetSlot(counter));
                    self.emit(Op::GetSlot(bound));
                    let op = self.rng.pick(&[Op::NumLt, Op::NumLe]);
                    self.emit(op);
                    self.emit(Op::JumpIfTrue(header))
                } else {
                    self.emit(Op::Jump(header))
                }
            }
        };
        self.depth = depth;
        let mut jumps = self.loops.pop().map(|exit| exit.jumps).unwrap_or_default();
        jumps.extend(exit);
        self.patch_to_here(&jumps);
        self.loops = outer;
    }

    fn try_region(&mut self) {
        let begin = self.depth;
        let op = self.emit(Op::TryBegin(0));
        let handler_at_end = self.block.is_none() && self.rng.chance(1, 12);
        let floor = std::mem::replace(&mut self.floor, begin);
        self.open.push(Open::Try);
        self.some_statements();
        if self.rng.chance(1, 3) {
            self.expression(1);
            self.condition();
            let branch = self.branch_op();
            let over = self.emit(branch);
            let depth = self.depth;
            self.emit(Op::Throw);
            self.depth = depth;
            self.patch_to_here(&[over]);
        }
        self.emit(Op::TryEnd);
        self.open.pop();
        self.floor = floor;
        if handler_at_end {
            self.to_end.push(op);
            return;
        }
        let end = self.depth;
        let after = self.emit(Op::Jump(0));
        self.patch_to_here(&[op]);
        self.depth = begin + 1;
        match self.rng.below(3) {
            0 => {
                self.emit(Op::PrintLn(1));
            }
            1 => {
                let op = Op::SetVar(self.global());
                self.emit(op);
            }
            _ => {}
        }
        if self.rng.chance(1, 2) {
            self.some_statements();
        }
        self.adjust(end);
        self.patch_to_here(&[after]);
    }

    fn new_scope(&mut self) {
        self.emit(Op::PushFrame);
        self.emit(NAMES_SLOTS);
        self.open.push(Open::Scope);
        self.scope += 1;
        self.some_statements();
        self.emit(Op::PopFrame);
        self.scope -= 1;
        self.open.pop();
    }

    fn iteration(&mut self) {
        let kind = self.rng.below(4);
        let sorts = kind == 3;
        let known = self.blocks.iter().filter(|block| (block.1, block.2) == (sorts, self.scope)).next_back();
        let block = match known {
            Some(known) if self.rng.chance(1, 4) => known.0,
            _ => self.block(sorts),
        };
        self.array(1);
        self.emit(match kind {
            0 => Op::MapBlock(block),
            1 => Op::GrepBlock(block),
            2 => Op::ForEachBlock(block),
            _ => Op::SortBlock(block),
        });
    }

    fn block(&mut self, sorts: bool) -> u16 {
        let over = self.emit(Op::Jump(0));
        let start = self.b.current_pos();
        let outer = (self.depth, self.floor, std::mem::take(&mut self.loops), self.block.take());
        let open = std::mem::take(&mut self.open);
        self.depth = if sorts { 2 } else { 1 };
        self.floor = 0;
        self.block = Some(Exit { depth: 1, open: 0, jumps: Vec::new() });
        if sorts && self.rng.chance(2, 3) {
            self.emit(Op::Spaceship);
        }
        self.some_statements();
        self.adjust(1);
        let jumps = self.block.take().map(|exit| exit.jumps).unwrap_or_default();
        self.patch_to_here(&jumps);
        let end = self.b.current_pos();
        (self.depth, self.floor, self.loops, self.block) = outer;
        self.open = open;
        self.patch_to_here(&[over]);
        let block = self.b.add_block_range(start, end);
        self.blocks.push((block, sorts, self.scope));
        block
    }

    fn jump_table(&mut self) {
        let constant = self.b.add_constant(Const::Array(Vec::new()));
        self.expression(1);
        self.emit(Op::JumpTable(constant));
        let begin = self.depth;
        let (mut targets, mut ends) = (Vec::new(), Vec::new());
        let mut end = None;
        for _ in 0..1 + self.rng.below(3) {
            targets.push(Const::Int(self.b.current_pos() as i64));
            self.depth = begin;
            self.some_statements();
            self.adjust(end.unwrap_or(self.depth));
            end = Some(self.depth);
            ends.push(self.emit(Op::Jump(0)));
        }
        if end == Some(begin) && self.rng.chance(1, 2) {
            targets.insert(0, Const::Int(self.b.current_pos() as i64));
        }
        self.patch_to_here(&ends);
        self.b.set_constant(constant, Const::Array(targets.clone()));
        if self.block.is_none() && self.rng.chance(1, 4) {
            targets.insert(0, Const::Int(0));
            self.tables_to_end.push((constant, targets, 0));
        }
    }

    // ---- ways out ------------------------------------------------------------------------------

    /// Closes what a jump to an exit leaves, and jumps there.
    fn jump_out(&mut self, mut exit: Exit) -> Exit {
        for open in self.open[exit.open..].iter().rev().copied().collect::<Vec<_>>() {
            self.emit(match open {
                Open::Try => Op::TryEnd,
                Open::Scope => Op::PopFrame,
            });
        }
        self.adjust(exit.depth);
        exit.jumps.push(self.emit(Op::Jump(0)));
        exit
    }

    /// An op after which control is elsewhere.
    fn leave_construct(&mut self) {
        if !self.loops.is_empty() && self.rng.chance(1, 2) {
            let exit = self.loops.pop().expect("checked above");
            let exit = self.jump_out(exit);
            self.loops.push(exit);
        } else if let Some(exit) = self.block.clone() {
            if self.rng.chance(1, 3) {
                self.leaf();
                self.emit(Op::Throw);
            } else {
                self.block = Some(self.jump_out(exit));
            }
        } else {
            self.leave_body();
        }
    }

    fn leave_body(&mut self) {
        match self.rng.below(12) {
            0 => {
                self.emit(Op::Return);
            }
            1 => {
                self.leaf();
                self.emit(Op::Throw);
            }
            2 => {
                let jump = self.emit(Op::Jump(0));
                self.to_end.push(jump);
            }
            3..=4 => match self.callee() {
                Some(sub) => {
                    let n = self.arguments(sub, 1);
                    let op = Op::TailCall(self.subs[sub].name, n);
                    self.emit(op);
                }
                None => {
                    self.emit(Op::Return);
                }
            },
            5 if self.available() > 0 => {
                self.emit(Op::ReturnValue);
            }
            _ => {
                self.expression(2);
                self.emit(Op::ReturnValue);
            }
        }
    }
}

fn extension_effect(id: u16, wide: bool) -> (usize, usize) {
    let known = hosts::EXTENSIONS.iter().find(|extension| (extension.0, extension.1) == (id, wide));
    known.map_or((0, 0), |extension| (extension.2.into(), extension.3.into()))
}
