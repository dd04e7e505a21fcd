//! The VM as embedders use it.

use fusevm::error::ErrorKind;
use fusevm::{Chunk, ChunkBuilder, Op, VM, VMResult, Value};

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
