//! The binary form of chunks.
//!
//! ```text
//! magic      8 bytes
//! version    u32, little-endian
//! op table   u64, little-endian: hash of the op table that the chunk was made with
//! checksum   u64, little-endian: FNV-1a of the rest
//! chunk      as below
//! ```
//!
//! Integers are LEB128 varints, signed ones zig-zag coded; floats are 8 bytes, little-endian; a string
//! or list is its length and its items. A chunk is its fields in the order that `Writer::chunk` gives.
//! The checksum finds damage, it is no proof of origin: the reader checks everything, and allocates in
//! proportion to the input only.

use super::{BuildError, Chunk, Const, ExtensionDecl, HashKey, IntegerMode, nesting};
use crate::fnv::Fnv1a;
use crate::op::{Effects, Op, OperandKind};
use std::fmt;

const MAGIC: [u8; 8] = *b"\x7ffusevm\n";
const VERSION: u32 = 1;
const HEADER_LEN: usize = 8 + 4 + 8 + 8;

/// Why bytes are no chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where in the bytes.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for DecodeError {}

impl Chunk {
    /// The binary form. What nests deeper than [`Const::MAX_DEPTH`] or [`Chunk::MAX_NESTING`] and thus
    /// can never run is replaced by its error.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer { bytes: Vec::with_capacity(HEADER_LEN + 4 * self.ops.len()) };
        writer.bytes.extend(MAGIC);
        writer.bytes.extend(VERSION.to_le_bytes());
        writer.bytes.extend(Op::table_hash().to_le_bytes());
        writer.bytes.extend([0; 8]);
        writer.chunk(self, Chunk::MAX_NESTING);
        let checksum = checksum(&writer.bytes);
        writer.bytes[HEADER_LEN - 8..HEADER_LEN].copy_from_slice(&checksum.to_le_bytes());
        writer.bytes
    }

    /// Whether bytes begin as the binary form does.
    pub fn is_binary(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Reads the binary form. The chunk is not verified.
    ///
    /// # Errors
    /// The bytes are damaged, cut short, followed by others, or made by another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Chunk, DecodeError> {
        let mut reader = Reader { bytes, offset: 0 };
        if reader.array()? != MAGIC {
            return Err(DecodeError { offset: 0, message: "this is no fusevm chunk".into() });
        }
        let version = u32::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(
                reader.error(format!("format version {version}, this fusevm reads version {VERSION}"))
            );
        }
        if u64::from_le_bytes(reader.array()?) != Op::table_hash() {
            return Err(reader.error("made with another op table than this fusevm's"));
        }
        if u64::from_le_bytes(reader.array()?) != checksum(bytes) {
            return Err(reader.error("the content is damaged, its checksum differs"));
        }
        let chunk = reader.chunk(Chunk::MAX_NESTING)?;
        match reader.remaining() {
            0 => Ok(chunk),
            more => Err(reader.error(format!("{more} bytes follow the chunk"))),
        }
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = Fnv1a::default();
    hash.write(&bytes[HEADER_LEN..]);
    hash.finish()
}

/// Numbers of the kinds of constants.
mod kind {
    pub const UNDEF: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INT: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const STR: u8 = 5;
    pub const STATUS: u8 = 6;
    pub const NATIVE_FN: u8 = 7;
    pub const ARRAY: u8 = 8;
    pub const HASH: u8 = 9;
    pub const UNSUPPORTED: u8 = 10;
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.unsigned((value << 1 ^ value >> 63) as u64);
    }

    fn len(&mut self, len: usize) {
        self.unsigned(len as u64);
    }

    fn text(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn chunk(&mut self, chunk: &Chunk, levels: usize) {
        if levels == 0 && !chunk.sub_chunks.is_empty() {
            return self.chunk(&Chunk::too_deep(), 0);
        }
        self.text(chunk.source.as_bytes());
        self.bytes.push(chunk.integer_mode.number() as u8);
        self.bytes.push(chunk.div_zero_error.into());
        self.bytes.push(chunk.build_error.is_some().into());
        if let Some(error) = &chunk.build_error {
            self.text(error.to_string().as_bytes());
        }
        self.len(chunk.names.len());
        for name in &chunk.names {
            self.text(name.as_bytes());
        }
        self.len(chunk.constants.len());
        for constant in &chunk.constants {
            self.constant(constant, Const::MAX_DEPTH);
        }
        self.len(chunk.extensions.len());
        for decl in &chunk.extensions {
            self.unsigned(decl.id.into());
            self.bytes.extend([decl.wide.into(), decl.pops, decl.pushes, decl.effects.bits()]);
        }
        self.len(chunk.ops.len());
        for op in &chunk.ops {
            self.op(op);
        }
        self.len(chunk.lines.len());
        let mut before = 0;
        for line in &chunk.lines {
            self.signed(i64::from(*line) - before);
            before = i64::from(*line);
        }
        self.len(chunk.sub_entries.len());
        for (name, ip) in &chunk.sub_entries {
            self.unsigned((*name).into());
            self.len(*ip);
        }
        self.len(chunk.block_ranges.len());
        for (start, end) in &chunk.block_ranges {
            self.len(*start);
            self.len(*end);
        }
        self.len(chunk.sub_chunks.len());
        chunk.sub_chunks.iter().for_each(|inner| self.chunk(inner, levels - 1));
    }

    fn op(&mut self, op: &Op) {
        self.unsigned(op.code().into());
        for operand in op.operands().iter() {
            match operand.kind {
                OperandKind::Int | OperandKind::Int32 => self.signed(operand.bits as i64),
                OperandKind::Float => self.bytes.extend(operand.bits.to_le_bytes()),
                _ => self.unsigned(operand.bits),
            }
        }
    }

    fn constant(&mut self, constant: &Const, levels: usize) {
        match constant {
            Const::Undef => self.bytes.push(kind::UNDEF),
            Const::Bool(false) => self.bytes.push(kind::FALSE),
            Const::Bool(true) => self.bytes.push(kind::TRUE),
            Const::Int(value) => {
                self.bytes.push(kind::INT);
                self.signed(*value);
            }
            Const::Float(value) => {
                self.bytes.push(kind::FLOAT);
                self.bytes.extend(value.to_bits().to_le_bytes());
            }
            Const::Str(bytes) => {
                self.bytes.push(kind::STR);
                self.text(bytes);
            }
            Const::Status(code) => {
                self.bytes.push(kind::STATUS);
                self.signed((*code).into());
            }
            Const::NativeFn(id) => {
                self.bytes.push(kind::NATIVE_FN);
                self.unsigned((*id).into());
            }
            Const::Array(_) | Const::Hash(_) if levels == 0 => self.constant(&Const::too_deep(), 0),
            Const::Array(items) => {
                self.bytes.push(kind::ARRAY);
                self.len(items.len());
                items.iter().for_each(|item| self.constant(item, levels - 1));
            }
            Const::Hash(entries) => {
                self.bytes.push(kind::HASH);
                self.len(entries.len());
                for (key, value) in entries {
                    self.text(&key.0);
                    self.constant(value, levels - 1);
                }
            }
            Const::Unsupported(reason) => {
                self.bytes.push(kind::UNSUPPORTED);
                self.text(reason.as_bytes());
            }
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

type Decoded<T> = Result<T, DecodeError>;

impl<'a> Reader<'a> {
    fn error(&self, message: impl Into<String>) -> DecodeError {
        DecodeError { offset: self.offset, message: message.into() }
    }

    fn remaining(&self) -> usize {
        self.bytes.len() - self.offset
    }

    fn take(&mut self, len: usize) -> Decoded<&'a [u8]> {
        match self.bytes[self.offset..].get(..len) {
            Some(taken) => {
                self.offset += len;
                Ok(taken)
            }
            None => Err(self.error(format!("cut short: {len} bytes expected, {} left", self.remaining()))),
        }
    }

    fn array<const N: usize>(&mut self) -> Decoded<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Decoded<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Decoded<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.error(format!("{other} is no flag"))),
        }
    }

    fn unsigned(&mut self) -> Decoded<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.error("an integer of more than 64 bits"))
    }

    fn signed(&mut self) -> Decoded<i64> {
        self.unsigned().map(|value| (value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// An integer that must fit a smaller type.
    fn narrow<T: TryFrom<u64>>(&mut self, what: &str) -> Decoded<T> {
        let value = self.unsigned()?;
        T::try_from(value).map_err(|_| self.error(format!("{what} {value} is out of range")))
    }

    fn float(&mut self) -> Decoded<f64> {
        self.array().map(|bytes| f64::from_bits(u64::from_le_bytes(bytes)))
    }

    /// The length of a list; each item takes a byte at least, so the rest of the input bounds it.
    fn len(&mut self, what: &str) -> Decoded<usize> {
        let len = self.unsigned()?;
        match usize::try_from(len) {
            Ok(len) if len <= self.remaining() => Ok(len),
            _ => Err(self.error(format!("{len} {what} expected, only {} bytes left", self.remaining()))),
        }
    }

    fn list<T>(&mut self, what: &str, mut item: impl FnMut(&mut Self) -> Decoded<T>) -> Decoded<Vec<T>> {
        (0..self.len(what)?).map(|_| item(self)).collect()
    }

    fn bytes(&mut self) -> Decoded<Vec<u8>> {
        let len = self.len("bytes")?;
        self.take(len).map(<[u8]>::to_vec)
    }

    fn text(&mut self) -> Decoded<String> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes).map_err(|_| self.error("a text that is not UTF-8"))
    }

    fn chunk(&mut self, levels: usize) -> Decoded<Chunk> {
        let source = self.text()?;
        let mode = self.byte()?;
        let Some((_, integer_mode)) = IntegerMode::ALL.get(usize::from(mode)).copied() else {
            return Err(self.error(format!("integer mode {mode} is unknown")));
        };
        let div_zero_error = self.flag()?;
        let build_error = if self.flag()? { Some(BuildError::new(self.text()?)) } else { None };
        let names = self.list("names", Self::text)?;
        let constants = self.list("constants", |r| r.constant(Const::MAX_DEPTH))?;
        let extensions = self.list("extensions", Self::extension)?;
        let ops = self.list("ops", Self::op)?;
        let mut line = 0;
        let lines = self.list("lines", |r| {
            line = r.signed()?.checked_add(line).unwrap_or(-1);
            u32::try_from(line).map_err(|_| r.error("a line number is out of range"))
        })?;
        let sub_entries = self.list("subs", |r| Ok((r.narrow("name")?, r.narrow("op index")?)))?;
        let block_ranges = self.list("blocks", |r| Ok((r.narrow("op index")?, r.narrow("op index")?)))?;
        let sub_chunks = self.list("sub-chunks", |r| match levels.checked_sub(1) {
            Some(levels) => r.chunk(levels),
            None => Err(r.error(nesting::chunk_error())),
        })?;
        Ok(Chunk {
            ops,
            constants,
            names,
            lines,
            sub_entries,
            block_ranges,
            sub_chunks,
            source,
            extensions,
            integer_mode,
            div_zero_error,
            build_error,
        })
    }

    fn extension(&mut self) -> Decoded<ExtensionDecl> {
        let id = self.narrow("extension")?;
        let wide = self.flag()?;
        let [pops, pushes, effects] = self.array()?;
        if Effects::from_bits(effects).bits() != effects {
            return Err(self.error(format!("effects {effects:#04x} are unknown")));
        }
        Ok(ExtensionDecl { id, wide, pops, pushes, effects: Effects::from_bits(effects) })
    }

    fn op(&mut self) -> Decoded<Op> {
        let code: u16 = self.narrow("op code")?;
        let Some(ordinal) = Op::ordinal_of_code(code) else {
            return Err(self.error(format!("op code {code:#06x} is unknown")));
        };
        let info = &Op::table()[ordinal];
        let mut bits = [0; 4];
        for (place, operand) in bits.iter_mut().zip(info.operands) {
            *place = match operand.kind {
                OperandKind::Int | OperandKind::Int32 => self.signed()? as u64,
                OperandKind::Float => self.float()?.to_bits(),
                _ => self.unsigned()?,
            };
        }
        Op::from_ordinal(ordinal, &bits[..info.operands.len()])
            .ok_or_else(|| self.error(format!("an operand of {} is out of range", info.name)))
    }

    fn constant(&mut self, levels: usize) -> Decoded<Const> {
        Ok(match self.byte()? {
            kind::UNDEF => Const::Undef,
            kind::FALSE => Const::Bool(false),
            kind::TRUE => Const::Bool(true),
            kind::INT => Const::Int(self.signed()?),
            kind::FLOAT => Const::Float(self.float()?),
            kind::STR => Const::Str(self.bytes()?),
            kind::STATUS => {
                let code = self.signed()?;
                let code = i32::try_from(code);
                Const::Status(code.map_err(|_| self.error("a status is out of range"))?)
            }
            kind::NATIVE_FN => Const::NativeFn(self.narrow("builtin")?),
            kind::ARRAY | kind::HASH if levels == 0 => {
                return Err(self.error(nesting::constant_error()));
            }
            kind::ARRAY => Const::Array(self.list("items", |r| r.constant(levels - 1))?),
            kind::HASH => {
                Const::Hash(self.list("entries", |r| Ok((HashKey(r.bytes()?), r.constant(levels - 1)?)))?)
            }
            kind::UNSUPPORTED => Const::Unsupported(self.text()?),
            other => return Err(self.error(format!("constant kind {other} is unknown"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::samples::{Numbers, random_chunk, sample};

    /// A body with a right header around it.
    fn with_header(body: &[u8]) -> Vec<u8> {
        let mut bytes = Chunk::default().to_bytes()[..HEADER_LEN].to_vec();
        bytes.extend_from_slice(body);
        let checksum = checksum(&bytes);
        bytes[HEADER_LEN - 8..HEADER_LEN].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The sample's bytes after the header.
    fn body() -> Vec<u8> {
        sample().to_bytes()[HEADER_LEN..].to_vec()
    }

    #[test]
    fn chunks_round_trip() {
        assert_eq!(Chunk::from_bytes(&Chunk::default().to_bytes()), Ok(Chunk::default()));
        assert_eq!(Chunk::from_bytes(&sample().to_bytes()), Ok(sample()));
        let mut numbers = Numbers::new(2);
        for _ in 0..2_000 {
            // NaN constants differ from themselves, their bytes do not.
            let bytes = random_chunk(&mut numbers, 2).to_bytes();
            let back = Chunk::from_bytes(&bytes).expect("what was written can be read");
            assert_eq!(back.to_bytes(), bytes);
        }
    }

    #[test]
    fn headers_are_checked() {
        let good = sample().to_bytes();
        let changed = |offset: usize| {
            let mut bytes = good.clone();
            bytes[offset] ^= 1;
            Chunk::from_bytes(&bytes).expect_err("a changed byte").to_string()
        };
        assert_eq!(changed(0), "byte 0: this is no fusevm chunk");
        assert_eq!(changed(8), "byte 12: format version 0, this fusevm reads version 1");
        assert_eq!(changed(12), "byte 20: made with another op table than this fusevm's");
        assert_eq!(changed(20), "byte 28: the content is damaged, its checksum differs");
        assert_eq!(changed(40), "byte 28: the content is damaged, its checksum differs");
        let short = Chunk::from_bytes(&good[..5]).expect_err("five bytes");
        assert_eq!(short.to_string(), "byte 0: cut short: 8 bytes expected, 5 left");
    }

    #[test]
    fn bodies_are_checked() {
        let mut long = body();
        long.push(0);
        let cases: [(&[u8], &str); 9] = [
            (&long, "bytes follow the chunk"),
            (&[0xff; 12], "an integer of more than 64 bits"),
            (&[9, b'x'], "9 bytes expected, only 1 bytes left"),
            (&[0, 4], "integer mode 4 is unknown"),
            (&[0, 0, 2], "2 is no flag"),
            (&[0, 0, 0, 0, 1, 1, 0xff], "a text that is not UTF-8"),
            (&[0, 0, 0, 0, 0, 1, 11], "constant kind 11 is unknown"),
            (&[0, 0, 0, 0, 0, 0, 0, 1, 0x7f], "op code 0x007f is unknown"),
            (&[0, 0, 0, 0, 0, 0, 0, 1, 0x13, 0x80, 0x80, 4], "an operand of GetSlot is out of range"),
        ];
        for (body, expected) in cases {
            let error = Chunk::from_bytes(&with_header(body)).expect_err(expected).to_string();
            assert!(error.ends_with(expected), "{error}: {expected}");
        }
        let mut deep = vec![0, 0, 0, 0, 0, 1];
        deep.extend([kind::ARRAY, 1].repeat(100_000));
        let error = Chunk::from_bytes(&with_header(&deep)).expect_err("deep").to_string();
        assert!(error.ends_with("constants are nested deeper than 64 levels"), "{error}");
        let mut deep = Vec::new();
        for _ in 0..100_000 {
            deep.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        }
        let error = Chunk::from_bytes(&with_header(&deep)).expect_err("deep").to_string();
        assert!(error.ends_with("sub-chunks are nested deeper than 64 levels"), "{error}");
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_survived() {
        let body = body();
        for len in 0..body.len() {
            assert!(Chunk::from_bytes(&with_header(&body[..len])).is_err(), "cut at {len}");
        }
        for offset in 0..body.len() {
            for bit in 0..8 {
                let mut damaged = body.clone();
                damaged[offset] ^= 1 << bit;
                if let Ok(chunk) = Chunk::from_bytes(&with_header(&damaged)) {
                    assert_eq!(
                        Chunk::from_bytes(&chunk.to_bytes()).map(|c| c.to_bytes()),
                        Ok(chunk.to_bytes())
                    );
                    let _ = chunk.verify();
                }
            }
        }
    }

    #[test]
    fn what_nests_too_deep_is_written_as_its_error() {
        let constant = (0..100).fold(Const::Undef, |inner, _| Const::Array(vec![inner]));
        let chunk = Chunk { constants: vec![constant], ..Chunk::default() };
        let chunk = (0..100).fold(chunk, |inner, _| Chunk { sub_chunks: vec![inner], ..Chunk::default() });
        let back = Chunk::from_bytes(&chunk.to_bytes()).expect("what was written can be read");
        let error = back.verify().expect_err("nested too deep").to_string();
        assert!(error.starts_with("sub-chunks are nested deeper than 64 levels"), "{error}");
    }
}
