//! Equality and hashing of values, without recursion: values nest as deep as a program likes.

use super::{Array, Hash, Value};
use std::collections::HashSet;
use std::hash::{Hash as StdHash, Hasher};

/// Nodes of a nested value that its hash looks at.
const HASHED_NODES: usize = 256;

/// Pairs of containers that are still to be compared.
#[derive(Default)]
struct Comparison<'a> {
    arrays: Vec<(&'a [Value], &'a [Value])>,
    hashes: Vec<(&'a Hash, &'a Hash)>,
    /// Pairs of shared bodies that were met: a small graph of them can stand for a huge tree.
    seen: HashSet<(usize, usize)>,
}

/// Whether two values are equal; None for two arrays or two hashes, whose elements decide.
#[inline]
fn shallow_equal(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Value::Undef, Value::Undef) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Status(a), Value::Status(b)) => a == b,
        (Value::NativeFn(a), Value::NativeFn(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Ref(a), Value::Ref(b)) => a == b,
        (Value::Code(a), Value::Code(b)) => a == b,
        (Value::Obj(a), Value::Obj(b)) => a == b,
        (Value::Array(_), Value::Array(_)) | (Value::Hash(_), Value::Hash(_)) => return None,
        _ => false,
    })
}

impl<'a> Comparison<'a> {
    /// Whether two values are known to differ; containers are noted for later.
    fn differ(&mut self, a: &'a Value, b: &'a Value) -> bool {
        match (a, b) {
            (Value::Array(a), Value::Array(b)) => self.note_arrays(a, b),
            (Value::Hash(a), Value::Hash(b)) => self.note_hashes(a, b),
            _ => shallow_equal(a, b) == Some(false),
        }
    }

    fn note_arrays(&mut self, a: &'a Array, b: &'a Array) -> bool {
        if a.len() != b.len() {
            return true;
        }
        if self.is_new(a.identity(), b.identity()) {
            self.arrays.push((a, b));
        }
        false
    }

    fn note_hashes(&mut self, a: &'a Hash, b: &'a Hash) -> bool {
        if a.len() != b.len() {
            return true;
        }
        if self.is_new(a.identity(), b.identity()) {
            self.hashes.push((a, b));
        }
        false
    }

    /// Whether a pair of bodies, each given by holders and address, was not met before.
    fn is_new(&mut self, a: (usize, usize), b: (usize, usize)) -> bool {
        let shared = a.0 > 1 && b.0 > 1;
        !shared || self.seen.insert((a.1, b.1))
    }

    /// Compares everything that was noted.
    fn all_equal(mut self) -> bool {
        loop {
            if let Some((a, b)) = self.arrays.pop() {
                if a.iter().zip(b).any(|(a, b)| self.differ(a, b)) {
                    return false;
                }
            } else if let Some((a, b)) = self.hashes.pop() {
                for (key, a) in a.iter() {
                    match b.get(key.as_ref()) {
                        Some(b) if !self.differ(a, b) => {}
                        _ => return false,
                    }
                }
            } else {
                return true;
            }
        }
    }
}

pub(super) fn equal_arrays(a: &Array, b: &Array) -> bool {
    let mut comparison = Comparison::default();
    !comparison.note_arrays(a, b) && comparison.all_equal()
}

pub(super) fn equal_hashes(a: &Hash, b: &Hash) -> bool {
    let mut comparison = Comparison::default();
    !comparison.note_hashes(a, b) && comparison.all_equal()
}

impl PartialEq for Value {
    #[inline]
    fn eq(&self, other: &Value) -> bool {
        shallow_equal(self, other).unwrap_or_else(|| {
            let mut comparison = Comparison::default();
            !comparison.differ(self, other) && comparison.all_equal()
        })
    }
}

impl StdHash for Value {
    /// Equal values hash alike. Of a nested value the first few hundred nodes count, of a Hash its length.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut levels = vec![std::slice::from_ref(self).iter()];
        for _ in 0..HASHED_NODES {
            let value = loop {
                let Some(level) = levels.last_mut() else { return };
                match level.next() {
                    Some(value) => break value,
                    None => levels.pop(),
                };
            };
            state.write_u8(value.tag());
            match value {
                Value::Undef => {}
                Value::Bool(b) => b.hash(state),
                Value::Int(n) => n.hash(state),
                // 0.0 and -0.0 are equal.
                Value::Float(f) => (f + 0.0).to_bits().hash(state),
                Value::Status(code) => code.hash(state),
                Value::NativeFn(id) => id.hash(state),
                Value::Str(s) => s.hash(state),
                Value::Array(a) => {
                    a.len().hash(state);
                    levels.push(a.iter());
                }
                Value::Hash(h) => h.len().hash(state),
                Value::Ref(r) => r.id().hash(state),
                Value::Code(c) => c.address().hash(state),
                Value::Obj(o) => o.address().hash(state),
            }
        }
    }
}
