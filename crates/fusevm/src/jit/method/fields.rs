//! Hashes with constant keys in native code: records. An entry is where it was the last time, which its key
//! shows.

use super::emit::Emitter;
use super::heap::Position;
use super::machine::FieldKey;
use crate::jit::context::ExitReason;
use crate::value::tag;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Emitter<'_, '_> {
    /// Guards that a position is one of the hash's.
    pub(super) fn expect_position(&mut self, body: ir::Value, position: u32) {
        if self.facts.has_entry(body, position) {
            return;
        }
        let at = self.at;
        let len = self.memory.load_head(&mut self.b, types::I64, body, self.input.entries.len);
        let within = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, len, i64::from(position));
        self.guard(within, at, ExitReason::Kind);
        self.facts.learn_entry(body, position);
    }

    /// The body of a hash that the instruction works on: guards that it has all entries that the block is about to use, so
    /// that this is looked at once.
    fn record_body(&mut self, hash: u16) -> ir::Value {
        let body = self.collection_body(hash, tag::HASH);
        let last = self.last_position_used();
        self.expect_position(body, last);
        body
    }

    /// The last position among the entries that this instruction and the ones after it in the block use of one hash.
    fn last_position_used(&self) -> u32 {
        let hash = self.input.insts[self.at as usize].b;
        let mut last = 0;
        for at in self.at..self.input.insts.len() as u32 {
            let inst = &self.input.insts[at as usize];
            if inst.b == hash && self.input.keys.contains_key(&at) && !self.input.failed(at) {
                last = last.max(u32::from(inst.c >> 8));
            }
            let mut is_changed = false;
            inst.writes(&self.input.lists, |register| is_changed |= register == hash);
            if is_changed || self.input.ends_block(at) {
                break;
            }
        }
        last
    }

    /// Address of the entry at the key's position.
    fn entry(&mut self, body: ir::Value, key: FieldKey) -> ir::Value {
        let start = self.facts.start(body).unwrap_or_else(|| {
            let start = self.memory.load_head(&mut self.b, types::I64, body, self.input.entries.start);
            self.facts.learn_start(body, start);
            start
        });
        self.b.ins().iadd_imm_s(start, i64::from(key.position) * self.input.entries.size)
    }

    /// The entry of a key: guards that it is where it was.
    pub(super) fn expect_entry(&mut self, body: ir::Value, key: FieldKey) -> ir::Value {
        if self.facts.is_there(body, Position::Field(key)) {
            return self.entry(body, key);
        }
        let at = self.at;
        let entry = self.entry(body, key);
        let words = [Some(key.first), key.second];
        for (index, word) in words.into_iter().enumerate().filter_map(|(index, word)| Some((index, word?))) {
            let offset = self.input.entries.key + 8 * index as i32;
            let found = self.memory.load_head(&mut self.b, types::I64, entry, offset);
            let wanted = self.b.ins().iconst(types::I64, word as i64);
            let is_same = self.b.ins().icmp(IntCC::Equal, found, wanted);
            self.guard(is_same, at, ExitReason::Kind);
        }
        self.facts.learn_place(body, Position::Field(key));
        entry
    }

    pub(super) fn emit_field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8) {
        let body = self.record_body(hash);
        let entry = self.expect_entry(body, key);
        let value = self.input.entries.value;
        self.take_known(to, (body, Position::Field(key)), (entry, value), tag);
    }

    pub(super) fn emit_set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        let body = self.record_body(hash);
        let value = self.native(from);
        let tag = value.map_or(tag::UNDEF, |(place, _)| place.tag());
        self.expect_unique(body);
        let entry = self.expect_entry(body, key);
        let address = self.b.ins().iadd_imm_s(entry, i64::from(self.input.entries.value));
        self.overwrite(body, Position::Field(key), address, value);
        self.facts.stored(body, Position::Field(key), tag);
    }
}
