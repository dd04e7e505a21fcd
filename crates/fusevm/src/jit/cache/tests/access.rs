//! Owners, modes, links and things that are no files.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::geteuid;

use super::*;
use crate::jit::cache::settings::CACHE_DIR_VARIABLE;
use crate::jit::cache::{Miss, Refusal};

/// Some user that does not run the tests.
const SOMEBODY: u32 = 65534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn assert_off(path: &Path, refusal: Refusal) {
    let store = store(path);
    assert_eq!(store.load(Kind::Code, &KEY), Err(Miss::Off(refusal)));
    assert!(!store.save(Kind::Code, &KEY, CONTENT));
    let location = location(path);
    assert_eq!(location.path(), Err(refusal));
    assert_eq!([location.size_bytes(), location.prune(), location.clear()], [0; 3]);
}

#[test]
fn what_is_made_is_private() {
    let scratch = Scratch::new();
    let (_, file) = stored(&scratch.0.join("a/b/cache"));
    location(&scratch.0.join("a/b/cache")).prune();
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o7777;
    for directory in ["a", "a/b", "a/b/cache"] {
        assert_eq!(mode(&scratch.0.join(directory)), 0o700, "{directory}");
    }
    for name in ["secret", "lock", file.file_name().unwrap().to_str().unwrap()] {
        assert_eq!(mode(&scratch.0.join("a/b/cache").join(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(scratch.0.join("a/b/cache")).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn a_directory_that_others_can_enter_is_not_used() {
    let scratch = Scratch::new();
    stored(&scratch.cache());
    for mode in [0o701, 0o702, 0o704, 0o710, 0o720, 0o740, 0o755, 0o777] {
        set_mode(&scratch.cache(), mode);
        assert_off(&scratch.cache(), Refusal::OpenToOthers);
    }
    set_mode(&scratch.cache(), 0o700);
    assert_eq!(store(&scratch.cache()).load(Kind::Code, &KEY).unwrap(), CONTENT);
}

#[test]
fn a_directory_of_another_user_is_not_used() {
    if !geteuid().is_root() {
        return assert_off(Path::new("/"), Refusal::Foreign);
    }
    let scratch = Scratch::new();
    stored(&scratch.cache());
    chown(scratch.cache(), Some(SOMEBODY), None).unwrap();
    assert_off(&scratch.cache(), Refusal::Foreign);
}

/// Root with the HOME of another user leaves nothing there.
#[test]
fn the_default_directory_is_only_made_under_one_of_the_user() {
    let scratch = Scratch::new();
    let cache = scratch.0.join("home/.cache/fusevm");
    fs::create_dir(scratch.0.join("home")).unwrap();
    let save = |path: &Path| {
        let location = Arc::new(Location::new(path.to_owned(), true, DEFAULT_MAX_BYTES));
        Store::new(location, MACHINE).save(Kind::Code, &KEY, CONTENT)
    };
    if geteuid().is_root() {
        chown(scratch.0.join("home"), Some(SOMEBODY), None).unwrap();
        assert!(!save(&cache));
        assert!(!scratch.0.join("home/.cache").exists());
        chown(scratch.0.join("home"), Some(0), None).unwrap();
    }
    assert!(save(&cache));
}

#[test]
fn a_symbolic_link_is_no_directory() {
    let scratch = Scratch::new();
    stored(&scratch.cache());
    let link = scratch.0.join("link");
    symlink(scratch.cache(), &link).unwrap();
    for path in [link.clone(), link.join(""), link.join(".")] {
        assert_off(&path, Refusal::NotADirectory);
    }
}

#[test]
fn a_file_is_no_directory() {
    let scratch = Scratch::new();
    write_private(&scratch.cache(), b"");
    assert_off(&scratch.cache(), Refusal::NotADirectory);
    let below = store(&scratch.cache().join("fusevm"));
    assert!(below.load(Kind::Code, &KEY).is_err());
    assert!(!below.save(Kind::Code, &KEY, CONTENT));
}

/// What somebody could put in place of a file, or do to it; the secret is checked like the others.
#[test]
fn a_file_that_we_did_not_make_is_rejected_and_removed() {
    type Change = fn(&Path);
    let mut changes: Vec<(&str, Change)> = vec![
        ("readable for others", |path| set_mode(path, 0o644)),
        ("writable for the group", |path| set_mode(path, 0o620)),
        ("executable", |path| set_mode(path, 0o700)),
        ("setuid", |path| set_mode(path, 0o4600)),
        ("without rights", |path| set_mode(path, 0)),
        ("hard link", |path| fs::hard_link(path, path.with_file_name("elsewhere")).unwrap()),
        ("symbolic link", |path| {
            let target = path.with_file_name("target");
            fs::rename(path, &target).unwrap();
            symlink(target, path).unwrap();
        }),
        ("dangling link", |path| {
            fs::remove_file(path).unwrap();
            symlink("nowhere", path).unwrap();
        }),
        ("FIFO", |path| {
            fs::remove_file(path).unwrap();
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        }),
        ("socket", |path| {
            fs::remove_file(path).unwrap();
            std::os::unix::net::UnixListener::bind(path).unwrap();
            set_mode(path, 0o600);
        }),
    ];
    if geteuid().is_root() {
        changes.push(("of another user", |path| chown(path, Some(SOMEBODY), None).unwrap()));
    }
    for (what, change) in changes {
        for secret in [false, true] {
            let scratch = Scratch::new();
            let (store, mut path) = stored(&scratch.cache());
            if secret {
                path.set_file_name("secret");
            }
            change(&path);
            let result = store.load(Kind::Code, &KEY);
            assert!(matches!(result, Err(Miss::Rejected(_))), "{what}, secret: {secret}: {result:?}");
            assert!(path.symlink_metadata().is_err(), "{what}, secret: {secret}");
            assert!(store.save(Kind::Code, &KEY, CONTENT), "{what}, secret: {secret}");
            assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
        }
    }
}

/// A directory in place of a file can be neither read nor removed; other keys are not concerned.
#[test]
fn a_directory_in_place_of_a_file_is_a_miss() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    assert!(store.save(Kind::Feedback, &KEY, CONTENT));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(store.load(Kind::Code, &KEY), Err(Miss::Rejected("is no regular file")));
    assert_eq!(store.load(Kind::Feedback, &KEY).unwrap(), CONTENT);
    assert!(!store.save(Kind::Code, &KEY, CONTENT));
    assert_eq!(location(&scratch.cache()).clear(), (CONTENT.len() + 120) as u64);
}

/// A process that has gained rights by a setuid file keeps off the files of its user.
#[test]
fn no_cache_for_a_process_with_the_rights_of_another() {
    if !geteuid().is_root() {
        return;
    }
    let scratch = Scratch::new();
    for (user, may_store) in [("--ruid=65534", false), ("--rgid=65534", false), ("--ruid=0", true)] {
        let mut command = Command::new("setpriv");
        command
            .args([user, "--keep-groups", "--"])
            .args(processes::child_arguments("store_where_the_environment_says"));
        command.env(CACHE_DIR_VARIABLE, scratch.cache());
        match command.status() {
            Err(_) => return, // no setpriv here
            Ok(status) => assert!(status.success(), "{user}"),
        }
        assert_eq!(scratch.cache().exists(), may_store, "{user}");
    }
}
