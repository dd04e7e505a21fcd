//! The assembler: text to chunk, in one pass, with labels resolved at the end of each chunk.

use super::lexer::{Fault, Line, Place, Token};
use super::suggest::did_you_mean;
use super::{AsmError, Assembly, OpPlaces};
use crate::chunk::{BuildError, Chunk, Const, ExtensionDecl, HashKey, IntegerMode, nesting};
use crate::op::float_text::parse_float;
use crate::op::{Effects, Mode, Op, OpInfo, OperandInfo, OperandKind};
use std::collections::HashMap;

/// Makes a chunk of its text form, see the module's head. The chunk is not verified.
///
/// ```
/// use fusevm::chunk::text::assemble;
/// let chunk = assemble("two.fvm", "LoadInt 1\nDup\nAdd").unwrap();
/// assert_eq!(chunk.ops.len(), 3);
/// let error = assemble("bad.fvm", "  LodInt 1").unwrap_err();
/// assert_eq!(error.to_string(), "bad.fvm:1:3: unknown op `LodInt`; did you mean `LoadInt`?");
/// ```
///
/// # Errors
/// The first mistake, with its line and column. `source_name` names the text in it.
pub fn assemble(source_name: &str, text: &str) -> Result<Chunk, AsmError> {
    let assembly = Assembly::new(source_name, text, 1).map_err(|mut errors| errors.swap_remove(0))?;
    Ok(assembly.chunk)
}

impl Assembly {
    /// As [`assemble`], for people who write the text: tells all of its mistakes, and where its ops stand.
    ///
    /// # Errors
    /// The mistakes in the order of the text, no more than `most`, which is at least 1. `source_name` names
    /// the text in them.
    pub fn new(source_name: &str, text: &str, most: usize) -> Result<Assembly, Vec<AsmError>> {
        Assembler::default().text(text, most.max(1)).map_err(|mut faults| {
            faults.sort_by_key(|(place, _)| *place);
            let lines: Vec<&str> = text.lines().collect();
            let error = |(place, message): Fault| {
                let line = lines.get(place.line).copied().unwrap_or_default();
                let before = line.get(..place.offset).unwrap_or(line);
                AsmError {
                    source: source_name.to_string(),
                    line: place.line + 1,
                    column: before.chars().count() + 1,
                    message: shortened(message),
                }
            };
            faults.into_iter().map(error).collect()
        })
    }
}

/// A message that a person can read: what it cites can be as long as the text.
fn shortened(message: String) -> String {
    const ENOUGH: usize = 200;
    match message.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// What is known of a chunk whose text is being read.
#[derive(Default)]
struct Assembler<'a> {
    chunk: Chunk,
    /// Source line of the following ops.
    line: u32,
    labels: HashMap<&'a str, usize>,
    /// Ops that jump to labels.
    jumps: Vec<(usize, &'a str, Place)>,
    /// Elements of jump tables that are labels: constant, element, label.
    table_labels: Vec<(usize, usize, &'a str, Place)>,
    /// Pool items that can be written out, by what is written; of equal ones the first.
    names: HashMap<String, u16>,
    constants: HashMap<String, u16>,
    blocks: HashMap<usize, Block>,
    /// The list that `.lines` gives.
    all_lines: Option<Vec<u32>>,
    /// Where the chunk begins.
    opened_at: Option<Place>,
    /// Where the ops stand.
    places: OpPlaces,
}

/// The mistakes that were found, up to as many as were asked for.
struct Faults {
    found: Vec<Fault>,
    most: usize,
}

impl Faults {
    fn add(&mut self, fault: Fault) {
        if !self.are_enough() {
            self.found.push(fault);
        }
    }

    fn are_enough(&self) -> bool {
        self.found.len() >= self.most
    }
}

#[derive(Clone, Copy)]
struct Block {
    start: usize,
    /// `None` until `.endblock`.
    end: Option<usize>,
    place: Place,
}

const DIRECTIVES: [&str; 15] = [
    ".block",
    ".build_error",
    ".chunk",
    ".const",
    ".div_zero_error",
    ".endblock",
    ".endchunk",
    ".extension",
    ".integer_mode",
    ".line",
    ".lines",
    ".name",
    ".source",
    ".sub",
    ".table",
];

impl<'a> Assembler<'a> {
    /// Assembles a whole text. A line with a mistake is left out, and the next one is looked at, until
    /// `most` mistakes are found.
    fn text(mut self, text: &'a str, most: usize) -> Result<Assembly, Vec<Fault>> {
        let mut outer: Vec<Assembler<'a>> = Vec::new();
        let mut faults = Faults { found: Vec::new(), most };
        for (index, line) in text.lines().enumerate() {
            let mut line = Line::new(line, index);
            if let Err(fault) = self.line(&mut line, &mut outer, &mut faults) {
                faults.add(fault);
            }
            if faults.are_enough() {
                return Err(faults.found);
            }
        }
        while let Some(around) = outer.pop() {
            if let Some(place) = self.opened_at {
                faults.add((place, "`.chunk` without `.endchunk`".into()));
            }
            self.end_chunk(around, &mut faults);
        }
        let (chunk, places) = self.finish(&mut faults);
        if faults.found.is_empty() { Ok(Assembly { chunk, places }) } else { Err(faults.found) }
    }

    /// Assembles a line. `outer` are the chunks around this one; faults in what waited for the end of a
    /// chunk join `faults`.
    fn line(
        &mut self,
        line: &mut Line<'a>,
        outer: &mut Vec<Assembler<'a>>,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        match self.labels_then_word(line)? {
            None => return Ok(()),
            Some((".chunk", place)) => {
                if outer.len() == Chunk::MAX_NESTING {
                    return Err((place, nesting::chunk_error()));
                }
                outer.push(std::mem::take(self));
                self.opened_at = Some(place);
            }
            Some((".endchunk", place)) => {
                let Some(around) = outer.pop() else {
                    return Err((place, "`.endchunk` without `.chunk`".into()));
                };
                self.end_chunk(around, faults);
            }
            Some((word, place)) if word.starts_with('.') => self.directive(word, place, line)?,
            Some((word, place)) => self.op(word, place, line)?,
        }
        let place = line.place();
        match line.token()? {
            Some(token) => Err((place, format!("{token} is one too many here"))),
            None => Ok(()),
        }
    }

    /// Goes on with the chunk around this one.
    fn end_chunk(&mut self, around: Assembler<'a>, faults: &mut Faults) {
        let (chunk, places) = std::mem::replace(self, around).finish(faults);
        self.chunk.sub_chunks.push(chunk);
        self.places.sub_chunks.push(places);
    }

    /// Takes the labels at the beginning of a line and returns the word after them, with its place.
    fn labels_then_word(&mut self, line: &mut Line<'a>) -> Result<Option<(&'a str, Place)>, Fault> {
        loop {
            let place = line.place();
            let word = match line.token()? {
                None => return Ok(None),
                Some(Token::Word(word)) => word,
                Some(token) => {
                    return Err((place, format!("expected an op, a label or a directive, not {token}")));
                }
            };
            if !line.take_mark(':')? {
                return Ok(Some((word, place)));
            }
            if self.labels.insert(word, self.chunk.ops.len()).is_some() {
                return Err((place, format!("label `{word}` is defined twice")));
            }
        }
    }

    fn directive(&mut self, word: &str, place: Place, line: &mut Line<'a>) -> Result<(), Fault> {
        let here = self.chunk.ops.len();
        match word {
            ".source" => self.chunk.source = quoted_text(line, "the name of the source")?,
            ".line" => self.line = integer(line, "a line number")?,
            ".lines" => self.all_lines = Some(list(line, |line| integer(line, "a line number"))?),
            ".build_error" => {
                self.chunk.build_error = Some(BuildError::new(quoted_text(line, "the error")?));
            }
            ".div_zero_error" => self.chunk.div_zero_error = true,
            ".integer_mode" => {
                let (place, mode) = word_of(line, "an integer mode")?;
                let known = IntegerMode::ALL.iter().find(|(name, _)| *name == mode);
                let suggestion = || did_you_mean(mode, IntegerMode::ALL.map(|(name, _)| name));
                let unknown = || (place, format!("unknown integer mode `{mode}`{}", suggestion()));
                self.chunk.integer_mode = known.ok_or_else(unknown)?.1;
            }
            ".extension" => {
                let decl = extension(line)?;
                self.chunk.extensions.push(decl);
            }
            ".name" => {
                let name = name_text(line)?;
                self.push_name(name);
            }
            ".const" => {
                let constant = constant(line, Const::MAX_DEPTH)?;
                self.push_constant(key_of(&constant), constant);
            }
            ".table" => {
                let (key, table) = self.table(line)?;
                self.push_constant(key, table);
            }
            ".sub" => {
                let name = self.name_index(line)?;
                let ip = if line.peek()?.is_some() { integer(line, "an op index")? } else { here };
                self.chunk.sub_entries.push((name, ip));
            }
            ".block" => {
                let index = integer(line, "the number of the block")?;
                let mut block = Block { start: here, end: None, place };
                if line.peek()?.is_some() {
                    block.start = integer(line, "an op index")?;
                    block.end = Some(integer(line, "an op index")?);
                }
                if self.blocks.insert(index, block).is_some() {
                    return Err((place, format!("block {index} is defined twice")));
                }
            }
            ".endblock" => {
                let index: usize = integer(line, "the number of the block")?;
                match self.blocks.get_mut(&index) {
                    Some(block @ Block { end: None, .. }) => block.end = Some(here),
                    _ => return Err((place, format!("`.endblock {index}` without `.block {index}`"))),
                }
            }
            _ => {
                return Err((place, format!("unknown directive `{word}`{}", did_you_mean(word, DIRECTIVES))));
            }
        }
        Ok(())
    }

    fn op(&mut self, word: &str, place: Place, line: &mut Line<'a>) -> Result<(), Fault> {
        let Some(ordinal) = Op::ordinal_of_name(word) else {
            let suggestion = did_you_mean(word, Op::table().iter().map(|info| info.name));
            return Err((place, format!("unknown op `{word}`{suggestion}")));
        };
        let info = &Op::table()[ordinal];
        let mut bits = [0; 4];
        for (place, operand) in bits.iter_mut().zip(info.operands) {
            *place = self.operand(info, operand, line)?;
        }
        let op = Op::from_ordinal(ordinal, &bits[..info.operands.len()]);
        let op = op.ok_or_else(|| (place, format!("an operand of {word} is out of range")))?;
        self.chunk.ops.push(op);
        self.chunk.lines.push(self.line);
        self.places.push(place);
        Ok(())
    }

    /// Reads one operand, as raw bits.
    fn operand(&mut self, info: &OpInfo, operand: &OperandInfo, line: &mut Line<'a>) -> Result<u64, Fault> {
        let place = line.place();
        let Some(next) = line.peek()? else {
            return Err((place, format!("{} needs its operand `{}`", info.name, operand.name)));
        };
        Ok(match operand.kind {
            OperandKind::Int => integer::<i64>(line, operand.name)? as u64,
            OperandKind::Int32 => i64::from(integer::<i32>(line, operand.name)?) as u64,
            OperandKind::Float => float(line)?.to_bits(),
            OperandKind::Name => self.name_index(line)?.into(),
            OperandKind::Const => self.constant_index(info, line)?.into(),
            OperandKind::Jump => match next {
                Token::Word(label) => {
                    line.token()?;
                    self.jumps.push((self.chunk.ops.len(), label, place));
                    0
                }
                _ => integer::<usize>(line, "a label or an op index")? as u64,
            },
            OperandKind::Byte => match (next, Mode::of(info, operand)) {
                (Token::Word(word), Some(mode)) => {
                    line.token()?;
                    let names = || mode.constants.iter().map(|(name, _)| *name);
                    let known = mode.constants.iter().find(|(name, _)| *name == word);
                    let unknown = || format!("unknown {} `{word}`{}", mode.what, did_you_mean(word, names()));
                    known.ok_or_else(|| (place, unknown()))?.1.into()
                }
                _ => integer::<u8>(line, operand.name)?.into(),
            },
            OperandKind::Count | OperandKind::Index => integer::<u8>(line, operand.name)?.into(),
            OperandKind::Slot
            | OperandKind::Block
            | OperandKind::SubChunk
            | OperandKind::Count16
            | OperandKind::Id => integer::<u16>(line, operand.name)?.into(),
            OperandKind::Word => integer::<usize>(line, operand.name)? as u64,
        })
    }

    /// Adds a name as the next of the pool; names beyond the reach of an index are kept, too.
    fn push_name(&mut self, name: String) {
        if let Ok(index) = u16::try_from(self.chunk.names.len()) {
            self.names.entry(name.clone()).or_insert(index);
        }
        self.chunk.names.push(name);
    }

    fn push_constant(&mut self, key: String, constant: Const) {
        if let Ok(index) = u16::try_from(self.chunk.constants.len()) {
            self.constants.entry(key).or_insert(index);
        }
        self.chunk.constants.push(constant);
    }

    /// `#3`, or a name that joins the pool.
    fn name_index(&mut self, line: &mut Line<'a>) -> Result<u16, Fault> {
        let place = line.place();
        if line.take_mark('#')? {
            return integer(line, "the number of a name");
        }
        let name = name_text(line)?;
        if let Some(index) = self.names.get(&name) {
            return Ok(*index);
        }
        let full = || (place, "more than 65,536 names in one chunk".to_string());
        let index = u16::try_from(self.chunk.names.len()).map_err(|_| full())?;
        self.push_name(name);
        Ok(index)
    }

    /// `#3`, or a constant that joins the pool.
    fn constant_index(&mut self, info: &OpInfo, line: &mut Line<'a>) -> Result<u16, Fault> {
        let place = line.place();
        if line.take_mark('#')? {
            return integer(line, "the number of a constant");
        }
        let labels_before = self.table_labels.len();
        let (key, constant) = if info.flow == crate::op::Flow::Table {
            self.table(line)?
        } else {
            let constant = constant(line, Const::MAX_DEPTH)?;
            (key_of(&constant), constant)
        };
        if let Some(index) = self.constants.get(&key) {
            self.table_labels.truncate(labels_before);
            return Ok(*index);
        }
        let full = || (place, "more than 65,536 constants in one chunk".to_string());
        let index = u16::try_from(self.chunk.constants.len()).map_err(|_| full())?;
        self.push_constant(key, constant);
        Ok(index)
    }

    /// A jump table: labels and op indices. Labels are resolved at the end, in the constant that is
    /// pushed next.
    fn table(&mut self, line: &mut Line<'a>) -> Result<(String, Const), Fault> {
        let constant = self.chunk.constants.len();
        let mut key = "table".to_string();
        let mut element = 0;
        let targets = list(line, |line| {
            let place = line.place();
            let target = match line.peek()? {
                Some(Token::Word(label)) => {
                    line.token()?;
                    self.table_labels.push((constant, element, label, place));
                    key.extend([" ", label]);
                    Const::Int(0)
                }
                _ => {
                    let ip: i64 = integer(line, "a label or an op index")?;
                    super::literal::push(&mut key, format_args!(" {ip}"));
                    Const::Int(ip)
                }
            };
            element += 1;
            Ok(target)
        })?;
        Ok((key, Const::Array(targets)))
    }

    /// Resolves what had to wait for the chunk's end.
    fn finish(mut self, faults: &mut Faults) -> (Chunk, OpPlaces) {
        let mut resolve = |label: &str, place: Place| {
            let target = self.labels.get(label).copied();
            if target.is_none() && !faults.are_enough() {
                let suggestion = did_you_mean(label, self.labels.keys().copied());
                faults.add((place, format!("jump to unknown label `{label}`{suggestion}")));
            }
            target.unwrap_or_default()
        };
        for (op, label, place) in &self.jumps {
            let op = &mut self.chunk.ops[*op];
            *op = op.with_jump_target(resolve(label, *place));
        }
        for (constant, element, label, place) in &self.table_labels {
            let target = resolve(label, *place);
            if let Const::Array(targets) = &mut self.chunk.constants[*constant] {
                targets[*element] = Const::Int(target as i64);
            }
        }
        let mut blocks: Vec<(usize, Block)> = self.blocks.into_iter().collect();
        blocks.sort_by_key(|(index, _)| *index);
        for (expected, (index, block)) in blocks.into_iter().enumerate() {
            if index != expected {
                faults.add((block.place, format!("there is a block {index} but no block {expected}")));
                break;
            }
            match block.end {
                Some(end) => self.chunk.block_ranges.push((block.start, end)),
                None => faults.add((block.place, format!("`.block {index}` without `.endblock {index}`"))),
            }
        }
        if let Some(lines) = self.all_lines {
            self.chunk.lines = lines;
        }
        (self.chunk, self.places)
    }
}

/// What stands for a written-out constant in the assembler's map: its canonical text.
fn key_of(constant: &Const) -> String {
    let mut key = String::new();
    super::literal::write_constant(&mut key, constant, Const::MAX_DEPTH);
    key
}

/// `7 wide 1 2 reads host`, `wide` being optional.
fn extension(line: &mut Line<'_>) -> Result<ExtensionDecl, Fault> {
    let id = integer(line, "the extension's id")?;
    let wide = line.peek()? == Some(Token::Word("wide"));
    if wide {
        line.token()?;
    }
    let pops = integer(line, "the number of values that it pops")?;
    let pushes = integer(line, "the number of values that it pushes")?;
    let mut effects = Effects::PURE;
    while line.peek()?.is_some() {
        let (place, word) = word_of(line, "an effect")?;
        let known = Effects::EACH.into_iter().find(|(_, name)| *name == word);
        let suggestion = || did_you_mean(word, Effects::EACH.map(|(_, name)| name));
        let unknown = || (place, format!("unknown effect `{word}`{}", suggestion()));
        effects = effects.union(known.ok_or_else(unknown)?.0);
    }
    Ok(ExtensionDecl { id, wide, pops, pushes, effects })
}

/// Takes a token, which must be there.
fn expect<'a>(line: &mut Line<'a>, what: &str) -> Result<(Place, Token<'a>), Fault> {
    let place = line.place();
    let token = line.token()?.ok_or_else(|| (place, format!("expected {what}, but the line ends")))?;
    Ok((place, token))
}

fn word_of<'a>(line: &mut Line<'a>, what: &str) -> Result<(Place, &'a str), Fault> {
    match expect(line, what)? {
        (place, Token::Word(word)) => Ok((place, word)),
        (place, token) => Err((place, format!("expected {what}, not {token}"))),
    }
}

fn quoted_text(line: &mut Line<'_>, what: &str) -> Result<String, Fault> {
    match expect(line, what)? {
        (place, Token::Quoted(bytes)) => utf8(bytes, place),
        (place, token) => Err((place, format!("expected {what} in quotes, not {token}"))),
    }
}

fn utf8(bytes: Vec<u8>, place: Place) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| (place, "the string is not UTF-8".into()))
}

fn name_text(line: &mut Line<'_>) -> Result<String, Fault> {
    match expect(line, "a name")? {
        (_, Token::Word(word)) => Ok(word.to_string()),
        (place, Token::Quoted(bytes)) => utf8(bytes, place),
        (place, token) => Err((place, format!("expected a name, not {token}"))),
    }
}

fn mark(line: &mut Line<'_>, mark: char) -> Result<(), Fault> {
    match expect(line, &format!("`{mark}`"))? {
        (_, Token::Mark(found)) if found == mark => Ok(()),
        (place, token) => Err((place, format!("expected `{mark}`, not {token}"))),
    }
}

/// A bracketed list.
fn list<'a, T>(
    line: &mut Line<'a>,
    mut item: impl FnMut(&mut Line<'a>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    mark(line, '[')?;
    let mut items = Vec::new();
    while !line.take_mark(']')? {
        items.push(item(line)?);
    }
    Ok(items)
}

/// An integer, decimal or hexadecimal, that must fit its type.
fn integer<T: TryFrom<i128>>(line: &mut Line<'_>, what: &str) -> Result<T, Fault> {
    let (place, token) = expect(line, what)?;
    let Token::Number(text) = token else { return Err((place, format!("expected {what}, not {token}"))) };
    let value = match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let fits = value
        .map_err(|_| format!("`{text}` is no integer"))
        .and_then(|value| T::try_from(value).map_err(|_| format!("{text} is out of range for {what}")));
    fits.map_err(|message| (place, message))
}

/// A float; an integer counts as one.
fn float(line: &mut Line<'_>) -> Result<f64, Fault> {
    let (place, token) = expect(line, "a float")?;
    let value = match token {
        Token::Number(text) => parse_float(text),
        Token::Word("inf") => Some(f64::INFINITY),
        Token::Word("nan") => nan(line)?,
        _ => None,
    };
    value.ok_or_else(|| (place, format!("expected a float, not {token}")))
}

/// What follows the word `nan`: nothing, or the bits in parentheses.
fn nan(line: &mut Line<'_>) -> Result<Option<f64>, Fault> {
    if !line.take_mark('(')? {
        return Ok(Some(f64::NAN));
    }
    let bits: u64 = integer(line, "the bits of the NaN")?;
    mark(line, ')')?;
    Ok(Some(f64::from_bits(bits)).filter(|value| value.is_nan()))
}

/// A constant with at most `levels` of arrays and hashes.
fn constant(line: &mut Line<'_>, levels: usize) -> Result<Const, Fault> {
    const WHAT: &str = "a constant";
    let place = line.place();
    let Some(next) = line.peek()? else { return Err((place, format!("expected {WHAT}, but the line ends"))) };
    Ok(match next {
        Token::Number(text) if text.contains(['.', 'n']) => Const::Float(float(line)?),
        Token::Number(text) if text.contains(['e', 'E']) && !text.starts_with("0x") => {
            Const::Float(float(line)?)
        }
        Token::Number(_) => Const::Int(integer(line, WHAT)?),
        Token::Word("inf" | "nan") => Const::Float(float(line)?),
        Token::Mark('[' | '{') if levels == 0 => return Err((place, nesting::constant_error())),
        Token::Mark('[') => Const::Array(list(line, |line| constant(line, levels - 1))?),
        Token::Mark('{') => {
            line.token()?;
            let mut entries = Vec::new();
            while !line.take_mark('}')? {
                let (place, key) = expect(line, "a key in quotes")?;
                let Token::Quoted(key) = key else {
                    return Err((place, format!("expected a key in quotes, not {key}")));
                };
                mark(line, ':')?;
                entries.push((HashKey(key), constant(line, levels - 1)?));
            }
            Const::Hash(entries)
        }
        _ => match line.token()? {
            Some(Token::Quoted(bytes)) => Const::Str(bytes),
            Some(Token::Word("undef")) => Const::Undef,
            Some(Token::Word("true")) => Const::Bool(true),
            Some(Token::Word("false")) => Const::Bool(false),
            Some(Token::Word("status")) => Const::Status(in_parentheses(line, |l| integer(l, "a status"))?),
            Some(Token::Word("native")) => {
                Const::NativeFn(in_parentheses(line, |l| integer(l, "a builtin"))?)
            }
            Some(Token::Word("unsupported")) => {
                Const::Unsupported(in_parentheses(line, |line| quoted_text(line, "the reason"))?)
            }
            _ => return Err((place, format!("expected {WHAT}, not {next}"))),
        },
    })
}

fn in_parentheses<'a, T>(
    line: &mut Line<'a>,
    inner: impl FnOnce(&mut Line<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    mark(line, '(')?;
    let value = inner(line)?;
    mark(line, ')')?;
    Ok(value)
}
