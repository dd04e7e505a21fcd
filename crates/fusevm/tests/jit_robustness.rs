//! What happens to native code in the middle: redefinition, changes of kind, limits, interrupts and panics.
//!
//! Each program runs on every engine, and must end as the reference interpreter says, at the same place. Every engine
//! runs it several times, so that what later runs find compiled is tested too.
#![cfg(feature = "jit")]

use fusevm::chunk::text::assemble;
use fusevm::error::ErrorKind;
use fusevm::jit::Event;
use fusevm::value::{Obj, Object};
use fusevm::{Chunk, VM, VMResult, Value};
use fusevm_fuzz::{ENGINES, Engine, REFERENCE};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn chunk(text: &str) -> Chunk {
    assemble("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

type Action = Rc<dyn Fn(&mut VM, i64)>;

thread_local! {
    /// What builtin 1 does with its argument.
    static ACTION: RefCell<Option<Action>> = const { RefCell::new(None) };
}

/// Sets what builtin 1 does with its argument; it gives Undef.
fn on_builtin(vm: &mut VM, action: impl Fn(&mut VM, i64) + 'static) {
    ACTION.set(Some(Rc::new(action)));
    vm.register_builtin(1, |vm, _| {
        let argument = vm.pop().to_int();
        let action = ACTION.with_borrow(Clone::clone).expect("an action");
        action(vm, argument);
        Value::Undef
    });
}

/// Counts entries of native code.
fn count_entries(vm: &mut VM) -> Arc<AtomicU64> {
    let entries = Arc::new(AtomicU64::new(0));
    let count = entries.clone();
    vm.set_jit_log(Some(Box::new(move |event| {
        if let Event::Ran(profile) = event {
            count.fetch_add(profile.codes.iter().map(|code| code.entries).sum(), Ordering::Relaxed);
        }
    })));
    entries
}

/// What can be seen of a run: its end, with the place of an error, and the global `seen`.
fn observe(vm: &mut VM) -> (VMResult, Value) {
    vm.set_global("seen", Value::Undef);
    (vm.run(), vm.get_global("seen"))
}

/// Runs a program on every engine, once for each step, which prepares the VM; some engine must have entered native
/// code. Gives what came of each run.
#[track_caller]
fn run_everywhere<T>(program: &str, steps: &[T], prepare: impl Fn(&mut VM, &T)) -> Vec<(VMResult, Value)> {
    let mut native = 0;
    let mut run = |engine: &Engine| {
        let mut vm = VM::new(chunk(program));
        (engine.configure)(&mut vm);
        let entries = count_entries(&mut vm);
        let mut seen = Vec::new();
        for step in steps {
            prepare(&mut vm, step);
            seen.push(observe(&mut vm));
        }
        native += entries.load(Ordering::Relaxed);
        seen
    };
    let expected = run(&REFERENCE);
    for engine in ENGINES {
        assert_eq!(run(engine), expected, "{}:\n{program}", engine.name);
    }
    assert!(native > 0, "nothing is native:\n{program}");
    expected
}

// ---- redefinition --------------------------------------------------------------------------------

/// A loop of 200 rounds, which calls builtin 1 with the number of the round and then runs `body`, which leaves a value
/// that is added to `seen`.
fn rounds(body: &str, subs: &str) -> String {
    format!(
        "LoadInt 0
        SetSlot 0
        LoadInt 0
        SetSlot 1
        top: GetSlot 0
        CallBuiltin 1 1
        Pop
        GetSlot 1
        {body}
        Add
        SetSlot 1
        PreIncSlot 0
        LoadInt 200
        NumLt
        JumpIfTrue top
        GetSlot 1
        SetVar seen
        Return
        {subs}"
    )
}

#[test]
fn subs_and_globals_are_redefined_in_the_middle_of_loops() {
    const ONE: &str = ".sub f\nLoadInt 1\nReturnValue";
    /// Calls builtin 1 itself, before it returns.
    const ASKS: &str = ".sub f\nCallBuiltin 1 1\nPop\nGetVar g\nReturnValue";
    const NESTED: &str = ".sub g\nCall f 0\nLoadInt 2\nMul\nReturnValue\n.sub f\nLoadInt 1\nReturnValue";
    const RECURSIVE: &str = "
        .sub f
        SetSlot 0
        GetSlot 0
        JumpIfTrue more
        LoadInt 1
        ReturnValue
        more: GetSlot 0
        Dec
        Call f 1
        LoadInt 1
        Add
        ReturnValue";
    /// What the loop does, its subs, what is evaluated in round 99, and what comes of it.
    type Case = (&'static str, &'static str, &'static str, Value);
    let cases: [Case; 9] = [
        ("Call f 0", ONE, ".sub f\nLoadInt 10\nReturnValue", Value::int(99 + 1010)),
        ("Call f 0", ONE, ".sub f\nLoadFloat 0.5\nReturnValue", Value::float(99.0 + 50.5)),
        ("Call f 0", ONE, ".sub f\nLoadConst \"3\"\nReturnValue", Value::int(99 + 303)),
        ("Call g 0", NESTED, ".sub f\nLoadInt 10\nReturnValue", Value::int(198 + 2020)),
        ("LoadInt 5\nCall f 1", RECURSIVE, ".sub f\nPop\nLoadInt 0\nReturnValue", Value::int(99 * 6)),
        // The running sub goes on as it was.
        (
            "GetSlot 0\nLoadInt 1000\nAdd\nCall f 1",
            ASKS,
            ".sub f\nPop\nLoadInt 7\nReturnValue",
            Value::int(7 * 100),
        ),
        ("GetVar g\nLoadInt 1\nAdd", "", "LoadInt 2\nSetVar g", Value::int(99 + 303)),
        ("GetVar g\nLoadInt 1\nAdd", "", "LoadFloat 0.5\nSetVar g", Value::float(99.0 + 151.5)),
        ("GetVar g\nLoadInt 1\nAdd", "", "LoadConst \"2\"\nSetVar g", Value::int(99 + 303)),
    ];
    for (body, subs, redefinition, expected) in cases {
        // A hundred more globals move all of them.
        let globals: String = (0..100).map(|n| format!("LoadInt {n}\nSetVar other{n}\n")).collect();
        let (effect, subs_after) = match redefinition.split_once(".sub") {
            Some((effect, sub)) => (effect, format!(".sub{sub}")),
            None => (redefinition, String::new()),
        };
        let redefined = chunk(&format!("{globals}{effect}\nReturn\n{subs_after}"));
        let original = chunk(&format!("Return\n{subs}"));
        let ends = run_everywhere(&rounds(body, subs), &[(), ()], |vm, ()| {
            let (original, redefined) = (original.clone(), redefined.clone());
            let when = if subs == ASKS { 1099 } else { 99 };
            on_builtin(vm, move |vm, round| {
                if round == 0 {
                    vm.set_global("g", Value::int(0));
                    assert!(!matches!(vm.eval(original.clone()), VMResult::Error(_)));
                } else if round == when {
                    assert!(!matches!(vm.eval(redefined.clone()), VMResult::Error(_)));
                }
            });
        });
        let expected = (VMResult::Ok(Value::Undef), expected);
        assert_eq!(ends, [expected.clone(), expected], "{body}\n{redefinition}");
    }
}

// ---- changes of kind -----------------------------------------------------------------------------

#[test]
fn values_change_their_kind_in_the_middle_of_loops() {
    const SLOT: &str = "GetSlot 2";
    const ELEMENT: &str = "LoadInt 0\nSlotArrayGet 2";
    const STORE: &str = "LoadInt 1\nLoadInt 2\nSlotArraySet 2\nSlotArrayLen 2";
    const PUSH: &str = "LoadInt 0\nSlotArrayPush 2\nLoadInt 0\nSlotArrayGet 2";
    const ENTRY: &str = "LoadConst \"k\"\nSlotHashGet 2";
    const LENGTH: &str = "GetSlot 2\nIndexLen";
    const TIMES: &str = "GetSlot 2\nGetSlot 2\nMul";
    const LESS: &str = "GetSlot 2\nLoadInt 5\nNumLt";
    /// What slot 2 is until round 99, what it is from then on, what each round adds, and the sum.
    type Case = (&'static str, &'static str, &'static str, &'static str);
    let cases: [Case; 18] = [
        ("1", "3", SLOT, "402"),
        ("1", "0.5", SLOT, "149.5"),
        ("0.5", "1", SLOT, "150.5"),
        ("1", "true", SLOT, "200"),
        ("1", "\"2\"", SLOT, "301"),
        ("\"2\"", "1", SLOT, "299"),
        ("1", "\"2 and more, so that it is on the heap\"", SLOT, "301"),
        ("1", "undef", SLOT, "99"),
        ("1", "9223372036854775807", "GetSlot 2\nLoadInt 1\nShr", "4611686018427387803"),
        ("2", "4294967296", TIMES, "396"),
        ("2", "0.5", TIMES, "421.25"),
        ("4", "\"5\"", LESS, "99"),
        ("[1, 2]", "[0.5]", ELEMENT, "149.5"),
        ("[1, 2]", "[\"3\"]", ELEMENT, "402"),
        ("[1]", "[]", STORE, "600"),
        ("[1]", "[0.5]", PUSH, "149.5"),
        ("{\"k\": 1}", "{\"j\": 9, \"k\": 4}", ENTRY, "503"),
        ("[1]", "\"a string\"", LENGTH, "907"),
    ];
    for (before, after, body, expected) in cases {
        let load = |constant: &str| VM::new(chunk(&format!("LoadConst {constant}\nReturnValue"))).run();
        let (VMResult::Ok(before), VMResult::Ok(after)) = (load(before), load(after)) else {
            panic!("{before} and {after} are constants")
        };
        // In the second run the kinds change back first.
        let ends = run_everywhere(&rounds(body, ""), &[(), ()], |vm, ()| {
            let (before, after) = (before.clone(), after.clone());
            on_builtin(vm, move |vm, round| match round {
                0 => vm.set_slot(2, before.clone()),
                99 => vm.set_slot(2, after.clone()),
                _ => {}
            });
        });
        for (result, seen) in ends {
            assert_eq!(result, VMResult::Ok(Value::Undef));
            let shown = seen.to_str();
            assert!(shown == expected, "{after:?}, {body}: {shown} is not {expected}");
        }
    }
}

// ---- limits --------------------------------------------------------------------------------------

/// Programs that call: a recursion, one from a loop, two subs in turn, small subs that compilers inline, and one with
/// an argument on the heap.
const CALLS: [&str; 5] = [
    "LoadInt 30\nCall f 1\nSetVar seen\nReturn
    .sub f\nSetSlot 0\nGetSlot 0\nJumpIfFalse end\nGetSlot 0\nDec\nCall f 1\nInc\nReturnValue\nend: LoadInt 0\nReturnValue",
    "LoadInt 0\nSetSlot 0\ntop: GetSlot 0\nCall f 1\nSetVar seen\nPreIncSlot 0\nLoadInt 30\nNumLt\nJumpIfTrue top\nReturn
    .sub f\nSetSlot 0\nGetSlot 0\nJumpIfFalse end\nGetSlot 0\nDec\nCall f 1\nLoadInt 2\nAdd\nReturnValue\nend: LoadInt 0\nReturnValue",
    "LoadInt 30\nCall even 1\nSetVar seen\nReturn
    .sub even\nSetSlot 0\nGetSlot 0\nJumpIfFalse end\nGetSlot 0\nDec\nCall odd 1\nReturnValue\nend: LoadTrue\nReturnValue
    .sub odd\nSetSlot 0\nGetSlot 0\nJumpIfFalse end2\nGetSlot 0\nDec\nCall even 1\nReturnValue\nend2: LoadFalse\nReturnValue",
    "LoadInt 0\nSetSlot 0\nLoadInt 0\nSetSlot 1\ntop: GetSlot 1\nGetSlot 0\nCall a 1\nAdd\nDup\nSetVar seen\nSetSlot 1\nPreIncSlot 0\nLoadInt 30\nNumLt\nJumpIfTrue top\nReturn
    .sub a\nCall b 1\nInc\nReturnValue\n.sub b\nCall c 1\nInc\nReturnValue\n.sub c\nLoadInt 3\nMul\nReturnValue",
    "LoadConst \"\"\nLoadInt 25\nCall f 2\nSetVar seen\nReturn
    .sub f\nSetSlot 0\nSetSlot 1\nGetSlot 0\nJumpIfFalse end\nGetSlot 1\nLoadConst \"a piece that is on the heap \"\nConcat\nGetSlot 0\nDec\nCall f 2\nReturnValue\nend: GetSlot 1\nStringLen\nReturnValue",
];

#[test]
fn recursion_ends_at_the_limit_of_depth() {
    for program in CALLS {
        let depths: Vec<usize> = (1..36).chain([3, 36]).collect();
        let ends = run_everywhere(program, &depths, |vm, depth| vm.set_max_depth(*depth));
        for (depth, (result, _)) in depths.iter().zip(&ends) {
            if let VMResult::Error(error) = result {
                assert_eq!(error.kind(), ErrorKind::Depth, "{error}");
                assert_eq!(error.call_stack().len(), *depth, "{error}");
            }
        }
        assert!(matches!(ends[0].0, VMResult::Error(_)), "one frame is not enough\n{program}");
        assert_eq!(ends[ends.len() - 1].0, VMResult::Ok(Value::Undef), "36 frames are enough\n{program}");
    }
}

/// Deeper than the native stack reaches.
#[test]
fn a_recursion_is_as_deep_as_the_limit_allows() {
    let program = "
        LoadInt 30000
        Call f 1
        SetVar seen
        Return
        .sub f
        SetSlot 0
        GetSlot 0
        JumpIfFalse end
        GetSlot 0
        Dec
        Call f 1
        LoadFloat 0.5
        Add
        ReturnValue
        end: LoadFloat 0
        ReturnValue";
    let ends = run_everywhere(program, &[29_999, 30_002], |vm, depth| vm.set_max_depth(*depth));
    let VMResult::Error(error) = &ends[0].0 else { panic!("it is too deep") };
    assert_eq!((error.kind(), error.call_stack().len()), (ErrorKind::Depth, 29_999));
    assert!(ends[1] == (VMResult::Ok(Value::Undef), Value::float(15_000.0)), "30,002 frames are enough");
}

#[test]
fn runs_end_where_their_fuel_ends() {
    for program in CALLS {
        let fuels: Vec<u64> = (0..300).step_by(3).chain((0..3000).step_by(97)).collect();
        let ends = run_everywhere(program, &fuels, |vm, fuel| vm.set_fuel(Some(*fuel)));
        let errors = ends.iter().filter_map(|(result, _)| match result {
            VMResult::Error(error) => Some(error.kind()),
            _ => None,
        });
        assert!(errors.clone().count() > 50 && errors.clone().all(|kind| kind == ErrorKind::Fuel));
    }
}

#[test]
fn runs_end_when_memory_is_short() {
    const LIMIT: u64 = 30_000;
    /// What each round does, to slot 2.
    const GROWTH: [&str; 8] = [
        "GetSlot 2\nLoadConst \"a piece of text that is appended\"\nConcat\nSetSlot 2",
        "GetSlot 0\nSlotArrayPush 2",
        "GetSlot 0\nGetSlot 0\nSlotArraySet 2",
        "LoadConst \"a key \"\nGetSlot 0\nConcat\nDup\nSlotHashSet 2",
        "GetSlot 2\nLoadInt 1\nMakeArray 2\nSetSlot 2",
        "GetSlot 2\nRefNew\nSetSlot 2",
        "GetSlot 2\nGetSlot 0\nCall f 2\nSetSlot 2",
        "LoadConst \"x\"\nGetSlot 0\nLoadInt 20\nMul\nStringRepeat\nSetSlot 2",
    ];
    for growth in GROWTH {
        let program = format!(
            "LoadUndef\nSetSlot 2\nLoadInt 0\nSetSlot 0\ntop: {growth}
            PreIncSlot 0\nLoadInt 2000\nNumLt\nJumpIfTrue top\nLoadInt 7\nReturnValue
            .sub f\nMakeArray 2\nReturnValue"
        );
        for engine in ENGINES {
            let mut vm = VM::new(chunk(&program));
            (engine.configure)(&mut vm);
            for limit in [Some(LIMIT), None, Some(LIMIT)] {
                vm.set_max_heap(limit);
                let result = vm.run();
                let ended = match &result {
                    VMResult::Error(error) => Err(error.kind()),
                    VMResult::Ok(value) => Ok(value.to_int()),
                    VMResult::Halted => Ok(0),
                };
                let expected = if limit.is_some() { Err(ErrorKind::Heap) } else { Ok(7) };
                assert_eq!(ended, expected, "{}: {growth}", engine.name);
                assert!(vm.frames().is_empty());
                vm.set_slot(2, Value::Undef);
            }
        }
    }
}

#[test]
fn native_code_is_interrupted_within_ten_milliseconds() {
    const ENDLESS: [&str; 7] = [
        "top: PreIncSlot 0\nLoadInt 7\nBitAnd\nJumpIfTrue top\nJump top",
        "outer: LoadInt 0\nSetSlot 0\ntop: PreIncSlot 0\nLoadInt 3\nNumLt\nJumpIfTrue top\nJump outer",
        "LoadInt 80\nCall fib 1\nReturnValue\n.sub fib\nSetSlot 0\nGetSlot 0\nLoadInt 2\nNumLt\nJumpIfTrue small
        GetSlot 0\nLoadInt 1\nSub\nCall fib 1\nGetSlot 0\nLoadInt 2\nSub\nCall fib 1\nAdd\nReturnValue\nsmall: GetSlot 0\nReturnValue",
        "top: GetSlot 0\nCall f 1\nSetSlot 0\nJump top\n.sub f\nLoadInt 1\nAdd\nLoadInt 1023\nBitAnd\nReturnValue",
        "LoadConst [1, 2, 3]\nSetSlot 2\ntop: PreIncSlot 0\nLoadInt 3\nMod\nSlotArrayGet 2\nLoadInt 0\nSlotArraySet 2\nJump top",
        "top: LoadConst \"some text that is on the heap\"\nGetSlot 0\nConcat\nSetSlot 1\nPreIncSlotVoid 0\nJump top",
        "top: GetSlot 0\nCallBuiltin 1 1\nPop\nPreIncSlotVoid 0\nJump top",
    ];
    for program in ENDLESS {
        for engine in ENGINES {
            let mut vm = VM::new(chunk(program));
            (engine.configure)(&mut vm);
            on_builtin(&mut vm, |_, _| {});
            // Of a busy machine's attempts, the best counts.
            let mut latency = Duration::MAX;
            for _ in 0..10 {
                let handle = vm.interrupt_handle();
                let asked = std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(10));
                    let asked = Instant::now();
                    handle.interrupt();
                    asked
                });
                let result = vm.run();
                let ended = Instant::now();
                let VMResult::Error(error) = result else { panic!("{result:?}") };
                assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}\n{program}");
                latency = latency.min(ended.saturating_duration_since(asked.join().expect("the thread")));
                if latency < Duration::from_millis(10) {
                    break;
                }
            }
            assert!(latency < Duration::from_millis(10), "{}: {latency:?}\n{program}", engine.name);
        }
    }
}

// ---- panics --------------------------------------------------------------------------------------

/// An object that cannot be dropped quietly.
struct Bomb;

impl Object for Bomb {
    fn type_name(&self) -> &str {
        "bomb"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("broken in round 99");
        }
    }
}

#[test]
fn panics_of_foreign_code_end_the_run_and_not_the_vm() {
    const ASKS: &str = ".sub f\nSetSlot 0\nGetSlot 0\nCallBuiltin 1 1\nPop\nLoadInt 1\nReturnValue";
    const DEEP: &str = "
        .sub f
        SetSlot 0
        SetSlot 1
        GetSlot 0
        JumpIfTrue more
        GetSlot 1
        CallBuiltin 1 1
        Pop
        LoadInt 1
        ReturnValue
        more: GetSlot 1
        GetSlot 0
        Dec
        Call f 2
        ReturnValue";
    const SORTED: &str = "LoadConst [3, 1, 2]\nSortBlock 0\nPop\nLoadInt 1";
    // What each of the 200 rounds adds, and its subs.
    let cases = [
        ("LoadInt 1", ""),
        ("GetSlot 0\nLoadInt 1000\nAdd\nCall f 1", ASKS),
        ("GetSlot 0\nLoadInt 1000\nAdd\nLoadInt 20\nCall f 2", DEEP),
        (SORTED, ".block 0\nSpaceship\n.endblock 0"),
        ("LoadUndef\nSetSlot 3\nLoadInt 1", ""),
    ];
    for (body, subs) in cases {
        let drops = body.contains("SetSlot 3");
        let when = if subs.contains("CallBuiltin") { 1099 } else { 99 };
        let ends = run_everywhere(&rounds(body, subs), &[false, true, true, false], |vm, is_broken| {
            let is_broken = *is_broken;
            on_builtin(vm, move |vm, round| {
                // Nothing of the program runs after the panic.
                vm.set_global("seen", Value::int(round));
                match round {
                    _ if !is_broken || round != when => {}
                    99 if drops => vm.set_slot(3, Value::Obj(Obj::new(Bomb))),
                    _ => panic!("broken in round 99"),
                }
            });
        });
        for (is_broken, (result, seen)) in [false, true, true, false].into_iter().zip(ends) {
            match result {
                VMResult::Error(error) => {
                    assert!(is_broken, "{error}");
                    assert_eq!((error.kind(), error.message()), (ErrorKind::HostPanic, "broken in round 99"));
                }
                result => assert_eq!((result, seen), (VMResult::Ok(Value::Undef), Value::int(200))),
            }
        }
    }
}
