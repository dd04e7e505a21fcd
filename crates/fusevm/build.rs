//! Decides how the fast interpreter dispatches, and gives the build an id for the disk cache.
//!
//! Handlers that call each other at their end are right only where the compiler turns those calls into
//! jumps; else the native stack grows with every instruction. It does so for these targets from
//! optimisation level 2 on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "src/fnv.rs"]
mod fnv;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(fusevm_tail_calls)");
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let optimised = matches!(variable("OPT_LEVEL").as_str(), "2" | "3");
    let checked = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    let target = matches!(variable("CARGO_CFG_TARGET_ARCH").as_str(), "x86_64" | "aarch64");
    if optimised && !checked && target {
        println!("cargo::rustc-cfg=fusevm_tail_calls");
    }
    if env::var_os("CARGO_FEATURE_JIT_DISK_CACHE").is_some() {
        println!("cargo::rerun-if-changed=src");
        println!("cargo::rustc-env=FUSEVM_BUILD_ID={:016x}", build_id());
    }
}

/// A hash of what decides the layout of our data and the native code that we make for it: our sources,
/// the compiler, and how it is called.
fn build_id() -> u64 {
    let mut hash = fnv::Fnv1a::default();
    let mut field = |name: &[u8], content: &[u8]| {
        for part in [name, content] {
            hash.write(&part.len().to_le_bytes());
            hash.write(part);
        }
    };
    let mut sources = Vec::new();
    collect_files(Path::new("src"), &mut sources);
    sources.sort();
    for source in sources {
        let content = fs::read(&source).unwrap_or_default();
        field(source.as_os_str().as_encoded_bytes(), &content);
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    if let Ok(output) = Command::new(rustc).arg("-vV").output() {
        field(b"rustc", &output.stdout);
    }
    let flags = ["TARGET", "OPT_LEVEL", "CARGO_ENCODED_RUSTFLAGS"];
    let mut variables: Vec<_> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| {
            flags.contains(&name.as_str())
                || name.starts_with("CARGO_CFG_")
                || name.starts_with("CARGO_FEATURE_")
        })
        .collect();
    variables.sort();
    for (name, value) in variables {
        field(name.as_bytes(), value.as_encoded_bytes());
    }
    hash.finish()
}

fn collect_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_files(&path, files);
        } else {
            files.push(path);
        }
    }
}
