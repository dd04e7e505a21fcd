//! Loads and stores, with what they cannot alias: registers, heap, context.

use super::kinds::Place;
use crate::value::tag;
use cranelift_codegen::ir::{self, AliasRegion, AliasRegionData, InstBuilder, MemFlagsData, types};
use cranelift_frontend::FunctionBuilder;

/// The alias regions of a function.
pub(crate) struct Memory {
    registers: MemFlagsData,
    heap: MemFlagsData,
    heads: MemFlagsData,
    counts: MemFlagsData,
    context: MemFlagsData,
}

fn region(b: &mut FunctionBuilder<'_>, user_id: u32, description: &'static str) -> AliasRegion {
    b.func.dfg.alias_regions.insert(AliasRegionData { user_id, description: description.into() })
}

impl Memory {
    pub fn new(b: &mut FunctionBuilder<'_>) -> Memory {
        let registers = region(b, 0, "registers");
        let heap = region(b, 1, "heap");
        let context = region(b, 2, "context");
        let heads = region(b, 3, "heads");
        let counts = region(b, 4, "counts");
        let flags = |region| MemFlagsData::trusted().with_alias_region(Some(region));
        Memory {
            registers: flags(registers),
            heap: flags(heap),
            heads: flags(heads),
            counts: flags(counts),
            context: flags(context),
        }
    }

    /// Loads from a register of the window.
    pub fn load(&self, b: &mut FunctionBuilder<'_>, ty: ir::Type, base: ir::Value, offset: i32) -> ir::Value {
        b.ins().load(ty, self.registers, base, offset)
    }

    /// Loads a field of a collection that stays when values are stored: where its elements are and how many,
    /// the keys of its entries, and what a Ref leads to.
    pub fn load_head(
        &self,
        b: &mut FunctionBuilder<'_>,
        ty: ir::Type,
        at: ir::Value,
        offset: i32,
    ) -> ir::Value {
        b.ins().load(ty, self.heads, at, offset)
    }

    pub fn store_head(&self, b: &mut FunctionBuilder<'_>, word: ir::Value, at: ir::Value, offset: i32) {
        b.ins().store(self.heads, word, at, offset);
    }

    /// Loads how many holders something has; the count comes first.
    pub fn load_count(&self, b: &mut FunctionBuilder<'_>, at: ir::Value) -> ir::Value {
        b.ins().load(types::I64, self.counts, at, 0)
    }

    pub fn store_count(&self, b: &mut FunctionBuilder<'_>, count: ir::Value, at: ir::Value) {
        b.ins().store(self.counts, count, at, 0);
    }

    /// Loads an element, the value of an entry, or a global.
    pub fn load_heap(
        &self,
        b: &mut FunctionBuilder<'_>,
        ty: ir::Type,
        at: ir::Value,
        offset: i32,
    ) -> ir::Value {
        b.ins().load(ty, self.heap, at, offset)
    }

    /// Loads a field of the context that can change.
    pub fn load_context(
        &self,
        b: &mut FunctionBuilder<'_>,
        ty: ir::Type,
        at: ir::Value,
        offset: i32,
    ) -> ir::Value {
        b.ins().load(ty, self.context, at, offset)
    }

    /// Loads a field of the context that stays as it is while native code runs.
    pub fn load_constant(&self, b: &mut FunctionBuilder<'_>, at: ir::Value, offset: i32) -> ir::Value {
        b.ins().load(types::I64, MemFlagsData::trusted().with_readonly().with_can_move(), at, offset)
    }

    /// Loads what other threads write.
    pub fn load_shared(&self, b: &mut FunctionBuilder<'_>, ty: ir::Type, at: ir::Value) -> ir::Value {
        b.ins().atomic_load(ty, MemFlagsData::trusted(), at)
    }

    pub fn store_context(&self, b: &mut FunctionBuilder<'_>, value: ir::Value, at: ir::Value, offset: i32) {
        b.ins().store(self.context, value, at, offset);
    }

    /// Stores a value's payload and tag into a register.
    pub fn store_value(
        &self,
        b: &mut FunctionBuilder<'_>,
        place: Place,
        value: ir::Value,
        base: ir::Value,
        offset: i32,
    ) {
        store(b, self.registers, place, value, base, offset);
    }

    /// Stores one of a register's words.
    pub fn store_word(&self, b: &mut FunctionBuilder<'_>, word: ir::Value, base: ir::Value, offset: i32) {
        b.ins().store(self.registers, word, base, offset);
    }

    pub fn store_undef(&self, b: &mut FunctionBuilder<'_>, base: ir::Value, offset: i32) {
        let word = b.ins().iconst(types::I64, i64::from(tag::UNDEF));
        b.ins().store(self.registers, word, base, offset);
    }

    /// As [`Memory::store_value`], for an element or a global; no value is Undef.
    pub fn store_heap(
        &self,
        b: &mut FunctionBuilder<'_>,
        value: Option<(Place, ir::Value)>,
        at: ir::Value,
        offset: i32,
    ) {
        match value {
            Some((place, value)) => store(b, self.heap, place, value, at, offset),
            None => {
                let word = b.ins().iconst(types::I64, i64::from(tag::UNDEF));
                b.ins().store(self.heap, word, at, offset);
            }
        }
    }

    pub fn store_heap_word(&self, b: &mut FunctionBuilder<'_>, word: ir::Value, at: ir::Value, offset: i32) {
        b.ins().store(self.heap, word, at, offset);
    }

    /// Stores a value into the context's result; no value is Undef.
    pub fn store_result(
        &self,
        b: &mut FunctionBuilder<'_>,
        value: Option<(Place, ir::Value)>,
        context: ir::Value,
        offset: i32,
    ) {
        match value {
            Some((place, value)) => store(b, self.context, place, value, context, offset),
            None => {
                let word = b.ins().iconst(types::I64, i64::from(tag::UNDEF));
                b.ins().store(self.context, word, context, offset);
            }
        }
    }

    /// Copies the two words of a register's value to another.
    pub fn copy_words(&self, b: &mut FunctionBuilder<'_>, base: ir::Value, to: i32, from: i32) {
        for word in [0, 8] {
            let value = b.ins().load(types::I64, self.registers, base, from + word);
            b.ins().store(self.registers, value, base, to + word);
        }
    }

    pub fn swap_words(&self, b: &mut FunctionBuilder<'_>, base: ir::Value, one: i32, other: i32) {
        for word in [0, 8] {
            let first = b.ins().load(types::I64, self.registers, base, one + word);
            let second = b.ins().load(types::I64, self.registers, base, other + word);
            b.ins().store(self.registers, second, base, one + word);
            b.ins().store(self.registers, first, base, other + word);
        }
    }

    /// Moves the words of a register to the context's result.
    pub fn take_to_result(
        &self,
        b: &mut FunctionBuilder<'_>,
        base: ir::Value,
        from: i32,
        context: ir::Value,
        offset: i32,
    ) {
        for word in [0, 8] {
            let value = b.ins().load(types::I64, self.registers, base, from + word);
            b.ins().store(self.context, value, context, offset + word);
        }
        self.store_undef(b, base, from);
    }

    /// Moves the context's result to a register.
    pub fn result_to_register(
        &self,
        b: &mut FunctionBuilder<'_>,
        context: ir::Value,
        offset: i32,
        base: ir::Value,
        to: i32,
    ) {
        for word in [0, 8] {
            let value = b.ins().load(types::I64, self.context, context, offset + word);
            b.ins().store(self.registers, value, base, to + word);
        }
    }
}

/// Stores a value as two words, since readers load words (see `value/words.rs`).
fn store(
    b: &mut FunctionBuilder<'_>,
    flags: MemFlagsData,
    place: Place,
    value: ir::Value,
    at: ir::Value,
    offset: i32,
) {
    match place {
        Place::Bool => {
            let wide = b.ins().uextend(types::I64, value);
            let shifted = b.ins().ishl_imm_s(wide, 8);
            let word = b.ins().bor_imm_s(shifted, i64::from(tag::BOOL));
            b.ins().store(flags, word, at, offset);
        }
        Place::Int | Place::Float => {
            let tag = if place == Place::Int { tag::INT } else { tag::FLOAT };
            let word = b.ins().iconst(types::I64, i64::from(tag));
            b.ins().store(flags, word, at, offset);
            b.ins().store(flags, value, at, offset + 8);
        }
        Place::Undef | Place::Memory => {
            let word = b.ins().iconst(types::I64, i64::from(tag::UNDEF));
            b.ins().store(flags, word, at, offset);
        }
    }
}
