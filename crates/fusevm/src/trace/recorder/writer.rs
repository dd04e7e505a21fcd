//! The machine that writes trace IR: each operation of `translate` as it was with the values that were seen.
//!
//! All checks of an instruction come before its first effect and lead back to its begin, so an exit does the
//! instruction again. The exception is a conditional jump, whose check leads to where the jump did not go.

use super::effects::step_effects;
use super::{Recording, Seen, type_of_tag};
use crate::code::{Form, Opcode};
use crate::jit::ExtensionCode;
use crate::jit::method::input::Input;
use crate::jit::method::kinds::Kind;
use crate::jit::method::machine::{
    Arithmetic, Bits, Comparison, Fact, FieldKey, FloatFunction, HashPlace, Key, Machine, Step as StepKind,
    Targets,
};
use crate::trace::ir::{Const, Ins, Ref, SnapshotId, Step};
use crate::trace::ops::{Op, Type};
use crate::value::number::EXACT_INTEGERS;
use crate::value::tag;

/// A value with its kind.
#[derive(Clone, Copy)]
pub(crate) struct Typed {
    value: Ref,
    kind: Kind,
}

/// The machine, for one instruction.
pub(super) struct Writer<'r> {
    pub input: &'r Input,
    pub seen: &'r Seen,
    pub recording: &'r mut Recording,
    /// Kinds of the frame's registers.
    kinds: Vec<Kind>,
    /// Values of registers that the instruction has loaded or set.
    values: Vec<Option<Ref>>,
    /// The snapshot of the instruction.
    here: Option<SnapshotId>,
    /// Stores of a jump that counts, which are put off until its exit.
    delayed: Vec<(u16, Ref)>,
    /// Why the recording cannot go on.
    pub failure: Option<String>,
}

impl<'r> Writer<'r> {
    pub fn new(input: &'r Input, seen: &'r Seen, recording: &'r mut Recording) -> Writer<'r> {
        Writer {
            input,
            seen,
            recording,
            kinds: seen.tags.iter().map(|tag| Kind::of(*tag)).collect(),
            values: vec![None; seen.tags.len()],
            here: None,
            delayed: Vec::new(),
            failure: None,
        }
    }

    /// Which registers are known to hold scalars after the instruction.
    pub fn scalars(&self) -> Vec<bool> {
        let trace = &self.recording.trace;
        self.values.iter().map(|value| value.is_some_and(|value| trace.ty(value).is_scalar())).collect()
    }

    pub fn fail(&mut self, reason: &str) {
        self.failure.get_or_insert_with(|| reason.to_string());
    }

    // ---- the instruction's operands --------------------------------------------------------------

    /// Checks the Undefs among the operands: that a value is Undef is used without its being loaded.
    pub fn guard_undefs(&mut self) {
        let inst = self.input.insts[self.seen.at as usize];
        let mut undefs = Vec::new();
        inst.reads(&self.input.lists, |register| {
            if self.seen.tags[usize::from(register)] == tag::UNDEF && !undefs.contains(&register) {
                undefs.push(register);
            }
        });
        // A step takes them as they are.
        if matches!(
            inst.op.form(),
            Form::Op | Form::OpU | Form::List | Form::DList | Form::DUList | Form::Call
        ) {
            return;
        }
        for register in undefs {
            self.load(register);
        }
    }

    /// Loads the operands of an instruction that counts up before it has loaded all of them.
    pub fn guard_loop_operands(&mut self) {
        let inst = self.input.insts[self.seen.at as usize];
        if let Form::JUR | Form::JUI = inst.op.form() {
            inst.reads(&self.input.lists, |register| {
                if self.seen.tags[usize::from(register)] < tag::STR {
                    self.load(register);
                }
            });
        }
    }

    // ---- writing -----------------------------------------------------------------------------------

    pub fn emit(&mut self, ins: Ins) -> Ref {
        self.recording.trace.push(ins)
    }

    pub fn pure(&mut self, op: Op, args: &[Ref]) -> Ref {
        self.emit(Ins::new(op, args))
    }

    /// The snapshot that leads back to the begin of the instruction.
    pub fn here(&mut self) -> SnapshotId {
        let at = self.seen.at;
        *self.here.get_or_insert_with(|| self.recording.snapshot(at))
    }

    /// An operation with a check.
    pub fn checked(&mut self, op: Op, args: &[Ref]) -> Ref {
        let here = self.here();
        self.emit(Ins::new(op, args).at(here))
    }

    pub fn int_value(&mut self, n: i64) -> Ref {
        self.recording.trace.int(n)
    }

    pub fn undef_value(&mut self) -> Ref {
        self.recording.trace.constant(Const::Undef)
    }

    fn typed(&mut self, op: Op, args: &[Ref], kind: Kind) -> Typed {
        Typed { value: self.pure(op, args), kind }
    }

    /// Tag of a register before the instruction.
    pub fn tag_of(&self, register: u16) -> u8 {
        self.seen.tags[usize::from(register)]
    }

    /// A register's value of the kind that it had.
    pub fn load(&mut self, register: u16) -> Ref {
        if let Some(value) = self.values[usize::from(register)] {
            return value;
        }
        let Some(ty) = type_of_tag(self.tag_of(register)) else {
            self.fail("a value of a kind that traces do not have");
            return self.undef_value();
        };
        let here = self.here();
        let place = self.recording.register(register);
        let value = self.emit(Ins::new(Op::LoadRegister, &[]).imm(place).typed(ty).at(here));
        self.values[usize::from(register)] = Some(value);
        value
    }

    /// Checks that a register of another frame, or of this one, owns no heap, as it did; drops what it owned.
    pub fn free_place(&mut self, place: i32, tag: u8) {
        let here = self.here();
        if tag < tag::STR {
            self.emit(Ins::new(Op::FreeRegister, &[]).imm(place).at(here));
        } else {
            self.emit(Ins::new(Op::DropRegister, &[]).imm(place));
        }
    }

    /// Stores to a register, whose old value goes.
    pub fn store(&mut self, register: u16, value: Ref) {
        let place = self.recording.register(register);
        // What was loaded as a scalar is known to own no heap.
        if self.values[usize::from(register)].is_none() || self.tag_of(register) >= tag::STR {
            self.free_place(place, self.tag_of(register));
        }
        self.emit(Ins::new(Op::StoreRegister, &[value]).imm(place));
        self.values[usize::from(register)] = Some(value);
    }

    fn store_kind(&mut self, register: u16, value: Ref, kind: Kind) {
        let form = self.input.insts[self.seen.at as usize].op.form();
        if self.recording.settings.redo_jumps && matches!(form, Form::JUR | Form::JUI) {
            self.delayed.push((register, value));
            self.values[usize::from(register)] = Some(value);
        } else {
            self.store(register, value);
        }
        self.kinds[usize::from(register)] = kind;
    }

    /// The Int, Float, Bool or Undef of a register.
    fn scalar(&mut self, register: u16) -> Ref {
        self.load(register)
    }

    // ---- arrays ------------------------------------------------------------------------------------

    /// The array in a register, or behind the Ref there.
    fn array(&mut self, register: u16) -> Ref {
        let value = self.load(register);
        if self.tag_of(register) != tag::REF {
            return value;
        }
        let here = self.here();
        self.emit(Ins::new(Op::LoadCell, &[value]).typed(Type::Array).at(here))
    }

    fn check_bounds(&mut self, array: Ref, index: Ref) {
        let len = self.pure(Op::ArrayLen, &[array]);
        let within = self.pure(Op::Below, &[index, len]);
        self.checked(Op::True, &[within]);
    }

    // ---- hashes --------------------------------------------------------------------------------------

    /// The hash in a register, behind the Ref there, or in a global.
    fn hash(&mut self, place: HashPlace) -> Ref {
        let here = self.here();
        match place {
            HashPlace::Global(global) => {
                self.emit(Ins::new(Op::LoadGlobal, &[]).imm(global as i32).typed(Type::Hash).at(here))
            }
            HashPlace::Register(register) => {
                let value = self.load(register);
                if self.tag_of(register) != tag::REF {
                    return value;
                }
                self.emit(Ins::new(Op::LoadCell, &[value]).typed(Type::Hash).at(here))
            }
        }
    }

    /// The entry of a constant key, at the position where it was.
    fn entry_at(&mut self, hash: HashPlace, key: FieldKey) -> Ref {
        let body = self.hash(hash);
        let words = self.recording.trace.key(key.first, key.second);
        let here = self.here();
        self.emit(Ins::new(Op::EntryAt, &[body, words]).imm(key.position as i32).at(here))
    }

    /// The entry of the key in a register.
    fn find_entry(&mut self, hash: HashPlace, key: u16) -> Ref {
        let body = self.hash(hash);
        let key = self.load(key);
        self.checked(Op::FindEntry, &[body, key])
    }

    fn store_entry(&mut self, hash: HashPlace, entry: Ref, value: Ref) {
        let body = self.hash(hash);
        self.checked(Op::HashUnique, &[body]);
        self.checked(Op::FreeEntry, &[entry]);
        self.pure(Op::StoreEntry, &[entry, value]);
    }

    /// The register of a key, if it is one that trace IR has.
    fn key_register(&self, key: Key<Typed>) -> Option<u16> {
        match key {
            Key::Register(key) => matches!(self.tag_of(key), tag::INT | tag::STR).then_some(key),
            Key::Pair(_) => None,
        }
    }

    // ---- what is found in collections ----------------------------------------------------------------

    /// The type of what is found in a collection of a kind, to be loaded to a register.
    fn found_in(&self, kind: u8, collection: HashPlace, to: u16) -> Option<Type> {
        let found = &self.seen.found;
        let ty = found.element.filter(|_| found.collection == kind).and_then(type_of_tag)?;
        // A result that replaces the collection could end what it is borrowed from.
        (!ty.is_borrowed() || collection != HashPlace::Register(to)).then_some(ty)
    }

    /// Whether an element of a collection of a kind can be replaced in place.
    fn can_set(&self, kind: u8) -> bool {
        let found = &self.seen.found;
        found.collection == kind && found.is_unique && found.element.is_some_and(|tag| tag < tag::STR)
    }

    /// Loads what was found to a register.
    fn load_found(&mut self, to: u16, load: Ins) {
        let here = self.here();
        let value = self.emit(load.at(here));
        let kind = self.seen.found.element.map_or(Kind::ANY, Kind::of);
        self.store_kind(to, value, kind);
    }

    // ---- steps ---------------------------------------------------------------------------------------

    /// Does the instruction by its handler, after which the instruction that came next must come.
    pub fn step_to(&mut self, next: u32) {
        let at = self.seen.at;
        let effects = step_effects(self.input, at, self.seen);
        let window = self.recording.window;
        let registers = effects.registers.iter().map(|(start, end)| (start + window, end + window)).collect();
        let step = Step { inst: at, next, registers, globals: effects.globals, writes: effects.writes };
        let here = self.here();
        self.recording.trace.push_step(step, here);
        self.values.fill(None);
        if let Some(result) = self.seen.result
            && let Some(dest) = self.input.insts[at as usize].dest()
        {
            self.kinds[usize::from(dest)] = Kind::of(result);
        }
    }
}

impl Machine for Writer<'_> {
    type Value = Typed;

    fn kind(&self, register: u16) -> Kind {
        self.kinds[usize::from(register)]
    }

    fn get(&mut self, register: u16) -> Typed {
        Typed { kind: self.kind(register), value: self.load(register) }
    }

    fn get_or_zero(&mut self, register: u16, tag: u8) -> Typed {
        self.expect(register, tag);
        self.get(register)
    }

    fn set(&mut self, register: u16, value: Typed) {
        self.store_kind(register, value.value, value.kind);
    }

    fn set_undef(&mut self, register: u16) {
        let undef = self.undef_value();
        self.store_kind(register, undef, Kind::UNDEF);
    }

    fn copy(&mut self, to: u16, from: u16, _take: bool) {
        if self.tag_of(from) >= tag::STR {
            return self.step(StepKind::Leaf);
        }
        let value = self.load(from);
        self.store_kind(to, value, self.kind(from));
    }

    fn swap(&mut self, a: u16, b: u16) {
        if self.tag_of(a) >= tag::STR || self.tag_of(b) >= tag::STR {
            return self.step(StepKind::Whole);
        }
        let (first, second) = (self.load(a), self.load(b));
        let (first_kind, second_kind) = (self.kind(a), self.kind(b));
        self.store_kind(a, second, second_kind);
        self.store_kind(b, first, first_kind);
    }

    fn expect(&mut self, _register: u16, _tag: u8) {
        unreachable!("the kinds of recorded values are known");
    }

    fn expect_after(&mut self, _register: u16, _tag: u8) {
        // The next use checks it.
    }

    fn int(&mut self, n: i64) -> Typed {
        Typed { value: self.int_value(n), kind: Kind::range(n, n) }
    }

    fn float(&mut self, x: f64) -> Typed {
        Typed { value: self.recording.trace.float(x), kind: Kind::FLOAT }
    }

    fn boolean(&mut self, b: bool) -> Typed {
        Typed { value: self.recording.trace.constant(Const::Bool(b)), kind: Kind::BOOL }
    }

    fn arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed, wraps: bool) -> Typed {
        let (wrapped, checked) = match op {
            Arithmetic::Add => (Op::Add, Op::AddChecked),
            Arithmetic::Sub => (Op::Sub, Op::SubChecked),
            Arithmetic::Mul => (Op::Mul, Op::MulChecked),
        };
        let operands = [a.value, b.value];
        let value = if wraps { self.pure(wrapped, &operands) } else { self.checked(checked, &operands) };
        Typed { value, kind: Kind::INT }
    }

    fn float_arithmetic(&mut self, op: Arithmetic, a: Typed, b: Typed) -> Typed {
        let op = match op {
            Arithmetic::Add => Op::FAdd,
            Arithmetic::Sub => Op::FSub,
            Arithmetic::Mul => Op::FMul,
        };
        self.typed(op, &[a.value, b.value], Kind::FLOAT)
    }

    fn divide(&mut self, a: Typed, b: Typed) -> Typed {
        let zero = self.recording.trace.float(0.0);
        let is_zero = self.pure(Op::FEq, &[b.value, zero]);
        self.checked(Op::False, &[is_zero]);
        self.typed(Op::FDiv, &[a.value, b.value], Kind::FLOAT)
    }

    fn float_remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let zero = self.recording.trace.float(0.0);
        let is_zero = self.pure(Op::FEq, &[b.value, zero]);
        self.checked(Op::False, &[is_zero]);
        self.typed(Op::FRem, &[a.value, b.value], Kind::FLOAT)
    }

    fn remainder(&mut self, a: Typed, b: Typed) -> Typed {
        let zero = self.int_value(0);
        let positive = self.pure(Op::Gt, &[b.value, zero]);
        self.checked(Op::True, &[positive]);
        self.typed(Op::Rem, &[a.value, b.value], Kind::INT)
    }

    fn expect_integral(&mut self, a: Typed) {
        let whole = self.pure(Op::FTrunc, &[a.value]);
        let is_whole = self.pure(Op::FEq, &[whole, a.value]);
        self.checked(Op::True, &[is_whole]);
        let (size, most) = (self.pure(Op::FAbs, &[a.value]), self.recording.trace.float(EXACT_INTEGERS));
        let fits = self.pure(Op::FLt, &[size, most]);
        self.checked(Op::True, &[fits]);
    }

    fn float_function(&mut self, function: FloatFunction, a: Typed) -> Typed {
        let op = match function {
            FloatFunction::Negate => Op::FNeg,
            FloatFunction::Sqrt => Op::FSqrt,
            FloatFunction::Abs => Op::FAbs,
            FloatFunction::Floor => Op::FFloor,
            FloatFunction::Ceil => Op::FCeil,
            FloatFunction::Trunc => Op::FTrunc,
        };
        self.typed(op, &[a.value], Kind::FLOAT)
    }

    fn math(&mut self, function: usize, operands: &[Typed]) -> Typed {
        let op = if operands.len() == 1 { Op::Math1 } else { Op::Math2 };
        let operands: Vec<Ref> = operands.iter().map(|operand| operand.value).collect();
        let value = self.emit(Ins::new(op, &operands).imm(function as i32));
        Typed { value, kind: Kind::FLOAT }
    }

    fn bits(&mut self, op: Bits, a: Typed, b: Typed) -> Typed {
        let op = match op {
            Bits::And => Op::And,
            Bits::Or => Op::Or,
            Bits::Xor => Op::Xor,
            Bits::Shl => Op::Shl,
            Bits::Shr => Op::Shr,
        };
        self.typed(op, &[a.value, b.value], Kind::INT)
    }

    fn to_float(&mut self, a: Typed) -> Typed {
        self.typed(Op::ToFloat, &[a.value], Kind::FLOAT)
    }

    fn compare(&mut self, comparison: Comparison, a: Typed, b: Typed) -> Typed {
        let is_float = self.recording.trace.ty(a.value) == Type::Float;
        let op = match (comparison, is_float) {
            (Comparison::Lt, false) => Op::Lt,
            (Comparison::Le, false) => Op::Le,
            (Comparison::Gt, false) => Op::Gt,
            (Comparison::Ge, false) => Op::Ge,
            (Comparison::Eq, false) => Op::Eq,
            (Comparison::Ne, false) => Op::Ne,
            (Comparison::Lt, true) => Op::FLt,
            (Comparison::Le, true) => Op::FLe,
            (Comparison::Gt, true) => Op::FGt,
            (Comparison::Ge, true) => Op::FGe,
            (Comparison::Eq, true) => Op::FEq,
            (Comparison::Ne, true) => Op::FNe,
        };
        self.typed(op, &[a.value, b.value], Kind::BOOL)
    }

    fn not(&mut self, a: Typed) -> Typed {
        self.typed(Op::Not, &[a.value], Kind::BOOL)
    }

    fn element(&mut self, to: u16, array: u16, index: Typed, _tag: u8) {
        let Some(ty) = self.found_in(tag::ARRAY, HashPlace::Register(array), to) else {
            return self.step(StepKind::Leaf);
        };
        let body = self.array(array);
        self.check_bounds(body, index.value);
        let elements = self.pure(Op::ArrayElements, &[body]);
        self.load_found(to, Ins::new(Op::LoadElement, &[elements, index.value]).typed(ty));
    }

    fn set_element(&mut self, array: u16, index: Typed, from: u16) {
        let is_end = self.seen.found.is_end && self.seen.found.is_unique;
        if !is_end && !self.can_set(tag::ARRAY) {
            return self.step(StepKind::Leaf);
        }
        let value = self.scalar(from);
        let body = self.array(array);
        self.checked(Op::ArrayUnique, &[body]);
        if is_end {
            let len = self.pure(Op::ArrayLen, &[body]);
            let appends = self.pure(Op::Eq, &[index.value, len]);
            self.checked(Op::True, &[appends]);
            self.checked(Op::ArrayPush, &[body, value]);
            return;
        }
        self.check_bounds(body, index.value);
        let elements = self.pure(Op::ArrayElements, &[body]);
        self.checked(Op::FreeElement, &[elements, index.value]);
        self.pure(Op::StoreElement, &[elements, index.value, value]);
    }

    fn push(&mut self, array: u16, from: u16) {
        if !self.seen.found.is_unique {
            return self.step(StepKind::Leaf);
        }
        let value = self.scalar(from);
        let body = self.array(array);
        self.checked(Op::ArrayUnique, &[body]);
        self.checked(Op::ArrayPush, &[body, value]);
    }

    fn length(&mut self, to: u16, array: u16) {
        let body = self.array(array);
        let len = self.pure(Op::ArrayLen, &[body]);
        self.store_kind(to, len, Kind::INT);
    }

    fn field(&mut self, to: u16, hash: u16, key: FieldKey, _tag: u8) {
        let place = HashPlace::Register(hash);
        let Some(ty) = self.found_in(tag::HASH, place, to) else { return self.step(StepKind::Leaf) };
        let entry = self.entry_at(place, key);
        self.load_found(to, Ins::new(Op::LoadEntry, &[entry]).typed(ty));
    }

    fn set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        if !self.can_set(tag::HASH) {
            return self.step(StepKind::Leaf);
        }
        let value = self.scalar(from);
        let entry = self.entry_at(HashPlace::Register(hash), key);
        self.store_entry(HashPlace::Register(hash), entry, value);
    }

    fn global(&mut self, to: u16, global: u64, tag: u8) {
        let (Some(ty), Ok(number), true) = (type_of_tag(tag), i32::try_from(global), tag < tag::STR) else {
            return self.step(StepKind::Leaf);
        };
        let here = self.here();
        let value = self.emit(Ins::new(Op::LoadGlobal, &[]).imm(number).typed(ty).at(here));
        self.store_kind(to, value, Kind::of(tag));
    }

    fn entry(&mut self, to: u16, hash: HashPlace, key: Key<Typed>, _tag: u8, _may_miss: bool) {
        let (Some(ty), Some(key)) = (self.found_in(tag::HASH, hash, to), self.key_register(key)) else {
            return self.step(StepKind::Leaf);
        };
        let entry = self.find_entry(hash, key);
        self.load_found(to, Ins::new(Op::LoadEntry, &[entry]).typed(ty));
    }

    fn added_entry(&mut self, _to: u16, _hash: HashPlace, _key: Key<Typed>, _tag: u8) {
        self.step(StepKind::Leaf);
    }

    fn add_to_entry(&mut self, _: Option<u16>, _: HashPlace, _: Key<Typed>, _: Option<u16>) {
        self.step(StepKind::Leaf);
    }

    fn has_entry(&mut self, _to: u16, _hash: HashPlace, _key: Key<Typed>) {
        self.step(StepKind::Leaf);
    }

    fn nested(&mut self, _to: u16, _hash: HashPlace, _key: u16) {
        self.step(StepKind::Leaf);
    }

    fn set_entry(&mut self, hash: HashPlace, key: Key<Typed>, from: u16, _only_guards: bool) {
        let Some(key) = self.key_register(key).filter(|_| self.can_set(tag::HASH)) else {
            return self.step(StepKind::Leaf);
        };
        let value = self.scalar(from);
        let entry = self.find_entry(hash, key);
        self.store_entry(hash, entry, value);
    }

    fn set_global(&mut self, global: u64, from: u16) {
        let Ok(number) = i32::try_from(global) else { return self.step(StepKind::Leaf) };
        if self.seen.global >= tag::STR {
            return self.step(StepKind::Leaf);
        }
        let value = self.scalar(from);
        let here = self.here();
        self.emit(Ins::new(Op::FreeGlobal, &[]).imm(number).at(here));
        self.emit(Ins::new(Op::StoreGlobal, &[value]).imm(number));
    }

    fn extension(&mut self, _code: &ExtensionCode, _operands: &[Typed]) -> Vec<Typed> {
        unreachable!("recordings begin without lowerings of extension ops");
    }

    fn step(&mut self, _kind: StepKind) {
        self.step_to(self.seen.next);
    }

    fn fuel(&mut self, amount: u64) {
        let Ok(amount) = i32::try_from(amount) else { return self.step(StepKind::Whole) };
        let here = self.here();
        self.emit(Ins::new(Op::Fuel, &[]).imm(amount).at(here));
    }

    fn poll(&mut self) {
        self.checked(Op::Poll, &[]);
    }

    fn call(&mut self, _body: u32, _first: u16, _count: u16, _to: u16, _result: Option<u8>) {
        unreachable!("the recorder follows calls itself");
    }

    fn jump(&mut self, _target: u32) {}

    fn branch(&mut self, condition: Typed, _fact: Option<Fact>, taken: u32, other: u32) {
        let (op, exit) = if self.seen.next == taken { (Op::True, other) } else { (Op::False, taken) };
        let exit = if self.recording.settings.redo_jumps { self.seen.at } else { exit };
        let snapshot = self.recording.snapshot(exit);
        self.emit(Ins::new(op, &[condition.value]).at(snapshot));
        for (register, value) in std::mem::take(&mut self.delayed) {
            self.store(register, value);
        }
    }

    fn step_branch(&mut self, _targets: Targets<'_>) {
        self.step_to(self.seen.next);
    }

    fn return_from(&mut self, _result: Option<u16>) {
        unreachable!("the recorder follows returns itself");
    }

    fn leave(&mut self) {
        let op: Opcode = self.input.insts[self.seen.at as usize].op;
        self.fail(&format!("{op:?} is not recorded"));
    }
}
