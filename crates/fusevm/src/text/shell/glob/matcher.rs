//! Matching without backtracking.
//!
//! A pattern becomes a small nondeterministic program, and a run keeps the set of states that it
//! can be in, so each character costs at most one visit of each state. The program of the
//! reversed pattern, run from the end of the text, answers questions about suffixes and about
//! where matches start.
//!
//! `!(...)` is the one element that such a set cannot express. A run that reaches it runs the
//! body on its own from there, and continues at every later place where the body does not end.

use std::collections::HashMap;

use super::PatternOptions;
use super::class::Class;
use super::parse::{GroupKind, Node};
use crate::text::shell::chars::{CharCode, Chars, byte_code, fold};

/// Which way a program walks through the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// Where a run over the whole text begins.
    pub(super) fn first(self, chars: &Chars) -> usize {
        match self {
            Direction::Forward => 0,
            Direction::Backward => chars.len(),
        }
    }
}

/// A text, character by character, with letters folded when the pattern ignores case.
trait Text {
    fn len(&self) -> usize;
    fn code(&self, index: usize) -> CharCode;
}

impl Text for &[u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    #[inline]
    fn code(&self, index: usize) -> CharCode {
        byte_code(self[index])
    }
}

impl Text for &[CharCode] {
    fn len(&self) -> usize {
        <[CharCode]>::len(self)
    }

    #[inline]
    fn code(&self, index: usize) -> CharCode {
        self[index]
    }
}

/// Matches a whole text against a pattern without groups.
///
/// Only the last `*` ever needs to be retried: a match that an earlier one could reach by taking
/// more, the last one reaches as well.
pub(super) fn match_simple(nodes: &[Node], chars: &Chars, options: PatternOptions) -> bool {
    match chars {
        Chars::Bytes(bytes) => match_simple_text(nodes, *bytes, options.case_insensitive),
        Chars::Decoded { codes, .. } => match_simple_text(nodes, codes.as_slice(), options.case_insensitive),
    }
}

fn match_simple_text(nodes: &[Node], text: impl Text, fold_case: bool) -> bool {
    let (mut node, mut position) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if let Some(Node::AnyString) = nodes.get(node) {
            node += 1;
            retry = Some((node, position));
        } else if position < text.len()
            && nodes.get(node).is_some_and(|node| consumes(node, text.code(position), fold_case))
        {
            node += 1;
            position += 1;
        } else if node == nodes.len() && position == text.len() {
            return true;
        } else {
            match &mut retry {
                Some((after_star, taken)) if *taken < text.len() => {
                    *taken += 1;
                    (node, position) = (*after_star, *taken);
                }
                _ => return false,
            }
        }
    }
}

fn consumes(node: &Node, code: CharCode, fold_case: bool) -> bool {
    let folded = if fold_case { fold(code) } else { code };
    match node {
        Node::Literal(literal) => *literal == folded,
        Node::AnyChar => true,
        Node::Class(class) => class.contains(code, folded),
        Node::AnyString | Node::Group(..) => false,
    }
}

/// One instruction; a number in it is the index of another.
#[derive(Debug)]
enum Instruction {
    Literal(CharCode),
    AnyChar,
    Class(Class),
    /// Takes any number of characters.
    AnyString,
    Jump(usize),
    Fork(Vec<usize>),
    /// Continues at `next` after any string that the body, which follows this instruction and
    /// ends with its own `End`, does not match. `nested` when it is itself inside such a body.
    Not {
        next: usize,
        nested: bool,
    },
    End,
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Program {
    instructions: Vec<Instruction>,
    direction: Direction,
    case_insensitive: bool,
}

impl Program {
    pub(super) fn compile(nodes: &[Node], direction: Direction, options: PatternOptions) -> Self {
        let mut compiler = Compiler { instructions: Vec::new(), direction, not_depth: 0 };
        compiler.sequence(nodes);
        compiler.instructions.push(Instruction::End);
        Program { instructions: compiler.instructions, direction, case_insensitive: options.case_insensitive }
    }

    /// Reports the far ends of all matches that begin at character `from`, nearest first, until
    /// `report` answers false. With `guard_dot` a `.` at the start of the text is special: only
    /// a literal takes it.
    pub(super) fn run(&self, chars: &Chars, from: usize, guard_dot: bool, report: impl FnMut(usize) -> bool) {
        self.dispatch(chars, from, guard_dot, false, report);
    }

    /// All places where a match of this backward program starts, the last one first.
    pub(super) fn starts(&self, chars: &Chars) -> Vec<usize> {
        debug_assert_eq!(self.direction, Direction::Backward);
        let mut starts = Vec::new();
        self.dispatch(chars, chars.len(), false, true, |start| {
            starts.push(start);
            true
        });
        starts
    }

    fn dispatch(
        &self,
        chars: &Chars,
        from: usize,
        guard_dot: bool,
        anywhere: bool,
        report: impl FnMut(usize) -> bool,
    ) {
        match chars {
            Chars::Bytes(bytes) => self.run_text(*bytes, from, guard_dot, anywhere, report),
            Chars::Decoded { codes, .. } => {
                self.run_text(codes.as_slice(), from, guard_dot, anywhere, report)
            }
        }
    }

    fn run_text(
        &self,
        text: impl Text,
        from: usize,
        guard_dot: bool,
        anywhere: bool,
        mut report: impl FnMut(usize) -> bool,
    ) {
        let length = text.len();
        let turn = |distance: usize| match self.direction {
            Direction::Forward => distance,
            Direction::Backward => length - distance,
        };
        let mut matcher = Matcher { program: self, text, guard_dot, bodies: HashMap::new() };
        matcher.run(0, turn(from), anywhere, &mut |distance| report(turn(distance)));
    }
}

struct Compiler {
    instructions: Vec<Instruction>,
    direction: Direction,
    not_depth: usize,
}

impl Compiler {
    fn sequence(&mut self, nodes: &[Node]) {
        match self.direction {
            Direction::Forward => nodes.iter().for_each(|node| self.node(node)),
            Direction::Backward => nodes.iter().rev().for_each(|node| self.node(node)),
        }
    }

    fn node(&mut self, node: &Node) {
        let instruction = match node {
            Node::Literal(code) => Instruction::Literal(*code),
            Node::AnyChar => Instruction::AnyChar,
            Node::Class(class) => Instruction::Class(class.clone()),
            Node::AnyString => Instruction::AnyString,
            Node::Group(kind, alternatives) => return self.group(*kind, alternatives),
        };
        self.instructions.push(instruction);
    }

    /// Emits an instruction whose target is set later.
    fn reserve(&mut self) -> usize {
        self.instructions.push(Instruction::Jump(0));
        self.instructions.len() - 1
    }

    fn group(&mut self, kind: GroupKind, alternatives: &[Vec<Node>]) {
        if kind == GroupKind::Not {
            let not = self.reserve();
            self.not_depth += 1;
            self.group(GroupKind::Once, alternatives);
            self.not_depth -= 1;
            self.instructions.push(Instruction::End);
            let next = self.instructions.len();
            self.instructions[not] = Instruction::Not { next, nested: self.not_depth > 0 };
            return;
        }
        let fork = self.reserve();
        let mut targets = Vec::with_capacity(alternatives.len() + 1);
        let mut exits = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            targets.push(self.instructions.len());
            self.sequence(alternative);
            exits.push(self.reserve());
        }
        if kind == GroupKind::OneOrMore {
            let again = self.reserve();
            self.instructions[again] = Instruction::Fork(vec![fork, again + 1]);
        }
        let end = self.instructions.len();
        let exit = match kind {
            GroupKind::ZeroOrMore => fork,
            GroupKind::OneOrMore => end - 1,
            GroupKind::Once | GroupKind::Optional | GroupKind::Not => end,
        };
        for jump in exits {
            self.instructions[jump] = Instruction::Jump(exit);
        }
        if matches!(kind, GroupKind::Optional | GroupKind::ZeroOrMore) {
            targets.push(end);
        }
        self.instructions[fork] = Instruction::Fork(targets);
    }
}

/// A program at work on one text.
///
/// Positions here count in the direction of the program, from where it begins.
struct Matcher<'p, T> {
    program: &'p Program,
    text: T,
    guard_dot: bool,
    /// Where the bodies of nested `!(...)` end, by instruction and start. It keeps the time
    /// polynomial however deep they nest.
    bodies: HashMap<(usize, usize), BitSet>,
}

impl<T: Text> Matcher<'_, T> {
    fn code(&self, position: usize) -> CharCode {
        match self.program.direction {
            Direction::Forward => self.text.code(position),
            Direction::Backward => self.text.code(self.text.len() - 1 - position),
        }
    }

    /// Runs the program part at `entry` from position `from`, or from every position after it
    /// too when `anywhere`, and reports the positions where it can end, in order.
    fn run(&mut self, entry: usize, from: usize, anywhere: bool, report: &mut dyn FnMut(usize) -> bool) {
        let mut states = States::new(self.program.instructions.len());
        for position in from..=self.text.len() {
            if position == from || anywhere {
                states.seeds.push(entry);
            }
            let ended = self.close(&mut states, position);
            if ended && !report(position) || position == self.text.len() {
                return;
            }
            self.step(&mut states, position);
            if states.seeds.is_empty() && !anywhere && !states.waits_after(position) {
                return;
            }
        }
    }

    /// Follows everything that takes no character, from the seeds to `states.current`; tells
    /// whether the program can end here.
    fn close(&mut self, states: &mut States, position: usize) -> bool {
        let program = self.program;
        let guarded = self.is_guarded(position);
        let mut ended = false;
        states.current.clear();
        states
            .seeds
            .extend(states.waiting.iter().filter(|(_, ends)| ends.contains(position)).map(|&(next, _)| next));
        while let Some(state) = states.seeds.pop() {
            if std::mem::replace(&mut states.seen_at[state], position + 1) == position + 1 {
                continue;
            }
            match &program.instructions[state] {
                Instruction::Literal(_) | Instruction::AnyChar | Instruction::Class(_) => {
                    states.current.push(state)
                }
                Instruction::AnyString if guarded => {}
                Instruction::AnyString => {
                    states.current.push(state);
                    states.seeds.push(state + 1);
                }
                Instruction::Jump(target) => states.seeds.push(*target),
                Instruction::Fork(targets) => states.seeds.extend(targets),
                Instruction::Not { .. } if guarded => {}
                &Instruction::Not { next, nested } => {
                    let ends = self.body_ends(state, nested, position);
                    if !ends.contains(position) {
                        states.seeds.push(next);
                    }
                    states.wait(next, &ends, position, self.text.len());
                }
                Instruction::End => ended = true,
            }
        }
        ended
    }

    /// Takes the character at `position` and seeds the states that follow.
    fn step(&self, states: &mut States, position: usize) {
        let code = self.code(position);
        let folded = if self.program.case_insensitive { fold(code) } else { code };
        let guarded = self.is_guarded(position);
        for &state in &states.current {
            match &self.program.instructions[state] {
                Instruction::Literal(literal) if *literal == folded => states.seeds.push(state + 1),
                Instruction::AnyChar if !guarded => states.seeds.push(state + 1),
                Instruction::Class(class) if !guarded && class.contains(code, folded) => {
                    states.seeds.push(state + 1)
                }
                Instruction::AnyString => states.seeds.push(state),
                _ => {}
            }
        }
    }

    /// Whether the next character is a leading dot that only a literal may take.
    fn is_guarded(&self, position: usize) -> bool {
        self.guard_dot && position == 0
    }

    /// Where the body of the `Not` at `state` can end when it starts at `position`.
    fn body_ends(&mut self, state: usize, nested: bool, position: usize) -> BitSet {
        if let Some(ends) = self.bodies.get(&(state, position)) {
            return ends.clone();
        }
        let mut ends = BitSet::default();
        self.run(state + 1, position, false, &mut |end| {
            ends.insert(end);
            true
        });
        if nested {
            self.bodies.insert((state, position), ends.clone());
        }
        ends
    }
}

/// The states of one run.
struct States {
    /// States to follow before the next character is taken.
    seeds: Vec<usize>,
    /// States that take a character.
    current: Vec<usize>,
    /// For each state one more than the position where it was last reached.
    seen_at: Vec<usize>,
    /// For each `Not` that was passed: where to continue, and the positions at which to.
    waiting: Vec<(usize, BitSet)>,
}

impl States {
    fn new(instructions: usize) -> Self {
        States { seeds: Vec::new(), current: Vec::new(), seen_at: vec![0; instructions], waiting: Vec::new() }
    }

    /// Continues at `next` at all positions after `position`, up to `last`, that are not `ends`.
    fn wait(&mut self, next: usize, ends: &BitSet, position: usize, last: usize) {
        let index = self.waiting.iter().position(|&(known, _)| known == next).unwrap_or_else(|| {
            self.waiting.push((next, BitSet::default()));
            self.waiting.len() - 1
        });
        self.waiting[index].1.insert_missing(ends, position + 1, last);
    }

    fn waits_after(&self, position: usize) -> bool {
        self.waiting.iter().any(|(_, positions)| positions.last().is_some_and(|last| last > position))
    }
}

/// A set of small numbers.
#[derive(Clone, Default)]
struct BitSet {
    words: Vec<u64>,
}

const WORD: usize = u64::BITS as usize;

impl BitSet {
    fn contains(&self, bit: usize) -> bool {
        self.words.get(bit / WORD).is_some_and(|word| word >> (bit % WORD) & 1 == 1)
    }

    fn insert(&mut self, bit: usize) {
        if self.words.len() <= bit / WORD {
            self.words.resize(bit / WORD + 1, 0);
        }
        self.words[bit / WORD] |= 1 << (bit % WORD);
    }

    /// Inserts the numbers `first..=last` that are not in `other`.
    fn insert_missing(&mut self, other: &BitSet, first: usize, last: usize) {
        if first > last {
            return;
        }
        if self.words.len() <= last / WORD {
            self.words.resize(last / WORD + 1, 0);
        }
        for index in first / WORD..=last / WORD {
            let mut missing = !other.words.get(index).copied().unwrap_or(0);
            if index == first / WORD {
                missing &= u64::MAX << (first % WORD);
            }
            if index == last / WORD {
                missing &= u64::MAX >> (WORD - 1 - last % WORD);
            }
            self.words[index] |= missing;
        }
    }

    fn last(&self) -> Option<usize> {
        let (index, word) = self.words.iter().enumerate().rfind(|(_, word)| **word != 0)?;
        Some(index * WORD + WORD - 1 - word.leading_zeros() as usize)
    }
}
