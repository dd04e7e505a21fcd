//! What the compiler knows of a register's value: the tags that it can have, and the range of an Int.

use crate::jit::SlotKind;
use crate::value::tag;

/// A set of tags: bit n is tag n.
pub(crate) type Tags = u16;

/// Every tag.
pub(crate) const ALL_TAGS: Tags = (1 << (tag::OBJ + 1)) - 1;
/// The tags whose values own no heap.
const PLAIN: Tags = (1 << tag::STR) - 1;

/// What is known of a value. The bottom element has no tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub tags: Tags,
    /// Least and greatest Int that it can be; the whole range when `tags` lacks Int.
    pub low: i64,
    pub high: i64,
}

/// Where a value of some kind is while native code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// In an SSA variable, as an i64.
    Int,
    /// In an SSA variable, as an f64.
    Float,
    /// In an SSA variable, as an i8 of 0 or 1.
    Bool,
    /// Nowhere: there is only one such value.
    Undef,
    /// In its register in memory.
    Memory,
}

impl Place {
    /// The tag of values that are there.
    pub fn tag(self) -> u8 {
        match self {
            Place::Int => tag::INT,
            Place::Float => tag::FLOAT,
            Place::Bool => tag::BOOL,
            Place::Undef | Place::Memory => tag::UNDEF,
        }
    }
}

impl Kind {
    /// Nothing: what no path has reached.
    #[cfg(test)]
    pub const NONE: Kind = Kind { tags: 0, low: i64::MIN, high: i64::MAX };
    /// Anything.
    pub const ANY: Kind = Kind::of_tags(ALL_TAGS);
    /// A value that owns no heap: what dead temporaries hold.
    pub const UNOWNED: Kind = Kind::of_tags(PLAIN);
    pub const UNDEF: Kind = Kind::of(tag::UNDEF);
    pub const BOOL: Kind = Kind::of(tag::BOOL);
    pub const INT: Kind = Kind::of(tag::INT);
    pub const FLOAT: Kind = Kind::of(tag::FLOAT);

    pub const fn of_tags(tags: Tags) -> Kind {
        Kind { tags, low: i64::MIN, high: i64::MAX }
    }

    pub const fn of(tag: u8) -> Kind {
        Kind::of_tags(1 << tag)
    }

    /// An Int within a range.
    pub const fn range(low: i64, high: i64) -> Kind {
        Kind { tags: 1 << tag::INT, low, high }
    }

    /// The tag, when there is only one.
    pub fn single(self) -> Option<u8> {
        (self.tags.count_ones() == 1).then(|| self.tags.trailing_zeros() as u8)
    }

    pub fn is(self, tag: u8) -> bool {
        self.tags == 1 << tag
    }

    pub fn can_be(self, tag: u8) -> bool {
        self.tags & 1 << tag != 0
    }

    pub fn may_own(self) -> bool {
        self.tags & !PLAIN != 0
    }

    /// The kind of values out of memory that a lowering of an extension op computes.
    pub fn of_slot(kind: SlotKind) -> Kind {
        match kind {
            SlotKind::Int => Kind::INT,
            SlotKind::Float => Kind::FLOAT,
            SlotKind::Bool => Kind::BOOL,
            _ => Kind::ANY,
        }
    }

    /// Where such a value is.
    pub fn place(self) -> Place {
        match self.single() {
            Some(tag::INT) => Place::Int,
            Some(tag::FLOAT) => Place::Float,
            Some(tag::BOOL) => Place::Bool,
            Some(tag::UNDEF) => Place::Undef,
            _ => Place::Memory,
        }
    }

    /// The least kind that covers both.
    pub fn join(self, other: Kind) -> Kind {
        let tags = self.tags | other.tags;
        let (low, high) = match (self.can_be(tag::INT), other.can_be(tag::INT)) {
            (true, true) => (self.low.min(other.low), self.high.max(other.high)),
            (true, false) => (self.low, self.high),
            (false, true) => (other.low, other.high),
            (false, false) => (i64::MIN, i64::MAX),
        };
        Kind { tags, low, high }
    }

    /// Like [`Kind::join`], for loops that would raise a bound again and again: a bound that moves goes to
    /// the next of a few steps, so that inference ends.
    pub fn widen(self, newer: Kind) -> Kind {
        const STEPS: [i64; 6] = [0, 255, 0xffff, i32::MAX as i64, 1 << 53, i64::MAX];
        let joined = self.join(newer);
        if !self.can_be(tag::INT) {
            return joined;
        }
        let high = match joined.high > self.high {
            true => STEPS.into_iter().find(|step| *step >= joined.high).unwrap_or(i64::MAX),
            false => joined.high,
        };
        let low = match joined.low < self.low {
            true => STEPS.into_iter().map(|s| !s).chain([0]).filter(|s| *s <= joined.low).max(),
            false => Some(joined.low),
        };
        Kind { low: low.unwrap_or(i64::MIN), high, ..joined }
    }

    /// The same kind without the tags that a guard has excluded.
    pub fn narrowed(self, tag: u8) -> Kind {
        Kind { tags: 1 << tag, low: self.low, high: self.high }
    }

    /// The Int within bounds that a comparison has shown. An empty range means that the place cannot be
    /// reached, and any kind is right.
    pub fn bounded(self, low: i64, high: i64) -> Kind {
        let (low, high) = (self.low.max(low), self.high.min(high));
        if low <= high { Kind { low, high, ..self } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_cover_both() {
        let kind = Kind::range(3, 5).join(Kind::FLOAT);
        assert_eq!((kind.low, kind.high, kind.single()), (3, 5, None));
        assert!(kind.can_be(tag::INT) && kind.can_be(tag::FLOAT));
        let kind = Kind::range(3, 5).join(Kind::range(-1, 4));
        assert_eq!((kind.low, kind.high), (-1, 5));
        assert_eq!(Kind::NONE.join(Kind::range(1, 2)), Kind::range(1, 2));
    }

    #[test]
    fn widening_ends() {
        let mut kind = Kind::range(0, 0);
        let mut steps = 0;
        loop {
            let next = kind.widen(Kind::range(kind.low, kind.high.saturating_add(1)));
            if next == kind {
                break;
            }
            kind = next;
            steps += 1;
        }
        assert_eq!((kind.low, kind.high), (0, i64::MAX));
        assert!(steps < 10);
        assert_eq!(Kind::range(0, 9).widen(Kind::range(-3, 9)).low, -256);
    }

    #[test]
    fn owners_stay_in_memory() {
        for tag in 0..=tag::OBJ {
            let kind = Kind::of(tag);
            assert_eq!(kind.may_own(), tag >= tag::STR);
            assert!(!kind.may_own() || kind.place() == Place::Memory);
        }
    }
}
