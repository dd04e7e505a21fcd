//! Frames, scopes and try regions: entering, leaving, unwinding.

use super::{Activation, BlockRun, Run, Scope, Step, TryRegion};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::unit::{Target, Unit};
use crate::limits;
use crate::value::{Code, Value};
use crate::vm::{Ended, Entry};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Most scopes, try regions or blocks that a body of unknown stack effect may have open at once. What
/// verification knows is bounded by the program's length.
const MAX_OPEN: usize = 1 << 16;

impl Run<'_> {
    /// The innermost frame.
    pub(super) fn frame(&mut self) -> &mut Activation {
        self.vm.reference.frames.last_mut().expect("a run has a frame")
    }

    /// The block that the innermost frame is in.
    pub(super) fn block(&mut self) -> Option<&mut BlockRun> {
        let first = self.frame().blocks;
        self.vm.reference.blocks[first..].last_mut()
    }

    /// Length of the stack that the innermost body or block must not touch.
    pub(super) fn floor(&mut self) -> usize {
        match self.block() {
            Some(block) => block.floor,
            None => self.frame().base,
        }
    }

    /// Enters the body that the run is for.
    pub(super) fn enter_first(&mut self, entry: &Entry, args: &[Value], slots: Vec<Value>) -> OpResult<()> {
        let stack = self.vm.stack.len();
        match entry {
            Entry::Main(unit) => {
                if let Err(fault) = self.check_depth() {
                    self.main_slots = Some(slots);
                    return Err(fault);
                }
                self.push_frame(unit.clone(), (0, 0), None, slots, (stack, stack));
                Ok(())
            }
            Entry::Sub(target, closure) => {
                self.vm.stack.extend_from_slice(args);
                self.enter(target, args.len(), closure.clone(), stack)
            }
        }
    }

    /// Enters a sub whose `n` arguments are on the stack. When it is left, the stack is cut to `leave`.
    pub(super) fn enter(
        &mut self,
        target: &Target,
        n: usize,
        closure: Option<Code>,
        leave: usize,
    ) -> OpResult<()> {
        target.check_arguments(n)?;
        self.check_depth()?;
        let base = self.vm.stack.len() - n;
        let body = (target.body(), target.entry);
        self.push_frame(target.unit.clone(), body, closure, Vec::new(), (base, leave));
        Ok(())
    }

    fn check_depth(&self) -> OpResult<()> {
        let depth = self.vm.limits.depth;
        if self.vm.depth() >= depth { Err(limits::too_deep(depth)) } else { Ok(()) }
    }

    fn push_frame(
        &mut self,
        unit: Arc<Unit>,
        (body, entry): (usize, usize),
        closure: Option<Code>,
        slots: Vec<Value>,
        (base, leave): (usize, usize),
    ) {
        let state = &mut self.vm.reference;
        state.frames.push(Activation {
            unit: unit.clone(),
            body,
            closure,
            current: entry,
            next: entry,
            base,
            leave,
            scopes: state.scopes.len(),
            tries: state.tries.len(),
            blocks: state.blocks.len(),
        });
        state.scopes.push(Scope { slots, saved: self.vm.saved.mark() });
        self.unit = unit;
    }

    /// Enters a sub in place of the innermost frame.
    pub(super) fn tail_call(&mut self, target: &Target, n: usize) -> OpResult<Step> {
        target.check_arguments(n)?;
        let leave = self.frame().leave;
        let first_argument = self.vm.stack.len() - n;
        self.vm.stack.drain(leave..first_argument);
        self.pop_frame();
        self.enter(target, n, None, leave)?;
        self.poll()
    }

    /// Leaves the innermost frame with a value.
    pub(super) fn leave(&mut self, value: Value) -> Step {
        let frame = self.pop_frame();
        self.vm.stack.truncate(frame.leave);
        if self.vm.reference.frames.len() == self.outer_frames {
            return Step::End(Ended::Value(value));
        }
        self.unit = self.frame().unit.clone();
        self.vm.stack.push(value);
        Step::Continue
    }

    fn pop_frame(&mut self) -> Activation {
        let state = &mut self.vm.reference;
        let frame = state.frames.pop().expect("a run has a frame");
        if frame.body == 0 {
            self.main_slots = Some(std::mem::take(&mut state.scopes[frame.scopes].slots));
        }
        state.blocks.truncate(frame.blocks);
        state.tries.truncate(frame.tries);
        self.cut_scopes(frame.scopes);
        frame
    }

    /// Control is behind the last op: the end of the chunk, or of a sub.
    pub(super) fn run_off_the_end(&mut self) -> Step {
        let Activation { body, base, .. } = *self.frame();
        if body > 0 {
            return self.leave(Value::Undef);
        }
        let top = if self.vm.stack.len() > base { self.vm.stack.pop() } else { None };
        match top {
            Some(value) => self.leave(value),
            None => {
                self.pop_frame();
                Step::End(Ended::Empty)
            }
        }
    }

    // ---- scopes --------------------------------------------------------------------------------

    pub(super) fn open_scope(&mut self) -> OpResult<()> {
        let open = self.vm.reference.scopes.len() - self.frame().scopes;
        self.check_open(open, "scopes")?;
        let saved = self.vm.saved.mark();
        self.vm.reference.scopes.push(Scope { slots: Vec::new(), saved });
        Ok(())
    }

    pub(super) fn close_scope(&mut self) -> OpResult<()> {
        let outermost = match self.block() {
            Some(block) => block.scopes,
            None => self.frame().scopes + 1,
        };
        let open = self.vm.reference.scopes.len();
        if open == outermost {
            return Err(Fault::new(ErrorKind::Stack, "closes a scope that its body did not open"));
        }
        self.cut_scopes(open - 1);
        Ok(())
    }

    /// Closes scopes, with what they declared, until `len` are left.
    pub(super) fn cut_scopes(&mut self, len: usize) {
        if let Some(scope) = self.vm.reference.scopes.get(len) {
            self.vm.saved.restore(&mut self.vm.globals, scope.saved);
            self.vm.reference.scopes.truncate(len);
        }
    }

    /// Sets a global for the rest of the innermost scope. The chunk's own code, outside of any scope, is
    /// enclosed by nothing that ends.
    pub(super) fn declare(&mut self, global: usize, value: Value) {
        let Activation { body, scopes, .. } = *self.frame();
        if body == 0 && self.vm.reference.scopes.len() == scopes + 1 {
            self.vm.globals.values[global] = value;
        } else {
            self.vm.saved.declare(&mut self.vm.globals, global as u32, value);
        }
    }

    // ---- try regions ---------------------------------------------------------------------------

    pub(super) fn begin_try(&mut self, handler: usize) -> OpResult<()> {
        let open = self.vm.reference.tries.len() - self.frame().tries;
        self.check_open(open, "try regions")?;
        let stack = self.vm.stack.len();
        let state = &mut self.vm.reference;
        state.tries.push(TryRegion {
            handler,
            frames: state.frames.len(),
            scopes: state.scopes.len(),
            blocks: state.blocks.len(),
            stack,
        });
        Ok(())
    }

    pub(super) fn end_try(&mut self) -> OpResult<()> {
        let outermost = match self.block() {
            Some(block) => block.tries,
            None => self.frame().tries,
        };
        if self.vm.reference.tries.len() == outermost {
            return Err(Fault::new(ErrorKind::Stack, "closes a try region that its body did not open"));
        }
        self.vm.reference.tries.pop();
        Ok(())
    }

    /// Continues at the handler of the innermost try region of this run; gives the fault back when there is
    /// none, with all frames as they were.
    pub(super) fn catch(&mut self, fault: Fault) -> OpResult<Step> {
        let first = self.vm.reference.frames[self.outer_frames].tries;
        let state = &mut self.vm.reference;
        if !fault.kind().is_catchable() || state.tries.len() == first {
            return Err(fault);
        }
        self.vm.keep_caught(&fault);
        let state = &mut self.vm.reference;
        let region = state.tries.pop().expect("checked above");
        state.frames.truncate(region.frames);
        state.blocks.truncate(region.blocks);
        self.cut_scopes(region.scopes);
        self.vm.stack.truncate(region.stack);
        self.vm.stack.push(fault.to_value());
        self.unit = self.frame().unit.clone();
        self.frame().next = region.handler;
        // A handler may stand before its region, so that this is a way back.
        self.poll()
    }

    // ---- limits --------------------------------------------------------------------------------

    /// Bounds what verification could not.
    pub(super) fn check_open(&self, open: usize, what: &str) -> OpResult<()> {
        if open >= MAX_OPEN && self.unit.verified().is_dynamic() {
            return Err(Fault::new(ErrorKind::Stack, format!("more than {MAX_OPEN} {what} are open")));
        }
        Ok(())
    }

    /// Takes fuel, all of it or none.
    pub(super) fn charge(&mut self, fuel: u64) -> OpResult<()> {
        if self.vm.charges_fuel {
            self.vm.fuel_left = self.vm.fuel_left.checked_sub(fuel).ok_or_else(limits::out_of_fuel)?;
        }
        Ok(())
    }

    /// Looks whether the run must stop.
    pub(super) fn poll(&mut self) -> OpResult<Step> {
        if self.vm.limits.poll.load(Ordering::Relaxed) == 0 || self.vm.answers_sample() {
            return Ok(Step::Continue);
        }
        match self.vm.answer_poll() {
            Some(fault) => Err(fault),
            None => Ok(Step::End(Ended::Halt)),
        }
    }
}
