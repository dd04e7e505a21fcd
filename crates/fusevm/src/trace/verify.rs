//! Checks that a trace is well formed: what every pass may rely on, and must keep.

use super::ir::{Ins, Ref, Restored, Trace};
use super::ops::{Check, Op, Produces, Type};

/// Checks a trace.
///
/// # Errors
/// What is wrong, with the number of the instruction.
pub(crate) fn verify(trace: &Trace) -> Result<(), String> {
    let Some(last) = trace.code.len().checked_sub(1) else {
        return Err("the trace is empty".to_string());
    };
    let mut verifier = Verifier { trace, in_loop: None };
    for (index, ins) in trace.code.iter().enumerate() {
        verifier.ins(index, ins).map_err(|error| format!("v{index} ({}): {error}", ins.op.info().name))?;
        if ins.op.is_end() != (index == last) {
            return Err(format!("v{index}: a trace ends in one back, exit or link"));
        }
    }
    if verifier.in_loop.is_some() && trace.code[last].op != Op::Back {
        return Err("a loop ends in back".to_string());
    }
    Ok(())
}

struct Verifier<'a> {
    trace: &'a Trace,
    /// Position of the loop marker.
    in_loop: Option<usize>,
}

impl Verifier<'_> {
    fn ins(&mut self, index: usize, ins: &Ins) -> Result<(), String> {
        let info = ins.op.info();
        match info.produces {
            Produces::Fixed(ty) if ty != ins.ty => return Err(format!("its type is {}", ty.name())),
            Produces::Loaded if !(ins.ty.is_scalar() || ins.ty.is_borrowed()) => {
                return Err(format!("{} is no kind of value", ins.ty.name()));
            }
            Produces::Named if ins.ty == Type::Nothing => return Err("it has no type".to_string()),
            _ => {}
        }
        for (operand, kind) in ins.operands().iter().zip(info.operands) {
            self.defined(*operand, index)?;
            let ty = self.trace.ty(*operand);
            if !kind.accepts(ty) {
                return Err(format!("{operand:?} is {}, {kind:?} is wanted", ty.name()));
            }
        }
        match (info.effect.check, ins.snapshot) {
            (Check::Never, Some(_)) => return Err("it needs no snapshot".to_string()),
            (Check::Always, None) => return Err("it needs a snapshot".to_string()),
            _ => {}
        }
        if let Some(id) = ins.snapshot {
            self.snapshot(id.0 as usize, index)?;
        } else if ins.shadow {
            return Err("it checks nothing".to_string());
        }
        match ins.op {
            Op::Loop if self.in_loop.replace(index).is_some() => return Err("a second loop".to_string()),
            Op::Phi => self.phi(index, ins)?,
            _ => {}
        }
        Ok(())
    }

    fn defined(&self, value: Ref, before: usize) -> Result<(), String> {
        match value.as_ins() {
            Some(def) if def >= before => Err(format!("{value:?} is defined later")),
            None if self.trace.as_constant(value).is_none() => Err("an operand is missing".to_string()),
            _ if self.trace.ty(value) == Type::Nothing => Err(format!("{value:?} is no value")),
            _ => Ok(()),
        }
    }

    fn phi(&self, index: usize, ins: &Ins) -> Result<(), String> {
        let Some(start) = self.in_loop else { return Err("a phi outside of a loop".to_string()) };
        if self.trace.code[start + 1..index].iter().any(|ins| ins.op != Op::Phi) {
            return Err("phis come first in a loop".to_string());
        }
        let [entry, again] = self.trace.phis[ins.imm as usize];
        self.defined(entry, start)?;
        self.defined(again, self.trace.code.len())?;
        for operand in [entry, again] {
            if self.trace.ty(operand) != ins.ty {
                return Err(format!("{operand:?} is {}", self.trace.ty(operand).name()));
            }
        }
        if matches!(ins.ty, Type::Str | Type::Elements | Type::Entry) {
            return Err("the address of a place cannot be carried over".to_string());
        }
        Ok(())
    }

    fn snapshot(&self, number: usize, at: usize) -> Result<(), String> {
        let Some(snapshot) = self.trace.snapshots.get(number) else {
            return Err(format!("there is no snapshot s{number}"));
        };
        for (position, (place, restored)) in snapshot.entries.iter().enumerate() {
            if snapshot.entries[..position].iter().any(|(other, _)| other == place) {
                return Err(format!("{place} is twice in s{number}"));
            }
            let mut result = Ok(());
            self.trace.restored_values(*restored, &mut |value| {
                if let Err(error) = self.defined(value, at) {
                    result = Err(format!("s{number}: {error}"));
                }
            });
            result?;
            if let Restored::Value(value) = restored {
                let ty = self.trace.ty(*value);
                if !(ty.is_scalar() || ty.is_borrowed()) {
                    return Err(format!("{place} of s{number} cannot hold {}", ty.name()));
                }
            }
        }
        Ok(())
    }
}
