//! The awk ops that have instructions: fields are read where they are used, so that a record whose fields
//! are only printed, added or matched makes no values of them.

use super::branches::{Comparison, Pending};
use super::{Inst, Lowerer, NO_INST, Opcode, Symbol, TAKE_FIRST, TAKE_SECOND, flag};
use crate::awk_host::Special;
use crate::code::{AWK, CELL, MAX_CONVERTED, Part};
use crate::op::{Op, getline_source};
use crate::value::Value;

/// Which values of an instruction that takes a list of them may be fields that are still in the record.
#[derive(Clone, Copy)]
pub(super) enum Fields {
    /// The first few, by numbers that are known.
    Known(usize),
    /// All of them, also those by numbers that are computed.
    Any,
}

impl Lowerer<'_> {
    /// Lowers an awk op that has an instruction; false when it has none.
    pub(super) fn lower_awk(&mut self, index: usize, op: Op) -> bool {
        let comparison = match op {
            Op::AwkEq => Comparison::Eq,
            Op::AwkNe => Comparison::Ne,
            Op::AwkLt => Comparison::Lt,
            Op::AwkGt => Comparison::Gt,
            Op::AwkLe => Comparison::Le,
            Op::AwkGe => Comparison::Ge,
            Op::AwkGetline(getline_source::MAIN) => {
                self.execute(index, Opcode::ReadRecord);
                return true;
            }
            _ => return self.lower_awk_value(index, op),
        };
        self.region.pending = Some(Pending { comparison, negated: false, kind: AWK });
        self.region.last_result = None;
        true
    }

    fn lower_awk_value(&mut self, index: usize, op: Op) -> bool {
        let top = self.region.stack.last().copied();
        match op {
            Op::AwkFieldGet => match top {
                Some(Symbol::Int(field)) if u16::try_from(field).is_ok() => {
                    self.region.stack.pop();
                    self.push(Symbol::Field(field as u16));
                }
                _ => self.unary(index, Opcode::FieldAt),
            },
            Op::AwkNf => self.push_result(index, Inst { op: Opcode::FieldCount, ..NO_INST }),
            Op::AwkSpecialGet(name) => match Special::from_name(self.unit.name(name)) {
                Some(special) => {
                    self.push_result(index, Inst { op: Opcode::SpecialGet, imm: special as u64, ..NO_INST });
                }
                None => return false,
            },
            Op::AwkToNum => match top {
                Some(Symbol::Field(field)) => {
                    self.region.stack.pop();
                    self.push_result(index, Inst { op: Opcode::FieldNumber, imm: field.into(), ..NO_INST });
                }
                _ => self.unary(index, Opcode::ToNumber),
            },
            Op::AwkComparable => self.unary(index, Opcode::ToComparable),
            Op::AwkToStr => self.unary(index, Opcode::ToText),
            Op::AwkSubscript => self.unary(index, Opcode::Subscript),
            Op::AwkIndexGet => self.binary(index, Opcode::CellElement, None),
            Op::AwkSubarray(_) => self.binary(index, Opcode::Subarray, None),
            Op::AwkNestedGet(_) => self.binary(index, Opcode::NestedGet, None),
            Op::AwkNestedSet(_) => {
                let cell = self.pop_register(index);
                self.set_in_cell(index, Opcode::NestedSet, cell);
            }
            Op::AwkTruthy => self.unary(index, Opcode::Truth),
            Op::AwkDiv => self.binary(index, Opcode::DivAwk, None),
            Op::AwkMod => self.binary(index, Opcode::ModAwk, None),
            Op::AwkRegexMatch
                if self.field_and_constant(index, Opcode::FieldMatches, Opcode::FieldMatchesAt) => {}
            Op::AwkRegexMatch => self.execute_on_parts(index, 2, Fields::Known(1), Opcode::Matches),
            Op::AwkMatch => self.execute_on_parts(index, 2, Fields::Known(1), Opcode::Match),
            Op::AwkToLower => self.execute_on_parts(index, 1, Fields::Known(1), Opcode::ToLower),
            Op::AwkToUpper => self.execute_on_parts(index, 1, Fields::Known(1), Opcode::ToUpper),
            Op::AwkArrayGet(name) | Op::AwkArrayExists(name) => {
                let is_get = matches!(op, Op::AwkArrayGet(_));
                let op = if is_get { Opcode::ElementGet } else { Opcode::ElementExists };
                let imm = self.unit.global(name) as u64;
                let (b, take) = self.pop_register(index);
                let c = flag(take, TAKE_FIRST);
                self.push_result(index, Inst { op, a: 0, b, c, imm });
            }
            Op::AwkArraySet(name) => {
                let imm = self.unit.global(name) as u64;
                let (b, take_key) = self.pop_register(index);
                let (a, take_value) = self.pop_register(index);
                let c = flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND);
                self.emit(index, Inst { op: Opcode::ElementSet, a, b, c, imm });
            }
            Op::AwkArrayDelete(name) => {
                let imm = self.unit.global(name) as u64;
                let (a, take) = self.pop_register(index);
                let c = flag(take, TAKE_FIRST);
                self.emit(index, Inst { op: Opcode::ElementDelete, a, b: 0, c, imm });
            }
            Op::AwkAddend(name) => {
                let imm = self.unit.global(name) as u64;
                self.field_to_operand(index, self.region.stack.len() - 1);
                let (a, take) = self.pop_register(index);
                self.emit(index, Inst { op: Opcode::Addend, a, b: 0, c: flag(take, TAKE_FIRST), imm });
            }
            Op::AwkElementAppend(name) => {
                let Ok(b) = u16::try_from(self.unit.global(name)) else { return false };
                let (imm, _) = self.pop_parts(index, 2, Fields::Known(2));
                self.emit(index, Inst { op: Opcode::ElementAppend, b, imm, ..NO_INST });
            }
            Op::AwkElementAddend(name) => self.element_addend(index, self.unit.global(name) as u64),
            Op::AwkLength(0) => self.push_result(index, Inst { op: Opcode::FieldLength, ..NO_INST }),
            Op::AwkLength(1) => match top {
                Some(Symbol::Field(field)) => {
                    self.region.stack.pop();
                    self.push_result(index, Inst { op: Opcode::FieldLength, imm: field.into(), ..NO_INST });
                }
                _ if self.was_made_by(Opcode::FieldAt, self.region.stack.len() - 1) => {
                    // Only its length is wanted.
                    if let Some(last) = self.insts.last_mut() {
                        last.op = Opcode::FieldLengthAt;
                    }
                }
                _ => self.unary(index, Opcode::Length),
            },
            Op::AwkSprintf(n) => self.execute_on_parts(index, n.into(), Fields::Any, Opcode::Sprintf),
            Op::AwkSubstr(n) => self.execute_on_parts(index, n.into(), Fields::Known(1), Opcode::Substr),
            Op::AwkIndex => self.execute_on_parts(index, 2, Fields::Known(1), Opcode::Index),
            Op::AwkSubRecord => self.substitute_in_record(index, Opcode::SubRecord),
            Op::AwkGsubRecord => self.substitute_in_record(index, Opcode::GsubRecord),
            Op::AwkOutput(mode) => {
                let (imm, _) = self.pop_parts(index, 1, Fields::Known(0));
                self.region.last_result = None;
                self.emit(index, Inst { op: Opcode::Output, b: mode.into(), imm, ..NO_INST });
            }
            Op::AwkPrint(n) => self.print(index, n.into(), Opcode::Print),
            Op::AwkPrintJoined(n) => self.print(index, n.into(), Opcode::PrintJoined),
            Op::AwkPrintf(n) => self.print(index, n.into(), Opcode::Printf),
            _ => return false,
        }
        true
    }

    /// Lowers `AwkElementAddend` on a global.
    fn element_addend(&mut self, index: usize, global: u64) {
        let depth = self.region.stack.len() - 2;
        let field = match self.region.stack[depth + 1] {
            Symbol::Field(field) => Some(field),
            _ => None,
        };
        let (b, take_key) = match field {
            Some(_) => {
                self.region.stack.pop();
                (0, false)
            }
            None => self.pop_register(index),
        };
        self.field_to_operand(index, depth);
        let (a, take_value) = self.pop_register(index);
        let c = flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND);
        let inst = match field {
            Some(field) => {
                let imm = global | u64::from(field) << 32;
                Inst { op: Opcode::FieldElementAddend, a, b, c, imm }
            }
            None => Inst { op: Opcode::ElementAddend, a, b, c, imm: global },
        };
        self.emit(index, inst);
    }

    /// Lowers what a `Dup` of a key begins when it is `a[key]++` or `a[key] += x`: the number of ops
    /// after it that are done as well. Numbers as keys are left to native code, which has loads and stores of elements.
    pub(super) fn update_element(&mut self, index: usize) -> Option<usize> {
        let rest = &self.chunk.ops[index + 1..];
        let Some(&Op::AwkArrayGet(name)) = rest.first() else { return None };
        let (count, pops, has_result) = match rest[1..] {
            [Op::Inc, Op::Swap, Op::AwkArraySet(to), ..] if to == name => (4, 1, false),
            [Op::AwkToNum, Op::Dup, Op::Inc, Op::Rot, Op::AwkArraySet(to), ..] if to == name => (6, 1, true),
            [Op::Rot, Op::Add, Op::Swap, Op::AwkArraySet(to), ..] if to == name => (5, 2, false),
            _ => return None,
        };
        let is_entered = self.is_target[index + 1..=index + count].contains(&true);
        if !self.float_mode || is_entered {
            return None;
        }
        let global = self.unit.global(name) as u64;
        let (field, imm) = match *self.region.stack.last()? {
            Symbol::Field(field) => (Some(field), global | u64::from(field) << 32),
            Symbol::Temporary if self.has_made_key() => (None, global),
            _ => return None,
        };
        // Errors are those of the look at the element.
        let place = index + 1;
        let key = match field {
            Some(_) => {
                self.region.stack.pop();
                None
            }
            None => Some(self.pop_register(index)),
        };
        let (b, take_key) = key.unwrap_or_default();
        if pops == 2 {
            let op = if key.is_some() { Opcode::ElementAdd } else { Opcode::FieldElementAdd };
            self.field_to_operand(index, self.region.stack.len() - 1);
            let (a, take_value) = self.pop_register(index);
            let c = flag(take_value, TAKE_FIRST) | flag(take_key, TAKE_SECOND);
            self.emit(place, Inst { op, a, b, c, imm });
            self.region.last_result = None;
            return Some(count);
        }
        let op = if key.is_some() { Opcode::ElementIncrement } else { Opcode::FieldElementIncrement };
        self.push_result(place, Inst { op, a: 0, b, c: flag(take_key, TAKE_FIRST), imm });
        if !has_result {
            // A number needs no drop.
            self.region.stack.pop();
            self.region.last_result = None;
        }
        Some(count)
    }

    /// Lowers an `AwkSplit` whose pieces become a global, or what is in a cell; the number of ops after it that are done as well.
    pub(super) fn split_into(&mut self, index: usize) -> Option<usize> {
        let Op::AwkSplit(n) = self.chunk.ops[index] else { return None };
        let (b, n, skipped) = match self.chunk.ops[index + 1..] {
            [Op::Swap, Op::SetHash(name), ..] => {
                // The last global has the number that stands for a cell.
                (u16::try_from(self.unit.global(name)).ok().filter(|global| *global != CELL)?, n, 2)
            }
            [Op::Swap, Op::GetSlot(_) | Op::GetVar(_), Op::RefSet, ..] => (CELL, n + 1, 3),
            _ => return None,
        };
        if self.is_target[index + 1..=index + skipped].contains(&true) {
            return None;
        }
        if b == CELL {
            self.lower_op(index + 2)?;
        }
        let (imm, _) = self.pop_parts(index, n.into(), Fields::Known(1));
        self.push_result(index, Inst { op: Opcode::SplitInto, b, imm, ..NO_INST });
        Some(skipped)
    }

    /// Lowers a substitution whose result goes where the text was, in a slot; the number of ops after it that are done as well.
    pub(super) fn substitute_in_slot(&mut self, index: usize) -> Option<usize> {
        let [op, Op::Swap, Op::SetSlot(slot), ..] = self.chunk.ops[index..] else { return None };
        let b = self.slot(index, slot);
        let is_entered = self.is_target[index + 1..=index + 2].contains(&true);
        // Pattern and replacement are read while the text is changed.
        let [.., pattern, replacement, text] = self.region.stack[..] else { return None };
        let is_its_own = [pattern, replacement].iter().any(|symbol| symbol.slot() == Some(b));
        if is_entered || is_its_own || text.slot() != Some(b) {
            return None;
        }
        self.region.stack.pop();
        let (imm, _) = self.pop_parts(index, 2, Fields::Known(0));
        self.release_slot(index, b);
        let op = if matches!(op, Op::AwkSub(_)) { Opcode::SubText } else { Opcode::GsubText };
        self.push_result(index, Inst { op, b, imm, ..NO_INST });
        Some(2)
    }

    /// Lowers an `AwkGetlineOr` whose line goes where the old value was, in a slot; the number of ops after it that are done as well.
    pub(super) fn read_line_to_slot(&mut self, index: usize, source: u8) -> Option<usize> {
        let Op::SetSlot(slot) = *self.chunk.ops.get(index + 1)? else { return None };
        let b = self.slot(index, slot);
        if self.is_target[index + 1] || self.region.stack.last()?.slot() != Some(b) {
            return None;
        }
        self.region.stack.pop();
        let (imm, _) = self.pop_parts(index, getline_source::pops(source), Fields::Known(0));
        // It runs the host.
        self.release_slots(index);
        self.push_result(index, Inst { op: Opcode::ReadLine, a: 0, b, c: source.into(), imm });
        Some(1)
    }

    /// Whether the stack value at a depth is the result of the instruction before this, which is of that opcode.
    fn was_made_by(&self, op: Opcode, depth: usize) -> bool {
        let is_it = |inst: &Inst| inst.op == op && inst.a == self.temporary(depth);
        self.region.stack[depth] == Symbol::Temporary
            && self.region.last_result == self.insts.len().checked_sub(1)
            && self.insts.last().is_some_and(is_it)
    }

    /// Whether the instruction before this made the top temporary, and it is one that native code would call: of awk's own, or
    /// one that makes strings as a rule.
    fn has_made_key(&self) -> bool {
        use Opcode::*;
        let top = self.temporary(self.region.stack.len() - 1);
        let makes_keys = |op| {
            matches!(
                op,
                Concat
                    | ConcatK
                    | ConcatKR
                    | ExecLeaf
                    | FieldAt
                    | FieldLength
                    | FieldLengthAt
                    | Join
                    | Length
                    | Substr
                    | Sprintf
                    | Index
                    | ToLower
                    | ToUpper
                    | ToText
            )
        };
        self.insts.last().is_some_and(|inst| makes_keys(inst.op) && inst.a == top)
    }

    /// Lowers a `Concat` on fields, constants and numbers that were to become strings, or on what such a one has made, to one
    /// instruction that makes one string. A slot on the left is left to `Concat`, which appends to it in place.
    pub(super) fn join(&mut self, index: usize) -> bool {
        let top = self.region.stack.len() - 1;
        let (left, right) = (self.region.stack[top - 1], self.region.stack[top]);
        let (mut parts, mut converted, mut stands_for) = (Vec::new(), 0, index);
        if left == Symbol::Temporary {
            if self.join_on(top) {
                return true;
            }
            let Some(right) = self.part(right) else { return false };
            if self.was_made_by(Opcode::FieldAt, top - 1) {
                let (left, op) = self.take_field();
                parts.extend([left, right]);
                stands_for = op;
            } else if self.was_made_by(Opcode::ToText, top - 1) {
                parts.extend([self.take_text(), right]);
                converted = 1;
            } else {
                return false;
            }
        } else if self.was_made_by(Opcode::ToText, top) && !left.is_register() {
            let Some(left) = self.part(left) else { return false };
            parts.extend([left, self.take_text()]);
            converted = 2;
        } else if self.was_made_by(Opcode::FieldAt, top) && !left.is_register() {
            let Some(left) = self.part(left) else { return false };
            let (right, op) = self.take_field();
            parts.extend([left, right]);
            stands_for = op;
        } else if left.is_field() || right.is_field() && self.constant_address(left).is_some() {
            let right = self.part(right).unwrap_or_else(|| {
                self.materialise(index, top);
                Part::Register(self.temporary(top), true)
            });
            parts.extend(self.part(left).into_iter().chain([right]));
        } else {
            return false;
        }
        self.region.stack.truncate(top - 1);
        let imm = self.lists.parts.len() as u64;
        self.lists.parts.push(parts.into());
        self.push_result(stands_for, Inst { op: Opcode::Join, b: converted, imm, ..NO_INST });
        true
    }

    /// Adds the top value to what a `Join` right before this, or before the value's conversion, makes.
    fn join_on(&mut self, top: usize) -> bool {
        let joined = self.temporary(top - 1);
        let is_converted = self.was_made_by(Opcode::ToText, top);
        let is_field = self.was_made_by(Opcode::FieldAt, top);
        let between = usize::from(is_converted || is_field);
        let Some(at) = self.insts.len().checked_sub(1 + between) else { return false };
        let Inst { op: Opcode::Join, a, imm, .. } = self.insts[at] else { return false };
        let count = self.lists.parts[imm as usize].len();
        if a != joined {
            return false;
        }
        let has_computed = |parts: &[Part]| parts.iter().any(|part| matches!(part, Part::FieldAt(..)));
        let part = match is_converted {
            true if count < MAX_CONVERTED => Some(self.take_text()),
            false if is_field && has_computed(&self.lists.parts[imm as usize]) => None,
            false if is_field => {
                let (field, op) = self.take_field();
                self.ops[at] = op as u32;
                Some(field)
            }
            false if self.region.last_result == Some(at) => self.part(self.region.stack[top]),
            _ => None,
        };
        let Some(part) = part else { return false };
        let parts = &mut self.lists.parts[imm as usize];
        *parts = parts.iter().copied().chain([part]).collect();
        self.insts[at].b |= u16::from(is_converted) << count;
        self.region.stack.pop();
        self.region.last_result = Some(at);
        true
    }

    /// Takes back the conversion to a string that is the instruction before this: the value as it was, as a part.
    fn take_text(&mut self) -> Part {
        let Inst { b, c, .. } = self.remove_last().unwrap_or(NO_INST);
        Part::Register(b, c & TAKE_FIRST != 0)
    }

    /// Takes back the reading of a field by its number that is the instruction before this: the field, as a part, and the op that read
    /// it. An instruction with such a part stands for that op, too: its other parts do not fail.
    fn take_field(&mut self) -> (Part, usize) {
        let (Inst { b, c, .. }, op) = self.take_back();
        (Part::FieldAt(b, c & TAKE_FIRST != 0), op)
    }

    /// Takes back the instruction before this, which there is, and the op that it stands for.
    fn take_back(&mut self) -> (Inst, usize) {
        let op = self.ops.last().map_or(0, |op| *op as usize);
        (self.remove_last().unwrap_or(NO_INST), op)
    }

    /// Lowers `s = s x y` to one instruction that puts the others behind the text in the slot. They are joined already, and the
    /// next ops take the text out of the slot so that it can grow; the number of ops after this that are done as well.
    pub(super) fn append_to_taken(&mut self, index: usize, slot: u16) -> Option<usize> {
        let (skipped, converts) = match self.chunk.ops[index + 1..] {
            [Op::LoadUndef, Op::SetSlot(own), Op::Swap, Op::Concat, Op::SetSlot(to), ..]
                if own == slot && to == slot =>
            {
                (5, false)
            }
            [Op::LoadUndef, Op::SetSlot(own), Op::AwkToStr, Op::Swap, Op::Concat, Op::SetSlot(to), ..]
                if own == slot && to == slot =>
            {
                (6, true)
            }
            _ => return None,
        };
        let is_entered = self.is_target[index + 1..=index + skipped].contains(&true);
        (!is_entered && self.append_to_slot(index, slot, 1, converts)).then_some(skipped)
    }

    /// Lowers a `Concat` of a slot's text and others whose result goes into the slot; the number of ops after it that are done
    /// as well.
    pub(super) fn append_in_place(&mut self, index: usize) -> Option<usize> {
        let Op::SetSlot(slot) = *self.chunk.ops.get(index + 1)? else { return None };
        let own = self.slot(index, slot);
        let below = self.region.stack.len() - 2;
        if self.is_target[index + 1] || self.region.stack[below].slot() != Some(own) {
            return None;
        }
        let top = self.region.stack[below + 1];
        // Two strings are joined in place by `Concat`.
        let is_joined = [Opcode::Join, Opcode::FieldAt].iter().any(|op| self.was_made_by(*op, below + 1));
        if !is_joined && !top.is_field() {
            return None;
        }
        self.append_to_slot(index, slot, 2, false).then_some(1)
    }

    /// Puts what the top value is made of behind the text in a slot, and drops so many values; false, and nothing is done, when
    /// the slot is among it.
    fn append_to_slot(&mut self, index: usize, slot: u16, pops: usize, converts: bool) -> bool {
        let (a, top) = (self.slot(index, slot), self.region.stack.len() - 1);
        let (mut others, mut converted, mut stands_for) = (Vec::new(), 0, index);
        let made = [Opcode::Join, Opcode::FieldAt].into_iter().find(|op| self.was_made_by(*op, top));
        match (made, self.insts.last()) {
            (Some(Opcode::Join), Some(join)) => {
                others.extend_from_slice(&self.lists.parts[join.imm as usize]);
                converted = join.b;
            }
            (Some(_), Some(field)) => others.push(Part::FieldAt(field.b, field.c & TAKE_FIRST != 0)),
            _ => others.push(match self.region.stack[top] {
                Symbol::Temporary => Part::Register(self.temporary(top), true),
                symbol => match self.part(symbol) {
                    Some(part) => part,
                    None => return false,
                },
            }),
        }
        let is_own = |part: &Part| matches!(part, Part::Register(register, _) | Part::FieldAt(register, _) if *register == a);
        if others.iter().any(is_own) || converted.leading_zeros() == 0 {
            return false;
        }
        if made.is_some() {
            // What of it may fail is the reading of a field.
            (_, stands_for) = self.take_back();
        }
        self.region.stack.truncate(top + 1 - pops);
        self.release_slot(index, a);
        let inst = match others[..] {
            // `Concat` joins two strings in place, too, and any other value as the op does.
            [Part::Register(c, takes)] if !converts => {
                Inst { op: Opcode::Concat, a, b: a, c, imm: flag(takes, TAKE_SECOND).into() }
            }
            [Part::Constant(imm)] if !converts => Inst { op: Opcode::ConcatK, a, b: a, c: 0, imm },
            _ => {
                self.lists.parts.push(std::iter::once(Part::Register(a, false)).chain(others).collect());
                let imm = self.lists.parts.len() as u64 - 1;
                Inst { op: Opcode::Join, a, b: converted << 1 | u16::from(converts), c: 0, imm }
            }
        };
        self.emit(stands_for, inst);
        self.region.last_result = None;
        true
    }

    /// How a list names a value that is in no temporary.
    fn part(&mut self, symbol: Symbol) -> Option<Part> {
        match symbol {
            Symbol::Field(field) => Some(Part::Field(field)),
            Symbol::Slot(register) => Some(Part::Register(register, false)),
            Symbol::LastUse(register) => Some(Part::Register(register, true)),
            _ => self.constant_address(symbol).map(Part::Constant),
        }
    }

    /// An op on a field and a constant string, the two top values, whose result is a Bool: by one instruction for a field whose number
    /// is known, and another for one that was looked at right before this.
    pub(super) fn field_and_constant(&mut self, index: usize, op: Opcode, op_at: Opcode) -> bool {
        let top = self.region.stack.len() - 1;
        let Symbol::Constant(constant) = self.region.stack[top] else { return false };
        let Value::Str(_) = &self.unit.constants[usize::from(constant)] else { return false };
        let imm = self.constant_address(Symbol::Constant(constant)).unwrap_or_default();
        let (inst, stands_for) = match self.region.stack[top - 1] {
            Symbol::Field(b) => (Inst { op, a: 0, b, c: 0, imm }, index),
            _ if self.was_made_by(Opcode::FieldAt, top - 1) => {
                let (Inst { b, c, .. }, read_by) = self.take_back();
                (Inst { op: op_at, a: 0, b, c, imm }, read_by)
            }
            _ => return false,
        };
        self.region.stack.truncate(top - 1);
        self.push_result(stands_for, inst);
        true
    }

    /// Makes the two top values that are fields operands of arithmetic. Without integers the kind that a
    /// field's text has does not matter.
    pub(super) fn fields_to_operands(&mut self, index: usize, top: usize) {
        if !self.float_mode {
            return;
        }
        for depth in [top - 1, top] {
            self.field_to_operand(index, depth);
        }
    }

    pub(super) fn field_to_operand(&mut self, index: usize, depth: usize) {
        if let Symbol::Field(field) = self.region.stack[depth] {
            let a = self.temporary(depth);
            self.emit(index, Inst { op: Opcode::FieldNumber, a, b: 0, c: 0, imm: field.into() });
            self.region.stack[depth] = Symbol::Temporary;
            self.region.last_result = None;
        } else if self.was_made_by(Opcode::FieldAt, depth)
            && let Some(last) = self.insts.last_mut()
        {
            // Only its number is wanted.
            last.op = Opcode::FieldNumberAt;
        }
    }

    /// Reads the fields that are still to be read, before a sub may change the record.
    pub(super) fn release_fields(&mut self, index: usize) {
        for depth in 0..self.region.stack.len() {
            if let Symbol::Field(_) = self.region.stack[depth] {
                self.materialise(index, depth);
            }
        }
    }

    /// Takes the top `n` values off the stack, as a list of where they are: its number, and the op that the instruction stands for.
    pub(super) fn pop_parts(&mut self, index: usize, n: usize, fields: Fields) -> (u64, usize) {
        let mut stands_for = index;
        let first = self.region.stack.len() - n;
        let mut list = Vec::with_capacity(n);
        for depth in first..self.region.stack.len() {
            let symbol = self.region.stack[depth];
            let part = match (symbol, fields) {
                (Symbol::Field(_), Fields::Known(count)) if depth - first >= count => None,
                (Symbol::Temporary, Fields::Any) if self.was_made_by(Opcode::FieldAt, depth) => {
                    let (field, op) = self.take_field();
                    stands_for = op;
                    Some(field)
                }
                _ => self.part(symbol),
            };
            list.push(part.unwrap_or_else(|| {
                self.materialise(index, depth);
                Part::Register(self.temporary(depth), true)
            }));
        }
        self.region.stack.truncate(first);
        self.lists.parts.push(list.into());
        (self.lists.parts.len() as u64 - 1, stands_for)
    }

    /// An op on `n` operands.
    pub(super) fn execute_on_parts(&mut self, index: usize, n: usize, fields: Fields, op: Opcode) {
        let (imm, index) = self.pop_parts(index, n, fields);
        self.push_result(index, Inst { op, imm, ..NO_INST });
    }

    /// Prints the top `n` values from where they are.
    fn print(&mut self, index: usize, n: usize, op: Opcode) {
        let (imm, index) = self.pop_parts(index, n, Fields::Any);
        // A redirected print runs the host.
        self.release_slots(index);
        self.region.last_result = None;
        self.emit(index, Inst { op, imm, ..NO_INST });
    }

    /// Replaces in the record what the second value matches by the top one.
    fn substitute_in_record(&mut self, index: usize, op: Opcode) {
        self.release_fields(index);
        let (imm, _) = self.pop_parts(index, 2, Fields::Known(0));
        self.release_slots(index);
        self.push_result(index, Inst { op, imm, ..NO_INST });
    }
}
