//! Expressions of each kind: numbers, text, whatever it may be, conditions.

use super::{Characters, Generator, Place};

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "10",
    "0.5",
    "1.5",
    "-2.5",
    "100",
    "1e3",
    "1e6",
    "123456",
    "1234567.891",
    "0.1",
    "1e-5",
    "1e20",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "1e300",
    "017",
    "0x10",
];
const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"abc\"",
    "\"foo bar\"",
    "\"10\"",
    "\"1e2\"",
    "\" 3 \"",
    "\"0x1F\"",
    "\"-4.5x\"",
    "\"x\"",
    "\":\"",
    "\"a,b,c\"",
    "\"a b  c\"",
    "\"é\"",
    "\"日本\"",
    "\"tab\\there\"",
    "\"+1\"",
    "\"nan\"",
    "\"&\"",
    "\"\\\\&\"",
    "\"[\"",
    "\".\"",
    "\"A\"",
    "\"a\\nb\"",
];
const FORMATS: &[&str] = &[
    "%d", "%i", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%X", "%o", "%s", "%10s|", "%-10s|", "%.2s",
    "%e", "%.3e", "%f", "%.0f", "%8.3f", "%g", "%.10g", "%G", "%E", "%#g", "%u", "%5.3d", "%.0d", "%+.2e",
    "%-8.2f|", "%08.3f", "%%", "%'d",
];
/// What may be assigned to.
const SCALARS: &[&str] = &["v1", "v2", "v3"];

impl Generator {
    /// An expression of any kind.
    pub(super) fn any(&mut self, depth: usize) -> String {
        match self.rng.below(8) {
            0..=2 => self.number(depth),
            3..=5 => self.text(depth),
            6 => self.leaf(),
            _ => format!("({})", self.condition(depth)),
        }
    }

    /// Something that was assigned or read.
    pub(super) fn leaf(&mut self) -> String {
        match self.rng.below(12) {
            0..=2 => self.rng.pick(SCALARS).into(),
            3..=5 => self.field(),
            6..=7 => self.element_value(),
            8 => self.rng.pick(&["u1", "u2", "u3"]).into(),
            9 if self.place == Place::Function => self.rng.pick(&["n", "s", "k", "t"]).into(),
            10 => "$0".into(),
            _ => self.rng.pick(&["n1", "s1", "n2", "s2"]).into(),
        }
    }

    pub(super) fn field(&mut self) -> String {
        match self.rng.below(12) {
            0 => "$NF".into(),
            1 => format!("${}", self.name_of_number()),
            2 => "$(NF-1)".into(),
            3 => format!("$({} % 4)", self.natural()),
            _ => format!("${}", 1 + self.rng.below(6)),
        }
    }

    /// A variable that holds a small natural number.
    fn natural(&mut self) -> String {
        if self.loops > 0 { format!("i{}", 1 + self.rng.below(self.loops)) } else { "NR".into() }
    }

    fn name_of_number(&mut self) -> String {
        if self.loops > 0 { self.natural() } else { self.rng.pick(&["NF", "1", "2"]).into() }
    }

    pub(super) fn array(&mut self) -> &'static str {
        if self.place == Place::Function && self.rng.chance(1, 2) {
            self.rng.pick(&["arr", "loc"])
        } else {
            self.rng.pick(&["A", "B"])
        }
    }

    /// The value of an element, as a string or a number: gawk 5.2 makes a string of a new one when it is printed.
    fn element_value(&mut self) -> String {
        let element = self.element();
        if self.rng.chance(1, 2) { format!("({element} \"\")") } else { format!("({element} + 0)") }
    }

    pub(super) fn element(&mut self) -> String {
        if self.rng.chance(1, 6) {
            return format!("M[{}][{}]", self.key(), self.key());
        }
        let array = self.array();
        let key = self.key();
        if self.rng.chance(1, 8) {
            format!("{array}[{key}, {}]", self.key())
        } else {
            format!("{array}[{key}]")
        }
    }

    /// An index; there are few, so that elements are met again.
    pub(super) fn key(&mut self) -> String {
        match self.rng.below(10) {
            0..=2 => self.rng.below(5).to_string(),
            3 => self.rng.pick(&["\"a\"", "\"b\"", "\"01\"", "\"\"", "0.1", "1e0", "-1"]).into(),
            4..=5 => self.field(),
            6 => "NR".into(),
            7 => self.name_of_number(),
            8 => format!("{} % 3", self.natural()),
            _ => self.rng.pick(SCALARS).into(),
        }
    }

    /// What can be assigned to, other than a field.
    pub(super) fn variable(&mut self) -> String {
        match self.rng.below(8) {
            0..=3 => self.rng.pick(SCALARS).into(),
            4..=6 => self.element(),
            _ if self.place == Place::Function => self.rng.pick(&["k", "t"]).into(),
            _ => "v1".into(),
        }
    }

    pub(super) fn number_variable(&mut self) -> String {
        if self.place == Place::Function && self.rng.chance(1, 4) {
            "k".into()
        } else {
            self.rng.pick(&["n1", "n2", "n3"]).into()
        }
    }

    pub(super) fn text_variable(&mut self) -> String {
        if self.place == Place::Function && self.rng.chance(1, 4) {
            "t".into()
        } else {
            self.rng.pick(&["s1", "s2", "s3"]).into()
        }
    }

    /// A call of one of the program's functions.
    fn call(&mut self, depth: usize) -> Option<String> {
        if self.functions == 0 || self.iterations > 20 {
            return None;
        }
        let function = 1 + self.rng.below(self.functions);
        let count =
            if self.place == Place::Function { "n - 1".into() } else { self.rng.below(5).to_string() };
        Some(match self.rng.below(6) {
            0 => format!("f{function}({count})"),
            1 => format!("f{function}({count}, {})", self.text(depth)),
            _ => {
                let text = self.text(depth);
                format!("f{function}({count}, {text}, {})", self.array())
            }
        })
    }

    pub(super) fn number(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.rng.below(8) {
                0..=2 => self.rng.pick(NUMBERS).into(),
                3..=4 => self.number_variable(),
                5 => self.rng.pick(&["NF", "NR", "FNR", "length", "RSTART", "RLENGTH"]).into(),
                6 => self.natural(),
                _ => self.leaf(),
            };
        }
        let depth = depth - 1;
        match self.rng.below(24) {
            0..=5 => {
                let op = self.rng.pick(&["+", "-", "*", "+", "-"]);
                let (a, b) = (self.number(depth), self.number(depth));
                if self.rng.chance(1, 4) { format!("{a} {op} {b}") } else { format!("({a} {op} {b})") }
            }
            6 => format!("({} / {})", self.number(depth), self.rng.pick(&["2", "3", "7", "0.5", "1e3"])),
            7 => format!("({} % {})", self.number(depth), self.rng.pick(&["2", "3", "7", "1.5", "10"])),
            // gawk multiplies for a whole exponent, and we ask for the power, which rounds once.
            8 => format!("({} {} {})", self.natural(), self.rng.pick(&["^", "**"]), self.rng.below(4)),
            9 => {
                let sign = self.rng.pick(&["-", "+", "!"]);
                format!("({sign}({}))", self.any(depth))
            }
            10 => format!("int({})", self.any(depth)),
            11..=12 => format!("length({})", self.any(depth)),
            13 => format!("index({}, {})", self.text(depth), self.text(0)),
            14 => format!("match({}, {})", self.text(depth), self.pattern()),
            15 => {
                let name = self.number_variable();
                let op = self.rng.pick(&["=", "+=", "-=", "*="]);
                format!("({name} {op} {} % 1000)", self.number(depth))
            }
            16 => {
                let name = self.number_variable();
                self.rng.pick(&["X++", "X--", "++X", "--X"]).replace('X', &name)
            }
            17 => self.call(depth).unwrap_or_else(|| "NR".into()),
            18 => {
                let function = self.rng.pick(&["and", "or", "xor"]);
                format!("{function}({}, {})", self.rng.below(1 << 20), self.natural())
            }
            19 => format!("strtonum({})", self.any(depth)),
            20 => {
                let function = self.rng.pick(&["sin", "cos", "exp", "int"]);
                format!("{function}({} % 100)", self.number(depth))
            }
            21 => format!("split({}, {}, {})", self.text(depth), self.array(), self.separator()),
            22 => format!("lshift({}, {})", self.rng.below(1 << 16), self.rng.below(30)),
            _ => format!("({})", self.condition(depth)),
        }
    }

    pub(super) fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.rng.below(6) {
                0..=1 => self.rng.pick(TEXTS).into(),
                2..=3 => self.text_variable(),
                _ => self.leaf(),
            };
        }
        let depth = depth - 1;
        match self.rng.below(20) {
            0..=5 => {
                let (a, b) = (self.any(depth), self.text(depth));
                if self.rng.chance(1, 3) { format!("{a} {b}") } else { format!("({a} {b})") }
            }
            6..=8 => {
                let text = self.any(depth);
                let start = self.number(depth);
                if self.rng.chance(1, 3) {
                    format!("substr({text}, {start})")
                } else {
                    format!("substr({text}, {start}, {})", self.number(depth))
                }
            }
            9 => format!("toupper({})", self.any(depth)),
            10 => format!("tolower({})", self.any(depth)),
            11..=13 => self.sprintf(depth),
            14 => format!("({} ? {} : {})", self.condition(depth), self.text(depth), self.any(depth)),
            15 => format!(
                // gawk 5.2 reads what it has freed when it is given a number.
                "gensub({}, {}, {}, {} \"\")",
                self.pattern(),
                // gawk reads on behind a backslash at the end, and input may have one.
                self.rng.pick(&["\"[&]\"", "\"\"", "\"\\\\0\\\\&\"", "\"é\""]),
                self.rng.pick(&["\"g\"", "1", "2"]),
                self.text(depth)
            ),
            16 => self.call(depth).unwrap_or_else(|| "s1".into()),
            17 => format!("({} \"\")", self.number(depth)),
            18 => format!("typeof({})", self.rng.pick(&["B", "(s1 \"\")", "n1 + 1"])),
            _ => format!("({} = cut({} \"\"))", self.text_variable(), self.text(depth)),
        }
    }

    fn sprintf(&mut self, depth: usize) -> String {
        let (format, values) = self.format(depth);
        format!("sprintf(\"{format}\"{values})")
    }

    /// A format, and the values that it asks for, each with a comma before it.
    pub(super) fn format(&mut self, depth: usize) -> (String, String) {
        let (mut format, mut values) = (String::new(), String::new());
        for _ in 0..1 + self.rng.below(3) {
            let one = self.rng.pick(FORMATS);
            format += one;
            if one != "%%" {
                values += ", ";
                values += &self.any(depth);
            }
            format += self.rng.pick(&["", " ", ":", "é", "\\t"]);
        }
        if self.rng.chance(1, 12) {
            // The character 0, and codes that no character has, gawk's own functions do not agree on.
            format += "%c";
            values += &format!(", {}", self.rng.pick(&["65", "\"text\"", "233", "NR + 64", "\"é\"", "10.9"]));
        }
        if self.rng.chance(1, 12) {
            format += "%*d";
            values += &format!(", {}, {}", self.rng.below(9) as i64 - 4, self.number(depth));
        }
        (format, values)
    }

    /// What to search for: a regular expression in one of its forms.
    pub(super) fn pattern(&mut self) -> String {
        match self.rng.below(8) {
            0..=4 => format!("/{}/", self.regex(false)),
            5..=6 => self.quoted_regex(),
            _ if self.characters == Characters::Utf8 => "\"b+\"".into(),
            _ => self.rng.pick(&["\"a\"", "\"b+\"", "\".\"", "(\"a\" \"|b\")", "\"^\""]).into(),
        }
    }

    pub(super) fn separator(&mut self) -> String {
        match self.rng.below(8) {
            0..=1 => self.rng.pick(&["\":\"", "\",\"", "\"\\t\"", "\"a\"", "\"|\"", "\".\""]).into(),
            2 => "\" \"".into(),
            3 => "\"\"".into(),
            4 => "FS".into(),
            5 => "\", *\"".into(),
            // gawk does not see what stands before the place where it goes on to split, which edges would ask about.
            _ => self
                .rng
                .pick(&["/[0-9]+/", "/a|b/", "/[^a-z]/", "/ *: */", "/o*/", "\"(a|1)+\"", "/./"])
                .into(),
        }
    }

    pub(super) fn replacement(&mut self) -> String {
        self.rng
            .pick(&[
                "\"X\"",
                "\"[&]\"",
                "\"\"",
                "\"\\\\&\"",
                "\"&&\"",
                "\"\\\\\\\\&\"",
                "\"\\\\0\"",
                "\"é\"",
                "s1",
                "$1",
                "\"\\\\q\"",
            ])
            .into()
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        let below = depth.saturating_sub(1);
        match self.rng.below(12) {
            0..=4 => {
                let op = self.rng.pick(&["<", "<=", "==", "!=", ">", ">="]);
                format!("({} {op} {})", self.any(below), self.any(below))
            }
            5..=6 => {
                let op = self.rng.pick(&["~", "!~"]);
                format!("{} {op} {}", self.any(0), self.pattern())
            }
            7 => format!("({} in {})", self.key(), self.array()),
            8 if depth > 0 => {
                let op = self.rng.pick(&["&&", "||"]);
                format!("({} {op} {})", self.condition(below), self.condition(below))
            }
            9 if depth > 0 => format!("!({})", self.condition(below)),
            10 => self.leaf(),
            _ => format!("{} % 2", self.natural()),
        }
    }
}
