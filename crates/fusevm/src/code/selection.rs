//! Loops over records that begin by asking what a record is: those of no use to the program need not come by.
//!
//! `/error/ { … }` reads a record, and when it does not match goes back for the next. What leads from the one to the
//! other is found in lowered code, so that it does not matter how a frontend writes it; a record may be asked more than one
//! question, and a slot may say whether any is asked at all, as in a range of patterns.

use super::{Inst, Lists, Opcode, TAKE_FIRST};
use std::sync::atomic::{AtomicU64, Ordering};

/// So many branches are between two records at most: the time that one takes has a bound.
const MAX_BRANCHES: usize = 8;

/// So many jumps are followed at most, since some lead in circles.
const MAX_JUMPS: usize = 8;

/// What a loop over records asks of each before it does anything.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// A number that no other has in this process, from 1 on.
    pub id: u64,
    /// Registers, and the truth of their values with which the questions are asked.
    pub conditions: Vec<(u16, bool)>,
    /// The questions in their order. When no answer is the one that is awaited, the next record is read.
    pub questions: Vec<Question>,
}

/// A question to a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// The instruction that asks: FieldMatches or FieldIs.
    pub asks: Inst,
    /// The answer with which the program does something.
    pub awaited: bool,
    /// The instruction with which it does.
    pub target: u32,
}

/// How many there were so far.
static SELECTIONS: AtomicU64 = AtomicU64::new(0);

/// Makes those ReadRecord instructions ReadSelected that begin such loops.
pub(super) fn select(insts: &mut [Inst], lists: &mut Lists) {
    for read in 0..insts.len() {
        if insts[read].op == Opcode::ReadRecord
            && let Some(selection) = selection(insts, read)
        {
            insts[read].op = Opcode::ReadSelected;
            insts[read].imm |= (lists.selections.len() as u64) << 32;
            lists.selections.push(selection);
        }
    }
}

/// What the loop asks that begins with an instruction, if nothing else is done before the next record is read.
fn selection(insts: &[Inst], read: usize) -> Option<Selection> {
    let is_over = insts.get(read + 1)?;
    // A status above zero is a record.
    if is_over.op != Opcode::JumpNotGtI || is_over.a != insts[read].a || is_over.imm >> 32 != 0 {
        return None;
    }
    let id = SELECTIONS.fetch_add(1, Ordering::Relaxed) + 1;
    let mut selection = Selection { id, conditions: Vec::new(), questions: Vec::new() };
    let mut at = follow(insts, read + 2);
    for _ in 0..=MAX_BRANCHES {
        if at == read {
            return Some(selection);
        }
        let branch = branch_at(insts, at)?;
        let leads_on = |to: usize| to == read || branch_at(insts, to).is_some();
        at = match branch.asks {
            Some(asks) => {
                // A record of no use is more likely than one that is asked more.
                let awaited = match (branch.held, branch.not_held) {
                    (_, not_held) if not_held == read => true,
                    (held, _) if held == read => false,
                    (_, not_held) if leads_on(not_held) => true,
                    (held, _) if leads_on(held) => false,
                    _ => return None,
                };
                let question = Question { asks, awaited, target: branch.to(awaited) as u32 };
                selection.questions.push(question);
                branch.to(!awaited)
            }
            None => {
                let candidates = [branch.held, branch.not_held];
                let asks_more = candidates.iter().position(|to| *to != read && leads_on(*to));
                let way = asks_more.or_else(|| candidates.iter().position(|to| *to == read))?;
                selection.conditions.push((branch.register, way == 0));
                candidates[way]
            }
        };
    }
    None
}

/// A branch on what a record is, or on a slot.
struct Branch {
    asks: Option<Inst>,
    register: u16,
    /// Where it leads when that holds, and when it does not.
    held: usize,
    not_held: usize,
}

impl Branch {
    fn to(&self, holds: bool) -> usize {
        if holds { self.held } else { self.not_held }
    }
}

/// The branch that is done at an instruction.
fn branch_at(insts: &[Inst], at: usize) -> Option<Branch> {
    let asks =
        insts.get(at).copied().filter(|inst| matches!(inst.op, Opcode::FieldMatches | Opcode::FieldIs));
    let place = at + usize::from(asks.is_some());
    let jump = insts.get(place)?;
    let is_taken_when = match jump.op {
        Opcode::JumpTrue | Opcode::LoopTrue => true,
        Opcode::JumpFalse | Opcode::LoopFalse => false,
        _ => return None,
    };
    let is_on_it = match asks {
        Some(asks) => jump.a == asks.a,
        // What it takes must be taken.
        None => jump.c & TAKE_FIRST == 0,
    };
    let taken = follow(insts, jump.jump_target(place as u32)? as usize);
    let next = follow(insts, place + 1);
    let (held, not_held) = if is_taken_when { (taken, next) } else { (next, taken) };
    is_on_it.then_some(Branch { asks, register: jump.a, held, not_held })
}

/// The instruction that is done when execution comes to one that may jump.
fn follow(insts: &[Inst], mut at: usize) -> usize {
    for _ in 0..MAX_JUMPS {
        let Some(jump) = insts.get(at).filter(|inst| matches!(inst.op, Opcode::Jump | Opcode::Loop)) else {
            break;
        };
        at = jump.jump_target(at as u32).map_or(at, |target| target as usize);
    }
    at
}
