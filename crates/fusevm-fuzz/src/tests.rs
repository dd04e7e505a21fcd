//! What the generator promises, and whether the shrinker and the comparison find what is there to find.

use crate::{Comparison, ENGINES, Engine, Finding, REFERENCE, program, shrink};
use fusevm::Op;
use fusevm::chunk::text::assemble;

#[test]
fn most_programs_verify() {
    let bad = (0..200).filter(|seed| program(*seed).verify().is_err()).count();
    assert!(bad < 20, "{bad} of 200 programs do not verify");
}

#[test]
fn a_seed_repeats_its_program() {
    for seed in 0..20 {
        assert_eq!(program(seed).to_bytes(), program(seed).to_bytes());
    }
}

/// Together the programs use all that compilers must get right.
#[test]
fn programs_use_most_ops() {
    let mut unused: Vec<&str> = Op::table().iter().map(|info| info.name).collect();
    for seed in 0..2000 {
        let chunk = program(seed);
        unused.retain(|name| chunk.ops.iter().all(|op| op.info().name != *name));
    }
    let host = |name: &&str| {
        let info = Op::table().iter().find(|info| info.name == *name).expect("a name of the table");
        info.section == "Shell" || info.section == "awk"
    };
    unused.retain(|name| !host(name));
    assert_eq!(unused, ["ReadLine", "TimeInt"]);
}

#[test]
fn most_programs_end_by_themselves() {
    let comparison = Comparison::new(&[REFERENCE], 20_000, 1);
    let setting = crate::Setting { fuel: Some(20_000), depth: 24, heap: Some(8 << 20) };
    let ends = |seed: &u64| {
        let (seen, _) = comparison.compare(&program(*seed), setting);
        !seen.is_out_of_fuel()
    };
    let ended = (0..100).filter(ends).count();
    assert!(ended > 60, "{ended} of 100");
}

/// An engine that is wrong in one thing, for want of a broken one.
#[test]
fn a_wrong_engine_is_found() {
    let wrong = Engine { name: "wrong", configure: |vm| vm.set_global("g", fusevm::Value::int(12)) };
    let comparison = Comparison::new(&[REFERENCE, wrong], 20_000, 1);
    let text = "LoadInt 3\n again: Dec\n Dup\n JumpIfTrue again\n GetVar g\n LoadInt 1\n Add\n Add";
    let chunk = assemble("text", text).expect("a good program");
    let found = comparison.disagreement(&chunk).expect("a global differs");
    assert_eq!(found.engines, ["reference interpreter", "wrong"]);
    let (small, found) = comparison.shrink(&chunk, found, |_, _| {});
    assert!(small.ops.len() < 3 && found.to_string().contains("12"), "{found}\n{}", small.disassemble());
    let finding = Finding { seed: 1, setting: Some(found.setting), chunk: small };
    let again = Finding::parse("file", &finding.to_text(&found.to_string())).expect("what was written");
    assert_eq!(again.chunk.ops, finding.chunk.ops);
    assert_eq!(again.replay(&comparison).map(|found| found.to_string()), Some(found.to_string()));
}

#[test]
fn shrinking_keeps_what_fails() {
    for seed in 0..30 {
        let chunk = program(seed);
        let has_add = |chunk: &fusevm::Chunk| chunk.clone().verify().is_ok() && chunk.ops.contains(&Op::Add);
        if has_add(&chunk) {
            let small = shrink(&chunk, has_add);
            assert!(has_add(&small) && small.ops.len() < 10, "{}", small.disassemble());
        }
    }
}

#[test]
fn engines_agree_on_some_programs() {
    for seed in 1..20 {
        let found = Comparison::new(ENGINES, 5_000, seed).disagreement(&program(seed));
        assert!(found.is_none(), "seed {seed}: {}", found.map(|found| found.to_string()).unwrap_or_default());
    }
}
