//! Steps that check what `code::operands` says: compiled code relies on it, and a program alone does not
//! show that a register is read or written besides.
//!
//! A register that an instruction is not said to read holds a number out of nowhere meanwhile, so that one
//! that is read after all changes what the program does.

use super::dispatch::{Next, target};
use super::register::{Words, may_own, set_words, words};
use super::{State, exit_ip, stepping};
use crate::code::operands::Access;
use crate::code::{Code, Form, Inst, Opcode};
use crate::value::{Value, tag};
use crate::vm::VM;

const POISON: Words = [tag::INT as u64, 0x5bad_c0de_5bad_c0de];

/// A register of the running frame.
#[derive(Clone, Copy, Default)]
struct Register {
    before: Words,
    is_read: bool,
    is_written: bool,
    is_taken: bool,
    may_be_written: bool,
    is_poisoned: bool,
}

/// How an instruction went.
enum Outcome {
    /// On one of its ways, in the same frame.
    Done,
    /// Into a callee, whose window begins at a register.
    Entered(usize),
    /// It failed, and a handler of the frame drops the registers from one on; or it went on to where that begins.
    Caught { first: usize, may_be_done: bool },
    /// Out of the frame.
    Left,
}

/// [`stepping::step`], checked.
///
/// # Safety
/// As for [`stepping::step`].
pub(super) unsafe fn step(ip: *mut Inst, base: *mut Value, vm: &mut VM) -> Next {
    // SAFETY: as for this function; the registers are those of the running frame.
    unsafe {
        if ip == exit_ip() {
            return stepping::step(ip, base, vm);
        }
        let inst = *ip;
        let code = State::code_of(vm.fast.unit.0, vm.charges_fuel);
        let body = &code.bodies[code.owner(code.index_of(ip))];
        let mut registers = registers(code, &inst, base, body.registers as usize);
        let shown = if shows_slots(inst.op) { body.variables as usize } else { 0 };
        for (index, register) in registers.iter_mut().enumerate().skip(shown) {
            // Only what owns no heap can be set aside without an owner.
            register.is_poisoned = !register.is_read && (register.before[0] as u8) < tag::STR;
            if register.is_poisoned {
                set_words(base.add(index), POISON);
            }
        }
        let (window, frames) = (vm.fast.window_offset(base), vm.fast.records.len());
        let next = stepping::step(ip, base, vm);
        // The register file may have moved.
        let base = vm.fast.registers.as_mut_ptr().add(window);
        let outcome = outcome(code, ip, next, vm, (window, frames));
        for (index, register) in registers.iter().enumerate() {
            let place = base.add(index);
            let after = words(place);
            let is_left_poisoned = register.is_poisoned && after == POISON;
            if is_left_poisoned {
                set_words(place, register.before);
            }
            let is_changed = !is_left_poisoned && after != register.before;
            let owns_heap = may_own(&after);
            let describe = |what: &str| format!("r{index} {what} by {inst:?}");
            match outcome {
                Outcome::Done => {
                    let is_clobbered = is_call(inst.op) && index >= inst.a.into();
                    let may_change = register.is_written
                        || register.is_taken
                        || register.may_be_written
                        || is_clobbered
                        || index < shown;
                    assert!(may_change || !is_changed, "{}", describe("is changed"));
                    assert!(!register.is_written || !is_left_poisoned, "{}", describe("is not written"));
                    let is_dead = register.is_taken && !register.is_written && !register.may_be_written;
                    assert!(!is_dead || !owns_heap, "{}", describe("is dead and owns heap"));
                }
                Outcome::Entered(first) => {
                    assert!(index >= first || !is_changed, "{}", describe("is changed"));
                }
                Outcome::Caught { first, may_be_done } => {
                    let is_updated = register.is_written && (register.is_read || may_be_done);
                    let may_change = register.is_taken || is_updated || index < shown;
                    assert!(index >= first || may_change || !is_changed, "{}", describe("is changed"));
                }
                Outcome::Left => {}
            }
        }
        next
    }
}

/// The registers of a frame as they are before an instruction.
///
/// # Safety
/// The window at `base` has `count` registers.
unsafe fn registers(code: &Code, inst: &Inst, base: *mut Value, count: usize) -> Vec<Register> {
    // SAFETY: as for this function.
    let before = |index| unsafe { words(base.add(index)) };
    let mut registers: Vec<Register> =
        (0..count).map(|index| Register { before: before(index), ..Register::default() }).collect();
    inst.accesses(&code.lists, |register, access| {
        let register = &mut registers[usize::from(register)];
        match access {
            Access::Read => register.is_read = true,
            Access::Take => (register.is_read, register.is_taken) = (true, true),
            Access::Write => register.is_written = true,
            Access::MayWrite => register.may_be_written = true,
        }
    });
    registers
}

/// How the instruction at `ip` went, of the frame with this window and depth.
///
/// # Safety
/// As for [`step`].
unsafe fn outcome(
    code: &Code,
    ip: *mut Inst,
    next: Next,
    vm: &VM,
    (window, frames): (usize, usize),
) -> Outcome {
    // SAFETY: as for this function.
    let inst = unsafe { *ip };
    if next.ip.is_null() || next.ip == exit_ip() {
        return Outcome::Left;
    }
    let is_call = matches!(inst.op, Opcode::Call | Opcode::CallDynamic);
    if is_call && vm.fast.records.len() == frames + 1 {
        return Outcome::Entered(inst.a.into());
    }
    if vm.fast.records.len() != frames || vm.fast.window_offset(next.base) != window {
        return Outcome::Left;
    }
    let index = code.index_of(ip);
    // SAFETY: something runs, in the frame of the instruction.
    let unit = unsafe { &*vm.fast.unit.0 };
    let region = unit.verified().analysis().states[code.op_index(index)].try_begin;
    let to = code.index_of(next.ip);
    let is_way = match inst.op {
        Opcode::JumpTable => code.lists.tables[inst.imm as usize].contains(&to),
        Opcode::Iterate | Opcode::BlockEnd => {
            let block = &code.lists.blocks[inst.imm as usize];
            to == block.entry || to == block.iterate + 1
        }
        // A frame is replaced by another.
        Opcode::TailCall => return Outcome::Left,
        // SAFETY: as for this function.
        _ if jumps(inst.op.form()) => to == index + 1 || next.ip == unsafe { target(ip, inst.imm) },
        _ => to == index + 1,
    };
    match code.handler(region, index) {
        Some(handler) if handler.inst == to => {
            Outcome::Caught { first: handler.register as usize, may_be_done: is_way }
        }
        _ if is_way => Outcome::Done,
        _ => Outcome::Left,
    }
}

fn jumps(form: Form) -> bool {
    matches!(form, Form::J | Form::JR | Form::JRI | Form::JRR | Form::JUR | Form::JUI)
}

/// Whether code of the host may run during an instruction, which may read and write the frame's slots.
fn shows_slots(op: Opcode) -> bool {
    use Opcode::*;
    matches!(
        op,
        Exec | Builtin
            | Extension
            | Print
            | PrintJoined
            | Printf
            | ReadRecord
            | ReadSelected
            | ReadLine
            | CallDynamic
    )
}

/// Whether others use the window meanwhile, from register `a` on: all but the dest are dead afterwards.
fn is_call(op: Opcode) -> bool {
    matches!(op.form(), Form::Call | Form::CallDynamic)
}
