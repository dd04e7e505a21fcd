//! Namespaces: what a name means that has none before it.
//!
//! `@namespace "n"` holds to the end of its file; a file that it includes starts in `awk` again. A name of the
//! namespace `awk` is kept as it is written, any other as `space::name`.

use crate::builtins::Builtin;
use crate::source::FileId;
use crate::specials::is_reserved;
use crate::token::Keyword;
use std::borrow::Cow;
use std::collections::HashMap;

const AWK: &str = "awk";

/// The namespace of each file, and the one that holds where the parser is.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    by_file: HashMap<FileId, String>,
    /// Empty for `awk`.
    current: String,
}

impl Namespaces {
    /// The parser goes on in this file.
    pub fn enter(&mut self, file: FileId) {
        self.current = self.by_file.get(&file).cloned().unwrap_or_default();
    }

    /// Whether names without a namespace are those of `awk` here.
    pub fn is_awk(&self) -> bool {
        self.current.is_empty()
    }

    /// From here on to the end of the file names are of this namespace.
    pub fn set(&mut self, file: FileId, name: &str) {
        self.current = if name == AWK { String::new() } else { name.to_owned() };
        self.by_file.insert(file, self.current.clone());
    }

    /// The whole name that a name means here.
    pub fn qualified<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match name.split_once("::") {
            Some((AWK, name)) => Cow::Borrowed(name),
            Some(_) => Cow::Borrowed(name),
            None if self.current.is_empty() || belongs_to_awk(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("{}::{name}", self.current)),
        }
    }
}

/// Names in capitals, those of the built-in variables among them, are everywhere those of `awk`.
fn belongs_to_awk(name: &str) -> bool {
    is_reserved(name) || name.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Why a word cannot be a namespace, or a part of a qualified name.
pub(super) fn refusal(word: &str) -> Option<&'static str> {
    let is_name = word.bytes().enumerate().all(|(index, byte)| {
        byte == b'_' || byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())
    });
    if !is_name || word.is_empty() {
        return Some("must meet identifier naming rules");
    }
    let word = word.as_bytes();
    (Keyword::from_word(word).is_some() || Builtin::from_name(word).is_some()).then_some(RESERVED)
}

/// The refusal of words that have a meaning of their own.
pub(super) const RESERVED: &str = "is a reserved word";
