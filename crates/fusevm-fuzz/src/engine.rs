//! The engines that run a program, as a list: whoever compares engines goes through it.

use fusevm::VM;
#[cfg(feature = "jit")]
use fusevm::jit::testing::{
    Traced, force_exit, force_exit_after, forget_code, keep_proved_checks, set_traced,
};
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
    Engine { name: "fast interpreter", configure: |_| set_tiers(NEVER, NEVER, Traced::None) },
    Engine {
        name: "fast interpreter, observed",
        configure: |vm| {
            set_tiers(NEVER, NEVER, Traced::None);
            vm.set_observed(true);
        },
    },
    Engine { name: "method tier at once", configure: |_| set_tiers(1, 1, Traced::None) },
    Engine { name: "method tier in the middle of loops", configure: |_| set_tiers(9, 1, Traced::None) },
    Engine {
        name: "method tier, left at the second guard",
        configure: |_| {
            set_tiers(1, 1, Traced::None);
            force_exit_after(2);
        },
    },
    Engine {
        name: "method tier, proved checks kept, left at the seventh guard",
        configure: |_| {
            set_tiers(4, 1, Traced::None);
            force_exit_after(7);
            keep_proved_checks(true);
        },
    },
    Engine { name: "tracing tier at once", configure: |_| set_tiers(1, NEVER, Traced::All) },
    Engine { name: "tracing tier in the middle of loops", configure: |_| set_tiers(9, 1, Traced::All) },
    Engine {
        name: "tracing tier with forced exits",
        configure: |_| {
            set_tiers(1, NEVER, Traced::All);
            force_exit(Some(7));
            keep_proved_checks(true);
        },
    },
];

#[cfg(feature = "jit")]
const NEVER: u32 = u32::MAX;

/// Sets after how many iterations a loop is hot, and after how many calls a sub, and which loops are traced. When a
/// threshold is 1, what is hot is compiled then. Nothing is kept on disk.
#[cfg(feature = "jit")]
fn set_tiers(loops: u32, calls: u32, traced: Traced) {
    let jit = JitCompiler::new();
    #[cfg(feature = "jit-disk-cache")]
    jit.set_jit_cache_dir(None);
    jit.set_config(TraceJitConfig { trace_threshold: loops, block_threshold: calls, ..jit.get_config() });
    set_traced(traced);
    force_exit(None);
    force_exit_after(0);
    keep_proved_checks(false);
    // Code that another engine has left would be entered in place of what this one makes.
    forget_code();
}
