//! The cache against damage, other users, other builds, races and full disks.

mod access;
mod bounds;
mod content;
mod processes;
mod settings;

use std::fs::{self, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::settings::DEFAULT_MAX_BYTES;
use super::{Kind, Location, Store};

const KEY: [u8; 32] = [7; 32];
const CONTENT: &[u8] = b"native code or feedback";
const MACHINE: &[u8] = b"x86_64 sse4.2 avx2";

/// A directory for one test, private as a cache must be, and removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("fusevm-cache-test-{}-{count}", std::process::id()));
        fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        Scratch(path)
    }

    /// The cache directory, which does not exist yet.
    fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What a failed test leaves behind is of no interest either.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn location(path: &Path) -> Arc<Location> {
    Arc::new(Location::new(path.to_owned(), false, DEFAULT_MAX_BYTES))
}

fn store(path: &Path) -> Store {
    Store::new(location(path), MACHINE)
}

/// A store with one content, and the path of its file.
fn stored(path: &Path) -> (Store, PathBuf) {
    let store = store(path);
    assert!(store.save(Kind::Code, &KEY, CONTENT));
    let file = path.join(store.file_name(Kind::Code, &KEY));
    (store, file)
}

/// Writes a file as the cache would.
fn write_private(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}
