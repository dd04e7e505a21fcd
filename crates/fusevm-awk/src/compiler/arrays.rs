//! Array elements: subscripts to keys, and keys to elements.
//!
//! An array that has one name all its life is a global hash, with ops of its own. One that functions get as an argument
//! is a hash in a cell, which parameters share; there a key must be a string before it gets to the cell.

use super::expressions::integral;
use super::{Array, Compiler};
use crate::ast::{Expr, ExprKind, Ident};
use fusevm::Op;

impl Compiler<'_> {
    /// Pushes the key of one or more subscripts.
    pub(super) fn key(&mut self, array: Array, subscripts: &[Expr]) {
        let Some((first, rest)) = subscripts.split_first() else { return };
        if rest.is_empty() && matches!(array, Array::Global(_)) {
            // The op turns any value into a key; an integer is the quickest.
            self.index_value(first);
            return;
        }
        self.text(first);
        for subscript in rest {
            let subsep = self.code.name("SUBSEP");
            self.emit(Op::AwkSpecialGet(subsep));
            self.emit(Op::Concat);
            self.text(subscript);
            self.emit(Op::Concat);
        }
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

    /// Pushes the cell of a shared array.
    fn cell(&mut self, array: Array) {
        match array {
            Array::SharedGlobal(name) | Array::Global(name) => self.emit(Op::GetVar(name)),
            Array::Slot(slot) => self.emit(Op::GetSlot(slot)),
        }
    }

    /// Pushes what a call passes for the array.
    pub(super) fn array_argument(&mut self, ident: Ident) {
        let array = self.array(ident);
        self.cell(array);
    }

    /// `key -> v`, creating the element.
    pub(super) fn get_element(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayGet(name));
            return;
        }
        // Reading creates the element: `key in array` holds afterwards.
        let exists = self.code.label();
        self.emit(Op::Dup);
        self.element_exists(array);
        self.code.jump(Op::JumpIfTrue, exists);
        self.emit(Op::Dup);
        self.emit(Op::LoadUndef);
        self.emit(Op::Swap);
        self.set_element(array);
        self.code.bind(exists);
        self.peek_element(array);
    }

    /// `key -> v`, for an element that is written next: there is no need to create it.
    pub(super) fn peek_element(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayGet(name));
            return;
        }
        self.cell(array);
        self.emit(Op::Swap);
        self.emit(Op::IndexGet);
    }

    /// `value key ->`
    pub(super) fn set_element(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArraySet(name));
            return;
        }
        self.cell(array);
        self.emit(Op::IndexSet);
    }

    /// `key -> bool`
    pub(super) fn element_exists(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayExists(name));
            return;
        }
        self.cell(array);
        self.emit(Op::Swap);
        self.emit(Op::IndexExists);
    }

    /// `key ->`
    pub(super) fn delete_element(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayDelete(name));
            return;
        }
        self.cell(array);
        self.emit(Op::Swap);
        self.emit(Op::IndexDelete);
        self.emit(Op::Pop);
    }

    pub(super) fn clear_array(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::AwkArrayClear(name));
            return;
        }
        self.emit(Op::MakeHash(0));
        self.set_array(array);
    }

    /// `hash ->`: the whole array becomes what is in the hash.
    pub(super) fn set_array(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::SetHash(name));
            return;
        }
        self.cell(array);
        self.emit(Op::RefSet);
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

    /// Pushes an array of the keys.
    pub(super) fn array_keys(&mut self, array: Array) {
        if let Array::Global(name) = array {
            self.emit(Op::HashKeys(name));
            return;
        }
        self.cell(array);
        self.emit(Op::IndexKeys);
    }
}
