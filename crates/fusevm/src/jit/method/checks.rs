//! What tests have compiled in beside the program's own guards: exits for no reason, and the checks that the compiler
//! has proved and left out.

use super::emit::{Emitter, Typed, slot};
use super::heap::{Body, Known, Position};
use super::kinds::{Kind, Place, Tags};
use super::machine::Arithmetic;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::helpers::Helper;
use crate::jit::tiers::traces;
use crate::value::{Array, ByteStr, Ref, tag};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use serde::Serialize;

/// What is to be compiled in. It is part of what decides whether code can be shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Checks {
    /// Guards count down, and the one that finds the count at its end is taken whatever else it finds.
    pub forces_exits: bool,
    /// What was proved is checked all the same, and ends the run with a panic where it does not hold.
    pub keeps_proved: bool,
}

impl Checks {
    /// What this thread's tests want.
    pub fn of_thread() -> Checks {
        let testing = traces::testing();
        Checks { forces_exits: testing.guards > 0, keeps_proved: testing.shadow }
    }
}

impl Emitter<'_, '_> {
    /// Leaves by a guard's exit when the countdown is at its end, whatever the guard finds. Where an instruction has been
    /// done already, its exit is for its failure alone.
    pub(super) fn force_exit(&mut self, exit: ir::Block, reason: ExitReason) {
        if !self.input.checks.forces_exits || reason == ExitReason::Failed {
            return;
        }
        let context = self.b.ins().get_pinned_reg(types::I64);
        let left = self.memory.load_context(&mut self.b, types::I64, context, offset::COUNTDOWN);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.memory.store_context(&mut self.b, left, context, offset::COUNTDOWN);
        let go_on = self.b.create_block();
        self.b.ins().brif(left, go_on, &[], exit, &[]);
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
    }

    /// Ends the run with a panic when something that was proved does not hold.
    fn check(&mut self, holds: ir::Value) {
        let (failed, go_on) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(failed);
        self.b.ins().brif(holds, go_on, &[], failed, &[]);
        self.b.seal_block(failed);
        self.b.switch_to_block(failed);
        let inst = self.b.ins().iconst(types::I64, i64::from(self.at));
        self.call_helper(Helper::Disproved, &[inst]);
        self.return_status(status::GONE);
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
    }

    /// Checks an operation whose range says that it does not overflow.
    pub(super) fn check_arithmetic(&mut self, op: Arithmetic, x: ir::Value, y: ir::Value) {
        if !self.input.checks.keeps_proved {
            return;
        }
        let (_, overflow) = match op {
            Arithmetic::Add => self.b.ins().sadd_overflow(x, y),
            Arithmetic::Sub => self.b.ins().ssub_overflow(x, y),
            Arithmetic::Mul => self.b.ins().smul_overflow(x, y),
        };
        let fits = self.b.ins().icmp_imm_s(IntCC::Equal, overflow, 0);
        self.check(fits);
    }

    /// Checks that an Int is in the range that was found for it.
    pub(super) fn check_range(&mut self, value: Typed) {
        let Kind { low, high, .. } = value.kind;
        if !self.input.checks.keeps_proved || !value.kind.is(tag::INT) {
            return;
        }
        if low > i64::MIN {
            let above = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, value.value, low);
            self.check(above);
        }
        if high < i64::MAX {
            let below = self.b.ins().icmp_imm_s(IntCC::SignedLessThanOrEqual, value.value, high);
            self.check(below);
        }
    }

    /// Checks what a block takes for granted of the registers where it begins: the ranges of Ints, the tags of live
    /// registers in memory, and that the others own no heap there.
    pub(super) fn check_begin(&mut self) {
        if !self.input.checks.keeps_proved {
            return;
        }
        let place = (self.frame, self.at);
        let base = self.base();
        for register in self.live_before(place) {
            let kind = self.known(register);
            let tags = match kind.place() {
                Place::Memory => kind.tags,
                _ => Kind::UNOWNED.tags,
            };
            self.check_tag(base, register, tags);
            if let Some((Place::Int, value)) = self.native(register) {
                self.check_range(Typed { value, kind });
            }
        }
    }

    /// Checks that a register in memory has one of some tags. Where it is only known to own no heap, it may also be a string
    /// that lies in the register: the interpreter leaves these where they were used up.
    fn check_tag(&mut self, base: ir::Value, register: u16, tags: Tags) {
        let first = self.memory.load(&mut self.b, types::I64, base, slot(register));
        let found = self.b.ins().band_imm_s(first, 0xff);
        let allowed = self.b.ins().iconst(types::I64, i64::from(tags));
        let bits = self.b.ins().ushr(allowed, found);
        let mut is_allowed = self.b.ins().band_imm_s(bits, 1);
        if tags == Kind::UNOWNED.tags {
            let kind = self.b.ins().band_imm_s(first, 0xff | ByteStr::HEAP_BIT);
            let is_short = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(tag::STR));
            let is_short = self.b.ins().uextend(types::I64, is_short);
            is_allowed = self.b.ins().bor(is_allowed, is_short);
        }
        self.check(is_allowed);
    }

    /// Checks all that is known of collections before an instruction, as far as live registers and globals lead to them.
    pub(super) fn check_heap(&mut self) {
        if !self.input.checks.keeps_proved {
            return;
        }
        let facts = self.facts.clone();
        let live = self.live_before((self.frame, self.at));
        let base = self.base();
        let mut checked = Vec::new();
        for (register, tag, body) in &facts.registers {
            let kind = self.known(*register);
            if !live.contains(register) || !kind.is(tag::REF) && !kind.is(*tag) {
                continue;
            }
            let pointer = self.look(types::I64, base, slot(*register) + 8);
            let found = match kind.is(tag::REF) {
                true => {
                    let found = self.look(types::I8, pointer, Ref::VALUE_OFFSET);
                    self.check_equal(found, i64::from(*tag));
                    self.look(types::I64, pointer, Ref::VALUE_OFFSET + 8)
                }
                false => pointer,
            };
            self.check_same(found, *body);
            checked.push((*body, *tag));
        }
        for (global, body) in &facts.globals {
            let address = self.global_address(*global);
            let found = self.look(types::I8, address, 0);
            self.check_equal(found, i64::from(tag::HASH));
            let found = self.look(types::I64, address, 8);
            self.check_same(found, *body);
            checked.push((*body, tag::HASH));
        }
        for (address, tag) in checked {
            for body in facts.bodies.iter().filter(|body| body.address == address) {
                self.check_body(body, tag);
            }
            for known in facts.known.iter().filter(|known| known.body == address) {
                match tag {
                    tag::ARRAY => self.check_element(known),
                    _ => self.check_entry(known, &live),
                }
            }
        }
    }

    /// Checks the head of a collection.
    fn check_body(&mut self, body: &Body, tag: u8) {
        let entries = self.input.entries;
        let (start, len) = match tag {
            tag::ARRAY => (Array::START_OFFSET, Array::LEN_OFFSET),
            _ => (entries.start, entries.len),
        };
        if body.is_unique {
            let count = self.look(types::I64, body.address, 0);
            self.check_equal(count, 1);
        }
        for (known, offset) in [(body.start, start), (body.len, len)] {
            if let Some(known) = known {
                let found = self.look(types::I64, body.address, offset);
                self.check_same(found, known);
            }
        }
        if let Some(bound) = body.bound {
            let len = self.look(types::I64, body.address, len);
            let within = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, len, bound);
            self.check(within);
        }
        if let Some(last) = body.last {
            let len = self.look(types::I64, body.address, len);
            let within = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, len, i64::from(last));
            self.check(within);
        }
    }

    /// Checks what is known of an element.
    fn check_element(&mut self, known: &Known) {
        let index = match known.position {
            Position::Index(index) => index,
            Position::Constant(index) => self.b.ins().iconst(types::I64, index),
            _ => return,
        };
        let len = self.look(types::I64, known.body, Array::LEN_OFFSET);
        let within = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.check(within);
        if let Some(tag) = known.tag {
            let start = self.look(types::I64, known.body, Array::START_OFFSET);
            let distance = self.b.ins().ishl_imm_s(index, 4);
            let element = self.b.ins().iadd(start, distance);
            let found = self.look(types::I8, element, 0);
            self.check_equal(found, i64::from(tag));
        }
    }

    /// Checks what is known of an entry.
    fn check_entry(&mut self, known: &Known, live: &[u16]) {
        let entries = self.input.entries;
        if let Position::Field(key) = known.position {
            let start = self.look(types::I64, known.body, entries.start);
            let entry = self.b.ins().iadd_imm_s(start, i64::from(key.position) * entries.size);
            for (word, offset) in [(Some(key.first), 0), (key.second, 8)] {
                if let Some(word) = word {
                    let found = self.look(types::I64, entry, entries.key + offset);
                    self.check_equal(found, word as i64);
                }
            }
            let value = self.b.ins().iadd_imm_s(entry, i64::from(entries.value));
            return self.check_value(known, value);
        }
        if let Position::Register(register) = known.position
            && !live.contains(&register)
        {
            return;
        }
        if let Some(address) = known.address
            && let Some(found) = self.call_find(known.body, known.position)
        {
            self.check_same(found, address);
            self.check_value(known, address);
        }
    }

    /// Checks the tag of a value in a collection.
    fn check_value(&mut self, known: &Known, address: ir::Value) {
        if let Some(tag) = known.tag {
            let found = self.look(types::I8, address, 0);
            self.check_equal(found, i64::from(tag));
        }
    }

    fn check_same(&mut self, found: ir::Value, known: ir::Value) {
        let same = self.b.ins().icmp(IntCC::Equal, found, known);
        self.check(same);
    }

    fn check_equal(&mut self, found: ir::Value, known: i64) {
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, known);
        self.check(same);
    }

    /// Loads what is in memory now: the optimiser does not take it for what was there before.
    fn look(&mut self, ty: ir::Type, at: ir::Value, offset: i32) -> ir::Value {
        let address = self.b.ins().iadd_imm_s(at, i64::from(offset));
        self.memory.load_shared(&mut self.b, ty, address)
    }
}
