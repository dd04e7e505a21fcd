//! Where a cache is, and its bounds: whatever concerns the directory as a whole, for all builds.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::directory::{Directory, Listed};
use super::{Kind, Refusal, now};

/// Files that a directory may hold, whatever their size.
pub(super) const MAX_FILES: usize = 4096;
/// One in so many saves looks for old files to remove.
const SAVES_PER_PRUNE: u64 = 32;
/// A temporary file that is so many seconds old was left behind by a process that died.
const TEMPORARY_LIFE: i64 = 60 * 60;
/// Hexadecimal digits at the start of the names of files.
pub(super) const NAME_DIGITS: usize = 32;

/// A cache directory, which need not exist yet, and what this process knows about it.
pub(crate) struct Location {
    path: PathBuf,
    /// Whether the directory is made only under a directory of the user.
    in_own: bool,
    max_bytes: AtomicU64,
    /// After one failure (disk full or read-only) this process writes nothing more.
    failed: AtomicBool,
    saves: AtomicU64,
    /// Bytes that were written since old files were last looked for.
    unpruned: AtomicU64,
}

impl Location {
    pub fn new(path: PathBuf, in_own: bool, max_bytes: u64) -> Location {
        Location {
            // A slash at the end would have a symbolic link followed.
            path: path.components().collect(),
            in_own,
            max_bytes: AtomicU64::new(max_bytes),
            failed: AtomicBool::new(false),
            // The process number makes short processes take turns at pruning.
            saves: AtomicU64::new(u64::from(std::process::id())),
            unpruned: AtomicU64::new(0),
        }
    }

    pub fn set_max_bytes(&self, max_bytes: u64) {
        self.max_bytes.store(max_bytes, Ordering::Relaxed);
    }

    /// The directory; None when it does not exist.
    pub(super) fn open(&self) -> Result<Option<Directory>, Refusal> {
        Directory::open(&self.path)
    }

    /// The directory, which is made when it does not exist.
    pub(super) fn create(&self) -> Result<Directory, Refusal> {
        Directory::create(&self.path, self.in_own)
    }

    /// The path of a directory in which something can be kept, as far as one can tell without trying.
    pub fn path(&self) -> Result<PathBuf, Refusal> {
        self.open().map(|_| self.path.clone())
    }

    /// Whether a file of this size is worth an attempt.
    pub(super) fn accepts(&self, size: u64) -> bool {
        size <= self.max_bytes.load(Ordering::Relaxed) && !self.failed.load(Ordering::Relaxed)
    }

    /// Notes that a file could not be written.
    pub(super) fn note_failure(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// Notes a file that was written, and from time to time removes old ones.
    pub(super) fn note_save(&self, directory: &Directory, size: u64) {
        let unpruned = self.unpruned.fetch_add(size, Ordering::Relaxed) + size;
        let saves = self.saves.fetch_add(1, Ordering::Relaxed);
        let max_bytes = self.max_bytes.load(Ordering::Relaxed);
        if saves.is_multiple_of(SAVES_PER_PRUNE) || unpruned > max_bytes / SAVES_PER_PRUNE {
            self.prune_directory(directory);
        }
    }

    /// The size of all files that were stored here, by any build.
    pub fn size_bytes(&self) -> u64 {
        let Ok(Some(directory)) = self.open() else { return 0 };
        let Ok((entries, _)) = directory.list(is_entry_name) else { return 0 };
        entries.iter().map(|entry| entry.size).sum()
    }

    /// When the directory holds more than the bounds allow, removes the files that were unused for longest.
    /// Gives the number of bytes that were removed. Does nothing while another process does the same.
    pub fn prune(&self) -> u64 {
        match self.open() {
            Ok(Some(directory)) => self.prune_directory(&directory),
            _ => 0,
        }
    }

    fn prune_directory(&self, directory: &Directory) -> u64 {
        let Some(_lock) = directory.lock() else { return 0 };
        self.unpruned.store(0, Ordering::Relaxed);
        let Ok((mut entries, temporaries)) = directory.list(is_entry_name) else { return 0 };
        let now = now();
        for temporary in temporaries {
            if (now - temporary.used).abs() > TEMPORARY_LIFE {
                directory.remove(&temporary.name);
            }
        }
        let max_bytes = self.max_bytes.load(Ordering::Relaxed);
        let mut bytes: u64 = entries.iter().map(|entry| entry.size).sum();
        let mut files = entries.len();
        if bytes <= max_bytes && files <= MAX_FILES {
            return 0;
        }
        // A quarter is made free, so that this is not soon needed again.
        let (enough_bytes, enough_files) = (max_bytes / 4 * 3, MAX_FILES / 4 * 3);
        entries.sort_by_key(|entry| entry.used);
        let before = bytes;
        for Listed { name, size, .. } in entries {
            if bytes <= enough_bytes && files <= enough_files {
                break;
            }
            if directory.remove(&name) {
                bytes -= size;
                files -= 1;
            }
        }
        before - bytes
    }

    /// Removes all files that were stored here, by any build, and gives their size.
    pub fn clear(&self) -> u64 {
        let Ok(Some(directory)) = self.open() else { return 0 };
        let Ok((entries, _)) = directory.list(is_entry_name) else { return 0 };
        entries.iter().filter(|entry| directory.remove(&entry.name)).map(|entry| entry.size).sum()
    }
}

/// Whether a file can be one of ours; no others are ever counted or removed.
fn is_entry_name(name: &str) -> bool {
    let Some((digits, kind)) = name.split_once('.') else { return false };
    digits.len() == NAME_DIGITS
        && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        && Kind::ALL.iter().any(|known| known.name() == kind)
}
