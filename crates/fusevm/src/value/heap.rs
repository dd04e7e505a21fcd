//! Live payload bytes of the values of one thread, so that a VM can bound its program's memory.
//!
//! Every string, array, hash, ref and code body adds its bytes here when it is allocated or grows and
//! takes them off when it is freed. The counter is per thread: a value that is freed on another thread
//! than its own (feature `sync`) shifts bytes from one counter to the other.

use super::spare;
use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static CEILING: Cell<i64> = const { Cell::new(i64::MAX) };
    static TRIPPED: Cell<bool> = const { Cell::new(false) };
    static SIGNAL: RefCell<Option<Signal>> = const { RefCell::new(None) };
}

/// Where to tell of a passed ceiling: the bits to set in the word that the VM's loop polls.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The word that the VM polls.
    pub word: Arc<AtomicU32>,
    /// The bits that are set in it.
    pub bits: u32,
}

/// Why a value could not get the memory it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeapError {
    /// The bytes would pass the ceiling that [`set_ceiling`] set.
    OverLimit,
    /// The size does not fit the address space.
    TooLarge,
    /// The allocator refused.
    OutOfMemory,
}

impl fmt::Display for HeapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HeapError::OverLimit => "heap limit exceeded",
            HeapError::TooLarge => "value too large",
            HeapError::OutOfMemory => "out of memory",
        })
    }
}

impl std::error::Error for HeapError {}

/// Bytes that live payloads of this thread hold.
#[inline]
pub fn live() -> i64 {
    LIVE.get()
}

/// Sets the number of live bytes above which an allocation trips the flag, and where else to signal it.
/// `None` takes the ceiling away. Clears the flag.
pub fn set_ceiling(bytes: Option<i64>, signal: Option<Signal>) {
    CEILING.set(bytes.unwrap_or(i64::MAX));
    TRIPPED.set(false);
    SIGNAL.with(|s| *s.borrow_mut() = signal);
}

/// Whether an allocation has passed the ceiling since [`set_ceiling`].
#[inline]
pub fn tripped() -> bool {
    TRIPPED.get()
}

/// Whether `bytes` more would stay under the ceiling.
#[inline]
pub fn fits(bytes: usize) -> bool {
    i64::try_from(bytes).is_ok_and(|b| LIVE.get().saturating_add(b) <= CEILING.get())
}

/// How many bytes more would stay under the ceiling; all there are when there is none.
pub fn room() -> usize {
    let room = CEILING.get().saturating_sub(LIVE.get());
    if CEILING.get() == i64::MAX { usize::MAX } else { usize::try_from(room).unwrap_or(0) }
}

/// Errs when `bytes` more would pass the ceiling: asked before an allocation whose size the program chose.
pub fn check(bytes: usize) -> Result<(), HeapError> {
    if fits(bytes) { Ok(()) } else { Err(HeapError::OverLimit) }
}

/// Counts `bytes` as allocated.
#[inline]
pub(crate) fn charge(bytes: usize) {
    let live = LIVE.get().wrapping_add(bytes as i64);
    LIVE.set(live);
    if live > CEILING.get() {
        trip();
    }
}

/// Counts `bytes` as freed.
#[inline]
pub(crate) fn release(bytes: usize) {
    LIVE.set(LIVE.get().wrapping_sub(bytes as i64));
}

#[cold]
#[inline(never)]
fn trip() {
    TRIPPED.set(true);
    // A value may still be made while the thread's locals are torn down; nobody polls then.
    let _ = SIGNAL.try_with(|s| {
        if let Ok(signal) = s.try_borrow()
            && let Some(signal) = &*signal
        {
            signal.word.fetch_or(signal.bits, Ordering::Relaxed);
        }
    });
}

/// Allocates and counts `layout`, whose size is not zero.
#[inline]
pub(crate) fn allocate(layout: Layout) -> Result<NonNull<u8>, HeapError> {
    debug_assert_ne!(layout.size(), 0);
    match allocate_spare(layout) {
        Some(block) => Ok(block),
        None => allocate_anew(layout),
    }
}

/// As [`allocate`], of blocks that were kept only.
#[inline]
pub(super) fn allocate_spare(layout: Layout) -> Option<NonNull<u8>> {
    let block = spare::take(layout)?;
    charge(layout.size());
    Some(block)
}

#[inline(never)]
fn allocate_anew(layout: Layout) -> Result<NonNull<u8>, HeapError> {
    // SAFETY: every body layout has a size other than zero (it holds at least its count).
    let block = NonNull::new(unsafe { std::alloc::alloc(layout) }).ok_or(HeapError::OutOfMemory)?;
    charge(layout.size());
    Ok(block)
}

/// Resizes a block of `allocate` from `old` to `new_size` bytes (not zero); on an error the block is as it was.
///
/// # Safety
/// `block` came from [`allocate`] or the global allocator with layout `old` and is not used after success.
pub(crate) unsafe fn reallocate(
    block: NonNull<u8>,
    old: Layout,
    new_size: usize,
) -> Result<NonNull<u8>, HeapError> {
    if Layout::from_size_align(new_size, old.align()).is_err() {
        return Err(HeapError::TooLarge);
    }
    // SAFETY: the caller vouches for block and layout; the size was checked above.
    let moved = NonNull::new(unsafe { std::alloc::realloc(block.as_ptr(), old, new_size) })
        .ok_or(HeapError::OutOfMemory)?;
    release(old.size());
    charge(new_size);
    Ok(moved)
}

/// Frees a block of [`allocate`].
///
/// # Safety
/// `block` has layout `layout`, is counted, and is not used again.
#[inline]
pub(crate) unsafe fn deallocate(block: NonNull<u8>, layout: Layout) {
    release(layout.size());
    // SAFETY: the caller vouches for block and layout.
    unsafe {
        if !spare::keep(block, layout) {
            std::alloc::dealloc(block.as_ptr(), layout);
        }
    }
}

/// Ends the process as the standard collections do when memory runs out where no error can be returned.
#[cold]
#[inline(never)]
pub(crate) fn exhausted(error: HeapError, bytes: usize) -> ! {
    match (error, Layout::from_size_align(bytes, 8)) {
        (HeapError::OutOfMemory, Ok(layout)) => std::alloc::handle_alloc_error(layout),
        _ => panic!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn bytes_of_freed_values_are_taken_off() {
        let before = live();
        let v = Value::array(vec![Value::str("x".repeat(100)), Value::hash([("k", 1)]), Value::from(2.5)]);
        assert!(live() >= before + 100 + 3 * 16);
        let copy = v.clone();
        drop(v);
        assert!(live() > before);
        drop(copy);
        assert_eq!(live(), before);
    }

    #[test]
    fn short_strings_and_numbers_cost_nothing() {
        let before = live();
        let _kept = [Value::str("fourteen bytes"), Value::Int(7), Value::Float(0.5), Value::Undef];
        assert_eq!(live(), before);
    }

    #[test]
    fn passing_the_ceiling_sets_flag_and_word() {
        let word = Arc::new(AtomicU32::new(0));
        set_ceiling(Some(live() + 1000), Some(Signal { word: word.clone(), bits: 4 }));
        let small = Value::str("x".repeat(500));
        assert!(!tripped());
        assert_eq!(check(600), Err(HeapError::OverLimit));
        let big = Value::str("x".repeat(600));
        assert!(tripped());
        assert_eq!(word.load(Ordering::Relaxed), 4);
        set_ceiling(None, None);
        assert!(!tripped());
        drop((small, big));
    }
}
