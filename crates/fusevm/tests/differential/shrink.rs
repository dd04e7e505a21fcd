//! Makes a failing chunk small: ops are removed for as long as the difference stays.

use crate::generate::NAMES_SLOTS;
use fusevm::chunk::Const;
use fusevm::{Chunk, Op};

/// A smaller chunk for which `fails` still holds.
pub fn shrink(chunk: &Chunk, fails: impl Fn(&Chunk) -> bool) -> Chunk {
    let mut best = chunk.clone();
    simplify(&mut best, &fails);
    loop {
        let before = best.ops.len();
        let mut len = (before / 2).max(1);
        loop {
            let mut start = 0;
            while start < best.ops.len() {
                let shorter = without(&best, start, len);
                if shorter.ops.len() == best.ops.len() {
                    start += 1;
                } else if fails(&shorter) {
                    best = shorter;
                } else {
                    start += len;
                }
            }
            if len == 1 {
                break;
            }
            len /= 2;
        }
        remove_pairs(&mut best, &fails);
        if best.ops.len() == before {
            simplify(&mut best, &fails);
            return best;
        }
    }
}

/// Removes what only goes in pairs: a push and its pop, the begin and end of a region.
fn remove_pairs(chunk: &mut Chunk, fails: &impl Fn(&Chunk) -> bool) {
    let mut first = 0;
    while first < chunk.ops.len() {
        let len = chunk.ops.len();
        for second in first + 1..len.min(first + 40) {
            let shorter = without(&without(chunk, second, 1), first, 1);
            if shorter.ops.len() + 2 == len && shorter.clone().verify().is_ok() && fails(&shorter) {
                *chunk = shorter;
                break;
            }
        }
        if chunk.ops.len() == len {
            first += 1;
        }
    }
}

/// Replaces ops by plain ones, which gives the removal more to try.
fn simplify(chunk: &mut Chunk, fails: &impl Fn(&Chunk) -> bool) {
    for index in 0..chunk.ops.len() {
        if chunk.ops[index] == NAMES_SLOTS {
            continue;
        }
        for plain in [Op::Nop, Op::Pop, Op::LoadUndef, Op::LoadInt(1)] {
            let old = std::mem::replace(&mut chunk.ops[index], plain);
            if old == plain || fails(chunk) {
                break;
            }
            chunk.ops[index] = old;
        }
    }
}

/// The chunk without `len` ops from `start` on; whatever pointed behind them moves.
fn without(chunk: &Chunk, start: usize, len: usize) -> Chunk {
    let mut end = (start + len).min(chunk.ops.len());
    if let Some(kept) = chunk.ops[start..end].iter().position(|op| *op == NAMES_SLOTS) {
        end = start + kept;
    }
    let moved = |op: usize| if op < start { op } else { op.max(end) - (end - start) };
    let mut shorter = chunk.clone();
    shorter.ops.drain(start..end);
    shorter.lines.drain(start..end);
    for op in &mut shorter.ops {
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
            shorter.constants[usize::from(constant)] = Const::Array(targets.collect());
        }
    }
    for (_, entry) in &mut shorter.sub_entries {
        *entry = moved(*entry);
    }
    for (from, to) in &mut shorter.block_ranges {
        (*from, *to) = (moved(*from), moved(*to));
    }
    shorter
}
