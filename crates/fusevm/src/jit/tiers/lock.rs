//! Data of one thread, or, with the feature `sync`, of the thread that a VM happens to be on.

/// What only one user touches at a time.
///
/// Without `sync` nothing of the JIT leaves its thread, and a flag suffices. With it a VM, and what it has of
/// its old thread's JIT, may be on another thread than other users.
#[derive(Debug, Default)]
pub(super) struct Lock<T>(
    #[cfg(not(feature = "sync"))] std::cell::RefCell<T>,
    #[cfg(feature = "sync")] std::sync::Mutex<T>,
);

impl<T> Lock<T> {
    /// Runs `access`, which does not reach this lock again.
    #[inline]
    pub fn with<R>(&self, access: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(not(feature = "sync"))]
        return access(&mut self.0.borrow_mut());
        // After a panic of a compiler bug the state is as whole as before: changes are single assignments.
        #[cfg(feature = "sync")]
        return access(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}
