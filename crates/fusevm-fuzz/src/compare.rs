//! Whether engines agree on a program: under no limit, under fuel limits that end it anywhere, and under
//! limits of depth.

use crate::engine::Engine;
use crate::observe::{HEAP, Observation, Setting, observe};
use crate::rng::Rng;
use crate::shrink::shrink;
use fusevm::Chunk;
use std::fmt;

/// Programs that need no more fuel than this are run with every lower limit too.
const EVERY_FUEL: u64 = 30;
/// How many lower limits others are run with.
const SOME_FUEL: usize = 4;
/// Most programs that recurse go on until the limit stops them.
const DEPTHS: [usize; 4] = [24, 24, 100, 400];

/// How programs are compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    oracle: Engine,
    others: Vec<Engine>,
    /// What stops programs that do not end by themselves.
    fuel: u64,
    /// Chooses limits.
    seed: u64,
}

/// Two engines that were seen to differ.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The limits of the runs.
    pub setting: Setting,
    /// Names of the oracle and of the engine that differs from it.
    pub engines: [&'static str; 2],
    /// What was seen of each.
    pub seen: [Observation; 2],
}

impl Comparison {
    /// Compares the first of the engines with the others. Runs take `fuel` at most; the seed chooses the other limits.
    ///
    /// # Panics
    /// When there is no engine.
    pub fn new(engines: &[Engine], fuel: u64, seed: u64) -> Comparison {
        let (oracle, others) = engines.split_first().expect("an oracle");
        Comparison { oracle: *oracle, others: others.to_vec(), fuel, seed }
    }

    /// A smaller chunk about which the oracle and the same engine disagree too, and what they disagree in then.
    /// `tell` learns each candidate and the limits that it is run under first, for the case that it ends the process.
    pub fn shrink(
        &self,
        chunk: &Chunk,
        found: Disagreement,
        mut tell: impl FnMut(&Chunk, Setting),
    ) -> (Chunk, Disagreement) {
        let others = self.others.iter().filter(|engine| engine.name == found.engines[1]).copied().collect();
        let comparison = Comparison { others, ..self.clone() };
        let mut last = found;
        let small = shrink(chunk, |chunk| {
            tell(chunk, last.setting);
            let again = comparison.disagreement_under(chunk, last.setting);
            let fails = again.is_some();
            last = again.unwrap_or_else(|| last.clone());
            fails
        });
        (small, last)
    }

    /// The first disagreement that is found about a chunk.
    pub fn disagreement(&self, chunk: &Chunk) -> Option<Disagreement> {
        let mut rng = Rng::new(self.seed ^ 0x5e77);
        let limited = Setting { fuel: Some(self.fuel), depth: rng.pick(&DEPTHS), heap: Some(HEAP) };
        let (seen, found) = self.compare(chunk, limited);
        if found.is_some() {
            return found;
        }
        let used = seen.runs.iter().map(|run| self.fuel - run.fuel_left.unwrap_or(0)).max();
        let used = used.unwrap_or(self.fuel);
        let shallow = Setting { depth: 1 + rng.below(8), ..limited };
        let lower = |fuel| Setting { fuel: Some(fuel), ..limited };
        let mut settings = vec![shallow];
        if used <= EVERY_FUEL {
            settings.extend((0..used).map(lower));
        } else {
            settings.extend((0..SOME_FUEL).map(|_| lower(rng.below(used as usize) as u64)));
        }
        if !seen.is_out_of_fuel() && used <= self.fuel / 2 {
            settings.insert(0, Setting { fuel: None, ..limited });
        }
        settings.into_iter().find_map(|setting| self.compare(chunk, setting).1)
    }

    /// The first disagreement, looked for under these limits first.
    pub fn disagreement_under(&self, chunk: &Chunk, setting: Setting) -> Option<Disagreement> {
        // Without a limit of fuel the program must be one that ends.
        let limited = Setting { fuel: Some(self.fuel), ..setting };
        let ends = setting.fuel.is_some() || !observe(chunk, limited, &self.oracle).is_out_of_fuel();
        let found = if ends { self.compare(chunk, setting).1 } else { None };
        found.or_else(|| self.disagreement(chunk))
    }

    /// What the oracle does, and the first engine that does something else.
    pub fn compare(&self, chunk: &Chunk, setting: Setting) -> (Observation, Option<Disagreement>) {
        let expected = observe(chunk, setting, &self.oracle);
        if expected.is_out_of_memory() {
            return (expected, None);
        }
        for engine in &self.others {
            let mut actual = observe(chunk, setting, engine);
            if actual.is_out_of_memory() {
                // The engines hold values for longer or shorter, so they need not reach the limit together.
                continue;
            }
            if expected.leaked != 0 {
                // The program has made a cycle, which it holds with more or less spare capacity.
                actual.leaked = expected.leaked;
            }
            if expected != actual {
                let seen = [expected.clone(), actual];
                let engines = [self.oracle.name, engine.name];
                return (expected, Some(Disagreement { setting, engines, seen }));
            }
        }
        (expected, None)
    }
}

/// The lines in which the observations differ.
impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [expected, actual] = &self.seen;
        let [oracle, other] = self.engines;
        writeln!(f, "{other} differs from {oracle} under {:?}", self.setting)?;
        for (number, (expected, actual)) in expected.runs.iter().zip(&actual.runs).enumerate() {
            for ((field, expected), (_, actual)) in expected.lines().into_iter().zip(actual.lines()) {
                if expected != actual {
                    writeln!(f, "run {number}, {field}:\n  {oracle}: {expected}\n  {other}: {actual}")?;
                }
            }
        }
        if expected.runs.len() != actual.runs.len() {
            writeln!(f, "{} and {} runs", expected.runs.len(), actual.runs.len())?;
        }
        if expected.leaked != actual.leaked {
            writeln!(f, "{} and {} bytes leaked", expected.leaked, actual.leaked)?;
        }
        Ok(())
    }
}
