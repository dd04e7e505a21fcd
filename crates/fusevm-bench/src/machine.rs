//! What a number was measured on: a number without its machine is not a number.

use std::fs;
use std::process::{Command, Stdio};

/// Facts about this machine and build, as label and text.
pub fn environment() -> Vec<(String, String)> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut facts = vec![("machine".to_owned(), format!("{}, {cores} cores", cpu_model()))];
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        let minute = load.split(' ').next().unwrap_or_default();
        facts.push(("load".to_owned(), format!("{minute} at the start")));
    }
    facts.push(("fusevm".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    facts
}

fn cpu_model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// The first line that a program prints when asked for its version, `None` when it is not installed.
pub fn version_line(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    // Lua 5.1 and mawk write it to standard error.
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8_lossy(&text).lines().next().map(str::to_owned)
}
