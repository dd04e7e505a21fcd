//! Serialisation of values as a flat list of nodes in preorder, so that no nesting is too deep for a format.
//!
//! A container node says how many elements follow it. Arrays, hashes and cells are numbered in the order of
//! their nodes; a second mention of one is its number, so sharing, identity and cycles come back as they
//! were. Code belongs to a VM and Obj to an embedder: both are errors.
//!
//! In formats for people, text is a string and a float its shortest decimal; other bytes are numbers. In
//! binary formats strings are bytes and floats are bits.

use super::number::{self, NumBuf};
use super::{Array, ByteStr, Hash, Key, Ref, Value};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{self, Serialize, Serializer};
use std::collections::HashMap;
use std::fmt;

/// One node of the list.
#[derive(serde::Serialize, serde::Deserialize)]
enum Node {
    Undef,
    Bool(bool),
    Int(i64),
    Float(Float),
    Status(i32),
    NativeFn(u16),
    Str(Bytes),
    /// A string that carries the mark "came from input".
    Input(Bytes),
    /// So many element nodes follow.
    Array(u64),
    /// So many pairs of a key node and a value node follow.
    Hash(u64),
    /// The node of the cell's value follows.
    Ref,
    /// A weak handle of a cell not met before; the node of its value follows.
    Weak,
    /// The array, hash or cell of this number.
    Same(u64),
    /// A weak handle of the cell of this number.
    SameWeak(u64),
}

struct Float(f64);
struct Bytes(ByteStr);

impl Serialize for Float {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_u64(self.0.to_bits());
        }
        // Not a number of the format: readers of JSON round, and it has no infinities.
        serializer.serialize_str(&String::from_utf8_lossy(number::format_float(self.0, &mut NumBuf::new())))
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Float, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(|bits| Float(f64::from_bits(bits)));
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map(Float).map_err(|_| de::Error::custom(format_args!("{text:?} is not a float")))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) if serializer.is_human_readable() => serializer.serialize_str(text),
            _ => serializer.serialize_bytes(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct BytesVisitor;
        impl<'de> Visitor<'de> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or bytes")
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(ByteStr::from(text)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(ByteStr::from(bytes)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(ByteStr::from(bytes)))
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(BytesVisitor)
        } else {
            deserializer.deserialize_bytes(BytesVisitor)
        }
    }
}

/// What the walk still has to list.
enum Todo {
    Value(Value),
    Elements(Array, usize),
    Entries(Hash, usize),
}

/// The walk that lists the nodes of a value.
#[derive(Default)]
struct Lister {
    nodes: Vec<Node>,
    todo: Vec<Todo>,
    /// Numbers of the shared bodies met, by address. Each is kept alive so that no other takes its address.
    numbers: HashMap<usize, (u64, Value)>,
    containers: u64,
}

impl Lister {
    fn list(value: &Value) -> Result<Vec<Node>, &'static str> {
        let mut lister = Lister::default();
        lister.visit(value)?;
        while let Some(todo) = lister.todo.pop() {
            match todo {
                Todo::Value(value) => lister.visit(&value)?,
                Todo::Elements(array, at) => {
                    if let Some(element) = array.get(at) {
                        lister.todo.push(Todo::Elements(array.clone(), at + 1));
                        lister.visit(element)?;
                    }
                }
                Todo::Entries(hash, at) => {
                    if at < hash.positions() {
                        lister.todo.push(Todo::Entries(hash.clone(), at + 1));
                    }
                    if let Some((key, value)) = hash.entry_at(at) {
                        lister.nodes.push(match key {
                            Key::Int(n) => Node::Int(*n),
                            Key::Str(s) => Node::Str(Bytes(s.clone())),
                        });
                        lister.visit(value)?;
                    }
                }
            }
        }
        Ok(lister.nodes)
    }

    fn visit(&mut self, value: &Value) -> Result<(), &'static str> {
        let node = match value {
            Value::Undef => Node::Undef,
            Value::Bool(b) => Node::Bool(*b),
            Value::Int(n) => Node::Int(*n),
            Value::Float(f) => Node::Float(Float(*f)),
            Value::Status(code) => Node::Status(*code),
            Value::NativeFn(id) => Node::NativeFn(*id),
            Value::Str(s) if s.is_input() => Node::Input(Bytes(s.clone())),
            Value::Str(s) => Node::Str(Bytes(s.clone())),
            Value::Array(a) => match self.number(a.identity(), value) {
                Some(number) => Node::Same(number),
                None => {
                    self.todo.push(Todo::Elements(a.clone(), 0));
                    Node::Array(a.len() as u64)
                }
            },
            Value::Hash(h) => match self.number(h.identity(), value) {
                Some(number) => Node::Same(number),
                None => {
                    self.todo.push(Todo::Entries(h.clone(), 0));
                    Node::Hash(h.len() as u64)
                }
            },
            // A cell may be mentioned again by itself, so it is numbered whatever its count.
            Value::Ref(r) => match (self.number((usize::MAX, r.id()), value), r.is_weak()) {
                (Some(number), false) => Node::Same(number),
                (Some(number), true) => Node::SameWeak(number),
                (None, is_weak) => {
                    self.todo.push(Todo::Value(r.get()));
                    if is_weak { Node::Weak } else { Node::Ref }
                }
            },
            Value::Code(_) => return Err("a Code value cannot be serialised: it belongs to its VM"),
            Value::Obj(_) => return Err("an Obj value cannot be serialised: it belongs to its embedder"),
        };
        self.nodes.push(node);
        Ok(())
    }

    /// The number of a container met before, given by holders and address; else gives it the next number.
    fn number(&mut self, (holders, address): (usize, usize), value: &Value) -> Option<u64> {
        if let Some((number, _)) = self.numbers.get(&address) {
            return Some(*number);
        }
        if holders > 1 {
            self.numbers.insert(address, (self.containers, value.clone()));
        }
        self.containers += 1;
        None
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = Lister::list(self).map_err(ser::Error::custom)?;
        serializer.collect_seq(&nodes)
    }
}

/// A container whose nodes are still coming.
enum Open {
    Array { number: usize, missing: u64, elements: Array },
    Hash { number: usize, missing: u64, entries: Hash, key: Option<Key> },
    Ref { cell: Ref, is_weak: bool },
}

/// The reverse of [`Lister`]: takes nodes, builds the value.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// The finished containers by number, and cells as soon as they are open.
    containers: Vec<Option<Value>>,
    root: Option<Value>,
}

impl Builder {
    fn take(&mut self, node: Node) -> Result<(), String> {
        if self.root.is_some() {
            return Err("nodes after the end of the value".into());
        }
        let value = match node {
            Node::Undef => Value::Undef,
            Node::Bool(b) => Value::Bool(b),
            Node::Int(n) => Value::Int(n),
            Node::Float(Float(f)) => Value::Float(f),
            Node::Status(code) => Value::Status(code),
            Node::NativeFn(id) => Value::NativeFn(id),
            Node::Str(Bytes(s)) => Value::Str(s),
            Node::Input(Bytes(s)) => Value::Str(s.with_input_mark()),
            Node::Same(number) => self.container(number)?,
            Node::SameWeak(number) => match self.container(number)? {
                Value::Ref(r) => Value::Ref(r.downgrade()),
                other => return Err(format!("a weak handle of container {number}, a {}", other.kind_name())),
            },
            Node::Array(missing) => {
                let number = self.next_number(None);
                return self.enter(Open::Array { number, missing, elements: Array::new() });
            }
            Node::Hash(missing) => {
                let number = self.next_number(None);
                return self.enter(Open::Hash { number, missing, entries: Hash::new(), key: None });
            }
            Node::Ref | Node::Weak => {
                let cell = Ref::new(Value::Undef);
                self.next_number(Some(Value::Ref(cell.clone())));
                return self.enter(Open::Ref { cell, is_weak: matches!(node, Node::Weak) });
            }
        };
        self.give(value)
    }

    fn next_number(&mut self, value: Option<Value>) -> usize {
        self.containers.push(value);
        self.containers.len() - 1
    }

    fn container(&self, number: u64) -> Result<Value, String> {
        let found = usize::try_from(number).ok().and_then(|n| self.containers.get(n)?.clone());
        found.ok_or_else(|| format!("no finished container {number}"))
    }

    /// Begins a container; one without elements is finished at once.
    fn enter(&mut self, container: Open) -> Result<(), String> {
        let is_empty = matches!(container, Open::Array { missing: 0, .. } | Open::Hash { missing: 0, .. });
        self.open.push(container);
        match self.open.pop_if(|_| is_empty) {
            Some(container) => {
                let value = self.finish(container);
                self.give(value)
            }
            None => Ok(()),
        }
    }

    /// Gives a finished value to the innermost open container, which may finish that, and so on outwards.
    fn give(&mut self, mut value: Value) -> Result<(), String> {
        while let Some(innermost) = self.open.last_mut() {
            let is_full = match innermost {
                Open::Array { missing, elements, .. } => {
                    elements.push(value);
                    *missing -= 1;
                    *missing == 0
                }
                Open::Hash { missing, entries, key, .. } => match key.take() {
                    None if matches!(value, Value::Int(_) | Value::Str(_)) => {
                        *key = Some(Key::from(value));
                        false
                    }
                    None => return Err(format!("a hash key of kind {}", value.kind_name())),
                    Some(key) => {
                        if entries.insert(key, value).is_some() {
                            return Err("a hash key occurs twice".into());
                        }
                        *missing -= 1;
                        *missing == 0
                    }
                },
                Open::Ref { cell, .. } => {
                    cell.set(value);
                    true
                }
            };
            let Some(container) = self.open.pop_if(|_| is_full) else { return Ok(()) };
            value = self.finish(container);
        }
        self.root = Some(value);
        Ok(())
    }

    /// The value of a container that has all its elements.
    fn finish(&mut self, container: Open) -> Value {
        let (number, value) = match container {
            Open::Array { number, elements, .. } => (number, Value::Array(elements)),
            Open::Hash { number, entries, .. } => (number, Value::Hash(entries)),
            Open::Ref { cell, is_weak: false } => return Value::Ref(cell),
            Open::Ref { cell, is_weak: true } => return Value::Ref(cell.downgrade()),
        };
        self.containers[number] = Some(value.clone());
        value
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        struct NodesVisitor;
        impl<'de> Visitor<'de> for NodesVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the list of a value's nodes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut builder = Builder::default();
                while let Some(node) = seq.next_element()? {
                    builder.take(node).map_err(de::Error::custom)?;
                }
                builder.root.ok_or_else(|| de::Error::custom("the value's nodes end too early"))
            }
        }
        deserializer.deserialize_seq(NodesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &Value) -> Value {
        let text = serde_json::to_string(value).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn postcard(value: &Value) -> Value {
        postcard::from_bytes(&postcard::to_allocvec(value).unwrap()).unwrap()
    }

    const FORMATS: [fn(&Value) -> Value; 2] = [json, postcard];

    #[test]
    fn every_plain_kind_comes_back() {
        let values = [
            Value::Undef,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Float(0.1),
            Value::Float(-0.0),
            Value::Float(5e-324),
            Value::Float(f64::NEG_INFINITY),
            Value::Status(-1),
            Value::NativeFn(65535),
            Value::str(""),
            Value::str("text \u{e9} \" \n"),
            Value::from(b"\xff\x00\xfe"),
            Value::array(vec![]),
            Value::hash::<i64, i64>([]),
            Value::array(vec![Value::array(vec![]), 1.into(), Value::array(vec![2.into()]), 3.into()]),
            Value::hash([
                (Key::from("k"), Value::array(vec![1.into()])),
                (Key::from(7), Value::hash([("x", 1)])),
            ]),
        ];
        for format in FORMATS {
            for v in &values {
                assert_eq!(&format(v), v);
            }
            let Value::Float(f) = format(&Value::Float(f64::NAN)) else { unreachable!() };
            assert!(f.is_nan());
            let Value::Str(s) = format(&Value::Str(ByteStr::from_input(b"12"))) else { unreachable!() };
            assert!(s.is_input());
            assert!(format(&Value::Float(-0.0)).to_float().is_sign_negative());
        }
    }

    #[test]
    fn text_is_readable_in_json() {
        let v = Value::array(vec![Value::str("hi"), 1.into(), 0.5.into()]);
        let text = serde_json::to_string(&v).unwrap();
        assert_eq!(text, r#"[{"Array":3},{"Str":"hi"},{"Int":1},{"Float":"0.5"}]"#);
    }

    #[test]
    fn identity_sharing_and_cycles_come_back() {
        for format in FORMATS {
            let cell = Ref::new(Value::Int(1));
            let shared = Value::array(vec![Value::Ref(cell.clone())]);
            let cycle = Ref::new(Value::Undef);
            cycle.set(Value::array(vec![Value::Ref(cycle.downgrade()), Value::Ref(cell.clone())]));
            let dead = Ref::new(Value::Int(5)).downgrade();
            let v = Value::array(vec![shared.clone(), shared, Value::Ref(cycle), Value::Ref(dead)]);
            let Value::Array(copy) = format(&v) else { unreachable!() };
            let (Value::Array(a), Value::Array(b)) = (&copy[0], &copy[1]) else { unreachable!() };
            assert!(a.shares_with(b));
            let (Value::Ref(cell), Value::Ref(cycle)) = (&a[0], &copy[2]) else { unreachable!() };
            let Value::Array(inner) = cycle.get() else { unreachable!() };
            let (Value::Ref(back), Value::Ref(same)) = (&inner[0], &inner[1]) else { unreachable!() };
            assert!(back.is_weak() && back.same_cell(cycle) && same.same_cell(cell));
            let Value::Ref(dead) = &copy[3] else { unreachable!() };
            assert!(dead.is_weak() && !dead.is_alive());
        }
    }

    #[test]
    fn a_million_levels_come_back() {
        let v = (0..1_000_000).fold(Value::Int(1), |v, _| Value::array(vec![v]));
        assert_eq!(postcard(&v), v);
        let cells = (0..100_000).fold(Value::Int(1), |v, _| Value::Ref(Ref::new(v)));
        assert!(matches!(json(&cells), Value::Ref(_)));
    }

    #[test]
    fn code_and_objects_are_errors() {
        let v = Value::array(vec![Value::Code(super::super::Code::new("f", 0, vec![]))]);
        let error = serde_json::to_string(&v).unwrap_err().to_string();
        assert_eq!(error, "a Code value cannot be serialised: it belongs to its VM");
    }

    #[test]
    fn broken_lists_are_errors() {
        let cases = [
            (r#"[]"#, "end too early"),
            (r#"[{"Array":2},{"Int":1}]"#, "end too early"),
            (r#"[{"Array":18446744073709551615},{"Int":1}]"#, "end too early"),
            (r#"[{"Int":1},{"Int":1}]"#, "after the end"),
            (r#"[{"Same":0}]"#, "no finished container 0"),
            (r#"[{"Array":1},{"Same":0}]"#, "no finished container 0"),
            (r#"[{"Array":2},{"Array":0},{"SameWeak":1}]"#, "a weak handle of container 1, a Array"),
            (r#"[{"Hash":1},{"Array":0},{"Int":1}]"#, "a hash key of kind Array"),
            (r#"[{"Hash":2},{"Int":1},{"Int":1},{"Str":"1"},{"Int":1}]"#, "occurs twice"),
            (r#"[{"Float":"x"}]"#, "\"x\" is not a float"),
            (r#"["Ref"]"#, "end too early"),
        ];
        for (text, want) in cases {
            let error = serde_json::from_str::<Value>(text).unwrap_err().to_string();
            assert!(error.contains(want), "{text}: {error}");
        }
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut random = 88172645463325252u64;
        for len in 0..2000 {
            let bytes: Vec<u8> = (0..len % 40)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    // Mostly small numbers: node kinds, lengths and container numbers.
                    if random.is_multiple_of(8) { (random >> 8) as u8 } else { (random >> 8) as u8 % 16 }
                })
                .collect();
            let _ = postcard::from_bytes::<Value>(&bytes);
        }
    }
}
