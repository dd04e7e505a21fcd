//! What dynamic regular expressions and formats were compiled to, found again by their text.

use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::{self, Ere};
use crate::text::format::{Format, FormatError};
use crate::value::ByteStr;
use hashbrown::HashMap;
use memchr::memmem;

/// How many compiled forms are kept; a program that makes more of them starts anew.
const CAPACITY: usize = 500;

/// Slots of the table that is looked at first.
const RECENT: usize = 64;

/// Compiled forms by their text. A text that was used lately is found without a full hash.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    entries: Vec<(Box<[u8]>, T)>,
    by_text: HashMap<Box<[u8]>, u16, foldhash::fast::RandomState>,
    /// Indices of entries that were used lately, by a cheap hash.
    recent: [u16; RECENT],
}

impl<T> Default for Cache<T> {
    fn default() -> Cache<T> {
        Cache { entries: Vec::new(), by_text: HashMap::default(), recent: [0; RECENT] }
    }
}

impl<T> Cache<T> {
    /// The compiled form of a text, made when it is new.
    #[inline]
    pub fn get(&mut self, text: &[u8], make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<&T> {
        let slot = recent_slot(text);
        let mut index = usize::from(self.recent[slot]);
        if self.entries.get(index).is_none_or(|(known, _)| **known != *text) {
            index = self.find(text, make)?;
            self.recent[slot] = index as u16;
        }
        Ok(&self.entries[index].1)
    }

    /// Forgets all forms: what a text means has changed.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.by_text.clear();
    }

    fn find(&mut self, text: &[u8], make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<usize> {
        if let Some(index) = self.by_text.get(text) {
            return Ok(usize::from(*index));
        }
        let made = make(text)?;
        if self.entries.len() == CAPACITY {
            self.clear();
        }
        let index = self.entries.len();
        self.entries.push((text.into(), made));
        self.by_text.insert(text.into(), index as u16);
        Ok(index)
    }
}

/// Mixes the length and the ends of a text.
#[inline]
fn recent_slot(text: &[u8]) -> usize {
    let byte = |at: Option<&u8>| at.copied().map_or(0, usize::from);
    let mixed =
        text.len() ^ byte(text.first()) ^ byte(text.get(text.len() / 2)) << 1 ^ byte(text.last()) << 2;
    mixed % RECENT
}

/// How many texts that were looked for are known.
const NEEDLES: usize = 8;

/// What finds texts that are looked for again and again: to prepare a search costs more than to search a line.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    recent: Vec<Needle>,
}

#[derive(Clone, Debug, Default)]
struct Needle {
    text: ByteStr,
    /// Made when the text is looked for the second time.
    finder: Option<Box<memmem::Finder<'static>>>,
}

impl Needles {
    /// Where a text first lies in another.
    #[inline]
    pub fn find(&mut self, text: &[u8], wanted: &ByteStr) -> Option<usize> {
        if let [byte] = **wanted {
            return memchr::memchr(byte, text);
        }
        self.recent.resize(NEEDLES, Needle::default());
        let needle = &mut self.recent[recent_slot(wanted) % NEEDLES];
        if needle.text != *wanted {
            *needle = Needle { text: wanted.clone(), finder: None };
            return memmem::find(text, wanted);
        }
        let finder = || Box::new(memmem::Finder::new(&**wanted).into_owned());
        needle.finder.get_or_insert_with(finder).find(text)
    }
}

/// Compiles a regular expression of an awk program.
pub(crate) fn compile_regex(pattern: &[u8], options: &ere::Options) -> OpResult<Ere> {
    Ere::new(pattern, options).map_err(|error| {
        let pattern = String::from_utf8_lossy(pattern);
        Fault::new(ErrorKind::Syntax, format!("invalid regexp: {error}: /{pattern}/"))
    })
}

/// Parses a format of an awk program.
pub(crate) fn parse_format(text: &[u8]) -> OpResult<Format> {
    Format::parse(text).map_err(|error| format_fault(text, &error))
}

/// The error of a format that cannot be parsed, or rendered.
#[cold]
pub(crate) fn format_fault(text: &[u8], error: &FormatError) -> Fault {
    let message = match error {
        FormatError::MissingArgument { at, .. } => {
            let text = String::from_utf8_lossy(text);
            format!("{error}\n\t`{text}'\n\t{:at$}^ ran out for this one", "")
        }
        FormatError::TooWide { .. } => format!("{error}: \"{}\"", text.escape_ascii()),
        _ => error.to_string(),
    };
    Fault::new(ErrorKind::Syntax, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_made_once_and_bounded() {
        let mut cache = Cache::default();
        for round in 0..3 {
            for n in 0..CAPACITY {
                let text = format!("pattern {n}");
                let made = cache.get(text.as_bytes(), |_| Ok(round)).unwrap();
                assert_eq!(*made, 0, "{text}");
            }
        }
        assert_eq!(cache.get(b"one more", |_| Ok(7)), Ok(&7));
        assert_eq!(cache.entries.len(), 1);
        assert_eq!(cache.get(b"pattern 1", |_| Ok(8)), Ok(&8));
    }

    #[test]
    fn a_failure_is_not_kept() {
        let mut cache = Cache::default();
        assert!(cache.get(b"(", |text| compile_regex(text, &ere::Options::AWK)).is_err());
        assert!(cache.get(b"a", |text| compile_regex(text, &ere::Options::AWK)).is_ok());
        assert_eq!(cache.entries.len(), 1);
    }
}
