//! The tree as text, for tests and for people: one S-expression an item.
//!
//! `(rule (> $1 0) (block (print $1)))`. Chains are shown nested, as their operators associate: `(+ (+ a b) c)`.

use super::*;
use std::fmt::Write;

/// The program as S-expressions, one item a line.
pub fn to_sexpr(program: &Program) -> String {
    let mut printer = Printer { names: &program.names, out: String::new() };
    for item in &program.items {
        printer.item(item);
        printer.out.push('\n');
    }
    printer.out
}

struct Printer<'a> {
    names: &'a Names,
    out: String,
}

impl Printer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, ident: Ident) {
        let text = self.names.text(ident.name);
        self.out.push_str(text);
    }

    /// `(head part part …)`
    fn list(&mut self, head: &str, parts: impl FnOnce(&mut Self)) {
        let _ = write!(self.out, "({head}");
        parts(self);
        self.out.push(')');
    }

    fn spaced(&mut self, expr: &Expr) {
        self.out.push(' ');
        self.expr(expr);
    }

    fn all_spaced(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.spaced(expr));
    }

    /// A left-associative chain: `(op (op a b) c)`.
    fn chain<'e>(
        &mut self,
        first: &Expr,
        rest: impl DoubleEndedIterator<Item = (&'e str, &'e Expr)> + Clone,
    ) {
        for (op, _) in rest.clone().rev() {
            let _ = write!(self.out, "({op} ");
        }
        self.expr(first);
        for (_, operand) in rest {
            self.spaced(operand);
            self.out.push(')');
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Function(function) => self.list("function", |p| {
                p.text(" ");
                p.name(function.name);
                p.text(" (");
                for (index, param) in function.params.iter().enumerate() {
                    p.text(if index > 0 { " " } else { "" });
                    p.name(*param);
                }
                p.text(") ");
                p.block(&function.body);
            }),
            Item::Rule(Rule { pattern, action, .. }) => {
                let head = match pattern {
                    Pattern::Begin => "begin",
                    Pattern::End => "end",
                    Pattern::BeginFile => "beginfile",
                    Pattern::EndFile => "endfile",
                    _ => "rule",
                };
                self.list(head, |p| {
                    match pattern {
                        Pattern::Expr(expr) => p.spaced(expr),
                        Pattern::Range(from, to) => {
                            p.text(" ");
                            p.list("range", |p| p.all_spaced_pair(from, to));
                        }
                        _ => {}
                    }
                    if let Some(block) = action {
                        p.text(" ");
                        p.block(block);
                    }
                });
            }
        }
    }

    fn all_spaced_pair(&mut self, left: &Expr, right: &Expr) {
        self.spaced(left);
        self.spaced(right);
    }

    fn block(&mut self, block: &Block) {
        self.list("block", |p| {
            for stmt in &block.statements {
                p.text(" ");
                p.stmt(stmt);
            }
        });
    }

    fn optional_stmt(&mut self, stmt: Option<&Stmt>) {
        match stmt {
            Some(stmt) => self.stmt(stmt),
            None => self.text("-"),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Empty => self.text("(empty)"),
            StmtKind::Block(block) => self.block(block),
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Print { formatted, args, redirect } => {
                self.list(if *formatted { "printf" } else { "print" }, |p| {
                    p.all_spaced(args);
                    if let Some(redirect) = redirect {
                        p.text(match redirect.kind {
                            RedirectKind::Write => " >",
                            RedirectKind::Append => " >>",
                            RedirectKind::Pipe => " |",
                            RedirectKind::Coprocess => " |&",
                        });
                        p.spaced(&redirect.target);
                    }
                });
            }
            StmtKind::If { arms, otherwise } => {
                for (index, (condition, body)) in arms.iter().enumerate() {
                    self.text(if index > 0 { " (if" } else { "(if" });
                    self.spaced(condition);
                    self.text(" ");
                    self.stmt(body);
                }
                if let Some(body) = otherwise {
                    self.text(" ");
                    self.stmt(body);
                }
                arms.iter().for_each(|_| self.text(")"));
            }
            StmtKind::While { condition, body } => self.list("while", |p| {
                p.spaced(condition);
                p.text(" ");
                p.stmt(body);
            }),
            StmtKind::DoWhile { body, condition } => self.list("do", |p| {
                p.text(" ");
                p.stmt(body);
                p.spaced(condition);
            }),
            StmtKind::For(parts) => self.list("for", |p| {
                p.text(" ");
                p.optional_stmt(parts.init.as_deref());
                match &parts.condition {
                    Some(condition) => p.spaced(condition),
                    None => p.text(" -"),
                }
                p.text(" ");
                p.optional_stmt(parts.step.as_deref());
                p.text(" ");
                p.stmt(&parts.body);
            }),
            StmtKind::ForIn { variable, array, body } => self.list("for-in", |p| {
                p.text(" ");
                p.name(*variable);
                p.text(" ");
                p.array(array);
                p.text(" ");
                p.stmt(body);
            }),
            StmtKind::Switch { subject, cases } => self.list("switch", |p| {
                p.spaced(subject);
                for Case { label, statements } in cases {
                    p.text(" ");
                    p.list(if label.is_some() { "case" } else { "default" }, |p| {
                        label.iter().for_each(|label| p.spaced(label));
                        for stmt in statements {
                            p.text(" ");
                            p.stmt(stmt);
                        }
                    });
                }
            }),
            StmtKind::Break => self.text("(break)"),
            StmtKind::Continue => self.text("(continue)"),
            StmtKind::Next => self.text("(next)"),
            StmtKind::NextFile => self.text("(nextfile)"),
            StmtKind::Exit(value) => self.list("exit", |p| value.iter().for_each(|v| p.spaced(v))),
            StmtKind::Return(value) => self.list("return", |p| value.iter().for_each(|v| p.spaced(v))),
            StmtKind::Delete { array, subscripts } => self.list("delete", |p| {
                p.text(" ");
                p.element(array, subscripts);
            }),
            StmtKind::DeleteAll(array) => self.list("delete", |p| {
                p.text(" ");
                p.array(array);
            }),
        }
    }

    fn array(&mut self, array: &ArrayRef) {
        self.name(array.name);
        array.path.iter().for_each(|subscripts| self.subscripts(subscripts));
    }

    fn element(&mut self, array: &ArrayRef, subscripts: &[Expr]) {
        self.array(array);
        self.subscripts(subscripts);
    }

    fn subscripts(&mut self, subscripts: &[Expr]) {
        for (index, subscript) in subscripts.iter().enumerate() {
            self.text(if index > 0 { " " } else { "[" });
            self.expr(subscript);
        }
        self.text("]");
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Var(ident) => self.name(*ident),
            Place::Element { array, subscripts } => self.element(array, subscripts),
            Place::Field(index) => {
                self.text("$");
                self.expr(index);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(value) => {
                let _ = write!(self.out, "{value}");
            }
            ExprKind::Str(value) => {
                let _ = write!(self.out, "\"{}\"", value.escape_ascii());
            }
            ExprKind::Regex(pattern) => {
                let _ = write!(self.out, "/{}/", String::from_utf8_lossy(pattern));
            }
            ExprKind::Column(name) => {
                let _ = write!(self.out, "(column \"{}\")", name.escape_ascii());
            }
            ExprKind::TypedRegex(pattern) => {
                let _ = write!(self.out, "@/{}/", String::from_utf8_lossy(pattern));
            }
            ExprKind::Place(place) => self.place(place),
            ExprKind::Group(inner) => self.list("group", |p| p.spaced(inner)),
            ExprKind::Unary(op, operand) => {
                let head = match op {
                    UnaryOp::Minus => "-",
                    UnaryOp::Plus => "+",
                    UnaryOp::Not => "!",
                };
                self.list(head, |p| p.spaced(operand));
            }
            ExprKind::Step { op, prefix, place } => {
                let head = match (op, prefix) {
                    (StepOp::Increment, true) => "++_",
                    (StepOp::Increment, false) => "_++",
                    (StepOp::Decrement, true) => "--_",
                    (StepOp::Decrement, false) => "_--",
                };
                self.list(head, |p| {
                    p.text(" ");
                    p.place(place);
                });
            }
            ExprKind::Binary { first, rest } => {
                self.chain(first, rest.iter().map(|(op, operand)| (op.text(), operand)));
            }
            ExprKind::Concat(parts) => self.list("concat", |p| p.all_spaced(parts)),
            ExprKind::Compare(op, left, right) => self.list(op.text(), |p| p.all_spaced_pair(left, right)),
            ExprKind::Match { negated, text, pattern } => {
                self.list(if *negated { "!~" } else { "~" }, |p| p.all_spaced_pair(text, pattern));
            }
            ExprKind::In { keys, array } => self.list("in", |p| {
                p.all_spaced(keys);
                p.text(" ");
                p.array(array);
            }),
            ExprKind::Logical(op, operands) => {
                let op = match op {
                    LogicalOp::And => "&&",
                    LogicalOp::Or => "||",
                };
                if let [first, rest @ ..] = operands.as_slice() {
                    self.chain(first, rest.iter().map(|operand| (op, operand)));
                }
            }
            ExprKind::Conditional { condition, yes, no } => self.list("?", |p| {
                p.spaced(condition);
                p.all_spaced_pair(yes, no);
            }),
            ExprKind::Assign { op, place, value } => {
                let head = op.map_or(String::from("="), |op| format!("{}=", op.text()));
                self.list(&head, |p| {
                    p.text(" ");
                    p.place(place);
                    p.spaced(value);
                });
            }
            ExprKind::Call { function, args } => self.list("call", |p| {
                p.text(" ");
                p.name(*function);
                p.all_spaced(args);
            }),
            ExprKind::IndirectCall { variable, args } => self.list("call", |p| {
                p.text(" @");
                p.name(*variable);
                p.all_spaced(args);
            }),
            ExprKind::Builtin { function, args } => self.list(function.name(), |p| p.all_spaced(args)),
            ExprKind::Getline { input, place } => self.list("getline", |p| {
                if let Some(place) = place {
                    p.text(" ");
                    p.place(place);
                }
                match input {
                    Input::Main => {}
                    Input::File(file) => {
                        p.text(" <");
                        p.spaced(file);
                    }
                    Input::Command(command) => {
                        p.text(" |");
                        p.spaced(command);
                    }
                    Input::Coprocess(command) => {
                        p.text(" |&");
                        p.spaced(command);
                    }
                }
            }),
        }
    }
}
