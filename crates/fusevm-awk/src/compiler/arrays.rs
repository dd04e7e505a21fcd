//! Array elements: subscripts to keys, and keys to elements.
//!
//! An array that has one name all its life is a global hash, with ops of its own. One that functions get as an argument
//! is a hash in a cell, which parameters share; there a number is made a key before it gets to the cell. Where elements
//! can be arrays themselves, builtin functions do it all (see `dynamic`).

use super::expressions::integral;
use super::{Array, Compiler};
use crate::ast::{Expr, ExprKind, Ident};
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// Pushes the key of one or more subscripts.
    pub(super) fn key(&mut self, array: Array, subscripts: &[Expr]) {
        let Some((first, rest)) = subscripts.split_first() else { return };
        if rest.is_empty() && (matches!(array, Array::Global(_)) || self.is_checked(array)) {
            // What follows turns any value into a key; an integer is the quickest.
            self.index_value(first);
            return;
        }
        if rest.is_empty() {
            self.value(first);
            let is_whole = matches!(first.kind, ExprKind::Number(value) if integral(value).is_some());
            if !is_whole && !self.types(first).is_text() {
                self.emit(Op::AwkSubscript);
            }
            return;
        }
        let mut count = 0;
        for subscript in subscripts {
            if count == u8::MAX {
                self.emit(Op::AwkJoinKeys(count));
                count = 1;
            }
            self.index_value(subscript);
            count += 1;
        }
        self.emit(Op::AwkJoinKeys(count));
    }

    /// A value, as an integer when it is an integral literal.
    pub(super) fn index_value(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::Number(value) => match integral(value) {
                Some(integer) => self.emit(Op::LoadInt(integer)),
                None => self.emit(Op::LoadFloat(value)),
            },
            _ => self.value(expr),
        }
    }

    /// Pushes the cell of a shared array; of one that has no cell, a copy.
    pub(super) fn cell(&mut self, array: Array) {
        match array {
            Array::SharedGlobal(name) | Array::Global(name) => self.emit(Op::GetVar(name)),
            Array::Slot(slot) => self.emit(Op::GetSlot(slot)),
            Array::Dynamic(variable, ident) => self.dynamic_cell(variable, ident),
            Array::Symtab => {
                self.call_builtin(awk_builtins::SYMTAB_COPY, 0);
                self.emit(Op::RefNew);
            }
            Array::Functab(name) => {
                self.emit(Op::GetVar(name));
                self.emit(Op::RefNew);
            }
        }
    }

    /// `key -> v`, creating the element.
    pub(super) fn get_element(&mut self, array: Array, name: Ident) {
        self.lint_element(array, name);
        match array {
            Array::Global(name) => self.emit(Op::AwkArrayGet(name)),
            Array::Symtab => self.call_builtin(awk_builtins::SYMTAB_GET, 1),
            Array::Functab(table) => {
                self.emit(Op::GetVar(table));
                self.call_builtin(awk_builtins::FUNCTAB_GET, 2);
            }
            _ if self.is_checked(array) => {
                self.cell(array);
                self.emit(Op::Swap);
                let name = self.name_text(name);
                self.emit(Op::AwkNestedGet(name));
            }
            _ => {
                // Reading creates the element: `key in array` holds afterwards.
                self.cell(array);
                self.emit(Op::Swap);
                self.emit(Op::AwkIndexGet);
            }
        }
    }

    /// `key -> v`, for an element that is written next: there is no need to create it.
    pub(super) fn peek_element(&mut self, array: Array, name: Ident) {
        if matches!(array, Array::Global(_)) || self.is_checked(array) {
            self.get_element(array, name);
            return;
        }
        self.lint_element(array, name);
        self.cell(array);
        self.emit(Op::Swap);
        self.emit(Op::IndexGet);
    }

    /// `value key ->`
    pub(super) fn set_element(&mut self, array: Array, name: Ident) {
        match array {
            Array::Global(name) => self.emit(Op::AwkArraySet(name)),
            Array::Symtab => {
                self.call_builtin(awk_builtins::SYMTAB_SET, 2);
                self.emit(Op::Pop);
            }
            Array::Functab(_) => self.fatal("cannot assign to elements of FUNCTAB"),
            _ if self.is_checked(array) => {
                self.cell(array);
                let name = self.name_text(name);
                self.emit(Op::AwkNestedSet(name));
            }
            _ => {
                self.cell(array);
                self.emit(Op::IndexSet);
            }
        }
    }

    /// `text key ->`: puts a text behind an element's.
    pub(super) fn append_to_element(&mut self, array: Array) {
        match array {
            Array::Global(name) => self.emit(Op::AwkElementAppend(name)),
            _ => {
                self.cell(array);
                self.emit(Op::AwkIndexAppend);
            }
        }
    }

    /// `key -> bool`
    pub(super) fn element_exists(&mut self, array: Array) {
        match array {
            Array::Global(name) => self.emit(Op::AwkArrayExists(name)),
            Array::Symtab => self.call_builtin(awk_builtins::SYMTAB_HAS, 1),
            _ => {
                if self.is_checked(array) {
                    self.emit(Op::AwkSubscript);
                }
                self.cell(array);
                self.emit(Op::Swap);
                self.emit(Op::IndexExists);
            }
        }
    }

    /// `key ->`
    pub(super) fn delete_element(&mut self, array: Array) {
        match array {
            Array::Global(name) => self.emit(Op::AwkArrayDelete(name)),
            // The parser refuses it.
            Array::Symtab | Array::Functab(_) => {}
            _ if self.is_checked(array) => {
                self.cell(array);
                self.call_builtin(awk_builtins::DELETE_ELEMENT, 2);
                self.emit(Op::Pop);
            }
            _ => {
                self.cell(array);
                self.emit(Op::Swap);
                self.emit(Op::IndexDelete);
                self.emit(Op::Pop);
            }
        }
    }

    pub(super) fn clear_array(&mut self, array: Array) {
        match array {
            Array::Global(name) => self.emit(Op::AwkArrayClear(name)),
            Array::Symtab | Array::Functab(_) => {}
            _ => {
                self.emit(Op::MakeHash(0));
                self.set_array(array);
            }
        }
    }

    /// `hash ->`: the whole array becomes what is in the hash.
    pub(super) fn set_array(&mut self, array: Array) {
        match array {
            Array::Global(name) => self.emit(Op::SetHash(name)),
            Array::Symtab | Array::Functab(_) => self.fatal("cannot assign to elements of SYMTAB or FUNCTAB"),
            _ => {
                self.cell(array);
                self.emit(Op::RefSet);
            }
        }
    }

    /// Pushes the number of elements.
    pub(super) fn array_length(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayLen(name));
            return;
        }
        self.cell(array);
        self.emit(Op::IndexLen);
    }

    /// Pushes an array of the keys, in the order that PROCINFO["sorted_in"] asks for.
    pub(super) fn array_keys(&mut self, array: Array) {
        if self.resolution.facts.mentions_procinfo {
            self.cell(array);
            self.call_builtin(awk_builtins::SORTED_KEYS, 1);
            return;
        }
        if let Array::Global(name) = array {
            self.emit(Op::HashKeys(name));
            return;
        }
        self.cell(array);
        self.emit(Op::IndexKeys);
    }
}
