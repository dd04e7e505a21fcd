//! Calls of functions whose names only the run knows: `@name(…)`, and comparison functions of sorts.
//!
//! Each function has an adapter, a sub that takes one array of arguments: it passes each as the function's parameter
//! wants it. So neither the caller nor the engine has to know the parameters.

use super::calls::op_of;
use super::program::sub_name;
use super::{Array, Compiler};
use crate::ast::{Expr, ExprKind, Function, Ident, Place, Program};
use crate::builtins::{Builtin, Param};
use crate::resolver::Kind;
use crate::source::Span;
use fusevm::{Op, awk_builtins};

/// The most arguments of a built-in function that takes any number.
const MAX_VARIADIC: usize = 16;

impl Compiler<'_> {
    /// Pushes the result of `@variable(…)`.
    pub(super) fn indirect_call(&mut self, variable: Ident, args: &[Expr], span: Span) {
        let scalar = self.scalar(variable);
        self.load(scalar);
        self.check_scalar(variable);
        self.emit(Op::AwkToStr);
        self.name_constant(variable);
        self.call_builtin(awk_builtins::CALLEE, 2);
        for arg in args {
            match &arg.kind {
                ExprKind::Place(place) => match &**place {
                    Place::Var(ident) => self.untyped_argument(*ident),
                    Place::Element { array, subscripts } => self.untyped_element(array, subscripts, false),
                    Place::Field(_) => self.value(arg),
                },
                _ => self.value(arg),
            }
        }
        self.at(span);
        let count = self.count(args.len(), span);
        self.emit(Op::MakeArray(count.into()));
        self.emit(Op::CallDynamic(1));
    }

    /// The adapters of all functions that can be called by name, and the table of their names.
    pub(super) fn adapters(&mut self, program: &Program) {
        if !self.resolution.facts.calls_by_name {
            return;
        }
        for function in program.functions() {
            self.function_adapter(function);
        }
        // They stand nowhere in the program.
        self.code.line = 0;
        Builtin::all().iter().for_each(|&builtin| self.builtin_adapter(builtin));
    }

    /// Makes the table of the functions' names, which is also FUNCTAB.
    pub(super) fn function_table(&mut self, program: &Program) {
        if !self.resolution.facts.calls_by_name {
            return;
        }
        let mut names: Vec<&str> =
            program.functions().map(|function| self.names.text(function.name.name)).collect();
        names.sort_unstable();
        let built_in =
            Builtin::all().iter().filter(|builtin| builtin.is_in_gawk()).map(|builtin| builtin.name());
        let names: Vec<&str> = built_in.chain(names).collect();
        let joined = names.join("\n");
        self.code.string(joined.as_bytes());
        self.call_builtin(awk_builtins::NAMES, 1);
        let table = self.code.name(crate::specials::FUNCTAB);
        self.emit(Op::SetHash(table));
    }

    fn begin_adapter(&mut self, name: &str) {
        self.scope = None;
        self.next_slot = 1;
        self.code.begin_sub(&format!("{}{name}", awk_builtins::ADAPTER_PREFIX));
        self.emit(Op::SetSlot(0));
    }

    /// Pushes an argument of the adapter.
    fn adapter_argument(&mut self, index: usize) {
        self.emit(Op::LoadInt(index as i64));
        self.emit(Op::SlotArrayGet(0));
    }

    fn function_adapter(&mut self, function: &Function) {
        let name = self.names.text(function.name.name).to_owned();
        let Some(id) = self.resolution.function(function.name.name) else { return };
        self.at(function.name.span);
        self.begin_adapter(&name);
        let params = self.resolution.functions[id.index()].params.clone();
        for (index, param) in params.iter().enumerate() {
            let text = self.names.text(param.name).to_owned();
            self.adapter_argument(index);
            match param.kind {
                Kind::Array => {
                    self.code.string(format!("parameter `{text}'").as_bytes());
                    self.call_builtin(awk_builtins::AS_ARRAY, 2);
                }
                Kind::Scalar => {
                    self.code.string(text.as_bytes());
                    self.call_builtin(awk_builtins::AS_SCALAR, 2);
                }
                Kind::Dynamic | Kind::Unknown => {}
            }
        }
        let count = self.count(params.len(), function.span);
        let sub = self.code.name(&sub_name(&name));
        self.emit(Op::Call(sub, count));
        self.emit(Op::ReturnValue);
    }

    /// A jump to code for each number of arguments that the function takes.
    fn builtin_adapter(&mut self, builtin: Builtin) {
        self.begin_adapter(builtin.name());
        for count in (0..=MAX_VARIADIC).filter(|&count| builtin.accepts(count)) {
            let other = self.code.label();
            self.emit(Op::SlotArrayLen(0));
            self.emit(Op::LoadInt(count as i64));
            self.emit(Op::NumEq);
            self.code.jump(Op::JumpIfFalse, other);
            self.builtin_with(builtin, count);
            self.emit(Op::ReturnValue);
            self.code.bind(other);
        }
        let message = format!(
            "{}: called with a wrong number of arguments; it takes {}",
            builtin.name(),
            builtin.arity()
        );
        self.fatal(&message);
    }

    /// Pushes the result of a built-in function for the first `count` arguments of the adapter.
    fn builtin_with(&mut self, builtin: Builtin, count: usize) {
        if matches!(builtin, Builtin::Sub | Builtin::Gsub) && count != 2 {
            let name = builtin.name();
            self.fatal(&format!("{name}: can be called indirectly only with two arguments"));
            self.emit(Op::LoadUndef);
            return;
        }
        // The arguments go into slots from 1 on, where arrays are cells like any other.
        self.next_slot = 1;
        for index in 0..count {
            self.adapter_argument(index);
            match builtin.param(index) {
                Some(Param::Array) => {
                    self.code.string(format!("argument {} of `{}'", index + 1, builtin.name()).as_bytes());
                    self.call_builtin(awk_builtins::AS_ARRAY, 2);
                }
                Some(Param::ValueOrArray) => {}
                _ => {
                    self.code.string(builtin.name().as_bytes());
                    self.call_builtin(awk_builtins::AS_SCALAR, 2);
                }
            }
            let slot = self.new_slot();
            self.emit(Op::SetSlot(slot));
        }
        let arguments = 1..=count as u16;
        let push = |this: &mut Self, slot| {
            this.emit(if arguments.contains(&slot) { Op::GetSlot(slot) } else { Op::LoadUndef });
        };
        match builtin {
            Builtin::Split | Builtin::Patsplit => {
                push(self, 1);
                push(self, 3);
                let is_split = builtin == Builtin::Split;
                self.call_builtin(if is_split { awk_builtins::SPLIT } else { awk_builtins::PATSPLIT }, 2);
                self.unpack(if count == 4 { &[Array::Slot(2), Array::Slot(4)] } else { &[Array::Slot(2)] });
            }
            Builtin::Match if count == 3 => {
                push(self, 1);
                push(self, 2);
                self.call_builtin(awk_builtins::MATCH, 2);
                self.unpack(&[Array::Slot(3)]);
            }
            Builtin::Asort | Builtin::Asorti => {
                push(self, 1);
                push(self, 3);
                self.sorted_into(builtin, Array::Slot(if count > 1 { 2 } else { 1 }));
            }
            Builtin::Intdiv => {
                push(self, 1);
                push(self, 2);
                self.emit(op_of(builtin, 2));
                self.set_array(Array::Slot(3));
                self.emit(Op::LoadFloat(0.0));
            }
            Builtin::Sub | Builtin::Gsub => {
                push(self, 1);
                push(self, 2);
                self.emit(op_of(builtin, 2));
            }
            Builtin::Typeof => {
                push(self, 1);
                self.emit(Op::LoadFalse);
                self.call_builtin(awk_builtins::TYPEOF, 2);
            }
            _ => {
                arguments.clone().for_each(|slot| push(self, slot));
                if matches!(builtin, Builtin::Dcgettext | Builtin::Dcngettext) {
                    self.chosen_message(builtin, count);
                } else {
                    self.emit(op_of(builtin, count as u8));
                }
            }
        }
    }
}
