//! No text makes the parser panic, loop or overflow its stack.

use super::super::parse;
use crate::source::Source;
use crate::testing::rows;

/// A small generator of pseudo-random numbers (xorshift), so that a failure repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn tables() -> impl Iterator<Item = String> {
    let tables = [include_str!("programs.txt"), include_str!("errors.txt")];
    tables.into_iter().flat_map(rows).map(|(_, source, _)| source)
}

/// Parses, and renders what there is to say.
fn survives(text: &[u8]) {
    let source = Source::from_text("test", text).unwrap();
    let diagnostics = match parse(&source) {
        Ok(parsed) => {
            crate::ast::to_sexpr(&parsed.program);
            parsed.warnings
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            errors
        }
    };
    for diagnostic in diagnostics {
        diagnostic.render(&source, false);
    }
}

#[test]
fn truncated_programs() {
    for program in tables() {
        for end in 0..program.len() {
            survives(&program.as_bytes()[..end]);
        }
    }
}

#[test]
fn programs_with_a_piece_missing_or_doubled() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for program in tables() {
        let bytes = program.as_bytes();
        for _ in 0..20 {
            let (a, b) = (random.below(bytes.len() + 1), random.below(bytes.len() + 1));
            let (start, end) = (a.min(b), a.max(b));
            survives(&[&bytes[..start], &bytes[end..]].concat());
            survives(&[&bytes[..end], &bytes[start..]].concat());
        }
    }
}

#[test]
fn token_soup() {
    const TOKENS: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ";",
        ",",
        "\n",
        "++",
        "--",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "**",
        "**=",
        "!",
        "!=",
        "!~",
        "~",
        "=",
        "==",
        "+=",
        "/=",
        "<",
        "<=",
        ">",
        ">>",
        ">=",
        "|",
        "|&",
        "||",
        "&&",
        "?",
        ":",
        "$",
        "in",
        "x",
        "a",
        "f(",
        "1",
        "0x",
        "1e",
        ".5",
        "\"s\"",
        "\"",
        "\\",
        "/re/",
        "getline",
        "print",
        "printf",
        "if",
        "else",
        "while",
        "for",
        "do",
        "next",
        "nextfile",
        "exit",
        "return",
        "delete",
        "break",
        "continue",
        "function",
        "BEGIN",
        "END",
        "length",
        "substr",
        "split",
        "sub",
        "#",
        "@",
        "'",
        "\u{e9}",
        "\0",
        "[[:",
        "a[",
        "(x in a)",
        "((x, y) in a)",
    ];
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..4_000 {
        let length = random.below(60);
        let mut text = String::new();
        for _ in 0..length {
            text += TOKENS[random.below(TOKENS.len())];
            text += [" ", "", " "][random.below(3)];
        }
        survives(text.as_bytes());
    }
}

#[test]
fn byte_soup() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..2_000 {
        let text: Vec<u8> = (0..random.below(80)).map(|_| random.below(256) as u8).collect();
        survives(&text);
    }
}
