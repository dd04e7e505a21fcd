//! The typed operations as CLIF: what the [`Machine`] of emission does.

use super::emit::{Emitter, Typed, slot, type_of};
use super::infer::{arithmetic_kind, bind, bits_kind, enter_frame, leave_frame, remainder_kind};
use super::kinds::{Kind, Place};
use super::machine::{
    Arithmetic, Bits, Comparison, Fact, FieldKey, FloatFunction, HashPlace, Key, Machine, Step, Targets,
};
use crate::code::Opcode;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::emit_common::remainder;
use crate::jit::helpers::Helper;
use crate::jit::{Emission, ExtensionCode, emit_extension};
use crate::value::number::{EXACT_INTEGERS, INTEGERS};
use crate::value::tag;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::FunctionBuilder;

/// The number that multiplies as another divides: that of a power of two, if it has a reciprocal.
fn exact_reciprocal(divisor: f64) -> Option<f64> {
    let is_power_of_two = divisor.is_normal() && divisor.to_bits() << 12 == 0;
    let reciprocal = 1.0 / divisor;
    (is_power_of_two && reciprocal.is_normal()).then_some(reciprocal)
}

fn int_condition(comparison: Comparison) -> IntCC {
    match comparison {
        Comparison::Lt => IntCC::SignedLessThan,
        Comparison::Le => IntCC::SignedLessThanOrEqual,
        Comparison::Gt => IntCC::SignedGreaterThan,
        Comparison::Ge => IntCC::SignedGreaterThanOrEqual,
        Comparison::Eq => IntCC::Equal,
        Comparison::Ne => IntCC::NotEqual,
    }
}

fn float_condition(comparison: Comparison) -> FloatCC {
    match comparison {
        Comparison::Lt => FloatCC::LessThan,
        Comparison::Le => FloatCC::LessThanOrEqual,
        Comparison::Gt => FloatCC::GreaterThan,
        Comparison::Ge => FloatCC::GreaterThanOrEqual,
        Comparison::Eq => FloatCC::Equal,
        Comparison::Ne => FloatCC::NotEqual,
    }
}

impl<'f> Emission<'f> for Emitter<'_, 'f> {
    fn builder(&mut self) -> &mut FunctionBuilder<'f> {
        &mut self.b
    }

    fn exit_unless(&mut self, condition: ir::Value) {
        let at = self.at;
        self.guard(condition, at, ExitReason::Kind);
    }
}

impl Machine for Emitter<'_, '_> {
    type Value = Typed;

    fn kind(&self, register: u16) -> Kind {
        self.known(self.absolute(register))
    }

    fn get(&mut self, register: u16) -> Typed {
        let register = self.absolute(register);
        let kind = self.known(register);
        let value = match self.native(register) {
            Some((_, value)) => value,
            None => self.b.ins().iconst(types::I64, 0),
        };
        Typed { value, kind }
    }

    fn get_or_zero(&mut self, register: u16, tag: u8) -> Typed {
        let register = self.absolute(register);
        let base = self.base();
        let found = self.memory.load(&mut self.b, types::I8, base, slot(register));
        let kind = Kind::of(tag);
        let ty = type_of(kind.place());
        let payload = self.memory.load(&mut self.b, ty, base, slot(register) + 8);
        let zero = match ty {
            types::F64 => self.b.ins().f64const(0.0),
            _ => self.b.ins().iconst(ty, 0),
        };
        let is_number = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        Typed { value: self.b.ins().select(is_number, payload, zero), kind }
    }

    fn set(&mut self, register: u16, value: Typed) {
        let register = self.absolute(register);
        self.assign(register, value);
    }

    fn set_undef(&mut self, register: u16) {
        let register = self.absolute(register);
        self.release(register);
        self.set_known(register, Kind::UNDEF);
    }

    fn copy(&mut self, to: u16, from: u16, take: bool) {
        let (to, from) = (self.absolute(to), self.absolute(from));
        let kind = self.known(from);
        let base = self.base();
        self.facts.forget_register(to);
        if take {
            self.facts.forget_register(from);
            self.release(to);
            self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
            self.memory.store_undef(&mut self.b, base, slot(from));
            self.set_known(from, Kind::UNDEF);
        } else if kind.is(tag::STR) {
            let source = self.b.ins().iadd_imm_s(base, i64::from(slot(from)));
            let load = |e: &mut Self, word| e.memory.load(&mut e.b, types::I64, base, slot(from) + word);
            return self.copy_string(to, source, load);
        } else if kind.may_own() {
            let target = self.b.ins().iadd_imm_s(base, i64::from(slot(to)));
            let source = self.b.ins().iadd_imm_s(base, i64::from(slot(from)));
            self.call_helper(Helper::Copy, &[target, source]);
        } else {
            self.release(to);
            self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
        }
        self.set_known(to, kind);
    }

    fn swap(&mut self, a: u16, b: u16) {
        let (a, b) = (self.absolute(a), self.absolute(b));
        let base = self.base();
        self.flush(a);
        self.flush(b);
        self.memory.swap_words(&mut self.b, base, slot(a), slot(b));
        self.facts.forget_register(a);
        self.facts.forget_register(b);
        self.kinds.swap(a.into(), b.into());
        self.changed();
        self.load_register(a);
        self.load_register(b);
    }

    fn expect(&mut self, register: u16, tag: u8) {
        let (register, at) = (self.absolute(register), self.at);
        self.expect_at(register, tag, at);
    }

    fn expect_after(&mut self, register: u16, tag: u8) {
        let (register, next) = (self.absolute(register), self.at + 1);
        self.expect_at(register, tag, next);
    }

    fn int(&mut self, n: i64) -> Typed {
        Typed { value: self.b.ins().iconst(types::I64, n), kind: Kind::range(n, n) }
    }

    fn float(&mut self, x: f64) -> Typed {
        Typed { value: self.b.ins().f64const(x), kind: Kind::FLOAT }
    }

    fn boolean(&mut self, b: bool) -> Typed {
        Typed { value: self.b.ins().iconst(types::I8, i64::from(b)), kind: Kind::BOOL }
    }

    fn arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed, wraps: bool) -> Typed {
        let (kind, may_overflow) = arithmetic_kind(op, a.kind, b.kind);
        let (x, y) = (a.value, b.value);
        if !wraps && !may_overflow {
            self.check_arithmetic(op, x, y);
        }
        if wraps || !may_overflow {
            let value = match op {
                Arithmetic::Add => self.b.ins().iadd(x, y),
                Arithmetic::Sub => self.b.ins().isub(x, y),
                Arithmetic::Mul => self.b.ins().imul(x, y),
            };
            return Typed { value, kind: if may_overflow { Kind::INT } else { kind } };
        }
        let (value, overflow) = match op {
            Arithmetic::Add => self.b.ins().sadd_overflow(x, y),
            Arithmetic::Sub => self.b.ins().ssub_overflow(x, y),
            Arithmetic::Mul => self.b.ins().smul_overflow(x, y),
        };
        let at = self.at;
        self.guard_not(overflow, at, ExitReason::Overflow);
        Typed { value, kind }
    }

    fn float_arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed) -> Typed {
        let value = match op {
            Arithmetic::Add => self.b.ins().fadd(a.value, b.value),
            Arithmetic::Sub => self.b.ins().fsub(a.value, b.value),
            Arithmetic::Mul => self.b.ins().fmul(a.value, b.value),
        };
        Typed { value, kind: Kind::FLOAT }
    }

    fn divide(&mut self, a: Typed, b: Typed) -> Typed {
        match self.float_constant(b.value) {
            Some(divisor) if divisor != 0.0 => {
                let value = match exact_reciprocal(divisor) {
                    Some(factor) => {
                        let factor = self.b.ins().f64const(factor);
                        self.b.ins().fmul(a.value, factor)
                    }
                    None => self.b.ins().fdiv(a.value, b.value),
                };
                return Typed { value, kind: Kind::FLOAT };
            }
            _ => {}
        }
        let zero = self.b.ins().f64const(0.0);
        let is_zero = self.b.ins().fcmp(FloatCC::Equal, b.value, zero);
        let at = self.at;
        self.guard_not(is_zero, at, ExitReason::Divisor);
        Typed { value: self.b.ins().fdiv(a.value, b.value), kind: Kind::FLOAT }
    }

    fn remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let kind = remainder_kind(a.kind, b.kind);
        self.check_range(a);
        self.check_range(b);
        if b.kind.low <= 0 {
            let positive = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, b.value, 0);
            let at = self.at;
            self.guard(positive, at, ExitReason::Divisor);
        }
        let is_small = |kind: Kind| kind.low >= 0 && kind.high <= u32::MAX.into();
        if is_small(a.kind) && is_small(b.kind) {
            let (x, y) =
                (self.b.ins().ireduce(types::I32, a.value), self.b.ins().ireduce(types::I32, b.value));
            let rest = self.b.ins().urem(x, y);
            return Typed { value: self.b.ins().uextend(types::I64, rest), kind };
        }
        let is_constant = b.kind.low == b.kind.high;
        Typed { value: remainder(&mut self.b, a.value, b.value, is_constant), kind }
    }

    fn float_remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let at = self.at;
        let (dividend, is_exact) = self.exact_int(a.value, INTEGERS);
        self.guard(is_exact, at, ExitReason::Kind);
        let constant = self.float_constant(b.value).filter(|n| n.abs() < INTEGERS && n.trunc() == *n);
        let is_constant = constant.is_some_and(|n| n != 0.0);
        let divisor = match constant.filter(|_| is_constant) {
            Some(n) => self.b.ins().iconst(types::I64, n as i64),
            None => {
                let (divisor, is_exact) = self.exact_int(b.value, INTEGERS);
                self.guard(is_exact, at, ExitReason::Kind);
                self.guard(divisor, at, ExitReason::Divisor);
                divisor
            }
        };
        let rest = remainder(&mut self.b, dividend, divisor, is_constant);
        let rest = self.b.ins().fcvt_from_sint(types::F64, rest);
        Typed { value: self.b.ins().fcopysign(rest, a.value), kind: Kind::FLOAT }
    }

    fn expect_integral(&mut self, a: Typed) {
        let at = self.at;
        let (_, is_exact) = self.exact_int(a.value, EXACT_INTEGERS);
        self.guard(is_exact, at, ExitReason::Kind);
    }

    fn float_function(&mut self, function: FloatFunction, a: Typed) -> Typed {
        let value = match function {
            FloatFunction::Negate => self.b.ins().fneg(a.value),
            FloatFunction::Sqrt => self.b.ins().sqrt(a.value),
            FloatFunction::Abs => self.b.ins().fabs(a.value),
            FloatFunction::Floor => self.b.ins().floor(a.value),
            FloatFunction::Ceil => self.b.ins().ceil(a.value),
            FloatFunction::Trunc => self.b.ins().trunc(a.value),
        };
        Typed { value, kind: Kind::FLOAT }
    }

    fn math(&mut self, function: usize, operands: &[Typed]) -> Typed {
        let operands: Vec<ir::Value> = operands.iter().map(|operand| operand.value).collect();
        Typed { value: self.call_math(function, &operands), kind: Kind::FLOAT }
    }

    fn bits(&mut self, op: Bits, a: Typed, b: Typed) -> Typed {
        let value = match op {
            Bits::And => self.b.ins().band(a.value, b.value),
            Bits::Or => self.b.ins().bor(a.value, b.value),
            Bits::Xor => self.b.ins().bxor(a.value, b.value),
            // The processor's shifts use the low six bits too.
            Bits::Shl => self.b.ins().ishl(a.value, b.value),
            Bits::Shr => self.b.ins().sshr(a.value, b.value),
        };
        Typed { value, kind: bits_kind(op, a.kind, b.kind) }
    }

    fn to_float(&mut self, a: Typed) -> Typed {
        Typed { value: self.b.ins().fcvt_from_sint(types::F64, a.value), kind: Kind::FLOAT }
    }

    fn compare(&mut self, comparison: Comparison, a: Typed, b: Typed) -> Typed {
        let value = match a.kind.place() {
            Place::Float => self.b.ins().fcmp(float_condition(comparison), a.value, b.value),
            _ => self.b.ins().icmp(int_condition(comparison), a.value, b.value),
        };
        Typed { value, kind: Kind::BOOL }
    }

    fn not(&mut self, a: Typed) -> Typed {
        Typed { value: self.b.ins().bxor_imm_s(a.value, 1), kind: Kind::BOOL }
    }

    fn element(&mut self, to: u16, array: u16, index: Typed, tag: u8) {
        let (to, array) = (self.absolute(to), self.absolute(array));
        self.emit_element(to, array, index, tag);
    }

    fn set_element(&mut self, array: u16, index: Typed, from: u16) {
        let (array, from) = (self.absolute(array), self.absolute(from));
        self.emit_set_element(array, index, from);
    }

    fn push(&mut self, array: u16, from: u16) {
        let (array, from) = (self.absolute(array), self.absolute(from));
        self.emit_push(array, from);
    }

    fn length(&mut self, to: u16, array: u16) {
        let (to, array) = (self.absolute(to), self.absolute(array));
        self.emit_length(to, array);
    }

    fn field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8) {
        let (to, hash) = (self.absolute(to), self.absolute(hash));
        self.emit_field(to, hash, key, tag);
    }

    fn set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        let (hash, from) = (self.absolute(hash), self.absolute(from));
        self.emit_set_field(hash, key, from);
    }

    fn entry(&mut self, to: u16, hash: HashPlace, key: Key<Typed>, tag: u8, may_miss: bool) {
        let (to, key) = (self.absolute(to), self.position_of(key));
        if may_miss {
            return self.emit_entry_or_undef(to, hash, key, tag);
        }
        self.emit_entry(to, hash, key, tag);
    }

    fn added_entry(&mut self, to: u16, hash: HashPlace, key: Key<Typed>, tag: u8) {
        let (to, key) = (self.absolute(to), self.position_of(key));
        self.emit_added_entry(to, hash, key, tag);
    }

    fn add_to_entry(&mut self, old: Option<u16>, hash: HashPlace, key: Key<Typed>, by: Option<u16>) {
        let by = match by {
            Some(register) => self.get(register).value,
            None => self.b.ins().f64const(1.0),
        };
        let (old, key) = (old.map(|register| self.absolute(register)), self.position_of(key));
        self.emit_add_to_entry(old, hash, key, by);
    }

    fn set_entry(&mut self, hash: HashPlace, key: Key<Typed>, from: u16, only_guards: bool) {
        let (key, from) = (self.position_of(key), self.absolute(from));
        self.emit_set_entry(hash, key, from, only_guards);
    }

    fn nested(&mut self, to: u16, hash: HashPlace, key: u16) {
        let (to, key) = (self.absolute(to), self.position_of(Key::Register(key)));
        self.emit_nested(to, hash, key);
    }

    fn has_entry(&mut self, to: u16, hash: HashPlace, key: Key<Typed>) {
        let key = self.position_of(key);
        let value = self.emit_has_entry(hash, key);
        self.set(to, Typed { value, kind: Kind::BOOL });
    }

    fn global(&mut self, to: u16, global: u64, tag: u8) {
        let to = self.absolute(to);
        let address = self.global_address(global);
        let found = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        self.expect_tag(found, tag);
        self.take_from_heap(to, address, 0, tag);
    }

    fn set_global(&mut self, global: u64, from: u16) {
        let address = self.global_address(global);
        self.facts.forget_global(global);
        let from = self.absolute(from);
        let value = self.native(from);
        self.store_over(address, value);
    }

    fn extension(&mut self, code: &ExtensionCode, operands: &[Typed]) -> Vec<Typed> {
        // What a frontend emits may do anything to the heap.
        self.facts.clear();
        let operands: Vec<ir::Value> = operands.iter().map(|operand| operand.value).collect();
        let values = emit_extension(self, code, &operands);
        let typed = |(value, kind)| Typed { value, kind: Kind::of_slot(kind) };
        values.into_iter().zip(code.result_kinds()).map(typed).collect()
    }

    fn substr(&mut self, range: [(Option<u16>, Typed); 2]) {
        let given: Vec<u16> = range.iter().filter_map(|(register, _)| *register).collect();
        self.flush_reads_but(&given);
        let [from, count] = range.map(|(_, number)| self.bits(number.value));
        let (inst, window) = (self.at_value(), self.window());
        let done = self.call_helper(Helper::Substr, &[inst, window, from, count]);
        self.expect_done(done);
        self.after_step();
    }

    fn append(&mut self, to: u16, text: u16) {
        if cfg!(feature = "sync") {
            return self.step(Step::Leaf);
        }
        let [to, text] = [to, text].map(|register| self.absolute(register));
        self.append_text(to, text);
        self.after_step();
    }

    fn same_text(&mut self, to: u16, operands: [(u16, bool); 2], holds: bool) {
        let value = self.emit_same_text(operands.map(|(register, _)| self.absolute(register)));
        for (register, _) in operands.into_iter().filter(|(_, is_taken)| *is_taken) {
            self.set_undef(register);
        }
        let is_same = Typed { value, kind: Kind::BOOL };
        let result = if holds { is_same } else { self.not(is_same) };
        self.set(to, result);
    }

    fn load_text(&mut self, to: u16, words: [u64; 2]) {
        let to = self.absolute(to);
        self.release(to);
        let base = self.base();
        for (at, word) in [0, 8].into_iter().zip(words) {
            let word = self.b.ins().iconst(types::I64, word as i64);
            self.memory.store_word(&mut self.b, word, base, slot(to) + at);
        }
        self.set_known(to, Kind::of(tag::STR));
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Leaf => self.leaf_step(),
            Step::Whole => {
                self.flush_all();
                let (inst, window) = (self.at_value(), self.window());
                if let Some(next) = self.call_helper(Helper::Step, &[inst, window]) {
                    let here = self.b.ins().icmp_imm_s(IntCC::Equal, next, i64::from(self.at + 1));
                    let (go_on, gone) = (self.b.create_block(), self.b.create_block());
                    self.b.set_cold_block(gone);
                    self.b.ins().brif(here, go_on, &[], gone, &[]);
                    self.b.switch_to_block(gone);
                    self.return_status(status::GONE);
                    self.b.switch_to_block(go_on);
                }
                self.reload_base();
            }
        }
        self.after_step();
    }

    fn fuel(&mut self, amount: u64) {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let place = self.memory.load_constant(&mut self.b, context, offset::FUEL);
        let left = self.memory.load_context(&mut self.b, types::I64, place, 0);
        let amount = self.b.ins().iconst(types::I64, amount as i64);
        let enough = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, left, amount);
        let at = self.at;
        self.guard(enough, at, ExitReason::Fuel);
        let rest = self.b.ins().isub(left, amount);
        self.memory.store_context(&mut self.b, rest, place, 0);
    }

    fn poll(&mut self) {
        let Some(place) = self.poll else { return };
        let word = self.memory.load_shared(&mut self.b, types::I32, place);
        let at = self.at;
        self.guard_not(word, at, ExitReason::Poll);
    }

    fn call(&mut self, body: u32, first: u16, count: u16, to: u16, result: Option<u8>) {
        match self.graph.inlined((self.frame, self.at)) {
            Some(callee) => {
                let place = enter_frame(self.input, self.graph, callee, &mut self.kinds);
                self.changed();
                let block = self.edge(place);
                self.b.ins().jump(block, &[]);
            }
            None => self.emit_call(body, first, count, to, result),
        }
    }

    fn jump(&mut self, target: u32) {
        let block = self.edge(self.target(target));
        self.b.ins().jump(block, &[]);
    }

    fn branch(&mut self, condition: Typed, fact: Option<Fact>, taken: u32, other: u32) {
        let kinds = self.kinds.clone();
        let mut ways = [None, None];
        for (way, holds) in ways.iter_mut().zip([true, false]) {
            if let Some(fact) = &fact {
                let offset = usize::from(self.graph.frames[self.frame].offset);
                bind(&mut self.kinds[offset..], fact, holds);
            }
            let target = if holds { taken } else { other };
            *way = Some(self.edge(self.target(target)));
            self.kinds.clone_from(&kinds);
        }
        if let [Some(taken), Some(other)] = ways {
            self.b.ins().brif(condition.value, taken, &[], other, &[]);
        }
    }

    fn step_branch(&mut self, targets: Targets<'_>) {
        use Opcode::*;
        let is_leaf = !matches!(self.input.insts[self.at as usize].op, Iterate | BlockEnd | JumpTable);
        if is_leaf {
            self.flush_reads();
            let (inst, window) = (self.at_value(), self.window());
            let Some(way) = self.call_helper(Helper::LeafBranch, &[inst, window]) else { return };
            let failed = self.b.ins().icmp_imm_s(IntCC::Equal, way, 2);
            let at = self.at;
            self.guard_not(failed, at, ExitReason::Failed);
            self.after_step();
            let (other, taken) = (self.edge(self.target(targets[0])), self.edge(self.target(targets[1])));
            self.b.ins().brif(way, taken, &[], other, &[]);
            return;
        }
        self.flush_all();
        let (inst, base) = (self.at_value(), self.base());
        let Some(next) = self.call_helper(Helper::Step, &[inst, base]) else { return };
        self.reload_base();
        self.after_step();
        for target in targets {
            let place = self.target(*target);
            if self.graph.block_at(place).is_some() {
                let here = self.b.ins().icmp_imm_s(IntCC::Equal, next, i64::from(*target));
                let edge = self.edge(place);
                let go_on = self.b.create_block();
                self.b.ins().brif(here, edge, &[], go_on, &[]);
                self.b.switch_to_block(go_on);
            }
        }
        self.return_status(status::GONE);
    }

    fn return_from(&mut self, result: Option<u16>) {
        match self.frame {
            0 => self.emit_return(result),
            callee => self.return_inlined(callee, result),
        }
    }

    fn leave(&mut self) {
        let at = self.at;
        let exit = self.exit_block(at, ExitReason::Interpreter);
        self.b.ins().jump(exit, &[]);
        self.left = true;
    }
}

impl Emitter<'_, '_> {
    /// Puts a value into a register of the function's window; what was there is dropped.
    pub fn assign(&mut self, register: u16, value: Typed) {
        self.check_range(value);
        self.release(register);
        self.set_known(register, value.kind);
        self.define(register, value.kind.place(), value.value);
    }

    /// Returns from an inlined frame to the one around it.
    fn return_inlined(&mut self, callee: usize, result: Option<u16>) {
        let variables = self.input.bodies[self.graph.frames[callee].body as usize].variables as u16;
        let from = result.map(|register| self.absolute(register));
        let kind = from.map_or(Kind::UNDEF, |register| self.known(register));
        let value = from.and_then(|register| self.native(register)).map(|(_, value)| value);
        for register in 0..variables {
            let register = self.absolute(register);
            if Some(register) != from {
                self.release(register);
                self.set_known(register, Kind::UNDEF);
            }
        }
        let caller = self.graph.frames[callee].caller.unwrap_or((0, 0));
        let to = self.graph.frames[caller.0].offset + self.input.insts[caller.1 as usize].c;
        match (value, from) {
            (Some(value), _) => self.assign(to, Typed { value, kind }),
            (None, Some(from)) if kind.place() == Place::Memory => {
                if from != to {
                    let base = self.base();
                    self.facts.forget_register(from);
                    self.release(to);
                    self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
                    self.memory.store_undef(&mut self.b, base, slot(from));
                }
            }
            _ => self.release(to),
        }
        let (place, to) = leave_frame(self.input, self.graph, callee, &mut self.kinds);
        self.set_known(to, kind);
        let block = self.edge(place);
        self.b.ins().jump(block, &[]);
    }

    /// The integer that a float is, and whether it is one of less than a magnitude, of 2^63 at most.
    fn exact_int(&mut self, value: ir::Value, limit: f64) -> (ir::Value, ir::Value) {
        let int = self.b.ins().fcvt_to_sint_sat(types::I64, value);
        let back = self.b.ins().fcvt_from_sint(types::F64, int);
        let is_same = self.b.ins().fcmp(FloatCC::Equal, back, value);
        let size = self.b.ins().fabs(value);
        let most = self.b.ins().f64const(limit);
        let fits = self.b.ins().fcmp(FloatCC::LessThan, size, most);
        (int, self.b.ins().band(is_same, fits))
    }

    /// The number that a value is known to be.
    fn float_constant(&self, value: ir::Value) -> Option<f64> {
        let inst = self.b.func.dfg.value_def(value).inst()?;
        match self.b.func.dfg.insts[inst] {
            ir::InstructionData::UnaryIeee64 { imm, .. } => Some(f64::from_bits(imm.bits())),
            _ => None,
        }
    }

    pub(super) fn global_address(&mut self, global: u64) -> ir::Value {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let globals = self.memory.load_context(&mut self.b, types::I64, context, offset::GLOBALS);
        self.b.ins().iadd_imm_s(globals, global as i64 * 16)
    }

    /// Loads the window again after a step that may have moved the registers. A sub that native code calls or has inlined does
    /// nothing of the kind; and its window is not the one that the context has, which is where native code was entered.
    fn reload_base(&mut self) {
        if self.input.is_callable(self.graph.frames[self.frame].body) {
            return;
        }
        let context = self.b.ins().get_pinned_reg(types::I64);
        let base = self.memory.load_context(&mut self.b, types::I64, context, offset::BASE);
        self.set_base(base);
    }
}
