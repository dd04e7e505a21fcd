//! The operations on arrays, hashes, cells and strings.

use super::ops::At;
use super::{Emitter, Val};
use crate::jit::helpers::Helper;
use crate::trace::ir::{Const, Ins, Ref};
use crate::trace::ops::{Op, Type};
use crate::value::{Array, Hash};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};

impl Emitter<'_, '_> {
    pub(super) fn collection(&mut self, ins: &Ins) -> Val {
        let first = ins.args[0];
        match ins.op {
            Op::ArrayLen => Val::One(self.field(first, Array::LEN_OFFSET)),
            Op::ArrayElements => Val::One(self.field(first, Array::START_OFFSET)),
            Op::ArrayUnique | Op::HashUnique => {
                let count = self.field(first, 0);
                let unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
                self.guard(ins, unique, true);
                Val::Nothing
            }
            Op::EntryAt => self.entry_at(ins),
            Op::FindEntry => self.find_entry(ins),
            Op::ArrayPush => {
                self.push(ins);
                Val::Nothing
            }
            _ => Val::Nothing,
        }
    }

    /// A word of what a collection points to.
    fn field(&mut self, collection: Ref, offset: i32) -> ir::Value {
        let body = self.one(collection);
        self.memory.load_heap(&mut self.b, types::I64, body, offset)
    }

    /// The value of the entry at a position, where a constant key must be.
    fn entry_at(&mut self, ins: &Ins) -> Val {
        let [hash, key, _] = ins.args;
        let Some(Const::Str(key)) = self.trace.as_constant(key) else {
            unreachable!("the recorder looks computed keys up")
        };
        let (first, second) = self.trace.keys[key as usize];
        let layout = Hash::entry_layout();
        let len = self.field(hash, layout.len);
        let position = i64::from(ins.imm);
        let within = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, len, position);
        self.guard(ins, within, true);
        let start = self.field(hash, layout.start);
        let entry = self.b.ins().iadd_imm_s(start, position * layout.size);
        for (number, word) in [Some(first), second].into_iter().flatten().enumerate() {
            let offset = layout.key + 8 * number as i32;
            let found = self.memory.load_heap(&mut self.b, types::I64, entry, offset);
            let wanted = self.b.ins().iconst(types::I64, word as i64);
            let is_same = self.b.ins().icmp(IntCC::Equal, found, wanted);
            self.guard(ins, is_same, true);
        }
        Val::One(self.b.ins().iadd_imm_s(entry, i64::from(layout.value)))
    }

    /// The value of a key's entry.
    fn find_entry(&mut self, ins: &Ins) -> Val {
        let [hash, key, _] = ins.args;
        let body = self.one(hash);
        let helper = if self.trace.ty(key) == Type::Int { Helper::FindInt } else { Helper::FindStr };
        let key = self.one(key);
        let Some(found) = self.call_helper(helper, &[body, key], Some(types::I64)) else {
            return Val::Nothing;
        };
        self.guard(ins, found, true);
        Val::One(found)
    }

    /// Appends to an array that has room, else lets Rust make some.
    fn push(&mut self, ins: &Ins) {
        let [array, pushed, _] = ins.args;
        let body = self.one(array);
        let len = self.field(array, Array::LEN_OFFSET);
        let head = self.field(array, Array::HEAD_OFFSET);
        let capacity = self.field(array, Array::CAPACITY_OFFSET);
        let used = self.b.ins().iadd(len, head);
        let room = self.b.ins().icmp(IntCC::UnsignedLessThan, used, capacity);
        let (store, grow) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(grow);
        self.b.ins().brif(room, store, &[], grow, &[]);
        self.b.switch_to_block(grow);
        if let Some(done) = self.call_helper(Helper::ArrayGrow, &[body], Some(types::I64)) {
            self.guard(ins, done, true);
        }
        self.b.ins().jump(store, &[]);
        self.b.switch_to_block(store);
        let start = self.field(array, Array::START_OFFSET);
        let distance = self.b.ins().ishl_imm_s(len, 4);
        let address = self.b.ins().iadd(start, distance);
        self.store_value_at(pushed, At { address, offset: 0, is_register: false });
        let more = self.b.ins().iadd_imm_s(len, 1);
        self.memory.store_heap_word(&mut self.b, more, body, Array::LEN_OFFSET);
    }

    /// Stores a borrowed value, which gets one more holder.
    pub(super) fn store_borrowed(&mut self, ty: Type, value: Ref, at: At) {
        let one = self.one(value);
        if ty == Type::Str {
            let to = self.b.ins().iadd_imm_s(at.address, i64::from(at.offset));
            self.call_helper(Helper::Copy, &[to, one], None);
            return;
        }
        if cfg!(feature = "sync") {
            let step = self.b.ins().iconst(types::I64, 1);
            self.b.ins().atomic_rmw(types::I64, MemFlagsData::trusted(), ir::AtomicRmwOp::Add, one, step);
        } else {
            let count = self.memory.load_heap(&mut self.b, types::I64, one, 0);
            let more = self.b.ins().iadd_imm_s(count, 1);
            self.memory.store_heap_word(&mut self.b, more, one, 0);
        }
        let tag = self.b.ins().iconst(types::I64, i64::from(super::exits::tag_of(ty)));
        self.store_word(tag, at, 0);
        self.store_word(one, at, 8);
    }
}
