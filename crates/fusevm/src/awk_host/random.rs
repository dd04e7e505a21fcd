//! The numbers of `rand`: the additive feedback generator of the BSD library, of 63 words, shuffled as Bays and Durham
//! do it (ACM TOMS 2(1), 1976). gawk does the same, so a program that seeds it gets the numbers that it got there.

/// Words of the generator.
const WORDS: usize = 63;
/// How far the word that is added lies ahead of the one that it is added to.
const SEPARATION: usize = 1;
/// Numbers that are thrown away after seeding, until the words have mixed.
const WARM_UP: usize = 10 * WORDS;
/// Numbers that wait to be drawn.
const SHUFFLED: usize = 512;
/// One more than the greatest number of the generator.
const RANGE: f64 = (1u64 << 31) as f64;
/// The seed of a program that sets none, as in other awks.
const FIRST_SEED: f64 = 1.0;

/// A generator of random numbers; the same seed gives the same numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    /// The seed as the program gave it.
    seed: f64,
    /// Made when the first number is asked for: most programs ask for none.
    generator: Option<Box<Generator>>,
}

impl Default for Random {
    fn default() -> Random {
        Random { seed: FIRST_SEED, generator: None }
    }
}

impl Random {
    /// Starts anew from a seed; gives the old seed.
    pub fn reseed(&mut self, seed: f64) -> f64 {
        self.generator = None;
        std::mem::replace(&mut self.seed, seed)
    }

    /// The next number, at least 0 and less than 1.
    pub fn next(&mut self) -> f64 {
        let seed = self.seed as i64 as u32;
        let generator = self.generator.get_or_insert_with(|| Box::new(Generator::new(seed)));
        loop {
            // Two numbers of 31 bits, so that all bits of the result are random.
            let (low, high) = (f64::from(generator.next()), f64::from(generator.next()));
            let number = (low / RANGE + high) / RANGE;
            // The sum with a half drops the bits below the 53rd, as gawk does.
            let number = 0.5 + number - 0.5;
            if number != 1.0 {
                return number;
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Generator {
    words: [u32; WORDS],
    front: usize,
    rear: usize,
    shuffled: [u32; SHUFFLED],
    /// The number that was drawn last, which says where the next one is.
    last: u32,
}

impl Generator {
    fn new(seed: u32) -> Generator {
        let mut words = [0; WORDS];
        let mut word = seed;
        for place in &mut words {
            *place = word;
            word = minimal_standard(word);
        }
        let mut generator = Generator { words, front: SEPARATION, rear: 0, shuffled: [0; SHUFFLED], last: 0 };
        generator.shuffled = std::array::from_fn(|_| generator.feed_back());
        generator.last = generator.feed_back();
        (0..WARM_UP).for_each(|_| {
            generator.next();
        });
        generator
    }

    /// The next number of 31 bits.
    fn next(&mut self) -> u32 {
        let fresh = self.feed_back();
        let place = &mut self.shuffled[self.last as usize % SHUFFLED];
        self.last = std::mem::replace(place, fresh);
        self.last
    }

    /// The next number of the additive generator.
    fn feed_back(&mut self) -> u32 {
        let sum = self.words[self.front].wrapping_add(self.words[self.rear]);
        self.words[self.front] = sum;
        self.front = (self.front + 1) % WORDS;
        self.rear = (self.rear + 1) % WORDS;
        sum >> 1
    }
}

/// The minimal standard generator of Park and Miller, 16807 x mod (2^31 - 1), which fills the words.
fn minimal_standard(word: u32) -> u32 {
    let word = if word == 0 { 123_459_876 } else { word as i32 };
    let (high, low) = (word / 127_773, word % 127_773);
    let next = 16_807 * low - 2_836 * high;
    (if next < 0 { next + 0x7fff_ffff } else { next }) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As gawk 5.2.1: `srand(SEED); printf "%.17g %.17g\n", rand(), rand()`.
    #[test]
    fn numbers_are_those_of_gawk() {
        let cases: &[(f64, [f64; 2])] = &[
            (1.0, [0.9240458153991247, 0.5939086192958782]),
            (0.0, [0.8555659236557234, 0.23744206624088737]),
            (42.0, [0.24632032657454306, 0.39614327393255944]),
            (4294967297.0, [0.9240458153991247, 0.5939086192958782]),
            (-5.0, [0.5874896538658021, 0.5565916859472271]),
            (123456789.0, [0.5777054166561806, 0.08738989837549627]),
        ];
        for (seed, expected) in cases {
            let mut random = Random::default();
            random.reseed(*seed);
            assert_eq!([random.next(), random.next()], *expected, "{seed}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let mut random = Random::default();
        let first: Vec<f64> = (0..100).map(|_| random.next()).collect();
        assert!(first.iter().all(|n| (0.0..1.0).contains(n)));
        assert_eq!(random.reseed(7.0), FIRST_SEED);
        assert_eq!(random.reseed(FIRST_SEED), 7.0);
        let again: Vec<f64> = (0..100).map(|_| random.next()).collect();
        assert_eq!(first, again);
    }
}
