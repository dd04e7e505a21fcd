//! Scanning text for structure, 64 bytes at a time: where bytes of a kind lie, as bits of a word.
//!
//! What follows from the places, such as where fields begin and end, is then arithmetic on the word, without a
//! branch for each byte (as simdjson finds the structure of its input: Langdale and Lemire, 2019).

mod pair;

use crate::short::pack;
use lanes::LANES;

pub(crate) use pair::{PLACES, Pair};

/// Bytes of one step; a bit for each.
pub const STEP: usize = 64;

/// Spaces, tabs and newlines.
pub const BLANKS: [u8; 3] = *b" \t\n";

/// The vectors that a step is looked at with.
pub trait Vectors: Copy {
    /// Where any of the wanted bytes lie among 64.
    fn any<const N: usize>(self, bytes: &[u8; STEP], wanted: [u8; N]) -> u64;

    /// Where bytes of any of the ranges lie among 64.
    fn any_in(self, bytes: &[u8; STEP], ranges: &[Range]) -> u64;
}

/// Bytes from one to another: a vector of the first, and one of how many follow.
type Range = [[u8; LANES]; 2];

/// Those that every processor has.
#[derive(Clone, Copy)]
pub struct Narrow;

impl Vectors for Narrow {
    #[inline(always)]
    fn any<const N: usize>(self, bytes: &[u8; STEP], wanted: [u8; N]) -> u64 {
        each_vector(bytes, |vector| lanes::find(vector, wanted))
    }

    #[inline(always)]
    fn any_in(self, bytes: &[u8; STEP], ranges: &[Range]) -> u64 {
        each_vector(bytes, |vector| find_in(vector, ranges))
    }
}

/// What is found in each vector of 64 bytes.
#[inline(always)]
fn each_vector(bytes: &[u8; STEP], find: impl Fn(&[u8; LANES]) -> u64) -> u64 {
    let vectors = bytes.as_chunks().0;
    (0..STEP / LANES).fold(0, |found, index| found | find(&vectors[index]) << (index * LANES))
}

/// Where bytes of any of the ranges lie in a vector.
#[inline(always)]
fn find_in(vector: &[u8; LANES], ranges: &[Range]) -> u64 {
    ranges.iter().fold(0, |found, [first, more]| found | lanes::find_range(vector, first, more))
}

/// Vectors of 32 bytes, which not every processor has: there is one of this only where it has them. They are worth it in functions
/// that are compiled for them as a whole.
#[derive(Clone, Copy)]
pub struct Wide(());

impl Wide {
    /// Whether the processor has AVX2.
    #[inline(always)]
    pub fn detect() -> Option<Wide> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Some(Wide(()));
        }
        None
    }
}

impl Vectors for Wide {
    #[inline(always)]
    fn any<const N: usize>(self, bytes: &[u8; STEP], wanted: [u8; N]) -> u64 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: there is a `Wide`, so the processor has AVX2.
        return unsafe { lanes::find_wide(bytes, wanted) };
        #[cfg(not(target_arch = "x86_64"))]
        Narrow.any(bytes, wanted)
    }

    #[inline(always)]
    fn any_in(self, bytes: &[u8; STEP], ranges: &[Range]) -> u64 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: there is a `Wide`, so the processor has AVX2.
        return unsafe { lanes::find_ranges_wide(bytes, ranges) };
        #[cfg(not(target_arch = "x86_64"))]
        Narrow.any_in(bytes, ranges)
    }
}

/// Where any of the wanted bytes lie among the 64 from a place on, and how many there are when the text ends before; bits
/// of bytes beyond the end are zero.
#[inline(always)]
pub fn at<const N: usize>(vectors: impl Vectors, text: &[u8], place: usize, wanted: [u8; N]) -> (u64, usize) {
    at_with(text, place, |bytes| vectors.any(bytes, wanted), |vector| lanes::find(vector, wanted))
}

/// Adds the places of a byte in a text, from a place on.
pub fn places(text: &[u8], from: usize, byte: u8, places: &mut Vec<usize>) {
    match Wide::detect() {
        // SAFETY: the processor has these vectors.
        Some(wide) => unsafe { places_wide(wide, text, from, byte, places) },
        None => places_by(Narrow, text, from, byte, places),
    }
}

#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2"))]
unsafe fn places_wide(wide: Wide, text: &[u8], from: usize, byte: u8, places: &mut Vec<usize>) {
    places_by(wide, text, from, byte, places);
}

#[inline(always)]
fn places_by(vectors: impl Vectors, text: &[u8], from: usize, byte: u8, places: &mut Vec<usize>) {
    let mut place = from;
    while place < text.len() {
        let (mut found, length) = at(vectors, text, place, [byte]);
        while found != 0 {
            places.push(place + found.trailing_zeros() as usize);
            found &= found - 1;
        }
        place += length;
    }
}

/// What `find` finds in the 64 bytes from a place on, as [`at`] gives it; `find_few` finds the same in a vector.
#[inline(always)]
fn at_with(
    text: &[u8],
    place: usize,
    find: impl Fn(&[u8; STEP]) -> u64,
    find_few: impl Fn(&[u8; LANES]) -> u64,
) -> (u64, usize) {
    let rest = &text[place..];
    if let Some(bytes) = rest.first_chunk() {
        return (find(bytes), STEP);
    }
    if let Some(bytes) = text.last_chunk() {
        // The last bytes are read together with some before them, which are shifted out.
        return (find(bytes).unbounded_shr((STEP - rest.len()) as u32), rest.len());
    }
    let (vectors, last) = rest.as_chunks::<LANES>();
    let mut found = 0;
    for (index, vector) in vectors.iter().enumerate() {
        found |= find_few(vector) << (index * LANES);
    }
    let in_last = find_few(&pack(last).to_le_bytes()) & ((1 << last.len()) - 1);
    (found | in_last << (rest.len() - last.len()), rest.len())
}

/// The most ranges of bytes that are looked for one by one.
const RANGES_MAX: usize = 6;

/// A set of bytes to look for.
#[derive(Debug)]
pub(crate) enum ByteClass {
    /// A single byte.
    Byte(u8),
    /// What lies in none of these ranges, or else in some of them.
    Ranges {
        /// The ranges.
        ranges: Vec<Range>,
        /// All bits where the set is what lies in none.
        complement: u64,
    },
    /// Any other.
    Table(Box<[bool; 256]>),
}

impl ByteClass {
    /// The set of the bytes for which there is true.
    pub fn new(set: &[bool; 256]) -> ByteClass {
        let complement = set[0];
        let mut ranges: Vec<Range> = Vec::new();
        let mut was_in = false;
        for byte in 0..=u8::MAX {
            let is_in = set[usize::from(byte)] != complement;
            match ranges.last_mut() {
                Some([_, more]) if is_in && was_in => *more = [more[0] + 1; LANES],
                _ if is_in => ranges.push([[byte; LANES], [0; LANES]]),
                _ => {}
            }
            was_in = is_in;
        }
        match ranges[..] {
            [[first, [0, ..]]] if !complement => ByteClass::Byte(first[0]),
            _ if ranges.len() > RANGES_MAX => ByteClass::Table(Box::new(*set)),
            _ => ByteClass::Ranges { ranges, complement: if complement { u64::MAX } else { 0 } },
        }
    }

    /// Whether all bytes are in the set.
    pub fn is_everything(&self) -> bool {
        matches!(self, ByteClass::Ranges { ranges, complement } if ranges.is_empty() && *complement != 0)
    }

    /// Where bytes of the set lie among the 64 from a place on, as [`at`] gives it.
    #[inline]
    pub fn at(&self, text: &[u8], place: usize) -> (u64, usize) {
        match Wide::detect() {
            // SAFETY: the processor has these vectors.
            Some(wide) => unsafe { self.at_wide(wide, text, place) },
            None => self.at_by(Narrow, text, place),
        }
    }

    #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2"))]
    unsafe fn at_wide(&self, wide: Wide, text: &[u8], place: usize) -> (u64, usize) {
        self.at_by(wide, text, place)
    }

    #[inline(always)]
    fn at_by(&self, vectors: impl Vectors, text: &[u8], place: usize) -> (u64, usize) {
        match self {
            ByteClass::Byte(byte) => at(vectors, text, place, [*byte]),
            ByteClass::Ranges { ranges, complement } => {
                let (found, length) = at_with(
                    text,
                    place,
                    |bytes| vectors.any_in(bytes, ranges),
                    |vector| find_in(vector, ranges),
                );
                ((found ^ complement) & (u64::MAX >> (STEP - length)), length)
            }
            ByteClass::Table(set) => {
                let rest = &text[place..];
                let length = rest.len().min(STEP);
                let mut found = 0;
                for (index, byte) in rest.iter().take(length).enumerate() {
                    found |= u64::from(set[usize::from(*byte)]) << index;
                }
                (found, length)
            }
        }
    }
}

/// Puts a byte in each place of another; how many there were.
pub fn exchange(text: &mut [u8], byte: u8, with: u8) -> usize {
    if byte == with {
        return memchr::memchr_iter(byte, text).count();
    }
    // So many at a time that the number in each lane is a byte.
    let mut count = 0;
    for vectors in text.as_chunks_mut().0.chunks_mut(u8::MAX.into()) {
        count += lanes::exchange(vectors, byte, with);
    }
    // What is left is looked at together with some bytes before it, where there is none any more.
    if let Some(last) = text.last_chunk_mut() {
        return count + lanes::exchange(std::slice::from_mut(last), byte, with);
    }
    for place in text {
        count += usize::from(*place == byte);
        *place = if *place == byte { with } else { *place };
    }
    count
}

/// Whether all bytes of a text are ASCII.
#[inline]
pub fn is_ascii(text: &[u8]) -> bool {
    match text.last_chunk() {
        // What is left is looked at together with some bytes before it. There is no way out before the end, where a text that is
        // not ASCII costs much more anyway.
        Some(last) => !lanes::has_high_bits(text.as_chunks().0, last),
        None => are_few_ascii(text),
    }
}

/// As [`is_ascii`], of fewer than 64 bytes.
#[inline]
fn are_few_ascii(text: &[u8]) -> bool {
    const HIGH_BITS: u128 = u128::MAX / 255 * 0x80;
    let (vectors, rest) = text.as_chunks::<LANES>();
    let all = vectors.iter().fold(pack(rest), |all, vector| all | u128::from_le_bytes(*vector));
    all & HIGH_BITS == 0
}

/// On x86-64 every processor has vectors of 16 bytes.
#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::{Range, STEP};
    use std::arch::x86_64::{
        __m128i, _mm_add_epi64, _mm_and_si128, _mm_cmpeq_epi8, _mm_cvtsi128_si64, _mm_loadu_si128,
        _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_sad_epu8, _mm_set1_epi8, _mm_setzero_si128,
        _mm_storeu_si128, _mm_sub_epi8, _mm_unpackhi_epi64, _mm_xor_si128, _mm256_broadcastsi128_si256,
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_sub_epi8,
    };

    /// Bytes of a vector.
    pub const LANES: usize = 16;

    /// Where any of the wanted bytes lie in a vector.
    #[inline(always)]
    pub fn find<const N: usize>(bytes: &[u8; LANES], wanted: [u8; N]) -> u64 {
        // SAFETY: SSE2 is a part of x86-64.
        unsafe { find_vector(bytes, wanted) }
    }

    /// Where bytes lie in a vector that are no more than `more` above `first`.
    #[inline(always)]
    pub fn find_range(bytes: &[u8; LANES], first: &[u8; LANES], more: &[u8; LANES]) -> u64 {
        // SAFETY: SSE2 is a part of x86-64.
        unsafe {
            let above = _mm_sub_epi8(vector(bytes), vector(first));
            let is_in = _mm_cmpeq_epi8(_mm_min_epu8(above, vector(more)), above);
            u64::from(_mm_movemask_epi8(is_in) as u32)
        }
    }

    /// Puts a byte in each place of another in at most 255 vectors: how many there were.
    #[inline(always)]
    pub fn exchange(vectors: &mut [[u8; LANES]], byte: u8, with: u8) -> usize {
        // SAFETY: SSE2 is a part of x86-64; so many bytes are written as there are.
        unsafe {
            let (byte, change) = (_mm_set1_epi8(byte as i8), _mm_set1_epi8((byte ^ with) as i8));
            let mut counts = _mm_setzero_si128();
            for bytes in vectors {
                let text = vector(bytes);
                let found = _mm_cmpeq_epi8(text, byte);
                // What is found is -1.
                counts = _mm_sub_epi8(counts, found);
                let changed = _mm_xor_si128(text, _mm_and_si128(found, change));
                _mm_storeu_si128(bytes.as_mut_ptr().cast(), changed);
            }
            let sums = _mm_sad_epu8(counts, _mm_setzero_si128());
            let high = _mm_unpackhi_epi64(sums, sums);
            _mm_cvtsi128_si64(_mm_add_epi64(sums, high)) as usize
        }
    }

    /// Whether any byte has its highest bit.
    #[inline(always)]
    pub fn has_high_bits(steps: &[[u8; STEP]], last: &[u8; STEP]) -> bool {
        // SAFETY: SSE2 is a part of x86-64.
        unsafe {
            let mut all = _mm_setzero_si128();
            for step in steps {
                all = step.as_chunks().0.iter().fold(all, |all, bytes| _mm_or_si128(all, vector(bytes)));
            }
            all = last.as_chunks().0.iter().fold(all, |all, bytes| _mm_or_si128(all, vector(bytes)));
            _mm_movemask_epi8(all) != 0
        }
    }

    /// Where any of the wanted bytes lie among 64.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn find_wide<const N: usize>(bytes: &[u8; STEP], wanted: [u8; N]) -> u64 {
        let [low, high] = [0, STEP / 2].map(|half| {
            // SAFETY: half a step is a vector.
            let text = unsafe { _mm256_loadu_si256(bytes.as_ptr().add(half).cast()) };
            let mut found = _mm256_setzero_si256();
            for byte in wanted {
                found = _mm256_or_si256(found, _mm256_cmpeq_epi8(text, _mm256_set1_epi8(byte as i8)));
            }
            u64::from(_mm256_movemask_epi8(found) as u32)
        });
        low | high << (STEP / 2)
    }

    /// Where bytes of any of the ranges lie among 64.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn find_ranges_wide(bytes: &[u8; STEP], ranges: &[Range]) -> u64 {
        let [low, high] = [0, STEP / 2].map(|half| {
            // SAFETY: half a step is a vector.
            let text = unsafe { _mm256_loadu_si256(bytes.as_ptr().add(half).cast()) };
            let mut found = _mm256_setzero_si256();
            for range in ranges {
                let [first, more] = range.each_ref().map(|bytes| _mm256_broadcastsi128_si256(vector(bytes)));
                let above = _mm256_sub_epi8(text, first);
                let is_in = _mm256_cmpeq_epi8(_mm256_min_epu8(above, more), above);
                found = _mm256_or_si256(found, is_in);
            }
            u64::from(_mm256_movemask_epi8(found) as u32)
        });
        low | high << (STEP / 2)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn vector(bytes: &[u8; LANES]) -> __m128i {
        // SAFETY: so many bytes are read, wherever they lie.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn find_vector<const N: usize>(bytes: &[u8; LANES], wanted: [u8; N]) -> u64 {
        let text = vector(bytes);
        let mut found = _mm_setzero_si128();
        for byte in wanted {
            found = _mm_or_si128(found, _mm_cmpeq_epi8(text, _mm_set1_epi8(byte as i8)));
        }
        u64::from(_mm_movemask_epi8(found) as u32)
    }
}

/// Elsewhere a word of 8 bytes is a vector.
#[cfg(not(target_arch = "x86_64"))]
mod lanes {
    use super::STEP;

    /// Bytes of a vector.
    pub const LANES: usize = 16;

    const LOW_BITS: u64 = u64::MAX / 255 * 0x7f;

    /// Whether any byte has its highest bit.
    pub fn has_high_bits(steps: &[[u8; STEP]], last: &[u8; STEP]) -> bool {
        let words = steps.iter().chain(std::iter::once(last)).flat_map(|step| step.as_chunks::<8>().0);
        words.fold(0, |all, word| all | u64::from_le_bytes(*word)) & !LOW_BITS != 0
    }

    /// Where bytes lie in a vector that are no more than `more` above `first`.
    pub fn find_range(bytes: &[u8; LANES], first: &[u8; LANES], more: &[u8; LANES]) -> u64 {
        bytes.iter().enumerate().fold(0, |found, (index, byte)| {
            found | u64::from(byte.wrapping_sub(first[0]) <= more[0]) << index
        })
    }

    /// Puts a byte in each place of another in vectors: how many there were.
    pub fn exchange(vectors: &mut [[u8; LANES]], byte: u8, with: u8) -> usize {
        let mut count = 0;
        for place in vectors.as_flattened_mut() {
            count += usize::from(*place == byte);
            *place = if *place == byte { with } else { *place };
        }
        count
    }

    /// Where any of the wanted bytes lie in a vector.
    #[inline(always)]
    pub fn find<const N: usize>(bytes: &[u8; LANES], wanted: [u8; N]) -> u64 {
        let mut found = 0;
        for (index, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let zeros = wanted.map(|byte| {
                // The highest bit of each lane that is equal: no carry leaves a lane.
                let differs = word ^ (u64::MAX / 255 * u64::from(byte));
                !(((differs & LOW_BITS) + LOW_BITS) | differs | LOW_BITS)
            });
            let highest = zeros.into_iter().fold(0, |all, zeros| all | zeros) >> 7;
            // The multiplication gathers the bits of the lanes in the highest byte.
            found |= (highest.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * index);
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
                let (found, count) = at(Narrow, &text, place, BLANKS);
                if let Some(wide) = Wide::detect() {
                    assert_eq!(at(wide, &text, place, BLANKS), (found, count));
                }
                let rest = &text[place..length.min(place + STEP)];
                assert_eq!(count, rest.len());
                let expected: Vec<bool> = rest.iter().map(|byte| BLANKS.contains(byte)).collect();
                let bits: Vec<bool> = (0..STEP).map(|bit| found >> bit & 1 == 1).collect();
                assert_eq!(bits[..count], expected, "{length} {place}");
                assert!(bits[count..].iter().all(|bit| !bit));
            }
        }
    }

    #[test]
    fn no_byte_is_found_beyond_the_end() {
        for length in 0..STEP {
            let text = vec![b'a'; length];
            assert_eq!(at(Narrow, &text, 0, [0]), (0, length));
        }
    }

    #[test]
    fn all_places_of_a_byte_are_found() {
        for length in [0, 1, 31, 32, 63, 64, 65, 128, 4097] {
            let text: Vec<u8> = (0..length).map(|n| if n * n % 7 == 2 { b'\n' } else { b'a' }).collect();
            for from in [0, 1, 63, 64, 100].into_iter().filter(|from| *from <= length) {
                let expected: Vec<usize> = (from..length).filter(|n| text[*n] == b'\n').collect();
                let (mut found, mut by_narrow) = (Vec::new(), Vec::new());
                places(&text, from, b'\n', &mut found);
                places_by(Narrow, &text, from, b'\n', &mut by_narrow);
                assert_eq!((&found, &by_narrow), (&expected, &expected), "{length} {from}");
            }
        }
    }

    #[test]
    fn bytes_of_a_class_are_found_where_they_are() {
        let sets: [fn(u8) -> bool; 7] = [
            |byte| byte == b'x',
            |byte| byte.is_ascii_digit(),
            |byte| !byte.is_ascii_digit(),
            |byte| b"aeiou".contains(&byte),
            |byte| byte >= 0x80,
            |_| true,
            |byte| byte % 2 == 1,
        ];
        for is_in in sets {
            let set = std::array::from_fn(|byte| is_in(byte as u8));
            let class = ByteClass::new(&set);
            for length in [0, 1, 15, 16, 17, 63, 64, 65, 300] {
                let text: Vec<u8> = (0..length).map(|n| (n * 37 % 256) as u8).collect();
                for place in 0..length {
                    let (found, count) = class.at(&text, place);
                    let expected: Vec<bool> = text[place..].iter().take(STEP).map(|b| is_in(*b)).collect();
                    let bits: Vec<bool> = (0..count).map(|bit| found >> bit & 1 == 1).collect();
                    assert_eq!(bits, expected, "{class:?} {length} {place}");
                    assert_eq!(found & !(u64::MAX >> (STEP - count)), 0);
                    assert_eq!(class.at_by(Narrow, &text, place), (found, count));
                }
            }
        }
    }

    #[test]
    fn bytes_are_exchanged_and_counted() {
        for length in [0, 1, 15, 16, 17, 239, 240, 241, 1000, 9001] {
            let text: Vec<u8> = (0..length).map(|n| b"abcb"[n % 4]).collect();
            let mut changed = text.clone();
            assert_eq!(exchange(&mut changed, b'b', b'-'), text.iter().filter(|byte| **byte == b'b').count());
            let expected: Vec<u8> = (0..length).map(|n| b"a-c-"[n % 4]).collect();
            assert_eq!(changed, expected, "{length}");
        }
        let mut all = vec![b'b'; 9001];
        assert_eq!(exchange(&mut all, b'b', b'b'), 9001);
        assert_eq!(exchange(&mut all, b'b', b'c'), 9001);
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
                let expected = if byte == other { u64::MAX } else { 1 << 17 };
                assert_eq!(Narrow.any(&text, [byte]), expected);
            }
        }
    }
}
