//! `--pretty-print` and `--profile`: the program in gawk's layout, with its comments, and with how often each statement
//! ran.

mod comments;
mod expressions;

use crate::ast::{
    Block, For, Function, Item, Names, Pattern, Program, Redirect, RedirectKind, Rule, Stmt, StmtKind,
};
use crate::source::{Source, Span};
use comments::Comments;
use expressions::Expressions;
use fusevm::text::time::{Zone, strftime};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::time::{SystemTime, UNIX_EPOCH};

/// How often the statements ran, by their first bytes.
pub(crate) type Counts = HashMap<u32, u64>;

/// The heading of some rules in a profile, and whether a rule with that pattern is one.
type Section = (&'static str, fn(&Pattern) -> bool);

/// The rules in the order in which they are printed.
const SECTIONS: &[Section] = &[
    ("BEGIN rule(s)", |pattern| matches!(pattern, Pattern::Begin)),
    ("BEGINFILE rule(s)", |pattern| matches!(pattern, Pattern::BeginFile)),
    ("Rule(s)", |pattern| matches!(pattern, Pattern::Always | Pattern::Expr(_) | Pattern::Range(..))),
    ("ENDFILE rule(s)", |pattern| matches!(pattern, Pattern::EndFile)),
    ("END rule(s)", |pattern| matches!(pattern, Pattern::End)),
];

/// The text of a program in the standard layout. With counts it is a profile.
pub(crate) fn print(program: &Program, source: &Source, counts: Option<&Counts>) -> String {
    let mut printer = Printer {
        names: &program.names,
        source,
        counts,
        comments: Comments::of(source),
        out: String::new(),
        depth: 0,
        last_line_end: 0,
    };
    printer.program(program);
    printer.out
}

/// The time, as profiles have it.
fn created() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    let zone = Zone::from_tz(std::env::var_os("TZ").as_deref().map(OsStr::as_bytes));
    let mut text = Vec::new();
    strftime(&mut text, b"%a %b %e %H:%M:%S %Y", seconds, &zone);
    String::from_utf8_lossy(&text).into_owned()
}

struct Printer<'a> {
    names: &'a Names,
    source: &'a Source,
    counts: Option<&'a Counts>,
    comments: Comments,
    out: String,
    depth: usize,
    /// Where in the source the line that was written last ends.
    last_line_end: u32,
}

impl<'a> Printer<'a> {
    fn program(&mut self, program: &Program) {
        let mut before = 0;
        let mut starts = HashMap::new();
        for item in &program.items {
            let span = match item {
                Item::Rule(rule) => rule.span,
                Item::Function(function) => function.span,
            };
            starts.insert(span.start, before);
            before = span.end;
        }
        if self.counts.is_some() {
            let _ = write!(self.out, "\t# profile, created {}\n\n", created());
        }
        // What stands at the head of the file stays there.
        let first = starts.keys().copied().min().unwrap_or(u32::MAX);
        self.comments_in(0, first);
        let lead = |span: Span| starts.get(&span.start).copied().unwrap_or(0);
        for (title, belongs) in SECTIONS {
            let mut is_first = true;
            for rule in program.rules().filter(|rule| belongs(&rule.pattern)) {
                self.separate();
                if self.counts.is_some() && std::mem::take(&mut is_first) {
                    let _ = write!(self.out, "\t# {title}\n\n");
                }
                self.comments_in(lead(rule.span), rule.span.start);
                self.rule(rule);
            }
        }
        let mut functions: Vec<&Function> = program.functions().collect();
        functions.sort_by_key(|function| self.names.text(function.name.name));
        if functions.is_empty() {
            // As in gawk, an empty line ends each rule.
            self.separate();
        }
        for (index, function) in functions.into_iter().enumerate() {
            if index == 0 {
                self.separate();
                if self.counts.is_some() {
                    self.out += "\n\t# Functions, listed alphabetically\n";
                }
            }
            self.out.push('\n');
            self.comments_in(lead(function.span), function.span.start);
            self.function(function);
        }
        self.comments_in(before, u32::MAX);
    }

    /// An empty line between the parts of a program.
    fn separate(&mut self) {
        if self.out.ends_with("}\n") {
            self.out.push('\n');
        }
    }

    fn rule(&mut self, rule: &Rule) {
        self.last_line_end = rule.span.start;
        self.begin(Some(rule.span));
        let pattern = match &rule.pattern {
            Pattern::Begin => "BEGIN ".to_owned(),
            Pattern::End => "END ".to_owned(),
            Pattern::BeginFile => "BEGINFILE ".to_owned(),
            Pattern::EndFile => "ENDFILE ".to_owned(),
            Pattern::Always => String::new(),
            Pattern::Expr(pattern) => self.expr(pattern) + " ",
            Pattern::Range(from, to) => format!("{}, {} ", self.expr(from), self.expr(to)),
        };
        self.out += &pattern;
        match &rule.action {
            Some(action) => self.braces(action),
            None => {
                self.out += "{\n";
                self.depth += 1;
                self.line(None, "print");
                self.depth -= 1;
                self.line(None, "}");
            }
        }
    }

    fn function(&mut self, function: &Function) {
        self.last_line_end = function.span.start;
        let params: Vec<&str> = function.params.iter().map(|param| self.names.text(param.name)).collect();
        let head = format!("function {}({})", self.names.text(function.name.name), params.join(", "));
        self.line(Some(function.span), &head);
        self.begin(None);
        self.braces(&function.body);
    }

    // ---- lines -----------------------------------------------------------------------------------

    /// The indentation of a line, with the count of what begins there.
    fn begin(&mut self, counted: Option<Span>) {
        if let Some(counts) = self.counts {
            match counted.and_then(|span| counts.get(&span.start)) {
                Some(count) => {
                    let _ = write!(self.out, "{count:6}  ");
                }
                None => self.out.push('\t'),
            }
        }
        self.out.extend(std::iter::repeat_n('\t', self.depth));
    }

    fn line(&mut self, counted: Option<Span>, text: &str) {
        self.begin(counted);
        self.out += text;
        self.out.push('\n');
    }

    /// The comments between two places, each on a line of its own.
    fn comments_in(&mut self, start: u32, end: u32) {
        for comment in self.comments.take(start, end) {
            self.line(None, &comment);
        }
    }

    /// Puts a comment that stands behind a place behind what was just written.
    fn trailing_comment(&mut self, end: u32) {
        if let Some(comment) = self.comments.take_behind(self.source.text(), end)
            && self.out.ends_with('\n')
        {
            self.out.pop();
            let _ = writeln!(self.out, "\t{comment}");
        }
    }

    // ---- statements ------------------------------------------------------------------------------

    /// ` {`, the statements, and the closing brace.
    fn braces(&mut self, block: &Block) {
        self.open_block(block);
        self.line(None, "}");
    }

    /// The statements in braces, up to the closing one.
    fn open_block(&mut self, block: &Block) {
        self.out += "{\n";
        self.depth += 1;
        block.statements.iter().for_each(|stmt| self.stmt(stmt));
        self.comments_in(block.span.start, block.span.end);
        self.depth -= 1;
    }

    /// The body of a loop or condition, in braces, up to the closing one.
    fn body(&mut self, body: &Stmt) {
        match &body.kind {
            StmtKind::Block(block) => self.open_block(block),
            StmtKind::Empty => self.out += "{\n",
            _ => {
                self.out += "{\n";
                self.depth += 1;
                self.stmt(body);
                self.depth -= 1;
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.comments_in(self.last_line_end, stmt.span.start);
        let counted = Some(stmt.span);
        match &stmt.kind {
            StmtKind::Empty => {}
            StmtKind::Block(block) => {
                self.begin(None);
                self.braces(block);
            }
            StmtKind::If { arms, otherwise } => {
                self.begin(counted);
                for (index, (condition, body)) in arms.iter().enumerate() {
                    if index > 0 {
                        self.begin(None);
                        self.out += "} else ";
                    }
                    let head = format!("if ({}) ", self.expr(condition));
                    self.out += &head;
                    self.body(body);
                }
                if let Some(body) = otherwise {
                    self.begin(None);
                    self.out += "} else ";
                    self.body(body);
                }
                self.line(None, "}");
            }
            StmtKind::While { condition, body } => {
                let head = format!("while ({}) ", self.expr(condition));
                self.compound(stmt, &head, body);
            }
            StmtKind::DoWhile { body, condition } => {
                self.begin(counted);
                self.out += "do ";
                self.body(body);
                let end = format!("}} while ({})", self.expr(condition));
                self.line(None, &end);
            }
            StmtKind::For(r#for) => {
                let For { init, condition, step, body } = &**r#for;
                let part = |part: &Option<Box<Stmt>>| {
                    part.as_ref().map_or(String::new(), |part| self.simple(part).unwrap_or_default())
                };
                let condition = condition.as_ref().map_or(String::new(), |condition| self.expr(condition));
                let head = match (part(init), condition, part(step)) {
                    (init, condition, step)
                        if [&init, &condition, &step].iter().all(|part| part.is_empty()) =>
                    {
                        "for (;;) ".to_owned()
                    }
                    (init, condition, step) => format!("for ({init}; {condition}; {step}) "),
                };
                self.compound(stmt, &head, body);
            }
            StmtKind::ForIn { variable, array, body } => {
                let head = format!("for ({} in {}) ", self.names.text(variable.name), self.array(array));
                self.compound(stmt, &head, body);
            }
            StmtKind::Switch { subject, cases } => {
                let head = format!("switch ({}) {{", self.expr(subject));
                self.line(counted, &head);
                for case in cases {
                    let label = case
                        .label
                        .as_ref()
                        .map_or("default:".to_owned(), |label| format!("case {}:", self.expr(label)));
                    self.line(None, &label);
                    self.depth += 1;
                    case.statements.iter().for_each(|stmt| self.stmt(stmt));
                    self.depth -= 1;
                }
                self.line(None, "}");
            }
            _ => {
                if let Some(text) = self.simple(stmt) {
                    self.line(counted, &text);
                }
            }
        }
        self.trailing_comment(stmt.span.end);
        self.last_line_end = self.last_line_end.max(stmt.span.end);
    }

    fn compound(&mut self, stmt: &Stmt, head: &str, body: &Stmt) {
        self.begin(Some(stmt.span));
        self.out += head;
        self.body(body);
        self.line(None, "}");
    }

    /// A statement that needs one line.
    fn simple(&self, stmt: &Stmt) -> Option<String> {
        let with = |word: &str, value: &Option<Box<crate::ast::Expr>>| match value {
            Some(value) => format!("{word} {}", self.expr(value)),
            None => word.to_owned(),
        };
        Some(match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Print { formatted, args, redirect } => {
                self.print_statement(*formatted, args, redirect.as_deref())
            }
            StmtKind::Break => "break".to_owned(),
            StmtKind::Continue => "continue".to_owned(),
            StmtKind::Next => "next".to_owned(),
            StmtKind::NextFile => "nextfile".to_owned(),
            StmtKind::Exit(value) => with("exit", value),
            StmtKind::Return(value) => match value {
                Some(value) => format!("return {}", self.parenthesized(value)),
                None => "return".to_owned(),
            },
            StmtKind::Delete { array, subscripts } => {
                format!("delete {}[{}]", self.array(array), self.list(subscripts))
            }
            StmtKind::DeleteAll(array) => format!("delete {}", self.array(array)),
            _ => return None,
        })
    }

    fn print_statement(
        &self,
        formatted: bool,
        args: &[crate::ast::Expr],
        redirect: Option<&Redirect>,
    ) -> String {
        let list = match args {
            // A redirected list has parentheses already.
            [only] if formatted || redirect.is_some() => self.expr(only.ungrouped()),
            _ => self.list(args),
        };
        let mut text = match (formatted, redirect) {
            (true, _) => format!("printf({list})"),
            (false, Some(_)) if !args.is_empty() => format!("print({list})"),
            (false, _) if args.is_empty() => "print".to_owned(),
            (false, _) => format!("print {list}"),
        };
        if let Some(Redirect { kind, target }) = redirect {
            text += match kind {
                RedirectKind::Write => " > ",
                RedirectKind::Append => " >> ",
                RedirectKind::Pipe => " | ",
                RedirectKind::Coprocess => " |& ",
            };
            text += &self.parenthesized(target);
        }
        text
    }
}

impl<'a> Expressions<'a> for Printer<'a> {
    fn names(&self) -> &'a Names {
        self.names
    }

    fn source(&self) -> &'a Source {
        self.source
    }
}
