//! Control flow of lowered code, and which registers are live where.

use super::input::Input;
use crate::code::Opcode;
use crate::op::Flow;
use std::collections::HashMap;

impl Input {
    /// The instructions to which an instruction can lead, except by an error.
    pub fn successors(&self, at: u32) -> Vec<u32> {
        use Opcode::*;
        let inst = &self.insts[at as usize];
        match inst.op {
            Exit | Return | ReturnUndef | End | EndEmpty | Throw | TailCall => vec![],
            Jump | Loop => vec![self.target(at)],
            JumpTable => self.lists.tables[inst.imm as usize].to_vec(),
            Iterate => vec![at + 1, self.lists.blocks[inst.imm as usize].entry],
            BlockEnd => self.block_end_targets(at),
            Exec if self.never_goes_on(at) => vec![],
            _ if self.is_branch(at) => vec![at + 1, self.target(at)],
            _ => vec![at + 1],
        }
    }

    /// Whether an instruction is a conditional jump.
    fn is_branch(&self, at: u32) -> bool {
        use crate::code::Form;
        matches!(self.insts[at as usize].op.form(), Form::JR | Form::JRR | Form::JRI | Form::JUR | Form::JUI)
            && self.insts[at as usize].op != Opcode::JumpTable
    }

    /// Whether an instruction ends a basic block.
    pub fn ends_block(&self, at: u32) -> bool {
        use Opcode::*;
        let op = self.insts[at as usize].op;
        matches!(op, Exit | Return | ReturnUndef | End | EndEmpty | Throw | TailCall)
            || matches!(op, Jump | Loop | JumpTable | Iterate | BlockEnd)
            || self.is_branch(at)
            || self.never_goes_on(at)
    }

    /// Whether an instruction is an op that always ends in an error: awk's signals.
    pub fn never_goes_on(&self, at: u32) -> bool {
        self.ops.get(&at).is_some_and(|op| op.info().flow == Flow::End)
    }

    /// Where the end of a block of a higher-order op leads: behind the instruction that runs it, or back to its
    /// begin.
    pub fn block_end_targets(&self, at: u32) -> Vec<u32> {
        let block = &self.lists.blocks[self.insts[at as usize].imm as usize];
        vec![block.iterate + 1, block.entry]
    }
}

/// A set of registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registers(Box<[u64]>);

impl Registers {
    pub fn new(count: usize) -> Registers {
        Registers(vec![0; count.div_ceil(64)].into())
    }

    pub fn insert(&mut self, register: u16) {
        self.0[usize::from(register) / 64] |= 1 << (register % 64);
    }

    pub fn remove(&mut self, register: u16) {
        self.0[usize::from(register) / 64] &= !(1 << (register % 64));
    }

    pub fn contains(&self, register: u16) -> bool {
        self.0[usize::from(register) / 64] & 1 << (register % 64) != 0
    }

    /// Adds all of another set; whether that changed anything.
    pub fn add(&mut self, other: &Registers) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            changed |= *theirs & !*mine != 0;
            *mine |= theirs;
        }
        changed
    }
}

/// The registers that are live before each instruction of a body: those that some path, that of an error
/// included, may read before it writes them.
pub(crate) struct Liveness {
    start: u32,
    live: Vec<Registers>,
}

impl Liveness {
    pub fn new(input: &Input, body: u32) -> Liveness {
        let extent = input.extent(body);
        let layout = &input.bodies[body as usize];
        let registers = layout.registers as usize;
        let mut always = Registers::new(registers);
        if body == 0 || extent.clone().any(|at| shows_slots(input, at)) {
            // The slots can be read after the run, or by foreign code.
            (0..layout.variables as u16).for_each(|register| always.insert(register));
        }
        let mut live = vec![always.clone(); extent.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for at in extent.clone().rev() {
                let mut now = always.clone();
                for next in input.successors(at) {
                    if extent.contains(&next) {
                        now.add(&live[(next - extent.start) as usize]);
                    }
                }
                let inst = &input.insts[at as usize];
                inst.writes(&input.lists, |register| {
                    if !always.contains(register) {
                        now.remove(register);
                    }
                });
                inst.reads(&input.lists, |register| now.insert(register));
                if let Some(handler) = input.handlers.get(&at) {
                    now.add(&live[(handler - extent.start) as usize]);
                }
                changed |= live[(at - extent.start) as usize].add(&now);
            }
        }
        Liveness { start: extent.start, live }
    }

    /// The registers that are live before an instruction.
    pub fn before(&self, at: u32) -> &Registers {
        &self.live[(at - self.start) as usize]
    }
}

/// Whether foreign code that runs at an instruction may look at the frame's slots.
fn shows_slots(input: &Input, at: u32) -> bool {
    use Opcode::*;
    let op = input.insts[at as usize].op;
    matches!(op, CallDynamic | OpenScope | Iterate) || input.may_set_slots(at)
}

/// A basic block: instructions that are entered at the first and left at the last.
pub(crate) struct Block {
    pub start: u32,
    /// Behind its last instruction.
    pub end: u32,
}

/// The blocks that an entry reaches, in reverse postorder.
pub(crate) struct Graph {
    pub blocks: Vec<Block>,
    /// Number of the block that begins at an instruction.
    numbers: HashMap<u32, usize>,
}

impl Graph {
    pub fn new(input: &Input, entry: u32) -> Graph {
        // Leaders: the entry, what jumps lead to, and what follows a jump.
        let mut pending = vec![entry];
        let mut leaders = std::collections::BTreeSet::from([entry]);
        let mut seen = std::collections::HashSet::new();
        while let Some(at) = pending.pop() {
            if !seen.insert(at) {
                continue;
            }
            for next in input.successors(at) {
                let is_leader = input.ends_block(at);
                if is_leader && !input.reached(next) {
                    continue;
                }
                if is_leader {
                    leaders.insert(next);
                }
                pending.push(next);
            }
        }
        let end_of = |start: u32| {
            let mut at = start;
            loop {
                if input.ends_block(at) || leaders.contains(&(at + 1)) {
                    return at + 1;
                }
                at += 1;
            }
        };
        // Depth-first, with an explicit stack.
        let mut order = Vec::new();
        let mut visited = std::collections::HashSet::from([entry]);
        let mut stack = vec![(entry, 0)];
        while let Some((start, next)) = stack.pop() {
            let successors = input.successors(end_of(start) - 1);
            match successors.get(next) {
                Some(successor) => {
                    stack.push((start, next + 1));
                    if leaders.contains(successor) && visited.insert(*successor) {
                        stack.push((*successor, 0));
                    }
                }
                None => order.push(start),
            }
        }
        order.reverse();
        let numbers: HashMap<u32, usize> = order.iter().enumerate().map(|(n, start)| (*start, n)).collect();
        let blocks = order.iter().map(|start| {
            let end = end_of(*start);
            Block { start: *start, end }
        });
        Graph { blocks: blocks.collect(), numbers }
    }

    /// The block that begins at an instruction, unless no path was seen to reach it.
    pub fn block_at(&self, start: u32) -> Option<usize> {
        self.numbers.get(&start).copied()
    }
}
