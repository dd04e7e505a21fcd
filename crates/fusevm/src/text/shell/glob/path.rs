//! Pathname expansion over an abstract directory tree.
//!
//! The engine opens no directory by itself: whoever calls [`expand`] hands it a
//! [`DirectoryReader`], and a host without files hands it an empty one.

use super::{Pattern, PatternOptions, unescape};

/// What pathname expansion may ask about files.
///
/// Paths are given as the program wrote them, relative ones included; the current directory by
/// itself is `.`.
pub trait DirectoryReader {
    /// The entries of `directory` in any order, without `.` and `..`; none when it cannot be
    /// read.
    fn entries(&mut self, directory: &[u8]) -> Vec<Entry>;
    /// Whether `path` is a directory or a symbolic link to one.
    fn is_directory(&mut self, path: &[u8]) -> bool;
    /// Whether `path` names anything, a dangling symbolic link included.
    fn exists(&mut self, path: &[u8]) -> bool;
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, without any slash.
    pub name: Vec<u8>,
    /// What the name stands for.
    pub kind: EntryKind,
}

/// The kinds of directory entry that pathname expansion tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A directory itself.
    Directory,
    /// A symbolic link, to whatever it may be.
    Symlink,
    /// Anything else.
    Other,
}

/// What a component `**` means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recursion {
    /// The same as `*`.
    #[default]
    Never,
    /// Before a slash any number of directories, elsewhere the same as `*`: zsh.
    BeforeSlash,
    /// Before a slash any number of directories, at the end everything below: bash's `globstar`.
    Everywhere,
}

/// How [`expand`] reads its pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExpandOptions {
    /// What the pattern of one component may say.
    pub pattern: PatternOptions,
    /// What `**` means. It never follows symbolic links to directories.
    pub recursion: Recursion,
    /// Wildcards match names with a leading dot too (bash's `dotglob`); `.` and `..` never.
    pub hidden: bool,
}

/// The existing paths that match `pattern`, in byte order, each once.
///
/// Empty when nothing matches: whether the pattern then stands for itself is the shell's choice.
/// Slashes are kept as written, so `a//*` gives `a//b`, and a trailing one asks for directories.
pub fn expand(pattern: &[u8], options: &ExpandOptions, reader: &mut dyn DirectoryReader) -> Vec<Vec<u8>> {
    if pattern.is_empty() {
        return Vec::new();
    }
    let mut walk = Walk { options, reader, after_wildcard: false };
    let root = pattern.iter().take_while(|&&byte| byte == b'/').count();
    let (root, rest) = pattern.split_at(root);
    let mut paths = vec![root.to_vec()];
    for component in components(rest, options) {
        paths = walk.extend(paths, &component);
    }
    if rest.is_empty() {
        paths.retain(|path| walk.reader.exists(path));
    }
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The text between slashes.
struct Component<'p> {
    kind: ComponentKind,
    /// The slashes that follow it.
    slashes: &'p [u8],
    is_last: bool,
}

enum ComponentKind {
    Literal(Vec<u8>),
    Wild(Pattern),
    Recursive,
}

/// Cuts `pattern`, which begins with no slash, into components.
fn components<'p>(pattern: &'p [u8], options: &ExpandOptions) -> Vec<Component<'p>> {
    let mut components: Vec<Component> = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let length = component_length(rest, options.pattern);
        let slashes = rest[length..].iter().take_while(|&&byte| byte == b'/').count();
        let (text, after) = rest.split_at(length);
        let (slashes, after) = after.split_at(slashes);
        rest = after;
        let recursive = match options.recursion {
            Recursion::Never => false,
            Recursion::BeforeSlash => !slashes.is_empty(),
            Recursion::Everywhere => true,
        };
        let kind = if text == b"**" && recursive {
            // Two in a row mean the same as one.
            if matches!(components.last(), Some(Component { kind: ComponentKind::Recursive, .. })) {
                components.pop();
            }
            ComponentKind::Recursive
        } else {
            let parsed = Pattern::new(text, options.pattern);
            if parsed.has_wildcards() {
                ComponentKind::Wild(parsed)
            } else {
                ComponentKind::Literal(unescape(text))
            }
        };
        components.push(Component { kind, slashes, is_last: rest.is_empty() });
    }
    components
}

/// The length of the first component: up to a slash that is not inside a group.
fn component_length(pattern: &[u8], options: PatternOptions) -> usize {
    let groups = options.extended || options.alternation;
    let mut depth = 0usize;
    let mut first_slash = None;
    let mut i = 0;
    while i < pattern.len() {
        match pattern[i] {
            b'\\' => i += 1,
            b'(' if groups => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return i,
            b'/' => first_slash = first_slash.or(Some(i)),
            _ => {}
        }
        i += 1;
    }
    // A group that no parenthesis closes is text, and its slashes are slashes.
    match first_slash {
        Some(slash) if depth > 0 => slash,
        _ => pattern.len(),
    }
}

struct Walk<'a> {
    options: &'a ExpandOptions,
    reader: &'a mut dyn DirectoryReader,
    /// A component with wildcards came before the one at hand.
    after_wildcard: bool,
}

impl Walk<'_> {
    /// Extends each of `paths` by what matches `component` there.
    fn extend(&mut self, paths: Vec<Vec<u8>>, component: &Component) -> Vec<Vec<u8>> {
        let mut extended = Vec::new();
        for path in paths {
            match &component.kind {
                ComponentKind::Literal(name) => self.literal(path, name, component, &mut extended),
                ComponentKind::Wild(pattern) => self.wild(&path, pattern, component, &mut extended),
                ComponentKind::Recursive => self.recursive(path, component, &mut extended),
            }
        }
        self.after_wildcard |= !matches!(component.kind, ComponentKind::Literal(_));
        if matches!(component.kind, ComponentKind::Recursive) {
            // Several paths can lead to one directory; walking on from it once is enough.
            extended.sort_unstable();
            extended.dedup();
        }
        extended
    }

    fn literal(&mut self, mut path: Vec<u8>, name: &[u8], component: &Component, found: &mut Vec<Vec<u8>>) {
        path.extend_from_slice(name);
        let is_there = !component.is_last
            || if component.slashes.is_empty() {
                self.reader.exists(&path)
            } else {
                self.reader.is_directory(&path)
            };
        if is_there {
            path.extend_from_slice(component.slashes);
            found.push(path);
        }
    }

    fn wild(&mut self, path: &[u8], pattern: &Pattern, component: &Component, found: &mut Vec<Vec<u8>>) {
        for entry in self.entries(path) {
            let matches = if self.options.hidden {
                pattern.is_match(&entry.name)
            } else {
                pattern.is_name_match(&entry.name)
            };
            if !matches {
                continue;
            }
            let full = [path, &entry.name].concat();
            if component.slashes.is_empty() || self.leads_to_directory(&entry, &full) {
                found.push([&full, component.slashes].concat());
            }
        }
    }

    /// `**`: the path itself and what lies below it, in directories that are not hidden.
    fn recursive(&mut self, path: Vec<u8>, component: &Component, found: &mut Vec<Vec<u8>>) {
        if !path.is_empty() && !self.reader.is_directory(&path) {
            return;
        }
        let only_directories = !component.slashes.is_empty();
        // In bash a link to a directory is a match of a final `**/`, but never a way onwards.
        let links_count = component.is_last && self.options.recursion == Recursion::Everywhere;
        if !component.is_last {
            found.push(path.clone());
        } else if !path.is_empty() {
            found.push(self.recursion_root(&path, component));
        }
        let mut pending = vec![path];
        while let Some(directory) = pending.pop() {
            for entry in self.entries(&directory) {
                if !self.options.hidden && entry.name.starts_with(b".") {
                    continue;
                }
                let full = [&directory[..], &entry.name].concat();
                let is_directory = entry.kind == EntryKind::Directory;
                let is_match = !only_directories
                    || is_directory
                    || links_count && self.leads_to_directory(&entry, &full);
                if is_match {
                    found.push([&full, component.slashes].concat());
                }
                if is_directory {
                    pending.push([&full[..], b"/"].concat());
                }
            }
        }
    }

    /// How the directory where a final `**` begins is written: bash leaves out the slash when a
    /// wildcard found the directory.
    fn recursion_root(&self, path: &[u8], component: &Component) -> Vec<u8> {
        let keep_slash = !self.after_wildcard || !component.slashes.is_empty();
        let name_end = path.iter().rposition(|&byte| byte != b'/').map_or(path.len(), |last| last + 1);
        path[..if keep_slash { path.len() } else { name_end }].to_vec()
    }

    fn leads_to_directory(&mut self, entry: &Entry, path: &[u8]) -> bool {
        match entry.kind {
            EntryKind::Directory => true,
            EntryKind::Symlink => self.reader.is_directory(path),
            EntryKind::Other => false,
        }
    }

    fn entries(&mut self, path: &[u8]) -> Vec<Entry> {
        self.reader.entries(if path.is_empty() { b"." } else { path })
    }
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
