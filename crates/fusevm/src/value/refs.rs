//! `Ref`: a shared mutable cell with identity, and its weak form.
//!
//! A handle is one word: the pointer to the cell's body, with the lowest bit set in a weak handle. A strong
//! handle keeps the value alive; a weak one keeps only the body, and reads Undef when the value is gone.

use super::counted::Count;
use super::heap;
use super::{Value, deep};
use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::fmt;
use std::mem;
use std::ptr::NonNull;

#[cfg(feature = "sync")]
use std::sync::atomic::{AtomicBool, Ordering};

/// A place for one value that is changed through shared references.
///
/// The value is only touched for the length of a move or a clone, never while foreign code runs: so there
/// is no reference to it that a nested access could invalidate. Under `sync` a spin lock guards that moment.
#[repr(C)]
pub(crate) struct SharedCell {
    value: UnsafeCell<Value>,
    #[cfg(feature = "sync")]
    locked: AtomicBool,
}

// SAFETY: under `sync` every access to the value holds the lock.
#[cfg(feature = "sync")]
unsafe impl Sync for SharedCell {}

/// Releases the lock, also when what ran under it panics.
#[cfg(feature = "sync")]
struct Unlock<'a>(&'a AtomicBool);

#[cfg(feature = "sync")]
impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl SharedCell {
    pub(crate) const fn new(value: Value) -> SharedCell {
        SharedCell {
            value: UnsafeCell::new(value),
            #[cfg(feature = "sync")]
            locked: AtomicBool::new(false),
        }
    }

    /// Runs `access` on the value in place.
    ///
    /// # Safety
    /// `access` does not reach this cell again: it runs no program or embedder code and drops no value that
    /// could own an embedder's object.
    #[inline(always)]
    pub(crate) unsafe fn access<R>(&self, access: impl FnOnce(&mut Value) -> R) -> R {
        #[cfg(feature = "sync")]
        let _unlock = self.lock();
        // SAFETY: without `sync` the cell stays on one thread, with it the lock is held; the caller vouches
        // that no nested access makes a second reference.
        access(unsafe { &mut *self.value.get() })
    }

    #[cfg(feature = "sync")]
    #[inline]
    fn lock(&self) -> Unlock<'_> {
        let mut spins = 0u32;
        while self.locked.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            spins += 1;
            if spins.is_multiple_of(64) { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        Unlock(&self.locked)
    }

    #[inline]
    pub(crate) fn get(&self) -> Value {
        // SAFETY: a clone counts, and runs nobody's code.
        unsafe { self.access(|value| value.clone()) }
    }

    /// Sets the value; the old one is the caller's to drop, after the access.
    #[inline]
    pub(crate) fn replace(&self, value: Value) -> Value {
        // SAFETY: a move runs nobody's code.
        unsafe { self.access(|place| mem::replace(place, value)) }
    }

    pub(crate) fn as_ptr(&self) -> *mut Value {
        self.value.get()
    }
}

/// What the handles of one cell point to.
#[repr(C)]
struct Body {
    /// Strong handles.
    strong: Count,
    /// Weak handles, and one more for all strong ones together.
    weak: Count,
    cell: SharedCell,
}

/// The bit of the word that marks a weak handle.
const WEAK: usize = 1;
const _: () = assert!(align_of::<Body>() > WEAK);

/// A handle of a shared mutable cell. Two handles are equal when they are of the same cell.
pub struct Ref(NonNull<Body>);

// SAFETY: with atomic counts and the cell's lock, handles are shared as `Arc<Mutex<Value>>`.
#[cfg(feature = "sync")]
unsafe impl Send for Ref {}
// SAFETY: as above.
#[cfg(feature = "sync")]
unsafe impl Sync for Ref {}

/// Where native code finds a cell's value.
#[cfg(feature = "jit")]
impl Ref {
    pub(crate) const VALUE_OFFSET: i32 = std::mem::offset_of!(Body, cell) as i32;
}

impl Ref {
    /// A new cell that holds `value`, with a strong handle.
    pub fn new(value: Value) -> Ref {
        let layout = Layout::new::<Body>();
        let body = heap::allocate(layout).unwrap_or_else(|error| heap::exhausted(error, layout.size()));
        let body = body.cast::<Body>();
        // SAFETY: the block is fresh and has the layout of a `Body`.
        unsafe {
            body.write(Body { strong: Count::new(1), weak: Count::new(1), cell: SharedCell::new(value) });
        }
        Ref(body)
    }

    /// Whether this is a weak handle.
    #[inline(always)]
    pub fn is_weak(&self) -> bool {
        self.0.addr().get() & WEAK != 0
    }

    #[inline(always)]
    fn pointer(&self) -> NonNull<Body> {
        // SAFETY: a body is not at address 0 or 1, so the word without its lowest bit is not null.
        unsafe { NonNull::new_unchecked(self.0.as_ptr().map_addr(|a| a & !WEAK)) }
    }

    #[inline(always)]
    fn body(&self) -> &Body {
        // SAFETY: a handle of either kind keeps the body.
        unsafe { self.pointer().as_ref() }
    }

    /// A weak handle of the same cell.
    #[must_use]
    pub fn downgrade(&self) -> Ref {
        self.body().weak.increment();
        Ref(self.pointer().map_addr(|a| a | WEAK))
    }

    /// A strong handle of the same cell; None when its value is gone.
    #[must_use]
    pub fn upgrade(&self) -> Option<Ref> {
        self.body().strong.increment_if_alive().then(|| Ref(self.pointer()))
    }

    /// Whether the cell still has its value: always for a strong handle.
    #[inline]
    pub fn is_alive(&self) -> bool {
        !self.is_weak() || self.body().strong.get() != 0
    }

    /// The value; Undef when it is gone.
    #[inline]
    pub fn get(&self) -> Value {
        // A dead cell holds Undef.
        self.body().cell.get()
    }

    /// Sets the value; no effect on a cell whose value is gone.
    #[inline]
    pub fn set(&self, value: Value) {
        drop(self.replace(value));
    }

    /// Sets the value and gives the old one; a cell whose value is gone takes nothing and gives Undef.
    #[inline]
    pub fn replace(&self, value: Value) -> Value {
        // The upgraded handle keeps another thread from ending the cell in between.
        if self.is_weak() {
            return self.upgrade().map_or(Value::Undef, |strong| strong.replace(value));
        }
        self.body().cell.replace(value)
    }

    /// Runs `read` on the value as it is now.
    pub fn with<R>(&self, read: impl FnOnce(&Value) -> R) -> R {
        read(&self.get())
    }

    /// Runs `write` on the value, which is taken out of the cell meanwhile: an access of the cell from
    /// within sees Undef, and what it sets is overwritten. A unique array, hash or string stays unique.
    pub fn with_mut<R>(&self, write: impl FnOnce(&mut Value) -> R) -> R {
        /// Puts the value back, also when `write` panics.
        struct PutBack<'a>(&'a Ref, Value);
        impl Drop for PutBack<'_> {
            fn drop(&mut self) {
                self.0.set(mem::take(&mut self.1));
            }
        }
        let value = self.replace(Value::Undef);
        write(&mut PutBack(self, value).1)
    }

    /// Runs `access` on the value in place.
    ///
    /// # Safety
    /// The handle is strong, and `access` does not reach this cell again: it runs no program or embedder
    /// code and drops no value that could own an embedder's object.
    #[inline(always)]
    pub unsafe fn with_in_place<R>(&self, access: impl FnOnce(&mut Value) -> R) -> R {
        debug_assert!(!self.is_weak());
        // SAFETY: the caller vouches for `access`.
        unsafe { self.body().cell.access(access) }
    }

    /// The place of the value, which stays valid as long as a handle lives. Reads and writes through it obey
    /// the rules of [`with_in_place`](Ref::with_in_place); under `sync` they race with other threads unless
    /// the embedder keeps the cell on one.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Value {
        self.body().cell.as_ptr()
    }

    /// Whether both are handles of one cell.
    #[inline(always)]
    pub fn same_cell(&self, other: &Ref) -> bool {
        self.pointer() == other.pointer()
    }

    /// A number that no other living cell has.
    #[inline]
    pub fn id(&self) -> usize {
        self.pointer().addr().get()
    }

    #[cold]
    #[inline(never)]
    fn drop_last_strong(&mut self) {
        let value = self.body().cell.replace(Value::Undef);
        if !value.owns_heap() {
            drop(value);
        } else if deep::too_deep() {
            deep::set_aside(value);
        } else {
            deep::drop_children(|| drop(value));
        }
        self.release_weak();
    }

    fn release_weak(&mut self) {
        if self.body().weak.decrement() {
            let body = self.pointer();
            // SAFETY: no handle is left, and the value in the cell is Undef, which needs no drop.
            unsafe { heap::deallocate(body.cast(), Layout::new::<Body>()) };
        }
    }
}

impl Clone for Ref {
    #[inline(always)]
    fn clone(&self) -> Ref {
        let body = self.body();
        if self.is_weak() {
            body.weak.increment()
        } else {
            body.strong.increment()
        }
        Ref(self.0)
    }
}

impl Drop for Ref {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_weak() {
            self.release_weak();
        } else if self.body().strong.decrement() {
            self.drop_last_strong();
        }
    }
}

impl PartialEq for Ref {
    fn eq(&self, other: &Ref) -> bool {
        self.same_cell(other)
    }
}

impl Eq for Ref {}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_weak() { "(weak ref)" } else { "(ref)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_share_the_cell() {
        let a = Ref::new(Value::Int(1));
        let b = a.clone();
        b.set(Value::str("changed"));
        assert_eq!(a.get(), Value::str("changed"));
        assert_eq!(a.replace(Value::Undef), Value::str("changed"));
        assert!(!b.with(Value::is_truthy));
        assert!(a == b && a != Ref::new(Value::Undef));
    }

    #[test]
    fn weak_handles_read_undef_when_the_value_is_gone() {
        let before = heap::live();
        let strong = Ref::new(Value::Int(1));
        let weak = strong.downgrade();
        let again = weak.clone();
        assert!(weak.is_weak() && !strong.is_weak() && weak == strong);
        assert_eq!(weak.get(), Value::Int(1));
        weak.set(Value::Int(2));
        assert_eq!(strong.get(), Value::Int(2));
        let second = weak.upgrade().unwrap();
        drop(strong);
        assert!(weak.is_alive());
        drop(second);
        assert!(!weak.is_alive() && weak.upgrade().is_none());
        assert_eq!(weak.get(), Value::Undef);
        weak.set(Value::Int(3));
        assert_eq!(weak.replace(Value::Int(3)), Value::Undef);
        assert_eq!(weak.get(), Value::Undef);
        drop((weak, again));
        assert_eq!(heap::live(), before);
    }

    #[test]
    fn a_weak_back_reference_is_no_leak() {
        let before = heap::live();
        let parent = Ref::new(Value::Undef);
        let child = Ref::new(Value::Ref(parent.downgrade()));
        parent.set(Value::array(vec![Value::Ref(child)]));
        drop(parent);
        assert_eq!(heap::live(), before);
    }

    #[test]
    fn with_mut_keeps_a_unique_value_unique_and_bears_nested_access() {
        let cell = Ref::new(Value::array(vec![Value::Int(1)]));
        cell.with_mut(|v| {
            let Value::Array(a) = v else { unreachable!() };
            assert!(a.is_unique());
            assert_eq!(cell.get(), Value::Undef);
            cell.set(Value::Int(9));
            a.push(Value::Int(2));
        });
        assert_eq!(cell.get(), Value::array(vec![Value::Int(1), Value::Int(2)]));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            cell.with_mut(|_| std::panic::resume_unwind(Box::new(())));
        }));
        assert!(panicked.is_err());
        assert_eq!(cell.get().len(), 2);
    }
}
