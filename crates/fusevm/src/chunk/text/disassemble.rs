//! The disassembler: chunk to text that assembles to exactly that chunk.
//!
//! Names and constants are written out where they are used, when the assembler would give them the same
//! pool indices. What would get another index (unused or doubled items, another order) is declared at the
//! head, along with everything before it in its pool.

use super::literal::{push, write_constant, write_name, write_quoted};
use crate::chunk::{Chunk, Const, IntegerMode};
use crate::op::float_text::write_float;
use crate::op::{Mode, Op, OperandKind};
use std::collections::{HashMap, HashSet};

/// Longest name or constant that is written out more than once.
const MAX_INLINE: usize = 60;

impl Chunk {
    /// The text form, which [`assemble`](super::assemble) reads back. What nests deeper than
    /// [`Const::MAX_DEPTH`] or [`Chunk::MAX_NESTING`] and thus can never run is replaced by its error.
    pub fn disassemble(&self) -> String {
        let mut out = String::new();
        write_chunk(&mut out, self, 0);
        out
    }
}

/// Each op of a chunk as the text form has it, with labels `L7` for op 7.
pub(crate) fn op_texts(chunk: &Chunk) -> Vec<String> {
    let mut writer = Writer::new(chunk, 0);
    let text = |op| {
        writer.op(op);
        std::mem::take(&mut writer.out)
    };
    chunk.ops.iter().map(text).collect()
}

fn write_chunk(out: &mut String, chunk: &Chunk, level: usize) {
    if level == Chunk::MAX_NESTING && !chunk.sub_chunks.is_empty() {
        return write_chunk(out, &Chunk::too_deep(), level);
    }
    let mut writer = Writer::new(chunk, level);
    writer.head();
    writer.body();
    out.push_str(&writer.out);
    for inner in &chunk.sub_chunks {
        indent(out, level);
        out.push_str(".chunk\n");
        write_chunk(out, inner, level + 1);
        indent(out, level);
        out.push_str(".endchunk\n");
    }
}

fn indent(out: &mut String, level: usize) {
    out.extend(std::iter::repeat_n("    ", level));
}

/// How the items of one pool are written.
struct Pool {
    /// Text of each item that can be written out where it is used.
    texts: Vec<Option<String>>,
    /// So many items are declared at the head.
    declared: usize,
}

impl Pool {
    /// `items` are the items as they would be written out, and whether they had better be; `uses` are
    /// the indices in the order in which the text mentions them.
    fn new(items: Vec<(String, bool)>, uses: impl Iterator<Item = usize>) -> Pool {
        let mut first_use = vec![None; items.len()];
        for (position, index) in uses.enumerate() {
            if let Some(first) = first_use.get_mut(index) {
                first.get_or_insert(position);
            }
        }
        // A text stands for the first item that has it.
        let mut seen = HashSet::new();
        let is_first: Vec<bool> = items.iter().map(|(text, _)| seen.insert(text.as_str())).collect();
        let texts: Vec<Option<String>> = items
            .into_iter()
            .zip(is_first)
            .map(|((text, writable), is_first)| (writable && is_first).then_some(text))
            .collect();
        let mut declared = texts.len();
        let mut next_use = usize::MAX;
        while let Some(index) = declared.checked_sub(1)
            && texts[index].is_some()
            && let Some(first) = first_use[index].filter(|first| *first < next_use)
        {
            next_use = first;
            declared = index;
        }
        Pool { texts, declared }
    }

    /// Writes a use of an item.
    fn write(&self, out: &mut String, index: u64) {
        match usize::try_from(index).ok().and_then(|index| self.texts.get(index)) {
            Some(Some(text)) => out.push_str(text),
            _ => push(out, format_args!("#{index}")),
        }
    }
}

struct Writer<'a> {
    chunk: &'a Chunk,
    level: usize,
    /// Whether a label stands before an op, or at the end.
    labelled: Vec<bool>,
    /// Whether the subs, which are in order, stand at their entries.
    subs_in_place: bool,
    names: Pool,
    constants: Pool,
    /// Constants that only jump tables use and that list op indices.
    is_table: Vec<bool>,
    out: String,
}

fn name_pool(chunk: &Chunk, subs_in_place: bool) -> Pool {
    let items = chunk.names.iter().map(|name| {
        let mut text = String::new();
        write_name(&mut text, name);
        let writable = text.len() <= MAX_INLINE;
        (text, writable)
    });
    // The subs that come before an op in the text come before it here.
    let mut subs = chunk.sub_entries.iter().peekable();
    let mut uses = Vec::new();
    for (index, op) in chunk.ops.iter().enumerate() {
        while let Some((name, _)) = subs.next_if(|(_, ip)| !subs_in_place || *ip <= index) {
            uses.push(usize::from(*name));
        }
        uses.extend(operands_of(op, OperandKind::Name));
    }
    uses.extend(subs.map(|(name, _)| usize::from(*name)));
    Pool::new(items.collect(), uses.into_iter())
}

fn constant_pool(chunk: &Chunk, is_table: &[bool]) -> Pool {
    let mut use_count = vec![0_usize; chunk.constants.len()];
    // A jump table writes only tables out.
    let mut misused = vec![false; chunk.constants.len()];
    let mut uses = Vec::new();
    for op in &chunk.ops {
        for index in operands_of(op, OperandKind::Const) {
            uses.push(index);
            if let Some(count) = use_count.get_mut(index) {
                *count += 1;
                misused[index] |= matches!(op, Op::JumpTable(_)) && !is_table[index];
            }
        }
    }
    let items = chunk.constants.iter().enumerate().map(|(index, constant)| {
        let text = constant_text(constant, is_table[index]);
        let fits = text.len() <= MAX_INLINE || is_table[index] && use_count[index] == 1;
        (text, fits && !misused[index])
    });
    Pool::new(items.collect(), uses.into_iter())
}

/// A constant written out, as a jump table if it is one.
fn constant_text(constant: &Const, is_table: bool) -> String {
    let mut text = String::new();
    match constant {
        Const::Array(targets) if is_table => {
            for (index, target) in targets.iter().enumerate() {
                text.push(if index == 0 { '[' } else { ' ' });
                if let Const::Int(ip) = target {
                    push(&mut text, format_args!("L{ip}"));
                }
            }
            text.push(']');
        }
        _ => write_constant(&mut text, constant, Const::MAX_DEPTH),
    }
    text
}

impl<'a> Writer<'a> {
    fn new(chunk: &'a Chunk, level: usize) -> Writer<'a> {
        let subs_in_place = chunk.sub_entries.is_sorted_by_key(|(_, ip)| *ip)
            && chunk.sub_entries.last().is_none_or(|(_, ip)| *ip <= chunk.ops.len());
        let is_table = find_tables(chunk);
        Writer {
            chunk,
            level,
            labelled: find_labels(chunk, &is_table),
            subs_in_place,
            names: name_pool(chunk, subs_in_place),
            constants: constant_pool(chunk, &is_table),
            is_table,
            out: String::new(),
        }
    }

    fn indent(&mut self, deeper: usize) {
        indent(&mut self.out, self.level + deeper);
    }

    /// A line of a directive.
    fn directive(&mut self, text: std::fmt::Arguments<'_>) {
        self.indent(0);
        push(&mut self.out, text);
        self.out.push('\n');
    }

    /// What stands before the ops.
    fn head(&mut self) {
        let chunk = self.chunk;
        let quoted = |text: &str| {
            let mut out = String::new();
            write_quoted(&mut out, text.as_bytes());
            out
        };
        if !chunk.source.is_empty() {
            self.directive(format_args!(".source {}", quoted(&chunk.source)));
        }
        if let Some(error) = &chunk.build_error {
            self.directive(format_args!(".build_error {}", quoted(&error.to_string())));
        }
        if chunk.integer_mode != IntegerMode::default() {
            let (name, _) = IntegerMode::ALL[chunk.integer_mode.number()];
            self.directive(format_args!(".integer_mode {name}"));
        }
        if chunk.div_zero_error {
            self.directive(format_args!(".div_zero_error"));
        }
        for decl in &chunk.extensions {
            let wide = if decl.wide { " wide" } else { "" };
            let effects: String = decl.effects.names().flat_map(|name| [" ", name]).collect();
            self.directive(format_args!(
                ".extension {}{wide} {} {}{effects}",
                decl.id, decl.pops, decl.pushes
            ));
        }
        for (index, name) in chunk.names[..self.names.declared].iter().enumerate() {
            let mut text = String::new();
            write_name(&mut text, name);
            self.directive(format_args!(".name {text} ; #{index}"));
        }
        for (index, constant) in chunk.constants[..self.constants.declared].iter().enumerate() {
            let is_table = self.is_table[index];
            let directive = if is_table { ".table" } else { ".const" };
            let text = constant_text(constant, is_table);
            self.directive(format_args!("{directive} {text} ; #{index}"));
        }
        if chunk.lines.len() != chunk.ops.len() {
            let lines: Vec<String> = chunk.lines.iter().map(u32::to_string).collect();
            self.directive(format_args!(".lines [{}]", lines.join(" ")));
        }
        if !self.subs_in_place {
            for (name, ip) in &chunk.sub_entries {
                self.sub(*name, Some(*ip));
            }
        }
        for (block, (start, end)) in chunk.block_ranges.iter().enumerate() {
            if !self.in_place(*start, *end) {
                self.directive(format_args!(".block {block} {start} {end}"));
            }
        }
    }

    /// Whether a block can stand around its ops.
    fn in_place(&self, start: usize, end: usize) -> bool {
        start < end && end <= self.chunk.ops.len()
    }

    fn sub(&mut self, name: u16, ip: Option<usize>) {
        self.indent(0);
        self.out.push_str(".sub ");
        self.names.write(&mut self.out, name.into());
        if let Some(ip) = ip {
            push(&mut self.out, format_args!(" {ip}"));
        }
        self.out.push('\n');
    }

    /// The ops, with what stands between them.
    fn body(&mut self) {
        let chunk = self.chunk;
        let mut subs = if self.subs_in_place { chunk.sub_entries.iter() } else { [].iter() }.peekable();
        let blocks = self.block_marks();
        let mut blocks = blocks.iter().peekable();
        let mut line = 0;
        for index in 0..=chunk.ops.len() {
            while let Some((_, block, starts)) = blocks.next_if(|(ip, ..)| *ip == index) {
                let directive = if *starts { ".block" } else { ".endblock" };
                self.directive(format_args!("{directive} {block}"));
            }
            while let Some((name, _)) = subs.next_if(|(_, ip)| *ip == index) {
                self.sub(*name, None);
            }
            if self.labelled[index] {
                self.directive(format_args!("L{index}:"));
            }
            let Some(op) = chunk.ops.get(index) else { break };
            if chunk.lines.len() == chunk.ops.len() && chunk.lines[index] != line {
                line = chunk.lines[index];
                self.directive(format_args!(".line {line}"));
            }
            self.indent(1);
            self.op(op);
            self.out.push('\n');
        }
    }

    /// Where blocks end and begin: op index, block, whether it begins; ends come first.
    fn block_marks(&self) -> Vec<(usize, usize, bool)> {
        let in_place = |(_, (start, end)): &(usize, &(usize, usize))| self.in_place(*start, *end);
        let blocks = self.chunk.block_ranges.iter().enumerate().filter(in_place);
        let mut marks: Vec<(usize, usize, bool)> =
            blocks.flat_map(|(block, (start, end))| [(*start, block, true), (*end, block, false)]).collect();
        marks.sort_by_key(|(ip, _, starts)| (*ip, *starts));
        marks
    }

    fn op(&mut self, op: &Op) {
        let info = op.info();
        self.out.push_str(info.name);
        for (operand, known) in op.operands().iter().zip(info.operands) {
            self.out.push(' ');
            let out = &mut self.out;
            match operand.kind {
                OperandKind::Int | OperandKind::Int32 => push(out, format_args!("{}", operand.bits as i64)),
                OperandKind::Float => write_float(out, f64::from_bits(operand.bits)),
                OperandKind::Name => self.names.write(out, operand.bits),
                OperandKind::Const => self.constants.write(out, operand.bits),
                OperandKind::Jump if operand.bits as usize <= self.chunk.ops.len() => {
                    push(out, format_args!("L{}", operand.bits));
                }
                OperandKind::Byte => {
                    match Mode::of(info, known).and_then(|mode| mode.name(operand.bits as u8)) {
                        Some(name) => out.push_str(name),
                        None => push(out, format_args!("{}", operand.bits)),
                    }
                }
                _ => push(out, format_args!("{}", operand.bits)),
            }
        }
    }
}

/// The operands of one kind, as pool indices.
fn operands_of(op: &Op, kind: OperandKind) -> impl Iterator<Item = usize> {
    let operands = op.operands();
    (0..operands.len()).filter(move |i| operands[*i].kind == kind).map(move |i| operands[i].bits as usize)
}

/// The constants that are written as jump tables: used by JumpTable only, and listing ops of the chunk.
fn find_tables(chunk: &Chunk) -> Vec<bool> {
    let mut used = HashMap::new();
    for op in &chunk.ops {
        for index in operands_of(op, OperandKind::Const) {
            *used.entry(index).or_insert(true) &= matches!(op, Op::JumpTable(_));
        }
    }
    let in_range = |constant: &Const| {
        constant.jump_targets().is_some_and(|targets| targets.iter().all(|ip| *ip <= chunk.ops.len()))
    };
    let constants = chunk.constants.iter().enumerate();
    constants.map(|(index, constant)| used.get(&index) == Some(&true) && in_range(constant)).collect()
}

/// The op indices, and the end, that jumps and jump tables mention.
fn find_labels(chunk: &Chunk, is_table: &[bool]) -> Vec<bool> {
    let mut labelled = vec![false; chunk.ops.len() + 1];
    let tables = chunk.constants.iter().zip(is_table).filter(|(_, is_table)| **is_table);
    let in_tables = tables.filter_map(|(constant, _)| constant.jump_targets()).flatten();
    for target in chunk.ops.iter().filter_map(Op::jump_target).chain(in_tables) {
        if let Some(label) = labelled.get_mut(target) {
            *label = true;
        }
    }
    labelled
}
