//! The tiers: which places of a program are hot, being compiled, or native, and what comes next.
//!
//! The interpreter asks only when a counter has run down ([`look`]), and when native code was left by an exit
//! ([`count_exit`]). What is known of a place belongs to the thread and to the content of the chunk, so a second
//! VM of the same chunk finds the code, the feedback and the failures of the first.

#[cfg(feature = "jit-disk-cache")]
mod disk;
mod home;
mod job;
mod key;
mod lock;
mod pending;
mod site;
mod trace_job;
pub(crate) mod trace_states;
pub(crate) mod traces;
mod unit;

use super::context::ExitReason;
use super::isa::Quality;
use super::log::Listing;
use super::method::input::{FAILED, Input};
use super::method::{Checks, Entry, Method, NOT_WORTH_IT};
use super::tell::{self, Made, Program};
use super::{Tier, policy};
use crate::code::feedback::{EXECUTED, GREW, UNEVEN};
use crate::interp::fast::Extent;
use crate::vm::VM;
use job::{Job, Outcome};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use traces::{Recording, Rooted};
use unit::UnitTiers;

pub(crate) use home::with_arena;
pub(crate) use key::{Content, content};
pub(crate) use site::{Compiled, Gone, What};
pub(crate) use unit::Attachment;

/// What to do at a hot place.
pub(crate) enum Look {
    /// Go on in native code.
    Enter(Arc<Compiled>),
    /// Go on under observation, and look again after so many times.
    Observe(Extent, u32),
    /// Go on in the trace of the loop.
    Trace(Rooted),
    /// Go on while the loop is recorded.
    Record(Box<Recording>),
    /// Go on, and look again after so many times.
    Wait(u32),
}

impl Look {
    /// The answer where there will never be native code.
    const NEVER: Look = Look::Wait(u32::MAX);

    /// How often the place may be reached before it is looked at again.
    pub fn wait(&self) -> u32 {
        match self {
            Look::Enter(_) | Look::Trace(_) | Look::Record(_) => 1,
            Look::Observe(_, times) | Look::Wait(times) => *times,
        }
    }
}

/// Says what to do at a hot place, of a frame with so many registers, whose values have these tags.
pub(crate) fn look(
    vm: &mut VM,
    program: Program,
    what: What,
    registers: usize,
    tag_of: impl Fn(u16) -> u8,
) -> Look {
    if let Some(look) = traces::look(vm, program, what) {
        return look;
    }
    if let Some(version) = program.code.tiers.version(vm.subs.generation, what, &tag_of) {
        return Look::Enter(version);
    }
    let Some(tiers) = attach(vm, program) else { return Look::NEVER };
    Place { vm, program, what, tiers }.look(registers, tag_of)
}

/// Forgets the states of all units; VMs that have theirs keep it.
pub(crate) fn forget_code() {
    if let Some(home) = home::Home::of_thread() {
        home.forget();
    }
}

/// Whether code is made beside the program. What is to be shown is made while the program waits, so that a short one has some.
fn compiles_beside(vm: &VM) -> bool {
    !vm.fast.jit.at_once && !vm.jit_log.wants_listings()
}

/// The state of the running code; `None` when the thread is about to end.
fn attach(vm: &VM, Program { unit, code }: Program) -> Option<Arc<UnitTiers>> {
    code.tiers.attach(unit, code, &vm.subs, vm.charges_fuel, vm.jit_extension.as_deref())
}

/// Why a chunk's own code is left as it is.
const ALL_LOOPS: &str = "nearly all of its time is that of its loops, which have code of their own";

/// A place at which something is to be decided.
struct Place<'a> {
    vm: &'a mut VM,
    program: Program<'a>,
    what: What,
    tiers: Arc<UnitTiers>,
}

/// What a site is about to do.
enum Next {
    Enter(Arc<Compiled>),
    Observe,
    Wait(u32),
    Install(Outcome),
    Compile,
}

impl Place<'_> {
    fn look(self, registers: usize, tag_of: impl Fn(u16) -> u8) -> Look {
        let (is_linear, at_once) = (self.is_linear(), self.vm.fast.jit.at_once);
        let is_main = self.what == What::Main;
        let next = self.tiers.with_site(self.what, |site| {
            if let Some(pending) = &site.pending {
                return match pending.take() {
                    Some(outcome) => {
                        site.pending = None;
                        Next::Install(outcome)
                    }
                    None => site.version(&tag_of).map_or(Next::Wait(policy::PENDING_WAIT), enter),
                };
            }
            if let Some(version) = site.version(&tag_of)
                && !site.is_stale
            {
                return enter(version);
            }
            if site.is_given_up || !site.is_stale && site.versions.len() >= policy::MAX_VERSIONS as usize {
                return Next::Wait(u32::MAX);
            }
            if is_linear {
                return if std::mem::replace(&mut site.is_observed, true) || at_once {
                    Next::Compile
                } else {
                    Next::Wait(policy::COMPILE_LINEAR)
                };
            }
            // A short program that is compiled at once has its loops and subs compiled before all of it is observed.
            if is_main && at_once && !std::mem::replace(&mut site.has_run, true) {
                return Next::Wait(1);
            }
            if !std::mem::replace(&mut site.is_observed, true) { Next::Observe } else { Next::Compile }
        });
        match next {
            Next::Enter(version) => Look::Enter(version),
            Next::Observe => self.observe(),
            Next::Wait(times) => Look::Wait(times),
            Next::Install(outcome) => self.install(outcome, true, tag_of),
            Next::Compile if self.may_be_its_loops() => match self.program.code.tiers.time_of_run() {
                None => Look::Wait(1),
                Some(time) if time >= self.time_of_loops() => self.give_up(ALL_LOOPS),
                Some(_) => self.compile(registers, tag_of),
            },
            Next::Compile => self.compile(registers, tag_of),
        }
    }

    /// Whether it is code for the linear tier, which compiles without feedback.
    fn is_linear(&self) -> bool {
        self.what == What::Main && self.program.code.tiers.is_straight(self.program.unit)
    }

    /// Whether it is the chunk's own code, with loops that have native code.
    fn may_be_its_loops(&self) -> bool {
        self.what == What::Main
            && !self.vm.fast.jit.at_once
            && self.tiers.has_loop_code(self.program.insts(What::Main))
    }

    /// How long a run takes at least if it is loops that take nearly all of the time.
    fn time_of_loops(&self) -> Duration {
        let instructions = self.program.insts(What::Main).len() as u32;
        Duration::from_nanos(policy::INSTRUCTION_NANOS.into()) * policy::LOOPS_SHARE * instructions
    }

    fn tier(&self) -> Tier {
        if self.is_linear() { Tier::Linear } else { Tier::Block }
    }

    fn observe(self) -> Look {
        let (count, wait) = match self.what {
            What::Loop(_) => (self.vm.fast.jit.loop_edge, policy::COMPILE_LOOP),
            What::Sub(_) | What::Main => (self.vm.fast.jit.call, policy::COMPILE_SUB),
        };
        tell::hot(self.vm, self.program, self.what, Tier::Block, count);
        if self.vm.fast.jit.at_once {
            return Look::Observe(Extent { rounds: 2, ..Extent::default() }, 1);
        }
        Look::Observe(Extent::default(), wait)
    }

    fn compile(self, registers: usize, tag_of: impl Fn(u16) -> u8) -> Look {
        let tags = (0..registers as u16).map(&tag_of).collect::<Vec<u8>>();
        let entry = match self.what {
            What::Loop(inst) => Entry::Loop { inst, tags },
            What::Sub(body) => {
                let takes = self.program.code.bodies[body as usize].takes as usize;
                Entry::Sub { body, tags: tags[..takes].to_vec() }
            }
            What::Main => Entry::Loop { inst: self.program.code.bodies[0].entry, tags },
        };
        #[cfg(feature = "jit-disk-cache")]
        let is_repeated = self.tiers.with_site(self.what, |site| site.is_stale);
        let job = Job {
            input: self.input(),
            #[cfg(feature = "jit-disk-cache")]
            is_repeated,
            #[cfg(feature = "jit-disk-cache")]
            unit: Some(self.tiers.key.clone()).filter(|_| !self.is_linear()),
            entry,
            quality: if self.is_linear() { Quality::Cheap } else { Quality::Best },
            wants_listing: self.vm.jit_log.wants_listings(),
        };
        if job.is_soon_found_worthless() {
            return self.doubt(NOT_WORTH_IT);
        }
        if compiles_beside(self.vm) {
            self.tiers.with_site(self.what, |site| site.pending = Some(job.submit()));
            return Look::Wait(policy::PENDING_WAIT);
        }
        self.vm.jit_log.set_compiling(true);
        let outcome = job.run();
        self.vm.jit_log.set_compiling(false);
        self.install(outcome, false, tag_of)
    }

    /// What a compilation starts from.
    fn input(&self) -> Input {
        let Program { unit, code } = self.program;
        let mut feedback: Box<[u16]> = if self.is_linear() {
            // Whatever is there is executed, and nothing is known of it.
            vec![EXECUTED | GREW | UNEVEN; code.len()].into()
        } else {
            let feedback = code.feedback();
            (0..code.len() as u32).map(|inst| feedback.result(inst)).collect()
        };
        self.tiers.state.with(|state| {
            for inst in &state.failed {
                feedback[*inst as usize] |= FAILED;
            }
        });
        let callees = key::callees(unit, &self.vm.subs).into_iter().collect();
        let mut input = Input::new(unit, code, feedback, callees);
        let callable: HashSet<u32> =
            (1..input.bodies.len() as u32).filter(|body| input.is_callable(*body)).collect();
        input.callees.retain(|_, body| callable.contains(body));
        input.extensions = self.tiers.extensions.clone().unwrap_or_default();
        input.only_if_worth_it = !self.vm.fast.jit.at_once && !self.is_linear();
        input
    }

    fn install(self, outcome: Outcome, background: bool, tag_of: impl Fn(u16) -> u8) -> Look {
        if let Some(reason) = &outcome.miss {
            tell::cache_miss(self.vm, self.program, self.what, reason);
        }
        if let Some(feedback) = &outcome.cached {
            self.take_over(feedback);
        }
        let method = match outcome.method {
            Ok(method) => method,
            Err(reason) => {
                debug_assert!(reason.contains(NOT_WORTH_IT), "{reason}");
                return self.doubt(&reason);
            }
        };
        let Some(home) = self.tiers.home.upgrade() else { return Look::NEVER };
        let vm = &mut *self.vm;
        let installed = home.install(&method.blob, |gone| tell::evicted_for_room(vm, gone));
        let installed = match installed {
            Ok(installed) => installed,
            Err(error) => return self.give_up(&error.to_string()),
        };
        let Method { blob, required, least_advance, most_registers, depth, listing, instructions } = method;
        let compiled = Arc::new(Compiled {
            id: home.next_code(),
            what: self.what,
            tier: self.tier(),
            place: self.program.place(self.what),
            bytes: blob.code.len(),
            installed,
            required,
            least_advance,
            most_registers,
            depth,
            entered: AtomicU64::new(0),
        });
        compiled.note_entry(&self.tiers.clock);
        let made = Made {
            code: &compiled,
            instructions,
            time: outcome.time,
            background,
            cached: outcome.cached.is_some(),
        };
        tell::compiled(self.vm, self.program, &made, forms(listing));
        let replaced = self.tiers.with_site(self.what, |site| {
            let replaced = if std::mem::take(&mut site.is_stale) {
                std::mem::take(&mut site.versions)
            } else {
                Vec::new()
            };
            site.versions.push(compiled.clone());
            replaced
        });
        for code in replaced {
            tell::evicted(
                self.vm,
                Gone::from(&*code),
                "its guesses failed too often; it was made again with what is known now",
            );
        }
        if compiled.admits(&tag_of) { Look::Enter(compiled) } else { Look::Wait(policy::PENDING_WAIT) }
    }

    /// Adds what was known when code was made in another run.
    fn take_over(&self, feedback: &[u16]) {
        self.tiers.state.with(|state| {
            for (inst, bits) in feedback.iter().enumerate() {
                let inst = inst as u32;
                self.program.code.feedback().add_bits(inst, bits & !FAILED);
                if bits & FAILED != 0 {
                    state.failed.insert(inst);
                }
            }
        });
    }

    /// Leaves a place to the interpreter for now; the second time for good.
    fn doubt(self, reason: &str) -> Look {
        let has_second_look = self.tiers.with_site(self.what, |site| {
            let is_first = !std::mem::replace(&mut site.is_doubtful, true);
            site.is_observed &= !is_first;
            is_first && !site.is_stale
        });
        if !has_second_look || self.what == What::Main || self.vm.fast.jit.at_once {
            return self.give_up(reason);
        }
        tell::abort(self.vm, self.program, self.what, self.tier(), None, reason, false);
        Look::Wait(policy::SECOND_LOOK)
    }

    fn give_up(self, reason: &str) -> Look {
        let tier = self.tier();
        self.tiers.with_site(self.what, |site| {
            site.is_given_up = true;
            site.is_stale = false;
        });
        tell::abort(self.vm, self.program, self.what, tier, None, reason, true);
        Look::NEVER
    }
}

fn enter(version: &Arc<Compiled>) -> Next {
    Next::Enter(version.clone())
}

/// Notes that native code was left for the interpreter at an instruction. Code that is left too often is
/// compiled again with what is known then; a way that was not seen before is observed first.
pub(crate) fn count_exit(
    program: Program,
    compiled: &Compiled,
    exit: u32,
    reason: ExitReason,
) -> Option<Extent> {
    let is_forced = Checks::of_thread().forces_exits;
    if is_forced || reason.wrong_guess(exit).is_none() && reason != ExitReason::Unseen {
        return None;
    }
    let tiers = program.code.tiers.tiers()?;
    tiers.state.with(|state| {
        let site = state.sites.get_mut(&compiled.what)?;
        // The linear tier guesses nothing, and leaves its code by the end.
        if compiled.tier == Tier::Linear || site.is_stale {
            return None;
        }
        let count = site.exits.entry((exit, reason)).or_default();
        *count += 1;
        if *count < policy::RECOMPILE_EXITS << site.recompiles.min(policy::MAX_PATIENCE) {
            return None;
        }
        site.recompiles += 1;
        site.is_stale = true;
        let mut is_unseen = reason == ExitReason::Unseen;
        // What has failed a few times would be next.
        for ((exit, reason), count) in site.exits.drain() {
            let Some(inst) = reason.wrong_guess(exit).filter(|_| count >= policy::WRONG_GUESSES) else {
                continue;
            };
            // Another kind of value leads to another guess at first.
            if let Some(bit) = reason.observed() {
                program.code.feedback().add_bits(inst, bit);
            } else if reason.is_about_kind() && state.doubted.insert(inst) {
                is_unseen = true;
            } else {
                state.failed.insert(inst);
            }
        }
        is_unseen.then(Extent::default)
    })
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
