//! What an embedder sets on a VM for the JIT, and what the VM tells the log.

use super::JitExtension;
use super::log::Sink;
use crate::error::Frame;
use crate::interp::{fast, reference};
use crate::limits::poll;
use crate::vm::VM;
use std::sync::atomic::Ordering;

/// Which tiers a VM uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switches {
    /// Native code of any kind.
    pub native: bool,
    /// Traces.
    pub traces: bool,
    /// Whether everything is compiled at once, whatever the thresholds.
    pub at_once: bool,
}

impl Default for Switches {
    fn default() -> Switches {
        Switches { native: true, traces: true, at_once: false }
    }
}

impl VM {
    /// Records hot loops and compiles their paths, as VMs do unless told otherwise.
    pub fn enable_tracing_jit(&mut self) {
        self.jit.traces = true;
    }

    /// Makes no traces and enters none; hot loops and subs are compiled whole.
    pub fn disable_tracing_jit(&mut self) {
        self.jit.traces = false;
    }

    /// Whether anything becomes native code, from the next run on; it does by default.
    pub fn set_jit(&mut self, on: bool) {
        self.jit.native = on;
    }

    /// Tells a function what the JIT does, from now on; `None` ends it. Without one nothing is spent on events.
    ///
    /// The function is called while the program waits, on its thread.
    pub fn set_jit_log(&mut self, sink: Option<Sink>) {
        self.jit_log.set_sink(sink);
    }

    /// Makes [`Event::Compile`](super::Event::Compile) carry the code's forms, from ops to machine code. The program waits for its
    /// code meanwhile, so that a short one has some to show.
    pub fn set_jit_listings(&mut self, on: bool) {
        self.jit_log.set_listings(on);
    }

    /// Sets how a frontend's extension ops are compiled, for chunks that are loaded afterwards.
    pub fn set_jit_extension(&mut self, extension: Box<dyn JitExtension>) {
        self.jit_extension = Some(extension);
    }
}

/// Answers the question where the run is, if it was asked; whether the poll word says nothing else.
pub(crate) fn answer_sample(vm: &mut VM) -> bool {
    let bits = vm.limits.poll.fetch_and(!poll::SAMPLE, Ordering::Relaxed);
    if bits & poll::SAMPLE != 0 {
        let place = if vm.runs_fast() { fast::loop_place(vm) } else { reference::frames(vm).next() };
        if let Some(place) = place {
            vm.jit_log.sample(place);
        }
    }
    bits & !poll::SAMPLE == 0
}

/// The outermost run has ended.
pub(crate) fn end_run(vm: &mut VM) {
    if !vm.jit_log.is_on() {
        return;
    }
    let source = vm.source_name().to_string();
    vm.jit_log.end_run(|| Frame { name: String::new(), source, line: 0, op_index: 0 });
}
