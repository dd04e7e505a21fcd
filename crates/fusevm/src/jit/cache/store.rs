//! Loading and saving: contents by key, never trusted.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::time::SystemTime;

use super::directory::{Directory, unreadable};
use super::entry::{self, Expected, HEADER_SIZE, Secret};
use super::identity::identity;
use super::location::NAME_DIGITS;
use super::{Kind, Location, Miss, now};

/// The largest content, so that a bad file cannot make us allocate without bound.
const MAX_CONTENT: u64 = 16 << 20;
/// A use is noted only when the last one that was noted is so many seconds ago: most loads write nothing.
const USE_GRANULARITY: i64 = 60 * 60;

/// A cache directory as seen by one build on one machine.
///
/// It costs nothing until the first load or save.
#[derive(Clone)]
pub(crate) struct Store {
    location: Arc<Location>,
    identity: [u8; 32],
}

impl Store {
    /// `machine` describes the instruction set and its features that native code is made for.
    pub fn new(location: Arc<Location>, machine: &[u8]) -> Store {
        Store { location, identity: identity(machine) }
    }

    /// The content that was saved under this kind and key by the same build on the same kind of machine.
    /// Every byte of the file has been checked; a file that does not pass is removed.
    pub fn load(&self, kind: Kind, key: &[u8; 32]) -> Result<Vec<u8>, Miss> {
        let directory = self.location.open()?.ok_or(Miss::Absent)?;
        let secret = directory.secret()?;
        let name = self.file_name(kind, key);
        let result = read(&directory, &name, &self.expected(kind, key), &secret);
        if let Err(Miss::Rejected(_)) = result {
            directory.remove(&name);
        }
        result
    }

    /// Stores a content, if that is possible; tells whether it was.
    pub fn save(&self, kind: Kind, key: &[u8; 32], content: &[u8]) -> bool {
        let length = content.len() as u64;
        let size = length + HEADER_SIZE as u64;
        if length > MAX_CONTENT || !self.location.accepts(size) {
            return false;
        }
        let write = || -> Result<Directory, Miss> {
            let directory = self.location.create()?;
            let header = self.expected(kind, key).header(&directory.secret_or_new()?, content);
            directory.write(&self.file_name(kind, key), &[&header, content]).map_err(unreadable)?;
            Ok(directory)
        };
        match write() {
            Ok(directory) => self.location.note_save(&directory, size),
            Err(_) => {
                self.location.note_failure();
                return false;
            }
        }
        true
    }

    fn expected<'a>(&'a self, kind: Kind, key: &'a [u8; 32]) -> Expected<'a> {
        Expected { kind, identity: &self.identity, key }
    }

    /// The file of a key. Builds and machines have files of their own, so they do not remove each other's.
    pub(super) fn file_name(&self, kind: Kind, key: &[u8; 32]) -> String {
        let hash = blake3::Hasher::new().update(&self.identity).update(key).finalize();
        format!("{}.{}", &hash.to_hex()[..NAME_DIGITS], kind.name())
    }
}

fn read(directory: &Directory, name: &str, expected: &Expected, secret: &Secret) -> Result<Vec<u8>, Miss> {
    let (mut file, header, length, used) = directory.open_entry::<HEADER_SIZE>(name)?;
    if length > MAX_CONTENT || !expected.labels(&header, length) {
        return Err(Miss::Rejected("is of another form, build or machine"));
    }
    let mut content = vec![0; length as usize];
    file.read_exact(&mut content).map_err(unreadable)?;
    if !entry::is_sealed(&header, secret, &content) {
        return Err(Miss::Rejected("is damaged"));
    }
    note_use(&file, used);
    Ok(content)
}

fn note_use(file: &File, used: i64) {
    if (now() - used).abs() > USE_GRANULARITY {
        // What cannot be noted, on a read-only disk, does no harm.
        let _ = file.set_modified(SystemTime::now());
    }
}
