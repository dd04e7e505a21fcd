//! What the generated programs can call: builtins that touch slots and globals and call back into the
//! VM, and extension handlers.

use fusevm::op::Effects;
use fusevm::{ChunkBuilder, Op, VM, VMResult, Value};

/// Name of the sub that builtins call; programs define it, or do not.
pub const CALLED: &str = "called";

/// Declared extensions: id, wide, pops, pushes.
pub const EXTENSIONS: [(u16, bool, u8, u8); 3] = [(1, false, 2, 1), (2, false, 1, 0), (1, true, 1, 2)];

pub fn declare_extensions(builder: &mut ChunkBuilder) {
    for (id, wide, pops, pushes) in EXTENSIONS {
        builder.declare_extension(id, wide, pops, pushes, Effects::ALL);
    }
}

fn arguments(vm: &mut VM, n: u8) -> Vec<Value> {
    let mut arguments: Vec<Value> = (0..n).map(|_| vm.pop()).collect();
    arguments.reverse();
    arguments
}

/// The value of a run that a builtin started; its error becomes the builtin's.
fn passed_on(vm: &mut VM, result: VMResult) -> Value {
    match result {
        VMResult::Ok(value) => value,
        VMResult::Error(error) => {
            vm.raise(error.fault().clone());
            Value::Undef
        }
        VMResult::Halted => Value::str("halted"),
    }
}

pub fn register(vm: &mut VM) {
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
        let result = vm.call(CALLED, &arguments);
        passed_on(vm, result)
    });
    vm.register_builtin(6, |vm, n| {
        let arguments = arguments(vm, n);
        let Some((callee, rest)) = arguments.split_first() else { return Value::Undef };
        let result = vm.call_value(callee, rest);
        passed_on(vm, result)
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
        let result = vm.eval(b.build());
        passed_on(vm, result)
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
        let result = vm.call(CALLED, &arguments);
        vm.set_slot(2, Value::str("after"));
        passed_on(vm, result)
    });
    vm.register_builtin(12, |_, n| Value::bool(n > 1));
    vm.set_extension_handler(Box::new(|vm, id, argument| match id {
        1 => {
            let (b, a) = (vm.pop(), vm.pop());
            vm.push(Value::array(vec![a, b, Value::int(argument.into())]));
        }
        _ => {
            let value = vm.pop();
            if argument == 0 {
                vm.raise("raised by an extension");
            } else {
                vm.set_slot(u16::from(argument % 4), value);
            }
        }
    }));
    vm.set_extension_wide_handler(Box::new(|vm, id, argument| {
        let value = vm.get_slot((argument % 4) as u16);
        let top = vm.pop();
        vm.set_slot(1, top);
        vm.push(value);
        vm.push(Value::int(id.into()));
    }));
}
