//! `@include "file"`: a program file with what it includes in the places of the directives.
//!
//! It happens before the parser starts, on the tokens of each file: a directive stands outside of all braces.

use crate::lexer::{lex, string_value};
use crate::source::{Source, SourceTooLarge};
use crate::token::{Punct, TokenKind};

/// How deep files may include each other. A file that was read already is not read again, so that a cycle of them
/// ends by itself; this is for endless chains of new names.
const MAX_DEPTH: usize = 100;

/// A file that a directive names.
#[derive(Clone, Debug)]
pub struct Included {
    /// The name to show in messages.
    pub name: String,
    /// Its text.
    pub text: Vec<u8>,
}

/// Why a directive cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The file cannot be read.
    Unreadable(String),
    /// It cannot be included. gawk tells that when it has read the end of the directive's line.
    Misused(String),
}

impl Refusal {
    /// The message, without its place.
    pub fn message(&self) -> &str {
        match self {
            Refusal::Unreadable(message) | Refusal::Misused(message) => message,
        }
    }
}

/// Why a program file cannot be added, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncludeError {
    /// The name of the file.
    pub file: String,
    /// The line of the directive; nothing when the whole file is to blame.
    pub line: Option<u32>,
    /// What is wrong.
    pub refusal: Refusal,
}

impl std::fmt::Display for IncludeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let message = self.refusal.message();
        match (self.line, &self.refusal) {
            (None, _) => write!(f, "{}: {message}", self.file),
            (Some(line), Refusal::Unreadable(_)) => write!(f, "{}:{line}: {message}", self.file),
            (Some(line), Refusal::Misused(_)) => write!(f, "{}:{}: {message}", self.file, line + 1),
        }
    }
}

/// A function that finds an included file: nothing when it was read before, or why it cannot be read.
pub type Finder<'a> = dyn FnMut(&str) -> Result<Option<Included>, String> + 'a;

/// A directive: the bytes that it takes and the name that it includes.
struct Directive {
    start: usize,
    end: usize,
    file: String,
}

/// Adds a program file to the source, and all that it includes.
///
/// # Errors
/// A file cannot be read, or there is too much text; with the place of the directive.
pub fn add(source: &mut Source, name: &str, text: &[u8], find: &mut Finder<'_>) -> Result<(), String> {
    let mut find = |name: &str| find(name).map_err(Refusal::Unreadable);
    add_placed(source, name, text, &mut find).map_err(|error| error.to_string())
}

/// The same for who wants to know more of what is wrong.
pub(crate) fn add_placed(
    source: &mut Source,
    name: &str,
    text: &[u8],
    find: &mut dyn FnMut(&str) -> Result<Option<Included>, Refusal>,
) -> Result<(), IncludeError> {
    add_at(source, name, text, find, 0)
}

fn add_at(
    source: &mut Source,
    name: &str,
    text: &[u8],
    find: &mut dyn FnMut(&str) -> Result<Option<Included>, Refusal>,
    depth: usize,
) -> Result<(), IncludeError> {
    let refused = |line, refusal| IncludeError { file: name.to_owned(), line, refusal };
    let too_large = |error: SourceTooLarge| refused(None, Refusal::Unreadable(error.to_string()));
    let id = source.new_file();
    let (mut at, mut line) = (0, 1);
    // The directive that the next part follows: where the part before it ends, and whether it names nothing.
    let mut passed: Option<(usize, bool)> = None;
    let mut note = |source: &mut Source, next: Option<(usize, bool)>| {
        if let Some((before, is_empty)) = std::mem::replace(&mut passed, next) {
            source.add_include(before, is_empty);
        }
    };
    for directive in directives(text) {
        source.add_part(name, id, line, &text[at..directive.start]).map_err(too_large)?;
        note(source, Some((source.text().len(), directive.file.is_empty())));
        line += memchr::memchr_iter(b'\n', &text[at..directive.start]).count() as u32;
        let place = |refusal| refused(Some(line), refusal);
        if depth == MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} files include each other");
            return Err(place(Refusal::Unreadable(message)));
        }
        // gawk takes no name for nothing to include.
        if !directive.file.is_empty()
            && let Some(included) = find(&directive.file).map_err(place)?
        {
            add_at(source, &included.name, &included.text, find, depth + 1)?;
        }
        at = directive.end;
    }
    source.add_part(name, id, line, &text[at..]).map_err(too_large)?;
    note(source, None);
    Ok(())
}

fn directives(text: &[u8]) -> Vec<Directive> {
    // Most programs have none, and need not be cut into tokens twice.
    if memchr::memmem::find(text, b"@include").is_none() {
        return Vec::new();
    }
    let Ok(source) = Source::from_text("", text) else { return Vec::new() };
    let tokens = lex(&source).tokens;
    let mut found = Vec::new();
    let mut braces = 0usize;
    for window in tokens.windows(3) {
        match window[0].kind {
            TokenKind::Punct(Punct::LeftBrace) => braces += 1,
            TokenKind::Punct(Punct::RightBrace) => braces = braces.saturating_sub(1),
            TokenKind::Punct(Punct::At) if braces == 0 => {
                let [at, word, file] = window else { continue };
                if source.slice(word.span) == b"include" && file.kind == TokenKind::Str {
                    let (name, _) = string_value(&source, file.span);
                    found.push(Directive {
                        start: at.span.start as usize,
                        end: file.span.end as usize,
                        file: String::from_utf8_lossy(&name).into_owned(),
                    });
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_where_they_are_included_and_keep_their_lines() {
        let main =
            b"BEGIN { print \"@include \\\"x\\\"\" }\n# @include \"y\"\n@include \"lib\" # why\nEND { }\n";
        let mut source = Source::new();
        let mut asked = Vec::new();
        let mut find = |name: &str| {
            asked.push(name.to_owned());
            let text = b"@include \"lib\"\nfunction f() { }\n".to_vec();
            Ok((asked.len() == 1).then(|| Included { name: "lib.awk".into(), text }))
        };
        add(&mut source, "main", main, &mut find).unwrap();
        assert_eq!(asked, ["lib", "lib"]);
        let place = |needle: &[u8]| {
            let at = memchr::memmem::find(source.text(), needle).unwrap();
            let location = source.locate(at as u32);
            (location.file.to_owned(), location.line)
        };
        assert_eq!(place(b"function"), ("lib.awk".into(), 2));
        assert_eq!(place(b"END"), ("main".into(), 4));
        assert_eq!(place(b"BEGIN"), ("main".into(), 1));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_a_place() {
        let mut source = Source::new();
        let mut find = |_: &str| Err("no such file".to_owned());
        let error = add(&mut source, "main", b"\n@include \"x\"\n", &mut find).unwrap_err();
        assert_eq!(error, "main:2: no such file");
        let mut find = |_: &str| Err(Refusal::Misused("a program file".to_owned()));
        let error = add_placed(&mut source, "main", b"\n@include \"x\"\n", &mut find).unwrap_err();
        assert_eq!(error.to_string(), "main:3: a program file");
    }

    #[test]
    fn endless_chains_end() {
        let mut source = Source::new();
        let mut count = 0;
        let mut find = |_: &str| {
            count += 1;
            Ok(Some(Included { name: count.to_string(), text: b"@include \"next\"".to_vec() }))
        };
        assert!(add(&mut source, "main", b"@include \"x\"", &mut find).is_err());
    }
}
