//! What gawk warns of while it reads a program: words and constants that look doubtful, before any name is resolved.

use super::{each_expr, each_stmt};
use crate::ast::{Expr, ExprKind, Input, Item, Pattern, Program, RedirectKind, Stmt, StmtKind};
use crate::builtins::Builtin;
use crate::classic::{Form, Told};
use crate::diagnostic::Diagnostic;
use crate::escape::unescape;
use crate::lexer::lex;
use crate::source::{Source, Span};
use crate::token::{Keyword, Punct, Token, TokenKind};
use std::collections::HashSet;

/// The doubtful places in a text. `extensions` asks for what gawk adds to the language, too.
pub(super) fn check(program: &Program, source: &Source, extensions: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let tokens = lex(source).tokens;
    look_at_tokens(&tokens, source, extensions, &mut found);
    if extensions {
        assignments(&tokens, source, &mut found);
        arguments(program, &mut found);
        includes(source, &mut found);
    }
    statements(program, &mut found);
    redirections(program, &tokens, &mut found);
    each_expr(program, &mut |expr| expressions(expr, &mut found));
    calls(program, &mut found);
    found
}

fn warn(span: Span, message: impl Into<String>, found: &mut Vec<Diagnostic>) {
    found.push(Diagnostic::warning(span, message));
}

/// What single tokens and their neighbours tell.
fn look_at_tokens(tokens: &[Token], source: &Source, extensions: bool, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for pair in tokens.windows(2) {
        let [token, next] = pair else { continue };
        let text = source.slice(token.span);
        if extensions && let Some(extension) = extension(token, next, text) {
            // Each use of arrays of arrays is one, the others are told once.
            if extension == ARRAYS_OF_ARRAYS || told.insert(extension.clone()) {
                warn(token.span, extension, found);
            }
        }
        let (is_length, is_delete) = (
            matches!(token.kind, TokenKind::Builtin(Builtin::Length)),
            matches!(token.kind, TokenKind::Keyword(Keyword::Delete)),
        );
        let is_parenthesis = next.kind == TokenKind::Punct(Punct::LeftParen);
        if is_length && !is_parenthesis && told.insert("length".into()) {
            warn(token.span, "call of `length' without parentheses is not portable", found);
        }
        if is_delete && is_parenthesis && told.insert("delete".into()) {
            warn(token.span, "`delete(array)' is a non-portable tawk extension", found);
        }
        constants(token, text, &mut told, found);
        match text {
            b"//" if token.kind == TokenKind::Regex => {
                warn(token.span, "regexp constant `//' looks like a C++ comment, but is not", found);
            }
            [b'/', b'*', .., b'*', b'/'] if token.kind == TokenKind::Regex => {
                let shown = String::from_utf8_lossy(text);
                let message = format!("regexp constant `{shown}' looks like a C comment, but is not");
                warn(token.span, message, found);
            }
            _ => {}
        }
    }
}

/// Operators, and numbers and strings as they are written, that not all awks take for the same.
fn constants(token: &Token, text: &[u8], told: &mut HashSet<String>, found: &mut Vec<Diagnostic>) {
    let shown = String::from_utf8_lossy(text);
    let (once, message) = match token.kind {
        TokenKind::Number if text.starts_with(b"0x") || text.starts_with(b"0X") => {
            (false, format!("numeric constant `{shown}' treated as hexadecimal"))
        }
        TokenKind::Number
            if text.len() > 1 && text[0] == b'0' && text.iter().all(|b| (b'0'..b'8').contains(b)) =>
        {
            (false, format!("numeric constant `{shown}' treated as octal"))
        }
        TokenKind::Punct(Punct::StarStar | Punct::StarStarAssign) => {
            (true, format!("POSIX does not allow operator `{shown}'"))
        }
        TokenKind::Str if has_hex_escape(text) => (true, "POSIX does not allow `\\x' escapes".to_owned()),
        _ => return,
    };
    if !once || told.insert(message.clone()) {
        warn(token.span, message, found);
    }
}

fn has_hex_escape(text: &[u8]) -> bool {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'\\', [b'x', ..]) => return true,
            (b'\\', [_, after @ ..]) => after,
            _ => after,
        };
    }
    false
}

/// Assignments of what only gawk knows to variables.
fn assignments(tokens: &[Token], source: &Source, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for window in tokens.windows(3) {
        let [name, Token { kind: TokenKind::Punct(Punct::Assign), .. }, value] = window else { continue };
        // A literal with its quotes.
        let text = if value.kind == TokenKind::Str { source.slice(value.span) } else { b"\"x\"" };
        let message = match source.slice(name.span) {
            variable @ (b"IGNORECASE" | b"BINMODE" | b"FIELDWIDTHS" | b"FPAT") => {
                format!("`{}' is a gawk extension", String::from_utf8_lossy(variable))
            }
            b"RS" if unescape(&text[1..text.len() - 1]).0.len() > 1 => {
                "multicharacter value of `RS' is a gawk extension".to_owned()
            }
            b"FS" if text.len() == 2 => "null string for `FS' is a gawk extension".to_owned(),
            _ => continue,
        };
        if told.insert(message.clone()) {
            found.push(Diagnostic::warning(name.span, message).classic_told(Told::Running));
        }
    }
}

/// Arguments of standard functions that only gawk knows.
fn arguments(program: &Program, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    let mut tell = |span, message: &'static str, at: Option<Told>| {
        if told.insert(message) {
            let warning = Diagnostic::warning(span, message);
            found.push(if let Some(at) = at { warning.classic_told(at) } else { warning });
        }
    };
    each_expr(program, &mut |expr| {
        let ExprKind::Builtin { function, args } = &expr.kind else { return };
        match (function, &args[..]) {
            (Builtin::Match, [_, _, array]) => {
                tell(array.span, "match: third argument is a gawk extension", None);
            }
            (Builtin::Split, [_, _, _, array]) => {
                tell(array.span, "split: fourth argument is a gawk extension", Some(Told::Running));
            }
            (Builtin::Split, [_, _, separator]) if is_empty_string(separator) => {
                let message = "split: null string for third arg is a non-standard extension";
                tell(separator.span, message, Some(Told::Running));
            }
            _ => {}
        }
    });
}

fn is_empty_string(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Str(text) if text.is_empty())
}

const ARRAYS_OF_ARRAYS: &str = "multidimensional arrays are a gawk extension";

/// What a token says of gawk's additions to the language.
fn extension(token: &Token, next: &Token, text: &[u8]) -> Option<String> {
    let is_word = match token.kind {
        TokenKind::Keyword(keyword) => !keyword.is_standard(),
        TokenKind::Builtin(builtin) => !builtin.is_standard(),
        TokenKind::Punct(Punct::RightBracket) if next.kind == TokenKind::Punct(Punct::LeftBracket) => {
            return Some(ARRAYS_OF_ARRAYS.into());
        }
        TokenKind::Name if text == b"SYMTAB" => return Some("SYMTAB is a gawk extension".into()),
        TokenKind::Punct(Punct::At) if next.kind == TokenKind::FunctionName => {
            return Some("indirect function calls are a gawk extension".into());
        }
        _ => false,
    };
    is_word.then(|| format!("`{}' is a gawk extension", String::from_utf8_lossy(text)))
}

/// The directives, which the text does not have any more.
fn includes(source: &Source, found: &mut Vec<Diagnostic>) {
    let mut includes: Vec<_> = source.includes().collect();
    includes.sort_by_key(|include| include.before);
    for (index, include) in includes.into_iter().enumerate() {
        let place = Span { start: include.at, end: include.at };
        let told = Told::Reading(include.before);
        if index == 0 {
            let warning = Diagnostic::warning(place, "`include' is a gawk extension");
            found.push(warning.classic_told(told));
        }
        if include.is_empty {
            let warning = Diagnostic::warning(place, "empty filename after @include");
            found.push(warning.classic_told(told));
        }
    }
}

fn statements(program: &Program, found: &mut Vec<Diagnostic>) {
    for rule in program.rules() {
        let (is_begin, is_end) =
            (matches!(rule.pattern, Pattern::Begin), matches!(rule.pattern, Pattern::End));
        let Some(action) = rule.action.as_ref().filter(|_| is_begin || is_end) else { continue };
        let mut pending: Vec<&Stmt> = action.statements.iter().collect();
        while let Some(stmt) = pending.pop() {
            if let StmtKind::Print { formatted: false, args, .. } = &stmt.kind
                && args.is_empty()
            {
                let message = "plain `print' in BEGIN or END rule should probably be `print \"\"'";
                warn(stmt.span, message, found);
            }
            stmt.each_part(&mut |part| match part {
                crate::ast::Part::Stmt(stmt) => pending.push(stmt),
                crate::ast::Part::Expr(expr) if is_end => main_input(expr, found),
                crate::ast::Part::Expr(_) => {}
            });
        }
    }
}

/// Output to what could be read in another way.
fn redirections(program: &Program, tokens: &[Token], found: &mut Vec<Diagnostic>) {
    each_stmt(program, &mut |stmt| {
        let StmtKind::Print { redirect: Some(redirect), .. } = &stmt.kind else { return };
        if let ExprKind::Concat(_) = redirect.target.kind {
            let operator = match redirect.kind {
                RedirectKind::Write => ">",
                RedirectKind::Append => ">>",
                RedirectKind::Pipe => "|",
                RedirectKind::Coprocess => "|&",
            };
            let message = format!("concatenation as I/O `{operator}' redirection target is ambiguous");
            // gawk has read the end of the line by then.
            let span = redirect.target.span;
            let next = tokens.partition_point(|token| token.span.start < span.end);
            let read = tokens.get(next).map_or(span, |token| match token.kind {
                TokenKind::Newline => token.span.after(),
                _ => token.span,
            });
            found.push(Diagnostic::warning(span, message).classic_at(read.start));
        }
    });
}

/// `getline` of the main input, when that is over.
fn main_input(expr: &Expr, found: &mut Vec<Diagnostic>) {
    if let ExprKind::Getline { input: Input::Main, .. } = expr.kind {
        warn(expr.span, "non-redirected `getline' undefined inside END action", found);
    }
    expr.each_part(&mut |part| main_input(part, found));
}

/// Regular expressions where a value is wanted: they are matches with the record.
fn expressions(expr: &Expr, found: &mut Vec<Diagnostic>) {
    let is_regex = |expr: &Expr| matches!(expr.kind, ExprKind::Regex(_));
    match &expr.kind {
        ExprKind::Assign { value, .. } if is_regex(value) => {
            warn(value.span, "regular expression on right of assignment", found);
        }
        ExprKind::Compare(_, _, right) if is_regex(right) => {
            warn(right.span, "regular expression on right of comparison", found);
        }
        ExprKind::Match { text, .. } if is_regex(text) => {
            warn(text.span, "regular expression on left of `~' or `!~' operator", found);
        }
        ExprKind::Call { args, .. } => {
            for (index, arg) in args.iter().enumerate().filter(|(_, arg)| is_regex(arg)) {
                let message =
                    format!("warning: regexp constant for parameter #{} yields boolean value", index + 1);
                found.push(Diagnostic::classic_only(arg.span, Form::Line, message));
            }
        }
        _ => {}
    }
}

/// Functions that are called and not defined, and the other way round.
fn calls(program: &Program, found: &mut Vec<Diagnostic>) {
    let defined: HashSet<_> = program.functions().map(|function| function.name.name).collect();
    let mut called = HashSet::new();
    let mut unknown = Vec::new();
    each_expr(program, &mut |expr| {
        if let ExprKind::Call { function, .. } = &expr.kind
            && called.insert(function.name)
            && !defined.contains(&function.name)
        {
            unknown.push(*function);
        }
    });
    unknown.sort_by_key(|function| function.span.start);
    let tell = |span, name, what: &str| {
        let message = format!("warning: function `{}' {what}", program.names.text(name));
        Diagnostic::classic_only(span, Form::Unplaced, message)
    };
    let unknown = unknown.iter().map(|f| tell(f.span, f.name, "called but never defined"));
    found.extend(unknown);
    let functions = program.items.iter().filter_map(|item| match item {
        Item::Function(function) => Some(function.name),
        Item::Rule(_) => None,
    });
    let unused = functions.filter(|function| !called.contains(&function.name));
    found.extend(unused.map(|f| tell(f.span, f.name, "defined but never called directly")));
}
