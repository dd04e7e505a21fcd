//! A chunk that breaks each rule, a chunk that keeps it, and chunks made at random.

use super::*;
use crate::chunk::analysis::{BodyKind, NONE, OpState};
use crate::chunk::samples::{Numbers, random_chunk};
use crate::chunk::{ChunkBuilder, Const, IntegerMode};
use crate::op::{Effects, Op};

/// A chunk with the names `f`, `g` and `x`, and a line for each op.
fn chunk(ops: &[Op]) -> Chunk {
    let mut b = ChunkBuilder::new();
    for name in ["f", "g", "x"] {
        b.add_name(name);
    }
    for (index, op) in ops.iter().enumerate() {
        b.emit(*op, index as u32 + 1);
    }
    b.build()
}

const F: u16 = 0;
const G: u16 = 1;

/// The same chunk with a sub `f` at an op index.
fn with_sub(ops: &[Op], entry: usize) -> Chunk {
    Chunk { sub_entries: vec![(F, entry)], ..chunk(ops) }
}

fn with_blocks(ops: &[Op], blocks: &[(usize, usize)]) -> Chunk {
    Chunk { block_ranges: blocks.to_vec(), ..chunk(ops) }
}

fn with_table(ops: &[Op], targets: &[i64]) -> Chunk {
    let targets = targets.iter().map(|ip| Const::Int(*ip)).collect();
    Chunk { constants: vec![Const::Array(targets)], ..chunk(ops) }
}

fn nested(levels: usize) -> Chunk {
    (0..levels).fold(Chunk::default(), |inner, _| Chunk { sub_chunks: vec![inner], ..Chunk::default() })
}

fn nested_constant(levels: usize) -> Chunk {
    let constant = (0..levels).fold(Const::Undef, |inner, _| Const::Array(vec![inner]));
    Chunk { constants: vec![constant], ..Chunk::default() }
}

/// Blocks of one op each, of which each but the last runs the next.
fn nested_blocks(blocks: u16) -> Chunk {
    let mut ops = vec![Op::LoadUndef, Op::MapBlock(0), Op::Return];
    ops.extend((1..blocks).map(Op::MapBlock));
    ops.push(Op::Nop);
    let ranges: Vec<_> = (0..usize::from(blocks)).map(|block| (3 + block, 4 + block)).collect();
    with_blocks(&ops, &ranges)
}

fn rejected(case: &str, chunk: Chunk, expected: &str) {
    match chunk.verify() {
        Ok(_) => panic!("{case}: accepted"),
        Err(error) => assert_eq!(error.to_string(), expected, "{case}"),
    }
}

fn accepted(case: &str, chunk: Chunk) -> VerifiedChunk {
    chunk.verify().unwrap_or_else(|error| panic!("{case}: {error}"))
}

#[test]
fn rules_of_structure() {
    let poisoned = {
        let mut b = ChunkBuilder::new();
        b.patch_jump(0, 1);
        b.build()
    };
    let two_entries = |entries: &[(u16, usize)]| Chunk {
        sub_entries: entries.to_vec(),
        ..chunk(&[Op::Return, Op::Return, Op::Return])
    };
    let cases = [
        ("build error", poisoned, "op 0 has no jump to patch"),
        (
            "line numbers",
            Chunk { lines: vec![1], ..chunk(&[Op::Nop, Op::Nop]) },
            "has 2 ops but 1 line numbers",
        ),
        ("jump", chunk(&[Op::Jump(2)]), "line 1: op 0 (Jump): jumps to op 2 of 1"),
        ("dead jump", chunk(&[Op::Return, Op::Jump(9)]), "line 2: op 1 (Jump): jumps to op 9 of 2"),
        (
            "constant",
            chunk(&[Op::LoadConst(0)]),
            "line 1: op 0 (LoadConst): constant 0 does not exist, there are 0",
        ),
        ("name", chunk(&[Op::GetVar(3)]), "line 1: op 0 (GetVar): name 3 does not exist, there are 3"),
        (
            "block",
            chunk(&[Op::LoadUndef, Op::MapBlock(0)]),
            "line 2: op 1 (MapBlock): block 0 does not exist, there are 0",
        ),
        (
            "sub-chunk",
            chunk(&[Op::CmdSubst(0)]),
            "line 1: op 0 (CmdSubst): sub-chunk 0 does not exist, there are 0",
        ),
        (
            "unsupported constant",
            Chunk { constants: vec![Const::Unsupported("no data".into())], ..Chunk::default() },
            "constant 0: no data",
        ),
        ("deep constant", nested_constant(65), "constant 0: constants are nested deeper than 64 levels"),
        (
            "no table",
            Chunk { constants: vec![Const::Int(0)], ..chunk(&[Op::LoadInt(0), Op::JumpTable(0)]) },
            "line 2: op 1 (JumpTable): constant 0 is no list of op indices",
        ),
        (
            "empty table",
            with_table(&[Op::LoadInt(0), Op::JumpTable(0)], &[]),
            "line 2: op 1 (JumpTable): constant 0 is no list of op indices",
        ),
        (
            "table target",
            with_table(&[Op::LoadInt(0), Op::JumpTable(0)], &[2, 3]),
            "line 2: op 1 (JumpTable): jumps to op 3 of 2",
        ),
        (
            "odd hash",
            chunk(&[Op::LoadInt(0), Op::MakeHash(1)]),
            "line 2: op 1 (MakeHash): takes keys and values, an even number, not 1",
        ),
        (
            "file test",
            chunk(&[Op::LoadUndef, Op::TestFile(12)]),
            "line 2: op 1 (TestFile): file test 12 does not exist, there are 12",
        ),
        (
            "redirection",
            chunk(&[Op::LoadUndef, Op::Redirect(1, 9)]),
            "line 2: op 1 (Redirect): redirection 9 does not exist, there are 9",
        ),
        (
            "parameter modifier",
            chunk(&[Op::LoadUndef, Op::ExpandParam(18)]),
            "line 2: op 1 (ExpandParam): parameter modifier 18 does not exist, there are 18",
        ),
        (
            "getline source",
            chunk(&[Op::AwkGetline(8)]),
            "line 1: op 0 (AwkGetline): getline source 8 does not exist, there are 8",
        ),
        (
            "awk signal",
            chunk(&[Op::AwkSignal(3)]),
            "line 1: op 0 (AwkSignal): awk signal 3 does not exist, there are 3",
        ),
        (
            "output mode",
            chunk(&[Op::LoadUndef, Op::AwkOutput(4)]),
            "line 2: op 1 (AwkOutput): output mode 4 does not exist, there are 4",
        ),
        (
            "few arguments",
            chunk(&[Op::LoadUndef, Op::AwkSubstr(1)]),
            "line 2: op 1 (AwkSubstr): takes 2 to 3 values, not 1",
        ),
        ("no format", chunk(&[Op::AwkPrintf(0)]), "line 1: op 0 (AwkPrintf): takes 1 or more values, not 0"),
        ("sub name", two_entries(&[(7, 1)]), "sub entry 0: name 7 does not exist, there are 3"),
        ("sub entry", two_entries(&[(F, 3)]), "sub `f` begins at op 3 of 3"),
        ("sub twice", two_entries(&[(F, 1), (F, 2)]), "sub `f` is defined twice"),
        ("empty block", with_blocks(&[Op::Nop], &[(0, 0)]), "block 0 is 0..0, no range of 1 ops"),
        ("block range", with_blocks(&[Op::Nop], &[(0, 2)]), "block 0 is 0..2, no range of 1 ops"),
        ("overlap", with_blocks(&[Op::Nop; 4], &[(0, 3), (1, 4)]), "block 1 (1..4) overlaps block 0 (0..3)"),
        (
            "nesting",
            nested(65),
            &format!(
                "sub-chunks are nested deeper than 64 levels (in sub-chunk {})",
                vec!["0"; 65].join(".")
            ),
        ),
    ];
    for (case, chunk, expected) in cases {
        rejected(case, chunk, expected);
    }
    accepted("table", with_table(&[Op::LoadInt(0), Op::JumpTable(0), Op::Nop], &[2, 3, 2]));
    accepted("deep constant", nested_constant(64));
    accepted("nested chunks", nested(64));
    accepted("even hash", chunk(&[Op::LoadInt(0), Op::Dup, Op::MakeHash(2)]));
    accepted("empty chunk", Chunk::default());
}

#[test]
fn rules_of_the_stack() {
    let cases: &[(&str, &[Op], &str)] = &[
        ("underflow", &[Op::LoadInt(1), Op::Add], "line 2: op 1 (Add): needs 2 stack values, has 1"),
        ("empty", &[Op::Pop], "line 1: op 0 (Pop): needs 1 stack value, has 0"),
        (
            "merge",
            &[Op::LoadTrue, Op::JumpIfFalse(3), Op::LoadInt(1), Op::Nop],
            "line 4: op 3 (Nop): is reached with stack depth 1 from op 2, with 0 before",
        ),
        (
            "growing loop",
            &[Op::Nop, Op::LoadInt(1), Op::Jump(0)],
            "line 1: op 0 (Nop): is reached with stack depth 1 from op 2, with 0 before",
        ),
    ];
    for (case, ops, expected) in cases {
        rejected(case, chunk(ops), expected);
    }
    let verified = accepted(
        "both ways",
        chunk(&[Op::LoadTrue, Op::JumpIfTrueKeep(4), Op::Pop, Op::LoadInt(2), Op::LoadInt(3), Op::Add]),
    );
    let depths: Vec<u32> = verified.analysis().states.iter().map(|state| state.depth).collect();
    assert_eq!(depths, [0, 1, 1, 0, 1, 2]);
    assert_eq!(verified.analysis().bodies[0].max_depth, 2);
    assert_eq!(verified.analysis().leaders, [true, false, true, false, true, false]);
}

#[test]
fn dead_code_has_no_state() {
    let verified = accepted("dead code", chunk(&[Op::Return, Op::Add]));
    assert_eq!(verified.analysis().states[1], OpState::UNREACHABLE);
}

#[test]
fn a_sub_takes_arguments_from_below_its_entry() {
    let ops = [Op::LoadInt(1), Op::LoadInt(2), Op::Call(F, 2), Op::ReturnValue, Op::Add, Op::ReturnValue];
    let verified = accepted("two arguments", with_sub(&ops, 4));
    let analysis = verified.analysis();
    assert_eq!(analysis.bodies[1].kind, BodyKind::Sub(0));
    assert_eq!((analysis.bodies[1].takes, analysis.bodies[1].max_depth), (2, 2));
    assert_eq!((analysis.states[4].depth, analysis.states[5].depth), (2, 1));
    let ops = [Op::LoadInt(1), Op::Call(F, 1), Op::Return, Op::Add, Op::ReturnValue];
    let expected = "line 2: op 1 (Call): passes 1 arguments to `f`, which takes 2";
    rejected("too few arguments", with_sub(&ops, 3), expected);
    let ops = [Op::LoadInt(1), Op::TailCall(F, 1), Op::Add, Op::ReturnValue];
    let expected = "line 2: op 1 (TailCall): passes 1 arguments to `f`, which takes 2";
    rejected("too few arguments in a tail call", with_sub(&ops, 2), expected);
    accepted("unknown sub", with_sub(&[Op::Call(G, 0), Op::Return, Op::Add], 2));
    accepted("spare arguments", with_sub(&[Op::LoadInt(1), Op::Call(F, 1), Op::Return, Op::Nop], 3));
    accepted("a dead call", with_sub(&[Op::Return, Op::Call(F, 0), Op::Add], 2));
}

#[test]
fn rules_of_bodies() {
    let two_subs = Chunk { sub_entries: vec![(F, 1), (G, 2)], ..chunk(&[Op::Return, Op::Nop, Op::Nop]) };
    let cases = [
        (
            "main runs into a sub",
            with_sub(&[Op::Nop, Op::Nop], 1),
            "line 2: op 1 (Nop): is reachable from two bodies, main and sub `f`",
        ),
        (
            "jump into a sub",
            with_sub(&[Op::Jump(2), Op::Nop, Op::Nop], 1),
            "line 3: op 2 (Nop): is reachable from two bodies, main and sub `f`",
        ),
        (
            "sub runs into a sub",
            two_subs,
            "line 3: op 2 (Nop): is reachable from two bodies, sub `f` and sub `g`",
        ),
        (
            "sub at the beginning",
            with_sub(&[Op::Nop], 0),
            "line 1: op 0 (Nop): is reachable from two bodies, main and sub `f`",
        ),
    ];
    for (case, chunk, expected) in cases {
        rejected(case, chunk, expected);
    }
    accepted("jump to the end", chunk(&[Op::LoadTrue, Op::JumpIfTrue(2)]));
    accepted("sub that runs off the end", with_sub(&[Op::Return, Op::Jump(2)], 1));
}

#[test]
fn rules_of_scopes() {
    let cases: &[(&str, &[Op], &str)] = &[
        ("no scope", &[Op::PopFrame], "line 1: op 0 (PopFrame): closes a scope that its body did not open"),
        (
            "merge",
            &[Op::LoadTrue, Op::JumpIfTrue(3), Op::PushFrame, Op::Nop],
            "line 4: op 3 (Nop): is reached with scope depth 1 from op 2, with 0 before",
        ),
        ("too many", &[Op::PushFrame; 257], "line 257: op 256 (PushFrame): opens more than 256 scopes"),
    ];
    for (case, ops, expected) in cases {
        rejected(case, chunk(ops), expected);
    }
    let ops = [Op::GetSlot(4), Op::PushFrame, Op::SetSlot(1), Op::AddAssignSlotVoid(7, 2), Op::PopFrame];
    let verified = accepted("scopes", chunk(&ops));
    assert_eq!(verified.analysis().bodies[0].slots, [5, 8]);
    assert_eq!(verified.analysis().states[3].scope, 1);
    accepted("open scopes at the end", chunk(&[Op::PushFrame, Op::Return]));
}

#[test]
fn rules_of_try_regions() {
    let cases: &[(&str, &[Op], &str)] = &[
        ("no region", &[Op::TryEnd], "line 1: op 0 (TryEnd): closes a try region that its body did not open"),
        (
            "merge",
            &[Op::LoadTrue, Op::JumpIfTrue(3), Op::TryBegin(4), Op::Nop, Op::Return],
            "line 4: op 3 (Nop): is reached in the try region of op 2 from op 2, outside of a try region before",
        ),
        (
            "pop from below",
            &[Op::LoadInt(1), Op::TryBegin(2), Op::Pop],
            "line 3: op 2 (Pop): is reached with stack depth 1 from op 1, with 2 before",
        ),
        (
            "take from below",
            &[Op::LoadInt(1), Op::TryBegin(4), Op::Pop, Op::Return, Op::Return],
            "line 3: op 2 (Pop): takes a stack value from below the try region of op 1",
        ),
        (
            "scope",
            &[Op::PushFrame, Op::TryBegin(4), Op::PopFrame, Op::Return, Op::Return],
            "line 3: op 2 (PopFrame): closes a scope around the try region of op 1",
        ),
        (
            "handler within its region",
            &[Op::LoadInt(1), Op::Pop, Op::TryBegin(3), Op::TryEnd],
            "line 4: op 3 (TryEnd): is reached with stack depth 0 from op 2, with 1 before",
        ),
    ];
    for (case, ops, expected) in cases {
        rejected(case, chunk(ops), expected);
    }
    let ops = [
        Op::TryBegin(7),
        Op::PushFrame,
        Op::TryBegin(4),
        Op::TryEnd,
        Op::LoadUndef, // inner handler: the error and an Undef
        Op::PopFrame,
        Op::TryEnd,
        Op::Nop,
    ];
    rejected(
        "handlers have the error on the stack",
        chunk(&ops),
        "line 5: op 4 (LoadUndef): is reached with stack depth 0 from op 3, with 1 before",
    );
    let ops = [
        Op::PushFrame,
        Op::TryBegin(8),
        Op::PushFrame,
        Op::TryBegin(6),
        Op::TryEnd,
        Op::Return,
        Op::Pop, // inner handler
        Op::Return,
        Op::ReturnValue, // outer handler
    ];
    let verified = accepted("nested regions", chunk(&ops));
    let states = &verified.analysis().states;
    assert_eq!(states[4].try_begin, 3);
    assert_eq!(states[5].try_begin, 1);
    assert_eq!((states[6].try_begin, states[6].depth, states[6].scope), (1, 1, 2));
    assert_eq!((states[8].try_begin, states[8].depth, states[8].scope), (NONE, 1, 1));
}

#[test]
fn rules_of_blocks() {
    use Op::*;
    type Case = (&'static str, &'static [Op], &'static [(usize, usize)], &'static str);
    let cases: &[Case] = &[
        (
            "below the element",
            &[LoadUndef, MapBlock(0), Return, Add, LoadInt(1)],
            &[(3, 5)],
            "line 4: op 3 (Add): needs 2 stack values, has 1",
        ),
        (
            "two results",
            &[LoadUndef, MapBlock(0), Return, Dup],
            &[(3, 4)],
            "line 4: op 3 (Dup): ends its block with 2 stack values, not with one result",
        ),
        (
            "jump to the end without a result",
            &[LoadUndef, MapBlock(0), Return, Pop, Jump(6), LoadUndef],
            &[(3, 6)],
            "line 5: op 4 (Jump): ends its block with 0 stack values, not with one result",
        ),
        (
            "jump out",
            &[LoadUndef, MapBlock(0), Return, Jump(2)],
            &[(3, 4)],
            "line 4: op 3 (Jump): leaves its block (3..4) for op 2",
        ),
        (
            "return",
            &[LoadUndef, MapBlock(0), Return, ReturnValue],
            &[(3, 4)],
            "line 4: op 3 (ReturnValue): stands in a block, which cannot return",
        ),
        (
            "open scope",
            &[LoadUndef, MapBlock(0), Return, PushFrame],
            &[(3, 4)],
            "line 4: op 3 (PushFrame): ends its block with an open scope",
        ),
        (
            "a scope of the user",
            &[PushFrame, LoadUndef, MapBlock(0), Return, PopFrame],
            &[(4, 5)],
            "line 5: op 4 (PopFrame): closes a scope that its body did not open",
        ),
        (
            "open region",
            &[LoadUndef, MapBlock(0), Return, TryBegin(5), Jump(6), Pop],
            &[(3, 6)],
            "line 5: op 4 (Jump): ends its block in the try region of op 3",
        ),
        (
            "fall into it",
            &[LoadUndef, MapBlock(0), Nop],
            &[(2, 3)],
            "line 2: op 1 (MapBlock): goes into block 0 (2..3), which only its op may enter",
        ),
        (
            "jump into it",
            &[Jump(2), Nop, Nop],
            &[(1, 3)],
            "line 1: op 0 (Jump): goes into block 0 (1..3), which only its op may enter",
        ),
        (
            "begin in it",
            &[Nop, Return],
            &[(0, 1)],
            "line 1: op 0 (Nop): lies in a block, which only its op may enter",
        ),
        (
            "two blocks in one place",
            &[LoadUndef, MapBlock(0), MapBlock(1), Return, Nop],
            &[(4, 5), (4, 5)],
            "line 5: op 4 (Nop): is reachable from two bodies, block 0 and block 1",
        ),
        (
            "one and two elements",
            &[LoadUndef, MapBlock(0), SortBlock(0), Return, Nop],
            &[(4, 5)],
            "line 3: op 2 (SortBlock): uses block 0, which is used with one element and with two",
        ),
        (
            "two scope depths",
            &[LoadUndef, MapBlock(0), PushFrame, MapBlock(0), Return, Nop],
            &[(5, 6)],
            "line 4: op 3 (MapBlock): uses block 0 at scope depth 1, another op at 0",
        ),
        (
            "itself",
            &[LoadUndef, MapBlock(0), Return, MapBlock(0)],
            &[(3, 4)],
            "line 4: op 3 (MapBlock): makes block 0 run within itself",
        ),
        (
            "by way of another",
            &[LoadUndef, MapBlock(0), Return, MapBlock(1), MapBlock(0), MapBlock(2), Nop],
            &[(3, 4), (4, 6), (6, 7)],
            "line 5: op 4 (MapBlock): makes block 0 run within itself",
        ),
    ];
    for (case, ops, blocks, expected) in cases {
        rejected(case, with_blocks(ops, blocks), expected);
    }
    let ops = [PushFrame, LoadUndef, SortBlock(0), Return, SetSlot(3), PushFrame, GetSlot(9), Pop, PopFrame];
    let verified = accepted("a block", with_blocks(&ops, &[(4, 9)]));
    let body = &verified.analysis().bodies[1];
    assert_eq!((body.kind, body.takes, body.sorts, body.entry), (BodyKind::Block(0), 2, true, 4));
    assert_eq!((body.slots.as_slice(), body.max_depth), ([0, 4, 10].as_slice(), 2));
    assert_eq!(verified.analysis().states[4], OpState { body: 1, depth: 2, scope: 1, try_begin: NONE });
    accepted(
        "a jump to the end",
        with_blocks(&[LoadUndef, GrepBlock(0), Return, JumpIfTrueKeep(6), Pop, LoadTrue], &[(3, 6)]),
    );
    accepted("unused", with_blocks(&[Return, Add], &[(1, 2)]));
    accepted("used by dead code", with_blocks(&[Return, MapBlock(0), Add], &[(2, 3)]));
    accepted("errors may leave", with_blocks(&[LoadUndef, MapBlock(0), Return, Throw], &[(3, 4)]));
}

#[test]
fn block_nesting_is_limited() {
    accepted("64 levels of nesting", nested_blocks(65));
    let error = nested_blocks(66).verify().expect_err("one level too many");
    assert!(error.to_string().ends_with("nests blocks deeper than 64 levels"), "{error}");
}

#[test]
fn a_sub_may_stand_within_a_block() {
    let ops = [
        Op::LoadUndef,
        Op::MapBlock(0),
        Op::Return,
        Op::Jump(5),
        Op::Return, // sub f
        Op::Call(F, 1),
    ];
    let chunk = Chunk { sub_entries: vec![(F, 4)], block_ranges: vec![(3, 6)], ..chunk(&ops) };
    accepted("sub in a block", chunk);
}

#[test]
fn undeclared_extension_ops_make_a_chunk_dynamic() {
    let ops = [Op::Extended(5, 0), Op::Add];
    let verified = accepted("undeclared", chunk(&ops));
    assert!(verified.is_dynamic());
    assert_eq!(verified.analysis().states, []);
    assert_eq!(verified.analysis().leaders, [true, false]);
    rejected(
        "structure still counts",
        chunk(&[Op::Extended(5, 0), Op::Jump(3)]),
        "line 2: op 1 (Jump): jumps to op 3 of 2",
    );
    let declare = |pops, pushes| {
        let mut b = ChunkBuilder::new();
        b.declare_extension(5, false, pops, pushes, Effects::PURE);
        b.emit(Op::Extended(5, 0), 1);
        b.emit(Op::Add, 1);
        b.build()
    };
    assert!(!accepted("declared", declare(0, 2)).is_dynamic());
    rejected("declared", declare(0, 1), "line 1: op 1 (Add): needs 2 stack values, has 1");
    rejected("declared", declare(1, 3), "line 1: op 0 (Extended): needs 1 stack value, has 0");
}

#[test]
fn errors_say_where() {
    let inner = Chunk { source: "inner.sh".into(), ..chunk(&[Op::Nop, Op::Pop]) };
    let middle = Chunk { sub_chunks: vec![Chunk::default(), inner], ..Chunk::default() };
    let outer = Chunk { sub_chunks: vec![middle], integer_mode: IntegerMode::Trap, ..Chunk::default() };
    let error = outer.verify().expect_err("the innermost chunk is wrong");
    assert_eq!(error.to_string(), "inner.sh:2: op 1 (Pop): needs 1 stack value, has 0 (in sub-chunk 0.1)");
    assert_eq!((error.op(), error.source(), error.line()), (Some(1), "inner.sh", 2));
    assert_eq!(
        (error.sub_chunk(), error.message()),
        ([0, 1].as_slice(), "op 1 (Pop): needs 1 stack value, has 0")
    );
}

#[test]
fn sub_chunks_share_the_outer_chunk() {
    let inner = Chunk { source: "inner".into(), ..Chunk::default() };
    let middle = Chunk { source: "middle".into(), sub_chunks: vec![inner], ..Chunk::default() };
    let outer = Chunk { sub_chunks: vec![middle], ..Chunk::default() };
    let verified = accepted("nested", outer);
    let middle = &verified.sub_chunks()[0];
    assert_eq!(middle.chunk().source, "middle");
    assert_eq!(middle.sub_chunks()[0].chunk().source, "inner");
}

/// Any chunk is accepted or rejected; of an accepted one, the states agree with the stack effects.
#[test]
fn random_chunks_never_panic() {
    let mut numbers = Numbers::new(1);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut chunk = random_chunk(&mut numbers, 1);
        chunk.build_error = None;
        if numbers.chance(2) {
            let Chunk { ops, lines, .. } = chunk;
            chunk = Chunk { ops, lines, names: vec!["f".into(); 12], ..Chunk::default() };
            chunk.constants = vec![Const::Array(vec![Const::Int(numbers.below(4) as i64)]); 12];
        }
        let Ok(verified) = chunk.verify() else { continue };
        accepted += 1;
        for (index, state) in verified.analysis().states.iter().enumerate() {
            let (pops, _) = verified.chunk().stack_effect(index).expect("a declared effect");
            assert!(!state.is_reachable() || state.depth as usize >= pops);
        }
    }
    assert!(accepted > 100, "only {accepted} random chunks verify");
}

#[test]
fn problems_are_all_told() {
    let lines = |chunk: &Chunk, most| {
        let problems = chunk.problems(most);
        problems.iter().map(VerifyError::to_string).collect::<Vec<_>>()
    };
    assert_eq!(lines(&chunk(&[Op::Return]), 10), [""; 0]);

    // Operands, in main and in a sub-chunk.
    let inner = Chunk { source: "inner".into(), ..chunk(&[Op::LoadConst(3)]) };
    let operands = Chunk {
        sub_entries: vec![(F, 9), (F, 2)],
        sub_chunks: vec![inner],
        ..chunk(&[Op::Jump(7), Op::GetVar(8), Op::Return])
    };
    let expected = [
        "sub `f` begins at op 9 of 3",
        "sub `f` is defined twice",
        "line 1: op 0 (Jump): jumps to op 7 of 3",
        "line 2: op 1 (GetVar): name 8 does not exist, there are 3",
        "inner:1: op 0 (LoadConst): constant 3 does not exist, there are 0 (in sub-chunk 0)",
    ];
    for most in 0..=expected.len() + 1 {
        assert_eq!(lines(&operands, most), expected[..most.min(expected.len())], "{most}");
    }

    // One of each body: the second Add of main is not reached.
    let bodies = with_sub(&[Op::Add, Op::Add, Op::Return, Op::PopFrame, Op::PopFrame], 3);
    let expected = [
        "line 1: op 0 (Add): needs 2 stack values, has 0",
        "line 4: op 3 (PopFrame): closes a scope that its body did not open",
    ];
    assert_eq!(lines(&bodies, 10), expected);
    assert_eq!(lines(&bodies, 1), expected[..1]);

    // Every call, once the bodies are sound.
    let calls = with_sub(&[Op::Call(F, 0), Op::Call(F, 1), Op::Call(F, 0), Op::Return, Op::ReturnValue], 4);
    let expected = [
        "line 1: op 0 (Call): passes 0 arguments to `f`, which takes 1",
        "line 3: op 2 (Call): passes 0 arguments to `f`, which takes 1",
    ];
    assert_eq!(lines(&calls, 10), expected);
}
