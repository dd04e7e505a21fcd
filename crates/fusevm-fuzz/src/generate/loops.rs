//! Counted loops in the shapes that frontends emit: tested at the top with a jump back, tested at the bottom, or
//! entered by a jump to the test; counting up or down, by ones or more, in ints or floats, in slots or globals.

use super::values::Place;
use super::{Exit, Generator};
use fusevm::Op;

/// Iterations of one loop, at most.
const MOST: usize = 300;

/// The counter of an open loop.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    pub(super) place: Place,
    pub(super) from: i64,
    /// What each iteration adds.
    pub(super) step: i64,
    pub(super) times: i64,
    is_float: bool,
}

impl Counter {
    fn limit(&self) -> i64 {
        self.from + self.step * self.times
    }
}

/// Where the test of a loop is.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Top,
    Bottom,
    /// At the bottom, and the loop begins with a jump to it.
    Rotated,
}

impl Generator {
    pub(super) fn new_slot(&mut self) -> u16 {
        self.next_slot += 1;
        self.next_slot - 1
    }

    /// A place for a counter or a bound, which nothing else uses.
    fn new_place(&mut self) -> Place {
        let slot = self.new_slot();
        if self.rng.chance(1, 12) {
            Place::Global(self.b.add_name(&format!("counter{slot}")))
        } else {
            Place::Slot(slot)
        }
    }

    fn new_counter(&mut self, times: i64) -> Counter {
        let place = self.new_place();
        let up = Counter { place, from: 0, step: 1, times, is_float: false };
        match self.rng.below(14) {
            0 => Counter { from: self.rng.below(6) as i64, ..up },
            1 => Counter { step: 2 + self.rng.below(4) as i64, ..up },
            2..=3 => Counter { from: times, step: -1, ..up },
            4 => Counter { from: 3 * times, step: -3, ..up },
            5 => Counter { is_float: true, ..up },
            6 => Counter { from: i64::MAX - times, ..up },
            7 => Counter { from: i64::MIN + times, step: -1, ..up },
            8 => Counter { from: i64::from(i32::MAX) - times / 2, ..up },
            _ => up,
        }
    }

    fn load_number(&mut self, n: i64, is_float: bool) {
        self.emit(if is_float { Op::LoadFloat(n as f64) } else { Op::LoadInt(n) });
    }

    pub(super) fn counted_loop(&mut self) {
        let room = if self.current < 0 { self.style.iterations } else { self.style.iterations / 6 };
        let room = (room / self.iterations).clamp(4, MOST);
        let most = if self.rng.chance(1, 3) { 4 } else { room };
        let times = 1 + self.rng.below(most) as i64;
        let counter = self.new_counter(times);
        self.load_number(counter.from, counter.is_float);
        self.store(counter.place);
        let bound = self.rng.chance(1, 3).then(|| self.new_place());
        if let Some(bound) = bound {
            let is_float = counter.is_float || self.rng.chance(1, 6);
            self.load_number(counter.limit(), is_float);
            self.store(bound);
        }
        let shape = self.rng.pick(&[Shape::Top, Shape::Top, Shape::Bottom, Shape::Rotated]);
        let depth = self.depth;
        let to_test = (shape == Shape::Rotated).then(|| self.emit(Op::Jump(0)));
        let header = self.b.current_pos();
        let mut ends: Vec<usize> =
            (shape == Shape::Top).then(|| self.loop_exit(&counter, bound)).into_iter().collect();

        // A jump may lead out of the loop, or to its next iteration.
        let exit = Exit { depth, open: self.open.len(), jumps: Vec::new() };
        self.loops.extend([exit.clone(), exit]);
        self.counters.push(counter);
        self.iterations *= times as usize;
        self.some_statements();
        self.iterations /= times as usize;
        self.counters.pop();
        self.adjust(depth);
        let next = self.loops.pop().map(|exit| exit.jumps).unwrap_or_default();
        self.patch_to_here(&next);
        ends.extend(self.loops.pop().map(|exit| exit.jumps).unwrap_or_default());

        let fused = match (counter.place, i32::try_from(counter.limit())) {
            (Place::Slot(slot), Ok(limit)) if counter.step == 1 && self.rng.chance(1, 3) => {
                Some(Op::SlotIncLtIntJumpBack(slot, limit, header))
            }
            _ => None,
        };
        match (shape, fused) {
            (Shape::Top, _) => {
                self.step(&counter);
                self.emit(Op::Jump(header));
            }
            (Shape::Bottom, Some(op)) => {
                self.emit(op);
            }
            _ => {
                self.step(&counter);
                to_test.into_iter().for_each(|jump| self.patch_to_here(&[jump]));
                let op = self.loop_test(&counter, bound, true);
                self.emit(op.with_jump_target(header));
            }
        }
        self.depth = depth;
        self.patch_to_here(&ends);
    }

    /// Emits a test that leaves the loop and returns the jump.
    fn loop_exit(&mut self, counter: &Counter, bound: Option<Place>) -> usize {
        if let (Place::Slot(slot), Ok(limit), 1) =
            (counter.place, i32::try_from(counter.limit()), counter.step)
            && self.rng.chance(1, 6)
        {
            return self.emit(Op::SlotLtIntJumpIfFalse(slot, limit, 0));
        }
        let op = self.loop_test(counter, bound, false);
        self.emit(op)
    }

    /// Pushes what says whether the loop goes on, and returns the jump that `goes_on` or leaves.
    fn loop_test(&mut self, counter: &Counter, bound: Option<Place>, goes_on: bool) -> Op {
        let up = [
            (Op::NumLt, true),
            (Op::NumLt, true),
            (Op::NumGe, false),
            (Op::NumLe, true),
            (Op::NumGt, false),
            (Op::NumNe, true),
            (Op::NumEq, false),
        ];
        let down =
            [(Op::NumGt, true), (Op::NumLe, false), (Op::NumNe, true), (Op::NumGe, true), (Op::NumLt, false)];
        // At the ends of the integers there is no way beyond the limit.
        let at_end = counter.from.unsigned_abs() > 1 << 40;
        let (op, mut holds) = match (counter.step > 0, at_end) {
            (true, true) => (Op::NumLt, true),
            (false, true) => (Op::NumGt, true),
            (true, false) => self.rng.pick(&up),
            (false, false) => self.rng.pick(&down),
        };
        self.load(counter.place);
        match bound {
            Some(bound) => self.load(bound),
            None => self.load_number(counter.limit(), counter.is_float),
        }
        self.emit(op);
        if self.rng.chance(1, 10) {
            self.emit(Op::LogNot);
            holds = !holds;
        }
        if holds == goes_on { Op::JumpIfTrue(0) } else { Op::JumpIfFalse(0) }
    }

    fn step(&mut self, counter: &Counter) {
        let step = counter.step;
        match (counter.place, step, self.rng.below(4)) {
            (Place::Slot(slot), 1, 0..=1) => {
                self.emit(Op::PreIncSlotVoid(slot));
            }
            (Place::Slot(slot), 1, 2) => self.emit_all(&[Op::PostIncSlot(slot), Op::Pop]),
            (Place::Slot(slot), -1, 0..=2) => self.emit_all(&[Op::PreDecSlot(slot), Op::Pop]),
            _ => {
                self.load(counter.place);
                match step {
                    1 if self.rng.chance(1, 2) => self.emit_all(&[Op::Inc]),
                    -1 if self.rng.chance(1, 2) => self.emit_all(&[Op::Dec]),
                    _ if step < 0 => self.emit_all(&[Op::LoadInt(-step), Op::Sub]),
                    _ => self.emit_all(&[Op::LoadInt(step), Op::Add]),
                }
                self.store(counter.place);
            }
        }
    }
}
