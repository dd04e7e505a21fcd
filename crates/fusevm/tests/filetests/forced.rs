//! Exits at every check of traces: what the program does is the same wherever the interpreter takes over.

use crate::{cases_of, root, run, test_files};
use fusevm::jit::testing::{Traced, force_exit, forget_code, keep_proved_checks, most_checks, set_traced};
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
        let config =
            TraceJitConfig { trace_threshold: 1, block_threshold: u32::MAX, ..TraceJitConfig::default() };
        JitCompiler::new().set_config(config);
        set_traced(Traced::All);
        keep_proved_checks(true);
        force_exit(Some(CHECK.get()));
        forget_code();
    },
};

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
