//! A pool of VMs, for embedders that run many short chunks.

use crate::chunk::Chunk;
use crate::vm::VM;

/// VMs that are not in use, cleared, with their stacks allocated.
///
/// ```
/// use fusevm::{ChunkBuilder, Op, VMPool, VMResult, Value};
/// let mut pool = VMPool::new();
/// for n in 0..3 {
///     let mut b = ChunkBuilder::new();
///     b.emit(Op::LoadInt(n), 1);
///     assert_eq!(pool.with(b.build(), |vm| vm.run()), VMResult::Ok(Value::int(n)));
/// }
/// assert_eq!(pool.len(), 1);
/// ```
#[derive(Default)]
pub struct VMPool {
    idle: Vec<VM>,
}

impl VMPool {
    /// An empty pool, which makes VMs as they are asked for.
    pub fn new() -> VMPool {
        VMPool::default()
    }

    /// A pool of `n` VMs.
    pub fn with_capacity(n: usize) -> VMPool {
        VMPool { idle: (0..n).map(|_| VM::new(Chunk::default())).collect() }
    }

    /// A VM for a chunk: an idle one, else a new one.
    pub fn acquire(&mut self, chunk: Chunk) -> VM {
        match self.idle.pop() {
            Some(mut vm) => {
                vm.reset(chunk);
                vm
            }
            None => VM::new(chunk),
        }
    }

    /// Takes a VM back. Everything that its user gave it is dropped: chunk, globals, hosts, handlers,
    /// builtins, sinks and limits.
    pub fn release(&mut self, mut vm: VM) {
        vm.clear();
        self.idle.push(vm);
    }

    /// Runs `work` with a VM for a chunk.
    pub fn with<T>(&mut self, chunk: Chunk, work: impl FnOnce(&mut VM) -> T) -> T {
        let mut vm = self.acquire(chunk);
        let result = work(&mut vm);
        self.release(vm);
        result
    }

    /// Number of idle VMs.
    pub fn len(&self) -> usize {
        self.idle.len()
    }

    /// Whether no VM is idle.
    pub fn is_empty(&self) -> bool {
        self.idle.is_empty()
    }
}
