//! Native code in the disk cache: what a second start of a program takes from there.
//!
//! A thread has a JIT of its own, so a new thread stands for a new process. The cache is that of the process: one
//! test at a time.
#![cfg(feature = "jit-disk-cache")]

use fusevm::chunk::text::assemble;
use fusevm::jit::{Event, ExtensionBuilder, ExtensionOp, IntOp, SlotKind, testing};
use fusevm::{Chunk, JitCompiler, JitExtension, TraceJitConfig, VM, VMResult, Value};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::{fs, thread};

static CACHE: Mutex<()> = Mutex::new(());

/// A directory for a cache, which is removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("fusevm-cache-{name}-{}", std::process::id()));
        JitCompiler::new().set_jit_cache_dir(Some(path.clone()));
        Directory(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "code"))
            .collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        JitCompiler::new().set_jit_cache_dir(None);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Two nested loops and a sub.
fn program() -> Chunk {
    let text = "
        LoadInt 0
        SetSlot 2
        LoadInt 0
        SetSlot 0
        outer: LoadInt 0
        SetSlot 1
        inner: GetSlot 2
        GetSlot 1
        Call twice 1
        Add
        SetSlot 2
        PreIncSlot 1
        LoadInt 40
        NumLt
        JumpIfTrue inner
        PreIncSlot 0
        LoadInt LIMIT
        NumLt
        JumpIfTrue outer
        GetSlot 2
        ReturnValue
        .sub twice
        SetSlot 0
        GetSlot 0
        LoadInt 2
        Mul
        ReturnValue";
    assemble("test", &text.replace("LIMIT", "60")).expect("a program")
}

/// Runs the program on a thread that knows nothing: whether each piece of code was cached, and the log's lines
/// on misses.
fn start(at_once: bool) -> (Vec<bool>, Vec<String>) {
    let run = move || {
        let threshold = if at_once { 1 } else { 20 };
        let config =
            TraceJitConfig { trace_threshold: threshold, block_threshold: threshold, ..Default::default() };
        JitCompiler::new().set_config(config);
        let seen = Arc::new(Mutex::new((Vec::new(), Vec::new())));
        let sink = seen.clone();
        testing::set_traced(testing::Traced::None);
        let mut vm = VM::new(program());
        vm.set_jit_log(Some(Box::new(move |event| {
            let mut seen = sink.lock().expect("no panic");
            match event {
                Event::Compile(code) => seen.0.push(code.cached),
                Event::Cache { reason, .. } => seen.1.push(reason.clone()),
                _ => {}
            }
        })));
        for _ in 0..2 {
            assert_eq!(vm.run(), VMResult::Ok(Value::int(60 * 40 * 39)));
            testing::wait_for_compiles();
        }
        vm.set_jit_log(None);
        std::mem::take(&mut *seen.lock().expect("no panic"))
    };
    thread::spawn(run).join().expect("no panic")
}

#[test]
fn the_second_start_takes_its_code_from_the_cache() {
    let _alone = CACHE.lock();
    for at_once in [true, false] {
        let directory = Directory::new("second");
        let (cached, misses) = start(at_once);
        assert!(!cached.is_empty() && cached.iter().all(|cached| !cached), "{cached:?}");
        assert!(misses.iter().all(|miss| miss == "not in the cache"), "{misses:?}");
        // What is compiled beside the program is kept even when the program has gone another way meanwhile.
        let kept = directory.files().len();
        assert!(if at_once { kept == cached.len() } else { kept >= cached.len() }, "{kept} {cached:?}");
        let (cached, misses) = start(at_once);
        assert!(cached.contains(&true), "{cached:?} {misses:?}");
        if at_once {
            assert!(!cached.contains(&false), "{cached:?} {misses:?}");
            assert_eq!(misses, Vec::<String>::new());
        }
        drop(directory);
    }
}

#[test]
fn what_is_damaged_is_compiled_again() {
    let _alone = CACHE.lock();
    let directory = Directory::new("damaged");
    start(true);
    let files = directory.files();
    for file in &files {
        let mut bytes = fs::read(file).expect("a file of ours");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(file, bytes).expect("a file of ours");
    }
    let (cached, misses) = start(true);
    assert!(cached.iter().all(|cached| !cached), "{cached:?}");
    assert_eq!(misses.iter().filter(|miss| miss.contains("is damaged")).count(), files.len(), "{misses:?}");
    let (cached, _) = start(true);
    assert!(cached.iter().all(|cached| *cached), "{cached:?}");
}

#[test]
fn without_a_cache_all_goes_on() {
    let _alone = CACHE.lock();
    JitCompiler::new().set_jit_cache_dir(None);
    let (cached, misses) = start(true);
    assert!(cached.iter().all(|cached| !cached));
    assert_eq!(misses, Vec::<String>::new());
}

/// A frontend whose only op is that of Ints.
struct Frontend(IntOp);

impl JitExtension for Frontend {
    fn can_compile(&self, _: ExtensionOp) -> bool {
        true
    }

    fn lower(&self, _: ExtensionOp, b: &mut ExtensionBuilder) {
        if b.operands() != [SlotKind::Int, SlotKind::Int] {
            return b.call_handler();
        }
        let (x, y) = (b.int(0), b.int(1));
        let result = b.int_op(self.0, x, y);
        b.push(result);
    }
}

/// What an extension op makes of n and 3, for each n below 300: the last of it, and whether all code was cached. Without
/// a lowering the handler is called.
fn run_extension(lowering: Option<IntOp>) -> (VMResult, bool) {
    let text = "
        .extension 1 2 1
        LoadInt 0
        SetSlot 0
        top: GetSlot 0
        LoadInt 3
        Extended 1 0
        SetSlot 1
        PreIncSlot 0
        LoadInt 300
        NumLt
        JumpIfTrue top
        GetSlot 1
        ReturnValue";
    let config = TraceJitConfig { trace_threshold: 1, block_threshold: 1, ..Default::default() };
    JitCompiler::new().set_config(config);
    testing::set_traced(testing::Traced::None);
    let mut vm = VM::new(assemble("test", text).expect("a program"));
    vm.set_extension_handler(Box::new(|vm, _, _| {
        let (y, x) = (vm.pop().to_int(), vm.pop().to_int());
        vm.push(Value::int(x - y));
    }));
    if let Some(op) = lowering {
        vm.set_jit_extension(Box::new(Frontend(op)));
    }
    let made = Arc::new(Mutex::new(Vec::new()));
    let sink = made.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Compile(code) = event {
            sink.lock().expect("no panic").push(code.cached);
        }
    })));
    let result = vm.run();
    vm.set_jit_log(None);
    let made = made.lock().expect("no panic");
    (result, made.iter().all(|cached| *cached))
}

/// Chunks that differ in nothing but how their frontend lowers its ops have code of their own. The lowerings here do not
/// compute what the handler does, so that it shows whose code runs.
#[test]
fn code_depends_on_the_lowerings_of_extension_ops() {
    let _alone = CACHE.lock();
    let directory = Directory::new("extensions");
    let lowerings = [Some(IntOp::Add), Some(IntOp::Mul), None];
    let run_all = move |again: bool| {
        let results: Vec<(VMResult, bool)> = lowerings.into_iter().map(run_extension).collect();
        let expected = [299 + 3, 299 * 3, 299 - 3];
        for ((result, cached), expected) in results.into_iter().zip(expected) {
            assert_eq!(result, VMResult::Ok(Value::int(expected)));
            assert!(cached || !again);
        }
    };
    // On one thread, and on others that know nothing but the cache.
    for again in [false, true] {
        thread::spawn(move || {
            run_all(again);
            run_all(true);
        })
        .join()
        .expect("no panic");
    }
    drop(directory);
}
