//! Tilde expansion: `~`, `~/x`, `~user`, and in assignments after each `:`.

/// What a tilde prefix asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tilde<'t> {
    /// `~`: the value of `HOME`, or the user's home directory when it is unset.
    Home,
    /// `~name`: that user's home directory.
    User(&'t [u8]),
    /// `~+`: the value of `PWD`.
    WorkingDirectory,
    /// `~-`: the value of `OLDPWD`.
    PreviousDirectory,
}

/// Replaces a tilde prefix at the start of `word`.
///
/// The prefix ends at the first slash. It stays as it is when `lookup` knows no directory for
/// it, or when it holds a quoting character: `word` is text as the program wrote it.
///
/// ```
/// use fusevm::text::shell::tilde::{Tilde, expand};
/// let home = |tilde: Tilde| (tilde == Tilde::Home).then(|| b"/home/me".to_vec());
/// assert_eq!(expand(b"~/notes", home), b"/home/me/notes");
/// ```
pub fn expand(word: &[u8], mut lookup: impl FnMut(Tilde) -> Option<Vec<u8>>) -> Vec<u8> {
    expand_part(word, &mut lookup)
}

/// As [`expand`], for the value of an assignment: a tilde prefix may also follow each unquoted
/// `:`, and ends at one.
pub fn expand_assignment(value: &[u8], mut lookup: impl FnMut(Tilde) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(value.len());
    for (i, part) in split_at_colons(value).enumerate() {
        if i > 0 {
            expanded.push(b':');
        }
        expanded.extend(expand_part(part, &mut lookup));
    }
    expanded
}

fn expand_part(word: &[u8], lookup: &mut dyn FnMut(Tilde) -> Option<Vec<u8>>) -> Vec<u8> {
    let Some(after_tilde) = word.strip_prefix(b"~") else { return word.to_vec() };
    let end = after_tilde.iter().position(|&byte| byte == b'/').unwrap_or(after_tilde.len());
    let (name, rest) = after_tilde.split_at(end);
    if name.iter().any(|byte| b"\\'\"$`".contains(byte)) {
        return word.to_vec();
    }
    let tilde = match name {
        b"" => Tilde::Home,
        b"+" => Tilde::WorkingDirectory,
        b"-" => Tilde::PreviousDirectory,
        user => Tilde::User(user),
    };
    match lookup(tilde) {
        Some(mut directory) => {
            directory.extend_from_slice(rest);
            directory
        }
        None => word.to_vec(),
    }
}

/// The parts of `value` between colons that no backslash or quote hides.
fn split_at_colons(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quote = None;
    let mut escaped = false;
    value.split(move |&byte| {
        let was_escaped = std::mem::take(&mut escaped);
        match quote {
            _ if was_escaped => {}
            Some(open) => {
                escaped = byte == b'\\' && open == b'"';
                if byte == open {
                    quote = None;
                }
            }
            None => match byte {
                b'\\' => escaped = true,
                b'\'' | b'"' => quote = Some(byte),
                _ => return byte == b':',
            },
        }
        false
    })
}

#[cfg(test)]
mod tests;
