//! Native code in the disk cache: what a second start of a program takes from there.
//!
//! A thread has a JIT of its own, so a new thread stands for a new process. The cache is that of the process: one
//! test at a time.
#![cfg(feature = "jit-disk-cache")]

use fusevm::chunk::text::assemble;
use fusevm::jit::{Event, testing};
use fusevm::{Chunk, JitCompiler, TraceJitConfig, VM, VMResult, Value};
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
        assert_eq!(directory.files().len(), cached.len());
        let (cached, misses) = start(at_once);
        assert!(!cached.is_empty() && cached.iter().all(|cached| *cached), "{cached:?} {misses:?}");
        assert_eq!(misses, Vec::<String>::new());
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
