//! `print`, `printf` and `sprintf` of values and fields.

use super::caches::{format_fault, parse_format};
use super::operands::{Operand, Operands};
use super::record::Record;
use super::state::{AwkState, NumberFormat, looks_numeric};
use super::{AwkDialect, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::format::{self, CharArg, FormatArgs};
use crate::value::{Notation, Value};

impl AwkState {
    /// Appends what `print` makes of values: them, or without any the record, with OFS between and ORS after them.
    #[inline]
    pub(crate) fn append_printed(
        &mut self,
        values: &(impl Operands + ?Sized),
        out: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut count = 0;
        while let Some(printed) = values.get(count) {
            if count > 0 {
                self.record.output_separator().append_to(out);
            }
            match printed {
                Operand::Field(field) => self.append_field(field, out)?,
                Operand::Value(value) => self.append_output(value, out)?,
            }
            count += 1;
        }
        if count == 0 {
            self.record.append_to(0, out);
        }
        self.ors().append_to(out);
        Ok(())
    }

    /// Appends what `print` makes of the parts of a text: one behind the other, and ORS.
    #[inline]
    pub(crate) fn append_printed_joined(
        &mut self,
        values: &(impl Operands + ?Sized),
        out: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut count = 0;
        while let Some(part) = values.get(count) {
            match part {
                Operand::Field(field) => self.append_text(field, out)?,
                Operand::Value(value) => self.convfmt.append_value(value, out)?,
            }
            count += 1;
        }
        self.ors().append_to(out);
        Ok(())
    }

    /// Appends what `printf` makes of a format, the first value, and the others.
    #[inline]
    pub(crate) fn append_formatted(
        &mut self,
        values: &(impl Operands + ?Sized),
        out: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut room = Value::Undef;
        let Some(format) = values.get(0) else { return Ok(()) };
        let format = format.value(&mut self.record, &mut room);
        // The text is not copied: what is copied in parts is waited for when it is looked up.
        let made;
        let text = match format {
            Value::Str(text) => text,
            _ => {
                made = self.string(format)?;
                &made
            }
        };
        let format = self.formats.get(text, parse_format)?;
        if let Some(literal) = format.is_literal() {
            out.extend_from_slice(literal);
            return Ok(());
        }
        if self.dialect == AwkDialect::Posix
            && let Some(letter) = format.size_letter()
        {
            let message = format!("`{letter}' is not permitted in POSIX awk formats");
            return Err(Fault::new(ErrorKind::Syntax, message));
        }
        let mut arguments = Arguments {
            values,
            record: &mut self.record,
            convfmt: &self.convfmt,
            text: Vec::new(),
            value: Value::Undef,
            fault: None,
        };
        let result = format.render(out, &mut arguments, self.syntax.utf8);
        match arguments.fault {
            Some(fault) => Err(fault),
            None => result.map_err(|error| format_fault(text, &error)),
        }
    }
}

/// The arguments of a format as awk converts them.
struct Arguments<'a, L: ?Sized> {
    /// The format, and the arguments after it.
    values: &'a L,
    record: &'a mut Record,
    convfmt: &'a NumberFormat,
    /// The string form of the last number.
    text: Vec<u8>,
    /// The last field that had to become a value.
    value: Value,
    /// Why a string form could not be made.
    fault: Option<Fault>,
}

impl<L: Operands + ?Sized> FormatArgs for Arguments<'_, L> {
    fn point(&self) -> u8 {
        Notation::current().point
    }

    fn number(&mut self, index: usize) -> Option<format::Number> {
        Some(format::Number::Float(match self.values.get(index + 1)? {
            Operand::Value(value) => to_number(value),
            Operand::Field(field) => self.record.field_number(field),
        }))
    }

    fn text(&mut self, index: usize) -> Option<&[u8]> {
        if let Operand::Field(field) = self.values.get(index + 1)?
            && self.record.assigned_value(field).is_none()
        {
            return Some(self.record.text_of(field));
        }
        match self.values.get(index + 1)?.value(self.record, &mut self.value) {
            Value::Str(text) => Some(text),
            value => {
                self.text.clear();
                self.fault = self.convfmt.append_value(value, &mut self.text).err();
                self.fault.is_none().then_some(&self.text[..])
            }
        }
    }

    fn char(&mut self, index: usize) -> Option<CharArg<'_>> {
        let value = self.values.get(index + 1)?.value(self.record, &mut self.value);
        Some(match value {
            Value::Str(text) => match looks_numeric(value) {
                Some(code) => CharArg::Code(code),
                None => CharArg::Text(text),
            },
            _ => CharArg::Code(value.to_float()),
        })
    }
}
