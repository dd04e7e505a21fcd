//! Makes whole awk programs of which the language says what they do: they end, they hold little, and nothing depends on
//! the order of elements or on the time.
//!
//! A name says what it holds: `n1` a number, `s1` text, `v1` either, `u1` nothing ever; `A` and `B` are arrays, `M` is
//! one of arrays. Loops count in `i1`, `i2` …, by their depth, and `calls` bounds recursion.

mod data;
mod expressions;
mod regexes;
mod statements;

use super::Case;
use crate::rng::Rng;

/// Functions of a program at most. All have the same parameters.
const FUNCTIONS: usize = 3;
/// What functions are given, then their own variables.
const PARAMETERS: &str = "n, s, arr, k, t, loc, i1, i2, i3, i4";
/// Constructs in each other.
const NESTING: usize = 3;
/// Levels of expressions.
const DEPTH: usize = 3;

/// The tiers of the engine that a program may run on.
const TIERS: &[&[(&str, &str)]] = &[
    &[("FUSEVM_JIT_TRACE_THRESHOLD", "1"), ("FUSEVM_JIT_BLOCK_THRESHOLD", "1")],
    &[("FUSEVM_JIT_TRACE_THRESHOLD", "3"), ("FUSEVM_JIT_BLOCK_THRESHOLD", "2")],
    &[("FUSEVM_JIT_TRACE_THRESHOLD", "100000"), ("FUSEVM_JIT_BLOCK_THRESHOLD", "1")],
    &[],
];

/// The kind of code that is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Begin,
    Rule,
    End,
    Function,
}

/// The characters of programs and data. gawk 5.2 has faults with others than ASCII: what is between the bytes of one counts as a
/// place for empty matches, and where letter case does not, bytes above 127 come before all others. Programs that would
/// come upon them are not made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Characters {
    /// ASCII, in any locale.
    Ascii,
    /// Bytes: letter case counts.
    Bytes,
    /// UTF-8: no expression matches the empty text, and letter case counts.
    Utf8,
}

struct Generator {
    rng: Rng,
    characters: Characters,
    /// The program so far.
    text: String,
    indent: usize,
    place: Place,
    functions: usize,
    /// Loops around the statement.
    loops: usize,
    /// Iterations that they come to together.
    iterations: usize,
    nesting: usize,
}

/// The program of a seed, with its data.
pub fn case(seed: u64) -> Case {
    let mut rng = Rng::new(seed);
    let characters = rng.pick(&[Characters::Ascii, Characters::Ascii, Characters::Bytes, Characters::Utf8]);
    let mut generator = Generator {
        rng,
        characters,
        text: String::new(),
        indent: 0,
        place: Place::Begin,
        functions: 0,
        loops: 0,
        iterations: 1,
        nesting: 0,
    };
    generator.functions = generator.rng.below(FUNCTIONS + 1);
    generator.program();
    let rng = &mut generator.rng;
    let locale = match characters {
        Characters::Utf8 => "C.UTF-8",
        Characters::Ascii if rng.chance(1, 2) => "C.UTF-8",
        _ => "C",
    };
    let mut env = vec![("LC_ALL".to_owned(), locale.to_owned())];
    env.extend(rng.pick(TIERS).iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let program = match characters {
        Characters::Ascii => generator.text.replace('é', "e").replace("日本", "nn").replace("233", "33"),
        _ => generator.text.clone(),
    };
    let mut case = Case { env, program, ..Case::default() };
    for name in ["d1", "d2"] {
        case.files.push((name.into(), data::file(rng, characters == Characters::Utf8)));
    }
    case.operands = match rng.below(6) {
        0 => vec!["d2".into(), "d1".into()],
        1 => vec!["d1".into(), "n1=7".into(), "v1=12abc".into(), "d2".into()],
        2 => vec!["d1".into(), "FS=:".into(), "d2".into()],
        _ => vec!["d1".into()],
    };
    case.options = match rng.below(12) {
        0 => vec!["-F:".into()],
        1 => vec!["-F,".into()],
        2 => vec!["-F\\t".into()],
        3 => vec!["-F[:,]+".into()],
        4 => vec!["-vn1=3x".into(), "-vv1=0x1A".into(), "-vs1=a\\tb".into()],
        5 => vec!["-vOFS=-".into(), "-vv2=1e2".into()],
        _ => vec![],
    };
    case
}

impl Generator {
    fn program(&mut self) {
        self.rule(Place::Begin, "BEGIN");
        for _ in 0..1 + self.rng.below(3) {
            let pattern = match self.rng.below(8) {
                0..=2 => String::new(),
                3..=4 => self.condition(DEPTH - 1),
                5 => format!("/{}/", self.regex(false)),
                6 => format!("{}, {}", self.condition(1), self.condition(1)),
                _ => self.any(1),
            };
            self.rule(Place::Rule, &pattern);
        }
        self.rule(Place::End, "END");
        for number in 1..=self.functions {
            self.function(number);
        }
        self.text += "function cut(x) { return length(x) > 60 ? substr(x, 1, 40) : x }\n";
    }

    fn rule(&mut self, place: Place, pattern: &str) {
        self.place = place;
        let open = format!("{pattern} {{");
        self.open(open.trim_start());
        if place == Place::Begin {
            // No awk promises an order, nor what can be asked of an array before it is one.
            self.line("PROCINFO[\"sorted_in\"] = \"@ind_str_asc\"; A[0]; B[0]; C[0]; M[0][0]");
            self.settings();
        }
        let count = 1 + self.rng.below(6);
        self.statements(count);
        if place == Place::End {
            self.dump();
        }
        self.close("}");
    }

    /// Shows what is left at the end.
    fn dump(&mut self) {
        self.line("OFS = \" \"; ORS = \"\\n\"; PROCINFO[\"sorted_in\"] = \"@ind_str_asc\"");
        self.line("print \"end\", n1, n2, n3, \"<\" s1 \"><\" s2 \"><\" s3 \">\", v1, v2, v3, NR, NF, FNR");
        self.line("print \"record\", $0, RSTART, RLENGTH, length(A), length(B), length(M)");
        self.line("for (k in A) print \"A\", k, A[k]");
        self.line("for (k in B) print \"B\", k, B[k]");
        self.line("for (k in M) for (j in M[k]) print \"M\", k, j, M[k][j]");
    }

    fn function(&mut self, number: usize) {
        self.place = Place::Function;
        self.open(&format!("function f{number}({PARAMETERS}) {{"));
        let bottom = self.any(1);
        self.line(&format!("if (n <= 0 || ++calls > 200) return {bottom}"));
        let count = 1 + self.rng.below(4);
        self.statements(count);
        let result = self.any(2);
        self.line(&format!("return {result}"));
        self.close("}");
    }

    // ---- lines ---------------------------------------------------------------------------------

    fn line(&mut self, text: &str) {
        self.text += &"\t".repeat(self.indent);
        self.text += text;
        self.text.push('\n');
    }

    fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 1;
    }

    fn close(&mut self, text: &str) {
        self.indent -= 1;
        self.line(text);
    }
}
