//! What an instruction that is done by its handler can write.

use super::Seen;
use crate::code::{Opcode, operands::Access};
use crate::jit::method::input::Input;
use crate::trace::memory::Memory;

/// What a step writes; registers as half-open ranges of the running frame's.
pub(super) struct Effects {
    pub registers: Vec<(i32, i32)>,
    pub globals: Vec<i32>,
    pub writes: Memory,
}

/// All that code of the host can reach but the registers: of these it can set the running frame's slots alone.
const FOREIGN: Memory = Memory::HEAP.and(Memory::GLOBALS).and(Memory::RECORD);

/// The effects of an instruction.
pub(super) fn step_effects(input: &Input, at: u32, _seen: &Seen) -> Effects {
    let inst = input.insts[at as usize];
    let mut registers = Vec::new();
    inst.accesses(&input.lists, |register, access| {
        if access != Access::Read {
            registers.push(register);
        }
    });
    if input.may_set_slots(at) {
        let body = &input.bodies[input.body_of(at) as usize];
        registers.extend(body.slots.iter().flatten());
    }
    let globals = match inst.op {
        Opcode::SetGlobal => vec![inst.imm as i32],
        _ => Vec::new(),
    };
    Effects { registers: ranges(registers), globals, writes: writes(inst.op) }
}

/// The memory that an instruction writes beside registers.
fn writes(op: Opcode) -> Memory {
    use Opcode::*;
    let arrays = Memory::HEADERS.and(Memory::ELEMENTS);
    let hashes = Memory::KEYS.and(Memory::ENTRIES);
    match op {
        ArraySet | ArrayPush => arrays.and(Memory::COUNTS),
        HashSet => hashes.and(Memory::COUNTS),
        RefSet => Memory::CELLS.and(Memory::COUNTS),
        // The collection may be behind a cell, where a copy takes its place.
        Subarray | NestedGet | NestedSet | IndexSet | IndexSetK | SlotOp | SetCapture | CellElement
        | ElementGet | ElementSet | ElementDelete | ElementAdd | ElementIncrement | ElementAddend => {
            Memory::HEAP
        }
        ElementAppend
        | JoinedGet
        | JoinedSet
        | JoinedAdd
        | JoinedIncrement
        | FieldElementAdd
        | FieldElementIncrement
        | FieldElementAddend => Memory::HEAP.and(Memory::RECORD),
        Join | JoinKeys | JoinedExists | ElementExists | Substr | Sprintf | Index | ToLower | ToUpper
        | Matches | FieldLengthAt | Length | FieldGet | FieldAt | FieldNumber | FieldNumberAt
        | FieldLength | FieldMatches | FieldIs | FieldMatchesAt | FieldIsAt | FieldCount | SpecialGet => {
            Memory::RECORD.and(Memory::COUNTS)
        }
        Match | Exec | ExecLeaf | SplitInto | ReadRecord | ReadSelected | ReadLine | Builtin | Extension
        | Output | Print | PrintJoined | Printf | SubRecord | GsubRecord | SubText | GsubText | OpenScope
        | CloseScope | Declare => FOREIGN,
        // The rest changes registers alone; what it copies or drops gets another holder or loses one.
        _ => Memory::COUNTS,
    }
}

/// A set of registers as ranges.
fn ranges(mut registers: Vec<u16>) -> Vec<(i32, i32)> {
    registers.sort_unstable();
    registers.dedup();
    let mut ranges: Vec<(i32, i32)> = Vec::new();
    for register in registers.into_iter().map(i32::from) {
        match ranges.last_mut() {
            Some((_, end)) if *end == register => *end += 1,
            _ => ranges.push((register, register + 1)),
        }
    }
    ranges
}
