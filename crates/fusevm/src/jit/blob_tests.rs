//! Blobs: calls within a unit, constants, errors, and both instruction sets.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I64};
use cranelift_codegen::ir::{
    AbiParam, BlockArg, ExtFuncData, FuncRef, Function, InstBuilder, LibCall, MemFlagsData, Signature, Type,
    Value,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::*;
use crate::jit::arena::{Arena, Installed};
#[cfg(feature = "jit-all-arch")]
use crate::jit::isa::for_triple;
use crate::jit::isa::{Quality, host};

type Body = fn(&mut FunctionBuilder<'_>);

/// A function of `parameters` and `result` under the C calling convention of `isa`.
fn function(isa: &dyn TargetIsa, parameters: &[Type], result: Type, body: Body) -> Function {
    let mut function = Function::new();
    function.signature = Signature::new(isa.default_call_conv());
    function.signature.params.extend(parameters.iter().map(|kind| AbiParam::new(*kind)));
    function.signature.returns.push(AbiParam::new(result));
    let mut context = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut function, &mut context);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    builder.ensure_inserted_block();
    body(&mut builder);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    function
}

/// Number `index` of the unit, seen from another function with the same signature.
fn sibling(builder: &mut FunctionBuilder<'_>, index: u32) -> FuncRef {
    let signature = builder.func.signature.clone();
    let signature = builder.import_signature(signature);
    let name = builder.func.declare_imported_user_function(UserExternalName { namespace: 0, index });
    builder.import_function(ExtFuncData {
        name: ExternalName::user(name),
        signature,
        colocated: true,
        patchable: false,
    })
}

fn parameter(builder: &FunctionBuilder<'_>) -> Value {
    builder.func.dfg.block_params(builder.func.layout.entry_block().unwrap())[0]
}

/// Number 0 and number 1 of a unit that counts down by turns: `turn(n) = n == 0 ? WHO : other(n - 1)`.
fn take_turns(builder: &mut FunctionBuilder<'_>, who: i64, other: u32) {
    let n = parameter(builder);
    let (last, more) = (builder.create_block(), builder.create_block());
    builder.ins().brif(n, more, &[], last, &[]);
    builder.switch_to_block(last);
    let who = builder.ins().iconst(I64, who);
    builder.ins().return_(&[who]);
    builder.switch_to_block(more);
    let less = builder.ins().iadd_imm_s(n, -1);
    let other = sibling(builder, other);
    let call = builder.ins().call(other, &[less]);
    let result = builder.inst_results(call)[0];
    builder.ins().return_(&[result]);
}

/// Two functions that call each other: number 0 answers 100 when called with an even number, 200 with an odd one.
pub(in crate::jit) fn turns(isa: &dyn TargetIsa) -> Vec<Function> {
    vec![
        function(isa, &[I64], I64, |b| take_turns(b, 100, 1)),
        function(isa, &[I64], I64, |b| take_turns(b, 200, 0)),
    ]
}

/// `0 + 1 + … + (n - 1)`, by a loop tested at its bottom.
fn sum_below(builder: &mut FunctionBuilder<'_>) {
    let n = parameter(builder);
    let (body, done) = (builder.create_block(), builder.create_block());
    let (i, total) = (builder.append_block_param(body, I64), builder.append_block_param(body, I64));
    let result = builder.append_block_param(done, I64);
    let zero = builder.ins().iconst(I64, 0);
    builder.ins().jump(body, &[BlockArg::Value(zero), BlockArg::Value(zero)]);
    builder.switch_to_block(body);
    let sum = builder.ins().iadd(total, i);
    let next = builder.ins().iadd_imm_s(i, 1);
    let again = builder.ins().icmp(IntCC::SignedLessThan, next, n);
    let round = [BlockArg::Value(next), BlockArg::Value(sum)];
    builder.ins().brif(again, body, &round, done, &[BlockArg::Value(sum)]);
    builder.switch_to_block(done);
    builder.ins().return_(&[result]);
}

/// `floor(x * 0.1) + 1e300`: constants that live in a pool after the code.
fn float_constants(builder: &mut FunctionBuilder<'_>) {
    let x = parameter(builder);
    let tenth = builder.ins().f64const(0.1);
    let product = builder.ins().fmul(x, tenth);
    let floor = builder.ins().floor(product);
    let huge = builder.ins().f64const(1e300);
    let result = builder.ins().fadd(floor, huge);
    builder.ins().return_(&[result]);
}

/// Number 0 sets the pinned register to its argument around a call of number 1.
fn with_pinned(builder: &mut FunctionBuilder<'_>) {
    let context = parameter(builder);
    let saved = builder.ins().get_pinned_reg(I64);
    builder.ins().set_pinned_reg(context);
    let callee = sibling(builder, 1);
    let call = builder.ins().call(callee, &[context]);
    let result = builder.inst_results(call)[0];
    builder.ins().set_pinned_reg(saved);
    builder.ins().return_(&[result]);
}

/// Number 1: the word that the pinned register points to.
fn load_pinned(builder: &mut FunctionBuilder<'_>) {
    let context = builder.ins().get_pinned_reg(I64);
    let word = builder.ins().load(I64, MemFlagsData::trusted(), context, 0);
    builder.ins().return_(&[word]);
}

const QUALITIES: [Quality; 2] = [Quality::Cheap, Quality::Best];

/// Compiles for this machine, in both qualities, and hands the executable unit to `check`.
fn on_host(unit: fn(&dyn TargetIsa) -> Vec<Function>, check: impl Fn(&Installed)) {
    let arena = Arena::new(1 << 20);
    for quality in QUALITIES {
        let isa = host(quality).unwrap();
        let (blob, text) = compile(&*isa, &mut unit(&*isa), &mut [], false).unwrap();
        assert_eq!(text, None);
        check(&arena.install(&blob).unwrap());
    }
    assert_eq!(arena.used_bytes(), 0);
}

/// Calls function 0 of a unit, which takes and returns an `i64`.
pub(in crate::jit) fn call_int(code: &Installed, argument: i64) -> i64 {
    // SAFETY: function 0 of every unit that these tests call so has this signature, and its code is mapped.
    let entry: extern "C" fn(i64) -> i64 = unsafe { mem::transmute(code.entry(0)) };
    entry(argument)
}

#[test]
fn functions_of_a_unit_call_each_other() {
    on_host(turns, |code| {
        for (argument, expected) in [(0, 100), (1, 200), (2, 100), (1001, 200)] {
            assert_eq!(call_int(code, argument), expected);
        }
        assert!(code.entry(2).is_null());
    });
}

#[test]
fn a_loop_runs() {
    on_host(
        |isa| vec![function(isa, &[I64], I64, sum_below)],
        |code| assert_eq!(call_int(code, 1000), 499_500),
    );
}

#[test]
fn float_constants_travel_with_the_code() {
    on_host(
        |isa| vec![function(isa, &[F64], F64, float_constants)],
        |code| {
            // SAFETY: the function has this signature, and its code is mapped.
            let entry: extern "C" fn(f64) -> f64 = unsafe { mem::transmute(code.entry(0)) };
            assert_eq!(entry(-1e300), -1e299 + 1e300);
            assert_eq!(entry(5.0), 1e300);
        },
    );
}

#[test]
fn the_pinned_register_is_set_for_callees_and_restored() {
    on_host(
        |isa| vec![function(isa, &[I64], I64, with_pinned), function(isa, &[I64], I64, load_pinned)],
        |code| {
            let word = 0x0123_4567_89AB_CDEF_i64;
            assert_eq!(call_int(code, &raw const word as i64), word);
        },
    );
}

#[test]
fn a_blob_is_position_independent() {
    let isa = host(Quality::Best).unwrap();
    let (first, _) = compile(&*isa, &mut turns(&*isa), &mut [], false).unwrap();
    let (second, _) = compile(&*isa, &mut turns(&*isa), &mut [], false).unwrap();
    assert_eq!(first, second);
    let arena = Arena::new(1 << 20);
    let copies = [arena.install(&first).unwrap(), arena.install(&first).unwrap()];
    assert_ne!(copies[0].entry(0), copies[1].entry(0));
    assert!(copies.iter().all(|code| code.code() == first.code && call_int(code, 7) == 200));
}

#[test]
fn text_is_per_function() {
    let isa = host(Quality::Best).unwrap();
    let (blob, text) = compile(&*isa, &mut turns(&*isa), &mut [], true).unwrap();
    let text = text.unwrap();
    assert_eq!((text.len(), blob.entries.len()), (2, 2));
    assert!(text.iter().all(|function| function.contains("ret")), "{text:?}");
}

#[test]
fn what_leaves_the_unit_is_an_error() {
    fn call_beyond(builder: &mut FunctionBuilder<'_>) {
        take_turns(builder, 100, 7);
    }
    fn call_library(builder: &mut FunctionBuilder<'_>) {
        let x = parameter(builder);
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.push(AbiParam::new(I64));
        signature.returns.push(AbiParam::new(I64));
        let signature = builder.import_signature(signature);
        let name = ExternalName::LibCall(LibCall::FloorF64);
        let callee =
            builder.import_function(ExtFuncData { name, signature, colocated: false, patchable: false });
        let call = builder.ins().call(callee, &[x]);
        let result = builder.inst_results(call)[0];
        builder.ins().return_(&[result]);
    }
    let isa = host(Quality::Best).unwrap();
    let cases: [(Body, &str); 2] = [(call_beyond, "u0:7"), (call_library, "FloorF64")];
    for (body, target) in cases {
        let mut unit = [function(&*isa, &[I64], I64, sum_below), function(&*isa, &[I64], I64, body)];
        let message = compile(&*isa, &mut unit, &mut [], false).unwrap_err().to_string();
        assert!(message.starts_with("function 1: relocation ") && message.contains(target), "{message}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn invalid_clif_is_an_error() {
    let isa = host(Quality::Best).unwrap();
    let mut unit = [function(&*isa, &[I64], I64, |builder| {
        let wrong = builder.ins().f64const(1.0);
        builder.ins().return_(&[wrong]);
    })];
    let message = compile(&*isa, &mut unit, &mut [], false).unwrap_err().to_string();
    assert!(message.starts_with("function 0: ") && message.contains("return"), "{message}");
}

#[test]
fn an_empty_unit_is_an_empty_blob() {
    let isa = host(Quality::Cheap).unwrap();
    let (blob, _) = compile(&*isa, &mut [], &mut [], false).unwrap();
    assert!(blob.code.is_empty() && blob.entries.is_empty());
    assert!(Arena::new(1 << 20).install(&blob).unwrap().entry(0).is_null());
}

/// The same CLIF compiles for both instruction sets that we support, and its calls arrive inside the blob.
#[cfg(feature = "jit-all-arch")]
#[test]
fn every_architecture_resolves_its_calls() {
    /// The offsets that near calls in `code` go to.
    type Callees = fn(&[u8]) -> Vec<u32>;
    let aarch64: Callees = |code| {
        let words = code.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let calls = words.enumerate().filter(|(_, word)| word >> 26 == 0b10_0101);
        calls.map(|(index, word)| (index as u32).wrapping_add_signed((word << 6) as i32 >> 6) * 4).collect()
    };
    let x86_64: Callees = |code| {
        let calls = code.windows(5).enumerate().filter(|(_, bytes)| bytes[0] == 0xE8);
        let distance = |bytes: &[u8]| i32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
        calls.map(|(at, bytes)| (at as u32 + 5).wrapping_add_signed(distance(bytes))).collect()
    };
    for (triple, callees) in [("aarch64-unknown-linux-gnu", aarch64), ("x86_64-unknown-linux-gnu", x86_64)] {
        for quality in QUALITIES {
            let isa = for_triple(triple, quality).unwrap();
            let (blob, text) = compile(&*isa, &mut turns(&*isa), &mut [], true).unwrap();
            assert_eq!(callees(&blob.code), [blob.entries[1], blob.entries[0]], "{triple} {text:?}");
            let pinned =
                [function(&*isa, &[I64], I64, with_pinned), function(&*isa, &[I64], I64, load_pinned)];
            let register = if triple.starts_with("aarch64") { "x21" } else { "%r15" };
            let (_, text) = compile(&*isa, &mut pinned.clone(), &mut [], true).unwrap();
            assert!(text.unwrap().iter().all(|function| function.contains(register)), "{triple}");
            compile(&*isa, &mut [function(&*isa, &[I64], I64, sum_below)], &mut [], false).unwrap();
        }
    }
}
