//! Observed execution: one instruction at a time, noting the kinds of values that come about.
//!
//! Follows calls into other units: what is seen belongs to the code that runs.

use super::dispatch::{Next, target};
use super::stepping::step;
use super::{State, exit_ip};
use crate::code::feedback::{GREW, UNEVEN};
use crate::code::{Inst, Opcode};
use crate::value::Value;
use crate::vm::VM;

/// How long code that is hot is observed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Instructions at most.
    pub steps: u32,
    /// Times at most that execution comes back to where it began, in the same frame.
    pub rounds: u32,
}

impl Default for Extent {
    fn default() -> Extent {
        // A path that one iteration in ten takes is missed with a probability of 4 %; so many instructions take
        // less than 50 µs.
        Extent { steps: 1000, rounds: 30 }
    }
}

/// Executes from an instruction on under observation, to the extent given or to the end of the run.
///
/// # Safety
/// As for [`step`].
pub(crate) unsafe fn profile(ip: *mut Inst, base: *mut Value, vm: &mut VM, extent: Extent) -> Next {
    let frame = vm.fast.window_offset(base);
    let mut next = Next::at(ip, base);
    let mut rounds = 0;
    for _ in 0..extent.steps {
        // SAFETY: as for this function; each step leads to the next instruction and its window.
        next = unsafe { observe(next, vm, step) };
        if next.ip.is_null() {
            break;
        }
        if next.ip == ip && vm.fast.window_offset(next.base) == frame {
            rounds += 1;
            if rounds == extent.rounds {
                break;
            }
        }
    }
    next
}

/// Executes to the end of the run under observation.
///
/// # Safety
/// As for [`step`].
pub(super) unsafe fn run(mut next: Next, vm: &mut VM) -> Next {
    #[cfg(debug_assertions)]
    use super::check::step;
    while !next.ip.is_null() {
        // SAFETY: as for this function.
        next = unsafe { observe(next, vm, step) };
    }
    next
}

/// Executes one instruction, by `step`, and notes what comes of it.
///
/// # Safety
/// As for [`step`].
unsafe fn observe(at: Next, vm: &mut VM, step: unsafe fn(*mut Inst, *mut Value, &mut VM) -> Next) -> Next {
    let Next { ip, base } = at;
    // SAFETY: as for this function. The instruction's unit runs, and so does that of the next one unless the
    // boundary is left; a call precedes every return address.
    unsafe {
        if ip == exit_ip() {
            return step(ip, base, vm);
        }
        let inst = *ip;
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let index = code.index_of(ip);
        code.feedback().add_execution(index);
        let bits = of_collection(&inst, base, vm);
        if bits != 0 {
            code.feedback().add_bits(index, bits);
        }
        let next = step(ip, base, vm);
        if next.ip.is_null() || next.ip == exit_ip() {
            return next;
        }
        // The instruction that is complete now, unless an error goes on somewhere.
        let complete = match inst.op {
            Opcode::Return | Opcode::ReturnUndef => Some(next.ip.sub(1)),
            Opcode::BlockEnd => {
                let iterate = code.inst(code.lists.blocks[inst.imm as usize].iterate);
                (next.ip == iterate.add(1)).then_some(iterate)
            }
            Opcode::IncLoopLt | Opcode::IncLoopLe | Opcode::IncLoopLtI | Opcode::IncLoopLeI => {
                (next.ip == ip.add(1) || next.ip == target(ip, inst.imm)).then_some(ip)
            }
            _ => (next.ip == ip.add(1)).then_some(ip),
        };
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        if let Some(complete) = complete
            && let Some(dest) = (*complete).dest()
        {
            code.feedback().add_result(code.index_of(complete), &*next.base.add(dest.into()));
        }
        if let Opcode::Call | Opcode::CallDynamic | Opcode::TailCall = inst.op {
            let index = code.index_of(next.ip);
            let owner = code.owner(index);
            let body = &code.bodies[owner];
            if body.entry == index {
                let arguments = std::slice::from_raw_parts(next.base, body.takes as usize);
                code.feedback().add_arguments(owner, arguments);
            }
        }
        next
    }
}

/// What is to be noted of the collection on which an instruction works: that a store makes it longer, or that a number is
/// not among the consecutive ones with which the keys of a hash begin.
///
/// # Safety
/// `base` is the window of the frame in which the instruction runs.
unsafe fn of_collection(inst: &Inst, base: *const Value, vm: &VM) -> u16 {
    // SAFETY: as for this function: an instruction's operands are registers of its window.
    let value = |register: u16| unsafe { &*base.add(register.into()) };
    let global = || &vm.globals.values[inst.imm as usize];
    let (collection, key, stores) = match inst.op {
        Opcode::ArraySet | Opcode::HashSet => (value(inst.a), value(inst.c), true),
        Opcode::IndexSet | Opcode::NestedSet => (value(inst.c), value(inst.b), true),
        // SAFETY: lowering has put the address of a constant there, which lives as long as the code.
        Opcode::IndexSetK => (value(inst.b), unsafe { &*(inst.imm as *const Value) }, true),
        Opcode::ElementSet => (global(), value(inst.b), true),
        Opcode::HashGet
        | Opcode::IndexGet
        | Opcode::CellElement
        | Opcode::Subarray
        | Opcode::NestedGet
        | Opcode::IndexExists => (value(inst.b), value(inst.c), false),
        Opcode::ElementGet | Opcode::ElementExists | Opcode::ElementAdd | Opcode::ElementIncrement => {
            (global(), value(inst.b), false)
        }
        _ => return 0,
    };
    let grows = |collection: &Value| match (collection, key) {
        (Value::Array(array), Value::Int(index)) => {
            usize::try_from(*index).is_ok_and(|index| index >= array.len())
        }
        (Value::Hash(hash), key) => !hash.contains_value_key(key),
        (collection, _) => *collection == Value::Undef,
    };
    let bits = |collection: &Value| {
        let is_uneven = matches!(collection, Value::Hash(hash) if hash.is_apart(key));
        let grew = if stores && grows(collection) { GREW } else { 0 };
        grew | if is_uneven { UNEVEN } else { 0 }
    };
    match collection {
        Value::Ref(cell) if cell.is_alive() => cell.with(bits),
        collection => bits(collection),
    }
}

#[cfg(test)]
mod tests {
    use crate::chunk::text::assemble;
    use crate::code::feedback::{EXECUTED, Kinds};
    use crate::code::{Code, Opcode};
    use crate::jit::testing::{Traced, set_traced};
    use crate::jit::{JitCompiler, TraceJitConfig};
    use crate::value::tag;
    use crate::vm::{VM, VMResult};

    const INT: Kinds = 1 << tag::INT;
    const FLOAT: Kinds = 1 << tag::FLOAT;
    const STR: Kinds = 1 << tag::STR;
    const BOOL: Kinds = 1 << tag::BOOL;

    /// Runs a program that has a sub `f`; then looks at its code.
    fn after_run(program: &str, set: impl FnOnce(&mut VM), look: impl FnOnce(&Code)) {
        let mut vm = VM::new(assemble("test", program).expect("it assembles"));
        set(&mut vm);
        let result = vm.run();
        assert!(!matches!(result, VMResult::Error(_)), "{result:?}");
        let target = vm.subs.target_of("f").expect("the program has it");
        look(target.unit.code(false).expect("it is lowered"));
    }

    /// What was seen of the instructions with an opcode, in their order.
    fn results(code: &Code, op: Opcode) -> Vec<u16> {
        // SAFETY: nothing runs.
        let insts = (0..code.len() as u32).filter(|index| unsafe { (*code.inst(*index)).op } == op);
        insts.map(|index| code.feedback().result(index)).collect()
    }

    #[test]
    fn results_and_arguments_are_noted_where_they_belong() {
        let program = "
            LoadInt 1
            LoadConst \"a\"
            Call f 2
            LoadFloat 2.5
            LoadConst \"b\"
            Call f 2
            Add
            Return
            .sub f
            SetSlot 1
            SetSlot 0
            GetSlot 0
            LoadInt 0
            NumLt
            JumpIfTrue below
            GetSlot 0
            LoadInt 1
            Add
            ReturnValue
            below:
            LoadConst \"below\"
            ReturnValue";
        after_run(
            program,
            |vm| vm.set_observed(true),
            |code| {
                let feedback = code.feedback();
                assert_eq!(results(code, Opcode::Call), [EXECUTED | INT, EXECUTED | FLOAT]);
                assert_eq!(results(code, Opcode::AddI), [EXECUTED | INT | FLOAT]);
                assert_eq!(results(code, Opcode::Return), [EXECUTED, 0], "the second is never reached");
                let arguments: Vec<Kinds> = (0..4).map(|n| feedback.argument(1, n)).collect();
                assert_eq!(arguments, [INT | FLOAT, STR, 0, 0]);
            },
        );
    }

    #[test]
    fn the_result_of_a_walk_belongs_to_its_begin() {
        let program = "
            LoadConst [1, 2]
            MapBlock 0
            LoadConst []
            MapBlock 0
            Return
            .block 0
            GetSlot 0
            Add
            .endblock 0
            .sub f
            LoadTrue
            ReturnValue";
        after_run(
            program,
            |vm| vm.set_observed(true),
            |code| {
                let walks = results(code, Opcode::Iterate);
                assert_eq!(walks, [EXECUTED | 1 << tag::ARRAY; 2]);
                assert!(results(code, Opcode::BlockEnd).contains(&EXECUTED));
                assert_eq!(results(code, Opcode::LoadBool), [0]);
            },
        );
    }

    /// A loop that goes back `n - 1` times, with a call of `f` in each round and one afterwards.
    fn loop_and_calls(n: u32) -> String {
        format!(
            "
            again:
            Call f 0
            Pop
            SlotIncLtIntJumpBack 0 {n} again
            Call f 0
            Pop
            Return
            .sub f
            LoadTrue
            ReturnValue"
        )
    }

    #[test]
    fn what_is_hot_is_observed_from_then_on() {
        let config = |trace_threshold, block_threshold| TraceJitConfig {
            trace_threshold,
            block_threshold,
            ..TraceJitConfig::default()
        };
        let cases = [
            (config(10, 1000), 10, false, false),
            (config(10, 1000), 11, true, false),
            (config(1000, 10), 8, false, false),
            (config(1000, 10), 9, false, true),
        ];
        for (config, n, loop_is_hot, sub_is_hot) in cases {
            after_run(
                &loop_and_calls(n),
                |_| {
                    set_traced(Traced::None);
                    JitCompiler::new().set_config(config.clone());
                },
                |code| {
                    let jumps = results(code, Opcode::IncLoopLtI);
                    let loads = results(code, Opcode::LoadBool);
                    // A round of the loop calls the sub.
                    let is_seen = loads[0] == EXECUTED | BOOL;
                    assert_eq!(jumps[0] != 0, loop_is_hot, "{config:?}, {n} times");
                    assert_eq!(is_seen, loop_is_hot || sub_is_hot, "{config:?}, {n} times");
                },
            );
        }
    }
}
