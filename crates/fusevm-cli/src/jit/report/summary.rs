//! From the events of a run to the figures of the page.

use fusevm::error::Frame;
use fusevm::jit::log::{Activity, CodeId, Compiled, ExitProfile, INTERVAL, Profile};
use fusevm::jit::{Event, Tier};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a run's time went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// The interpreter.
    Interpreter,
    /// Native code of the linear tier.
    Linear,
    /// Native code of the block tier.
    Block,
    /// Native code of the tracing tier.
    Trace,
    /// Compiling, while the program waited.
    Compiler,
}

impl Use {
    /// Each use, in the order of the page.
    pub const ALL: [Use; 5] = [Use::Trace, Use::Block, Use::Linear, Use::Interpreter, Use::Compiler];

    /// The use's name for people.
    pub fn name(self) -> &'static str {
        match self {
            Use::Interpreter => "interpreter",
            Use::Linear => "linear tier",
            Use::Block => "block tier",
            Use::Trace => "tracing tier",
            Use::Compiler => "compiler",
        }
    }

    /// The use's class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Use::Interpreter => "interpreter",
            Use::Linear => "linear",
            Use::Block => "block",
            Use::Trace => "trace",
            Use::Compiler => "compiler",
        }
    }

    /// The use that running a tier's code is.
    pub fn of_tier(tier: Tier) -> Use {
        match tier {
            Tier::Linear => Use::Linear,
            Tier::Trace => Use::Trace,
            // A tier that this page does not know yet is a compiler of whole bodies most likely.
            _ => Use::Block,
        }
    }
}

/// Times by use.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times([Duration; Use::ALL.len()]);

impl Times {
    /// The time that went to a use.
    pub fn of(&self, usage: Use) -> Duration {
        self.0[usage as usize]
    }

    /// All of it.
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }

    /// Adds other times.
    pub fn add_all(&mut self, others: &Times) {
        for (time, other) in self.0.iter_mut().zip(others.0) {
            *time += other;
        }
    }

    fn add(&mut self, usage: Use, time: Duration) {
        self.0[usage as usize] += time;
    }
}

/// A loop or sub.
#[derive(Debug)]
pub struct Region {
    /// Its place.
    pub place: Frame,
    /// Whether it is a loop, when that is known.
    pub is_loop: Option<bool>,
    /// How often it had run when it was first looked at.
    pub hot: Option<u32>,
    /// Time spent there.
    pub times: Times,
    /// Native code that begins there, by number.
    pub codes: Vec<CodeId>,
    /// Why it was not compiled, as often as that happened.
    pub aborts: Vec<Abort>,
    /// The tier that looked at it last, and has not given it up.
    pub awaited: Option<Tier>,
}

/// A compilation that was given up.
#[derive(Debug)]
pub struct Abort {
    /// The tier.
    pub tier: Tier,
    /// Where it gave up.
    pub at: Frame,
    /// Why.
    pub reason: String,
    /// Whether that was the last time.
    pub last: bool,
}

/// A piece of native code.
#[derive(Debug, Default)]
pub struct Code {
    /// Where it begins.
    pub place: Option<Frame>,
    /// Times that the interpreter entered it.
    pub entries: u64,
    /// How it was compiled; `None` when that was before the run.
    pub compiled: Option<Compiled>,
    /// Of a side trace: where it hangs.
    pub parent: Option<(CodeId, u32)>,
    /// Exits that were taken.
    pub exits: Vec<ExitProfile>,
    /// Why it was dropped, if it was.
    pub evicted: Option<String>,
}

/// The figures of a run.
#[derive(Debug, Default)]
pub struct Summary {
    /// Time of the run.
    pub total: Duration,
    /// Time that was spent compiling while the program went on.
    pub background: Duration,
    /// Where the time went, as far as it was sampled.
    pub times: Times,
    /// Loops and subs, those that took longest first.
    pub regions: Vec<Region>,
    /// Native code.
    pub codes: BTreeMap<CodeId, Code>,
}

impl Summary {
    /// Adds up what happened.
    pub fn new(events: &[Event]) -> Summary {
        let mut summary = Summary::default();
        for event in events {
            summary.add(event);
        }
        summary.place_codes();
        // Places keep the order in which they were first told of, when they took the same time.
        summary.regions.sort_by_key(|region| std::cmp::Reverse(region.times.total()));
        summary
    }

    /// Bytes of all native code that was made.
    pub fn code_bytes(&self) -> usize {
        self.compiled().map(|compiled| compiled.bytes).sum()
    }

    /// All native code that was made.
    pub fn compiled(&self) -> impl Iterator<Item = &Compiled> {
        self.codes.values().filter_map(|code| code.compiled.as_ref())
    }

    /// Time that compilation took, beside the program or not.
    pub fn compile_time(&self) -> Duration {
        self.compiled().map(|compiled| compiled.time).sum()
    }

    /// Exits of native code to the interpreter.
    pub fn exits(&self) -> u64 {
        self.codes.values().flat_map(|code| &code.exits).map(|exit| exit.count).sum()
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Hot { tier, place, count } => {
                let region = self.region(place);
                region.hot.get_or_insert(*count);
                region.awaited = Some(*tier);
            }
            Event::Compile(compiled) => {
                let code = self.codes.entry(compiled.code).or_default();
                code.place = Some(compiled.place.clone());
                code.compiled = Some(compiled.clone());
            }
            Event::Link { from, exit, to, .. } => {
                self.codes.entry(*to).or_default().parent = Some((*from, *exit));
            }
            Event::Abort { tier, place, at, reason, last } => {
                let abort = Abort { tier: *tier, at: at.clone(), reason: reason.clone(), last: *last };
                let region = self.region(place);
                region.awaited = region.awaited.filter(|awaited| awaited != tier);
                region.aborts.push(abort);
            }
            Event::Evict { code, reason, .. } => {
                self.codes.entry(*code).or_default().evicted = Some(reason.clone());
            }
            Event::Ran(profile) => self.add_profile(profile),
            // What was recorded is compiled, or given up; exits are counted in the profile.
            _ => {}
        }
    }

    /// Lists native code with the loop or sub that it belongs to; a side trace belongs to that of its root.
    fn place_codes(&mut self) {
        for id in self.codes.keys().copied().collect::<Vec<_>>() {
            let mut root = id;
            // Code links back to its root, too, so there may be a circle.
            for _ in 0..self.codes.len() {
                match self.codes.get(&root).and_then(|code| code.parent) {
                    Some((parent, _)) if self.codes.contains_key(&parent) => root = parent,
                    _ => break,
                }
            }
            let Some(code) = self.codes.get(&root) else { continue };
            let is_loop = code.compiled.as_ref().map(|compiled| compiled.is_loop);
            if let Some(place) = code.place.clone() {
                let region = self.region(&place);
                region.codes.push(id);
                region.is_loop = region.is_loop.or(is_loop);
            }
        }
    }

    fn add_profile(&mut self, profile: &Profile) {
        self.total += profile.total;
        self.background += profile.background;
        for code in &profile.codes {
            let known = self.codes.entry(code.code).or_default();
            known.entries += code.entries;
            known.exits.extend(code.exits.iter().cloned());
            known.place.get_or_insert_with(|| code.place.clone());
        }
        // Samples come at intervals that the system keeps roughly; what they tell is a share.
        let samples: u64 = profile.samples.iter().map(|sample| sample.count).sum();
        let interval = profile.total.div_f64(samples.max(1) as f64);
        let interval = if samples == 0 { INTERVAL } else { interval };
        for sample in &profile.samples {
            let time = interval.mul_f64(sample.count as f64);
            let place = match &sample.activity {
                Activity::Interpreter(place) => Some((Use::Interpreter, place.clone())),
                Activity::Native(code) => {
                    let ran = profile.codes.iter().find(|ran| ran.code == *code);
                    ran.map(|ran| (Use::of_tier(ran.tier), ran.place.clone()))
                }
                Activity::Compiling => None,
            };
            match place {
                Some((usage, place)) => {
                    self.times.add(usage, time);
                    self.region(&place).times.add(usage, time);
                }
                None => self.times.add(Use::Compiler, time),
            }
        }
    }

    /// The region of a place.
    fn region(&mut self, place: &Frame) -> &mut Region {
        let known = self.regions.iter().position(|region| region.place == *place);
        let index = known.unwrap_or_else(|| {
            self.regions.push(Region {
                place: place.clone(),
                is_loop: None,
                hot: None,
                times: Times::default(),
                codes: Vec::new(),
                aborts: Vec::new(),
                awaited: None,
            });
            self.regions.len() - 1
        });
        &mut self.regions[index]
    }
}

impl Region {
    /// Why the interpreter runs it, in words; `None` when native code does.
    pub fn why_interpreted(&self) -> Option<String> {
        if !self.codes.is_empty() {
            return None;
        }
        Some(match (self.awaited, self.aborts.last()) {
            (Some(_), _) => "the run was over before it was compiled".to_string(),
            (None, Some(abort)) => abort.reason.clone(),
            (None, None) => "it did not run often enough".to_string(),
        })
    }
}
