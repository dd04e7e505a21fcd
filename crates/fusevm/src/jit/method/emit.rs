//! Emission: a function of CLIF for an entry of a body, with the kinds that inference found.
//!
//! A register whose kind is Int, Float, Bool or Undef alone is a variable of SSA form; its memory is stale,
//! but owns no heap. All others are in memory. What a block's begin expects, the edges to it provide: a
//! value that is a variable before and in memory after is stored on the edge.

use super::Analysis;
use super::calls::{Signature, Versions};
use super::graph::{self, Graph};
use super::heap::HeapFacts;
use super::infer::{Kinds, is_native, step_effects};
use super::input::Input;
use super::kinds::{Kind, Place};
use super::loops::Loops;
use super::machine::Machine;
use super::memory::Memory;
use super::stubs::helper_signature;
use super::translate::translate;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::helpers::Helper;
use crate::value::{ByteStr, tag};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, Variable};
use std::collections::HashMap;

/// A value of known kind.
#[derive(Clone, Copy)]
pub(crate) struct Typed {
    pub value: ir::Value,
    pub kind: Kind,
}

/// The emission of one function.
pub(crate) struct Emitter<'e, 'f> {
    pub b: FunctionBuilder<'f>,
    pub input: &'e Input,
    pub graph: &'e Graph,
    begins: &'e [Option<Kinds>],
    loops: &'e Loops,
    /// The CLIF block of each block.
    blocks: Vec<ir::Block>,
    /// The CLIF blocks that look at things before loops, by the loops' first blocks and levels.
    preheaders: HashMap<(usize, usize), ir::Block>,
    /// The block that is emitted; nothing before the first.
    number: Option<usize>,
    pub kinds: Kinds,
    pub(super) facts: HeapFacts,
    /// What is known on the only way into blocks that have one.
    arrivals: HashMap<usize, HeapFacts>,
    variables: HashMap<(u16, Place), Variable>,
    base: Variable,
    /// Address of the poll word.
    pub(super) poll: Option<ir::Value>,
    /// The frame of the instruction that is translated: the function's own, or an inlined one.
    pub frame: usize,
    /// The instruction that is translated.
    pub at: u32,
    /// How the function returns; nothing for one that leaves its frame to the interpreter.
    pub signature: Option<Signature>,
    pub versions: &'e mut Versions,
    pub memory: Memory,
    /// The newest exit: where it goes on, the state that it stores, and its block.
    exit: Option<(i64, u64, ir::Block)>,
    /// Counts changes of the registers.
    state: u64,
    /// Whether the block has ended with a way to the interpreter.
    pub(super) left: bool,
    /// Blocks that store registers and go on elsewhere, which are filled at the end.
    detours: Vec<Detour>,
    helpers: HashMap<Helper, ir::SigRef>,
    pub(super) stubs: HashMap<Helper, ir::FuncRef>,
    conv: CallConv,
}

/// Registers that are stored on a way.
pub(crate) type Stores = Vec<(u16, Place, Option<ir::Value>)>;

/// A block that stores registers on the way to somewhere.
struct Detour {
    block: ir::Block,
    stores: Stores,
    base: ir::Value,
    /// Inlined calls that are left, innermost first.
    left: Vec<u32>,
    to: Destination,
}

/// Where a detour leads.
enum Destination {
    /// The interpreter, at an instruction.
    Exit(i64),
    Block(ir::Block),
}

/// The type of the variables of a place.
pub(crate) fn type_of(place: Place) -> ir::Type {
    match place {
        Place::Float => types::F64,
        Place::Bool => types::I8,
        _ => types::I64,
    }
}

impl<'e, 'f> Emitter<'e, 'f> {
    pub fn new(
        b: FunctionBuilder<'f>,
        input: &'e Input,
        Analysis { graph, entry, begins, loops, .. }: &'e Analysis,
        signature: Option<Signature>,
        versions: &'e mut Versions,
        conv: CallConv,
    ) -> Self {
        let mut b = b;
        let base = b.declare_var(types::I64);
        let memory = Memory::new(&mut b);
        Emitter {
            b,
            input,
            graph,
            begins,
            loops,
            blocks: Vec::new(),
            preheaders: HashMap::new(),
            number: None,
            kinds: entry.clone(),
            facts: HeapFacts::default(),
            arrivals: HashMap::new(),
            variables: HashMap::new(),
            base,
            poll: None,
            frame: 0,
            at: 0,
            signature,
            versions,
            memory,
            exit: None,
            state: 0,
            left: false,
            detours: Vec::new(),
            helpers: HashMap::new(),
            stubs: HashMap::new(),
            conv,
        }
    }

    /// Emits the whole function.
    pub fn emit(mut self, frontend: cranelift_codegen::isa::TargetFrontendConfig) {
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        self.b.switch_to_block(entry);
        let params = self.b.block_params(entry).to_vec();
        self.b.def_var(self.base, params[0]);
        let context = self.b.ins().get_pinned_reg(types::I64);
        self.poll = Some(self.memory.load_constant(&mut self.b, context, offset::POLL));
        self.blocks = self.graph.blocks.iter().map(|_| self.b.create_block()).collect();
        for (header, found) in self.loops {
            for (level, found) in found.iter().enumerate() {
                if !found.hoisted.is_empty() {
                    self.preheaders.insert((*header, level), self.b.create_block());
                }
            }
        }
        (self.frame, self.at) = (self.graph.blocks[0].frame, self.graph.blocks[0].start);
        match self.signature.clone() {
            Some(signature) => {
                for ((register, kind), param) in signature.native_arguments().zip(&params[1..]) {
                    self.define(register, kind.place(), *param);
                }
                // A recursion without a loop polls here; the frame is set up, so the sub begins anew.
                self.poll();
            }
            None => {
                for register in self.live_before((self.frame, self.at)) {
                    self.load_register(register);
                }
            }
        }
        let start = self.edge((self.frame, self.at));
        self.b.ins().jump(start, &[]);
        for number in 0..self.graph.blocks.len() {
            let Some(kinds) = self.begins[number].clone() else { continue };
            self.kinds = kinds;
            let graph::Block { frame, start, end } = self.graph.blocks[number];
            (self.number, self.frame, self.at) = (Some(number), frame, start);
            self.begin_block(number);
            self.check_begin();
            for at in start..end {
                self.at = at;
                self.exit = None;
                self.check_heap();
                let input = self.input;
                translate(&mut self, input, at);
                if self.left {
                    break;
                }
            }
            if !std::mem::take(&mut self.left) && !self.graph.ends_block(self.input, (frame, end - 1)) {
                self.jump(end);
            }
        }
        for (number, begin) in self.begins.iter().enumerate() {
            if begin.is_none() {
                // Nothing leads here after all.
                self.b.switch_to_block(self.blocks[number]);
                self.b.ins().trap(ir::TrapCode::unwrap_user(1));
            }
        }
        for detour in std::mem::take(&mut self.detours) {
            self.b.switch_to_block(detour.block);
            self.store_all(&detour.stores, detour.base);
            self.tell_left(&detour.left);
            match detour.to {
                Destination::Block(block) => {
                    self.b.ins().jump(block, &[]);
                }
                Destination::Exit(exit) => {
                    let context = self.b.ins().get_pinned_reg(types::I64);
                    let exit = self.b.ins().iconst(types::I64, exit);
                    self.memory.store_context(&mut self.b, exit, context, offset::EXIT);
                    self.return_status(status::EXIT);
                }
            }
        }
        self.b.seal_all_blocks();
        self.b.finalize(frontend);
    }

    /// Begins a block: what is known there, and, where a loop begins, what is looked at before it.
    fn begin_block(&mut self, number: usize) {
        self.facts = self.arrivals.remove(&number).unwrap_or_default();
        self.changed();
        let loops = self.loops;
        for (level, found) in loops.get(&number).into_iter().flatten().enumerate() {
            if let Some(preheader) = self.preheaders.get(&(number, level)) {
                self.b.switch_to_block(*preheader);
                self.exit = None;
                self.look_before(found);
                let inside = self.way_in(number, level + 1);
                self.b.ins().jump(inside, &[]);
                self.changed();
            }
            self.facts.keep_in_loop(&found.effects);
        }
        self.b.switch_to_block(self.blocks[number]);
    }

    /// Where a way into the loops of a level and further in leads: to what is looked at before the first of them, or to the
    /// block itself.
    fn way_in(&self, number: usize, level: usize) -> ir::Block {
        let levels = self.loops.get(&number).map_or(0, Vec::len);
        let preheaders = (level..levels).filter_map(|level| self.preheaders.get(&(number, level)));
        preheaders.copied().next().unwrap_or(self.blocks[number])
    }

    // ---- registers -----------------------------------------------------------------------------

    pub fn changed(&mut self) {
        self.state += 1;
    }

    /// A register of the running frame, as one of the function's window.
    pub fn absolute(&self, register: u16) -> u16 {
        self.graph.frames[self.frame].offset + register
    }

    /// What is known of a register of the function's window.
    pub fn known(&self, register: u16) -> Kind {
        self.kinds[usize::from(register)]
    }

    pub fn set_known(&mut self, register: u16, kind: Kind) {
        self.kinds[usize::from(register)] = kind;
        self.changed();
    }

    /// The registers that are live before a place, of its frame and those around it.
    pub fn live_before(&self, place: graph::Place) -> Vec<u16> {
        self.graph.live_before(self.input, place)
    }

    pub fn variable(&mut self, register: u16, place: Place) -> Variable {
        let b = &mut self.b;
        *self.variables.entry((register, place)).or_insert_with(|| b.declare_var(type_of(place)))
    }

    /// Makes a value that of a register's variable.
    pub fn define(&mut self, register: u16, place: Place, value: ir::Value) {
        let variable = self.variable(register, place);
        self.b.def_var(variable, value);
        self.changed();
    }

    pub fn base(&mut self) -> ir::Value {
        self.b.use_var(self.base)
    }

    pub fn set_base(&mut self, base: ir::Value) {
        self.b.def_var(self.base, base);
    }

    /// The value of a register whose kind has a variable.
    pub fn native(&mut self, register: u16) -> Option<(Place, ir::Value)> {
        let place = self.known(register).place();
        if matches!(place, Place::Memory | Place::Undef) {
            return None;
        }
        let variable = self.variable(register, place);
        Some((place, self.b.use_var(variable)))
    }

    /// Loads a register's variable from memory, where its value is.
    pub fn load_register(&mut self, register: u16) {
        let base = self.base();
        let place = self.known(register).place();
        let value = match place {
            Place::Memory | Place::Undef => return,
            Place::Int => self.memory.load(&mut self.b, types::I64, base, slot(register) + 8),
            Place::Float => self.memory.load(&mut self.b, types::F64, base, slot(register) + 8),
            Place::Bool => self.memory.load(&mut self.b, types::I8, base, slot(register) + 1),
        };
        self.define(register, place, value);
    }

    /// Stores a register to memory when its value is not there.
    pub fn flush(&mut self, register: u16) {
        let base = self.base();
        if self.known(register).place() == Place::Undef {
            self.memory.store_undef(&mut self.b, base, slot(register));
        } else if let Some((place, value)) = self.native(register) {
            self.memory.store_value(&mut self.b, place, value, base, slot(register));
        }
    }

    /// Drops what a register holds in memory, if it owns heap; its memory is free afterwards.
    pub fn release(&mut self, register: u16) {
        self.facts.forget_register(register);
        let kind = self.known(register);
        if !kind.may_own() {
            return;
        }
        let base = self.base();
        if let Some(tag::ARRAY | tag::HASH | tag::REF) = kind.single().filter(|_| !cfg!(feature = "sync")) {
            return self.release_counted(base, register, kind);
        }
        let owns = self.b.create_block();
        let done = self.b.create_block();
        let heap = if kind.is(tag::STR) {
            let first = self.memory.load(&mut self.b, types::I64, base, slot(register));
            self.b.ins().band_imm_s(first, ByteStr::HEAP_BIT)
        } else {
            let tag = self.memory.load(&mut self.b, types::I8, base, slot(register));
            self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThanOrEqual, tag, i64::from(tag::STR))
        };
        self.b.ins().brif(heap, owns, &[], done, &[]);
        self.b.seal_block(owns);
        self.b.switch_to_block(owns);
        self.b.set_cold_block(owns);
        let address = self.b.ins().iadd_imm_s(base, i64::from(slot(register)));
        self.call_cold(Helper::Drop, &[address]);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        if kind.is(tag::STR) {
            self.memory.store_undef(&mut self.b, base, slot(register));
        }
    }

    /// Gives a holder's count back; the last one drops the value by its function, and so does a weak Ref, whose
    /// pointer is marked by its lowest bit.
    fn release_counted(&mut self, base: ir::Value, register: u16, kind: Kind) {
        let pointer = self.memory.load(&mut self.b, types::I64, base, slot(register) + 8);
        let (shared, last, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(last);
        if kind.is(tag::REF) {
            let strong = self.b.create_block();
            let weak = self.b.ins().band_imm_s(pointer, 1);
            self.b.ins().brif(weak, last, &[], strong, &[]);
            self.b.seal_block(strong);
            self.b.switch_to_block(strong);
        }
        let count = self.memory.load_count(&mut self.b, pointer);
        let is_last = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        self.b.ins().brif(is_last, last, &[], shared, &[]);
        self.b.seal_block(shared);
        self.b.seal_block(last);
        self.b.switch_to_block(shared);
        let rest = self.b.ins().iadd_imm_s(count, -1);
        self.memory.store_count(&mut self.b, rest, pointer);
        self.memory.store_undef(&mut self.b, base, slot(register));
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(last);
        let address = self.b.ins().iadd_imm_s(base, i64::from(slot(register)));
        self.call_cold(Helper::Drop, &[address]);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
    }

    /// The live registers that are not in memory, before a place.
    fn live_natives(&mut self, place: graph::Place) -> Stores {
        let mut natives = Vec::new();
        for register in self.live_before(place) {
            match self.known(register).place() {
                Place::Memory => {}
                Place::Undef => natives.push((register, Place::Undef, None)),
                place => {
                    let value = self.native(register).map(|(_, value)| value);
                    natives.push((register, place, value));
                }
            }
        }
        natives
    }

    /// The live registers that are not in memory, but for one.
    pub fn live_natives_except(&mut self, place: graph::Place, except: u16) -> Stores {
        let mut natives = self.live_natives(place);
        natives.retain(|(register, ..)| *register != except);
        natives
    }

    /// Forgets the newest exit, whose values may not be known on the path that begins.
    pub fn forget_exit(&mut self) {
        self.exit = None;
    }

    /// The calling convention of everything.
    pub fn conv(&self) -> CallConv {
        self.conv
    }

    pub fn store_all(&mut self, natives: &Stores, base: ir::Value) {
        for (register, place, value) in natives {
            match value {
                Some(value) => {
                    self.memory.store_value(&mut self.b, *place, *value, base, slot(*register));
                }
                None => self.memory.store_undef(&mut self.b, base, slot(*register)),
            }
        }
    }

    // ---- exits and guards ----------------------------------------------------------------------

    /// The block that leaves for the interpreter, which goes on at an instruction.
    pub fn exit_block(&mut self, resume: u32, reason: ExitReason) -> ir::Block {
        let exit = reason.encode(resume);
        if let Some((known, state, block)) = self.exit
            && known == exit
            && state == self.state
        {
            return block;
        }
        let stores = self.live_natives((self.frame, resume));
        let base = self.base();
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        let left = self.inlined_calls();
        self.detours.push(Detour { block, stores, base, left, to: Destination::Exit(exit) });
        self.exit = Some((exit, self.state, block));
        block
    }

    /// The calls that the running frame is inlined through, innermost first.
    pub fn inlined_calls(&self) -> Vec<u32> {
        let callers = self.graph.chain(self.frame).filter_map(|frame| self.graph.frames[frame].caller);
        callers.map(|(_, call)| call).collect()
    }

    /// Tells Rust of frames that are left.
    pub fn tell_left(&mut self, calls: &[u32]) {
        for call in calls {
            let call = self.b.ins().iconst(types::I64, i64::from(*call));
            self.call_helper(Helper::Left, &[call]);
        }
    }

    /// Returns with a status other than RETURNED.
    pub fn return_status(&mut self, status: i64) {
        let status = self.b.ins().iconst(types::I64, status);
        self.return_with(status);
    }

    /// Returns with a status that is a value; the result's place holds nothing.
    pub fn return_with(&mut self, status: ir::Value) {
        let dummy = match self.signature.as_ref().and_then(Signature::native_result) {
            Some(Place::Float) => Some(self.b.ins().f64const(0.0)),
            Some(place) => Some(self.b.ins().iconst(type_of(place), 0)),
            None => None,
        };
        match dummy {
            Some(dummy) => self.b.ins().return_(&[dummy, status]),
            None => self.b.ins().return_(&[status]),
        };
    }

    /// Goes on here when a condition holds, else leaves for the interpreter at `resume`.
    pub fn guard(&mut self, condition: ir::Value, resume: u32, reason: ExitReason) {
        let exit = self.exit_block(resume, reason);
        self.force_exit(exit, reason);
        let go_on = self.b.create_block();
        self.b.ins().brif(condition, go_on, &[], exit, &[]);
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
    }

    /// As [`Emitter::guard`], when the condition does not hold.
    pub fn guard_not(&mut self, condition: ir::Value, resume: u32, reason: ExitReason) {
        let exit = self.exit_block(resume, reason);
        self.force_exit(exit, reason);
        let go_on = self.b.create_block();
        self.b.ins().brif(condition, exit, &[], go_on, &[]);
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
    }

    /// Guards that the value of a register has a tag.
    fn guard_tag(&mut self, address: ir::Value, offset: i32, tag: u8, resume: u32, reason: ExitReason) {
        let found = self.memory.load(&mut self.b, types::I8, address, offset);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        self.guard(same, resume, reason);
    }

    pub fn expect_at(&mut self, register: u16, tag: u8, resume: u32) {
        let base = self.base();
        let reason = if resume == self.at { ExitReason::Kind } else { ExitReason::Result };
        self.guard_tag(base, slot(register), tag, resume, reason);
        let kind = self.known(register).narrowed(tag);
        self.set_known(register, kind);
        self.load_register(register);
    }

    // ---- helpers -------------------------------------------------------------------------------

    /// Calls a helper with the context and arguments; the result of those that have one.
    pub fn call_helper(&mut self, helper: Helper, arguments: &[ir::Value]) -> Option<ir::Value> {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let address = self.memory.load_constant(&mut self.b, context, helper.offset());
        self.call_at(helper, address, arguments)
    }

    /// As [`Emitter::call_helper`], of a function that does what the helper does, at an address.
    fn call_at(&mut self, helper: Helper, address: ir::Value, arguments: &[ir::Value]) -> Option<ir::Value> {
        self.forget_what_changes(helper, arguments);
        let context = self.b.ins().get_pinned_reg(types::I64);
        let signature =
            self.signature(helper, |conv| helper_signature(conv, arguments.len(), helper.has_result()));
        let mut all = vec![context];
        all.extend_from_slice(arguments);
        let call = self.b.ins().call_indirect(signature, address, &all);
        self.b.inst_results(call).first().copied()
    }

    /// The signature of a helper, which is made when it is called for the first time.
    fn signature(&mut self, helper: Helper, make: impl FnOnce(CallConv) -> ir::Signature) -> ir::SigRef {
        if let Some(signature) = self.helpers.get(&helper) {
            return *signature;
        }
        let signature = self.b.import_signature(make(self.conv));
        self.helpers.insert(helper, signature);
        signature
    }

    /// Calls a function of floats by its number.
    pub(super) fn call_math(&mut self, function: usize, operands: &[ir::Value]) -> ir::Value {
        let helper = if operands.len() == 1 { Helper::Math1 } else { Helper::Math2 };
        let context = self.b.ins().get_pinned_reg(types::I64);
        let address = self.memory.load_constant(&mut self.b, context, helper.offset());
        let signature = self.signature(helper, |conv| {
            let mut signature = helper_signature(conv, 1, false);
            signature.params.extend(operands.iter().map(|_| AbiParam::new(types::F64)));
            signature.returns.push(AbiParam::new(types::F64));
            signature
        });
        let mut all = vec![context, self.b.ins().iconst(types::I64, function as i64)];
        all.extend_from_slice(operands);
        let call = self.b.ins().call_indirect(signature, address, &all);
        self.b.inst_results(call)[0]
    }

    /// Forgets what a helper may change of the heap.
    pub(super) fn forget_what_changes(&mut self, helper: Helper, arguments: &[ir::Value]) {
        match helper {
            Helper::Drop | Helper::Left | Helper::Disproved | Helper::SameText => {}
            Helper::FindStr | Helper::FindInt | Helper::FindFloat | Helper::FindPair => {}
            Helper::AddStr | Helper::AddInt | Helper::AddFloat | Helper::AddPair => {
                self.facts.added(arguments[0]);
            }
            Helper::Copy => self.facts.forget_unique(),
            _ => self.facts.clear(),
        }
    }

    /// Flushes the registers that the instruction's handler reads.
    pub(super) fn flush_reads(&mut self) {
        self.flush_reads_but(&[]);
    }

    /// As [`Emitter::flush_reads`], of a handler that gets what is in some of the registers.
    pub(super) fn flush_reads_but(&mut self, given: &[u16]) {
        let mut reads = Vec::new();
        self.input.insts[self.at as usize].reads(&self.input.lists, |register| reads.push(register));
        reads.retain(|register| !given.contains(register));
        for register in reads {
            let register = self.absolute(register);
            self.flush(register);
        }
    }

    /// Flushes everything that the interpreter or foreign code may look at while the instruction is done.
    pub(super) fn flush_all(&mut self) {
        let natives = self.live_natives((self.frame, self.at));
        let base = self.base();
        self.store_all(&natives, base);
        self.flush_reads();
    }

    /// The window of the running frame.
    pub(super) fn window(&mut self) -> ir::Value {
        let base = self.base();
        match self.graph.frames[self.frame].offset {
            0 => base,
            offset => self.b.ins().iadd_imm_s(base, i64::from(slot(offset))),
        }
    }

    pub(super) fn at_value(&mut self) -> ir::Value {
        self.b.ins().iconst(types::I64, i64::from(self.at))
    }

    /// Does the instruction by its function in the interpreter; where it fails, the interpreter does it
    /// again.
    pub fn leaf_step(&mut self) {
        self.flush_reads();
        let (inst, window) = (self.at_value(), self.window());
        let context = self.b.ins().get_pinned_reg(types::I64);
        let leaves = self.memory.load_constant(&mut self.b, context, offset::LEAVES);
        let op = self.input.insts[self.at as usize].op;
        let address = self.memory.load_constant(&mut self.b, leaves, 8 * op as i32);
        let done = self.call_at(Helper::Leaf, address, &[inst, window]);
        self.expect_done(done);
    }

    /// As [`Emitter::leaf_step`], where that happens rarely.
    pub fn cold_leaf_step(&mut self) {
        self.flush_reads();
        let (inst, window) = (self.at_value(), self.window());
        let done = self.call_cold(Helper::Leaf, &[inst, window]);
        self.expect_done(done);
    }

    pub(super) fn expect_done(&mut self, done: Option<ir::Value>) {
        if let Some(done) = done {
            let at = self.at;
            self.guard(done, at, ExitReason::Failed);
        }
    }

    /// The kinds after the handler has done the instruction, and the variables of what it has set.
    pub(super) fn after_step(&mut self) {
        let before = self.kinds.clone();
        let offset = usize::from(self.graph.frames[self.frame].offset);
        step_effects(self.input, self.at, &mut self.kinds[offset..]);
        self.changed();
        let mut written = Vec::new();
        let inst = &self.input.insts[self.at as usize];
        inst.writes(&self.input.lists, |register| written.push(register));
        for register in written {
            let register = self.absolute(register);
            self.load_register(register);
        }
        if !self.input.may_set_slots(self.at) || self.input.failed(self.at) {
            return;
        }
        let dest = inst.dest();
        let body = &self.input.bodies[self.input.body_of(self.at) as usize];
        let slots: Vec<u16> =
            body.slots.iter().flatten().copied().filter(|slot| dest != Some(*slot)).collect();
        let guessed = slots.into_iter().map(|slot| self.absolute(slot));
        let guessed: Vec<u16> =
            guessed.filter(|slot| before[usize::from(*slot)].single().is_some()).collect();
        // What the exit of one guess stores must not be the guess of another.
        for slot in &guessed {
            self.set_known(*slot, Kind::ANY);
        }
        let next = (self.frame, self.at + 1);
        let live = self.live_before(next);
        for slot in guessed {
            let Some(tag) = before[usize::from(slot)].single() else { continue };
            // Foreign code rarely sets slots, so they most likely are what they were.
            if live.contains(&slot) {
                self.expect_at(slot, tag, next.1);
            } else {
                self.set_known(slot, Kind::of(tag));
                self.load_register(slot);
            }
        }
    }

    // ---- edges ---------------------------------------------------------------------------------

    /// Where a jump leads.
    pub(super) fn target(&self, inst: u32) -> graph::Place {
        (self.graph.frame_of_target(self.frame), inst)
    }

    /// The block to jump to for a place, with the kinds of now.
    pub fn edge(&mut self, target: graph::Place) -> ir::Block {
        let known = self.graph.block_at(target);
        let Some(begin) = known.and_then(|number| self.begins[number].as_ref()) else {
            self.exit = None;
            let frame = std::mem::replace(&mut self.frame, target.0);
            let goes_on = self.graph.has_part(target);
            let reason = if goes_on { ExitReason::Unseen } else { ExitReason::Over };
            let exit = self.exit_block(target.1, reason);
            self.frame = frame;
            self.exit = None;
            return exit;
        };
        let number = known.unwrap_or(0);
        let loops = self.loops.get(&number).into_iter().flatten().enumerate();
        let goes_on = loops.filter(|(_, found)| self.number.is_some_and(|from| found.goes_on_from(from)));
        let level = goes_on.map(|(level, _)| level + 1).max().unwrap_or(0);
        let block = self.way_in(number, level);
        if self.number.is_none_or(|from| from < number) {
            match self.arrivals.get_mut(&number) {
                Some(facts) => facts.keep_common(&self.facts),
                None => {
                    self.arrivals.insert(number, self.facts.clone());
                }
            }
        }
        let live = self.live_before(target).into_iter();
        let stores: Vec<u16> = live
            .filter(|register| is_native(self.known(*register)) && !is_native(begin[usize::from(*register)]))
            .collect();
        if stores.is_empty() {
            return block;
        }
        let stores = stores
            .iter()
            .map(|register| {
                let value = self.native(*register);
                (*register, value.map_or(Place::Undef, |v| v.0), value.map(|v| v.1))
            })
            .collect();
        let edge = self.b.create_block();
        let base = self.base();
        self.detours.push(Detour {
            block: edge,
            stores,
            base,
            left: Vec::new(),
            to: Destination::Block(block),
        });
        edge
    }
}

/// Offset of a register in its window.
pub(crate) fn slot(register: u16) -> i32 {
    i32::from(register) * 16
}
