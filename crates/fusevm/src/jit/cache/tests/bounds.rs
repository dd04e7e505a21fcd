//! The cache stays small, and gives up quietly where nothing can be written.

use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::super::location::MAX_FILES;
use super::*;
use crate::jit::cache::Miss;

/// Makes a file look as if it had been used so long ago.
fn age(path: &Path, seconds: u64) {
    let time = SystemTime::now() - Duration::from_secs(seconds);
    File::open(path).unwrap().set_modified(time).unwrap();
}

fn key(number: usize) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_le_bytes());
    key
}

#[test]
fn the_files_unused_for_longest_go_first() {
    let scratch = Scratch::new();
    let location = location(&scratch.cache());
    let store = Store::new(location.clone(), MACHINE);
    let content = vec![0; 1000 - 120];
    for number in 0..10 {
        assert!(store.save(Kind::Code, &key(number), &content));
        // The even ones are old, the larger the older.
        let days = if number % 2 == 0 { 10 + number as u64 } else { 1 };
        age(&scratch.cache().join(store.file_name(Kind::Code, &key(number))), days * 86400);
    }
    // A load counts as a use.
    store.load(Kind::Code, &key(8)).unwrap();
    assert_eq!((location.prune(), location.size_bytes()), (0, 10_000));
    location.set_max_bytes(9000);
    assert_eq!(location.prune(), 4000, "down to three quarters of the bound");
    assert_eq!(location.size_bytes(), 6000);
    let kept: Vec<_> = (0..10).filter(|number| store.load(Kind::Code, &key(*number)).is_ok()).collect();
    assert_eq!(kept, [1, 3, 5, 7, 8, 9]);
}

#[test]
fn saves_keep_the_size_in_bounds() {
    let scratch = Scratch::new();
    let location = location(&scratch.cache());
    let store = Store::new(location.clone(), MACHINE);
    location.set_max_bytes(64 << 10);
    for number in 0..100 {
        assert!(store.save(Kind::Code, &key(number), &[1; 3000]));
        assert!(location.size_bytes() <= 64 << 10);
    }
    assert!(location.size_bytes() > 32 << 10);
}

#[test]
fn the_number_of_files_is_bounded() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    for number in 0..MAX_FILES {
        let path = scratch.cache().join(format!("{number:032x}.code"));
        File::create(&path).unwrap();
        age(&path, 100_000);
    }
    location(&scratch.cache()).prune();
    let left = fs::read_dir(scratch.cache()).unwrap().count();
    assert_eq!(left, MAX_FILES / 4 * 3 + 2, "with secret and lock");
    assert!(path.exists());
    assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
}

#[test]
fn what_is_larger_than_the_cache_is_not_stored() {
    let scratch = Scratch::new();
    let location = location(&scratch.cache());
    let store = Store::new(location.clone(), MACHINE);
    assert!(!store.save(Kind::Code, &KEY, &vec![0; (16 << 20) + 1]));
    for (bound, saved) in [(0, false), (1119, false), (1120, true)] {
        location.set_max_bytes(bound);
        assert_eq!(store.save(Kind::Code, &KEY, &[0; 1000]), saved, "{bound}");
    }
}

#[test]
fn only_our_files_are_counted_and_removed() {
    let scratch = Scratch::new();
    stored(&scratch.cache());
    let strange = [
        "notes.txt",
        "00000000000000000000000000000000.png",
        "0000000000000000000000000000000.code",
        "0000000000000000000000000000000G.code",
        ".code",
        "00000000000000000000000000000000.code.code",
    ];
    for name in strange {
        fs::write(scratch.cache().join(name), [0; 5000]).unwrap();
        age(&scratch.cache().join(name), 1_000_000);
    }
    let location = location(&scratch.cache());
    location.set_max_bytes(1);
    let size = (CONTENT.len() + 120) as u64;
    assert_eq!((location.size_bytes(), location.prune(), location.prune()), (size, size, 0));
    stored(&scratch.cache());
    assert_eq!((location.clear(), location.clear(), location.size_bytes()), (size, 0, 0));
    for name in strange {
        assert!(scratch.cache().join(name).exists(), "{name}");
    }
}

#[test]
fn files_of_processes_that_died_are_removed() {
    let scratch = Scratch::new();
    stored(&scratch.cache());
    let (old, new) = (scratch.cache().join("tmp.1.0"), scratch.cache().join("tmp.1.1"));
    for path in [&old, &new] {
        write_private(path, b"half");
    }
    age(&old, 4000);
    location(&scratch.cache()).prune();
    assert_eq!((old.exists(), new.exists()), (false, true));
}

#[test]
fn pruning_is_left_to_a_process_that_does_it_already() {
    let scratch = Scratch::new();
    stored(&scratch.cache());
    let location = location(&scratch.cache());
    location.set_max_bytes(1);
    let lock = location.open().unwrap().unwrap().lock().unwrap();
    assert_eq!(location.prune(), 0);
    drop(lock);
    assert_ne!(location.prune(), 0);
}

/// The command in a file system of its own of 64 kB, mounted at `path`; `then` runs in between.
/// None where namespaces are not allowed.
fn on_small_disk(path: &Path, then: &str, role: &str) -> Option<Command> {
    let script =
        format!("mount -t tmpfs -o size=64k,mode=700 tmpfs \"$FUSEVM_TEST_DISK\" && {then} && exec \"$@\"");
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh"]).env("FUSEVM_TEST_DISK", path);
        command
    };
    let possible =
        unshare(&format!("{script} true")).arg("true").output().is_ok_and(|output| output.status.success());
    possible.then(|| {
        let mut command = unshare(&script);
        command.args(processes::child_arguments(role));
        command
    })
}

#[test]
fn a_full_disk_ends_saving_quietly() {
    let scratch = Scratch::new();
    if let Some(mut command) = on_small_disk(&scratch.0, "true", "fill_the_disk") {
        assert!(command.status().unwrap().success());
    }
}

pub(super) fn fill_the_disk(path: &Path) {
    let store = store(path);
    let saves = (0..100).take_while(|number| store.save(Kind::Code, &key(*number), &[0; 4000])).count();
    assert!((2..50).contains(&saves), "{saves}");
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("tmp.")).count(), 0, "nothing half written is left");
    for number in 0..saves {
        assert_eq!(store.load(Kind::Code, &key(number)).unwrap(), [0; 4000]);
    }
    // Saving was given up, though there is space again.
    location(path).clear();
    assert!(!store.save(Kind::Code, &KEY, CONTENT));
    assert!(self::store(path).save(Kind::Code, &KEY, CONTENT));
}

#[test]
fn a_read_only_disk_can_be_read() {
    let scratch = Scratch::new();
    let original = Scratch::new();
    stored(&original.cache());
    let then = format!(
        "cp -a '{}/.' \"$FUSEVM_TEST_DISK\" && mount -o remount,ro,size=64k tmpfs \"$FUSEVM_TEST_DISK\"",
        original.cache().display()
    );
    if let Some(mut command) = on_small_disk(&scratch.0, &then, "use_a_read_only_disk") {
        assert!(command.status().unwrap().success());
    }
}

pub(super) fn use_a_read_only_disk(path: &Path) {
    let store = store(path);
    assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
    assert!(!store.save(Kind::Feedback, &KEY, CONTENT));
    assert!(!super::store(&path.join("below")).save(Kind::Code, &KEY, CONTENT));
    let location = location(path);
    location.set_max_bytes(1);
    assert_eq!((location.prune(), location.clear()), (0, 0));
    assert_eq!(store.load(Kind::Feedback, &KEY), Err(Miss::Absent));
}

/// A write beyond the limit would end the process with SIGXFSZ.
#[test]
fn the_limit_on_file_sizes_is_not_run_into() {
    let scratch = Scratch::new();
    // Its output goes through a pipe: a file that the suite's output goes to may be beyond the limit.
    let ended = processes::child("use_small_files", &scratch.0).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

pub(super) fn use_small_files(path: &Path) {
    setrlimit(Resource::Fsize, Rlimit { current: Some(4096), maximum: Some(4096) }).unwrap();
    let small = store(path);
    assert!(small.save(Kind::Code, &KEY, CONTENT));
    assert!(!small.save(Kind::Code, &key(1), &[0; 5000]));
    assert_eq!(small.load(Kind::Code, &KEY).unwrap(), CONTENT);
    setrlimit(Resource::Fsize, Rlimit { current: Some(16), maximum: Some(4096) }).unwrap();
    assert!(!store(&path.join("new")).save(Kind::Code, &KEY, CONTENT), "not even the secret");
}
