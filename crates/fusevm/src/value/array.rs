//! Arrays: contiguous values behind one thin pointer, copied on write, with O(1) push, pop and shift.

use super::counted::Counted;
use super::heap::{self, HeapError};
use super::{Value, deep};
use std::alloc::Layout;
use std::fmt;
use std::mem::ManuallyDrop;
#[cfg(feature = "jit")]
use std::mem::offset_of;
use std::ops::Deref;
use std::ptr::{self, NonNull};

/// Fewest elements that a growing array has room for.
const MIN_CAPACITY: usize = 4;

/// A growable run of values with room on both sides: `head` free places, `len` values, then the rest of
/// `capacity`.
///
/// What an [`Array`] shares. The first field points straight at the first value, for element access.
#[repr(C)]
pub(crate) struct Elements {
    start: NonNull<Value>,
    len: usize,
    head: usize,
    capacity: usize,
}

// SAFETY: `Elements` owns its values, as `Vec<Value>` does.
#[cfg(feature = "sync")]
unsafe impl Send for Elements {}
// SAFETY: as above; a shared reference only reads.
#[cfg(feature = "sync")]
unsafe impl Sync for Elements {}

impl Elements {
    const EMPTY: Elements = Elements { start: NonNull::dangling(), len: 0, head: 0, capacity: 0 };

    fn try_with_capacity(capacity: usize) -> Result<Elements, HeapError> {
        if capacity == 0 {
            return Ok(Elements::EMPTY);
        }
        let layout = Layout::array::<Value>(capacity).map_err(|_| HeapError::TooLarge)?;
        Ok(Elements { start: heap::allocate(layout)?.cast(), len: 0, head: 0, capacity })
    }

    /// Takes the allocation of the vector over.
    fn from_vec(values: Vec<Value>) -> Elements {
        let mut values = ManuallyDrop::new(values);
        heap::charge(values.capacity() * size_of::<Value>());
        Elements {
            // SAFETY: a vector's pointer is never null.
            start: unsafe { NonNull::new_unchecked(values.as_mut_ptr()) },
            len: values.len(),
            head: 0,
            capacity: values.capacity(),
        }
    }

    fn try_copy(&self, room: usize) -> Result<Elements, HeapError> {
        let mut copy = Elements::try_with_capacity(self.len + room)?;
        for value in self.as_slice() {
            // SAFETY: the copy has room for as many values as there are here.
            unsafe { copy.push_unchecked(value.clone()) };
        }
        Ok(copy)
    }

    #[inline(always)]
    fn as_slice(&self) -> &[Value] {
        // SAFETY: `len` values from `start` are initialised.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [Value] {
        // SAFETY: as for `as_slice`, and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// # Safety
    /// `head + len < capacity`.
    #[inline(always)]
    unsafe fn push_unchecked(&mut self, value: Value) {
        debug_assert!(self.head + self.len < self.capacity);
        // SAFETY: the caller vouches that the place after the last value is inside the allocation.
        unsafe { self.start.add(self.len).write(value) };
        self.len += 1;
    }

    /// Makes room for `added` more values behind the last.
    #[inline]
    fn try_reserve(&mut self, added: usize) -> Result<(), HeapError> {
        if self.capacity - self.head - self.len >= added { Ok(()) } else { self.make_room(added) }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, added: usize) -> Result<(), HeapError> {
        let needed = self.len.checked_add(added).ok_or(HeapError::TooLarge)?;
        // SAFETY: `head` places before the first value are inside the allocation.
        let base = unsafe { self.start.sub(self.head) };
        // Half of the places free at the head pay for moving the values there.
        if self.head >= self.capacity / 2 && needed <= self.capacity && self.capacity > 0 {
            // SAFETY: both ranges are inside the allocation; values are moved, the old places forgotten.
            unsafe { ptr::copy(self.start.as_ptr(), base.as_ptr(), self.len) };
            self.start = base;
            self.head = 0;
            return Ok(());
        }
        let doubled = self.len.saturating_mul(2).max(MIN_CAPACITY);
        let size = |capacity: usize| capacity.saturating_mul(size_of::<Value>());
        let capacity = if heap::fits(size(doubled)) { needed.max(doubled) } else { needed };
        let layout = Layout::array::<Value>(capacity).map_err(|_| HeapError::TooLarge)?;
        if self.head == 0 && self.capacity > 0 {
            // SAFETY: `base` is an allocation of `capacity` values, and is replaced by the result.
            self.start = unsafe { heap::reallocate(base.cast(), self.layout(), layout.size())? }.cast();
        } else {
            let start = heap::allocate(layout)?.cast::<Value>();
            // SAFETY: the new block has room for `len` values; the old ones are moved, then only the old
            // block is freed, when there is one.
            unsafe {
                ptr::copy_nonoverlapping(self.start.as_ptr(), start.as_ptr(), self.len);
                if self.capacity > 0 {
                    heap::deallocate(base.cast(), self.layout());
                }
            }
            self.start = start;
            self.head = 0;
        }
        self.capacity = capacity;
        Ok(())
    }

    /// The layout of the allocation.
    fn layout(&self) -> Layout {
        // SAFETY: the allocation exists with this layout, so it is valid.
        unsafe { Layout::from_size_align_unchecked(self.capacity * size_of::<Value>(), align_of::<Value>()) }
    }

    #[inline]
    fn pop(&mut self) -> Option<Value> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: the value after the new last one is initialised and now forgotten.
        Some(unsafe { self.start.add(self.len).read() })
    }

    #[inline]
    fn shift(&mut self) -> Option<Value> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: there was a first value; it is moved out and its place becomes free room at the head.
        unsafe {
            let first = self.start.read();
            self.start = self.start.add(1);
            self.head += 1;
            Some(first)
        }
    }

    /// Shortens to `len` values, at most as many as there are.
    fn truncate(&mut self, len: usize) {
        let gone = &raw mut self.as_mut_slice()[len..];
        self.len = len;
        // SAFETY: the values behind the new length are initialised and no longer counted as ours.
        unsafe { drop_values(gone) }
    }
}

/// Drops values. What most arrays hold owns no heap, and a look at the kinds is much cheaper than a call for each value.
///
/// # Safety
/// As for [`ptr::drop_in_place`].
unsafe fn drop_values(values: *mut [Value]) {
    // SAFETY: the values are initialised, and no other reference to them exists.
    let values = unsafe { &mut *values };
    if let Some(first) = values.iter().position(Value::owns_heap) {
        // SAFETY: the caller's; the values before this one need no drop.
        unsafe { ptr::drop_in_place(&raw mut values[first..]) }
    }
}

impl Drop for Elements {
    fn drop(&mut self) {
        struct FreeBlock(NonNull<u8>, Layout);
        impl Drop for FreeBlock {
            fn drop(&mut self) {
                // SAFETY: the block was allocated with this layout and its values are dropped.
                unsafe { heap::deallocate(self.0, self.1) }
            }
        }
        if self.capacity > 0 {
            // The block is freed even when a value's drop panics (an embedder's object may).
            // SAFETY: `head` places before the first value are inside the allocation.
            let _block = FreeBlock(unsafe { self.start.sub(self.head) }.cast(), self.layout());
            self.truncate(0);
        }
    }
}

/// Where native code finds the fields of what an array points to.
#[cfg(feature = "jit")]
impl Array {
    pub(crate) const START_OFFSET: i32 = (Counted::<Elements>::VALUE + offset_of!(Elements, start)) as i32;
    pub(crate) const LEN_OFFSET: i32 = (Counted::<Elements>::VALUE + offset_of!(Elements, len)) as i32;
    pub(crate) const HEAD_OFFSET: i32 = (Counted::<Elements>::VALUE + offset_of!(Elements, head)) as i32;
    pub(crate) const CAPACITY_OFFSET: i32 =
        (Counted::<Elements>::VALUE + offset_of!(Elements, capacity)) as i32;
}

/// An array: a list of values with value semantics.
///
/// A clone shares the elements; the first write through one of the sharers copies them.
pub struct Array(Counted<Elements>);

impl Array {
    /// An empty array.
    pub fn new() -> Array {
        Array(Counted::new(Elements::EMPTY))
    }

    /// An empty array with room for `capacity` elements.
    pub fn try_with_capacity(capacity: usize) -> Result<Array, HeapError> {
        heap::check(capacity.saturating_mul(size_of::<Value>()))?;
        Ok(Array(Counted::try_new(Elements::try_with_capacity(capacity)?)?))
    }

    /// The elements.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        self.0.as_slice()
    }

    /// Whether nobody shares the elements, so that a write copies nothing.
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    /// Whether both share one set of elements.
    #[inline]
    pub fn shares_with(&self, other: &Array) -> bool {
        self.0.same(&other.0)
    }

    /// How many hold the elements, and their address.
    pub(crate) fn identity(&self) -> (usize, usize) {
        (self.0.holders(), self.0.address())
    }

    /// The elements to write to, copied first when they are shared.
    #[inline]
    pub fn make_mut(&mut self) -> &mut [Value] {
        self.own(0).unwrap_or_else(|error| heap::exhausted(error, 0)).as_mut_slice()
    }

    /// The elements to write to when they are not shared.
    #[inline(always)]
    pub fn get_mut_unique(&mut self) -> Option<&mut [Value]> {
        self.0.get_mut().map(Elements::as_mut_slice)
    }

    /// Makes this the only holder; a copy made for it has `room` places more.
    #[inline(always)]
    fn own(&mut self, room: usize) -> Result<&mut Elements, HeapError> {
        if !self.0.is_unique() {
            self.unshare(room)?;
        }
        // SAFETY: the holder is unique now.
        Ok(unsafe { self.0.get_mut_unchecked() })
    }

    #[cold]
    #[inline(never)]
    fn unshare(&mut self, room: usize) -> Result<(), HeapError> {
        *self = Array(Counted::try_new(self.0.try_copy(room)?)?);
        Ok(())
    }

    /// Appends.
    ///
    /// # Panics
    /// When the length does not fit the address space.
    #[inline]
    pub fn push(&mut self, value: Value) {
        if let Err(error) = self.try_push(value) {
            heap::exhausted(error, 0);
        }
    }

    /// Appends; on an error the array is unchanged.
    #[inline]
    pub fn try_push(&mut self, value: Value) -> Result<(), HeapError> {
        let elements = self.own(MIN_CAPACITY)?;
        elements.try_reserve(1)?;
        // SAFETY: there is room for one more.
        unsafe { elements.push_unchecked(value) };
        Ok(())
    }

    /// Lengthens the array by one where that needs no allocation and no copy; the new last place is to be
    /// written next, without dropping what is there.
    #[inline(always)]
    pub(crate) fn spare_place(&mut self) -> Option<*mut Value> {
        let elements = self.0.get_mut()?;
        if elements.head + elements.len >= elements.capacity {
            return None;
        }
        // SAFETY: the place after the last value is inside the allocation.
        let place = unsafe { elements.start.add(elements.len) }.as_ptr();
        elements.len += 1;
        Some(place)
    }

    /// Makes room for `added` more elements.
    pub fn try_reserve(&mut self, added: usize) -> Result<(), HeapError> {
        self.own(added)?.try_reserve(added)
    }

    /// Takes the last element.
    #[inline]
    pub fn pop(&mut self) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        self.own(0).unwrap_or_else(|error| heap::exhausted(error, 0)).pop()
    }

    /// Takes the first element, in constant time.
    #[inline]
    pub fn shift(&mut self) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        self.own(0).unwrap_or_else(|error| heap::exhausted(error, 0)).shift()
    }

    /// Stores at `index`; behind the end the array grows, with Undef between.
    pub fn set_growing(&mut self, index: usize, value: Value) -> Result<(), HeapError> {
        let elements = self.own(0)?;
        if let Some(place) = elements.as_mut_slice().get_mut(index) {
            let old = std::mem::replace(place, value);
            drop(old);
            return Ok(());
        }
        let added = (index - elements.len).checked_add(1).ok_or(HeapError::TooLarge)?;
        if added > 1 {
            heap::check(added.saturating_mul(size_of::<Value>()))?;
        }
        elements.try_reserve(added)?;
        for _ in 1..added {
            // SAFETY: there is room for `added` values.
            unsafe { elements.push_unchecked(Value::Undef) };
        }
        // SAFETY: as above; this is the last of them.
        unsafe { elements.push_unchecked(value) };
        Ok(())
    }

    /// Puts `value` before the first element.
    pub fn unshift(&mut self, value: Value) -> Result<(), HeapError> {
        let elements = self.own(MIN_CAPACITY)?;
        if elements.head > 0 {
            // SAFETY: there is a free place before the first value.
            unsafe {
                elements.start = elements.start.sub(1);
                elements.start.write(value);
            }
            elements.head -= 1;
            elements.len += 1;
            return Ok(());
        }
        elements.try_reserve(1)?;
        // SAFETY: there is room for one more.
        unsafe { elements.push_unchecked(value) };
        elements.as_mut_slice().rotate_right(1);
        Ok(())
    }

    /// Shortens the array to `len` elements; no effect when it is no longer than that.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        match self.0.get_mut() {
            Some(elements) => elements.truncate(len),
            None => *self = self[..len].iter().cloned().collect(),
        }
    }

    /// Removes all elements.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// The elements as a vector, moved when they are not shared.
    pub fn into_vec(mut self) -> Vec<Value> {
        match self.0.get_mut() {
            Some(elements) => {
                let elements = std::mem::replace(elements, Elements::EMPTY);
                if elements.head > 0 || elements.capacity == 0 {
                    let mut elements = elements;
                    return std::iter::from_fn(|| elements.shift()).collect();
                }
                let elements = ManuallyDrop::new(elements);
                heap::release(elements.capacity * size_of::<Value>());
                // SAFETY: the allocation is that of `capacity` values by the global allocator, `len` of them
                // are initialised from its start on, and it is not freed by `elements`.
                unsafe { Vec::from_raw_parts(elements.start.as_ptr(), elements.len, elements.capacity) }
            }
            None => self.to_vec(),
        }
    }

    #[cold]
    #[inline(never)]
    fn drop_last(&mut self) {
        if deep::too_deep() {
            // SAFETY: the last count was released just now; the revived holder drops the body later.
            let body = unsafe { self.0.revive() };
            deep::set_aside(Value::Array(Array(body)));
        } else {
            // SAFETY: the last count was released just now, and `self` is gone after this.
            deep::drop_children(|| unsafe { self.0.free() });
        }
    }
}

impl Clone for Array {
    #[inline(always)]
    fn clone(&self) -> Array {
        Array(self.0.share())
    }
}

impl Drop for Array {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0.release() {
            self.drop_last();
        }
    }
}

impl Deref for Array {
    type Target = [Value];

    #[inline(always)]
    fn deref(&self) -> &[Value] {
        self.as_slice()
    }
}

impl Default for Array {
    fn default() -> Array {
        Array::new()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Array) -> bool {
        super::compare::equal_arrays(self, other)
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::text::debug_array(self, f)
    }
}

impl From<Vec<Value>> for Array {
    fn from(values: Vec<Value>) -> Array {
        Array(Counted::new(Elements::from_vec(values)))
    }
}

impl FromIterator<Value> for Array {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Array {
        Array::from(Vec::from_iter(values))
    }
}

impl Extend<Value> for Array {
    fn extend<I: IntoIterator<Item = Value>>(&mut self, values: I) {
        for value in values {
            self.push(value);
        }
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    fn ints(array: &Array) -> VecDeque<i64> {
        array.iter().map(Value::to_int).collect()
    }

    /// Random operations on an array and on a deque; heap strings as elements show a lost or doubled drop.
    #[test]
    fn behaves_as_a_deque() {
        let element = |n: u64| Value::str(format!("{n} is an element beyond fourteen bytes"));
        let before = heap::live();
        for seed in 1..40u64 {
            let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut array = Array::new();
            let mut model: VecDeque<i64> = VecDeque::new();
            let mut shared = Vec::new();
            for step in 0..500u64 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                match (random >> 30) % 16 {
                    0..=5 => {
                        array.push(element(step));
                        model.push_back(step as i64);
                    }
                    6..=8 => assert_eq!(array.shift().map(|v| v.to_int()), model.pop_front()),
                    9 | 10 => assert_eq!(array.pop().map(|v| v.to_int()), model.pop_back()),
                    11 => {
                        array.unshift(element(step)).unwrap();
                        model.push_front(step as i64);
                    }
                    12 => {
                        let at = (random >> 40) as usize % (model.len() + 3);
                        array.set_growing(at, element(step)).unwrap();
                        model.resize(model.len().max(at + 1), 0);
                        model[at] = step as i64;
                    }
                    13 => {
                        let len = model.len().saturating_sub((random >> 40) as usize % 3);
                        array.truncate(len);
                        model.truncate(len);
                    }
                    14 => array = Array::from(array.into_vec()),
                    _ => {
                        shared.push((array.clone(), model.clone()));
                        shared.truncate(2);
                    }
                }
                assert_eq!(array.len(), model.len());
            }
            assert_eq!(ints(&array), model);
            shared.iter().for_each(|(array, model)| assert_eq!(&ints(array), model));
        }
        assert_eq!(heap::live(), before);
    }

    #[test]
    fn a_vector_is_taken_over_and_given_back_without_a_copy() {
        let values = vec![Value::Int(1), Value::Int(2)];
        let at = values.as_ptr();
        let array = Array::from(values);
        assert_eq!(array.as_ptr(), at);
        let values = array.into_vec();
        assert_eq!(values.as_ptr(), at);
    }

    #[test]
    fn a_queue_keeps_its_memory_small() {
        let before = heap::live();
        let mut array = Array::new();
        for n in 0..100_000 {
            array.push(Value::Int(n));
            if n >= 10 {
                array.shift();
            }
        }
        assert_eq!(ints(&array), (99_990..100_000).collect::<VecDeque<_>>());
        assert!(heap::live() - before < 2000);
    }

    #[test]
    fn a_write_leaves_other_holders_alone() {
        let mut a: Array = (0..5).map(Value::Int).collect();
        let b = a.clone();
        assert!(a.shares_with(&b) && a.get_mut_unique().is_none());
        a.make_mut()[2] = Value::Undef;
        assert!(a.is_unique() && !a.shares_with(&b));
        assert_eq!(ints(&b), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn absurd_sizes_are_errors() {
        let mut array = Array::new();
        for at in [usize::MAX, usize::MAX / 16, 1 << 55] {
            assert!(array.set_growing(at, Value::Undef).is_err());
        }
        assert!(Array::try_with_capacity(usize::MAX).is_err());
        assert!(array.try_reserve(usize::MAX).is_err());
        heap::set_ceiling(Some(heap::live() + 1000), None);
        assert_eq!(array.set_growing(1000, Value::Undef), Err(HeapError::OverLimit));
        heap::set_ceiling(None, None);
        assert!(array.is_empty());
    }
}
