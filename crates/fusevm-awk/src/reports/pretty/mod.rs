//! `--pretty-print` and `--profile`: the program in gawk's layout, with its comments, or with how often each part of it ran.

mod comments;
mod expressions;
mod statements;

use super::quote;
use crate::ast::{Function, Ident, Item, NameId, Names, Pattern, Program, Rule};
use crate::builtins::Builtin;
use crate::lexer::string_value;
use crate::source::Source;
use crate::token::{Punct, TokenKind};
use comments::{Comment, Comments};
use expressions::Expressions;
use fusevm::text::time::{Zone, strftime};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::time::{SystemTime, UNIX_EPOCH};

/// How often parts of a program ran, by their first bytes.
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

/// The namespace of names without one.
const AWK: &str = "awk";

/// The text of a program in the standard layout. With counts it is a profile, which has no comments.
pub(crate) fn print(program: &Program, source: &Source, counts: Option<&Counts>) -> String {
    let mut comments = Comments::of(source);
    let tokens = comments.tokens.first().map_or(u32::MAX, |_| comments.next_token(0));
    let head = comments.take(0, tokens);
    let leads = leads(program, source, &mut comments);
    if counts.is_some() {
        comments.clear();
    }
    let mut printer = Printer {
        names: &program.names,
        source,
        counts,
        comments,
        params: Vec::new(),
        namespace: AWK.to_owned(),
        out: String::new(),
        depth: 0,
        last_end: 0,
        waiting: Vec::new(),
        has_comment: false,
    };
    printer.program(program, head, leads);
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

/// A string constant that means a text. Bytes that are no characters are written as numbers.
fn quote_constant(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    quote(&mut out, text);
    let mut shown = String::with_capacity(out.len());
    for chunk in out.utf8_chunks() {
        shown += chunk.valid();
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\{byte:03o}");
        }
    }
    shown
}

/// What stands before a rule or function.
#[derive(Default)]
struct Lead {
    /// `@namespace`, each with the comments that follow it.
    directives: Vec<(String, Vec<Comment>)>,
    comments: Vec<Comment>,
}

/// What stands before each rule and function, by where it starts; and at [`u32::MAX`], what stands behind them.
fn leads(program: &Program, source: &Source, comments: &mut Comments) -> HashMap<u32, Lead> {
    let spans = program.items.iter().map(|item| match item {
        Item::Rule(rule) => (rule.span, rule.action.is_none()),
        Item::Function(function) => (function.span, false),
    });
    let spans: Vec<_> = spans.collect();
    let mut leads = HashMap::new();
    let mut before = 0;
    for (span, has_no_braces) in spans {
        let mut lead = Lead::default();
        for (start, end, name) in directives(source, comments, before, span.start) {
            lead.comments.extend(comments.take(before, start));
            let own = comments.take(end, comments.next_token(end));
            lead.directives.push((name, own));
            before = end;
        }
        lead.comments.extend(comments.take(before, span.start));
        before = span.end;
        if has_no_braces {
            lead.comments.extend(comments.take_behind(span.end));
        }
        leads.insert(span.start, lead);
    }
    let last = Lead { directives: Vec::new(), comments: comments.take(before, u32::MAX) };
    leads.insert(u32::MAX, last);
    leads
}

/// The comments before a function: one that stood behind something is set apart from the block that follows it.
fn set_apart(mut comments: Vec<Comment>) -> Vec<Comment> {
    for index in 1..comments.len() {
        if comments[index - 1].is_behind && !comments[index].is_behind {
            comments[index - 1].lines.push(String::new());
        }
    }
    comments
}

/// The `@namespace` directives between two places: where they begin and end, and the names.
fn directives(source: &Source, comments: &Comments, start: u32, end: u32) -> Vec<(u32, u32, String)> {
    let first = comments.tokens.partition_point(|token| token.span.start < start);
    let between = comments.tokens[first..].windows(3).take_while(|tokens| tokens[0].span.start < end);
    let named = between.filter(|tokens| {
        tokens[0].kind == TokenKind::Punct(Punct::At)
            && source.slice(tokens[1].span) == b"namespace"
            && tokens[2].kind == TokenKind::Str
    });
    let directive = named.map(|tokens| {
        let (name, _) = string_value(source, tokens[2].span);
        (tokens[0].span.start, tokens[2].span.end, String::from_utf8_lossy(&name).into_owned())
    });
    directive.collect()
}

struct Printer<'a> {
    names: &'a Names,
    source: &'a Source,
    counts: Option<&'a Counts>,
    comments: Comments,
    /// The parameters of the function that is being printed.
    params: Vec<NameId>,
    /// The namespace that holds where the text goes on.
    namespace: String,
    out: String,
    depth: usize,
    /// Where in the source ends what was written last.
    last_end: u32,
    /// Comments that go behind the next statement that ends.
    waiting: Vec<Comment>,
    /// Whether the last line that ended has a comment at its end.
    has_comment: bool,
}

impl<'a> Printer<'a> {
    fn program(&mut self, program: &Program, head: Vec<Comment>, mut leads: HashMap<u32, Lead>) {
        if self.counts.is_some() {
            let _ = write!(self.out, "\t# profile, created {}\n\n", created());
            leads.values_mut().for_each(|lead| {
                lead.comments.clear();
                lead.directives.iter_mut().for_each(|(_, comments)| comments.clear());
            });
        } else {
            self.comment_lines(head);
        }
        for (title, belongs) in SECTIONS {
            let mut is_first = true;
            for rule in program.rules().filter(|rule| belongs(&rule.pattern)) {
                let lead = leads.remove(&rule.span.start).unwrap_or_default();
                self.comment_lines(lead.comments);
                self.directives(lead.directives);
                if self.counts.is_some() && std::mem::take(&mut is_first) {
                    let _ = write!(self.out, "\t# {title}\n\n");
                }
                self.rule(rule);
            }
        }
        let last = leads.remove(&u32::MAX).unwrap_or_default();
        self.comment_lines(last.comments);
        let mut functions: Vec<&Function> = program.functions().collect();
        functions.sort_by_key(|function| {
            let name = match self.source.slice(function.name.span) {
                written if written.starts_with(b"awk::") => String::from_utf8_lossy(written),
                _ => self.names.text(function.name.name).into(),
            };
            (name.contains("::"), name)
        });
        for (index, function) in functions.into_iter().enumerate() {
            if index == 0 && self.counts.is_some() {
                self.out += "\n\t# Functions, listed alphabetically\n";
            }
            let lead = leads.remove(&function.span.start).unwrap_or_default();
            self.directives(lead.directives);
            self.out.push('\n');
            self.comment_lines(set_apart(lead.comments));
            self.function(function);
        }
    }

    fn directives(&mut self, directives: Vec<(String, Vec<Comment>)>) {
        for (name, comments) in directives {
            if name == self.namespace {
                continue;
            }
            self.out.push('\n');
            self.begin(None);
            let _ = write!(self.out, "@namespace \"{name}\"");
            if comments.is_empty() {
                self.out.push('\n');
            } else {
                self.out.push('\t');
                self.comment_lines(comments);
            }
            self.out.push('\n');
            self.namespace = name;
        }
    }

    fn rule(&mut self, rule: &Rule) {
        self.last_end = rule.span.start;
        let keyword = match &rule.pattern {
            Pattern::Begin => "BEGIN ",
            Pattern::End => "END ",
            Pattern::BeginFile => "BEGINFILE ",
            Pattern::EndFile => "ENDFILE ",
            _ => "",
        };
        let has_pattern = matches!(rule.pattern, Pattern::Expr(_) | Pattern::Range(..));
        self.begin(self.count(rule.span.start).filter(|_| keyword.is_empty()));
        let pattern = match &rule.pattern {
            Pattern::Expr(pattern) => self.text(pattern) + " ",
            Pattern::Range(from, to) => format!("{}, {} ", self.text(from), self.text(to)),
            _ => keyword.to_owned(),
        };
        self.out += &pattern;
        self.out.push('{');
        let start = rule.action.as_ref().map_or(rule.span.end, |action| action.span.start);
        self.count_behind(self.count(start).filter(|_| has_pattern));
        match &rule.action {
            Some(action) => {
                // A comment behind the brace of a rule without a pattern gets a line of its own.
                match rule.pattern {
                    Pattern::Always => self.out.push('\n'),
                    _ => self.end_line(action.span.start + 1),
                }
                self.inside(action);
            }
            None => {
                self.out.push('\n');
                self.depth += 1;
                self.begin(self.count(start));
                self.out += "print\n";
                self.depth -= 1;
            }
        }
        self.begin(None);
        self.out += "}\n\n";
    }

    fn function(&mut self, function: &Function) {
        self.params = function.params.iter().map(|param| param.name).collect();
        let header = self.comments.take(function.span.start, function.body.span.start);
        self.comment_lines(header);
        self.begin(self.count(function.span.start));
        let params: Vec<String> = function.params.iter().map(|param| self.name(*param)).collect();
        let name = self.global(self.names.text(function.name.name));
        let _ = writeln!(self.out, "function {name}({})", params.join(", "));
        self.begin(None);
        self.out += "{\n";
        self.last_end = function.body.span.start;
        self.inside(&function.body);
        self.begin(None);
        self.out += "}\n";
        self.params.clear();
    }

    /// A name that is no parameter's: without its namespace where that holds.
    fn global(&self, name: &str) -> String {
        let is_shouted = name.bytes().all(|byte| byte.is_ascii_uppercase());
        match name.split_once("::") {
            Some((space, own)) if space == self.namespace => own.to_owned(),
            None if self.namespace != AWK && !is_shouted => format!("{AWK}::{name}"),
            _ => name.to_owned(),
        }
    }

    // ---- lines -----------------------------------------------------------------------------------

    /// How often ran what begins at a place.
    fn count(&self, place: u32) -> Option<u64> {
        self.counts?.get(&place).copied()
    }

    /// The indentation of a line, with a count in a profile.
    fn begin(&mut self, count: Option<u64>) {
        if self.counts.is_some() {
            match count {
                Some(count) => {
                    let _ = write!(self.out, "{count:6}  ");
                }
                None => self.out.push('\t'),
            }
        }
        self.out.extend(std::iter::repeat_n('\t', self.depth));
    }

    /// A count behind an opening brace.
    fn count_behind(&mut self, count: Option<u64>) {
        if let Some(count) = count {
            let _ = write!(self.out, " # {count}");
        }
    }

    /// Ends the line, with the comment that stands behind a place on its line.
    fn end_line(&mut self, place: u32) {
        let comment = self.comments.take_behind(place);
        self.has_comment = comment.is_some();
        match comment {
            Some(comment) => {
                let _ = writeln!(self.out, "\t{}", comment.lines.join(""));
            }
            None => self.out.push('\n'),
        }
    }

    /// The comments up to a place that were not printed yet, on lines of their own.
    fn comments_before(&mut self, end: u32) {
        let comments = self.comments.take(self.last_end, end);
        self.comment_lines(comments);
    }

    fn comment_lines(&mut self, comments: Vec<Comment>) {
        for line in comments.iter().flat_map(|comment| &comment.lines) {
            self.begin(None);
            let _ = writeln!(self.out, "{line}");
        }
    }
}

impl<'a> Expressions<'a> for Printer<'a> {
    fn source(&self) -> &'a Source {
        self.source
    }

    fn name(&self, ident: Ident) -> String {
        let name = self.names.text(ident.name);
        if self.params.contains(&ident.name) {
            return name.rsplit("::").next().unwrap_or(name).to_owned();
        }
        self.global(name)
    }

    fn builtin_name(&self, function: Builtin) -> String {
        let name = function.name();
        let is_free = self.namespace != AWK && !function.is_standard();
        if is_free { format!("{AWK}::{name}") } else { name.to_owned() }
    }
}
