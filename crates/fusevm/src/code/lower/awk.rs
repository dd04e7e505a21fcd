//! The awk ops that have instructions: fields are read where they are used, so that a record whose fields
//! are only printed, added or matched makes no values of them.

use super::branches::{Comparison, Pending};
use super::{Inst, Lowerer, NO_INST, Opcode, Symbol, TAKE_FIRST, TAKE_SECOND, flag};
use crate::awk_host::Special;
use crate::code::{AWK, Printed};
use crate::op::Op;
use crate::value::Value;

impl Lowerer<'_> {
    /// Lowers an awk op that has an instruction; false when it has none.
    pub(super) fn lower_awk(&mut self, index: usize, op: Op) -> bool {
        let comparison = match op {
            Op::AwkEq => Comparison::Eq,
            Op::AwkNe => Comparison::Ne,
            Op::AwkLt => Comparison::Lt,
            Op::AwkGt => Comparison::Gt,
            Op::AwkLe => Comparison::Le,
            Op::AwkGe => Comparison::Ge,
            _ => return self.lower_awk_value(index, op),
        };
        self.region.pending = Some(Pending { comparison, negated: false, kind: AWK });
        self.region.last_result = None;
        true
    }

    fn lower_awk_value(&mut self, index: usize, op: Op) -> bool {
        let top = self.region.stack.last().copied();
        match op {
            Op::AwkFieldGet => match top {
                Some(Symbol::Int(field)) if u16::try_from(field).is_ok() => {
                    self.region.stack.pop();
                    self.push(Symbol::Field(field as u16));
                }
                _ => return false,
            },
            Op::AwkNf => self.push_result(index, Inst { op: Opcode::FieldCount, ..NO_INST }),
            Op::AwkSpecialGet(name) => match Special::from_name(self.unit.name(name)) {
                Some(special) => {
                    self.push_result(index, Inst { op: Opcode::SpecialGet, imm: special as u64, ..NO_INST });
                }
                None => return false,
            },
            Op::AwkToNum => match top {
                Some(Symbol::Field(field)) => {
                    self.region.stack.pop();
                    self.push_result(index, Inst { op: Opcode::FieldNumber, imm: field.into(), ..NO_INST });
                }
                _ => self.unary(index, Opcode::ToNumber),
            },
            Op::AwkToStr => self.unary(index, Opcode::ToText),
            Op::AwkTruthy => self.unary(index, Opcode::Truth),
            Op::AwkDiv => self.binary(index, Opcode::DivAwk, None),
            Op::AwkMod => self.binary(index, Opcode::ModAwk, None),
            Op::AwkRegexMatch => return self.field_and_constant(index, Opcode::FieldMatches),
            Op::AwkArrayGet(name) => {
                let imm = self.unit.global(name) as u64;
                let (b, take) = self.pop_register(index);
                let c = flag(take, TAKE_FIRST);
                self.push_result(index, Inst { op: Opcode::ElementGet, a: 0, b, c, imm });
            }
            Op::AwkArraySet(name) => {
                let imm = self.unit.global(name) as u64;
                let (b, take_key) = self.pop_register(index);
                let (a, take_value) = self.pop_register(index);
                let c = flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND);
                self.emit(index, Inst { op: Opcode::ElementSet, a, b, c, imm });
            }
            Op::AwkPrint(n) => self.print(index, n.into()),
            _ => return false,
        }
        true
    }

    /// An op on a field and a constant string, the two top values, whose result is a Bool.
    pub(super) fn field_and_constant(&mut self, index: usize, op: Opcode) -> bool {
        let top = self.region.stack.len() - 1;
        let (Symbol::Field(b), Symbol::Constant(constant)) =
            (self.region.stack[top - 1], self.region.stack[top])
        else {
            return false;
        };
        let Value::Str(_) = &self.unit.constants[usize::from(constant)] else { return false };
        let imm = self.constant_address(Symbol::Constant(constant)).unwrap_or_default();
        self.region.stack.truncate(top - 1);
        self.push_result(index, Inst { op, a: 0, b, c: 0, imm });
        true
    }

    /// Makes the two top values that are fields operands of arithmetic. Without integers the kind that a
    /// field's text has does not matter.
    pub(super) fn fields_to_operands(&mut self, index: usize, top: usize) {
        if !self.float_mode {
            return;
        }
        for depth in [top - 1, top] {
            if let Symbol::Field(field) = self.region.stack[depth] {
                let a = self.temporary(depth);
                self.emit(index, Inst { op: Opcode::FieldNumber, a, b: 0, c: 0, imm: field.into() });
                self.region.stack[depth] = Symbol::Temporary;
                self.region.last_result = None;
            }
        }
    }

    /// Reads the fields that are still to be read, before a sub may change the record.
    pub(super) fn release_fields(&mut self, index: usize) {
        for depth in 0..self.region.stack.len() {
            if let Symbol::Field(_) = self.region.stack[depth] {
                self.materialise(index, depth);
            }
        }
    }

    /// Prints the top `n` values from where they are.
    fn print(&mut self, index: usize, n: usize) {
        let first = self.region.stack.len() - n;
        let mut list = Vec::with_capacity(n);
        for depth in first..self.region.stack.len() {
            let symbol = self.region.stack[depth];
            list.push(match symbol {
                Symbol::Field(field) => Printed::Field(field),
                Symbol::Slot(register) => Printed::Register(register, false),
                Symbol::LastUse(register) => Printed::Register(register, true),
                _ => match self.constant_address(symbol) {
                    Some(address) => Printed::Constant(address),
                    None => {
                        self.materialise(index, depth);
                        Printed::Register(self.temporary(depth), true)
                    }
                },
            });
        }
        self.region.stack.truncate(first);
        // A redirected print runs the host.
        self.release_slots(index);
        self.region.last_result = None;
        let imm = self.lists.prints.len() as u64;
        self.lists.prints.push(list.into());
        self.emit(index, Inst { op: Opcode::Print, imm, ..NO_INST });
    }
}
