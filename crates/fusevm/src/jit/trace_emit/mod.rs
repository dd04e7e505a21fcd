//! Emission of traces: optimised trace IR to CLIF.
//!
//! A trace is one function of the `tail` convention, `(window, head) -> status`; `head` is the trace's
//! [`Head`](super::trace_code::Head), which native code reaches its exits and constants through. An exit stores
//! what its snapshot says to registers and globals, in a cold block, and then looks at its place in the table of
//! exits: it goes on in another trace when one is linked there, else it returns to Rust with its number. Linking is
//! a store to that table, so no code is ever patched.

mod collections;
mod exits;
mod ops;

use super::blob::{self, Blob, CompileError};
use super::context::offset;
use super::emit_common::begin;
use super::helpers::Helper;
use super::method::memory::Memory;
use crate::trace::ir::{Ins, Place, Ref, SnapshotId, Trace};
use crate::trace::ops::{Op, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use exits::Exits;
pub(crate) use exits::{ExitKind, ExitPlan, Late};
use std::collections::HashMap;

/// A compiled trace.
pub(crate) struct Emitted {
    pub blob: Blob,
    /// The exits, by number.
    pub exits: Vec<ExitPlan>,
    /// For each step, what it finishes in Rust before it begins.
    pub late: Vec<Vec<(Place, Late)>>,
    /// Checks that can fail.
    pub checks: u32,
    /// CLIF and machine code, when they were asked for.
    pub listing: Option<(String, String)>,
}

/// How a side trace is entered: it counts how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// Each so many times, a power of two, the interpreter goes on instead, at the snapshot of the trace's begin.
    pub looked_at: Option<(u64, SnapshotId)>,
}

/// Compiles a trace, a side trace if it is entered as one. The check of number `forced_exit`, modulo their number, always fails.
///
/// # Errors
/// When Cranelift refuses, which is a bug or a limit of its own.
pub(crate) fn compile(
    isa: &dyn TargetIsa,
    trace: &Trace,
    side: Option<Side>,
    forced_exit: Option<u32>,
    want_listing: bool,
) -> Result<Emitted, CompileError> {
    #[cfg(feature = "jit-all-arch")]
    for other in super::isa::others(isa) {
        super::testing::count_foreign(true, &compile(&*other, trace, side, forced_exit, false)?.blob);
    }
    let mut function = ir::Function::with_name_signature(ir::UserFuncName::default(), signature());
    let mut context = FunctionBuilderContext::new();
    let builder = FunctionBuilder::new(&mut function, &mut context);
    let mut emitter = Emitter::new(builder, trace, isa.default_call_conv());
    let checks = trace.code.iter().filter(|ins| ins.checks() && !ins.op.is_end()).count() as u32;
    if let Some(side) = side {
        emitter.count_crossing(side);
    }
    emitter.forced_exit = forced_exit.map(|number| number % checks.max(1));
    let Parts { exits, late, spilled, checks } = emitter.emit(isa.frontend_config());
    if spilled > super::trace_code::SPILLED {
        return Err(CompileError::new("an exit has too much to make".to_string()));
    }
    let text = want_listing.then(|| function.display().to_string());
    let (blob, assembly) = blob::compile(isa, &mut [function], &mut [], want_listing)?;
    let listing = text.zip(assembly.and_then(|mut assembly| assembly.pop()));
    Ok(Emitted { blob, exits, late, checks, listing })
}

/// What emission makes beside the function.
struct Parts {
    exits: Vec<ExitPlan>,
    late: Vec<Vec<(Place, Late)>>,
    /// Values that an exit hands to Rust, at most.
    spilled: usize,
    checks: u32,
}

/// The signature of traces.
fn signature() -> ir::Signature {
    let mut signature = ir::Signature::new(CallConv::Tail);
    signature.params.extend([AbiParam::new(types::I64); 2]);
    signature.returns.push(AbiParam::new(types::I64));
    signature
}

/// Compiles the way from Rust into any trace: `(context, window, head, code) -> status`.
///
/// # Errors
/// As [`compile`].
pub(crate) fn way_in(isa: &dyn TargetIsa) -> Result<Blob, CompileError> {
    let mut outer = ir::Signature::new(isa.default_call_conv());
    outer.params.extend([AbiParam::new(types::I64); 4]);
    outer.returns.push(AbiParam::new(types::I64));
    let mut function = ir::Function::with_name_signature(ir::UserFuncName::default(), outer);
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut function, &mut context);
    let params = begin(&mut b);
    let pinned = b.ins().get_pinned_reg(types::I64);
    b.ins().set_pinned_reg(params[0]);
    let trace = b.import_signature(signature());
    let call = b.ins().call_indirect(trace, params[3], &[params[1], params[2]]);
    let status = b.inst_results(call)[0];
    b.ins().set_pinned_reg(pinned);
    b.ins().return_(&[status]);
    b.finalize(isa.frontend_config());
    Ok(blob::compile(isa, &mut [function], &mut [], false)?.0)
}

/// A value while native code runs.
#[derive(Clone, Copy, Debug)]
enum Val {
    /// None, or Undef, which has no payload.
    Nothing,
    One(ir::Value),
    /// The two words of a scalar.
    Words(ir::Value, ir::Value),
    /// The string in a register, whose address may change.
    InRegister(i32),
}

/// The emission of a trace.
struct Emitter<'t, 'f> {
    b: FunctionBuilder<'f>,
    trace: &'t Trace,
    /// The value of each instruction so far.
    values: Vec<Val>,
    base: Variable,
    head: ir::Value,
    /// Address of the poll word.
    poll: ir::Value,
    memory: Memory,
    exits: Exits,
    late: Vec<Vec<(Place, Late)>>,
    signatures: HashMap<Helper, ir::SigRef>,
    checks: u32,
    forced_exit: Option<u32>,
    conv: CallConv,
}

impl<'t, 'f> Emitter<'t, 'f> {
    fn new(mut b: FunctionBuilder<'f>, trace: &'t Trace, conv: CallConv) -> Emitter<'t, 'f> {
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let params = b.block_params(entry).to_vec();
        let base = b.declare_var(types::I64);
        b.def_var(base, params[0]);
        let memory = Memory::new(&mut b);
        let context = b.ins().get_pinned_reg(types::I64);
        let poll = memory.load_constant(&mut b, context, offset::POLL);
        let exits = Exits::new(&mut b);
        Emitter {
            b,
            trace,
            values: Vec::with_capacity(trace.code.len()),
            base,
            head: params[1],
            poll,
            memory,
            exits,
            late: Vec::new(),
            signatures: HashMap::new(),
            checks: 0,
            forced_exit: None,
            conv,
        }
    }

    fn emit(mut self, frontend: cranelift_codegen::isa::TargetFrontendConfig) -> Parts {
        self.late = vec![Vec::new(); self.trace.steps.len()];
        let mut begin = self.b.create_block();
        self.b.ins().jump(begin, &[]);
        self.b.switch_to_block(begin);
        let trace = self.trace;
        for (index, ins) in trace.code.iter().enumerate() {
            let value = match ins.op {
                Op::Loop => {
                    begin = self.enter_loop(index);
                    Val::Nothing
                }
                // The loop's block has it as a parameter.
                Op::Phi => self.values[index],
                Op::Back => {
                    self.go_back(begin);
                    Val::Nothing
                }
                _ => self.operation(ins),
            };
            match self.values.get_mut(index) {
                Some(place) => *place = value,
                None => self.values.push(value),
            }
        }
        let (exits, spilled) = self.finish_exits();
        self.b.seal_all_blocks();
        self.b.finalize(frontend);
        Parts { exits, late: self.late, spilled, checks: self.checks }
    }

    /// Counts that another trace has led here.
    fn count_crossing(&mut self, side: Side) {
        let head = self.head;
        let count = self.memory.load_context(&mut self.b, types::I64, head, super::trace_code::CROSSINGS);
        let more = self.b.ins().iadd_imm_s(count, 1);
        self.memory.store_context(&mut self.b, more, head, super::trace_code::CROSSINGS);
        if let Some((times, snapshot)) = side.looked_at {
            let rest = self.b.ins().band_imm_s(more, times as i64 - 1);
            let is_time = self.b.ins().icmp_imm_s(IntCC::Equal, rest, 0);
            let exit = self.exit_block(snapshot, ExitKind::Look, Op::Loop);
            let go_on = self.b.create_block();
            self.b.ins().brif(is_time, exit, &[], go_on, &[]);
            self.b.switch_to_block(go_on);
        }
    }

    /// The phis of the loop.
    fn phis(&self) -> impl Iterator<Item = (usize, &'t Ins)> + use<'t> {
        let trace = self.trace;
        let start = trace.loop_start().map_or(0, |start| start + 1);
        let phis = trace.code[start..].iter().enumerate().take_while(|(_, ins)| ins.op == Op::Phi);
        phis.map(move |(at, ins)| (start + at, ins))
    }

    fn enter_loop(&mut self, index: usize) -> ir::Block {
        let block = self.b.create_block();
        let arguments = self.phi_arguments(0);
        self.b.ins().jump(block, &arguments);
        self.b.switch_to_block(block);
        self.values.resize(index + 1, Val::Nothing);
        for (at, ins) in self.phis() {
            let parts: Vec<ir::Value> =
                clif_types(ins.ty).iter().map(|ty| self.b.append_block_param(block, *ty)).collect();
            let value = match parts[..] {
                [] => Val::Nothing,
                [one] => Val::One(one),
                [low, high, ..] => Val::Words(low, high),
            };
            self.values.resize(at + 1, Val::Nothing);
            self.values[at] = value;
        }
        block
    }

    fn go_back(&mut self, block: ir::Block) {
        let arguments = if self.trace.loop_start().is_some() { self.phi_arguments(1) } else { Vec::new() };
        self.b.ins().jump(block, &arguments);
    }

    /// Values for the phis: those before the loop, or those of the iteration that ends.
    fn phi_arguments(&mut self, operand: usize) -> Vec<ir::BlockArg> {
        let trace = self.trace;
        let mut arguments = Vec::new();
        for (_, ins) in self.phis() {
            let value = trace.phis[ins.imm as usize][operand];
            match self.value(value) {
                Val::Nothing => {}
                Val::One(one) => arguments.push(one.into()),
                Val::Words(low, high) => arguments.extend([low, high].map(ir::BlockArg::from)),
                Val::InRegister(_) => unreachable!("strings are no phis"),
            }
        }
        arguments
    }

    // ---- values --------------------------------------------------------------------------------------

    fn value(&mut self, value: Ref) -> Val {
        use crate::trace::ir::Const;
        if let Some(ins) = value.as_ins() {
            return self.values[ins];
        }
        match self.trace.as_constant(value) {
            Some(Const::Bool(b)) => Val::One(self.b.ins().iconst(types::I8, i64::from(b))),
            Some(Const::Int(n)) => Val::One(self.b.ins().iconst(types::I64, n)),
            Some(Const::Float(bits)) => Val::One(self.b.ins().f64const(f64::from_bits(bits))),
            // A constant key is compared where it is expected; nothing else has constant strings.
            Some(Const::Str(_) | Const::Undef) | None => Val::Nothing,
        }
    }

    /// The one CLIF value that a value is.
    fn one(&mut self, value: Ref) -> ir::Value {
        match self.value(value) {
            Val::One(one) => one,
            Val::InRegister(register) => self.register_address(register),
            // The trace has no such operand; a number keeps the code well formed.
            Val::Nothing | Val::Words(..) => self.b.ins().iconst(types::I64, 0),
        }
    }

    fn base(&mut self) -> ir::Value {
        self.b.use_var(self.base)
    }

    fn register_address(&mut self, register: i32) -> ir::Value {
        let base = self.base();
        self.b.ins().iadd_imm_s(base, i64::from(register) * 16)
    }

    fn context(&mut self) -> ir::Value {
        self.b.ins().get_pinned_reg(types::I64)
    }

    // ---- guards --------------------------------------------------------------------------------------

    /// Goes on when a condition holds, else leaves with the instruction's snapshot.
    fn guard(&mut self, ins: &Ins, condition: ir::Value, wanted: bool) {
        let Some(snapshot) = ins.snapshot else { return };
        let kind = exit_kind(ins);
        let exit = self.exit_block(snapshot, kind, ins.op);
        let go_on = self.b.create_block();
        let mut condition = condition;
        if kind != ExitKind::Shadow {
            if self.forced_exit == Some(self.checks) {
                condition = self.b.ins().iconst(types::I8, i64::from(!wanted));
            }
            self.checks += 1;
        }
        let (yes, no) = if wanted { (go_on, exit) } else { (exit, go_on) };
        self.b.ins().brif(condition, yes, &[], no, &[]);
        self.b.switch_to_block(go_on);
    }

    fn exit_block(&mut self, snapshot: SnapshotId, kind: ExitKind, cause: Op) -> ir::Block {
        self.exits.block(&mut self.b, snapshot, kind, cause)
    }

    // ---- helpers -------------------------------------------------------------------------------------

    /// Calls a helper with the context and arguments of these types.
    fn call_helper(
        &mut self,
        helper: Helper,
        arguments: &[ir::Value],
        result: Option<ir::Type>,
    ) -> Option<ir::Value> {
        let context = self.context();
        let address = self.memory.load_constant(&mut self.b, context, helper.offset());
        let signature = match self.signatures.get(&helper) {
            Some(signature) => *signature,
            None => {
                let mut signature = ir::Signature::new(self.conv);
                signature.params.push(AbiParam::new(types::I64));
                for argument in arguments {
                    signature.params.push(AbiParam::new(self.b.func.dfg.value_type(*argument)));
                }
                signature.returns.extend(result.map(AbiParam::new));
                let signature = self.b.import_signature(signature);
                self.signatures.insert(helper, signature);
                signature
            }
        };
        let mut all = vec![context];
        all.extend_from_slice(arguments);
        let call = self.b.ins().call_indirect(signature, address, &all);
        self.b.inst_results(call).first().copied()
    }
}

/// What kind of exit an instruction's check is.
fn exit_kind(ins: &Ins) -> ExitKind {
    match ins.op {
        _ if ins.shadow => ExitKind::Shadow,
        Op::Poll | Op::Fuel => ExitKind::Stop,
        Op::Link => ExitKind::Link(ins.imm),
        Op::Exit => ExitKind::End,
        _ => ExitKind::Guard,
    }
}

/// The CLIF values that a value of a type is.
fn clif_types(ty: Type) -> &'static [ir::Type] {
    match ty {
        Type::Nothing | Type::Undef => &[],
        Type::Bool => &[types::I8],
        Type::Float => &[types::F64],
        Type::Scalar => &[types::I64, types::I64],
        _ => &[types::I64],
    }
}
