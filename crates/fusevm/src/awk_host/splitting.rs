//! `split`: the pieces of a text, as the elements of an array.

use super::formats::TextFormat;
use super::operands::Operand;
use super::pattern::Pattern;
use super::separator::{Cursor, split_by_regex};
use super::state::AwkState;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::value::{ByteStr, Hash, Value, heap};

/// Bytes of an element of a hash, about.
const ENTRY_SIZE: usize = 2 * size_of::<Value>();

/// The text, if the places of its pieces can be told.
#[inline]
fn addressable(text: &[u8]) -> OpResult<&[u8]> {
    if text.len() < u32::MAX as usize {
        return Ok(text);
    }
    Err(Fault::new(ErrorKind::Range, "a string of more than 4 GiB cannot be split"))
}

impl AwkState {
    /// Splits a text, by FS without a separator, into the place of a hash, whose memory is used again: the number of pieces,
    /// which are the elements from 1 on.
    ///
    /// # Errors
    /// The separator does not parse, the text has 4 GiB or more, or the pieces are more than the heap may hold.
    pub(crate) fn split_into(
        &mut self,
        text: Operand<'_>,
        separator: Option<&Value>,
        place: &mut Value,
    ) -> OpResult<f64> {
        let mut room = [ByteStr::EMPTY; 2];
        let [for_separator, for_text] = &mut room;
        let mut value = Value::Undef;
        let with_made;
        let (mut pieces, wanted) = (std::mem::take(&mut self.pieces), usize::MAX);
        pieces.clear();
        let text: &[u8] = if let Some(separator) = separator {
            let separator = self.text_of(separator, for_separator)?;
            if separator.len() <= 1 {
                let separator = self.separator(separator)?;
                let text = addressable(text.text(&mut self.record, &self.convfmt, for_text)?)?;
                separator.split(text, &mut Cursor::new(text), &mut pieces, wanted);
                text
            } else {
                let syntax = self.syntax;
                let regex = self.regexes.get(separator, |pattern| Pattern::new(pattern, &syntax))?;
                let text = addressable(text.text(&mut self.record, &self.convfmt, for_text)?)?;
                split_by_regex(regex, text, &mut Cursor::new(text), &mut pieces, wanted);
                text
            }
        } else {
            let text = text.value(&mut self.record, &mut value);
            let text = addressable(self.text_of(text, for_text)?)?;
            // As records are split, so is a text without a separator.
            if let Some(format @ (TextFormat::Csv | TextFormat::Tsv)) = self.input_format() {
                with_made = format.split_text(text, &mut pieces);
                if with_made.is_empty() { text } else { &with_made }
            } else {
                let own = self.string_separator()?;
                let separator = own.as_ref().unwrap_or(self.record.separator());
                separator.split(text, &mut Cursor::new(text), &mut pieces, wanted);
                text
            }
        };
        heap::check(pieces.len() * ENTRY_SIZE)?;
        if !matches!(place, Value::Hash(_)) {
            *place = Value::Hash(Hash::new());
        }
        if let Value::Hash(hash) = place {
            hash.renumber(pieces.len(), |index, value| value.assign_input(pieces[index].of(text)));
        }
        if heap::tripped() {
            return Err(heap::HeapError::OverLimit.into());
        }
        let count = pieces.len();
        self.pieces = pieces;
        Ok(count as f64)
    }
}
