//! What native code can reach: a context whose address is in the pinned register.
//!
//! Helpers are called through addresses in the context, so native code refers to nothing outside of itself
//! and can be kept on disk.

use super::helpers;
use super::tiers::traces;
use super::trace_code::{Head, SPILLED, Spilled};
use crate::code::Inst;
use crate::code::feedback::{GREW, UNEVEN};
use crate::error::Fault;
use crate::limits::poll;
use crate::value::Value;
use crate::vm::VM;
use std::any::Any;
use std::mem::{MaybeUninit, offset_of};
use std::ptr;
use std::sync::atomic::Ordering;

/// How native code ended, or where a frame that it left goes on.
pub(crate) mod status {
    /// The sub returned.
    pub const RETURNED: i64 = 0;
    /// The interpreter goes on at the instruction `exit`, in the innermost frame.
    pub const EXIT: i64 = 1;
    /// The interpreter goes on where a step has led: at `next`.
    pub const GONE: i64 = 2;
}

/// Why native code went back to the interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum ExitReason {
    /// A value was not of the kind that it had been.
    Kind,
    /// What the instruction before gave was not of the kind that it had been.
    Result,
    /// An index was outside of its array.
    Bounds,
    /// A store by index would make its array longer.
    Growth,
    /// An index was outside of some array among those that the loop indexes alike, or a number is not among the consecutive
    /// keys of a hash.
    Uneven,
    /// An Int did not fit.
    Overflow,
    /// A divisor was zero, or below.
    Divisor,
    /// An instruction failed in its function, which the interpreter does again.
    Failed,
    /// The way had not been taken before.
    Unseen,
    /// The loop is over.
    Over,
    /// The instruction is the interpreter's.
    Interpreter,
    /// A call that may pass the limit of depth, registers or native stack.
    Limit,
    /// Something asks the run to stop.
    Poll,
    /// The fuel does not suffice.
    Fuel,
}

impl ExitReason {
    const ALL: [ExitReason; 14] = [
        ExitReason::Kind,
        ExitReason::Result,
        ExitReason::Bounds,
        ExitReason::Growth,
        ExitReason::Uneven,
        ExitReason::Overflow,
        ExitReason::Divisor,
        ExitReason::Failed,
        ExitReason::Unseen,
        ExitReason::Over,
        ExitReason::Interpreter,
        ExitReason::Limit,
        ExitReason::Poll,
        ExitReason::Fuel,
    ];

    /// What the context holds after an EXIT: the instruction, and the reason above it.
    pub fn encode(self, inst: u32) -> i64 {
        i64::from(inst) | (self as i64) << 32
    }

    /// The instruction and the reason of an EXIT.
    pub fn decode(exit: u64) -> (u32, ExitReason) {
        (exit as u32, ExitReason::ALL[(exit >> 32) as usize])
    }

    /// Whether a value of another kind came, which is observed when the instruction is done again.
    pub fn is_about_kind(self) -> bool {
        matches!(self, ExitReason::Kind | ExitReason::Result)
    }

    /// What an observation would have noted of the instruction, which the compiler did not expect of it.
    pub fn observed(self) -> Option<u16> {
        match self {
            ExitReason::Growth => Some(GREW),
            ExitReason::Uneven => Some(UNEVEN),
            _ => None,
        }
    }

    /// The instruction about which the compiler had guessed, so that it had better not do it again; nothing where
    /// it had not.
    pub fn wrong_guess(self, exit: u32) -> Option<u32> {
        match self {
            ExitReason::Kind
            | ExitReason::Bounds
            | ExitReason::Growth
            | ExitReason::Uneven
            | ExitReason::Overflow
            | ExitReason::Divisor => Some(exit),
            ExitReason::Result => Some(exit - 1),
            _ => None,
        }
    }
}

/// A frame that native code has left and that has no record yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftFrame {
    /// The call at which it waits.
    pub call: u32,
}

/// The context of a run of native code.
#[repr(C)]
pub(crate) struct NativeContext {
    pub vm: *mut VM,
    /// The highest window that a native call may begin; above it the interpreter does the call.
    pub limit: *mut Value,
    pub poll: *const u32,
    pub globals: *mut Value,
    pub fuel: *mut u64,
    /// Whether two integers as subscripts are the key of a [`Pair`](crate::value::Pair).
    pub joins_pairs: u64,
    /// The running unit's instructions.
    pub insts: *mut Inst,
    /// The window after a step, which may move it.
    pub base: *mut Value,
    /// What a sub returned, unless that is in machine registers.
    pub result: [u64; 2],
    /// Where the interpreter goes on after an EXIT, and why; see [`ExitReason::encode`].
    pub exit: u64,
    /// What a helper gave that was called through a stub.
    pub answer: u64,
    /// Guards until one is taken for no reason, where code was made to count them.
    pub countdown: u64,
    /// Of a trace: which one the interpreter goes on after.
    pub trace: *const Head,
    pub helpers: [*const u8; helpers::COUNT],
    /// The helpers of leaf instructions, by opcode.
    pub leaves: *const u8,
    /// Where a step has led.
    pub next: (*mut Inst, *mut Value),
    /// Frames of native calls that were left, innermost first.
    pub left: Vec<LeftFrame>,
    /// The error of the instruction at which native code was left, if it has failed.
    pub fault: Option<Fault>,
    /// Values that an exit of a trace hands to Rust.
    pub spilled: Spilled,
    /// A panic of foreign code, to go on when native code is left.
    pub panic: Option<Box<dyn Any + Send>>,
}

impl NativeContext {
    pub fn new(vm: *mut VM, insts: *mut Inst, base: *mut Value) -> NativeContext {
        NativeContext {
            vm,
            limit: base,
            poll: ptr::null(),
            globals: ptr::null_mut(),
            fuel: ptr::null_mut(),
            joins_pairs: 0,
            insts,
            base,
            result: [0; 2],
            exit: 0,
            answer: 0,
            countdown: traces::testing().guards,
            trace: ptr::null(),
            helpers: helpers::TABLE,
            leaves: helpers::LEAVES.as_ptr().cast(),
            next: (ptr::null_mut(), ptr::null_mut()),
            left: Vec::new(),
            fault: None,
            spilled: [const { MaybeUninit::uninit() }; SPILLED],
            panic: None,
        }
    }

    /// Keeps a panic whose place native code does not look at: it goes on where the code next asks whether it should
    /// stop.
    pub fn panic_soon(&mut self, panic: Box<dyn Any + Send>) {
        self.panic = Some(panic);
        // SAFETY: the VM outlives the context; the word is shared with other threads.
        unsafe { (*self.vm).limits.poll.fetch_or(poll::HALT, Ordering::Relaxed) };
    }
}

/// Offsets of the fields that native code uses.
pub(crate) mod offset {
    use super::*;
    pub const LIMIT: i32 = offset_of!(NativeContext, limit) as i32;
    pub const POLL: i32 = offset_of!(NativeContext, poll) as i32;
    pub const GLOBALS: i32 = offset_of!(NativeContext, globals) as i32;
    pub const JOINS_PAIRS: i32 = offset_of!(NativeContext, joins_pairs) as i32;
    pub const FUEL: i32 = offset_of!(NativeContext, fuel) as i32;
    pub const BASE: i32 = offset_of!(NativeContext, base) as i32;
    pub const RESULT: i32 = offset_of!(NativeContext, result) as i32;
    pub const EXIT: i32 = offset_of!(NativeContext, exit) as i32;
    pub const ANSWER: i32 = offset_of!(NativeContext, answer) as i32;
    pub const COUNTDOWN: i32 = offset_of!(NativeContext, countdown) as i32;
    pub const TRACE: i32 = offset_of!(NativeContext, trace) as i32;
    pub const SPILLED: i32 = offset_of!(NativeContext, spilled) as i32;
    pub const HELPERS: i32 = offset_of!(NativeContext, helpers) as i32;
    pub const LEAVES: i32 = offset_of!(NativeContext, leaves) as i32;
}
