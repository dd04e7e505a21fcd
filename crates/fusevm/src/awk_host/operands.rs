//! Operands of awk's functions from where they are: a field that is only looked at makes no value.

use super::record::Record;
use super::state::NumberFormat;
use crate::error::OpResult;
use crate::value::{ByteStr, Value};

/// Where an operand is.
pub(crate) enum Operand<'a> {
    Value(&'a Value),
    /// A field of the record, or for 0 the record.
    Field(usize),
}

/// Operands, by their number.
pub(crate) trait Operands {
    /// The operand with a number, if there are so many.
    fn get(&self, index: usize) -> Option<Operand<'_>>;
}

impl Operands for [Value] {
    #[inline]
    fn get(&self, index: usize) -> Option<Operand<'_>> {
        <[Value]>::get(self, index).map(Operand::Value)
    }
}

impl<'a> Operand<'a> {
    /// The operand as a value; `room` is for one that is a field.
    pub(super) fn value(self, record: &mut Record, room: &'a mut Value) -> &'a Value {
        match self {
            Operand::Value(value) => value,
            Operand::Field(field) => {
                *room = record.field_value(field);
                room
            }
        }
    }

    /// The string form of the operand; `room` is for that of one that is no string.
    #[inline]
    pub(crate) fn text(
        self,
        record: &'a mut Record,
        convfmt: &NumberFormat,
        room: &'a mut ByteStr,
    ) -> OpResult<&'a [u8]> {
        if let Operand::Field(field) = self
            && record.assigned_value(field).is_none()
        {
            return Ok(record.text_of(field));
        }
        if let Operand::Value(Value::Str(text)) = self {
            return Ok(text);
        }
        let mut value = Value::Undef;
        *room = convfmt.string_of(self.value(record, &mut value), &mut Vec::new())?;
        Ok(room)
    }
}
