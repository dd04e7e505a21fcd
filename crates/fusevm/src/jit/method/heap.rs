//! What is known of arrays and hashes on the way from a block's begin, so that it is not looked at twice.
//!
//! All of it is about bodies, the shared parts of collections, by the values that are their addresses. Native
//! code itself only stores scalars over elements and appends them, which keeps bounds and keys; any call ends
//! what is known.

use super::machine::FieldKey;
use cranelift_codegen::ir::Value;

/// Where in a collection a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// The element at an index.
    Index(Value),
    Constant(i64),
    /// The entry of a key.
    Field(FieldKey),
}

/// A value in a collection, which was found to be there.
#[derive(Clone, Copy, Debug)]
struct Known {
    body: Value,
    position: Position,
    tag: Option<u8>,
}

/// What is known of the heap.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeapFacts {
    /// Registers with an array or hash, or a Ref to one: the collection's tag and body.
    bodies: Vec<(u16, u8, Value)>,
    /// Bodies that have one holder.
    unique: Vec<Value>,
    known: Vec<Known>,
}

impl HeapFacts {
    pub fn clear(&mut self) {
        self.bodies.clear();
        self.unique.clear();
        self.known.clear();
    }

    /// A register gets another value.
    pub fn forget_register(&mut self, register: u16) {
        self.bodies.retain(|(known, ..)| *known != register);
    }

    /// A collection gets another holder.
    pub fn forget_unique(&mut self) {
        self.unique.clear();
    }

    pub fn body(&self, register: u16, tag: u8) -> Option<Value> {
        let found = self.bodies.iter().find(|(known, of, _)| (*known, *of) == (register, tag));
        found.map(|(.., body)| *body)
    }

    pub fn learn_body(&mut self, register: u16, tag: u8, body: Value) {
        self.bodies.push((register, tag, body));
    }

    pub fn is_unique(&self, body: Value) -> bool {
        self.unique.contains(&body)
    }

    pub fn learn_unique(&mut self, body: Value) {
        self.unique.push(body);
    }

    fn find(&self, body: Value, position: Position) -> Option<&Known> {
        self.known.iter().find(|known| known.body == body && known.position == position)
    }

    /// Whether an index is known to be within bounds, or a key to be at its position.
    pub fn is_there(&self, body: Value, position: Position) -> bool {
        self.find(body, position).is_some()
    }

    /// The tag of a value in a collection.
    pub fn tag(&self, body: Value, position: Position) -> Option<u8> {
        self.find(body, position)?.tag
    }

    /// An index is within bounds, or a key is at its position.
    pub fn learn_place(&mut self, body: Value, position: Position) {
        if !self.is_there(body, position) {
            self.known.push(Known { body, position, tag: None });
        }
    }

    /// A value that is there was found to have a tag.
    pub fn learn_tag(&mut self, body: Value, position: Position, tag: u8) {
        self.learn_place(body, position);
        let known = self.known.iter_mut().find(|known| known.body == body && known.position == position);
        if let Some(known) = known {
            known.tag = Some(tag);
        }
    }

    /// A scalar was stored into a collection: any other place may have been the same one.
    pub fn stored(&mut self, body: Value, position: Position, tag: u8) {
        for known in &mut self.known {
            if known.tag != Some(tag) {
                known.tag = None;
            }
        }
        self.learn_tag(body, position, tag);
    }
}
