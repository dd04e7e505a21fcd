//! A trace to text.

use crate::trace::ir::{Const, Ins, Place, Ref, Restored, Snapshot, Step, Trace, Virtual};
use crate::trace::math::FUNCTIONS;
use crate::trace::ops::{Immediate, Op, Produces, Type};
use std::fmt;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = vec![false; self.snapshots.len()];
        for (index, ins) in self.code.iter().enumerate() {
            if let Some(id) = ins.snapshot
                && !std::mem::replace(&mut shown[id.0 as usize], true)
            {
                let printer = SnapshotText { trace: self, snapshot: &self.snapshots[id.0 as usize] };
                writeln!(f, "snap s{} {printer}", id.0)?;
            }
            writeln!(f, "{}", InsText { trace: self, index, ins })?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Register(register) => write!(f, "r{register}"),
            Place::Global(global) => write!(f, "g{global}"),
        }
    }
}

impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Const::Undef => f.write_str("undef"),
            Const::Bool(b) => write!(f, "{b}"),
            Const::Int(n) => write!(f, "{n}"),
            Const::Float(bits) if f64::from_bits(bits).is_nan() => match bits {
                _ if bits == f64::NAN.to_bits() => f.write_str("nan"),
                _ => write!(f, "nan:{bits:x}"),
            },
            Const::Float(bits) => write!(f, "{:?}", f64::from_bits(bits)),
            Const::Str(number) => write!(f, "str#{number}"),
        }
    }
}

struct RefText<'a>(&'a Trace, Ref);

impl fmt::Display for RefText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_constant(self.1) {
            Some(constant) => constant.fmt(f),
            None => write!(f, "{:?}", self.1),
        }
    }
}

struct RestoredText<'a>(&'a Trace, Restored);

impl fmt::Display for RestoredText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trace = self.0;
        let list = |f: &mut fmt::Formatter<'_>, items: &[Restored]| {
            for (at, item) in items.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}{}", RestoredText(trace, *item))?;
            }
            f.write_str(")")
        };
        let number = match self.1 {
            Restored::Value(value) => return RefText(trace, value).fmt(f),
            Restored::Virtual(number) => number,
        };
        match &trace.virtuals[number as usize] {
            Virtual::Array(elements) => {
                f.write_str("array(")?;
                list(f, elements)
            }
            Virtual::Cell(content) => {
                f.write_str("cell(")?;
                list(f, &[*content])
            }
            Virtual::Hash(entries) => {
                f.write_str("hash(")?;
                for (at, (key, value)) in entries.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {}", RefText(trace, *key), RestoredText(trace, *value))?;
                }
                f.write_str(")")
            }
        }
    }
}

struct SnapshotText<'a> {
    trace: &'a Trace,
    snapshot: &'a Snapshot,
}

impl fmt::Display for SnapshotText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot { frames, inst, entries } = self.snapshot;
        write!(f, "at {inst}")?;
        if !frames.is_empty() {
            f.write_str(" in [")?;
            for (at, frame) in frames.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                let (unit, body) = (frame.unit, frame.body);
                write!(f, "{comma}u{unit}:{body} ret {} +{}", frame.return_inst, frame.window)?;
            }
            f.write_str("]")?;
        }
        if !entries.is_empty() {
            f.write_str(" {")?;
            for (at, (place, restored)) in entries.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}{place} = {}", RestoredText(self.trace, *restored))?;
            }
            f.write_str("}")?;
        }
        Ok(())
    }
}

struct InsText<'a> {
    trace: &'a Trace,
    index: usize,
    ins: &'a Ins,
}

impl fmt::Display for InsText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InsText { trace, index, ins } = *self;
        let info = ins.op.info();
        if ins.ty != Type::Nothing {
            write!(f, "v{index} = ")?;
        }
        f.write_str(info.name)?;
        if !matches!(info.produces, Produces::Fixed(_)) {
            write!(f, " {}", ins.ty.name())?;
        }
        match info.immediate {
            Immediate::None => {}
            Immediate::Register => write!(f, " r{}", ins.imm)?,
            Immediate::Global => write!(f, " g{}", ins.imm)?,
            Immediate::Number => write!(f, " {}", ins.imm)?,
            Immediate::Function => write!(f, " {}", FUNCTIONS[ins.imm as usize].name)?,
            Immediate::Step => write!(f, " {}", trace.steps[ins.imm as usize])?,
            Immediate::Phi => {
                let [entry, again] = trace.phis[ins.imm as usize];
                write!(f, " {}, {}", RefText(trace, entry), RefText(trace, again))?;
            }
        }
        // `store r1, v` and `load r1, v` but `add a, b`.
        let mut separator = match info.immediate {
            Immediate::None => " ",
            _ => ", ",
        };
        for operand in ins.operands() {
            write!(f, "{separator}{}", RefText(trace, *operand))?;
            separator = ", ";
        }
        if let Some(id) = ins.snapshot {
            write!(f, " -> s{}", id.0)?;
        }
        if ins.shadow {
            f.write_str(" shadow")?;
        }
        debug_assert!(ins.op != Op::Phi || ins.snapshot.is_none());
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} next {}", self.inst, self.next)?;
        if self.registers.is_empty() && self.globals.is_empty() && self.writes.is_empty() {
            return Ok(());
        }
        f.write_str(" writes")?;
        for (start, end) in &self.registers {
            match end - start {
                1 => write!(f, " r{start}")?,
                _ => write!(f, " r{start}..r{end}")?,
            }
        }
        for global in &self.globals {
            write!(f, " g{global}")?;
        }
        for name in self.writes.names() {
            write!(f, " {name}")?;
        }
        Ok(())
    }
}
