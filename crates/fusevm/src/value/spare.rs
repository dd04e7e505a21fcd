//! Small blocks that were freed and are used again by their thread: programs on text make and drop short strings all
//! the time, and the general allocator takes several times as long for each.

use std::alloc::{Layout, dealloc};
use std::cell::Cell;
use std::ptr::{self, NonNull};

/// The step of the sizes that are kept. All are 8 more than a multiple of it, as an allocator's block is that has a word
/// of its own before each: who may choose rounds up to such a size by [`round_up`], and wastes nothing.
const STEP: usize = 16;

/// The largest size that is kept is less than so many steps.
const CLASSES: usize = 9;

/// How many blocks of a size are kept.
const KEPT: u32 = 64;

const WORD: usize = size_of::<usize>();

/// Blocks of one size; each begins with the pointer to the next.
struct List {
    first: Cell<*mut u8>,
    length: Cell<u32>,
}

struct Spare([List; CLASSES]);

thread_local! {
    static SPARE: Spare =
        const { Spare([const { List { first: Cell::new(ptr::null_mut()), length: Cell::new(0) } }; CLASSES]) };
}

/// The least size that is kept and holds so many bytes; the size itself when none does.
#[inline]
pub(super) const fn round_up(size: usize) -> usize {
    if size > CLASSES * STEP - WORD {
        return size;
    }
    (size + STEP - 1 - WORD) / STEP * STEP + WORD
}

#[inline(always)]
fn class_of(layout: Layout) -> Option<usize> {
    let size = layout.size();
    let is_kept = size % STEP == WORD && size < CLASSES * STEP && layout.align() == WORD;
    is_kept.then_some(size / STEP)
}

/// Whether blocks of that layout are kept.
pub(super) fn is_kept(layout: Layout) -> bool {
    class_of(layout).is_some()
}

/// A block of that layout, if one is kept.
#[inline(always)]
pub(super) fn take(layout: Layout) -> Option<NonNull<u8>> {
    let class = class_of(layout)?;
    // None while the thread ends.
    SPARE.try_with(|spare| spare.0[class].pop()).ok()?
}

/// Keeps a block; false when it must be freed.
///
/// # Safety
/// The block has that layout, and is not used again.
#[inline(always)]
pub(super) unsafe fn keep(block: NonNull<u8>, layout: Layout) -> bool {
    let Some(class) = class_of(layout) else { return false };
    // SAFETY: as for this function.
    SPARE.try_with(|spare| unsafe { spare.0[class].push(block) }).unwrap_or(false)
}

impl List {
    #[inline(always)]
    fn pop(&self) -> Option<NonNull<u8>> {
        let block = NonNull::new(self.first.get())?;
        // SAFETY: a block that is kept begins with a pointer, and is nobody else's.
        self.first.set(unsafe { block.cast::<*mut u8>().read() });
        self.length.set(self.length.get() - 1);
        Some(block)
    }

    /// # Safety
    /// That of [`keep`].
    #[inline(always)]
    unsafe fn push(&self, block: NonNull<u8>) -> bool {
        if self.length.get() == KEPT {
            return false;
        }
        // SAFETY: the block has room for a pointer, and is not used otherwise.
        unsafe { block.cast::<*mut u8>().write(self.first.get()) };
        self.first.set(block.as_ptr());
        self.length.set(self.length.get() + 1);
        true
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        for (class, list) in self.0.iter().enumerate() {
            while let Some(block) = list.pop() {
                // SAFETY: the blocks of a list were allocated with this layout.
                unsafe {
                    let layout = Layout::from_size_align_unchecked(class * STEP + WORD, WORD);
                    dealloc(block.as_ptr(), layout);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_those_that_are_kept() {
        for (size, rounded) in [(24, 24), (25, 40), (40, 40), (41, 56), (136, 136), (137, 137), (1000, 1000)]
        {
            assert_eq!(round_up(size), rounded);
        }
    }

    #[test]
    fn a_block_comes_back_once() {
        let layout = Layout::from_size_align(40, 8).unwrap();
        // SAFETY: the layout's size is not zero.
        let block = NonNull::new(unsafe { std::alloc::alloc(layout) }).unwrap();
        while take(layout).is_some() {}
        // SAFETY: the block has the layout.
        assert!(unsafe { keep(block, layout) });
        assert_eq!(take(layout), Some(block));
        assert_eq!(take(layout), None);
        // SAFETY: as above.
        unsafe { dealloc(block.as_ptr(), layout) };
    }
}
