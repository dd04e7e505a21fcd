//! Expressions: operator precedence over the table in [`super::precedence`].

use super::precedence::{Infix, Level, infix};
use super::{Parse, Parser, Place as RulePlace};
use crate::ast::{BinaryOp, Expr, ExprKind, Input, Place};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    /// An expression; no `,` at its outermost level.
    pub(super) fn expr(&mut self) -> Parse<Box<Expr>> {
        self.expr_from(Level::Assignment)
    }

    /// One or more expressions with `,` between them. A newline may follow a comma.
    pub(super) fn expr_list(&mut self) -> Parse<Vec<Expr>> {
        let mut height = 0;
        let mut list = Vec::new();
        loop {
            list.push(*self.expr()?);
            height = height.max(self.height);
            if !self.eat(Punct::Comma) {
                self.height = height;
                return Ok(list);
            }
            self.skip_newlines();
        }
    }

    /// An expression of operators that bind at least as tightly as `least`.
    pub(super) fn expr_from(&mut self, least: Level) -> Parse<Box<Expr>> {
        self.enter()?;
        let mut left = self.operand()?;
        // What is left of an operator like `in` or `~` is complete; tighter ones cannot take it as an operand.
        let mut tightest = Level::Power;
        while let Some((operator, level)) = self.infix_after(&left) {
            if level > tightest || !self.admits(least, &left, operator, level)? {
                break;
            }
            if level < Level::Pipe {
                tightest = Level::Compare;
            }
            let height = self.height;
            left = match operator {
                Infix::In => self.in_array(*left)?,
                Infix::PipeGetline => self.pipe_getline(left)?,
                Infix::Conditional => self.conditional(left)?,
                _ => {
                    self.take_operator(operator, &left)?;
                    let right = self.expr_from(level.of_right_operand())?;
                    match extend_chain(&mut left, operator, level, right) {
                        // The chain is one level for all its operands.
                        None => {
                            self.height = height.max(self.height + 1);
                            continue;
                        }
                        Some(right) => join(operator, left, right),
                    }
                }
            };
            self.height = self.height.max(height) + 1;
            self.check_depth(self.height)?;
        }
        self.leave();
        Ok(left)
    }

    /// The operator that the current token is here.
    fn infix_here(&self) -> Option<(Infix, Level)> {
        let kind = self.kind();
        if self.in_print_list
            && let TokenKind::Punct(Punct::Greater | Punct::Pipe | Punct::PipeBoth) = kind
        {
            return None;
        }
        infix(kind)
    }

    /// The same, knowing what stands before it: a `/=` after what nothing is assigned to begins a regular expression.
    fn infix_after(&mut self, left: &Expr) -> Option<(Infix, Level)> {
        if self.is(Punct::SlashAssign) && !matches!(left.kind, ExprKind::Place(_)) {
            self.lexed.read_as_regex(self.source, self.at);
        }
        self.infix_here()
    }

    /// Whether `left` can be the left operand of `operator` in an expression that binds at least like `least`.
    fn admits(&mut self, least: Level, left: &Expr, operator: Infix, level: Level) -> Parse<bool> {
        match operator {
            Infix::Assign(_) => match left.kind {
                // As in gawk, `a && b = c` and `a ~ b = c` assign to b; `a + b = c` is an error.
                ExprKind::Place(_) => Ok(least <= Level::Pipe),
                _ => Err(self.refuse_assignment(left)?),
            },
            Infix::Compare(_) if level >= least && is_comparison(left) => {
                let diagnostic = self.unexpected_token("comparisons do not chain");
                Err(self.fail(diagnostic.help("put one of the comparisons in parentheses")))
            }
            _ => Ok(level >= least),
        }
    }

    fn refuse_assignment(&mut self, left: &Expr) -> Parse<super::Failed> {
        let diagnostic = Diagnostic::error(left.span, "cannot assign to this expression")
            .label("not a variable, field or array element")
            .classic_at(self.current().span.start);
        let diagnostic = match &left.kind {
            ExprKind::Group(_) => diagnostic.help("leave out the parentheses"),
            ExprKind::Binary { .. } | ExprKind::Concat(_) | ExprKind::Unary(..) => {
                diagnostic.help("an assignment that is an operand needs parentheses of its own")
            }
            ExprKind::Step { prefix: false, place, .. } if matches!(**place, Place::Field(_)) => {
                // gawk notices it behind the value.
                self.advance();
                self.expr()?;
                diagnostic
                    .classic_caret("cannot assign a value to the result of a field post-increment expression")
                    .classic_at(self.current().span.start)
            }
            _ => diagnostic,
        };
        Ok(self.fail(diagnostic))
    }

    /// Takes what stands between `left` and its right operand.
    fn take_operator(&mut self, operator: Infix, left: &Expr) -> Parse<()> {
        match operator {
            Infix::Concat => return self.refuse_stray_step(left),
            // A newline may follow these.
            Infix::Logical(_) => {
                self.advance();
                self.skip_newlines();
            }
            _ => {
                self.advance();
            }
        }
        Ok(())
    }

    /// In `(x)++` the `++` belongs to neither side, unless a place follows: then it is `(x) (++y)`.
    fn refuse_stray_step(&mut self, left: &Expr) -> Parse<()> {
        let TokenKind::Punct(step @ (Punct::PlusPlus | Punct::MinusMinus)) = self.kind() else {
            return Ok(());
        };
        if matches!(self.kind_ahead(1), TokenKind::Name | TokenKind::Punct(Punct::Dollar)) {
            return Ok(());
        }
        let message = format!("`{}` needs a variable, field or array element", step.text());
        let span = self.current().span;
        // In `getline $1++` the first of them belongs to the field, for gawk, and the next one is wrong.
        let fills_field = matches!(&left.kind, ExprKind::Getline { input: Input::Main, place: Some(place) }
            if matches!(**place, Place::Field(_)));
        let is_step = |kind| matches!(kind, TokenKind::Punct(Punct::PlusPlus | Punct::MinusMinus));
        let wrong = if fills_field && is_step(self.kind_ahead(1)) { 2 } else { 1 };
        let noticed = self.lexed.tokens.get(self.at + wrong).map_or(span, |token| token.span).start;
        let error = Diagnostic::error(span, message).related(left.span, "this cannot be changed");
        Err(self.fail(error.classic_at(noticed)))
    }

    /// `key in array`
    fn in_array(&mut self, key: Expr) -> Parse<Box<Expr>> {
        self.advance();
        self.height = 0;
        let array = self.array_ref("an array's name after `in`")?;
        let start = key.span;
        Ok(self.expr_node(ExprKind::In { keys: vec![key], array }, start))
    }

    /// `condition ? yes : no`. A newline may follow `?` and `:`, as in gawk.
    fn conditional(&mut self, condition: Box<Expr>) -> Parse<Box<Expr>> {
        self.advance();
        self.skip_newlines();
        let yes = self.expr()?;
        let height = self.height;
        self.expect(Punct::Colon, "and the other value of `?`")?;
        self.skip_newlines();
        let no = self.expr_from(Level::Conditional)?;
        self.height = self.height.max(height);
        let start = condition.span;
        Ok(self.expr_node(ExprKind::Conditional { condition, yes, no }, start))
    }

    /// `command | getline [place]`, or with `|&`.
    fn pipe_getline(&mut self, command: Box<Expr>) -> Parse<Box<Expr>> {
        let is_coprocess = self.is(Punct::PipeBoth);
        self.advance();
        if !self.is_keyword(Keyword::Getline) {
            let pipe = if is_coprocess { "|&" } else { "|" };
            let diagnostic = self.unexpected_token(&format!("expected `getline` after `{pipe}`"));
            let help = format!("only `print` and `printf` write to a command with `{pipe}`");
            return Err(self.fail(diagnostic.help(help)));
        }
        self.advance();
        let place = self.optional_place()?;
        let start = command.span;
        let input = if is_coprocess { Input::Coprocess(command) } else { Input::Command(command) };
        Ok(self.expr_node(ExprKind::Getline { input, place }, start))
    }

    /// `getline [place] [< file]`. As in gawk, the file may be a sum or a product without parentheses, but no
    /// concatenation.
    pub(super) fn getline(&mut self) -> Parse<Box<Expr>> {
        let keyword = self.advance().span;
        self.height = 0;
        let place = self.optional_place()?;
        let mut height = self.height;
        let input = if self.eat(Punct::Less) {
            let file = self.expr_from(Level::Additive)?;
            height = height.max(self.height);
            Input::File(file)
        } else {
            self.refuse_main_input(keyword);
            Input::Main
        };
        self.height = height + 1;
        Ok(self.expr_node(ExprKind::Getline { input, place }, keyword))
    }

    /// The records of a file come between the rules for its beginning and its end.
    fn refuse_main_input(&mut self, keyword: Span) {
        let rule = match self.place {
            RulePlace::BeginFileAction => "BEGINFILE",
            RulePlace::EndFileAction => "ENDFILE",
            _ => return,
        };
        let message = format!("`getline` of the main input in an action of `{rule}`");
        let classic = format!("error: non-redirected `getline' invalid inside `{rule}' rule");
        self.report(Diagnostic::error(keyword, message).classic_line(classic));
    }

    fn optional_place(&mut self) -> Parse<Option<Box<Place>>> {
        match self.kind() {
            TokenKind::Name | TokenKind::Punct(Punct::Dollar) => self.place().map(Some),
            _ => {
                self.height = 0;
                Ok(None)
            }
        }
    }
}

fn is_comparison(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Compare(..))
}

/// Adds `right` to the chain that `left` is, or gives it back when `left` is no chain of such operators.
fn extend_chain(left: &mut Expr, operator: Infix, level: Level, right: Box<Expr>) -> Option<Box<Expr>> {
    let end = right.span;
    match (&mut left.kind, operator) {
        (ExprKind::Concat(parts), Infix::Concat) => parts.push(*right),
        (ExprKind::Logical(chain, operands), Infix::Logical(op)) if *chain == op => operands.push(*right),
        (ExprKind::Binary { rest, .. }, Infix::Binary(op)) if chains_at(rest[0].0, level) => {
            rest.push((op, *right));
        }
        _ => return Some(right),
    }
    left.span = left.span.to(end);
    None
}

/// Whether `op` is a left-associative operator of that level.
fn chains_at(op: BinaryOp, level: Level) -> bool {
    match op {
        BinaryOp::Add | BinaryOp::Sub => level == Level::Additive,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod => level == Level::Multiplicative,
        BinaryOp::Pow => false,
    }
}

/// The expression of two operands and what stands between them.
fn join(operator: Infix, left: Box<Expr>, right: Box<Expr>) -> Box<Expr> {
    let span = left.span.to(right.span);
    let kind = match operator {
        Infix::Assign(op) => match left.kind {
            ExprKind::Place(place) => ExprKind::Assign { op, place, value: right },
            // `admits` has let only places pass.
            kind => kind,
        },
        Infix::Logical(op) => ExprKind::Logical(op, vec![*left, *right]),
        Infix::Match { negated } => ExprKind::Match { negated, text: left, pattern: right },
        Infix::Compare(op) => ExprKind::Compare(op, left, right),
        Infix::Binary(op) => ExprKind::Binary { first: left, rest: vec![(op, *right)] },
        Infix::Concat => ExprKind::Concat(vec![*left, *right]),
        // These have parts of other kinds, and are made where those are parsed.
        Infix::Conditional | Infix::In | Infix::PipeGetline => left.kind,
    };
    Box::new(Expr { kind, span })
}
