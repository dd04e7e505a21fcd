//! How the binary is linked.

use std::env::var;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    // A position-independent binary is relocated each time it starts: 15,000 pointers on 80 pages, a quarter
    // of the time that `fusevm awk 'BEGIN{}'` takes from start to end (1.28 ms with, 1.00 ms without; mawk
    // 0.77 ms). What it costs is a known address of the code; the engine executes nothing that it has not
    // verified.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // The functions that short runs execute lie together, which saves forty page faults: 0.62 ms for a one-line program instead
    // of 0.76.
    println!("cargo::rerun-if-changed={SHORT_RUNS}");
    let script = format!("-Wl,-T,{}/{SHORT_RUNS}", env!("CARGO_MANIFEST_DIR"));
    if links_with(&script).unwrap_or(false) {
        println!("cargo::rustc-link-arg-bins={script}");
    }
    // To find and relocate shared C libraries takes half of what is left. They are linked statically where they can be;
    // the feature crt-static would do so for build scripts and tests as well, and fail where they cannot.
    if var("HOST") == var("TARGET")
        && let Some(libraries) = static_libraries()
    {
        println!("cargo::rustc-link-arg-bins=-L{}", libraries.display());
        println!("cargo::rustc-link-arg-bins=-static");
    }
}

/// A linker script; not all linkers know them.
const SHORT_RUNS: &str = "startup.ld";

/// Whether the linker takes an option.
fn links_with(option: &str) -> Option<bool> {
    let directory = PathBuf::from(var("OUT_DIR").ok()?);
    let program = directory.join("probe.rs");
    fs::write(&program, "fn main() {}").ok()?;
    let mut rustc = Command::new(var("RUSTC").ok()?);
    rustc.args(["--target", &var("TARGET").ok()?]).arg(program).arg("-o").arg(directory.join("probe"));
    if let Ok(linker) = var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    if let Ok(flags) = var("CARGO_ENCODED_RUSTFLAGS") {
        rustc.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    }
    Some(rustc.arg(format!("-Clink-arg={option}")).output().ok()?.status.success())
}

/// The libraries that the standard library asks for as shared ones, and the archives that have what they have.
const ARCHIVES: [(&str, &[&str]); 7] = [
    ("gcc_s", &["gcc_eh", "gcc"]),
    ("c", &["c"]),
    ("m", &["m"]),
    ("rt", &["rt"]),
    ("pthread", &["pthread"]),
    ("util", &["util"]),
    ("dl", &["dl"]),
];

/// A directory in which each library's name leads to archives, unless one of them is not installed. The linker looks there
/// first, and takes a text for a script.
fn static_libraries() -> Option<PathBuf> {
    let directory = PathBuf::from(var("OUT_DIR").ok()?).join("static");
    fs::create_dir_all(&directory).ok()?;
    for (name, archives) in ARCHIVES {
        let paths = archives.iter().map(|archive| path_of(archive)).collect::<Option<Vec<_>>>()?;
        let script = format!("INPUT({})\n", paths.join(" "));
        fs::write(directory.join(format!("lib{name}.a")), script).ok()?;
    }
    Some(directory)
}

/// Where the C compiler finds an archive.
fn path_of(archive: &str) -> Option<String> {
    let file = format!("lib{archive}.a");
    let output = Command::new("cc").arg(format!("-print-file-name={file}")).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    let path = path.trim();
    Path::new(path).is_absolute().then(|| path.to_owned())
}
