//! What tests and benchmarks of the JIT need, and programs do not.

use super::worker::Worker;

/// Returns when all compilations that were asked for are done. A loop that runs enters its code some iterations
/// later.
pub fn wait_for_compiles() {
    Worker::global().wait();
}
