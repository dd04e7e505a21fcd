//! The names of a record's fields.

use super::FieldSpan;

/// Names, in the order of the fields.
#[derive(Debug, Default)]
pub(in crate::awk_host) struct Names {
    text: Vec<u8>,
    places: Vec<FieldSpan>,
}

impl Names {
    pub fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
    }

    /// Gives the next field its name.
    pub fn push(&mut self, name: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(name);
        self.places.push(FieldSpan::new(start, self.text.len()));
    }

    /// The name of a field, from 0.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.places.get(index).map(|place| place.of(&self.text))
    }

    /// The first field of that name, from 0.
    pub fn position(&self, name: &[u8]) -> Option<usize> {
        self.places.iter().position(|place| place.of(&self.text) == name)
    }
}
