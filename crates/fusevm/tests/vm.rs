//! The VM as embedders use it.

use fusevm::chunk::text::assemble;
use fusevm::error::ErrorKind;
use fusevm::value::Notation;
use fusevm::{Chunk, ChunkBuilder, Op, VM, VMPool, VMResult, Value};
use fusevm_fuzz::ENGINES;
use std::io::Write;
use std::time::{Duration, Instant};

/// A chunk of these ops, all of line 1.
fn chunk(ops: &[Op]) -> Chunk {
    let mut b = ChunkBuilder::new();
    for op in ops {
        b.emit(*op, 1);
    }
    b.build()
}

fn run(ops: &[Op]) -> VMResult {
    VM::new(chunk(ops)).run()
}

/// The kind of error with which a run ended.
fn kind(result: &VMResult) -> Option<ErrorKind> {
    match result {
        VMResult::Error(error) => Some(error.kind()),
        _ => None,
    }
}

/// The debug form of a run's result, or the name of its kind of error.
fn shown(result: &VMResult) -> String {
    match result {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_string(),
        VMResult::Error(error) => error.kind().name().to_string(),
    }
}

#[test]
fn the_end_of_the_chunk_gives_the_top_of_the_stack() {
    assert_eq!(run(&[Op::LoadInt(1), Op::LoadInt(2)]), VMResult::Ok(Value::int(2)));
    assert_eq!(run(&[]), VMResult::Halted);
    assert_eq!(run(&[Op::LoadInt(1), Op::Pop]), VMResult::Halted);
    assert_eq!(run(&[Op::Return]), VMResult::Ok(Value::Undef));
    assert_eq!(run(&[Op::LoadInt(7), Op::ReturnValue, Op::LoadInt(8)]), VMResult::Ok(Value::int(7)));
}

#[test]
fn a_bad_chunk_reports_its_place_when_run() {
    let mut b = ChunkBuilder::new();
    b.set_source("sum.txt");
    b.emit(Op::LoadInt(1), 3);
    b.emit(Op::Add, 4);
    let mut vm = VM::new(b.build());
    for _ in 0..2 {
        let VMResult::Error(error) = vm.run() else { panic!("the chunk lacks an operand") };
        assert_eq!(error.kind(), ErrorKind::Verify);
        assert_eq!((error.source_name(), error.line(), error.op_index()), ("sum.txt", 4, Some(1)));
    }
    let mut b = ChunkBuilder::new();
    b.patch_jump(5, 0);
    assert_eq!(kind(&VM::new(b.build()).run()), Some(ErrorKind::Build));
}

/// `fib(n)` by recursion.
fn fib(n: i64) -> Chunk {
    let mut b = ChunkBuilder::new();
    let name = b.add_name("fib");
    b.emit(Op::LoadInt(n), 1);
    b.emit(Op::Call(name, 1), 1);
    b.emit(Op::ReturnValue, 1);
    let entry = b.current_pos();
    b.add_sub_entry(name, entry);
    b.emit(Op::SetSlot(0), 2);
    b.emit(Op::GetSlot(0), 3);
    b.emit(Op::LoadInt(2), 3);
    b.emit(Op::NumLt, 3);
    let base = b.emit(Op::JumpIfTrue(0), 3);
    for less in [1, 2] {
        b.emit(Op::GetSlot(0), 4);
        b.emit(Op::LoadInt(less), 4);
        b.emit(Op::Sub, 4);
        b.emit(Op::Call(name, 1), 4);
    }
    b.emit(Op::Add, 4);
    b.emit(Op::ReturnValue, 4);
    let end = b.current_pos();
    b.patch_jump(base, end);
    b.emit(Op::GetSlot(0), 5);
    b.emit(Op::ReturnValue, 5);
    b.build()
}

#[test]
fn subs_call_themselves() {
    assert_eq!(VM::new(fib(20)).run(), VMResult::Ok(Value::int(6765)));
}

#[test]
fn a_run_begins_anew_and_keeps_slots_and_globals() {
    let mut b = ChunkBuilder::new();
    let x = b.add_name("x");
    b.emit(Op::GetVar(x), 1);
    b.emit(Op::Inc, 1);
    b.emit(Op::SetVar(x), 1);
    b.emit(Op::PreIncSlot(2), 1);
    let mut vm = VM::new(b.build());
    vm.set_slot(2, Value::int(10));
    vm.set_global("x", Value::int(100));
    vm.push(Value::int(99));
    assert_eq!(vm.run(), VMResult::Ok(Value::int(11)));
    assert_eq!(vm.run(), VMResult::Ok(Value::int(12)));
    assert_eq!((vm.get_slot(2), vm.get_global("x")), (Value::int(12), Value::int(102)));
    assert_eq!((vm.get_slot(3), vm.get_global("y")), (Value::Undef, Value::Undef));
    assert_eq!(vm.pop(), Value::int(99), "what the embedder pushed stays, unseen by the chunk");
}

/// A program in the text form.
fn program(text: &str) -> Chunk {
    assemble("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A VM with a program.
fn vm(text: &str) -> VM {
    VM::new(program(text))
}

const SUBS: &str = "
    LoadInt 1
    SetVar ran
    Return
    .sub double
    Dup
    Add
    ReturnValue
    .sub fail
    LoadConst \"failed\"
    Throw";

#[test]
fn subs_are_called_by_name_and_value() {
    let mut vm = vm(SUBS);
    assert_eq!(vm.call("double", &[Value::int(21)]), VMResult::Ok(Value::int(42)));
    assert_eq!(vm.get_global("ran"), Value::Undef, "the chunk is loaded, not run");
    assert_eq!(kind(&vm.call("double", &[])), Some(ErrorKind::Call));
    assert_eq!(kind(&vm.call("nothing", &[])), Some(ErrorKind::Call));
    assert_eq!(kind(&vm.call("fail", &[])), Some(ErrorKind::Thrown));
    assert_eq!(vm.call_value(&Value::str("double"), &[Value::int(1)]), VMResult::Ok(Value::int(2)));
    vm.register_builtin(3, |vm, n| Value::int(i64::from(n) * 100 + vm.pop().to_int()));
    assert_eq!(vm.call_value(&Value::NativeFn(3), &[Value::int(7)]), VMResult::Ok(Value::int(107)));
    assert_eq!(kind(&vm.call_value(&Value::NativeFn(3), &[])), Some(ErrorKind::Builtin));
    assert_eq!(vm.run(), VMResult::Ok(Value::Undef));
}

#[test]
fn eval_shares_globals_and_adds_subs() {
    let mut vm = vm("LoadInt 5\n SetVar x\n Call f 0\n ReturnValue\n .sub f\n LoadInt 1\n ReturnValue");
    assert_eq!(vm.run(), VMResult::Ok(Value::int(1)));
    let other = "GetVar x\n Inc\n SetVar x\n Call f 0\n ReturnValue\n .sub f\n LoadInt 2\n ReturnValue";
    assert_eq!(vm.eval(program(other)), VMResult::Ok(Value::int(2)));
    assert_eq!(vm.get_global("x"), Value::int(6));
    assert_eq!(vm.run(), VMResult::Ok(Value::int(2)), "the later definition replaces the earlier one");
    let bad = vm.eval(program("Call f 0\n Add\n .sub f\n LoadInt 3\n ReturnValue"));
    assert_eq!(kind(&bad), Some(ErrorKind::Verify));
    assert_eq!(vm.run(), VMResult::Ok(Value::int(2)), "a bad chunk changes nothing");
    // A call that suited the old definition may not suit the new one.
    assert_eq!(vm.eval(program("Return\n .sub f\n ReturnValue")), VMResult::Ok(Value::Undef));
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Call));
}

#[test]
fn builtins_call_back_into_the_vm() {
    let mut vm = vm("
        LoadInt 10
        SetSlot 0
        LoadInt 3
        CallBuiltin 1 1
        GetSlot 0
        MakeArray 2
        ReturnValue
        .sub down
        SetSlot 0
        GetSlot 0
        JumpIfFalse done
        GetSlot 0
        Dec
        CallBuiltin 1 1
        Inc
        ReturnValue
        done:
        LoadInt 100
        ReturnValue");
    vm.register_builtin(1, |vm, _| {
        let n = vm.pop();
        match vm.call("down", &[n]) {
            VMResult::Ok(value) => value,
            VMResult::Error(error) => {
                vm.raise(error.fault().clone());
                Value::Undef
            }
            VMResult::Halted => Value::Undef,
        }
    });
    let expected = Value::array(vec![Value::int(103), Value::int(10)]);
    assert_eq!(vm.run(), VMResult::Ok(expected));
}

#[test]
fn each_vm_reads_numbers_in_its_own_notation() {
    let run = || {
        let mut bases = vm(
            "LoadConst \"0x11\"\n LoadInt 0\n Add\n CallBuiltin 1 1\n LoadConst \"0x12\"\n Add\n ReturnValue",
        );
        bases.awk().set_notation(Notation { has_other_bases: true, ..Notation::default() });
        // A run inside of the run, of a VM that knows nothing of other bases.
        bases.register_builtin(1, |outer, _| {
            let read = outer.pop();
            assert_eq!(
                vm("LoadConst \"0x13\"\n LoadInt 1\n Add\n ReturnValue").run(),
                VMResult::Ok(Value::int(1))
            );
            read
        });
        assert_eq!(bases.run(), VMResult::Ok(Value::Float(17.0 + 18.0)));
        assert_eq!(Value::str("0x11").to_float(), 0.0, "outside of runs numbers are decimal");
    };
    run();
    let other = std::thread::spawn(run);
    assert_eq!(
        vm("LoadConst \"1.5\"\n LoadInt 1\n Add\n ReturnValue").run(),
        VMResult::Ok(Value::Float(2.5))
    );
    other.join().unwrap();
}

#[test]
fn endless_nesting_of_runs_is_too_deep() {
    let mut vm = vm("Call f 0\n ReturnValue\n .sub f\n CallBuiltin 1 0\n ReturnValue");
    vm.register_builtin(1, |vm, _| match vm.call("f", &[]) {
        VMResult::Ok(value) => value,
        VMResult::Error(error) => {
            vm.raise(error.fault().clone());
            Value::Undef
        }
        VMResult::Halted => Value::Undef,
    });
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Depth));
    assert!(vm.frames().is_empty());
}

#[test]
fn builtins_see_and_set_the_callers_slots() {
    let mut vm = vm("LoadInt 4\n SetSlot 1\n CallBuiltin 1 0\n GetSlot 2\n MakeArray 2\n ReturnValue");
    vm.register_builtin(1, |vm, _| {
        let value = vm.get_slot(1);
        vm.set_slot(2, Value::int(8));
        value
    });
    assert_eq!(vm.run(), VMResult::Ok(Value::array(vec![Value::int(4), Value::int(8)])));
}

#[test]
fn builtins_must_not_pop_more_than_their_arguments() {
    let mut vm = vm("LoadInt 1\n LoadInt 2\n LoadInt 3\n CallBuiltin 1 1\n MakeArray 3\n ReturnValue");
    vm.register_builtin(1, |vm, _| {
        vm.push(Value::int(50));
        vm.push(Value::int(51));
        Value::int(9)
    });
    let expected = Value::array(vec![Value::int(1), Value::int(2), Value::int(9)]);
    assert_eq!(vm.run(), VMResult::Ok(expected), "what a builtin leaves is dropped");
    vm.register_builtin(1, |vm, _| {
        assert_eq!(vm.pop(), Value::int(3));
        assert_eq!(vm.peek(), None);
        vm.pop()
    });
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Builtin));
    assert_eq!(kind(&self::vm("CallBuiltin 77 0").run()), Some(ErrorKind::Builtin));
}

#[test]
fn errors_raised_in_builtins_can_be_caught() {
    let mut vm = vm("TryBegin caught\n CallBuiltin 1 0\n TryEnd\n caught: ReturnValue");
    vm.register_builtin(1, |vm, _| {
        vm.raise("out of paper");
        vm.raise("a second error is not heard");
        Value::int(1)
    });
    assert_eq!(vm.run(), VMResult::Ok(Value::str("out of paper")));
    let mut vm = self::vm("CallBuiltin 1 0");
    vm.register_builtin(1, |vm, _| {
        vm.raise(Value::hash([("code", 7)]));
        Value::Undef
    });
    let VMResult::Error(error) = vm.run() else { panic!("it is not caught") };
    assert_eq!((error.kind(), error.value()), (ErrorKind::Thrown, Value::hash([("code", 7)])));
}

#[test]
fn panics_in_handlers_are_errors() {
    let mut vm = vm("TryBegin caught\n CallBuiltin 1 0\n TryEnd\n caught: ReturnValue");
    vm.register_builtin(1, |_, _| panic!("the builtin is broken"));
    let VMResult::Error(error) = vm.run() else { panic!("a panic is not caught") };
    assert_eq!((error.kind(), error.message()), (ErrorKind::HostPanic, "the builtin is broken"));
    vm.register_builtin(1, |_, _| Value::int(5));
    assert_eq!(vm.run(), VMResult::Ok(Value::int(5)), "the VM can be used again");
}

#[test]
fn errors_tell_the_place_and_the_calls() {
    let mut vm = vm(
        ".source \"lib.x\"\n .line 3\n Call outer 0\n ReturnValue\n .sub outer\n .line 10\n Nop\n .line 11\n Call inner 0\n ReturnValue\n .sub inner\n .line 20\n LoadConst \"why\"\n .line 21\n Throw",
    );
    let VMResult::Error(error) = vm.run() else { panic!("it throws") };
    let frames: Vec<(&str, u32, usize)> =
        error.call_stack().iter().map(|frame| (frame.name.as_str(), frame.line, frame.op_index)).collect();
    assert_eq!(frames, [("inner", 21, 6), ("outer", 11, 3), ("", 3, 0)]);
    assert_eq!(
        error.to_string(),
        "lib.x:21: uncaught error: why\n  in inner, called at lib.x:11\n  in outer, called at lib.x:3"
    );
}

#[test]
fn limits_end_a_run_and_leave_the_vm_usable() {
    let endless = "again: Jump again";
    let grow =
        "LoadConst \"0123456789\"\n SetSlot 0\n again: GetSlot 0\n Dup\n Concat\n SetSlot 0\n Jump again";
    let list = "again: LoadConst \"an element that is on the heap\"\n SlotArrayPush 0\n Jump again";
    let deep = "Call f 0\n Return\n .sub f\n LoadInt 1\n Call f 1";
    type Limit = fn(&mut VM);
    let cases: [(&str, ErrorKind, Limit, Limit); 8] = [
        (endless, ErrorKind::Fuel, |vm| vm.set_fuel(Some(1000)), |vm| vm.set_fuel(None)),
        (grow, ErrorKind::Heap, |vm| vm.set_max_heap(Some(1 << 20)), |vm| vm.set_max_heap(None)),
        (list, ErrorKind::Heap, |vm| vm.set_max_heap(Some(1 << 20)), |vm| vm.set_max_heap(None)),
        (
            "LoadInt 1\n LoadInt 1000000\n Range\n again: Jump again",
            ErrorKind::Heap,
            |vm| vm.set_max_heap(Some(1000)),
            |vm| vm.set_max_heap(None),
        ),
        (
            "LoadConst \"x\"\n LoadInt 1000000\n StringRepeat\n again: Jump again",
            ErrorKind::Heap,
            |vm| vm.set_max_heap(Some(1000)),
            |vm| vm.set_max_heap(None),
        ),
        (deep, ErrorKind::Depth, |vm| vm.set_max_depth(50), |vm| vm.set_max_depth(10_000)),
        (endless, ErrorKind::Interrupted, |vm| vm.interrupt_handle().interrupt(), |_| {}),
        (
            "again: TryBegin caught\n LoadInt 1\n Throw\n caught: Pop\n Jump again",
            ErrorKind::Interrupted,
            |vm| vm.interrupt_handle().interrupt(),
            |_| {},
        ),
    ];
    for (text, expected, set, unset) in cases {
        for engine in ENGINES {
            let mut vm = vm(text);
            (engine.configure)(&mut vm);
            set(&mut vm);
            assert_eq!(kind(&vm.run()), Some(expected), "{text}");
            assert!(vm.frames().is_empty());
            unset(&mut vm);
            let after = vm.eval(program(
                "LoadInt 1\n LoadInt 2\n Range\n MakeArray 1\n Call g 0\n Pop\n ReturnValue\n .sub g\n Return",
            ));
            assert_eq!(shown(&after), "[[1, 2]]", "{text}");
        }
    }
}

#[test]
fn another_thread_interrupts_within_milliseconds() {
    for (text, engine) in [
        "again: Jump again",
        "again: Call f 0\n Pop\n Jump again\n .sub f\n Return",
        "AccumSumLoop 0 1 2147483647",
        "LoadUndef\n caught: Pop\n TryBegin caught\n LoadInt 1\n Throw",
        "LoadInt 1\n LoadInt 300000\n Range\n MapBlock 0\n again: Jump again\n .block 0\n Inc\n .endblock 0",
    ]
    .into_iter()
    .flat_map(|text| ENGINES.iter().map(move |engine| (text, engine)))
    {
        let mut vm = vm(text);
        (engine.configure)(&mut vm);
        let handle = vm.interrupt_handle();
        let asked = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            let asked = Instant::now();
            handle.interrupt();
            asked
        });
        let result = vm.run();
        let ended = Instant::now();
        let asked = asked.join().expect("the thread");
        assert_eq!(kind(&result), Some(ErrorKind::Interrupted), "{text}");
        // The figure for people is 10 ms; a busy test machine gets more.
        assert!(ended.saturating_duration_since(asked) < Duration::from_millis(500), "{text}");
    }
}

#[test]
fn all_slots_that_a_builtin_sets_are_set() {
    for engine in ENGINES {
        // Code that is compiled for a chunk serves the runs of later VMs.
        for round in 0..4 {
            let mut vm = vm(
                "PreIncSlotVoid 0\n CallBuiltin 1 0\n Pop\n GetSlot 0\n GetSlot 1\n GetSlot 2\n MakeArray 3",
            );
            (engine.configure)(&mut vm);
            vm.register_builtin(1, |vm, _| {
                for slot in 0..3 {
                    vm.set_slot(slot, Value::str(format!("slot {slot}")));
                }
                Value::Undef
            });
            let expected = r#"["slot 0", "slot 1", "slot 2"]"#;
            assert_eq!(shown(&vm.run()), expected, "{}, round {round}", engine.name);
            assert_eq!(vm.get_slot(2), Value::str("slot 2"), "{}, round {round}", engine.name);
        }
    }
}

#[test]
fn a_halt_ends_all_runs() {
    let mut vm = vm("CallBuiltin 1 0\n again: Jump again\n .sub f\n again2: Jump again2");
    vm.register_builtin(1, |vm, _| {
        vm.request_halt();
        assert_eq!(vm.call("f", &[]), VMResult::Halted);
        Value::Undef
    });
    assert_eq!(vm.run(), VMResult::Halted);
    assert_eq!(vm.eval(program("LoadInt 1")), VMResult::Ok(Value::int(1)), "the next run is not halted");
}

#[test]
fn declared_extensions_keep_to_their_declaration() {
    let text = ".extension 5 1 2\n .extension 6 wide 0 1\n LoadInt 7\n Extended 5 3\n ExtendedWide 6 99\n MakeArray 3\n ReturnValue";
    let mut vm = vm(text);
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Extension), "no handler");
    vm.set_extension_handler(Box::new(|vm, id, arg| {
        let top = vm.pop();
        vm.push(Value::array(vec![top, Value::int(id.into()), Value::int(arg.into())]));
        vm.push(Value::bool(true));
    }));
    vm.set_extension_wide_handler(Box::new(|vm, _, arg| vm.push(Value::int(arg as i64))));
    assert_eq!(shown(&vm.run()), "[[7, 5, 3], true, 99]");
    vm.set_extension_handler(Box::new(|_, _, _| {}));
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Extension), "leaves too little");
    vm.set_extension_handler(Box::new(|vm, _, _| {
        vm.pop();
        vm.pop();
    }));
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Extension), "pops too much");
}

#[test]
fn undeclared_extensions_may_pop_and_push() {
    // The handler of 1 pushes `arg` values; that of 2 pops as many.
    let handler = |vm: &mut VM, id: u16, arg: u8| {
        for n in 0..arg {
            if id == 1 {
                vm.push(Value::int(n.into()));
            } else {
                vm.pop();
            }
        }
    };
    let cases = [
        ("Extended 1 3\n MakeArray 3", "[0, 1, 2]"),
        ("Extended 1 3\n Extended 2 1\n Add", "1"),
        ("Extended 1 2\n Call f 1\n MakeArray 2\n ReturnValue\n .sub f\n Inc\n ReturnValue", "[0, 2]"),
        ("Extended 1 1\n Add", "stack error"),
        ("Extended 1 1\n Extended 2 2", "extension error"),
        // A sub may not pop what is its caller's, nor a block what is below its element.
        ("Extended 1 2\n Call f 0\n ReturnValue\n .sub f\n Extended 2 1\n Return", "extension error"),
        ("Extended 1 2\n Call f 0\n ReturnValue\n .sub f\n Add\n Return", "stack error"),
        (
            "Extended 1 2\n LoadInt 1\n LoadInt 2\n Range\n MapBlock 0\n Return\n .block 0\n Extended 2 2\n .endblock 0",
            "extension error",
        ),
        (
            "Extended 1 0\n LoadInt 1\n LoadInt 2\n Range\n MapBlock 0\n ReturnValue\n .block 0\n Extended 1 1\n Pop\n .endblock 0",
            "[1, 2]",
        ),
        (
            "Extended 1 0\n LoadInt 1\n LoadInt 2\n Range\n MapBlock 0\n ReturnValue\n .block 0\n Extended 1 1\n .endblock 0",
            "stack error",
        ),
        ("Extended 1 0\n PopFrame", "stack error"),
        ("Extended 1 0\n TryEnd", "stack error"),
        ("Extended 1 0\n again: PushFrame\n Jump again", "stack error"),
        (
            "LoadInt 1\n Extended 1 0\n LoadInt 2\n Range\n ForEachBlock 0\n Return\n .block 0\n Dup\n MakeArray 1\n ForEachBlock 0\n .endblock 0",
            "stack error",
        ),
    ];
    for (text, expected) in cases {
        let mut vm = vm(text);
        vm.set_extension_handler(Box::new(handler));
        let result = vm.run();
        assert_eq!(shown(&result), expected, "{text}: {result:?}");
    }
}

#[test]
fn a_reset_keeps_hosts_and_clears_the_rest() {
    let mut vm =
        vm("LoadInt 1\n SetVar x\n LoadInt 2\n SetSlot 0\n LoadInt 3\n SetStatus\n Return\n .sub f\n Return");
    vm.register_builtin(1, |_, _| Value::int(11));
    vm.run();
    assert_eq!(vm.status(), 3);
    vm.reset(program("CallBuiltin 1 0\n GetVar x\n GetSlot 0\n GetStatus\n MakeArray 4"));
    assert_eq!(shown(&vm.run()), "[11, undef, undef, (status 0)]");
    assert_eq!(kind(&vm.call("f", &[])), Some(ErrorKind::Call));
}

#[test]
fn slots_and_globals_survive_an_error() {
    let mut vm = vm(
        "LoadInt 1\n SetSlot 0\n LoadInt 2\n SetVar x\n PushFrame\n LoadInt 3\n DeclareVar x\n Call f 0\n Return\n .sub f\n LoadConst \"e\"\n Throw",
    );
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Thrown));
    assert_eq!((vm.get_slot(0), vm.get_global("x")), (Value::int(1), Value::int(2)));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut vm = vm("LoadConst \"text\"\n Print 1");
    vm.set_output(Full);
    let VMResult::Error(error) = vm.run() else { panic!("the sink is full") };
    assert_eq!((error.kind(), error.message()), (ErrorKind::Io, "cannot write the output: no space left"));
}

#[test]
fn a_line_longer_than_the_heap_limit_is_an_error() {
    let mut vm = vm("ReadLine\n StringLen");
    vm.set_input(std::io::repeat(b'x'));
    vm.set_max_heap(Some(100_000));
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Heap));
}

#[test]
fn a_pool_gives_cleared_vms() {
    let mut pool = VMPool::with_capacity(1);
    let mut vm = pool.acquire(program("LoadInt 1\n SetVar x\n CallBuiltin 1 0"));
    assert!(pool.is_empty());
    vm.register_builtin(1, |_, _| Value::int(5));
    vm.set_fuel(Some(1));
    let handle = vm.interrupt_handle();
    assert_eq!(kind(&vm.run()), Some(ErrorKind::Fuel));
    pool.release(vm);
    handle.interrupt();
    let result = pool.with(program("GetVar x\n LoadInt 2\n LoadInt 3\n MakeArray 3"), |vm| vm.run());
    assert_eq!(shown(&result), "[undef, 2, 3]", "neither globals nor limits nor interrupts stay");
    assert_eq!(kind(&pool.with(program("CallBuiltin 1 0"), |vm| vm.run())), Some(ErrorKind::Builtin));
    assert_eq!(pool.len(), 1);
}

#[test]
fn forgotten_globals_are_undef_and_can_be_set_again() {
    let program = assemble("test", "LoadConst {\"k\": [1]}\nSetVar h\nGetVar h").unwrap();
    let mut vm = VM::new(program);
    let first = shown(&vm.run());
    vm.forget_globals();
    assert_eq!(vm.get_global("h"), Value::Undef);
    assert_eq!(shown(&vm.run()), first);
}

#[test]
fn a_million_ops_are_no_burden() {
    let mut b = ChunkBuilder::new();
    for _ in 0..1_000_000 {
        b.emit(Op::Nop, 1);
    }
    let mut vm = VM::new(b.build());
    vm.set_fuel(Some(1_000_000));
    assert_eq!(vm.run(), VMResult::Halted);
    assert_eq!(vm.fuel_left(), Some(0));
}

#[cfg(feature = "sync")]
#[test]
fn vms_move_between_threads() {
    let mut vm = vm("LoadConst \"a string that is on the heap\"\n SetVar x\n GetVar x");
    vm.run();
    let moved = std::thread::spawn(move || vm.run());
    let expected = Value::str("a string that is on the heap");
    assert_eq!(moved.join().expect("the thread"), VMResult::Ok(expected));
}
