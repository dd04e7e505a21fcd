//! Operands of expressions: literals, places, parentheses, calls, and what stands before them.

use super::precedence::Level;
use super::{Failed, Parse, Parser};
use crate::ast::{ArrayRef, Expr, ExprKind, Ident, Place, StepOp, UnaryOp};
use crate::builtins::{Builtin, Param};
use crate::classic::Form;
use crate::diagnostic::Diagnostic;
use crate::escape::EscapeWarning;
use crate::lexer::{number, regex_value, string_value};
use crate::source::Span;
use crate::token::{Keyword, Punct, Token, TokenKind};

impl Parser<'_> {
    /// An operand with the `++` or `--` behind it.
    pub(super) fn operand(&mut self) -> Parse<Box<Expr>> {
        let operand = self.operand_before_step()?;
        Ok(self.with_step(operand))
    }

    /// `place++`. Behind anything but a place a `++` is left alone.
    fn with_step(&mut self, operand: Box<Expr>) -> Box<Expr> {
        let op = match self.kind() {
            TokenKind::Punct(Punct::PlusPlus) => StepOp::Increment,
            TokenKind::Punct(Punct::MinusMinus) => StepOp::Decrement,
            _ => return operand,
        };
        let start = operand.span;
        match operand.kind {
            ExprKind::Place(place) => {
                self.advance();
                self.height += 1;
                self.expr_node(ExprKind::Step { op, prefix: false, place }, start)
            }
            _ => operand,
        }
    }

    fn operand_before_step(&mut self) -> Parse<Box<Expr>> {
        let token = self.current();
        match token.kind {
            TokenKind::Number | TokenKind::Str | TokenKind::Regex | TokenKind::TypedRegex => {
                Ok(self.literal(token))
            }
            TokenKind::Name => self.place_expr(),
            TokenKind::FunctionName => self.call(),
            TokenKind::Builtin(builtin) => self.builtin_call(builtin),
            TokenKind::Keyword(Keyword::Getline) => self.getline(),
            TokenKind::Punct(punct) => match punct {
                Punct::Dollar => self.place_expr(),
                Punct::LeftParen => self.group(),
                Punct::At if self.is_column() => self.place_expr(),
                Punct::At => self.indirect_call(),
                Punct::Minus => self.unary(UnaryOp::Minus),
                Punct::Plus => self.unary(UnaryOp::Plus),
                Punct::Not => self.unary(UnaryOp::Not),
                Punct::PlusPlus => self.prefix_step(StepOp::Increment),
                Punct::MinusMinus => self.prefix_step(StepOp::Decrement),
                _ => Err(self.no_operand()),
            },
            _ => Err(self.no_operand()),
        }
    }

    /// "unexpected newline; expected an expression after `+`"
    fn no_operand(&mut self) -> Failed {
        let after = match self.previous().map(|token| token.kind) {
            Some(kind @ (TokenKind::Punct(_) | TokenKind::Keyword(_))) => {
                format!(" after {}", kind.describe())
            }
            _ => String::new(),
        };
        self.unexpected(&format!("expected an expression{after}"))
    }

    pub(super) fn literal(&mut self, token: Token) -> Box<Expr> {
        self.advance();
        self.height = 1;
        if matches!(token.kind, TokenKind::Regex | TokenKind::TypedRegex) {
            self.check_regex_escapes(token.span);
        }
        let kind = match token.kind {
            TokenKind::Number => {
                ExprKind::Number(number(self.source.slice(token.span), self.source.dialect()).0)
            }
            TokenKind::Regex => ExprKind::Regex(regex_value(self.source, token.span).into()),
            TokenKind::TypedRegex => ExprKind::TypedRegex(regex_value(self.source, token.span).into()),
            _ => {
                let (value, warnings) = string_value(self.source, token.span);
                self.warn_of_escapes(token.span, warnings);
                ExprKind::Str(value.into())
            }
        };
        self.expr_node(kind, token.span)
    }

    /// Warns about the backslashes of a string.
    fn warn_of_escapes(&mut self, string: Span, warnings: Vec<EscapeWarning>) {
        let inside = string.start as usize + 1;
        for EscapeWarning { range, message, classic, plain } in warnings {
            let place = Span::new(inside + range.start, inside + range.end);
            let mut warning = Diagnostic::warning(place, message).classic_line(format!("warning: {classic}"));
            if plain
                .is_some_and(|byte| std::mem::replace(&mut self.warned_in_strings[usize::from(byte)], true))
            {
                warning = warning.not_classic();
            }
            self.report(warning);
        }
    }

    /// Warns about backslashes before characters that need none, once for each character.
    fn check_regex_escapes(&mut self, span: Span) {
        let text = self.source.slice(span);
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
            let start = at + found;
            let Some(&escaped) = text.get(start + 1) else { return };
            at = start + 2;
            let has_digits = text.get(at).is_some_and(u8::is_ascii_hexdigit);
            let is_known = escaped.is_ascii_digit() && escaped < b'8'
                || escaped == b'u' && has_digits
                || b"abfnrtvxyBsSwW<>`'/\\.^$*+?()[]{}|-\n\r".contains(&escaped);
            if is_known
                || !escaped.is_ascii()
                || std::mem::replace(&mut self.warned[usize::from(escaped)], true)
            {
                continue;
            }
            let shown = char::from(escaped);
            let place = Span::new(span.start as usize + start, span.start as usize + at);
            let message = format!("regexp escape sequence `\\{shown}` is not a known regexp operator");
            let classic = if escaped.is_ascii_digit() {
                format!("warning: regexp escape sequence `\\{shown}' treated as plain `{shown}'")
            } else {
                format!("warning: regexp escape sequence `\\{shown}' is not a known regexp operator")
            };
            self.report(Diagnostic::warning(place, message).classic_line(classic));
        }
    }

    fn unary(&mut self, op: UnaryOp) -> Parse<Box<Expr>> {
        let start = self.advance().span;
        let operand = self.expr_from(Level::Unary)?;
        self.height += 1;
        Ok(self.expr_node(ExprKind::Unary(op, operand), start))
    }

    fn prefix_step(&mut self, op: StepOp) -> Parse<Box<Expr>> {
        let operator = self.advance();
        if !matches!(self.kind(), TokenKind::Name | TokenKind::Punct(Punct::Dollar)) && !self.is_column() {
            return Err(self.no_place(operator));
        }
        let place = self.place()?;
        self.height += 1;
        Ok(self.expr_node(ExprKind::Step { op, prefix: true, place }, operator.span))
    }

    fn no_place(&mut self, after: Token) -> Failed {
        let after = after.kind.describe();
        self.unexpected(&format!("expected a variable, field or array element after {after}"))
    }

    fn place_expr(&mut self) -> Parse<Box<Expr>> {
        let start = self.current().span;
        let place = self.place()?;
        Ok(self.expr_node(ExprKind::Place(place), start))
    }

    /// A variable, an array element or a field; the current token starts one.
    pub(super) fn place(&mut self) -> Parse<Box<Place>> {
        if self.is(Punct::Dollar) {
            return self.field();
        }
        if self.is_column() {
            return Ok(self.column());
        }
        let mut array = self.array_ref("a variable")?;
        self.height = self.height.max(1);
        Ok(Box::new(match array.path.pop() {
            None => Place::Var(array.name),
            Some(subscripts) => Place::Element { array, subscripts },
        }))
    }

    /// Whether `@"name"` begins here.
    pub(super) fn is_column(&self) -> bool {
        self.is(Punct::At) && self.kind_ahead(1) == TokenKind::Str
    }

    /// `@"name"`: the field that the header gives this name.
    fn column(&mut self) -> Box<Place> {
        let at = self.advance().span;
        let string = self.advance().span;
        let (name, warnings) = string_value(self.source, string);
        self.warn_of_escapes(string, warnings);
        self.height = 2;
        Box::new(Place::Field(self.expr_node(ExprKind::Column(name.into()), at)))
    }

    /// A name with any number of subscripts.
    pub(super) fn array_ref(&mut self, what: &str) -> Parse<ArrayRef> {
        let name = self.expect_name(what)?;
        let mut array = ArrayRef::named(name);
        let mut height = 0;
        while self.is(Punct::LeftBracket) {
            array.path.push(self.subscripts()?);
            height = self.height.max(height) + 1;
            self.check_depth(height)?;
            array.span = name.span.to(self.previous().map_or(name.span, |token| token.span));
        }
        self.height = height;
        Ok(array)
    }

    /// `$index`. The index is an operand without `++` behind it: `$i++` steps the field. Only a field can be an
    /// index and be stepped as such: all awks read `$$i++` as `$($i++)`.
    fn field(&mut self) -> Parse<Box<Place>> {
        self.advance();
        self.enter()?;
        let index = if self.is(Punct::Dollar) { self.operand()? } else { self.operand_before_step()? };
        self.leave();
        self.height += 1;
        Ok(Box::new(Place::Field(index)))
    }

    /// `[subscript, …]`
    pub(super) fn subscripts(&mut self) -> Parse<Vec<Expr>> {
        self.advance();
        let subscripts = self.nested_list()?;
        self.expect(Punct::RightBracket, "or `,` after the subscript")?;
        self.height += 1;
        Ok(subscripts)
    }

    /// Expressions inside brackets, where `>` and `|` redirect nothing.
    fn nested_list(&mut self) -> Parse<Vec<Expr>> {
        let outside = std::mem::replace(&mut self.in_print_list, false);
        let list = self.expr_list()?;
        self.in_print_list = outside;
        Ok(list)
    }

    /// `(expression)`, or `(key, key, …) in array`.
    fn group(&mut self) -> Parse<Box<Expr>> {
        let open = self.advance().span;
        let list = self.nested_list()?;
        self.expect(Punct::RightParen, "to close the parenthesis")?;
        self.height += 1;
        self.grouped(list, open)
    }

    /// What a list in parentheses is, by its length and what follows it.
    fn grouped(&mut self, mut list: Vec<Expr>, open: Span) -> Parse<Box<Expr>> {
        if list.len() == 1
            && let Some(inner) = list.pop()
        {
            return Ok(self.expr_node(ExprKind::Group(Box::new(inner)), open));
        }
        if !self.is_keyword(Keyword::In) {
            let span = self.previous().map_or(open, |close| open.to(close.span));
            return Err(self.fail(
                Diagnostic::error(span, "a list in parentheses is no expression")
                    .classic_at(self.current().span.start)
                    .help("it can stand before `in array`, or be all that `print` prints"),
            ));
        }
        self.advance();
        let height = self.height;
        let array = self.array_ref("an array's name after `in`")?;
        self.height = self.height.max(height);
        Ok(self.expr_node(ExprKind::In { keys: list, array }, open))
    }

    /// The arguments of a call, from parenthesis to parenthesis.
    fn arguments(&mut self) -> Parse<Vec<Expr>> {
        self.advance();
        self.height = 0;
        let args = if self.is(Punct::RightParen) { Vec::new() } else { self.nested_list()? };
        self.expect(Punct::RightParen, "or `,` after an argument")?;
        self.height += 1;
        Ok(args)
    }

    /// `@variable(…)`
    fn indirect_call(&mut self) -> Parse<Box<Expr>> {
        let at = self.advance().span;
        if self.kind() != TokenKind::FunctionName {
            let diagnostic = self.unexpected_token("expected a call after `@`");
            return Err(self.fail(diagnostic.help("an indirect call is written `@variable(…)`")));
        }
        let span = self.advance().span;
        let variable = self.ident(span);
        let args = self.arguments()?;
        Ok(self.expr_node(ExprKind::IndirectCall { variable, args }, at))
    }

    fn call(&mut self) -> Parse<Box<Expr>> {
        let span = self.advance().span;
        let function = self.ident(span);
        let args = self.arguments()?;
        Ok(self.expr_node(ExprKind::Call { function, args }, span))
    }

    fn builtin_call(&mut self, function: Builtin) -> Parse<Box<Expr>> {
        let name = self.advance().span;
        if !self.is(Punct::LeftParen) {
            return self.builtin_without_arguments(function, name);
        }
        let args = self.arguments()?;
        self.check_arguments(function, &args, name);
        Ok(self.expr_node(ExprKind::Builtin { function, args }, name))
    }

    /// `length` alone means `length($0)`; no other function can do without its parentheses.
    fn builtin_without_arguments(&mut self, function: Builtin, name: Span) -> Parse<Box<Expr>> {
        if function != Builtin::Length {
            let diagnostic = self.unexpected_token(&format!("expected `(` after `{}`", function.name()));
            return Err(self.fail(diagnostic.related(name, "a built-in function")));
        }
        self.height = 1;
        Ok(self.expr_node(ExprKind::Builtin { function, args: Vec::new() }, name))
    }

    /// Reports a wrong number of arguments, and arguments of a wrong form.
    fn check_arguments(&mut self, function: Builtin, args: &[Expr], name: Span) {
        if !function.accepts(args.len()) {
            let message = format!("`{}` takes {}", function.name(), function.arity());
            let close = self.previous().map_or(name, |close| close.span);
            let classic = format!("{} is invalid as number of arguments for {}", args.len(), function.name());
            self.report(
                Diagnostic::error(name.to(close), message)
                    .label(format!("called with {}", args.len()))
                    .classic_caret(classic)
                    .classic_at(close.start),
            );
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let called = function.name();
            let error = |wanted: &str| {
                let message = format!("argument {} of `{called}` must be {wanted}", index + 1);
                Diagnostic::error(arg.span, message).related(name, "in this call")
            };
            let error = match function.param(index) {
                Some(Param::Array) if array_of(arg).is_none() => {
                    let which = ["first", "second", "third", "fourth"].get(index).unwrap_or(&"last");
                    let classic = format!("{called}: {which} argument is not an array");
                    error("an array").classic(Form::Fatal, classic)
                }
                // gawk lets a constant pass, to no effect but the count.
                Some(Param::Target) if !is_target(arg) => {
                    let close = self.previous().map_or(name, |close| close.span);
                    error("a variable, field or array element")
                        .classic_caret(format!("{called} third parameter is not a changeable object"))
                        .classic_at(close.start)
                }
                _ => continue,
            };
            self.report(error);
        }
    }
}

/// The array that an argument can be: a name, or an element that may hold an array.
pub(crate) fn array_of(expr: &Expr) -> Option<ArrayRef> {
    let ExprKind::Place(place) = &expr.kind else { return None };
    match &**place {
        Place::Var(name) => Some(ArrayRef::named(*name)),
        Place::Element { array, subscripts } => {
            let mut path = array.path.clone();
            path.push(subscripts.clone());
            Some(ArrayRef { name: array.name, path, span: expr.span })
        }
        Place::Field(_) => None,
    }
}

/// The name that an argument is, when it is nothing else; only then can it be an array.
pub(crate) fn bare_name(expr: &Expr) -> Option<Ident> {
    match &expr.kind {
        ExprKind::Place(place) => match **place {
            Place::Var(ident) => Some(ident),
            _ => None,
        },
        _ => None,
    }
}

fn is_target(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Place(_) | ExprKind::Str(_) | ExprKind::Number(_))
}
