//! Statements in gawk's layout, one a line, with the comments around them.

use super::Printer;
use super::expressions::Expressions;
use crate::ast::{Block, Case, Expr, For, Redirect, RedirectKind, Stmt, StmtKind};
use std::fmt::Write;

impl Printer<'_> {
    /// Statements, one level deeper, with the comments up to `end`.
    pub(super) fn statements(&mut self, statements: &[Stmt], start: u32, end: u32) {
        self.depth += 1;
        self.last_end = self.last_end.max(start);
        statements.iter().for_each(|stmt| self.listed(stmt));
        self.comments_before(end);
        self.depth -= 1;
    }

    /// A statement of several, and the comment that waits for the end of one.
    fn listed(&mut self, stmt: &Stmt) {
        self.stmt(stmt);
        let mut waiting = std::mem::take(&mut self.waiting);
        if !self.has_comment && waiting.first().is_some_and(|comment| comment.is_behind) {
            // The end of the line is written already.
            self.out.pop();
            match &stmt.kind {
                StmtKind::If { otherwise: None, .. } => self.comment_lines(vec![waiting.remove(0)]),
                _ => {
                    let _ = writeln!(self.out, "\t{}", waiting.remove(0).lines.join(""));
                }
            }
        }
        self.comment_lines(waiting);
    }

    /// The statements in braces, which are not printed.
    pub(super) fn inside(&mut self, block: &Block) {
        self.statements(&block.statements, block.span.start, block.span.end.saturating_sub(1));
        self.last_end = self.last_end.max(block.span.end);
    }

    /// What stands in braces behind `{`: the body of a loop or a condition. `count` is shown behind the brace.
    fn body(&mut self, body: &Stmt, count: Option<u64>) {
        self.out.push('{');
        self.count_behind(count);
        match &body.kind {
            StmtKind::Block(block) => {
                let lead = self.comments.take(self.last_end, block.span.start);
                self.end_line(block.span.start + 1);
                self.depth += 1;
                self.comment_lines(lead);
                self.depth -= 1;
                self.inside(block);
            }
            kind => {
                let lead = self.comments.take(self.last_end, body.span.start);
                self.out.push('\n');
                self.depth += 1;
                self.comment_lines(lead);
                self.last_end = body.span.start;
                if !matches!(kind, StmtKind::Empty) {
                    self.stmt(body);
                }
                // What follows without braces around the body is taken to belong to it.
                self.comments_before(self.comments.next_token(body.span.end));
                self.depth -= 1;
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Block(block) = &stmt.kind {
            // As in gawk, its braces go.
            self.comments_before(stmt.span.start);
            block.statements.iter().for_each(|stmt| self.listed(stmt));
            self.comments_before(block.span.end);
            self.last_end = block.span.end;
            return;
        }
        self.comments_before(stmt.span.start);
        self.last_end = stmt.span.start;
        let end = stmt.span.end;
        match &stmt.kind {
            StmtKind::Empty | StmtKind::Block(_) => {}
            StmtKind::If { arms, otherwise } => {
                self.begin(self.count(stmt.span.start));
                self.condition(arms, otherwise.as_deref());
                self.last_end = end;
            }
            StmtKind::While { condition, body } => {
                let head = format!("while ({}) ", self.text(condition));
                self.compound(&head, condition.span.end, body);
                self.end_line(end);
            }
            StmtKind::DoWhile { body, condition } => {
                self.compound("do ", stmt.span.start, body);
                let tail = format!(" while ({})", self.text(condition));
                self.out += &tail;
                self.end_line(end);
            }
            StmtKind::For(r#for) => {
                let For { init, condition, step, body } = &**r#for;
                let part = |part: &Option<Box<Stmt>>| {
                    part.as_ref().map_or(String::new(), |part| self.simple(part).unwrap_or_default())
                };
                let condition = condition.as_ref().map_or(String::new(), |condition| self.text(condition));
                let head = match (part(init), condition, part(step)) {
                    (init, condition, step)
                        if [&init, &condition, &step].iter().all(|part| part.is_empty()) =>
                    {
                        "for (;;) ".to_owned()
                    }
                    (init, condition, step) => format!("for ({init}; {condition}; {step}) "),
                };
                self.compound(&head, stmt.span.start, body);
                self.end_line(end);
            }
            StmtKind::ForIn { variable, array, body } => {
                let head = format!("for ({} in {}) ", self.name(*variable), self.array(array));
                self.compound(&head, array.span.end, body);
                self.end_line(end);
            }
            StmtKind::Switch { subject, cases } => self.switch(stmt, subject, cases),
            _ => {
                if let Some(text) = self.simple(stmt) {
                    self.begin(self.count(stmt.span.start));
                    self.out += &text;
                    self.end_line(end);
                }
            }
        }
        self.last_end = self.last_end.max(end);
    }

    /// A loop up to its closing brace. Its count is that of its body.
    fn compound(&mut self, head: &str, head_end: u32, body: &Stmt) {
        self.begin(self.count(body.span.start));
        self.out += head;
        self.last_end = head_end;
        self.body(body, None);
        self.begin(None);
        self.out.push('}');
    }

    /// `if` and what follows it, where its line begins.
    fn condition(&mut self, arms: &[(Expr, Stmt)], otherwise: Option<&Stmt>) {
        for (index, (condition, body)) in arms.iter().enumerate() {
            if index > 0 {
                self.begin(self.count(condition.span.start));
                self.out += "} else ";
            }
            self.out += &format!("if ({}) ", self.text(condition));
            self.last_end = condition.span.end;
            self.body(body, self.count(body.span.start));
            self.last_end = body.span.end;
            if index + 1 < arms.len() || otherwise.is_some() {
                // A comment between the brace and `else` goes to the next statement that ends, as in gawk.
                let comments = self.comments.take(self.last_end, self.comments.next_token(self.last_end));
                self.waiting.extend(comments);
            }
        }
        let Some(otherwise) = otherwise else {
            self.begin(None);
            self.out.push('}');
            self.end_condition();
            return;
        };
        self.begin(self.count(otherwise.span.start));
        self.out += "} else ";
        // A condition that is all of it needs no braces.
        if let Some(StmtKind::If { arms, otherwise }) = self.only_condition(otherwise) {
            self.condition(arms, otherwise.as_deref());
            return;
        }
        self.body(otherwise, None);
        self.begin(None);
        self.out.push('}');
        self.end_line(otherwise.span.end);
    }

    /// The condition that is all that braces hold, comments included.
    fn only_condition<'s>(&self, stmt: &'s Stmt) -> Option<&'s StmtKind> {
        let StmtKind::Block(block) = &stmt.kind else { return None };
        let [Stmt { kind, span }] = &block.statements[..] else { return None };
        let StmtKind::If { arms, otherwise } = kind else { return None };
        let mut bodies = arms.iter().map(|(_, body)| body).chain(otherwise.as_deref());
        let is_block = |body: &Stmt| matches!(body.kind, StmtKind::Block(_));
        let ends_with_brace = bodies.clone().next_back().is_some_and(is_block);
        let has_comment = self.comments.is_any_between(self.last_end, span.start)
            || (ends_with_brace && self.comments.is_any_between(span.end, block.span.end))
            || (!self.waiting.is_empty() && !bodies.any(is_block));
        (!has_comment).then_some(kind)
    }

    /// Behind the closing brace of a condition without `else` gawk puts a comment as far to the right as the brace.
    fn end_condition(&mut self) {
        let comment = self.comments.take_behind(self.last_end);
        self.has_comment = comment.is_some();
        match comment {
            Some(comment) => self.comment_lines(vec![comment]),
            None => self.out.push('\n'),
        }
    }

    fn switch(&mut self, stmt: &Stmt, subject: &Expr, cases: &[Case]) {
        self.begin(self.count(stmt.span.start));
        self.out += &format!("switch ({}) {{", self.text(subject));
        let end = stmt.span.end.saturating_sub(1);
        let first = self.comments.open_brace(subject.span.end);
        let lead = self.comments.take(subject.span.end, self.comments.next_token(first + 1));
        if lead.is_empty() {
            self.out.push('\n');
        }
        self.comment_lines(lead);
        let mut from = first + 1;
        for (index, case) in cases.iter().enumerate() {
            let first = case.statements.first();
            self.begin(first.and_then(|stmt| self.count(stmt.span.start)));
            match &case.label {
                Some(label) => self.out += &format!("case {}:", self.text(label)),
                None => self.out += "default:",
            }
            let colon = self.comments.colon(case.label.as_ref().map_or(from, |label| label.span.end));
            self.end_line(colon);
            let to = match cases.get(index + 1) {
                Some(_) => {
                    self.comments.case_after(case.statements.last().map_or(colon, |stmt| stmt.span.end))
                }
                None => end,
            };
            self.statements(&case.statements, colon, to);
            from = to;
        }
        self.begin(None);
        self.out += "}\n";
        if let Some(comment) = self.comments.take_behind(stmt.span.end) {
            self.comment_lines(vec![comment]);
        }
    }

    /// A statement that needs one line.
    fn simple(&self, stmt: &Stmt) -> Option<String> {
        let with = |word: &str, value: &Option<Box<Expr>>| match value {
            Some(value) => format!("{word} {}", self.expr(value).operand().text),
            None => word.to_owned(),
        };
        Some(match &stmt.kind {
            StmtKind::Expr(expr) => self.text(expr),
            StmtKind::Print { formatted, args, redirect } => {
                self.print_statement(*formatted, args, redirect.as_deref())
            }
            StmtKind::Break => "break".to_owned(),
            StmtKind::Continue => "continue".to_owned(),
            StmtKind::Next => "next".to_owned(),
            StmtKind::NextFile => "nextfile".to_owned(),
            StmtKind::Exit(value) => with("exit", value),
            StmtKind::Return(value) => with("return", value),
            StmtKind::Delete { array, subscripts } => {
                format!("delete {}[{}]", self.array(array), self.list(subscripts))
            }
            StmtKind::DeleteAll(array) => format!("delete {}", self.array(array)),
            _ => return None,
        })
    }

    fn print_statement(&self, formatted: bool, args: &[Expr], redirect: Option<&Redirect>) -> String {
        let mut text = if formatted { "printf" } else { "print" }.to_owned();
        let list = self.list(args);
        // A redirected list needs parentheses, and may have some.
        let has_parentheses = args.len() == 1 && list.starts_with('(') && list.ends_with(')');
        text += &match redirect {
            _ if args.is_empty() => String::new(),
            Some(_) if has_parentheses => list,
            Some(_) => format!("({list})"),
            None => format!(" {list}"),
        };
        if let Some(Redirect { kind, target }) = redirect {
            text += match kind {
                RedirectKind::Write => " > ",
                RedirectKind::Append => " >> ",
                RedirectKind::Pipe => " | ",
                RedirectKind::Coprocess => " |& ",
            };
            text += &self.expr(target).operand().text;
        }
        text
    }
}
