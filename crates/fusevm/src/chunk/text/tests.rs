//! What the text form accepts, what it says about mistakes, and that nothing is lost on the way through.

use super::*;
use crate::chunk::samples::{Numbers, random_chunk, sample};
use crate::chunk::{Chunk, Const, HashKey, IntegerMode};
use crate::op::{Effects, Op, file_test};

fn chunk(text: &str) -> Chunk {
    assemble("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn error(text: &str) -> String {
    match assemble("t", text) {
        Ok(chunk) => panic!("accepted: {text}\n{chunk:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn ops_with_all_kinds_of_operands() {
    let cases = [
        ("Nop", Op::Nop),
        ("LoadInt -9223372036854775808", Op::LoadInt(i64::MIN)),
        ("LoadInt 0x10", Op::LoadInt(16)),
        ("LoadFloat 2", Op::LoadFloat(2.0)),
        ("LoadFloat -1e-3", Op::LoadFloat(-0.001)),
        ("LoadFloat -inf", Op::LoadFloat(f64::NEG_INFINITY)),
        ("LoadConst #7", Op::LoadConst(7)),
        ("GetVar #3", Op::GetVar(3)),
        ("GetSlot 65535", Op::GetSlot(u16::MAX)),
        ("Jump 99", Op::Jump(99)),
        ("MapBlock 2", Op::MapBlock(2)),
        ("CmdSubst 1", Op::CmdSubst(1)),
        ("Print 255", Op::Print(255)),
        ("MakeArray 300", Op::MakeArray(300)),
        ("GetCapture 4", Op::GetCapture(4)),
        ("CallBuiltin 20, 1", Op::CallBuiltin(20, 1)),
        ("ExtendedWide 5 4294967296", Op::ExtendedWide(5, 1 << 32)),
        ("TestFile IS_DIR", Op::TestFile(file_test::IS_DIR)),
        ("TestFile 77", Op::TestFile(77)),
        ("Redirect 2 APPEND", Op::Redirect(2, 1)),
        ("SlotLtIntJumpIfFalse 1 -5 0", Op::SlotLtIntJumpIfFalse(1, -5, 0)),
    ];
    for (text, op) in cases {
        assert_eq!(chunk(text).ops, [op], "{text}");
    }
}

#[test]
fn pools_fill_as_they_are_used() {
    let text = r#"
        SetVar x                ; a comment; with "quotes"
        GetVar "a name"
        GetVar "x"
        LoadConst "a\n\xff\"\\é"
        LoadConst 1.0
        LoadConst 1
        LoadConst 1.0
        LoadConst {"k": [undef, true]}"#;
    let chunk = chunk(text);
    assert_eq!(chunk.names, ["x", "a name"]);
    let inner = Const::Array(vec![Const::Undef, Const::Bool(true)]);
    assert_eq!(
        chunk.constants,
        [
            Const::str(*b"a\n\xff\"\\\xc3\xa9"),
            Const::Float(1.0),
            Const::Int(1),
            Const::Hash(vec![(HashKey(b"k".to_vec()), inner)]),
        ]
    );
    assert_eq!(chunk.ops[6], Op::LoadConst(1));
}

#[test]
fn directives() {
    let text = r#"
        .source "x.awk"
        .integer_mode trap
        .div_zero_error
        .extension 7 wide 1 2 reads fails
        .extension 8 0 1
        .name unused
        .const status(-1)
        .const native(2)
        .const inf
        .const nan
        .line 3
        Nop
        Jump end
        .line 9
        .sub f
        top: again: Jump top
        .sub #0 0
        .block 0
        Inc
        .endblock 0
        .block 1 4 2
    end:
        .chunk
            .source "inner"
            end: Jump end
        .endchunk"#;
    let chunk = chunk(text);
    assert_eq!(chunk.source, "x.awk");
    assert_eq!(chunk.integer_mode, IntegerMode::Trap);
    assert!(chunk.div_zero_error);
    assert_eq!((chunk.extensions[0].id, chunk.extensions[0].wide, chunk.extensions[0].pushes), (7, true, 2));
    assert_eq!(chunk.extensions[0].effects, Effects::READS.union(Effects::FAILS));
    assert_eq!((chunk.extensions[1].wide, chunk.extensions[1].effects), (false, Effects::PURE));
    assert_eq!(chunk.names, ["unused", "f"]);
    assert_eq!(chunk.constants[..3], [Const::Status(-1), Const::NativeFn(2), Const::Float(f64::INFINITY)]);
    assert_eq!(chunk.ops, [Op::Nop, Op::Jump(4), Op::Jump(2), Op::Inc]);
    assert_eq!(chunk.lines, [3, 3, 9, 9]);
    assert_eq!(chunk.sub_entries, [(1, 2), (0, 0)]);
    assert_eq!(chunk.block_ranges, [(3, 4), (4, 2)]);
    assert_eq!(chunk.sub_chunks[0].source, "inner");
    assert_eq!(chunk.sub_chunks[0].ops, [Op::Jump(0)]);
}

#[test]
fn jump_tables() {
    let text = "
        .table [a b]
        LoadInt 1
        JumpTable [a b]
        JumpTable [b a 9]
        JumpTable [a b]
    a:  JumpTable #1
    b:";
    let chunk = chunk(text);
    let list = |ips: &[i64]| Const::Array(ips.iter().map(|ip| Const::Int(*ip)).collect());
    assert_eq!(chunk.constants, [list(&[4, 5]), list(&[5, 4, 9])]);
    assert_eq!(chunk.ops[1..], [0, 1, 0, 1].map(Op::JumpTable));
}

#[test]
fn mistakes_are_explained() {
    let cases = [
        ("LodInt 1", "t:1:1: unknown op `LodInt`; did you mean `LoadInt`?"),
        ("Nop\n  Frobnicate", "t:2:3: unknown op `Frobnicate`"),
        (".blok 1", "t:1:1: unknown directive `.blok`; did you mean `.block`?"),
        ("loop: Jump lop", "t:1:12: jump to unknown label `lop`; did you mean `loop`?"),
        ("JumpTable [a]", "t:1:12: jump to unknown label `a`"),
        ("a: Nop\na: Nop", "t:2:1: label `a` is defined twice"),
        ("LoadInt", "t:1:8: LoadInt needs its operand `value`"),
        ("LoadInt x", "t:1:9: expected value, not `x`"),
        ("LoadInt 9223372036854775808", "t:1:9: 9223372036854775808 is out of range for value"),
        ("LoadInt 1.5", "t:1:9: `1.5` is no integer"),
        ("GetSlot 65536", "t:1:9: 65536 is out of range for slot"),
        ("GetSlot -1", "t:1:9: -1 is out of range for slot"),
        ("LoadFloat \"x\"", "t:1:11: expected a float, not a string"),
        ("LoadFloat nan(0)", "t:1:11: expected a float, not `nan`"),
        ("Nop 1", "t:1:5: `1` is one too many here"),
        ("TestFile IS_DRI", "t:1:10: unknown file test `IS_DRI`; did you mean `IS_DIR`?"),
        ("LoadConst wat", "t:1:11: expected a constant, not `wat`"),
        ("LoadConst [1, 2", "t:1:16: expected a constant, but the line ends"),
        ("LoadConst {1: 2}", "t:1:12: expected a key in quotes, not `1`"),
        ("LoadConst \"abc", "t:1:11: the string is never closed"),
        ("LoadConst \"abc\\", "t:1:11: the string is never closed"),
        ("LoadConst \"é\\q\"", "t:1:13: `\\q` is no escape"),
        ("LoadConst \"\\x9\"", "t:1:12: `\\x` needs two hexadecimal digits"),
        ("GetVar \"\\xff\"", "t:1:8: the string is not UTF-8"),
        ("é", "t:1:1: unexpected character 'é'"),
        ("7", "t:1:1: expected an op, a label or a directive, not `7`"),
        (".integer_mode wrp", "t:1:15: unknown integer mode `wrp`; did you mean `wrap`?"),
        (".extension 1 2 3 read", "t:1:18: unknown effect `read`; did you mean `reads`?"),
        (".source x", "t:1:9: expected the name of the source in quotes, not `x`"),
        (".block 1 0 0", "t:1:1: there is a block 1 but no block 0"),
        (".block 0\n.block 0", "t:2:1: block 0 is defined twice"),
        (".block 0", "t:1:1: `.block 0` without `.endblock 0`"),
        (".endblock 0", "t:1:1: `.endblock 0` without `.block 0`"),
        ("Nop\n.chunk\nNop", "t:2:1: `.chunk` without `.endchunk`"),
        (".endchunk", "t:1:1: `.endchunk` without `.chunk`"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected);
    }
    let long = error(&"x".repeat(1_000_000));
    assert!(long.starts_with("t:1:1: unknown op `xxx") && long.len() < 300, "{}", long.len());
    let deep = format!("LoadConst {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(error(&deep), "t:1:75: constants are nested deeper than 64 levels");
    assert_eq!(error(&".chunk\n".repeat(100_000)), "t:65:1: sub-chunks are nested deeper than 64 levels");
    let many: String = (0..=65_536).map(|i| format!("GetVar x{i}\n")).collect();
    assert_eq!(error(&many), "t:65537:8: more than 65,536 names in one chunk");
    let many: String = (0..=65_536).map(|i| format!("LoadConst {i}\n")).collect();
    assert_eq!(error(&many), "t:65537:11: more than 65,536 constants in one chunk");
}

#[test]
fn all_mistakes_are_told_in_order() {
    let text = "\
Jump nowhere
a: LodInt 1
.chunk
    Jump a
.endchunk
a: GetSlot x
LoadInt 1 2
.chunk
JumpTable [b c]";
    let expected = [
        "t:1:6: jump to unknown label `nowhere`",
        "t:2:4: unknown op `LodInt`; did you mean `LoadInt`?",
        "t:4:10: jump to unknown label `a`",
        "t:6:1: label `a` is defined twice",
        "t:7:11: `2` is one too many here",
        "t:8:1: `.chunk` without `.endchunk`",
        "t:9:12: jump to unknown label `b`",
        "t:9:14: jump to unknown label `c`",
    ];
    let mistakes = |most| match Assembly::new("t", text, most) {
        Ok(_) => panic!("accepted"),
        Err(errors) => errors.iter().map(AsmError::to_string).collect::<Vec<_>>(),
    };
    assert_eq!(mistakes(100), expected);
    assert_eq!(mistakes(0).len(), 1);
    assert_eq!(mistakes(3).len(), 3);
}

#[test]
fn ops_have_places() {
    let text = "; head\n  LoadInt 1\nloop: again: Nop\n.chunk\n\tReturn\n.endchunk\nJump loop";
    let Assembly { chunk, places } = Assembly::new("t", text, 1).unwrap();
    assert_eq!(places.lines(), [2, 3, 7]);
    let all: Vec<_> = (0..4).map(|op| places.place(op)).collect();
    assert_eq!(all, [Some((2, 3)), Some((3, 14)), Some((7, 1)), None]);
    assert_eq!(chunk.sub_chunks.len(), places.sub_chunks.len());
    assert_eq!(places.sub_chunks[0].place(0), Some((5, 2)));
}

/// The names are used in the order of their pool, so they need no declaration; the constants do, since
/// two of them are not used.
#[test]
fn disassembly_is_readable() {
    let text = r#".source "sample.awk"
.integer_mode promote
.div_zero_error
.extension 7 wide 1 2 reads fails
.const "text" ; #0
.const "\xff\"\n" ; #1
.const {"k": -0.0} ; #2
.const status(-3) ; #3
.const native(9) ; #4
.line 3
    LoadConst "text"
    LoadConst "\xff\"\n"
    LoadConst {"k": -0.0}
    Print 3
.line 4
    LoadInt -5
    Call double 1
    SetVar "a total"
.line 1
    GetArray "a total"
    MapBlock 0
    ExtendedWide 7 1099511627776
    JumpIfFalse L12
    LoadFloat 1e300
L12:
    ReturnValue
.block 0
.line 9
    Inc
.endblock 0
.sub double
.line 20
    SetSlot 0
.line 21
    AddAssignSlotVoid 0 0
    SlotLtIntJumpIfFalse 0 -7 L17
L17:
.line 22
    GetSlot 0
    ReturnValue
.chunk
    .name unused ; #0
    .line 1
        TestFile IS_DIR
.endchunk
"#;
    assert_eq!(sample().disassemble(), text);
}

#[test]
fn only_what_must_be_is_declared() {
    let cases = [
        ("    GetVar a\n    GetVar b\n    GetVar a\n", 0),
        (".name b ; #0\n    GetVar a\n    GetVar b\n", 1),
        (".name a ; #0\n.name a ; #1\n    GetVar a\n    GetVar #1\n    GetVar b\n", 2),
        (".const [0] ; #0\n    JumpTable #0\n    LoadConst #0\n", 1),
        (".const [0] ; #0\n.const [0] ; #1\n    JumpTable #0\n    LoadConst #1\n    LoadConst #0\n", 2),
        ("L0:\n    JumpTable [L0 L1]\nL1:\n    JumpTable [L0 L1]\n    LoadConst [0, 1]\n", 0),
        (".table [L0] ; #0\n.const 1 ; #1\nL0:\n    JumpTable [L0]\n", 2),
        ("    GetVar #9\n    LoadConst #9\n    Jump 9\n", 0),
        (".block 0 2 1\n.block 1 0 9\n    Nop\n    Nop\n", 0),
        (".sub a 1\n.sub b 0\n    Nop\n    Nop\n", 0),
        (".lines [1]\n    Nop\n    Nop\n", 0),
    ];
    for (text, declared) in cases {
        let chunk = chunk(text);
        let written = chunk.disassemble();
        assert_eq!(written, text);
        assert_eq!(written.matches("; #").count(), declared);
    }
}

fn round_trip(chunk: &Chunk) {
    let text = chunk.disassemble();
    let back = assemble("back", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // NaN constants differ from themselves, their bytes do not.
    assert_eq!(back.to_bytes(), chunk.to_bytes(), "{text}");
}

#[test]
fn every_chunk_round_trips() {
    round_trip(&Chunk::default());
    round_trip(&sample());
    let mut numbers = Numbers::new(4);
    for _ in 0..2_000 {
        round_trip(&random_chunk(&mut numbers, 2));
    }
    let constant = (0..100).fold(Const::Undef, |inner, _| Const::Array(vec![inner]));
    let chunk = Chunk { constants: vec![constant], ..Chunk::default() };
    round_trip(&(0..100).fold(chunk, |inner, _| Chunk { sub_chunks: vec![inner], ..Chunk::default() }));
}

/// Texts that are wrong somewhere: cut, with bytes changed or lines moved.
#[test]
fn damaged_texts_never_panic() {
    let text = sample().disassemble();
    let mut numbers = Numbers::new(5);
    for _ in 0..2_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = numbers.any() as u8,
                1 => bytes.truncate(at + 1),
                _ => bytes.rotate_left(at),
            }
        }
        if let Ok(chunk) = assemble("damaged", &String::from_utf8_lossy(&bytes)) {
            round_trip(&chunk);
        }
    }
}
