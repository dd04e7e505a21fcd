//! Programs that nobody would write: real ones with tokens changed, things inside each other ten thousand deep, and
//! odd bytes.

use super::generate::case;
use super::shrink::tokens;
use crate::rng::Rng;

/// What is put where it does not belong.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    "\n",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "**",
    "!",
    ">",
    ">>",
    "<",
    "|",
    "|&",
    "?",
    ":",
    "~",
    "!~",
    "$",
    "=",
    "==",
    "!=",
    "<=",
    ">=",
    "++",
    "--",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "^=",
    "**=",
    "&&",
    "||",
    "in",
    "@",
    "#",
    "\\",
    "\\\n",
    "\"",
    "'",
    "`",
    "&",
    ".",
    "::",
    "BEGIN",
    "END",
    "BEGINFILE",
    "ENDFILE",
    "function",
    "func",
    "if",
    "else",
    "while",
    "for",
    "do",
    "switch",
    "case",
    "default",
    "break",
    "continue",
    "next",
    "nextfile",
    "exit",
    "return",
    "delete",
    "getline",
    "print",
    "printf",
    "length",
    "substr(",
    "split(",
    "gsub(",
    "sub(",
    "match(",
    "sprintf(",
    "gensub(",
    "patsplit(",
    "asort(",
    "asorti(",
    "close(",
    "system(",
    "fflush",
    "rand()",
    "srand(",
    "typeof(",
    "isarray(",
    "strftime(",
    "mkbool(",
    "index(",
    "x",
    "y",
    "a[",
    "a[1]",
    "f(",
    "@f(",
    "@x(",
    "@include \"some\"",
    "@include \"again\"",
    "@include \"none\"",
    "@load \"x\"",
    "@namespace \"n\"",
    "n::x",
    "awk::NR",
    "NF",
    "NR",
    "$0",
    "$NF",
    "SYMTAB",
    "FUNCTAB",
    "SYMTAB[\"x\"]",
    "PROCINFO",
    "ENVIRON",
    "IGNORECASE",
    "/a/",
    "@/a/",
    "/[/",
    "/(/",
    "/[[:alpha:]]/",
    "/a{1,2}/",
    "/\\/",
    "0",
    "1",
    "1e400",
    "0x1F",
    "017",
    "1.5e-3",
    ".",
    "1.",
    "9999999999999999999999",
    "\"a\"",
    "\"\\",
    "\"\\x\"",
    "\"\\777\"",
    "\"%d%\"",
    "_\"text\"",
    "\0",
    "\u{e9}",
    "\u{1F600}",
    "\r",
    "\r\n",
    "\t",
];

/// What can stand in itself: before, in the middle, after.
const NESTS: &[[&str; 3]] = &[
    ["(", "1", ")"],
    ["((", "1", ") + 1)"],
    ["{", "x", "}"],
    ["a[", "1", "]"],
    ["!", "x", ""],
    ["- ", "x", ""],
    ["+ ", "x", ""],
    ["$", "1", ""],
    ["f(", "1", ")"],
    ["x ? ", "1", " : 2"],
    ["x ? 1 : ", "1", ""],
    ["x = ", "1", ""],
    ["x ^= ", "1", ""],
    ["2 ^ ", "1", ""],
    ["2 ** ", "1", ""],
    ["x ", "1", ""],
    ["x + ", "1", ""],
    ["x - ", "1", ""],
    ["x , ", "1", ""],
    ["1 && ", "1", ""],
    ["1 || ", "1", ""],
    ["x ~ ", "1", ""],
    ["x < ", "1", ""],
    ["x in ", "a", ""],
    ["(1, ", "1", ") in a"],
    ["if (1) ", "x", ""],
    ["if (1) x; else ", "x", ""],
    ["while (1) ", "x", ""],
    ["for (;;) ", "x", ""],
    ["for (k in a) ", "x", ""],
    ["do ", "x", "; while (0)"],
    ["switch (x) { case 1: ", "x", "}"],
    ["", "x", "[1]"],
    ["", "x", "++"],
    ["", "x", " | getline"],
    ["getline < ", "x", ""],
    ["getline x < ", "x", ""],
    ["\"a\" ", "x", ""],
    ["length ", "x", ""],
    ["length(", "x", ")"],
    ["substr(", "x", ", 1)"],
    ["gsub(/a/, \"b\", ", "x", ")"],
    ["@f(", "1", ")"],
    ["\n", "x", ";"],
    [";", "x", "\n"],
    ["{ x; ", "x", ""],
    ["[", "x", ""],
    ["print > ", "x", ""],
    ["print ", "x", ""],
    ["print x, ", "x", ""],
    ["print (", "x", ")"],
    ["printf(", "x", ")"],
    ["delete a[", "1", "]"],
    ["return ", "1", ""],
    ["case 1: ", "x", ""],
    ["# ", "x", "\\\n"],
    ["\\\n", "x", ""],
    ["else ", "x", ""],
    ["@", "f", "()"],
    ["function f(", "x", ") {"],
    ["BEGIN {", "x", "}\n"],
    ["n::", "x", ""],
    ["\"\\", "x", "\""],
];

/// The same inside of a regular expression.
const REGEX_NESTS: &[[&str; 3]] = &[
    ["(", "a", ")"],
    ["(", "a", ")*"],
    ["(", "a", "){2}"],
    ["(", "a", "){0,9}"],
    ["(a|", "b", ")"],
    ["(", "a", "|b)+"],
    ["[", "a", "]"],
    ["[^", "a", "]"],
    ["[[:alpha:]", "a", ""],
    ["", "a", "*"],
    ["", "a", "{3}"],
    ["", "a", "{99999}"],
    ["\\", "a", ""],
    ["^", "a", "$"],
    ["()", "a", "|"],
    ["[a-", "b", ""],
    ["\\y", "a", "\\B"],
    ["(a?){50}", "b", ""],
];

/// How often.
const TIMES: &[usize] = &[2, 5, 60, 180, 260, 600, 3000, 10_000];

/// Bytes that a repeated piece comes to at most, since it may be repeated again.
const MAX_PIECE: usize = 200_000;

/// Where an expression or a statement stands.
const PLACES: &[[&str; 2]] = &[
    ["BEGIN { x = ", " }"],
    ["BEGIN { ", " }"],
    ["", ""],
    ["{ print ", " }"],
    ["function f(y) { return ", " }"],
    ["BEGIN { if (", ") x }"],
    ["", " { x }"],
    ["BEGIN { f(", ") } function f(x) { }"],
    ["BEGIN { print > ", " }"],
    ["/a/, ", " { x }"],
    ["END { print a[", "] }"],
];

/// The program of a seed.
pub fn program(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed ^ 0x7061_7273_6572);
    match rng.below(16) {
        0..=7 => {
            let count = 1 + rng.below(6);
            changed(&mut rng, seed, count)
        }
        8 => {
            let count = 40 + rng.below(100);
            changed(&mut rng, seed, count)
        }
        9..=11 => nested(&mut rng),
        12 => random_tokens(&mut rng),
        13 => many(&mut rng),
        14 => many_operands(&mut rng),
        _ => random_bytes(&mut rng, seed),
    }
}

/// A real program with tokens removed, repeated, swapped and put in.
fn changed(rng: &mut Rng, seed: u64, count: usize) -> Vec<u8> {
    let mut pieces = tokens(case(seed).program.as_bytes());
    for _ in 0..count {
        let at = rng.below(pieces.len());
        let Some(piece) = pieces.get(at).cloned() else { break };
        match rng.below(12) {
            0..=2 => {
                pieces.remove(at);
            }
            3..=5 => pieces.insert(at, rng.pick(TOKENS).into()),
            6..=7 => pieces[at] = rng.pick(TOKENS).into(),
            8 => {
                let other = rng.below(pieces.len());
                pieces.swap(at, other);
            }
            9 => {
                let times = if rng.chance(1, 8) { rng.pick(TIMES) } else { rng.below(4) };
                let times = times.min(MAX_PIECE / piece.len().max(1));
                pieces[at] = piece.repeat(times);
            }
            10 => {
                let end = (at + rng.below(30)).min(pieces.len());
                let copied = pieces[at..end].to_vec();
                let to = rng.below(pieces.len());
                pieces.splice(to..to, copied);
            }
            _ => pieces.truncate(at + 1),
        }
    }
    pieces.concat()
}

/// Something in itself, many times.
fn nested(rng: &mut Rng) -> Vec<u8> {
    let mut times = rng.pick(TIMES);
    let is_regex = rng.chance(1, 6);
    let nests = if is_regex { REGEX_NESTS } else { NESTS };
    let mut text = String::new();
    let mut layers = vec![rng.pick(nests)];
    while rng.chance(1, 2) && layers.len() < 4 {
        layers.push(rng.pick(nests));
        times = times.div_ceil(2);
    }
    let order: Vec<[&str; 3]> = (0..times).map(|at| layers[at % layers.len()]).collect();
    let [before, behind] = rng.pick(PLACES);
    text += before;
    text += if is_regex { "\"a\" ~ /" } else { "" };
    order.iter().for_each(|layer| text += layer[0]);
    text += order.last().map_or("", |layer| layer[1]);
    // An end that is missing is as likely as any other mistake.
    if rng.chance(5, 6) {
        order.iter().rev().for_each(|layer| text += layer[2]);
    }
    text += if is_regex { "/" } else { "" };
    (text + behind).into_bytes()
}

fn random_tokens(rng: &mut Rng) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..1 + rng.below(120) {
        text += rng.pick(TOKENS);
        text += rng.pick(&["", " ", " ", "\n"]);
    }
    text.into_bytes()
}

/// Very many of one thing.
fn many(rng: &mut Rng) -> Vec<u8> {
    let count = rng.pick(TIMES) * rng.pick(&[1, 1, 3]);
    let one: fn(usize) -> String = rng.pick::<fn(usize) -> String>(&[
        |at| format!("function f{at}(x) {{ return x + {at} }}\n"),
        |at| format!("BEGIN {{ v{at} = {at}.5 }}\n"),
        |at| format!("BEGIN {{ print \"text {at}\" }}\n"),
        |at| format!("/r{at}/ {{ n{at}++ }}\n"),
        |at| format!("$1 == {at}, $1 == {at} + 1 {{ print }}\n"),
        |at| format!("function f{at}(x) {{ return f{}(x) }}\n", at + 1),
        |at| format!("BEGIN {{ a[{at}][{at}] = x{at} }}\n"),
        |at| format!("@namespace \"n{at}\"\nBEGIN {{ x = 1 }}\n"),
        |_| "BEGIN { for (;;) { if (x) break; else continue } }\n".into(),
        |_| "}\n".into(),
        |_| "{ next }".into(),
    ]);
    (0..count).map(one).collect::<String>().into_bytes()
}

/// One thing with very many parts.
fn many_operands(rng: &mut Rng) -> Vec<u8> {
    let count = rng.pick(TIMES);
    let [before, one, behind] = rng.pick(&[
        ["function f(", "x#, ", "y) { }"],
        ["BEGIN { f(", "x#, ", "1) } function f(y) { }"],
        ["BEGIN { print ", "x#, ", "1 }"],
        ["BEGIN { printf \"%d\", ", "#, ", "1 }"],
        ["BEGIN { x = a[", "#, ", "1] }"],
        ["BEGIN { if ((", "x#, ", "1) in a) x }"],
        ["BEGIN { x = \"", "text#\\n", "\" }"],
        ["BEGIN { x = ", "\"text#\" ", "1 }"],
        ["BEGIN { x = ", "x# + ", "1 }"],
        ["BEGIN { switch (x) { ", "case #: y = #; ", "} }"],
        ["BEGIN { switch (x) { ", "case /r#/: y = \"#\"; break; ", "} }"],
        ["BEGIN { x = ", "0", " }"],
        ["BEGIN { ", "name", " = 1 }"],
        ["BEGIN { x ~ /", "a#|", "b/ }"],
        ["BEGIN { x ~ /[", "a-z#", "]/ }"],
        ["BEGIN { if (x) y; ", "else if (x == #) y; ", "else z }"],
        ["BEGIN { ", "x; ", "}"],
        ["# ", "comment # ", "\nBEGIN { }"],
    ]);
    let mut text = before.to_owned();
    for at in 0..count {
        text += &one.replace('#', &at.to_string());
    }
    (text + behind).into_bytes()
}

/// A program with bytes that stand nowhere in programs.
fn random_bytes(rng: &mut Rng, seed: u64) -> Vec<u8> {
    let mut text = if rng.chance(1, 2) { case(seed).program.into_bytes() } else { vec![b' '; 60] };
    let keep = 1 + rng.below(4);
    for _ in 0..1 + rng.below(40) {
        let at = rng.below(text.len());
        let byte = rng.next() as u8;
        if rng.chance(keep, 4) {
            text[at] = byte;
        } else {
            text.insert(at, byte);
        }
    }
    text
}
