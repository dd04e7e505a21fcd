//! What the JIT tells about a run.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::jit::Event;
use fusevm::jit::log::{Activity, Profile};
use fusevm::{VM, VMResult, Value};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Runs a program and returns what the log said of the run.
fn profile_of(vm: &mut VM) -> (VMResult, Vec<Profile>) {
    let profiles = Arc::new(Mutex::new(Vec::new()));
    let sink = profiles.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Ran(profile) = event {
            sink.lock().expect("no panic").push(profile.clone());
        }
    })));
    let result = vm.run();
    vm.set_jit_log(None);
    let profiles = std::mem::take(&mut *profiles.lock().expect("no panic"));
    (result, profiles)
}

const LOOPS: &str = "
    .source \"loops.x\"
    .line 1
        LoadInt 0
        SetSlot 0
    .line 2
    top: GetSlot 0
        LoadInt LIMIT
        NumLt
        JumpIfFalse done
    .line 3
        PreIncSlot 0
        Pop
    .line 4
        Jump top
    .line 5
    done: AccumSumLoop 2 1 LIMIT
        GetSlot 2
";

/// A run is sampled where it spends its time, and neither its result nor its fuel know of it.
#[test]
fn samples_fall_on_loops() {
    let limit = if cfg!(debug_assertions) { 60_000 } else { 20_000_000 };
    let chunk = assemble("loops.x", &LOOPS.replace("LIMIT", &limit.to_string())).expect("a program");
    for reference in [false, true] {
        let new_vm = || {
            let mut vm = VM::new(chunk.clone());
            vm.set_reference_interpreter(reference);
            vm.set_fuel(Some(1 << 40));
            vm
        };
        let (mut silent, mut vm) = (new_vm(), new_vm());
        let result = silent.run();
        let (sampled, profiles) = profile_of(&mut vm);
        assert_eq!((&sampled, vm.fuel_left()), (&result, silent.fuel_left()));
        assert_eq!(result, VMResult::Ok(Value::int(limit * (limit - 1) / 2)));
        let [profile] = &profiles[..] else { panic!("one run: {profiles:?}") };
        assert!(profile.total > Duration::ZERO);
        let sampled: u64 = profile.samples.iter().map(|sample| sample.count).sum();
        assert!(sampled > 0, "{profile:?}");
        for sample in &profile.samples {
            if let Activity::Interpreter(place) = &sample.activity {
                assert_eq!(place.source, "loops.x");
                assert!(place.line <= 5, "{place:?}");
            }
        }
    }
}
