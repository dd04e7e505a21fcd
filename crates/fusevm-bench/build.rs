//! Builds the native peer (`native/`), a program of its own: its loops must not be vectorised, which Cargo cannot
//! ask of one crate, and asking it of the whole build would slow down the engine that is measured.

use std::env;
use std::path::Path;
use std::process::Command;

const FLAGS: &[&str] = &[
    "--edition=2024",
    "--crate-name=native_kernels",
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cno-vectorize-loops",
    "-Cno-vectorize-slp",
];

fn main() {
    println!("cargo::rerun-if-changed=native");
    let variable = |name| env::var_os(name).expect("Cargo sets it for build scripts");
    let program = Path::new(&variable("OUT_DIR")).join("native-kernels");

    let compiled = Command::new(variable("RUSTC"))
        .args(FLAGS)
        .arg("--target")
        .arg(variable("TARGET"))
        .arg("-o")
        .arg(&program)
        .arg("native/main.rs")
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        println!(
            "cargo::warning=the native kernels did not compile (no linker for the target?): not compared"
        );
    }
    println!("cargo::rustc-env=NATIVE_KERNELS={}", program.display());
}
