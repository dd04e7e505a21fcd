//! Hashes with keys that are computed. An integer among consecutive ones is found at once; any other key is looked up by a
//! function. The value is used in place.

use super::emit::{Emitter, Typed, slot, type_of};
use super::heap::Position;
use super::kinds::{Kind, Place};
use super::machine::{HashPlace, Key};
use crate::jit::context::{ExitReason, offset};
use crate::jit::helpers::Helper;
use crate::value::tag;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};

/// Where the value of a key is if that is an integer among consecutive ones: only if all conditions hold.
struct DenseEntry {
    conditions: Vec<ir::Value>,
    address: ir::Value,
}

/// The functions that look up a key of each kind.
#[derive(Clone, Copy)]
struct Lookup {
    str: Helper,
    float: Helper,
    int: Helper,
    pair: Helper,
}

/// Those that find a key, and those that add what they do not find.
const FIND: Lookup =
    Lookup { str: Helper::FindStr, float: Helper::FindFloat, int: Helper::FindInt, pair: Helper::FindPair };
const ADD: Lookup =
    Lookup { str: Helper::AddStr, float: Helper::AddFloat, int: Helper::AddInt, pair: Helper::AddPair };

/// The float to which an integer of up to 51 bits is added exactly, into the low bits: 2^52 + 2^51.
const INTEGER_BITS: f64 = 6_755_399_441_055_744.0;

impl Emitter<'_, '_> {
    /// The body of a hash that the running frame has.
    fn hash_body(&mut self, hash: HashPlace) -> ir::Value {
        self.body_of_hash(match hash {
            HashPlace::Register(register) => HashPlace::Register(self.absolute(register)),
            global => global,
        })
    }

    /// The body of a hash, in a register of the function's window or in a global: guards that there is one.
    pub(super) fn body_of_hash(&mut self, hash: HashPlace) -> ir::Value {
        let global = match hash {
            HashPlace::Register(register) => return self.collection_body(register, tag::HASH),
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
    fn find(&mut self, body: ir::Value, position: Position) -> ir::Value {
        if let Some(known) = self.facts.address(body, position) {
            return known;
        }
        let find = |e: &mut Self| e.call_find(body, position);
        if let Position::Pair(pair) = position {
            return self.grid_or(body, pair, find);
        }
        self.by_number_or(body, position, find).unwrap_or(body)
    }

    /// The address of the value of a number, among consecutive keys or by the window of the hash; `otherwise` gives it where it
    /// is in neither, and that of any other key.
    fn by_number_or(
        &mut self,
        body: ir::Value,
        position: Position,
        otherwise: impl FnOnce(&mut Self) -> Option<ir::Value>,
    ) -> Option<ir::Value> {
        let Some(entry) = self.dense_entry(body, position) else {
            return self.window_or(body, position, otherwise);
        };
        // Feedback knows of no key that is found elsewhere; but there was none yet where all of them were new.
        Some(self.dense_or(&entry, |e| e.window_or(body, position, otherwise)))
    }

    /// Where the value of a key is.
    pub(super) fn position_of(&mut self, key: Key<Typed>) -> Position {
        match key {
            Key::Register(key) => {
                let key = self.absolute(key);
                self.native(key).map_or(Position::Register(key), |(_, value)| Position::Key(value))
            }
            Key::Pair(pair) => Position::Pair(pair.map(|number| number.value)),
        }
    }

    /// Calls the function that looks up a key of a kind; what is found without it most often is rare.
    pub(super) fn call_find(&mut self, body: ir::Value, position: Position) -> Option<ir::Value> {
        self.call_lookup(FIND, body, position, matches!(position, Position::Key(_) | Position::Pair(_)))
    }

    /// Calls the function that looks up a key of its kind.
    fn call_lookup(
        &mut self,
        lookup: Lookup,
        body: ir::Value,
        position: Position,
        is_rare: bool,
    ) -> Option<ir::Value> {
        let (helper, key) = match position {
            Position::Register(register) => {
                let base = self.base();
                (lookup.str, vec![self.b.ins().iadd_imm_s(base, i64::from(slot(register)))])
            }
            Position::Pair(pair) => (lookup.pair, pair.map(|key| self.bits(key)).to_vec()),
            Position::Key(key) if self.b.func.dfg.value_type(key) == types::F64 => {
                (lookup.float, vec![self.bits(key)])
            }
            Position::Key(key) => (lookup.int, vec![key]),
            Position::Index(_) | Position::Constant(_) | Position::Field(_) => return None,
        };
        let arguments: Vec<ir::Value> = [body].into_iter().chain(key).collect();
        match is_rare {
            true => self.call_cold(helper, &arguments),
            false => self.call_helper(helper, &arguments),
        }
    }

    /// The bits of a Float.
    pub(super) fn bits(&mut self, float: ir::Value) -> ir::Value {
        self.b.ins().bitcast(types::I64, MemFlagsData::new(), float)
    }

    /// The integer that a key is, and whether it is one: a float of up to 51 bits is, but not minus zero.
    fn integer_key(&mut self, key: ir::Value) -> (ir::Value, Option<ir::Value>) {
        if self.b.func.dfg.value_type(key) != types::F64 {
            return (key, None);
        }
        // Quicker than a conversion, of which the processor does not say where it fails; the way back tells.
        let base = self.b.ins().f64const(INTEGER_BITS);
        let sum = self.b.ins().fadd(key, base);
        let sum = self.bits(sum);
        let integer = self.b.ins().iadd_imm_s(sum, (INTEGER_BITS.to_bits() as i64).wrapping_neg());
        let back = self.b.ins().fcvt_from_sint(types::F64, integer);
        let [back, key] = [back, key].map(|float| self.bits(float));
        (integer, Some(self.b.ins().icmp(IntCC::Equal, back, key)))
    }

    /// How far a key is from the first entry's, and whether it is an integer.
    fn distance(&mut self, body: ir::Value, key: ir::Value) -> (ir::Value, Option<ir::Value>) {
        let (integer, is_integer) = self.integer_key(key);
        let first = self.memory.load_head(&mut self.b, types::I64, body, self.input.entries.first);
        (self.b.ins().isub(integer, first), is_integer)
    }

    /// Address of the entry at a distance from the first one.
    fn entry_address(&mut self, body: ir::Value, distance: ir::Value) -> ir::Value {
        let start = self.memory.load_head(&mut self.b, types::I64, body, self.input.entries.start);
        let offset = self.b.ins().imul_imm_s(distance, self.input.entries.size);
        self.b.ins().iadd(start, offset)
    }

    /// Where the value of a number is, as long as keys are consecutive; nothing for other keys, and where feedback tells
    /// that they are not.
    fn dense_entry(&mut self, body: ir::Value, position: Position) -> Option<DenseEntry> {
        let Position::Key(key) = position else { return None };
        if self.input.is_uneven(self.at) {
            return None;
        }
        let (distance, is_integer) = self.distance(body, key);
        let dense = self.memory.load_head(&mut self.b, types::I64, body, self.input.entries.dense);
        let is_within = self.b.ins().icmp(IntCC::UnsignedLessThan, distance, dense);
        let entry = self.entry_address(body, distance);
        let address = self.b.ins().iadd_imm_s(entry, i64::from(self.input.entries.value));
        Some(DenseEntry { conditions: is_integer.into_iter().chain([is_within]).collect(), address })
    }

    /// The address of an entry's value, which `otherwise` gives where a condition does not hold.
    fn dense_or(
        &mut self,
        entry: &DenseEntry,
        otherwise: impl FnOnce(&mut Self) -> Option<ir::Value>,
    ) -> ir::Value {
        let quick = |e: &mut Self, slow| {
            for condition in &entry.conditions {
                e.go_on_if(*condition, slow);
            }
            entry.address
        };
        self.quick_or(quick, otherwise)
    }

    /// The word that `quick` gives, an address most often, unless it jumps to the block that it gets: then `otherwise` gives it.
    pub(super) fn quick_or(
        &mut self,
        quick: impl FnOnce(&mut Self, ir::Block) -> ir::Value,
        otherwise: impl FnOnce(&mut Self) -> Option<ir::Value>,
    ) -> ir::Value {
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        let address = self.b.append_block_param(done, types::I64);
        self.b.set_cold_block(slow);
        let found = quick(self, slow);
        self.b.ins().jump(done, &[found.into()]);
        self.b.seal_block(slow);
        self.b.switch_to_block(slow);
        self.forget_exit();
        if let Some(found) = otherwise(self) {
            self.b.ins().jump(done, &[found.into()]);
        } else {
            unreachable!("keys that are found quickly are looked up by a function, too");
        }
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.forget_exit();
        address
    }

    /// The address of the value of a key, by the window of the hash where it is an integer; `otherwise` gives it where it is not in
    /// there.
    fn window_or(
        &mut self,
        body: ir::Value,
        position: Position,
        otherwise: impl FnOnce(&mut Self) -> Option<ir::Value>,
    ) -> Option<ir::Value> {
        match position {
            Position::Key(key) => {
                let quick = |e: &mut Self, slow| e.window_entry(body, key, slow);
                Some(self.quick_or(quick, otherwise))
            }
            _ => otherwise(self),
        }
    }

    /// The address of the value of an integer that is in the window; what is not jumps away.
    fn window_entry(&mut self, body: ir::Value, key: ir::Value, slow: ir::Block) -> ir::Value {
        let layout = self.input.entries;
        let (integer, is_integer) = self.integer_key(key);
        if let Some(is_integer) = is_integer {
            self.go_on_if(is_integer, slow);
        }
        let [base, len] = [layout.window_base, layout.window_len]
            .map(|offset| self.memory.load_head(&mut self.b, types::I64, body, offset));
        let place = self.b.ins().isub(integer, base);
        let is_within = self.b.ins().icmp(IntCC::UnsignedLessThan, place, len);
        self.go_on_if(is_within, slow);
        let positions = self.memory.load_head(&mut self.b, types::I64, body, layout.window_positions);
        self.entry_at(body, positions, place, slow)
    }

    /// The address of the value of the entry whose position is at a place of a list; what is nowhere jumps away.
    fn entry_at(
        &mut self,
        body: ir::Value,
        positions: ir::Value,
        place: ir::Value,
        slow: ir::Block,
    ) -> ir::Value {
        let layout = self.input.entries;
        let offset = self.b.ins().ishl_imm_s(place, 2);
        let place = self.b.ins().iadd(positions, offset);
        let position = self.memory.load_head(&mut self.b, types::I32, place, 0);
        let position = self.b.ins().uextend(types::I64, position);
        let is_there = self.b.ins().icmp_imm_s(IntCC::NotEqual, position, layout.nowhere);
        self.go_on_if(is_there, slow);
        let entry = self.entry_address(body, position);
        self.b.ins().iadd_imm_s(entry, i64::from(layout.value))
    }

    /// The address of the value of a pair, by the grid of the hash; `otherwise` gives it where there is no grid, or the pair
    /// is not in it. Guards that pairs are what two integers are joined to.
    fn grid_or(
        &mut self,
        body: ir::Value,
        pair: [ir::Value; 2],
        otherwise: impl FnOnce(&mut Self) -> Option<ir::Value>,
    ) -> ir::Value {
        let at = self.at;
        let context = self.b.ins().get_pinned_reg(types::I64);
        let joins = self.memory.load_context(&mut self.b, types::I64, context, offset::JOINS_PAIRS);
        self.guard(joins, at, ExitReason::Kind);
        let quick = |e: &mut Self, slow| e.grid_entry(body, pair, slow);
        self.quick_or(quick, otherwise)
    }

    /// The address of the value of a pair that is in the grid; what is not jumps away.
    fn grid_entry(&mut self, body: ir::Value, pair: [ir::Value; 2], slow: ir::Block) -> ir::Value {
        let layout = self.input.entries;
        let grid = self.memory.load_head(&mut self.b, types::I64, body, layout.grid);
        self.go_on_if(grid, slow);
        let places = [0, 1].map(|side| {
            let (integer, is_integer) = self.integer_key(pair[side]);
            if let Some(is_integer) = is_integer {
                self.go_on_if(is_integer, slow);
            }
            let [first, size] = [layout.grid_first[side], layout.grid_size[side]]
                .map(|offset| self.memory.load_head(&mut self.b, types::I64, grid, offset));
            let place = self.b.ins().isub(integer, first);
            let is_within = self.b.ins().icmp(IntCC::UnsignedLessThan, place, size);
            self.go_on_if(is_within, slow);
            (place, size)
        });
        let [(row, _), (column, width)] = places;
        let index = self.b.ins().imul(row, width);
        let index = self.b.ins().iadd(index, column);
        let positions = self.memory.load_head(&mut self.b, types::I64, grid, layout.grid_positions);
        self.entry_at(body, positions, index, slow)
    }

    /// Whether a hash has a key.
    pub(super) fn emit_has_entry(&mut self, hash: HashPlace, position: Position) -> ir::Value {
        let body = self.hash_body(hash);
        let address = self.find(body, position);
        self.facts.learn_address(body, position, address, false);
        self.b.ins().icmp_imm_s(IntCC::NotEqual, address, 0)
    }

    /// The Ref that is the value of a key, which leads to a hash: that is what is asked of it next.
    pub(super) fn emit_nested(&mut self, to: u16, hash: HashPlace, position: Position) {
        let body = self.hash_body(hash);
        let address = self.present(body, position);
        self.expect_known(body, position, (address, 0), tag::REF);
        let pointer = self.memory.load_heap(&mut self.b, types::I64, address, 8);
        let nested = self.body_behind(pointer, tag::HASH);
        self.take_from_heap(to, address, 0, tag::REF);
        self.facts.learn_body(to, tag::HASH, nested);
    }

    pub(super) fn emit_entry(&mut self, to: u16, hash: HashPlace, position: Position, tag: u8) {
        let body = self.hash_body(hash);
        let address = self.present(body, position);
        self.take_known(to, (body, position), (address, 0), tag);
    }

    /// The address of the value of a key: guards that it is there.
    fn present(&mut self, body: ir::Value, position: Position) -> ir::Value {
        let at = self.at;
        let known = self.facts.address(body, position);
        if let Some(known) = known
            && self.facts.is_there(body, position)
        {
            return known;
        }
        let dense = if known.is_none() { self.dense_entry(body, position) } else { None };
        let known = match position {
            Position::Pair(_) => Some(self.find(body, position)),
            _ => known,
        };
        let address = match dense {
            Some(DenseEntry { conditions, address }) => {
                for condition in conditions {
                    self.guard(condition, at, ExitReason::Uneven);
                }
                address
            }
            None => {
                let find = |e: &mut Self| e.call_find(body, position);
                let address = known.or_else(|| self.window_or(body, position, find)).unwrap_or(body);
                self.guard(address, at, ExitReason::Kind);
                address
            }
        };
        self.facts.learn_address(body, position, address, true);
        address
    }

    /// As [`Emitter::emit_entry`], of a number that may not be there: the register gets Undef then.
    pub(super) fn emit_entry_or_undef(&mut self, to: u16, hash: HashPlace, position: Position, tag: u8) {
        let body = self.hash_body(hash);
        let address = self.find(body, position);
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
    pub(super) fn emit_added_entry(&mut self, to: u16, hash: HashPlace, position: Position, tag: u8) {
        let body = self.hash_body(hash);
        let Some(address) = self.present_or_added(body, position) else { return self.leaf_step() };
        self.expect_number_or_undef(address, tag);
        let words = [0, 8].map(|at| self.memory.load_heap(&mut self.b, types::I64, address, at));
        self.release(to);
        let base = self.base();
        for (word, offset) in words.into_iter().zip([0, 8]) {
            self.memory.store_word(&mut self.b, word, base, slot(to) + offset);
        }
        self.forget_exit();
        self.set_known(to, Kind::of_tags(1 << tag | 1 << tag::UNDEF));
    }

    /// The address of the value of a key, as far as it is known to be there, or of one that is added.
    fn present_or_added(&mut self, body: ir::Value, position: Position) -> Option<ir::Value> {
        if let Some(address) = self.facts.address(body, position)
            && self.facts.is_there(body, position)
        {
            return Some(address);
        }
        let address = self.added(body, position)?;
        self.facts.learn_unique(body);
        self.facts.learn_address(body, position, address, true);
        Some(address)
    }

    /// Guards that a value in a collection is a number of a tag, or Undef; whether it is the number.
    fn expect_number_or_undef(&mut self, address: ir::Value, tag: u8) -> ir::Value {
        let at = self.at;
        let found = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        let is_number = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        let is_undef = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag::UNDEF));
        let fits = self.b.ins().bor(is_number, is_undef);
        self.guard(fits, at, ExitReason::Kind);
        is_number
    }

    /// Adds a Float to the value of a number.
    pub(super) fn emit_add_to_entry(
        &mut self,
        old: Option<u16>,
        hash: HashPlace,
        position: Position,
        by: ir::Value,
    ) {
        let body = self.hash_body(hash);
        let Some(address) = self.present_or_added(body, position) else { return self.leaf_step() };
        self.expect_unique(body);
        let is_number = self.expect_number_or_undef(address, tag::FLOAT);
        let number = self.memory.load_heap(&mut self.b, types::F64, address, 8);
        let zero = self.b.ins().f64const(0.0);
        let number = self.b.ins().select(is_number, number, zero);
        let sum = self.b.ins().fadd(number, by);
        self.memory.store_heap(&mut self.b, Some((Place::Float, sum)), address, 0);
        self.facts.stored(body, position, tag::FLOAT);
        if let Some(old) = old {
            self.assign(old, Typed { value: number, kind: Kind::FLOAT });
        }
    }

    /// The address of the value of a key, which is added where it is missing: guards that the hash has one holder.
    fn added(&mut self, body: ir::Value, position: Position) -> Option<ir::Value> {
        let at = self.at;
        let add = |e: &mut Self| {
            let address = e.call_lookup(ADD, body, position, true)?;
            e.guard(address, at, ExitReason::Kind);
            Some(address)
        };
        if let Position::Pair(pair) = position {
            self.expect_unique(body);
            return Some(self.grid_or(body, pair, add));
        }
        if let Position::Key(_) = position {
            self.expect_unique(body);
            return self.by_number_or(body, position, add);
        }
        let address = self.call_lookup(ADD, body, position, false)?;
        self.guard(address, at, ExitReason::Kind);
        Some(address)
    }

    pub(super) fn emit_set_entry(
        &mut self,
        hash: HashPlace,
        position: Position,
        from: u16,
        only_guards: bool,
    ) {
        let body = self.hash_body(hash);
        let value = self.native(from);
        let tag = value.map_or(tag::UNDEF, |(place, _)| place.tag());
        if only_guards {
            let Some(address) = self.present_or_added(body, position) else { return self.leaf_step() };
            self.expect_unique(body);
            self.overwrite(body, position, address, value);
            return self.facts.stored(body, position, tag);
        }
        if self.facts.address(body, position).is_none() && self.input.grew(self.at) {
            return match position {
                Position::Key(key) if !self.input.is_uneven(self.at) => {
                    self.set_or_append_entry(body, key, value)
                }
                Position::Key(_) => match self.added(body, position) {
                    Some(address) => {
                        self.store_over(address, value);
                        self.facts.clear();
                    }
                    None => self.leaf_step(),
                },
                // To look for a key that is new only costs time: the interpreter's function does it again.
                _ => self.leaf_step(),
            };
        }
        let address = self.present(body, position);
        self.expect_unique(body);
        self.overwrite(body, position, address, value);
        self.facts.stored(body, position, tag);
    }

    /// Stores the value of a number among consecutive ones; that of the next one is appended where there is room.
    fn set_or_append_entry(&mut self, body: ir::Value, key: ir::Value, value: Option<(Place, ir::Value)>) {
        let layout = self.input.entries;
        let unique = self.has_one_holder(body);
        let (distance, is_integer) = self.distance(body, key);
        let (integer, _) = self.integer_key(key);
        self.or_step(|e, slow| {
            for condition in [Some(unique), is_integer].into_iter().flatten() {
                e.go_on_if(condition, slow);
            }
            let [dense, len, room] = [layout.dense, layout.len, layout.room]
                .map(|offset| e.memory.load_head(&mut e.b, types::I64, body, offset));
            let (inside, append, done) = (e.b.create_block(), e.b.create_block(), e.b.create_block());
            let is_within = e.b.ins().icmp(IntCC::UnsignedLessThan, distance, dense);
            let entry = e.entry_address(body, distance);
            e.b.ins().brif(is_within, inside, &[], append, &[]);
            e.b.seal_block(inside);
            e.b.seal_block(append);
            e.b.switch_to_block(append);
            for (end, condition) in
                [(dense, IntCC::Equal), (len, IntCC::Equal), (room, IntCC::UnsignedLessThan)]
            {
                let holds = e.b.ins().icmp(condition, distance, end);
                e.go_on_if(holds, slow);
            }
            let integer_tag = e.b.ins().iconst(types::I64, layout.integer_key);
            e.memory.store_head(&mut e.b, integer_tag, entry, layout.key);
            e.memory.store_head(&mut e.b, integer, entry, layout.key + 8);
            e.memory.store_heap(&mut e.b, value, entry, layout.value);
            let more = e.b.ins().iadd_imm_s(distance, 1);
            e.memory.store_head(&mut e.b, more, body, layout.dense);
            e.memory.store_head(&mut e.b, more, body, layout.len);
            e.b.ins().jump(done, &[]);
            e.b.switch_to_block(inside);
            let place = e.b.ins().iadd_imm_s(entry, i64::from(layout.value));
            e.store_over(place, value);
            e.b.ins().jump(done, &[]);
            e.b.seal_block(done);
            e.b.switch_to_block(done);
        });
        self.facts.clear();
    }
}
