//! The tracing tier as embedders see it: what is traced, left and given up, and what of it goes to another process.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::jit::testing::{Traced, set_traced};
use fusevm::{Chunk, JitCompiler, TraceJitConfig, TraceMetadata, VM, VMResult, Value};

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
