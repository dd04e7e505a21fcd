//! The tiers as embedders see them: compilation beside the program, code that VMs share, and what makes it stale.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::jit::log::Compiled;
use fusevm::jit::{Event, Tier, testing};
use fusevm::{Chunk, JitCompiler, TraceJitConfig, VM, VMPool, VMResult, Value};
use std::sync::{Arc, Mutex};

fn chunk(text: &str) -> Chunk {
    assemble("test", text).expect("a program")
}

/// Adds up 0, 1, .. below slot 0.
fn sum_loop() -> Chunk {
    chunk(
        "
        LoadInt 0
        SetSlot 1
        LoadInt 0
        SetSlot 2
        top: GetSlot 1
        GetSlot 2
        Add
        SetSlot 1
        PreIncSlot 2
        GetSlot 0
        NumLt
        JumpIfTrue top
        GetSlot 1",
    )
}

/// The code that was made, and how often native code was entered, while `work` ran.
fn watch<T>(vm: &mut VM, work: impl FnOnce(&mut VM) -> T) -> (T, Vec<Compiled>, u64) {
    let seen = Arc::new(Mutex::new((Vec::new(), 0)));
    let sink = seen.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        let mut seen = sink.lock().expect("no panic");
        match event {
            Event::Compile(compiled) => seen.0.push(compiled.clone()),
            Event::Ran(profile) => seen.1 += profile.codes.iter().map(|code| code.entries).sum::<u64>(),
            _ => {}
        }
    })));
    let result = work(vm);
    vm.set_jit_log(None);
    let (made, entries) = std::mem::take(&mut *seen.lock().expect("no panic"));
    (result, made, entries)
}

fn run_sum(vm: &mut VM, n: i64) -> VMResult {
    vm.set_slot(0, Value::int(n));
    vm.run()
}

fn sum(n: i64) -> VMResult {
    VMResult::Ok(Value::int(n * (n - 1) / 2))
}

fn compile_at_once() {
    let config = TraceJitConfig { trace_threshold: 1, block_threshold: 1, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
}

fn compile_later() {
    JitCompiler::new().set_config(TraceJitConfig::default());
}

#[test]
fn code_is_made_beside_the_program_and_entered_when_it_is_there() {
    compile_later();
    let mut vm = VM::new(sum_loop());
    let (result, made, _) = watch(&mut vm, |vm| run_sum(vm, 3000));
    assert_eq!(result, sum(3000));
    assert!(made.len() <= 1, "{made:?}");
    testing::wait_for_compiles();
    let (result, later, entries) = watch(&mut vm, |vm| run_sum(vm, 3000));
    assert_eq!(result, sum(3000));
    assert!(entries > 0);
    let all = [made, later].concat();
    assert!(all.iter().any(|code| code.background && code.is_loop && !code.cached), "{all:?}");
}

#[test]
fn vms_of_one_chunk_share_its_code() {
    compile_at_once();
    let mut pool = VMPool::new();
    for round in 0..3 {
        let (result, made, entries) = pool.with(sum_loop(), |vm| watch(vm, |vm| run_sum(vm, 3000 + round)));
        assert_eq!(result, sum(3000 + round));
        assert_eq!(made.iter().filter(|code| code.is_loop).count(), usize::from(round == 0), "{made:?}");
        assert!(entries > 0);
    }
    // Another thread has a JIT of its own.
    let made = std::thread::spawn(|| {
        compile_at_once();
        watch(&mut VM::new(sum_loop()), |vm| run_sum(vm, 3000)).1
    });
    assert_eq!(made.join().expect("no panic").len(), 1);
}

#[test]
fn code_depends_on_where_globals_are() {
    compile_at_once();
    let program = "
        LoadInt 0
        SetVar n
        top: GetVar n
        LoadInt 1
        Add
        SetVar n
        GetVar n
        LoadInt 100
        NumLt
        JumpIfTrue top
        GetVar n";
    for other in [None, Some("a"), Some("b")] {
        let mut vm = VM::new(chunk(program));
        if let Some(other) = other {
            vm.set_global(other, Value::int(7));
        }
        assert_eq!(vm.run(), VMResult::Ok(Value::int(100)));
        if let Some(other) = other {
            assert_eq!(vm.get_global(other), Value::int(7));
        }
    }
}

/// A loop that calls `f` 200 times and adds up what it gives, and a builtin that redefines `f` at the 100th.
#[test]
fn a_sub_is_redefined_while_its_loop_is_native() {
    compile_at_once();
    let program = "
        LoadInt 0
        SetSlot 0
        top: GetSlot 1
        Call f 0
        Add
        SetSlot 1
        GetSlot 0
        CallBuiltin 1 1
        Pop
        PreIncSlot 0
        LoadInt 200
        NumLt
        JumpIfTrue top
        GetSlot 1
        SetVar total
        Return
        .sub f
        LoadInt 1
        ReturnValue";
    for reference in [true, false] {
        let mut vm = VM::new(chunk(program));
        vm.set_reference_interpreter(reference);
        vm.register_builtin(1, |vm, _| {
            if vm.pop() == Value::int(99) {
                let redefined = chunk("Return\n.sub f\nLoadInt 10\nReturnValue");
                assert!(!matches!(vm.eval(redefined), VMResult::Error(_)));
            }
            Value::Undef
        });
        for expected in [100 + 1000, 2000] {
            vm.set_slot(1, Value::int(0));
            let (result, _, entries) = watch(&mut vm, VM::run);
            assert!(!matches!(result, VMResult::Error(_)), "{result:?}");
            assert_eq!(vm.get_global("total"), Value::int(expected));
            assert!(reference || entries > 0);
        }
    }
}

#[test]
fn a_vm_may_go_before_its_code_is_there() {
    compile_later();
    for n in 0..20 {
        let mut vm = VM::new(chunk(&format!(
            "LoadInt {n}\nSetSlot 0\ntop: PreIncSlot 0\nLoadInt 3000\nNumLt\nJumpIfTrue top\nGetSlot 0"
        )));
        assert_eq!(vm.run(), VMResult::Ok(Value::int(3000)));
    }
    testing::wait_for_compiles();
}

#[test]
fn a_vm_can_be_told_to_interpret() {
    compile_at_once();
    let mut vm = VM::new(sum_loop());
    vm.set_jit(false);
    let (result, made, entries) = watch(&mut vm, |vm| run_sum(vm, 500));
    assert_eq!((result, made.len(), entries), (sum(500), 0, 0));
    vm.set_jit(true);
    let (result, made, entries) = watch(&mut vm, |vm| run_sum(vm, 500));
    assert_eq!((result, made.len()), (sum(500), 1), "{made:?}");
    assert!(entries > 0);
}

/// What runs a chunk with its slots, and gives the value and the slots.
type Direct = fn(&Chunk, &[i64]) -> (Option<Value>, Vec<i64>);

const LINEAR: Direct = |chunk, slots| (JitCompiler::new().try_run_linear(chunk, slots), slots.to_vec());
const BLOCK: Direct = |chunk, slots| {
    let mut slots = slots.to_vec();
    let value = JitCompiler::new().try_run_block(chunk, &mut slots);
    (value.map(Value::int), slots)
};

const DOWN: &str = "top: GetSlot 1\nGetSlot 0\nAdd\nSetSlot 1\nPreDecSlot 0\nJumpIfTrue top\nGetSlot 1";
const FIB: &str = "
    GetSlot 0
    Call fib 1
    ReturnValue
    .sub fib
    SetSlot 0
    GetSlot 0
    LoadInt 2
    NumLt
    JumpIfTrue small
    GetSlot 0
    LoadInt 1
    Sub
    Call fib 1
    GetSlot 0
    LoadInt 2
    Sub
    Call fib 1
    Add
    ReturnValue
    small: GetSlot 0
    ReturnValue";

#[test]
fn chunks_are_functions_of_integers() {
    let int = |n| Some(Value::int(n));
    /// Ops, slots before, what each tier gives, slots after.
    type Case = (&'static str, &'static [i64], Option<Value>, Option<Value>, &'static [i64]);
    let cases: [Case; 15] = [
        ("LoadInt 40\nLoadInt 2\nAdd", &[], int(42), int(42), &[]),
        ("GetSlot 0\nGetSlot 1\nMul", &[6, 7], int(42), int(42), &[6, 7]),
        ("LoadFloat 0.5\nGetSlot 0\nMul", &[3], Some(Value::float(1.5)), None, &[3]),
        ("GetSlot 0\nLoadInt 3\nNumLt", &[2], Some(Value::bool(true)), None, &[2]),
        ("LoadInt 9\nSetSlot 0\nGetSlot 0", &[1], int(9), int(9), &[9]),
        ("LoadFloat 1.5\nSetSlot 0\nLoadInt 1", &[1], int(1), None, &[1]),
        ("LoadInt 9\nSetSlot 3\nLoadInt 1", &[5], int(1), int(1), &[5]),
        (".integer_mode trap\nLoadInt 9223372036854775807\nGetSlot 0\nAdd", &[1], None, None, &[1]),
        (".integer_mode trap\nLoadInt 9\nSetSlot 0\nLoadUndef\nThrow", &[1], None, None, &[1]),
        ("Nop", &[], None, None, &[]),
        ("GetVar x", &[], None, None, &[]),
        ("LoadInt 1\nPrintLn 1\nLoadInt 1", &[], None, None, &[]),
        ("CallBuiltin 1 0", &[], None, None, &[]),
        (DOWN, &[1000, 0], None, int(500_500), &[0, 500_500]),
        (FIB, &[15], None, int(610), &[15]),
    ];
    for (text, slots, linear, block, after) in cases {
        let chunk = chunk(text);
        for round in 0..3 {
            assert_eq!(LINEAR(&chunk, slots), (linear.clone(), slots.to_vec()), "{text}: {round}");
            let after = if block.is_some() { after } else { slots };
            assert_eq!(BLOCK(&chunk, slots), (block.clone(), after.to_vec()), "{text}: {round}");
        }
        let jit = JitCompiler::new();
        assert!(jit.is_linear_eligible(&chunk) || linear.is_none(), "{text}");
        assert!(jit.is_block_eligible(&chunk) || block.is_none(), "{text}");
    }
}

#[test]
fn what_needs_a_vm_or_is_invalid_is_not_eligible() {
    let jit = JitCompiler::new();
    let cases = [
        ("LoadInt 1", true, true),
        ("LoadInt 1\nJumpIfTrue end\nend: Nop", false, true),
        (DOWN, false, true),
        (FIB, false, true),
        ("AccumSumLoop 0 1 10\nGetSlot 0", false, true),
        ("GetVar x", false, false),
        ("LoadInt 1\nSetStatus", false, false),
        ("ReadLine", false, false),
        ("Call missing 0", false, false),
        ("Pop", false, false),
        ("", false, false),
    ];
    for (text, linear, block) in cases {
        let chunk = chunk(text);
        assert_eq!(
            (jit.is_linear_eligible(&chunk), jit.is_block_eligible(&chunk)),
            (linear, block),
            "{text}"
        );
    }
}

/// A zero's sign is part of a chunk's content.
#[test]
fn similar_chunks_are_told_apart() {
    for (text, sign) in [("LoadFloat 0.0", 0), ("LoadFloat -0.0", 1)] {
        let Some(Value::Float(zero)) = JitCompiler::new().try_run_linear(&chunk(text), &[]) else {
            panic!("{text} is a float")
        };
        assert_eq!(zero.to_bits() >> 63, sign);
    }
}

/// A chunk that runs often becomes native from its begin.
#[test]
fn a_straight_line_chunk_that_runs_often_is_compiled() {
    compile_later();
    let mut vm = VM::new(chunk("GetSlot 0\nLoadInt 3\nMul\nLoadInt 1\nAdd"));
    let run = |vm: &mut VM, n| {
        vm.set_slot(0, Value::int(n));
        assert_eq!(vm.run(), VMResult::Ok(Value::int(n * 3 + 1)));
    };
    let ((), made, entries) = watch(&mut vm, |vm| {
        (0..1500).for_each(|n| run(vm, n));
        testing::wait_for_compiles();
        (0..200).for_each(|n| run(vm, n));
    });
    let [code] = &made[..] else { panic!("one body: {made:?}") };
    assert_eq!(code.tier, Tier::Linear);
    assert!(entries > 50, "{entries}");
}

/// A loop of its own for each number.
fn numbered_loop(n: i64) -> Chunk {
    chunk(&format!("top: PreIncSlot 0\nLoadInt {}\nNumLt\nJumpIfTrue top\nGetSlot 0", 100 + n))
}

/// Runs loops one after the other within a thread that has room for few, and says what was evicted.
fn run_many(vms: &mut Vec<VM>, count: i64, keep: bool) -> usize {
    let evicted = Arc::new(Mutex::new(0));
    for n in 0..count {
        let mut vm = VM::new(numbered_loop(n));
        let sink = evicted.clone();
        vm.set_jit_log(Some(Box::new(move |event| {
            if let Event::Evict { .. } = event {
                *sink.lock().expect("no panic") += 1;
            }
        })));
        assert_eq!(vm.run(), VMResult::Ok(Value::int(100 + n)));
        if keep {
            vms.push(vm);
        }
    }
    *evicted.lock().expect("no panic")
}

#[test]
fn the_code_that_was_not_entered_for_longest_makes_room() {
    let in_thread = || {
        compile_at_once();
        testing::set_traced(testing::Traced::None);
        let cap = 8 * 4096;
        testing::set_code_cap(cap);
        let mut vms = Vec::new();
        assert_eq!(run_many(&mut vms, 20, true), 12);
        assert_eq!(testing::code_bytes(), cap);
        // All programs still run; some of them have code, others get it again.
        for (n, vm) in vms.iter_mut().enumerate().rev() {
            vm.set_slot(0, Value::Undef);
            assert_eq!(vm.run(), VMResult::Ok(Value::int(100 + n as i64)));
        }
        assert_eq!(testing::code_bytes(), cap);
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}

/// In each iteration of a native loop a builtin runs a loop of its own, which needs all the memory that there is.
#[test]
fn code_that_runs_is_never_evicted() {
    let in_thread = || {
        compile_at_once();
        testing::set_code_cap(2 * 4096);
        let outer = "
            top: GetSlot 1
            GetSlot 0
            CallBuiltin 1 1
            Add
            SetSlot 1
            PreIncSlot 0
            LoadInt 50
            NumLt
            JumpIfTrue top
            GetSlot 1";
        let mut vm = VM::new(chunk(outer));
        vm.register_builtin(1, |vm, _| {
            let n = vm.pop().to_int();
            match vm.eval(numbered_loop(n)) {
                VMResult::Ok(value) => value,
                other => panic!("{other:?}"),
            }
        });
        let (result, made, _) = watch(&mut vm, VM::run);
        assert_eq!(result, VMResult::Ok(Value::int((0..50).map(|n| 100 + n).sum())));
        assert!(made.len() > 40, "{}", made.len());
        assert!(testing::code_bytes() <= 2 * 4096);
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}

/// Programs that are made up as they go leave no code behind.
#[test]
fn code_of_chunks_that_nobody_has_any_more_goes() {
    let in_thread = || {
        compile_at_once();
        run_many(&mut Vec::new(), 300, false);
        assert!(testing::code_bytes() <= 65 * 4096, "{}", testing::code_bytes());
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}

/// VMs that found each other's code on one thread go on on others, all at the same time.
#[cfg(feature = "sync")]
#[test]
fn vms_that_share_code_run_on_several_threads() {
    compile_at_once();
    let vms: Vec<VM> = (0..4).map(|_| VM::new(sum_loop())).collect();
    let vms = vms.into_iter().map(|mut vm| {
        assert_eq!(run_sum(&mut vm, 200), sum(200));
        vm
    });
    let threads: Vec<_> = vms
        .map(|mut vm| {
            std::thread::spawn(move || {
                compile_at_once();
                for n in 1..300 {
                    assert_eq!(run_sum(&mut vm, n * 10), sum(n * 10));
                    // Another kind of limit asks for another version.
                    vm.set_slot(0, Value::float(n as f64 + 0.5));
                    assert_eq!(vm.run(), sum(n + 1));
                }
                vm
            })
        })
        .collect();
    for thread in threads {
        let mut vm = thread.join().expect("no panic");
        assert_eq!(run_sum(&mut vm, 1000), sum(1000));
    }
}

/// Method code that is left at any of its guards computes the same, and keeps being entered.
#[test]
fn method_code_can_be_left_at_every_guard() {
    let in_thread = || {
        compile_at_once();
        testing::set_traced(testing::Traced::None);
        for guards in 1..30 {
            testing::forget_code();
            testing::force_exit_after(guards);
            testing::keep_proved_checks(guards % 2 == 0);
            let mut vm = VM::new(sum_loop());
            let (result, made, entries) = watch(&mut vm, |vm| run_sum(vm, 300));
            assert_eq!(result, sum(300));
            assert_eq!(made.len(), 1);
            assert!(entries >= 280 / guards, "{guards}: {entries}");
            assert_eq!(JitCompiler::new().try_run_block(&chunk(FIB), &mut [12]), Some(144));
        }
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}

/// The observation of a loop ends after a number of instructions, wherever that is: here in a sub, before a jump.
#[test]
fn an_observation_ends_anywhere() {
    let config =
        TraceJitConfig { trace_threshold: 1, block_threshold: u32::MAX, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
    for padding in 985..1000 {
        let padding = "PreIncSlotVoid 1\n".repeat(padding);
        let mut vm = VM::new(chunk(&format!(
            "
            LoadInt 0
            SetSlot 0
            top: {padding} GetSlot 0
            Call f 1
            SetSlot 2
            PreIncSlot 0
            LoadInt 9
            NumLt
            JumpIfTrue top
            GetSlot 2
            ReturnValue
            .sub f
            SetSlot 0
            GetSlot 0
            LoadInt 3
            Add
            SetSlot 1
            LoadInt 2
            LoadInt 3
            Mod
            JumpTable [low high high]
            low: LoadInt 100
            ReturnValue
            high: GetSlot 1
            ReturnValue"
        )));
        for _ in 0..4 {
            assert_eq!(vm.run(), VMResult::Ok(Value::int(11)));
        }
    }
}

/// A builtin calls so deep that the registers move, and what it gives makes native code go on in the interpreter.
#[test]
fn the_registers_move_under_native_code() {
    compile_at_once();
    let program = "
        LoadInt 0
        SetSlot 0
        LoadInt 0
        SetSlot 1
        top: GetSlot 0
        CallBuiltin 1 1
        GetSlot 1
        Add
        SetSlot 1
        PreIncSlot 0
        LoadInt 40
        NumLt
        JumpIfTrue top
        GetSlot 1
        ReturnValue
        .sub deep
        SetSlot 0
        GetSlot 0
        JumpIfFalse done
        GetSlot 0
        LoadInt 1
        Sub
        Call deep 1
        ReturnValue
        done: LoadFloat 0.5
        ReturnValue";
    let results = [true, false].map(|reference| {
        let mut vm = VM::new(chunk(program));
        vm.set_reference_interpreter(reference);
        vm.register_builtin(1, |vm, _| match vm.pop() {
            Value::Int(n) if n % 10 == 9 => match vm.call("deep", &[Value::int(n * 100)]) {
                VMResult::Ok(value) => value,
                other => panic!("{other:?}"),
            },
            n => n,
        });
        vm.run()
    });
    assert_eq!(results[0], results[1]);
    assert!(matches!(results[0], VMResult::Ok(Value::Float(_))));
}

/// Native code of `f` has `g` in it, which sets a global, and is left behind it: in the frame of `f`, not of `g`.
#[test]
fn code_is_left_behind_what_was_inlined() {
    let config = TraceJitConfig { trace_threshold: 9, block_threshold: 1, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
    // So the chunk's own code is not compiled as a whole.
    testing::set_traced(testing::Traced::All);
    let program = "
        PreIncSlotVoid 9
        LoadUndef
        PreIncSlotVoid 9
        L3:
        GetVar counter13
        JumpIfTrue L14
        LoadUndef
        Pop
        LoadUndef
        Pop
        LoadUndef
        LoadInt 1
        Add
        SetVar counter13
        Jump L3
        L14:
        TryBegin L23
        LoadUndef
        Pop
        LoadUndef
        Pop
        LoadUndef
        Pop
        TryEnd
        LoadUndef
        L23:
        MakeClosure f 2
        LoadUndef
        LoadUndef
        CallDynamic 2
        PreIncSlotVoid 9
        ReturnValue
        .sub f
        PreIncSlotVoid 9
        Nop
        Nop
        Call g 1
        ReturnValue
        .sub g
        Pop
        PreIncSlotVoid 9
        GetVar hash
        SetVar hash
        Nop";
    let [expected, found] = [true, false].map(|reference| {
        testing::forget_code();
        let mut vm = VM::new(chunk(program));
        vm.set_reference_interpreter(reference);
        // The first run is observed, and ends in the middle.
        let runs = [50, 50].map(|fuel| {
            vm.set_fuel(Some(fuel));
            (vm.run(), vm.get_slot(9))
        });
        format!("{runs:?}")
    });
    assert_eq!(found, expected);
}

/// A loop that takes turns between two ways gets another trace, of both, and goes on with the first until it is there.
#[test]
fn a_root_that_is_recorded_again_is_made_beside_the_program() {
    compile_later();
    // Adds up the even numbers below slot 0, and counts the odd ones.
    let mut vm = VM::new(chunk(
        "
        LoadInt 0
        SetSlot 1
        LoadInt 0
        SetSlot 2
        LoadInt 0
        SetSlot 3
        top: GetSlot 2
        LoadInt 2
        Mod
        JumpIfTrue odd
        GetSlot 1
        GetSlot 2
        Add
        SetSlot 1
        Jump next
        odd: PreIncSlot 3
        Pop
        next: PreIncSlot 2
        GetSlot 0
        NumLt
        JumpIfTrue top
        GetSlot 1
        GetSlot 3
        Add",
    ));
    let n = 200_000;
    let ((), made, _) = watch(&mut vm, |vm| {
        for _ in 0..6 {
            assert_eq!(run_sum(vm, n), VMResult::Ok(Value::int(n / 2 * (n / 2 - 1) + n / 2)));
            testing::wait_for_compiles();
        }
    });
    let traces: Vec<_> = made.iter().filter(|code| code.tier == Tier::Trace).collect();
    assert!(traces.len() == 3 && traces.iter().all(|code| code.background), "{traces:?}");
    // The root, the way that leaves it, and both in one.
    assert!(traces[2].instructions > traces[0].instructions, "{traces:?}");
}

/// A loop that native code would only call functions for is left to the interpreter before the code generator starts, after a
/// second look for good.
#[test]
fn a_loop_that_is_not_worth_it_is_never_handed_over() {
    compile_later();
    let mut vm = VM::new(chunk(
        "
        LoadInt 0
        SetSlot 2
        top: LoadConst \"more than what a value has room for\"
        StringLen
        Pop
        PreIncSlot 2
        GetSlot 0
        NumLt
        JumpIfTrue top
        GetSlot 2",
    ));
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let sink = reasons.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Abort { tier: Tier::Block, reason, last, .. } = event {
            sink.lock().expect("no panic").push((reason.clone(), *last));
        }
    })));
    for (count, is_last) in [(3000, false), (30_000, true)] {
        assert_eq!(run_sum(&mut vm, count), VMResult::Ok(Value::int(count)));
        let found = std::mem::take(&mut *reasons.lock().expect("no panic"));
        let is_expected =
            |(reason, last): &(String, bool)| reason.contains("would only call") && *last == is_last;
        assert!(found.len() == 1 && found.iter().all(is_expected), "{found:?}");
    }
    assert_eq!(run_sum(&mut vm, 50_000), VMResult::Ok(Value::int(50_000)));
    assert!(reasons.lock().expect("no panic").is_empty());
}

/// A loop over a float that calls a sub with it.
fn loop_with_calls(sub: &str) -> Chunk {
    chunk(&format!(
        "
        .integer_mode float
        LoadFloat 0.0
        SetSlot 2
        top: GetSlot 2
        Call f 1
        Pop
        GetSlot 2
        Inc
        SetSlot 2
        GetSlot 2
        GetSlot 0
        NumLt
        JumpIfTrue top
        GetSlot 2
        ReturnValue
        .sub f
        {sub}
        ReturnValue"
    ))
}

/// What works on awk's state alone is called by native code, with the functions that it is in: a run enters that once.
#[test]
fn subs_around_functions_of_awk_are_called_natively() {
    compile_later();
    let subs = [
        "AwkSin\n LoadFloat 3.0\n AwkAtan2\n AwkExp\n LoadFloat 2.0\n Pow",
        "Pop\n LoadConst \"a\"\n LoadConst \"<&>\"\n LoadConst \"banana\"\n AwkGsub 3\n Swap\n Pop",
        "LoadConst \",\"\n AwkSplit 2\n Swap\n Pop",
        "LoadFloat 255.0\n AwkAnd 2\n AwkRand\n Add",
        "SetVar k\n GetVar k\n AwkArrayGet a\n GetVar k\n AwkArrayDelete a",
    ];
    for sub in subs {
        let mut vm = VM::new(loop_with_calls(sub));
        for _ in 0..3 {
            assert_eq!(run_sum(&mut vm, 3000), VMResult::Ok(Value::float(3000.0)), "{sub}");
            testing::wait_for_compiles();
        }
        let (result, _, entries) = watch(&mut vm, |vm| run_sum(vm, 3000));
        assert_eq!(result, VMResult::Ok(Value::float(3000.0)), "{sub}");
        assert!((1..10).contains(&entries), "{sub}: native code is entered {entries} times");
    }
}

/// A loop that native code would be left in at each turn, and a short sub that only the interpreter calls, have none.
#[test]
fn what_would_be_entered_at_each_turn_is_interpreted() {
    compile_later();
    let mut vm = VM::new(loop_with_calls("LoadFloat 2.0\n Mul\n DeclareVar x\n GetVar x"));
    let ((), made, entries) = watch(&mut vm, |vm| {
        for _ in 0..10 {
            assert_eq!(run_sum(vm, 10_000), VMResult::Ok(Value::float(10_000.0)));
            testing::wait_for_compiles();
        }
    });
    assert!(made.is_empty() && entries == 0, "{entries} entries of {made:?}");
}

/// A chunk that runs often, all of whose time is its loop's, keeps the loop's code, which was made first.
#[test]
fn a_chunk_is_left_to_its_loops() {
    compile_later();
    let mut vm = VM::new(sum_loop());
    let ((), made, _) = watch(&mut vm, |vm| {
        for round in 0..1000 {
            assert_eq!(run_sum(vm, 3000), sum(3000));
            if round % 100 == 0 {
                testing::wait_for_compiles();
            }
        }
    });
    assert!(!made.is_empty() && made.iter().all(|code| code.is_loop), "{made:?}");
}
