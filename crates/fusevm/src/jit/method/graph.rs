//! Control flow of lowered code.

use super::input::Input;
use crate::code::Opcode;
use crate::jit::policy;
use crate::op::Flow;
use std::collections::{BTreeSet, HashMap, HashSet};

impl Input {
    /// The instructions to which an instruction can lead, except by an error.
    pub fn successors(&self, at: u32) -> Vec<u32> {
        let mut successors = Vec::new();
        self.each_successor(at, |next| successors.push(next));
        successors
    }

    /// Does something with each instruction to which an instruction can lead, except by an error.
    pub fn each_successor(&self, at: u32, mut found: impl FnMut(u32)) {
        use Opcode::*;
        let inst = &self.insts[at as usize];
        match inst.op {
            Exit | Return | ReturnUndef | End | EndEmpty | Throw | TailCall => {}
            Jump | Loop => found(self.target(at)),
            JumpTable => self.lists.tables[inst.imm as usize].iter().copied().for_each(found),
            Iterate => [at + 1, self.lists.blocks[inst.imm as usize].entry].into_iter().for_each(found),
            BlockEnd => self.block_end_targets(at).into_iter().for_each(found),
            _ if self.never_goes_on(at) => {}
            _ => {
                found(at + 1);
                if self.is_branch(at) {
                    found(self.target(at));
                }
            }
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
        self.insts[at as usize].op == Opcode::Exec
            && self.ops.get(&at).is_some_and(|op| op.info().flow == Flow::End)
    }

    /// Where the end of a block of a higher-order op leads: behind the instruction that runs it, or back to its
    /// begin.
    pub fn block_end_targets(&self, at: u32) -> [u32; 2] {
        let block = &self.lists.blocks[self.insts[at as usize].imm as usize];
        [block.iterate + 1, block.entry]
    }
}

/// A frame of a compiled function: its own, or one of a call that is inlined.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The frame and the instruction that call; nothing for the function's own frame.
    pub caller: Option<(usize, u32)>,
    pub body: u32,
    /// Where its window begins in that of the function.
    pub offset: u16,
    depth: u32,
}

/// A place in a function: an instruction in a frame.
pub(crate) type Place = (usize, u32);

/// A basic block: instructions that are entered at the first and left at the last.
pub(crate) struct Block {
    pub frame: usize,
    pub start: u32,
    /// Behind its last instruction.
    pub end: u32,
}

/// The blocks that an entry reaches, as far as feedback has seen them, in reverse postorder; of an entry in a loop, those
/// of the loop and of what is around it. Calls of small subs are inlined: the callee's blocks are here too, in a frame of
/// their own.
pub(crate) struct Graph {
    pub blocks: Vec<Block>,
    pub frames: Vec<Frame>,
    /// Registers of all frames together.
    pub registers: usize,
    /// Number of the block that begins at a place.
    numbers: HashMap<Place, usize>,
    /// The frames of calls that are inlined.
    inlined: HashMap<Place, usize>,
    /// Where the copy of the first block ends at the latest, if there is one: at what is also reached by other ways. See
    /// [`Graph::new`].
    joins: Option<HashSet<u32>>,
    /// The instructions from which an entry in a loop is reached again. What comes after the outermost loop has an entry of
    /// its own when it is worth one: with all that, the code of each loop would be as long as the rest of the program.
    region: Option<HashSet<u32>>,
    /// The blocks that lead to each block.
    ways_in: Vec<Vec<usize>>,
}

/// The instructions of a body from which an entry is reached again, if it is in a loop and not where the body begins.
fn region(input: &Input, body: u32, entry: u32) -> Option<HashSet<u32>> {
    let extent = input.extent(body);
    if entry == extent.start {
        return None;
    }
    let mut ways_in: HashMap<u32, Vec<u32>> = HashMap::new();
    for at in extent {
        input.each_successor(at, |next| ways_in.entry(next).or_default().push(at));
    }
    let mut region = HashSet::new();
    let mut pending = vec![entry];
    while let Some(at) = pending.pop() {
        let before = ways_in.get(&at).into_iter().flatten();
        pending.extend(before.filter(|before| region.insert(**before)));
    }
    region.contains(&entry).then_some(region)
}

/// The frame of the first block where it is there twice: another name for the function's own.
const PEELED: usize = 1;

impl Graph {
    /// The graph of what is reached from an entry.
    ///
    /// An inner loop that is entered in its middle would be one loop with those around it: what leads into it leads to
    /// its begin. So the first block then is there twice, once for the entry, and no loop has anything to do with that.
    pub fn new(input: &Input, body: u32, entry: u32) -> Graph {
        let graph = Graph::of(input, body, entry, None, region(input, body, entry));
        if !graph.begins_inside_loops(entry) {
            return graph;
        }
        let own = graph.blocks.iter().enumerate().filter(|(_, block)| block.frame == 0);
        let joins = own.filter(|(number, _)| graph.ways_in[*number].len() > 1);
        let joins = joins.map(|(_, block)| block.start).collect();
        Graph::of(input, body, entry, Some(joins), graph.region)
    }

    /// Whether the first block is in a loop that comes from before the entry, in the order of the program.
    fn begins_inside_loops(&self, entry: u32) -> bool {
        let mut pending: Vec<usize> = self.ways_in(0).collect();
        let mut seen = HashSet::from([0]);
        while let Some(block) = pending.pop() {
            if seen.insert(block) {
                let Block { frame, start, .. } = self.blocks[block];
                if frame == 0 && start < entry {
                    return true;
                }
                pending.extend(self.ways_in(block));
            }
        }
        false
    }

    fn of(
        input: &Input,
        body: u32,
        entry: u32,
        joins: Option<HashSet<u32>>,
        region: Option<HashSet<u32>>,
    ) -> Graph {
        let own = Frame { caller: None, body, offset: 0, depth: 0 };
        let first = (if joins.is_some() { PEELED } else { 0 }, entry);
        let mut graph = Graph {
            blocks: Vec::new(),
            frames: if joins.is_some() { vec![own.clone(), own] } else { vec![own] },
            joins,
            region,
            registers: input.bodies[body as usize].registers as usize,
            numbers: HashMap::new(),
            inlined: HashMap::new(),
            ways_in: Vec::new(),
        };
        // Leaders: the entry, what jumps lead to, and what follows a jump.
        let mut inlined_size = 0;
        let mut pending = vec![first];
        let mut leaders = BTreeSet::from([first]);
        let mut seen = HashSet::new();
        while let Some((frame, at)) = pending.pop() {
            if !seen.insert((frame, at)) {
                continue;
            }
            graph.consider_call(input, (frame, at), &mut inlined_size);
            let is_leader = graph.ends_block(input, (frame, at));
            for next in graph.successors(input, (frame, at)) {
                if is_leader && !(input.reached(next.1) && graph.has_part(next)) {
                    continue;
                }
                if is_leader || next.0 != frame {
                    leaders.insert(next);
                }
                pending.push(next);
            }
        }
        let end_of = |graph: &Graph, (frame, start): Place| {
            let mut at = start;
            while !graph.ends_block(input, (frame, at))
                && !leaders.contains(&(frame, at + 1))
                && !graph.ends_copy(frame, at + 1)
            {
                at += 1;
            }
            at + 1
        };
        // Depth-first, with an explicit stack.
        let mut order = Vec::new();
        let mut visited = HashSet::from([first]);
        let mut stack = vec![(first, 0)];
        while let Some((place, next)) = stack.pop() {
            let last = end_of(&graph, place) - 1;
            match graph.successors(input, (place.0, last)).get(next) {
                Some(successor) => {
                    stack.push((place, next + 1));
                    if leaders.contains(successor) && visited.insert(*successor) {
                        stack.push((*successor, 0));
                    }
                }
                None => order.push(place),
            }
        }
        order.reverse();
        graph.numbers = order.iter().enumerate().map(|(number, place)| (*place, number)).collect();
        graph.blocks = order
            .iter()
            .map(|place| Block { frame: place.0, start: place.1, end: end_of(&graph, *place) })
            .collect();
        graph.find_ways(input);
        graph
    }

    /// Whether the code of a place belongs to the graph once it is reached.
    pub fn has_part(&self, (frame, at): Place) -> bool {
        let is_own = self.frames[frame].caller.is_none();
        self.region.as_ref().is_none_or(|region| !is_own || region.contains(&at))
    }

    fn find_ways(&mut self, input: &Input) {
        let mut ways = vec![Vec::new(); self.blocks.len()];
        for (number, block) in self.blocks.iter().enumerate() {
            for place in self.successors(input, (block.frame, block.end - 1)) {
                if let Some(target) = self.block_at(place) {
                    ways[target].push(number);
                }
            }
        }
        self.ways_in = ways;
    }

    /// The blocks that lead to a block.
    pub fn ways_in(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        self.ways_in[number].iter().copied()
    }

    /// Those of them that come later in the order, from which a loop goes on.
    pub fn ways_back(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        self.ways_in(number).filter(move |from| *from >= number)
    }

    /// The blocks that a block leads to.
    pub fn ways_out(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks.len()).filter(move |to| self.ways_in[*to].contains(&number))
    }

    /// Inlines a call of a small sub; a recursion by one level.
    fn consider_call(&mut self, input: &Input, place: Place, inlined_size: &mut u32) {
        let (frame, at) = place;
        let inst = &input.insts[at as usize];
        let Some(&body) = input.callees.get(&(inst.imm as u32)).filter(|_| inst.op == Opcode::Call) else {
            return;
        };
        let callee = &input.bodies[body as usize];
        let size = input.extent(body).filter(|at| input.reached(*at)).count() as u32;
        let caller = &self.frames[frame];
        let is_small = size <= policy::MAX_INLINE && *inlined_size + size <= policy::MAX_INLINED;
        let runs = self.chain(frame).filter(|frame| self.frames[*frame].body == body).count();
        if callee.takes != u32::from(inst.b)
            || !is_small
            || runs > 1
            || caller.depth >= policy::MAX_INLINE_DEPTH
            || !input.reached(callee.entry)
        {
            return;
        }
        let Some(offset) = caller.offset.checked_add(inst.a) else { return };
        *inlined_size += size;
        let depth = caller.depth + 1;
        self.frames.push(Frame { caller: Some(place), body, offset, depth });
        self.inlined.insert(place, self.frames.len() - 1);
        self.registers = self.registers.max(usize::from(offset) + callee.registers as usize);
    }

    /// A frame and those that it is inlined into, outwards.
    pub fn chain(&self, frame: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(frame), |frame| Some(self.frames[*frame].caller?.0))
    }

    /// The registers of a place's frame, counted from the function's own window, that no instruction reads any more, but that
    /// others may look at.
    pub fn only_shown(&self, input: &Input, (frame, at): Place) -> Vec<u16> {
        let Frame { body, offset, .. } = self.frames[frame];
        let (live, variables) = (input.liveness(body), input.bodies[body as usize].variables as u16);
        (0..variables)
            .filter(|register| live.is_only_shown(*register, at))
            .map(|register| offset + register)
            .collect()
    }

    /// The registers, counted from the function's own window, that are live before an instruction: those of
    /// its frame, and those of the frames around it after their calls.
    pub fn live_before(&self, input: &Input, place: Place) -> Vec<u16> {
        let (mut frame, mut at) = place;
        let mut registers = Vec::new();
        let mut result = None;
        loop {
            let Frame { caller, body, offset, .. } = self.frames[frame];
            let live = input.liveness(body).before(at);
            let count = input.bodies[body as usize].registers as u16;
            let own = (0..count).filter(|register| live.contains(*register) && result != Some(*register));
            registers.extend(own.map(|register| offset + register));
            let Some((outer, call)) = caller else { return registers };
            result = Some(input.insts[call as usize].c);
            (frame, at) = (outer, call + 1);
        }
    }

    /// Instructions of all blocks.
    pub fn instructions(&self) -> usize {
        self.blocks.iter().map(|block| (block.end - block.start) as usize).sum()
    }

    /// Most frames that one window holds beyond its own.
    pub fn depth(&self) -> u32 {
        self.frames.iter().map(|frame| frame.depth).max().unwrap_or(0)
    }

    /// The frame of a call that is inlined.
    pub fn inlined(&self, call: Place) -> Option<usize> {
        self.inlined.get(&call).copied()
    }

    /// Whether an instruction ends a basic block.
    pub fn ends_block(&self, input: &Input, place: Place) -> bool {
        input.ends_block(place.1) || self.inlined.contains_key(&place)
    }

    fn successors(&self, input: &Input, place: Place) -> Vec<Place> {
        let (frame, at) = place;
        if let Some(&callee) = self.inlined.get(&place) {
            return vec![(callee, input.bodies[self.frames[callee].body as usize].entry)];
        }
        let is_return = matches!(input.insts[at as usize].op, Opcode::Return | Opcode::ReturnUndef);
        if is_return && let Some((caller, call)) = self.frames[frame].caller {
            return vec![(caller, call + 1)];
        }
        let jumps = self.ends_block(input, place);
        let next = |next| match jumps || self.ends_copy(frame, next) {
            true => (self.frame_of_target(frame), next),
            false => (frame, next),
        };
        input.successors(at).into_iter().map(next).collect()
    }

    /// Whether the copy of the first block ends before an instruction.
    fn ends_copy(&self, frame: usize, next: u32) -> bool {
        frame == PEELED && self.joins.as_ref().is_some_and(|joins| joins.contains(&next))
    }

    /// The frame in which a jump of a frame goes on.
    pub fn frame_of_target(&self, frame: usize) -> usize {
        if self.joins.is_some() && frame == PEELED { 0 } else { frame }
    }

    /// The block that begins at a place, unless no path was seen to reach it.
    pub fn block_at(&self, place: Place) -> Option<usize> {
        self.numbers.get(&place).copied()
    }
}
