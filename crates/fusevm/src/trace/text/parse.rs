//! Text to a trace.

use crate::trace::ir::{Const, Frame, Ins, Place, Ref, Restored, Snapshot, SnapshotId, Step, Trace, Virtual};
use crate::trace::math;
use crate::trace::memory::Memory;
use crate::trace::ops::{Immediate, Op, Produces, Type};
use std::collections::HashMap;

/// Reads the text form.
///
/// # Errors
/// A message with the number of the line, beginning with 1.
pub(crate) fn parse(text: &str) -> Result<Trace, String> {
    let mut parser = Parser::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.split(';').next().unwrap_or("");
        let mut tokens = Tokens { rest: line };
        if !tokens.is_empty() {
            parser.line(&mut tokens).map_err(|error| format!("line {}: {error}", number + 1))?;
        }
    }
    parser.finish()
}

/// The tokens of a line: words, and single characters of punctuation.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '#' | '-');
        let len = match self.rest.chars().next()? {
            _ if self.rest.starts_with("->") => 2,
            c if in_word(c) => self.rest.find(|c| !in_word(c)).unwrap_or(self.rest.len()),
            c => c.len_utf8(),
        };
        let (token, rest) = self.rest.split_at(len);
        self.rest = rest;
        Some(token)
    }

    fn peek(&self) -> Option<&'a str> {
        Tokens { rest: self.rest }.next()
    }

    fn is_empty(&self) -> bool {
        self.peek().is_none()
    }

    fn word(&mut self) -> Result<&'a str, String> {
        self.next().ok_or_else(|| "the line ends too early".to_string())
    }

    fn accept(&mut self, token: &str) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        let found = self.word()?;
        if found == token { Ok(()) } else { Err(format!("{token:?} expected, not {found:?}")) }
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("a number expected, not {word:?}"))
    }

    /// A number after a letter.
    fn prefixed<T: std::str::FromStr>(&mut self, prefix: &str) -> Result<T, String> {
        let word = self.word()?;
        let number = word.strip_prefix(prefix).and_then(|number| number.parse().ok());
        number.ok_or_else(|| format!("{prefix} and a number expected, not {word:?}"))
    }
}

fn place(word: &str) -> Option<Place> {
    let number = |rest: &str| rest.parse().ok();
    match word.split_at_checked(1)? {
        ("r", rest) => Some(Place::Register(number(rest)?)),
        ("g", rest) => Some(Place::Global(number(rest)?)),
        _ => None,
    }
}

fn constant(word: &str) -> Option<Const> {
    Some(match word {
        "undef" => Const::Undef,
        "true" => Const::Bool(true),
        "false" => Const::Bool(false),
        "nan" => Const::float(f64::NAN),
        "inf" => Const::float(f64::INFINITY),
        "-inf" => Const::float(f64::NEG_INFINITY),
        _ if word.starts_with("str#") => Const::Str(word[4..].parse().ok()?),
        _ => match word.parse() {
            Ok(n) => Const::Int(n),
            Err(_) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                Const::float(word.parse().ok()?)
            }
            Err(_) => return None,
        },
    })
}

#[derive(Default)]
struct Parser<'a> {
    trace: Trace,
    values: HashMap<&'a str, Ref>,
    snapshots: HashMap<&'a str, SnapshotId>,
    /// Phis whose second operand is defined later, by number.
    later: Vec<(usize, &'a str)>,
}

impl<'a> Parser<'a> {
    fn line(&mut self, tokens: &mut Tokens<'a>) -> Result<(), String> {
        if tokens.accept("snap") {
            self.snapshot(tokens)?;
        } else {
            self.instruction(tokens)?;
        }
        match tokens.next() {
            None => Ok(()),
            Some(token) => Err(format!("unexpected {token:?}")),
        }
    }

    fn finish(mut self) -> Result<Trace, String> {
        for (phi, name) in std::mem::take(&mut self.later) {
            let value = *self.values.get(name).ok_or_else(|| format!("no value {name:?}"))?;
            self.trace.phis[phi][1] = value;
        }
        Ok(self.trace)
    }

    fn value(&mut self, tokens: &mut Tokens<'a>) -> Result<Ref, String> {
        let word = tokens.word()?;
        if word == "nan" && tokens.accept(":") {
            let bits = tokens.word()?;
            let bits = u64::from_str_radix(bits, 16).map_err(|_| format!("no bits: {bits:?}"))?;
            return Ok(self.trace.constant(Const::Float(bits)));
        }
        if let Some(value) = self.values.get(word) {
            return Ok(*value);
        }
        match constant(word) {
            Some(constant) => Ok(self.trace.constant(constant)),
            None => Err(format!("no value {word:?}")),
        }
    }

    fn snapshot(&mut self, tokens: &mut Tokens<'a>) -> Result<(), String> {
        let name = tokens.word()?;
        tokens.expect("at")?;
        let mut snapshot = Snapshot { frames: Vec::new(), inst: tokens.number()?, entries: Vec::new() };
        if tokens.accept("in") {
            tokens.expect("[")?;
            while !tokens.accept("]") {
                let unit = tokens.prefixed("u")?;
                tokens.expect(":")?;
                let body = tokens.number()?;
                tokens.expect("ret")?;
                let return_inst = tokens.number()?;
                tokens.expect("+")?;
                snapshot.frames.push(Frame { unit, body, return_inst, window: tokens.number()? });
                tokens.accept(",");
            }
        }
        if tokens.accept("{") {
            while !tokens.accept("}") {
                let word = tokens.word()?;
                let place = place(word).ok_or_else(|| format!("no place: {word:?}"))?;
                tokens.expect("=")?;
                snapshot.entries.push((place, self.restored(tokens)?));
                tokens.accept(",");
            }
        }
        // Not `Trace::snapshot`: names in the text stay apart even when the snapshots are the same.
        self.trace.snapshots.push(snapshot);
        self.snapshots.insert(name, SnapshotId(self.trace.snapshots.len() as u32 - 1));
        Ok(())
    }

    fn restored(&mut self, tokens: &mut Tokens<'a>) -> Result<Restored, String> {
        let kind = tokens.peek().unwrap_or_default();
        if !matches!(kind, "array" | "cell" | "hash") {
            return Ok(Restored::Value(self.value(tokens)?));
        }
        tokens.next();
        tokens.expect("(")?;
        let mut keys = Vec::new();
        let mut parts = Vec::new();
        while !tokens.accept(")") {
            if kind == "hash" {
                keys.push(self.value(tokens)?);
                tokens.expect(":")?;
            }
            parts.push(self.restored(tokens)?);
            tokens.accept(",");
        }
        self.trace.virtuals.push(match (kind, &parts[..]) {
            ("array", _) => Virtual::Array(parts),
            ("cell", [content]) => Virtual::Cell(*content),
            ("cell", _) => return Err("a cell has one content".to_string()),
            _ => Virtual::Hash(keys.into_iter().zip(parts).collect()),
        });
        Ok(Restored::Virtual(self.trace.virtuals.len() as u32 - 1))
    }

    fn instruction(&mut self, tokens: &mut Tokens<'a>) -> Result<(), String> {
        let mut word = tokens.word()?;
        let mut name = None;
        if tokens.accept("=") {
            name = Some(word);
            word = tokens.word()?;
        }
        let op = Op::named(word).ok_or_else(|| format!("no operation {word:?}"))?;
        let info = op.info();
        let mut ins = Ins::new(op, &[]);
        if !matches!(info.produces, Produces::Fixed(_)) {
            let word = tokens.word()?;
            let ty = Type::ALL.into_iter().find(|ty| ty.name() == word);
            ins.ty = ty.ok_or_else(|| format!("no type {word:?}"))?;
        }
        match info.immediate {
            Immediate::None => {}
            Immediate::Register => ins.imm = tokens.prefixed("r")?,
            Immediate::Global => ins.imm = tokens.prefixed("g")?,
            Immediate::Number => ins.imm = tokens.number()?,
            Immediate::Function => {
                let word = tokens.word()?;
                ins.imm = math::number(word).ok_or_else(|| format!("no function {word:?}"))?;
            }
            Immediate::Step => {
                let step = Self::step(tokens)?;
                self.trace.steps.push(step);
                ins.imm = self.trace.steps.len() as i32 - 1;
            }
            Immediate::Phi => {
                let entry = self.value(tokens)?;
                tokens.expect(",")?;
                self.trace.phis.push([entry, Ref::NONE]);
                ins.imm = self.trace.phis.len() as i32 - 1;
                let word = tokens.word()?;
                match constant(word) {
                    Some(constant) => {
                        let again = self.trace.constant(constant);
                        self.trace.phis[ins.imm as usize][1] = again;
                    }
                    None => self.later.push((ins.imm as usize, word)),
                }
            }
        }
        for at in 0..info.operands.len() {
            if at > 0 || info.immediate != Immediate::None {
                tokens.expect(",")?;
            }
            ins.args[at] = self.value(tokens)?;
        }
        if tokens.accept("->") {
            let name = tokens.word()?;
            let snapshot = self.snapshots.get(name).ok_or_else(|| format!("no snapshot {name:?}"))?;
            ins.snapshot = Some(*snapshot);
        }
        ins.shadow = tokens.accept("shadow");
        let value = self.trace.push(ins);
        match name {
            Some(name) if ins.ty == Type::Nothing => Err(format!("{name} would name nothing")),
            Some(name) if constant(name).is_some() => Err(format!("{name} is a constant")),
            Some(name) if self.values.insert(name, value).is_some() => {
                Err(format!("{name} is defined twice"))
            }
            _ => Ok(()),
        }
    }

    fn step(tokens: &mut Tokens<'a>) -> Result<Step, String> {
        let inst = tokens.number()?;
        tokens.expect("next")?;
        let mut step = Step {
            inst,
            next: tokens.number()?,
            registers: Vec::new(),
            globals: Vec::new(),
            writes: Memory::NONE,
        };
        if !tokens.accept("writes") {
            return Ok(step);
        }
        while let Some(word) = tokens.peek()
            && word != "->"
        {
            tokens.next();
            if let Some(class) = Memory::named(word) {
                step.writes |= class;
            } else if let Some((start, end)) = word.split_once("..") {
                match (place(start), place(end)) {
                    (Some(Place::Register(start)), Some(Place::Register(end))) => {
                        step.registers.push((start, end));
                    }
                    _ => return Err(format!("no range of registers: {word:?}")),
                }
            } else {
                match place(word) {
                    Some(Place::Register(register)) => step.registers.push((register, register + 1)),
                    Some(Place::Global(global)) => step.globals.push(global),
                    None => return Err(format!("no memory: {word:?}")),
                }
            }
        }
        Ok(step)
    }
}
