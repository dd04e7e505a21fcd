//! What an embedder sets on a VM for the JIT.

use super::JitExtension;
use super::log::Sink;
use crate::vm::VM;

impl VM {
    /// Tells a function what the JIT does, from now on; `None` ends it. Without one nothing is spent on events.
    ///
    /// The function is called while the program waits, on its thread.
    pub fn set_jit_log(&mut self, sink: Option<Sink>) {
        self.jit_log.set_sink(sink);
    }

    /// Makes [`Event::Compile`](super::Event::Compile) carry the code's forms, from ops to machine code.
    pub fn set_jit_listings(&mut self, on: bool) {
        self.jit_log.set_listings(on);
    }

    /// Sets how a frontend's extension ops are compiled, for chunks that are loaded afterwards.
    pub fn set_jit_extension(&mut self, extension: Box<dyn JitExtension>) {
        self.jit_extension = Some(extension);
    }
}
