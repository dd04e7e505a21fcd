//! The names of a record's fields, and what else a format says of them.

use super::FieldSpan;

/// How a field is written in a record, by which it is written again for as long as it is not assigned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::awk_host) enum Notation {
    /// As a text, or by what its value looks like.
    #[default]
    Value,
    /// As a string, though it may look like a number.
    Quoted,
    /// As its text stands.
    Verbatim,
    /// By a word that is no text.
    Null,
}

/// Names, in the order of the fields.
#[derive(Debug, Default)]
pub(in crate::awk_host) struct Names {
    text: Vec<u8>,
    places: Vec<FieldSpan>,
    notations: Vec<Notation>,
    /// The name that was asked for last and that no field has, and the field that would have it.
    wanted: Vec<(usize, Vec<u8>)>,
}

impl Names {
    pub fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
        self.notations.clear();
        self.wanted.clear();
    }

    /// Says how the next field is written.
    pub fn push_notation(&mut self, notation: Notation) {
        self.notations.push(notation);
    }

    /// How a field is written, from 0.
    pub fn notation(&self, index: usize) -> Notation {
        self.notations.get(index).copied().unwrap_or_default()
    }

    /// A field is assigned, from 0.
    #[inline]
    pub fn forget_notation(&mut self, index: usize) {
        if let Some(notation) = self.notations.get_mut(index) {
            *notation = Notation::Value;
        }
    }

    /// There are only so many fields now.
    pub fn truncate_notations(&mut self, count: usize) {
        self.notations.truncate(count);
    }

    /// A field behind the last has this name, if it comes to be.
    pub fn want(&mut self, index: usize, name: &[u8]) {
        self.wanted.retain(|(other, _)| *other != index);
        self.wanted.push((index, name.to_vec()));
    }

    /// Gives the next field its name.
    pub fn push(&mut self, name: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(name);
        self.places.push(FieldSpan::new(start, self.text.len()));
    }

    /// The name of a field, from 0.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let wanted = || self.wanted.iter().find(|(other, _)| *other == index).map(|(_, name)| &name[..]);
        self.places.get(index).map(|place| place.of(&self.text)).or_else(wanted)
    }

    /// The first field of that name, from 0; it may be one that is not there yet.
    pub fn position(&self, name: &[u8]) -> Option<usize> {
        let wanted = || self.wanted.iter().find(|(_, other)| other == name).map(|(index, _)| *index);
        self.places.iter().position(|place| place.of(&self.text) == name).or_else(wanted)
    }
}
