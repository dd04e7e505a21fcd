//! Runs the command and collects what comes of it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The commands of `fusevm`.
pub const COMMANDS: &[&str] = &[
    "asm",
    "awk",
    "check",
    "code",
    "completions",
    "dis",
    #[cfg(feature = "jit")]
    "jit",
    #[cfg(feature = "jit")]
    "jit dump",
    #[cfg(feature = "jit")]
    "jit report",
    "man",
    "run",
];

/// What came of a command. The program's output and messages are text in these tests.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ended { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The command `fusevm`, without what the environment may say about colors.
pub fn fusevm<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fusevm"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command
}

/// Runs `fusevm` with nothing to read.
pub fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ended {
    fusevm(args).output().expect("fusevm starts").into()
}

/// Runs `fusevm` with a text on its standard input.
pub fn run_with_input<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>, input: &str) -> Ended {
    let mut command = fusevm(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("fusevm starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A command that fails early does not read what it is given.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("fusevm ends").into()
}

/// Runs a command on a terminal; what it shows there.
pub fn run_on_terminal(mut command: Command) -> String {
    let (mut master, mut slave) = (0, 0);
    let null = std::ptr::null_mut();
    // SAFETY: the two file descriptors are written to variables that live long enough, and the null
    // pointers ask for nothing more.
    let result = unsafe { libc::openpty(&mut master, &mut slave, null, null.cast(), null.cast()) };
    assert_eq!(result, 0, "a pseudo-terminal");
    // SAFETY: openpty made both file descriptors, and nothing else closes them.
    let (mut master, slave) = unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) };
    command.stdout(slave.try_clone().expect("a copy")).stderr(slave);
    let mut child = command.spawn().expect("fusevm starts");
    // The command still holds its ends of the terminal open, here.
    drop(command);
    let mut shown = Vec::new();
    // On Linux the end of a terminal that nobody holds is an error.
    let _ = master.read_to_end(&mut shown);
    child.wait().expect("fusevm ends");
    String::from_utf8(shown).expect("UTF-8")
}

/// A directory of its own for a test, empty.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(test: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{test}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a scratch directory");
        Scratch(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The path of a new file.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a scratch file");
        path
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the scratch directory");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().into_string().expect("UTF-8")
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file of the repository's `examples`.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// Arguments of several kinds in one list.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => { [$(std::ffi::OsStr::new(&$arg)),*] };
}
