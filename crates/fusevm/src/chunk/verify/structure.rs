//! The rules that need no control flow: sizes, pools, ranges, operand values. They hold for every op,
//! reachable or not, and for dynamic chunks too. On the way the leaders of the basic blocks are marked.

use super::{Problem, Problems};
use crate::chunk::{Chunk, Const, nesting};
use crate::op::{Flow, Mode, Op, OperandKind};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::ops::RangeInclusive;

/// What the walk over the control flow needs to know of the chunk as a whole.
pub(super) struct Structure {
    /// Whether a basic block begins at the op.
    pub leaders: Vec<bool>,
    pub blocks: BlockMap,
    /// The distinct targets of each constant that a JumpTable uses.
    pub tables: HashMap<u16, Vec<u32>>,
    /// Pops and pushes of the declared extension ops, by id and width.
    pub extensions: HashMap<(u16, bool), (u8, u8)>,
    /// Whether an extension op is undeclared.
    pub dynamic: bool,
}

impl Structure {
    /// Pops and pushes of an op; `None` for an undeclared extension op.
    pub fn stack_effect(&self, op: &Op) -> Option<(usize, usize)> {
        let id = match *op {
            Op::Extended(id, _) => (id, false),
            Op::ExtendedWide(id, _) => (id, true),
            _ => return Some((op.pops(), op.pushes())),
        };
        self.extensions.get(&id).map(|&(pops, pushes)| (pops.into(), pushes.into()))
    }

    /// Reads the constant that a JumpTable uses, once.
    fn add_table(&mut self, chunk: &Chunk, op: &Op) -> Result<(), String> {
        if let Op::JumpTable(constant) = *op
            && let Entry::Vacant(place) = self.tables.entry(constant)
        {
            let targets = table_targets(chunk, constant)?;
            for target in &targets {
                mark(&mut self.leaders, *target as usize);
            }
            place.insert(targets);
        }
        Ok(())
    }
}

/// Checks everything but control flow. The error has at most `most` problems.
pub(super) fn check(chunk: &Chunk, most: usize) -> Result<Structure, Vec<Problem>> {
    if let Some(error) = &chunk.build_error {
        return Err(vec![Problem::builder(error)]);
    }
    check_sizes(chunk).map_err(|problem| vec![problem])?;
    let mut problems = Problems::up_to(most);
    check_constants(chunk, &mut problems);
    check_subs(chunk, &mut problems);
    let blocks = BlockMap::new(chunk).map_err(|problem| problems.add(problem)).unwrap_or_default();
    let mut structure = Structure {
        leaders: vec![false; chunk.ops.len()],
        blocks,
        tables: HashMap::new(),
        extensions: HashMap::new(),
        dynamic: false,
    };
    for decl in &chunk.extensions {
        structure.extensions.entry((decl.id, decl.wide)).or_insert((decl.pops, decl.pushes));
    }
    for (index, op) in chunk.ops.iter().enumerate() {
        if let Err(message) = check_op(chunk, op).and_then(|()| structure.add_table(chunk, op)) {
            problems.add(Problem::at(index, message));
            if problems.are_enough() {
                break;
            }
        }
        structure.dynamic |= structure.stack_effect(op).is_none();
        if let Some(target) = op.jump_target() {
            mark(&mut structure.leaders, target);
        }
        if !matches!(op.info().flow, Flow::Next | Flow::Try) {
            mark(&mut structure.leaders, index + 1);
        }
    }
    mark(&mut structure.leaders, 0);
    for (_, ip) in &chunk.sub_entries {
        mark(&mut structure.leaders, *ip);
    }
    for (start, end) in &chunk.block_ranges {
        mark(&mut structure.leaders, *start);
        mark(&mut structure.leaders, *end);
    }
    problems.or(structure)
}

/// Marks a leader; the position behind the last op is none.
fn mark(leaders: &mut [bool], index: usize) {
    if let Some(leader) = leaders.get_mut(index) {
        *leader = true;
    }
}

fn check_sizes(chunk: &Chunk) -> Result<(), Problem> {
    let ops = chunk.ops.len();
    if ops >= u32::MAX as usize {
        return Err(Problem::chunk(format!("has {ops} ops, more than 32 bits can count")));
    }
    if chunk.lines.len() != ops {
        return Err(Problem::chunk(format!("has {ops} ops but {} line numbers", chunk.lines.len())));
    }
    Ok(())
}

fn check_constants(chunk: &Chunk, problems: &mut Problems) {
    for (index, constant) in chunk.constants.iter().enumerate() {
        let reason = if constant.is_deeper_than(Const::MAX_DEPTH) {
            nesting::constant_error()
        } else if let Some(reason) = constant.unsupported() {
            reason.to_string()
        } else {
            continue;
        };
        problems.add(Problem::chunk(format!("constant {index}: {reason}")));
    }
}

fn check_subs(chunk: &Chunk, problems: &mut Problems) {
    let mut names = HashSet::new();
    for (entry, (name, ip)) in chunk.sub_entries.iter().enumerate() {
        let Some(name) = chunk.names.get(usize::from(*name)) else {
            let message = missing("name", *name, &chunk.names);
            problems.add(Problem::chunk(format!("sub entry {entry}: {message}")));
            continue;
        };
        if *ip >= chunk.ops.len() {
            problems.add(Problem::chunk(format!("sub `{name}` begins at op {ip} of {}", chunk.ops.len())));
        }
        if !names.insert(name) {
            problems.add(Problem::chunk(format!("sub `{name}` is defined twice")));
        }
    }
}

fn missing<T>(what: &str, index: impl std::fmt::Display, pool: &[T]) -> String {
    format!("{what} {index} does not exist, there are {}", pool.len())
}

/// The rules for one op's operands.
fn check_op(chunk: &Chunk, op: &Op) -> Result<(), String> {
    for (position, operand) in op.operands().iter().enumerate() {
        let index = usize::try_from(operand.bits).unwrap_or(usize::MAX);
        let (what, known) = match operand.kind {
            OperandKind::Jump if index > chunk.ops.len() => {
                return Err(format!("jumps to op {index} of {}", chunk.ops.len()));
            }
            OperandKind::Const => ("constant", chunk.constants.len()),
            OperandKind::Name => ("name", chunk.names.len()),
            OperandKind::Block => ("block", chunk.block_ranges.len()),
            OperandKind::SubChunk => ("sub-chunk", chunk.sub_chunks.len()),
            OperandKind::Byte => match Mode::of(op.info(), &op.info().operands[position]) {
                Some(mode) => (mode.what, mode.constants.len()),
                None => continue,
            },
            _ => continue,
        };
        if index >= known {
            return Err(format!("{what} {index} does not exist, there are {known}"));
        }
    }
    if let Op::MakeHash(n) = *op
        && n % 2 == 1
    {
        return Err(format!("takes keys and values, an even number, not {n}"));
    }
    match argument_counts(op) {
        Some((n, counts)) if !counts.contains(&n) => {
            let (least, most) = counts.into_inner();
            let counts =
                if most == u8::MAX { format!("{least} or more") } else { format!("{least} to {most}") };
            Err(format!("takes {counts} values, not {n}"))
        }
        _ => Ok(()),
    }
}

/// How many values an awk function takes, where their number decides what each of them is.
fn argument_counts(op: &Op) -> Option<(u8, RangeInclusive<u8>)> {
    Some(match *op {
        Op::AwkLength(n) | Op::AwkSrand(n) => (n, 0..=1),
        Op::AwkStrftime(n) => (n, 0..=3),
        Op::AwkSplit(n) | Op::AwkMktime(n) => (n, 1..=2),
        Op::AwkPrintf(n) | Op::AwkSprintf(n) | Op::AwkJoinKeys(n) => (n, 1..=u8::MAX),
        Op::AwkSubstr(n) | Op::AwkSub(n) | Op::AwkGsub(n) => (n, 2..=3),
        Op::AwkAnd(n) | Op::AwkOr(n) | Op::AwkXor(n) => (n, 2..=u8::MAX),
        Op::AwkGensub(n) => (n, 3..=4),
        _ => return None,
    })
}

/// The distinct targets of a JumpTable's constant.
fn table_targets(chunk: &Chunk, constant: u16) -> Result<Vec<u32>, String> {
    let ops = chunk.ops.len();
    let targets = chunk.constants[usize::from(constant)].jump_targets();
    let Some(mut targets) = targets else {
        return Err(format!("constant {constant} is no list of op indices"));
    };
    targets.sort_unstable();
    targets.dedup();
    match targets.last() {
        Some(last) if *last > ops => Err(format!("jumps to op {last} of {ops}")),
        _ => Ok(targets.into_iter().map(|target| target as u32).collect()),
    }
}

/// Which block range an op lies in.
///
/// Ranges nest like brackets, so the innermost range around an op decides: a way from outside of it to
/// the op enters the block other than by its op.
#[derive(Default)]
pub(super) struct BlockMap {
    /// Positions where the innermost range changes, ascending, with the range from there on.
    changes: Vec<(usize, Option<u32>)>,
}

impl BlockMap {
    fn new(chunk: &Chunk) -> Result<BlockMap, Problem> {
        let ranges = &chunk.block_ranges;
        for (block, (start, end)) in ranges.iter().enumerate() {
            if start >= end || *end > chunk.ops.len() {
                let message = format!("block {block} is {start}..{end}, no range of {} ops", chunk.ops.len());
                return Err(Problem::chunk(message));
            }
        }
        let mut order: Vec<u32> = (0..ranges.len() as u32).collect();
        order.sort_by_key(|block| {
            let (start, end) = ranges[*block as usize];
            (start, Reverse(end))
        });
        let mut changes: Vec<(usize, Option<u32>)> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        let close = |open: &mut Vec<u32>, changes: &mut Vec<_>, before: usize| {
            while let Some(block) = open.pop_if(|block| ranges[*block as usize].1 <= before) {
                changes.push((ranges[block as usize].1, open.last().copied()));
            }
        };
        for block in order {
            let (start, end) = ranges[block as usize];
            close(&mut open, &mut changes, start);
            if let Some(outer) = open.last().filter(|outer| ranges[**outer as usize].1 < end) {
                let (outer_start, outer_end) = ranges[*outer as usize];
                return Err(Problem::chunk(format!(
                    "block {block} ({start}..{end}) overlaps block {outer} ({outer_start}..{outer_end})"
                )));
            }
            open.push(block);
            changes.push((start, Some(block)));
        }
        close(&mut open, &mut changes, usize::MAX);
        Ok(BlockMap { changes })
    }

    /// The innermost block range around an op.
    pub fn innermost(&self, op: usize) -> Option<u32> {
        let after = self.changes.partition_point(|(position, _)| *position <= op);
        self.changes[..after].last().and_then(|(_, block)| *block)
    }
}
