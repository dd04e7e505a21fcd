//! Compiled traces: what native code and Rust share of one.

use super::arena::Installed;
use super::log::CodeId;
use super::metadata::SlotKind;
use super::trace_emit::{Emitted, ExitKind, Late};
use crate::trace::ir::{Frame, Place, Step, Trace};
use crate::trace::ops::Op;
use crate::value::Value;
use std::cell::UnsafeCell;
use std::mem::{ManuallyDrop, MaybeUninit, offset_of};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// What [`Helper::TraceStep`](super::helpers::Helper::TraceStep) gives: the expected instruction is next.
pub(crate) const STEP_DONE: i64 = 0;
/// It went on elsewhere, as the context says.
pub(crate) const STEP_GONE: i64 = 1;

/// In place of a tag: the second word is the address of the value.
pub(crate) const BY_ADDRESS: u64 = 0xFF;

/// What native code of a trace can reach of it.
#[repr(C)]
pub(crate) struct Head {
    exits: *const Link,
    trace: *const TraceCode,
    /// Times that another trace has led here.
    crossings: u64,
}

/// Offset of the table of exits.
pub(crate) const EXITS: i32 = offset_of!(Head, exits) as i32;
/// Offset of the count of crossings from other traces.
pub(crate) const CROSSINGS: i32 = offset_of!(Head, crossings) as i32;
/// Values that an exit hands to Rust, at most.
pub(crate) const SPILLED: usize = 64;

/// What native code has handed to Rust: the words of values that somebody owns, or addresses of such.
pub(crate) type Spilled = [MaybeUninit<[u64; 2]>; SPILLED];

/// Where an exit goes on in native code: null for one that goes to the interpreter.
#[repr(C)]
pub(crate) struct Link {
    code: AtomicPtr<u8>,
    head: AtomicPtr<Head>,
}

const _: () = assert!(size_of::<Link>() == 16, "native code computes with it");

/// An exit.
pub(crate) struct Exit {
    pub kind: ExitKind,
    /// The operations that leave by it.
    pub causes: Vec<Op>,
    /// Frames that the trace has entered there.
    pub frames: Vec<Frame>,
    /// Where the interpreter goes on, in the innermost frame.
    pub inst: u32,
    late: Vec<(Place, Late)>,
    /// Times that the interpreter went on there.
    pub count: AtomicU32,
    /// Recordings that began there and failed.
    pub tries: AtomicU32,
}

/// An instruction that is done by its handler.
pub(crate) struct StepCode {
    pub inst: u32,
    /// The instruction that must come next.
    pub next: u32,
    /// Frames that the trace has entered there.
    pub frames: Vec<Frame>,
    late: Vec<(Place, Late)>,
}

impl StepCode {
    fn new(step: &Step) -> StepCode {
        StepCode { inst: step.inst, next: step.next, frames: Vec::new(), late: Vec::new() }
    }
}

/// Where a trace hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// Number of the parent.
    pub trace: usize,
    /// The parent's exit.
    pub exit: usize,
}

/// A compiled trace.
pub(crate) struct TraceCode {
    head: UnsafeCell<Head>,
    links: Box<[Link]>,
    installed: Installed,
    pub exits: Vec<Exit>,
    pub steps: Vec<StepCode>,
    /// Its number in the log.
    pub id: CodeId,
    pub bytes: usize,
    /// The loop in the program's text.
    pub place: crate::error::Frame,
    /// First instruction of the loop at whose trace it hangs, or that it is of.
    pub header: u32,
    pub parent: Option<Parent>,
    /// Traces from the root to here.
    pub depth: u32,
    /// Op indices in the order in which they were recorded.
    pub path: Vec<u32>,
    /// Kinds of the frame's arguments and slots at the begin of the recording.
    pub entry: Vec<SlotKind>,
}

/// What makes a trace beside its code.
pub(crate) struct Lineage {
    pub id: CodeId,
    pub place: crate::error::Frame,
    pub header: u32,
    pub parent: Option<Parent>,
    pub depth: u32,
    pub path: Vec<u32>,
    pub entry: Vec<SlotKind>,
}

// SAFETY: the pointers lead to the trace's own table of exits and to itself; the head is written only while the trace
// is made.
unsafe impl Send for TraceCode {}
// SAFETY: as above; everything else that changes is atomic.
unsafe impl Sync for TraceCode {}

impl TraceCode {
    /// Puts a trace together. It does not move afterwards: native code has its address.
    pub fn new(trace: &Trace, emitted: Emitted, installed: Installed, lineage: Lineage) -> Arc<TraceCode> {
        let exits: Vec<Exit> = emitted
            .exits
            .into_iter()
            .map(|plan| {
                let snapshot = &trace.snapshots[plan.snapshot.0 as usize];
                Exit {
                    kind: plan.kind,
                    causes: plan.causes,
                    frames: snapshot.frames.clone(),
                    inst: snapshot.inst,
                    late: plan.late,
                    count: AtomicU32::new(0),
                    tries: AtomicU32::new(0),
                }
            })
            .collect();
        let mut steps: Vec<StepCode> = trace.steps.iter().map(StepCode::new).collect();
        for (step, late) in steps.iter_mut().zip(emitted.late) {
            step.late = late;
        }
        for ins in &trace.code {
            if let (Op::Step, Some(snapshot)) = (ins.op, ins.snapshot) {
                let frames = &trace.snapshots[snapshot.0 as usize].frames;
                steps[ins.imm as usize].frames.clone_from(frames);
            }
        }
        let link = || Link { code: AtomicPtr::default(), head: AtomicPtr::default() };
        let nowhere = Head { exits: ptr::null(), trace: ptr::null(), crossings: 0 };
        let code = Arc::new(TraceCode {
            head: UnsafeCell::new(nowhere),
            links: exits.iter().map(|_| link()).collect(),
            installed,
            exits,
            steps,
            id: lineage.id,
            bytes: emitted.blob.code.len(),
            place: lineage.place,
            header: lineage.header,
            parent: lineage.parent,
            depth: lineage.depth,
            path: lineage.path,
            entry: lineage.entry,
        });
        let head = Head { exits: code.links.as_ptr(), trace: Arc::as_ptr(&code), crossings: 0 };
        // SAFETY: nobody else has the trace yet.
        unsafe { *code.head.get() = head };
        code
    }

    /// What native code reaches of it.
    pub fn head(&self) -> *mut Head {
        self.head.get()
    }

    /// Times that other traces have led to this one, a side trace.
    pub fn crossings(&self) -> u64 {
        // SAFETY: the head lives as long as the trace; native code changes the count by whole words.
        unsafe { (&raw const (*self.head.get()).crossings).read_volatile() }
    }

    /// Exits that were taken to the interpreter.
    pub fn exits_taken(&self) -> u64 {
        let counts = self.exits.iter().map(|exit| u64::from(exit.count.load(Ordering::Relaxed)));
        counts.sum()
    }

    /// The machine code's begin.
    pub fn entry(&self) -> *const u8 {
        self.installed.entry(0)
    }

    /// Makes an exit go on in another trace, which lives as long as this one.
    pub fn link(&self, exit: usize, to: &TraceCode) {
        let link = &self.links[exit];
        link.head.store(to.head(), Ordering::Relaxed);
        link.code.store(to.entry().cast_mut(), Ordering::Release);
    }

    /// The trace of a head.
    ///
    /// # Safety
    /// The head is one that [`TraceCode::head`] gave, of a trace that still lives.
    pub unsafe fn of<'a>(head: *const Head) -> &'a TraceCode {
        // SAFETY: as for this function; a head leads to its trace.
        unsafe { &*(*head).trace }
    }

    /// Puts what native code has handed to Rust into its places, which own no heap.
    ///
    /// # Safety
    /// Native code of this trace has just left by the exit; `base` is the window in which the trace began, and
    /// `globals` the VM's.
    pub unsafe fn restore_exit(&self, exit: usize, spilled: &Spilled, base: *mut Value, globals: *mut Value) {
        // SAFETY: as for this function.
        unsafe { restore(&self.exits[exit].late, spilled, base, globals) };
    }

    /// As [`TraceCode::restore_exit`], before a step.
    ///
    /// # Safety
    /// As for [`TraceCode::restore_exit`].
    pub unsafe fn restore_step(&self, step: usize, spilled: &Spilled, base: *mut Value, globals: *mut Value) {
        // SAFETY: as for this function.
        unsafe { restore(&self.steps[step].late, spilled, base, globals) };
    }
}

unsafe fn restore(late: &[(Place, Late)], spilled: &Spilled, base: *mut Value, globals: *mut Value) {
    for (place, late) in late {
        // SAFETY: the spilled values are those of this exit, and the places exist and own no heap.
        unsafe {
            let value = make(late, spilled);
            match place {
                Place::Register(register) => base.offset(*register as isize).write(value),
                Place::Global(global) => globals.offset(*global as isize).write(value),
            }
        }
    }
}

unsafe fn make(late: &Late, spilled: &Spilled) -> Value {
    // SAFETY: as for `restore`; native code has put the words of a value that somebody owns, or the address of
    // one, into each place that the exit uses.
    unsafe {
        match late {
            Late::Spilled(number) => {
                let words = spilled[*number].assume_init();
                if words[0] == BY_ADDRESS {
                    return (*(words[1] as *const Value)).clone();
                }
                let borrowed = ManuallyDrop::new(ptr::read(words.as_ptr().cast::<Value>()));
                Value::clone(&borrowed)
            }
            Late::Array(elements) => {
                Value::array(elements.iter().map(|element| make(element, spilled)).collect())
            }
            Late::Cell(content) => Value::Ref(crate::value::Ref::new(make(content, spilled))),
            Late::Hash(entries) => {
                let entries = entries.iter().map(|(key, value)| (make(key, spilled), make(value, spilled)));
                Value::hash(entries)
            }
        }
    }
}
