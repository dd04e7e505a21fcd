//! The method compiler: a loop or a sub with everything that it reaches, control flow and all.
//!
//! ```text
//! Input (lowered code, feedback) → graph, liveness → infer (kinds) → emit (CLIF) → blob
//! ```
//!
//! `translate` says once what an instruction does in typed operations; inference and emission are two
//! machines that run it.

mod arrays;
mod calls;
mod checks;
mod emit;
mod entries;
mod fields;
pub(crate) mod graph;
mod heap;
mod infer;
pub(crate) mod input;
pub(crate) mod kinds;
mod liveness;
mod loops;
pub(crate) mod machine;
pub(crate) mod memory;
mod operations;
mod stubs;
mod texts;
pub(crate) mod translate;

use super::blob::{self, Blob, CompileError};
use super::context::{offset, status};
use super::emit_common::begin;
use super::policy;
use crate::code::Opcode;
use crate::value::tag;
use calls::{Signature, Versions};
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, UserExternalName, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use emit::Emitter;
use graph::Graph;
use infer::{Kinds, infer};
use input::Input;
use kinds::{Kind, Tags};
use loops::{Effects, Loops, find_loops};
use serde::{Deserialize, Serialize};
use stubs::stub;

pub(crate) use checks::Checks;

/// What is to be compiled.
#[derive(Clone, Debug, Serialize)]
pub(crate) enum Entry {
    /// A loop, by its first instruction, with the tags of all registers of the frame at the time.
    Loop { inst: u32, tags: Vec<u8> },
    /// A sub, with the tags of its arguments.
    Sub { body: u32, tags: Vec<u8> },
}

/// Compiled code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Method {
    pub blob: Blob,
    /// What the code counts on: registers of the window and the tags that each can have.
    pub required: Vec<(u16, Tags)>,
    /// Least distance, in registers, between the windows of a native caller and its callee.
    pub least_advance: u16,
    /// Most registers of a window, inlined frames included.
    pub most_registers: u32,
    /// Most frames that are inlined into one.
    pub depth: u32,
    /// CLIF and machine code of each function, when they were asked for.
    #[serde(skip)]
    pub listing: Option<Vec<(String, String)>>,
    /// Instructions that were compiled.
    pub instructions: usize,
}

/// Why some code is left to the interpreter.
pub(crate) const NOT_WORTH_IT: &str =
    "nearly all that it does is done by the interpreter, which native code would only call, or be left for";

/// Whether code is known to be not worth it (see [`NOT_WORTH_IT`]) without the code generator, whose start costs more
/// than many a program takes. Of much code that is left to [`compile`], which has to find it out anyway.
pub(crate) fn is_soon_found_worthless(input: &Input, entry: &Entry) -> bool {
    if !input.only_if_worth_it {
        return false;
    }
    let body = match entry {
        Entry::Loop { inst, .. } => input.body_of(*inst),
        Entry::Sub { body, .. } => *body,
    };
    if input.extent(body).len() > policy::MAX_JUDGED_FIRST {
        return false;
    }
    let Function { inst, kinds, .. } = begin_of(input, entry).first;
    let graph = Graph::new(input, body, inst);
    graph.instructions() <= policy::MAX_JUDGED_FIRST
        && !Analysis::new(input, graph, kinds).is_worth_it(input, entry)
}

/// Compiles.
///
/// # Errors
/// When Cranelift refuses, which is a bug or a limit of its own.
pub(crate) fn compile(
    isa: &dyn TargetIsa,
    input: &Input,
    entry: &Entry,
    want_listing: bool,
) -> Result<Method, CompileError> {
    #[cfg(feature = "jit-all-arch")]
    for other in super::isa::others(isa) {
        super::testing::count_foreign(false, &compile(&*other, input, entry, false)?.blob);
    }
    let mut functions = Vec::new();
    let first_version = if matches!(entry, Entry::Sub { .. }) { 1 } else { 2 };
    let mut versions =
        Versions { list: Vec::new(), first: first_version, least_advance: u16::MAX, stubs: Vec::new() };
    let (mut instructions, mut depth, mut most_registers) = (0, 0, 0);
    let Begin { first, required } = begin_of(input, entry);
    functions.push(way_in(isa, first.signature.as_ref()));
    if let Some(signature) = &first.signature {
        // The versions that it asks for of itself are this one.
        versions.list.push(signature.clone());
    }
    let mut pending = vec![first];
    let mut next_version = versions.list.len();
    while let Some(Function { body, inst, kinds, signature }) = pending.pop() {
        let analysis = Analysis::new(input, Graph::new(input, body, inst), kinds);
        depth = depth.max(analysis.graph.depth());
        most_registers = most_registers.max(analysis.graph.registers as u32);
        instructions += analysis.graph.instructions();
        let is_first = functions.len() == 1;
        if is_first && input.only_if_worth_it && !analysis.is_worth_it(input, entry) {
            return Err(CompileError::new(NOT_WORTH_IT.to_string()));
        }
        functions.push(emit(isa, input, &analysis, signature, &mut versions));
        if let Some(signature) = versions.list.get(next_version).cloned() {
            next_version += 1;
            pending.push(Function::of_sub(input, signature));
        }
    }
    let stubs = versions.stubs.iter().map(|(helper, arguments)| stub(isa, *helper, *arguments));
    let mut stubs: Vec<ir::Function> = stubs.collect();
    let texts: Vec<String> = match want_listing {
        true => functions.iter().chain(&stubs).map(|function| function.display().to_string()).collect(),
        false => Vec::new(),
    };
    let (blob, assembly) = blob::compile(isa, &mut functions, &mut stubs, want_listing)?;
    Ok(Method {
        blob,
        required,
        least_advance: versions.least_advance,
        most_registers,
        depth,
        listing: assembly.map(|assembly| texts.into_iter().zip(assembly).collect()),
        instructions,
    })
}

/// A function that is to be made of code.
struct Function {
    body: u32,
    /// Where it begins.
    inst: u32,
    /// The kinds of the frame's registers there.
    kinds: Kinds,
    /// Of a sub; a loop has none.
    signature: Option<Signature>,
}

impl Function {
    fn of_sub(input: &Input, signature: Signature) -> Function {
        let body = &input.bodies[signature.body as usize];
        let mut kinds = vec![Kind::UNOWNED; body.registers as usize];
        for kind in &mut kinds[..body.variables as usize] {
            *kind = Kind::UNDEF;
        }
        for (kind, tag) in kinds.iter_mut().zip(&signature.arguments) {
            *kind = tag.map_or(Kind::ANY, Kind::of);
        }
        Function { body: signature.body, inst: body.entry, kinds, signature: Some(signature) }
    }
}

/// The function of an entry, and what it counts on: registers and the tags that each can have.
struct Begin {
    first: Function,
    required: Vec<(u16, Tags)>,
}

fn begin_of(input: &Input, entry: &Entry) -> Begin {
    let mut required = Vec::new();
    let first = match entry {
        Entry::Loop { inst, tags } => {
            let body = input.body_of(*inst);
            let live = input.liveness(body);
            let mut kinds = vec![Kind::ANY; input.bodies[body as usize].registers as usize];
            for (register, tag) in tags.iter().enumerate().take(kinds.len()) {
                let kind = if live.before(*inst).contains(register as u16) {
                    Kind::of(*tag)
                } else if *tag < tag::STR {
                    Kind::UNOWNED
                } else {
                    continue;
                };
                kinds[register] = kind;
                required.push((register as u16, kind.tags));
            }
            Function { body, inst: *inst, kinds, signature: None }
        }
        Entry::Sub { body, tags } => {
            let result = input.result_of(*body);
            let arguments: Vec<Option<u8>> = tags.iter().copied().map(Some).collect();
            for (register, tag) in tags.iter().enumerate() {
                required.push((register as u16, 1 << tag));
            }
            Function::of_sub(input, Signature { body: *body, arguments, result })
        }
    };
    Begin { first, required }
}

/// What is known of a function before code is emitted.
struct Analysis {
    graph: Graph,
    /// The kinds where it is entered.
    entry: Kinds,
    /// The kinds at the begin of each block that is reached.
    begins: Vec<Option<Kinds>>,
    /// What each block does.
    effects: Vec<Effects>,
    loops: Loops,
}

impl Analysis {
    fn new(input: &Input, graph: Graph, mut entry: Kinds) -> Analysis {
        entry.resize(graph.registers, Kind::UNOWNED);
        let (begins, effects) = infer(input, &graph, entry.clone());
        let loops = find_loops(input, &graph, &begins, &effects);
        Analysis { graph, entry, begins, effects, loops }
    }

    /// Whether the code is likely faster than the interpreter. A sub that calls none, or that native code does not call, is entered
    /// from the interpreter each time.
    fn is_worth_it(&self, input: &Input, entry: &Entry) -> bool {
        let is_call = |at| input.insts[at as usize].op == Opcode::Call;
        let cost = match entry {
            Entry::Sub { body, .. } => {
                let calls = self.graph.blocks.iter().any(|block| (block.start..block.end).any(is_call));
                if calls && input.is_callable(*body) { 0 } else { policy::LEAVE_COST }
            }
            Entry::Loop { .. } => 0,
        };
        loops::gain(&self.graph, &self.effects, &self.loops) > cost
    }
}

fn emit(
    isa: &dyn TargetIsa,
    input: &Input,
    analysis: &Analysis,
    signature: Option<Signature>,
    versions: &mut Versions,
) -> ir::Function {
    let conv = isa.default_call_conv();
    let clif = match &signature {
        Some(signature) => signature.clif(conv),
        None => {
            let mut clif = ir::Signature::new(conv);
            clif.params.push(AbiParam::new(types::I64));
            clif.returns.push(AbiParam::new(types::I64));
            clif
        }
    };
    let mut function = ir::Function::with_name_signature(ir::UserFuncName::default(), clif);
    let mut context = FunctionBuilderContext::new();
    let builder = FunctionBuilder::new(&mut function, &mut context);
    let emitter = Emitter::new(builder, input, analysis, signature, versions, conv);
    emitter.emit(isa.frontend_config());
    function
}

/// The function through which Rust enters: `(context, window) -> status`. It puts the context into the
/// pinned register, and a sub's arguments and result where native code and Rust expect them.
fn way_in(isa: &dyn TargetIsa, signature: Option<&Signature>) -> ir::Function {
    let conv = isa.default_call_conv();
    let mut outer = ir::Signature::new(conv);
    outer.params.extend([AbiParam::new(types::I64); 2]);
    outer.returns.push(AbiParam::new(types::I64));
    let mut function = ir::Function::with_name_signature(ir::UserFuncName::default(), outer);
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut function, &mut context);
    let params = begin(&mut b);
    let (context, base) = (params[0], params[1]);
    let pinned = b.ins().get_pinned_reg(types::I64);
    b.ins().set_pinned_reg(context);
    let memory = memory::Memory::new(&mut b);
    let mut arguments = vec![base];
    for (register, kind) in signature.iter().flat_map(|signature| signature.native_arguments()) {
        let ty = emit::type_of(kind.place());
        let offset = emit::slot(register) + if ty == types::I8 { 1 } else { 8 };
        arguments.push(memory.load(&mut b, ty, base, offset));
    }
    let clif = match signature {
        Some(signature) => signature.clif(conv),
        None => {
            let mut clif = ir::Signature::new(conv);
            clif.params.push(AbiParam::new(types::I64));
            clif.returns.push(AbiParam::new(types::I64));
            clif
        }
    };
    let name = b.func.declare_imported_user_function(UserExternalName { namespace: 0, index: 1 });
    let clif = b.import_signature(clif);
    let callee = b.import_function(ir::ExtFuncData {
        name: ir::ExternalName::User(name),
        signature: clif,
        colocated: true,
        patchable: false,
    });
    let call = b.ins().call(callee, &arguments);
    let results = b.inst_results(call).to_vec();
    let status = results[results.len() - 1];
    if let Some(place) = signature.and_then(Signature::native_result) {
        let (returned, done) = (b.create_block(), b.create_block());
        let is_return = b.ins().icmp_imm_s(ir::condcodes::IntCC::Equal, status, status::RETURNED);
        b.ins().brif(is_return, returned, &[], done, &[]);
        b.switch_to_block(returned);
        memory.store_result(&mut b, Some((place, results[0])), context, offset::RESULT);
        b.ins().jump(done, &[]);
        b.switch_to_block(done);
        b.seal_all_blocks();
    }
    b.ins().set_pinned_reg(pinned);
    b.ins().return_(&[status]);
    b.finalize(isa.frontend_config());
    function
}
