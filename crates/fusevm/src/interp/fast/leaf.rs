//! Instructions by their functions, without dispatch: what native code calls for those that it has no code for.

use super::register::{put, take, take_or_clone};
use super::slow;
use super::{awk, joined};
use crate::code::{Inst, Opcode, TAKE_FIRST};
use crate::error::OpResult;
use crate::interp::ops::compare;
use crate::value::Value;
use crate::vm::VM;

/// How a leaf instruction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// It is done.
    Done,
    /// The jump is taken.
    Taken,
    /// The jump is not taken.
    NotTaken,
    /// It is no leaf: it needs dispatch.
    No,
}

/// Gives a macro the leaf instructions that are done by one function each, and the functions, each of which gets the VM, the
/// instruction and the window.
macro_rules! leaf_functions {
    ($then:ident) => {
        $then! {
            LoadConst | GetGlobal => slow::load;
            Div | DivKR | DivAwk | Mod | ModAwk | BitAnd | BitAndK | BitOr | BitXor | ShlK | ShrK => slow::binary;
            Lt | Le | Eq | Ne | HashGet | HashExists | IndexExists | ArrayGet | IndexGet | CellElement => slow::binary;
            StrEq | StrNe => slow::text_equality;
            Negate | Sqrt | Not | StringLen | RefGet | ArrayLen => slow::unary;
            AddI | AddF | SubF | MulI | MulF | DivF | ModI => slow::with_number;
            Concat | ConcatK | ConcatKR => slow::concat;
            ArrayGetI => slow::element;
            ArraySet | HashSet | ArrayPush => slow::store;
            IndexSet => slow::index_set;
            RefSet => slow::ref_set;
            GetCapture | SetCapture => slow::capture;
            SlotOp => slow::slot_op;
            ExecLeaf => slow::execute_leaf;
            SplitInto => awk::split_into;
            SubRecord | GsubRecord => awk::substitute_in_record;
            SubText | GsubText => awk::substitute_in_text;
            Join => awk::join;
            JoinKeys => awk::join_keys;
            FieldGet => awk::field;
            FieldAt => awk::field_at;
            FieldNumberAt => awk::field_number_at;
            FieldLength => awk::field_length;
            FieldLengthAt => awk::field_length_at;
            Length => awk::length;
            Substr => awk::substr;
            Sprintf => awk::sprintf;
            Index => awk::index;
            ToLower | ToUpper => awk::map_case;
            Matches => awk::matches;
            Match => awk::match_place;
            FieldMatches | FieldIs | FieldMatchesAt | FieldIsAt => awk::field_test;
            SpecialGet => awk::special;
            ToNumber | ToComparable | ToText | Subscript | Truth => awk::unary;
            ElementGet => awk::element;
            ElementExists => awk::has_element;
            ElementSet => awk::set_element;
            ElementDelete => awk::delete_element;
            ElementAdd => awk::add_to_element::<true>;
            ElementIncrement => awk::add_to_element::<false>;
            FieldElementAdd => awk::add_to_field_element::<true>;
            FieldElementIncrement => awk::add_to_field_element::<false>;
            ElementAppend => awk::append_to_element;
            Output => awk::choose_output;
            Addend => awk::addend;
            ElementAddend => awk::element_addend;
            FieldElementAddend => awk::field_element_addend;
            Subarray | NestedGet | NestedSet => awk::nested;
            JoinedGet | JoinedSet | JoinedAdd | JoinedIncrement | JoinedExists => joined::access;
        }
    };
}
pub(crate) use leaf_functions;

/// Does a leaf instruction: one that changes registers and heap only, and calls no code of the host.
///
/// # Errors
/// The instruction's own. What it takes may be gone then, so it is not done again.
///
/// # Safety
/// `inst` is an instruction of the running unit, and `base` the window of the running frame.
pub(crate) unsafe fn leaf(vm: &mut VM, inst: *mut Inst, base: *mut Value) -> OpResult<Leaf> {
    // SAFETY: as for this function.
    let i = unsafe { &*inst };
    macro_rules! by_function {
        ($($($op:ident)|+ => $function:path;)*) => {
            match i.op {
                // SAFETY: as for this function.
                $($(Opcode::$op)|+ => unsafe { $function(vm, i, base) },)*
                // SAFETY: as for this function.
                _ => return unsafe { other_leaf(vm, inst, base) },
            }
        };
    }
    leaf_functions!(by_function).map(|()| Leaf::Done)
}

/// As [`leaf`], of one that has no function of its own.
unsafe fn other_leaf(vm: &mut VM, inst: *mut Inst, base: *mut Value) -> OpResult<Leaf> {
    use Opcode::*;
    // SAFETY: as for `leaf`.
    unsafe {
        let i = &*inst;
        let result = match i.op {
            Move if i.c & TAKE_FIRST == 0 => slow::load(vm, i, base),
            Move => {
                put(base.add(i.a.into()), take(base.add(i.b.into())));
                Ok(())
            }
            SetGlobal => {
                let value = take_or_clone(base.add(i.b.into()), i.c & TAKE_FIRST != 0);
                put(vm.globals.values.as_mut_ptr().add(i.imm as usize), value);
                Ok(())
            }
            Add | AddFloat | AddAny | Sub | SubFloat | SubAny | SubKR | Mul | MulFloat | MulAny => {
                slow::arithmetic(vm, inst, base)
            }
            IndexGetK => slow::field(vm, inst, base),
            IndexSetK => slow::set_field(vm, inst, base),
            FieldNumber => {
                let number = vm.awk.record.field_number(i.imm as usize);
                put(base.add(i.a.into()), Value::Float(number));
                Ok(())
            }
            FieldCount => {
                let count = vm.awk.record.nf() as f64;
                put(base.add(i.a.into()), Value::Float(count));
                Ok(())
            }
            // The host writes it.
            Print | PrintJoined | Printf if vm.awk.output.is_some() => return Ok(Leaf::No),
            Print => awk::print(vm, i, base),
            PrintJoined => awk::print_joined(vm, i, base),
            Printf => awk::printf(vm, i, base),
            _ => return leaf_jump(vm, i, base),
        };
        result.map(|()| Leaf::Done)
    }
}

/// Decides a conditional jump.
unsafe fn leaf_jump(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<Leaf> {
    use Opcode::*;
    // SAFETY: as for `leaf`.
    unsafe {
        let (holds, wanted, is_small): (fn(&Value, &Value) -> bool, bool, bool) = match inst.op {
            JumpTrue | LoopTrue | JumpFalse | LoopFalse => {
                let holds = slow::truth(base.add(inst.a.into()), inst.c & TAKE_FIRST != 0);
                let taken = holds == matches!(inst.op, JumpTrue | LoopTrue);
                return Ok(if taken { Leaf::Taken } else { Leaf::NotTaken });
            }
            JumpLt | LoopLt | IncLoopLt => (compare::num_lt, true, false),
            JumpNotLt | LoopNotLt => (compare::num_lt, false, false),
            JumpLe | LoopLe | IncLoopLe => (compare::num_le, true, false),
            JumpNotLe | LoopNotLe => (compare::num_le, false, false),
            JumpEq | LoopEq => (compare::num_eq, true, false),
            JumpNotEq | LoopNotEq => (compare::num_eq, false, false),
            JumpLtI | LoopLtI | IncLoopLtI => (compare::num_lt, true, true),
            JumpNotLtI | LoopNotLtI => (compare::num_lt, false, true),
            JumpLeI | LoopLeI | IncLoopLeI => (compare::num_le, true, true),
            JumpNotLeI | LoopNotLeI => (compare::num_le, false, true),
            JumpGtI | LoopGtI => (compare::num_gt, true, true),
            JumpNotGtI | LoopNotGtI => (compare::num_gt, false, true),
            JumpGeI | LoopGeI => (compare::num_ge, true, true),
            JumpNotGeI | LoopNotGeI => (compare::num_ge, false, true),
            JumpEqI | LoopEqI => (compare::num_eq, true, true),
            JumpNotEqI | LoopNotEqI => (compare::num_eq, false, true),
            _ => return Ok(Leaf::No),
        };
        if matches!(inst.op, IncLoopLt | IncLoopLe | IncLoopLtI | IncLoopLeI) {
            slow::increment(vm, inst, base)?;
        }
        let holds = match is_small {
            true => slow::compare_small(vm, inst, base, holds)?,
            false => slow::compare(vm, inst, base, holds)?,
        };
        Ok(if holds == wanted { Leaf::Taken } else { Leaf::NotTaken })
    }
}
