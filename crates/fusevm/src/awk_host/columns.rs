//! Fields by their names: those of a header line, or of the record itself where its format has them.

use super::formats::{Cell, Notation, append_row};
use super::{AwkState, Record, Separator, TextFormat, looks_numeric};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{ByteStr, Value};
use std::collections::HashMap;

/// The names of a header line.
#[derive(Debug, Default)]
pub(super) struct Header {
    names: Vec<ByteStr>,
    /// Of the columns of the same name, the first.
    index: HashMap<ByteStr, usize>,
}

impl AwkState {
    /// Makes records be read in a format; FS and the like have no effect then. Before the program starts.
    pub fn set_input_format(&mut self, format: TextFormat) {
        self.record.set_separator(Separator::Format(format));
    }

    /// The format that records are read in.
    pub fn input_format(&self) -> Option<TextFormat> {
        match self.record.separator() {
            Separator::Format(format) => Some(*format),
            _ => None,
        }
    }

    /// Makes the fields of a line the names of the fields of the records to come.
    ///
    /// # Errors
    /// The line is too long, or an object, whose fields have names already.
    pub fn set_header(&mut self, line: &[u8]) -> OpResult<()> {
        // The record keeps its fields, so the line is split in another one.
        let mut record = Record::default();
        self.record.lend_separator(&mut record);
        let result = record.set_text(line);
        let names: Vec<ByteStr> =
            (1..=record.nf()).map(|index| ByteStr::new(record.field_bytes(index))).collect();
        let is_object = record.names().get(0).is_some();
        self.record.lend_separator(&mut record);
        if is_object {
            let message = "the first record is no header (-H) but an object, which has names of its own";
            return Err(Fault::new(ErrorKind::Host, message));
        }
        let mut index = HashMap::new();
        for (column, name) in names.iter().enumerate() {
            index.entry(name.clone()).or_insert(column);
        }
        self.header = Some(Header { names, index });
        result
    }

    /// The field of a name, as its number.
    ///
    /// # Errors
    /// There are no names, or not this one. In JSON records differ: there a name that this one does not have is that
    /// of a field after the last.
    pub(crate) fn column(&mut self, name: &[u8]) -> OpResult<usize> {
        if let Some(header) = &self.header {
            return match header.index.get(name) {
                Some(column) => Ok(column + 1),
                None => Err(no_column(name, "the header has no such name")),
            };
        }
        if self.input_format() != Some(TextFormat::JsonLines) {
            return Err(no_column(name, "there is no header; see the options -H and --jsonl"));
        }
        match self.record.names().position(name) {
            Some(column) => Ok(column + 1),
            None => {
                let count = self.record.nf();
                self.record.names().want(count, name);
                Ok(count + 1)
            }
        }
    }

    /// The row that values are in a format; of no values, the row of the record's fields.
    pub(crate) fn row(&mut self, format: TextFormat, values: &[Value]) -> OpResult<ByteStr> {
        let mut row = Vec::new();
        if values.is_empty() {
            self.append_record_row(format, &mut row);
        } else {
            let mut texts = Vec::with_capacity(values.len());
            for value in values {
                let mut text = Vec::new();
                self.append_output(value, &mut text)?;
                texts.push(text);
            }
            let cells = texts.iter().zip(values).map(|(text, value)| Cell {
                text,
                is_number: !matches!(value, Value::Str(_) | Value::Undef) || looks_numeric(value).is_some(),
                notation: Notation::Value,
                name: None,
            });
            append_row(format, cells, &mut row);
        }
        Ok(ByteStr::new(&row))
    }

    fn append_record_row(&mut self, format: TextFormat, row: &mut Vec<u8>) {
        if self.input_format() == Some(format) && !self.record.is_changed() {
            row.extend_from_slice(self.record.record_bytes());
            return;
        }
        let count = self.record.nf();
        // A field that came later has its number for a name, in an object.
        let is_object =
            self.header.is_some() || (0..count).any(|index| self.record.names().get(index).is_some());
        let mut cells = Vec::with_capacity(count);
        for index in 1..=count {
            let value = self.record.field_value(index);
            let is_number = !matches!(value, Value::Str(_)) || looks_numeric(&value).is_some();
            let name = match &self.header {
                Some(header) => header.names.get(index - 1).cloned(),
                None => self.record.names().get(index - 1).map(ByteStr::new),
            };
            let name = name.or_else(|| is_object.then(|| ByteStr::new(index.to_string().as_bytes())));
            let notation = self.record.names().notation(index - 1);
            cells.push((ByteStr::new(self.record.field_bytes(index)), is_number, notation, name));
        }
        let cells = cells.iter().map(|(text, is_number, notation, name)| Cell {
            text,
            is_number: *is_number,
            notation: *notation,
            name: name.as_deref(),
        });
        append_row(format, cells, row);
    }
}

#[cold]
fn no_column(name: &[u8], reason: &str) -> Fault {
    let name = String::from_utf8_lossy(name);
    Fault::new(ErrorKind::Host, format!("no column is named `{name}': {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(format: TextFormat, record: &str) -> AwkState {
        let mut state = AwkState::default();
        state.set_input_format(format);
        state.record.set_text(record.as_bytes()).unwrap();
        state
    }

    #[test]
    fn columns_have_the_names_of_the_header() {
        let mut state = state(TextFormat::Csv, "x,\"2\"");
        assert!(state.column(b"a").is_err());
        state.set_header(b"a,\"b \"\"c\"\"\",a").unwrap();
        assert_eq!(state.column(b"a").unwrap(), 1);
        assert_eq!(state.column(b"b \"c\"").unwrap(), 2);
        assert!(state.column(b"d").is_err());
        assert_eq!((state.record.nf(), state.record.field_bytes(2)), (2, &b"2"[..]));
    }

    #[test]
    fn members_have_their_own_names() {
        let mut state = state(TextFormat::JsonLines, r#"{"a":1,"b":"x"}"#);
        assert_eq!((state.column(b"b").unwrap(), state.column(b"c").unwrap()), (2, 3));
        assert!(state.set_header(br#"{"a":1}"#).is_err());
        state.record.set_field(2, Value::str("y\""), b"y\"").unwrap();
        state.record.set_field(3, Value::Float(2.5), b"2.5").unwrap();
        assert_eq!(state.row(TextFormat::JsonLines, &[]).unwrap(), r#"{"a":1,"b":"y\"","c":2.5}"#);
        assert_eq!(state.column(b"c").unwrap(), 3);
        state.record.set_field(4, Value::Float(1.0), b"1").unwrap();
        assert_eq!(state.row(TextFormat::JsonLines, &[]).unwrap(), r#"{"a":1,"b":"y\"","c":2.5,"4":1}"#);
        assert_eq!(state.row(TextFormat::Csv, &[]).unwrap(), r#"1,"y""",2.5,1"#);
    }

    #[test]
    fn values_that_are_not_assigned_stay_as_they_are_written() {
        let mut state = state(TextFormat::JsonLines, r#"{"a":1,"n":null,"s":"12","t":[1, true],"b":false}"#);
        state.record.set_field(1, Value::Float(2.0), b"2").unwrap();
        // The record is joined, which changes none of it.
        assert_eq!(state.record.record_bytes(), b"2  12 [1, true] false");
        let expected = r#"{"a":2,"n":null,"s":"12","t":[1, true],"b":false}"#;
        assert_eq!(state.row(TextFormat::JsonLines, &[]).unwrap(), expected);
        let text = ByteStr::from_input(b"[]");
        state.record.set_field(4, Value::Str(text), b"[]").unwrap();
        state.record.set_nf(4).unwrap();
        state.record.set_nf(5).unwrap();
        let expected = r#"{"a":2,"n":null,"s":"12","t":"[]","b":""}"#;
        assert_eq!(state.row(TextFormat::JsonLines, &[]).unwrap(), expected);
    }

    #[test]
    fn an_unchanged_record_is_written_as_it_was() {
        let mut state = state(TextFormat::Csv, "\"a\",b");
        assert_eq!(state.row(TextFormat::Csv, &[]).unwrap(), "\"a\",b");
        assert_eq!(state.row(TextFormat::Tsv, &[]).unwrap(), "a\tb");
        let values = [Value::Float(0.1), Value::str("x,y"), Value::Undef];
        assert_eq!(state.row(TextFormat::Csv, &values).unwrap(), "0.1,\"x,y\",");
        assert_eq!(state.row(TextFormat::JsonLines, &values).unwrap(), r#"[0.1,"x,y",""]"#);
    }
}
