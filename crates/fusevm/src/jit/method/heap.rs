//! What is known of arrays and hashes where code is emitted, so that it is not looked at twice.
//!
//! All of it is about bodies, the shared parts of collections, by the values that are their addresses. Native
//! code itself only stores scalars over elements and appends them, which keeps bounds, keys and where elements
//! begin; any function of the interpreter ends what is known.

use super::loops::Effects;
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
    /// The entry of the Str in a register.
    Register(u16),
    /// The entry of a number.
    Key(Value),
    /// The entry of two Floats that are integers.
    Pair([Value; 2]),
}

impl Position {
    /// Whether it is one in an array.
    fn is_element(self) -> bool {
        matches!(self, Position::Index(_) | Position::Constant(_))
    }
}

/// A collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub address: Value,
    /// Whether it has one holder.
    pub is_unique: bool,
    /// Address of its elements or entries.
    pub start: Option<Value>,
    pub len: Option<Value>,
    /// It has no fewer elements than this, which it has in common with arrays that are indexed alike.
    pub bound: Option<Value>,
    /// It has more entries than this position.
    pub last: Option<u32>,
}

impl Body {
    /// Entries may be elsewhere.
    fn forget_entries(&mut self) {
        (self.start, self.len, self.last) = (None, None, None);
    }
}

/// A value in a collection, which was looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub body: Value,
    pub position: Position,
    pub tag: Option<u8>,
    /// Its address, of an entry that was looked up.
    pub address: Option<Value>,
    /// Whether it was found; otherwise its address may be 0.
    pub is_there: bool,
}

/// What is known of the heap.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeapFacts {
    /// Registers with an array or hash, or a Ref to one: the collection's tag and body.
    pub(super) registers: Vec<(u16, u8, Value)>,
    /// Globals with a hash, and its body.
    pub(super) globals: Vec<(u64, Value)>,
    pub(super) bodies: Vec<Body>,
    pub(super) known: Vec<Known>,
}

impl HeapFacts {
    pub fn clear(&mut self) {
        self.registers.clear();
        self.globals.clear();
        self.bodies.clear();
        self.known.clear();
    }

    /// A register gets another value.
    pub fn forget_register(&mut self, register: u16) {
        self.registers.retain(|(known, ..)| *known != register);
        self.known.retain(|known| known.position != Position::Register(register));
    }

    /// A collection gets another holder.
    pub fn forget_unique(&mut self) {
        for body in &mut self.bodies {
            body.is_unique = false;
        }
    }

    /// An array may have grown.
    pub fn forget_lengths(&mut self) {
        for body in &mut self.bodies {
            body.len = None;
        }
    }

    /// Entries may have been added to a hash: its entries may be elsewhere, and so may those of what may be the same hash.
    /// Those in two globals are not the same where one of them has one holder.
    pub fn added(&mut self, hash: Value) {
        let own = self.globals.iter().find(|(_, body)| *body == hash).map(|(global, _)| *global);
        let own = own.filter(|_| self.is_unique(hash));
        let globals = &self.globals;
        let is_other = |body: Value| {
            body != hash
                && own.is_some_and(|own| globals.iter().any(|(global, of)| *of == body && *global != own))
        };
        self.bodies.iter_mut().filter(|body| !is_other(body.address)).for_each(Body::forget_entries);
        self.known.retain(|known| known.position.is_element() || is_other(known.body));
    }

    /// Keeps what is known in each iteration of a loop that does no more than this, when it is known before.
    pub fn keep_in_loop(&mut self, effects: &Effects) {
        if effects.calls {
            return self.clear();
        }
        self.registers.retain(|(register, ..)| !effects.written.contains(register));
        self.known.retain(|known| match known.position {
            Position::Register(register) => !effects.written.contains(&register),
            _ => true,
        });
        if effects.shares {
            self.forget_unique();
        }
        if effects.adds {
            self.bodies.iter_mut().for_each(Body::forget_entries);
            self.known.retain(|known| known.position.is_element());
        }
        if effects.grows {
            self.forget_lengths();
        }
        for known in &mut self.known {
            known.tag = known.tag.filter(|tag| effects.keeps_tag(*tag));
        }
    }

    /// Keeps what is known on another way to the same place too.
    pub fn keep_common(&mut self, other: &HeapFacts) {
        self.registers.retain(|known| other.registers.contains(known));
        self.globals.retain(|known| other.globals.contains(known));
        self.bodies.retain_mut(|body| {
            let Some(same) = other.bodies.iter().find(|same| same.address == body.address) else {
                return false;
            };
            body.is_unique &= same.is_unique;
            body.start = body.start.filter(|_| body.start == same.start);
            body.len = body.len.filter(|_| body.len == same.len);
            body.bound = body.bound.filter(|_| body.bound == same.bound);
            body.last = body.last.min(same.last);
            true
        });
        self.known.retain_mut(|known| match other.find(known.body, known.position) {
            Some(same) => {
                known.tag = known.tag.filter(|_| known.tag == same.tag);
                known.address = known.address.filter(|_| known.address == same.address);
                known.is_there &= same.is_there;
                known.is_there || known.address.is_some()
            }
            None => false,
        });
    }

    // ---- bodies --------------------------------------------------------------------------------

    /// The body behind a register.
    pub fn body(&self, register: u16, tag: u8) -> Option<Value> {
        let found = self.registers.iter().find(|(known, of, _)| (*known, *of) == (register, tag));
        found.map(|(.., body)| *body)
    }

    pub fn learn_body(&mut self, register: u16, tag: u8, body: Value) {
        self.registers.push((register, tag, body));
    }

    /// The body of the hash in a global.
    pub fn global(&self, global: u64) -> Option<Value> {
        self.globals.iter().find(|(known, _)| *known == global).map(|(_, body)| *body)
    }

    pub fn learn_global(&mut self, global: u64, body: Value) {
        self.globals.push((global, body));
    }

    /// A global gets another value.
    pub fn forget_global(&mut self, global: u64) {
        self.globals.retain(|(known, _)| *known != global);
    }

    fn about(&self, body: Value) -> Option<&Body> {
        self.bodies.iter().find(|known| known.address == body)
    }

    fn about_mut(&mut self, body: Value) -> &mut Body {
        let at = self.bodies.iter().position(|known| known.address == body).unwrap_or_else(|| {
            self.bodies.push(Body {
                address: body,
                is_unique: false,
                start: None,
                len: None,
                bound: None,
                last: None,
            });
            self.bodies.len() - 1
        });
        &mut self.bodies[at]
    }

    pub fn is_unique(&self, body: Value) -> bool {
        self.about(body).is_some_and(|body| body.is_unique)
    }

    pub fn learn_unique(&mut self, body: Value) {
        self.about_mut(body).is_unique = true;
    }

    pub fn start(&self, body: Value) -> Option<Value> {
        self.about(body)?.start
    }

    pub fn learn_start(&mut self, body: Value, start: Value) {
        self.about_mut(body).start = Some(start);
    }

    pub fn len(&self, body: Value) -> Option<Value> {
        self.about(body)?.len
    }

    pub fn learn_len(&mut self, body: Value, len: Value) {
        self.about_mut(body).len = Some(len);
    }

    pub fn bound(&self, body: Value) -> Option<Value> {
        self.about(body)?.bound
    }

    pub fn learn_bound(&mut self, body: Value, bound: Value) {
        self.about_mut(body).bound = Some(bound);
    }

    /// An index is within a bound: it is within all arrays that have that.
    pub fn learn_within(&mut self, bound: Value, position: Position) {
        let alike: Vec<Value> =
            self.bodies.iter().filter(|body| body.bound == Some(bound)).map(|body| body.address).collect();
        alike.into_iter().for_each(|body| self.learn_place(body, position));
    }

    /// Whether a hash has an entry at a position.
    pub fn has_entry(&self, body: Value, position: u32) -> bool {
        self.about(body).is_some_and(|body| body.last >= Some(position))
    }

    pub fn learn_entry(&mut self, body: Value, position: u32) {
        let body = self.about_mut(body);
        body.last = body.last.max(Some(position));
    }

    // ---- values in them ------------------------------------------------------------------------

    fn find(&self, body: Value, position: Position) -> Option<&Known> {
        self.known.iter().find(|known| known.body == body && known.position == position)
    }

    /// Whether an index is known to be within bounds, or a key to be at its position.
    pub fn is_there(&self, body: Value, position: Position) -> bool {
        self.find(body, position).is_some_and(|known| known.is_there)
    }

    /// The tag of a value in a collection.
    pub fn tag(&self, body: Value, position: Position) -> Option<u8> {
        self.find(body, position)?.tag
    }

    /// An index is within bounds, or a key is at its position.
    pub fn learn_place(&mut self, body: Value, position: Position) {
        match self.known.iter_mut().find(|known| known.body == body && known.position == position) {
            Some(known) => known.is_there = true,
            None => self.known.push(Known { body, position, tag: None, address: None, is_there: true }),
        }
    }

    /// The address of a value that was looked up.
    pub fn address(&self, body: Value, position: Position) -> Option<Value> {
        self.find(body, position)?.address
    }

    /// A value was looked up, and found or not.
    pub fn learn_address(&mut self, body: Value, position: Position, address: Value, is_there: bool) {
        self.known.retain(|known| known.body != body || known.position != position);
        self.known.push(Known { body, position, tag: None, address: Some(address), is_there });
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
            known.tag = known.tag.filter(|known| *known == tag);
        }
        self.learn_tag(body, position, tag);
    }
}
