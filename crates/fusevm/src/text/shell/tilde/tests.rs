//! Recorded from bash 5.2 (dash agrees but for `~+` and `~-`), with HOME=/h, PWD=/tmp, OLDPWD=/o.

use super::*;

/// Word and what the shell printed for it.
const WORDS: &[(&str, &str)] = &[
    ("~", "/h"),
    ("~/", "/h/"),
    ("~/x", "/h/x"),
    ("~/x/y", "/h/x/y"),
    ("~//x", "/h//x"),
    ("a~", "a~"),
    ("~x", "~x"),
    ("~root", "/root"),
    ("~root/", "/root/"),
    ("~root/x", "/root/x"),
    ("~nosuchuser", "~nosuchuser"),
    ("~nosuchuser/x", "~nosuchuser/x"),
    ("~+", "/tmp"),
    ("~+/x", "/tmp/x"),
    ("~-", "/o"),
    ("~-/x", "/o/x"),
    ("~~", "~~"),
    ("\\~", "~"),
    ("\\~/x", "~/x"),
    ("~\\root", "~root"),
    ("~\"root\"", "~root"),
    ("~'root'", "~root"),
    ("~/\"x\"", "/h/x"),
    ("~$x", "~y"),
    ("~\\/x", "~/x"),
    ("\"~\"", "~"),
    ("'~/x'", "~/x"),
    ("\"~/x\"", "~/x"),
    ("~root\\/x", "~root/x"),
    ("x/~", "x/~"),
    ("/~", "/~"),
    ("~.", "~."),
    ("~-x", "~-x"),
    ("~+x", "~+x"),
    ("~a/~", "~a/~"),
    ("~/~", "/h/~"),
    ("-~", "-~"),
    ("=~", "=~"),
    ("~root/~root", "/root/~root"),
    ("~0x", "~0x"),
];

/// Value of an assignment and what the variable held then.
const ASSIGNMENTS: &[(&str, &str)] = &[
    ("~:~", "/h:/h"),
    ("~/a:~/b", "/h/a:/h/b"),
    ("a:~:b", "a:/h:b"),
    ("~:~root:~nosuchuser", "/h:/root:~nosuchuser"),
    (":~", ":/h"),
    ("~:", "/h:"),
    ("a:~/x:b~", "a:/h/x:b~"),
    ("\"~\":~", "~:/h"),
    ("\"a:~\":~", "a:~:/h"),
    ("\\:~", ":~"),
    ("x\\\\:~", "x\\:/h"),
    ("'a:~'", "a:~"),
    ("~\\:~", "~:~"),
    ("a\"b:~\"c:~", "ab:~c:/h"),
];

fn lookup(tilde: Tilde) -> Option<Vec<u8>> {
    let directory: &[u8] = match tilde {
        Tilde::Home => b"/h",
        Tilde::WorkingDirectory => b"/tmp",
        Tilde::PreviousDirectory => b"/o",
        Tilde::User(b"root") => b"/root",
        Tilde::User(_) => return None,
    };
    Some(directory.to_vec())
}

/// What the shell does after tilde expansion: `$x` is `y`, then quotes go.
fn finish(word: &[u8]) -> String {
    let word = str::from_utf8(word).unwrap().replace("$x", "y").replace(['"', '\''], "");
    word.replace("\\\\", "\0").replace('\\', "").replace('\0', "\\")
}

#[test]
fn words_expand_as_in_bash() {
    for &(word, expected) in WORDS {
        assert_eq!(finish(&expand(word.as_bytes(), lookup)), expected, "{word}");
    }
}

#[test]
fn assignments_expand_as_in_bash() {
    for &(value, expected) in ASSIGNMENTS {
        assert_eq!(finish(&expand_assignment(value.as_bytes(), lookup)), expected, "{value}");
    }
}

#[test]
fn an_unknown_directory_leaves_the_word() {
    for word in ["~", "~/x", "~+", "~user/x"] {
        assert_eq!(expand(word.as_bytes(), |_| None), word.as_bytes());
    }
}
