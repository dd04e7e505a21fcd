//! The tracing tier as embedders see it: what is traced, left and given up, and what of it goes to another process.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::error::{ErrorKind, Fault};
use fusevm::jit::testing::{Traced, code_bytes, set_code_cap, set_traced};
use fusevm::jit::{Event, Tier};
use fusevm::{Chunk, JitCompiler, TraceJitConfig, TraceMetadata, VM, VMResult, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

fn chunk(text: &str) -> Chunk {
    assemble("test", text).expect("a program")
}

/// Records every loop at its first jump back.
fn trace_at_once() {
    let config =
        TraceJitConfig { trace_threshold: 1, block_threshold: u32::MAX, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
    set_traced(Traced::All);
}

/// A loop at op 2 that goes another way in every fourth of 40 rounds, and one at op 16 that calls a value.
fn two_loops() -> Chunk {
    chunk(
        "
        LoadInt 0
        SetSlot 0
        first: GetSlot 0
        LoadInt 3
        BitAnd
        JumpIfTrue next
        PreIncSlotVoid 1
        next: PreIncSlot 0
        LoadInt 40
        NumLt
        JumpIfTrue first
        LoadInt 0
        MakeClosure f 1
        SetSlot 2
        LoadInt 0
        SetSlot 0
        second: GetSlot 2
        CallDynamic 0
        Pop
        PreIncSlot 0
        LoadInt 40
        NumLt
        JumpIfTrue second
        GetSlot 1
        ReturnValue
        .sub f
        LoadInt 1
        ReturnValue",
    )
}

const FIRST: usize = 2;
const SECOND: usize = 16;

#[test]
fn loops_are_traced_or_given_up() {
    trace_at_once();
    let (jit, chunk) = (JitCompiler::new(), two_loops());
    assert!(!jit.trace_is_compiled(&chunk, FIRST));
    assert_eq!(VM::new(chunk.clone()).run(), VMResult::Ok(Value::int(10)));
    let states: Vec<_> = [FIRST, SECOND, 0]
        .map(|ip| (jit.trace_is_compiled(&chunk, ip), jit.trace_is_blacklisted(&chunk, ip)))
        .into();
    assert_eq!(states, [(true, false), (false, true), (false, false)]);
    // Every fourth round leaves the first trace: to the interpreter once, which records a side trace.
    let (exits, deopts) = (jit.trace_side_exit_count(&chunk, FIRST), jit.trace_deopt_count(&chunk, FIRST));
    assert!(exits >= 9 && (1..5).contains(&deopts), "{exits} exits, {deopts} to the interpreter");
    assert_eq!(jit.trace_side_exit_count(&chunk, SECOND), 0);
}

#[test]
fn what_is_known_of_loops_goes_to_another_process() {
    trace_at_once();
    let chunk = two_loops();
    VM::new(chunk.clone()).run();
    let exported = JitCompiler::new().export_trace_metadata(&chunk);
    let root = exported.iter().find(|trace| trace.header == FIRST && trace.parent.is_none()).expect("a root");
    assert!(root.path.len() > 2 && !root.blacklisted && root.side_exits > 0, "{root:?}");
    assert!(exported.iter().any(|trace| trace.parent.is_some()), "a side trace");
    assert!(exported.iter().any(|trace| trace.header == SECOND && trace.blacklisted));
    let text = serde_json::to_string(&exported).expect("JSON");
    // Another thread stands for another process: it has a JIT of its own.
    let thread = std::thread::spawn(move || {
        trace_at_once();
        let jit = JitCompiler::new();
        let mut read: Vec<TraceMetadata> = serde_json::from_str(&text).expect("the same");
        let all = read.len();
        // What belongs to another chunk, or to no loop, is refused.
        read.push(TraceMetadata { chunk_hash: 5, ..read[0].clone() });
        read.push(TraceMetadata { header: 1, ..read[0].clone() });
        assert_eq!(jit.import_trace_metadata(&two_loops(), &read), all);
        assert_eq!(VM::new(two_loops()).run(), VMResult::Ok(Value::int(10)));
        assert!(jit.trace_is_compiled(&two_loops(), FIRST));
        assert!(jit.trace_is_blacklisted(&two_loops(), SECOND));
    });
    thread.join().expect("no panic");
}

#[test]
fn traces_alone_can_be_switched_off() {
    trace_at_once();
    let chunk = chunk(
        "LoadInt 0\nSetSlot 0\ntop: PreIncSlot 0\nLoadInt 50\nNumLt\nJumpIfTrue top\nGetSlot 0\nReturnValue",
    );
    let mut vm = VM::new(chunk.clone());
    vm.disable_tracing_jit();
    assert_eq!(vm.run(), VMResult::Ok(Value::int(50)));
    assert!(!JitCompiler::new().trace_is_compiled(&chunk, FIRST));
    vm.enable_tracing_jit();
    assert_eq!(vm.run(), VMResult::Ok(Value::int(50)));
    assert!(JitCompiler::new().trace_is_compiled(&chunk, FIRST));
}

type Builtin = fn(&mut VM, u8) -> Value;

/// How often traces were entered from the interpreter in runs of a VM.
fn count_entries(vm: &mut VM) -> Arc<AtomicU64> {
    let entries = Arc::new(AtomicU64::new(0));
    let count = entries.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Ran(profile) = event {
            let traces = profile.codes.iter().filter(|code| code.tier == Tier::Trace);
            count.fetch_add(traces.map(|code| code.entries).sum(), Ordering::Relaxed);
        }
    })));
    entries
}

/// A loop of two ways, one of them through two calls, that fills an array and a string and counts in a global.
const WORK: &str = "
    LoadInt 0
    SetSlot 0
    LoadInt 0
    SetVar total
    MakeArray 0
    SetSlot 1
    again: GetSlot 0
    LoadInt 3
    BitAnd
    JumpIfTrue short
    GetSlot 0
    Call outer 1
    SlotArrayPush 1
    Jump next
    short: GetVar total
    GetSlot 0
    Add
    SetVar total
    GetSlot 2
    LoadConst \"..........\"
    Concat
    SetSlot 2
    next: PreIncSlot 0
    LoadInt 60
    NumLt
    JumpIfTrue again
    GetVar total
    ReturnValue
    .sub outer
    SetSlot 0
    GetSlot 0
    Call inner 1
    LoadInt 1
    Add
    ReturnValue
    .sub inner
    SetSlot 0
    GetSlot 0
    GetSlot 0
    Add
    ReturnValue";

/// All that can be seen of a run and of what it leaves.
fn outcome(text: &str, prepare: &dyn Fn(&mut VM)) -> (String, u64) {
    let mut vm = VM::new(chunk(text));
    prepare(&mut vm);
    let entries = count_entries(&mut vm);
    let result = vm.run();
    let frames = match &result {
        VMResult::Error(error) => format!("{:?}", error.call_stack()),
        _ => String::new(),
    };
    let slots: Vec<Value> = (0..3).map(|slot| vm.get_slot(slot)).collect();
    let total = vm.get_global("total");
    (format!("{result:?} {frames} {:?} {slots:?} {total:?}", vm.fuel_left()), entries.load(Ordering::Relaxed))
}

/// Runs a program in the reference interpreter and in traces, and wants the same of both; how often traces were entered.
fn same_in_traces(what: &str, text: &str, prepare: impl Fn(&mut VM)) -> (String, u64) {
    trace_at_once();
    let (expected, _) = outcome(text, &|vm| {
        vm.set_reference_interpreter(true);
        prepare(vm);
    });
    let (found, entries) = outcome(text, &prepare);
    assert_eq!(found, expected, "{what}");
    (found, entries)
}

#[test]
fn fuel_runs_out_at_every_op_of_traces() {
    let (full, entries) = same_in_traces("unlimited", WORK, |vm| vm.set_fuel(Some(10_000)));
    assert!(full.starts_with("Ok(1350)") && entries > 0, "{full}");
    let mut entered = 0;
    // The code stays; each run leaves it elsewhere.
    for fuel in 0..1200 {
        entered += same_in_traces(&format!("{fuel} ops"), WORK, |vm| vm.set_fuel(Some(fuel))).1;
    }
    assert!(entered > 1000, "{entered}");
}

#[test]
fn depth_and_memory_are_limited_in_traces() {
    for depth in 1..5 {
        let (found, entries) = same_in_traces("depth", WORK, |vm| vm.set_max_depth(depth));
        assert!(depth < 3 || found.starts_with("Ok") && entries > 0, "{depth}: {found}");
    }
    for bytes in (0..4000).step_by(50) {
        let mut vm = VM::new(chunk(WORK));
        vm.set_max_heap(Some(bytes));
        trace_at_once();
        let result = vm.run();
        match &result {
            VMResult::Error(error) => assert_eq!(error.kind(), ErrorKind::Heap, "{bytes}: {error}"),
            result => assert_eq!(result, &VMResult::Ok(Value::int(1350)), "{bytes}"),
        }
        vm.set_max_heap(None);
        assert_eq!(vm.run(), VMResult::Ok(Value::int(1350)), "again after {bytes}");
    }
}

#[test]
fn a_trace_is_interrupted_within_ten_milliseconds() {
    trace_at_once();
    let endless = "
        again: GetSlot 0
        LoadInt 1
        BitXor
        SetSlot 0
        GetSlot 0
        JumpIfTrue again
        PreIncSlotVoid 1
        Jump again";
    let stop_after = |wait: Duration| {
        let mut vm = VM::new(chunk(endless));
        let entries = count_entries(&mut vm);
        let handle = vm.interrupt_handle();
        let (send, asked) = mpsc::channel();
        let asker = std::thread::spawn(move || {
            std::thread::sleep(wait);
            send.send(Instant::now()).expect("somebody waits");
            handle.interrupt();
        });
        let result = vm.run();
        let ended = Instant::now();
        asker.join().expect("no panic");
        assert!(
            matches!(&result, VMResult::Error(error) if error.kind() == ErrorKind::Interrupted),
            "{result:?}"
        );
        assert!(entries.load(Ordering::Relaxed) > 0);
        ended.saturating_duration_since(asked.recv().expect("it was asked"))
    };
    // A busy machine may let a thread wait; it will not do so each time.
    let took = (0..10).map(|round| stop_after(Duration::from_millis(20 + round))).min();
    assert!(took < Some(Duration::from_millis(10)), "{took:?}");
}

/// In the middle of a loop a builtin makes its sub another one, and its globals other kinds of values.
#[test]
fn subs_and_globals_change_under_a_trace() {
    let text = "
        LoadInt 0
        SetSlot 0
        LoadInt 0
        SetVar total
        LoadInt 0
        SetVar step
        again: GetSlot 0
        CallBuiltin 1 1
        Pop
        GetVar total
        GetSlot 0
        Call f 1
        Add
        GetVar step
        Add
        SetVar total
        PreIncSlot 0
        LoadInt 100
        NumLt
        JumpIfTrue again
        GetVar total
        ReturnValue
        .sub f
        SetSlot 0
        GetSlot 0
        LoadInt 1
        Add
        ReturnValue";
    let builtins: [(&str, Builtin); 2] = [
        ("what is evaluated defines", |vm, _| change(vm, "Return")),
        ("what is evaluated calls", |vm, _| change(vm, "LoadInt 7\nCall f 1\nReturnValue")),
    ];
    for (what, builtin) in builtins {
        let (found, entries) = same_in_traces(what, text, |vm| vm.register_builtin(1, builtin));
        // 1 + .. + 100, where f gives 10 from round 30 to 59, and 0.5 is added from round 70 on; round 80 begins anew at 1.
        let f = |round: i64| if (30..60).contains(&round) { 10 } else { round + 1 };
        let expected = 1.0 + (80..100).map(f).sum::<i64>() as f64 + 20.0 * 0.5;
        assert!(found.starts_with(&format!("Ok({expected:?})")), "{what}: {found}");
        assert!(entries > 0, "{what}");
    }
}

/// Changes the running program at some rounds.
fn change(vm: &mut VM, body: &str) -> Value {
    let define = |vm: &mut VM, sub: &str| {
        let result = vm.eval(chunk(&format!("{body}\n.sub f\n{sub}\nReturnValue")));
        assert!(!matches!(result, VMResult::Error(_)), "{result:?}");
    };
    match vm.pop() {
        Value::Int(30) => define(vm, "LoadInt 10"),
        Value::Int(60) => define(vm, "SetSlot 0\nGetSlot 0\nLoadInt 1\nAdd"),
        Value::Int(70) => vm.set_global("step", Value::float(0.5)),
        Value::Int(80) => vm.set_global("total", Value::str("1")),
        _ => {}
    }
    Value::Undef
}

/// A builtin that fails, panics or halts in a trace, in a frame that the trace has entered.
#[test]
fn what_a_builtin_does_in_a_trace_is_what_the_run_does() {
    let text = "
        LoadInt 0
        SetSlot 0
        LoadInt 0
        SetVar total
        again: GetVar total
        GetSlot 0
        Call f 1
        Add
        SetVar total
        PreIncSlot 0
        LoadInt 50
        NumLt
        JumpIfTrue again
        GetVar total
        ReturnValue
        .sub f
        SetSlot 0
        TryBegin caught
        GetSlot 0
        CallBuiltin 1 1
        TryEnd
        ReturnValue
        caught: Pop
        LoadInt 1000
        ReturnValue";
    let builtins: [(&str, Builtin); 4] = [
        ("fails", |vm, _| {
            let n = vm.pop();
            if n == Value::int(30) {
                vm.raise(Fault::new(ErrorKind::Host, "no"));
            }
            n
        }),
        ("panics", |vm, _| {
            let n = vm.pop();
            assert!(n != Value::int(30), "as it is told");
            n
        }),
        ("halts", |vm, _| {
            let n = vm.pop();
            if n == Value::int(30) {
                vm.request_halt();
            }
            n
        }),
        ("sets a slot", |vm, _| {
            let n = vm.pop();
            vm.set_slot(0, Value::str("other"));
            n
        }),
    ];
    for (what, builtin) in builtins {
        let (_, entries) = same_in_traces(what, text, |vm| vm.register_builtin(1, builtin));
        assert!(entries > 0, "{what}");
    }
}

/// A loop that mostly goes another way than when it was recorded, or goes two ways by turns, is recorded again so.
#[test]
fn a_root_is_recorded_again_along_the_way_that_is_taken() {
    let program = |condition: &str| {
        format!(
            "
            LoadInt 0
            SetSlot 0
            LoadInt 0
            SetSlot 1
            top: {condition}
            JumpIfTrue other
            PreIncSlotVoid 1
            Jump next
            other: GetSlot 1
            Call twice 1
            LoadInt 65535
            BitAnd
            SetSlot 1
            next: PreIncSlot 0
            LoadInt 200000
            NumLt
            JumpIfTrue top
            GetSlot 1
            ReturnValue
            .sub twice
            SetSlot 0
            GetSlot 0
            GetSlot 0
            Add
            ReturnValue"
        )
    };
    let by_turns = |n: i64| (0..n).fold(0, |sum, i| if i % 2 == 1 { (2 * sum) & 65535 } else { sum + 1 });
    let later = |n: i64| (0..n).fold(0, |sum, i| if i > 5000 { (2 * sum) & 65535 } else { sum + 1 });
    let rarely = |n: i64| (0..n).fold(0, |sum, i| if i & 7 == 7 { (2 * sum) & 65535 } else { sum + 1 });
    let cases: [(&str, i64, usize); 3] = [
        ("GetSlot 0\nLoadInt 1\nBitAnd", by_turns(200_000), 2),
        ("GetSlot 0\nLoadInt 5000\nNumGt", later(200_000), 2),
        ("GetSlot 0\nLoadInt 7\nBitAnd\nLoadInt 7\nNumEq", rarely(200_000), 1),
    ];
    let config =
        TraceJitConfig { trace_threshold: 10, block_threshold: u32::MAX, ..TraceJitConfig::default() };
    JitCompiler::new().set_config(config);
    set_traced(Traced::All);
    for (condition, expected, roots) in cases {
        let chunk = chunk(&program(condition));
        let mut vm = VM::new(chunk.clone());
        assert_eq!(vm.run(), VMResult::Ok(Value::int(expected)), "{condition}");
        let traces = JitCompiler::new().export_trace_metadata(&chunk);
        let found = traces.iter().filter(|trace| trace.parent.is_none()).count();
        assert_eq!(found, roots, "{condition}: {traces:?}");
        // The new root has the way in it that was a side trace's.
        let exits = JitCompiler::new().trace_side_exit_count(&chunk, 4);
        assert!(if roots == 2 { exits < 15_000 } else { exits > 20_000 }, "{condition}: {exits}");
        assert_eq!(vm.run(), VMResult::Ok(Value::int(expected)), "{condition} again");
    }
}

/// What a builtin leaves in a register that nobody reads is dropped, whatever it was when the path was recorded.
#[test]
fn what_nobody_reads_is_dropped() {
    trace_at_once();
    let program = chunk(
        "
        LoadInt 0
        SetSlot 0
        top: CallBuiltin 1 0
        Pop
        LoadInt 3
        CallBuiltin 2 1
        Pop
        PreIncSlot 0
        LoadInt 40
        NumLt
        JumpIfTrue top
        LoadUndef",
    );
    let before = fusevm::value::heap::live();
    let mut vm = VM::new(program);
    let entries = count_entries(&mut vm);
    vm.register_builtin(1, |vm, _| match vm.get_slot(0) {
        Value::Int(n) if n > 20 => Value::str("too long to be held inline"),
        _ => Value::Undef,
    });
    vm.register_builtin(2, |vm, _| vm.pop());
    assert_eq!(vm.run(), VMResult::Ok(Value::Undef));
    assert!(entries.load(Ordering::Relaxed) > 0);
    drop((vm, entries));
    assert_eq!(fusevm::value::heap::live(), before);
}

/// More loops than there is memory for: those that were not entered for the longest time lose their traces, side traces
/// included, and get new ones when they run again.
#[test]
fn traces_make_room_for_others() {
    let in_thread = || {
        trace_at_once();
        set_code_cap(6 * 4096);
        let program = |n: usize| {
            let text = format!(
                "
                LoadInt 0
                SetSlot 0
                top: GetSlot 0
                LoadInt 1
                BitAnd
                JumpIfTrue odd
                PreIncSlotVoid 1
                odd: PreIncSlot 0
                LoadInt {}
                NumLt
                JumpIfTrue top
                GetSlot 1
                ReturnValue",
                100 + 2 * n
            );
            chunk(&text)
        };
        let evicted = Arc::new(AtomicU64::new(0));
        let mut vms: Vec<VM> = (0..12).map(|n| VM::new(program(n))).collect();
        for round in 1..4 {
            for (n, vm) in vms.iter_mut().enumerate() {
                let count = evicted.clone();
                vm.set_jit_log(Some(Box::new(move |event| {
                    count.fetch_add(u64::from(matches!(event, Event::Evict { .. })), Ordering::Relaxed);
                })));
                vm.set_slot(1, Value::int(0));
                assert_eq!(vm.run(), VMResult::Ok(Value::int(50 + n as i64)), "round {round}");
                assert!(JitCompiler::new().trace_is_compiled(&program(n), FIRST), "round {round}, {n}");
                assert!(code_bytes() <= 6 * 4096);
            }
            assert!(evicted.load(Ordering::Relaxed) >= 10 * round, "round {round}");
        }
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}

/// Of a VM that nothing was set for: a loop of numbers is traced once it has run for long enough, or when somebody asks for
/// its trace; one that works on collections is left to the block tier.
#[test]
fn tiers_are_chosen_without_being_asked() {
    let count = |body: &str, n: u32| {
        chunk(&format!(
            "LoadInt 0\nSetSlot 0\ntop: {body}\nPreIncSlot 0\nLoadInt {n}\nNumLt\nJumpIfTrue top\nGetSlot 0"
        ))
    };
    let numbers = "GetSlot 1\nGetSlot 0\nAdd\nSetSlot 1";
    let collection = "GetSlot 0\nSlotArrayPush 2";
    let compiled = |chunk: &Chunk| {
        let tiers = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = tiers.clone();
        let mut vm = VM::new(chunk.clone());
        vm.set_jit_log(Some(Box::new(move |event| {
            if let Event::Compile(made) = event {
                sink.lock().expect("no panic").push(made.tier);
            }
        })));
        for _ in 0..3 {
            assert!(matches!(vm.run(), VMResult::Ok(_)));
            fusevm::jit::testing::wait_for_compiles();
        }
        vm.set_jit_log(None);
        std::mem::take(&mut *tiers.lock().expect("no panic"))
    };
    let in_thread = move || {
        JitCompiler::new().set_jit_cache_dir(None);
        let long = count(numbers, 100_000);
        assert_eq!(compiled(&long), [Tier::Trace]);
        assert!(JitCompiler::new().trace_is_compiled(&long, FIRST));
        // It is recorded after 50 rounds, and 100 are not worth a compilation unless it is asked for.
        let short = count(numbers, 100);
        VM::new(short.clone()).run();
        assert!(JitCompiler::new().trace_is_compiled(&short, FIRST));
        let other = count(collection, 100_000);
        assert_eq!(compiled(&other)[0], Tier::Block);
        assert!(!JitCompiler::new().trace_is_compiled(&other, FIRST));
    };
    std::thread::spawn(in_thread).join().expect("no panic");
}
