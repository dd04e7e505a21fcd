//! Calls between native subs, and the versions of subs that they ask for.
//!
//! A version of a sub is for arguments of certain kinds and a result of a certain kind. Arguments and results
//! that have variables go through machine registers, others through the window and the context.

use super::emit::{Emitter, slot, type_of};
use super::kinds::{Kind, Place};
use super::machine::Machine;
use crate::jit::context::{ExitReason, offset, status};
use crate::jit::helpers::Helper;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, UserExternalName, types};
use cranelift_codegen::isa::CallConv;

/// What a version of a sub takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub body: u32,
    /// The tag of each argument that it is for; nothing for any.
    pub arguments: Vec<Option<u8>>,
    /// The tag of the result, if it is returned in a machine register.
    pub result: Option<u8>,
}

impl Signature {
    /// The arguments that come in machine registers.
    pub fn native_arguments(&self) -> impl Iterator<Item = (u16, Kind)> + '_ {
        let tags = self.arguments.iter().enumerate();
        let native = tags.filter_map(|(index, tag)| Some((index as u16, (*tag)?)));
        native.filter(|(_, tag)| is_register_tag(*tag)).map(|(index, tag)| (index, Kind::of(tag)))
    }

    /// The place of a result that is returned in a machine register.
    pub fn native_result(&self) -> Option<Place> {
        self.result.map(|tag| Kind::of(tag).place())
    }

    /// As Cranelift sees it: the window and the arguments, the result and the status.
    pub fn clif(&self, conv: CallConv) -> ir::Signature {
        let mut signature = ir::Signature::new(conv);
        signature.params.push(AbiParam::new(types::I64));
        for (_, kind) in self.native_arguments() {
            signature.params.push(AbiParam::new(type_of(kind.place())));
        }
        if let Some(place) = self.native_result() {
            signature.returns.push(AbiParam::new(type_of(place)));
        }
        signature.returns.push(AbiParam::new(types::I64));
        signature
    }
}

/// Whether values of the tag go through machine registers.
pub(crate) fn is_register_tag(tag: u8) -> bool {
    matches!(Kind::of(tag).place(), Place::Int | Place::Float | Place::Bool)
}

/// The subs' versions of a compile unit, and its stubs. Function numbers: 0 is the way in, then, for a loop, the function
/// of the loop, then the versions in the order in which they were asked for.
pub(crate) struct Versions {
    pub list: Vec<Signature>,
    /// Function number of the first.
    pub first: u32,
    /// Least distance, in registers, between a caller's window and its callee's.
    pub least_advance: u16,
    /// The helpers that are called through stubs, with the number of their arguments.
    pub stubs: Vec<(Helper, usize)>,
}

impl Versions {
    /// The number of a helper's stub.
    pub fn stub(&mut self, helper: Helper, arguments: usize) -> u32 {
        let known = self.stubs.iter().position(|(known, _)| *known == helper);
        let number = known.unwrap_or_else(|| {
            self.stubs.push((helper, arguments));
            self.stubs.len() - 1
        });
        number as u32
    }

    /// The function number of a version.
    fn function(&mut self, signature: &Signature) -> u32 {
        let known = self.list.iter().position(|other| other == signature);
        let number = known.unwrap_or_else(|| {
            self.list.push(signature.clone());
            self.list.len() - 1
        });
        number as u32 + self.first
    }
}

impl Emitter<'_, '_> {
    pub(super) fn emit_call(&mut self, body: u32, first: u16, count: u16, to: u16, result: Option<u8>) {
        let (first, to) = (self.absolute(first), self.absolute(to));
        let arguments: Vec<Option<u8>> =
            (first..first + count).map(|register| self.known(register).single()).collect();
        let signature = Signature { body, arguments, result: result.filter(|tag| is_register_tag(*tag)) };
        let base = self.base();
        let window = self.b.ins().iadd_imm_s(base, i64::from(slot(first)));
        // Depth, register file and native stack all have room while the window is below the limit.
        let context = self.b.ins().get_pinned_reg(types::I64);
        let limit = self.memory.load_constant(&mut self.b, context, offset::LIMIT);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, window, limit);
        let at = self.at;
        self.guard(fits, at, ExitReason::Limit);
        self.versions.least_advance = self.versions.least_advance.min(first);
        let mut values = vec![window];
        for register in first..first + count {
            if let Some((_, value)) = self.native(register) {
                values.push(value);
            }
        }
        let number = self.versions.function(&signature);
        let function = self.import(number, &signature);
        let call = self.b.ins().call(function, &values);
        let results = self.b.inst_results(call).to_vec();
        for register in first..first + count {
            self.kinds[usize::from(register)] = Kind::UNDEF;
        }
        self.changed();
        self.facts.clear();
        let status = results[results.len() - 1];
        let (returned, left) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(left);
        let natives = self.live_natives_except((self.frame, at + 1), to);
        self.b.ins().brif(status, left, &[], returned, &[]);
        self.b.seal_block(left);
        self.b.switch_to_block(left);
        self.store_all(&natives, base);
        let mut calls = vec![at];
        calls.extend(self.inlined_calls());
        self.tell_left(&calls);
        self.return_with(status);
        self.b.seal_block(returned);
        self.b.switch_to_block(returned);
        self.forget_exit();
        match signature.native_result() {
            Some(_) => {
                let kind = Kind::of(signature.result.unwrap_or(0));
                self.assign(to, super::emit::Typed { value: results[0], kind });
            }
            None => {
                self.release(to);
                let context = self.b.ins().get_pinned_reg(types::I64);
                self.memory.result_to_register(&mut self.b, context, offset::RESULT, base, slot(to));
                self.set_known(to, Kind::ANY);
                if let Some(tag) = result {
                    self.expect_at(to, tag, at + 1);
                }
            }
        }
    }

    /// A reference to a function of the compile unit.
    fn import(&mut self, number: u32, signature: &Signature) -> ir::FuncRef {
        let name = UserExternalName { namespace: 0, index: number };
        let name = self.b.func.declare_imported_user_function(name);
        let signature = signature.clif(self.conv());
        let signature = self.b.import_signature(signature);
        self.b.import_function(ir::ExtFuncData {
            name: ir::ExternalName::User(name),
            signature,
            colocated: true,
            patchable: false,
        })
    }

    pub(super) fn emit_return(&mut self, result: Option<u16>) {
        let Some(signature) = self.signature.clone() else { return self.leave() };
        let at = self.at;
        let variables = self.input.bodies[signature.body as usize].variables as u16;
        let native = match (signature.result, result) {
            (None, _) => None,
            (Some(tag), Some(register)) => {
                let kind = self.kind(register);
                if !kind.can_be(tag) {
                    return self.leave();
                }
                if !kind.is(tag) {
                    self.expect(register, tag);
                }
                self.native(register).map(|(_, value)| value)
            }
            (Some(_), None) => return self.leave(),
        };
        let context = self.b.ins().get_pinned_reg(types::I64);
        if signature.result.is_none() {
            let base = self.base();
            match result {
                Some(register) if self.kind(register).place() == Place::Memory => {
                    let from = slot(register);
                    self.memory.take_to_result(&mut self.b, base, from, context, offset::RESULT);
                    self.kinds[usize::from(register)] = Kind::UNDEF;
                }
                Some(register) => {
                    let value = self.native(register);
                    self.memory.store_result(&mut self.b, value, context, offset::RESULT);
                }
                None => self.memory.store_result(&mut self.b, None, context, offset::RESULT),
            }
        }
        for register in 0..variables {
            self.release(register);
        }
        let _ = at;
        let returned = self.b.ins().iconst(types::I64, status::RETURNED);
        match native {
            Some(value) => self.b.ins().return_(&[value, returned]),
            None => self.b.ins().return_(&[returned]),
        };
    }
}
