//! `Code`: a sub together with the values that it captured.

use super::bytestr::ByteStr;
use super::counted::Counted;
use super::heap;
use super::refs::SharedCell;
use super::{Value, deep};
use std::fmt;

#[repr(C)]
struct Closure {
    captures: Box<[SharedCell]>,
    id: u32,
    name: ByteStr,
}

impl Drop for Closure {
    fn drop(&mut self) {
        heap::release(size_of_val(&*self.captures));
    }
}

/// A sub with captured values. Each evaluation of a closure expression makes its own captures; clones of
/// one Code share them. Two are equal when they share their captures.
pub struct Code(Counted<Closure>);

impl Code {
    /// The sub called `name` with these captures. `id` is where the VM that made it finds the sub without
    /// looking the name up.
    pub fn new(name: impl Into<ByteStr>, id: u32, captures: Vec<Value>) -> Code {
        let captures: Box<[SharedCell]> = captures.into_iter().map(SharedCell::new).collect();
        heap::charge(size_of_val(&*captures));
        Code(Counted::new(Closure { captures, id, name: name.into() }))
    }

    /// The sub's name.
    pub fn name(&self) -> &ByteStr {
        &self.0.name
    }

    /// Where the VM that made it finds the sub.
    #[inline(always)]
    pub fn id(&self) -> u32 {
        self.0.id
    }

    /// Number of captured values.
    #[inline]
    pub fn captures(&self) -> usize {
        self.0.captures.len()
    }

    /// A captured value; Undef when there is none at that index.
    #[inline]
    pub fn capture(&self, index: usize) -> Value {
        self.0.captures.get(index).map_or(Value::Undef, SharedCell::get)
    }

    /// Sets a captured value; false when there is none at that index.
    #[inline]
    pub fn set_capture(&self, index: usize, value: Value) -> bool {
        let cell = self.0.captures.get(index);
        // The old value is dropped after the access to the cell.
        cell.map(|cell| cell.replace(value)).is_some()
    }

    /// Whether both share one set of captures.
    #[inline]
    pub fn same_closure(&self, other: &Code) -> bool {
        self.0.same(&other.0)
    }

    /// A number that no other living closure has.
    pub(crate) fn address(&self) -> usize {
        self.0.address()
    }

    #[cold]
    #[inline(never)]
    fn drop_last(&mut self) {
        if deep::too_deep() {
            // SAFETY: the last count was released just now; the revived holder drops the body later.
            let body = unsafe { self.0.revive() };
            deep::set_aside(Value::Code(Code(body)));
        } else {
            // SAFETY: the last count was released just now, and `self` is gone after this.
            deep::drop_children(|| unsafe { self.0.free() });
        }
    }
}

impl Clone for Code {
    #[inline(always)]
    fn clone(&self) -> Code {
        Code(self.0.share())
    }
}

impl Drop for Code {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0.release() {
            self.drop_last();
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.same_closure(other)
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code {})", self.name().escape_ascii())
    }
}
