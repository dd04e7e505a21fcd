//! The VM: globals, subs, hosts, limits, and the run of a chunk on one of the engines.

use crate::awk_host::{Addends, AwkHost, AwkState};
use crate::chunk::{Chunk, VerifiedChunk};
use crate::error::{ErrorKind, Fault, VMError};
use crate::host::ShellHost;
use crate::interp::globals::{Globals, SavedGlobals};
use crate::interp::io::{Input, Output, Sink, Source};
use crate::interp::ops::io::write_fault;
use crate::interp::unit::{Subs, Target, Unit, not_callable};
use crate::interp::{fast, reference};
use crate::limits::{InterruptHandle, Limits, poll};
use crate::value::{Code, MaybeSend, Value, heap};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub use crate::error::Frame;

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum VMResult {
    /// With a value: what was returned, or the top of the stack at the end of the chunk.
    Ok(Value),
    /// With an error.
    Error(VMError),
    /// At the end of the chunk with an empty stack, or by [`VM::request_halt`].
    Halted,
}

impl From<Result<Ended, VMError>> for VMResult {
    fn from(result: Result<Ended, VMError>) -> VMResult {
        match result {
            Ok(Ended::Value(value)) => VMResult::Ok(value),
            Ok(Ended::Empty | Ended::Halt) => VMResult::Halted,
            Err(error) => VMResult::Error(error),
        }
    }
}

/// How a body's execution ended without an error.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With a value.
    Value(Value),
    /// At the end of the chunk with an empty stack.
    Empty,
    /// By a halt, which ends every outer body too.
    Halt,
}

/// What an engine is asked to execute.
pub(crate) enum Entry {
    /// The chunk's own code.
    Main(Arc<Unit>),
    /// A sub, with the closure that is called if there is one.
    Sub(Target, Option<Code>),
}

impl Entry {
    /// The unit whose code is executed.
    pub fn unit(&self) -> &Arc<Unit> {
        match self {
            Entry::Main(unit) => unit,
            Entry::Sub(target, _) => &target.unit,
        }
    }
}

/// Which engine is executing, so that handlers see its frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Running {
    Nothing,
    Reference,
    Fast,
}

/// A handler of [`Op::Extended`](crate::Op::Extended).
#[cfg(not(feature = "sync"))]
pub type ExtensionHandler = Box<dyn FnMut(&mut VM, u16, u8)>;
/// A handler of [`Op::Extended`](crate::Op::Extended).
#[cfg(feature = "sync")]
pub type ExtensionHandler = Box<dyn FnMut(&mut VM, u16, u8) + Send>;
/// A handler of [`Op::ExtendedWide`](crate::Op::ExtendedWide).
#[cfg(not(feature = "sync"))]
pub type WideExtensionHandler = Box<dyn FnMut(&mut VM, u16, usize)>;
/// A handler of [`Op::ExtendedWide`](crate::Op::ExtendedWide).
#[cfg(feature = "sync")]
pub type WideExtensionHandler = Box<dyn FnMut(&mut VM, u16, usize) + Send>;

/// A builtin: pops its `n` arguments from the VM's stack and returns the result.
pub type Builtin = fn(&mut VM, u8) -> Value;

/// Native stack that nested runs (a builtin that calls a sub, and so on) may use; beyond it the program
/// is too deep. Threads have 2 MiB by default.
const NATIVE_STACK: usize = 1 << 20;

/// A virtual machine: runs a chunk, with globals, hosts and handlers that outlive the run.
///
/// ```
/// use fusevm::{ChunkBuilder, Op, VM, VMResult, Value};
/// let mut b = ChunkBuilder::new();
/// b.emit(Op::LoadInt(40), 1);
/// b.emit(Op::LoadInt(2), 1);
/// b.emit(Op::Add, 1);
/// assert_eq!(VM::new(b.build()).run(), VMResult::Ok(Value::int(42)));
/// ```
pub struct VM {
    chunk: Loading,
    pub(crate) globals: Globals,
    pub(crate) saved: SavedGlobals,
    pub(crate) subs: Subs,
    /// The operand stack that handlers see, and that the reference interpreter executes on.
    pub(crate) stack: Vec<Value>,
    /// What lies below is invisible to the handler or body that runs.
    pub(crate) floor: usize,
    /// Whether a handler popped below the floor.
    underflow: bool,
    main_slots: Vec<Value>,
    pub(crate) reference: reference::State,
    pub(crate) fast: fast::State,
    running: Running,
    use_reference: bool,
    native_base: Option<usize>,
    pub(crate) limits: Limits,
    /// Whether the run under way charges fuel.
    pub(crate) charges_fuel: bool,
    /// Fuel that the run has left; only meaningful when fuel is limited.
    pub(crate) fuel_left: u64,
    pub(crate) shell_host: Option<Box<dyn ShellHost>>,
    pub(crate) awk_host: Option<Box<dyn AwkHost>>,
    pub(crate) awk: Box<AwkState>,
    extension_handler: Option<ExtensionHandler>,
    wide_extension_handler: Option<WideExtensionHandler>,
    builtins: HashMap<u16, Builtin, foldhash::fast::RandomState>,
    raised: Option<Fault>,
    pub(crate) status: i32,
    pub(crate) output: Output,
    pub(crate) input: Input,
    #[cfg(feature = "jit")]
    pub(crate) jit_log: crate::jit::log::Log,
    #[cfg(feature = "jit")]
    pub(crate) jit: crate::jit::Switches,
    #[cfg(feature = "jit")]
    pub(crate) jit_extension: Option<Box<dyn crate::jit::JitExtension>>,
}

/// The VM's own chunk, before and after it is loaded.
enum Loading {
    Raw(Box<Chunk>),
    Loaded(Arc<Unit>),
    Failed(VMError),
}

impl VM {
    /// A VM for a chunk. Any chunk is taken; a bad one is reported when it is run.
    pub fn new(chunk: Chunk) -> VM {
        VM {
            chunk: Loading::Raw(Box::new(chunk)),
            globals: Globals::default(),
            saved: SavedGlobals::default(),
            subs: Subs::default(),
            stack: Vec::new(),
            floor: 0,
            underflow: false,
            main_slots: Vec::new(),
            reference: reference::State::default(),
            fast: fast::State::default(),
            running: Running::Nothing,
            use_reference: false,
            native_base: None,
            limits: Limits::default(),
            charges_fuel: false,
            fuel_left: 0,
            shell_host: None,
            awk_host: None,
            awk: Box::default(),
            extension_handler: None,
            wide_extension_handler: None,
            builtins: HashMap::default(),
            raised: None,
            status: 0,
            output: Output::default(),
            input: Input::default(),
            #[cfg(feature = "jit")]
            jit_log: Default::default(),
            #[cfg(feature = "jit")]
            jit: Default::default(),
            #[cfg(feature = "jit")]
            jit_extension: None,
        }
    }

    /// A VM for a chunk that is verified already.
    pub fn with_verified(chunk: VerifiedChunk) -> VM {
        let mut vm = VM::new(Chunk::default());
        vm.chunk = Loading::Loaded(vm.load_verified(chunk));
        vm
    }

    /// Replaces the chunk and clears globals, subs, slots and stack; hosts, handlers, builtins, sinks and
    /// limits stay.
    pub fn reset(&mut self, chunk: Chunk) {
        self.chunk = Loading::Raw(Box::new(chunk));
        self.globals = Globals::default();
        self.subs.clear();
        self.status = 0;
        *self.awk = AwkState::default();
        self.main_slots.clear();
        self.abandon_run();
    }

    /// Drops everything that was ever given to the VM; only the stack's allocation stays.
    pub(crate) fn clear(&mut self) {
        // There is no run left for the sink's error to end.
        let _ = self.output.flush();
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        *self = VM { stack, ..VM::new(Chunk::default()) };
    }

    /// Runs the chunk from its first op. Preset slots and globals are kept, and can be read afterwards.
    pub fn run(&mut self) -> VMResult {
        self.enter(|vm| {
            let unit = vm.load_own()?;
            vm.execute(&Entry::Main(unit), &[])
        })
        .into()
    }

    /// Calls a sub by name.
    ///
    /// Before the first run the VM's chunk is loaded but not executed.
    pub fn call(&mut self, name: &str, args: &[Value]) -> VMResult {
        self.enter(|vm| {
            vm.load_own()?;
            let target = vm.subs.target_of(name).map_err(|fault| vm.error_here(fault))?;
            vm.execute(&Entry::Sub(target, None), args)
        })
        .into()
    }

    /// Calls a Code value, a NativeFn or the sub of a name, as CallDynamic does.
    pub fn call_value(&mut self, callee: &Value, args: &[Value]) -> VMResult {
        self.enter(|vm| {
            vm.load_own()?;
            let target = match callee {
                Value::Code(code) => vm.closure_target(code),
                Value::Str(name) => vm.subs.target_of(&name.to_str_lossy()),
                Value::NativeFn(id) => {
                    vm.stack.extend_from_slice(args);
                    let result = vm.call_builtin(*id, args.len());
                    return result.map(Ended::Value).map_err(|fault| vm.error_here(fault));
                }
                other => Err(not_callable(other)),
            };
            let closure = match callee {
                Value::Code(code) => Some(code.clone()),
                _ => None,
            };
            let target = target.map_err(|fault| vm.error_here(fault))?;
            vm.execute(&Entry::Sub(target, closure), args)
        })
        .into()
    }

    /// Runs another chunk in this VM: globals are shared by name, its subs are added, and a later
    /// definition of a sub replaces an earlier one. A chunk that does not verify changes nothing.
    pub fn eval(&mut self, chunk: Chunk) -> VMResult {
        self.enter(|vm| {
            vm.load_own()?;
            let unit = vm.load(chunk)?;
            vm.execute(&Entry::Main(unit), &[])
        })
        .into()
    }

    /// In a builtin, handler or host: the run ends with this error, or is caught, when the function
    /// returns.
    pub fn raise(&mut self, error: impl Into<Fault>) {
        self.raised.get_or_insert(error.into());
    }

    /// Ends the run at the next loop iteration or call, as [`VMResult::Halted`].
    pub fn request_halt(&mut self) {
        self.limits.poll.fetch_or(poll::HALT, Ordering::Relaxed);
    }

    // ---- stack and variables -------------------------------------------------------------------

    /// Pushes a value on the operand stack.
    pub fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// Pops a value that was pushed for, or by, the function that runs. Popping more reads Undef and is
    /// an error of the builtin or handler.
    pub fn pop(&mut self) -> Value {
        if self.stack.len() > self.floor {
            return self.stack.pop().unwrap_or_default();
        }
        self.underflow = true;
        Value::Undef
    }

    /// The top of the operand stack, if there is one to be seen.
    pub fn peek(&self) -> Option<&Value> {
        self.stack[self.floor..].last()
    }

    /// A slot of the running frame, or of the chunk's own frame before and after a run.
    pub fn get_slot(&self, slot: u16) -> Value {
        match self.running {
            Running::Nothing => self.main_slots.get(usize::from(slot)).cloned().unwrap_or_default(),
            Running::Reference => reference::get_slot(self, slot),
            Running::Fast => fast::get_slot(self, slot),
        }
    }

    /// Sets a slot of the running frame, or presets one of the chunk's own frame.
    pub fn set_slot(&mut self, slot: u16, value: Value) {
        match self.running {
            Running::Nothing => {
                let slot = usize::from(slot);
                if self.main_slots.len() <= slot {
                    self.main_slots.resize(slot + 1, Value::Undef);
                }
                self.main_slots[slot] = value;
            }
            Running::Reference => reference::set_slot(self, slot, value),
            Running::Fast => fast::set_slot(self, slot, value),
        }
    }

    /// Forgets the slots of the chunk's own frame.
    #[cfg(feature = "jit")]
    pub(crate) fn clear_slots(&mut self) {
        self.main_slots.clear();
    }

    /// A global; Undef when it is unset.
    pub fn get_global(&self, name: &str) -> Value {
        self.globals.get(name).cloned().unwrap_or_default()
    }

    /// Sets a global.
    pub fn set_global(&mut self, name: &str, value: Value) {
        let index = self.globals.index(name);
        self.globals.values[index as usize] = value;
    }

    /// Exchanges what `AwkAddend` and `AwkElementAddend` have noted for a global.
    pub fn swap_addends(&mut self, name: &str, addends: &mut Addends) {
        let index = self.globals.index(name);
        std::mem::swap(&mut self.globals.addends[index as usize], addends);
    }

    /// The last status (`$?`).
    pub fn status(&self) -> i32 {
        self.status
    }

    /// Sets the last status.
    pub fn set_status(&mut self, status: i32) {
        self.status = status;
    }

    /// The program's call stack, innermost frame first. Empty outside of a run.
    pub fn frames(&self) -> Vec<Frame> {
        let mut frames = fast::frames(self);
        frames.extend(reference::frames(self));
        frames
    }

    /// Whether the innermost frame is one of the fast interpreter.
    #[cfg(feature = "jit")]
    pub(crate) fn runs_fast(&self) -> bool {
        self.running == Running::Fast
    }

    /// Name of the source of the VM's own chunk.
    #[cfg(feature = "jit")]
    pub(crate) fn source_name(&self) -> &str {
        match &self.chunk {
            Loading::Raw(chunk) => &chunk.source,
            Loading::Loaded(unit) => &unit.chunk().source,
            Loading::Failed(_) => "",
        }
    }

    /// Number of frames that run.
    pub(crate) fn depth(&self) -> usize {
        self.fast.depth() + self.reference.depth()
    }

    // ---- hosts and handlers --------------------------------------------------------------------

    /// Sets the host of the shell ops.
    pub fn set_shell_host(&mut self, host: Box<dyn ShellHost>) {
        self.shell_host = Some(host);
    }

    /// Sets the host of the awk ops.
    pub fn set_awk_host(&mut self, host: Box<dyn AwkHost>) {
        self.awk_host = Some(host);
    }

    /// The awk state: the record and the special variables.
    pub fn awk(&mut self) -> &mut AwkState {
        &mut self.awk
    }

    /// Closes all files and commands of the awk host, as at the end of a program.
    pub fn close_awk_files(&mut self) -> Result<(), Fault> {
        self.with_awk_host(|host, vm| host.close_all(vm))
    }

    /// Sets the handler of `Extended` ops.
    pub fn set_extension_handler(&mut self, handler: ExtensionHandler) {
        self.extension_handler = Some(handler);
    }

    /// Sets the handler of `ExtendedWide` ops.
    pub fn set_extension_wide_handler(&mut self, handler: WideExtensionHandler) {
        self.wide_extension_handler = Some(handler);
    }

    /// Registers the builtin of an id.
    pub fn register_builtin(&mut self, id: u16, builtin: Builtin) {
        self.builtins.insert(id, builtin);
    }

    /// Makes all globals Undef without freeing what they hold, which takes long where it is much: for a process that ends after
    /// its run. Objects of embedders are not dropped.
    pub fn forget_globals(&mut self) {
        for value in &mut self.globals.values {
            std::mem::forget(std::mem::take(value));
        }
    }

    /// Leaves what is buffered at the end of a run that did not fail to [`flush_output`](VM::flush_output), so that
    /// other output can come before it.
    pub fn hold_output(&mut self, on: bool) {
        self.output.set_held(on);
    }

    /// Makes each op's output be passed on at once, as on a terminal, or be collected.
    pub fn set_output_immediate(&mut self, on: bool) {
        self.output.set_immediate(on);
    }

    /// Sends Print to a writer; what was buffered for the old one is flushed to it first.
    pub fn set_output(&mut self, sink: impl std::io::Write + MaybeSend + 'static) {
        // The old sink's error, if any, has no run left to end.
        let _ = self.output.flush();
        let sink: Box<dyn Sink> = Box::new(sink);
        self.output = Output::to(sink);
    }

    /// Makes ReadLine read from a reader.
    pub fn set_input(&mut self, source: impl std::io::Read + MaybeSend + 'static) {
        let source: Box<dyn Source> = Box::new(source);
        self.input = Input::from(source);
    }

    /// Writes to the output sink, in order with what the program prints.
    pub fn write_output(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.output.write(bytes)
    }

    /// Passes buffered output on to the sink. The end of a run does it by itself.
    pub fn flush_output(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }

    /// Runs chunks on the reference interpreter, the checked one that serves as oracle.
    pub fn set_reference_interpreter(&mut self, on: bool) {
        self.use_reference = on;
    }

    /// Runs chunks one instruction at a time, noting what compilers want to know. With debug assertions it also
    /// checks what they are told about instructions.
    #[cfg(feature = "jit")]
    #[doc(hidden)]
    pub fn set_observed(&mut self, on: bool) {
        self.fast.is_observed = on;
    }

    // ---- limits --------------------------------------------------------------------------------

    /// Limits each run to a number of ops, charged by basic block; `None` takes the limit away.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.limits.fuel = fuel;
        self.fuel_left = fuel.unwrap_or(0);
    }

    /// Fuel that the last run left.
    pub fn fuel_left(&self) -> Option<u64> {
        self.limits.fuel.map(|_| self.fuel_left)
    }

    /// Limits the growth of live value bytes during a run; `None` takes the limit away.
    pub fn set_max_heap(&mut self, bytes: Option<u64>) {
        self.limits.heap = bytes;
    }

    /// Limits the number of frames.
    pub fn set_max_depth(&mut self, frames: usize) {
        self.limits.depth = frames;
    }

    /// A handle that stops the run from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.limits.poll.clone())
    }

    // ---- running -------------------------------------------------------------------------------

    /// Runs `body` as a run of its own, or as part of the one that is under way.
    fn enter(&mut self, body: impl FnOnce(&mut VM) -> Result<Ended, VMError>) -> Result<Ended, VMError> {
        let here = 0_u8;
        let address = std::ptr::from_ref(&here) as usize;
        if let Some(base) = self.native_base {
            if base.abs_diff(address) > NATIVE_STACK {
                let message = "native stack exhausted by nested runs";
                return Err(self.error_here(Fault::new(ErrorKind::Depth, message)));
            }
            return body(self);
        }
        self.native_base = Some(address);
        self.charges_fuel = self.limits.fuel.is_some();
        #[cfg(feature = "jit")]
        self.fast.set_thresholds(crate::jit::compiler::thresholds(self.jit));
        self.fuel_left = self.limits.fuel.unwrap_or(0);
        let ceiling = self.limits.heap.map(|bytes| heap::live().saturating_add_unsigned(bytes));
        let signal = heap::Signal { word: self.limits.poll.clone(), bits: poll::HEAP };
        heap::set_ceiling(ceiling, Some(signal));
        let visible = std::mem::replace(&mut self.floor, self.stack.len());
        #[cfg(feature = "jit")]
        self.jit_log.begin_run(&self.limits.poll);
        let notation = self.awk.notation();
        let result = notation.during(|| catch_unwind(AssertUnwindSafe(|| body(self))));
        heap::set_ceiling(None, None);
        #[cfg(feature = "jit")]
        crate::jit::end_run(self);
        self.limits.poll.fetch_and(!(poll::HALT | poll::HEAP), Ordering::Relaxed);
        let mut result =
            result.unwrap_or_else(|panic| Err(VMError::new(host_panic(panic.as_ref()), Vec::new())));
        if result.is_err() {
            self.abandon_run();
        }
        self.stack.truncate(self.floor);
        self.floor = visible;
        self.native_base = None;
        if let Err(error) = self.output.end_run(result.is_err())
            && result.is_ok()
        {
            result = Err(VMError::new(write_fault(error), Vec::new()));
        }
        result
    }

    /// Bytes of native stack that native code may use.
    #[cfg(feature = "jit")]
    pub(crate) fn native_stack_left(&self) -> usize {
        let here = 0_u8;
        let used = self.native_base.map_or(0, |base| base.abs_diff(std::ptr::from_ref(&here) as usize));
        NATIVE_STACK.saturating_sub(used)
    }

    /// Drops what an unfinished run left.
    fn abandon_run(&mut self) {
        self.reference.clear();
        self.fast.clear();
        self.saved.restore(&mut self.globals, 0);
        self.raised = None;
        self.underflow = false;
        self.running = Running::Nothing;
    }

    /// Loads the VM's own chunk, once.
    fn load_own(&mut self) -> Result<Arc<Unit>, VMError> {
        if let Loading::Raw(chunk) = &mut self.chunk {
            let chunk = std::mem::take(&mut **chunk);
            self.chunk = match self.load(chunk) {
                Ok(unit) => Loading::Loaded(unit),
                Err(error) => Loading::Failed(error),
            };
        }
        match &self.chunk {
            Loading::Loaded(unit) => Ok(unit.clone()),
            Loading::Failed(error) => Err(error.clone()),
            Loading::Raw(_) => unreachable!("loaded above"),
        }
    }

    /// Verifies a chunk and resolves its names.
    fn load(&mut self, chunk: Chunk) -> Result<Arc<Unit>, VMError> {
        let verified = VerifiedChunk::new(Arc::new(chunk)).map_err(VMError::from)?;
        Ok(self.load_verified(verified))
    }

    /// Loads a chunk that was verified as part of another.
    pub(crate) fn load_verified(&mut self, verified: VerifiedChunk) -> Arc<Unit> {
        Unit::load(verified, &mut self.globals, &mut self.subs)
    }

    /// Executes a body on the engine that its unit allows.
    pub(crate) fn execute(&mut self, entry: &Entry, args: &[Value]) -> Result<Ended, VMError> {
        let outermost = self.running == Running::Nothing && matches!(entry, Entry::Main(_));
        let slots = if outermost { std::mem::take(&mut self.main_slots) } else { Vec::new() };
        let floor = self.floor;
        let code = if self.use_reference { None } else { entry.unit().code(self.charges_fuel) };
        let engine = if code.is_some() { Running::Fast } else { Running::Reference };
        let outer = std::mem::replace(&mut self.running, engine);
        let (result, slots) = match code {
            Some(_) => fast::run(self, entry, args, slots),
            None => reference::run(self, entry, args, slots),
        };
        self.running = outer;
        self.floor = floor;
        if outermost {
            self.main_slots = slots;
        }
        result
    }

    /// The sub that a closure calls: the newest definition of its name.
    pub(crate) fn closure_target(&self, code: &Code) -> Result<Target, Fault> {
        let name = code.name().to_str_lossy();
        // The id is that of the VM that made the closure, which may have been reset since.
        match self.subs.list.get(code.id() as usize) {
            Some(sub) if *sub.name == *name => self.subs.target(code.id()),
            _ => self.subs.target_of(&name),
        }
    }

    /// An error at the op that is executing.
    pub(crate) fn error_here(&self, mut fault: Fault) -> VMError {
        let frames = fault.take_frames().unwrap_or_else(|| self.frames());
        VMError::new(fault, frames)
    }

    /// Keeps an error that a try region is about to catch, with its place, for an awk program: its handlers look for
    /// signals, and throw anything else again.
    #[cold]
    pub(crate) fn keep_caught(&mut self, fault: &Fault) {
        if self.awk.keeps_caught && fault.kind() != ErrorKind::Signal {
            self.awk.caught = Some(self.error_here(fault.clone()));
        }
    }

    /// Whether the poll word only asked where the run is; then it was told. What else it says remains.
    #[cold]
    pub(crate) fn answers_sample(&mut self) -> bool {
        #[cfg(feature = "jit")]
        return crate::jit::answer_sample(self);
        #[cfg(not(feature = "jit"))]
        false
    }

    /// Answers a set bit of the poll word: the error that ends the run, or `None` for a halt.
    #[cold]
    pub(crate) fn answer_poll(&mut self) -> Option<Fault> {
        let bits = self.limits.poll.fetch_and(!(poll::INTERRUPT | poll::HEAP), Ordering::Relaxed);
        if bits & poll::INTERRUPT != 0 {
            Some(Fault::new(ErrorKind::Interrupted, "interrupted"))
        } else if bits & poll::HEAP != 0 {
            Some(heap_limit())
        } else {
            None
        }
    }

    /// Calls a builtin whose `n` arguments are on the stack, and leaves the stack without them.
    pub(crate) fn call_builtin(&mut self, id: u16, n: usize) -> Result<Value, Fault> {
        let below = self.stack.len() - n;
        let Some(builtin) = self.builtins.get(&id).copied() else {
            self.stack.truncate(below);
            return Err(Fault::new(ErrorKind::Builtin, format!("builtin {id} is not registered")));
        };
        let result = self.call_out(below, |vm| builtin(vm, n as u8));
        self.stack.truncate(below);
        let (value, popped_too_much) = result?;
        if popped_too_much {
            let message = format!("builtin {id} popped more than its {n} arguments");
            return Err(Fault::new(ErrorKind::Builtin, message));
        }
        Ok(value)
    }

    /// Calls the handler of an extension op. `declared` is what it pops and pushes; without it the
    /// handler may pop all that its body has pushed.
    pub(crate) fn call_extension(
        &mut self,
        id: u16,
        arg: ExtensionArg,
        declared: Option<(usize, usize)>,
    ) -> Result<(), Fault> {
        let floor = match declared {
            Some((pops, _)) => self.stack.len() - pops,
            None => self.floor,
        };
        let result = match arg {
            ExtensionArg::Narrow(arg) => {
                let mut handler = self.extension_handler.take().ok_or_else(|| no_handler("Extended", id))?;
                let result = self.call_out(floor, |vm| handler(vm, id, arg));
                self.extension_handler.get_or_insert(handler);
                result
            }
            ExtensionArg::Wide(arg) => {
                let mut handler =
                    self.wide_extension_handler.take().ok_or_else(|| no_handler("ExtendedWide", id))?;
                let result = self.call_out(floor, |vm| handler(vm, id, arg));
                self.wide_extension_handler.get_or_insert(handler);
                result
            }
        };
        let (_, popped_too_much) = result?;
        let left = self.stack.len() - floor;
        match declared {
            _ if popped_too_much => {
                let message = format!("the handler of extension {id} popped more than it may");
                Err(Fault::new(ErrorKind::Extension, message))
            }
            Some((_, pushes)) if left != pushes => {
                let message =
                    format!("the handler of extension {id} left {left} values, declared are {pushes}");
                Err(Fault::new(ErrorKind::Extension, message))
            }
            _ => Ok(()),
        }
    }

    /// Calls foreign code that sees the stack from `floor` up: panics become faults, and so does what it
    /// raised. Tells too whether it popped below the floor.
    fn call_out<T>(&mut self, floor: usize, call: impl FnOnce(&mut VM) -> T) -> Result<(T, bool), Fault> {
        let outer = std::mem::replace(&mut self.floor, floor);
        let result = catch_unwind(AssertUnwindSafe(|| call(self)));
        self.floor = outer;
        let underflow = std::mem::take(&mut self.underflow);
        match (result, self.raised.take()) {
            (Err(panic), _) => Err(host_panic(panic.as_ref())),
            (_, Some(fault)) => Err(fault),
            (Ok(value), None) => Ok((value, underflow)),
        }
    }

    /// Calls the shell host; ops see [`DefaultHost`](crate::DefaultHost) when none is set.
    pub(crate) fn with_shell_host<T>(
        &mut self,
        call: impl FnOnce(&mut dyn ShellHost, &mut VM) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut host = self.shell_host.take().unwrap_or_else(|| Box::new(crate::DefaultHost));
        let result = self.call_out(self.stack.len(), |vm| call(host.as_mut(), vm));
        self.shell_host.get_or_insert(host);
        result.and_then(|(result, _)| result)
    }

    /// Calls the awk host; ops see [`DefaultHost`](crate::DefaultHost) when none is set.
    pub(crate) fn with_awk_host<T>(
        &mut self,
        call: impl FnOnce(&mut dyn AwkHost, &mut VM) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut host = self.awk_host.take().unwrap_or_else(|| Box::new(crate::DefaultHost));
        let result = self.call_out(self.stack.len(), |vm| call(host.as_mut(), vm));
        self.awk_host.get_or_insert(host);
        result.and_then(|(result, _)| result)
    }
}

/// The argument of an extension op.
#[derive(Clone, Copy)]
pub(crate) enum ExtensionArg {
    Narrow(u8),
    Wide(usize),
}

/// The error of a passed heap limit.
#[cold]
pub(crate) fn heap_limit() -> Fault {
    Fault::new(ErrorKind::Heap, "the heap limit is reached")
}

impl From<heap::HeapError> for Fault {
    fn from(error: heap::HeapError) -> Fault {
        match error {
            heap::HeapError::OverLimit => heap_limit(),
            error => Fault::new(ErrorKind::Heap, error.to_string()),
        }
    }
}

#[cold]
fn no_handler(op: &str, id: u16) -> Fault {
    Fault::new(ErrorKind::Extension, format!("no handler is set for {op} {id}"))
}

#[cold]
fn host_panic(panic: &(dyn std::any::Any + Send)) -> Fault {
    let message = panic
        .downcast_ref::<&str>()
        .map(|s| s.to_string())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_string());
    Fault::new(ErrorKind::HostPanic, message)
}
