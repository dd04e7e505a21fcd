//! Exits at every check of native code: what the program does is the same wherever the interpreter takes over.

use crate::{cases_of, root, run, test_files};
use fusevm::jit::testing::{
    Traced, force_exit, force_exit_after, forget_code, keep_proved_checks, most_checks, set_traced,
};
use fusevm::jit::{JitCompiler, TraceJitConfig};
use fusevm_fuzz::Engine;
use std::cell::Cell;

thread_local! {
    static CHECK: Cell<u32> = const { Cell::new(0) };
}

/// Traces everything at once, with an exit forced at one check of each trace.
const FORCED: Engine = Engine {
    name: "traces with a forced exit",
    configure: |_| {
        configure(u32::MAX, Traced::All);
        force_exit(Some(CHECK.get()));
    },
};

/// Compiles everything whole and at once; each entry of native code ends at a certain guard.
const FORCED_METHODS: Engine = Engine {
    name: "method tier with a forced exit",
    configure: |_| {
        configure(1, Traced::None);
        force_exit_after(u64::from(CHECK.get()) + 1);
    },
};

fn configure(calls: u32, traced: Traced) {
    let config = TraceJitConfig { trace_threshold: 1, block_threshold: calls, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
    set_traced(traced);
    keep_proved_checks(true);
    forget_code();
}

#[test]
fn an_exit_at_every_check_changes_nothing() {
    let mut failures = Vec::new();
    let mut exits = 0;
    for path in test_files(&root().join("traces")) {
        for case in cases_of(&path).expect("the other test says what is wrong") {
            CHECK.set(0);
            most_checks();
            loop {
                if let Err(failure) = run::check_on(&case, &FORCED) {
                    failures.push(format!("check {}: {failure}", CHECK.get()));
                    break;
                }
                CHECK.set(CHECK.get() + 1);
                if CHECK.get() >= most_checks() {
                    break;
                }
                exits += 1;
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(exits > 300, "only {exits} exits were forced");
}

/// Guards of method code count from each entry on, so a few numbers lead to each guard of most loops.
#[test]
fn an_exit_at_any_guard_of_methods_changes_nothing() {
    let mut failures = Vec::new();
    for path in ["traces", "programs"].iter().flat_map(|part| test_files(&root().join(part))) {
        for case in cases_of(&path).expect("the other test says what is wrong") {
            for guard in 0..16 {
                CHECK.set(guard);
                if let Err(failure) = run::check_on(&case, &FORCED_METHODS) {
                    failures.push(format!("guard {guard}: {failure}"));
                    break;
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
