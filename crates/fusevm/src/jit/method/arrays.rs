//! Arrays in native code: element access without a call where nothing has to be copied, dropped or grown.

use super::emit::{Emitter, Typed, slot, type_of};
use super::heap::Position;
use super::kinds::{Kind, Place};
use super::loops::Loop;
use crate::jit::context::ExitReason;
use crate::jit::helpers::Helper;
use crate::value::{Array, ByteStr, Ref, tag};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Emitter<'_, '_> {
    /// Copies a value that owns heap into a register.
    pub(super) fn copy_from_heap(&mut self, to: u16, from: ir::Value, kind: Kind) {
        let base = self.base();
        // It may have been the key with which the value was found.
        self.facts.forget_register(to);
        if kind.is(tag::STR) {
            let load = |e: &mut Self, word| e.memory.load_heap(&mut e.b, types::I64, from, word);
            return self.copy_string(to, from, load);
        }
        let is_counted = matches!(kind.single(), Some(tag::ARRAY | tag::HASH | tag::REF));
        if cfg!(feature = "sync") || !is_counted {
            let target = self.b.ins().iadd_imm_s(base, i64::from(slot(to)));
            self.call_helper(Helper::Copy, &[target, from]);
            return self.set_known(to, kind);
        }
        let pointer = self.memory.load_heap(&mut self.b, types::I64, from, 8);
        if kind.is(tag::REF) {
            self.expect_strong(pointer);
        }
        let count = self.memory.load_count(&mut self.b, pointer);
        let more = self.b.ins().iadd_imm_s(count, 1);
        self.memory.store_count(&mut self.b, more, pointer);
        self.facts.forget_unique();
        self.release(to);
        let word = self.b.ins().iconst(types::I64, i64::from(kind.tags.trailing_zeros()));
        self.memory.store_word(&mut self.b, word, base, slot(to));
        self.memory.store_word(&mut self.b, pointer, base, slot(to) + 8);
        self.set_known(to, kind);
    }

    /// Copies the string at an address, of which `load` gives a word by its offset, into a register: a short one is two words.
    pub(super) fn copy_string(
        &mut self,
        to: u16,
        from: ir::Value,
        load: impl Fn(&mut Self, i32) -> ir::Value,
    ) {
        let base = self.base();
        let first = load(self, 0);
        let (short, long, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(long);
        let is_long = self.b.ins().band_imm_s(first, ByteStr::HEAP_BIT);
        self.b.ins().brif(is_long, long, &[], short, &[]);
        self.b.seal_block(short);
        self.b.seal_block(long);
        self.b.switch_to_block(short);
        let second = load(self, 8);
        // That may be the collection.
        self.release(to);
        self.memory.store_word(&mut self.b, first, base, slot(to));
        self.memory.store_word(&mut self.b, second, base, slot(to) + 8);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(long);
        let target = self.b.ins().iadd_imm_s(base, i64::from(slot(to)));
        self.call_cold(Helper::Copy, &[target, from]);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.set_known(to, Kind::of(tag::STR));
    }

    /// The body of the array in a register, or behind the Ref there.
    fn array_body(&mut self, array: u16) -> ir::Value {
        self.collection_body(array, tag::ARRAY)
    }

    /// The body of the array or hash in a register, or behind the Ref there.
    pub(super) fn collection_body(&mut self, register: u16, tag: u8) -> ir::Value {
        if let Some(body) = self.facts.body(register, tag) {
            return body;
        }
        let base = self.base();
        let pointer = self.memory.load(&mut self.b, types::I64, base, slot(register) + 8);
        let body = match self.known(register).is(tag::REF) {
            true => self.body_behind(pointer, tag),
            false => pointer,
        };
        self.facts.learn_body(register, tag, body);
        body
    }

    /// The body of the collection in a cell: guards that the Ref is strong, and leads to such a collection.
    pub(super) fn body_behind(&mut self, pointer: ir::Value, tag: u8) -> ir::Value {
        self.expect_strong(pointer);
        let found = self.memory.load_head(&mut self.b, types::I8, pointer, Ref::VALUE_OFFSET);
        self.expect_tag(found, tag);
        self.memory.load_head(&mut self.b, types::I64, pointer, Ref::VALUE_OFFSET + 8)
    }

    /// Guards that a Ref's pointer is not that of a weak one, which is marked by its lowest bit.
    fn expect_strong(&mut self, pointer: ir::Value) {
        let at = self.at;
        let weak = self.b.ins().band_imm_s(pointer, 1);
        self.guard_not(weak, at, ExitReason::Kind);
    }

    /// Guards that a tag that was loaded is the expected one.
    pub(super) fn expect_tag(&mut self, found: ir::Value, tag: u8) {
        let at = self.at;
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        self.guard(same, at, ExitReason::Kind);
    }

    /// Whether a body has no other holder.
    pub(super) fn has_one_holder(&mut self, body: ir::Value) -> ir::Value {
        let count = self.memory.load_count(&mut self.b, body);
        self.b.ins().icmp_imm_s(IntCC::Equal, count, 1)
    }

    /// Guards that a body has no other holder.
    pub(super) fn expect_unique(&mut self, body: ir::Value) {
        if !self.facts.is_unique(body) {
            let at = self.at;
            let unique = self.has_one_holder(body);
            self.guard(unique, at, ExitReason::Kind);
            self.facts.learn_unique(body);
        }
    }

    /// Where an element is, so far as it can be told from that of another.
    fn position(index: Typed) -> Position {
        match index.kind.low == index.kind.high {
            true => Position::Constant(index.kind.low),
            false => Position::Index(index.value),
        }
    }

    /// Looks before a loop at what it does not change.
    pub(super) fn look_before(&mut self, found: &Loop) {
        for hash in &found.hoisted_hashes {
            self.body_of_hash(*hash);
        }
        let uses = &found.hoisted;
        for used in uses {
            let body = self.collection_body(used.register, used.tag());
            let fields = uses.iter().filter(|other| other.register == used.register);
            if let Some(last) = fields.filter_map(|other| Some(other.field?.position)).max() {
                self.expect_position(body, last);
            }
            match used.field {
                Some(key) => {
                    let entry = self.expect_entry(body, key);
                    if let Some(tag) = used.expected.filter(|tag| found.effects.keeps_tag(*tag)) {
                        let value = self.input.entries.value;
                        self.expect_known(body, Position::Field(key), (entry, value), tag);
                    }
                }
                None => {
                    self.start(body);
                }
            }
            if used.stores {
                self.expect_unique(body);
            }
        }
        let groups = found.indexed_alike();
        groups.iter().for_each(|group| self.find_bound(group));
        if !found.effects.grows {
            let alone = uses.iter().filter(|used| used.field.is_none());
            for used in alone.filter(|used| !groups.iter().any(|group| group.contains(&used.register))) {
                let body = self.collection_body(used.register, tag::ARRAY);
                self.len(body);
            }
        }
    }

    /// The length of the shortest array in some registers.
    fn find_bound(&mut self, arrays: &[u16]) {
        let bodies: Vec<ir::Value> =
            arrays.iter().map(|array| self.collection_body(*array, tag::ARRAY)).collect();
        let known = self.facts.bound(bodies[0]);
        if known.is_some() && bodies.iter().all(|body| self.facts.bound(*body) == known) {
            return;
        }
        let mut bound = self.len(bodies[0]);
        for body in &bodies[1..] {
            let len = self.len(*body);
            let is_less = self.b.ins().icmp(IntCC::UnsignedLessThan, len, bound);
            // A selection would be made again at each use.
            let next = self.b.create_block();
            let least = self.b.append_block_param(next, types::I64);
            self.b.ins().brif(is_less, next, &[len.into()], next, &[bound.into()]);
            self.b.seal_block(next);
            self.b.switch_to_block(next);
            bound = least;
        }
        self.forget_exit();
        bodies.iter().for_each(|body| self.facts.learn_bound(*body, bound));
    }

    /// Address of an array's first element.
    fn start(&mut self, body: ir::Value) -> ir::Value {
        if let Some(start) = self.facts.start(body) {
            return start;
        }
        let start = self.memory.load_head(&mut self.b, types::I64, body, Array::START_OFFSET);
        self.facts.learn_start(body, start);
        start
    }

    fn len(&mut self, body: ir::Value) -> ir::Value {
        if let Some(len) = self.facts.len(body) {
            return len;
        }
        let len = self.memory.load_head(&mut self.b, types::I64, body, Array::LEN_OFFSET);
        self.facts.learn_len(body, len);
        len
    }

    /// Address of the element at an index within bounds.
    fn element_address(&mut self, start: ir::Value, index: ir::Value) -> ir::Value {
        let distance = self.b.ins().ishl_imm_s(index, 4);
        self.b.ins().iadd(start, distance)
    }

    fn is_within(&mut self, body: ir::Value, index: ir::Value) -> ir::Value {
        let len = self.len(body);
        self.b.ins().icmp(IntCC::UnsignedLessThan, index, len)
    }

    /// Guards that there is an element at an index.
    fn expect_within(&mut self, body: ir::Value, index: Typed, reason: ExitReason) {
        let (at, position) = (self.at, Self::position(index));
        if self.facts.is_there(body, position) {
            return;
        }
        match self.facts.bound(body).filter(|_| !self.input.is_uneven(at)) {
            Some(bound) => {
                let within = self.b.ins().icmp(IntCC::UnsignedLessThan, index.value, bound);
                self.guard(within, at, ExitReason::Uneven);
                self.facts.learn_within(bound, position);
            }
            None => {
                let within = self.is_within(body, index.value);
                self.guard(within, at, reason);
                self.facts.learn_place(body, position);
            }
        }
    }

    pub(super) fn emit_element(&mut self, to: u16, array: u16, index: Typed, tag: u8) {
        let body = self.array_body(array);
        let position = Self::position(index);
        self.expect_within(body, index, ExitReason::Bounds);
        let start = self.start(body);
        let element = self.element_address(start, index.value);
        self.take_known(to, (body, position), (element, 0), tag);
    }

    /// Puts a value that is in a collection at an address into a register: guards its tag, unless that is known.
    pub(super) fn take_known(
        &mut self,
        to: u16,
        (body, position): (ir::Value, Position),
        (from, offset): (ir::Value, i32),
        tag: u8,
    ) {
        self.expect_known(body, position, (from, offset), tag);
        self.take_from_heap(to, from, offset, tag);
    }

    /// Guards the tag of a value that is in a collection at an address, unless it is known.
    pub(super) fn expect_known(
        &mut self,
        body: ir::Value,
        position: Position,
        (at, offset): (ir::Value, i32),
        tag: u8,
    ) {
        if self.facts.tag(body, position) != Some(tag) {
            let found = self.memory.load_heap(&mut self.b, types::I8, at, offset);
            self.expect_tag(found, tag);
            self.facts.learn_tag(body, position, tag);
        }
    }

    /// Puts a value of a tag, in a collection or a global, into a register.
    pub(super) fn take_from_heap(&mut self, to: u16, from: ir::Value, offset: i32, tag: u8) {
        let kind = Kind::of(tag);
        match kind.place() {
            Place::Memory => {
                let address = self.b.ins().iadd_imm_s(from, i64::from(offset));
                self.copy_from_heap(to, address, kind);
            }
            Place::Undef => {
                self.release(to);
                self.set_known(to, kind);
            }
            place => {
                let payload = offset + if place == Place::Bool { 1 } else { 8 };
                let value = self.memory.load_heap(&mut self.b, type_of(place), from, payload);
                self.assign(to, Typed { value, kind });
            }
        }
    }

    /// Emits a fast way to do the instruction, which may give up by a jump to the block that it gets, before it has done
    /// anything: there the interpreter's function does it.
    pub(super) fn or_step(&mut self, fast: impl FnOnce(&mut Self, ir::Block)) {
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        fast(self, slow);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(slow);
        self.b.switch_to_block(slow);
        self.forget_exit();
        self.cold_leaf_step();
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.forget_exit();
    }

    /// Goes on here when a condition holds, else in another block.
    pub(super) fn go_on_if(&mut self, condition: ir::Value, otherwise: ir::Block) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], otherwise, &[]);
        self.b.seal_block(next);
        self.b.switch_to_block(next);
    }

    /// Does the instruction by its function in the interpreter unless all conditions hold; `fast` is what is
    /// done when they do.
    pub(super) fn unless(&mut self, conditions: &[ir::Value], fast: impl FnOnce(&mut Self)) {
        self.or_step(|e, slow| {
            for condition in conditions {
                e.go_on_if(*condition, slow);
            }
            fast(e);
        });
    }

    pub(super) fn emit_set_element(&mut self, array: u16, index: Typed, from: u16) {
        let body = self.array_body(array);
        let position = Self::position(index);
        let value = self.native(from);
        let tag = value.map_or(tag::UNDEF, |(place, _)| place.tag());
        if self.input.failed(self.at) {
            // What cannot be done here has happened, and may again: the interpreter's function does it.
            let unique = self.has_one_holder(body);
            self.or_step(|e, slow| {
                e.go_on_if(unique, slow);
                e.set_or_append(body, index.value, value, Some(slow));
            });
            self.facts.clear();
            return;
        }
        self.expect_unique(body);
        if self.facts.is_there(body, position) || !self.input.grew(self.at) {
            self.expect_within(body, index, ExitReason::Growth);
            let start = self.start(body);
            let element = self.element_address(start, index.value);
            self.overwrite(body, position, element, value);
        } else {
            self.set_or_append(body, index.value, value, None);
        }
        self.facts.stored(body, position, tag);
    }

    /// Stores a value over an element that is known to be there: guards that the old one owns no heap.
    pub(super) fn overwrite(
        &mut self,
        body: ir::Value,
        position: Position,
        element: ir::Value,
        value: Option<(Place, ir::Value)>,
    ) {
        let old = self.facts.tag(body, position);
        if old.is_none_or(|tag| tag >= tag::STR) {
            self.expect_unowned(element);
        }
        match value {
            // The tag is there already.
            Some((place @ (Place::Int | Place::Float), value)) if old == Some(place.tag()) => {
                self.memory.store_heap_word(&mut self.b, value, element, 8);
            }
            value => self.memory.store_heap(&mut self.b, value, element, 0),
        }
    }

    /// Guards that a value in a collection owns no heap, so that nothing has to be dropped.
    fn expect_unowned(&mut self, element: ir::Value) {
        let at = self.at;
        let old = self.memory.load_heap(&mut self.b, types::I8, element, 0);
        let is_plain = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, old, i64::from(tag::STR));
        self.guard(is_plain, at, ExitReason::Kind);
    }

    /// Stores a value as an element; at the end, the array grows by one where there is room. What is not done here goes to
    /// the block `slow`; without one it is guarded against, old values that own heap included.
    fn set_or_append(
        &mut self,
        body: ir::Value,
        index: ir::Value,
        value: Option<(Place, ir::Value)>,
        slow: Option<ir::Block>,
    ) {
        let (at, start, len) = (self.at, self.start(body), self.len(body));
        let within = self.is_within(body, index);
        let (inside, append, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.ins().brif(within, inside, &[], append, &[]);
        self.b.seal_block(inside);
        self.b.seal_block(append);
        self.b.switch_to_block(append);
        let at_end = self.b.ins().icmp(IntCC::Equal, index, len);
        let room = self.has_room(body, len);
        let grows = self.b.ins().band(at_end, room);
        match slow {
            Some(slow) => self.go_on_if(grows, slow),
            None => self.guard(grows, at, ExitReason::Bounds),
        }
        self.append(body, (start, len), value);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(inside);
        self.forget_exit();
        let element = self.element_address(start, index);
        if slow.is_some() {
            self.store_over(element, value);
        } else {
            self.expect_unowned(element);
            self.memory.store_heap(&mut self.b, value, element, 0);
        }
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.forget_exit();
        self.facts.forget_lengths();
    }

    /// Whether an element can be appended without an allocation.
    fn has_room(&mut self, body: ir::Value, len: ir::Value) -> ir::Value {
        let head = self.memory.load_head(&mut self.b, types::I64, body, Array::HEAD_OFFSET);
        let capacity = self.memory.load_head(&mut self.b, types::I64, body, Array::CAPACITY_OFFSET);
        let used = self.b.ins().iadd(len, head);
        self.b.ins().icmp(IntCC::UnsignedLessThan, used, capacity)
    }

    /// Appends an element where there is room, to an array that begins at `start`.
    fn append(
        &mut self,
        body: ir::Value,
        (start, len): (ir::Value, ir::Value),
        value: Option<(Place, ir::Value)>,
    ) {
        let element = self.element_address(start, len);
        self.memory.store_heap(&mut self.b, value, element, 0);
        let more = self.b.ins().iadd_imm_s(len, 1);
        self.memory.store_head(&mut self.b, more, body, Array::LEN_OFFSET);
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
        self.call_cold(Helper::Drop, &[element]);
        self.b.ins().jump(store, &[]);
        self.b.seal_block(store);
        self.b.switch_to_block(store);
        self.memory.store_heap(&mut self.b, value, element, 0);
    }

    pub(super) fn emit_push(&mut self, array: u16, from: u16) {
        let body = self.array_body(array);
        let unique = self.has_one_holder(body);
        let (start, len) = (self.start(body), self.len(body));
        let room = self.has_room(body, len);
        let value = self.native(from);
        self.unless(&[unique, room], |e| e.append(body, (start, len), value));
    }

    pub(super) fn emit_length(&mut self, to: u16, array: u16) {
        let body = self.array_body(array);
        let value = self.len(body);
        self.assign(to, Typed { value, kind: Kind::range(0, i64::MAX >> 4) });
    }
}
