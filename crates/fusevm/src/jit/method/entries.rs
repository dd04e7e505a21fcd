//! Hashes with keys that are computed: a key is looked up by a function, and its value is used in place.

use super::emit::{Emitter, slot, type_of};
use super::heap::Position;
use super::kinds::Kind;
use super::machine::HashPlace;
use crate::jit::context::ExitReason;
use crate::jit::helpers::Helper;
use crate::value::tag;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};

impl Emitter<'_, '_> {
    /// The body of a hash: guards that there is one.
    fn hash_body(&mut self, hash: HashPlace) -> ir::Value {
        let global = match hash {
            HashPlace::Register(register) => {
                let register = self.absolute(register);
                return self.collection_body(register, tag::HASH);
            }
            HashPlace::Global(global) => global,
        };
        if let Some(body) = self.facts.global(global) {
            return body;
        }
        let address = self.global_address(global);
        let found = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        self.expect_tag(found, tag::HASH);
        let body = self.memory.load_heap(&mut self.b, types::I64, address, 8);
        self.facts.learn_global(global, body);
        body
    }

    /// Looks a key up: the address of its value, or 0.
    fn find(&mut self, body: ir::Value, key: u16) -> (Position, ir::Value) {
        let position = self.position_of(key);
        let known = self.facts.address(body, position);
        let address = known.or_else(|| self.call_find(body, position));
        (position, address.unwrap_or(body))
    }

    /// Where the value of a key is.
    fn position_of(&mut self, key: u16) -> Position {
        self.native(key).map_or(Position::Register(key), |(_, value)| Position::Key(value))
    }

    /// Calls the function that looks up a key of a kind.
    pub(super) fn call_find(&mut self, body: ir::Value, position: Position) -> Option<ir::Value> {
        self.call_lookup([Helper::FindStr, Helper::FindFloat, Helper::FindInt], body, position)
    }

    /// Calls one of three functions that look up a key: that for a Str, a Float, or an Int.
    fn call_lookup(
        &mut self,
        [for_str, for_float, for_int]: [Helper; 3],
        body: ir::Value,
        position: Position,
    ) -> Option<ir::Value> {
        let (helper, key) = match position {
            Position::Register(register) => {
                let base = self.base();
                (for_str, self.b.ins().iadd_imm_s(base, i64::from(slot(register))))
            }
            Position::Key(key) if self.b.func.dfg.value_type(key) == types::F64 => {
                (for_float, self.b.ins().bitcast(types::I64, MemFlagsData::new(), key))
            }
            Position::Key(key) => (for_int, key),
            Position::Index(_) | Position::Constant(_) | Position::Field(_) => return None,
        };
        self.call_helper(helper, &[body, key])
    }

    pub(super) fn emit_entry(&mut self, to: u16, hash: HashPlace, key: u16, tag: u8) {
        let at = self.at;
        let body = self.hash_body(hash);
        let (position, address) = self.find(body, key);
        if !self.facts.is_there(body, position) {
            self.guard(address, at, ExitReason::Kind);
            self.facts.learn_address(body, position, address, true);
        }
        self.take_known(to, (body, position), (address, 0), tag);
    }

    /// As [`Emitter::emit_entry`], of a number that may not be there: the register gets Undef then.
    pub(super) fn emit_entry_or_undef(&mut self, to: u16, hash: HashPlace, key: u16, tag: u8) {
        let body = self.hash_body(hash);
        let (position, address) = self.find(body, key);
        self.facts.learn_address(body, position, address, false);
        let base = self.base();
        let (found, missing, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(missing);
        self.b.ins().brif(address, found, &[], missing, &[]);
        self.b.seal_block(found);
        self.b.seal_block(missing);
        self.b.switch_to_block(found);
        let there = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        self.expect_tag(there, tag);
        let place = Kind::of(tag).place();
        let value = self.memory.load_heap(&mut self.b, type_of(place), address, 8);
        self.release(to);
        self.memory.store_value(&mut self.b, place, value, base, slot(to));
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(missing);
        self.release(to);
        self.memory.store_undef(&mut self.b, base, slot(to));
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.forget_exit();
        self.set_known(to, Kind::of_tags(1 << tag | 1 << tag::UNDEF));
    }

    /// The value of a key, a number or Undef, which is added where it is missing.
    pub(super) fn emit_added_entry(&mut self, to: u16, hash: HashPlace, key: u16, tag: u8) {
        let at = self.at;
        let body = self.hash_body(hash);
        let position = self.position_of(key);
        let address = match self.facts.address(body, position) {
            Some(address) if self.facts.is_there(body, position) => address,
            _ => {
                let adders = [Helper::AddStr, Helper::AddFloat, Helper::AddInt];
                let Some(address) = self.call_lookup(adders, body, position) else {
                    return self.leaf_step();
                };
                self.guard(address, at, ExitReason::Kind);
                self.facts.learn_unique(body);
                self.facts.learn_address(body, position, address, true);
                address
            }
        };
        let found = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        let is_number = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        let is_undef = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag::UNDEF));
        let fits = self.b.ins().bor(is_number, is_undef);
        self.guard(fits, at, ExitReason::Kind);
        let words = [0, 8].map(|at| self.memory.load_heap(&mut self.b, types::I64, address, at));
        self.release(to);
        let base = self.base();
        for (word, offset) in words.into_iter().zip([0, 8]) {
            self.memory.store_word(&mut self.b, word, base, slot(to) + offset);
        }
        self.forget_exit();
        self.set_known(to, Kind::of_tags(1 << tag | 1 << tag::UNDEF));
    }

    pub(super) fn emit_set_entry(&mut self, hash: HashPlace, key: u16, from: u16) {
        let body = self.hash_body(hash);
        let value = self.native(from);
        let tag = value.map_or(tag::UNDEF, |(place, _)| place.tag());
        let position = self.position_of(key);
        if self.facts.address(body, position).is_none() && self.input.grew(self.at) {
            // To look for a key that is new only costs time: the interpreter's function does it again.
            return self.leaf_step();
        }
        let (position, address) = self.find(body, key);
        if self.facts.is_there(body, position) {
            self.expect_unique(body);
            self.overwrite(body, position, address, value);
            self.facts.stored(body, position, tag);
            return;
        }
        let unique = self.has_one_holder(body);
        self.unless(&[address, unique], |e| e.store_over(address, value));
        self.facts.clear();
    }
}
