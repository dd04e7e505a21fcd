//! What the JIT does, as events: for `--jit-log`, for the report page, and for embedders.
//!
//! An event is made only when somebody listens. Code is known by a number, which counts up over a VM's life,
//! and by its place in the program: the source line of its loop header or of the begin of its sub.

use super::metadata::{DeoptInfo, SlotKind, Tier};
use crate::error::Frame;
use std::fmt;
use std::time::Duration;

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
    /// Time that the running thread compiled, or waited for it.
    pub compiling: Duration,
    /// Time that other threads compiled meanwhile.
    pub background: Duration,
    /// Samples of the running program, in the order of places.
    pub samples: Vec<Sample>,
    /// Native code that ran, in the order of numbers.
    pub codes: Vec<CodeProfile>,
}

/// How much of a run's time went to a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The loop's header or the sub.
    pub place: Frame,
    /// The native code that ran there; `None` is the interpreter.
    pub code: Option<(CodeId, Tier)>,
    /// How many samples fell there.
    pub count: u64,
}

/// How a piece of native code was entered and left.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeProfile {
    /// Its number.
    pub code: CodeId,
    /// The loop's header, or the sub's first op.
    pub place: Frame,
    /// Times that the interpreter entered it.
    pub entries: u64,
    /// Its exits.
    pub exits: Vec<DeoptInfo>,
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
                let Profile { total, compiling, background, .. } = profile;
                write!(
                    f,
                    "ran     {}; compiling took {} of it, and {} beside it",
                    Milliseconds(*total),
                    Milliseconds(*compiling),
                    Milliseconds(*background)
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
            let kinds: Vec<&str> = self.entry.iter().map(|kind| kind.name()).collect();
            write!(f, " ({})", kinds.join(" "))?;
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

/// The VM's side of the log.
#[derive(Default)]
pub(crate) struct Log {
    sink: Option<Sink>,
    listings: bool,
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
        if let Some(sink) = &mut self.sink {
            sink(&event());
        }
    }
}

/// Whether the `count`th time of something is told: the first, the tenth, the hundredth.
pub(crate) fn is_told(count: u64) -> bool {
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
            entry: vec![SlotKind::Int],
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
                "compile #2 sum.awk:7 in fib (op 40): block tier, body (int), 17 instructions to 412 bytes \
                 in 0.81 ms, beside the program",
            ),
            (
                Event::Compile(cached),
                "compile #2 sum.awk: op 9: block tier, loop, 17 instructions to 412 bytes in 0.81 ms, \
                 from the cache",
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
                Event::Ran(Profile {
                    total: Duration::from_millis(20),
                    compiling: Duration::from_micros(20),
                    background: Duration::from_micros(900),
                    ..Profile::default()
                }),
                "ran     20.00 ms; compiling took 0.02 ms of it, and 0.90 ms beside it",
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
