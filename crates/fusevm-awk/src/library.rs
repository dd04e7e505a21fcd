//! Finding program files: `-f`, `-i` and `@include` look along AWKPATH, and read a library only once.

use crate::host::inplace;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where files are looked for when AWKPATH is not set.
const DEFAULT_PATH: &str = ".:/usr/local/share/awk:/usr/share/awk";

/// What is added to a name that is not found as it stands.
const SUFFIX: &[u8] = b".awk";

/// Libraries that come with the command. They come before those of AWKPATH, so that no file of the present
/// directory takes their place unseen.
const BUILT_IN: &[(&str, &str)] = &[("inplace", inplace::LIBRARY)];

/// What messages call a library that comes with the command, which no file is called.
pub(crate) fn built_in_name(library: &str) -> String {
    format!("{library} (built in)")
}

/// Finds program files, and knows which were read.
#[derive(Debug)]
pub(crate) struct Library {
    directories: Vec<PathBuf>,
    /// Device and inode of each file that was read, and whether it was read as a library first.
    read: HashMap<(u64, u64), bool>,
    /// The names of the built-in libraries that were taken.
    taken: HashSet<&'static str>,
}

/// A program file.
#[derive(Debug)]
pub(crate) struct ProgramFile {
    /// The name to show in messages.
    pub name: String,
    /// Its text.
    pub text: Vec<u8>,
    /// Whether it was read before.
    pub is_repeated: bool,
    /// Whether it is a program file now and was a library before, or the other way round.
    is_both: bool,
}

impl ProgramFile {
    /// Refuses a file that is a library and a program file at once.
    ///
    /// # Errors
    /// A message that names the file as `name`.
    pub fn in_one_role(self, name: &str) -> Result<ProgramFile, String> {
        if self.is_both {
            return Err(format!("fatal: cannot include `{name}' and use it as a program file"));
        }
        Ok(self)
    }
}

impl Library {
    /// Looks along a value of AWKPATH; an empty element of it is the present directory.
    pub fn new(path: Option<OsString>) -> Library {
        let path = path.filter(|path| !path.is_empty()).unwrap_or_else(|| DEFAULT_PATH.into());
        let directory = |text: &[u8]| match text {
            [] => PathBuf::from("."),
            text => PathBuf::from(OsString::from_vec(text.to_vec())),
        };
        Library {
            directories: path.as_bytes().split(|&byte| byte == b':').map(directory).collect(),
            read: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    /// Reads a program file.
    ///
    /// # Errors
    /// It is nowhere along the path, is a directory, or cannot be read.
    pub fn program(&mut self, name: &[u8]) -> io::Result<ProgramFile> {
        self.file(name, false)
    }

    fn file(&mut self, name: &[u8], as_library: bool) -> io::Result<ProgramFile> {
        let (path, mut file) = self.open(name)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from_raw_os_error(libc::EISDIR));
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let id = (metadata.dev(), metadata.ino());
        let earlier = self.read.get(&id).copied().filter(|_| metadata.is_file());
        self.read.entry(id).or_insert(as_library);
        Ok(ProgramFile {
            name: path.to_string_lossy().into_owned(),
            text,
            is_repeated: earlier.is_some(),
            is_both: earlier.is_some_and(|was_library| was_library != as_library),
        })
    }

    /// Reads a library, which may be one that comes with the command.
    ///
    /// # Errors
    /// As for [`program`](Library::program).
    pub fn library(&mut self, name: &[u8]) -> io::Result<ProgramFile> {
        let stem = name.strip_suffix(SUFFIX).unwrap_or(name);
        match BUILT_IN.iter().find(|(known, _)| known.as_bytes() == stem) {
            Some((known, text)) => Ok(ProgramFile {
                name: built_in_name(known),
                text: text.as_bytes().to_vec(),
                is_repeated: !self.taken.insert(known),
                is_both: false,
            }),
            None => self.file(name, true),
        }
    }

    /// Opens the first file of that name: as it stands, or with the suffix. A name with a slash is not looked for
    /// in directories.
    fn open(&self, name: &[u8]) -> io::Result<(PathBuf, File)> {
        if name.is_empty() {
            return Err(ErrorKind::NotFound.into());
        }
        let with_suffix = [name, SUFFIX].concat();
        let as_given = name;
        let mut failure = None;
        for name in [name, &with_suffix] {
            let name = Path::new(OsStr::from_bytes(name));
            let is_path = name.as_os_str().as_bytes().contains(&b'/');
            let here = [PathBuf::new()];
            let directories = if is_path { &here[..] } else { &self.directories };
            for directory in directories {
                let path = directory.join(name);
                // Messages name a file of the present directory as the user did.
                let is_plain = is_path || directory == Path::new(".");
                let shown = if is_plain { OsStr::from_bytes(as_given).into() } else { path.clone() };
                match File::open(&path) {
                    Ok(file) => return Ok((shown, file)),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
        }
        Err(failure.unwrap_or_else(|| io::Error::from_raw_os_error(libc::ENOENT)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_are_looked_for_along_the_path() {
        let scratch = std::env::temp_dir().join(format!("fusevm-awk-library-{}", std::process::id()));
        let (one, two) = (scratch.join("one"), scratch.join("two"));
        fs::create_dir_all(&one).unwrap();
        fs::create_dir_all(&two).unwrap();
        fs::write(two.join("lib.awk"), "two").unwrap();
        let mut path = one.clone().into_os_string();
        path.push(":");
        path.push(&two);
        let mut library = Library::new(Some(path));
        let found = library.program(b"lib").unwrap();
        assert_eq!((found.text.as_slice(), found.is_repeated), (&b"two"[..], false));
        assert!(library.program(b"lib.awk").unwrap().is_repeated);
        fs::write(one.join("lib"), "one").unwrap();
        let found = library.program(b"lib").unwrap();
        assert_eq!((found.text.as_slice(), found.is_repeated), (&b"one"[..], false));
        assert_eq!(library.program(b"./lib").unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(library.program(b"").unwrap_err().kind(), ErrorKind::NotFound);
        fs::remove_dir_all(&scratch).unwrap();
    }
}
