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

/// Places in a table of texts that were used lately.
const RECENT: usize = 64;

/// The longest text that is kept because it was used lately.
const RECENT_LENGTH: usize = 1024;

/// What belongs to texts that were used lately. A text is found by what it is or where it lies, without a look at its bytes: it is a
/// constant, most often.
#[derive(Debug)]
struct Recent<T> {
    /// A text has one of two places, so that two that are used in turn never drive each other out. No places before the first.
    places: Vec<Option<(ByteStr, T)>>,
}

impl<T> Default for Recent<T> {
    fn default() -> Recent<T> {
        Recent { places: Vec::new() }
    }
}

impl<T> Recent<T> {
    /// The place of a text that is here.
    #[inline(always)]
    fn place(&self, text: &ByteStr) -> Option<usize> {
        let identity = text.identity();
        let first = first_place(identity);
        let is_there = |place: usize| match self.places.get(place) {
            Some(Some((known, _))) => known.identity() == identity,
            _ => false,
        };
        if is_there(first) { Some(first) } else { Some(first ^ 1).filter(|place| is_there(*place)) }
    }

    /// What belongs to a text.
    #[inline(always)]
    fn get(&self, text: &ByteStr) -> Option<&T> {
        let (_, found) = self.places[self.place(text)?].as_ref()?;
        Some(found)
    }

    /// As [`get`](Recent::get), to change it.
    #[inline(always)]
    fn get_mut(&mut self, text: &ByteStr) -> Option<&mut T> {
        let place = self.place(text)?;
        let (_, found) = self.places[place].as_mut()?;
        Some(found)
    }

    /// Adds a text that is not here.
    fn insert(&mut self, text: ByteStr, value: T) {
        if self.places.is_empty() {
            self.places.resize_with(RECENT, || None);
        }
        let first = first_place(text.identity());
        self.places[first ^ 1] = self.places[first].take();
        self.places[first] = Some((text, value));
    }

    fn clear(&mut self) {
        self.places.clear();
    }
}

/// Mixes what tells texts from each other.
#[inline(always)]
fn first_place([first, second]: [u64; 2]) -> usize {
    let mixed = (first ^ second.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - RECENT.ilog2())) as usize
}

/// Compiled forms by their text.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    entries: Vec<(Box<[u8]>, T)>,
    by_text: HashMap<Box<[u8]>, u16, foldhash::fast::RandomState>,
    /// The indices of the entries of texts that were used lately.
    recent: Recent<u16>,
    /// How often all forms were forgotten.
    generation: u64,
}

impl<T> Default for Cache<T> {
    fn default() -> Cache<T> {
        Cache { entries: Vec::new(), by_text: HashMap::default(), recent: Recent::default(), generation: 0 }
    }
}

impl<T> Cache<T> {
    /// The compiled form of a text, made when it is new.
    #[inline]
    pub fn get(&mut self, text: &ByteStr, make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<&T> {
        let number = self.number(text, make)?;
        Ok(self.by_number(number))
    }

    /// The number of the compiled form of a text, made when it is new. It is the form's in this generation.
    #[inline(always)]
    pub fn number(&mut self, text: &ByteStr, make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<u16> {
        match self.recent.get(text) {
            Some(number) => Ok(*number),
            None => self.find(text, make),
        }
    }

    /// The compiled form with a number.
    #[inline(always)]
    pub fn by_number(&self, number: u16) -> &T {
        &self.entries[usize::from(number)].1
    }

    /// Changes when forms are forgotten.
    #[inline(always)]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Forgets all forms: what a text means has changed.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.by_text.clear();
        self.recent.clear();
        self.generation += 1;
    }

    /// As [`number`](Cache::number), of a text that was not used lately.
    #[inline(never)]
    fn find(&mut self, text: &ByteStr, make: impl FnOnce(&[u8]) -> OpResult<T>) -> OpResult<u16> {
        let index = match self.by_text.get(&**text) {
            Some(index) => *index,
            None => self.add(text, make(text)?),
        };
        if text.len() <= RECENT_LENGTH {
            self.recent.insert(text.clone(), index);
        }
        Ok(index)
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

/// What finds texts that are looked for again and again: to prepare a search costs more than to search a line.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    recent: Recent<Needle>,
}

#[derive(Debug)]
struct Needle {
    /// Made when the text is looked for the second time.
    finder: Option<Box<memmem::Finder<'static>>>,
    /// None for a text with a newline in it, and for the empty one, which is at the end of an empty line, too.
    outlook: Option<Outlook>,
}

impl Needles {
    /// Where a text first lies in another.
    #[inline]
    pub fn find(&mut self, text: &[u8], wanted: &ByteStr) -> Option<usize> {
        if let [byte] = **wanted {
            return memchr::memchr(byte, text);
        }
        let Some(needle) = self.recent.get_mut(wanted) else {
            if wanted.len() <= RECENT_LENGTH {
                let is_in_lines = !wanted.is_empty() && !wanted.contains(&b'\n');
                let outlook = is_in_lines.then(Outlook::default);
                self.recent.insert(wanted.clone(), Needle { finder: None, outlook });
            }
            return memmem::find(text, wanted);
        };
        let finder = || Box::new(memmem::Finder::new(&**wanted).into_owned());
        needle.finder.get_or_insert_with(finder).find(text)
    }

    /// Where a text first lies in the record, where that is known without a look at it.
    #[inline]
    pub fn foresee(&self, record: &Record, wanted: &ByteStr) -> Option<Option<usize>> {
        let needle = self.recent.get(wanted)?;
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
    fn texts_that_are_used_in_turn_stay() {
        let mut recent = Recent::default();
        let texts: Vec<ByteStr> = (0..1000).map(|n| ByteStr::new(format!("{n}").as_bytes())).collect();
        let same: Vec<&ByteStr> = texts.iter().filter(|text| first_place(text.identity()) == 5).collect();
        recent.insert(same[0].clone(), 0);
        recent.insert(same[1].clone(), 1);
        assert_eq!((recent.get(same[0]), recent.get(same[1])), (Some(&0), Some(&1)));
        recent.insert(same[2].clone(), 2);
        assert_eq!(
            (recent.get(same[0]), recent.get(same[1]), recent.get(same[2])),
            (None, Some(&1), Some(&2))
        );
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
