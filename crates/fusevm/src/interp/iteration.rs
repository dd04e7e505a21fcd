//! The state of a MapBlock, GrepBlock or ForEachBlock under way, which both interpreters keep.

use crate::error::OpResult;
use crate::value::{Array, Value};

/// What becomes of the results of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IterationKind {
    /// They are collected.
    Map,
    /// They tell whether an element is kept.
    Grep,
    /// They are dropped.
    ForEach,
}

/// A walk over an array, an element at a time.
pub(crate) struct Iteration {
    kind: IterationKind,
    items: Array,
    /// Elements that were handed out.
    taken: usize,
    results: Array,
}

impl Iteration {
    /// A walk over the elements of a value; there are none when it is no array.
    pub fn new(kind: IterationKind, collection: Value) -> Iteration {
        let items = match collection {
            Value::Array(array) => array,
            _ => Array::new(),
        };
        Iteration { kind, items, taken: 0, results: Array::new() }
    }

    /// The next element for the block; None when all had their turn.
    #[inline]
    pub fn next_element(&mut self) -> Option<Value> {
        let element = self.items.get(self.taken)?.clone();
        self.taken += 1;
        Some(element)
    }

    /// Takes what the block left for the element that was handed out last.
    #[inline]
    pub fn take_result(&mut self, result: Value) -> OpResult<()> {
        match self.kind {
            IterationKind::Map => self.results.try_push(result)?,
            IterationKind::Grep if result.is_truthy() => {
                self.results.try_push(self.items[self.taken - 1].clone())?;
            }
            IterationKind::Grep | IterationKind::ForEach => {}
        }
        Ok(())
    }

    /// The result of the op; ForEachBlock has none.
    pub fn finish(self) -> Option<Value> {
        (self.kind != IterationKind::ForEach).then_some(Value::Array(self.results))
    }
}
