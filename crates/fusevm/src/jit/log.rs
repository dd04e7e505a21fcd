//! What the JIT does, as events: for `--jit-log`, for the report page, and for embedders.
//!
//! An event is made only when somebody listens. Code is known by a number, which counts up over a thread's life,
//! and by its place in the program: the source line of its loop or of the begin of its sub. While somebody
//! listens, the VM also counts how native code is entered and left, and samples where the time goes.

mod sampler;

use super::metadata::{SlotKind, Tier, kinds_in_words};
use crate::error::Frame;
use sampler::Sampler;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

pub use sampler::INTERVAL;

/// Who listens to events; see [`VM::set_jit_log`](crate::VM::set_jit_log).
#[cfg(not(feature = "sync"))]
pub type Sink = Box<dyn FnMut(&Event)>;
/// Who listens to events; see [`VM::set_jit_log`](crate::VM::set_jit_log).
#[cfg(feature = "sync")]
pub type Sink = Box<dyn FnMut(&Event) + Send>;

/// The number of a piece of native code in events.
pub type CodeId = u32;

/// Something that the JIT did. Shown, it is the one line of `--jit-log`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A loop or sub ran often enough to be looked at.
    Hot {
        /// The tier that will look at it.
        tier: Tier,
        /// The loop's header, or the sub's first op.
        place: Frame,
        /// Iterations or calls.
        count: u32,
    },
    /// A path was recorded.
    Record {
        /// Where it begins.
        place: Frame,
        /// Of a side trace: the code and the exit where it hangs.
        parent: Option<(CodeId, u32)>,
        /// Instructions of trace IR, before optimisation.
        instructions: u32,
    },
    /// Native code was made.
    Compile(Compiled),
    /// Native code could not be taken from the disk cache, or not be put there.
    Cache {
        /// The loop's header, or the sub's first op.
        place: Frame,
        /// Why, in words.
        reason: String,
    },
    /// An exit leads to other native code from now on.
    Link {
        /// The code with the exit.
        from: CodeId,
        /// Its place.
        place: Frame,
        /// The exit.
        exit: u32,
        /// Where it leads.
        to: CodeId,
    },
    /// Native code was left by an exit. Told when `count` is a power of ten.
    Exit {
        /// The code.
        code: CodeId,
        /// Its place.
        place: Frame,
        /// The exit's number.
        exit: u32,
        /// Where the interpreter goes on.
        at: Frame,
        /// Times that this exit was taken.
        count: u64,
        /// Why, in words.
        reason: String,
    },
    /// Something is not compiled.
    Abort {
        /// The tier that gave up.
        tier: Tier,
        /// The loop's header, or the sub's first op.
        place: Frame,
        /// Where it gave up; where recording stopped, say.
        at: Frame,
        /// Why, in words.
        reason: String,
        /// Whether this tier will never try again.
        last: bool,
    },
    /// Native code was dropped.
    Evict {
        /// The code.
        code: CodeId,
        /// Its place.
        place: Frame,
        /// Its size.
        bytes: usize,
        /// Why, in words.
        reason: String,
    },
    /// A run ended: what its code did.
    Ran(Profile),
}

/// A piece of native code that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// Its number.
    pub code: CodeId,
    /// Which compiler made it.
    pub tier: Tier,
    /// The loop's header, or the sub's first op.
    pub place: Frame,
    /// Whether it is a loop rather than a whole body.
    pub is_loop: bool,
    /// Kinds of arguments and slots that it was made for.
    pub entry: Vec<SlotKind>,
    /// Instructions that were compiled: of trace IR, or of lowered code.
    pub instructions: u32,
    /// Bytes of machine code.
    pub bytes: usize,
    /// Time that it took; next to nothing when it came from the disk cache.
    pub time: Duration,
    /// Whether the program went on meanwhile.
    pub background: bool,
    /// Whether it came from the disk cache.
    pub cached: bool,
    /// Its forms from ops to machine code, when [`VM::set_jit_listings`](crate::VM::set_jit_listings) asks.
    pub listings: Vec<Listing>,
}

/// One form of code on its way from ops to machine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The form's title: `ops`, `code`, `trace as recorded`, `trace after fold`, `CLIF`, `machine code`.
    pub title: String,
    /// The text.
    pub text: String,
}

/// Where a run spent its time, and how native code was left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Time of the whole run.
    pub total: Duration,
    /// Time that the running thread compiled.
    pub compiling: Duration,
    /// Time that other threads compiled meanwhile.
    pub background: Duration,
    /// Samples of the running program, one every [`INTERVAL`].
    pub samples: Vec<Sample>,
    /// Native code that was entered, in the order of numbers.
    pub codes: Vec<CodeProfile>,
}

/// How much of a run's time went to one activity at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What the running thread did.
    pub activity: Activity,
    /// Samples that fell there.
    pub count: u64,
}

/// What a running thread does.
#[derive(Clone, Debug, PartialEq)]
pub enum Activity {
    /// It interprets: in the innermost loop or the sub of this place.
    Interpreter(Frame),
    /// It executes native code, with all that this calls and leads to without the interpreter.
    Native(CodeId),
    /// It compiles, or waits for it.
    Compiling,
}

/// How a piece of native code was entered and left.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeProfile {
    /// Its number.
    pub code: CodeId,
    /// Which compiler made it.
    pub tier: Tier,
    /// Its loop or sub.
    pub place: Frame,
    /// Times that the interpreter entered it.
    pub entries: u64,
    /// Exits to the interpreter, in the order of their numbers; those that were never taken are not among them.
    pub exits: Vec<ExitProfile>,
}

/// How often native code was left by one of its exits.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitProfile {
    /// The exit's number.
    pub exit: u32,
    /// Where the interpreter went on.
    pub at: Frame,
    /// Why, in words.
    pub reason: String,
    /// Times that it was taken.
    pub count: u64,
}

impl Profile {
    /// Samples of the interpreter, of native code, and of the compiler.
    pub fn shares(&self) -> [u64; 3] {
        let mut shares = [0; 3];
        for sample in &self.samples {
            let share = match sample.activity {
                Activity::Interpreter(_) => 0,
                Activity::Native(_) => 1,
                Activity::Compiling => 2,
            };
            shares[share] += sample.count;
        }
        shares
    }
}

impl Event {
    /// Every place that the event names, so that a frontend can put in what it knows of its text.
    pub fn places_mut(&mut self) -> Vec<&mut Frame> {
        match self {
            Event::Hot { place, .. }
            | Event::Record { place, .. }
            | Event::Cache { place, .. }
            | Event::Link { place, .. }
            | Event::Evict { place, .. }
            | Event::Compile(Compiled { place, .. }) => vec![place],
            Event::Exit { place, at, .. } | Event::Abort { place, at, .. } => vec![place, at],
            Event::Ran(Profile { samples, codes, .. }) => {
                let sampled = samples.iter_mut().filter_map(|sample| match &mut sample.activity {
                    Activity::Interpreter(place) => Some(place),
                    Activity::Native(_) | Activity::Compiling => None,
                });
                let code = codes.iter_mut().flat_map(|code| {
                    let exits = code.exits.iter_mut().map(|exit| &mut exit.at);
                    exits.chain([&mut code.place])
                });
                sampled.chain(code).collect()
            }
        }
    }
}

/// A place as log lines name it: source and line, the sub, the op.
struct Shown<'a>(&'a Frame);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown(place) = self;
        write!(f, "{place}")?;
        if !place.name.is_empty() {
            write!(f, " in {}", place.name)?;
        }
        // A place without a line is shown as its op already.
        if place.line > 0 { write!(f, " (op {})", place.op_index) } else { Ok(()) }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Hot { tier, place, count } => {
                write!(f, "hot     {}: {count} times, for the {tier} tier", Shown(place))
            }
            Event::Record { place, parent, instructions } => {
                write!(f, "record  {}: {instructions} instructions", Shown(place))?;
                match parent {
                    Some((code, exit)) => write!(f, ", from exit {exit} of #{code}"),
                    None => Ok(()),
                }
            }
            Event::Compile(compiled) => compiled.fmt(f),
            Event::Cache { place, reason } => write!(f, "cache   {}: {reason}", Shown(place)),
            Event::Link { from, place, exit, to } => {
                write!(f, "link    #{from} {}: exit {exit} leads to #{to}", Shown(place))
            }
            Event::Exit { code, place, exit, at, count, reason } => {
                let times = if *count == 1 { "time" } else { "times" };
                write!(f, "exit    #{code} {}: exit {exit} to {at}, {count} {times}: {reason}", Shown(place))
            }
            Event::Abort { tier, place, at, reason, last } => {
                write!(f, "abort   {}: {tier} tier: {reason}", Shown(place))?;
                if at != place {
                    write!(f, ", at {}", Shown(at))?;
                }
                f.write_str(if *last { "; never again" } else { "" })
            }
            Event::Evict { code, place, bytes, reason } => {
                write!(f, "evict   #{code} {}: {bytes} bytes: {reason}", Shown(place))
            }
            Event::Ran(profile) => {
                write!(f, "ran     {}", Milliseconds(profile.total))?;
                let shares = profile.shares();
                let all: u64 = shares.iter().sum();
                if all > 0 {
                    let [interpreter, native, compiler] =
                        shares.map(|share| share as f64 * 100.0 / all as f64);
                    write!(
                        f,
                        ": {interpreter:.0} % interpreter, {native:.0} % native code, {compiler:.0} % compiler"
                    )?;
                }
                write!(
                    f,
                    "; compiled for {}, and for {} beside it",
                    Milliseconds(profile.compiling),
                    Milliseconds(profile.background)
                )
            }
        }
    }
}

impl fmt::Display for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compiled { code, tier, place, instructions, bytes, time, .. } = self;
        let what = if self.is_loop { "loop" } else { "body" };
        write!(f, "compile #{code} {}: {tier} tier, {what}", Shown(place))?;
        if !self.entry.is_empty() {
            write!(f, " ({})", kinds_in_words(&self.entry))?;
        }
        write!(f, ", {instructions} instructions to {bytes} bytes in {}", Milliseconds(*time))?;
        f.write_str(match (self.cached, self.background) {
            (true, _) => ", from the cache",
            (false, true) => ", beside the program",
            (false, false) => "",
        })
    }
}

/// A time in milliseconds.
struct Milliseconds(Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ms", self.0.as_secs_f64() * 1000.0)
    }
}

/// The VM's side of the log: who listens, and what the run under way has done.
#[derive(Default)]
pub(crate) struct Log {
    sink: Option<Sink>,
    listings: bool,
    /// Watches the run that is under way.
    sampler: Option<Sampler>,
    began: Option<Instant>,
    compiling: Duration,
    background: Duration,
    codes: BTreeMap<CodeId, CodeCounts>,
}

/// What a [`CodeProfile`] is made of.
struct CodeCounts {
    tier: Tier,
    place: Frame,
    entries: u64,
    exits: BTreeMap<u32, ExitProfile>,
}

impl Log {
    /// Replaces who listens.
    pub fn set_sink(&mut self, sink: Option<Sink>) {
        self.sink = sink;
    }

    /// Whether compiled events carry listings, if anybody listens.
    pub fn set_listings(&mut self, on: bool) {
        self.listings = on;
    }

    /// Whether anybody listens.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.sink.is_some()
    }

    /// Whether compilers must write listings.
    pub fn wants_listings(&self) -> bool {
        self.listings && self.is_on()
    }

    /// Tells an event to who listens.
    #[inline]
    pub fn emit(&mut self, event: impl FnOnce() -> Event) {
        let Some(sink) = &mut self.sink else { return };
        let event = event();
        if let Event::Compile(compiled) = &event {
            *(if compiled.background { &mut self.background } else { &mut self.compiling }) += compiled.time;
        }
        sink(&event);
    }

    /// A run begins, whose loops look at `poll`.
    pub fn begin_run(&mut self, poll: &Arc<AtomicU32>) {
        if self.is_on() {
            self.began = Some(Instant::now());
            self.sampler = Sampler::start(poll.clone());
        }
    }

    /// The run has ended; what was not interrupted at a loop or call, it did at `place`.
    pub fn end_run(&mut self, place: impl FnOnce() -> Frame) {
        let Some(began) = self.began.take() else { return };
        let total = began.elapsed();
        let samples = self.sampler.take().map_or_else(Vec::new, |sampler| sampler.finish(place));
        let codes = std::mem::take(&mut self.codes).into_iter().map(|(code, counts)| CodeProfile {
            code,
            tier: counts.tier,
            place: counts.place,
            entries: counts.entries,
            exits: counts.exits.into_values().collect(),
        });
        let (compiling, background) =
            (std::mem::take(&mut self.compiling), std::mem::take(&mut self.background));
        let profile = Profile { total, compiling, background, samples, codes: codes.collect() };
        self.emit(|| Event::Ran(profile));
    }

    /// The interpreter is at a loop or call of `place`, and was asked where.
    #[cold]
    pub fn sample(&mut self, place: Frame) {
        if let Some(sampler) = &mut self.sampler {
            sampler.interpreted(place);
        }
    }

    /// Native code is about to be entered by the interpreter.
    #[inline]
    pub fn enter(&mut self, code: CodeId, tier: Tier, place: impl FnOnce() -> Frame) {
        if !self.is_on() {
            return;
        }
        self.counts(code, tier, place).entries += 1;
        if let Some(sampler) = &self.sampler {
            sampler.set_native(code);
        }
    }

    /// Native code may be left that was entered from other native code.
    pub fn know(&mut self, code: CodeId, tier: Tier, place: impl FnOnce() -> Frame) {
        self.counts(code, tier, place);
    }

    fn counts(&mut self, code: CodeId, tier: Tier, place: impl FnOnce() -> Frame) -> &mut CodeCounts {
        let new = || CodeCounts { tier, place: place(), entries: 0, exits: BTreeMap::new() };
        self.codes.entry(code).or_insert_with(new)
    }

    /// Native code was left for the interpreter by an exit, which leads to `describe`'s place for its reason;
    /// `None` for code that came to its end.
    #[inline]
    pub fn leave(&mut self, code: CodeId, exit: Option<u32>, describe: impl FnOnce() -> (Frame, String)) {
        if !self.is_on() {
            return;
        }
        if let Some(sampler) = &self.sampler {
            sampler.set_interpreter();
        }
        let (Some(exit), Some(counts)) = (exit, self.codes.get_mut(&code)) else { return };
        let profile = counts.exits.entry(exit).or_insert_with(|| {
            let (at, reason) = describe();
            ExitProfile { exit, at, reason, count: 0 }
        });
        profile.count += 1;
        if is_told(profile.count) {
            let ExitProfile { at, reason, count, .. } = profile.clone();
            let place = counts.place.clone();
            self.emit(|| Event::Exit { code, place, exit, at, count, reason });
        }
    }

    /// The thread begins, or ends, to compile or to wait for it.
    pub fn set_compiling(&mut self, on: bool) {
        if let Some(sampler) = &self.sampler {
            if on { sampler.set_compiling() } else { sampler.set_interpreter() }
        }
    }
}

/// Whether the `count`th time of something is told: the first, the tenth, the hundredth.
fn is_told(count: u64) -> bool {
    count > 0 && count == 10_u64.pow(count.ilog10())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, line: u32, op_index: usize) -> Frame {
        Frame { name: name.into(), source: "sum.awk".into(), line, op_index }
    }

    #[test]
    fn lines() {
        let header = place("", 3, 12);
        let in_sub = place("fib", 7, 40);
        let compiled = Compiled {
            code: 2,
            tier: Tier::Block,
            place: in_sub.clone(),
            is_loop: false,
            entry: vec![SlotKind::Int, SlotKind::Float, SlotKind::Float],
            instructions: 17,
            bytes: 412,
            time: Duration::from_micros(810),
            background: true,
            cached: false,
            listings: Vec::new(),
        };
        let cached = Compiled {
            is_loop: true,
            entry: Vec::new(),
            cached: true,
            place: place("", 0, 9),
            ..compiled.clone()
        };
        let reason = String::from("slot 2 is no int");
        let cases = [
            (
                Event::Hot { tier: Tier::Trace, place: header.clone(), count: 50 },
                "hot     sum.awk:3 (op 12): 50 times, for the trace tier",
            ),
            (
                Event::Record { place: header.clone(), parent: None, instructions: 31 },
                "record  sum.awk:3 (op 12): 31 instructions",
            ),
            (
                Event::Record { place: in_sub.clone(), parent: Some((1, 4)), instructions: 8 },
                "record  sum.awk:7 in fib (op 40): 8 instructions, from exit 4 of #1",
            ),
            (
                Event::Compile(compiled),
                "compile #2 sum.awk:7 in fib (op 40): block tier, body (int, float ×2), 17 instructions to 412 bytes \
                 in 0.81 ms, beside the program",
            ),
            (
                Event::Compile(cached),
                "compile #2 sum.awk: op 9: block tier, loop, 17 instructions to 412 bytes in 0.81 ms, \
                 from the cache",
            ),
            (
                Event::Cache { place: in_sub.clone(), reason: "nothing is stored".into() },
                "cache   sum.awk:7 in fib (op 40): nothing is stored",
            ),
            (
                Event::Link { from: 1, place: header.clone(), exit: 4, to: 3 },
                "link    #1 sum.awk:3 (op 12): exit 4 leads to #3",
            ),
            (
                Event::Exit {
                    code: 1,
                    place: header.clone(),
                    exit: 4,
                    at: place("", 5, 20),
                    count: 1,
                    reason: reason.clone(),
                },
                "exit    #1 sum.awk:3 (op 12): exit 4 to sum.awk:5, 1 time: slot 2 is no int",
            ),
            (
                Event::Abort {
                    tier: Tier::Trace,
                    place: header.clone(),
                    at: in_sub.clone(),
                    reason: "too long".into(),
                    last: true,
                },
                "abort   sum.awk:3 (op 12): trace tier: too long, at sum.awk:7 in fib (op 40); never again",
            ),
            (
                Event::Abort {
                    tier: Tier::Block,
                    place: header.clone(),
                    at: header.clone(),
                    reason,
                    last: false,
                },
                "abort   sum.awk:3 (op 12): block tier: slot 2 is no int",
            ),
            (
                Event::Evict { code: 1, place: header, bytes: 900, reason: "the code is full".into() },
                "evict   #1 sum.awk:3 (op 12): 900 bytes: the code is full",
            ),
            (
                Event::Ran(Profile { total: Duration::from_micros(400), ..Profile::default() }),
                "ran     0.40 ms; compiled for 0.00 ms, and for 0.00 ms beside it",
            ),
            (
                Event::Ran(Profile {
                    total: Duration::from_millis(20),
                    compiling: Duration::from_micros(500),
                    background: Duration::from_micros(900),
                    samples: vec![
                        Sample { activity: Activity::Interpreter(place("", 3, 12)), count: 2 },
                        Sample { activity: Activity::Native(1), count: 20 },
                        Sample { activity: Activity::Interpreter(place("fib", 7, 40)), count: 2 },
                        Sample { activity: Activity::Compiling, count: 1 },
                    ],
                    codes: Vec::new(),
                }),
                "ran     20.00 ms: 16 % interpreter, 80 % native code, 4 % compiler; compiled for 0.50 ms, \
                 and for 0.90 ms beside it",
            ),
        ];
        for (event, line) in cases {
            assert_eq!(event.to_string(), line);
        }
    }

    #[test]
    fn powers_of_ten_are_told() {
        let told: Vec<u64> = (0..=1000).filter(|count| is_told(*count)).collect();
        assert_eq!(told, [1, 10, 100, 1000]);
        assert!(is_told(10_000_000_000_000_000_000) && !is_told(u64::MAX));
    }
}
