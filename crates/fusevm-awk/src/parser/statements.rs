//! Statements.

use super::precedence::{Level, starts_expression};
use super::{Parse, Parser, Place};
use crate::ast::{ArrayRef, Case, Expr, ExprKind, For, Redirect, RedirectKind, Stmt, StmtKind, UnaryOp};
use crate::classic::{Classic, Form, Told};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::specials::{FUNCTAB, SYMTAB};
use crate::token::{Keyword, Punct, Token, TokenKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl Parser<'_> {
    /// A statement with the newline or `;` that ends it.
    pub(super) fn statement(&mut self) -> Parse<Box<Stmt>> {
        self.enter()?;
        let start = self.current().span;
        let stmt = match self.kind() {
            TokenKind::Punct(Punct::LeftBrace) => self.block_statement(start)?,
            TokenKind::Keyword(Keyword::If) => self.if_statement(start)?,
            TokenKind::Keyword(Keyword::While) => self.while_statement(start)?,
            TokenKind::Keyword(Keyword::Do) => self.do_statement(start)?,
            TokenKind::Keyword(Keyword::For) => self.for_statement(start)?,
            TokenKind::Keyword(Keyword::Switch) => self.switch_statement(start)?,
            _ => {
                let stmt = self.simple_statement()?;
                self.end_of_statement()?;
                stmt
            }
        };
        self.leave();
        Ok(stmt)
    }

    /// A statement from `start` to the end of the last token that was taken, line ends aside.
    fn stmt_node(&self, kind: StmtKind, start: Span) -> Box<Stmt> {
        let mut taken = self.lexed.tokens[..self.at].iter().rev();
        let last = taken.find(|token| token.kind != TokenKind::Newline);
        let span = start.to(last.map_or(start, |token| token.span));
        Box::new(Stmt { kind, span })
    }

    /// The body of an `if`, `else` or loop: newlines may stand before it, and `;` alone is an empty one.
    fn body(&mut self) -> Parse<Box<Stmt>> {
        self.skip_newlines();
        let start = self.current().span;
        if self.eat(Punct::Semicolon) {
            return Ok(self.stmt_node(StmtKind::Empty, start));
        }
        self.statement()
    }

    fn loop_body(&mut self) -> Parse<Box<Stmt>> {
        self.loops += 1;
        self.breakable += 1;
        let body = self.body()?;
        self.loops -= 1;
        self.breakable -= 1;
        self.loop_end = self.next_in_text();
        Ok(body)
    }

    /// `switch (subject) { case literal: … default: … }`
    fn switch_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        self.advance();
        let subject = self.condition(Keyword::Switch)?;
        self.skip_newlines();
        if !self.is(Punct::LeftBrace) {
            return Err(self.unexpected("expected `{` to open the cases of `switch`"));
        }
        self.advance();
        self.breakable += 1;
        let mut cases = Vec::new();
        let mut default = None;
        let mut seen = HashMap::new();
        let mut repeated: Vec<(Span, Diagnostic)> = Vec::new();
        loop {
            while self.kind() == TokenKind::Newline || self.is(Punct::Semicolon) {
                self.advance();
            }
            let span = self.current().span;
            let label = match self.kind() {
                TokenKind::Punct(Punct::RightBrace) => break,
                TokenKind::Keyword(Keyword::Case) => {
                    self.advance();
                    Some(self.case_label()?)
                }
                TokenKind::Keyword(Keyword::Default) => {
                    self.advance();
                    if let Some(first) = default.replace(span) {
                        let error = Diagnostic::error(span, "duplicate `default` in `switch`")
                            .classic_line("error: duplicate `default' detected in switch body");
                        repeated.push((first, error));
                    }
                    None
                }
                _ => return Err(self.unexpected("expected `case`, `default` or `}` in `switch`")),
            };
            if let Some(text) = label.as_ref().and_then(label_text) {
                match seen.entry(text) {
                    Entry::Occupied(first) => {
                        let text = String::from_utf8_lossy(first.key());
                        let error = Diagnostic::error(span, format!("duplicate label `{text}` in `switch`"))
                            .classic_line(format!("error: duplicate case values in switch body: {text}"));
                        repeated.push((*first.get(), error));
                    }
                    Entry::Vacant(place) => {
                        place.insert(span);
                    }
                }
            }
            self.expect(Punct::Colon, "after the label")?;
            cases.push(Case { label, statements: self.case_statements()? });
        }
        let end = self.advance().span;
        // gawk looks at the labels when it has all of them, from the last to the first.
        repeated.sort_by_key(|(first, _)| std::cmp::Reverse(first.start));
        for (first, error) in repeated {
            let error = error.classic_at(first.start).classic_told(Told::Reading(end.start));
            self.report(error.related(first, "the first one"));
        }
        self.breakable -= 1;
        self.loop_end = self.next_in_text();
        Ok(self.stmt_node(StmtKind::Switch { subject, cases }, start))
    }

    /// A number, which may have a sign, a string or a regex.
    fn case_label(&mut self) -> Parse<Expr> {
        let start = self.current();
        let sign = match start.kind {
            TokenKind::Punct(Punct::Minus) => Some(UnaryOp::Minus),
            TokenKind::Punct(Punct::Plus) => Some(UnaryOp::Plus),
            _ => None,
        };
        if sign.is_some() {
            self.advance();
        }
        let token = self.current();
        let is_label = match token.kind {
            TokenKind::Number => true,
            TokenKind::Str | TokenKind::Regex | TokenKind::TypedRegex => sign.is_none(),
            _ => false,
        };
        if !is_label {
            return Err(self.unexpected("expected a number, a string or a regular expression as label"));
        }
        let literal = self.literal(token);
        Ok(match sign {
            Some(sign) => *self.expr_node(ExprKind::Unary(sign, literal), start.span),
            None => *literal,
        })
    }

    fn case_statements(&mut self) -> Parse<Vec<Stmt>> {
        let mut statements = Vec::new();
        loop {
            while self.kind() == TokenKind::Newline || self.is(Punct::Semicolon) {
                self.advance();
            }
            match self.kind() {
                TokenKind::Keyword(Keyword::Case | Keyword::Default)
                | TokenKind::Punct(Punct::RightBrace) => return Ok(statements),
                _ => statements.push(*self.statement()?),
            }
        }
    }

    fn block_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        let block = self.block("the block")?;
        Ok(self.stmt_node(StmtKind::Block(block), start))
    }

    fn end_of_statement(&mut self) -> Parse<()> {
        match self.kind() {
            TokenKind::Newline | TokenKind::Punct(Punct::Semicolon) => {
                self.advance();
                Ok(())
            }
            // The block that this closes, or misses its end by, says more about it.
            TokenKind::Punct(Punct::RightBrace) | TokenKind::Eof => Ok(()),
            _ => Err(self.unexpected("expected a newline, `;` or `}` after the statement")),
        }
    }

    /// `(condition)` after a keyword.
    fn condition(&mut self, keyword: Keyword) -> Parse<Box<Expr>> {
        self.expect(Punct::LeftParen, &format!("after `{}`", keyword.text()))?;
        let condition = self.expr()?;
        self.expect(Punct::RightParen, "after the condition")?;
        Ok(condition)
    }

    fn if_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            self.advance();
            let condition = self.condition(Keyword::If)?;
            let body = self.body()?;
            arms.push((*condition, *body));
            if !self.eat_else() {
                break;
            }
            self.skip_newlines();
            if !self.is_keyword(Keyword::If) {
                otherwise = Some(self.body()?);
                break;
            }
        }
        Ok(self.stmt_node(StmtKind::If { arms, otherwise }, start))
    }

    /// Takes an `else`, with the line ends and the one optional `;` before it, or nothing at all.
    fn eat_else(&mut self) -> bool {
        let before = self.at;
        self.skip_newlines();
        if self.eat(Punct::Semicolon) {
            self.skip_newlines();
        }
        if self.is_keyword(Keyword::Else) {
            self.advance();
            return true;
        }
        self.at = before;
        false
    }

    fn while_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        self.advance();
        let condition = self.condition(Keyword::While)?;
        let body = self.loop_body()?;
        Ok(self.stmt_node(StmtKind::While { condition, body }, start))
    }

    fn do_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        let keyword = self.advance();
        let body = self.loop_body()?;
        self.skip_newlines();
        if self.eat(Punct::Semicolon) {
            self.skip_newlines();
        }
        self.expect_while(keyword)?;
        let condition = self.condition(Keyword::While)?;
        Ok(self.stmt_node(StmtKind::DoWhile { body, condition }, start))
    }

    fn expect_while(&mut self, start: Token) -> Parse<()> {
        if self.is_keyword(Keyword::While) {
            self.advance();
            return Ok(());
        }
        let diagnostic = self.unexpected_token("expected `while` after the body of `do`");
        Err(self.fail(diagnostic.related(start.span, "the loop starts here")))
    }

    fn for_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        self.advance();
        self.expect(Punct::LeftParen, "after `for`")?;
        if self.is_for_in() {
            return self.for_in_statement(start);
        }
        let init = self.for_part(Punct::Semicolon)?;
        self.refuse_for_in(init.as_deref())?;
        self.expect(Punct::Semicolon, "after the first part of `for`")?;
        self.skip_newlines();
        let condition = if self.is(Punct::Semicolon) { None } else { Some(self.expr()?) };
        self.expect(Punct::Semicolon, "after the condition of `for`")?;
        self.skip_newlines();
        let step = self.for_part(Punct::RightParen)?;
        self.expect(Punct::RightParen, "after the last part of `for`")?;
        let body = self.loop_body()?;
        Ok(self.stmt_node(StmtKind::For(Box::new(For { init, condition, step, body })), start))
    }

    fn for_part(&mut self, end: Punct) -> Parse<Option<Box<Stmt>>> {
        if self.is(end) { Ok(None) } else { self.simple_statement().map(Some) }
    }

    fn for_in_statement(&mut self, start: Span) -> Parse<Box<Stmt>> {
        let variable = self.expect_name("a variable")?;
        self.advance();
        let array = self.array_ref("an array")?;
        self.expect(Punct::RightParen, "after the array")?;
        let body = self.loop_body()?;
        Ok(self.stmt_node(StmtKind::ForIn { variable, array, body }, start))
    }

    /// `for ($1 in a)`, `for ((i, j) in a)`: only a variable can run over an array.
    fn refuse_for_in(&mut self, init: Option<&Stmt>) -> Parse<()> {
        if let Some(Stmt { kind: StmtKind::Expr(expr), .. }) = init
            && let ExprKind::In { .. } = expr.kind
            && self.is(Punct::RightParen)
        {
            return Err(self.fail(
                Diagnostic::error(expr.span, "`for (… in …)` needs a plain variable before `in`")
                    .classic_at(self.current().span.start)
                    .help("take the index in a variable and work out the rest in the body"),
            ));
        }
        Ok(())
    }

    /// Whether `name in name )` follows, or `name in name[…] )`. In `for (i in a; …)` the same words are an
    /// expression.
    fn is_for_in(&self) -> bool {
        if self.kind() != TokenKind::Name
            || self.kind_ahead(1) != TokenKind::Keyword(Keyword::In)
            || self.kind_ahead(2) != TokenKind::Name
        {
            return false;
        }
        let mut open = 0;
        for ahead in 3.. {
            match self.kind_ahead(ahead) {
                TokenKind::Punct(Punct::LeftBracket) => open += 1,
                TokenKind::Punct(Punct::RightBracket) if open > 0 => open -= 1,
                TokenKind::Eof | TokenKind::Punct(Punct::LeftBrace | Punct::RightBrace) => return false,
                kind if open == 0 => return kind == TokenKind::Punct(Punct::RightParen),
                _ => {}
            }
        }
        false
    }

    /// A statement that contains no other, without what ends it.
    fn simple_statement(&mut self) -> Parse<Box<Stmt>> {
        let start = self.current().span;
        let kind = match self.kind() {
            TokenKind::Keyword(Keyword::Getline) => StmtKind::Expr(self.expr()?),
            TokenKind::Keyword(keyword) => {
                self.refuse_as_statement(keyword)?;
                self.advance();
                self.keyword_statement(keyword, start)?
            }
            kind if starts_expression(kind) => StmtKind::Expr(self.expr()?),
            _ => return Err(self.unexpected("expected a statement")),
        };
        Ok(self.stmt_node(kind, start))
    }

    /// Keywords that start no simple statement.
    fn refuse_as_statement(&mut self, keyword: Keyword) -> Parse<()> {
        let span = self.current().span;
        let diagnostic = match keyword {
            Keyword::Else => Diagnostic::error(span, "`else` without `if`"),
            Keyword::Function => Diagnostic::error(span, "a function cannot be defined inside a block")
                .help("is the `}` of the block before it missing?"),
            Keyword::Case | Keyword::Default => {
                let message = format!("`{}` outside `switch`", keyword.text());
                Diagnostic::error(span, message)
            }
            Keyword::Begin | Keyword::End | Keyword::BeginFile | Keyword::EndFile => {
                let message = format!("`{}` cannot stand inside a block", keyword.text());
                Diagnostic::error(span, message).help("is the `}` of the block before it missing?")
            }
            Keyword::In | Keyword::If | Keyword::While | Keyword::For | Keyword::Do | Keyword::Switch => {
                self.unexpected_token("expected a statement")
            }
            _ => return Ok(()),
        };
        Err(self.fail(diagnostic))
    }

    fn keyword_statement(&mut self, keyword: Keyword, span: Span) -> Parse<StmtKind> {
        Ok(match keyword {
            Keyword::Print => self.print_statement(false)?,
            Keyword::Printf => self.print_statement(true)?,
            Keyword::Next | Keyword::NextFile => {
                self.check_next(keyword, span);
                if keyword == Keyword::Next { StmtKind::Next } else { StmtKind::NextFile }
            }
            Keyword::Exit => StmtKind::Exit(self.optional_expr()?),
            Keyword::Return => {
                if self.place != Place::Function {
                    let error = Diagnostic::error(span, "`return` outside a function");
                    self.report(error.classic_caret("`return' used outside function context"));
                }
                StmtKind::Return(self.optional_expr()?)
            }
            Keyword::Delete => self.delete_statement()?,
            Keyword::Break | Keyword::Continue => {
                self.check_break(keyword, span);
                if keyword == Keyword::Break { StmtKind::Break } else { StmtKind::Continue }
            }
            // `refuse_as_statement` has let no other pass.
            _ => StmtKind::Empty,
        })
    }

    fn check_break(&mut self, keyword: Keyword, span: Span) {
        let (around, what, gawks) = match keyword {
            Keyword::Break => (self.breakable, "a loop or `switch`", "a loop or switch"),
            _ => (self.loops, "a loop", "a loop"),
        };
        if around > 0 {
            return;
        }
        let word = keyword.text();
        let text = format!("error: `{word}' is not allowed outside {gawks}");
        let line = |told| Classic { told: Some(told), ..Classic::new(Form::Line, &*text) };
        let mut error = Diagnostic::error(span, format!("`{word}` outside {what}")).not_classic();
        // gawk tells it when it reads the word, unless it has yet to notice that a loop is over, and again when it
        // has read what follows the statement.
        if self.loop_end != self.at - 1 {
            error.classic.push(line(Told::Reading(span.start)));
        }
        error.classic.push(line(self.statement_read()));
        self.report(error);
    }

    /// When gawk knows that the statement ends here.
    fn statement_read(&self) -> Told {
        self.lexed.tokens.get(self.next_in_text()).map_or(Told::AtEnd, |token| Told::Reading(token.span.end))
    }

    /// `next` needs a record to leave. A function may use it; then the call decides, at run time.
    fn check_next(&mut self, keyword: Keyword, span: Span) {
        let action = match self.place {
            Place::BeginAction => Keyword::Begin,
            Place::EndAction => Keyword::End,
            // `nextfile` there passes over the file.
            Place::BeginFileAction if keyword == Keyword::NextFile => return,
            Place::BeginFileAction => Keyword::BeginFile,
            Place::EndFileAction => Keyword::EndFile,
            Place::RecordAction | Place::Function => return,
        };
        let message = format!("`{}` in {} {} action", keyword.text(), article(action), action.text());
        let classic = format!("error: `{}' used in {} action", keyword.text(), action.text());
        let error = Diagnostic::error(span, message).label("no record is being processed here");
        self.report(error.classic_line(classic).classic_told(self.statement_read()));
    }

    fn optional_expr(&mut self) -> Parse<Option<Box<Expr>>> {
        if self.at_statement_end() { Ok(None) } else { self.expr().map(Some) }
    }

    fn at_statement_end(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Newline | TokenKind::Eof | TokenKind::Punct(Punct::Semicolon | Punct::RightBrace)
        )
    }

    fn delete_statement(&mut self) -> Parse<StmtKind> {
        // `delete(a)` is an old spelling that gawk still takes.
        if self.is(Punct::LeftParen) {
            self.advance();
            let array = self.array_ref("an array to delete")?;
            self.expect(Punct::RightParen, "after the array's name")?;
            self.check_delete(&array);
            return Ok(StmtKind::DeleteAll(array));
        }
        let mut array = self.array_ref("an array or an array element to delete")?;
        self.check_delete(&array);
        Ok(match array.path.pop() {
            Some(subscripts) => StmtKind::Delete { array, subscripts },
            None => StmtKind::DeleteAll(array),
        })
    }

    /// The tables of variables and functions stay whole.
    fn check_delete(&mut self, array: &ArrayRef) {
        let name = self.names.text(array.name.name);
        if !matches!(name, SYMTAB | FUNCTAB) {
            return;
        }
        let message = format!("`delete` is not allowed with {name}");
        let classic = format!("`delete' is not allowed with {name}");
        let next = self.lexed.tokens.get(self.next_in_text()).map_or(array.span, |token| token.span);
        let error = Diagnostic::error(array.span, message).classic(Form::Fatal, classic);
        self.report(error.classic_at(next.start).classic_told(self.statement_read()));
    }

    fn print_statement(&mut self, formatted: bool) -> Parse<StmtKind> {
        let keyword = self.previous().map_or(Span::default(), |token| token.span);
        let args = if self.print_list_is_grouped() {
            self.advance();
            let args = self.expr_list()?;
            self.expect(Punct::RightParen, "or `,` after an expression")?;
            args
        } else if self.at_statement_end() || self.redirect_kind().is_some() {
            Vec::new()
        } else {
            self.in_print_list = true;
            let args = self.expr_list()?;
            self.in_print_list = false;
            args
        };
        if formatted && args.is_empty() {
            let warning = Diagnostic::warning(keyword, "`printf` without a format");
            self.report(warning.label("this prints nothing").not_classic());
        }
        let redirect = self.redirect()?;
        Ok(StmtKind::Print { formatted, args, redirect })
    }

    /// Whether the parentheses after `print` hold the whole list, as in `print (a, b) > "f"`, and not the start of
    /// its first expression, as in `print (a) (b), c`. Only what follows the closing one tells.
    fn print_list_is_grouped(&self) -> bool {
        if !self.is(Punct::LeftParen) {
            return false;
        }
        let mut open = 0;
        let mut has_comma = false;
        for (index, token) in self.lexed.tokens[self.at..].iter().enumerate() {
            match token.kind {
                TokenKind::Punct(Punct::LeftParen) => open += 1,
                TokenKind::Punct(Punct::Comma) if open == 1 => has_comma = true,
                TokenKind::Punct(Punct::RightParen) if open > 1 => open -= 1,
                TokenKind::Punct(Punct::RightParen) => {
                    let ends_list = matches!(
                        self.kind_ahead(index + 1),
                        TokenKind::Newline
                            | TokenKind::Eof
                            | TokenKind::Punct(
                                Punct::Semicolon
                                    | Punct::RightBrace
                                    | Punct::Greater
                                    | Punct::Append
                                    | Punct::Pipe
                                    | Punct::PipeBoth
                            )
                    );
                    return has_comma && ends_list;
                }
                // None of these can stand in parentheses; they are not balanced.
                TokenKind::Eof
                | TokenKind::Punct(Punct::Semicolon | Punct::LeftBrace | Punct::RightBrace) => return false,
                _ => {}
            }
        }
        false
    }

    fn redirect_kind(&self) -> Option<RedirectKind> {
        match self.kind() {
            TokenKind::Punct(Punct::Greater) => Some(RedirectKind::Write),
            TokenKind::Punct(Punct::Append) => Some(RedirectKind::Append),
            TokenKind::Punct(Punct::Pipe) => Some(RedirectKind::Pipe),
            TokenKind::Punct(Punct::PipeBoth) => Some(RedirectKind::Coprocess),
            _ => None,
        }
    }

    /// `> file`, `>> file`, `| command` or `|& command`. As in gawk, the target may be a concatenation without parentheses.
    fn redirect(&mut self) -> Parse<Option<Box<Redirect>>> {
        let Some(kind) = self.redirect_kind() else { return Ok(None) };
        self.advance();
        let target = *self.expr_from(Level::Concat)?;
        if self.redirect_kind().is_some() {
            let diagnostic = self.unexpected_token("the output is redirected already");
            return Err(self.fail(diagnostic.help("put the file name or command in parentheses")));
        }
        Ok(Some(Box::new(Redirect { kind, target })))
    }
}

/// The text of a number or a string that is a label.
fn label_text(label: &Expr) -> Option<Vec<u8>> {
    match &label.kind {
        ExprKind::Number(value) => Some(value.to_string().into_bytes()),
        ExprKind::Str(text) => Some(text.to_vec()),
        ExprKind::Unary(UnaryOp::Minus, number) => label_text(number).map(|text| [b"-", &text[..]].concat()),
        _ => None,
    }
}

fn article(keyword: Keyword) -> &'static str {
    if matches!(keyword, Keyword::End | Keyword::EndFile) { "an" } else { "a" }
}
