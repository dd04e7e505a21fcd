//! The names of variables that `-v` assigns.

use super::Mistake;
use crate::builtins::Builtin;
use crate::token::Keyword;

/// A name and a value; or what is wrong with a name that has its namespace before it.
///
/// # Errors
/// The text is no assignment, or no variable can have that name.
pub(super) fn assignment(text: &[u8]) -> Result<Result<(&str, &[u8]), String>, Mistake> {
    let shown = || String::from_utf8_lossy(text).into_owned();
    let Some(equals) = memchr::memchr(b'=', text) else {
        return Err(format!("`{}' is no assignment of the form name=value", shown()).into());
    };
    let (name, value) = (&text[..equals], &text[equals + 1..]);
    let is_legal = name.first().is_some_and(|first| *first == b'_' || first.is_ascii_alphabetic())
        && name.iter().all(|byte| matches!(byte, b'_' | b':') || byte.is_ascii_alphanumeric());
    let Some(name) = std::str::from_utf8(name).ok().filter(|_| is_legal) else {
        let name = String::from_utf8_lossy(name);
        return Err(Mistake::refusal(format!("fatal: `{name}' is not a legal variable name")));
    };
    if Keyword::from_word(name.as_bytes()).is_some() || Builtin::from_name(name.as_bytes()).is_some() {
        return Err(Mistake::refusal(format!("fatal: cannot use gawk builtin `{name}' as variable name")));
    }
    if let Some((_, rest)) = name.split_once(':')
        && let Some(malformed) = malformed(name, rest)
    {
        return Ok(Err(format!("error: {malformed}")));
    }
    Ok(Ok((name.strip_prefix("awk::").unwrap_or(name), value)))
}

/// What is wrong with a qualified name, of which `rest` follows the first colon.
fn malformed(name: &str, rest: &str) -> Option<String> {
    let Some(own) = rest.strip_prefix(':') else {
        return Some(format!("identifier {name}: namespace separator is two colons, not one"));
    };
    if !own.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic()) {
        return Some(format!("qualified identifier `{name}' is badly formed"));
    }
    own.contains(':')
        .then(|| format!("identifier `{name}': namespace separator can only appear once in a qualified name"))
}
