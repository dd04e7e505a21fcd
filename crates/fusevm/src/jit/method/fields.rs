//! Hashes with constant keys in native code: records. An entry is where it was the last time, which its key
//! shows.

use super::emit::{Emitter, Typed, type_of};
use super::kinds::{Kind, Place};
use super::machine::FieldKey;
use crate::jit::context::ExitReason;
use crate::value::tag;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Emitter<'_, '_> {
    /// Whether the key's position is one of the hash's.
    fn has_position(&mut self, body: ir::Value, key: FieldKey) -> ir::Value {
        let len = self.memory.load_heap(&mut self.b, types::I64, body, self.input.entries.len);
        self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, len, i64::from(key.position))
    }

    /// Address of the entry at the key's position.
    fn entry(&mut self, body: ir::Value, key: FieldKey) -> ir::Value {
        let start = self.memory.load_heap(&mut self.b, types::I64, body, self.input.entries.start);
        self.b.ins().iadd_imm_s(start, i64::from(key.position) * self.input.entries.size)
    }

    /// Whether an entry is the key's.
    fn is_entry_of(&mut self, entry: ir::Value, key: FieldKey) -> ir::Value {
        let mut difference = None;
        for (index, word) in key.words.into_iter().enumerate() {
            let offset = self.input.entries.key + 8 * index as i32;
            let found = self.memory.load_heap(&mut self.b, types::I64, entry, offset);
            let wanted = self.b.ins().iconst(types::I64, word as i64);
            let differs = self.b.ins().bxor(found, wanted);
            difference = Some(match difference {
                Some(other) => self.b.ins().bor(other, differs),
                None => differs,
            });
        }
        let difference = difference.unwrap_or(entry);
        self.b.ins().icmp_imm_s(IntCC::Equal, difference, 0)
    }

    pub(super) fn emit_field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8) {
        let at = self.at;
        let body = self.collection_body(hash, tag::HASH);
        let within = self.has_position(body, key);
        self.guard(within, at, ExitReason::Kind);
        let entry = self.entry(body, key);
        let is_key = self.is_entry_of(entry, key);
        self.guard(is_key, at, ExitReason::Kind);
        let value = self.input.entries.value;
        let found = self.memory.load_heap(&mut self.b, types::I8, entry, value);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        self.guard(same, at, ExitReason::Kind);
        let kind = Kind::of(tag);
        match kind.place() {
            Place::Memory => {
                let address = self.b.ins().iadd_imm_s(entry, i64::from(value));
                self.copy_from_heap(to, address, kind);
            }
            Place::Undef => {
                self.release(to);
                self.set_known(to, kind);
            }
            place => {
                let offset = value + if place == Place::Bool { 1 } else { 8 };
                let value = self.memory.load_heap(&mut self.b, type_of(place), entry, offset);
                self.assign(to, Typed { value, kind });
            }
        }
    }

    pub(super) fn emit_set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        let body = self.collection_body(hash, tag::HASH);
        let count = self.memory.load_heap(&mut self.b, types::I64, body, 0);
        let unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        let within = self.has_position(body, key);
        let value = self.native(from);
        let key_offset = self.input.entries.value;
        self.unless(&[unique, within], |e| {
            let entry = e.entry(body, key);
            let is_key = e.is_entry_of(entry, key);
            let at = e.at;
            e.guard(is_key, at, ExitReason::Kind);
            let address = e.b.ins().iadd_imm_s(entry, i64::from(key_offset));
            e.store_over(address, value);
        });
    }
}
