//! Emission: a function of CLIF for an entry of a body, with the kinds that inference found.
//!
//! A register whose kind is Int, Float, Bool or Undef alone is a variable of SSA form; its memory is stale,
//! but owns no heap. All others are in memory. What a block's begin expects, the edges to it provide: a
//! value that is a variable before and in memory after is stored on the edge.

use super::calls::{Signature, Versions};
use super::graph;
use super::graph::{Graph, Live};
use super::heap::HeapFacts;
use super::infer::{
    Kinds, arithmetic_kind, bind, bits_kind, enter_frame, is_native, leave_frame, remainder_kind,
    step_effects,
};
use super::input::Input;
use super::kinds::{Kind, Place};
use super::loops::Loop;
use super::machine::{
    Arithmetic, Bits, Comparison, Fact, FieldKey, FloatFunction, HashPlace, Machine, Step, Targets,
};
use super::memory::Memory;
use super::translate::translate;
use crate::code::Opcode;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::emit_common::remainder;
use crate::jit::helpers::Helper;
use crate::jit::{Emission, ExtensionCode, emit_extension};
use crate::value::tag;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, Variable};
use std::collections::{BTreeMap, HashMap};

/// A value of known kind.
#[derive(Clone, Copy)]
pub(crate) struct Typed {
    pub value: ir::Value,
    pub kind: Kind,
}

/// What was found out about a function before it is emitted.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'e> {
    pub graph: &'e Graph,
    /// The kinds at the begin of each block.
    pub begins: &'e [Option<Kinds>],
    pub loops: &'e BTreeMap<usize, Loop>,
    pub live: &'e Live,
}

/// The emission of one function.
pub(crate) struct Emitter<'e, 'f> {
    pub b: FunctionBuilder<'f>,
    pub input: &'e Input,
    pub graph: &'e Graph,
    begins: &'e [Option<Kinds>],
    loops: &'e BTreeMap<usize, Loop>,
    live: &'e Live,
    /// The CLIF block of each block.
    blocks: Vec<ir::Block>,
    /// The CLIF blocks that look at things before loops, by the loops' first blocks.
    preheaders: HashMap<usize, ir::Block>,
    /// The block that is emitted; nothing before the first.
    number: Option<usize>,
    pub kinds: Kinds,
    pub(super) facts: HeapFacts,
    /// What is known on the only way into blocks that have one.
    arrivals: HashMap<usize, HeapFacts>,
    variables: HashMap<(u16, Place), Variable>,
    base: Variable,
    /// Address of the poll word.
    poll: Option<ir::Value>,
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
    left: bool,
    /// Blocks that store registers and go on elsewhere, which are filled at the end.
    detours: Vec<Detour>,
    helpers: HashMap<Helper, ir::SigRef>,
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
        Plan { graph, begins, loops, live }: Plan<'e>,
        entry: Kinds,
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
            live,
            blocks: Vec::new(),
            preheaders: HashMap::new(),
            number: None,
            kinds: entry,
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
            if !found.hoisted.is_empty() {
                self.preheaders.insert(*header, self.b.create_block());
            }
        }
        self.at = self.graph.blocks[0].start;
        match self.signature.clone() {
            Some(signature) => {
                for ((register, kind), param) in signature.native_arguments().zip(&params[1..]) {
                    self.define(register, kind.place(), *param);
                }
                // A recursion without a loop polls here; the frame is set up, so the sub begins anew.
                self.poll();
            }
            None => {
                for register in self.live_before((0, self.at)) {
                    self.load_register(register);
                }
            }
        }
        let start = self.at;
        self.jump(start);
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
        if let Some(found) = loops.get(&number) {
            self.facts.keep_in_loop(&found.effects);
            if let Some(preheader) = self.preheaders.get(&number) {
                self.b.switch_to_block(*preheader);
                self.exit = None;
                self.look_before(&found.hoisted);
                self.facts.keep_in_loop(&found.effects);
                self.b.ins().jump(self.blocks[number], &[]);
                self.changed();
            }
        }
        self.b.switch_to_block(self.blocks[number]);
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
        self.live.before(self.input, self.graph, place)
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
        let tag = self.memory.load(&mut self.b, types::I8, base, slot(register));
        let heap = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThanOrEqual, tag, i64::from(tag::STR));
        self.b.ins().brif(heap, owns, &[], done, &[]);
        self.b.seal_block(owns);
        self.b.switch_to_block(owns);
        self.b.set_cold_block(owns);
        let address = self.b.ins().iadd_imm_s(base, i64::from(slot(register)));
        self.call_helper(Helper::Drop, &[address]);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
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
        self.call_helper(Helper::Drop, &[address]);
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
        match helper {
            Helper::Drop | Helper::Left | Helper::Disproved => {}
            Helper::FindStr | Helper::FindInt | Helper::FindFloat => {}
            Helper::Copy => self.facts.forget_unique(),
            _ => self.facts.clear(),
        }
        let context = self.b.ins().get_pinned_reg(types::I64);
        let offset = offset::HELPERS + 8 * helper as i32;
        let address = self.memory.load_constant(&mut self.b, context, offset);
        let has_result = !matches!(helper, Helper::Drop | Helper::Copy | Helper::Left | Helper::Disproved);
        let signature = match self.helpers.get(&helper) {
            Some(signature) => *signature,
            None => {
                let mut signature = ir::Signature::new(self.conv);
                for _ in 0..=arguments.len() {
                    signature.params.push(AbiParam::new(types::I64));
                }
                if has_result {
                    signature.returns.push(AbiParam::new(types::I64));
                }
                let signature = self.b.import_signature(signature);
                self.helpers.insert(helper, signature);
                signature
            }
        };
        let mut all = vec![context];
        all.extend_from_slice(arguments);
        let call = self.b.ins().call_indirect(signature, address, &all);
        self.b.inst_results(call).first().copied()
    }

    /// Flushes the registers that the instruction's handler reads.
    fn flush_reads(&mut self) {
        let mut reads = Vec::new();
        self.input.insts[self.at as usize].reads(&self.input.lists, |register| reads.push(register));
        for register in reads {
            let register = self.absolute(register);
            self.flush(register);
        }
    }

    /// Flushes everything that the interpreter or foreign code may look at while the instruction is done.
    fn flush_all(&mut self) {
        let natives = self.live_natives((self.frame, self.at));
        let base = self.base();
        self.store_all(&natives, base);
        self.flush_reads();
    }

    /// The window of the running frame.
    fn window(&mut self) -> ir::Value {
        let base = self.base();
        match self.graph.frames[self.frame].offset {
            0 => base,
            offset => self.b.ins().iadd_imm_s(base, i64::from(slot(offset))),
        }
    }

    fn at_value(&mut self) -> ir::Value {
        self.b.ins().iconst(types::I64, i64::from(self.at))
    }

    /// Does the instruction by its function in the interpreter; where it fails, the interpreter does it
    /// again.
    pub fn leaf_step(&mut self) {
        self.flush_reads();
        let (inst, window) = (self.at_value(), self.window());
        let done = self.call_helper(Helper::Leaf, &[inst, window]);
        if let Some(done) = done {
            let at = self.at;
            self.guard(done, at, ExitReason::Failed);
        }
    }

    /// The kinds after the handler has done the instruction, and the variables of what it has set.
    fn after_step(&mut self) {
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

    /// The block to jump to for a place, with the kinds of now.
    pub fn edge(&mut self, target: graph::Place) -> ir::Block {
        let known = self.graph.block_at(target);
        let Some(begin) = known.and_then(|number| self.begins[number].as_ref()) else {
            self.exit = None;
            let frame = std::mem::replace(&mut self.frame, target.0);
            let exit = self.exit_block(target.1, ExitReason::Unseen);
            self.frame = frame;
            self.exit = None;
            return exit;
        };
        let number = known.unwrap_or(0);
        let mut block = self.blocks[number];
        if self.number.is_none_or(|from| from < number) {
            match self.arrivals.get_mut(&number) {
                Some(facts) => facts.keep_common(&self.facts),
                None => {
                    self.arrivals.insert(number, self.facts.clone());
                }
            }
            block = self.preheaders.get(&number).copied().unwrap_or(block);
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

/// Floats below this are integers exactly, where they are integers.
const EXACT_INTS: f64 = (1u64 << 53) as f64;

/// The number that multiplies as another divides: that of a power of two, if it has a reciprocal.
fn exact_reciprocal(divisor: f64) -> Option<f64> {
    let is_power_of_two = divisor.is_normal() && divisor.to_bits() << 12 == 0;
    let reciprocal = 1.0 / divisor;
    (is_power_of_two && reciprocal.is_normal()).then_some(reciprocal)
}

fn int_condition(comparison: Comparison) -> IntCC {
    match comparison {
        Comparison::Lt => IntCC::SignedLessThan,
        Comparison::Le => IntCC::SignedLessThanOrEqual,
        Comparison::Gt => IntCC::SignedGreaterThan,
        Comparison::Ge => IntCC::SignedGreaterThanOrEqual,
        Comparison::Eq => IntCC::Equal,
        Comparison::Ne => IntCC::NotEqual,
    }
}

fn float_condition(comparison: Comparison) -> FloatCC {
    match comparison {
        Comparison::Lt => FloatCC::LessThan,
        Comparison::Le => FloatCC::LessThanOrEqual,
        Comparison::Gt => FloatCC::GreaterThan,
        Comparison::Ge => FloatCC::GreaterThanOrEqual,
        Comparison::Eq => FloatCC::Equal,
        Comparison::Ne => FloatCC::NotEqual,
    }
}

impl<'f> Emission<'f> for Emitter<'_, 'f> {
    fn builder(&mut self) -> &mut FunctionBuilder<'f> {
        &mut self.b
    }

    fn exit_unless(&mut self, condition: ir::Value) {
        let at = self.at;
        self.guard(condition, at, ExitReason::Kind);
    }
}

impl Machine for Emitter<'_, '_> {
    type Value = Typed;

    fn kind(&self, register: u16) -> Kind {
        self.known(self.absolute(register))
    }

    fn get(&mut self, register: u16) -> Typed {
        let register = self.absolute(register);
        let kind = self.known(register);
        let value = match self.native(register) {
            Some((_, value)) => value,
            None => self.b.ins().iconst(types::I64, 0),
        };
        Typed { value, kind }
    }

    fn set(&mut self, register: u16, value: Typed) {
        let register = self.absolute(register);
        self.assign(register, value);
    }

    fn set_undef(&mut self, register: u16) {
        let register = self.absolute(register);
        self.release(register);
        self.set_known(register, Kind::UNDEF);
    }

    fn copy(&mut self, to: u16, from: u16, take: bool) {
        let (to, from) = (self.absolute(to), self.absolute(from));
        let kind = self.known(from);
        let base = self.base();
        self.facts.forget_register(to);
        if take {
            self.facts.forget_register(from);
            self.release(to);
            self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
            self.memory.store_undef(&mut self.b, base, slot(from));
            self.set_known(from, Kind::UNDEF);
        } else if kind.may_own() {
            let target = self.b.ins().iadd_imm_s(base, i64::from(slot(to)));
            let source = self.b.ins().iadd_imm_s(base, i64::from(slot(from)));
            self.call_helper(Helper::Copy, &[target, source]);
        } else {
            self.release(to);
            self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
        }
        self.set_known(to, kind);
    }

    fn swap(&mut self, a: u16, b: u16) {
        let (a, b) = (self.absolute(a), self.absolute(b));
        let base = self.base();
        self.flush(a);
        self.flush(b);
        self.memory.swap_words(&mut self.b, base, slot(a), slot(b));
        self.facts.forget_register(a);
        self.facts.forget_register(b);
        self.kinds.swap(a.into(), b.into());
        self.changed();
        self.load_register(a);
        self.load_register(b);
    }

    fn expect(&mut self, register: u16, tag: u8) {
        let (register, at) = (self.absolute(register), self.at);
        self.expect_at(register, tag, at);
    }

    fn expect_after(&mut self, register: u16, tag: u8) {
        let (register, next) = (self.absolute(register), self.at + 1);
        self.expect_at(register, tag, next);
    }

    fn int(&mut self, n: i64) -> Typed {
        Typed { value: self.b.ins().iconst(types::I64, n), kind: Kind::range(n, n) }
    }

    fn float(&mut self, x: f64) -> Typed {
        Typed { value: self.b.ins().f64const(x), kind: Kind::FLOAT }
    }

    fn boolean(&mut self, b: bool) -> Typed {
        Typed { value: self.b.ins().iconst(types::I8, i64::from(b)), kind: Kind::BOOL }
    }

    fn arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed, wraps: bool) -> Typed {
        let (kind, may_overflow) = arithmetic_kind(op, a.kind, b.kind);
        let (x, y) = (a.value, b.value);
        if !wraps && !may_overflow {
            self.check_arithmetic(op, x, y);
        }
        if wraps || !may_overflow {
            let value = match op {
                Arithmetic::Add => self.b.ins().iadd(x, y),
                Arithmetic::Sub => self.b.ins().isub(x, y),
                Arithmetic::Mul => self.b.ins().imul(x, y),
            };
            return Typed { value, kind: if may_overflow { Kind::INT } else { kind } };
        }
        let (value, overflow) = match op {
            Arithmetic::Add => self.b.ins().sadd_overflow(x, y),
            Arithmetic::Sub => self.b.ins().ssub_overflow(x, y),
            Arithmetic::Mul => self.b.ins().smul_overflow(x, y),
        };
        let at = self.at;
        self.guard_not(overflow, at, ExitReason::Overflow);
        Typed { value, kind }
    }

    fn float_arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed) -> Typed {
        let value = match op {
            Arithmetic::Add => self.b.ins().fadd(a.value, b.value),
            Arithmetic::Sub => self.b.ins().fsub(a.value, b.value),
            Arithmetic::Mul => self.b.ins().fmul(a.value, b.value),
        };
        Typed { value, kind: Kind::FLOAT }
    }

    fn divide(&mut self, a: Typed, b: Typed) -> Typed {
        match self.float_constant(b.value) {
            Some(divisor) if divisor != 0.0 => {
                let value = match exact_reciprocal(divisor) {
                    Some(factor) => {
                        let factor = self.b.ins().f64const(factor);
                        self.b.ins().fmul(a.value, factor)
                    }
                    None => self.b.ins().fdiv(a.value, b.value),
                };
                return Typed { value, kind: Kind::FLOAT };
            }
            _ => {}
        }
        let zero = self.b.ins().f64const(0.0);
        let is_zero = self.b.ins().fcmp(FloatCC::Equal, b.value, zero);
        let at = self.at;
        self.guard_not(is_zero, at, ExitReason::Divisor);
        Typed { value: self.b.ins().fdiv(a.value, b.value), kind: Kind::FLOAT }
    }

    fn remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let kind = remainder_kind(a.kind, b.kind);
        self.check_range(a);
        self.check_range(b);
        if b.kind.low <= 0 {
            let positive = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, b.value, 0);
            let at = self.at;
            self.guard(positive, at, ExitReason::Divisor);
        }
        let is_small = |kind: Kind| kind.low >= 0 && kind.high <= u32::MAX.into();
        if is_small(a.kind) && is_small(b.kind) {
            let (x, y) =
                (self.b.ins().ireduce(types::I32, a.value), self.b.ins().ireduce(types::I32, b.value));
            let rest = self.b.ins().urem(x, y);
            return Typed { value: self.b.ins().uextend(types::I64, rest), kind };
        }
        let is_constant = b.kind.low == b.kind.high;
        Typed { value: remainder(&mut self.b, a.value, b.value, is_constant), kind }
    }

    fn float_remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let at = self.at;
        let (dividend, is_exact) = self.exact_int(a.value);
        self.guard(is_exact, at, ExitReason::Kind);
        let constant = self.float_constant(b.value).filter(|n| n.abs() < EXACT_INTS && n.trunc() == *n);
        let is_constant = constant.is_some_and(|n| n != 0.0);
        let divisor = match constant.filter(|_| is_constant) {
            Some(n) => self.b.ins().iconst(types::I64, n as i64),
            None => {
                let (divisor, is_exact) = self.exact_int(b.value);
                self.guard(is_exact, at, ExitReason::Kind);
                self.guard(divisor, at, ExitReason::Divisor);
                divisor
            }
        };
        let rest = remainder(&mut self.b, dividend, divisor, is_constant);
        let rest = self.b.ins().fcvt_from_sint(types::F64, rest);
        Typed { value: self.b.ins().fcopysign(rest, a.value), kind: Kind::FLOAT }
    }

    fn float_function(&mut self, function: FloatFunction, a: Typed) -> Typed {
        let value = match function {
            FloatFunction::Negate => self.b.ins().fneg(a.value),
            FloatFunction::Sqrt => self.b.ins().sqrt(a.value),
            FloatFunction::Abs => self.b.ins().fabs(a.value),
            FloatFunction::Floor => self.b.ins().floor(a.value),
            FloatFunction::Ceil => self.b.ins().ceil(a.value),
            FloatFunction::Trunc => self.b.ins().trunc(a.value),
        };
        Typed { value, kind: Kind::FLOAT }
    }

    fn bits(&mut self, op: Bits, a: Typed, b: Typed) -> Typed {
        let value = match op {
            Bits::And => self.b.ins().band(a.value, b.value),
            Bits::Or => self.b.ins().bor(a.value, b.value),
            Bits::Xor => self.b.ins().bxor(a.value, b.value),
            // The processor's shifts use the low six bits too.
            Bits::Shl => self.b.ins().ishl(a.value, b.value),
            Bits::Shr => self.b.ins().sshr(a.value, b.value),
        };
        Typed { value, kind: bits_kind(op, a.kind, b.kind) }
    }

    fn to_float(&mut self, a: Typed) -> Typed {
        Typed { value: self.b.ins().fcvt_from_sint(types::F64, a.value), kind: Kind::FLOAT }
    }

    fn compare(&mut self, comparison: Comparison, a: Typed, b: Typed) -> Typed {
        let value = match a.kind.place() {
            Place::Float => self.b.ins().fcmp(float_condition(comparison), a.value, b.value),
            _ => self.b.ins().icmp(int_condition(comparison), a.value, b.value),
        };
        Typed { value, kind: Kind::BOOL }
    }

    fn not(&mut self, a: Typed) -> Typed {
        Typed { value: self.b.ins().bxor_imm_s(a.value, 1), kind: Kind::BOOL }
    }

    fn element(&mut self, to: u16, array: u16, index: Typed, tag: u8) {
        let (to, array) = (self.absolute(to), self.absolute(array));
        self.emit_element(to, array, index, tag);
    }

    fn set_element(&mut self, array: u16, index: Typed, from: u16) {
        let (array, from) = (self.absolute(array), self.absolute(from));
        self.emit_set_element(array, index, from);
    }

    fn push(&mut self, array: u16, from: u16) {
        let (array, from) = (self.absolute(array), self.absolute(from));
        self.emit_push(array, from);
    }

    fn length(&mut self, to: u16, array: u16) {
        let (to, array) = (self.absolute(to), self.absolute(array));
        self.emit_length(to, array);
    }

    fn field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8) {
        let (to, hash) = (self.absolute(to), self.absolute(hash));
        self.emit_field(to, hash, key, tag);
    }

    fn set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        let (hash, from) = (self.absolute(hash), self.absolute(from));
        self.emit_set_field(hash, key, from);
    }

    fn entry(&mut self, to: u16, hash: HashPlace, key: u16, tag: u8) {
        let (to, key) = (self.absolute(to), self.absolute(key));
        self.emit_entry(to, hash, key, tag);
    }

    fn set_entry(&mut self, hash: HashPlace, key: u16, from: u16) {
        let (key, from) = (self.absolute(key), self.absolute(from));
        self.emit_set_entry(hash, key, from);
    }

    fn global(&mut self, to: u16, global: u64, tag: u8) {
        let to = self.absolute(to);
        let address = self.global_address(global);
        let at = self.at;
        let found = self.memory.load_heap(&mut self.b, types::I8, address, 0);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(tag));
        self.guard(same, at, ExitReason::Kind);
        self.release(to);
        self.set_known(to, Kind::of(tag));
        match Kind::of(tag).place() {
            Place::Undef | Place::Memory => {}
            place => {
                let offset = if place == Place::Bool { 1 } else { 8 };
                let value = self.memory.load_heap(&mut self.b, type_of(place), address, offset);
                self.define(to, place, value);
            }
        }
    }

    fn set_global(&mut self, global: u64, from: u16) {
        let address = self.global_address(global);
        self.facts.forget_global(global);
        let from = self.absolute(from);
        let value = self.native(from);
        self.store_over(address, value);
    }

    fn extension(&mut self, code: &ExtensionCode, operands: &[Typed]) -> Vec<Typed> {
        // What a frontend emits may do anything to the heap.
        self.facts.clear();
        let operands: Vec<ir::Value> = operands.iter().map(|operand| operand.value).collect();
        let values = emit_extension(self, code, &operands);
        let typed = |(value, kind)| Typed { value, kind: Kind::of_slot(kind) };
        values.into_iter().zip(code.result_kinds()).map(typed).collect()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Leaf => self.leaf_step(),
            Step::Whole => {
                self.flush_all();
                let (inst, window) = (self.at_value(), self.window());
                if let Some(next) = self.call_helper(Helper::Step, &[inst, window]) {
                    let here = self.b.ins().icmp_imm_s(IntCC::Equal, next, i64::from(self.at + 1));
                    let (go_on, gone) = (self.b.create_block(), self.b.create_block());
                    self.b.set_cold_block(gone);
                    self.b.ins().brif(here, go_on, &[], gone, &[]);
                    self.b.switch_to_block(gone);
                    self.return_status(status::GONE);
                    self.b.switch_to_block(go_on);
                }
                // What is inlined does nothing that moves the registers.
                if self.frame == 0 {
                    self.reload_base();
                }
            }
        }
        self.after_step();
    }

    fn fuel(&mut self, amount: u64) {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let place = self.memory.load_constant(&mut self.b, context, offset::FUEL);
        let left = self.memory.load_context(&mut self.b, types::I64, place, 0);
        let amount = self.b.ins().iconst(types::I64, amount as i64);
        let enough = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, left, amount);
        let at = self.at;
        self.guard(enough, at, ExitReason::Fuel);
        let rest = self.b.ins().isub(left, amount);
        self.memory.store_context(&mut self.b, rest, place, 0);
    }

    fn poll(&mut self) {
        let Some(place) = self.poll else { return };
        let word = self.memory.load_shared(&mut self.b, types::I32, place);
        let at = self.at;
        self.guard_not(word, at, ExitReason::Poll);
    }

    fn call(&mut self, body: u32, first: u16, count: u16, to: u16, result: Option<u8>) {
        match self.graph.inlined((self.frame, self.at)) {
            Some(callee) => {
                let place = enter_frame(self.input, self.graph, callee, &mut self.kinds);
                self.changed();
                let block = self.edge(place);
                self.b.ins().jump(block, &[]);
            }
            None => self.emit_call(body, first, count, to, result),
        }
    }

    fn jump(&mut self, target: u32) {
        let block = self.edge((self.frame, target));
        self.b.ins().jump(block, &[]);
    }

    fn branch(&mut self, condition: Typed, fact: Option<Fact>, taken: u32, other: u32) {
        let kinds = self.kinds.clone();
        let mut ways = [None, None];
        for (way, holds) in ways.iter_mut().zip([true, false]) {
            if let Some(fact) = &fact {
                let offset = usize::from(self.graph.frames[self.frame].offset);
                bind(&mut self.kinds[offset..], fact, holds);
            }
            let target = if holds { taken } else { other };
            *way = Some(self.edge((self.frame, target)));
            self.kinds.clone_from(&kinds);
        }
        if let [Some(taken), Some(other)] = ways {
            self.b.ins().brif(condition.value, taken, &[], other, &[]);
        }
    }

    fn step_branch(&mut self, targets: Targets<'_>) {
        use Opcode::*;
        let is_leaf = !matches!(self.input.insts[self.at as usize].op, Iterate | BlockEnd | JumpTable);
        if is_leaf {
            self.flush_reads();
            let (inst, window) = (self.at_value(), self.window());
            let Some(way) = self.call_helper(Helper::LeafBranch, &[inst, window]) else { return };
            let failed = self.b.ins().icmp_imm_s(IntCC::Equal, way, 2);
            let at = self.at;
            self.guard_not(failed, at, ExitReason::Failed);
            self.after_step();
            let (other, taken) = (self.edge((self.frame, targets[0])), self.edge((self.frame, targets[1])));
            self.b.ins().brif(way, taken, &[], other, &[]);
            return;
        }
        self.flush_all();
        let (inst, base) = (self.at_value(), self.base());
        let Some(next) = self.call_helper(Helper::Step, &[inst, base]) else { return };
        self.reload_base();
        self.after_step();
        for target in targets {
            let place = (self.frame, *target);
            if self.graph.block_at(place).is_some() {
                let here = self.b.ins().icmp_imm_s(IntCC::Equal, next, i64::from(*target));
                let edge = self.edge(place);
                let go_on = self.b.create_block();
                self.b.ins().brif(here, edge, &[], go_on, &[]);
                self.b.switch_to_block(go_on);
            }
        }
        self.return_status(status::GONE);
    }

    fn return_from(&mut self, result: Option<u16>) {
        match self.frame {
            0 => self.emit_return(result),
            callee => self.return_inlined(callee, result),
        }
    }

    fn leave(&mut self) {
        let at = self.at;
        let exit = self.exit_block(at, ExitReason::Interpreter);
        self.b.ins().jump(exit, &[]);
        self.left = true;
    }
}

impl Emitter<'_, '_> {
    /// Puts a value into a register of the function's window; what was there is dropped.
    pub fn assign(&mut self, register: u16, value: Typed) {
        self.check_range(value);
        self.release(register);
        self.set_known(register, value.kind);
        self.define(register, value.kind.place(), value.value);
    }

    /// Returns from an inlined frame to the one around it.
    fn return_inlined(&mut self, callee: usize, result: Option<u16>) {
        let variables = self.input.bodies[self.graph.frames[callee].body as usize].variables as u16;
        let from = result.map(|register| self.absolute(register));
        let kind = from.map_or(Kind::UNDEF, |register| self.known(register));
        let value = from.and_then(|register| self.native(register)).map(|(_, value)| value);
        for register in 0..variables {
            let register = self.absolute(register);
            if Some(register) != from {
                self.release(register);
                self.set_known(register, Kind::UNDEF);
            }
        }
        let caller = self.graph.frames[callee].caller.unwrap_or((0, 0));
        let to = self.graph.frames[caller.0].offset + self.input.insts[caller.1 as usize].c;
        match (value, from) {
            (Some(value), _) => self.assign(to, Typed { value, kind }),
            (None, Some(from)) if kind.place() == Place::Memory => {
                if from != to {
                    let base = self.base();
                    self.facts.forget_register(from);
                    self.release(to);
                    self.memory.copy_words(&mut self.b, base, slot(to), slot(from));
                    self.memory.store_undef(&mut self.b, base, slot(from));
                }
            }
            _ => self.release(to),
        }
        let (place, to) = leave_frame(self.input, self.graph, callee, &mut self.kinds);
        self.set_known(to, kind);
        let block = self.edge(place);
        self.b.ins().jump(block, &[]);
    }

    /// The integer that a float is, and whether it is one that fits.
    fn exact_int(&mut self, value: ir::Value) -> (ir::Value, ir::Value) {
        let int = self.b.ins().fcvt_to_sint_sat(types::I64, value);
        let back = self.b.ins().fcvt_from_sint(types::F64, int);
        let is_same = self.b.ins().fcmp(FloatCC::Equal, back, value);
        let size = self.b.ins().fabs(value);
        let most = self.b.ins().f64const(EXACT_INTS);
        let fits = self.b.ins().fcmp(FloatCC::LessThan, size, most);
        (int, self.b.ins().band(is_same, fits))
    }

    /// The number that a value is known to be.
    fn float_constant(&self, value: ir::Value) -> Option<f64> {
        let inst = self.b.func.dfg.value_def(value).inst()?;
        match self.b.func.dfg.insts[inst] {
            ir::InstructionData::UnaryIeee64 { imm, .. } => Some(f64::from_bits(imm.bits())),
            _ => None,
        }
    }

    pub(super) fn global_address(&mut self, global: u64) -> ir::Value {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let globals = self.memory.load_context(&mut self.b, types::I64, context, offset::GLOBALS);
        self.b.ins().iadd_imm_s(globals, global as i64 * 16)
    }

    fn reload_base(&mut self) {
        let context = self.b.ins().get_pinned_reg(types::I64);
        let base = self.memory.load_context(&mut self.b, types::I64, context, offset::BASE);
        self.set_base(base);
    }
}
