//! Loads get their values from earlier loads and stores; stores that change nothing, or that nobody sees, go.
//!
//! At a loop marker the contents of places that the body writes become phis, first on trust: a phi stands if at
//! the end of the body the place holds a value of the same type. One that does not stand is given up, and the pass
//! is run again without it.

use super::Reject;
use super::facts::{Facts, Key, undef};
use crate::trace::edit::Editor;
use crate::trace::ir::{Ins, Place, Ref, Trace};
use crate::trace::ops::{Op, Type};
use std::collections::HashSet;

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut given_up = HashSet::new();
    loop {
        match forward(trace, &given_up)? {
            Attempt::Done(result) => return Ok(without_dead_stores(&result)),
            Attempt::GiveUp(keys) => given_up.extend(keys),
        }
    }
}

enum Attempt {
    Done(Trace),
    /// The places that cannot be phis.
    GiveUp(Vec<Key>),
}

/// A phi for the content of a place.
struct PlacePhi {
    key: Key,
    phi: Ref,
    ty: Type,
    used: bool,
}

fn forward(trace: &Trace, given_up: &HashSet<Key>) -> Result<Attempt, Reject> {
    let mut edit = Editor::new(trace);
    let undef = undef(&mut edit.new);
    let mut facts = Facts::default();
    let mut phis: Vec<PlacePhi> = Vec::new();
    let mut before_body = false;
    for (index, old) in trace.code.iter().enumerate() {
        if before_body && old.op != Op::Phi {
            before_body = false;
            phis = enter_loop(&mut edit, &mut facts, index, given_up);
        }
        before_body |= old.op == Op::Loop;
        let ins = edit.renamed(old);
        if let Some(value) = known_value(&edit.new, &facts, &ins)? {
            phis.iter_mut().filter(|phi| phi.phi == value).for_each(|phi| phi.used = true);
            edit.replace(index, value);
            continue;
        }
        if let Some((key, value)) = Key::stored(&ins)
            && facts.get(&key) == Some(value)
            && edit.new.ty(value).is_scalar()
        {
            continue;
        }
        let ins = unboxed(&edit.new, &facts, ins);
        if ins.op == Op::Back {
            let mut failed = Vec::new();
            for PlacePhi { key, phi, ty, used } in &phis {
                let number = edit.new.def(*phi).map_or(0, |def| def.imm as usize);
                let again = facts.get(key).filter(|value| edit.new.ty(*value) == *ty);
                match again {
                    Some(again) => edit.new.phis[number][1] = again,
                    None if *used => failed.push(*key),
                    // Nobody needs it: any value will do.
                    None => edit.new.phis[number][1] = *phi,
                }
            }
            if !failed.is_empty() {
                return Ok(Attempt::GiveUp(failed));
            }
        }
        let value = edit.emit(index, ins);
        facts.after(&edit.new, value, undef);
    }
    Ok(Attempt::Done(edit.finish()))
}

/// Makes phis of what the body of a loop changes, and forgets the rest of that.
fn enter_loop(
    edit: &mut Editor<'_>,
    facts: &mut Facts,
    body: usize,
    given_up: &HashSet<Key>,
) -> Vec<PlacePhi> {
    let mut forgotten = Vec::new();
    for ins in &edit.old.code[body..] {
        forgotten.extend(facts.forget_writes_of(&edit.new, edit.old, ins));
    }
    forgotten.sort_unstable();
    let mut phis = Vec::new();
    for (key, entry) in forgotten {
        let ty = edit.new.ty(entry);
        let is_content = matches!(
            key.op,
            Op::LoadRegister | Op::LoadGlobal | Op::LoadElement | Op::LoadCell | Op::LoadEntry
        );
        if is_content && matches!(ty, Type::Int | Type::Float | Type::Bool) && !given_up.contains(&key) {
            let phi = edit.new.push_phi(ty, entry);
            facts.set(&edit.new, key, phi);
            phis.push(PlacePhi { key, phi, ty, used: false });
        }
    }
    phis
}

/// The value of an instruction that reads memory, if it is known.
fn known_value(trace: &Trace, facts: &Facts, ins: &Ins) -> Result<Option<Ref>, Reject> {
    if ins.ty == Type::Nothing || ins.op.info().effect.reads.is_empty() {
        return Ok(None);
    }
    let Some(value) = facts.get(&Key::of(ins)) else { return Ok(None) };
    let ty = trace.ty(value);
    match (ty, ins.ty) {
        _ if ty == ins.ty => Ok(Some(value)),
        (Type::Scalar, _) | (_, Type::Scalar) => Ok(None),
        _ => Err(Reject::TypeChanges),
    }
}

/// A load of one kind from a place that is known to hold a scalar of any kind needs no memory.
fn unboxed(trace: &Trace, facts: &Facts, ins: Ins) -> Ins {
    let known = facts.get(&Key::of(&ins)).filter(|value| trace.ty(*value) == Type::Scalar);
    match known {
        Some(value) if ins.ty.is_scalar() && !ins.op.info().effect.reads.is_empty() => {
            Ins { op: Op::Unbox, imm: 0, args: [value, Ref::NONE, Ref::NONE], ..ins }
        }
        _ => ins,
    }
}

/// Leaves out stores to registers and globals that are overwritten before an exit, a step or a load sees them.
fn without_dead_stores(trace: &Trace) -> Trace {
    let mut overwritten: HashSet<Place> = HashSet::new();
    let mut dead = vec![false; trace.code.len()];
    for (index, ins) in trace.code.iter().enumerate().rev() {
        if ins.checks() || ins.op.is_end() || ins.op == Op::Loop {
            overwritten.clear();
        }
        let Some(place) = Trace::place(ins) else { continue };
        match ins.op {
            Op::StoreRegister | Op::StoreGlobal => {
                let scalar = trace.ty(ins.args[0]).is_scalar();
                dead[index] = !overwritten.insert(place) && scalar;
            }
            Op::KillRegister => {
                overwritten.insert(place);
            }
            _ => {
                overwritten.remove(&place);
            }
        }
    }
    let mut edit = Editor::new(trace);
    for index in (0..trace.code.len()).filter(|index| !dead[*index]) {
        edit.keep(index);
    }
    edit.finish()
}
