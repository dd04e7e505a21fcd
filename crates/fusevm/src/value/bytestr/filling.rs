//! Texts that go from one buffer into another, one after the other: lines into the record, and its fields to the output.
//!
//! Most are short, and no two of the same length follow each other. So a short one is copied in one piece with what lies
//! behind it: a copy of constant length is no call, and has no branch that the processor guesses by the length before.

use super::super::heap::HeapError;
use super::{ByteStr, LEN_MASK, MARKS, MAX_INLINE};
use std::mem::MaybeUninit;
use std::ptr;

/// How many bytes are copied at once into a string.
const FILLED_AT_ONCE: usize = 64;

/// How many bytes are copied at once out of a string.
const COPIED_AT_ONCE: usize = 32;

impl ByteStr {
    /// As [`try_assign`](ByteStr::try_assign), of the first `length` bytes of `from`, for a string that gets one text after the
    /// other: it stays on the heap while nobody shares it, however short they are.
    #[inline(always)]
    pub(crate) fn try_refill(&mut self, from: &[u8], length: usize) -> Result<(), HeapError> {
        let text = &from[..length];
        if self.on_heap() {
            // SAFETY: a heap string has a body, of which it holds a count; while the count is one, nobody else sees it. What
            // is copied fits, and does not lie in it, since `self` is borrowed.
            unsafe {
                let mut body = self.body();
                let head = body.as_mut();
                if head.count.get() == 1 && head.capacity >= length.max(FILLED_AT_ONCE) {
                    head.len = length;
                    let to = body.add(1).cast::<u8>().as_ptr();
                    match from.first_chunk::<FILLED_AT_ONCE>() {
                        Some(block) if length <= FILLED_AT_ONCE => {
                            ptr::copy_nonoverlapping(block.as_ptr(), to, FILLED_AT_ONCE);
                        }
                        _ => ptr::copy_nonoverlapping(text.as_ptr(), to, length),
                    }
                    self.meta &= !MARKS;
                    return Ok(());
                }
            }
        }
        self.refill(text)
    }

    #[inline(never)]
    fn refill(&mut self, bytes: &[u8]) -> Result<(), HeapError> {
        if self.on_heap() || bytes.len() > MAX_INLINE {
            return self.try_assign(bytes);
        }
        *self = ByteStr::try_with_slack(bytes, FILLED_AT_ONCE)?;
        Ok(())
    }

    /// Appends the bytes to a buffer.
    #[inline(always)]
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        if self.on_heap() {
            return self.append_part_to(0, self.len(), out);
        }
        out.reserve(MAX_INLINE);
        // SAFETY: an inline string has so many bytes, and there is room for all of them, of which the first are the text.
        unsafe {
            let end = out.as_mut_ptr().add(out.len());
            ptr::copy_nonoverlapping(self.data.as_ptr().cast(), end, MAX_INLINE);
            out.set_len(out.len() + usize::from(self.meta & LEN_MASK));
        }
    }

    /// Appends the bytes from `start` to `end` to a buffer.
    #[inline(always)]
    pub(crate) fn append_part_to(&self, start: usize, end: usize, out: &mut Vec<u8>) {
        let part = &self[start..end];
        if part.len() > COPIED_AT_ONCE || !self.on_heap() || self.capacity() - start < COPIED_AT_ONCE {
            return out.extend_from_slice(part);
        }
        out.reserve(COPIED_AT_ONCE);
        // SAFETY: so many bytes lie within the string's memory from there, whether they were written or not, and there is
        // room for all of them, of which the first are the part.
        unsafe {
            let (from, to) = (part.as_ptr(), out.as_mut_ptr().add(out.len()));
            ptr::copy_nonoverlapping(from.cast::<MaybeUninit<u8>>(), to.cast(), COPIED_AT_ONCE);
            out.set_len(out.len() + part.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|n| b'a' + (n % 26) as u8).collect()
    }

    #[test]
    fn refilling_takes_the_text_and_leaves_copies_alone() {
        let from = bytes(300);
        let mut s = ByteStr::EMPTY;
        for (index, length) in [3, 0, 14, 15, 63, 64, 65, 7, 200, 64, 1].into_iter().enumerate() {
            let copy = (index % 3 == 0).then(|| s.clone().with_input_mark());
            let before = copy.as_deref().map(<[u8]>::to_vec);
            // Much lies behind the text, a little, or nothing.
            for behind in [100, 10, 0] {
                s.mark_input();
                s.try_refill(&from[..length + behind], length).unwrap();
                assert_eq!((&*s, s.is_input()), (&from[..length], false), "{length} {behind}");
            }
            assert_eq!(copy.as_deref().map(<[u8]>::to_vec), before);
        }
    }

    #[test]
    fn a_text_stays_in_its_memory_while_nobody_shares_it() {
        let from = bytes(100);
        let mut s = ByteStr::EMPTY;
        s.try_refill(&from, 1).unwrap();
        let at = s.as_ptr();
        for length in [64, 0, 14, 63] {
            s.try_refill(&from, length).unwrap();
            assert_eq!(s.as_ptr(), at);
        }
    }

    #[test]
    fn parts_are_appended_wherever_they_lie() {
        for length in [0, 1, 14, 15, 31, 32, 33, 100] {
            let whole = bytes(length);
            let mut roomy = ByteStr::try_with_capacity(200).unwrap();
            roomy.push_bytes(&whole);
            for s in [ByteStr::new(&whole), roomy] {
                let mut out = b"before".to_vec();
                s.append_to(&mut out);
                assert_eq!(out, [b"before", &whole[..]].concat());
                for (start, end) in
                    [(0, length), (length / 2, length), (length / 3, length / 2), (length, length)]
                {
                    let mut out = b"before".to_vec();
                    s.append_part_to(start, end, &mut out);
                    assert_eq!(out, [b"before", &whole[start..end]].concat());
                }
            }
        }
    }
}
