//! What kinds of value an expression can have, as far as the text of the program tells.
//!
//! Each scalar, each array (all its elements together) and each function's result is a node; an assignment,
//! argument or `return` adds kinds to a node or an edge between two. The kinds then flow along the edges until
//! nothing changes. The order of statements is ignored.

use std::ops::BitOr;

/// A set of kinds of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Types(u8);

impl Types {
    /// No value at all.
    pub const NONE: Types = Types(0);
    /// The value of a variable that was never assigned: zero and the empty string.
    pub const UNSET: Types = Types(1);
    /// A number.
    pub const NUMBER: Types = Types(2);
    /// A string that is no number whatever it looks like.
    pub const STRING: Types = Types(4);
    /// Text from input: a number when it looks like one.
    pub const INPUT: Types = Types(8);
    /// Any value.
    pub const ANY: Types = Types(15);

    fn is_subset_of(self, other: Types) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether it can be the value of a variable that was never assigned.
    pub fn can_be_unset(self) -> bool {
        self.0 & Types::UNSET.0 != 0
    }

    /// Whether it compares as a number with its like, and is true just when it is not zero.
    pub fn is_numeric(self) -> bool {
        self.is_subset_of(Types::NUMBER | Types::UNSET)
    }

    /// Whether it is text or nothing, so that its string needs no conversion from a number.
    pub fn is_text(self) -> bool {
        self.is_subset_of(Types::STRING | Types::INPUT | Types::UNSET)
    }

    /// Whether it compares as a string with anything.
    pub fn is_string(self) -> bool {
        self == Types::STRING
    }
}

impl BitOr for Types {
    type Output = Types;

    fn bitor(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }
}

/// A variable, an array's elements or a function's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u32);

struct Node {
    types: Types,
    /// What takes its value from this one.
    targets: Vec<NodeId>,
}

/// The nodes and how values move between them.
#[derive(Default)]
pub(super) struct Flow {
    nodes: Vec<Node>,
}

impl Flow {
    pub fn node(&mut self, types: Types) -> NodeId {
        self.nodes.push(Node { types, targets: Vec::new() });
        NodeId(self.nodes.len() as u32 - 1)
    }

    pub fn add(&mut self, node: NodeId, types: Types) {
        let node = &mut self.nodes[node.0 as usize];
        node.types = node.types | types;
    }

    pub fn connect(&mut self, from: NodeId, to: NodeId) {
        self.nodes[from.0 as usize].targets.push(to);
    }

    pub fn types(&self, node: NodeId) -> Types {
        self.nodes[node.0 as usize].types
    }

    /// Lets the types flow until nothing changes. A node changes at most once for each kind, so this ends.
    pub fn settle(&mut self) {
        let mut pending: Vec<usize> = (0..self.nodes.len()).collect();
        while let Some(from) = pending.pop() {
            let types = self.nodes[from].types;
            for index in 0..self.nodes[from].targets.len() {
                let to = self.nodes[from].targets[index].0 as usize;
                let target = &mut self.nodes[to];
                let joined = target.types | types;
                if joined != target.types {
                    target.types = joined;
                    pending.push(to);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_flow_around_cycles() {
        let mut flow = Flow::default();
        let [a, b, c, lone] = [Types::NUMBER, Types::NONE, Types::NONE, Types::UNSET].map(|t| flow.node(t));
        flow.connect(a, b);
        flow.connect(b, c);
        flow.connect(c, a);
        flow.add(c, Types::STRING);
        flow.settle();
        for node in [a, b, c] {
            assert_eq!(flow.types(node), Types::NUMBER | Types::STRING);
        }
        assert_eq!(flow.types(lone), Types::UNSET);
    }

    #[test]
    fn sets_answer_what_conversions_need() {
        assert!((Types::NUMBER | Types::UNSET).is_numeric());
        assert!(!(Types::NUMBER | Types::INPUT).is_numeric());
        assert!((Types::STRING | Types::INPUT).is_text());
        assert!(!(Types::STRING | Types::NUMBER).is_text());
        assert!(Types::STRING.is_string());
        assert!(!Types::INPUT.is_string());
    }
}
