//! What the tiers tell the log, in terms of the program: places, kinds of values, and reasons in words.

use super::context::ExitReason;
use super::log::{CodeId, Compiled, Event, Listing};
use super::metadata::{SlotKind, Tier};
use super::place;
use super::tiers::{Compiled as Native, Gone, What};
use super::trace_code::{self, TraceCode};
use crate::code::{Code, Opcode, feedback, listing_of};
use crate::error::Frame;
use crate::interp::unit::Unit;
use crate::limits::poll;
use crate::trace::ops::Op;
use crate::vm::VM;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A unit and its code: what op indices, lines and names are looked up in.
#[derive(Clone, Copy)]
pub(crate) struct Program<'a> {
    pub unit: &'a Unit,
    pub code: &'a Code,
}

impl Program<'_> {
    /// The place of a loop or sub.
    pub fn place(self, what: What) -> Frame {
        match what {
            What::Loop(inst) => place::of_loop(self.unit, self.code.owner(inst), self.code.op_index(inst)),
            What::Sub(body) => place::of_body(self.unit, body as usize),
            What::Main => place::of_body(self.unit, 0),
        }
    }

    /// The place of an instruction.
    pub fn place_of(self, inst: u32) -> Frame {
        place::of_op(self.unit, self.code.owner(inst), self.code.op_index(inst))
    }

    /// The instructions of a loop or sub, or what is around them where they are in pieces.
    pub fn insts(self, what: What) -> Range<u32> {
        match what {
            What::Main => self.insts(What::Sub(0)),
            What::Sub(body) => {
                let next = self.code.bodies.get(body as usize + 1);
                self.code.bodies[body as usize].entry..next.map_or(self.code.len() as u32, |next| next.entry)
            }
            What::Loop(first) => {
                let is_back = |at: &u32| {
                    // SAFETY: nothing rewrites an instruction meanwhile: the unit runs on this thread.
                    let inst = unsafe { *self.code.inst(*at) };
                    inst.jump_target(*at) == Some(first)
                };
                first..(first..self.code.len() as u32).filter(is_back).last().unwrap_or(first) + 1
            }
        }
    }

    /// Whether there is a loop in a loop or sub.
    pub fn has_loop(self, what: What) -> bool {
        self.insts(what).any(|at| {
            // SAFETY: nothing rewrites an instruction meanwhile: the unit runs on this thread.
            let inst = unsafe { *self.code.inst(at) };
            inst.jump_target(at).is_some_and(|target| target <= at)
        })
    }

    /// Why native code was left at an instruction.
    fn exit_reason(self, exit: u32, reason: ExitReason) -> String {
        // SAFETY: as above.
        let op = |inst: u32| unsafe { (*self.code.inst(inst)).op };
        let at = op(exit);
        match reason {
            ExitReason::Kind => format!("{at:?} met other kinds of values than before"),
            ExitReason::Result => {
                let seen = self.code.feedback().result(exit - 1) & feedback::KINDS;
                let kinds: Vec<&str> = SlotKind::of_bits(seen).map(SlotKind::name).collect();
                format!("{:?} did not give {} as before", op(exit - 1), kinds.join(" or "))
            }
            ExitReason::Bounds => format!("the index of {at:?} was outside of the array"),
            ExitReason::Growth => format!("{at:?} made its array longer, which it had not done before"),
            ExitReason::Uneven => {
                format!("the index of {at:?} was outside of the shortest of several arrays")
            }
            ExitReason::Overflow => format!("{at:?} overflowed"),
            ExitReason::Divisor => format!("the divisor of {at:?} was not above zero"),
            ExitReason::Failed => format!("{at:?} failed"),
            ExitReason::Unseen => "this way was not seen when the code was made".to_string(),
            ExitReason::Over => "the loop is over".to_string(),
            ExitReason::Interpreter
                if matches!(at, Opcode::Call | Opcode::TailCall | Opcode::CallDynamic) =>
            {
                "a call that is not native".to_string()
            }
            ExitReason::Interpreter => format!("{at:?} is done by the interpreter"),
            ExitReason::Limit => "a call that may pass the limit of depth".to_string(),
            ExitReason::Poll => "the run was told to stop".to_string(),
            ExitReason::Fuel => "the fuel did not suffice".to_string(),
        }
    }
}

/// Native code that was made.
pub(crate) struct Made<'a> {
    pub code: &'a Native,
    /// Instructions that were compiled.
    pub instructions: usize,
    pub time: Duration,
    /// Whether the program went on meanwhile.
    pub background: bool,
    /// Whether it came from the disk cache.
    pub cached: bool,
}

/// A loop or sub ran so many times that it is looked at.
pub(crate) fn hot(vm: &mut VM, program: Program, what: What, tier: Tier, count: u32) {
    vm.jit_log.emit(|| Event::Hot { tier, place: program.place(what), count });
}

/// Native code was made, with these forms on its way beside the lowered code.
pub(crate) fn compiled(vm: &mut VM, program: Program, made: &Made, forms: Vec<Listing>) {
    let mut listings = Vec::new();
    if vm.jit_log.wants_listings() {
        listings.push(code_listing(vm, program, made.code.what));
        listings.extend(forms);
    }
    vm.jit_log.emit(|| Event::Compile(made.event(program, listings)));
}

/// The lowered code of a loop or sub.
pub(crate) fn code_listing(vm: &VM, program: Program, what: What) -> Listing {
    let (insts, first_op) = (program.insts(what), program.place(what).op_index);
    let text = listing_of(program.unit, program.code, &vm.subs, insts, first_op);
    Listing { title: "code, beside its ops".into(), text }
}

/// Code was compiled that the disk cache might have had.
pub(crate) fn cache_miss(vm: &mut VM, program: Program, what: What, reason: &str) {
    vm.jit_log.emit(|| Event::Cache { place: program.place(what), reason: reason.to_string() });
}

/// A tier gives a loop or sub up.
pub(crate) fn abort(
    vm: &mut VM,
    program: Program,
    what: What,
    tier: Tier,
    at: Option<u32>,
    reason: &str,
    last: bool,
) {
    vm.jit_log.emit(|| {
        let place = program.place(what);
        let at = at.map_or_else(|| place.clone(), |inst| program.place_of(inst));
        Event::Abort { tier, place, at, reason: reason.to_string(), last }
    });
}

/// Native code was dropped.
pub(crate) fn evicted(vm: &mut VM, gone: Gone, reason: &str) {
    let Gone { id, bytes, place } = gone;
    vm.jit_log.emit(|| Event::Evict { code: id, place, bytes, reason: reason.to_string() });
}

/// Native code was dropped so that there is room for other code.
pub(crate) fn evicted_for_room(vm: &mut VM, gone: Gone) {
    evicted(vm, gone, "there is too much code, and this was not entered for the longest time");
}

/// The interpreter is about to enter native code.
#[inline]
pub(crate) fn enter(vm: &mut VM, code: &Native) {
    vm.jit_log.enter(code.id, code.tier, || code.place.clone());
}

/// The interpreter is about to enter a trace.
#[inline]
pub(crate) fn enter_trace(vm: &mut VM, trace: &TraceCode) {
    vm.jit_log.enter(trace.id, Tier::Trace, || trace.place.clone());
}

/// The interpreter goes on at an exit of a trace.
#[inline]
pub(crate) fn left_trace(vm: &mut VM, program: Program, trace: &TraceCode, number: usize) {
    if !vm.jit_log.is_on() {
        return;
    }
    vm.jit_log.know(trace.id, Tier::Trace, || trace.place.clone());
    let trace_code::Exit { inst, causes, .. } = &trace.exits[number];
    let describe = || {
        let reasons: BTreeSet<&str> = causes.iter().map(|cause| trace_exit_reason(*cause)).collect();
        let reasons: Vec<&str> = reasons.into_iter().collect();
        (program.place_of(*inst), reasons.join(", or "))
    };
    // As for `left`.
    let is_told = vm.limits.poll.load(Ordering::Relaxed) & poll::SAMPLE == 0;
    vm.jit_log.leave(trace.id, is_told.then_some(number as u32), describe);
}

/// Why an operation leaves its trace.
fn trace_exit_reason(cause: Op) -> &'static str {
    use Op::*;
    match cause {
        True | False => "a condition was not as it was when the path was recorded",
        AddChecked | SubChecked | MulChecked => "an integer overflowed",
        ToIntExact => "a float was no integer",
        ArrayUnique | HashUnique => "a collection had another holder",
        EntryAt | FindEntry => "a hash did not have the key where it was",
        ArrayPush | HashPut | NewArray | NewHash | NewCell => "memory was short",
        Poll => "the run was told to stop",
        Fuel => "the fuel did not suffice",
        Exit | Link => "the recorded path ended",
        Loop => "this way is taken so often that the loop is looked at again",
        _ => "a value was of another kind than when the path was recorded",
    }
}

/// The interpreter goes on, at an instruction where native code was left; `None` when that came to its end.
#[inline]
pub(crate) fn left(vm: &mut VM, program: Program, code: CodeId, exit: Option<(u32, ExitReason)>) {
    if !vm.jit_log.is_on() {
        return;
    }
    // The log itself may have asked for it: that is no exit to speak of.
    let exit = exit.filter(|_| vm.limits.poll.load(Ordering::Relaxed) & poll::SAMPLE == 0);
    let mut log = std::mem::take(&mut vm.jit_log);
    log.leave(code, exit.map(|(inst, _)| inst), || match exit {
        Some((inst, reason)) => (program.place_of(inst), program.exit_reason(inst, reason)),
        None => (program.place_of(0), String::new()),
    });
    vm.jit_log = log;
}

impl Made<'_> {
    fn event(&self, program: Program, listings: Vec<Listing>) -> Compiled {
        let (body, is_loop) = match self.code.what {
            What::Loop(inst) => (program.code.owner(inst), true),
            What::Sub(body) => (body as usize, false),
            What::Main => (0, false),
        };
        let kind_of = |register: u16| {
            let required = self.code.required.iter().find(|(required, _)| *required == register);
            let mut kinds = SlotKind::of_bits(required.map_or(0, |(_, tags)| *tags));
            match (kinds.next(), kinds.next()) {
                (Some(kind), None) => kind,
                _ => SlotKind::Any,
            }
        };
        Compiled {
            code: self.code.id,
            tier: self.code.tier,
            place: self.code.place.clone(),
            is_loop,
            entry: (0..program.code.bodies[body].variables as u16).map(kind_of).collect(),
            instructions: self.instructions as u32,
            bytes: self.code.bytes,
            time: self.time,
            background: self.background,
            cached: self.cached,
            listings,
        }
    }
}

impl SlotKind {
    /// The kinds of a set, where bit n stands for the kind with tag n.
    fn of_bits(tags: u16) -> impl Iterator<Item = SlotKind> {
        (0..=crate::value::tag::OBJ).filter(move |tag| tags & 1 << tag != 0).map(SlotKind::of_tag)
    }

    /// The kind of the values with a tag.
    pub(crate) fn of_tag(tag: u8) -> SlotKind {
        use crate::value::tag;
        match tag {
            tag::UNDEF => SlotKind::Undef,
            tag::BOOL => SlotKind::Bool,
            tag::INT => SlotKind::Int,
            tag::FLOAT => SlotKind::Float,
            tag::STATUS => SlotKind::Status,
            tag::NATIVE_FN => SlotKind::NativeFn,
            tag::STR => SlotKind::Str,
            tag::ARRAY => SlotKind::Array,
            tag::HASH => SlotKind::Hash,
            tag::REF => SlotKind::Ref,
            tag::CODE => SlotKind::Code,
            tag::OBJ => SlotKind::Obj,
            _ => SlotKind::Any,
        }
    }
}
