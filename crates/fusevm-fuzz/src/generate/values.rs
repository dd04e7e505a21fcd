//! Typed expressions: a value of a kind that is asked for, from variables that hold that kind most of the time.

use super::{FLOATS, Generator, INTS, STRINGS, TYPED, TYPED_GLOBALS};
use crate::hosts::EXTENSIONS;
use fusevm::Op;
use fusevm::chunk::Const;

/// What a typed variable holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Int,
    Float,
    Str,
    /// An array of ints.
    Ints,
    /// An array of floats.
    Floats,
    Hash,
    /// A Ref to an array of ints.
    Cell,
    /// A Ref to an int.
    IntCell,
}

impl Kind {
    /// All of them, the more frequent ones more than once.
    pub(super) const ALL: [Kind; 11] = [
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Float,
        Kind::Float,
        Kind::Str,
        Kind::Ints,
        Kind::Floats,
        Kind::Hash,
        Kind::Cell,
        Kind::IntCell,
    ];
}

/// A variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Slot(u16),
    /// By its name's index.
    Global(u16),
}

impl Generator {
    pub(super) fn load(&mut self, place: Place) {
        self.emit(match place {
            Place::Slot(slot) => Op::GetSlot(slot),
            Place::Global(name) => Op::GetVar(name),
        });
    }

    pub(super) fn store(&mut self, place: Place) {
        self.emit(match place {
            Place::Slot(slot) => Op::SetSlot(slot),
            Place::Global(name) => Op::SetVar(name),
        });
    }

    /// A variable that holds a kind: a slot rather than a global.
    pub(super) fn place(&mut self, kind: Kind) -> Option<Place> {
        let slots = TYPED.zip(&self.kinds).filter(|(_, known)| **known == kind);
        let slots: Vec<Place> = slots.map(|(slot, _)| Place::Slot(slot)).collect();
        let globals = TYPED_GLOBALS.iter().zip(&self.typed_globals).filter(|((_, known), _)| *known == kind);
        let globals: Vec<Place> = globals.map(|(_, name)| Place::Global(*name)).collect();
        let from =
            if globals.is_empty() || !slots.is_empty() && self.rng.chance(3, 4) { slots } else { globals };
        (!from.is_empty()).then(|| self.rng.pick(&from))
    }

    /// Gives the typed slots a value of their kind, all but the first ones.
    pub(super) fn initialise_slots(&mut self, given: usize) {
        for (slot, kind) in TYPED.zip(self.kinds.clone()).skip(given) {
            if self.rng.chance(15, 16) {
                self.constant_of(kind);
                self.emit(Op::SetSlot(slot));
            }
        }
    }

    pub(super) fn initialise_globals(&mut self) {
        for (at, (_, kind)) in TYPED_GLOBALS.iter().enumerate() {
            if self.rng.chance(7, 8) {
                self.constant_of(*kind);
                let name = self.typed_globals[at];
                self.emit(Op::SetVar(name));
            }
        }
    }

    /// Pushes a value that is made of constants.
    pub(super) fn constant_of(&mut self, kind: Kind) {
        match kind {
            Kind::Int => {
                let near = self.rng.below(400) as i64;
                let n = match self.rng.below(10) {
                    0 => i64::MAX - near,
                    1 => i64::MIN + near,
                    2 => self.rng.pick(&INTS),
                    3 => i64::from(i32::MAX) - near,
                    _ => near % 12 - 3,
                };
                self.emit(Op::LoadInt(n));
            }
            Kind::Float => {
                let x = match self.rng.below(3) {
                    0 => self.rng.pick(&FLOATS),
                    1 => self.rng.below(20) as f64 / 4.0 - 1.0,
                    _ => self.rng.below(9) as f64,
                };
                self.emit(Op::LoadFloat(x));
            }
            Kind::Str => {
                let text = self.rng.pick(&STRINGS);
                let constant = self.b.add_constant(Const::str(text));
                self.emit(Op::LoadConst(constant));
            }
            Kind::Ints | Kind::Floats => self.constant_array(kind),
            Kind::Hash => {
                let n = self.rng.below(4);
                for at in 0..n {
                    let key = self.b.add_constant(Const::str(format!("k{at}")));
                    self.emit_all(&[Op::LoadConst(key), Op::LoadInt(at as i64)]);
                }
                self.emit(Op::MakeHash(2 * n as u16));
            }
            Kind::Cell | Kind::IntCell => {
                let content = match (self.rng.below(12), kind) {
                    (0, _) => Kind::Hash,
                    (_, Kind::Cell) => Kind::Ints,
                    _ => Kind::Int,
                };
                self.constant_of(content);
                self.emit(Op::RefNew);
            }
        }
    }

    fn constant_array(&mut self, kind: Kind) {
        let n = self.rng.below(9);
        match (kind, self.rng.below(3)) {
            (Kind::Ints, 0) => self.emit_all(&[Op::LoadInt(1), Op::LoadInt(n as i64), Op::Range]),
            (_, 1) => {
                let element = |at: usize| match kind {
                    Kind::Ints => Const::Int(at as i64 * 3),
                    _ => Const::Float(at as f64 / 2.0),
                };
                let constant = self.b.add_constant(Const::Array((0..n).map(element).collect()));
                self.emit(Op::LoadConst(constant));
            }
            _ => {
                let kind = if kind == Kind::Ints { Kind::Int } else { Kind::Float };
                (0..n).for_each(|_| self.constant_of(kind));
                self.emit(Op::MakeArray(n as u16));
            }
        }
    }

    /// Pushes a value that has the kind most of the time.
    pub(super) fn value(&mut self, kind: Kind, size: usize) {
        if size == 0 || self.rng.chance(1, 4) {
            return self.simple(kind);
        }
        let size = size - 1;
        match kind {
            Kind::Int => self.int(size),
            Kind::Float => self.float(size),
            Kind::Str => self.text(size),
            Kind::Ints | Kind::Floats => match self.rng.below(8) {
                0 => self.constant_of(kind),
                1 => {
                    let element = if kind == Kind::Ints { Kind::Int } else { Kind::Float };
                    let n = self.rng.below(4);
                    (0..n).for_each(|_| self.value(element, size));
                    self.emit(Op::MakeArray(n as u16));
                }
                2 => {
                    self.load_some(Kind::Hash);
                    self.emit(Op::IndexKeys);
                }
                3 => {
                    self.simple(kind);
                    self.emit(Op::SortDefault);
                }
                _ => self.load_some(kind),
            },
            Kind::Hash | Kind::Cell | Kind::IntCell => self.simple(kind),
        }
    }

    /// Pushes a variable of a kind, or a constant where there is none.
    pub(super) fn load_some(&mut self, kind: Kind) {
        match self.place(kind) {
            Some(place) => self.load(place),
            None => self.constant_of(kind),
        }
    }

    fn simple(&mut self, kind: Kind) {
        let counter = self.counter();
        match (kind, counter) {
            // A value of another kind, now and then.
            _ if self.rng.chance(1, 60) => self.leaf(),
            (Kind::Int, Some(counter)) if self.rng.chance(2, 5) => self.load(counter),
            (Kind::Int, _) if self.rng.chance(1, 4) => {
                let n = self.rng.below(10) as i64;
                self.emit(Op::LoadInt(n));
            }
            _ if self.rng.chance(1, 5) => self.constant_of(kind),
            _ => self.load_some(kind),
        }
    }

    /// The counter of one of the loops, rather an inner one.
    fn counter(&mut self) -> Option<Place> {
        let last = self.counters.last()?.place;
        let counters: Vec<Place> = self.counters.iter().map(|counter| counter.place).collect();
        Some(if self.rng.chance(2, 3) { last } else { self.rng.pick(&counters) })
    }

    fn number(&mut self, size: usize) {
        let kind = if self.rng.chance(1, 2) { Kind::Int } else { Kind::Float };
        self.value(kind, size);
    }

    fn int(&mut self, size: usize) {
        match self.rng.below(24) {
            0..=7 => {
                self.value(Kind::Int, size);
                self.value(Kind::Int, size);
                self.emit_one(&[
                    Op::Add,
                    Op::Add,
                    Op::Add,
                    Op::Sub,
                    Op::Sub,
                    Op::Mul,
                    Op::BitAnd,
                    Op::BitOr,
                    Op::BitXor,
                    Op::Mod,
                    Op::GcdInt,
                ]);
            }
            8..=10 => {
                self.value(Kind::Int, size);
                let n = 1 + self.rng.below(7) as i64;
                self.emit(Op::LoadInt(n));
                self.emit_one(&[Op::Mod, Op::Mod, Op::Shl, Op::Shr, Op::Add, Op::Sub, Op::Mul, Op::BitAnd]);
            }
            11..=12 => {
                self.value(Kind::Int, size);
                self.emit_one(&[Op::Inc, Op::Dec, Op::Negate, Op::BitNot, Op::AbsInt, Op::TruncInt]);
            }
            13 => {
                self.value(Kind::Str, size);
                self.emit(Op::StringLen);
            }
            14..=16 => self.element(Kind::Ints, size),
            17 => {
                let kind = self.rng.pick(&[Kind::Ints, Kind::Floats, Kind::Hash, Kind::Cell]);
                self.length(kind);
            }
            18 => self.entry(),
            19 => {
                self.load_some(Kind::IntCell);
                self.emit(Op::RefGet);
            }
            20 => {
                let Some(Place::Slot(slot)) = self.place(Kind::Int) else { return self.simple(Kind::Int) };
                self.emit_one(&[
                    Op::PreIncSlot(slot),
                    Op::PreDecSlot(slot),
                    Op::PostIncSlot(slot),
                    Op::PostDecSlot(slot),
                ]);
            }
            21 => {
                self.number(size);
                self.number(size);
                self.emit_one(&[Op::Spaceship, Op::NumLt, Op::NumEq, Op::StrCmp]);
            }
            22 => self.call(size),
            _ => self.declared_extension(size),
        }
    }

    fn float(&mut self, size: usize) {
        match self.rng.below(16) {
            0..=6 => {
                self.value(Kind::Float, size);
                self.number(size);
                if self.rng.chance(1, 3) {
                    self.emit(Op::Swap);
                }
                self.emit_one(&[
                    Op::Add,
                    Op::Add,
                    Op::Sub,
                    Op::Sub,
                    Op::Mul,
                    Op::Mul,
                    Op::Div,
                    Op::Mod,
                    Op::PowFloat,
                    Op::Atan2Float,
                ]);
            }
            7..=8 => {
                self.value(Kind::Int, size);
                self.value(Kind::Int, size);
                self.emit_one(&[Op::Div, Op::Div, Op::Pow]);
            }
            9..=11 => {
                self.value(Kind::Float, size);
                self.emit_one(&[
                    Op::SqrtFloat,
                    Op::Negate,
                    Op::AbsFloat,
                    Op::FloorFloat,
                    Op::CeilFloat,
                    Op::TruncFloat,
                    Op::RoundFloat,
                    Op::Inc,
                    Op::SinFloat,
                    Op::ExpFloat,
                    Op::AwkInt,
                ]);
            }
            12..=14 => self.element(Kind::Floats, size),
            _ => self.call(size),
        }
    }

    fn text(&mut self, size: usize) {
        match self.rng.below(9) {
            0..=3 => {
                self.value(Kind::Str, size);
                let kind = self.rng.pick(&[Kind::Int, Kind::Str, Kind::Float]);
                self.simple(kind);
                if self.rng.chance(1, 4) {
                    self.emit(Op::Swap);
                }
                self.emit(Op::Concat);
            }
            4 => {
                self.value(Kind::Str, size);
                let n = self.rng.below(3) as i64;
                self.emit_all(&[Op::LoadInt(n), Op::StringRepeat]);
            }
            5 => {
                self.value(Kind::Str, size);
                self.value(Kind::Int, size);
                self.emit(Op::IndexGet);
            }
            6 => {
                self.value(Kind::Str, size);
                self.place_in_text(size);
                if self.rng.chance(1, 3) {
                    self.emit(Op::AwkSubstr(2));
                } else {
                    self.place_in_text(size);
                    self.emit(Op::AwkSubstr(3));
                }
            }
            7 => {
                let format = self.rng.pick(&["%s", "%s-%s", "<%5.1s|%-3s>", "%d:%g"]);
                let format = self.b.add_constant(Const::str(format));
                self.emit(Op::LoadConst(format));
                for _ in 0..2 {
                    let kind = self.rng.pick(&[Kind::Int, Kind::Str, Kind::Float]);
                    self.simple(kind);
                }
                self.emit(Op::AwkSprintf(3));
            }
            _ => {
                self.value(Kind::Str, size);
                self.emit_one(&[Op::AwkToUpper, Op::AwkToLower, Op::RefGet]);
            }
        }
    }

    /// Pushes the number of a character, or how many: one that is computed, or a constant, which may be no integer.
    pub(super) fn place_in_text(&mut self, size: usize) {
        match self.rng.below(4) {
            0 => self.value(Kind::Float, size.min(1)),
            1 => self.index(size.min(1)),
            2 => {
                let place = self.rng.pick(&[-1.5, 0.0, 0.5, 1.0, 1.9, 7.0, 1e20]);
                self.emit(Op::LoadFloat(place));
            }
            _ => {
                let place = self.rng.below(16) as i64;
                self.emit(Op::LoadInt(place));
            }
        }
    }

    // ---- collections ---------------------------------------------------------------------------

    /// Pushes an index that is mostly in range.
    pub(super) fn index(&mut self, size: usize) {
        let counter = self.counter();
        match (self.rng.below(8), counter) {
            (0..=2, Some(counter)) => {
                let n = 1 + self.rng.below(9) as i64;
                self.load(counter);
                self.emit_all(&[Op::LoadInt(n), Op::Mod]);
            }
            (3, Some(counter)) => self.load(counter),
            (4..=5, _) => {
                let n = self.rng.below(9) as i64 - self.rng.below(2) as i64;
                self.emit(Op::LoadInt(n));
            }
            (6, _) => {
                self.value(Kind::Int, size.min(1));
                self.emit_all(&[Op::LoadInt(7), Op::BitAnd]);
            }
            _ => self.value(Kind::Int, size.min(1)),
        }
    }

    /// Pushes an index that something may be stored at, which a negative one ends.
    pub(super) fn safe_index(&mut self) {
        self.index(1);
        if self.rng.chance(9, 10) {
            let mask = self.rng.pick(&[7, 7, 31]);
            self.emit_all(&[Op::LoadInt(mask), Op::BitAnd]);
        }
    }

    /// Pushes a key of a hash: constant or computed.
    pub(super) fn key(&mut self) {
        match self.rng.below(6) {
            0..=2 => {
                let key = format!("k{}", self.rng.below(5));
                let constant = self.b.add_constant(Const::str(key));
                self.emit(Op::LoadConst(constant));
            }
            3 => {
                let constant = self.b.add_constant(Const::str("k"));
                self.emit(Op::LoadConst(constant));
                self.index(0);
                self.emit(Op::Concat);
            }
            4 => self.index(1),
            _ => self.value(Kind::Str, 1),
        }
    }

    /// Pushes a number for a key: one that is counted up or down, now and then one apart.
    pub(super) fn number_key(&mut self) {
        let Some(counter) = self.counter().filter(|_| self.rng.chance(7, 8)) else { return self.index(1) };
        match self.rng.below(4) {
            0 => {
                self.emit(Op::LoadInt(40));
                self.load(counter);
                self.emit(Op::Sub);
            }
            _ => self.load(counter),
        }
        if self.rng.chance(1, 3) {
            let n = self.rng.pick(&[3, 20, 64]);
            self.emit_all(&[Op::LoadInt(n), Op::Mod]);
        }
        match self.rng.below(12) {
            0..=4 => self.emit_all(&[Op::LoadFloat(1.0), Op::Mul]),
            5 => self.emit_all(&[Op::LoadFloat(0.5), Op::Mul]),
            _ => {}
        }
    }

    /// Pushes two numbers joined to a key.
    pub(super) fn pair_key(&mut self) {
        self.number_key();
        if self.rng.chance(1, 12) {
            self.value(Kind::Str, 1)
        } else {
            self.number_key()
        }
        self.emit(Op::AwkJoinKeys(2));
    }

    /// Pushes an element of an array, in one of the ways there are to get it.
    fn element(&mut self, kind: Kind, size: usize) {
        match self.place(kind) {
            Some(Place::Slot(slot)) if self.rng.chance(2, 3) => {
                self.index(size);
                self.emit(Op::SlotArrayGet(slot));
            }
            Some(Place::Global(name)) if self.rng.chance(2, 3) => {
                self.index(size);
                self.emit(Op::ArrayGet(name));
            }
            _ => {
                let kind = if self.rng.chance(1, 4) { Kind::Cell } else { kind };
                self.load_some(kind);
                self.index(size);
                self.emit(Op::IndexGet);
            }
        }
    }

    /// Pushes what a hash has at a key, or whether it has it.
    fn entry(&mut self) {
        match self.place(Kind::Hash) {
            Some(Place::Slot(slot)) if self.rng.chance(2, 3) => {
                self.key();
                self.emit_one(&[Op::SlotHashGet(slot), Op::SlotHashGet(slot), Op::SlotHashExists(slot)]);
            }
            Some(Place::Global(name)) if self.rng.chance(1, 6) => {
                self.key();
                self.key();
                self.emit(Op::AwkJoinKeys(2));
                self.emit(Op::AwkArrayGet(name));
            }
            Some(Place::Global(name)) if self.rng.chance(2, 3) => {
                self.key();
                self.emit_one(&[
                    Op::HashGet(name),
                    Op::HashExists(name),
                    Op::AwkArrayGet(name),
                    Op::AwkArrayExists(name),
                ]);
            }
            _ => {
                self.load_some(Kind::Hash);
                let is_in_cell = self.rng.chance(1, 3);
                if is_in_cell {
                    self.emit(Op::RefNew);
                }
                self.key();
                if self.rng.chance(1, 2) {
                    self.emit(Op::AwkSubscript);
                }
                let name = self.b.add_constant(Const::str("entry"));
                let in_cell = [Op::AwkIndexGet, Op::AwkNestedGet(name), Op::IndexGet, Op::IndexExists];
                self.emit_one(if is_in_cell { &in_cell } else { &in_cell[2..] });
            }
        }
    }

    fn length(&mut self, kind: Kind) {
        match (self.place(kind), kind) {
            (Some(Place::Slot(slot)), Kind::Hash) if self.rng.chance(1, 2) => {
                self.emit(Op::SlotHashLen(slot));
            }
            (Some(Place::Slot(slot)), Kind::Ints | Kind::Floats) if self.rng.chance(1, 2) => {
                self.emit(Op::SlotArrayLen(slot));
            }
            (Some(Place::Global(name)), Kind::Ints) if self.rng.chance(1, 2) => {
                self.emit(Op::ArrayLen(name));
            }
            _ => {
                self.load_some(kind);
                self.emit(Op::IndexLen);
            }
        }
    }

    /// An extension op that leaves one value.
    fn declared_extension(&mut self, size: usize) {
        let extensions: Vec<_> = EXTENSIONS.into_iter().filter(|extension| extension.pushes == 1).collect();
        let extension = self.rng.pick(&extensions);
        (0..extension.pops).for_each(|_| self.value(Kind::Int, size));
        let argument = self.rng.below(4);
        self.emit(match extension.wide {
            true => Op::ExtendedWide(extension.id, argument),
            false => Op::Extended(extension.id, argument as u8),
        });
    }

    /// Pushes what a branch tests: alternating, seldom true, true from some iteration on, or of the data.
    pub(super) fn test(&mut self) {
        let counter = self.counters.last().copied();
        match (self.rng.below(9), counter) {
            (0..=1, Some(counter)) => {
                let n = 2 + self.rng.below(3) as i64;
                self.load(counter.place);
                self.emit_all(&[Op::LoadInt(n), Op::Mod, Op::LoadInt(1)]);
                self.emit_one(&[Op::NumEq, Op::NumNe, Op::NumLt]);
            }
            (2..=3, Some(counter)) => {
                self.load(counter.place);
                let at = counter.from + counter.step * self.rng.below(counter.times as usize) as i64;
                self.emit(Op::LoadInt(at));
                self.emit_one(&[Op::NumEq, Op::NumEq, Op::NumNe, Op::NumLt, Op::NumGe]);
            }
            (4, _) => {
                self.value(Kind::Str, 1);
                self.value(Kind::Str, 1);
                self.emit_one(&[Op::StrEq, Op::StrNe, Op::StrLt, Op::StrGe]);
            }
            (5, _) => {
                let kind = self.rng.pick(&Kind::ALL);
                self.value(kind, 1);
            }
            (6, _) => self.entry(),
            _ => {
                self.number(1);
                self.number(1);
                self.emit_one(&[Op::NumLt, Op::NumLe, Op::NumGt, Op::NumGe, Op::NumEq, Op::NumNe]);
            }
        }
        if self.rng.chance(1, 8) {
            self.emit(Op::LogNot);
        }
    }
}
