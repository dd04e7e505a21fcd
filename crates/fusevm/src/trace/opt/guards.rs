//! Guard elimination: a check that is known to hold, from earlier checks or from what made the value, goes.

use super::Reject;
use super::facts::{Facts, Key, undef};
use crate::trace::edit::Editor;
use crate::trace::ir::{Const, Ins, Ref, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::HashMap;

/// How two numbers can stand to each other: a set of these.
type Orders = u8;
const LESS: Orders = 1;
const EQUAL: Orders = 2;
const GREATER: Orders = 4;
const UNORDERED: Orders = 8;

/// The orders for which a comparison holds.
fn holds_for(op: Op) -> Option<Orders> {
    Some(match op {
        Op::Lt | Op::FLt => LESS,
        Op::Le | Op::FLe => LESS | EQUAL,
        Op::Eq | Op::FEq => EQUAL,
        Op::Ne => LESS | GREATER,
        Op::FNe => LESS | GREATER | UNORDERED,
        Op::Gt | Op::FGt => GREATER,
        Op::Ge | Op::FGe => EQUAL | GREATER,
        _ => return None,
    })
}

/// The orders of the operands the other way round.
fn mirrored(orders: Orders) -> Orders {
    let swapped = (orders & LESS) << 2 | (orders & GREATER) >> 2;
    swapped | orders & (EQUAL | UNORDERED)
}

/// What earlier guards say of values.
#[derive(Default)]
struct Truths {
    /// Truth values that were guarded.
    known: HashMap<Ref, bool>,
    /// Orders that are left for pairs of numbers.
    orders: HashMap<(Ref, Ref), Orders>,
}

impl Truths {
    fn orders(&self, trace: &Trace, a: Ref, b: Ref) -> Orders {
        let all = match trace.ty(a) {
            Type::Float => LESS | EQUAL | GREATER | UNORDERED,
            _ => LESS | EQUAL | GREATER,
        };
        *self.orders.get(&(a, b)).unwrap_or(&all)
    }

    /// Whether a truth value is known.
    fn get(&self, trace: &Trace, value: Ref) -> Option<bool> {
        if let Some(known) = self.known.get(&value) {
            return Some(*known);
        }
        if let Some(Const::Bool(constant)) = trace.as_constant(value) {
            return Some(constant);
        }
        let def = trace.def(value)?;
        let wanted = holds_for(def.op)?;
        let left = self.orders(trace, def.args[0], def.args[1]);
        match (left & wanted, left & !wanted) {
            (_, 0) => Some(true),
            (0, _) => Some(false),
            _ => None,
        }
    }

    /// Notes that a guard has passed.
    fn learn(&mut self, trace: &Trace, value: Ref, holds: bool) {
        self.known.insert(value, holds);
        let Some(def) = trace.def(value) else { return };
        if let Some(wanted) = holds_for(def.op) {
            let [a, b, _] = def.args;
            let left = self.orders(trace, a, b) & if holds { wanted } else { !wanted };
            self.orders.insert((a, b), left);
            self.orders.insert((b, a), mirrored(left));
        }
    }
}

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut edit = Editor::new(trace);
    let undef = undef(&mut edit.new);
    let mut facts = Facts::default();
    let mut truths = Truths::default();
    for (index, old) in trace.code.iter().enumerate() {
        if old.op == Op::Loop {
            for ins in &trace.code[index..] {
                facts.forget_writes_of(&edit.new, trace, ins);
            }
        }
        let ins = edit.renamed(old);
        if let Op::True | Op::False = ins.op {
            let wanted = ins.op == Op::True;
            match truths.get(&edit.new, ins.args[0]) {
                Some(known) if known == wanted => continue,
                Some(_) => return Err(Reject::AlwaysExits),
                None => {}
            }
            truths.learn(&edit.new, ins.args[0], wanted);
        } else if is_memory_guard(&ins) && facts.holds(&Key::of(&ins)) {
            continue;
        }
        let value = edit.emit(index, ins);
        facts.after(&edit.new, value, undef);
        if ins.ty == Type::Bool
            && let Some(known) = truths.get(&edit.new, value)
        {
            let constant = edit.new.constant(Const::Bool(known));
            edit.replace(index, constant);
        }
    }
    Ok(edit.finish())
}

/// Whether it only checks something about memory.
fn is_memory_guard(ins: &Ins) -> bool {
    let effect = ins.op.info().effect;
    let only_reads = !effect.reads.is_empty() && effect.writes.is_empty();
    ins.checks() && only_reads && ins.ty == Type::Nothing && !ins.op.is_end() && ins.op != Op::Step
}
