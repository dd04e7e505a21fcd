//! The tiers as embedders see them: compilation beside the program, code that VMs share, and what makes it stale.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::jit::log::Compiled;
use fusevm::jit::{Event, testing};
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
    let [code] = &[made, later].concat()[..] else { panic!("one loop") };
    assert!(code.background && code.is_loop && !code.cached, "{code:?}");
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
    let cases: [(&str, &[i64], Option<Value>, Option<Value>, &[i64]); 15] = [
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
    let mut run = |vm: &mut VM, n| {
        vm.set_slot(0, Value::int(n));
        assert_eq!(vm.run(), VMResult::Ok(Value::int(n * 3 + 1)));
    };
    let ((), made, entries) = watch(&mut vm, |vm| {
        (0..1500).for_each(|n| run(vm, n));
        testing::wait_for_compiles();
        (0..200).for_each(|n| run(vm, n));
    });
    let [code] = &made[..] else { panic!("one body: {made:?}") };
    assert_eq!(code.tier, fusevm::jit::Tier::Linear);
    assert!(entries > 50, "{entries}");
}
