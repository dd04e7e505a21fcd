//! Messages in gawk's words and layout, for what reads them: the command shows them when it is started as `gawk`.
//!
//! gawk's parser stops at the first syntax error, and points at the token at which it noticed. That token can be the end
//! of a line, or of a file; then its message is another one.

use crate::diagnostic::Diagnostic;
use crate::lexer::lex;
use crate::source::{COMMAND_LINE, Part, Source};
use crate::token::TokenKind;

/// A message in gawk's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Classic {
    pub form: Form,
    /// The words, in which a byte of the program may stand that is no character.
    pub text: Vec<u8>,
    /// The offset that it is about, when that is not the start of the offending text.
    pub at: Option<u32>,
    /// When gawk tells this, if not when it reads what it is about.
    pub told: Option<Told>,
}

/// When gawk tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// When it has read the program up to an offset.
    Reading(u32),
    /// When it has read the whole program.
    AtEnd,
    /// When the program runs.
    Running,
}

/// How a message is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The line of the program, and the words beside a caret under the offset. gawk gives up then.
    Caret,
    /// The same for a program that ends too early. The words are always gawk's for that.
    End,
    /// A line of its own.
    Line,
    /// A line of its own, after which gawk gives up.
    LastLine,
    /// The same with the status of fatal errors.
    Fatal,
    /// A line without a place.
    Unplaced,
}

impl Classic {
    pub fn new(form: Form, text: impl Into<Vec<u8>>) -> Classic {
        Classic { form, text: text.into(), at: None, told: None }
    }
}

/// The messages in the order in which gawk tells them, up to the one at which it gives up.
pub(crate) fn show(diagnostics: &[Diagnostic], source: &Source, command: &str) -> Vec<u8> {
    let each = diagnostics.iter().flat_map(|diagnostic| {
        diagnostic.classic.iter().map(|classic| (classic.at.unwrap_or(diagnostic.span.start), classic))
    });
    let mut messages: Vec<(u32, &Classic)> = each.collect();
    messages.sort_by_key(|(at, classic)| match classic.form {
        Form::Unplaced => Told::AtEnd,
        _ => classic.told.unwrap_or(Told::Reading(*at)),
    });
    let mut out = Vec::new();
    for (at, classic) in messages {
        let place = source.locate(at);
        let mut tell = |line: u32, parts: &[&[u8]]| {
            out.extend_from_slice(format!("{command}: {}:{line}: ", place.file).as_bytes());
            parts.iter().for_each(|part| out.extend_from_slice(part));
            out.push(b'\n');
        };
        match classic.form {
            Form::Line => tell(place.line, &[&classic.text]),
            Form::LastLine => {
                tell(place.line, &[&classic.text]);
                return out;
            }
            Form::Unplaced => {
                out.extend_from_slice(format!("{command}: ").as_bytes());
                out.extend_from_slice(&classic.text);
                out.push(b'\n');
            }
            Form::Fatal => {
                tell(place.line, &[b"fatal: ", &classic.text]);
                return out;
            }
            Form::Caret | Form::End => {
                let Some(part) = source.part_of(at) else { return out };
                let excerpt = Excerpt::of(&part, at, classic);
                tell(excerpt.line, &[excerpt.text]);
                tell(excerpt.line, &[&excerpt.indent, b"^ ", excerpt.words]);
                return out;
            }
        }
    }
    out
}

/// What gawk shows of a file, and where it puts the caret.
struct Excerpt<'a> {
    line: u32,
    text: &'a [u8],
    /// What stands before the caret.
    indent: Vec<u8>,
    words: &'a [u8],
}

/// In place of a line that ends with its file.
const END_OF_FILE: &[u8] = b"(END OF FILE)";
const INCOMPLETE: &[u8] = b"source files / command-line arguments must contain complete functions or rules";
const UNEXPECTED_NEWLINE: &[u8] = b"unexpected newline or end of string";

impl<'a> Excerpt<'a> {
    fn of(part: &Part<'a>, at: u32, classic: &'a Classic) -> Excerpt<'a> {
        let text = part.text;
        let at = (at as usize - part.start).min(text.len().saturating_sub(1));
        let is_newline = text.get(at) == Some(&b'\n');
        let lines_before = memchr::memchr_iter(b'\n', &text[..at]).count() as u32;
        let line = part.first_line + lines_before;
        let start = text[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |found| found + 1);
        let before = &text[start..at];
        let is_end = classic.form == Form::End;
        // A newline that is a token is read, so that the next line is the current one.
        let line_read = line + u32::from(is_newline && !is_end);
        let last = LastLine::of(text);
        let ends_file = at + 1 == text.len() && (is_end || part.is_unfinished);
        if ends_file && (part.name != COMMAND_LINE || last.comment.is_some()) {
            if is_end && !part.is_unfinished && last.comment.is_none() && text[0] == b'\n' {
                // gawk takes the start of its emptied buffer for the place, and that is a newline here.
                let text = &text[1..text.len().min(2)];
                return Excerpt { line, text, indent: Vec::new(), words: UNEXPECTED_NEWLINE };
            }
            let column = match last.comment {
                Some(comment) => comment - start,
                None if part.is_unfinished => last.token.max(start) - start,
                None => 0,
            };
            let indent = indent(&before[..column]);
            return Excerpt { line: line_read, text: END_OF_FILE, indent, words: INCOMPLETE };
        }
        let length = memchr::memchr(b'\n', &text[at..]).unwrap_or(text.len() - at);
        let words = if is_newline { UNEXPECTED_NEWLINE } else { &classic.text[..] };
        Excerpt { line: line_read, text: &text[start..at + length], indent: indent(before), words }
    }
}

/// What stands under `text`: blanks, and tabs where it has tabs.
fn indent(text: &[u8]) -> Vec<u8> {
    text.iter().map(|&byte| if byte == b'\t' { b'\t' } else { b' ' }).collect()
}

/// The end of a file.
struct LastLine {
    /// Where the last token starts, or where the blanks behind it end.
    token: usize,
    /// Where the comment of the last line starts.
    comment: Option<usize>,
}

impl LastLine {
    fn of(text: &[u8]) -> LastLine {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let source = Source::from_text("", text).unwrap_or_default();
        let mut tokens = lex(&source).tokens.into_iter().rev();
        let token = tokens.find(|token| !matches!(token.kind, TokenKind::Newline | TokenKind::Eof));
        let (start, end) = token.map_or((0, 0), |token| (token.span.start as usize, token.span.end as usize));
        let last_line = memchr::memrchr(b'\n', text).map_or(0, |newline| newline + 1).max(end);
        let comment = text.get(last_line..).and_then(|rest| memchr::memchr(b'#', rest));
        LastLine {
            token: if end < text.len() { text.len() - 1 } else { start },
            comment: comment.map(|at| last_line + at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check_table;
    use crate::{CompileOptions, compile};

    fn shown(source: &Source) -> String {
        let errors = compile(source, &CompileOptions::default()).err().unwrap_or_default();
        let text = String::from_utf8_lossy(&show(&errors, source, "gawk")).into_owned();
        text.trim_end_matches('\n').to_owned()
    }

    #[test]
    fn the_messages_are_gawks() {
        check_table(include_str!("messages.txt"), |text| shown(&Source::from_text("test", text).unwrap()));
    }

    /// What gawk 5.2.1 prints for these texts after `-e` or in the place of a program.
    #[test]
    fn program_text_of_the_command_line_ends_with_a_newline() {
        let cases = [
            ("BEGIN { a = 5;", "1: BEGIN { a = 5;", "1:               ^ unexpected newline or end of string"),
            ("{ a = (", "2: { a = (", "2:        ^ unexpected newline or end of string"),
            ("{\n\n\n", "3: ", "3: ^ unexpected newline or end of string"),
            (
                "{ a # c",
                "1: (END OF FILE)",
                "1:     ^ source files / command-line arguments must contain complete functions or rules",
            ),
        ];
        for (text, line, message) in cases {
            let source = Source::from_text(COMMAND_LINE, text).unwrap();
            assert_eq!(
                shown(&source),
                format!("gawk: cmd. line:{line}\ngawk: cmd. line:{message}"),
                "{text}"
            );
        }
    }
}
