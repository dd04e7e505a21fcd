//! The tracing tier of a VM: which loops have traces, what is recorded next, and what is given up.
//!
//! A *root* is the trace of a loop; *side traces* hang at exits that are taken often, and end in a link back to a
//! root. All traces of a unit belong to one forest, which lives as long as anybody may execute one of them.

use super::lock::Lock;
use super::pending::Pending;
use super::site::{What, tick};
use super::trace_job::{About, Product, Work};
use super::{Look, UnitTiers};
use crate::code::Opcode;
use crate::jit::arena::Installed;
use crate::jit::log::{Compiled, Event};
use crate::jit::tell::{self, Program};
use crate::jit::trace_code::{Lineage, Parent, TraceCode};
use crate::jit::trace_emit::ExitKind;
use crate::jit::{JitCompiler, SlotKind, Tier, TraceJitConfig, policy};
use crate::trace::ir::Snapshot;
use crate::trace::opt::Options;
use crate::trace::recorder::{Abort, Recorded, Settings, Start};
use crate::vm::VM;
use foldhash::fast::FixedState;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

/// Which loops are traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// None.
    Off,
    /// Those for which a trace is expected to be the best code.
    #[default]
    Chosen,
    /// Every loop that can be.
    Forced,
}

/// What tests set for their thread.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Testing {
    pub mode: Mode,
    /// Exits are such that they may be taken for no reason, and the check of this number always fails.
    pub forced_exit: Option<u32>,
    /// Method code: at which guard after an entry it is left for no reason; 0 for none.
    pub guards: u64,
    /// Checks that were proved stay, and must not fail.
    pub shadow: bool,
    /// Most checks that a trace had.
    pub checks: u32,
}

thread_local! {
    static TESTING: Cell<Testing> =
        Cell::new(Testing { mode: Mode::from_environment(), ..Testing::default() });
}

/// What the thread's tests have set.
pub(crate) fn testing() -> Testing {
    TESTING.get()
}

/// Changes what the thread's tests have set.
pub(crate) fn set_testing(change: impl FnOnce(&mut Testing)) {
    let mut testing = TESTING.get();
    change(&mut testing);
    TESTING.set(testing);
}

impl Mode {
    /// What `FUSEVM_JIT_TRACES` says, for tests: `off`, `chosen` or `forced`.
    fn from_environment() -> Mode {
        match std::env::var("FUSEVM_JIT_TRACES").as_deref() {
            Ok("forced") => Mode::Forced,
            Ok("off") => Mode::Off,
            _ => Mode::Chosen,
        }
    }
}

/// The traces of a unit. Code is only added; it goes with the forest, when there is too much code.
#[derive(Default)]
pub(crate) struct Forest {
    pub(super) traces: Lock<Vec<Arc<TraceCode>>>,
    /// Registers that a trace needs from its window on, at most.
    registers: AtomicU32,
    /// Frames that a trace enters, at most.
    frames: AtomicU32,
    /// When one of them was entered last, by the thread's clock of entries.
    entered: AtomicU64,
}

impl Forest {
    /// A trace, by its number.
    fn trace(&self, number: usize) -> Arc<TraceCode> {
        self.get(number).expect("a number of this forest")
    }

    fn get(&self, number: usize) -> Option<Arc<TraceCode>> {
        self.traces.with(|traces| traces.get(number).cloned())
    }

    /// The number of a trace.
    fn number(&self, trace: &TraceCode) -> Option<usize> {
        self.traces.with(|traces| traces.iter().position(|other| std::ptr::eq(&raw const **other, trace)))
    }

    /// Makes what is linked to one root go on in another one.
    fn relink(&self, old: usize, new: usize) {
        let new = self.trace(new);
        self.traces.with(|traces| {
            for trace in traces {
                for (number, exit) in trace.exits.iter().enumerate() {
                    if exit.kind == ExitKind::Link(old as i32) {
                        trace.link(number, &new);
                    }
                }
            }
        });
    }

    fn note_entry(&self, clock: &AtomicU64) {
        self.entered.store(tick(clock), Ordering::Relaxed);
    }

    /// Registers and frames that entering a trace may take.
    pub fn needs(&self) -> (usize, usize) {
        (self.registers.load(Ordering::Relaxed) as usize, self.frames.load(Ordering::Relaxed) as usize)
    }
}

/// What is known of a loop.
#[derive(Default)]
pub(super) struct Loop {
    /// The op that its jump back targets.
    pub op: usize,
    /// Number of its root.
    pub root: Option<usize>,
    aborts: u32,
    /// Why it is not recorded any more.
    pub blacklisted: Option<String>,
    side_traces: u32,
    /// Exits to the interpreter that no side trace could be made for, and when they began to be counted.
    lost_exits: u32,
    lost_since: Option<Instant>,
    /// Whether the root was recorded anew along another path.
    is_merged: bool,
    /// Times that it was looked at whether it should be.
    looks: u32,
    /// The root's number, and another one that is to replace it and is no native code yet.
    successor: Option<(usize, Kept)>,
    /// A root that is not native code yet.
    pub kept: Option<Kept>,
    /// Side traces that are not native code yet, with where they begin.
    sides: Vec<(Parent, Kept)>,
    /// Whether it is the block tier's.
    is_left: bool,
}

/// A recorded root on its way to native code.
pub(super) struct Kept {
    /// Where it belongs; when that is gone, so are those that it leads to.
    forest: Weak<Forest>,
    about: About,
    stage: Stage,
}

enum Stage {
    /// It waits until the loop has run for long enough, or somebody asks for it.
    Recorded(Box<Work>),
    Submitted(Pending<Result<Product, Abort>>),
}

impl Kept {
    /// Has it compiled, if that is not under way.
    fn submitted(self) -> Kept {
        let stage = match self.stage {
            Stage::Recorded(work) => Stage::Submitted(work.submit()),
            under_way => under_way,
        };
        Kept { stage, ..self }
    }

    /// What came of its compilation, once that is done.
    fn take_product(&self) -> Option<Result<Product, Abort>> {
        match &self.stage {
            Stage::Submitted(pending) => pending.take(),
            Stage::Recorded(_) => None,
        }
    }

    /// Whether there is native code of it.
    pub fn is_compiled(&self) -> bool {
        match &self.stage {
            Stage::Submitted(pending) => {
                let is_made =
                    |outcome: &mut Option<Result<Product, Abort>>| Some(matches!(outcome, Some(Ok(_))));
                pending.look(is_made) == Some(true)
            }
            Stage::Recorded(_) => false,
        }
    }
}

impl Loop {
    /// Counts an exit to the interpreter that there will be no side trace for. A loop that is left so for the `most`th time
    /// is given up, unless it ran for long in between: the way out of a loop is an exit too.
    fn lose_exit(&mut self, most: u32) {
        let since = *self.lost_since.get_or_insert_with(Instant::now);
        self.lost_exits += 1;
        if self.lost_exits <= most {
            return;
        }
        let worth_it = u128::from(policy::LOST_EXIT_MICROS) * u128::from(self.lost_exits);
        if since.elapsed().as_micros() >= worth_it {
            (self.lost_exits, self.lost_since) = (0, None);
            return;
        }
        self.root = None;
        self.blacklisted = Some("it is left too often".to_string());
    }

    /// Whether it is the block tier's.
    fn is_blocks(&self) -> bool {
        self.blacklisted.is_some() || self.is_left
    }
}

/// What the tracing tier knows of a unit's code.
#[derive(Default)]
pub(super) struct Traces {
    pub loops: Lock<HashMap<u32, Loop, FixedState>>,
    forest: Lock<Arc<Forest>>,
    /// Loops of another process, by their op; whether they were given up there.
    pub imported: Lock<HashMap<usize, bool>>,
}

/// A root, ready to be entered.
pub(crate) struct Rooted {
    pub forest: Arc<Forest>,
    pub root: Arc<TraceCode>,
    pub way_in: Arc<Installed>,
}

/// What a recording is for.
pub(crate) struct Recording {
    pub start: Start,
    /// First instruction of the loop.
    pub header: u32,
    /// The traces that the numbers are of.
    forest: Arc<Forest>,
    /// The exit at which it begins.
    pub parent: Option<Parent>,
    /// The root that it is to replace, by its number.
    replaces: Option<usize>,
    /// Loops that have traces, with their numbers.
    pub linked: HashMap<u32, i32>,
    pub settings: Settings,
}

/// What the tracing tier does at a hot place, if that is its business.
pub(super) fn look(vm: &mut VM, program: Program, what: What) -> Option<Look> {
    let mode = testing().mode;
    if mode == Mode::Off || !vm.jit.traces {
        return None;
    }
    let header = match what {
        What::Loop(header) => header,
        // As a whole the body would be the method compiler's.
        What::Sub(_) | What::Main if mode == Mode::Forced && program.has_loop(what) => {
            return Some(Look::NEVER);
        }
        What::Sub(_) | What::Main => return None,
    };
    if program.code.tiers.is_left_by_traces(vm.subs.generation, header) {
        return None;
    }
    let tiers = super::attach(vm, program)?;
    let traces = &tiers.traces;
    let next = traces.loops.with(|loops| {
        let known = loops.entry(header).or_insert_with(|| {
            let op = program.place(what).op_index;
            let given_up = traces.imported.with(|imported| imported.get(&op) == Some(&true));
            let blacklisted = given_up.then(|| "another process has given it up".to_string());
            Loop { op, blacklisted, ..Loop::default() }
        });
        if known.is_blocks() {
            return Next::Leave;
        }
        if let Some(number) = known.root {
            return Next::Enter(number);
        }
        let Some(kept) = known.kept.take().map(Kept::submitted) else { return Next::Record };
        if let Some(product) = kept.take_product() {
            return Next::Install(kept, Box::new(product));
        }
        known.kept = Some(kept);
        Next::Wait
    });
    match next {
        Next::Leave => None,
        Next::Wait => Some(Look::Wait(policy::PENDING_WAIT)),
        Next::Enter(number) => traces.enter(&tiers, number),
        Next::Record => {
            let count = vm.fast.jit.loop_edge;
            tell::hot(vm, program, what, Tier::Trace, count);
            Some(Look::Record(Box::new(Recording::of_root(header, 1, None, traces))))
        }
        Next::Install(kept, product) => {
            let recording = Recording::of_root(header, 1, None, traces);
            match install_kept(vm, program, &tiers, recording, kept, *product) {
                Ok(number) => traces.enter(&tiers, number),
                Err(reason) => {
                    leave(vm, program, traces, header, &reason);
                    None
                }
            }
        }
    }
}

/// What the tracing tier is about to do at a loop.
enum Next {
    /// It is the block tier's.
    Leave,
    Wait,
    Record,
    /// Enter the root of this number.
    Enter(usize),
    Install(Kept, Box<Result<Product, Abort>>),
}

/// Leaves a loop to the block tier.
fn leave(vm: &mut VM, program: Program, traces: &Traces, header: u32, reason: &str) {
    traces.loops.with(|loops| loops.entry(header).or_default().is_left = true);
    tell::abort(vm, program, What::Loop(header), Tier::Trace, None, reason, true);
}

/// Makes a trace of what was recorded; how often the loop may run before it is looked at again. When the run has ended,
/// or failed, that says nothing about the loop, and a loop that has a root keeps it.
pub(crate) fn finish_recording(
    vm: &mut VM,
    program: Program,
    recording: &Recording,
    result: Result<Recorded, Abort>,
    run_has_ended: bool,
) -> u32 {
    let Some(tiers) = program.code.tiers.tiers() else { return 1 };
    let result = result.and_then(|recorded| compile(vm, program, &tiers, recording, recorded));
    let reason = match result {
        Ok(wait) => return wait,
        Err(reason) => reason,
    };
    if run_has_ended || recording.replaces.is_some() {
        tell::abort(vm, program, What::Loop(recording.header), Tier::Trace, None, &reason, false);
        return 1;
    }
    let at_once = vm.fast.jit.at_once;
    if let Some(parent) = recording.parent {
        let trace = recording.forest.trace(parent.trace);
        give_side_up(vm, program, recording.header, &trace, parent.exit, &reason);
        return 1;
    }
    let (wait, last) = tiers.traces.loops.with(|loops| {
        let known = loops.entry(recording.header).or_default();
        known.aborts += 1;
        let last = known.aborts >= if at_once { AT_ONCE_ABORTS } else { policy::MAX_ABORTS };
        if last {
            known.blacklisted = Some(reason.clone());
        }
        let penalty = policy::ABORT_PENALTY << known.aborts.min(8);
        (if at_once { 1 } else { penalty.min(policy::MAX_PENALTY) }, last)
    });
    tell::abort(vm, program, What::Loop(recording.header), Tier::Trace, None, &reason, last);
    wait
}

/// Recordings of a loop that may fail when all is compiled at once, so that those of inner loops come first.
const AT_ONCE_ABORTS: u32 = 20;

/// Makes what was recorded native code; a root that may not be worth it waits. How often the loop may run before it is
/// looked at again.
fn compile(
    vm: &mut VM,
    program: Program,
    tiers: &UnitTiers,
    recording: &Recording,
    recorded: Recorded,
) -> Result<u32, Abort> {
    let forest = &recording.forest;
    if !Arc::ptr_eq(forest, &tiers.traces.forest()) {
        return Err("what it would be linked to was dropped".to_string());
    }
    let parent = recording.parent.map(|parent| (forest.trace(parent.trace), parent.exit));
    let parent_code = parent.as_ref().map(|(trace, exit)| (trace.id, *exit as u32));
    let instructions = recorded.trace.code.len() as u32;
    let path: Vec<u32> = recorded.path.iter().map(|inst| program.code.op_index(*inst) as u32).collect();
    let replaced = recording.replaces.map(|number| forest.trace(number));
    if replaced.is_some_and(|replaced| replaced.path == path) {
        return Err("this time the loop goes the way of its trace".to_string());
    }
    let at_once = vm.fast.jit.at_once;
    let place = || program.place(What::Loop(recording.header));
    vm.jit_log.emit(|| Event::Record { place: place(), parent: parent_code, instructions });
    let about = About {
        path,
        entry: recorded.entry.iter().map(|tag| SlotKind::of_tag(*tag)).collect(),
        registers: recorded.registers,
        frames: recorded.frames,
    };
    let is_chosen = testing().mode == Mode::Chosen;
    let is_choice = is_chosen && parent.is_none() && recording.replaces.is_none();
    if is_choice && let Some(reason) = better_as_block(vm, program, &recorded) {
        leave(vm, program, &tiers.traces, recording.header, reason);
        return Ok(1);
    }
    let work = Work {
        trace: recorded.trace,
        options: Options { shadow: testing().shadow },
        side: parent.as_ref().map(|(parent, _)| looked_at(parent, &recording.start, at_once)),
        forced_exit: testing().forced_exit,
        wants_listings: vm.jit_log.wants_listings(),
    };
    if is_chosen && super::compiles_beside(vm) {
        let stage = Stage::Recorded(Box::new(work));
        let kept = Kept { forest: Arc::downgrade(forest), about, stage };
        return Ok(tiers.traces.loops.with(|loops| {
            let known = loops.entry(recording.header).or_default();
            match (recording.parent, recording.replaces) {
                // Its exit is hot, so it is not asked whether it is worth it.
                (Some(parent), _) => {
                    known.sides.push((parent, kept.submitted()));
                    1
                }
                (None, Some(root)) => {
                    known.successor = Some((root, kept.submitted()));
                    1
                }
                (None, None) => {
                    known.kept = Some(kept);
                    policy::COMPILE_LOOP
                }
            }
        }));
    }
    vm.jit_log.set_compiling(true);
    let product = work.run();
    vm.jit_log.set_compiling(false);
    install(vm, program, tiers, recording, about, product?, false)?;
    Ok(1)
}

/// Why the block tier makes better code of a loop than a trace is, if it does.
fn better_as_block(vm: &VM, program: Program, recorded: &Recorded) -> Option<&'static str> {
    // SAFETY: nothing rewrites an instruction meanwhile: the unit runs on this thread.
    let is_extension = |inst: &u32| unsafe { (*program.code.inst(*inst)).op == Opcode::Extension };
    if vm.jit_extension.is_some() && recorded.path.iter().any(is_extension) {
        return Some("the block tier has code for its extension ops");
    }
    if vm.fast.jit.at_once {
        return None;
    }
    if !recorded.trace.is_of_scalars() {
        return Some("it works on more than numbers, which the block tier does as well or better");
    }
    // What a trace gains is ranges and checks of integers; a loop of floats has neither, and each way through it costs a trace.
    recorded
        .trace
        .is_of_floats()
        .then_some("it computes with floats alone, which the block tier does as well or better")
}

/// Puts code in place that was compiled beside the program, unless what it belongs to is gone.
fn install_kept(
    vm: &mut VM,
    program: Program,
    tiers: &UnitTiers,
    recording: Recording,
    kept: Kept,
    product: Result<Product, Abort>,
) -> Result<usize, Abort> {
    let forest = kept.forest.upgrade().ok_or("what it leads to was dropped")?;
    let recording = Recording { forest, ..recording };
    install(vm, program, tiers, &recording, kept.about, product?, true)
}

/// Puts a trace's code in place; its number.
fn install(
    vm: &mut VM,
    program: Program,
    tiers: &UnitTiers,
    recording: &Recording,
    about: About,
    product: Product,
    background: bool,
) -> Result<usize, Abort> {
    let started = Instant::now();
    let Product { trace, emitted, listings: forms, time } = product;
    let home = tiers.home.upgrade().ok_or("the thread ends")?;
    let forest = &recording.forest;
    if !Arc::ptr_eq(forest, &tiers.traces.forest()) {
        return Err("what it would be linked to was dropped".to_string());
    }
    let parent = recording.parent.map(|parent| (forest.trace(parent.trace), parent.exit));
    let parent_code = parent.as_ref().map(|(trace, exit)| (trace.id, *exit as u32));
    let place = || program.place(What::Loop(recording.header));
    let mut listings = Vec::new();
    if vm.jit_log.wants_listings() && parent.is_none() {
        listings.push(tell::code_listing(vm, program, What::Loop(recording.header)));
    }
    listings.extend(forms);
    set_testing(|testing| testing.checks = testing.checks.max(emitted.checks));
    let installed = home.install(&emitted.blob, |gone| tell::evicted_for_room(vm, gone));
    let installed = installed.map_err(|error| error.to_string())?;
    let id = home.next_code();
    let depth = parent.as_ref().map_or(0, |(trace, _)| trace.depth + 1);
    let About { path, entry, registers, frames } = about;
    let lineage = Lineage {
        id,
        place: place(),
        header: recording.header,
        parent: recording.parent,
        depth,
        path,
        entry: entry.clone(),
    };
    let code = TraceCode::new(&trace, emitted, installed, lineage);
    forest.registers.fetch_max(registers, Ordering::Relaxed);
    forest.frames.fetch_max(frames, Ordering::Relaxed);
    for (number, exit) in code.exits.iter().enumerate() {
        if let ExitKind::Link(root) = exit.kind {
            code.link(number, &forest.trace(root as usize));
        }
    }
    if let Some((trace, exit)) = &parent {
        trace.link(*exit, &code);
    }
    let bytes = code.bytes;
    let number = forest.traces.with(|traces| {
        traces.push(code);
        traces.len() - 1
    });
    tiers.traces.loops.with(|loops| {
        let known = loops.entry(recording.header).or_default();
        match recording.parent {
            Some(_) => known.side_traces += 1,
            None => known.root = Some(number),
        }
        known.is_merged |= recording.replaces.is_some();
    });
    if let Some(old) = recording.replaces {
        forest.relink(old, number);
    }
    let made = Compiled {
        code: id,
        tier: Tier::Trace,
        place: place(),
        is_loop: true,
        entry,
        instructions: trace.code.len() as u32,
        bytes,
        time: time + started.elapsed(),
        background,
        cached: false,
        listings,
    };
    vm.jit_log.emit(|| Event::Compile(made));
    if let Some((parent, exit)) = parent_code {
        vm.jit_log.emit(|| Event::Link { from: parent, exit, to: id, place: place() });
    }
    Ok(number)
}

/// How often an entry of a side trace leads to the interpreter, and the snapshot of the trace's begin.
fn looked_at(parent: &TraceCode, start: &Start, at_once: bool) -> Option<(u64, Snapshot)> {
    if parent.parent.is_some() {
        return None;
    }
    let begin = Snapshot { frames: start.frames.clone(), inst: start.at, entries: Vec::new() };
    Some((if at_once { 4 } else { policy::MERGE_CROSSINGS }, begin))
}

/// What is to be done when the interpreter goes on at an exit of a trace.
pub(crate) enum AfterExit {
    Nothing,
    /// What comes next is recorded.
    Record(Box<Recording>),
    /// The next iterations are looked at, and the root may be recorded again.
    Look(Merge),
}

/// A root that may be recorded again along another path.
pub(crate) struct Merge {
    /// First instruction of the loop.
    pub header: u32,
    /// Iterations to look at.
    pub rounds: usize,
    forest: Arc<Forest>,
    root: Arc<TraceCode>,
    number: usize,
}

impl Merge {
    /// The op indices on the root's path.
    pub fn path(&self) -> &[u32] {
        &self.root.path
    }

    /// How the root is to be recorded, if it is, after iterations that went its way or another one.
    pub fn recording(&self, program: Program, went: &[bool]) -> Option<Recording> {
        let others = went.iter().filter(|went| !**went).count();
        let takes_turns = went.windows(2).all(|pair| pair[0] != pair[1]);
        let rounds = match () {
            () if went.is_empty() => return None,
            () if takes_turns => 2,
            () if others * 100 >= went.len() * policy::MERGE_PERCENT => 1,
            () => return None,
        };
        let tiers = program.code.tiers.tiers()?;
        Some(Recording::of_root(self.header, rounds, Some(self.number), &tiers.traces))
    }

    /// Whether the loop still has the root, and none that is to replace it.
    pub fn is_open(&self, program: Program) -> bool {
        let tiers = program.code.tiers.tiers();
        tiers.is_some_and(|tiers| {
            let has_root = tiers.traces.loops.with(|loops| {
                let known = loops.get(&self.header);
                known.is_some_and(|known| known.root == Some(self.number) && known.successor.is_none())
            });
            has_root && Arc::ptr_eq(&self.forest, &tiers.traces.forest())
        })
    }
}

impl Recording {
    fn of_root(header: u32, rounds: u32, replaces: Option<usize>, traces: &Traces) -> Recording {
        let start = Start { at: header, frames: Vec::new(), rounds };
        let (forest, linked) = (traces.forest(), traces.linked());
        Recording { start, header, forest, parent: None, replaces, linked, settings: settings() }
    }
}

/// Notes that the interpreter goes on at an exit of a trace, and says what comes of it.
pub(crate) fn count_trace_exit(vm: &mut VM, program: Program, trace: &TraceCode, number: usize) -> AfterExit {
    let exit = &trace.exits[number];
    if vm.limits.poll.load(Ordering::Relaxed) != 0 || !vm.jit.traces {
        return AfterExit::Nothing;
    }
    let after = match exit.kind {
        ExitKind::Guard if awaits_side(vm, program, trace, number) => None,
        ExitKind::Guard => side_recording(vm, program, trace, number).map(Box::new).map(AfterExit::Record),
        ExitKind::Look if awaits_successor(vm, program, trace) => None,
        ExitKind::Look => merge(vm, program, trace).map(AfterExit::Look),
        _ => None,
    };
    after.unwrap_or(AfterExit::Nothing)
}

/// Whether a side trace that begins at an exit is being compiled, or is in place now.
fn awaits_side(vm: &mut VM, program: Program, trace: &TraceCode, number: usize) -> bool {
    if trace.exits[number].count.load(Ordering::Relaxed) < policy::HOT_EXIT {
        return false;
    }
    let Some(tiers) = program.code.tiers.tiers() else { return false };
    let traces = &tiers.traces;
    let forest = traces.forest();
    let found = traces.loops.with(|loops| {
        let sides = &mut loops.get_mut(&trace.header)?.sides;
        let begins_here = |(parent, _): &(Parent, Kept)| {
            parent.exit == number && forest.get(parent.trace).is_some_and(|known| known.id == trace.id)
        };
        let at = sides.iter().position(begins_here)?;
        let product = sides[at].1.take_product();
        // Taken, it is not among those that wait.
        Some(product.map(|product| (sides.swap_remove(at), product)))
    });
    let Some(done) = found else { return false };
    let Some(((parent, kept), product)) = done else { return true };
    let header = trace.header;
    let recording = Recording { parent: Some(parent), ..Recording::of_root(header, 0, None, traces) };
    if let Err(reason) = install_kept(vm, program, &tiers, recording, kept, product) {
        give_side_up(vm, program, header, trace, number, &reason);
    }
    true
}

/// Whether what is to replace a loop's root is being compiled, or is in place now.
fn awaits_successor(vm: &mut VM, program: Program, trace: &TraceCode) -> bool {
    let Some(tiers) = program.code.tiers.tiers() else { return false };
    let header = trace.header;
    let found = tiers.traces.loops.with(|loops| {
        let known = loops.get_mut(&header)?;
        let product = known.successor.as_ref()?.1.take_product();
        Some(product.and_then(|product| Some((known.successor.take()?, product))))
    });
    let Some(done) = found else { return false };
    let Some(((root, kept), product)) = done else { return true };
    let recording = Recording::of_root(header, 1, Some(root), &tiers.traces);
    if let Err(reason) = install_kept(vm, program, &tiers, recording, kept, product) {
        tell::abort(vm, program, What::Loop(header), Tier::Trace, None, &reason, false);
    }
    true
}

/// Notes that no side trace came of a recording from an exit on.
fn give_side_up(vm: &mut VM, program: Program, header: u32, trace: &TraceCode, exit: usize, reason: &str) {
    let tries = trace.exits[exit].tries.fetch_add(1, Ordering::Relaxed) + 1;
    let last = tries >= policy::SIDE_TRACE_TRIES;
    tell::abort(vm, program, What::Loop(header), Tier::Trace, None, reason, last);
}

/// The root at which a side trace hangs, unless it was recorded again before.
fn merge(vm: &VM, program: Program, trace: &TraceCode) -> Option<Merge> {
    let tiers = program.code.tiers.tiers()?;
    let parent = trace.parent?.trace;
    let is_open = tiers.traces.loops.with(|loops| {
        let Some(known) = loops.get_mut(&trace.header) else { return false };
        known.looks += 1;
        known.root == Some(parent) && !known.is_merged && known.looks <= policy::MERGE_LOOKS
    });
    let forest = tiers.traces.forest();
    forest.number(trace)?;
    let root = forest.trace(parent);
    let rounds = if vm.fast.jit.at_once { 4 } else { policy::MERGE_ROUNDS };
    is_open.then_some(Merge { header: trace.header, rounds, forest, root, number: parent })
}

/// What is recorded from an exit on, if anything is.
fn side_recording(vm: &VM, program: Program, trace: &TraceCode, number: usize) -> Option<Recording> {
    let exit = &trace.exits[number];
    let count = exit.count.fetch_add(1, Ordering::Relaxed) + 1;
    let hot = if vm.fast.jit.at_once { 1 } else { policy::HOT_EXIT };
    if count < hot {
        return None;
    }
    let config = JitCompiler::new().get_config();
    let tiers = program.code.tiers.tiers()?;
    let forest = tiers.traces.forest();
    let position = forest.number(trace)?;
    let may_record = tiers.traces.loops.with(|loops| {
        let known = loops.entry(trace.header).or_default();
        let may_record = exit.tries.load(Ordering::Relaxed) < policy::SIDE_TRACE_TRIES
            && trace.depth < config.max_trace_chain
            && known.side_traces < policy::MAX_SIDE_TRACES;
        if !may_record {
            known.lose_exit(config.max_side_exits);
        }
        may_record
    });
    may_record.then(|| Recording {
        start: Start { at: exit.inst, frames: exit.frames.clone(), rounds: 0 },
        header: trace.header,
        forest,
        parent: Some(Parent { trace: position, exit: number }),
        replaces: None,
        linked: tiers.traces.linked(),
        settings: settings(),
    })
}

impl Traces {
    /// Those of a unit for whose chunk these loops were imported.
    pub fn new(imported: HashMap<usize, bool>) -> Traces {
        let traces = Traces::default();
        traces.imported.with(|known| *known = imported);
        traces
    }

    /// Whether a loop is known to be the block tier's.
    pub(super) fn is_left(&self, header: u32) -> bool {
        self.loops.with(|loops| loops.get(&header).is_some_and(Loop::is_blocks))
    }

    /// The unit's traces.
    pub(super) fn forest(&self) -> Arc<Forest> {
        self.forest.with(|forest| forest.clone())
    }

    /// When a trace was entered last, if there are traces, and none runs or is being made.
    pub(super) fn idle_since(&self) -> Option<u64> {
        self.forest.with(|forest| {
            let is_idle = Arc::strong_count(forest) == 1 && forest.traces.with(|traces| !traces.is_empty());
            is_idle.then(|| forest.entered.load(Ordering::Relaxed))
        })
    }

    /// Drops all traces; what is known of their loops' failures stays.
    pub(super) fn take(&self) -> Vec<Arc<TraceCode>> {
        let forest = self.forest.with(std::mem::take);
        self.loops.with(|loops| {
            for known in loops.values_mut() {
                let Loop { op, aborts, blacklisted, .. } = std::mem::take(known);
                *known = Loop { op, aborts, blacklisted, ..Loop::default() };
            }
        });
        // Who has just got the forest keeps it.
        forest.traces.with(|traces| traces.clone())
    }

    /// Enters a root.
    fn enter(&self, tiers: &UnitTiers, number: usize) -> Option<Look> {
        let way_in = tiers.home.upgrade()?.way_in()?;
        let forest = self.forest();
        // Another thread may have dropped them in between.
        let root = forest.get(number)?;
        forest.note_entry(&tiers.clock);
        Some(Look::Trace(Rooted { root, forest, way_in }))
    }

    /// Has all roots compiled that wait for it.
    pub(super) fn submit_kept(&self) {
        self.loops.with(|loops| {
            for known in loops.values_mut() {
                known.kept = known.kept.take().map(Kept::submitted);
            }
        });
    }

    /// The loops that have traces, with the traces' numbers.
    fn linked(&self) -> HashMap<u32, i32> {
        self.loops.with(|loops| {
            let roots = loops.iter().filter_map(|(header, known)| Some((*header, known.root? as i32)));
            roots.collect()
        })
    }
}

fn settings() -> Settings {
    let TraceJitConfig { max_trace_len, max_inline_recursion, .. } = JitCompiler::new().get_config();
    let redo_jumps = testing().forced_exit.is_some();
    Settings { length: max_trace_len, recursion: max_inline_recursion, redo_jumps }
}
