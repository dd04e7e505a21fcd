//! A small expression compiler over `ChunkBuilder`, so that the kernels read as programs while their chunks stay
//! what a straightforward frontend emits: plain stack ops, locals in slots, no superinstruction.

use std::array;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use fusevm::{Chunk, ChunkBuilder, Op};

/// A local variable: a frame slot.
#[derive(Clone, Copy)]
pub struct Local(u16);

/// An expression; it leaves one value on the stack.
#[derive(Clone)]
pub enum Expr {
    /// The operands in order, then the op.
    Apply(Op, Vec<Expr>),
    /// A string constant.
    Str(String),
    /// A call of a sub by name.
    Call(&'static str, Vec<Expr>),
    /// A condition that holds when both hold; only conditions of `when`, `choose` and loops may contain it.
    Both(Box<Expr>, Box<Expr>),
}

/// A place in the code that jumps may name before it is known.
#[derive(Clone, Copy)]
pub struct Label(usize);

#[derive(Default)]
struct LabelState {
    position: Option<usize>,
    jumps: Vec<usize>,
}

/// A chunk under construction. Statements are emitted in the order of the calls; main comes first, then the subs.
pub struct Asm {
    builder: ChunkBuilder,
    labels: Vec<LabelState>,
    locals: u16,
    line: u32,
}

pub fn int(value: i64) -> Expr {
    Expr::Apply(Op::LoadInt(value), vec![])
}

pub fn float(value: f64) -> Expr {
    Expr::Apply(Op::LoadFloat(value), vec![])
}

pub fn string(value: &str) -> Expr {
    Expr::Str(value.to_owned())
}

pub fn truth(value: bool) -> Expr {
    Expr::Apply(if value { Op::LoadTrue } else { Op::LoadFalse }, vec![])
}

pub fn empty_array() -> Expr {
    array([])
}

pub fn array<const N: usize>(elements: [Expr; N]) -> Expr {
    Expr::Apply(Op::MakeArray(N as u16), elements.into())
}

pub fn empty_hash() -> Expr {
    Expr::Apply(Op::MakeHash(0), vec![])
}

/// A hash with one entry for each name.
pub fn record<const N: usize>(entries: [(&str, Expr); N]) -> Expr {
    let operands = entries.into_iter().flat_map(|(name, value)| [string(name), value]).collect();
    Expr::Apply(Op::MakeHash(2 * N as u16), operands)
}

pub fn new_ref(value: impl Into<Expr>) -> Expr {
    Expr::Apply(Op::RefNew, vec![value.into()])
}

pub fn sqrt(value: impl Into<Expr>) -> Expr {
    Expr::Apply(Op::SqrtFloat, vec![value.into()])
}

pub fn call<const N: usize>(sub: &'static str, args: [Expr; N]) -> Expr {
    Expr::Call(sub, args.into())
}

fn binary(op: Op, left: impl Into<Expr>, right: impl Into<Expr>) -> Expr {
    Expr::Apply(op, vec![left.into(), right.into()])
}

impl From<Local> for Expr {
    fn from(Local(slot): Local) -> Expr {
        Expr::Apply(Op::GetSlot(slot), vec![])
    }
}

impl From<i64> for Expr {
    fn from(value: i64) -> Expr {
        int(value)
    }
}

impl From<f64> for Expr {
    fn from(value: f64) -> Expr {
        float(value)
    }
}

/// What locals and expressions have in common: comparisons, and the reads that go through their value.
pub trait Operand: Into<Expr> {
    fn get(self) -> Expr {
        self.into()
    }
    fn equals(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumEq, self, other)
    }
    fn differs(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumNe, self, other)
    }
    fn less(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumLt, self, other)
    }
    fn at_most(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumLe, self, other)
    }
    fn more(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumGt, self, other)
    }
    fn at_least(self, other: impl Into<Expr>) -> Expr {
        binary(Op::NumGe, self, other)
    }
    fn and(self, other: impl Into<Expr>) -> Expr {
        Expr::Both(Box::new(self.into()), Box::new(other.into()))
    }
    fn concat(self, other: impl Into<Expr>) -> Expr {
        binary(Op::Concat, self, other)
    }
    fn string_len(self) -> Expr {
        Expr::Apply(Op::StringLen, vec![self.into()])
    }
    fn words(self) -> Expr {
        Expr::Apply(Op::WordSplit, vec![self.into()])
    }
    /// The element behind a reference.
    fn index(self, key: impl Into<Expr>) -> Expr {
        binary(Op::IndexGet, self, key)
    }
    /// The named field behind a reference.
    fn field(self, name: &str) -> Expr {
        self.index(string(name))
    }
}

impl Operand for Local {}
impl Operand for Expr {}

impl Local {
    /// The element of the array in this slot.
    pub fn at(self, index: impl Into<Expr>) -> Expr {
        Expr::Apply(Op::SlotArrayGet(self.0), vec![index.into()])
    }

    /// The length of the array in this slot.
    pub fn array_len(self) -> Expr {
        Expr::Apply(Op::SlotArrayLen(self.0), vec![])
    }

    /// The entry of the hash in this slot.
    pub fn entry(self, key: impl Into<Expr>) -> Expr {
        Expr::Apply(Op::SlotHashGet(self.0), vec![key.into()])
    }
}

macro_rules! operators {
    ($($operand:ty)*) => { $(operators! { $operand: Add add, Sub sub, Mul mul, Div div, Rem rem => Mod })* };
    ($operand:ty: Add add, Sub sub, Mul mul, Div div, Rem rem => Mod) => {
        operators! { @one $operand, Add, add, Add }
        operators! { @one $operand, Sub, sub, Sub }
        operators! { @one $operand, Mul, mul, Mul }
        operators! { @one $operand, Div, div, Div }
        operators! { @one $operand, Rem, rem, Mod }
    };
    (@one $operand:ty, $operator:ident, $method:ident, $op:ident) => {
        impl<R: Into<Expr>> $operator<R> for $operand {
            type Output = Expr;
            fn $method(self, right: R) -> Expr {
                binary(Op::$op, self, right)
            }
        }
    };
}
operators! { Local Expr }

impl Neg for Local {
    type Output = Expr;
    fn neg(self) -> Expr {
        Expr::Apply(Op::Negate, vec![self.into()])
    }
}

impl Asm {
    pub fn new(source: &str) -> Asm {
        let mut builder = ChunkBuilder::new();
        builder.set_source(source);
        Asm { builder, labels: Vec::new(), locals: 0, line: 0 }
    }

    pub fn build(self) -> Chunk {
        assert!(self.labels.iter().all(|label| label.position.is_some()), "a label was never bound");
        self.builder.build()
    }

    /// New locals of the body under construction.
    pub fn locals<const N: usize>(&mut self) -> [Local; N] {
        array::from_fn(|_| {
            self.locals += 1;
            Local(self.locals - 1)
        })
    }

    /// A sub with `N` parameters; all of main must have been emitted.
    pub fn sub<const N: usize>(&mut self, name: &str, body: impl FnOnce(&mut Asm, [Local; N])) {
        let name = self.builder.add_name(name);
        let entry = self.builder.current_pos();
        self.builder.add_sub_entry(name, entry);
        self.locals = 0;
        let parameters: [Local; N] = self.locals();
        self.line += 1;
        for Local(slot) in parameters.into_iter().rev() {
            self.emit(Op::SetSlot(slot));
        }
        body(self, parameters);
    }

    pub fn set(&mut self, Local(slot): Local, value: impl Into<Expr>) {
        self.statement(value);
        self.emit(Op::SetSlot(slot));
    }

    /// Sets an element of the array in a slot.
    pub fn set_at(&mut self, Local(slot): Local, index: impl Into<Expr>, value: impl Into<Expr>) {
        self.statement(value);
        self.expr(&index.into());
        self.emit(Op::SlotArraySet(slot));
    }

    /// Sets an entry of the hash in a slot.
    pub fn set_entry(&mut self, Local(slot): Local, key: impl Into<Expr>, value: impl Into<Expr>) {
        self.statement(value);
        self.expr(&key.into());
        self.emit(Op::SlotHashSet(slot));
    }

    /// Sets an element behind a reference.
    pub fn set_index(&mut self, reference: impl Into<Expr>, key: impl Into<Expr>, value: impl Into<Expr>) {
        self.statement(value);
        self.expr(&key.into());
        self.expr(&reference.into());
        self.emit(Op::IndexSet);
    }

    /// Sets a named field behind a reference.
    pub fn set_field(&mut self, reference: impl Into<Expr>, name: &str, value: impl Into<Expr>) {
        self.set_index(reference, string(name), value);
    }

    /// Appends to the array in a slot.
    pub fn push(&mut self, Local(slot): Local, value: impl Into<Expr>) {
        self.statement(value);
        self.emit(Op::SlotArrayPush(slot));
    }

    /// Evaluates and drops the value.
    pub fn run(&mut self, value: impl Into<Expr>) {
        self.statement(value);
        self.emit(Op::Pop);
    }

    pub fn ret(&mut self, value: impl Into<Expr>) {
        self.statement(value);
        self.emit(Op::ReturnValue);
    }

    pub fn ret_undef(&mut self) {
        self.line += 1;
        self.emit(Op::Return);
    }

    pub fn when(&mut self, condition: impl Into<Expr>, then: impl FnOnce(&mut Asm)) {
        let end = self.label();
        self.line += 1;
        self.jump_unless(&condition.into(), end);
        then(self);
        self.bind(end);
    }

    pub fn choose(
        &mut self,
        condition: impl Into<Expr>,
        then: impl FnOnce(&mut Asm),
        otherwise: impl FnOnce(&mut Asm),
    ) {
        let (other, end) = (self.label(), self.label());
        self.line += 1;
        self.jump_unless(&condition.into(), other);
        then(self);
        self.jump(end);
        self.bind(other);
        otherwise(self);
        self.bind(end);
    }

    /// A loop tested at the top, with an unconditional jump back.
    pub fn while_top(&mut self, condition: impl Into<Expr>, body: impl FnOnce(&mut Asm)) {
        let (top, end) = (self.label(), self.label());
        self.bind(top);
        self.line += 1;
        self.jump_unless(&condition.into(), end);
        body(self);
        self.jump(top);
        self.bind(end);
    }

    /// A loop tested at the bottom, entered by a jump to the test.
    pub fn while_bottom(&mut self, condition: impl Into<Expr>, body: impl FnOnce(&mut Asm)) {
        let (top, test) = (self.label(), self.label());
        self.jump(test);
        self.bind(top);
        body(self);
        self.bind(test);
        self.line += 1;
        self.jump_if(&condition.into(), top);
    }

    /// A loop that runs its body before the first test.
    pub fn repeat_while(&mut self, condition: impl Into<Expr>, body: impl FnOnce(&mut Asm)) {
        let top = self.label();
        self.bind(top);
        body(self);
        self.line += 1;
        self.jump_if(&condition.into(), top);
    }

    /// A loop that only `ret` or a jump to the label that the body is given leaves.
    pub fn forever(&mut self, body: impl FnOnce(&mut Asm, Label)) {
        let (top, end) = (self.label(), self.label());
        self.bind(top);
        body(self, end);
        self.jump(top);
        self.bind(end);
    }

    /// `for counter = from, to` (inclusive), tested at the bottom.
    pub fn count(
        &mut self,
        counter: Local,
        from: impl Into<Expr>,
        to: impl Into<Expr>,
        body: impl FnOnce(&mut Asm),
    ) {
        self.set(counter, from);
        self.while_bottom(counter.at_most(to), |m| {
            body(m);
            m.set(counter, counter + 1);
        });
    }

    pub fn jump(&mut self, label: Label) {
        self.emit_jump(Op::Jump, label);
    }

    fn label(&mut self) -> Label {
        self.labels.push(LabelState::default());
        Label(self.labels.len() - 1)
    }

    fn bind(&mut self, Label(label): Label) {
        let position = self.builder.current_pos();
        let state = &mut self.labels[label];
        state.position = Some(position);
        for jump in state.jumps.drain(..) {
            self.builder.patch_jump(jump, position);
        }
    }

    fn statement(&mut self, value: impl Into<Expr>) {
        self.line += 1;
        self.expr(&value.into());
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Apply(op, operands) => {
                self.exprs(operands);
                self.emit(*op);
            }
            Expr::Str(text) => {
                let constant = self.builder.add_constant(text.as_str());
                self.emit(Op::LoadConst(constant));
            }
            Expr::Call(sub, args) => {
                self.exprs(args);
                let name = self.builder.add_name(sub);
                self.emit(Op::Call(name, args.len() as u8));
            }
            Expr::Both(..) => panic!("`and` stands only in a condition"),
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn jump_unless(&mut self, condition: &Expr, label: Label) {
        if let Expr::Both(left, right) = condition {
            self.jump_unless(left, label);
            self.jump_unless(right, label);
        } else {
            self.expr(condition);
            self.emit_jump(Op::JumpIfFalse, label);
        }
    }

    fn jump_if(&mut self, condition: &Expr, label: Label) {
        if let Expr::Both(left, right) = condition {
            let skip = self.label();
            self.jump_unless(left, skip);
            self.jump_if(right, label);
            self.bind(skip);
        } else {
            self.expr(condition);
            self.emit_jump(Op::JumpIfTrue, label);
        }
    }

    fn emit_jump(&mut self, op: fn(usize) -> Op, Label(label): Label) {
        let target = self.labels[label].position;
        let jump = self.emit(op(target.unwrap_or_default()));
        if target.is_none() {
            self.labels[label].jumps.push(jump);
        }
    }

    fn emit(&mut self, op: Op) -> usize {
        self.builder.emit(op, self.line)
    }
}
