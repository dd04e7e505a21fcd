//! What a compilation starts from: plain data, so that it can happen on another thread.

use crate::chunk::IntegerMode;
use crate::chunk::analysis::NONE;
use crate::code::feedback::{EXECUTED, GREW, KINDS, UNEVEN};
use crate::code::{BodyCode, CELL, Code, Form, Inst, Lists, Opcode, Part};
use crate::interp::unit::Unit;
use crate::jit::method::Checks;
use crate::jit::method::liveness::Liveness;
use crate::jit::method::machine::HashPlace;
use crate::jit::{ExtensionCode, ExtensionOp, ExtensionTable, SlotKind};
use crate::op::Op;
use crate::value::{EntryLayout, Hash, Value, tag};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Feedback bit: what the compiler guessed of the instruction was wrong too often.
pub(crate) const FAILED: u16 = 1 << 14;

/// A constant operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Constant {
    Int(i64),
    Float(f64),
    /// A Str that owns no heap, by its words.
    Short([u64; 2]),
    /// Of a kind that native code leaves in memory.
    Other(u8),
}

impl Constant {
    fn of(value: &Value) -> Constant {
        match value {
            Value::Int(n) => Constant::Int(*n),
            Value::Float(x) => Constant::Float(*x),
            other => other.short_words().map_or(Constant::Other(other.tag()), Constant::Short),
        }
    }
}

/// What an instruction on an element at two subscripts works with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joined {
    pub hash: HashPlace,
    pub subscripts: [Number; 2],
    /// The register of the value that is stored or added.
    pub operand: Option<u16>,
}

/// A number among the parts of an instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Register(u16),
    Constant(f64),
}

impl Number {
    /// A part that may be a number.
    fn of(part: &Part) -> Option<Number> {
        match *part {
            Part::Register(register, _) => Some(Number::Register(register)),
            // SAFETY: lowering has put the address of a constant there, which lives as long as the code.
            Part::Constant(address) => match unsafe { &*(address as *const Value) } {
                Value::Int(n) => Some(Number::Constant(*n as f64)),
                Value::Float(x) => Some(Number::Constant(*x)),
                _ => None,
            },
            Part::Field(_) | Part::FieldAt(..) => None,
        }
    }

    /// The numbers of a Substr with these parts: without the second one there is no end.
    fn range_of(parts: &[Part]) -> Option<[Number; 2]> {
        match parts {
            // The field's number is looked at as well.
            [Part::FieldAt(..), ..] => None,
            [_, from] => Some([Number::of(from)?, Number::Constant(f64::INFINITY)]),
            [_, from, count] => Some([Number::of(from)?, Number::of(count)?]),
            _ => None,
        }
    }
}

impl Joined {
    /// Of an instruction with these parts, if it is one with two subscripts that may be numbers.
    fn of(inst: &Inst, parts: &[Part]) -> Option<Joined> {
        use Opcode::{JoinedAdd, JoinedExists, JoinedGet, JoinedIncrement, JoinedSet};
        if !matches!(inst.op, JoinedGet | JoinedSet | JoinedAdd | JoinedIncrement | JoinedExists) {
            return None;
        }
        let subscripts = inst.subscripts(parts.len());
        let has_operand = subscripts.start > 0;
        let register = |part: &Part| match *part {
            Part::Register(register, _) => Some(register),
            Part::Field(_) | Part::FieldAt(..) | Part::Constant(_) => None,
        };
        let [first, second] = &parts[subscripts] else { return None };
        Some(Joined {
            hash: match inst.b {
                CELL => HashPlace::Register(register(parts.last()?)?),
                global => HashPlace::Global(global.into()),
            },
            subscripts: [Number::of(first)?, Number::of(second)?],
            operand: if has_operand { Some(register(&parts[0])?) } else { None },
        })
    }
}

/// A unit's code as it was when the compilation was asked for.
pub(crate) struct Input {
    pub insts: Box<[Inst]>,
    /// By instruction: the tags that the destination has had, and the bits of [`feedback`](crate::code::feedback), with
    /// [`FAILED`].
    pub feedback: Box<[u16]>,
    /// Constant operands, by instruction.
    pub constants: HashMap<u32, Constant>,
    /// The words of constant keys that are short strings, by instruction.
    pub keys: HashMap<u32, (u64, Option<u64>)>,
    /// What instructions on elements at two subscripts work with.
    pub joined: HashMap<u32, Joined>,
    /// Where hashes have their entries.
    pub entries: EntryLayout,
    /// Where a Substr begins, and how many characters it gives, from 1.
    pub ranges: HashMap<u32, [Number; 2]>,
    /// The ops of Exec and ExecLeaf instructions.
    pub ops: HashMap<u32, Op>,
    /// The extension ops of Extension instructions.
    extension_ops: HashMap<u32, ExtensionOp>,
    /// What a frontend has lowered them to.
    pub extensions: Arc<ExtensionTable>,
    pub bodies: Vec<BodyCode>,
    pub lists: Lists,
    /// For each instruction in a try region, the instruction of the handler.
    pub handlers: HashMap<u32, u32>,
    /// Body of each sub id that native code may call.
    pub callees: HashMap<u32, u32>,
    pub mode: IntegerMode,
    /// Whether code is to be made only where it is likely faster than the interpreter.
    pub only_if_worth_it: bool,
    /// What tests want compiled in.
    pub checks: Checks,
    /// By body; found out when it is asked for.
    liveness: Box<[OnceCell<Liveness>]>,
}

impl Input {
    /// Takes what a compilation needs of a unit's code.
    pub fn new(unit: &Unit, code: &Code, feedback: Box<[u16]>, callees: HashMap<u32, u32>) -> Input {
        let len = code.len() as u32;
        // SAFETY: the instructions are the code's own, and nothing else runs on this thread now.
        let insts: Box<[Inst]> = (0..len).map(|index| unsafe { *code.inst(index) }).collect();
        let mut constants = HashMap::new();
        let mut ops = HashMap::new();
        let mut extension_ops = HashMap::new();
        let mut keys = HashMap::new();
        let mut handlers = HashMap::new();
        let mut joined = HashMap::new();
        let mut ranges = HashMap::new();
        let states = &unit.verified().analysis().states;
        for (index, inst) in insts.iter().enumerate() {
            let index = index as u32;
            if matches!(inst.op.form(), Form::DK | Form::DRK | Form::DKR | Form::RRK) {
                // SAFETY: lowering has put the address of a constant there, which lives as long as the code.
                constants.insert(index, Constant::of(unsafe { &*(inst.imm as *const Value) }));
            }
            if matches!(inst.op, Opcode::IndexGetK | Opcode::IndexSetK)
                // SAFETY: as above.
                && let Value::Str(key) = unsafe { &*(inst.imm as *const Value) }
                && let Some(words) = Hash::key_words(key)
            {
                keys.insert(index, words);
            }
            if let Form::List | Form::DList = inst.op.form()
                && let Some(works_with) = Joined::of(inst, &code.lists.parts[inst.imm as usize])
            {
                joined.insert(index, works_with);
            }
            if inst.op == Opcode::Substr
                && let Some(range) = Number::range_of(&code.lists.parts[inst.imm as usize])
            {
                ranges.insert(index, range);
            }
            if let Opcode::Exec | Opcode::ExecLeaf = inst.op {
                ops.insert(index, unit.chunk().ops[inst.imm as usize]);
            }
            if inst.op == Opcode::Extension
                && let Some(op) = ExtensionOp::of(&unit.chunk().ops[inst.imm as usize])
            {
                extension_ops.insert(index, op);
            }
            // The end of a chunk without ops has no op.
            let region = states.get(code.op_index(index)).map_or(NONE, |state| state.try_begin);
            if region != NONE
                && let Some(handler) = code.handler(region, index)
            {
                handlers.insert(index, handler.inst);
            }
        }
        Input {
            insts,
            feedback,
            constants,
            keys,
            joined,
            ranges,
            entries: Hash::entry_layout(),
            ops,
            extension_ops,
            extensions: Arc::default(),
            bodies: code.bodies.clone(),
            lists: code.lists.clone(),
            handlers,
            callees,
            mode: unit.integer_mode(),
            only_if_worth_it: false,
            checks: Checks::of_thread(),
            liveness: code.bodies.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// The only tag that an instruction's destination has had, if there is one and it is no wrong guess.
    pub fn expected(&self, inst: u32) -> Option<u8> {
        self.expected_but(inst, 0)
    }

    /// As [`Input::expected`], of a lookup that may have found nothing.
    pub fn expected_found(&self, inst: u32) -> Option<u8> {
        self.expected_but(inst, 1 << tag::UNDEF)
    }

    /// The tag that a variable always had, but for Undef before it became a number.
    pub fn expected_once_set(&self, inst: u32) -> Option<u8> {
        let number = || self.expected_found(inst).filter(|tag| Input::is_number(*tag));
        self.expected(inst).or_else(number)
    }

    /// Whether a lookup has found nothing, or Undef, each time.
    pub fn found_none(&self, inst: u32) -> bool {
        self.feedback
            .get(inst as usize)
            .is_some_and(|feedback| feedback & (KINDS | FAILED) == 1 << tag::UNDEF)
    }

    /// Whether a lookup has found nothing, or Undef.
    pub fn missed(&self, inst: u32) -> bool {
        self.feedback.get(inst as usize).is_some_and(|feedback| feedback & 1 << tag::UNDEF != 0)
    }

    /// As [`Input::expected`], where some tags do not count.
    fn expected_but(&self, inst: u32, ignored: u16) -> Option<u8> {
        let feedback = *self.feedback.get(inst as usize)?;
        let tags = feedback & KINDS & !ignored;
        (tags.count_ones() == 1 && feedback & FAILED == 0).then(|| tags.trailing_zeros() as u8)
    }

    /// Whether a guess at an instruction has failed too often.
    pub fn failed(&self, inst: u32) -> bool {
        self.feedback.get(inst as usize).is_some_and(|feedback| feedback & FAILED != 0)
    }

    /// Whether a store may make its array or hash longer, as far as feedback tells.
    pub fn grew(&self, inst: u32) -> bool {
        self.feedback.get(inst as usize).is_none_or(|feedback| feedback & GREW != 0)
    }

    /// Whether an index may be beyond the shortest of the arrays that its loop indexes alike, or a number apart from the
    /// consecutive keys of its hash, as far as feedback tells.
    pub fn is_uneven(&self, inst: u32) -> bool {
        self.feedback.get(inst as usize).is_none_or(|feedback| feedback & UNEVEN != 0)
    }

    /// Whether an instruction may be reached as far as feedback tells; without feedback all are.
    pub fn reached(&self, inst: u32) -> bool {
        self.feedback.get(inst as usize).is_none_or(|feedback| feedback & EXECUTED != 0)
    }

    /// What an extension op computes for operands of some kinds, unless its handler is to be called.
    pub fn lowered(&self, inst: u32, operands: &[SlotKind]) -> Option<&ExtensionCode> {
        self.extensions.code(*self.extension_ops.get(&inst)?, operands)
    }

    /// The target of a jump instruction.
    pub fn target(&self, inst: u32) -> u32 {
        inst.wrapping_add_signed(self.insts[inst as usize].imm as u32 as i32)
    }

    /// The instructions of a body, its blocks included.
    pub fn extent(&self, body: u32) -> std::ops::Range<u32> {
        let end = self.bodies.get(body as usize + 1).map_or(self.insts.len() as u32, |next| next.entry);
        self.bodies[body as usize].entry..end
    }

    /// The registers that are live in a body.
    pub fn liveness(&self, body: u32) -> &Liveness {
        self.liveness[body as usize].get_or_init(|| Liveness::new(self, body))
    }

    /// Tags of scalars that native code keeps out of memory.
    pub fn is_number(tag: u8) -> bool {
        matches!(tag, tag::INT | tag::FLOAT)
    }
}

impl Input {
    /// The body that owns the frame of an instruction.
    pub fn body_of(&self, at: u32) -> u32 {
        self.bodies.partition_point(|body| body.entry <= at) as u32 - 1
    }

    /// Whether a print is to an output of the host's: only one to the VM's own is a leaf.
    pub fn is_redirected(&self, print: u32) -> bool {
        print > 0 && self.insts[print as usize - 1].op == Opcode::Output
    }

    /// Whether foreign code that an instruction calls may set the frame's slots.
    pub fn may_set_slots(&self, at: u32) -> bool {
        use Opcode::*;
        match self.insts[at as usize].op {
            Exec | Builtin | Extension | ReadRecord | ReadSelected | ReadLine => true,
            Print | PrintJoined | Printf => self.is_redirected(at),
            _ => false,
        }
    }
}

impl Input {
    /// The tag that calls of a body have given so far, if it is one that goes through a machine register.
    pub fn result_of(&self, body: u32) -> Option<u8> {
        let calls = self.insts.iter().enumerate().filter(|(_, inst)| {
            inst.op == Opcode::Call && self.callees.get(&(inst.imm as u32)) == Some(&body)
        });
        let mut tags = calls.filter_map(|(at, _)| self.expected(at as u32));
        tags.next().filter(|tag| super::calls::is_register_tag(*tag))
    }

    /// Whether native code may call a body: nothing in it looks at the call stack, which then lacks native
    /// frames, or leaves it by an error.
    pub fn is_callable(&self, body: u32) -> bool {
        use Opcode::*;
        // What was reached is compiled, and so are the first instruction and what follows without a branch: an observation
        // may have ended there.
        let mut follows = true;
        let mut compiled = self.extent(body).filter(|at| {
            let is_compiled = follows || self.reached(*at);
            follows = is_compiled && !self.ends_block(*at);
            is_compiled
        });
        compiled.all(|at| {
            !matches!(
                self.insts[at as usize].op,
                Output
                    | ReadRecord
                    | ReadSelected
                    | ReadLine
                    | Builtin
                    | Extension
                    | OpenScope
                    | CloseScope
                    | Declare
                    | WholeLoop
                    | Iterate
                    | BlockEnd
                    | JumpTable
                    | CallDynamic
                    | TailCall
                    | GetCapture
                    | SetCapture
                    | Exec
            )
        })
    }
}
