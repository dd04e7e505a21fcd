//! What goes wrong in a command, and how people are told: one line that says where and what, and for a text
//! the line of it with the place underlined.

use crate::exit;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;

/// Longest line of a text that is shown.
const MAX_EXCERPT: usize = 4096;

/// Why a command fails.
#[derive(Debug)]
pub struct Failure {
    /// The exit status.
    pub status: u8,
    /// What is wrong; at least one thing.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// A failure about a file, or whatever `place` names.
    pub fn at(place: &str, message: impl Into<String>) -> Failure {
        Failure { status: exit::USAGE, problems: vec![Problem::new(place, message)] }
    }

    /// A failed operation on a file.
    pub fn io(place: &str, error: &io::Error) -> Failure {
        Failure::at(place, without_error_numbers(&error.to_string()))
    }

    /// A failure that the user was told of already.
    #[cfg(feature = "jit")]
    pub fn silent(status: u8) -> Failure {
        Failure { status, problems: Vec::new() }
    }

    /// Tells the user, on standard error.
    pub fn report(&self) {
        let stderr = io::stderr();
        let color = stderr.is_terminal() && colors_are_welcome();
        let text: String = self.problems.iter().map(|problem| problem.render(color)).collect();
        // When standard error is broken, only the exit status is left to tell.
        let _ = stderr.lock().write_all(text.as_bytes());
    }
}

/// A message without the numbers that I/O errors add to it, which mean nothing to people.
pub fn without_error_numbers(message: &str) -> String {
    let mut parts = message.split(" (os error ");
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        text.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    text
}

/// Whether the user's environment allows colors on a terminal: <https://no-color.org>.
pub fn colors_are_welcome() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Problem {
    /// File, and line and column if known: `file:3:7`. May be empty.
    place: String,
    message: String,
    excerpt: Option<Excerpt>,
}

/// A line of a text, with a part to underline.
#[derive(Debug)]
pub struct Excerpt {
    /// Number of the line, from 1.
    line: usize,
    text: String,
    /// Bytes of `text`.
    underlined: Range<usize>,
}

impl Problem {
    /// A problem without an excerpt.
    pub fn new(place: &str, message: impl Into<String>) -> Problem {
        Problem { place: place.to_string(), message: message.into(), excerpt: None }
    }

    /// Adds the line to show, if it is fit to be shown.
    pub fn with_excerpt(mut self, excerpt: Option<Excerpt>) -> Problem {
        self.excerpt = excerpt.filter(|excerpt| excerpt.text.len() <= MAX_EXCERPT);
        self
    }

    fn render(&self, color: bool) -> String {
        let mut out = "fusevm: ".to_string();
        if !self.place.is_empty() {
            let _ = write!(out, "{}: ", self.place);
        }
        out.push_str(&self.message);
        out.push('\n');
        if let Some(excerpt) = &self.excerpt {
            out.push_str(&excerpt.render(color));
        }
        out
    }
}

impl Excerpt {
    /// The line `line` of a text, with the word at a column underlined; both from 1, in characters.
    pub fn of_word(text: &str, line: usize, column: usize) -> Option<Excerpt> {
        let content = text.lines().nth(line.checked_sub(1)?)?;
        let start = content.char_indices().nth(column.checked_sub(1)?).map_or(content.len(), |(at, _)| at);
        let word = &content[start..];
        let end = word.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(word.len());
        Some(Excerpt { line, text: content.to_string(), underlined: start..start + end })
    }

    /// The line `line` of a text, with what stands at and after a column underlined, but not blanks or a
    /// comment at its end.
    pub fn of_code(text: &str, line: usize, column: usize) -> Option<Excerpt> {
        let content = text.lines().nth(line.checked_sub(1)?)?;
        let start = content.char_indices().nth(column.checked_sub(1)?).map_or(content.len(), |(at, _)| at);
        let end = content[..comment_start(content)].trim_end().len();
        Some(Excerpt { line, text: content.to_string(), underlined: start..end.max(start) })
    }

    fn render(&self, color: bool) -> String {
        let annotation = AnnotationKind::Primary.span(self.underlined.clone());
        let snippet = Snippet::source(self.text.as_str()).line_start(self.line).annotation(annotation);
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = renderer.render(&[Group::with_level(Level::ERROR).element(snippet)]);
        text.push('\n');
        text
    }
}

/// Where the comment of a line of assembly begins, or the line ends.
fn comment_start(line: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b';' if !quoted => return at,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_underlined() {
        let cases = [
            (r#"  LoadConst "a;b" ; c"#, 3, r#"LoadConst "a;b""#, "LoadConst"),
            (r#"LoadConst "\";" ;"#, 11, r#""\";""#, r#""\";""#),
            ("é: Print 1", 4, "Print 1", "Print"),
            ("Print 1", 8, "", ""),
            ("", 1, "", ""),
        ];
        for (text, column, code, word) in cases {
            let underlined = |excerpt: Option<Excerpt>| excerpt.map(|e| e.text[e.underlined].to_string());
            assert_eq!(underlined(Excerpt::of_code(&format!("{text}\n"), 1, column)).as_deref(), Some(code));
            assert_eq!(underlined(Excerpt::of_word(&format!("{text}\n"), 1, column)).as_deref(), Some(word));
        }
        assert!(Excerpt::of_code("a", 2, 1).is_none() && Excerpt::of_code("a", 0, 1).is_none());
    }

    #[test]
    fn error_numbers_are_left_out() {
        let error = io::Error::from_raw_os_error(libc::ENOSPC);
        assert_eq!(without_error_numbers(&format!("a: {error}; b")), "a: No space left on device; b");
        assert_eq!(without_error_numbers("plain"), "plain");
    }
}
