//! Allocation sinking: an array, hash or cell that lives for a part of an iteration, and that only exits would see,
//! is not made; the snapshots say how an exit makes it.
//!
//! It lives from the instruction that makes it, held by a register, to the drop of that register. In between nothing
//! but its own loads and stores may use it, and no step may run, since a step sees all registers.

use super::Reject;
use crate::trace::edit::{Editor, with_entries};
use crate::trace::ir::{Const, Ins, Place, Ref, Restored, Trace, Virtual};
use crate::trace::ops::Op;
use std::collections::HashMap;

/// The most elements or entries that are worth it.
const MAX_PARTS: usize = 16;

/// Runs the pass.
pub(super) fn run(trace: &Trace) -> Result<Trace, Reject> {
    let mut trace = trace.clone();
    let undef = trace.constant(Const::Undef);
    let trace = &trace;
    let mut actions: HashMap<usize, Action> = HashMap::new();
    let mut seen: HashMap<usize, Vec<(i32, Content)>> = HashMap::new();
    for made in 0..trace.code.len() {
        let Some(life) = Life::of(trace, made, undef) else { continue };
        actions.extend(life.actions);
        for (index, content) in life.seen {
            seen.entry(index).or_default().push((trace.code[made].imm, content));
        }
    }
    let mut edit = Editor::new(trace);
    for (index, ins) in trace.code.iter().enumerate() {
        match actions.get(&index) {
            Some(Action::Leave) => {}
            Some(Action::Value(value)) => {
                let value = edit.value(*value);
                edit.replace(index, value);
            }
            Some(Action::Constant(constant)) => {
                let value = edit.new.constant(*constant);
                edit.replace(index, value);
            }
            Some(Action::Free) => {
                edit.emit(index, Ins::new(Op::StoreRegister, &[undef]).imm(ins.imm));
            }
            None => {
                let mut ins = edit.renamed(ins);
                if let Some(collections) = seen.get(&index) {
                    restore(&mut edit, &mut ins, collections);
                }
                edit.emit(index, ins);
            }
        }
    }
    Ok(edit.finish())
}

/// Makes the snapshot of an instruction say how the registers get their collections.
fn restore(edit: &mut Editor<'_>, ins: &mut Ins, collections: &[(i32, Content)]) {
    let Some(id) = ins.snapshot else { return };
    let old = &edit.old.snapshots[id.0 as usize].entries;
    let mut entries: Vec<_> =
        old.iter().map(|(place, restored)| (*place, edit.renamed_restored(*restored))).collect();
    for (register, content) in collections {
        let part = |value: &Ref| Restored::Value(edit.value(*value));
        let collection = match content {
            Content::Array(elements) => Virtual::Array(elements.iter().map(part).collect()),
            Content::Cell(content) => Virtual::Cell(part(content)),
            Content::Hash(entries) => {
                Virtual::Hash(entries.iter().map(|(key, value)| (edit.value(*key), part(value))).collect())
            }
        };
        edit.new.virtuals.push(collection);
        let number = edit.new.virtuals.len() as u32 - 1;
        let place = Place::Register(*register);
        entries.retain(|(other, _)| *other != place);
        entries.push((place, Restored::Virtual(number)));
    }
    ins.snapshot = Some(with_entries(&mut edit.new, id, entries));
}

/// What becomes of an instruction.
enum Action {
    /// It goes.
    Leave,
    /// It goes, and its value is this one.
    Value(Ref),
    /// It goes, and its value is this constant.
    Constant(Const),
    /// It drops a collection that does not exist.
    Free,
}

/// What a collection holds.
#[derive(Clone)]
enum Content {
    Array(Vec<Ref>),
    Cell(Ref),
    Hash(Vec<(Ref, Ref)>),
}

/// The life of a collection that need not be made.
struct Life {
    actions: Vec<(usize, Action)>,
    /// What it holds at each check that sees it.
    seen: Vec<(usize, Content)>,
}

impl Life {
    /// Follows a collection from where it is made. None when it must be made, or when the instruction makes none.
    fn of(trace: &Trace, made: usize, undef: Ref) -> Option<Life> {
        let ins = &trace.code[made];
        let mut content = match ins.op {
            Op::NewArray => {
                let len = usize::try_from(trace.as_int(ins.args[0])?).ok()?;
                if len > MAX_PARTS {
                    return None;
                }
                Content::Array(vec![undef; len])
            }
            Op::NewCell if trace.ty(ins.args[0]).is_scalar() => Content::Cell(ins.args[0]),
            Op::NewHash => Content::Hash(Vec::new()),
            _ => return None,
        };
        let mut life = Life { actions: vec![(made, Action::Leave)], seen: Vec::new() };
        // The collection and the addresses of its elements.
        let mut names = vec![Ref::ins(made)];
        for (index, other) in trace.code.iter().enumerate().skip(made + 1) {
            let same_register = Trace::place(other) == Some(Place::Register(ins.imm));
            if same_register && other.op == Op::DropRegister {
                life.actions.push((index, Action::Free));
                return (!is_used_otherwise(trace, index, &names)).then_some(life);
            }
            if same_register || matches!(other.op, Op::Step | Op::Loop) || other.op.is_end() {
                return None;
            }
            if other.operands().iter().any(|operand| names.contains(operand)) {
                let action = content.access(trace, other, &names)?;
                if other.op == Op::ArrayElements {
                    names.push(Ref::ins(index));
                }
                life.actions.push((index, action));
            } else if other.checks() {
                life.seen.push((index, content.clone()));
            }
        }
        None
    }
}

/// Whether something uses a collection after its drop, or a phi or snapshot has its name.
fn is_used_otherwise(trace: &Trace, dropped: usize, names: &[Ref]) -> bool {
    let is_name = |value: &Ref| names.contains(value);
    trace.code.iter().enumerate().any(|(index, ins)| {
        let mut used = index > dropped && ins.operands().iter().any(is_name);
        used |= trace.phi(ins).is_some_and(|operands| operands.iter().any(is_name));
        if let Some(id) = ins.snapshot {
            trace.snapshot_values(id, |value| used |= is_name(&value));
        }
        used
    })
}

impl Content {
    /// What becomes of an instruction that uses the collection. None when it must exist.
    fn access(&mut self, trace: &Trace, ins: &Ins, names: &[Ref]) -> Option<Action> {
        let scalar = |value: Ref| trace.ty(value).is_scalar().then_some(value);
        let load = |value: Ref| (trace.ty(value) == ins.ty).then_some(Action::Value(value));
        let index = || usize::try_from(trace.as_int(ins.args[1])?).ok();
        // It is the collection, not what is stored or a key.
        if ins.operands()[1..].iter().any(|operand| names.contains(operand)) {
            return None;
        }
        match (self, ins.op) {
            (_, Op::ArrayUnique | Op::HashUnique | Op::FreeElement | Op::FreeCell) => Some(Action::Leave),
            (_, Op::ArrayElements) => Some(Action::Leave),
            (Content::Array(elements), Op::ArrayLen) => {
                Some(Action::Constant(Const::Int(elements.len() as i64)))
            }
            (Content::Array(elements), Op::LoadElement) => load(*elements.get(index()?)?),
            (Content::Array(elements), Op::StoreElement) => {
                *elements.get_mut(index()?)? = scalar(ins.args[2])?;
                Some(Action::Leave)
            }
            (Content::Array(elements), Op::ArrayPush) if elements.len() < MAX_PARTS => {
                elements.push(scalar(ins.args[1])?);
                Some(Action::Leave)
            }
            (Content::Cell(content), Op::LoadCell) => load(*content),
            (Content::Cell(content), Op::StoreCell) => {
                *content = scalar(ins.args[1])?;
                Some(Action::Leave)
            }
            (Content::Hash(entries), Op::HashLen) => Some(Action::Constant(Const::Int(entries.len() as i64))),
            (Content::Hash(entries), Op::HashPut) if entries.len() < MAX_PARTS => {
                let (key, value) = (ins.args[1], scalar(ins.args[2])?);
                // Of an integer and a string it is not known whether they are one key.
                let constant = trace.as_constant(key)?;
                if entries.iter().any(|(other, _)| trace.ty(*other) != constant.ty()) {
                    return None;
                }
                match entries.iter_mut().find(|(other, _)| *other == key) {
                    Some((_, old)) => *old = value,
                    None => entries.push((key, value)),
                }
                Some(Action::Leave)
            }
            _ => None,
        }
    }
}
