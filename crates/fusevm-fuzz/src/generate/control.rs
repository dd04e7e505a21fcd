//! Control flow: pieces with jumps, whose ways meet with the same stack.

use super::values::Kind;
use super::{Exit, Generator, NAMES_SLOTS, Open};
use fusevm::Op;
use fusevm::chunk::Const;

impl Generator {
    pub(super) fn if_else(&mut self) {
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
    pub(super) fn short_circuit(&mut self) {
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

    pub(super) fn try_region(&mut self) {
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

    pub(super) fn new_scope(&mut self) {
        self.emit(Op::PushFrame);
        self.emit(NAMES_SLOTS);
        self.open.push(Open::Scope);
        self.scope += 1;
        // The slots of the counters are hidden.
        let counters = std::mem::take(&mut self.counters);
        let remaining = self.remaining.take();
        if self.style.wild < 16 {
            self.initialise_slots(0);
        }
        self.some_statements();
        (self.counters, self.remaining) = (counters, remaining);
        self.emit(Op::PopFrame);
        self.scope -= 1;
        self.open.pop();
    }

    pub(super) fn iteration(&mut self) {
        let kind = self.rng.below(4);
        let sorts = kind == 3;
        let known = self.blocks.iter().rfind(|block| (block.1, block.2) == (sorts, self.scope));
        let block = match known {
            Some(known) if self.rng.chance(1, 4) => known.0,
            _ => self.block(sorts),
        };
        if self.rng.chance(self.style.wild, 16) {
            self.array(1);
        } else {
            let kind = self.rng.pick(&[Kind::Ints, Kind::Floats]);
            self.value(kind, 1);
        }
        self.emit(match kind {
            0 => Op::MapBlock(block),
            1 => Op::GrepBlock(block),
            2 => Op::ForEachBlock(block),
            _ => Op::SortBlock(block),
        });
    }

    pub(super) fn block(&mut self, sorts: bool) -> u16 {
        let over = self.emit(Op::Jump(0));
        let start = self.b.current_pos();
        let outer = (self.depth, self.floor, std::mem::take(&mut self.loops), self.block.take());
        let open = std::mem::take(&mut self.open);
        self.depth = if sorts { 2 } else { 1 };
        self.floor = 0;
        self.block = Some(Exit { depth: 1, open: 0, jumps: Vec::new() });
        match sorts {
            true if self.rng.chance(2, 3) => {
                self.emit(Op::Spaceship);
            }
            false if self.rng.chance(1, 2) => {
                self.value(Kind::Int, 1);
                self.emit_one(&[Op::Add, Op::Mul, Op::NumLt, Op::Mod]);
            }
            _ => {}
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

    pub(super) fn jump_table(&mut self) {
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
    pub(super) fn jump_out(&mut self, mut exit: Exit) -> Exit {
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
    pub(super) fn leave_construct(&mut self) {
        if !self.loops.is_empty() && self.rng.chance(3, 4) {
            let at = self.rng.below(self.loops.len());
            self.loops[at] = self.jump_out(self.loops[at].clone());
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
}
