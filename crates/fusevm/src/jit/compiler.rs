//! `JitCompiler`: the JIT as embedders configure and question it. Its state is that of the thread.

use super::Switches;
#[cfg(feature = "jit-disk-cache")]
use super::cache;
use super::config::TraceJitConfig;
use super::direct::{self, Shape};
use crate::chunk::Chunk;
use crate::interp::fast::hot::Thresholds;
use crate::value::Value;
use std::cell::RefCell;
#[cfg(feature = "jit-disk-cache")]
use std::path::PathBuf;

thread_local! {
    static CONFIG: RefCell<TraceJitConfig> = RefCell::new(TraceJitConfig::from_environment());
}

/// When what is hot in a VM with these switches, by the configuration of this thread.
pub(crate) fn thresholds(switches: Switches) -> Thresholds {
    let of_thread = CONFIG.with_borrow(|config| Thresholds::from(config));
    let thresholds = Thresholds { enabled: switches.native, ..of_thread };
    if switches.at_once {
        Thresholds { loop_edge: 1, call: 1, at_once: true, ..thresholds }
    } else {
        thresholds
    }
}

/// The JIT of the current thread.
///
/// VMs use it by themselves. Beside that it runs chunks that need no VM, as functions of integers:
///
/// ```
/// use fusevm::{ChunkBuilder, JitCompiler, Op, Value};
/// let mut b = ChunkBuilder::new();
/// for op in [Op::GetSlot(0), Op::LoadInt(2), Op::Mul] {
///     b.emit(op, 1);
/// }
/// let chunk = b.build();
/// let jit = JitCompiler::new();
/// assert!(jit.is_linear_eligible(&chunk));
/// assert_eq!(jit.try_run_linear(&chunk, &[21]), Some(Value::int(42)));
/// ```
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

    /// Whether a chunk can be run by [`JitCompiler::try_run_linear`]: it is valid, has no jumps, loops or calls,
    /// and none of its ops needs globals, hosts, handlers or builtins.
    pub fn is_linear_eligible(&self, chunk: &Chunk) -> bool {
        direct::is_eligible(chunk, Shape::Linear)
    }

    /// Compiles a straight-line chunk and runs it, with integers in its first slots.
    ///
    /// Gives the value that the chunk ends with; `None` for a chunk that is not eligible, an error, and an
    /// empty stack at the end. The code is kept for the next call on this thread.
    pub fn try_run_linear(&self, chunk: &Chunk, slots: &[i64]) -> Option<Value> {
        direct::run_linear(chunk, slots)
    }

    /// Whether a chunk can be run by [`JitCompiler::try_run_block`]: it is valid, calls no subs but its own, and none
    /// of its ops needs globals, hosts, handlers or builtins.
    pub fn is_block_eligible(&self, chunk: &Chunk) -> bool {
        direct::is_eligible(chunk, Shape::Any)
    }

    /// Compiles a chunk with its loops and subs and runs it, with integers in its first slots.
    ///
    /// Gives the integer that the chunk ends with, and `slots` as the chunk leaves them. `None`, with `slots`
    /// unchanged, for a chunk that is not eligible, for an error, and when the value or one of the slots is no
    /// integer at the end. The code is kept for the next call on this thread.
    pub fn try_run_block(&self, chunk: &Chunk, slots: &mut [i64]) -> Option<i64> {
        direct::run_block(chunk, slots)
    }
}

/// The disk cache, which is that of the process.
#[cfg(feature = "jit-disk-cache")]
impl JitCompiler {
    /// Keeps native code and type feedback of this process in a directory from now on, or nowhere. Goes over the
    /// environment.
    ///
    /// The directory is made, for this user alone, when something is stored; one that other users have access
    /// to is not used.
    pub fn set_jit_cache_dir(&self, directory: Option<PathBuf>) {
        cache::set_jit_cache_dir(directory);
    }

    /// The directory in use; `None` when there is no cache, for whatever reason.
    pub fn jit_cache_dir(&self) -> Option<PathBuf> {
        cache::jit_cache_dir()
    }

    /// Size of all files in the cache, in bytes.
    pub fn jit_cache_size_bytes(&self) -> u64 {
        cache::jit_cache_size_bytes()
    }

    /// Bounds the size of the cache in bytes; `None`: as the environment says, else 64 MiB. The bound takes effect
    /// when something is stored, or with [`JitCompiler::prune_jit_cache`].
    pub fn set_jit_cache_max_bytes(&self, max_bytes: Option<u64>) {
        cache::set_jit_cache_max_bytes(max_bytes);
    }

    /// When the cache is over its bound, removes the files that were unused for longest until a quarter is
    /// free. Gives the number of bytes that were removed.
    pub fn prune_jit_cache(&self) -> u64 {
        cache::prune_jit_cache()
    }

    /// Removes all that the cache holds. Gives the number of bytes that were removed.
    pub fn clear_jit_cache(&self) -> u64 {
        cache::clear_jit_cache()
    }
}
