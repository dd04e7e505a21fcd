//! Pathname expansion over a tree in memory, with the answers that bash 5.2 and zsh 5.9 gave over
//! the same tree on disk.

use super::*;

/// The paths of the tree; a directory ends in a slash, a symbolic link says where it leads.
const TREE: &[&str] = &[
    ".dot",
    ".hid/",
    ".hid/d/",
    ".hid/d/q.txt",
    "a/",
    "a/.h2/",
    "a/.h2/r.txt",
    "a/b/",
    "a/b/c/",
    "a/b/c/z.txt",
    "a/b/up -> ../..",
    "a/b/y.txt",
    "a/x.txt",
    "dang -> nowhere",
    "f1",
    "f2.txt",
    "link -> a",
    "st*r",
    "we[i]rd",
    "z/",
    "z/x.txt",
    "é",
];

/// With `globstar`, `extglob` and `nullglob` in bash.
const BASH: &[(&str, &[&str])] = &[
    ("*", &["a", "dang", "f1", "f2.txt", "link", "st*r", "we[i]rd", "z", "é"]),
    (".*", &[".dot", ".hid"]),
    ("*/", &["a/", "link/", "z/"]),
    ("*/*", &["a/b", "a/x.txt", "link/b", "link/x.txt", "z/x.txt"]),
    (
        "**",
        &[
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/z.txt",
            "a/b/up",
            "a/b/y.txt",
            "a/x.txt",
            "dang",
            "f1",
            "f2.txt",
            "link",
            "st*r",
            "we[i]rd",
            "z",
            "z/x.txt",
            "é",
        ],
    ),
    ("**/", &["a/", "a/b/", "a/b/c/", "a/b/up/", "link/", "z/"]),
    (
        "**/*",
        &[
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/z.txt",
            "a/b/up",
            "a/b/y.txt",
            "a/x.txt",
            "dang",
            "f1",
            "f2.txt",
            "link",
            "st*r",
            "we[i]rd",
            "z",
            "z/x.txt",
            "é",
        ],
    ),
    ("**/*.txt", &["a/b/c/z.txt", "a/b/y.txt", "a/x.txt", "f2.txt", "z/x.txt"]),
    ("a/**", &["a/", "a/b", "a/b/c", "a/b/c/z.txt", "a/b/up", "a/b/y.txt", "a/x.txt"]),
    ("a/**/", &["a/", "a/b/", "a/b/c/", "a/b/up/"]),
    ("a/**/c", &["a/b/c"]),
    (
        "**/**",
        &[
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/z.txt",
            "a/b/up",
            "a/b/y.txt",
            "a/x.txt",
            "dang",
            "f1",
            "f2.txt",
            "link",
            "st*r",
            "we[i]rd",
            "z",
            "z/x.txt",
            "é",
        ],
    ),
    ("**/**/c", &["a/b/c"]),
    ("a/b/**", &["a/b/", "a/b/c", "a/b/c/z.txt", "a/b/up", "a/b/y.txt"]),
    (
        "link/**",
        &["link/", "link/b", "link/b/c", "link/b/c/z.txt", "link/b/up", "link/b/y.txt", "link/x.txt"],
    ),
    ("link/*", &["link/b", "link/x.txt"]),
    ("**/up", &["a/b/up"]),
    (
        "*/**",
        &[
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/z.txt",
            "a/b/up",
            "a/b/y.txt",
            "a/x.txt",
            "link",
            "link/b",
            "link/b/c",
            "link/b/c/z.txt",
            "link/b/up",
            "link/b/y.txt",
            "link/x.txt",
            "z",
            "z/x.txt",
        ],
    ),
    ("**/b/**", &["a/b", "a/b/c", "a/b/c/z.txt", "a/b/up", "a/b/y.txt"]),
    ("a/b/**/", &["a/b/", "a/b/c/", "a/b/up/"]),
    ("dang*", &["dang"]),
    ("d*/", &[]),
    (".h*/*", &[".hid/d"]),
    (".hid/**", &[".hid/", ".hid/d", ".hid/d/q.txt"]),
    (".*/**", &[".hid", ".hid/d", ".hid/d/q.txt"]),
    ("we\\[*", &["we[i]rd"]),
    ("st\\**", &["st*r"]),
    ("[f]*", &["f1", "f2.txt"]),
    ("?", &["a", "z", "é"]),
    (".?*", &[".dot", ".hid"]),
    ("a//*", &["a//b", "a//x.txt"]),
    ("a//b//*", &["a//b//c", "a//b//up", "a//b//y.txt"]),
    ("./*", &["./a", "./dang", "./f1", "./f2.txt", "./link", "./st*r", "./we[i]rd", "./z", "./é"]),
    ("./**/c", &["./a/b/c"]),
    ("*/b/*", &["a/b/c", "a/b/up", "a/b/y.txt", "link/b/c", "link/b/up", "link/b/y.txt"]),
    ("a/b/../*", &["a/b/../b", "a/b/../x.txt"]),
    ("*/b/../*", &["a/b/../b", "a/b/../x.txt", "link/b/../b", "link/b/../x.txt"]),
    ("[.]dot", &[]),
    ("?dot", &[]),
    ("@(.dot|f1)", &[".dot", "f1"]),
    ("!(f1)", &["a", "dang", "f2.txt", "link", "st*r", "we[i]rd", "z", "é"]),
    ("?(a).dot", &[".dot"]),
    ("*(a).dot", &[".dot"]),
    ("*.dot", &[]),
    ("@(?)dot", &[]),
    ("!(x).dot", &[]),
    ("+(.)dot", &[".dot"]),
    ("@([.])dot", &[]),
    ("@(.|x)dot", &[".dot"]),
    ("!(*)", &[]),
    ("@(a|z)/*.txt", &["a/x.txt", "z/x.txt"]),
    ("***", &["a", "dang", "f1", "f2.txt", "link", "st*r", "we[i]rd", "z", "é"]),
    ("**a", &["a"]),
    ("a**/", &["a/"]),
    ("a/b**", &["a/b"]),
    ("f1/*", &[]),
    ("z*/nothing", &[]),
    ("nothing/*", &[]),
    ("nope/**", &[]),
    ("*/b/c/z.txt", &["a/b/c/z.txt", "link/b/c/z.txt"]),
    ("*/x.txt", &["a/x.txt", "link/x.txt", "z/x.txt"]),
    ("*/./x.txt", &["a/./x.txt", "link/./x.txt", "z/./x.txt"]),
];

/// With `nullglob` in zsh.
const ZSH: &[(&str, &[&str])] = &[
    ("*", &["a", "dang", "f1", "f2.txt", "link", "st*r", "we[i]rd", "z", "é"]),
    ("**", &["a", "dang", "f1", "f2.txt", "link", "st*r", "we[i]rd", "z", "é"]),
    ("**/", &["a/", "a/b/", "a/b/c/", "z/"]),
    ("**/*.txt", &["a/b/c/z.txt", "a/b/y.txt", "a/x.txt", "f2.txt", "z/x.txt"]),
    ("a/**", &["a/b", "a/x.txt"]),
    ("a/**/", &["a/", "a/b/", "a/b/c/"]),
    ("a/**/c", &["a/b/c"]),
    (
        "**/**",
        &[
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/z.txt",
            "a/b/up",
            "a/b/y.txt",
            "a/x.txt",
            "dang",
            "f1",
            "f2.txt",
            "link",
            "st*r",
            "we[i]rd",
            "z",
            "z/x.txt",
            "é",
        ],
    ),
    ("./**", &["./a", "./dang", "./f1", "./f2.txt", "./link", "./st*r", "./we[i]rd", "./z", "./é"]),
    ("a/**/*", &["a/b", "a/b/c", "a/b/c/z.txt", "a/b/up", "a/b/y.txt", "a/x.txt"]),
    ("(a|z)/**/*.txt", &["a/b/c/z.txt", "a/b/y.txt", "a/x.txt", "z/x.txt"]),
    ("link/**/", &["link/", "link/b/", "link/b/c/"]),
    ("**/up", &["a/b/up"]),
    ("a/b/(up|c)", &["a/b/c", "a/b/up"]),
    ("**/(b|c)", &["a/b", "a/b/c"]),
    ("(.|x)dot", &[".dot"]),
    ("(.dot|f1)", &[".dot", "f1"]),
    ("f(1|2.txt)", &["f1", "f2.txt"]),
    ("**a", &["a"]),
];

struct Tree;

impl Tree {
    /// The kind of the entry at a path without links, and where a link leads.
    fn find(path: &str) -> Option<(EntryKind, &'static str)> {
        TREE.iter().find_map(|line| {
            let (name, target) = line.split_once(" -> ").unwrap_or((line, ""));
            let kind = match (name.ends_with('/'), target) {
                (true, _) => EntryKind::Directory,
                (false, "") => EntryKind::Other,
                _ => EntryKind::Symlink,
            };
            (name.trim_end_matches('/') == path).then_some((kind, target))
        })
    }

    /// The path without links, dots and empty parts; `None` when it leads nowhere.
    fn resolve(path: &str, follow_last: bool) -> Option<String> {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).rev().collect();
        let mut at: Vec<&str> = Vec::new();
        while let Some(part) = parts.pop() {
            match part {
                "." => continue,
                ".." => drop(at.pop()),
                name => at.push(name),
            }
            if at.is_empty() {
                continue;
            }
            let (kind, target) = Self::find(&at.join("/"))?;
            if kind == EntryKind::Symlink && (follow_last || !parts.is_empty()) {
                at.pop();
                parts.extend(target.split('/').rev());
            } else if kind == EntryKind::Other && !parts.is_empty() {
                return None;
            }
        }
        Some(at.join("/"))
    }
}

impl DirectoryReader for Tree {
    fn entries(&mut self, directory: &[u8]) -> Vec<Entry> {
        let Some(directory) = Self::resolve(str::from_utf8(directory).unwrap(), true) else {
            return Vec::new();
        };
        let prefix = if directory.is_empty() { String::new() } else { directory + "/" };
        let names = TREE.iter().filter_map(|line| {
            let path = line.split_once(" -> ").map_or(*line, |(path, _)| path).trim_end_matches('/');
            let name = path.strip_prefix(prefix.as_str())?;
            (!name.contains('/')).then_some((name, Self::find(path)?.0))
        });
        names.map(|(name, kind)| Entry { name: name.into(), kind }).collect()
    }

    fn is_directory(&mut self, path: &[u8]) -> bool {
        Self::resolve(str::from_utf8(path).unwrap(), true).is_some_and(|path| {
            path.is_empty() || Self::find(&path).is_some_and(|(kind, _)| kind == EntryKind::Directory)
        })
    }

    fn exists(&mut self, path: &[u8]) -> bool {
        Self::resolve(str::from_utf8(path).unwrap(), false).is_some()
    }
}

fn check(cases: &[(&str, &[&str])], options: ExpandOptions) {
    for &(pattern, expected) in cases {
        let paths = expand(pattern.as_bytes(), &options, &mut Tree);
        let paths: Vec<_> = paths.iter().map(|path| str::from_utf8(path).unwrap()).collect();
        assert_eq!(paths, expected, "{pattern}");
    }
}

fn bash() -> ExpandOptions {
    let pattern = PatternOptions { extended: true, ..PatternOptions::default() };
    ExpandOptions { pattern, recursion: Recursion::Everywhere, hidden: false }
}

#[test]
fn expands_as_bash() {
    check(BASH, bash());
}

#[test]
fn expands_as_zsh() {
    let pattern = PatternOptions { alternation: true, ..PatternOptions::default() };
    check(ZSH, ExpandOptions { pattern, recursion: Recursion::BeforeSlash, hidden: false });
}

#[test]
fn hidden_names_on_request() {
    // Recorded from bash 5.2 with `dotglob`.
    let cases: &[(&str, &[&str])] = &[
        ("*t", &[".dot", "f2.txt"]),
        ("?hid/*", &[".hid/d"]),
        ("**/?.txt", &[".hid/d/q.txt", "a/.h2/r.txt", "a/b/c/z.txt", "a/b/y.txt", "a/x.txt", "z/x.txt"]),
    ];
    check(cases, ExpandOptions { hidden: true, ..bash() });
}

#[test]
fn a_pattern_without_wildcards_is_a_question_of_existence() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("f1", &["f1"]),
        ("st\\*r", &["st*r"]),
        ("f1/", &[]),
        ("a/", &["a/"]),
        ("dang", &["dang"]),
        ("dang/", &[]),
        ("/", &["/"]),
        ("nope", &[]),
        ("[a/]b", &[]),
    ];
    check(cases, bash());
}

#[test]
fn two_stars_are_one_without_recursion() {
    check(
        &[("**/x.txt", &["a/x.txt", "link/x.txt", "z/x.txt"])],
        ExpandOptions { recursion: Recursion::Never, ..bash() },
    );
}
