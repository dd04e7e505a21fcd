//! The current record and its fields.
//!
//! Both views of it, the text and the fields, are made when they are looked at: fields are found only as far
//! as the program asks, and after a field has been assigned the text is joined again when it is next read.
//! The text of a line that the host has read ahead stays where it was read until the program wants it as a value, or
//! the host wants its buffer. Otherwise it is a string that is filled in place for as long as the program keeps none
//! of its copies, so that neither a record nor a look at `$0` costs an allocation.

use super::ahead::LinesAhead;
use super::formats::{Found, Names};
use super::separator::{Cursor, FieldSpan, Separator};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::scan;
use crate::value::{ByteStr, KeyRef, MAX_INLINE, OrderedMap, Value, number};

/// The most fields that a record can have: `$N = x` makes all those before it too.
pub const MAX_FIELDS: usize = 1 << 24;

/// How much text assigned fields may leave behind before the buffer is tidied.
const SLACK: usize = 64 * 1024;

/// The longest line of which every value that is made of it is a copy.
const SHORT: usize = 512;

/// The most bytes of a part that is appended as if it had as many.
const APPENDED_AT_ONCE: usize = 32;

/// The current record: `$0`, the fields, and NF.
#[derive(Debug, Default)]
pub struct Record {
    /// The record's text, unless it is lent.
    text: ByteStr,
    /// What the host has read ahead.
    ahead: LinesAhead,
    /// Whether the text is the line that was taken from the lines ahead, in its place there.
    is_lent: bool,
    /// The texts of fields that were assigned since the text was made.
    assigned_text: Vec<u8>,
    /// The fields found or assigned so far. Places beyond the text lie in `assigned_text`.
    fields: Vec<FieldSpan>,
    /// How far the text is split.
    cursor: Cursor,
    /// The last field that was asked for in this record, and in the one before: so many are found at once.
    asked: usize,
    expected: usize,
    /// The field of this record that was looked up last as a key, and where it was found.
    looked_up: Option<(usize, usize)>,
    /// Values of assigned fields; shorter than `fields`, or `None`, where a field is still input.
    assigned: Vec<Option<Value>>,
    /// Whether a field or NF was assigned, so that the text must be joined again.
    stale: bool,
    /// Whether each character of the text is known to be a byte.
    characters: Characters,
    /// Whether the text is, or is a copy of, the line that was taken from the lines ahead, in the buffer that is there.
    is_line: bool,
    /// Whether the program made the text, which then is no number whatever it looks like.
    is_plain: bool,
    /// The number that was assigned to the record, of which the text is the string form, until a field is assigned.
    number: Option<f64>,
    /// Whether a field or NF was ever assigned.
    is_changed: bool,
    separator: Separator,
    /// The names of the fields, from a format that has them.
    names: Names,
    output_separator: ByteStr,
    /// The buffers that a joined record is made in.
    spare: Vec<u8>,
    joined_fields: Vec<FieldSpan>,
}

/// What is known of the characters of a text, which is looked at as a whole when it is asked of for the second time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Characters {
    #[default]
    Unknown,
    Asked,
    /// All of it is ASCII.
    Bytes,
    Longer,
}

#[inline]
fn check_length(length: usize) -> OpResult<()> {
    if length < u32::MAX as usize { Ok(()) } else { Err(too_long()) }
}

#[cold]
fn too_long() -> Fault {
    Fault::new(ErrorKind::Range, "a record of more than 4 GiB")
}

impl Record {
    /// Makes this the record.
    ///
    /// # Errors
    /// The text has 4 GiB or more.
    #[inline]
    pub fn set_text(&mut self, text: &[u8]) -> OpResult<()> {
        check_length(text.len())?;
        self.text.try_refill(text, text.len())?;
        self.is_lent = false;
        self.is_plain = false;
        self.begin();
        Ok(())
    }

    /// Makes the next line ahead the record; false when there is none.
    ///
    /// # Errors
    /// Those of [`set_text`](Record::set_text).
    #[inline(always)]
    pub(super) fn take_line(&mut self) -> OpResult<bool> {
        if !self.ahead.take_record() {
            return Ok(false);
        }
        check_length(self.ahead.record().len())?;
        self.is_lent = true;
        self.is_plain = false;
        self.begin();
        self.is_line = self.ahead.separator() == b'\n';
        Ok(true)
    }

    /// Takes the next line ahead for something else; false when there is none.
    pub(super) fn take_line_apart(&mut self, to: &mut Vec<u8>) -> bool {
        let Some((from, length)) = self.ahead.next() else { return false };
        from[..length].clone_into(to);
        true
    }

    /// Leaves out the lines ahead before the one that has a place of their buffer in it, or the last one: how many there were.
    pub(super) fn skip_lines_before(&mut self, place: usize) -> usize {
        self.own();
        self.ahead.skip_before(place)
    }

    /// The lines ahead, if records are lines and there are any.
    pub(super) fn next_lines(&self) -> Option<&LinesAhead> {
        Some(&self.ahead).filter(|ahead| ahead.separator() == b'\n' && !ahead.is_empty())
    }

    /// What ends each of the lines ahead.
    #[inline(always)]
    pub(super) fn ahead_separator(&self) -> u8 {
        self.ahead.separator()
    }

    /// The lines ahead, for others to change: nothing of the record is there any more.
    pub(super) fn lines_ahead(&mut self) -> &mut LinesAhead {
        self.own();
        self.is_line = false;
        &mut self.ahead
    }

    /// The lines ahead, while the text still is that of the line that the record was read as.
    #[inline]
    pub(super) fn lines(&self) -> Option<&LinesAhead> {
        self.is_line.then_some(&self.ahead)
    }

    /// The text as it is.
    #[inline(always)]
    fn text(&self) -> &[u8] {
        text_of(self.is_lent, &self.ahead, &self.text)
    }

    /// Makes the text a string of the record's own.
    #[inline]
    fn own(&mut self) {
        if self.is_lent {
            self.copy_line();
        }
    }

    #[inline(never)]
    fn copy_line(&mut self) {
        self.is_lent = false;
        let length = self.ahead.record().len();
        // Under a heap limit that leaves no room for it the text is empty, and the run ends.
        if self.text.try_refill(self.ahead.lines_from_record(), length).is_err() {
            self.text = ByteStr::EMPTY;
            self.begin();
        }
    }

    /// As [`set_text`](Record::set_text), without a copy.
    pub(crate) fn set_string(&mut self, text: ByteStr) -> OpResult<()> {
        check_length(text.len())?;
        self.is_plain = !text.is_input();
        self.text = text;
        self.is_lent = false;
        self.begin();
        Ok(())
    }

    /// Notes the number that the text, which was set just now, is the string form of.
    pub(crate) fn set_number(&mut self, number: f64) {
        self.number = Some(number);
    }

    /// Makes a text of the program's the record.
    pub(crate) fn replace_text(&mut self, text: &[u8]) -> OpResult<()> {
        self.set_text(text)?;
        self.is_plain = true;
        Ok(())
    }

    /// Puts a byte in each place of another in the text: how many there were. None, and nothing is done, while somebody
    /// else holds the text.
    pub(crate) fn exchange(&mut self, byte: u8, with: u8) -> Option<usize> {
        self.record_bytes();
        self.own();
        let count = scan::exchange(self.text.bytes_mut()?, byte, with);
        if count > 0 {
            self.text.mark_made();
            self.is_plain = true;
            self.begin();
        }
        Some(count)
    }

    /// Puts a text of the program's in the place of the bytes from `start` to `end` of the text, which is up to date. False, and
    /// nothing is done, while somebody else holds the text, or when it has no room for what it becomes.
    pub(super) fn splice(&mut self, start: usize, end: usize, with: &[u8]) -> bool {
        self.own();
        let is_done = self.text.splice(start, end, with);
        if is_done {
            self.is_plain = true;
            self.begin();
        }
        is_done
    }

    /// Forgets the fields of the last text.
    #[inline]
    fn begin(&mut self) {
        self.expected = std::mem::take(&mut self.asked);
        self.fields.clear();
        self.cursor = Cursor::new(self.text());
        self.looked_up = None;
        self.number = None;
        self.is_line = false;
        self.characters = Characters::Unknown;
        self.assigned_text.clear();
        if self.is_changed {
            self.assigned.clear();
            self.stale = false;
            self.is_changed = false;
        }
    }

    /// The text, `$0`.
    #[inline]
    pub fn record_bytes(&mut self) -> &[u8] {
        if self.stale {
            self.join();
        }
        self.text()
    }

    /// The text, `$0`, as a string from input. It shares the record's own, unless it is short, or would hold on
    /// to the room of a much longer one.
    #[inline]
    pub fn record_string(&mut self) -> ByteStr {
        let length = self.record_bytes().len();
        if length <= MAX_INLINE || self.text.capacity() > 4 * length + SLACK {
            let text = ByteStr::new(self.text());
            return if self.is_plain { text } else { text.with_input_mark() };
        }
        self.own();
        if self.is_plain {
            return self.text.clone();
        }
        self.text.clone().with_input_mark()
    }

    /// The text of a line that is still where it was read, if that is sooner copied than shared.
    #[inline]
    pub(crate) fn short_line(&self) -> Option<&[u8]> {
        if !self.is_lent || self.stale {
            return None;
        }
        Some(self.text()).filter(|text| text.len() <= SHORT)
    }

    /// Whether nothing was ever read or assigned that would be field `index`.
    pub(crate) fn is_unset(&mut self, index: usize) -> bool {
        if index == 0 {
            return self.text().is_empty() && self.fields.is_empty() && !self.stale;
        }
        self.find(index);
        match self.fields.get(index - 1) {
            None => true,
            // Fields that were made because one behind them was assigned lie nowhere.
            Some(field) => index > 1 && *field == FieldSpan::default(),
        }
    }

    /// The bytes of field `index`, which is 1 or more; none when there is no such field.
    #[inline]
    pub fn field_bytes(&mut self, index: usize) -> &[u8] {
        self.find(index);
        self.fields.get(index - 1).map_or(b"", |field| self.bytes_of(*field))
    }

    /// NF: how many fields there are.
    #[inline]
    pub fn nf(&mut self) -> usize {
        self.find(usize::MAX);
        self.fields.len()
    }

    /// The bytes of field `index`, or for 0 of the record, unless a value was assigned to it.
    #[inline(always)]
    pub(crate) fn input_bytes(&mut self, index: usize) -> Option<&[u8]> {
        match self.fields.get(index.wrapping_sub(1)) {
            Some(field) if !self.is_changed && field.end() <= self.text().len() => {
                self.asked = self.asked.max(index);
                Some(field.of(text_of(self.is_lent, &self.ahead, &self.text)))
            }
            _ if index == 0 && !self.stale => Some(self.text()),
            _ => self.find_input_bytes(index),
        }
    }

    /// As [`input_bytes`](Record::input_bytes), of a field that is not known yet, or may not be input.
    #[inline(never)]
    fn find_input_bytes(&mut self, index: usize) -> Option<&[u8]> {
        if self.assigned_value(index).is_some() { None } else { Some(self.text_of(index)) }
    }

    /// As [`input_bytes`](Record::input_bytes), and whether each of its characters is known to be a byte; with `utf8` that is
    /// found out once for the whole record.
    #[inline(always)]
    pub(crate) fn input_characters(&mut self, index: usize, utf8: bool) -> Option<(&[u8], bool)> {
        let are_bytes = !utf8 || !self.is_changed && self.has_byte_characters();
        self.input_bytes(index).map(|bytes| (bytes, are_bytes))
    }

    /// Whether each character of the text is a byte, as far as that is known.
    #[inline]
    fn has_byte_characters(&mut self) -> bool {
        self.characters = match self.characters {
            Characters::Unknown => Characters::Asked,
            Characters::Asked if scan::is_ascii(self.text()) => Characters::Bytes,
            Characters::Asked => Characters::Longer,
            known => known,
        };
        self.characters == Characters::Bytes
    }

    /// The bytes of field `index`, or for 0 of the record.
    #[inline]
    pub(crate) fn text_of(&mut self, index: usize) -> &[u8] {
        if index == 0 { self.record_bytes() } else { self.field_bytes(index) }
    }

    /// Appends the bytes of field `index`, or for 0 of the record.
    #[inline(always)]
    pub(crate) fn append_to(&mut self, index: usize, out: &mut Vec<u8>) {
        let part = if index == 0 {
            FieldSpan::new(0, self.record_bytes().len())
        } else {
            self.find(index);
            let Some(field) = self.fields.get(index - 1) else { return };
            *field
        };
        if part.end() > self.text().len() {
            return out.extend_from_slice(self.bytes_of(part));
        }
        if self.is_lent {
            return append_part(self.ahead.lines_from_record(), part, out);
        }
        self.text.append_part_to(part.start(), part.end(), out);
    }

    /// The position in a map of the key that field `index`, or for 0 the record, is; a missing one is made. None, and nothing
    /// is done, when a value was assigned to the field.
    ///
    /// Maps that are filled alike, such as the sums and the counts of the same things, have a key at the same position.
    #[inline(always)]
    pub(crate) fn position_in(&mut self, index: usize, map: &mut OrderedMap) -> Option<usize> {
        let guess = self.looked_up.filter(|(field, _)| *field == index);
        let bytes = self.input_bytes(index)?;
        if let Some((_, position)) = guess
            && map.has_text_key(position, bytes)
        {
            return Some(position);
        }
        let position = map.position_of_key(KeyRef::new(bytes));
        self.looked_up = Some((index, position));
        Some(position)
    }

    /// Field `index`, or for 0 the record, as a value.
    pub fn field_value(&mut self, index: usize) -> Value {
        if index == 0 {
            return self.number.map_or_else(|| Value::Str(self.record_string()), Value::Float);
        }
        match self.assigned.get(index - 1) {
            Some(Some(value)) => value.clone(),
            _ => Value::of_bytes(self.field_bytes(index), true),
        }
    }

    /// Field `index`, or for 0 the record, as a number.
    #[inline]
    pub fn field_number(&mut self, index: usize) -> f64 {
        if index == 0 {
            return match self.number {
                Some(number) => number,
                None => number::parse_float_or_special(self.record_bytes()),
            };
        }
        match self.assigned.get(index - 1) {
            Some(Some(value)) => super::to_number(value),
            _ => number::parse_float_or_special(self.field_bytes(index)),
        }
    }

    /// The value assigned to field `index`, unless the field is still input.
    #[inline]
    pub(crate) fn assigned_value(&self, index: usize) -> Option<&Value> {
        self.assigned.get(index.wrapping_sub(1))?.as_ref()
    }

    /// Assigns field `index`, which is 1 or more; `text` is the value's string form.
    ///
    /// # Errors
    /// There would be too many fields, or too much text.
    pub fn set_field(&mut self, index: usize, value: Value, text: &[u8]) -> OpResult<()> {
        if self.assigned_text.len() > self.text().len() + SLACK {
            self.join();
        }
        let count = self.nf().max(index);
        self.resize(count, text.len())?;
        let start = self.text().len() + self.assigned_text.len();
        self.assigned_text.extend_from_slice(text);
        self.fields[index - 1] = FieldSpan::new(start, start + text.len());
        if self.assigned.len() < index {
            self.assigned.resize(index, None);
        }
        let is_input = matches!(&value, Value::Str(text) if text.is_input());
        self.assigned[index - 1] = (!is_input).then_some(value);
        self.names.forget_notation(index - 1);
        Ok(())
    }

    /// Assigns NF: fields beyond it go, missing ones come, empty.
    ///
    /// # Errors
    /// There would be too many fields, or too much text.
    pub fn set_nf(&mut self, count: usize) -> OpResult<()> {
        self.find(usize::MAX);
        self.resize(count, 0)
    }

    /// Sets what parts the fields of the records to come. The present record keeps its fields. Nothing takes the
    /// place of a format.
    pub fn set_separator(&mut self, separator: Separator) {
        if let Separator::Format(_) = self.separator {
            return;
        }
        self.find(usize::MAX);
        self.separator = separator;
    }

    /// Exchanges what parts the fields with another record.
    pub(super) fn lend_separator(&mut self, other: &mut Record) {
        std::mem::swap(&mut self.separator, &mut other.separator);
    }

    /// Whether a field was assigned since the text was set.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// What parts the fields of a record.
    pub fn separator(&self) -> &Separator {
        &self.separator
    }

    /// Sets OFS, which joins the fields from now on.
    pub fn set_output_separator(&mut self, separator: ByteStr) {
        if self.stale {
            self.join();
        }
        self.output_separator = separator;
    }

    /// OFS.
    #[inline]
    pub fn output_separator(&self) -> &ByteStr {
        &self.output_separator
    }

    /// Finds the fields up to `wanted`.
    #[inline(always)]
    fn find(&mut self, wanted: usize) {
        self.asked = self.asked.max(wanted);
        if self.fields.len() < wanted && !self.cursor.is_done() {
            self.find_more(wanted);
        }
    }

    #[inline(never)]
    fn find_more(&mut self, wanted: usize) {
        if let Separator::Format(_) = self.separator {
            return self.find_in_format(wanted);
        }
        let wanted = wanted.max(self.expected);
        let text = text_of(self.is_lent, &self.ahead, &self.text);
        self.separator.split(text, &mut self.cursor, &mut self.fields, wanted);
    }

    #[cold]
    fn find_in_format(&mut self, wanted: usize) {
        let Separator::Format(format) = self.separator else { return };
        if self.fields.is_empty() {
            self.names.clear();
        }
        let mut found =
            Found { fields: &mut self.fields, names: &mut self.names, made: &mut self.assigned_text };
        let text = text_of(self.is_lent, &self.ahead, &self.text);
        format.split(text, &mut self.cursor, &mut found, wanted);
    }

    /// The names of the fields, which are all found then.
    pub(super) fn names(&mut self) -> &mut Names {
        self.find(usize::MAX);
        &mut self.names
    }

    /// The bytes at a place of the text or of `assigned_text`.
    #[inline]
    fn bytes_of(&self, field: FieldSpan) -> &[u8] {
        let text = self.text();
        match field.beyond(text.len()) {
            None => field.of(text),
            Some(field) => field.of(&self.assigned_text),
        }
    }

    /// Makes the number of fields `count`, all fields being known; `added` bytes of text are to come.
    fn resize(&mut self, count: usize, added: usize) -> OpResult<()> {
        if count > MAX_FIELDS {
            let message = format!("{count} fields are too many, the limit is {MAX_FIELDS}");
            return Err(Fault::new(ErrorKind::Range, message));
        }
        // Joined or not, every text must be addressable.
        let joints = count.saturating_mul(self.output_separator.len());
        let length = self.text().len() + self.assigned_text.len();
        if length.saturating_add(joints).saturating_add(added) >= u32::MAX as usize {
            return Err(too_long());
        }
        self.fields.resize(count, FieldSpan::default());
        self.assigned.truncate(count);
        self.names.truncate_notations(count);
        self.cursor = Cursor::at_end();
        self.stale = true;
        self.number = None;
        self.is_changed = true;
        self.is_line = false;
        Ok(())
    }

    /// Makes the text from the fields and OFS.
    #[cold]
    fn join(&mut self) {
        let mut joined = std::mem::take(&mut self.spare);
        joined.clear();
        for index in 0..self.fields.len() {
            if index > 0 {
                joined.extend_from_slice(&self.output_separator);
            }
            let start = joined.len();
            joined.extend_from_slice(self.bytes_of(self.fields[index]));
            self.joined_fields.push(FieldSpan::new(start, joined.len()));
        }
        // Under a heap limit that leaves no room for it the text is empty, and the run ends.
        if self.text.try_assign(&joined).is_err() {
            self.text = ByteStr::EMPTY;
            self.joined_fields.fill(FieldSpan::default());
        }
        self.is_lent = false;
        self.is_plain = true;
        self.spare = joined;
        std::mem::swap(&mut self.fields, &mut self.joined_fields);
        self.joined_fields.clear();
        self.assigned_text.clear();
        self.stale = false;
    }
}

/// The text of a record of which these are parts.
#[inline(always)]
fn text_of<'a>(is_lent: bool, ahead: &'a LinesAhead, own: &'a ByteStr) -> &'a [u8] {
    if is_lent { ahead.record() } else { own }
}

/// Appends a part of what begins with the text: of a short one so many bytes at once that their number need not be known.
#[inline(always)]
fn append_part(from: &[u8], part: FieldSpan, out: &mut Vec<u8>) {
    match from[part.start()..].first_chunk::<APPENDED_AT_ONCE>() {
        Some(block) if part.len() <= APPENDED_AT_ONCE => {
            let end = out.len() + part.len();
            out.extend_from_slice(block);
            out.truncate(end);
        }
        _ => out.extend_from_slice(part.of(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record {
        let mut record = Record::default();
        record.set_output_separator(ByteStr::new(b" "));
        record.set_text(text.as_bytes()).unwrap();
        record
    }

    fn set(record: &mut Record, index: usize, text: &str) {
        record.set_field(index, Value::str(text), text.as_bytes()).unwrap();
    }

    #[test]
    fn fields_are_found_only_as_far_as_asked() {
        let mut r = record(" a b  c d");
        assert_eq!(r.field_bytes(2), b"b");
        assert_eq!(r.fields.len(), 2);
        assert_eq!(r.field_bytes(1), b"a");
        assert_eq!(r.nf(), 4);
        assert_eq!(r.field_bytes(5), b"");
        assert_eq!(r.record_bytes(), b" a b  c d");
    }

    /// As gawk 5.2.1: `echo 'a b c' | gawk -v OFS=- '{$5="x"; print; NF=2; print; $0=" y z"; print $2, NF}'`.
    #[test]
    fn text_and_fields_follow_each_other() {
        let mut r = record("a b c");
        r.set_output_separator(ByteStr::new(b"-"));
        assert_eq!(r.record_bytes(), b"a b c");
        set(&mut r, 5, "x");
        assert_eq!(r.record_bytes(), b"a-b-c--x");
        assert_eq!((r.nf(), r.field_bytes(4)), (5, &b""[..]));
        r.set_nf(2).unwrap();
        assert_eq!(r.record_bytes(), b"a-b");
        r.set_text(b" y z").unwrap();
        assert_eq!((r.field_bytes(2).to_vec(), r.nf()), (b"z".to_vec(), 2));
    }

    #[test]
    fn an_assigned_field_keeps_its_value() {
        let mut r = record("1 2 3");
        r.set_field(2, Value::Float(0.5), b"0.5").unwrap();
        assert_eq!(r.field_value(2), Value::Float(0.5));
        assert_eq!(r.record_bytes(), b"1 0.5 3");
        assert_eq!(r.field_value(2), Value::Float(0.5));
        assert!(matches!(r.field_value(3), Value::Str(text) if text.is_input()));
        assert_eq!(r.field_number(3), 3.0);
    }

    #[test]
    fn copies_of_the_record_keep_their_text() {
        let mut r = record("a record that needs the heap");
        let copy = r.record_string();
        assert_eq!(copy.as_ptr(), r.record_bytes().as_ptr());
        r.set_text(b"another record that needs it").unwrap();
        assert_eq!(copy, "a record that needs the heap");
        assert!(copy.is_input());
        // Nobody has a copy of this one.
        let at = r.record_bytes().as_ptr();
        r.set_text(b"a third one").unwrap();
        assert_eq!(r.record_bytes().as_ptr(), at);
        assert_eq!(r.record_string(), "a third one");
    }

    #[test]
    fn separators_take_effect_with_the_next_text() {
        let mut r = record("a:b c");
        r.set_separator(Separator::Byte(b':'));
        assert_eq!(r.field_bytes(1), b"a:b");
        r.set_text(b"a:b c").unwrap();
        assert_eq!(r.field_bytes(2), b"b c");
        set(&mut r, 1, "z");
        r.set_output_separator(ByteStr::new(b"-"));
        assert_eq!(r.record_bytes(), b"z b c");
    }

    #[test]
    fn repeated_assignment_needs_bounded_room() {
        let mut r = record("a b");
        for n in 0..100_000 {
            set(&mut r, 1, &format!("text number {n}"));
        }
        assert!(r.assigned_text.capacity() < 1 << 20);
        assert_eq!(r.record_bytes(), b"text number 99999 b");
    }

    #[test]
    fn absurd_numbers_of_fields_are_errors() {
        let mut r = record("a");
        assert!(r.set_field(MAX_FIELDS + 1, Value::Undef, b"").is_err());
        assert!(r.set_nf(usize::MAX).is_err());
        assert_eq!(r.nf(), 1);
    }
}
