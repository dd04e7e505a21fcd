//! Calls of helpers on cold ways. An ordinary call may change most machine registers, so a value that is needed
//! after one lives on the stack for all its life, on the hot way too. A stub changes none: it saves what the helper
//! may change, and is called by a convention that says so.

use super::emit::Emitter;
use super::memory::Memory;
use crate::jit::blob;
use crate::jit::context::offset;
use crate::jit::emit_common::begin;
use crate::jit::helpers::Helper;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, UserExternalName, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// Signature of a helper, whose result comes in a register if it has one.
pub(super) fn helper_signature(conv: CallConv, arguments: usize, has_result: bool) -> ir::Signature {
    let mut signature = ir::Signature::new(conv);
    // The context comes first.
    signature.params.resize(arguments + 1, AbiParam::new(types::I64));
    if has_result {
        signature.returns.push(AbiParam::new(types::I64));
    }
    signature
}

/// Signature of a stub, whose result is left in the context.
fn stub_signature(arguments: usize) -> ir::Signature {
    let mut signature = ir::Signature::new(CallConv::PreserveAll);
    signature.params.resize(arguments, AbiParam::new(types::I64));
    signature
}

/// The stub of a helper with so many arguments beside the context.
pub(super) fn stub(isa: &dyn TargetIsa, helper: Helper, arguments: usize) -> ir::Function {
    let name = ir::UserFuncName::default();
    let mut function = ir::Function::with_name_signature(name, stub_signature(arguments));
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut function, &mut context);
    let params = begin(&mut b);
    let memory = Memory::new(&mut b);
    let context = b.ins().get_pinned_reg(types::I64);
    let address = memory.load_constant(&mut b, context, helper.offset());
    let signature = helper_signature(isa.default_call_conv(), arguments, helper.has_result());
    let signature = b.import_signature(signature);
    let all: Vec<ir::Value> = std::iter::once(context).chain(params).collect();
    let call = b.ins().call_indirect(signature, address, &all);
    if let Some(result) = b.inst_results(call).first().copied() {
        memory.store_context(&mut b, result, context, offset::ANSWER);
    }
    b.ins().return_(&[]);
    b.finalize(isa.frontend_config());
    function
}

impl Emitter<'_, '_> {
    /// As [`Emitter::call_helper`], where that happens rarely.
    pub(super) fn call_cold(&mut self, helper: Helper, arguments: &[ir::Value]) -> Option<ir::Value> {
        self.forget_what_changes(helper, arguments);
        let callee = match self.stubs.get(&helper) {
            Some(callee) => *callee,
            None => {
                let name = UserExternalName {
                    namespace: blob::STUBS,
                    index: self.versions.stub(helper, arguments.len()),
                };
                let name = self.b.func.declare_imported_user_function(name);
                let signature = self.b.import_signature(stub_signature(arguments.len()));
                let callee = self.b.import_function(ir::ExtFuncData {
                    name: ir::ExternalName::User(name),
                    signature,
                    colocated: true,
                    patchable: false,
                });
                self.stubs.insert(helper, callee);
                callee
            }
        };
        self.b.ins().call(callee, arguments);
        helper.has_result().then(|| {
            let context = self.b.ins().get_pinned_reg(types::I64);
            self.memory.load_context(&mut self.b, types::I64, context, offset::ANSWER)
        })
    }
}
