//! Inference: the kinds of all registers at the begin of every block, by running the translation on a
//! machine that computes with kinds until nothing changes.

use super::graph::{Graph, Place};
use super::input::Input;
use super::kinds::{self, Kind};
use super::loops::{Effects, Use};
use super::machine::{
    Arithmetic, Bits, Comparison, Fact, FieldKey, FloatFunction, HashPlace, Key, Machine, Step, Targets,
};
use super::translate::translate;
use crate::code::operands::Access;
use crate::code::{Inst, Opcode};
use crate::jit::ExtensionCode;
use crate::jit::policy::SPARE_REGISTERS;
use crate::value::tag;

/// Visits of a block after which growing ranges take big steps.
const WIDEN_AFTER: u32 = 3;

/// The kinds of a frame's registers.
pub(crate) type Kinds = Vec<Kind>;

/// Computes the kinds at the begin of each block, and what it does; a block that no path reaches has no kinds.
pub(crate) fn infer(input: &Input, graph: &Graph, entry: Kinds) -> (Vec<Option<Kinds>>, Vec<Effects>) {
    let mut begins: Vec<Option<Kinds>> = graph.blocks.iter().map(|_| None).collect();
    let mut effects = vec![Effects::default(); graph.blocks.len()];
    let shown: Vec<Vec<u16>> =
        (0..graph.blocks.len()).map(|number| shown_in_loop(input, graph, number)).collect();
    let mut entry = entry;
    keep_in_memory(&mut entry, &shown[0]);
    begins[0] = Some(entry);
    let mut visits = vec![0; graph.blocks.len()];
    let mut pending = std::collections::BTreeSet::from([0]);
    while let Some(number) = pending.pop_first() {
        visits[number] += 1;
        let Some(kinds) = begins[number].clone() else { continue };
        let block = &graph.blocks[number];
        let frame = block.frame;
        let mut machine = Inference {
            input,
            graph,
            frame,
            kinds,
            at: block.start,
            ways: Vec::new(),
            left: false,
            effects: Effects::default(),
        };
        for at in block.start..block.end {
            machine.at = at;
            translate(&mut machine, input, at);
            if machine.left {
                break;
            }
        }
        if !machine.left && !graph.ends_block(input, (frame, block.end - 1)) {
            machine.jump(block.end);
        }
        effects[number] = machine.effects;
        for (target, kinds) in machine.ways {
            let Some(successor) = graph.block_at(target) else { continue };
            let begin = &mut begins[successor];
            let mut merged = match begin {
                None => kinds,
                Some(old) => {
                    let widens = visits[successor] > WIDEN_AFTER;
                    let merge = |(old, new): (&Kind, &Kind)| match widens {
                        true => old.widen(*new),
                        false => old.join(*new),
                    };
                    old.iter().zip(&kinds).map(merge).collect()
                }
            };
            keep_in_memory(&mut merged, &shown[successor]);
            if begin.as_ref() != Some(&merged) {
                *begin = Some(merged);
                pending.insert(successor);
            }
        }
    }
    (begins, effects)
}

/// Registers that the loop which begins with a block, if one does, need not carry: no instruction reads what they hold then.
fn shown_in_loop(input: &Input, graph: &Graph, number: usize) -> Vec<u16> {
    let block = &graph.blocks[number];
    match graph.ways_back(number).next() {
        Some(_) => graph.only_shown(input, (block.frame, block.start)),
        None => Vec::new(),
    }
}

/// Where a loop has more of these registers than the processor could spare, they are in memory when an iteration begins: a
/// store each, where carrying them would cost what the iteration works with its place in machine registers.
fn keep_in_memory(kinds: &mut Kinds, shown: &[u16]) {
    for place in [kinds::Place::Int, kinds::Place::Float] {
        let shown = shown.iter().map(|register| usize::from(*register));
        let there: Vec<usize> = shown.filter(|at| kinds[*at].place() == place).collect();
        if there.len() > SPARE_REGISTERS {
            there.into_iter().for_each(|at| kinds[at] = Kind::UNOWNED);
        }
    }
}

/// What a step by the interpreter leaves in an instruction's destination.
pub(crate) fn kind_after_step(inst: &Inst) -> Kind {
    use Opcode::*;
    match inst.op {
        Lt | Le | Eq | Ne | StrEq | StrNe | Not | HashExists | IndexExists | ElementExists | JoinedExists
        | FieldMatches | FieldIs | FieldMatchesAt | FieldIsAt | Matches | Truth => Kind::BOOL,
        Concat | ConcatK | ConcatKR | Join | JoinKeys | Substr | Sprintf | ToLower | ToUpper | ToText => {
            Kind::of(tag::STR)
        }
        StringLen | ArrayLen => Kind::range(0, i64::MAX),
        FieldNumber | FieldNumberAt | FieldCount | FieldLength | FieldLengthAt | Length | Index | Match
        | ToNumber | ToComparable => Kind::FLOAT,
        ElementIncrement | FieldElementIncrement | JoinedIncrement => Kind::FLOAT,
        Sqrt | DivAwk | ModAwk => Kind::FLOAT,
        Add | AddFloat | AddAny | AddI | AddF | Sub | SubFloat | SubAny | SubF | SubKR | Mul | MulFloat
        | MulAny | MulI | MulF | Mod | ModI | Negate => Kind::INT.join(Kind::FLOAT),
        BitAnd | BitAndK | BitOr | BitXor | ShlK | ShrK => Kind::INT,
        _ => Kind::ANY,
    }
}

/// The kind that arithmetic on two Ints gives when it does not overflow.
pub(crate) fn arithmetic_kind(op: Arithmetic, a: Kind, b: Kind) -> (Kind, bool) {
    let corners = |f: fn(i128, i128) -> i128| {
        let (al, ah, bl, bh) = (a.low.into(), a.high.into(), b.low.into(), b.high.into());
        let all = [f(al, bl), f(al, bh), f(ah, bl), f(ah, bh)];
        (all.into_iter().min().unwrap_or(0), all.into_iter().max().unwrap_or(0))
    };
    let (low, high) = match op {
        Arithmetic::Add => corners(|a, b| a + b),
        Arithmetic::Sub => corners(|a, b| a - b),
        Arithmetic::Mul => corners(|a, b| a * b),
    };
    let may_overflow = low < i64::MIN.into() || high > i64::MAX.into();
    let clamp = |n: i128| n.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    (Kind::range(clamp(low), clamp(high)), may_overflow)
}

/// The kind of the bits of two Ints.
pub(crate) fn bits_kind(op: Bits, a: Kind, b: Kind) -> Kind {
    match op {
        Bits::And if b.low >= 0 => Kind::range(0, b.high),
        Bits::And if a.low >= 0 => Kind::range(0, a.high),
        Bits::Or | Bits::Xor if a.low >= 0 && b.low >= 0 => {
            let bits = 64 - (a.high | b.high).leading_zeros();
            Kind::range(0, if bits >= 63 { i64::MAX } else { (1 << bits) - 1 })
        }
        Bits::Shr if b.low == b.high => Kind::range(a.low >> (b.low & 63), a.high >> (b.low & 63)),
        Bits::Shr if a.low >= 0 => Kind::range(0, a.high),
        _ => Kind::INT,
    }
}

/// The kind of a remainder by a divisor above zero.
pub(crate) fn remainder_kind(a: Kind, b: Kind) -> Kind {
    let most = b.high.saturating_sub(1).max(0);
    Kind::range(if a.low >= 0 { 0 } else { a.low.max(-most) }, if a.high <= 0 { 0 } else { a.high.min(most) })
}

/// The kinds of a comparison's operands where it holds, or where it does not.
pub(crate) fn bind(kinds: &mut [Kind], fact: &Fact, holds: bool) {
    let comparison = if holds { fact.comparison } else { fact.comparison.negated() };
    let (l, r) = (fact.left_kind, fact.right_kind);
    let bound = |comparison: Comparison, kind: Kind, by: Kind| match comparison {
        Comparison::Lt => kind.bounded(i64::MIN, by.high.saturating_sub(1)),
        Comparison::Le => kind.bounded(i64::MIN, by.high),
        Comparison::Gt => kind.bounded(by.low.saturating_add(1), i64::MAX),
        Comparison::Ge => kind.bounded(by.low, i64::MAX),
        Comparison::Eq => kind.bounded(by.low, by.high),
        Comparison::Ne => kind,
    };
    kinds[usize::from(fact.left)] = bound(comparison, l, r);
    if let Some(right) = fact.right {
        kinds[usize::from(right)] = bound(comparison.swapped(), r, l);
    }
}

/// The kinds of what the registers that an instruction's handler writes hold afterwards; `kinds` are those of
/// its frame.
pub(crate) fn step_effects(input: &Input, at: u32, kinds: &mut [Kind]) {
    let inst = &input.insts[at as usize];
    let dest = inst.dest();
    inst.takes(&input.lists, |register| kinds[usize::from(register)] = Kind::UNDEF);
    inst.accesses(&input.lists, |register, access| {
        if let Access::Write | Access::MayWrite = access {
            kinds[usize::from(register)] = Kind::ANY;
        }
    });
    match inst.op {
        // The collection stays one, and a store may make one.
        Opcode::ArraySet | Opcode::ArrayPush => kinds[usize::from(inst.a)] = Kind::of(tag::ARRAY),
        Opcode::HashSet => kinds[usize::from(inst.a)] = Kind::of(tag::HASH),
        _ => {}
    }
    if let Some(dest) = dest {
        kinds[usize::from(dest)] = kind_after_step(inst);
    }
    if input.may_set_slots(at) {
        let body = input.body_of(at);
        for slot in input.bodies[body as usize].slots.iter().flatten() {
            // What had one kind is guarded to have it still.
            if dest != Some(*slot) {
                let kind = &mut kinds[usize::from(*slot)];
                *kind = kind.single().filter(|_| !input.failed(at)).map_or(Kind::ANY, Kind::of);
            }
        }
    }
}

/// What begins a callee's frame, whose arguments are in place, and where it begins: the kinds of its other
/// registers.
pub(crate) fn enter_frame(input: &Input, graph: &Graph, callee: usize, kinds: &mut Kinds) -> Place {
    let frame = &graph.frames[callee];
    let body = &input.bodies[frame.body as usize];
    let own = &mut kinds[usize::from(frame.offset)..][..body.registers as usize];
    own[body.takes as usize..body.variables as usize].fill(Kind::UNDEF);
    own[body.variables as usize..].fill(Kind::UNOWNED);
    (callee, body.entry)
}

/// What ends a callee's frame: its registers are dead. Where it goes on, and the register of the result.
pub(crate) fn leave_frame(input: &Input, graph: &Graph, callee: usize, kinds: &mut Kinds) -> (Place, u16) {
    let frame = &graph.frames[callee];
    let registers = input.bodies[frame.body as usize].registers as usize;
    kinds[usize::from(frame.offset)..][..registers].fill(Kind::UNOWNED);
    let (caller, call) = frame.caller.unwrap_or((0, 0));
    let result = graph.frames[caller].offset + input.insts[call as usize].c;
    ((caller, call + 1), result)
}

/// Whether native code gains with a leaf instruction as with one of its own: its function takes less time than the rest of what the
/// interpreter does for it.
fn is_quick(op: Opcode) -> bool {
    use Opcode::{Concat, ConcatK, ConcatKR, FieldLength, Join, Length};
    matches!(op, Concat | ConcatK | ConcatKR | FieldLength | Join | Length)
}

struct Inference<'i> {
    input: &'i Input,
    graph: &'i Graph,
    frame: usize,
    kinds: Kinds,
    at: u32,
    /// Where the block leads, and with what.
    ways: Vec<(Place, Kinds)>,
    /// Whether the interpreter goes on.
    left: bool,
    effects: Effects,
}

impl Inference<'_> {
    /// Place of a register among those of all frames.
    fn index(&self, register: u16) -> usize {
        usize::from(self.graph.frames[self.frame].offset + register)
    }

    /// Notes that the instruction works on a collection.
    fn uses(&mut self, register: u16, field: Option<FieldKey>, expected: Option<u8>) {
        let register = self.index(register) as u16;
        let index = self.input.insts[self.at as usize].index_register().filter(|_| field.is_none());
        let index = index.map(|index| self.index(index) as u16);
        self.effects.uses.push(Use { register, field, index, expected, stores: false });
    }

    /// Notes that the instruction stores a register's value into a collection.
    fn stores(&mut self, collection: u16, field: Option<FieldKey>, from: u16) {
        self.uses(collection, field, None);
        if let Some(used) = self.effects.uses.last_mut() {
            used.stores = true;
        }
        self.effects.stored |= self.kind(from).tags;
    }

    /// Notes that the instruction looks a computed key up.
    fn looks_up(&mut self, hash: HashPlace) {
        self.effects.hashes.push(match hash {
            HashPlace::Register(register) => HashPlace::Register(self.index(register) as u16),
            global => global,
        });
    }

    /// Where a jump leads.
    fn target(&self, inst: u32) -> Place {
        (self.graph.frame_of_target(self.frame), inst)
    }

    /// The kinds of the running frame.
    fn own(&mut self) -> &mut [Kind] {
        let offset = usize::from(self.graph.frames[self.frame].offset);
        &mut self.kinds[offset..]
    }
}

impl Machine for Inference<'_> {
    type Value = Kind;

    fn kind(&self, register: u16) -> Kind {
        self.kinds[self.index(register)]
    }
    fn get(&mut self, register: u16) -> Kind {
        self.kind(register)
    }
    fn set(&mut self, register: u16, value: Kind) {
        let index = self.index(register);
        self.effects.written.insert(index as u16);
        self.kinds[index] = value;
    }
    fn get_or_zero(&mut self, _: u16, tag: u8) -> Kind {
        Kind::of(tag)
    }
    fn set_undef(&mut self, register: u16) {
        self.set(register, Kind::UNDEF);
    }
    fn copy(&mut self, to: u16, from: u16, take: bool) {
        let kind = self.kind(from);
        if take {
            self.set(from, Kind::UNDEF);
        } else {
            self.effects.shares |= kind.may_own();
        }
        self.set(to, kind);
    }
    fn swap(&mut self, a: u16, b: u16) {
        let (a, b) = (self.index(a), self.index(b));
        self.kinds.swap(a, b);
        self.effects.written.extend([a as u16, b as u16]);
    }
    fn expect(&mut self, register: u16, tag: u8) {
        let index = self.index(register);
        self.kinds[index] = self.kinds[index].narrowed(tag);
    }
    fn expect_after(&mut self, register: u16, tag: u8) {
        self.expect(register, tag);
    }

    fn int(&mut self, n: i64) -> Kind {
        Kind::range(n, n)
    }
    fn float(&mut self, _: f64) -> Kind {
        Kind::FLOAT
    }
    fn boolean(&mut self, _: bool) -> Kind {
        Kind::BOOL
    }

    fn arithmetic(&mut self, op: Arithmetic, a: Kind, b: Kind, wraps: bool) -> Kind {
        match arithmetic_kind(op, a, b) {
            (_, true) if wraps => Kind::INT,
            (kind, _) => kind,
        }
    }
    fn float_arithmetic(&mut self, _: Arithmetic, _: Kind, _: Kind) -> Kind {
        Kind::FLOAT
    }
    fn divide(&mut self, _: Kind, _: Kind) -> Kind {
        Kind::FLOAT
    }
    fn remainder(&mut self, a: Kind, b: Kind) -> Kind {
        remainder_kind(a, b)
    }
    fn float_remainder(&mut self, _: Kind, _: Kind) -> Kind {
        Kind::FLOAT
    }
    fn float_function(&mut self, _: FloatFunction, _: Kind) -> Kind {
        Kind::FLOAT
    }
    fn math(&mut self, _: usize, _: &[Kind]) -> Kind {
        Kind::FLOAT
    }
    fn expect_integral(&mut self, _: Kind) {}
    fn bits(&mut self, op: Bits, a: Kind, b: Kind) -> Kind {
        bits_kind(op, a, b)
    }
    fn to_float(&mut self, _: Kind) -> Kind {
        Kind::FLOAT
    }
    fn compare(&mut self, _: Comparison, _: Kind, _: Kind) -> Kind {
        Kind::BOOL
    }
    fn not(&mut self, _: Kind) -> Kind {
        Kind::BOOL
    }

    fn element(&mut self, to: u16, array: u16, _: Kind, tag: u8) {
        self.uses(array, None, None);
        self.effects.shares |= Kind::of(tag).may_own();
        self.set(to, Kind::of(tag));
    }
    fn set_element(&mut self, array: u16, _: Kind, from: u16) {
        self.stores(array, None, from);
        self.effects.grows |= self.input.grew(self.at);
        self.effects.calls |= self.input.failed(self.at);
    }
    fn push(&mut self, array: u16, from: u16) {
        self.stores(array, None, from);
        self.effects.calls = true;
    }
    fn length(&mut self, to: u16, array: u16) {
        self.uses(array, None, None);
        self.set(to, Kind::range(0, i64::MAX >> 4));
    }
    fn field(&mut self, to: u16, hash: u16, key: FieldKey, tag: u8) {
        self.uses(hash, Some(key), Some(tag));
        self.effects.shares |= Kind::of(tag).may_own();
        self.set(to, Kind::of(tag));
    }
    fn set_field(&mut self, hash: u16, key: FieldKey, from: u16) {
        self.stores(hash, Some(key), from);
    }
    fn entry(&mut self, to: u16, hash: HashPlace, _: Key<Kind>, tag: u8, may_miss: bool) {
        self.looks_up(hash);
        self.effects.shares |= Kind::of(tag).may_own();
        let kind = Kind::of(tag);
        self.set(to, if may_miss { kind.join(Kind::UNDEF) } else { kind });
    }
    fn added_entry(&mut self, to: u16, hash: HashPlace, _: Key<Kind>, tag: u8) {
        self.looks_up(hash);
        self.effects.adds = true;
        self.set(to, Kind::of(tag).join(Kind::UNDEF));
    }
    fn add_to_entry(&mut self, old: Option<u16>, hash: HashPlace, _: Key<Kind>, _: Option<u16>) {
        self.looks_up(hash);
        self.effects.adds = true;
        self.effects.stored |= Kind::FLOAT.tags;
        if let Some(old) = old {
            self.set(old, Kind::FLOAT);
        }
    }
    fn set_entry(&mut self, hash: HashPlace, _: Key<Kind>, from: u16, only_guards: bool) {
        self.looks_up(hash);
        self.effects.stored |= self.kind(from).tags;
        self.effects.adds |= only_guards;
        self.effects.calls |= !only_guards && self.input.grew(self.at);
    }
    fn has_entry(&mut self, to: u16, hash: HashPlace, _: Key<Kind>) {
        self.looks_up(hash);
        self.set(to, Kind::BOOL);
    }
    fn nested(&mut self, to: u16, hash: HashPlace, _: u16) {
        self.looks_up(hash);
        self.effects.shares = true;
        self.set(to, Kind::of(tag::REF));
    }
    fn global(&mut self, to: u16, _: u64, tag: u8) {
        self.effects.shares |= Kind::of(tag).may_own();
        self.set(to, Kind::of(tag));
    }
    fn set_global(&mut self, _: u64, _: u16) {
        // What was in it may have been a hash.
        self.effects.calls = true;
    }

    fn extension(&mut self, code: &ExtensionCode, _: &[Kind]) -> Vec<Kind> {
        self.effects.calls = true;
        code.result_kinds().map(Kind::of_slot).collect()
    }

    fn substr(&mut self, _: [(Option<u16>, Kind); 2]) {
        self.effects.calls = true;
        step_effects(self.input, self.at, self.own());
    }
    fn same_text(&mut self, _: u16, _: [(u16, bool); 2], _: bool) {
        step_effects(self.input, self.at, self.own());
    }
    fn load_text(&mut self, to: u16, _: [u64; 2]) {
        self.set(to, Kind::of(tag::STR));
    }
    fn append(&mut self, _: u16, _: u16) {
        self.effects.calls = true;
        step_effects(self.input, self.at, self.own());
    }
    fn step(&mut self, step: Step) {
        self.effects.calls = true;
        match step {
            Step::Leaf if is_quick(self.input.insts[self.at as usize].op) => {}
            Step::Leaf => self.effects.leaves += 1,
            Step::Whole => self.effects.steps += 1,
        }
        step_effects(self.input, self.at, self.own());
    }
    fn fuel(&mut self, _: u64) {}
    fn poll(&mut self) {}

    fn call(&mut self, _: u32, first: u16, count: u16, to: u16, result: Option<u8>) {
        if let Some(callee) = self.graph.inlined((self.frame, self.at)) {
            let place = enter_frame(self.input, self.graph, callee, &mut self.kinds);
            let frame = &self.graph.frames[callee];
            let registers = self.input.bodies[frame.body as usize].registers as u16;
            self.effects.written.extend(frame.offset..frame.offset + registers);
            self.ways.push((place, self.kinds.clone()));
            return;
        }
        self.effects.calls = true;
        for register in first..first + count {
            self.set(register, Kind::UNDEF);
        }
        let kind = result.map_or(Kind::ANY, Kind::of);
        self.set(to, kind);
    }

    fn jump(&mut self, target: u32) {
        let kinds = self.kinds.clone();
        self.ways.push((self.target(target), kinds));
    }
    fn branch(&mut self, _: Kind, fact: Option<Fact>, taken: u32, other: u32) {
        let before = self.kinds.clone();
        for (target, holds) in [(taken, true), (other, false)] {
            if let Some(fact) = &fact {
                bind(self.own(), fact, holds);
            }
            let kinds = std::mem::replace(&mut self.kinds, before.clone());
            self.ways.push((self.target(target), kinds));
        }
    }
    fn step_branch(&mut self, targets: Targets<'_>) {
        self.effects.calls = true;
        self.effects.leaves += 1;
        step_effects(self.input, self.at, self.own());
        for target in targets {
            self.jump(*target);
        }
    }
    fn return_from(&mut self, result: Option<u16>) {
        if self.graph.frames[self.frame].caller.is_none() {
            return;
        }
        let kind = result.map_or(Kind::UNDEF, |register| self.kind(register));
        let (place, to) = leave_frame(self.input, self.graph, self.frame, &mut self.kinds);
        self.kinds[usize::from(to)] = kind;
        self.effects.written.insert(to);
        self.ways.push((place, self.kinds.clone()));
    }
    fn leave(&mut self) {
        // The end of a chunk or an error is no place to come back from.
        let op = self.input.insts[self.at as usize].op;
        self.effects.exits += u32::from(matches!(op, Opcode::Call | Opcode::CallDynamic));
        self.left = true;
    }
}

/// Whether a register of the kind has a value in native code, rather than in memory.
pub(crate) fn is_native(kind: Kind) -> bool {
    kind.place() != kinds::Place::Memory
}
