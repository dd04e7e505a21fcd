//! Shared bodies with our own reference counts: thin pointers, no weak count, atomic only under `sync`.
//!
//! The count is the first word of every body, so that a value of any heap kind is cloned by one increment
//! through the pointer that it holds, whatever the kind.

use super::heap::{self, HeapError};
use std::alloc::Layout;
use std::ops::Deref;
use std::ptr::NonNull;

#[cfg(not(feature = "sync"))]
use std::cell::Cell;
#[cfg(feature = "sync")]
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// A reference count.
#[repr(transparent)]
pub(crate) struct Count(#[cfg(not(feature = "sync"))] Cell<usize>, #[cfg(feature = "sync")] AtomicUsize);

#[cfg(not(feature = "sync"))]
impl Count {
    pub(crate) const fn new(n: usize) -> Count {
        Count(Cell::new(n))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> usize {
        self.0.get()
    }

    #[inline(always)]
    pub(crate) fn set(&self, n: usize) {
        self.0.set(n);
    }

    #[inline(always)]
    pub(crate) fn increment(&self) {
        let n = self.0.get().wrapping_add(1);
        if n == 0 {
            overflow();
        }
        self.0.set(n);
    }

    /// Takes one off; true when that was the last.
    #[inline(always)]
    pub(crate) fn decrement(&self) -> bool {
        let n = self.0.get() - 1;
        self.0.set(n);
        n == 0
    }

    /// Adds one unless the count is zero; whether it did.
    #[inline]
    pub(crate) fn increment_if_alive(&self) -> bool {
        let alive = self.0.get() != 0;
        if alive {
            self.increment();
        }
        alive
    }
}

#[cfg(feature = "sync")]
impl Count {
    pub(crate) const fn new(n: usize) -> Count {
        Count(AtomicUsize::new(n))
    }

    /// The count; 1 seen by a holder means that all earlier holders are done with the body.
    #[inline(always)]
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    #[inline(always)]
    pub(crate) fn set(&self, n: usize) {
        self.0.store(n, Ordering::Relaxed);
    }

    #[inline(always)]
    pub(crate) fn increment(&self) {
        // Half the range is the margin for threads that pass the check before one of them ends the process.
        if self.0.fetch_add(1, Ordering::Relaxed) > isize::MAX as usize {
            overflow();
        }
    }

    /// Takes one off; true when that was the last.
    #[inline(always)]
    pub(crate) fn decrement(&self) -> bool {
        let last = self.0.fetch_sub(1, Ordering::Release) == 1;
        if last {
            fence(Ordering::Acquire);
        }
        last
    }

    /// Adds one unless the count is zero; whether it did.
    #[inline]
    pub(crate) fn increment_if_alive(&self) -> bool {
        let step = |n: usize| if n == 0 { None } else { Some(n + 1) };
        match self.0.fetch_update(Ordering::Acquire, Ordering::Relaxed, step) {
            Ok(n) if n > isize::MAX as usize => overflow(),
            Ok(_) => true,
            Err(_) => false,
        }
    }
}

#[cold]
#[inline(never)]
fn overflow() -> ! {
    std::process::abort()
}

/// What a [`Counted`] points to.
#[repr(C)]
pub(crate) struct Body<T> {
    count: Count,
    value: T,
}

/// A counted pointer to a `T`: one word wide, the count first in what it points to.
///
/// It has no `Drop` of its own. The value kinds built on it call [`Counted::release`] and, when that was the
/// last holder, [`Counted::free`]; between the two they can put the body off (see `deep.rs`).
#[repr(transparent)]
pub(crate) struct Counted<T>(NonNull<Body<T>>);

// SAFETY: with atomic counts a body is shared as by `Arc`: many threads read it, and only its one holder
// writes or frees it.
#[cfg(feature = "sync")]
unsafe impl<T: Send + Sync> Send for Counted<T> {}
// SAFETY: as above; a `&Counted<T>` gives `&T` and a clone, no more than a `Counted<T>` sent over would.
#[cfg(feature = "sync")]
unsafe impl<T: Send + Sync> Sync for Counted<T> {}

impl<T> Counted<T> {
    /// Where the value is in what the pointer leads to; the count is at 0.
    #[cfg(feature = "jit")]
    pub(crate) const VALUE: usize = std::mem::offset_of!(Body<T>, value);

    pub(crate) fn new(value: T) -> Counted<T> {
        match Counted::try_new(value) {
            Ok(counted) => counted,
            Err(error) => heap::exhausted(error, size_of::<Body<T>>()),
        }
    }

    pub(crate) fn try_new(value: T) -> Result<Counted<T>, HeapError> {
        let body = heap::allocate(Layout::new::<Body<T>>())?.cast::<Body<T>>();
        // SAFETY: the block is fresh and has the layout of a `Body<T>`.
        unsafe { body.write(Body { count: Count::new(1), value }) };
        Ok(Counted(body))
    }

    #[inline(always)]
    fn body(&self) -> &Body<T> {
        // SAFETY: a `Counted` holds one count of its body, which therefore lives.
        unsafe { self.0.as_ref() }
    }

    /// Another holder of the same body.
    #[inline(always)]
    pub(crate) fn share(&self) -> Counted<T> {
        self.body().count.increment();
        Counted(self.0)
    }

    /// How many hold the body.
    #[inline(always)]
    pub(crate) fn holders(&self) -> usize {
        self.body().count.get()
    }

    #[inline(always)]
    pub(crate) fn is_unique(&self) -> bool {
        self.holders() == 1
    }

    #[inline(always)]
    pub(crate) fn same(&self, other: &Counted<T>) -> bool {
        self.0 == other.0
    }

    /// The address of the body, as an identity.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// The body to write to, when no one else holds it.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: a count of one means that `self`, borrowed exclusively here, is the only way to the body.
        if self.is_unique() { Some(unsafe { &mut self.0.as_mut().value }) } else { None }
    }

    /// The body to write to without asking for the count.
    ///
    /// # Safety
    /// [`Counted::is_unique`] holds.
    #[inline(always)]
    pub(crate) unsafe fn get_mut_unchecked(&mut self) -> &mut T {
        debug_assert!(self.is_unique());
        // SAFETY: the caller vouches that `self` is the only holder.
        unsafe { &mut self.0.as_mut().value }
    }

    /// Gives this holder's count back; true when it was the last, and the body is then the caller's to free
    /// or to revive.
    #[inline(always)]
    pub(crate) fn release(&mut self) -> bool {
        self.body().count.decrement()
    }

    /// A holder of a body whose last count was released: undoes that release.
    ///
    /// # Safety
    /// [`Counted::release`] returned true, and `self` is neither used nor freed afterwards.
    #[inline]
    pub(crate) unsafe fn revive(&mut self) -> Counted<T> {
        self.body().count.set(1);
        Counted(self.0)
    }

    /// Drops the value and frees the body.
    ///
    /// # Safety
    /// [`Counted::release`] returned true, the body was not revived, and `self` is not used afterwards.
    pub(crate) unsafe fn free(&mut self) {
        struct FreeBlock<T>(NonNull<Body<T>>);
        impl<T> Drop for FreeBlock<T> {
            fn drop(&mut self) {
                // SAFETY: `try_new` allocated the block with this layout, and its value is dropped.
                unsafe { heap::deallocate(self.0.cast(), Layout::new::<Body<T>>()) }
            }
        }
        // The block is freed even when the value's drop panics (an embedder's object may).
        let block = FreeBlock(self.0);
        // SAFETY: no holder is left, so nobody else can see the value, and it is dropped once.
        unsafe { std::ptr::drop_in_place(&raw mut (*block.0.as_ptr()).value) }
    }
}

impl<T> Deref for Counted<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.body().value
    }
}
