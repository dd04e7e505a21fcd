//! `--lint-old`: what the awk of Unix Version 7 did not have.

use super::each_expr;
use crate::ast::{ExprKind, Program};
use crate::diagnostic::Diagnostic;
use crate::lexer::lex;
use crate::source::{Source, Span};
use crate::token::{Keyword, Punct, TokenKind};
use std::collections::HashSet;

/// The words that are newer.
const WORDS: &[&str] = &[
    "atan2", "close", "cos", "delete", "do", "func", "function", "getline", "gsub", "match", "rand",
    "return", "sin", "srand", "sub", "system", "tolower", "toupper",
];

/// The operators that are newer.
const OPERATORS: &[Punct] = &[Punct::StarStarAssign, Punct::StarStar, Punct::CaretAssign, Punct::Caret];

/// The letters of newer escape sequences.
const ESCAPES: &[u8] = b"abfr";

/// Warnings of what is newer.
pub(crate) fn old(program: &Program, source: &Source) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut told = HashSet::new();
    let (mut begins, mut ends) = (0, 0);
    let several = "multiple `BEGIN' or `END' rules";
    for token in lex(source).tokens {
        let text = source.slice(token.span);
        match token.kind {
            TokenKind::Keyword(Keyword::Begin) => begins += 1,
            TokenKind::Keyword(Keyword::End) => ends += 1,
            TokenKind::Str => escapes(token.span, text, &mut found),
            TokenKind::Keyword(_) | TokenKind::Builtin(_) => {
                let word = WORDS.iter().find(|word| word.as_bytes() == text);
                if let Some(word) = word.filter(|word| told.insert(word.as_bytes())) {
                    let classic = format!("warning: `{word}' is not supported in old awk");
                    found.push(missing(token.span, &format!("`{word}'")).classic_line(classic));
                }
                continue;
            }
            TokenKind::Punct(operator) if OPERATORS.contains(&operator) && told.insert(text) => {
                let shown = String::from_utf8_lossy(text);
                let classic = format!("warning: operator `{shown}' is not supported in old awk");
                found.push(missing(token.span, &format!("`{shown}'")).classic_line(classic));
                continue;
            }
            _ => continue,
        }
        let is_second = match token.kind {
            TokenKind::Keyword(Keyword::Begin) => begins == 2,
            TokenKind::Keyword(Keyword::End) => ends == 2,
            _ => false,
        };
        if is_second {
            found.push(unsupported(token.span, several));
        }
    }
    each_expr(program, &mut |expr| {
        if let ExprKind::In { keys, array } = &expr.kind {
            found.push(unsupported(array.span, "the keyword `in' except after `for'"));
            if keys.len() > 1 {
                found.push(unsupported(array.span, "multidimensional arrays"));
            }
        }
    });
    found.sort_by_key(|diagnostic| diagnostic.span.start);
    found
}

fn escapes(span: Span, text: &[u8], found: &mut Vec<Diagnostic>) {
    let mut at = 0;
    while let Some(backslash) = memchr::memchr(b'\\', &text[at..]) {
        let start = at + backslash;
        if let Some(letter) = text.get(start + 1).filter(|letter| ESCAPES.contains(letter)) {
            let place = Span::new(span.start as usize + start, span.start as usize + start + 2);
            found.push(unsupported(place, &format!("the `\\{}' escape sequence", char::from(*letter))));
        }
        at = (start + 2).min(text.len());
    }
}

fn missing(span: Span, what: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("old awk does not have {what}"))
}

fn unsupported(span: Span, what: &str) -> Diagnostic {
    let classic = format!("warning: old awk does not support {what}");
    missing(span, what).classic_line(classic)
}
