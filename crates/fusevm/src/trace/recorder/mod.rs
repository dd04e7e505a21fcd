//! The recorder: writes down, as trace IR, what the interpreter does from a hot place on.
//!
//! The interpreter executes one instruction at a time and tells what it saw ([`Seen`]). `translate`, which
//! says what an instruction means in typed operations, then runs on a machine that writes trace IR: the kinds
//! are those of the values that were there, and each use of one is a load with a check. Calls are followed into
//! the callee's frame. What has no typed operations becomes a `step`, done by the interpreter's handler.

mod calls;
mod effects;
mod writer;

use super::ir::{Frame, Ins, Snapshot, SnapshotId, Trace};
use super::ops::{Op, Type};
use crate::code::feedback::EXECUTED;
use crate::code::{Inst, Opcode};
use crate::jit::method::input::{FAILED, Input};
use crate::jit::method::translate::translate;
use crate::jit::policy;
use crate::value::tag;
use std::collections::HashMap;
use writer::Writer;

/// What the interpreter saw of an instruction.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The instruction.
    pub at: u32,
    /// Tags of the frame's registers before it.
    pub tags: Vec<u8>,
    /// What it finds in a collection.
    pub found: Found,
    /// The tag that the global which it names had.
    pub global: u8,
    /// Whether a divisor is such that native code divides.
    pub divides: bool,
    /// Tag of the register in the caller that gets what a sub returns.
    pub returned_over: u8,
    /// The instruction that came next, of the frame that runs then.
    pub next: u32,
    /// The tag of its result.
    pub result: Option<u8>,
    /// What became of the frames.
    pub moved: Moved,
}

/// What an instruction that reads from or writes to a collection finds there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    /// Tag of the collection, the one behind a Ref.
    pub collection: u8,
    /// Tag of the element, when there is one and it can be had without a call.
    pub element: Option<u8>,
    /// Whether nobody else holds the collection.
    pub is_unique: bool,
    /// Whether the index is where the next element of an array would be.
    pub is_end: bool,
}

/// What an instruction did to the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// The same frame runs.
    No,
    /// A sub of the same unit runs, in a frame of its own.
    Entered {
        /// The sub's body.
        body: u32,
    },
    /// The caller runs.
    Left,
    /// Something else.
    Elsewhere,
}

/// Where a recording begins.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The first instruction.
    pub at: u32,
    /// Frames that have been entered, for a trace that begins at another one's exit.
    pub frames: Vec<Frame>,
    /// How often a root, which may only end where it began, comes back there before it does; 0 for a side trace.
    pub rounds: u32,
}

/// How recordings are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Instructions of the interpreter, at most.
    pub length: u32,
    /// Calls of one sub within each other, at most.
    pub recursion: u32,
    /// Whether an exit at a conditional jump does the jump again, so that it may be taken for no reason: for tests.
    pub redo_jumps: bool,
}

/// Why a recording was given up, in words.
pub(crate) type Abort = String;

/// What a recording came to.
pub(crate) struct Recorded {
    pub trace: Trace,
    /// Instructions in the order in which they were executed.
    pub path: Vec<u32>,
    /// Tags of the arguments and slots at the begin.
    pub entry: Vec<u8>,
    /// Registers that it needs from its window on.
    pub registers: u32,
    /// Frames that it needs beyond the one in which it begins.
    pub frames: u32,
}

/// A recording.
pub(crate) struct Recorder {
    input: Input,
    recording: Recording,
    outcome: Option<Result<(), Abort>>,
}

/// What has been recorded, and where the recording is.
pub(crate) struct Recording {
    pub trace: Trace,
    pub frames: Vec<Frame>,
    /// Begin of the running frame's window.
    pub window: i32,
    start: Start,
    settings: Settings,
    path: Vec<u32>,
    entry: Vec<u8>,
    /// Loops that have traces, by their first instruction, with the number that links use.
    linked: HashMap<u32, i32>,
    /// How often a root has come back to its begin.
    came_back: u32,
    /// How often other loops have gone back.
    rounds: HashMap<u32, u32>,
    registers: u32,
    deepest: u32,
}

impl Recorder {
    /// Begins. `linked` are the loops that have traces.
    pub fn new(input: Input, start: Start, linked: HashMap<u32, i32>, settings: Settings) -> Recorder {
        let frames = start.frames.clone();
        let window = frames.last().map_or(0, |frame| frame.window);
        let body = input.body_of(start.at);
        let registers = window as u32 + input.bodies[body as usize].registers;
        let deepest = frames.len() as u32;
        Recorder {
            input,
            recording: Recording {
                trace: Trace::new(),
                frames,
                window,
                start,
                settings,
                path: Vec::new(),
                entry: Vec::new(),
                linked,
                came_back: 0,
                rounds: HashMap::new(),
                registers,
                deepest,
            },
            outcome: None,
        }
    }

    /// Says whether the next instruction is to be executed for the recording; not at the trace's end.
    pub fn wants(&mut self, at: u32) -> bool {
        if self.outcome.is_none() {
            self.outcome = self.end_at(at);
        }
        self.outcome.is_none()
    }

    /// Whether the trace ends before an instruction.
    fn end_at(&mut self, at: u32) -> Option<Result<(), Abort>> {
        let recording = &mut self.recording;
        let outermost = recording.frames.is_empty();
        let is_root = recording.start.rounds > 0;
        if outermost && !recording.path.is_empty() && at == recording.start.at && is_root {
            recording.came_back += 1;
            if recording.came_back < recording.start.rounds {
                return None;
            }
            let snapshot = recording.snapshot(at);
            recording.trace.push(Ins::new(Op::Back, &[]).at(snapshot));
            return Some(Ok(()));
        }
        if outermost
            && !recording.path.is_empty()
            && let Some(link) = recording.linked.get(&at).copied()
        {
            if is_root {
                return Some(Err("it meets another loop that has a trace".to_string()));
            }
            let snapshot = recording.snapshot(at);
            recording.trace.push(Ins::new(Op::Link, &[]).imm(link).at(snapshot));
            return Some(Ok(()));
        }
        let op = self.input.insts[at as usize].op;
        if let Some(reason) = leaves(op, outermost) {
            if is_root {
                return Some(Err(reason.to_string()));
            }
            if recording.path.is_empty() {
                return Some(Err(reason.to_string()));
            }
            let snapshot = recording.snapshot(at);
            recording.trace.push(Ins::new(Op::Exit, &[]).at(snapshot));
            return Some(Ok(()));
        }
        let too_long = [
            (recording.path.len() as u32 >= recording.settings.length, "instructions"),
            (recording.trace.code.len() as u32 >= policy::MAX_TRACE_IR, "operations"),
            (recording.trace.snapshots.len() as u32 >= policy::MAX_SNAPSHOTS, "snapshots"),
        ];
        let (_, what) = too_long.into_iter().find(|(is_over, _)| *is_over)?;
        Some(Err(format!("it has too many {what}")))
    }

    /// Records an instruction that was executed.
    pub fn add(&mut self, seen: &Seen) {
        let result = self.record(seen);
        if let Err(reason) = result {
            self.outcome = Some(Err(reason));
        }
    }

    /// Gives up.
    pub fn abort(&mut self, reason: &str) {
        self.outcome = Some(Err(reason.to_string()));
    }

    /// The recording, when it has come to its end.
    ///
    /// # Errors
    /// Why it was given up.
    pub fn finish(self) -> Result<Recorded, Abort> {
        self.outcome.unwrap_or_else(|| Err("it did not end".to_string()))?;
        let Recording { trace, path, entry, registers, deepest, .. } = self.recording;
        Ok(Recorded { trace, path, entry, registers, frames: deepest })
    }

    fn record(&mut self, seen: &Seen) -> Result<(), Abort> {
        let at = seen.at;
        let inst = self.input.insts[at as usize];
        if self.recording.path.is_empty() {
            let variables = self.input.bodies[self.input.body_of(at) as usize].variables as usize;
            self.recording.entry = seen.tags[..variables].to_vec();
        }
        self.recording.path.push(at);
        self.input.feedback[at as usize] = feedback(inst, seen);
        if !self.is_expected(seen) {
            return Err("an error is caught".to_string());
        }
        if inst.jump_target(at) == Some(seen.next) && seen.next <= at {
            self.recording.goes_back_to(seen.next)?;
        }
        let mut writer = Writer::new(&self.input, seen, &mut self.recording);
        writer.guard_undefs();
        match inst.op {
            Opcode::Call => writer.call(inst)?,
            Opcode::Return | Opcode::ReturnUndef => writer.leave_sub(inst)?,
            _ => {
                writer.guard_loop_operands();
                translate(&mut writer, &self.input, at);
            }
        }
        if let Some(reason) = writer.failure.take() {
            return Err(reason);
        }
        let scalars = writer.scalars();
        if seen.moved == Moved::No {
            self.recording.kill_dead(&self.input, seen, &scalars);
        }
        Ok(())
    }

    /// Whether execution has gone on where the instruction leads, rather than at the handler of an error.
    fn is_expected(&self, seen: &Seen) -> bool {
        match seen.moved {
            Moved::No => self.input.successors(seen.at).contains(&seen.next),
            Moved::Entered { .. } | Moved::Left => true,
            Moved::Elsewhere => false,
        }
    }
}

impl Recording {
    /// Counts a way back of a loop that is not the trace's own.
    fn goes_back_to(&mut self, header: u32) -> Result<(), Abort> {
        if self.frames.is_empty() && header == self.start.at {
            return Ok(());
        }
        let rounds = self.rounds.entry(header).or_default();
        *rounds += 1;
        if *rounds > policy::MAX_UNROLL {
            return Err("it meets an inner loop".to_string());
        }
        Ok(())
    }

    /// The snapshot of an instruction in the running frame.
    pub fn snapshot(&mut self, inst: u32) -> SnapshotId {
        self.trace.snapshot(Snapshot { frames: self.frames.clone(), inst, entries: Vec::new() })
    }

    /// A register of the running frame, counted from where the trace begins.
    pub fn register(&self, register: u16) -> i32 {
        self.window + i32::from(register)
    }

    /// Says of registers that die with an instruction that nobody reads them; of those that hold scalars, in whatever run.
    fn kill_dead(&mut self, input: &Input, seen: &Seen, scalars: &[bool]) {
        let body = input.body_of(seen.at);
        let live = input.liveness(body);
        let mut dead = Vec::new();
        let next = live.before(seen.next);
        for register in 0..seen.tags.len() as u16 {
            if live.before(seen.at).contains(register) && !next.contains(register) {
                dead.push(register);
            }
        }
        input.insts[seen.at as usize].writes(&input.lists, |register| {
            if !next.contains(register) && !dead.contains(&register) {
                dead.push(register);
            }
        });
        let window = self.window;
        for register in dead.into_iter().filter(|register| scalars[usize::from(*register)]) {
            let register = window + i32::from(register);
            self.trace.push(Ins::new(Op::KillRegister, &[]).imm(register));
        }
    }
}

/// What feedback would say of an instruction if this was all that was seen of it.
fn feedback(inst: Inst, seen: &Seen) -> u16 {
    use Opcode::*;
    let result = seen.result.map_or(0, |tag| 1 << tag);
    let of_ints = |register: u16| seen.tags.get(usize::from(register)) == Some(&tag::INT);
    let overflows = match inst.op {
        Add | AddAny | AddFloat | Sub | SubAny | SubFloat | Mul | MulAny | MulFloat => {
            of_ints(inst.b) && of_ints(inst.c) && seen.result != Some(tag::INT)
        }
        AddI | MulI | Negate => of_ints(inst.b) && seen.result != Some(tag::INT),
        SubKR => of_ints(inst.c) && seen.result != Some(tag::INT),
        IncLoopLt | IncLoopLe | IncLoopLtI | IncLoopLeI => of_ints(inst.a) && seen.result != Some(tag::INT),
        _ => false,
    };
    let failed = if overflows || !seen.divides { FAILED } else { 0 };
    EXECUTED | result | failed
}

/// Why a trace cannot go on over an instruction.
fn leaves(op: Opcode, outermost: bool) -> Option<&'static str> {
    use Opcode::*;
    Some(match op {
        Exit | End | EndEmpty => "the chunk ends",
        Throw => "an error is thrown",
        Return | ReturnUndef if outermost => "the sub in which it began returns",
        TailCall => "a tail call",
        CallDynamic => "a call of a value",
        OpenScope | CloseScope | Declare if !outermost => "a sub that would be inlined has a scope",
        GetCapture | SetCapture if !outermost => "a sub that would be inlined uses captures",
        _ => return None,
    })
}

/// The type of values with a tag, as far as trace IR has one.
pub(crate) fn type_of_tag(tag: u8) -> Option<Type> {
    Some(match tag {
        tag::UNDEF => Type::Undef,
        tag::BOOL => Type::Bool,
        tag::INT => Type::Int,
        tag::FLOAT => Type::Float,
        tag::STATUS | tag::NATIVE_FN => Type::Scalar,
        tag::STR => Type::Str,
        tag::ARRAY => Type::Array,
        tag::HASH => Type::Hash,
        tag::REF => Type::Cell,
        _ => return None,
    })
}
