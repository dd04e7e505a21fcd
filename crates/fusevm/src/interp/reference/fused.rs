//! The fused ops, in terms of the functions of what they replace.

use super::{Run, Step, slot_place};
use crate::chunk::IntegerMode;
use crate::error::OpResult;
use crate::interp::ops::{arith, collections, compare, strings};
use crate::op::Op;
use crate::value::Value;

/// Inc or Dec.
type StepFunction = fn(&Value, IntegerMode) -> OpResult<Value>;

impl Run<'_> {
    pub(super) fn slot(&mut self, slot: u16) -> &mut Value {
        slot_place(self.vm, slot)
    }

    /// Steps a slot by one; the old value.
    pub(super) fn step_slot(&mut self, slot: u16, function: StepFunction) -> OpResult<Value> {
        let mode = self.unit.integer_mode();
        let place = self.slot(slot);
        let new = function(place, mode)?;
        Ok(std::mem::replace(place, new))
    }

    /// Steps a slot by one and pushes the new value.
    pub(super) fn pre_step(&mut self, slot: u16, function: StepFunction) -> OpResult<Step> {
        self.step_slot(slot, function)?;
        let new = self.slot(slot).clone();
        self.push(new)
    }

    /// Steps a slot by one and pushes the old value.
    pub(super) fn post_step(&mut self, slot: u16, function: StepFunction) -> OpResult<Step> {
        let old = self.step_slot(slot, function)?;
        self.push(old)
    }

    /// `target += addend` on slots.
    pub(super) fn add_assign(&mut self, target: u16, addend: u16) -> OpResult<()> {
        let mode = self.unit.integer_mode();
        let addend = self.slot(addend).clone();
        let place = self.slot(target);
        *place = arith::add(place, &addend, mode)?;
        Ok(())
    }

    pub(super) fn slot_lt(&mut self, slot: u16, limit: i32) -> bool {
        compare::num_lt(self.slot(slot), &Value::Int(limit.into()))
    }

    /// A loop that is one op: `while counter < limit { body; counter += 1 }`, charged and stopped by the
    /// iteration as the ops that it replaces.
    fn whole_loop(
        &mut self,
        op: Op,
        counter: u16,
        limit: i32,
        mut body: impl FnMut(&mut Self) -> OpResult<()>,
    ) -> OpResult<Step> {
        let (test_fuel, body_fuel) = op.loop_fuel().unwrap_or_default();
        while self.slot_lt(counter, limit) {
            self.charge(body_fuel)?;
            body(self)?;
            self.step_slot(counter, arith::inc)?;
            if let Step::End(ended) = self.poll()? {
                return Ok(Step::End(ended));
            }
            self.charge(test_fuel)?;
        }
        Ok(Step::Continue)
    }

    pub(super) fn accum_sum_loop(&mut self, sum: u16, counter: u16, limit: i32) -> OpResult<Step> {
        let op = Op::AccumSumLoop(sum, counter, limit);
        self.whole_loop(op, counter, limit, |run| run.add_assign(sum, counter))
    }

    pub(super) fn concat_const_loop(
        &mut self,
        constant: u16,
        text: u16,
        counter: u16,
        limit: i32,
    ) -> OpResult<Step> {
        let op = Op::ConcatConstLoop(constant, text, counter, limit);
        let suffix = self.unit.constants[usize::from(constant)].clone();
        self.whole_loop(op, counter, limit, |run| strings::append(run.slot(text), &suffix))
    }

    pub(super) fn push_int_range_loop(&mut self, array: u16, counter: u16, limit: i32) -> OpResult<Step> {
        let op = Op::PushIntRangeLoop(array, counter, limit);
        self.whole_loop(op, counter, limit, |run| {
            let value = run.slot(counter).clone();
            collections::array_push(run.slot(array), value)
        })
    }
}
