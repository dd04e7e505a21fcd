//! Statements: output, assignments, control flow, input from elsewhere, settings that change in the middle of a run.

use super::{Characters, DEPTH, Generator, NESTING, Place};

/// Iterations that nested loops may come to, together.
const ITERATIONS: usize = 400;
/// What `patsplit` looks for. What becomes of patterns that match nothing at an edge is nobody's promise.
const PIECES: &[&str] = &["/[a-z]+/", "/a|b+/", "/[0-9]+/", "/./"];
/// Regular expressions with groups that can match in one way only: of others POSIX says more than anybody does.
const GROUPS: &[&str] =
    &["/([a-z]+)([0-9]*)/", "/([^:]*):(.*)/", "/(a)|(b)/", "/((o)b)?a/", "/(.)(.?)/", "\"(f)(o*)\""];
/// The same, of which no group is empty.
const FULL_GROUPS: &[&str] = &["/([a-z]+)([0-9]+)/", "/([^:]+):(.+)/", "/(a)|(b)/", "/(o)b?a/", "/(.)(.)/"];

impl Generator {
    pub(super) fn statements(&mut self, count: usize) {
        for _ in 0..count {
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.rng.below(40) {
            0..=6 => self.print(),
            7..=8 => {
                let (format, values) = self.format(1);
                self.line(&format!("printf \"{format}\\n\"{values}"));
            }
            9..=15 => self.assignment(),
            16..=17 => self.field_assignment(),
            18..=19 => self.substitution(),
            20..=22 if self.nesting < NESTING => self.choice(),
            23..=26 if self.nesting < NESTING => self.r#loop(),
            27 => self.delete(),
            28..=29 => self.split(),
            30 => self.getline(),
            31 => self.settings(),
            32 => self.leave(),
            33 if self.nesting < NESTING => self.switch(),
            34 => self.match_groups(),
            35 => self.sort(),
            36 if self.rng.chance(1, 4) => self.pipe(),
            _ => {
                let expression = self.number(DEPTH);
                let name = self.number_variable();
                self.line(&format!("{name} = {expression}"));
            }
        }
    }

    fn print(&mut self) {
        let count = self.rng.below(4);
        let values: Vec<String> = (0..count).map(|_| self.any(DEPTH)).collect();
        let tag = self.rng.below(1000);
        if count == 0 && self.rng.chance(1, 2) {
            self.line("print");
        } else if self.rng.chance(1, 8) {
            self.line(&format!("print({})", [vec![tag.to_string()], values].concat().join(", ")));
        } else {
            self.line(&format!("print {}", [vec![tag.to_string()], values].concat().join(", ")));
        }
    }

    fn assignment(&mut self) {
        let statement = match self.rng.below(10) {
            0 => format!("{} = {}", self.variable(), self.field()),
            // gawk forgets what an argument is that was an element without a value, so an argument has one.
            1..=2 => format!("{} = cut({} \"\")", self.variable(), self.any(DEPTH)),
            3..=4 => format!("{} = cut({} \"\")", self.text_variable(), self.text(DEPTH)),
            5..=6 => {
                let op = self.rng.pick(&["+=", "-=", "*=", "="]);
                format!("{} {op} {}", self.number_variable(), self.number(2))
            }
            7 => {
                let op = self.rng.pick(&["/=", "%="]);
                format!("{} {op} {}", self.variable(), 2 + self.rng.below(3))
            }
            8 => {
                let name = self.variable();
                self.rng.pick(&["X++", "X--", "++X", "--X", "X += 1"]).replace('X', &name)
            }
            _ => format!("{} = {} = {}", self.variable(), self.number_variable(), self.number(1)),
        };
        self.line(&statement);
    }

    fn field_assignment(&mut self) {
        let statement = match self.rng.below(10) {
            0..=3 => format!("{} = cut({} \"\")", self.field(), self.any(2)),
            4 => format!("$0 = cut({} \"\")", self.text(2)),
            5 => format!("NF = {}", self.rng.below(8)),
            6 => {
                let op = self.rng.pick(&["+= 2", "++", "-= 1.5", "*= 3"]);
                format!("{} {op}", self.field())
            }
            7 => "$(NF + 2) = NR".into(),
            8 => "$1 = $1".into(),
            _ => "NF = NF".into(),
        };
        self.line(&statement);
    }

    fn substitution(&mut self) {
        let function = self.rng.pick(&["sub", "gsub", "gsub"]);
        let (pattern, replacement) = (self.pattern(), self.replacement());
        let target = match self.rng.below(4) {
            0 => "$0".into(),
            // Whether a field that is not there comes to be, although nothing is replaced in it, is nobody's promise.
            1 => "$NF".into(),
            // gawk makes an element text that nothing is replaced in.
            _ => self.text_variable(),
        };
        let counter = self.number_variable();
        if target == "$0" && self.rng.chance(1, 2) {
            self.line(&format!("{counter} = {function}({pattern}, {replacement})"));
        } else {
            self.line(&format!("{counter} = {function}({pattern}, {replacement}, {target})"));
        }
        self.line(&format!("if (length({target}) > 60) {target} = cut({target})"));
    }

    fn block(&mut self, opening: &str, closing: &str) {
        self.open(opening);
        self.nesting += 1;
        let count = 1 + self.rng.below(3);
        self.statements(count);
        self.nesting -= 1;
        self.close(closing);
    }

    fn choice(&mut self) {
        let condition = self.condition(2);
        let open = format!("if ({condition}) {{");
        if self.rng.chance(1, 2) {
            self.block(&open, "} else {");
            self.indent += 1;
            self.statement_in_block();
            self.close("}");
        } else {
            self.block(&open, "}");
        }
    }

    fn statement_in_block(&mut self) {
        self.nesting += 1;
        self.statement();
        self.nesting -= 1;
    }

    fn r#loop(&mut self) {
        let variable = format!("i{}", self.loops + 1);
        let most = ITERATIONS / self.iterations;
        let count = if most > 40 && self.rng.chance(1, 4) {
            20 + self.rng.below(most - 20)
        } else {
            1 + self.rng.below(5)
        };
        if self.loops == 4 || count > most {
            return;
        }
        let condition = self.condition(1);
        let (open, close) = match self.rng.below(6) {
            0..=2 => {
                (format!("for ({variable} = 1; {variable} <= {count}; {variable}++) {{"), "}".to_owned())
            }
            3 => (
                format!("{variable} = 0; while ({variable}++ < {count} && ({condition})) {{"),
                "}".to_owned(),
            ),
            4 => (format!("{variable} = {count}; do {{"), format!("}} while (--{variable} > 0)")),
            _ => {
                let array = self.array();
                (format!("for ({variable} in {array}) {{"), "}".to_owned())
            }
        };
        self.loops += 1;
        let outer = self.iterations;
        self.iterations *= count.max(3);
        self.block(&open, &close);
        self.iterations = outer;
        self.loops -= 1;
    }

    fn switch(&mut self) {
        let subject = self.any(1);
        self.open(&format!("switch ({subject}) {{"));
        for number in 0..1 + self.rng.below(3) {
            let label = match self.rng.below(3) {
                0 => format!("case {number}:"),
                1 => {
                    format!("case \"{}\":", self.rng.pick(&["a", "b", "abc", "0x", "1e"]).repeat(number + 1))
                }
                _ => format!("case /{}/:", self.regex(false)),
            };
            self.line(&label);
            self.indent += 1;
            self.statement_in_block();
            if self.rng.chance(2, 3) {
                self.line("break");
            }
            self.indent -= 1;
        }
        self.open("default:");
        self.statement_in_block();
        self.indent -= 1;
        self.close("}");
    }

    fn delete(&mut self) {
        let array = self.array();
        let statement = match self.rng.below(4) {
            0 => format!("delete {array}"),
            1 => format!("delete M[{}]", self.key()),
            _ => format!("delete {array}[{}]", self.key()),
        };
        self.line(&statement);
    }

    fn split(&mut self) {
        let (text, array) = (self.text(1), self.array());
        let name = self.number_variable();
        let statement = match self.rng.below(4) {
            0 => format!("{name} = split({text}, {array})"),
            1 => format!("{name} = split({text}, {array}, {}, C); print C[0], C[1], C[2]", self.separator()),
            2 => {
                format!("{name} = patsplit({text}, {array}, {}, C); print C[0], C[1]", self.rng.pick(PIECES))
            }
            _ => format!("{name} = split({text}, {array}, {})", self.separator()),
        };
        self.line(&statement);
        self.line(&format!("print {name}, {array}[1] \"/\" {array}[2] \"/\" {array}[3]"));
    }

    fn match_groups(&mut self) {
        let text = self.text(1);
        if self.rng.chance(1, 2) {
            let pattern = self.pattern();
            self.line(&format!(
                "delete C; print match({text}, {pattern}, C), RSTART, RLENGTH, C[0], C[0, \"start\"]"
            ));
            return;
        }
        let patterns = if self.characters == Characters::Utf8 { FULL_GROUPS } else { GROUPS };
        let pattern = self.rng.pick(patterns);
        self.line(&format!("delete C; print match({text}, {pattern}, C), RSTART, RLENGTH, length(C)"));
        self.line("for (k2 in C) print \"C\", k2, C[k2]");
        self.line(&format!("print gensub({pattern}, \"<\\\\2-\\\\1>\", \"g\", {text} \"\")"));
    }

    fn sort(&mut self) {
        let array = self.array();
        let how = self.rng.pick(&[
            "asorti(X, C)",
            "asorti(X, C, \"@ind_str_desc\")",
            "asorti(X, C, \"@ind_num_asc\")",
        ]);
        self.line(&format!("print {}, C[1], C[2]", how.replace('X', array)));
    }

    fn getline(&mut self) {
        // A new main record in BEGIN is as good as in a rule; in a function it changes what fields are that gawk has read before the call.
        let variable = self.variable();
        let statement = match self.rng.below(7) {
            0 | 2 if self.place == Place::Function => {
                format!("print (getline {variable} < \"d1\"), {variable}")
            }
            0 => "print (getline), $0, NR".into(),
            1 => format!("print (getline {variable}), {variable}, NR"),
            2 => "print (getline < \"d2\"), $0, NF, NR".into(),
            3 => format!("print (getline {variable} < \"d2\"), {variable}"),
            4 => "while ((getline s3 < \"d1\") > 0) n3 += length(s3); close(\"d1\")".into(),
            5 => format!("print (getline {variable} < \"no such file\"), {variable}"),
            _ => format!(
                "\"echo 1 2 3; echo b\" | getline {variable}; print {variable}, NR; close(\"echo 1 2 3; echo b\")"
            ),
        };
        self.line(&statement);
    }

    fn pipe(&mut self) {
        let (a, b) = (self.any(1), self.any(1));
        let statement = match self.rng.below(4) {
            // What functions print goes before the command begins.
            0 => format!(
                "s1 = {a}; s2 = {b}; fflush(); print s1, s2 | \"cat\"; print s2 | \"cat\"; print close(\"cat\")"
            ),
            1 => format!(
                "print {a}, {b} > \"out\"; close(\"out\"); while ((getline s2 < \"out\") > 0) print \"out\", s2; close(\"out\")"
            ),
            2 => format!("print {a} >> \"more\"; printf \"%s\\n\", {b} >> \"more\"; close(\"more\")"),
            _ => "fflush(); print system(\"exit 3\"), system(\"echo from system\")".into(),
        };
        self.line(&statement);
    }

    /// Changes what the record and number machinery goes by.
    pub(super) fn settings(&mut self) {
        let statement: &str = self.rng.pick(&[
            "FS = \":\"",
            "FS = \",\"",
            "FS = \"\"",
            "FS = \"[ :]+\"",
            "FS = \"\\t\"",
            "FS = \"a\"",
            "FS = \"|\"",
            "RS = \"\"; FS = \"[ :]+\"",
            "RS = \"\\n\"",
            "RS = \"a\"",
            "RS = \"[0-9]+\"",
            "RS = \"\\n\\n+\"",
            "RS = \":|\\n\"",
            "OFS = \"-\"",
            "OFS = \":\"",
            "OFS = \"\"",
            "ORS = \"|\\n\"",
            "CONVFMT = \"%.2g\"",
            "OFMT = \"%.3f\"",
            "OFMT = \"%.2e\"",
            "SUBSEP = \":\"",
            "IGNORECASE = 1",
            "IGNORECASE = 0",
            "FIELDWIDTHS = \"2 3 2\"",
            "FIELDWIDTHS = \"1 2:3 *\"",
            "FPAT = \"[[:alnum:]]+\"",
            "FPAT = \"[^,]*\"",
            "NR = 10",
            "FNR = 0",
            "RSTART = 5",
        ]);
        let counts_case = self.characters != Characters::Ascii && statement == "IGNORECASE = 1";
        self.line(if counts_case { "IGNORECASE = 0" } else { statement });
    }

    fn leave(&mut self) {
        let condition = self.condition(1);
        let mut ways = vec!["exit", "exit 3", "exit n1 % 5"];
        if self.place == Place::Rule {
            ways.extend(["next", "next", "next", "nextfile"]);
        }
        if self.place == Place::Function {
            ways.extend(["return", "return s1", "return n - 1"]);
        }
        if self.loops > 0 {
            ways.extend(["break", "continue", "break", "continue"]);
        }
        let way = self.rng.pick(&ways);
        self.line(&format!("if ({condition}) {way}"));
    }
}
