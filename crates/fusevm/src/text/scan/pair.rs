//! Places of a byte of one set that have, at a distance, a byte of another.

/// Places that are looked at together.
pub(crate) const PLACES: usize = 32;

/// Places that are looked at one by one.
const FEW: usize = 4;

/// A text that is too short for so many is looked at in a place of this size.
const ROOM: usize = 2 * PLACES;

/// Two sets of bytes, each at a distance from the place that is looked for.
pub(crate) struct Pair {
    distances: [usize; 2],
    nibbles: [Nibbles; 2],
}

/// A set of bytes by halves: a byte is in it when the entries of its low and of its high half have a bit in common. Of a set that
/// takes more than eight bits this has more bytes than the set.
///
/// A shuffle looks 32 halves up at once, as Hyperscan does it (Wang et al., 2019).
#[derive(Default)]
struct Nibbles {
    low: [u8; 16],
    high: [u8; 16],
}

impl Nibbles {
    fn new(set: &[bool; 256]) -> Nibbles {
        let mut nibbles = Nibbles::default();
        let mut rows: Vec<&[bool]> = Vec::new();
        for (high, row) in set.chunks_exact(16).enumerate() {
            if !row.contains(&true) {
                continue;
            }
            let bit = rows.iter().position(|known| *known == row).unwrap_or_else(|| {
                rows.push(row);
                rows.len() - 1
            });
            let bit = 1 << bit.min(7);
            nibbles.high[high] = bit;
            for (low, is_in) in nibbles.low.iter_mut().zip(row) {
                *low |= if *is_in { bit } else { 0 };
            }
        }
        nibbles
    }

    fn has(&self, byte: u8) -> bool {
        self.low[usize::from(byte & 15)] & self.high[usize::from(byte >> 4)] != 0
    }
}

impl Pair {
    /// Two sets with their distances.
    pub fn new(pair: [(usize, &[bool; 256]); 2]) -> Pair {
        Pair {
            distances: pair.map(|(distance, _)| distance),
            nibbles: pair.map(|(_, set)| Nibbles::new(set)),
        }
    }

    /// The next places from `base` to `last`, as far as which the text goes on for the distances and a byte: those among [`PLACES`] as
    /// bits, behind the first of these. A few may be no such places, or lie behind the last.
    #[inline]
    pub fn next(&self, text: &[u8], base: usize, last: usize) -> Option<(usize, u32)> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { self.next_wide(text, base, last) };
        }
        self.next_of_few(text, base, last)
    }

    /// As [`Pair::next`], where vectors are of no use.
    fn next_of_few(&self, text: &[u8], mut base: usize, last: usize) -> Option<(usize, u32)> {
        let [first, second] = &self.nibbles;
        while base <= last {
            let places = base..=last.min(base + (PLACES - 1));
            let found = places.enumerate().fold(0, |found, (bit, place)| {
                let [one, other] = self.distances.map(|distance| text[place + distance]);
                found | u32::from(first.has(one) && second.has(other)) << bit
            });
            if found != 0 {
                return Some((base, found));
            }
            base += PLACES;
        }
        None
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn next_wide(&self, text: &[u8], mut base: usize, last: usize) -> Option<(usize, u32)> {
        let [first, second] = self.distances;
        let farthest = first.max(second);
        let Some(end) = text.len().checked_sub(farthest + PLACES) else {
            if last < base + FEW || text.len() > ROOM || farthest > ROOM - PLACES {
                return self.next_of_few(text, base, last);
            }
            let mut room = [0; ROOM];
            room[..text.len()].copy_from_slice(text);
            return self.next_wide(&room, base, last);
        };
        let (one, other) = (wide::Nibbles::load(&self.nibbles[0]), wide::Nibbles::load(&self.nibbles[1]));
        while base <= last {
            // The last places are looked at together with some before them, which are left out.
            let place = base.min(end);
            let (Some(bytes), Some(others)) =
                (text[place + first..].first_chunk(), text[place + second..].first_chunk())
            else {
                break;
            };
            let found = (one.find(bytes) & other.find(others)) >> (base - place);
            if found != 0 {
                return Some((base, found));
            }
            base = place + PLACES;
        }
        None
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::PLACES;
    use std::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256,
        _mm256_shuffle_epi8, _mm256_srli_epi16,
    };

    /// The entries of each half, twice.
    #[derive(Clone, Copy)]
    pub struct Nibbles {
        low: __m256i,
        high: __m256i,
    }

    impl Nibbles {
        #[inline]
        #[target_feature(enable = "avx2")]
        pub fn load(nibbles: &super::Nibbles) -> Nibbles {
            // SAFETY: 16 bytes are loaded of as many.
            let load = |half: &[u8; 16]| unsafe { _mm_loadu_si128(half.as_ptr().cast()) };
            let [low, high] = [load(&nibbles.low), load(&nibbles.high)];
            Nibbles { low: _mm256_broadcastsi128_si256(low), high: _mm256_broadcastsi128_si256(high) }
        }

        /// Which bytes are in the set.
        #[inline]
        #[target_feature(enable = "avx2")]
        pub fn find(self, bytes: &[u8; PLACES]) -> u32 {
            // SAFETY: 32 bytes are loaded of as many.
            let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
            let half = _mm256_set1_epi8(15);
            let low = _mm256_and_si256(bytes, half);
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
            let common =
                _mm256_and_si256(_mm256_shuffle_epi8(self.low, low), _mm256_shuffle_epi8(self.high, high));
            !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(common, _mm256_setzero_si256())) as u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_wherever_they_are() {
        let set = |is_in: &dyn Fn(u8) -> bool| std::array::from_fn(|byte| is_in(byte as u8));
        // The last one takes more than eight bits.
        let sets: [[bool; 256]; 5] = [
            set(&|byte| byte == b'x'),
            set(&|byte| byte.is_ascii_digit()),
            set(&|byte| byte.is_ascii_lowercase() || byte == 0xC3),
            set(&|byte| byte != b' '),
            set(&|byte| byte.wrapping_mul(167) % 5 == 0),
        ];
        let text: Vec<u8> = (0..200u32).map(|n| b"x1 ax7-\xC3\xA9 Z9x"[(n * n % 13) as usize]).collect();
        for (index, one) in sets.iter().enumerate() {
            for other in &sets[index..] {
                for distances in [[0, 0], [0, 1], [3, 0], [2, 7]] {
                    let pair = Pair::new([(distances[0], one), (distances[1], other)]);
                    for length in [8, 10, 13, 20, 33, 39, 40, 41, 100, 200] {
                        let text = &text[..length];
                        let last = length - 8;
                        let is_place = |place: &usize| {
                            one[usize::from(text[place + distances[0]])]
                                && other[usize::from(text[place + distances[1]])]
                        };
                        let expected: Vec<usize> = (0..=last).filter(is_place).collect();
                        let (mut found, mut base) = (Vec::new(), 0);
                        while let Some((first, bits)) = pair.next(text, base, last) {
                            let places =
                                (0..PLACES).filter(|bit| bits >> bit & 1 != 0).map(|bit| first + bit);
                            found.extend(places.filter(|place| *place <= last && is_place(place)));
                            base = first + PLACES;
                        }
                        assert_eq!(found, expected, "{distances:?} in {length}");
                    }
                }
            }
        }
    }
}
