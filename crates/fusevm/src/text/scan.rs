//! Scanning text for structure, 32 bytes at a time: where bytes of a kind lie, as bits of a word.
//!
//! What follows from the places, such as where fields begin and end, is then arithmetic on the word, without a
//! branch for each byte (as simdjson finds the structure of its input: Langdale and Lemire, 2019).

/// Bytes of one step; a bit for each.
pub const STEP: usize = 32;

/// Where blanks lie among 32 bytes: spaces, tabs and newlines.
#[inline(always)]
pub fn blanks(bytes: &[u8; STEP]) -> u32 {
    any(bytes, [b' ', b'\t', b'\n'])
}

/// Where any of the wanted bytes lie among 32.
#[inline(always)]
pub fn any<const N: usize>(bytes: &[u8; STEP], wanted: [u8; N]) -> u32 {
    lanes::find(bytes, wanted)
}

/// Whether all bytes of a text are ASCII.
#[inline]
pub fn is_ascii(text: &[u8]) -> bool {
    let (steps, rest) = text.as_chunks::<STEP>();
    if steps.iter().any(|bytes| lanes::high_bits(bytes) != 0) {
        return false;
    }
    // What is left is looked at together with some bytes before it, which are known.
    match text.last_chunk() {
        Some(bytes) => lanes::high_bits(bytes) == 0,
        None => rest.is_ascii(),
    }
}

/// What `find` finds in the 32 bytes from a place on, and how many there are when the text ends before; bits of
/// bytes beyond the end are zero.
#[inline(always)]
pub fn at(text: &[u8], place: usize, find: impl Fn(&[u8; STEP]) -> u32) -> (u32, usize) {
    let rest = &text[place..];
    if let Some(bytes) = rest.first_chunk() {
        return (find(bytes), STEP);
    }
    if let Some(bytes) = text.last_chunk() {
        // The last bytes are read together with some before them, which are shifted out.
        let found = u64::from(find(bytes)) >> (STEP - rest.len());
        return (found as u32, rest.len());
    }
    let mut bytes = [0; STEP];
    bytes[..rest.len()].copy_from_slice(rest);
    (find(&bytes) & ((1 << rest.len()) - 1), rest.len())
}

/// On x86-64 every processor has vectors of 16 bytes.
#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::STEP;
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
        _mm_setzero_si128,
    };

    #[inline(always)]
    pub fn find<const N: usize>(bytes: &[u8; STEP], wanted: [u8; N]) -> u32 {
        let (low, high) = bytes.split_at(STEP / 2);
        // SAFETY: SSE2 is a part of x86-64.
        unsafe { half(low, wanted) | half(high, wanted) << 16 }
    }

    /// Bits that are not all zero when a byte has its highest bit.
    #[inline(always)]
    pub fn high_bits(bytes: &[u8; STEP]) -> u32 {
        let (low, high) = bytes.split_at(STEP / 2);
        // SAFETY: SSE2 is a part of x86-64.
        unsafe { _mm_movemask_epi8(_mm_or_si128(vector(low), vector(high))) as u32 }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn vector(bytes: &[u8]) -> __m128i {
        let word = |at: usize| bytes[at..].first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes));
        _mm_set_epi64x(word(8), word(0))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn half<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> u32 {
        let text = vector(bytes);
        let mut found = _mm_setzero_si128();
        for byte in wanted {
            found = _mm_or_si128(found, _mm_cmpeq_epi8(text, _mm_set1_epi8(byte as i8)));
        }
        _mm_movemask_epi8(found) as u32
    }
}

/// Elsewhere a word of 8 bytes is a vector.
#[cfg(not(target_arch = "x86_64"))]
mod lanes {
    use super::STEP;

    const LOW_BITS: u64 = u64::MAX / 255 * 0x7f;

    /// Bits that are not all zero when a byte has its highest bit.
    #[inline(always)]
    pub fn high_bits(bytes: &[u8; STEP]) -> u32 {
        let words = bytes.as_chunks::<8>().0;
        let all = words.iter().fold(0, |all, word| all | u64::from_le_bytes(*word));
        ((all & !LOW_BITS) >> 32 | all & !LOW_BITS) as u32
    }

    #[inline(always)]
    pub fn find<const N: usize>(bytes: &[u8; STEP], wanted: [u8; N]) -> u32 {
        let mut found = 0;
        for (index, word) in bytes.chunks_exact(8).enumerate() {
            let word = word.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            let zeros = wanted.map(|byte| {
                // The highest bit of each lane that is equal: no carry leaves a lane.
                let differs = word ^ (u64::MAX / 255 * u64::from(byte));
                !(((differs & LOW_BITS) + LOW_BITS) | differs | LOW_BITS)
            });
            let highest = zeros.into_iter().fold(0, |all, zeros| all | zeros) >> 7;
            // The multiplication gathers the bits of the lanes in the highest byte.
            found |= ((highest.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32) << (8 * index);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_where_it_is() {
        for length in 0..3 * STEP {
            let text: Vec<u8> = (0..length).map(|n| b"a \tb\n\x0b!\x80\xa0 "[n * 7 % 10]).collect();
            for place in 0..=length {
                let (found, count) = at(&text, place, blanks);
                let rest = &text[place..length.min(place + STEP)];
                assert_eq!(count, rest.len());
                let expected: Vec<bool> = rest.iter().map(|byte| b" \t\n".contains(byte)).collect();
                let bits: Vec<bool> = (0..STEP).map(|bit| found >> bit & 1 == 1).collect();
                assert_eq!(bits[..count], expected, "{length} {place}");
                assert!(bits[count..].iter().all(|bit| !bit));
            }
        }
    }

    #[test]
    fn one_byte_makes_a_text_other_than_ascii() {
        for length in 0..3 * STEP {
            let mut text = vec![b'a'; length];
            assert!(is_ascii(&text));
            for place in 0..length {
                text[place] = 0x80;
                assert!(!is_ascii(&text), "{length} {place}");
                text[place] = 0x7f;
            }
        }
    }

    #[test]
    fn all_bytes_differ() {
        for byte in 0..=u8::MAX {
            for other in 0..=u8::MAX {
                let mut text = [other; STEP];
                text[17] = byte;
                let expected = if byte == other { u32::MAX } else { 1 << 17 };
                assert_eq!(any(&text, [byte]), expected);
            }
        }
    }
}
