//! The environment's say, and the program's.

use std::ffi::OsString;

use super::super::Refusal;
use super::super::settings::{Environment, parse_size};
use super::*;

#[test]
fn sizes() {
    let cases = [
        ("0", Some(0)),
        ("1000", Some(1000)),
        ("3k", Some(3 << 10)),
        ("64M", Some(64 << 20)),
        ("2g", Some(2 << 30)),
        ("17179869183g", Some(17_179_869_183 << 30)),
        ("17179869184g", None),
        ("18446744073709551616", None),
        ("", None),
        ("k", None),
        ("-1", None),
        ("+1", None),
        ("1.5m", None),
        ("1kb", None),
        (" 1", None),
        ("1é", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_size(text), expected, "{text:?}");
    }
}

#[test]
fn bounds_of_the_environment() {
    for (value, expected) in [(None, 64 << 20), (Some("1m"), 1 << 20), (Some("much"), 64 << 20)] {
        let environment = Environment { max_bytes: value.map(OsString::from), ..Environment::default() };
        assert_eq!(environment.max_bytes(), expected, "{value:?}");
    }
}

#[test]
fn places_of_the_environment() {
    let scratch = Scratch::new();
    let home = scratch.0.to_str().unwrap();
    let in_home = scratch.0.join(".cache/fusevm");
    let named = |path: &str| Ok((PathBuf::from(path), false));
    let default = |path: &Path| Ok((path.to_owned(), true));
    let here = std::env::current_dir().unwrap().join("x");
    // FUSEVM_JIT_CACHE_DIR, XDG_CACHE_HOME, HOME
    let cases = [
        (None, None, Some(home), default(&in_home)),
        (None, Some("/caches"), Some(home), default(Path::new("/caches/fusevm"))),
        (None, Some("/caches"), None, default(Path::new("/caches/fusevm"))),
        (None, Some("caches"), Some(home), default(&in_home)),
        (None, None, None, Err(Refusal::NoHome)),
        (None, None, Some("/nonexistent"), Err(Refusal::NoHome)),
        (None, None, Some("relative"), Err(Refusal::NoHome)),
        (Some("off"), Some("/caches"), Some(home), Err(Refusal::TurnedOff)),
        (Some("/tmp/off"), Some("/caches"), Some(home), named("/tmp/off")),
        (Some("/tmp/mine"), None, None, named("/tmp/mine")),
        (Some("x"), None, None, named(here.to_str().unwrap())),
    ];
    for (directory, xdg_cache_home, home, expected) in cases {
        let what = format!("{directory:?} {xdg_cache_home:?} {home:?}");
        let mut environment = Environment {
            directory: directory.map(OsString::from),
            xdg_cache_home: xdg_cache_home.map(OsString::from),
            home: home.map(OsString::from),
            ..Environment::default()
        };
        assert_eq!(environment.choose(None), expected, "{what}");
        assert_eq!(environment.choose(Some(&None)), Err(Refusal::TurnedOff), "{what}");
        assert_eq!(environment.choose(Some(&Some("/p".into()))), named("/p"), "{what}");
        environment.privileged = true;
        for set in [None, Some(&None), Some(&Some("/p".into()))] {
            assert_eq!(environment.choose(set), Err(Refusal::Privileged), "{what}");
        }
    }
}
