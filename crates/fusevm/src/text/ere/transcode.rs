//! Text with invalid UTF-8 as valid UTF-8: each byte that belongs to no valid sequence becomes one private code point.
//! That makes "an invalid byte is one character" exact for every automaton, and costs only those texts that need it.

use super::Span;

/// The code point that stands for the invalid byte `b` is this plus `b`: the last 128 of Unicode's last private-use plane.
const BASE: u32 = 0x10_FF00;
/// How much longer a stand-in is than its byte.
const GROWTH: usize = 3;

/// The stand-in for an invalid byte (0x80..=0xFF).
pub(super) fn stand_in(byte: u8) -> char {
    char::from_u32(BASE + u32::from(byte)).expect("BASE + a byte is at most U+10FFFF")
}

/// The first stand-in: a character set that has it can match invalid bytes.
pub(super) fn first_stand_in() -> char {
    stand_in(0x80)
}

/// A text rewritten with stand-ins, and the way back to its own offsets.
pub(super) struct Transcoded {
    text: Vec<u8>,
    /// Offsets of the invalid bytes in the original text, ascending.
    invalid: Vec<usize>,
}

impl Transcoded {
    /// `None` when the text is valid as it is.
    pub(super) fn new(original: &[u8]) -> Option<Transcoded> {
        let valid = std::str::from_utf8(original).err()?.valid_up_to();
        let mut text = Vec::with_capacity(original.len() + 64);
        text.extend_from_slice(&original[..valid]);
        let mut invalid = Vec::new();
        let mut at = valid;
        for chunk in original[valid..].utf8_chunks() {
            text.extend_from_slice(chunk.valid().as_bytes());
            at += chunk.valid().len();
            for &byte in chunk.invalid() {
                text.extend_from_slice(stand_in(byte).encode_utf8(&mut [0; 4]).as_bytes());
                invalid.push(at);
                at += 1;
            }
        }
        Some(Transcoded { text, invalid })
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn offset_of(&self, offset: usize) -> usize {
        offset + GROWTH * self.invalid.partition_point(|&at| at < offset)
    }

    pub(super) fn span_to_original(&self, (start, end): Span) -> Span {
        (self.to_original(start), self.to_original(end))
    }

    fn to_original(&self, offset: usize) -> usize {
        // The i-th invalid byte sits at its own offset plus the growth of the i before it.
        let (mut low, mut high) = (0, self.invalid.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.invalid[middle] + GROWTH * middle < offset {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        offset - GROWTH * low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_there_and_back() {
        let original = b"a\xffb\xc3\xa9\xe2\x82z\x80";
        let text = Transcoded::new(original).expect("it has invalid bytes");
        assert_eq!(text.text().len(), original.len() + 4 * GROWTH);
        for offset in [0, 1, 2, 3, 5, 6, 7, 8, 9] {
            let there = text.offset_of(offset);
            assert_eq!(text.span_to_original((there, there)), (offset, offset));
        }
        assert!(Transcoded::new("aé".as_bytes()).is_none());
    }
}
