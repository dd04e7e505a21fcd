//! Arrays in native code: element access without a call where nothing has to be copied, dropped or grown.

use super::emit::{Emitter, slot, type_of};
use super::kinds::{Kind, Place};
use super::machine::Machine;
use crate::jit::helpers::Helper;
use crate::value::{Array, Ref, tag};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Emitter<'_, '_> {
    /// The body of the array in a register, or behind the Ref there.
    fn array_body(&mut self, array: u16) -> ir::Value {
        let base = self.base();
        let pointer = self.memory.load(&mut self.b, types::I64, base, slot(array) + 8);
        if !self.kind(array).is(tag::REF) {
            return pointer;
        }
        let at = self.at;
        let weak = self.b.ins().band_imm_s(pointer, 1);
        self.guard_not(weak, at);
        let found = self.memory.load_heap(&mut self.b, types::I8, pointer, Ref::VALUE_OFFSET);
        let is_array = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag::ARRAY));
        self.guard(is_array, at);
        self.memory.load_heap(&mut self.b, types::I64, pointer, Ref::VALUE_OFFSET + 8)
    }

    /// Address of the element at an index within bounds; else the `outside` block is next.
    fn element_address(&mut self, body: ir::Value, index: ir::Value) -> ir::Value {
        let start = self.memory.load_heap(&mut self.b, types::I64, body, Array::START_OFFSET);
        let distance = self.b.ins().ishl_imm_s(index, 4);
        self.b.ins().iadd(start, distance)
    }

    fn is_within(&mut self, body: ir::Value, index: ir::Value) -> ir::Value {
        let len = self.memory.load_heap(&mut self.b, types::I64, body, Array::LEN_OFFSET);
        self.b.ins().icmp(IntCC::UnsignedLessThan, index, len)
    }

    pub(super) fn emit_element(&mut self, to: u16, array: u16, index: ir::Value, tag: u8) {
        let at = self.at;
        let body = self.array_body(array);
        let within = self.is_within(body, index);
        self.guard(within, at);
        let element = self.element_address(body, index);
        let found = self.memory.load_heap(&mut self.b, types::I8, element, 0);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        self.guard(same, at);
        let kind = Kind::of(tag);
        match kind.place() {
            Place::Memory => {
                let base = self.base();
                let target = self.b.ins().iadd_imm_s(base, i64::from(slot(to)));
                self.call_helper(Helper::Copy, &[target, element]);
                self.kinds[usize::from(to)] = kind;
                self.changed();
            }
            Place::Undef => self.set_undef(to),
            place => {
                let offset = if place == Place::Bool { 1 } else { 8 };
                let value = self.memory.load_heap(&mut self.b, type_of(place), element, offset);
                self.set(to, super::emit::Typed { value, kind });
            }
        }
    }

    /// Does the instruction by its function in the interpreter unless all conditions hold; `fast` is what is
    /// done when they do.
    fn unless(&mut self, conditions: &[ir::Value], fast: impl FnOnce(&mut Self)) {
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        for condition in conditions {
            let next = self.b.create_block();
            self.b.ins().brif(*condition, next, &[], slow, &[]);
            self.b.seal_block(next);
            self.b.switch_to_block(next);
        }
        fast(self);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(slow);
        self.b.switch_to_block(slow);
        self.forget_exit();
        self.leaf_step();
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.forget_exit();
    }

    pub(super) fn emit_set_element(&mut self, array: u16, index: ir::Value, from: u16) {
        let body = self.array_body(array);
        let count = self.memory.load_heap(&mut self.b, types::I64, body, 0);
        let unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        let within = self.is_within(body, index);
        let value = self.native(from);
        // The tag of an element out of bounds is not read.
        self.unless(&[within, unique], |e| {
            let element = e.element_address(body, index);
            e.store_over(element, value);
        });
    }

    /// Stores a value over an element that owns no heap; another is dropped first.
    pub(super) fn store_over(&mut self, element: ir::Value, value: Option<(Place, ir::Value)>) {
        let old = self.memory.load_heap(&mut self.b, types::I8, element, 0);
        let owns = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThanOrEqual, old, i64::from(tag::STR));
        let (drop, store) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(drop);
        self.b.ins().brif(owns, drop, &[], store, &[]);
        self.b.seal_block(drop);
        self.b.switch_to_block(drop);
        self.call_helper(Helper::Drop, &[element]);
        self.b.ins().jump(store, &[]);
        self.b.seal_block(store);
        self.b.switch_to_block(store);
        self.memory.store_heap(&mut self.b, value, element, 0);
    }

    pub(super) fn emit_push(&mut self, array: u16, from: u16) {
        let body = self.array_body(array);
        let count = self.memory.load_heap(&mut self.b, types::I64, body, 0);
        let unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        let len = self.memory.load_heap(&mut self.b, types::I64, body, Array::LEN_OFFSET);
        let head = self.memory.load_heap(&mut self.b, types::I64, body, Array::HEAD_OFFSET);
        let capacity = self.memory.load_heap(&mut self.b, types::I64, body, Array::CAPACITY_OFFSET);
        let used = self.b.ins().iadd(len, head);
        let room = self.b.ins().icmp(IntCC::UnsignedLessThan, used, capacity);
        let value = self.native(from);
        self.unless(&[unique, room], |e| {
            let element = e.element_address(body, len);
            e.memory.store_heap(&mut e.b, value, element, 0);
            let more = e.b.ins().iadd_imm_s(len, 1);
            e.memory.store_heap_word(&mut e.b, more, body, Array::LEN_OFFSET);
        });
    }

    pub(super) fn emit_length(&mut self, to: u16, array: u16) {
        let body = self.array_body(array);
        let value = self.memory.load_heap(&mut self.b, types::I64, body, Array::LEN_OFFSET);
        self.set(to, super::emit::Typed { value, kind: Kind::range(0, i64::MAX >> 4) });
    }
}
