//! Tokens to tree: recursive descent for rules and statements, operator precedence for expressions.
//!
//! Awk's grammar is ambiguous where POSIX leaves it so; each such place follows gawk, and says so.
//!
//! A syntax error ends the rule or function that it is in; the parser goes on with the next one, so that one run can
//! report several errors.

mod expressions;
mod items;
mod namespaces;
mod operands;
mod precedence;
mod statements;
#[cfg(test)]
mod tests;

pub(crate) use operands::{array_of, bare_name};

use crate::ast::{Expr, ExprKind, Ident, Names, Program};
use crate::builtins::Builtin;
use crate::classic::Form;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::{Lexed, lex};
use crate::source::{Source, Span};
use crate::token::{Keyword, Punct, Token, TokenKind};
use namespaces::Namespaces;

/// How deep statements and expressions can nest, in levels of the tree. Whatever walks the tree by recursion may
/// count on it.
pub const MAX_DEPTH: usize = 500;

/// Errors beyond this many are not reported.
pub const MAX_ERRORS: usize = 10;

/// A program that parsed.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree.
    pub program: Program,
    /// Doubtful places that keep nobody from running the program.
    pub warnings: Vec<Diagnostic>,
}

/// What came of a program's text.
pub(crate) struct Attempt {
    /// The tree, without the rules and functions that were given up.
    pub program: Program,
    /// The errors in the text, as they were found, at most [`MAX_ERRORS`].
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    /// Whether no error was one of syntax, so that nothing is missing from the tree.
    pub is_whole: bool,
}

/// Parses a program.
///
/// # Errors
/// The errors in its text, as they were found, at least one and at most [`MAX_ERRORS`].
pub fn parse(source: &Source) -> Result<Parsed, Vec<Diagnostic>> {
    let Attempt { program, errors, warnings, .. } = parse_all(source);
    if errors.is_empty() { Ok(Parsed { program, warnings }) } else { Err(errors) }
}

/// Parses what can be parsed of a program.
pub(crate) fn parse_all(source: &Source) -> Attempt {
    let mut parser = Parser {
        source,
        lexed: lex(source),
        at: 0,
        names: Names::default(),
        namespaces: Namespaces::default(),
        hidden: Vec::new(),
        diagnostics: Vec::new(),
        depth: 0,
        height: 0,
        loops: 0,
        breakable: 0,
        loop_end: 0,
        place: Place::Function,
        warned: [false; 128],
        warned_in_strings: [false; 256],
        in_print_list: false,
        is_whole: true,
    };
    let items = parser.program();
    let (mut errors, warnings): (Vec<_>, Vec<_>) =
        parser.diagnostics.into_iter().partition(|d| d.severity == Severity::Error);
    errors.truncate(MAX_ERRORS);
    let program = Program { items, names: parser.names };
    Attempt { program, errors, warnings, is_whole: parser.is_whole }
}

/// A syntax error that is reported already; the rule or function around it is given up.
struct Failed;

type Parse<T> = Result<T, Failed>;

/// What kind of code the parser is in; some statements are at home only in some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeginAction,
    EndAction,
    BeginFileAction,
    EndFileAction,
    RecordAction,
    Function,
}

struct Parser<'a> {
    source: &'a Source,
    lexed: Lexed,
    /// Index of the current token.
    at: usize,
    names: Names,
    namespaces: Namespaces,
    /// The built-in functions whose names are parameters' of the current function.
    hidden: Vec<Builtin>,
    diagnostics: Vec<Diagnostic>,
    /// Levels of the tree above the part that is being parsed.
    depth: usize,
    /// Levels of the expression (or list of them) that was parsed last.
    height: usize,
    /// Loops around the current statement.
    loops: usize,
    /// Loops and `switch` statements around the current statement.
    breakable: usize,
    /// Index of the token after the loop or `switch` that was parsed last, line ends aside.
    loop_end: usize,
    place: Place,
    /// The characters whose backslashes in regexes were warned about.
    warned: [bool; 128],
    /// The same for strings, where gawk tells it once.
    warned_in_strings: [bool; 256],
    /// Whether `>` and `|` redirect: in the list of a `print`, outside parentheses.
    in_print_list: bool,
    /// Whether no rule or function was given up.
    is_whole: bool,
}

impl Parser<'_> {
    fn current(&self) -> Token {
        self.token(self.at)
    }

    /// A token as it is to be understood here: what gawk adds to the functions is no more than a name where there is
    /// something else of that name.
    fn token(&self, at: usize) -> Token {
        let token = self.lexed.tokens[at];
        match token.kind {
            TokenKind::Builtin(builtin) if self.is_hidden(builtin, token.span) => {
                let is_call = self.source.text().get(token.span.end as usize) == Some(&b'(');
                Token { kind: if is_call { TokenKind::FunctionName } else { TokenKind::Name }, ..token }
            }
            _ => token,
        }
    }

    /// Whether a parameter has the name of a built-in function, or the namespace is not `awk`.
    fn is_hidden(&self, builtin: Builtin, span: Span) -> bool {
        let is_qualified = || self.source.slice(span).contains(&b':');
        !builtin.is_standard()
            && (self.hidden.contains(&builtin) || !self.namespaces.is_awk())
            && !is_qualified()
    }

    fn kind(&self) -> TokenKind {
        self.current().kind
    }

    fn kind_ahead(&self, ahead: usize) -> TokenKind {
        let at = self.at + ahead;
        if at < self.lexed.tokens.len() { self.token(at).kind } else { TokenKind::Eof }
    }

    /// The token before the current one, which is there unless the current one is the first.
    fn previous(&self) -> Option<Token> {
        self.at.checked_sub(1).map(|at| self.lexed.tokens[at])
    }

    /// Takes the current token. The last one of a file, `Eof`, stays current.
    fn advance(&mut self) -> Token {
        let token = self.current();
        if token.kind != TokenKind::Eof {
            self.at += 1;
        }
        token
    }

    fn is(&self, punct: Punct) -> bool {
        self.kind() == TokenKind::Punct(punct)
    }

    fn is_keyword(&self, keyword: Keyword) -> bool {
        self.kind() == TokenKind::Keyword(keyword)
    }

    /// Takes the current token if it is `punct`.
    fn eat(&mut self, punct: Punct) -> bool {
        let found = self.is(punct);
        if found {
            self.advance();
        }
        found
    }

    fn skip_newlines(&mut self) {
        while self.kind() == TokenKind::Newline {
            self.advance();
        }
    }

    /// Takes `punct`, or fails with what it is there for: "expected `)` after the condition".
    fn expect(&mut self, punct: Punct, purpose: &str) -> Parse<Token> {
        if self.is(punct) {
            return Ok(self.advance());
        }
        Err(self.unexpected(&format!("expected `{}` {purpose}", punct.text())))
    }

    fn expect_name(&mut self, what: &str) -> Parse<Ident> {
        if self.kind() != TokenKind::Name {
            return Err(self.unexpected(&format!("expected {what}")));
        }
        let span = self.advance().span;
        Ok(self.ident(span))
    }

    fn ident(&mut self, span: Span) -> Ident {
        let text = String::from_utf8_lossy(self.source.slice(span));
        let name = self.names.intern(&self.namespaces.qualified(&text));
        Ident { name, span }
    }

    /// An expression from `start` to the last token that was taken.
    fn expr_node(&self, kind: ExprKind, start: Span) -> Box<Expr> {
        let end = self.previous().map_or(start, |token| token.span);
        Box::new(Expr { kind, span: start.to(end) })
    }

    /// One level down the tree.
    fn enter(&mut self) -> Parse<()> {
        self.depth += 1;
        self.check_depth(0)
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Fails when something `height` levels high would reach too deep from here.
    fn check_depth(&mut self, height: usize) -> Parse<()> {
        if self.depth + height <= MAX_DEPTH {
            return Ok(());
        }
        let span = self.current().span;
        Err(self.fail(
            Diagnostic::error(span, format!("the program nests deeper than {MAX_DEPTH} levels"))
                .help("split the expression or the statement into smaller ones"),
        ))
    }

    /// Reports an error that does not disturb the parse.
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a syntax error.
    fn fail(&mut self, diagnostic: Diagnostic) -> Failed {
        self.report(diagnostic);
        Failed
    }

    /// Reports that the current token does not belong here.
    fn unexpected(&mut self, expected: &str) -> Failed {
        let diagnostic = self.unexpected_token(expected);
        self.fail(diagnostic)
    }

    fn unexpected_token(&self, expected: &str) -> Diagnostic {
        let token = self.current();
        if token.kind == TokenKind::Invalid {
            let lexical = self.lexed.errors.iter().find(|error| error.span.start == token.span.start);
            if let Some(lexical) = lexical {
                return self.with_consequence(lexical.clone());
            }
        }
        // A newline is shown as the end of its line, not as the start of the next.
        let span = match token.kind {
            TokenKind::Newline => Span { end: token.span.start, ..token.span },
            TokenKind::Eof => self.last_newline(),
            _ => token.span,
        };
        let text = String::from_utf8_lossy(self.source.slice(token.span));
        let found = match token.kind {
            TokenKind::Name | TokenKind::Number => format!("{} `{text}`", token.kind.describe()),
            TokenKind::FunctionName => format!("call of `{text}`"),
            TokenKind::Eof if self.at + 1 < self.lexed.tokens.len() => "end of file".into(),
            kind => kind.describe(),
        };
        let error = Diagnostic::error(span, format!("unexpected {found}; {expected}"));
        if token.kind == TokenKind::Eof { error.classic(Form::End, "") } else { error }
    }

    /// The place of a syntax error that follows from what is no token.
    fn with_consequence(&self, mut error: Diagnostic) -> Diagnostic {
        if let [_, consequence] = &mut error.classic[..] {
            match self.lexed.tokens.get(self.at + 1) {
                Some(next) if next.kind != TokenKind::Punct(Punct::LeftParen) => {
                    consequence.at = Some(next.span.start);
                }
                _ => error.classic.truncate(1),
            }
        }
        error
    }

    /// Index of the next token that is no line end.
    fn next_in_text(&self) -> usize {
        let line_ends =
            self.lexed.tokens[self.at..].iter().take_while(|token| token.kind == TokenKind::Newline);
        self.at + line_ends.count()
    }

    /// The end of the last line of the file that ends with the current token.
    fn last_newline(&self) -> Span {
        let at = self.current().span.start.saturating_sub(1);
        Span { start: at, end: at }
    }

    /// After a syntax error: goes to the next place where a rule or function can start.
    fn recover(&mut self, start: usize) {
        self.depth = 0;
        self.loops = 0;
        self.breakable = 0;
        self.hidden.clear();
        self.is_whole = false;
        self.in_print_list = false;
        let mut braces =
            self.lexed.tokens[start..self.at].iter().fold(0usize, |depth, token| match token.kind {
                TokenKind::Punct(Punct::LeftBrace) => depth + 1,
                TokenKind::Punct(Punct::RightBrace) => depth.saturating_sub(1),
                _ => depth,
            });
        loop {
            let at_line_start = self.previous().is_none_or(|token| token.kind == TokenKind::Newline);
            match self.kind() {
                TokenKind::Eof => return,
                // A brace is missing, but these cannot stand inside an action.
                TokenKind::Keyword(
                    Keyword::Function | Keyword::Begin | Keyword::End | Keyword::BeginFile | Keyword::EndFile,
                ) if at_line_start && self.at > start => {
                    return;
                }
                TokenKind::Punct(Punct::LeftBrace) => braces += 1,
                TokenKind::Punct(Punct::RightBrace) if braces <= 1 => {
                    self.advance();
                    return;
                }
                TokenKind::Punct(Punct::RightBrace) => braces -= 1,
                TokenKind::Newline if braces == 0 => return,
                _ => {}
            }
            self.advance();
        }
    }
}
