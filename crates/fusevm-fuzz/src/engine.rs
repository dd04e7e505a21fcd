//! The engines that run a program, as a list: whoever compares engines goes through it.

use fusevm::VM;
#[cfg(feature = "jit")]
use fusevm::jit::{JitCompiler, TraceJitConfig};

/// One way to run chunks.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// What reports call it.
    pub name: &'static str,
    /// Prepares a VM, before its first run, and the thread that it runs on. It sets all that another
    /// engine may have set on the thread.
    pub configure: fn(&mut VM),
}

/// The oracle: small, checked, straight over the ops.
pub const REFERENCE: Engine =
    Engine { name: "reference interpreter", configure: |vm| vm.set_reference_interpreter(true) };

/// All engines that this build has, the oracle first.
#[cfg(not(feature = "jit"))]
pub const ENGINES: &[Engine] =
    &[REFERENCE, Engine { name: "fast interpreter", configure: |vm| vm.set_reference_interpreter(false) }];

/// All engines that this build has, the oracle first.
#[cfg(feature = "jit")]
pub const ENGINES: &[Engine] = &[
    REFERENCE,
    Engine { name: "fast interpreter", configure: |_| set_thresholds(NEVER, NEVER) },
    Engine {
        name: "fast interpreter, observed",
        configure: |vm| {
            set_thresholds(NEVER, NEVER);
            vm.set_observed(true);
        },
    },
    Engine { name: "method tier at once", configure: |_| set_thresholds(1, 1) },
    Engine { name: "method tier in the middle of loops", configure: |_| set_thresholds(9, 1) },
];

#[cfg(feature = "jit")]
const NEVER: u32 = u32::MAX;

/// Sets after how many iterations a loop is hot, and after how many calls a sub. At 1 it is compiled then.
#[cfg(feature = "jit")]
fn set_thresholds(loops: u32, calls: u32) {
    let jit = JitCompiler::new();
    jit.set_config(TraceJitConfig { trace_threshold: loops, block_threshold: calls, ..jit.get_config() });
}
