//! Chunks for tests: one that uses every feature, and chunks made at random, most of them invalid.

use super::{BuildError, Chunk, ChunkBuilder, Const, HashKey, IntegerMode};
use crate::op::{Effects, Op, OperandKind};

/// A generator of test numbers: SplitMix64.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.any() % limit as u64) as usize
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A small number mostly, a number of any size at times.
    fn size(&mut self, usual: usize) -> u64 {
        match self.below(8) {
            0 => self.any() >> self.below(64),
            _ => self.below(usual) as u64,
        }
    }
}

/// A valid chunk with something in every field.
pub fn sample() -> Chunk {
    let mut b = ChunkBuilder::new();
    b.set_source("sample.awk");
    b.set_integer_mode(IntegerMode::Promote);
    b.set_div_zero_error(true);
    b.declare_extension(7, true, 1, 2, Effects::READS.union(Effects::FAILS));
    let double = b.add_name("double");
    let total = b.add_name("a total");
    let text = b.add_constant("text");
    let bytes = b.add_constant(vec![0xff, b'"', b'\n']);
    let hash = b.add_constant(Const::Hash(vec![(HashKey(b"k".to_vec()), Const::Float(-0.0))]));
    b.add_constant(Const::Status(-3));
    b.add_constant(Const::NativeFn(9));
    for op in [Op::LoadConst(text), Op::LoadConst(bytes), Op::LoadConst(hash), Op::Print(3)] {
        b.emit(op, 3);
    }
    b.emit(Op::LoadInt(-5), 4);
    b.emit(Op::Call(double, 1), 4);
    b.emit(Op::SetVar(total), 4);
    b.emit(Op::GetArray(total), 1);
    b.emit(Op::MapBlock(0), 1);
    b.emit(Op::ExtendedWide(7, 1 << 40), 1);
    b.emit(Op::JumpIfFalse(12), 1);
    b.emit(Op::LoadFloat(1e300), 1);
    b.emit(Op::ReturnValue, 1);
    let start = b.emit(Op::Inc, 9);
    b.add_block_range(start, b.current_pos());
    let sub = b.emit(Op::SetSlot(0), 20);
    b.add_sub_entry(double, sub);
    b.emit(Op::AddAssignSlotVoid(0, 0), 21);
    b.emit(Op::SlotLtIntJumpIfFalse(0, -7, sub + 3), 21);
    b.emit(Op::GetSlot(0), 22);
    b.emit(Op::ReturnValue, 22);
    let mut inner = ChunkBuilder::new();
    inner.emit(Op::TestFile(crate::op::file_test::IS_DIR), 1);
    inner.add_name("unused");
    b.add_sub_chunk(inner.build());
    b.build()
}

fn random_text(numbers: &mut Numbers) -> String {
    const PIECES: [&str; 10] = ["x", "nf", " ", "\"", "\\", "\n", "é", "\u{202e}", "#1", "\u{7f}"];
    (0..numbers.below(4)).map(|_| numbers.pick(&PIECES)).collect()
}

pub fn random_constant(numbers: &mut Numbers, levels: usize) -> Const {
    let nested = if levels > 0 { 10 } else { 8 };
    match numbers.below(nested) {
        0 => Const::Undef,
        1 => Const::Bool(numbers.chance(2)),
        2 => Const::Int(numbers.size(5) as i64),
        3 => Const::Float(numbers.pick(&[0.0, -0.0, 1.0, 0.1, f64::NAN, -f64::INFINITY, f64::MIN_POSITIVE])),
        4 => Const::Float(f64::from_bits(numbers.any())),
        5 => Const::str((0..numbers.below(5)).map(|_| numbers.any() as u8).collect::<Vec<u8>>()),
        6 => Const::Status(numbers.any() as i32),
        7 if numbers.chance(4) => Const::Unsupported(random_text(numbers)),
        7 => Const::NativeFn(numbers.any() as u16),
        8 => Const::Array((0..numbers.below(4)).map(|_| random_constant(numbers, levels - 1)).collect()),
        _ => {
            let mut entry =
                || (HashKey(random_text(numbers).into_bytes()), random_constant(numbers, levels - 1));
            Const::Hash((0..3).map(|_| entry()).collect())
        }
    }
}

/// Any op, with operands that are mostly small.
pub fn random_op(numbers: &mut Numbers, usual: usize) -> Op {
    loop {
        let ordinal = numbers.below(Op::table().len());
        let bits: Vec<u64> = Op::table()[ordinal]
            .operands
            .iter()
            .map(|operand| match operand.kind {
                OperandKind::Float => numbers.any(),
                OperandKind::Int | OperandKind::Int32 => numbers.any() as i32 as i64 as u64,
                _ => numbers.size(usual),
            })
            .collect();
        if let Some(op) = Op::from_ordinal(ordinal, &bits) {
            return op;
        }
    }
}

/// A chunk of any ops, pools and ranges, with up to `levels` of sub-chunks.
pub fn random_chunk(numbers: &mut Numbers, levels: usize) -> Chunk {
    let usual = 1 + numbers.below(12);
    let mut chunk = Chunk { source: random_text(numbers), ..Chunk::default() };
    for _ in 0..usual {
        chunk.ops.push(random_op(numbers, usual));
        chunk.lines.push(numbers.size(3) as u32);
    }
    if numbers.chance(8) {
        chunk.lines.pop();
    }
    chunk.names = (0..numbers.below(6)).map(|_| random_text(numbers)).collect();
    for _ in 0..numbers.below(6) {
        let jump_table = |n: &mut Numbers| Const::Array(vec![Const::Int(n.size(usual) as i64); 2]);
        let constant = if numbers.chance(3) { jump_table(numbers) } else { random_constant(numbers, 3) };
        chunk.constants.push(constant);
    }
    for _ in 0..numbers.below(3) {
        chunk.sub_entries.push((numbers.size(3) as u16, numbers.size(usual) as usize));
        chunk.block_ranges.push((numbers.size(usual) as usize, numbers.size(usual) as usize));
        chunk.extensions.push(super::ExtensionDecl {
            id: numbers.size(3) as u16,
            wide: numbers.chance(2),
            pops: numbers.any() as u8,
            pushes: numbers.any() as u8,
            effects: Effects::from_bits(numbers.any() as u8),
        });
    }
    chunk.integer_mode =
        numbers.pick(&[IntegerMode::Wrap, IntegerMode::Promote, IntegerMode::Trap, IntegerMode::Float]);
    chunk.div_zero_error = numbers.chance(2);
    chunk.build_error = numbers.chance(8).then(|| BuildError::new(random_text(numbers)));
    if levels > 0 {
        chunk.sub_chunks = (0..numbers.below(3)).map(|_| random_chunk(numbers, levels - 1)).collect();
    }
    chunk
}
