//! Makes a failing chunk small: ops, bodies and pool entries are removed, and ops replaced by plainer ones, for as
//! long as the failure stays.

use crate::generate::NAMES_SLOTS;
use fusevm::chunk::Const;
use fusevm::op::{Flow, OperandKind};
use fusevm::{Chunk, Op};

/// Pairs of ops that go together are looked for within this distance.
const NEAR: usize = 40;

/// A smaller chunk for which `fails` still holds.
pub fn shrink(chunk: &Chunk, fails: impl FnMut(&Chunk) -> bool) -> Chunk {
    let mut shrinker = Shrinker { best: chunk.clone(), fails };
    loop {
        let before = shrinker.best.ops.clone();
        shrinker.remove_bodies();
        shrinker.remove_runs();
        shrinker.take_apart();
        shrinker.remove_pairs();
        shrinker.simplify();
        if shrinker.best.ops == before {
            shrinker.remove_pool_entries();
            return shrinker.best;
        }
    }
}

struct Shrinker<F> {
    best: Chunk,
    fails: F,
}

impl<F: FnMut(&Chunk) -> bool> Shrinker<F> {
    /// Takes a candidate that fails too.
    fn accept(&mut self, candidate: Chunk) -> bool {
        let fails = (self.fails)(&candidate);
        if fails {
            self.best = candidate;
        }
        fails
    }

    /// Makes what only a sub or a block could enter unreachable.
    fn remove_bodies(&mut self) {
        for sub in (0..self.best.sub_entries.len()).rev() {
            let mut candidate = self.best.clone();
            candidate.sub_entries.remove(sub);
            self.accept(candidate);
        }
        for block in (0..self.best.block_ranges.len()).rev() {
            if let Some(mut candidate) = without_index(&self.best, OperandKind::Block, block) {
                candidate.block_ranges.remove(block);
                self.accept(candidate);
            }
        }
    }

    /// Removes ops in a row, fewer and fewer.
    fn remove_runs(&mut self) {
        let mut len = (self.best.ops.len() / 2).max(1);
        loop {
            let mut start = 0;
            while start < self.best.ops.len() {
                let shorter = without(&self.best, start, len);
                if shorter.ops.len() == self.best.ops.len() {
                    start += 1;
                } else if !self.accept(shorter) {
                    start += len;
                }
            }
            if len == 1 {
                return;
            }
            len /= 2;
        }
    }

    /// Removes what only goes in pairs: a push and its pop, the begin and end of a region.
    fn remove_pairs(&mut self) {
        let mut first = 0;
        while first < self.best.ops.len() {
            let len = self.best.ops.len();
            for second in first + 1..len.min(first + NEAR) {
                let shorter = without(&without(&self.best, second, 1), first, 1);
                if shorter.ops.len() + 2 == len && shorter.clone().verify().is_ok() && self.accept(shorter) {
                    break;
                }
            }
            if self.best.ops.len() == len {
                first += 1;
            }
        }
    }

    /// Replaces ops by as many pops and pushes as they do.
    fn take_apart(&mut self) {
        for index in (0..self.best.ops.len()).rev() {
            let op = self.best.ops[index];
            let Some((pops, pushes)) = self.best.stack_effect(index) else { continue };
            if op.info().flow != Flow::Next || pops == 0 || op == Op::Pop {
                continue;
            }
            let plain: Vec<Op> =
                [Op::Pop].repeat(pops).into_iter().chain([Op::LoadUndef].repeat(pushes)).collect();
            self.accept(replaced(&self.best, index, index + 1, &plain));
        }
    }

    /// Replaces ops by plain ones, which gives the removal more to try, and numbers by smaller ones.
    fn simplify(&mut self) {
        for index in 0..self.best.ops.len() {
            let old = self.best.ops[index];
            if old == NAMES_SLOTS {
                continue;
            }
            let plain = [Op::Nop, Op::Pop, Op::LoadUndef, Op::LoadInt(1)];
            let smaller = [0, 2].map(|divisor| with_smaller_number(old, divisor));
            for op in plain.into_iter().chain(smaller.into_iter().flatten()) {
                if op == old {
                    break;
                }
                let mut candidate = self.best.clone();
                candidate.ops[index] = op;
                if self.accept(candidate) {
                    break;
                }
            }
        }
    }

    fn remove_pool_entries(&mut self) {
        for constant in (0..self.best.constants.len()).rev() {
            if let Some(mut candidate) = without_index(&self.best, OperandKind::Const, constant) {
                candidate.constants.remove(constant);
                self.accept(candidate);
            }
        }
        for name in (0..self.best.names.len()).rev() {
            if self.best.sub_entries.iter().any(|(entered, _)| usize::from(*entered) == name) {
                continue;
            }
            if let Some(mut candidate) = without_index(&self.best, OperandKind::Name, name) {
                candidate.names.remove(name);
                for (entered, _) in &mut candidate.sub_entries {
                    *entered -= u16::from(usize::from(*entered) > name);
                }
                self.accept(candidate);
            }
        }
        for extension in (0..self.best.extensions.len()).rev() {
            let mut candidate = self.best.clone();
            candidate.extensions.remove(extension);
            if candidate.extensions_are_declared() {
                self.accept(candidate);
            }
        }
    }
}

/// The op with other operands.
fn with_operands(op: Op, change: impl Fn(OperandKind, u64) -> u64) -> Op {
    let bits: Vec<u64> = op.operands().iter().map(|operand| change(operand.kind, operand.bits)).collect();
    Op::from_ordinal(op.ordinal(), &bits).unwrap_or(op)
}

/// The op with its integer divided, or 0; `None` when that is no smaller.
fn with_smaller_number(op: Op, divisor: i64) -> Option<Op> {
    let smaller = with_operands(op, |kind, bits| match kind {
        OperandKind::Int | OperandKind::Int32 => (bits as i64).checked_div(divisor).unwrap_or(0) as u64,
        _ => bits,
    });
    (smaller != op).then_some(smaller)
}

/// The ops without an entry of a pool, which must be removed too; `None` when an op names it.
fn without_index(chunk: &Chunk, pool: OperandKind, index: usize) -> Option<Chunk> {
    let index = index as u64;
    let names_it = |op: &Op| op.operands().iter().any(|o| o.kind == pool && o.bits == index);
    if chunk.ops.iter().any(names_it) {
        return None;
    }
    let mut chunk = chunk.clone();
    for op in &mut chunk.ops {
        *op = with_operands(*op, |kind, bits| bits - u64::from(kind == pool && bits > index));
    }
    Some(chunk)
}

/// Whether handlers may set slots, which must be named then.
fn calls_handlers(chunk: &Chunk) -> bool {
    chunk.ops.iter().any(|op| {
        matches!(op, Op::CallBuiltin(..) | Op::CallDynamic(_) | Op::Extended(..) | Op::ExtendedWide(..))
    })
}

/// The chunk without `len` ops from `start` on.
fn without(chunk: &Chunk, start: usize, len: usize) -> Chunk {
    let mut end = (start + len).min(chunk.ops.len());
    if let Some(kept) = chunk.ops[start..end].iter().position(|op| *op == NAMES_SLOTS)
        && calls_handlers(chunk)
    {
        end = start + kept;
    }
    replaced(chunk, start, end, &[])
}

/// The chunk with other ops from `start` to `end`; whatever pointed behind them moves.
fn replaced(chunk: &Chunk, start: usize, end: usize, ops: &[Op]) -> Chunk {
    let moved = |op: usize| if op <= start { op } else { op.max(end) - (end - start) + ops.len() };
    let line = chunk.line(start);
    let mut other = chunk.clone();
    other.ops.splice(start..end, ops.iter().copied());
    other.lines.splice(start..end, ops.iter().map(|_| line));
    for op in &mut other.ops {
        if let Some(target) = op.jump_target() {
            *op = op.with_jump_target(moved(target));
        }
        if let Op::JumpTable(constant) = *op
            && let Const::Array(targets) = &chunk.constants[usize::from(constant)]
        {
            let targets = targets.iter().map(|target| match target {
                Const::Int(ip) => Const::Int(moved(*ip as usize) as i64),
                other => other.clone(),
            });
            other.constants[usize::from(constant)] = Const::Array(targets.collect());
        }
    }
    for (_, entry) in &mut other.sub_entries {
        *entry = moved(*entry);
    }
    for (from, to) in &mut other.block_ranges {
        (*from, *to) = (moved(*from), moved(*to));
    }
    other
}
