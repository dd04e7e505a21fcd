//! The rules of control flow: one walk over each body that fixes stack depth, scope and try region
//! before every op.
//!
//! A body is walked basic block by basic block. Only leaders can be reached in two ways, so only there
//! are states compared; each op is visited once. Depths within a sub count from its entry while it is
//! walked and may fall below 0, which is how many arguments it takes; at the end they are shifted to
//! begin at its arguments.

use super::structure::Structure;
use super::{Problem, Problems};
use crate::chunk::Chunk;
use crate::chunk::analysis::{Analysis, Body, BodyKind, MAX_STACK, NONE, OpState};
use crate::op::{Flow, Op, OperandKind};
use std::collections::HashMap;

const MAX_DEPTH: i64 = MAX_STACK as i64;
/// Most scopes open at once in one body.
const MAX_SCOPES: u32 = 256;
/// Deepest nesting of blocks that use blocks; an interpreter may recurse that deep.
const MAX_BLOCK_NESTING: u32 = 64;

/// Walks all bodies of a chunk. A dynamic chunk has leaders only. The error has at most `most` problems,
/// one of each body: what follows a problem in its body may be due to it.
pub(super) fn analyse(chunk: &Chunk, structure: Structure, most: usize) -> Result<Analysis, Vec<Problem>> {
    if structure.dynamic {
        return Ok(Analysis { leaders: structure.leaders, ..Analysis::default() });
    }
    let mut walk = Walk {
        chunk,
        states: vec![OpState::UNREACHABLE; chunk.ops.len()],
        bodies: Vec::with_capacity(1 + chunk.sub_entries.len()),
        pending: Vec::new(),
        blocks: vec![None; chunk.block_ranges.len()],
        block_uses: Vec::new(),
        tables_seen: HashMap::new(),
        current: Current::default(),
        structure,
    };
    walk.add_body(BodyKind::Main, 0);
    for (sub, (_, ip)) in chunk.sub_entries.iter().enumerate() {
        walk.add_body(BodyKind::Sub(sub as u32), *ip as u32);
    }
    let mut problems = Problems::up_to(most);
    // Blocks join the list as their uses are met.
    let mut next = 0;
    while next < walk.bodies.len() && !problems.are_enough() {
        if let Err(problem) = walk.body(next as u32) {
            problems.add(problem);
            walk.pending.clear();
        }
        next += 1;
    }
    problems.or(())?;
    walk.check_block_nesting().map_err(|problem| vec![problem])?;
    walk.check_calls(most)?;
    walk.shift_depths();
    Ok(Analysis { states: walk.states, bodies: walk.bodies, leaders: walk.structure.leaders })
}

/// The state before an op while its body is walked.
#[derive(Clone, Copy)]
struct State {
    depth: i64,
    scope: u32,
    try_begin: u32,
}

/// What the walk knows about the body that it is in.
#[derive(Default)]
struct Current {
    body: u32,
    /// Op index that leaves the body when control gets there.
    exit: usize,
    /// For a block, its first op.
    block_start: Option<usize>,
    /// Whether the body may read below its entry depth.
    is_sub: bool,
    /// Scopes that were open at the entry.
    scope_floor: u32,
    lowest: i64,
    highest: i64,
}

/// How a block is entered.
#[derive(Clone, Copy)]
struct BlockEntry {
    body: u32,
    scope: u32,
}

/// An op of one block body that runs another.
struct BlockUse {
    op: usize,
    user: u32,
    used: u32,
}

struct Walk<'a> {
    chunk: &'a Chunk,
    structure: Structure,
    states: Vec<OpState>,
    bodies: Vec<Body>,
    /// Leaders that have a state and are not walked yet.
    pending: Vec<u32>,
    /// What the first use of each block range fixed.
    blocks: Vec<Option<BlockEntry>>,
    /// Uses of blocks within blocks.
    block_uses: Vec<BlockUse>,
    /// State, and block range around the op, with which a constant's jump targets were checked last.
    tables_seen: HashMap<u16, (OpState, Option<u32>)>,
    current: Current,
}

impl Walk<'_> {
    fn add_body(&mut self, kind: BodyKind, entry: u32) {
        self.bodies.push(Body { kind, entry, takes: 0, max_depth: 0, slots: Vec::new(), sorts: false });
    }

    fn body_name(&self, body: u32) -> String {
        match self.bodies[body as usize].kind {
            BodyKind::Main => "main".to_string(),
            BodyKind::Sub(sub) => {
                let (name, _) = self.chunk.sub_entries[sub as usize];
                format!("sub `{}`", self.chunk.names[usize::from(name)])
            }
            BodyKind::Block(block) => format!("block {block}"),
        }
    }

    /// Walks one body from its entry.
    fn body(&mut self, index: u32) -> Result<(), Problem> {
        let body = &self.bodies[index as usize];
        let entry = body.entry as usize;
        let elements = i64::from(body.takes);
        self.current = Current {
            body: index,
            exit: self.chunk.ops.len(),
            block_start: None,
            is_sub: matches!(body.kind, BodyKind::Sub(_)),
            scope_floor: 0,
            lowest: elements,
            highest: elements,
        };
        if let BodyKind::Block(block) = body.kind {
            let (start, end) = self.chunk.block_ranges[block as usize];
            self.current.exit = end;
            self.current.block_start = Some(start);
            self.current.scope_floor = self.blocks[block as usize].map_or(0, |entry| entry.scope);
        } else if index == 0 && self.structure.blocks.innermost(entry).is_some() {
            return Err(Problem::at(entry, "lies in a block, which only its op may enter"));
        }
        let scope = self.current.scope_floor;
        if entry < self.current.exit {
            self.reach(entry, entry, State { depth: elements, scope, try_begin: NONE })?;
        }
        while let Some(leader) = self.pending.pop() {
            self.basic_block(leader as usize)?;
        }
        let body = &mut self.bodies[index as usize];
        if self.current.is_sub {
            body.takes = (-self.current.lowest).max(0) as u32;
            self.current.highest += i64::from(body.takes);
        }
        body.max_depth = self.current.highest as u32;
        Ok(())
    }

    fn store(&self, state: State) -> OpState {
        OpState {
            body: self.current.body,
            depth: state.depth as i32 as u32,
            scope: state.scope,
            try_begin: state.try_begin,
        }
    }

    fn load(&self, index: usize) -> State {
        let OpState { depth, scope, try_begin, .. } = self.states[index];
        State { depth: i64::from(depth as i32), scope, try_begin }
    }

    /// Control gets to `target`, which is no exit: its state is fixed, or must be the same as before.
    fn reach(&mut self, from: usize, target: usize, state: State) -> Result<(), Problem> {
        let new = self.store(state);
        let old = self.states[target];
        if !old.is_reachable() {
            self.states[target] = new;
            self.pending.push(target as u32);
            return Ok(());
        }
        if old == new {
            return Ok(());
        }
        let (old, was) = (old, self.load(target));
        let message = if old.body != new.body {
            let (one, other) = (self.body_name(old.body), self.body_name(new.body));
            format!("is reachable from two bodies, {one} and {other}")
        } else if was.depth != state.depth {
            format!("is reached with stack depth {} from op {from}, with {} before", state.depth, was.depth)
        } else if was.scope != state.scope {
            format!("is reached with scope depth {} from op {from}, with {} before", state.scope, was.scope)
        } else {
            let region = |op: u32| match op {
                NONE => "outside of a try region".to_string(),
                op => format!("in the try region of op {op}"),
            };
            format!("is reached {} from op {from}, {} before", region(state.try_begin), region(was.try_begin))
        };
        Err(Problem::at(target, message))
    }

    /// A way from one op to another, by a jump or by falling through.
    fn edge(&mut self, from: usize, target: usize, state: State) -> Result<(), Problem> {
        if target == self.current.exit {
            return self.leave(from, state);
        }
        if let Some(start) = self.current.block_start
            && !(start..self.current.exit).contains(&target)
        {
            let message = format!("leaves its block ({start}..{}) for op {target}", self.current.exit);
            return Err(Problem::at(from, message));
        }
        if let Some(block) = self.structure.blocks.innermost(target) {
            let (start, end) = self.chunk.block_ranges[block as usize];
            if !(start..end).contains(&from) {
                let message =
                    format!("goes into block {block} ({start}..{end}), which only its op may enter");
                return Err(Problem::at(from, message));
            }
        }
        self.reach(from, target, state)
    }

    /// Control leaves the body at its end. Main and subs may do so in any state.
    fn leave(&self, from: usize, state: State) -> Result<(), Problem> {
        if self.current.block_start.is_none() {
            return Ok(());
        }
        if state.depth != 1 {
            let message = format!("ends its block with {} stack values, not with one result", state.depth);
            return Err(Problem::at(from, message));
        }
        if state.scope != self.current.scope_floor {
            return Err(Problem::at(from, "ends its block with an open scope"));
        }
        if state.try_begin != NONE {
            let message = format!("ends its block in the try region of op {}", state.try_begin);
            return Err(Problem::at(from, message));
        }
        Ok(())
    }

    /// Walks from a leader to the end of its basic block.
    fn basic_block(&mut self, leader: usize) -> Result<(), Problem> {
        let chunk = self.chunk;
        let mut index = leader;
        let mut state = self.load(leader);
        loop {
            self.states[index] = self.store(state);
            let op = &chunk.ops[index];
            let info = op.info();
            let after = self.step(index, op, state)?;
            match (info.flow, op.jump_target()) {
                (Flow::Jump, Some(target)) => return self.edge(index, target, after),
                (Flow::Branch, Some(target)) => self.edge(index, target, after)?,
                (Flow::Try, Some(handler)) => {
                    // The handler runs in the region around this one, with the error on the stack.
                    let caught = State { depth: state.depth + 1, ..state };
                    self.current.highest = self.current.highest.max(caught.depth);
                    self.edge(index, handler, caught)?;
                }
                (Flow::Table, _) => return self.table(index, op, after),
                (Flow::End, _) => return self.end(index, op),
                _ => {}
            }
            index += 1;
            if index == self.current.exit || self.structure.leaders[index] {
                return self.edge(index - 1, index, after);
            }
            state = after;
        }
    }

    /// The ways out of a JumpTable. What one table proved is not proved again for the next one that
    /// shares the constant, so that the work stays linear.
    fn table(&mut self, index: usize, op: &Op, after: State) -> Result<(), Problem> {
        let Op::JumpTable(constant) = *op else { return Ok(()) };
        let way = (self.store(after), self.structure.blocks.innermost(index));
        if self.tables_seen.get(&constant) == Some(&way) {
            return Ok(());
        }
        for position in 0..self.structure.tables[&constant].len() {
            let target = self.structure.tables[&constant][position];
            self.edge(index, target as usize, after)?;
        }
        self.tables_seen.insert(constant, way);
        Ok(())
    }

    /// An op that leaves the body.
    fn end(&self, index: usize, op: &Op) -> Result<(), Problem> {
        let returns = matches!(op, Op::Return | Op::ReturnValue | Op::TailCall(..));
        match self.current.block_start {
            Some(_) if returns => Err(Problem::at(index, "stands in a block, which cannot return")),
            _ => Ok(()),
        }
    }

    /// The state after an op.
    fn step(&mut self, index: usize, op: &Op, before: State) -> Result<State, Problem> {
        let mut after = before;
        after.depth = self.stack(index, op, before)?;
        match *op {
            Op::PushFrame => {
                after.scope += 1;
                if after.scope > MAX_SCOPES {
                    return Err(Problem::at(index, format!("opens more than {MAX_SCOPES} scopes")));
                }
            }
            Op::PopFrame => {
                if before.scope == self.current.scope_floor {
                    return Err(Problem::at(index, "closes a scope that its body did not open"));
                }
                if before.try_begin != NONE && before.scope == self.load(before.try_begin as usize).scope {
                    let message = format!("closes a scope around the try region of op {}", before.try_begin);
                    return Err(Problem::at(index, message));
                }
                after.scope -= 1;
            }
            Op::TryBegin(_) => after.try_begin = index as u32,
            Op::TryEnd if before.try_begin == NONE => {
                return Err(Problem::at(index, "closes a try region that its body did not open"));
            }
            Op::TryEnd => after.try_begin = self.load(before.try_begin as usize).try_begin,
            _ => {}
        }
        for operand in op.operands().iter() {
            match operand.kind {
                OperandKind::Slot => self.use_slot(before.scope, operand.bits as u32),
                OperandKind::Block => self.use_block(index, op, operand.bits as u32, before.scope)?,
                _ => {}
            }
        }
        Ok(after)
    }

    /// The stack depth after an op.
    fn stack(&mut self, index: usize, op: &Op, before: State) -> Result<i64, Problem> {
        let (pops, pushes) = self.structure.stack_effect(op).unwrap_or_default();
        let low = before.depth - pops as i64;
        if low < 0 && !self.current.is_sub {
            let values = if pops == 1 { "value" } else { "values" };
            let message = format!("needs {pops} stack {values}, has {}", before.depth);
            return Err(Problem::at(index, message));
        }
        if before.try_begin != NONE && low < self.load(before.try_begin as usize).depth {
            let message = format!("takes a stack value from below the try region of op {}", before.try_begin);
            return Err(Problem::at(index, message));
        }
        let depth = low + pushes as i64;
        if depth > MAX_DEPTH || low < -MAX_DEPTH {
            return Err(Problem::at(index, format!("needs more than {MAX_DEPTH} stack values")));
        }
        self.current.lowest = self.current.lowest.min(low);
        self.current.highest = self.current.highest.max(depth);
        Ok(depth)
    }

    fn use_slot(&mut self, scope: u32, slot: u32) {
        let slots = &mut self.bodies[self.current.body as usize].slots;
        let scope = scope as usize;
        if slots.len() <= scope {
            slots.resize(scope + 1, 0);
        }
        slots[scope] = slots[scope].max(slot + 1);
    }

    /// Registers the block's body at its first use; further uses must agree with it.
    fn use_block(&mut self, index: usize, op: &Op, block: u32, scope: u32) -> Result<(), Problem> {
        let sorts = matches!(op, Op::SortBlock(_));
        let next_body = self.bodies.len() as u32;
        let known = self.blocks[block as usize];
        let entry = *self.blocks[block as usize].get_or_insert(BlockEntry { body: next_body, scope });
        if known.is_none() {
            self.add_body(BodyKind::Block(block), self.chunk.block_ranges[block as usize].0 as u32);
            let body = &mut self.bodies[next_body as usize];
            body.takes = if sorts { 2 } else { 1 };
            body.sorts = sorts;
        }
        if self.bodies[entry.body as usize].sorts != sorts {
            let message = format!("uses block {block}, which is used with one element and with two");
            return Err(Problem::at(index, message));
        }
        if entry.scope != scope {
            let message = format!("uses block {block} at scope depth {scope}, another op at {}", entry.scope);
            return Err(Problem::at(index, message));
        }
        if self.current.block_start.is_some() {
            self.block_uses.push(BlockUse { op: index, user: self.current.body, used: entry.body });
        }
        Ok(())
    }

    /// A block may not use itself, directly or by way of others, nor may blocks nest too deep.
    /// Kahn's algorithm, from the blocks that no block uses inwards.
    fn check_block_nesting(&self) -> Result<(), Problem> {
        let mut uses: Vec<&BlockUse> = self.block_uses.iter().collect();
        uses.sort_by_key(|block_use| block_use.user);
        let uses_of = |user: u32| {
            let from = uses.partition_point(|block_use| block_use.user < user);
            uses[from..].iter().take_while(move |block_use| block_use.user == user)
        };
        let mut users_left = vec![0_u32; self.bodies.len()];
        for block_use in &uses {
            users_left[block_use.used as usize] += 1;
        }
        let mut level = vec![0_u32; self.bodies.len()];
        let mut ready: Vec<u32> =
            (0..users_left.len() as u32).filter(|b| users_left[*b as usize] == 0).collect();
        while let Some(user) = ready.pop() {
            for block_use in uses_of(user) {
                let used = block_use.used as usize;
                level[used] = level[used].max(level[user as usize] + 1);
                if level[used] > MAX_BLOCK_NESTING {
                    let message = format!("nests blocks deeper than {MAX_BLOCK_NESTING} levels");
                    return Err(Problem::at(block_use.op, message));
                }
                users_left[used] -= 1;
                if users_left[used] == 0 {
                    ready.push(used as u32);
                }
            }
        }
        // What is left lies on a cycle or behind one; going backwards long enough ends on the cycle.
        let mut use_of: Vec<Option<&BlockUse>> = vec![None; self.bodies.len()];
        for block_use in uses.iter().filter(|block_use| users_left[block_use.user as usize] > 0) {
            use_of[block_use.used as usize] = Some(block_use);
        }
        let mut cyclic = use_of.iter().flatten().next().copied();
        for _ in 0..self.bodies.len() {
            cyclic = cyclic.and_then(|block_use| use_of[block_use.user as usize]);
        }
        match cyclic {
            Some(block_use) => {
                let block = self.body_name(block_use.used);
                Err(Problem::at(block_use.op, format!("makes {block} run within itself")))
            }
            None => Ok(()),
        }
    }

    /// A call of a sub of this chunk passes at least what the sub takes.
    fn check_calls(&self, most: usize) -> Result<(), Vec<Problem>> {
        let chunk = self.chunk;
        if chunk.sub_entries.is_empty() {
            return Ok(());
        }
        let entry_of: HashMap<&str, usize> = chunk
            .sub_entries
            .iter()
            .enumerate()
            .map(|(entry, (name, _))| (chunk.names[usize::from(*name)].as_str(), entry))
            .collect();
        let entry_of: Vec<Option<usize>> =
            chunk.names.iter().map(|name| entry_of.get(name.as_str()).copied()).collect();
        let mut problems = Problems::up_to(most);
        for (index, op) in chunk.ops.iter().enumerate() {
            let (Op::Call(name, passed) | Op::TailCall(name, passed)) = *op else { continue };
            let Some(entry) = entry_of[usize::from(name)] else { continue };
            let takes = self.bodies[1 + entry].takes;
            if self.states[index].is_reachable() && takes > u32::from(passed) {
                let name = &chunk.names[usize::from(name)];
                let message = format!("passes {passed} arguments to `{name}`, which takes {takes}");
                problems.add(Problem::at(index, message));
            }
        }
        problems.or(())
    }

    /// Makes depths within subs count from their arguments.
    fn shift_depths(&mut self) {
        let takes = |body: &Body| match body.kind {
            BodyKind::Sub(_) => body.takes,
            BodyKind::Main | BodyKind::Block(_) => 0,
        };
        let shifts: Vec<u32> = self.bodies.iter().map(takes).collect();
        if shifts.iter().all(|shift| *shift == 0) {
            return;
        }
        for state in self.states.iter_mut().filter(|state| state.is_reachable()) {
            state.depth = state.depth.wrapping_add(shifts[state.body as usize]);
        }
    }
}
