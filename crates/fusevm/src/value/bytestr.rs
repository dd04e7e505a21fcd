//! Byte strings: up to 14 bytes inline in the value, longer ones shared, copied on write, appended in place.
//!
//! A [`ByteStr`] has alignment 1 and 15 bytes, so that a `Value` needs one byte more, its tag, to be 16:
//!
//! | byte of the `ByteStr` | inline | on the heap |
//! |---|---|---|
//! | 0 | length, marks | marks |
//! | 1..7 | bytes, the unused ones zero | not used |
//! | 7..15 | bytes, the unused ones zero | pointer to the body |

mod filling;

use super::counted::Count;
use super::heap::{self, HeapError};
use super::{spare, tag};
use crate::short::pack;
use std::alloc::Layout;
use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::{Deref, Range};
use std::ptr::{self, NonNull};

/// The longest string that needs no heap.
pub const MAX_INLINE: usize = 14;
/// Where in `data` the pointer of a heap string lies: the last word of the value.
const POINTER_AT: usize = MAX_INLINE - size_of::<NonNull<Body>>();

/// Bits of `meta` that hold the length of an inline string.
const LEN_MASK: u8 = 0x0f;
/// In `meta`: the bytes are on the heap.
const HEAP: u8 = 0x10;
/// In `meta`: the string came from input.
const INPUT: u8 = 0x20;
/// In `meta`: the string is a regular expression that stands for itself.
const REGEX: u8 = 0x40;
/// In `meta`: what is said of the string, beside its bytes.
const MARKS: u8 = INPUT | REGEX;

/// Smallest capacity of a heap string: what a growing string gets when it leaves the value.
const MIN_CAPACITY: usize = 40;

/// The most bytes that are appended without a call.
const PUSHED_AT_ONCE: usize = 16;

/// The most bytes of a string that is made without a call, and the fewest.
const MADE_AT_ONCE: usize = 4 * HALF;
const HALF: usize = 16;

/// Head of a heap string; `capacity` bytes follow, of which `len` are the string.
#[repr(C)]
struct Body {
    count: Count,
    len: usize,
    capacity: usize,
}

impl Body {
    fn layout(capacity: usize) -> Result<Layout, HeapError> {
        let size = size_of::<Body>().checked_add(capacity).ok_or(HeapError::TooLarge)?;
        Layout::from_size_align(size, align_of::<Body>()).map_err(|_| HeapError::TooLarge)
    }

    /// The layout of a body that exists.
    fn layout_of(&self) -> Layout {
        // SAFETY: the body was allocated with this layout, so it is valid.
        unsafe { Layout::from_size_align_unchecked(size_of::<Body>() + self.capacity, align_of::<Body>()) }
    }
}

/// A string of any bytes, cheap to clone.
///
/// It dereferences to `[u8]`; equality, order and hash are those of the bytes. A string can carry the mark
/// "came from input", which awk's numeric-string rule needs, or "is a regular expression"; a mark is no part of equality.
#[repr(C)]
pub struct ByteStr {
    meta: u8,
    data: [MaybeUninit<u8>; MAX_INLINE],
    /// The bytes may hold a pointer to a shared body.
    shared: PhantomData<*const Body>,
}

const _: () = assert!(size_of::<ByteStr>() == 15 && align_of::<ByteStr>() == 1);

// SAFETY: with atomic counts a body is shared as by `Arc<[u8]>`; it is written only by its one holder.
#[cfg(feature = "sync")]
unsafe impl Send for ByteStr {}
// SAFETY: as above; through `&ByteStr` bytes are read and the count is changed, atomically.
#[cfg(feature = "sync")]
unsafe impl Sync for ByteStr {}

/// Where native code finds what a string is made of.
#[cfg(feature = "jit")]
impl ByteStr {
    /// The bits of an inline string's length, once its tag is shifted away.
    pub(crate) const INLINE_LENGTH: i64 = LEN_MASK as i64;
    /// Where in the body of a heap string its length, its capacity and its bytes are.
    pub(crate) const LENGTH_OFFSET: i32 = std::mem::offset_of!(Body, len) as i32;
    pub(crate) const CAPACITY_OFFSET: i32 = std::mem::offset_of!(Body, capacity) as i32;
    pub(crate) const BYTES_OFFSET: i32 = size_of::<Body>() as i32;
    /// The room that a heap string must have for what is appended at once.
    pub(crate) const ROOM_TO_PUSH: i64 = PUSHED_AT_ONCE as i64;
}

impl ByteStr {
    /// The bit that tells a heap string from an inline one, in the first word of a value that is a string: the tag is its
    /// first byte, and `meta` the second.
    pub(crate) const HEAP_BIT: i64 = (HEAP as i64) << 8;
    /// The bits there that are marks.
    pub(crate) const MARK_BITS: i64 = (MARKS as i64) << 8;

    /// The empty string.
    pub const EMPTY: ByteStr =
        ByteStr { meta: 0, data: [MaybeUninit::new(0); MAX_INLINE], shared: PhantomData };

    /// A string of these bytes.
    #[inline]
    pub fn new(bytes: &[u8]) -> ByteStr {
        if bytes.len() <= MAX_INLINE {
            return ByteStr::inline(bytes);
        }
        ByteStr::from_body(ByteStr::body_of(bytes))
    }

    /// A string of these bytes that carries the mark "came from input".
    #[inline]
    pub fn from_input(bytes: &[u8]) -> ByteStr {
        ByteStr::new(bytes).with_input_mark()
    }

    /// An empty string with room for `capacity` bytes.
    pub fn try_with_capacity(capacity: usize) -> Result<ByteStr, HeapError> {
        if capacity <= MAX_INLINE {
            return Ok(ByteStr::EMPTY);
        }
        ByteStr::try_with_slack(b"", capacity)
    }

    /// `bytes` repeated `times` times.
    pub fn try_repeat(bytes: &[u8], times: usize) -> Result<ByteStr, HeapError> {
        let len = bytes.len().checked_mul(times).ok_or(HeapError::TooLarge)?;
        heap::check(len)?;
        let mut s = ByteStr::try_with_capacity(len)?;
        if let [byte] = bytes {
            s.grow_with(len, |room| room.fill(MaybeUninit::new(*byte)))?;
        } else if len > 0 {
            s.grow_with(len, |room| {
                for part in room.chunks_exact_mut(bytes.len()) {
                    part.write_copy_of_slice(bytes);
                }
            })?;
        }
        Ok(s)
    }

    /// `left` and `right` joined, in one allocation.
    pub fn try_concat(left: &[u8], right: &[u8]) -> Result<ByteStr, HeapError> {
        let len = left.len().checked_add(right.len()).ok_or(HeapError::TooLarge)?;
        let mut s = if len <= MAX_INLINE { ByteStr::EMPTY } else { ByteStr::try_with_slack(left, len)? };
        if len <= MAX_INLINE {
            s.try_push_bytes(left)?;
        }
        s.try_push_bytes(right)?;
        Ok(s)
    }

    /// A string of at most [`MAX_INLINE`] bytes.
    #[inline]
    fn inline(bytes: &[u8]) -> ByteStr {
        let packed = pack(bytes).to_le_bytes();
        let mut s = ByteStr::EMPTY;
        s.meta = bytes.len() as u8;
        // SAFETY: both have that many bytes. A copy of constant length is two moves, and no call.
        unsafe { ptr::copy_nonoverlapping(packed.as_ptr(), s.data.as_mut_ptr().cast(), MAX_INLINE) };
        s
    }

    /// The words of a string as [`ByteStr::inline_words`] gives them; none when it is too long to be inline.
    #[inline]
    pub(super) fn words_of(bytes: &[u8]) -> Option<[u64; 2]> {
        if bytes.len() > MAX_INLINE {
            return None;
        }
        let packed = pack(bytes);
        Some([bytes.len() as u64 | (packed as u64) << 8, (packed >> (8 * POINTER_AT)) as u64])
    }

    /// The words of a value that is this string, with or without the mark "came from input". No part of it lies elsewhere
    /// before, as a string that is moved does.
    #[inline(always)]
    pub(super) fn value_words(bytes: &[u8], is_input: bool) -> [u64; 2] {
        let marks = if is_input { u64::from(INPUT) } else { 0 };
        if bytes.len() > MAX_INLINE {
            let first = u64::from(tag::STR) | (marks | u64::from(HEAP)) << 8;
            return [first.to_le(), ByteStr::body_of(bytes).as_ptr().expose_provenance() as u64];
        }
        let packed = pack(bytes);
        let first = u64::from(tag::STR) | (marks | bytes.len() as u64) << 8 | (packed as u64) << 16;
        [first.to_le(), ((packed >> (8 * POINTER_AT)) as u64).to_le()]
    }

    /// Length and bytes of an inline string without marks, in two words that differ for any two such strings.
    #[inline(always)]
    pub(super) fn inline_words(&self) -> Option<[u64; 2]> {
        if self.meta > MAX_INLINE as u8 {
            return None;
        }
        // SAFETY: all bytes of an inline string are initialised; both reads are within its 15 bytes.
        unsafe {
            let start = (&raw const *self).cast::<u8>();
            let first = start.cast::<u64>().read_unaligned();
            let second = self.data.as_ptr().add(POINTER_AT).cast::<u64>().read_unaligned();
            Some([u64::from_le(first), u64::from_le(second)])
        }
    }

    /// Two words that are the same only for equal strings, as long as a copy of one of them is kept: they are the bytes and marks,
    /// or say where the bytes lie, which does not change what it holds while it has several holders.
    #[inline(always)]
    pub(crate) fn identity(&self) -> [u64; 2] {
        // SAFETY: both reads are within the 15 bytes, which are initialised: what is not used of them is zero.
        unsafe {
            let start = (&raw const *self).cast::<u8>();
            let second = start.add(size_of::<ByteStr>() - size_of::<u64>()).cast::<u64>();
            [start.cast::<u64>().read_unaligned(), second.read_unaligned()]
        }
    }

    /// A heap string of some dozen bytes in a block that was kept, if there is one: most strings that programs on text make.
    #[inline]
    fn body_of_spare(bytes: &[u8]) -> Option<NonNull<Body>> {
        let (len, size) = (bytes.len(), spare::round_up(size_of::<Body>() + bytes.len().min(MADE_AT_ONCE)));
        if !(HALF..=MADE_AT_ONCE).contains(&len) {
            return None;
        }
        // SAFETY: the size is not zero and is small, the alignment that of a body.
        let layout = unsafe { Layout::from_size_align_unchecked(size, align_of::<Body>()) };
        let body = heap::allocate_spare(layout)?.cast::<Body>();
        // SAFETY: the block is laid out as a `Body` with that capacity after it, which the bytes fit. They are copied as two
        // parts of constant length, which overlap, so that no call is needed.
        unsafe {
            body.write(Body { count: Count::new(1), len, capacity: size - size_of::<Body>() });
            let (from, to) = (bytes.as_ptr(), body.add(1).cast::<u8>().as_ptr());
            if len >= 2 * HALF {
                ptr::copy_nonoverlapping(from, to, 2 * HALF);
                ptr::copy_nonoverlapping(from.add(len - 2 * HALF), to.add(len - 2 * HALF), 2 * HALF);
            } else {
                ptr::copy_nonoverlapping(from, to, HALF);
                ptr::copy_nonoverlapping(from.add(len - HALF), to.add(len - HALF), HALF);
            }
        }
        Some(body)
    }

    /// A new body of these bytes.
    #[inline]
    fn body_of(bytes: &[u8]) -> NonNull<Body> {
        match ByteStr::body_of_spare(bytes) {
            Some(body) => body,
            None => ByteStr::try_body(bytes, bytes.len())
                .unwrap_or_else(|error| heap::exhausted(error, bytes.len())),
        }
    }

    /// A heap string of `bytes` with room for `capacity` in all.
    fn try_with_slack(bytes: &[u8], capacity: usize) -> Result<ByteStr, HeapError> {
        ByteStr::try_body(bytes, capacity).map(ByteStr::from_body)
    }

    /// A new body of `bytes` with room for `capacity` in all.
    #[inline(never)]
    fn try_body(bytes: &[u8], capacity: usize) -> Result<NonNull<Body>, HeapError> {
        debug_assert!(bytes.len() <= capacity);
        let capacity = spare::round_up(size_of::<Body>().saturating_add(capacity)) - size_of::<Body>();
        let body = heap::allocate(Body::layout(capacity)?)?.cast::<Body>();
        // SAFETY: the block is fresh, laid out as a `Body` with `capacity` bytes after it, and `bytes` fit.
        unsafe {
            body.write(Body { count: Count::new(1), len: bytes.len(), capacity });
            ptr::copy_nonoverlapping(bytes.as_ptr(), body.add(1).cast::<u8>().as_ptr(), bytes.len());
        }
        Ok(body)
    }

    #[inline]
    fn from_body(body: NonNull<Body>) -> ByteStr {
        let mut s = ByteStr::EMPTY;
        s.meta = HEAP;
        s.set_body(body);
        s
    }

    #[inline(always)]
    fn set_body(&mut self, body: NonNull<Body>) {
        // SAFETY: the last word of `data` is in bounds; the write asks for no alignment.
        unsafe {
            self.data.as_mut_ptr().add(POINTER_AT).cast::<NonNull<Body>>().write_unaligned(body);
        }
    }

    /// Whether the bytes are on the heap.
    #[inline(always)]
    pub(crate) fn on_heap(&self) -> bool {
        self.meta & HEAP != 0
    }

    /// Whether nobody else holds the bytes.
    pub(crate) fn is_unique(&self) -> bool {
        // SAFETY: a heap string has a body, of which it holds a count.
        !self.on_heap() || unsafe { self.body().as_ref() }.count.get() == 1
    }

    /// The body of a heap string.
    ///
    /// # Safety
    /// [`ByteStr::on_heap`] holds.
    #[inline(always)]
    unsafe fn body(&self) -> NonNull<Body> {
        debug_assert!(self.on_heap());
        // SAFETY: a heap string has its pointer in the last word of `data`, written by `set_body`.
        unsafe { self.data.as_ptr().add(POINTER_AT).cast::<NonNull<Body>>().read_unaligned() }
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        let (start, len) = if self.on_heap() {
            // SAFETY: the string holds a count of its body, so body and bytes live as long as `self`; a
            // shared body is never written.
            unsafe {
                let body = self.body();
                (body.add(1).cast::<u8>().as_ptr().cast_const(), body.as_ref().len)
            }
        } else {
            (self.data.as_ptr().cast::<u8>(), (self.meta & LEN_MASK) as usize)
        };
        // SAFETY: all `len` bytes from `start` are initialised, inline or in the body.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    /// Number of bytes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        if self.on_heap() {
            // SAFETY: the string holds a count of its body.
            unsafe { self.body().as_ref().len }
        } else {
            (self.meta & LEN_MASK) as usize
        }
    }

    /// Whether there are no bytes.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text, with U+FFFD for what is not UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    /// Whether the string carries the mark "came from input".
    #[inline(always)]
    pub fn is_input(&self) -> bool {
        self.meta & INPUT != 0
    }

    /// The same string with the mark "came from input".
    #[inline]
    #[must_use]
    pub fn with_input_mark(mut self) -> ByteStr {
        self.meta |= INPUT;
        self
    }

    /// Gives the string the mark "came from input".
    #[inline]
    pub(crate) fn mark_input(&mut self) {
        self.meta |= INPUT;
    }

    /// The same string without marks.
    #[inline]
    #[must_use]
    pub fn without_input_mark(mut self) -> ByteStr {
        self.meta &= !MARKS;
        self
    }

    /// Takes the mark "came from input" off.
    #[inline]
    pub(crate) fn mark_made(&mut self) {
        self.meta &= !INPUT;
    }

    /// The bytes, to change them; none while there are other holders.
    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        if !self.on_heap() {
            let length = self.len();
            // SAFETY: all bytes of an inline string are initialised.
            return Some(unsafe { self.data[..length].assume_init_mut() });
        }
        // SAFETY: a heap string has a body, of which it holds a count.
        let body = unsafe { self.body() };
        // SAFETY: as above; while the count is one, nobody else sees the body.
        unsafe {
            let head = body.as_ref();
            let start = body.add(1).cast::<u8>().as_ptr();
            (head.count.get() == 1).then(|| std::slice::from_raw_parts_mut(start, head.len))
        }
    }

    /// Puts a text in the place of the bytes from `start` to `end`, where nobody shares the string and there is room for
    /// what it becomes; false, and nothing is done, otherwise. The result carries no marks.
    pub(crate) fn splice(&mut self, start: usize, end: usize, with: &[u8]) -> bool {
        let length = self.len();
        let new_length = start + with.len() + length.saturating_sub(end);
        if !self.on_heap() || start > end || end > length || new_length > self.capacity() {
            return false;
        }
        // SAFETY: a heap string has a body, of which it holds a count. While the count is one, nobody else sees it, and `with`
        // lies elsewhere. What is moved lies within the length, and where it goes within the capacity.
        unsafe {
            let mut body = self.body();
            if body.as_ref().count.get() != 1 {
                return false;
            }
            let text = body.add(1).cast::<u8>().as_ptr();
            ptr::copy(text.add(end), text.add(start + with.len()), length - end);
            ptr::copy_nonoverlapping(with.as_ptr(), text.add(start), with.len());
            body.as_mut().len = new_length;
        }
        self.meta &= !MARKS;
        true
    }

    /// Keeps the bytes of a range only, where that takes no memory; false, and nothing is done, otherwise. The result carries no
    /// marks.
    pub(crate) fn keep(&mut self, range: Range<usize>) -> bool {
        if range.len() <= MAX_INLINE {
            *self = ByteStr::inline(&self[range]);
            return true;
        }
        self.splice(range.end, self.len(), b"") && self.splice(0, range.start, b"")
    }

    /// Whether the string carries the mark "is a regular expression".
    #[inline]
    pub fn is_regex(&self) -> bool {
        self.meta & REGEX != 0
    }

    /// The same string with the mark "is a regular expression": awk's `@/…/`.
    #[inline]
    #[must_use]
    pub fn with_regex_mark(mut self) -> ByteStr {
        self.meta |= REGEX;
        self
    }

    /// Appends, in place when this is the only holder and there is room. The result carries no mark.
    ///
    /// # Panics
    /// When the length does not fit the address space.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        if let Err(error) = self.try_push_bytes(bytes) {
            heap::exhausted(error, bytes.len());
        }
    }

    /// As [`push_bytes`](ByteStr::push_bytes), with an error and the string unchanged when memory runs out.
    #[inline]
    pub fn try_push_bytes(&mut self, bytes: &[u8]) -> Result<(), HeapError> {
        if bytes.len() <= PUSHED_AT_ONCE && self.push_at_once(pack(bytes), bytes.len()) {
            return Ok(());
        }
        self.grow_with(bytes.len(), |room| {
            room.write_copy_of_slice(bytes);
        })
    }

    /// Appends at most [`PUSHED_AT_ONCE`] bytes, where nobody shares the string and there is room for so many: without a call, a
    /// copy of constant length. The bytes are packed.
    #[inline(always)]
    pub(super) fn push_at_once(&mut self, packed: u128, length: usize) -> bool {
        if !self.on_heap() {
            return false;
        }
        // SAFETY: a heap string has a body, of which it holds a count; while the count is one, nobody else sees it.
        unsafe {
            let mut body = self.body();
            let head = body.as_mut();
            let is_room = head.capacity - head.len >= PUSHED_AT_ONCE;
            if head.count.get() != 1 || !is_room {
                return false;
            }
            let end = body.add(1).cast::<u8>().add(head.len);
            // As two words: an array of bytes would be put together elsewhere first.
            end.cast::<u64>().write_unaligned((packed as u64).to_le());
            end.cast::<u64>().add(1).write_unaligned(((packed >> 64) as u64).to_le());
            body.as_mut().len += length;
        }
        self.meta &= !MARKS;
        true
    }

    /// Replaces the bytes, in place when this is the only holder and there is room, so that a text that is made
    /// again and again costs no allocation. The result carries no input mark.
    #[inline]
    pub fn try_assign(&mut self, bytes: &[u8]) -> Result<(), HeapError> {
        if self.on_heap() {
            // SAFETY: a heap string has a body, of which it holds a count.
            let mut body = unsafe { self.body() };
            // SAFETY: as above.
            let head = unsafe { body.as_ref() };
            if head.count.get() == 1 && head.capacity >= bytes.len() {
                self.meta &= !MARKS;
                // SAFETY: the count is one, so nobody else sees the body; the bytes fit, and do not lie in it,
                // since `self` is borrowed.
                unsafe {
                    let start = body.add(1).cast::<u8>().as_ptr();
                    ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len());
                    body.as_mut().len = bytes.len();
                }
                return Ok(());
            }
        }
        self.assign_elsewhere(bytes)
    }

    #[inline(never)]
    fn assign_elsewhere(&mut self, bytes: &[u8]) -> Result<(), HeapError> {
        if bytes.len() <= MAX_INLINE {
            *self = ByteStr::inline(bytes);
            return Ok(());
        }
        // A body that was too small is replaced by one with room to grow; of a shared one this is the next copy,
        // which may well be shared too.
        // SAFETY: a heap string has a body, of which it holds a count.
        let grows = self.on_heap() && unsafe { self.body().as_ref() }.count.get() == 1;
        let doubled = self.capacity().saturating_mul(2);
        let capacity = if grows && heap::fits(doubled) { doubled.max(bytes.len()) } else { bytes.len() };
        *self = ByteStr::try_with_slack(bytes, capacity)?;
        Ok(())
    }

    /// Shortens the string to `len` bytes; no effect when it is no longer than that.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        if self.on_heap() && len > MAX_INLINE {
            // SAFETY: a heap string has a body.
            let mut body = unsafe { self.body() };
            // SAFETY: the string holds a count of its body.
            if unsafe { body.as_ref() }.count.get() == 1 {
                // SAFETY: the count is one, so nobody else sees the body.
                unsafe { body.as_mut() }.len = len;
                return;
            }
        }
        let mark = self.meta & MARKS;
        *self = ByteStr::new(&self[..len]);
        self.meta |= mark;
    }

    /// Appends `added` bytes that `fill` writes, all of them.
    #[inline]
    fn grow_with(
        &mut self,
        added: usize,
        fill: impl FnOnce(&mut [MaybeUninit<u8>]),
    ) -> Result<(), HeapError> {
        let len = self.len();
        let new_len = len.checked_add(added).ok_or(HeapError::TooLarge)?;
        if !self.on_heap() && new_len <= MAX_INLINE {
            fill(&mut self.data[len..new_len]);
            self.meta = new_len as u8;
            return Ok(());
        }
        let mut body = self.own_with_room(new_len)?;
        self.meta &= !MARKS;
        // SAFETY: `own_with_room` made this the only holder, with a capacity of at least `new_len`.
        unsafe {
            let room = body.add(1).cast::<MaybeUninit<u8>>().add(len);
            fill(std::slice::from_raw_parts_mut(room.as_ptr(), added));
            body.as_mut().len = new_len;
        }
        Ok(())
    }

    /// Makes this the only holder of a heap body with room for `capacity` bytes, which is at least the length.
    #[inline]
    fn own_with_room(&mut self, capacity: usize) -> Result<NonNull<Body>, HeapError> {
        if self.on_heap() {
            // SAFETY: a heap string has a body, of which it holds a count.
            let body = unsafe { self.body() };
            // SAFETY: as above.
            let head = unsafe { body.as_ref() };
            if head.count.get() == 1 && head.capacity >= capacity {
                return Ok(body);
            }
        }
        self.move_to_room(capacity)
    }

    #[cold]
    #[inline(never)]
    fn move_to_room(&mut self, capacity: usize) -> Result<NonNull<Body>, HeapError> {
        let len = self.len();
        let doubled = len.saturating_mul(2).max(MIN_CAPACITY);
        // Doubling past a ceiling must not fail what exactly fits.
        let wanted = if heap::fits(doubled) { capacity.max(doubled) } else { capacity };
        let layout = Body::layout(wanted)?;
        if self.on_heap() {
            // SAFETY: a heap string has a body, of which it holds a count.
            let body = unsafe { self.body() };
            // SAFETY: as above.
            let head = unsafe { body.as_ref() };
            // A small one is copied to a block that was kept, which takes less time.
            if head.count.get() == 1 && !spare::is_kept(head.layout_of()) {
                let old = head.layout_of();
                // SAFETY: nobody else holds the body; the pointer is replaced below.
                let mut moved = unsafe { heap::reallocate(body.cast(), old, layout.size())? }.cast::<Body>();
                // SAFETY: the block was moved with its head, and nobody else knows its new place.
                unsafe { moved.as_mut().capacity = wanted };
                self.set_body(moved);
                return Ok(moved);
            }
        }
        let mark = self.meta & MARKS;
        *self = ByteStr::try_with_slack(self, wanted)?;
        self.meta |= mark;
        // SAFETY: `try_with_slack` makes heap strings.
        Ok(unsafe { self.body() })
    }

    /// How many bytes fit without an allocation.
    pub fn capacity(&self) -> usize {
        // SAFETY: a heap string has a body, of which it holds a count.
        if self.on_heap() { unsafe { self.body().as_ref().capacity } } else { MAX_INLINE }
    }

    /// Frees the body after the last holder's release.
    #[inline(never)]
    fn free_body(body: NonNull<Body>) {
        // SAFETY: called by the last holder only, which gave up its count; the head is plain data.
        unsafe {
            let layout = body.as_ref().layout_of();
            heap::deallocate(body.cast(), layout);
        }
    }
}

impl Clone for ByteStr {
    #[inline(always)]
    fn clone(&self) -> ByteStr {
        if self.on_heap() {
            // SAFETY: the string holds a count of its body.
            unsafe { self.body().as_ref() }.count.increment();
        }
        ByteStr { meta: self.meta, data: self.data, shared: PhantomData }
    }
}

impl Drop for ByteStr {
    #[inline(always)]
    fn drop(&mut self) {
        if self.on_heap() {
            // SAFETY: the string holds a count of its body until here.
            let body = unsafe { self.body() };
            // SAFETY: as above.
            if unsafe { body.as_ref() }.count.decrement() {
                ByteStr::free_body(body);
            }
        }
    }
}

impl Deref for ByteStr {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for ByteStr {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for ByteStr {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl Default for ByteStr {
    fn default() -> ByteStr {
        ByteStr::EMPTY
    }
}

impl PartialEq for ByteStr {
    #[inline]
    fn eq(&self, other: &ByteStr) -> bool {
        if (self.meta | other.meta) & HEAP == 0 {
            // Unused inline bytes are zero, so whole arrays compare, without a loop over the length.
            let (a, b) = (self.data.as_ptr().cast(), other.data.as_ptr().cast());
            // SAFETY: all `MAX_INLINE` bytes of an inline string are initialised.
            let (a, b): (&[u8; MAX_INLINE], &[u8; MAX_INLINE]) = unsafe { (&*a, &*b) };
            return (self.meta ^ other.meta) & LEN_MASK == 0 && a == b;
        }
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ByteStr {}

impl PartialEq<[u8]> for ByteStr {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for ByteStr {
    fn eq(&self, other: &&[u8; N]) -> bool {
        self.as_bytes() == *other
    }
}

impl PartialEq<str> for ByteStr {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for ByteStr {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for ByteStr {
    fn partial_cmp(&self, other: &ByteStr) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByteStr {
    fn cmp(&self, other: &ByteStr) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for ByteStr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for ByteStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.as_bytes().escape_ascii())
    }
}

impl fmt::Display for ByteStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_str_lossy().fmt(f)
    }
}

impl From<&[u8]> for ByteStr {
    #[inline]
    fn from(bytes: &[u8]) -> ByteStr {
        ByteStr::new(bytes)
    }
}

impl<const N: usize> From<&[u8; N]> for ByteStr {
    fn from(bytes: &[u8; N]) -> ByteStr {
        ByteStr::new(bytes)
    }
}

impl From<&str> for ByteStr {
    fn from(text: &str) -> ByteStr {
        ByteStr::new(text.as_bytes())
    }
}

impl From<String> for ByteStr {
    fn from(text: String) -> ByteStr {
        ByteStr::new(text.as_bytes())
    }
}

impl From<&String> for ByteStr {
    fn from(text: &String) -> ByteStr {
        ByteStr::new(text.as_bytes())
    }
}

impl From<Vec<u8>> for ByteStr {
    fn from(bytes: Vec<u8>) -> ByteStr {
        ByteStr::new(&bytes)
    }
}

impl From<Cow<'_, [u8]>> for ByteStr {
    fn from(bytes: Cow<'_, [u8]>) -> ByteStr {
        ByteStr::new(&bytes)
    }
}

impl From<Cow<'_, str>> for ByteStr {
    fn from(text: Cow<'_, str>) -> ByteStr {
        ByteStr::new(text.as_bytes())
    }
}

impl From<char> for ByteStr {
    fn from(c: char) -> ByteStr {
        ByteStr::new(c.encode_utf8(&mut [0; 4]).as_bytes())
    }
}

impl FromIterator<u8> for ByteStr {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> ByteStr {
        ByteStr::from(bytes.into_iter().collect::<Vec<u8>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * 7 + 1) as u8).collect()
    }

    #[test]
    fn a_range_is_kept_in_place() {
        let long = b"a text that is longer than what a value holds";
        let mut text = ByteStr::new(long).with_input_mark();
        let at = text.as_ptr();
        assert!(text.keep(2..40));
        assert_eq!((&*text, text.as_ptr(), text.is_input()), (&long[2..40], at, false));
        let shared = text.clone();
        assert!(!text.keep(0..20));
        assert_eq!(text, shared);
        assert!(text.keep(5..9));
        assert_eq!((text, shared.len()), (ByteStr::new(b"that"), 38));
    }

    #[test]
    fn any_length_is_kept() {
        for len in 0..70 {
            let want = bytes(len);
            let s = ByteStr::new(&want);
            assert_eq!(s.as_bytes(), want);
            assert_eq!(s.len(), len);
            assert_eq!(s.on_heap(), len > MAX_INLINE);
            let copy = s.clone();
            drop(s);
            assert_eq!(copy.as_bytes(), want);
        }
    }

    #[test]
    fn appending_is_in_place_when_unique_and_copies_when_shared() {
        for start in [0, 3, 13, 14, 15, 40] {
            for step in [0, 1, 2, 13, 100] {
                let mut s = ByteStr::new(&bytes(start));
                let mut want = bytes(start);
                for _ in 0..20 {
                    let before = s.clone();
                    let expected = want.clone();
                    s.push_bytes(&bytes(step));
                    want.extend(bytes(step));
                    assert_eq!(s.as_bytes(), want);
                    assert_eq!(before.as_bytes(), expected);
                }
            }
        }
        let mut s = ByteStr::try_with_capacity(1000).unwrap();
        let at = s.as_ptr();
        for _ in 0..100 {
            s.push_bytes(b"0123456789");
        }
        assert_eq!((s.as_ptr(), s.len(), s.capacity()), (at, 1000, 1000));
    }

    #[test]
    fn assigning_is_in_place_when_unique_and_leaves_copies_alone() {
        for first in [0, 3, 14, 15, 40] {
            for second in [0, 1, 14, 15, 39, 100] {
                let mut s = ByteStr::new(&bytes(first)).with_input_mark();
                let before = s.clone();
                s.try_assign(&bytes(second)).unwrap();
                assert_eq!((s.as_bytes(), before.as_bytes()), (&bytes(second)[..], &bytes(first)[..]));
                assert!(!s.is_input() && before.is_input());
            }
        }
        let mut s = ByteStr::new(&bytes(100));
        let at = s.as_ptr();
        for len in [50, 3, 0, 100] {
            s.try_assign(&bytes(len)).unwrap();
            assert_eq!((s.as_ptr(), s.as_bytes()), (at, &bytes(len)[..]));
        }
    }

    #[test]
    fn a_long_loop_of_appends_moves_rarely() {
        let mut s = ByteStr::EMPTY;
        let mut moves = 0;
        for _ in 0..100_000 {
            let capacity = s.capacity();
            s.push_bytes(b"x");
            moves += usize::from(s.capacity() != capacity);
        }
        assert!(moves < 20, "{moves}");
    }

    #[test]
    fn the_input_mark_is_no_part_of_equality() {
        for text in ["12", "a string beyond fourteen bytes"] {
            let marked = ByteStr::from_input(text.as_bytes());
            let plain = ByteStr::from(text);
            assert!(marked.is_input() && !plain.is_input());
            assert_eq!(marked, plain);
            assert!(marked.clone().is_input());
            assert!(!marked.clone().without_input_mark().is_input());
            let mut longer = marked;
            longer.push_bytes(b"!");
            assert!(!longer.is_input());
        }
    }

    #[test]
    fn order_is_that_of_bytes() {
        let sorted: [&[u8]; 7] = [b"", b"\x00", b"a", b"a\x00", b"a long string of bytes", b"b", b"\xff"];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(ByteStr::new(a).cmp(&ByteStr::new(b)), i.cmp(&j));
                assert_eq!(ByteStr::new(a) == ByteStr::new(b), i == j);
            }
        }
    }

    #[test]
    fn a_short_string_on_the_heap_equals_an_inline_one() {
        let mut s = ByteStr::try_with_capacity(100).unwrap();
        s.push_bytes(b"short");
        assert!(s.on_heap());
        assert_eq!(s, ByteStr::from("short"));
    }

    #[test]
    fn truncation_and_repetition() {
        let mut s = ByteStr::new(&bytes(50));
        let whole = s.clone();
        for len in [60, 50, 49, 20, 14, 3, 0] {
            s.truncate(len);
            assert_eq!(s.as_bytes(), &bytes(50)[..len.min(50)]);
        }
        assert_eq!(whole.as_bytes(), bytes(50));
        for (part, times) in [("", 10), ("ab", 0), ("ab", 3), ("ab", 7), ("x", 1000), ("abc", 1000)] {
            assert_eq!(ByteStr::try_repeat(part.as_bytes(), times).unwrap(), part.repeat(times).as_str());
        }
        assert_eq!(ByteStr::try_concat(b"ab", b"cd").unwrap(), "abcd");
        assert_eq!(ByteStr::try_concat(&bytes(10), &bytes(10)).unwrap().len(), 20);
    }

    #[test]
    fn absurd_sizes_are_errors() {
        assert_eq!(ByteStr::try_repeat(b"xy", usize::MAX / 2 + 1), Err(HeapError::TooLarge));
        assert_eq!(ByteStr::try_repeat(b"x", isize::MAX as usize), Err(HeapError::TooLarge));
        assert_eq!(ByteStr::try_repeat(b"x", 1 << 60), Err(HeapError::OutOfMemory));
        heap::set_ceiling(Some(heap::live() + 1000), None);
        assert_eq!(ByteStr::try_repeat(b"x", 2000), Err(HeapError::OverLimit));
        heap::set_ceiling(None, None);
    }
}
