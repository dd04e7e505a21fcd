//! Code that `--lint`, or an assignment to LINT, asks for: a look at values on their way. Other programs have none of it.

use super::{Compiler, Scalar};
use crate::ast::{Expr, ExprKind, Ident, Place};
use crate::builtins::Builtin;
use crate::resolver::Binding;
use crate::specials::Special;
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// `v -> v`, with a question asked about it.
    fn ask(&mut self, question: i64, name: &str) {
        self.emit(Op::LoadInt(question));
        self.code.string(name.as_bytes());
        self.call_builtin(awk_builtins::LINT, 3);
    }

    /// `v -> v`: the value of a variable that is read.
    pub(super) fn lint_read(&mut self, ident: Ident) {
        if !self.lints {
            return;
        }
        let name = self.names.text(ident.name);
        let what = match self.resolution.binding(self.scope, ident.name) {
            Some(Binding::Local(_)) => format!("argument `{name}'"),
            Some(Binding::Global(_)) => format!("variable `{name}'"),
            _ => return,
        };
        self.ask(awk_builtins::LINT_IS_SET, &what);
    }

    /// `index -> index`: the field that is read.
    pub(super) fn lint_field(&mut self) {
        if self.lints {
            self.ask(awk_builtins::LINT_HAS_FIELD, "");
        }
    }

    /// `v -> v`: an argument of a built-in function.
    pub(super) fn lint_argument(&mut self, function: Builtin, index: usize) {
        if !self.lints {
            return;
        }
        let name = function.name();
        match function {
            Builtin::Exp | Builtin::Int | Builtin::Log | Builtin::Sin | Builtin::Cos | Builtin::Sqrt => {
                self.ask(awk_builtins::LINT_IS_NUMBER, name);
            }
            Builtin::Index => {
                let which = if index == 0 { "first" } else { "second" };
                self.ask(
                    awk_builtins::LINT_IS_STRING,
                    &format!("{name}: received non-string {which} argument"),
                );
            }
            Builtin::Length => {
                self.ask(awk_builtins::LINT_IS_STRING, "length: received non-string argument");
            }
            _ => {}
        }
    }

    /// `v -> v`: a format that the program makes as it runs, before its arguments. One that is written out was looked
    /// at before the run.
    pub(super) fn lint_format(&mut self, format: &Expr, arguments: usize) {
        if self.lints && !matches!(format.kind, ExprKind::Str(_)) {
            self.ask(awk_builtins::LINT_IS_FORMAT, &arguments.to_string());
        }
    }

    /// `key -> key`: the element that is deleted.
    pub(super) fn lint_delete(&mut self, array: super::Array, name: Ident) {
        self.lint_missing(array, name, awk_builtins::LINT_HAS_ELEMENT);
    }

    /// `key -> key`: the element that is read.
    pub(super) fn lint_element(&mut self, array: super::Array, name: Ident) {
        self.lint_missing(array, name, awk_builtins::LINT_READS_ELEMENT);
    }

    /// `key -> key`, with something told of an element that is not there.
    fn lint_missing(&mut self, array: super::Array, name: Ident, question: i64) {
        if !self.lints {
            return;
        }
        let exists = self.code.label();
        self.emit(Op::Dup);
        self.element_exists(array);
        self.code.jump(Op::JumpIfTrue, exists);
        let name = self.names.text(name.name).to_owned();
        self.ask(question, &name);
        self.code.bind(exists);
    }

    /// `v -> v`: what is assigned to FS.
    pub(super) fn lint_separator(&mut self, variable: Scalar) {
        if self.lint_old && matches!(variable, Scalar::Special(Special::Fs, _)) {
            self.ask(awk_builtins::LINT_IS_OLD_SEPARATOR, "");
        }
    }

    /// `value ->`: an assignment to LINT, which may end all this.
    pub(super) fn store_lint(&mut self, place: &Place, value: Scalar) -> bool {
        let Place::Var(ident) = place else { return false };
        if !self.lints || self.names.text(ident.name) != "LINT" {
            return false;
        }
        self.load(value);
        self.emit(Op::Swap);
        self.store(value);
        self.ask(awk_builtins::LINT_IS_ON, "");
        self.emit(Op::Pop);
        true
    }

    /// The record, which `print` alone prints.
    pub(super) fn lint_record(&mut self, args: &[Expr]) {
        if self.lints && args.is_empty() {
            self.emit(Op::LoadInt(0));
            self.lint_field();
            self.emit(Op::Pop);
        }
    }
}
