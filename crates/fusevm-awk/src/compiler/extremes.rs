//! Statements that change what keeps extremes: a worker notes what it does, and the main program repeats it; see
//! [`crate::parallel`].

use super::Compiler;
use super::assembly::Label;
use super::conditions::comparison;
use crate::parallel::{Change, KIND, NOTE, Test, best_of, kind, mode_of, replay_of};
use crate::source::Span;
use fusevm::Op;

/// The slots of what is known of a change before it is decided.
#[derive(Clone, Copy)]
struct Given {
    /// Whether the record asks for it whatever the variables hold.
    forced: u16,
    /// The value that is compared, or set.
    value: u16,
    /// The number that it is, when it is one.
    number: u16,
    /// Of what kind it is.
    kind: u16,
}

impl Given {
    /// What a sub of the main program takes.
    const REPLAYED: Given = Given { forced: 0, value: 1, number: 0, kind: 0 };
}

impl<'a> Compiler<'a> {
    /// Emits the statement of a worker that stands at a place, if it changes what keeps extremes; else false, with nothing
    /// done.
    pub(super) fn change_at(&mut self, span: Span) -> bool {
        if self.plan.is_none() || self.scope.is_some() {
            return false;
        }
        let Some(number) = self.changes.iter().position(|change| change.span == span) else { return false };
        let change = &self.changes[number];
        let first_free = self.next_slot;
        let done = self.code.label();
        for guard in &change.guards {
            self.branch(guard, false, done);
        }
        let [forced, value, number_slot, kind] = [(); 4].map(|()| self.new_slot());
        let given = Given { forced, value, number: number_slot, kind };
        self.forced(change, given);
        self.value(change.value());
        self.emit(Op::SetSlot(given.value));
        self.decide(number, given, done);
        // What the main program needs to do the same.
        self.emit(Op::LoadInt(number as i64));
        self.emit(Op::GetSlot(given.kind));
        self.emit(if change.forces.is_empty() { Op::LoadFalse } else { Op::GetSlot(given.forced) });
        self.emit(Op::GetSlot(given.value));
        let mut count = 4;
        for (set, value) in &change.sets {
            match change.is_value(value) {
                true => self.emit(Op::GetSlot(given.value)),
                false => {
                    self.value(value);
                    self.emit(Op::Dup);
                    count += 1;
                }
            }
            let variable = self.scalar(*set);
            self.store(variable);
        }
        let measured = self.plan.map_or(&[][..], |plan| &plan.changes[number].measured);
        for variable in measured {
            let best = self.code.name(&best_of(variable));
            self.emit(Op::GetSlot(given.value));
            self.emit(Op::AwkToNum);
            self.emit(Op::SetVar(best));
        }
        let count = self.count(count, span);
        self.call_builtin(NOTE, count);
        self.emit(Op::Pop);
        self.code.bind(done);
        self.next_slot = first_free;
        true
    }

    /// Puts into its slot whether the record forces a change, if it can.
    fn forced(&mut self, change: &Change, given: Given) {
        if change.forces.is_empty() {
            return;
        }
        let (forced, known) = (self.code.label(), self.code.label());
        for force in &change.forces {
            self.branch(force, true, forced);
        }
        self.emit(Op::LoadFalse);
        self.code.jump(Op::Jump, known);
        self.code.bind(forced);
        self.emit(Op::LoadTrue);
        self.code.bind(known);
        self.emit(Op::SetSlot(given.forced));
    }

    /// Goes to `done` when a worker can pass over a change.
    fn decide(&mut self, number: usize, given: Given, done: Label) {
        let change = &self.changes[number];
        let test = change.test.as_ref();
        let (other, changes) = (self.code.label(), self.code.label());
        let compares_texts = test.is_some_and(|test| self.comparison_of(test.op, test.left, test.right).1);
        if !compares_texts {
            self.decide_number(number, given, other, changes, done);
        }
        self.code.bind(other);
        if change.converted().is_some() {
            self.emit(Op::LoadInt(kind::MIXED));
        } else if compares_texts {
            self.emit(Op::LoadInt(kind::TEXT));
        } else {
            self.emit(Op::GetSlot(given.value));
            self.call_builtin(KIND, 1);
        }
        self.emit(Op::SetSlot(given.kind));
        self.enter_kind(number, Op::GetSlot(given.kind), changes);
        if let Some(test) = test {
            self.emit(Op::GetSlot(given.kind));
            self.emit(Op::LoadInt(kind::MIXED));
            self.emit(Op::NumEq);
            self.code.jump(Op::JumpIfTrue, changes);
            self.asks(change, given, changes);
            self.exceeds(test, given, changes);
            self.code.jump(Op::Jump, done);
        }
        self.code.bind(changes);
    }

    /// As [`Self::decide`] for what compares as a number, which most do; goes to `other` when the value does not.
    fn decide_number(&mut self, number: usize, given: Given, other: Label, changes: Label, done: Label) {
        let change = &self.changes[number];
        let mut found = given.value;
        // Of a value and its number, what may be no number is the value.
        let (value, set) = (change.value(), change.converted());
        let doubtful = [Some(value), set].into_iter().flatten().find(|value| !self.types(value).is_numeric());
        if let Some(doubtful) = doubtful {
            found = given.number;
            match std::ptr::eq(doubtful, value) {
                true => self.emit(Op::GetSlot(given.value)),
                false => self.value(doubtful),
            }
            self.emit(Op::AwkComparable);
            self.emit(Op::SetSlot(found));
        }
        // NaN differs from itself.
        self.emit(Op::GetSlot(found));
        self.emit(Op::GetSlot(found));
        self.emit(Op::NumEq);
        self.code.jump(Op::JumpIfFalse, other);
        let asked = self.code.label();
        self.enter_kind(number, Op::LoadInt(kind::NUMBER), asked);
        if let Some(test) = &change.test {
            self.asks(change, given, asked);
            let best = self.code.name(&best_of(self.names.text(test.variable.name)));
            let mut operands = [Op::GetSlot(found), Op::GetVar(best)];
            if !test.value_is_left {
                operands.reverse();
            }
            operands.into_iter().for_each(|operand| self.emit(operand));
            self.emit(comparison(test.op).0);
            self.code.jump(if test.is_negated { Op::JumpIfTrue } else { Op::JumpIfFalse }, done);
        }
        self.code.bind(asked);
        self.emit(Op::LoadInt(kind::NUMBER));
        self.emit(Op::SetSlot(given.kind));
        self.code.jump(Op::Jump, changes);
    }

    /// Goes to `changes` when a value is not of the kind that the block has had for what is measured; `kind` pushes its
    /// kind.
    fn enter_kind(&mut self, number: usize, kind: Op, changes: Label) {
        use crate::parallel::kind::{MIXED, NONE};
        let measured = self.plan.map_or(&[][..], |plan| &plan.changes[number].measured);
        for variable in measured {
            let mode = self.code.name(&mode_of(variable));
            let (same, new) = (self.code.label(), self.code.label());
            self.emit(Op::GetVar(mode));
            self.emit(kind);
            self.emit(Op::NumEq);
            self.code.jump(Op::JumpIfTrue, same);
            self.emit(kind);
            self.emit(Op::GetVar(mode));
            self.emit(Op::LoadInt(NONE));
            self.emit(Op::NumEq);
            self.code.jump(Op::JumpIfTrue, new);
            self.emit(Op::Pop);
            self.emit(Op::LoadInt(MIXED));
            self.code.bind(new);
            self.emit(Op::SetVar(mode));
            if self.changes[number].test.is_some() {
                self.code.jump(Op::Jump, changes);
            }
            self.code.bind(same);
        }
    }

    /// Goes to `label` when the record, or what the variables hold, asks for a change.
    fn asks(&mut self, change: &Change, given: Given, label: Label) {
        if !change.forces.is_empty() {
            self.emit(Op::GetSlot(given.forced));
            self.code.jump(Op::JumpIfTrue, label);
        }
        for state in &change.states {
            self.branch(state, true, label);
        }
    }

    /// Goes to `label` when a value exceeds what is kept.
    fn exceeds(&mut self, test: &Test, given: Given, label: Label) {
        let (op, as_text) = self.comparison_of(test.op, test.left, test.right);
        for (operand, is_value) in [(test.left, test.value_is_left), (test.right, !test.value_is_left)] {
            match (is_value, as_text) {
                (true, _) => {
                    self.emit(Op::GetSlot(given.value));
                    if as_text && !self.types(operand).is_text() {
                        self.emit(Op::AwkToStr);
                    }
                }
                (false, true) => self.text(operand),
                (false, false) => self.value(operand),
            }
        }
        self.emit(op);
        self.code.jump(if test.is_negated { Op::JumpIfFalse } else { Op::JumpIfTrue }, label);
    }

    /// The subs by which the main program repeats what workers have noted.
    pub(super) fn replays(&mut self) {
        for (number, change) in self.changes.iter().enumerate() {
            let given = Given::REPLAYED;
            let others = change.sets.iter().filter(|(_, value)| !change.is_value(value)).count() as u16;
            self.next_slot = 2 + others;
            self.code.begin_sub(&replay_of(number));
            self.at(change.span);
            for slot in (0..self.next_slot).rev() {
                self.emit(Op::SetSlot(slot));
            }
            let sets = self.code.label();
            if let Some(test) = &change.test {
                self.asks(change, given, sets);
                self.exceeds(test, given, sets);
                self.emit(Op::Return);
            }
            self.code.bind(sets);
            let mut other = 2;
            for (set, value) in &change.sets {
                if change.is_value(value) {
                    self.emit(Op::GetSlot(given.value));
                } else {
                    self.emit(Op::GetSlot(other));
                    other += 1;
                }
                let variable = self.scalar(*set);
                self.store(variable);
            }
            self.emit(Op::Return);
        }
    }
}
