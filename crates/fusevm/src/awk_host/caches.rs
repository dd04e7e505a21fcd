//! What dynamic regular expressions and formats were compiled to, found again by their text.

use super::outlook::Outlook;
use super::record::Record;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::format::{Format, FormatError};
use crate::value::ByteStr;
use hashbrown::HashMap;
use memchr::memmem;

/// How many compiled forms are kept; a program that makes more of them starts anew.
const CAPACITY: usize = 500;

/// Slots of the table that is looked at first.
const RECENT: usize = 64;

/// The longest text that is kept because it was used lately.
const RECENT_LENGTH: usize = 1024;

/// Compiled forms by their text. One that was used lately is found by what its text is or where it lies, without a look at
/// its bytes: it is a constant, most often.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    entries: Vec<(Box<[u8]>, T)>,
    by_text: HashMap<Box<[u8]>, u16, foldhash::fast::RandomState>,
    /// Texts that were used lately, by a cheap hash, and the indices of their entries. None before the first.
    recent: Vec<(ByteStr, u16)>,
}

impl<T> Default for Cache<T> {
    fn default() -> Cache<T> {
        Cache { entries: Vec::new(), by_text: HashMap::default(), recent: Vec::new() }
    }
}

impl<T> Cache<T> {
    /// The compiled form of a text, made when it is new.
    #[inline]
    pub fn get(&mut self, text: &ByteStr, make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<&T> {
        let identity = text.identity();
        let index = match self.recent.get(recent_slot(identity)) {
            Some((known, index)) if known.identity() == identity => usize::from(*index),
            _ => self.find(text, make)?,
        };
        Ok(&self.entries[index].1)
    }

    /// Forgets all forms: what a text means has changed.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.by_text.clear();
        self.recent.clear();
    }

    /// As [`get`](Cache::get), of a text that was not used lately: the index of its entry.
    #[inline(never)]
    fn find(&mut self, text: &ByteStr, make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<usize> {
        let index = match self.by_text.get(&**text) {
            Some(index) => *index,
            None => self.add(text, make(text)?),
        };
        if text.len() <= RECENT_LENGTH {
            if self.recent.is_empty() {
                // A slot without a text of its own has one that is found elsewhere.
                self.recent.resize(RECENT, (text.clone(), index));
            }
            self.recent[recent_slot(text.identity())] = (text.clone(), index);
        }
        Ok(index.into())
    }

    fn add(&mut self, text: &[u8], made: T) -> u16 {
        if self.entries.len() == CAPACITY {
            self.clear();
        }
        let index = self.entries.len() as u16;
        self.entries.push((text.into(), made));
        self.by_text.insert(text.into(), index);
        index
    }
}

/// Mixes what tells texts from each other.
#[inline(always)]
fn recent_slot([first, second]: [u64; 2]) -> usize {
    let mixed = (first ^ second.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - RECENT.ilog2())) as usize
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
    /// None for a text with a newline in it.
    outlook: Option<Outlook>,
}

impl Needles {
    /// Where a text first lies in another.
    #[inline]
    pub fn find(&mut self, text: &[u8], wanted: &ByteStr) -> Option<usize> {
        if let [byte] = **wanted {
            return memchr::memchr(byte, text);
        }
        self.recent.resize(NEEDLES, Needle::default());
        let needle = &mut self.recent[recent_slot(wanted.identity()) % NEEDLES];
        if needle.text.identity() != wanted.identity() && needle.text != *wanted {
            let outlook = (!wanted.contains(&b'\n')).then(Outlook::default);
            *needle = Needle { text: wanted.clone(), finder: None, outlook };
            return memmem::find(text, wanted);
        }
        let finder = || Box::new(memmem::Finder::new(&**wanted).into_owned());
        needle.finder.get_or_insert_with(finder).find(text)
    }

    /// Where a text first lies in the record, where that is known without a look at it.
    #[inline]
    pub fn foresee(&self, record: &Record, wanted: &ByteStr) -> Option<Option<usize>> {
        let needle = self.recent.get(recent_slot(wanted.identity()) % NEEDLES)?;
        if needle.text.identity() != wanted.identity() {
            return None;
        }
        let finder = needle.finder.as_ref()?;
        needle.outlook.as_ref()?.place(record, true, |lines| finder.find(lines))
    }
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
    use crate::awk_host::pattern::Pattern;
    use crate::text::ere;

    #[test]
    fn forms_are_made_once_and_bounded() {
        let mut cache = Cache::default();
        for round in 0..3 {
            for n in 0..CAPACITY {
                let text = format!("pattern {n}");
                let made = cache.get(&ByteStr::new(text.as_bytes()), |_| Ok(round)).unwrap();
                assert_eq!(*made, 0, "{text}");
            }
        }
        assert_eq!(cache.get(&ByteStr::new(b"one more"), |_| Ok(7)), Ok(&7));
        assert_eq!(cache.entries.len(), 1);
        assert_eq!(cache.get(&ByteStr::new(b"pattern 1"), |_| Ok(8)), Ok(&8));
    }

    #[test]
    fn a_failure_is_not_kept() {
        let mut cache = Cache::default();
        let mut compile = |text: &[u8]| {
            cache.get(&ByteStr::new(text), |text| Pattern::new(text, &ere::Options::AWK)).is_ok()
        };
        assert!(!compile(b"("));
        assert!(compile(b"a"));
        assert_eq!(cache.entries.len(), 1);
    }
}
