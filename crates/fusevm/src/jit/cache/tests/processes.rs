//! Several processes, or threads, on one directory; and the way in which tests start other processes.

use std::ffi::OsString;
use std::process::Command;
use std::thread;

use super::super::settings::process_store;
use super::*;

/// Names the part that a child process plays, and the directory it works on.
const ROLE: &str = "FUSEVM_TEST_ROLE";
const DIRECTORY: &str = "FUSEVM_TEST_DISK";

/// The command that runs [`child_process`] in a process of its own.
pub(super) fn child(role: &str, path: &Path) -> Command {
    let mut arguments = child_arguments(role).into_iter();
    let mut command = Command::new(arguments.next().unwrap());
    command.args(arguments).env(DIRECTORY, path);
    command
}

/// The same as program and arguments; the directory is to be set in the environment.
pub(super) fn child_arguments(role: &str) -> Vec<OsString> {
    let (_, module) = module_path!().split_once("::").unwrap();
    let test = format!("{module}::child_process");
    let exe = std::env::current_exe().unwrap().into_os_string();
    let mut arguments = vec!["env".into(), format!("{ROLE}={role}").into(), exe];
    arguments.extend(["--exact", &test, "--quiet"].map(OsString::from));
    arguments
}

/// Not a test by itself: what the child processes of other tests do.
#[test]
fn child_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let path = PathBuf::from(std::env::var_os(DIRECTORY).unwrap_or_default());
    match role.as_str() {
        "fill_the_disk" => bounds::fill_the_disk(&path),
        "use_a_read_only_disk" => bounds::use_a_read_only_disk(&path),
        "use_small_files" => bounds::use_small_files(&path),
        "race" => race(&path),
        "store_where_the_environment_says" => {
            if let Ok(store) = process_store(MACHINE) {
                assert!(store.save(Kind::Code, &KEY, CONTENT));
            }
        }
        _ => panic!("{role}"),
    }
}

/// Saves and loads a few keys over and over, prunes, clears. A load gives nothing or what some racer saved.
fn race(path: &Path) {
    let location = location(path);
    let store = Store::new(location.clone(), MACHINE);
    location.set_max_bytes(100_000);
    for round in 0..300_u32 {
        let number = (round % 5) as u8;
        let content = vec![number; 2000 + 700 * usize::from(number)];
        if round % 3 == 0 {
            assert!(store.save(Kind::Code, &[number; 32], &content));
        }
        if let Ok(loaded) = store.load(Kind::Code, &[number; 32]) {
            assert_eq!(loaded, content);
        }
        match round % 100 {
            98 => drop(location.prune()),
            99 => drop(location.clear()),
            _ => {}
        }
    }
    assert!(store.save(Kind::Code, &[9; 32], CONTENT));
}

#[test]
fn threads_and_processes_race() {
    let scratch = Scratch::new();
    let mut children: Vec<_> = (0..4).map(|_| child("race", &scratch.cache()).spawn().unwrap()).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| race(&scratch.cache()));
        }
    });
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let names = fs::read_dir(scratch.cache()).unwrap().map(|entry| entry.unwrap().file_name());
    let temporary = names.filter(|name| name.to_str().unwrap().starts_with("tmp."));
    assert_eq!(temporary.count(), 0);
}

/// All that start on no directory agree on one secret: what each of them stored can be read at the end.
#[test]
fn racing_starters_agree_on_a_secret() {
    for _ in 0..20 {
        let scratch = Scratch::new();
        thread::scope(|scope| {
            for number in 0..8 {
                let store = store(&scratch.cache());
                scope.spawn(move || assert!(store.save(Kind::Code, &[number; 32], CONTENT)));
            }
        });
        let store = store(&scratch.cache());
        for number in 0..8 {
            assert_eq!(store.load(Kind::Code, &[number; 32]).unwrap(), CONTENT);
        }
    }
}
