//! Statements.

use super::{Compiler, Dialect, Loop};
use crate::ast::*;
use fusevm::awk_host::TextFormat;
use fusevm::op::{awk_signal, output_mode};
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        self.at(stmt.span);
        self.count_run(stmt.span);
        let first_free = self.next_slot;
        self.stmt_kind(stmt);
        self.next_slot = first_free;
    }

    fn stmt_kind(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Empty => {}
            StmtKind::Block(block) => self.block(block),
            StmtKind::Expr(expr) if self.change_at(expr.span) => {}
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Print { formatted, args, redirect } => {
                self.print(*formatted, args, redirect.as_deref(), stmt)
            }
            StmtKind::If { arms, otherwise } => self.if_statement(arms, otherwise.as_deref()),
            StmtKind::While { condition, body } => self.while_statement(condition, body),
            StmtKind::DoWhile { body, condition } => self.do_statement(body, condition),
            StmtKind::For(parts) => self.for_statement(parts),
            StmtKind::ForIn { variable, array, body } => self.for_in_statement(*variable, array, body),
            StmtKind::Switch { subject, cases } => self.switch_statement(subject, cases),
            StmtKind::Break => self.leave_loop(|labels| labels.r#break),
            StmtKind::Continue => self.leave_loop(|labels| labels.r#continue),
            StmtKind::Next => self.next(awk_signal::NEXT),
            StmtKind::NextFile => self.next(awk_signal::NEXTFILE),
            StmtKind::Exit(status) => self.exit(status.as_deref()),
            StmtKind::Return(value) => match value {
                Some(value) => {
                    self.value(value);
                    self.emit(Op::ReturnValue);
                }
                None => self.emit(Op::Return),
            },
            StmtKind::Delete { array, subscripts } => {
                let reached = self.array_ref(array);
                self.key(reached, subscripts);
                self.lint_delete(reached, array.name);
                self.delete_element(reached);
            }
            StmtKind::DeleteAll(array) => {
                let array = self.array_ref(array);
                self.clear_array(array);
            }
        }
    }

    fn print(&mut self, formatted: bool, args: &[Expr], redirect: Option<&Redirect>, stmt: &Stmt) {
        if formatted && args.is_empty() {
            return match self.dialect {
                Dialect::Gawk => self.fatal("printf: no arguments"),
                Dialect::Posix | Dialect::Traditional => {}
            };
        }
        self.lint_record(args);
        // The whole record is the row of its fields, not one field.
        let is_row = !formatted && self.output.is_some();
        let args = if is_row && matches!(args, [arg] if is_record(arg)) { &[][..] } else { args };
        // The parts of a text need not become one first.
        let parts = match args {
            [arg] if !formatted && !is_row => parts_of(arg),
            _ => None,
        };
        let is_joined = parts.is_some();
        if let Some(parts) = parts {
            parts.iter().for_each(|part| self.text(part));
        }
        let args = parts.unwrap_or(args);
        for (index, arg) in args.iter().enumerate().filter(|_| !is_joined) {
            self.value(arg);
            if formatted && index == 0 {
                self.lint_format(arg, args.len() - 1);
            }
        }
        let mut count = self.count(args.len(), stmt.span);
        if is_row {
            self.at(stmt.span);
            count = self.row(count);
        }
        // The arguments may print through functions of their own, so the output is chosen last.
        if let Some(Redirect { kind, target }) = redirect {
            self.text(target);
            self.at(stmt.span);
            self.emit(Op::AwkOutput(match kind {
                RedirectKind::Write => output_mode::WRITE,
                RedirectKind::Append => output_mode::APPEND,
                RedirectKind::Pipe => output_mode::PIPE,
                RedirectKind::Coprocess => output_mode::COPROCESS,
            }));
        }
        self.at(stmt.span);
        self.emit(match formatted {
            true => Op::AwkPrintf(count),
            false if is_joined => Op::AwkPrintJoined(count),
            false => Op::AwkPrint(count),
        });
    }

    /// Makes one text of the values to print when they are a row of a format; how many there are then.
    pub(super) fn row(&mut self, count: u8) -> u8 {
        let builtin = match self.output {
            None => return count,
            Some(TextFormat::Csv) => awk_builtins::CSV_ROW,
            Some(TextFormat::Tsv) => awk_builtins::TSV_ROW,
            Some(TextFormat::JsonLines) => awk_builtins::JSON_ROW,
        };
        self.emit(Op::CallBuiltin(builtin, count));
        1
    }

    fn if_statement(&mut self, arms: &[(Expr, Stmt)], otherwise: Option<&Stmt>) {
        if let ([(condition, _)], None) = (arms, otherwise)
            && self.change_at(condition.span)
        {
            return;
        }
        let end = self.code.label();
        for (index, (condition, body)) in arms.iter().enumerate() {
            let next = self.code.label();
            if index > 0 {
                self.count_run(condition.span);
            }
            self.branch(condition, false, next);
            self.stmt(body);
            let is_last = index + 1 == arms.len() && otherwise.is_none();
            if !is_last {
                self.code.jump(Op::Jump, end);
            }
            self.code.bind(next);
        }
        if let Some(body) = otherwise {
            self.stmt(body);
        }
        self.code.bind(end);
    }

    /// The body of a loop, with its labels.
    fn loop_body(&mut self, body: &Stmt, labels: Loop) {
        self.loops.push(labels);
        self.stmt(body);
        self.loops.pop();
    }

    fn leave_loop(&mut self, pick: fn(&Loop) -> super::assembly::Label) {
        // The parser has seen to it that there is a loop.
        if let Some(label) = self.loops.last().map(pick) {
            self.code.jump(Op::Jump, label);
        }
    }

    fn while_statement(&mut self, condition: &Expr, body: &Stmt) {
        let (top, end) = (self.code.here(), self.code.label());
        self.branch(condition, false, end);
        self.loop_body(body, Loop { r#break: end, r#continue: top });
        self.code.jump(Op::Jump, top);
        self.code.bind(end);
    }

    fn do_statement(&mut self, body: &Stmt, condition: &Expr) {
        let (top, test, end) = (self.code.here(), self.code.label(), self.code.label());
        self.loop_body(body, Loop { r#break: end, r#continue: test });
        self.code.bind(test);
        self.branch(condition, true, top);
        self.code.bind(end);
    }

    fn for_statement(&mut self, parts: &For) {
        parts.init.iter().for_each(|init| self.stmt(init));
        let (top, step, end) = (self.code.here(), self.code.label(), self.code.label());
        parts.condition.iter().for_each(|condition| self.branch(condition, false, end));
        self.loop_body(&parts.body, Loop { r#break: end, r#continue: step });
        self.code.bind(step);
        parts.step.iter().for_each(|step| self.stmt(step));
        self.code.jump(Op::Jump, top);
        self.code.bind(end);
    }

    /// Runs over the keys that the array has at the start.
    fn for_in_statement(&mut self, variable: Ident, array: &ArrayRef, body: &Stmt) {
        let (keys, index) = (self.new_slot(), self.new_slot());
        let array = self.array_ref(array);
        self.array_keys(array);
        self.emit(Op::SetSlot(keys));
        self.emit(Op::LoadFloat(0.0));
        self.emit(Op::SetSlot(index));
        let (top, step, end) = (self.code.here(), self.code.label(), self.code.label());
        self.emit(Op::GetSlot(index));
        self.emit(Op::SlotArrayLen(keys));
        self.emit(Op::NumLt);
        self.code.jump(Op::JumpIfFalse, end);
        self.emit(Op::GetSlot(index));
        self.emit(Op::SlotArrayGet(keys));
        self.check_assignable(variable);
        let variable = self.scalar(variable);
        self.store(variable);
        self.loop_body(body, Loop { r#break: end, r#continue: step });
        self.code.bind(step);
        self.emit(Op::PreIncSlotVoid(index));
        self.code.jump(Op::Jump, top);
        self.code.bind(end);
        // The keys are not needed any more.
        self.emit(Op::LoadUndef);
        self.emit(Op::SetSlot(keys));
    }

    /// The first label that equals the subject, or matches it, is where the statements start.
    fn switch_statement(&mut self, subject: &Expr, cases: &[Case]) {
        let slot = self.new_slot();
        self.value(subject);
        self.emit(Op::SetSlot(slot));
        let labels: Vec<_> = cases.iter().map(|_| self.code.label()).collect();
        let end = self.code.label();
        for (case, &label) in cases.iter().zip(&labels) {
            let Some(literal) = &case.label else { continue };
            self.emit(Op::GetSlot(slot));
            match &literal.kind {
                ExprKind::Regex(_) | ExprKind::TypedRegex(_) => {
                    self.emit(Op::AwkToStr);
                    self.pattern(literal);
                    self.emit(Op::AwkRegexMatch);
                }
                _ => {
                    self.value(literal);
                    self.emit(Op::AwkEq);
                }
            }
            self.code.jump(Op::JumpIfTrue, label);
        }
        let default = cases.iter().zip(&labels).find(|(case, _)| case.label.is_none());
        self.code.jump(Op::Jump, default.map_or(end, |(_, &label)| label));
        let r#continue = self.loops.last().map_or(end, |around| around.r#continue);
        self.loops.push(Loop { r#break: end, r#continue });
        for (case, &label) in cases.iter().zip(&labels) {
            self.code.bind(label);
            case.statements.iter().for_each(|stmt| self.stmt(stmt));
        }
        self.loops.pop();
        self.code.bind(end);
    }

    fn next(&mut self, signal: u8) {
        match self.ways.next {
            Some(label) => {
                if signal == awk_signal::NEXTFILE {
                    self.skip_file();
                }
                self.code.jump(Op::Jump, label);
            }
            None => self.emit(Op::AwkSignal(signal)),
        }
    }

    fn exit(&mut self, status: Option<&Expr>) {
        if let Some(status) = status {
            self.number(status);
            self.set_exit_status();
        }
        match self.ways.exit {
            Some(label) => {
                if self.ways.in_try {
                    self.emit(Op::TryEnd);
                }
                self.code.jump(Op::Jump, label);
            }
            None => self.emit(Op::AwkSignal(awk_signal::EXIT)),
        }
    }
}

/// Whether an expression is `$0`.
/// The parts of an expression that joins some, as many as a print takes.
fn parts_of(expr: &Expr) -> Option<&[Expr]> {
    match &expr.ungrouped().kind {
        ExprKind::Concat(parts) if parts.len() <= u8::MAX.into() => Some(parts),
        _ => None,
    }
}

fn is_record(expr: &Expr) -> bool {
    let ExprKind::Place(place) = &expr.kind else { return false };
    matches!(&**place, Place::Field(index) if matches!(index.kind, ExprKind::Number(0.0)))
}
