//! What only the run knows: variables that hold an array or a scalar, and arrays of arrays.
//!
//! A variable of kind [`Kind::Dynamic`] holds a scalar, or a cell. The cell holds a hash, or nothing as long as the
//! variable was not used: whoever uses it first, by any of its names, makes it an array or a scalar without a value. In a program that has arrays
//! of arrays, an element can be a cell as well, so there the elements of cells are reached by builtin functions.

use super::{Array, Compiler, Dialect, Scalar};
use crate::ast::{ArrayRef, Expr, Ident, Place};
use crate::resolver::{Binding, Kind};
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// Whether the elements of an array may be arrays, or the array may be none.
    pub(super) fn is_checked(&self, array: Array) -> bool {
        match array {
            Array::Global(_) => false,
            Array::SharedGlobal(_) | Array::Slot(_) | Array::Dynamic(..) => {
                self.resolution.facts.has_nested_arrays
            }
            Array::Symtab | Array::Functab(_) => true,
        }
    }

    /// How messages name a variable: "`x'", "parameter `x'".
    pub(super) fn described(&self, ident: Ident) -> String {
        let name = self.names.text(ident.name);
        match self.resolution.binding(self.scope, ident.name) {
            Some(Binding::Local(_)) => format!("parameter `{name}'"),
            _ => format!("`{name}'"),
        }
    }

    /// Pushes the name of an array, for messages.
    pub(super) fn name_constant(&mut self, name: Ident) {
        let name = self.name_text(name);
        self.emit(Op::LoadConst(name));
    }

    /// The constant that is the name of an array, for messages.
    pub(super) fn name_text(&mut self, name: Ident) -> u16 {
        let text = self.names.text(name.name);
        self.code.text(text.as_bytes())
    }

    /// `-> cell`: the array that a dynamic variable is, or becomes.
    pub(super) fn dynamic_cell(&mut self, variable: Scalar, ident: Ident) {
        let described = self.described(ident);
        self.load(variable);
        self.code.string(described.as_bytes());
        self.call_builtin(awk_builtins::AS_ARRAY, 2);
        self.emit(Op::Dup);
        self.store(variable);
    }

    /// Whether a place is a variable of which only the run knows what it is.
    pub(super) fn is_dynamic(&self, place: &Place) -> bool {
        matches!(place, Place::Var(ident) if self.kind(*ident) == Kind::Dynamic)
    }

    /// `value -> value`: a value that makes the variable that it is assigned to a scalar, even if it is none.
    pub(super) fn settled_value(&mut self, value: &Expr) {
        if self.types(value).can_be_unset() {
            self.call_builtin(awk_builtins::SETTLED, 1);
        }
    }

    /// `value -> value`: refuses an array where a scalar is needed.
    pub(super) fn check_scalar(&mut self, ident: Ident) {
        if self.kind(ident) == Kind::Dynamic {
            self.name_constant(ident);
            self.call_builtin(awk_builtins::AS_SCALAR, 2);
        }
    }

    /// `->`: refuses to assign to a variable that is an array; any other holds a plain value from here on.
    pub(super) fn check_assignable(&mut self, ident: Ident) {
        if self.kind(ident) == Kind::Dynamic {
            let variable = self.scalar(ident);
            self.load(variable);
            self.check_scalar(ident);
            self.store(variable);
        }
    }

    /// Pushes a variable for a function that decides itself what it is, or only asks.
    pub(super) fn untyped_argument(&mut self, ident: Ident) {
        match self.kind(ident) {
            Kind::Array => {
                let array = self.array(ident);
                self.cell(array);
            }
            Kind::Dynamic => {
                let variable = self.scalar(ident);
                self.load(variable);
                self.call_builtin(awk_builtins::AS_ARGUMENT, 1);
                self.emit(Op::Dup);
                self.store(variable);
            }
            Kind::Scalar | Kind::Unknown => {
                let variable = self.scalar(ident);
                self.load(variable);
            }
        }
    }

    /// How an array is reached; the cell of an array in an array goes into a slot of its own.
    pub(super) fn array_ref(&mut self, array: &ArrayRef) -> Array {
        let named = self.array(array.name);
        if array.path.is_empty() {
            return named;
        }
        if self.dialect != Dialect::Gawk {
            self.fatal("multidimensional arrays are a gawk extension");
        }
        for (depth, subscripts) in array.path.iter().enumerate() {
            if depth == 0 && !matches!(named, Array::Symtab) {
                self.cell(named);
            }
            self.key(named, subscripts);
            if depth == 0 && matches!(named, Array::Symtab) {
                self.call_builtin(awk_builtins::SYMTAB_ARRAY, 1);
                continue;
            }
            let name = self.name_text(array.name);
            self.emit(Op::AwkSubarray(name));
        }
        let slot = self.new_slot();
        self.emit(Op::SetSlot(slot));
        Array::Slot(slot)
    }

    /// Pushes the cell of an array.
    pub(super) fn array_cell(&mut self, array: &ArrayRef) {
        let array = self.array_ref(array);
        self.cell(array);
    }

    /// Pushes an element for a function that decides itself what it is; `is_asked` when it changes nothing.
    pub(super) fn untyped_element(&mut self, array: &ArrayRef, subscripts: &[Expr], is_asked: bool) {
        let reached = self.array_ref(array);
        if !self.is_checked(reached) {
            self.key(reached, subscripts);
            self.get_element(reached, array.name);
            return;
        }
        if matches!(reached, Array::Symtab) {
            self.key(reached, subscripts);
            self.call_builtin(awk_builtins::SYMTAB_GET, 1);
            return;
        }
        self.cell(reached);
        self.key(reached, subscripts);
        let id = if is_asked { awk_builtins::ELEMENT_ASKED } else { awk_builtins::ELEMENT_ARGUMENT };
        self.call_builtin(id, 2);
    }
}
