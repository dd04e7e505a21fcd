//! Texts. A short one is appended in place where there is room; anything else is done by a function.

use super::emit::{Emitter, slot};
use crate::jit::helpers::Helper;
use crate::value::ByteStr;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Emitter<'_, '_> {
    /// Appends the Str in a register to the one in another, which is the destination and the first operand.
    ///
    /// What `ByteStr` does when it pushes at once: an inline text behind the bytes of one on the heap that has one holder, no marks,
    /// and room for as much as is stored.
    pub(super) fn append_text(&mut self, to: u16, text: u16) {
        let base = self.base();
        self.or_step(|e, slow| e.push_at_once(base, to, text, slow));
    }

    /// Appends it at once, or jumps away.
    fn push_at_once(&mut self, base: ir::Value, to: u16, text: u16, slow: ir::Block) {
        let first = self.memory.load(&mut self.b, types::I64, base, slot(text));
        let second = self.memory.load(&mut self.b, types::I64, base, slot(text) + 8);
        let target = self.memory.load(&mut self.b, types::I64, base, slot(to));
        let body = self.memory.load(&mut self.b, types::I64, base, slot(to) + 8);

        let heap = self.b.ins().band_imm_s(first, ByteStr::HEAP_BIT);
        let is_inline = self.b.ins().icmp_imm_s(IntCC::Equal, heap, 0);
        self.go_on_if(is_inline, slow);
        let state = self.b.ins().band_imm_s(target, ByteStr::HEAP_BIT | ByteStr::MARK_BITS);
        let is_plain = self.b.ins().icmp_imm_s(IntCC::Equal, state, ByteStr::HEAP_BIT);
        self.go_on_if(is_plain, slow);
        let count = self.memory.load_count(&mut self.b, body);
        let is_unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        self.go_on_if(is_unique, slow);
        let length = self.memory.load_head(&mut self.b, types::I64, body, ByteStr::LENGTH_OFFSET);
        let capacity = self.memory.load_head(&mut self.b, types::I64, body, ByteStr::CAPACITY_OFFSET);
        let room = self.b.ins().isub(capacity, length);
        let has_room = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, room, ByteStr::ROOM_TO_PUSH);
        self.go_on_if(has_room, slow);

        // The words of the text without the byte of the tag and the one of the length.
        let low = self.b.ins().ushr_imm_s(first, 16);
        let middle = self.b.ins().ishl_imm_s(second, 48);
        let low = self.b.ins().bor(low, middle);
        let high = self.b.ins().ushr_imm_s(second, 16);
        let end = self.b.ins().iadd(body, length);
        self.memory.store_heap_word(&mut self.b, low, end, ByteStr::BYTES_OFFSET);
        self.memory.store_heap_word(&mut self.b, high, end, ByteStr::BYTES_OFFSET + 8);
        let added = self.b.ins().ushr_imm_s(first, 8);
        let added = self.b.ins().band_imm_s(added, ByteStr::INLINE_LENGTH);
        let length = self.b.ins().iadd(length, added);
        self.memory.store_head(&mut self.b, length, body, ByteStr::LENGTH_OFFSET);
    }

    /// Whether the Strs in two registers have the same bytes: at once for two that own no heap.
    pub(super) fn emit_same_text(&mut self, registers: [u16; 2]) -> ir::Value {
        let base = self.base();
        let quick = |e: &mut Self, slow| {
            let [a, b] = registers.map(|register| {
                [0, 8].map(|word| e.memory.load(&mut e.b, types::I64, base, slot(register) + word))
            });
            let either = e.b.ins().bor(a[0], b[0]);
            let heap = e.b.ins().band_imm_s(either, ByteStr::HEAP_BIT);
            let are_short = e.b.ins().icmp_imm_s(IntCC::Equal, heap, 0);
            e.go_on_if(are_short, slow);
            let first = e.b.ins().bxor(a[0], b[0]);
            let first = e.b.ins().band_imm_s(first, !ByteStr::MARK_BITS);
            let second = e.b.ins().bxor(a[1], b[1]);
            let difference = e.b.ins().bor(first, second);
            let is_same = e.b.ins().icmp_imm_s(IntCC::Equal, difference, 0);
            e.b.ins().uextend(types::I64, is_same)
        };
        let is_same = self.quick_or(quick, |e| {
            let addresses = registers.map(|register| e.b.ins().iadd_imm_s(base, i64::from(slot(register))));
            e.call_cold(Helper::SameText, &addresses)
        });
        self.b.ins().ireduce(types::I8, is_same)
    }
}
