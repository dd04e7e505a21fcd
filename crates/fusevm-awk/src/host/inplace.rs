//! `-i inplace`: what is printed while a file is read takes its place.
//!
//! It is written to a new file beside the old one, which takes its name when all went well. A run that fails before
//! leaves the old file as it was.

use super::{Stdout, path};
use fusevm::VM;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// What the library of that name is: the last file is finished before END prints.
pub(crate) const LIBRARY: &str = "@namespace \"inplace\"\nEND { close(\"/dev/inplace\") }\n";

/// The file that the library closes.
pub(super) const NAME: &[u8] = b"/dev/inplace";

/// The variables by which programs choose: whether files are edited, and what a copy of the old one is called.
pub(crate) const VARIABLES: [&str; 2] = ["inplace::enable", "inplace::suffix"];

/// A file that is being edited.
#[derive(Debug)]
pub(super) struct Edit {
    /// The file whose place is taken.
    old: PathBuf,
    /// What is printed.
    new: PathBuf,
    written: File,
    /// What a copy of the old file is called.
    suffix: Vec<u8>,
    is_finished: bool,
}

impl Edit {
    /// Begins to edit a file, unless the program does not want that.
    ///
    /// # Errors
    /// It is no regular file, or no file can be made beside it.
    pub fn begin(vm: &mut VM, name: &[u8], file: &File) -> io::Result<Option<Edit>> {
        let [enable, suffix] = VARIABLES.map(|name| vm.get_global(name));
        if enable != fusevm::Value::Undef && enable.to_float() == 0.0 {
            return Ok(None);
        }
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        // A link keeps its place; the file that it leads to is edited.
        let old = fs::canonicalize(path(name))?;
        let (new, written) = create_beside(&old)?;
        let edit = Edit { old, new, written, suffix: suffix.to_byte_str().to_vec(), is_finished: false };
        use std::os::unix::fs::MetadataExt;
        // Only root can give files away; who may write the file may also own it.
        let _ = fchown(&edit.written, Some(metadata.uid()), Some(metadata.gid()));
        edit.written.set_permissions(fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
        vm.flush_output()?;
        vm.set_output(edit.written.try_clone()?);
        Ok(Some(edit))
    }

    /// Puts what was printed in the place of the file.
    ///
    /// # Errors
    /// It cannot be written; the file is then as it was.
    pub fn finish(mut self, vm: &mut VM) -> io::Result<()> {
        let flushed = vm.flush_output();
        vm.set_output(Stdout::new()?);
        flushed?;
        self.written.sync_data()?;
        if !self.suffix.is_empty() {
            let mut copy = self.old.clone().into_os_string();
            copy.push(std::os::unix::ffi::OsStrExt::from_bytes(&self.suffix[..]) as &std::ffi::OsStr);
            // An older copy goes; the file itself is never without a name.
            if let Err(error) = fs::remove_file(&copy)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(error);
            }
            fs::hard_link(&self.old, &copy).or_else(|_| fs::copy(&self.old, &copy).map(|_| ()))?;
        }
        fs::rename(&self.new, &self.old)?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Edit {
    fn drop(&mut self) {
        if !self.is_finished {
            // What is left behind harms nobody.
            let _ = fs::remove_file(&self.new);
        }
    }
}

/// Makes a new file in the directory of a file.
fn create_beside(old: &Path) -> io::Result<(PathBuf, File)> {
    let directory = old.parent().unwrap_or(Path::new("."));
    for attempt in 0.. {
        let new = directory.join(format!(".fusevm-inplace-{}-{attempt}", std::process::id()));
        match File::options().write(true).create_new(true).mode(0o600).open(&new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {}
            result => return result.map(|file| (new, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
