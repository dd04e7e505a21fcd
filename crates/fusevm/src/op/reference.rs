//! The reference page of the instruction set, `docs/ops.md`, made from the op table.

use super::{Effects, Flow, Mode, Op, OpInfo, OperandKind};

const HEAD: &str = "\
# Ops

<!-- Made from the op table by `op::reference_page`; `FUSEVM_BLESS=1 cargo test -p fusevm --lib reference` renews it. -->

The instruction set that frontends compile to. An op is written with its operands in parentheses; `stack` shows
the values that it takes and leaves, the top at the right. `effects` says what it may do beyond that: read or
write state, call a host, handler, sink or source, or fail with a runtime error that a try region catches.
`code` is the op's number in the binary form.

";

/// What each operand kind denotes, for the page.
const KINDS: [(OperandKind, &str); 15] = [
    (OperandKind::Int, "a 64-bit integer"),
    (OperandKind::Float, "a 64-bit float"),
    (OperandKind::Int32, "a 32-bit integer"),
    (OperandKind::Const, "index into the constant pool, 16 bits"),
    (OperandKind::Name, "index into the name pool, 16 bits"),
    (OperandKind::Slot, "frame slot, 16 bits"),
    (OperandKind::Jump, "op index that control may go to; the number of ops is the end"),
    (OperandKind::Block, "index into the block ranges, 16 bits"),
    (OperandKind::SubChunk, "index into the sub-chunks, 16 bits"),
    (OperandKind::Count, "number of stack values, 8 bits"),
    (OperandKind::Count16, "number of stack values, 16 bits"),
    (OperandKind::Index, "index into a closure's captured values, 8 bits"),
    (OperandKind::Id, "id of a builtin or extension, 16 bits"),
    (OperandKind::Byte, "a mode or small argument, 8 bits"),
    (OperandKind::Word, "an argument for the frontend's handler, as wide as a pointer"),
];

/// The page, in Markdown.
pub fn reference_page() -> String {
    let mut page = HEAD.to_string();
    for section in Op::table().chunk_by(|a, b| a.section == b.section) {
        page += &format!("## {}\n\n", section[0].section);
        page += "| code | op | stack | effects | flow | meaning |\n|---|---|---|---|---|---|\n";
        section.iter().for_each(|info| page += &row(info));
        page += "\n";
    }
    page += "## Operands\n\n| kind | meaning |\n|---|---|\n";
    for (kind, meaning) in KINDS {
        page += &format!("| {kind:?} | {meaning} |\n");
    }
    page += "\n## Modes\n\n| op | operand | constants |\n|---|---|---|\n";
    for Mode { op, operand, constants, .. } in Mode::all() {
        let constants: Vec<String> =
            constants.iter().map(|(name, value)| format!("{value} {name}")).collect();
        page += &format!("| {op} | {operand} | {} |\n", constants.join(", "));
    }
    page
}

fn row(info: &OpInfo) -> String {
    let operands: Vec<String> = info.operands.iter().map(|o| format!("{}: {:?}", o.name, o.kind)).collect();
    let signature = if operands.is_empty() { String::new() } else { format!("({})", operands.join(", ")) };
    let effects: Vec<&str> = info.effects.names().collect();
    let effects = if info.effects == Effects::PURE { "pure".to_string() } else { effects.join(", ") };
    let flow = match info.flow {
        Flow::Next => "",
        Flow::Jump => "jumps",
        Flow::Branch => "may jump",
        Flow::Try => "on error",
        Flow::Table => "jumps by table",
        Flow::End => "leaves",
    };
    let replaces = match info.replaces {
        [] => String::new(),
        plain => format!(" Stands for {}.", plain.join(" ")),
    };
    format!(
        "| `{:#06x}` | `{}{signature}` | `{}` | {effects} | {flow} | {}{replaces} |\n",
        info.code, info.name, info.stack, info.doc
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renewed, not only compared, when `FUSEVM_BLESS` is set.
    #[test]
    fn reference_page_is_committed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ops.md");
        let page = reference_page();
        if std::env::var_os("FUSEVM_BLESS").is_some() {
            std::fs::write(path, &page).expect("the page can be written");
        }
        let committed = std::fs::read_to_string(path).expect("docs/ops.md is there");
        assert!(committed == page, "docs/ops.md is stale: run this test with FUSEVM_BLESS=1");
    }

    #[test]
    fn rows_say_everything() {
        let ordinal = Op::AddAssignSlotVoid(0, 0).ordinal();
        assert_eq!(
            row(&Op::table()[ordinal]),
            "| `0x00c5` | `AddAssignSlotVoid(target: Slot, addend: Slot)` | `->` | writes, fails |  | \
             Adds the second slot to the first. Stands for GetSlot GetSlot Add SetSlot. |\n"
        );
        assert!(
            Op::table().iter().flat_map(|info| info.operands).all(|o| KINDS.iter().any(|k| k.0 == o.kind))
        );
    }
}
