//! Dropping values that are nested a million levels deep without a million stack frames.
//!
//! A container whose last holder goes drops its children, which may be last holders of containers in turn.
//! Up to `MAX_DEPTH` levels that recursion is the fast way; below, the container is set aside in a list that
//! the outermost drop on this thread works off.

use super::Value;
use std::cell::Cell;
use std::ptr;

/// Nested drops that run by recursion.
const MAX_DEPTH: u32 = 48;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The list of the outermost drop that is running, on its stack; null when none is.
    static SET_ASIDE: Cell<*mut Vec<Value>> = const { Cell::new(ptr::null_mut()) };
}

/// Leaves a level of dropping, also when an embedder's object panics in its drop.
struct Level;

impl Level {
    fn enter() -> Level {
        DEPTH.set(DEPTH.get() + 1);
        Level
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Ends the use of the outermost list.
struct Outermost;

impl Drop for Outermost {
    fn drop(&mut self) {
        SET_ASIDE.set(ptr::null_mut());
    }
}

/// Whether the drop that asks is so deep that it must [`set_aside`] its container.
#[inline]
pub(super) fn too_deep() -> bool {
    DEPTH.get() >= MAX_DEPTH
}

/// Keeps `container` for the outermost drop of this thread to drop. Only when [`too_deep`].
#[cold]
pub(super) fn set_aside(container: Value) {
    let list = SET_ASIDE.get();
    debug_assert!(!list.is_null());
    // SAFETY: being too deep means that `drop_children` runs further out on this thread's stack, and the
    // list that it put here lives until it returns; no reference to the list is held across a drop.
    unsafe { (*list).push(container) }
}

/// Runs `free`, which drops a container's children, one level down. Not when [`too_deep`].
pub(super) fn drop_children(free: impl FnOnce()) {
    let _level = Level::enter();
    if !SET_ASIDE.get().is_null() {
        free();
        return;
    }
    let mut list: Vec<Value> = Vec::new();
    let list_ptr = &raw mut list;
    SET_ASIDE.set(list_ptr);
    let outermost = Outermost;
    free();
    // SAFETY: `list` lives here, and the borrow for `pop` ends before the popped value is dropped.
    while let Some(container) = unsafe { (*list_ptr).pop() } {
        drop(container);
    }
    drop(outermost);
}
