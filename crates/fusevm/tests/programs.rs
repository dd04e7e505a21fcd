//! Small programs, one or two for each way in which control, scopes and frames behave.
//!
//! Each runs on every engine.

use fusevm::chunk::text::assemble;
use fusevm::error::ErrorKind;
use fusevm::{VM, VMResult, Value};
use fusevm_fuzz::{ENGINES, Engine, REFERENCE};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// What a program prints.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How a program ends: its result's debug form, or its kind of error and message.
fn outcome(result: &VMResult) -> String {
    match result {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_string(),
        VMResult::Error(error) => format!("{}: {}", error.kind().name(), error.message()),
    }
}

/// Runs a program on every engine; what it printed, and how it ended.
#[track_caller]
fn check(program: &str, printed: &str, ended: &str) {
    for engine in ENGINES {
        let chunk = assemble("test", program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        let output = Output::default();
        let mut vm = VM::new(chunk);
        (engine.configure)(&mut vm);
        vm.set_output(output.clone());
        vm.set_input(&b"first line\nlast line"[..]);
        vm.register_builtin(1, |vm, n| {
            let mut sum = Value::int(0);
            for _ in 0..n {
                sum = Value::int(sum.to_int() + vm.pop().to_int());
            }
            sum
        });
        let result = vm.run();
        let text = String::from_utf8(output.0.lock().expect("one thread").clone()).expect("text");
        assert_eq!(
            (text.as_str(), outcome(&result).as_str()),
            (printed, ended),
            "{}:\n{program}",
            engine.name
        );
    }
}

#[test]
fn the_stack_is_shuffled() {
    check("LoadInt 1\n LoadInt 2\n Dup2\n MakeArray 4", "", "[1, 2, 1, 2]");
    check("LoadInt 1\n LoadInt 2\n Swap\n MakeArray 2", "", "[2, 1]");
    check("LoadInt 1\n LoadInt 2\n LoadInt 3\n Rot\n MakeArray 3", "", "[2, 3, 1]");
    check("LoadTrue\n LoadFalse\n LoadUndef\n Dup\n MakeArray 4", "", "[true, false, undef, undef]");
}

#[test]
fn jumps_test_conditions() {
    check("LoadInt 0\n JumpIfTrue a\n LoadInt 1\n ReturnValue\n a: LoadInt 2", "", "1");
    check("LoadInt 0\n JumpIfFalse a\n LoadInt 1\n ReturnValue\n a: LoadInt 2", "", "2");
    // Both ways keep the value.
    check("LoadConst \"x\"\n JumpIfTrueKeep a\n Pop\n LoadInt 1\n a: Return\n", "", "undef");
    check("LoadConst \"x\"\n JumpIfTrueKeep a\n Pop\n LoadInt 1\n a:", "", "\"x\"");
    check("LoadConst \"x\"\n JumpIfFalseKeep a\n Pop\n LoadInt 1\n a:", "", "1");
}

#[test]
fn a_jump_table_has_a_default() {
    for (index, expected) in [("0", 10), ("1", 11), ("2", 12), ("-1", 12), ("99", 12)] {
        let program = format!(
            "LoadInt {index}\n JumpTable [a b c]\n a: LoadInt 10\n ReturnValue\n b: LoadInt 11\n ReturnValue\n c: LoadInt 12\n"
        );
        check(&program, "", &expected.to_string());
    }
}

#[test]
fn the_end_of_the_chunk_can_be_jumped_to() {
    let cases = [
        ("LoadInt 5\n LoadInt 1\n JumpTable [a b]\n a: Inc\n b:", "5"),
        ("LoadInt 5\n LoadInt 0\n JumpTable [a b]\n a: Inc\n b:", "6"),
        ("LoadInt 5\n LoadInt 9\n JumpTable [a b]\n a: Pop\n b:", "5"),
        ("TryBegin a\n LoadInt 3\n Throw\n a:", "3"),
        ("LoadInt 1\n TryBegin a\n LoadInt 3\n Throw\n a:", "3"),
        ("LoadTrue\n JumpIfTrue a\n LoadInt 1\n a:", "halted"),
        ("Call f 0\n ReturnValue\n .sub f\n TryBegin a\n LoadInt 3\n Throw\n a:", "undef"),
        (
            "LoadInt 1\n LoadInt 2\n Range\n MapBlock 0\n ReturnValue\n .block 0\n LoadInt 7\n Swap\n JumpTable [a b a]\n a: Inc\n b:\n .endblock 0",
            "[7, 8]",
        ),
    ];
    for (program, ended) in cases {
        check(program, "", ended);
    }
}

#[test]
fn globals_are_arrays_and_hashes_too() {
    check("LoadInt 7\n LoadInt 2\n ArraySet a\n GetVar a", "", "[undef, undef, 7]");
    check("LoadInt 7\n LoadConst \"k\"\n HashSet h\n HashKeys h\n HashValues h\n Concat", "", "\"k7\"");
    check("LoadInt 5\n SetVar a\n GetArray a\n ArrayLen a\n MakeArray 2", "", "[[], 0]");
    check("LoadInt 5\n SetVar a\n LoadInt 1\n ArrayPush a", "", "type error: needs an Array, not Int");
    check(
        "LoadInt 5\n SetArray a\n LoadInt 6\n SetHash h\n GetVar a\n GetVar h\n MakeArray 2",
        "",
        "[[], {}]",
    );
    check(
        "DeclareArray a\n LoadInt 1\n ArrayPush a\n LoadInt 2\n ArrayPush a\n ArrayShift a\n ArrayPop a\n ArrayPop a\n MakeArray 3",
        "",
        "[1, 2, undef]",
    );
}

#[test]
fn arguments_are_on_the_stack_of_the_sub() {
    let program = "
        LoadInt 1
        LoadInt 2
        LoadInt 3
        Call show 3
        ReturnValue
        .sub show
        SetSlot 2
        SetSlot 1
        SetSlot 0
        GetSlot 0
        GetSlot 1
        GetSlot 2
        MakeArray 3
        ReturnValue";
    check(program, "", "[1, 2, 3]");
    // What the sub does not take, or leaves, is dropped; running off the end gives Undef.
    check(
        "LoadInt 9\n LoadInt 1\n LoadInt 2\n Call f 2\n MakeArray 2\n ReturnValue\n .sub f\n LoadInt 5",
        "",
        "[9, undef]",
    );
    check("LoadInt 1\n Call f 1\n ReturnValue\n .sub f\n LoadInt 5\n LoadInt 6\n ReturnValue", "", "6");
    check("Call f 0", "", "call error: no sub is named `f`");
}

/// A slot that is read twice, the second time as an argument, still has its value after the call.
#[test]
fn a_copy_waits_for_the_call() {
    let program = "
        LoadConst \"long enough for the heap\"
        Call f 1
        ReturnValue
        .sub f
        SetSlot 0
        GetSlot 0
        GetSlot 0
        Call length 1
        Concat
        ReturnValue
        .sub length
        StringLen
        ReturnValue";
    check(program, "", "\"long enough for the heap24\"");
}

#[test]
fn slots_are_those_of_the_call() {
    let program = "
        LoadInt 1
        SetSlot 0
        Call f 0
        GetSlot 0
        MakeArray 2
        ReturnValue
        .sub f
        GetSlot 0
        LoadInt 2
        SetSlot 0
        ReturnValue";
    check(program, "", "[undef, 1]");
}

#[test]
fn scopes_hide_slots_and_end_declarations() {
    let program = "
        LoadInt 1
        SetSlot 0
        LoadInt 10
        SetVar g
        PushFrame
        GetSlot 0
        LoadInt 2
        SetSlot 0
        LoadInt 20
        DeclareVar g
        Call read 0
        PopFrame
        GetSlot 0
        GetVar g
        MakeArray 4
        ReturnValue
        .sub read
        GetVar g
        ReturnValue";
    check(program, "", "[undef, 20, 1, 10]");
    // A sub ends its declarations however it is left.
    let program = "
        LoadInt 1
        SetVar g
        Call f 0
        Pop
        TryBegin caught
        Call thrower 0
        TryEnd
        caught:
        GetVar g
        MakeArray 2
        ReturnValue
        .sub f
        LoadInt 2
        DeclareVar g
        PushFrame
        LoadInt 3
        DeclareVar g
        Return
        .sub thrower
        LoadInt 4
        DeclareVar g
        LoadConst \"e\"
        Throw";
    check(program, "", "[\"e\", 1]");
    // The chunk's own code is enclosed by nothing that ends.
    check("LoadInt 2\n DeclareVar g\n Call f 0\n ReturnValue\n .sub f\n GetVar g\n ReturnValue", "", "2");
}

#[test]
fn tail_calls_do_not_grow_the_stack() {
    let program = "
        LoadInt 100000
        LoadInt 0
        Call sum 2
        ReturnValue
        .sub sum
        SetSlot 1
        SetSlot 0
        GetSlot 0
        JumpIfTrue more
        GetSlot 1
        ReturnValue
        more:
        GetSlot 0
        Dec
        GetSlot 1
        GetSlot 0
        Add
        TailCall sum 2";
    check(program, "", "5000050000");
    check("LoadInt 5\n TailCall f 1\n .sub f\n Inc\n ReturnValue", "", "6");
}

#[test]
fn deep_recursion_is_an_error() {
    let program = "Call f 0\n ReturnValue\n .sub f\n Call f 0\n ReturnValue";
    check(program, "", "too deep: more than 10000 frames");
}

#[test]
fn closures_keep_their_captures() {
    let program = "
        Call make 0
        Call make 0
        SetSlot 1
        SetSlot 0
        GetSlot 0
        CallDynamic 0
        GetSlot 0
        CallDynamic 0
        GetSlot 1
        CallDynamic 0
        MakeArray 3
        ReturnValue
        .sub make
        LoadInt 0
        MakeClosure counter 1
        ReturnValue
        .sub counter
        GetCapture 0
        Inc
        Dup
        SetCapture 0
        ReturnValue";
    check(program, "", "[1, 2, 1]");
    check(
        "Call f 0\n ReturnValue\n .sub f\n GetCapture 0\n ReturnValue",
        "",
        "range error: the running sub has no captured value 0",
    );
}

#[test]
fn calls_by_value() {
    let sub = "\n .sub pair\n SetSlot 1\n SetSlot 0\n GetSlot 0\n GetSlot 1\n MakeArray 2\n ReturnValue";
    let call = |callee: &str, args: &str| format!("{callee}\n {args}\n ReturnValue {sub}");
    check(&call("LoadConst \"pair\"", "LoadInt 1\n LoadInt 2\n CallDynamic 2"), "", "[1, 2]");
    check(&call("MakeClosure pair 0", "LoadInt 1\n LoadInt 2\n CallDynamic 2"), "", "[1, 2]");
    check(&call("LoadConst native(1)", "LoadInt 1\n LoadInt 2\n CallDynamic 2"), "", "3");
    check(
        &call("LoadConst \"pair\"", "LoadInt 1\n CallDynamic 1"),
        "",
        "call error: passes 1 arguments to `pair`, which takes 2",
    );
    check(&call("LoadUndef", "CallDynamic 0"), "", "type error: a Undef cannot be called");
    check(&call("LoadConst native(2)", "CallDynamic 0"), "", "builtin error: builtin 2 is not registered");
}

#[test]
fn errors_are_caught_with_everything_unwound() {
    // Of frames, blocks, scopes and stack.
    let program = "
        LoadInt 1
        PushFrame
        LoadInt 5
        SetSlot 0
        TryBegin caught
        LoadInt 2
        LoadInt 1
        LoadInt 3
        Range
        ForEachBlock 0
        Pop
        TryEnd
        LoadConst \"not thrown\"
        caught:
        GetSlot 0
        MakeArray 3
        ReturnValue
        .block 0
        PushFrame
        Call f 1
        PopFrame
        .endblock 0
        .sub f
        PushFrame
        MakeArray 1
        Throw";
    check(program, "", "[1, [1], 5]");
    // The innermost region catches, and only once.
    let program = "
        TryBegin outer
        TryBegin inner
        LoadConst \"first\"
        Throw
        inner:
        LoadConst \" again\"
        Concat
        Throw
        outer:
        ReturnValue";
    check(program, "", "\"first again\"");
    // A runtime error is caught as its message.
    let program = "
        TryBegin caught
        LoadInt 1
        LoadInt -1
        SlotArraySet 0
        TryEnd
        LoadInt 0
        caught:";
    check(program, "", "\"array index -1 is negative\"");
    check("LoadConst \"up\"\n Throw", "", "uncaught error: up");
    check("TryBegin a\n TryEnd\n LoadConst \"up\"\n Throw\n a: Return", "", "uncaught error: up");
    check("TryBegin a\n AwkSignal NEXT\n a: ReturnValue", "", "(status 0)");
}

#[test]
fn limits_are_not_caught() {
    let program = "
        TryBegin caught
        Call f 0
        TryEnd
        caught:
        ReturnValue
        .sub f
        Call f 0
        ReturnValue";
    check(program, "", "too deep: more than 10000 frames");
}

#[test]
fn blocks_run_once_an_element() {
    let range = "LoadInt 1\n LoadInt 5\n Range\n";
    let map = "MapBlock 0\n ReturnValue\n .block 0\n Dup\n Mul\n .endblock 0";
    check(&format!("{range} {map}"), "", "[1, 4, 9, 16, 25]");
    check(&format!("LoadInt 3\n {map}"), "", "[]");
    let grep = "GrepBlock 0\n ReturnValue\n .block 0\n LoadInt 2\n Mod\n .endblock 0";
    check(&format!("{range} {grep}"), "", "[1, 3, 5]");
    let each = "ForEachBlock 0\n Return\n .block 0\n Print 1\n LoadUndef\n .endblock 0";
    check(&format!("{range} {each}"), "12345", "undef");
    // The slots are those of the frame, within its scope.
    let program = "
        PushFrame
        LoadInt 1
        LoadInt 4
        Range
        ForEachBlock 0
        GetSlot 0
        ReturnValue
        .block 0
        GetSlot 0
        Add
        Dup
        SetSlot 0
        .endblock 0";
    check(program, "", "10");
    // Blocks within blocks, and subs within them.
    let program = "
        LoadInt 1
        LoadInt 2
        Range
        MapBlock 0
        ReturnValue
        .block 0
        SetSlot 0
        LoadInt 1
        LoadInt 2
        Range
        MapBlock 1
        .endblock 0
        .block 1
        GetSlot 0
        Call times 2
        .endblock 1
        .sub times
        Mul
        ReturnValue";
    check(program, "", "[[1, 2], [2, 4]]");
}

#[test]
fn sort_blocks_compare_two_elements() {
    let values = "LoadInt 3\n LoadInt 1\n LoadInt 2\n LoadInt 1\n MakeArray 4\n";
    let sort =
        |compare: &str| format!("{values} SortBlock 0\n ReturnValue\n .block 0\n {compare}\n .endblock 0");
    check(&sort("Spaceship"), "", "[1, 1, 2, 3]");
    check(&sort("Swap\n Spaceship"), "", "[3, 2, 1, 1]");
    // Nothing is moved when all are equal, whatever the block leaves.
    check(&sort("Pop\n Pop\n LoadUndef"), "", "[3, 1, 2, 1]");
    check(&format!("{values} SortDefault"), "", "[1, 1, 2, 3]");
}

#[test]
fn output_and_input() {
    check("LoadInt 1\n LoadConst \"a\"\n LoadFloat 1.5\n PrintLn 3\n Print 0", "1a1.5\n", "halted");
    check("ReadLine\n ReadLine\n ReadLine\n MakeArray 3", "", "[\"first line\", \"last line\", undef]");
}

#[test]
fn fused_ops_behave_as_what_they_replace() {
    // Each program, and the same with plain ops.
    let cases = [
        ("PreIncSlot 0", "GetSlot 0\n Inc\n SetSlot 0\n GetSlot 0"),
        ("PreDecSlot 0", "GetSlot 0\n Dec\n SetSlot 0\n GetSlot 0"),
        ("PostIncSlot 0", "GetSlot 0\n Dup\n Inc\n SetSlot 0"),
        ("PostDecSlot 0", "GetSlot 0\n Dup\n Dec\n SetSlot 0"),
        ("PreIncSlotVoid 0\n LoadUndef", "GetSlot 0\n Inc\n SetSlot 0\n LoadUndef"),
        ("AddAssignSlotVoid 0 1\n LoadUndef", "GetSlot 0\n GetSlot 1\n Add\n SetSlot 0\n LoadUndef"),
        (
            "SlotLtIntJumpIfFalse 0 3 no\n LoadTrue\n Jump on\n no: LoadFalse\n on:",
            "GetSlot 0\n LoadInt 3\n NumLt\n JumpIfFalse no\n LoadTrue\n Jump on\n no: LoadFalse\n on:",
        ),
        (
            "again: PostIncSlot 1\n Pop\n SlotIncLtIntJumpBack 0 3 again\n LoadUndef",
            "again: PostIncSlot 1\n Pop\n GetSlot 0\n Inc\n SetSlot 0\n GetSlot 0\n LoadInt 3\n NumLt\n \
             JumpIfTrue again\n LoadUndef",
        ),
        (
            "AccumSumLoop 1 0 4\n LoadUndef",
            "again: GetSlot 0\n LoadInt 4\n NumLt\n JumpIfFalse done\n GetSlot 1\n GetSlot 0\n Add\n \
             SetSlot 1\n GetSlot 0\n Inc\n SetSlot 0\n Jump again\n done: LoadUndef",
        ),
        (
            "ConcatConstLoop \"ab\" 1 0 4\n LoadUndef",
            "again: GetSlot 0\n LoadInt 4\n NumLt\n JumpIfFalse done\n GetSlot 1\n LoadConst \"ab\"\n \
             Concat\n SetSlot 1\n GetSlot 0\n Inc\n SetSlot 0\n Jump again\n done: LoadUndef",
        ),
        (
            "PushIntRangeLoop 1 0 4\n LoadUndef",
            "again: GetSlot 0\n LoadInt 4\n NumLt\n JumpIfFalse done\n GetSlot 0\n SlotArrayPush 1\n \
             GetSlot 0\n Inc\n SetSlot 0\n Jump again\n done: LoadUndef",
        ),
    ];
    let values = [
        "LoadUndef",
        "LoadInt 2",
        "LoadInt 9223372036854775807",
        "LoadInt -9223372036854775808",
        "LoadFloat 1.5",
        "LoadFloat -0.0",
        "LoadConst \"3x\"",
        "LoadConst \"1.5\"",
        "LoadTrue",
        "LoadConst status(2)",
        "LoadConst [1, 2]",
        "LoadConst {\"k\": 1}",
    ];
    let run = |mode: &str, first: &str, second: &str, ops: &str, engine: &Engine| {
        let program = format!(
            ".integer_mode {mode}\n {first}\n SetSlot 0\n {second}\n SetSlot 1\n {ops}\n GetSlot 0\n GetSlot 1\n MakeArray 3"
        );
        let chunk = assemble("test", &program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        let mut vm = VM::new(chunk);
        (engine.configure)(&mut vm);
        // Some counters begin far from the limit. The ops behind a fused loop are charged with it, so that
        // out of fuel the two are not at the same place.
        vm.set_fuel(Some(200));
        let result = vm.run();
        match &result {
            VMResult::Error(error) if error.kind() == ErrorKind::Fuel => {
                (outcome(&result), Value::Undef, Value::Undef)
            }
            _ => (outcome(&result), vm.get_slot(0), vm.get_slot(1)),
        }
    };
    for (fused, plain) in cases {
        for first in values {
            for second in values {
                for mode in ["wrap", "promote", "trap", "float"] {
                    let expected = run(mode, first, second, plain, &REFERENCE);
                    for engine in ENGINES {
                        let result = run(mode, first, second, fused, engine);
                        assert_eq!(
                            format!("{result:?}"),
                            format!("{expected:?}"),
                            "{fused}, {mode}, slots {first} and {second}, {}",
                            engine.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn fuel_is_charged_by_the_basic_block() {
    // (program, fuel of the whole run)
    let cases = [
        ("LoadInt 1\n LoadInt 2\n Add", 3),
        ("LoadTrue\n JumpIfTrue a\n Nop\n Nop\n a: Nop", 3),
        ("PreIncSlotVoid 0\n AddAssignSlotVoid 0 1", 7),
        ("again: SlotIncLtIntJumpBack 0 3 again", 21),
        // Three tests that hold and one that fails.
        ("AccumSumLoop 0 1 3", 4 * 4 + 3 * 8),
        ("Call f 0\n Pop\n Nop\n Return\n .sub f\n Return", 5),
        (
            "LoadInt 1\n LoadInt 3\n Range\n MapBlock 0\n Return\n .block 0\n Inc\n Inc\n .endblock 0",
            5 + 3 * 2,
        ),
        ("TryBegin a\n LoadInt 1\n Throw\n a: Pop\n Return", 5),
    ];
    for (program, fuel) in cases {
        for engine in ENGINES {
            let run = |limit: u64| {
                let mut vm = VM::new(assemble("test", program).expect("a good program"));
                (engine.configure)(&mut vm);
                vm.set_fuel(Some(limit));
                let result = vm.run();
                (result, vm.fuel_left())
            };
            assert_eq!(run(fuel).1, Some(0), "{program}, {}", engine.name);
            assert_eq!(run(fuel + 5).1, Some(5), "{program}, {}", engine.name);
            let (result, _) = run(fuel - 1);
            assert!(
                matches!(&result, VMResult::Error(error) if error.kind() == ErrorKind::Fuel),
                "{program}, {}: {result:?}",
                engine.name
            );
        }
    }
}
