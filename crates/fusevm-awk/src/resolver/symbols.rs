//! The table of variables and functions while their uses are collected, and for looking them up afterwards.

use super::types::NodeId;
use super::{FunctionId, Kind, Scope};
use crate::ast::NameId;
use crate::source::Span;
use crate::specials::Special;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SymbolId(u32);

/// A global or a parameter.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    pub name: NameId,
    /// The function that it is a parameter of.
    pub owner: Scope,
    /// Where it is first used as a scalar.
    pub scalar_use: Option<Span>,
    /// Where it is first used as an array, or passed to a function that uses it so.
    pub array_use: Option<Span>,
    /// What awk itself makes of it, for a global that awk fills.
    pub preset: Option<Kind>,
    /// Whether a call passes it, or its elements can be arrays.
    pub is_passed: bool,
    /// Whether `isarray` or `typeof` asks what it is.
    pub is_queried: bool,
    /// Whether it matters whether it was used before: `typeof` may tell.
    pub is_tracked: bool,
    /// Whether it must be able to hold a scalar as well as an array, whatever the uses say.
    pub is_dynamic: bool,
    /// Whether it was certainly used, and is what it is, where the walk is.
    pub is_settled: bool,
    pub is_used_in_function: bool,
    /// Its values, or those of its elements.
    pub node: NodeId,
}

impl Symbol {
    /// Whether anything says what it is.
    pub fn is_used(&self) -> bool {
        self.kind() != Kind::Unknown
    }

    pub fn kind(&self) -> Kind {
        match (self.array_use, self.scalar_use) {
            _ if self.is_dynamic => Kind::Dynamic,
            (Some(_), Some(_)) => Kind::Dynamic,
            (Some(_), None) => Kind::Array,
            (None, Some(_)) => Kind::Scalar,
            (None, None) => Kind::Unknown,
        }
    }
}

/// A function while names are resolved.
#[derive(Clone, Debug)]
pub(super) struct FunctionSymbol {
    pub name: NameId,
    pub defined: Span,
    pub params: Vec<SymbolId>,
    /// What it returns.
    pub result: NodeId,
}

/// All variables and functions, by name.
#[derive(Clone, Debug)]
pub(super) struct Symbols {
    symbols: Vec<Symbol>,
    pub functions: Vec<FunctionSymbol>,
    /// For each name, its place in `global_order`.
    globals: Vec<Option<u32>>,
    /// The globals in order of first mention.
    global_order: Vec<SymbolId>,
    functions_by_name: Vec<Option<FunctionId>>,
    specials: Vec<Option<Special>>,
    /// For each special variable, its values.
    special_nodes: Vec<NodeId>,
    /// The fields and the record, all together.
    pub fields: NodeId,
}

impl Symbols {
    pub fn new(specials: Vec<Option<Special>>, special_nodes: Vec<NodeId>, fields: NodeId) -> Self {
        let names = specials.len();
        Symbols {
            symbols: Vec::new(),
            functions: Vec::new(),
            globals: vec![None; names],
            global_order: Vec::new(),
            functions_by_name: vec![None; names],
            specials,
            special_nodes,
            fields,
        }
    }

    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    pub fn symbol_mut(&mut self, id: SymbolId) -> &mut Symbol {
        &mut self.symbols[id.0 as usize]
    }

    pub fn ids(&self) -> impl Iterator<Item = SymbolId> + use<> {
        (0..self.symbols.len() as u32).map(SymbolId)
    }

    pub fn add(&mut self, name: NameId, owner: Scope, node: NodeId) -> SymbolId {
        let id = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol {
            name,
            owner,
            scalar_use: None,
            array_use: None,
            preset: None,
            is_passed: false,
            is_queried: false,
            is_tracked: false,
            is_dynamic: false,
            is_settled: false,
            is_used_in_function: false,
            node,
        });
        if owner.is_none() {
            self.globals[name.index()] = Some(self.global_order.len() as u32);
            self.global_order.push(id);
        }
        id
    }

    /// Enters a function; `None` when there is one of that name already.
    pub fn add_function(&mut self, name: NameId, defined: Span, result: NodeId) -> Option<FunctionId> {
        let id = FunctionId(self.functions.len() as u32);
        self.functions.push(FunctionSymbol { name, defined, params: Vec::new(), result });
        let entry = &mut self.functions_by_name[name.index()];
        if entry.is_some() {
            return None;
        }
        *entry = Some(id);
        Some(id)
    }

    pub fn function(&self, name: NameId) -> Option<FunctionId> {
        self.functions_by_name[name.index()]
    }

    pub fn functions(&self) -> impl Iterator<Item = &FunctionSymbol> {
        self.functions.iter()
    }

    pub fn globals(&self) -> impl Iterator<Item = &Symbol> {
        self.global_order.iter().map(|&id| self.symbol(id))
    }

    /// The place of a global in the order of first mention.
    pub fn global_index(&self, name: NameId) -> Option<usize> {
        self.globals[name.index()].map(|index| index as usize)
    }

    pub fn special(&self, name: NameId) -> Option<Special> {
        self.specials[name.index()]
    }

    pub fn special_node(&self, special: Special) -> NodeId {
        self.special_nodes[special as usize]
    }

    /// Index of the parameter of that name.
    pub fn param(&self, scope: Scope, name: NameId) -> Option<usize> {
        let params = &self.functions[scope?.index()].params;
        params.iter().position(|&id| self.symbol(id).name == name)
    }

    /// The parameter or global that a name means; `None` for a special variable, or a name not seen there.
    pub fn find(&self, scope: Scope, name: NameId) -> Option<SymbolId> {
        match (self.param(scope, name), scope) {
            (Some(index), Some(function)) => Some(self.functions[function.index()].params[index]),
            _ => self.global_index(name).map(|index| self.global_order[index]),
        }
    }
}
