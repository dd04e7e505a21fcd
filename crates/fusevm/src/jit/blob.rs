//! From CLIF to bytes: a compile unit of several functions becomes one position-independent blob.
//!
//! The functions of a unit call each other; nothing in a blob refers to the outside (helpers are reached through
//! the pinned register), so a blob runs wherever it is copied to, today or out of the disk cache.

use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{ExternalName, Function, UserExternalName};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::print_errors::pretty_error;
use serde::{Deserialize, Serialize};

use cranelift_codegen::{Context, FinalizedMachReloc, FinalizedRelocTarget};

/// Position-independent machine code of a compile unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    /// Code and its constants.
    pub code: Vec<u8>,
    /// The offset of each function in `code`, in the order they were given.
    pub entries: Vec<u32>,
    /// The address of `code` must be a multiple of this power of two.
    pub align: u32,
}

/// The namespace of a unit's stubs.
pub(crate) const STUBS: u32 = 1;

impl Blob {
    /// Whether its functions begin within it, and it can be placed in memory.
    #[cfg(feature = "jit-disk-cache")]
    pub fn is_sound(&self) -> bool {
        let is_within = |entry: &u32| (*entry as usize) < self.code.len();
        !self.entries.is_empty()
            && self.entries.iter().all(is_within)
            && self.align.is_power_of_two()
            && self.align <= 4096
    }
}

/// Why a unit has no machine code: a bug of the emitter or the code generator, or a limit of the latter.
#[derive(Debug)]
pub(crate) struct CompileError {
    /// The number of the function in its unit that it is about, if it is about one.
    function: Option<usize>,
    /// What is wrong with it, in words.
    reason: String,
}

impl CompileError {
    /// Why an emitter makes nothing of a unit.
    pub(crate) fn new(reason: String) -> CompileError {
        CompileError { function: None, reason }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.function {
            Some(function) => write!(f, "function {function}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for CompileError {}

/// Compiles `functions` to one blob, and to the text of their machine instructions if asked to.
///
/// A function refers to number *n* of the unit as the colocated external `UserExternalName { namespace: 0, index: n }`, and to
/// number *n* of the stubs, which come behind them, by namespace [`STUBS`]. The functions are left as the optimiser made
/// them, which is what a dump wants to show.
///
/// # Errors
/// When the CLIF is invalid (checked with debug assertions), a limit is exceeded, the code generator panics, or a
/// function refers to anything but a call of a function of the unit.
pub(crate) fn compile(
    isa: &dyn TargetIsa,
    functions: &mut [Function],
    stubs: &mut [Function],
    want_text: bool,
) -> Result<(Blob, Option<Vec<String>>), CompileError> {
    let mut context = Context::new();
    let mut control = ControlPlane::default();
    let first_stub = functions.len();
    let count = first_stub + stubs.len();
    let mut section = isa.text_section_builder(count);
    let mut blob = Blob { code: Vec::new(), entries: Vec::new(), align: isa.function_alignment().preferred };
    let mut texts = want_text.then(Vec::new);
    for (number, function) in functions.iter_mut().chain(stubs).enumerate() {
        let fail = |reason| CompileError { function: Some(number), reason };
        compile_one(isa, &mut context, &mut control, function, want_text).map_err(fail)?;
        let Some(compiled) = context.compiled_code() else { continue };
        let align = compiled.buffer.alignment.max(isa.function_alignment().preferred);
        blob.align = blob.align.max(align);
        let start = section.append(true, compiled.buffer.data(), align, &mut control);
        blob.entries.push(u32::try_from(start).map_err(|_| fail("the unit is larger than 4 GiB".into()))?);
        for relocation in compiled.buffer.relocs() {
            let at = start + u64::from(relocation.offset);
            let resolved = callee(relocation, function, first_stub)
                .filter(|target| *target < count)
                .is_some_and(|target| section.resolve_reloc(at, relocation.kind, relocation.addend, target));
            if !resolved {
                return Err(fail(describe(relocation, function)));
            }
        }
        if let Some(texts) = &mut texts {
            texts.push(compiled.vcode.clone().unwrap_or_default());
        }
    }
    blob.code = section.finish(&mut control);
    Ok((blob, texts))
}

/// Leaves the code of `function` in `context`. A panic of the code generator is an error like others: the program
/// goes on without this code.
fn compile_one(
    isa: &dyn TargetIsa,
    context: &mut Context,
    control: &mut ControlPlane,
    function: &mut Function,
    want_text: bool,
) -> Result<(), String> {
    context.clear();
    context.set_disasm(want_text);
    mem::swap(&mut context.func, function);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        context.compile(isa, control).map(|_| ()).map_err(|error| pretty_error(error.func, error.inner))
    }));
    mem::swap(&mut context.func, function);
    outcome.unwrap_or_else(|panic| Err(format!("the code generator panicked: {}", panic_text(&*panic))))
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// The number of the function that a relocation refers to, if it is one of ours.
fn callee(relocation: &FinalizedMachReloc, function: &Function, first_stub: usize) -> Option<usize> {
    let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = &relocation.target else {
        return None;
    };
    match function.params.user_named_funcs().get(*name)? {
        UserExternalName { namespace: 0, index } => Some(*index as usize),
        UserExternalName { namespace: STUBS, index } => Some(first_stub + *index as usize),
        _ => None,
    }
}

fn describe(relocation: &FinalizedMachReloc, function: &Function) -> String {
    let target = relocation.target.display(Some(&function.params));
    format!("relocation {:?} to {target} at {:#x} leaves the unit", relocation.kind, relocation.offset)
}

#[cfg(test)]
#[path = "blob_tests.rs"]
pub(in crate::jit) mod tests;
