//! `print`, `printf` and `sprintf` of values and fields.

use super::caches::{format_fault, parse_format};
use super::record::Record;
use super::state::{AwkState, NumberFormat, as_number, looks_numeric};
use super::{AwkDialect, to_number};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::format::{self, CharArg, FormatArgs};
use crate::value::{Notation, Value};

/// Where a value to be printed is.
pub(crate) enum Printed<'a> {
    Value(&'a Value),
    /// A field of the record, or for 0 the record.
    Field(usize),
}

/// Values to be printed, by their number.
pub(crate) trait PrintList {
    /// The value with a number, if there are so many.
    fn get(&self, index: usize) -> Option<Printed<'_>>;
}

impl PrintList for [Value] {
    #[inline]
    fn get(&self, index: usize) -> Option<Printed<'_>> {
        <[Value]>::get(self, index).map(Printed::Value)
    }
}

/// The value with a number; `room` is for one that is a field.
fn value_of<'v>(
    values: &'v (impl PrintList + ?Sized),
    record: &mut Record,
    room: &'v mut Value,
    index: usize,
) -> Option<&'v Value> {
    Some(match values.get(index)? {
        Printed::Value(value) => value,
        Printed::Field(field) => {
            *room = record.field_value(field);
            room
        }
    })
}

impl AwkState {
    /// Appends what `print` makes of values: them, or without any the record, with OFS between and ORS after them.
    #[inline]
    pub(crate) fn append_printed(
        &mut self,
        values: &(impl PrintList + ?Sized),
        out: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut count = 0;
        while let Some(printed) = values.get(count) {
            if count > 0 {
                out.extend_from_slice(self.record.output_separator());
            }
            match printed {
                Printed::Field(field) => self.append_field(field, out)?,
                Printed::Value(value) => self.append_output(value, out)?,
            }
            count += 1;
        }
        if count == 0 {
            out.extend_from_slice(self.record.record_bytes());
        }
        out.extend_from_slice(self.ors());
        Ok(())
    }

    /// Appends what `printf` makes of a format, the first value, and the others.
    #[inline]
    pub(crate) fn append_formatted(
        &mut self,
        values: &(impl PrintList + ?Sized),
        out: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut room = Value::Undef;
        let Some(format) = value_of(values, &mut self.record, &mut room, 0) else { return Ok(()) };
        let text = self.string(format)?;
        let format = self.formats.get(&text, parse_format)?;
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
            None => result.map_err(|error| format_fault(&text, &error)),
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

impl<L: PrintList + ?Sized> FormatArgs for Arguments<'_, L> {
    fn point(&self) -> u8 {
        Notation::current().point
    }

    fn number(&mut self, index: usize) -> Option<format::Number> {
        Some(format::Number::Float(match self.values.get(index + 1)? {
            Printed::Value(value) => to_number(value),
            Printed::Field(field) => self.record.field_number(field),
        }))
    }

    fn text(&mut self, index: usize) -> Option<&[u8]> {
        if let Printed::Field(field) = self.values.get(index + 1)?
            && self.record.assigned_value(field).is_none()
        {
            return Some(self.record.text_of(field));
        }
        match value_of(self.values, self.record, &mut self.value, index + 1)? {
            Value::Str(text) => Some(text),
            value => {
                self.text.clear();
                match as_number(value) {
                    Some(number) => self.fault = self.convfmt.append(number, &mut self.text).err(),
                    None => value.append_to(&mut self.text),
                }
                self.fault.is_none().then_some(&self.text[..])
            }
        }
    }

    fn char(&mut self, index: usize) -> Option<CharArg<'_>> {
        let value = value_of(self.values, self.record, &mut self.value, index + 1)?;
        Some(match value {
            Value::Str(text) => match looks_numeric(value) {
                Some(code) => CharArg::Code(code),
                None => CharArg::Text(text),
            },
            _ => CharArg::Code(value.to_float()),
        })
    }
}
