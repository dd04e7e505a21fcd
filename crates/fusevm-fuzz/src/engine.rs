//! The engines that run a program, as a list: whoever compares engines goes through it.

use fusevm::VM;

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
pub const ENGINES: &[Engine] = &[
    REFERENCE,
    Engine { name: "fast interpreter", configure: |vm| vm.set_reference_interpreter(false) },
    #[cfg(feature = "jit")]
    Engine { name: "fast interpreter, observed", configure: |vm| vm.set_observed(true) },
];
