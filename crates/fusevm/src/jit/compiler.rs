//! `JitCompiler`: the JIT as embedders configure and question it. Its state is that of the thread.

use super::Switches;
use super::config::TraceJitConfig;
use crate::interp::fast::hot::Thresholds;
use std::cell::RefCell;

thread_local! {
    static CONFIG: RefCell<TraceJitConfig> = RefCell::new(TraceJitConfig::from_environment());
}

/// When what is hot in a VM with these switches, by the configuration of this thread.
pub(crate) fn thresholds(switches: Switches) -> Thresholds {
    CONFIG.with_borrow(|config| Thresholds { enabled: switches.native, ..Thresholds::from(config) })
}

/// The JIT of the current thread.
#[derive(Debug, Default)]
pub struct JitCompiler(());

impl JitCompiler {
    /// A handle on the thread's JIT; all handles are alike.
    pub fn new() -> JitCompiler {
        JitCompiler(())
    }

    /// Sets the thread's configuration, over that of the environment; runs that begin afterwards go by it.
    pub fn set_config(&self, config: TraceJitConfig) {
        CONFIG.set(config);
    }

    /// The thread's configuration.
    pub fn get_config(&self) -> TraceJitConfig {
        CONFIG.with_borrow(Clone::clone)
    }
}
