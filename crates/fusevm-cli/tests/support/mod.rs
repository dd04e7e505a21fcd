//! What the tests of the command line share: which awk is tested, and how a command is run to its end.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The command that is tested, without the arguments of a case.
pub struct Awk {
    command: Vec<String>,
    /// The file name of the command: `fusevm` unless another awk is run.
    pub name: String,
}

impl Awk {
    /// `fusevm awk`, or what the variable `FUSEVM_ORACLE_AWK` names instead.
    pub fn under_test() -> Self {
        let command: Vec<String> = match std::env::var("FUSEVM_ORACLE_AWK") {
            Ok(other) => other.split_whitespace().map(str::to_string).collect(),
            Err(_) => vec![env!("CARGO_BIN_EXE_fusevm").into(), "awk".into()],
        };
        let name = Path::new(&command[0]).file_name().unwrap().to_string_lossy().into_owned();
        Self { command, name }
    }

    /// The command in a clean environment: `PATH`, a UTF-8 locale, UTC.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).env_clear();
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC");
        command
    }
}

/// A fresh directory that is removed in the end.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("awk-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(path.join("dir")).unwrap();
        Self { path }
    }

    /// Where the command runs; its standard streams are files outside of it.
    pub fn dir(&self) -> PathBuf {
        self.path.join("dir")
    }

    /// Runs `command` here with `stdin`; what takes too long is killed.
    pub fn run(&self, command: &mut Command, stdin: &[u8]) -> Observed {
        let stdout = self.path.join("stdout");
        let status_and_errors = self.run_to(File::create(&stdout).unwrap().into(), command, stdin);
        Observed { stdout: fs::read(stdout).unwrap(), ..status_and_errors }
    }

    /// Runs `command` with an output of the caller's; `stdout` of the result stays empty.
    pub fn run_to(&self, stdout: Stdio, command: &mut Command, stdin: &[u8]) -> Observed {
        let (input, errors) = (self.path.join("stdin"), self.path.join("stderr"));
        fs::write(&input, stdin).unwrap();
        command.current_dir(self.dir()).stdin(File::open(&input).unwrap()).stdout(stdout);
        let mut child =
            command.stderr(File::create(&errors).unwrap()).spawn().expect("the awk can be started");

        let deadline = Instant::now() + TIME_LIMIT;
        let mut nap = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(50));
        };
        Observed { status, stdout: Vec::new(), stderr: fs::read(errors).unwrap() }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What a command did.
pub struct Observed {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Observed {
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim_end().to_string()
    }
}
