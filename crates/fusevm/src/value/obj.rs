//! `Obj`: what an embedder brings into programs as a value.

use super::counted::Counted;
use super::{MaybeSendSync, Value, deep};
use std::any::Any;
use std::fmt;

/// An embedder's object. Its state, when it has any that changes, is behind its own cell or lock.
pub trait Object: MaybeSendSync + 'static {
    /// What kind of object this is, for messages.
    fn type_name(&self) -> &str;

    /// The object itself, to downcast.
    fn as_any(&self) -> &dyn Any;

    /// The string form.
    fn to_bytes(&self) -> Vec<u8> {
        format!("({})", self.type_name()).into_bytes()
    }

    /// The value as an integer.
    fn to_int(&self) -> i64 {
        0
    }

    /// The value as a float.
    fn to_float(&self) -> f64 {
        0.0
    }

    /// The value as a condition.
    fn is_truthy(&self) -> bool {
        true
    }
}

/// A shared handle of an [`Object`]; it dereferences to it. Two are equal when they are of the same object.
pub struct Obj(Counted<Box<dyn Object>>);

impl Obj {
    /// A handle of `object`.
    pub fn new(object: impl Object) -> Obj {
        Obj(Counted::new(Box::new(object)))
    }

    /// The object as a `T`, when it is one.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.as_any().downcast_ref()
    }

    /// Whether both are handles of one object.
    #[inline]
    pub fn same_object(&self, other: &Obj) -> bool {
        self.0.same(&other.0)
    }

    /// A number that no other living object has.
    pub(crate) fn address(&self) -> usize {
        self.0.address()
    }

    #[cold]
    #[inline(never)]
    fn drop_last(&mut self) {
        if deep::too_deep() {
            // SAFETY: the last count was released just now; the revived holder drops the body later.
            let body = unsafe { self.0.revive() };
            deep::set_aside(Value::Obj(Obj(body)));
        } else {
            // SAFETY: the last count was released just now, and `self` is gone after this.
            deep::drop_children(|| unsafe { self.0.free() });
        }
    }
}

impl std::ops::Deref for Obj {
    type Target = dyn Object;

    fn deref(&self) -> &dyn Object {
        &**self.0
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Obj {
        Obj(self.0.share())
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0.release() {
            self.drop_last();
        }
    }
}

impl PartialEq for Obj {
    fn eq(&self, other: &Obj) -> bool {
        self.same_object(other)
    }
}

impl Eq for Obj {}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(obj {})", self.type_name())
    }
}
