//! Typed statements: what programs do in hot loops, and what happens to them there now and then.

use super::values::{Kind, Place};
use super::{Generator, Open, TYPED};
use crate::hosts;
use fusevm::Op;
use fusevm::chunk::Const;

impl Generator {
    /// A statement whose errors mostly end no more than itself when they would end the program, and seldom do when they
    /// end an iteration.
    pub(super) fn typed_statement(&mut self) {
        let may_fail = if self.nesting == 0 { self.rng.chance(1, 4) } else { self.rng.chance(9, 10) };
        if may_fail || !self.may_nest() {
            return self.free_statement();
        }
        self.contained(Self::free_statement);
    }

    /// A statement in a region of its own, which drops the error.
    fn contained(&mut self, statement: fn(&mut Self)) {
        let begin = self.emit(Op::TryBegin(0));
        let depth = self.depth;
        let floor = std::mem::replace(&mut self.floor, depth);
        self.open.push(Open::Try);
        statement(self);
        self.open.pop();
        self.floor = floor;
        self.emit(Op::TryEnd);
        // What it has left, if anything, stands in for the error.
        self.adjust(depth + 1);
        self.patch_to_here(&[begin]);
        self.emit(Op::Pop);
    }

    /// A wild statement whose error ends nothing else, most of the time.
    fn contained_wild_statement(&mut self) {
        if !self.may_nest() || self.rng.chance(1, 8) {
            return self.wild_statement();
        }
        self.contained(Self::wild_statement);
    }

    fn free_statement(&mut self) {
        // Outside of loops, loops are what matters.
        let constructs = match (self.may_nest(), self.counters.is_empty()) {
            (false, _) => 0,
            (true, true) => 30,
            (true, false) => 14,
        };
        match self.rng.below(30 + constructs) {
            0..=3 => self.assign(),
            4..=7 => self.accumulate(),
            8..=10 => self.store_element(),
            11..=12 => self.grow_or_shrink(),
            13 if self.rng.chance(1, 3) => self.change_numbers(),
            13 if self.rng.chance(1, 2) => self.change_pairs(),
            13 if self.may_nest() && self.rng.chance(1, 2) => self.contained(Self::change_nested),
            13..=14 => self.store_entry(),
            15 => self.share(),
            16..=17 => self.store_through_cell(),
            18 => self.append_text(),
            19..=20 => self.disrupt(),
            21 => self.disturb(),
            22 => self.contained_wild_statement(),
            23 => self.nested_collections(),
            24 => self.throw_or_leave(),
            25 => self.call_and_keep(),
            26 => {
                self.dynamic_call(1);
                self.keep_or_drop();
            }
            27 => self.closure(),
            28 => self.record(),
            29 => self.print(),
            _ => {
                self.nesting += 1;
                match self.rng.below(if self.counters.is_empty() { 20 } else { 12 }) {
                    0..=4 => self.typed_branch(),
                    5 => self.try_region(),
                    6 => self.iteration(),
                    7 => self.typed_switch(),
                    8 => self.short_circuit(),
                    9 => self.new_scope(),
                    _ => self.counted_loop(),
                }
                self.nesting -= 1;
            }
        }
    }

    /// A typed variable with its kind.
    fn variable(&mut self) -> (Place, Kind) {
        let kind = self.rng.pick(&Kind::ALL);
        match self.place(kind) {
            Some(place) => (place, kind),
            None => (Place::Slot(TYPED.start), self.kinds[0]),
        }
    }

    fn assign(&mut self) {
        let (place, kind) = self.variable();
        self.value(kind, 2);
        self.store(place);
    }

    /// `x = x + ..`, which is where overflow happens in the middle of a loop.
    fn accumulate(&mut self) {
        let kind = self.rng.pick(&[Kind::Int, Kind::Int, Kind::Float]);
        let Some(place) = self.place(kind) else { return self.assign() };
        match (place, self.rng.below(5)) {
            (Place::Slot(slot), 0) => {
                self.emit(Op::PreIncSlotVoid(slot));
            }
            (Place::Slot(slot), 1) => {
                let addend = match self.place(kind) {
                    Some(Place::Slot(addend)) => addend,
                    _ => slot,
                };
                self.emit(Op::AddAssignSlotVoid(slot, addend));
            }
            _ => {
                self.load(place);
                self.value(kind, 2);
                if self.rng.chance(1, 6) {
                    self.emit(Op::Swap);
                }
                self.emit_one(&[Op::Add, Op::Add, Op::Add, Op::Sub, Op::Mul]);
                self.store(place);
            }
        }
    }

    fn element_kind(kind: Kind) -> Kind {
        if kind == Kind::Floats { Kind::Float } else { Kind::Int }
    }

    fn store_element(&mut self) {
        let kind = self.rng.pick(&[Kind::Ints, Kind::Ints, Kind::Floats]);
        let Some(place) = self.place(kind) else { return self.assign() };
        self.value(Self::element_kind(kind), 2);
        self.safe_index();
        self.emit(match place {
            Place::Slot(slot) => Op::SlotArraySet(slot),
            Place::Global(name) => Op::ArraySet(name),
        });
    }

    fn grow_or_shrink(&mut self) {
        let kind = self.rng.pick(&[Kind::Ints, Kind::Ints, Kind::Floats]);
        let Some(place) = self.place(kind) else { return self.assign() };
        if self.rng.chance(3, 5) {
            self.value(Self::element_kind(kind), 1);
            self.emit(match place {
                Place::Slot(slot) => Op::SlotArrayPush(slot),
                Place::Global(name) => Op::ArrayPush(name),
            });
            return;
        }
        match place {
            Place::Slot(slot) => self.emit_one(&[Op::SlotArrayPop(slot), Op::SlotArrayShift(slot)]),
            Place::Global(name) => self.emit_one(&[Op::ArrayPop(name), Op::ArrayShift(name)]),
        };
        self.keep_or_drop();
    }

    fn keep_or_drop(&mut self) {
        if self.rng.chance(1, 2) {
            self.emit(Op::Pop);
        } else {
            let slot = self.slot();
            self.emit(Op::SetSlot(slot));
        }
    }

    fn store_entry(&mut self) {
        let Some(place) = self.place(Kind::Hash) else { return self.assign() };
        if self.rng.chance(1, 6) {
            self.key();
            match place {
                Place::Slot(slot) => self.emit(Op::SlotHashDelete(slot)),
                Place::Global(name) => self.emit(Op::HashDelete(name)),
            };
            return self.keep_or_drop();
        }
        if self.rng.chance(1, 3) {
            // h[k] += ..
            let key = self.b.add_constant(Const::str("k0"));
            let (get, set) = match place {
                Place::Slot(slot) => (Op::SlotHashGet(slot), Op::SlotHashSet(slot)),
                Place::Global(name) => (Op::HashGet(name), Op::HashSet(name)),
            };
            self.emit_all(&[Op::LoadConst(key), get]);
            self.value(Kind::Int, 1);
            self.emit_all(&[Op::Add, Op::LoadConst(key), set]);
            return;
        }
        let kind = self.rng.pick(&[Kind::Int, Kind::Int, Kind::Float, Kind::Str, Kind::Ints]);
        self.value(kind, 1);
        self.key();
        match place {
            Place::Slot(slot) => self.emit(Op::SlotHashSet(slot)),
            Place::Global(name) => {
                self.emit_one(&[Op::HashSet(name), Op::AwkArraySet(name), Op::AwkElementAppend(name)])
            }
        };
    }

    /// Works on an awk array whose keys are numbers, most of them consecutive.
    fn change_numbers(&mut self) {
        let name = self.b.add_name("numbers");
        match self.rng.below(8) {
            0..=2 => {
                let kind = self.rng.pick(&[Kind::Int, Kind::Float, Kind::Float, Kind::Str]);
                self.value(kind, 1);
                self.number_key();
                self.emit(Op::AwkArraySet(name));
            }
            3..=4 => {
                self.number_key();
                self.emit_all(&[Op::Dup, Op::AwkArrayGet(name), Op::Inc, Op::Swap, Op::AwkArraySet(name)]);
            }
            5..=6 => {
                self.number_key();
                self.emit(Op::AwkArrayGet(name));
                self.keep_or_drop();
            }
            _ if self.rng.chance(1, 2) => {
                self.number_key();
                self.emit(Op::AwkArrayDelete(name));
            }
            _ => {
                self.emit(Op::GetHash(name));
                self.keep(Some(Kind::Hash));
            }
        }
    }

    /// Works on an awk array, or on one in a cell, whose keys are pairs of numbers.
    fn change_pairs(&mut self) {
        let name = self.b.add_name("pairs");
        let cell = match self.place(Kind::Cell).filter(|_| self.rng.chance(1, 3)) {
            Some(Place::Slot(slot)) => Some(Op::GetSlot(slot)),
            Some(Place::Global(name)) => Some(Op::GetVar(name)),
            None => None,
        };
        let (get, set, has) = match cell {
            Some(cell) => (
                vec![cell, Op::Swap, self.rng.pick(&[Op::AwkIndexGet, Op::IndexGet])],
                vec![cell, Op::IndexSet],
                vec![cell, Op::Swap, Op::IndexExists],
            ),
            None => {
                (vec![Op::AwkArrayGet(name)], vec![Op::AwkArraySet(name)], vec![Op::AwkArrayExists(name)])
            }
        };
        match self.rng.below(12) {
            0..=2 => {
                let kind = self.rng.pick(&[Kind::Int, Kind::Float, Kind::Float, Kind::Str]);
                self.value(kind, 1);
                self.pair_key();
                self.emit_all(&set);
            }
            3..=4 => {
                self.pair_key();
                self.emit_all(&[&[Op::Dup], &get[..], &[Op::Inc, Op::Swap], &set[..]].concat());
            }
            5..=6 => {
                self.value(Kind::Float, 1);
                self.pair_key();
                self.emit_all(&[&[Op::Dup], &get[..], &[Op::Rot, Op::Add, Op::Swap], &set[..]].concat());
            }
            7..=8 => {
                self.pair_key();
                self.emit_all(&get);
                self.keep_or_drop();
            }
            9 => {
                self.pair_key();
                self.emit_all(&has);
                self.keep_or_drop();
            }
            10 => {
                self.pair_key();
                self.emit(Op::AwkArrayDelete(name));
            }
            _ if self.rng.chance(1, 4) => {
                let (text, special) = (self.rng.pick(&[":", "\x1c", "\x1c"]), self.b.add_name("SUBSEP"));
                let text = self.b.add_constant(Const::str(text));
                self.emit_all(&[Op::LoadConst(text), Op::AwkSpecialSet(special)]);
            }
            _ => {
                self.emit(Op::GetHash(name));
                self.keep(Some(Kind::Hash));
            }
        }
    }

    /// Works on an awk array of arrays.
    fn change_nested(&mut self) {
        let (name, text) = (self.b.add_name("nest"), self.b.add_constant(Const::str("nest")));
        self.emit(Op::GetVar(name));
        let is_made = self.emit(Op::JumpIfTrue(0));
        self.emit_all(&[Op::MakeHash(0), Op::RefNew, Op::SetVar(name)]);
        self.patch_to_here(&[is_made]);
        match self.rng.below(10) {
            0..=3 => {
                let kind = self.rng.pick(&[Kind::Int, Kind::Float, Kind::Float, Kind::Str]);
                self.value(kind, 1);
                self.number_key();
                self.inner_array(name, text);
                self.emit(Op::AwkNestedSet(text));
            }
            4..=7 => {
                self.inner_array(name, text);
                self.number_key();
                self.emit_one(&[Op::AwkNestedGet(text), Op::AwkNestedGet(text), Op::IndexExists]);
                self.keep_or_drop();
            }
            8 => {
                // A scalar beside the arrays, or in the place of one, which fails.
                self.value(Kind::Float, 1);
                self.number_key();
                self.emit_all(&[Op::GetVar(name), Op::AwkNestedSet(text)]);
            }
            _ => {
                self.emit(Op::GetVar(name));
                self.number_key();
                self.emit(Op::AwkNestedGet(text));
                self.keep_or_drop();
            }
        }
    }

    /// Pushes an array that is an element.
    fn inner_array(&mut self, name: u16, text: u16) {
        self.emit(Op::GetVar(name));
        self.number_key();
        self.emit(Op::AwkSubarray(text));
    }

    /// Another variable shares the collection, so that the next change must copy it.
    fn share(&mut self) {
        let kind = self.rng.pick(&[Kind::Ints, Kind::Floats, Kind::Hash, Kind::Cell]);
        self.load_some(kind);
        self.keep(Some(kind));
    }

    fn store_through_cell(&mut self) {
        match self.rng.below(11) {
            0 => {
                let kind = if self.rng.chance(1, 10) { Kind::Int } else { Kind::Ints };
                self.value(kind, 1);
                self.load_some(Kind::Cell);
                self.emit(Op::RefSet);
            }
            8..=10 => {
                let Some(place) = self.place(Kind::IntCell) else { return self.assign() };
                self.load(place);
                self.emit(Op::RefGet);
                self.value(Kind::Int, 1);
                self.emit_one(&[Op::Add, Op::Add, Op::Sub, Op::BitXor]);
                self.load(place);
                self.emit(Op::RefSet);
            }
            1..=2 => {
                self.value(Kind::Int, 1);
                self.load_some(Kind::Cell);
                self.emit(Op::IndexPush);
            }
            3..=4 => {
                self.value(Kind::Int, 1);
                self.safe_index();
                self.load_some(Kind::Cell);
                self.emit(Op::IndexSet);
            }
            5 => {
                self.value(Kind::Int, 1);
                if self.rng.chance(1, 10) {
                    self.key();
                } else {
                    self.safe_index();
                }
                self.load_some(Kind::Cell);
                self.emit(Op::IndexSet);
            }
            6 => {
                self.load_some(Kind::Cell);
                self.emit_one(&[Op::IndexPop, Op::IndexShift, Op::IndexKeys]);
                self.keep_or_drop();
            }
            _ => {
                self.load_some(Kind::Cell);
                self.index(0);
                self.emit_one(&[Op::IndexDelete, Op::IndexGet]);
                self.keep_or_drop();
            }
        }
    }

    fn append_text(&mut self) {
        let Some(place) = self.place(Kind::Str) else { return self.assign() };
        self.load(place);
        let kind = self.rng.pick(&[Kind::Str, Kind::Int, Kind::Float]);
        // Not itself: that would double it in each iteration.
        if kind == Kind::Str {
            self.constant_of(kind);
            if self.rng.chance(1, 2) {
                self.place_in_text(1);
                self.emit_all(&[Op::LoadInt(1), Op::AwkSubstr(3)]);
            }
        } else {
            self.value(kind, 1);
        }
        self.emit(Op::Concat);
        self.store(place);
    }

    /// In some iteration, a variable gets a value of another kind: a number or text rather than a collection, on which
    /// the next change would fail.
    fn disrupt(&mut self) {
        let scalars = [Kind::Int, Kind::Int, Kind::Float, Kind::Str];
        let is_scalar = self.rng.chance(9, 10);
        let old = if is_scalar { self.rng.pick(&scalars) } else { self.rng.pick(&Kind::ALL) };
        let Some(place) = self.place(old) else { return self.assign() };
        self.test();
        let op = self.branch_op();
        let over = self.emit(op);
        let depth = self.depth;
        let new = if is_scalar { self.rng.pick(&scalars) } else { self.rng.pick(&Kind::ALL) };
        if self.rng.chance(1, 8) {
            self.leaf();
        } else {
            self.constant_of(new);
        }
        self.store(place);
        self.depth = depth;
        self.patch_to_here(&[over]);
    }

    /// In some iteration, a builtin or an extension changes what the loop works on, or fails.
    fn disturb(&mut self) {
        let always = self.rng.chance(1, 5);
        let over = (!always).then(|| {
            self.test();
            self.emit(Op::JumpIfFalse(0))
        });
        let depth = self.depth;
        match self.rng.below(12) {
            0 => {
                self.value(Kind::Int, 1);
                let may_set_slot = self.kinds[hosts::WRITTEN_SLOT] == Kind::Int || self.rng.chance(1, 10);
                self.emit(Op::Extended(5, may_set_slot.into()));
            }
            1 => {
                self.value(Kind::Int, 1);
                self.emit_all(&[Op::Extended(6, 0), Op::Pop]);
            }
            kind => {
                // Ends of the run are rarer than changes.
                let id = match kind {
                    2 if self.rng.chance(1, 3) => 19,
                    3 => 17,
                    4 => 5,
                    _ => self.rng.pick(&[3, 8, 9, 10, 11, 13, 13, 14, 15, 15, 16, 18]),
                };
                let n = self.rng.below(3);
                let kind = match id {
                    13 if self.rng.chance(3, 4) => Kind::Int,
                    // What the slot that it sets should hold.
                    15 if n > 0 && self.rng.chance(7, 8) => self.kinds[TYPED.len() - 1 - n],
                    _ => self.rng.pick(&Kind::ALL),
                };
                (0..n).for_each(|_| self.value(kind, 1));
                self.emit(Op::CallBuiltin(id, n as u8));
                self.keep_or_drop();
            }
        }
        self.depth = depth;
        over.into_iter().for_each(|over| self.patch_to_here(&[over]));
    }

    /// Arrays in arrays and hashes, in the third wild slot.
    fn nested_collections(&mut self) {
        const OUTER: u16 = 2;
        match self.rng.below(5) {
            0 => {
                let kinds = [Kind::Ints, Kind::Hash, Kind::Floats, Kind::Cell];
                let n = 1 + self.rng.below(3);
                for _ in 0..n {
                    let kind = self.rng.pick(&kinds);
                    self.value(kind, 1);
                }
                self.emit_all(&[Op::MakeArray(n as u16), Op::SetSlot(OUTER)]);
            }
            1 => {
                self.value(Kind::Ints, 1);
                self.safe_index();
                self.emit(Op::SlotArraySet(OUTER));
            }
            2 => {
                // An element is taken out, changed and put back.
                let Some(Place::Slot(inner)) = self.place(Kind::Ints) else { return self.assign() };
                let at = self.rng.below(3) as i64;
                self.emit_all(&[Op::LoadInt(at), Op::SlotArrayGet(OUTER), Op::SetSlot(inner)]);
                self.value(Kind::Int, 1);
                self.emit_all(&[Op::SlotArrayPush(inner), Op::GetSlot(inner)]);
                self.emit_all(&[Op::LoadInt(at), Op::SlotArraySet(OUTER)]);
            }
            _ => {
                self.emit(Op::GetSlot(OUTER));
                self.index(0);
                self.emit(Op::IndexGet);
                self.index(0);
                self.emit(Op::IndexGet);
                self.keep(Some(Kind::Int));
            }
        }
    }

    /// In some iteration, control goes elsewhere: an error, the end of a loop, of an iteration or of the body.
    fn throw_or_leave(&mut self) {
        self.test();
        let op = self.branch_op();
        let over = self.emit(op);
        let depth = self.depth;
        if self.rng.chance(1, 3) {
            self.value(Kind::Int, 1);
            self.emit(Op::Throw);
        } else {
            self.leave_construct();
        }
        self.depth = depth;
        self.patch_to_here(&[over]);
    }

    /// Makes a closure here and calls it somewhere.
    fn closure(&mut self) {
        self.dynamic_call(1);
        self.keep_or_drop();
        let index = self.rng.below(2) as u8;
        self.guarded(&[Op::GetCapture(index), Op::Inc, Op::SetCapture(index)]);
    }

    /// awk's record: set or read, and its fields.
    fn record(&mut self) {
        match self.rng.below(5) {
            0 => {
                self.value(Kind::Str, 1);
                self.emit(Op::AwkSetRecord);
            }
            1 => self.emit_all(&[Op::AwkGetline(0), Op::Pop]),
            2 => {
                self.value(Kind::Int, 1);
                let field = 1 + self.rng.below(4) as i64;
                self.emit_all(&[Op::LoadInt(field), Op::AwkFieldSet]);
            }
            3 => {
                self.emit(Op::AwkNf);
                self.keep(Some(Kind::Int));
            }
            _ => {
                let field = self.rng.below(4) as i64;
                self.emit_all(&[Op::LoadInt(field), Op::AwkFieldGet]);
                self.value(Kind::Int, 1);
                self.emit(Op::Add);
                self.keep(Some(Kind::Float));
            }
        }
    }

    fn print(&mut self) {
        let kind = self.rng.pick(&Kind::ALL);
        self.value(kind, 1);
        self.emit_one(&[Op::Print(1), Op::PrintLn(1)]);
    }

    fn typed_branch(&mut self) {
        self.test();
        let op = self.branch_op();
        let to_else = self.emit(op);
        let depth = self.depth;
        self.some_statements();
        self.adjust(depth);
        if self.rng.chance(1, 2) {
            self.patch_to_here(&[to_else]);
            return;
        }
        let to_end = self.emit(Op::Jump(0));
        self.patch_to_here(&[to_else]);
        self.some_statements();
        self.adjust(depth);
        self.patch_to_here(&[to_end]);
    }

    /// Ways that take turns.
    fn typed_switch(&mut self) {
        let ways = 2 + self.rng.below(3);
        self.index(0);
        self.emit_all(&[Op::LoadInt(ways as i64), Op::Mod]);
        let constant = self.b.add_constant(Const::Array(Vec::new()));
        self.emit(Op::JumpTable(constant));
        let depth = self.depth;
        let (mut targets, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..ways {
            targets.push(Const::Int(self.b.current_pos() as i64));
            self.statements(1);
            self.adjust(depth);
            ends.push(self.emit(Op::Jump(0)));
        }
        self.patch_to_here(&ends);
        self.b.set_constant(constant, Const::Array(targets));
    }
}
