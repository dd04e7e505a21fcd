//! Properties of the op table itself.

use super::*;
use std::collections::HashSet;

#[test]
fn codes_and_names_are_unique() {
    let mut codes = HashSet::new();
    let mut names = HashSet::new();
    for info in Op::table() {
        assert!(codes.insert(info.code), "code {:#06x} of {} is taken", info.code, info.name);
        assert!(names.insert(info.name), "{} stands twice", info.name);
        assert!(info.doc.ends_with('.'), "{}: the sentence lacks its full stop", info.name);
    }
}

#[test]
fn ops_are_found_by_code_and_name() {
    for (ordinal, info) in Op::table().iter().enumerate() {
        assert_eq!(Op::ordinal_of_code(info.code), Some(ordinal), "codes ascend: {}", info.name);
        assert_eq!(Op::ordinal_of_name(info.name), Some(ordinal));
    }
    assert_eq!(Op::ordinal_of_code(u16::MAX), None);
    assert_eq!(Op::ordinal_of_name("nop"), None);
}

#[test]
fn modes_belong_to_operands() {
    for mode in Mode::all() {
        let info = &Op::table()[Op::ordinal_of_name(mode.op).expect(mode.op)];
        let operand = info.operands.iter().find(|operand| operand.name == mode.operand).expect(mode.operand);
        assert_eq!(operand.kind, OperandKind::Byte);
        assert!(Mode::of(info, operand).is_some());
        let values: Vec<u8> = mode.constants.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, (0..values.len() as u8).collect::<Vec<_>>(), "{}", mode.what);
    }
}

#[test]
fn operands_round_trip_through_bits() {
    for (ordinal, info) in Op::table().iter().enumerate() {
        let bits: Vec<u64> = (1..=info.operands.len() as u64).collect();
        let op = Op::from_ordinal(ordinal, &bits).expect(info.name);
        assert_eq!(op.ordinal(), ordinal);
        assert_eq!(op.operands().iter().map(|o| o.bits).collect::<Vec<_>>(), bits, "{}", info.name);
        assert!(Op::from_ordinal(ordinal, &vec![0; info.operands.len() + 1]).is_none());
    }
    assert!(Op::from_ordinal(Op::table().len(), &[]).is_none());
}

#[test]
fn out_of_range_operands_are_refused() {
    let slot = Op::GetSlot(0).ordinal();
    assert!(Op::from_ordinal(slot, &[65_535]).is_some());
    assert!(Op::from_ordinal(slot, &[65_536]).is_none());
    let limit = Op::AccumSumLoop(0, 0, 0).ordinal();
    assert_eq!(Op::from_ordinal(limit, &[1, 2, -5_i64 as u64]), Some(Op::AccumSumLoop(1, 2, -5)));
    assert!(Op::from_ordinal(limit, &[1, 2, 1 << 31]).is_none());
}

#[test]
fn replaced_ops_exist_and_have_the_same_stack_effect() {
    let find = |name: &str| Op::table().iter().position(|i| i.name == name).expect("a table name");
    for (ordinal, info) in Op::table().iter().enumerate().filter(|(_, i)| !i.replaces.is_empty()) {
        let op = Op::from_ordinal(ordinal, &vec![0; info.operands.len()]).expect("zero operands");
        let height = info.replaces.iter().fold(0_isize, |height, name| {
            let plain_info = &Op::table()[find(name)];
            let plain =
                Op::from_ordinal(find(name), &vec![0; plain_info.operands.len()]).expect("zero operands");
            height - plain.pops() as isize + plain.pushes() as isize
        });
        assert_eq!(height, op.pushes() as isize - op.pops() as isize, "{}", info.name);
    }
}

#[test]
fn jump_targets_can_be_replaced() {
    assert_eq!(Op::SlotLtIntJumpIfFalse(3, -7, 0).with_jump_target(9), Op::SlotLtIntJumpIfFalse(3, -7, 9));
    assert_eq!(Op::Jump(1).jump_target(), Some(1));
    assert_eq!(Op::Add.with_jump_target(4), Op::Add);
}

#[test]
fn fuel_is_the_number_of_plain_ops() {
    assert_eq!(Op::Add.fuel(), 1);
    assert_eq!(Op::AddAssignSlotVoid(0, 1).fuel(), 4);
    assert_eq!(Op::SlotIncLtIntJumpBack(0, 1, 2).fuel(), 7);
    assert_eq!(Op::AccumSumLoop(0, 1, 2).loop_fuel(), Some((4, 8)));
}
