//! The tiers of a VM: which places of its code are hot, being compiled, or native, and what comes next.

use super::arena::{Arena, Installed};
use super::context::NativeContext;
use super::isa::{self, Quality};
use super::log::{CodeId, Listing};
use super::method::input::{FAILED, Input};
use super::method::kinds::Tags;
use super::method::{self, Entry, Method};
use super::tell::{self, Made, Program};
use super::{ExtensionTable, Tier, policy};
use crate::code::Code;
use crate::interp::fast::Extent;
use crate::interp::unit::Unit;
use crate::value::Value;
use crate::vm::VM;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

/// A place where native code can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A loop, by its first instruction.
    Loop(u32),
    /// A sub, by its body.
    Sub(u32),
}

/// What to do at a hot place.
pub(crate) enum Look {
    /// Go on in native code.
    Enter(Arc<Compiled>),
    /// Go on under observation, and look again after so many times.
    Observe(Extent, u16),
    /// Go on, and look again after so many times.
    Wait(u16),
}

impl Look {
    /// How often the place may be reached before it is looked at again.
    pub fn wait(&self) -> u16 {
        match self {
            Look::Enter(_) => 1,
            Look::Observe(_, times) | Look::Wait(times) => *times,
        }
    }
}

/// Native code of a place.
pub(crate) struct Compiled {
    /// Its number in the log.
    pub id: CodeId,
    pub what: What,
    pub bytes: usize,
    installed: Installed,
    required: Vec<(u16, Tags)>,
    pub least_advance: u16,
    pub most_registers: u32,
}

impl Compiled {
    /// The way in.
    pub fn entry(&self) -> unsafe extern "C" fn(*mut NativeContext, *mut Value) -> i64 {
        // SAFETY: function 0 of a method has this signature.
        unsafe { std::mem::transmute(self.installed.entry(0)) }
    }

    fn admits(&self, tag_of: impl Fn(u16) -> u8) -> bool {
        self.required.iter().all(|(register, tags)| tags & 1 << tag_of(*register) != 0)
    }
}

/// What is known of a place.
#[derive(Default)]
struct Site {
    observed: bool,
    versions: Vec<Arc<Compiled>>,
    recompiles: u32,
    exits: HashMap<u32, u32>,
    given_up: bool,
}

/// The places of a unit's code.
#[derive(Default)]
struct UnitTiers {
    sites: HashMap<What, Site>,
    /// Instructions whose guesses failed.
    failed: HashSet<u32>,
    /// What the frontend has lowered its extension ops to.
    extensions: Option<Arc<ExtensionTable>>,
    /// The generation of the VM's subs that compiled calls count on.
    generation: u64,
}

/// The native code of a VM.
pub(crate) struct Tiers {
    units: HashMap<u64, UnitTiers>,
    arena: Arena,
    /// Pieces of code that were made.
    made: CodeId,
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers { units: HashMap::new(), arena: Arena::new(policy::CODE_CAP), made: 0 }
    }
}

impl Tiers {
    /// Says what to do at a hot place.
    pub fn look(
        &mut self,
        vm: &mut VM,
        program: Program,
        what: What,
        registers: usize,
        tag_of: impl Fn(u16) -> u8,
    ) -> Look {
        let Program { unit, code } = program;
        let tiers = self.units.entry(code.id).or_default();
        if tiers.generation != vm.subs.generation {
            tiers.generation = vm.subs.generation;
            tiers.sites.clear();
        }
        let site = tiers.sites.entry(what).or_default();
        if let Some(version) = site.versions.iter().find(|version| version.admits(&tag_of)) {
            return Look::Enter(version.clone());
        }
        if site.given_up || site.versions.len() >= policy::MAX_VERSIONS as usize {
            return Look::Wait(u16::MAX);
        }
        let at_once = vm.fast.jit.at_once;
        if !site.observed {
            site.observed = true;
            let count = match what {
                What::Loop(_) => vm.fast.jit.loop_edge,
                What::Sub(_) => vm.fast.jit.call,
            };
            tell::hot(vm, program, what, Tier::Block, count.into());
            if at_once {
                return Look::Observe(Extent { rounds: 2, ..Extent::default() }, 1);
            }
            let wait = match what {
                What::Loop(_) => policy::COMPILE_LOOP,
                What::Sub(_) => policy::COMPILE_SUB,
            };
            return Look::Observe(Extent::default(), wait as u16);
        }
        let tags = (0..registers as u16).map(&tag_of).collect::<Vec<u8>>();
        let entry = match what {
            What::Loop(inst) => Entry::Loop { inst, tags },
            What::Sub(body) => {
                let takes = code.bodies[body as usize].takes as usize;
                Entry::Sub { body, tags: tags[..takes].to_vec() }
            }
        };
        let mut input = input(vm, unit, code, &tiers.failed);
        let extensions = tiers.extensions.get_or_insert_with(|| {
            let extension = vm.jit_extension.as_deref();
            Arc::new(extension.map(|e| ExtensionTable::new(unit.chunk(), e)).unwrap_or_default())
        });
        input.extensions = extensions.clone();
        let Ok(isa) = isa::host(Quality::Best) else {
            site.given_up = true;
            tell::abort(
                vm,
                program,
                what,
                Tier::Block,
                None,
                "there is no code generator for this machine",
                true,
            );
            return Look::Wait(u16::MAX);
        };
        let started = Instant::now();
        vm.jit_log.set_compiling(true);
        let compiled = method::compile(&*isa, &input, &entry, vm.jit_log.wants_listings());
        vm.jit_log.set_compiling(false);
        match compiled {
            Ok(Method { blob, required, least_advance, most_registers, listing, instructions }) => {
                let Ok(installed) = self.arena.install(&blob) else {
                    site.given_up = true;
                    tell::abort(
                        vm,
                        program,
                        what,
                        Tier::Block,
                        None,
                        "there is no memory for its code",
                        true,
                    );
                    return Look::Wait(u16::MAX);
                };
                self.made += 1;
                let made = Made {
                    id: self.made,
                    tier: Tier::Block,
                    what,
                    required: &required,
                    instructions,
                    bytes: blob.code.len(),
                    time: started.elapsed(),
                    background: false,
                    cached: false,
                };
                tell::compiled(vm, program, &made, forms(listing));
                let (id, bytes) = (made.id, made.bytes);
                let compiled = Arc::new(Compiled {
                    id,
                    what,
                    bytes,
                    installed,
                    required,
                    least_advance,
                    most_registers,
                });
                site.versions.push(compiled.clone());
                if compiled.admits(&tag_of) { Look::Enter(compiled) } else { Look::Wait(8) }
            }
            Err(error) => {
                if cfg!(debug_assertions) {
                    panic!("{error}");
                }
                site.given_up = true;
                tell::abort(vm, program, what, Tier::Block, None, &error.to_string(), true);
                Look::Wait(u16::MAX)
            }
        }
    }

    /// Notes that native code was left for the interpreter at an instruction; code that is left too often is
    /// compiled again with what is known then. Gives the code that is dropped for it.
    pub fn count_exit(&mut self, code: &Code, compiled: &Compiled, exit: u32) -> Vec<Arc<Compiled>> {
        let Some(tiers) = self.units.get_mut(&code.id) else { return Vec::new() };
        let Some(site) = tiers.sites.get_mut(&compiled.what) else { return Vec::new() };
        let count = site.exits.entry(exit).or_default();
        *count += 1;
        if *count < policy::RECOMPILE_EXITS || site.recompiles >= policy::MAX_RECOMPILES {
            return Vec::new();
        }
        site.recompiles += 1;
        site.exits.clear();
        site.observed = false;
        if code.feedback().result(exit) & crate::code::feedback::EXECUTED != 0 {
            tiers.failed.insert(exit);
        }
        std::mem::take(&mut site.versions)
    }
}

/// The listing of a method's functions.
fn forms(listing: Option<Vec<(String, String)>>) -> Vec<Listing> {
    let functions = listing.into_iter().flatten().enumerate();
    let forms = functions.flat_map(|(number, (clif, assembly))| {
        let form = |form: &str, text| Listing { title: format!("{form} of function {number}"), text };
        [form("CLIF", clif), form("machine code", assembly)]
    });
    forms.collect()
}

/// What a compilation starts from.
fn input(vm: &VM, unit: &Unit, code: &Code, failed: &HashSet<u32>) -> Input {
    let mut feedback: Box<[u16]> = (0..code.len() as u32).map(|inst| code.feedback().result(inst)).collect();
    for inst in failed {
        feedback[*inst as usize] |= FAILED;
    }
    let mut callees = HashMap::new();
    for (id, sub) in vm.subs.list.iter().enumerate() {
        if let Some(target) = &sub.target
            && std::ptr::eq(Arc::as_ptr(&target.unit), unit)
        {
            callees.insert(id as u32, target.body() as u32);
        }
    }
    let mut input = Input::new(unit, code, feedback, callees);
    let callable: HashSet<u32> =
        (1..input.bodies.len() as u32).filter(|body| input.is_callable(*body)).collect();
    input.callees.retain(|_, body| callable.contains(body));
    input
}
