//! A listing of lowered code beside the ops it came from.

use super::{Code, Form, Inst, Opcode, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::chunk::{Chunk, VerifiedChunk, VerifyError};
use crate::interp::globals::Globals;
use crate::interp::unit::{Subs, Unit};
use crate::value::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The lowered form of a chunk, each instruction beside its op. A register reads `r3`, or `r3!` where the
/// instruction takes its value.
///
/// # Errors
/// The chunk does not verify.
pub fn listing(chunk: Chunk) -> Result<String, VerifyError> {
    let verified = VerifiedChunk::new(Arc::new(chunk))?;
    let mut subs = Subs::default();
    let unit = Unit::load(verified, &mut Globals::default(), &mut subs);
    let names: Vec<&str> = subs.list.iter().map(|sub| &*sub.name).collect();
    let mut out = String::new();
    list(&mut out, &unit, &names);
    Ok(out)
}

fn list(out: &mut String, unit: &Unit, subs: &[&str]) {
    let Some(code) = unit.code(false) else {
        out.push_str(
            "; runs in the reference interpreter: an extension op is undeclared, or a frame is too large\n",
        );
        return;
    };
    let chunk = unit.chunk();
    let mut starts: BTreeMap<u32, String> = BTreeMap::new();
    for (index, body) in code.bodies.iter().enumerate() {
        let name = if index == 0 { "main".to_string() } else { format!("sub {}", unit.body_name(index)) };
        let text = format!("{name}: {} registers, {} arguments", body.registers, body.takes);
        starts.insert(body.entry, text);
    }
    for (index, block) in code.blocks.iter().enumerate() {
        starts.insert(block.entry, format!("block {index}: elements from r{}", block.base));
    }
    let mut last_op = usize::MAX;
    for index in 0..code.len() as u32 {
        if let Some(text) = starts.get(&index) {
            let _ = writeln!(out, "; {text}");
        }
        // SAFETY: nothing executes this unit, so nothing rewrites its instructions.
        let inst = unsafe { *code.inst(index) };
        let op_index = code.op_index(index);
        let op = if op_index == last_op { String::new() } else { op_text(chunk, op_index) };
        last_op = op_index;
        let text = inst_text(code, index, &inst, subs);
        let _ = writeln!(out, "{index:5}  {text:<44} ; {op}");
    }
}

fn op_text(chunk: &Chunk, index: usize) -> String {
    chunk.ops.get(index).map_or_else(String::new, |op| format!("{index}: {op:?}"))
}

/// A register operand.
fn register(index: u16, taken: bool) -> String {
    format!("r{index}{}", if taken { "!" } else { "" })
}

fn constant(imm: u64) -> String {
    // SAFETY: an instruction of this form holds the address of a constant that the code or its unit owns.
    let value = unsafe { &*(imm as *const Value) };
    format!("{value:?}")
}

fn inst_text(code: &Code, at: u32, inst: &Inst, subs: &[&str]) -> String {
    let Inst { op, a, b, c, imm } = *inst;
    let target = || format!("-> {}", at.wrapping_add(imm as u32));
    let taken = |flags: u64, which: u16| flags as u16 & which != 0;
    let operands = match op.form() {
        Form::None => String::new(),
        Form::D => register(a, false),
        Form::DImm if op == Opcode::LoadFloat => format!("r{a}, {:?}", f64::from_bits(imm)),
        Form::DImm => format!("r{a}, {}", imm as i64),
        Form::DK => format!("r{a}, {}", constant(imm)),
        Form::DR => format!("r{a}, {}", register(b, taken(c.into(), TAKE_FIRST))),
        Form::DRR => {
            format!("r{a}, {}, {}", register(b, taken(imm, TAKE_FIRST)), register(c, taken(imm, TAKE_SECOND)))
        }
        Form::DRK => format!("r{a}, {}, {}", register(b, taken(c.into(), TAKE_FIRST)), constant(imm)),
        Form::DKR => format!("r{a}, {}, {}", constant(imm), register(c, taken(b.into(), TAKE_FIRST))),
        Form::DRI => format!("r{a}, {}, {}", register(b, taken(c.into(), TAKE_FIRST)), imm as i64),
        Form::DRF => {
            format!("r{a}, {}, {:?}", register(b, taken(c.into(), TAKE_FIRST)), f64::from_bits(imm))
        }
        Form::R => register(a, taken(c.into(), TAKE_FIRST)),
        Form::RImm => format!("{}, {imm}", register(a, taken(c.into(), TAKE_FIRST))),
        Form::RR => {
            format!("{}, {}", register(a, taken(imm, TAKE_FIRST)), register(b, taken(imm, TAKE_SECOND)))
        }
        Form::RRK => format!(
            "{}, {}, {}",
            register(a, taken(c.into(), TAKE_FIRST)),
            register(b, taken(c.into(), TAKE_SECOND)),
            constant(imm)
        ),
        Form::RRR => format!(
            "{}, {}, {}",
            register(a, taken(imm, TAKE_FIRST)),
            register(b, taken(imm, TAKE_SECOND)),
            register(c, taken(imm, TAKE_THIRD))
        ),
        Form::J => target(),
        Form::JR if op == Opcode::JumpTable => {
            let targets: Vec<String> = code.tables[imm as usize].iter().map(u32::to_string).collect();
            format!("{} -> [{}]", register(a, taken(c.into(), TAKE_FIRST)), targets.join(" "))
        }
        Form::JR => format!("{} {}", register(a, taken(c.into(), TAKE_FIRST)), target()),
        Form::JRR => format!(
            "{}, {} {}",
            register(a, taken(c.into(), TAKE_FIRST)),
            register(b, taken(c.into(), TAKE_SECOND)),
            target()
        ),
        Form::JRI => {
            format!("{}, {} {}", register(a, taken(c.into(), TAKE_FIRST)), imm as i64 >> 32, target())
        }
        Form::Op => format!("r{a}, takes {b}, op {imm}"),
        Form::Call if matches!(op, Opcode::Call | Opcode::TailCall) => {
            format!("r{c}, {} r{a}.. {b} args", subs.get(imm as usize).unwrap_or(&"?"))
        }
        Form::Call => format!("r{c}, r{a}, {b}, {imm}"),
        Form::Range => format!("r{a}.. {b}"),
        Form::Imm => imm.to_string(),
    };
    format!("{op:?} {operands}")
}
