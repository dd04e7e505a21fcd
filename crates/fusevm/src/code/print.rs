//! A listing of lowered code beside the ops it came from.

use super::{Code, Form, Inst, Opcode, Part, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};
use crate::chunk::text::op_texts;
use crate::chunk::{Const, VerifiedChunk};
use crate::interp::globals::Globals;
use crate::interp::unit::{Subs, Unit};
use crate::value::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

/// The lowered form of a chunk and of its sub-chunks, the ops that each instruction comes from on its right.
///
/// A register reads `r3`, or `r3!` where the instruction takes its value. Ops that need no instruction of
/// their own stand alone.
pub fn listing(chunk: VerifiedChunk) -> String {
    listing_by_lines(chunk, &|_| None)
}

/// As [`listing`], with a heading before the code of each line of the source that has one.
pub fn listing_by_lines(chunk: VerifiedChunk, heading: &dyn Fn(u32) -> Option<String>) -> String {
    let mut out = String::new();
    list_chunk(&mut out, chunk, heading, &mut Vec::new());
    out
}

/// Lists the chunk at the end of `way` through the sub-chunks.
fn list_chunk(
    out: &mut String,
    chunk: VerifiedChunk,
    heading: &dyn Fn(u32) -> Option<String>,
    way: &mut Vec<String>,
) {
    if !way.is_empty() {
        let _ = writeln!(out, "\nsub-chunk {}", way.join("."));
    }
    let mut subs = Subs::default();
    let unit = Unit::load(chunk, &mut Globals::default(), &mut subs);
    let names: Vec<&str> = subs.list.iter().map(|sub| &*sub.name).collect();
    match unit.code(false) {
        Some(code) => {
            let everything = 0..code.len() as u32;
            Listing { unit: &unit, code, subs: &names, ops: op_texts(unit.chunk()), heading }
                .write(out, everything, 0);
        }
        None => out.push_str(
            "runs in the reference interpreter: an extension op is undeclared, or a frame is too large\n",
        ),
    }
    for (index, sub_chunk) in unit.chunk().sub_chunks.iter().enumerate() {
        if let Ok(sub_chunk) = sub_chunk.clone().verify() {
            way.push(index.to_string());
            list_chunk(out, sub_chunk, heading, way);
            way.pop();
        }
    }
}

/// Some instructions of a unit that may be running, beside the ops that they come from, which begin at
/// `first_op`.
#[cfg(feature = "jit")]
pub(crate) fn listing_of(
    unit: &Unit,
    code: &Code,
    subs: &Subs,
    insts: Range<u32>,
    first_op: usize,
) -> String {
    let names: Vec<&str> = subs.list.iter().map(|sub| &*sub.name).collect();
    let mut out = String::new();
    Listing { unit, code, subs: &names, ops: op_texts(unit.chunk()), heading: &|_| None }
        .write(&mut out, insts, first_op);
    out
}

/// What a listing of one chunk looks things up in.
struct Listing<'a> {
    unit: &'a Unit,
    code: &'a Code,
    subs: &'a [&'a str],
    /// Text of each op.
    ops: Vec<String>,
    /// What stands before the code of a line.
    heading: &'a dyn Fn(u32) -> Option<String>,
}

impl Listing<'_> {
    fn write(&self, out: &mut String, insts: Range<u32>, first_op: usize) {
        let starts = self.starts();
        let mut next_op = first_op;
        let mut last_op = None;
        let mut line = 0;
        for index in insts {
            let op = self.code.op_index(index);
            if let Some((title, first_op)) = starts.get(&index) {
                let _ = writeln!(out, "{}{title}", if out.is_empty() { "" } else { "\n" });
                (next_op, last_op) = (*first_op, None);
                line = 0;
            }
            for silent in (next_op..op).filter(|silent| self.are_together(*silent, op)) {
                self.head(out, silent, &mut line);
                self.row(out, "", Some(silent));
            }
            self.head(out, op, &mut line);
            // SAFETY: if the unit runs, it does so on this thread, so nothing rewrites an instruction meanwhile.
            let inst = unsafe { *self.code.inst(index) };
            let text = format!("{index:5}  {}", inst_text(self.code, index, &inst, self.subs));
            self.row(out, &text, Some(op).filter(|op| last_op != Some(*op)));
            (next_op, last_op) = (op + 1, Some(op));
        }
    }

    /// The instructions where bodies and blocks begin, with their titles and first ops.
    fn starts(&self) -> BTreeMap<u32, (String, usize)> {
        let bodies = self.code.bodies.iter().enumerate().map(|(index, body)| {
            let name = match index {
                0 => "main".to_string(),
                _ => format!("sub {}", self.unit.body_name(index)),
            };
            let title = format!("{name}: arguments {}, registers {}", body.takes, body.registers);
            let first_op = self.unit.verified().analysis().bodies[index].entry;
            (body.entry, (title, first_op as usize))
        });
        let blocks = self.code.lists.blocks.iter().enumerate().map(|(index, block)| {
            let title = format!("block {index}: elements from r{}", block.base);
            let op = self.code.op_index(block.entry);
            let ranges = self.unit.chunk().block_ranges.iter();
            let around = ranges.filter(|(start, end)| (*start..*end).contains(&op)).map(|(start, _)| *start);
            (block.entry, (title, around.max().unwrap_or(op)))
        });
        bodies.chain(blocks).collect()
    }

    /// Whether two ops belong to one body. What is never reached belongs to none.
    fn are_together(&self, one: usize, other: usize) -> bool {
        let states = &self.unit.verified().analysis().states;
        let body = |op: usize| states.get(op).map(|state| state.body);
        body(one) == body(other)
    }

    /// The heading of an op's line, unless it is that of the op before.
    fn head(&self, out: &mut String, op: usize, line: &mut u32) {
        let new = self.unit.chunk().line(op);
        if std::mem::replace(line, new) != new
            && let Some(heading) = (self.heading)(new)
        {
            let _ = writeln!(out, "{heading}");
        }
    }

    /// An instruction and an op, side by side.
    fn row(&self, out: &mut String, inst: &str, op: Option<usize>) {
        let op = op.and_then(|op| Some((op, self.ops.get(op)?)));
        let _ = match op {
            Some((index, text)) => writeln!(out, "{inst:<50} | {index:5}  {text}"),
            None => writeln!(out, "{inst:<50} |"),
        };
    }
}

/// A register operand.
fn register(index: u16, taken: bool) -> String {
    format!("r{index}{}", if taken { "!" } else { "" })
}

/// So many registers from one on.
fn registers(first: u16, count: u16) -> String {
    match count {
        0 => "[]".to_string(),
        1 => format!("[r{first}]"),
        _ => format!("[r{first}..r{}]", first.wrapping_add(count - 1)),
    }
}

fn constant(imm: u64) -> String {
    // SAFETY: an instruction of this form holds the address of a constant that the code or its unit owns.
    let value = unsafe { &*(imm as *const Value) };
    Const::from(value).to_string()
}

/// The parts of a list.
fn list(code: &Code, number: u64) -> String {
    let parts = code.lists.parts[number as usize].iter().map(|part| match *part {
        Part::Field(field) => format!("${field}"),
        Part::FieldAt(index, taken) => format!("${}", register(index, taken)),
        Part::Register(index, taken) => register(index, taken),
        Part::Constant(address) => constant(address),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn inst_text(code: &Code, at: u32, inst: &Inst, subs: &[&str]) -> String {
    let Inst { op, a, b, c, imm } = *inst;
    let target = || format!("-> {}", at.wrapping_add(imm as u32));
    let taken = |flags: u64, which: u16| flags as u16 & which != 0;
    let sub = |id: u64| subs.get(id as usize).copied().unwrap_or("?");
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
        Form::RRI => format!(
            "{}, {}, {imm}",
            register(a, taken(c.into(), TAKE_FIRST)),
            register(b, taken(c.into(), TAKE_SECOND))
        ),
        Form::DFK => format!("r{a}, ${b}, {}", constant(imm)),
        Form::RRR => format!(
            "{}, {}, {}",
            register(a, taken(imm, TAKE_FIRST)),
            register(b, taken(imm, TAKE_SECOND)),
            register(c, taken(imm, TAKE_THIRD))
        ),
        Form::UU => format!("r{a}, r{b}"),
        Form::UUImm => format!("r{a}, r{b}"),
        Form::UR => format!("r{a}, {}", register(b, taken(imm, TAKE_FIRST))),
        Form::URR => {
            format!("r{a}, {}, {}", register(b, taken(imm, TAKE_FIRST)), register(c, taken(imm, TAKE_SECOND)))
        }
        Form::GR => format!("{imm}, {}", register(b, taken(c.into(), TAKE_FIRST))),
        Form::J => target(),
        Form::JR if op == Opcode::JumpTable => {
            let targets: Vec<String> = code.lists.tables[imm as usize].iter().map(u32::to_string).collect();
            format!("{} -> [{}]", register(a, taken(c.into(), TAKE_FIRST)), targets.join(" "))
        }
        Form::JR => format!("{} {}", register(a, taken(c.into(), TAKE_FIRST)), target()),
        Form::JRR | Form::JUR => format!(
            "{}, {} {}",
            register(a, taken(c.into(), TAKE_FIRST)),
            register(b, taken(c.into(), TAKE_SECOND)),
            target()
        ),
        Form::JRI | Form::JUI => {
            format!("{}, {} {}", register(a, taken(c.into(), TAKE_FIRST)), imm as i64 >> 32, target())
        }
        Form::Op if op == Opcode::ReadSelected => {
            let questions = &code.lists.selections[(imm >> 32) as usize].questions;
            let targets = questions.iter().map(|question| format!(" -> {}", question.target));
            format!("{}{}", registers(a, c), targets.collect::<String>())
        }
        Form::Op => format!("{}, {}", registers(a, c), registers(a, b)),
        Form::OpU => format!("r{a}, r{c}, {}", registers(a, b)),
        Form::Call => format!("r{c}, {}, {}", sub(imm), registers(a, b)),
        Form::TailCall => format!("{}, {}", sub(imm), registers(a, b)),
        Form::CallDynamic => format!("r{c}, r{a}!, {}", registers(a + 1, b)),
        Form::Iterate => format!("r{c}, r{a}!, block {imm}"),
        Form::BlockEnd => format!("r{a}!, block {imm}"),
        Form::Range => registers(a, b),
        Form::List => list(code, imm),
        Form::DList => format!("r{a}, {}", list(code, imm)),
        Form::DUList => format!("r{a}, r{b}, {}", list(code, imm)),
        Form::Imm => imm.to_string(),
    };
    let name = format!("{op:?}");
    format!("{name:<14} {operands}").trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::text::assemble;

    /// Every reachable op stands in the listing once, in its body, whether it has instructions or not.
    #[test]
    fn each_op_stands_in_its_body() {
        let program = "
            LoadConst [1, 2]
            MapBlock 0
            Pop
            Return
            .block 0
            GetSlot 0
            Add
            .endblock 0
            .sub f
            SetSlot 0
            LoadInt 1
            GetSlot 0
            Add
            ReturnValue
            .chunk
            LoadInt 7
            .endchunk";
        let chunk = assemble("test", program).expect("it assembles").verify().expect("it verifies");
        let listing = listing(chunk);
        let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in listing.lines().filter(|line| !line.is_empty()) {
            match (line.split_once(" | "), found.last_mut()) {
                (Some((_, op)), Some((_, ops))) => ops.push(op.trim()),
                _ if line.ends_with('|') => {}
                _ => found.push((line.split(':').next().unwrap_or(line), Vec::new())),
            }
        }
        let expected: Vec<(&str, &[&str])> = vec![
            ("main", &["0  LoadConst [1, 2]", "1  MapBlock 0", "2  Pop", "3  Return"]),
            ("block 0", &["4  GetSlot 0", "5  Add"]),
            ("sub f", &["6  SetSlot 0", "7  LoadInt 1", "8  GetSlot 0", "9  Add", "10  ReturnValue"]),
            ("sub-chunk 0", &[]),
            ("main", &["0  LoadInt 7"]),
        ];
        let expected: Vec<(&str, Vec<&str>)> =
            expected.into_iter().map(|(title, ops)| (title, ops.to_vec())).collect();
        assert_eq!(found, expected, "{listing}");
    }

    #[test]
    fn what_cannot_be_lowered_is_told() {
        let chunk = assemble("test", "Extended 1 0").expect("it assembles").verify().expect("it verifies");
        assert!(listing(chunk).starts_with("runs in the reference interpreter"));
    }
}
