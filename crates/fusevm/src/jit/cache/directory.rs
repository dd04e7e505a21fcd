//! The cache directory and its files, with the checks that keep other users out.
//!
//! Nothing stays open and nothing is remembered between two operations: the directory may be removed,
//! replaced or made unsafe at any time, a shell may use any file descriptor for itself, and a fork
//! needs no care.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Resource, geteuid, getrlimit};

use super::entry::Secret;
use super::{Miss, Refusal};

/// The file that holds the secret.
const SECRET_FILE: &str = "secret";
/// The file that is locked while old files are removed.
const LOCK_FILE: &str = "lock";
/// How the names of files begin that are being written.
const TEMPORARY: &str = "tmp.";

/// An open cache directory that has passed the checks.
pub(super) struct Directory(OwnedFd);

/// A file of the directory.
pub(super) struct Listed {
    pub name: String,
    pub size: u64,
    /// When it was written or last used, in seconds since the epoch.
    pub used: i64,
}

pub(super) fn unreadable(error: io::Error) -> Miss {
    Miss::Unreadable(error.kind())
}

impl Directory {
    /// Opens a directory; None when there is nothing of this name.
    pub fn open(path: &Path) -> Result<Option<Directory>, Refusal> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Ok(None),
            // A symbolic link is one or the other, depending on the system.
            Err(Errno::NOTDIR | Errno::LOOP) => return Err(Refusal::NotADirectory),
            Err(error) => return Err(Refusal::System(io::Error::from(error).kind())),
        };
        let metadata = directory.metadata().map_err(|error| Refusal::System(error.kind()))?;
        if metadata.uid() != geteuid().as_raw() {
            return Err(Refusal::Foreign);
        }
        if metadata.mode() & 0o077 != 0 {
            return Err(Refusal::OpenToOthers);
        }
        Ok(Some(Directory(directory.into())))
    }

    /// Opens a directory, which is made when it does not exist.
    ///
    /// With `in_own` it is made only under a directory of the user: else root with another user's HOME would
    /// leave there what that user can neither use nor remove.
    pub fn create(path: &Path, in_own: bool) -> Result<Directory, Refusal> {
        if let Some(directory) = Directory::open(path)? {
            return Ok(directory);
        }
        if in_own {
            let parent = path.ancestors().skip(1).find_map(|parent| parent.metadata().ok());
            if parent.is_none_or(|parent| parent.uid() != geteuid().as_raw()) {
                return Err(Refusal::Foreign);
            }
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| Refusal::System(error.kind()))?;
        Directory::open(path)?.ok_or(Refusal::System(io::ErrorKind::NotFound))
    }

    /// Opens a file of the directory for reading, and gives its size and the time of its last use.
    fn open_file(&self, name: &str) -> Result<(File, u64, i64), Miss> {
        // A FIFO must not block.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Err(Miss::Absent),
            Err(Errno::LOOP | Errno::ACCESS | Errno::NXIO) => {
                return Err(Miss::Rejected("is no file that we made"));
            }
            Err(error) => return Err(Miss::Unreadable(io::Error::from(error).kind())),
        };
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Miss::Rejected("is no regular file"));
        }
        if metadata.uid() != geteuid().as_raw() {
            return Err(Miss::Rejected("belongs to another user"));
        }
        if metadata.mode() & 0o7777 != 0o600 {
            return Err(Miss::Rejected("has other access rights than we gave it"));
        }
        if metadata.nlink() != 1 {
            return Err(Miss::Rejected("has another name elsewhere"));
        }
        Ok((file, metadata.size(), metadata.mtime()))
    }

    /// Opens a file that starts with a header of `N` bytes: the file, which stands after the header, the
    /// header, the size of what follows and the time of the last use.
    pub fn open_entry<const N: usize>(&self, name: &str) -> Result<(File, [u8; N], u64, i64), Miss> {
        let (mut file, size, used) = self.open_file(name)?;
        let Some(rest) = size.checked_sub(N as u64) else {
            return Err(Miss::Rejected("is cut short"));
        };
        let mut header = [0; N];
        file.read_exact(&mut header).map_err(unreadable)?;
        Ok((file, header, rest, used))
    }

    /// Puts a file in place of what has this name.
    pub fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        self.write_and_move(parts, |temporary| {
            // Where a file is replaced, ext4 waits for the new content to be on its way to the disk; a
            // moment without the file costs less.
            self.remove(name);
            rustix::fs::renameat(&self.0, temporary, &self.0, name)
        })
    }

    /// Writes a file under a name of its own, then gives it its name with `publish`.
    fn write_and_move(
        &self,
        parts: &[&[u8]],
        publish: impl FnOnce(&str) -> rustix::io::Result<()>,
    ) -> io::Result<()> {
        // Beyond this limit a write would end the process with a signal.
        let size: usize = parts.iter().map(|part| part.len()).sum();
        if getrlimit(Resource::Fsize).current.is_some_and(|limit| limit < size as u64) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let temporary = format!("{TEMPORARY}{}.{count}", process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(rustix::fs::openat(&self.0, &temporary, flags, mode)?);
        // The umask may have taken away what the reader demands.
        let written = rustix::fs::fchmod(&file, mode)
            .map_err(io::Error::from)
            .and_then(|()| parts.iter().try_for_each(|part| file.write_all(part)))
            .and_then(|()| Ok(publish(&temporary)?));
        if written.is_err() {
            self.remove(&temporary);
        }
        written
    }

    /// Removes a file, if that is possible.
    pub fn remove(&self, name: &str) -> bool {
        rustix::fs::unlinkat(&self.0, name, AtFlags::empty()).is_ok()
    }

    /// The secret of the directory. A bad one is removed, which makes all files of the directory invalid.
    pub fn secret(&self) -> Result<Secret, Miss> {
        let read = || {
            let (_, secret, rest, _) = self.open_entry(SECRET_FILE)?;
            if rest == 0 { Ok(secret) } else { Err(Miss::Rejected("is no secret")) }
        };
        read().inspect_err(|miss| {
            if let Miss::Rejected(_) = miss {
                self.remove(SECRET_FILE);
            }
        })
    }

    /// The secret of the directory, which is made when there is none.
    pub fn secret_or_new(&self) -> Result<Secret, Miss> {
        match self.secret() {
            Err(Miss::Absent | Miss::Rejected(_)) => {}
            result => return result,
        }
        let mut secret = Secret::default();
        File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut secret))
            .map_err(unreadable)?;
        // Whoever comes first wins; this file may fail to be the one.
        let _ = self.write_and_move(&[&secret], |temporary| self.move_to_new(temporary, SECRET_FILE));
        self.secret()
    }

    /// Renames a file to a name that is not in use yet.
    fn move_to_new(&self, from: &str, to: &str) -> rustix::io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        match rustix::fs::renameat_with(&self.0, from, &self.0, to, rustix::fs::RenameFlags::NOREPLACE) {
            // File systems without this flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            result => return result,
        }
        // The loser of a race has its secret replaced; what it stored until then will be a miss.
        rustix::fs::renameat(&self.0, from, &self.0, to)
    }

    /// The files that `is_entry` knows by name, and the temporary files.
    pub fn list(&self, is_entry: impl Fn(&str) -> bool) -> io::Result<(Vec<Listed>, Vec<Listed>)> {
        let (mut entries, mut temporaries) = (Vec::new(), Vec::new());
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            let files = if is_entry(name) {
                &mut entries
            } else if name.starts_with(TEMPORARY) {
                &mut temporaries
            } else {
                continue;
            };
            // Another process may have removed it.
            let Ok(stat) = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
                let size = u64::try_from(stat.st_size).unwrap_or(0);
                files.push(Listed { name: name.to_owned(), size, used: stat.st_mtime });
            }
        }
        Ok((entries, temporaries))
    }

    /// Takes the lock for removing old files, which lasts as long as the result. None when another process
    /// has it.
    pub fn lock(&self) -> Option<Locked> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let file = File::from(rustix::fs::openat(&self.0, LOCK_FILE, flags, mode).ok()?);
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some(Locked(file))
    }
}

/// The lock for removing old files.
pub(super) struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // To close the file is not enough: a child that was forked meanwhile, and has not executed its program yet, has it
        // open, too.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}
