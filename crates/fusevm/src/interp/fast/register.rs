//! Access to registers: values are written and moved as two whole words.
//!
//! A store of the tag byte followed by a 16-byte load of the value would defeat the processor's store
//! forwarding, so both sides use 8-byte words.

use crate::value::{ByteStr, Value, tag, words as value_words};
use std::mem::ManuallyDrop;
use std::ptr;

/// A value's bits: the word with the tag, and the payload.
pub(super) type Words = [u64; 2];

/// Reads a value's bits without touching ownership.
///
/// # Safety
/// `at` points to a value.
#[inline(always)]
pub(super) unsafe fn words(at: *const Value) -> Words {
    let at = at.cast::<u64>();
    // SAFETY: a value is 16 bytes, aligned to 8. Volatile keeps the two loads apart; no padding is read as
    // an integer that matters, since the words are only stored again.
    unsafe { [ptr::read_volatile(at), ptr::read_volatile(at.add(1))] }
}

/// Writes a value's bits without dropping what was there.
///
/// # Safety
/// `at` points to a value's place, and `words` are those of a value that the place now owns.
#[inline(always)]
pub(super) unsafe fn set_words(at: *mut Value, words: Words) {
    let at = at.cast::<u64>();
    // SAFETY: as for `words`.
    unsafe {
        ptr::write_volatile(at, words[0]);
        ptr::write_volatile(at.add(1), words[1]);
    }
}

/// Whether the value may own heap: not, if it is a scalar or a string that lies in the value.
#[inline(always)]
pub(super) fn may_own(words: &Words) -> bool {
    const TAG_AND_HEAP: u64 = 0xff | ByteStr::HEAP_BIT as u64;
    words[0] as u8 >= tag::STR && words[0] & TAG_AND_HEAP != tag::STR as u64
}

#[cold]
#[inline(never)]
unsafe fn drop_value(at: *mut Value) {
    // SAFETY: the caller's: `at` points to a value, which is overwritten next.
    unsafe { ptr::drop_in_place(at) }
}

/// Drops the value of a register that is about to be written.
///
/// # Safety
/// `at` points to a value; it is not one afterwards.
#[inline(always)]
pub(super) unsafe fn release(at: *mut Value) {
    // SAFETY: as for this function.
    unsafe {
        if (*at).tag() >= tag::STR {
            drop_value(at);
        }
    }
}

/// Drops what an operand owns that is used up. What owns nothing may stay there: see `Access::Take`.
///
/// # Safety
/// `at` points to a value that is not read again.
#[inline(always)]
pub(super) unsafe fn use_up(at: *mut Value) {
    // SAFETY: as for this function.
    unsafe {
        if (*at).owns_heap() {
            drop(take(at));
        }
    }
}

/// Replaces a register's value by the bits of another that it now owns.
///
/// # Safety
/// As for [`release`] and [`set_words`].
#[inline(always)]
pub(super) unsafe fn put_words(at: *mut Value, words: Words) {
    // SAFETY: as for this function.
    unsafe {
        release(at);
        set_words(at, words);
    }
}

/// Replaces a register's value.
///
/// # Safety
/// `at` points to a value.
#[inline(always)]
pub(super) unsafe fn put(at: *mut Value, value: Value) {
    let value = ManuallyDrop::new(value);
    // SAFETY: as for this function. The old value goes last: dropping it may run code of the embedder.
    unsafe {
        let new = words(&*value);
        if !may_own(&words(at)) {
            return set_words(at, new);
        }
        let old = ptr::read(at);
        set_words(at, new);
        drop(old);
    }
}

/// The bits of Undef.
pub(super) const UNDEF: Words = [tag::UNDEF as u64, 0];

/// Takes a register's value: Undef is left.
///
/// # Safety
/// `at` points to a value.
#[inline(always)]
pub(super) unsafe fn take(at: *mut Value) -> Value {
    // SAFETY: as for this function.
    unsafe { value_words::take(at) }
}

/// A register's value, taken or copied.
///
/// # Safety
/// `at` points to a value.
#[inline(always)]
pub(super) unsafe fn take_or_clone(at: *mut Value, takes: bool) -> Value {
    // SAFETY: as for this function.
    unsafe { if takes { take(at) } else { (*at).clone() } }
}

/// Copies a register to another.
///
/// # Safety
/// Both point to values.
#[inline(always)]
pub(super) unsafe fn copy(to: *mut Value, from: *const Value) {
    // SAFETY: as for this function; a value that may own heap is cloned properly.
    unsafe {
        let words = words(from);
        if may_own(&words) {
            put(to, (*from).clone());
        } else {
            put_words(to, words);
        }
    }
}
