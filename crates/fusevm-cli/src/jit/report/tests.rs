//! The page and its figures, from a run as the JIT would tell it.

use super::*;
use crate::jit::{Observed, Texts};
use fusevm::error::Frame;
use fusevm::jit::log::{Activity, CodeProfile, Compiled, ExitProfile, Profile, Sample};
use fusevm::jit::{Event, SlotKind, Tier};
use std::time::Duration;

const TEXT: &str = "\
# Primes by trial division.
BEGIN {
    for (n = 2; n < 20000; n++) {
        prime = 1
        for (d = 2; d * d <= n; d++)
            if (n % d == 0) { prime = 0; break }
        if (prime) count[digits(n)]++
    }
    for (length_ in count) printf \"%d <%s>\\n\", length_, count[length_]
    system(\"true\")
}



# A comment that nobody looks at.




function digits(n) {
    return n < 10 ? 1 : 1 + digits(int(n / 10))
}
";

fn place(name: &str, line: u32, op_index: usize) -> Frame {
    Frame { name: name.into(), source: "primes.awk".into(), line, op_index }
}

/// A run as the JIT would tell it.
fn run() -> Observed {
    let (outer, inner, digits, last) =
        (place("", 3, 4), place("", 5, 9), place("digits", 21, 60), place("", 9, 40));
    let compiled = |code, tier, place: &Frame, is_loop, instructions, bytes, micros, background| {
        Event::Compile(Compiled {
            code,
            tier,
            place: place.clone(),
            is_loop,
            entry: vec![SlotKind::Float, SlotKind::Float, SlotKind::Any],
            instructions,
            bytes,
            time: Duration::from_micros(micros),
            background,
            cached: false,
            listings: Vec::new(),
        })
    };
    let exit = |exit, at: Frame, reason: &str, count| ExitProfile { exit, at, reason: reason.into(), count };
    let code = |code, tier, place: &Frame, entries, exits| CodeProfile {
        code,
        tier,
        place: place.clone(),
        entries,
        exits,
    };
    let sample = |activity, count| Sample { activity, count };
    let events = vec![
        Event::Hot { tier: Tier::Trace, place: inner.clone(), count: 50 },
        Event::Record { place: inner.clone(), parent: None, instructions: 18 },
        Event::Hot { tier: Tier::Block, place: digits.clone(), count: 10 },
        compiled(1, Tier::Trace, &inner, true, 18, 212, 640, true),
        compiled(2, Tier::Block, &digits, false, 31, 508, 910, true),
        Event::Link { from: 1, place: inner.clone(), exit: 2, to: 3 },
        compiled(3, Tier::Trace, &place("", 7, 31), false, 22, 340, 590, false),
        Event::Hot { tier: Tier::Trace, place: outer.clone(), count: 50 },
        Event::Abort {
            tier: Tier::Trace,
            place: outer.clone(),
            at: inner.clone(),
            reason: "the inner loop \"d\" left in the first iteration".into(),
            last: false,
        },
        Event::Abort {
            tier: Tier::Trace,
            place: last.clone(),
            at: place("", 10, 48),
            reason: "a process is started & waited for".into(),
            last: true,
        },
        Event::Ran(Profile {
            total: Duration::from_millis(120),
            compiling: Duration::from_micros(590),
            background: Duration::from_micros(1550),
            samples: vec![
                sample(Activity::Interpreter(outer.clone()), 11),
                sample(Activity::Interpreter(inner.clone()), 4),
                sample(Activity::Interpreter(last), 1),
                sample(Activity::Native(1), 84),
                sample(Activity::Native(2), 18),
                sample(Activity::Compiling, 2),
            ],
            codes: vec![
                code(
                    1,
                    Tier::Trace,
                    &inner,
                    19_900,
                    vec![
                        exit(1, place("", 6, 22), "the condition is true", 17_640),
                        exit(4, place("", 7, 30), "slot 4 is no float", 3),
                    ],
                ),
                code(2, Tier::Block, &digits, 2262, vec![]),
            ],
        }),
    ];
    let mut texts = Texts::default();
    texts.add("primes.awk", TEXT.as_bytes());
    Observed { events, texts }
}

#[test]
fn the_page_tells_what_happened() {
    let observed = run();
    let page = page::page("awk -f primes.awk '<x>'", &Summary::new(&observed.events), &observed);
    let parts = [
        "<code>awk -f primes.awk '&lt;x&gt;'</code>",
        "<b>120 ms</b><span>the whole run</span>",
        "<b>85 %</b><span>of it in native code</span>",
        "<b>3</b><span>compiled, to 1,060 bytes</span>",
        "<b>2.1 ms</b><span>for compiling, 1.6 ms of it beside the program</span>",
        "<b>17,643</b><span>exits to the interpreter</span>",
        "<b>2</b><span>loops and subs given up</span>",
        "tracing tier<b>70 %</b><span>84.0 ms</span>",
        "side trace of #1, exit 2 for (float ×2, any): 22 instructions became 340 bytes in 0.59 ms; \
         never entered",
        "<code>        if (prime) count[digits(n)]++</code>",
        "the inner loop &quot;d&quot; left in the first iteration",
        "a process is started &amp; waited for",
        "<span class=\"chip exit\">17,640 exits</span>",
        "⋯ 5 lines",
        "hot after 50 iterations",
        "hot after 10 calls",
    ];
    for part in parts {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // One file that needs nothing else, and runs nothing.
    for foreign in ["http", "src=", "<script", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(!page.contains("A comment that nobody looks at"));
}

#[test]
fn a_run_without_events_has_a_page() {
    let page = page::page("run x.fvm", &Summary::new(&[]), &Observed::default());
    for part in ["too short to be sampled", "None ran long enough", "never left for the interpreter"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn regions_say_why_they_are_interpreted() {
    let summary = Summary::new(&run().events);
    let reasons: Vec<(u32, Option<String>)> =
        summary.regions.iter().map(|region| (region.place.line, region.why_interpreted())).collect();
    let given_up = |reason: &str| Some(reason.to_string());
    assert_eq!(
        reasons,
        [
            (5, None),
            (21, None),
            (3, given_up("the inner loop \"d\" left in the first iteration")),
            (9, given_up("a process is started & waited for")),
        ]
    );
    let hot = Event::Hot { tier: Tier::Trace, place: place("", 1, 1), count: 50 };
    let cold = Profile {
        total: Duration::from_millis(1),
        samples: vec![Sample { activity: Activity::Interpreter(place("", 2, 2)), count: 1 }],
        ..Profile::default()
    };
    let reasons: Vec<Option<String>> = Summary::new(&[hot, Event::Ran(cold)])
        .regions
        .iter()
        .map(|region| region.why_interpreted())
        .collect();
    assert_eq!(
        reasons,
        [given_up("it did not run often enough"), given_up("the run was over before it was compiled")]
    );
    // What one tier has given up another may have been about to compile.
    let looked = |tier| Event::Hot { tier, place: place("", 1, 1), count: 50 };
    let abort = Event::Abort {
        tier: Tier::Trace,
        place: place("", 1, 1),
        at: place("", 1, 1),
        reason: "too long".into(),
        last: true,
    };
    let summary = Summary::new(&[looked(Tier::Trace), abort, looked(Tier::Block)]);
    let reason = summary.regions[0].why_interpreted();
    assert_eq!(reason, given_up("the run was over before it was compiled"));
}

#[test]
fn words_are_quoted_as_shells_want_it() {
    for (word, shown) in [
        ("-f", "-f"),
        ("a/b.awk", "a/b.awk"),
        ("", "''"),
        ("{ print $1 }", "'{ print $1 }'"),
        ("it's", "'it'\\''s'"),
    ] {
        assert_eq!(shell_word(word), shown);
    }
}
