//! Rules and functions.

use super::precedence::starts_expression;
use super::{Failed, Parse, Parser, Place, namespaces};
use crate::ast::{Block, Function, Ident, Item, Pattern, Rule};
use crate::classic::Form;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::string_value;
use crate::source::Span;
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    pub(super) fn program(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            while self.kind() == TokenKind::Newline || self.is(Punct::Semicolon) {
                self.advance();
            }
            let errors = self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
            if errors > super::MAX_ERRORS {
                return items;
            }
            if self.kind() == TokenKind::Eof {
                if self.at + 1 == self.lexed.tokens.len() {
                    return items;
                }
                // The next file begins.
                self.at += 1;
                continue;
            }
            let start = self.at;
            self.namespaces.enter(self.source.file_id(self.current().span.start));
            let is_directive = self.is(Punct::At) && !self.is_column();
            let item = if is_directive { self.directive().map(|()| None) } else { self.item().map(Some) };
            match item {
                Ok(item) => items.extend(item),
                Err(Failed) => self.recover(start),
            }
        }
    }

    /// `@namespace "name"`. `@include` is replaced by what it includes before the parser sees it.
    fn directive(&mut self) -> Parse<()> {
        let at = self.advance().span;
        let word = self.current();
        let span = at.to(word.span);
        match self.source.slice(word.span) {
            b"namespace" => {
                self.advance();
                let operand = self.directive_operand("namespace")?;
                let file = self.source.file_id(at.start);
                let name = operand.0;
                if let Some(refusal) = namespaces::refusal(&name) {
                    let message = format!("namespace name `{name}` {refusal}");
                    let classic = match refusal {
                        namespaces::RESERVED => {
                            format!("using reserved identifier `{name}' as a namespace is not allowed")
                        }
                        _ => format!("namespace name `{name}' {refusal}"),
                    };
                    let error = Diagnostic::error(operand.1, message);
                    self.report(error.classic_line(format!("error: {classic}")));
                } else {
                    self.namespaces.set(file, &name);
                }
                self.end_of_rule()
            }
            b"include" => {
                self.advance();
                let (name, span) = self.directive_operand("include")?;
                Err(self.fail(Diagnostic::error(span, format!("`{name}` cannot be included here"))))
            }
            b"load" => Err(self.fail(
                Diagnostic::error(span, "`@load` is not supported")
                    .classic(
                        Form::Fatal,
                        "error: @load is not supported: there is no interface for extension libraries",
                    )
                    .label("there is no interface for gawk's extension libraries"),
            )),
            _ => {
                let help = "known are `@include \"file\"` and `@namespace \"name\"`";
                let error = Diagnostic::error(span, "unknown directive").classic_at(word.span.start);
                Err(self.fail(error.help(help)))
            }
        }
    }

    /// The string after a directive, and where it stands.
    fn directive_operand(&mut self, directive: &str) -> Parse<(String, Span)> {
        if self.kind() != TokenKind::Str {
            return Err(self.unexpected(&format!("expected a string after `@{directive}`")));
        }
        let span = self.advance().span;
        let (text, _) = string_value(self.source, span);
        Ok((String::from_utf8_lossy(&text).into_owned(), span))
    }

    fn item(&mut self) -> Parse<Item> {
        match self.kind() {
            TokenKind::Keyword(Keyword::Function) => self.function().map(Item::Function),
            _ => self.rule().map(Item::Rule),
        }
    }

    fn rule(&mut self) -> Parse<Rule> {
        let start = self.current().span;
        let pattern = match self.kind() {
            TokenKind::Keyword(Keyword::Begin) => {
                self.advance();
                self.place = Place::BeginAction;
                Pattern::Begin
            }
            TokenKind::Keyword(Keyword::End) => {
                self.advance();
                self.place = Place::EndAction;
                Pattern::End
            }
            TokenKind::Keyword(Keyword::BeginFile) => {
                self.advance();
                self.place = Place::BeginFileAction;
                Pattern::BeginFile
            }
            TokenKind::Keyword(Keyword::EndFile) => {
                self.advance();
                self.place = Place::EndFileAction;
                Pattern::EndFile
            }
            TokenKind::Punct(Punct::LeftBrace) => {
                self.place = Place::RecordAction;
                Pattern::Always
            }
            kind => {
                self.refuse_as_pattern(kind)?;
                self.place = Place::RecordAction;
                self.pattern()?
            }
        };
        let action = self.action(&pattern)?;
        let span = start.to(self.previous().map_or(start, |token| token.span));
        Ok(Rule { pattern, action, span })
    }

    fn pattern(&mut self) -> Parse<Pattern> {
        let first = self.expr()?;
        if !self.eat(Punct::Comma) {
            return Ok(Pattern::Expr(*first));
        }
        self.skip_newlines();
        Ok(Pattern::Range(*first, *self.expr()?))
    }

    /// What a beginner's rule starts with: a statement outside braces.
    fn refuse_as_pattern(&mut self, kind: TokenKind) -> Parse<()> {
        let span = self.current().span;
        match kind {
            TokenKind::Punct(Punct::RightBrace) => {
                Err(self.fail(Diagnostic::error(span, "unmatched `}`").label("no block is open here")))
            }
            TokenKind::Keyword(keyword) if keyword != Keyword::Getline => {
                let text = keyword.text();
                Err(self.fail(
                    Diagnostic::error(span, format!("unexpected `{text}`; expected a pattern or `{{`"))
                        .help(format!("statements stand in an action, in braces: `{{ {text} … }}`")),
                ))
            }
            kind if starts_expression(kind) => Ok(()),
            _ => Err(self.unexpected("expected a pattern or `{`")),
        }
    }

    fn action(&mut self, pattern: &Pattern) -> Parse<Option<Block>> {
        if self.is(Punct::LeftBrace) {
            return self.block("the action").map(Some);
        }
        let keyword = match pattern {
            Pattern::Begin => Keyword::Begin,
            Pattern::End => Keyword::End,
            Pattern::BeginFile => Keyword::BeginFile,
            Pattern::EndFile => Keyword::EndFile,
            _ => {
                self.end_of_rule()?;
                return Ok(None);
            }
        };
        let diagnostic = self.unexpected_token(&format!("expected `{{` after `{}`", keyword.text()));
        let diagnostic = match self.kind() {
            TokenKind::Newline | TokenKind::Eof => diagnostic
                .classic_line(format!("{} blocks must have an action part", keyword.text()))
                .classic_at(self.current().span.end),
            _ => diagnostic,
        };
        Err(self.fail(
            diagnostic.help(format!(
                "`{0}` needs an action that starts on its line: `{0} {{ … }}`",
                keyword.text()
            )),
        ))
    }

    /// A rule without an action ends where its line ends.
    fn end_of_rule(&mut self) -> Parse<()> {
        match self.kind() {
            TokenKind::Newline | TokenKind::Eof | TokenKind::Punct(Punct::Semicolon) => Ok(()),
            _ => Err(self.unexpected("expected `{`, a newline or `;` after the pattern")),
        }
    }

    fn function(&mut self) -> Parse<Function> {
        let start = self.advance().span;
        let name = self.function_name()?;
        self.expect(Punct::LeftParen, "after the function's name")?;
        let mut params = Vec::new();
        while !self.is(Punct::RightParen) {
            params.push(self.parameter()?);
            if !self.eat(Punct::Comma) {
                break;
            }
            self.skip_newlines();
            if self.is(Punct::RightParen) {
                return Err(self.unexpected("expected a parameter name after `,`"));
            }
        }
        self.expect(Punct::RightParen, "or `,` after a parameter")?;
        self.skip_newlines();
        if !self.is(Punct::LeftBrace) {
            return Err(self.unexpected("expected `{` to open the function's body"));
        }
        self.place = Place::Function;
        let body = self.block("the function")?;
        self.hidden.clear();
        let span = start.to(body.span);
        Ok(Function { name, params, body, span })
    }

    fn function_name(&mut self) -> Parse<Ident> {
        match self.kind() {
            TokenKind::Name | TokenKind::FunctionName => {
                let span = self.advance().span;
                Ok(self.ident(span))
            }
            TokenKind::Builtin(builtin) => {
                let span = self.current().span;
                let message = format!("`{}` is a built-in function; it cannot be redefined", builtin.name());
                let classic = format!("`{}' is a built-in function, it cannot be redefined", builtin.name());
                Err(self.fail(Diagnostic::error(span, message).classic_caret(classic)))
            }
            _ => Err(self.unexpected("expected a function name")),
        }
    }

    fn parameter(&mut self) -> Parse<Ident> {
        // `f(a (b))` reads as a call; the parenthesis is what is wrong then, and is reported next.
        if self.kind() == TokenKind::FunctionName {
            let span = self.advance().span;
            return Ok(self.ident(span));
        }
        // As in gawk, the function is out of reach then.
        if let TokenKind::Builtin(builtin) = self.kind()
            && !builtin.is_standard()
        {
            self.hidden.push(builtin);
        }
        self.expect_name("a parameter name")
    }

    /// Statements in braces; `what` they are, for the message when the closing brace is missing.
    pub(super) fn block(&mut self, what: &str) -> Parse<Block> {
        let open = self.advance().span;
        let mut statements = Vec::new();
        loop {
            while self.kind() == TokenKind::Newline || self.is(Punct::Semicolon) {
                self.advance();
            }
            match self.kind() {
                TokenKind::Punct(Punct::RightBrace) => {
                    let close = self.advance().span;
                    return Ok(Block { statements, span: open.to(close) });
                }
                TokenKind::Eof => return Err(self.missing_brace(open, what)),
                _ => statements.push(*self.statement()?),
            }
        }
    }

    fn missing_brace(&mut self, open: Span, what: &str) -> Failed {
        let is_last = self.at + 1 == self.lexed.tokens.len();
        self.fail(
            Diagnostic::error(self.last_newline(), format!("missing `}}` to close {what}"))
                .classic(Form::End, "")
                .label(if is_last { "the program ends here" } else { "the file ends here" })
                .related(open, format!("{what} is opened here")),
        )
    }
}
