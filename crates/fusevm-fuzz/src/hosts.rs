//! What the generated programs can call: builtins that touch slots and globals and call back into the
//! VM, extension handlers that do what they are declared to do, and an awk host with lines in memory.

use crate::generate::{NAMING_SLOT, TYPED, TYPED_GLOBALS};
use fusevm::awk_host::{Destination, ReadStatus};
use fusevm::error::OpResult;
use fusevm::op::Effects;
use fusevm::{AwkHost, ChunkBuilder, Op, VM, VMResult, Value};
use std::cell::Cell;

/// Name of the sub that builtins call; programs define it, or do not.
pub const CALLED: &str = "called";

/// An extension op as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    /// Its id.
    pub id: u16,
    /// Whether it is an `ExtendedWide`.
    pub wide: bool,
    /// Values that it takes.
    pub pops: u8,
    /// Values that it leaves.
    pub pushes: u8,
    effects: Effects,
}

const fn extension(id: u16, wide: bool, pops: u8, pushes: u8, effects: Effects) -> Extension {
    Extension { id, wide, pops, pushes, effects }
}

/// All extension ops, with every class of effects.
pub const EXTENSIONS: [Extension; 8] = [
    extension(1, false, 2, 1, Effects::ALL),
    extension(2, false, 1, 0, Effects::ALL),
    extension(1, true, 1, 2, Effects::ALL),
    extension(3, false, 2, 1, Effects::PURE),
    extension(4, false, 1, 1, Effects::READS),
    extension(5, false, 1, 0, Effects::WRITES),
    extension(6, false, 1, 1, Effects::FAILS),
    extension(2, true, 0, 1, Effects::READS),
];

/// Declares all of [`EXTENSIONS`].
pub fn declare_extensions(builder: &mut ChunkBuilder) {
    for extension in EXTENSIONS {
        let Extension { id, wide, pops, pushes, effects } = extension;
        builder.declare_extension(id, wide, pops, pushes, effects);
    }
}

fn arguments(vm: &mut VM, n: u8) -> Vec<Value> {
    let mut arguments: Vec<Value> = (0..n).map(|_| vm.pop()).collect();
    arguments.reverse();
    arguments
}

/// Runs that builtins may start in each other. How many the native stack has room for is not the program's business,
/// and less than its limit of depth.
const NESTED_RUNS: u32 = 12;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

/// The value of a run that a builtin starts; its error becomes the builtin's.
fn nested(vm: &mut VM, run: impl FnOnce(&mut VM) -> VMResult) -> Value {
    if RUNS.get() == NESTED_RUNS {
        vm.raise("too many runs in each other");
        return Value::Undef;
    }
    RUNS.set(RUNS.get() + 1);
    let result = run(vm);
    RUNS.set(RUNS.get() - 1);
    match result {
        VMResult::Ok(value) => value,
        VMResult::Error(error) => {
            vm.raise(error.fault().clone());
            Value::Undef
        }
        VMResult::Halted => Value::str("halted"),
    }
}

/// Registers all builtins and handlers, and the awk host.
pub fn register(vm: &mut VM) {
    RUNS.set(0);
    register_plain(vm);
    register_disturbing(vm);
    register_extensions(vm);
    vm.set_awk_host(Box::new(Lines { next: 0 }));
}

/// Builtins that wild programs call with anything.
fn register_plain(vm: &mut VM) {
    vm.register_builtin(1, |vm, n| {
        arguments(vm, n)
            .iter()
            .fold(Value::int(0), |sum, v| Value::int(sum.to_int().wrapping_add(v.to_int())))
    });
    vm.register_builtin(2, |_, n| Value::int(n.into()));
    vm.register_builtin(3, |vm, n| {
        let old = vm.get_slot(n.into());
        let new = if n > 0 { vm.pop() } else { Value::str("set by a builtin") };
        vm.set_slot(n.into(), new);
        old
    });
    vm.register_builtin(4, |vm, n| {
        vm.raise(format!("raised with {n} arguments"));
        Value::Undef
    });
    vm.register_builtin(5, |vm, n| {
        let arguments = arguments(vm, n);
        nested(vm, |vm| vm.call(CALLED, &arguments))
    });
    vm.register_builtin(6, |vm, n| {
        let arguments = arguments(vm, n);
        let Some((callee, rest)) = arguments.split_first() else { return Value::Undef };
        nested(vm, |vm| vm.call_value(callee, rest))
    });
    vm.register_builtin(7, |vm, n| {
        let values: Vec<Value> = (0..=n).map(|_| vm.pop()).collect();
        Value::array(values)
    });
    // Another definition of a sub that may be running.
    vm.register_builtin(8, |vm, n| {
        let mut b = ChunkBuilder::new();
        b.set_source("eval");
        let (name, global) = (b.add_name(CALLED), b.add_name("g0"));
        let jump = b.emit(Op::Jump(0), 1);
        b.add_sub_entry(name, 1);
        b.emit(Op::GetVar(global), 2);
        b.emit(Op::LoadInt(n.into()), 2);
        b.emit(Op::Add, 2);
        b.emit(Op::ReturnValue, 2);
        let main = b.current_pos();
        b.patch_jump(jump, main);
        b.emit(Op::LoadInt(5), 3);
        b.emit(Op::SetSlot(0), 3);
        b.emit(Op::Call(name, 0), 3);
        nested(vm, |vm| vm.eval(b.build()))
    });
    vm.register_builtin(9, |vm, n| {
        let old = vm.get_global("g1");
        let arguments = arguments(vm, n);
        vm.set_global("g1", Value::array(arguments));
        old
    });
    vm.register_builtin(10, |vm, _| {
        let frames: Vec<String> =
            vm.frames().iter().map(|frame| format!("{}@{}", frame.name, frame.line)).collect();
        Value::str(frames.join(" "))
    });
    vm.register_builtin(11, |vm, n| {
        // A slot is changed on every level, which the caller must see afterwards.
        vm.set_slot(1, Value::str("before"));
        let arguments = arguments(vm, n);
        let value = nested(vm, |vm| vm.call(CALLED, &arguments));
        vm.set_slot(2, Value::str("after"));
        value
    });
    vm.register_builtin(12, |_, n| Value::bool(n > 1));
}

/// Builtins that change what a compiled loop may have assumed. None asks for a halt: how soon a run ends then is the
/// engine's.
fn register_disturbing(vm: &mut VM) {
    // A global's kind changes, or its number does.
    vm.register_builtin(13, |vm, n| {
        let old = vm.get_global(INT);
        let new = if n > 0 { vm.pop() } else { Value::int(old.to_int().wrapping_add(1)) };
        vm.set_global(INT, new);
        old
    });
    // An array changes while it is shared with the result.
    vm.register_builtin(14, |vm, n| {
        let old = vm.get_global(ARRAY);
        let mut elements = match &old {
            Value::Array(array) => array.to_vec(),
            _ => Vec::new(),
        };
        elements.extend(arguments(vm, n));
        elements.truncate(40);
        vm.set_global(ARRAY, Value::array(elements));
        old
    });
    // A slot on which the loop may work.
    vm.register_builtin(15, |vm, n| {
        let slot = NAMING_SLOT - 1 - u16::from(n) % 5;
        let old = vm.get_slot(slot);
        let new = if n > 0 { vm.pop() } else { old.clone() };
        vm.set_slot(slot, new);
        old
    });
    // Another definition of a sub that the loop calls.
    vm.register_builtin(16, |vm, n| {
        nested(vm, |vm| vm.eval(redefinition("f", if n == 0 { Op::LoadInt(3) } else { Op::LoadFloat(0.5) })))
    });
    vm.register_builtin(17, |vm, n| {
        let sum: i64 = arguments(vm, n).iter().fold(0, |sum, value| sum.wrapping_add(value.to_int()));
        if sum % 5 == 3 {
            vm.raise(format!("raised at {sum}"));
        }
        Value::int(sum)
    });
    vm.register_builtin(18, |vm, n| {
        let arguments = arguments(vm, n);
        nested(vm, |vm| vm.call("g", &arguments))
    });
    // Without the panic hook, which would print.
    vm.register_builtin(19, |_, _| std::panic::resume_unwind(Box::new("a panic of a builtin")));
}

/// Which of the typed slots extension 5 sets.
pub(crate) const WRITTEN_SLOT: usize = 3;

const INT: &str = TYPED_GLOBALS[0].0;
const ARRAY: &str = TYPED_GLOBALS[3].0;

/// A chunk with a sub that returns what an op pushes.
fn redefinition(name: &str, result: Op) -> fusevm::Chunk {
    let mut b = ChunkBuilder::new();
    b.set_source("redefinition");
    let name = b.add_name(name);
    let jump = b.emit(Op::Jump(0), 1);
    b.add_sub_entry(name, 1);
    b.emit(result, 2);
    b.emit(Op::ReturnValue, 2);
    let main = b.current_pos();
    b.patch_jump(jump, main);
    b.emit(result, 3);
    b.build()
}

fn register_extensions(vm: &mut VM) {
    vm.set_extension_handler(Box::new(|vm, id, argument| match id {
        1 => {
            let (b, a) = (vm.pop(), vm.pop());
            vm.push(Value::array(vec![a, b, Value::int(argument.into())]));
        }
        2 => {
            let value = vm.pop();
            if argument == 0 {
                vm.raise("raised by an extension");
            } else {
                vm.set_slot(u16::from(argument % 4), value);
            }
        }
        3 => {
            let (b, a) = (vm.pop(), vm.pop());
            vm.push(Value::int(a.to_int().wrapping_mul(3).wrapping_add(b.to_int()) ^ i64::from(argument)));
        }
        4 => {
            let top = vm.pop();
            let (slot, global) = (vm.get_slot(NAMING_SLOT - 1), vm.get_global(INT));
            vm.push(Value::str(format!("{}/{}/{}", top.len(), slot.len(), global.len())));
        }
        5 => {
            let value = vm.pop();
            if argument % 2 == 0 {
                vm.set_global(INT, value);
            } else {
                vm.set_slot(TYPED.start + WRITTEN_SLOT as u16, value);
            }
        }
        _ => {
            let value = vm.pop();
            if value.to_int() % 7 == 3 {
                vm.raise("raised by an extension that may fail");
            }
            vm.push(value);
        }
    }));
    vm.set_extension_wide_handler(Box::new(|vm, id, argument| {
        let value = vm.get_slot((argument % 4) as u16);
        if id == 2 {
            return vm.push(value);
        }
        let top = vm.pop();
        vm.set_slot(1, top);
        vm.push(value);
        vm.push(Value::int(id.into()));
    }));
}

/// Records of the main input, which begins again when it has ended.
struct Lines {
    next: usize,
}

const LINES: [&str; 9] =
    ["1 2 3", "", "  10  -4.5 x", "abc def", "1e3 0x10 +7", "a", "9223372036854775807 1", "-0 0", "x y z w"];

impl AwkHost for Lines {
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        let line = LINES.get(self.next);
        self.next = if line.is_some() { self.next + 1 } else { 0 };
        match line {
            Some(line) => vm.awk().accept(to, line.as_bytes()).map(|()| ReadStatus::Line),
            None => Ok(ReadStatus::End),
        }
    }

    fn skip_file(&mut self, _vm: &mut VM) -> OpResult<()> {
        self.next = LINES.len();
        Ok(())
    }
}
