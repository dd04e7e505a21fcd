//! What tests have compiled in beside the program's own guards: exits for no reason, and the checks that the compiler
//! has proved and left out.

use super::emit::{Emitter, Typed, slot};
use super::kinds::{Kind, Place, Tags};
use super::machine::Arithmetic;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::helpers::Helper;
use crate::jit::tiers::traces;
use crate::value::tag;
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

    /// Checks that a register in memory has one of some tags.
    fn check_tag(&mut self, base: ir::Value, register: u16, tags: Tags) {
        let found = self.memory.load(&mut self.b, types::I8, base, slot(register));
        let found = self.b.ins().uextend(types::I64, found);
        let allowed = self.b.ins().iconst(types::I64, i64::from(tags));
        let bits = self.b.ins().ushr(allowed, found);
        let is_allowed = self.b.ins().band_imm_s(bits, 1);
        self.check(is_allowed);
    }
}
