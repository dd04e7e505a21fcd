//! The numbers of `rand`: xoshiro256++ (Blackman and Vigna, <https://prng.di.unimi.it/>), seeded by splitmix64.

/// A generator of random numbers; the same seed gives the same numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    /// The seed as the program gave it.
    seed: f64,
    state: [u64; 4],
}

/// The seed of a program that sets none, as in other awks.
const FIRST_SEED: f64 = 1.0;

impl Default for Random {
    fn default() -> Random {
        Random::new(FIRST_SEED)
    }
}

impl Random {
    fn new(seed: f64) -> Random {
        let mut word = seed.to_bits();
        let state = std::array::from_fn(|_| {
            word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        });
        Random { seed, state }
    }

    /// Starts anew from a seed; gives the old seed.
    pub fn reseed(&mut self, seed: f64) -> f64 {
        std::mem::replace(self, Random::new(seed)).seed
    }

    /// The next number, at least 0 and less than 1.
    pub fn next(&mut self) -> f64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        (result >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator's first output for this state follows from its definition.
    #[test]
    fn it_is_xoshiro256_plus_plus() {
        let mut random = Random { seed: 0.0, state: [1, 2, 3, 4] };
        assert_eq!(random.next(), (41_943_041_u64 >> 11) as f64 / (1u64 << 53) as f64);
    }

    #[test]
    fn numbers_are_repeatable_and_spread() {
        let mut random = Random::default();
        let first: Vec<f64> = (0..1000).map(|_| random.next()).collect();
        assert_eq!(random.reseed(5.0), FIRST_SEED);
        assert_ne!(random.next(), first[0]);
        assert_eq!(random.reseed(FIRST_SEED), 5.0);
        assert_eq!((0..1000).map(|_| random.next()).collect::<Vec<_>>(), first);
        assert!(first.iter().all(|n| (0.0..1.0).contains(n)));
        let mean = first.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
