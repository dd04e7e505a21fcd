//! The engines that run a core kernel: fusevm in this process, the peers in processes of their own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use fusevm::{Chunk, VM, VMResult};

use crate::clock::cpu_seconds;
use crate::kernels::Kernel;
use crate::machine::version_line;

/// Turns `kernel(size)` into a measurement; the protocol between us and every peer process.
const LUA_DRIVER: &str = include_str!("../kernels/driver.lua");

/// The native peer's program, which the build script made.
const NATIVE_KERNELS: &str = env!("NATIVE_KERNELS");

/// What one engine says of one kernel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The kernel's result, equal in all engines to the last bit.
    pub checksum: f64,
    /// CPU seconds of the first run in a fresh process or VM, loading of the program not included.
    pub first: f64,
    /// Mean CPU seconds of a later run.
    pub mean: f64,
}

/// A way to run kernels in another process.
pub struct Peer {
    /// The name in reports.
    pub label: &'static str,
    program: PathBuf,
    /// The options in front of the operands; empty for the native peer.
    options: &'static [&'static str],
    is_lua: bool,
    /// What it says of its version; `None` when it is not installed.
    pub version: Option<String>,
    /// How to get it.
    pub hint: &'static str,
}

impl Peer {
    /// All peers, installed or not, in the order of the report.
    pub fn all() -> Vec<Peer> {
        let lua = |label, program: &str, options, hint| Peer {
            label,
            program: program.into(),
            options,
            is_lua: true,
            version: version_line(program, &["-v"]),
            hint,
        };
        let native = PathBuf::from(NATIVE_KERNELS);
        let built = native.exists();
        vec![
            lua("luajit", "luajit", &["-"], "Debian package luajit"),
            lua("luajit -joff", "luajit", &["-joff", "-"], "Debian package luajit"),
            lua("lua5.4", "lua5.4", &["-"], "Debian package lua5.4"),
            Peer {
                label: "native",
                program: native,
                options: &[],
                is_lua: false,
                version: built.then(|| "Rust, opt-level 3, loop and SLP vectorisation off".to_owned()),
                hint: "its build failed: see the warning of the build",
            },
        ]
    }

    /// Runs a kernel for `budget` seconds of CPU time after a first run.
    pub fn measure(&self, kernel: &Kernel, budget: f64) -> Result<Sample, String> {
        let mut command = Command::new(&self.program);
        command.args(self.options);
        if !self.is_lua {
            command.arg(kernel.name);
        }
        let mut child = command
            .args([kernel.size.to_string(), budget.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", self.label))?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        if self.is_lua {
            // A peer that dies early closes the pipe; its exit status below says so.
            let _ = write!(stdin, "{}\n{LUA_DRIVER}", kernel.lua);
        }
        drop(stdin);
        let output = child.wait_with_output().map_err(|error| format!("{}: {error}", self.label))?;
        if !output.status.success() {
            return Err(format!("{} failed: {}", self.label, output.status));
        }
        let line = String::from_utf8_lossy(&output.stdout);
        parse(&line).ok_or_else(|| format!("{} printed {line:?} instead of a measurement", self.label))
    }
}

/// Reads a line of checksum, first and mean seconds.
fn parse(line: &str) -> Option<Sample> {
    let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers[..] {
        [checksum, first, mean] => Some(Sample { checksum, first, mean }),
        _ => None,
    }
}

/// Runs a chunk in a fresh VM once, lowering included, and then again and again for `budget` CPU seconds.
pub fn measure_fusevm(chunk: &Chunk, budget: f64) -> Result<Sample, String> {
    let chunk = chunk.clone();
    let start = cpu_seconds();
    let mut vm = VM::new(chunk);
    let checksum = run(&mut vm)?;
    let first = cpu_seconds() - start;

    let (mut runs, start) = (0u32, cpu_seconds());
    let elapsed = loop {
        run(&mut vm)?;
        runs += 1;
        let elapsed = cpu_seconds() - start;
        if elapsed >= budget {
            break elapsed;
        }
    };
    Ok(Sample { checksum, first, mean: elapsed / f64::from(runs) })
}

fn run(vm: &mut VM) -> Result<f64, String> {
    match vm.run() {
        VMResult::Ok(value) => Ok(value.to_float()),
        VMResult::Error(error) => Err(format!("fusevm: {error}")),
        VMResult::Halted => Err("fusevm: the chunk ended without a value".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_reads_three_numbers_and_nothing_else() {
        let sample = Sample { checksum: -0.1871118644867602, first: 0.5, mean: 0.25 };
        assert_eq!(parse("-0.1871118644867602 0.500000000 0.250000000\n"), Some(sample));
        for bad in ["", "1 2", "1 2 3 4", "1 2 x", "lua: error"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
