//! Bodies of programs and the calls between them: plain, dynamic, in tail position, recursive.

use super::values::{Kind, Place};
use super::{Generator, NAMES_SLOTS, SLOTS, Style, TYPED};
use crate::hosts;
use crate::rng::Rng;
use fusevm::chunk::Const;
use fusevm::{ChunkBuilder, Op};

/// A sub that is going to be made.
pub(super) struct Sub {
    pub(super) name: u16,
    /// What typed callers pass.
    params: Vec<Kind>,
    result: Kind,
    /// Whether it may call itself and others like it; its first parameter says how deep.
    is_recursive: bool,
}

/// Calls by which a recursive body goes on, at most, so that most of them end.
const RECURSIONS: usize = 2;

impl Sub {
    pub(super) fn some(rng: &mut Rng, b: &mut ChunkBuilder, style: &Style) -> Vec<Sub> {
        let count = rng.below(if style.wild < 16 { 5 } else { 4 });
        let names = [hosts::CALLED, "f", "g", "h"];
        let sub = |name: &&str| {
            let is_recursive = style.wild < 16 && rng.chance(1, 3);
            let takes = rng.below(4).max(is_recursive.into());
            let params = (0..takes).map(|_| rng.pick(&Kind::ALL)).collect();
            let result = rng.pick(&[Kind::Int, Kind::Int, Kind::Float, Kind::Str, Kind::Ints]);
            Sub { name: b.add_name(name), params, result, is_recursive }
        };
        names[..count].iter().map(sub).collect()
    }
}

impl Generator {
    pub(super) fn body(&mut self, body: isize, is_last: bool) {
        self.current = body;
        self.depth = 0;
        self.nesting = 0;
        self.iterations = 1;
        self.counters.clear();
        self.next_slot = super::NAMING_SLOT + 1;
        self.remaining = None;
        self.recursions = 0;
        self.kinds = TYPED.map(|_| self.rng.pick(&Kind::ALL)).collect();
        let is_typed = self.style.wild < 16;
        if body >= 0 {
            self.prologue(body as usize, is_typed);
        } else {
            self.emit(NAMES_SLOTS);
            for slot in 2..SLOTS as u16 {
                if self.rng.chance(1, 2) {
                    self.expression(1);
                    self.emit(Op::SetSlot(slot));
                }
            }
            if is_typed {
                self.initialise_globals();
            }
        }
        if is_typed {
            let given = if body >= 0 { self.subs[body as usize].params.len() } else { 0 };
            self.initialise_slots(given);
        }
        let len = 1 + self.rng.below(if body < 0 { 3 * self.style.list } else { 2 * self.style.list });
        self.statements(len);
        if self.remaining.is_some() {
            for _ in self.recursions..self.rng.below(RECURSIONS + 1) {
                self.call_and_keep();
            }
        }
        if !is_last || self.rng.chance(1, 2) {
            self.leave_body();
        }
    }

    fn prologue(&mut self, sub: usize, is_typed: bool) {
        let Sub { name, ref params, is_recursive, result } = self.subs[sub];
        let params = params.clone();
        let here = self.b.current_pos();
        self.b.add_sub_entry(name, here);
        self.depth = params.len();
        if !is_typed {
            let into_slots =
                if self.rng.chance(3, 4) { params.len() } else { self.rng.below(params.len() + 1) };
            for place in 0..into_slots {
                let slot =
                    if self.rng.chance(7, 8) { params.len() - 1 - place } else { self.rng.below(SLOTS) };
                self.emit(Op::SetSlot(slot as u16));
            }
            self.emit(NAMES_SLOTS);
            return;
        }
        for (place, kind) in params.iter().enumerate().rev() {
            if place == 0 && is_recursive {
                let slot = self.new_slot();
                self.remaining = Some(slot);
                self.emit(Op::SetSlot(slot));
            } else {
                self.kinds[place] = *kind;
                self.emit(Op::SetSlot(TYPED.start + place as u16));
            }
        }
        self.emit(NAMES_SLOTS);
        // Without its end, the recursion goes on to the limit of depth.
        if let Some(remaining) = self.remaining
            && self.rng.chance(11, 12)
        {
            self.emit_all(&[Op::GetSlot(remaining), Op::LoadInt(0), Op::NumLe]);
            let on = self.emit(Op::JumpIfFalse(0));
            self.constant_of(result);
            self.emit(Op::ReturnValue);
            self.patch_to_here(&[on]);
        }
    }

    /// Stores the value on the stack, which should be of this kind, where it may be found again. A few go to where
    /// another kind is expected.
    pub(super) fn keep(&mut self, kind: Option<Kind>) {
        let fitting = kind.and_then(|kind| self.place(kind));
        let place = match (self.rng.below(20), fitting) {
            (0, _) => Place::Slot(TYPED.start + self.rng.below(TYPED.len()) as u16),
            (1, _) => Place::Global(self.rng.pick(&self.typed_globals.clone())),
            (2..13, Some(place)) => place,
            _ => Place::Slot(self.slot()),
        };
        self.store(place);
    }

    /// The sub that the body calls: mostly a later one, so that most programs end.
    pub(super) fn callee(&mut self) -> Option<usize> {
        let first = (self.current + 1) as usize;
        if self.remaining.is_some() && self.recursions < RECURSIONS && self.rng.chance(2, 3) {
            let subs: Vec<usize> = (0..self.subs.len()).filter(|sub| self.subs[*sub].is_recursive).collect();
            self.recursions += 1;
            return Some(self.rng.pick(&subs));
        }
        if self.rng.chance(1, 30) && !self.subs.is_empty() {
            return Some(self.rng.below(self.subs.len()));
        }
        (first < self.subs.len()).then(|| first + self.rng.below(self.subs.len() - first))
    }

    /// Pushes the arguments of a call and returns their number.
    fn arguments(&mut self, sub: usize, size: usize) -> u8 {
        let params = self.subs[sub].params.clone();
        let more = if self.rng.chance(1, 8) { self.rng.below(3) } else { 0 };
        for (place, kind) in params.iter().enumerate() {
            if place == 0 && self.subs[sub].is_recursive {
                self.depth_argument();
            } else if self.rng.chance(self.style.wild.max(1), 16) {
                self.expression(size.min(1));
            } else {
                self.value(*kind, size.min(1));
            }
        }
        (0..more).for_each(|_| self.leaf());
        (params.len() + more) as u8
    }

    /// How deep a recursive sub is to go.
    fn depth_argument(&mut self) {
        match self.remaining {
            Some(remaining) => {
                let step = 1 + self.rng.below(2) as i64;
                self.emit_all(&[Op::GetSlot(remaining), Op::LoadInt(step), Op::Sub]);
            }
            None => {
                let depth = if self.rng.chance(1, 8) { 40 } else { self.rng.below(6) as i64 };
                self.emit(Op::LoadInt(depth));
            }
        }
    }

    pub(super) fn call(&mut self, size: usize) {
        let Some(sub) = self.callee() else { return self.leaf() };
        let n = self.arguments(sub, size);
        let op = Op::Call(self.subs[sub].name, n);
        self.emit(op);
    }

    /// A call as a statement.
    pub(super) fn call_and_keep(&mut self) {
        let Some(sub) = self.callee() else { return };
        let n = self.arguments(sub, 1);
        let Sub { name, result, .. } = self.subs[sub];
        self.emit(Op::Call(name, n));
        self.keep(Some(result));
    }

    pub(super) fn dynamic_call(&mut self, size: usize) {
        let Some(sub) = self.callee() else { return self.leaf() };
        match self.rng.below(5) {
            0 => {
                let name = self.rng.pick(&["called", "f", "g", "none"]);
                let constant = self.b.add_constant(name);
                self.emit(Op::LoadConst(constant));
            }
            1 => {
                let id = 1 + self.rng.below(12) as u16;
                let constant = self.b.add_constant(Const::NativeFn(id));
                self.emit(Op::LoadConst(constant));
            }
            2 if self.rng.chance(1, 2) => self.leaf(),
            _ => {
                let n = self.rng.below(3);
                (0..n).for_each(|_| self.leaf());
                let name = self.subs[sub].name;
                self.emit(Op::MakeClosure(name, n as u8));
            }
        }
        let n = self.arguments(sub, size);
        self.emit(Op::CallDynamic(n));
    }

    /// Ends the body.
    pub(super) fn leave_body(&mut self) {
        if self.rng.chance(2, 3) && self.style.wild < 16 {
            let kind = if self.current < 0 { Kind::Int } else { self.subs[self.current as usize].result };
            self.value(kind, 2);
            self.emit(Op::ReturnValue);
            return;
        }
        match self.rng.below(12) {
            0 => {
                self.emit(Op::Return);
            }
            1 => {
                self.leaf();
                self.emit(Op::Throw);
            }
            2 => {
                let jump = self.emit(Op::Jump(0));
                self.to_end.push(jump);
            }
            3..=4 => match self.callee() {
                Some(sub) => {
                    let n = self.arguments(sub, 1);
                    let op = Op::TailCall(self.subs[sub].name, n);
                    self.emit(op);
                }
                None => {
                    self.emit(Op::Return);
                }
            },
            5 if self.available() > 0 => {
                self.emit(Op::ReturnValue);
            }
            _ => {
                self.expression(2);
                self.emit(Op::ReturnValue);
            }
        }
    }
}
