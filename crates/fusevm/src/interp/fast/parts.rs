//! The operands of instructions that take a list of them.

use super::State;
use super::register::use_up;
use crate::awk_host::{AwkState, MAX_FIELDS, Operand, Operands};
use crate::code::{Inst, MAX_CONVERTED, Part};
use crate::error::OpResult;
use crate::interp::ops::awk::fields::field_index;
use crate::value::Value;
use crate::vm::VM;

/// The operands of an instruction that has a list of them.
pub(super) struct Parts<'a> {
    list: &'a [Part],
    base: *mut Value,
}

impl Parts<'_> {
    /// Those of an instruction, of which none is a field whose number is computed, or each such number is looked at for itself.
    ///
    /// # Safety
    /// The instruction is of the unit that runs, which goes on longer than what is given, and the registers are of
    /// the window.
    #[inline(always)]
    pub unsafe fn of<'a>(vm: &VM, inst: &Inst, base: *mut Value) -> Parts<'a> {
        // SAFETY: as for this function.
        let code = unsafe { State::code_of(vm.fast.unit.0, vm.charges_fuel) };
        Parts { list: &code.lists.parts[inst.imm as usize], base }
    }

    /// Those of an instruction, once the numbers of its fields are looked at.
    ///
    /// # Errors
    /// A field's number is negative. Nothing is used up then.
    ///
    /// # Safety
    /// As for [`of`](Parts::of).
    #[inline(always)]
    pub unsafe fn checked<'a>(vm: &VM, inst: &Inst, base: *mut Value) -> OpResult<Parts<'a>> {
        // SAFETY: as for this function.
        let parts = unsafe { Parts::of(vm, inst, base) };
        for part in parts.list {
            if let Part::FieldAt(register, _) = *part {
                // SAFETY: as for this function.
                field_index(unsafe { &*base.add(register.into()) })?;
            }
        }
        Ok(parts)
    }

    /// Appends the texts of the parts from the one with number `first` on. Those among the first of all that have a bit in
    /// `converted` are awk's strings of values, by CONVFMT.
    ///
    /// # Errors
    /// A field's number is negative, or a number has no text.
    #[inline(always)]
    pub fn append_to(
        &self,
        awk: &mut AwkState,
        first: usize,
        converted: u16,
        text: &mut Vec<u8>,
    ) -> OpResult<()> {
        // SAFETY: registers of the window, which is not changed meanwhile.
        let value = |register: u16| unsafe { &*self.base.add(register.into()) };
        for (number, part) in self.list.iter().enumerate().skip(first) {
            match *part {
                Part::Field(field) => awk.append_text(field.into(), text)?,
                Part::FieldAt(register, _) => awk.append_text(field_index(value(register))?, text)?,
                Part::Register(register, _) if number < MAX_CONVERTED && converted >> number & 1 != 0 => {
                    awk.convfmt.append_value(value(register), text)?;
                }
                Part::Register(register, _) => value(register).append_to(text),
                // SAFETY: a constant of the code, which is not changed meanwhile.
                Part::Constant(address) => unsafe { (*(address as *const Value)).append_to(text) },
            }
        }
        Ok(())
    }

    /// How many there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Drops what is used up.
    ///
    /// # Safety
    /// The registers are of the window, and nothing reads those values any more.
    pub unsafe fn use_up(&self) {
        // SAFETY: as for this function.
        unsafe { self.use_up_from(0) };
    }

    /// As `use_up`, of all but the first few.
    ///
    /// # Safety
    /// As for `use_up`.
    #[inline(always)]
    pub unsafe fn use_up_from(&self, first: usize) {
        for part in &self.list[first..] {
            if let Part::Register(register, true) | Part::FieldAt(register, true) = *part {
                // SAFETY: as for this function.
                unsafe { use_up(self.base.add(register.into())) };
            }
        }
    }

    /// As `use_up`, of the first one.
    ///
    /// # Safety
    /// As for `use_up`.
    #[inline(always)]
    pub unsafe fn use_up_first(&self) {
        if let Some(Part::Register(register, true) | Part::FieldAt(register, true)) = self.list.first() {
            // SAFETY: as for this function.
            unsafe { use_up(self.base.add((*register).into())) };
        }
    }

    /// Whether an operand is in a register.
    #[inline(always)]
    pub fn is_register(&self, index: usize, register: u16) -> bool {
        matches!(self.list.get(index), Some(Part::Register(of, _)) if *of == register)
    }

    /// The field whose number is in a register, out of the way of instructions that have no such operand.
    #[inline(never)]
    fn computed_field(&self, register: u16) -> usize {
        // SAFETY: a register of the window, which is not changed meanwhile. That it has the number of a field was found out before.
        field_index(unsafe { &*self.base.add(register.into()) }).unwrap_or(MAX_FIELDS)
    }
}

impl Operands for Parts<'_> {
    #[inline(always)]
    fn get(&self, index: usize) -> Option<Operand<'_>> {
        Some(match *self.list.get(index)? {
            Part::Field(field) => Operand::Field(field.into()),
            Part::FieldAt(register, _) => Operand::Field(self.computed_field(register)),
            // SAFETY: registers of the window, which is not changed meanwhile.
            Part::Register(register, _) => Operand::Value(unsafe { &*self.base.add(register.into()) }),
            // SAFETY: a constant of the code, which is not changed meanwhile.
            Part::Constant(address) => Operand::Value(unsafe { &*(address as *const Value) }),
        })
    }
}
